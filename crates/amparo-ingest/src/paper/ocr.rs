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

/// Machine-reads a picture as this page. One that reads badly is turned: a phone lies on its side, a scanner's
/// feeder takes pages upside down. The words' places are those on the page as it is shown.
pub fn machine_read_picture(picture: &Picture, page: u32, inside: &str, tools: &Tools<'_>) -> Result<PageText, String> {
    let read = tools.ocr.ok_or("no-machine-reading")?;
    let mut words = read(picture)?;
    let mut best = letters_read(&words);
    if !reads_well(&words) {
        // Lines of text lie across the page or along it: half of the turns need no try.
        let turns: &[u32] = if lines_across(picture) { &[2] } else { &[1, 3] };
        for turns in turns.iter().copied() {
            let Some(turned) = turned(picture, turns) else { continue };
            let again = read(&turned)?;
            let letters = letters_read(&again);
            // A page read upside down gives some chance letters too: the right way up gives many more.
            if letters > best + best / 2 && letters >= 12 {
                best = letters;
                words = again.into_iter().map(|w| Word { at: turned_back(w.at, turns), ..w }).collect();
            }
            if reads_well(&words) {
                break;
            }
        }
    }
    if words.is_empty() {
        return Err("nothing-machine-read".to_owned());
    }
    Ok(PageText { inside: inside.to_owned(), page, machine_read: true, words })
}

/// Letters and digits in words of three or more that the engine is sure of.
fn letters_read(words: &[Word]) -> usize {
    let sure = |w: &&Word| w.confidence.is_some_and(|c| c >= 60);
    words.iter().filter(sure).map(|w| w.text.chars().filter(|c| c.is_alphanumeric()).count()).filter(|n| *n >= 3).sum()
}

/// Enough letters, and enough of them sure: the page is the right way up, however bad the copy.
fn reads_well(words: &[Word]) -> bool {
    let all: usize = words.iter().map(|w| w.text.chars().filter(|c| c.is_alphanumeric()).count()).sum();
    let sure = letters_read(words);
    (sure >= 60 && sure * 4 >= all) || (sure >= 12 && sure * 2 >= all)
}

/// Whether darkness changes more from row to row than from column to column, as where lines of text lie across.
fn lines_across(picture: &Picture) -> bool {
    let (w, h) = (picture.width.max(1) as usize, picture.height.max(1) as usize);
    let mut rows = vec![0_u64; h];
    let mut columns = vec![0_u64; w];
    for (row, sum) in picture.grey.chunks(w).zip(&mut rows) {
        for (pixel, column) in row.iter().zip(&mut columns) {
            let dark = u64::from(255 - pixel);
            *sum += dark;
            *column += dark;
        }
    }
    // Each change is a part of the side it was summed over, so that a long page is no argument.
    let changes = |sums: &[u64], over: usize| sums.windows(2).map(|two| two[0].abs_diff(two[1]) as f64 / over as f64).sum::<f64>() / sums.len() as f64;
    changes(&rows, w) >= changes(&columns, h)
}

/// The picture turned clockwise by so many quarters; `None` where its size is not its number of pixels.
fn turned(picture: &Picture, quarters: u32) -> Option<Picture> {
    let (w, h) = (picture.width as usize, picture.height as usize);
    if picture.grey.len() != w.checked_mul(h)? {
        return None;
    }
    let mut grey = vec![0; w * h];
    for (y, row) in picture.grey.chunks_exact(w.max(1)).enumerate() {
        for (x, pixel) in row.iter().enumerate() {
            let at = match quarters {
                1 => x * h + (h - 1 - y),
                2 => (h - 1 - y) * w + (w - 1 - x),
                _ => (w - 1 - x) * h + y,
            };
            grey[at] = *pixel;
        }
    }
    let (width, height) = if quarters == 2 { (picture.width, picture.height) } else { (picture.height, picture.width) };
    Some(Picture { width, height, grey, dpi: picture.dpi })
}

/// A rectangle on the turned picture as one on the picture itself, in millionths.
fn turned_back([x, y, w, h]: [u32; 4], quarters: u32) -> [u32; 4] {
    let rest = |a: u32, b: u32| 1_000_000_u32.saturating_sub(a.saturating_add(b));
    match quarters {
        1 => [y, rest(x, w), h, w],
        2 => [rest(x, w), rest(y, h), w, h],
        _ => [rest(y, h), x, h, w],
    }
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
        words.push(Word { text: text.trim().to_owned(), at: [x, y, right - x, bottom - y], confidence, line: line_before != Some(this_line) });
        line_before = Some(this_line);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_on_its_side_is_turned_until_it_reads_and_its_words_stay_where_they_are() {
        // A page of 6 x 4 pixels: a dark line with a darker beginning says which way is up.
        for quarters in 0..4 {
            let mut grey = vec![255; 24];
            grey[..6].copy_from_slice(&[0, 20, 20, 20, 20, 20]);
            let upright = Picture { width: 6, height: 4, grey, dpi: 0 };
            // Laid the other way round: turning by `quarters` brings it back.
            let lying = if quarters == 0 { upright } else { turned(&upright, 4 - quarters).expect("a picture") };
            let engine = |p: &Picture| {
                let up = p.width == 6 && p.grey.first() == Some(&0);
                let word = Word { text: "ABCDEFGHIJKLMNOPQRSTUVWXYZ".into(), at: [0, 0, 166_000, 250_000], confidence: Some(95), line: true };
                Ok(if up { vec![word] } else { Vec::new() })
            };
            let tools = Tools { ocr: Some(&engine), ..Tools::default() };
            let page = machine_read_picture(&lying, 1, "", &tools).expect("read");
            // The word's place on the lying page holds its darkest pixel.
            let [x, y, w, h] = page.words[0].at.map(u64::from);
            let middle = |from: u64, long: u64, side: u32| ((from + long / 2) * u64::from(side) / 1_000_000) as usize;
            let (x, y) = (middle(x, w, lying.width), middle(y, h, lying.height));
            assert_eq!(lying.grey[y * lying.width as usize + x], 0, "{quarters}");
        }
        let blank = |_: &Picture| Ok(Vec::new());
        let tools = Tools { ocr: Some(&blank), ..Tools::default() };
        let picture = Picture { width: 1, height: 1, grey: vec![0], dpi: 0 };
        assert_eq!(machine_read_picture(&picture, 1, "", &tools), Err("nothing-machine-read".to_owned()));
    }

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
