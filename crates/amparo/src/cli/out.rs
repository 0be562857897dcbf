//! Where answers go: results to standard output, progress and diagnostics to standard error.
//!
//! A closed pipe is the end of the work, not a panic: whoever read has read enough.

use std::io::{self, IsTerminal, Write};

pub struct Out {
    /// Columns of the terminal that reads; absent where a program or file does.
    width: Option<usize>,
    closed: bool,
    failed: bool,
}

impl Out {
    pub fn new() -> Out {
        let terminal = io::stdout().is_terminal().then(|| rustix::termios::tcgetwinsize(io::stdout()));
        let width = terminal.and_then(|size| size.ok()).map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0);
        Out { width, closed: false, failed: false }
    }

    /// One line of the answer.
    pub fn line(&mut self, text: impl AsRef<str>) {
        if self.closed {
            return;
        }
        let mut stdout = io::stdout().lock();
        if let Err(e) = writeln!(stdout, "{}", text.as_ref()) {
            self.closed = true;
            self.failed = e.kind() != io::ErrorKind::BrokenPipe;
        }
    }

    /// Rows under a heading: as a table where it fits the terminal, else each row as a block of its own.
    pub fn table(&mut self, rows: &[Vec<String>]) {
        let lines = columns(rows);
        let widest = lines.iter().map(|l| l.chars().count()).max().unwrap_or(0);
        let (Some(width), Some((heads, rest))) = (self.width.filter(|w| *w < widest), rows.split_first()) else {
            return lines.iter().for_each(|line| self.line(line));
        };
        for row in rest {
            let named = heads.iter().zip(row).skip(2).filter(|(_, cell)| !matches!(cell.trim(), "" | "-")).map(|(head, cell)| format!("{head}: {cell}"));
            self.line(row.iter().take(2).map(String::as_str).collect::<Vec<_>>().join("  ").trim_end());
            let mut line = String::new();
            for part in named {
                if !line.is_empty() && line.chars().count() + part.chars().count() + 8 > width {
                    self.line(format!("    {line}"));
                    line.clear();
                }
                line += &if line.is_empty() { part } else { format!("   {part}") };
            }
            if !line.is_empty() {
                self.line(format!("    {line}"));
            }
        }
    }

    pub fn json(&mut self, value: &serde_json::Value) {
        self.line(value.to_string());
    }

    /// Something said beside the answer.
    pub fn aside(&self, text: impl AsRef<str>) {
        // Nobody is left to tell when standard error is closed as well.
        let _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
    }

    /// Something of the answer could not be written, though somebody waits for it: a full disk.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Nobody reads any more.
    pub fn closed(&self) -> bool {
        self.closed
    }
}

/// Columns padded to the widest cell, two spaces apart; the last column is not padded.
pub fn columns(rows: &[Vec<String>]) -> Vec<String> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| rows.iter().filter_map(|r| r.get(i)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (i, cell) in row.iter().enumerate() {
                line.push_str(cell);
                if i + 1 < row.len() {
                    line.extend(std::iter::repeat_n(' ', widths[i].saturating_sub(cell.chars().count()) + 2));
                }
            }
            line.trim_end().to_owned()
        })
        .collect()
}

/// A cell of a spreadsheet (RFC 4180): quoted where needed, and never read as a formula.
pub fn csv_cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::plain;

    #[test]
    fn cells_are_never_formulas_and_papers_never_drive_the_terminal() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(plain("a\u{1b}[31mb\nc\u{202e}d"), "a[31mb cd");
    }
}
