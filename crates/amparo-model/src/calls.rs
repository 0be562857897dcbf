//! Calls as columns: ten years of a family's calls are a table, and are stored and counted as one.

use crate::record::{Draft, Kind, Place, Spot, Value};
use crate::{Instant, Texts};
use std::fmt;

/// Rows a batch holds at most; also the row group of a stored segment.
pub const BATCH_ROWS: usize = 65_536;

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[repr(u8)]
        pub enum $name { $($variant),+ }
        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            pub const NAMES: &'static [&'static str] = &[$($text),+];
            pub fn as_str(self) -> &'static str { Self::NAMES[self as usize] }
            pub fn parse(text: &str) -> Option<Self> {
                Self::NAMES.iter().position(|n| *n == text).map(|i| Self::ALL[i])
            }
            pub fn from_code(code: u8) -> Option<Self> { Self::ALL.get(code as usize).copied() }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

choice!(
    /// Which way a call or message went, from the line's point of view.
    Direction { In = "in", Out = "out", Unknown = "unknown" });
choice!(
    /// What became of a call.
    Outcome { Answered = "answered", Missed = "missed", Rejected = "rejected", Voicemail = "voicemail", Blocked = "blocked", Unknown = "unknown" });
choice!(
    /// What carried a call.
    Service { Voice = "voice", Whatsapp = "whatsapp", FacetimeAudio = "facetime_audio", FacetimeVideo = "facetime_video", GoogleVoice = "google_voice", Telegram = "telegram", Other = "other" });

/// A text column that names each different value once. No index at all: every row is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    pub values: Texts,
    /// One a row: a place in `values`, or [`Column::ABSENT`]. Empty where no row has a value.
    pub index: Vec<u32>,
}

impl Column {
    pub const ABSENT: u32 = u32::MAX;

    pub fn get(&self, row: usize) -> Option<&str> {
        let i = *self.index.get(row)?;
        self.values.get(i as usize)
    }

    /// Appends a row that names a value by its place; `rows` is how many rows there are already.
    pub fn push_code(&mut self, rows: usize, code: Option<u32>) {
        match code {
            None if self.index.is_empty() => {}
            code => {
                self.index.resize(rows, Self::ABSENT);
                self.index.push(code.unwrap_or(Self::ABSENT));
            }
        }
    }

    /// Appends a row; the caller of many rows keeps a map of its own and uses [`Column::push_code`].
    pub fn push(&mut self, rows: usize, value: Option<&str>) {
        let code = value.filter(|v| !v.is_empty()).map(|v| self.values.rposition(v).map_or_else(|| self.values.push(v), |i| i as u32));
        self.push_code(rows, code);
    }
}

/// A batch of calls, one entry a row in each column. Every field of a `call` has its column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallColumns {
    /// Path inside an archive or table inside a database, the same for the whole batch.
    pub inside: String,
    pub row: Vec<u64>,
    /// Milliseconds as in [`Instant::ms`]; [`CallColumns::NO_TIME`] where the source gives none.
    pub at_ms: Vec<i64>,
    /// As [`Instant::offset_min`]; [`CallColumns::LOCAL`] for local time without a zone.
    pub offset_min: Vec<i16>,
    pub direction: Vec<u8>,
    pub outcome: Vec<u8>,
    pub service: Vec<u8>,
    /// Seconds; [`CallColumns::NO_DURATION`] where the source gives none.
    pub duration_s: Vec<u32>,
    pub number: Column,
    pub number_raw: Column,
    pub name: Column,
    pub line: Column,
    pub place_raw: Column,
    pub zone: Column,
    pub zone_because: Column,
}

/// One call, borrowed from a batch.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub row: u64,
    pub at: Option<Instant>,
    pub direction: Direction,
    pub outcome: Outcome,
    pub service: Service,
    pub duration_s: Option<u32>,
    pub number: Option<&'a str>,
    pub number_raw: Option<&'a str>,
    pub name: Option<&'a str>,
    pub line: Option<&'a str>,
    pub place_raw: Option<&'a str>,
    pub zone: Option<&'a str>,
    pub zone_because: Option<&'a str>,
}

/// Why a batch from outside is not one: a column of another length, a code without a value, a form broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadColumns(pub &'static str);

impl CallColumns {
    pub const NO_TIME: i64 = i64::MIN;
    pub const LOCAL: i16 = i16::MIN;
    pub const NO_DURATION: u32 = u32::MAX;

    pub fn len(&self) -> usize {
        self.row.len()
    }

    pub fn is_empty(&self) -> bool {
        self.row.is_empty()
    }

    /// Appends one call; for readers of small sources. Bulk readers fill the columns themselves.
    pub fn push(&mut self, call: Call<'_>) {
        let n = self.len();
        self.number.push(n, call.number);
        self.number_raw.push(n, call.number_raw);
        self.name.push(n, call.name);
        self.line.push(n, call.line);
        self.place_raw.push(n, call.place_raw);
        self.zone.push(n, call.zone);
        self.zone_because.push(n, call.zone_because);
        self.row.push(call.row);
        self.at_ms.push(call.at.map_or(Self::NO_TIME, |at| at.ms));
        self.offset_min.push(call.at.and_then(|at| at.offset_min).unwrap_or(Self::LOCAL));
        self.direction.push(call.direction as u8);
        self.outcome.push(call.outcome as u8);
        self.service.push(call.service as u8);
        self.duration_s.push(call.duration_s.unwrap_or(Self::NO_DURATION));
    }

