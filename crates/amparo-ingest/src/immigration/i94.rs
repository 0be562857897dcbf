//! I-94: the travel history and the most recent admission, as the agency's site prints them; a unit is a line.
//!
//! In a web page a table row is one line and every other visible line is one; blank lines of a text count.
//! Headings and the site's own explanations are furniture. The history is read in any order of columns; its
//! place is the agency's port code, or `840`, `813` or `Unavailable`, which stay as written. The admission's
//! labels may stand before their values or on the line above, in the old wording, the new, or a browser's Spanish.

use super::dates::{self, Manner};
use super::lines::Line;
use super::{Found, around, confidence, countries, fold, ordinal, ports};
use crate::paper::typed::Form;
use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::{Draft, Edtf, Kind, Report, Value};

pub const HISTORY: Reader = Reader { name: "i94_history", version: 1, recognise: is_history, read: read_history };
pub const PAGE: Reader = Reader { name: "i94_page", version: 1, recognise: is_page, read: read_page };

/// History and admission on a page with a text of its own. A misread figure would be another day: scans wait for people.
pub const FORM: Form = Form {
    name: "i94",
    marks: &["I-94", "I94", "(I-94", "Admission", "Admisión", "Travel", "Historial", "Location", "Ubicación"],
    machine_read: false,
    // Every arrival has its day: pages of prose that merely speak of entries are passed over at a glance.
    read: |sheet| {
        if !sheet.dated() {
            Vec::new()
        } else {
            super::page_drafts(sheet, |lines| {
                let mut found = admission(lines);
                if lines.iter().any(|l| speaks_of_travel(&l.text)) {
                    found.add(history(lines));
                }
                found
            })
        }
    },
};

/// A page of a history says what it is; a docket with its entries does not say this.
fn speaks_of_travel(line: &str) -> bool {
    let plain = fold(line);
    header(line).is_some() || ["travel history", "historial de viaje", "i 94", "i94"].iter().any(|name| plain.contains(name))
}

fn is_history(head: &Head<'_>) -> Sure {
    let Some(claim) = super::claim(head) else { return Sure::No };
    let rows = claim.found.drafts.iter().filter(|d| !is_admission(d) && matches!(d.kind, Kind::Entry | Kind::Exit)).count();
    let headed = !claim.found.headings.is_empty();
    // The cells of a row may each have a line.
    let rows = if rows == 0 { 0 } else { rows.max(claim.found.read.len()) };
    match (rows, headed) {
        // An empty history is one; a long table of other things that has these columns is not.
        (0, true) if claim.filled == claim.found.headings.len() => Sure::Likely,
        (0, _) => Sure::No,
        // One line in twenty that could be a row is a letter's, not a history's.
        (rows, false) if rows * 20 < claim.filled => Sure::No,
        (1.., true) => Sure::Yes,
        _ => super::share(rows, claim.filled),
    }
}

fn is_page(head: &Head<'_>) -> Sure {
    let Some(claim) = super::claim(head) else { return Sure::No };
    match claim.found.drafts.iter().find(|d| is_admission(d)) {
        // The page explains itself at length, but not for more than this.
        Some(_) if claim.filled <= 200 => Sure::Yes,
        Some(_) => Sure::Perhaps,
        None => Sure::No,
    }
}

fn is_admission(draft: &Draft) -> bool {
    draft.kind == Kind::Entry && ["class", "admit_until", "i94_number"].iter().any(|f| draft.fields.contains_key(f))
}

fn read_history(file: &mut File<'_>, _: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    super::read_lines(&HISTORY, file, sink)
}

fn read_page(file: &mut File<'_>, _: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    super::read_lines(&PAGE, file, sink)
}

// ---- the travel history ----

// Not `arr` (an arrest, in other agencies' tables), nor `in` and `out` (calls, money).
const ARRIVALS: &[&str] = &["arrival", "arrived", "entry", "entered", "llegada", "entrada", "arribo", "ingreso", "chegada"];
const DEPARTURES: &[&str] = &["departure", "departed", "exit", "exited", "salida", "partida", "egreso", "saida"];
/// Words of ordinary sentences: "2019-07-15 arrived in Miami" is no row unless its cells are parted.
const LOOSE: &[&str] = &["arrived", "entered", "departed", "exited"];
/// Number, date, type and place, and what a person may have put beside them.
const MOST_CELLS: usize = 6;
// A heading is one of these words or has it among its words: "Travel Date", "Port Code".
const ROW_COLUMNS: &[&str] = &["row", "fila", "no", "number", "numero", "linha"];
const DATE_COLUMNS: &[&str] = &["date", "fecha", "data"];
const TYPE_COLUMNS: &[&str] = &["type", "tipo"];
const PLACE_COLUMNS: &[&str] = &["location", "port", "place", "ubicacion", "lugar", "puerto", "localizacion", "local", "localidad"];

#[derive(Clone, Copy, PartialEq)]
enum Column {
    Row,
    Date,
    Type,
    Place,
    Other,
}

/// One line of the history.
struct Row<'t> {
    date: &'t str,
    arrival: bool,
    port: &'t str,
}

