//! A chart as plain shapes with named inks, before it is SVG or paper.

use crate::html::escape;
use std::fmt::Write;

/// The inks of the house. On screen each is a class whose colour the style sheet sets, for light, dark and high contrast.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ink {
    Ink,
    /// Less important text.
    Soft,
    /// Rules.
    Line,
    /// Axes.
    Axis,
    /// The paper itself.
    Sheet,
    Proof,
    Weak,
    /// A person has to act.
    Alarm,
    /// No source reaches.
    Reach,
    Work,
    Phone,
    Immigration,
}

impl Ink {
    pub fn class(self) -> &'static str {
        match self {
            Ink::Ink => "i-ink",
            Ink::Soft => "i-soft",
            Ink::Line => "i-line",
            Ink::Axis => "i-axis",
            Ink::Sheet => "i-sheet",
            Ink::Proof => "i-proof",
            Ink::Weak => "i-weak",
            Ink::Alarm => "i-alarm",
            Ink::Reach => "i-reach",
            Ink::Work => "i-work",
            Ink::Phone => "i-phone",
            Ink::Immigration => "i-immig",
        }
    }

    /// The colour on light paper.
    pub fn rgb(self) -> [u8; 3] {
        match self {
            Ink::Ink => [0x1a, 0x21, 0x30],
            Ink::Soft => [0x4a, 0x52, 0x60],
            Ink::Line => [0xd3, 0xd3, 0xc8],
            Ink::Axis => [0x77, 0x7b, 0x74],
            Ink::Sheet => [0xff, 0xff, 0xfd],
            Ink::Proof => [0x2a, 0x5b, 0x4a],
            Ink::Weak => [0x80, 0x54, 0x0a],
            Ink::Alarm => [0x9c, 0x1f, 0x2c],
            Ink::Reach => [0x6a, 0x6f, 0x75],
            Ink::Work => [0x2f, 0x5b, 0x86],
            Ink::Phone => [0x2a, 0x6a, 0x6a],
            Ink::Immigration => [0x6a, 0x46, 0x83],
        }
    }

    fn hex(self) -> String {
        let [r, g, b] = self.rgb();
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Shape {
    Box {
        x: f32,
        y: f32,
        w: f32,
        h: f32,
        fill: Option<Ink>,
        line: Option<(Ink, f32)>,
    },
    Line {
        x1: f32,
        y1: f32,
        x2: f32,
        y2: f32,
        ink: Ink,
        width: f32,
    },
    /// Diagonal lines: no source reaches here.
    Hatch {
        x: f32,
        y: f32,
        w: f32,
        h: f32,
        step: f32,
    },
    Polygon {
        points: Vec<(f32, f32)>,
        ink: Ink,
    },
    Dot {
        x: f32,
        y: f32,
        r: f32,
        ink: Ink,
    },
    Ring {
        x: f32,
        y: f32,
        r: f32,
        ink: Ink,
        width: f32,
    },
    /// `y` is the baseline.
    Text {
        x: f32,
        y: f32,
        size: f32,
        anchor: Anchor,
        bold: bool,
        ink: Ink,
        text: String,
    },
    /// Shapes that lead somewhere when the chart stands on a page; `area` can be touched, and `name` begins with what is written.
    Link {
        href: String,
        name: String,
        area: [f32; 4],
        shapes: Vec<Shape>,
    },
}

/// A chart laid out. `title` names it, `desc` says in a sentence what it shows: both are read aloud.
#[derive(Clone, PartialEq, Debug)]
pub struct Drawing {
    pub width: f32,
    pub height: f32,
    pub title: String,
    pub desc: String,
    pub shapes: Vec<Shape>,
}

impl Drawing {
    pub fn new(width: f32, height: f32, title: &str, desc: &str) -> Drawing {
        Drawing { width, height, title: title.to_owned(), desc: desc.to_owned(), shapes: Vec::new() }
    }

    pub fn fill(&mut self, x: f32, y: f32, w: f32, h: f32, ink: Ink) {
        self.shapes.push(Shape::Box { x, y, w, h, fill: Some(ink), line: None });
    }

    /// A frame drawn inside its box.
    pub fn frame(&mut self, [x, y, w, h]: [f32; 4], fill: Option<Ink>, ink: Ink, width: f32) {
        let (dx, w, h) = (width / 2.0, w - width, h - width);
        self.shapes.push(Shape::Box { x: x + dx, y: y + dx, w: w.max(0.1), h: h.max(0.1), fill, line: Some((ink, width)) });
    }

    pub fn rule(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, ink: Ink, width: f32) {
        self.shapes.push(Shape::Line { x1, y1, x2, y2, ink, width });
    }

    pub fn hatch(&mut self, x: f32, y: f32, w: f32, h: f32, step: f32) {
        self.shapes.push(Shape::Hatch { x, y, w, h, step });
    }

    #[allow(clippy::too_many_arguments)] // the seven things a label has
    pub fn text(&mut self, x: f32, y: f32, size: f32, anchor: Anchor, bold: bool, ink: Ink, text: impl Into<String>) {
        self.shapes.push(Shape::Text { x, y, size, anchor, bold, ink, text: text.into() });
    }

    /// What `draw` adds leads to `href`, where there is one.
    pub fn link(&mut self, href: Option<&str>, name: impl FnOnce() -> String, area: [f32; 4], draw: impl FnOnce(&mut Drawing)) {
        let before = self.shapes.len();
        draw(self);
        if let Some(href) = href {
            let shapes = self.shapes.split_off(before);
            self.shapes.push(Shape::Link { href: href.to_owned(), name: name(), area, shapes });
        }
    }

    /// The picture for a page: no styles, no scripts, no ids. Colours stand as attributes, and classes may overrule them.
    pub fn svg(&self) -> String {
        let mut out = String::with_capacity(self.shapes.len() * 80);
        let (w, h) = (number(self.width), number(self.height));
        // A picture hides what is inside it from who listens; links must be heard.
        let role = if self.shapes.iter().any(|s| matches!(s, Shape::Link { .. })) { "group" } else { "img" };
        let _ = write!(out, r#"<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="{role}" viewBox="0 0 {w} {h}" width="{w}" height="{h}">"#);
        let _ = write!(out, "<title>{}</title><desc>{}</desc>", escape(&self.title), escape(&self.desc));
        for shape in &self.shapes {
            svg_shape(&mut out, shape);
        }
        out.push_str("</svg>");
        out
    }
}

fn svg_shape(out: &mut String, shape: &Shape) {
    // Writing to a String cannot fail.
    let _ = match shape {
        Shape::Box { x, y, w, h, fill, line } => {
            let _ = write!(out, r#"<rect x="{}" y="{}" width="{}" height="{}" "#, number(*x), number(*y), number(*w), number(*h));
            match (fill, line) {
                (Some(f), None) => write!(out, r#"class="{}" fill="{}"/>"#, f.class(), f.hex()),
                (f, Some((s, width))) => {
                    let (f_class, f_hex) = f.map_or(("f-none", "none".to_owned()), |f| (f.class(), f.hex()));
                    write!(out, r#"class="{f_class} s-{}" fill="{f_hex}" stroke="{}" stroke-width="{}"/>"#, s.class(), s.hex(), number(*width))
                }
                (None, None) => write!(out, r#"fill="none"/>"#),
            }
        }
        Shape::Line { x1, y1, x2, y2, ink, width } => write!(
            out,
            r#"<path d="M{} {}L{} {}" class="f-none s-{}" stroke="{}" stroke-width="{}"/>"#,
            number(*x1),
            number(*y1),
            number(*x2),
            number(*y2),
            ink.class(),
            ink.hex(),
            number(*width)
        ),
        Shape::Hatch { x, y, w, h, step } => {
            let mut d = String::new();
            for [x1, y1, x2, y2] in hatch_lines(*x, *y, *w, *h, *step) {
                let _ = write!(d, "M{} {}L{} {}", number(x1), number(y1), number(x2), number(y2));
            }
            write!(out, r#"<path d="{d}" class="f-none s-i-reach" stroke="{}" stroke-width="1"/>"#, Ink::Reach.hex())
        }
        Shape::Polygon { points, ink } => {
            let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
            write!(out, r#"<polygon points="{}" class="{}" fill="{}"/>"#, points.join(" "), ink.class(), ink.hex())
        }
        Shape::Dot { x, y, r, ink } => {
            write!(out, r#"<circle cx="{}" cy="{}" r="{}" class="{}" fill="{}"/>"#, number(*x), number(*y), number(*r), ink.class(), ink.hex())
        }
        Shape::Ring { x, y, r, ink, width } => write!(
            out,
            r#"<circle cx="{}" cy="{}" r="{}" class="i-sheet s-{}" fill="{}" stroke="{}" stroke-width="{}"/>"#,
            number(*x),
            number(*y),
            number(*r),
            ink.class(),
            Ink::Sheet.hex(),
            ink.hex(),
            number(*width)
        ),
        Shape::Text { x, y, size, anchor, bold, ink, text } => {
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => r#" text-anchor="middle""#,
                Anchor::End => r#" text-anchor="end""#,
            };
            let weight = if *bold { r#" font-weight="600""# } else { "" };
            write!(
                out,
                r#"<text x="{}" y="{}" font-size="{}" font-family="Inter, system-ui, sans-serif"{anchor}{weight} class="{}" fill="{}">{}</text>"#,
                number(*x),
                number(*y),
                number(*size),
                ink.class(),
                ink.hex(),
                escape(text)
            )
        }
        Shape::Link { href, name, area: [x, y, w, h], shapes } => {
            let _ = write!(out, r#"<a href="{}" aria-label="{}">"#, escape(href), escape(name));
            let _ = write!(out, r#"<path class="hit" fill="none" d="M{} {}h{}v{}h{}z"/>"#, number(*x), number(*y), number(*w), number(*h), number(-w));
            shapes.iter().for_each(|shape| svg_shape(out, shape));
            write!(out, "</a>")
        }
    };
}

/// The diagonal lines that fill a box, cut to it: from, to.
pub fn hatch_lines(x: f32, y: f32, w: f32, h: f32, step: f32) -> Vec<[f32; 4]> {
    let mut lines = Vec::new();
    let mut sum = step;
    // Each line is x' + y' = sum, inside 0..w and 0..h.
    while sum < w + h && lines.len() < 4_000 {
        let (x1, y1) = if sum <= h { (0.0, sum) } else { (sum - h, h) };
        let (x2, y2) = if sum <= w { (sum, 0.0) } else { (w, sum - w) };
        lines.push([x + x1, y + y1, x + x2, y + y2]);
        sum += step;
    }
    lines
}

/// A number as short as it can be, the same on every machine.
fn number(n: f32) -> String {
    let hundredths = (f64::from(n) * 100.0).round() as i64;
    let text = format!("{}{}.{:02}", if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// About how wide a text is in the sans face; for keeping labels apart, not for setting them.
pub(crate) fn about_wide(text: &str, size: f32) -> f32 {
    text.chars()
        .map(|c| {
            if matches!(c, 'i' | 'l' | 'j' | '.' | ',' | ':' | ' ' | '\'' | 't' | 'f' | 'r') {
                0.32
            } else if c.is_uppercase() || matches!(c, 'm' | 'w') {
                0.74
            } else {
                0.58
            }
        })
        .sum::<f32>()
        * size
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(href: Option<&str>) -> String {
        let mut d = Drawing::new(40.0, 20.0, "Work", "");
        d.link(href, || "Aug 2019: ask, \"A&B\"".to_owned(), [1.0, 2.0, 24.0, 24.0], |d| d.fill(1.0, 2.0, 3.0, 4.0, Ink::Work));
        d.svg()
    }

    #[test]
    fn a_link_is_a_group_with_its_name_and_a_place_to_touch() {
        let svg = drawn(Some("coverage/2019-08?who=client&claim=presence"));
        assert!(svg.contains(r#"role="group""#));
        assert!(svg.contains(r#"<a href="coverage/2019-08?who=client&amp;claim=presence" aria-label="Aug 2019: ask, &quot;A&amp;B&quot;">"#));
        assert!(svg.contains(r#"<path class="hit" fill="none" d="M1 2h24v24h-24z"/><rect"#));
    }

    #[test]
    fn without_an_address_the_same_shapes_are_a_picture() {
        let svg = drawn(None);
        assert!(svg.contains(r#"role="img""#) && !svg.contains("<a") && svg.contains("<rect"));
    }
}
