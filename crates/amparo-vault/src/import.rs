//! Receiving what another office handed over: checked entry by entry, then given anew under new keys.
//!
//! The old entries stay what they were: their frames are kept as an original of the new case, so that
//! what was said and when can still be shown to whoever holds the old keys.

use crate::bag::{BagIn, is_unseen};
use crate::case::{Case, Open, Where};
use crate::export::{KeyLine, Manifest};
use crate::forget;
use crate::frame;
use crate::handover::receive_again;
use crate::lock::{self, Key};
use crate::office::Office;
use crate::problem::{Broken, Result, VaultError};
use crate::ring;
use crate::roster::CaseInfo;
use crate::{Now, stamp};
use amparo_model::event::{At, Change, Given, ReadingOf, Said};
use amparo_model::ids::RunId;
use amparo_model::reading::{Report, State};
use amparo_model::{Event, JournalId, MemberId, PartyId, Sha256, What};
use amparo_proof::{Head, Link, note};
use amparo_store::Store;
use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

/// What was received.
#[derive(Clone, Debug)]
pub struct Imported {
    pub case: JournalId,
    pub handle: String,
    /// Who handed it over, as they call themselves, and the head of what they handed over.
    pub from: String,
    pub head: (u64, Sha256),
    /// The key that signed that head, hex: compare it with what the other office says.
    pub head_key: String,
    pub papers: u64,
    /// Entries that opened and were signed by the author they name.
    pub opened: u64,
    /// Entries without a key: left out, or forgotten there.
    pub closed: u64,
}

struct Bag {
    bag: BagIn,
    manifest: Manifest,
    frames: Vec<Vec<u8>>,
    entries: BTreeMap<u64, Key>,
    blobs: BTreeMap<Sha256, Key>,
    authors: BTreeMap<MemberId, [u8; 32]>,
}

const MAX_FRAMES: u64 = 8 << 30;
const MAX_KEYS: u64 = 1 << 30;

impl Bag {
    fn open(folder: &Path, secret: &Key) -> Result<Bag> {
        let bag = BagIn::open(folder)?;
        let mut manifest: Manifest = serde_json::from_slice(&bag.bytes("export.json", 64 << 20)?).map_err(|_| VaultError::Malformed("export"))?;
        if manifest.v != 1 {
            return Err(VaultError::Malformed("an export of another version"));
        }
        // Shown to people later: a name of words, not of commands to a terminal.
        manifest.office_name = manifest.office_name.chars().filter(|c| !c.is_control() && !is_unseen(*c)).take(200).collect();
        let frames = frames(&bag, &manifest)?;
        let mut open = Bag { bag, manifest, frames, entries: BTreeMap::new(), blobs: BTreeMap::new(), authors: BTreeMap::new() };
        open.keys(secret)?;
        Ok(open)
    }

    fn keys(&mut self, secret: &Key) -> Result<()> {
        let bad = || VaultError::Malformed("keys");
        let keys = lock::age_open(secret, &self.bag.bytes("keys.age", MAX_KEYS)?).map_err(|_| VaultError::Refused("it was handed over to somebody else"))?;
        for line in keys.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
            match serde_json::from_slice(line).map_err(|_| bad())? {
                KeyLine::Entry { seq, key } => {
                    let key = lock::of_base64(&key).and_then(|k| lock::key_of(&k)).ok_or_else(bad)?;
                    self.entries.insert(seq, key);
                }
                KeyLine::Blob { blob, age } => {
                    self.blobs.insert(blob, lock::identity_of_text(&age).ok_or_else(bad)?);
                }
                KeyLine::Author { author, sign, .. } => {
                    self.authors.insert(author, lock::public_of_hex(&sign).ok_or_else(bad)?);
                }
            }
        }
        Ok(())
    }

    /// Every entry that has a key, opened and its signature checked.
    fn events(&self) -> Result<Vec<(u64, Event)>> {
        let mut events = Vec::new();
        for (frame, seq) in self.frames.iter().zip(1..) {
            let Some(key) = self.entries.get(&seq) else { continue };
            let broken = |why| VaultError::Broken(Broken { journal: self.manifest.journal, seq, why });
            let opened = frame::open(frame, key).map_err(broken)?;
            let public = self.authors.get(&opened.author).ok_or_else(|| broken("its author is not named"))?;
            if !opened.signed_by(public) {
                return Err(broken("its signature is not its author's"));
            }
            events.push((seq, opened.event));
        }
        Ok(events)
    }

    fn plain(&self, blob: Sha256) -> Result<Box<dyn Read>> {
        let key = self.blobs.get(&blob).ok_or(VaultError::KeyGone(blob))?;
        let name = format!("blobs/{blob}.age");
        if crate::keep::hash_of(&mut self.bag.file(&name)?)? != blob {
            return Err(VaultError::Altered(blob));
        }
        Ok(Box::new(lock::age_reader(key, BufReader::with_capacity(128 << 10, self.bag.file(&name)?))?))
    }
}

