//! A store in memory over a disk that lies in wait: it fails, writes short, reorders, and loses what was not
//! synced, at the operation it is told to.
//!
//! Every call is cut into the operations a real disk would see. A database transaction is whole or absent and
//! keeps its order; a file's new name may survive or vanish on its own until its folder was synced.

use crate::{Append, Appended, BlobWriter, Bytes, Entry, Hash, Id, Purged, Result, Store, StoreError, Tip, WrapKey, WrapRow};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Write};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What happens at the operation that was named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The machine stops; of what was not synced, some is there afterwards (which: by the seed).
    PowerLoss { seed: u64 },
    /// This operation fails, once.
    Once,
    /// This operation and all later ones fail.
    FromHere,
    /// No space is left for this write, once.
    Full,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Disk {
    entries: BTreeMap<(Id, u64), (Hash, Vec<u8>)>,
    wraps: BTreeMap<WrapKey, WrapRow>,
    bundles: BTreeMap<Id, Vec<u8>>,
    meta: BTreeMap<String, Vec<u8>>,
    heads: BTreeMap<Id, Vec<u8>>,
    blobs: BTreeMap<Hash, Vec<u8>>,
    litter: BTreeSet<Hash>,
    /// Deleted rows' bytes that a search of the medium would still find.
    ghosts: Vec<Vec<u8>>,
}

#[derive(Clone)]
enum Change {
    Entry(Entry),
    Put(WrapRow),
    Delete(WrapKey),
    Journal(Id),
    Bundle(Id, Option<Vec<u8>>),
    Meta(String, Vec<u8>),
}

/// Something that happened and is not yet synced.
#[derive(Clone)]
enum Op {
    Transaction(Vec<Change>),
    Head(Id, Option<Vec<u8>>),
    Blob(Hash, Option<Vec<u8>>),
    Litter(Hash),
}

#[derive(Default)]
struct State {
    disk: Disk,
    unsynced: Vec<Op>,
    count: u64,
    fault: Option<(u64, Fault)>,
    broken: bool,
    /// Whether the fault has happened.
    struck: bool,
    dead: bool,
}

/// A store in memory.
#[derive(Clone)]
pub struct Memory {
    state: Arc<Mutex<State>>,
    writer: Arc<(Mutex<bool>, Condvar)>,
    /// A write takes at most this many bytes at once.
    short: usize,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory { state: Arc::default(), writer: Arc::default(), short: 37 }
    }
}

fn lost() -> StoreError {
    StoreError::Io { what: "reach the disk", path: PathBuf::from("memory"), error: io::Error::other("injected") }
}

impl Disk {
    fn change(&mut self, change: Change) {
        match change {
            Change::Entry(e) => {
                self.entries.insert((e.journal, e.seq), (e.hash, e.frame));
            }
            Change::Put(row) => {
                if let Some(old) = self.wraps.insert(row.key.clone(), row) {
                    self.ghosts.push(old.bytes);
                }
            }
            Change::Delete(key) => self.ghosts.extend(self.wraps.remove(&key).map(|row| row.bytes)),
            Change::Journal(journal) => {
                self.entries.retain(|(j, _), _| *j != journal);
                let gone: Vec<WrapKey> = self.wraps.keys().filter(|k| k.journal == journal).cloned().collect();
                gone.into_iter().for_each(|key| self.change(Change::Delete(key)));
            }
            Change::Bundle(member, Some(bytes)) => {
                self.bundles.insert(member, bytes);
            }
            Change::Bundle(member, None) => {
                self.bundles.remove(&member);
            }
            Change::Meta(name, value) => {
                self.meta.insert(name, value);
            }
        }
    }

    fn apply(&mut self, op: Op) {
        match op {
            Op::Transaction(changes) => changes.into_iter().for_each(|c| self.change(c)),
            Op::Head(journal, Some(note)) => {
                self.heads.insert(journal, note);
            }
            Op::Head(journal, None) => {
                self.heads.remove(&journal);
            }
            Op::Blob(name, Some(bytes)) => {
                self.blobs.insert(name, bytes);
            }
            Op::Blob(name, None) => {
                self.blobs.remove(&name);
            }
            Op::Litter(name) => {
                if self.blobs.remove(&name).is_some() {
                    self.litter.insert(name);
                }
            }
        }
    }

    fn tip(&self, journal: &Id) -> Option<Tip> {
        self.entries.range((*journal, 0)..=(*journal, u64::MAX)).next_back().map(|((_, seq), (hash, _))| Tip { seq: *seq, hash: *hash })
    }
}

impl State {
    /// The disk as programs see it: what is not synced is visible too.
    fn seen(&self) -> Disk {
        let mut disk = self.disk.clone();
        self.unsynced.iter().cloned().for_each(|op| disk.apply(op));
        disk
    }

