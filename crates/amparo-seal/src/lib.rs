//! Locks: every sealed byte says what it was sealed for (docs/formats, FORMATS section 0).
//!
//! The one door to the primitives. Everything here is named by its label; the labels' common beginning is
//! added here and nowhere else. This room knows no journal, no case and no disk.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_types))]

mod passphrase;
mod people;
mod sealed_box;
mod sign;
pub mod words;

pub use passphrase::{prepared, stretch};
pub use people::{age_open, age_reader, age_seal, age_seal_to, age_writer, identity_of_text, identity_text, recipient_of};
pub use sealed_box::{MAX_BOX, box_open, box_seal, box_seal_salted};
pub use sign::{public_of, sign, verify};

use base64::Engine;
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// A stream being sealed to a person or paper, and one being opened.
pub use age::stream::{StreamReader, StreamWriter};

/// Why a seal was not made or opened.
#[derive(Debug)]
pub enum SealError {
    /// Wrong key, or altered bytes. Says which part.
    NotOpened(&'static str),
    /// Bytes from outside do not have the form they should; says which.
    Malformed(&'static str),
    TooLong(usize),
    /// A passphrase slot asks for an amount of work outside the limits.
    HostileWork,
    Io(std::io::Error),
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
impl std::error::Error for SealError {}

impl From<std::io::Error> for SealError {
    fn from(e: std::io::Error) -> SealError {
        SealError::Io(e)
    }
}

pub type Result<T> = std::result::Result<T, SealError>;

/// 32 secret bytes, wiped when dropped.
pub type Key = Zeroizing<[u8; 32]>;
/// Secret bytes, wiped when dropped.
pub type Secret<T> = Zeroizing<T>;

/// `L"amparo/v1/name"`.
pub fn label(name: &str) -> Vec<u8> {
    let mut out = b"amparo/v1/".to_vec();
    out.extend_from_slice(name.as_bytes());
    out.push(0);
    out
}

pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut out = [0; N];
    getrandom::fill(&mut out).map_err(|_| SealError::NotOpened("the system gave no randomness"))?;
    Ok(out)
}

pub fn new_key() -> Result<Key> {
    random().map(Zeroizing::new)
}

pub fn key_of(bytes: &[u8]) -> Option<Key> {
    <[u8; 32]>::try_from(bytes).ok().map(Zeroizing::new)
}

pub fn hash(name: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(label(name));
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// What announces a key, as hex.
pub fn check(key: &Key) -> String {
    hex(&hash("check", &[&key[..]]))
}

fn expand_into(key: &Key, info: &[&[u8]], out: &mut [u8]) -> Result<()> {
    let hkdf = hkdf::Hkdf::<Sha256>::from_prk(&key[..]).map_err(|_| SealError::NotOpened("key length"))?;
    hkdf.expand_multi_info(info, out).map_err(|_| SealError::NotOpened("expand"))
}

pub fn expand(key: &Key, name: &str, context: &[u8]) -> Result<Key> {
    let mut out = Zeroizing::new([0; 32]);
    expand_into(key, &[&label(name), context], &mut out[..])?;
    Ok(out)
}

// ---- texts ----

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub fn of_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| (b as char).to_digit(16).filter(|_| !b.is_ascii_uppercase());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|p| Some((digit(*p.first()?)? << 4 | digit(*p.get(1)?)?) as u8)).collect()
}

pub fn key_of_hex(text: &str) -> Option<Key> {
    of_hex(text).and_then(|b| key_of(&b))
}

pub fn public_of_hex(text: &str) -> Option<[u8; 32]> {
    of_hex(text)?.try_into().ok()
}

pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

pub fn of_base64(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

pub fn wipe(text: &mut String) {
    text.zeroize();
}
