//! The words of one PDF page, each with its rectangle on the upright page.
//!
//! Glyphs arrive in the order the page draws them. They are joined to words by the gaps between them,
//! and words are put in reading order by white space: columns first, then lines from the top.

use amparo_model::reading::Word;
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{BezPath, Point, Rect};
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};

/// A gap wider than this part of the letter height ends a word.
const WORD_GAP: f64 = 0.12;
/// A step back by more than this part of the letter height ends a word.
const STEP_BACK: f64 = 0.5;
/// No page of paper holds more words; what comes after is dropped and the page counts as unread.
const MOST_WORDS: usize = 200_000;

/// No drawing of paper takes more steps than this, and none nests more often.
const MOST_STEPS: u32 = 8_000_000;
const MOST_NESTED: u32 = 200_000;

/// The page asks for more drawing than any paper: a form that draws itself twice, and so on.
pub struct TooMuch;

/// Listens to the drawing of one page and keeps its words.
pub struct Listener {
    steps: u32,
    nested: u32,
    width: f64,
    height: f64,
    words: Vec<Piece>,
    open: Option<Open>,
    /// Glyphs drawn, whatever they mean.
    pub glyphs: u64,
    /// The run just filled: how many glyphs, and the first one's place.
    filled: Option<(usize, [f64; 6])>,
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
    text: String,
    /// What its earlier parts cover, set with another pen.
    earlier: Option<Rect>,
    pen: Pen,
    /// Where the part set with this pen begins, where its last letter begins, and where the next one should.
    from: Point,
    start: Point,
    end: Point,
    last: char,
}

/// Direction and size of letters on the upright page.
#[derive(Clone, Copy, PartialEq)]
pub struct Pen {
    /// Of one thousandth of an em along the line.
    along: (f64, f64),
    /// Of one em upwards.
    up: (f64, f64),
    em: f64,
    direction: (f64, f64),
}

impl Pen {
    /// From the four linear parts of the map from glyph units (a thousandth of an em) to the page.
    pub fn new([a, b, c, d]: [f64; 4]) -> Pen {
        let up = (c * 1_000.0, d * 1_000.0);
        let long = a.hypot(b);
        Pen { along: (a, b), up, em: up.0.hypot(up.1), direction: if long > 0.0 { (a / long, b / long) } else { (1.0, 0.0) } }
    }

    /// What letters set from here to there cover.
    fn covers(&self, from: Point, to: Point) -> Rect {
        let corner = |p: Point, part: f64| Point::new(p.x + self.up.0 * part, p.y + self.up.1 * part);
        Rect::from_points(corner(from, -0.2), corner(to, 0.75)).union(Rect::from_points(corner(to, -0.2), corner(from, 0.75)))
    }
}

/// What a glyph of a font stands for.
pub struct Letter {
    text: LetterText,
    first: char,
    space: bool,
    known: bool,
    /// In glyph units.
    wide: f64,
}

enum LetterText {
    One(char),
    Several(String),
}

impl Letter {
    pub fn new(mapped: Option<BfString>, code: u32, wide: f64) -> Letter {
        let (text, space, known) = match mapped {
            Some(BfString::Char(c)) => (LetterText::One(c), c.is_whitespace() || c == '\0', is_letter_known(c)),
            Some(BfString::String(s)) => {
                let (space, known) = (s.chars().all(char::is_whitespace), s.chars().all(is_letter_known));
                (LetterText::Several(s), space, known)
            }
            None => (LetterText::One('\u{fffd}'), code == 32, false),
        };
        let first = match &text {
            LetterText::One(c) => *c,
            LetterText::Several(s) => s.chars().next().unwrap_or('\u{fffd}'),
        };
        Letter { text, first, space, known, wide }
    }
}

