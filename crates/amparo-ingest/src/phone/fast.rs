//! Calls in bulk: plain lines of a call list straight into columns, each different number looked at once.
//!
//! A line is plain where it has no quote, as many cells as the heading, a time in ISO 8601 without a zone,
//! known words and whole seconds. Anything else is left to the careful reader, which says the same of
//! plain lines too: a test holds the two against each other.

use super::generic::{Columns, outcome, row_sense};
use super::number::{E164, Numbers};
use super::table::Rows;
use super::tally::Tally;
use super::words::{Sense, Unit, What};
use crate::Stop;
use amparo_model::calls::{BATCH_ROWS, Call};
use amparo_model::instant::days_from_civil;
use amparo_model::{CallColumns, Column, Direction, Outcome, Service, Texts};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::ops::Range;

/// Cells of a line that are looked at.
const MOST_CELLS: usize = 32;
/// Different numbers that are remembered; a batch may add as many as it has rows.
const REMEMBERED: usize = 1 << 18;
/// Bits of a slot that name a remembered text.
const PLACE_BITS: u32 = REMEMBERED.ilog2() + 1;

/// A batch of calls while it fills, and what is remembered from one batch to the next.
pub(crate) struct Bulk {
    inside: String,
    calls: CallColumns,
    known: Known,
    texts: [HashMap<String, u32>; 3],
    first: i64,
    last: i64,
}

impl Bulk {
    pub fn new(inside: &str, region: &str) -> Bulk {
        Bulk { inside: inside.to_owned(), calls: CallColumns::default(), known: Known::new(region), texts: Default::default(), first: i64::MAX, last: i64::MIN }
    }

    /// One call of the careful reader; its E.164 number is found here from the raw text.
    pub fn call(&mut self, call: Call<'_>, tally: &mut Tally<'_>) -> Result<(), Stop> {
        let n = self.calls.len();
        let codes = call.number_raw.and_then(|raw| self.known.codes(raw.as_bytes(), &mut self.calls));
        let (raw, number) = codes.unwrap_or((Column::ABSENT, Column::ABSENT));
        let columns = [(&mut self.calls.name, call.name), (&mut self.calls.line, call.line), (&mut self.calls.place_raw, call.place_raw)];
        for ((column, value), known) in columns.into_iter().zip(&mut self.texts) {
            let code = value.filter(|v| !v.is_empty()).map(|v| match known.get(v) {
                Some(code) => *code,
                None => {
                    let code = column.values.push(v);
                    known.insert(v.to_owned(), code);
                    code
                }
            });
            column.push_code(n, code);
        }
        let (at_ms, offset) = call.at.map_or((CallColumns::NO_TIME, None), |at| (at.ms, at.offset_min));
        if let Some(at) = call.at {
            self.seen(at.ms + i64::from(at.offset_min.unwrap_or(0)) * 60_000);
        }
        let c = &mut self.calls;
        c.row.push(call.row);
        c.at_ms.push(at_ms);
        c.offset_min.push(offset.unwrap_or(CallColumns::LOCAL));
        c.direction.push(call.direction as u8);
        c.outcome.push(call.outcome as u8);
        c.service.push(call.service as u8);
        c.duration_s.push(call.duration_s.unwrap_or(CallColumns::NO_DURATION));
        c.number_raw.index.push(raw);
        c.number.index.push(number);
        self.full(tally)
    }

    fn seen(&mut self, local_ms: i64) {
        self.first = self.first.min(local_ms);
        self.last = self.last.max(local_ms);
    }

    /// How many plain lines may be taken together now.
    fn room(&self) -> usize {
        BLOCK.min(BATCH_ROWS - self.calls.len())
    }

    /// Takes plain lines of a text, no more than there is room for; says how many. Fewer only where a number is not UTF-8.
    fn lines(&mut self, text: &[u8], lines: &[Line]) -> usize {
        let known = self.known.look(text, lines);
        let c = &mut self.calls;
        let mut taken = 0;
        for (line, place) in lines.iter().zip(known) {
            let Some((raw, number)) = self.known.codes_at(place, text.get(line.raw.clone()).unwrap_or_default(), c) else { break };
            c.number_raw.index.push(raw);
            c.number.index.push(number);
            taken += 1;
        }
        let lines = lines.get(..taken).unwrap_or_default();
        let all = c.row.len() + taken;
        c.row.extend(lines.iter().map(|line| line.row));
        c.at_ms.extend(lines.iter().map(|line| line.at_ms));
        c.direction.extend(lines.iter().map(|line| line.direction as u8));
        c.outcome.extend(lines.iter().map(|line| line.outcome as u8));
        c.duration_s.extend(lines.iter().map(|line| line.duration_s));
        c.offset_min.resize(all, CallColumns::LOCAL);
        c.service.resize(all, Service::Voice as u8);
        lines.iter().for_each(|line| self.seen(line.at_ms));
        taken
    }

