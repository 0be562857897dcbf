//! A record beside the page it comes from, with its other sources and its history.

use super::answer::{Answer, Asked};
use super::overview::finding_title;
use super::room::{Known, Pictured, Room};
use super::shell::Shell;
use crate::picture::WIDTH;
use crate::speech::{Speech, capital, plain};
use amparo_analysis::CallTable;
use amparo_model::event::{At, Resolution};
use amparo_model::results::EvidenceId;
use amparo_model::{Kind, Record, RecordId};
use amparo_office::access::{self, Action, Shown, reduce};
use amparo_office::{Exit, Problem, Result};
use askama::Template;
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "record.html")]
struct Page {
    shell: Shell,
    handle: String,
    id: String,
    title: String,
    who: String,
    picture: String,
    alt: String,
    file: String,
    fields: Vec<(String, String)>,
    masked: bool,
    certainty: String,
    also: Vec<Source>,
    history: Vec<String>,
    findings: Vec<(String, String)>,
    correctable: Vec<(&'static str, String)>,
    /// The point that this correction settles.
    settles: Option<String>,
    wrong: Option<String>,
    field: String,
    value: String,
}

struct Source {
    href: String,
    name: String,
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    show(room, asked, None)
}

fn show(room: &Room, asked: &Asked, wrong: Option<String>) -> Result<Answer> {
    let id: RecordId = asked.part("record").parse().map_err(|_| gone())?;
    room.visit(asked, "show", &["record"], |visit| {
        let shell = Shell::of_case(visit, asked, "")?;
        let known = visit.known()?;
        let (handle, speech) = (visit.opened.case.handle.clone(), asked.speech);
        let record = find(&known, id).ok_or_else(gone)?;
        let visible = reduce(&record, &known.seen.own);
        let Shown { record: shown, masked, number_masked } = visible.get();
        let mut fields: Vec<(String, String)> = shown
            .kind
            .fields()
            .iter()
            .filter(|spec| spec.name != "text" || shown.kind != Kind::Page)
            .filter_map(|spec| shown.fields.get(spec.name).map(|v| (capital(&speech.term("field", spec.name)), said(speech, spec, v))))
            .collect();
        fields.extend(number_masked.as_ref().map(|n| (capital(&speech.term("field", "number")), n.clone())));
        let also = record.also.iter().map(|(other, p)| Source { href: format!("/case/{handle}/record/{other}"), name: speech.source(p) }).collect();
        let behind =
            |f: &&amparo_model::results::Finding| f.because().iter().any(|e| matches!(e, EvidenceId::Record(r) if *r == record.id || record.also.iter().any(|(a, _)| a == r)));
        let findings = known.seen.findings.iter().filter(behind).map(|f| (format!("/case/{handle}/finding/{}", f.id()), finding_title(&known, f, speech))).collect();
        let (_, _, role) = visit.desk.me();
        let may = access::decide(role, Action::Decide).is_ok() && !masked;
        let correctable = record
            .kind
            .fields()
            .iter()
            .filter(|_| may)
            .filter(|s| s.name != "words" && s.name != "machine_read")
            .map(|s| (s.name, capital(&speech.term("field", s.name))))
            .collect();
        let certainty = match record.confidence {
            Some(c) => format!("{}, {c} %", speech.term("certainty", record.certainty.as_str())),
            None => speech.term("certainty", record.certainty.as_str()),
        };
        let page = Page {
            shell,
            id: record.id.to_string(),
            title: capital(&speech.term("kind", record.kind.as_str())),
            who: known.seen.who_heading(speech, record.subject),
            alt: speech.source(&record.provenance),
            file: format!("/case/{handle}/file/{}", record.provenance.giving),
            picture: visit.offer(Pictured::Record(Box::new(record.clone())), WIDTH)?,
            fields,
            masked: *masked,
            certainty,
            also,
            history: if *masked { hidden_history(&known, &record, speech) } else { history(&known, &record, speech) },
            findings,
            correctable,
            settles: asked.choice("finding").or(Some(asked.typed("finding")).filter(|f| !f.is_empty())).map(plain),
            field: asked.typed("field").to_owned(),
            value: asked.typed("value").to_owned(),
            wrong,
            handle,
        };
        Answer::page(&page)
    })
}

fn gone() -> Problem {
    Problem::new(Exit::No, "problem-no-page")
}

/// A record by its id: one that is merged into another by that one's; a call by the table of its number.
pub fn find(known: &Known, id: RecordId) -> Option<Record> {
    if let Some(record) = known.seen.record(&id) {
        return Some(record.clone());
    }
    let view = &known.seen.view;
    if let Some(alone) = view.records.iter().find(|r| r.id == id) {
        return Some(alone.clone());
    }
    let wanted = BTreeSet::from([id]);
    let table = |number: Option<&str>| CallTable::build_of(view, number).named(&wanted).into_iter().next();
    known.number_of(id).and_then(|number| table(Some(&number))).or_else(|| table(None))
}

fn said(speech: Speech, spec: &amparo_model::record::FieldSpec, value: &amparo_model::Value) -> String {
    match value {
        amparo_model::Value::Edtf(e) if e.as_str() == ".." => speech.word("date-open"),
        amparo_model::Value::Edtf(e) => amparo_lang::date(e, speech.lang),
        value => speech.value(spec, value),
    }
}

/// What members changed in it, oldest first.
fn history(known: &Known, record: &Record, speech: Speech) -> Vec<String> {
    let p = &record.provenance;
    let at = At::of(p.giving, &p.place, record.kind);
    let changes = known.seen.view.file.changes.iter().filter(|(_, _, c)| c.at == at);
    changes
        .map(|(seq, _, c)| {
            let nothing = || speech.word("page-nothing");
            let args = [
                ("entry", seq.to_string()),
                ("member", plain(&c.by)),
                ("field", speech.term("field", &c.field)),
                ("was", c.from.as_deref().map_or_else(nothing, plain)),
                ("is", c.to.as_deref().map_or_else(nothing, plain)),
            ];
            speech.say("page-history-line", &args)
        })
        .collect()
}

/// That something was changed in a record whose values are hidden, and by whom.
fn hidden_history(known: &Known, record: &Record, speech: Speech) -> Vec<String> {
    let at = At::of(record.provenance.giving, &record.provenance.place, record.kind);
    let changes = known.seen.view.file.changes.iter().filter(|(_, _, c)| c.at == at);
    let line = |seq: &u64, by: &str, field: &str| speech.say("page-history-hidden", &[("entry", seq.to_string()), ("member", plain(by)), ("field", speech.term("field", field))]);
    changes.map(|(seq, _, c)| line(seq, &c.by, &c.field)).collect()
}

/// Corrects one field; the source still says what it said. A point that it settles is settled with it.
pub fn correct(room: &Room, asked: &Asked) -> Result<Answer> {
    let id: RecordId = asked.part("record").parse().map_err(|_| gone())?;
    let done = room.visit(asked, "review", &["record"], |visit| {
        let known = visit.known()?;
        let record = find(&known, id).ok_or_else(gone)?;
        // What is hidden from this look is not overwritten unseen.
        if reduce(&record, &known.seen.own).get().masked {
            return Err(Problem::new(Exit::NotAllowed, "problem-needs-reason"));
        }
        let value = day_first(asked.typed("value"));
        visit.opened.case.correct(&record, asked.typed("field"), Some(value.as_str()).filter(|v| !v.is_empty()))?;
        let settles = known.seen.findings.iter().find(|f| f.id().to_string() == asked.typed("finding"));
        if let Some(finding) = settles {
            visit.opened.case.settle(finding.id(), Resolution::Corrected, crate::seen::places_behind(&known.seen.view, finding), None)?;
        }
        Answer::go(format!("/case/{}/record/{id}?done=corrected", visit.opened.case.handle))
    });
    match done {
        Err(problem) if problem.id == "usage-bad-field" => show(room, asked, Some(asked.speech.say("page-correct-wrong", &[("value", plain(asked.typed("value")))]))),
        done => done,
    }
}

/// A day as it is written in the United States, as the journal writes it; anything else as it is.
fn day_first(typed: &str) -> String {
    let parts: Vec<&str> = typed.split('/').collect();
    match parts[..] {
        [month, day, year] if year.len() == 4 && parts.iter().all(|p| !p.is_empty() && p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit())) => {
            format!("{year}-{month:0>2}-{day:0>2}")
        }
        _ => typed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::day_first;

    #[test]
    fn days_as_people_here_write_them() {
        for (typed, kept) in [("07/21/1988", "1988-07-21"), ("7/1/1988", "1988-07-01"), ("1988-07-21", "1988-07-21"), ("a/b/1988", "a/b/1988"), ("1/2/88", "1/2/88"), ("", "")] {
            assert_eq!(day_first(typed), kept);
        }
    }
}
