//! The client's account: what the client says, written in our own vocabulary as CSV or JSON Lines.
//!
//! A unit is a line (JSON Lines), an object (a JSON list, or objects over several lines) or a row (CSV, where a quoted
//! cell may hold line breaks). Blank lines, the heading and
//! what stands above it, and lines of the form that nobody filled are furniture. Columns, kinds and the words of
//! lists may be English or Spanish. A date is taken where it can mean one day, month or year; `03/04/2019` only where
//! another date of the file shows which comes first. Everything is `said`; whether a representative sets it is decided
//! and logged by the office, not here. An account is of one person: who that is, is said when it is given.

use crate::immigration::dates::{self, Manner};
use crate::immigration::{Count, countries, fold};
use crate::phone::number::Numbers;
use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::record::{FieldSpec, Fields, Type};
use amparo_model::{ANumber, Certainty, Draft, Edtf, Instant, Kind, Place, ReceiptNumber, Report, State, Value};
use std::io::{Read, SeekFrom};

pub const READER: Reader = Reader { name: "account", version: 1, recognise, read };

/// Nobody says more than this.
const MOST_BYTES: u64 = 64 << 20;

/// Spanish words for kinds; the first of a kind is the template's. `page` cannot be said: it is a paper's.
const KINDS: &[(&str, Kind)] = &[
    ("trabajo", Kind::Job),
    ("empleo", Kind::Job),
    ("domicilio", Kind::Address),
    ("direccion", Kind::Address),
    ("entrada", Kind::Entry),
    ("salida", Kind::Exit),
    ("identidad", Kind::Identity),
    ("hecho", Kind::Event),
    ("evento", Kind::Event),
    ("estatus", Kind::Status),
    ("solicitud", Kind::Filing),
    ("orden", Kind::Order),
    ("pago", Kind::Pay),
    ("encuentro", Kind::Encounter),
    ("audiencia", Kind::Hearing),
    ("aviso", Kind::Notice),
    ("ingresos", Kind::Earnings),
    ("deposito", Kind::Deposit),
    ("documento de viaje", Kind::TravelDocument),
    ("llamada", Kind::Call),
    ("mensaje", Kind::Message),
    ("contacto", Kind::Contact),
];

/// Other words for columns; the first Spanish one of a column is the template's.
const COLUMNS: &[(&str, &str)] = &[
    ("clase", "kind"),
    ("fecha", "on"),
    ("date", "on"),
    ("inicio", "start"),
    ("fecha de inicio", "start"),
    ("desde", "start"),
    ("start date", "start"),
    ("from", "start"),
    ("fin", "end"),
    ("fecha de fin", "end"),
    ("hasta", "end"),
    ("end date", "end"),
    ("empleador", "employer"),
    ("puesto", "role"),
    ("lugar", "place"),
    ("empleador es persona", "household_employer"),
    ("autorizado", "authorized"),
    ("texto", "text"),
    ("renglones", "lines"),
    ("ciudad", "city"),
    ("estado", "region"),
    ("state", "region"),
    ("codigo postal", "postal_code"),
    ("zip", "postal_code"),
    ("pais", "country"),
    ("tipo", "type"),
    ("nombre", "name"),
    ("nombres", "given_names"),
    ("apellidos", "surname"),
    ("apellido", "surname"),
    ("papel", "role"),
    ("fecha de nacimiento", "birth_date"),
    ("date of birth", "birth_date"),
    ("pais de nacimiento", "birth_country"),
    ("numero a", "a_number"),
    ("ultimos cuatro del seguro social", "ssn_last4"),
    ("puerto", "port_raw"),
    ("clase de admision", "class"),
    ("clase migratoria", "class"),
    ("admitido hasta", "admit_until"),
    ("numero i 94", "i94_number"),
    ("i 94 number", "i94_number"),
    ("formulario", "form"),
    ("numero de recibo", "receipt_number"),
    ("agencia", "agency"),
    ("solicitante", "principal"),
    ("beneficiario", "beneficiary"),
    ("corte", "court"),
    ("juez", "judge"),
    ("plazo", "until"),
    ("completa", "complete"),
    ("hora", "at"),
    ("numero", "number"),
    ("emisor", "issuer"),
    ("emitido", "issued"),
    ("vence", "expires"),
    ("nacionalidad", "nationality"),
    ("sexo", "sex"),
    ("ano", "year"),
    ("moneda", "currency"),
    ("base", "basis"),
    ("ein", "employer_id"),
    ("periodo", "period"),
    ("pagado el", "paid_on"),
    ("horas", "hours"),
    ("pagador", "payer_raw"),
    ("ultimos cuatro de la cuenta", "account_last4"),
    ("centavos", "amount_cents"),
    ("centavos brutos", "gross_cents"),
    ("centavos netos", "net_cents"),
    ("cantidad", "amount"),
    ("monto", "amount"),
    ("bruto", "gross"),
    ("neto", "net"),
    ("direccion de llamada", "direction"),
    ("resultado", "outcome"),
    ("segundos", "duration_s"),
    ("linea", "line"),
    ("servicio", "service"),
    ("participantes", "participants"),
    ("adjuntos", "attachments"),
    ("conversacion", "thread"),
    ("numeros", "numbers"),
    ("correos", "emails"),
    ("organizacion", "organization"),
    ("persona", "subject"),
    ("whose", "subject"),
];

