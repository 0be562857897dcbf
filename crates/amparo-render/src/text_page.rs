//! A page for a file that has none: the lines around a row, numbered, with the row marked.

use crate::fonts::{Fonts, Letter};
use crate::page::{Png, RenderError, encode, guarded};
use crate::pdf_page;
use crate::sheet::{Mark, Sheet};
use crate::write::{About, pdf};
use amparo_chart::Ink;

/// Half as wide again as Letter: lines of data are long.
const WIDTH: f32 = 720.0;
const EDGE: f32 = 24.0;
const SIZE: f32 = 9.5;
const LEADING: f32 = 14.0;
/// A line is cut after so many characters: a file may be one endless line.
const LONGEST: usize = 1_500;
/// No more lines than fit a picture.
const MOST: usize = 120;
const WASH: [u8; 3] = [0xff, 0xe4, 0x80];
const FRAME: [u8; 3] = [0x1b, 0x4a, 0x80];

/// Draws numbered lines, `width_px` wide; the line whose number is `row` gets the frame. At most 120 lines are drawn.
pub fn text_page(lines: &[(u64, String)], row: u64, width_px: u32) -> Result<Png, RenderError> {
    guarded(|| {
        let fonts = Fonts::load().ok_or_else(|| RenderError::Broken("the built-in fonts".to_owned()))?;
        let mut sheet = Sheet::new(&fonts);
        let last = lines.iter().map(|(n, _)| *n).max().unwrap_or(0);
        let gutter = fonts.width(&last.to_string(), Letter::Mono, SIZE);
        let left = EDGE + gutter + 14.0;
        let mut y = EDGE;
        for (number, text) in lines.iter().take(MOST) {
            let cut: String = text.chars().take(LONGEST).collect();
            let cut = if cut.len() < text.len() { format!("{cut}…") } else { cut };
            let runs = fonts.lines(&cut.replace('\t', "    "), Letter::Mono, SIZE, WIDTH - EDGE - left);
            let tall = LEADING * runs.len() as f32;
            let marked = *number == row;
            if marked {
                y += 3.0;
                sheet.put(None, Mark::Box { x: EDGE - 8.0, y, w: WIDTH - 2.0 * EDGE + 16.0, h: tall, fill: Some(WASH), line: Some((FRAME, 2.2)) });
            }
            let name = fonts.run(&number.to_string(), Letter::Mono, SIZE);
            let x = EDGE + gutter - name.width;
            sheet.put(None, Mark::Text { x, y: y + LEADING * 0.72, run: name, colour: Ink::Soft.rgb() });
            for run in runs {
                sheet.put(None, Mark::Text { x: left, y: y + LEADING * 0.72, run, colour: if marked { [0, 0, 0] } else { Ink::Ink.rgb() } });
                y += LEADING;
            }
            if marked {
                y += 3.0;
            }
        }
        let about = About { title: "", language: "en", office: "", size: (WIDTH, y + EDGE) };
        let drawn = pdf_page::draw(&pdf_page::open(&pdf(&sheet, &about)?)?, 1, |w, _| width_px.clamp(16, 8_000) as f32 / w, 12_000)?;
        encode(&pdf_page::rgb(&drawn)?)
    })
}

/// The lines of a text file from `context` before the row to `context` after it, with their numbers from 1.
///
/// UTF-16 is known by its mark; what is not UTF-8 is read as Windows wrote it in the West.
pub fn lines_around(bytes: &[u8], row: u64, context: u64) -> Vec<(u64, String)> {
    let first = row.saturating_sub(context).max(1);
    let last = row.saturating_add(context);
    let text = decode(bytes);
    text.lines().enumerate().map(|(i, line)| (i as u64 + 1, line)).skip_while(|(n, _)| *n < first).take_while(|(n, _)| *n <= last).map(|(n, line)| (n, line.to_owned())).collect()
}

fn decode(bytes: &[u8]) -> String {
    let wide = |rest: &[u8], join: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(|pair| join(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|b| western(*b)).collect(),
        },
    }
}

/// Windows-1252: as Latin-1, but for quotes, dashes and the euro.
fn western(byte: u8) -> char {
    match byte {
        0x80 => '€',
        0x85 => '…',
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        0x95 => '•',
        0x96 => '–',
        0x97 => '—',
        b => char::from(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_around_the_row_are_taken() {
        let lines = lines_around(b"a\nb\r\nc\nd\ne\n", 3, 1);
        assert_eq!(lines, [(2, "b".to_owned()), (3, "c".to_owned()), (4, "d".to_owned())]);
    }

    #[test]
    fn old_and_wide_letters_are_read() {
        assert_eq!(lines_around(b"Pe\xf1a", 1, 0)[0].1, "Peña");
        assert_eq!(lines_around(b"\xff\xfeP\0e\0\xf1\0a\0", 1, 0)[0].1, "Peña");
    }

    #[test]
    fn a_row_beyond_the_file_gives_an_empty_page() {
        assert!(lines_around(b"a\n", 99, 2).is_empty());
        assert!(text_page(&[], 99, 600).is_ok());
        assert!(lines_around(b"a\n", u64::MAX, u64::MAX).len() == 1);
    }
}
