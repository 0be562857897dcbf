//! What several pages of a case have: the person asked about, pills to choose by, tables in pages.

use super::answer::Asked;
use super::room::Known;
use crate::speech::Speech;
use amparo_chart::Span;
use amparo_model::PartyId;
use amparo_model::results::Month;
use amparo_office::{Exit, Problem, Result};

/// One choice among a few; an address, not a button.
pub struct Pill {
    pub href: String,
    pub text: String,
    pub now: bool,
}

/// The person a page is about.
pub struct Person {
    pub id: PartyId,
    pub token: String,
    pub who: String,
}

/// Whom the address names, else the client, else the first of the case; `None` where the case has nobody.
pub fn person(known: &Known, asked: &Asked) -> Result<Option<Person>> {
    let file = &known.seen.view.file;
    let party = match asked.choice("who") {
        Some(token) => Some(file.party_by_token(token).ok_or_else(|| Problem::new(Exit::No, "problem-no-page"))?),
        None => file.party_by_token("client").or(file.parties.first()),
    };
    Ok(party.map(|p| Person { id: p.id, token: p.token.clone(), who: known.seen.who_heading(asked.speech, Some(p.id)) }))
}

/// The people of the case as choices; `address` makes each one's.
pub fn people(known: &Known, speech: Speech, now: PartyId, address: impl Fn(&str) -> String) -> Vec<Pill> {
    let pill = |p: &amparo_model::Party| Pill { href: address(&p.token), text: known.seen.who_heading(speech, Some(p.id)), now: p.id == now };
    known.seen.view.file.parties.iter().map(pill).collect()
}

/// What the log says of a page: its name, and whom it is about.
pub fn named<'a>(asked: &'a Asked, page: &'a str) -> Vec<&'a str> {
    let token = |t: &&str| t.len() <= 24 && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    std::iter::once(page).chain(asked.choice("who").filter(token)).collect()
}

pub fn month(asked: &Asked, name: &str) -> Option<Month> {
    asked.choice(name).and_then(Month::parse)
}

/// Months in words: one, or from one to another.
pub fn spoken(span: Span, speech: Speech) -> String {
    let month = |m| amparo_lang::month(m, speech.lang);
    if span.from == span.to { month(span.from) } else { speech.say("page-from-to", &[("from", month(span.from)), ("to", month(span.to))]) }
}

/// Zones that people of these offices live in, and their words.
const ZONES: [(&str, &str); 9] = [
    ("America/New_York", "page-zone-eastern"),
    ("America/Chicago", "page-zone-central"),
    ("America/Denver", "page-zone-mountain"),
    ("America/Phoenix", "page-zone-arizona"),
    ("America/Los_Angeles", "page-zone-pacific"),
    ("America/Anchorage", "page-zone-alaska"),
    ("Pacific/Honolulu", "page-zone-hawaii"),
    ("America/Puerto_Rico", "page-zone-puerto-rico"),
    ("America/Mexico_City", "page-zone-mexico"),
];

/// A zone in words, or by its name.
pub fn zone_word(zone: &str, speech: Speech) -> String {
    ZONES.iter().find(|(name, _)| *name == zone).map_or_else(|| zone.to_owned(), |(_, word)| speech.word(word))
}

/// The zones to choose from, the present one among them and marked.
pub fn zones(now: &str, speech: Speech) -> Vec<(String, String, bool)> {
    let own = (!ZONES.iter().any(|(name, _)| *name == now)).then(|| (now.to_owned(), now.to_owned(), true));
    own.into_iter().chain(ZONES.iter().map(|(name, word)| ((*name).to_owned(), speech.word(word), *name == now))).collect()
}

/// The zone that a form names: the one written by its name, else the one chosen.
pub fn zone_typed<'a>(asked: &'a Asked) -> Result<Option<&'a str>> {
    let zone = [asked.typed("zone-name"), asked.typed("zone")].into_iter().map(str::trim).find(|z| !z.is_empty());
    match zone {
        Some(zone) if amparo_analysis::view::zone_named(zone).is_none() => Err(Problem::new(Exit::Usage, "usage-bad-zone").with("value", zone)),
        zone => Ok(zone),
    }
}

/// A long table, a page of it at a time.
pub struct Pages {
    pub sentence: String,
    pub before: Option<String>,
    pub after: Option<String>,
    skip: usize,
    take: usize,
}

impl Pages {
    /// `address` is this page's own, with all its choices but the number.
    pub fn of(asked: &Asked, all: usize, each: usize, address: &str) -> Pages {
        let pages = all.div_ceil(each).max(1);
        let page = chosen(asked).unwrap_or(1).clamp(1, pages);
        Pages::turned(asked, (page, pages), ((page - 1) * each, each), all, address)
    }

