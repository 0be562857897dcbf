//! A whole case as a reader sees it, in one language: what the chronology, the report and the charts are made of.

use crate::lacking;
use crate::speech::{Speech, capital, plain};
use amparo_analysis::{CallTable, View, coverage, findings, merge, timeline};
use amparo_chart::{Bar, CallRow, Calls, Dispute, Fill, Grid, Lanes, Links, MonthBox, MonthCount, Point, PointShape, Span};
use amparo_lang::sentence;
use amparo_model::event::{At, SegmentKind};
use amparo_model::results::{About, Best, CallSummary, Claim, Coverage, EvidenceId, Finding, FindingType, Lane, Month, TimelineItem};
use amparo_model::{Certainty, Edtf, Giving, JournalId, Kind, PartyId, Record};
use amparo_office::LogLine;
use amparo_office::access::{Own, reduce};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of numbers that a chart of calls shows.
const NUMBERS: usize = 8;

/// Below this confidence, in hundredths, a machine-read record waits for a person.
pub const DOUBTFUL: u8 = 80;
/// Any month that a paper can name.
const ALWAYS: Span = Span { from: Month { year: 1, month: 1 }, to: Month { year: 9999, month: 12 } };

/// Everything computed once.
pub struct Seen {
    pub view: View,
    pub own: Own,
    pub as_of: Date,
    pub span: (Month, Month),
    pub people: Vec<PartyId>,
    pub records: Vec<Record>,
    pub findings: Vec<Finding>,
    pub items: Vec<TimelineItem>,
    /// Presence, month by month, of each person.
    pub grids: Vec<Coverage>,
    /// The other claims.
    pub claims: Vec<Coverage>,
    /// How many calls a person's papers hold of a day.
    pub days: BTreeMap<(PartyId, Date), u64>,
    /// Who each person's phone speaks with, those most spoken with first.
    pub numbers: Vec<Number>,
    /// The single calls that findings stand on.
    calls_behind: Vec<Record>,
}

/// A number that a person's phone speaks with.
pub struct Number {
    pub subject: PartyId,
    pub number: String,
    pub e164: bool,
    pub of_party: bool,
    pub name: Option<String>,
    pub months: Vec<CallSummary>,
}

impl Number {
    pub fn counts(&self) -> Vec<MonthCount> {
        self.months.iter().map(|s| MonthCount { month: s.month, count: calls_of(s) }).collect()
    }

    pub fn total(&self) -> u64 {
        self.months.iter().map(calls_of).sum()
    }
}

/// The calls of a month with a number, taken or not.
pub fn calls_of(s: &CallSummary) -> u64 {
    s.incoming + s.outgoing + s.missed
}

impl Seen {
    pub fn of(case: JournalId, view: View, own: Own, whose: Option<PartyId>, as_of: Date, span: (Month, Month)) -> Seen {
        let (records, calls) = (merge(&view), CallTable::build(&view));
        let people = people(&view, whose);
        let mut findings = findings(&view, case, &records, &calls, as_of);
        findings.retain(|f| whose.is_none_or(|w| f.subject == Some(w)));
        let mut items = timeline(&view, &records, &calls).items;
        items.retain(|i| whose.is_none_or(|w| i.subject == Some(w)) && i.when.earliest().is_none_or(|d| d <= as_of));
        let grid = |claim, p: &PartyId| coverage(&view, &records, &calls, claim, *p, span.0, span.1, as_of);
        let grids = people.iter().map(|p| grid(Claim::Presence, p)).collect();
        let claims = people.iter().flat_map(|p| [grid(Claim::Employment, p), grid(Claim::Residence, p)]).collect();
        let (days, numbers) = (calls.days(), numbers(calls.summaries(None)));
        let calls_behind = calls_behind(&calls, &records, &findings);
        drop(calls);
        Seen { view, own, as_of, span, people, records, findings, items, grids, claims, days, numbers, calls_behind }
    }

    pub fn coverage_of(&self, party: PartyId, claim: Claim) -> Option<&Coverage> {
        self.grids.iter().chain(&self.claims).find(|g| g.subject == party && g.claim == claim)
    }

    pub fn who(&self, speech: Speech, party: Option<PartyId>) -> String {
        self.view.file.token_of(party).map_or_else(|| speech.word("party-none"), |t| amparo_lang::party(t, speech.lang))
    }

