//! Search in a case, and in every case that this member may open. What is typed never stands in an address.

use super::answer::{Answer, Asked};
use super::room::{Known, Pictured, Room, Visit};
use super::shell::Shell;
use crate::speech::{capital, plain};
use amparo_model::results::{EvidenceId, Month};
use amparo_model::{Kind, Place, Region};
use amparo_office::search::{Found, Hit, Question};
use amparo_office::{Problem, Result};
use askama::Template;

/// Hits on a page of them; the best come first.
const SHOWN: usize = 50;
/// Hits with a picture of their place.
const PICTURED: usize = 12;
/// Pixels across the cut out of a page.
const SNIPPET: u32 = 620;

#[derive(Template)]
#[template(path = "find.html")]
struct Page {
    shell: Shell,
    /// The case, or none for all of them.
    handle: Option<String>,
    words: String,
    kind: String,
    who: String,
    from: String,
    to: String,
    kinds: Vec<(&'static str, String)>,
    people: Vec<(String, String)>,
    wrong: Option<String>,
    found: Vec<InCase>,
}

struct InCase {
    handle: String,
    name: String,
    answer: String,
    more: Option<String>,
    hits: Vec<Line>,
}

struct Line {
    href: String,
    title: String,
    snippet: String,
    picture: Option<String>,
}

pub fn form(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "find", &["find"], |visit| {
        let shell = Shell::of_case(visit, asked, "find")?;
        let known = visit.known()?;
        let handle = visit.opened.case.handle.clone();
        Answer::page(&page(shell, asked, Some((handle, &known)), None, Vec::new()))
    })
}

pub fn find(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "find", &["find"], |visit| {
        let shell = Shell::of_case(visit, asked, "find")?;
        let known = visit.known()?;
        let handle = visit.opened.case.handle.clone();
        match in_case(visit, &known, asked) {
            Ok(found) => Answer::page(&page(shell, asked, Some((handle, &known)), None, vec![found])),
            Err(problem) => Answer::page(&page(shell, asked, Some((handle, &known)), Some(problem), Vec::new())),
        }
    })
}

/// In each case that may be opened, with a look in the log of each.
pub fn everywhere(room: &Room, asked: &Asked) -> Result<Answer> {
    let handles: Vec<String> = room.with(|session| Ok(session.desk.cases().into_iter().filter(|c| c.mine).map(|c| c.handle).collect()))?;
    let mut found = Vec::new();
    let mut wrong = None;
    for handle in handles {
        let in_this = room.visit_case(&handle, "find", &["find"], |visit| {
            let known = visit.known()?;
            in_case(visit, &known, asked)
        });
        match in_this {
            Ok(one) => found.push(one),
            Err(problem) if problem.id == "problem-no-words" => wrong = Some(problem),
            Err(problem) => return Err(problem),
        }
    }
    found.sort_by_key(|f| f.hits.is_empty());
    let shell = room.with(|session| Ok(Shell::of_office(session, asked)))?;
    Answer::page(&page(shell, asked, None, wrong, found))
}

fn page(shell: Shell, asked: &Asked, case: Option<(String, &Known)>, wrong: Option<Problem>, found: Vec<InCase>) -> Page {
    let speech = asked.speech;
    let people = case.as_ref().map(|(_, known)| known.seen.view.file.parties.iter().map(|p| (p.token.clone(), capital(&amparo_lang::party(&p.token, speech.lang)))).collect());
    Page {
        shell,
        handle: case.map(|(handle, _)| handle),
        words: asked.typed("words").to_owned(),
        kind: asked.typed("kind").to_owned(),
        who: asked.typed("who").to_owned(),
        from: asked.typed("from").to_owned(),
        to: asked.typed("to").to_owned(),
        kinds: Kind::ALL.iter().map(|k| (k.as_str(), capital(&speech.term("kind", k.as_str())))).collect(),
        people: people.unwrap_or_default(),
        wrong: wrong.map(|p| plain(&crate::speech::sentence(&p, speech.lang))),
        found,
    }
}

