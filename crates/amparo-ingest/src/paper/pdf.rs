//! PDF: every page's words with their places; unit = page.
//!
//! A page is read from its own text. Where it has none, or where more than one glyph in twenty has no
//! letter, or where a picture fills it and only a stamp or a page number is text, the page is machine-read if
//! the worker can, and otherwise counts as unread with the reason; what text it has is kept.
//! A page on which nothing is drawn is furniture. The form's field values are words of their pages.
//! The empty password is tried; any other password means `refused`.

use super::ocr::InOrder;
use super::pdf_plain::Plain;
use super::pdf_words::{Listener, TooMuch};
use super::sheet::Field;
use super::{PageBatch, slurp};
use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::reading::PageText;
use amparo_model::{Region, Report, State};
use hayro_interpret::kurbo::{Affine, Rect};
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, RenderContent, interpret_page};
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
    let mut interpreter = Interpreter { cache: InterpreterCache::new(), settings: InterpreterSettings::default(), plain: Some(Plain::new()) };
    let mut in_order = InOrder::new(pdf.data().as_ref(), &file.inside, tools);
    let mut settle = |report: &mut Report, outcome, machine_read: Option<Result<PageText, String>>| -> Result<(), Stop> {
        report.units += 1;
        report.pages += 1;
        let slow = machine_read.is_some();
        match (outcome, machine_read) {
            (Outcome::Words(text, fields), _) => {
                report.units_read += 1;
                report.records += batch.typed(&text, &fields)?;
                batch.push(text)?;
            }
            (Outcome::Blank, _) => report.furniture += 1,
            (Outcome::Wanting(..), Some(Ok(read))) => {
                report.units_read += 1;
                report.records += batch.typed(&read, &[])?;
                batch.push(read)?;
            }
            (Outcome::Wanting(why, text), failed) => {
                report.pages_unread += 1;
                report.state = State::PartlyRead;
                let why = Some(why.to_owned()).filter(|why| !why.is_empty()).or(failed.and_then(Result::err));
                report.reason = report.reason.take().or(why);
                if let Some(text) = text {
                    batch.push(text)?;
                }
            }
        }
        // A machine-read page takes seconds: whoever waits is told.
        if slow || report.units % 64 == 0 {
            batch.progress(report.units, total * report.units / pages.len() as u64)?;
        }
        Ok(())
    };
    for (n, page) in pages.iter().enumerate() {
        let number = n as u32 + 1;
        match interpreter.page_words(&pdf, page, number, &file.inside) {
            wanting @ Outcome::Wanting(..) => in_order.machine_read(number, wanting),
            outcome => in_order.put(outcome),
        }
        while let Some((outcome, read)) = in_order.next(false) {
            settle(&mut report, outcome, read)?;
        }
    }
    while let Some((outcome, read)) = in_order.next(true) {
        settle(&mut report, outcome, read)?;
    }
    report.covers = batch.covers();
    report.records += batch.finish()?;
    if report.pages_unread == report.units {
        report.state = State::Unread;
    }
    Ok(report)
}

enum Outcome {
    Words(PageText, Vec<Field>),
    Blank,
    /// Not readable from its own text: the reason, and what could be read all the same.
    Wanting(&'static str, Option<PageText>),
}

/// What reads the pages of one file.
struct Interpreter<'a> {
    cache: InterpreterCache<'a>,
    settings: InterpreterSettings,
    /// The short way for plain pages; `None` after it has broken on one.
    plain: Option<Plain<'a>>,
}

