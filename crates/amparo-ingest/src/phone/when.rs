//! Dates and clocks as carriers and spreadsheets write them, in English and Spanish, and the order of day and month.
//!
//! `03/04/2020` says nothing by itself: the order is taken from all dates of a file together, and is said
//! in the report. A time without a zone stays local; nothing becomes UTC that did not say so.

use amparo_model::Instant;
use amparo_model::instant::days_from_civil;

/// Which of three numbers is what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    Day,
    Month,
    Year,
}

impl Order {
    pub const ALL: [Order; 3] = [Order::Day, Order::Month, Order::Year];

    pub fn code(self) -> &'static str {
        match self {
            Order::Day => "day-first",
            Order::Month => "month-first",
            Order::Year => "year-first",
        }
    }
}

/// A date as written: three numbers whose order is open, or one that leaves no doubt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Date {
    Plain {
        year: i16,
        month: i8,
        day: i8,
    },
    /// `long_year`: the last has four digits, so that only day and month are open.
    Open {
        numbers: [u32; 3],
        long_year: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Token<'a> {
    Number(u64, usize),
    Word(&'a str),
    Mark(char),
}

/// Twenty-four tokens are enough for any date and time; what is longer is none.
struct Tokens<'a> {
    list: [Token<'a>; 24],
    len: usize,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn of(text: &'a str) -> Option<Tokens<'a>> {
        let mut list = [Token::Mark(' '); 24];
        let mut len = 0;
        let mut rest = text.trim().trim_matches(['\'', '"', '[', ']']).trim();
        while let Some(c) = rest.chars().next() {
            let run = |f: fn(char) -> bool| rest.find(|c| !f(c)).unwrap_or(rest.len());
            let (token, used) = if c.is_ascii_digit() {
                let end = run(|c| c.is_ascii_digit());
                (Token::Number(rest.get(..end)?.parse().ok()?, end), end)
            } else if c.is_alphabetic() {
                let end = run(char::is_alphabetic);
                (Token::Word(rest.get(..end)?), end)
            } else {
                (Token::Mark(c), c.len_utf8())
            };
            rest = rest.get(used..)?;
            if matches!(token, Token::Mark(c) if c.is_whitespace() || c == '\u{200e}' || c == '\u{200f}') {
                continue;
            }
            *list.get_mut(len)? = token;
            len += 1;
        }
        Some(Tokens { list, len, at: 0 })
    }

    fn peek(&self, ahead: usize) -> Option<Token<'a>> {
        let i = self.at + ahead;
        if i < self.len { self.list.get(i).copied() } else { None }
    }

    fn mark(&mut self, marks: &[char]) -> bool {
        let there = matches!(self.peek(0), Some(Token::Mark(c)) if marks.contains(&c));
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, words: &[&str]) -> bool {
        let there = matches!(self.peek(0), Some(Token::Word(w)) if words.iter().any(|have| w.eq_ignore_ascii_case(have)));
        self.at += usize::from(there);
        there
    }

    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<u64> {
        match self.peek(0) {
            Some(Token::Number(n, d)) if digits.contains(&d) => {
                self.at += 1;
                Some(n)
            }
            _ => None,
        }
    }

    fn done(&self) -> bool {
        self.at >= self.len
    }
}

const MONTHS: [&[&str]; 12] = [
    &["jan", "january", "ene", "enero"],
    &["feb", "february", "febrero"],
    &["mar", "march", "marzo"],
    &["apr", "april", "abr", "abril"],
    &["may", "mayo"],
    &["jun", "june", "junio"],
    &["jul", "july", "julio"],
    &["aug", "august", "ago", "agosto"],
    &["sep", "sept", "september", "septiembre", "setiembre", "set"],
    &["oct", "october", "octubre"],
    &["nov", "november", "noviembre"],
    &["dec", "december", "dic", "diciembre"],
];

const WEEKDAYS: &[&str] = &[
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "lun",
    "mar",
    "mié",
    "mie",
    "jue",
    "vie",
    "sáb",
    "sab",
    "dom",
    "lunes",
    "martes",
    "miércoles",
    "miercoles",
    "jueves",
    "viernes",
    "sábado",
    "sabado",
    "domingo",
];

fn month(word: &str) -> Option<i8> {
    (1..).zip(MONTHS).find(|(_, names)| names.iter().any(|n| word.eq_ignore_ascii_case(n))).map(|(i, _)| i)
}

fn days_in(year: i16, month: i8) -> i8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970 of a date that exists.
fn days(year: i16, month: i8, day: i8) -> Option<i64> {
    let exists = (1900..=2199).contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month);
    exists.then(|| i64::from(days_from_civil(year, month, day)))
}

