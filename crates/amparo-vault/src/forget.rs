//! Forgetting: what is withdrawn or shredded loses its keys, and the entry that says so stays.
//!
//! A paper's bytes may lie on in old copies; without its row nobody opens them. Tombstones are standing
//! orders: every open obeys those that the journal itself holds.

use crate::case::{Case, Open, Where};
use crate::journal::Fate;
use crate::office::{Office, TRIES, now_text};
use crate::problem::{Result, VaultError};
use crate::ring::{self, Reach};
use crate::roster::ShredWish;
use crate::{Now, stamp};
use amparo_model::{DrawerId, JournalId, PartyId, Sha256, What};
use amparo_store::{Purged, WrapKey, WrapRow};
use std::collections::BTreeSet;

/// Seven days of the node's clock.
pub const RIPE_MS: i64 = 7 * 24 * 3_600_000;

/// What was forgotten, and where it is not yet forgotten.
#[derive(Clone, Debug)]
pub struct Forgotten {
    /// The entry that says so.
    pub seq: u64,
    pub entries: usize,
    pub papers: usize,
    /// Neither the database nor its log holds the deleted keys.
    pub gone_here: bool,
    /// Places (by label) whose next backup has yet to bring the order.
    pub not_yet: Vec<String>,
}

/// A withdrawal as a person may check it before it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    pub entries: Vec<(u64, Sha256)>,
    pub blobs: Vec<Sha256>,
    /// The case's last paper, or more than half of its papers in seven days: ask first, as for shredding.
    pub ask_first: bool,
}

impl Case<Open> {
    /// Everything that tells of these givings: the givings, re-readings, decisions about them; never looks.
    pub fn plan_withdrawal(&self, givings: &[u64], now: Now) -> Result<Withdrawal> {
        let file = self.file();
        let wanted: BTreeSet<u64> = givings.iter().copied().collect();
        for of in &wanted {
            if !file.givings.contains_key(of) && !file.said.contains_key(of) {
                return Err(VaultError::NoSuchEntry(*of));
            }
            if file.held(Some(*of)) {
                return Err(VaultError::Held);
            }
        }
        let mut entries = Vec::new();
        let mut blobs = BTreeSet::new();
        let judged: BTreeSet<u64> = file.judgements.iter().filter(|(_, l, r, _)| wanted.contains(&l.of) || wanted.contains(&r.of)).map(|(seq, ..)| *seq).collect();
        for entry in &self.journal().entries {
            let tells = wanted.contains(&entry.seq) || entry.of.is_some_and(|of| wanted.contains(&of)) || judged.contains(&entry.seq);
            if tells && entry.fate == Fate::Open && !matches!(entry.kind, "look" | "withdrawn" | "moved" | "held" | "released") {
                entries.push((entry.seq, entry.hash));
                blobs.extend(entry.blobs.iter().copied());
            }
        }
        // A sealed file that another, staying entry names too stays.
        let gone: BTreeSet<u64> = entries.iter().map(|(seq, _)| *seq).collect();
        for entry in self.journal().entries.iter().filter(|e| e.fate == Fate::Open && !gone.contains(&e.seq)) {
            entry.blobs.iter().for_each(|blob| {
                blobs.remove(blob);
            });
        }
        let papers = file.givings.len();
        let week_ago = stamp(now - RIPE_MS);
        let lately = self.journal().entries.iter().filter(|e| matches!(e.fate, Fate::Forgotten { by } if self.journal().entry(by).is_some_and(|w| w.at > week_ago)) && !e.kind.is_empty()).count();
        let going = wanted.iter().filter(|of| file.givings.contains_key(of)).count();
        let ask_first = papers > 0 && (going >= papers || (going + lately) * 2 > papers + lately) && papers > 1 || (papers == 1 && going == 1);
        Ok(Withdrawal { entries, blobs: blobs.into_iter().collect(), ask_first })
    }

