//! Tables as text: the rows of a delimited file, each with the line it begins on. A unit is one row; a blank line is one.
//!
//! The rules are those of the csv crate: a quote counts only where a cell begins, a doubled quote is one,
//! CR, LF and CRLF end a row. Two things differ, because nothing may fall out: blank lines are rows of
//! their own, and a quote that never closes costs its own line, not the rest of the file.

use std::io::{self, BufRead, Read};
use std::ops::Range;

/// A row longer than this is one row that was not understood.
pub(crate) const LONGEST_ROW: usize = 64 << 10;

/// What separates cells, in the order in which equals are decided.
pub(crate) const DELIMITERS: &[u8] = b",;\t|";

/// One row: its cells decoded and unquoted.
#[derive(Default)]
pub(crate) struct Row {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// Ended inside quotes: the file, or the patience with it, was at its end.
    pub open_quote: bool,
    pub too_long: bool,
    plain: String,
    cells: Vec<Range<usize>>,
}

impl Row {
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// The cell without the blanks around it; empty where the row has no such cell.
    pub fn get(&self, i: usize) -> &str {
        self.cells.get(i).and_then(|c| self.plain.get(c.clone())).unwrap_or("").trim()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|i| self.get(i))
    }

    pub fn is_blank(&self) -> bool {
        self.plain.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty()
    }

    /// The cells joined again, for a list of what was not read.
    pub fn evidence(&self) -> String {
        self.iter().collect::<Vec<_>>().join(", ")
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    CellStart,
    Cell,
    Quoted,
    /// Behind a quote inside a quoted cell: its end, or half of a doubled one.
    Quote,
}

/// The rows of a source, one after the other.
pub(crate) struct Rows<'a> {
    body: Box<dyn BufRead + 'a>,
    /// What was read too far behind a quote that did not close.
    again: Vec<u8>,
    given: usize,
    delimiter: u8,
    lines: u64,
    after_cr: bool,
    raw: Vec<u8>,
    plain: Vec<u8>,
    ends: Vec<usize>,
    pub row: Row,
}

impl<'a> Rows<'a> {
    pub fn new(body: impl Read + 'a, delimiter: u8) -> io::Result<Rows<'a>> {
        let mut body = super::text::open(body);
        if body.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            body.consume(3);
        }
        Ok(Rows { body, again: Vec::new(), given: 0, delimiter, lines: 0, after_cr: false, raw: Vec::new(), plain: Vec::new(), ends: Vec::new(), row: Row::default() })
    }

    /// Reads the next row into [`Rows::row`]; `false` at the end.
    pub fn next(&mut self) -> io::Result<bool> {
        self.raw.clear();
        self.plain.clear();
        self.ends.clear();
        self.row.line = self.lines + 1;
        (self.row.open_quote, self.row.too_long) = (false, false);
        let mut at = At::CellStart;
        loop {
            let fresh = self.given == self.again.len();
            let chunk = if fresh {
                self.again.clear();
                self.given = 0;
                loop {
                    match self.body.fill_buf() {
                        Ok(_) => break self.body.fill_buf()?,
                        Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                        Err(e) => return Err(e),
                    }
                }
            } else {
                self.again.get(self.given..).unwrap_or_default()
            };
            if chunk.is_empty() {
                if self.raw.is_empty() {
                    return Ok(false);
                }
                self.row.open_quote = at == At::Quoted;
                self.lines += 1;
                self.after_cr = false;
                self.close();
                return Ok(true);
            }
            let mut used = 0;
            let mut ended = false;
            for &b in chunk {
                used += 1;
                if std::mem::take(&mut self.after_cr) && b == b'\n' && self.raw.is_empty() {
                    continue; // the second half of a CRLF
                }
                self.raw.push(b);
                at = match (at, b) {
                    (At::Quoted, b'"') => At::Quote,
                    (At::Quoted, _) => {
                        self.plain.push(b);
                        self.lines += u64::from(b == b'\n');
                        At::Quoted
                    }
                    (At::Quote, b'"') => {
                        self.plain.push(b);
                        At::Quoted
                    }
                    (At::CellStart, b'"') => At::Quoted,
                    (_, b'\r' | b'\n') => {
                        self.after_cr = b == b'\r';
                        ended = true;
                        break;
                    }
                    (_, d) if d == self.delimiter => {
                        self.ends.push(self.plain.len());
                        At::CellStart
                    }
                    _ => {
                        self.plain.push(b);
                        At::Cell
                    }
                };
                if self.raw.len() > LONGEST_ROW {
                    break;
                }
            }
            if fresh {
                self.body.consume(used)
            } else {
                self.given += used
            }
            if ended {
                self.lines += 1;
                self.close();
                return Ok(true);
            }
            if self.raw.len() > LONGEST_ROW {
                self.give_up(at)?;
                return Ok(true);
            }
        }
    }

