//! Backup: a folder anybody may carry or sync, opened by one member's printed words (docs/formats/backup.md).
//!
//! Each run adds what is new as numbered bundles of ciphertext; keys travel in keystores sealed to the words
//! of the members. Nothing in the folder can be guessed with a passphrase.

use crate::Now;
use crate::bundle::{Manifest, Number, Piece, RowLine, TarOut, note_of, plan};
use crate::heads;
use crate::lock;
use crate::office::Office;
use crate::problem::{Result, VaultError};
use crate::session;
use amparo_model::{JournalId, MemberId, OfficeId, Sha256, What};
use amparo_proof::Link;
use amparo_store::{StoreError, WrapRow, private_file, private_folder};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// What a backup wrote.
#[derive(Clone, Debug)]
pub struct BackedUp {
    pub place: String,
    pub series: String,
    /// The last bundle's number.
    pub number: u64,
    /// New since the last run: entries, and sealed files.
    pub entries: u64,
    pub papers: u64,
    /// Journals whose entries do not fit their signed head: nothing new of them was taken, older keys stay.
    pub damaged: Vec<JournalId>,
    /// Sealed files whose bytes are not those of their name: taken as they are.
    pub altered: Vec<Sha256>,
}

/// How a backup is written.
#[derive(Clone, Copy, Debug)]
pub struct BackupChoices {
    /// Begin a new series with everything.
    pub full: bool,
    /// The longest bundle.
    pub bundle_bytes: u64,
}

impl Default for BackupChoices {
    fn default() -> BackupChoices {
        BackupChoices { full: false, bundle_bytes: 1 << 30 }
    }
}

/// `amparo-backup.json`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Label {
    pub v: u8,
    pub office: OfficeId,
    pub place: String,
}

const README: &str = "This folder is a backup of an office that uses amparo. Everything in it is sealed.\nTo restore: amparo restore FOLDER, with the 24 words of one member's sheet.\n\nEsta carpeta es una copia de seguridad de una oficina que usa amparo. Todo va sellado.\nPara recuperarla: amparo restore CARPETA, con las 24 palabras de la hoja de un miembro.\n";

/// Another name first, synced, then renamed: a file of this name is always whole.
fn write_whole(folder: &Path, name: &str, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let temporary = folder.join(format!(".{name}.part"));
    remove_file(&temporary)?;
    let mut file = private_file(&temporary)?;
    fill(&mut file)?;
    file.sync_all()?;
    fs::rename(&temporary, folder.join(name))?;
    Ok(File::open(folder)?.sync_all()?)
}

fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e.into()),
        _ => Ok(()),
    }
}

fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e.into()),
        _ => Ok(()),
    }
}

/// What a place's series holds already.
struct Held {
    last: Number,
    before: Sha256,
    blobs: BTreeSet<Sha256>,
    heads: BTreeMap<JournalId, (u64, Sha256)>,
}

/// The store at one moment.
struct Moment {
    rows: Vec<(JournalId, Vec<WrapRow>)>,
    /// New frames, each with its length before it.
    frames: Vec<(JournalId, Vec<u8>)>,
    entries: u64,
    heads: Vec<(JournalId, u64, Sha256)>,
    blobs: Vec<(Sha256, u64)>,
    members: Vec<u8>,
    damaged: Vec<JournalId>,
}

impl Office {
    /// Adds to a backup folder what is new since the last run there, and says so in the office journal.
    pub fn backup(&mut self, folder: &Path, label: &str, now: Now) -> Result<BackedUp> {
        self.backup_with(folder, label, BackupChoices::default(), now)
    }

    pub fn backup_with(&mut self, folder: &Path, label: &str, choices: BackupChoices, now: Now) -> Result<BackedUp> {
        private_folder(&folder.join("bundles"))?;
        let place = self.place(folder, label, now)?;
        let mut done = None;
        for _ in 0..3 {
            match self.run(folder, &place, choices) {
                // A paper was withdrawn while it was to be copied: the next try does not name it.
                Err(VaultError::Store(StoreError::NotThere { .. })) => {}
                other => {
                    done = Some(other?);
                    break;
                }
            }
        }
        let done = done.ok_or(VaultError::Busy)?;
        self.append("common", What::BackedUp { place, series: done.series.clone(), number: done.number }, now)?;
        Ok(done)
    }

