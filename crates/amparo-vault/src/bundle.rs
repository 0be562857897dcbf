//! Bundles: numbered tar files of ciphertext, each ending in a signed list that names the one before it
//! (docs/formats/backup.md). Anybody can check the chain; nothing in it opens without a keystore.

use crate::heads;
use crate::lock::{self, Key};
use crate::problem::{Result, VaultError};
use amparo_model::{JournalId, OfficeId, Sha256};
use sha2::Digest;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// A bundle's place in its series; its keystore has the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Number {
    pub series: String,
    pub number: u64,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:06}", self.series, self.number)
    }
}

impl Number {
    /// Only names that this program gives; what a sync program calls "... (1)" is ignored.
    pub fn parse(text: &str) -> Option<Number> {
        let (series, digits) = text.split_once('-')?;
        let number = Number { series: series.to_owned(), number: digits.parse().ok()? };
        let whole = series.len() == 16 && series.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        (whole && number.number > 0 && number.to_string() == text).then_some(number)
    }

    pub fn bundle(&self) -> String {
        format!("{self}.tar")
    }

    pub fn keystore(&self) -> String {
        format!("keystore-{self}")
    }
}

/// What a bundle says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Manifest {
    pub at: Number,
    /// SHA-256 of the bundle before.
    pub before: Option<Sha256>,
    /// Whether this is the last bundle of its run: everything up to its heads is there, and its keystore.
    pub whole: bool,
    pub heads: Vec<(JournalId, u64, Sha256)>,
    pub files: Vec<(Sha256, u64, String)>,
}

impl Manifest {
    pub fn text(&self) -> String {
        let before = self.before.map_or_else(|| "-".to_owned(), |h| h.to_string());
        let mut text = format!("amparo/bundle/v1\n{}\n{}\n{before}\n{}\n", self.at.series, self.at.number, if self.whole { "whole" } else { "more" });
        self.heads.iter().for_each(|(journal, seq, hash)| text.push_str(&format!("head {journal} {seq} {hash}\n")));
        self.files.iter().for_each(|(hash, bytes, name)| text.push_str(&format!("file {hash} {bytes} {name}\n")));
        text
    }

    /// Only the text that [`Manifest::text`] makes.
    pub fn parse(text: &str) -> Option<Manifest> {
        let mut lines = text.lines();
        if lines.next()? != "amparo/bundle/v1" {
            return None;
        }
        let at = Number { series: lines.next()?.to_owned(), number: lines.next()?.parse().ok()? };
        let before = match lines.next()? {
            "-" => None,
            hash => Some(hash.parse().ok()?),
        };
        let whole = lines.next()? == "whole";
        let mut manifest = Manifest { at, before, whole, heads: vec![], files: vec![] };
        for line in lines {
            match line.splitn(4, ' ').collect::<Vec<_>>()[..] {
                ["head", journal, seq, hash] => manifest.heads.push((journal.parse().ok()?, seq.parse().ok()?, hash.parse().ok()?)),
                ["file", hash, bytes, name] => manifest.files.push((hash.parse().ok()?, bytes.parse().ok()?, name.to_owned())),
                _ => return None,
            }
        }
        (manifest.text() == text && Number::parse(&manifest.at.to_string()).is_some()).then_some(manifest)
    }

    pub fn head(&self, journal: JournalId) -> Option<(u64, Sha256)> {
        self.heads.iter().find(|(j, ..)| *j == journal).map(|(_, seq, hash)| (*seq, *hash))
    }
}

/// The part of a bundle's file that a blob of this length takes.
pub(crate) fn room(size: u64) -> u64 {
    size.next_multiple_of(512) + 512 + 200
}

/// A bundle being written: ustar, plain names, nothing else.
pub(crate) struct TarOut<W: Write> {
    out: W,
    pub files: Vec<(Sha256, u64, String)>,
}

impl<W: Write> TarOut<W> {
    pub fn new(out: W) -> TarOut<W> {
        TarOut { out, files: vec![] }
    }

    /// Answers the SHA-256 of what was written.
    pub fn add(&mut self, name: &str, size: u64, body: &mut dyn Read) -> Result<Sha256> {
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
        let hash = Sha256(hash.finalize().into());
        self.files.push((hash, size, name.to_owned()));
        Ok(hash)
    }

    /// Signs the list and ends the file.
    pub fn finish(mut self, mut manifest: Manifest, office: OfficeId, head_key: &Key) -> Result<()> {
        manifest.files = std::mem::take(&mut self.files);
        let note = heads::sign_note(&manifest.text(), office, head_key);
        self.add("manifest", note.len() as u64, &mut &note[..])?;
        self.out.write_all(&[0; 1024])?;
        Ok(self.out.flush()?)
    }
}

