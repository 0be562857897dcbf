//! The built-in letters, and how wide a line of them is.
//!
//! Fonts are part of the program, because the worker can open no file. A character that no font has is
//! written as an empty square: something stood there, and the original shows what.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Face, Feature, UnicodeBuffer};

/// The faces of the house: serif is what the case says, sans is every table, mono is what a source wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Letter {
    Serif,
    SerifBold,
    Sans,
    SansBold,
    Mono,
}

const FILES: [&[u8]; 5] = [
    include_bytes!("../fonts/Vollkorn-Regular.ttf"),
    include_bytes!("../fonts/Vollkorn-SemiBold.ttf"),
    include_bytes!("../fonts/Inter-Regular.otf"),
    include_bytes!("../fonts/Inter-SemiBold.otf"),
    include_bytes!("../fonts/JetBrainsMono-Regular.ttf"),
];

const MISSING: char = '□';

pub(crate) struct Fonts {
    shapers: Vec<Face<'static>>,
    embedded: Vec<Font>,
    features: [Feature; 2],
}

/// A line of text as glyphs of one face.
#[derive(Clone)]
pub(crate) struct Run {
    pub text: String,
    pub letter: Letter,
    pub size: f32,
    pub width: f32,
    pub glyphs: Vec<KrillaGlyph>,
}

impl Fonts {
    /// `None` only if a built-in font is not a font; a test holds that.
    pub fn load() -> Option<Fonts> {
        let shapers: Option<Vec<_>> = FILES.iter().map(|f| Face::from_slice(f, 0)).collect();
        let embedded: Option<Vec<_>> = FILES.iter().map(|f| Font::new(f.to_vec().into(), 0)).collect();
        // Figures of one height and width, so that columns can be compared.
        let features = [Feature::new(Tag::from_bytes(b"lnum"), 1, ..), Feature::new(Tag::from_bytes(b"tnum"), 1, ..)];
        Some(Fonts { shapers: shapers?, embedded: embedded?, features })
    }

    pub fn embedded(&self, letter: Letter) -> &Font {
        &self.embedded[letter as usize]
    }

    /// What can be written: control characters become spaces, characters without a glyph the empty square.
    pub fn writable(&self, text: &str, letter: Letter) -> String {
        let face = &self.shapers[letter as usize];
        text.chars()
            .filter(|c| !matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}'))
            .map(|c| match c {
                c if c.is_control() || c.is_whitespace() && c != '\u{a0}' => ' ',
                c if face.glyph_index(c).is_some_and(|g| g.0 != 0) => c,
                _ => MISSING,
            })
            .collect()
    }

    /// Shapes text that is already writable.
    pub fn run(&self, text: &str, letter: Letter, size: f32) -> Run {
        let face = &self.shapers[letter as usize];
        let per_em = face.units_per_em() as f32;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(rustybuzz::Direction::LeftToRight);
        let shaped = rustybuzz::shape(face, &self.features, buffer);
        let starts: Vec<usize> = shaped.glyph_infos().iter().map(|g| g.cluster as usize).collect();
        let mut width = 0.0;
        let mut glyphs = Vec::with_capacity(starts.len());
        for (i, (info, at)) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()).enumerate() {
            let start = starts[i];
            let end = starts[i..].iter().copied().find(|s| *s > start).unwrap_or(text.len());
            let part = |n: i32| n as f32 / per_em;
            glyphs.push(KrillaGlyph::new(GlyphId::new(info.glyph_id), part(at.x_advance), part(at.x_offset), part(at.y_offset), part(at.y_advance), start..end, None));
            width += part(at.x_advance) * size;
        }
        Run { text: text.to_owned(), letter, size, width, glyphs }
    }

    pub fn width(&self, text: &str, letter: Letter, size: f32) -> f32 {
        self.run(text, letter, size).width
    }

    /// Breaks text into lines no wider than `width`; a word that is longer than a line is broken where it must be.
    pub fn lines(&self, text: &str, letter: Letter, size: f32, width: f32) -> Vec<Run> {
        let mut out = Vec::new();
        for paragraph in text.split('\n') {
            let paragraph = self.writable(paragraph, letter);
            let space = self.width(" ", letter, size);
            let (mut line, mut used) = (String::new(), 0.0);
            for word in paragraph.split(' ').filter(|w| !w.is_empty()) {
                let wide = self.width(word, letter, size);
                if !line.is_empty() && used + space + wide > width {
                    out.push(self.run(&line, letter, size));
                    (line, used) = (String::new(), 0.0);
                }
                if wide > width {
                    for piece in self.break_word(word, letter, size, width) {
                        if !line.is_empty() {
                            out.push(self.run(&line, letter, size));
                        }
                        used = self.width(&piece, letter, size);
                        line = piece;
                    }
                    continue;
                }
                if !line.is_empty() {
                    line.push(' ');
                    used += space;
                }
                line.push_str(word);
                used += wide;
            }
            out.push(self.run(&line, letter, size));
        }
        while out.len() > 1 && out.last().is_some_and(|l| l.text.is_empty()) {
            out.pop();
        }
        out
    }

    fn break_word(&self, word: &str, letter: Letter, size: f32, width: f32) -> Vec<String> {
        let mut pieces = Vec::new();
        let (mut piece, mut used) = (String::new(), 0.0);
        let mut one = [0; 4];
        for c in word.chars() {
            let wide = self.width(c.encode_utf8(&mut one), letter, size);
            if used + wide > width && !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
                used = 0.0;
            }
            piece.push(c);
            used += wide;
        }
        pieces.push(piece);
        pieces
    }
}
