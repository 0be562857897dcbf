//! What is written for people: the working chronology as a PDF, and the report as one HTML file.

use super::out::Out;
use super::{Cx, understand};
use crate::gather::{unmade, workers};
use crate::lacking;
use crate::picture::{Picture, WIDTH};
use crate::reading::Workers;
use crate::seen::Seen;
use crate::speech::{capital, plain};
use amparo_analysis::findings::disputed;
use amparo_chart::{FileState, Report, ReportAsk, ReportFile, ReportFinding, ReportPaper, Thief, report_html};
use amparo_model::{Edtf, State};
use amparo_office::load::Want;
use amparo_office::{Exit, Look, OpenCase, Problem, Result};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

pub fn chronology(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.in_case(|desk, case| {
        let path = cx.parsed.flag_path("out").unwrap_or_else(|| PathBuf::from(format!("{}.pdf", case.handle)));
        let office = desk.roster().settings.name.clone();
        let pdf = chronology_pdf(cx, case, &office, &workers()?)?;
        write(&path, &pdf)?;
        out.line(cx.say("answer-chronology", &[("path", path.display().to_string()), ("bytes", pdf.len().to_string())]));
        Ok(0)
    })
}

pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|_| Problem::new(Exit::Store, "problem-cannot-write").with("path", path.display()))
}

/// The chronology of a case as PDF, made in the reading process; that it was made is written down.
pub fn chronology_pdf(cx: &Cx, case: &mut OpenCase, office: &str, workers: &Workers) -> Result<Vec<u8>> {
    let whose = cx.whose(case)?;
    let look = cx.look(case, vec!["chronology".to_owned()])?;
    let loaded = case.load(&look, Want::FACTS)?;
    let view = loaded.view();
    let own = OpenCase::own(&view, &look);
    let as_of = cx.as_of(&view.zone)?;
    let seen = Seen::of(case.id(), view, own, whose, as_of, understand::span(cx, as_of)?);
    let data = chronology_data(cx, case, &seen, office)?;
    let pdf = workers.produce("chronology", cx.lang.code(), data).map_err(unmade)?;
    case.produced("chronology", &pdf, cx.lang.code())?;
    Ok(pdf)
}

/// The content of the chronology as plain data, in the reader's language (the shape is the renderer's).
fn chronology_data(cx: &Cx, case: &OpenCase, seen: &Seen, office: &str) -> Result<Json> {
    let (entry, hash, words) = case.content_head(cx.spanish())?;
    let when = |e: &Edtf| amparo_lang::date(e, cx.lang);
    let parties: Vec<Json> = seen
        .people
        .iter()
        .filter_map(|id| seen.view.file.party(*id))
        .map(|p| {
            let name = p.name.clone().unwrap_or_default();
            json!({"who": plain(&name), "role": amparo_lang::party(&p.token, cx.lang), "detail": ""})
        })
        .collect();
    let findings: Vec<Json> = seen
        .findings
        .iter()
        .map(|f| {
            json!({
                "when": f.when.as_ref().map(when).unwrap_or_default(),
                "whose": seen.who(cx.speech(), f.subject),
                "kind": cx.term("type", f.kind.as_str()),
                "sentence": seen.sentence(cx.speech(), &f.says),
                "settled": f.resolution.map(|r| cx.term("resolution", r.as_str())).unwrap_or_default(),
                "references": seen.references(f.because(), f.subject),
            })
        })
        .collect();
    let timeline: Vec<Json> = seen
        .items
        .iter()
        .map(|i| {
            json!({
                "when": when(&i.when),
                "lane": cx.term("lane", i.lane.as_str()),
                "whose": seen.who(cx.speech(), i.subject),
                "sentence": seen.sentence(cx.speech(), &i.says),
                "references": seen.references(&i.records, i.subject),
            })
        })
        .collect();
    let grids: Vec<Json> = seen.grids.iter().map(|g| json!(seen.grid(cx.speech(), g))).collect();
    let lanes: Vec<Json> = seen.grids.iter().map(|g| json!(seen.lanes(cx.speech(), g))).collect();
    let ask: Vec<Json> = seen
        .grids
        .iter()
        .flat_map(|c| {
            lacking::asked(c, &seen.view.file, cx.speech()).into_iter().map(|group| {
                json!({
                    "whose": seen.who(cx.speech(), Some(c.subject)), "months": group.runs.iter().map(|(_, run)| capital(run)).collect::<Vec<_>>(),
                    "title": group.title, "why": group.why, "papers": group.papers,
                })
            })
        })
        .collect();
    let calls: Vec<Json> = seen.people.iter().filter_map(|p| seen.calls(cx.speech(), *p)).map(|c| json!(c)).collect();
    let sources: Vec<Json> = seen
        .sources()
        .iter()
        .zip(1..)
        .map(|(g, number): (_, u32)| {
            let r = &g.reading.report;
            let inside = g.reading.inside.iter().map(|i| i.report.records).sum::<u64>();
            json!({
                "number": number, "name": plain(&g.given.name), "kind": cx.term("format", &r.kind), "whose": seen.who(cx.speech(), g.subject), "reaches": seen.reaches(cx.speech(), g),
                "state": cx.term("state", r.state.as_str()), "records": r.records + inside, "furniture": r.furniture, "rejects": r.rejects, "unread": r.pages_unread,
            })
        })
        .collect();
    let zone = seen.view.zone.iana_name().unwrap_or("UTC").to_owned();
    let mut notes = vec![cx.say("note-zone", &[("zone", zone)])];
    if !seen.own.unmasked {
        notes.push(cx.word("note-masked"));
    }
    let unassigned = seen.view.file.readable().filter(|g| g.subject.is_none()).count();
    if unassigned > 0 {
        notes.push(cx.say("note-unassigned", &[("count", unassigned.to_string())]));
    }
    Ok(json!({
        "office": office, "case": case.handle, "made_on": when(&Edtf::day(seen.as_of)), "head": {"entry": entry, "words": words, "digits": hash.to_string()},
        "lead": "", "notes": notes, "parties": parties, "findings": findings, "timeline": timeline, "lanes": lanes, "coverage": grids, "ask": ask,
        "calls": calls, "sources": sources,
    }))
}

