//! Frames: one sealed, signed, chained entry of a journal (FORMATS.md section 4).

use crate::lock::{self, Key};
use crate::problem::{Result, VaultError};
use amparo_model::{DrawerId, Event, JournalId, MemberId, Sha256};
use amparo_proof::Link;

pub use amparo_proof::MAX_FRAME;

pub(crate) const HEADER: usize = amparo_proof::LINK;
/// The longest body that still fits.
pub const MAX_BODY: usize = MAX_FRAME - HEADER - 72 - 84 - 512;

/// A frame's clear part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub journal: JournalId,
    pub seq: u64,
    pub prev: Sha256,
}

impl Header {
    fn bytes(&self) -> [u8; HEADER] {
        Link { journal: self.journal.0, seq: self.seq, prev: self.prev.0 }.bytes()
    }

    pub fn parse(frame: &[u8]) -> Option<Header> {
        Link::parse(frame).map(|link| Header { journal: JournalId(link.journal), seq: link.seq, prev: Sha256(link.prev) })
    }

    fn signed(&self, author: &MemberId, body: &[u8]) -> Vec<u8> {
        let mut out = lock::label("author");
        out.extend_from_slice(&self.journal.0);
        out.extend_from_slice(&self.seq.to_be_bytes());
        out.extend_from_slice(&self.prev.0);
        out.extend_from_slice(&author.0);
        out.extend_from_slice(body);
        out
    }
}

pub(crate) fn hash(frame: &[u8]) -> Sha256 {
    Sha256(amparo_proof::frame_hash(frame))
}

/// What an opened frame holds. The signature is not yet checked: who signs is only known now.
pub(crate) struct Opened {
    pub author: MemberId,
    signature: [u8; 64],
    signed: Vec<u8>,
    pub event: Event,
}

impl Opened {
    pub fn signed_by(&self, public: &[u8; 32]) -> bool {
        lock::verify(public, &self.signed, &self.signature)
    }
}

/// Seals an event as the entry after `prev`, under an entry key of its own.
pub(crate) fn seal(header: Header, author: MemberId, sign_seed: &Key, event: &Event, entry_key: &Key) -> Result<Vec<u8>> {
    let body = serde_json::to_vec(event).map_err(|_| VaultError::Malformed("event"))?;
    seal_body(header, author, sign_seed, &body, entry_key, lock::random()?)
}

pub(crate) fn seal_body(header: Header, author: MemberId, sign_seed: &Key, body: &[u8], entry_key: &Key, salt: [u8; 24]) -> Result<Vec<u8>> {
    if body.len() > MAX_BODY {
        return Err(VaultError::TooLong(body.len()));
    }
    let mut plain = Vec::with_capacity(84 + body.len() + 512);
    plain.extend_from_slice(&author.0);
    plain.extend_from_slice(&lock::sign(sign_seed, &header.signed(&author, body)));
    plain.extend_from_slice(&(body.len() as u32).to_be_bytes());
    plain.extend_from_slice(body);
    plain.resize(plain.len().next_multiple_of(512), 0);
    seal_plain(header, &plain, entry_key, salt)
}

pub(crate) fn seal_plain(header: Header, plain: &[u8], entry_key: &Key, salt: [u8; 24]) -> Result<Vec<u8>> {
    let clear = header.bytes();
    let mut frame = clear.to_vec();
    frame.extend_from_slice(&lock::box_seal_salted(entry_key, "entry", &clear, plain, salt)?);
    Ok(frame)
}

/// A frame's parts, the body being strict JSON of some event.
pub(crate) struct Raw {
    pub author: MemberId,
    pub signature: [u8; 64],
    pub signed: Vec<u8>,
    pub body: lock::Secret<Vec<u8>>,
}

