//! Cases and their people.

use super::out::Out;
use super::{Cx, ask, usage};
use crate::speech::plain;
use amparo_analysis::view::zone_named;
use amparo_model::CaseFile;
use amparo_office::{Exit, Problem, Result};
use serde_json::json;

pub fn new(cx: &Cx, out: &mut Out) -> Result<u8> {
    let zone = cx.parsed.flag_as("zone", |z| zone_named(z).map(|_| z.to_owned())).map_err(usage)?;
    let name = if cx.parsed.arg("dash").map_err(usage)?.is_some() { ask::all(cx, "ask-case-name")? } else { ask::line(cx, "ask-case-name")? };
    cx.at_desk(|desk| {
        let case = desk.new_case(name.trim(), zone.as_deref().map(|z| (z, "chosen")))?;
        match cx.json() {
            true => out.json(&json!({"case": case.handle})),
            false => out.line(cx.say("answer-case-new", &[("handle", case.handle.clone())])),
        }
        Ok(0)
    })
}

/// Handles only: names are seen when a case is opened.
pub fn list(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.at_desk(|desk| {
        let cases = desk.cases();
        if cx.json() {
            cases.iter().for_each(|c| out.json(&json!({"case": c.handle, "created": c.opened_on, "may_open": c.mine})));
            return Ok(0);
        }
        if cases.is_empty() {
            out.line(cx.word("answer-no-cases"));
        }
        let mut rows = vec![vec![cx.word("head-handle"), cx.word("head-opened-on"), String::new()]];
        rows.extend(cases.iter().map(|c| vec![c.handle.clone(), day(&c.opened_on), if c.mine { String::new() } else { cx.word("case-not-yours") }]));
        if rows.len() > 1 {
            out.table(&rows);
        }
        Ok(0)
    })
}

/// The day of an entry's time.
pub fn day(at: &str) -> String {
    at.get(..10).unwrap_or(at).to_owned()
}

pub fn show(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.in_case(|_, case| {
        let look = cx.look(case, vec!["case".to_owned()])?;
        let file = case.show_file(&look)?;
        let (seq, hash) = case.head();
        let words = case.head_words(cx.spanish())?;
        if cx.json() {
            let mut object = json!({
                "case": case.handle, "created": file.created, "closed": file.closed, "parties": file.parties.iter().map(|p| p.token.as_str()).collect::<Vec<_>>(),
                "files": file.readable().count(), "head": {"entry": seq, "words": words, "hash": hash.to_string()},
            });
            if let (Some(name), Some(object)) = (&file.name, object.as_object_mut()) {
                object.insert("name".to_owned(), name.as_str().into());
            }
            out.json(&object);
            return Ok(0);
        }
        let name = file.name.as_deref().filter(|n| !n.is_empty()).map(|n| format!("  {}", plain(n))).unwrap_or_default();
        out.line(format!("{}{name}", case.handle));
        if file.closed {
            out.line(cx.word("case-closed"));
        }
        print_parties(cx, out, &file, &case.handle);
        let (read, pages) = file.pages();
        let records: u64 = file.readable().map(|g| g.reading.report.records + g.reading.inside.iter().map(|i| i.report.records).sum::<u64>()).sum();
        let counts = [("files", file.readable().count().to_string()), ("records", records.to_string()), ("read", read.to_string()), ("pages", pages.to_string())];
        out.line(cx.say("answer-case-counts", &counts));
        out.line(cx.say("answer-head", &[("seq", seq.to_string()), ("words", words)]));
        Ok(0)
    })
}

pub fn close(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.in_case(|_, case| {
        case.close()?;
        out.line(cx.say("answer-case-closed", &[("handle", case.handle.clone())]));
        Ok(0)
    })
}

pub fn zone(cx: &Cx, out: &mut Out) -> Result<u8> {
    let zone = cx.parsed.need("zone").map_err(usage)?;
    if zone_named(zone).is_none() {
        return Err(Problem::new(Exit::Usage, "usage-bad-zone").with("value", zone));
    }
    cx.in_case(|_, case| {
        case.set_zone(None, zone, cx.note.as_deref().unwrap_or("chosen"))?;
        out.line(cx.say("answer-zone-set", &[("zone", zone.to_owned())]));
        Ok(0)
    })
}

pub fn party_add(cx: &Cx, out: &mut Out) -> Result<u8> {
    let known = |text: &str| amparo_office::ROLES.contains(&text.to_lowercase().as_str()).then(|| text.to_lowercase());
    let flag = cx.parsed.flag_as("role", known).map_err(usage)?;
    let typed = if cx.parsed.arg("dash").map_err(usage)?.is_some() { Some(ask::all(cx, "ask-party-name")?) } else { None };
    let (role, name) = match (flag, typed) {
        (Some(role), Some(name)) => (role, name),
        (Some(role), None) => (role, ask::line(cx, "ask-party-name")?),
        (None, Some(text)) => {
            let (role, name) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
            (known(role).ok_or_else(|| bad_role(role))?, name.to_owned())
        }
        (None, None) => {
            let role = ask::line(cx, "ask-role")?;
            (known(role.trim()).ok_or_else(|| bad_role(role.trim()))?, ask::line(cx, "ask-party-name")?)
        }
    };
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    cx.in_case(|_, case| {
        let token = case.add_party(&role, Some(name.as_str()).filter(|n| !n.is_empty()))?;
        match cx.json() {
            true => out.json(&json!({"party": token, "role": role})),
            false => out.line(cx.say("answer-party-added", &[("party", token)])),
        }
        Ok(0)
    })
}

fn bad_role(value: &str) -> Problem {
    Problem::new(Exit::Usage, "usage-bad-role").with("value", value)
}

pub fn party_list(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.in_case(|_, case| {
        let look = cx.look(case, vec!["parties".to_owned()])?;
        let file = case.show_file(&look)?;
        if cx.json() {
            for party in &file.parties {
                let mut object = json!({"party": party.token, "role": party.role});
                if let (Some(name), Some(object)) = (&party.name, object.as_object_mut()) {
                    object.insert("name".to_owned(), name.as_str().into());
                }
                out.json(&object);
            }
            return Ok(0);
        }
        print_parties(cx, out, &file, &case.handle);
        Ok(0)
    })
}

fn print_parties(cx: &Cx, out: &mut Out, file: &CaseFile, handle: &str) {
    if file.parties.is_empty() {
        out.line(cx.say("answer-no-parties", &[("handle", handle.to_owned())]));
        return;
    }
    let rows: Vec<Vec<String>> =
        file.parties.iter().map(|p| vec![format!("  {}", p.token), amparo_lang::party(&p.token, cx.lang), plain(p.name.as_deref().unwrap_or(""))]).collect();
    out.table(&rows);
}
