//! What was handed in and what was read in it: files, records, and the page behind a record.

use crate::gather::workers;
use crate::picture::{Picture, WIDTH};

use super::out::{Out, csv_cell};
use super::{Cx, usage};
use crate::speech::plain;
use amparo_analysis::{CallTable, View, merge, view::print_order};
use amparo_model::file_name;
use amparo_model::record::Type;
use amparo_model::{CaseFile, Giving, Kind, Record, Report, Spot};
use amparo_office::access::{Shown, Visible, reduce};
use amparo_office::load::Want;
use amparo_office::{Exit, Look, OpenCase, Problem, Result, contract, naming};
use std::collections::BTreeMap;
use std::path::PathBuf;

// ---- files ----

pub fn status(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.in_case(|_, case| {
        let what = if cx.parsed.has("rejects") { "rejects" } else { "files" };
        let look = cx.look(case, vec![what.to_owned()])?;
        let file = case.show_file(&look)?;
        if cx.parsed.has("rejects") {
            return rejects(cx, out, case, &look, &file);
        }
        if cx.json() {
            file.givings.values().for_each(|g| contract::files(g, &file).iter().for_each(|line| out.json(line)));
            return Ok(0);
        }
        if file.givings.is_empty() {
            out.line(cx.say("answer-no-files", &[("handle", case.handle.clone())]));
            return Ok(0);
        }
        list(cx, out, &file);
        let unassigned = file.readable().filter(|g| g.subject.is_none()).count();
        if unassigned > 0 && !file.parties.is_empty() {
            out.line(cx.say("answer-unassigned", &[("count", unassigned.to_string()), ("handle", case.handle.clone())]));
        }
        let waiting = file.forgotten.len();
        if waiting > 0 {
            out.line(cx.say("answer-forgotten", &[("count", waiting.to_string())]));
        }
        Ok(0)
    })
}

/// What the case holds: a file that was given several times is one line.
fn list(cx: &Cx, out: &mut Out, file: &CaseFile) {
    let mut again: BTreeMap<u64, Vec<&Giving>> = BTreeMap::new();
    for giving in file.givings.values() {
        if let Some(first) = giving.given.already.filter(|first| file.givings.contains_key(first)) {
            again.entry(first).or_default().push(giving);
        }
    }
    let state = |giving: &Giving| {
        let state = cx.speech().state(&giving.reading.report);
        let given = again.get(&giving.seq)?.last()?;
        let count = again.get(&giving.seq).map_or(0, Vec::len).to_string();
        Some(cx.say("state-given-again", &[("state", state), ("count", count), ("on", cx.speech().entry_day(&given.at))]))
    };
    let once = file.givings.values().filter(|g| g.given.already.is_none_or(|first| !file.givings.contains_key(&first)));
    rows(cx, out, once, file, &|giving| state(giving).unwrap_or_else(|| cx.speech().state(&giving.reading.report)));
}

/// What became of files that were given now, those held already among them.
pub fn table<'a>(cx: &Cx, out: &mut Out, givings: impl Iterator<Item = &'a Giving>, file: &CaseFile) {
    rows(cx, out, givings, file, &|giving| match giving.given.already {
        Some(earlier) => cx.speech().already(file, giving, earlier),
        None => cx.speech().state(&giving.reading.report),
    });
}

/// Files as a table, each with the reason of what was not read under it.
fn rows<'a>(cx: &Cx, out: &mut Out, givings: impl Iterator<Item = &'a Giving>, file: &CaseFile, state_of: &dyn Fn(&Giving) -> String) {
    let heads = ["head-file", "head-name", "head-kind", "head-state", "head-whose", "head-records", "head-furniture", "head-rejects", "head-unread", "head-reaches"];
    let mut rows = vec![heads.iter().map(|h| cx.word(h)).collect::<Vec<_>>()];
    for giving in givings {
        let name = if giving.given.path.is_empty() { &giving.given.name } else { &giving.given.path };
        let state = state_of(giving);
        rows.push(row(cx, giving.seq.to_string(), plain(name), &giving.reading.report, state, file.token_of(giving.subject)));
        for inner in giving.reading.inside.iter().filter(|_| giving.given.already.is_none()) {
            let whose = file.token_of(giving.subject_of(&inner.path));
            rows.push(row(cx, String::new(), format!("  {}", plain(&inner.path)), &inner.report, cx.speech().state(&inner.report), whose));
        }
    }
    out.table(&rows);
}

fn row(cx: &Cx, number: String, name: String, report: &Report, state: String, whose: Option<&str>) -> Vec<String> {
    let count = |n: u64| if n == 0 { "-".to_owned() } else { n.to_string() };
    vec![
        number,
        shortened(&name, 44),
        cx.term("format", &report.kind),
        state,
        whose.map_or_else(|| "-".to_owned(), str::to_owned),
        count(report.records),
        count(report.furniture),
        count(report.rejects),
        count(report.pages_unread),
        cx.speech().reaches(report),
    ]
}

