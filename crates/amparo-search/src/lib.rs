//! Finding: full text over records, messages and pages, in English and Spanish.
//!
//! The index is a view: built in memory from what the case holds, never written down, so nothing in it
//! has to be forgotten. A question is words, `"phrases"` and `begin*`, no query language: a pasted name
//! with odd signs is still only words.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_types))]

mod words;

use amparo_model::{Kind, PartyId, RecordId, Sha256};
use std::ops::Bound;
use tantivy::collector::TopDocs;
use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{Index as Inner, IndexWriter, TantivyDocument, Term};

pub use words::{Question, fold};

/// What a hit points at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Target {
    Record(RecordId),
    Page { original: Sha256, inside: String, page: u32 },
}

/// One thing that can be found.
#[derive(Clone, Debug)]
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

/// Why there is no answer: the question holds no word, or the index could not be built.
#[derive(Debug)]
pub enum FindError {
    NoWords,
    Index(tantivy::TantivyError),
}

impl From<tantivy::TantivyError> for FindError {
    fn from(e: tantivy::TantivyError) -> Self {
        FindError::Index(e)
    }
}

/// The index over some entries.
pub struct Index {
    inner: Inner,
    fields: Fields,
    len: usize,
}

#[derive(Clone, Copy)]
struct Fields {
    exact: Field,
    stems: Field,
    kind: Field,
    subject: Field,
    day: Field,
    number: Field,
}

impl Index {
    /// Reads every entry's words. The entries stay with the caller; hits name them by place.
    pub fn build<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Index, FindError> {
        let mut schema = Schema::builder();
        let text = |option| TextOptions::default().set_indexing_options(TextFieldIndexing::default().set_index_option(option));
        let fields = Fields {
            exact: schema.add_text_field("exact", text(IndexRecordOption::WithFreqsAndPositions)),
            stems: schema.add_text_field("stems", text(IndexRecordOption::WithFreqs)),
            kind: schema.add_text_field("kind", STRING),
            subject: schema.add_text_field("subject", STRING),
            day: schema.add_u64_field("day", INDEXED | FAST),
            number: schema.add_u64_field("number", STORED),
        };
        let inner = Inner::create_in_ram(schema.build());
        let mut writer: IndexWriter = inner.writer_with_num_threads(1, 32 << 20)?;
        let mut stems = words::Stems::default();
        let mut len = 0;
        for entry in entries {
            let (exact, stemmed) = tokens(&entry.text, &mut stems);
            let mut document = TantivyDocument::new();
            document.add_pre_tokenized_text(fields.exact, exact);
            document.add_pre_tokenized_text(fields.stems, stemmed);
            document.add_text(fields.kind, entry.kind.as_str());
            if let Some(subject) = entry.subject {
                document.add_text(fields.subject, subject.to_string());
            }
            document.add_u64(fields.day, u64::from(entry.day));
            document.add_u64(fields.number, len as u64);
            writer.add_document(document)?;
            len += 1;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        Ok(Index { inner, fields, len })
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The best entries for a question, best first; equal scores in the entries' order.
    pub fn find(&self, ask: &Ask) -> Result<Vec<Hit>, FindError> {
        let question = Question::parse(&ask.question);
        let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for part in &question.parts {
            parts.push((Occur::Must, self.part(part)?));
        }
        if parts.is_empty() {
            return Err(FindError::NoWords);
        }
        let exactly = |field, text: &str| -> Box<dyn Query> { Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic)) };
        if let Some(kind) = ask.kind {
            parts.push((Occur::Must, Box::new(BoostQuery::new(exactly(self.fields.kind, kind.as_str()), 0.0))));
        }
        if let Some(subject) = ask.subject {
            parts.push((Occur::Must, Box::new(BoostQuery::new(exactly(self.fields.subject, &subject.to_string()), 0.0))));
        }
        if ask.from.is_some() || ask.to.is_some() {
            let bound = |day: Option<u32>, open| Bound::Included(Term::from_field_u64(self.fields.day, day.map_or(open, u64::from)));
            let range = RangeQuery::new(bound(ask.from, 1), bound(ask.to, 99_999_999));
            parts.push((Occur::Must, Box::new(BoostQuery::new(Box::new(range), 0.0))));
        }
        let query = BooleanQuery::new(parts);
        let searcher = self.inner.reader()?.searcher();
        let top = searcher.search(&query, &TopDocs::with_limit(ask.most.max(1)).order_by_score())?;
        let mut hits = Vec::with_capacity(top.len());
        for (score, address) in top {
            let document: TantivyDocument = searcher.doc(address)?;
            let number = document.get_first(self.fields.number).and_then(|v| v.as_u64()).unwrap_or(0);
            hits.push(Hit { entry: number as usize, score });
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry)));
        Ok(hits)
    }

    fn part(&self, part: &words::Part) -> Result<Box<dyn Query>, FindError> {
        let exact = |w: &str| Term::from_field_text(self.fields.exact, w);
        Ok(match part {
            words::Part::Phrase(words) if words.len() > 1 => Box::new(PhraseQuery::new(words.iter().map(|w| exact(w)).collect())),
            words::Part::Phrase(words) => match words.first() {
                Some(word) => Box::new(TermQuery::new(exact(word), IndexRecordOption::WithFreqs)),
                None => Box::new(AllQuery),
            },
            words::Part::Prefix(prefix) => {
                let pattern = format!("{}.*", prefix.chars().map(|c| if c.is_alphanumeric() { c.to_string() } else { format!("\\{c}") }).collect::<String>());
                Box::new(tantivy::query::RegexQuery::from_pattern(&pattern, self.fields.exact)?)
            }
            words::Part::Word { lower, folded } => {
                let mut any: Vec<(Occur, Box<dyn Query>)> =
                    vec![(Occur::Should, Box::new(BoostQuery::new(Box::new(TermQuery::new(exact(folded), IndexRecordOption::WithFreqs)), 2.0)))];
                for stem in words::Stems::default().of(lower) {
                    let term = Term::from_field_text(self.fields.stems, &stem);
                    any.push((Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))));
                }
                Box::new(BooleanQuery::new(any))
            }
        })
    }
}

