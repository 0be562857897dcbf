//! What the reading process says to the office's process: bounded, typed frames, none of them believed.
//!
//! A frame is `u32 length || u8 tag || payload`, length counting tag and payload, little-endian like the
//! columns in it. Decoding checks everything: lengths, codes, the vocabulary. A frame that fails ends
//! the reading; what it had said before stands or falls with the file's counts.

use crate::calls::{BATCH_ROWS, CallColumns, Column};
use crate::ids::Sha256;
use crate::reading::{Inside, PageText, PlainPage, Reject, Report, Word};
use crate::record::{Draft, Place, Region, Spot};
use crate::texts::Texts;
use serde::{Deserialize, Serialize};

/// The longest frame, tag included.
pub const MAX_FRAME: usize = 32 << 20;

/// One thing the worker says.
#[derive(Clone, PartialEq, Debug)]
pub enum FromWorker {
    /// Ready for a job; says what its cage holds: `landlock:7`, `seccomp`, `rlimits`, and whether Tesseract is there.
    Ready(Ready),
    Calls(CallColumns),
    Drafts(Vec<Draft>),
    Pages(Vec<PageText>),
    Rejects(Vec<Reject>),
    /// A file inside an archive has been read; its records came before this, with its path in their place.
    Inside(Vec<Inside>),
    /// Units seen so far.
    Progress {
        units: u64,
        bytes: u64,
    },
    /// A picture or document that was asked for.
    Bytes(Vec<u8>),
    /// The file is read; nothing follows.
    Done(Report),
    /// The job cannot be done; a code with a sentence in the language room.
    Failed(String),
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ready {
    pub cage: Vec<String>,
    pub caged: bool,
    /// Whether pages can be machine-read.
    pub machine_reading: bool,
    /// `name@version` of every reader: what an older reading is measured against.
    #[serde(default)]
    pub readers: Vec<String>,
}

/// One thing the office asks of a worker.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum ToWorker {
    /// Read the file whose descriptor came with this; companions' descriptors follow in this order.
    Read { name: String, bytes: u64, companions: Vec<String>, ocr: bool, region: String },
    /// The page of the file as PNG, at most so many pixels wide, with these rectangles drawn.
    Page { name: String, bytes: u64, inside: String, page: u32, width: u32, mark: Vec<Region>, part: Region },
    /// The lines of a text file around a row, as PNG; in that row, of each of these lists the first that stands there is
    /// framed, or the row itself where none does.
    Row { name: String, bytes: u64, inside: String, row: u64, width: u32, mark: Vec<Vec<String>> },
    /// The bytes of one file inside an archive.
    Extract { name: String, bytes: u64, inside: String },
    /// A document: `what` names it (`chronology`), `data` is its JSON, language is `en` or `es`.
    Produce { what: String, language: String, data: serde_json::Value },
    /// What does the machine reading: its name and version, as text.
    MachineReader,
    /// Nothing: the copy ends.
    Stop,
}

/// Why bytes are not a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadFrame {
    TooLong(u64),
    Short,
    Tag(u8),
    Json(String),
    Vocabulary(String),
}

#[derive(Serialize, Deserialize)]
struct RejectWire {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    inside: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    reason: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    text: String,
}

/// The stored and sent form of a reject: `{inside, row|page, reason, text}`.
pub fn reject_to_json(reject: &Reject) -> Result<String, serde_json::Error> {
    serde_json::to_string(&reject_wire(reject))
}

/// The reject that this JSON object says.
pub fn reject_of_json(text: &str) -> Result<Reject, serde_json::Error> {
    serde_json::from_str::<RejectWire>(text).map(reject_of_wire)
}

fn reject_wire(reject: &Reject) -> RejectWire {
    let (row, page) = match reject.place.spot {
        Spot::Whole => (None, None),
        Spot::Row(row) => (Some(row), None),
        Spot::Page { page, .. } => (None, Some(page)),
    };
    RejectWire { inside: reject.place.inside.clone(), row, page, reason: reject.reason.clone(), text: reject.text.clone() }
}

