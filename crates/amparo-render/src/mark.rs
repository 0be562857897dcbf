//! The frame around a place on a page: three pixels thick, with a wash that darkens nothing that is black.

use amparo_model::Region;
use image::{Rgb, RgbImage};

const FRAME: Rgb<u8> = Rgb([0x1b, 0x4a, 0x80]);
const WASH: [u8; 3] = [0xff, 0xe4, 0x80];
const THICK: i64 = 3;
/// Between the words and the frame, so that the frame covers no letter.
const AIR: i64 = 3;
/// The least side of a frame's inside: a place without size is still seen.
const LEAST: i64 = 8;

/// Draws every mark. The whole page gets a frame and no wash: nothing on it stands out.
pub(crate) fn draw(picture: &mut RgbImage, marks: &[Region]) {
    let boxes: Vec<_> = marks.iter().map(|m| (pixels(picture, *m), *m == Region::WHOLE)).collect();
    for (inside, whole) in &boxes {
        if !whole {
            wash(picture, *inside);
        }
    }
    for (inside, _) in boxes {
        frame(picture, inside);
    }
}

/// Left, top, right, bottom: the inside of the frame, moved so that the frame stays on the page.
fn pixels(picture: &RgbImage, mark: Region) -> [i64; 4] {
    let side = |from: u32, length: u32, size: u32| {
        let size = i64::from(size);
        let at = |millionths: u64| (millionths.min(1_000_000) * size as u64 / 1_000_000) as i64;
        let (mut low, mut high) = (at(u64::from(from)) - AIR, at(u64::from(from) + u64::from(length)) + AIR);
        if high - low < LEAST {
            let middle = i64::midpoint(low, high);
            (low, high) = (middle - LEAST / 2, middle + LEAST / 2);
        }
        let low = low.clamp(THICK.min(size / 2), (size - THICK - 1).max(size / 2));
        (low, high.clamp(low, (size - THICK).max(low)))
    };
    let (left, right) = side(mark.x, mark.w, picture.width());
    let (top, bottom) = side(mark.y, mark.h, picture.height());
    [left, top, right, bottom]
}

fn wash(picture: &mut RgbImage, [left, top, right, bottom]: [i64; 4]) {
    for y in top..bottom {
        for x in left..right {
            if let Some(pixel) = at(picture, x, y) {
                for (c, w) in pixel.0.iter_mut().zip(WASH) {
                    *c = (u16::from(*c) * u16::from(w) / 255) as u8;
                }
            }
        }
    }
}

fn frame(picture: &mut RgbImage, [left, top, right, bottom]: [i64; 4]) {
    for y in top - THICK..bottom + THICK {
        for x in left - THICK..right + THICK {
            let inside = (left..right).contains(&x) && (top..bottom).contains(&y);
            if !inside && let Some(pixel) = at(picture, x, y) {
                *pixel = FRAME;
            }
        }
    }
}

fn at(picture: &mut RgbImage, x: i64, y: i64) -> Option<&mut Rgb<u8>> {
    picture.get_pixel_mut_checked(u32::try_from(x).ok()?, u32::try_from(y).ok()?)
}