impl<'a> Interpreter<'a> {
    fn page_words(&mut self, pdf: &'a Pdf, page: &Page<'a>, number: u32, inside: &str) -> Outcome {
        let (width, height) = page.render_dimensions();
        if !(width.is_finite() && height.is_finite()) {
            return Outcome::Wanting("page-broken", None);
        }
        // A page that breaks the interpreter is one unread page, not a lost file.
        let upright = Affine::new(page.initial_transform(true).as_coeffs());
        let short = catch_unwind(AssertUnwindSafe(|| self.short_way(pdf, page, upright, width, height)));
        if short.is_err() {
            self.plain = None;
        }
        let listened = match short.ok().flatten() {
            Some(listener) => Ok(listener),
            None => catch_unwind(AssertUnwindSafe(|| {
                let mut listener = Listener::new(width, height);
                self.draw(pdf, page, upright, width, height, RenderContent::all(), &mut listener);
                listener
            })),
        };
        let listened = listened.and_then(|mut listener| {
            catch_unwind(AssertUnwindSafe(|| {
                let fields = fields(page, upright, width, height);
                for (field, rect) in fields.iter().filter(|(field, _)| !field.ticked) {
                    listener.field_value(*rect, &field.value);
                }
                (listener, fields.into_iter().map(|(field, _)| field).collect::<Vec<_>>())
            }))
        });
        let (listener, fields) = match listened {
            Ok(heard) => heard,
            Err(why) if why.is::<TooMuch>() => return Outcome::Wanting("page-overfull", None),
            Err(_) => return Outcome::Wanting("page-broken", None),
        };
        let (glyphs, unmapped, invisible) = (listener.glyphs, listener.unmapped, listener.invisible);
        let drawn = listener.images + listener.paths;
        let (overfull, pictured) = (listener.overfull, listener.pictured());
        let words = listener.words();
        if words.is_empty() {
            return if drawn == 0 && glyphs == 0 { Outcome::Blank } else { Outcome::Wanting("", None) };
        }
        let text = PageText { inside: inside.to_owned(), page: number, machine_read: invisible * 2 > glyphs, words };
        if overfull {
            Outcome::Wanting("page-overfull", Some(text))
        } else if unmapped * 20 > glyphs {
            Outcome::Wanting("glyphs-without-letters", Some(text))
        } else if pictured > PICTURE && glyphs < STAMP {
            Outcome::Wanting("picture-with-few-words", Some(text))
        } else {
            Outcome::Words(text, fields)
        }
    }

    /// The page's words where it is plain and has a body of text. A page of few letters is looked at whole: it may be a scan.
    fn short_way(&mut self, pdf: &'a Pdf, page: &Page<'a>, upright: Affine, width: f32, height: f32) -> Option<Listener> {
        let plain = self.plain.as_mut()?;
        let mut listener = Listener::new(width, height);
        if !plain.read(page, upright, &self.settings, &mut listener) || listener.glyphs < STAMP {
            return None;
        }
        if page.raw().contains_key(b"Annots" as &[u8]) {
            self.draw(pdf, page, upright, width, height, RenderContent::ANNOTATIONS, &mut listener);
        }
        Some(listener)
    }

    fn draw(&self, pdf: &'a Pdf, page: &Page<'a>, upright: Affine, width: f32, height: f32, render_content: RenderContent, listener: &mut Listener) {
        let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let settings = InterpreterSettings { render_content, ..self.settings.clone() };
        let mut context = Context::new(upright, area, &self.cache, pdf.xref(), settings);
        interpret_page(page, &mut context, listener);
    }
}

/// A page whose pictures cover more than this part of it is a scan,
const PICTURE: f64 = 0.5;
/// unless it has as many letters as this: a court's stamp, a page number or a title is no reading of it.
const STAMP: u64 = 200;
/// Fields looked at on one page; no form has more.
const MOST_FIELDS: usize = 20_000;