    fn full(&mut self, tally: &mut Tally<'_>) -> Result<(), Stop> {
        if self.calls.len() >= BATCH_ROWS { self.flush(tally) } else { Ok(()) }
    }

    /// Hands over what there is.
    pub fn flush(&mut self, tally: &mut Tally<'_>) -> Result<(), Stop> {
        let next = sized(if self.calls.len() == BATCH_ROWS { BATCH_ROWS } else { 0 });
        let mut full = std::mem::replace(&mut self.calls, next);
        self.known.next_batch();
        self.texts.iter_mut().for_each(HashMap::clear);
        if full.is_empty() {
            return Ok(());
        }
        for column in [&mut full.number, &mut full.number_raw] {
            if column.values.is_empty() {
                column.index = Vec::new();
            }
        }
        full.inside = self.inside.clone();
        let days = (self.first <= self.last).then_some((self.first, self.last));
        tally.batch(full, days)
    }
}

/// Empty columns with room: a full batch is followed by another mostly.
fn sized(rows: usize) -> CallColumns {
    let index = || Column { values: Texts::default(), index: Vec::with_capacity(rows) };
    CallColumns {
        row: Vec::with_capacity(rows),
        at_ms: Vec::with_capacity(rows),
        offset_min: Vec::with_capacity(rows),
        direction: Vec::with_capacity(rows),
        outcome: Vec::with_capacity(rows),
        service: Vec::with_capacity(rows),
        duration_s: Vec::with_capacity(rows),
        number: index(),
        number_raw: index(),
        ..CallColumns::default()
    }
}

/// Lines that are taken together: their numbers are looked up side by side, so that the waits for memory are one wait.
const BLOCK: usize = 128;

/// What a plain line says, and where its number stands in the text.
struct Line {
    start: usize,
    row: u64,
    at_ms: i64,
    direction: Direction,
    outcome: Outcome,
    duration_s: u32,
    raw: Range<usize>,
}

// ---- numbers, once each ----

/// A remembered text of eight to twenty-four bytes, in one line of the processor's memory.
#[derive(Clone, Copy)]
struct Entry {
    words: [u64; 3],
    len: u32,
    /// The batch in which the two codes hold.
    batch: u32,
    raw: u32,
    number: u32,
    /// A place in `e164` plus one; 0 where the text is no number.
    place: u32,
}

impl Entry {
    /// Compared number by number: as one long value it would have to be put together first.
    #[inline]
    fn is(&self, words: [u64; 3], len: usize) -> bool {
        let ([a, b, c], [d, e, f]) = (self.words, words);
        (a ^ d) | (b ^ e) | (c ^ f) | (u64::from(self.len) ^ len as u64) == 0
    }
}

impl Entry {
    /// The codes of this text and of its number in the present batch; it gets new ones where it is the first of its kind there.
    #[inline]
    fn codes(&mut self, raw: &[u8], batch: u32, e164: &mut [Number], calls: &mut CallColumns) -> Option<(u32, u32)> {
        if self.batch != batch {
            self.raw = calls.number_raw.values.push(std::str::from_utf8(raw).ok()?);
            self.number = number_code(e164, self.place, batch, &mut calls.number);
            self.batch = batch;
        }
        Some((self.raw, self.number))
    }
}

/// A number in E.164 and its code in the present batch.
struct Number {
    /// A sign and at most twenty digits.
    text: [u8; 24],
    long: u8,
    batch: u32,
    code: u32,
}

/// Texts of numbers with what they are in E.164 and where they stand in the present batch.
struct Known {
    numbers: Numbers,
    entries: Vec<Entry>,
    /// A place in `entries` plus one, and above it the hash's highest bits; a power of two of them, at most half full.
    slots: Vec<u32>,
    seed: u64,
    batch: u32,
    e164: Vec<Number>,
    places: HashMap<E164, u32>,
    /// Texts of other lengths, of this batch alone.
    others: HashMap<String, (u32, u32)>,
}

