//! Sheets as they come out of the printer, read with Poppler, which is no part of the program.

use super::Served;
use super::driver::{Browser, Wish};
use super::pages::PAGES;
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
    let boxes = poppler("pdftotext", &["-bbox", path, "-"]);
    let outside = outside(&boxes);
    assert!(outside.is_empty(), "beyond the paper's edge: {outside:#?}");
    (pages, poppler("pdftotext", &["-layout", path, "-"]))
}

/// Words that do not lie within their sheet.
fn outside(boxes: &str) -> Vec<&str> {
    let number = |line: &str, name: &str| line.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next()?.parse::<f64>().ok());
    let within = |line: &str| {
        let (left, right) = (number(line, "xMin").unwrap_or(-1.0), number(line, "xMax").unwrap_or(f64::MAX));
        let (top, bottom) = (number(line, "yMin").unwrap_or(-1.0), number(line, "yMax").unwrap_or(f64::MAX));
        left >= 0.0 && right <= 612.0 && top >= 0.0 && bottom <= 792.0
    };
    boxes.lines().map(str::trim).filter(|line| line.starts_with("<word ") && !within(line)).collect()
}

#[test]
fn a_word_beyond_the_edge_is_seen() {
    let word = |from: f64, to: f64| format!("<word xMin=\"{from}\" yMin=\"10.5\" xMax=\"{to}\" yMax=\"20\">x</word>");
    let boxes = [word(72.0, 540.25), word(600.0, 640.0), word(-3.0, 20.0)].join("\n");
    assert_eq!(outside(&boxes).len(), 2);
}

/// What a client takes home to gather papers by is one side of one sheet, in both languages, without an office and with one.
#[test]
fn every_collection_sheet_is_one_side_of_letter() {
    let place = Place::open();
    let served = Served::open(&place);
    let browser = Browser::open(&place, &Wish { javascript: true, width: 1440, dark: false });
    browser.go(&served.entrance);
    let sheets: Vec<&&str> = PAGES.iter().filter(|page| page.starts_with("/sheet/")).collect();
    for open in [true, false] {
        for page in &sheets {
            browser.go(&served.at(page));
            let title = browser.text(&browser.one("article h1"));
            let steps = browser.all(".doing > li").len();
            let (sheets, text) = printed(&browser, &place);
            let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(sheets, 1, "{page}: {text}");
            assert!(said.contains(&title) && steps >= 4, "{page}: {text}");
            assert!(!said.contains("127.0.0.1"), "{page} says where it was printed: {text}");
        }
        browser.go(&served.at("/"));
        if open {
            browser.click(&browser.one("form[action='/lock'] button"));
            browser.until("locked", || browser.has("form[action='/unlock']"));
        }
    }
}
