//! The first run, the lock, and the ways back in.

use super::out::Out;
use super::{Cx, ask, usage};
use crate::agent;
use crate::places::{Answers, Making, beside, cannot_write, not_filled, office_sheets, put_in_place, system_ms};
use crate::reading::Workers;
use crate::speech::{Whose, sheet_says};
use amparo_lang::Lang;
use amparo_office::{Desk, Exit, Problem, Result, why};
use std::fs;
use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

pub fn init(cx: &Cx, out: &mut Out) -> Result<u8> {
    if (cx.places.exists)(&cx.home) {
        return Err(Problem::new(Exit::No, "problem-office-exists").with("home", cx.home.display()));
    }
    cx.refuse_shared()?;
    not_filled(&cx.home)?;
    let unattended = cx.parsed.has("unattended");
    let language = if unattended { cx.lang } else { language(cx)? };
    // From here on it speaks the language that was chosen.
    let cx = &Cx { parsed: cx.parsed.clone(), lang: language, home: cx.home.clone(), places: cx.places, note: cx.note.clone() };
    let mut answers = if unattended { defaults(cx) } else { questions(cx)? };
    let passphrase = if unattended { ask::passphrase(cx, "passphrase-file", "ask-passphrase-new")? } else { ask::new_passphrase(cx, "passphrase-file")? };
    crate::places::long_enough(&passphrase)?;
    answers.recovery = if !unattended && ask::yes(cx, "ask-recovery")? { Some(sheets_asked(cx)?) } else { None };
    let mut making = Making::begin(cx.places, &cx.home, cx.lang, &answers, &passphrase)?;
    let all = 1 + making.sheets.len();
    let own = sheet(cx, &Whose::Member(&answers.name), &answers.office, &making.words, (1, all));
    let needed = answers.recovery.map_or(1, |(needed, _)| needed);
    let office = making.sheets.iter().zip(2..).map(|(words, n)| sheet(cx, &Whose::Office { needed }, &answers.office, words, (n, all)));
    let office: Vec<String> = office.collect();
    if unattended {
        let path = making.folder.join("recovery-words.txt");
        let text = std::iter::once(&own).chain(&office).map(String::as_str).collect::<Vec<_>>().join("\n\n\u{c}\n");
        write_private(&path, text.as_bytes())?;
    } else {
        out.line(&own);
        office.iter().for_each(|sheet| out.line(format!("\n{sheet}")));
        for (words, number) in std::iter::once(&making.words).chain(&making.sheets).zip(1..) {
            let whose = if number == 1 { &answers.name } else { &answers.office };
            words_typed_back(cx, out, words, &sheet_name(cx, (number, all), whose))?;
        }
        making.desk.recovery_tested()?;
    }
    making.finish()?;
    if unattended {
        out.line(cx.say("answer-init-words-file", &[("path", cx.home.join("recovery-words.txt").display().to_string())]));
    }
    out.line(cx.say("answer-init-done", &[("name", answers.office), ("home", cx.home.display().to_string())]));
    Ok(0)
}

fn defaults(cx: &Cx) -> Answers {
    let office = cx.word("default-office");
    Answers { language: cx.lang.code().to_owned(), office: office.clone(), neutral: office, name: cx.word("default-member"), recovery: None }
}

fn language(cx: &Cx) -> Result<Lang> {
    loop {
        let typed = ask::line(cx, "ask-language")?;
        match Lang::parse(typed.trim()) {
            Some(lang) => return Ok(lang),
            None if typed.trim().is_empty() => return Ok(cx.lang),
            None => ask::again(cx, "usage-bad-lang", &typed)?,
        }
    }
}

/// The next three questions; the passphrase and the office's recovery come after them.
fn questions(cx: &Cx) -> Result<Answers> {
    let office = ask::filled(cx, "ask-office-name")?;
    let neutral = ask::line(cx, "ask-neutral-name")?;
    let neutral = if neutral.trim().is_empty() { office.clone() } else { neutral };
    let name = ask::filled(cx, "ask-your-name")?;
    Ok(Answers { language: cx.lang.code().to_owned(), office, neutral, name, recovery: None })
}

