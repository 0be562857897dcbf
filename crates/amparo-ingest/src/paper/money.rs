//! Amounts, dates and identifiers as payroll papers print them.

use amparo_model::Edtf;

/// Whole numbers of cents: `$1,234.56`, `1.234,56 €`, `1234.5`, `(12.00)`, `-12.00`, `12.00-`, `1,234`.
///
/// A comma or point with two digits after it is the decimal one, with three it groups. `None` for anything
/// else: dates, identifiers, groups that are no groups.
pub fn cents(text: &str) -> Option<i64> {
    let mut text = text.trim().trim_matches('*');
    let mut negative = false;
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        (text, negative) = (inner, true);
    }
    for sign in ["US$", "MX$", "$", "€", "Q", "L"] {
        text = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)).unwrap_or(text).trim();
    }
    for sign in ['-', '\u{2212}'] {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            (text, negative) = (rest.trim_start_matches('$'), true);
        }
    }
    let text = text.trim_matches('*');
    if text.is_empty() || text.len() > 18 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') || !text.as_bytes()[0].is_ascii_digit() {
        return if text.len() == 3 && text.starts_with('.') { cents(&format!("0{text}")) } else { None };
    }
    // The last separator is the decimal one where one or two digits follow it.
    let (whole, part) = match text.rfind(['.', ',']) {
        Some(at) if text.len() - at == 3 => (&text[..at], &text[at + 1..]),
        Some(at) if text.len() - at == 2 && text.as_bytes()[at] == b'.' => (&text[..at], &text[at + 1..]),
        _ => (text, ""),
    };
    let used_as_point = text.as_bytes().get(whole.len()).copied();
    let mut groups = whole.split(['.', ',']);
    let first = groups.next().unwrap_or_default();
    let mut digits = first.to_owned();
    let mut grouped = false;
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        grouped = true;
        digits.push_str(group);
    }
    if first.is_empty() || (grouped && first.len() > 3) {
        return None;
    }
    // Grouping and decimal signs differ, and all grouping signs are one: `1.234.56` is no amount.
    let mut marks = whole.bytes().filter(|b| !b.is_ascii_digit());
    if let Some(mark) = marks.next() {
        if marks.any(|m| m != mark) || (!part.is_empty() && used_as_point == Some(mark)) {
            return None;
        }
    }
    let whole: i64 = digits.parse().ok().filter(|n| *n < 1_000_000_000_000)?;
    let part: i64 = if part.is_empty() { 0 } else { format!("{part:0<2}").parse().ok()? };
    let cents = whole * 100 + part;
    Some(if negative { -cents } else { cents })
}

/// Whether an amount is written with two decimals, as money is in a table of amounts, hours and rates.
pub fn has_decimals(text: &str) -> bool {
    let text = text.trim_end_matches([')', '-', '*', '€']);
    let at = text.len().saturating_sub(3);
    text.is_char_boundary(at) && text.get(at..).is_some_and(|t| t.starts_with(['.', ',']) && t[1..].bytes().all(|b| b.is_ascii_digit()))
}

/// A day written in digits or words, and where digits leave it open which is the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    year: i16,
    first: i8,
    second: i8,
    order: Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    MonthDay,
    /// Both are twelve or less, or nobody has looked yet.
    Open,
}

impl Day {
    /// In this order where the text left it open.
    pub fn edtf(self, day_first: bool) -> Option<Edtf> {
        let (month, day) = match self.order {
            Order::MonthDay => (self.first, self.second),
            Order::Open if day_first => (self.second, self.first),
            Order::Open => (self.first, self.second),
        };
        jiff::civil::Date::new(self.year, month, day).ok().map(Edtf::day)
    }

    /// What this day says of the order on its page: `Some(true)` for day before month.
    pub fn says_day_first(self) -> Option<bool> {
        (self.order == Order::Open && self.first.max(self.second) > 12).then_some(self.first > 12)
    }
}

