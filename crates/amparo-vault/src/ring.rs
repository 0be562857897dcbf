//! The keys of one journal that a member can reach, and the rows that wrap them (FORMATS.md section 2).

use crate::lock::{self, Key};
use crate::problem::{Result, VaultError};
use crate::session::Session;
use amparo_model::event::Drawer;
use amparo_model::{DrawerId, JournalId};
use amparo_store::{Store, WrapKey, WrapRow};
use std::collections::{BTreeMap, HashMap};

pub(crate) const JOURNAL_KEY: u8 = 1;
pub(crate) const DRAWER_KEY: u8 = 2;
pub(crate) const ENTRY: u8 = 3;
pub(crate) const BLOB: u8 = 4;
pub(crate) const RECOVERY: u8 = 5;

/// How a person appears in rows: a host cannot join one member's cases by it.
pub(crate) fn person(recipient: &str, journal: JournalId) -> Vec<u8> {
    let hash = lock::hash("to", &[recipient.as_bytes(), &journal.0]);
    let mut out = vec![b'P'];
    out.extend_from_slice(&hash[..16]);
    out
}

pub(crate) fn to_journal(epoch: u32) -> Vec<u8> {
    let mut out = vec![b'K'];
    out.extend_from_slice(&epoch.to_be_bytes());
    out
}

pub(crate) fn to_drawer(drawer: DrawerId, epoch: u32) -> Vec<u8> {
    let mut out = vec![b'D'];
    out.extend_from_slice(&drawer.0);
    out.extend_from_slice(&epoch.to_be_bytes());
    out
}

pub(crate) fn drawer_of(to: &[u8]) -> Option<(DrawerId, u32)> {
    let rest: &[u8; 20] = to.strip_prefix(b"D")?.try_into().ok()?;
    let mut id = [0; 16];
    id.copy_from_slice(&rest[..16]);
    Some((DrawerId(id), u32::from_be_bytes([rest[16], rest[17], rest[18], rest[19]])))
}

pub(crate) fn drawer_id(drawer: DrawerId, epoch: u32) -> Vec<u8> {
    let mut out = drawer.0.to_vec();
    out.extend_from_slice(&epoch.to_be_bytes());
    out
}

