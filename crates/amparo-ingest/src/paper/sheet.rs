//! One page as a form: its words in visual rows, and what was typed into its fields.
//!
//! Reading order follows columns, which is right for prose and wrong for a form. Here a row is what stands
//! at one height across the whole page, whatever column it belongs to.

use amparo_model::reading::{PageText, Word};
use amparo_model::{Draft, Kind, Place, Region};
use std::cell::OnceCell;
use std::ops::Range;

/// A form field of a page (AcroForm), with what was typed or ticked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// Fully qualified: the names from the outermost group to the field, joined by `.`.
    pub name: String,
    /// What the form says of the field to a screen reader; empty where it says nothing.
    pub label: String,
    /// Text, the choice, or the name of a ticked box's state. Never empty; an unticked box is no field here.
    pub value: String,
    /// A box to tick rather than a text.
    pub ticked: bool,
    pub region: Option<Region>,
}

/// A page and its fields, as the recognisers of forms see it.
pub struct Sheet<'p> {
    pub page: &'p PageText,
    pub fields: &'p [Field],
    rows: OnceCell<Vec<Row<'p>>>,
}

/// Words at one height, from the left.
#[derive(Clone, Debug, Default)]
pub struct Row<'p> {
    pub words: Vec<&'p Word>,
}

impl<'p> Sheet<'p> {
    pub fn new(page: &'p PageText, fields: &'p [Field]) -> Sheet<'p> {
        Sheet { page, fields, rows: OnceCell::new() }
    }

    /// The page in visual rows from the top.
    pub fn rows(&self) -> &[Row<'p>] {
        self.rows.get_or_init(|| rows(&self.page.words))
    }

    /// Whether a date stands on the page: three numbers in one word (`07/12/2019`), or a month's name beside a year.
    pub fn dated(&self) -> bool {
        let words = &self.page.words;
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
        let numbers = |text: &str| digits(text) >= 4 && text.bytes().filter(|b| matches!(b, b'/' | b'-' | b'.')).count() >= 2;
        let year = |w: &Word| digits(&w.text) == 4;
        words.iter().enumerate().any(|(n, word)| numbers(&word.text) || (super::money::is_month(&word.text) && words[n.saturating_sub(2)..words.len().min(n + 4)].iter().any(year)))
    }

    /// An empty record that stands in this rectangle of the page; `field` where one page gives several of a kind.
    ///
    /// On a machine-read page it is marked as read, with the page's own confidence.
    pub fn draft(&self, kind: Kind, region: Region, field: &str) -> Draft {
        let draft = Draft::new(kind, Place::page(self.page.page, region).inside(&self.page.inside).field(field));
        if self.page.machine_read { draft.read_with(self.page.confidence().unwrap_or(0)) } else { draft }
    }
}

impl<'p> Row<'p> {
    pub fn text(&self) -> String {
        self.text_of(0..self.words.len())
    }

    /// The text of some of its words; a range that leaves the row is cut.
    pub fn text_of(&self, range: Range<usize>) -> String {
        let words: Vec<&str> = self.slice(range).iter().map(|w| w.text.as_str()).collect();
        words.join(" ")
    }

    pub fn slice(&self, range: Range<usize>) -> &[&'p Word] {
        let end = range.end.min(self.words.len());
        self.words.get(range.start.min(end)..end).unwrap_or_default()
    }
}

/// The rectangle of one word.
pub fn region(word: &Word) -> Region {
    let [x, y, w, h] = word.at;
    Region { x, y, w, h }
}

/// The smallest rectangle around some words; the whole page where there are none.
pub fn around<'w>(words: impl IntoIterator<Item = &'w Word>) -> Region {
    words.into_iter().map(region).reduce(Region::around).unwrap_or(Region::WHOLE)
}

fn rows(words: &[Word]) -> Vec<Row<'_>> {
    let middle = |w: &Word| u64::from(w.at[1]) * 2 + u64::from(w.at[3]);
    let mut ordered: Vec<&Word> = words.iter().collect();
    ordered.sort_by_key(|w| (middle(w), w.at[0]));
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut base = (0, 0);
    for word in ordered {
        // Half of the smaller letter height apart is still one row; the middles are doubled.
        let height = u64::from(word.at[3]);
        match rows.last_mut() {
            Some(row) if middle(word) - base.0 <= height.min(base.1) => row.words.push(word),
            _ => {
                base = (middle(word), height);
                rows.push(Row { words: vec![word] });
            }
        }
    }
    for row in &mut rows {
        row.words.sort_by_key(|w| w.at[0]);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_goes_across_the_columns() {
        let word = |text: &str, x: u32, y: u32| Word { text: text.into(), at: [x, y, 50_000, 10_000], confidence: None, line: false };
        let words = vec![word("Gross", 100, 500_000), word("Pay", 60_000, 501_000), word("Net", 100, 520_000), word("900.00", 700_000, 503_000)];
        let page = PageText { inside: String::new(), page: 1, machine_read: false, words };
        let sheet = Sheet::new(&page, &[]);
        let texts: Vec<String> = sheet.rows().iter().map(Row::text).collect();
        assert_eq!(texts, ["Gross Pay 900.00", "Net"]);
        assert_eq!(sheet.rows()[0].text_of(1..9), "Pay 900.00");
    }

    #[test]
    fn a_page_is_dated_or_not() {
        for (text, dated) in [
            ("paid 07/12/2019", true),
            ("Date: 2019 July 15", true),
            ("15 de enero de 2024", true),
            ("2019-07-12", true),
            ("may be 2019 entries may", true),
            ("may be", false),
            ("version 1.2 of 2019", false),
        ] {
            let words = text.split(' ').map(|t| Word { text: t.into(), at: [0; 4], confidence: None, line: false }).collect();
            let page = PageText { inside: String::new(), page: 1, machine_read: false, words };
            assert_eq!(Sheet::new(&page, &[]).dated(), dated, "{text}");
        }
    }
}
