//! Numbers that name a person or a paper, parsed once at the door and printed one way after that.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// An alien registration number ("A-number"): the letter A and seven to nine digits.
///
/// People write it many ways (`A12345678`, `A 012-345-678`); it is one number, printed `A012345678`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ANumber(u32);

impl ANumber {
    pub fn parse(text: &str) -> Option<ANumber> {
        let text = text.trim();
        let rest = text.strip_prefix(['A', 'a']).unwrap_or(text);
        let rest = rest.strip_prefix(['#', '-']).unwrap_or(rest);
        let mut digits = String::new();
        for c in rest.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '-' | '\u{2011}' | '\u{2013}' | '\u{a0}' => {}
                _ => return None,
            }
        }
        if !(7..=9).contains(&digits.len()) {
            return None;
        }
        digits.parse().ok().filter(|n| *n > 0).map(ANumber)
    }
}

impl fmt::Display for ANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A{:09}", self.0)
    }
}

/// A USCIS receipt number: three letters and ten digits (8 CFR 103.2(a)(7); `EAC9999103402`, `IOE0912345678`).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReceiptNumber(String);

impl ReceiptNumber {
    pub fn parse(text: &str) -> Option<ReceiptNumber> {
        let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).map(|c| c.to_ascii_uppercase()).collect();
        let (letters, digits) = plain.split_at_checked(3)?;
        let ok = letters.bytes().all(|b| b.is_ascii_uppercase()) && digits.len() == 10 && digits.bytes().all(|b| b.is_ascii_digit());
        ok.then_some(ReceiptNumber(plain))
    }
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A telephone number in E.164: `+` and seven to fifteen digits (ITU-T E.164).
///
/// This only checks the form; whether a number can exist in its country is the reader's to ask.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    pub fn parse(text: &str) -> Option<PhoneNumber> {
        PhoneNumber::is_form(text).then(|| PhoneNumber(text.to_owned()))
    }

    /// Whether a text has the form of a number.
    pub fn is_form(text: &str) -> bool {
        let Some(digits) = text.strip_prefix('+') else { return false };
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is shown of a third party's number: country code, area and the last two digits (`+1 415 ... 71`).
    pub fn masked(&self) -> String {
        mask_number(&self.0)
    }
}

/// The masked form of any number as a source wrote it: at most the first four and the last two digits.
pub fn mask_number(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (head, tail) = match digits.len() {
        0..=5 => return "...".to_owned(),
        n => (&digits[..(n - 2).min(4).min(n / 2)], &digits[n - 2..]),
    };
    if !text.trim_start().starts_with('+') {
        return format!("{} ... {tail}", &head[..head.len().min(3)]);
    }
    match head.strip_prefix('1') {
        Some(area) if digits.len() == 11 => format!("+1 {area} ... {tail}"),
        _ => format!("+{} {} ... {tail}", &head[..2], &head[2..]),
    }
}

macro_rules! text_value {
    ($name:ident, $what:expr) => {
        // A log line or a panic message never shows whose it was.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                $name::parse(&String::deserialize(d)?).ok_or_else(|| de::Error::custom($what))
            }
        }
    };
}
text_value!(ANumber, "not an A-number");
text_value!(ReceiptNumber, "not a receipt number");
text_value!(PhoneNumber, "not a number in E.164");

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numbers_as_people_write_them() {
        for (text, want) in [("A12345678", "A012345678"), ("A012-345-678", "A012345678"), ("a# 012 345 678", "A012345678"), ("A1234567890", "-"), ("A12", "-"), ("B12345678", "-")]
        {
            assert_eq!(ANumber::parse(text).map_or("-".into(), |a| a.to_string()), want, "{text}");
        }
    }

    #[test]
    fn receipt_numbers() {
        assert_eq!(ReceiptNumber::parse("eac-99-991-03402").map(|r| r.to_string()).as_deref(), Some("EAC9999103402"));
        assert_eq!(ReceiptNumber::parse("EAC999910340"), None);
        assert_eq!(ReceiptNumber::parse("ñAC9999103402"), None);
    }

    #[test]
    fn a_masked_number_shows_area_and_two_digits() {
        for (number, want) in [("+14155552671", "+1 415 ... 71"), ("+525512345678", "+52 55 ... 78"), ("4155552671", "415 ... 71"), ("88811", "..."), ("Unavailable", "...")] {
            assert_eq!(mask_number(number), want);
        }
    }
}