impl Known {
    fn new(region: &str) -> Known {
        Known {
            numbers: Numbers::new(region),
            entries: Vec::new(),
            slots: vec![0; 1 << 10],
            // So that no file can be made whose numbers all fall into one place.
            seed: RandomState::new().hash_one(0_u64),
            batch: 1,
            e164: Vec::new(),
            places: HashMap::new(),
            others: HashMap::new(),
        }
    }

    fn next_batch(&mut self) {
        self.batch += 1;
        self.others.clear();
        if self.entries.len().max(self.e164.len()) + BATCH_ROWS > REMEMBERED {
            self.entries.clear();
            self.slots.fill(0);
            self.e164.clear();
            self.places.clear();
        }
    }

    /// Where the numbers of some lines are remembered: a place in `entries`, or beyond it where the first look finds none.
    /// Nothing here waits for what came before it, so that the processor fetches many at once.
    fn look(&self, text: &[u8], lines: &[Line]) -> [usize; BLOCK] {
        let mut keys = [(0, [0; 3], 0); BLOCK];
        let mask = self.slots.len() - 1;
        for (key, line) in keys.iter_mut().zip(lines) {
            let raw = text.get(line.raw.clone()).unwrap_or_default();
            if let Some(words) = words(raw) {
                let hash = hash(self.seed ^ raw.len() as u64, words);
                *key = (self.slots.get(hash as usize & mask).map_or(0, |held| *held as usize), words, raw.len());
            }
        }
        keys.map(|(held, words, len)| {
            let place = (held & ((1 << PLACE_BITS) - 1)).wrapping_sub(1);
            if self.entries.get(place).is_some_and(|entry| entry.is(words, len)) { place } else { usize::MAX }
        })
    }

    /// As [`Known::codes`], where a look has found the place already.
    fn codes_at(&mut self, place: usize, raw: &[u8], calls: &mut CallColumns) -> Option<(u32, u32)> {
        match self.entries.get_mut(place) {
            Some(entry) => entry.codes(raw, self.batch, &mut self.e164, calls),
            None => self.codes(raw, calls),
        }
    }

    /// The codes of a raw text and of its number in this batch's dictionaries. `None`: not UTF-8.
    fn codes(&mut self, raw: &[u8], calls: &mut CallColumns) -> Option<(u32, u32)> {
        let Some(words) = words(raw) else { return self.other_codes(std::str::from_utf8(raw).ok()?, calls) };
        let hash = hash(self.seed ^ raw.len() as u64, words);
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let held = *self.slots.get(slot)?;
            if held == 0 {
                break;
            }
            if held >> PLACE_BITS == tag(hash) {
                let entry = self.entries.get_mut((held as usize & (1 << PLACE_BITS) - 1).wrapping_sub(1))?;
                if entry.is(words, raw.len()) {
                    return entry.codes(raw, self.batch, &mut self.e164, calls);
                }
            }
            slot = (slot + 1) & mask;
        }
        let text = std::str::from_utf8(raw).ok()?;
        let place = self.place(text);
        let number = number_code(&mut self.e164, place, self.batch, &mut calls.number);
        let entry = Entry { words, len: raw.len() as u32, batch: self.batch, raw: calls.number_raw.values.push(text), number, place };
        self.entries.push(entry);
        *self.slots.get_mut(slot)? = tag(hash) << PLACE_BITS | self.entries.len() as u32;
        if self.entries.len() * 2 > self.slots.len() {
            self.grow();
        }
        Some((entry.raw, number))
    }

    /// Where a text's number is remembered, plus one; 0 where it is none.
    fn place(&mut self, raw: &str) -> u32 {
        let e164 = self.numbers.find(raw);
        let Some(said) = e164.some() else { return 0 };
        *self.places.entry(e164).or_insert_with(|| {
            let mut text = [0; 24];
            text.iter_mut().zip(said.bytes()).for_each(|(to, from)| *to = from);
            self.e164.push(Number { text, long: said.len().min(24) as u8, batch: 0, code: 0 });
            self.e164.len() as u32
        })
    }

    fn other_codes(&mut self, raw: &str, calls: &mut CallColumns) -> Option<(u32, u32)> {
        if raw.is_empty() {
            return Some((Column::ABSENT, Column::ABSENT));
        }
        if let Some(codes) = self.others.get(raw) {
            return Some(*codes);
        }
        let place = self.place(raw);
        let codes = (calls.number_raw.values.push(raw), number_code(&mut self.e164, place, self.batch, &mut calls.number));
        self.others.insert(raw.to_owned(), codes);
        Some(codes)
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(size, 0);
        let mask = size - 1;
        for (i, entry) in self.entries.iter().enumerate() {
            let hash = hash(self.seed ^ u64::from(entry.len), entry.words);
            let mut slot = hash as usize & mask;
            while self.slots.get(slot).is_some_and(|s| *s != 0) {
                slot = (slot + 1) & mask;
            }
            if let Some(free) = self.slots.get_mut(slot) {
                *free = tag(hash) << PLACE_BITS | (i as u32 + 1);
            }
        }
    }
}