    /// One operation of the disk: the fault strikes here, or it does not.
    fn step(&mut self, writes: bool) -> Result<()> {
        if self.dead {
            return Err(lost());
        }
        self.count += 1;
        let Some((at, fault)) = self.fault else { return Ok(()) };
        if self.count < at || (self.count > at && fault != Fault::FromHere) {
            return Ok(());
        }
        self.struck = true;
        match fault {
            Fault::PowerLoss { seed } => {
                self.power_loss(seed);
                Err(lost())
            }
            Fault::Full if writes => Err(StoreError::Full { path: PathBuf::from("memory") }),
            Fault::Full => Ok(()),
            Fault::Once | Fault::FromHere => Err(lost()),
        }
    }

    /// Transactions survive in order up to some point; names of files each on their own.
    fn power_loss(&mut self, seed: u64) {
        let mut random = seed;
        let mut coin = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            match seed {
                0 => false,
                1 => true,
                _ => random >> 40 & 1 == 1,
            }
        };
        let mut database = true;
        for op in std::mem::take(&mut self.unsynced) {
            let survives = coin();
            let stays = match &op {
                Op::Transaction(_) => {
                    database &= survives;
                    database
                }
                _ => survives,
            };
            if stays {
                self.disk.apply(op);
            }
        }
        self.dead = true;
    }

    fn sync(&mut self) -> Result<()> {
        if let Err(error) = self.step(false) {
            // What the disk has after a failed sync is unknown: nothing is written until the next start.
            self.broken = true;
            return Err(error);
        }
        for op in std::mem::take(&mut self.unsynced) {
            self.disk.apply(op);
        }
        Ok(())
    }

    fn may_write(&self) -> Result<()> {
        if self.broken { Err(StoreError::ReadOnly) } else { Ok(()) }
    }

    fn transaction(&mut self, changes: Vec<Change>) -> Result<()> {
        self.may_write()?;
        self.step(true)?;
        self.unsynced.push(Op::Transaction(changes));
        self.sync()
    }
}

