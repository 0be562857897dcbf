//! A journal's head: its newest entry's number and hash, kept beside the database and signed by the office.

use crate::{Hash, Id, labelled};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    pub journal: Id,
    pub seq: u64,
    pub hash: Hash,
}

impl Head {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("amparo/head/v1\n{}\n{}\n{}\n", crate::hex(&self.journal), self.seq, STANDARD.encode(self.hash))
    }

    /// What a note says, signed or not.
    pub fn parse(note: &[u8]) -> Option<Head> {
        let text = crate::note::text(note)?;
        let mut lines = text.split_terminator('\n');
        if lines.next()? != "amparo/head/v1" {
            return None;
        }
        let journal = crate::of_hex(lines.next()?)?;
        let digits = lines.next()?;
        let seq: u64 = digits.parse().ok()?;
        let hash = STANDARD.decode(lines.next()?).ok()?.try_into().ok()?;
        if seq.to_string() != digits || lines.next().is_some() {
            return None;
        }
        Some(Head { journal, seq, hash })
    }

    /// Whose first 44 bits are the four words that a report prints.
    pub fn digest(&self) -> Hash {
        labelled("head-words", &[&self.journal, &self.seq.to_be_bytes(), &self.hash])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_comes_back_and_its_near_twins_do_not() {
        let head = Head { journal: [0x11; 16], seq: 1204, hash: [7; 32] };
        let note = |text: &str| format!("{text}\n\u{2014} amparo/x AAAA\n");
        assert_eq!(Head::parse(note(&head.text()).as_bytes()), Some(head));
        for (from, to) in [("1204", "01204"), ("1204", "+1204"), ("head/v1", "head/v2"), ("1111", "AAAA"), ("\n1204", ""), ("c=\n", "c=\nmore\n")] {
            assert_eq!(Head::parse(note(&head.text().replacen(from, to, 1)).as_bytes()), None, "{from} -> {to}");
        }
    }
}
