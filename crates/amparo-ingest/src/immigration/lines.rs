//! Lines of a pasted text, a saved web page or a page's words, each with its place.
//!
//! In a web page a table row is one line, its cells parted by tabs, and every other visible line is one;
//! scripts, styles and what no reader of the page sees are left out.

use crate::paper::sheet::{Sheet, around};
use crate::phone::text;
use amparo_model::Place;
use amparo_model::reading::{PageText, Word};

/// A line as it reads, where it stands, and how sure the machine was that read it.
pub(crate) struct Line {
    pub text: String,
    pub place: Place,
    pub confidence: Option<u8>,
}

/// The lines of a file's bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> Vec<Line> {
    let mut raw = Vec::new();
    // A stream over bytes in memory does not fail.
    let _ = std::io::Read::read_to_end(&mut text::open(bytes), &mut raw);
    let text = text::decode(&raw);
    of_text(&text)
}

/// The lines of a text, or of a web page's text.
pub(crate) fn of_text(text: &str) -> Vec<Line> {
    let text = text.trim_start_matches('\u{feff}');
    let lines = if is_web_page(text) { visible(text) } else { text.lines().map(str::to_owned).collect() };
    lines.into_iter().enumerate().map(|(n, text)| Line { text, place: Place::row(n as u64 + 1), confidence: None }).collect()
}

/// The lines of a page: each begins with a word that says so.
pub(crate) fn of_page(page: &PageText) -> Vec<Line> {
    let mut lines: Vec<Vec<&Word>> = Vec::new();
    for word in &page.words {
        match lines.last_mut() {
            Some(line) if !word.line => line.push(word),
            _ => lines.push(vec![word]),
        }
    }
    lines.iter().map(|words| of_words(page, words)).collect()
}

/// The lines of a page as they stand across it, whatever column a word belongs to.
pub(crate) fn across(sheet: &Sheet<'_>) -> Vec<Line> {
    sheet.rows().iter().map(|row| of_words(sheet.page, &row.words)).collect()
}

fn of_words(page: &PageText, words: &[&Word]) -> Line {
    let known: Vec<u64> = words.iter().filter_map(|w| w.confidence).map(u64::from).collect();
    Line {
        text: words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" "),
        place: Place::page(page.page, around(words.iter().copied())).inside(&page.inside),
        confidence: (!known.is_empty()).then(|| (known.iter().sum::<u64>() / known.len() as u64) as u8),
    }
}

pub(crate) fn is_web_page(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(text.len().min(4_096))];
    let head = head.trim_start().to_ascii_lowercase();
    head.starts_with('<') && ["<!doctype html", "<html", "<body", "<table", "<div", "<tr", "<section", "<main"].iter().any(|mark| head.contains(mark))
}