/// Spanish words of lists, and the agreed words of events, orders and statuses.
const WORDS: &[(&str, &str)] = &[
    ("cliente", "client"),
    ("familia", "family"),
    ("otro", "other"),
    ("otra", "other"),
    ("pasaporte", "passport"),
    ("permiso de trabajo", "ead"),
    ("work permit", "ead"),
    ("tarjeta verde", "green_card"),
    ("green card", "green_card"),
    ("entrante", "in"),
    ("saliente", "out"),
    ("desconocido", "unknown"),
    ("contestada", "answered"),
    ("perdida", "missed"),
    ("rechazada", "rejected"),
    ("bloqueada", "blocked"),
    ("voz", "voice"),
    ("correo", "email"),
];
const TYPES: &[(&str, &str)] = &[
    ("matrimonio", "marriage"),
    ("boda", "marriage"),
    ("mudanza", "moved"),
    ("delito", "offence"),
    ("ultimo dia pagado", "last_paid_day"),
    ("visa disponible", "visa_available"),
    ("aprobado", "approved"),
    ("aprobada", "approved"),
    ("negado", "denied"),
    ("negada", "denied"),
    ("denegado", "denied"),
    ("denegada", "denied"),
    ("retirado", "withdrawn"),
    ("retirada", "withdrawn"),
    ("salida voluntaria", "voluntary_departure"),
    ("en ausencia", "in_absentia"),
];
const CLASSES: &[(&str, &str)] = &[
    ("residente permanente", "LPR"),
    ("permanent resident", "LPR"),
    ("residente condicional", "CR"),
    ("conditional resident", "CR"),
    ("sin inspeccion", "EWI"),
    ("without inspection", "EWI"),
    ("permiso humanitario", "PAROLE"),
    ("parole", "PAROLE"),
];

/// What a record says beside its fields: it may come back in an account and says nothing there.
const BESIDE: &[&str] = &["id", "provenance", "also", "certainty", "confidence", "masked", "by", "because"];

/// The fields that a client is asked for, kind by kind.
const ASKED: &[(Kind, &[&str])] = &[
    (Kind::Job, &["employer", "role", "start", "end", "place", "household_employer"]),
    (Kind::Address, &["text", "city", "region", "postal_code", "country", "start", "end"]),
    (Kind::Entry, &["on", "port_raw", "class", "admit_until", "i94_number"]),
    (Kind::Exit, &["on", "port_raw"]),
    (Kind::Status, &["class", "start", "end"]),
    (Kind::Filing, &["form", "on", "receipt_number", "agency", "principal", "beneficiary"]),
    (Kind::Notice, &["form", "type", "on", "receipt_number", "text"]),
    (Kind::Hearing, &["at", "court", "judge", "type"]),
    (Kind::Order, &["on", "court", "type", "form", "until"]),
    (Kind::Encounter, &["on", "place", "agency"]),
    (Kind::TravelDocument, &["type", "number", "issuer", "issued", "expires", "surname", "given_names", "nationality", "birth_date", "sex"]),
    (Kind::Identity, &["name", "surname", "given_names", "birth_date", "birth_country", "a_number", "role"]),
    (Kind::Earnings, &["employer", "year", "amount_cents", "currency", "basis"]),
    (Kind::Pay, &["employer", "period", "paid_on", "gross_cents", "net_cents", "currency", "hours"]),
    (Kind::Deposit, &["at", "amount_cents", "currency", "payer_raw"]),
    (Kind::Event, &["on", "type", "text"]),
];

/// An empty form: the heading of a table, or a line to fill for each kind.
pub fn template(csv: bool, spanish: bool) -> String {
    let word = |column: &str| -> String {
        let other = COLUMNS.iter().find(|(_, en)| *en == column).filter(|_| spanish);
        other.map_or_else(|| column.to_owned(), |(es, _)| es.replace(' ', "_"))
    };
    if csv {
        let mut columns = vec!["kind"];
        for field in ASKED.iter().flat_map(|(_, fields)| *fields) {
            if !columns.contains(field) {
                columns.push(field);
            }
        }
        return columns.into_iter().map(word).collect::<Vec<_>>().join(",") + "\n";
    }
    let line = |(kind, fields): &(Kind, &[&str])| {
        let named = KINDS.iter().find(|(_, have)| have == kind && spanish).map_or(kind.as_str(), |(es, _)| es);
        let cells: Vec<String> = fields.iter().map(|field| format!(", \"{}\": \"\"", word(field))).collect();
        format!("{{\"{}\": \"{named}\"{}}}\n", word("kind"), cells.concat())
    };
    ASKED.iter().map(line).collect()
}

/// The column that a heading means, in our own words where it is one of them.
fn column(name: &str) -> String {
    let plain = fold(name);
    match COLUMNS.iter().find(|(other, _)| *other == plain) {
        Some((_, own)) => (*own).to_owned(),
        None => plain.replace(' ', "_"),
    }
}

fn kind(text: &str) -> Option<Kind> {
    let plain = fold(text);
    let own = Kind::parse(&plain.replace(' ', "_")).filter(|kind| *kind != Kind::Page);
    own.or_else(|| KINDS.iter().find(|(es, _)| *es == plain).map(|(_, kind)| *kind))
}

