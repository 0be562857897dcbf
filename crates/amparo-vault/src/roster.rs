//! What the office's own journal says: members, grants, cases, orders; the authority behind every signature.

use crate::journal::Authors;
use crate::lock;
use amparo_model::event::Member;
use amparo_model::{Event, JournalId, MemberId, OfficeId, PartyId, Sha256, What};
use std::collections::BTreeMap;

/// A member and since when.
#[derive(Clone, Debug)]
pub struct MemberState {
    pub public: Member,
    pub joined: u64,
    pub removed: Option<u64>,
}

/// One member's access to one case, from an office entry to another.
#[derive(Clone, Debug)]
pub struct Grant {
    pub journal: JournalId,
    pub member: MemberId,
    pub from: u64,
    pub to: Option<u64>,
    pub until: Option<String>,
}

/// A case as the office knows it: its handle, and its pinned first entry.
#[derive(Clone, Debug)]
pub struct CaseInfo {
    pub journal: JournalId,
    pub handle: String,
    pub genesis: Sha256,
    pub at: String,
    pub shredded: Option<String>,
}

/// A wish to shred a case, waiting for another member or for seven days.
#[derive(Clone, Debug)]
pub struct ShredWish {
    pub seq: u64,
    pub journal: JournalId,
    /// One person's drawer; `None` for the whole case.
    pub party: Option<PartyId>,
    pub by: MemberId,
    pub at: String,
    pub agreed: bool,
    pub cancelled: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub language: String,
    pub name: String,
    pub neutral_name: String,
    pub zone: String,
}

/// A place where backups go, and what it last got.
#[derive(Clone, Debug)]
pub struct Place {
    pub id: String,
    pub label: String,
    pub last: Option<(String, u64, u64, String)>,
}

/// An order to forget, as the office keeps it for every place.
#[derive(Clone, Debug)]
pub struct Tombstone {
    pub seq: u64,
    pub at: String,
    pub journal: JournalId,
    pub entries: Vec<(u64, Sha256)>,
    pub blobs: Vec<Sha256>,
}

/// The office as its entries tell it.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    pub office: Option<OfficeId>,
    pub members: BTreeMap<MemberId, MemberState>,
    pub grants: Vec<Grant>,
    pub cases: BTreeMap<JournalId, CaseInfo>,
    pub settings: Settings,
    /// The office recovery's recipient, and how many of how many sheets open it.
    pub recovery: Option<(String, u8, u8)>,
    /// What the office's recovery signs with; absent where it was set up before it could let anybody in.
    pub recovery_sign: Option<[u8; 32]>,
    pub recovery_tested: Vec<MemberId>,
    pub tombstones: Vec<Tombstone>,
    pub shreds: Vec<ShredWish>,
    pub places: Vec<Place>,
    /// The newest entry that orders something forgotten.
    pub last_order: u64,
    /// Heads of the office's own journal that members accepted as lost, and who did.
    pub losses: Vec<(u64, MemberId)>,
    /// Orders that are not obeyed, because nobody agreed to them in time.
    pub refused_orders: Vec<u64>,
    pub heads: BTreeMap<JournalId, (u64, Sha256)>,
    /// Head keys announced, newest last.
    pub head_keys: Vec<[u8; 32]>,
    hashes: Vec<Sha256>,
}

impl Roster {
    pub fn live(&self) -> impl Iterator<Item = &MemberState> {
        self.members.values().filter(|m| m.removed.is_none())
    }

    /// Whether the member may open the case now.
    pub fn granted(&self, journal: JournalId, member: MemberId, now: &str) -> bool {
        self.grants.iter().any(|g| g.journal == journal && g.member == member && g.to.is_none() && g.until.as_deref().is_none_or(|u| u > now))
    }

