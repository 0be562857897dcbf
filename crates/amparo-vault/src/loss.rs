//! Going on after a loss: entries are missing and no backup has them, and members say so in the journal itself.
//!
//! The entry holds the old head, so that nobody can later say that nothing was ever missing. Two members must say
//! so where there are two; until then the journal stays read-only.

use crate::Now;
use crate::heads;
use crate::journal::{Journal, Writing};
use crate::office::{Office, now_text};
use crate::problem::{Result, Standing, VaultError};
use crate::session;
use amparo_model::{JournalId, MemberId, Sha256, What};
use amparo_store::Store;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What became of a loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The numbers that are missing, where they are known: from, to.
    pub missing: Option<(u64, u64)>,
    /// Whether the journal goes on; else another member must accept the loss too.
    pub goes_on: bool,
}

/// Opens an office whose newest entries are missing, with a member's passphrase: to look, and to accept the loss.
pub fn unlock_to_recover(store: Arc<dyn Store>, passphrase: &str) -> Result<Office> {
    for (_, bundle) in store.bundles()? {
        if let Some(session) = session::open_with_passphrase(&bundle, passphrase)? {
            return Office::load_as(store, Arc::new(session), true);
        }
    }
    Err(VaultError::WrongPassphrase)
}

/// The head that is lost; only where what is there is a whole chain of its own.
fn lost(journal: &Journal) -> Result<(u64, Option<Sha256>)> {
    match &journal.standing {
        Standing::Shorter { head, hash, .. } | Standing::Forked { seq: head, head: hash, .. } => Ok((*head, Some(*hash))),
        Standing::HeadMissing | Standing::HeadBadlySigned => Ok((journal.tip.seq, None)),
        other => Err(VaultError::ReadOnly(journal.id, other.clone())),
    }
}

/// Who accepted it so far: the authors of the entries at the very end that say so.
fn accepted(journal: &Journal) -> BTreeSet<MemberId> {
    journal.entries.iter().rev().take_while(|e| e.kind == "loss").filter_map(|e| e.author).collect()
}

impl Office {
    /// Accepts that entries of a journal (a case's, or the office's own) are lost. Restore from a backup first, where
    /// there is one: what is accepted here is gone for good.
    pub fn accept_loss(&mut self, journal: JournalId, now: Now) -> Result<Accepted> {
        if journal == self.journal.id { self.accept_own(now) } else { self.accept_case(journal, now) }
    }

    fn accept_own(&mut self, now: Now) -> Result<Accepted> {
        let (seq, hash) = lost(&self.journal)?;
        let missing = hash.map(|_| (self.first_missing(&self.journal), seq));
        let by = Writing { session: &self.session, now, office: None, head_key: &self.head_key };
        let common = self.journal.drawer_named("common")?;
        if !accepted(&self.journal).contains(&self.session.member()) {
            self.journal.append_under(&*self.store, &by, common, What::Loss { seq, hash }, vec![], vec![], false)?.ok_or(VaultError::Busy)?;
        }
        let goes_on = accepted(&self.journal).len() >= self.roster.live().count().min(2);
        if goes_on {
            self.go_on(self.journal.id)?;
        }
        *self = Office::load_as(self.store.clone(), self.session.clone(), true)?;
        if goes_on {
            self.remember()?;
        }
        Ok(Accepted { missing, goes_on })
    }

    fn accept_case(&mut self, id: JournalId, now: Now) -> Result<Accepted> {
        self.journal.must_write()?;
        let mut case = self.open_case(id, now)?;
        let (seq, hash) = lost(case.journal())?;
        let missing = hash.map(|_| (self.first_missing(case.journal()), seq));
        let drawer = case.journal().drawer_named("case")?;
        let known = self.known();
        let by = Writing { session: &self.session, now, office: Some(known), head_key: &self.head_key };
        let journal = &mut case.state.journal;
        if !accepted(journal).contains(&self.session.member()) {
            journal.append_under(&*self.store, &by, drawer, What::Loss { seq, hash }, vec![], vec![], false)?.ok_or(VaultError::Busy)?;
        }
        let granted = self.roster.live().filter(|m| self.roster.granted(id, m.public.member, &now_text(now))).count();
        let goes_on = accepted(journal).len() >= granted.min(2);
        if goes_on {
            // The office names the new end first: until the head is written, the old loss still shows.
            let tip = case.journal().tip;
            self.append("common", What::Heads { heads: vec![(id, tip.seq, Sha256(tip.hash))] }, now)?;
            self.go_on(id)?;
        }
        Ok(Accepted { missing, goes_on })
    }

    fn first_missing(&self, journal: &Journal) -> u64 {
        journal.entries.iter().rev().find(|e| e.kind != "loss").map_or(1, |e| e.seq + 1)
    }

    fn go_on(&self, id: JournalId) -> Result<()> {
        let tip = self.store.tip(&id.0)?.ok_or(VaultError::NoSuchCase)?;
        heads::write(&*self.store, self.session.office(), &self.head_key, id, tip)?;
        heads::incident_over(&*self.store)
    }
}
