//! When two ways of writing a name are one name: accents, case, order and joining words do not count.

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
}
