//! Backup: a folder anybody may carry or sync, opened by one member's printed words (FORMATS.md section 7).
//!
//! A bundle is ciphertext with a signed list of what is in it; keys travel in keystores sealed to the words
//! of the members. Nothing in the folder can be guessed with a passphrase.

use crate::heads;
use crate::lock::{self, Key};
use crate::office::{Office, Sheet};
use crate::problem::{Result, VaultError};
use crate::session;
use crate::{Now, unlock_with_words};
use amparo_model::{JournalId, MemberId, OfficeId, Sha256, What};
use amparo_store::{Entry, Store, WrapKey, WrapRow};
use serde::{Deserialize, Serialize};
use sha2::Digest;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

/// What a backup wrote.
#[derive(Clone, Debug)]
pub struct BackedUp {
    pub place: String,
    pub series: String,
    pub number: u64,
    pub entries: u64,
    pub papers: u64,
}

#[derive(Serialize, Deserialize)]
struct Label {
    v: u8,
    office: OfficeId,
    place: String,
    /// The newest whole series.
    series: String,
}

#[derive(Serialize, Deserialize)]
struct Row {
    what: u8,
    id: String,
    to: String,
    alg: u8,
    lock: u8,
    bytes: String,
    half: String,
}

const README: &str = "This folder is a backup of an office that uses amparo. Everything in it is sealed.\nTo restore: amparo restore FOLDER, with the 24 words of one member's sheet.\n\nEsta carpeta es una copia de seguridad de una oficina que usa amparo. Todo va sellado.\nPara recuperarla: amparo restore CARPETA, con las 24 palabras de la hoja de un miembro.\n";

fn write_whole(folder: &Path, name: &str, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let temporary = folder.join(format!(".{name}.part"));
    let mut file = File::create(&temporary)?;
    fill(&mut file)?;
    file.sync_all()?;
    fs::rename(&temporary, folder.join(name))?;
    Ok(File::open(folder)?.sync_all()?)
}

/// One file of a tar archive: ustar, plain names, nothing else.
struct Tar<W: Write> {
    out: W,
    manifest: String,
}

impl<W: Write> Tar<W> {
    fn add(&mut self, name: &str, size: u64, body: &mut dyn Read) -> Result<()> {
        let mut head = [0_u8; 512];
        let field = |head: &mut [u8; 512], at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
        if name.len() > 99 || size >= 1 << 33 {
            return Err(VaultError::TooLong(name.len()));
        }
        field(&mut head, 0, name);
        field(&mut head, 100, "0000600");
        field(&mut head, 108, "0000000");
        field(&mut head, 116, "0000000");
        field(&mut head, 124, &format!("{size:011o}"));
        field(&mut head, 136, "00000000000");
        field(&mut head, 148, "        ");
        head[156] = b'0';
        field(&mut head, 257, "ustar\u{0}00");
        let sum: u32 = head.iter().map(|b| u32::from(*b)).sum();
        field(&mut head, 148, &format!("{sum:06o}\u{0} "));
        self.out.write_all(&head)?;
        let mut hash = sha2::Sha256::new();
        let (mut left, mut buffer) = (size, vec![0; 128 << 10]);
        while left > 0 {
            let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let n = body.read(&mut buffer[..most])?;
            if n == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            hash.update(&buffer[..n]);
            self.out.write_all(&buffer[..n])?;
            left -= n as u64;
        }
        self.out.write_all(&vec![0; (size.next_multiple_of(512) - size) as usize])?;
        let hash: [u8; 32] = hash.finalize().into();
        self.manifest.push_str(&format!("{} {size} {name}\n", lock::hex(&hash)));
        Ok(())
    }
}

