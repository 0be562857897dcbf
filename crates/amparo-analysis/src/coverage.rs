//! Month by month, what the papers prove of a claim, by rules that stand in one table ([`RULES`]).
//!
//! A record proves the months it names: a period all its months, a year its twelve as at most fair. What
//! the client says alone is weak. Calls count by days of use of the party's own line. A month that no
//! source's range includes is out of reach; one that a source reaches and that shows nothing is to ask for.

use crate::calls::CallTable;
use crate::timeline::when;
use crate::view::View;
use amparo_model::results::{Arg, Best, Claim, Coverage, CoverageMonth, Evidence, EvidenceId, Gap, Month, Says, Strength};
use amparo_model::{Certainty, Kind, PartyId, Record};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

use Claim::{Employment, Presence, Residence};
use Strength::{Fair, Strong, Weak};

/// Which kind of record proves what, and how well at best.
pub const RULES: &[(Claim, Kind, Strength)] = &[
    (Presence, Kind::Pay, Strong), (Presence, Kind::Deposit, Strong), (Presence, Kind::Entry, Strong), (Presence, Kind::Hearing, Strong),
    (Presence, Kind::Encounter, Strong), (Presence, Kind::Earnings, Fair), (Presence, Kind::Job, Fair), (Presence, Kind::Address, Fair),
    (Presence, Kind::Message, Weak), (Presence, Kind::Notice, Weak), (Presence, Kind::Event, Weak),
    (Employment, Kind::Pay, Strong), (Employment, Kind::Earnings, Fair), (Employment, Kind::Job, Fair), (Employment, Kind::Deposit, Fair),
    (Residence, Kind::Address, Strong), (Residence, Kind::Notice, Weak),
];
/// So many different days of use of the own line in a month are fair evidence of presence; fewer are weak.
pub const CALL_DAYS_FAIR: usize = 8;
/// Gaps of more than so many months are named.
pub const GAP_MONTHS: u32 = 3;

fn months_of(r: &Record, as_of: Date) -> Option<(Month, Month, bool)> {
    let when = when(r)?;
    let first = when.earliest()?;
    let last = when.latest().unwrap_or(if when.is_open_ended() { as_of } else { first });
    let (a, b) = (Month::of(first), Month::of(last.min(as_of)));
    Some((a, b, !when.is_interval() && a != Month::of(last)))
}

/// The grid of one person and claim; `records` are merged.
#[allow(clippy::too_many_arguments)] // each is a part of the question
pub fn coverage(view: &View<'_>, records: &[Record], calls: &CallTable<'_>, claim: Claim, party: PartyId, from: Month, to: Month, as_of: Date) -> Coverage {
    let mut found: BTreeMap<Month, Vec<Evidence>> = BTreeMap::new();
    let mut add = |m: Month, id: EvidenceId, strength, count| found.entry(m).or_default().push(Evidence { id, strength, count });
    for r in records.iter().filter(|r| r.subject == Some(party)) {
        let Some((_, _, best)) = RULES.iter().find(|(c, k, _)| *c == claim && *k == r.kind) else { continue };
        let Some((a, b, vague)) = months_of(r, as_of) else { continue };
        let ssa = r.text("basis").is_some_and(|b| b.starts_with("ssa_"));
        let strength = if r.certainty == Certainty::Said || ssa { Weak } else if vague { (*best).min(Fair) } else { *best };
        let mut m = a.max(from);
        while m <= b.min(to) {
            add(m, EvidenceId::Record(r.id), strength, 1);
            m = m.next();
        }
    }
    if claim == Presence {
        let mut days: BTreeMap<Month, BTreeSet<Date>> = BTreeMap::new();
        let mut kept: BTreeMap<(Month, &str, &str), u64> = BTreeMap::new();
        for (subject, line, number, at) in calls.each().filter(|c| c.0 == Some(party)) {
            debug_assert!(subject.is_some());
            let day = view.day_of(at);
            let month = Month::of(day);
            if (from..=to).contains(&month) {
                days.entry(month).or_default().insert(day);
                *kept.entry((month, line.unwrap_or_default(), number.unwrap_or_default())).or_default() += 1;
            }
        }
        for ((month, line, number), count) in kept {
            let strength = if days.get(&month).is_some_and(|d| d.len() >= CALL_DAYS_FAIR) { Fair } else { Weak };
            add(month, EvidenceId::Calls { line: line.to_owned(), number: number.to_owned(), month }, strength, count);
        }
    }
    let ranges = reach(view, party);
    let mut months = Vec::new();
    let mut m = from;
    while m <= to {
        let mut evidence = found.remove(&m).unwrap_or_default();
        evidence.sort_by(|a, b| b.strength.cmp(&a.strength).then_with(|| a.id.cmp(&b.id)));
        let best = match evidence.first() {
            Some(e) => Best::Proven(e.strength),
            None if ranges.iter().any(|(a, b)| *a <= m && m <= *b) => Best::None,
            None => Best::OutOfReach,
        };
        months.push(CoverageMonth { month: m, evidence, best });
        m = m.next();
    }
    let gaps = gaps(&months);
    let claim_word = format!("claim-{}", claim.as_str());
    let ask = months.iter().filter(|m| m.best == Best::None).filter_map(|m| {
        let when = amparo_model::Edtf::month(m.month.year, m.month.month)?;
        Some((m.month, Says::new("ask-month").with("month", Arg::When(when)).with("claim", Arg::Term(claim_word.clone()))))
    }).collect();
    Coverage { claim, subject: party, months, gaps, ask }
}

/// The ranges that the party's sources say they cover.
fn reach(view: &View<'_>, party: PartyId) -> Vec<(Month, Month)> {
    let mut out = Vec::new();
    for g in view.file.readable() {
        let own = (g.subject == Some(party)).then_some(&g.reading.report);
        let inner = g.reading.inside.iter().filter(|i| g.subject_of(&i.path) == Some(party)).map(|i| &i.report);
        for covers in own.into_iter().chain(inner).filter_map(|r| r.covers.as_ref()) {
            let (Some(a), Some(b)) = (covers.from.as_ref().and_then(|e| e.earliest()), covers.to.as_ref().and_then(|e| e.latest())) else { continue };
            out.push((Month::of(a), Month::of(b)));
        }
    }
    out
}

fn gaps(months: &[CoverageMonth]) -> Vec<Gap> {
    let proven = |m: &CoverageMonth| matches!(m.best, Best::Proven(Strong | Fair));
    months.chunk_by(|a, b| proven(a) == proven(b)).filter(|run| !proven(&run[0]) && run.len() as u32 > GAP_MONTHS)
        .map(|run| Gap { from: run[0].month, to: run[run.len() - 1].month, months: run.len() as u32 }).collect()
}
