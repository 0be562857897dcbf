//! Calls: each once although several sources hold it, and how many there were with a number in a month.
//!
//! A million calls stay a table: a row here is a few numbers, the words stay in their batches.
//! Two rows are one call where line, number, direction and duration fit and the times differ by no more
//! than a source rounds ([`EXACT_MS`], [`MINUTE_MS`]); where a row fits two, they stay apart and are listed.

use crate::pairing::pair_up;
use crate::view::{CallBatch, View, record_of};
use amparo_model::results::{CallSummary, Month};
use amparo_model::{CallColumns, Direction, Instant, Outcome, PartyId, Record, RecordId};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, HashMap};

/// Sources that give seconds may differ by so much.
pub const EXACT_MS: i64 = 2_000;
/// Where one source gives whole minutes only.
pub const MINUTE_MS: i64 = 60_000;
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Row {
    ms: i64,
    number: u32,
    line: u32,
    batch: u32,
    row: u32,
    duration: u32,
    direction: u8,
    outcome: u8,
}

/// All calls of a view, merged.
pub struct CallTable<'v> {
    view: &'v View<'v>,
    rows: Vec<Row>,
    leader: Vec<u32>,
    texts: Vec<String>,
    ambiguous: Vec<(u32, u32)>,
}

/// Milliseconds of world time; a local time is placed in `zone`.
pub(crate) fn place_ms(at: Instant, zone: &TimeZone) -> i64 {
    match at.offset_min {
        Some(_) => at.ms,
        None => zone.to_ambiguous_zoned_datetime(at.civil()).compatible().map_or(at.ms, |z| z.timestamp().as_millisecond()),
    }
}

