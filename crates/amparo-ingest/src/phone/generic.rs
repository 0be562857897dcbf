//! Call-detail tables: any list of calls and texts with a heading row. A unit is one row; blank lines, headings and totals are furniture.
//!
//! Carriers, investigators' exports and spreadsheets name their columns in their own words; the words are
//! known in English and Spanish. What a whole file must agree on (the order of day and month, whose line
//! it is) is found by reading it once before; tables of towers, top-ups or payments are not call lists.

use super::fast;
use super::number::Numbers;
use super::table::{DELIMITERS, Row, Rows};
use super::tally::Tally;
use super::when::{Evidence, Order, When, when};
use super::words::{Role, Sense, Unit, What, duration, plain, role, sense};
use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::calls::Call;
use amparo_model::{CoversWhy, Direction, Draft, Instant, Kind, Outcome, Report, Service};
use std::io::{Cursor, Read, SeekFrom};

pub const READER: Reader = Reader { name: "call_detail_csv", version: 1, recognise, read };

/// Rows above the heading that are looked through; an investigator's cover page is shorter.
const PREAMBLE: usize = 60;

/// What is particular to one carrier's tables.
#[derive(Clone, Copy)]
pub(crate) struct Dialect {
    pub name: &'static str,
    pub version: u32,
    /// Dates of this carrier are month first, whatever the country of the office.
    pub month_first: bool,
    /// `Incoming` stands where a call's destination would; what has another destination went out.
    pub destination_tells: bool,
    /// A row of one or two cells with a number opens that line's section.
    pub headings_name_the_line: bool,
    /// A table without minutes lists messages.
    pub no_minutes_no_calls: bool,
}

const GENERIC: Dialect =
    Dialect { name: READER.name, version: READER.version, month_first: false, destination_tells: false, headings_name_the_line: false, no_minutes_no_calls: false };

/// Where a section's columns are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Columns {
    pub count: usize,
    pub when: Option<usize>,
    pub clock: Option<usize>,
    pub number: Option<usize>,
    /// Caller and called, where the table has both.
    pub from: Option<usize>,
    pub to: Option<usize>,
    pub line: Option<usize>,
    pub duration: Option<(usize, Unit)>,
    pub kinds: Vec<usize>,
    pub amount: Option<usize>,
    pub name: Option<usize>,
    pub origin: Option<usize>,
    pub destination: Option<usize>,
    /// The heading speaks of messages.
    pub messages: bool,
    /// The number's column is named as a place's would be.
    pub number_or_place: bool,
}

impl Columns {
    /// The columns that a heading row names, where they are those of a call list.
    pub fn of(row: &Row) -> Option<Columns> {
        if row.len() < 3 {
            return None;
        }
        let mut c = Columns { count: row.len(), ..Columns::default() };
        let (mut date, mut date_time, mut vague, mut place) = (None, None, Vec::new(), None);
        for (i, name) in row.iter().enumerate() {
            let name = name.trim_start_matches('\u{feff}');
            let Some(role) = role(name) else { continue };
            let first = |slot: &mut Option<usize>| *slot = slot.or(Some(i));
            match role {
                Role::When => first(&mut date_time),
                Role::Date => first(&mut date),
                Role::Clock => first(&mut c.clock),
                Role::Other => first(&mut c.number),
                Role::Number => vague.push(i),
                Role::From => first(&mut c.from),
                Role::To => first(&mut c.to),
                Role::Line => first(&mut c.line),
                Role::Duration(unit) => c.duration = c.duration.or(Some((i, unit))),
                Role::Kind => {
                    c.kinds.push(i);
                    c.messages |= plain(name).contains("message") || plain(name).contains("mensaje");
                }
                Role::Amount => first(&mut c.amount),
                Role::Name => first(&mut c.name),
                Role::Origin => first(&mut c.origin),
                Role::Destination => first(&mut c.destination),
                Role::Place => first(&mut place),
                Role::Known => {}
            }
        }
        c.when = match (date_time, date) {
            (Some(both), _) => {
                c.clock = None;
                Some(both)
            }
            (None, Some(date)) => Some(date),
            (None, None) => c.clock.take(), // some call the whole moment `Time`
        };
        c.parties(&mut vague);
        c.destination = c.destination.or(place);
        let said = c.duration.is_some() || !c.kinds.is_empty() || c.amount.is_some();
        let parties = c.number.is_some() || c.from.is_some() && c.to.is_some();
        (c.when.is_some() && said && parties).then_some(c)
    }

    /// Which column is the other party's: the particular names first, then what is left over.
    fn parties(&mut self, vague: &mut Vec<usize>) {
        // `Calling number, called number`: two ends of one call.
        if self.from.is_some() && self.to.is_none() {
            self.to = self.number.take().or_else(|| (!vague.is_empty()).then(|| vague.remove(0)));
        }
        if self.from.is_some() && self.to.is_some() {
            if let Some(number) = self.number.take() {
                vague.insert(0, number);
            }
            if self.line.is_none() && !vague.is_empty() {
                self.line = Some(vague.remove(0));
            }
            return;
        }
        // One end alone is the other party's.
        self.number = self.number.or_else(|| self.to.take()).or_else(|| self.from.take());
        if self.number.is_none() && !vague.is_empty() {
            self.number = Some(vague.remove(0));
        }
        match (self.number, self.origin, self.destination) {
            (None, Some(from), Some(to)) => {
                (self.from, self.to) = (Some(from), Some(to));
                (self.origin, self.destination) = (None, None);
            }
            (None, None, Some(to)) => {
                self.number = Some(to);
                self.number_or_place = true;
                self.destination = None;
            }
            _ => {}
        }
        if self.line.is_none() && !vague.is_empty() {
            self.line = Some(vague.remove(0));
        }
        (self.from, self.to) = if self.number.is_some() { (None, None) } else { (self.from, self.to) };
    }

