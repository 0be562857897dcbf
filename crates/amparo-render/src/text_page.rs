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

/// Lines that a machine-readable zone goes on for, its first included.
const ZONE: u64 = 3;

/// Draws numbered lines, `width_px` wide. In the line whose number is `row`, of each list in `mark` the first text that
/// stands there is framed; where none does, the line is. At most 120 lines are drawn.
pub fn text_page(lines: &[(u64, String)], row: u64, mark: &[Vec<String>], width_px: u32) -> Result<Png, RenderError> {
    guarded(|| {
        let fonts = Fonts::load().ok_or_else(|| RenderError::Broken("the built-in fonts".to_owned()))?;
        let mut sheet = Sheet::new(&fonts);
        let last = lines.iter().map(|(n, _)| *n).max().unwrap_or(0);
        let gutter = fonts.width(&last.to_string(), Letter::Mono, SIZE);
        let left = EDGE + gutter + 14.0;
        let mut y = EDGE;
        let zone = lines.iter().any(|(n, text)| *n == row && text.contains("<<"));
        let last_row = if zone { row.saturating_add(ZONE - 1) } else { row };
        let of_row = |number: u64| (row..=last_row).contains(&number);
        // What is searched for is found once, in the first line that has it.
        let mut waiting: Vec<&Vec<String>> = mark.iter().collect();
        let told = lines.iter().any(|(n, text)| of_row(*n) && mark.iter().any(|forms| stands(text, forms).is_some()));
        for (number, text) in lines.iter().take(MOST) {
            let cut: String = text.chars().take(LONGEST).collect();
            let cut = if cut.len() < text.len() { format!("{cut}…") } else { cut };
            let runs = fonts.lines(&cut.replace('\t', "    "), Letter::Mono, SIZE, WIDTH - EDGE - left);
            let tall = LEADING * runs.len() as f32;
            let marked = *number == row && !told;
            if marked {
                y += 3.0;
                sheet.put(None, Mark::Box { x: EDGE - 8.0, y, w: WIDTH - 2.0 * EDGE + 16.0, h: tall, fill: Some(WASH), line: Some((FRAME, 2.2)) });
            }
            let name = fonts.run(&number.to_string(), Letter::Mono, SIZE);
            let x = EDGE + gutter - name.width;
            sheet.put(None, Mark::Text { x, y: y + LEADING * 0.72, run: name, colour: Ink::Soft.rgb() });
            for run in runs {
                if of_row(*number) {
                    waiting.retain(|forms| {
                        let Some((from, to)) = stands(&run.text, forms) else { return true };
                        let at = |end: usize| left + fonts.width(&run.text[..end], Letter::Mono, SIZE);
                        sheet.put(None, Mark::Box { x: at(from) - 2.0, y, w: at(to) - at(from) + 4.0, h: LEADING, fill: Some(WASH), line: Some((FRAME, 1.6)) });
                        false
                    });
                }
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

/// Where the first of these forms that stands in a text begins and ends; capital letters do not count, and a number is
/// not found within a longer one.
fn stands(text: &str, forms: &[String]) -> Option<(usize, usize)> {
    let small = text.to_ascii_lowercase();
    let alone = |from: usize, form: &str| {
        let digit = |c: Option<u8>| c.is_some_and(|c| c.is_ascii_digit());
        let (first, last) = (form.as_bytes().first().copied(), form.as_bytes().last().copied());
        let before = from.checked_sub(1).and_then(|at| small.as_bytes().get(at)).copied();
        // A machine-readable zone has dates and numbers without anything between them.
        small.contains("<<") || !(digit(first) && digit(before) || digit(last) && digit(small.as_bytes().get(from + form.len()).copied()))
    };
    forms.iter().map(|form| form.to_ascii_lowercase()).filter(|form| !form.is_empty()).find_map(|form| {
        let (from, _) = small.match_indices(form.as_str()).find(|(from, _)| alone(*from, &form))?;
        Some((from, from + form.len()))
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
    fn a_value_is_found_in_its_line_as_it_is_written() {
        let check = |line: &str, forms: &[&str], expected: Option<&str>| {
            let forms: Vec<String> = forms.iter().map(|f| (*f).to_owned()).collect();
            assert_eq!(stands(line, &forms).map(|(a, b)| &line[a..b]), expected, "{line}");
        };
        check(r#"{"start": "2012-09", "end": "2012-04"}"#, &["2012-04", "04/2012"], Some("2012-04"));
        check("Peña;JUL 12 2019;x", &["2019-07-12", "jul 12 2019"], Some("JUL 12 2019"));
        check("id 1858;858.00", &["858.00", "858"], Some("858.00"));
        check("id 18589", &["858"], None);
        check("L898902C36UTO8902138F3204159<<<<<<<<<<<<<<06", &["1989-02-13", "890213"], Some("890213"));
        check("nothing", &[""], None);
    }

    #[test]
    fn the_value_is_framed_and_not_the_whole_line() {
        let lines = [(1, "start 2012-09".to_owned()), (2, "end 2012-04".to_owned())];
        let png = |mark: &[&str]| {
            let mark: Vec<Vec<String>> = mark.iter().map(|m| vec![(*m).to_owned()]).collect();
            text_page(&lines, 2, &mark, 600).map(|png| image::load_from_memory(&png.bytes).map(|p| p.into_rgb8()))
        };
        let washed = |mark: &[&str]| png(mark).expect("drawn").expect("a picture").pixels().filter(|p| p.0 == WASH).count();
        let (line, value) = (washed(&[]), washed(&["2012-04"]));
        assert!(value > 0 && value * 4 < line, "{value} of {line}");
        assert_eq!(washed(&["2012-09"]), line, "a value of another line is not marked");
    }

    #[test]
    fn a_row_beyond_the_file_gives_an_empty_page() {
        assert!(lines_around(b"a\n", 99, 2).is_empty());
        assert!(text_page(&[], 99, &[], 600).is_ok());
        assert!(lines_around(b"a\n", u64::MAX, u64::MAX).len() == 1);
    }
}
