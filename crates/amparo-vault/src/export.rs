//! Handing a case over: to the person it is about, or to another office (docs/formats/export.md).
//!
//! Nothing is encrypted anew for another office: it gets the frames and sealed papers as they are, and the
//! keys of exactly what the profile gives. What is left out stays a frame without a key, and is listed.

use crate::bag::{self, BagOut};
use crate::case::{Case, Open};
use crate::journal::{EntryMeta, Fate};
use crate::lock;
use crate::look::Look;
use crate::problem::{Result, VaultError};
use crate::ring::{self, Reach};
use crate::{Now, stamp};
use amparo_model::{JournalId, MemberId, OfficeId, PartyId, Sha256};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::Path;

/// How much is handed over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Papers in plain and the records: for the person. Nothing of the work product, no looks.
    ClientFile,
    /// Another representative goes on: all but the office's own log and free notes.
    Successor,
    Everything,
}

impl Profile {
    pub const ALL: &'static [(&'static str, Profile)] = &[("client-file", Profile::ClientFile), ("successor", Profile::Successor), ("everything", Profile::Everything)];

    pub fn parse(text: &str) -> Option<Profile> {
        Profile::ALL.iter().find(|(name, _)| *name == text).map(|(_, p)| *p)
    }

    pub fn as_str(self) -> &'static str {
        Profile::ALL.iter().find(|(_, p)| *p == self).map_or("everything", |(name, _)| name)
    }

    fn gives(self, entry: &EntryMeta, drawer: &str) -> bool {
        match self {
            Profile::Everything => true,
            Profile::Successor => !matches!(entry.kind, "look" | "note"),
            Profile::ClientFile => drawer != "work" && matches!(entry.kind, "given" | "reread" | "said" | "assigned" | "party" | "zone" | "named"),
        }
    }
}

/// A file that the office made for the receiver (`records.jsonl`, `records.csv`).
pub struct Made<'a> {
    pub name: &'a str,
    pub bytes: &'a mut dyn Read,
}

/// What is handed over, and to whom.
pub struct Handing<'a> {
    pub profile: Profile,
    /// The receiver's age recipient. Another office cannot do without; a client file is sealed to it where given.
    pub to: Option<&'a str>,
    /// Only this person's papers (client file).
    pub whose: Option<PartyId>,
    pub made: Vec<Made<'a>>,
}

/// What stayed behind, by drawer and type of entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LeftOut {
    pub drawer: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub count: u64,
}

/// What was handed over.
#[derive(Clone, Debug)]
pub struct Exported {
    pub entries: u64,
    pub papers: u64,
    pub files: u64,
    pub bytes: u64,
    pub left_out: Vec<LeftOut>,
}

/// A paper of a client file, and where it lies.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaperLine {
    pub seq: u64,
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    pub sha256: Sha256,
    pub bytes: u64,
    pub file: String,
    /// Whose it is: `client`, `spouse`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

/// `data/export.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub v: u8,
    pub profile: Profile,
    pub at: String,
    pub office: OfficeId,
    pub office_name: String,
    pub journal: JournalId,
    /// The journal's newest entry, its signed note and the key that signed it.
    pub seq: u64,
    pub hash: Sha256,
    pub head: String,
    pub head_key: String,
    /// The entry that says who handed it over and why.
    pub look: u64,
    pub left_out: Vec<LeftOut>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<PaperLine>,
}

/// A line of `keys.age`.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum KeyLine {
    Entry { seq: u64, key: String },
    Blob { blob: Sha256, age: String },
    Author { author: MemberId, name: String, sign: String },
}

impl Case<Open> {
    /// Hands the case over into a new or empty folder, as a BagIt bag. The look says to whom and why.
    pub fn export(&self, look: &Look, folder: &Path, handing: Handing<'_>, now: Now) -> Result<Exported> {
        look.covers(self.id())?;
        if handing.to.is_none() && handing.profile != Profile::ClientFile {
            return Err(VaultError::Refused("keys are handed over only to a receiver's recipient"));
        }
        if let Some(to) = handing.to {
            lock::age_seal(to, b"")?; // a recipient that is none is refused before anything is written
        }
        let (given, left_out) = self.parted(&handing);
        let mut bag = BagOut::begin(folder)?;
        let mut manifest = self.manifest(&handing, look, left_out, now)?;
        if handing.profile == Profile::ClientFile {
            manifest.papers = self.plain_papers(&mut bag, &given, handing.to)?;
        } else {
            self.sealed_papers(&mut bag, &given, handing.to)?;
        }
        for made in handing.made {
            plain(&mut bag, &bag::safe_name(made.name), handing.to, made.bytes)?;
        }
        let json = serde_json::to_vec_pretty(&manifest).map_err(|_| VaultError::Malformed("export"))?;
        bag.copy("export.json", &mut &json[..])?;
        let papers = given.iter().map(|e| e.blobs.len() as u64).sum();
        let (files, bytes) = bag.finish(manifest.at.get(..10).unwrap_or_default())?;
        Ok(Exported { entries: given.len() as u64, papers, files, bytes, left_out: manifest.left_out })
    }