fn reject_of_wire(wire: RejectWire) -> Reject {
    let spot = match (wire.row, wire.page) {
        (Some(row), _) => Spot::Row(row),
        (None, Some(page)) => Spot::Page { page, region: Region::WHOLE },
        (None, None) => Spot::Whole,
    };
    Reject::new(Place { inside: wire.inside, spot, field: String::new() }, &wire.reason, &wire.text)
}

impl FromWorker {
    fn tag(&self) -> u8 {
        match self {
            FromWorker::Ready(_) => 0,
            FromWorker::Calls(_) => 1,
            FromWorker::Drafts(_) => 2,
            FromWorker::Pages(_) => 3,
            FromWorker::Rejects(_) => 4,
            FromWorker::Inside(_) => 5,
            FromWorker::Progress { .. } => 6,
            FromWorker::Bytes(_) => 7,
            FromWorker::Done(_) => 8,
            FromWorker::Failed(_) => 9,
        }
    }

    /// The frame's bytes, length first. The sender keeps batches small enough; one that is not is an error there.
    pub fn encode(&self) -> Result<Vec<u8>, BadFrame> {
        let mut out = vec![0, 0, 0, 0, self.tag()];
        let json = |out: &mut Vec<u8>, value: serde_json::Result<Vec<u8>>| match value {
            Ok(bytes) => {
                out.extend_from_slice(&bytes);
                Ok(())
            }
            Err(e) => Err(BadFrame::Json(e.to_string())),
        };
        match self {
            FromWorker::Ready(ready) => json(&mut out, serde_json::to_vec(ready))?,
            FromWorker::Calls(calls) => encode_calls(calls, &mut out),
            FromWorker::Drafts(drafts) => json(&mut out, serde_json::to_vec(drafts))?,
            FromWorker::Pages(pages) => encode_pages(pages, &mut out),
            FromWorker::Rejects(rejects) => json(&mut out, serde_json::to_vec(&rejects.iter().map(reject_wire).collect::<Vec<_>>()))?,
            FromWorker::Inside(inside) => json(&mut out, serde_json::to_vec(inside))?,
            FromWorker::Progress { units, bytes } => {
                out.extend_from_slice(&units.to_le_bytes());
                out.extend_from_slice(&bytes.to_le_bytes());
            }
            FromWorker::Bytes(bytes) => out.extend_from_slice(bytes),
            FromWorker::Done(report) => json(&mut out, serde_json::to_vec(report))?,
            FromWorker::Failed(code) => out.extend_from_slice(code.as_bytes()),
        }
        let length = out.len() - 4;
        if length > MAX_FRAME {
            return Err(BadFrame::TooLong(length as u64));
        }
        out[..4].copy_from_slice(&(length as u32).to_le_bytes());
        Ok(out)
    }

    /// What tag and payload say, everything checked.
    pub fn decode(tag: u8, payload: &[u8]) -> Result<FromWorker, BadFrame> {
        fn json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, BadFrame> {
            serde_json::from_slice(bytes).map_err(|e| BadFrame::Json(e.to_string()))
        }
        Ok(match tag {
            0 => FromWorker::Ready(json(payload)?),
            1 => FromWorker::Calls(decode_calls(payload)?),
            2 => FromWorker::Drafts(json(payload)?),
            3 => FromWorker::Pages(decode_pages(payload)?),
            4 => FromWorker::Rejects(json::<Vec<RejectWire>>(payload)?.into_iter().map(reject_of_wire).collect()),
            5 => FromWorker::Inside(json(payload)?),
            6 => match payload {
                p if p.len() == 16 => FromWorker::Progress { units: le64(&p[..8]), bytes: le64(&p[8..]) },
                _ => return Err(BadFrame::Short),
            },
            7 => FromWorker::Bytes(payload.to_vec()),
            8 => FromWorker::Done(json(payload)?),
            9 => FromWorker::Failed(String::from_utf8_lossy(payload).into_owned()),
            other => return Err(BadFrame::Tag(other)),
        })
    }
}

