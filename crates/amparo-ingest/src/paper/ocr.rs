//! Machine reading: a picture of a page becomes words with their confidence.
//!
//! The engine is the worker's, and reads several pages at once: a page is handed over as soon as a place is free, and
//! its words are fetched when its turn in the paper has come.

use crate::{MachineReading, Pages, Picture, Tools};
use amparo_model::reading::{PageText, Word};
use std::collections::VecDeque;

/// Pages that wait behind one that is being machine-read, at most.
const MOST_WAITING: usize = 64;

/// The pages of one paper, given and taken in its order, while some of them are being machine-read.
pub struct InOrder<'a, T> {
    machine: Option<&'a dyn MachineReading>,
    pages: Option<Pages<'a>>,
    inside: String,
    free: Vec<usize>,
    waiting: VecDeque<(T, Reading)>,
}

enum Reading {
    NotAsked,
    /// The page lies before the engine.
    Handed {
        page: u32,
        picture: Picture,
        place: usize,
    },
    Done(Result<PageText, String>),
}

impl<'a, T> InOrder<'a, T> {
    pub fn new(bytes: &'a [u8], inside: &str, tools: &Tools<'a>) -> InOrder<'a, T> {
        let places = tools.machine.map_or(0, |machine| machine.places());
        InOrder {
            machine: tools.machine,
            pages: tools.pages.filter(|_| places > 0).map(|open| open(bytes)),
            inside: inside.to_owned(),
            free: (0..places).collect(),
            waiting: VecDeque::new(),
        }
    }

    /// The next page, which is not machine-read.
    pub fn put(&mut self, page: T) {
        self.waiting.push_back((page, Reading::NotAsked));
    }

    /// The next page, which is; it lies before the engine when this returns, or has the reason why not.
    pub fn machine_read(&mut self, number: u32, page: T) {
        let reading = self.hand_over(number).unwrap_or_else(|why| Reading::Done(Err(why)));
        self.waiting.push_back((page, reading));
    }

    /// The page whose turn it is, and what machine reading says of it if it was asked. `None` while the engine is busy
    /// with it, unless `wait`, or where no page waits.
    pub fn next(&mut self, wait: bool) -> Option<(T, Option<Result<PageText, String>>)> {
        let busy = matches!(self.waiting.front()?.1, Reading::Handed { .. });
        if busy && !wait && self.waiting.len() <= MOST_WAITING {
            return None;
        }
        let (page, reading) = self.waiting.pop_front()?;
        Some((page, self.fetched(reading)))
    }

    fn hand_over(&mut self, page: u32) -> Result<Reading, String> {
        let (Some(machine), Some(pages)) = (self.machine, &self.pages) else { return Err("no-machine-reading".to_owned()) };
        // Drawn before there is room: the engine is not kept waiting.
        let picture = pages(page).ok_or("page-not-drawn")?;
        if self.free.is_empty()
            && let Some(first) = self.waiting.iter().position(|(_, reading)| matches!(reading, Reading::Handed { .. }))
        {
            let before = std::mem::replace(&mut self.waiting[first].1, Reading::NotAsked);
            if let Some(read) = self.fetched(before) {
                self.waiting[first].1 = Reading::Done(read);
            }
        }
        let place = *self.free.last().ok_or("no-machine-reading")?;
        machine.put(place, &picture)?;
        self.free.pop();
        Ok(Reading::Handed { page, picture, place })
    }

    fn fetched(&mut self, reading: Reading) -> Option<Result<PageText, String>> {
        match reading {
            Reading::NotAsked => None,
            Reading::Done(read) => Some(read),
            Reading::Handed { page, picture, place } => {
                self.free.push(place);
                let words = self.machine.ok_or_else(|| "no-machine-reading".to_owned()).and_then(|machine| read_upright(machine, place, &picture));
                Some(words.map(|words| PageText { inside: self.inside.clone(), page, machine_read: true, words }))
            }
        }
    }
}

