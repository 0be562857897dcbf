//! Words: how a text is split, folded and stemmed, and how a question is read.

use std::collections::HashMap;
use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer};
use unicode_normalization::UnicodeNormalization;

/// The longest word that is looked at; longer ones are cut.
const LONGEST: usize = 64;

/// The words of a text with the byte where each begins: runs of letters, marks and digits.
pub fn split(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c);
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(is_word)?;
        let tail = &rest[start..];
        let end = tail.find(|c| !is_word(c)).unwrap_or(tail.len());
        let at = text.len() - rest.len() + start;
        rest = &tail[end..];
        Some((at, cut(&tail[..end])))
    })
}

fn cut(word: &str) -> &str {
    word.char_indices().nth(LONGEST).map_or(word, |(at, _)| &word[..at])
}

/// Lower case without accents: `Núñez` and `NUNEZ` are one word.
pub fn fold(word: &str) -> String {
    word.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).flat_map(char::to_lowercase).collect()
}

/// Stems in both languages, remembered: a case's words repeat.
#[derive(Default)]
pub struct Stems {
    known: HashMap<String, Vec<String>>,
    analyzers: Option<[TextAnalyzer; 2]>,
}

impl Stems {
    /// The folded stems of a lower-case word. Spanish endings carry accents that people leave out, so the
    /// word is stemmed with and without them.
    pub fn of(&mut self, lower: &str) -> Vec<String> {
        if let Some(known) = self.known.get(lower) {
            return known.clone();
        }
        let [english, spanish] =
            self.analyzers.get_or_insert_with(|| [Language::English, Language::Spanish].map(|l| TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(l)).build()));
        let folded = fold(lower);
        let mut stems: Vec<String> = vec![stem(english, &folded), stem(spanish, &folded), fold(&stem(spanish, lower))];
        stems.sort();
        stems.dedup();
        if self.known.len() < 200_000 {
            self.known.insert(lower.to_owned(), stems.clone());
        }
        stems
    }
}

fn stem(analyzer: &mut TextAnalyzer, word: &str) -> String {
    let mut stream = analyzer.token_stream(word);
    match stream.next() {
        Some(token) => token.text.clone(),
        None => word.to_owned(),
    }
}

/// One part of a question; all parts must be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Word { lower: String, folded: String },
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
                    parts.push(Part::Word { lower: word.to_lowercase(), folded });
                }
            }
        }
        parts.truncate(32);
        Question { parts }
    }

    /// Which parts of the question the words of a text from `at` on are what it looks for: a bit a part. A phrase is
    /// found where all its words follow.
    pub fn touched(&self, words: &[(usize, &str)], at: usize, stems: &mut Stems) -> u32 {
        let Some((_, word)) = words.get(at) else { return 0 };
        let folded = fold(word);
        let mut bits = 0;
        for (n, part) in self.parts.iter().enumerate() {
            let found = match part {
                Part::Phrase(phrase) => phrase.first() == Some(&folded) && phrase.iter().zip(&words[at..]).filter(|(want, (_, have))| **want == fold(have)).count() == phrase.len(),
                Part::Prefix(prefix) => folded.starts_with(prefix.as_str()),
                Part::Word { folded: f, lower } => {
                    *f == folded
                        || (may_share_a_stem(f, &folded) && {
                            let mine = stems.of(lower);
                            stems.of(&word.to_lowercase()).iter().any(|s| mine.contains(s))
                        })
                }
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
