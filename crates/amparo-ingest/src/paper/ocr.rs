//! Machine reading: a picture of a page becomes words with their confidence.
//!
//! The engine is the worker's; here its table (Tesseract's TSV) becomes words, and pages are asked of it.

use crate::{Picture, Tools};
use amparo_model::reading::{PageText, Word};

/// Machine-reads one page of a PDF or picture. The error is the reason why not.
pub fn machine_read(bytes: &[u8], page: u32, inside: &str, tools: &Tools<'_>) -> Result<PageText, String> {
    let (Some(draw), Some(_)) = (tools.picture, tools.ocr) else { return Err("no-machine-reading".to_owned()) };
    let picture = draw(bytes, page).ok_or("page-not-drawn")?;
    machine_read_picture(&picture, page, inside, tools)
}

/// Machine-reads an upright picture as this page.
pub fn machine_read_picture(picture: &Picture, page: u32, inside: &str, tools: &Tools<'_>) -> Result<PageText, String> {
    let read = tools.ocr.ok_or("no-machine-reading")?;
    let words = read(picture)?;
    if words.is_empty() {
        return Err("nothing-machine-read".to_owned());
    }
    Ok(PageText { inside: inside.to_owned(), page, machine_read: true, words })
}

/// The words in the table that Tesseract writes (`tesseract … tsv`), for a picture of this size in pixels.
///
/// Rows that are not words (level below 5), empty ones and those that are no rows at all are passed over.
pub fn words_of_tsv(tsv: &str, width: u32, height: u32) -> Vec<Word> {
    let mut words = Vec::new();
    let mut line_before = None;
    for row in tsv.lines() {
        let cells: Vec<&str> = row.splitn(12, '\t').collect();
        let [level, page, block, paragraph, line, _, left, top, wide, high, confidence, text] = cells[..] else { continue };
        if level != "5" || text.trim().is_empty() {
            continue;
        }
        let (Ok(left), Ok(top), Ok(wide), Ok(high)) = (left.parse::<u64>(), top.parse::<u64>(), wide.parse::<u64>(), high.parse::<u64>()) else {
            continue;
        };
        let part = |v: u64, of: u32| (v.min(u64::from(of)) * 1_000_000 / u64::from(of.max(1))) as u32;
        let (x, y) = (part(left, width), part(top, height));
        let (right, bottom) = (part(left.saturating_add(wide), width), part(top.saturating_add(high), height));
        let confidence = confidence.parse::<f64>().ok().filter(|c| (0.0..=100.0).contains(c)).map(|c| c.round() as u8);
        let this_line = (page, block, paragraph, line);
        words.push(Word {
            text: text.trim().to_owned(),
            at: [x, y, right - x, bottom - y],
            confidence,
            line: line_before != Some(this_line),
        });
        line_before = Some(this_line);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tesseract_table_becomes_words_with_places_and_confidence() {
        let tsv = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
                   1\t1\t0\t0\t0\t0\t0\t0\t1000\t2000\t-1\t\n\
                   5\t1\t1\t1\t1\t1\t100\t200\t50\t20\t96.4\tNOTICE\n\
                   5\t1\t1\t1\t1\t2\t160\t200\t20\t20\t91\tOF\n\
                   5\t1\t1\t1\t2\t1\t100\t240\t9000\t20\t-1\tACTION\n\
                   5\tbroken\n";
        let words = words_of_tsv(tsv, 1_000, 2_000);
        let seen: Vec<_> = words.iter().map(|w| (w.text.as_str(), w.at, w.confidence, w.line)).collect();
        assert_eq!(
            seen,
            [
                ("NOTICE", [100_000, 100_000, 50_000, 10_000], Some(96), true),
                ("OF", [160_000, 100_000, 20_000, 10_000], Some(91), false),
                ("ACTION", [100_000, 120_000, 900_000, 10_000], None, true),
            ]
        );
    }
}
