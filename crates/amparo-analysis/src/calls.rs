//! Calls: each once although several sources hold it, and how many there were with a number in a month.
//!
//! A million calls stay a table: a row here is a few numbers, the words stay in their batches.
//! Two rows are one call where line, number, direction and duration fit and the times differ by no more
//! than a source rounds ([`EXACT_MS`], [`MINUTE_MS`]); where a row fits two, they stay apart and are listed.
//! Local times without a zone are placed by the source's zone, else by the case's, else where the same calls
//! in another source put them.

use crate::names::number_key;
use crate::pairing::{find, pair_up};
use crate::view::{View, zone_named};
use amparo_model::event::{At, Judgement};
use amparo_model::results::{CallSummary, Month};
use amparo_model::{CallColumns, Column, Direction, Instant, Outcome, PartyId, Place, Record, RecordId, Value};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

/// Sources that give seconds may differ by so much.
pub const EXACT_MS: i64 = 2_000;
/// Where one source gives whole minutes only.
pub const MINUTE_MS: i64 = 60_000;
/// Why a record's `zone` stands beside its local time: the same calls in another source put it there.
pub const ZONE_OF_SAME_CALLS: &str = "same-calls";
pub(crate) const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub ms: i64,
    pub number: u32,
    pub line: u32,
    pub batch: u32,
    pub row: u32,
    pub duration: u32,
    pub direction: u8,
    /// How many rows of its source before it say just the same.
    nth: u16,
}

/// One file, or one table of a database: what it cannot hold twice.
#[derive(Debug)]
pub(crate) struct Source {
    /// Every time is a whole minute.
    whole_minutes: bool,
    /// Every duration is whole minutes.
    whole_durations: bool,
    /// The zone its local times are placed in, where the same calls elsewhere said so.
    placed: Option<&'static str>,
}

/// All calls of a view, merged.
pub struct CallTable<'v> {
    pub(crate) view: &'v View,
    pub(crate) rows: Vec<Row>,
    /// The strongest row of each row's call.
    pub(crate) leader: Vec<u32>,
    pub(crate) texts: Vec<String>,
    pub(crate) ambiguous: Vec<(u32, u32)>,
    pub(crate) sources: Vec<Source>,
    /// The source of each batch.
    pub(crate) source_of: Vec<u32>,
    /// Whose a merged call is, where its strongest row does not say.
    subjects: HashMap<u32, PartyId>,
    told: OnceLock<Vec<Told>>,
}

/// What is counted of a call; line and number are codes of the table's texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub subject: Option<PartyId>,
    pub line: u32,
    pub number: u32,
    pub day: Date,
}

/// As [`View::day_of`], for many instants: a zone keeps its distance from UTC for months.
struct Days<'v> {
    view: &'v View,
    /// From and to (not included), in milliseconds, and the distance there.
    span: (i64, i64, i64),
    last: (i64, Date),
}

const DAY_MS: i64 = 86_400_000;

impl<'v> Days<'v> {
    fn of(view: &'v View) -> Days<'v> {
        Days { view, span: (0, 0, 0), last: (0, jiff::civil::date(1970, 1, 1)) }
    }

    fn day(&mut self, at: Instant) -> Date {
        if at.offset_min.is_none() {
            return at.date();
        }
        let (from, to, distance) = self.span;
        if !(from..to).contains(&at.ms) {
            return self.anew(at);
        }
        let day = (at.ms + distance).div_euclid(DAY_MS);
        if day != self.last.0 {
            let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).unwrap_or_default());
            self.last = (day, date.unwrap_or_else(|_| self.view.day_of(at)));
        }
        self.last.1
    }

    /// Learns between which instants the distance holds that holds now.
    fn anew(&mut self, at: Instant) -> Date {
        if let Ok(now) = jiff::Timestamp::from_millisecond(at.ms) {
            let zone = &self.view.zone;
            let ms = |t: Option<jiff::tz::TimeZoneTransition<'_>>, none: i64| t.map_or(none, |t| t.timestamp().as_millisecond());
            let distance = i64::from(zone.to_offset(now).seconds()) * 1_000;
            // The transition at this very instant has happened: what precedes the next millisecond.
            let after = jiff::Timestamp::from_millisecond(at.ms + 1).unwrap_or(now);
            self.span = (ms(zone.preceding(after).next(), i64::MIN), ms(zone.following(now).next(), i64::MAX), distance);
        }
        self.view.day_of(at)
    }
}

