//! Sheets as they come out of the printer, read with Poppler, which is no part of the program.

use super::driver::Browser;
use crate::place::Place;
use std::process::Command;

/// US Letter in points, the size that a sheet is printed on.
const LETTER: &str = "612 x 792 pts (letter)";

fn poppler(program: &str, words: &[&str]) -> String {
    let done = Command::new(program).args(words).output().unwrap_or_else(|e| panic!("{program} ({e}): `bash scripts/setup test` installs poppler-utils"));
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("text")
}

/// Prints the page that is shown: how many sheets of Letter it takes, and every word on them.
pub fn printed(browser: &Browser, place: &Place) -> (usize, String) {
    let path = place.write("printed.pdf", &browser.printed());
    let path = path.to_str().expect("text");
    let info = poppler("pdfinfo", &["-f", "1", "-l", "-1", path]);
    let said = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    let pages: usize = said("Pages").and_then(|n| n.parse().ok()).expect("a number of pages");
    let sizes: Vec<&str> = info.lines().filter(|l| l.starts_with("Page ")).filter_map(|l| Some(l.split_once("size:")?.1.trim())).collect();
    assert!(sizes.len() == pages && sizes.iter().all(|s| *s == LETTER), "{info}");
    assert_eq!(said("JavaScript"), Some("no"), "{info}");
    (pages, poppler("pdftotext", &["-layout", path, "-"]))
}
