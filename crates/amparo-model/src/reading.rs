//! What a reader made of a file: every unit of the source is a record's, furniture, a reject, or not read yet.

use crate::{Edtf, Place, Sha256};
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// How far a file was read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Read,
    PartlyRead,
    /// Kept; no reader for this format yet, or none could be started.
    Unread,
    /// Kept, and not opened: a bomb, a password, a broken container.
    Refused,
    Withdrawn,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Read => "read",
            State::PartlyRead => "partly_read",
            State::Unread => "unread",
            State::Refused => "refused",
            State::Withdrawn => "withdrawn",
        }
    }
}

/// Why a file, page or line was not read: a code, which the language room turns into a sentence.
///
/// Codes are lower-case words joined by `-`, each with a sentence `reason-CODE` in every language.
pub type Reason = String;

/// What months a source can speak about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Covers {
    /// A day or month; absent where the source cannot say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Edtf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Edtf>,
    pub why: CoversWhy,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoversWhy {
    /// The first and last record found: before and after, the source is silent, not empty.
    FirstRecord,
    /// The source says its own range.
    Stated,
    /// The export stopped at a known limit (WhatsApp: 40,000 or 10,000 messages).
    CapSuspected,
}

impl CoversWhy {
    pub fn as_str(self) -> &'static str {
        match self {
            CoversWhy::FirstRecord => "first_record",
            CoversWhy::Stated => "stated",
            CoversWhy::CapSuspected => "cap_suspected",
        }
    }
}

/// The counts of one file, or of one file inside an archive.
///
/// `units = units_read + furniture + rejects + pages_unread` always; [`Report::adds_up`] says so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// What it was recognised as: the reader's name for the format, `pdf`, `image`, `zip`, `unknown`, ...
    pub kind: String,
    /// `name@version`; empty where no reader exists.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reader: String,
    pub state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    pub units: u64,
    pub units_read: u64,
    pub furniture: u64,
    pub rejects: u64,
    pub pages: u64,
    pub pages_unread: u64,
    pub records: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<Covers>,
    /// What the reader had to assume for the whole file (day before month, a zone), as codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<String>,
}

impl Report {
    /// A file that is kept and not read.
    pub fn unread(kind: &str, state: State, reason: &str) -> Report {
        Report {
            kind: kind.to_owned(),
            reader: String::new(),
            state,
            reason: Some(reason.to_owned()),
            units: 0,
            units_read: 0,
            furniture: 0,
            rejects: 0,
            pages: 0,
            pages_unread: 0,
            records: 0,
            covers: None,
            assumed: Vec::new(),
        }
    }

    /// An empty count that a reader fills.
    pub fn reading(kind: &str, reader: &str) -> Report {
        Report { state: State::Read, reason: None, reader: reader.to_owned(), ..Report::unread(kind, State::Read, "") }
    }

    pub fn adds_up(&self) -> bool {
        [self.units_read, self.furniture, self.rejects, self.pages_unread].iter().try_fold(0_u64, |sum, n| sum.checked_add(*n)) == Some(self.units)
    }
}

/// A unit that a reader could not make a record of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reject {
    pub place: Place,
    pub reason: Reason,
    /// The source's own text, cut to 2,000 bytes.
    pub text: String,
}

impl Reject {
    pub fn new(place: Place, reason: &str, text: &str) -> Reject {
        let mut end = text.len().min(2_000);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Reject { place, reason: reason.to_owned(), text: text[..end].to_owned() }
    }
}

/// A word on a page and its rectangle.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Word {
    pub text: String,
    /// x, y, w, h in millionths of the page.
    pub at: [u32; 4],
    /// Hundredths, where machine-read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// The first word of a line.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub line: bool,
}

/// The text of one page as its words in reading order.
///
/// Stored and sent in a short form ([`StoredPage`]): a page of words is most of what a file of pages weighs.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "StoredPage")]
pub struct PageText {
    pub inside: String,
    /// Counted from 1.
    pub page: u32,
    pub machine_read: bool,
    pub words: Vec<Word>,
}

impl PageText {
    /// Lines joined by a line feed, words by a space.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for word in &self.words {
            if !out.is_empty() {
                out.push(if word.line { '\n' } else { ' ' });
            }
            out.push_str(&word.text);
        }
        out
    }

    /// The mean confidence in hundredths of what was machine-read.
    pub fn confidence(&self) -> Option<u8> {
        mean(self.words.iter().filter_map(|w| w.confidence))
    }
}

