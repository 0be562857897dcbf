//! A `.tlog-proof` file (C2SP tlog-proof): that an entry stands in a log, for whoever knows the log's keys.

use crate::Hash;
use crate::checkpoint::{self, Checkpoint, Log, decimal, hash_line};
use crate::note::{Key, Note};
use crate::tree::{self, leaf_hash};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const FIRST: &str = "c2sp.org/tlog-proof@v1";

/// An entry's place, its proof, and the signed checkpoint that it leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlogProof {
    /// Whatever helps to find the entry again. Nobody signed it.
    pub extra: Option<Vec<u8>>,
    pub index: u64,
    pub path: Vec<Hash>,
    /// The note as it was, with all its lines.
    pub checkpoint: Vec<u8>,
}

/// Why a proof does not prove.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unproven {
    /// The checkpoint is not the log's.
    Checkpoint(checkpoint::Refused),
    /// Too few of the witnesses that were asked for cosigned.
    Unwitnessed { cosigned: usize },
    /// The entry does not lead to the checkpoint's root.
    NotThere,
}

impl TlogProof {
    pub fn text(&self) -> Vec<u8> {
        let extra = self.extra.as_ref().map_or_else(String::new, |bytes| format!("extra {}\n", STANDARD.encode(bytes)));
        let path: String = self.path.iter().map(|hash| format!("{}\n", STANDARD.encode(hash))).collect();
        [format!("{FIRST}\n{extra}index {}\n{path}\n", self.index).as_bytes(), &self.checkpoint].concat()
    }

    /// Only a text that [`TlogProof::text`] makes, with a well-formed checkpoint in it.
    pub fn parse(text: &[u8]) -> Option<TlogProof> {
        let text = std::str::from_utf8(text).ok()?;
        let (head, checkpoint) = text.split_once("\n\n")?;
        let mut lines = head.strip_prefix(FIRST)?.strip_prefix('\n')?.split('\n').peekable();
        let extra = match lines.peek()?.strip_prefix("extra ") {
            // Where there is nothing more to say, the line is left out.
            Some(encoded) => Some(STANDARD.decode(encoded).ok().filter(|bytes| !bytes.is_empty())?),
            None => None,
        };
        if extra.is_some() {
            lines.next();
        }
        let index = decimal(lines.next()?.strip_prefix("index ")?)?;
        let path: Option<Vec<Hash>> = lines.map(hash_line).collect();
        Checkpoint::of_note(checkpoint.as_bytes())?;
        Some(TlogProof { extra, index, path: path?, checkpoint: checkpoint.as_bytes().to_vec() })
    }