/// Milliseconds of world time; a local time is placed in `zone`.
pub(crate) fn place_ms(at: Instant, zone: &TimeZone) -> i64 {
    match at.offset_min {
        Some(_) => at.ms,
        None => zone.to_ambiguous_zoned_datetime(at.civil()).compatible().map_or(at.ms, |z| z.timestamp().as_millisecond()),
    }
}

/// Texts as small numbers, each different text once.
#[derive(Default)]
struct Codes<'v> {
    known: HashMap<Cow<'v, str>, u32>,
    texts: Vec<String>,
}

impl<'v> Codes<'v> {
    fn of(&mut self, text: Cow<'v, str>) -> u32 {
        if let Some(code) = self.known.get(&text) {
            return *code;
        }
        let code = self.texts.len() as u32;
        self.texts.push(text.clone().into_owned());
        self.known.insert(text, code);
        code
    }
}

fn pick(column: &Column, codes: &[u32], row: usize) -> u32 {
    column.index.get(row).and_then(|i| codes.get(*i as usize)).copied().unwrap_or(NONE)
}

impl<'v> CallTable<'v> {
    pub fn build(view: &'v View) -> CallTable<'v> {
        CallTable::build_of(view, None)
    }

    /// As [`CallTable::build`], of the calls with one number only (as [`number_key`] writes it).
    pub fn build_of(view: &'v View, number: Option<&str>) -> CallTable<'v> {
        let (order, source_of, mut sources) = sources(view);
        let mut codes = Codes::default();
        let wanted = number.map(|n| codes.of(Cow::Owned(n.to_owned())));
        let mut rows: Vec<Row> = Vec::new();
        let mut local: Vec<u32> = Vec::new();
        for i in order {
            let batch = &view.calls[i as usize];
            let c = &batch.columns;
            let numbers: Vec<u32> = c.number.values.iter().map(|t| codes.of(Cow::Borrowed(t))).collect();
            let raws: Vec<u32> = c.number_raw.values.iter().map(|t| codes.of(number_key(t))).collect();
            let lines: Vec<u32> = c.line.values.iter().map(|t| codes.of(Cow::Borrowed(t))).collect();
            let zones: Vec<Option<TimeZone>> = c.zone.values.iter().map(|z| zone_named(z)).collect();
            let zone = view.zone_of(batch.giving);
            let own_zone = view.file.zones.contains_key(&batch.giving);
            for r in 0..c.len() {
                if c.at_ms[r] == CallColumns::NO_TIME {
                    continue;
                }
                let mut number = pick(&c.number, &numbers, r);
                if number == NONE {
                    number = pick(&c.number_raw, &raws, r);
                }
                let (mut duration, mut direction) = (c.duration_s[r], c.direction[r]);
                if view.is_decided(i, r as u32) {
                    let set = view.call(i, r as u32);
                    number = set.text("number").map(Cow::Borrowed).or(set.text("number_raw").map(number_key)).map_or(NONE, |t| codes.of(Cow::Owned(t.into_owned())));
                    duration = set.number("duration_s").and_then(|s| u32::try_from(s).ok()).unwrap_or(CallColumns::NO_DURATION);
                    direction = set.text("direction").and_then(Direction::parse).unwrap_or(Direction::Unknown) as u8;
                }
                if wanted.is_some_and(|w| w != number) {
                    continue;
                }
                let offset = (c.offset_min[r] != CallColumns::LOCAL).then_some(c.offset_min[r]);
                let said = c.zone.index.get(r).and_then(|z| zones.get(*z as usize)).and_then(Option::as_ref);
                if offset.is_none() && said.is_none() && !own_zone {
                    local.push(rows.len() as u32);
                }
                let ms = place_ms(Instant { ms: c.at_ms[r], offset_min: offset }, said.unwrap_or(&zone));
                rows.push(Row { ms, number, line: pick(&c.line, &lines, r), batch: i, row: r as u32, duration, direction, nth: 0 });
            }
        }
        let Codes { texts, .. } = codes;
        give_lines(view, &mut rows);
        place_local(view, &mut rows, &local, &source_of, &mut sources);
        sort(&mut rows, &texts, &source_of);
        let mut table = CallTable { view, rows, leader: Vec::new(), texts, ambiguous: Vec::new(), sources, source_of, subjects: HashMap::new(), told: OnceLock::new() };
        table.merge();
        table
    }

    fn merge(&mut self) {
        let source = |r: &Row| self.source_of[r.batch as usize];
        let paired = pair_up(&self.rows, MINUTE_MS, |r| (u64::from(r.number), r.ms, source(r)), |a, b| self.fits(a, b));
        let mut leader = paired.leader;
        let same = crate::merge::judgements(self.view, Judgement::Same);
        let different = crate::merge::judgements(self.view, Judgement::Different);
        if !same.is_empty() || !different.is_empty() {
            self.judge(&mut leader, &same, &different);
        }
        // The strongest row leads: what a member decided, then the first source and row.
        let strength = |i: u32| {
            let r = &self.rows[i as usize];
            (!self.view.is_decided(r.batch, r.row), self.source_of[r.batch as usize], self.view.calls[r.batch as usize].columns.row[r.row as usize], i)
        };
        let mut strongest: HashMap<u32, u32> = HashMap::new();
        for (i, l) in leader.iter().enumerate().filter(|(i, l)| **l != *i as u32) {
            let best = strongest.entry(*l).or_insert(*l);
            if strength(i as u32) < strength(*best) {
                *best = i as u32;
            }
        }
        for l in &mut leader {
            *l = strongest.get(l).copied().unwrap_or(*l);
        }
        let mut subjects = HashMap::new();
        for (i, l) in leader.iter().enumerate().filter(|(i, l)| **l != *i as u32) {
            let of = |i: u32| self.view.calls[self.rows[i as usize].batch as usize].subject;
            if let (None, Some(subject)) = (of(*l), of(i as u32)) {
                subjects.insert(*l, subject);
            }
        }
        (self.leader, self.ambiguous, self.subjects) = (leader, paired.ambiguous, subjects);
    }

    /// Whether two rows of different sources, of one number and within a minute, may be one call.
    fn fits(&self, a: &Row, b: &Row) -> bool {
        if a.number == NONE || (a.ms == b.ms && a.duration == b.duration && a.nth != b.nth) {
            return false;
        }
        let (x, y) = (self.view.calls[a.batch as usize].subject, self.view.calls[b.batch as usize].subject);
        let (s, t) = (&self.sources[self.source_of[a.batch as usize] as usize], &self.sources[self.source_of[b.batch as usize] as usize]);
        let line = match (a.line, b.line) {
            (NONE, _) | (_, NONE) => x == y,
            (a, b) => a == b && (x == y || x.is_none() || y.is_none()),
        };
        let unknown = Direction::Unknown as u8;
        let window = if s.whole_minutes || t.whole_minutes { MINUTE_MS - 1 } else { EXACT_MS };
        line && (a.direction == b.direction || a.direction == unknown || b.direction == unknown)
            && (b.ms - a.ms).abs() <= window
            && durations_fit(a.duration, b.duration, s.whole_durations || t.whole_durations)
    }

    /// Joins and parts what a member judged.
    fn judge(&self, leader: &mut [u32], same: &BTreeSet<(At, At)>, different: &BTreeSet<(At, At)>) {
        let named: BTreeSet<&At> = same.iter().chain(different).flat_map(|(a, b)| [a, b]).filter(|at| at.kind == amparo_model::Kind::Call).collect();
        let mut places: BTreeMap<&At, u32> = BTreeMap::new();
        for (i, r) in self.rows.iter().enumerate() {
            let b = &self.view.calls[r.batch as usize];
            let at = named.iter().find(|at| at.of == b.giving && at.inside == b.columns.inside && at.place == Place::row(b.columns.row[r.row as usize]).spot_text());
            if let Some(at) = at {
                places.insert(at, i as u32);
            }
        }
        let mut pairs = |all: &BTreeSet<(At, At)>, apart: bool| {
            for (a, b) in all {
                let (Some(a), Some(b)) = (places.get(a), places.get(b)) else { continue };
                let (x, y) = (find(leader, *a), find(leader, *b));
                if apart && x == y {
                    // The later row leaves; whoever followed it stays with the first.
                    let (stays, leaves) = (*a.min(b), *a.max(b));
                    for l in leader.iter_mut().filter(|l| **l == x) {
                        *l = stays;
                    }
                    leader[stays as usize] = stays;
                    leader[leaves as usize] = leaves;
                } else if !apart && x != y {
                    leader[x.max(y) as usize] = x.min(y);
                }
            }
            for i in 0..leader.len() as u32 {
                leader[i as usize] = find(leader, i);
            }
        };
        pairs(same, false);
        pairs(different, true);
    }

    /// Calls with a time, each source's counted apart.
    pub fn unmerged(&self) -> usize {
        self.rows.len()
    }

    /// Calls, each once.
    pub fn merged(&self) -> usize {
        self.leader.iter().enumerate().filter(|(i, l)| **l == *i as u32).count()
    }

    pub(crate) fn id(&self, i: u32) -> RecordId {
        let row = self.rows[i as usize];
        let b = &self.view.calls[row.batch as usize];
        let place = Place::row(b.columns.row[row.row as usize]).inside(&b.columns.inside);
        RecordId::of(&b.original, &place, amparo_model::Kind::Call)
    }

    fn record_at(&self, i: u32) -> Record {
        let row = self.rows[i as usize];
        let mut record = self.view.call(row.batch, row.row);
        let local = record.instant("at").is_some_and(|at| at.offset_min.is_none()) && !record.fields.contains_key("zone");
        let placed = self.sources[self.source_of[row.batch as usize] as usize].placed;
        let said = self.view.file.zones.get(&record.provenance.giving);
        if let Some((zone, because)) = said.map(|(z, b)| (z.as_str(), b.as_str())).or(placed.map(|z| (z, ZONE_OF_SAME_CALLS))).filter(|_| local) {
            record.fields.insert("zone", Value::text(zone));
            record.fields.insert("zone_because", Value::text(because));
        }
        record
    }

    /// Pairs that may be one call or two: kept apart.
    pub fn ambiguous(&self) -> Vec<(RecordId, RecordId)> {
        let mut pairs: Vec<_> = self.ambiguous.iter().map(|(a, b)| (self.id(*a), self.id(*b))).map(|(a, b)| (a.min(b), a.max(b))).collect();
        pairs.sort();
        pairs.dedup();
        pairs
    }

    /// Each call once as a record, in the order they are printed. One record at a time: nothing is held.
    pub fn records(&self) -> impl Iterator<Item = Record> + '_ {
        let mut others: HashMap<u32, Vec<u32>> = HashMap::new();
        for (i, l) in self.leader.iter().enumerate().filter(|(i, l)| **l != *i as u32) {
            others.entry(*l).or_default().push(i as u32);
        }
        self.in_order(|i| self.leader[i as usize] == i).map(move |one| match one {
            Ok(i) => {
                let mut group = vec![self.record_at(i)];
                group.extend(others.get(&i).into_iter().flatten().map(|o| self.record_at(*o)));
                crate::merge::fold(group.iter().collect())
            }
            Err((batch, row)) => self.view.call(batch, row),
        })
    }

    /// Every source's call as a record, in the order they are printed.
    pub fn unmerged_records(&self) -> impl Iterator<Item = Record> + '_ {
        self.in_order(|_| true).map(|one| one.map_or_else(|(batch, row)| self.view.call(batch, row), |i| self.record_at(i)))
    }