fn number_code(e164: &mut [Number], place: u32, batch: u32, column: &mut Column) -> u32 {
    let Some(number) = (place as usize).checked_sub(1).and_then(|i| e164.get_mut(i)) else { return Column::ABSENT };
    if number.batch != batch {
        (number.batch, number.code) = (batch, column.values.push(std::str::from_utf8(number.text.get(..usize::from(number.long)).unwrap_or_default()).unwrap_or_default()));
    }
    number.code
}

/// A text of eight to twenty-four bytes as three numbers that, with its length, are no other text's.
#[inline]
fn words(text: &[u8]) -> Option<[u64; 3]> {
    if text.len() > 24 {
        return None;
    }
    let first = text.first_chunk::<8>()?;
    let last = text.last_chunk::<8>()?;
    let middle = if text.len() > 16 { text.get(8..16)?.first_chunk::<8>()? } else { &[0; 8] };
    Some([first, middle, last].map(|eight| u64::from_le_bytes(*eight)))
}

fn tag(hash: u64) -> u32 {
    (hash >> (32 + PLACE_BITS)) as u32
}

#[inline]
fn hash(seed: u64, words: [u64; 3]) -> u64 {
    let fold = |a: u64, b: u64| {
        let wide = u128::from(a) * u128::from(b);
        wide as u64 ^ (wide >> 64) as u64
    };
    let [a, b, c] = words;
    fold(fold(seed ^ a, 0x9e37_79b9_7f4a_7c15 ^ c) ^ b, seed ^ 0xa076_1d64_78bd_642f)
}

// ---- plain lines ----

/// What plain lines of a section look like.
pub(crate) struct Plan {
    delimiter: u8,
    count: usize,
    when: usize,
    number: usize,
    /// And how many seconds one is.
    duration: Option<(usize, u32)>,
    columns: Columns,
    /// What kind cells said before, by their text.
    senses: Vec<(Vec<u8>, Sense)>,
    /// The same of one short cell.
    short: Vec<(u64, Sense)>,
    /// The day read last, as written, and its first millisecond.
    day: ([u8; 10], i64),
}

impl Plan {
    /// `None` where a section's rows need care: parties in two columns, places, names, or what `special` says.
    pub fn of(columns: &Columns, delimiter: u8, special: bool) -> Option<Plan> {
        let c = columns;
        let careful = [c.clock, c.from, c.to, c.line, c.name, c.origin, c.destination, c.amount].iter().any(Option::is_some);
        if special || careful || c.messages || c.count > MOST_CELLS || c.kinds.len() > 3 {
            return None;
        }
        let duration = match c.duration {
            None => None,
            Some((i, Unit::Seconds)) => Some((i, 1)),
            Some((i, Unit::Minutes)) => Some((i, 60)),
            Some(_) => return None,
        };
        Some(Plan { delimiter, count: c.count, when: c.when?, number: c.number?, duration, columns: columns.clone(), senses: Vec::new(), short: Vec::new(), day: ([0; 10], 0) })
    }