/// Whether the calendar has this day.
pub(crate) fn exists(year: i64, month: i64, day: i64) -> bool {
    let narrow = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
    matches!(narrow, (Ok(year), Ok(month), Ok(day)) if days(year, month, day).is_some())
}

/// `19` is 2019, `85` is 1985.
fn whole_year(year: u32) -> i16 {
    match year {
        0..=69 => year as i16 + 2_000,
        70..=99 => year as i16 + 1_900,
        _ => i16::try_from(year).unwrap_or(0),
    }
}

fn small(n: u64) -> i8 {
    i8::try_from(n).unwrap_or(0)
}

/// Whether a weekday stands in front. `mar` is Tuesday in Spanish where a date follows, and March otherwise.
fn weekday(t: &Tokens<'_>) -> bool {
    let Some(Token::Word(w)) = t.peek(0) else { return false };
    if !WEEKDAYS.iter().any(|have| w.to_lowercase() == **have) {
        return false;
    }
    if month(w).is_none() {
        return true;
    }
    let behind = 1 + usize::from(t.peek(1) == Some(Token::Mark('.')));
    match (t.peek(behind), t.peek(behind + 1)) {
        (Some(Token::Mark(',')), _) => true,
        (Some(Token::Number(..)), next) => matches!(next, Some(Token::Mark('/' | '-' | '.') | Token::Word(_))),
        _ => false,
    }
}

/// A date at the front of the tokens.
fn date(t: &mut Tokens<'_>) -> Option<Date> {
    if weekday(t) {
        t.at += 1;
        t.mark(&[',', '.']);
    }
    if let Some(Token::Word(w)) = t.peek(0) {
        let month = month(w)?;
        t.at += 1;
        t.mark(&['.', '-', '/']);
        let day = t.number(1..=2)?;
        t.word(&["st", "nd", "rd", "th"]);
        t.mark(&[',', '-', '/', '.']);
        return Some(Date::Plain { year: year(t)?, month, day: small(day) });
    }
    let Some(Token::Number(first, digits)) = t.peek(0) else { return None };
    t.at += 1;
    match digits {
        8 | 12 | 14 => {
            let head = if digits == 8 { first } else { first / 10_u64.pow(digits as u32 - 8) };
            return Some(Date::Plain { year: i16::try_from(head / 10_000).ok()?, month: small(head / 100 % 100), day: small(head % 100) });
        }
        1 | 2 | 4 => {}
        _ => return None,
    }
    t.word(&["st", "nd", "rd", "th"]);
    let marked = t.mark(&['/', '-', '.']);
    let of = t.word(&["de", "of"]);
    if let Some(Token::Word(w)) = t.peek(0) {
        let month = month(w)?;
        t.at += 1;
        t.mark(&['.', ',']);
        t.mark(&['/', '-', ',']);
        t.word(&["de", "del", "of"]);
        return if digits == 4 {
            Some(Date::Plain { year: whole_year(first as u32), month, day: small(t.number(1..=2)?) })
        } else {
            Some(Date::Plain { year: year(t)?, month, day: small(first) })
        };
    }
    if of || !marked {
        return None;
    }
    let second = t.number(1..=2)?;
    if !t.mark(&['/', '-', '.']) {
        return None;
    }
    if digits == 4 {
        return Some(Date::Plain { year: whole_year(first as u32), month: small(second), day: small(t.number(1..=2)?) });
    }
    match t.peek(0) {
        Some(Token::Number(third, d @ (2 | 4))) => {
            t.at += 1;
            Some(Date::Open { numbers: [first as u32, second as u32, third as u32], long_year: d == 4 })
        }
        _ => None,
    }
}

fn year(t: &mut Tokens<'_>) -> Option<i16> {
    match t.peek(0) {
        Some(Token::Number(n, 2 | 4)) => {
            t.at += 1;
            Some(whole_year(n as u32))
        }
        _ => None,
    }
}