    /// The calls of these ids, each as its own source has it.
    pub fn named(&self, ids: &BTreeSet<RecordId>) -> Vec<Record> {
        if ids.is_empty() {
            return Vec::new();
        }
        (0..self.rows.len() as u32).filter(|i| ids.contains(&self.id(*i))).map(|i| self.record_at(i)).collect()
    }

    /// Rows by source and row; those without a time, which stand in no table, as batch and row.
    fn in_order(&self, wanted: impl Fn(u32) -> bool) -> std::vec::IntoIter<Result<u32, (u32, u32)>> {
        let row_of = |batch: u32, row: u32| self.view.calls[batch as usize].columns.row[row as usize];
        let mut all: Vec<(u32, u64, Result<u32, (u32, u32)>)> = Vec::with_capacity(self.rows.len());
        for i in (0..self.rows.len() as u32).filter(|i| wanted(*i)) {
            let r = &self.rows[i as usize];
            all.push((self.source_of[r.batch as usize], row_of(r.batch, r.row), Ok(i)));
        }
        for (b, batch) in self.view.calls.iter().enumerate() {
            for (r, _) in batch.columns.at_ms.iter().enumerate().filter(|(_, ms)| **ms == CallColumns::NO_TIME) {
                all.push((self.source_of[b], row_of(b as u32, r as u32), Err((b as u32, r as u32))));
            }
        }
        all.sort_by_key(|(source, row, _)| (*source, *row));
        all.into_iter().map(|(.., one)| one).collect::<Vec<_>>().into_iter()
    }

