//! What is computed and shown: timeline, coverage, findings, call summaries.
//!
//! The analysis room makes these, the doors print them, the language room makes their sentences.

use crate::Edtf;
use crate::ids::{FindingId, PartyId, RecordId};
use std::fmt;

/// A sentence not yet in a language: the message's id and what goes into it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Says {
    pub id: &'static str,
    pub args: Vec<(&'static str, Arg)>,
}

impl Says {
    pub fn new(id: &'static str) -> Says {
        Says { id, args: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, arg: Arg) -> Says {
        self.args.push((name, arg));
        self
    }
}

/// What a sentence may hold; each is written in the reader's language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arg {
    Text(String),
    Number(i64),
    Cents(i64),
    /// A date or month as the paper knows it.
    When(Edtf),
    /// A party's token: `spouse` becomes "the spouse".
    Party(String),
    /// A kind, class or code that has a message of its own: `kind-call`, `field-birth_date`.
    Term(String),
    /// A number or name of somebody who is not a party: masked unless unmasked.
    Third(String),
}

/// A month of some year.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    pub year: i16,
    pub month: i8,
}

impl Month {
    pub fn parse(text: &str) -> Option<Month> {
        let (y, m) = text.split_once('-')?;
        if y.len() != 4 || m.len() != 2 {
            return None;
        }
        let month = Month { year: y.parse().ok()?, month: m.parse().ok()? };
        (1..=12).contains(&month.month).then_some(month)
    }

    pub fn of(day: jiff::civil::Date) -> Month {
        Month { year: day.year(), month: day.month() }
    }

    pub fn next(self) -> Month {
        self.plus(1)
    }

    pub fn plus(self, months: i32) -> Month {
        let n = self.index() + months;
        Month { year: n.div_euclid(12) as i16, month: (n.rem_euclid(12) + 1) as i8 }
    }

    /// Months since the year 0, for distances.
    pub fn index(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month) - 1
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}
impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The lanes of a timeline, in the order they are always drawn.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Lane {
    Work,
    Phone,
    Immigration,
    Home,
}

impl Lane {
    pub fn as_str(self) -> &'static str {
        match self {
            Lane::Work => "work",
            Lane::Phone => "phone",
            Lane::Immigration => "immigration",
            Lane::Home => "home",
        }
    }
}

/// What evidence names: a record, or the calls between a line and a number in a month.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum EvidenceId {
    Record(RecordId),
    /// Line, number (as held, E.164 or raw), month; printed with keyed tokens.
    Calls {
        line: String,
        number: String,
        month: Month,
    },
}

/// One line of the timeline.
#[derive(Clone, PartialEq, Debug)]
pub struct TimelineItem {
    pub when: Edtf,
    pub lane: Lane,
    pub subject: Option<PartyId>,
    pub records: Vec<EvidenceId>,
    pub says: Says,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Timeline {
    pub items: Vec<TimelineItem>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Claim {
    Presence,
    Employment,
    Residence,
}

impl Claim {
    pub fn as_str(self) -> &'static str {
        match self {
            Claim::Presence => "presence",
            Claim::Employment => "employment",
            Claim::Residence => "residence",
        }
    }

    pub fn parse(text: &str) -> Option<Claim> {
        [Claim::Presence, Claim::Employment, Claim::Residence].into_iter().find(|c| c.as_str() == text)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Strength {
    Weak,
    Fair,
    Strong,
}

impl Strength {
    pub fn as_str(self) -> &'static str {
        match self {
            Strength::Weak => "weak",
            Strength::Fair => "fair",
            Strength::Strong => "strong",
        }
    }
}

/// The best of a month: a strength, nothing although a source reaches it, or nothing because none does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Best {
    Proven(Strength),
    None,
    OutOfReach,
}

impl Best {
    pub fn as_str(self) -> &'static str {
        match self {
            Best::Proven(s) => s.as_str(),
            Best::None => "none",
            Best::OutOfReach => "out_of_reach",
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Evidence {
    pub id: EvidenceId,
    pub strength: Strength,
    /// How many records stand behind it (calls of a month).
    pub count: u64,
}

#[derive(Clone, PartialEq, Debug)]
pub struct CoverageMonth {
    pub month: Month,
    pub evidence: Vec<Evidence>,
    pub best: Best,
}

/// Months from `from` to `to`, both included, in a row without strong or fair evidence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gap {
    pub from: Month,
    pub to: Month,
    pub months: u32,
}

/// Why months are not proven, in the order in which to ask about them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Lack {
    /// Sources reach them and show nothing.
    Nothing,
    /// Only weak evidence.
    Weak,
    /// No source reaches them.
    OutOfReach,
}

impl Lack {
    pub const ALL: [Lack; 3] = [Lack::Nothing, Lack::Weak, Lack::OutOfReach];

