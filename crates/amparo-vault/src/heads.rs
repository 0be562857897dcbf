//! The signed head beside the database: it notices a lost tail and an older folder (FORMATS.md section 5).

use crate::journal::Journal;
use crate::lock::{self, Key};
use crate::problem::{Result, Standing, VaultError};
use amparo_model::{JournalId, OfficeId, Sha256};
use amparo_proof::{Head, note};
use amparo_store::{Store, Tip};

/// What a head note says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeadNote {
    pub journal: JournalId,
    pub seq: u64,
    pub hash: Sha256,
}

/// The head key of an office's epoch.
pub(crate) fn key(office_jk: &Key, office: OfficeId) -> Result<Key> {
    Ok(lock::expand(office_jk, "head-key", &office.0)?)
}

/// A signed note over this text, which ends in a line feed.
pub(crate) fn sign_note(text: &str, office: OfficeId, seed: &Key) -> Vec<u8> {
    note::of(text, &note::signer(&office.0), &lock::public_of(seed), &lock::sign(seed, text.as_bytes()))
}

/// The signed text of a note, where one of its signatures is by this key.
pub(crate) fn verify_note<'a>(signed: &'a [u8], office: OfficeId, public: &[u8; 32]) -> Option<&'a str> {
    note::verify(signed, &note::signer(&office.0), public)
}

/// What a head's text says, signed or not.
pub fn parse(note: &[u8]) -> Option<HeadNote> {
    Head::parse(note).map(|h| HeadNote { journal: JournalId(h.journal), seq: h.seq, hash: Sha256(h.hash) })
}

pub(crate) fn write(store: &dyn Store, office: OfficeId, head_key: &Key, journal: JournalId, tip: Tip) -> Result<()> {
    Ok(store.put_head(&journal.0, &sign_note(&Head { journal: journal.0, seq: tip.seq, hash: tip.hash }.text(), office, head_key))?)
}

/// Judges a replayed journal by its head. `named` is the newest entry that the office journal names for it.
pub(crate) fn judge(store: &dyn Store, journal: &mut Journal, office: OfficeId, head_key: &Key, older: &[[u8; 32]], named: Option<(u64, Sha256)>) -> Result<()> {
    let tip = journal.tip;
    let hash_at = |seq: u64| journal.entries.get((seq as usize).wrapping_sub(1)).map(|e| e.hash);
    let first_broken = journal.broken.iter().filter(|b| b.why != crate::journal::KEY_LOST).map(|b| b.seq).min();
    let lost = journal.broken.iter().filter(|b| b.why == crate::journal::KEY_LOST).map(|b| b.seq).max();
    let note = store.head(&journal.id.0)?;
    let standing = match &note {
        None if tip.seq == 1 && named.is_none_or(|(seq, _)| seq <= 1) && first_broken.is_none() => Standing::AfterCrash { from: 1, to: 1 },
        None => Standing::HeadMissing,
        Some(note) => {
            let public = lock::public_of(head_key);
            let signed = verify_note(note, office, &public).is_some() || older.iter().any(|old| verify_note(note, office, old).is_some());
            match parse(note).filter(|h| signed && h.journal == journal.id) {
                None => Standing::HeadBadlySigned,
                Some(head) if head.seq > tip.seq => Standing::Shorter { head: head.seq, hash: head.hash, tip: tip.seq },
                Some(head) => match hash_at(head.seq) {
                    Some(found) if found != head.hash => Standing::Forked { seq: head.seq, head: head.hash, found },
                    _ => match first_broken {
                        Some(seq) if seq > head.seq => Standing::ForeignTail { from: seq },
                        Some(_) => first_fault(journal),
                        // What nobody's key opens was not written here, or its row went with a lost tail.
                        None if lost.is_some_and(|seq| seq > head.seq) => Standing::ForeignTail { from: head.seq + 1 },
                        None if head.seq < tip.seq => Standing::AfterCrash { from: head.seq + 1, to: tip.seq },
                        None => Standing::Whole,
                    },
                },
            }
        }
    };
    let standing = match named {
        // The office knows a later entry than there is: this journal alone was rolled back.
        Some((seq, hash)) if standing.writable() && seq > tip.seq => Standing::Shorter { head: seq, hash, tip: tip.seq },
        Some((seq, hash)) if standing.writable() => match hash_at(seq) {
            Some(found) if found != hash => Standing::Forked { seq, head: hash, found },
            _ => standing,
        },
        _ => standing,
    };
    let old_key = note.as_deref().is_some_and(|n| verify_note(n, office, &lock::public_of(head_key)).is_none());
    if standing.writable() && (standing != Standing::Whole || old_key) {
        write(store, office, head_key, journal.id, tip)?;
    }
    if !standing.writable() && !matches!(standing, Standing::Broken(_)) {
        set_aside_once(store)?;
    }
    journal.standing = standing;
    Ok(())
}

fn first_fault(journal: &Journal) -> Standing {
    match journal.broken.iter().filter(|b| b.why != crate::journal::KEY_LOST).min_by_key(|b| b.seq) {
        Some(b) if b.why == crate::frame::UNKNOWN_EVENT => Standing::UnknownEvent { seq: b.seq },
        Some(b) => Standing::Broken(b.clone()),
        None => Standing::Whole,
    }
}

const SET_ASIDE: &str = "set-aside";

/// Where something is missing, database and log are copied aside before the first write; once.
fn set_aside_once(store: &dyn Store) -> Result<()> {
    if store.meta(SET_ASIDE)?.is_none_or(|m| m.is_empty()) {
        store.set_aside()?;
        store.put_meta(SET_ASIDE, b"1")?;
    }
    Ok(())
}

/// The next incident is set aside anew.
pub(crate) fn incident_over(store: &dyn Store) -> Result<()> {
    Ok(store.put_meta(SET_ASIDE, b"")?)
}

/// The four words that a report prints beside an entry's number.
pub fn words(journal: JournalId, seq: u64, hash: Sha256, spanish: bool) -> Result<String> {
    let digest = Head { journal: journal.0, seq, hash: hash.0 }.digest();
    lock::words::first(&digest, 4, spanish).ok_or(VaultError::Malformed("word list"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_first_head_words_vector() {
        let hash: amparo_model::Sha256 = "3902295b2377d5f28784d2909401a2f04a1225512ec1ea3c82a91930ca657db6".parse().unwrap();
        let words = |spanish| super::words(amparo_model::JournalId([0x11; 16]), 1, hash, spanish).unwrap();
        assert_eq!(words(false), "digital approve game crawl");
        assert_eq!(words(true), "cup\u{f3}n alzar fumar circo");
    }
}
