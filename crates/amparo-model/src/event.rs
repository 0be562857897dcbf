//! What is written in a journal: one entry, one thing that happened (FORMATS.md section 12).
//!
//! Outside the entry that gives a paper, and its re-readings, an event names a paper by the number of
//! that entry and a place, never by a hash: else the log would confirm a withdrawn paper to whoever
//! holds a copy of it.

use crate::ids::{DrawerId, FindingId, JournalId, MemberId, OfficeId, PartyId, RunId, Sha256};
use crate::reading::{Inside, Report};
use crate::record::{Draft, Kind, Place, Region, Spot};
use serde::{Deserialize, Serialize};

/// An entry's body.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Event {
    pub v: u8,
    /// RFC 3339 UTC with milliseconds, from the system's clock.
    pub at: String,
    /// The drawer whose key wraps this entry's.
    pub drawer: DrawerId,
    pub epoch: u32,
    /// The last office entry its author knew; absent in the office's own journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<(u64, Sha256)>,
    #[serde(flatten)]
    pub what: What,
}

/// What happened. A type that this version does not know makes the journal read-only; it is never skipped.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type")]
#[allow(clippy::large_enum_variant)] // one is handled at a time
pub enum What {
    #[serde(rename = "genesis")]
    Genesis(Genesis),
    #[serde(rename = "epoch")]
    Epoch(Epoch),
    #[serde(rename = "party")]
    Party {
        party: PartyId,
        role: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        new_drawer: DrawerId,
        check: String,
    },
    #[serde(rename = "given")]
    Given(Given),
    #[serde(rename = "reread")]
    Reread {
        of: u64,
        #[serde(flatten)]
        reading: ReadingOf,
    },
    #[serde(rename = "assigned")]
    Assigned {
        of: u64,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        inside: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<PartyId>,
    },
    #[serde(rename = "said")]
    Said(Said),
    #[serde(rename = "set")]
    Set(Change),
    #[serde(rename = "corrected")]
    Corrected(Change),
    #[serde(rename = "confirmed")]
    Confirmed(Change),
    #[serde(rename = "judged")]
    Judged { left: At, right: At, judgement: Judgement },
    #[serde(rename = "settled")]
    Settled {
        finding: FindingId,
        resolution: Resolution,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        because: Vec<At>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    #[serde(rename = "zone")]
    Zone {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<u64>,
        zone: String,
        because: String,
    },
    #[serde(rename = "note")]
    Note { about: u64, text: String },
    #[serde(rename = "look")]
    Look(LookEvent),
    #[serde(rename = "produced")]
    Produced {
        what: String,
        sha256: Sha256,
        bytes: u64,
        language: String,
        #[serde(default)]
        from: Vec<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
    },
    #[serde(rename = "withdrawn")]
    Withdrawn { entries: Vec<(u64, Sha256)>, blobs: Vec<Sha256>, purpose: String },
    #[serde(rename = "moved")]
    Moved { entries: Vec<(u64, Sha256)>, blobs: Vec<Sha256>, to: DrawerId, to_epoch: u32 },
    #[serde(rename = "held")]
    Held {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<u64>,
        because: String,
    },
    #[serde(rename = "released")]
    Released {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<u64>,
        because: String,
    },
    #[serde(rename = "deadline")]
    Deadline { on: String, label: String, because: Vec<u64> },
    /// A member accepts that the entries up to this head are lost: what is there now goes on from here.
    #[serde(rename = "loss")]
    Loss {
        seq: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hash: Option<Sha256>,
    },
    /// The case's name, as typed; in `case`.
    #[serde(rename = "named")]
    Named { name: String },
    #[serde(rename = "closed")]
    Closed { because: String },

    // ---- the office's own journal ----
    #[serde(rename = "member")]
    Member(Member),
    #[serde(rename = "removed")]
    Removed { member: MemberId },
    #[serde(rename = "granted")]
    Granted {
        journal: JournalId,
        member: MemberId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
    },
    #[serde(rename = "revoked")]
    Revoked { journal: JournalId, member: MemberId },
    #[serde(rename = "case")]
    Case { journal: JournalId, genesis: Sha256, handle: String },
    #[serde(rename = "recovery")]
    Recovery {
        recipient: String,
        k: u8,
        n: u8,
        /// The public key that the recovery signs with when it lets a new member in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sign: Option<String>,
    },
    #[serde(rename = "recovery.tested")]
    RecoveryTested { member: MemberId },
    #[serde(rename = "heads")]
    Heads { heads: Vec<(JournalId, u64, Sha256)> },
    #[serde(rename = "place")]
    Place { place: String, label: String },
    #[serde(rename = "backed_up")]
    BackedUp { place: String, series: String, number: u64 },
    #[serde(rename = "shred.asked")]
    ShredAsked {
        journal: JournalId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        party: Option<PartyId>,
        because: String,
    },
    #[serde(rename = "shred.cancelled")]
    ShredCancelled { journal: JournalId, asked: u64 },
    #[serde(rename = "shred.agreed")]
    ShredAgreed { journal: JournalId, asked: u64 },
    #[serde(rename = "shredded")]
    Shredded { journal: JournalId, seq: u64, hash: Sha256 },
    /// What the office forgot, kept in its own journal as a standing order for every place it syncs to.
    #[serde(rename = "tombstone")]
    Tombstone { journal: JournalId, entries: Vec<(u64, Sha256)>, blobs: Vec<Sha256> },
    #[serde(rename = "settings")]
    Settings { language: String, name: String, neutral_name: String, zone: String },
}

impl What {
    /// What a case's entry says once the entries it names have other numbers. `None` where one of them has none any
    /// more, and for what is bound to the very entries it names (orders to forget, keys): that is decided anew.
    pub fn renumbered(&self, number: &dyn Fn(u64) -> Option<u64>) -> Option<What> {
        let one = |of: &Option<u64>| of.map_or(Some(None), |of| number(of).map(Some));
        let at = |at: &At| Some(At { of: number(at.of)?, ..at.clone() });
        let change = |c: &Change| Some(Change { at: at(&c.at)?, why: one(&c.why)?, ..c.clone() });
        Some(match self {
            What::Given(given) => What::Given(Given { already: one(&given.already)?, ..given.clone() }),
            What::Reread { of, reading } => What::Reread { of: number(*of)?, reading: reading.clone() },
            What::Assigned { of, inside, subject } => What::Assigned { of: number(*of)?, inside: inside.clone(), subject: *subject },
            What::Set(c) => What::Set(change(c)?),
            What::Corrected(c) => What::Corrected(change(c)?),
            What::Confirmed(c) => What::Confirmed(change(c)?),
            What::Judged { left, right, judgement } => What::Judged { left: at(left)?, right: at(right)?, judgement: *judgement },
            What::Settled { finding, resolution, because, why } => {
                What::Settled { finding: *finding, resolution: *resolution, because: because.iter().map(at).collect::<Option<_>>()?, why: why.clone() }
            }
            What::Zone { of, zone, because } => What::Zone { of: one(of)?, zone: zone.clone(), because: because.clone() },
            What::Note { about, text } => What::Note { about: number(*about)?, text: text.clone() },
            What::Look(look) => {
                let told = |word: &String| word.parse().ok().and_then(number).map_or_else(|| word.clone(), |n| n.to_string());
                What::Look(LookEvent { what: look.what.iter().map(told).collect(), ..look.clone() })
            }
            What::Produced { what, sha256, bytes, language, from, profile } => What::Produced {
                what: what.clone(),
                sha256: *sha256,
                bytes: *bytes,
                language: language.clone(),
                from: from.iter().map(|of| number(*of)).collect::<Option<_>>()?,
                profile: profile.clone(),
            },
            What::Held { of, because } => What::Held { of: one(of)?, because: because.clone() },
            What::Released { of, because } => What::Released { of: one(of)?, because: because.clone() },
            What::Deadline { on, label, because } => What::Deadline { on: on.clone(), label: label.clone(), because: because.iter().map(|of| number(*of)).collect::<Option<_>>()? },
            What::Party { .. } | What::Said(_) | What::Named { .. } | What::Closed { .. } => self.clone(),
            What::Genesis(_) | What::Epoch(_) | What::Withdrawn { .. } | What::Moved { .. } | What::Loss { .. } => return None,
            What::Member(_)
            | What::Removed { .. }
            | What::Granted { .. }
            | What::Revoked { .. }
            | What::Case { .. }
            | What::Recovery { .. }
            | What::RecoveryTested { .. }
            | What::Heads { .. }
            | What::Place { .. }
            | What::BackedUp { .. }
            | What::ShredAsked { .. }
            | What::ShredCancelled { .. }
            | What::ShredAgreed { .. }
            | What::Shredded { .. }
            | What::Tombstone { .. }
            | What::Settings { .. } => return None,
        })
    }
}

/// A journal's first entry.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Genesis {
    pub office_id: OfficeId,
    /// `case` or `office`.
    pub journal_kind: String,
    #[serde(rename = "keys")]
    pub epoch: Epoch,
    /// The office's only: its first member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Member>,
}

