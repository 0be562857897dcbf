//! Restoring: from a backup folder and one member's printed words, into an empty store.

use crate::backup::{Label, names};
use crate::bag::small;
use crate::bundle::{Manifest, Number, Piece, RowLine, TarIn, note_of};
use crate::heads;
use crate::lock::{self, Key};
use crate::office::{Office, Sheet, open_with_sheet};
use crate::problem::{Result, VaultError};
use crate::ring::{self, Ring};
use crate::session;
use amparo_model::{JournalId, MemberId, OfficeId, Sha256};
use amparo_store::{BlobWriter, Entry, Store, Tip, WrapRow};
use sha2::Digest;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// Says that a store is being filled: what lies in it is no office yet, and the next try begins anew.
const RESTORING: &str = "restoring";

/// Restores a backup into an empty store with one member's words. A new passphrase comes next.
///
/// Taken is the newest run that is whole and has its keystore; a bundle after it (a copy cut off) is left out.
pub fn restore(folder: &Path, store: Arc<dyn Store>, words: &str) -> Result<Office> {
    let sheet = Sheet::parse(words).ok_or(VaultError::WrongWords)?;
    let label: Label = serde_json::from_slice(&small(&folder.join("amparo-backup.json"), 1 << 16)?).map_err(|_| VaultError::Malformed("backup"))?;
    if label.v != 1 {
        return Err(VaultError::Malformed("a backup of another version"));
    }
    let members = members(folder)?;
    let mut session = None;
    for (_, bundle) in &members {
        session = session.or(session::open_with_words(bundle, &sheet.0)?);
    }
    let session = session.filter(|s| s.office() == label.office).ok_or(VaultError::WrongWords)?;
    let newest = newest(folder, label.office)?;
    begin(&*store)?;
    let mut reading = Reading { store: store.clone(), rows: keystore(folder, &newest, &sheet.0)?, frames: BTreeMap::new(), before: None, part: Rc::default() };
    let mut notes = Vec::new();
    for number in 1..=newest.number {
        notes.push(reading.bundle(folder, &Number { number, ..newest.clone() })?);
    }
    let Some((note, manifest)) = notes.last() else { return Err(VaultError::Malformed("backup")) };
    reading.put(manifest)?;
    // Who signed the newest bundle held the office's newest key: only then its heads are signed anew here.
    let ring = Ring::load(&*store, JournalId(label.office.0), &session)?;
    let (_, jk) = ring.newest().ok_or(VaultError::WrongWords)?;
    let head_key = heads::key(jk, label.office)?;
    let unsigned = || VaultError::Refused("the bundle is not signed by this office");
    heads::verify_note(note, label.office, &lock::public_of(&head_key)).ok_or_else(unsigned)?;
    for (journal, seq, hash) in &manifest.heads {
        heads::write(&*store, label.office, &head_key, *journal, Tip { seq: *seq, hash: hash.0 })?;
    }
    for (member, bundle) in &members {
        store.put_bundle(&member.0, Some(bundle))?;
    }
    let office = open_with_sheet(store.clone(), &sheet)?;
    if !notes.iter().all(|(note, _)| office.roster.head_keys.iter().any(|key| heads::verify_note(note, label.office, key).is_some())) {
        return Err(unsigned());
    }
    store.put_meta(RESTORING, b"")?;
    Ok(office)
}

/// Whether a restore was begun here and not ended.
pub(crate) fn unfinished(store: &dyn Store) -> Result<bool> {
    Ok(store.meta(RESTORING)?.is_some_and(|m| !m.is_empty()))
}

fn begin(store: &dyn Store) -> Result<()> {
    if !unfinished(store)? && (!store.journals()?.is_empty() || !store.bundles()?.is_empty()) {
        return Err(VaultError::AlreadyAnOffice);
    }
    store.put_meta(RESTORING, b"1")?;
    for (member, _) in store.bundles()? {
        store.put_bundle(&member, None)?;
    }
    for journal in store.journals()? {
        store.delete_journal(&journal)?;
    }
    Ok(())
}

fn members(folder: &Path) -> Result<Vec<(MemberId, Vec<u8>)>> {
    let bad = || VaultError::Malformed("member");
    let members: BTreeMap<String, String> = serde_json::from_slice(&small(&folder.join("members.json"), 64 << 20)?).map_err(|_| bad())?;
    members.iter().map(|(member, bundle)| Ok((member.parse().map_err(|_| bad())?, lock::of_base64(bundle).ok_or_else(bad)?))).collect()
}

/// The newest whole run that has its keystore and all bundles before it: by how far the office's journal goes.
fn newest(folder: &Path, office: OfficeId) -> Result<Number> {
    let bundles = folder.join("bundles");
    let there: BTreeSet<Number> = names(&bundles, |n| n.strip_suffix(".tar"))?.into_iter().collect();
    let mut best: Option<(u64, Number)> = None;
    for at in names(folder, |n| n.strip_prefix("keystore-"))? {
        let all = (1..=at.number).all(|number| there.contains(&Number { number, ..at.clone() }));
        let Ok((_, manifest)) = note_of(&bundles.join(at.bundle())) else { continue };
        let Some((seq, _)) = manifest.head(JournalId(office.0)).filter(|_| all && manifest.whole && manifest.at == at) else { continue };
        if best.as_ref().is_none_or(|(most, n)| (seq, &at) > (*most, n)) {
            best = Some((seq, at));
        }
    }
    best.map(|(_, at)| at).ok_or(VaultError::Malformed("a backup without a whole bundle and its keystore"))
}

type Rows = BTreeMap<JournalId, Vec<WrapRow>>;