/// A long name with its middle left out.
fn shortened(name: &str, most: usize) -> String {
    let count = name.chars().count();
    if count <= most {
        return name.to_owned();
    }
    let head: String = name.chars().take(most / 2 - 2).collect();
    let tail: String = name.chars().skip(count - (most / 2 - 1)).collect();
    format!("{head}...{tail}")
}

fn rejects(cx: &Cx, out: &mut Out, case: &OpenCase, look: &Look, file: &CaseFile) -> Result<u8> {
    let mut rows = vec![["head-file", "head-name", "head-row", "head-reason", "head-text"].iter().map(|h| cx.word(h)).collect::<Vec<_>>()];
    case.rejects(look, file, |giving, reject| {
        if cx.json() {
            return out.json(&contract::reject(reject, giving, look.unmasked));
        }
        let place = match reject.place.spot {
            Spot::Whole => String::new(),
            Spot::Row(row) => row.to_string(),
            Spot::Page { page, .. } => cx.say("place-page", &[("page", page.to_string())]),
        };
        let inside = if look.unmasked { reject.place.inside.clone() } else { file_name::masked(&reject.place.inside).into_owned() };
        let name = if inside.is_empty() { giving.given.name.clone() } else { format!("{}/{inside}", giving.given.name) };
        let text = if look.unmasked { shortened(&plain(&reject.text), 60) } else { String::new() };
        rows.push(vec![giving.seq.to_string(), shortened(&plain(&name), 40), place, cx.term("reason", &reject.reason), text]);
    })?;
    match (cx.json(), rows.len()) {
        (true, _) => {}
        (false, 1) => out.line(cx.word("answer-no-rejects")),
        (false, _) => {
            out.table(&rows);
            if !look.unmasked {
                out.line(cx.word("answer-rejects-masked"));
            }
        }
    }
    Ok(0)
}

// ---- records ----

pub fn records(cx: &Cx, out: &mut Out) -> Result<u8> {
    let kind = cx.parsed.flag_as("kind", Kind::parse).map_err(usage)?;
    cx.in_case(|_, case| {
        let whose = cx.whose(case)?;
        let mut what = vec![kind.map_or("records", Kind::as_str).to_owned()];
        what.extend(cx.parsed.flag("whose").map_err(usage)?.map(str::to_owned));
        let look = cx.look(case, what)?;
        let want = Want { calls: kind.is_none_or(|k| k == Kind::Call), records: true, pages: kind.is_none_or(|k| k == Kind::Page) };
        let loaded = case.load(&look, want)?;
        let view = loaded.view();
        let own = OpenCase::own(&view, &look);
        let wanted = |r: &Record| kind.is_none_or(|k| r.kind == k) && whose.is_none_or(|w| r.subject == Some(w));
        let csv = cx.parsed.has("csv");
        if csv {
            out.line(csv_head());
        }
        let mut seen = false;
        let table = CallTable::build(&view);
        for record in in_order(&view, &table, cx.parsed.has("unmerged")).filter(|r| wanted(r)) {
            seen = true;
            let shown = reduce(&record, &own);
            match (csv, cx.json()) {
                (true, _) => out.line(csv_line(&shown, &view.file)),
                (false, true) => out.json(&contract::record(&shown, &view.file)),
                (false, false) => in_words(cx, out, &shown, &view.file),
            }
            if out.closed() {
                break;
            }
        }
        if !seen && !csv && !cx.json() {
            out.line(cx.word("answer-nothing-found"));
        }
        Ok(0)
    })
}

/// All records in the order of the contract: merged, or one a source. Calls are made one at a time.
pub fn in_order<'v>(view: &View, table: &'v CallTable<'v>, unmerged: bool) -> Box<dyn Iterator<Item = Record> + 'v> {
    let mut records = if unmerged { view.records.clone() } else { merge(view) };
    records.sort_by(print_order);
    let calls: Box<dyn Iterator<Item = Record>> = if unmerged { Box::new(table.unmerged_records()) } else { Box::new(table.records()) };
    let (mut records, mut calls) = (records.into_iter().peekable(), calls.peekable());
    Box::new(std::iter::from_fn(move || match (records.peek(), calls.peek()) {
        (Some(record), Some(call)) if print_order(record, call).is_gt() => calls.next(),
        (None, _) => calls.next(),
        (Some(_), _) => records.next(),
    }))
}