    /// A row without an end: its first line is the row, and what follows is read again; a line without an end is skipped.
    fn give_up(&mut self, at: At) -> io::Result<()> {
        self.row.too_long = true;
        self.row.open_quote = at == At::Quoted;
        match memchr::memchr(b'\n', &self.raw) {
            Some(end) => {
                let rest = self.raw.split_off(end + 1);
                let unread = self.again.split_off(self.given);
                self.again = rest;
                self.again.extend_from_slice(&unread);
                self.given = 0;
            }
            None => {
                // The rest of the line goes, unless it is only the end of what was read before.
                let held = self.again.get(self.given..).and_then(|rest| memchr::memchr(b'\n', rest));
                match held {
                    Some(end) => self.given += end + 1,
                    None => {
                        self.given = self.again.len();
                        skip_line(&mut self.body)?;
                    }
                }
            }
        }
        self.lines = self.row.line;
        self.after_cr = false;
        self.plain.truncate(2_000);
        self.ends.clear();
        self.close();
        Ok(())
    }

    fn close(&mut self) {
        self.ends.push(self.plain.len());
        let row = &mut self.row;
        row.cells.clear();
        row.plain.clear();
        let mut start = 0;
        let whole = std::str::from_utf8(&self.plain).ok();
        if let Some(text) = whole {
            row.plain.push_str(text);
        }
        for &end in &self.ends {
            if whole.is_some() {
                row.cells.push(start..end);
            } else {
                let first = row.plain.len();
                row.plain.push_str(&super::text::decode(self.plain.get(start..end).unwrap_or_default()));
                row.cells.push(first..row.plain.len());
            }
            start = end;
        }
    }

    /// What is already read and begins with a row, for a reader of plain lines; empty where only [`Rows::next`] may go on.
    pub fn ahead(&mut self) -> io::Result<&[u8]> {
        if self.given < self.again.len() || self.after_cr {
            return Ok(&[]);
        }
        self.body.fill_buf()
    }

    /// So many whole lines of [`Rows::ahead`] were taken.
    pub fn taken(&mut self, bytes: usize, lines: u64) {
        self.body.consume(bytes);
        self.lines += lines;
    }

    /// Lines that lie behind.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }
}

fn skip_line(body: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let chunk = body.fill_buf()?;
        if chunk.is_empty() {
            return Ok(());
        }
        match memchr::memchr(b'\n', chunk) {
            Some(end) => {
                body.consume(end + 1);
                return Ok(());
            }
            None => {
                let all = chunk.len();
                body.consume(all);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
        let mut rows = Rows::new(bytes, b',').unwrap();
        let mut out = Vec::new();
        while rows.next().unwrap() {
            out.push((rows.row.line, rows.row.cells.iter().map(|c| rows.row.plain[c.clone()].to_owned()).collect()));
        }
        out
    }

    fn by_the_csv_crate(bytes: &[u8]) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        reader.byte_records().map(|r| r.unwrap().iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect()).collect()
    }

    #[test]
    fn rows_and_the_lines_they_begin_on() {
        let got = rows(b"\xef\xbb\xbfa,b\r\n\r\n\"x\ny\",\"say \"\"no\"\"\"\n,\rlast");
        let want: Vec<(u64, Vec<String>)> = [(1, vec!["a", "b"]), (2, vec![""]), (3, vec!["x\ny", "say \"no\""]), (5, vec!["", ""]), (6, vec!["last"])]
            .into_iter()
            .map(|(line, cells)| (line, cells.into_iter().map(str::to_owned).collect()))
            .collect();
        assert_eq!(got, want);
    }

    #[test]
    fn a_quote_that_never_closes_costs_its_line_and_not_the_file() {
        let mut text = "a,\"b\n".to_owned();
        for i in 0..20_000 {
            text += &format!("{i},x\n");
        }
        let got = rows(text.as_bytes());
        assert_eq!(got.len(), 20_001);
        assert_eq!(got[20_000], (20_001, vec!["19999".into(), "x".into()]));
        let long = format!("{}\nshort", "x".repeat(3 * LONGEST_ROW));
        assert_eq!(rows(long.as_bytes()).len(), 2);
    }

    proptest! {
        #[test]
        fn rows_are_the_csv_crates_rows_and_blank_lines(text in "[ab,\"\r\n ñ]{0,60}") {
            let mine: Vec<Vec<String>> = rows(text.as_bytes()).into_iter().map(|(_, cells)| cells).filter(|cells| cells != &[String::new()]).collect();
            // A quoted empty cell alone on its row is no blank line to the csv crate; here it says as little as one.
            let theirs: Vec<Vec<String>> = by_the_csv_crate(text.as_bytes()).into_iter().filter(|cells| cells != &[String::new()]).collect();
            prop_assert_eq!(mine, theirs);
        }

        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = rows(&bytes);
        }
    }
}