fn keystore(folder: &Path, at: &Number, secret: &Key) -> Result<Rows> {
    let folder: PathBuf = folder.join(at.keystore());
    let bad = || VaultError::Malformed("keystore");
    let mut all = Rows::new();
    for entry in std::fs::read_dir(&folder)? {
        let name = entry?.file_name();
        let Some(journal) = name.to_str().and_then(|n| n.strip_suffix(".age")).and_then(|n| n.parse::<JournalId>().ok()) else { continue };
        let plain = lock::age_open(secret, &small(&folder.join(&name), 4 << 30)?)?;
        let lines = plain.split(|b| *b == b'\n').filter(|line| !line.is_empty());
        let rows = lines.map(|line| serde_json::from_slice::<RowLine>(line).ok().and_then(|l| l.row(journal)).ok_or_else(bad)).collect::<Result<_>>()?;
        all.insert(journal, rows);
    }
    Ok(all)
}

/// A sealed file that is being put together from parts.
struct Part {
    blob: Sha256,
    next: u32,
    out: Box<dyn BlobWriter>,
    hash: sha2::Sha256,
}

struct Reading {
    store: Arc<dyn Store>,
    rows: Rows,
    frames: BTreeMap<JournalId, Vec<Entry>>,
    before: Option<Sha256>,
    part: Rc<RefCell<Option<Part>>>,
}

impl Reading {
    fn wanted(&self, blob: &Sha256) -> bool {
        self.rows.values().flatten().any(|row| row.key.what == ring::BLOB && row.key.id == blob.0)
    }

    /// Reads one bundle: its files must be those of its list, and the bundle before the one that it names.
    fn bundle(&mut self, folder: &Path, at: &Number) -> Result<(Vec<u8>, Manifest)> {
        let other = || VaultError::Refused("the bundle is not the one that was written");
        let path = folder.join("bundles").join(at.bundle());
        let (note, manifest) = note_of(&path)?;
        if manifest.at != *at || manifest.before != self.before {
            return Err(other());
        }
        let mut tar = TarIn::new(BufReader::with_capacity(256 << 10, File::open(&path)?));
        for listed in &manifest.files {
            let small = Rc::new(RefCell::new(Vec::new()));
            let found = tar.next(|name, size| self.sink(name, size, small.clone()))?;
            if found != *listed {
                return Err(other());
            }
            let Some((blob, part)) = Piece::parse(&found.2) else {
                self.entries(&found.2, &small.borrow())?;
                continue;
            };
            if part.is_none_or(|(_, last)| last) {
                self.kept(blob)?;
            }
        }
        let same = Rc::new(RefCell::new(Vec::new()));
        let (_, _, name) = tar.next(|name, size| self.sink(name, size, same.clone()))?;
        if name != "manifest" || *same.borrow() != note {
            return Err(other());
        }
        self.before = Some(tar.finish()?);
        Ok((note, manifest))
    }

    fn sink(&self, name: &str, size: u64, small: Rc<RefCell<Vec<u8>>>) -> Result<Box<dyn FnMut(&[u8]) -> Result<()>>> {
        let Some((blob, part)) = Piece::parse(name) else {
            if size > 8 << 30 {
                return Err(VaultError::Malformed("bundle"));
            }
            return Ok(Box::new(move |bytes| {
                small.borrow_mut().extend_from_slice(bytes);
                Ok(())
            }));
        };
        let open = self.part.clone();
        let number = part.map_or(1, |(n, _)| n);
        if number == 1 {
            // Withdrawn since: without a key it is not taken back.
            let begun = if self.wanted(&blob) { Some(Part { blob, next: 1, out: self.store.blob_begin()?, hash: sha2::Sha256::new() }) } else { None };
            *open.borrow_mut() = begun;
        }
        if let Some(part) = open.borrow_mut().as_mut() {
            if part.blob != blob || part.next != number {
                return Err(VaultError::Malformed("bundle"));
            }
            part.next += 1;
        }
        Ok(Box::new(move |bytes| {
            if let Some(part) = open.borrow_mut().as_mut() {
                part.out.write_all(bytes)?;
                part.hash.update(bytes);
            }
            Ok(())
        }))
    }

    /// A whole sealed file was read. One that was altered before the backup stays out; `verify` then names it.
    fn kept(&self, blob: Sha256) -> Result<()> {
        let Some(part) = self.part.borrow_mut().take() else { return Ok(()) };
        let hash: [u8; 32] = part.hash.finalize().into();
        if Sha256(hash) == blob { Ok(part.out.commit(hash)?) } else { Ok(()) }
    }

    fn entries(&mut self, name: &str, mut bytes: &[u8]) -> Result<()> {
        let bad = || VaultError::Malformed("bundle");
        let journal: JournalId = name.strip_prefix("entries/").and_then(|n| n.strip_suffix(".frames")).and_then(|n| n.parse().ok()).ok_or_else(bad)?;
        let entries = self.frames.entry(journal).or_default();
        while !bytes.is_empty() {
            let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(bad)?;
            let (frame, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or_else(bad)?;
            entries.push(Entry { journal: journal.0, seq: entries.len() as u64 + 1, hash: crate::frame::hash(frame).0, frame: frame.to_vec() });
            bytes = rest;
        }
        Ok(())
    }

    /// Puts entries and rows: of each journal that the newest list still has a head of, and no row without its entry.
    fn put(&mut self, manifest: &Manifest) -> Result<()> {
        for (journal, ..) in &manifest.heads {
            let entries = self.frames.remove(journal).unwrap_or_default();
            let known: BTreeSet<[u8; 32]> = entries.iter().map(|e| e.hash).collect();
            let mut rows = self.rows.remove(journal).unwrap_or_default();
            rows.retain(|row| row.key.what != ring::ENTRY || known.iter().any(|h| row.key.id == h[..]));
            self.store.restore_journal(&entries, &rows)?;
        }
        Ok(())
    }
}