enum Shape<'t> {
    Row(Row<'t>),
    /// Date and place as they should be, and a word between them that is neither arrival nor departure.
    UnknownType,
    None,
}

/// The rows of a travel history among these lines.
pub(super) fn history(lines: &[Line]) -> Found {
    let mut found = Found::default();
    let mut columns: Vec<Column> = Vec::new();
    let mut rows: Vec<(usize, Row<'_>)> = Vec::new();
    let mut unknown = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        if let Some(header) = header(&line.text) {
            columns = header;
            found.headings.push(n);
            continue;
        }
        match shape(&line.text, &columns) {
            Shape::Row(row) => rows.push((n, row)),
            Shape::UnknownType => unknown.push(n),
            Shape::None => {}
        }
    }
    let mut beside: Vec<usize> = Vec::new();
    if rows.is_empty() {
        (rows, beside) = stacked(lines);
    }
    // Without one row that is whole, nothing says that this is a travel history.
    if !rows.is_empty() {
        found.rejects.extend(unknown.into_iter().map(|n| (n, "i94-type-not-understood")));
    }
    let manner = Manner { day_first: day_first(&rows), short_years: true };
    let mut nth = [0; 2];
    for (n, row) in rows {
        let Some(on) = dates::day(row.date, manner) else {
            found.rejects.push((n, "i94-date-not-understood"));
            continue;
        };
        let line = &lines[n];
        let (kind, nth) = if row.arrival { (Kind::Entry, &mut nth[0]) } else { (Kind::Exit, &mut nth[1]) };
        let mut draft = Draft::new(kind, ordinal(line.place.clone(), "i94_history", *nth)).with("on", Edtf::day(on)).with("port_raw", row.port).with("port", ports::name(row.port));
        *nth += 1;
        draft.confidence = line.confidence;
        found.drafts.push(draft);
        found.read.push(n);
    }
    found.read.extend(beside);
    found
}

