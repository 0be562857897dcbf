//! Sentences: everything the program says to a person, in English and Spanish.
//!
//! A room reports a code with its facts ([`Says`]); only here does it become words. Every message
//! exists in every language with the same arguments: a test reads the files and says which is missing.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_types))]

use amparo_model::Edtf;
use amparo_model::results::{Arg, Month, Says};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A language the program speaks. A third is one more folder of messages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Lang {
    #[default]
    En,
    Es,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Es];

    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Es => "es",
        }
    }

    /// `en`, `es`, or a locale that begins so (`es_MX.UTF-8`).
    pub fn parse(text: &str) -> Option<Lang> {
        let head = text.split(['_', '-', '.', '@']).next().unwrap_or("");
        Lang::ALL.into_iter().find(|l| l.code().eq_ignore_ascii_case(head))
    }
}

macro_rules! resources {
    ($lang:literal: $($file:literal),+) => {
        &[$(($file, include_str!(concat!("../", $lang, "/", $file, ".ftl")))),+]
    };
}

/// The message files of a language, by name.
pub fn files(lang: Lang) -> &'static [(&'static str, &'static str)] {
    match lang {
        Lang::En => resources!("en": "cli", "answers", "problems", "reasons", "analysis", "words", "papers", "print", "pages", "peer", "sheets"),
        Lang::Es => resources!("es": "cli", "answers", "problems", "reasons", "analysis", "words", "papers", "print", "pages", "peer", "sheets"),
    }
}

fn bundle(lang: Lang) -> &'static FluentBundle<FluentResource> {
    static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; 2] = [const { OnceLock::new() }; 2];
    BUNDLES[lang as usize].get_or_init(|| {
        let mut bundle = FluentBundle::new_concurrent(vec![lang.code().parse().unwrap_or_default()]);
        bundle.set_use_isolating(false); // the marks would be printed in tables, PDFs and file names
        bundle.set_formatter(Some(in_groups));
        for (_, text) in files(lang) {
            let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _)| resource);
            bundle.add_resource_overriding(resource);
        }
        bundle
    })
}

/// Counts are printed in groups of three wherever a sentence holds one.
fn in_groups<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(n) if n.value.fract() == 0.0 && n.value.abs() < 9e15 => Some(grouped(n.value as i64)),
        _ => None,
    }
}

/// Whether there is a message of this id.
pub fn has(id: &str, lang: Lang) -> bool {
    bundle(lang).has_message(id)
}