    /// Orange's table has no heading: sort, service, line, correspondent, time, seconds, longitude, latitude.
    fn orange() -> Columns {
        Columns { count: 8, when: Some(4), number: Some(3), line: Some(2), duration: Some((5, Unit::Seconds)), kinds: vec![0, 1], ..Columns::default() }
    }

    fn is_orange(&self) -> bool {
        *self == Columns::orange()
    }

    /// A roaming section's heading is one column short: its rows hold number and place where it names the place alone.
    fn wider(&self, row: &Row) -> Option<Columns> {
        let number = self.number.filter(|_| self.number_or_place && row.len() == self.count + 1)?;
        let (i, unit) = self.duration.filter(|(i, _)| *i > number)?;
        let fits = phone_like(row.get(number)) && !phone_like(row.get(number + 1)) && duration(row.get(i + 1), unit).is_some();
        let later = |i: usize| if i > number { i + 1 } else { i };
        fits.then(|| Columns {
            count: self.count + 1,
            destination: Some(number + 1),
            duration: Some((i + 1, unit)),
            kinds: self.kinds.iter().map(|i| later(*i)).collect(),
            amount: self.amount.map(later),
            line: self.line.map(later),
            name: self.name.map(later),
            origin: self.origin.map(later),
            number_or_place: false,
            ..self.clone()
        })
    }

    pub fn when(&self, row: &Row) -> Option<When> {
        when(row.get(self.when?), self.clock.map(|c| row.get(c)))
    }
}

fn orange_row(row: &Row) -> bool {
    let float = |i: usize| row.get(i).is_empty() || row.get(i).parse::<f64>().is_ok();
    row.len() == 8
        && matches!(row.get(0), "1" | "2")
        && matches!(row.get(1), "11" | "12" | "21" | "22")
        && (row.get(5).is_empty() || row.get(5).parse::<u32>().is_ok())
        && float(6)
        && float(7)
        && when(row.get(4), None).is_some_and(|w| w.has_clock())
}

// ---- recognising ----

/// How a file is laid out, as far as its beginning shows.
pub(crate) struct Layout {
    pub delimiter: u8,
    /// The line of the heading; 0 where the columns are known without one.
    pub heading: u64,
    pub columns: Columns,
    /// Whether rows below are a call list's.
    pub rows: bool,
}

/// The delimiter under which the first rows hold a heading of a call list, and that heading.
pub(crate) fn layout(first: &[u8]) -> Option<Layout> {
    let text = super::text::head(first);
    if text.trim_start().starts_with(['<', '{']) {
        return None;
    }
    DELIMITERS.iter().filter_map(|d| layout_by(text.as_bytes(), *d)).max_by_key(|l| (l.rows, named(&l.columns), std::cmp::Reverse(l.heading)))
}

fn named(c: &Columns) -> usize {
    let one = [c.when, c.clock, c.number, c.from, c.to, c.line, c.duration.map(|d| d.0), c.amount, c.name, c.origin, c.destination];
    one.iter().flatten().count() + c.kinds.len()
}

fn layout_by(text: &[u8], delimiter: u8) -> Option<Layout> {
    let mut rows = Rows::new(Cursor::new(text), delimiter).ok()?;
    let mut found: Option<Layout> = None;
    let mut below = 0;
    while rows.next().ok()? {
        let row = &rows.row;
        match &mut found {
            None if orange_row(row) => return Some(Layout { delimiter, heading: 0, columns: Columns::orange(), rows: true }),
            None if row.line > PREAMBLE as u64 => return None,
            None => found = Columns::of(row).map(|columns| Layout { delimiter, heading: row.line, columns, rows: false }),
            Some(layout) => {
                below += 1;
                layout.rows |= layout.columns.when(row).is_some();
                if layout.rows || below > PREAMBLE {
                    break;
                }
            }
        }
    }
    found
}

fn recognise(head: &Head<'_>) -> Sure {
    match layout(head.first) {
        Some(layout) if layout.rows => Sure::Perhaps,
        // A heading alone is a call list where it says so in no unclear way.
        Some(layout) if layout.columns.duration.is_some() && !layout.columns.kinds.is_empty() => Sure::Perhaps,
        _ => Sure::No,
    }
}

fn read(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    read_table(&GENERIC, file, tools, sink, true)
}

// ---- what a row is ----

/// What stands in a row, told by the section it is in.
pub(crate) enum Seen {
    Blank,
    /// A heading: the columns from here on.
    Heading(Columns),
    Furniture,
    /// The number whose section begins.
    Line(String),
    Data,
    Reject(&'static str),
}

/// Where in a file the reading is.
pub(crate) struct Section {
    pub columns: Option<Columns>,
    /// The last row was a call or text: a stray line now is no heading.
    in_rows: bool,
}

impl Section {
    fn new(layout: &Layout) -> Section {
        Section { columns: layout.columns.is_orange().then(|| layout.columns.clone()), in_rows: false }
    }