    /// A person in a heading: the role, begun with a capital.
    pub fn who_heading(&self, speech: Speech, party: Option<PartyId>) -> String {
        capital(&self.who(speech, party))
    }

    // ---- sources ----

    /// The papers that are read, numbered as they were given.
    pub fn sources(&self) -> Vec<&Giving> {
        self.view.file.readable().collect()
    }

    /// The numbers of the papers that evidence about a person stands on.
    pub fn references(&self, ids: &[EvidenceId], subject: Option<PartyId>) -> Vec<u32> {
        let number: BTreeMap<u64, u32> = self.sources().iter().zip(1..).map(|(g, n)| (g.seq, n)).collect();
        let mut out = BTreeSet::new();
        for id in ids {
            match id {
                EvidenceId::Record(id) => {
                    if let Some(record) = self.record(id) {
                        let all = std::iter::once(&record.provenance).chain(record.also.iter().map(|(_, p)| p));
                        out.extend(all.filter_map(|p| number.get(&p.giving)));
                    }
                }
                EvidenceId::Calls { .. } => out.extend(self.view.calls.iter().filter(|b| b.subject == subject && holds(b, id)).filter_map(|b| number.get(&b.giving))),
            }
        }
        out.into_iter().copied().collect()
    }

    pub fn record(&self, id: &amparo_model::RecordId) -> Option<&Record> {
        self.records.iter().chain(&self.calls_behind).find(|r| r.id == *id || r.also.iter().any(|(a, _)| a == id))
    }

    // ---- charts ----

    pub fn grid(&self, speech: Speech, coverage: &Coverage) -> Grid {
        let who = self.who_heading(speech, Some(coverage.subject));
        let month = |m: Month| amparo_lang::month(m, speech.lang);
        let range = [("from", month(self.span.0)), ("to", month(self.span.1))];
        let boxes = coverage.months.iter().map(|m| MonthBox { month: m.month, best: m.best.into(), records: m.evidence.iter().map(|e| e.count).sum() });
        Grid {
            title: speech.say("chart-coverage", &[("who", who), ("claim", speech.term("claim", coverage.claim.as_str()))]),
            desc: speech.say("chart-coverage-desc", &range),
            months: boxes.collect(),
            holes: lacking::holes(coverage, speech),
        }
    }

    pub fn lanes(&self, speech: Speech, coverage: &Coverage) -> Lanes {
        self.lanes_in(speech, coverage, Span { from: self.span.0, to: self.span.1 }, None)
    }

    /// The lanes between two months; with `links`, marks lead to the case's pages, by addresses beside them.
    pub fn lanes_in(&self, speech: Speech, coverage: &Coverage, span: Span, links: Option<Links>) -> Lanes {
        let party = coverage.subject;
        let mine = || self.records.iter().filter(move |r| r.subject == Some(party));
        let runs = |best: Best| runs(&coverage.months, best);
        let reach = self.phone_reach_in(party, true, span);
        let mut lanes = Lanes {
            title: speech.say("chart-lanes", &[("who", self.who_heading(speech, Some(party)))]),
            desc: speech.word("chart-lanes-desc"),
            span,
            work: self.work(speech, mine(), span),
            home: mine().filter(|r| r.kind == Kind::Address).filter_map(|r| self.bar(r, address(r), span)).collect(),
            phone: self.phone(party, span),
            phone_reach: reach,
            phone_note: self.phone_reach_in(party, true, ALWAYS).map_or_else(
                || speech.word("chart-no-phone"),
                |r| speech.say("chart-phone-reach", &[("from", amparo_lang::month(r.from, speech.lang)), ("to", amparo_lang::month(r.to, speech.lang))]),
            ),
            immigration: mine().filter_map(|r| self.point(speech, r, span)).collect(),
            gaps: runs(Best::None),
            out_of_reach: runs(Best::OutOfReach),
            disputes: self.disputes(speech, party, span),
            links,
        };
        if lanes.links.is_none() {
            lanes.work.iter_mut().chain(&mut lanes.home).for_each(|b| b.href = None);
            lanes.immigration.iter_mut().for_each(|p| p.href = None);
            lanes.disputes.iter_mut().for_each(|d| d.href = None);
        }
        lanes
    }

