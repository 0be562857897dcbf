//! Boxed forms (W-2, 1099): small printed labels, and what stands under or beside each.
//!
//! A box reaches from its label to the next label to the right and the next one below. What was typed into
//! form fields is among the words already, in its field's rectangle, so that filled and printed forms are
//! read the same way.

use super::money::cents;
use super::sheet::{Row, Sheet, around, region};
use amparo_model::reading::Word;
use amparo_model::{Draft, Kind, Region};

/// A label of a form: its key, and how its text may begin (lower case letters and digits only, no spaces).
pub type Label = (&'static str, &'static [&'static str]);

/// A label found on the page.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub key: &'static str,
    pub at: Region,
}

/// One page with the labels of one form on it.
pub struct Boxes<'s, 'p> {
    sheet: &'s Sheet<'p>,
    found: Vec<Found>,
    /// Words that are no label's.
    values: Vec<&'p Word>,
}

/// Labels lower than this below a box end it; so does this much white space.
const DEEPEST: u32 = 150_000;
/// Labels that also begin right behind other words.
const MIDDLE: &[&str] = &["last_name", "suffix"];
/// How far under its label the value of a box of one line stands.
const BOX_HEIGHT: u32 = 25_000;
/// How far left of its label a value may begin.
const LEFT: u32 = 8_000;

impl<'s, 'p> Boxes<'s, 'p> {
    /// With the labels of these lists.
    pub fn new(sheet: &'s Sheet<'p>, lists: &[&'static [Label]]) -> Boxes<'s, 'p> {
        let mut boxes = Boxes { sheet, found: Vec::new(), values: Vec::new() };
        let labels: Vec<Label> = lists.iter().flat_map(|l| l.iter().copied()).collect();
        for row in sheet.rows() {
            boxes.labels_of(row, &labels);
        }
        boxes.found.sort_by_key(|f| (f.at.y, f.at.x));
        boxes
    }

    fn labels_of(&mut self, row: &Row<'p>, labels: &[Label]) {
        let plain: Vec<String> = row.words.iter().map(|w| letters(&w.text)).collect();
        let mut starts: Vec<(usize, usize, &'static str)> = Vec::new();
        let mut n = 0;
        while n < plain.len() {
            // In the middle of a run of words only a numbered or lettered label begins, or one named to.
            let fresh = n == 0 || !close(row.words[n - 1], row.words[n]) || plain[n].len() == 1 || plain[n].starts_with(|c: char| c.is_ascii_digit());
            let allowed = |key: &str| fresh || MIDDLE.contains(&key);
            match labels.iter().filter(|(key, _)| allowed(key)).filter_map(|(key, texts)| Some((texts.iter().filter_map(|t| begins(&plain[n..], t)).max()?, *key))).max() {
                Some((words, key)) => {
                    starts.push((n, words, key));
                    n += words;
                }
                None => n += 1,
            }
        }
        let mut free = 0;
        for (i, (start, words, key)) in starts.iter().enumerate() {
            self.values.extend(row.slice(free..*start));
            let next = starts.get(i + 1).map_or(row.words.len(), |s| s.0);
            let mut end = start + words;
            // The rest of the label's own line: close behind it, and no number.
            while end < next && close(row.words[end - 1], row.words[end]) && !row.words[end].text.starts_with(|c: char| c.is_ascii_digit() || c == '$') {
                end += 1;
            }
            self.found.push(Found { key, at: around(row.slice(*start..end).iter().copied()) });
            free = end;
        }
        self.values.extend(row.slice(free..row.words.len()));
    }

    /// Every place where this label stands, from the top and the left.
    pub fn all(&self, key: &str) -> Vec<Found> {
        let mut all: Vec<Found> = self.found.iter().filter(|f| f.key == key).copied().collect();
        // Copies side by side stand at one height, give or take a hair.
        all.sort_by_key(|f| (f.at.y / 15_000, f.at.x));
        all
    }

    /// The label of this key that belongs to the n-th copy: the n-th where each copy has one, else the nearest.
    pub fn of_copy(&self, key: &str, anchors: &[Found], copy: usize) -> Option<Found> {
        let all = self.all(key);
        if all.len() == anchors.len() {
            return all.get(copy).copied();
        }
        let far = |a: &Found, b: &Found| u64::from(a.at.x.abs_diff(b.at.x)) + 2 * u64::from(a.at.y.abs_diff(b.at.y));
        let own = anchors.get(copy)?;
        let nearest = all.iter().min_by_key(|f| far(f, own)).copied()?;
        anchors.iter().all(|other| far(&nearest, own) <= far(&nearest, other)).then_some(nearest)
    }

    /// What stands in this label's box, in rows from the top.
    pub fn cell(&self, label: Found) -> Vec<Row<'p>> {
        self.cell_wide(label, &[])
    }

    /// The same, where the labels of these keys do not end the box.
    pub fn cell_wide(&self, label: Found, open: &[&str]) -> Vec<Row<'p>> {
        let at = label.at;
        let others = || self.found.iter().filter(|f| f.at != at && !open.contains(&f.key));
        let left = at.x.saturating_sub(LEFT);
        let below = |right: u32| {
            let deepest = at.y + at.h + DEEPEST;
            others().filter(|f| f.at.y >= at.y + at.h / 2 && f.at.x < right && f.at.x + f.at.w > left).map(|f| f.at.y).min().unwrap_or(deepest).min(deepest)
        };
        // The next column begins where any label within the box's height begins.
        let first = below(at.x + at.w);
        let right = others().filter(|f| f.at.x > at.x + LEFT && f.at.y < first && at.y < f.at.y + f.at.h).map(|f| f.at.x.saturating_sub(LEFT / 2)).min().unwrap_or(1_000_001);
        let bottom = below(right);
        let inside = |w: &Word| {
            let (x, y) = (w.at[0] + w.at[2] / 2, w.at[1] + w.at[3] / 2);
            left <= x && x < right && at.y <= y && y < bottom
        };
        let mut words: Vec<&'p Word> = self.values.iter().copied().filter(|w| inside(w)).collect();
        words.sort_by_key(|w| (w.at[1], w.at[0]));
        let mut rows: Vec<Row<'p>> = Vec::new();
        for word in words {
            match rows.last_mut() {
                Some(row) if same_height(row.words[0], word) => row.words.push(word),
                _ => rows.push(Row { words: vec![word] }),
            }
        }
        rows.iter_mut().for_each(|row| row.words.sort_by_key(|w| w.at[0]));
        rows
    }

    /// The amount in this label's box: the first below it, otherwise the first beside it.
    pub fn amount(&self, label: Found) -> Option<(i64, Region)> {
        let rows = self.cell(label);
        let below = label.at.y + label.at.h;
        let (under, beside): (Vec<&Word>, Vec<&Word>) = rows.iter().flat_map(|r| r.words.iter().copied()).partition(|w| w.at[1] + w.at[3] / 2 >= below);
        under.iter().chain(&beside).find_map(|w: &&Word| Some((cents(&w.text)?, region(w))))
    }

    /// The first word of this label's box that `read` accepts.
    pub fn word(&self, label: Found, read: impl Fn(&str) -> Option<&str>) -> Option<(String, Region)> {
        self.cell(label).iter().flat_map(|r| &r.words).find_map(|w| Some((read(&w.text)?.to_owned(), region(w))))
    }

    /// A year that the form is for: printed beside the form's name, large, or after `calendar year`.
    ///
    /// The year of the form's revision is not it. Nothing where two years are as likely.
    pub fn year(&self, near: Region, titles: &[&str]) -> Option<(i64, Region)> {
        let rows = self.sheet.rows();
        let plain: Vec<String> = rows.iter().map(|r| letters(&r.text())).collect();
        let mut heights: Vec<u32> = self.sheet.page.words.iter().map(|w| w.at[3]).collect();
        heights.sort_unstable();
        let usual = heights.get(heights.len() / 2).copied().unwrap_or(0);
        let mut best: Option<(u32, i64, Region)> = None;
        let mut tie = false;
        for (n, row) in rows.iter().enumerate() {
            for (i, word) in row.words.iter().enumerate() {
                let before = i.checked_sub(1).and_then(|i| row.words.get(i));
                let Some(year) = year_at(row, i).filter(|_| !self.boxed(word)) else { continue };
                if (i.saturating_sub(3)..i).filter_map(|i| row.words.get(i)).any(|w| letters(&w.text).starts_with("rev")) {
                    continue;
                }
                let titled = |n: usize| plain.get(n).is_some_and(|p| titles.iter().any(|t| p.contains(t)));
                let mut score = 0;
                score += if titled(n) { 3 } else { 0 };
                score += if (1..=3).any(|d| titled(n + d) || n.checked_sub(d).is_some_and(titled)) { 2 } else { 0 };
                score += if (1..=2).any(|d| n.checked_sub(d).and_then(|n| plain.get(n)).is_some_and(|p| p.contains("calendaryear") || p.contains("taxyear"))) { 4 } else { 0 };
                score += if word.at[3] * 2 > usual * 3 { 2 } else { 0 };
                score += if before.is_some_and(|b| letters(&b.text) == "year") { 4 } else { 0 };
                let y = word.at[1];
                let away = near.y.saturating_sub(y).max(y.saturating_sub(near.y + near.h));
                if score == 0 {
                    continue;
                }
                let weight = score * 1_000 + 999 - (away / 1_100).min(999);
                match best {
                    Some((have, other, _)) if have / 1_000 == score && other != year && have.abs_diff(weight) < 50 => tie = true,
                    Some((have, ..)) if have >= weight => {}
                    _ => (best, tie) = (Some((weight, year, region(word))), false),
                }
            }
        }
        best.filter(|_| !tie).map(|(_, year, at)| (year, at))
    }

    /// Right under a numbered label: an amount, whatever it looks like.
    fn boxed(&self, word: &Word) -> bool {
        let (x, y) = (word.at[0] + word.at[2] / 2, word.at[1] + word.at[3] / 2);
        self.found.iter().filter(|f| f.key.ends_with(|c: char| c.is_ascii_digit())).any(|f| {
            let under = y >= f.at.y && y < f.at.y + f.at.h + BOX_HEIGHT;
            under && x + LEFT >= f.at.x && self.cell(*f).iter().any(|r| r.words.iter().any(|w| std::ptr::eq(*w, word)))
        })
    }

    pub fn draft(&self, kind: Kind, region: Region, field: &str) -> Draft {
        self.sheet.draft(kind, region, field)
    }
}

/// `2020`, or `20` and what was typed after it.
fn year_at(row: &Row<'_>, i: usize) -> Option<i64> {
    let text = row.words.get(i)?.text.as_str();
    let two = |t: &str| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit());
    let whole = match (text, row.words.get(i + 1)) {
        ("19" | "20", Some(next)) if two(&next.text) && close(row.words[i], next) => format!("{text}{}", next.text),
        _ => text.to_owned(),
    };
    (whole.len() == 4).then(|| whole.parse().ok()).flatten().filter(|y| (1978..=2099).contains(y))
}

