//! Which reader a file belongs to, told by its bytes and never by its name alone.
//!
//! The surest reader reads. A file that none claims is kept under the name of its kind, with the reason
//! that it was not read; and a reader whose counts do not add up is not believed. A reader that panics costs
//! its own file, never the archive around it.

use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::reading::PageText;
use amparo_model::{CallColumns, Draft, Inside, Reject, Report, State};
use std::io::{Read, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// All readers, the more particular before the more general.
pub fn readers() -> impl Iterator<Item = &'static Reader> {
    static ACCOUNT: Reader = crate::account::READER;
    static ARCHIVE: &[Reader] = crate::archive::READERS;
    std::iter::once(&ACCOUNT).chain(crate::phone::READERS).chain(crate::immigration::READERS).chain(crate::paper::READERS).chain(ARCHIVE)
}

/// The reader that is surest of a file; the first of equals. `None` where nobody claims it.
pub fn recognise(head: &Head<'_>) -> Option<&'static Reader> {
    let mut best: Option<(Sure, &'static Reader)> = None;
    for reader in readers() {
        let sure = (reader.recognise)(head);
        if sure > best.map_or(Sure::No, |(have, _)| have) {
            best = Some((sure, reader));
        }
    }
    best.map(|(_, reader)| reader)
}

/// Reads one file with the surest reader, or says why it is kept unread. The report always adds up.
pub fn read(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    if file.bytes == 0 {
        return Ok(Report::unread("empty", State::Unread, "empty-file"));
    }
    let Ok((first, last)) = ends(file) else {
        return Ok(Report::unread("unknown", State::Unread, "cannot-read-bytes"));
    };
    let head = Head { name: &file.name, bytes: file.bytes, first: &first, last: &last, companions: file.companions.iter().map(|c| c.name.as_str()).collect() };
    let Some(reader) = recognise(&head) else {
        return Ok(Report::unread(unread_kind(&head), State::Unread, "no-reader-yet"));
    };
    drop(head);
    let mut counting = Counting { sink, rejects: 0, records: 0, pages: 0 };
    // What was handed over before a panic stands; the listener has seen it, and it is counted here.
    let report = match catch_unwind(AssertUnwindSafe(|| (reader.read)(file, tools, &mut counting))) {
        Ok(report) => report?,
        Err(_) => return Ok(crashed(reader, &counting)),
    };
    let with_pages = counting.records + counting.pages;
    let records = if report.records == with_pages { with_pages } else { counting.records };
    Ok(believed(report, counting.rejects, records))
}

/// What is known of a file whose reader broke off: the rejects and records that were handed over, and no more.
fn crashed(reader: &Reader, heard: &Counting<'_>) -> Report {
    let reader_version = format!("{}@{}", reader.name, reader.version);
    Report {
        state: if heard.records + heard.pages > 0 { State::PartlyRead } else { State::Unread },
        reason: Some("reader-crashed".to_owned()),
        units: heard.rejects,
        rejects: heard.rejects,
        records: heard.records,
        ..Report::reading(reader.name, &reader_version)
    }
}

/// The first 64 KiB and the last 4 KiB; the source is left at its start.
fn ends(file: &mut File<'_>) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    let mut first = Vec::new();
    file.body.seek(SeekFrom::Start(0))?;
    (&mut *file.body).take(64 << 10).read_to_end(&mut first)?;
    let mut last = Vec::new();
    file.body.seek(SeekFrom::Start(file.bytes.saturating_sub(4 << 10)))?;
    (&mut *file.body).take(4 << 10).read_to_end(&mut last)?;
    file.body.seek(SeekFrom::Start(0))?;
    Ok((first, last))
}

/// A report whose sums hold and whose counts are what was handed over; anything else is said to be partly read.
fn believed(mut report: Report, rejects: u64, records: u64) -> Report {
    let honest = report.adds_up() && report.rejects == rejects && report.records == records && report.pages_unread <= report.pages;
    if !honest {
        report.records = records;
        report.rejects = rejects;
        let sum = report.units_read.saturating_add(report.furniture).saturating_add(report.rejects);
        report.units = sum.saturating_add(report.pages_unread);
        if !report.adds_up() {
            (report.units_read, report.furniture, report.pages_unread, report.units) = (0, 0, 0, rejects);
        }
        report.pages = report.pages.max(report.pages_unread);
        report.reason = Some("counts-do-not-add-up".to_owned());
        if report.state == State::Read {
            report.state = State::PartlyRead;
        }
    }
    report
}

/// Counts what a reader hands over on its way to the listener.
struct Counting<'s> {
    sink: &'s mut dyn Sink,
    rejects: u64,
    records: u64,
    /// A page's own record is made from its words: a reader may count it or leave it to the listener.
    pages: u64,
}

impl Sink for Counting<'_> {
    fn calls(&mut self, batch: CallColumns) -> Result<(), Stop> {
        self.records += batch.len() as u64;
        self.sink.calls(batch)
    }
    fn drafts(&mut self, batch: Vec<Draft>) -> Result<(), Stop> {
        self.records += batch.len() as u64;
        self.sink.drafts(batch)
    }
    fn pages(&mut self, batch: Vec<PageText>) -> Result<(), Stop> {
        self.pages += batch.len() as u64;
        self.sink.pages(batch)
    }
    fn rejects(&mut self, batch: Vec<Reject>) -> Result<(), Stop> {
        self.rejects += batch.len() as u64;
        self.sink.rejects(batch)
    }
    fn inside(&mut self, file: Inside) -> Result<(), Stop> {
        // What a member holds is counted in its own report, not in its archive's.
        self.rejects = self.rejects.saturating_sub(file.report.rejects);
        self.records = self.records.saturating_sub(file.report.records);
        self.sink.inside(file)
    }
    fn progress(&mut self, units: u64, bytes: u64) -> Result<(), Stop> {
        self.sink.progress(units, bytes)
    }
}

