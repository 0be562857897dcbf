//! The log: who looked, when and why, in words.

use super::answer::{Answer, Asked};
use super::overview::look_in_words;
use super::room::Room;
use super::shell::Shell;
use amparo_office::Result;
use askama::Template;

/// Lines on one page.
const LINES: usize = 100;

#[derive(Template)]
#[template(path = "log.html")]
struct Page {
    shell: Shell,
    handle: String,
    lines: Vec<(u64, String)>,
    newer: Option<String>,
    older: Option<String>,
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "case show", &["log"], |visit| {
        let shell = Shell::of_case(visit, asked, "log")?;
        let handle = visit.opened.case.handle.clone();
        let zone = visit.opened.case.zone()?;
        let all = visit.opened.case.log();
        let last = all.len().saturating_sub(1) / LINES;
        let at: usize = asked.choice("page").and_then(|p| p.parse().ok()).unwrap_or(0).min(last);
        let lines = all.iter().rev().skip(at * LINES).take(LINES).map(|l| (l.seq, look_in_words(l, &zone, asked.speech))).collect();
        let to = |page: usize| format!("/case/{handle}/log?page={page}");
        let (newer, older) = (at.checked_sub(1).map(to), ((at + 1) * LINES < all.len()).then(|| to(at + 1)));
        Answer::page(&Page { shell, lines, newer, older, handle: handle.clone() })
    })
}