/// Announces keys before they are used (FORMATS.md section 2).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Epoch {
    #[serde(rename = "number")]
    pub epoch: u32,
    /// `check(JK)` as hex.
    pub check: String,
    pub drawers: Vec<Drawer>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<MemberId>,
    /// The office's only: the new head key, and where every journal stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heads: Vec<(JournalId, u64, Sha256)>,
}

/// A drawer as announced.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Drawer {
    pub id: DrawerId,
    /// `case`, `work`, `unassigned`, `party`; the office's: `common`, `conflict`.
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<PartyId>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub apart: bool,
    pub check: String,
}

/// A member's public side.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Member {
    pub member: MemberId,
    pub name: String,
    /// `admin`, `representative`, `paralegal`, `volunteer`.
    pub role: String,
    /// Ed25519 public key, hex.
    pub sign: String,
    /// age recipient.
    pub recipient: String,
    /// The age recipient of the printed words.
    pub words: String,
}

/// A file that came with the primary one: a database's `-wal`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Companion {
    pub blob: Sha256,
    pub sha256: Sha256,
    pub bytes: u64,
    pub name: String,
}

/// The giving of one file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Given {
    /// The sealed file's name.
    pub blob: Sha256,
    /// Of the bytes as received.
    pub sha256: Sha256,
    pub bytes: u64,
    pub name: String,
    /// The path below what was named on the command line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    pub run: RunId,
    /// Who brought it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<PartyId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<Companion>,
    /// The giving of the same bytes before this one, which holds their reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub already: Option<u64>,
    #[serde(flatten)]
    pub reading: ReadingOf,
}

