//! Sheets of Letter paper, laid out first and written afterwards: only then is "page 3 of 12" known.
//!
//! Everything placed belongs to a node of the document's outline (a heading, a table cell, a figure), in
//! reading order, so that a screen reader hears what a person sees. What repeats on each page is an artifact.

use crate::fonts::{Fonts, Letter, Run};
use amparo_chart::{Anchor, Drawing, Ink, Shape, hatch_lines};

pub(crate) const WIDTH: f32 = 612.0;
pub(crate) const HEIGHT: f32 = 792.0;
/// One inch, for holes.
pub(crate) const LEFT: f32 = 72.0;
pub(crate) const RIGHT: f32 = WIDTH - 45.0;
pub(crate) const TOP: f32 = 84.0;
pub(crate) const BOTTOM: f32 = HEIGHT - 54.0;

pub(crate) type Colour = [u8; 3];

/// One thing put on a page; positions in points from the top left.
pub(crate) enum Mark {
    Text { x: f32, y: f32, run: Run, colour: Colour },
    Box { x: f32, y: f32, w: f32, h: f32, fill: Option<Colour>, line: Option<(Colour, f32)> },
    Line { from: (f32, f32), to: (f32, f32), colour: Colour, width: f32 },
    Polygon { points: Vec<(f32, f32)>, fill: Colour },
    Round { x: f32, y: f32, r: f32, fill: Option<Colour>, line: Option<(Colour, f32)> },
}

/// What a node is to a screen reader.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Role {
    Document,
    Section,
    /// 1 or 2.
    Heading(u16, String),
    Paragraph(Option<&'static str>),
    Figure(String),
    Table,
    Head,
    Body,
    Row,
    ColumnHeading,
    RowHeading,
    Cell,
}

pub(crate) enum Child {
    Node(usize),
    Leaf(usize),
}

pub(crate) struct Node {
    pub role: Role,
    pub children: Vec<Child>,
}

/// A run of marks that belong together: to a node, or, as an artifact, to none.
pub(crate) struct Part {
    pub node: Option<usize>,
    pub leaf: usize,
    pub marks: Vec<Mark>,
}

#[derive(Default)]
pub(crate) struct Page {
    pub parts: Vec<Part>,
}

/// A heading's place, for the list at the side of the window.
pub(crate) struct Landmark {
    pub text: String,
    pub page: usize,
    pub y: f32,
}

pub(crate) struct Sheet<'f> {
    pub fonts: &'f Fonts,
    pub pages: Vec<Page>,
    pub nodes: Vec<Node>,
    pub landmarks: Vec<Landmark>,
    leaves: usize,
    /// Where the next thing goes.
    pub y: f32,
}

pub(crate) const ROOT: usize = 0;

