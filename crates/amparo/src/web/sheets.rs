//! Collection sheets: one printed page for each source, in the language of whoever takes it home.
//!
//! They need no case and no open office, and say nothing of any. What their menu words rest on stands in
//! docs/decisions/collection-sheets.md.

use super::answer::{Answer, Asked};
use super::room::Room;
use super::shell::Shell;
use crate::speech::{Speech, plain};
use amparo_lang::{Lang, has};
use amparo_office::{Exit, Problem, Result};
use askama::Template;

const SOURCES: [&str; 6] = ["android", "iphone", "whatsapp", "ssa", "irs", "i94"];

/// A sheet that can be printed, as a line of a table.
pub struct Offer {
    pub source: &'static str,
    pub title: String,
    pub from: String,
    /// Code and own name of each language.
    pub langs: Vec<(&'static str, String)>,
}

pub fn offers(speech: Speech) -> Vec<Offer> {
    let langs: Vec<_> = Lang::ALL.into_iter().map(|l| (l.code(), amparo_lang::word("page-language-name", l))).collect();
    let offer = |source| Offer { source, title: speech.word(&format!("collect-{source}-title")), from: speech.word(&format!("collect-{source}-from")), langs: langs.clone() };
    SOURCES.map(offer).into()
}

#[derive(Template)]
#[template(path = "sheet.html")]
struct Page {
    shell: Shell,
    /// The sheet's own language.
    say: Speech,
    office: String,
    title: String,
    lead: String,
    steps: Vec<String>,
    bring: String,
    calm: Vec<String>,
}

/// The sentences of a sheet that are numbered from 1.
fn numbered(source: &str, part: &str, say: Speech) -> Vec<String> {
    (1..).map(|n| format!("collect-{source}-{part}{n}")).take_while(|id| has(id, say.lang)).map(|id| say.word(&id)).collect()
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    let gone = || Problem::new(Exit::No, "problem-no-page");
    let source = SOURCES.into_iter().find(|s| *s == asked.part("source")).ok_or_else(gone)?;
    let say = Speech { lang: Lang::ALL.into_iter().find(|l| l.code() == asked.part("lang")).ok_or_else(gone)?, unmasked: false };
    let word = |part: &str| say.word(&format!("collect-{source}-{part}"));
    let (shell, office) = match room.is_open() {
        false => (Shell::of(room, asked), String::new()),
        true => room.with(|session| {
            let settings = &session.desk.roster().settings;
            let office = if settings.neutral_name.is_empty() { &settings.name } else { &settings.neutral_name };
            Ok((Shell { foot: Vec::new(), ..Shell::of_office(session, asked) }, plain(office)))
        })?,
    };
    Answer::page(&Page {
        shell,
        say,
        office,
        title: word("title"),
        lead: word("lead"),
        steps: numbered(source, "", say),
        bring: word("bring"),
        calm: numbered(source, "calm", say),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sheet_says_what_to_do_in_every_language() {
        for source in SOURCES {
            let counts = Lang::ALL.map(|lang| {
                let say = Speech { lang, unmasked: false };
                for part in ["title", "from", "lead", "bring"] {
                    assert!(has(&format!("collect-{source}-{part}"), lang), "{source} {part} {lang:?}");
                }
                (numbered(source, "", say).len(), numbered(source, "calm", say).len())
            });
            assert!(counts.iter().all(|c| *c == counts[0] && c.0 >= 4 && c.1 >= 2), "{source}: {counts:?}");
        }
    }
}
