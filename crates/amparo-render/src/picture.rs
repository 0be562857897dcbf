//! A scan or photograph, upright.

use crate::page::{MAX_PIXELS, RenderError};
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};
use std::borrow::Cow;
use std::io::Cursor;

/// The most memory that decoding one picture may take: 200 million pixels in colour, with something to work in.
const MAX_BYTES: u64 = 1 << 30;

/// Decodes a page (counted from 1; only a TIFF has more than one) and turns it as its camera or scanner said.
pub(crate) fn open(bytes: &[u8], page: u32) -> Result<DynamicImage, RenderError> {
    let bytes = at_page(bytes, page)?;
    let reader = ImageReader::new(Cursor::new(&bytes[..])).with_guessed_format().map_err(|_| RenderError::NotAPicture)?;
    if reader.format().is_none() {
        return Err(RenderError::NotAPicture);
    }
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (w, h) = decoder.dimensions();
    let pixels = u64::from(w) * u64::from(h);
    if pixels > MAX_PIXELS {
        return Err(RenderError::TooLarge { pixels });
    }
    if pixels == 0 {
        return Err(RenderError::Broken("the picture has no size".to_owned()));
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_BYTES);
    decoder.set_limits(limits).map_err(broken)?;
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    Ok(on_paper(picture))
}

pub(crate) fn count(bytes: &[u8]) -> Result<u32, RenderError> {
    match image::guess_format(bytes) {
        Ok(image::ImageFormat::Tiff) => Ok(directories(bytes).len().max(1) as u32),
        Ok(_) => Ok(1),
        Err(_) => Err(RenderError::NotAPicture),
    }
}

fn broken(e: ImageError) -> RenderError {
    match e {
        ImageError::Limits(_) => RenderError::TooLarge { pixels: MAX_PIXELS },
        ImageError::Unsupported(_) => RenderError::NotAPicture,
        e => RenderError::Broken(e.to_string()),
    }
}

/// What is transparent lies on white paper.
fn on_paper(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let mut rgba = picture.into_rgba8();
    for pixel in rgba.pixels_mut() {
        let a = u32::from(pixel.0[3]);
        for c in &mut pixel.0[..3] {
            *c = ((u32::from(*c) * a + 255 * (255 - a)) / 255) as u8;
        }
        pixel.0[3] = 255;
    }
    DynamicImage::ImageRgba8(rgba)
}

/// The file as if its n-th page were its first: a TIFF is a chain of pages, and the header says where it starts.
fn at_page(bytes: &[u8], page: u32) -> Result<Cow<'_, [u8]>, RenderError> {
    let pages = count(bytes)?;
    if page == 0 || page > pages {
        return Err(RenderError::NoSuchPage { page, pages });
    }
    if page == 1 {
        return Ok(Cow::Borrowed(bytes));
    }
    let start = directories(bytes)[page as usize - 1];
    let mut copy = bytes.to_vec();
    let written = if bytes.starts_with(b"II") { start.to_le_bytes() } else { start.to_be_bytes() };
    copy[4..8].copy_from_slice(&written);
    Ok(Cow::Owned(copy))
}

/// Where each page of a TIFF begins (TIFF 6.0, section 2). At most 10,000, and none twice.
fn directories(bytes: &[u8]) -> Vec<u32> {
    let little = bytes.starts_with(b"II");
    let u16_at = |at: usize| {
        let b: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(b) } else { u16::from_be_bytes(b) })
    };
    let u32_at = |at: usize| {
        let b: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) })
    };
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    if u16_at(2) != Some(42) {
        return found; // BigTIFF: read as one page
    }
    let mut next = u32_at(4);
    while let Some(start) = next.filter(|s| *s != 0 && seen.insert(*s) && found.len() < 10_000) {
        let Some(entries) = u16_at(start as usize) else { break };
        found.push(start);
        next = u32_at(start as usize + 2 + usize::from(entries) * 12);
    }
    found
}
