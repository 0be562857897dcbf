//! Two exports of one line that disagree: a call in one that the other reaches and does not have.
//!
//! Only what both would hold is compared: answered calls by telephone with a known number, in the days both
//! files reach and the direction both list. A call whose number the other file withholds counts as held.

use crate::calls::{CallTable, MINUTE_MS, NONE, Row};
use crate::view::View;
use amparo_model::results::{About, Arg, EvidenceId, Finding, FindingType, Month, Says, Severity};
use amparo_model::{Direction, Edtf, JournalId, Outcome, PartyId, Service};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most single calls that stand behind one finding; their count is in its sentence.
const NAMED: usize = 20;

/// What a source holds of one person's line.
struct Export {
    source: u32,
    subject: PartyId,
    line: u32,
    first: i64,
    last: i64,
    directions: [bool; 3],
    /// Its rows by time.
    rows: Vec<u32>,
}

/// Two exports and the calls that only the first has.
struct Missing {
    calls: Vec<u32>,
    /// Whether both say that they are of one line.
    one_line: bool,
    compared: usize,
}

pub(crate) fn findings(view: &View, case: JournalId, table: &CallTable<'_>) -> Vec<Finding> {
    let exports = exports(view, table);
    let held = held_by(table);
    let unclear: BTreeSet<(u32, u32)> = table
        .ambiguous
        .iter()
        .flat_map(|(a, b)| {
            let source = |i: u32| table.source_of[table.rows[i as usize].batch as usize];
            [(*a, source(*b)), (*b, source(*a))]
        })
        .collect();
    // By person and month: the calls, and which files have and lack them.
    let mut months: BTreeMap<(PartyId, Month), BTreeMap<u32, BTreeSet<usize>>> = BTreeMap::new();
    for one in &exports {
        for (n, other) in exports.iter().enumerate().filter(|(_, o)| o.subject == one.subject && o.source != one.source) {
            let missing = missing(table, one, other, &held, &unclear);
            let agreed = missing.compared - missing.calls.len();
            // Exports that do not name their line are of one line only where most of their calls are the same.
            if !missing.one_line && agreed * 2 < missing.compared {
                continue;
            }
            for call in missing.calls {
                let month = view.month_of(table.at(call));
                months.entry((one.subject, month)).or_default().entry(table.leader[call as usize]).or_default().insert(n);
            }
        }
    }
    months.into_iter().filter_map(|((subject, month), calls)| finding(view, case, table, &exports, subject, month, &calls)).collect()
}

fn finding(view: &View, case: JournalId, table: &CallTable<'_>, exports: &[Export], subject: PartyId, month: Month, calls: &BTreeMap<u32, BTreeSet<usize>>) -> Option<Finding> {
    let mut because: BTreeSet<u32> = BTreeSet::new();
    let (mut having, mut lacking) = (BTreeSet::new(), BTreeSet::new());
    let name = |i: u32| view.calls[table.rows[i as usize].batch as usize].name.clone();
    for (n, (call, others)) in calls.iter().enumerate() {
        having.insert(name(*call));
        for other in others {
            let other = &exports[*other];
            // The calls before and after in the other export show that it reaches there.
            let at = table.rows[*call as usize].ms;
            let next = other.rows.partition_point(|i| table.rows[*i as usize].ms < at);
            let around = next.checked_sub(1).and_then(|i| other.rows.get(i)).into_iter().chain(other.rows.get(next));
            for near in around {
                lacking.insert(name(*near));
                if n < NAMED {
                    because.insert(*near);
                }
            }
        }
        if n < NAMED {
            because.insert(*call);
        }
    }
    let list = |names: BTreeSet<String>| Arg::Text(names.into_iter().collect::<Vec<_>>().join(", "));
    let when = Edtf::month(month.year, month.month)?;
    let says = Says::new("finding-exports-differ")
        .with("count", Arg::Number(calls.len() as i64))
        .with("when", Arg::When(when.clone()))
        .with("one", list(having))
        .with("other", list(lacking));
    let because = because.into_iter().map(|i| EvidenceId::Record(table.id(i))).collect();
    Finding::new(case, FindingType::Contradiction, Severity::Medium, About::Phone, Some(when), Some(subject), "exports", says, because)
}

