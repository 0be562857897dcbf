//! How a node and a host write entries and rows to each other: JSON, ids and hashes as lower-case hex, bytes as
//! base64 with padding (docs/formats/host.md). Unknown fields are refused: a field that is not understood may be one
//! that matters.

use crate::{Append, Entry, Hash, Id, Purged, Tip, WrapKey, WrapRow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The most entries or rows in one answer.
pub const PAGE: usize = 256;
/// The most bytes in one body that is not a sealed file: a frame and its rows, or a page of them.
pub const BODY: usize = 8 << 20;

/// An id or hash in hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Hex<const N: usize>(pub [u8; N]);

/// Bytes in base64.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct B64(pub Vec<u8>);

/// Bytes in hex.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HexBytes(pub Vec<u8>);

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The bytes of lower-case hex; nothing else.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f').then(|| (b as char).to_digit(16).map(|d| d as u8)).flatten();
    let digits: Option<Vec<u8>> = text.bytes().map(digit).collect();
    let digits = digits.filter(|d| d.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|p| p[0] << 4 | p[1]).collect())
}

impl<const N: usize> Hex<N> {
    pub fn parse(text: &str) -> Option<Hex<N>> {
        unhex(text)?.try_into().ok().map(Hex)
    }
}

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex(&self.0))
    }
}
impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Hex<N>, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        Hex::parse(&text).ok_or_else(|| D::Error::custom("not lower-case hex of the right length"))
    }
}
impl Serialize for B64 {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.0))
    }
}
impl<'de> Deserialize<'de> for B64 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<B64, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        STANDARD.decode(text.as_bytes()).map(B64).map_err(D::Error::custom)
    }
}
impl Serialize for HexBytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex(&self.0))
    }
}
impl<'de> Deserialize<'de> for HexBytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<HexBytes, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        unhex(&text).map(HexBytes).ok_or_else(|| D::Error::custom("not lower-case hex"))
    }
}

/// What an office sends to join: the ticket of its invitation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireJoining {
    pub ticket: Hex<32>,
}

/// The key that signs the office's requests from now on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireNewKey {
    pub key: Hex<32>,
}

/// A journal's newest entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireTip {
    pub seq: u64,
    pub hash: Hex<32>,
}

/// One entry: its number, the hash of its frame, and the frame.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireEntry {
    pub seq: u64,
    pub hash: Hex<32>,
    pub frame: B64,
}

/// What names a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireKey {
    pub journal: Hex<16>,
    pub what: u8,
    pub id: HexBytes,
    pub to: HexBytes,
}

/// One wrapped key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireRow {
    pub journal: Hex<16>,
    pub what: u8,
    pub id: HexBytes,
    pub to: HexBytes,
    pub alg: u8,
    pub lock: u8,
    pub bytes: B64,
    #[serde(default, skip_serializing_if = "nothing")]
    pub half: B64,
}

fn nothing(bytes: &B64) -> bool {
    bytes.0.is_empty()
}

/// A conditional append: the entry, what must stand before it, and the rows that go with it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireAppend {
    pub entry: WireEntry,
    #[serde(default)]
    pub after: Option<WireTip>,
    #[serde(default)]
    pub put: Vec<WireRow>,
    #[serde(default)]
    pub delete: Vec<WireKey>,
}

/// Why an append was not taken: another entry stands there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireRefused {
    #[serde(default)]
    pub tip: Option<WireTip>,
}

/// Rows to put and to delete, together.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireChange {
    #[serde(default)]
    pub put: Vec<WireRow>,
    #[serde(default)]
    pub delete: Vec<WireKey>,
}

/// A page of a journal's entries, and whether there are more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireEntries {
    pub entries: Vec<WireEntry>,
    pub more: bool,
}

/// All rows of a journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireRows {
    pub rows: Vec<WireRow>,
    pub more: bool,
}

/// How a journal stands at the host.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireJournal {
    pub journal: Hex<16>,
    pub seq: u64,
    pub hash: Hex<32>,
    /// Another one after every change of rows that came without an entry.
    pub rows: String,
    /// The signed head, as it was last put.
    #[serde(default)]
    pub head: Option<B64>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireJournals {
    pub journals: Vec<WireJournal>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireBlobs {
    pub blobs: Vec<Hex<32>>,
    pub more: bool,
}

/// Whether anything of what was deleted is still found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WirePurged {
    pub gone: bool,
    pub found: usize,
}