    /// Work as bars: full where papers name the months, half where they name only the year, empty where nobody but the
    /// person says it. Nothing is drawn between two pay papers
    /// of one employer unless something speaks of that time.
    fn work<'r>(&self, speech: Speech, mine: impl Iterator<Item = &'r Record>, span: Span) -> Vec<Bar> {
        let mut bars: Vec<Bar> = Vec::new();
        let mut paid: BTreeMap<String, (String, BTreeMap<Month, &Record>)> = BTreeMap::new();
        let mut years: BTreeMap<String, (String, Fill, BTreeMap<i16, &Record>)> = BTreeMap::new();
        for record in mine {
            let label = record.text("employer").map(|e| if self.own.household_employers.contains(e) { self.own.third(e) } else { e.to_owned() });
            match record.kind {
                Kind::Job => bars.extend(self.bar(record, label.unwrap_or_else(|| speech.term("kind", "job")), span)),
                Kind::Pay => {
                    let (Some(label), Some(when)) = (label, timeline::when(record)) else { continue };
                    let (Some(first), Some(last)) = (when.earliest().map(Month::of), when.latest().map(Month::of)) else { continue };
                    let known = paid.entry(amparo_analysis::names::plain(&label)).or_insert((label, BTreeMap::new()));
                    known.1.extend((0..=last.index() - first.index()).map(|n| (first.plus(n), record)));
                }
                Kind::Earnings if record.number("amount_cents").is_some_and(|n| n > 0) => {
                    let (label, fill) = label.map_or_else(|| (speech.term("kind", "earnings"), Fill::Total), |l| (l, Fill::Half));
                    let year = record.number("year").and_then(|y| i16::try_from(y).ok());
                    years.entry(amparo_analysis::names::plain(&label)).or_insert((label, fill, BTreeMap::new())).2.extend(year.map(|y| (y, record)));
                }
                _ => {}
            }
        }
        let told = |name: &str| bars.iter().any(|b| amparo_analysis::names::plain(&b.label) == name && b.fill == Fill::Full);
        let bar = |from: Month, to: Month, label: &str, fill, record: &Record| {
            let span = Span { from: from.max(span.from), to: to.min(span.to) };
            (span.from <= span.to).then(|| Bar { span, label: label.to_owned(), fill, href: Some(href(record)) })
        };
        let mut more = Vec::new();
        for (_, (label, months)) in paid.iter().filter(|(name, _)| !told(name)) {
            let months: Vec<(Month, &Record)> = months.iter().map(|(m, r)| (*m, *r)).collect();
            for run in months.chunk_by(|a, b| a.0.next() == b.0) {
                more.extend(bar(run[0].0, run[run.len() - 1].0, label, Fill::Full, run[0].1));
            }
        }
        for (_, (label, fill, years)) in years.iter().filter(|(name, _)| !told(name)) {
            let years: Vec<(i16, &Record)> = years.iter().map(|(y, r)| (*y, *r)).collect();
            for run in years.chunk_by(|a, b| a.0 + 1 == b.0) {
                let (from, to) = (Month { year: run[0].0, month: 1 }, Month { year: run[run.len() - 1].0, month: 12 });
                more.extend(bar(from, to, label, *fill, run[0].1));
            }
        }
        bars.extend(more);
        bars.sort_by(|a, b| (a.span.from, &a.label).cmp(&(b.span.from, &b.label)));
        bars
    }

    /// A record's time as a bar within the span; `None` outside it.
    fn bar(&self, record: &Record, label: String, span: Span) -> Option<Bar> {
        let when = timeline::when(record)?;
        let from = Month::of(when.earliest()?).max(span.from);
        let to = Month::of(when.latest().unwrap_or(self.as_of)).min(span.to);
        let fill = if record.certainty == Certainty::Said { Fill::Weak } else { Fill::Full };
        (from <= to).then(|| Bar { span: Span { from, to }, label, fill, href: Some(href(record)) })
    }

    fn point(&self, speech: Speech, record: &Record, span: Span) -> Option<Point> {
        let (shape, label) = mark(speech, record)?;
        let month = Month::of(timeline::when(record)?.earliest()?);
        (span.from..=span.to).contains(&month).then(|| Point { month, shape, label, href: Some(href(record)) })
    }
    /// Calls and messages, by month.
    fn phone(&self, party: PartyId, span: Span) -> Vec<MonthCount> {
        let mut counts: BTreeMap<Month, u64> = BTreeMap::new();
        for s in self.numbers.iter().filter(|n| n.subject == party).flat_map(|n| &n.months) {
            *counts.entry(s.month).or_default() += calls_of(s);
        }
        for record in self.records.iter().filter(|r| r.kind == Kind::Message && r.subject == Some(party)) {
            if let Some(at) = record.instant("at") {
                *counts.entry(self.view.month_of(at)).or_default() += 1;
            }
        }
        counts.into_iter().filter(|(m, _)| (span.from..=span.to).contains(m)).map(|(month, count)| MonthCount { month, count }).collect()
    }

    /// The months that the person's files of calls, and of messages where asked, reach.
    pub fn phone_reach(&self, party: PartyId, messages: bool) -> Option<Span> {
        self.phone_reach_in(party, messages, Span { from: self.span.0, to: self.span.1 })
    }

    pub fn phone_reach_in(&self, party: PartyId, messages: bool, span: Span) -> Option<Span> {
        let mut reach: Option<(Month, Month)> = None;
        let written: BTreeSet<u64> = self.view.records.iter().filter(|r| messages && r.kind == Kind::Message).map(|r| r.provenance.giving).collect();
        for giving in self.view.file.readable() {
            let calls = giving.reading.segments.iter().any(|s| s.kind == SegmentKind::Calls) || written.contains(&giving.seq);
            let own = (giving.subject == Some(party) && calls).then_some(&giving.reading.report);
            for covers in own.iter().filter_map(|r| r.covers.as_ref()) {
                let day = |e: &Option<Edtf>| e.as_ref().and_then(|e| e.earliest()).map(Month::of);
                if let (Some(from), Some(to)) = (day(&covers.from), covers.to.as_ref().and_then(|e| e.latest()).map(Month::of)) {
                    reach = Some(reach.map_or((from, to), |(a, b)| (a.min(from), b.max(to))));
                }
            }
        }
        let (from, to) = reach?;
        Some(Span { from: from.max(span.from), to: to.min(span.to) }).filter(|s| s.from <= s.to)
    }

    fn disputes(&self, speech: Speech, party: PartyId, span: Span) -> Vec<Dispute> {
        let of = |f: &&Finding| f.subject == Some(party) && f.kind == FindingType::Contradiction && f.resolution.is_none();
        let dispute = |f: &Finding| {
            let lane = match f.about {
                About::Employment => Lane::Work,
                About::Phone => Lane::Phone,
                About::Address => Lane::Home,
                About::Presence | About::Identity | About::Travel => Lane::Immigration,
            };
            let month = Month::of(f.when.as_ref()?.earliest()?);
            let href = format!("finding/{}", f.id());
            (span.from..=span.to).contains(&month).then(|| Dispute { month, lane, label: speech.term("about", f.about.as_str()), href: Some(href) })
        };
        self.findings.iter().filter(of).filter_map(dispute).collect()
    }

    /// The numbers that a person's phone speaks with most, by month.
    pub fn calls(&self, speech: Speech, party: PartyId) -> Option<Calls> {
        let reach = self.phone_reach(party, false)?;
        let within = |n: &Number| n.counts().into_iter().filter(|m| (reach.from..=reach.to).contains(&m.month)).collect::<Vec<_>>();
        let mut most: Vec<(&Number, Vec<MonthCount>)> = self.numbers.iter().filter(|n| n.subject == party).map(|n| (n, within(n))).collect();
        most.retain(|(_, months)| !months.is_empty());
        most.sort_by_key(|(n, months)| (std::cmp::Reverse(months.iter().map(|m| m.count).sum::<u64>()), n.number.clone()));
        let all = most.len();
        let rows = most.into_iter().take(NUMBERS).map(|(n, months)| {
            let (name, note) = self.number_named(speech, n);
            CallRow { name, note, months }
        });
        let rows: Vec<CallRow> = rows.collect();
        let who = self.who_heading(speech, Some(party));
        let month = |m: Month| amparo_lang::month(m, speech.lang);
        Some(Calls {
            title: speech.say("chart-calls", &[("who", who), ("shown", rows.len().to_string()), ("all", all.to_string())]),
            desc: speech.say("chart-calls-desc", &[("from", month(reach.from)), ("to", month(reach.to))]),
            from: reach.from,
            to: reach.to,
            rows,
        })
    }

    /// A number as it may be shown, and who it is in the case.
    pub fn number_named(&self, speech: Speech, n: &Number) -> (String, String) {
        let open = n.of_party || self.own.may_show(n.e164.then_some(&n.number), Some(&n.number));
        let name = if open { n.name.clone().unwrap_or_else(|| n.number.clone()) } else { amparo_model::numbers::mask_number(&n.number) };
        let note = speech.word(if n.of_party {
            "chart-in-case"
        } else if open {
            "chart-open"
        } else {
            "chart-masked"
        });
        (plain(&name), note)
    }

    // ---- sentences ----

    /// A record in a word or two: who paid, where one lived, what was filed.
    pub fn label(&self, speech: Speech, record: &Record) -> String {
        let employer = record.text("employer").map(|e| if self.own.household_employers.contains(e) { self.own.third(e) } else { plain(e) });
        let place = || Some(plain(&address(record))).filter(|a| !a.is_empty() && record.kind == Kind::Address);
        employer.or_else(place).or_else(|| mark(speech, record).map(|(_, label)| label)).unwrap_or_else(|| capital(&speech.term("kind", record.kind.as_str())))
    }

    /// What a record says, in one sentence; its kind where no sentence fits.
    pub fn says(&self, speech: Speech, record: &Record) -> String {
        amparo_analysis::says::record(record).map_or_else(|| self.label(speech, record), |says| self.sentence(speech, &says))
    }

    pub fn sentence(&self, speech: Speech, says: &amparo_model::results::Says) -> String {
        plain(&sentence(says, speech.lang, &|text: &str| self.own.third(text)))
    }

    /// The field by field difference of the first two records of a finding, in words.
    pub fn differs(&self, speech: Speech, finding: &Finding) -> Vec<(String, Vec<String>)> {
        let two: Vec<&Record> = self.because(finding).into_iter().take(2).collect();
        let [a, b] = two[..] else { return Vec::new() };
        // What is hidden of a third person is hidden here, too.
        let (a, b) = (reduce(a, &self.own), reduce(b, &self.own));
        let (a, b) = (&a.get().record, &b.get().record);
        let text = |r: &Record, field: &str| {
            r.fields.get(field).map(|v| match v {
                amparo_model::Value::Edtf(e) if e.as_str() == ".." => speech.word("date-open"),
                amparo_model::Value::Edtf(e) => amparo_lang::date(e, speech.lang),
                v => r.kind.field(field).map_or_else(|| v.to_text(), |spec| speech.value(spec, v)),
            })
        };
        let differs = |spec: &amparo_model::record::FieldSpec| match (text(a, spec.name), text(b, spec.name)) {
            (Some(x), Some(y)) if x != y => Some((speech.term("field", spec.name), vec![x, y])),
            _ => None,
        };
        a.kind.fields().iter().filter_map(differs).collect()
    }

    /// The records behind a finding, the first of each paper before others of it.
    pub fn because(&self, finding: &Finding) -> Vec<&Record> {
        let mut records: Vec<&Record> = finding
            .because()
            .iter()
            .filter_map(|id| match id {
                EvidenceId::Record(id) => self.record(id),
                EvidenceId::Calls { .. } => None,
            })
            .collect();
        records.sort_by_key(|r| (timeline::when(r).and_then(|w| w.earliest()), r.id));
        let mut seen = BTreeSet::new();
        let (first, rest): (Vec<&Record>, Vec<&Record>) = records.into_iter().partition(|r| seen.insert(r.provenance.original));
        first.into_iter().chain(rest).collect()
    }

    pub fn reaches(&self, speech: Speech, giving: &Giving) -> String {
        speech.reaches(&giving.reading.report)
    }
}

