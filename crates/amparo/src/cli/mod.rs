//! The command line: one file a group of commands, each a thin door onto the office.

pub mod add;
pub mod ask;
mod cases;
mod custody;
mod demo;
mod first;
mod hand_over;
mod help;
mod host;
mod members;
pub mod out;
mod papers;
mod parse;
mod produce;
mod serve;
mod spec;
mod understand;

use crate::agent;
use crate::places::{Places, system_ms};
use crate::speech::{self, Speech};
use amparo_lang::{Lang, say, word};
use amparo_model::event::Purpose;
use amparo_model::results::Month;
use amparo_model::{Instant, PartyId};
use amparo_office::{Desk, Exit, Look, OpenCase, Problem, Result, Store};
use jiff::civil::Date;
use out::Out;
use parse::{Parsed, Usage};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

/// One command's work: its exit code, or why it was not done.
fn run(cx: &Cx, out: &mut Out) -> Result<u8> {
    // What every command takes is checked for every command, before it does anything.
    cx.purpose()?;
    cx.now()?;
    match cx.parsed.command.name {
        "init" => first::init(cx, out),
        "demo" => demo::demo(cx, out),
        "serve" => serve::serve(cx, out),
        "unlock" => first::unlock(cx, out),
        "lock" => first::lock(cx, out),
        "recover" => first::recover(cx, out),
        "restore" => first::restore(cx, out),
        "host join" => host::join(cx, out),
        "host status" => host::status(cx, out),
        "host sync" => host::sync(cx, out),
        "doctor" => first::doctor(cx, out),
        "case new" => cases::new(cx, out),
        "case list" => cases::list(cx, out),
        "case show" => cases::show(cx, out),
        "case close" => cases::close(cx, out),
        "case zone" => cases::zone(cx, out),
        "party add" => cases::party_add(cx, out),
        "party list" => cases::party_list(cx, out),
        "add" => add::add(cx, out),
        "account" => add::account(cx, out),
        "reread" => add::reread(cx, out),
        "status" => papers::status(cx, out),
        "records" => papers::records(cx, out),
        "show" => papers::show(cx, out),
        "timeline" => understand::timeline_of(cx, out),
        "coverage" => understand::coverage_of(cx, out),
        "check" => understand::check(cx, out),
        "calls" => understand::calls(cx, out),
        "find" => understand::find(cx, out),
        "review" => understand::review(cx, out),
        "chronology" => produce::chronology(cx, out),
        "withdraw" => custody::withdraw(cx, out),
        "move" => custody::assign(cx, out),
        "hold" => custody::hold(cx, out),
        "shred" => custody::shred(cx, out),
        "log" => custody::log(cx, out),
        "verify" => custody::verify(cx, out),
        "backup" => custody::backup(cx, out),
        "export" => hand_over::export(cx, out),
        "import" => hand_over::import(cx, out),
        "member add" => members::add(cx, out),
        "member remove" => members::remove(cx, out),
        "member list" => members::list(cx, out),
        "grant" => members::grant(cx, out),
        "revoke" => members::revoke(cx, out),
        other => Err(Problem::new(Exit::Usage, "usage-no-such-command").with("name", other)),
    }
}

/// What every command works with.
pub struct Cx {
    pub parsed: Parsed,
    pub lang: Lang,
    pub home: PathBuf,
    pub places: Places,
    /// Why somebody looks, in their own words.
    pub note: Option<String>,
}

impl Cx {
    pub fn speech(&self) -> Speech {
        Speech { lang: self.lang, unmasked: self.parsed.has("unmask") }
    }

    /// A sentence in the reader's language.
    pub fn say(&self, id: &str, args: &[(&str, String)]) -> String {
        self.speech().say(id, args)
    }

    pub fn word(&self, id: &str) -> String {
        self.speech().word(id)
    }

    /// The word of a code (`state-read`), or the code itself.
    pub fn term(&self, prefix: &str, code: &str) -> String {
        self.speech().term(prefix, code)
    }

    pub fn spanish(&self) -> bool {
        self.lang == Lang::Es
    }

