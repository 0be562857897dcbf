//! One page of a paper as a picture: for a person, with the place marked; or in grey, for machine reading.

use crate::{mark, pdf_page, picture};
use amparo_model::Region;
use hayro::hayro_syntax::Pdf;
use image::{ImageEncoder, RgbImage};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The most pixels a picture may announce, and the most that are ever drawn.
pub(crate) const MAX_PIXELS: u64 = 200_000_000;
/// The longest side that is drawn for a person.
const MAX_SIDE: u32 = 12_000;
/// The most pixels handed to machine reading: a Letter page at 600 dpi is 34 million.
const MAX_GREY_PIXELS: u64 = 40_000_000;

/// A picture as PNG, with its size.
#[derive(Clone, PartialEq, Eq)]
pub struct Png {
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
}

// A log line never shows a page.
impl fmt::Debug for Png {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Png({} x {}, {} bytes)", self.width, self.height, self.bytes.len())
    }
}

/// An upright page in grey, row by row, one byte a pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct Grey {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u8>,
    /// Dots per inch of a drawn page; 0 for a picture, whose scanner did not always say.
    pub dpi: u32,
}

impl fmt::Debug for Grey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grey({} x {} at {} dpi)", self.width, self.height, self.dpi)
    }
}

/// Why a page could not be drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RenderError {
    /// Neither a PDF nor a picture of a known kind.
    NotAPicture,
    /// The PDF asks for a password.
    Password,
    NoSuchPage {
        page: u32,
        pages: u32,
    },
    /// The header announces more pixels than are drawn.
    TooLarge {
        pixels: u64,
    },
    /// The file is damaged, or uses what is not understood.
    Broken(String),
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RenderError::NotAPicture => f.write_str("not a PDF or a known picture"),
            RenderError::Password => f.write_str("the PDF asks for a password"),
            RenderError::NoSuchPage { page, pages } => write!(f, "page {page} of {pages}"),
            RenderError::TooLarge { pixels } => write!(f, "{pixels} pixels"),
            RenderError::Broken(why) => write!(f, "damaged: {why}"),
        }
    }
}

impl std::error::Error for RenderError {}

/// Draws a page (counted from 1) of a PDF or picture, `width_px` wide, with a frame around each mark.
///
/// A picture is never made larger than it is; a very long page is made narrower instead of too tall. Of the page, `part`
/// is kept: the width is that part's.
pub fn page(bytes: &[u8], page: u32, width_px: u32, marks: &[Region], part: Region) -> Result<Png, RenderError> {
    guarded(|| {
        let whole_px = u64::from(width_px) * 1_000_000 / u64::from(part.w.max(1));
        let width = u32::try_from(whole_px).unwrap_or(MAX_SIDE).clamp(16, MAX_SIDE);
        let mut drawn = match kind(bytes) {
            Kind::Pdf => pdf_page::rgb(&pdf_page::draw(&pdf_page::open(bytes)?, page, |w, _| width as f32 / w, MAX_SIDE)?)?,
            Kind::Picture => {
                let whole = picture::open(bytes, page)?;
                if whole.width() > width {
                    let height = (u64::from(whole.height()) * u64::from(width)).div_ceil(u64::from(whole.width())).max(1) as u32;
                    whole.thumbnail_exact(width, height).into_rgb8()
                } else {
                    whole.into_rgb8()
                }
            }
        };
        mark::draw(&mut drawn, marks);
        if part != Region::WHOLE {
            let at = |millionths: u32, side: u32| (u64::from(millionths) * u64::from(side) / 1_000_000) as u32;
            let (x, y) = (at(part.x, drawn.width()), at(part.y, drawn.height()));
            let (w, h) = (at(part.w, drawn.width()).max(1), at(part.h, drawn.height()).max(1));
            drawn = image::imageops::crop_imm(&drawn, x, y, w, h).to_image();
        }
        encode(&drawn)
    })
}

/// A PDF or picture opened for machine reading.
pub struct Paper<'a>(Opened<'a>);

enum Opened<'a> {
    Pdf(Result<Pdf, RenderError>),
    Picture(&'a [u8]),
}

impl<'a> Paper<'a> {
    pub fn open(bytes: &'a [u8]) -> Paper<'a> {
        Paper(match kind(bytes) {
            Kind::Pdf => Opened::Pdf(guarded(|| pdf_page::open(bytes))),
            Kind::Picture => Opened::Picture(bytes),
        })
    }

    /// A page (counted from 1) upright and grey. PDF pages are drawn at `dpi` (300 where 0), less where the page is huge.
    pub fn grey(&self, page: u32, dpi: u32) -> Result<Grey, RenderError> {
        guarded(|| match &self.0 {
            Opened::Pdf(pdf) => {
                let wanted = if dpi == 0 { 300 } else { dpi.clamp(36, 1200) };
                let mut used = wanted;
                let scale = |w: f32, h: f32| {
                    let inches = f64::from(w) * f64::from(h) / (72.0 * 72.0);
                    let fitting = (MAX_GREY_PIXELS as f64 / inches.max(1e-6)).sqrt();
                    used = f64::from(wanted).min(fitting).max(1.0) as u32;
                    used as f32 / 72.0
                };
                let drawn = pdf_page::draw(pdf.as_ref().map_err(Clone::clone)?, page, scale, MAX_SIDE)?;
                Ok(Grey { width: u32::from(drawn.width()), height: u32::from(drawn.height()), pixels: pdf_page::grey(&drawn), dpi: used })
            }
            Opened::Picture(bytes) => {
                let mut whole = picture::open(bytes, page)?;
                let pixels = u64::from(whole.width()) * u64::from(whole.height());
                if pixels > MAX_GREY_PIXELS {
                    let part = (MAX_GREY_PIXELS as f64 / pixels as f64).sqrt();
                    let side = |n: u32| ((f64::from(n) * part) as u32).max(1);
                    whole = whole.thumbnail_exact(side(whole.width()), side(whole.height()));
                }
                let grey = whole.into_luma8();
                Ok(Grey { width: grey.width(), height: grey.height(), pixels: grey.into_raw(), dpi: 0 })
            }
        })
    }
}

/// How many pages there are; a picture is one, a TIFF may hold many.
pub fn pages(bytes: &[u8]) -> Result<u32, RenderError> {
    guarded(|| match kind(bytes) {
        Kind::Pdf => pdf_page::count(bytes),
        Kind::Picture => picture::count(bytes),
    })
}

enum Kind {
    Pdf,
    Picture,
}

fn kind(bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(1024)];
    if head.windows(5).any(|w| w == b"%PDF-") { Kind::Pdf } else { Kind::Picture }
}

pub(crate) fn encode(picture: &RgbImage) -> Result<Png, RenderError> {
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(picture.as_raw(), picture.width(), picture.height(), image::ExtendedColorType::Rgb8)
        .map_err(|e| RenderError::Broken(e.to_string()))?;
    Ok(Png { width: picture.width(), height: picture.height(), bytes })
}

/// The drawing libraries are young and the papers hostile: where one gives up in the middle, that is an answer too.
pub(crate) fn guarded<T>(draw: impl FnOnce() -> Result<T, RenderError>) -> Result<T, RenderError> {
    catch_unwind(AssertUnwindSafe(draw)).unwrap_or_else(|_| Err(RenderError::Broken("the drawing gave up".to_owned())))
}
