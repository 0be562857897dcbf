//! The command line: one file a group of commands, each a thin door onto the office.

pub mod ask;
pub mod help;
pub mod out;
pub mod parse;
pub mod spec;

use amparo_lang::{Lang, say, word};
use amparo_model::Instant;
use amparo_model::event::Purpose;
use amparo_office::{Exit, Problem, Result};
use out::Out;
use parse::{Parsed, Usage};
use std::ffi::OsString;
use std::path::PathBuf;

/// What every command works with.
pub struct Cx {
    pub parsed: Parsed,
    pub lang: Lang,
    pub home: PathBuf,
}

impl Cx {
    /// A sentence in the reader's language.
    pub fn say(&self, id: &str, args: &[(&str, String)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.clone().into())).collect();
        say(id, &args, self.lang)
    }

    pub fn word(&self, id: &str) -> String {
        word(id, self.lang)
    }

    pub fn purpose(&self) -> Result<Purpose> {
        let purpose = self.parsed.flag_as("because", Purpose::parse).map_err(usage)?;
        Ok(purpose.unwrap_or(Purpose::Review))
    }

    /// Third persons are shown only with a reason.
    pub fn unmasked(&self) -> Result<bool> {
        match (self.parsed.has("unmask"), self.parsed.has("because")) {
            (true, false) => Err(Problem::new(Exit::Usage, "problem-needs-reason")),
            (unmask, _) => Ok(unmask),
        }
    }

    /// The moment things are computed for: `--now`, else the clock. Never what is logged.
    pub fn now(&self) -> Result<Instant> {
        Ok(self.parsed.flag_as("now", Instant::parse).map_err(usage)?.unwrap_or_else(clock))
    }
}

/// The system's clock.
pub fn clock() -> Instant {
    Instant::utc(jiff::Timestamp::now().as_millisecond())
}

/// A wrong word in the command line, as a problem with its own sentence.
pub fn usage(error: Usage) -> Problem {
    match error {
        Usage::Bad { what, value } => Problem::new(Exit::Usage, bad(what)).with("value", value),
        Usage::Missing { arg, .. } => Problem::new(Exit::Usage, "usage-missing").with("what", arg),
        _ => Problem::new(Exit::Usage, "usage-not-text"),
    }
}

macro_rules! bads {
    ($($what:literal),*) => {
        fn bad(what: &str) -> &'static str {
            match what { $($what => concat!("usage-bad-", $what),)* _ => "usage-bad" }
        }
    };
}
bads!("lang", "because", "now", "as-of", "from-month", "to", "kind", "claim", "whose", "role", "as", "template", "profile", "zone", "seed", "record", "field", "settle");

/// Runs the words typed; the program's exit code.
pub fn main(words: Vec<OsString>, run: impl FnOnce(&Cx, &mut Out) -> Result<u8>) -> u8 {
    let mut out = Out::new();
    let lang = match language(&words) {
        Ok(lang) => lang,
        Err((lang, value)) => {
            out.aside(say("usage-bad-lang", &[("value", value.into())], lang));
            return Exit::Usage as u8;
        }
    };
    let parsed = match parse::parse(words) {
        Ok(parsed) => parsed,
        Err(Usage::Help(None)) => {
            out.line(help::overview(lang).trim_end());
            return 0;
        }
        Err(Usage::Help(Some(name))) => {
            out.line(help::of(name, lang).trim_end());
            return 0;
        }
        Err(Usage::Version) => {
            out.line(say("answer-version", &[("version", env!("CARGO_PKG_VERSION").into())], lang));
            return 0;
        }
        Err(error) => {
            out.aside(help::problem(&error, lang));
            return Exit::Usage as u8;
        }
    };
    let home = parsed.flag_path("home").or_else(|| std::env::var_os("AMPARO_HOME").map(PathBuf::from)).unwrap_or_else(default_home);
    let cx = Cx { parsed, lang, home };
    match run(&cx, &mut out) {
        Ok(code) => code,
        Err(problem) => {
            out.aside(sentence(&problem, lang));
            problem.exit as u8
        }
    }
}

/// A problem in words.
pub fn sentence(problem: &Problem, lang: Lang) -> String {
    let args: Vec<_> = problem.args.iter().map(|(name, value)| (*name, out::plain(value).into())).collect();
    say(problem.id, &args, lang)
}

/// `--lang`, else `AMPARO_LANG`, else the locale, else English. A language that does not exist is an
/// error said in the one that would have been used without it.
fn language(words: &[OsString]) -> std::result::Result<Lang, (Lang, String)> {
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let ambient = variable("AMPARO_LANG")
        .or_else(|| variable("LC_ALL"))
        .or_else(|| variable("LC_MESSAGES"))
        .or_else(|| variable("LANG"))
        .and_then(|v| Lang::parse(&v))
        .unwrap_or_default();
    let words: Vec<&str> = words.iter().map_while(|w| w.to_str()).take_while(|w| *w != "--").collect();
    let typed = words.iter().enumerate().find_map(|(i, w)| match w.strip_prefix("--lang") {
        Some("") => words.get(i + 1).copied(),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    match typed {
        None => Ok(ambient),
        Some(text) => Lang::parse(text).ok_or_else(|| (ambient, text.to_owned())),
    }
}

fn default_home() -> PathBuf {
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".local/share"));
    data.or_else(home).unwrap_or_else(|| PathBuf::from(".")).join("amparo")
}
