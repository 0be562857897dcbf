//! Points to clarify: both papers side by side, what differs, and how a person settles it.

use super::answer::{Answer, Asked};
use super::overview::finding_title;
use super::room::{Known, Pictured, Room, Visit};
use super::shell::Shell;
use crate::speech::{Speech, capital};
use amparo_analysis::findings::{disputed, ways};
use amparo_model::Record;
use amparo_model::event::Resolution;
use amparo_model::ids::FindingId;
use amparo_model::results::{About, EvidenceId, Finding, FindingType};
use amparo_office::{Exit, Problem, Result};
use askama::Template;

/// Pixels across a page that stands beside another.
const BESIDE: u32 = 900;
/// Papers shown side by side; the others are named and linked.
const SHOWN: usize = 2;

#[derive(Template)]
#[template(path = "findings.html")]
struct ListPage {
    shell: Shell,
    handle: String,
    open: Vec<Line>,
    settled: Vec<Line>,
    doubtful: Vec<Line>,
}

struct Line {
    href: String,
    sign: &'static str,
    title: String,
    what: String,
    /// How, why, by whom and when it was settled.
    state: String,
}

pub fn list(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "check", &["check"], |visit| {
        let shell = Shell::of_case(visit, asked, "findings")?;
        let known = visit.known()?;
        let (handle, speech) = (visit.opened.case.handle.clone(), asked.speech);
        let log = visit.opened.case.log();
        let line = |f: &Finding| Line {
            href: format!("/case/{handle}/finding/{}", f.id()),
            sign: if f.kind == FindingType::Gap { "b-none" } else { "g-differ" },
            title: finding_title(&known, f, speech),
            what: known.seen.sentence(speech, &f.says),
            state: crate::seen::settled(&known.seen.view, &log, f, speech).unwrap_or_default(),
        };
        let (open, settled): (Vec<&Finding>, Vec<&Finding>) = known.seen.findings.iter().partition(|f| f.resolution.is_none());
        let doubtful = known.seen.records.iter().filter(|r| r.confidence.is_some_and(|c| c < crate::seen::DOUBTFUL)).map(|r| Line {
            href: format!("/case/{handle}/record/{}", r.id),
            sign: "g-paper",
            title: speech.term("kind", r.kind.as_str()),
            what: format!("{}: {}", speech.source(&r.provenance), speech.word("review-doubtful")),
            state: String::new(),
        });
        let (open, settled, doubtful) = (open.into_iter().map(line).collect(), settled.into_iter().map(line).collect(), doubtful.collect());
        Answer::page(&ListPage { shell, open, settled, doubtful, handle: handle.clone() })
    })
}

#[derive(Template)]
#[template(path = "finding.html")]
struct Page {
    shell: Shell,
    handle: String,
    id: String,
    title: String,
    sentence: String,
    differs: Vec<(String, Vec<String>)>,
    papers: Vec<Paper>,
    others: Vec<(String, String)>,
    months: Vec<String>,
    settled: Option<String>,
    /// Both papers may be right: they leave a hole, or overlap.
    beside: bool,
    ways: Vec<(&'static str, String, String)>,
    next: Option<String>,
    may: bool,
}

struct Paper {
    name: String,
    caption: String,
    picture: String,
    record: String,
    id: String,
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "review", &["finding"], |visit| {
        let shell = Shell::of_case(visit, asked, "findings")?;
        let known = visit.known()?;
        let (at, finding) = named(&known, asked)?;
        let (handle, speech) = (visit.opened.case.handle.clone(), asked.speech);
        let records = known.seen.because(finding);
        let mut papers = Vec::new();
        for record in records.iter().take(SHOWN) {
            papers.push(paper(visit, record, finding, &handle, speech)?);
        }
        let others = records.iter().skip(SHOWN).map(|r| (format!("/case/{handle}/record/{}", r.id), speech.source(&r.provenance))).collect();
        let months = finding.because().iter().filter_map(|id| match id {
            EvidenceId::Calls { month, .. } => Some(format!("{}, {}", speech.term("kind", "call"), amparo_lang::month(*month, speech.lang))),
            EvidenceId::Record(_) => None,
        });
        let months = months.collect();
        let settled = crate::seen::settled(&known.seen.view, &visit.opened.case.log(), finding, speech);
        let next = known.seen.findings.iter().skip(at + 1).chain(known.seen.findings.iter().take(at)).find(|f| f.resolution.is_none());
        let (_, _, role) = visit.desk.me();
        Answer::page(&Page {
            shell,
            id: finding.id().to_string(),
            title: finding_title(&known, finding, speech),
            sentence: known.seen.sentence(speech, &finding.says),
            differs: known.seen.differs(speech, finding),
            papers,
            others,
            months,
            settled,
            beside: matches!(finding.kind, FindingType::Gap | FindingType::Overlap),
            ways: ways(finding).iter().map(|r| (r.as_str(), capital(&speech.term("resolution", r.as_str())), speech.word(meaning(finding, *r)))).collect(),
            next: next.map(|f| format!("/case/{handle}/finding/{}", f.id())),
            may: amparo_office::access::decide(role, amparo_office::access::Action::Decide).is_ok(),
            handle,
        })
    })
}

