//! What can be checked without keys: heads, signed notes, the chain that frames make, and a host's public log.
//!
//! Nothing here opens or signs anything; a stranger with the public head key and the stored bytes can run all of it.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_types))]

pub mod checkpoint;
mod head;
mod link;
pub mod note;
pub mod release;
pub mod signed_request;
pub mod tiles;
pub mod tlog_proof;
pub mod tree;
pub mod witness;

#[cfg(test)]
mod vectors;

pub use checkpoint::{Checkpoint, Log};
pub use head::Head;
pub use link::{LINK, Link, MAX_FRAME, MIN_FRAME, frame_hash};

/// A journal's or office's id.
pub type Id = [u8; 16];
/// SHA-256.
pub type Hash = [u8; 32];

fn labelled(name: &str, parts: &[&[u8]]) -> Hash {
    use sha2::Digest;
    let mut hash = sha2::Sha256::new();
    hash.update(format!("amparo/v1/{name}\0"));
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// What stands for a look in a public log: salted, and unlinkable once the entry is forgotten.
pub fn leaf(body: &[u8]) -> Hash {
    labelled("leaf", &[body])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn of_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: Option<Vec<u8>> = text.bytes().map(|b| (b as char).to_digit(16).filter(|_| !b.is_ascii_uppercase()).map(|d| d as u8)).collect();
    let bytes: Vec<u8> = digits?.chunks(2).filter_map(|p| Some(p.first()? << 4 | p.get(1)?)).collect();
    if text.len() == 2 * N { bytes.try_into().ok() } else { None }
}