/// A general column as this kind calls it: the date of a payment is when it was paid.
fn field_of(kind: Kind, column: &str) -> Option<&'static FieldSpec> {
    let own = match (kind, column) {
        (Kind::Entry | Kind::Exit, "place") => "port_raw",
        (Kind::Hearing | Kind::Deposit | Kind::Call | Kind::Message, "on") => "at",
        (Kind::Pay, "on") => "paid_on",
        (Kind::Address, "place") => "text",
        (_, "amount") => "amount_cents",
        (_, "gross") => "gross_cents",
        (_, "net") => "net_cents",
        (_, column) => column,
    };
    kind.field(own).or_else(|| kind.field(column))
}

fn recognise(head: &Head<'_>) -> Sure {
    let text = crate::phone::text::head(head.first);
    let first = text.lines().find(|l| !l.trim().is_empty()).unwrap_or("").trim_start();
    if first.starts_with(['{', '[']) {
        let says_kind = |object: &Object| object.iter().any(|(name, value)| column(name) == "kind" && value.as_str().and_then(kind).is_some());
        // One broken line does not make it another kind of file.
        let by_line = text.lines().filter(|l| !l.trim().is_empty()).take(10).any(|line| serde_json::from_str(line.trim()).is_ok_and(|o| says_kind(&o)));
        let list = text.trim_start().trim_start_matches('[');
        let whole = serde_json::Deserializer::from_str(list).into_iter::<Object>().next().is_some_and(|o| o.is_ok_and(|o| says_kind(&o)));
        return if by_line || whole { Sure::Yes } else { Sure::No };
    }
    let Some((table, delimiter)) = heading(&text) else { return Sure::No };
    let rows = rows(&text, delimiter);
    let at = rows.iter().position(|row| row.cells.as_deref() == Some(table.as_slice())).unwrap_or(0);
    let columns: Vec<String> = table.iter().map(|c| column(c)).collect();
    let known = |c: &&String| Kind::ALL.iter().any(|k| field_of(*k, c).is_some()) || *c == "kind" || *c == "subject";
    let kind_at = columns.iter().position(|c| c == "kind").unwrap_or(0);
    let says = |row: &Row| row.cells.as_ref().and_then(|c| c.get(kind_at)).is_some_and(|c| kind(c).is_some());
    let mut filled = rows.iter().skip(at + 1).filter(|row| row.cells.as_ref().is_some_and(|c| c.iter().any(|c| !c.trim().is_empty()))).take(10).peekable();
    let most = columns.iter().filter(known).count() * 2 > columns.len() && columns.len() > 1;
    if most && (filled.peek().is_none() || filled.any(says)) { Sure::Yes } else { Sure::No }
}

fn read(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    if file.bytes > MOST_BYTES {
        return Ok(Report::unread(READER.name, State::Unread, "file-too-large"));
    }
    let mut bytes = Vec::new();
    let mut broken = file.body.seek(SeekFrom::Start(0)).is_err();
    broken |= crate::phone::text::open((&mut *file.body).take(MOST_BYTES)).read_to_end(&mut bytes).is_err();
    let text = crate::phone::text::decode(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let lines = if text.trim_start().starts_with(['{', '[']) { json_objects(text).unwrap_or_else(|| json_lines(text)) } else { table(text) };
    let mut account = Account { count: Count::new(&READER, &file.inside), numbers: Numbers::new(tools.region), order: order(&lines), subject: None, assumed: false };
    for line in lines {
        account.take(line);
    }
    if broken {
        account.count.partly("cannot-read-bytes");
    }
    if let (true, Some(order)) = (account.assumed, account.order) {
        account.count.report.assumed.push(if order { "day-first" } else { "month-first" }.to_owned());
    }
    account.count.finish(sink)
}

// ---- lines and rows ----

/// One line or row: its number, its text, and its cells by their columns.
struct Line {
    row: u64,
    text: String,
    said: Said,
}

enum Said {
    Furniture,
    Broken(&'static str),
    Cells(Vec<(String, String)>),
}

type Object = serde_json::Map<String, serde_json::Value>;

/// The objects of a list, or of a text where they do not have a line each; nothing where it is lines of JSON.
fn json_objects(text: &str) -> Option<Vec<Line>> {
    let objects: Vec<Object> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).ok()?
    } else if text.lines().find(|l| !l.trim().is_empty()).is_some_and(|l| serde_json::from_str::<Object>(l.trim()).is_err()) {
        serde_json::Deserializer::from_str(text).into_iter().collect::<Result<_, _>>().ok()?
    } else {
        return None;
    };
    let line = |(n, object): (usize, Object)| Line { row: n as u64 + 1, text: serde_json::Value::from(object.clone()).to_string(), said: cells_of(object) };
    Some(objects.into_iter().enumerate().map(line).collect())
}

fn cells_of(object: Object) -> Said {
    let mut cells = Vec::new();
    for (name, value) in object {
        let column = column(&name);
        if BESIDE.contains(&column.as_str()) {
            continue;
        }
        match plain(value) {
            Some(text) => cells.push((column, text)),
            None => return Said::Broken("account-value-unfit"),
        }
    }
    Said::Cells(cells)
}