/// Opens a frame's box; padding must be minimal and zero, the body strict JSON.
pub(crate) fn open_raw(frame: &[u8], entry_key: &Key) -> std::result::Result<Raw, &'static str> {
    let header = Header::parse(frame).ok_or("not a frame")?;
    let plain = lock::box_open(entry_key, "entry", &frame[..HEADER], &frame[HEADER..]).map_err(|_| "the box does not open")?;
    if plain.len() < 84 || plain.len() % 512 != 0 {
        return Err("a frame of a length that none has");
    }
    let length = u32::from_be_bytes([plain[80], plain[81], plain[82], plain[83]]) as usize;
    if (84_usize.saturating_add(length)).next_multiple_of(512) != plain.len() || plain[84 + length..].iter().any(|b| *b != 0) {
        return Err("padding that is not minimal and zero");
    }
    let body = &plain[84..84 + length];
    strict_json(body)?;
    let mut author = MemberId([0; 16]);
    author.0.copy_from_slice(&plain[..16]);
    let mut signature = [0; 64];
    signature.copy_from_slice(&plain[16..80]);
    Ok(Raw { author, signature, signed: header.signed(&author, body), body: lock::Secret::new(body.to_vec()) })
}

/// Opens a frame and reads its event.
pub(crate) fn open(frame: &[u8], entry_key: &Key) -> std::result::Result<Opened, &'static str> {
    let raw = open_raw(frame, entry_key)?;
    let event: Event = serde_json::from_slice(&raw.body).map_err(|e| if e.to_string().contains("unknown variant") { UNKNOWN_EVENT } else { "the body is no event" })?;
    if event.v != 1 {
        return Err("an event of another version");
    }
    Ok(Opened { author: raw.author, signature: raw.signature, signed: raw.signed, event })
}

pub(crate) const UNKNOWN_EVENT: &str = "a type of event that this version does not know";

/// Refuses what FORMATS.md section 0 refuses: duplicate keys, floats, integers above 2^53-1, a byte-order mark, trailing bytes.
pub(crate) fn strict_json(bytes: &[u8]) -> std::result::Result<(), &'static str> {
    use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
    struct Strict;
    impl<'de> Deserialize<'de> for Strict {
        fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
            d.deserialize_any(Strict)
        }
    }
    const MOST: u64 = (1 << 53) - 1;
    impl<'de> Visitor<'de> for Strict {
        type Value = Strict;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("strict JSON")
        }
        fn visit_bool<E: de::Error>(self, _: bool) -> std::result::Result<Strict, E> {
            Ok(Strict)
        }
        fn visit_u64<E: de::Error>(self, n: u64) -> std::result::Result<Strict, E> {
            if n > MOST { Err(E::custom("an integer too large")) } else { Ok(Strict) }
        }
        fn visit_i64<E: de::Error>(self, n: i64) -> std::result::Result<Strict, E> {
            if n.unsigned_abs() > MOST { Err(E::custom("an integer too large")) } else { Ok(Strict) }
        }
        fn visit_f64<E: de::Error>(self, _: f64) -> std::result::Result<Strict, E> {
            Err(E::custom("a float"))
        }
        fn visit_str<E: de::Error>(self, _: &str) -> std::result::Result<Strict, E> {
            Ok(Strict)
        }
        fn visit_unit<E: de::Error>(self) -> std::result::Result<Strict, E> {
            Ok(Strict)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Strict, A::Error> {
            while seq.next_element::<Strict>()?.is_some() {}
            Ok(Strict)
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Strict, A::Error> {
            let mut seen = std::collections::BTreeSet::new();
            while let Some(key) = map.next_key::<String>()? {
                if !seen.insert(key) {
                    return Err(de::Error::custom("a key twice"));
                }
                map.next_value::<Strict>()?;
            }
            Ok(Strict)
        }
    }
    serde_json::from_slice::<Strict>(bytes).map(|_| ()).map_err(|_| "JSON that is not strict")
}

/// The drawer and epoch that an entry's row must be under.
pub(crate) fn place_of(event: &Event) -> (DrawerId, u32) {
    (event.drawer, event.epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_that_could_be_read_two_ways_is_refused() {
        for bad in [&br#"{"a":1,"a":2}"#[..], br#"{"a":1.0}"#, br#"{"a":9007199254740992}"#, b"\xef\xbb\xbf{}", b"{} x", br#"[{"b":{"c":1,"c":1}}]"#] {
            assert!(strict_json(bad).is_err());
        }
        assert!(strict_json(br#"{"a":[1,{"b":null}],"c":-3}"#).is_ok());
    }
}
