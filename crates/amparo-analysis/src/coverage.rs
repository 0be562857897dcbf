//! Month by month, what the papers prove of a claim, by rules that stand in one table ([`RULES`]).
//!
//! A record proves the months it names: a period all its months, a year its twelve as at most fair. What
//! the client says is what has to be proven and proves nothing; what a government table says of a year is
//! weak. Calls count by days of use of the party's own line. A month that no source's range includes is out of reach; only sources that
//! can speak of the claim count for that. One that a source reaches and that shows nothing is without evidence.

use crate::calls::CallTable;
use crate::timeline::when_in;
use crate::view::View;
use amparo_model::results::{Best, Claim, Coverage, CoverageMonth, Evidence, EvidenceId, Gap, Lack, Lacking, Month, Strength};
use amparo_model::{Certainty, Kind, PartyId, Record};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use Claim::{Employment, Presence, Residence};
use Strength::{Fair, Strong, Weak};

/// Which kind of record proves what, and how well at best.
pub const RULES: &[(Claim, Kind, Strength)] = &[
    (Presence, Kind::Pay, Strong),
    (Presence, Kind::Deposit, Strong),
    (Presence, Kind::Entry, Strong),
    (Presence, Kind::Hearing, Strong),
    (Presence, Kind::Encounter, Strong),
    (Presence, Kind::Earnings, Fair),
    (Presence, Kind::Job, Fair),
    (Presence, Kind::Address, Fair),
    (Presence, Kind::Call, Fair),
    (Presence, Kind::Message, Weak),
    (Presence, Kind::Notice, Weak),
    (Presence, Kind::Event, Weak),
    (Employment, Kind::Pay, Strong),
    (Employment, Kind::Earnings, Fair),
    (Employment, Kind::Job, Fair),
    (Employment, Kind::Deposit, Fair),
    (Residence, Kind::Address, Strong),
    (Residence, Kind::Notice, Weak),
];
/// What a payer reports that is not pay for work (boxes of the forms 1099).
const NO_WORK: &[&str] = &["1099_int_box1", "1099_div_box1a", "1099_r_box1", "1099_g_box1", "1099_misc_box1", "1099_misc_box2"];
/// So many different days of use of the own line in a month are fair evidence of presence; fewer are weak.
pub const CALL_DAYS_FAIR: usize = 8;
/// Gaps of more than so many months are named.
pub const GAP_MONTHS: u32 = 3;

/// The months a record speaks of, and whether it names only a longer time they lie in (a year).
fn months_of(view: &View, r: &Record, as_of: Date) -> Option<(Month, Month, bool)> {
    let when = when_in(view, r)?;
    let first = when.earliest()?;
    let last = when.latest().unwrap_or(if when.is_open_ended() { as_of } else { first });
    let (a, b) = (Month::of(first), Month::of(last.min(as_of)));
    Some((a, b, !when.is_interval() && a != Month::of(last)))
}

/// How well a record proves a claim in the months it names; `None` where it proves nothing.
fn strength(r: &Record, claim: Claim, vague: bool) -> Option<Strength> {
    let (.., best) = RULES.iter().find(|(c, k, _)| *c == claim && *k == r.kind)?;
    if r.certainty == Certainty::Said {
        return None;
    }
    // A year without earnings is no proof of work, and a year not yet recorded none of anything.
    if r.kind == Kind::Earnings && r.number("amount_cents").is_none_or(|cents| cents <= 0) {
        return None;
    }
    // Rent, interest, a pension or unemployment pay is no work, and it is paid wherever one lives.
    if r.kind == Kind::Earnings && r.text("basis").is_some_and(|b| NO_WORK.contains(&b)) {
        return None;
    }
    let table = r.text("basis").is_some_and(|b| b.starts_with("ssa_"));
    Some(if table {
        Weak
    } else if vague {
        (*best).min(Fair)
    } else {
        *best
    })
}

