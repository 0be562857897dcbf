//! The published shapes: what each kind of line must have, and what else it may have. Written from the vocabulary's own pages, not from the code.

use crate::place::text;
use serde_json::Value;

/// What a line of one command looks like.
pub struct Shape {
    pub must: &'static [&'static str],
    pub may: &'static [&'static str],
}

pub const FILE: Shape = Shape {
    must: &["original", "name", "kind", "units", "units_read", "state", "records", "furniture", "rejects", "pages", "pages_unread"],
    may: &["file", "path", "inside", "subject", "reason", "covers", "reader", "assumed", "already_held", "companions"],
};
pub const REJECT: Shape = Shape { must: &["original", "name", "reason"], may: &["file", "inside", "row", "page", "text", "masked"] };
pub const ADDED: Shape = Shape { must: &["files", "kept", "already_held", "read", "unread", "refused", "records", "readable_copies"], may: &[] };
pub const TIMELINE: Shape = Shape { must: &["when", "lane", "records", "says"], may: &["subject"] };
pub const FINDING: Shape = Shape { must: &["id", "type", "severity", "about", "says", "because"], may: &["when", "subject", "resolution"] };
pub const COVERAGE: Shape = Shape { must: &["claim", "months", "gaps"], may: &["subject", "ask"] };
pub const CALLS: Shape = Shape { must: &["month", "in", "out", "missed", "minutes", "first", "last"], may: &["number", "number_masked", "name", "subject", "line"] };
pub const HIT: Shape = Shape { must: &["snippet", "score"], may: &["record", "original", "inside", "page", "case"] };
pub const SEARCHED: Shape = Shape { must: &["searched_pages", "pages", "hits"], may: &["case"] };
pub const LOG: Shape = Shape { must: &["seq", "at", "member", "what"], may: &["purpose"] };
pub const VERIFY: Shape = Shape { must: &["ok", "broken", "litter", "head_words"], may: &["since"] };

/// The fields of each kind of record.
const KINDS: &[(&str, &[&str])] = &[
    ("call", &["at", "zone", "zone_because", "direction", "outcome", "duration_s", "number", "number_raw", "name", "line", "service", "place_raw"]),
    ("message", &["at", "zone", "zone_because", "direction", "number", "number_raw", "name", "participants", "line", "service", "text", "attachments", "thread"]),
    ("contact", &["name", "numbers", "emails", "organization"]),
    ("job", &["employer", "role", "start", "end", "place", "household_employer", "authorized"]),
    ("earnings", &["employer", "employer_id", "year", "amount_cents", "currency", "basis"]),
    ("pay", &["employer", "period", "paid_on", "gross_cents", "net_cents", "currency", "hours"]),
    ("deposit", &["at", "amount_cents", "currency", "payer_raw", "account_last4"]),
    ("entry", &["on", "port_raw", "port", "class", "admit_until", "i94_number"]),
    ("exit", &["on", "port_raw", "port"]),
    ("status", &["class", "start", "end"]),
    ("filing", &["form", "on", "receipt_number", "agency", "principal", "beneficiary"]),
    ("notice", &["form", "type", "on", "receipt_number", "text"]),
    ("hearing", &["at", "court", "judge", "type"]),
    ("order", &["on", "court", "type", "form", "until", "complete"]),
    ("encounter", &["on", "place", "agency"]),
    (
        "travel_document",
        &["type", "number", "issuer", "issuer_raw", "issued", "expires", "surname", "given_names", "nationality", "nationality_raw", "birth_date", "sex", "mrz_valid"],
    ),
    ("identity", &["name", "surname", "given_names", "birth_date", "birth_country", "birth_country_raw", "a_number", "ssn_last4", "role"]),
    ("address", &["text", "lines", "city", "region", "postal_code", "country", "start", "end"]),
    ("page", &["text", "words", "machine_read"]),
    ("event", &["on", "type", "text"]),
];
const EVERY_RECORD: Shape = Shape { must: &["id", "kind", "certainty", "provenance"], may: &["subject", "also", "confidence", "by", "because", "masked", "number_masked"] };
const PROVENANCE: Shape = Shape { must: &["original", "name", "reader"], may: &["inside", "page", "region", "row"] };
/// What a masked record never has.
const HIDDEN: &[&str] = &["number", "number_raw", "name", "participants", "text", "emails", "numbers", "organization", "employer", "payer_raw"];

