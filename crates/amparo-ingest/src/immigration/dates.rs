//! Dates as agencies, passports' owners and spreadsheets write them, in English and Spanish.
//!
//! A date is read only where it can mean one thing: the order of day and month is the caller's to know.

use amparo_model::Edtf;
use jiff::civil::Date;

/// How a source writes its dates.
#[derive(Clone, Copy, Default)]
pub(crate) struct Manner {
    /// `15/07/2019`; otherwise `07/15/2019`.
    pub day_first: bool,
    /// `7/15/19` is 2019: only where nothing older can be meant.
    pub short_years: bool,
}

const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "enero", "ene", "janeiro"],
    &["february", "feb", "febrero", "fevereiro", "fev"],
    &["march", "mar", "marzo", "marco"],
    &["april", "apr", "abril", "abr"],
    &["may", "mayo", "maio"],
    &["june", "jun", "junio", "junho"],
    &["july", "jul", "julio", "julho"],
    &["august", "aug", "agosto", "ago"],
    &["september", "sep", "sept", "septiembre", "setiembre", "set", "setembro"],
    &["october", "oct", "octubre", "outubro", "out"],
    &["november", "nov", "noviembre", "novembro"],
    &["december", "dec", "diciembre", "dic", "dezembro", "dez"],
];

/// Words that stand in dates and say nothing.
const PASSED_OVER: &[&str] = &["de", "del", "of", "the", "st", "nd", "rd", "th", "a", "el"];

/// What a date says: year, and month and day where known.
type Parts = (i16, Option<i8>, Option<i8>);

/// A day, or nothing: a month alone is no day.
pub(crate) fn day(text: &str, manner: Manner) -> Option<Date> {
    match parts(text, manner)? {
        (year, Some(month), Some(day)) => Date::new(year, month, day).ok(),
        _ => None,
    }
}

/// A day, month or year.
pub(crate) fn edtf(text: &str, manner: Manner) -> Option<Edtf> {
    match parts(text, manner)? {
        (year, Some(month), Some(day)) => Date::new(year, month, day).ok().map(Edtf::day),
        (year, Some(month), None) => Edtf::month(year, month),
        (year, None, _) => Edtf::year(year),
    }
}

/// The two numbers before the year, where a date is three numbers and ends with the year.
pub(crate) fn slashed(text: &str) -> Option<(i8, i8)> {
    match tokens(before_clock(text))?.as_slice() {
        [Token::Number(a, 1..=2), Token::Number(b, 1..=2), Token::Number(_, 2 | 4)] => Some((*a as i8, *b as i8)),
        _ => None,
    }
}

enum Token {
    /// A number and how many digits it was written with.
    Number(i32, usize),
    Month(i8),
}

fn parts(text: &str, manner: Manner) -> Option<Parts> {
    use Token::{Month, Number};
    let year = |n: &i32, digits: usize| -> Option<i16> {
        match digits {
            4 if (1900..=2100).contains(n) => Some(*n as i16),
            2 if manner.short_years => Some(2000 + *n as i16),
            _ => None,
        }
    };
    let small = |n: &i32, digits: usize| (digits <= 2).then_some(*n as i8);
    match tokens(before_clock(text))?.as_slice() {
        [Number(n, 8)] => Some(((n / 10_000) as i16, Some((n / 100 % 100) as i8), Some((n % 100) as i8))).filter(|(y, ..)| (1900..=2100).contains(y)),
        [Number(y, 4), Number(m, b), Number(d, c)] => Some((year(y, 4)?, Some(small(m, *b)?), Some(small(d, *c)?))),
        [Number(a, i), Number(b, j), Number(y, k)] => {
            let (a, b) = (small(a, *i)?, small(b, *j)?);
            let (month, day) = if manner.day_first { (b, a) } else { (a, b) };
            Some((year(y, *k)?, Some(month), Some(day)))
        }
        [Month(m), Number(d, i), Number(y, k)] | [Number(d, i), Month(m), Number(y, k)] if *i <= 2 => Some((year(y, *k)?, Some(*m), Some(small(d, *i)?))),
        [Number(y, 4), Month(m), Number(d, i)] => Some((year(y, 4)?, Some(*m), Some(small(d, *i)?))),
        [Month(m), Number(y, 4)] | [Number(y, 4), Month(m)] => Some((year(y, 4)?, Some(*m), None)),
        [Number(y, 4), Number(m, i)] | [Number(m, i), Number(y, 4)] if (1..=2).contains(i) => {
            Some((year(y, 4)?, Some(*m as i8).filter(|m| (1..=12).contains(m)), None)).filter(|p| p.1.is_some())
        }
        [Number(y, 4)] => Some((year(y, 4)?, None, None)),
        _ => None,
    }
}

