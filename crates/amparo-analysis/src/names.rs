//! When two ways of writing a name are one name: accents, case, order and joining words do not count.

use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

const PARTICLES: &[&str] = &["de", "del", "la", "las", "los", "y", "e", "da", "do", "dos", "das", "van", "von"];

/// Words of a text without accents, in small letters; punctuation parts words.
pub fn words(text: &str) -> Vec<String> {
    let plain: String = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// A text for comparing: words joined by one space.
pub fn plain(text: &str) -> String {
    words(text).join(" ")
}

/// Whether two names may be one person's: every word of the shorter stands in the longer, and it has two or more.
///
/// "María López" and "LOPEZ GARCIA, Maria" may be one (a second surname left out); "Pepe" is not "José".
pub fn may_be_same(a: &str, b: &str) -> bool {
    let of = |t: &str| -> Vec<String> { words(t).into_iter().filter(|w| !PARTICLES.contains(&w.as_str())).collect() };
    let (mut short, mut long) = (of(a), of(b));
    if short.len() > long.len() {
        std::mem::swap(&mut short, &mut long);
    }
    if short.len() < 2 && short.len() != long.len() {
        return false;
    }
    short.iter().all(|w| match long.iter().position(|l| l == w || (w.len() == 1 && l.starts_with(w.as_str())) || (l.len() == 1 && w.starts_with(l.as_str()))) {
        Some(i) => {
            long.remove(i);
            true
        }
        None => false,
    })
}

/// Words that say what sort of company it is, not which.
const COMPANY: &[&str] = &["llc", "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "lp", "llp", "pllc", "the", "sa", "cv", "l", "c", "p", "s", "a"];

/// Whether two employers' names are one: the words that name them are equal, or the shorter's begin the longer's.
///
/// "SOL BAKERY, L.L.C." and "Sol Bakery LLC" are one; "Sol Bakery" and "Sol Laundry" are not.
pub fn may_be_same_company(a: &str, b: &str) -> bool {
    let of = |t: &str| -> Vec<String> {
        let all = words(&t.replace(['\'', '\u{2019}'], ""));
        let named: Vec<String> = all.iter().filter(|w| !COMPANY.contains(&w.as_str())).cloned().collect();
        if named.is_empty() { all } else { named }
    };
    let (a, b) = (of(a), of(b));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    !short.is_empty() && (short == long || (short.len() > 1 && long.starts_with(&short)))
}

/// A number as it is compared and counted: E.164 and words as they are, other digits without the signs between them.
pub fn number_key(text: &str) -> Cow<'_, str> {
    let between = |c: char| matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | '\u{a0}' | '\u{2011}' | '\u{2013}');
    if text.chars().any(char::is_alphabetic) || text.contains('@') || !text.chars().any(between) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !between(*c)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_papers_write_them() {
        for (a, b, same) in [
            ("María López", "LOPEZ GARCIA, Maria", true),
            ("Juan de la Cruz", "JUAN CRUZ", true),
            ("José Pérez", "Pepe Pérez", false),
            ("Ana M. Ruiz", "Ana María Ruiz", true),
            ("Ana Ruiz", "Ana Soto", false),
            ("Ana", "Ana Ruiz", false),
        ] {
            assert_eq!(may_be_same(a, b), same, "{a} / {b}");
            assert_eq!(may_be_same(b, a), same, "{b} / {a}");
        }
    }

    #[test]
    fn employers_as_papers_write_them() {
        for (a, b, same) in [
            ("SOL BAKERY, L.L.C.", "Sol Bakery LLC", true),
            ("Sol Bakery", "Sol Laundry", false),
            ("Panadería Sol", "PANADERIA SOL INC", true),
            ("Two Bridges Cleaning LLC", "Two Bridges Cleaning Services", true),
            ("Denny's", "Dennys Inc.", true),
            ("Sol", "Sol Bakery", false),
        ] {
            assert_eq!(may_be_same_company(a, b), same, "{a} / {b}");
        }
    }

    #[test]
    fn numbers_without_the_signs_between() {
        for (text, key) in [("(415) 555-2671", "4155552671"), ("+14155552671", "+14155552671"), ("*611", "*611"), ("Unavailable", "Unavailable"), ("a b@c.org", "a b@c.org")] {
            assert_eq!(number_key(text), key);
        }
    }
}