fn le64(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))
}

// ---- calls as bytes: count, then each column whole, or its one value where all rows have the same ----

/// How a column of numbers travels.
const EACH: u8 = 0;
const SAME: u8 = 1;
/// Each one more than the one before.
const COUNTING: u8 = 2;
/// Codes of two bytes.
const SHORT: u8 = 3;

/// Appends numbers of `W` bytes each.
fn put<const W: usize, T: Copy>(out: &mut Vec<u8>, values: &[T], bytes: impl Fn(T) -> [u8; W]) {
    let start = out.len();
    out.resize(start + values.len() * W, 0);
    if let Some(room) = out.get_mut(start..) {
        room.as_chunks_mut::<W>().0.iter_mut().zip(values).for_each(|(room, value)| *room = bytes(*value));
    }
}

/// A column, or its one value.
fn put_column<const W: usize, T: Copy + PartialEq>(out: &mut Vec<u8>, values: &[T], bytes: impl Fn(T) -> [u8; W]) {
    match values.first() {
        Some(first) if values.iter().all(|v| v == first) => {
            out.push(SAME);
            out.extend_from_slice(&bytes(*first));
        }
        _ => {
            out.push(EACH);
            put(out, values, bytes);
        }
    }
}

fn encode_calls(calls: &CallColumns, out: &mut Vec<u8>) {
    let texts: usize = calls.texts().iter().map(|(_, column)| column.values.parts().0.len() + column.values.len() * 4 + column.index.len() * 4).sum();
    out.reserve(calls.len() * 25 + texts + calls.inside.len() + 256);
    out.extend_from_slice(&(calls.len() as u32).to_le_bytes());
    put_text(out, &calls.inside);
    match calls.row.first() {
        Some(first) if calls.row.iter().zip(*first..).all(|(row, counted)| *row == counted) => {
            out.push(COUNTING);
            out.extend_from_slice(&first.to_le_bytes());
        }
        _ => put_column(out, &calls.row, u64::to_le_bytes),
    }
    put_column(out, &calls.at_ms, i64::to_le_bytes);
    put_column(out, &calls.offset_min, i16::to_le_bytes);
    for codes in [&calls.direction, &calls.outcome, &calls.service] {
        put_column(out, codes, |c| [c]);
    }
    put_column(out, &calls.duration_s, u32::to_le_bytes);
    for (_, column) in calls.texts() {
        let (all, ends) = column.values.parts();
        put_text(out, all);
        out.extend_from_slice(&(ends.len() as u32).to_le_bytes());
        put(out, ends, u32::to_le_bytes);
        out.extend_from_slice(&(column.index.len() as u32).to_le_bytes());
        if column.values.len() < usize::from(u16::MAX) {
            // An absent code's low half is no other's.
            out.push(SHORT);
            put(out, &column.index, |i| (i as u16).to_le_bytes());
        } else {
            put_column(out, &column.index, u32::to_le_bytes);
        }
    }
}

// ---- pages as bytes: a page's words one after the other ----

/// Before a word: whether it begins a line, and whether a confidence follows.
const LINE: u8 = 1;
const SURE: u8 = 2;

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn encode_pages(pages: &[PageText], out: &mut Vec<u8>) {
    out.extend_from_slice(&(pages.len() as u32).to_le_bytes());
    for page in pages {
        put_text(out, &page.inside);
        out.extend_from_slice(&page.page.to_le_bytes());
        out.push(u8::from(page.machine_read));
        out.extend_from_slice(&(page.words.len() as u32).to_le_bytes());
        for word in &page.words {
            out.push(if word.line { LINE } else { 0 } | if word.confidence.is_some() { SURE } else { 0 });
            out.extend(word.confidence);
            put(out, &word.at, u32::to_le_bytes);
            put_text(out, &word.text);
        }
    }
}