    /// Things that are shown whole, of these sizes: as many on a page as fit into `most`, and at least one. Where the
    /// address names no page, it is the one that holds the thing at `wanted`.
    pub fn of_whole(asked: &Asked, sizes: &[usize], most: usize, wanted: Option<usize>, address: &str) -> Pages {
        let mut firsts = vec![0];
        let mut room = most;
        for (at, size) in sizes.iter().enumerate() {
            if *size > room && firsts.last() != Some(&at) {
                firsts.push(at);
                room = most;
            }
            room = room.saturating_sub(*size);
        }
        let holding = |at: usize| firsts.iter().filter(|first| **first <= at).count();
        let page = chosen(asked).or(wanted.map(holding)).unwrap_or(1).clamp(1, firsts.len());
        let first = firsts.get(page - 1).copied().unwrap_or(0);
        let next = firsts.get(page).copied().unwrap_or(sizes.len());
        Pages::turned(asked, (page, firsts.len()), (first, next - first), sizes.len(), address)
    }

    fn turned(asked: &Asked, (page, pages): (usize, usize), (skip, take): (usize, usize), all: usize, address: &str) -> Pages {
        let href = |p: usize| (1..=pages).contains(&p).then(|| format!("{address}{}page={p}", if address.contains('?') { '&' } else { '?' }));
        let number = |n: usize| amparo_lang::grouped(i64::try_from(n).unwrap_or(i64::MAX));
        let sentence = match pages {
            1 => String::new(),
            _ => asked.speech.say("page-rows", &[("from", number(skip + 1)), ("to", number((skip + take).min(all))), ("all", number(all))]),
        };
        Pages { sentence, before: href(page.wrapping_sub(1)), after: href(page + 1), skip, take }
    }

    /// Turned, the page shows this part of it first.
    pub fn at(mut self, part: &str) -> Pages {
        for href in [&mut self.before, &mut self.after].into_iter().flatten() {
            *href += &format!("#{part}");
        }
        self
    }

    pub fn skip(&self) -> usize {
        self.skip
    }

    pub fn take(&self) -> usize {
        self.take
    }

    pub fn is_first(&self) -> bool {
        self.skip == 0
    }
}

/// The page that the address names.
fn chosen(asked: &Asked) -> Option<usize> {
    asked.choice("page").and_then(|p| p.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_lang::Lang;

    fn check(page: &str, all: usize, expected: (usize, Option<&str>, Option<&str>, &str)) {
        let asked = Asked::of(Speech { lang: Lang::En, unmasked: false }, &[("page", page)]);
        let pages = Pages::of(&asked, all, 50, "/case/a-b/timeline?who=client");
        assert_eq!((pages.skip(), pages.before.as_deref(), pages.after.as_deref(), pages.sentence.as_str()), expected, "{page} of {all}");
    }

    #[test]
    fn pages_of_things_that_stay_whole() {
        #[track_caller]
        fn check(sizes: &[usize], page: &str, wanted: Option<usize>, (skip, take): (usize, usize), sentence: &str) {
            let asked = Asked::of(Speech { lang: Lang::En, unmasked: false }, &[("page", page)]);
            let pages = Pages::of_whole(&asked, sizes, 10, wanted, "/x");
            assert_eq!((pages.skip(), pages.take(), pages.sentence.as_str()), (skip, take, sentence), "{page} of {sizes:?}");
        }
        check(&[], "", None, (0, 0), "");
        check(&[1; 10], "", None, (0, 10), "");
        check(&[1; 11], "", None, (0, 10), "1 to 10 of 11");
        check(&[1; 11], "2", None, (10, 1), "11 to 11 of 11");
        check(&[1, 5, 5, 3, 30, 1], "", None, (0, 2), "1 to 2 of 6");
        check(&[1, 5, 5, 3, 30, 1], "2", None, (2, 2), "3 to 4 of 6");
        check(&[1, 5, 5, 3, 30, 1], "3", None, (4, 1), "5 to 5 of 6");
        check(&[30, 30], "1", None, (0, 1), "1 to 1 of 2");
        // The page that holds what is wanted, unless another is named.
        check(&[1, 5, 5, 3, 30, 1], "", Some(3), (2, 2), "3 to 4 of 6");
        check(&[1, 5, 5, 3, 30, 1], "9", Some(3), (5, 1), "6 to 6 of 6");
    }

    #[test]
    fn pages_of_a_table() {
        let (one, two, three) = ("/case/a-b/timeline?who=client&page=1", "/case/a-b/timeline?who=client&page=2", "/case/a-b/timeline?who=client&page=3");
        check("", 0, (0, None, None, ""));
        check("", 50, (0, None, None, ""));
        check("", 101, (0, None, Some(two), "1 to 50 of 101"));
        check("2", 101, (50, Some(one), Some(three), "51 to 100 of 101"));
        check("3", 1_101, (100, Some(two), Some("/case/a-b/timeline?who=client&page=4"), "101 to 150 of 1,101"));
        check("99", 101, (100, Some(two), None, "101 to 101 of 101"));
        check("-1", 10, (0, None, None, ""));
        check("x", 101, (0, None, Some(two), "1 to 50 of 101"));
    }
}