fn exports(view: &View, table: &CallTable<'_>) -> Vec<Export> {
    let mut all: BTreeMap<(u32, PartyId), Export> = BTreeMap::new();
    for (i, r) in table.rows.iter().enumerate() {
        let Some(subject) = view.calls[r.batch as usize].subject else { continue };
        let source = table.source_of[r.batch as usize];
        let export = all.entry((source, subject)).or_insert_with(|| Export { source, subject, line: r.line, first: r.ms, last: r.ms, directions: [false; 3], rows: Vec::new() });
        (export.first, export.last) = (export.first.min(r.ms), export.last.max(r.ms));
        if export.line != r.line {
            export.line = NONE;
        }
        if is_voice(view, r) {
            if let Some(seen) = export.directions.get_mut(r.direction as usize) {
                *seen = true;
            }
            export.rows.push(i as u32);
        }
    }
    let mut all: Vec<Export> = all.into_values().filter(|e| !e.rows.is_empty()).collect();
    for export in &mut all {
        export.rows.sort_by_key(|i| (table.rows[*i as usize].ms, *i));
    }
    all
}

fn is_voice(view: &View, r: &Row) -> bool {
    view.calls[r.batch as usize].columns.service[r.row as usize] == Service::Voice as u8
}

/// The sources of each merged call that has more than one.
fn held_by(table: &CallTable<'_>) -> HashMap<u32, BTreeSet<u32>> {
    let mut held: HashMap<u32, BTreeSet<u32>> = HashMap::new();
    for (i, leader) in table.leader.iter().enumerate().filter(|(i, l)| **l != *i as u32) {
        let source = |i: u32| table.source_of[table.rows[i as usize].batch as usize];
        let all = held.entry(*leader).or_insert_with(|| BTreeSet::from([source(*leader)]));
        all.insert(source(i as u32));
    }
    held
}

fn missing(table: &CallTable<'_>, one: &Export, other: &Export, held: &HashMap<u32, BTreeSet<u32>>, unclear: &BTreeSet<(u32, u32)>) -> Missing {
    let mut out = Missing { calls: Vec::new(), one_line: one.line != NONE && one.line == other.line, compared: 0 };
    if one.line != NONE && other.line != NONE && one.line != other.line {
        return out;
    }
    let listed = |r: &Row| other.directions.get(r.direction as usize) == Some(&true) || other.directions[Direction::Unknown as usize];
    let from = one.rows.partition_point(|i| table.rows[*i as usize].ms < other.first);
    for i in one.rows[from..].iter().take_while(|i| table.rows[**i as usize].ms <= other.last) {
        let r = &table.rows[*i as usize];
        if !is_answered(table, r) || !is_number(table, r) || !listed(r) {
            continue;
        }
        out.compared += 1;
        let same = held.get(&table.leader[*i as usize]).is_some_and(|sources| sources.contains(&other.source));
        if !same && !unclear.contains(&(*i, other.source)) && !withheld(table, other, r) {
            out.calls.push(*i);
        }
    }
    out
}

fn is_answered(table: &CallTable<'_>, r: &Row) -> bool {
    let outcome = Outcome::from_code(table.view.calls[r.batch as usize].columns.outcome[r.row as usize]);
    matches!(outcome, Some(Outcome::Answered | Outcome::Unknown)) && r.duration != NONE && r.duration > 0
}

fn is_number(table: &CallTable<'_>, r: &Row) -> bool {
    table.text(r.number).is_some_and(|n| n.starts_with('+'))
}

/// Whether the other export has a call at that minute whose number it does not say.
fn withheld(table: &CallTable<'_>, other: &Export, r: &Row) -> bool {
    let from = other.rows.partition_point(|i| table.rows[*i as usize].ms < r.ms - MINUTE_MS);
    other.rows[from..].iter().map(|i| &table.rows[*i as usize]).take_while(|o| o.ms <= r.ms + MINUTE_MS).any(|o| !is_number(table, o))
}