    /// Which this row is. Only what looks like nothing else is tried as a heading.
    fn seen(&mut self, row: &Row, dialect: &Dialect) -> Seen {
        let seen = self.look(row, dialect);
        match &seen {
            Seen::Heading(columns) => {
                self.columns = Some(columns.clone());
                self.in_rows = false;
            }
            Seen::Blank | Seen::Furniture | Seen::Line(_) => self.in_rows = false,
            Seen::Data => self.in_rows = true,
            Seen::Reject(_) => {}
        }
        seen
    }

    fn look(&self, row: &Row, dialect: &Dialect) -> Seen {
        if row.too_long {
            return Seen::Reject("row-too-long");
        }
        if row.is_blank() && !row.open_quote {
            return Seen::Blank;
        }
        if row.open_quote {
            return Seen::Reject("row-broken");
        }
        let data = self.columns.as_ref().is_some_and(|c| c.when(row).is_some());
        if data {
            return Seen::Data;
        }
        if let Some(columns) = Columns::of(row) {
            return Seen::Heading(columns);
        }
        if is_total(row) {
            return Seen::Furniture;
        }
        let filled = row.iter().filter(|c| !c.is_empty()).count();
        if let Some(line) = heading_line(row, filled, dialect) {
            return Seen::Line(line);
        }
        let Some(columns) = &self.columns else { return Seen::Furniture };
        if filled <= 2 && !self.in_rows && row.iter().find(|c| !c.is_empty()).is_some_and(|c| c.starts_with(|c: char| c.is_alphabetic())) {
            return Seen::Furniture;
        }
        let cut = row.get(0).starts_with(|c: char| c.is_ascii_digit());
        Seen::Reject(match columns.when.map(|i| row.get(i)) {
            _ if filled <= 1 && !cut => "not-a-call",
            _ if row.len() == 1 => "row-broken",
            Some("") => "call-without-time",
            _ => "date-not-understood",
        })
    }
}

/// `Total`, `Subtotal`, `Grand total`, `Totales`: in the first filled cell.
fn is_total(row: &Row) -> bool {
    const TOTALS: &[&str] = &["total", "totals", "subtotal", "subtotals", "totales", "subtotales", "sub", "grand", "gran", "suma", "sum"];
    let Some(first) = row.iter().find(|c| !c.is_empty()) else { return false };
    let first = plain(first);
    let mut words = first.split(' ');
    words.next().is_some_and(|w| TOTALS.contains(&w) && (!matches!(w, "sub" | "grand" | "gran") || words.next().is_some_and(|w| w.starts_with("total"))))
}

/// A short row that names a number: whose section or list this is.
fn heading_line(row: &Row, filled: usize, dialect: &Dialect) -> Option<String> {
    const OWN: &[&str] = &["number", "no", "mobile", "phone", "line", "wireless", "msisdn", "target", "numero", "telefono", "linea", "celular", "for", "cdr", "subscriber"];
    if !(1..=2).contains(&filled) {
        return None;
    }
    let mut cells = row.iter().filter(|c| !c.is_empty());
    let (a, b) = (cells.next()?, cells.next());
    let number = |text: &str| {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | '.' | ' ' | '\''));
        ((10..=15).contains(&digits) && plain).then(|| text.trim_matches(['\'', ' ']).to_owned())
    };
    let labelled = |text: &str| plain(text).split(' ').any(|w| OWN.contains(&w));
    match b {
        Some(b) if dialect.headings_name_the_line => number(b).or_else(|| number(a)),
        Some(b) => number(b).filter(|_| labelled(a)),
        None => {
            // `Mobile No: 5551234567`, or the number alone.
            let (label, value) = a.split_once(':').unwrap_or(("", a));
            number(value).filter(|_| dialect.headings_name_the_line || labelled(label))
        }
    }
}