/// The grid of one person and claim; `records` are merged.
#[allow(clippy::too_many_arguments)] // each is a part of the question
pub fn coverage(view: &View, records: &[Record], calls: &CallTable<'_>, claim: Claim, party: PartyId, from: Month, to: Month, as_of: Date) -> Coverage {
    let to = to.min(Month::of(as_of));
    let mut found: BTreeMap<Month, Vec<Evidence>> = BTreeMap::new();
    let mut add = |m: Month, id: EvidenceId, strength, count| found.entry(m).or_default().push(Evidence { id, strength, count });
    for r in records.iter().filter(|r| r.subject == Some(party)) {
        let Some((a, b, vague)) = months_of(view, r, as_of) else { continue };
        let Some(strength) = strength(r, claim, vague) else { continue };
        let mut m = a.max(from);
        while m <= b.min(to) {
            add(m, EvidenceId::Record(r.id), strength, 1);
            m = m.next();
        }
    }
    if claim == Presence {
        let mut days: HashMap<Month, BTreeSet<Date>> = HashMap::new();
        let mut kept: HashMap<(Month, u32, u32), u64> = HashMap::new();
        for call in calls.told().iter().filter(|c| c.subject == Some(party)) {
            let month = Month::of(call.day);
            if call.day <= as_of && (from..=to).contains(&month) {
                days.entry(month).or_default().insert(call.day);
                *kept.entry((month, call.line, call.number)).or_default() += 1;
            }
        }
        for ((month, line, number), count) in kept {
            let strength = if days.get(&month).is_some_and(|d| d.len() >= CALL_DAYS_FAIR) { Fair } else { Weak };
            let text = |code| calls.text(code).unwrap_or_default().to_owned();
            add(month, EvidenceId::Calls { line: text(line), number: text(number), month }, strength, count);
        }
    }
    let ranges = reach(view, claim, party);
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
    let (gaps, ask) = (gaps(&months), ask(&months));
    Coverage { claim, subject: party, months, gaps, ask }
}

/// The months a question without months is about: from the first that any of the party's papers speaks of to the
/// last month before `as_of` that has ended, or to the paper's own last where that is later.
pub fn span(view: &View, records: &[Record], calls: &CallTable<'_>, party: PartyId, as_of: Date) -> Option<(Month, Month)> {
    let dated = records.iter().filter(|r| r.subject == Some(party) && RULES.iter().any(|(_, k, _)| *k == r.kind));
    let papers = dated.filter_map(|r| months_of(view, r, as_of)).map(|(a, b, _)| (a, b));
    let calls = calls.told().iter().filter(|c| c.subject == Some(party)).map(|c| Month::of(c.day)).map(|m| (m, m));
    let now = Month::of(as_of);
    let (first, last) = papers
        .chain(calls)
        .chain(reach(view, Presence, party))
        .filter(|(a, _)| *a <= now)
        .fold(None, |span: Option<(Month, Month)>, (a, b)| Some(span.map_or((a, b), |(x, y)| (x.min(a), y.max(b)))))?;
    Some((first, last.max(now.plus(-1)).min(now)))
}

/// The ranges that the party's sources cover, of those that gave anything which can prove the claim.
pub fn reach(view: &View, claim: Claim, party: PartyId) -> Vec<(Month, Month)> {
    let speaks = |kind: Kind| RULES.iter().any(|(c, k, _)| *c == claim && *k == kind);
    let mut speaking: BTreeSet<(u64, &str)> = BTreeSet::new();
    for r in view.records.iter().filter(|r| speaks(r.kind)) {
        speaking.insert((r.provenance.giving, &r.provenance.place.inside));
    }
    if speaks(Kind::Call) {
        speaking.extend(view.calls.iter().map(|b| (b.giving, b.columns.inside.as_str())));
    }
    let below = |path: &str, file: &str| path == file || file.is_empty() || path.strip_prefix(file).is_some_and(|rest| rest.starts_with('/'));
    let mut out = Vec::new();
    for g in view.file.readable() {
        let spoke = |file: &str| speaking.range((g.seq, "")..(g.seq + 1, "")).any(|(_, inside)| below(inside, file));
        let own = (g.subject == Some(party) && spoke("")).then_some(&g.reading.report);
        let inner = g.reading.inside.iter().filter(|i| g.subject_of(&i.path) == Some(party) && spoke(&i.path)).map(|i| &i.report);
        for covers in own.into_iter().chain(inner).filter_map(|r| r.covers.as_ref()) {
            let (Some(a), Some(b)) = (covers.from.as_ref().and_then(|e| e.earliest()), covers.to.as_ref().and_then(|e| e.latest())) else { continue };
            out.push((Month::of(a), Month::of(b)));
        }
    }
    out
}

