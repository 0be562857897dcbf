//! Month by month, what is proven: a grid of years by twelve, and a strip for the first glance.

use crate::drawing::{Anchor, Drawing, Ink};
use crate::html::{Column, table};
use crate::{Chart, Size, Words};
use amparo_model::results::{Best, Month, Strength};
use serde::{Deserialize, Serialize};

/// How full a month's box is: the fuller, the stronger the proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fullness {
    Strong,
    Fair,
    Weak,
    /// Sources reach the month and nothing was found.
    Ask,
    OutOfReach,
}

impl From<Best> for Fullness {
    fn from(best: Best) -> Fullness {
        match best {
            Best::Proven(Strength::Strong) => Fullness::Strong,
            Best::Proven(Strength::Fair) => Fullness::Fair,
            Best::Proven(Strength::Weak) => Fullness::Weak,
            Best::None => Fullness::Ask,
            Best::OutOfReach => Fullness::OutOfReach,
        }
    }
}

impl Fullness {
    pub fn word(self, words: &Words) -> &'static str {
        match self {
            Fullness::Strong => words.strong,
            Fullness::Fair => words.fair,
            Fullness::Weak => words.weak,
            Fullness::Ask => words.ask,
            Fullness::OutOfReach => words.out_of_reach,
        }
    }

    pub const ALL: [Fullness; 5] = [Fullness::Strong, Fullness::Fair, Fullness::Weak, Fullness::Ask, Fullness::OutOfReach];
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MonthBox {
    #[serde(with = "crate::month_text")]
    pub month: Month,
    pub best: Fullness,
    /// How many records stand behind it.
    #[serde(default)]
    pub records: u64,
}

/// One person's months for one claim. `title` and `desc` are in the reader's language.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Grid {
    pub title: String,
    #[serde(default)]
    pub desc: String,
    pub months: Vec<MonthBox>,
    /// The long gaps, a sentence each.
    #[serde(default)]
    pub holes: Vec<String>,
}

impl Grid {
    /// Months; proven (strong or fair), weak, out of reach, without evidence.
    pub fn counts(&self) -> (usize, [usize; 4]) {
        let mut counts = [0; 4];
        for m in &self.months {
            counts[match m.best {
                Fullness::Strong | Fullness::Fair => 0,
                Fullness::Weak => 1,
                Fullness::OutOfReach => 2,
                Fullness::Ask => 3,
            }] += 1;
        }
        (self.months.len(), counts)
    }

    fn years(&self) -> Option<(i16, i16)> {
        let years = || self.months.iter().map(|m| m.month.year);
        Some((years().min()?, years().max()?))
    }

    fn at(&self, month: Month) -> Option<&MonthBox> {
        self.months.iter().find(|m| m.month == month)
    }
}

/// The grid and its table.
pub fn coverage(grid: &Grid, words: &Words, size: Size) -> Chart {
    Chart { svg: draw_coverage(grid, words, size).svg(), table: twin(grid, words) }
}

/// Years down, months across. Outside the claim is a dot.
pub fn draw_coverage(grid: &Grid, words: &Words, size: Size) -> Drawing {
    let Some((first, last)) = grid.years() else { return Drawing::new(size.width, 1.0, &grid.title, &grid.desc) };
    let t = size.text;
    let label = t * 3.6;
    let column = (size.width - label) / 12.0;
    let with_counts = column > t * 3.0;
    let side = (t * 1.3).min(column * 0.62);
    let row = t * 2.1;
    let top = t * 1.8;
    let years = f32::from(last - first + 1);
    let mut d = Drawing::new(size.width, top + years * row + 1.0, &grid.title, &grid.desc);
    for (i, name) in words.months.iter().enumerate() {
        let left = label + column * i as f32;
        let name = if with_counts { (*name).to_owned() } else { name.chars().take(1).collect() };
        d.text(left + side / 2.0, t * 1.1, t * 0.9, Anchor::Middle, true, Ink::Soft, name);
    }
    for (line, year) in (first..=last).enumerate() {
        let y = top + row * line as f32;
        d.rule(0.0, y, size.width, y, Ink::Line, 0.75);
        d.text(0.0, y + row * 0.66, t, Anchor::Start, false, Ink::Ink, year.to_string());
        for month in 1..=12_i8 {
            let x = label + column * (f32::from(month) - 1.0);
            let by = y + (row - side) / 2.0;
            match grid.at(Month { year, month }) {
                None => d.shapes.push(crate::Shape::Dot { x: x + side / 2.0, y: y + row / 2.0, r: t * 0.09, ink: Ink::Axis }),
                Some(m) => {
                    draw_month_box(&mut d, m.best, x, by, side);
                    if with_counts && m.records > 0 {
                        d.text(x + side + t * 0.45, y + row * 0.66, t * 0.85, Anchor::Start, false, Ink::Soft, short_count(m.records));
                    }
                }
            }
        }
    }
    d
}

