//! Verifying: whether anything was changed since it was written, and nothing more than that.
//!
//! It cannot say that what was written is true, complete or unread, nor that a forgotten entry was well signed.

use crate::Now;
use crate::case::{Case, Open};
use crate::frame::{self, Header};
use crate::heads;
use crate::journal::{Fate, KEY_LOST};
use crate::office::Office;
use crate::problem::{Broken, Result, Standing};
use crate::ring::{self, Reach};
use amparo_model::{JournalId, Sha256};
use amparo_store::Store;
use sha2::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// A head somebody kept on paper: four words with the entry's number, or the whole hash.
#[derive(Clone, Debug)]
pub enum Since {
    Words { seq: u64, words: String },
    Hash(Sha256),
}

/// What was found in one journal.
#[derive(Clone, Debug)]
pub struct Found {
    pub journal: JournalId,
    pub entries: u64,
    pub papers: u64,
    /// Entries forgotten by order, and the entry that ordered each.
    pub forgotten: Vec<(u64, u64)>,
    pub key_lost: Vec<u64>,
    pub broken: Vec<Broken>,
    pub standing: Option<Standing>,
    pub head: Option<(u64, Sha256)>,
    /// Whether some entry had the head that was asked for.
    pub since: Option<bool>,
    /// Sealed files that are not what their name says, or are not there.
    pub altered: Vec<Sha256>,
}

impl Found {
    /// Unchanged since written, as far as it was looked at.
    pub fn ok(&self) -> bool {
        self.broken.is_empty() && self.altered.is_empty() && self.key_lost.is_empty() && self.since != Some(false) && self.standing.as_ref().is_none_or(Standing::writable)
    }
}

/// What was found in the whole store.
#[derive(Clone, Debug)]
pub struct Report {
    pub journals: Vec<Found>,
    /// Sealed files that no entry names (only known with all keys).
    pub litter: Vec<Sha256>,
    /// Journals that the office does not name: a case whose making was cut off.
    pub unnamed: Vec<JournalId>,
    /// Sealed files set aside; each is deleted 30 days after that.
    pub set_aside: Vec<Sha256>,
    /// Cases this member cannot open: checked without keys.
    pub without_keys: Vec<JournalId>,
}

impl Report {
    pub fn ok(&self) -> bool {
        self.journals.iter().all(Found::ok)
    }
}

fn same_words(a: &str, b: &str) -> bool {
    let plain = |t: &str| t.to_lowercase().split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    plain(a) == plain(b)
}

fn follows(since: &Since, journal: JournalId, hashes: &[Sha256]) -> Result<bool> {
    Ok(match since {
        Since::Hash(hash) => hashes.contains(hash),
        Since::Words { seq, words } => match (*seq as usize).checked_sub(1).and_then(|i| hashes.get(i)) {
            None => false,
            Some(hash) => same_words(words, &heads::words(journal, *seq, *hash, false)?) || same_words(words, &heads::words(journal, *seq, *hash, true)?),
        },
    })
}

/// Checks a journal without any key: chain, head's hash.
pub fn verify_chain(store: &dyn Store, journal: JournalId, since: Option<&Since>) -> Result<Found> {
    let mut found = Found { journal, entries: 0, papers: 0, forgotten: vec![], key_lost: vec![], broken: vec![], standing: None, head: None, since: None, altered: vec![] };
    let mut hashes: Vec<Sha256> = Vec::new();
    store.entries(&journal.0, 1, &mut |entry| {
        let prev = hashes.last().copied().unwrap_or(Sha256([0; 32]));
        let hash = frame::hash(&entry.frame);
        let good = Header::parse(&entry.frame) == Some(Header { journal, seq: hashes.len() as u64 + 1, prev }) && hash.0 == entry.hash;
        if !good {
            found.broken.push(Broken { journal, seq: hashes.len() as u64 + 1, why: "it does not follow the entry before it" });
            return false;
        }
        hashes.push(hash);
        true
    })?;
    found.entries = hashes.len() as u64;
    found.head = hashes.last().map(|h| (found.entries, *h));
    let head = store.head(&journal.0)?.as_deref().and_then(heads::parse);
    match head {
        None => found.standing = Some(Standing::HeadMissing),
        Some(head) if head.seq > found.entries => found.standing = Some(Standing::Shorter { head: head.seq, hash: head.hash, tip: found.entries }),
        Some(head) => {
            let here = (head.seq as usize).checked_sub(1).and_then(|i| hashes.get(i)).copied();
            if let Some(here) = here.filter(|h| *h != head.hash) {
                found.standing = Some(Standing::Forked { seq: head.seq, head: head.hash, found: here });
            }
        }
    }
    if let Some(since) = since {
        found.since = Some(follows(since, journal, &hashes)?);
    }
    Ok(found)
}

/// Checks every sealed file's bytes against its name.
pub fn verify_blobs(store: &dyn Store) -> Result<Vec<Sha256>> {
    let mut bad = Vec::new();
    for name in store.blob_names()? {
        let mut file = store.blob(&name)?;
        let mut hash = sha2::Sha256::new();
        let mut buffer = vec![0; 256 << 10];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => hash.update(&buffer[..n]),
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e.into()),
            }
        }
        let found: [u8; 32] = hash.finalize().into();
        if found != name {
            bad.push(Sha256(name));
        }
    }
    Ok(bad)
}