/// The date of a date with a time of day, and nothing else, behind it.
pub(crate) fn before_clock(text: &str) -> &str {
    let text = text.trim();
    let Some(colon) = text.find(':') else { return text };
    let clock = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | ' ' | 'Z' | 'A' | 'P' | 'M' | 'a' | 'p' | 'm' | '\u{202f}' | '\u{a0}');
    if !text[colon..].chars().all(clock) {
        return text;
    }
    let hours = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    hours.trim_end_matches(['T', 't', ' ', ',', '\u{a0}', '\u{202f}'])
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    if text.len() > 60 {
        return None;
    }
    let mut found = Vec::new();
    let mut run = String::new();
    let mut end = |run: &mut String| -> Option<()> {
        if run.is_empty() {
            return Some(());
        }
        if run.starts_with(|c: char| c.is_ascii_digit()) {
            found.push(Token::Number(run.parse().ok().filter(|_| run.len() <= 8)?, run.len()));
        } else if let Some(month) = MONTHS.iter().position(|names| names.contains(&run.as_str())) {
            found.push(Token::Month(month as i8 + 1));
        } else if !PASSED_OVER.contains(&run.as_str()) && !weekday(run) {
            return None;
        }
        run.clear();
        Some(())
    };
    for c in text.chars() {
        let Some(c) = super::plain(c) else {
            // A minus or bracket belongs to no date.
            if !matches!(c, ' ' | '/' | '-' | '.' | ',' | '\'' | '\u{a0}' | '\u{202f}' | '\u{2011}' | '\u{2013}' | 'º' | '°') {
                return None;
            }
            end(&mut run)?;
            continue;
        };
        if run.chars().next_back().is_some_and(|last| last.is_ascii_digit() != c.is_ascii_digit()) {
            end(&mut run)?;
        }
        run.push(c);
    }
    end(&mut run)?;
    Some(found)
}

fn weekday(word: &str) -> bool {
    const NAMES: &[&str] =
        &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"];
    NAMES.iter().any(|name| *name == word || (word.len() == 3 && name.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &str) {
        assert_eq!(edtf(text, Manner::default()).map_or("-".into(), |e| e.to_string()), want, "{text}");
    }

    #[test]
    fn dates_as_they_are_written() {
        for text in [
            "2019-07-15",
            "2019/7/15",
            "07/15/2019",
            "7/15/2019",
            "July 15, 2019",
            "Jul 15 2019",
            "15 July 2019",
            "15JUL2019",
            "15-Jul-2019",
            "2019 July 15",
            "15 de julio de 2019",
            "julio 15, 2019",
            "20190715",
            "07-15-2019 14:28:46",
            "2019-07-15T00:00:00Z",
            "Monday, July 15, 2019",
            "July 15th, 2019",
            "lun 15 jul 2019",
        ] {
            check(text, "2019-07-15");
        }
        for text in ["2019-07", "07/2019", "7/2019", "July 2019", "julio 2019", "julio de 2019", "2019 julio"] {
            check(text, "2019-07");
        }
        check("2019", "2019");
    }

    #[test]
    fn what_is_no_date_or_could_be_two() {
        for text in ["", "07/15/19", "2019-13", "02/30/2019", "15/07/2019", "13/2019", "Arrival", "840", "July", "2019-07-15-01", "1/2/3/2019", "10190715", "(2019)"] {
            check(text, "-");
        }
        let spanish = Manner { day_first: true, short_years: true };
        assert_eq!(day("15/07/19", spanish).map(|d| d.to_string()).as_deref(), Some("2019-07-15"));
        assert_eq!(slashed("15/07/2019"), Some((15, 7)));
        assert_eq!(slashed("2019-07-15"), None);
    }
}
