//! One month by its days: what is dated to a day, a lane above another; calls and messages as a column a day.

use crate::drawing::{Anchor, Drawing, Ink, about_wide};
use crate::timeline::{Bar, Fill, PointShape, Span, bar_label, bar_mark, point_mark};
use crate::{Size, Words};
use amparo_model::results::Month;

/// Rows of marks that a lane shows; the table has the others.
const ROWS: usize = 6;

/// One month of one person. All text is in the reader's language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Days {
    pub title: String,
    pub desc: String,
    pub month: Month,
    pub lanes: Vec<DayLane>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DayLane {
    pub name: String,
    pub marks: Vec<DayMark>,
    /// Calls and messages: day, how many, where they lead.
    pub counts: Vec<(i8, u64, Option<String>)>,
    /// What an empty lane says.
    pub note: String,
    /// No source reaches this month.
    pub out_of_reach: bool,
}

/// A record between two days of the month; a date has a shape, a time is a bar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayMark {
    pub from: i8,
    pub to: i8,
    pub shape: Option<PointShape>,
    /// Half where the paper names the month and no day, weak where only the person says it.
    pub fill: Fill,
    pub label: String,
    pub href: Option<String>,
}

/// The days from `first` to `last`, both included.
pub fn draw_days(days: &Days, (first, last): (i8, i8), words: &Words, size: Size) -> Drawing {
    let t = size.text;
    let wide = size.width > t * 45.0;
    let left = if wide { t * 7.6 } else { 0.0 };
    let step = (size.width - left) / f32::from(last - first + 1);
    let x_of = |day: i8| left + step * f32::from(day.clamp(first, last + 1) - first);
    let mut d = Drawing::new(size.width, 0.0, &days.title, &days.desc);
    let axis = t * 1.6;
    d.rule(left, axis, size.width, axis, Ink::Axis, 1.0);
    let mut y = axis;
    let mut lines = Drawing::new(0.0, 0.0, "", "");
    for lane in &days.lanes {
        if !wide {
            y += t * 1.6;
            d.text(0.0, y, t, Anchor::Start, true, Ink::Ink, &lane.name);
        }
        let top = y + t * 0.8;
        let used = if lane.out_of_reach {
            hatched(&mut d, lane, [left, top, size.width - left, t * 2.4], t);
            t * 2.4
        } else if !lane.counts.is_empty() {
            columns(&mut d, lane, days.month, (first, last), [left, top, step], words, t)
        } else if lane.marks.is_empty() {
            d.text(left + t * 0.5, top + t * 1.3, t * 0.95, Anchor::Start, false, Ink::Soft, &lane.note);
            t * 2.0
        } else {
            marks(&mut d, lane, days.month, (first, last), &x_of, [size.width, top], words, t)
        };
        if wide {
            d.text(0.0, top + t * 1.35, t, Anchor::Start, true, Ink::Ink, &lane.name);
        }
        y = top + used + t * 0.4;
        d.rule(left, y, size.width, y, Ink::Line, 0.75);
    }
    for day in first..=last {
        lines.rule(x_of(day), axis, x_of(day), y, Ink::Line, 0.5);
        lines.text(x_of(day) + step / 2.0, axis - t * 0.45, t, Anchor::Middle, false, Ink::Soft, day.to_string());
    }
    d.shapes.splice(0..0, lines.shapes);
    d.height = y + t * 0.5;
    d
}

fn hatched(d: &mut Drawing, lane: &DayLane, [x, y, w, h]: [f32; 4], t: f32) {
    d.hatch(x, y, w, h, t * 0.55);
    let wide = about_wide(&lane.note, t * 0.95);
    if wide + t * 1.6 < w {
        d.fill(x + t * 0.5, y + h / 2.0 - t * 0.75, wide + t, t * 1.5, Ink::Sheet);
        d.text(x + t, y + h / 2.0 + t * 0.35, t * 0.95, Anchor::Start, false, Ink::Ink, &lane.note);
    }
}

fn columns(d: &mut Drawing, lane: &DayLane, month: Month, (first, last): (i8, i8), [left, top, step]: [f32; 3], words: &Words, t: f32) -> f32 {
    let tall = t * 4.0;
    let most = lane.counts.iter().map(|(_, n, _)| *n).max().unwrap_or(1).max(1);
    for (day, count, href) in lane.counts.iter().filter(|(day, n, _)| (first..=last).contains(day) && *n > 0) {
        let x = left + step * f32::from(day - first);
        let h = ((tall - t * 1.3) * *count as f32 / most as f32).max(1.2);
        let label = crate::calls::group(*count);
        let name = || format!("{label}, {}, {} {day}, {}", words.phone, words.day, words.long(month));
        d.link(href.as_deref(), name, [x, top, step, tall], |d| {
            d.fill(x + step * 0.12, top + tall - h, step * 0.76, h, Ink::Phone);
            d.text(x + step / 2.0, top + tall - h - t * 0.3, t * 0.85, Anchor::Middle, false, Ink::Ink, label.clone());
        });
    }
    tall
}

