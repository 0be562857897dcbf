//! The index itself: which entries hold a word, and how well each answers a question.
//!
//! A case repeats its words, so each different spelling is folded and stemmed once; after that an entry is a list of
//! spellings' numbers, and a question is answered from the few spellings that it can mean.

use crate::words::{self, Part, Question, fold};
use amparo_model::{Kind, PartyId, RecordId, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

/// What a hit points at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    Record(RecordId),
    Page { original: Sha256, inside: String, page: u32 },
}

/// One thing that can be found.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    pub target: Target,
    pub kind: Kind,
    pub subject: Option<PartyId>,
    /// First day it speaks of, as `YYYYMMDD`; 0 where unknown.
    pub day: u32,
    pub text: String,
}

/// What to look for, and where.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    pub question: String,
    pub kind: Option<Kind>,
    pub subject: Option<PartyId>,
    /// Days as in [`Entry::day`], both included.
    pub from: Option<u32>,
    pub to: Option<u32>,
    pub most: usize,
}

#[derive(Clone, Debug)]
pub struct Hit {
    /// Which of the entries, in the order they were given.
    pub entry: usize,
    pub score: f32,
}

/// Why there is no answer: the question holds no word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoWords;

/// The index over some entries. The entries stay with the caller; hits name them by place.
#[derive(Default)]
pub struct Index {
    about: Vec<About>,
    /// Every entry's words one after the other, as numbers of spellings.
    words: Vec<u32>,
    /// All stems of all entries.
    stemmed: u64,
    numbers: HashMap<Box<str>, u32>,
    spellings: Vec<Spelling>,
    /// Folded words in their order, so that a beginning is a range.
    folded: BTreeMap<Box<str>, u32>,
    folded_spellings: Vec<Vec<u32>>,
    stems: HashMap<Box<str>, Vec<u32>>,
}

/// What is known of an entry beside its words.
struct About {
    kind: Kind,
    subject: Option<PartyId>,
    day: u32,
    /// The end of its words.
    end: usize,
    stems: u32,
}

/// A word as it is written somewhere.
struct Spelling {
    folded: u32,
    stems: u32,
    /// In which entries, and how often.
    entries: Vec<(u32, u32)>,
}

impl Index {
    /// Reads every entry's words.
    pub fn build<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Index {
        let mut index = Index::default();
        entries.into_iter().for_each(|entry| index.add(entry));
        index
    }

    /// One entry more, behind those that are there.
    pub fn add(&mut self, entry: &Entry) {
        let (number, mut stems) = (self.about.len() as u32, 0);
        for (_, word) in words::split(&entry.text) {
            let spelling = self.spelling(word);
            self.words.push(spelling);
            let Some(spelling) = self.spellings.get_mut(spelling as usize) else { continue };
            stems += spelling.stems;
            match spelling.entries.last_mut() {
                Some((last, times)) if *last == number => *times += 1,
                _ => spelling.entries.push((number, 1)),
            }
        }
        self.stemmed += u64::from(stems);
        self.about.push(About { kind: entry.kind, subject: entry.subject, day: entry.day, end: self.words.len(), stems });
    }

    fn spelling(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.spellings.len() as u32;
        let lower = word.to_lowercase();
        let next = self.folded_spellings.len() as u32;
        let folded = *self.folded.entry(fold(&lower).into()).or_insert(next);
        if folded == next {
            self.folded_spellings.push(Vec::new());
        }
        if let Some(spellings) = self.folded_spellings.get_mut(folded as usize) {
            spellings.push(number);
        }
        let stems = words::stems(&lower);
        let many = stems.len() as u32;
        for stem in stems {
            self.stems.entry(stem.into()).or_default().push(number);
        }
        self.spellings.push(Spelling { folded, stems: many, entries: Vec::new() });
        self.numbers.insert(word.into(), number);
        number
    }

    pub fn len(&self) -> usize {
        self.about.len()
    }

    pub fn is_empty(&self) -> bool {
        self.about.is_empty()
    }