    /// Withdraws papers: keys are deleted, sealed files too, a tombstone stays here and in the office.
    /// `agreed`: the rule of shredding was kept (another member agreed, or seven days passed).
    pub fn withdraw(&mut self, office: &mut Office, givings: &[u64], purpose: &str, agreed: bool, now: Now) -> Result<Forgotten> {
        for _ in 0..TRIES {
            let plan = self.plan_withdrawal(givings, now)?;
            if plan.ask_first && !agreed {
                return Err(VaultError::AskFirst);
            }
            let (delete, bytes) = self.rows_to_delete(&plan.entries, &plan.blobs);
            let case = self.drawer(Where::Case)?;
            let what = What::Withdrawn { entries: plan.entries.clone(), blobs: plan.blobs.clone(), purpose: purpose.to_owned() };
            let Some(written) = self.try_append(case, what, vec![], delete, now)? else {
                self.reload()?;
                continue;
            };
            let (entries, papers) = (plan.entries.len(), plan.blobs.len());
            office.append("common", What::Tombstone { journal: self.id(), entries: plan.entries, blobs: plan.blobs.clone() }, now)?;
            for blob in &plan.blobs {
                match self.state.store.blob_delete(&blob.0) {
                    Ok(()) | Err(amparo_store::StoreError::NotThere { .. }) => {}
                    Err(e) => return Err(e.into()),
                }
            }
            let purged = self.state.store.purge(&bytes)?;
            self.reload()?;
            return Ok(Forgotten { seq: written.seq, entries, papers, gone_here: purged == Purged::Gone, not_yet: office.not_yet() });
        }
        Err(VaultError::Busy)
    }

    fn rows_to_delete(&self, entries: &[(u64, Sha256)], blobs: &[Sha256]) -> (Vec<WrapKey>, Vec<Vec<u8>>) {
        let rows = entries.iter().map(|(_, hash)| (ring::ENTRY, hash)).chain(blobs.iter().map(|b| (ring::BLOB, b)));
        let rows: Vec<&WrapRow> = rows.flat_map(|(what, id)| self.state.journal.ring.rows_of(what, &id.0)).collect();
        let bytes = rows.iter().flat_map(|r| [ring::needle(r), r.half.clone()]).filter(|b| !b.is_empty()).collect();
        (rows.iter().map(|r| r.key.clone()).collect(), bytes)
    }

    /// Says whose a file (or one path inside it) is; a whole file's keys move to that person's drawer.
    pub fn assign(&mut self, of: u64, inside: &str, subject: Option<PartyId>, now: Now) -> Result<u64> {
        for _ in 0..TRIES {
            let place = subject.map_or(Where::Unassigned, Where::Party);
            let drawer = self.drawer(place)?;
            let giving = self.file().givings.get(&of).ok_or(VaultError::NoSuchEntry(of))?.clone();
            let what = What::Assigned { of, inside: inside.to_owned(), subject };
            let (put, delete) = if inside.is_empty() { self.rewrapped(&giving.entries, drawer)? } else { (vec![], vec![]) };
            if let Some(written) = self.try_append(drawer, what, put, delete, now)? {
                return Ok(written.seq);
            }
            self.reload()?;
        }
        Err(VaultError::Busy)
    }

    /// The rows of these entries and their papers under another drawer's newest key.
    fn rewrapped(&self, entries: &[u64], to: DrawerId) -> Result<(Vec<WrapRow>, Vec<WrapKey>)> {
        let journal = &self.state.journal;
        let (drawer, epoch) = journal.drawer(to).ok_or(VaultError::NoSuchDrawer)?;
        let (mut put, mut delete) = (Vec::new(), Vec::new());
        let mut again = |what: u8, id: &Sha256| -> Result<()> {
            let Reach::Key { key, .. } = journal.ring.reach(what, &id.0) else { return Err(VaultError::KeyGone(*id)) };
            let new = journal.ring.wrap(what, &id.0, drawer, epoch, &key)?;
            delete.extend(journal.ring.rows_of(what, &id.0).iter().map(|r| r.key.clone()).filter(|k| *k != new.key));
            put.push(new);
            Ok(())
        };
        for seq in entries {
            let entry = journal.entry(*seq).ok_or(VaultError::NoSuchEntry(*seq))?;
            again(ring::ENTRY, &entry.hash)?;
            entry.blobs.iter().try_for_each(|blob| again(ring::BLOB, blob))?;
        }
        Ok((put, delete))
    }

