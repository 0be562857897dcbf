//! One person's years: work, phone and immigration one above the other, home where papers speak of it.
//!
//! An empty lane is drawn too, and says why it is empty. Hatch is not a gap: it means that no source
//! reaches there; a gap is white, framed and named.

use crate::calls::fit;
use crate::drawing::{Anchor, Drawing, Ink, Shape, about_wide};
use crate::html::{Column, table};
use crate::{Chart, Size, Words};
use amparo_model::results::{Lane, Month};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MonthCount {
    #[serde(with = "crate::month_text")]
    pub month: Month,
    pub count: u64,
}

/// Months from `from` to `to`, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Span {
    #[serde(with = "crate::month_text")]
    pub from: Month,
    #[serde(with = "crate::month_text")]
    pub to: Month,
}

/// How full a bar is: the fuller, the more is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// Papers give a total for the year and no name: half a bar that lies below the others and stays unnamed.
    Total,
    /// Only the person's own word.
    Weak,
    /// Papers give only a longer time that it lies in.
    Half,
    #[default]
    Full,
}

/// A job or a home.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bar {
    #[serde(flatten)]
    pub span: Span,
    pub label: String,
    #[serde(default)]
    pub fill: Fill,
    /// Where the mark leads on a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointShape {
    /// An entry or a trip.
    Diamond,
    /// A notice or a filing.
    Square,
    /// An encounter.
    Triangle,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Point {
    #[serde(with = "crate::month_text")]
    pub month: Month,
    pub shape: PointShape,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}

/// Papers that disagree, above the lane they speak of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dispute {
    #[serde(with = "crate::month_text")]
    pub month: Month,
    #[serde(with = "lane_text")]
    pub lane: Lane,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}

/// Where marks of whole months lead on a page; `{}` stands for the month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Links {
    pub month: String,
    pub calls: String,
}

/// One person's lanes. All text is in the reader's language.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lanes {
    pub title: String,
    #[serde(default)]
    pub desc: String,
    #[serde(flatten)]
    pub span: Span,
    #[serde(default)]
    pub work: Vec<Bar>,
    #[serde(default)]
    pub home: Vec<Bar>,
    /// Calls and messages a month.
    #[serde(default)]
    pub phone: Vec<MonthCount>,
    /// The months that the phone's files reach; everything else is hatched.
    #[serde(default)]
    pub phone_reach: Option<Span>,
    /// Stands in the hatch; empty: a general sentence.
    #[serde(default)]
    pub phone_note: String,
    #[serde(default)]
    pub immigration: Vec<Point>,
    /// Months to ask for.
    #[serde(default)]
    pub gaps: Vec<Span>,
    /// Months that no source about work reaches.
    #[serde(default)]
    pub out_of_reach: Vec<Span>,
    #[serde(default)]
    pub disputes: Vec<Dispute>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<Links>,
}

impl Lanes {
    fn month_href(&self, month: Month) -> Option<String> {
        self.links.as_ref().map(|l| l.month.replace("{}", &month.to_string()))
    }

    fn calls_href(&self, month: Month) -> Option<String> {
        self.links.as_ref().map(|l| l.calls.replace("{}", &month.to_string()))
    }
}