    fn line(&mut self, cells: &Cells<'_>, start: usize, row: u64) -> Option<Line> {
        let at_ms = self.at(cells.get(self.when)?)?;
        let raw = cells.get(self.number)?;
        let bare = raw.first().is_some_and(|b| b.is_ascii_graphic()) && raw.last().is_some_and(|b| b.is_ascii_graphic());
        if !bare || !raw.is_ascii() {
            return None;
        }
        let duration_s = match self.duration {
            None => CallColumns::NO_DURATION,
            Some((i, each)) => whole(cells.get(i)?)?.checked_mul(each).filter(|s| *s != CallColumns::NO_DURATION)?,
        };
        let sense = self.sense(cells)?;
        if matches!(sense.what, Some(What::Sms | What::Mms | What::Data)) {
            return None;
        }
        let raw = cells.place(self.number)?;
        let raw = start + raw.start..start + raw.end;
        let said = (duration_s != CallColumns::NO_DURATION).then_some(duration_s);
        let direction = sense.direction.unwrap_or(Direction::Unknown);
        Some(Line { start, row, at_ms, direction, outcome: outcome(sense.outcome, direction, said), duration_s, raw })
    }

    /// `2019-01-01T00:00:26`, or a space for the T.
    fn at(&mut self, cell: &[u8]) -> Option<i64> {
        let cell: &[u8; 19] = cell.try_into().ok()?;
        let [date @ .., b'T' | b' ', h1, h2, b':', m1, m2, b':', s1, s2] = cell else { return None };
        let two = |a: u8, b: u8| {
            let (a, b) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
            (a < 10 && b < 10).then_some(i64::from(a) * 10 + i64::from(b))
        };
        let (hour, minute, second) = (two(*h1, *h2)?, two(*m1, *m2)?, two(*s1, *s2)?);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        if *date != self.day.0 {
            let [y1, y2, y3, y4, b'-', o1, o2, b'-', d1, d2] = *date else { return None };
            let (year, month, day) = (two(y1, y2)? * 100 + two(y3, y4)?, two(o1, o2)?, two(d1, d2)?);
            if !super::when::exists(year, month, day) {
                return None;
            }
            self.day = (*date, i64::from(days_from_civil(year as i16, month as i8, day as i8)) * 86_400_000);
        }
        Some(self.day.1 + ((hour * 60 + minute) * 60 + second) * 1_000)
    }

    /// What the kind cells say together; what was said before costs a comparison.
    fn sense(&mut self, cells: &Cells<'_>) -> Option<Sense> {
        let Some(first) = self.columns.kinds.first() else { return Some(Sense::default()) };
        let short = if self.columns.kinds.len() == 1 { short(cells.get(*first)?) } else { 0 };
        if short != 0 {
            if let Some((_, sense)) = self.short.iter().find(|(text, _)| *text == short) {
                return Some(*sense);
            }
        }
        let mut joined = Vec::new();
        let key = if self.columns.kinds.len() == 1 {
            cells.get(*first)?
        } else {
            for i in &self.columns.kinds {
                joined.extend_from_slice(cells.get(*i)?);
                joined.push(self.delimiter);
            }
            &joined
        };
        if let Some((_, sense)) = self.senses.iter().find(|(text, _)| text == key) {
            return Some(*sense);
        }
        let sense = self.learn(cells)?;
        match short {
            0 if self.senses.len() < 16 => self.senses.push((key.to_vec(), sense)),
            1.. if self.short.len() < 16 => self.short.push((short, sense)),
            _ => {}
        }
        Some(sense)
    }

    fn learn(&self, cells: &Cells<'_>) -> Option<Sense> {
        let ascii = self.columns.kinds.iter().all(|i| cells.get(*i).is_some_and(<[u8]>::is_ascii));
        ascii.then(|| row_sense(&self.columns, |i| cells.get(i).and_then(|c| std::str::from_utf8(c).ok()).unwrap_or("").trim()))
    }
}

/// A text of at most seven bytes as one number that is no other text's; 0 for a longer one.
fn short(text: &[u8]) -> u64 {
    if text.len() > 7 { 0 } else { text.iter().fold(1, |n, b| n << 8 | u64::from(*b)) }
}

/// Whole seconds or minutes of at most six digits.
fn whole(cell: &[u8]) -> Option<u32> {
    if cell.is_empty() || cell.len() > 6 {
        return None;
    }
    cell.iter().try_fold(0, |n, b| {
        let d = b.wrapping_sub(b'0');
        (d < 10).then_some(n * 10 + u32::from(d))
    })
}