/// A page as it is stored: one text, and numbers beside it.
#[derive(Serialize, Deserialize)]
struct StoredPage {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    inside: String,
    page: u32,
    machine_read: bool,
    /// Every word with a sign before it: a line feed where it begins a line, otherwise a space.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    text: String,
    /// Four numbers a word: x from the right edge of the word before, y from its y, w, h from its h.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    boxes: Vec<i64>,
    /// One a word where any has one; -1 where this word has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    confidence: Vec<i16>,
    /// The words one by one, where one of them holds a space or nothing itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    words: Vec<Word>,
}

impl StoredPage {
    fn of(page: &PageText) -> StoredPage {
        let words = &page.words;
        let (inside, number) = (page.inside.clone(), page.page);
        let mut stored = StoredPage { inside, page: number, machine_read: page.machine_read, text: String::new(), boxes: Vec::new(), confidence: Vec::new(), words: Vec::new() };
        if words.iter().any(|w| w.text.is_empty() || w.text.bytes().any(|b| b == b' ' || b == b'\n')) {
            stored.words.clone_from(words);
            return stored;
        }
        stored.text.reserve(words.iter().map(|w| w.text.len() + 1).sum());
        stored.boxes.reserve(words.len() * 4);
        let mut before = [0; 4];
        for word in words {
            stored.text.push(if word.line { '\n' } else { ' ' });
            stored.text.push_str(&word.text);
            let [x, y, w, h] = word.at.map(i64::from);
            stored.boxes.extend([x - before[0] - before[2], y - before[1], w, h - before[3]]);
            before = [x, y, w, h];
        }
        if words.iter().any(|w| w.confidence.is_some()) {
            stored.confidence = words.iter().map(|w| w.confidence.map_or(-1, i16::from)).collect();
        }
        stored
    }
}

impl Serialize for PageText {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        StoredPage::of(self).serialize(s)
    }
}

impl TryFrom<StoredPage> for PageText {
    type Error = &'static str;

    fn try_from(stored: StoredPage) -> Result<PageText, &'static str> {
        let StoredPage { inside, page, machine_read, text, boxes, confidence, mut words } = stored;
        let (boxes, rest) = boxes.as_chunks::<4>();
        let mut starts: Vec<usize> = text.match_indices([' ', '\n']).map(|(at, _)| at).collect();
        if !rest.is_empty() || starts.len() != boxes.len() || (!text.is_empty() && starts.first() != Some(&0)) || (!confidence.is_empty() && confidence.len() != boxes.len()) {
            return Err("a page's text, boxes and confidence are of one number of words");
        }
        starts.push(text.len());
        words.reserve(boxes.len());
        let mut before = [0_i64; 4];
        for (n, (ends, by)) in starts.windows(2).zip(boxes).enumerate() {
            let sum = |parts: [i64; 3]| parts.into_iter().try_fold(0_i64, i64::checked_add);
            let at = [sum([before[0], before[2], by[0]]), sum([before[1], by[1], 0]), Some(by[2]), sum([before[3], by[3], 0])];
            let mut here = [0; 4];
            for (number, place) in at.into_iter().zip(&mut here) {
                *place = number.and_then(|n| u32::try_from(n).ok()).ok_or("a word's place is no number of its page")?;
            }
            before = here.map(i64::from);
            let confidence = confidence.get(n).and_then(|c| u8::try_from(*c).ok());
            words.push(Word { text: text[ends[0] + 1..ends[1]].to_owned(), at: here, confidence, line: text[ends[0]..].starts_with('\n') });
        }
        Ok(PageText { inside, page, machine_read, words })
    }
}

/// A stored page without the places of its words: what finding needs, read at half the price.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "StoredText")]
pub struct PlainPage {
    pub inside: String,
    pub page: u32,
    pub machine_read: bool,
    /// As [`PageText::text`].
    pub text: String,
    pub words: u64,
    /// As [`PageText::confidence`].
    pub confidence: Option<u8>,
}

impl From<&PageText> for PlainPage {
    fn from(page: &PageText) -> PlainPage {
        let (inside, words) = (page.inside.clone(), page.words.len() as u64);
        PlainPage { inside, page: page.page, machine_read: page.machine_read, text: page.text(), words, confidence: page.confidence() }
    }
}

/// [`StoredPage`], its boxes only counted.
#[derive(Deserialize)]
struct StoredText {
    #[serde(default)]
    inside: String,
    page: u32,
    machine_read: bool,
    #[serde(default)]
    text: String,
    #[serde(default)]
    boxes: Counted,
    #[serde(default)]
    confidence: Vec<i16>,
    #[serde(default)]
    words: Vec<Word>,
}

