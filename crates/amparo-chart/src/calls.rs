//! Who was called how often: a row a number, a square a month. Area carries the amount, in four named steps.

use crate::drawing::{Anchor, Drawing, Ink, Shape, about_wide};
use crate::html::{Column, table};
use crate::timeline::MonthCount;
use crate::{Chart, Size, Words};
use amparo_model::results::Month;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// One number's months. Name, note and total are in the reader's language, masked where they must be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallRow {
    pub name: String,
    #[serde(default)]
    pub note: String,
    pub months: Vec<MonthCount>,
}

impl CallRow {
    pub fn total(&self) -> u64 {
        self.months.iter().map(|m| m.count).fold(0, u64::saturating_add)
    }
}

/// The calls of one phone between two months, both included: the months its file reaches.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Calls {
    pub title: String,
    #[serde(default)]
    pub desc: String,
    #[serde(with = "crate::month_text")]
    pub from: Month,
    #[serde(with = "crate::month_text")]
    pub to: Month,
    pub rows: Vec<CallRow>,
}

/// From how many calls a month each step of the square begins.
pub const STEPS: [u64; 4] = [1, 10, 30, 60];

pub fn calls(calls: &Calls, words: &Words, size: Size) -> Chart {
    Chart { svg: draw_calls(calls, words, size).svg(), table: twin(calls, words) }
}

pub fn draw_calls(calls: &Calls, words: &Words, size: Size) -> Drawing {
    let t = size.text;
    let months = (calls.to.index() - calls.from.index() + 1).clamp(1, 600);
    let wide = size.width > t * 40.0;
    let (label, total) = if wide { (t * 13.0, t * 7.4) } else { (0.0, 0.0) };
    let step = (size.width - label - total) / months as f32;
    let row = if wide { t * 2.9 } else { t * 4.2 };
    let mut d = Drawing::new(size.width, 0.0, &calls.title, &calls.desc);
    let top = draw_legend(&mut d, words, t, size.width) + t * 2.2;
    d.height = top + row * calls.rows.len() as f32 + 1.0;
    let x_of = |m: Month| label + step * (m.index() - calls.from.index()) as f32;
    let axis = top - t * 0.5;
    d.rule(label, axis, x_of(calls.to.next()), axis, Ink::Axis, 0.75);
    for year in calls.from.year..=calls.to.year {
        let start = Month { year, month: 1 }.max(calls.from);
        let x = x_of(start);
        d.rule(x, axis - t * 0.9, x, axis, Ink::Axis, 0.75);
        if x_of(Month { year: year + 1, month: 1 }.min(calls.to.next())) - x > t * 2.8 {
            d.text(x + 3.0, axis - t * 0.3, t * 0.9, Anchor::Start, false, Ink::Soft, year.to_string());
        }
    }
    for (i, line) in calls.rows.iter().enumerate() {
        let y = top + row * i as f32;
        let middle = if wide { y + row / 2.0 } else { y + t * 3.0 };
        let sum = format!("{} {}", group(line.total()), words.calls);
        if wide {
            d.text(0.0, y + t * 1.2, t, Anchor::Start, true, Ink::Ink, fit(&line.name, label - t, t));
            d.text(0.0, y + t * 2.35, t * 0.85, Anchor::Start, false, Ink::Soft, fit(&line.note, label - t, t * 0.85));
            d.text(size.width, middle + t * 0.35, t * 0.9, Anchor::End, false, Ink::Soft, sum);
        } else {
            d.text(0.0, y + t * 1.3, t, Anchor::Start, true, Ink::Ink, fit(&line.name, size.width - t * 7.5, t));
            d.text(size.width, y + t * 1.3, t * 0.9, Anchor::End, false, Ink::Soft, sum);
        }
        for m in 0..months {
            let month = calls.from.plus(m);
            let count: u64 = line.months.iter().filter(|c| c.month == month).map(|c| c.count).sum();
            square(&mut d, count, x_of(month) + step / 2.0, middle, step.min(t * 1.15));
        }
        d.rule(0.0, y + row, size.width, y + row, Ink::Line, 0.75);
    }
    d
}

/// A square whose side is one of four steps of `full`; no call is a point.
fn square(d: &mut Drawing, count: u64, x: f32, y: f32, full: f32) {
    match STEPS.iter().rposition(|s| count >= *s) {
        None => d.shapes.push(Shape::Dot { x, y, r: (full * 0.07).max(0.5), ink: Ink::Axis }),
        Some(step) => {
            let side = full * [0.34, 0.54, 0.74, 0.94][step];
            d.fill(x - side / 2.0, y - side / 2.0, side, side, Ink::Phone);
        }
    }
}

/// One number's months as a strip of squares, between two months, for a page that writes the name and the sum beside it.
pub fn heat(months: &[MonthCount], from: Month, to: Month) -> String {
    const SIDE: i32 = 16;
    let all = (to.index() - from.index() + 1).clamp(1, 600);
    let mut d = String::new();
    for m in months.iter().filter(|m| (from..=to).contains(&m.month)) {
        let Some(step) = STEPS.iter().rposition(|s| m.count >= *s) else { continue };
        // Quarters of a unit, so that the four steps stand in the middle.
        let side = [5, 8, 12, 15][step];
        let x = (m.month.index() - from.index()) * SIDE * 2 + SIDE - side;
        let half = |n: i32| if n % 2 == 0 { (n / 2).to_string() } else { format!("{}.5", n / 2) };
        let _ = write!(d, "M{} {}h{side}v{side}h-{side}z", half(x), half(18 - side));
    }
    format!(
        r#"<svg aria-hidden="true" viewBox="0 0 {w} 18"><path class="heat-none" d="M8 9H{w}" stroke-dasharray="1.5 14.5" stroke-width="1.5"/><path class="i-phone" d="{d}"/></svg>"#,
        w = all * SIDE
    )
}