const MONTHS: &[(&str, i8)] = &[
    ("jan", 1),
    ("ene", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("abr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("ago", 8),
    ("sep", 9),
    ("set", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    ("dic", 12),
];

/// The day that these words begin with, and how many words it took.
///
/// `01/15/2024`, `1-5-24`, `2024-01-15`, `15.01.2024`, `Jan 15, 2024`, `15 de enero de 2024`, `15-ene-2024`.
pub fn day(words: &[&str]) -> Option<(Day, usize)> {
    let first = words.first()?.trim_matches([',', '.', ':', ';', '(', ')']);
    let mut parts = first.split(['/', '-', '.', '\u{2013}']);
    if let (Some(a), Some(b), Some(c), None) = (parts.next(), parts.next(), parts.next(), parts.next()) {
        return digits_day(a, b, c).map(|day| (day, 1));
    }
    // The words that a spelled-out date takes, at most `15 de enero de 2024`.
    let mut tokens: Vec<(&str, usize)> = Vec::new();
    for (n, word) in words.iter().take(6).enumerate() {
        let word = word.trim_matches([',', '.', ':', ';', '(', ')']);
        if !word.is_empty() && !word.eq_ignore_ascii_case("de") && !word.eq_ignore_ascii_case("del") {
            tokens.push((word, n + 1));
        }
        if tokens.len() == 3 {
            break;
        }
    }
    let [(a, _), (b, _), (c, used)] = tokens[..] else { return None };
    let year = year(c)?;
    let (month, number) = match (month(a), month(b)) {
        (Some(month), None) => (month, b),
        (None, Some(month)) => (month, a),
        _ => return None,
    };
    let number = number.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == 'º' || c == '°');
    let day = number.parse::<i8>().ok().filter(|d| (1..=31).contains(d))?;
    Some((Day { year, first: month, second: day, order: Order::MonthDay }, used))
}

fn digits_day(a: &str, b: &str, c: &str) -> Option<Day> {
    let number = |t: &str| (t.len() <= 2).then(|| t.parse::<i8>().ok()).flatten().filter(|n| (1..=31).contains(n));
    if a.len() == 4 {
        return Some(Day { year: year(a)?, first: number(b)?, second: number(c)?, order: Order::MonthDay });
    }
    if let Some(month) = month(b) {
        return Some(Day { year: year(c)?, first: month, second: number(a)?, order: Order::MonthDay });
    }
    let (first, second) = (number(a)?, number(b)?);
    (first <= 12 || second <= 12).then_some(Day { year: year(c)?, first, second, order: Order::Open })
}

/// Whether a word is a month's name, whole or short, in English or Spanish.
pub fn is_month(text: &str) -> bool {
    text.len() >= 3 && month(text.trim_matches([',', '.', ':', ';', '(', ')'])).is_some()
}

fn month(text: &str) -> Option<i8> {
    let lower = text.to_lowercase();
    if lower.len() < 3 || !lower.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    const WHOLE: &[&str] = &[
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "sept",
        "october",
        "november",
        "december",
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "setiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    let known = lower.len() == 3 || WHOLE.contains(&lower.as_str());
    MONTHS.iter().find(|(short, _)| known && lower.starts_with(short)).map(|(_, month)| *month)
}

fn year(text: &str) -> Option<i16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    match (text.len(), digits) {
        (4, true) => text.parse().ok().filter(|y| (1900..=2100).contains(y)),
        // Payroll papers are of living people: 70 to 99 is the last century.
        (2, true) => text.parse::<i16>().ok().map(|y| if y >= 70 { 1900 + y } else { 2000 + y }),
        _ => None,
    }
}

/// The last four digits of a Social Security number, whole or masked (`123-45-6789`, `XXX-XX-6789`, `***-**-6789`).
pub fn ssn_last4(text: &str) -> Option<&str> {
    let hidden = |c: char| c.is_ascii_digit() || matches!(c, 'X' | 'x' | '*' | '#' | '\u{2022}' | '\u{25cf}');
    let plain: Vec<char> = text.chars().filter(|c| !matches!(c, '-' | ' ' | '\u{2013}' | '\u{2010}' | '\u{2011}')).collect();
    let last = text.get(text.len().checked_sub(4)?..)?;
    (plain.len() == 9 && plain.iter().all(|c| hidden(*c)) && last.bytes().all(|b| b.is_ascii_digit())).then_some(last)
}

/// An employer's or payer's number as found: `63-0065650`, `630065650`, `XX-XXX5650`.
pub fn employer_id(text: &str) -> Option<&str> {
    let hidden = |c: char| c.is_ascii_digit() || matches!(c, 'X' | 'x' | '*');
    let plain = text.chars().filter(|c| *c != '-').collect::<String>();
    let dash = text.find('-').is_none_or(|at| at == 2);
    (plain.len() == 9 && dash && text.matches('-').count() <= 1 && plain.chars().all(hidden) && plain.chars().any(|c| c.is_ascii_digit())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_payroll_prints_them() {
        for (text, want) in [
            ("23,677.70", Some(2_367_770)),
            ("$2,600", Some(260_000)),
            ("5000", Some(500_000)),
            ("1.234,56", Some(123_456)),
            ("1234,56", Some(123_456)),
            ("(12.00)", Some(-1_200)),
            ("-$12.50", Some(-1_250)),
            ("12.00-", Some(-1_200)),
            ("**1,600.00", Some(160_000)),
            ("0.00", Some(0)),
            (".50", Some(50)),
            ("1.5", Some(150)),
            ("1,23,4.00", None),
            ("1.234.56", None),
            ("12-3456789", None),
            ("12/31/2025", None),
            ("1,23", Some(123)), // a decimal comma
            ("12a", None),
            ("", None),
            ("$", None),
            ("99999999999999999", None),
        ] {
            assert_eq!(cents(text), want, "{text}");
        }
        assert!(has_decimals("1,600.00") && has_decimals("(1.00)") && !has_decimals("80") && !has_decimals("é"));
    }

    #[test]
    fn days_as_payroll_prints_them() {
        for (text, used, day_first, want) in [
            ("12/31/2025", 1, false, Some("2025-12-31")),
            ("1/5/24 x", 1, false, Some("2024-01-05")),
            ("1/5/24", 1, true, Some("2024-05-01")),
            ("2024-01-15", 1, true, Some("2024-01-15")),
            ("15.01.2024", 1, true, Some("2024-01-15")),
            ("Jan 15, 2024 net", 3, true, Some("2024-01-15")),
            ("15 de enero de 2024", 5, false, Some("2024-01-15")),
            ("15-ene-2024", 1, false, Some("2024-01-15")),
            ("March 3rd 2021", 3, false, Some("2021-03-03")),
            ("02/30/2024", 1, false, None),
            ("40/40/2024", 0, false, None),
            ("market 12 2024", 0, false, None),
            ("1-800-316", 0, false, None),
        ] {
            let words: Vec<&str> = text.split(' ').collect();
            let got = day(&words);
            assert_eq!(got.and_then(|(d, _)| d.edtf(day_first)).as_ref().map(Edtf::as_str), want, "{text}");
            if want.is_some() {
                assert_eq!(got.map(|g| g.1), Some(used), "{text}");
            }
        }
    }

    #[test]
    fn numbers_of_people_and_employers() {
        for (text, want) in [
            ("554-03-0876", Some("0876")),
            ("XXX-XX-4821", Some("4821")),
            ("***-**-4821", Some("4821")),
            ("123456789", Some("6789")),
            ("63-0065650", Some("5650")),
            ("4821", None),
            ("XXX-XX-XXXX", None),
        ] {
            assert_eq!(ssn_last4(text), want, "{text}");
        }
        for (text, yes) in [("63-0065650", true), ("630065650", true), ("XX-XXX5650", true), ("554-03-0876", false), ("63-00656", false), ("XX-XXXXXXX", false)] {
            assert_eq!(employer_id(text).is_some(), yes, "{text}");
        }
    }
}