/// What a reader made of a giving; what it found lies in the segments.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReadingOf {
    #[serde(flatten)]
    pub report: Report,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<Inside>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
}

/// Bulk output of a reader, sealed as a blob (FORMATS.md section 3).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Segment {
    pub blob: Sha256,
    /// Of the plain bytes.
    pub sha256: Sha256,
    pub bytes: u64,
    pub kind: SegmentKind,
    /// `parquet` or `jsonl.zst`.
    pub format: String,
    pub schema: u32,
    pub rows: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentKind {
    Calls,
    Records,
    Pages,
    Rejects,
    Furniture,
    Inside,
    List,
}

/// The client's account, or what a representative sets.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Said {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<PartyId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Draft>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Segment>,
    /// When it was said.
    pub on: String,
    /// Who wrote it down: a member's name.
    pub by: String,
}

/// Where a record stands: how every event but its giving names it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct At {
    pub of: u64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub inside: String,
    /// `row:12`, `page:3`, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ordinal: String,
}

impl At {
    pub fn of(giving: u64, place: &Place, kind: Kind) -> At {
        At { of: giving, inside: place.inside.clone(), place: place.spot_text(), kind, ordinal: place.field.clone() }
    }

    /// The place it names, with the whole page as the rectangle; enough to compute the record's id.
    pub fn to_place(&self) -> Option<Place> {
        let spot = match self.place.split_once(':') {
            None if self.place.is_empty() => Spot::Whole,
            Some(("row", n)) => Spot::Row(n.parse().ok()?),
            Some(("page", n)) => Spot::Page { page: n.parse().ok()?, region: Region::WHOLE },
            _ => return None,
        };
        Some(Place { inside: self.inside.clone(), spot, field: self.ordinal.clone() })
    }
}

/// A member's decision about one field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Change {
    #[serde(flatten)]
    pub at: At,
    pub field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    pub by: String,
    /// The entry of the note that says why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    Same,
    Different,
    Unsure,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    Explained,
    Corrected,
    Superseded,
    NotSamePerson,
}

impl Resolution {
    pub fn as_str(self) -> &'static str {
        match self {
            Resolution::Explained => "explained",
            Resolution::Corrected => "corrected",
            Resolution::Superseded => "superseded",
            Resolution::NotSamePerson => "not_same_person",
        }
    }
}

/// Why somebody looked (DESIGN.md section 4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    Receive,
    Review,
    PrepareFiling,
    Supervise,
    ClientAsked,
    ConflictCheck,
    Other,
}

impl Purpose {
    pub const ALL: &'static [(&'static str, Purpose)] = &[
        ("receive", Purpose::Receive),
        ("review", Purpose::Review),
        ("prepare-filing", Purpose::PrepareFiling),
        ("supervise", Purpose::Supervise),
        ("client-asked", Purpose::ClientAsked),
        ("conflict-check", Purpose::ConflictCheck),
        ("other", Purpose::Other),
    ];

    pub fn parse(text: &str) -> Option<Purpose> {
        Purpose::ALL.iter().find(|(name, _)| *name == text).map(|(_, p)| *p)
    }

    pub fn as_str(self) -> &'static str {
        Purpose::ALL.iter().find(|(_, p)| *p == self).map_or("other", |(name, _)| name)
    }
}

/// A look, written before anything is shown.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LookEvent {
    pub purpose: Purpose,
    /// The command or page.
    pub via: String,
    /// What was asked for: a kind, a party's role, a giving's number and place; never a name or a hash.
    pub what: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unmasked: bool,
    /// 32 random bytes, base64: makes the leaf unlinkable once the entry is forgotten.
    pub salt: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_and_an_unknown_type_does_not() {
        let text = r#"{"v":1,"at":"2026-11-23T18:00:00.000Z","drawer":"00000000000000000000000000000001","epoch":1,"office":[4,"0000000000000000000000000000000000000000000000000000000000000002"],"type":"corrected","of":7,"place":"row:3","kind":"job","field":"employer","to":"Sol","by":"Ana"}"#;
        let event: Event = serde_json::from_str(text).unwrap();
        assert!(matches!(&event.what, What::Corrected(c) if c.at.of == 7 && c.at.place == "row:3"));
        let again: Event = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
        assert_eq!(again, event);
        assert!(serde_json::from_str::<Event>(&text.replace("corrected", "guessed")).is_err());
    }
}