    pub(crate) fn subject(&self, leader: u32) -> Option<PartyId> {
        self.view.calls[self.rows[leader as usize].batch as usize].subject.or_else(|| self.subjects.get(&leader).copied())
    }

    /// The instant as its source wrote it; a local time that was placed keeps its own clock.
    pub(crate) fn at(&self, i: u32) -> Instant {
        let r = &self.rows[i as usize];
        let c = &self.view.calls[r.batch as usize].columns;
        let offset = c.offset_min[r.row as usize];
        Instant { ms: c.at_ms[r.row as usize], offset_min: (offset != CallColumns::LOCAL).then_some(offset) }
    }

    pub(crate) fn text(&self, code: u32) -> Option<&str> {
        self.texts.get(code as usize).map(String::as_str)
    }

    /// The strongest row of each call.
    pub(crate) fn leaders(&self) -> impl Iterator<Item = u32> + '_ {
        self.leader.iter().enumerate().filter(|(i, l)| **l == *i as u32).map(|(i, _)| i as u32)
    }

    /// Each merged call: whose, which line and number, on which day where the person lived. Worked out once.
    pub(crate) fn told(&self) -> &[Told] {
        self.told.get_or_init(|| {
            let mut days = Days::of(self.view);
            let told = |i: u32| {
                let r = &self.rows[i as usize];
                Told { subject: self.subject(i), line: r.line, number: r.number, day: days.day(self.at(i)) }
            };
            self.leaders().map(told).collect()
        })
    }

    /// How many calls each person's papers hold of each day.
    pub fn days(&self) -> BTreeMap<(PartyId, jiff::civil::Date), u64> {
        let mut days: HashMap<(PartyId, Date), u64> = HashMap::new();
        for call in self.told() {
            if let Some(subject) = call.subject {
                *days.entry((subject, call.day)).or_default() += 1;
            }
        }
        days.into_iter().collect()
    }

    /// A person's calls, of one month where it is given, newest last: how many there are, and `take` of them after the first `skip`, each once.
    pub fn some(&self, subject: PartyId, month: Option<Month>, skip: usize, take: usize) -> (usize, Vec<Record>) {
        let wanted = |i: &u32| self.subject(*i) == Some(subject) && month.is_none_or(|m| self.view.month_of(self.at(*i)) == m);
        let mut all: Vec<u32> = self.leaders().filter(wanted).collect();
        all.sort_by_key(|i| (self.rows[*i as usize].ms, *i));
        let chosen: Vec<u32> = all.iter().skip(skip).take(take).copied().collect();
        let mut groups: BTreeMap<u32, Vec<Record>> = chosen.iter().map(|i| (*i, vec![self.record_at(*i)])).collect();
        for (i, l) in self.leader.iter().enumerate().filter(|(i, l)| **l != *i as u32) {
            if let Some(group) = groups.get_mut(l) {
                group.push(self.record_at(i as u32));
            }
        }
        let records = chosen.iter().filter_map(|i| groups.get(i)).map(|group| crate::merge::fold(group.iter().collect())).collect();
        (all.len(), records)
    }

    /// How many calls with each number in each month, or with one number only (as [`number_key`] writes it).
    ///
    /// Minutes: the longest duration any source gives of a call, summed in seconds, rounded down; a source
    /// that counts whole minutes has already rounded each call up. A call that nobody took is missed, neither in nor out.
    pub fn summaries(&self, number: Option<&str>) -> Vec<CallSummary> {
        let wanted = number.map(|n| self.texts.iter().position(|t| t == n).map_or(NONE - 1, |i| i as u32));
        let own = self.view.party_lines();
        let mut longest: HashMap<u32, u32> = HashMap::new();
        for (i, r) in self.rows.iter().enumerate().filter(|(i, r)| self.leader[*i] != *i as u32 && r.duration != NONE) {
            let d = longest.entry(self.leader[i]).or_default();
            *d = (*d).max(r.duration);
        }
        let mut sums: BTreeMap<(Option<PartyId>, u32, Month), (CallSummary, u64, i64, i64)> = BTreeMap::new();
        for i in self.leaders() {
            let r = &self.rows[i as usize];
            if r.number == NONE || wanted.is_some_and(|w| w != r.number) {
                continue;
            }
            let (batch, at) = (&self.view.calls[r.batch as usize], self.at(i));
            let text = &self.texts[r.number as usize];
            let key = (self.subject(i), r.number, self.view.month_of(at));
            let (sum, seconds, first, last) = sums.entry(key).or_insert_with(|| {
                let sum = CallSummary {
                    number: text.clone(),
                    e164: amparo_model::PhoneNumber::parse(text).is_some(),
                    of_party: own.contains(text),
                    name: None,
                    line: self.text(r.line).map(str::to_owned),
                    subject: key.0,
                    month: key.2,
                    incoming: 0,
                    outgoing: 0,
                    missed: 0,
                    minutes: 0,
                    first: at,
                    last: at,
                };
                (sum, 0, r.ms, r.ms)
            });
            let outcome = Outcome::from_code(batch.columns.outcome[r.row as usize]);
            if matches!(outcome, Some(Outcome::Missed | Outcome::Rejected | Outcome::Blocked | Outcome::Voicemail)) {
                sum.missed += 1;
            } else if r.direction == Direction::In as u8 {
                sum.incoming += 1;
            } else if r.direction == Direction::Out as u8 {
                sum.outgoing += 1;
            }
            let lasted = if r.duration == NONE { 0 } else { r.duration };
            *seconds += u64::from(lasted.max(longest.get(&i).copied().unwrap_or(0)));
            if r.ms < *first {
                (*first, sum.first) = (r.ms, at);
            }
            if r.ms > *last {
                (*last, sum.last) = (r.ms, at);
            }
            // Two lines of one person are not one line.
            if sum.line.as_deref() != self.text(r.line) {
                sum.line = None;
            }
            let name = batch.columns.name.get(r.row as usize);
            // The name most easily found again: the first in the alphabet, whatever the order of the sources.
            if let Some(name) = name.filter(|n| sum.name.as_deref().is_none_or(|have| *n < have)) {
                sum.name = Some(name.to_owned());
            }
        }
        let mut out: Vec<CallSummary> = sums
            .into_values()
            .map(|(mut sum, seconds, ..)| {
                sum.minutes = seconds / 60;
                sum
            })
            .collect();
        out.sort_by(|a, b| (&a.number, a.month, a.subject).cmp(&(&b.number, b.month, b.subject)));
        out
    }
}

