//! Pages that only set text, read without drawing them: most pages of most files.
//!
//! What is set where follows from few operators and the font's widths and letters; each letter of a font is
//! looked up once a file. A page that uses more than that (forms within the page, hidden layers, fonts of
//! drawings, vertical writing) is left to the whole interpreter; both must say the same of any page, and a
//! test holds them to it.

use super::pdf_words::{Letter, Listener, Pen};
use hayro_font::{Font, FontCache, FontGlyph};
use hayro_interpret::InterpreterSettings;
use hayro_interpret::kurbo::{Affine, Point};
use hayro_syntax::content::ops::TypedInstruction as Do;
use hayro_syntax::object::{Dict, Name, Object, ObjectIdentifier};
use hayro_syntax::page::Page;
use std::collections::HashMap;

/// The fonts of one file.
pub struct Plain<'a> {
    cache: FontCache<'a>,
    fonts: Vec<Known<'a>>,
    by_id: HashMap<ObjectIdentifier, Option<usize>>,
}

/// A font and the letters of it that were looked up.
struct Known<'a> {
    font: Font<'a>,
    /// By character code: one more than the place among the letters; 0 is not yet looked up.
    codes: Vec<u32>,
    letters: Vec<Set>,
}

/// A letter and how far it moves the pen, in thousandths of the font size.
struct Set {
    letter: Letter,
    advance: f32,
}

/// Larger character codes are left to the whole interpreter.
const MOST_CODES: u32 = 1 << 16;
const MOST_SAVED: usize = 4_096;

#[derive(Clone, Copy)]
struct State {
    place: Affine,
    font: Option<usize>,
    size: f32,
    letter_space: f32,
    word_space: f32,
    /// Horizontal scaling as a factor.
    wide: f32,
    leading: f32,
    rise: f32,
    invisible: bool,
    matrix: Affine,
    line: Affine,
}

/// The page asks for more than text.
struct NotPlain;