impl Office {
    /// Writes a whole backup of everything into a folder, as a new series, and says so in the office journal.
    pub fn backup(&mut self, folder: &Path, label: &str, now: Now) -> Result<BackedUp> {
        fs::create_dir_all(folder.join("bundles"))?;
        let known = fs::read(folder.join("amparo-backup.json")).ok().and_then(|b| serde_json::from_slice::<Label>(&b).ok());
        let place = match known.filter(|l| l.office == self.session.office()) {
            Some(known) => known.place,
            None if folder.join("amparo-backup.json").exists() => return Err(VaultError::Refused("another office's backup")),
            None => lock::hex(&lock::random::<16>()?),
        };
        if !self.roster.places.iter().any(|p| p.id == place) {
            self.append("common", What::Place { place: place.clone(), label: label.to_owned() }, now)?;
        }
        let series = lock::hex(&lock::random::<8>()?);
        // One writer at a time: what is read below is of one moment.
        let _writing = self.store.lock(&mut || {})?;
        let stores = format!("keystore-{series}-000001");
        let keystore = folder.join(&stores);
        fs::create_dir_all(&keystore)?;
        let journals = self.store.journals()?;
        let recipients: Vec<String> = self.roster.live().map(|m| m.public.words.clone()).collect();
        for journal in &journals {
            let mut lines = lock::Secret::new(Vec::new());
            for row in self.store.wraps(journal, None)? {
                let row = Row { what: row.key.what, id: lock::hex(&row.key.id), to: lock::hex(&row.key.to), alg: row.alg, lock: row.lock, bytes: lock::base64(&row.bytes), half: lock::base64(&row.half) };
                serde_json::to_writer(&mut *lines, &row).map_err(|_| VaultError::Malformed("row"))?;
                lines.push(b'\n');
            }
            let sealed = lock::age_seal_to(&recipients, &lines)?;
            let name = format!("{}.age", JournalId(*journal));
            write_whole(&keystore, &name, |file| Ok(file.write_all(&sealed)?))?;
            if fs::read(keystore.join(&name))? != sealed {
                return Err(VaultError::Refused("the keystore did not read back"));
            }
        }
        let mut members = BTreeMap::new();
        for (member, bundle) in self.store.bundles()? {
            members.insert(MemberId(member).to_string(), lock::base64(&session::words_only(&bundle)?));
        }
        let members = serde_json::to_vec(&members).map_err(|_| VaultError::Malformed("members"))?;
        write_whole(folder, "members.json", |file| Ok(file.write_all(&members)?))?;
        let (mut entries, mut papers) = (0, 0);
        let (office, store, head_key) = (self.session.office(), self.store.clone(), self.head_key.clone());
        write_whole(&folder.join("bundles"), &format!("{series}-000001.tar"), |file| {
            let mut tar = Tar { out: io::BufWriter::new(file), manifest: format!("amparo/bundle/v1\n{series}\n1\n-\n") };
            for journal in &journals {
                let mut frames = Vec::new();
                store.entries(journal, 1, &mut |entry| {
                    frames.extend_from_slice(&(entry.frame.len() as u32).to_be_bytes());
                    frames.extend_from_slice(&entry.frame);
                    entries += 1;
                    true
                })?;
                tar.add(&format!("entries/{}.frames", JournalId(*journal)), frames.len() as u64, &mut &frames[..])?;
                if let Some(head) = store.head(journal)? {
                    tar.add(&format!("heads/{}", JournalId(*journal)), head.len() as u64, &mut &head[..])?;
                }
            }
            for blob in store.blob_names()? {
                let mut sealed = store.blob(&blob)?;
                let size = sealed.seek(SeekFrom::End(0))?;
                sealed.rewind()?;
                tar.add(&format!("blobs/{}", lock::hex(&blob)), size, &mut sealed)?;
                papers += 1;
            }
            let note = heads::sign_note(&tar.manifest, office, &head_key);
            tar.add("manifest", note.len() as u64, &mut &note[..])?;
            tar.out.write_all(&[0; 1024])?;
            Ok(tar.out.flush()?)
        })?;
        let label = serde_json::to_vec(&Label { v: 1, office, place: place.clone(), series: series.clone() }).map_err(|_| VaultError::Malformed("label"))?;
        write_whole(folder, "README.txt", |file| Ok(file.write_all(README.as_bytes())?))?;
        write_whole(folder, "amparo-backup.json", |file| Ok(file.write_all(&label)?))?;
        // Older keys go: what was withdrawn since is now forgotten here too.
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("keystore-") && name != stores && entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            }
        }
        drop(_writing);
        self.append("common", What::BackedUp { place: place.clone(), series: series.clone(), number: 1 }, now)?;
        Ok(BackedUp { place, series, number: 1, entries, papers })
    }
}

fn small(path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(VaultError::Malformed("a file of the backup that is too long")) } else { Ok(bytes) }
}

/// Restores a backup into an empty store with one member's words. A new passphrase comes next.
pub fn restore(folder: &Path, store: Arc<dyn Store>, words: &str) -> Result<Office> {
    if !store.journals()?.is_empty() || !store.bundles()?.is_empty() {
        return Err(VaultError::AlreadyAnOffice);
    }
    let sheet = Sheet::parse(words).ok_or(VaultError::WrongWords)?;
    let bad = |_| VaultError::Malformed("backup");
    let label: Label = serde_json::from_slice(&small(&folder.join("amparo-backup.json"), 1 << 16)?).map_err(bad)?;
    let series_ok = label.series.len() == 16 && label.series.bytes().all(|b| b.is_ascii_hexdigit());
    if label.v != 1 || !series_ok {
        return Err(VaultError::Malformed("backup"));
    }
    let members: BTreeMap<String, String> = serde_json::from_slice(&small(&folder.join("members.json"), 64 << 20)?).map_err(bad)?;
    let mut bundles = Vec::new();
    for (member, bundle) in &members {
        let member: MemberId = member.parse().map_err(|_| VaultError::Malformed("member"))?;
        bundles.push((member, lock::of_base64(bundle).ok_or(VaultError::Malformed("member"))?));
    }
    let mut mine = false;
    for (_, bundle) in &bundles {
        mine |= session::open_with_words(bundle, &sheet.0)?.is_some();
    }
    if !mine {
        return Err(VaultError::WrongWords);
    }
    let keystore = folder.join(format!("keystore-{}-000001", label.series));
    let tar = File::open(folder.join("bundles").join(format!("{}-000001.tar", label.series)))?;
    let (note, listed) = unpack(io::BufReader::new(tar), &*store, &keystore, &sheet.0)?;
    let text = amparo_proof::note::text(&note).ok_or(VaultError::Malformed("manifest"))?;
    if text != format!("amparo/bundle/v1\n{}\n1\n-\n{listed}", label.series) {
        return Err(VaultError::Refused("the bundle is not the one that was written"));
    }
    for (member, bundle) in &bundles {
        store.put_bundle(&member.0, Some(bundle))?;
    }
    let office = unlock_with_words(store, words)?;
    let known = office.roster.head_keys.iter().any(|key| heads::verify_note(&note, label.office, key).is_some());
    if !known {
        return Err(VaultError::Refused("the bundle is not signed by this office"));
    }
    Ok(office)
}