/// One record as two lines: what it says, and where it stands.
fn in_words(cx: &Cx, out: &mut Out, shown: &Visible<Shown>, file: &CaseFile) {
    let Shown { record, masked, number_masked } = shown.get();
    let mut line = format!("{}  {}", record.id, cx.term("kind", record.kind.as_str()));
    if let Some(token) = file.token_of(record.subject) {
        line += &format!("  {token}");
    }
    for spec in record.kind.fields() {
        if let Some(value) = record.fields.get(spec.name) {
            line += &format!("  {}: {}", cx.term("field", spec.name), shortened(&cx.speech().value(spec, value), 80));
        }
    }
    if let Some(number) = number_masked {
        line += &format!("  {}: {number}", cx.term("field", "number"));
    }
    if *masked {
        line += &format!("  ({})", cx.word("masked"));
    }
    out.line(line);
    let mut source = format!("    {}", cx.speech().source(&record.provenance));
    for (_, also) in &record.also {
        source += &format!("; {}", cx.speech().source(also));
    }
    out.line(format!("{source}; {}", cx.term("certainty", record.certainty.as_str())));
}

/// Every field of every kind once, in the order the kinds name them.
fn csv_fields() -> Vec<(&'static str, Type)> {
    let mut fields: Vec<(&'static str, Type)> = Vec::new();
    for spec in Kind::ALL.iter().flat_map(|k| k.fields()) {
        if !fields.iter().any(|(name, _)| *name == spec.name) {
            fields.push((spec.name, spec.ty));
        }
    }
    fields
}

pub fn csv_head() -> String {
    let mut cells = vec!["id", "kind", "subject", "masked", "number_masked"];
    cells.extend(csv_fields().iter().map(|(name, _)| *name));
    cells.extend(["certainty", "confidence", "by", "original", "file", "inside", "page", "row", "reader"]);
    cells.join(",")
}

pub fn csv_line(shown: &Visible<Shown>, file: &CaseFile) -> String {
    let Shown { record, masked, number_masked } = shown.get();
    let tel = |n: &str| if n.starts_with('+') { format!("tel:{n}") } else { n.to_owned() };
    let mut cells = vec![record.id.to_string(), record.kind.as_str().to_owned(), file.token_of(record.subject).unwrap_or_default().to_owned()];
    cells.push(if *masked { "true".to_owned() } else { String::new() });
    cells.push(number_masked.as_deref().map(tel).unwrap_or_default());
    for (name, _) in csv_fields() {
        let value = record.fields.get(name).map(|v| v.to_text()).unwrap_or_default();
        let phone = record.kind.field(name).is_some_and(|s| s.ty == Type::Phone);
        cells.push(if phone { tel(&value) } else { value });
    }
    let p = &record.provenance;
    let (page, row) = match p.place.spot {
        Spot::Whole => (String::new(), String::new()),
        Spot::Row(row) => (String::new(), row.to_string()),
        Spot::Page { page, .. } => (page.to_string(), String::new()),
    };
    cells.push(record.certainty.as_str().to_owned());
    cells.push(record.confidence.map(|c| format!("0.{c:02}")).unwrap_or_default());
    cells.extend([record.by.clone().unwrap_or_default(), p.original.to_string(), p.name.clone(), p.place.inside.clone(), page, row, p.reader.clone()]);
    cells.iter().map(|c| csv_cell(c)).collect::<Vec<_>>().join(",")
}

// ---- the page behind a record ----

/// A record's id as typed, or its beginning.
pub fn record_begins(text: &str) -> Result<String> {
    naming::beginning(text, 32).ok_or_else(|| Problem::new(Exit::Usage, "usage-bad-record").with("value", text))
}

pub fn show(cx: &Cx, out: &mut Out) -> Result<u8> {
    let text = cx.parsed.need("record").map_err(usage)?.to_owned();
    let begins = record_begins(&text)?;
    let path = cx.parsed.flag_path("out").unwrap_or_else(|| PathBuf::from(format!("{}.png", text.get(..8).unwrap_or(&text))));
    cx.in_case(|_, case| {
        // The look names the giving and the place only once they are known: that it was asked for is written first.
        let look = cx.look(case, vec!["record".to_owned()])?;
        let loaded = case.load(&look, Want::ALL)?;
        let view = loaded.view();
        let own = OpenCase::own(&view, &look);
        let table = CallTable::build(&view);
        let found = naming::named(in_order(&view, &table, true), |r| r.id.to_string(), &begins)?;
        let record = found.ok_or_else(|| Problem::new(Exit::No, "problem-no-record").with("record", &text))?;
        let png = Picture::of(case, &look, &record, &reduce(&crate::seen::as_given(&view, &record), &own), cx.speech())?.draw(&workers()?, WIDTH, cx.speech())?;
        std::fs::write(&path, &png).map_err(|_| Problem::new(Exit::Store, "problem-cannot-write").with("path", path.display()))?;
        in_words(cx, out, &reduce(&record, &own), &view.file);
        out.line(cx.say("answer-shown", &[("path", path.display().to_string())]));
        Ok(0)
    })
}