fn decode_pages(payload: &[u8]) -> Result<Vec<PageText>, BadFrame> {
    let mut bytes = Bytes(payload);
    let page = |bytes: &mut Bytes<'_>| {
        let inside = bytes.text()?;
        let page = bytes.number()?;
        let machine_read = bytes.take(1)? != [0];
        // A word has a sign, a place and a length: no count asks for more room than its bytes are.
        let count = bytes.count(bytes.0.len() / 21)?;
        let mut words = Vec::with_capacity(count);
        for _ in 0..count {
            let [sign] = *bytes.array::<1>()?;
            let confidence = if sign & SURE == 0 { None } else { Some(bytes.array::<1>()?[0]) };
            let at = [bytes.number()?, bytes.number()?, bytes.number()?, bytes.number()?];
            words.push(Word { text: bytes.text()?, at, confidence, line: sign & LINE != 0 });
        }
        Ok(PageText { inside, page, machine_read, words })
    };
    let count = bytes.count(MAX_FRAME)?;
    let pages = (0..count).map(|_| page(&mut bytes)).collect::<Result<_, BadFrame>>()?;
    if bytes.0.is_empty() { Ok(pages) } else { Err(BadFrame::Vocabulary("bytes after the last page".into())) }
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], BadFrame> {
        let (head, tail) = self.0.split_at_checked(n).ok_or(BadFrame::Short)?;
        self.0 = tail;
        Ok(head)
    }
    fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], BadFrame> {
        self.take(N)?.first_chunk().ok_or(BadFrame::Short)
    }
    fn number(&mut self) -> Result<u32, BadFrame> {
        self.array().map(|four| u32::from_le_bytes(*four))
    }
    fn count(&mut self, most: usize) -> Result<usize, BadFrame> {
        let n = self.number()? as usize;
        if n > most { Err(BadFrame::TooLong(n as u64)) } else { Ok(n) }
    }
    fn text(&mut self) -> Result<String, BadFrame> {
        let n = self.count(MAX_FRAME)?;
        String::from_utf8(self.take(n)?.to_vec()).map_err(|_| BadFrame::Vocabulary("text is not UTF-8".into()))
    }
    fn numbers<const W: usize, T>(&mut self, n: usize, of: impl Fn([u8; W]) -> T) -> Result<Vec<T>, BadFrame> {
        let bytes = self.take(n.checked_mul(W).ok_or(BadFrame::Short)?)?;
        Ok(bytes.as_chunks::<W>().0.iter().map(|chunk| of(*chunk)).collect())
    }
}

impl Bytes<'_> {
    /// A column of so many rows.
    fn column<const W: usize, T: Copy>(&mut self, n: usize, of: impl Fn([u8; W]) -> T) -> Result<Vec<T>, BadFrame> {
        match self.take(1)? {
            [EACH] => self.numbers(n, of),
            [SAME] => match self.numbers(1, of)?.first() {
                Some(value) => Ok(vec![*value; n]),
                None => Err(BadFrame::Short),
            },
            _ => Err(BadFrame::Vocabulary("a column of another form".into())),
        }
    }

    fn rows(&mut self, n: usize) -> Result<Vec<u64>, BadFrame> {
        if self.0.first() != Some(&COUNTING) {
            return self.column(n, u64::from_le_bytes);
        }
        self.take(1)?;
        let first = le64(self.take(8)?);
        let end = first.checked_add(n as u64).ok_or(BadFrame::TooLong(first))?;
        Ok((first..end).collect())
    }

    fn codes(&mut self, n: usize) -> Result<Vec<u32>, BadFrame> {
        if self.0.first() != Some(&SHORT) {
            return self.column(n, u32::from_le_bytes);
        }
        self.take(1)?;
        self.numbers(n, |two| match u16::from_le_bytes(two) {
            u16::MAX => Column::ABSENT,
            code => u32::from(code),
        })
    }
}

