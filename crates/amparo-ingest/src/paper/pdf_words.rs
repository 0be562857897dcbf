//! The words of one PDF page, each with its rectangle on the upright page.
//!
//! Glyphs arrive in the order the page draws them. They are joined to words by the gaps between them,
//! and words are put in reading order by white space: columns first, then lines from the top.

use amparo_model::reading::Word;
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};

/// A gap wider than this part of the letter height ends a word.
const WORD_GAP: f64 = 0.12;
/// A step back by more than this part of the letter height ends a word.
const STEP_BACK: f64 = 0.5;
/// No page of paper holds more words; what comes after is dropped and the page counts as unread.
const MOST_WORDS: usize = 200_000;

/// Listens to the drawing of one page and keeps its words.
pub struct Listener {
    width: f64,
    height: f64,
    words: Vec<Piece>,
    open: Option<Open>,
    /// Glyphs drawn, whatever they mean.
    pub glyphs: u64,
    /// Glyphs for which the file does not say which letter they are.
    pub unmapped: u64,
    /// Glyphs that are not painted: somebody's machine reading laid under a scan.
    pub invisible: u64,
    pub images: u64,
    /// Square points that pictures cover, each by itself.
    covered: f64,
    pub paths: u64,
    /// More words than a page can hold.
    pub overfull: bool,
}

struct Piece {
    text: String,
    rect: Rect,
    /// Letter height in points.
    em: f64,
}

/// The word being drawn.
struct Open {
    piece: Piece,
    start: Point,
    end: Point,
    along: (f64, f64),
    last: char,
}

impl Listener {
    /// For a page of these dimensions, upright, in points.
    pub fn new(width: f32, height: f32) -> Listener {
        Listener {
            width: f64::from(width).max(1.0),
            height: f64::from(height).max(1.0),
            words: Vec::new(),
            open: None,
            glyphs: 0,
            unmapped: 0,
            invisible: 0,
            images: 0,
            covered: 0.0,
            paths: 0,
            overfull: false,
        }
    }

    /// What part of the page its pictures cover.
    pub fn pictured(&self) -> f64 {
        self.covered / (self.width * self.height)
    }

    /// Words in reading order.
    pub fn words(mut self) -> Vec<Word> {
        self.close();
        let (width, height) = (self.width, self.height);
        let (pieces, firsts) = in_order(self.words);
        let part = |v: f64, of: f64| ((v / of).clamp(0.0, 1.0) * 1_000_000.0).round() as u32;
        pieces
            .into_iter()
            .zip(firsts)
            .map(|(piece, line)| {
                let (x, y) = (part(piece.rect.x0, width), part(piece.rect.y0, height));
                let (right, bottom) = (part(piece.rect.x1, width), part(piece.rect.y1, height));
                Word { text: piece.text, at: [x, y, right.saturating_sub(x), bottom.saturating_sub(y)], confidence: None, line }
            })
            .collect()
    }

    /// Adds the value of a form field, unless the page draws it in the field's rectangle.
    pub fn field_value(&mut self, rect: Rect, value: &str) {
        self.close();
        let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
        let there = rect.inflate(2.0, 2.0);
        let drawn: String = self.words.iter().filter(|w| there.contains(w.rect.center())).map(|w| plain(&w.text)).collect();
        let value_plain = plain(value);
        if drawn.contains(&value_plain) && (!value_plain.is_empty() || !drawn.is_empty()) {
            return;
        }
        let lines: Vec<&str> = value.split(['\r', '\n']).filter(|l| !l.trim().is_empty()).take(200).collect();
        let line_height = rect.height() / lines.len().max(1) as f64;
        let em = line_height.clamp(1.0, 12.0);
        for (n, line) in lines.iter().enumerate() {
            let letters = line.chars().count().max(1) as f64;
            let step = (em * 0.5).min(rect.width() / letters);
            let top = rect.y0 + n as f64 * line_height + (line_height - em).max(0.0) / 2.0;
            let mut at = 0.0;
            for word in line.split(' ') {
                let long = word.chars().count() as f64;
                if !word.trim().is_empty() {
                    let left = rect.x0 + at * step;
                    self.keep(Piece { text: word.trim().to_owned(), rect: Rect::new(left, top, left + long * step, top + em), em });
                }
                at += long + 1.0;
            }
        }
    }