impl<'f> Sheet<'f> {
    pub fn new(fonts: &'f Fonts) -> Sheet<'f> {
        let root = Node { role: Role::Document, children: Vec::new() };
        Sheet { fonts, pages: vec![Page::default()], nodes: vec![root], landmarks: Vec::new(), leaves: 0, y: TOP }
    }

    pub fn node(&mut self, parent: usize, role: Role) -> usize {
        let id = self.nodes.len();
        self.nodes.push(Node { role, children: Vec::new() });
        self.nodes[parent].children.push(Child::Node(id));
        id
    }

    /// Puts a mark on the newest page.
    pub fn put(&mut self, node: Option<usize>, mark: Mark) {
        let page = self.pages.len() - 1;
        self.put_on(page, node, mark);
    }

    pub fn put_on(&mut self, page: usize, node: Option<usize>, mark: Mark) {
        let parts = &mut self.pages[page].parts;
        match parts.last_mut() {
            Some(part) if part.node == node => part.marks.push(mark),
            _ => {
                let leaf = self.leaves;
                self.leaves += 1;
                parts.push(Part { node, leaf, marks: vec![mark] });
                if let Some(node) = node {
                    self.nodes[node].children.push(Child::Leaf(leaf));
                }
            }
        }
    }

    pub fn new_page(&mut self) {
        self.pages.push(Page::default());
        self.y = TOP;
    }

    pub fn left_over(&self) -> f32 {
        BOTTOM - self.y
    }

    /// Makes sure that so much fits on this page.
    pub fn need(&mut self, height: f32) {
        if self.left_over() < height && self.y > TOP {
            self.new_page();
        }
    }

    pub fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// Lines of text at the left edge, moving to the next page where needed.
    pub fn lines(&mut self, node: Option<usize>, text: &str, letter: Letter, size: f32, leading: f32, colour: Colour) {
        for run in self.fonts.lines(text, letter, size, RIGHT - LEFT) {
            self.need(leading);
            let y = self.y + leading * 0.5 + size * 0.35;
            self.put(node, Mark::Text { x: LEFT, y, run, colour });
            self.y += leading;
        }
    }

    pub fn paragraph(&mut self, parent: usize, text: &str, letter: Letter, size: f32) {
        let node = self.node(parent, Role::Paragraph(None));
        self.lines(Some(node), text, letter, size, size * 1.42, Ink::Ink.rgb());
    }

    pub fn note(&mut self, parent: usize, text: &str) {
        let node = self.node(parent, Role::Paragraph(None));
        self.lines(Some(node), text, Letter::Sans, 8.5, 12.2, Ink::Soft.rgb());
    }

    /// A heading with a rule above; keeps some of what follows on its page.
    pub fn heading(&mut self, parent: usize, level: u16, text: &str, keep: f32) {
        let (size, leading) = if level == 1 { (22.0, 27.0) } else { (15.0, 20.0) };
        self.need(leading + keep);
        let page = self.pages.len() - 1;
        self.landmarks.push(Landmark { text: text.to_owned(), page, y: self.y });
        if level > 1 {
            let colour = Ink::Axis.rgb();
            self.put(None, Mark::Line { from: (LEFT, self.y), to: (RIGHT, self.y), colour, width: 0.75 });
            self.y += 6.0;
        }
        let node = self.node(parent, Role::Heading(level, text.to_owned()));
        self.lines(Some(node), text, Letter::SerifBold, size, leading, Ink::Ink.rgb());
        self.y += 3.0;
    }

    /// A chart as a figure, read aloud as its title and description. Its letters belong to the picture.
    pub fn figure(&mut self, parent: usize, drawing: &Drawing) {
        self.need(drawing.height);
        let alt = if drawing.desc.is_empty() { drawing.title.clone() } else { format!("{}. {}", drawing.title, drawing.desc) };
        let node = self.node(parent, Role::Figure(alt));
        let (dx, dy) = (LEFT, self.y);
        for shape in &drawing.shapes {
            for mark in self.marks(shape, dx, dy) {
                self.put(Some(node), mark);
            }
        }
        self.y += drawing.height;
    }

    /// A small drawing that only decorates words that stand beside it.
    pub fn ornament(&mut self, drawing: &Drawing, x: f32, y: f32) {
        for shape in &drawing.shapes {
            for mark in self.marks(shape, x, y) {
                self.put(None, mark);
            }
        }
    }

    fn marks(&self, shape: &Shape, dx: f32, dy: f32) -> Vec<Mark> {
        match shape {
            Shape::Box { x, y, w, h, fill, line } => {
                vec![Mark::Box { x: dx + x, y: dy + y, w: *w, h: *h, fill: fill.map(paper), line: line.map(|(ink, width)| (paper(ink), width)) }]
            }
            Shape::Line { x1, y1, x2, y2, ink, width } => {
                vec![Mark::Line { from: (dx + x1, dy + y1), to: (dx + x2, dy + y2), colour: paper(*ink), width: *width }]
            }
            Shape::Hatch { x, y, w, h, step } => hatch_lines(dx + x, dy + y, *w, *h, *step)
                .into_iter()
                .map(|[x1, y1, x2, y2]| Mark::Line { from: (x1, y1), to: (x2, y2), colour: paper(Ink::Reach), width: 0.6 })
                .collect(),
            Shape::Polygon { points, ink } => {
                vec![Mark::Polygon { points: points.iter().map(|(x, y)| (dx + x, dy + y)).collect(), fill: paper(*ink) }]
            }
            Shape::Dot { x, y, r, ink } => vec![Mark::Round { x: dx + x, y: dy + y, r: *r, fill: Some(paper(*ink)), line: None }],
            Shape::Ring { x, y, r, ink, width } => {
                vec![Mark::Round { x: dx + x, y: dy + y, r: *r, fill: Some(paper(Ink::Sheet)), line: Some((paper(*ink), *width)) }]
            }
            // Paper leads nowhere: the shapes alone.
            Shape::Link { shapes, .. } => shapes.iter().flat_map(|shape| self.marks(shape, dx, dy)).collect(),
            Shape::Text { x, y, size, anchor, bold, ink, text } => {
                let letter = if *bold { Letter::SansBold } else { Letter::Sans };
                let run = self.fonts.run(&self.fonts.writable(text, letter), letter, *size);
                let x = dx + x
                    - match anchor {
                        Anchor::Start => 0.0,
                        Anchor::Middle => run.width / 2.0,
                        Anchor::End => run.width,
                    };
                vec![Mark::Text { x, y: dy + y, run, colour: paper(*ink) }]
            }
        }
    }
}

/// Ink as it is printed: paper is white.
pub(crate) fn paper(ink: Ink) -> Colour {
    match ink {
        Ink::Sheet => [255, 255, 255],
        ink => ink.rgb(),
    }
}
