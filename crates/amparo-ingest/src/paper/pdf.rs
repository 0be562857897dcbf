//! PDF: every page's words with their places; unit = page.
//!
//! A page is read from its own text. Where it has none, or where more than one glyph in twenty has no
//! letter, the page is machine-read if the worker can, and otherwise counts as unread with the reason.
//! A page on which nothing is drawn is furniture. The form's field values are words of their pages.
//! The empty password is tried; any other password means `refused`.

use super::pdf_words::Listener;
use super::{PageBatch, slurp};
use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::reading::PageText;
use amparo_model::{Report, State};
use hayro_interpret::kurbo::{Affine, Rect};
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, interpret_page};
use hayro_syntax::object::{Array, Dict, Name, Object};
use hayro_syntax::page::Page;
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub const READER: Reader = Reader { name: "pdf", version: 1, recognise, read };

/// Larger files are kept unread.
const MOST_BYTES: u64 = 1 << 30;
/// More pages than any file an office receives.
const MOST_PAGES: usize = 100_000;

fn recognise(head: &Head<'_>) -> Sure {
    let start = head.first.get(..1_024).unwrap_or(head.first);
    if head.first.starts_with(b"%PDF-") {
        Sure::Yes
    } else if start.windows(5).any(|w| w == b"%PDF-") {
        Sure::Likely
    } else {
        Sure::No
    }
}

fn read(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    let bytes = match slurp(file, MOST_BYTES) {
        Ok(bytes) => bytes,
        Err(reason) => return Ok(Report::unread("pdf", State::Refused, reason)),
    };
    let total = bytes.len() as u64;
    let pdf = match catch_unwind(AssertUnwindSafe(|| Pdf::new(bytes))) {
        Ok(Ok(pdf)) => pdf,
        Ok(Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))) => return Ok(Report::unread("pdf", State::Refused, "encrypted")),
        Ok(Err(LoadPdfError::Decryption(_))) => return Ok(Report::unread("pdf", State::Refused, "encryption-unknown")),
        Ok(Err(LoadPdfError::Invalid)) | Err(_) => return Ok(Report::unread("pdf", State::Refused, "broken")),
    };
    let pages = pdf.pages();
    if pages.is_empty() {
        return Ok(Report::unread("pdf", State::Refused, "no-pages"));
    }
    if pages.len() > MOST_PAGES {
        return Ok(Report::unread("pdf", State::Refused, "too-many-pages"));
    }
    let mut report = Report::reading("pdf", "pdf@1");
    let mut batch = PageBatch::new(sink);
    let cache = InterpreterCache::new();
    let settings = InterpreterSettings::default();
    for (n, page) in pages.iter().enumerate() {
        let number = n as u32 + 1;
        report.units += 1;
        report.pages += 1;
        match page_words(&pdf, page, &cache, &settings, number, &file.inside) {
            Outcome::Words(text) => {
                report.units_read += 1;
                batch.push(text)?;
            }
            Outcome::Blank => report.furniture += 1,
            Outcome::Wanting(why, text) => match super::ocr::machine_read(pdf.data().as_ref(), number, &file.inside, tools) {
                Ok(read) => {
                    report.units_read += 1;
                    batch.push(read)?;
                }
                Err(reason) => {
                    report.pages_unread += 1;
                    report.state = State::PartlyRead;
                    report.reason.get_or_insert(if why.is_empty() { reason } else { why.to_owned() });
                    if let Some(text) = text {
                        batch.push(text)?;
                    }
                }
            },
        }
        if n % 64 == 63 {
            batch.progress(report.units, total * report.units / pages.len() as u64)?;
        }
    }
    report.records = batch.finish()?;
    if report.pages_unread == report.units {
        report.state = State::Unread;
    }
    Ok(report)
}

enum Outcome {
    Words(PageText),
    Blank,
    /// Not readable from its own text: the reason, and what could be read all the same.
    Wanting(&'static str, Option<PageText>),
}

fn page_words<'a>(
    pdf: &'a Pdf,
    page: &Page<'a>,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    number: u32,
    inside: &str,
) -> Outcome {
    let (width, height) = page.render_dimensions();
    if !(width.is_finite() && height.is_finite()) {
        return Outcome::Wanting("page-broken", None);
    }
    // A page that breaks the interpreter is one unread page, not a lost file.
    let listened = catch_unwind(AssertUnwindSafe(|| {
        let mut listener = Listener::new(width, height);
        let upright = Affine::new(page.initial_transform(true).as_coeffs());
        let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let mut context = Context::new(upright, area, cache, pdf.xref(), settings.clone());
        interpret_page(page, &mut context, &mut listener);
        field_values(page, upright, &mut listener);
        listener
    }));
    let Ok(listener) = listened else { return Outcome::Wanting("page-broken", None) };
    let (glyphs, unmapped, invisible) = (listener.glyphs, listener.unmapped, listener.invisible);
    let drawn = listener.images + listener.paths;
    let overfull = listener.overfull;
    let words = listener.words();
    if words.is_empty() {
        return if drawn == 0 && glyphs == 0 { Outcome::Blank } else { Outcome::Wanting("", None) };
    }
    let text = PageText { inside: inside.to_owned(), page: number, machine_read: invisible * 2 > glyphs, words };
    if overfull {
        Outcome::Wanting("page-overfull", Some(text))
    } else if unmapped * 20 > glyphs {
        Outcome::Wanting("glyphs-without-letters", Some(text))
    } else {
        Outcome::Words(text)
    }
}

/// Values of form fields that have no drawn appearance of their own.
fn field_values(page: &Page<'_>, upright: Affine, listener: &mut Listener) {
    let Some(annotations) = page.raw().get::<Array<'_>>(b"Annots" as &[u8]) else { return };
    for widget in annotations.iter::<Dict<'_>>().take(20_000) {
        if widget.get::<Name<'_>>(b"Subtype" as &[u8]).is_none_or(|n| n.as_ref() != b"Widget") {
            continue;
        }
        let Some(value) = inherited_value(&widget) else { continue };
        let Some(rect) = widget.get::<hayro_syntax::object::Rect>(b"Rect" as &[u8]) else { continue };
        let rect = upright.transform_rect_bbox(Rect::new(rect.x0, rect.y0, rect.x1, rect.y1));
        listener.field_value(rect, &value);
    }
}

fn inherited_value(widget: &Dict<'_>) -> Option<String> {
    let mut node = widget.clone();
    for _ in 0..16 {
        if let Some(Object::String(value)) = node.get::<Object<'_>>(b"V" as &[u8]) {
            let text = text_string(value.as_bytes());
            return (!text.trim().is_empty()).then_some(text);
        }
        node = node.get::<Dict<'_>>(b"Parent" as &[u8])?;
    }
    None
}

/// A PDF text string: UTF-16 or UTF-8 with a mark, otherwise one byte a letter.
fn text_string(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        let units: Vec<u16> = rest.chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]])).collect();
        String::from_utf16_lossy(&units)
    } else if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        String::from_utf8_lossy(rest).into_owned()
    } else {
        bytes.iter().map(|b| char::from(*b)).collect()
    }
}