/// The page's form fields that hold something, each with its rectangle on the upright page in points.
fn fields(page: &Page<'_>, upright: Affine, width: f32, height: f32) -> Vec<(Field, Rect)> {
    let Some(annotations) = page.raw().get::<Array<'_>>(b"Annots" as &[u8]) else { return Vec::new() };
    annotations
        .iter::<Dict<'_>>()
        .take(MOST_FIELDS)
        .filter(|widget| widget.get::<Name<'_>>(b"Subtype" as &[u8]).is_some_and(|n| n.as_ref() == b"Widget"))
        .filter_map(|widget| {
            let mut field = named_value(&widget)?;
            let rect = widget.get::<hayro_syntax::object::Rect>(b"Rect" as &[u8])?;
            let rect = upright.transform_rect_bbox(Rect::new(rect.x0, rect.y0, rect.x1, rect.y1));
            let (width, height) = (f64::from(width).max(1.0), f64::from(height).max(1.0));
            field.region = Some(Region::of_fractions(rect.x0 / width, rect.y0 / height, rect.width() / width, rect.height() / height));
            Some((field, rect))
        })
        .collect()
}

/// A widget's value, its own or that of a field above it, and the names on the way up.
fn named_value(widget: &Dict<'_>) -> Option<Field> {
    let mut field = Field::default();
    let mut names = Vec::new();
    let mut node = Some(widget.clone());
    for _ in 0..16 {
        let Some(dict) = node else { break };
        if field.value.is_empty() {
            match dict.get::<Object<'_>>(b"V" as &[u8]) {
                Some(Object::String(value)) => field.value = text_string(value.as_bytes()),
                // Long texts are streams, and where several choices may be taken they are a list.
                Some(Object::Stream(value)) => field.value = value.decoded().map(|bytes| text_string(&bytes)).unwrap_or_default(),
                Some(Object::Array(values)) => {
                    let taken: Vec<String> =
                        values.iter::<Object<'_>>().take(200).filter_map(|v| if let Object::String(v) = v { Some(text_string(v.as_bytes())) } else { None }).collect();
                    field.value = taken.join("; ");
                }
                Some(Object::Name(state)) if state.as_ref() != b"Off" => {
                    field.value = state.as_str().to_owned();
                    field.ticked = true;
                }
                _ => {}
            }
        }
        if let (true, Some(Object::String(label))) = (field.label.is_empty(), dict.get::<Object<'_>>(b"TU" as &[u8])) {
            field.label = text_string(label.as_bytes());
        }
        if let Some(Object::String(name)) = dict.get::<Object<'_>>(b"T" as &[u8]) {
            names.push(text_string(name.as_bytes()));
        }
        node = dict.get::<Dict<'_>>(b"Parent" as &[u8]);
    }
    // Of several buttons in one group, the ticked one is the one that shows the group's value.
    if field.ticked && widget.get::<Name<'_>>(b"AS" as &[u8]).is_some_and(|shown| shown.as_str() != field.value) {
        return None;
    }
    names.reverse();
    field.name = names.join(".");
    (!field.value.trim().is_empty()).then_some(field)
}

/// The letters of PDFDocEncoding that are not those of Latin-1 (ISO 32000-2, annex D.3).
const DOC_LETTERS: &str = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž";