fn rows_of(path: &Path, journal: JournalId, secret: &Key) -> Result<Vec<WrapRow>> {
    let plain = lock::age_open(secret, &small(path, 1 << 30)?)?;
    let bad = || VaultError::Malformed("keystore");
    plain
        .split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            let row: Row = serde_json::from_slice(line).map_err(|_| bad())?;
            let (id, to) = (lock::of_hex(&row.id).ok_or_else(bad)?, lock::of_hex(&row.to).ok_or_else(bad)?);
            let (bytes, half) = (lock::of_base64(&row.bytes).ok_or_else(bad)?, lock::of_base64(&row.half).ok_or_else(bad)?);
            Ok(WrapRow { key: WrapKey { journal: journal.0, what: row.what, id, to }, alg: row.alg, lock: row.lock, bytes, half })
        })
        .collect()
}

fn unpack(mut tar: impl Read, store: &dyn Store, keystore: &Path, secret: &Key) -> Result<(Vec<u8>, String)> {
    let bad = || VaultError::Malformed("bundle");
    let mut listed = String::new();
    loop {
        let mut head = [0; 512];
        tar.read_exact(&mut head)?;
        let text = |range: std::ops::Range<usize>| std::str::from_utf8(&head[range]).ok().map(|t| t.trim_end_matches(['\0', ' ']).to_owned());
        let name = text(0..100).filter(|n| !n.is_empty()).ok_or_else(bad)?;
        let size = u64::from_str_radix(&text(124..136).ok_or_else(bad)?, 8).map_err(|_| bad())?;
        let mut body = (&mut tar).take(size);
        let hash: [u8; 32];
        if let Some(blob) = name.strip_prefix("blobs/") {
            let mut out = store.blob_begin()?;
            let mut hashing = sha2::Sha256::new();
            let mut buffer = vec![0; 128 << 10];
            loop {
                let n = body.read(&mut buffer)?;
                if n == 0 {
                    break;
                }
                hashing.update(&buffer[..n]);
                out.write_all(&buffer[..n])?;
            }
            hash = hashing.finalize().into();
            if body.limit() != 0 || lock::hex(&hash) != blob {
                return Err(VaultError::Altered(Sha256(hash)));
            }
            out.commit(hash)?;
        } else {
            let mut bytes = Vec::new();
            body.read_to_end(&mut bytes)?;
            if bytes.len() as u64 != size {
                return Err(bad());
            }
            hash = sha2::Sha256::digest(&bytes).into();
            if name == "manifest" {
                return Ok((bytes, listed));
            } else if let Some(journal) = name.strip_prefix("heads/") {
                let journal: JournalId = journal.parse().map_err(|_| bad())?;
                store.put_head(&journal.0, &bytes)?;
            } else if let Some(journal) = name.strip_prefix("entries/").and_then(|n| n.strip_suffix(".frames")) {
                let journal: JournalId = journal.parse().map_err(|_| bad())?;
                let rows = rows_of(&keystore.join(format!("{journal}.age")), journal, secret)?;
                store.restore_journal(&frames_of(&bytes, journal).ok_or_else(bad)?, &rows)?;
            } else {
                return Err(bad());
            }
        }
        listed.push_str(&format!("{} {size} {name}\n", lock::hex(&hash)));
        let padding = size.next_multiple_of(512) - size;
        io::copy(&mut (&mut tar).take(padding), &mut io::sink())?;
    }
}

fn frames_of(mut bytes: &[u8], journal: JournalId) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_at_checked(4)?;
        let length = u32::from_be_bytes(length.try_into().ok()?) as usize;
        let (frame, rest) = rest.split_at_checked(length)?;
        entries.push(Entry { journal: journal.0, seq: entries.len() as u64 + 1, hash: crate::frame::hash(frame).0, frame: frame.to_vec() });
        bytes = rest;
    }
    Some(entries)
}