    /// Forbids forgetting a giving, or anything of the case, until released.
    pub fn hold(&mut self, of: Option<u64>, because: &str, now: Now) -> Result<u64> {
        self.append(Where::Case, What::Held { of, because: because.to_owned() }, &[], now)
    }

    pub fn release(&mut self, of: Option<u64>, because: &str, now: Now) -> Result<u64> {
        self.append(Where::Case, What::Released { of, because: because.to_owned() }, &[], now)
    }
}

impl Office {
    /// Backup places that have not had a backup since the newest order to forget.
    pub fn not_yet(&self) -> Vec<String> {
        let newest = self.roster.last_order;
        self.roster.places.iter().filter(|p| p.last.as_ref().is_none_or(|(_, _, seq, _)| *seq < newest)).map(|p| p.label.clone()).collect()
    }

    /// Asks that a case be shredded; another member agrees, or seven days pass.
    pub fn shred_ask(&mut self, journal: JournalId, because: &str, now: Now) -> Result<u64> {
        let case = self.open_case(journal, now)?;
        if case.file().held(None) {
            return Err(VaultError::Held);
        }
        self.append("common", What::ShredAsked { journal, party: None, because: because.to_owned() }, now)
    }

    fn wish(&self, journal: JournalId) -> Result<ShredWish> {
        self.roster.shreds.iter().rev().find(|s| s.journal == journal && !s.cancelled).cloned().ok_or(VaultError::Refused("nobody asked"))
    }

    pub fn shred_cancel(&mut self, journal: JournalId, now: Now) -> Result<u64> {
        let asked = self.wish(journal)?.seq;
        self.append("common", What::ShredCancelled { journal, asked }, now)
    }

    /// Another member's agreement.
    pub fn shred_agree(&mut self, journal: JournalId, now: Now) -> Result<u64> {
        let wish = self.wish(journal)?;
        if wish.by == self.member() {
            return Err(VaultError::Refused("the member who asked cannot agree"));
        }
        self.append("common", What::ShredAgreed { journal, asked: wish.seq }, now)
    }

    /// When a wish may be carried out, and whether it may be now.
    pub fn shred_ripe(&self, journal: JournalId, now: Now) -> Result<(bool, String)> {
        let wish = self.wish(journal)?;
        let asked = amparo_model::Instant::parse(&wish.at).ok_or(VaultError::Malformed("time"))?.ms;
        Ok((wish.agreed || now >= asked + RIPE_MS, now_text(asked + RIPE_MS)))
    }

    /// Shreds a case: rows, entries, sealed files and head go; its end stays written in the office.
    pub fn shred(&mut self, journal: JournalId, now: Now) -> Result<Forgotten> {
        let (ripe, until) = self.shred_ripe(journal, now)?;
        if !ripe {
            return Err(VaultError::NotRipe { until });
        }
        let case = self.open_case(journal, now)?;
        if case.file().held(None) {
            return Err(VaultError::Held);
        }
        let (seq, hash) = case.head();
        let blobs: BTreeSet<Sha256> = case.journal().entries.iter().flat_map(|e| e.blobs.iter().copied()).collect();
        let entries = case.journal().entries.len();
        let bytes: Vec<Vec<u8>> = case.journal().ring.rows().map(ring::needle).collect();
        drop(case);
        // The order first: a crash from here on leaves a case that the next call shreds.
        let written = self.append("common", What::Shredded { journal, seq, hash }, now)?;
        self.store.delete_journal(&journal.0)?;
        for blob in &blobs {
            match self.store.blob_delete(&blob.0) {
                Ok(()) | Err(amparo_store::StoreError::NotThere { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
        let purged = self.store.purge(&bytes)?;
        Ok(Forgotten { seq: written, entries, papers: blobs.len(), gone_here: purged == Purged::Gone, not_yet: self.not_yet() })
    }
}
