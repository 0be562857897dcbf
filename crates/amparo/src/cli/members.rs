//! The members of the office, and who may open which case.

use super::out::Out;
use super::{Cx, ask, usage};
use crate::speech::Whose;
use crate::speech::plain;
use amparo_model::MemberId;
use amparo_office::{Desk, Exit, Problem, Result, access, naming};
use serde_json::json;

pub fn add(cx: &Cx, out: &mut Out) -> Result<u8> {
    let known = |text: &str| access::roles().find(|r| *r == text).map(str::to_owned);
    let role = cx.parsed.flag_as("role", known).map_err(usage)?.unwrap_or_else(|| "paralegal".to_owned());
    let name = if cx.parsed.arg("dash").map_err(usage)?.is_some() { ask::all(cx, "ask-member-name")? } else { ask::filled(cx, "ask-member-name")? };
    let name = name.lines().next().unwrap_or_default().trim().to_owned();
    if name.is_empty() {
        return Err(ask::not_asked());
    }
    cx.at_desk(|desk| {
        let (member, words) = desk.member_add(&name, &role, cx.spanish())?;
        if cx.json() {
            out.json(&json!({"member": member.to_string(), "role": role, "words": words.join(" ")}));
            return Ok(0);
        }
        let office = desk.roster().settings.name.clone();
        out.line(super::first::sheet(cx, &Whose::Member(&plain(&name)), &office, &words, (1, 1)));
        out.line(cx.say("answer-member-added", &[("name", plain(&name)), ("member", member.to_string())]));
        Ok(0)
    })
}

/// The member that the command names by their id or its beginning.
fn member(cx: &Cx, desk: &Desk) -> Result<MemberId> {
    let text = cx.parsed.need("member").map_err(usage)?;
    let none = |exit| Problem::new(exit, "problem-no-member").with("member", text);
    let begins = naming::beginning(text, 32).ok_or_else(|| none(Exit::Usage))?;
    naming::named(desk.members().map(|m| m.public.member), ToString::to_string, &begins)?.ok_or_else(|| none(Exit::No))
}

pub fn remove(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.at_desk(|desk| {
        let member = member(cx, desk)?;
        let (name, cases, left) = desk.member_remove(member)?;
        out.line(cx.say("answer-member-removed", &[("name", plain(&name)), ("cases", cases.to_string())]));
        if !left.is_empty() {
            out.line(cx.say("answer-member-left", &[("cases", left.join(", "))]));
        }
        Ok(0)
    })
}

pub fn list(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.at_desk(|desk| {
        let mut rows = vec![vec![cx.word("head-member"), cx.word("head-name"), cx.word("head-role")]];
        for member in desk.members() {
            let public = &member.public;
            match cx.json() {
                true => out.json(&json!({"member": public.member.to_string(), "name": public.name, "role": public.role})),
                false => rows.push(vec![public.member.to_string(), plain(&public.name), cx.term("role", &public.role)]),
            }
        }
        if !cx.json() {
            out.table(&rows);
        }
        Ok(0)
    })
}

pub fn grant(cx: &Cx, out: &mut Out) -> Result<u8> {
    let handle = cx.parsed.need("case").map_err(usage)?;
    cx.at_desk(|desk| {
        let member = member(cx, desk)?;
        let name = desk.grant(handle, member)?;
        out.line(cx.say("answer-granted", &[("name", plain(&name)), ("handle", handle.to_owned())]));
        Ok(0)
    })
}

pub fn revoke(cx: &Cx, out: &mut Out) -> Result<u8> {
    let handle = cx.parsed.need("case").map_err(usage)?;
    cx.at_desk(|desk| {
        let member = member(cx, desk)?;
        let (name, waits) = desk.revoke(handle, member)?;
        let args = [("name", plain(&name)), ("handle", handle.to_owned())];
        match waits {
            None => out.line(cx.say("answer-revoked", &args)),
            Some(problem) => out.line(cx.say("answer-revoked-key-waits", &[&args[..], &[("why", waits_for(&problem, cx))]].concat())),
        }
        Ok(0)
    })
}

/// Why a case has no new key yet: not in the words of a command that did nothing.
fn waits_for(problem: &Problem, cx: &Cx) -> String {
    match problem.id {
        "problem-busy" => cx.word("answer-key-waits-busy"),
        "problem-not-allowed" => cx.word("answer-key-waits-no-access"),
        _ => crate::speech::sentence(problem, cx.lang),
    }
}
