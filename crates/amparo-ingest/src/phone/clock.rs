//! Clocks of telephones: seconds and nanoseconds since 2001 on Apple's, milliseconds since 1970 on Android's.
//!
//! All of them count world time, so an instant read here is UTC. A zero is a clock that was never set.

use amparo_model::Instant;

/// Seconds from 1970 to 2001-01-01T00:00:00Z.
const APPLE_EPOCH_S: f64 = 978_307_200.0;
/// The last instant that has four digits for its year.
const LAST_MS: i64 = 253_402_300_799_999;

/// Since 2001, in seconds or, since iOS 11, in nanoseconds.
pub(crate) fn apple(since_2001: f64) -> Option<Instant> {
    // In seconds, this is the year 5170.
    let seconds = if since_2001.abs() >= 1e11 { since_2001 / 1e9 } else { since_2001 };
    (seconds > 0.0).then_some(())?;
    unix_ms(((seconds + APPLE_EPOCH_S) * 1_000.0).round() as i64)
}

/// Since 1970, in milliseconds.
pub(crate) fn unix_ms(ms: i64) -> Option<Instant> {
    (1..=LAST_MS).contains(&ms).then(|| Instant::utc(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_of_telephones() {
        let say = |at: Option<Instant>| at.map(|a| a.to_string()).unwrap_or_default();
        for (since_2001, want) in [
            (703_272_609.0, "2023-04-15T17:30:09Z"),
            (703_272_609_000_000_000.0, "2023-04-15T17:30:09Z"),
            (563_040_000.25, "2018-11-04T16:00:00.250Z"),
            (0.0, ""),
            (-5.0, ""),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
            (1e300, ""),
        ] {
            assert_eq!(say(apple(since_2001)), want, "{since_2001}");
        }
        assert_eq!(say(unix_ms(1_383_772_636_690)), "2013-11-06T21:17:16.690Z");
        assert_eq!((unix_ms(0), unix_ms(i64::MAX)), (None, None));
    }
}