/// The cells of one line by their ends.
struct Cells<'a> {
    line: &'a [u8],
    /// Ends counted from the line's start; `count - 1` of them, the last cell ends with the line.
    ends: &'a [usize; MOST_CELLS],
    count: usize,
}

impl<'a> Cells<'a> {
    fn get(&self, i: usize) -> Option<&'a [u8]> {
        self.line.get(self.place(i)?)
    }

    fn place(&self, i: usize) -> Option<Range<usize>> {
        let start = match i.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)? + 1,
        };
        let end = if i + 1 == self.count { self.line.len() } else { *self.ends.get(i)? };
        Some(start..end)
    }
}

/// Takes all plain lines that come next, and says whether there were any. What it leaves begins with a row that
/// needs care, or with the end of what was read.
pub(crate) fn take(rows: &mut Rows<'_>, plan: &mut Plan, bulk: &mut Bulk, tally: &mut Tally<'_>) -> Result<io::Result<bool>, Stop> {
    let before = rows.lines();
    loop {
        let first = rows.lines() + 1;
        let chunk = match rows.ahead() {
            Ok(chunk) => chunk,
            Err(e) => return Ok(Err(e)),
        };
        let unquoted = memchr::memchr(b'"', chunk).unwrap_or(chunk.len());
        let lines = chunk.get(..unquoted).and_then(|c| c.get(..memchr::memrchr(b'\n', c)? + 1)).unwrap_or_default();
        let Taken { bytes, lines, stopped } = take_lines(lines, first, plan, bulk, tally)?;
        rows.taken(bytes, lines);
        if stopped || bytes == 0 {
            return Ok(Ok(rows.lines() > before));
        }
    }
}

struct Taken {
    bytes: usize,
    lines: u64,
    /// A line that is not plain comes next.
    stopped: bool,
}

/// Where a text holds its delimiter or a line feed, eight bytes at a time: cells are so short that a search for each
/// of them costs more than the look at all.
struct Marks<'a> {
    text: &'a [u8],
    delimiter: u64,
    /// Bytes that were looked at.
    seen: usize,
    /// The highest bit of each byte of the last eight that is a mark.
    found: u64,
}

impl<'a> Marks<'a> {
    const EACH: u64 = 0x0101_0101_0101_0101;

    fn of(text: &'a [u8], delimiter: u8) -> Marks<'a> {
        Marks { text, delimiter: u64::from(delimiter) * Self::EACH, seen: 0, found: 0 }
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        while self.found == 0 {
            let rest = self.text.get(self.seen..)?;
            let eight = match rest.first_chunk::<8>() {
                Some(eight) => u64::from_le_bytes(*eight),
                None if rest.is_empty() => return None,
                // Filled with zeros, which are no marks.
                None => rest.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)),
            };
            self.seen += 8;
            // A byte is nothing where neither its low seven bits, when as much is added, nor itself reach the highest bit.
            let none = |x: u64| ((x & LOW) + LOW) | x | LOW;
            self.found = !(none(eight ^ self.delimiter) & none(eight ^ (u64::from(b'\n') * Self::EACH)));
        }
        let at = self.seen - 8 + self.found.trailing_zeros() as usize / 8;
        self.found &= self.found - 1;
        Some(at)
    }
}

/// `text` is whole lines without a quote.
fn take_lines(text: &[u8], first: u64, plan: &mut Plan, bulk: &mut Bulk, tally: &mut Tally<'_>) -> Result<Taken, Stop> {
    let returns = memchr::memchr(b'\r', text).is_some();
    let mut ends = [0; MOST_CELLS];
    let mut block: Vec<Line> = Vec::with_capacity(BLOCK);
    let (mut start, mut cells, mut lines, mut stopped) = (0, 0, 0, false);
    for hit in Marks::of(text, plan.delimiter) {
        if text.get(hit) != Some(&b'\n') {
            if let Some(end) = ends.get_mut(cells) {
                *end = hit - start;
            }
            cells += 1;
            continue;
        }
        let mut line = text.get(start..hit).unwrap_or_default();
        if returns {
            line = line.strip_suffix(b"\r").unwrap_or(line);
        }
        let odd = cells + 1 != plan.count || returns && memchr::memchr(b'\r', line).is_some();
        let found = if odd { None } else { plan.line(&Cells { line, ends: &ends, count: plan.count }, start, first + lines) };
        let Some(found) = found else {
            stopped = true;
            break;
        };
        block.push(found);
        (start, cells, lines) = (hit + 1, 0, lines + 1);
        if block.len() >= bulk.room() {
            if let Some(left) = block.get(bulk.lines(text, &block)) {
                return Ok(Taken { bytes: left.start, lines: left.row - first, stopped: true });
            }
            block.clear();
            bulk.full(tally)?;
        }
    }
    if let Some(left) = block.get(bulk.lines(text, &block)) {
        return Ok(Taken { bytes: left.start, lines: left.row - first, stopped: true });
    }
    bulk.full(tally)?;
    Ok(Taken { bytes: start, lines, stopped })
}

