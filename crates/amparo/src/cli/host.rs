//! The host of this office: joining it, how it stands, and sending what waits.

use super::out::Out;
use super::{Cx, usage};
use amparo_model::JournalId;
use amparo_office::{Anew, Desk, Exit, Peer, Problem, Result, Seen};
use serde_json::json;
use std::path::Path;

/// Joins with the letter that the host's operator gave; then everything sealed is sent there.
pub fn join(cx: &Cx, out: &mut Out) -> Result<u8> {
    let letter = letter(Path::new(cx.parsed.need("file").map_err(usage)?))?;
    let desk = cx.desk()?;
    if desk.peer()?.is_some() {
        return Err(Problem::new(Exit::No, "problem-host-joined"));
    }
    let address = (cx.places.join)(&cx.home, &letter, desk.voice())?;
    drop(desk);
    out.line(cx.say("answer-host-joined", &[("address", address)]));
    sync(cx, out)
}

/// The letter in a file.
pub fn letter(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|_| Problem::new(Exit::No, "problem-cannot-read").with("path", path.display()))
}

/// Sends what waits, takes in what others wrote.
pub fn sync(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.at_desk(|desk| {
        joined(desk)?;
        let anew = desk.sync()?;
        for one in &anew {
            said_anew(cx, out, desk, one);
        }
        report(cx, out, desk)
    })
}

/// How it stands with the host.
pub fn status(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.at_desk(|desk| {
        joined(desk)?;
        report(cx, out, desk)
    })
}

fn joined(desk: &Desk) -> Result<Peer> {
    desk.peer()?.ok_or(Problem::new(Exit::No, "problem-no-host"))
}

/// A case by its handle; the office's own journal by a word.
fn name(cx: &Cx, desk: &Desk, journal: [u8; 16]) -> String {
    desk.handle_of(JournalId(journal)).map_or_else(|| cx.word("word-office-journal"), str::to_owned)
}

fn said_anew(cx: &Cx, out: &mut Out, desk: &Desk, one: &Anew) {
    if cx.json() {
        return out.json(&json!({"case": name(cx, desk, one.journal.0), "sealed_anew": one.sealed, "dropped": one.dropped, "left": one.waiting}));
    }
    let counts = [("case", name(cx, desk, one.journal.0)), ("sealed", one.sealed.to_string()), ("dropped", one.dropped.to_string()), ("waiting", one.waiting.to_string())];
    out.line(cx.say("answer-host-anew", &counts));
}

fn report(cx: &Cx, out: &mut Out, desk: &Desk) -> Result<u8> {
    let peer = joined(desk)?;
    if cx.json() {
        let seen: Vec<_> = peer.seen.iter().map(|(journal, seen)| json!({"case": name(cx, desk, *journal), "seen": code(seen)})).collect();
        let diverged: Vec<String> = peer.diverged.iter().map(|journal| name(cx, desk, *journal)).collect();
        out.json(&json!({"address": peer.address, "reached": peer.reached, "waiting": peer.waiting, "diverged": diverged, "seen": seen}));
    } else {
        let state = if peer.reached { "answer-host-reached" } else { "answer-host-away" };
        out.line(cx.say(state, &[("address", peer.address.clone())]));
        out.line(cx.say("answer-host-waiting", &[("count", peer.waiting.to_string())]));
        for journal in &peer.diverged {
            out.line(cx.say("answer-host-diverged", &[("case", name(cx, desk, *journal))]));
        }
        for (journal, seen) in &peer.seen {
            let facts = facts(seen);
            let facts: Vec<(&str, String)> = facts.into_iter().chain([("case", name(cx, desk, *journal))]).collect();
            out.line(cx.say(&format!("answer-host-{}", code(seen)), &facts));
        }
    }
    // What the host broke is a no, not a detail.
    Ok(if peer.seen.is_empty() { 0 } else { Exit::No as u8 })
}

fn code(seen: &Seen) -> &'static str {
    match seen {
        Seen::RolledBack { .. } => "rolled-back",
        Seen::Forked { .. } => "forked",
        Seen::Gone => "gone",
    }
}

fn facts(seen: &Seen) -> Vec<(&'static str, String)> {
    match seen {
        Seen::RolledBack { acknowledged, there } => vec![("acknowledged", acknowledged.to_string()), ("there", there.to_string())],
        Seen::Forked { seq } => vec![("seq", seq.to_string())],
        Seen::Gone => vec![],
    }
}
