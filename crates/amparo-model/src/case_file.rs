//! The case file: what all entries of one journal say together, as a fold over them.
//!
//! It holds what was given, whose it is, and what members decided; the records themselves lie in the
//! segments that the givings name. Deleting it loses nothing: replay makes it again.

use crate::event::{At, Change, Event, Given, Judgement, LookEvent, ReadingOf, Resolution, Said, What};
use crate::ids::{DrawerId, FindingId, JournalId, OfficeId, PartyId, Sha256};
use crate::reading::State;
use std::collections::{BTreeMap, BTreeSet};

/// A person of the case.
#[derive(Clone, PartialEq, Debug)]
pub struct Party {
    pub id: PartyId,
    /// `client`, `spouse`, `child-2`: the role, numbered from the second on.
    pub token: String,
    pub role: String,
    pub name: Option<String>,
    pub drawer: DrawerId,
}

/// One file as it was given, and its newest reading.
#[derive(Clone, PartialEq, Debug)]
pub struct Giving {
    pub seq: u64,
    pub at: String,
    pub given: Given,
    /// The newest reading, and the entry that holds it (the giving's own, or a re-reading's).
    pub reading: ReadingOf,
    pub read_in: u64,
    /// Every entry that tells of it: its giving and re-readings.
    pub entries: Vec<u64>,
    /// Whose it is, after assignments; a path inside an archive may be somebody else's.
    pub subject: Option<PartyId>,
    pub inside_subjects: BTreeMap<String, Option<PartyId>>,
    pub withdrawn: bool,
    /// The entry's drawer now.
    pub drawer: DrawerId,
}

impl Giving {
    /// Whose the record at this path inside is.
    pub fn subject_of(&self, inside: &str) -> Option<PartyId> {
        self.inside_subjects.get(inside).copied().unwrap_or(self.subject)
    }
}

/// What a look left behind.
#[derive(Clone, PartialEq, Debug)]
pub struct LogLine {
    pub seq: u64,
    pub at: String,
    pub author: crate::MemberId,
    pub look: Option<LookEvent>,
    /// The event's type, where it is not a look.
    pub event: &'static str,
}

/// A case as its entries tell it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CaseFile {
    pub journal: Option<JournalId>,
    pub office: Option<OfficeId>,
    pub created: Option<String>,
    pub name: Option<String>,
    pub closed: bool,
    pub parties: Vec<Party>,
    /// By entry number.
    pub givings: BTreeMap<u64, Giving>,
    /// By entry number; `true` where a representative set it.
    pub said: BTreeMap<u64, (Said, bool)>,
    /// In the order they were decided.
    pub changes: Vec<(u64, ChangeKind, Change)>,
    pub judgements: Vec<(u64, At, At, Judgement)>,
    pub settled: BTreeMap<FindingId, (u64, Resolution, Option<String>)>,
    pub zone: Option<(String, String)>,
    pub zones: BTreeMap<u64, (String, String)>,
    pub notes: BTreeMap<u64, Vec<String>>,
    /// Holds in force: on the case (`None`) or on a giving.
    pub holds: BTreeSet<Option<u64>>,
    pub log: Vec<LogLine>,
    /// Entries forgotten by order, with the entry that ordered it.
    pub forgotten: BTreeMap<u64, u64>,
    pub last_seq: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeKind {
    Set,
    Corrected,
    Confirmed,
}

impl CaseFile {
    /// Takes one entry into account. Entries come in order; one whose key was forgotten is not given.
    pub fn apply(&mut self, seq: u64, author: crate::MemberId, event: &Event) {
        self.last_seq = seq;
        let mut look = None;
        match &event.what {
            What::Genesis(genesis) => {
                self.office = Some(genesis.office_id);
                self.created = Some(event.at.clone());
            }
            What::Named { name } => self.name = Some(name.clone()),
            What::Closed { .. } => self.closed = true,
            What::Party { party, role, name, new_drawer, .. } => self.add_party(*party, role, name.clone(), *new_drawer),
            What::Given(given) => self.give(seq, event, given),
            What::Reread { of, reading } => {
                if let Some(giving) = self.givings.get_mut(of) {
                    giving.reading = reading.clone();
                    giving.read_in = seq;
                    giving.entries.push(seq);
                }
            }
            What::Assigned { of, inside, subject } => {
                if let Some(giving) = self.givings.get_mut(of) {
                    if inside.is_empty() {
                        giving.subject = *subject;
                        giving.drawer = event.drawer;
                    } else {
                        giving.inside_subjects.insert(inside.clone(), *subject);
                    }
                }
            }
            What::Said(said) => {
                let set = said.records.iter().any(|r| r.certainty == crate::Certainty::Set);
                self.said.insert(seq, (said.clone(), set));
            }
            What::Set(change) => self.changes.push((seq, ChangeKind::Set, change.clone())),
            What::Corrected(change) => self.changes.push((seq, ChangeKind::Corrected, change.clone())),
            What::Confirmed(change) => self.changes.push((seq, ChangeKind::Confirmed, change.clone())),
            What::Judged { left, right, judgement } => self.judgements.push((seq, left.clone(), right.clone(), *judgement)),
            What::Settled { finding, resolution, why, .. } => {
                self.settled.insert(*finding, (seq, *resolution, why.clone()));
            }
            What::Zone { of: None, zone, because } => self.zone = Some((zone.clone(), because.clone())),
            What::Zone { of: Some(of), zone, because } => {
                self.zones.insert(*of, (zone.clone(), because.clone()));
            }
            What::Note { about, text } => self.notes.entry(*about).or_default().push(text.clone()),
            What::Look(l) => look = Some(l.clone()),
            What::Withdrawn { entries, .. } => {
                for (gone, _) in entries {
                    self.forgotten.insert(*gone, seq);
                    self.forget(*gone);
                }
            }
            What::Held { of, .. } => {
                self.holds.insert(*of);
            }
            What::Released { of, .. } => {
                self.holds.remove(of);
            }
            _ => {}
        }
        self.log.push(LogLine { seq, at: event.at.clone(), author, look, event: event.what.name() });
    }

