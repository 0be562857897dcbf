//! Instants as a source gave them: with its offset, or as local time without one, never silently UTC.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A point in time, to the millisecond, as written in a source.
///
/// With an offset, `ms` counts from 1970-01-01T00:00:00Z. Without one it counts the same way on the
/// source's own wall clock: such an instant has no place in world time until somebody says the zone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant {
    pub ms: i64,
    /// Minutes east of UTC, or `None` where the source gave local time without a zone.
    pub offset_min: Option<i16>,
}

impl Instant {
    pub fn utc(ms: i64) -> Instant {
        Instant { ms, offset_min: Some(0) }
    }

    /// Local time without a zone.
    pub fn local(at: DateTime) -> Instant {
        Instant { ms: civil_ms(at), offset_min: None }
    }

    /// The wall clock of the source.
    pub fn civil(self) -> DateTime {
        civil_of_ms(self.ms + i64::from(self.offset_min.unwrap_or(0)) * 60_000)
    }

    pub fn date(self) -> Date {
        self.civil().date()
    }

    /// RFC 3339, or the same without an offset where the source gave none. `None` for anything else.
    pub fn parse(text: &str) -> Option<Instant> {
        let (clock, offset_min) = match text.as_bytes().last()? {
            b'Z' | b'z' => (&text[..text.len() - 1], Some(0)),
            _ => {
                let tail = text.len().checked_sub(6)?;
                match (text.is_char_boundary(tail), text.as_bytes()[tail], text.as_bytes()[tail + 3]) {
                    (true, sign @ (b'+' | b'-'), b':') if tail > 10 => {
                        let hours: i16 = text[tail + 1..tail + 3].parse().ok()?;
                        let minutes: i16 = text[tail + 4..].parse().ok()?;
                        if hours > 23 || minutes > 59 {
                            return None;
                        }
                        let east = hours * 60 + minutes;
                        (&text[..tail], Some(if sign == b'-' { -east } else { east }))
                    }
                    _ => (text, None),
                }
            }
        };
        if clock.len() < 16 || !matches!(clock.as_bytes()[10], b'T' | b't' | b' ') {
            return None;
        }
        let civil: DateTime = clock.parse().ok()?;
        Some(Instant { ms: civil_ms(civil) - i64::from(offset_min.unwrap_or(0)) * 60_000, offset_min })
    }
}

/// Milliseconds of a wall clock since 1970-01-01T00:00:00 on that clock.
pub fn civil_ms(at: DateTime) -> i64 {
    let days = i64::from(days_from_civil(at.year(), at.month(), at.day()));
    let seconds = days * 86_400 + i64::from(at.hour()) * 3_600 + i64::from(at.minute()) * 60 + i64::from(at.second());
    seconds * 1_000 + i64::from(at.subsec_nanosecond()) / 1_000_000
}

/// The wall clock at so many milliseconds; clamped to the years a date can hold.
pub fn civil_of_ms(ms: i64) -> DateTime {
    let days = ms.div_euclid(86_400_000);
    let in_day = ms.rem_euclid(86_400_000);
    let (y, m, d) = civil_from_days(days.clamp(-3_600_000, 2_932_800));
    let y = y.clamp(-9998, 9998) as i16;
    let clock = jiff::civil::time((in_day / 3_600_000) as i8, (in_day / 60_000 % 60) as i8, (in_day / 1_000 % 60) as i8, (in_day % 1_000) as i32 * 1_000_000);
    Date::new(y, m as i8, d as i8).unwrap_or(Date::MAX).to_datetime(clock)
}

/// Days since 1970-01-01 of a proleptic Gregorian date.
pub fn days_from_civil(year: i16, month: i8, day: i8) -> i32 {
    let y = i32::from(year) - i32::from(month <= 2);
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let month_from_march = (i32::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i32::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u8;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u8;
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = self.civil();
        write!(f, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year(), c.month(), c.day(), c.hour(), c.minute(), c.second())?;
        let ms = self.ms.rem_euclid(1_000);
        if ms != 0 {
            write!(f, ".{ms:03}")?;
        }
        match self.offset_min {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(east) => {
                let sign = if east < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", east.unsigned_abs() / 60, east.unsigned_abs() % 60)
            }
        }
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Instant({self})")
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Instant::parse(&text).ok_or_else(|| de::Error::custom("not an RFC 3339 instant"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_come_back_as_they_were_written() {
        for text in ["2014-09-16T15:31:45Z", "2021-06-07T21:10:27.123-07:00", "2019-01-01T00:00:00", "1999-12-31T23:59:59+05:30"] {
            assert_eq!(Instant::parse(text).map(|i| i.to_string()).as_deref(), Some(text));
        }
        for bad in ["", "2019", "2019-01-01", "2019-13-01T00:00:00Z", "2019-01-01T00:00:00+25:00", "ñ2019-01-01T"] {
            assert_eq!(Instant::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_same_moment_has_one_count_in_every_zone() {
        let a = Instant::parse("2020-03-01T01:00:00+01:00");
        let b = Instant::parse("2020-03-01T00:00:00Z");
        assert_eq!(a.map(|i| i.ms), b.map(|i| i.ms));
    }
}
