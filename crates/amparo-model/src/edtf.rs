//! Dates as papers know them: a year, a month, "about 2018", "from 2014, still going" (EDTF level 1).

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// An EDTF level 1 date or interval, kept as it was written (ISO 8601-2:2019 annex A).
///
/// Comparing two of these compares their text; use [`Edtf::earliest`] and [`Edtf::latest`] to ask
/// when something can have been.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Edtf(String);

#[derive(Clone, Copy)]
enum End {
    Point { first: Date, last: Date },
    Open,
    Unknown,
}

impl Edtf {
    /// `None` where the text is not a level 1 date: `2019`, `2019-07`, `2019-07-12`, `2018~`, `201X`,
    /// `2004-XX`, `2014/2016`, `2014/..`, `../2016`, `2014/`.
    pub fn parse(text: &str) -> Option<Edtf> {
        let (start, end) = ends(text)?;
        if let (End::Point { first, .. }, Some(End::Point { last, .. })) = (start, end) {
            if last < first {
                return None;
            }
        }
        Some(Edtf(text.to_owned()))
    }

    pub fn day(day: Date) -> Edtf {
        Edtf(format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day()))
    }

    pub fn month(year: i16, month: i8) -> Option<Edtf> {
        Edtf::parse(&format!("{year:04}-{month:02}"))
    }

    pub fn year(year: i16) -> Option<Edtf> {
        Edtf::parse(&format!("{year:04}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_interval(&self) -> bool {
        self.0.contains('/')
    }

    /// Still going: the end is written `..`.
    pub fn is_open_ended(&self) -> bool {
        self.0.ends_with("/..") || self.0 == ".."
    }

    /// True where the text says "about" or "perhaps".
    pub fn is_approximate(&self) -> bool {
        self.0.contains(['~', '?', '%'])
    }

    /// The first day this can mean; `None` where the start is open or unknown.
    pub fn earliest(&self) -> Option<Date> {
        match ends(&self.0)?.0 {
            End::Point { first, .. } => Some(first),
            _ => None,
        }
    }

    /// The last day this can mean; `None` where the end is open or unknown.
    pub fn latest(&self) -> Option<Date> {
        match ends(&self.0)? {
            (End::Point { last, .. }, None) | (_, Some(End::Point { last, .. })) => Some(last),
            _ => None,
        }
    }

    /// The start and the end of an interval as dates of their own; a single date is both.
    pub fn bounds(&self) -> (Option<Edtf>, Option<Edtf>) {
        match self.0.split_once('/') {
            None => (Edtf::parse(&self.0), Edtf::parse(&self.0)),
            Some((a, b)) => (Edtf::parse(a).filter(|_| a != ".."), Edtf::parse(b).filter(|_| b != "..")),
        }
    }
}

fn ends(text: &str) -> Option<(End, Option<End>)> {
    match text.split_once('/') {
        None if text == ".." => Some((End::Open, None)),
        None => Some((point(text)?, None)),
        Some((start, end)) => {
            let one = |t: &str| match t {
                ".." => Some(End::Open),
                "" => Some(End::Unknown),
                _ => point(t),
            };
            let (start, end) = (one(start)?, one(end)?);
            match (start, end) {
                (End::Point { .. }, _) | (_, End::Point { .. }) => Some((start, Some(end))),
                _ => None,
            }
        }
    }
}

fn point(text: &str) -> Option<End> {
    let plain = text.strip_suffix(['~', '?', '%']).unwrap_or(text);
    let mut parts = plain.split('-');
    let (year, month, day) = (parts.next()?, parts.next(), parts.next());
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let known = year.trim_end_matches('X');
    if !digits(known) || known.len() < 2 {
        return None;
    }
    let fill = |c: &str| -> Option<i16> { format!("{known}{}", c.repeat(4 - known.len())).parse().ok() };
    let (low, high) = (fill("0")?, fill("9")?);
    let two = |t: &str| -> Option<i8> { (t.len() == 2 && digits(t)).then(|| t.parse().ok()).flatten() };
    let (first, last) = match (month, day) {
        (None, None) | (Some("XX"), None | Some("XX")) => (date_of(low, 1, 1)?, date_of(high, 12, 31)?),
        _ if known.len() < 4 => return None,
        (Some(month), None | Some("XX")) => {
            let first = date_of(low, two(month)?, 1)?;
            (first, first.last_of_month())
        }
        (Some(month), Some(day)) => {
            let only = date_of(low, two(month)?, two(day)?)?;
            (only, only)
        }
        (None, Some(_)) => return None,
    };
    Some(End::Point { first, last })
}

fn date_of(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

impl fmt::Display for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Edtf({})", self.0)
    }
}
impl Serialize for Edtf {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}
impl<'de> Deserialize<'de> for Edtf {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Edtf::parse(&String::deserialize(d)?).ok_or_else(|| de::Error::custom("not an EDTF level 1 date"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, first: &str, last: &str) {
        let e = Edtf::parse(text).unwrap_or_else(|| panic!("{text} is a date"));
        let show = |d: Option<Date>| d.map_or("-".to_owned(), |d| d.to_string());
        assert_eq!((show(e.earliest()), show(e.latest())), (first.into(), last.into()), "{text}");
    }

    #[test]
    fn dates_as_papers_know_them() {
        check("2019-07-12", "2019-07-12", "2019-07-12");
        check("2019-02", "2019-02-01", "2019-02-28");
        check("2018~", "2018-01-01", "2018-12-31");
        check("201X", "2010-01-01", "2019-12-31");
        check("2004-XX", "2004-01-01", "2004-12-31");
        check("2004-06-XX", "2004-06-01", "2004-06-30");
        check("2014/2016", "2014-01-01", "2016-12-31");
        check("2014-03/..", "2014-03-01", "-");
        check("../2016-05-06", "-", "2016-05-06");
        check("2014/", "2014-01-01", "-");
    }

    #[test]
    fn what_is_not_a_date() {
        for bad in ["", "19", "2019-7", "2019-13", "2019-02-30", "2016/2014", "../..", "2019-07-12-01", "X019", "07/12/2019", "2019/20/21"] {
            assert_eq!(Edtf::parse(bad), None, "{bad}");
        }
    }
}