    fn place(&mut self, folder: &Path, label: &str, now: Now) -> Result<String> {
        let place = match fs::read(folder.join("amparo-backup.json")) {
            Ok(bytes) => match serde_json::from_slice::<Label>(&bytes) {
                Ok(known) if known.office == self.session.office() && known.v == 1 => known.place,
                _ => return Err(VaultError::Refused("another office's backup")),
            },
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => lock::hex(&lock::random::<16>()?),
            Err(e) => return Err(e.into()),
        };
        if !self.roster.places.iter().any(|p| p.id == place) {
            self.append("common", What::Place { place: place.clone(), label: label.to_owned() }, now)?;
        }
        let label = Label { v: 1, office: self.session.office(), place: place.clone() };
        let label = serde_json::to_vec(&label).map_err(|_| VaultError::Malformed("label"))?;
        write_whole(folder, "README.txt", |file| Ok(file.write_all(README.as_bytes())?))?;
        write_whole(folder, "amparo-backup.json", |file| Ok(file.write_all(&label)?))?;
        Ok(place)
    }

    fn run(&mut self, folder: &Path, place: &str, choices: BackupChoices) -> Result<BackedUp> {
        self.reload()?;
        self.journal.must_write()?;
        let held = if choices.full { None } else { self.held(folder, place)? };
        let (moment, held) = self.moment(held)?;
        let series = match &held {
            Some(held) => held.last.series.clone(),
            None => lock::hex(&lock::random::<8>()?),
        };
        let (before, first) = held.as_ref().map_or((None, 1), |h| (Some(h.before), h.last.number + 1));
        let size: u64 = moment.frames.iter().map(|(_, f)| crate::bundle::room(f.len() as u64)).sum::<u64>() + 120 * moment.heads.len() as u64;
        let bundles = plan(&moment.blobs, size, choices.bundle_bytes);
        let last = Number { series: series.clone(), number: first + bundles.len() as u64 - 1 };
        self.keystore(folder, &last, &moment)?;
        // From here on the series is this store's: a crash goes on with it, a restored store begins another.
        self.store.put_meta(&series_name(place), series.as_bytes())?;
        let mut altered = Vec::new();
        let mut before = before;
        for (pieces, number) in bundles.iter().zip(first..) {
            let at = Number { series: series.clone(), number };
            let entries = (at == last).then_some(&moment);
            before = Some(self.bundle(folder, at, before, pieces, entries, &mut altered)?);
        }
        // Last: they remember the office's newest entry, which a run that is cut off before its last bundle does not bring.
        write_whole(folder, "members.json", |file| Ok(file.write_all(&moment.members)?))?;
        if moment.damaged.is_empty() {
            self.drop_older_keys(folder, &last)?;
        }
        Ok(BackedUp { place: place.to_owned(), series, number: last.number, entries: moment.entries, papers: moment.blobs.len() as u64, damaged: moment.damaged, altered })
    }

    fn signed(&self, note: &[u8]) -> bool {
        self.roster.head_keys.iter().any(|key| heads::verify_note(note, self.session.office(), key).is_some())
    }