/// A person or company and their address, as a box of a form holds them.
#[derive(Debug, Default)]
pub struct Addressed<'p> {
    pub name: String,
    pub lines: Vec<String>,
    pub name_words: Vec<&'p Word>,
    pub address_words: Vec<&'p Word>,
}

/// The rows of a box as a name and the address under it. Rows of the label itself that go on are passed over.
pub fn addressed<'p>(rows: &[Row<'p>], passed: &[&str]) -> Addressed<'p> {
    let mut out = Addressed::default();
    for row in rows {
        let text = row.text();
        let plain = letters(&text);
        // The number of an empty box is no line of an address.
        let number = plain.len() <= 2 && plain.bytes().all(|b| b.is_ascii_digit());
        if plain.is_empty() || number || passed.iter().any(|p| plain.starts_with(p) || plain.ends_with(p)) {
            continue;
        }
        let goes_on = ["and", "fbo", "for", "agent", "the", "of"].iter().any(|w| letters(last_word(&out.name)) == *w) || out.name.ends_with(['&', ',']);
        if out.name.is_empty() {
            out.name = text;
            out.name_words.extend(&row.words);
        } else if goes_on && out.lines.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit()) {
            out.name = format!("{} {text}", out.name);
            out.name_words.extend(&row.words);
        } else if out.lines.len() < 4 && !is_phone(&text) {
            let last = city(&text).is_some();
            out.lines.push(text);
            out.address_words.extend(&row.words);
            if last {
                break;
            }
        }
    }
    out
}