/// One box; also used in legends.
pub fn draw_month_box(d: &mut Drawing, best: Fullness, x: f32, y: f32, side: f32) {
    let thin = (side * 0.09).max(0.7);
    match best {
        Fullness::Strong => d.fill(x, y, side, side, Ink::Proof),
        Fullness::Fair => {
            d.frame([x, y, side, side], Some(Ink::Sheet), Ink::Proof, thin);
            d.fill(x, y + side * 0.5, side, side * 0.5, Ink::Proof);
        }
        Fullness::Weak => {
            d.frame([x, y, side, side], Some(Ink::Sheet), Ink::Weak, thin);
            d.fill(x, y + side * 0.78, side, side * 0.22, Ink::Weak);
        }
        Fullness::Ask => {
            d.frame([x, y, side, side], Some(Ink::Sheet), Ink::Alarm, side * 0.15);
            d.text(x + side / 2.0, y + side * 0.77, side * 0.76, Anchor::Middle, true, Ink::Alarm, "?");
        }
        Fullness::OutOfReach => {
            d.hatch(x, y, side, side, (side * 0.28).max(2.0));
            d.frame([x, y, side, side], None, Ink::Reach, (side * 0.06).max(0.5));
        }
    }
}

/// One bar a month, the taller the stronger.
pub fn strip(grid: &Grid, words: &Words, size: Size) -> Chart {
    Chart { svg: draw_strip(grid, words, size).svg(), table: twin(grid, words) }
}

pub fn draw_strip(grid: &Grid, _words: &Words, size: Size) -> Drawing {
    let t = size.text;
    let tall = t * 2.6;
    let mut d = Drawing::new(size.width, tall + t * 1.7, &grid.title, &grid.desc);
    let (Some(first), Some(last)) = (grid.months.iter().map(|m| m.month).min(), grid.months.iter().map(|m| m.month).max()) else { return d };
    let step = size.width / (last.index() - first.index() + 1) as f32;
    let air = (step * 0.12).min(1.2);
    for m in &grid.months {
        let x = step * (m.month.index() - first.index()) as f32;
        let w = step - air;
        match m.best {
            Fullness::Strong => d.fill(x, 0.0, w, tall, Ink::Proof),
            Fullness::Fair => d.fill(x, tall * 0.45, w, tall * 0.55, Ink::Proof),
            Fullness::Weak => d.fill(x, tall * 0.75, w, tall * 0.25, Ink::Weak),
            Fullness::Ask => d.frame([x, 0.0, w, tall], Some(Ink::Sheet), Ink::Alarm, (step * 0.22).clamp(0.8, 2.0)),
            Fullness::OutOfReach => {}
        }
    }
    // Months in a row that no source reaches are one hatch.
    for run in grid.months.chunk_by(|a, b| a.best == b.best).filter(|run| run[0].best == Fullness::OutOfReach) {
        let x = step * (run[0].month.index() - first.index()) as f32;
        let w = step * run.len() as f32 - air;
        d.hatch(x, 0.0, w, tall, (t * 0.33).max(2.5));
        d.frame([x, 0.0, w, tall], None, Ink::Reach, 0.5);
    }
    d.rule(0.0, tall, size.width, tall, Ink::Axis, 1.0);
    let every = if step * 12.0 < t * 3.4 { 2 } else { 1 };
    for year in first.year..=last.year {
        let jan = Month { year, month: 1 };
        if jan < first || i32::from(year) % every != 0 {
            continue;
        }
        let x = step * (jan.index() - first.index()) as f32;
        d.rule(x, tall, x, tall + t * 0.45, Ink::Axis, 1.0);
        if x + t * 2.6 < size.width {
            d.text(x + 3.0, tall + t * 1.25, t * 0.9, Anchor::Start, false, Ink::Soft, year.to_string());
        }
    }
    d
}

fn short_count(n: u64) -> String {
    if n > 999 { "999+".to_owned() } else { n.to_string() }
}

fn twin(grid: &Grid, words: &Words) -> String {
    let columns = [Column { name: words.month, number: false }, Column { name: words.proof, number: false }, Column { name: words.papers, number: true }];
    let rows: Vec<Vec<String>> = grid.months.iter().map(|m| vec![words.long(m.month), m.best.word(words).to_owned(), m.records.to_string()]).collect();
    table(&grid.title, &columns, &rows)
}
