//! One fact once: the same paper's fact seen in several sources, with the strongest source's words.
//!
//! Facts are one where their key fields are all known and equal after normalisation ([`KEYS`]), and
//! they are one person's. Entries and exits of one day are also one where both papers' ports are known and the same. Messages may differ by a minute where a source writes minutes. A member's
//! judgement joins or parts what these rules did not. Calls are merged in [`crate::calls`].

use crate::calls::{EXACT_MS, MINUTE_MS, place_ms};
use crate::names::plain;
use crate::pairing::{find, pair_up};
use crate::view::{View, print_order, strength_order};
use amparo_model::event::{At, Judgement};
use amparo_model::{ANumber, Kind, Record, RecordId, Sha256, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The fields that make two records of a kind one fact. `?` before a field: equal or absent in both; one field at least
/// must be there.
const KEYS: &[(Kind, &[&str])] = &[
    (Kind::Earnings, &["?employer", "?employer_id", "year", "basis", "amount_cents"]),
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
    (Kind::TravelDocument, &["number", "?issuer"]),
    (Kind::Identity, &["?name", "?birth_date", "?a_number"]),
    (Kind::Address, &["text", "?start", "?end"]),
    (Kind::Event, &["on", "type", "?text"]),
    (Kind::Contact, &["name", "?numbers", "?emails"]),
];

/// What a record has in common with others that tell the same fact: one of these is enough.
fn keys(record: &Record) -> Vec<String> {
    let Some((_, fields)) = KEYS.iter().find(|(k, _)| *k == record.kind) else { return vec![] };
    let mut keys: Vec<String> = key(record, fields).into_iter().collect();
    if matches!(record.kind, Kind::Entry | Kind::Exit) {
        // One paper writes the code and another the name; the port that both are known to mean is one.
        keys.extend(key(record, &["on", "port"]).map(|key| key + "\u{1f}port"));
    }
    keys
}

fn key(record: &Record, fields: &[&str]) -> Option<String> {
    let mut key = format!("{}\u{1f}{:?}", record.kind, record.subject.map(|s| s.0));
    let mut known = false;
    for field in fields {
        let (name, optional) = field.strip_prefix('?').map_or((*field, false), |f| (f, true));
        let text = match (record.fields.get(name), instead(record, name)) {
            (Some(Value::Text(t)), _) if name == "a_number" => ANumber::parse(t).map_or_else(|| plain(t), |a| a.to_string()),
            (Some(Value::Text(t)), _) => plain(t),
            (Some(v), _) => v.to_text(),
            (None, Some(other)) => plain(&other),
            (None, None) if optional => String::new(),
            (None, None) => return None,
        };
        // Two people may have one birthday.
        known |= !text.is_empty() && name != "birth_date";
        key.push('\u{1f}');
        key.push_str(&text);
    }
    known.then_some(key)
}

/// What stands for a field that the paper does not have: a name in its parts, the port that is known.
fn instead(record: &Record, field: &str) -> Option<String> {
    match (record.kind, field) {
        (Kind::Entry | Kind::Exit, "port_raw") => record.text("port").map(str::to_owned),
        (Kind::Identity, "name") => {
            let parts: Vec<&str> = [record.text("given_names"), record.text("surname")].into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        }
        _ => None,
    }
}

/// The records of the view, each fact once, in the order they are printed. No record is lost: each is
/// a record of the answer or in the `also` of one.
pub fn merge(view: &View) -> Vec<Record> {
    let (sorted, leaders, _) = pair(view);
    let mut groups: BTreeMap<u32, Vec<&Record>> = BTreeMap::new();
    for (i, leader) in leaders.into_iter().enumerate() {
        groups.entry(leader).or_default().push(sorted[i]);
    }
    let mut out: Vec<Record> = Vec::with_capacity(groups.len());
    for group in part(view, groups) {
        out.push(fold(group));
    }
    out.sort_by(print_order);
    out
}

/// Messages of two sources that may be one or two, as pairs of their ids: kept apart.
pub fn ambiguous_messages(view: &View) -> Vec<(RecordId, RecordId)> {
    pair(view).2
}

/// The records in printing order, each with the first of its group, and the messages that fit more than one.
fn pair<'r>(view: &'r View) -> (Vec<&'r Record>, Vec<u32>, Vec<(RecordId, RecordId)>) {
    let mut sorted: Vec<&Record> = view.records.iter().collect();
    sorted.sort_by(|a, b| print_order(a, b));
    let mut root: Vec<u32> = (0..sorted.len() as u32).collect();
    let join = |root: &mut Vec<u32>, a: u32, b: u32| {
        let (x, y) = (find(root, a), find(root, b));
        root[x.max(y) as usize] = x.min(y);
    };
    let mut first: HashMap<(String, u32), u32> = HashMap::new();
    let mut messages: Vec<u32> = Vec::new();
    // Two equal deposits of one statement are two: the first pairs with the first of another source.
    let mut nth: HashMap<(String, Sha256), u32> = HashMap::new();
    for (i, record) in sorted.iter().enumerate() {
        let i = i as u32;
        if record.kind == Kind::Message && record.instant("at").is_some() {
            messages.push(i);
        }
        for key in keys(record) {
            let mut n = 0;
            if record.kind == Kind::Deposit {
                let count = nth.entry((key.clone(), record.provenance.original)).or_default();
                *count += 1;
                n = *count;
            }
            let leader = *first.entry((key, n)).or_insert(i);
            join(&mut root, leader, i);
        }
    }
    let mut ambiguous = Vec::new();
    for (a, b, same) in pair_messages(view, &sorted, &messages) {
        if same {
            join(&mut root, a, b);
        } else {
            let (x, y) = (sorted[a as usize].id, sorted[b as usize].id);
            ambiguous.push((x.min(y), x.max(y)));
        }
    }
    ambiguous.sort();
    ambiguous.dedup();
    let judged = judgements(view, Judgement::Same);
    if !judged.is_empty() {
        let places: HashMap<At, u32> = sorted.iter().enumerate().map(|(i, r)| (place_of(r), i as u32)).collect();
        for (left, right) in judged {
            if let (Some(a), Some(b)) = (places.get(&left), places.get(&right)) {
                let (x, y) = (sorted[*a as usize], sorted[*b as usize]);
                if x.kind == y.kind && x.subject == y.subject {
                    join(&mut root, *a, *b);
                }
            }
        }
    }
    let leaders = (0..sorted.len() as u32).map(|i| find(&mut root, i)).collect();
    (sorted, leaders, ambiguous)
}