impl<'v> CallTable<'v> {
    pub fn build(view: &'v View<'v>) -> CallTable<'v> {
        let mut codes: HashMap<&str, u32> = HashMap::new();
        let mut texts: Vec<String> = Vec::new();
        let mut rows = Vec::with_capacity(view.calls.iter().map(|b| b.columns.len()).sum());
        let mut order: Vec<u32> = (0..view.calls.len() as u32).collect();
        order.sort_by(|a, b| {
            let of = |i: &u32| &view.calls[*i as usize];
            (of(a).original, &of(a).columns.inside, of(a).columns.row.first()).cmp(&(of(b).original, &of(b).columns.inside, of(b).columns.row.first()))
        });
        let mut sources: HashMap<u32, (u32, bool)> = HashMap::new();
        let mut last: Option<(&CallBatch, u32)> = None;
        for i in order {
            let batch = &view.calls[i as usize];
            let source = match last {
                Some((b, s)) if b.original == batch.original && b.columns.inside == batch.columns.inside => s,
                Some((_, s)) => s + 1,
                None => 0,
            };
            last = Some((batch, source));
            let c = &batch.columns;
            let minutes = c.at_ms.iter().all(|ms| *ms == CallColumns::NO_TIME || ms % 60_000 == 0);
            sources.insert(i, (source, minutes));
            let mut code_of = |t: &'v str| -> u32 {
                *codes.entry(t).or_insert_with(|| {
                    texts.push(t.to_owned());
                    texts.len() as u32 - 1
                })
            };
            let numbers: Vec<u32> = c.number.values.iter().map(|t| code_of(t)).collect();
            let raws: Vec<u32> = c.number_raw.values.iter().map(|t| code_of(t)).collect();
            let lines: Vec<u32> = c.line.values.iter().map(|t| code_of(t)).collect();
            let pick = |col: &amparo_model::Column, codes: &[u32], r: usize| {
                col.index.get(r).and_then(|i| codes.get(*i as usize)).copied().unwrap_or(NONE)
            };
            let zone = view.file.zones.get(&batch.giving).and_then(|(z, _)| crate::view::zone_named(z)).unwrap_or_else(|| view.zone.clone());
            for r in 0..c.len() {
                if c.at_ms[r] == CallColumns::NO_TIME {
                    continue;
                }
                let offset = (c.offset_min[r] != CallColumns::LOCAL).then_some(c.offset_min[r]);
                let number = match pick(&c.number, &numbers, r) {
                    NONE => pick(&c.number_raw, &raws, r),
                    n => n,
                };
                rows.push(Row {
                    ms: place_ms(Instant { ms: c.at_ms[r], offset_min: offset }, &zone),
                    number,
                    line: pick(&c.line, &lines, r),
                    batch: i,
                    row: r as u32,
                    duration: c.duration_s[r],
                    direction: c.direction[r],
                    outcome: c.outcome[r],
                });
            }
        }
        let source = |r: &Row| sources.get(&r.batch).copied().unwrap_or_default();
        // Rows came in source order and the sort keeps it, so ties do not depend on the order of adding.
        let mut by_text: Vec<u32> = (0..texts.len() as u32).collect();
        by_text.sort_by(|a, b| texts[*a as usize].cmp(&texts[*b as usize]));
        let mut rank = vec![0u32; texts.len()];
        for (place, t) in by_text.iter().enumerate() {
            rank[*t as usize] = place as u32;
        }
        let rank_of = |t: u32| rank.get(t as usize).copied().unwrap_or(NONE);
        rows.sort_by_key(|r| (rank_of(r.number), r.ms));
        let paired = pair_up(&rows, MINUTE_MS, |r| (u64::from(r.number), r.ms, source(r).0), |a, b| {
            if a.number == NONE {
                return false;
            }
            let (x, y) = (&view.calls[a.batch as usize], &view.calls[b.batch as usize]);
            let rounded = source(a).1 || source(b).1;
            let line = if a.line != NONE && b.line != NONE { a.line == b.line } else { x.subject.is_some() && x.subject == y.subject };
            let unknown = Direction::Unknown as u8;
            line && (a.direction == b.direction || a.direction == unknown || b.direction == unknown)
                && (b.ms - a.ms).abs() <= if rounded { MINUTE_MS - 1 } else { EXACT_MS }
                && durations_fit(a.duration, b.duration)
        });
        CallTable { view, rows, leader: paired.leader, texts, ambiguous: paired.ambiguous }
    }

    /// Calls with a time, each source's counted apart.
    pub fn unmerged(&self) -> usize {
        self.rows.len()
    }

    /// Calls, each once.
    pub fn merged(&self) -> usize {
        self.leader.iter().enumerate().filter(|(i, l)| **l == *i as u32).count()
    }

    fn id(&self, i: u32) -> RecordId {
        self.record_at(i).id
    }

    fn record_at(&self, i: u32) -> Record {
        let row = self.rows[i as usize];
        let b = &self.view.calls[row.batch as usize];
        record_of(b.columns.draft(row.row as usize), b.original, &b.name, &b.reader, b.giving, b.subject)
    }

    /// Pairs that may be one call or two: kept apart.
    pub fn ambiguous(&self) -> Vec<(RecordId, RecordId)> {
        let mut pairs: Vec<_> = self.ambiguous.iter().map(|(a, b)| (self.id(*a), self.id(*b))).map(|(a, b)| (a.min(b), a.max(b))).collect();
        pairs.sort();
        pairs.dedup();
        pairs
    }

    /// Each call once as a record, for printing. One record at a time: nothing is held.
    pub fn records(&self) -> impl Iterator<Item = Record> + '_ {
        let mut others: HashMap<u32, Vec<u32>> = HashMap::new();
        for (i, l) in self.leader.iter().enumerate().filter(|(i, l)| **l != *i as u32) {
            others.entry(*l).or_default().push(i as u32);
        }
        (0..self.rows.len() as u32).filter(|i| self.leader[*i as usize] == *i).map(move |i| {
            let mut group = vec![self.record_at(i)];
            group.extend(others.get(&i).into_iter().flatten().map(|o| self.record_at(*o)));
            crate::merge::fold(group.iter().collect())
        })
    }

    /// (subject, line, number, instant) of each merged call.
    pub(crate) fn each(&self) -> impl Iterator<Item = (Option<PartyId>, Option<&str>, Option<&str>, Instant)> + '_ {
        self.rows.iter().enumerate().filter(|(i, _)| self.leader[*i] == *i as u32).map(|(_, r)| {
            let text = |t: u32| self.texts.get(t as usize).map(String::as_str);
            (self.view.calls[r.batch as usize].subject, text(r.line), text(r.number), Instant::utc(r.ms))
        })
    }

    /// How many calls with each number in each month, or with one number only.
    ///
    /// Minutes: the longest duration any source gives of a call, summed in seconds, rounded down; a source
    /// that counts whole minutes has already rounded each call up.
    pub fn summaries(&self, number: Option<&str>) -> Vec<CallSummary> {
        let wanted = number.map(|n| self.texts.iter().position(|t| t == n).map_or(NONE - 1, |i| i as u32));
        let lines = self.view.party_lines();
        let mut longest: HashMap<u32, u32> = HashMap::new();
        for (i, r) in self.rows.iter().enumerate().filter(|(i, r)| self.leader[*i] != *i as u32 && r.duration != NONE) {
            let d = longest.entry(self.leader[i]).or_default();
            *d = (*d).max(r.duration);
        }
        let mut sums: BTreeMap<(Option<PartyId>, u32, u32, Month), (CallSummary, u64)> = BTreeMap::new();
        for (i, r) in self.rows.iter().enumerate() {
            if self.leader[i] != i as u32 || r.number == NONE || wanted.is_some_and(|w| w != r.number) {
                continue;
            }
            let batch = &self.view.calls[r.batch as usize];
            let call = batch.columns.get(r.row as usize);
            let at = call.at.filter(|a| a.offset_min.is_some()).unwrap_or(Instant::utc(r.ms));
            let month = self.view.month_of(at);
            let text = &self.texts[r.number as usize];
            let (sum, seconds) = sums.entry((batch.subject, r.line, r.number, month)).or_insert_with(|| {
                let sum = CallSummary {
                    number: text.clone(),
                    e164: amparo_model::PhoneNumber::parse(text).is_some(),
                    of_party: lines.contains(text),
                    name: None,
                    line: self.texts.get(r.line as usize).cloned(),
                    subject: batch.subject,
                    month,
                    incoming: 0,
                    outgoing: 0,
                    missed: 0,
                    minutes: 0,
                    first: at,
                    last: at,
                };
                (sum, 0)
            });
            if matches!(Outcome::from_code(r.outcome), Some(Outcome::Missed | Outcome::Rejected | Outcome::Blocked | Outcome::Voicemail)) {
                sum.missed += 1;
            } else if r.direction == Direction::In as u8 {
                sum.incoming += 1;
            } else if r.direction == Direction::Out as u8 {
                sum.outgoing += 1;
            }
            let own = if r.duration == NONE { 0 } else { r.duration };
            *seconds += u64::from(own.max(longest.get(&(i as u32)).copied().unwrap_or(0)));
            if at.ms < sum.first.ms {
                sum.first = at;
            }
            if at.ms > sum.last.ms {
                sum.last = at;
            }
            if sum.name.is_none() {
                sum.name = call.name.map(str::to_owned);
            }
        }
        let mut out: Vec<CallSummary> = sums.into_values().map(|(mut s, seconds)| {
            s.minutes = seconds / 60;
            s
        }).collect();
        out.sort_by(|a, b| (&a.number, a.month, &a.line, a.subject).cmp(&(&b.number, b.month, &b.line, b.subject)));
        out
    }
}

/// A second of difference, or a source that rounds up to whole minutes.
fn durations_fit(a: u32, b: u32) -> bool {
    if a == NONE || b == NONE || a.abs_diff(b) <= 1 {
        return true;
    }
    let up = |d: u32| d.div_ceil(60) * 60;
    (a.is_multiple_of(60) && up(b) == a) || (b.is_multiple_of(60) && up(a) == b)
}