#[derive(Default)]
struct Counted(usize);

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Counted, D::Error> {
        struct Count;
        impl<'de> Visitor<'de> for Count {
            type Value = Counted;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Counted, A::Error> {
                let mut count = 0;
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Counted(count))
            }
        }
        d.deserialize_seq(Count)
    }
}

impl TryFrom<StoredText> for PlainPage {
    type Error = &'static str;

    fn try_from(stored: StoredText) -> Result<PlainPage, &'static str> {
        let StoredText { inside, page, machine_read, mut text, boxes, confidence, words } = stored;
        if !words.is_empty() {
            let whole = PageText { inside, page, machine_read, words };
            return Ok(PlainPage::from(&whole));
        }
        let count = text.bytes().filter(|b| matches!(b, b' ' | b'\n')).count();
        let begins = text.is_empty() || text.starts_with([' ', '\n']);
        if boxes.0 != count * 4 || !begins || (!confidence.is_empty() && confidence.len() != count) {
            return Err("a page's text, boxes and confidence are of one number of words");
        }
        if !text.is_empty() {
            text.remove(0);
        }
        let confidence = mean(confidence.into_iter().filter_map(|c| u8::try_from(c).ok()));
        Ok(PlainPage { inside, page, machine_read, text, words: count as u64, confidence })
    }
}

fn mean(known: impl Iterator<Item = u8>) -> Option<u8> {
    let (sum, count) = known.fold((0_u64, 0_u64), |(sum, count), c| (sum + u64::from(c), count + 1));
    (count > 0).then(|| (sum / count) as u8)
}

/// A file inside an archive: (archive, path, hash) names it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Inside {
    pub path: String,
    pub sha256: Sha256,
    pub bytes: u64,
    #[serde(flatten)]
    pub report: Report,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_or_are_refused() {
        let mut report = Report::reading("ssa_xml", "ssa_xml@1");
        (report.units, report.units_read, report.furniture, report.rejects) = (10, 7, 2, 1);
        assert!(report.adds_up());
        report.rejects = u64::MAX;
        assert!(!report.adds_up());
    }

    #[test]
    fn a_reject_keeps_whole_characters() {
        let reject = Reject::new(Place::row(1), "not-a-call", &"ñ".repeat(1_500));
        assert_eq!(reject.text.len(), 2_000);
    }

    #[test]
    fn a_page_is_stored_short_and_comes_back_the_same() {
        let word = |text: &str, at, confidence, line| Word { text: text.into(), at, confidence, line };
        let page = |words| PageText { inside: String::new(), page: 3, machine_read: false, words };
        for page in [
            page(vec![]),
            page(vec![word("Gross", [100_000, 50_000, 40_000, 9_000], None, true), word("Pay", [145_000, 50_100, 20_000, 9_000], None, false)]),
            page(vec![word("ñ", [0, 0, 0, 0], Some(96), false), word("9,00", [u32::MAX, 7, 1, 2], None, true)]),
            page(vec![word("two words", [1, 2, 3, 4], None, true), word("", [0; 4], None, false)]),
        ] {
            let json = serde_json::to_string(&page).unwrap();
            assert_eq!(serde_json::from_str::<PageText>(&json).unwrap(), page, "{json}");
            let plain = serde_json::from_str::<PlainPage>(&json).unwrap();
            assert_eq!((plain.text, plain.words, plain.confidence), (page.text(), page.words.len() as u64, page.confidence()), "{json}");
        }
        let json = serde_json::to_string(&page(vec![word("Net", [10, 20, 30, 40], None, true)])).unwrap();
        assert_eq!(json, r#"{"page":3,"machine_read":false,"text":"\nNet","boxes":[10,20,30,40]}"#);
        for bad in [
            r#"{"page":1,"machine_read":false,"text":"\nNet","boxes":[1,2,3]}"#,
            r#"{"page":1,"machine_read":false,"text":"Net","boxes":[1,2,3,4]}"#,
            r#"{"page":1,"machine_read":false,"text":"\nNet","boxes":[-1,2,3,4]}"#,
            r#"{"page":1,"machine_read":false,"text":"\nNet","boxes":[9223372036854775807,2,3,4]}"#,
            r#"{"page":1,"machine_read":false,"text":"\nNet","boxes":[1,2,3,4],"confidence":[1,2]}"#,
        ] {
            assert!(serde_json::from_str::<PageText>(bad).is_err(), "{bad}");
        }
    }
}