#[cfg(test)]
mod tests {
    use super::super::generic::read_as;
    use crate::testing::Heard;
    use amparo_model::Report;
    use proptest::prelude::*;

    fn both(bytes: &[u8]) -> [(Report, Heard); 2] {
        [true, false].map(|fast| read_as(bytes, fast))
    }

    fn same(bytes: &[u8]) {
        let [(fast_report, fast), (slow_report, slow)] = both(bytes);
        assert_eq!(fast_report, slow_report);
        assert_eq!(fast.calls, slow.calls);
        assert_eq!(fast.drafts, slow.drafts);
        assert_eq!(fast.rejects, slow.rejects);
    }

    #[test]
    fn more_rows_than_a_batch_holds_and_numbers_that_hardly_repeat() {
        let mut text = String::from("timestamp,direction,number,duration\r\n");
        for i in 0..150_000_u32 {
            let odd = if i % 9_999 == 0 { "\"" } else { "" };
            text += &format!("2019-01-{:02}T00:{:02}:26,{},{odd}+1415{:07}{odd},{}\r\n", i / 9_999 + 1, i % 60, ["in", "out"][i as usize % 2], 2_000_000 + i * 3, i % 700);
        }
        same(text.as_bytes());
        let (report, heard) = read_as(text.as_bytes(), true);
        assert_eq!((report.units, report.units_read, report.furniture), (150_001, 150_000, 1));
        assert!(heard.calls.iter().all(|b| b.number.values.len() == b.len()));
        let rows: Vec<u64> = heard.calls.iter().flat_map(|b| b.row.iter().copied()).collect();
        assert!(rows.iter().copied().eq(2..=150_001));
    }

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            8 => "2019-0[1-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-5][0-9]",
            4 => "(in|out|Incoming|sms in|missed|IN|)",
            4 => "[+(]?1?[2-9]{3}[-) ]{0,2}[0-9]{7}",
            4 => "[0-9]{0,7}",
            1 => "[ a\"ñ\r\n,;]{0,4}",
            1 => "\"[0-9]{3}[\n,]?[0-9]{3}\"",
        ]
    }

    fn row() -> impl Strategy<Value = String> {
        let good = ("2019-0[1-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-5][0-9]", "(in|out|text|)", "[+]?1?[2-9]{3}[- ]?[0-9]{7}", "[0-9]{0,7}")
            .prop_map(|(a, b, c, d)| format!("{a},{b},{c},{d}"));
        prop_oneof![6 => good, 2 => proptest::collection::vec(cell(), 0..6).prop_map(|cells| cells.join(","))]
    }

    proptest! {
        #[test]
        fn marks_are_the_delimiters_and_line_feeds(text in proptest::collection::vec(prop_oneof![Just(b','), Just(b'\n'), Just(0x8a), Just(0xac), any::<u8>()], 0..60)) {
            let want: Vec<usize> = (0..text.len()).filter(|i| matches!(text[*i], b',' | b'\n')).collect();
            prop_assert_eq!(super::Marks::of(&text, b',').collect::<Vec<_>>(), want);
        }

        #[test]
        fn plain_lines_read_fast_say_what_they_say_read_with_care(
            rows in proptest::collection::vec((row(), prop_oneof![6 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r")]), 0..30),
            mark in any::<bool>(),
            cut in 0..30_usize,
        ) {
            let mut text = String::from(if mark { "\u{feff}" } else { "" });
            text.push_str("timestamp,direction,number,duration\n");
            for (row, end) in &rows {
                text.push_str(row);
                text.push_str(end);
            }
            let bytes = text.as_bytes();
            same(&bytes[..bytes.len().saturating_sub(cut)]);
        }
    }
}