/// The batches in the order of their sources, the source of each, and what each source rounds.
fn sources(view: &View) -> (Vec<u32>, Vec<u32>, Vec<Source>) {
    let mut order: Vec<u32> = (0..view.calls.len() as u32).collect();
    let of = |i: u32| {
        let b = &view.calls[i as usize];
        (b.original, &b.columns.inside, b.columns.row.first())
    };
    order.sort_by(|a, b| of(*a).cmp(&of(*b)));
    let mut source_of = vec![0; view.calls.len()];
    let mut sources: Vec<Source> = Vec::new();
    for (n, i) in order.iter().enumerate() {
        let new = n == 0 || (of(order[n - 1]).0, of(order[n - 1]).1) != (of(*i).0, of(*i).1);
        if new {
            sources.push(Source { whole_minutes: true, whole_durations: true, placed: None });
        }
        source_of[*i as usize] = sources.len() as u32 - 1;
        let c = &view.calls[*i as usize].columns;
        if let Some(source) = sources.last_mut() {
            source.whole_minutes &= c.at_ms.iter().all(|ms| *ms == CallColumns::NO_TIME || ms % MINUTE_MS == 0);
            source.whole_durations &= c.duration_s.iter().all(|d| *d == CallColumns::NO_DURATION || d % 60 == 0);
        }
    }
    (order, source_of, sources)
}