/// The calls that findings name, each as its own source has it.
pub fn calls_behind(calls: &CallTable<'_>, records: &[Record], findings: &[Finding]) -> Vec<Record> {
    let known: BTreeSet<_> = records.iter().flat_map(|r| std::iter::once(r.id).chain(r.also.iter().map(|(id, _)| *id))).collect();
    let named = findings.iter().flat_map(Finding::because).filter_map(|id| match id {
        EvidenceId::Record(id) if !known.contains(id) => Some(*id),
        EvidenceId::Record(_) | EvidenceId::Calls { .. } => None,
    });
    calls.named(&named.collect())
}

fn holds(batch: &amparo_analysis::CallBatch, id: &EvidenceId) -> bool {
    let EvidenceId::Calls { number, .. } = id else { return false };
    [&batch.columns.number, &batch.columns.number_raw].into_iter().any(|column| column.values.iter().any(|have| have == number))
}

/// The summaries of each person's numbers together.
fn numbers(summaries: Vec<CallSummary>) -> Vec<Number> {
    let mut known: BTreeMap<(PartyId, String), Number> = BTreeMap::new();
    for s in summaries {
        let Some(subject) = s.subject else { continue };
        let number = || Number { subject, number: s.number.clone(), e164: s.e164, of_party: s.of_party, name: None, months: Vec::new() };
        let n = known.entry((subject, s.number.clone())).or_insert_with(number);
        n.name = n.name.take().or_else(|| s.name.clone());
        n.months.push(s);
    }
    let mut numbers: Vec<Number> = known.into_values().collect();
    numbers.iter_mut().for_each(|n| n.months.sort_by_key(|s| s.month));
    numbers.sort_by_cached_key(|n| (std::cmp::Reverse(n.total()), n.number.clone()));
    numbers
}