/// A bundle being read; hashes all that passes.
pub(crate) struct TarIn<R: Read> {
    input: R,
    hash: sha2::Sha256,
}

fn head_of(head: &[u8; 512]) -> Option<(String, u64)> {
    let text = |range: std::ops::Range<usize>| std::str::from_utf8(&head[range]).ok().map(|t| t.trim_end_matches(['\0', ' ']).to_owned());
    let sum: u32 = head.iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { u32::from(*b) }).sum();
    if u32::from_str_radix(text(148..154)?.trim(), 8).ok()? != sum || head[156] != b'0' {
        return None;
    }
    Some((text(0..100).filter(|n| !n.is_empty())?, u64::from_str_radix(&text(124..136)?, 8).ok()?))
}

impl<R: Read> TarIn<R> {
    pub fn new(input: R) -> TarIn<R> {
        TarIn { input, hash: sha2::Sha256::new() }
    }

    /// The next file's name and length, and its SHA-256 once its bytes went to `sink`.
    pub fn next(&mut self, mut sink: impl FnMut(&str, u64) -> Result<Box<dyn FnMut(&[u8]) -> Result<()>>>) -> Result<(Sha256, u64, String)> {
        let bad = || VaultError::Malformed("bundle");
        let mut head = [0; 512];
        self.input.read_exact(&mut head)?;
        self.hash.update(head);
        let (name, size) = head_of(&head).ok_or_else(bad)?;
        let mut take = sink(&name, size)?;
        let mut hash = sha2::Sha256::new();
        let mut buffer = vec![0; 128 << 10];
        let (mut left, mut padding) = (size, size.next_multiple_of(512) - size);
        while left + padding > 0 {
            let want = usize::try_from(if left > 0 { left } else { padding }).unwrap_or(usize::MAX).min(buffer.len());
            let n = self.input.read(&mut buffer[..want])?;
            if n == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            self.hash.update(&buffer[..n]);
            if left > 0 {
                hash.update(&buffer[..n]);
                take(&buffer[..n])?;
                left -= n as u64;
            } else {
                padding -= n as u64;
            }
        }
        Ok((Sha256(hash.finalize().into()), size, name))
    }

    /// Reads to the end; answers the SHA-256 of the whole file.
    pub fn finish(mut self) -> Result<Sha256> {
        let mut end = Vec::new();
        self.input.read_to_end(&mut end)?;
        if end != [0; 1024] {
            return Err(VaultError::Malformed("bundle"));
        }
        self.hash.update(&end);
        Ok(Sha256(self.hash.finalize().into()))
    }
}

/// The signed list at a bundle's end, without reading what lies before it. Its signature is not yet checked.
pub(crate) fn note_of(path: &Path) -> Result<(Vec<u8>, Manifest)> {
    let bad = || VaultError::Malformed("bundle");
    let mut file = BufReader::new(File::open(path)?);
    loop {
        let mut head = [0; 512];
        file.read_exact(&mut head)?;
        let (name, size) = head_of(&head).ok_or_else(bad)?;
        if name == "manifest" {
            let mut note = Vec::new();
            file.take(size.min(1 << 30)).read_to_end(&mut note)?;
            let manifest = amparo_proof::note::text(&note).and_then(Manifest::parse).filter(|_| note.len() as u64 == size).ok_or_else(bad)?;
            return Ok((note, manifest));
        }
        let skip = i64::try_from(size.next_multiple_of(512)).map_err(|_| bad())?;
        file.seek(SeekFrom::Current(skip))?;
    }
}

/// A sealed file, or a part of one that is longer than a bundle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Piece {
    pub blob: Sha256,
    pub offset: u64,
    pub size: u64,
    /// Part number from 1, and whether it is the last.
    pub part: Option<(u32, bool)>,
}

impl Piece {
    pub fn name(&self) -> String {
        match self.part {
            None => format!("blobs/{}", self.blob),
            Some((n, last)) => format!("blobs/{}.{n:04}{}", self.blob, if last { "-last" } else { "" }),
        }
    }

    /// The sealed file and part that a name in a bundle means.
    pub fn parse(name: &str) -> Option<(Sha256, Option<(u32, bool)>)> {
        let name = name.strip_prefix("blobs/")?;
        match name.split_once('.') {
            None => Some((name.parse().ok()?, None)),
            Some((blob, part)) => {
                let (digits, last) = part.strip_suffix("-last").map_or((part, false), |d| (d, true));
                Some((blob.parse().ok()?, Some((digits.parse().ok()?, last))))
            }
        }
    }
}

