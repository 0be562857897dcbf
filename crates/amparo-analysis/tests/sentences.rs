//! Every sentence that the analysis asks for exists in both languages and needs no more than it is given.

use amparo_analysis::says;
use amparo_lang::{Lang, files, has};
use std::collections::BTreeSet;

/// The arguments that a message of these files names.
fn arguments(id: &str, lang: Lang) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (_, text) in files(lang) {
        let mut inside = false;
        for line in text.lines() {
            if !line.starts_with([' ', '}']) {
                inside = line.split_once(" =").is_some_and(|(name, _)| name == id);
            }
            if inside {
                out.extend(line.split('$').skip(1).map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()));
            }
        }
    }
    out
}

#[test]
fn every_sentence_exists_and_uses_what_it_is_given() {
    for lang in Lang::ALL {
        for (id, given) in says::all() {
            assert!(has(id, lang), "{} has no {id}", lang.code());
            let given: BTreeSet<String> = given.iter().map(|a| (*a).to_owned()).collect();
            let named = arguments(id, lang);
            let missing: Vec<_> = named.difference(&given).collect();
            assert!(missing.is_empty(), "{} {id} names {missing:?}", lang.code());
        }
        for id in says::HOW {
            assert!(has(id, lang), "{} has no {id}", lang.code());
        }
    }
}

#[test]
fn every_kind_that_stands_in_the_timeline_has_a_sentence_without_facts() {
    use amparo_model::Kind;
    for kind in Kind::ALL.iter().filter(|k| !matches!(k, Kind::Call | Kind::Message | Kind::Contact | Kind::Page | Kind::Identity)) {
        assert!(says::RECORDS.iter().any(|(k, _, fields)| k == kind && fields.is_empty()), "{kind}");
    }
}
