//! The client's account: what the client says, written in our own vocabulary as CSV or JSON Lines.
//!
//! A unit is a line (JSON Lines) or a row below the header (CSV); blank lines and the header are
//! furniture. Column names and kinds may be English or Spanish. Everything is `said`; whether a
//! representative sets it is decided and logged by the office, not here.

use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::record::{Fields, Type};
use amparo_model::{Certainty, Draft, Kind, Place, Reject, Report, State, Value};
use std::io::{BufRead, BufReader, Read};

pub const READER: Reader = Reader { name: "account", version: 1, recognise, read };

/// The longest line of JSON, and the most bytes of one CSV file, that an account may have.
const LONGEST_LINE: u64 = 1 << 20;

/// Spanish words for kinds and columns, as the Spanish template has them.
const SPANISH_KINDS: &[(&str, Kind)] = &[
    ("trabajo", Kind::Job),
    ("domicilio", Kind::Address),
    ("entrada", Kind::Entry),
    ("salida", Kind::Exit),
    ("identidad", Kind::Identity),
    ("hecho", Kind::Event),
    ("estatus", Kind::Status),
    ("solicitud", Kind::Filing),
    ("orden", Kind::Order),
    ("pago", Kind::Pay),
    ("encuentro", Kind::Encounter),
    ("audiencia", Kind::Hearing),
    ("aviso", Kind::Notice),
    ("ingresos", Kind::Earnings),
];
const SPANISH_COLUMNS: &[(&str, &str)] = &[
    ("clase", "kind"),
    ("fecha", "on"),
    ("inicio", "start"),
    ("fin", "end"),
    ("empleador", "employer"),
    ("puesto", "role"),
    ("lugar", "place"),
    ("empleador_es_persona", "household_employer"),
    ("texto", "text"),
    ("ciudad", "city"),
    ("estado", "region"),
    ("codigo_postal", "postal_code"),
    ("pais", "country"),
    ("tipo", "type"),
    ("nombre", "name"),
    ("nombres", "given_names"),
    ("apellidos", "surname"),
    ("fecha_de_nacimiento", "birth_date"),
    ("pais_de_nacimiento", "birth_country"),
    ("puerto", "port_raw"),
    ("clase_de_admision", "class"),
    ("admitido_hasta", "admit_until"),
    ("formulario", "form"),
    ("numero_de_recibo", "receipt_number"),
    ("agencia", "agency"),
];

/// An empty form with one example row commented by its own words: `csv` or `jsonl`, English or Spanish.
pub fn template(csv: bool, spanish: bool) -> String {
    const COLUMNS: &[&str] = &[
        "kind", "on", "start", "end", "employer", "role", "place", "household_employer", "text", "city", "region", "postal_code", "country", "type",
        "name", "birth_date", "birth_country", "port_raw", "class", "admit_until", "form", "receipt_number", "agency",
    ];
    if csv {
        let name = |c: &&'static str| -> &'static str { SPANISH_COLUMNS.iter().find(|(_, en)| en == c && spanish).map_or(*c, |(es, _)| *es) };
        return COLUMNS.iter().map(name).collect::<Vec<_>>().join(",") + "\n";
    }
    let examples: &[&[(&str, &str)]] = &[
        &[("kind", "job"), ("employer", ""), ("role", ""), ("start", "2019-03"), ("end", "2021-08"), ("place", "")],
        &[("kind", "address"), ("text", ""), ("city", ""), ("region", ""), ("start", "2018~"), ("end", "..")],
        &[("kind", "entry"), ("on", "2014-05"), ("port_raw", "")],
        &[("kind", "event"), ("on", "2016-02-14"), ("type", "marriage"), ("text", "")],
    ];
    let line = |fields: &&[(&str, &str)]| {
        let all: Vec<String> = fields
            .iter()
            .map(|(name, value)| {
                let name = SPANISH_COLUMNS.iter().find(|(_, en)| spanish && en == name).map_or(*name, |(es, _)| *es);
                let kind = Kind::parse(value).and_then(|k| SPANISH_KINDS.iter().find(|(_, have)| spanish && *have == k));
                format!("\"{name}\": \"{}\"", kind.map_or(*value, |(es, _)| *es))
            })
            .collect();
        format!("{{{}}}\n", all.join(", "))
    };
    examples.iter().map(line).collect()
}

fn column(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}').to_lowercase().replace([' ', '-'], "_");
    let plain = name.replace('ó', "o").replace('í', "i").replace('ú', "u").replace('é', "e").replace('á', "a");
    SPANISH_COLUMNS.iter().find(|(es, _)| *es == plain).map_or(plain, |(_, en)| (*en).to_owned())
}

fn kind(text: &str) -> Option<Kind> {
    let text = text.trim().to_lowercase();
    Kind::parse(&text).or_else(|| SPANISH_KINDS.iter().find(|(es, _)| *es == text).map(|(_, k)| *k))
}

fn recognise(head: &Head<'_>) -> Sure {
    let text = String::from_utf8_lossy(head.first);
    let Some(line) = text.trim_start_matches('\u{feff}').lines().find(|l| !l.trim().is_empty()) else {
        return Sure::No;
    };
    if line.trim_start().starts_with('{') {
        let object: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(line).ok();
        let known = object.and_then(|o| o.iter().find(|(name, _)| column(name) == "kind").and_then(|(_, v)| v.as_str().and_then(kind)));
        return if known.is_some() { Sure::Yes } else { Sure::No };
    }
    let mut cells = line.split([',', ';', '\t']).map(|c| column(c.trim_matches('"')));
    let known = |c: &String| Kind::ALL.iter().any(|k| k.field(c).is_some());
    if cells.next().as_deref() == Some("kind") && cells.clone().count() > 0 && cells.all(|c| known(&c)) { Sure::Yes } else { Sure::No }
}

