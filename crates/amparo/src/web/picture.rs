//! Pictures of papers: pixels from the reading process, under the look of the page that offered them.

use super::answer::{Answer, Asked};
use super::room::{Opened, Pictured, Room};
use crate::picture::Picture;
use crate::speech::Speech;
use amparo_model::{Place, Record, Region, Spot};
use amparo_office::access::reduce;
use amparo_office::{Exit, Look, OpenCase, Problem, Result};

pub fn picture(room: &Room, asked: &Asked) -> Result<Answer> {
    let gone = || Problem::new(Exit::No, "problem-no-page");
    let (picture, width) = room.task(asked, |_, opened| {
        let offered = opened.offered(asked.part("key")).ok_or_else(gone)?;
        let picture = match &offered.what {
            Pictured::Place(giving, place) => Picture::of_page(&opened.case, &offered.look, *giving, place)?,
            Pictured::Words(giving, page, words) => {
                let (place, part) = around_words(&opened.case, &offered.look, *giving, page, words)?;
                Picture::of_page(&opened.case, &offered.look, *giving, &place)?.cut(part)
            }
            Pictured::Record(record) => of_record(opened, &offered.look, record, &[], asked.speech)?,
            Pictured::Disputed(record, fields) => of_record(opened, &offered.look, record, &fields.iter().map(String::as_str).collect::<Vec<_>>(), asked.speech)?,
        };
        Ok((picture, offered.width))
    })?;
    // Drawn while other pages are made.
    picture.draw(&*room.workers()?, width, asked.speech).map(Answer::Picture)
}

fn of_record(opened: &Opened, look: &Look, record: &Record, fields: &[&str], speech: Speech) -> Result<Picture> {
    let known = opened.known().ok_or_else(|| Problem::new(Exit::No, "problem-no-page"))?;
    let given = crate::seen::as_given(&known.seen.view, record);
    let picture = Picture::of(&opened.case, look, &given, &reduce(&given, &known.seen.own), speech)?;
    if fields.is_empty() { Ok(picture) } else { picture.marking(&opened.case, look, &given, fields, speech) }
}

/// The place of the first of these words on a page, and the strip around it; the top of the page where none is there as written.
fn around_words(case: &OpenCase, look: &Look, giving: u64, page: &Place, words: &[String]) -> Result<(Place, Region)> {
    let Spot::Page { page: number, .. } = page.spot else { return Ok((page.clone(), Region::WHOLE)) };
    let text = case.page_text(look, giving, &page.inside, number)?;
    let begins = |w: &&amparo_model::reading::Word| words.iter().any(|q| amparo_analysis::names::plain(&w.text).starts_with(q.as_str()));
    let at = text.iter().flat_map(|t| &t.words).find(begins).map(|w| w.at);
    let [x, y, w, h] = at.unwrap_or([0, 0, 1, 1]);
    let region = Region { x, y, w, h };
    let place = if at.is_some() { Place::page(number, region).inside(&page.inside) } else { page.clone() };
    Ok((place, around(region)))
}

/// A strip of the page around a word: three quarters of its width, and some lines above and below.
fn around(word: Region) -> Region {
    let (w, h) = (760_000, 110_000);
    let middle = |at: u32, size: u32, part: u32| (at + size / 2).saturating_sub(part / 2).min(1_000_000 - part);
    Region { x: middle(word.x, word.w, w), y: middle(word.y, word.h, h), w, h }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_around_a_word_stays_on_the_page_and_holds_it() {
        for (x, y) in [(0, 0), (500_000, 500_000), (950_000, 985_000)] {
            let word = Region { x, y, w: 50_000, h: 15_000 };
            let strip = around(word);
            assert!(strip.x + strip.w <= 1_000_000 && strip.y + strip.h <= 1_000_000);
            assert!(strip.x <= word.x && strip.y <= word.y && word.x + word.w <= strip.x + strip.w && word.y + word.h <= strip.y + strip.h);
        }
    }
}
