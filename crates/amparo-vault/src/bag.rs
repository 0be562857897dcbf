//! A BagIt folder (RFC 8493): what is handed over under `data/`, the SHA-256 of each file beside it.
//!
//! `bagit.txt` is written last: a folder without it was never finished.

use crate::problem::{Result, VaultError};
use amparo_model::Sha256;
use amparo_store::{private_file, private_folder};
use sha2::Digest;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
/// The longest list of files that is read back.
const MAX_LIST: u64 = 64 << 20;

/// A file of the bag being written.
pub(crate) struct Part {
    out: BufWriter<File>,
    hash: sha2::Sha256,
    bytes: u64,
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.hash.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A bag being written into a new or empty folder.
pub(crate) struct BagOut {
    root: PathBuf,
    files: BTreeMap<String, (Sha256, u64)>,
}

impl BagOut {
    pub fn begin(root: &Path) -> Result<BagOut> {
        private_folder(root)?;
        if fs::read_dir(root)?.next().is_some() {
            return Err(VaultError::Refused("the folder is not empty"));
        }
        private_folder(&root.join("data"))?;
        Ok(BagOut { root: root.to_owned(), files: BTreeMap::new() })
    }

    /// One file below `data/`, filled by the caller and durable when this returns.
    pub fn add(&mut self, path: &str, fill: impl FnOnce(&mut Part) -> Result<()>) -> Result<(Sha256, u64)> {
        let path = format!("data/{path}");
        let place = self.root.join(&path);
        if let Some(folder) = place.parent() {
            private_folder(folder)?;
        }
        let mut part = Part { out: BufWriter::with_capacity(128 << 10, private_file(&place)?), hash: sha2::Sha256::new(), bytes: 0 };
        fill(&mut part)?;
        part.out.flush()?;
        part.out.get_ref().sync_all()?;
        let what = (Sha256(part.hash.finalize().into()), part.bytes);
        self.files.insert(path, what);
        Ok(what)
    }

    pub fn copy(&mut self, path: &str, from: &mut dyn Read) -> Result<(Sha256, u64)> {
        self.add(path, |part| Ok(io::copy(from, part).map(|_| ())?))
    }

    /// Writes the lists; only now it is a bag. Answers how many files and bytes it carries.
    pub fn finish(self, day: &str) -> Result<(u64, u64)> {
        let (count, bytes) = (self.files.len() as u64, self.files.values().map(|(_, n)| n).sum::<u64>());
        let list: String = self.files.iter().map(|(path, (hash, _))| format!("{hash}  {path}\n")).collect();
        let info = format!("Bagging-Date: {day}\nPayload-Oxum: {bytes}.{count}\nBag-Software-Agent: amparo\n");
        let mut tags = String::new();
        for (name, text) in [("manifest-sha256.txt", &list), ("bag-info.txt", &info), ("bagit.txt", &DECLARATION.to_owned())] {
            if name == "bagit.txt" {
                tags.push_str(&format!("{}  {name}\n", Sha256::of(text.as_bytes())));
                self.tag("tagmanifest-sha256.txt", &tags)?;
            } else {
                tags.push_str(&format!("{}  {name}\n", Sha256::of(text.as_bytes())));
            }
            self.tag(name, text)?;
        }
        File::open(&self.root)?.sync_all()?;
        Ok((count, bytes))
    }

