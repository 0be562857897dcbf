//! The invented family, read by the real readers and understood: every planted point is found, none is
//! invented, nobody is mixed up, and every month is as the story has it.

use amparo_analysis::view::{record_of, zone_named};
use amparo_analysis::{CallBatch, CallTable, View, coverage, findings, merge};
use amparo_family::Paper;
use amparo_ingest::{File, Sink, Stop, Tools};
use amparo_model::event::{Event, Given, ReadingOf};
use amparo_model::ids::{DrawerId, RunId};
use amparo_model::reading::{PageText, PlainPage};
use amparo_model::results::{Claim, EvidenceId, Finding, Month};
use amparo_model::*;
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::sync::Arc;

#[derive(Default)]
struct Heard {
    calls: Vec<CallColumns>,
    drafts: Vec<Draft>,
    pages: Vec<PageText>,
}

impl Sink for Heard {
    fn calls(&mut self, batch: CallColumns) -> Result<(), Stop> {
        self.calls.push(batch);
        Ok(())
    }
    fn drafts(&mut self, batch: Vec<Draft>) -> Result<(), Stop> {
        self.drafts.extend(batch);
        Ok(())
    }
    fn pages(&mut self, batch: Vec<PageText>) -> Result<(), Stop> {
        self.pages.extend(batch);
        Ok(())
    }
    fn rejects(&mut self, batch: Vec<Reject>) -> Result<(), Stop> {
        assert!(batch.is_empty(), "{batch:?}");
        Ok(())
    }
    fn inside(&mut self, _: Inside) -> Result<(), Stop> {
        Ok(())
    }
    fn progress(&mut self, _: u64, _: u64) -> Result<(), Stop> {
        Ok(())
    }
}

fn read(paper: &Paper) -> (Report, Heard) {
    let mut heard = Heard::default();
    let mut body = Cursor::new(paper.bytes.clone());
    let name = paper.path.rsplit('/').next().unwrap_or_default().to_owned();
    let mut file = File { name, bytes: paper.bytes.len() as u64, body: &mut body, companions: Vec::new(), inside: String::new() };
    let report = amparo_ingest::read(&mut file, &Tools::default(), &mut heard).expect("this listener never stops");
    (report, heard)
}

fn party(token: &str) -> PartyId {
    PartyId([if token == "client" { 1 } else { 2 }; 16])
}

/// A case that was given these papers, in this order.
struct Case {
    file: CaseFile,
    records: Vec<Record>,
    calls: Vec<CallBatch>,
    /// The path of each original.
    paths: BTreeMap<Sha256, String>,
    reports: BTreeMap<String, Report>,
}

fn gather<'p>(papers: impl IntoIterator<Item = &'p Paper>) -> Case {
    let mut case = Case { file: CaseFile::default(), records: Vec::new(), calls: Vec::new(), paths: BTreeMap::new(), reports: BTreeMap::new() };
    let event = |what: What| Event { v: 1, at: "2026-11-24T12:00:00.000Z".into(), drawer: DrawerId([0; 16]), epoch: 1, office: None, what };
    for (seq, token) in [(1, "client"), (2, "spouse")] {
        let what = What::Party { party: party(token), role: token.into(), name: None, new_drawer: DrawerId([seq as u8; 16]), check: String::new() };
        case.file.apply(seq, MemberId([9; 16]), &event(what));
    }
    for (n, paper) in papers.into_iter().enumerate() {
        let seq = n as u64 + 3;
        let (report, heard) = read(paper);
        let original = Sha256::of(&paper.bytes);
        let subject = Some(party(paper.subject));
        case.paths.insert(original, paper.path.clone());
        for draft in heard.drafts.into_iter().chain(heard.pages.iter().map(PlainPage::from).map(amparo_model::wire::page_draft)) {
            assert_eq!(draft.check(), Ok(()), "{}", paper.path);
            case.records.push(record_of(draft, original, &paper.path, &report.reader, seq, subject));
        }
        for columns in heard.calls {
            case.calls.push(CallBatch { giving: seq, original, name: paper.path.clone(), reader: report.reader.clone(), subject, columns });
        }
        let given = Given {
            blob: original,
            sha256: original,
            bytes: paper.bytes.len() as u64,
            name: paper.path.clone(),
            path: String::new(),
            run: RunId([1; 16]),
            from: None,
            subject,
            companions: Vec::new(),
            already: None,
            reading: ReadingOf { report: report.clone(), inside: Vec::new(), segments: Vec::new() },
        };
        case.file.apply(seq, MemberId([9; 16]), &event(What::Given(given)));
        case.reports.insert(paper.path.clone(), report);
    }
    case
}

impl Case {
    fn view(&self, zone: &str) -> View {
        View::new(Arc::new(self.file.clone()), self.records.clone(), self.calls.clone(), zone_named(zone).expect("a zone"))
    }

    fn found(&self, zone: &str) -> Vec<Finding> {
        let view = self.view(zone);
        findings(&view, JournalId([7; 16]), &merge(&view), &CallTable::build(&view), date(2026, 11, 24))
    }

