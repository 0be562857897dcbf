//! The first page: the first run, the lock, or the cases of the office with what needs a person.

use super::answer::{Answer, Asked};
use super::parts::{zone_typed, zones};
use super::room::{Room, Session};
use super::shell::Shell;
use super::{first, lock};
use crate::speech::plain;
use amparo_model::Edtf;
use amparo_office::access::{self, Action};
use amparo_office::{Exit, Problem, Result};
use askama::Template;

/// So many cases are looked through for what needs a person.
const FEW: usize = 20;

#[derive(Template)]
#[template(path = "cases.html")]
struct Page {
    shell: Shell,
    cases: Vec<Line>,
    backup: Vec<String>,
    can_begin: bool,
    zones: Vec<(String, String, bool)>,
}

struct Line {
    handle: String,
    /// Absent where this member may not open it.
    name: Option<String>,
    opened: String,
    needs: Vec<String>,
    papers: String,
}

pub fn home(room: &Room, asked: &Asked) -> Result<Answer> {
    if !room.has_office() {
        return first::questions(room, asked);
    }
    if !room.is_open() {
        return lock::page(room, asked, None);
    }
    room.with(|session| {
        let not_taken_in = room.jobs.not_taken_in();
        let all = session.desk.cases();
        let few = all.iter().filter(|c| c.mine).count() <= FEW;
        let lines = all.into_iter().map(|c| line(session, asked, &c.handle, &c.opened_on, c.mine, few)).collect::<Result<Vec<_>>>()?;
        let mut shell = Shell::of_office(session, asked);
        if not_taken_in > 0 {
            shell.said.push(asked.speech.say("page-not-taken-in", &[("count", not_taken_in.to_string())]));
        }
        let backup = super::shell::custody_of(&session.desk, asked.speech);
        let can_begin = access::decide(session.desk.me().2, Action::Begin).is_ok();
        let zones = zones(&session.desk.roster().settings.zone, asked.speech);
        Answer::page(&Page { shell, cases: lines, backup, can_begin, zones })
    })
}

/// A case's line: its name is shown once this look is in its log.
fn line(session: &mut Session, asked: &Asked, handle: &str, opened_on: &str, mine: bool, few: bool) -> Result<Line> {
    let speech = asked.speech;
    let opened = Edtf::parse(opened_on.get(..10).unwrap_or(opened_on)).map_or_else(|| opened_on.to_owned(), |e| amparo_lang::date(&e, speech.lang));
    let mut line = Line { handle: handle.to_owned(), name: None, opened, needs: Vec::new(), papers: String::new() };
    if !mine {
        return Ok(line);
    }
    session.visit(handle, "case list", &["names"], |visit| {
        let file = visit.opened.case.show_file(&visit.look)?;
        line.name = Some(plain(file.name.as_deref().unwrap_or_default()));
        let readable: Vec<_> = file.readable().collect();
        line.papers = speech.say("page-papers", &[("count", readable.len().to_string())]);
        let unassigned = readable.iter().filter(|g| g.subject.is_none()).count();
        let (read, pages) = file.pages();
        if unassigned > 0 {
            line.needs.push(speech.say("page-needs-whose", &[("count", unassigned.to_string())]));
        }
        if read < pages {
            line.needs.push(speech.say("page-needs-pages", &[("count", (pages - read).to_string())]));
        }
        if file.parties.is_empty() {
            line.needs.push(speech.word("page-needs-party"));
        }
        // What the papers say together takes a moment for each case: in a large office it is said on the case's own page.
        if few {
            let points = visit.known()?.seen.findings.iter().filter(|f| f.resolution.is_none()).count();
            if points > 0 {
                line.needs.insert(0, speech.say("page-needs-points", &[("count", points.to_string())]));
            }
        }
        Ok(line)
    })
}

pub fn new(room: &Room, asked: &Asked) -> Result<Answer> {
    let name = asked.typed("name");
    if name.is_empty() {
        return Err(Problem::new(Exit::Usage, "problem-answer-missing"));
    }
    room.with(|session| {
        let mut case = session.desk.new_case(name, zone_typed(asked)?.map(|zone| (zone, "chosen")))?;
        // A case begins with the person whose it is.
        let client = asked.typed("client");
        case.add_party("client", Some(client).filter(|c| !c.is_empty()))?;
        Answer::go(format!("/case/{}", case.handle))
    })
}