fn epoch_of(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn context(journal: JournalId, what: u8, id: &[u8]) -> Vec<u8> {
    let mut out = journal.0.to_vec();
    out.push(what);
    out.push(id.len() as u8);
    out.extend_from_slice(id);
    out
}

/// alg 1: under a symmetric key.
pub(crate) fn wrap_under(outer: &Key, journal: JournalId, what: u8, id: &[u8], to: Vec<u8>, key: &Key) -> Result<WrapRow> {
    let bytes = lock::box_seal(outer, "wrap", &context(journal, what, id), &key[..])?;
    Ok(WrapRow { key: WrapKey { journal: journal.0, what, id: id.to_vec(), to }, alg: 1, lock: 0, bytes, half: vec![] })
}

/// alg 2: to an age recipient.
pub(crate) fn wrap_to(recipient: &str, journal: JournalId, what: u8, id: &[u8], to: Vec<u8>, key: &Key) -> Result<WrapRow> {
    let mut plain = lock::Secret::new(lock::label("wrap"));
    plain.extend_from_slice(&context(journal, what, id));
    plain.extend_from_slice(&key[..]);
    let bytes = lock::age_seal(recipient, &plain)?;
    Ok(WrapRow { key: WrapKey { journal: journal.0, what, id: id.to_vec(), to }, alg: 2, lock: 0, bytes, half: vec![] })
}

fn unwrap_under(outer: &Key, row: &WrapRow) -> Option<Key> {
    if row.alg != 1 || row.lock != 0 {
        return None;
    }
    let plain = lock::box_open(outer, "wrap", &context(JournalId(row.key.journal), row.key.what, &row.key.id), &row.bytes).ok()?;
    lock::key_of(&plain)
}

fn unwrap_age(secret: &Key, row: &WrapRow) -> Option<Key> {
    if row.alg != 2 || row.lock != 0 {
        return None;
    }
    let plain = lock::age_open(secret, &row.bytes).ok()?;
    let mut head = lock::label("wrap");
    head.extend_from_slice(&context(JournalId(row.key.journal), row.key.what, &row.key.id));
    lock::key_of(plain.strip_prefix(&head[..])?)
}

/// Opens a row with the key it is wrapped to, by its algorithm.
pub(crate) fn unwrap(outer: &Key, row: &WrapRow) -> Option<Key> {
    if row.alg == 2 { unwrap_age(outer, row) } else { unwrap_under(outer, row) }
}

/// What became of the key of an entry or paper.
pub(crate) enum Reach {
    Key {
        key: Key,
        drawer: DrawerId,
        epoch: u32,
    },
    /// No row at all: forgotten, or lost.
    NoRow,
    /// A row under a drawer that this member cannot open.
    Walled {
        drawer: DrawerId,
        epoch: u32,
    },
    /// A row that its drawer's key does not open.
    Spoilt,
}

pub(crate) struct Ring {
    pub journal: JournalId,
    pub jk: BTreeMap<u32, Key>,
    pub dk: BTreeMap<(DrawerId, u32), Key>,
    /// Rows that are to this member, or under a key that they have, and do not open.
    pub spoilt: usize,
    rows: HashMap<(u8, Vec<u8>), Vec<WrapRow>>,
}

impl Ring {
    pub fn empty(journal: JournalId) -> Ring {
        Ring { journal, jk: BTreeMap::new(), dk: BTreeMap::new(), spoilt: 0, rows: HashMap::new() }
    }

    /// Opens what this member's key opens.
    pub fn load(store: &dyn Store, journal: JournalId, session: &Session) -> Result<Ring> {
        Ok(Ring::of(journal, store.wraps(&journal.0, None)?, session))
    }

    /// As [`Ring::load`], of these rows.
    pub fn of(journal: JournalId, rows: Vec<WrapRow>, session: &Session) -> Ring {
        let mut ring = Ring::empty(journal);
        let me = person(session.recipient(), journal);
        for row in rows {
            ring.rows.entry((row.key.what, row.key.id.clone())).or_default().push(row);
        }
        let mine = |row: &WrapRow| if row.key.to == me { Some(unwrap_age(session.age_secret(), row)) } else { None };
        let mut spoilt = 0;
        for row in ring.rows.values().flatten().filter(|row| row.key.what == JOURNAL_KEY) {
            match (epoch_of(&row.key.id), mine(row)) {
                (_, None) => {}
                (Some(epoch), Some(Some(key))) => {
                    ring.jk.insert(epoch, key);
                }
                (_, Some(_)) => spoilt += 1,
            }
        }
        let mut dk = BTreeMap::new();
        for row in ring.rows.values().flatten().filter(|row| row.key.what == DRAWER_KEY) {
            let id = row.key.id.split_at_checked(16).and_then(|(id, epoch)| Some((DrawerId(id.try_into().ok()?), epoch_of(epoch)?)));
            let key = match row.key.to.strip_prefix(b"K").and_then(epoch_of) {
                Some(outer) => ring.jk.get(&outer).map(|jk| unwrap_under(jk, row)),
                None => mine(row),
            };
            match (id, key) {
                (_, None) => {}
                (Some(id), Some(Some(key))) => {
                    dk.insert(id, key);
                }
                (_, Some(_)) => spoilt += 1,
            }
        }
        ring.spoilt = spoilt;
        ring.dk = dk;
        ring
    }

    /// The newest journal key.
    pub fn newest(&self) -> Option<(u32, &Key)> {
        self.jk.iter().next_back().map(|(e, k)| (*e, k))
    }

    /// The key of an entry or paper, with the drawer it lies in now.
    pub fn reach(&self, what: u8, id: &[u8]) -> Reach {
        let Some(rows) = self.rows.get(&(what, id.to_vec())).filter(|rows| !rows.is_empty()) else { return Reach::NoRow };
        let mut answer = Reach::Spoilt;
        for row in rows {
            let Some((drawer, epoch)) = drawer_of(&row.key.to) else { continue };
            match self.dk.get(&(drawer, epoch)).map(|dk| unwrap(dk, row)) {
                Some(Some(key)) => return Reach::Key { key, drawer, epoch },
                // A row that does not open must not hide one that does.
                Some(None) => {}
                None => answer = Reach::Walled { drawer, epoch },
            }
        }
        answer
    }

    /// A row that wraps the key of an entry or paper under a drawer's newest key.
    pub fn wrap(&self, what: u8, id: &[u8], drawer: &Drawer, epoch: u32, key: &Key) -> Result<WrapRow> {
        let to = to_drawer(drawer.id, epoch);
        if drawer.apart {
            return wrap_to(&drawer.check, self.journal, what, id, to, key);
        }
        let dk = self.dk.get(&(drawer.id, epoch)).ok_or(VaultError::NoGrant(self.journal))?;
        wrap_under(dk, self.journal, what, id, to, key)
    }

    pub fn put(&mut self, row: WrapRow) {
        let rows = self.rows.entry((row.key.what, row.key.id.clone())).or_default();
        rows.retain(|r| r.key.to != row.key.to);
        rows.push(row);
    }

    pub fn remove(&mut self, key: &WrapKey) {
        if let Some(rows) = self.rows.get_mut(&(key.what, key.id.clone())) {
            rows.retain(|r| r.key != *key);
        }
    }

    pub fn rows_of(&self, what: u8, id: &[u8]) -> &[WrapRow] {
        self.rows.get(&(what, id.to_vec())).map_or(&[], Vec::as_slice)
    }

    pub fn rows(&self) -> impl Iterator<Item = &WrapRow> {
        self.rows.values().flatten()
    }
}

/// What a search for a deleted row looks for: for an age file, the part after the line that all of them begin with.
pub(crate) fn needle(row: &WrapRow) -> Vec<u8> {
    const SAME: usize = b"age-encryption.org/v1\n-> X25519 ".len();
    row.bytes[if row.alg == 1 { 0 } else { SAME.min(row.bytes.len()) }..].to_vec()
}