pub fn fits(line: &Value, shape: &Shape) {
    fits_with(line, shape, &[]);
}

fn fits_with(line: &Value, shape: &Shape, more: &[&str]) {
    let object = line.as_object().unwrap_or_else(|| panic!("an object: {line}"));
    for name in shape.must {
        assert!(object.contains_key(*name), "{name} is missing: {line}");
    }
    for name in object.keys() {
        let known = shape.must.iter().chain(shape.may).chain(more).any(|n| n == name);
        assert!(known, "{name} is no field of this line: {line}");
    }
    no_empty_values(line, line);
}

/// Absent means unknown: no null, no empty text.
fn no_empty_values(value: &Value, line: &Value) {
    match value {
        Value::Null => panic!("a null in {line}"),
        Value::String(text) => assert!(!text.is_empty(), "an empty text in {line}"),
        Value::Array(all) => all.iter().for_each(|v| no_empty_values(v, line)),
        Value::Object(all) => all.values().for_each(|v| no_empty_values(v, line)),
        Value::Bool(_) | Value::Number(_) => {}
    }
}

/// One record to the letter.
pub fn record(line: &Value) {
    let kind = text(line, "kind");
    let (_, fields) = KINDS.iter().find(|(name, _)| *name == kind).unwrap_or_else(|| panic!("{kind} is a kind"));
    fits_with(line, &EVERY_RECORD, fields);
    assert!(is_hex(&text(line, "id"), 32), "{line}");
    provenance(&line["provenance"]);
    for also in line["also"].as_array().into_iter().flatten() {
        assert!(is_hex(&text(also, "id"), 32), "{line}");
        provenance(&also["provenance"]);
    }
    let certainty = text(line, "certainty");
    assert!(["stated", "read", "said", "set", "derived"].contains(&certainty.as_str()), "{line}");
    assert_eq!(line.get("confidence").is_some(), certainty == "read", "{line}");
    assert_eq!(line.get("by").is_some(), certainty == "set", "{line}");
    if line.get("masked").is_some() {
        assert_eq!(line["masked"], true);
        assert!(HIDDEN.iter().all(|name| line.get(*name).is_none()), "{line}");
    }
    if let Some(list) = line["also"].as_array() {
        assert!(!list.is_empty(), "{line}");
    }
}

fn provenance(value: &Value) {
    fits(value, &PROVENANCE);
    assert!(is_hex(&text(value, "original"), 64), "{value}");
    let reader = text(value, "reader");
    let versioned = reader.split_once('@').is_some_and(|(name, version)| !name.is_empty() && version.parse::<u32>().is_ok());
    assert!(versioned, "{value}");
    if let Some(region) = value["region"].as_array() {
        assert!(region.len() == 4 && region.iter().all(|n| n.as_f64().is_some_and(|n| (0.0..=1.0).contains(&n))), "{value}");
    }
    assert!(!(value.get("row").is_some() && value.get("page").is_some()), "{value}");
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The published order of records.
pub fn in_order(records: &[Value]) {
    let key = |r: &Value| {
        let p = &r["provenance"];
        let region = |i: usize| (p["region"][i].as_f64().unwrap_or(0.0) * 1e6) as i64;
        (
            text(p, "original"),
            p["inside"].as_str().unwrap_or("").to_owned(),
            p["page"].as_u64().unwrap_or(0),
            region(1),
            region(0),
            p["row"].as_u64().unwrap_or(0),
            text(r, "kind"),
            text(r, "id"),
        )
    };
    for pair in records.windows(2) {
        assert!(key(&pair[0]) < key(&pair[1]), "out of order:\n{}\n{}", pair[0], pair[1]);
    }
}

/// A file's counts add up.
pub fn adds_up(file: &Value) {
    fits(file, &FILE);
    let n = |name: &str| file[name].as_u64().unwrap_or_else(|| panic!("{name} is a count: {file}"));
    assert_eq!(n("units"), n("units_read") + n("furniture") + n("rejects") + n("pages_unread"), "{file}");
    assert!(["read", "partly_read", "unread", "refused", "withdrawn"].contains(&file["state"].as_str().unwrap_or_default()), "{file}");
    assert_eq!(file["state"] == "read", file.get("reason").is_none(), "{file}");
}