    fn tag(&self, name: &str, text: &str) -> Result<()> {
        let mut file = private_file(&self.root.join(name))?;
        file.write_all(text.as_bytes())?;
        Ok(file.sync_all()?)
    }
}

/// A bag that was checked: each listed file has the bytes that the list says, and no other file is there.
pub(crate) struct BagIn {
    root: PathBuf,
    files: BTreeMap<String, Sha256>,
}

impl BagIn {
    pub fn open(root: &Path) -> Result<BagIn> {
        if small(&root.join("bagit.txt"), 1 << 12)? != DECLARATION.as_bytes() {
            return Err(VaultError::Malformed("bag"));
        }
        let list = String::from_utf8(small(&root.join("manifest-sha256.txt"), MAX_LIST)?).map_err(|_| VaultError::Malformed("bag"))?;
        let mut files = BTreeMap::new();
        for line in list.lines() {
            let (hash, path) = line.split_once("  ").ok_or(VaultError::Malformed("bag"))?;
            let hash: Sha256 = hash.parse().map_err(|_| VaultError::Malformed("bag"))?;
            let inside = path.strip_prefix("data/").filter(|p| Path::new(p).components().all(|c| matches!(c, Component::Normal(_))));
            files.insert(inside.ok_or(VaultError::Malformed("bag"))?.to_owned(), hash);
        }
        let bag = BagIn { root: root.to_owned(), files };
        for (path, hash) in &bag.files {
            if crate::keep::hash_of(&mut bag.file(path)?)? != *hash {
                return Err(VaultError::Altered(*hash));
            }
        }
        if count(&root.join("data"))? != bag.files.len() {
            return Err(VaultError::Refused("a file that the bag's list does not name"));
        }
        Ok(bag)
    }

    pub fn file(&self, path: &str) -> Result<File> {
        if !self.files.contains_key(path) {
            return Err(VaultError::Malformed("bag"));
        }
        let place = self.root.join("data").join(path);
        if !fs::symlink_metadata(&place)?.is_file() {
            return Err(VaultError::Malformed("bag"));
        }
        Ok(File::open(place)?)
    }

    pub fn bytes(&self, path: &str, most: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file(path)?.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most { Err(VaultError::Malformed("bag")) } else { Ok(bytes) }
    }
}

pub(crate) fn small(path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(VaultError::Malformed("a file that is too long")) } else { Ok(bytes) }
}

fn count(folder: &Path) -> Result<usize> {
    let mut all = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        all += if entry.file_type()?.is_dir() { count(&entry.path())? } else { 1 };
    }
    Ok(all)
}

/// Characters of no width, and those that turn the direction of what follows.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A file name that every system takes, from one that a stranger gave.
pub(crate) fn safe_name(name: &str) -> String {
    const BAD: &[char] = &['/', '\\', ':', '*', '?', '"', '<', '>', '|', '%'];
    let mut out: String = name.chars().map(|c| if c.is_control() || BAD.contains(&c) || is_unseen(c) { '_' } else { c }).collect();
    while out.len() > 120 {
        // The end holds what kind of file it is.
        let middle = out.chars().count() / 2;
        if let Some((at, _)) = out.char_indices().nth(middle) {
            out.remove(at);
        }
    }
    let out = out.trim().trim_matches('.').to_owned();
    if out.is_empty() { "_".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_strangers_become_names_that_every_system_takes() {
        for (name, want) in
            [("acta.pdf", "acta.pdf"), ("../../etc/passwd", "_.._etc_passwd"), ("a\u{202e}fdp.exe", "a_fdp.exe"), ("", "_"), ("...", "_"), ("C:\\x%0a\n", "C__x_0a_")]
        {
            assert_eq!(safe_name(name), want, "{name}");
        }
        assert!(safe_name(&"ñ".repeat(300)).len() <= 120);
    }

    #[test]
    fn a_bag_whose_files_were_touched_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let root = home.path().join(name);
            let mut bag = BagOut::begin(&root).unwrap();
            bag.copy("a/b.txt", &mut &b"hola"[..]).unwrap();
            bag.finish("2026-11-24").unwrap();
            root
        };
        assert_eq!(BagIn::open(&make("whole")).unwrap().bytes("a/b.txt", 9).unwrap(), b"hola");
        let changed = make("changed");
        fs::write(changed.join("data/a/b.txt"), "hole").unwrap();
        let more = make("more");
        fs::write(more.join("data/a/c.txt"), "x").unwrap();
        let less = make("less");
        fs::remove_file(less.join("data/a/b.txt")).unwrap();
        let unfinished = make("unfinished");
        fs::remove_file(unfinished.join("bagit.txt")).unwrap();
        let outside = make("outside");
        fs::write(outside.join("manifest-sha256.txt"), format!("{}  data/../bagit.txt\n", Sha256::of(b"x"))).unwrap();
        for root in [changed, more, less, unfinished, outside] {
            assert!(BagIn::open(&root).is_err(), "{root:?}");
        }
    }
}
