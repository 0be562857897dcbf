//! A paper that goes to another case: received there under new keys, then withdrawn here.

use crate::Now;
use crate::case::{Case, Open, Where};
use crate::forget::Forgotten;
use crate::office::Office;
use crate::problem::{Result, VaultError};
use amparo_model::case_file::ChangeKind;
use amparo_model::event::{At, Change, Companion, Given, ReadingOf, Segment, SegmentKind};
use amparo_model::ids::RunId;
use amparo_model::reading::Inside;
use amparo_model::{PartyId, Sha256, What};
use std::io::{BufRead, BufReader, Read};

/// Where the plain bytes of a sealed file come from.
pub(crate) type PlainOf<'a> = &'a mut dyn FnMut(Sha256) -> Result<Box<dyn Read>>;

fn kept_again(case: &mut Case<Open>, blob: Sha256, sha256: Sha256, bytes: u64, plain: PlainOf<'_>) -> Result<Sha256> {
    let kept = case.keep(&mut *plain(blob)?).map_err(|e| if matches!(e, VaultError::Io(_)) { VaultError::Altered(blob) } else { e })?;
    if (kept.sha256, kept.bytes) != (sha256, bytes) {
        case.discard(kept.blob)?;
        return Err(VaultError::Altered(blob));
    }
    Ok(kept.blob)
}

pub(crate) fn segments_again(case: &mut Case<Open>, segments: &[Segment], plain: PlainOf<'_>) -> Result<(Vec<Segment>, Vec<Sha256>)> {
    let mut out = Vec::new();
    for segment in segments {
        out.push(Segment { blob: kept_again(case, segment.blob, segment.sha256, segment.bytes, plain)?, ..segment.clone() });
    }
    let blobs = out.iter().map(|s| s.blob).collect();
    Ok((out, blobs))
}

/// Seals a giving's files anew for this case; each must have the bytes that its entry names. Where it was
/// already given, its file is not sealed again.
pub(crate) fn receive_again(case: &mut Case<Open>, given: &Given, plain: PlainOf<'_>) -> Result<(Given, Vec<Sha256>)> {
    let mut blobs = Vec::new();
    let mut new = given.clone();
    if given.already.is_none() {
        new.blob = kept_again(case, given.blob, given.sha256, given.bytes, plain)?;
        blobs.push(new.blob);
    }
    let mut companions = Vec::new();
    for c in &given.companions {
        companions.push(Companion { blob: kept_again(case, c.blob, c.sha256, c.bytes, plain)?, ..c.clone() });
    }
    blobs.extend(companions.iter().map(|c| c.blob));
    let (segments, sealed) = segments_again(case, &given.reading.segments, plain)?;
    blobs.extend(sealed);
    new.companions = companions;
    new.reading.segments = segments;
    Ok((new, blobs))
}

/// What became of a paper that went to another case.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Its entry there.
    pub seq: u64,
    pub forgotten: Forgotten,
}

impl Case<Open> {
    /// Moves a paper to another case, with its newest reading and the corrections made to it. The keys there
    /// are new, so that nobody who had the paper here has it there. Run again after a crash, it goes on.
    pub fn move_to(&mut self, office: &mut Office, to: &mut Case<Open>, of: u64, subject: Option<PartyId>, agreed: bool, now: Now) -> Result<Moved> {
        if to.id() == self.id() {
            return Err(VaultError::Refused("the same case"));
        }
        let giving = self.file().givings.get(&of).ok_or(VaultError::NoSuchEntry(of))?.clone();
        let all: Vec<u64> = self.file().givings.values().filter(|g| g.given.sha256 == giving.given.sha256).map(|g| g.seq).collect();
        if self.plan_withdrawal(&all, now)?.ask_first && !agreed {
            return Err(VaultError::AskFirst);
        }
        // The same paper's run there has the same id, so that a second try finds what the first one did.
        let entry = self.journal().entry(of).ok_or(VaultError::NoSuchEntry(of))?.hash;
        let run = RunId(entry.0[..16].try_into().map_err(|_| VaultError::NoSuchEntry(of))?);
        let done = to.file().givings.values().find(|g| g.given.run == run && g.given.sha256 == giving.given.sha256).map(|g| g.seq);
        let place = subject.map_or(Where::Unassigned, Where::Party);
        let seq = match done {
            Some(seq) => seq,
            None => {
                let old = Given { already: None, reading: giving.reading.clone(), ..giving.given.clone() };
                let (new, blobs) = receive_again(to, &old, &mut |blob| Ok(Box::new(self.open_blob(blob)?)))?;
                to.append(place, What::Given(Given { subject, run, ..new }), &blobs, now)?
            }
        };
        for (_, kind, change) in self.file().changes.iter().filter(|(_, _, c)| c.at.of == of) {
            let new = Change { at: At { of: seq, ..change.at.clone() }, why: None, ..change.clone() };
            if to.file().changes.iter().any(|(_, k, c)| k == kind && *c == new) {
                continue;
            }
            let what = match kind {
                ChangeKind::Set => What::Set(new),
                ChangeKind::Corrected => What::Corrected(new),
                ChangeKind::Confirmed => What::Confirmed(new),
            };
            to.append(place, what, &[], now)?;
        }
        let forgotten = self.withdraw(office, &all, "moved", agreed, now)?;
        Ok(Moved { seq, forgotten })
    }
}