    /// Everybody with the grant at this time, by recipient; with the office's recovery where it was chosen.
    pub fn people(&self, journal: JournalId, now: &str) -> Vec<String> {
        let mut out: Vec<String> = self.live().filter(|m| self.granted(journal, m.public.member, now)).map(|m| m.public.recipient.clone()).collect();
        out.extend(self.recovery.iter().map(|(recipient, ..)| recipient.clone()));
        out
    }

    pub fn case_by_handle(&self, handle: &str) -> Option<&CaseInfo> {
        self.cases.values().find(|c| c.shredded.is_none() && c.handle == handle)
    }

    pub fn name_of(&self, member: MemberId) -> Option<&str> {
        self.members.get(&member).map(|m| m.public.name.as_str())
    }

    /// Whether enough members accepted that the office's entries up to this one are lost: two, where there are two.
    pub(crate) fn lost(&self, seq: u64) -> bool {
        let who: std::collections::BTreeSet<MemberId> = self.losses.iter().filter(|(lost, _)| *lost >= seq).map(|(_, by)| *by).collect();
        !who.is_empty() && who.len() >= self.live().count().min(2)
    }

    /// Whether this member could shred the case then: another one agreed, or seven days had passed.
    fn ripe(&self, journal: JournalId, author: MemberId, at: &str) -> bool {
        let ms = |text: &str| amparo_model::Instant::parse(text).map(|i| i.ms);
        let granted = self.grants.iter().any(|g| g.journal == journal && g.member == author && g.to.is_none());
        let wish = self.shreds.iter().any(|s| {
            let passed = ms(&s.at).zip(ms(at)).is_some_and(|(asked, now)| now >= asked + crate::forget::RIPE_MS);
            s.journal == journal && s.party.is_none() && !s.cancelled && (s.agreed || passed)
        });
        granted && wish
    }

    /// Whether an entry's author is the office's recovery.
    pub fn is_recovery(&self, author: MemberId) -> bool {
        self.recovery.as_ref().is_some_and(|(recipient, ..)| crate::recovery::author(recipient) == author)
    }

    pub fn hash_of(&self, seq: u64) -> Option<Sha256> {
        self.hashes.get((seq as usize).checked_sub(1)?).copied()
    }
}

impl Authors for Roster {
    fn sign_key(&self, member: MemberId) -> Option<[u8; 32]> {
        match self.members.get(&member) {
            Some(state) => lock::public_of_hex(&state.public.sign),
            None => self.recovery_sign.filter(|_| self.is_recovery(member)),
        }
    }