/// The words of a page that was handed over. One that reads badly is turned: a phone lies on its side, a scanner's
/// feeder takes pages upside down. The words' places are those on the page as it is shown.
fn read_upright(machine: &dyn MachineReading, place: usize, picture: &Picture) -> Result<Vec<Word>, String> {
    let mut words = machine.words(place)?;
    let mut best = letters_read(&words);
    if !reads_well(&words) {
        // Lines of text lie across the page or along it: half of the turns need no try.
        let turns: &[u32] = if lines_across(picture) { &[2] } else { &[1, 3] };
        for turns in turns.iter().copied() {
            let Some(turned) = turned(picture, turns) else { continue };
            machine.put(place, &turned)?;
            let again = machine.words(place)?;
            let letters = letters_read(&again);
            // A page read upside down gives some chance letters too: the right way up gives many more.
            if letters > best + best / 2 && letters >= 12 {
                best = letters;
                words = again.into_iter().map(|w| Word { at: turned_back(w.at, turns), ..w }).collect();
            }
            if reads_well(&words) {
                break;
            }
        }
    }
    if words.is_empty() { Err("nothing-machine-read".to_owned()) } else { Ok(words) }
}

/// Letters and digits in words of three or more that the engine is sure of.
fn letters_read(words: &[Word]) -> usize {
    let sure = |w: &&Word| w.confidence.is_some_and(|c| c >= 60);
    words.iter().filter(sure).map(|w| w.text.chars().filter(|c| c.is_alphanumeric()).count()).filter(|n| *n >= 3).sum()
}

/// Enough letters, and enough of them sure: the page is the right way up, however bad the copy.
fn reads_well(words: &[Word]) -> bool {
    let all: usize = words.iter().map(|w| w.text.chars().filter(|c| c.is_alphanumeric()).count()).sum();
    let sure = letters_read(words);
    (sure >= 60 && sure * 4 >= all) || (sure >= 12 && sure * 2 >= all)
}

/// Whether darkness changes more from row to row than from column to column, as where lines of text lie across.
fn lines_across(picture: &Picture) -> bool {
    let (w, h) = (picture.width.max(1) as usize, picture.height.max(1) as usize);
    let mut rows = vec![0_u64; h];
    let mut columns = vec![0_u64; w];
    for (row, sum) in picture.grey.chunks(w).zip(&mut rows) {
        for (pixel, column) in row.iter().zip(&mut columns) {
            let dark = u64::from(255 - pixel);
            *sum += dark;
            *column += dark;
        }
    }
    // Each change is a part of the side it was summed over, so that a long page is no argument.
    let changes = |sums: &[u64], over: usize| sums.windows(2).map(|two| two[0].abs_diff(two[1]) as f64 / over as f64).sum::<f64>() / sums.len() as f64;
    changes(&rows, w) >= changes(&columns, h)
}

/// The picture turned clockwise by so many quarters; `None` where its size is not its number of pixels.
fn turned(picture: &Picture, quarters: u32) -> Option<Picture> {
    let (w, h) = (picture.width as usize, picture.height as usize);
    if picture.grey.len() != w.checked_mul(h)? {
        return None;
    }
    let mut grey = vec![0; w * h];
    for (y, row) in picture.grey.chunks_exact(w.max(1)).enumerate() {
        for (x, pixel) in row.iter().enumerate() {
            let at = match quarters {
                1 => x * h + (h - 1 - y),
                2 => (h - 1 - y) * w + (w - 1 - x),
                _ => (w - 1 - x) * h + y,
            };
            grey[at] = *pixel;
        }
    }
    let (width, height) = if quarters == 2 { (picture.width, picture.height) } else { (picture.height, picture.width) };
    Some(Picture { width, height, grey, dpi: picture.dpi })
}

