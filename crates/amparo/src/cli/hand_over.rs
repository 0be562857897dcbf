//! Handing a case over: to the person it belongs to, to another office, or whole; and receiving one.

use super::out::Out;
use super::{Cx, papers, usage};
use crate::reading::sealed_by;
use crate::speech::plain;
use amparo_analysis::CallTable;
use amparo_model::Record;
use amparo_office::access::reduce;
use amparo_office::load::Want;
use amparo_office::{Exit, Handed, Made, OpenCase, Problem, Profile, Result, contract};
use serde_json::json;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

pub fn export(cx: &Cx, out: &mut Out) -> Result<u8> {
    let folder = cx.parsed.flag_path("out").ok_or_else(|| Problem::new(Exit::Usage, "usage-missing").with("what", "--out"))?;
    let profile = cx.parsed.flag_as("profile", Profile::parse).map_err(usage)?.unwrap_or(Profile::ClientFile);
    let to = cx.parsed.flag("to").map_err(usage)?.map(str::to_owned);
    cx.in_case(|_, case| {
        let look = cx.look(case, vec!["export".to_owned(), profile.as_str().to_owned()])?;
        let done = if profile == Profile::ClientFile {
            let (mut lines, mut cells) = records(case, &look)?;
            let made = vec![Made { name: "records.jsonl", bytes: &mut lines }, Made { name: "records.csv", bytes: &mut cells }];
            case.export(&look, &folder, profile, to.as_deref(), made)?
        } else {
            case.export(&look, &folder, profile, to.as_deref(), vec![])?
        };
        if cx.json() {
            let left: Vec<_> = done.left_out.iter().map(|l| json!({"drawer": l.drawer, "type": l.kind, "count": l.count})).collect();
            out.json(&json!({"path": folder.display().to_string(), "profile": profile.as_str(), "entries": done.entries, "papers": done.papers, "left_out": left}));
            return Ok(0);
        }
        let args = [("path", folder.display().to_string()), ("papers", done.papers.to_string()), ("entries", done.entries.to_string())];
        out.line(cx.say("answer-exported", &args));
        if profile == Profile::ClientFile {
            out.line(cx.word("answer-exported-plain"));
        }
        if !done.left_out.is_empty() {
            out.line(cx.word("answer-left-out"));
            for left in &done.left_out {
                out.line(format!("  {} x {}, {}", left.count, cx.term("via", &left.kind), cx.term("drawer", &left.drawer)));
            }
        }
        Ok(0)
    })
}

/// The records as the contract prints them and as a spreadsheet, without what only a representative sets.
fn records(case: &OpenCase, look: &amparo_office::Look) -> Result<(File, File)> {
    let loaded = case.load(look, Want::ALL)?;
    let view = loaded.view();
    let own = OpenCase::own(&view, look);
    let without = |mut record: Record| {
        for field in amparo_office::accession::ONLY_SET {
            record.fields.remove(field);
        }
        record
    };
    let table = CallTable::build(&view);
    let failed = |e: io::Error| Problem::new(Exit::Store, "problem-store").with("why", e);
    let lines = sealed_by(|file| {
        let mut file = io::BufWriter::new(file);
        for record in papers::in_order(&view, &table, false).map(without) {
            writeln!(file, "{}", contract::record(&reduce(&record, &own), &view.file))?;
        }
        file.flush()
    });
    let cells = sealed_by(|file| {
        let mut file = io::BufWriter::new(file);
        writeln!(file, "{}", papers::csv_head())?;
        for record in papers::in_order(&view, &table, false).map(without) {
            writeln!(file, "{}", papers::csv_line(&reduce(&record, &own), &view.file))?;
        }
        file.flush()
    });
    Ok((File::from(lines.map_err(failed)?), File::from(cells.map_err(failed)?)))
}

pub fn import(cx: &Cx, out: &mut Out) -> Result<u8> {
    let folder = PathBuf::from(cx.parsed.need("folder").map_err(usage)?);
    if !folder.is_dir() {
        return Err(super::ask::not_found(&folder));
    }
    let identity = match cx.parsed.flag_path("key-file") {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(&path).map(zeroize::Zeroizing::new).map_err(|_| super::ask::not_found(&path))?;
            // An identity file of age may begin with comments.
            let line = text.lines().find(|l| l.starts_with("AGE-SECRET-KEY-")).map(|l| zeroize::Zeroizing::new(l.trim().to_owned()));
            Some(line.ok_or_else(|| Problem::new(Exit::Usage, "problem-no-identity").with("path", path.display()))?)
        }
    };
    cx.at_desk(|desk| {
        let done: Handed = desk.import(&folder, identity.as_ref().map(|t| t.as_str()))?;
        if cx.json() {
            out.json(&json!({"case": done.handle, "papers": done.papers, "from": done.from, "opened": done.opened, "closed": done.closed, "head": {"entry": done.head.0, "hash": done.head.1.to_string()}, "head_key": done.head_key}));
            return Ok(0);
        }
        out.line(cx.say("answer-imported", &[("handle", done.handle.clone()), ("papers", done.papers.to_string())]));
        out.line(cx.say("answer-imported-from", &[("from", plain(&done.from)), ("seq", done.head.0.to_string()), ("hash", done.head.1.to_string()), ("key", done.head_key.clone())]));
        Ok(0)
    })
}