mod lane_text {
    use super::Lane;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(lane: &Lane, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(lane.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Lane, D::Error> {
        let text = String::deserialize(d)?;
        [Lane::Work, Lane::Phone, Lane::Immigration, Lane::Home].into_iter().find(|l| l.as_str() == text).ok_or_else(|| D::Error::custom("not a lane"))
    }
}

pub fn timeline(lanes: &Lanes, words: &Words, size: Size) -> Chart {
    Chart { svg: draw_timeline(lanes, words, size).svg(), table: twin(lanes, words) }
}

/// The same lanes in as many pieces of about equal length, for a narrow page: no shrinking.
pub fn pieces(lanes: &Lanes, parts: i32) -> Vec<Lanes> {
    let parts = parts.max(1);
    let months = lanes.span.to.index() - lanes.span.from.index() + 1;
    let each = (months + parts - 1) / parts;
    (0..parts)
        .filter(|p| p * each < months)
        .map(|p| {
            let from = lanes.span.from.plus(p * each);
            let to = lanes.span.from.plus(((p + 1) * each).min(months) - 1);
            Lanes { span: Span { from, to }, ..lanes.clone() }
        })
        .collect()
}

/// What a listener hears of a mark: what is written on it, then its months.
fn named(label: &str, span: Span, words: &Words) -> String {
    match span.from == span.to {
        true => format!("{label}, {}", words.long(span.from)),
        false => format!("{label}, {} - {}", words.long(span.from), words.long(span.to)),
    }
}

/// The least that a finger hits, around a middle.
fn around(x: f32, y: f32, w: f32, h: f32) -> [f32; 4] {
    let (w, h) = (w.max(24.0), h.max(24.0));
    [x - w / 2.0, y - h / 2.0, w, h]
}

/// Where things stand while a timeline is drawn.
struct Field {
    left: f32,
    right: f32,
    step: f32,
    from: Month,
    to: Month,
    t: f32,
}

impl Field {
    /// The left edge of a month, kept inside.
    fn x(&self, month: Month) -> f32 {
        let months = month.index().clamp(self.from.index(), self.to.index() + 1) - self.from.index();
        self.left + self.step * months as f32
    }

    /// Left edge and width of a span's visible part.
    fn part(&self, span: Span) -> Option<(f32, f32)> {
        if span.to < self.from || span.from > self.to || span.to < span.from {
            return None;
        }
        let x = self.x(span.from);
        Some((x, self.x(span.to.next()) - x))
    }

    fn middle(&self, month: Month) -> Option<f32> {
        (self.from <= month && month <= self.to).then(|| self.x(month) + self.step / 2.0)
    }
}

pub fn draw_timeline(lanes: &Lanes, words: &Words, size: Size) -> Drawing {
    let t = size.text;
    let months = (lanes.span.to.index() - lanes.span.from.index() + 1).clamp(1, 1_200);
    let wide = size.width > t * 45.0;
    let left = if wide { t * 7.6 } else { 0.0 };
    let right = size.width;
    let field = Field { left, right, step: (right - left) / months as f32, from: lanes.span.from, to: lanes.span.to, t };
    let mut d = Drawing::new(size.width, 0.0, &lanes.title, &lanes.desc);
    let grid_at = d.shapes.len();
    let mut y = t * 1.6;
    d.rule(left, y, right, y, Ink::Axis, 1.0);
    for lane in [Lane::Work, Lane::Phone, Lane::Immigration, Lane::Home] {
        if lane == Lane::Home && lanes.home.is_empty() {
            continue;
        }
        let name = match lane {
            Lane::Work => words.work,
            Lane::Phone => words.phone,
            Lane::Immigration => words.immigration,
            Lane::Home => words.home,
        };
        if !wide {
            y += t * 1.5;
            d.text(0.0, y, t, Anchor::Start, true, Ink::Ink, name);
        }
        y += disputes(&mut d, lanes, lane, words, &field, y);
        let (used, label_at) = match lane {
            Lane::Work => bars(&mut d, &lanes.work, Some(lanes), words, &field, y),
            Lane::Phone => phone(&mut d, lanes, words, &field, y),
            Lane::Immigration => points(&mut d, lanes, words, &field, y),
            Lane::Home => bars(&mut d, &lanes.home, None, words, &field, y),
        };
        if wide {
            d.text(0.0, y + label_at + t * 0.35, t, Anchor::Start, true, Ink::Ink, name);
        }
        y += used;
    }
    d.height = y + t * 0.5;
    let mut grid = Drawing::new(0.0, 0.0, "", "");
    ticks(&mut grid, &field, words, t * 1.6, y);
    d.shapes.splice(grid_at..grid_at, grid.shapes);
    d
}

/// Years, or the months where there is room for their names.
fn ticks(d: &mut Drawing, f: &Field, words: &Words, axis: f32, bottom: f32) {
    if f.step < f.t * 1.9 {
        return years(d, f, axis, bottom);
    }
    let mut month = f.from;
    while month <= f.to {
        let x = f.x(month);
        d.rule(x, axis, x, bottom, Ink::Line, 0.75);
        let name = if f.step > f.t * 5.0 { words.short(month) } else { words.months[usize::try_from(month.month - 1).unwrap_or(0)].to_owned() };
        d.text(x + 3.0, axis - f.t * 0.45, f.t, Anchor::Start, false, Ink::Soft, name);
        month = month.next();
    }
}

fn years(d: &mut Drawing, f: &Field, axis: f32, bottom: f32) {
    let per_year = f.step * 12.0;
    let every = (f.t * 2.8 / per_year).ceil().max(1.0) as i16;
    for year in f.from.year..=f.to.year {
        let start = Month { year, month: 1 };
        let x = f.x(start);
        if start >= f.from {
            d.rule(x, axis, x, bottom, Ink::Line, 0.75);
        }
        let room = if every == 1 { f.x(Month { year: year + 1, month: 1 }) - x } else { f.right - x };
        if year % every == 0 && room > f.t * 2.6 {
            d.text(x + 3.0, axis - f.t * 0.45, f.t, Anchor::Start, false, Ink::Soft, year.to_string());
        }
    }
}

/// A ring with an exclamation mark and its words, on a line of its own above the lane.
fn disputes(d: &mut Drawing, lanes: &Lanes, lane: Lane, words: &Words, f: &Field, y: f32) -> f32 {
    let t = f.t;
    let mut free = f.left;
    let mut any = false;
    for dispute in lanes.disputes.iter().filter(|x| x.lane == lane) {
        let Some(x) = f.middle(dispute.month) else { continue };
        any = true;
        let cx = x.clamp(f.left + t * 0.7, f.right - t * 0.7);
        let cy = y + t * 1.3;
        let label = if dispute.label.is_empty() { words.papers_disagree } else { &dispute.label };
        let wide = about_wide(label, t * 0.95);
        let name = || named(label, Span { from: dispute.month, to: dispute.month }, words);
        d.link(dispute.href.as_deref(), name, around(cx, cy, t, t), |d| {
            d.rule(x, cy + t * 0.6, x, y + t * 2.4, Ink::Alarm, 1.2);
            d.shapes.push(Shape::Ring { x: cx, y: cy, r: t * 0.55, ink: Ink::Alarm, width: t * 0.13 });
            d.text(cx, cy + t * 0.36, t * 0.95, Anchor::Middle, true, Ink::Alarm, "!");
            if cx + t + wide < f.right {
                if cx > free {
                    d.text(cx + t * 0.9, cy + t * 0.36, t * 0.95, Anchor::Start, true, Ink::Alarm, label);
                    free = cx + t * 1.5 + wide;
                }
            } else if cx - t - wide > free {
                d.text(cx - t * 0.9, cy + t * 0.36, t * 0.95, Anchor::End, true, Ink::Alarm, label);
                free = f.right;
            }
        });
    }
    if any { t * 1.9 } else { 0.0 }
}

/// Jobs or homes as bars; with `lanes`, also the months to ask for and those out of reach.
fn bars(d: &mut Drawing, bars: &[Bar], lanes: Option<&Lanes>, words: &Words, f: &Field, y: f32) -> (f32, f32) {
    let t = f.t;
    let named_gaps = lanes.is_some_and(|l| l.gaps.iter().any(|g| f.part(*g).is_some()));
    let top = y + if named_gaps { t * 1.9 } else { t * 0.7 };
    let tall = t * 2.0;
    d.rule(f.left, top + tall, f.right, top + tall, Ink::Line, 0.75);
    let mut shown = false;
    // What is less known lies below what is known better, and is named where nothing covers it.
    let mut order: Vec<&Bar> = bars.iter().collect();
    order.sort_by_key(|b| b.fill);
    for (i, bar) in order.iter().enumerate() {
        let Some((x, w)) = f.part(bar.span) else { continue };
        shown = true;
        let above: Vec<(f32, f32)> = order[i + 1..].iter().filter(|b| b.fill > bar.fill).filter_map(|b| f.part(b.span)).collect();
        let free = widest(x, w, above);
        d.link(
            bar.href.as_deref(),
            || named(&bar.label, bar.span, words),
            [x, top, w, tall],
            |d| {
                bar_mark(d, bar, [x, top, w, tall]);
                let over = bars.iter().any(|b| b.fill == Fill::Total);
                bar_label(d, bar, [free.0, top, free.1, tall], over, t);
            },
        );
    }
    if let Some(lanes) = lanes {
        for span in &lanes.out_of_reach {
            if let Some((x, w)) = f.part(*span) {
                shown = true;
                d.link(
                    lanes.month_href(span.from).as_deref(),
                    || named(words.out_of_reach, *span, words),
                    [x, top, w, tall],
                    |d| {
                        d.hatch(x, top, w, tall, t * 0.5);
                        d.frame([x, top, w, tall], None, Ink::Reach, 0.6);
                    },
                );
            }
        }
        let mut free = f.left - t;
        for gap in &lanes.gaps {
            let Some((x, w)) = f.part(*gap) else { continue };
            shown = true;
            let label = format!("{}: {}", words.short(gap.from), words.ask_mark);
            d.link(
                lanes.month_href(gap.from).as_deref(),
                || named(&label, *gap, words),
                around(x + w / 2.0, top + tall / 2.0, w, tall),
                |d| {
                    d.frame([x, top - t * 0.25, w.max(t * 0.5), tall + t * 0.5], Some(Ink::Sheet), Ink::Alarm, t * 0.17);
                    let wide = about_wide(&label, t * 0.95);
                    let at = (x + w / 2.0).clamp(f.left + wide / 2.0, (f.right - wide / 2.0).max(f.left + wide / 2.0));
                    if at - wide / 2.0 > free {
                        d.text(at, top - t * 0.6, t * 0.95, Anchor::Middle, true, Ink::Alarm, label.clone());
                        free = at + wide / 2.0 + t * 0.4;
                    }
                },
            );
        }
    }
    if !shown {
        d.text(f.left + t * 0.5, top + tall / 2.0 + t * 0.35, t * 0.95, Anchor::Start, false, Ink::Soft, words.nothing_given);
    }
    (top - y + tall, top - y + tall / 2.0)
}

/// The widest part of a bar that none of those above it covers: left edge and width.
fn widest(x: f32, w: f32, mut above: Vec<(f32, f32)>) -> (f32, f32) {
    above.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut best, mut from) = ((x, 0.0), x);
    for (left, wide) in above.into_iter().chain([(x + w, 0.0)]) {
        let free = left.min(x + w) - from;
        if free > best.1 {
            best = (from, free);
        }
        from = from.max(left + wide);
    }
    best
}

/// One bar, without its label.
pub(crate) fn bar_mark(d: &mut Drawing, bar: &Bar, [x, top, w, tall]: [f32; 4]) {
    match bar.fill {
        Fill::Full => d.fill(x, top, (w - 0.8).max(0.8), tall, Ink::Work),
        Fill::Half | Fill::Total => {
            d.frame([x, top, w, tall], Some(Ink::Sheet), Ink::Work, 1.2);
            d.fill(x, top + tall / 2.0, w, tall / 2.0, Ink::Work);
        }
        Fill::Weak => {
            // A total that lies below shows through.
            d.frame([x, top, w, tall], None, Ink::Weak, 1.2);
            d.fill(x, top + tall * 0.85, w, tall * 0.15, Ink::Weak);
        }
    }
}

/// The label of a bar, where it fits; in the upper half where a total may lie below.
pub(crate) fn bar_label(d: &mut Drawing, bar: &Bar, [x, top, w, tall]: [f32; 4], over: bool, t: f32) {
    if w <= t * 3.5 {
        return;
    }
    let (ink, base, size) = match bar.fill {
        Fill::Full => (Ink::Sheet, top + tall / 2.0 + t * 0.35, t * 0.95),
        Fill::Weak if !over => (Ink::Ink, top + tall / 2.0 + t * 0.2, t * 0.95),
        Fill::Half | Fill::Weak => (Ink::Ink, top + t * 0.76, t * 0.78),
        Fill::Total => return,
    };
    d.text(x + t * 0.5, base, size, Anchor::Start, false, ink, fit(&bar.label, w - t, size));
}

/// Columns a month; where no file reaches is hatched, with the sentence in the hatch where it fits.
fn phone(d: &mut Drawing, lanes: &Lanes, words: &Words, f: &Field, y: f32) -> (f32, f32) {
    let t = f.t;
    let top = y + t * 1.9;
    let tall = t * 2.6;
    let most = lanes.phone.iter().map(|m| m.count).max().unwrap_or(0);
    let note = if lanes.phone_note.is_empty() { words.no_source_reaches_these } else { &lanes.phone_note };
    let dark: Vec<Span> = match lanes.phone_reach {
        None => vec![lanes.span],
        Some(reach) => {
            [Span { from: lanes.span.from, to: reach.from.plus(-1) }, Span { from: reach.to.next(), to: lanes.span.to }].into_iter().filter(|s| s.from <= s.to).collect()
        }
    };
    for span in &dark {
        let Some((x, w)) = f.part(*span) else { continue };
        d.hatch(x, top, w, tall, t * 0.55);
        // The long sentence where it fits, else the short one, else the hatch alone: the legend names it.
        let room = |text: &&str| about_wide(text, t * 0.95) + t * 1.6 < w;
        if let Some(note) = [note, words.no_source_reaches_these].into_iter().find(room) {
            d.fill(x + t * 0.5, top + tall / 2.0 - t * 0.75, about_wide(note, t * 0.95) + t, t * 1.5, Ink::Sheet);
            d.text(x + t, top + tall / 2.0 + t * 0.35, t * 0.95, Anchor::Start, false, Ink::Ink, note);
        }
    }
    if most > 0 {
        let label = format!("{} {}", words.calls_a_month_most, crate::calls::group(most));
        d.text(f.right, top - t * 0.5, t * 0.95, Anchor::End, false, Ink::Soft, label);
    }
    for m in &lanes.phone {
        if m.count > 0
            && let Some((x, w)) = f.part(Span { from: m.month, to: m.month })
        {
            // A single call is still seen.
            let h = ((tall - t * 0.2) * m.count as f32 / most as f32).max(1.2);
            let name = || format!("{}, {}: {}", words.phone, words.long(m.month), crate::calls::group(m.count));
            d.link(lanes.calls_href(m.month).as_deref(), name, [x, top, w, tall], |d| d.fill(x + w * 0.08, top + tall - h, w * 0.84, h, Ink::Phone));
        }
    }
    d.rule(f.left, top + tall, f.right, top + tall, Ink::Line, 0.75);
    (top - y + tall, top - y + tall / 2.0)
}

/// Entries, notices and encounters, their labels in up to four rows below so that none covers another.
fn points(d: &mut Drawing, lanes: &Lanes, words: &Words, f: &Field, y: f32) -> (f32, f32) {
    let t = f.t;
    let middle = y + t * 1.6;
    let base = middle + t * 0.9;
    d.rule(f.left, base, f.right, base, Ink::Line, 0.75);
    let mut rows: Vec<f32> = Vec::new();
    let mut shown: Vec<&Point> = lanes.immigration.iter().filter(|p| f.middle(p.month).is_some()).collect();
    shown.sort_by_key(|p| p.month);
    for point in &shown {
        let Some(x) = f.middle(point.month) else { continue };
        let name = || named(&point.label, Span { from: point.month, to: point.month }, words);
        d.link(point.href.as_deref(), name, around(x, middle, t, t), |d| {
            point_mark(d, point.shape, x, middle, t * 0.5);
            let label = fit(&point.label, t * 16.0, t * 0.95);
            let wide = about_wide(&label, t * 0.95);
            let start = (x - t * 0.5).min(f.right - wide).max(f.left);
            let row = rows.iter().position(|end| *end < start).unwrap_or(rows.len());
            if row >= 4 {
                return; // the table has it
            }
            if row == rows.len() {
                rows.push(0.0);
            }
            rows[row] = start + wide + t * 0.8;
            d.text(start, base + t * (1.2 + 1.3 * row as f32), t * 0.95, Anchor::Start, false, Ink::Ink, label);
        });
    }
    if shown.is_empty() {
        d.text(f.left + t * 0.5, middle + t * 0.35, t * 0.95, Anchor::Start, false, Ink::Soft, words.nothing_given);
    }
    (base - y + t * (0.5 + 1.3 * rows.len() as f32), t * 1.6)
}

/// The mark of a date, around its middle.
pub(crate) fn point_mark(d: &mut Drawing, shape: PointShape, x: f32, y: f32, r: f32) {
    let points = match shape {
        PointShape::Square => return d.fill(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7, Ink::Immigration),
        PointShape::Diamond => vec![(x, y - r * 1.2), (x + r * 1.2, y), (x, y + r * 1.2), (x - r * 1.2, y)],
        PointShape::Triangle => vec![(x, y - r), (x + r * 1.1, y + r), (x - r * 1.1, y + r)],
    };
    d.shapes.push(Shape::Polygon { points, ink: Ink::Immigration });
}

fn twin(lanes: &Lanes, words: &Words) -> String {
    let columns = [words.from, words.to, words.lane, words.what].map(|name| Column { name, number: false });
    let mut rows: Vec<(Month, Vec<String>)> = Vec::new();
    let mut add = |span: Span, lane: &str, what: &str| {
        rows.push((span.from, vec![words.long(span.from), words.long(span.to), lane.to_owned(), what.to_owned()]));
    };
    for (bars, lane) in [(&lanes.work, words.work), (&lanes.home, words.home)] {
        for bar in bars {
            add(bar.span, lane, &bar.label);
        }
    }
    if let Some(reach) = lanes.phone_reach {
        let total: u64 = lanes.phone.iter().map(|m| m.count).fold(0, u64::saturating_add);
        add(reach, words.phone, &format!("{} {}", crate::calls::group(total), words.calls));
    }
    for point in &lanes.immigration {
        add(Span { from: point.month, to: point.month }, words.immigration, &point.label);
    }
    for gap in &lanes.gaps {
        add(*gap, words.work, words.ask);
    }
    for span in &lanes.out_of_reach {
        add(*span, words.work, words.out_of_reach);
    }
    for dispute in &lanes.disputes {
        let lane = match dispute.lane {
            Lane::Work => words.work,
            Lane::Phone => words.phone,
            Lane::Immigration => words.immigration,
            Lane::Home => words.home,
        };
        let what = if dispute.label.is_empty() { words.papers_disagree } else { &dispute.label };
        add(Span { from: dispute.month, to: dispute.month }, lane, what);
    }
    rows.sort_by_key(|(from, _)| *from);
    table(&lanes.title, &columns, &rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_lang::Lang;

    fn month(text: &str) -> Month {
        Month::parse(text).expect("a month")
    }

    fn lanes(links: bool) -> Lanes {
        let span = |a: &str, b: &str| Span { from: month(a), to: month(b) };
        let href = |to: &str| links.then(|| to.to_owned());
        Lanes {
            title: "Client".to_owned(),
            desc: String::new(),
            span: span("2017-01", "2026-12"),
            work: vec![Bar { span: span("2018-01", "2020-12"), label: "La Espiga".to_owned(), fill: Fill::Full, href: href("record/job") }],
            home: Vec::new(),
            phone: vec![MonthCount { month: month("2023-02"), count: 12 }],
            phone_reach: Some(span("2023-02", "2026-10")),
            phone_note: String::new(),
            immigration: vec![Point { month: month("2017-03"), shape: PointShape::Diamond, label: "Entry, B2".to_owned(), href: href("record/entry") }],
            gaps: vec![span("2021-02", "2021-02")],
            out_of_reach: vec![span("2017-01", "2017-12")],
            disputes: vec![Dispute { month: month("2017-03"), lane: Lane::Immigration, label: String::new(), href: href("finding/entry") }],
            links: links.then(|| Links { month: "coverage/{}?who=client".to_owned(), calls: "calls?who=client&month={}".to_owned() }),
        }
    }

    #[test]
    fn every_mark_is_a_link_whose_name_begins_with_what_is_written() {
        let svg = draw_timeline(&lanes(true), &Words::of(Lang::En), Size::WIDE).svg();
        for (href, name) in [
            ("record/job", "La Espiga, January 2018 - December 2020"),
            ("record/entry", "Entry, B2, March 2017"),
            ("finding/entry", "papers disagree, March 2017"),
            ("coverage/2021-02?who=client", "Feb 2021: ask, February 2021"),
            ("coverage/2017-01?who=client", "out of reach, January 2017 - December 2017"),
            ("calls?who=client&amp;month=2023-02", "Phone, February 2023: 12"),
        ] {
            assert!(svg.contains(&format!(r#"<a href="{href}" aria-label="{name}">"#)), "{href} {name}\n{svg}");
        }
        assert_eq!(svg.matches("<a ").count(), 6);
    }

    #[test]
    fn a_bar_is_named_where_nothing_covers_it() {
        for (above, expected) in [
            (vec![], (10.0, 100.0)),
            (vec![(10.0, 30.0)], (40.0, 70.0)),
            (vec![(90.0, 40.0), (0.0, 20.0)], (20.0, 70.0)),
            (vec![(30.0, 5.0), (31.0, 2.0), (70.0, 5.0)], (35.0, 35.0)),
            (vec![(0.0, 200.0)], (10.0, 0.0)),
        ] {
            assert_eq!(widest(10.0, 100.0, above), expected);
        }
    }

    #[test]
    fn the_persons_word_alone_is_no_full_bar() {
        let draw = |fill| {
            let mut lanes = lanes(false);
            lanes.work[0].fill = fill;
            draw_timeline(&lanes, &Words::of(Lang::En), Size::WIDE).shapes
        };
        let filled = |fill| draw(fill).iter().filter(|s| matches!(s, Shape::Box { fill: Some(Ink::Work), .. })).count();
        assert_eq!((filled(Fill::Full), filled(Fill::Half), filled(Fill::Weak)), (1, 1, 0));
        assert_ne!(draw(Fill::Full), draw(Fill::Half));
    }

    #[test]
    fn a_report_and_its_data_know_no_links() {
        let lanes = lanes(false);
        assert!(!draw_timeline(&lanes, &Words::of(Lang::En), Size::WIDE).svg().contains("<a "));
        let data = serde_json::to_string(&lanes).expect("data");
        assert!(!data.contains("href") && !data.contains("links"), "{data}");
        assert_eq!(serde_json::from_str::<Lanes>(&data).expect("the same lanes"), lanes);
    }

    #[test]
    fn pieces_together_are_the_whole() {
        for (parts, lengths) in [(1, vec![120]), (3, vec![40, 40, 40]), (7, vec![18, 18, 18, 18, 18, 18, 12])] {
            let got: Vec<i32> = pieces(&lanes(true), parts).iter().map(|p| p.span.to.index() - p.span.from.index() + 1).collect();
            assert_eq!(got, lengths);
        }
    }
}