/// The frames, each hanging on the one before it, the last one being the signed head.
fn frames(bag: &BagIn, manifest: &Manifest) -> Result<Vec<Vec<u8>>> {
    let all = bag.bytes("journal.frames", MAX_FRAMES)?;
    let (mut rest, mut frames, mut prev) = (&all[..], Vec::new(), [0; 32]);
    while !rest.is_empty() {
        let broken = || VaultError::Broken(Broken { journal: manifest.journal, seq: frames.len() as u64 + 1, why: "it does not follow the entry before it" });
        let (length, tail) = rest.split_first_chunk::<4>().ok_or_else(broken)?;
        let (frame, tail) = tail.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or_else(broken)?;
        if Link::parse(frame) != Some(Link { journal: manifest.journal.0, seq: frames.len() as u64 + 1, prev }) {
            return Err(broken());
        }
        prev = amparo_proof::frame_hash(frame);
        frames.push(frame.to_vec());
        rest = tail;
    }
    let head = Head { journal: manifest.journal.0, seq: frames.len() as u64, hash: prev };
    let key = lock::public_of_hex(&manifest.head_key).ok_or(VaultError::Malformed("export"))?;
    let signed = note::verify(manifest.head.as_bytes(), &note::signer(&manifest.office.0), &key).is_some();
    if !signed || Head::parse(manifest.head.as_bytes()) != Some(head) || (manifest.seq, manifest.hash) != (head.seq, Sha256(prev)) {
        return Err(VaultError::Refused("its head is not the one that was signed"));
    }
    Ok(frames)
}

impl Office {
    /// Where another office may hand a case over to: this member's age recipient.
    pub fn recipient(&self) -> &str {
        self.session.recipient()
    }

    /// Receives a case that another office handed over (`successor` or `everything`), into a new case.
    /// Opened with this member's own key, or with the identity given. It becomes a case when all of it was received: what
    /// is cut off is no case, and the next import or backup removes it.
    pub fn import(&mut self, folder: &Path, identity: Option<&str>, handle: Option<&str>, now: Now) -> Result<Imported> {
        let secret = match identity {
            Some(text) => lock::identity_of_text(text.trim()).ok_or(VaultError::Malformed("identity"))?,
            None => self.session.age_secret().clone(),
        };
        let bag = Bag::open(folder, &secret)?;
        let events = bag.events()?;
        self.clear_imports()?;
        let id = JournalId(lock::random()?);
        let mut begun = begun(&*self.store)?;
        begun.push(id);
        note_begun(&*self.store, &begun)?;
        let received = self.receive_case(id, &bag, &events, handle, now);
        let (papers, handle) = match received {
            Ok(received) => received,
            Err(e) => {
                // Nothing half stays; where even that fails, the next import or backup removes it.
                let _ = self.reload().and_then(|()| self.clear_imports());
                return Err(e);
            }
        };
        begun.retain(|other| *other != id);
        note_begun(&*self.store, &begun)?;
        Ok(Imported {
            case: id,
            handle,
            from: bag.manifest.office_name.clone(),
            head: (bag.manifest.seq, bag.manifest.hash),
            head_key: bag.manifest.head_key.clone(),
            papers,
            opened: events.len() as u64,
            closed: (bag.frames.len() - events.len()) as u64,
        })
    }

    /// Everything that the bag tells, in a new journal; the entry that makes it a case is the last. Papers, and the handle.
    fn receive_case(&mut self, id: JournalId, bag: &Bag, events: &[(u64, Event)], handle: Option<&str>, now: Now) -> Result<(u64, String)> {
        let genesis = self.begin_case(id, now)?;
        // Known to this process alone until it is whole.
        let info = CaseInfo { journal: id, handle: String::new(), genesis, at: stamp(now), shredded: None };
        Arc::make_mut(&mut self.roster).cases.insert(id, info);
        let mut case = self.open_case(id, now)?;
        let name = events.iter().rev().find_map(|(_, e)| if let What::Named { name } = &e.what { Some(name.clone()) } else { None });
        case.append(Where::Case, What::Named { name: name.unwrap_or_default() }, &[], now)?;
        let run = RunId(lock::random()?);
        let mut receiving = Receiving { case: &mut case, bag, run, seqs: BTreeMap::new(), parties: BTreeMap::new(), papers: 0, now };
        receiving.frames_as_an_original()?;
        for (seq, event) in events {
            receiving.one(*seq, event)?;
        }
        let papers = receiving.papers;
        let handle = self.free_handle(handle)?;
        self.append("common", What::Case { journal: id, genesis, handle: handle.clone() }, now)?;
        Ok((papers, handle))
    }