/// Kinds known by their first bytes, for files that nobody reads yet.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "pdf"),
    (b"SQLite format 3\0", "sqlite"),
    (b"\x37\x7f\x06\x82", "sqlite_wal"),
    (b"\x37\x7f\x06\x83", "sqlite_wal"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"BM", "image"),
    (b"\0\0\0\x0cjP  ", "image"),
    (b"ID3", "audio"),
    (b"OggS", "audio"),
    (b"#!AMR", "audio"),
    (b"caff", "audio"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office_document"),
    (b"bplist00", "plist"),
    (b"PAR1", "parquet"),
    (b"{\\rtf", "rtf"),
    (b"age-encryption.org/", "age"),
    (b"-----BEGIN PGP", "pgp"),
];

/// The name of a kind that nobody reads.
pub(crate) fn unread_kind(head: &Head<'_>) -> &'static str {
    let first = head.first;
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| first.starts_with(magic)) {
        return kind;
    }
    if first.get(4..8) == Some(b"ftyp") {
        return match first.get(8..12) {
            Some(b"heic" | b"heix" | b"mif1" | b"avif") => "image",
            Some(b"M4A ") => "audio",
            _ => "video",
        };
    }
    match (first.get(..4), first.get(8..12)) {
        (Some(b"RIFF"), Some(b"WEBP")) => return "image",
        (Some(b"RIFF"), Some(b"WAVE")) => return "audio",
        (Some(b"RIFF"), _) => return "video",
        _ => {}
    }
    text_kind(first).unwrap_or("unknown")
}

