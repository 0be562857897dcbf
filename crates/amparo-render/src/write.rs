//! Sheets become PDF: tagged for screen readers, with language, title and landmarks, and the same bytes every time.

use crate::fonts::Fonts;
use crate::page::RenderError;
use crate::sheet::{Child, Colour, HEIGHT, Mark, ROOT, Role, Sheet, WIDTH};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};
use krilla::{Document, SerializeSettings};
use std::num::NonZeroU16;

pub(crate) struct About<'a> {
    pub title: &'a str,
    pub language: &'a str,
    pub office: &'a str,
    /// Paper by default; a picture of lines is as wide and high as it needs.
    pub size: (f32, f32),
}

impl<'a> About<'a> {
    pub fn letter(title: &'a str, language: &'a str, office: &'a str) -> About<'a> {
        About { title, language, office, size: (WIDTH, HEIGHT) }
    }
}

/// Writes the sheets. They are checked against PDF/UA-1 as far as the library can; where a paper cannot meet
/// it, the paper is written all the same.
pub(crate) fn pdf(sheet: &Sheet<'_>, about: &About<'_>) -> Result<Vec<u8>, RenderError> {
    let accessible = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    if let Ok(configuration) = accessible {
        match once(sheet, about, configuration) {
            Err(KrillaError::Validation(_)) => {}
            done => return done.map_err(|e| RenderError::Broken(format!("{e:?}"))),
        }
    }
    once(sheet, about, Configuration::default()).map_err(|e| RenderError::Broken(format!("{e:?}")))
}

/// Whether the sheets meet what the library checks of PDF/UA-1; the reasons otherwise.
#[cfg(test)]
pub(crate) fn accessible(sheet: &Sheet<'_>, about: &About<'_>) -> Result<(), String> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish().map_err(|e| format!("{e:?}"))?;
    once(sheet, about, configuration).map(|_| ()).map_err(|e| format!("{e:?}"))
}

fn once(sheet: &Sheet<'_>, about: &About<'_>, configuration: Configuration) -> Result<Vec<u8>, KrillaError> {
    let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let leaves = sheet.pages.iter().flat_map(|p| &p.parts).map(|p| p.leaf + 1).max().unwrap_or(0);
    let mut found: Vec<Option<Identifier>> = vec![None; leaves];
    for page in &sheet.pages {
        let Some(size) = PageSettings::from_wh(about.size.0, about.size.1) else { continue };
        let mut out = document.start_page_with(size);
        let mut surface = out.surface();
        for part in &page.parts {
            let tag = match part.node.map(|n| &sheet.nodes[n].role) {
                None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)),
                Some(Role::Figure(_)) => ContentTag::Other,
                Some(_) => ContentTag::Span(SpanTag::empty()),
            };
            let id = surface.start_tagged(tag);
            for mark in &part.marks {
                draw(&mut surface, sheet.fonts, mark);
            }
            surface.end_tagged();
            if part.node.is_some() {
                found[part.leaf] = Some(id);
            }
        }
        surface.finish();
        out.finish();
    }
    let mut tree = TagTree::new().with_lang(Some(about.language.to_owned()));
    tree.push(group(sheet, ROOT, &mut found));
    document.set_tag_tree(tree);
    let mut outline = Outline::new();
    for landmark in &sheet.landmarks {
        outline.push_child(OutlineNode::new(landmark.text.clone(), XyzDestination::new(landmark.page, Point::from_xy(0.0, landmark.y))));
    }
    document.set_outline(outline);
    document.set_metadata(
        Metadata::new()
            .title(about.title.to_owned())
            .language(about.language.to_owned())
            .authors(if about.office.is_empty() { Vec::new() } else { vec![about.office.to_owned()] })
            .creator("amparo".to_owned()),
    );
    document.finish()
}