/// How many sheets the office wants for itself.
fn sheets_asked(cx: &Cx) -> Result<(u8, u8)> {
    loop {
        let typed = ask::line(cx, "ask-sheets")?;
        match office_sheets(if typed.trim().is_empty() { "1" } else { &typed }) {
            Some(sheets) => return Ok(sheets),
            None => ask::again(cx, "usage-bad-sheets", &typed)?,
        }
    }
}

/// "sheet 2 of 3 (La Casa)"
fn sheet_name(cx: &Cx, (number, all): (usize, usize), whose: &str) -> String {
    cx.say("sheet-name", &[("number", number.to_string()), ("all", all.to_string()), ("whose", crate::speech::plain(whose))])
}

/// The sheet as text: what it is, the words in numbered columns, what to do with it.
pub fn sheet(cx: &Cx, whose: &Whose<'_>, office: &str, words: &[String], (number, all): (usize, usize)) -> String {
    let [what, how] = sheet_says(cx.speech(), whose, office);
    let title = match whose {
        _ if all == 1 => cx.word("sheet-title"),
        Whose::Member(name) => format!("{}: {}", cx.word("sheet-title"), sheet_name(cx, (number, all), name)),
        Whose::Office { .. } => format!("{}: {}", cx.word("sheet-title"), sheet_name(cx, (number, all), office)),
    };
    let mut text = format!("{title}\n\n{what}\n\n");
    let rows = words.len().div_ceil(3);
    let width = words.iter().map(|w| w.chars().count()).max().unwrap_or(0);
    for row in 0..rows {
        for column in 0..3 {
            if let Some(word) = words.get(column * rows + row) {
                text += &format!("  {:>2} {word}{}", column * rows + row + 1, " ".repeat(width - word.chars().count() + 2));
            }
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text + &format!("\n{how}\n\n{}", cx.word("sheet-never"))
}

/// The words typed back, as often as it takes: a sheet with one wrong word opens nothing.
fn words_typed_back(cx: &Cx, out: &mut Out, words: &[String], sheet: &str) -> Result<()> {
    loop {
        let typed = ask::line_with(cx, "ask-words-back", &[("sheet", sheet.to_owned())])?;
        if amparo_office::desk::same_words(&typed, &words.join(" ")) {
            return Ok(());
        }
        out.aside(match amparo_office::desk::check_words(&typed) {
            Err(problem) => crate::speech::sentence(&problem, cx.lang),
            Ok(()) => cx.say("answer-other-sheet", &[("sheet", sheet.to_owned())]),
        });
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let cannot = |_| Problem::new(Exit::Store, "problem-cannot-write").with("path", path.display());
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(cannot)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(cannot)
}

pub fn unlock(cx: &Cx, out: &mut Out) -> Result<u8> {
    let store = cx.store()?;
    let passphrase = ask::passphrase(cx, "passphrase-file", "ask-passphrase")?;
    let desk = Desk::unlock(store, &passphrase, system_ms)?;
    let secret = desk.secret()?;
    drop(desk);
    agent::start(&cx.home, &secret).map_err(|e| Problem::new(Exit::Store, "problem-agent").with("why", why(&e)))?;
    out.line(cx.word("answer-unlocked"));
    Ok(0)
}

pub fn lock(cx: &Cx, out: &mut Out) -> Result<u8> {
    out.line(cx.word(if agent::stop(&cx.home) { "answer-locked" } else { "answer-was-locked" }));
    Ok(0)
}

/// Back in with the words: a new passphrase for this member.
pub fn recover(cx: &Cx, out: &mut Out) -> Result<u8> {
    if cx.parsed.has("accept-loss") {
        return accept_loss(cx, out);
    }
    if cx.parsed.has("office") {
        return let_in(cx, out);
    }
    let store = cx.store()?;
    let words = ask::words(cx)?;
    let mut desk = Desk::with_words(store, &words, system_ms)?;
    let passphrase = ask::new_passphrase(cx, "new-passphrase-file")?;
    desk.change_passphrase(&passphrase)?;
    desk.recovery_tested()?;
    desk.end()?;
    agent::stop(&cx.home);
    out.line(cx.word("answer-new-passphrase"));
    Ok(0)
}

/// In with the office's own sheets: a new member, with a passphrase and a sheet of their own.
fn let_in(cx: &Cx, out: &mut Out) -> Result<u8> {
    let store = cx.store()?;
    let mut sheets = vec![ask::words(cx)?.to_string()];
    if !Desk::sheets_open(&*store, &sheets)? {
        sheets.push(ask::line(cx, "ask-second-sheet").map_err(|_| not_the_offices())?);
        if !Desk::sheets_open(&*store, &sheets)? {
            return Err(not_the_offices());
        }
    }
    let name = ask::filled(cx, "ask-your-name")?;
    let passphrase = ask::new_passphrase(cx, "new-passphrase-file")?;
    let (mut desk, words) = Desk::let_in(store, &sheets, &name, &passphrase, cx.spanish(), system_ms)?;
    let plain = crate::speech::plain(&name);
    out.line(sheet(cx, &Whose::Member(&plain), &desk.roster().settings.name, &words, (1, 1)));
    if std::io::stdin().is_terminal() {
        words_typed_back(cx, out, &words, &sheet_name(cx, (1, 1), &plain))?;
        desk.recovery_tested()?;
    }
    desk.end()?;
    agent::stop(&cx.home);
    let cases = desk.cases().iter().filter(|c| c.mine).count();
    out.line(cx.say("answer-let-in", &[("name", crate::speech::plain(&name)), ("cases", cases.to_string())]));
    Ok(0)
}

fn not_the_offices() -> Problem {
    Problem::new(Exit::NotAllowed, "problem-not-the-offices-sheet")
}

/// Goes on after entries were lost, of a case or of the office itself. That it was accepted stays written.
fn accept_loss(cx: &Cx, out: &mut Out) -> Result<u8> {
    let store = cx.store()?;
    let passphrase = ask::passphrase(cx, "passphrase-file", "ask-passphrase")?;
    let mut desk = Desk::to_recover(store, &passphrase, system_ms)?;
    let accepted = desk.accept_loss(cx.parsed.flag("case").map_err(usage)?)?;
    if let Some((from, to)) = accepted.missing {
        out.line(cx.say("answer-loss-missing", &[("from", from.to_string()), ("to", to.to_string())]));
    }
    out.line(cx.word(if accepted.goes_on { "answer-loss-goes-on" } else { "answer-loss-needs-second" }));
    Ok(0)
}

/// An office back on an empty machine, from a backup folder and a printed sheet.
pub fn restore(cx: &Cx, out: &mut Out) -> Result<u8> {
    let folder = PathBuf::from(cx.parsed.need("folder").map_err(usage)?);
    if (cx.places.exists)(&cx.home) {
        return Err(Problem::new(Exit::No, "problem-office-exists").with("home", cx.home.display()));
    }
    if !folder.join("amparo-backup.json").is_file() {
        return Err(Problem::new(Exit::No, "problem-no-backup-there").with("path", folder.display()));
    }
    cx.refuse_shared()?;
    not_filled(&cx.home)?;
    let letter = cx.parsed.flag_path("host").map(|path| super::host::letter(&path)).transpose()?;
    let words = ask::words(cx)?;
    amparo_office::desk::check_words(&words)?;
    // Into a folder beside, renamed when it is whole: an interrupted restore leaves no half office.
    let beside = beside(&cx.home, ".restoring")?;
    let store = (cx.places.open)(&beside, cx.lang)?;
    let restored = Desk::restore(&folder, store, &words, system_ms);
    let mut desk = match restored {
        Ok(desk) => desk,
        Err(problem) => {
            fs::remove_dir_all(&beside).map_err(|_| cannot_write(&beside))?;
            return Err(problem);
        }
    };
    if let Some(letter) = letter {
        // Before anything is written here: what the office's other machines wrote since the backup comes first.
        let secret = desk.secret()?;
        (cx.places.join)(&beside, &letter, desk.voice())?;
        drop(desk);
        desk = Desk::resume((cx.places.open)(&beside, cx.lang)?, &secret, system_ms)?;
    }
    let cases = desk.cases().len();
    if !cx.json() {
        out.line(cx.say("answer-restored", &[("cases", cases.to_string())]));
    }
    let passphrase = ask::new_passphrase(cx, "passphrase-file")?;
    desk.change_passphrase(&passphrase)?;
    desk.recovery_tested()?;
    desk.end()?;
    drop(desk);
    put_in_place(&beside, &cx.home)?;
    match cx.json() {
        true => out.json(&serde_json::json!({"cases": cases})),
        false => out.line(cx.word("answer-new-passphrase")),
    }
    Ok(0)
}

/// What this machine has, what is missing, and what that turns off.
pub fn doctor(cx: &Cx, out: &mut Out) -> Result<u8> {
    let ready = Workers::beside().map_err(|e| Problem::new(Exit::Store, "problem-worker").with("why", why(&e))).and_then(|program| {
        let workers = Workers::start(&program).map_err(|e| Problem::new(Exit::Store, "problem-worker").with("why", e.reason()))?;
        let ready = workers.ready().map_err(|e| Problem::new(Exit::Store, "problem-worker").with("why", e.reason()))?;
        Ok((workers.machine_reader().ok(), ready))
    });
    let there = (cx.places.exists)(&cx.home);
    if cx.json() {
        let ready = ready.as_ref().ok();
        out.json(&serde_json::json!({
            "home": cx.home.display().to_string(),
            "office": there,
            "caged": ready.is_some_and(|(_, r)| r.caged),
            "cage": ready.map(|(_, r)| r.cage.clone()).unwrap_or_default(),
            "tesseract": ready.and_then(|(tesseract, _)| tesseract.clone()),
            "unlocked": agent::secret(&cx.home).is_some(),
        }));
        return Ok(0);
    }
    match &ready {
        Ok((_, ready)) if ready.caged => out.line(cx.say("doctor-sandbox-yes", &[("cage", ready.cage.join(", "))])),
        Ok(_) => out.line(cx.word("doctor-sandbox-no")),
        Err(problem) => out.line(crate::speech::sentence(problem, cx.lang)),
    }
    match ready.ok().and_then(|(tesseract, _)| tesseract) {
        Some(version) => out.line(cx.say("doctor-tesseract-yes", &[("version", version)])),
        None => out.line(cx.word("doctor-tesseract-no")),
    }
    let home = [("home", cx.home.display().to_string())];
    if !there {
        out.line(cx.say("doctor-no-home", &home));
        return Ok(0);
    }
    out.line(cx.say("doctor-home", &home));
    // More is known only once it is unlocked; nobody is asked for that here.
    if agent::secret(&cx.home).is_none() && !cx.parsed.has("passphrase-file") && std::env::var_os("AMPARO_PASSPHRASE_FILE").is_none() && !std::io::stdin().is_terminal() {
        return Ok(0);
    }
    cx.at_desk(|desk| {
        let roster = desk.roster();
        out.line(cx.word(if roster.recovery_tested.contains(&desk.me().0) { "doctor-recovery-tested" } else { "doctor-recovery-never" }));
        match roster.places.iter().filter_map(|p| p.last.as_ref().map(|(_, _, _, at)| (at, &p.label))).max() {
            Some((at, label)) => out.line(cx.say("doctor-backup-last", &[("on", at.get(..10).unwrap_or(at).to_owned()), ("place", label.clone())])),
            None => out.line(cx.word("doctor-backup-never")),
        }
        out.line(cx.say("doctor-recipient", &[("recipient", desk.recipient().to_owned())]));
        Ok(0)
    })
}