    /// Proves that this entry is in the log, and that at least `quorum` of the witnesses saw it so.
    pub fn verify(&self, entry: &[u8], log: &Log, witnesses: &[Key], quorum: usize) -> Result<Checkpoint, Unproven> {
        let checkpoint = log.open(&self.checkpoint).map_err(Unproven::Checkpoint)?;
        let cosigned = match Note::parse(&self.checkpoint).map(|note| checkpoint::signers(&note, witnesses)) {
            Some(Ok(signers)) => signers.len(),
            Some(Err(checkpoint::Refused::Forged)) => return Err(Unproven::Checkpoint(checkpoint::Refused::Forged)),
            _ => 0,
        };
        if cosigned < quorum {
            return Err(Unproven::Unwitnessed { cosigned });
        }
        if tree::included(&leaf_hash(entry), self.index, checkpoint.size, &checkpoint.root, &self.path) { Ok(checkpoint) } else { Err(Unproven::NotThere) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::tests::key;
    use crate::note::{Kind, cosigned, with_lines};
    use crate::tree::Tree;

    fn proof() -> (TlogProof, Log, Vec<Key>) {
        let (log, sign) = key("log.example/a", Kind::Plain, 1);
        let (one, sign_one) = key("w.example/1", Kind::Cosignature, 2);
        let (two, sign_two) = key("w.example/2", Kind::Cosignature, 3);
        let tree = Tree::of((0..10u8).map(|i| leaf_hash(&[i])));
        let text = Checkpoint::new("log.example/a", 10, tree.root(10).expect("a root")).text();
        let at = |key: &Key, sign: &dyn Fn(&[u8]) -> [u8; 64]| key.line_at(5, &sign(cosigned(5, &text).as_bytes()));
        let checkpoint = with_lines(&text, &[log.line(&sign(text.as_bytes())), at(&one, &sign_one), at(&two, &sign_two)]);
        let proof = TlogProof { extra: Some(b"where it came from".to_vec()), index: 6, path: tree.inclusion(6, 10).expect("a proof"), checkpoint };
        (proof, Log { origin: "log.example/a".into(), keys: vec![log] }, vec![one, two])
    }

    #[test]
    fn a_proof_comes_back_and_its_near_twins_do_not() {
        let (proof, ..) = proof();
        let text = String::from_utf8(proof.text()).expect("text");
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra d2hlcmUgaXQgY2FtZSBmcm9t\nindex 6\n"), "{text}");
        assert_eq!(TlogProof::parse(text.as_bytes()), Some(proof.clone()));
        let bare = TlogProof { extra: None, path: vec![], ..proof };
        assert_eq!(TlogProof::parse(&bare.text()), Some(bare));
        for (name, bad) in [
            ("another version", text.replacen("@v1", "@v2", 1)),
            ("no first line", text.replacen("c2sp.org/tlog-proof@v1\n", "", 1)),
            ("something before it", format!(" {text}")),
            ("an empty extra", text.replacen("d2hlcmUgaXQgY2FtZSBmcm9t", "", 1)),
            ("an extra that is no base64", text.replacen("d2hl", "d2h", 1)),
            ("two extras", text.replacen("extra", "extra AAAA\nextra", 1)),
            ("the extra after the index", text.replacen("extra d2hlcmUgaXQgY2FtZSBmcm9t\nindex 6", "index 6\nextra d2hlcmUgaXQgY2FtZSBmcm9t", 1)),
            ("no index", text.replacen("index 6\n", "", 1)),
            ("the index alone", text.replacen("index 6", "6", 1)),
            ("a zero before the index", text.replacen("index 6", "index 06", 1)),
            ("an index below nothing", text.replacen("index 6", "index -6", 1)),
            ("two spaces", text.replacen("index ", "index  ", 1)),
            ("a short hash", text.replacen("index 6\n", "index 6\nAAAA\n", 1)),
            ("an empty line more", text.replacen("\n\n", "\n\n\n", 1)),
            ("no empty line", text.replacen("\n\n", "\n", 1)),
            ("carriage returns", text.replace('\n', "\r\n")),
            ("no checkpoint", text.split_inclusive("\n\n").next().expect("a head").to_owned()),
            ("a checkpoint without lines", text.split('\u{2014}').next().expect("a head").to_owned()),
        ] {
            assert_eq!(TlogProof::parse(bad.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn a_proof_holds_for_its_entry_its_log_and_its_witnesses() {
        let (proof, log, witnesses) = proof();
        let of = |proof: &TlogProof, quorum: usize| proof.verify(&[6], &log, &witnesses, quorum).map(|c| c.size);
        assert_eq!([of(&proof, 0), of(&proof, 2), of(&proof, 3)], [Ok(10), Ok(10), Err(Unproven::Unwitnessed { cosigned: 2 })]);
        assert_eq!(proof.verify(&[6], &log, &[], 0).map(|c| c.size), Ok(10));
        assert_eq!(proof.verify(&[7], &log, &witnesses, 0), Err(Unproven::NotThere));
        assert_eq!(of(&TlogProof { index: 7, ..proof.clone() }, 0), Err(Unproven::NotThere));
        assert_eq!(of(&TlogProof { index: 10, ..proof.clone() }, 0), Err(Unproven::NotThere));
        let text = String::from_utf8(proof.checkpoint.clone()).expect("text");
        let with = |checkpoint: String| TlogProof { checkpoint: checkpoint.into_bytes(), ..proof.clone() };
        assert_eq!(of(&with(text.replacen("\n10\n", "\n11\n", 1)), 0), Err(Unproven::Checkpoint(checkpoint::Refused::Forged)));
        assert_eq!(of(&with(text.replacen("log.example/a\n", "log.example/b\n", 1)), 0), Err(Unproven::Checkpoint(checkpoint::Refused::OtherLog)));
        let strange = Log { keys: vec![key("log.example/a", Kind::Plain, 9).0], ..log.clone() };
        assert_eq!(proof.verify(&[6], &strange, &witnesses, 0), Err(Unproven::Checkpoint(checkpoint::Refused::Unsigned)));
        // A witness's line that does not hold spoils the note for whoever asks for that witness.
        let line = text.lines().find(|l| l.contains("w.example/1")).expect("a line");
        let flipped = text.replace(line, &format!("{}{}", &line[..line.len() - 8], "AAAAAAA="));
        assert_eq!(of(&with(flipped.clone()), 0), Err(Unproven::Checkpoint(checkpoint::Refused::Forged)));
        assert_eq!(with(flipped).verify(&[6], &log, &witnesses[1..], 1).map(|c| c.size), Ok(10));
    }
}