fn meaning(finding: &Finding, how: Resolution) -> &'static str {
    match (how, finding.kind) {
        (Resolution::Explained, FindingType::Gap | FindingType::Unsupported) => "page-settle-explained-gap",
        (Resolution::Explained, FindingType::Impossible) => "page-settle-explained-one",
        (Resolution::Explained, _) => "page-settle-explained",
        (Resolution::Corrected, _) => "page-settle-corrected",
        (Resolution::Superseded, _) if finding.about == About::Phone => "page-settle-superseded-file",
        (Resolution::Superseded, _) => "page-settle-superseded",
        (Resolution::NotSamePerson, FindingType::Impossible) => "page-settle-not-same-one",
        (Resolution::NotSamePerson, _) => "page-settle-not-same",
    }
}

fn named<'k>(known: &'k Known, asked: &Asked) -> Result<(usize, &'k Finding)> {
    let gone = || Problem::new(Exit::No, "problem-no-page");
    let id: FindingId = asked.part("finding").parse().map_err(|_| gone())?;
    known.seen.findings.iter().enumerate().find(|(_, f)| f.id() == id).ok_or_else(gone)
}

fn paper(visit: &mut Visit<'_>, record: &Record, finding: &Finding, handle: &str, speech: Speech) -> Result<Paper> {
    let fields = disputed(finding, record).into_iter().map(str::to_owned).collect();
    Ok(Paper {
        name: speech.file_name(&record.provenance.name),
        caption: speech.place(&record.provenance.place),
        picture: visit.offer(Pictured::Disputed(Box::new(record.clone()), fields), BESIDE)?,
        record: format!("/case/{handle}/record/{}", record.id),
        id: record.id.to_string(),
    })
}

/// Writes down how a finding was settled; a correction goes on at the record.
pub fn settle(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "review", &["finding"], |visit| {
        let known = visit.known()?;
        let (_, finding) = named(&known, asked)?;
        let handle = visit.opened.case.handle.clone();
        let Some(how) = ways(finding).iter().copied().find(|r| r.as_str() == asked.typed("how")) else {
            return Answer::go(format!("/case/{handle}/findings"));
        };
        // It is settled once the right reading is written down, at the record that was read wrongly.
        if how == Resolution::Corrected {
            let behind = known.seen.because(finding);
            let chosen = behind.iter().find(|r| r.id.to_string() == asked.typed("which")).or(behind.first());
            if let Some(record) = chosen {
                return Answer::go(format!("/case/{handle}/record/{}?finding={}#correct", record.id, finding.id()));
            }
        }
        let why = Some(asked.typed("why")).filter(|w| !w.is_empty());
        visit.opened.case.settle(finding.id(), how, crate::seen::places_behind(&known.seen.view, finding), why)?;
        Answer::go(format!("/case/{handle}/findings?done=settled"))
    })
}
