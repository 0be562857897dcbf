//! What the client says, as a form: jobs, homes, entries, people, events. Each line is a record that says who said it.

use super::answer::{Answer, Asked};
use super::room::Room;
use super::shell::Shell;
use crate::account::{FORM, hint};
use crate::gather::{self, Taken};
use crate::reading::Options;
use crate::speech::capital;
use amparo_model::record::Type;
use amparo_model::{Kind, Value};
use amparo_office::accession::Incoming;
use amparo_office::{Desk, Exit, Problem, Result, why};
use askama::Template;

/// Lines of each kind that stand ready; more come when these are written down.
const LINES: usize = 3;

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    shell: Shell,
    handle: String,
    people: Vec<(String, String)>,
    who: String,
    groups: Vec<Group>,
    wrong: Vec<String>,
}

struct Group {
    title: String,
    lines: Vec<Vec<Field>>,
    /// More lines than the first hold something already.
    more: bool,
}

struct Field {
    name: String,
    label: String,
    hint: String,
    value: String,
    wrong: bool,
    /// What can be chosen; empty where it is typed.
    choices: Vec<(String, String)>,
}

pub fn form(room: &Room, asked: &Asked) -> Result<Answer> {
    show(room, asked, &[])
}

fn show(room: &Room, asked: &Asked, wrong: &[String]) -> Result<Answer> {
    room.visit(asked, "case show", &["account"], |visit| {
        let shell = Shell::of_case(visit, asked, "account")?;
        let known = visit.known()?;
        let speech = asked.speech;
        let people = known.seen.view.file.parties.iter().map(|p| (p.token.clone(), capital(&amparo_lang::party(&p.token, speech.lang)))).collect();
        let groups = FORM.iter().map(|(kind, fields)| Group {
            title: speech.word(title(*kind)),
            lines: (0..LINES).map(|line| fields.iter().filter_map(|f| field(asked, *kind, f, line, wrong)).collect()).collect(),
            more: (1..LINES).any(|line| fields.iter().any(|f| !asked.typed(&named(*kind, f, line)).is_empty())),
        });
        let said = |name: &String| speech.say("page-account-wrong", &[("value", crate::speech::plain(asked.typed(name)))]);
        Answer::page(&Page {
            shell,
            handle: visit.opened.case.handle.clone(),
            people,
            who: asked.typed("who").to_owned(),
            groups: groups.collect(),
            wrong: wrong.iter().map(said).collect(),
        })
    })
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Job => "page-account-job",
        Kind::Address => "page-account-address",
        Kind::Entry => "page-account-entry",
        Kind::Exit => "page-account-exit",
        Kind::Identity => "page-account-identity",
        _ => "page-account-event",
    }
}

/// What a field is called when a person is asked for it; the record's own word where that is as good.
fn label(asked: &Asked, kind: Kind, field: &str) -> String {
    let own = format!("page-account-{}-{}", kind.as_str(), field.replace('_', "-"));
    match amparo_lang::has(&own, asked.speech.lang) {
        true => asked.speech.word(&own),
        false => capital(&asked.speech.term("field", field)),
    }
}

fn named(kind: Kind, field: &str, line: usize) -> String {
    format!("{}.{line}.{field}", kind.as_str())
}

fn field(asked: &Asked, kind: Kind, field: &str, line: usize, wrong: &[String]) -> Option<Field> {
    let speech = asked.speech;
    let spec = kind.field(field)?;
    let name = named(kind, field, line);
    let choices = match spec.ty {
        Type::Choice(all) => all.iter().map(|c| ((*c).to_owned(), speech.term("choice", c))).collect(),
        Type::Flag => vec![("yes".to_owned(), speech.word("yes")), ("no".to_owned(), speech.word("no"))],
        _ => Vec::new(),
    };
    Some(Field { label: label(asked, kind, field), hint: speech.word(hint(spec.ty)), value: asked.typed(&name).to_owned(), wrong: wrong.contains(&name), choices, name })
}

/// Writes down what was said, as one giving by this person; a value that cannot be understood comes back with the form.
pub fn write(room: &Room, asked: &Asked) -> Result<Answer> {
    let (mut lines, mut wrong) = (String::new(), Vec::new());
    for (kind, fields) in FORM {
        for line in 0..LINES {
            let mut object = serde_json::Map::new();
            for spec in fields.iter().filter_map(|f| kind.field(f)) {
                let name = named(*kind, spec.name, line);
                let typed = asked.typed(&name);
                match (typed.is_empty(), Value::parse(spec.ty, typed)) {
                    (true, _) => {}
                    (false, Some(value)) => {
                        object.insert(spec.name.to_owned(), value.to_text().into());
                    }
                    (false, None) => wrong.push(name),
                }
            }
            if !object.is_empty() {
                object.insert("kind".to_owned(), kind.as_str().into());
                lines += &format!("{}\n", serde_json::Value::Object(object));
            }
        }
    }
    if !wrong.is_empty() {
        return show(room, asked, &wrong);
    }
    if lines.is_empty() {
        return Err(Problem::new(Exit::Usage, "problem-answer-missing"));
    }
    let taken = Taken::of("account.jsonl".to_owned(), lines.as_bytes()).map_err(|e| Problem::new(Exit::Store, "problem-store").with("why", why(&e)))?;
    let workers = room.workers()?;
    let options = Options { ocr: false, ..Options::default() };
    room.task(asked, |_, opened| {
        let subject = Some(asked.typed("who")).filter(|w| !w.is_empty()).map(|token| opened.case.party(token)).transpose()?;
        let mut body = &taken.file;
        let incoming = Incoming { name: taken.name.clone(), path: String::new(), body: &mut body, companions: Vec::new(), from: None, subject, run: Desk::lone_run()?, set: false };
        opened.case.receive(incoming, &mut *gather::reader(&workers, &taken, &[], &options))?;
        Answer::go(format!("/case/{}/account?done=account", opened.case.handle))
    })
}
