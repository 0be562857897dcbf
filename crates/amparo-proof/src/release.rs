//! What a host writes down before it gives out its share of a case's keys: which look, which case, who asked, when, how much.
//!
//! The log holds only the record's hash. The record goes to who asked, with the host's signature over it and its
//! place: if the next checkpoint lacks it, the signature shows the host's breach.

use crate::checkpoint::{Checkpoint, Log};
use crate::note::Key;
use crate::tlog_proof::TlogProof;
use crate::{Hash, Id, labelled};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::Digest;

const LABEL: &[u8] = b"amparo/v1/release\0";
/// A record's length.
pub const RECORD: usize = 32 + 16 + 32 + 8 + 4 + 32;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Release {
    /// What stands for the look, see [`crate::leaf`].
    pub leaf: Hash,
    pub journal: Id,
    /// The asker's key at this host, which is not theirs anywhere else.
    pub key: [u8; 32],
    /// Milliseconds since 1970, by the host's clock.
    pub at: u64,
    /// How many halves were asked for, and the hash over all of them in their order.
    pub count: u32,
    pub halves: Hash,
}

impl Release {
    pub fn of(leaf: Hash, journal: Id, key: [u8; 32], at: u64, halves: &[&[u8]]) -> Option<Release> {
        let mut hash = sha2::Sha256::new();
        halves.iter().for_each(|half| hash.update(half));
        Some(Release { leaf, journal, key, at, count: u32::try_from(halves.len()).ok()?, halves: hash.finalize().into() })
    }

    pub fn record(&self) -> Vec<u8> {
        [&self.leaf[..], &self.journal, &self.key, &self.at.to_be_bytes(), &self.count.to_be_bytes(), &self.halves].concat()
    }

    pub fn parse(record: &[u8]) -> Option<Release> {
        let (leaf, rest) = record.split_first_chunk()?;
        let (journal, rest) = rest.split_first_chunk()?;
        let (key, rest) = rest.split_first_chunk()?;
        let (at, rest) = rest.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let halves = rest.try_into().ok()?;
        Some(Release { leaf: *leaf, journal: *journal, key: *key, at: u64::from_be_bytes(*at), count: u32::from_be_bytes(*count), halves })
    }

    /// The log's entry.
    pub fn entry(&self) -> Hash {
        labelled("release", &[&self.record()])
    }

    /// What the host signs: the record at its place in the log.
    pub fn signed(&self, index: u64) -> Vec<u8> {
        [LABEL, &self.record(), &index.to_be_bytes()].concat()
    }

    /// Whether the host promised that this record is entry `index` of its log.
    pub fn promised(&self, index: u64, host: &[u8; 32], signature: &[u8; 64]) -> bool {
        let key = VerifyingKey::from_bytes(host);
        key.is_ok_and(|key| key.verify_strict(&self.signed(index), &Signature::from_bytes(signature)).is_ok())
    }

    /// The record that a proof carries, once it is proven to be in the log.
    pub fn proven(proof: &TlogProof, log: &Log, witnesses: &[Key], quorum: usize) -> Option<(Release, Checkpoint)> {
        let release = Release::parse(proof.extra.as_deref()?)?;
        let checkpoint = proof.verify(&release.entry(), log, witnesses, quorum).ok()?;
        Some((release, checkpoint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::tests::key;
    use crate::note::{Kind, with_lines};
    use crate::tree::{Tree, leaf_hash};

    fn release() -> Release {
        Release::of([1; 32], [2; 16], [3; 32], 1_790_000_000_123, &[b"half one", b"half two"]).expect("few halves")
    }

    #[test]
    fn a_record_comes_back_and_its_near_twins_do_not() {
        let (release, record) = (release(), release().record());
        assert_eq!((record.len(), Release::parse(&record)), (RECORD, Some(release)));
        assert_eq!((Release::parse(&record[1..]), Release::parse(&[&record[..], b"0"].concat())), (None, None));
        for bit in 0..RECORD * 8 {
            let mut bad = record.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let other = Release::parse(&bad).expect("a record");
            assert!(other != release && other.entry() != release.entry(), "bit {bit}");
        }
    }

    #[test]
    fn a_host_promises_one_record_at_one_place() {
        let (host, sign) = key("host.example/log", Kind::Plain, 4);
        let release = release();
        let signature = sign(&release.signed(7));
        assert!(release.promised(7, host.public(), &signature));
        assert!(!release.promised(8, host.public(), &signature));
        assert!(!Release { count: 3, ..release }.promised(7, host.public(), &signature));
        assert!(!release.promised(7, key("host.example/log", Kind::Plain, 5).0.public(), &signature));
        // A key of small order would sign everything.
        assert!(!release.promised(7, &[0; 32], &[0; 64]));
        assert!(!release.promised(7, host.public(), &sign(&release.record())));
    }

    #[test]
    fn a_proof_carries_the_record_that_its_entry_is_made_of() {
        let (host, sign) = key("host.example/log", Kind::Plain, 4);
        let log = Log { origin: host.name().to_owned(), keys: vec![host.clone()] };
        let entries: Vec<Hash> = (0..5).map(|i| Release { at: i, ..release() }.entry()).collect();
        let tree = Tree::of(entries.iter().map(|e| leaf_hash(e)));
        let text = Checkpoint::new(host.name(), 5, tree.root(5).expect("a root")).text();
        let proof = |extra: Option<Vec<u8>>| TlogProof {
            extra,
            index: 3,
            path: tree.inclusion(3, 5).expect("a proof"),
            checkpoint: with_lines(&text, &[host.line(&sign(text.as_bytes()))]),
        };
        let at = |at| Some(Release { at, ..release() }.record());
        let proven = |extra: Option<Vec<u8>>| Release::proven(&proof(extra), &log, &[], 0).map(|(release, checkpoint)| (release.at, checkpoint.size));
        assert_eq!([proven(at(3)), proven(at(2)), proven(None), proven(Some(vec![0; RECORD - 1]))], [Some((3, 5)), None, None, None]);
    }
}