fn tokens(text: &str, stems: &mut words::Stems) -> (PreTokenizedString, PreTokenizedString) {
    let (mut exact, mut stemmed) = (Vec::new(), Vec::new());
    let token = |position: usize, text: String| Token { offset_from: 0, offset_to: 0, position, text, position_length: 1 };
    for (position, (_, word)) in words::split(text).enumerate() {
        let lower = word.to_lowercase();
        for stem in stems.of(&lower) {
            stemmed.push(token(position, stem));
        }
        exact.push(token(position, fold(&lower)));
    }
    (PreTokenizedString { text: String::new(), tokens: exact }, PreTokenizedString { text: String::new(), tokens: stemmed })
}

/// The part of a text where most of the question stands close together, at most `width` characters, or its beginning.
pub fn snippet(text: &str, question: &str, width: usize) -> String {
    let question = Question::parse(question);
    let words: Vec<(usize, &str)> = words::split(text).collect();
    let mut stems = words::Stems::default();
    // Where words of the question stand, in characters, and which they are.
    let mut marks: Vec<(usize, u32)> = Vec::new();
    let (mut byte, mut chars) = (0, 0);
    for (i, (at, _)) in words.iter().enumerate() {
        chars += text[byte..*at].chars().count();
        byte = *at;
        match question.touched(&words, i, &mut stems) {
            0 => {}
            bits => marks.push((chars, bits)),
        }
    }
    let close = |i: usize| {
        let from = marks[i].0;
        marks[i..].iter().take_while(|(at, _)| *at < from + width * 2 / 3).fold(0, |all, (_, bits)| all | bits).count_ones()
    };
    let best = (0..marks.len()).map(|i| (close(i), std::cmp::Reverse(i))).max();
    let at = best.map_or(0, |(_, std::cmp::Reverse(i))| marks[i].0);
    let flat: Vec<char> = text.chars().collect();
    let from = at.saturating_sub(width / 3);
    let to = (from + width).min(flat.len());
    let middle: String = flat[from..to].iter().collect();
    let middle = middle.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}{middle}{}", if from > 0 { "... " } else { "" }, if to < flat.len() { " ..." } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: u8, kind: Kind, day: u32, text: &str) -> Entry {
        Entry { target: Target::Record(RecordId([n; 16])), kind, subject: Some(PartyId([n % 2; 16])), day, text: text.into() }
    }

    fn entries() -> Vec<Entry> {
        vec![
            entry(0, Kind::Message, 20190712, "Mañana hay audiencia con el juez en Los Ángeles"),
            entry(1, Kind::Page, 20200301, "NOTICE OF HEARING: the hearings were continued. José Nuñez Núñez"),
            entry(2, Kind::Job, 20180101, "Panadería Sol: panadero, notificaciones enviadas"),
            entry(3, Kind::Page, 0, "O'Brien-Smith 415-555-2671 A012-345-678"),
        ]
    }

    fn check(question: &str, want: &[usize]) {
        let all = entries();
        let index = Index::build(&all).expect("in memory");
        let ask = Ask { question: question.into(), most: 10, ..Ask::default() };
        let mut hits: Vec<usize> = index.find(&ask).expect("an answer").iter().map(|h| h.entry).collect();
        hits.sort();
        assert_eq!(hits, want, "{question}");
    }

    #[test]
    fn words_are_found_without_accents_and_in_other_forms() {
        check("audiencias", &[0]);
        check("manana", &[0]);
        check("HEARING", &[1]);
        check("nunez", &[1]);
        check("notificacion", &[2]);
        check("notificación", &[2]);
        check("\"los angeles\"", &[0]);
        check("\"angeles los\"", &[]);
        check("panad*", &[2]);
        check("jose juez", &[]);
        check("a012 345", &[3]);
        check("brien", &[3]);
    }

    #[test]
    fn filters_narrow_and_unknown_days_stay_out_of_ranges() {
        let all = entries();
        let index = Index::build(&all).expect("in memory");
        let find = |ask: Ask| index.find(&Ask { most: 10, ..ask }).expect("an answer").iter().map(|h| h.entry).collect::<Vec<_>>();
        assert_eq!(find(Ask { question: "hearing".into(), kind: Some(Kind::Message), ..Ask::default() }), [] as [usize; 0]);
        assert_eq!(find(Ask { question: "nunez".into(), from: Some(20200101), to: Some(20201231), ..Ask::default() }), [1]);
        assert_eq!(find(Ask { question: "brien".into(), from: Some(19000101), ..Ask::default() }), [] as [usize; 0]);
        assert_eq!(find(Ask { question: "nunez".into(), subject: Some(PartyId([0; 16])), ..Ask::default() }), [] as [usize; 0]);
    }

    #[test]
    fn a_question_without_a_word_is_refused_and_hostile_ones_are_only_words() {
        let all = entries();
        let index = Index::build(&all).expect("in memory");
        for none in ["", "  ", "\"\"", "*", "()[]"] {
            assert!(matches!(index.find(&Ask { question: none.into(), most: 5, ..Ask::default() }), Err(FindError::NoWords)), "{none}");
        }
        for odd in ["a AND (b", "kind:call", "\"unclosed", "^~2 .*", "[a TO b]", "a".repeat(100_000).as_str()] {
            assert!(index.find(&Ask { question: odd.into(), most: 5, ..Ask::default() }).is_ok(), "{odd:.20}");
        }
    }

    #[test]
    fn a_snippet_shows_the_match() {
        let text = format!("{} el juez José Núñez firmó {}", "palabra ".repeat(40), "otra ".repeat(40));
        let shown = snippet(&text, "nunez", 60);
        assert!(shown.contains("Núñez") && shown.starts_with("...") && shown.ends_with("..."), "{shown}");
    }

    #[test]
    fn a_snippet_shows_where_the_words_stand_together() {
        let text = format!("juez {} audiencia ante el juez Ruiz {}", "palabra ".repeat(60), "otra ".repeat(40));
        assert!(snippet(&text, "audiencia juez", 80).contains("audiencia ante el juez"));
        let text = format!("los gatos {} en Los Ángeles {}", "palabra ".repeat(60), "otra ".repeat(40));
        assert!(snippet(&text, "\"los angeles\"", 60).contains("Los Ángeles"));
        let text = format!("notice {} the hearings were continued {}", "word ".repeat(60), "more ".repeat(40));
        assert!(snippet(&text, "hearing", 60).contains("hearings"));
        assert_eq!(snippet("nada aquí", "juez", 60), "nada aquí");
    }

    #[test]
    fn spanish_and_english_forms_find_each_other_with_and_without_accents() {
        for (text, question) in [
            ("Trabajó en la panadería desde enero", "trabajar"),
            ("Los pagos se hicieron cada viernes", "pago"),
            ("Certificación de nacimiento", "certificacion"),
            ("Año nuevo con sus niños", "nino"),
            ("She worked for two employers", "work employer"),
            ("Payments were deposited weekly", "payment deposit"),
            ("The children attended school", "schools"),
        ] {
            let all = [entry(0, Kind::Page, 0, text)];
            let index = Index::build(&all).expect("in memory");
            let ask = Ask { question: question.into(), most: 3, ..Ask::default() };
            assert_eq!(index.find(&ask).expect("an answer").len(), 1, "{question} in {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_and_question_are_taken(text in ".{0,200}", question in ".{0,60}") {
            let all = [entry(0, Kind::Page, 0, &text)];
            let index = Index::build(&all).expect("in memory");
            let _ = index.find(&Ask { question: question.clone(), most: 3, ..Ask::default() });
            let _ = snippet(&text, &question, 40);
        }
    }
}