/// A clock: milliseconds of the day, and the offset where one stands behind it.
fn clock(t: &mut Tokens<'_>) -> Option<(i64, Option<i16>)> {
    let mut hour;
    let (mut minute, mut second, mut ms) = (0, 0, 0);
    match t.peek(0)? {
        Token::Number(n, 6) if matches!(t.peek(1), None | Some(Token::Word(_))) => {
            t.at += 1;
            (hour, minute, second) = (n / 10_000, n / 100 % 100, n % 100);
        }
        Token::Number(n, 3 | 4) if matches!(t.peek(1), None | Some(Token::Word(_))) => {
            t.at += 1;
            (hour, minute) = (n / 100, n % 100);
        }
        Token::Number(n, 1 | 2) => {
            t.at += 1;
            hour = n;
            if t.mark(&[':', '.']) || t.word(&["h"]) {
                minute = t.number(1..=2)?;
                if t.mark(&[':', '.']) {
                    second = t.number(1..=2)?;
                    if t.mark(&['.', ',']) {
                        let Some(Token::Number(n, d @ 1..=9)) = t.peek(0) else { return None };
                        t.at += 1;
                        ms = if d <= 3 { n * 10_u64.pow(3 - d as u32) } else { n / 10_u64.pow(d as u32 - 3) };
                    }
                }
            } else if !matches!(t.peek(0), Some(Token::Word(_))) {
                return None;
            }
            t.word(&["h", "hs", "hrs"]);
        }
        _ => return None,
    }
    let half = match t.peek(0) {
        Some(Token::Word(w)) if w.eq_ignore_ascii_case("am") || w.eq_ignore_ascii_case("a") => Some(0),
        Some(Token::Word(w)) if w.eq_ignore_ascii_case("pm") || w.eq_ignore_ascii_case("p") => Some(12),
        _ => None,
    };
    if let Some(half) = half {
        t.at += 1;
        t.mark(&['.']);
        t.word(&["m"]);
        t.mark(&['.']);
        if hour == 0 && half == 12 || hour > 23 {
            return None;
        }
        // `13:05 PM` is written by some; it means what it says.
        hour = if hour == 12 {
            half
        } else if hour < 12 {
            hour + half
        } else {
            hour
        };
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let second = second.min(59); // a leap second is the last of its minute
    let offset = offset(t)?;
    Some((((hour * 60 + minute) * 60 + second) as i64 * 1_000 + ms as i64, offset))
}

/// What stands behind a clock: nothing, an offset, or a zone's letters, which say no offset that holds all year.
fn offset(t: &mut Tokens<'_>) -> Option<Option<i16>> {
    let utc = t.word(&["z", "utc", "gmt"]);
    t.mark(&['(']);
    let sign = match t.peek(0) {
        None | Some(Token::Mark(')')) => return t.rest_is_nothing().then_some(utc.then_some(0)),
        Some(Token::Mark('+')) => 1,
        Some(Token::Mark('-' | '\u{2212}')) => -1,
        Some(Token::Word(w)) if (3..=5).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_uppercase()) && !utc => {
            t.at += 1;
            return t.rest_is_nothing().then_some(None);
        }
        _ => return None,
    };
    t.at += 1;
    let (hours, minutes) = match t.peek(0)? {
        Token::Number(n, 4) => {
            t.at += 1;
            (n / 100, n % 100)
        }
        Token::Number(n, 1 | 2) => {
            t.at += 1;
            (n, if t.mark(&[':']) { t.number(2..=2)? } else { 0 })
        }
        _ => return None,
    };
    if hours > 14 || minutes > 59 || !t.rest_is_nothing() {
        return None;
    }
    Some(Some(sign * (hours * 60 + minutes) as i16))
}

impl Tokens<'_> {
    fn rest_is_nothing(&mut self) -> bool {
        while self.mark(&[')', '.', ',']) {}
        self.done()
    }
}

/// A date and time as found, before the order of open dates is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct When {
    date: Date,
    /// Milliseconds of the day and offset; `None` where only a date stands.
    clock: Option<(i64, Option<i16>)>,
}

/// What one or two cells say. `None`: no date and time that could be.
pub(crate) fn when(text: &str, time: Option<&str>) -> Option<When> {
    let mut t = Tokens::of(text)?;
    if t.len == 1 && time.is_none() {
        if let Some(found) = epoch(t.peek(0)) {
            return Some(found);
        }
    }
    let digits = match t.peek(0) {
        Some(Token::Number(n, d @ (12 | 14))) => Some((n, d)),
        _ => None,
    };
    let date = date(&mut t)?;
    let own = match digits {
        Some((n, 12)) => Some(compact(n % 10_000 * 100)?).filter(|_| t.done()),
        Some((n, _)) => {
            let ms = compact(n % 1_000_000)?;
            Some((ms.0, offset(&mut t)?))
        }
        None => {
            t.mark(&['T', ',', '-']);
            t.word(&["t", "at", "a"]);
            t.word(&["las", "la"]);
            if t.done() { None } else { Some(clock(&mut t)?) }
        }
    };
    let clock = match (own, time.map(str::trim).filter(|t| !t.is_empty())) {
        // A spreadsheet's date cell says midnight where the time is in a cell of its own.
        (None | Some((0, None)), Some(time)) => {
            let mut t = Tokens::of(time)?;
            match clock(&mut t) {
                Some(found) => Some(found),
                None => when(time, None)?.clock,
            }
        }
        (own, _) => own,
    };
    Some(When { date, clock })
}