impl Listener {
    /// For a page of these dimensions, upright, in points.
    pub fn new(width: f32, height: f32) -> Listener {
        Listener {
            width: f64::from(width).max(1.0),
            height: f64::from(height).max(1.0),
            steps: 0,
            nested: 0,
            words: Vec::new(),
            open: None,
            glyphs: 0,
            filled: None,
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

    /// Counts a step of the drawing. The interpreter has no other way to be stopped than this unwinding, which
    /// whoever asked for the page catches.
    fn step(&mut self, nested: bool) {
        self.steps += 1;
        self.nested += u32::from(nested);
        if self.steps > MOST_STEPS || self.nested > MOST_NESTED {
            std::panic::resume_unwind(Box::new(TooMuch));
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
            let rect = open.pen.covers(open.from, open.end);
            let rect = open.earlier.map_or(rect, |earlier| earlier.union(rect));
            self.keep(Piece { text: open.text, rect, em: open.pen.em });
        }
    }

    /// Sets a letter with its origin here.
    pub fn letter(&mut self, pen: &Pen, origin: Point, letter: &Letter) {
        self.glyphs += 1;
        if letter.space {
            self.close();
            return;
        }
        if !letter.known {
            self.unmapped += 1;
        }
        if !pen.em.is_finite() || pen.em <= 0.0 || !origin.x.is_finite() || !origin.y.is_finite() {
            return;
        }
        let end = Point::new(origin.x + pen.along.0 * letter.wide, origin.y + pen.along.1 * letter.wide);
        if let Some(open) = &self.open {
            let gap = origin - open.end;
            let direction = open.pen.direction;
            let along = gap.x * direction.0 + gap.y * direction.1;
            let aside = (gap.x * direction.1 - gap.y * direction.0).abs();
            // The same letter struck twice in one place is bold, not two letters.
            if letter.first == open.last && (origin - open.start).hypot() < pen.em * 0.1 {
                return;
            }
            let turned = direction.0 * pen.direction.0 + direction.1 * pen.direction.1 < 0.9;
            if turned || aside > pen.em * 0.35 || along > pen.em * WORD_GAP || along < -pen.em * STEP_BACK {
                self.close();
            }
        }
        let open = self.open.get_or_insert_with(|| Open { text: String::with_capacity(12), earlier: None, pen: *pen, from: origin, start: origin, end, last: letter.first });
        if open.pen != *pen {
            let covered = open.pen.covers(open.from, open.end);
            open.earlier = Some(open.earlier.map_or(covered, |earlier| earlier.union(covered)));
            (open.pen, open.from) = (*pen, origin);
        }
        match &letter.text {
            LetterText::One(c) => push_letter(&mut open.text, *c),
            LetterText::Several(s) => s.chars().for_each(|c| push_letter(&mut open.text, c)),
        }
        (open.start, open.end, open.last) = (origin, end, letter.first);
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
        self.step(false);
        let place = |g: &hayro_interpret::font::PositionedGlyph<'a>| (props.transform * g.transform()).as_coeffs();
        let run_at = run.glyphs().first().map(|g| (run.glyphs().len(), place(g)));
        // Letters that are filled and then stroked are one text.
        if matches!(mode, DrawMode::Stroke(_)) && run_at.is_some() && self.filled == run_at {
            return;
        }
        self.filled = run_at.filter(|_| matches!(mode, DrawMode::Fill(_)));
        let before = self.glyphs;
        for glyph in run.glyphs() {
            let [a, b, c, d, x, y] = place(glyph);
            let wide = match &**glyph {
                Glyph::Outline(g) => g.advance_width(),
                Glyph::Type3(g) => g.advance_width(),
            };
            let letter = Letter::new(glyph.as_unicode(), glyph.char_code(), f64::from(wide.unwrap_or(500.0)));
            self.letter(&Pen::new([a, b, c, d]), Point::new(x, y), &letter);
        }
        if matches!(mode, DrawMode::Invisible) {
            self.invisible += self.glyphs - before;
        }
    }
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.step(false);
        self.images += 1;
        let pixels = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let page = Rect::new(0.0, 0.0, self.width, self.height);
        let shown = props.transform.transform_rect_bbox(pixels).intersect(page);
        if shown.width() > 0.0 && shown.height() > 0.0 {
            self.covered += shown.area();
        }
    }
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.step(false);
        self.paths += 1;
    }
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {
        self.step(false);
        self.paths += 1;
    }
    fn push_clip_path(&mut self, _: &ClipPath) {
        self.step(true);
    }
    fn push_clip_rect(&mut self, _: &Rect) {
        self.step(true);
    }
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.step(true);
    }
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
    if !gutter(pieces, ids, em) {
        return None;
    }
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

/// Whether a strip from top to bottom can be free of words: a quick look that spares most pages the sorting.
fn gutter(pieces: &[Piece], ids: &[usize], em: f64) -> bool {
    const STRIPS: usize = 512;
    let rects = || ids.iter().map(|i| pieces[*i].rect);
    let (left, right) = rects().fold((f64::MAX, f64::MIN), |(l, r), rect| (l.min(rect.x0), r.max(rect.x1)));
    let strip = ((right - left) / STRIPS as f64).max(1e-9);
    let strips = 1.0 / strip;
    // A strip counts as covered only where a word covers all of it, so that no gutter is missed.
    let mut covered = [0_u64; STRIPS / 64];
    for rect in rects() {
        let from = ((rect.x0 - left) * strips) as usize + 1;
        let to = (((rect.x1 - left) * strips) as usize).min(STRIPS);
        let mut s = from.saturating_sub(usize::from(rect.x0 <= left));
        while s < to {
            let end = (s / 64 * 64 + 64).min(to);
            covered[s / 64] |= (u64::MAX >> (64 - (end - s))) << (s % 64);
            s = end;
        }
    }
    let mut free = 0.0;
    for s in 0..STRIPS {
        free = if covered[s / 64] >> (s % 64) & 1 == 0 { free + strip } else { 0.0 };
        if free > em * 0.9 {
            return true;
        }
    }
    false
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