/// A person's only line is the line of all their calls.
fn give_lines(view: &View, rows: &mut [Row]) {
    let mut lines: BTreeMap<PartyId, BTreeSet<u32>> = BTreeMap::new();
    for r in rows.iter().filter(|r| r.line != NONE) {
        if let Some(subject) = view.calls[r.batch as usize].subject {
            let known = lines.entry(subject).or_default();
            if known.len() < 2 {
                known.insert(r.line);
            }
        }
    }
    for r in rows.iter_mut().filter(|r| r.line == NONE) {
        let only = view.calls[r.batch as usize].subject.and_then(|s| lines.get(&s)).filter(|l| l.len() == 1);
        if let Some(line) = only.and_then(|l| l.first()) {
            r.line = *line;
        }
    }
}

/// Zones in which the same calls of another source are looked for.
const ZONES: &[&str] = &[
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "America/Mexico_City",
    "America/Tijuana",
    "America/Guatemala",
    "America/Bogota",
    "America/Caracas",
    "America/Santo_Domingo",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "UTC",
];
/// So many of a source's local times are tried.
const TRIED: usize = 2_000;
/// So many more calls must agree before another zone is believed.
const AGREE: usize = 4;

/// Places a source's local times where the same calls in sources that know their zone put them, if that is
/// plain: several calls more agree on one zone than on the case's own, and clearly so.
fn place_local(view: &View, rows: &mut [Row], local: &[u32], source_of: &[u32], sources: &mut [Source]) {
    if local.is_empty() || local.len() == rows.len() {
        return;
    }
    let mut tried: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for i in local.iter().copied() {
        let all = tried.entry(source_of[rows[i as usize].batch as usize]).or_default();
        if all.len() < TRIED && rows[i as usize].number != NONE {
            all.push(i);
        }
    }
    let wanted: BTreeSet<u32> = tried.values().flatten().map(|i| rows[*i as usize].number).collect();
    let mut known: HashMap<u32, Vec<(i64, u32)>> = HashMap::new();
    for (i, r) in rows.iter().enumerate().filter(|(_, r)| wanted.contains(&r.number)) {
        if local.binary_search(&(i as u32)).is_err() {
            known.entry(r.number).or_default().push((r.ms, i as u32));
        }
    }
    known.values_mut().for_each(|all| all.sort_unstable());
    let zones: Vec<(&'static str, TimeZone)> = ZONES.iter().filter_map(|z| Some((*z, zone_named(z)?))).collect();
    for (source, all) in tried {
        let civil = |i: u32| {
            let r = &rows[i as usize];
            Instant { ms: view.calls[r.batch as usize].columns.at_ms[r.row as usize], offset_min: None }
        };
        let agreeing = |place: &dyn Fn(u32) -> i64| {
            all.iter()
                .filter(|i| {
                    let r = &rows[**i as usize];
                    let ms = place(**i);
                    let near = known.get(&r.number).map_or(&[][..], |all| {
                        let from = all.partition_point(|(at, _)| *at < ms - MINUTE_MS);
                        &all[from..]
                    });
                    near.iter().take_while(|(at, _)| *at <= ms + MINUTE_MS).any(|(_, j)| {
                        let other = &rows[*j as usize];
                        view.calls[r.batch as usize].subject == view.calls[other.batch as usize].subject && durations_fit(r.duration, other.duration, true)
                    })
                })
                .count()
        };
        let here = agreeing(&|i| rows[i as usize].ms);
        let best =
            zones.iter().map(|(name, zone)| (agreeing(&|i| place_ms(civil(i), zone)), *name, zone)).fold(None, |best: Option<(usize, &'static str, &TimeZone)>, one| match best {
                Some(b) if b.0 >= one.0 => Some(b),
                _ => Some(one),
            });
        let Some((_, name, zone)) = best.filter(|(count, ..)| *count >= here + AGREE && *count * 9 > here * 10) else { continue };
        sources[source as usize].placed = Some(name);
        let moved: Vec<(u32, i64)> = local.iter().filter(|i| source_of[rows[**i as usize].batch as usize] == source).map(|i| (*i, place_ms(civil(*i), zone))).collect();
        for (i, ms) in moved {
            rows[i as usize].ms = ms;
        }
    }
}

/// By number and time. Rows came in source order and the sort keeps it, so ties do not depend on the order of adding.
fn sort(rows: &mut [Row], texts: &[String], source_of: &[u32]) {
    let mut by_text: Vec<u32> = (0..texts.len() as u32).collect();
    by_text.sort_by(|a, b| texts[*a as usize].cmp(&texts[*b as usize]));
    let mut rank = vec![0_u32; texts.len()];
    for (place, t) in by_text.iter().enumerate() {
        rank[*t as usize] = place as u32;
    }
    let rank_of = |t: u32| rank.get(t as usize).copied().unwrap_or(NONE);
    rows.sort_by_key(|r| (rank_of(r.number), r.ms));
    for i in 1..rows.len() {
        let (before, r) = (rows[i - 1], rows[i]);
        let same = |a: &Row| {
            (a.number, a.ms, a.line, a.duration, a.direction, source_of[a.batch as usize]) == (r.number, r.ms, r.line, r.duration, r.direction, source_of[r.batch as usize])
        };
        if same(&before) {
            rows[i].nth = before.nth.saturating_add(1);
        }
    }
}

/// A second of difference, or a minute where a source gives whole minutes only.
fn durations_fit(a: u32, b: u32, whole: bool) -> bool {
    a == NONE || b == NONE || a.abs_diff(b) <= 1 || (whole && (a.is_multiple_of(60) || b.is_multiple_of(60)) && a.abs_diff(b) <= 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// Around every change of the clocks, and far from any: the quick way says the day that the zone says.
    #[test]
    fn days_told_quickly_are_the_zones_days() {
        for zone in ["America/Los_Angeles", "America/Guatemala", "UTC", "Pacific/Apia", "America/Phoenix"] {
            let view = View::new(Arc::default(), Vec::new(), Vec::new(), zone_named(zone).expect("a zone"));
            let mut days = Days::of(&view);
            let mut at = 946_684_800_000_i64; // 2000
            while at < 1_924_992_000_000 {
                for (ms, offset_min) in [(at, Some(0)), (at + 1, Some(-480)), (at - 1, Some(0)), (at, None)] {
                    let at = Instant { ms, offset_min };
                    assert_eq!(days.day(at), view.day_of(at), "{zone} {ms}");
                }
                at += 1_800_000 * 7; // every half hour of the day comes up in turn
            }
        }
    }
}
