//! Asking: questions on a terminal, answers from standard input where `-` says so, secrets never as arguments.

use super::Cx;
use crate::places;
use amparo_lang::word;
use amparo_office::{Exit, Problem, Result};
use std::io::{BufRead, IsTerminal, Read, Write};
use zeroize::Zeroizing;

/// The most that is read of an answer.
const MOST: u64 = 1 << 20;

/// One line typed at a question.
pub fn line(cx: &Cx, question: &str) -> Result<String> {
    line_with(cx, question, &[])
}

/// As [`line`], for a question that names something.
pub fn line_with(cx: &Cx, question: &str, args: &[(&str, String)]) -> Result<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let mut stderr = std::io::stderr().lock();
        // A question that cannot be printed is still answered.
        let _ = write!(stderr, "{} ", cx.say(question, args)).and_then(|()| stderr.flush());
    }
    let mut text = String::new();
    let read = stdin.lock().take(MOST).read_line(&mut text).map_err(|_| not_asked())?;
    if read == 0 {
        return Err(not_asked());
    }
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// All of standard input, for `-`; on a terminal, one line at a question.
pub fn all(cx: &Cx, question: &str) -> Result<String> {
    if std::io::stdin().is_terminal() {
        return line(cx, question);
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(MOST).read_to_end(&mut bytes).map_err(|_| not_asked())?;
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned())
}

/// A passphrase: from the named file, from its variable's file, or asked for without showing it.
pub fn passphrase(cx: &Cx, flag: &str, question: &str) -> Result<Zeroizing<String>> {
    let variable = (flag == "passphrase-file").then(|| std::env::var_os("AMPARO_PASSPHRASE_FILE")).flatten();
    if let Some(path) = cx.parsed.flag_path(flag).or(variable.map(Into::into)) {
        return std::fs::read_to_string(&path).map(Zeroizing::new).map_err(|_| not_found(&path));
    }
    if !std::io::stdin().is_terminal() {
        return Err(Problem::new(Exit::Usage, "problem-no-passphrase"));
    }
    rpassword::prompt_password(format!("{} ", word(question, cx.lang))).map(Zeroizing::new).map_err(|_| Problem::new(Exit::Usage, "problem-no-passphrase"))
}

/// A new passphrase: from a file as it is, or typed twice, as often as it takes until both are the same.
pub fn new_passphrase(cx: &Cx, flag: &str) -> Result<Zeroizing<String>> {
    let from_file = cx.parsed.has(flag) || (flag == "passphrase-file" && std::env::var_os("AMPARO_PASSPHRASE_FILE").is_some());
    loop {
        let first = passphrase(cx, flag, "ask-passphrase-new")?;
        let fits = match places::long_enough(&first) {
            Ok(()) if from_file || *passphrase(cx, flag, "ask-passphrase-again")? == *first => return Ok(first),
            Ok(()) => Problem::new(Exit::Usage, "problem-passphrases-differ"),
            Err(problem) if from_file => return Err(problem),
            Err(problem) => problem,
        };
        writeln!(std::io::stderr().lock(), "{}", crate::speech::sentence(&fits, cx.lang)).map_err(|_| not_asked())?;
    }
}

/// The 24 words: from the named file, or asked for.
pub fn words(cx: &Cx) -> Result<Zeroizing<String>> {
    if let Some(path) = cx.parsed.flag_path("words-file") {
        return std::fs::read_to_string(&path).map(Zeroizing::new).map_err(|_| not_found(&path));
    }
    line(cx, "ask-words").map(Zeroizing::new)
}

pub fn not_found(path: &std::path::Path) -> Problem {
    Problem::new(Exit::No, "problem-not-found").with("path", path.display())
}

pub fn not_asked() -> Problem {
    Problem::new(Exit::Usage, "problem-not-asked")
}

/// An answer that must not be empty, asked until it is not.
pub fn filled(cx: &Cx, question: &str) -> Result<String> {
    loop {
        let typed = line(cx, question)?;
        if !typed.trim().is_empty() {
            return Ok(typed.trim().to_owned());
        }
    }
}

/// Yes or no, in either language; an empty answer is no.
pub fn yes(cx: &Cx, question: &str) -> Result<bool> {
    loop {
        let typed = line(cx, question)?;
        match typed.trim().to_lowercase().as_str() {
            "y" | "yes" | "s" | "si" | "sí" => return Ok(true),
            "" | "n" | "no" => return Ok(false),
            _ => again(cx, "usage-yes-or-no", &typed)?,
        }
    }
}

/// Says that an answer does not fit; the question comes again.
pub fn again(cx: &Cx, id: &str, typed: &str) -> Result<()> {
    let text = cx.say(id, &[("value", crate::speech::plain(typed))]);
    writeln!(std::io::stderr().lock(), "{text}").map_err(|_| not_asked())
}