impl From<Tip> for WireTip {
    fn from(tip: Tip) -> WireTip {
        WireTip { seq: tip.seq, hash: Hex(tip.hash) }
    }
}
impl From<WireTip> for Tip {
    fn from(tip: WireTip) -> Tip {
        Tip { seq: tip.seq, hash: tip.hash.0 }
    }
}
impl From<Entry> for WireEntry {
    fn from(entry: Entry) -> WireEntry {
        WireEntry { seq: entry.seq, hash: Hex(entry.hash), frame: B64(entry.frame) }
    }
}
impl WireEntry {
    pub fn of(self, journal: Id) -> Entry {
        Entry { journal, seq: self.seq, hash: self.hash.0, frame: self.frame.0 }
    }
}
impl From<&WrapKey> for WireKey {
    fn from(key: &WrapKey) -> WireKey {
        WireKey { journal: Hex(key.journal), what: key.what, id: HexBytes(key.id.clone()), to: HexBytes(key.to.clone()) }
    }
}
impl From<WireKey> for WrapKey {
    fn from(key: WireKey) -> WrapKey {
        WrapKey { journal: key.journal.0, what: key.what, id: key.id.0, to: key.to.0 }
    }
}
impl From<&WrapRow> for WireRow {
    fn from(row: &WrapRow) -> WireRow {
        let WireKey { journal, what, id, to } = WireKey::from(&row.key);
        WireRow { journal, what, id, to, alg: row.alg, lock: row.lock, bytes: B64(row.bytes.clone()), half: B64(row.half.clone()) }
    }
}
impl From<WireRow> for WrapRow {
    fn from(row: WireRow) -> WrapRow {
        let key = WrapKey { journal: row.journal.0, what: row.what, id: row.id.0, to: row.to.0 };
        WrapRow { key, alg: row.alg, lock: row.lock, bytes: row.bytes.0, half: row.half.0 }
    }
}
impl From<&Append> for WireAppend {
    fn from(append: &Append) -> WireAppend {
        WireAppend { entry: append.entry.clone().into(), after: append.after.map(WireTip::from), put: rows(&append.put), delete: keys(&append.delete) }
    }
}
impl WireAppend {
    pub fn of(self, journal: Id) -> Append {
        let change = WireChange { put: self.put, delete: self.delete };
        let (put, delete) = change.of();
        Append { entry: self.entry.of(journal), after: self.after.map(Tip::from), put, delete }
    }
}
impl WireChange {
    pub fn new(put: &[WrapRow], delete: &[WrapKey]) -> WireChange {
        WireChange { put: rows(put), delete: keys(delete) }
    }
    pub fn of(self) -> (Vec<WrapRow>, Vec<WrapKey>) {
        (self.put.into_iter().map(WrapRow::from).collect(), self.delete.into_iter().map(WrapKey::from).collect())
    }
}
impl From<Purged> for WirePurged {
    fn from(purged: Purged) -> WirePurged {
        match purged {
            Purged::Gone => WirePurged { gone: true, found: 0 },
            Purged::Remains { found } => WirePurged { gone: false, found },
        }
    }
}
impl From<WirePurged> for Purged {
    fn from(purged: WirePurged) -> Purged {
        if purged.gone { Purged::Gone } else { Purged::Remains { found: purged.found } }
    }
}

pub fn rows(rows: &[WrapRow]) -> Vec<WireRow> {
    rows.iter().map(WireRow::from).collect()
}
pub fn keys(keys: &[WrapKey]) -> Vec<WireKey> {
    keys.iter().map(WireKey::from).collect()
}

/// SHA-256 of these bytes.
pub fn sha256(bytes: &[u8]) -> Hash {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_comes_back_and_its_near_twins_are_refused() {
        let row = WrapRow { key: WrapKey { journal: [1; 16], what: 3, id: vec![2; 32], to: vec![] }, alg: 1, lock: 0, bytes: vec![0, 255], half: vec![] };
        let append = Append {
            entry: Entry { journal: [1; 16], seq: 2, hash: [3; 32], frame: vec![1, 2, 3] },
            after: Some(Tip { seq: 1, hash: [4; 32] }),
            put: vec![row.clone()],
            delete: vec![row.key.clone()],
        };
        let text = serde_json::to_string(&WireAppend::from(&append)).expect("JSON");
        let back: WireAppend = serde_json::from_str(&text).expect("the same");
        let back = back.of([1; 16]);
        assert_eq!((back.entry, back.after, back.put, back.delete), (append.entry, append.after, append.put, append.delete));
        for (from, to) in [
            ("\"AQID\"", "\"AQI\""),
            (&"03".repeat(32), &"03".repeat(31)),
            (&"03".repeat(32), &"0A".repeat(32)),
            ("\"seq\":2", "\"seq\":-2"),
            ("{\"entry\"", "{\"more\":1,\"entry\""),
        ] {
            assert!(text.contains(from), "{from}");
            assert!(serde_json::from_str::<WireAppend>(&text.replacen(from, to, 1)).is_err(), "{from} -> {to}");
        }
    }
}