    fn may(&self, journal: JournalId, member: MemberId, office: Option<(u64, Sha256)>, at: &str) -> Result<(), &'static str> {
        if self.office.is_none_or(|o| o.0 == journal.0) {
            return match (office, self.members.get(&member)) {
                (Some(_), _) => Err("an office entry that names an office entry"),
                (None, Some(m)) if m.removed.is_some() => Err("its author had left"),
                (None, Some(_)) => Ok(()),
                (None, None) if self.members.is_empty() => Ok(()), // the first entry brings its own author
                (None, None) if self.recovery_sign.is_some() && self.is_recovery(member) => Ok(()), // by the office's sheets
                (None, None) => Err("its author is no member"),
            };
        }
        let (seq, hash) = office.ok_or("it names no office entry")?;
        if self.hash_of(seq) != Some(hash) {
            return Err("it names an office entry that does not exist");
        }
        let had = self.grants.iter().any(|g| {
            let in_time = g.until.as_deref().is_none_or(|until| until > at);
            g.journal == journal && g.member == member && g.from <= seq && g.to.is_none_or(|to| to > seq) && in_time
        });
        if had { Ok(()) } else { Err("its author had no grant") }
    }

    fn saw(&mut self, hash: Sha256) {
        self.hashes.push(hash);
    }

    fn learn(&mut self, seq: u64, author: MemberId, event: &Event) {
        let end = |grants: &mut Vec<Grant>, of: &dyn Fn(&Grant) -> bool| {
            grants.iter_mut().filter(|g| g.to.is_none() && of(g)).for_each(|g| g.to = Some(seq));
        };
        match &event.what {
            What::Genesis(genesis) => {
                self.office = Some(genesis.office_id);
                self.head_keys.extend(genesis.epoch.head.as_deref().and_then(lock::public_of_hex));
                if let Some(first) = &genesis.first {
                    self.members.insert(first.member, MemberState { public: first.clone(), joined: seq, removed: None });
                }
            }
            What::Epoch(epoch) => {
                self.head_keys.extend(epoch.head.as_deref().and_then(lock::public_of_hex));
                self.heads.extend(epoch.heads.iter().map(|(j, s, h)| (*j, (*s, *h))));
            }
            What::Member(member) => {
                self.members.insert(member.member, MemberState { public: member.clone(), joined: seq, removed: None });
            }
            What::Removed { member } => {
                if let Some(state) = self.members.get_mut(member) {
                    state.removed = Some(seq);
                }
                end(&mut self.grants, &|g| g.member == *member);
            }
            What::Granted { journal, member, until } => {
                end(&mut self.grants, &|g| g.journal == *journal && g.member == *member);
                self.grants.push(Grant { journal: *journal, member: *member, from: seq, to: None, until: until.clone() });
            }
            What::Revoked { journal, member } => end(&mut self.grants, &|g| g.journal == *journal && g.member == *member),
            What::Case { journal, genesis, handle } => {
                self.cases.insert(*journal, CaseInfo { journal: *journal, handle: handle.clone(), genesis: *genesis, at: event.at.clone(), shredded: None });
            }
            What::Recovery { recipient, k, n, sign } => {
                self.recovery = Some((recipient.clone(), *k, *n));
                self.recovery_sign = sign.as_deref().and_then(lock::public_of_hex);
            }
            What::RecoveryTested { member } => self.recovery_tested.push(*member),
            What::Heads { heads } => self.heads.extend(heads.iter().map(|(j, s, h)| (*j, (*s, *h)))),
            What::Place { place, label } => self.places.push(Place { id: place.clone(), label: label.clone(), last: None }),
            What::BackedUp { place, series, number } => {
                if let Some(p) = self.places.iter_mut().find(|p| p.id == *place) {
                    p.last = Some((series.clone(), *number, seq, event.at.clone()));
                }
            }
            What::ShredAsked { journal, party, .. } => {
                self.shreds.push(ShredWish { seq, journal: *journal, party: *party, by: author, at: event.at.clone(), agreed: false, cancelled: false });
            }
            What::ShredCancelled { asked, .. } => self.shreds.iter_mut().filter(|s| s.seq == *asked).for_each(|s| s.cancelled = true),
            // Agreement counts only from another member.
            What::ShredAgreed { asked, .. } => self.shreds.iter_mut().filter(|s| s.seq == *asked && s.by != author).for_each(|s| s.agreed = true),
            // Nobody shreds alone and at once, and nobody a case that was closed to them.
            What::Shredded { journal, .. } if !self.ripe(*journal, author, &event.at) => self.refused_orders.push(seq),
            What::Shredded { journal, .. } => {
                self.last_order = seq;
                if let Some(case) = self.cases.get_mut(journal) {
                    case.shredded = Some(event.at.clone());
                }
            }
            What::Loss { seq: lost, .. } => self.losses.push((*lost, author)),
            What::Tombstone { journal, entries, blobs } => {
                self.last_order = seq;
                self.tombstones.push(Tombstone { seq, at: event.at.clone(), journal: *journal, entries: entries.clone(), blobs: blobs.clone() });
            }
            What::Settings { language, name, neutral_name, zone } => {
                self.settings = Settings { language: language.clone(), name: name.clone(), neutral_name: neutral_name.clone(), zone: zone.clone() };
            }
            _ => {}
        }
    }
}