    /// The papers and people that a finding stands on.
    fn behind(&self, finding: &Finding) -> (BTreeSet<String>, BTreeSet<Option<PartyId>>) {
        let (mut files, mut people) = (BTreeSet::new(), BTreeSet::new());
        let view = self.view("America/Phoenix");
        let calls: Vec<Record> = CallTable::build(&view).unmerged_records().collect();
        for id in finding.because() {
            let EvidenceId::Record(id) = id else { continue };
            let record = self.records.iter().chain(&calls).find(|r| r.id == *id).expect("a record of this case");
            files.insert(self.paths[&record.provenance.original].clone());
            people.insert(record.subject);
        }
        (files, people)
    }
}

/// (type, about, subject, when, files).
type Point = (String, String, String, String, BTreeSet<String>);

fn points(case: &Case, zone: &str) -> BTreeSet<Point> {
    let mut out = BTreeSet::new();
    for finding in case.found(zone) {
        let (files, people) = case.behind(&finding);
        assert_eq!(people, BTreeSet::from([finding.subject]), "a finding mixes people: {}", finding.what);
        let when = finding.when.as_ref().map_or(String::new(), |w| w.to_string());
        let subject = case.file.token_of(finding.subject).unwrap_or_default().to_owned();
        out.insert((finding.kind.as_str().into(), finding.about.as_str().into(), subject, when, files));
    }
    out
}

fn planted(truth: &serde_json::Value) -> BTreeSet<Point> {
    let text = |f: &serde_json::Value, name: &str| f[name].as_str().unwrap_or_default().to_owned();
    let files = |f: &serde_json::Value| f["files"].as_array().into_iter().flatten().filter_map(|p| p.as_str().map(str::to_owned)).collect();
    truth["findings"].as_array().into_iter().flatten().map(|f| (text(f, "type"), text(f, "about"), text(f, "subject"), text(f, "when"), files(f))).collect()
}

const SEEDS: [u64; 6] = [1, 2, 3, 17, 404, 90_210];

#[test]
fn every_planted_point_is_found_and_none_is_invented() {
    for seed in SEEDS {
        let (papers, truth) = amparo_family::written(seed);
        let case = gather(&papers);
        // Where the case's zone is another than the family's, local times still find their calls.
        for zone in ["America/Phoenix", "UTC"] {
            assert_eq!(points(&case, zone), planted(&truth), "seed {seed}, {zone}");
        }
    }
}

#[test]
fn files_are_recognised_and_every_unit_is_accounted_for() {
    for seed in SEEDS {
        let (papers, _) = amparo_family::written(seed);
        let case = gather(&papers);
        for paper in &papers {
            let report = &case.reports[&paper.path];
            assert_eq!((report.kind.as_str(), report.units), (paper.kind, paper.units), "seed {seed}, {}", paper.path);
            assert_eq!((report.state, report.rejects), (State::Read, 0), "seed {seed}, {}", paper.path);
        }
    }
}

#[test]
fn months_are_as_the_story_has_them() {
    for seed in SEEDS {
        let (papers, truth) = amparo_family::written(seed);
        let case = gather(&papers);
        let view = case.view("America/Phoenix");
        let (merged, calls) = (merge(&view), CallTable::build(&view));
        let (from, to) = (Month { year: 2015, month: 1 }, Month { year: 2024, month: 12 });
        let grid = coverage(&view, &merged, &calls, Claim::Presence, party("client"), from, to, date(2026, 11, 24));
        let best: Vec<(String, &str)> = grid.months.iter().map(|m| (m.month.to_string(), m.best.as_str())).collect();
        let story: Vec<(String, &str)> =
            truth["months"].as_array().into_iter().flatten().map(|m| (m["month"].as_str().unwrap_or_default().to_owned(), m["best"].as_str().unwrap_or_default())).collect();
        assert_eq!(best, story, "seed {seed}");
    }
}

#[test]
fn calls_of_overlapping_sources_are_counted_once() {
    let (papers, _) = amparo_family::written(5);
    let case = gather(&papers);
    let view = case.view("UTC");
    let table = CallTable::build(&view);
    let of = |name: &str| case.reports[name].records as usize;
    let alone = gather(papers.iter().filter(|p| p.path == "client/calls-2020.xml" || p.path == "client/calls-2021.xml"));
    let alone = alone.view("UTC");
    let both = CallTable::build(&alone).merged();
    // Two calls of the carrier's file stand in neither backup; its other calls are in them.
    assert_eq!(table.merged(), both + 2 + of("spouse/calls-2021.xml"));
    assert_eq!(table.unmerged(), table.records().map(|r| 1 + r.also.len()).sum::<usize>());
}

#[test]
fn the_order_of_giving_changes_nothing() {
    let (papers, _) = amparo_family::written(8);
    let forth = gather(&papers);
    let back = gather(papers.iter().rev());
    assert_eq!(points(&forth, "America/Phoenix"), points(&back, "America/Phoenix"));
    let ids = |case: &Case| -> Vec<(RecordId, Vec<RecordId>)> {
        let view = case.view("America/Phoenix");
        let calls = CallTable::build(&view);
        merge(&view).into_iter().chain(calls.records()).map(|r| (r.id, r.also.into_iter().map(|(id, _)| id).collect())).collect()
    };
    assert_eq!(ids(&forth), ids(&back));
}