fn in_case(visit: &mut Visit<'_>, known: &Known, asked: &Asked) -> Result<InCase> {
    let speech = asked.speech;
    let day = |name: &str, day: u32| Month::parse(asked.typed(name)).map(|m| m.year.max(0) as u32 * 10_000 + m.month as u32 * 100 + day);
    let question = Question {
        words: asked.typed("words").to_owned(),
        kind: Kind::parse(asked.typed("kind")),
        party: known.seen.view.file.party_by_token(asked.typed("who")).map(|p| p.id),
        from: day("from", 1),
        to: day("to", 31),
    };
    let found = known.searchable().find(&known.seen.view, &question)?;
    let handle = visit.opened.case.handle.clone();
    let mut hits = Vec::new();
    for (at, (hit, snippet, _)) in found.hits.iter().take(SHOWN).enumerate() {
        hits.push(line(visit, known, asked, &handle, hit, snippet, at < PICTURED)?);
    }
    let more = found.hits.len().saturating_sub(SHOWN);
    Ok(InCase {
        name: plain(known.seen.view.file.name.as_deref().unwrap_or_default()),
        answer: answer(&found, asked),
        more: (more > 0).then(|| speech.say("page-find-more", &[("count", more.to_string())])),
        hits,
        handle,
    })
}

/// Never a bare zero: what could not be searched is said.
fn answer(found: &Found, asked: &Asked) -> String {
    let unread = found.pages - found.searched_pages.min(found.pages);
    let pages = [("read", found.searched_pages.to_string()), ("pages", found.pages.to_string()), ("unread", unread.to_string())];
    match (found.hits.is_empty(), unread > 0) {
        (true, true) => asked.speech.say("answer-nothing-found-unread", &pages),
        (true, false) => asked.speech.word("answer-nothing-found"),
        (false, _) => asked.speech.say("answer-searched", &pages),
    }
}

fn line(visit: &mut Visit<'_>, known: &Known, asked: &Asked, handle: &str, hit: &Hit, snippet: &str, pictured: bool) -> Result<Line> {
    let speech = asked.speech;
    let snippet = plain(snippet);
    Ok(match hit {
        Hit::Record { record } => Line {
            href: format!("/case/{handle}/record/{}", record.id),
            title: format!("{}, {}", capital(&speech.term("kind", record.kind.as_str())), speech.source(&record.provenance)),
            snippet,
            picture: None,
        },
        Hit::Page { name, inside, page, giving, .. } => {
            let file = if inside.is_empty() { speech.file_name(name) } else { format!("{}/{}", speech.file_name(name), speech.file_name(inside)) };
            let at = known.page_record(*giving, inside, *page);
            let offered = || Pictured::Words(*giving, Place::page(*page, Region::WHOLE).inside(inside), words_of(asked));
            let picture = pictured.then(|| visit.offer(offered(), SNIPPET)).transpose()?;
            Line {
                href: at.map_or_else(|| format!("/case/{handle}/file/{giving}"), |r| format!("/case/{handle}/record/{r}")),
                title: format!("{file}, {}", speech.say("place-page", &[("page", page.to_string())])),
                snippet,
                picture,
            }
        }
        Hit::Calls(EvidenceId::Calls { month, number, .. }) => {
            let token = visit.opened.case.tokens()?.of(number);
            Line {
                href: format!("/case/{handle}/calls/{token}?month={month}"),
                title: format!("{}, {}", capital(&speech.term("kind", "call")), amparo_lang::month(*month, speech.lang)),
                snippet,
                picture: None,
            }
        }
        Hit::Calls(EvidenceId::Record(id)) => Line { href: format!("/case/{handle}/record/{id}"), title: capital(&speech.term("kind", "call")), snippet, picture: None },
    })
}

/// The words to mark on a page, as letters alone.
fn words_of(asked: &Asked) -> Vec<String> {
    asked.typed("words").split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 1).map(amparo_analysis::names::plain).collect()
}