fn text_kind(first: &[u8]) -> Option<&'static str> {
    let controls = first.iter().filter(|b| **b < 9 || (14..32).contains(*b)).count();
    let utf16 = first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff");
    if controls > 0 && !utf16 {
        return None;
    }
    let text = if utf16 { first.iter().copied().filter(|b| *b != 0 && b.is_ascii()).collect() } else { first.to_vec() };
    let text = String::from_utf8_lossy(&text);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let lower = text.get(..text.floor_char_boundary(4_096)).unwrap_or(text).to_ascii_lowercase();
    let has = |what: &str| lower.contains(what);
    Some(if lower.starts_with("begin:vcard") {
        "vcard"
    } else if lower.starts_with("begin:vcalendar") {
        "calendar"
    } else if lower.starts_with("ofxheader") || has("<ofx>") {
        "ofx"
    } else if lower.starts_with("<!doctype html") || lower.starts_with("<html") || has("<html") {
        if has("hchatlog") || has("haudio") || has("google voice") { "google_voice_html" } else { "html" }
    } else if lower.starts_with("<?xml") || lower.starts_with("<svg") || (lower.starts_with('<') && has("xmlns")) {
        "xml"
    } else if lower.starts_with('{') || lower.starts_with('[') && text.trim_end().len() > 1 && json_like(&lower) {
        if has("\"messages\"") && (has("\"from_id\"") || has("personal_chat") || has("\"date_unixtime\"")) { "telegram_json" } else { "json" }
    } else if csv_like(text) {
        "csv"
    } else {
        "text"
    })
}

fn json_like(lower: &str) -> bool {
    lower[1..].trim_start().starts_with(['{', '"', '[', ']']) || lower[1..].trim_start().starts_with(|c: char| c.is_ascii_digit() && lower.contains(','))
}

fn csv_like(text: &str) -> bool {
    let mut lines = text.lines().filter(|l| !l.trim().is_empty());
    let (Some(a), Some(b)) = (lines.next(), lines.next()) else { return false };
    [',', ';', '\t'].iter().any(|d| {
        let (x, y) = (a.matches(*d).count(), b.matches(*d).count());
        x > 0 && x == y
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(units: u64, read: u64, rejects: u64, records: u64) -> Report {
        Report { units, units_read: read, rejects, records, ..Report::reading("a", "a@1") }
    }

    #[test]
    fn a_reader_whose_sums_are_wrong_is_not_believed() {
        assert_eq!(believed(report(3, 2, 1, 2), 1, 2).state, State::Read);
        for wrong in [report(4, 2, 1, 2), report(3, 3, 0, 2), report(3, 2, 1, 9), report(0, u64::MAX, 1, 2)] {
            let got = believed(wrong, 1, 2);
            assert!(got.adds_up());
            assert_eq!((got.state, got.records, got.rejects), (State::PartlyRead, 2, 1));
            assert_eq!(got.reason.as_deref(), Some("counts-do-not-add-up"));
        }
    }

    #[test]
    fn a_reader_that_panics_costs_what_it_had_not_said() {
        const READER: Reader = Reader { name: "a", version: 1, recognise: |_| Sure::Yes, read: |_, _, _| Err(Stop) };
        for (records, rejects, state) in [(3, 2, State::PartlyRead), (0, 2, State::Unread)] {
            let mut heard = crate::testing::Heard::default();
            let report = crashed(&READER, &Counting { sink: &mut heard, rejects, records, pages: 0 });
            assert!(report.adds_up());
            assert_eq!((report.state, report.records, report.rejects, report.reason.as_deref()), (state, records, rejects, Some("reader-crashed")));
        }
    }

    #[test]
    fn kinds_without_a_reader_have_a_name() {
        for (bytes, kind) in [
            (&b"BEGIN:VCARD\r\nVERSION:3.0\r\n"[..], "vcard"),
            (b"OFXHEADER:100\r\n", "ofx"),
            (b"<?xml version=\"1.0\"?><a/>", "xml"),
            (b"{\"a\": 1}", "json"),
            (b"a,b\n1,2\n", "csv"),
            (b"Hello.\n", "text"),
            (b"\0\x01\x02", "unknown"),
            (b"<html><div class=\"hChatLog\">", "google_voice_html"),
            (b"\0\0\0\x18ftypmp42", "video"),
        ] {
            let head = Head { name: "x", bytes: bytes.len() as u64, first: bytes, last: bytes, companions: vec![] };
            assert_eq!(unread_kind(&head), kind);
        }
    }
}