    /// Removes what interrupted imports left: journals that the office never named as cases, with their sealed files.
    pub(crate) fn clear_imports(&self) -> Result<()> {
        let begun = begun(&*self.store)?;
        if begun.is_empty() || !self.store.alone()? {
            return Ok(());
        }
        for journal in begun.into_iter().filter(|id| !self.roster.cases.contains_key(id)) {
            let rows = self.store.wraps(&journal.0, None)?;
            let blobs: Vec<Sha256> = rows.iter().filter(|r| r.key.what == ring::BLOB).filter_map(|r| Some(Sha256(r.key.id.as_slice().try_into().ok()?))).collect();
            forget::delete_blobs(&*self.store, blobs.iter())?;
            self.store.delete_journal(&journal.0)?;
            forget::purge(&*self.store, &rows.iter().map(ring::needle).collect::<Vec<_>>())?;
        }
        note_begun(&*self.store, &[])
    }
}

/// Where the store remembers which journals are being received: their random ids and nothing else.
const IMPORTING: &str = "importing";

fn begun(store: &dyn Store) -> Result<Vec<JournalId>> {
    Ok(store.meta(IMPORTING)?.unwrap_or_default().as_chunks::<16>().0.iter().map(|id| JournalId(*id)).collect())
}

fn note_begun(store: &dyn Store, ids: &[JournalId]) -> Result<()> {
    Ok(store.put_meta(IMPORTING, &ids.iter().flat_map(|id| id.0).collect::<Vec<u8>>())?)
}

struct Receiving<'a> {
    case: &'a mut Case<Open>,
    bag: &'a Bag,
    run: RunId,
    /// Old entry numbers and parties, and what they became.
    seqs: BTreeMap<u64, u64>,
    parties: BTreeMap<PartyId, PartyId>,
    papers: u64,
    now: Now,
}