impl<'a> Plain<'a> {
    pub fn new() -> Plain<'a> {
        Plain { cache: FontCache::new(), fonts: Vec::new(), by_id: HashMap::new() }
    }

    /// Hands the page's letters to the listener. False where the page is not plain: then the listener is of no use.
    pub fn read(&mut self, page: &Page<'a>, upright: Affine, settings: &InterpreterSettings, listener: &mut Listener) -> bool {
        self.content(page, upright, settings, listener).is_ok()
    }

    fn content(&mut self, page: &Page<'a>, upright: Affine, settings: &InterpreterSettings, listener: &mut Listener) -> Result<(), NotPlain> {
        let resources = page.resources();
        let mut state = State {
            place: upright,
            font: None,
            size: 1.0,
            letter_space: 0.0,
            word_space: 0.0,
            wide: 1.0,
            leading: 0.0,
            rise: 0.0,
            invisible: false,
            matrix: Affine::IDENTITY,
            line: Affine::IDENTITY,
        };
        let mut saved = Vec::new();
        let mut named: Vec<(Vec<u8>, usize)> = Vec::new();
        let mut operations = page.typed_operations();
        while let Some(operation) = operations.next() {
            match operation {
                Do::SaveState(_) if saved.len() >= MOST_SAVED => return Err(NotPlain),
                Do::SaveState(_) => saved.push(state),
                Do::RestoreState(_) => state = saved.pop().unwrap_or(state),
                Do::Transform(t) => state.place *= Affine::new([t.0, t.1, t.2, t.3, t.4, t.5].map(|n| n.as_f64())),
                Do::BeginText(_) => (state.matrix, state.line) = (Affine::IDENTITY, Affine::IDENTITY),
                Do::SetTextMatrix(m) => {
                    state.line = Affine::new([m.0, m.1, m.2, m.3, m.4, m.5].map(|n| n.as_f64()));
                    state.matrix = state.line;
                }
                Do::TextFont(t) => {
                    let name: &[u8] = t.0.as_ref();
                    let at = match named.iter().find(|(have, _)| have == name) {
                        Some((_, at)) => *at,
                        None => {
                            let at = self.font(resources.get_font(t.0).ok_or(NotPlain)?, settings)?;
                            named.push((name.to_vec(), at));
                            at
                        }
                    };
                    (state.font, state.size) = (Some(at), t.1.as_f32());
                }
                Do::CharacterSpacing(c) => state.letter_space = c.0.as_f32(),
                Do::WordSpacing(w) => state.word_space = w.0.as_f32(),
                Do::HorizontalScaling(h) => state.wide = h.0.as_f32() / 100.0,
                Do::TextLeading(l) => state.leading = l.0.as_f32(),
                Do::TextRise(r) => state.rise = r.0.as_f32(),
                Do::TextRenderingMode(mode) => state.invisible = matches!(mode.0.as_i64(), 3 | 7),
                Do::NextLine(n) => state.next_line(n.0.as_f64(), n.1.as_f64()),
                Do::NextLineUsingLeading(_) => state.next_line(0.0, -f64::from(state.leading)),
                Do::NextLineAndSetLeading(n) => {
                    state.leading = -n.1.as_f32();
                    state.next_line(n.0.as_f64(), n.1.as_f64());
                }
                Do::ShowText(text) => self.show(&mut state, text.0.as_bytes(), listener)?,
                Do::ShowTexts(texts) => {
                    for part in texts.0.iter::<Object<'_>>() {
                        match part {
                            Object::Number(n) => {
                                let back = -n.as_f32() / 1_000.0 * state.size * state.wide;
                                state.matrix *= Affine::translate((f64::from(back), 0.0));
                            }
                            Object::String(text) => self.show(&mut state, text.as_bytes(), listener)?,
                            _ => {}
                        }
                    }
                }
                Do::NextLineAndShowText(text) => {
                    state.next_line(0.0, -f64::from(state.leading));
                    self.show(&mut state, text.0.as_bytes(), listener)?;
                }
                Do::ShowTextWithParameters(t) => {
                    (state.word_space, state.letter_space) = (t.0.as_f32(), t.1.as_f32());
                    state.next_line(0.0, -f64::from(state.leading));
                    self.show(&mut state, t.2.as_bytes(), listener)?;
                }
                Do::XObject(x) => match resources.get_x_object(x.0) {
                    Some(stream) if stream.dict().get::<Name<'_>>(b"Subtype" as &[u8]).is_some_and(|n| n.as_ref() == b"Image") && !stream.dict().contains_key(b"OC" as &[u8]) => {
                        listener.images += 1
                    }
                    Some(_) => return Err(NotPlain),
                    None => {}
                },
                Do::InlineImage(_) => listener.images += 1,
                Do::BeginMarkedContentWithProperties(mark) => {
                    let layer = mark.0.as_ref() == b"OC" || matches!(mark.1, Object::Dict(d) if d.contains_key(b"OC" as &[u8]));
                    if layer {
                        return Err(NotPlain);
                    }
                }
                Do::SetGraphicsState(gs) if resources.get_ext_g_state(gs.0).is_some_and(|gs| gs.contains_key(b"Font" as &[u8])) => return Err(NotPlain),
                _ => {}
            }
        }
        Ok(())
    }

    fn font(&mut self, dict: Dict<'a>, settings: &InterpreterSettings) -> Result<usize, NotPlain> {
        let id = dict.obj_id();
        if let Some(known) = id.and_then(|id| self.by_id.get(&id)) {
            return known.ok_or(NotPlain);
        }
        let font = self.cache.font(&dict, &settings.font_resolver, &settings.cmap_resolver);
        let plain = font.filter(|f| f.is_horizontal() && !matches!(f.glyph(f.map_code(32), 32), FontGlyph::Type3(_)));
        let at = plain.map(|font| {
            self.fonts.push(Known { font, codes: Vec::new(), letters: Vec::new() });
            self.fonts.len() - 1
        });
        if let Some(id) = id {
            self.by_id.insert(id, at);
        }
        at.ok_or(NotPlain)
    }

    fn show(&mut self, state: &mut State, bytes: &[u8], listener: &mut Listener) -> Result<(), NotPlain> {
        let known = state.font.and_then(|at| self.fonts.get_mut(at)).ok_or(NotPlain)?;
        // The pen's direction and size are one for the whole string; only its place moves.
        let whole = state.place * state.matrix * Affine::new([f64::from(state.size) * f64::from(state.wide), 0.0, 0.0, f64::from(state.size), 0.0, f64::from(state.rise)]);
        let [a, b, c, d, mut x, mut y] = whole.as_coeffs();
        let pen = Pen::new([a / 1_000.0, b / 1_000.0, c / 1_000.0, d / 1_000.0]);
        let [ma, mb, ..] = state.matrix.as_coeffs();
        let [pa, pb, pc, pd, ..] = state.place.as_coeffs();
        let (run_x, run_y) = (pa * ma + pc * mb, pb * ma + pd * mb);
        let mut moved = 0.0;
        let mut at = 0;
        let before = listener.glyphs;
        while at < bytes.len() {
            let (code, long) = known.font.read_code(bytes, at);
            at += long.max(1);
            let set = known.set(code)?;
            listener.letter(&pen, Point::new(x, y), &set.letter);
            let space = if code == 32 && long == 1 { state.word_space } else { 0.0 };
            let step = f64::from((set.advance / 1_000.0 * state.size + state.letter_space + space) * state.wide);
            x += step * run_x;
            y += step * run_y;
            moved += step;
        }
        if state.invisible {
            listener.invisible += listener.glyphs - before;
        }
        state.matrix *= Affine::translate((moved, 0.0));
        Ok(())
    }
}

impl Known<'_> {
    fn set(&mut self, code: u32) -> Result<&Set, NotPlain> {
        if code >= MOST_CODES {
            return Err(NotPlain);
        }
        let at = code as usize;
        if at >= self.codes.len() {
            self.codes.resize(at + 1, 0);
        }
        if self.codes[at] == 0 {
            let id = self.font.map_code(code);
            let FontGlyph::Outline(glyph) = self.font.glyph(id, code) else { return Err(NotPlain) };
            let wide = f64::from(glyph.advance_width().unwrap_or(500.0)) * self.font.glyph_stretch(id, code);
            self.letters.push(Set { letter: Letter::new(glyph.as_unicode(), code, wide), advance: self.font.code_advance(code).x as f32 });
            self.codes[at] = self.letters.len() as u32;
        }
        self.letters.get(self.codes[at] as usize - 1).ok_or(NotPlain)
    }
}

impl State {
    fn next_line(&mut self, x: f64, y: f64) {
        self.line *= Affine::translate((x, y));
        self.matrix = self.line;
    }
}