    fn keep(&mut self, piece: Piece) {
        let r = piece.rect;
        let finite = [r.x0, r.y0, r.x1, r.y1].iter().all(|v| v.is_finite());
        if !finite || r.x1 < 0.0 || r.y1 < 0.0 || r.x0 > self.width || r.y0 > self.height || piece.text.trim().is_empty() {
            return;
        }
        if self.words.len() >= MOST_WORDS {
            self.overfull = true;
            return;
        }
        self.words.push(piece);
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.keep(open.piece);
        }
    }

    fn glyph(&mut self, glyph: &Glyph<'_>, place: Affine) {
        self.glyphs += 1;
        let mapped = glyph.as_unicode();
        let space = match &mapped {
            Some(BfString::Char(c)) => c.is_whitespace() || *c == '\0',
            Some(BfString::String(s)) => s.chars().all(char::is_whitespace),
            None => glyph.char_code() == 32,
        };
        if space {
            self.close();
            return;
        }
        let known = match &mapped {
            Some(BfString::Char(c)) => is_letter_known(*c),
            Some(BfString::String(s)) => s.chars().all(is_letter_known),
            None => false,
        };
        if !known {
            self.unmapped += 1;
        }
        let c = place.as_coeffs();
        let (advance, em_units) = match glyph {
            Glyph::Outline(g) => (f64::from(g.advance_width().unwrap_or(500.0)), 1_000.0),
            Glyph::Type3(g) => (f64::from(g.advance_width().unwrap_or(500.0)), 1_000.0),
        };
        let origin = Point::new(c[4], c[5]);
        let step = (c[0] * advance, c[1] * advance);
        let up = (c[2] * em_units, c[3] * em_units);
        let em = up.0.hypot(up.1);
        if !em.is_finite() || em <= 0.0 || !origin.x.is_finite() || !origin.y.is_finite() {
            return;
        }
        let direction = {
            let long = c[0].hypot(c[1]);
            if long > 0.0 { (c[0] / long, c[1] / long) } else { (1.0, 0.0) }
        };
        let first = match &mapped {
            Some(BfString::Char(c)) => *c,
            Some(BfString::String(s)) => s.chars().next().unwrap_or('\u{fffd}'),
            None => '\u{fffd}',
        };
        if let Some(open) = &self.open {
            let gap = origin - open.end;
            let along = gap.x * open.along.0 + gap.y * open.along.1;
            let aside = (gap.x * open.along.1 - gap.y * open.along.0).abs();
            let back_to_start = origin - open.start;
            // The same letter struck twice in one place is bold, not two letters.
            if first == open.last && back_to_start.hypot() < em * 0.1 {
                return;
            }
            let turned = open.along.0 * direction.0 + open.along.1 * direction.1 < 0.9;
            if turned || aside > em * 0.35 || along > em * WORD_GAP || along < -em * STEP_BACK {
                self.close();
            }
        }
        let corner = |a: (f64, f64), b: f64| Point::new(origin.x + a.0 + up.0 * b, origin.y + a.1 + up.1 * b);
        let rect = Rect::from_points(corner((0.0, 0.0), -0.2), corner(step, 0.75))
            .union(Rect::from_points(corner(step, -0.2), corner((0.0, 0.0), 0.75)));
        let end = Point::new(origin.x + step.0, origin.y + step.1);
        let open = self.open.get_or_insert_with(|| Open {
            piece: Piece { text: String::with_capacity(12), rect, em },
            start: origin,
            end,
            along: direction,
            last: first,
        });
        match mapped {
            Some(BfString::Char(c)) => push_letter(&mut open.piece.text, c),
            Some(BfString::String(s)) => s.chars().for_each(|c| push_letter(&mut open.piece.text, c)),
            None => open.piece.text.push('\u{fffd}'),
        }
        open.piece.rect = open.piece.rect.union(rect);
        (open.start, open.end, open.last) = (origin, end, first);
    }
}

fn is_letter_known(c: char) -> bool {
    c != '\u{fffd}' && !c.is_control() && !('\u{e000}'..='\u{f8ff}').contains(&c)
}

fn push_letter(text: &mut String, c: char) {
    match c {
        '\u{fb00}' => text.push_str("ff"),
        '\u{fb01}' => text.push_str("fi"),
        '\u{fb02}' => text.push_str("fl"),
        '\u{fb03}' => text.push_str("ffi"),
        '\u{fb04}' => text.push_str("ffl"),
        '\u{ad}' => text.push('-'),
        c if c.is_control() => text.push('\u{fffd}'),
        c => text.push(c),
    }
}

impl<'a> Device<'a> for Listener {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let before = self.glyphs;
        for glyph in run.glyphs() {
            self.glyph(glyph, props.transform * glyph.transform());
        }
        if matches!(mode, DrawMode::Invisible) {
            self.invisible += self.glyphs - before;
        }
    }
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.images += 1;
        let pixels = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let page = Rect::new(0.0, 0.0, self.width, self.height);
        let shown = props.transform.transform_rect_bbox(pixels).intersect(page);
        if shown.width() > 0.0 && shown.height() > 0.0 {
            self.covered += shown.area();
        }
    }
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.paths += 1;
    }
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {
        self.paths += 1;
    }
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Pieces in reading order, and which of them begin a line.
fn in_order(mut pieces: Vec<Piece>) -> (Vec<Piece>, Vec<bool>) {
    let mut order = Vec::with_capacity(pieces.len());
    let mut firsts = Vec::with_capacity(pieces.len());
    let mut heights: Vec<f64> = pieces.iter().map(|p| p.em).collect();
    let middle = heights.len() / 2;
    let em = if heights.is_empty() { 10.0 } else { *heights.select_nth_unstable_by(middle, f64::total_cmp).1 };
    let all: Vec<usize> = (0..pieces.len()).collect();
    block(&pieces, all, em, 0, &mut order, &mut firsts);
    let mut slots: Vec<Option<Piece>> = pieces.drain(..).map(Some).collect();
    (order.into_iter().filter_map(|i| slots[i].take()).collect(), firsts)
}