/// Elements whose text nobody sees.
const UNSEEN: &[&str] = &["script", "style", "head", "noscript", "template", "svg"];
/// Elements that stand in a line with their neighbours.
const WITHIN_LINE: &[&str] =
    &["a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "label", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "time", "u", "mat-icon"];

struct Visible {
    lines: Vec<String>,
    line: String,
    /// Inside a table row: line breaks are spaces there, cells are parted by tabs.
    row: bool,
    cells: u32,
}

impl Visible {
    fn text(&mut self, text: &str) {
        for c in entities(text).chars() {
            let c = if c.is_whitespace() { ' ' } else { c };
            if c != ' ' || !(self.line.is_empty() || self.line.ends_with([' ', '\t'])) {
                self.line.push(c);
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.trim().is_empty() || self.row {
            self.lines.push(line.trim_end_matches(' ').to_owned());
        }
        (self.row, self.cells) = (false, 0);
    }

    fn tag(&mut self, name: &str, attributes: &str, opens: bool) {
        let role = |what: &str| attributes.contains(&format!("role=\"{what}\"")) || attributes.contains(&format!("role='{what}'"));
        let is_row = name == "tr" || name == "mat-row" || name == "mat-header-row" || role("row");
        let is_cell = matches!(name, "td" | "th" | "mat-cell" | "mat-header-cell") || role("cell") || role("gridcell") || role("columnheader");
        if is_row && opens {
            self.end_line();
            self.row = true;
        } else if matches!(name, "tr" | "mat-row" | "mat-header-row" | "table" | "tbody" | "thead") {
            self.end_line();
        } else if is_cell && opens && self.row {
            if self.cells > 0 {
                let kept = self.line.trim_end_matches(' ').len();
                self.line.truncate(kept);
                self.line.push('\t');
            }
            self.cells += 1;
        } else if WITHIN_LINE.contains(&name) || is_cell {
        } else if self.row {
            self.text(" ");
        } else {
            self.end_line();
        }
    }
}

fn visible(page: &str) -> Vec<String> {
    let mut seen = Visible { lines: Vec::new(), line: String::new(), row: false, cells: 0 };
    let mut rest = page;
    while !rest.is_empty() {
        let Some(at) = rest.find('<') else {
            seen.text(rest);
            break;
        };
        seen.text(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = after.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let inner = &rest[1..];
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            seen.text("<");
            rest = inner;
            continue;
        }
        let end = tag_end(inner);
        let tag = inner[..end].to_ascii_lowercase();
        rest = inner.get(end + 1..).unwrap_or("");
        let opens = !tag.starts_with('/');
        let body = tag.trim_start_matches('/');
        let name = body.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap_or("");
        if opens && UNSEEN.contains(&name) && !tag.ends_with('/') {
            let close = format!("</{name}");
            let lower = rest.to_ascii_lowercase();
            rest = lower.find(&close).map_or("", |at| &rest[at..]);
            continue;
        }
        seen.tag(name, body, opens);
    }
    seen.end_line();
    seen.lines
}

/// Where the tag that begins here ends: its `>`, not one inside quotes.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '>') => return at,
            _ => {}
        }
    }
    // A quote that never closes is no quote.
    tag.find('>').unwrap_or(tag.len())
}

/// Text with its character references resolved.
pub(crate) fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|b| b == b';');
        let found = end.and_then(|end| Some((named(&rest[1..end])?, end)));
        match found {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "aacute" => 'á',
        "eacute" => 'é',
        "iacute" => 'í',
        "oacute" => 'ó',
        "uacute" => 'ú',
        "ntilde" => 'ñ',
        "Aacute" => 'Á',
        "Eacute" => 'É',
        "Iacute" => 'Í',
        "Oacute" => 'Ó',
        "Uacute" => 'Ú',
        "Ntilde" => 'Ñ',
        "uuml" => 'ü',
        "laquo" => '«',
        "lsaquo" => '‹',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_table_row_is_a_line_and_what_nobody_sees_is_left_out() {
        let page = "<!DOCTYPE html><html><head><title>x</title><style>a{}</style></head><body><h1>Travel&nbsp;History</h1><!-- <tr> -->\
            <table><tr><th>Date</th><th>Type</th></tr>\n<tr class='a>b'><td>\n <b>2019</b>-07-15 </td><td><p>Arrival</p></td></tr><tr><td></td></tr></table>\
            <script>if (a < b) {}</script><p>1 < 2 &amp; a&#769;</p><div role=\"row\"><span role=\"cell\">a</span><span role=\"cell\">b</span></div>";
        assert_eq!(visible(page), ["Travel History", "Date\tType", "2019-07-15\tArrival", "", "1 < 2 & a\u{301}", "a\tb"]);
    }

    #[test]
    fn a_text_keeps_its_blank_lines() {
        let rows: Vec<_> = of_bytes(b"\xef\xbb\xbfa\r\n\r\n b \n").into_iter().map(|l| (l.text, l.place.spot_text())).collect();
        assert_eq!(rows, [("a".into(), "row:1".into()), (String::new(), "row:2".to_owned()), (" b ".into(), "row:3".into())]);
    }

    proptest! {
        #[test]
        fn any_text_has_lines(text in "[<>a-z/!&;#x\"' \t\n-]{0,200}") {
            let _ = visible(&text);
        }
    }
}
