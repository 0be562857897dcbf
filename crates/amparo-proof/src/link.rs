//! The clear part of a frame: which journal, which number, and what stood before it.

use crate::{Hash, Id, labelled};

/// Length of the clear part.
pub const LINK: usize = 1 + 16 + 8 + 32;
/// A frame's longest form.
pub const MAX_FRAME: usize = 1 << 20;
/// Shorter than this is no frame: a box (72) around author, signature and length (84).
pub const MIN_FRAME: usize = LINK + 72 + 84;

/// How a frame hangs in its chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    pub journal: Id,
    pub seq: u64,
    pub prev: Hash,
}

impl Link {
    pub fn bytes(&self) -> [u8; LINK] {
        let mut out = [1; LINK];
        out[1..17].copy_from_slice(&self.journal);
        out[17..25].copy_from_slice(&self.seq.to_be_bytes());
        out[25..].copy_from_slice(&self.prev);
        out
    }

    pub fn parse(frame: &[u8]) -> Option<Link> {
        if frame.len() < MIN_FRAME || frame.len() > MAX_FRAME || frame[0] != 1 {
            return None;
        }
        Some(Link { journal: frame[1..17].try_into().ok()?, seq: u64::from_be_bytes(frame[17..25].try_into().ok()?), prev: frame[25..LINK].try_into().ok()? })
    }
}

/// What the next frame names as its previous one.
pub fn frame_hash(frame: &[u8]) -> Hash {
    labelled("frame", &[frame])
}