fn decode_calls(payload: &[u8]) -> Result<CallColumns, BadFrame> {
    let mut bytes = Bytes(payload);
    let n = bytes.count(BATCH_ROWS)?;
    let mut calls = CallColumns {
        inside: bytes.text()?,
        row: bytes.rows(n)?,
        at_ms: bytes.column(n, i64::from_le_bytes)?,
        offset_min: bytes.column(n, i16::from_le_bytes)?,
        direction: bytes.column(n, |[c]| c)?,
        outcome: bytes.column(n, |[c]| c)?,
        service: bytes.column(n, |[c]| c)?,
        duration_s: bytes.column(n, u32::from_le_bytes)?,
        ..CallColumns::default()
    };
    let mut column = || -> Result<Column, BadFrame> {
        let all = bytes.text()?;
        let ends = bytes.count(BATCH_ROWS)?;
        let values = Texts::of_parts(all, bytes.numbers(ends, u32::from_le_bytes)?).ok_or_else(|| BadFrame::Vocabulary("texts that end in each other".into()))?;
        let rows = bytes.count(n)?;
        Ok(Column { values, index: bytes.codes(rows)? })
    };
    calls.number = column()?;
    calls.number_raw = column()?;
    calls.name = column()?;
    calls.line = column()?;
    calls.place_raw = column()?;
    calls.zone = column()?;
    calls.zone_because = column()?;
    if !bytes.0.is_empty() {
        return Err(BadFrame::Vocabulary("bytes after the last column".into()));
    }
    calls.check().map_err(|e| BadFrame::Vocabulary(e.0.to_owned()))?;
    Ok(calls)
}

/// The draft of a page's own record, made from its words so that the text travels once.
pub fn page_draft(page: PlainPage) -> Draft {
    let draft = Draft::new(crate::Kind::Page, Place::page(page.page, Region::WHOLE).inside(&page.inside))
        .with("text", page.text)
        .with("words", page.words as i64)
        .with("machine_read", page.machine_read);
    match page.confidence {
        Some(confidence) if page.machine_read => draft.read_with(confidence),
        _ => draft,
    }
}

/// The hash of a file's bytes, as printed: used by the worker for what is inside an archive.
pub fn hash(bytes: &[u8]) -> Sha256 {
    Sha256::of(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::{Call, Direction, Outcome, Service};

    fn round(frame: FromWorker) {
        let bytes = frame.encode().unwrap();
        assert_eq!(u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize, bytes.len() - 4);
        assert_eq!(FromWorker::decode(bytes[4], &bytes[5..]).unwrap(), frame);
        for cut in 0..bytes.len() - 5 {
            let _ = FromWorker::decode(bytes[4], &bytes[5..5 + cut]); // no panic on any short frame
        }
    }

    #[test]
    fn frames_come_back_the_same() {
        let mut calls = CallColumns { inside: "a/b.csv".into(), ..CallColumns::default() };
        for row in 1..4 {
            calls.push(Call {
                row,
                at: crate::Instant::parse("2019-07-12T10:00:00-07:00"),
                direction: Direction::In,
                outcome: Outcome::Missed,
                service: Service::Voice,
                duration_s: None,
                number: (row != 2).then_some("+14155552671"),
                number_raw: Some("x"),
                name: None,
                line: None,
                place_raw: None,
                zone: None,
                zone_because: None,
            });
        }
        round(FromWorker::Calls(calls));
        let word = |text: &str, confidence, line| Word { text: text.into(), at: [1, 2, 3, u32::MAX], confidence, line };
        round(FromWorker::Pages(vec![
            PageText {
                inside: "a/b.pdf".into(),
                page: 7,
                machine_read: true,
                words: vec![word("Ñandú", Some(96), true), word("two words", None, false), word("", Some(0), false)],
            },
            PageText { inside: String::new(), page: 8, machine_read: false, words: vec![] },
        ]));
        round(FromWorker::Progress { units: 1, bytes: 2 });
        round(FromWorker::Rejects(vec![Reject::new(Place::row(3).inside("x"), "not-a-call", "?")]));
        round(FromWorker::Done(Report::reading("a", "a@1")));
        round(FromWorker::Failed("too-long".into()));
    }
}