    /// What this store's own series at this place holds; `None` where there is none to go on with.
    fn held(&self, folder: &Path, place: &str) -> Result<Option<Held>> {
        let Some(series) = self.store.meta(&series_name(place))?.and_then(|s| String::from_utf8(s).ok()) else { return Ok(None) };
        let mut numbers: Vec<u64> = names(&folder.join("bundles"), |n| n.strip_suffix(".tar"))?.into_iter().filter(|n| n.series == series).map(|n| n.number).collect();
        numbers.sort_unstable();
        if numbers.is_empty() || numbers.iter().zip(1..).any(|(have, want)| *have != want) {
            return Ok(None);
        }
        let mut held = Held { last: Number { series: series.clone(), number: numbers.len() as u64 }, before: Sha256([0; 32]), blobs: BTreeSet::new(), heads: BTreeMap::new() };
        for number in numbers {
            let at = Number { series: series.clone(), number };
            let Ok((note, manifest)) = note_of(&folder.join("bundles").join(at.bundle())) else { return Ok(None) };
            if manifest.at != at || !self.signed(&note) {
                return Ok(None);
            }
            held.blobs.extend(manifest.files.iter().filter_map(|(_, _, name)| Piece::parse(name)).filter(|(_, part)| part.is_none_or(|(_, last)| last)).map(|(blob, _)| blob));
            if manifest.whole {
                held.heads = manifest.heads.iter().map(|(j, seq, hash)| (*j, (*seq, *hash))).collect();
            }
        }
        held.before = crate::keep::hash_of(&mut File::open(folder.join("bundles").join(held.last.bundle()))?)?;
        Ok(Some(held))
    }

    /// Reads rows, entries and heads as they are at one moment: no other writer is let in. Where the series
    /// holds another history than this store, a new one begins.
    fn moment(&self, held: Option<Held>) -> Result<(Moment, Option<Held>)> {
        let _writing = self.store.lock(&mut || self.store.waiting())?;
        let mut moment = Moment { rows: vec![], frames: vec![], entries: 0, heads: vec![], blobs: vec![], members: vec![], damaged: vec![] };
        let journals: Vec<JournalId> = self.store.journals()?.into_iter().map(JournalId).collect();
        for id in &journals {
            let from = held.as_ref().and_then(|h| h.heads.get(id)).copied();
            match self.new_frames(*id, from)? {
                Some((frames, count, head)) => {
                    moment.entries += count;
                    moment.heads.push((*id, head.0, head.1));
                    moment.frames.push((*id, frames));
                }
                None if from.is_some() && self.whole(*id)? => {
                    drop(_writing);
                    return self.moment(None);
                }
                None => {
                    moment.damaged.push(*id);
                    moment.heads.extend(from.map(|(seq, hash)| (*id, seq, hash)));
                }
            }
            moment.rows.push((*id, self.store.wraps(&id.0, None)?));
        }
        moment.frames.retain(|(_, frames)| !frames.is_empty());
        for blob in self.store.blob_names()?.into_iter().map(Sha256) {
            if held.as_ref().is_none_or(|h| !h.blobs.contains(&blob)) {
                moment.blobs.push((blob, self.store.blob(&blob.0)?.seek(SeekFrom::End(0))?));
            }
        }
        let mut members = BTreeMap::new();
        for (member, bundle) in self.store.bundles()? {
            members.insert(MemberId(member).to_string(), lock::base64(&session::words_only(&bundle)?));
        }
        moment.members = serde_json::to_vec(&members).map_err(|_| VaultError::Malformed("members"))?;
        Ok((moment, held))
    }

    fn whole(&self, id: JournalId) -> Result<bool> {
        Ok(self.new_frames(id, None)?.is_some())
    }

    /// The frames after `from` up to the signed head; `None` where they are not one chain from it to that head.
    fn new_frames(&self, id: JournalId, from: Option<(u64, Sha256)>) -> Result<Option<(Vec<u8>, u64, (u64, Sha256))>> {
        let Some(head) = self.store.head(&id.0)?.filter(|note| self.signed(note)).as_deref().and_then(heads::parse) else { return Ok(None) };
        let (mut frames, mut prev, mut good, mut count) = (Vec::new(), Sha256([0; 32]), true, 0);
        self.store.entries(&id.0, 1, &mut |entry| {
            if entry.seq > head.seq {
                return false;
            }
            good = Link::parse(&entry.frame) == Some(Link { journal: id.0, seq: entry.seq, prev: prev.0 });
            prev = crate::frame::hash(&entry.frame);
            good &= prev.0 == entry.hash && from.is_none_or(|(seq, hash)| seq != entry.seq || hash == prev);
            if from.is_none_or(|(seq, _)| entry.seq > seq) {
                frames.extend_from_slice(&(entry.frame.len() as u32).to_be_bytes());
                frames.extend_from_slice(&entry.frame);
                count += 1;
            }
            good
        })?;
        let follows = from.is_none_or(|(seq, _)| seq <= head.seq);
        Ok((good && follows && prev == head.hash && head.journal == id).then_some((frames, count, (head.seq, head.hash))))
    }