/// What a row of a call list says.
pub(crate) enum Made {
    Call { at: Instant, direction: Direction, outcome: Outcome, duration_s: Option<u32>, parties: Parties },
    Message { at: Instant, direction: Direction, service: &'static str, parties: Parties },
    Reject(&'static str),
}

/// Whom a row is about, in the source's own writing.
#[derive(Default)]
pub(crate) struct Parties {
    pub number: String,
    pub line: String,
    pub name: String,
    pub place: String,
}

/// What was found about a whole file before its rows are made into records.
#[derive(Clone, Default)]
pub(crate) struct Whole {
    pub order: Option<Order>,
    /// The number that is at one end of every row, in the source's writing and in E.164.
    pub owner: Option<String>,
}

/// What became of a call: what the words say, else whether it lasted.
pub(crate) fn outcome(said: Option<Outcome>, direction: Direction, duration_s: Option<u32>) -> Outcome {
    match said {
        // A line that calls its own mailbox has been answered by it.
        Some(Outcome::Voicemail) if direction == Direction::Out => None,
        said => said,
    }
    .unwrap_or(if duration_s.is_some_and(|s| s > 0) { Outcome::Answered } else { Outcome::Unknown })
}

/// What the words of a row's kind columns say together.
pub(crate) fn row_sense<'r>(columns: &Columns, cell: impl Fn(usize) -> &'r str) -> Sense {
    let all = columns.kinds.iter().fold(Sense::default(), |have, i| have.and(sense(cell(*i), true)));
    columns.amount.map_or(all, |i| all.and(sense(cell(i), false)))
}

fn phone_like(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 3 && digits * 2 >= text.len() && !text.contains(':')
}

/// The words that stand where a place would: `Incoming, CL`, `INCOMI CL`, `Entrante`.
fn says_incoming(place: &str) -> bool {
    let place = plain(place);
    place.starts_with("incomi") || place.starts_with("entrante") || place.starts_with("llamada entrante")
}

fn make(row: &Row, columns: &Columns, dialect: &Dialect, whole: &Whole, custom: Order, section_line: &str, numbers: &mut Numbers) -> Made {
    let Some(found) = columns.when(row) else { return Made::Reject("date-not-understood") };
    let Some(at) = found.instant(whole.order.unwrap_or(custom)) else { return Made::Reject("date-not-understood") };
    if columns.is_orange() {
        return make_orange(row, at);
    }
    let wider = columns.wider(row);
    let columns = wider.as_ref().unwrap_or(columns);
    let destination = columns.destination.map_or("", |i| row.get(i));
    let mut parties = Parties { line: columns.line.map_or("", |i| row.get(i)).to_owned(), name: columns.name.map_or("", |i| row.get(i)).to_owned(), ..Parties::default() };
    let mut words = row_sense(columns, |i| row.get(i));
    let needed = [columns.number, columns.to, columns.duration.map(|d| d.0)].into_iter().flatten().max().unwrap_or(0);
    if row.len() <= needed && !matches!(words.what, Some(What::Sms | What::Mms)) {
        return Made::Reject("row-broken");
    }
    let origin = columns.origin.map_or("", |i| row.get(i));
    if says_incoming(destination) {
        words.direction = words.direction.or(Some(Direction::In));
        parties.place = origin.to_owned();
    } else {
        parties.place = match (origin, destination) {
            ("", place) | (place, "") => place.to_owned(),
            (from, to) => format!("{from} / {to}"),
        };
        if dialect.destination_tells && destination.chars().any(char::is_alphabetic) {
            words.direction = words.direction.or(Some(Direction::Out));
        }
    }
    match (columns.from, columns.to) {
        (Some(from), Some(to)) => ends(row.get(from), row.get(to), &mut words, &mut parties, whole, section_line, numbers),
        _ => parties.number = columns.number.map_or("", |i| row.get(i)).to_owned(),
    }
    // A bill's section without numbers names only the place.
    if dialect.destination_tells && columns.number_or_place && !phone_like(&parties.number) && parties.number.chars().any(char::is_alphabetic) {
        let place = std::mem::take(&mut parties.number);
        if says_incoming(&place) {
            words.direction = words.direction.or(Some(Direction::In));
        } else {
            words.direction = words.direction.or(Some(Direction::Out));
            parties.place = place;
        }
    }
    if parties.line.is_empty() {
        parties.line = section_line.to_owned();
    }
    let direction = words.direction.unwrap_or(Direction::Unknown);
    let what = words.what.unwrap_or_else(|| unsaid(columns, dialect, &parties.number));
    let service = match what {
        What::Data => return Made::Reject("data-usage"),
        What::Sms => "sms",
        What::Mms => "mms",
        What::Call => {
            let duration_s = match columns.duration.map(|(i, unit)| duration(row.get(i), unit)) {
                None => None,
                Some(Some(said)) => said,
                Some(None) => return Made::Reject("duration-not-understood"),
            };
            if parties.number.is_empty() && duration_s.is_none() {
                return Made::Reject("call-without-number");
            }
            return Made::Call { at, direction, outcome: outcome(words.outcome, direction, duration_s), duration_s, parties };
        }
    };
    Made::Message { at, direction, service, parties }
}

/// A row whose words do not say what it is: what its section lists.
fn unsaid(columns: &Columns, dialect: &Dialect, number: &str) -> What {
    match (columns.duration, columns.amount) {
        (Some(_), _) => What::Call,
        (None, Some(_)) if phone_like(number) => What::Sms,
        (None, Some(_)) => What::Data,
        (None, None) if dialect.no_minutes_no_calls || columns.messages => What::Sms,
        (None, None) => What::Call,
    }
}

/// Which of the two ends is the line's own.
fn ends(from: &str, to: &str, words: &mut Sense, parties: &mut Parties, whole: &Whole, section_line: &str, numbers: &mut Numbers) {
    let same = |a: &str, b: &str, numbers: &mut Numbers| !a.is_empty() && (a == b || numbers.e164(a).is_some_and(|n| numbers.e164(b) == Some(n)));
    let own = [parties.line.as_str(), section_line, whole.owner.as_deref().unwrap_or("")].into_iter().find(|l| !l.is_empty()).unwrap_or("").to_owned();
    let out = match (same(&own, from, numbers), same(&own, to, numbers), words.direction) {
        (true, false, _) => true,
        (false, true, _) => false,
        (_, _, Some(Direction::In)) => false,
        // Seen from the caller, whose line it then is.
        _ => true,
    };
    words.direction = words.direction.or(Some(if out { Direction::Out } else { Direction::In }));
    let (line, other) = if out { (from, to) } else { (to, from) };
    parties.number = other.to_owned();
    if parties.line.is_empty() {
        parties.line = line.to_owned();
    }
}

fn make_orange(row: &Row, at: Instant) -> Made {
    if row.len() < 6 {
        return Made::Reject("row-broken");
    }
    let direction = match row.get(0) {
        "1" => Direction::Out,
        "2" => Direction::In,
        _ => Direction::Unknown,
    };
    let parties = Parties { number: row.get(3).to_owned(), line: row.get(2).to_owned(), ..Parties::default() };
    match (row.get(1), duration(row.get(5), Unit::Seconds)) {
        ("21" | "22", _) => Made::Message { at, direction, service: "sms", parties },
        ("11" | "12", Some(duration_s)) => Made::Call { at, direction, outcome: outcome(None, direction, duration_s), duration_s, parties },
        ("11" | "12", None) => Made::Reject("duration-not-understood"),
        _ => Made::Reject("not-a-call"),
    }
}

// ---- reading ----

/// Reads the whole table. `fast`: plain lines may be taken without the careful path, which says the same of them.
pub(crate) fn read_table(dialect: &Dialect, file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink, fast: bool) -> Result<Report, Stop> {
    let mut tally = Tally::new(dialect.name, dialect.version, &file.inside, sink);
    let custom = if dialect.month_first || matches!(tools.region, "" | "US") { Order::Month } else { Order::Day };
    let mut table = Table {
        dialect,
        custom,
        whole: Whole::default(),
        asked: false,
        bulk: fast::Bulk::new(&file.inside, tools.region),
        numbers: Numbers::new(tools.region),
        line: String::new(),
    };
    let done = table.run(file, &mut tally, fast)?;
    if done.is_err() {
        tally.partly("cannot-read-bytes");
    }
    table.bulk.flush(&mut tally)?;
    tally.finish(CoversWhy::FirstRecord)
}

struct Table<'d> {
    dialect: &'d Dialect,
    custom: Order,
    whole: Whole,
    /// The whole file was read once for what it must agree on.
    asked: bool,
    bulk: fast::Bulk,
    numbers: Numbers,
    line: String,
}