/// What one line says, or why it does not: a reason code.
fn draft(row: u64, cells: impl Iterator<Item = (String, String)>) -> Result<Draft, &'static str> {
    let mut of = None;
    let mut rest = Vec::new();
    for (name, text) in cells {
        match column(&name).as_str() {
            "kind" => of = kind(&text),
            _ if text.trim().is_empty() => {}
            column => rest.push((column.to_owned(), text)),
        }
    }
    let kind = of.ok_or("account-kind-unknown")?;
    let mut fields = Fields::new();
    for (name, text) in rest {
        let spec = kind.field(&name).ok_or("account-field-unknown")?;
        // An open end is written `..` in the form; the record leaves it to the start's interval.
        let value = match (spec.ty, text.trim()) {
            (Type::Edtf, "..") => continue,
            (ty, text) => Value::parse(ty, text).ok_or("account-value-unfit")?,
        };
        fields.insert(spec.name, value);
    }
    if fields.is_empty() {
        return Err("account-line-empty");
    }
    let mut draft = Draft::new(kind, Place::row(row));
    draft.fields = fields;
    draft.certainty = Certainty::Said;
    Ok(draft)
}

struct Counting<'s> {
    report: Report,
    drafts: Vec<Draft>,
    inside: String,
    sink: &'s mut dyn Sink,
}

impl Counting<'_> {
    fn take(&mut self, row: u64, made: Result<Draft, &'static str>, text: &str) -> Result<(), Stop> {
        self.report.units += 1;
        match made {
            Ok(mut draft) => {
                draft.place.inside.clone_from(&self.inside);
                self.report.units_read += 1;
                self.report.records += 1;
                self.drafts.push(draft);
                if self.drafts.len() >= 1_000 {
                    self.sink.drafts(std::mem::take(&mut self.drafts))?;
                }
            }
            Err(reason) => {
                self.report.rejects += 1;
                self.sink.rejects(vec![Reject::new(Place::row(row).inside(&self.inside), reason, text)])?;
            }
        }
        Ok(())
    }

    fn furniture(&mut self) {
        self.report.units += 1;
        self.report.furniture += 1;
    }
}

fn read(file: &mut File<'_>, _tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    let report = Report::reading("account", "account@1");
    let mut counting = Counting { report, drafts: Vec::new(), inside: file.inside.clone(), sink };
    let mut first = BufReader::new(&mut *file.body);
    let is_json = match first.fill_buf() {
        Ok(bytes) => bytes.iter().find(|b| !b.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(b)) == Some(&b'{'),
        Err(_) => return Ok(Report::unread("account", State::PartlyRead, "cannot-read-bytes")),
    };
    if is_json { json_lines(first, &mut counting)? } else { rows(first, &mut counting)? }
    let Counting { mut report, drafts, sink, .. } = counting;
    if !drafts.is_empty() {
        sink.drafts(drafts)?;
    }
    if report.rejects > 0 && report.reason.is_none() {
        report.state = State::PartlyRead;
    }
    Ok(report)
}

fn json_lines(mut body: impl BufRead, counting: &mut Counting<'_>) -> Result<(), Stop> {
    for row in 1.. {
        let mut line = Vec::new();
        match (&mut body).take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(_) => {
                counting.report.state = State::PartlyRead;
                counting.report.reason = Some("cannot-read-bytes".into());
                break;
            }
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            counting.furniture();
            continue;
        }
        let made = match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text) {
            Err(_) => Err("account-line-not-json"),
            Ok(object) => draft(
                row,
                object.into_iter().map(|(name, value)| {
                    let text = match value {
                        serde_json::Value::String(t) => t,
                        serde_json::Value::Array(items) => {
                            items.iter().map(|i| i.as_str().map_or_else(|| i.to_string(), str::to_owned)).collect::<Vec<_>>().join("; ")
                        }
                        other => other.to_string(),
                    };
                    (name, text)
                }),
            ),
        };
        counting.take(row, made, text)?;
    }
    Ok(())
}

fn rows(body: impl Read, counting: &mut Counting<'_>) -> Result<(), Stop> {
    let mut text = Vec::new();
    if body.take(64 << 20).read_to_end(&mut text).is_err() {
        counting.report.state = State::PartlyRead;
        counting.report.reason = Some("cannot-read-bytes".into());
    }
    let text = String::from_utf8(text).unwrap_or_else(|e| e.into_bytes().iter().map(|b| *b as char).collect());
    let header_line = text.lines().next().unwrap_or("");
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| header_line.bytes().filter(|b| b == d).count()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut header: Option<Vec<String>> = None;
    for (n, row) in reader.records().enumerate() {
        let n = n as u64 + 1;
        let Ok(row) = row else {
            counting.take(n, Err("account-row-broken"), "")?;
            continue;
        };
        let joined = row.iter().collect::<Vec<_>>().join(",");
        match &header {
            None => {
                header = Some(row.iter().map(str::to_owned).collect());
                counting.furniture();
            }
            Some(_) if row.iter().all(|c| c.trim().is_empty()) => counting.furniture(),
            Some(columns) if row.len() > columns.len() => counting.take(n, Err("account-row-broken"), &joined)?,
            Some(columns) => {
                let made = draft(n, columns.iter().cloned().zip(row.iter().map(str::to_owned)));
                counting.take(n, made, &joined)?;
            }
        }
    }
    Ok(())
}