/// A record's page, beside the case's other pages.
pub fn href(record: &Record) -> String {
    format!("record/{}", record.id)
}

/// How a dated paper of the immigration lane is drawn, and what it is.
pub fn mark(speech: Speech, record: &Record) -> Option<(PointShape, String)> {
    let shape = match record.kind {
        Kind::Entry | Kind::Exit => PointShape::Diamond,
        Kind::Encounter => PointShape::Triangle,
        Kind::Filing | Kind::Notice | Kind::Hearing | Kind::Order | Kind::Status => PointShape::Square,
        _ => return None,
    };
    let detail = ["form", "class", "type"].iter().find_map(|f| record.text(f));
    let kind = capital(&speech.term("kind", record.kind.as_str()));
    Some((shape, detail.map_or(kind.clone(), |d| format!("{kind}, {}", plain(d)))))
}

fn address(record: &Record) -> String {
    record.text("city").or(record.text("text")).unwrap_or_default().to_owned()
}

/// Runs of months whose best is this.
fn runs(months: &[amparo_model::results::CoverageMonth], best: Best) -> Vec<Span> {
    let same = |m: &amparo_model::results::CoverageMonth| m.best == best;
    months.chunk_by(|a, b| same(a) == same(b)).filter(|run| same(&run[0])).map(|run| Span { from: run[0].month, to: run[run.len() - 1].month }).collect()
}

