//! Pictures of papers: pixels from the reading process, under the look of the page that offered them.

use super::answer::{Answer, Asked};
use super::room::{Pictured, Room};
use crate::picture::Picture;
use amparo_office::access::reduce;
use amparo_office::{Exit, Problem, Result};

pub fn picture(room: &Room, asked: &Asked) -> Result<Answer> {
    let gone = || Problem::new(Exit::No, "problem-no-page");
    let (picture, width) = room.task(asked, |_, opened| {
        let offered = opened.offered(asked.part("key")).ok_or_else(gone)?;
        let picture = match &offered.what {
            Pictured::Place(giving, place) => Picture::of_page(&opened.case, &offered.look, *giving, place)?,
            Pictured::Cut(giving, place, part) => Picture::of_page(&opened.case, &offered.look, *giving, place)?.cut(*part),
            Pictured::Record(record) => {
                let known = opened.known().ok_or_else(gone)?;
                Picture::of(&opened.case, &offered.look, record, &reduce(record, &known.seen.own), asked.speech)?
            }
        };
        Ok((picture, offered.width))
    })?;
    // Drawn while other pages are made.
    picture.draw(&*room.workers()?, width, asked.speech).map(Answer::Picture)
}