fn json_lines(text: &str) -> Vec<Line> {
    let said = |line: &str| match serde_json::from_str::<Object>(line.trim()) {
        _ if line.trim().is_empty() => Said::Furniture,
        Ok(object) => cells_of(object),
        Err(_) => Said::Broken("account-line-not-json"),
    };
    text.lines().enumerate().map(|(n, line)| Line { row: n as u64 + 1, text: line.to_owned(), said: said(line) }).collect()
}

/// A value as a cell would say it; nothing for an object, which no field holds.
fn plain(value: serde_json::Value) -> Option<String> {
    Some(match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text,
        serde_json::Value::Array(items) => items.into_iter().map(plain).collect::<Option<Vec<_>>>()?.join("; "),
        serde_json::Value::Object(_) => return None,
        other => other.to_string(),
    })
}

/// A row of a table; no cells where a quote never closes.
struct Row {
    row: u64,
    text: String,
    cells: Option<Vec<String>>,
}

/// The rows of a table (RFC 4180, and what spreadsheets make of it).
fn rows(text: &str, delimiter: char) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut rest = text;
    let mut number = 1;
    while !rest.is_empty() {
        let (cells, length) = row(rest, delimiter);
        let (cells, length) = match cells {
            Some(cells) => (Some(cells), length),
            None => (None, rest.find('\n').map_or(rest.len(), |at| at + 1)),
        };
        let own = &rest[..length];
        rows.push(Row { row: number, text: own.trim_end_matches(['\n', '\r']).to_owned(), cells });
        number += own.matches('\n').count() as u64;
        rest = &rest[length..];
    }
    rows
}

/// The cells of the row that begins here and its length with its line end; no cells where a quote never closes.
fn row(text: &str, delimiter: char) -> (Option<Vec<String>>, usize) {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut start = true;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let Some(cell) = cells.last_mut() else { break };
        match c {
            '"' if quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                cell.push('"');
                chars.next();
            }
            '"' if quoted => quoted = false,
            '"' if start => quoted = true,
            '\n' if !quoted => {
                if cell.ends_with('\r') {
                    cell.pop();
                }
                return (Some(cells), at + 1);
            }
            c if c == delimiter && !quoted => {
                cells.push(String::new());
                start = true;
                continue;
            }
            c => cell.push(c),
        }
        start = start && c == ' ';
    }
    (Some(cells).filter(|_| !quoted), text.len())
}

/// The heading of a table and what parts its cells: the first of the first rows that has a column for the kind.
fn heading(text: &str) -> Option<(Vec<String>, char)> {
    let first = &text[..text.floor_char_boundary(text.len().min(64 << 10))];
    for line in first.lines().take(20) {
        for delimiter in [',', ';', '\t', '|'] {
            let (Some(cells), _) = row(line, delimiter) else { continue };
            if cells.len() > 1 && cells.iter().filter(|c| column(c) == "kind").count() == 1 {
                return Some((cells, delimiter));
            }
        }
    }
    None
}

fn table(text: &str) -> Vec<Line> {
    let Some((table, delimiter)) = heading(text) else {
        return text.lines().enumerate().map(|(n, line)| Line { row: n as u64 + 1, text: line.to_owned(), said: Said::Broken("account-row-broken") }).collect();
    };
    let mut columns: Option<Vec<String>> = None;
    let mut lines = Vec::new();
    for Row { row, text, cells } in rows(text, delimiter) {
        let said = match (cells, &columns) {
            (Some(cells), None) => {
                if cells == table {
                    columns = Some(cells.iter().map(|c| column(c)).collect());
                }
                Said::Furniture
            }
            (None, None) => Said::Furniture,
            (None, _) => Said::Broken("account-row-broken"),
            (Some(cells), _) if cells.iter().all(|c| c.trim().is_empty()) => Said::Furniture,
            (Some(cells), Some(columns)) if cells.iter().skip(columns.len()).any(|c| !c.trim().is_empty()) => Said::Broken("account-row-broken"),
            (Some(cells), Some(columns)) => Said::Cells(columns.iter().cloned().zip(cells).filter(|(name, _)| !BESIDE.contains(&name.as_str())).collect()),
        };
        lines.push(Line { row, text, said });
    }
    lines
}

/// Whether days come before months in this file: told by a date that allows nothing else, where none tells the contrary.
fn order(lines: &[Line]) -> Option<bool> {
    let mut seen = [false; 2];
    for line in lines {
        let Said::Cells(cells) = &line.said else { continue };
        let Some(kind) = cells.iter().find(|(c, _)| c == "kind").and_then(|(_, text)| kind(text)) else { continue };
        for (name, text) in cells {
            if field_of(kind, name).is_some_and(|spec| matches!(spec.ty, Type::Edtf | Type::EdtfOrDs)) {
                match dates::slashed(text) {
                    Some((13.., ..=12)) => seen[0] = true,
                    Some((..=12, 13..)) => seen[1] = true,
                    _ => {}
                }
            }
        }
    }
    match seen {
        [true, false] => Some(true),
        [false, true] => Some(false),
        _ => None,
    }
}

// ---- what a line says ----

struct Account {
    count: Count,
    numbers: Numbers,
    /// Days before months, where the file shows it.
    order: Option<bool>,
    /// Whom the first line that says so is about.
    subject: Option<String>,
    /// A date was read by the order that another one showed.
    assumed: bool,
}

