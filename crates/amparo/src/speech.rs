//! Speaking: sentences, words and the values of records in the reader's language, for every door.

use amparo_lang::{Lang, say, word};
use amparo_model::record::{FieldSpec, Type};
use amparo_model::{CaseFile, Edtf, Giving, Instant, Place, Provenance, Report, Spot, State, Value};
use amparo_office::Problem;

/// The language somebody reads in, and everything that is said in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Speech {
    pub lang: Lang,
    /// A reason was given to see third persons: file names that hold one are said whole.
    pub unmasked: bool,
}

impl Speech {
    /// A sentence with what goes into it; a `count` chooses between one and many.
    pub fn say(self, id: &str, args: &[(&str, String)]) -> String {
        let value = |name: &str, value: &String| match value.parse::<i64>() {
            Ok(number) if name == "count" => number.into(),
            _ => value.clone().into(),
        };
        let args: Vec<_> = args.iter().map(|(name, text)| (*name, value(name, text))).collect();
        say(id, &args, self.lang)
    }

    pub fn word(self, id: &str) -> String {
        word(id, self.lang)
    }

    /// The word of a code (`state-read`), or the code itself.
    pub fn term(self, prefix: &str, code: &str) -> String {
        amparo_lang::term(&format!("{prefix}-{code}"), self.lang)
    }

    /// The state in words, with its reason where it was not read whole.
    pub fn state(self, report: &Report) -> String {
        let state = self.term("state", report.state.as_str());
        match &report.reason {
            Some(reason) if report.state != State::Read => format!("{state}: {}", self.term("reason", reason)),
            _ => state,
        }
    }

    /// A file given again: since when it is held, and whose it stays where somebody named another person this time.
    pub fn already(self, file: &CaseFile, giving: &Giving, earlier: u64) -> String {
        let first = file.givings.get(&earlier);
        let was = first.and_then(|g| g.subject);
        let args = [
            ("on", first.map(|g| self.entry_day(&g.at)).unwrap_or_default()),
            ("file", earlier.to_string()),
            ("whose", file.token_of(was).map_or_else(|| self.word("party-none"), |t| amparo_lang::party(t, self.lang))),
        ];
        self.say(if giving.subject.is_some() && giving.subject != was { "state-already-other" } else { "state-already" }, &args)
    }

    /// What months a source reaches, as short dates.
    pub fn reaches(self, report: &Report) -> String {
        let Some(covers) = &report.covers else { return String::new() };
        let text = |e: &Option<Edtf>| e.as_ref().map_or("", |e| e.as_str()).get(..7).map_or_else(|| e.as_ref().map_or(String::new(), |e| e.to_string()), str::to_owned);
        let range = format!("{} - {}", text(&covers.from), text(&covers.to));
        match covers.why {
            amparo_model::CoversWhy::CapSuspected => format!("{range} ({})", self.word("cap-suspected")),
            _ => range,
        }
    }

    /// The day on which an entry was written, by its own clock, in words.
    pub fn entry_day(self, at: &str) -> String {
        at.get(..10).and_then(Edtf::parse).map_or_else(|| at.to_owned(), |day| amparo_lang::date(&day, self.lang))
    }

    /// The day of a moment as an entry writes it, in words.
    pub fn day(self, at: &str, zone: &jiff::tz::TimeZone) -> String {
        let moment = Instant::parse(at).and_then(|at| jiff::Timestamp::from_millisecond(at.ms).ok());
        moment.map_or_else(|| at.to_owned(), |t| amparo_lang::date(&Edtf::day(zone.to_datetime(t).date()), self.lang))
    }

    /// A value in words: one of a list and yes or no in the reader's language, everything else as it stands.
    pub fn value(self, spec: &FieldSpec, value: &Value) -> String {
        match (spec.ty, value) {
            (Type::Choice(_), Value::Text(code)) => self.term("choice", code),
            (Type::Flag, Value::Flag(yes)) => self.word(if *yes { "yes" } else { "no" }),
            // The currency stands beside it.
            (_, Value::Number(cents)) if spec.name.ends_with("_cents") => Value::Hundredths(*cents).to_text(),
            (_, value) => plain(&value.to_text()),
        }
    }

    /// A source in words: file, path inside, page or line.
    pub fn source(self, p: &Provenance) -> String {
        let place = self.place(&p.place);
        if place.is_empty() { self.file_name(&p.name) } else { format!("{}, {place}", self.file_name(&p.name)) }
    }

    /// A file's name or path as it may be shown.
    pub fn file_name(self, name: &str) -> String {
        if self.unmasked { plain(name) } else { plain(&amparo_model::file_name::masked(name)) }
    }

    /// A place within its file: path inside, page or line; empty for the whole file.
    pub fn place(self, place: &Place) -> String {
        let spot = match place.spot {
            Spot::Whole => None,
            Spot::Row(row) => Some(self.say("place-row", &[("row", row.to_string())])),
            Spot::Page { page, .. } => Some(self.say("place-page", &[("page", page.to_string())])),
        };
        let inside = (!place.inside.is_empty()).then(|| self.file_name(&place.inside));
        inside.into_iter().chain(spot).collect::<Vec<_>>().join(", ")
    }
}

/// A problem in words.
pub fn sentence(problem: &Problem, lang: Lang) -> String {
    let said = |name: &str, value: &str| if name == "why" { why_in_words(value, lang) } else { plain(value) };
    let args: Vec<_> = problem.args.iter().map(|(name, value)| (*name, said(name, value).into())).collect();
    say(problem.id, &args, lang)
}

/// What stands behind a problem: the words of its code, with its detail; what is no code is in words already.
fn why_in_words(why: &str, lang: Lang) -> String {
    let (code, detail) = why.split_once(':').unwrap_or((why, ""));
    let known = ["why", "reason"].into_iter().map(|prefix| format!("{prefix}-{code}")).find(|id| amparo_lang::has(id, lang));
    match known {
        None => plain(why),
        Some(id) if detail.is_empty() => word(&id, lang),
        Some(id) => format!("{} ({})", word(&id, lang), plain(detail)),
    }
}

/// A sentence's beginning.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}

/// A text that came from a paper, made safe to print: no control characters, no escape sequences, no change of direction.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c == '\n' || c == '\t' { ' ' } else { c })
        .filter(|c| {
            !c.is_control() && !matches!(c, '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect()
}
/// Whose words stand on a sheet.
pub enum Whose<'a> {
    Member(&'a str),
    /// The office's own: so many of its sheets are needed.
    Office {
        needed: u8,
    },
}

/// What a sheet opens, and how it is used.
pub fn sheet_says(speech: Speech, whose: &Whose<'_>, office: &str) -> [String; 2] {
    let office = ("office", office.to_owned());
    match whose {
        Whose::Member(name) => [speech.say("sheet-what", &[("name", (*name).to_owned()), office]), speech.word("sheet-how")],
        Whose::Office { needed: 1 } => [speech.say("sheet-what-office", &[office]), speech.word("sheet-how-office")],
        Whose::Office { .. } => [speech.say("sheet-what-office-two", &[office]), speech.word("sheet-how-office")],
    }
}