/// A rectangle on the turned picture as one on the picture itself, in millionths.
fn turned_back([x, y, w, h]: [u32; 4], quarters: u32) -> [u32; 4] {
    let rest = |a: u32, b: u32| 1_000_000_u32.saturating_sub(a.saturating_add(b));
    match quarters {
        1 => [y, rest(x, w), h, w],
        2 => [rest(x, w), rest(y, h), w, h],
        _ => [rest(y, h), x, h, w],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// An engine that says of each page what a function says.
    struct Engine<F>(F, RefCell<Vec<Option<Vec<Word>>>>);

    impl<F: Fn(&Picture) -> Vec<Word>> MachineReading for Engine<F> {
        fn places(&self) -> usize {
            self.1.borrow().len()
        }
        fn put(&self, place: usize, page: &Picture) -> Result<(), String> {
            assert!(self.1.borrow()[place].is_none(), "the place is free");
            self.1.borrow_mut()[place] = Some(self.0(page));
            Ok(())
        }
        fn words(&self, place: usize) -> Result<Vec<Word>, String> {
            self.1.borrow_mut()[place].take().ok_or_else(|| "nothing lies there".to_owned())
        }
    }

    fn opens<F: for<'b> Fn(&'b [u8]) -> Pages<'b>>(open: F) -> F {
        open
    }

    fn read(picture: Picture, engine: impl Fn(&Picture) -> Vec<Word>) -> Result<PageText, String> {
        let engine = Engine(engine, RefCell::new(vec![None]));
        let (width, height, dpi) = (picture.width, picture.height, picture.dpi);
        let one = opens(|_| {
            let grey = picture.grey.clone();
            Box::new(move |_| Some(Picture { width, height, dpi, grey: grey.clone() }))
        });
        let mut pages = InOrder::new(&[], "", &Tools { pages: Some(&one), machine: Some(&engine), ..Tools::default() });
        pages.machine_read(1, ());
        pages.next(true).and_then(|((), read)| read).expect("was asked")
    }

    #[test]
    fn pages_are_read_two_at_once_and_come_in_their_order() {
        let word = |n: u32| Word { text: format!("PAGE{n} {}", "X".repeat(100)), at: [0; 4], confidence: Some(95), line: true };
        let engine = Engine(|p: &Picture| vec![word(p.dpi)], RefCell::new(vec![None, None]));
        let numbered = opens(|_| Box::new(|n| (n != 5).then(|| Picture { width: 1, height: 1, grey: vec![0], dpi: n })));
        let mut pages = InOrder::new(&[], "", &Tools { pages: Some(&numbered), machine: Some(&engine), ..Tools::default() });
        let mut seen = Vec::new();
        let mut take = |pages: &mut InOrder<'_, u32>, wait| {
            while let Some((n, read)) = pages.next(wait) {
                assert!(read.as_ref().is_none_or(|read| read.as_ref().map_or_else(|why| why == "page-not-drawn", |page| page.page == n && page.words == [word(n)])));
                seen.push((n, read.map(|read| read.is_ok())));
            }
        };
        for n in 1..200 {
            if n % 3 == 0 || n > 20 {
                pages.put(n);
            } else {
                pages.machine_read(n, n);
            }
            take(&mut pages, false);
            assert!(pages.waiting.len() <= MOST_WAITING);
            assert!(engine.1.borrow().iter().filter(|place| place.is_some()).count() <= 2);
        }
        take(&mut pages, true);
        assert!(seen.iter().map(|(n, _)| *n).eq(1..200));
        assert!(seen.iter().all(|(n, read)| *read == (n % 3 != 0 && *n <= 20).then_some(*n != 5)));
    }

    #[test]
    fn a_page_on_its_side_is_turned_until_it_reads_and_its_words_stay_where_they_are() {
        // A page of 6 x 4 pixels: a dark line with a darker beginning says which way is up.
        for quarters in 0..4 {
            let mut grey = vec![255; 24];
            grey[..6].copy_from_slice(&[0, 20, 20, 20, 20, 20]);
            let upright = Picture { width: 6, height: 4, grey, dpi: 0 };
            // Laid the other way round: turning by `quarters` brings it back.
            let lying = if quarters == 0 { upright } else { turned(&upright, 4 - quarters).expect("a picture") };
            let engine = |p: &Picture| {
                let up = p.width == 6 && p.grey.first() == Some(&0);
                let word = Word { text: "ABCDEFGHIJKLMNOPQRSTUVWXYZ".into(), at: [0, 0, 166_000, 250_000], confidence: Some(95), line: true };
                if up { vec![word] } else { Vec::new() }
            };
            let (width, height, grey) = (lying.width, lying.height, lying.grey.clone());
            let page = read(lying, engine).expect("read");
            // The word's place on the lying page holds its darkest pixel.
            let [x, y, w, h] = page.words[0].at.map(u64::from);
            let middle = |from: u64, long: u64, side: u32| ((from + long / 2) * u64::from(side) / 1_000_000) as usize;
            let (x, y) = (middle(x, w, width), middle(y, h, height));
            assert_eq!(grey[y * width as usize + x], 0, "{quarters}");
        }
        let picture = Picture { width: 1, height: 1, grey: vec![0], dpi: 0 };
        assert_eq!(read(picture, |_| Vec::new()), Err("nothing-machine-read".to_owned()));
    }
}