impl Memory {
    pub fn new() -> Memory {
        Memory::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy as a new start would find it; with a fault at this operation from now on.
    pub fn started_again(&self, fault: Option<(u64, Fault)>) -> Memory {
        let old = self.state();
        let disk = if old.dead { old.disk.clone() } else { old.seen() };
        Memory { state: Arc::new(Mutex::new(State { disk, fault, ..State::default() })), ..Memory::default() }
    }

    /// Operations so far.
    pub fn operations(&self) -> u64 {
        self.state().count
    }

    /// Whether the fault has struck.
    pub fn struck(&self) -> bool {
        self.state().struck
    }

    /// Whether a search of the medium would find these bytes in a row, deleted or not.
    pub fn finds(&self, needle: &[u8]) -> bool {
        let state = self.state();
        let seen = state.seen();
        let within = |hay: &[u8]| !needle.is_empty() && hay.windows(needle.len()).any(|w| w == needle);
        seen.ghosts.iter().any(|g| within(g)) || seen.wraps.values().any(|r| within(&r.bytes) || within(&r.half))
    }

    fn read<T>(&self, work: impl FnOnce(&Disk) -> T) -> Result<T> {
        let mut state = self.state();
        state.step(false)?;
        Ok(work(&state.seen()))
    }
}

impl Store for Memory {
    fn journals(&self) -> Result<Vec<Id>> {
        self.read(|disk| disk.entries.keys().map(|(j, _)| *j).collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn tip(&self, journal: &Id) -> Result<Option<Tip>> {
        self.read(|disk| disk.tip(journal))
    }

    fn entries(&self, journal: &Id, from: u64, visit: &mut dyn FnMut(Entry) -> bool) -> Result<()> {
        let found: Vec<Entry> = self.read(|disk| {
            let range = disk.entries.range((*journal, from)..=(*journal, u64::MAX));
            range.map(|((_, seq), (hash, frame))| Entry { journal: *journal, seq: *seq, hash: *hash, frame: frame.clone() }).collect()
        })?;
        found.into_iter().all(visit);
        Ok(())
    }

    fn append(&self, append: &Append) -> Result<Appended> {
        let mut state = self.state();
        let tip = state.seen().tip(&append.entry.journal);
        if tip != append.after {
            return Ok(Appended::Refused { tip });
        }
        let mut changes = vec![Change::Entry(append.entry.clone())];
        changes.extend(append.delete.iter().cloned().map(Change::Delete));
        changes.extend(append.put.iter().cloned().map(Change::Put));
        state.transaction(changes)?;
        Ok(Appended::Done)
    }

    fn wraps(&self, journal: &Id, what: Option<u8>) -> Result<Vec<WrapRow>> {
        self.read(|disk| disk.wraps.values().filter(|r| r.key.journal == *journal && what.is_none_or(|w| r.key.what == w)).cloned().collect())
    }

    fn change_wraps(&self, put: &[WrapRow], delete: &[WrapKey]) -> Result<()> {
        let changes = delete.iter().cloned().map(Change::Delete).chain(put.iter().cloned().map(Change::Put)).collect();
        self.state().transaction(changes)
    }

    fn purge(&self, _bytes: &[Vec<u8>]) -> Result<Purged> {
        let mut state = self.state();
        state.may_write()?;
        state.step(true)?;
        state.sync()?;
        state.disk.ghosts.clear();
        Ok(Purged::Gone)
    }

    fn delete_journal(&self, journal: &Id) -> Result<()> {
        let mut state = self.state();
        state.transaction(vec![Change::Journal(*journal)])?;
        state.step(true)?;
        state.unsynced.push(Op::Head(*journal, None));
        state.sync()
    }

    fn restore_journal(&self, entries: &[Entry], rows: &[WrapRow]) -> Result<()> {
        let changes = entries.iter().cloned().map(Change::Entry).chain(rows.iter().cloned().map(Change::Put)).collect();
        self.state().transaction(changes)
    }

    fn bundle(&self, member: &Id) -> Result<Option<Vec<u8>>> {
        self.read(|disk| disk.bundles.get(member).cloned())
    }

    fn bundles(&self) -> Result<Vec<(Id, Vec<u8>)>> {
        self.read(|disk| disk.bundles.iter().map(|(m, b)| (*m, b.clone())).collect())
    }

    fn put_bundle(&self, member: &Id, bundle: Option<&[u8]>) -> Result<()> {
        self.state().transaction(vec![Change::Bundle(*member, bundle.map(<[u8]>::to_vec))])
    }

    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.read(|disk| disk.meta.get(name).cloned())
    }

    fn put_meta(&self, name: &str, value: &[u8]) -> Result<()> {
        self.state().transaction(vec![Change::Meta(name.to_owned(), value.to_vec())])
    }

    fn head(&self, journal: &Id) -> Result<Option<Vec<u8>>> {
        self.read(|disk| disk.heads.get(journal).cloned())
    }

    fn put_head(&self, journal: &Id, note: &[u8]) -> Result<()> {
        let mut state = self.state();
        state.may_write()?;
        state.step(true)?; // the new file, and its sync
        state.step(true)?; // its name
        state.unsynced.push(Op::Head(*journal, Some(note.to_vec())));
        state.sync()
    }

    fn blob_begin(&self) -> Result<Box<dyn BlobWriter>> {
        let mut state = self.state();
        state.may_write()?;
        state.step(true)?;
        drop(state);
        Ok(Box::new(Writing { store: self.clone(), bytes: vec![] }))
    }

    fn blob(&self, name: &Hash) -> Result<Box<dyn Bytes>> {
        match self.read(|disk| disk.blobs.get(name).cloned())? {
            Some(bytes) => Ok(Box::new(Cursor::new(bytes))),
            None => Err(StoreError::NotThere { what: "open a sealed file" }),
        }
    }

    fn blob_names(&self) -> Result<Vec<Hash>> {
        self.read(|disk| disk.blobs.keys().copied().collect())
    }

    fn blob_delete(&self, name: &Hash) -> Result<()> {
        let mut state = self.state();
        state.may_write()?;
        state.step(true)?;
        state.unsynced.push(Op::Blob(*name, None));
        Ok(())
    }

    fn blob_litter(&self, name: &Hash) -> Result<()> {
        let mut state = self.state();
        state.may_write()?;
        state.step(true)?;
        state.unsynced.push(Op::Litter(*name));
        Ok(())
    }

    fn litter(&self) -> Result<Vec<Hash>> {
        self.read(|disk| disk.litter.iter().copied().collect())
    }

    fn lock(&self, waiting: &mut dyn FnMut()) -> Result<Box<dyn Send>> {
        let (held, free) = &*self.writer;
        let mut busy = held.lock().unwrap_or_else(PoisonError::into_inner);
        if *busy {
            waiting();
        }
        while *busy {
            busy = free.wait(busy).unwrap_or_else(PoisonError::into_inner);
        }
        *busy = true;
        Ok(Box::new(Held(self.writer.clone())))
    }

    fn alone(&self) -> Result<bool> {
        Ok(true)
    }

    fn set_aside(&self) -> Result<PathBuf> {
        self.state().step(true)?;
        Ok(PathBuf::from("memory"))
    }
}

struct Held(Arc<(Mutex<bool>, Condvar)>);

impl Drop for Held {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.1.notify_one();
    }
}

struct Writing {
    store: Memory,
    bytes: Vec<u8>,
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Only the first write of a file is an operation of its own: a long file would be thousands.
        if self.bytes.is_empty() {
            self.store.state().step(true).map_err(|e| io::Error::other(e.to_string()))?;
        }
        let n = bytes.len().min(if self.bytes.len() < 4_096 { self.store.short } else { bytes.len() });
        self.bytes.extend_from_slice(&bytes[..n]);
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl BlobWriter for Writing {
    fn commit(self: Box<Self>, name: Hash) -> Result<()> {
        let mut state = self.store.state();
        state.may_write()?;
        if let Err(error) = state.step(false) {
            state.broken = true; // the sync of its bytes
            return Err(error);
        }
        state.step(true)?; // its name
        state.unsynced.push(Op::Blob(name, Some(self.bytes.clone())));
        state.sync()
    }
}