/// What the report says beside the case itself.
pub struct Around {
    pub office: String,
    pub title: String,
    pub notice: String,
    pub thief: Thief,
    pub foot: Vec<String>,
}

/// The report of a case: one HTML file with everything in it, pages side by side included.
pub fn report(cx: &Cx, case: &mut OpenCase, around: Around) -> Result<String> {
    let look = cx.look(case, vec!["report".to_owned()])?;
    let loaded = case.load(&look, Want::FACTS)?;
    let view = loaded.view();
    let own = OpenCase::own(&view, &look);
    let as_of = cx.as_of(&view.zone)?;
    let seen = Seen::of(case.id(), view, own, None, as_of, understand::span(cx, as_of)?);
    let findings = seen.findings.iter().filter(|f| f.resolution.is_none()).map(|f| finding(cx, case, &look, &seen, f)).collect::<Result<Vec<_>>>()?;
    let ask = seen
        .grids
        .iter()
        .flat_map(|c| {
            let who = seen.who_heading(cx.speech(), Some(c.subject));
            lacking::asked(c, &seen.view.file, cx.speech()).into_iter().map(move |group| ReportAsk {
                title: format!("{who}: {}", group.title),
                months: capital(&group.runs.iter().map(|(_, run)| run.as_str()).collect::<Vec<_>>().join("; ")),
                why: group.why,
                papers: group.papers,
            })
        })
        .collect();
    let (entry, _, words) = case.content_head(cx.spanish())?;
    let mut foot = vec![cx.say("answer-head", &[("seq", entry.to_string()), ("words", words)])];
    foot.extend(around.foot);
    let data = Report {
        lang: cx.lang,
        office: around.office,
        case: case.handle.clone(),
        title: around.title,
        notice: around.notice,
        made_on: amparo_lang::date(&Edtf::day(as_of), cx.lang),
        lead: String::new(),
        findings,
        coverage: seen.grids.iter().map(|g| seen.grid(cx.speech(), g)).collect(),
        lanes: seen.grids.iter().map(|g| seen.lanes(cx.speech(), g)).collect(),
        calls: seen.people.iter().filter_map(|p| seen.calls(cx.speech(), *p)).collect(),
        ask,
        files: files(cx, &seen),
        thief: around.thief,
        foot,
    };
    Ok(report_html(&data))
}

/// A finding with its two papers side by side, each with the place marked.
fn finding(cx: &Cx, case: &OpenCase, look: &Look, seen: &Seen, f: &amparo_model::results::Finding) -> Result<ReportFinding> {
    let mut papers = Vec::new();
    for record in seen.because(f).into_iter().take(2) {
        let shown = amparo_office::access::reduce(record, &seen.own);
        let picture = Picture::of(case, look, record, &shown, cx.speech())?.marking(case, look, record, &disputed(f, record), cx.speech())?;
        let png = picture.draw(&workers()?, WIDTH, cx.speech())?;
        let (width, height) = png_size(&png).unwrap_or((0, 0));
        papers.push(ReportPaper { name: cx.speech().file_name(&record.provenance.name), caption: cx.speech().place(&record.provenance.place), png, width, height });
    }
    let title = format!("{}: {}, {}", cx.term("type", f.kind.as_str()), cx.term("about", f.about.as_str()), seen.who(cx.speech(), f.subject));
    Ok(ReportFinding { title: capital(&title), sentence: seen.sentence(cx.speech(), &f.says), differs: seen.differs(cx.speech(), f), papers })
}

fn png_size(png: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| png.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes);
    Some((number(16)?, number(20)?))
}

fn files(cx: &Cx, seen: &Seen) -> Vec<ReportFile> {
    let file = |g: &&amparo_model::Giving| {
        let r = &g.reading.report;
        let state_text = cx.speech().state(r);
        ReportFile {
            name: plain(if g.given.path.is_empty() { &g.given.name } else { &g.given.path }),
            kind: cx.term("format", &r.kind),
            state: match r.state {
                State::Read => FileState::Read,
                State::PartlyRead => FileState::Partly,
                State::Unread | State::Refused | State::Withdrawn => FileState::Unread,
            },
            state_text,
            whose: seen.who(cx.speech(), g.subject),
            reaches: seen.reaches(cx.speech(), g),
            records: r.records + g.reading.inside.iter().map(|i| i.report.records).sum::<u64>(),
            furniture: r.furniture,
            rejects: r.rejects,
            unread: r.pages_unread,
        }
    };
    seen.sources().iter().map(file).collect()
}