impl Account {
    fn take(&mut self, line: Line) {
        let place = Place::row(line.row);
        let cells = match line.said {
            Said::Furniture => return self.count.furniture(),
            Said::Broken(reason) => return self.count.reject(place, reason, &line.text),
            Said::Cells(cells) => cells,
        };
        let asked = cells.iter().any(|(name, _)| name != "kind");
        let empty = cells.iter().all(|(name, text)| name == "kind" || text.trim().is_empty());
        if asked && empty {
            return self.count.furniture();
        }
        match self.draft(cells, place.clone()) {
            Ok(draft) => {
                self.count.read();
                self.count.record(draft);
            }
            Err(reason) => self.count.reject(place, reason, &line.text),
        }
    }

    /// What one line says, or why it does not: a reason code.
    fn draft(&mut self, cells: Vec<(String, String)>, place: Place) -> Result<Draft, &'static str> {
        let kind = cells.iter().find(|(name, _)| name == "kind").and_then(|(_, text)| kind(text)).ok_or("account-kind-unknown")?;
        let mut fields = Fields::new();
        for (name, text) in cells.iter().map(|(name, text)| (name.as_str(), text.trim())).filter(|(name, text)| *name != "kind" && !text.is_empty()) {
            if name == "subject" {
                let about = fold(text);
                if self.subject.get_or_insert_with(|| about.clone()) != &about {
                    return Err("account-other-person");
                }
                continue;
            }
            let spec = field_of(kind, name).ok_or("account-field-unknown")?;
            for (name, value) in self.values(kind, spec, name, text)? {
                // Two columns of one meaning must not silently be one.
                if fields.get(name).is_some_and(|have| *have != value) {
                    return Err("account-value-unfit");
                }
                fields.insert(name, value);
            }
        }
        if fields.is_empty() {
            return Err("account-line-empty");
        }
        let mut draft = Draft::new(kind, place);
        draft.fields = fields;
        draft.certainty = Certainty::Said;
        draft.check().map_err(|_| "account-value-unfit")?;
        Ok(draft)
    }

    /// The fields that one cell says: its own, and beside a number or country the text as it was written.
    fn values(&mut self, kind: Kind, spec: &FieldSpec, column: &str, text: &str) -> Result<Vec<(&'static str, Value)>, &'static str> {
        let raw = |own: &str| kind.field(&format!("{own}_raw")).map(|spec| spec.name);
        let one = |value: Value| Ok(vec![(spec.name, value)]);
        match spec.ty {
            Type::Edtf => one(Value::Edtf(self.date(text)?)),
            Type::EdtfOrDs if matches!(fold(text).as_str(), "d s" | "ds" | "duration of status" | "duracion del estatus" | "duracion de estatus") => one(Value::text("D/S")),
            Type::EdtfOrDs => one(Value::Edtf(self.date(text)?)),
            Type::Country => match (countries::of_name(text), raw(spec.name)) {
                (Some(country), _) => one(Value::text(country)),
                (None, Some(raw)) => Ok(vec![(raw, Value::text(text))]),
                (None, None) => Err("account-value-unfit"),
            },
            Type::Phone => match (self.numbers.e164(text), raw(spec.name)) {
                (Some(number), Some(raw)) => Ok(vec![(spec.name, Value::text(number)), (raw, Value::text(text))]),
                (Some(number), None) => one(Value::text(number)),
                (None, Some(raw)) => Ok(vec![(raw, Value::text(text))]),
                (None, None) => Err("account-value-unfit"),
            },
            Type::Choice(names) => {
                let plain = fold(text);
                let own = WORDS.iter().find(|(other, _)| *other == plain).map_or_else(|| plain.replace(' ', "_"), |(_, own)| (*own).to_owned());
                if names.contains(&own.as_str()) { one(Value::text(own)) } else { Err("account-value-unfit") }
            }
            Type::Flag => match fold(text).as_str() {
                "true" | "yes" | "y" | "si" | "s" | "verdadero" | "x" | "1" => one(Value::Flag(true)),
                "false" | "no" | "n" | "falso" | "0" => one(Value::Flag(false)),
                _ => Err("account-value-unfit"),
            },
            Type::Number if spec.name.ends_with("_cents") => one(Value::Number(cents(text, column.ends_with("_cents")).ok_or("account-value-unfit")?)),
            Type::Hundredths => one(Value::parse(spec.ty, &text.replacen(',', ".", 1)).ok_or("account-value-unfit")?),
            Type::Text => one(Value::text(self.words(kind, spec.name, text)?)),
            ty => one(Value::parse(ty, text).ok_or("account-value-unfit")?),
        }
    }

    /// A text as it is kept: numbers of papers in their one form, agreed words in ours.
    fn words(&mut self, kind: Kind, name: &str, text: &str) -> Result<String, &'static str> {
        let agreed = |words: &[(&str, &str)]| {
            let plain = fold(text);
            words.iter().find(|(other, _)| *other == plain).map_or_else(|| text.to_owned(), |(_, own)| (*own).to_owned())
        };
        match (kind, name) {
            (_, "a_number") => ANumber::parse(text).map(|n| n.to_string()).ok_or("account-value-unfit"),
            (_, "receipt_number") => ReceiptNumber::parse(text).map(|n| n.to_string()).ok_or("account-value-unfit"),
            // The whole number is never kept, even where it was written.
            (_, "ssn_last4") => match text.chars().filter(char::is_ascii_digit).collect::<String>() {
                digits if matches!(digits.len(), 4 | 9) => Ok(digits[digits.len() - 4..].to_owned()),
                _ => Err("account-value-unfit"),
            },
            (Kind::Event | Kind::Order, "type") => Ok(agreed(TYPES)),
            (Kind::Status | Kind::Entry, "class") => Ok(agreed(CLASSES)),
            (Kind::Hearing, "at") if Instant::parse(text).is_none() => self.date(text).map(|d| d.to_string()),
            _ => Ok(text.to_owned()),
        }
    }

    /// A date that can mean one thing.
    fn date(&mut self, text: &str) -> Result<Edtf, &'static str> {
        const STILL: &[&str] = &["present", "now", "today", "current", "currently", "still", "presente", "actual", "actualmente", "hoy", "ahora", "sigue", "todavia"];
        const ABOUT: &[&str] =
            &["about ", "around ", "approximately ", "approx ", "circa ", "ca ", "aproximadamente ", "aprox ", "alrededor de ", "cerca de ", "mas o menos ", "como en ", "hacia "];
        if let Some(known) = Edtf::parse(text) {
            return Ok(known);
        }
        let plain = fold(text);
        if STILL.contains(&plain.as_str()) {
            return Edtf::parse("..").ok_or("account-date-unfit");
        }
        let about = ABOUT.iter().find_map(|word| plain.strip_prefix(word)).or_else(|| text.strip_prefix('~')).or_else(|| plain.strip_suffix(" aprox"));
        if let Some(rest) = about {
            let date = self.date(rest)?;
            return if date.is_interval() || date.is_approximate() { Ok(date) } else { Edtf::parse(&format!("{date}~")).ok_or("account-date-unfit") };
        }
        for between in [" - ", " – ", " to ", " a ", " al ", " hasta "] {
            if let Some((from, to)) = text.split_once(between) {
                let (from, to) = (self.date(from.trim())?, self.date(to.trim())?);
                return Edtf::parse(&format!("{from}/{to}")).ok_or("account-date-unfit");
            }
        }
        let day_first = match dates::slashed(text) {
            Some((13.., _)) => true,
            Some((a, b)) if a != b && b <= 12 => {
                self.assumed |= self.order.is_some();
                self.order.ok_or("account-date-two-ways")?
            }
            _ => false,
        };
        dates::edtf(text, Manner { day_first, short_years: false }).ok_or("account-date-unfit")
    }
}