    /// The call in this row. The batch must have passed [`CallColumns::check`]; codes that name nothing read as unknown.
    pub fn get(&self, i: usize) -> Call<'_> {
        let offset = self.offset_min[i];
        Call {
            row: self.row[i],
            at: (self.at_ms[i] != Self::NO_TIME).then_some(Instant { ms: self.at_ms[i], offset_min: (offset != Self::LOCAL).then_some(offset) }),
            direction: Direction::from_code(self.direction[i]).unwrap_or(Direction::Unknown),
            outcome: Outcome::from_code(self.outcome[i]).unwrap_or(Outcome::Unknown),
            service: Service::from_code(self.service[i]).unwrap_or(Service::Other),
            duration_s: (self.duration_s[i] != Self::NO_DURATION).then_some(self.duration_s[i]),
            number: self.number.get(i),
            number_raw: self.number_raw.get(i),
            name: self.name.get(i),
            line: self.line.get(i),
            place_raw: self.place_raw.get(i),
            zone: self.zone.get(i),
            zone_because: self.zone_because.get(i),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = Call<'_>> {
        (0..self.len()).map(|i| self.get(i))
    }

    /// The call as a draft with named fields, for printing, merging with others and correcting.
    pub fn draft(&self, i: usize) -> Draft {
        let call = self.get(i);
        let text = |t: Option<&str>| t.map(|t| Value::Text(t.to_owned()));
        Draft::new(Kind::Call, Place { inside: self.inside.clone(), spot: Spot::Row(call.row), field: String::new() })
            .with("at", call.at.map(Value::Instant))
            .with("zone", text(call.zone))
            .with("zone_because", text(call.zone_because))
            .with("direction", text(Some(call.direction.as_str())))
            .with("outcome", text(Some(call.outcome.as_str())))
            .with("duration_s", call.duration_s.map(|s| Value::Number(i64::from(s))))
            .with("number", text(call.number))
            .with("number_raw", text(call.number_raw))
            .with("name", text(call.name))
            .with("line", text(call.line))
            .with("service", text(Some(call.service.as_str())))
            .with("place_raw", text(call.place_raw))
    }

    /// The text columns by name, in the order they are stored.
    pub fn texts(&self) -> [(&'static str, &Column); 7] {
        [
            ("number", &self.number),
            ("number_raw", &self.number_raw),
            ("name", &self.name),
            ("line", &self.line),
            ("place_raw", &self.place_raw),
            ("zone", &self.zone),
            ("zone_because", &self.zone_because),
        ]
    }

    /// Every column has one entry a row, every code names a value, every number and line is E.164 in form.
    pub fn check(&self) -> Result<(), BadColumns> {
        let n = self.len();
        if n > BATCH_ROWS {
            return Err(BadColumns("more rows than a batch holds"));
        }
        let lengths = [self.at_ms.len(), self.offset_min.len(), self.direction.len(), self.outcome.len(), self.service.len(), self.duration_s.len()];
        if lengths.iter().any(|l| *l != n) {
            return Err(BadColumns("a column has another length"));
        }
        let in_range = |codes: &[u8], names: &[&str]| codes.iter().all(|c| (*c as usize) < names.len());
        if !in_range(&self.direction, Direction::NAMES) || !in_range(&self.outcome, Outcome::NAMES) || !in_range(&self.service, Service::NAMES) {
            return Err(BadColumns("a code names nothing"));
        }
        if self.offset_min.iter().any(|o| *o != Self::LOCAL && o.abs() >= 24 * 60) {
            return Err(BadColumns("an offset of a day or more"));
        }
        for (name, column) in self.texts() {
            // A column's index may stop before the last row: the rest is absent.
            // The absent code is the largest: one less than it, added to one, wraps to nothing.
            let top = column.index.iter().map(|i| i.wrapping_add(1)).max().unwrap_or(0);
            if column.index.len() > n || top as usize > column.values.len() {
                return Err(BadColumns("a text column names what it does not hold"));
            }
            let e164 = matches!(name, "number" | "line");
            if column.values.iter().any(|v| v.is_empty() || (e164 && !crate::PhoneNumber::is_form(v))) {
                return Err(BadColumns("a text column holds what its field may not"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(row: u64, number: Option<&'static str>) -> Call<'static> {
        Call {
            row,
            at: Instant::parse("2019-07-12T10:00:00"),
            direction: Direction::Out,
            outcome: Outcome::Answered,
            service: Service::Voice,
            duration_s: Some(60),
            number,
            number_raw: number,
            name: None,
            line: None,
            place_raw: None,
            zone: None,
            zone_because: None,
        }
    }

    #[test]
    fn what_goes_in_comes_out() {
        let mut batch = CallColumns::default();
        for (i, number) in [None, Some("+14155552671"), None, Some("+14155552672"), Some("+14155552671")].into_iter().enumerate() {
            batch.push(call(i as u64 + 1, number));
        }
        assert_eq!(batch.check(), Ok(()));
        let numbers: Vec<_> = batch.iter().map(|c| c.number).collect();
        assert_eq!(numbers, [None, Some("+14155552671"), None, Some("+14155552672"), Some("+14155552671")]);
        assert_eq!(batch.number.values.len(), 2);
        assert_eq!(batch.draft(1).check(), Ok(()));
    }

    #[test]
    fn a_hostile_batch_is_refused() {
        let mut batch = CallColumns::default();
        batch.push(call(1, Some("+14155552671")));
        let mut bad = batch.clone();
        bad.direction[0] = 9;
        assert!(bad.check().is_err());
        let mut bad = batch.clone();
        bad.number.index[0] = 7;
        assert!(bad.check().is_err());
        let mut bad = batch.clone();
        bad.number.values = ["415"].into_iter().collect();
        assert!(bad.check().is_err());
        let mut bad = batch;
        bad.at_ms.push(0);
        assert!(bad.check().is_err());
    }
}