fn compact(hhmmss: u64) -> Option<(i64, Option<i16>)> {
    let (h, m, s) = (hhmmss / 10_000, hhmmss / 100 % 100, hhmmss % 100);
    (h < 24 && m < 60 && s < 60).then_some((((h * 60 + m) * 60 + s) as i64 * 1_000, None))
}

/// Seconds or milliseconds since 1970, of this century.
fn epoch(token: Option<Token<'_>>) -> Option<When> {
    let ms = match token? {
        Token::Number(n, 10) => n * 1_000,
        Token::Number(n, 13) => n,
        _ => return None,
    };
    let day = i64::try_from(ms / 86_400_000).ok()?;
    let civil = amparo_model::instant::civil_of_ms(day * 86_400_000);
    (946_684_800_000..4_102_444_800_000)
        .contains(&ms)
        .then_some(When { date: Date::Plain { year: civil.year(), month: civil.month(), day: civil.day() }, clock: Some(((ms % 86_400_000) as i64, Some(0))) })
}

impl When {
    pub fn is_open(&self) -> bool {
        matches!(self.date, Date::Open { .. })
    }

    pub fn has_clock(&self) -> bool {
        self.clock.is_some()
    }

    fn days(&self, order: Order) -> Option<i64> {
        match self.date {
            Date::Plain { year, month, day } => days(year, month, day),
            Date::Open { numbers: [a, b, c], long_year } => match order {
                Order::Day => days(whole_year(c), small(b.into()), small(a.into())),
                Order::Month => days(whole_year(c), small(a.into()), small(b.into())),
                Order::Year if !long_year => days(whole_year(a), small(b.into()), small(c.into())),
                Order::Year => None,
            },
        }
    }

    /// The instant; `None` where this order gives no date that exists, or no time of day is said.
    pub fn instant(&self, order: Order) -> Option<Instant> {
        let (ms, offset_min) = self.clock?;
        let ms = self.days(order)? * 86_400_000 + ms;
        Some(Instant { ms: ms - i64::from(offset_min.unwrap_or(0)) * 60_000, offset_min })
    }
}

/// What all dates of a file say together about their order.
#[derive(Clone, Default)]
pub(crate) struct Evidence {
    seen: u64,
    impossible: [u64; 3],
    last: [Option<i64>; 3],
    up: [u64; 3],
    down: [u64; 3],
}

