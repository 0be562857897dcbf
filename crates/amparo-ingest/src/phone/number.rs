//! Telephone numbers as sources write them, and the one form they have where they can exist.
//!
//! A short code, "Unavailable" or a number that no country could have stays as written: no guess.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, Region};
use std::borrow::Cow;
use std::collections::HashMap;

/// How many different texts are remembered; then all are forgotten and learned anew.
const REMEMBERED: usize = 1 << 15;

/// E.164 without its `+`: at most fifteen digits fit; zero is no number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct E164(u64);

impl E164 {
    pub fn some(self) -> Option<String> {
        (self.0 != 0).then(|| format!("+{}", self.0))
    }

    pub fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// Reads numbers in the manner of one country, remembering a bounded number of texts.
pub struct Numbers {
    region: Option<Region>,
    /// Ten digits are a number of North America here.
    north_america: bool,
    known: HashMap<String, E164>,
}

impl Numbers {
    /// `region` is ISO 3166-1 alpha-2; `US` where empty.
    pub fn new(region: &str) -> Numbers {
        let region = if region.is_empty() { "US" } else { region };
        let mut numbers = Numbers { region: region.parse().ok(), north_america: false, known: HashMap::new() };
        numbers.north_america = numbers.look_up("2125550100") == E164(1_212_555_0100);
        numbers
    }

    /// The number in E.164, where it is one that its country could have given.
    pub fn e164(&mut self, raw: &str) -> Option<String> {
        if let Some(known) = self.known.get(raw) {
            return known.some();
        }
        let found = self.find(raw);
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        if raw.len() <= 64 {
            self.known.insert(raw.to_owned(), found);
        }
        found.some()
    }

    /// As [`Numbers::e164`], remembering nothing.
    pub fn find(&self, raw: &str) -> E164 {
        match self.north_america.then(|| north_american(raw)).flatten() {
            Some(found) => found,
            None => self.look_up(raw),
        }
    }

    fn look_up(&self, raw: &str) -> E164 {
        let raw = raw.trim();
        let plain = |c: char| {
            c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | '.' | ' ' | '/' | '\u{a0}' | '\u{202f}' | '\u{2011}' | '\u{2013}' | '\u{200e}' | '\u{202a}' | '\u{202c}')
        };
        let digits = raw.bytes().filter(u8::is_ascii_digit).count();
        if !(7..=20).contains(&digits) || raw.len() > 64 || !raw.chars().all(plain) || raw.chars().filter(|c| *c == '+').count() > 1 {
            return E164(0);
        }
        let clean: String = raw.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        match PHONE_NUMBER_UTIL.parse(without_mexican_one(&clean).as_ref(), self.region) {
            Ok(number) => e164(&number),
            Err(_) => E164(0),
        }
    }
}

/// Until 2019 a Mexican mobile was called with a 1 before its ten digits; WhatsApp and old address books still write it.
fn without_mexican_one(clean: &str) -> Cow<'_, str> {
    ["+521", "011521"].iter().find_map(|old| clean.strip_prefix(old).filter(|rest| rest.len() == 10)).map_or(Cow::Borrowed(clean), |rest| Cow::Owned(format!("+52{rest}")))
}

/// Ten digits of North America, with or without the country's 1 before them: most numbers of most lists, and no
/// question. Whatever is not quite that is looked up.
fn north_american(raw: &str) -> Option<E164> {
    let (plus, rest) = raw.strip_prefix('+').map_or((false, raw), |rest| (true, rest));
    let (mut n, mut digits) = (0_u64, 0);
    for b in rest.bytes() {
        match b {
            b'0'..=b'9' if digits < 11 => {
                n = n * 10 + u64::from(b - b'0');
                digits += 1;
            }
            b'-' | b'(' | b')' | b'.' | b' ' | b'/' => {}
            _ => return None,
        }
    }
    let local = match digits {
        10 if !plus => n,
        11 if n / 10_000_000_000 == 1 => n % 10_000_000_000,
        _ => return None,
    };
    // An area begins with 2 to 9; what begins otherwise has a prefix that the country's rules must tell.
    (local >= 2_000_000_000 && raw.len() <= 64).then_some(E164(10_000_000_000 + local))
}

fn e164(number: &PhoneNumber) -> E164 {
    use rlibphonenumber::NumberLengthType;
    // Seven digits may be dialled in one town; without the area they name nobody.
    if !matches!(PHONE_NUMBER_UTIL.is_possible_number_with_reason(number), Ok(NumberLengthType::IsPossible)) {
        return E164(0);
    }
    let text = PHONE_NUMBER_UTIL.format(number, rlibphonenumber::PhoneNumberFormat::E164);
    let digits = text.strip_prefix('+');
    match digits {
        Some(d) if (7..=15).contains(&d.len()) && !d.starts_with('0') => E164(d.parse().unwrap_or(0)),
        _ => E164(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_carriers_and_phones_write_them() {
        let mut numbers = Numbers::new("");
        for (raw, want) in [
            ("(415) 555-2671", Some("+14155552671")),
            ("4155552671", Some("+14155552671")),
            ("1 415 555 2671", Some("+14155552671")),
            ("+1 (415) 555-2671", Some("+14155552671")),
            ("415.555.2671", Some("+14155552671")),
            ("011 52 55 1234 5678", Some("+525512345678")),
            ("+52 55 1234 5678", Some("+525512345678")),
            ("+52 1 55 1234 5678", Some("+525512345678")),
            ("011 52 1 55 1234 5678", Some("+525512345678")),
            ("011502 5555 1234", Some("+50255551234")),
            ("5555550001", Some("+15555550001")),
            ("555-2671", None),
            ("88811", None),
            ("911", None),
            ("*611", None),
            ("Unavailable", None),
            ("-1", None),
            ("", None),
            ("1-800-FLOWERS", None),
            ("++14155552671", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(numbers.e164(raw).as_deref(), want, "{raw}");
        }
        assert_eq!(Numbers::new("MX").e164("55 1234 5678").as_deref(), Some("+525512345678"));
        assert_eq!(Numbers::new("nowhere").e164("415 555 2671"), None);
    }
    proptest::proptest! {
        #[test]
        fn the_short_way_for_north_america_says_what_the_countrys_rules_say(raw in "[+]?[ (]?1?[-. ]?[0-9(]{3}[)]?[-. /]?[0-9]{3}[-. ]?[0-9]{3,5}") {
            let numbers = Numbers::new("US");
            proptest::prop_assert!(numbers.north_america);
            if let Some(found) = north_american(&raw) {
                proptest::prop_assert_eq!(found, numbers.look_up(&raw));
            }
        }
    }
}