fn place_of(record: &Record) -> At {
    At::of(record.provenance.giving, &record.provenance.place, record.kind)
}

/// The pairs whose newest judgement is this one.
pub(crate) fn judgements(view: &View, wanted: Judgement) -> BTreeSet<(At, At)> {
    let mut newest: BTreeMap<(At, At), Judgement> = BTreeMap::new();
    for (_, left, right, judgement) in &view.file.judgements {
        let (a, b) = if left <= right { (left, right) } else { (right, left) };
        newest.insert((a.clone(), b.clone()), *judgement);
    }
    newest.into_iter().filter(|(_, j)| *j == wanted).map(|(pair, _)| pair).collect()
}

/// Takes apart what a member judged different: the weaker record of such a pair stands alone.
fn part<'r>(view: &View, groups: BTreeMap<u32, Vec<&'r Record>>) -> Vec<Vec<&'r Record>> {
    let different = judgements(view, Judgement::Different);
    let mut out = Vec::with_capacity(groups.len());
    for mut group in groups.into_values() {
        group.sort_by(|a, b| strength_order(a, b));
        while let Some(last) = different
            .iter()
            .filter_map(|(a, b)| {
                let place = |at: &At| group.iter().position(|r| place_of(r) == *at);
                Some(place(a)?.max(place(b)?))
            })
            .max()
        {
            out.push(vec![group.remove(last)]);
        }
        out.push(group);
    }
    out
}

/// Pairs of messages (places in `sorted`) and whether they are one.
fn pair_messages(view: &View, sorted: &[&Record], messages: &[u32]) -> Vec<(u32, u32, bool)> {
    struct One {
        group: u32,
        ms: i64,
        source: u32,
        at: u32,
    }
    let mut names: HashMap<String, u32> = HashMap::new();
    let mut sources: BTreeMap<(Sha256, &str), (u32, bool)> = BTreeMap::new();
    let mut entries: Vec<One> = Vec::with_capacity(messages.len());
    for i in messages {
        let m = sorted[*i as usize];
        let Some(at) = m.instant("at") else { continue };
        let text = m.text("text").map(plain).unwrap_or_default();
        let attachments = if text.is_empty() { m.number("attachments").unwrap_or(0) } else { 0 };
        let other = m.text("number").or(m.text("number_raw")).or(m.text("name")).unwrap_or_default();
        let group = format!("{:?}\u{1f}{other}\u{1f}{text}\u{1f}{attachments}", m.subject);
        let next = names.len() as u32;
        let group = *names.entry(group).or_insert(next);
        let next = sources.len() as u32;
        let source = sources.entry((m.provenance.original, &m.provenance.place.inside)).or_insert((next, true));
        let ms = place_ms(at, &view.zone_of(m.provenance.giving));
        source.1 &= ms % MINUTE_MS == 0;
        entries.push(One { group, ms, source: source.0, at: *i });
    }
    let rounded: HashMap<u32, bool> = sources.into_values().collect();
    entries.sort_by(|a, b| (a.group, a.ms, sorted[a.at as usize].id).cmp(&(b.group, b.ms, sorted[b.at as usize].id)));
    let paired = pair_up(
        &entries,
        MINUTE_MS,
        |e| (u64::from(e.group), e.ms, e.source),
        |a, b| {
            let (x, y) = (sorted[a.at as usize].text("direction"), sorted[b.at as usize].text("direction"));
            let minutes = rounded.get(&a.source) == Some(&true) || rounded.get(&b.source) == Some(&true);
            (b.ms - a.ms).abs() <= if minutes { MINUTE_MS - 1 } else { EXACT_MS } && (x == y || x.is_none_or(|d| d == "unknown") || y.is_none_or(|d| d == "unknown"))
        },
    );
    let at = |i: u32| entries[i as usize].at;
    let same = paired.leader.iter().enumerate().map(|(i, leader)| (at(i as u32), at(*leader), true));
    same.chain(paired.ambiguous.iter().map(|(a, b)| (at(*a), at(*b), false))).collect()
}

/// The strongest source's record, lacking fields from the next, the others in `also`.
pub(crate) fn fold(mut group: Vec<&Record>) -> Record {
    group.sort_by(|a, b| strength_order(a, b));
    let mut out = group[0].clone();
    for other in &group[1..] {
        for (name, value) in &other.fields {
            out.fields.entry(name).or_insert_with(|| value.clone());
        }
        out.subject = out.subject.or(other.subject);
        out.also.push((other.id, other.provenance.clone()));
        out.also.extend(other.also.iter().cloned());
    }
    out
}
