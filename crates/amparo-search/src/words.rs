//! Words: how a text is split, folded and stemmed, and how a question is read.

use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

/// The longest word that is looked at; longer ones are cut.
const LONGEST: usize = 64;

/// The words of a text with the byte where each begins: runs of letters, marks and digits.
pub fn split(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = run(text, at, false);
        at = run(text, start, true);
        (start < at).then(|| (start, cut(&text[start..at])))
    })
}

/// Where the run of characters that are, or are not, a word's ends. Most are ASCII, and looked at as bytes.
fn run(text: &str, from: usize, word: bool) -> usize {
    let mut at = from;
    while let Some(byte) = text.as_bytes().get(at) {
        let (is, length) = match byte.is_ascii() {
            true => (byte.is_ascii_alphanumeric(), 1),
            false => text[at..].chars().next().map_or((false, 1), |c| (c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c), c.len_utf8())),
        };
        if is != word {
            break;
        }
        at += length;
    }
    at
}

fn cut(word: &str) -> &str {
    if word.len() <= LONGEST {
        return word;
    }
    word.char_indices().nth(LONGEST).map_or(word, |(at, _)| &word[..at])
}

/// Lower case without accents: `Núñez` and `NUNEZ` are one word.
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).flat_map(char::to_lowercase).collect()
}

/// The folded stems of a lower-case word in both languages. Spanish endings carry accents that people leave out, so
/// the word is stemmed with and without them.
pub fn stems(lower: &str) -> Vec<String> {
    let [english, spanish] = [Algorithm::English, Algorithm::Spanish].map(Stemmer::new);
    let folded = fold(lower);
    let mut stems = vec![english.stem(&folded).into_owned(), spanish.stem(&folded).into_owned(), fold(&spanish.stem(lower))];
    stems.sort();
    stems.dedup();
    stems
}

/// One part of a question; all parts must be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Word { folded: String, stems: Vec<String> },
    Phrase(Vec<String>),
    Prefix(String),
}

/// A question as typed: words, `"phrases"`, `begin*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    pub parts: Vec<Part>,
}

impl Question {
    /// At most 32 parts are read; nothing is an error.
    pub fn parse(text: &str) -> Question {
        let mut parts = Vec::new();
        for (i, piece) in text.split('"').enumerate() {
            if i % 2 == 1 {
                let phrase: Vec<String> = split(piece).map(|(_, w)| fold(w)).collect();
                if !phrase.is_empty() {
                    parts.push(Part::Phrase(phrase));
                }
                continue;
            }
            for (at, word) in split(piece) {
                let folded = fold(word);
                if piece[at + word.len()..].starts_with('*') {
                    parts.push(Part::Prefix(folded));
                } else {
                    parts.push(Part::Word { folded, stems: stems(&word.to_lowercase()) });
                }
            }
        }
        parts.truncate(32);
        Question { parts }
    }

    /// Which parts of the question the words of a text from `at` on are what it looks for: a bit a part. A phrase is
    /// found where all its words follow.
    pub fn touched(&self, words: &[(usize, &str)], at: usize) -> u32 {
        let Some((_, word)) = words.get(at) else { return 0 };
        let folded = fold(word);
        let mut bits = 0;
        for (n, part) in self.parts.iter().enumerate() {
            let found = match part {
                Part::Phrase(phrase) => phrase.first() == Some(&folded) && phrase.iter().zip(&words[at..]).filter(|(want, (_, have))| **want == fold(have)).count() == phrase.len(),
                Part::Prefix(prefix) => folded.starts_with(prefix.as_str()),
                Part::Word { folded: f, stems: mine } => *f == folded || (may_share_a_stem(f, &folded) && stems(&word.to_lowercase()).iter().any(|s| mine.contains(s))),
            };
            bits |= u32::from(found) << n;
        }
        bits
    }
}

/// Two words of one stem begin alike: a cheap question before the dear one.
fn may_share_a_stem(a: &str, b: &str) -> bool {
    a.chars().count() > 2 && a.chars().take(3).eq(b.chars().take(3))
}
