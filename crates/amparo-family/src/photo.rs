//! Photographs of papers: a torn page of a government file, and a letter, as a phone would take them.

use crate::Paper;
use crate::chance::Chance;
use crate::story::Family;
use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use image::{GrayImage, ImageFormat, Luma};
use std::io::Cursor;

const FONT: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");
const WIDTH: u32 = 1_275; // Letter at 150 dots an inch
const HEIGHT: u32 = 1_650;

pub fn papers(family: &Family, chance: &mut Chance) -> Vec<Paper> {
    let p = &family.client;
    let file = [
        "U.S. DEPARTMENT OF HOMELAND SECURITY",
        "RECORD OF CONTACT",
        "",
        &format!("Name: {} {}", p.surname.to_uppercase(), p.given.to_uppercase()),
        &format!("Date of this record: {}", family.entry),
        "Place: Nogales, Arizona",
        "The subject stated that she travelled with one",
        "adult relative. No documents were presented.",
        "The subject was advised of her rights and",
        "given a copy of this page.",
        "",
        "Officer's notes continue on the reverse.",
    ];
    let letter = [
        "PAROCHIAL SCHOOL OF SAINT AGNES",
        "Phoenix, Arizona",
        "",
        "October 3, 2022",
        "",
        "To whom it may concern:",
        &format!("{} {} has brought her son to our", p.given, p.surname),
        "school every day since August 2022 and helps",
        "in the library on Fridays.",
        "",
        "Sister Clara, principal",
    ];
    let torn = picture(&file, chance, true);
    let whole = picture(&letter, chance, false);
    vec![
        Paper { path: "client/a-file-page-torn.png".into(), kind: "image", subject: "client", units: 1, bytes: encode(&torn, ImageFormat::Png) },
        Paper { path: "client/school-letter.jpg".into(), kind: "image", subject: "client", units: 1, bytes: encode(&whole, ImageFormat::Jpeg) },
    ]
}

fn encode(picture: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    // Writing a picture to memory cannot fail; an empty file would be seen at once.
    match picture.write_to(&mut out, format) {
        Ok(()) => out.into_inner(),
        Err(_) => Vec::new(),
    }
}

fn picture(lines: &[&str], chance: &mut Chance, torn: bool) -> GrayImage {
    // Uneven light, as under a kitchen lamp.
    let mut page = GrayImage::from_fn(WIDTH, HEIGHT, |x, y| Luma([(246 - (x / 90) - (y / 130)) as u8]));
    if let Ok(font) = FontRef::try_from_slice(FONT) {
        for (i, line) in lines.iter().enumerate() {
            let size = if i == 0 { 38.0 } else { 33.0 };
            draw(&mut page, &font, line, 120.0, 190.0 + i as f32 * 66.0, size);
        }
    }
    for pixel in page.pixels_mut() {
        let grain = chance.range(-5, 6);
        pixel.0[0] = (i64::from(pixel.0[0]) + grain).clamp(0, 255) as u8;
    }
    if torn {
        // The lower right corner is gone, along a ragged edge.
        let mut edge = 0_i64;
        for y in HEIGHT - 520..HEIGHT {
            edge = (edge + chance.range(-6, 7)).clamp(-24, 24);
            let gone = i64::from(y - (HEIGHT - 520)) * 7 / 5 + edge;
            for x in (i64::from(WIDTH) - gone).max(0) as u32..WIDTH {
                page.put_pixel(x, y, Luma([38]));
            }
        }
    }
    page
}

fn draw(page: &mut GrayImage, font: &FontRef<'_>, text: &str, x: f32, y: f32, size: f32) {
    let scaled = font.as_scaled(PxScale::from(size));
    let mut at = x;
    for c in text.chars() {
        let id = scaled.glyph_id(c);
        let glyph = id.with_scale_and_position(PxScale::from(size), point(at, y + (at - x) * 0.004));
        at += scaled.h_advance(id);
        if let Some(outline) = font.outline_glyph(glyph) {
            let bounds = outline.px_bounds();
            outline.draw(|gx, gy, ink| {
                let (px, py) = (bounds.min.x as i64 + i64::from(gx), bounds.min.y as i64 + i64::from(gy));
                if (0..i64::from(WIDTH)).contains(&px) && (0..i64::from(HEIGHT)).contains(&py) {
                    let pixel = page.get_pixel_mut(px as u32, py as u32);
                    let paper = f32::from(pixel.0[0]);
                    pixel.0[0] = (paper - ink * (paper - 40.0)).clamp(0.0, 255.0) as u8;
                }
            });
        }
    }
}