/// A file of an archive, kept as an original of its own because another file of the archive goes.
#[derive(Clone, Debug)]
pub struct Apart {
    /// Its path inside the archive.
    pub path: String,
    pub kept: crate::keep::Kept,
    pub reading: ReadingOf,
}

impl Case<Open> {
    /// Withdraws files inside an archive. An archive is one sealed file, so the others are given as originals of
    /// their own first, each with the bytes that the archive's list names, and then the whole archive goes.
    /// Refused where one of the others was not handed in: nothing may fall out.
    pub fn withdraw_inside(&mut self, office: &mut Office, of: u64, inside: &[String], others: Vec<Apart>, purpose: &str, agreed: bool, now: Now) -> Result<Forgotten> {
        let giving = self.file().givings.get(&of).ok_or(VaultError::NoSuchEntry(of))?.clone();
        let plan = self.plan_withdrawal(&[of], now)?;
        let listed = self.listed(&giving.reading)?;
        if inside.is_empty() || !inside.iter().all(|path| listed.iter().any(|i| i.path == *path)) {
            return Err(VaultError::NoSuchEntry(of));
        }
        let run = RunId(self.journal().entry(of).ok_or(VaultError::NoSuchEntry(of))?.hash.0[..16].try_into().map_err(|_| VaultError::NoSuchEntry(of))?);
        // A nested archive that holds a withdrawn file goes with it; a withdrawn nested archive takes its own files along.
        let below = |path: &str, outer: &str| path.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
        let goes = |path: &str| inside.iter().any(|gone| path == gone || below(path, gone));
        let holds_one = |path: &str| inside.iter().any(|gone| below(gone, path));
        if others.iter().any(|o| goes(&o.path) || holds_one(&o.path)) {
            return Err(VaultError::Refused("a file that was to be withdrawn"));
        }
        for file in listed.iter().filter(|f| !goes(&f.path) && !holds_one(&f.path)) {
            let kept = others.iter().any(|o| below(&file.path, &o.path) || (o.path == file.path && (o.kept.sha256, o.kept.bytes) == (file.sha256, file.bytes)));
            if !kept {
                return Err(VaultError::Refused("a file of the archive that would fall out"));
            }
        }
        // What is left of the archive is not less than before: only losing all of it asks first.
        if plan.ask_first && others.is_empty() && !agreed {
            return Err(VaultError::AskFirst);
        }
        for other in others {
            let done = self.file().givings.values().any(|g| g.given.run == run && g.given.path == other.path && g.given.sha256 == other.kept.sha256);
            if done {
                self.discard(other.kept.blob)?;
                continue;
            }
            let subject = giving.subject_of(&other.path);
            let mut blobs = vec![other.kept.blob];
            blobs.extend(other.reading.segments.iter().map(|s| s.blob));
            let name = other.path.rsplit('/').next().unwrap_or(&other.path).to_owned();
            let given = Given {
                blob: other.kept.blob,
                sha256: other.kept.sha256,
                bytes: other.kept.bytes,
                name,
                path: other.path,
                run,
                from: giving.given.from.clone(),
                subject,
                companions: vec![],
                already: None,
                reading: other.reading,
            };
            self.append(subject.map_or(Where::Unassigned, Where::Party), What::Given(given), &blobs, now)?;
        }
        self.withdraw(office, &[of], purpose, true, now)
    }

    /// All files of an archive, as its reading lists them.
    fn listed(&self, reading: &ReadingOf) -> Result<Vec<Inside>> {
        let mut all = reading.inside.clone();
        for segment in reading.segments.iter().filter(|s| s.kind == SegmentKind::Inside) {
            let plain = self.segment_bytes(segment)?;
            for line in BufReader::new(zstd::Decoder::new(&plain[..])?).lines() {
                all.push(serde_json::from_str(&line?).map_err(|_| VaultError::Malformed("a line of a segment"))?);
            }
        }
        Ok(all)
    }
}
