//! What the analysis is given: the case file, its records and its calls, one entry a source.

use amparo_model::case_file::ChangeKind;
use amparo_model::event::{At, Change};
use amparo_model::record::Fields;
use amparo_model::results::Month;
use amparo_model::{CallColumns, CaseFile, Certainty, Direction, Draft, Instant, Kind, PartyId, Provenance, Record, RecordId, Sha256, Value};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A batch of calls and the file it comes from.
#[derive(Clone, Debug)]
pub struct CallBatch {
    pub giving: u64,
    pub original: Sha256,
    pub name: String,
    pub reader: String,
    /// Whose line it is; `None` while not assigned.
    pub subject: Option<PartyId>,
    pub columns: CallColumns,
}

/// The case as the analysis sees it: nothing merged, decisions of members already applied to `records`.
#[derive(Clone, Debug)]
pub struct View {
    pub file: Arc<CaseFile>,
    pub records: Vec<Record>,
    pub calls: Vec<CallBatch>,
    /// Where months are counted.
    pub zone: TimeZone,
    /// What members decided about single calls: by batch and row in it.
    decided: BTreeMap<(u32, u32), Vec<(ChangeKind, Change)>>,
}

/// The zone of this name in the built-in table; `None` where there is no such zone.
pub fn zone_named(name: &str) -> Option<TimeZone> {
    jiff::tz::db().get(name).ok()
}

/// A draft with its source: the record that members see before anything is merged.
pub fn record_of(draft: Draft, original: Sha256, name: &str, reader: &str, giving: u64, subject: Option<PartyId>) -> Record {
    Record {
        id: RecordId::of(&original, &draft.place, draft.kind),
        kind: draft.kind,
        subject,
        provenance: Provenance { original, name: name.to_owned(), place: draft.place, reader: reader.to_owned(), giving },
        also: Vec::new(),
        certainty: draft.certainty,
        confidence: draft.confidence,
        by: None,
        because: Vec::new(),
        fields: draft.fields,
    }
}

impl View {
    /// Applies what members decided; a change that names no record or field that is there changes nothing.
    pub fn new(file: Arc<CaseFile>, mut records: Vec<Record>, calls: Vec<CallBatch>, zone: TimeZone) -> View {
        let mut changes: BTreeMap<At, Vec<&(u64, ChangeKind, Change)>> = BTreeMap::new();
        for change in &file.changes {
            changes.entry(change.2.at.clone()).or_default().push(change);
        }
        if !changes.is_empty() {
            for record in &mut records {
                let at = At::of(record.provenance.giving, &record.provenance.place, record.kind);
                for (_, kind, change) in changes.get(&at).into_iter().flatten() {
                    decide(&mut record.fields, record.kind, *kind, change);
                    record.certainty = Certainty::Set;
                    record.by = Some(change.by.clone());
                }
            }
        }
        let mut decided: BTreeMap<(u32, u32), Vec<(ChangeKind, Change)>> = BTreeMap::new();
        for (at, changes) in changes.into_iter().filter(|(at, _)| at.kind == Kind::Call) {
            if let Some(place) = call_at(&calls, &at) {
                decided.insert(place, changes.into_iter().map(|(_, kind, change)| (*kind, change.clone())).collect());
            }
        }
        View { file, records, calls, zone, decided }
    }

    /// A call as a record of its own source, with what members decided about it.
    pub fn call(&self, batch: u32, row: u32) -> Record {
        let b = &self.calls[batch as usize];
        let mut record = record_of(b.columns.draft(row as usize), b.original, &b.name, &b.reader, b.giving, b.subject);
        for (kind, change) in self.decided.get(&(batch, row)).into_iter().flatten() {
            decide(&mut record.fields, Kind::Call, *kind, change);
            record.certainty = Certainty::Set;
            record.by = Some(change.by.clone());
        }
        record
    }

    pub(crate) fn is_decided(&self, batch: u32, row: u32) -> bool {
        !self.decided.is_empty() && self.decided.contains_key(&(batch, row))
    }

    /// The zone of a giving's local times: the source's own where somebody said it, else the case's.
    pub(crate) fn zone_of(&self, giving: u64) -> TimeZone {
        self.file.zones.get(&giving).and_then(|(zone, _)| zone_named(zone)).unwrap_or_else(|| self.zone.clone())
    }

    /// The month an instant falls in where the person lived; local times count on their own clock.
    pub fn month_of(&self, at: Instant) -> Month {
        Month::of(self.day_of(at))
    }

    /// The day, as [`View::month_of`].
    pub fn day_of(&self, at: Instant) -> jiff::civil::Date {
        match at.offset_min {
            None => at.date(),
            Some(_) => jiff::Timestamp::from_millisecond(at.ms).map_or(at.date(), |t| self.zone.to_datetime(t).date()),
        }
    }