/// The years above such strips.
pub fn heat_axis(from: Month, to: Month, size: Size) -> String {
    let t = size.text;
    let step = size.width / (to.index() - from.index() + 1).clamp(1, 600) as f32;
    let x_of = |m: Month| step * (m.index() - from.index()) as f32;
    let mut d = Drawing::new(size.width, t * 1.7, "", "");
    d.rule(0.0, t * 1.6, size.width, t * 1.6, Ink::Axis, 0.75);
    for year in from.year..=to.year {
        let x = x_of(Month { year, month: 1 }.max(from));
        d.rule(x + 0.4, t * 0.4, x + 0.4, t * 1.6, Ink::Axis, 0.75);
        if x_of(Month { year: year + 1, month: 1 }.min(to.next())) - x > t * 2.8 {
            d.text(x + 4.0, t * 1.25, t, Anchor::Start, false, Ink::Soft, year.to_string());
        }
    }
    d.svg()
}

/// Names the steps, in as many lines as they need; gives the height used.
fn draw_legend(d: &mut Drawing, words: &Words, t: f32, width: f32) -> f32 {
    let names = [words.no_call.to_owned(), "1–9".to_owned(), "10–29".to_owned(), "30–59".to_owned(), format!("60 {}", words.or_more)];
    let (mut x, mut y) = (t * 0.5, t * 0.8);
    for (count, name) in [0, 1, 10, 30, 60].into_iter().zip(names) {
        let wide = about_wide(&name, t * 0.9) + t * 2.3;
        if x + wide > width + t && x > t {
            (x, y) = (t * 0.5, y + t * 1.6);
        }
        square(d, count, x, y, t * 1.1);
        d.text(x + t, y + t * 0.35, t * 0.9, Anchor::Start, false, Ink::Soft, name);
        x += wide;
    }
    y + t * 0.6
}

/// The text, cut with an ellipsis where it would run over, after a whole word where there is one: what is heard of a
/// mark holds the words that are seen. The table has all of it.
pub(crate) fn fit(text: &str, width: f32, size: f32) -> String {
    if about_wide(text, size) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if about_wide(&out, size) > width - size * 0.9 {
            out.pop();
            break;
        }
    }
    let whole = if text[out.len()..].starts_with(' ') { out.as_str() } else { out.rsplit_once(' ').map_or(out.as_str(), |(words, _)| words) };
    format!("{}…", whole.trim_end())
}

pub(crate) fn group(n: u64) -> String {
    amparo_lang::grouped(i64::try_from(n).unwrap_or(i64::MAX))
}

fn twin(calls: &Calls, words: &Words) -> String {
    let years: Vec<String> = (calls.from.year..=calls.to.year).map(|y| y.to_string()).collect();
    let mut columns = vec![Column { name: words.number, number: false }];
    columns.extend(years.iter().map(|y| Column { name: y, number: true }));
    columns.push(Column { name: words.calls, number: true });
    let rows: Vec<Vec<String>> = calls
        .rows
        .iter()
        .map(|line| {
            let mut row = vec![if line.note.is_empty() { line.name.clone() } else { format!("{} ({})", line.name, line.note) }];
            row.extend((calls.from.year..=calls.to.year).map(|y| group(line.months.iter().filter(|m| m.month.year == y).map(|m| m.count).sum())));
            row.push(group(line.total()));
            row
        })
        .collect();
    table(&calls.title, &columns, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_runs_over_ends_with_a_whole_word() {
        let cut = |text: &str, letters: f32| fit(text, about_wide("n", 10.0) * letters + 9.0, 10.0);
        for (text, letters, expected) in
            [("Sol Bakery", 99.0, "Sol Bakery"), ("Harbor Laundry Inc", 12.0, "Harbor…"), ("Harbor Laundry Inc", 14.9, "Harbor Laundry…"), ("Schwarzenegger", 6.0, "Schwa…")]
        {
            assert_eq!(cut(text, letters), expected);
        }
    }

    #[test]
    fn squares_have_four_steps_and_stand_in_the_middle() {
        let from = Month { year: 2023, month: 2 };
        for (count, path) in [(0, ""), (1, "M5.5 6.5h5v5h-5z"), (10, "M4 5h8v8h-8z"), (59, "M2 3h12v12h-12z"), (60, "M0.5 1.5h15v15h-15z")] {
            let svg = heat(&[MonthCount { month: from, count }], from, from.plus(11));
            assert!(svg.contains(&format!(r#"class="i-phone" d="{path}""#)), "{count}: {svg}");
        }
        assert!(heat(&[MonthCount { month: from.plus(1), count: 9 }], from, from.plus(11)).contains("M21.5 6.5h5"));
    }
}
