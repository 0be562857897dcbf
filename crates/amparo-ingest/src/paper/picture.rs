//! Pictures: photographs and scans of papers, machine-read where the worker can; unit = page.
//!
//! A picture is one page; a TIFF may hold many. Without machine reading every page is kept and counts as
//! unread: it can be shown, and it is not found by its words.

use super::ocr::InOrder;
use super::{PageBatch, slurp};
use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::{Report, State};
use std::collections::HashSet;

pub const READER: Reader = Reader { name: "image", version: 1, recognise, read };

const MOST_BYTES: u64 = 512 << 20;
/// The pages of a fax, and more than a person scans into one file.
const MOST_PAGES: usize = 10_000;

fn recognise(head: &Head<'_>) -> Sure {
    const MARKS: &[&[u8]] = &[b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"\0\0\0\x0cjP  "];
    let first = head.first;
    let webp = first.starts_with(b"RIFF") && first.get(8..12) == Some(b"WEBP");
    let heif = first.get(4..8) == Some(b"ftyp") && matches!(first.get(8..12), Some(b"heic" | b"heix" | b"mif1" | b"avif"));
    // `BM` alone begins many a text: the header's own size must fit too.
    let bmp = first.starts_with(b"BM") && matches!(first.get(14..18), Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]));
    if MARKS.iter().any(|m| first.starts_with(m)) || webp || heif || bmp { Sure::Yes } else { Sure::No }
}

fn read(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    let bytes = match slurp(file, MOST_BYTES) {
        Ok(bytes) => bytes,
        Err(reason) => return Ok(Report::unread("image", State::Refused, reason)),
    };
    let mut report = Report::reading("image", "image@1");
    let mut batch = PageBatch::new(sink);
    let pages = pages(&bytes);
    let mut in_order = InOrder::new(&bytes, &file.inside, tools);
    for page in 1..=pages {
        in_order.machine_read(page, ());
        while let Some(((), Some(read))) = in_order.next(page == pages) {
            report.units += 1;
            report.pages += 1;
            match read {
                Ok(text) => {
                    report.units_read += 1;
                    report.records += batch.typed(&text, &[])?;
                    batch.push(text)?;
                }
                Err(reason) => {
                    report.pages_unread += 1;
                    report.state = State::PartlyRead;
                    report.reason.get_or_insert(reason);
                }
            }
            batch.progress(report.units, file.bytes * report.units / u64::from(pages))?;
        }
    }
    report.covers = batch.covers();
    report.records += batch.finish()?;
    if report.pages_unread == report.units {
        report.state = State::Unread;
    }
    Ok(report)
}

/// How many pages there are: a TIFF is a chain of them (TIFF 6.0, section 2; BigTIFF counts as one), anything else is one.
fn pages(bytes: &[u8]) -> u32 {
    let little = bytes.starts_with(b"II*\0");
    if !little && !bytes.starts_with(b"MM\0*") {
        return 1;
    }
    let number = |at: usize, long: usize| {
        let bytes = bytes.get(at..at.checked_add(long)?)?;
        let add = |sum: usize, b: &u8| sum << 8 | usize::from(*b);
        Some(if little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) })
    };
    let mut seen = HashSet::new();
    let mut next = number(4, 4);
    while let Some(start) = next.filter(|s| *s != 0 && seen.len() < MOST_PAGES && !seen.contains(s)) {
        let Some(entries) = number(start, 2) else { break };
        seen.insert(start);
        next = number(start + 2 + entries * 12, 4);
    }
    seen.len().max(1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hear;

    #[test]
    fn a_photograph_without_machine_reading_is_an_unread_page() {
        let (report, heard) = hear("passport.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF");
        assert_eq!((report.kind.as_str(), report.units, report.pages, report.pages_unread, report.state), ("image", 1, 1, 1, State::Unread));
        assert_eq!(report.reason.as_deref(), Some("no-machine-reading"));
        assert!(heard.pages.is_empty());
    }

    #[test]
    fn the_pages_of_a_tiff_are_counted_and_a_loop_ends() {
        let mut two = b"II*\0\x08\0\0\0".to_vec();
        two.extend(b"\0\0\x0e\0\0\0\0\0\0\0\0\0"); // a directory without entries, then another one at 14
        assert_eq!(pages(&two), 2);
        two[10] = 8; // the first points at itself
        assert_eq!(pages(&two), 1);
        for cut in 0..two.len() {
            assert!(pages(&two[..cut]) >= 1);
        }
        assert_eq!(pages(b"MM\0*\xff\xff\xff\xff"), 1);
    }
}
