//! Names that no person wrote: random ids, and hashes of what was kept.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// Why a text is not an id: wrong length, or a character that is not a lower-case hex digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotHex;

impl fmt::Display for NotHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not lower-case hex digits of the right length")
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[(b >> 4) as usize] as char, DIGITS[(b & 15) as usize] as char]).collect()
}

fn unhex(text: &str, out: &mut [u8]) -> Result<(), NotHex> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Ok(c - b'0'),
        b'a'..=b'f' => Ok(c - b'a' + 10),
        _ => Err(NotHex),
    };
    let text = text.as_bytes();
    if text.len() != out.len() * 2 {
        return Err(NotHex);
    }
    for (o, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        *o = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(())
}

macro_rules! named_bytes {
    ($(#[$doc:meta])* $name:ident, $len:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; $len]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex(&self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
        impl FromStr for $name {
            type Err = NotHex;
            fn from_str(text: &str) -> Result<Self, NotHex> {
                let mut bytes = [0; $len];
                unhex(text, &mut bytes)?;
                Ok(Self(bytes))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

named_bytes!(
    /// A journal: one case's, or the office's own. A case is named by its journal.
    JournalId, 16);
named_bytes!(
    /// The office.
    OfficeId, 16);
named_bytes!(
    /// A member of the office.
    MemberId, 16);
named_bytes!(
    /// A person of the case.
    PartyId, 16);
named_bytes!(
    /// A drawer: a sub-key of the case, so that one person's papers can be told apart and forgotten apart.
    DrawerId, 16);
named_bytes!(
    /// One run of adding, so that an interrupted run can go on where it stopped.
    RunId, 16);
named_bytes!(
    /// A record, the same across replays and newer readers (FORMATS: hash of original, path inside, place, kind, field).
    RecordId, 16);
named_bytes!(
    /// A finding, the same across replays; made of no paper's hash.
    FindingId, 16);
named_bytes!(
    /// SHA-256 of some bytes.
    Sha256, 32);

/// The hash of bytes that come in parts.
#[derive(Default)]
pub struct Hasher(sha2::Sha256);

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        use sha2::Digest;
        self.0.update(bytes);
    }

    pub fn finish(self) -> Sha256 {
        use sha2::Digest;
        Sha256(self.0.finalize().into())
    }
}

impl Sha256 {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Sha256 {
        use sha2::Digest;
        Sha256(sha2::Sha256::digest(bytes).into())
    }
}

/// `SHA-256(L"label" || for each part: u32 length || part)`, cut to 16 bytes.
pub(crate) fn short_hash(label: &str, head: &[u8], parts: &[&str]) -> [u8; 16] {
    use sha2::Digest;
    let mut hash = sha2::Sha256::new();
    hash.update(label.as_bytes());
    hash.update([0]);
    hash.update(head);
    for part in parts {
        hash.update((part.len() as u32).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let full: [u8; 32] = hash.finalize().into();
    let mut out = [0; 16];
    out.copy_from_slice(&full[..16]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_print_and_parse_as_lower_case_hex_only() {
        let id = PartyId([0xab; 16]);
        assert_eq!("ab".repeat(16).parse(), Ok(id));
        assert_eq!("AB".repeat(16).parse::<PartyId>(), Err(NotHex));
        assert_eq!("ab".parse::<PartyId>(), Err(NotHex));
    }
}