    /// All rows of each journal, sealed to the words of every member, read back before it gets its name.
    fn keystore(&self, folder: &Path, at: &Number, moment: &Moment) -> Result<()> {
        let recipients: Vec<String> = self.roster.live().map(|m| m.public.words.clone()).collect();
        let (part, whole) = (folder.join(format!("{}.part", at.keystore())), folder.join(at.keystore()));
        remove_folder(&part)?;
        private_folder(&part)?;
        for (journal, rows) in &moment.rows {
            let mut lines = lock::Secret::new(Vec::new());
            for row in rows {
                serde_json::to_writer(&mut *lines, &RowLine::of(row)).map_err(|_| VaultError::Malformed("row"))?;
                lines.push(b'\n');
            }
            let sealed = lock::age_seal_to(&recipients, &lines)?;
            let name = format!("{journal}.age");
            write_whole(&part, &name, |file| Ok(file.write_all(&sealed)?))?;
            if fs::read(part.join(&name))? != sealed {
                return Err(VaultError::Refused("the keystore did not read back"));
            }
        }
        remove_folder(&whole)?; // of a run that was cut off: no bundle has its number
        fs::rename(&part, &whole)?;
        Ok(File::open(folder)?.sync_all()?)
    }

    fn bundle(&self, folder: &Path, at: Number, before: Option<Sha256>, pieces: &[Piece], last: Option<&Moment>, altered: &mut Vec<Sha256>) -> Result<Sha256> {
        let bundles = folder.join("bundles");
        write_whole(&bundles, &at.bundle(), |file| {
            let mut tar = TarOut::new(std::io::BufWriter::with_capacity(256 << 10, file));
            for piece in pieces {
                let mut sealed = self.store.blob(&piece.blob.0)?;
                sealed.seek(SeekFrom::Start(piece.offset))?;
                let hash = tar.add(&piece.name(), piece.size, &mut sealed.take(piece.size))?;
                if piece.part.is_none() && hash != piece.blob {
                    altered.push(piece.blob);
                }
            }
            for (journal, frames) in last.map_or(&[][..], |moment| &moment.frames) {
                tar.add(&format!("entries/{journal}.frames"), frames.len() as u64, &mut &frames[..])?;
            }
            let heads = last.map_or_else(Vec::new, |moment| moment.heads.clone());
            let manifest = Manifest { at: at.clone(), before, whole: last.is_some(), heads, files: vec![] };
            tar.finish(manifest, self.session.office(), &self.head_key)
        })?;
        Ok(crate::keep::hash_of(&mut File::open(bundles.join(at.bundle()))?)?)
    }

    /// Older keys go, down to two keystores; to one where something was ordered forgotten in between.
    fn drop_older_keys(&self, folder: &Path, newest: &Number) -> Result<()> {
        let stores = names(folder, |n| n.strip_prefix("keystore-"))?;
        let usable = |n: &Number| -> bool {
            let Ok((note, manifest)) = note_of(&folder.join("bundles").join(n.bundle())) else { return false };
            let office = manifest.head(self.journal.id);
            manifest.whole && self.signed(&note) && office.is_some_and(|(seq, hash)| self.roster.hash_of(seq) == Some(hash) && seq >= self.roster.last_order)
        };
        let second = stores.iter().filter(|n| n.series == newest.series && n.number < newest.number).max().filter(|n| usable(n)).cloned();
        for old in stores.iter().filter(|n| *n != newest && Some(*n) != second.as_ref()) {
            remove_folder(&folder.join(old.keystore()))?;
        }
        Ok(())
    }
}

fn series_name(place: &str) -> String {
    format!("backup/{place}")
}

/// The numbered things in a folder.
pub(crate) fn names(folder: &Path, stem: impl Fn(&str) -> Option<&str>) -> Result<Vec<Number>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        all.extend(name.to_str().and_then(&stem).and_then(Number::parse));
    }
    Ok(all)
}