/// Marks in rows, so that no label covers another.
#[allow(clippy::too_many_arguments)] // the lane, its month, and where it stands
fn marks(d: &mut Drawing, lane: &DayLane, month: Month, (first, last): (i8, i8), x_of: &dyn Fn(i8) -> f32, [right, top]: [f32; 2], words: &Words, t: f32) -> f32 {
    let (tall, left) = (t * 2.2, x_of(first));
    let mut rows: Vec<f32> = Vec::new();
    let mut hidden = 0;
    let mut shown: Vec<&DayMark> = lane.marks.iter().filter(|m| m.to >= first && m.from <= last).collect();
    shown.sort_by_key(|m| (m.from, -m.to));
    for mark in shown {
        let (x, end) = (x_of(mark.from), x_of(mark.to + 1));
        let wide = about_wide(&mark.label, t * 0.95) + t * 2.0;
        let inside = mark.shape.is_none() && end - x > wide;
        let back = !inside && end + wide > right && x - wide > left;
        let (from, to) = if inside {
            (x, end)
        } else if back {
            (x - wide, end)
        } else {
            (x, end + wide)
        };
        let row = rows.iter().position(|e| *e <= from).unwrap_or(rows.len());
        if row >= ROWS {
            hidden += 1;
            continue;
        }
        if row == rows.len() {
            rows.push(0.0);
        }
        rows[row] = to;
        let y = top + tall * row as f32;
        let name = || match mark.from == mark.to {
            true => format!("{}, {} {}, {}", mark.label, words.day, mark.from, words.long(month)),
            false => format!("{}, {} {} - {}, {}", mark.label, words.day, mark.from, mark.to, words.long(month)),
        };
        d.link(mark.href.as_deref(), name, [x, y, (end - x).max(24.0), tall], |d| {
            match mark.shape {
                Some(shape) => point_mark(d, shape, (x + end) / 2.0, y + tall / 2.0, t * 0.5),
                None => {
                    let label = if inside { mark.label.clone() } else { String::new() };
                    let bar = Bar { span: Span { from: month, to: month }, label, fill: mark.fill, href: None };
                    let at = [x + 1.0, y + t * 0.2, end - x - 2.0, tall - t * 0.4];
                    bar_mark(d, &bar, at);
                    bar_label(d, &bar, at, false, t);
                }
            }
            if !inside {
                let (at, anchor) = if back { (x - t * 0.4, Anchor::End) } else { (end + t * 0.4, Anchor::Start) };
                let label = crate::calls::fit(&mark.label, if back { wide } else { right - end - t * 0.4 }, t * 0.95);
                d.text(at, y + tall / 2.0 + t * 0.35, t * 0.95, anchor, false, Ink::Ink, label);
            }
        });
    }
    let used = tall * rows.len() as f32;
    if hidden > 0 {
        d.text(left + t * 0.5, top + used + t, t * 0.95, Anchor::Start, false, Ink::Soft, format!("+ {hidden}"));
    }
    used.max(t * 2.0) + if hidden > 0 { t * 1.2 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_lang::Lang;

    #[test]
    fn days_are_links_with_what_is_written_first() {
        let mark = |from, to, shape, label: &str| DayMark { from, to, shape, fill: Fill::Full, label: label.to_owned(), href: Some(format!("record/{label}")) };
        let lane = |marks, counts| DayLane { name: "Work".to_owned(), marks, counts, ..DayLane::default() };
        let month = Month { year: 2024, month: 2 };
        let days = Days {
            title: "Client".to_owned(),
            desc: String::new(),
            month,
            lanes: vec![
                lane(vec![mark(1, 14, None, "pay"), mark(20, 20, Some(PointShape::Diamond), "entry")], Vec::new()),
                lane(Vec::new(), vec![(3, 7, Some("calls".to_owned()))]),
            ],
        };
        let words = Words::of(Lang::En);
        let svg = draw_days(&days, (1, 29), &words, Size::WIDE).svg();
        for name in ["pay, day 1 - 14, February 2024", "entry, day 20, February 2024", "7, Phone, day 3, February 2024"] {
            assert!(svg.contains(&format!(r#"aria-label="{name}""#)), "{name}\n{svg}");
        }
        let piece = draw_days(&days, (11, 20), &words, Size::NARROW).svg();
        assert!(piece.contains("pay") && piece.contains("entry") && !piece.contains("day 3,"));
    }
}