fn group(sheet: &Sheet<'_>, node: usize, found: &mut [Option<Identifier>]) -> TagGroup {
    let mut out = TagGroup::new(kind(&sheet.nodes[node].role));
    for child in &sheet.nodes[node].children {
        match child {
            Child::Node(inner) => out.push(Node::Group(group(sheet, *inner, found))),
            Child::Leaf(leaf) => {
                if let Some(id) = found[*leaf].take() {
                    out.push(Node::Leaf(id));
                }
            }
        }
    }
    out
}

fn kind(role: &Role) -> TagKind {
    match role {
        Role::Document => Tag::Part.into(),
        Role::Section => Tag::Section.into(),
        Role::Heading(level, text) => Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(text.clone())).into(),
        Role::Paragraph(lang) => Tag::P.with_lang(lang.map(str::to_owned)).into(),
        Role::Figure(alt) => Tag::Figure(Some(alt.clone())).into(),
        Role::Table => Tag::Table.into(),
        Role::Head => Tag::THead.into(),
        Role::Body => Tag::TBody.into(),
        Role::Row => Tag::TR.into(),
        Role::ColumnHeading => Tag::TH(TableHeaderScope::Column).into(),
        Role::RowHeading => Tag::TH(TableHeaderScope::Row).into(),
        Role::Cell => Tag::TD.into(),
    }
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, mark: &Mark) {
    match mark {
        Mark::Text { x, y, run, colour } => {
            if run.text.is_empty() {
                return;
            }
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*colour)));
            surface.draw_glyphs(Point::from_xy(*x, *y), &run.glyphs, fonts.embedded(run.letter).clone(), &run.text, run.size, false);
        }
        Mark::Box { x, y, w, h, fill: inside, line } => {
            let path = Rect::from_xywh(*x, *y, w.max(0.05), h.max(0.05)).and_then(|rect| {
                let mut path = PathBuilder::new();
                path.push_rect(rect);
                path.finish()
            });
            paint(surface, path, inside.map(fill), *line);
        }
        Mark::Line { from, to, colour, width } => paint(surface, polygon(&[*from, *to], false), None, Some((*colour, *width))),
        Mark::Polygon { points, fill: inside } => paint(surface, polygon(points, true), Some(fill(*inside)), None),
        Mark::Round { x, y, r, fill: inside, line } => paint(surface, circle(*x, *y, *r), inside.map(fill), *line),
    }
}

fn paint(surface: &mut Surface<'_>, path: Option<Path>, inside: Option<Fill>, line: Option<(Colour, f32)>) {
    if let Some(path) = path
        && (inside.is_some() || line.is_some())
    {
        surface.set_fill(inside);
        surface.set_stroke(line.map(|(colour, width)| Stroke { paint: rgb_of(colour).into(), width, ..Stroke::default() }));
        surface.draw_path(&path);
    }
}

fn rgb_of([r, g, b]: Colour) -> rgb::Color {
    rgb::Color::new(r, g, b)
}

fn fill(colour: Colour) -> Fill {
    Fill { paint: rgb_of(colour).into(), ..Fill::default() }
}

fn polygon(points: &[(f32, f32)], close: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (first, rest) = points.split_first()?;
    path.move_to(first.0, first.1);
    for (x, y) in rest {
        path.line_to(*x, *y);
    }
    if close {
        path.close();
    }
    path.finish()
}

/// Four curves; 0.5523 makes them look like a circle.
fn circle(x: f32, y: f32, r: f32) -> Option<Path> {
    let k = r * 0.5523;
    let mut path = PathBuilder::new();
    path.move_to(x + r, y);
    path.cubic_to(x + r, y + k, x + k, y + r, x, y + r);
    path.cubic_to(x - k, y + r, x - r, y + k, x - r, y);
    path.cubic_to(x - r, y - k, x - k, y - r, x, y - r);
    path.cubic_to(x + k, y - r, x + r, y - k, x + r, y);
    path.close();
    path.finish()
}