/// How a finding was settled, why, by whom and when; `None` while it is open.
pub fn settled(view: &View, log: &[LogLine], finding: &Finding, speech: Speech) -> Option<String> {
    let (seq, how, why) = view.file.settled.get(&finding.id())?;
    let entry = log.iter().find(|l| l.seq == *seq);
    let args = [
        ("how", capital(&speech.term("resolution", how.as_str()))),
        ("why", why.as_deref().map_or_else(|| speech.word("settled-no-why"), plain)),
        ("member", entry.map(|l| plain(&l.member)).unwrap_or_default()),
        ("on", entry.map(|l| speech.day(&l.at, &view.zone)).unwrap_or_default()),
    ];
    Some(speech.say("settled-line", &args))
}

/// The places that a finding stands on, as the journal names them.
pub fn places_behind(view: &View, finding: &Finding) -> Vec<At> {
    let place = |id: &EvidenceId| match id {
        EvidenceId::Record(id) => view.records.iter().find(|r| r.id == *id).map(|r| At::of(r.provenance.giving, &r.provenance.place, r.kind)),
        EvidenceId::Calls { .. } => None,
    };
    finding.because().iter().filter_map(place).collect()
}

/// A record as its own source has it, before what members changed in it.
pub fn as_given(view: &View, record: &Record) -> Record {
    let at = At::of(record.provenance.giving, &record.provenance.place, record.kind);
    let mut given = record.clone();
    for (_, _, change) in view.file.changes.iter().rev().filter(|(_, _, c)| c.at == at) {
        let Some(spec) = record.kind.field(&change.field) else { continue };
        match change.from.as_deref().and_then(|from| amparo_model::Value::parse(spec.ty, from)) {
            Some(value) => given.fields.insert(spec.name, value),
            None => given.fields.remove(spec.name),
        };
    }
    given
}

/// The people asked about: one, or all of the case.
pub fn people(view: &View, whose: Option<PartyId>) -> Vec<PartyId> {
    view.file.parties.iter().map(|p| p.id).filter(|id| whose.is_none_or(|w| w == *id)).collect()
}