impl Evidence {
    pub fn add(&mut self, when: &When) {
        if !when.is_open() {
            return;
        }
        self.seen += 1;
        for (i, order) in Order::ALL.into_iter().enumerate() {
            match when.days(order) {
                None => self.impossible[i] += 1,
                Some(days) => {
                    if let Some(last) = self.last[i] {
                        self.up[i] += u64::from(last < days);
                        self.down[i] += u64::from(days < last);
                    }
                    self.last[i] = Some(days);
                }
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.seen == 0
    }

    /// The order that makes the fewest dates impossible, then the one in which the list runs one way; else
    /// the custom of the place. `false`: nothing in the file decided.
    pub fn decide(&self, custom: Order) -> (Order, bool) {
        let fewest = self.impossible.iter().min().copied().unwrap_or(0);
        let left = || (0..3).filter(|i| self.impossible[*i] == fewest);
        if left().count() == 1 {
            return (left().next().map_or(custom, |i| Order::ALL[i]), true);
        }
        let disorder = |i: usize| self.up[i].min(self.down[i]);
        let best = left().map(disorder).min().unwrap_or(0);
        let enough = |i: usize| self.up[i] + self.down[i] >= 3;
        let clear = |i: usize| left().all(|other| other == i || disorder(other) > 4 * best);
        match left().find(|i| disorder(*i) == best && enough(*i) && clear(*i)) {
            Some(i) => (Order::ALL[i], true),
            None => (left().map(|i| Order::ALL[i]).find(|o| *o == custom).or_else(|| left().next().map(|i| Order::ALL[i])).unwrap_or(custom), false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, time: Option<&str>, order: Order, want: &str) {
        let got = when(text, time).and_then(|w| w.instant(order)).map_or("-".to_owned(), |i| i.to_string());
        assert_eq!(got, want, "{text} {time:?}");
    }

    #[test]
    fn times_as_carriers_and_spreadsheets_write_them() {
        for (text, want) in [
            ("2014-08-20 20:30:37", "2014-08-20T20:30:37"),
            ("2014-08-20T20:30:37Z", "2014-08-20T20:30:37Z"),
            ("2014-08-20T20:30:37.250-07:00", "2014-08-20T20:30:37.250-07:00"),
            ("2014-08-20 20:30:37 UTC", "2014-08-20T20:30:37Z"),
            ("2014-08-20 20:30:37 +0530", "2014-08-20T20:30:37+05:30"),
            ("2014/8/2 20:30", "2014-08-02T20:30:00"),
            ("02/18/2022 09:47 AM", "2022-02-18T09:47:00"),
            ("2/18/22 9:47:05 PM", "2022-02-18T21:47:05"),
            ("02/18/2022 12:05 am", "2022-02-18T00:05:00"),
            ("02/18/2022 1:05 p. m.", "2022-02-18T13:05:00"),
            ("02/18/2022 1:05\u{202f}p.\u{a0}m.", "2022-02-18T13:05:00"),
            ("Feb 18, 2022 9:47 AM", "2022-02-18T09:47:00"),
            ("Friday, February 18, 2022 9:47 AM", "2022-02-18T09:47:00"),
            ("18-Feb-22 09:47", "2022-02-18T09:47:00"),
            ("18 de febrero de 2022, 09:47", "2022-02-18T09:47:00"),
            ("18 feb. 2022 a las 9:47 a.m.", "2022-02-18T09:47:00"),
            ("vie 18/02/2022 09:47", "-"),
            ("mar 18, 2022 09:47", "2022-03-18T09:47:00"),
            ("mar 18 de enero de 2022 09:47", "2022-01-18T09:47:00"),
            ("20220218094705", "2022-02-18T09:47:05"),
            ("20220218 094705", "2022-02-18T09:47:05"),
            ("1546300800", "2019-01-01T00:00:00Z"),
            ("1546300800123", "2019-01-01T00:00:00.123Z"),
            ("02/18/2022 09:47 EST", "2022-02-18T09:47:00"),
            ("'02/18/2022 09:47", "2022-02-18T09:47:00"),
            ("02/30/2022 09:47", "-"),
            ("02/18/2022", "-"),
            ("02/18/2022 25:00", "-"),
            ("2019-01-01T00:00:2x", "-"),
            ("1/2/3/4", "-"),
            ("4155552671", "-"),
            ("", "-"),
        ] {
            check(text, None, Order::Month, want);
        }
        check("02/18/2022", Some("9:47A"), Order::Month, "2022-02-18T09:47:00");
        check("18/02/2022", Some("21:47"), Order::Day, "2022-02-18T21:47:00");
        check("2022-02-18 00:00:00", Some("21:47"), Order::Day, "2022-02-18T21:47:00");
        check("22.02.18", Some("2147"), Order::Year, "2022-02-18T21:47:00");
        check("18.02.2022", Some("1899-12-30 21:47:00"), Order::Day, "2022-02-18T21:47:00");
    }

    fn decided(dates: &[&str], custom: Order) -> (Order, bool) {
        let mut evidence = Evidence::default();
        dates.iter().for_each(|d| evidence.add(&when(d, Some("10:00")).unwrap()));
        evidence.decide(custom)
    }

    #[test]
    fn the_order_is_the_files_and_not_one_dates() {
        assert_eq!(decided(&["03/04/2020", "13/04/2020"], Order::Month), (Order::Day, true));
        assert_eq!(decided(&["03/04/2020", "04/13/2020"], Order::Day), (Order::Month, true));
        assert_eq!(decided(&["03/04/2020", "04/05/2020"], Order::Day), (Order::Day, false));
        assert_eq!(decided(&["20/04/05", "20/04/30", "20/05/02", "20/05/29", "20/06/01"], Order::Month), (Order::Year, true));
        // Only one reading lets the list run one way.
        assert_eq!(decided(&["01/11/2020", "02/11/2020", "03/11/2020", "01/12/2020", "02/12/2020", "03/12/2020"], Order::Month), (Order::Day, true));
        assert_eq!(decided(&["01/02/2020", "13/02/2020", "02/14/2020", "14/02/2020"], Order::Month), (Order::Day, true));
    }

    proptest! {
        #[test]
        fn random_text_never_panics(text in "[0-9a-zA-Zñ/:. ,+-]{0,40}", time in "[0-9amp:. ]{0,12}") {
            if let Some(when) = when(&text, Some(&time)) {
                for order in Order::ALL {
                    let _ = when.instant(order).map(|i| i.to_string());
                }
            }
        }
    }
}