    fn add_party(&mut self, id: PartyId, role: &str, name: Option<String>, drawer: DrawerId) {
        let same = self.parties.iter().filter(|p| p.role == role).count();
        let token = if same == 0 { role.to_owned() } else { format!("{role}-{}", same + 1) };
        self.parties.push(Party { id, token, role: role.to_owned(), name, drawer });
    }

    fn give(&mut self, seq: u64, event: &Event, given: &Given) {
        self.givings.insert(
            seq,
            Giving {
                seq,
                at: event.at.clone(),
                given: given.clone(),
                reading: given.reading.clone(),
                read_in: seq,
                entries: vec![seq],
                subject: given.subject,
                inside_subjects: BTreeMap::new(),
                withdrawn: false,
                drawer: event.drawer,
            },
        );
    }

    fn forget(&mut self, gone: u64) {
        self.givings.remove(&gone);
        self.said.remove(&gone);
        self.changes.retain(|(seq, _, change)| *seq != gone && change.at.of != gone);
        self.judgements.retain(|(seq, l, r, _)| *seq != gone && l.of != gone && r.of != gone);
        self.settled.retain(|_, (seq, ..)| *seq != gone);
        self.zones.remove(&gone);
        self.notes.remove(&gone);
    }

    pub fn party(&self, id: PartyId) -> Option<&Party> {
        self.parties.iter().find(|p| p.id == id)
    }

    /// The party a person names by its token.
    pub fn party_by_token(&self, token: &str) -> Option<&Party> {
        self.parties.iter().find(|p| p.token == token)
    }

    /// `client`, `spouse`, `child-2`, or `None` where not assigned.
    pub fn token_of(&self, subject: Option<PartyId>) -> Option<&str> {
        self.party(subject?).map(|p| p.token.as_str())
    }

    /// The givings that are read: one for each different original, the first that holds its reading.
    pub fn readable(&self) -> impl Iterator<Item = &Giving> {
        self.givings.values().filter(|g| !g.withdrawn && g.given.already.is_none_or(|a| !self.givings.contains_key(&a)))
    }

    /// The giving that already holds these bytes.
    pub fn holds_bytes(&self, sha256: &Sha256) -> Option<&Giving> {
        self.readable().find(|g| g.given.sha256 == *sha256)
    }

    /// Pages read and pages there are, over the whole case: what a search could look into.
    pub fn pages(&self) -> (u64, u64) {
        self.readable().fold((0, 0), |(read, all), g| {
            let own = &g.reading.report;
            let inner = g.reading.inside.iter().map(|i| &i.report);
            std::iter::once(own)
                .chain(inner)
                .filter(|r| r.state != State::Withdrawn)
                .fold((read, all), |(read, all), r| (read + r.pages.saturating_sub(r.pages_unread), all + r.pages))
        })
    }

    /// Whether a hold forbids forgetting this giving (`None`: the whole case).
    pub fn held(&self, of: Option<u64>) -> bool {
        match of {
            None => !self.holds.is_empty(),
            Some(_) => self.holds.contains(&None) || self.holds.contains(&of),
        }
    }
}

impl What {
    /// The event's type, as written.
    pub fn name(&self) -> &'static str {
        match self {
            What::Genesis(_) => "genesis",
            What::Epoch(_) => "epoch",
            What::Party { .. } => "party",
            What::Given(_) => "given",
            What::Reread { .. } => "reread",
            What::Assigned { .. } => "assigned",
            What::Said(_) => "said",
            What::Set(_) => "set",
            What::Corrected(_) => "corrected",
            What::Confirmed(_) => "confirmed",
            What::Judged { .. } => "judged",
            What::Settled { .. } => "settled",
            What::Zone { .. } => "zone",
            What::Note { .. } => "note",
            What::Look(_) => "look",
            What::Produced { .. } => "produced",
            What::Withdrawn { .. } => "withdrawn",
            What::Moved { .. } => "moved",
            What::Held { .. } => "held",
            What::Released { .. } => "released",
            What::Deadline { .. } => "deadline",
            What::Loss { .. } => "loss",
            What::Named { .. } => "named",
            What::Closed { .. } => "closed",
            What::Member(_) => "member",
            What::Removed { .. } => "removed",
            What::Granted { .. } => "granted",
            What::Revoked { .. } => "revoked",
            What::Case { .. } => "case",
            What::Recovery { .. } => "recovery",
            What::RecoveryTested { .. } => "recovery.tested",
            What::Heads { .. } => "heads",
            What::Place { .. } => "place",
            What::BackedUp { .. } => "backed_up",
            What::ShredAsked { .. } => "shred.asked",
            What::ShredCancelled { .. } => "shred.cancelled",
            What::ShredAgreed { .. } => "shred.agreed",
            What::Shredded { .. } => "shredded",
            What::Tombstone { .. } => "tombstone",
            What::Settings { .. } => "settings",
        }
    }
}