/// Rows whose cells were pasted one under the other: a number perhaps, a date, a word, a place. Beside the rows, which
/// stand where their dates do, the other lines they are made of. One such row alone could be anything.
fn stacked(lines: &[Line]) -> (Vec<(usize, Row<'_>)>, Vec<usize>) {
    let filled: Vec<(usize, &str)> = lines.iter().enumerate().map(|(n, l)| (n, clean(&l.text))).filter(|(_, t)| !t.is_empty()).collect();
    let text = |at: usize| filled.get(at).map_or("", |(_, text)| *text);
    let number = |at: usize| (1..=4).contains(&text(at).len()) && text(at).bytes().all(|b| b.is_ascii_digit());
    let (mut rows, mut beside) = (Vec::new(), Vec::new());
    let mut at = 0;
    let mut numbered = false;
    while at + 1 < filled.len() {
        let Some(arrival) = arrival(text(at + 1)).filter(|_| whole_date(text(at))) else {
            at += 1;
            continue;
        };
        if rows.is_empty() && at > 0 {
            numbered = number(at - 1);
        }
        if numbered && at > 0 && number(at - 1) {
            beside.push(filled[at - 1].0);
        }
        // The line after the word is the place, unless the next row begins with it.
        let next_row = whole_date(text(at + 2)) || (numbered && number(at + 2) && whole_date(text(at + 3)));
        let port = if next_row || text(at + 2).chars().count() > 40 { "" } else { text(at + 2) };
        rows.push((filled[at].0, Row { date: text(at), arrival, port }));
        beside.push(filled[at + 1].0);
        if !port.is_empty() {
            beside.push(filled[at + 2].0);
        }
        at += if port.is_empty() { 2 } else { 3 };
    }
    if rows.len() < 2 { (Vec::new(), Vec::new()) } else { (rows, beside) }
}

/// The agency writes the month first; a copy made elsewhere may not, and one such day settles it for the file.
fn day_first(rows: &[(usize, Row<'_>)]) -> bool {
    let mut pairs = rows.iter().filter_map(|(_, row)| dates::slashed(row.date));
    pairs.clone().any(|(a, b)| a > 12 && b <= 12) && !pairs.any(|(a, b)| a <= 12 && b > 12)
}

fn header(line: &str) -> Option<Vec<Column>> {
    if line.len() > 200 {
        return None;
    }
    let named = |cell: &str| {
        let cell = fold(cell);
        let word = |names: &[&str]| names.contains(&cell.as_str()) || (cell.len() <= 30 && cell.split(' ').any(|w| names.contains(&w)));
        [(PLACE_COLUMNS, Column::Place), (DATE_COLUMNS, Column::Date), (TYPE_COLUMNS, Column::Type), (ROW_COLUMNS, Column::Row)]
            .into_iter()
            .find(|(names, _)| word(names))
            .map(|(_, column)| column)
    };
    let split = cells(line);
    let columns: Vec<Column> = match split.len() {
        0 | 1 => line.split_whitespace().map(|c| named(c).unwrap_or(Column::Other)).collect(),
        _ => split.into_iter().map(|c| named(c).unwrap_or(Column::Other)).collect(),
    };
    let has = |column| columns.iter().filter(|c| **c == column).count() == 1;
    (columns.len() <= MOST_CELLS && has(Column::Date) && has(Column::Type) && (has(Column::Place) || has(Column::Row))).then_some(columns)
}

/// The cells of a line: parted by tabs, or by the first of `;`, `|` and `,` that gives three or more.
fn cells(line: &str) -> Vec<&str> {
    if line.contains('\t') {
        return line.split('\t').map(clean).collect();
    }
    for delimiter in [';', '|', ','] {
        let cells = quoted(line, delimiter);
        if cells.len() >= 3 {
            return cells;
        }
    }
    Vec::new()
}

fn quoted(line: &str, delimiter: char) -> Vec<&str> {
    let mut cells = Vec::new();
    let mut start = 0;
    let mut inside = false;
    for (at, c) in line.char_indices() {
        match c {
            '"' => inside = !inside,
            c if c == delimiter && !inside => {
                cells.push(clean(&line[start..at]));
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    cells.push(clean(&line[start..]));
    cells
}

fn clean(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\u{feff}' | '\u{200b}'))
}

/// Which way a word says; `None` where it says neither.
fn arrival(word: &str) -> Option<bool> {
    let word = fold(word);
    if ARRIVALS.contains(&word.as_str()) {
        Some(true)
    } else if DEPARTURES.contains(&word.as_str()) {
        Some(false)
    } else {
        None
    }
}

/// Whether a text is a date but for its values: `2019-02-30` is, `840` is not.
fn like_a_date(cell: &str) -> bool {
    let cell = dates::before_clock(cell);
    let figures = cell.bytes().filter(u8::is_ascii_digit).count();
    (5..=8).contains(&figures) && cell.len() <= 40 && {
        let letters: Vec<&str> = cell.split(|c: char| !c.is_alphabetic()).filter(|w| w.len() > 2).collect();
        let marks = cell.chars().filter(|c| matches!(c, '/' | '-' | '.')).count();
        if letters.is_empty() { marks == 2 || figures == 8 } else { letters.iter().all(|w| dates::edtf(&format!("{w} 2019"), Manner::default()).is_some()) }
    }
}

fn shape<'t>(line: &'t str, columns: &[Column]) -> Shape<'t> {
    if line.len() > 200 {
        return Shape::None;
    }
    let mut cells = cells(line);
    if cells.len() < 2 {
        return spaced(line, !columns.is_empty());
    }
    if cells.iter().filter(|c| !c.is_empty()).count() > MOST_CELLS {
        return Shape::None;
    }
    while cells.len() > columns.len().max(3) && cells.last().is_some_and(|c| c.is_empty()) {
        cells.pop();
    }
    let by_name = |column| columns.iter().position(|c| *c == column).and_then(|at| cells.get(at).copied());
    let date = by_name(Column::Date).or_else(|| cells.iter().copied().find(|c| like_a_date(c)));
    let Some(date) = date.filter(|d| like_a_date(d)) else {
        // "July 15, 2019, Arrival, MIA" without quotes: the comma of the date parts nothing.
        return spaced(line, !columns.is_empty());
    };
    let date_at = cells.iter().position(|c| std::ptr::eq(*c, date)).unwrap_or(0);
    let Some(word_at) = columns.iter().position(|c| *c == Column::Type).filter(|at| *at < cells.len()).or_else(|| cells.iter().position(|c| arrival(c).is_some())) else {
        return Shape::None;
    };
    let Some(arrival) = arrival(cells[word_at]) else { return Shape::UnknownType };
    let port = match by_name(Column::Place) {
        Some(port) => port,
        None => {
            let left: Vec<usize> = (0..cells.len()).filter(|at| *at != date_at && *at != word_at).collect();
            // The first cell may be the row's number; a lone one of three figures is a port.
            let numbers = |at: usize| at == 0 && cells[0].bytes().all(|b| b.is_ascii_digit()) && (left.len() > 1 || cells[0].len() < 3);
            left.iter().rfind(|at| !numbers(**at)).map_or("", |at| cells[*at])
        }
    };
    if port.chars().count() > 60 { Shape::None } else { Shape::Row(Row { date, arrival, port }) }
}

/// A line whose cells are parted by spaces alone: date and word side by side, a number before them perhaps, and a place
/// on one side.
fn spaced(line: &str, headed: bool) -> Shape<'_> {
    let words: Vec<(usize, &str)> = words(line);
    if !(2..=12).contains(&words.len()) {
        return Shape::None;
    }
    let Some(at) = words.iter().position(|(_, w)| arrival(w).is_some() && !LOOSE.contains(&fold(w).as_str())) else {
        return Shape::None;
    };
    let span = |from: usize, to: usize| -> &str {
        let start = words.get(from).map_or(line.len(), |(at, _)| *at);
        let end = words.get(to.wrapping_sub(1)).map_or(start, |(at, w)| at + w.len());
        line.get(start..end).unwrap_or("").trim_matches(edge)
    };
    // The longest date that ends before the word, or begins after it.
    let before = (0..at).map(|from| (from, at)).find(|(from, to)| whole_date(span(*from, *to)));
    let after = (at + 2..=words.len()).rev().map(|to| (at + 1, to)).find(|(from, to)| whole_date(span(*from, *to)));
    let Some((from, to)) = before.or(after) else { return Shape::None };
    let (mut first, last) = (0, words.len());
    let (start, end) = (from.min(at), to.max(at + 1));
    let number = |text: &str| text.trim_end_matches(['.', ')']).bytes().all(|b| b.is_ascii_digit());
    if start > 0 && number(words[0].1) && (start > 1 || end < last || words[0].1.len() < 3) {
        first = 1;
    }
    let port = match (span(first, start), span(end, last)) {
        (port, "") if first < start => port,
        (_, port) if first >= start => port,
        _ => return Shape::None,
    };
    match arrival(words[at].1) {
        // "07/15/2019 Entry of Judgment" is a line of a docket.
        Some(arrival) if code_like(port) || (headed && port.split_whitespace().count() <= 4 && port.chars().count() <= 40) => {
            Shape::Row(Row { date: span(from, to), arrival, port })
        }
        _ => Shape::None,
    }
}

/// A place as the agency's site prints it: a short code, or that there is none.
fn code_like(port: &str) -> bool {
    let code = port.len() <= 4 && port.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    code || matches!(fold(port).as_str(), "unavailable" | "not available" | "no disponible" | "indisponivel" | "n a")
}

/// What stands between cells, and dashes where people draw them between.
fn edge(c: char) -> bool {
    separator(c) || matches!(c, '-' | '—')
}

fn whole_date(text: &str) -> bool {
    like_a_date(text)
        && (dates::edtf(text, Manner { day_first: false, short_years: true }).is_some()
            || dates::slashed(text).is_some()
            || (!text.contains(' ') && text.bytes().filter(|b| matches!(b, b'-' | b'/')).count() == 2))
}

fn separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '|' | '"' | '\u{200b}' | '\u{feff}' | '•' | '*' | '–')
}

fn words(line: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in line.char_indices() {
        match (separator(c), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                words.push((from, &line[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        words.push((from, &line[from..]));
    }
    words
}

// ---- the admission ----

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Label {
    Number,
    Arrived,
    Class,
    Until,
    Surname,
    Given,
    Born,
    Document,
    Citizenship,
    Port,
    Name,
    Issuer,
}

/// What the page calls its fields, folded; the longer names before those they contain.
const LABELS: &[(&str, Label)] = &[
    ("admission i 94 record number", Label::Number),
    ("i 94 admission record number", Label::Number),
    ("admission i 94 number", Label::Number),
    ("i 94 record number", Label::Number),
    ("i 94 admission number", Label::Number),
    ("admission record number", Label::Number),
    ("numero de registro de admision i 94", Label::Number),
    ("numero de registro de admision", Label::Number),
    ("numero de admision i 94", Label::Number),
    ("numero de registro i 94", Label::Number),
    ("i 94 number", Label::Number),
    ("numero de i 94", Label::Number),
    ("most recent date of entry", Label::Arrived),
    ("fecha de entrada mas reciente", Label::Arrived),
    ("fecha mas reciente de entrada", Label::Arrived),
    ("fecha de llegada emision", Label::Arrived),
    ("arrival issued date", Label::Arrived),
    ("fecha de llegada", Label::Arrived),
    ("fecha de entrada", Label::Arrived),
    ("date of entry", Label::Arrived),
    ("date of arrival", Label::Arrived),
    ("arrival date", Label::Arrived),
    ("clase de admision", Label::Class),
    ("class of admission", Label::Class),
    ("fecha limite de admision", Label::Until),
    ("admitir hasta la fecha", Label::Until),
    ("fecha de admision hasta", Label::Until),
    ("admitido hasta la fecha", Label::Until),
    ("admit until date", Label::Until),
    ("admitted until", Label::Until),
    ("admitido hasta", Label::Until),
    ("admit until", Label::Until),
    ("last name surname", Label::Surname),
    ("last surname", Label::Surname),
    ("family name", Label::Surname),
    ("apellido", Label::Surname),
    ("apellidos", Label::Surname),
    ("last name", Label::Surname),
    ("surname", Label::Surname),
    ("first given name", Label::Given),
    ("given names", Label::Given),
    ("given name", Label::Given),
    ("first name", Label::Given),
    ("primer nombre de pila", Label::Given),
    ("nombre de pila", Label::Given),
    ("primer nombre", Label::Given),
    ("nombre", Label::Given),
    ("fecha de nacimiento", Label::Born),
    ("date of birth", Label::Born),
    ("birth date", Label::Born),
    ("numero de documento", Label::Document),
    ("document number", Label::Document),
    ("passport number", Label::Document),
    ("pais de ciudadania", Label::Citizenship),
    ("country of citizenship", Label::Citizenship),
    ("citizenship", Label::Citizenship),
    ("passport country of issuance", Label::Issuer),
    ("country of issuance", Label::Issuer),
    ("pais de emision", Label::Issuer),
    ("full name", Label::Name),
    ("nombre completo", Label::Name),
    ("name", Label::Name),
    ("puerto de entrada", Label::Port),
    ("port of entry", Label::Port),
];

/// One admission while its labels come in.
#[derive(Default)]
struct Admission {
    values: Vec<(Label, Value)>,
    /// The countries as written.
    raw: Vec<(Label, String)>,
    lines: Vec<usize>,
}

/// The admissions among these lines: what an I-94 page says, wherever its labels stand.
pub(super) fn admission(lines: &[Line]) -> Found {
    let mut found = Found::default();
    let mut all: Vec<Admission> = Vec::new();
    let mut open: Option<(Label, usize)> = None;
    for (n, line) in lines.iter().enumerate() {
        if line.text.trim().is_empty() {
            continue;
        }
        let labels = labels(&line.text);
        if labels.is_empty() {
            if let Some((label, at)) = open.take() {
                take(&mut all, &mut found, label, &[at, n], line.text.trim());
            }
            continue;
        }
        if let Some((_, at)) = open.take() {
            found.headings.push(at);
        }
        for (label, value) in labels {
            if value.is_empty() {
                open = Some((label, n));
            } else {
                take(&mut all, &mut found, label, &[n], value);
            }
        }
    }
    if let Some((_, at)) = open {
        found.headings.push(at);
    }
    let mut out = Found::default();
    let mut nth = 0;
    for admission in all.into_iter().filter(Admission::is_one) {
        out.read.extend(&admission.lines);
        out.drafts.extend(admission.drafts(lines, nth));
        nth += 1;
    }
    if nth > 0 {
        out.headings = found.headings.into_iter().filter(|n| !out.read.contains(n)).collect();
        out.rejects = found.rejects.into_iter().filter(|(n, _)| !out.read.contains(n) && lines.get(*n).is_some_and(|l| !is_boilerplate(&l.text))).collect();
    }
    out
}

/// Puts a value where it belongs: into the admission being read, or a new one where that already says this.
fn take(all: &mut Vec<Admission>, found: &mut Found, label: Label, at: &[usize], text: &str) {
    let mut raw = None;
    let value = match label {
        Label::Number => number(text).map(Value::Text),
        Label::Class => class(text).map(Value::Text),
        Label::Arrived | Label::Born => dates::day(text, Manner::default()).map(|d| Value::Edtf(Edtf::day(d))),
        Label::Until => until(text),
        Label::Surname | Label::Given | Label::Name => name(text).map(Value::Text),
        Label::Document => document(text).map(Value::Text),
        Label::Port => (text.chars().count() <= 60).then(|| Value::text(text)),
        Label::Citizenship | Label::Issuer => {
            raw = (text.chars().count() <= 60).then(|| (label, text.to_owned()));
            raw.as_ref().map(|(_, t)| Value::text(countries::of_name(t).unwrap_or("")))
        }
    };
    let Some(value) = value else {
        found.rejects.extend(at.last().map(|n| (*n, "i94-value-not-understood")));
        return;
    };
    let current = match all.last_mut() {
        Some(last) if !last.has(label) => last,
        _ => {
            all.push(Admission::default());
            let end = all.len() - 1;
            &mut all[end]
        }
    };
    current.values.push((label, value));
    current.raw.extend(raw);
    for n in at {
        if !current.lines.contains(n) {
            current.lines.push(*n);
        }
    }
}

impl Admission {
    fn has(&self, label: Label) -> bool {
        self.values.iter().any(|(have, _)| *have == label)
    }

    /// A name and a birth date alone are on many papers; the number, or class and dates, only on this one.
    fn is_one(&self) -> bool {
        let known = |label| usize::from(self.has(label));
        self.has(Label::Number) || known(Label::Arrived) + known(Label::Class) + known(Label::Until) >= 2
    }

    fn get(&self, label: Label) -> Option<Value> {
        self.values.iter().find(|(have, _)| *have == label).map(|(_, value)| value.clone())
    }

    fn drafts(&self, lines: &[Line], nth: usize) -> Vec<Draft> {
        let own: Vec<&Line> = self.lines.iter().filter_map(|n| lines.get(*n)).collect();
        let place = ordinal(around(&own), "i94", nth);
        let confidence = confidence(&own);
        let port = self.get(Label::Port).map(|p| p.to_text());
        let country = |label| self.get(label).filter(|c| !c.to_text().is_empty());
        let raw = |label| self.raw.iter().find(|(have, _)| *have == label).map(|(_, text)| text.as_str());
        let entry = Draft::new(Kind::Entry, place.clone())
            .with("on", self.get(Label::Arrived))
            .with("port", port.as_deref().and_then(ports::name))
            .with("port_raw", port)
            .with("class", self.get(Label::Class))
            .with("admit_until", self.get(Label::Until))
            .with("i94_number", self.get(Label::Number));
        let identity = Draft::new(Kind::Identity, place.clone())
            .with("name", self.get(Label::Name))
            .with("surname", self.get(Label::Surname))
            .with("given_names", self.get(Label::Given))
            .with("birth_date", self.get(Label::Born));
        let document = Draft::new(Kind::TravelDocument, place)
            .with("number", self.get(Label::Document))
            .with("surname", self.get(Label::Surname))
            .with("given_names", self.get(Label::Given))
            .with("birth_date", self.get(Label::Born))
            .with("nationality", country(Label::Citizenship))
            .with("nationality_raw", raw(Label::Citizenship))
            .with("issuer", country(Label::Issuer))
            .with("issuer_raw", raw(Label::Issuer));
        let documented = self.has(Label::Document);
        let mut drafts = vec![entry];
        drafts.extend(Some(identity).filter(|d| !d.fields.is_empty()));
        drafts.extend(Some(document).filter(|_| documented));
        for draft in &mut drafts {
            draft.confidence = confidence;
        }
        drafts
    }
}

/// The labels of a line with what follows each. A label opens the line, or a colon follows it.
fn labels(line: &str) -> Vec<(Label, &str)> {
    if line.len() > 400 {
        return Vec::new();
    }
    let (folded, origin) = folded(line);
    let mut taken: Vec<(usize, usize, Label)> = Vec::new();
    for (name, label) in LABELS {
        for (at, _) in folded.match_indices(name) {
            let end = at + name.len();
            let whole = (at == 0 || folded.as_bytes()[at - 1] == b' ') && matches!(folded.as_bytes().get(end), None | Some(b' '));
            let free = taken.iter().all(|(from, to, _)| end <= *from || *to <= at);
            let after = line[origin[end - 1] + last_width(line, origin[end - 1])..].trim_start_matches([')', ' ', '\u{a0}', '\t']);
            // A full-width colon comes with some browsers' translations.
            let colon = after.starts_with([':', '：']);
            if whole && free && (colon || at == 0) {
                taken.push((at, end, *label));
            }
        }
    }
    taken.sort_unstable_by_key(|(at, ..)| *at);
    let mut out = Vec::new();
    for (n, (_, end, label)) in taken.iter().enumerate() {
        let from = origin[end - 1] + last_width(line, origin[end - 1]);
        let to = taken.get(n + 1).map_or(line.len(), |(next, ..)| origin[*next]);
        let value = line.get(from..to).unwrap_or("").trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ')' | ':' | '：' | '.' | '*'));
        out.push((*label, value.trim_end_matches(|c: char| c.is_whitespace() || c == '(')));
    }
    out
}

fn last_width(line: &str, at: usize) -> usize {
    line[at..].chars().next().map_or(0, char::len_utf8)
}

/// A line folded as [`fold`] does, and for each folded byte where in the line its character begins.
fn folded(line: &str) -> (String, Vec<usize>) {
    let (mut out, mut origin) = (String::new(), Vec::new());
    for (at, c) in line.char_indices() {
        match super::plain(c) {
            Some(c) => {
                out.push(c);
                origin.push(at);
            }
            None if !out.is_empty() && !out.ends_with(' ') && !('\u{300}'..='\u{36f}').contains(&c) => {
                out.push(' ');
                origin.push(at);
            }
            None => {}
        }
    }
    (out, origin)
}

/// Eleven characters: figures, and since May 2019 a letter in the tenth place.
fn number(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).map(|c| c.to_ascii_uppercase()).collect();
    let figures = plain.bytes().filter(u8::is_ascii_digit).count();
    (plain.len() == 11 && figures >= 7 && plain.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(plain)
}

/// `B2`, `H1B`, `H-1B`, `WT`, `PAR`.
fn class(text: &str) -> Option<String> {
    let text = text.trim().to_uppercase();
    let fits = (1..=6).contains(&text.len()) && text.starts_with(|c: char| c.is_ascii_alphabetic());
    (fits && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/'))).then_some(text)
}

fn until(text: &str) -> Option<Value> {
    let plain = fold(text);
    if matches!(plain.as_str(), "d s" | "ds" | "duration of status" | "duracion del estatus" | "duracion de estatus" | "duracion del estado") {
        return Some(Value::text("D/S"));
    }
    dates::day(text, Manner::default()).map(|d| Value::Edtf(Edtf::day(d)))
}

fn name(text: &str) -> Option<String> {
    let fits = text.chars().count() <= 80 && text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.' | ',' | '\u{a0}'));
    (fits && text.chars().any(char::is_alphabetic)).then(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn document(text: &str) -> Option<String> {
    let plain = text.trim().to_uppercase();
    let fits = (4..=20).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (fits && plain.bytes().any(|b| b.is_ascii_digit())).then_some(plain)
}

/// What the site says about itself on every page, by how the sentence goes.
const BOILERPLATE: &[&str] = &[
    "i 94 official website",
    "i 94 i 95",
    "i94 cbp dhs gov",
    "cbp gov",
    "dhs gov",
    "most recent i 94",
    "travel history",
    "historial de viajes",
    "for paperwork reduction",
    "omb control",
    "omb no",
    "expiration date",
    "april 26 2013",
    "lawfully admitted or paroled",
    "record of admission printed from the cbp website",
    "8 cfr",
    "preprinted form i 94",
    "required to be in possession",
    "admission i 94 number along with any",
    "if an employer local state or federal agency",
    "note to employers",
    "note for security reasons",
    "please visit the cbp i 94 public website",
    "displayed on this i 94 printout",
    "i 94 faqs",
    "details provided on the i 94",
    "request a correction",
    "the past ten years",
    "past 10 years",
    "last 10 years",
    "ultimos 10 anos",
    "ultimos diez anos",
    "not an official record for legal purposes",
    "u s c",
    "paperwork reduction act",
    "page ",
    "pagina ",
    "for help",
    "showing ",
    "mostrando ",
    "version",
];

/// A sentence of the site's own, a web address, or the line a browser prints at the edge of a page.
pub(super) fn is_boilerplate(line: &str) -> bool {
    let plain = fold(line);
    BOILERPLATE.iter().any(|b| plain.contains(b)) || plain.starts_with("http") || plain.starts_with("https")
}

#[cfg(test)]
mod tests {
    use crate::testing::hear;
    use amparo_model::State;

    #[test]
    fn a_history_as_pasted_from_the_site() {
        let text = include_str!("../../fixtures/immigration/history_tabs.txt");
        let (report, heard) = hear("i94.txt", text.as_bytes());
        assert_eq!((report.kind.as_str(), report.state), ("i94_history", State::Read));
        // Counted by the words alone.
        let rows = text.lines().filter(|l| l.contains("Arrival") || l.contains("Departure")).count() as u64;
        assert_eq!((report.units, report.units_read, report.furniture), (text.lines().count() as u64, rows, text.lines().count() as u64 - rows));
        assert_eq!(
            heard.told()[..4],
            [
                "row:2 exit on=2023-11-02 port_raw=Unavailable",
                "row:3 entry on=2023-08-19 port=Nogales, AZ port_raw=NOG",
                "row:4 entry on=2022-01-30 port=New York, NY port_raw=NYC",
                "row:5 exit on=2022-01-30 port_raw=840",
            ]
        );
        assert_eq!(report.covers.and_then(|c| c.from).map(|d| d.to_string()).as_deref(), Some("2016-03-05"));
    }

    #[test]
    fn the_same_history_however_it_was_copied() {
        let want = ["entry on=2019-07-15 port=Miami, FL port_raw=MIA", "exit on=2019-07-02 port_raw=813"];
        for text in [
            "2019-07-15\tArrival\tMIA\n2019-07-02\tDeparture\t813\n",
            "1 2019-07-15 Arrival MIA\n2 2019-07-02 Departure 813\n",
            "July 15, 2019 Arrival MIA\nJuly 2, 2019 Departure 813",
            "1\tJuly 15, 2019\tArrival\tMIA \t\n2\tJuly 2, 2019\tDeparture\t813\t\n",
            "Date,Type,Location\n07/15/2019,Arrival,MIA\n07/02/2019,Departure,813\n",
            "\"July 15, 2019\",\"Arrival\",\"MIA\"\n\"July 2, 2019\",\"Departure\",\"813\"\n",
            "Port Code;Travel Type;Travel Date\nMIA;Entry;7/15/2019\n813;Exit;7/2/2019\n",
            "Fila\tFECHA\tTIPO\tUBICACIÓN\n1\t15/07/2019\tLlegada\tMIA\n2\t02/07/2019\tSalida\t813\n",
            "MIA, 2019-07-15, Arrival\n813, 2019-07-02, Departure\n",
            "<html><body><h1>Travel History</h1><table><tr><th>Date</th><th>Type</th><th>Location</th></tr><tr><td>2019-07-15</td><td>Arrival</td><td>MIA</td></tr><tr><td>2019-07-02</td><td>Departure</td><td>813</td></tr></table></body></html>",
            "Date\nType\nLocation\n2019-07-15\nArrival\nMIA\n2019-07-02\nDeparture\n813\n",
            "1\nJuly 15, 2019\nArrival\nMIA\n2\nJuly 2, 2019\nDeparture\n813\n",
            "1. July 15, 2019 - Arrival - MIA\n2. July 2, 2019 - Departure - 813\n",
            "Arrival 2019-07-15 MIA\nDeparture 2019-07-02 813\n",
            "MIA 2019-07-15 Arrival\n813 2019-07-02 Departure\n",
            "| Date | Type | Location |\n|---|---|---|\n| 2019-07-15 | Arrival | MIA |\n| 2019-07-02 | Departure | 813 |\n",
            "15 de julio de 2019 Llegada MIA\n2 de julio de 2019 Salida 813\n",
        ] {
            let (report, heard) = hear("history", text.as_bytes());
            let got: Vec<String> = heard.told().into_iter().map(|t| t.split_once(' ').map(|(_, rest)| rest.to_owned()).unwrap_or_default()).collect();
            assert_eq!(got, want, "{text}");
            assert_eq!((report.kind.as_str(), report.rejects), ("i94_history", 0), "{text}");
        }
    }

    #[test]
    fn what_is_no_row_is_said_to_be_none() {
        let text = "Date\tType\tLocation\n2019-02-30\tArrival\tMIA\n2019-07-15\tTeleport\tMIA\n2019-07-15\tArrival\t\n13/13/2019\tDeparture\t840\nsee 3 notes of 2019\n";
        let (report, heard) = hear("i94.tsv", text.as_bytes());
        assert_eq!((report.units, report.units_read, report.furniture, report.rejects), (6, 1, 1, 4));
        let reasons: Vec<_> = heard.rejects.iter().map(|r| format!("{} {}", r.place.spot_text(), r.reason)).collect();
        assert_eq!(reasons, ["row:2 i94-date-not-understood", "row:3 i94-type-not-understood", "row:5 i94-date-not-understood", "row:6 line-not-understood"]);
        assert_eq!(heard.told(), ["row:4 entry on=2019-07-15"]);
    }

    #[test]
    fn cells_under_each_other_with_places_left_out() {
        let text = "1\n2019-07-15\nArrival\n840\n2\n2019-07-02\nDeparture\n3\n2018-01-01\nArrival\n";
        let (report, heard) = hear("i94.txt", text.as_bytes());
        assert_eq!(heard.told(), ["row:2 entry on=2019-07-15 port_raw=840", "row:6 exit on=2019-07-02", "row:9 entry on=2018-01-01"]);
        assert_eq!((report.units, report.units_read), (10, 10));
    }

    #[test]
    fn other_tables_are_not_taken_for_a_history() {
        for text in [
            "Date,Type,Amount\n2019-07-15,Debit,12\n",
            "2019-07-15 12:00 Ana: Arrival MIA\nhello\n",
            "Name,Number\nAna,5\n",
            "[2019-07-15, 12:00] Ana: Departure\n",
            "07/15/2019 Entry of Judgment\n07/16/2019 Entry denied\n",
            include_str!("../../fixtures/immigration/ice_arrests.csv"),
        ] {
            let (report, _) = hear("x.csv", text.as_bytes());
            assert!(!report.kind.starts_with("i94"), "{text}");
        }
    }

    const WANT: [&str; 3] = [
        "entry admit_until=2020-01-14 class=B2 i94_number=99900012300 on=2019-07-15",
        "identity birth_date=2006-03-14 given_names=ANA CLARA surname=EJEMPLO SOUZA",
        "travel_document birth_date=2006-03-14 given_names=ANA CLARA nationality=BR nationality_raw=Brazil number=XX0001234 surname=EJEMPLO SOUZA",
    ];

    #[test]
    fn an_admission_page_in_each_of_its_layouts() {
        for name in ["page_colons.txt", "page_next_line.txt", "page_glued.txt", "page_old_labels.txt", "page.html"] {
            let bytes = std::fs::read(format!("{}/fixtures/immigration/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
            let (report, heard) = hear(name, &bytes);
            let got: Vec<String> = heard.told().into_iter().map(|t| t.split_once(' ').map(|(_, rest)| rest.to_owned()).unwrap_or_default()).collect();
            assert_eq!(got, WANT, "{name}");
            assert_eq!(
                (report.kind.as_str(), report.state, report.rejects),
                ("i94_page", State::Read, 0),
                "{name} {:?}",
                heard.rejects.iter().map(|r| &r.text).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn a_translated_page_with_duration_of_status_and_a_letter_in_the_number() {
        let text = "I-94 más reciente\nNúmero de registro de admisión (I-94): 123456789A1\nFecha de entrada más reciente: 16 de enero de 2020\nClase de admisión: F1\nAdmitido hasta la fecha: D/S\n";
        let (report, heard) = hear("i94.txt", text.as_bytes());
        assert_eq!(heard.told(), ["row:2 entry admit_until=D/S class=F1 i94_number=123456789A1 on=2020-01-16"]);
        assert_eq!((report.units, report.units_read, report.furniture), (5, 4, 1));
    }

    #[test]
    fn a_value_that_cannot_be_is_a_reject_and_no_guess() {
        let text = "Admission (I-94) Record Number: 99900012300\nArrival/Issued Date: 2019 July 35\nClass of Admission: see officer\nAdmit Until Date: 01/14/2020\n";
        let (report, heard) = hear("i94.txt", text.as_bytes());
        assert_eq!(heard.told(), ["row:1 entry admit_until=2020-01-14 i94_number=99900012300"]);
        assert_eq!((report.units, report.units_read, report.rejects), (4, 2, 2));
        assert!(heard.rejects.iter().all(|r| r.reason == "i94-value-not-understood"));
    }

    #[test]
    fn two_admissions_in_one_text_are_two() {
        let one = "Admission (I-94) Record Number: 99900012300\nClass of Admission: B2\nLast/Surname: UNO\n";
        let text = format!("{one}{}", one.replace("12300", "12400").replace("UNO", "DOS"));
        let (_, heard) = hear("i94.txt", text.as_bytes());
        assert_eq!(
            heard.told(),
            ["row:1 entry class=B2 i94_number=99900012300", "row:1 identity surname=UNO", "row:4 entry class=B2 i94_number=99900012400", "row:4 identity surname=DOS"]
        );
    }
}