impl Table<'_> {
    fn run(&mut self, file: &mut File<'_>, tally: &mut Tally<'_>, fast: bool) -> Result<std::io::Result<()>, Stop> {
        let mut first = Vec::new();
        let layout = match from_start(file).and_then(|()| (&mut *file.body).take(64 << 10).read_to_end(&mut first)) {
            Ok(_) => layout(&first),
            Err(e) => return Ok(Err(e)),
        };
        let Some(layout) = layout else {
            tally.partly("not-a-call");
            return Ok(Ok(()));
        };
        if let Err(e) = self.survey(file, &layout, &first, tally) {
            return Ok(Err(e));
        }
        if let Err(e) = from_start(file) {
            return Ok(Err(e));
        }
        let mut rows = match Rows::new(&mut *file.body, layout.delimiter) {
            Ok(rows) => rows,
            Err(e) => return Ok(Err(e)),
        };
        let mut section = Section::new(&layout);
        let mut plan = None;
        loop {
            if fast {
                if let Some(plan) = &mut plan {
                    match fast::take(&mut rows, plan, &mut self.bulk, tally)? {
                        Ok(any) => section.in_rows |= any,
                        Err(e) => return Ok(Err(e)),
                    }
                }
            }
            match rows.next() {
                Ok(true) => {}
                Ok(false) => return Ok(Ok(())),
                Err(e) => return Ok(Err(e)),
            }
            match section.seen(&rows.row, self.dialect) {
                Seen::Blank | Seen::Furniture => tally.furniture()?,
                Seen::Heading(columns) => {
                    tally.furniture()?;
                    plan = fast::Plan::of(&columns, rows.delimiter(), self.dialect.destination_tells || !self.line.is_empty());
                }
                Seen::Line(line) => {
                    tally.furniture()?;
                    self.line = line;
                    plan = None;
                }
                Seen::Reject(reason) => tally.reject(rows.row.line, reason, &rows.row.evidence())?,
                Seen::Data => self.row(&rows.row, section.columns.as_ref(), tally)?,
            }
        }
    }

    /// Reads the beginning, and where it leaves a question the whole, for what all rows together say.
    fn survey(&mut self, file: &mut File<'_>, layout: &Layout, first: &[u8], tally: &mut Tally<'_>) -> std::io::Result<()> {
        let mut survey = Survey::new(layout, self.dialect);
        survey.read(Cursor::new(first), layout.delimiter)?;
        if survey.leaves_a_question() {
            from_start(file)?;
            survey = Survey::new(layout, self.dialect);
            survey.read(&mut *file.body, layout.delimiter)?;
            self.asked = true;
        }
        if !survey.dates.is_empty() {
            let (order, decided) = survey.dates.decide(self.custom);
            self.whole.order = Some(order);
            tally.assume(order.code());
            if !decided && !self.dialect.month_first {
                tally.assume("order-undecided");
            }
        } else if survey.year_in_front {
            tally.assume(Order::Year.code());
        }
        self.whole.owner = survey.owner();
        Ok(())
    }

    fn row(&mut self, row: &Row, columns: Option<&Columns>, tally: &mut Tally<'_>) -> Result<(), Stop> {
        let Some(columns) = columns else { return tally.reject(row.line, "not-a-call", &row.evidence()) };
        let open = !self.asked && columns.when(row).is_some_and(|w| w.is_open());
        if open && self.whole.order.is_none() {
            tally.assume("order-undecided");
            tally.assume(self.custom.code());
        }
        match make(row, columns, self.dialect, &self.whole, self.custom, &self.line, &mut self.numbers) {
            Made::Reject(reason) => tally.reject(row.line, reason, &row.evidence()),
            Made::Call { at, direction, outcome, duration_s, parties } => {
                let line = self.numbers.e164(&parties.line);
                let call = Call {
                    row: row.line,
                    at: Some(at),
                    direction,
                    outcome,
                    service: Service::Voice,
                    duration_s,
                    number: None, // found from the raw text, once for each
                    number_raw: some(&parties.number),
                    name: some(&parties.name),
                    line: line.as_deref(),
                    place_raw: some(&parties.place),
                    zone: None,
                    zone_because: None,
                };
                self.bulk.call(call, tally)
            }
            Made::Message { at, direction, service, parties } => {
                let draft = Draft::new(Kind::Message, tally.place(row.line))
                    .with("at", at)
                    .with("direction", direction.as_str())
                    .with("number", self.numbers.e164(&parties.number))
                    .with("number_raw", some(&parties.number))
                    .with("name", some(&parties.name))
                    .with("line", self.numbers.e164(&parties.line))
                    .with("service", service);
                tally.draft(draft)
            }
        }
    }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn from_start(file: &mut File<'_>) -> std::io::Result<()> {
    std::io::Seek::seek(file.body, SeekFrom::Start(0)).map(|_| ())
}