    /// `None` where a month with this best is proven.
    pub fn of(best: Best) -> Option<Lack> {
        match best {
            Best::Proven(Strength::Strong | Strength::Fair) => None,
            Best::Proven(Strength::Weak) => Some(Lack::Weak),
            Best::None => Some(Lack::Nothing),
            Best::OutOfReach => Some(Lack::OutOfReach),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Lack::Nothing => "nothing",
            Lack::Weak => "weak",
            Lack::OutOfReach => "out_of_reach",
        }
    }
}

/// Months from `from` to `to`, both included, in a row that are not proven, all for one reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lacking {
    pub from: Month,
    pub to: Month,
    pub lack: Lack,
}

impl Lacking {
    pub fn months(&self) -> usize {
        usize::try_from(self.to.index() - self.from.index() + 1).unwrap_or(0)
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Coverage {
    pub claim: Claim,
    pub subject: PartyId,
    pub months: Vec<CoverageMonth>,
    pub gaps: Vec<Gap>,
    /// What to ask the client for, most useful first: together, every month that is not proven.
    pub ask: Vec<Lacking>,
}

impl Coverage {
    /// The gaps told apart: months without evidence, with only weak evidence, and out of reach, in the order of time.
    pub fn holes(&self) -> Vec<Lacking> {
        let mut holes: Vec<Lacking> = self.ask.iter().filter(|l| self.gaps.iter().any(|g| g.from <= l.from && l.to <= g.to)).copied().collect();
        holes.sort_by_key(|l| l.from);
        holes
    }

    /// (proven: strong or fair, weak, out of reach, without evidence).
    pub fn counts(&self) -> (usize, usize, usize, usize) {
        let of = |f: &dyn Fn(Best) -> bool| self.months.iter().filter(|m| f(m.best)).count();
        (
            of(&|b| matches!(b, Best::Proven(Strength::Strong | Strength::Fair))),
            of(&|b| b == Best::Proven(Strength::Weak)),
            of(&|b| b == Best::OutOfReach),
            of(&|b| b == Best::None),
        )
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($v:ident = $t:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum $name { $($v),+ }
        impl $name { pub fn as_str(self) -> &'static str { match self { $($name::$v => $t),+ } } }
    };
}
words!(FindingType { Gap = "gap", Overlap = "overlap", Contradiction = "contradiction", Impossible = "impossible", Unsupported = "unsupported" });
words!(Severity { High = "high", Medium = "medium", Low = "low" });
words!(About { Employment = "employment", Address = "address", Presence = "presence", Identity = "identity", Travel = "travel", Phone = "phone" });

/// Something that a person has to look at. It cannot be made without records to stand on.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    id: FindingId,
    pub kind: FindingType,
    pub severity: Severity,
    pub about: About,
    pub when: Option<Edtf>,
    pub subject: Option<PartyId>,
    /// What differs: a field's name, a line, an employer's key. Part of the id, never shown.
    pub what: String,
    pub says: Says,
    because: Vec<EvidenceId>,
    pub resolution: Option<crate::event::Resolution>,
}

impl Finding {
    /// `None` where there is no record behind it.
    #[allow(clippy::too_many_arguments)] // each is a column of the contract
    pub fn new(
        case: crate::JournalId,
        kind: FindingType,
        severity: Severity,
        about: About,
        when: Option<Edtf>,
        subject: Option<PartyId>,
        what: &str,
        says: Says,
        mut because: Vec<EvidenceId>,
    ) -> Option<Finding> {
        if because.is_empty() {
            return None;
        }
        because.sort();
        because.dedup();
        let when_text = when.as_ref().map_or("", |w| w.as_str());
        let subject_text = subject.map_or(String::new(), |s| s.to_string());
        let id = crate::ids::short_hash("amparo/v1/finding", &case.0, &[kind.as_str(), about.as_str(), when_text, &subject_text, what]);
        Some(Finding { id: FindingId(id), kind, severity, about, when, subject, what: what.to_owned(), says, because, resolution: None })
    }

    pub fn id(&self) -> FindingId {
        self.id
    }

    pub fn because(&self) -> &[EvidenceId] {
        &self.because
    }
}

/// The calls with one number in one month.
#[derive(Clone, PartialEq, Debug)]
pub struct CallSummary {
    /// E.164, or the raw text where there is none.
    pub number: String,
    pub e164: bool,
    /// The number is a party's own line.
    pub of_party: bool,
    pub name: Option<String>,
    pub line: Option<String>,
    pub subject: Option<PartyId>,
    pub month: Month,
    pub incoming: u64,
    pub outgoing: u64,
    pub missed: u64,
    /// Whole minutes, each call rounded up as a bill does only where its source gave minutes; else the sum of seconds, rounded down.
    pub minutes: u64,
    pub first: crate::Instant,
    pub last: crate::Instant,
}