fn last_word(text: &str) -> &str {
    text.rsplit(' ').next().unwrap_or(text)
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (10..=15).contains(&digits) && !text.chars().any(char::is_alphabetic)
}

impl Addressed<'_> {
    /// The address as a record; nothing where there are fewer than two lines, or none with a place and postal code.
    pub fn address(&self, boxes: &Boxes<'_, '_>, field: &str) -> Option<Draft> {
        let (town, state, code) = self.lines.last().and_then(|l| city(l))?;
        let us = state.len() == 2;
        Some(
            boxes
                .draft(Kind::Address, around(self.address_words.iter().copied()), field)
                .with("text", self.lines.join(", "))
                .with("lines", self.lines.clone())
                .with("city", town)
                .with("region", state)
                .with("postal_code", code)
                .with("country", if us { "US" } else { "" }),
        )
    }
}

/// Town, state and ZIP code of an American address's last line.
pub fn city(line: &str) -> Option<(String, String, String)> {
    let (rest, code) = line.trim().rsplit_once([' ', ','])?;
    let zip = |t: &str| t.len() == 5 && t.bytes().all(|b| b.is_ascii_digit());
    let plus = |t: &str| t.len() == 10 && zip(&t[..5]) && t.as_bytes()[5] == b'-' && t[6..].bytes().all(|b| b.is_ascii_digit());
    if !code.is_ascii() || !(zip(code) || plus(code)) {
        return None;
    }
    let rest = rest.trim_end_matches([' ', ',']);
    let (town, state) = rest.rsplit_once([' ', ','])?;
    let state = state.trim_matches('.');
    let known = state.len() == 2 && state.bytes().all(|b| b.is_ascii_uppercase()) || (state.len() > 3 && state.starts_with(char::is_uppercase) && rest.contains(','));
    let town = town.trim_end_matches([' ', ',']);
    (known && town.chars().any(char::is_alphabetic)).then(|| (town.to_owned(), state.to_owned(), code.to_owned()))
}