    pub fn json(&self) -> bool {
        self.parsed.has("json")
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

    /// The day things are computed for: `--as-of`, else the day of [`Cx::now`] in this zone.
    pub fn as_of(&self, zone: &jiff::tz::TimeZone) -> Result<Date> {
        let day = |text: &str| text.parse::<Date>().ok().filter(|_| text.len() == 10);
        if let Some(day) = self.parsed.flag_as("as-of", day).map_err(usage)? {
            return Ok(day);
        }
        let now = self.now()?;
        Ok(jiff::Timestamp::from_millisecond(now.ms).map_or(now.date(), |t| zone.to_datetime(t).date()))
    }

    /// The office's bytes, where there is an office.
    pub fn store(&self) -> Result<Arc<dyn Store>> {
        if !(self.places.exists)(&self.home) {
            return Err(Problem::new(Exit::No, "problem-no-office").with("home", self.home.display()));
        }
        self.refuse_shared()?;
        (self.places.open)(&self.home, self.lang)
    }

    pub fn refuse_shared(&self) -> Result<()> {
        match (self.places.shared)(&self.home) {
            true => Err(Problem::new(Exit::Usage, "problem-synced-folder").with("home", self.home.display())),
            false => Ok(()),
        }
    }

    /// The office, opened with what the agent holds, else with the passphrase.
    pub fn desk(&self) -> Result<Desk> {
        let store = self.store()?;
        if let Some(secret) = agent::secret(&self.home) {
            match Desk::resume(store.clone(), &secret, system_ms) {
                Ok(desk) => return Ok(desk),
                // What the agent holds is older than the office (another passphrase, a restored folder): it ends.
                Err(_) => agent::stop(&self.home),
            };
        }
        let passphrase = ask::passphrase(self, "passphrase-file", "ask-passphrase")?;
        Desk::unlock(store, &passphrase, system_ms)
    }

    /// The passphrase, where a file that holds it was named.
    pub fn passphrase_at_hand(&self) -> Result<Option<zeroize::Zeroizing<String>>> {
        let named = self.parsed.has("passphrase-file") || std::env::var_os("AMPARO_PASSPHRASE_FILE").is_some();
        named.then(|| ask::passphrase(self, "passphrase-file", "ask-passphrase")).transpose()
    }

    /// Works at the desk, then ends the session there.
    pub fn at_desk(&self, work: impl FnOnce(&mut Desk) -> Result<u8>) -> Result<u8> {
        let mut desk = self.desk()?;
        let done = work(&mut desk);
        // A store that failed is not written to again; any other answer leaves a session that ends in order.
        match done {
            Err(problem) if problem.exit == Exit::Store => Err(problem),
            done => desk.end().and(done),
        }
    }

    /// Works in one case.
    pub fn in_case(&self, work: impl FnOnce(&mut Desk, &mut OpenCase) -> Result<u8>) -> Result<u8> {
        self.at_desk(|desk| {
            let mut case = desk.open(self.parsed.need("case").map_err(usage)?)?;
            work(desk, &mut case)
        })
    }

    /// Writes the look down: what for, by which command, at what.
    pub fn look(&self, case: &mut OpenCase, what: Vec<String>) -> Result<Look> {
        let (purpose, unmasked) = (self.purpose()?, self.unmasked()?);
        case.look(purpose, self.parsed.command.name, what, unmasked, self.note.as_deref())
    }

    /// The note on why, where one is announced: the first line of standard input, before anything else is read there.
    fn read_note(&self) -> Result<Option<String>> {
        match self.parsed.flag("note").map_err(usage)? {
            None => Ok(None),
            Some("-") => ask::line(self, "ask-note").map(Some),
            Some(_) => Err(Problem::new(Exit::Usage, "usage-note-is-read")),
        }
    }

    /// The person that `--whose` names.
    pub fn whose(&self, case: &OpenCase) -> Result<Option<PartyId>> {
        self.parsed.flag("whose").map_err(usage)?.map(|token| case.party(token)).transpose()
    }

    pub fn month(&self, flag: &'static str) -> Result<Option<Month>> {
        self.parsed.flag_as(flag, Month::parse).map_err(usage)
    }
}

/// Says that another program is writing and this one waits.
pub fn waiting(lang: Lang) {
    Out::new().aside(word("answer-waiting", lang));
}

/// The system's clock.
pub fn clock() -> Instant {
    Instant::utc(system_ms())
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
bads!(
    "lang",
    "because",
    "now",
    "as-of",
    "from-month",
    "to",
    "kind",
    "claim",
    "whose",
    "role",
    "as",
    "template",
    "profile",
    "zone",
    "seed",
    "port",
    "record",
    "field",
    "settle",
    "since"
);

/// Runs the words typed; the program's exit code.
pub fn main(words: Vec<OsString>, places: Places) -> u8 {
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
    let home = parsed.flag_path("home").or_else(|| std::env::var_os("AMPARO_HOME").map(PathBuf::from)).unwrap_or_else(crate::places::default_home);
    let mut cx = Cx { parsed, lang, home, places, note: None };
    let done = cx.read_note().and_then(|note| {
        cx.note = note;
        run(&cx, &mut out)
    });
    match done {
        // What was done is done, but the answer did not arrive whole.
        Ok(_) if out.failed() => {
            out.aside(word("problem-output", lang));
            Exit::Store as u8
        }
        Ok(code) => code,
        Err(problem) => {
            out.aside(speech::sentence(&problem, lang));
            problem.exit as u8
        }
    }
}

/// `--lang`, else `AMPARO_LANG`, else the locale, else English. A language that does not exist is an
/// error said in the one that would have been used without it.
fn language(words: &[OsString]) -> std::result::Result<Lang, (Lang, String)> {
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let ambient =
        variable("AMPARO_LANG").or_else(|| variable("LC_ALL")).or_else(|| variable("LC_MESSAGES")).or_else(|| variable("LANG")).and_then(|v| Lang::parse(&v)).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Every kind, field and state that a door prints has a word in every language.
    #[test]
    fn every_code_that_is_printed_has_a_word() {
        let mut ids: Vec<String> = amparo_model::Kind::ALL.iter().flat_map(|k| k.fields().iter().map(|f| format!("field-{}", f.name)).chain([format!("kind-{k}")])).collect();
        ids.extend(Purpose::ALL.iter().map(|(name, _)| format!("purpose-{name}")));
        ids.extend(amparo_office::access::roles().map(|r| format!("role-{r}")));
        ids.extend(["read", "partly_read", "unread", "refused", "withdrawn"].map(|s| format!("state-{s}")));
        let missing: Vec<&String> = ids.iter().filter(|id| Lang::ALL.into_iter().any(|l| !amparo_lang::has(&id.replace(['_', '.'], "-"), l))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    /// Every message that the doors and the office name in their source exists in every language.
    #[test]
    fn every_message_named_in_the_source_has_its_words() {
        fn sources(folder: &Path, out: &mut String) {
            for entry in std::fs::read_dir(folder).expect("the source is there") {
                let path = entry.expect("an entry").path();
                match path.is_dir() {
                    true => sources(&path, out),
                    false => out.push_str(&std::fs::read_to_string(&path).expect("text")),
                }
            }
        }
        let mut text = String::new();
        sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut text);
        sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")), &mut text);
        sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../amparo-office/src")), &mut text);
        let prefixes = ["answer-", "ask-", "problem-", "usage-", "head-", "doctor-", "hint-", "verify-", "place-", "log-", "sheet-", "page-"];
        let named = text.split('"').filter(|t| {
            prefixes.iter().any(|p| t.starts_with(p)) && t.len() > 6 && !t.ends_with('-') && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        });
        let mut missing: Vec<String> = named.flat_map(|id| Lang::ALL.into_iter().filter(move |l| !amparo_lang::has(id, *l)).map(move |l| format!("{} {id}", l.code()))).collect();
        missing.sort();
        missing.dedup();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