    /// The entries that are given, and what stays, counted.
    fn parted(&self, handing: &Handing<'_>) -> (Vec<&EntryMeta>, Vec<LeftOut>) {
        let mut left: BTreeMap<(String, String), u64> = BTreeMap::new();
        let mut given = Vec::new();
        let theirs = |entry: &EntryMeta| match (handing.profile, handing.whose) {
            (Profile::ClientFile, Some(party)) => {
                let of = entry.of.unwrap_or(entry.seq);
                let giving = self.file().givings.get(&of).map(|g| g.subject == Some(party));
                let said = self.file().said.get(&entry.seq).map(|(said, _)| said.subject == Some(party));
                giving.or(said).unwrap_or(true)
            }
            _ => true,
        };
        // What only a representative sets is theirs to say, not the client's file.
        let set = |entry: &EntryMeta| handing.profile == Profile::ClientFile && self.file().said.get(&entry.seq).is_some_and(|(_, set)| *set);
        for entry in &self.journal().entries {
            let drawer = entry.drawer.and_then(|d| self.journal().drawer(d)).map_or("", |(d, _)| d.kind.as_str());
            match entry.fate {
                Fate::Open if handing.profile.gives(entry, drawer) && theirs(entry) && !set(entry) => given.push(entry),
                Fate::Open => *left.entry((drawer.to_owned(), entry.kind.to_owned())).or_default() += 1,
                Fate::Forgotten { .. } => *left.entry((String::new(), "forgotten".to_owned())).or_default() += 1,
                Fate::KeyLost | Fate::Walled | Fate::Broken => *left.entry((String::new(), "not-opened".to_owned())).or_default() += 1,
            }
        }
        (given, left.into_iter().map(|((drawer, kind), count)| LeftOut { drawer, kind, count }).collect())
    }

    fn manifest(&self, handing: &Handing<'_>, look: &Look, left_out: Vec<LeftOut>, now: Now) -> Result<Manifest> {
        let (seq, hash) = self.head();
        let head = self.state.store.head(&self.id().0)?.unwrap_or_default();
        Ok(Manifest {
            v: 1,
            profile: handing.profile,
            at: stamp(now),
            office: self.state.session.office(),
            office_name: self.state.roster.settings.name.clone(),
            journal: self.id(),
            seq,
            hash,
            head: String::from_utf8(head).map_err(|_| VaultError::Malformed("head"))?,
            head_key: lock::hex(&lock::public_of(&self.state.head_key)),
            look: look.seq,
            left_out,
            papers: vec![],
        })
    }

    fn plain_papers(&self, bag: &mut BagOut, given: &[&EntryMeta], to: Option<&str>) -> Result<Vec<PaperLine>> {
        let file = self.file();
        let mut lines: Vec<PaperLine> = Vec::new();
        for giving in given.iter().filter_map(|e| file.givings.get(&e.seq)) {
            let mut one = |blob, name: &str, n: usize, sha256, bytes| -> Result<()> {
                let number = if n == 0 { String::new() } else { format!("{n}-") };
                let place = format!("papers/{:04}-{number}{}", giving.seq, bag::safe_name(name));
                let place = plain(bag, &place, to, &mut self.open_blob(blob)?)?;
                let subject = file.token_of(giving.subject).map(str::to_owned);
                lines.push(PaperLine { seq: giving.seq, name: name.to_owned(), path: giving.given.path.clone(), sha256, bytes, file: place, subject });
                Ok(())
            };
            let g = &giving.given;
            match g.already.filter(|first| file.givings.contains_key(first)) {
                Some(_) => {}
                None => one(g.blob, &g.name, 0, g.sha256, g.bytes)?,
            }
            for (n, c) in g.companions.iter().enumerate() {
                one(c.blob, &c.name, n + 1, c.sha256, c.bytes)?;
            }
        }
        Ok(lines)
    }

    fn sealed_papers(&self, bag: &mut BagOut, given: &[&EntryMeta], to: Option<&str>) -> Result<()> {
        bag.add("journal.frames", |part| {
            let mut failed = None;
            self.state.store.entries(&self.id().0, 1, &mut |entry| {
                let wrote = part.write_all(&(entry.frame.len() as u32).to_be_bytes()).and_then(|()| part.write_all(&entry.frame));
                failed = wrote.err();
                failed.is_none()
            })?;
            failed.map_or(Ok(()), |e| Err(e.into()))
        })?;
        let mut keys = lock::Secret::new(Vec::new());
        let mut line = |line: &KeyLine| -> Result<()> {
            serde_json::to_writer(&mut *keys, line).map_err(|_| VaultError::Malformed("key"))?;
            keys.push(b'\n');
            Ok(())
        };
        let mut authors: BTreeSet<MemberId> = BTreeSet::new();
        for entry in given {
            let Reach::Key { key, .. } = self.state.journal.ring.reach(ring::ENTRY, &entry.hash.0) else { return Err(VaultError::KeyGone(entry.hash)) };
            line(&KeyLine::Entry { seq: entry.seq, key: lock::base64(&key[..]) })?;
            authors.extend(entry.author);
            for blob in &entry.blobs {
                line(&KeyLine::Blob { blob: *blob, age: lock::identity_text(&self.blob_key(*blob)?).to_string() })?;
                bag.copy(&format!("blobs/{blob}.age"), &mut self.state.store.blob(&blob.0)?)?;
            }
        }
        for member in authors.iter().filter_map(|a| self.state.roster.members.get(a)).map(|m| &m.public) {
            line(&KeyLine::Author { author: member.member, name: member.name.clone(), sign: member.sign.clone() })?;
        }
        let sealed = lock::age_seal(to.unwrap_or_default(), &keys)?;
        bag.copy("keys.age", &mut &sealed[..]).map(|_| ())
    }
}

/// A file in plain, or sealed to the receiver; answers the name it got.
fn plain(bag: &mut BagOut, path: &str, to: Option<&str>, from: &mut dyn Read) -> Result<String> {
    let Some(to) = to else {
        bag.copy(path, from)?;
        return Ok(path.to_owned());
    };
    let path = format!("{path}.age");
    bag.add(&path, |part| {
        let mut sealing = lock::age_writer(to, part)?;
        std::io::copy(from, &mut sealing)?;
        Ok(sealing.finish().map(|_| ())?)
    })?;
    Ok(path)
}
