//! Sealing anew what the host could not take: entries written with the cable out, in whose places others stand by now.
//!
//! Each is opened with the key it was sealed under and written once more behind the others, under its own time, by
//! its own author. Numbers change, and with them the numbers by which entries name each other; records keep their ids.
//! It may be stopped anywhere: what was written already is found by author, time and kind, and not written twice.

use crate::case::{Case, Open};
use crate::frame;
use crate::journal::blobs_of;
use crate::lock;
use crate::office::{Office, TRIES};
use crate::problem::{Result, VaultError};
use crate::ring::{self, Reach, Ring};
use crate::{Now, stamp};
use amparo_model::{Event, JournalId, What};
use amparo_store::Diverged;
use std::collections::BTreeMap;

/// What became of one case's entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Anew {
    pub journal: JournalId,
    /// Written once more.
    pub sealed: usize,
    /// No longer said: what they tell of was forgotten meanwhile, or somebody else renewed the keys first.
    pub dropped: usize,
    /// Written by another member of this machine: they wait until that member unlocks.
    pub waiting: usize,
}

/// An entry as it was written.
struct Old {
    seq: u64,
    hash: amparo_model::Sha256,
    /// Up to this number others agree; those behind were given here.
    base: u64,
    event: Event,
    ring_keys: Vec<(amparo_model::Sha256, lock::Key)>,
}

impl Office {
    /// Seals anew what this member wrote in cases and the host could not take. Nothing where nothing diverged.
    pub fn seal_anew(&self, now: Now) -> Result<Vec<Anew>> {
        let diverged = self.store.peer()?.map(|peer| peer.diverged).unwrap_or_default();
        let done: Result<Vec<Option<Anew>>> = diverged.into_iter().map(|journal| self.sealed_anew(JournalId(journal), true, now)).collect();
        Ok(done?.into_iter().flatten().collect())
    }

    /// As [`Office::seal_anew`], in one case that is about to be opened. What is no longer said stays set apart until
    /// [`Office::seal_anew`] answers how much it was.
    pub fn seal_anew_in(&self, journal: JournalId, now: Now) -> Result<()> {
        self.sealed_anew(journal, false, now).map(drop)
    }

    fn sealed_anew(&self, journal: JournalId, said: bool, now: Now) -> Result<Option<Anew>> {
        match self.store.diverged(&journal.0)? {
            Some(diverged) if self.roster.granted(journal, self.member(), &stamp(now)) => self.open_case(journal, now)?.seal_anew(&diverged, said).map(Some),
            _ => Ok(None),
        }
    }
}

impl Case<Open> {
    fn seal_anew(&mut self, diverged: &Diverged, said: bool) -> Result<Anew> {
        let id = self.id();
        let (old, waiting) = self.read_diverged(diverged)?;
        // What one number means depends on where the host agreed last.
        let mut numbers: BTreeMap<(u64, u64), u64> = BTreeMap::new();
        let mut anew = Anew { journal: id, sealed: 0, dropped: 0, waiting };
        for one in &old {
            let number = |of: u64| if of <= one.base { Some(of) } else { numbers.get(&(one.base, of)).copied() };
            let written = match self.already(&one.event) {
                Some(seq) => Some(seq),
                None => match one.event.what.renumbered(&number) {
                    Some(what) => self.once_more(one, what)?,
                    None => None,
                },
            };
            match written {
                Some(seq) => {
                    numbers.insert((one.base, one.seq), seq);
                    anew.sealed += 1;
                }
                None => anew.dropped += 1,
            }
        }
        for one in old.iter().filter(|one| said || numbers.contains_key(&(one.base, one.seq))) {
            self.state.store.settle_diverged(&id.0, &one.hash.0)?;
        }
        Ok(anew)
    }

    /// This member's entries, opened; and how many are others'.
    fn read_diverged(&self, diverged: &Diverged) -> Result<(Vec<Old>, usize)> {
        let s = &self.state;
        let mut rows = s.store.wraps(&self.id().0, None)?;
        rows.extend(diverged.rows.iter().cloned());
        let ring = Ring::of(self.id(), rows, &s.session);
        let (mut old, mut waiting) = (Vec::new(), 0);
        for (base, entry) in &diverged.entries {
            let Reach::Key { key, .. } = ring.reach(ring::ENTRY, &entry.hash) else {
                waiting += 1;
                continue;
            };
            let opened = frame::open(&entry.frame, &key).map_err(|_| VaultError::Malformed("an entry that was set apart"))?;
            if opened.author != s.session.member() {
                waiting += 1;
                continue;
            }
            let mut ring_keys = Vec::new();
            for blob in blobs_of(&opened.event.what) {
                if let Reach::Key { key, .. } = ring.reach(ring::BLOB, &blob.0) {
                    ring_keys.push((blob, key));
                }
            }
            if let What::Party { new_drawer, .. } = &opened.event.what
                && let Some(key) = ring.dk.get(&(*new_drawer, opened.event.epoch))
            {
                ring_keys.push((amparo_model::Sha256([0; 32]), key.clone()));
            }
            old.push(Old { seq: entry.seq, hash: amparo_model::Sha256(entry.hash), base: *base, event: opened.event, ring_keys });
        }
        Ok((old, waiting))
    }

    /// The entry that already says this: sealing anew was stopped after it.
    fn already(&self, event: &Event) -> Option<u64> {
        let me = self.state.session.member();
        let same = |e: &&crate::EntryMeta| e.author == Some(me) && e.at == event.at && e.kind == event.what.name() && e.drawer == Some(event.drawer);
        self.state.journal.entries.iter().find(same).map(|e| e.seq)
    }

    /// Writes an event under its own time; `None` where its drawer is gone.
    fn once_more(&mut self, old: &Old, what: What) -> Result<Option<u64>> {
        let now = amparo_model::Instant::parse(&old.event.at).ok_or(VaultError::Malformed("an entry's time"))?.ms;
        if let What::Assigned { of, inside, subject } = &what {
            return match self.assign(*of, inside, *subject, now) {
                Err(VaultError::NoSuchEntry(_) | VaultError::NoSuchDrawer | VaultError::KeyGone(_)) => Ok(None),
                done => done.map(Some),
            };
        }
        for _ in 0..TRIES {
            let Some((drawer, epoch)) = self.state.journal.drawer(old.event.drawer).map(|(d, e)| (d.clone(), e)) else { return Ok(None) };
            let mut put = Vec::new();
            match &what {
                What::Party { new_drawer, .. } => {
                    let (newest, jk) = self.state.journal.ring.newest().ok_or(VaultError::NoGrant(self.id()))?;
                    let Some((_, dk)) = old.ring_keys.first() else { return Ok(None) };
                    put.push(ring::wrap_under(jk, self.id(), ring::DRAWER_KEY, &ring::drawer_id(*new_drawer, newest), ring::to_journal(newest), dk)?);
                }
                _ => {
                    for (blob, key) in &old.ring_keys {
                        put.push(self.state.journal.ring.wrap(ring::BLOB, &blob.0, &drawer, epoch, key)?);
                    }
                }
            }
            if let Some(written) = self.try_append(old.event.drawer, what.clone(), put, vec![], now)? {
                if matches!(what, What::Party { .. }) {
                    self.reload()?;
                }
                return Ok(Some(written.seq));
            }
            self.reload()?;
        }
        Err(VaultError::Busy)
    }
}
