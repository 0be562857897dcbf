//! A page of a PDF drawn upright on white paper.

use crate::page::{MAX_PIXELS, RenderError};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::RgbImage;

/// Draws a page at the scale that `scale` chooses from its width and height in points.
pub(crate) fn draw(pdf: &Pdf, page: u32, scale: impl FnOnce(f32, f32) -> f32, max_side: u32) -> Result<Pixmap, RenderError> {
    let pages = pdf.pages();
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let Some(found) = page.checked_sub(1).and_then(|n| pages.get(n as usize)) else {
        return Err(RenderError::NoSuchPage { page, pages: count });
    };
    let (width, height) = found.render_dimensions();
    if !(width.is_finite() && height.is_finite() && width > 0.0 && height > 0.0) {
        return Err(RenderError::Broken("the page has no size".to_owned()));
    }
    let scale = scale(width, height).min(max_side as f32 / width.max(height));
    let pixels = (f64::from(width * scale) * f64::from(height * scale)) as u64;
    if pixels > MAX_PIXELS {
        return Err(RenderError::TooLarge { pixels });
    }
    // The library cuts the fraction off, so the wanted width may be a hair short: round up by less than a pixel.
    let whole = |points: f32| ((points * scale).round().max(1.0) + 0.01) / points;
    let settings = PixmapSettings { x_scale: whole(width), y_scale: whole(height), bg_color: WHITE };
    let cache = RenderCache::new();
    Ok(render(found, &cache, &InterpreterSettings::default(), &RenderSettings::default(), &settings))
}

// On white paper every pixel is opaque, so that premultiplied colours are the colours.

pub(crate) fn rgb(drawn: &Pixmap) -> Result<RgbImage, RenderError> {
    let rgb = drawn.data_as_u8_slice().as_chunks::<4>().0.iter().flat_map(|p| [p[0], p[1], p[2]]).collect();
    RgbImage::from_raw(drawn.width().into(), drawn.height().into(), rgb).ok_or_else(|| RenderError::Broken("the page has no pixels".to_owned()))
}

/// How bright each pixel is (ITU-R BT.709).
pub(crate) fn grey(drawn: &Pixmap) -> Vec<u8> {
    let bright = |[r, g, b, _]: &[u8; 4]| ((u32::from(*r) * 2126 + u32::from(*g) * 7152 + u32::from(*b) * 722) / 10_000) as u8;
    drawn.data_as_u8_slice().as_chunks::<4>().0.iter().map(bright).collect()
}

pub(crate) fn count(bytes: &[u8]) -> Result<u32, RenderError> {
    Ok(u32::try_from(open(bytes)?.pages().len()).unwrap_or(u32::MAX))
}

pub(crate) fn open(bytes: &[u8]) -> Result<Pdf, RenderError> {
    Pdf::new(bytes.to_vec()).map_err(|e| match e {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => RenderError::Password,
        LoadPdfError::Decryption(e) => RenderError::Broken(format!("{e:?}")),
        LoadPdfError::Invalid => RenderError::Broken("not a whole PDF".to_owned()),
    })
}