/// Which sealed files go into which bundle, so that none but the last is longer than `most`; that one holds the entries.
pub(crate) fn plan(blobs: &[(Sha256, u64)], entries: u64, most: u64) -> Vec<Vec<Piece>> {
    let most = most.max(16 << 10);
    let mut bundles: Vec<Vec<Piece>> = vec![vec![]];
    let mut used = 0;
    let mut push = |piece: Piece, used: &mut u64| {
        let room = room(piece.size);
        if *used + room > most && *used > 0 {
            bundles.push(vec![]);
            *used = 0;
        }
        *used += room;
        if let Some(last) = bundles.last_mut() {
            last.push(piece);
        }
    };
    for (blob, size) in blobs {
        if room(*size) <= most {
            push(Piece { blob: *blob, offset: 0, size: *size, part: None }, &mut used);
            continue;
        }
        let step = most - 2_048;
        let parts = size.div_ceil(step);
        for n in 0..parts {
            let piece = Piece { blob: *blob, offset: n * step, size: step.min(size - n * step), part: Some((n as u32 + 1, n + 1 == parts)) };
            push(piece, &mut used);
        }
    }
    if used + entries > most && used > 0 {
        bundles.push(vec![]);
    }
    bundles
}

/// One row of a keystore, as a line of JSON.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct RowLine {
    what: u8,
    id: String,
    to: String,
    alg: u8,
    lock: u8,
    bytes: String,
    half: String,
}

impl RowLine {
    pub fn of(row: &amparo_store::WrapRow) -> RowLine {
        let (id, to) = (lock::hex(&row.key.id), lock::hex(&row.key.to));
        RowLine { what: row.key.what, id, to, alg: row.alg, lock: row.lock, bytes: lock::base64(&row.bytes), half: lock::base64(&row.half) }
    }

    pub fn row(&self, journal: JournalId) -> Option<amparo_store::WrapRow> {
        let key = amparo_store::WrapKey { journal: journal.0, what: self.what, id: lock::of_hex(&self.id)?, to: lock::of_hex(&self.to)? };
        Some(amparo_store::WrapRow { key, alg: self.alg, lock: self.lock, bytes: lock::of_base64(&self.bytes)?, half: lock::of_base64(&self.half)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_this_program_gives_are_bundles() {
        for (name, want) in [
            ("0123456789abcdef-000001", true),
            ("0123456789abcdef-1000000", true),
            ("0123456789abcdef-0000001", false),
            ("0123456789abcdef-000001 (1)", false),
            ("0123456789ABCDEF-000001", false),
            ("0123456789abcdef-000000", false),
            ("0123456789abcde-000001", false),
        ] {
            assert_eq!(Number::parse(name).is_some(), want, "{name}");
        }
    }

    #[test]
    fn every_byte_is_planned_once_and_no_bundle_is_too_long() {
        let blob = |n: u8| Sha256([n; 32]);
        let blobs = [(blob(1), 10_000), (blob(2), 70_000), (blob(3), 5_000), (blob(4), 20_000), (blob(5), 0)];
        let most = 32 << 10;
        let bundles = plan(&blobs, 9_000, most);
        for (blob, size) in blobs {
            let mut at = 0;
            for piece in bundles.iter().flatten().filter(|p| p.blob == blob) {
                assert_eq!(piece.offset, at);
                assert_eq!(Piece::parse(&piece.name()), Some((blob, piece.part)));
                at += piece.size;
            }
            assert_eq!(at, size);
        }
        assert!(bundles.iter().all(|b| b.iter().map(|p| room(p.size)).sum::<u64>() <= most));
        assert_eq!(plan(&[], 9_000, most), [vec![]]);
    }

    #[test]
    fn a_manifest_comes_back_and_its_near_twins_do_not() {
        let manifest = Manifest {
            at: Number { series: "0123456789abcdef".into(), number: 2 },
            before: Some(Sha256([1; 32])),
            whole: true,
            heads: vec![(JournalId([2; 16]), 7, Sha256([3; 32]))],
            files: vec![(Sha256([4; 32]), 12, "entries/x.frames".into())],
        };
        let text = manifest.text();
        assert_eq!(Manifest::parse(&text), Some(manifest));
        for (from, to) in [("v1", "v2"), ("\n2\n", "\n02\n"), (" 12 ", " 012 "), ("whole", "all"), ("file ", "File "), ("cdef\n", "cdeg\n")] {
            assert_eq!(Manifest::parse(&text.replacen(from, to, 1)), None, "{from} -> {to}");
        }
        assert_eq!(Manifest::parse(text.trim_end()), None);
    }
}