/// A PDF text string: UTF-16 or UTF-8 with a mark, otherwise one byte a letter.
fn text_string(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        let units: Vec<u16> = rest.chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]])).collect();
        String::from_utf16_lossy(&units)
    } else if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        String::from_utf8_lossy(rest).into_owned()
    } else {
        let letter = |b: &u8| match b {
            0x80..=0x9e => DOC_LETTERS.chars().nth(usize::from(b - 0x80)).unwrap_or('\u{fffd}'),
            0xa0 => '€',
            b => char::from(*b),
        };
        bytes.iter().map(letter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    /// Pages read the short way, and pages where it says something else than the whole interpreter.
    fn compare(bytes: Vec<u8>) -> (u32, Vec<usize>) {
        let Ok(Ok(pdf)) = catch_unwind(AssertUnwindSafe(|| Pdf::new(bytes))) else { return (0, Vec::new()) };
        let mut interpreter = Interpreter { cache: InterpreterCache::new(), settings: InterpreterSettings::default(), plain: Some(Plain::new()) };
        let (mut plain, mut other) = (0, Vec::new());
        for (n, page) in pdf.pages().iter().take(40).enumerate() {
            let (width, height) = page.render_dimensions();
            let upright = Affine::new(page.initial_transform(true).as_coeffs());
            let both = catch_unwind(AssertUnwindSafe(|| {
                let short = interpreter.short_way(&pdf, page, upright, width, height)?;
                let mut whole = Listener::new(width, height);
                interpreter.draw(&pdf, page, upright, width, height, RenderContent::all(), &mut whole);
                Some(((short.unmapped, short.invisible, short.words()), (whole.unmapped, whole.invisible, whole.words())))
            }));
            let Ok(Some((short, whole))) = both else { continue };
            plain += 1;
            let near = |a: u32, b: u32| a.abs_diff(b) <= 200;
            let same = short.0 == whole.0
                && short.1 == whole.1
                && short.2.len() == whole.2.len()
                && short.2.iter().zip(&whole.2).all(|(a, b)| a.text == b.text && a.line == b.line && a.at.iter().zip(&b.at).all(|(a, b)| near(*a, *b)));
            if !same {
                other.push(n + 1);
            }
        }
        (plain, other)
    }

    fn papers(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                papers(&path, out);
            } else if path.extension().is_some_and(|e| e == "pdf") {
                out.push(path);
            }
        }
    }

    /// Also over a folder of one's own: `AMPARO_PDFS=folder`.
    #[test]
    fn the_short_way_says_what_the_whole_interpreter_says() {
        let mut all = Vec::new();
        papers(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut all);
        all.extend(
            std::env::var_os("AMPARO_PDFS")
                .map(|own| {
                    let mut out = Vec::new();
                    papers(Path::new(&own), &mut out);
                    out
                })
                .unwrap_or_default(),
        );
        let mut plain = 0;
        let mut different = Vec::new();
        for path in &all {
            let (pages, other) = compare(std::fs::read(path).expect("a paper"));
            plain += pages;
            if !other.is_empty() {
                different.push((path.clone(), other));
            }
        }
        println!("{plain} plain pages in {} files", all.len());
        assert!(plain > 5 && different.is_empty(), "{different:#?}");
    }

    #[test]
    fn texts_typed_into_forms() {
        for (bytes, want) in [(&b"\xfe\xff\0\xd1\0a"[..], "Ña"), (b"\xef\xbb\xbf\xc3\xb1", "ñ"), (b"Ni\xf1o \x85 \xa0 5\x9e", "Niño – € 5ž"), (b"\xfe\xff\0", "")] {
            assert_eq!(text_string(bytes), want);
        }
        assert_eq!(DOC_LETTERS.chars().count(), 0x9f - 0x80);
    }

    /// A page whose form draws the next one twice, and so on: 2^40 drawings.
    #[test]
    fn a_page_that_draws_without_end_is_one_unread_page() {
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Count 1 /Kids [3 0 R] >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /XObject << /F 5 0 R >> >> /Contents 4 0 R >>".to_owned(),
            "<< /Length 5 >>\nstream\n/F Do\nendstream".to_owned(),
        ];
        for n in 0..40 {
            let next = if n == 39 { 5 } else { 6 + n };
            objects
                .push(format!("<< /Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject << /F {next} 0 R >> >> /Length 11 >>\nstream\n/F Do /F Do\nendstream"));
        }
        let mut pdf = "%PDF-1.4\n".to_owned();
        for (n, object) in objects.iter().enumerate() {
            pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", n + 1));
        }
        pdf.push_str("trailer\n<< /Root 1 0 R >>\n%%EOF\n");
        let (report, _) = crate::testing::hear("paper.pdf", pdf.as_bytes());
        assert_eq!((report.pages, report.pages_unread, report.reason.as_deref()), (1, 1, Some("page-overfull")), "{report:?}");
    }

    const STUB: &[u8] = include_bytes!("../../fixtures/pay/adp/input.pdf");

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(96))]
        #[test]
        fn a_damaged_paper_still_adds_up(cut in 0..STUB.len(), at in 0..STUB.len(), byte in 0_u8..=255, long in 1..64_usize) {
            let mut bytes = STUB.to_vec();
            bytes[at] = byte;
            crate::testing::hear("paper.pdf", &bytes);
            crate::testing::hear("paper.pdf", &bytes[..cut]);
            bytes.drain(at..(at + long).min(STUB.len()));
            crate::testing::hear("paper.pdf", &bytes);
        }
    }
}
