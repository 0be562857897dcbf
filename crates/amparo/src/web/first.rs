//! The first run in the browser: six questions, the recovery sheet, its words typed back.

use super::answer::{Answer, Asked};
use super::room::Room;
use super::shell::Shell;
use crate::places::{Answers, Making, office_sheets, system_ms};
use crate::speech::{Whose, capital, plain, sheet_says};
use amparo_lang::Lang;
use amparo_office::{Desk, Exit, Problem, Result, desk};
use askama::Template;

#[derive(Template)]
#[template(path = "first.html")]
struct Questions {
    shell: Shell,
    wrong: Option<String>,
    office: String,
    neutral: String,
    name: String,
    language: &'static str,
    recovery: bool,
    sheets: u8,
}

#[derive(Template)]
#[template(path = "first_sheet.html")]
struct SheetPage {
    shell: Shell,
    sheets: Vec<Sheet>,
    wrong: Option<String>,
}

struct Sheet {
    typed: String,
    title: String,
    what: String,
    how: String,
    office: String,
    number: String,
    words: Vec<String>,
}

pub fn questions(room: &Room, asked: &Asked) -> Result<Answer> {
    ask(room, asked, None)
}

fn ask(room: &Room, asked: &Asked, wrong: Option<&Problem>) -> Result<Answer> {
    Answer::page(&Questions {
        shell: Shell::of(room, asked),
        wrong: wrong.map(|p| plain(&crate::speech::sentence(p, asked.speech.lang))),
        office: asked.typed("office").to_owned(),
        neutral: asked.typed("neutral").to_owned(),
        name: asked.typed("name").to_owned(),
        language: Lang::parse(asked.typed("language")).unwrap_or(asked.speech.lang).code(),
        recovery: asked.typed("recovery") == "yes",
        sheets: office_sheets(asked.typed("sheets")).map_or(1, |(_, all)| all),
    })
}

/// Makes the office and shows its words; it gets its place once they were typed back.
pub fn begin(room: &Room, asked: &Asked) -> Result<Answer> {
    if room.has_office() {
        return Answer::go("/");
    }
    let office = asked.typed("office").to_owned();
    let passphrase = asked.exactly("passphrase");
    let answers = Answers {
        language: Lang::parse(asked.typed("language")).unwrap_or(asked.speech.lang).code().to_owned(),
        neutral: if asked.typed("neutral").is_empty() { office.clone() } else { asked.typed("neutral").to_owned() },
        name: asked.typed("name").to_owned(),
        recovery: (asked.typed("recovery") == "yes").then(|| office_sheets(asked.typed("sheets")).unwrap_or((1, 1))),
        office,
    };
    let wrong = if answers.office.is_empty() || answers.name.is_empty() {
        Some(Problem::new(Exit::Usage, "problem-answer-missing"))
    } else if passphrase != asked.exactly("again") {
        Some(Problem::new(Exit::Usage, "problem-passphrases-differ"))
    } else {
        crate::places::long_enough(passphrase).err()
    };
    if let Some(wrong) = wrong {
        return ask(room, asked, Some(&wrong));
    }
    let lang = Lang::parse(&answers.language).unwrap_or_default();
    let making = Making::begin(room.places, &room.home, lang, &answers, passphrase)?;
    let page = sheet_page(room, asked, &making, None);
    *room.making.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(making);
    page
}

fn sheet_page(room: &Room, asked: &Asked, making: &Making, wrong: Option<String>) -> Result<Answer> {
    let typed: Vec<&str> = asked.all("words").collect();
    let office = plain(&making.desk.roster().settings.name);
    let all = 1 + making.sheets.len();
    let sheet = |words: &[String], whose: &Whose<'_>, name: &str, number: usize| {
        let [what, how] = sheet_says(asked.speech, whose, &office);
        let args = [("number", number.to_string()), ("all", all.to_string()), ("whose", plain(name))];
        Sheet {
            title: format!("{}: {}", asked.speech.word("sheet-title"), plain(name)),
            what,
            how,
            office: office.clone(),
            number: capital(&asked.speech.say("sheet-name", &args)),
            words: words.to_vec(),
            typed: typed.get(number - 1).copied().unwrap_or_default().to_owned(),
        }
    };
    let me = plain(making.desk.me().1);
    let own = sheet(&making.words, &Whose::Member(&me), &me, 1);
    // One sheet opens alone; of several, any two together.
    let needed = if making.sheets.len() > 1 { 2 } else { 1 };
    let rest = making.sheets.iter().zip(2..).map(|(words, n)| sheet(words, &Whose::Office { needed }, &office, n));
    Answer::page(&SheetPage { shell: Shell::of(room, asked), sheets: std::iter::once(own).chain(rest).collect(), wrong })
}

/// The words typed back: from here on the office is there, and open.
pub fn typed_back(room: &Room, asked: &Asked) -> Result<Answer> {
    let mut waiting = room.making.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(making) = waiting.as_mut() else { return Answer::go("/") };
    let typed: Vec<&str> = asked.all("words").collect();
    let printed: Vec<String> = std::iter::once(&making.words).chain(&making.sheets).map(|w| w.join(" ")).collect();
    for (at, words) in printed.iter().enumerate() {
        let typed = typed.get(at).copied().unwrap_or_default();
        if !desk::same_words(typed, words) {
            let wrong = match desk::check_words(typed) {
                Err(problem) => plain(&crate::speech::sentence(&problem, asked.speech.lang)),
                Ok(()) => asked
                    .speech
                    .say("answer-other-sheet", &[("sheet", asked.speech.say("page-sheet-number", &[("number", (at + 1).to_string()), ("all", printed.len().to_string())]))]),
            };
            return sheet_page(room, asked, making, Some(wrong));
        }
    }
    making.desk.recovery_tested()?;
    let secret = making.desk.secret()?;
    if let Some(making) = waiting.take() {
        making.finish()?;
    }
    room.open(Desk::resume(room.store()?, &secret, system_ms)?);
    Answer::go("/")
}