fn block(pieces: &[Piece], mut ids: Vec<usize>, em: f64, depth: u32, order: &mut Vec<usize>, firsts: &mut Vec<bool>) {
    if depth < 12 && ids.len() > 12 {
        if let Some((left, right)) = columns(pieces, &mut ids, em) {
            block(pieces, left, em, depth + 1, order, firsts);
            block(pieces, right, em, depth + 1, order, firsts);
            return;
        }
        let bands = bands(pieces, &mut ids, em);
        if bands.len() > 1 {
            for band in bands {
                block(pieces, band, em, depth + 1, order, firsts);
            }
            return;
        }
    }
    lines(pieces, ids, order, firsts);
}

/// Two columns of prose with a gutter between them; tables are left whole.
fn columns(pieces: &[Piece], ids: &mut [usize], em: f64) -> Option<(Vec<usize>, Vec<usize>)> {
    ids.sort_unstable_by(|a, b| pieces[*a].rect.x0.total_cmp(&pieces[*b].rect.x0));
    let mut reach = f64::MIN;
    let mut best: Option<(f64, usize)> = None;
    for (n, id) in ids.iter().enumerate() {
        let rect = pieces[*id].rect;
        let gap = rect.x0 - reach;
        if n > 0 && gap > em * 0.9 && best.is_none_or(|(have, _)| gap > have) && prose(pieces, &ids[..n]) && prose(pieces, &ids[n..]) {
            best = Some((gap, n));
        }
        reach = reach.max(rect.x1);
    }
    let (_, at) = best?;
    Some((ids[..at].to_vec(), ids[at..].to_vec()))
}

/// At least three lines with three words each on average.
fn prose(pieces: &[Piece], ids: &[usize]) -> bool {
    if ids.len() < 12 {
        return false;
    }
    let mut tops: Vec<f64> = ids.iter().map(|i| pieces[*i].rect.y1).collect();
    tops.sort_unstable_by(f64::total_cmp);
    let lines = 1 + tops.windows(2).filter(|w| w[1] - w[0] > 2.0).count();
    lines >= 3 && ids.len() >= lines * 3
}

/// Bands of the page with white space above and below.
fn bands(pieces: &[Piece], ids: &mut [usize], em: f64) -> Vec<Vec<usize>> {
    ids.sort_unstable_by(|a, b| pieces[*a].rect.y0.total_cmp(&pieces[*b].rect.y0));
    let mut out: Vec<Vec<usize>> = Vec::new();
    let mut reach = f64::MIN;
    for id in ids.iter() {
        let rect = pieces[*id].rect;
        match out.last_mut() {
            Some(band) if rect.y0 - reach <= em * 0.6 => band.push(*id),
            _ => out.push(vec![*id]),
        }
        reach = reach.max(rect.y1);
    }
    out
}

/// Lines from the top, words from the left; a letter struck twice in one place counts once.
fn lines(pieces: &[Piece], mut ids: Vec<usize>, order: &mut Vec<usize>, firsts: &mut Vec<bool>) {
    let middle = |i: usize| pieces[i].rect.center().y;
    ids.sort_unstable_by(|a, b| middle(*a).total_cmp(&middle(*b)).then(a.cmp(b)));
    let mut from = 0;
    while from < ids.len() {
        let base = middle(ids[from]);
        let em = pieces[ids[from]].em;
        let mut to = from + 1;
        while to < ids.len() && middle(ids[to]) - base <= em.min(pieces[ids[to]].em).max(1.0) * 0.5 {
            to += 1;
        }
        let line = &mut ids[from..to];
        line.sort_unstable_by(|a, b| pieces[*a].rect.x0.total_cmp(&pieces[*b].rect.x0).then(a.cmp(b)));
        let mut last: Option<usize> = None;
        for id in line.iter() {
            let again = last.is_some_and(|l| {
                let (a, b) = (&pieces[l], &pieces[*id]);
                a.text == b.text && (a.rect.x0 - b.rect.x0).abs() < a.em * 0.2 && (a.rect.y0 - b.rect.y0).abs() < a.em * 0.2
            });
            if !again {
                firsts.push(last.is_none());
                order.push(*id);
                last = Some(*id);
            }
        }
        from = to;
    }
}