    /// The best entries for a question, best first; equal scores in the entries' order.
    pub fn find(&self, ask: &Ask) -> Result<Vec<Hit>, NoWords> {
        let question = Question::parse(&ask.question);
        let mut parts = question.parts.iter();
        let mut scores = self.scores(parts.next().ok_or(NoWords)?);
        for part in parts {
            let more = self.scores(part);
            scores.retain(|entry, score| {
                more.get(entry).is_some_and(|more| {
                    *score += more;
                    true
                })
            });
        }
        let mut hits: Vec<Hit> =
            scores.into_iter().map(|(entry, score)| Hit { entry: entry as usize, score }).filter(|hit| self.about.get(hit.entry).is_some_and(|about| about.fits(ask))).collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry)));
        hits.truncate(ask.most.max(1));
        Ok(hits)
    }

    /// The entries that hold one part of a question, and how much of it.
    fn scores(&self, part: &Part) -> HashMap<u32, f32> {
        let mut scores = HashMap::new();
        let exact = Weigh { entries: self.about.len(), words: self.words.len() as u64 };
        let stemmed = Weigh { entries: self.about.len(), words: self.stemmed };
        match part {
            Part::Phrase(phrase) => {
                let found = self.phrase(phrase);
                let rare = phrase.iter().map(|word| exact.rarity(self.counted(self.folded_as(word)).len())).sum();
                for (entry, times) in found {
                    scores.insert(entry, exact.score(rare, times, self.length(entry)));
                }
            }
            Part::Prefix(prefix) => {
                let words = self.folded.range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded)).take_while(|(word, _)| word.starts_with(prefix.as_str()));
                for spelling in words.filter_map(|(_, folded)| self.folded_spellings.get(*folded as usize)).flatten().filter_map(|s| self.spellings.get(*s as usize)) {
                    scores.extend(spelling.entries.iter().map(|(entry, _)| (*entry, 1.0)));
                }
            }
            Part::Word { folded, stems } => {
                let as_written = self.counted(self.folded_as(folded));
                let rare = exact.rarity(as_written.len());
                for (entry, times) in as_written {
                    // A word as it was asked for is worth twice its other forms.
                    scores.insert(entry, 2.0 * exact.score(rare, times, self.length(entry)));
                }
                for stem in stems {
                    let alike = self.counted(self.stems.get(stem.as_str()).map_or(&[], Vec::as_slice));
                    let rare = stemmed.rarity(alike.len());
                    for (entry, times) in alike {
                        let length = self.about.get(entry as usize).map_or(0, |about| about.stems);
                        *scores.entry(entry).or_default() += stemmed.score(rare, times, length);
                    }
                }
            }
        }
        scores
    }

    /// The spellings that fold to this word.
    fn folded_as(&self, word: &str) -> &[u32] {
        self.folded.get(word).and_then(|folded| self.folded_spellings.get(*folded as usize)).map_or(&[], Vec::as_slice)
    }

    /// How often any of these spellings stands in each entry that has one.
    fn counted(&self, spellings: &[u32]) -> Vec<(u32, u32)> {
        let mut all: Vec<(u32, u32)> = spellings.iter().filter_map(|s| self.spellings.get(*s as usize)).flat_map(|s| s.entries.iter().copied()).collect();
        all.sort_unstable();
        all.dedup_by(|(entry, times), (before, sum)| {
            let same = entry == before;
            *sum += if same { *times } else { 0 };
            same
        });
        all
    }

    /// How often these words follow each other in each entry where they do.
    fn phrase(&self, phrase: &[String]) -> Vec<(u32, u32)> {
        let wanted: Option<Vec<u32>> = phrase.iter().map(|word| self.folded.get(word.as_str()).copied()).collect();
        let Some((wanted, rarest)) = wanted.and_then(|wanted| Some((wanted, phrase.iter().map(|word| self.counted(self.folded_as(word))).min_by_key(Vec::len)?))) else {
            return Vec::new();
        };
        let is = |spelling: &u32, folded: &u32| self.spellings.get(*spelling as usize).is_some_and(|s| s.folded == *folded);
        let times = |entry: u32| self.words_of(entry).windows(wanted.len()).filter(|here| here.iter().zip(&wanted).all(|(spelling, folded)| is(spelling, folded))).count();
        rarest.into_iter().map(|(entry, _)| (entry, times(entry) as u32)).filter(|(_, times)| *times > 0).collect()
    }

    fn words_of(&self, entry: u32) -> &[u32] {
        let end_of = |entry: usize| self.about.get(entry).map_or(0, |about| about.end);
        let entry = entry as usize;
        self.words.get(entry.checked_sub(1).map_or(0, end_of)..end_of(entry)).unwrap_or_default()
    }

    fn length(&self, entry: u32) -> u32 {
        self.words_of(entry).len() as u32
    }
}

impl About {
    fn fits(&self, ask: &Ask) -> bool {
        let dated = ask.from.is_some() || ask.to.is_some();
        let in_time = !dated || (ask.from.unwrap_or(1)..=ask.to.unwrap_or(u32::MAX)).contains(&self.day);
        in_time && ask.kind.is_none_or(|kind| kind == self.kind) && (ask.subject.is_none() || ask.subject == self.subject)
    }
}

/// Okapi BM25 with the usual constants: a rare word counts more than a frequent one, in a short entry more than in a long one.
struct Weigh {
    entries: usize,
    words: u64,
}

impl Weigh {
    const K: f32 = 1.2;
    const B: f32 = 0.75;

    fn rarity(&self, found: usize) -> f32 {
        (1.0 + ((self.entries - found) as f32 + 0.5) / (found as f32 + 0.5)).ln()
    }

    fn score(&self, rarity: f32, times: u32, length: u32) -> f32 {
        let usual = self.words as f32 / self.entries as f32;
        let times = times as f32;
        rarity * (Self::K + 1.0) * times / (times + Self::K * (1.0 - Self::B + Self::B * length as f32 / usual))
    }
}