    /// The numbers that belong to parties: the other end of a call with one of them is not a stranger. A line is
    /// known where a source names it, and where two people's telephones tell the same calls from both ends.
    pub fn party_lines(&self) -> BTreeSet<String> {
        let mut lines = BTreeSet::new();
        for batch in self.calls.iter().filter(|b| b.subject.is_some()) {
            lines.extend(batch.columns.line.values.iter().map(str::to_owned));
        }
        for record in self.records.iter().filter(|r| r.subject.is_some()) {
            lines.extend(record.text("line").map(str::to_owned));
        }
        lines.extend(self.lines_seen_from_both_ends());
        lines
    }

    /// The numbers under which two parties call each other: what one has as going out the other has as coming in, at
    /// the same second and as long, again and again.
    fn lines_seen_from_both_ends(&self) -> BTreeSet<String> {
        let people: BTreeSet<PartyId> = self.calls.iter().filter_map(|b| b.subject).collect();
        let mut out = BTreeSet::new();
        for one in &people {
            for other in people.range(one..).skip(1) {
                let mut ends: HashMap<(i64, u32), (u8, &str)> = HashMap::new();
                for (at, lasted, direction, number) in self.taken(*one) {
                    ends.insert((at, lasted), (direction, number));
                }
                let mut pairs: HashMap<(&str, &str), usize> = HashMap::new();
                for (at, lasted, direction, number) in self.taken(*other) {
                    if let Some((_, far)) = ends.get(&(at, lasted)).filter(|(theirs, _)| *theirs != direction) {
                        *pairs.entry((*far, number)).or_default() += 1;
                    }
                }
                let mut best: Vec<((&str, &str), usize)> = pairs.into_iter().collect();
                best.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
                let others: usize = best.iter().skip(1).map(|(_, n)| n).sum();
                if let Some(((far, near), _)) = best.first().filter(|(_, n)| *n >= BOTH_ENDS && *n > others * 4) {
                    out.extend([(*far).to_owned(), (*near).to_owned()]);
                }
            }
        }
        out
    }

    /// A party's calls that somebody took, with their second of world time: (second, duration, direction, number).
    fn taken(&self, party: PartyId) -> impl Iterator<Item = (i64, u32, u8, &str)> {
        self.calls.iter().filter(move |b| b.subject == Some(party)).flat_map(|b| {
            let c = &b.columns;
            (0..c.len()).filter_map(move |r| {
                let known = c.at_ms[r] != CallColumns::NO_TIME && c.offset_min[r] != CallColumns::LOCAL && c.direction[r] != Direction::Unknown as u8;
                let lasted = Some(c.duration_s[r]).filter(|d| *d != CallColumns::NO_DURATION && *d > 0)?;
                Some((c.at_ms[r].div_euclid(1_000), lasted, c.direction[r], c.number.get(r)?)).filter(|_| known)
            })
        })
    }
}

/// So many calls must be told from both ends before a number is taken for a party's line.
const BOTH_ENDS: usize = 5;

/// The batch and row of the call that stands at a place.
fn call_at(calls: &[CallBatch], at: &At) -> Option<(u32, u32)> {
    let Some(amparo_model::Spot::Row(row)) = at.to_place().map(|p| p.spot) else { return None };
    calls.iter().enumerate().filter(|(_, b)| b.giving == at.of && b.columns.inside == at.inside).find_map(|(i, b)| {
        let r = b.columns.row.iter().position(|have| *have == row)?;
        Some((i as u32, r as u32))
    })
}

/// Puts what a member decided in the place of what the source says; a value that the field may not hold is left out.
fn decide(fields: &mut Fields, of: Kind, kind: ChangeKind, change: &Change) {
    let Some(spec) = of.field(&change.field) else { return };
    match (kind, change.to.as_deref()) {
        (ChangeKind::Confirmed, _) => {}
        (_, None) => {
            fields.remove(spec.name);
        }
        (_, Some(text)) => {
            if let Some(value) = Value::parse(spec.ty, text) {
                fields.insert(spec.name, value);
            }
        }
    }
}

/// Order in which sources count: set, stated, read, said; then RECORDS.md's order.
pub(crate) fn strength_order(a: &Record, b: &Record) -> std::cmp::Ordering {
    (a.certainty, a.provenance.original, &a.provenance.place.inside, spot_key(a), a.kind as u8, a.id).cmp(&(
        b.certainty,
        b.provenance.original,
        &b.provenance.place.inside,
        spot_key(b),
        b.kind as u8,
        b.id,
    ))
}

/// The order in which `records` prints.
pub fn print_order(a: &Record, b: &Record) -> std::cmp::Ordering {
    (a.provenance.original, &a.provenance.place.inside, spot_key(a), a.kind.as_str(), a.id).cmp(&(
        b.provenance.original,
        &b.provenance.place.inside,
        spot_key(b),
        b.kind.as_str(),
        b.id,
    ))
}

fn spot_key(r: &Record) -> (u32, u32, u32, u64) {
    match r.provenance.place.spot {
        amparo_model::Spot::Whole => (0, 0, 0, 0),
        amparo_model::Spot::Page { page, region } => (page, region.y, region.x, 0),
        amparo_model::Spot::Row(row) => (0, 0, 0, row),
    }
}

pub(crate) fn is_kind(r: &Record, kinds: &[Kind]) -> bool {
    kinds.contains(&r.kind)
}
