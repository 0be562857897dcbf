//! One fact once: the same paper's fact seen in several sources, with the strongest source's words.
//!
//! Facts are one where their key fields are all known and equal after normalisation ([`KEYS`]), and
//! they are one person's. Messages may differ by a minute. Calls are merged in [`crate::calls`].

use crate::names::plain;
use crate::pairing::pair_up;
use crate::view::{View, print_order, strength_order};
use amparo_model::{Kind, Record, Value};
use std::collections::BTreeMap;

/// The fields that make two records of a kind one fact. `?` before a field: equal or absent in both.
const KEYS: &[(Kind, &[&str])] = &[
    (Kind::Earnings, &["?employer_id", "year", "basis", "amount_cents"]),
    (Kind::Pay, &["employer", "?period", "paid_on", "?gross_cents"]),
    (Kind::Deposit, &["at", "amount_cents", "?payer_raw", "?account_last4"]),
    (Kind::Job, &["employer", "start", "?end"]),
    (Kind::Entry, &["on", "?port_raw"]),
    (Kind::Exit, &["on", "?port_raw"]),
    (Kind::Status, &["class", "start"]),
    (Kind::Filing, &["form", "on", "?receipt_number"]),
    (Kind::Notice, &["form", "on", "receipt_number"]),
    (Kind::Hearing, &["at", "?court"]),
    (Kind::Order, &["on", "type", "?court", "?form"]),
    (Kind::Encounter, &["on", "?place"]),
    (Kind::TravelDocument, &["number", "issuer"]),
    (Kind::Identity, &["name", "?birth_date", "?a_number"]),
    (Kind::Address, &["text", "?start", "?end"]),
    (Kind::Event, &["on", "type", "?text"]),
    (Kind::Contact, &["name", "?numbers", "?emails"]),
];

fn key(record: &Record) -> Option<String> {
    let (_, fields) = KEYS.iter().find(|(k, _)| *k == record.kind)?;
    let mut key = format!("{}\u{1f}{:?}", record.kind, record.subject.map(|s| s.0));
    for field in *fields {
        let (name, optional) = field.strip_prefix('?').map_or((*field, false), |f| (f, true));
        let text = match record.fields.get(name) {
            Some(Value::Text(t)) => plain(t),
            Some(v) => v.to_text(),
            None if optional => String::new(),
            None => return None,
        };
        key.push('\u{1f}');
        key.push_str(&text);
    }
    Some(key)
}

/// The records of the view, each fact once, in the order they are printed. No record is lost: each is
/// a record of the answer or in the `also` of one.
pub fn merge(view: &View<'_>) -> Vec<Record> {
    let mut groups: BTreeMap<(String, u32), Vec<&Record>> = BTreeMap::new();
    let mut alone: Vec<&Record> = Vec::new();
    let mut messages: Vec<&Record> = Vec::new();
    let mut sorted: Vec<&Record> = view.records.iter().collect();
    sorted.sort_by(|a, b| print_order(a, b));
    // Two equal deposits of one statement are two: the first pairs with the first of another source.
    let mut nth: BTreeMap<(String, amparo_model::Sha256), u32> = BTreeMap::new();
    for record in sorted {
        match key(record) {
            Some(key) => {
                let n = if record.kind == Kind::Deposit {
                    let n = nth.entry((key.clone(), record.provenance.original)).or_default();
                    *n += 1;
                    *n
                } else {
                    0
                };
                groups.entry((key, n)).or_default().push(record);
            }
            None if record.kind == Kind::Message && record.instant("at").is_some() => messages.push(record),
            None => alone.push(record),
        }
    }
    let mut out: Vec<Record> = alone.into_iter().cloned().collect();
    out.extend(groups.into_values().map(fold));
    out.extend(merge_messages(view, messages));
    out.sort_by(print_order);
    out
}

fn merge_messages(view: &View<'_>, messages: Vec<&Record>) -> Vec<Record> {
    let mut names: BTreeMap<String, u64> = BTreeMap::new();
    let mut sources: BTreeMap<(amparo_model::Sha256, &str), u32> = BTreeMap::new();
    let mut entries: Vec<(u64, i64, u32, &Record)> = Vec::new();
    for m in messages {
        let next = names.len() as u64;
        let text = m.text("text").map(plain).unwrap_or_default();
        let group = format!("{:?}\u{1f}{}\u{1f}{text}", m.subject, m.text("number").or(m.text("number_raw")).unwrap_or_default());
        let group = *names.entry(group).or_insert(next);
        let next = sources.len() as u32;
        let source = *sources.entry((m.provenance.original, &m.provenance.place.inside)).or_insert(next);
        let Some(at) = m.instant("at") else { continue };
        entries.push((group, crate::calls::place_ms(at, &view.zone), source, m));
    }
    entries.sort_by(|a, b| (a.0, a.1, a.3.id).cmp(&(b.0, b.1, b.3.id)));
    let paired = pair_up(&entries, 60_000, |e| (e.0, e.1, e.2), |a, b| {
        let (x, y) = (a.3.text("direction"), b.3.text("direction"));
        x == y || x.is_none_or(|d| d == "unknown") || y.is_none_or(|d| d == "unknown")
    });
    let mut groups: BTreeMap<u32, Vec<&Record>> = BTreeMap::new();
    for (i, leader) in paired.leader.iter().enumerate() {
        groups.entry(*leader).or_default().push(entries[i].3);
    }
    groups.into_values().map(fold).collect()
}

/// The strongest source's record, lacking fields from the next, the others in `also`.
pub(crate) fn fold(mut group: Vec<&Record>) -> Record {
    group.sort_by(|a, b| strength_order(a, b));
    let mut out = group[0].clone();
    for other in &group[1..] {
        for (name, value) in &other.fields {
            out.fields.entry(name).or_insert_with(|| value.clone());
        }
        out.also.push((other.id, other.provenance.clone()));
        out.also.extend(other.also.iter().cloned());
    }
    out
}