/// What all rows of a file say together.
struct Survey<'d> {
    dialect: &'d Dialect,
    section: Section,
    dates: Evidence,
    year_in_front: bool,
    /// The ends of the first row that are at an end of every row since.
    owners: Option<[Option<String>; 2]>,
    two_ends: u64,
}

impl<'d> Survey<'d> {
    fn new(layout: &Layout, dialect: &'d Dialect) -> Survey<'d> {
        Survey { dialect, section: Section::new(layout), dates: Evidence::default(), year_in_front: false, owners: None, two_ends: 0 }
    }

    fn read(&mut self, body: impl Read, delimiter: u8) -> std::io::Result<()> {
        let mut rows = Rows::new(body, delimiter)?;
        while rows.next()? {
            if let Seen::Data = self.section.seen(&rows.row, self.dialect) {
                self.row(&rows.row);
            }
        }
        Ok(())
    }

    fn row(&mut self, row: &Row) {
        let Some(columns) = &self.section.columns else { return };
        if let Some(found) = columns.when(row) {
            self.dates.add(&found);
            // ISO 8601 leaves nothing to assume; `2020/03/04` does, by a hair.
            self.year_in_front |= !found.is_open() && columns.when.is_some_and(|i| row.get(i).as_bytes().get(4) == Some(&b'/'));
        }
        if let (Some(from), Some(to)) = (columns.from, columns.to) {
            self.two_ends += 1;
            let ends = [row.get(from), row.get(to)];
            match &mut self.owners {
                None => self.owners = Some(ends.map(|e| some(e).map(str::to_owned))),
                Some(owners) => owners.iter_mut().for_each(|o| {
                    o.take_if(|o| !ends.contains(&o.as_str()));
                }),
            }
        }
    }

    /// Whether only the whole file can say it.
    fn leaves_a_question(&self) -> bool {
        !self.dates.is_empty() || self.two_ends > 0
    }

    fn owner(&self) -> Option<String> {
        match &self.owners {
            Some([Some(a), None]) => Some(a.clone()),
            Some([None, Some(b)]) => Some(b.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(crate) use tests::{read_as, said};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Heard, hear};
    use amparo_model::State;
    use proptest::prelude::*;

    /// Reads these bytes as a call list, with or without the fast path.
    pub(crate) fn read_as(bytes: &[u8], fast: bool) -> (Report, Heard) {
        let mut heard = Heard::default();
        let mut body = Cursor::new(bytes.to_vec());
        let mut file = File { name: "calls.csv".to_owned(), bytes: bytes.len() as u64, body: &mut body, companions: Vec::new(), inside: String::new() };
        let report = read_table(&GENERIC, &mut file, &Tools::default(), &mut heard, fast).expect("this listener never stops");
        assert!(report.adds_up());
        (report, heard)
    }

    /// Lines as `wc` and a spreadsheet count them, where no cell holds a line's end.
    fn counted(text: &str) -> u64 {
        text.trim_start_matches('\u{feff}').split_inclusive('\n').count() as u64
    }

    /// Every record in a short form: `call 2014-08-20T20:30:37 in answered 137 A`.
    pub(crate) fn said(heard: &Heard, places: bool) -> Vec<String> {
        let mut all = heard.all();
        all.sort_by_key(|d| d.place.spot_text().trim_start_matches("row:").parse::<u64>().unwrap_or(0));
        all.iter()
            .map(|d| {
                let get = |f: &str| d.fields.get(f).map_or("-".to_owned(), amparo_model::Value::to_text);
                let common = format!("{} {} {}", d.kind.as_str(), get("at"), get("direction"));
                match d.kind {
                    Kind::Message => format!("{common} {} {} {} {}", get("service"), get("number"), get("number_raw"), get("line")),
                    _ => {
                        let place = if places { format!(" {}", get("place_raw")) } else { String::new() };
                        format!("{common} {} {} {} {} {}{place}", get("outcome"), get("duration_s"), get("number"), get("number_raw"), get("line"))
                    }
                }
            })
            .collect()
    }

    fn check(name: &str, text: &str, want: &[&str]) -> Report {
        let (report, heard) = hear(name, text.as_bytes());
        assert_eq!(report.kind, "call_detail_csv", "{name}");
        assert_eq!(said(&heard, false), want, "{name}");
        assert_eq!(report.units, counted(text), "{name}");
        report
    }

    #[test]
    fn bandicoots_files_read_in_full() {
        let report = check(
            "A.csv",
            include_str!("../../fixtures/cdr/A.csv"),
            &[
                "call 2014-08-20T20:30:37 in answered 137 - A -",
                "call 2014-08-21T20:31:42 out answered 542 - B -",
                "message 2014-08-21T21:10:31 in sms - C -",
                "message 2014-08-21T21:15:31 out sms - C -",
                "message 2014-08-21T21:16:31 in sms - C -",
                "message 2014-08-21T21:17:31 out sms - C -",
                "message 2014-08-21T21:18:31 out sms - C -",
            ],
        );
        assert_eq!((report.state, report.units_read, report.furniture), (State::Read, 7, report.units - 7));
        assert!(report.assumed.is_empty());
        let report = check(
            "A_orange.csv",
            include_str!("../../fixtures/cdr/A_orange.csv"),
            &[
                "call 2014-08-20T20:30:37 in answered 137 - A_orange -",
                "call 2014-08-21T20:31:42 out answered 542 - B_orange -",
                "message 2014-08-21T21:10:31 in sms - C -",
                "message 2014-08-21T21:15:31 out sms - C -",
                "message 2014-08-21T21:16:31 in sms - C -",
                "message 2014-08-21T21:17:31 out sms - C -",
                "message 2014-08-21T21:18:31 out sms - C -",
            ],
        );
        assert_eq!((report.state, report.units_read), (State::Read, 7));
        for (name, text, records) in [
            ("B.csv", include_str!("../../fixtures/cdr/B.csv"), 7),
            ("B_orange.csv", include_str!("../../fixtures/cdr/B_orange.csv"), 7),
            ("churn_user.csv", include_str!("../../fixtures/cdr/churn_user.csv"), 13),
        ] {
            let (report, _) = hear(name, text.as_bytes());
            assert_eq!((report.kind.as_str(), report.state, report.records, report.units), ("call_detail_csv", State::Read, records, counted(text)), "{name}");
        }
    }

    #[test]
    fn tables_of_towers_and_top_ups_are_no_calls() {
        for text in [
            include_str!("../../fixtures/cdr/towers.csv"),
            include_str!("../../fixtures/cdr/recharges_A.csv"),
            include_str!("../../fixtures/cdr/attributes_A.csv"),
            "Date,Description,Amount,Balance\n2020-01-02,COFFEE,-3.00,10.00\n",
            "Name,Phone,Email\nAna,4155552671,a@example.org\n",
            "Date,Number,Amount\n2020-01-02,1001,3.00\n",
            "kind,on,number\ncall,2020-01-02,4155552671\n",
        ] {
            let (report, _) = hear("x.csv", text.as_bytes());
            assert_ne!(report.kind, "call_detail_csv", "{text}");
            assert_eq!(report.records, 0);
        }
    }

    #[test]
    fn call_lists_in_other_words() {
        check(
            "rows.csv",
            "timestamp,direction,number,duration\n2019-01-01T00:00:26,in,(415) 555-2671,23\n2019-01-01T00:01:26,out,011 52 55 1234 5678,0\n",
            &["call 2019-01-01T00:00:26 in answered 23 +14155552671 (415) 555-2671 -", "call 2019-01-01T00:01:26 out unknown 0 +525512345678 011 52 55 1234 5678 -"],
        );
        let report = check(
            "llamadas.csv",
            "\u{feff}Fecha;Hora;Número;Tipo de llamada;Duración\r\n13/02/2021;21:05;55 1234 5678;Llamada entrante;2m 5s\r\n14/02/2021;09:00;4155552671;Saliente;00:01:00\r\n14/02/2021;09:01;4155552671;Perdida;\r\n14/02/2021;09:02;4155552671;Mensaje enviado;\r\n",
            &[
                "call 2021-02-13T21:05:00 in answered 125 +15512345678 55 1234 5678 -",
                "call 2021-02-14T09:00:00 out answered 60 +14155552671 4155552671 -",
                "call 2021-02-14T09:01:00 in missed - +14155552671 4155552671 -",
                "message 2021-02-14T09:02:00 out sms +14155552671 4155552671 -",
            ],
        );
        assert_eq!(report.assumed, ["day-first"]);
        let report = check(
            "cdr.csv",
            "Call Detail Record\nMobile No: 9198765432\nPeriod,01/03/2021 to 31/03/2021\n\nTarget No,Call Type,TOC,B Party No,LRN No,Date,Time,Dur(s),First CGI,Last CGI,IMEI,IMSI\n9198765432,CALL-OUT,PREPAID,4155552671,,13/03/2021,10:00:01,61,404-1,404-2,1,2\n9198765432,SMS-IN,PREPAID,AX-BANK,,14/03/2021,10:00:01,0,404-1,404-2,1,2\n",
            &["call 2021-03-13T10:00:01 out answered 61 +14155552671 4155552671 +19198765432", "message 2021-03-14T10:00:01 in sms - AX-BANK +19198765432"],
        );
        assert_eq!(report.assumed, ["day-first"]);
        check(
            "cider.tsv",
            "txn_type\tcaller_id\trecipient_id\ttimestamp\tduration\tcaller_antenna\trecipient_antenna\tinternational\ncall\tme\ta\t2016-01-01 00:00:01\t5\tx\ty\tdomestic\ntext\tb\tme\t2016-01-01 00:00:02\t\tx\ty\tdomestic\ncall\tc\tme\t2016-01-01 00:00:03\t7\tx\ty\tdomestic\n",
            &["call 2016-01-01T00:00:01 out answered 5 - a -", "message 2016-01-01T00:00:02 in sms - b -", "call 2016-01-01T00:00:03 in answered 7 - c -"],
        );
        check(
            "ends.csv",
            "Calling Number,Called Number,Call Date,Call Time,Duration (min)\n4155550001,4155550002,2020-01-02,10:00,2\n4155550003,4155550001,2020-01-02,11:00,1.5\n",
            &["call 2020-01-02T10:00:00 out answered 120 +14155550002 4155550002 +14155550001", "call 2020-01-02T11:00:00 in answered 90 +14155550003 4155550003 +14155550001"],
        );
    }

    #[test]
    fn what_is_no_row_is_furniture_or_a_reject_with_its_place() {
        let text = "timestamp,direction,number,duration\n2019-01-01T00:00:26,in,4155552671,23\nnot a call\n,in,4155552671,5\n2019-13-01T00:00:26,in,4155552671,5\n2019-01-02T00:00:26,in,4155552671,five\n2019-01-02T00:00:26,in\n2019-01-02T00:00:26,in,,\n\n2019-01-02T00:00:26,sideways,4155552671,5\ntimestamp,direction,number,duration\nTotal,,,56\n2019-01-02T00:0";
        let (report, heard) = hear("calls.csv", text.as_bytes());
        let rejects: Vec<String> = heard.rejects.iter().map(|r| format!("{} {}", r.place.spot_text(), r.reason)).collect();
        assert_eq!(
            rejects,
            [
                "row:3 not-a-call",
                "row:4 call-without-time",
                "row:5 date-not-understood",
                "row:6 duration-not-understood",
                "row:7 row-broken",
                "row:8 call-without-number",
                "row:13 row-broken"
            ]
        );
        assert_eq!((report.units, report.units_read, report.furniture, report.rejects, report.state), (13, 2, 4, 7, State::PartlyRead));
    }

    #[test]
    fn order_that_nothing_decides_is_said() {
        let (report, _) = hear("calls.csv", b"date,time,number,duration\n03/04/2020,10:00,4155552671,5\n");
        assert_eq!(report.assumed, ["month-first", "order-undecided"]);
        let (report, _) = hear("calls.csv", b"date,time,number,duration\n2020/03/04,10:00,4155552671,5\n");
        assert_eq!(report.assumed, ["year-first"]);
    }

    #[test]
    fn encodings_and_cells_over_several_lines() {
        let text = "Fecha y hora;Número;Dirección;Duración;Nombre\n2020-01-02 10:00:00;4155552671;entrante;5;\"José\nÑandú\"\n";
        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        for bytes in [text.as_bytes().to_vec(), utf16, latin] {
            let (report, heard) = hear("calls.csv", &bytes);
            assert_eq!((report.units, report.records, report.furniture), (2, 1, 1));
            assert_eq!(heard.calls[0].get(0).name, Some("José\nÑandú"));
            assert_eq!(heard.calls[0].get(0).direction, Direction::In);
        }
    }

    proptest! {
        #[test]
        fn counts_add_up_whatever_happens_to_the_file(which in 0..3_usize, at in 0..2_000_usize, with in proptest::collection::vec(any::<u8>(), 0..4), cut in 0..2_000_usize) {
            let text = [include_str!("../../fixtures/cdr/A.csv"), include_str!("../../fixtures/cdr/B_orange.csv"), include_str!("../../fixtures/cdr/churn_user.csv")][which];
            let mut bytes = text.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes.splice(at..(at + with.len()).min(bytes.len()), with);
            bytes.truncate(cut.max(1));
            let (report, heard) = hear("calls.csv", &bytes);
            prop_assert_eq!(report.records, heard.all().len() as u64);
        }

        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 1..400)) {
            let _ = read_as(&bytes, true);
            let mut headed = b"date,time,number,duration,type,from,destination\n".to_vec();
            headed.extend(bytes);
            let _ = read_as(&headed, true);
        }
    }
}