impl Receiving<'_> {
    fn from(&self, seq: u64) -> String {
        format!("{}: {seq}/{} {}", self.bag.manifest.office_name, self.bag.manifest.seq, self.bag.manifest.hash)
    }

    fn frames_as_an_original(&mut self) -> Result<()> {
        for name in ["export.json", "journal.frames"] {
            let kept = self.case.keep(&mut self.bag.bag.file(name)?)?;
            let reading = ReadingOf { report: Report::unread("amparo-export", State::Unread, "no-reader-yet"), inside: vec![], segments: vec![] };
            let given = Given {
                blob: kept.blob,
                sha256: kept.sha256,
                bytes: kept.bytes,
                name: name.to_owned(),
                path: name.to_owned(),
                run: self.run,
                from: Some(self.from(self.bag.manifest.seq)),
                subject: None,
                companions: vec![],
                already: None,
                reading,
            };
            self.case.append(Where::Unassigned, What::Given(given), &[kept.blob], self.now)?;
        }
        Ok(())
    }

    fn subject(&self, old: Option<PartyId>) -> (Option<PartyId>, Where) {
        let new = old.and_then(|p| self.parties.get(&p)).copied();
        (new, new.map_or(Where::Unassigned, Where::Party))
    }

    fn at(&self, at: &At) -> Option<At> {
        Some(At { of: *self.seqs.get(&at.of)?, ..at.clone() })
    }

    fn place_of(&self, of: u64) -> Where {
        let subject = self.case.file().givings.get(&of).map(|g| g.subject).or_else(|| self.case.file().said.get(&of).map(|(s, _)| s.subject));
        subject.flatten().map_or(Where::Unassigned, Where::Party)
    }

    fn append(&mut self, old: u64, place: Where, what: What, blobs: &[Sha256]) -> Result<()> {
        let new = self.case.append(place, what, blobs, self.now)?;
        self.seqs.insert(old, new);
        Ok(())
    }

    fn again(&mut self, given: &Given) -> Result<(Given, Vec<Sha256>)> {
        let (bag, case) = (self.bag, &mut *self.case);
        receive_again(case, given, &mut |blob| bag.plain(blob))
    }

    /// What an entry says, said again in the new case. Keys, looks and orders belong to the old one.
    fn one(&mut self, seq: u64, event: &Event) -> Result<()> {
        match &event.what {
            What::Party { party, role, name, .. } => {
                let new = self.case.add_party(role, name.as_deref(), self.now)?;
                self.parties.insert(*party, new);
                Ok(())
            }
            What::Given(given) => {
                let already = given.already.and_then(|a| self.seqs.get(&a)).copied();
                let (mut new, blobs) = self.again(&Given { already, ..given.clone() })?;
                if let Some(first) = already.and_then(|a| self.case.file().givings.get(&a)) {
                    new.blob = first.given.blob;
                }
                let (subject, place) = self.subject(given.subject);
                let new = Given { subject, run: self.run, from: Some(self.from(seq)), ..new };
                self.papers += 1;
                self.append(seq, place, What::Given(new), &blobs)
            }
            What::Reread { of, reading } => {
                let Some(of) = self.seqs.get(of).copied() else { return Ok(()) };
                let bag = self.bag;
                let (segments, blobs) = crate::handover::segments_again(self.case, &reading.segments, &mut |blob| bag.plain(blob))?;
                self.append(seq, self.place_of(of), What::Reread { of, reading: ReadingOf { segments, ..reading.clone() } }, &blobs)
            }
            What::Assigned { of, inside, subject } => {
                let Some(of) = self.seqs.get(of).copied() else { return Ok(()) };
                let new = self.case.assign(of, inside, self.subject(*subject).0, self.now)?;
                self.seqs.insert(seq, new);
                Ok(())
            }
            What::Said(said) => {
                let bag = self.bag;
                let (segments, blobs) = crate::handover::segments_again(self.case, said.segment.as_slice(), &mut |blob| bag.plain(blob))?;
                let (subject, place) = self.subject(said.subject);
                self.append(seq, place, What::Said(Said { subject, segment: segments.into_iter().next(), ..said.clone() }), &blobs)
            }
            What::Set(change) => self.change(seq, change, What::Set),
            What::Corrected(change) => self.change(seq, change, What::Corrected),
            What::Confirmed(change) => self.change(seq, change, What::Confirmed),
            What::Judged { left, right, judgement } => match (self.at(left), self.at(right)) {
                (Some(left), Some(right)) => self.append(seq, Where::Work, What::Judged { left, right, judgement: *judgement }, &[]),
                _ => Ok(()),
            },
            What::Settled { finding, resolution, because, why } => {
                let because = because.iter().filter_map(|at| self.at(at)).collect();
                self.append(seq, Where::Work, What::Settled { finding: *finding, resolution: *resolution, because, why: why.clone() }, &[])
            }
            What::Zone { of, zone, because } => match (of, of.and_then(|of| self.seqs.get(&of)).copied()) {
                (Some(_), None) => Ok(()),
                (_, of) => self.append(seq, Where::Case, What::Zone { of, zone: zone.clone(), because: because.clone() }, &[]),
            },
            What::Note { about, text } => match self.seqs.get(about).copied() {
                Some(about) => self.append(seq, Where::Work, What::Note { about, text: text.clone() }, &[]),
                None => Ok(()),
            },
            What::Deadline { on, label, because } => {
                let because = because.iter().filter_map(|s| self.seqs.get(s)).copied().collect();
                self.append(seq, Where::Case, What::Deadline { on: on.clone(), label: label.clone(), because }, &[])
            }
            What::Held { of, because } => self.hold(seq, *of, |of| What::Held { of, because: because.clone() }),
            What::Released { of, because } => self.hold(seq, *of, |of| What::Released { of, because: because.clone() }),
            _ => Ok(()),
        }
    }

    fn hold(&mut self, seq: u64, of: Option<u64>, what: impl Fn(Option<u64>) -> What) -> Result<()> {
        match (of, of.and_then(|of| self.seqs.get(&of)).copied()) {
            (Some(_), None) => Ok(()),
            (_, new) => self.append(seq, Where::Case, what(new), &[]),
        }
    }

    fn change(&mut self, seq: u64, change: &Change, what: impl Fn(Change) -> What) -> Result<()> {
        let Some(at) = self.at(&change.at) else { return Ok(()) };
        let why = change.why.and_then(|w| self.seqs.get(&w)).copied();
        let place = self.place_of(at.of);
        self.append(seq, place, what(Change { at, why, ..change.clone() }), &[])
    }
}
