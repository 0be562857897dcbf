//! Forgetting: what is withdrawn or shredded loses its keys, and the entry that says so stays.
//!
//! A paper's bytes may lie on in old copies; without its row nobody opens them. Tombstones are standing
//! orders: every open obeys those that the journal itself holds.

use crate::case::{Case, Frozen, Open, Where};
use crate::journal::{Fate, Journal};
use crate::office::{Office, TRIES, now_text};
use crate::problem::{Result, VaultError};
use crate::ring::{self, Reach};
use crate::roster::ShredWish;
use crate::{Now, stamp};
use amparo_model::{DrawerId, JournalId, PartyId, Sha256, What};
use amparo_store::{Purged, Store, WrapKey, WrapRow};
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

const DUE: &str = "purge";

/// Says, before keys are deleted, that their bytes must be looked for afterwards: a crash in between is made good.
pub(crate) fn due(store: &dyn Store) -> Result<()> {
    Ok(store.put_meta(DUE, b"1")?)
}

pub(crate) fn is_due(store: &dyn Store) -> Result<bool> {
    Ok(store.meta(DUE)?.is_some_and(|m| !m.is_empty()))
}

/// Looks for the deleted bytes until none is left; whether none is.
pub(crate) fn purge(store: &dyn Store, bytes: &[Vec<u8>]) -> Result<bool> {
    let gone = store.purge(bytes)? == Purged::Gone;
    if gone {
        store.put_meta(DUE, b"")?;
    }
    Ok(gone)
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
            if tells && entry.fate == Fate::Open && !matches!(entry.kind, "look" | "withdrawn" | "moved" | "held" | "released" | "loss") {
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
        let lately = self
            .journal()
            .entries
            .iter()
            .filter(|e| matches!(e.fate, Fate::Forgotten { by } if self.journal().entry(by).is_some_and(|w| w.at > week_ago)) && !e.kind.is_empty())
            .count();
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
            if let Some(done) = self.forget(office, plan, vec![], purpose, now)? {
                return Ok(done);
            }
            self.reload()?;
        }
        Err(VaultError::Busy)
    }

    /// Order, rows and sealed files; `None` where somebody else wrote in between.
    fn forget(&mut self, office: &mut Office, plan: Withdrawal, more: Vec<WrapRow>, purpose: &str, now: Now) -> Result<Option<Forgotten>> {
        self.state.store.can_lead()?;
        let (mut delete, mut bytes) = self.rows_to_delete(&plan.entries, &plan.blobs);
        delete.extend(more.iter().map(|row| row.key.clone()));
        bytes.extend(more.iter().map(ring::needle));
        let case = self.drawer(Where::Case)?;
        let what = What::Withdrawn { entries: plan.entries.clone(), blobs: plan.blobs.clone(), purpose: purpose.to_owned() };
        due(&*self.state.store)?;
        let Some(written) = self.try_append(case, what, vec![], delete, now)? else { return Ok(None) };
        let (entries, papers) = (plan.entries.len(), plan.blobs.len());
        office.append("common", What::Tombstone { journal: self.id(), entries: plan.entries, blobs: plan.blobs.clone() }, now)?;
        delete_blobs(&*self.state.store, plan.blobs.iter())?;
        let gone_here = purge(&*self.state.store, &bytes)?;
        self.reload()?;
        Ok(Some(Forgotten { seq: written.seq, entries, papers, gone_here, not_yet: office.not_yet() }))
    }

    /// All that lies in one person's drawer, and what tells of it: their papers, what they said, their name.
    fn plan_party(&self, party: PartyId, now: Now) -> Result<Withdrawal> {
        let drawer = self.drawer(Where::Party(party))?;
        let file = self.file();
        let givings: Vec<u64> = file.givings.values().filter(|g| g.subject == Some(party)).map(|g| g.seq).collect();
        let said = file.said.iter().filter(|(_, (s, _))| s.subject == Some(party)).map(|(seq, _)| *seq);
        let mut plan = self.plan_withdrawal(&givings.iter().copied().chain(said).collect::<Vec<_>>(), now)?;
        let mut entries: BTreeSet<(u64, Sha256)> = plan.entries.into_iter().collect();
        let mut seen = 0;
        for entry in self.journal().entries.iter().filter(|e| e.fate == Fate::Open) {
            if entry.kind == "party" {
                // Parties stand in the order of their entries.
                if file.parties.get(seen).is_some_and(|p| p.id == party) {
                    entries.insert((entry.seq, entry.hash));
                }
                seen += 1;
            } else if entry.drawer == Some(drawer) {
                entries.insert((entry.seq, entry.hash));
                plan.blobs.extend(entry.blobs.iter().copied());
            }
        }
        plan.entries = entries.into_iter().collect();
        plan.blobs.sort();
        plan.blobs.dedup();
        Ok(plan)
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
        self.ask(journal, None, because, now)
    }

    /// Asks that one person's drawer be shredded, and the rest of the case be kept.
    pub fn shred_ask_party(&mut self, journal: JournalId, party: PartyId, because: &str, now: Now) -> Result<u64> {
        self.ask(journal, Some(party), because, now)
    }

    fn ask(&mut self, journal: JournalId, party: Option<PartyId>, because: &str, now: Now) -> Result<u64> {
        let case = self.open_case(journal, now)?;
        if case.file().held(None) {
            return Err(VaultError::Held);
        }
        if let Some(party) = party {
            case.drawer(Where::Party(party))?;
        }
        self.append("common", What::ShredAsked { journal, party, because: because.to_owned() }, now)
    }

    fn wish(&self, journal: JournalId, party: Option<PartyId>) -> Result<ShredWish> {
        self.roster.shreds.iter().rev().find(|s| s.journal == journal && s.party == party && !s.cancelled).cloned().ok_or(VaultError::Refused("nobody asked"))
    }

    pub fn shred_cancel(&mut self, journal: JournalId, now: Now) -> Result<u64> {
        self.cancel(journal, None, now)
    }

    pub fn shred_cancel_party(&mut self, journal: JournalId, party: PartyId, now: Now) -> Result<u64> {
        self.cancel(journal, Some(party), now)
    }

    fn cancel(&mut self, journal: JournalId, party: Option<PartyId>, now: Now) -> Result<u64> {
        let asked = self.wish(journal, party)?.seq;
        self.append("common", What::ShredCancelled { journal, asked }, now)
    }

    /// Another member's agreement.
    pub fn shred_agree(&mut self, journal: JournalId, now: Now) -> Result<u64> {
        self.agree(journal, None, now)
    }

    pub fn shred_agree_party(&mut self, journal: JournalId, party: PartyId, now: Now) -> Result<u64> {
        self.agree(journal, Some(party), now)
    }

    fn agree(&mut self, journal: JournalId, party: Option<PartyId>, now: Now) -> Result<u64> {
        let wish = self.wish(journal, party)?;
        if wish.by == self.member() {
            return Err(VaultError::Refused("the member who asked cannot agree"));
        }
        self.append("common", What::ShredAgreed { journal, asked: wish.seq }, now)
    }

    /// When a wish may be carried out, and whether it may be now.
    pub fn shred_ripe(&self, journal: JournalId, now: Now) -> Result<(bool, String)> {
        self.ripe(journal, None, now)
    }

    pub fn shred_ripe_party(&self, journal: JournalId, party: PartyId, now: Now) -> Result<(bool, String)> {
        self.ripe(journal, Some(party), now)
    }

    fn ripe(&self, journal: JournalId, party: Option<PartyId>, now: Now) -> Result<(bool, String)> {
        let wish = self.wish(journal, party)?;
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
        // The order first: a crash from here on leaves what the next start ends.
        due(&*self.store)?;
        let written = self.append("common", What::Shredded { journal, seq, hash }, now)?;
        let (entries, papers, gone_here) = shred_journal(&*self.store, case.journal())?;
        Ok(Forgotten { seq: written, entries, papers, gone_here, not_yet: self.not_yet() })
    }

    /// Shreds one person's drawer: their papers, what they said, decisions about it, their name; the rest stays.
    pub fn shred_party(&mut self, journal: JournalId, party: PartyId, now: Now) -> Result<Forgotten> {
        let (ripe, until) = self.ripe(journal, Some(party), now)?;
        if !ripe {
            return Err(VaultError::NotRipe { until });
        }
        for _ in 0..TRIES {
            let mut case = self.open_case(journal, now)?;
            if case.file().held(None) {
                return Err(VaultError::Held);
            }
            let plan = case.plan_party(party, now)?;
            let drawer = case.drawer(Where::Party(party))?;
            let keys = case.journal().ring.rows().filter(|r| r.key.what == ring::DRAWER_KEY && r.key.id.starts_with(&drawer.0)).cloned().collect();
            if let Some(done) = case.forget(self, plan, keys, "shredded", now)? {
                return Ok(done);
            }
        }
        Err(VaultError::Busy)
    }

    /// Ends what a crash cut off: shredded journals that are still here, and bytes not yet looked for.
    pub(crate) fn finish_forgetting(&self) -> Result<()> {
        for journal in self.roster.cases.values().filter(|c| c.shredded.is_some()).map(|c| c.journal) {
            if self.store.tip(&journal.0)?.is_some() || self.store.head(&journal.0)?.is_some() {
                due(&*self.store)?;
                let mut frozen = (*self.roster).clone();
                let journal = Journal::replay(&*self.store, &self.session, journal, &mut Frozen(&mut frozen), &mut |_, _, _, _| {})?;
                shred_journal(&*self.store, &journal)?;
            }
        }
        if is_due(&*self.store)? {
            purge(&*self.store, &[])?;
        }
        Ok(())
    }

    /// Sets sealed files aside that no entry names (of interrupted work); they are deleted 30 days later. A case
    /// that never came to be goes at once: nothing was ever in it. Only
    /// where this member can open every case and no other program works here. Answers what was set aside.
    pub fn tidy(&self, now: Now) -> Result<Vec<Sha256>> {
        if !self.store.alone()? {
            return Ok(vec![]);
        }
        let report = self.verify(false, now)?;
        if report.ok() {
            self.clear_imports()?;
            report.litter.iter().try_for_each(|blob| self.store.blob_litter(&blob.0))?;
            for journal in &report.unnamed {
                if self.store.tip(&journal.0)?.is_some_and(|tip| tip.seq == 1) {
                    self.store.delete_journal(&journal.0)?;
                }
            }
            return Ok(report.litter);
        }
        Ok(vec![])
    }
}

pub(crate) fn delete_blobs<'a>(store: &dyn Store, blobs: impl Iterator<Item = &'a Sha256>) -> Result<()> {
    for blob in blobs {
        match store.blob_delete(&blob.0) {
            Ok(()) | Err(amparo_store::StoreError::NotThere { .. }) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(())
}

/// Sealed files first: while the journal is there, a next start knows their names. Answers entries, papers, and
/// whether no deleted key is left.
fn shred_journal(store: &dyn Store, journal: &Journal) -> Result<(usize, usize, bool)> {
    let blobs: BTreeSet<Sha256> = journal.entries.iter().flat_map(|e| e.blobs.iter().copied()).collect();
    let bytes: Vec<Vec<u8>> = journal.ring.rows().map(ring::needle).collect();
    delete_blobs(store, blobs.iter())?;
    store.delete_journal(&journal.id.0)?;
    Ok((journal.entries.len(), blobs.len(), purge(store, &bytes)?))
}