/// Money in cents: a plain number is cents in a column of cents, and money elsewhere.
fn cents(text: &str, in_cents: bool) -> Option<i64> {
    let bare = text.trim().trim_start_matches(['$', ' ']).trim_end_matches([' ', '$']);
    let bare = bare.strip_prefix("USD").or_else(|| bare.strip_suffix("USD")).unwrap_or(bare).trim();
    if in_cents && bare == text.trim() && bare.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return bare.parse().ok();
    }
    let (negative, bare) = bare.strip_prefix('-').map_or((false, bare), |rest| (true, rest));
    // The last mark parts cents where two figures follow it; groups of three are thousands.
    let mark = bare.rfind(['.', ',']);
    let (whole, part) = match mark {
        Some(at) if bare.len() - at == 3 => (&bare[..at], &bare[at + 1..]),
        _ => (bare, "00"),
    };
    let mut groups = whole.split([',', '.', ' ', '\u{a0}']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|g| g.len() == 3));
    let digits = format!("{first}{}{part}", rest.concat());
    if !grouped || first.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let cents: i64 = digits.parse().ok()?;
    Some(if negative { -cents } else { cents })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hear;
    use proptest::prelude::*;

    #[test]
    fn an_empty_form_is_recognised_and_says_nothing() {
        for (csv, spanish) in [(true, false), (true, true), (false, false), (false, true)] {
            let form = template(csv, spanish);
            let (report, heard) = hear("form", form.as_bytes());
            assert_eq!((report.kind.as_str(), report.state), ("account", State::Read), "{form}");
            assert_eq!((report.units, report.furniture), (form.lines().count() as u64, report.units), "{form}");
            assert!(heard.drafts.is_empty());
        }
    }

    /// A value that fits each type, as a client writes it.
    fn sample(spec: &FieldSpec) -> &'static str {
        match (spec.name, spec.ty) {
            ("a_number", _) => "A012345678",
            ("receipt_number", _) => "EAC9999103402",
            ("ssn_last4", _) => "1234",
            (_, Type::Edtf | Type::EdtfOrDs) => "2019-07",
            ("at", _) => "2019-07-15T10:00",
            (_, Type::Instant) => "2019-07-15T10:00:00Z",
            (_, Type::Phone) => "+14155552671",
            (_, Type::Choice(names)) => names[0],
            (_, Type::Number) => "7",
            (_, Type::Hundredths) => "8.5",
            (_, Type::Flag) => "yes",
            (_, Type::Country) => "Mexico",
            (_, Type::Text | Type::Texts) => "words",
        }
    }

    #[test]
    fn every_kind_and_field_of_the_vocabulary_can_be_said_in_both_languages() {
        for kind in Kind::ALL.iter().filter(|k| **k != Kind::Page) {
            let spanish_kind = KINDS.iter().find(|(_, k)| k == kind).map(|(es, _)| *es).unwrap();
            for spec in kind.fields() {
                let spanish = COLUMNS.iter().find(|(_, en)| *en == spec.name).map_or(spec.name, |(es, _)| es);
                let line = format!(
                    "{}\n{}\n",
                    serde_json::json!({"kind": kind.as_str(), spec.name: sample(spec)}),
                    serde_json::json!({"Clase": spanish_kind, spanish.to_uppercase(): sample(spec)})
                );
                let (report, heard) = hear("said.jsonl", line.as_bytes());
                assert_eq!((report.kind.as_str(), report.records), ("account", 2), "{line} {:?}", heard.reasons());
                assert!(heard.drafts.iter().all(|d| d.fields.contains_key(spec.name) && d.fields == heard.drafts[0].fields), "{line}");
            }
        }
    }

    #[test]
    fn a_table_as_spreadsheets_save_it() {
        let rows = "kind;start;end;employer;household_employer;on;port_raw;text\r\n\
            job;07/2019;present;\"Panadería; Sol\r\nNorte\";no;;;\r\n\
            ;;;;;;;\r\n\
            trabajo;julio 2019;marzo de 2021;Luz;sí;;;\r\n\
            entry;;;;;15/05/2014;Nogales;\r\n\
            exit;;;;;03/04/2019;;\r\n\
            address;about 2018;..;;;;;\"12 \"\"A\"\" St\"\r\n\
            job;;;;;;;\r\n";
        let want = [
            "row:2 job employer=Panadería; Sol\r\nNorte end=.. household_employer=false start=2019-07",
            "row:5 job employer=Luz end=2021-03 household_employer=true start=2019-07",
            "row:6 entry on=2014-05-15 port_raw=Nogales",
            "row:7 exit on=2019-04-03",
            "row:8 address end=.. start=2018~ text=12 \"A\" St",
        ];
        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend(rows.encode_utf16().flat_map(u16::to_le_bytes));
        let latin: Vec<u8> = rows.chars().map(|c| c as u32 as u8).collect();
        let with_mark = format!("\u{feff}{rows}").into_bytes();
        for bytes in [rows.as_bytes().to_vec(), with_mark, utf16, latin] {
            let (report, heard) = hear("account.csv", &bytes);
            assert_eq!(heard.told(), want);
            assert_eq!((report.units, report.units_read, report.furniture, report.rejects), (8, 5, 3, 0));
            assert_eq!(report.assumed, ["day-first"]);
        }
        // A line that spreadsheets put first, and a title.
        let (report, heard) = hear("account.csv", format!("sep=;\r\nMy papers\r\n{rows}").as_bytes());
        assert_eq!((report.units, report.units_read, heard.drafts.len()), (10, 5, 5));
    }

    #[test]
    fn dates_that_could_be_two_days_are_asked_for_again() {
        for (on, want) in [
            ("2019-07-15", "2019-07-15"),
            ("05/05/2019", "2019-05-05"),
            ("07/15/2019", "2019-07-15"),
            ("15/07/2019", "2019-07-15"),
            ("July 2019", "2019-07"),
            ("2019", "2019"),
            ("~2018", "2018~"),
            ("aproximadamente julio 2018", "2018-07~"),
            ("2014/2016", "2014/2016"),
            ("2018?", "2018?"),
            ("03/04/2019", "account-date-two-ways"),
            ("07/15/19", "account-date-unfit"),
            ("summer", "account-date-unfit"),
            ("2019-02-30", "account-date-unfit"),
            ("43661", "account-date-unfit"),
        ] {
            let (_, heard) = hear("said.jsonl", format!("{}\n", serde_json::json!({"kind": "event", "on": on})).as_bytes());
            let got = heard.drafts.first().map_or_else(|| heard.rejects[0].reason.clone(), |d| d.fields["on"].to_text());
            assert_eq!(got, want, "{on}");
        }
        let both = "kind,on\nevent,15/07/2019\nevent,07/15/2019\nevent,03/04/2019\n";
        let (report, heard) = hear("said.csv", both.as_bytes());
        assert_eq!((report.units_read, heard.reasons()), (2, vec!["row:4 account-date-two-ways".to_owned()]));
    }

    #[test]
    fn facts_the_clocks_read() {
        let text = r#"{"kind":"status","class":"LPR","start":"2018-03-01"}
{"kind":"entry","on":"2014-05","class":"EWI"}
{"kind":"entry","on":"2015-05-01","class":"F1","admit_until":"D/S","subject":"client","id":"ab","certainty":"set"}
{"kind":"order","on":"2020-01-02","type":"nta_served","complete":false,"court":null}
{"kind":"job","employer":"Sol","start":"2019-01","authorized":false}
{"kind":"event","type":"matrimonio","on":"2016-02-14"}
{"kind":"filing","form":"I-130","on":"2019-03-04","receipt_number":"eac-99-991-03402"}
{"kind":"identity","birth_date":"1985-07-12","birth_country":"México","a_number":"A 12 345 678"}
{"kind":"status","class":"residente permanente","start":"2018"}
{"kind":"earnings","year":2019,"amount":"$1,900.50","currency":"USD"}
"#;
        let (report, heard) = hear("facts.jsonl", text.as_bytes());
        assert_eq!((report.units, report.units_read), (10, 10), "{:?}", heard.reasons());
        assert_eq!(
            heard.told()[3..],
            [
                "row:4 order complete=false on=2020-01-02 type=nta_served",
                "row:5 job authorized=false employer=Sol start=2019-01",
                "row:6 event on=2016-02-14 type=marriage",
                "row:7 filing form=I-130 on=2019-03-04 receipt_number=EAC9999103402",
                "row:8 identity a_number=A012345678 birth_country=MX birth_date=1985-07-12",
                "row:9 status class=LPR start=2018",
                "row:10 earnings amount_cents=190050 currency=USD year=2019",
            ]
        );
    }

    #[test]
    fn lines_that_cannot_be_taken_say_why() {
        let text = r#"{"kind":"job","employer":"Sol","subject":"client"}
{"kind":"job","employer":"Luna","subject":"spouse"}
{"kind":"wish","text":"x"}
{"kind":"page","text":"x"}
{"kind":"job","salary":"5"}
{"kind":"job"}
not json
{"kind":"identity","ssn_last4":"123-45-6789","role":"cliente"}
{"kind":"identity","ssn_last4":"12"}
{"kind":"address","country":"Atlantis"}
{"kind":"identity","birth_country":"Atlantis"}
{"kind":"filing","receipt_number":"EAC1"}

{"kind":"event","text":{"a":1}}
{"kind":"call","at":"2019-07-15T10:00:00Z","number":"88811"}
"#;
        let (report, heard) = hear("said.jsonl", text.as_bytes());
        assert_eq!((report.units, report.units_read, report.furniture, report.rejects), (15, 4, 1, 10));
        assert_eq!(
            heard.reasons(),
            [
                "row:2 account-other-person",
                "row:3 account-kind-unknown",
                "row:4 account-kind-unknown",
                "row:5 account-field-unknown",
                "row:6 account-line-empty",
                "row:7 account-line-not-json",
                "row:9 account-value-unfit",
                "row:10 account-value-unfit",
                "row:12 account-value-unfit",
                "row:14 account-value-unfit",
            ]
        );
        assert_eq!(
            heard.told()[1..],
            ["row:8 identity role=client ssn_last4=6789", "row:11 identity birth_country_raw=Atlantis", "row:15 call at=2019-07-15T10:00:00Z number_raw=88811"]
        );
    }

    #[test]
    fn objects_in_a_list_or_over_several_lines() {
        for text in [
            "[{\"kind\":\"job\",\"employer\":\"Sol\"}, {\"kind\":\"event\",\"on\":\"2020\"}]",
            "{\n \"kind\": \"job\",\n \"employer\": \"Sol\"\n}\n{\n \"clase\": \"hecho\",\n \"fecha\": \"2020\"\n}\n",
        ] {
            let (report, heard) = hear("said.json", text.as_bytes());
            assert_eq!((report.kind.as_str(), report.units, report.units_read), ("account", 2, 2), "{text}");
            assert_eq!(heard.told(), ["row:1 job employer=Sol", "row:2 event on=2020"]);
        }
    }

    #[test]
    fn a_quote_that_never_closes_costs_its_own_row() {
        let (report, heard) = hear("a.csv", b"kind,on,text\nevent,2019,\"open\nevent,2020,x\n");
        assert_eq!((report.units, report.units_read, heard.reasons()), (3, 1, vec!["row:2 account-row-broken".to_owned()]));
        assert_eq!(heard.told(), ["row:3 event on=2020 text=x"]);
    }

    #[test]
    fn money_as_people_write_it() {
        for (text, in_cents, want) in [
            ("1900", true, Some(1_900)),
            ("1900", false, Some(190_000)),
            ("$1,900.50", true, Some(190_050)),
            ("1.900,50", false, Some(190_050)),
            ("1 900,50", false, Some(190_050)),
            ("-12.00", false, Some(-1_200)),
            ("1,900", false, Some(190_000)),
            ("12.5", false, None),
            ("1,90,000", false, None),
            ("much", false, None),
            ("", false, None),
        ] {
            assert_eq!(cents(text, in_cents), want, "{text}");
        }
    }

    #[test]
    fn other_tables_and_texts_are_no_account() {
        for text in ["kind,colour\nred,blue\n", "{\"kind\":\"wish\"}\n", "date,kind of call,number\n1,2,3\n", "hello\n", "clase,alumnos\n3A,20\n"] {
            assert_ne!(hear("x", text.as_bytes()).0.kind, "account", "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_counted(lines in proptest::collection::vec("[ -~á\"]{0,40}", 0..8), delimiter in prop_oneof![Just(','), Just(';'), Just('\t')]) {
            let text = format!("kind{delimiter}on{delimiter}text\nevent{delimiter}2019{delimiter}a\n{}", lines.join("\n"));
            let (report, heard) = hear("a.csv", text.as_bytes());
            prop_assert_eq!(report.kind.as_str(), "account");
            prop_assert_eq!(heard.rejects.len() as u64 + heard.drafts.len() as u64 + report.furniture, report.units);
        }
    }
}