/// Lower-case letters and digits only.
pub fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How many words this text is the beginning of, where it ends with one of them.
fn begins(words: &[String], text: &str) -> Option<usize> {
    let mut rest = text;
    for (n, word) in words.iter().enumerate() {
        if word.is_empty() {
            if n == 0 {
                return None;
            }
            continue;
        }
        match rest.strip_prefix(word.as_str()) {
            Some("") => return Some(n + 1),
            Some(more) => rest = more,
            // The text may end within a word: `employee` of `employees`.
            None => return (word.starts_with(rest) && rest.len() > 2).then_some(n + 1),
        }
    }
    None
}

/// Two words of one run: the gap is smaller than a letter is high.
fn close(a: &Word, b: &Word) -> bool {
    // Widths are parts of a narrower side than heights: on Letter paper the same length is 1.3 times as much.
    b.at[0].saturating_sub(a.at[0] + a.at[2]) < a.at[3].min(b.at[3]) * 6 / 5
}

fn same_height(a: &Word, b: &Word) -> bool {
    let middle = |w: &Word| u64::from(w.at[1]) * 2 + u64::from(w.at[3]);
    middle(a).abs_diff(middle(b)) <= u64::from(a.at[3].min(b.at[3]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_lines_of_addresses() {
        let parts = |line| city(line).map(|(a, b, c)| format!("{a}|{b}|{c}"));
        assert_eq!(parts("Waseca MN 56093").as_deref(), Some("Waseca|MN|56093"));
        assert_eq!(parts("BIRMINGHAM AL 35233-3515").as_deref(), Some("BIRMINGHAM|AL|35233-3515"));
        assert_eq!(parts("York, Wisconsin 98204").as_deref(), Some("York|Wisconsin|98204"));
        assert_eq!(parts("Phoenix, AZ 85004").as_deref(), Some("Phoenix|AZ|85004"));
        for no in ["151 N Market Street", "Apt 12345", "", "MN 56093", "56093", "a MN é6093"] {
            assert_eq!(parts(no), None, "{no}");
        }
    }

    #[test]
    fn a_label_is_found_however_its_words_are_cut() {
        let words = |t: &str| t.split(' ').map(letters).collect::<Vec<_>>();
        assert_eq!(begins(&words("1 Wages, tips, other"), "1wagestips"), Some(3));
        assert_eq!(begins(&words("1Wages, tips,"), "1wagestips"), Some(2));
        assert_eq!(begins(&words("a Employee’s social"), "aemployee"), Some(2));
        assert_eq!(begins(&words("11 Nonqualified"), "1wages"), None);
        assert_eq!(begins(&words("12 Wages"), "1wages"), None);
    }
}
