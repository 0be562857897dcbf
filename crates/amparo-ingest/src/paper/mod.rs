//! Papers: what employers, agencies and consulates write.

pub mod boxes;
pub mod form_1099;
pub mod money;
pub mod ocr;
pub mod pay;
pub mod pdf;
mod pdf_plain;
pub mod pdf_words;
pub mod picture;
pub mod sheet;
pub mod ssa_xml;
pub mod typed;
pub mod w2;

use crate::{File, Sink, Stop};
use amparo_model::reading::{Covers, CoversWhy, PageText};
use amparo_model::{Draft, Edtf, Kind, Value};
use jiff::civil::Date;
use std::io::Read;

/// The readers of this floor.
pub const READERS: &[crate::Reader] = &[pdf::READER, picture::READER, ssa_xml::READER];

/// Every code that says why a paper, page or element was not read. Each has a sentence in every language.
pub const REASONS: &[&str] = &[
    "amount-not-understood",
    "broken",
    "cannot-read-bytes",
    "encrypted",
    "encryption-unknown",
    "file-too-large",
    "glyphs-without-letters",
    "no-machine-reading",
    "no-pages",
    "nothing-machine-read",
    "page-broken",
    "page-not-drawn",
    "page-overfull",
    "picture-with-few-words",
    "some-rows-rejected",
    "too-deep",
    "too-many-pages",
    "truncated",
    "year-not-understood",
];

/// The days that a record of pay speaks of.
fn reach(draft: &Draft) -> Option<(Date, Date)> {
    let edtf = match draft.kind {
        Kind::Pay => match draft.fields.get("period").or_else(|| draft.fields.get("paid_on"))? {
            Value::Edtf(when) => when.clone(),
            _ => return None,
        },
        Kind::Earnings => match draft.fields.get("year")? {
            Value::Number(year) => Edtf::year(i16::try_from(*year).ok()?)?,
            _ => return None,
        },
        _ => return None,
    };
    let last = edtf.latest()?;
    Some((edtf.earliest().unwrap_or(last), last))
}

/// The whole file, where it is no larger than this. The error is the reason why not.
fn slurp(file: &mut File<'_>, most: u64) -> Result<Vec<u8>, &'static str> {
    if file.bytes > most {
        return Err("file-too-large");
    }
    let mut bytes = Vec::new();
    (&mut *file.body).take(most).read_to_end(&mut bytes).map_err(|_| "cannot-read-bytes")?;
    Ok(bytes)
}

/// Pages on their way to the listener, handed over in batches of about a mebibyte, with the typed records they give.
struct PageBatch<'s> {
    typed: typed::Typed,
    sink: &'s mut dyn Sink,
    pages: Vec<PageText>,
    weight: usize,
    sent: u64,
    /// The first and last day that papers of pay speak of.
    reach: Option<(Date, Date)>,
}

impl<'s> PageBatch<'s> {
    fn new(sink: &'s mut dyn Sink) -> PageBatch<'s> {
        PageBatch { typed: typed::Typed::new(), sink, pages: Vec::new(), weight: 0, sent: 0, reach: None }
    }

    fn push(&mut self, page: PageText) -> Result<(), Stop> {
        self.weight += page.words.iter().map(|w| w.text.len() + size_of_val(w)).sum::<usize>();
        self.pages.push(page);
        if self.weight > 1 << 20 { self.flush() } else { Ok(()) }
    }

    /// Hands over what typed records a page gives, beside the page; how many there were.
    fn typed(&mut self, page: &PageText, fields: &[sheet::Field]) -> Result<u64, Stop> {
        let drafts = self.typed.of(page, fields);
        for (first, last) in drafts.iter().filter_map(reach) {
            self.reach = Some(self.reach.map_or((first, last), |(from, to)| (from.min(first), to.max(last))));
        }
        let count = drafts.len() as u64;
        if count > 0 {
            self.sink.drafts(drafts)?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> Result<(), Stop> {
        self.weight = 0;
        if self.pages.is_empty() {
            return Ok(());
        }
        self.sent += self.pages.len() as u64;
        self.sink.pages(std::mem::take(&mut self.pages))
    }

    fn progress(&mut self, units: u64, bytes: u64) -> Result<(), Stop> {
        self.sink.progress(units, bytes)
    }

    /// What months the papers of pay among the pages speak of. Papers of many years in one file leave out
    /// what lies between them: such a file says nothing of its reach.
    fn covers(&self) -> Option<Covers> {
        let (first, last) = self.reach.filter(|(first, last)| first.year() == last.year() || last.since(*first).is_ok_and(|d| d.get_days() <= 366))?;
        Some(Covers { from: Some(Edtf::day(first)), to: Some(Edtf::day(last)), why: CoversWhy::FirstRecord })
    }

    /// How many pages were handed over in all.
    fn finish(mut self) -> Result<u64, Stop> {
        self.flush()?;
        Ok(self.sent)
    }
}