fn gaps(months: &[CoverageMonth]) -> Vec<Gap> {
    let proven = |m: &CoverageMonth| matches!(m.best, Best::Proven(Strong | Fair));
    months
        .chunk_by(|a, b| proven(a) == proven(b))
        .filter(|run| !proven(&run[0]) && run.len() as u32 > GAP_MONTHS)
        .map(|run| Gap { from: run[0].month, to: run[run.len() - 1].month, months: run.len() as u32 })
        .collect()
}

/// What to ask for, a line a run of months: the longest hole that sources reach first, then what is only weakly shown,
/// and what no source reaches last.
fn ask(months: &[CoverageMonth]) -> Vec<Lacking> {
    let run = |run: &[CoverageMonth]| Some(Lacking { from: run.first()?.month, to: run.last()?.month, lack: Lack::of(run.first()?.best)? });
    let mut runs: Vec<Lacking> = months.chunk_by(|a, b| Lack::of(a.best) == Lack::of(b.best)).filter_map(run).collect();
    runs.sort_by_key(|l| (l.lack, std::cmp::Reverse(l.months()), l.from));
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One letter a month: proven, weak, empty, out of reach.
    fn grid(letters: &str) -> Coverage {
        let start = Month { year: 2020, month: 1 };
        let best = |c| match c {
            'p' => Best::Proven(Fair),
            'w' => Best::Proven(Weak),
            'e' => Best::None,
            _ => Best::OutOfReach,
        };
        let months: Vec<CoverageMonth> = letters.chars().zip(0..).map(|(c, n)| CoverageMonth { month: start.plus(n), evidence: Vec::new(), best: best(c) }).collect();
        Coverage { claim: Presence, subject: PartyId([1; 16]), gaps: gaps(&months), ask: ask(&months), months }
    }

    fn told(runs: &[Lacking]) -> Vec<String> {
        runs.iter().map(|l| format!("{} {} {}", l.lack.as_str(), l.from, l.months())).collect()
    }

    #[test]
    fn every_month_that_is_not_proven_is_asked_for_once_the_most_useful_first() {
        for (letters, expected) in [
            ("pppp", vec![]),
            ("peep", vec!["nothing 2020-02 2"]),
            ("oopeepepw", vec!["nothing 2020-04 2", "nothing 2020-07 1", "weak 2020-09 1", "out_of_reach 2020-01 2"]),
            ("wwpeow", vec!["nothing 2020-04 1", "weak 2020-01 2", "weak 2020-06 1", "out_of_reach 2020-05 1"]),
        ] {
            let grid = grid(letters);
            assert_eq!(told(&grid.ask), expected, "{letters}");
            let (proven, ..) = grid.counts();
            assert_eq!(grid.ask.iter().map(Lacking::months).sum::<usize>() + proven, grid.months.len());
        }
    }

    #[test]
    fn a_gap_is_told_apart_by_what_is_there() {
        for (letters, gaps, expected) in [
            ("peeep", 0, vec![]),
            ("peeeep", 1, vec!["nothing 2020-02 4"]),
            ("peewwoop", 1, vec!["nothing 2020-02 2", "weak 2020-04 2", "out_of_reach 2020-06 2"]),
            ("oooopwpeeee", 2, vec!["out_of_reach 2020-01 4", "nothing 2020-08 4"]),
        ] {
            let grid = grid(letters);
            assert_eq!((grid.gaps.len(), told(&grid.holes())), (gaps, expected.iter().map(|e| (*e).to_owned()).collect::<Vec<_>>()), "{letters}");
            assert_eq!(grid.holes().iter().map(Lacking::months).sum::<usize>() as u32, grid.gaps.iter().map(|g| g.months).sum::<u32>());
        }
    }
}