/// The message, its arguments given as text or numbers. A message that does not exist prints its id, so
/// that nothing is silent; the tests keep that from happening.
pub fn say(id: &str, args: &[(&str, FluentValue<'_>)], lang: Lang) -> String {
    let bundle = bundle(lang);
    let Some(pattern) = bundle.get_message(id).and_then(|m| m.value()) else {
        return id.to_owned();
    };
    let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned()
}

/// A message without arguments.
pub fn word(id: &str, lang: Lang) -> String {
    say(id, &[], lang)
}

/// A message without arguments, kept as long as the program runs: for the fixed words of charts and printed papers.
pub fn fixed(id: &'static str, lang: Lang) -> &'static str {
    static TEXTS: [OnceLock<BTreeMap<&'static str, String>>; 2] = [const { OnceLock::new() }; 2];
    let ids = || files(lang).iter().flat_map(|(_, text)| text.lines()).filter_map(|line| line.split_once(" = ").map(|(id, _)| id));
    let texts = TEXTS[lang as usize].get_or_init(|| ids().filter(|id| has(id, lang)).map(|id| (id, word(id, lang))).collect());
    texts.get(id).map_or(id, String::as_str)
}

/// The word for a code (`kind-call`, `field-birth_date`), or the code as it is where there is none.
pub fn term(id: &str, lang: Lang) -> String {
    let message = id.replace(['_', '.'], "-");
    match has(&message, lang) {
        true => word(&message, lang),
        false => id.split_once('-').map_or(id, |(_, rest)| rest).to_owned(),
    }
}

/// A whole sentence of the analysis. `third` shows what belongs to somebody who is not a party: masked or not.
pub fn sentence(says: &Says, lang: Lang, third: &dyn Fn(&str) -> String) -> String {
    let args: Vec<(&str, FluentValue<'_>)> = says.args.iter().map(|(name, arg)| (*name, value(arg, lang, third))).collect();
    say(says.id, &args, lang)
}

fn value(arg: &Arg, lang: Lang, third: &dyn Fn(&str) -> String) -> FluentValue<'static> {
    match arg {
        Arg::Text(text) => text.clone().into(),
        // Given as a number, so that messages can choose the plural; printed in groups.
        Arg::Number(n) => (*n).into(),
        Arg::Cents(cents) => money(*cents).into(),
        Arg::When(when) => date(when, lang).into(),
        Arg::Party(token) => party(token, lang).into(),
        Arg::Term(id) => term(id, lang).into(),
        Arg::Third(text) => third(text).into(),
    }
}

/// A party in a sentence: "the spouse", "child 2".
pub fn party(token: &str, lang: Lang) -> String {
    let (role, number) = match token.rsplit_once('-') {
        Some((role, n)) if n.bytes().all(|b| b.is_ascii_digit()) && !n.is_empty() => (role, Some(n)),
        _ => (token, None),
    };
    let role = term(&format!("party-{role}"), lang);
    number.map_or(role.clone(), |n| format!("{role} {n}"))
}

/// Digits in groups of three, as both languages write them in the United States.
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if n < 0 { format!("-{out}") } else { out }
}

/// US dollars and cents.
pub fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}${}.{:02}", grouped((cents.unsigned_abs() / 100) as i64), cents.unsigned_abs() % 100)
}

/// A month in words: `July 2019`, `julio de 2019`.
pub fn month(month: Month, lang: Lang) -> String {
    let name = word(&format!("month-{}", month.month), lang);
    match lang {
        Lang::En => format!("{name} {}", month.year),
        Lang::Es => format!("{name} de {}", month.year),
    }
}

/// A date or interval in words, saying "about" where the paper does.
pub fn date(when: &Edtf, lang: Lang) -> String {
    if let Some((start, end)) = when.as_str().split_once('/') {
        let one = |t: &str| Edtf::parse(t).map_or_else(|| t.to_owned(), |e| point(&e, lang));
        return match (start, end) {
            (start, "..") => say("date-since", &[("from", one(start).into())], lang),
            (start, "") => say("date-from-unknown", &[("from", one(start).into())], lang),
            ("" | "..", end) => say("date-until", &[("to", one(end).into())], lang),
            (start, end) => say("date-between", &[("from", one(start).into()), ("to", one(end).into())], lang),
        };
    }
    point(when, lang)
}

fn point(when: &Edtf, lang: Lang) -> String {
    let plain = when.as_str().trim_end_matches(['~', '?', '%']);
    let parts: Vec<&str> = plain.split('-').collect();
    let as_month = |y: &str, m: &str| Month::parse(&format!("{y}-{m}")).map(|at| month(at, lang));
    let words = match parts.as_slice() {
        [y, m, d] => match (as_month(y, m), d.parse::<u8>(), lang) {
            (Some(_), Ok(day), Lang::En) => {
                let name = m.parse::<u8>().map(|m| word(&format!("month-{m}"), lang)).unwrap_or_default();
                format!("{name} {day}, {y}")
            }
            (Some(month), Ok(day), Lang::Es) => format!("{day} de {month}"),
            (Some(month), Err(_), _) => month,
            _ => plain.to_owned(),
        },
        [y, m] => as_month(y, m).unwrap_or_else(|| (*y).to_owned()),
        _ => plain.to_owned(),
    };
    if when.is_approximate() { say("date-about", &[("date", words.into())], lang) } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_syntax::ast;
    use std::collections::BTreeSet;

    fn messages(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let mut out = BTreeMap::new();
        for (file, text) in files(lang) {
            let resource = fluent_syntax::parser::parse(*text).unwrap_or_else(|(_, errors)| panic!("{}/{file}.ftl: {errors:?}", lang.code()));
            for entry in resource.body {
                if let ast::Entry::Message(m) = entry {
                    let mut args = BTreeSet::new();
                    let whole = format!("{:?}", m.value);
                    for part in whole.split("VariableReference { id: Identifier { name: \"").skip(1) {
                        args.extend(part.split('"').next().map(str::to_owned));
                    }
                    assert!(m.value.is_some(), "{} has no text", m.id.name);
                    assert!(out.insert(m.id.name.to_owned(), args).is_none(), "{} stands twice in {}", m.id.name, lang.code());
                }
            }
        }
        out
    }

    #[test]
    fn every_message_exists_in_every_language_with_the_same_arguments() {
        let (en, es) = (messages(Lang::En), messages(Lang::Es));
        let missing = |a: &BTreeMap<String, BTreeSet<String>>, b: &BTreeMap<String, BTreeSet<String>>| {
            a.iter().filter(|(id, args)| b.get(*id) != Some(args)).map(|(id, _)| id.clone()).collect::<Vec<_>>()
        };
        assert_eq!((missing(&en, &es), missing(&es, &en)), (vec![], vec![]));
    }

    /// Messages that read the same in both languages: names, signs and words that both share.
    const SAME: &[&str] = &[
        "answer-version",
        "choice-google-voice",
        "choice-imessage",
        "choice-mms",
        "choice-signal",
        "choice-sms",
        "choice-telegram",
        "choice-visa",
        "choice-whatsapp",
        "field-principal",
        "format-google-voice-html",
        "format-pdf",
        "no",
        "page-minutes",
        "page-seconds",
        "type-visa",
    ];

    #[test]
    fn no_spanish_message_is_its_english_twin() {
        let texts = |lang| -> BTreeMap<String, String> {
            let of = |(_, text): &(&str, &'static str)| fluent_syntax::parser::parse(*text).map_or_else(|(r, _)| r.body, |r| r.body);
            let entries = files(lang).iter().flat_map(of).filter_map(|e| match e {
                ast::Entry::Message(m) => Some((m.id.name.to_owned(), format!("{:?}", m.value))),
                _ => None,
            });
            entries.collect()
        };
        let (en, es) = (texts(Lang::En), texts(Lang::Es));
        let letters =
            |text: &str| text.contains("TextElement") && text.split("TextElement").skip(1).any(|t| t.split('"').nth(1).is_some_and(|t| t.chars().any(char::is_alphabetic)));
        let same: Vec<&str> = en.iter().filter(|(id, text)| es.get(*id) == Some(text) && letters(text)).map(|(id, _)| id.as_str()).collect();
        assert_eq!(same, SAME);
    }

    #[test]
    fn counts_in_a_sentence_are_grouped_and_choose_the_plural() {
        let of = |n: i64| sentence(&Says::new("timeline-messages").with("count", Arg::Number(n)), Lang::Es, &|t: &str| t.to_owned());
        assert_eq!((of(1).as_str(), of(1_204).as_str()), ("Un mensaje", "1,204 mensajes"));
    }

    #[test]
    fn dates_in_words() {
        for (text, en, es) in [
            ("2019-07-12", "July 12, 2019", "12 de julio de 2019"),
            ("2019-07", "July 2019", "julio de 2019"),
            ("2018~", "about 2018", "hacia 2018"),
            ("2014-03/..", "since March 2014", "desde marzo de 2014"),
            ("2014/2016-05", "2014 to May 2016", "2014 a mayo de 2016"),
        ] {
            let when = Edtf::parse(text).expect("a date");
            assert_eq!((date(&when, Lang::En).as_str(), date(&when, Lang::Es).as_str()), (en, es));
        }
    }

    #[test]
    fn money_and_counts() {
        assert_eq!((money(123_456_789), money(-5)), ("$1,234,567.89".into(), "-$0.05".into()));
        assert_eq!(grouped(1_204), "1,204");
    }

    /// One term a thing (docs/glossary.md): words that were said before for what now has one name.
    #[test]
    fn spanish_has_one_term_a_thing() {
        for (file, text) in files(Lang::Es) {
            for other in
                ["frase de acceso", "ninguna fuente alcanza", "ningún documento llega", "suficiente", "carril", "terceros", "patrón", "esta máquina", "sellado", "propósito"]
            {
                let line = text.lines().find(|l| l.to_lowercase().contains(other));
                assert_eq!(line, None, "{file}.ftl");
            }
        }
    }

    #[test]
    fn spanish_says_usted_and_never_the_hurtful_word() {
        for (file, text) in files(Lang::Es) {
            let low = text.to_lowercase();
            for bad in ["ilegal", " tú ", " tu ", "simplemente"] {
                assert!(!low.contains(bad), "{file}.ftl says {bad:?}");
            }
        }
    }
}
