//! The first run, the lock, and the ways back in.

use super::out::Out;
use super::{Cx, ask, system_ms, usage};
use crate::agent;
use crate::reading::Workers;
use amparo_lang::Lang;
use amparo_office::{Desk, Exit, Founding, Problem, Result, why};
use std::fs;
use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The six answers, or the defaults.
struct Answers {
    language: String,
    office: String,
    neutral: String,
    name: String,
    recovery: bool,
}

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
    ask::long_enough(&passphrase)?;
    answers.recovery = !unattended && ask::yes(cx, "ask-recovery")?;
    let zone = machine_zone();
    let founding = Founding {
        passphrase: &passphrase,
        member_name: &answers.name,
        language: &answers.language,
        office_name: &answers.office,
        neutral_name: &answers.neutral,
        zone: &zone,
        recovery: answers.recovery.then_some((1, 1)),
    };
    // Into a folder beside, as for a restore: an interrupted first run leaves no office without its words.
    let making = beside(&cx.home, ".making")?;
    let store = (cx.places.open)(&making, cx.lang)?;
    let founded = Desk::found(store, &founding, system_ms)?;
    let mut desk = founded.desk;
    let own = sheet(cx, &answers.name, &answers.office, &founded.words);
    let office: Vec<String> = founded.sheets.iter().map(|words| sheet(cx, &answers.office, &answers.office, words)).collect();
    if unattended {
        let path = making.join("recovery-words.txt");
        let text = std::iter::once(&own).chain(&office).map(String::as_str).collect::<Vec<_>>().join("\n\n\u{c}\n");
        write_private(&path, text.as_bytes())?;
    } else {
        out.line(&own);
        office.iter().for_each(|sheet| out.line(format!("\n{sheet}")));
        words_typed_back(cx, out, &founded.words)?;
        for words in &founded.sheets {
            words_typed_back(cx, out, words)?;
        }
        desk.recovery_tested()?;
    }
    desk.end()?;
    drop(desk);
    put_in_place(&making, &cx.home)?;
    if unattended {
        out.line(cx.say("answer-init-words-file", &[("path", cx.home.join("recovery-words.txt").display().to_string())]));
    }
    out.line(cx.say("answer-init-done", &[("name", answers.office), ("home", cx.home.display().to_string())]));
    Ok(0)
}

fn defaults(cx: &Cx) -> Answers {
    let office = cx.word("default-office");
    Answers { language: cx.lang.code().to_owned(), office: office.clone(), neutral: office, name: cx.word("default-member"), recovery: false }
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
    Ok(Answers { language: cx.lang.code().to_owned(), office, neutral, name, recovery: false })
}

/// The zone of this machine, by its IANA name.
fn machine_zone() -> String {
    let zone = jiff::tz::TimeZone::system();
    let name = zone.iana_name().filter(|name| amparo_analysis::view::zone_named(name).is_some());
    name.unwrap_or("UTC").to_owned()
}

/// The sheet as text: what it is, the words in numbered columns, what to do with it.
pub fn sheet(cx: &Cx, name: &str, office: &str, words: &[String]) -> String {
    let mut text = format!("{}\n\n{}\n\n", cx.word("sheet-title"), cx.say("sheet-what", &[("name", name.to_owned()), ("office", office.to_owned())]));
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
    text + &format!("\n{}\n\n{}", cx.word("sheet-how"), cx.word("sheet-never"))
}

/// The words typed back, as often as it takes: a sheet with one wrong word opens nothing.
fn words_typed_back(cx: &Cx, out: &mut Out, words: &[String]) -> Result<()> {
    loop {
        let typed = ask::line(cx, "ask-words-back")?;
        if amparo_office::desk::same_words(&typed, &words.join(" ")) {
            return Ok(());
        }
        out.aside(match amparo_office::desk::check_words(&typed) {
            Err(problem) => super::sentence(&problem, cx.lang),
            Ok(()) => cx.word("answer-other-sheet"),
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

fn cannot_write(path: &Path) -> Problem {
    Problem::new(Exit::Store, "problem-cannot-write").with("path", path.display())
}

/// Refuses a folder that holds something already.
fn not_filled(home: &Path) -> Result<()> {
    match fs::read_dir(home).is_ok_and(|mut entries| entries.next().is_some()) {
        true => Err(Problem::new(Exit::No, "problem-not-empty").with("path", home.display())),
        false => Ok(()),
    }
}

/// The folder beside the office's in which it is made, empty.
fn beside(home: &Path, ending: &str) -> Result<PathBuf> {
    let mut name = home.file_name().ok_or_else(|| cannot_write(home))?.to_owned();
    name.push(ending);
    let beside = home.with_file_name(name);
    match fs::remove_dir_all(&beside) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(cannot_write(&beside)),
        _ => Ok(beside),
    }
}

/// Gives a whole office its name; what was said to be there is there after a loss of power, too.
fn put_in_place(made: &Path, home: &Path) -> Result<()> {
    let named = || -> std::io::Result<()> {
        if home.exists() {
            fs::remove_dir(home)?;
        }
        fs::rename(made, home)?;
        let parent = home.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(parent)?.sync_all()
    };
    named().map_err(|_| cannot_write(home))
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
        Err(problem) => out.line(super::sentence(problem, cx.lang)),
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
        Ok(0)
    })
}