impl Case<Open> {
    /// Checks the case with its keys; `deep` reads every sealed file to its end and compares its bytes with the entry.
    pub fn verify(&self, since: Option<&Since>, deep: bool) -> Result<Found> {
        let journal = self.journal();
        let mut found = verify_chain(&*self.state.store, self.id(), since)?;
        found.broken.extend(journal.broken.iter().filter(|b| b.why != KEY_LOST).cloned());
        found.broken.extend(journal.keys_at_fault());
        found.broken.dedup();
        found.standing = Some(journal.standing.clone());
        let names: BTreeSet<[u8; 32]> = self.state.store.blob_names()?.into_iter().collect();
        for entry in &journal.entries {
            match entry.fate {
                Fate::Forgotten { by } => found.forgotten.push((entry.seq, by)),
                Fate::KeyLost => found.key_lost.push(entry.seq),
                Fate::Open | Fate::Walled | Fate::Broken => {}
            }
            if entry.fate != Fate::Open {
                continue;
            }
            for blob in &entry.blobs {
                found.papers += 1;
                if !names.contains(&blob.0) {
                    found.altered.push(*blob);
                } else if !matches!(journal.ring.reach(ring::BLOB, &blob.0), Reach::Key { .. }) {
                    found.key_lost.push(entry.seq);
                }
            }
        }
        if deep {
            found.altered.extend(self.altered()?);
        }
        Ok(found)
    }

    fn altered(&self) -> Result<Vec<Sha256>> {
        let mut expected: BTreeMap<Sha256, (Sha256, u64)> = BTreeMap::new();
        for giving in self.file().givings.values() {
            if giving.given.already.is_none() {
                expected.insert(giving.given.blob, (giving.given.sha256, giving.given.bytes));
            }
            expected.extend(giving.given.companions.iter().map(|c| (c.blob, (c.sha256, c.bytes))));
            for segment in giving.given.reading.segments.iter().chain(&giving.reading.segments) {
                expected.insert(segment.blob, (segment.sha256, segment.bytes));
            }
        }
        let mut bad = Vec::new();
        for (blob, (sha256, bytes)) in expected {
            let Ok(mut plain) = self.open_blob(blob) else {
                bad.push(blob);
                continue;
            };
            let (mut hash, mut length) = (sha2::Sha256::new(), 0_u64);
            let mut buffer = vec![0; 256 << 10];
            let whole = loop {
                match plain.read(&mut buffer) {
                    Ok(0) => break true,
                    Ok(n) => {
                        hash.update(&buffer[..n]);
                        length += n as u64;
                    }
                    Err(_) => break false,
                }
            };
            let hash: [u8; 32] = hash.finalize().into();
            if !whole || Sha256(hash) != sha256 || length != bytes {
                bad.push(blob);
            }
        }
        Ok(bad)
    }
}

impl Office {
    fn unnamed(&self) -> Result<Vec<JournalId>> {
        let all = self.store.journals()?.into_iter().map(JournalId);
        Ok(all.filter(|id| *id != self.journal.id && !self.roster.cases.contains_key(id)).collect())
    }

    /// Checks the office and every case, with keys where this member has them.
    pub fn verify(&self, deep: bool, now: Now) -> Result<Report> {
        let mut own = verify_chain(&*self.store, self.journal.id, None)?;
        own.broken.extend(self.journal.broken.iter().cloned());
        own.broken.extend(self.journal.keys_at_fault());
        let refused = self.roster.refused_orders.iter().map(|seq| Broken { journal: self.journal.id, seq: *seq, why: "an order to shred that nobody agreed to" });
        own.broken.extend(refused);
        own.standing = Some(self.journal.standing.clone());
        let mut report =
            Report { journals: vec![own], litter: vec![], unnamed: self.unnamed()?, set_aside: self.store.litter()?.into_iter().map(Sha256).collect(), without_keys: vec![] };
        let mut named: BTreeSet<Sha256> = BTreeSet::new();
        for info in self.cases() {
            match self.open_case(info.journal, now) {
                Ok(case) => {
                    named.extend(case.journal().entries.iter().flat_map(|e| e.blobs.iter().copied()));
                    report.journals.push(case.verify(None, deep)?);
                }
                Err(crate::VaultError::NoGrant(_)) => {
                    report.without_keys.push(info.journal);
                    report.journals.push(verify_chain(&*self.store, info.journal, None)?);
                }
                Err(e) => return Err(e),
            }
        }
        if report.without_keys.is_empty() {
            report.litter = self.store.blob_names()?.into_iter().map(Sha256).filter(|b| !named.contains(b)).collect();
        }
        if deep {
            let bad = verify_blobs(&*self.store)?;
            if let Some(own) = report.journals.first_mut() {
                own.altered.extend(bad);
            }
        }
        Ok(report)
    }
}
