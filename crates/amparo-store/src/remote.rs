//! An office's folder with a host behind it: all of it here, sealed, and a copy at a host that cannot read it.
//!
//! The folder answers every question; the host is asked when a journal's newest entry is wanted, and what it has
//! more is taken in. An append goes to the host first, whose tip decides. With the cable out it goes into the folder
//! and waits in the spool; what waits is sent in its order as soon as the host answers. Where somebody else wrote in
//! the meantime, the host refuses: what waits is then set apart, whole, until custody has sealed it anew.
//! Nothing the host says is believed: frames must follow each other, sealed files must be those of their name, and
//! what it once acknowledged must stay.

mod link;
mod spool;

pub use link::{HostAddress, Letter, Voice};

use crate::local::WRITER;
use crate::wire::{B64, Hex, PAGE, WireAppend, WireChange, WireJournal};
use crate::{Append, Appended, BlobWriter, Bytes, Entry, Hash, Id, Local, Purged, Result, Store, StoreError, Tip, WrapKey, WrapRow};
use crate::{Diverged, Peer, Seen};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use link::{Answer, Link};
use sha2::Digest;
use spool::{At, Op, Taken};
use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How old the picture of the host may be before a question asks it again.
const FRESH: Duration = Duration::from_secs(2);
/// After a failure the host is left alone for this long, then for twice as long, up to a minute.
const PAUSE: Duration = Duration::from_secs(2);

/// The driver of an office that has a host.
pub struct Remote {
    local: Local,
    link: Link,
    reach: Mutex<Reach>,
}

/// How the last exchange went.
#[derive(Default)]
struct Reach {
    looked: Option<Instant>,
    failed: Option<(Instant, u32)>,
    /// An append was refused: the next question asks, however fresh the picture is.
    behind: bool,
    why: Option<String>,
    /// It answered, and would not: its status and its own word for why.
    refused: Option<(u16, String)>,
}

impl Remote {
    pub fn new(local: Local, address: &HostAddress) -> Result<Remote> {
        local.spool_tables()?;
        Ok(Remote { local, link: Link::new(address)?, reach: Mutex::default() })
    }

    fn reach(&self) -> MutexGuard<'_, Reach> {
        self.reach.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the host cannot be counted on now.
    fn not_reached(&self) -> StoreError {
        let reach = self.reach();
        match &reach.refused {
            Some((status, reason)) => StoreError::Host { status: *status, reason: reason.clone() },
            None => StoreError::Away { why: reach.why.clone().unwrap_or_default() },
        }
    }

    /// Whether it is worth asking the host now.
    fn may_ask(&self) -> bool {
        let reach = self.reach();
        let paused = reach.failed.is_some_and(|(at, times)| at.elapsed() < PAUSE * 2_u32.pow(times.min(5)).min(30));
        self.link.can_speak() && !paused
    }

    /// Remembers whether the host answered.
    fn heard<T>(&self, answer: Answer<T>) -> Answer<T> {
        let mut reach = self.reach();
        match &answer {
            Err(StoreError::Away { why }) => {
                let times = reach.failed.map_or(0, |(_, n)| n + 1);
                reach.failed = Some((Instant::now(), times));
                reach.why = Some(why.clone());
            }
            // Work goes on in the folder, and what waits is tried again: a refusal may end.
            Err(e @ StoreError::Host { status, reason }) if *status != 404 => {
                reach.failed = Some((Instant::now(), reach.failed.map_or(0, |(_, n)| n + 1)));
                (reach.why, reach.refused) = (Some(e.to_string()), Some((*status, reason.clone())));
            }
            _ => (reach.failed, reach.why, reach.refused) = (None, None, None),
        }
        drop(reach);
        answer
    }

    /// One exchange at a time over all programs of this machine.
    fn exchange(&self) -> Result<File> {
        self.local.wait_lock("exchange")
    }

    /// Sends what waits, in its order, but for journals about which the host broke its word. `false` where it did not
    /// answer, or refused.
    fn flush(&self) -> Result<bool> {
        loop {
            let Some((n, op)) = self.local.spool_first()? else { return Ok(true) };
            match self.heard(self.send(&op)) {
                Ok(Sent::Taken) => self.taken(n, &op)?,
                Ok(Sent::Refused) => {
                    if let Op::Append { journal, .. } = &op {
                        self.local.set_apart(&journal.0)?;
                        self.reach().behind = true;
                    }
                }
                Err(StoreError::Away { .. } | StoreError::Host { .. }) => return Ok(false),
                Err(e) => return Err(e),
            }
        }
    }

    /// Whether the host broke its word about this journal: nothing is sent to it or taken from it, and work goes on here.
    fn is_broken(&self, journal: &Id) -> Result<bool> {
        Ok(self.local.seen()?.iter().any(|(id, _)| id == journal))
    }

    fn send(&self, op: &Op) -> Answer<Sent> {
        match op {
            Op::Append { journal, append } => match self.link.append(&journal.0, append)? {
                Appended::Done => Ok(Sent::Taken),
                // The answer was lost on its way: the same hash means it was mine.
                Appended::Refused { tip: Some(tip) } if tip.hash == append.entry.hash.0 => Ok(Sent::Taken),
                Appended::Refused { tip } => Ok(if self.link.holds(&journal.0, tip, &append.entry)? { Sent::Taken } else { Sent::Refused }),
            },
            Op::Rows { journal, change } => self.link.change_rows(&journal.0, change).map(|()| Sent::Taken),
            Op::Purge => match self.link.purge()? {
                Purged::Gone => Ok(Sent::Taken),
                Purged::Remains { .. } => Err(StoreError::Away { why: "it has not yet forgotten what it was told to".to_owned() }),
            },
            // A head that no longer fits is made anew with the next entry: it must not stop what comes after it.
            Op::Head { journal, note } => match self.link.put_head(&journal.0, &note.0) {
                Ok(()) | Err(StoreError::Host { status: 400 | 404, .. }) => Ok(Sent::Taken),
                Err(e) => Err(e),
            },
            Op::BlobGone { name } => self.link.delete_blob(&name.0).map(|()| Sent::Taken),
            Op::JournalGone { journal } => self.link.delete_journal(&journal.0).map(|()| Sent::Taken),
            Op::Blob { name } => match self.local.blob(&name.0) {
                Ok(mut file) => self.link.put_blob(&name.0, &mut file).map(|()| Sent::Taken),
                // Forgotten before it was ever sent.
                Err(StoreError::NotThere { .. }) => Ok(Sent::Taken),
                Err(e) => Err(e),
            },
        }
    }

    /// What the host took waits no longer; of an append, where the host now stands is remembered.
    fn taken(&self, n: i64, op: &Op) -> Result<()> {
        let at = match op {
            Op::Append { journal, append } => Some((journal.0, Tip { seq: append.entry.seq, hash: append.entry.hash.0 })),
            _ => None,
        };
        self.local.spool_taken(n, at)
    }

    /// Changes the folder and remembers what the host must be told, together; then tries to tell it.
    fn change(&self, op: Op, change: impl FnOnce(&Local, &Op) -> Result<()>) -> Result<()> {
        change(&self.local, &op)?;
        self.tell()
    }

    /// Tries to send what waits; that it waits is no failure.
    fn tell(&self) -> Result<()> {
        if self.may_ask() {
            let _exchange = self.exchange()?;
            self.flush()?;
        }
        Ok(())
    }

    /// Takes in what others wrote, where the picture is older than it should be. Skipped while somebody writes here.
    fn look(&self, now: bool) -> Result<bool> {
        let stale = {
            let reach = self.reach();
            now || reach.behind || reach.looked.is_none_or(|at| at.elapsed() > FRESH)
        };
        if !stale || !self.may_ask() {
            return Ok(false);
        }
        let Some(_writer) = self.local.try_lock(WRITER)? else { return Ok(false) };
        let _exchange = self.exchange()?;
        match self.pull() {
            Ok(changed) => {
                let mut reach = self.reach();
                (reach.looked, reach.behind) = (Some(Instant::now()), false);
                Ok(changed)
            }
            Err(StoreError::Away { .. } | StoreError::Host { .. }) => Ok(false),
            Err(e) => Err(e),
        }
    }

    fn pull(&self) -> Result<bool> {
        // A host that has again what it had lost is heard again.
        if self.local.seen()?.iter().any(|(_, seen)| *seen != Seen::Gone) {
            for journal in &self.still()? {
                if self.word_kept(journal)? {
                    self.local.unsee(&journal.journal.0)?;
                }
            }
        }
        if !self.flush()? {
            return Ok(false);
        }
        let there = self.still()?;
        let (mut taking, mut offers) = (vec![], vec![]);
        for journal in &there {
            match self.read(journal)? {
                Reading::Known => {}
                Reading::New(new) => taking.push(new),
                Reading::Shorter(tip) => offers.push((journal.journal.0, tip)),
                Reading::Broken if self.link.is_office(&journal.journal.0) => {
                    // Nothing that leans on it is taken in; what else is broken is said.
                    there.iter().try_for_each(|journal| self.judge(journal).map(drop))?;
                    return Ok(false);
                }
                Reading::Broken => {}
            }
        }
        // All of it or nothing: entries of cases name entries of the office's journal, and that one names theirs.
        self.local.adopt(&taking)?;
        let changed = !taking.is_empty();
        for journal in &there {
            if self.known(journal)? {
                self.take_head(journal)?;
            }
        }
        for (id, tip) in offers {
            self.offer(&id, Some(tip))?;
        }
        for id in self.local.journals()? {
            if there.iter().any(|j| j.journal.0 == id) {
                continue;
            }
            match self.local.host_at(&id)? {
                None => self.offer(&id, None)?,
                // It was there: another node destroyed the case by order, or the host lost it. Custody knows which.
                Some(_) => self.local.note_seen(&id, &Seen::Gone)?,
            }
        }
        Ok(changed)
    }

    /// Whether the folder holds what the host does.
    fn known(&self, journal: &WireJournal) -> Result<bool> {
        let tip = Tip { seq: journal.seq, hash: journal.hash.0 };
        Ok(self.local.host_at(&journal.journal.0)?.is_some_and(|at| at.tip == tip && at.rows == journal.rows))
    }

    /// Notes where the host no longer has what it acknowledged; whether it does.
    fn judge(&self, journal: &WireJournal) -> Result<bool> {
        let (id, tip) = (journal.journal.0, Tip { seq: journal.seq, hash: journal.hash.0 });
        let broken = broken_word(self.local.host_at(&id)?.as_ref(), tip);
        broken.as_ref().map_or(Ok(()), |seen| self.local.note_seen(&id, seen))?;
        Ok(broken.is_none())
    }

    /// Whether a journal that had been rolled back is at or behind where it was acknowledged.
    fn word_kept(&self, journal: &WireJournal) -> Result<bool> {
        let (id, tip) = (journal.journal.0, Tip { seq: journal.seq, hash: journal.hash.0 });
        let rolled_back = self.local.seen()?.iter().any(|(seen, what)| *seen == id && matches!(what, Seen::RolledBack { .. }));
        Ok(rolled_back && broken_word(self.local.host_at(&id)?.as_ref(), tip).is_none())
    }

    /// How every journal stands at one moment: two answers in succession that are the same.
    fn still(&self) -> Result<Vec<WireJournal>> {
        let mut before = self.heard(self.link.journals())?;
        for _ in 0..STILL {
            let now = self.heard(self.link.journals())?;
            if now == before {
                return Ok(now);
            }
            before = now;
        }
        Err(StoreError::Away { why: "others write without a pause".to_owned() })
    }

    /// Reads what the host holds of one journal; nothing is kept yet.
    fn read(&self, journal: &WireJournal) -> Result<Reading> {
        let id = journal.journal.0;
        let tip = Tip { seq: journal.seq, hash: journal.hash.0 };
        let (here, at) = (self.local.tip(&id)?, self.local.host_at(&id)?);
        if self.known(journal)? {
            return Ok(Reading::Known);
        }
        // Up to where both are known to agree: what was acknowledged, else what lies in the folder.
        let common = match &at {
            Some(at) => at.tip,
            None => here.map_or(NOTHING, |here| if here.seq > tip.seq { tip } else { here }),
        };
        if !self.judge(journal)? {
            return Ok(Reading::Broken);
        }
        let broken = |seen: Seen| self.local.note_seen(&id, &seen).map(|()| Reading::Broken);
        if common.seq > 0 && self.local.hash_at(&id, common.seq)? != Some(common.hash) {
            return broken(Seen::Forked { seq: common.seq });
        }
        let entries = if common.seq < tip.seq { self.heard(self.link.entries(&id, common.seq + 1, tip))? } else { vec![] };
        if let Some(seen) = misfit(&id, common, &entries, tip) {
            return broken(seen);
        }
        if at.is_none() && here.is_some_and(|here| here.seq > tip.seq) {
            // The folder holds more than the host, which never acknowledged any of it.
            return Ok(Reading::Shorter(tip));
        }
        let rows = self.heard(self.link.rows(&id))?;
        Ok(Reading::New(Taken { id, after: common.seq, entries, rows, at: At { tip, rows: journal.rows.clone() } }))
    }

    /// The host's head of a journal, where the one here is another and this one fits.
    fn take_head(&self, journal: &WireJournal) -> Result<()> {
        let (id, tip) = (journal.journal.0, Tip { seq: journal.seq, hash: journal.hash.0 });
        let Some(note) = &journal.head else { return Ok(()) };
        let fits = amparo_proof::Head::parse(&note.0).is_some_and(|h| h.journal == id && h.seq <= tip.seq && (h.seq < tip.seq || h.hash == tip.hash));
        if fits && self.local.tip(&id)? == Some(tip) && self.local.head(&id)?.as_deref() != Some(&note.0) {
            self.local.put_head(&id, &note.0)?;
        }
        Ok(())
    }

    /// Sends a journal, or what the folder has more of it: its rows, its entries in order, its head.
    fn offer(&self, id: &Id, mut after: Option<Tip>) -> Result<()> {
        let rows = self.local.wraps(id, None)?;
        for part in rows.chunks(PAGE) {
            self.heard(self.link.change_rows(id, &WireChange::new(part, &[])))?;
        }
        let mut entries = vec![];
        self.local.entries(id, after.map_or(1, |tip| tip.seq + 1), &mut |entry| {
            entries.push(entry);
            true
        })?;
        for entry in entries {
            let tip = Tip { seq: entry.seq, hash: entry.hash };
            let append = WireAppend::from(&Append { entry, after, put: vec![], delete: vec![] });
            match self.heard(self.link.append(id, &append))? {
                Appended::Done => {}
                Appended::Refused { tip: Some(there) } if there.hash == tip.hash => {}
                Appended::Refused { .. } => return self.local.note_seen(id, &Seen::Forked { seq: tip.seq }),
            }
            after = Some(tip);
        }
        if let Some(head) = self.local.head(id)? {
            self.heard(self.link.put_head(id, &head))?;
        }
        match after {
            Some(tip) => self.local.set_host_at(id, &At { tip, rows: String::new() }),
            None => Ok(()),
        }
    }

    /// Joins with a ticket of the host's: from then on requests signed by this office's key are its own.
    pub fn join(&self, voice: Arc<dyn Voice>, ticket: &[u8; 32]) -> Result<()> {
        self.link.speak_as(voice);
        self.heard(self.link.join(ticket))
    }

    /// Sends every sealed file that the host does not have; how many there were.
    pub fn offer_blobs(&self) -> Result<usize> {
        let there: std::collections::BTreeSet<Hash> = self.heard(self.link.blobs())?.into_iter().collect();
        let mut sent = 0;
        for name in self.local.blob_names()?.into_iter().filter(|name| !there.contains(name)) {
            let mut file = self.local.blob(&name)?;
            self.heard(self.link.put_blob(&name, &mut file))?;
            sent += 1;
        }
        Ok(sent)
    }

    /// A sealed file from the host: it has its name here only if it is the one of that name.
    fn fetch(&self, name: &Hash) -> Result<Box<dyn Bytes>> {
        let mut body = match self.heard(self.link.blob(name)) {
            Err(StoreError::Host { status: 404, .. }) => return Err(StoreError::NotThere { what: "open a sealed file" }),
            answer => answer?,
        };
        let mut kept = self.local.blob_begin()?;
        let mut hash = sha2::Sha256::default();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = body.read(&mut buffer).map_err(|e| StoreError::Away { why: e.to_string() })?;
            if n == 0 {
                break;
            }
            hash.update(&buffer[..n]);
            kept.write_all(&buffer[..n]).map_err(|error| StoreError::Io { what: "write a sealed file", path: PathBuf::new(), error })?;
        }
        if Hash::from(hash.finalize()) != *name {
            return Err(StoreError::NotItself { name: *name });
        }
        kept.commit(*name)?;
        self.local.blob(name)
    }
}

/// How often a moment without anybody writing is looked for.
const STILL: usize = 20;

/// What the host holds of a journal.
enum Reading {
    Known,
    New(Taken),
    /// Less than the folder does.
    Shorter(Tip),
    /// Not what it acknowledged; it was noted.
    Broken,
}

/// What became of a thing that waited.
enum Sent {
    Taken,
    Refused,
}

/// Before a first entry.
const NOTHING: Tip = Tip { seq: 0, hash: [0; 32] };

/// Where the host no longer has what it acknowledged.
fn broken_word(at: Option<&At>, tip: Tip) -> Option<Seen> {
    let acknowledged = at?.tip;
    match tip.seq.cmp(&acknowledged.seq) {
        std::cmp::Ordering::Less => Some(Seen::RolledBack { acknowledged: acknowledged.seq, there: tip.seq }),
        std::cmp::Ordering::Equal if tip.hash != acknowledged.hash => Some(Seen::Forked { seq: tip.seq }),
        _ => None,
    }
}

/// Whether what the host sent hangs together, and hangs on what came before.
fn misfit(id: &Id, mut before: Tip, entries: &[Entry], tip: Tip) -> Option<Seen> {
    for entry in entries {
        let link = amparo_proof::Link { journal: *id, seq: before.seq + 1, prev: before.hash };
        let follows = amparo_proof::Link::parse(&entry.frame) == Some(link) && entry.seq == link.seq && amparo_proof::frame_hash(&entry.frame) == entry.hash;
        if !follows {
            return Some(Seen::Forked { seq: link.seq });
        }
        before = Tip { seq: entry.seq, hash: entry.hash };
    }
    (before != tip).then_some(Seen::Forked { seq: tip.seq })
}

impl Store for Remote {
    fn journals(&self) -> Result<Vec<Id>> {
        self.local.journals()
    }

    fn tip(&self, journal: &Id) -> Result<Option<Tip>> {
        self.look(false)?;
        self.local.tip(journal)
    }

    fn entries(&self, journal: &Id, from: u64, visit: &mut dyn FnMut(Entry) -> bool) -> Result<()> {
        self.local.entries(journal, from, visit)
    }

    fn append(&self, append: &Append) -> Result<Appended> {
        let wire = WireAppend::from(append);
        let op = Op::Append { journal: Hex(append.entry.journal), append: wire };
        if self.may_ask() && !self.is_broken(&append.entry.journal)? {
            let _exchange = self.exchange()?;
            if self.flush()? {
                let here = self.local.tip(&append.entry.journal)?;
                if here != append.after {
                    return Ok(Appended::Refused { tip: here });
                }
                match self.heard(self.send(&op)) {
                    Ok(Sent::Taken) => return self.local.append_acknowledged(append),
                    Ok(Sent::Refused) => {
                        self.reach().behind = true;
                        return Ok(Appended::Refused { tip: here });
                    }
                    // Whether it arrived is not known: it waits, and the same hash will mean that it was mine.
                    Err(StoreError::Away { .. } | StoreError::Host { .. }) => {}
                    Err(e) => return Err(e),
                }
            }
        }
        if self.link.is_office(&append.entry.journal) {
            // Everybody's entries lean on the office's journal: it is written only where everybody sees it.
            return Err(self.not_reached());
        }
        self.local.append_spooled(append, &op)
    }

    fn wraps(&self, journal: &Id, what: Option<u8>) -> Result<Vec<WrapRow>> {
        self.local.wraps(journal, what)
    }

    fn change_wraps(&self, put: &[WrapRow], delete: &[WrapKey]) -> Result<()> {
        let journal = put.first().map(|r| r.key.journal).or_else(|| delete.first().map(|k| k.journal));
        let Some(journal) = journal else { return Ok(()) };
        let op = Op::Rows { journal: Hex(journal), change: WireChange::new(put, delete) };
        self.change(op, |local, op| local.change_wraps_spooled(put, delete, op))
    }

    fn purge(&self, bytes: &[Vec<u8>]) -> Result<Purged> {
        // The host searches for whatever was deleted: it is not told the bytes once more.
        self.change(Op::Purge, |local, op| local.spool(op))?;
        // What waited for it here was written as text: that is searched for, too, however it lay in its groups of three.
        let text = |bytes: &Vec<u8>, from: usize| bytes.get(from..).map(|b| STANDARD.encode(&b[..b.len() - b.len() % 3]).into_bytes());
        let texts = bytes.iter().flat_map(|bytes| (0..3).filter_map(move |from| text(bytes, from)));
        self.local.purge(&bytes.iter().cloned().chain(texts).collect::<Vec<_>>())
    }

    fn delete_journal(&self, journal: &Id) -> Result<()> {
        self.local.delete_journal(journal)?;
        self.local.forget_host_at(journal)?;
        self.change(Op::JournalGone { journal: Hex(*journal) }, |local, op| local.spool(op))
    }

    fn restore_journal(&self, entries: &[Entry], rows: &[WrapRow]) -> Result<()> {
        // The host is offered it with the next look.
        self.local.restore_journal(entries, rows)
    }

    fn bundle(&self, member: &Id) -> Result<Option<Vec<u8>>> {
        self.local.bundle(member)
    }
    fn bundles(&self) -> Result<Vec<(Id, Vec<u8>)>> {
        self.local.bundles()
    }
    fn put_bundle(&self, member: &Id, bundle: Option<&[u8]>) -> Result<()> {
        // It holds a passphrase slot, which never leaves the machine.
        self.local.put_bundle(member, bundle)
    }
    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.local.meta(name)
    }
    fn put_meta(&self, name: &str, value: &[u8]) -> Result<()> {
        self.local.put_meta(name, value)
    }

    fn head(&self, journal: &Id) -> Result<Option<Vec<u8>>> {
        self.local.head(journal)
    }

    fn put_head(&self, journal: &Id, note: &[u8]) -> Result<()> {
        self.local.put_head(journal, note)?;
        let op = Op::Head { journal: Hex(*journal), note: B64(note.to_vec()) };
        self.change(op, |local, op| local.spool(op))
    }

    fn blob_begin(&self) -> Result<Box<dyn BlobWriter>> {
        Ok(Box::new(Sending { file: self.local.blob_begin()?, spool: self.local.spool_door()? }))
    }

    fn blob(&self, name: &Hash) -> Result<Box<dyn Bytes>> {
        match self.local.blob(name) {
            Err(StoreError::NotThere { .. }) if self.may_ask() => self.fetch(name),
            found => found,
        }
    }

    fn blob_names(&self) -> Result<Vec<Hash>> {
        let mut names = self.local.blob_names()?;
        if self.may_ask() {
            match self.heard(self.link.blobs()) {
                Ok(there) => self.local.remember_blobs(&there)?,
                Err(StoreError::Away { .. } | StoreError::Host { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        names.extend(self.local.remembered_blobs()?);
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    fn blob_delete(&self, name: &Hash) -> Result<()> {
        self.local.blob_delete(name)?;
        self.change(Op::BlobGone { name: Hex(*name) }, |local, op| local.spool(op))
    }

    fn blob_litter(&self, name: &Hash) -> Result<()> {
        self.local.blob_litter(name)?;
        self.change(Op::BlobGone { name: Hex(*name) }, |local, op| local.spool(op))
    }

    fn litter(&self) -> Result<Vec<Hash>> {
        self.local.litter()
    }

    fn lock(&self, waiting: &mut dyn FnMut()) -> Result<Box<dyn Send>> {
        self.local.lock(waiting)
    }

    fn waiting(&self) {
        self.local.waiting();
    }

    /// Other nodes may be at work: what no entry names yet may be named by them in a moment.
    fn alone(&self) -> Result<bool> {
        Ok(false)
    }

    fn set_aside(&self) -> Result<PathBuf> {
        self.local.set_aside()
    }

    fn speak_as(&self, voice: Arc<dyn Voice>) -> Result<bool> {
        let (first, before) = self.link.speak_as(voice.clone());
        if let Some(before) = before {
            // The office has new keys: whoever still has the old one tells the host, which then refuses it.
            self.heard(self.link.new_key(&before, &voice.public())).or_else(|e| match e {
                StoreError::Away { .. } | StoreError::Host { .. } => Ok(()),
                other => Err(other),
            })?;
        }
        self.look(first)
    }

    fn confirmed(&self, journal: &Id) -> Result<Option<Tip>> {
        Ok(self.local.host_at(journal)?.map(|at| at.tip))
    }

    fn can_lead(&self) -> Result<()> {
        self.look(true)?;
        let counted_on = self.link.can_speak() && self.reach().why.is_none();
        if counted_on { Ok(()) } else { Err(self.not_reached()) }
    }

    fn sync(&self) -> Result<bool> {
        let changed = self.look(true)?;
        self.can_lead()?;
        self.offer_blobs()?;
        Ok(changed)
    }

    fn peer(&self) -> Result<Option<Peer>> {
        let (reached, why) = {
            let reach = self.reach();
            (reach.looked.is_some() && reach.failed.is_none(), reach.why.clone())
        };
        let (waiting, seen, diverged) = (self.local.spool_count()?, self.local.seen()?, self.local.apart_journals()?);
        Ok(Some(Peer { address: self.link.address().to_owned(), reached, why, waiting, seen, diverged }))
    }

    fn diverged(&self, journal: &Id) -> Result<Option<Diverged>> {
        self.local.diverged(journal)
    }

    fn settle_diverged(&self, journal: &Id, entry: &Hash) -> Result<()> {
        self.local.settle_diverged(journal, entry)
    }
}

/// A sealed file that the host is sent once it has its name here.
struct Sending {
    file: Box<dyn BlobWriter>,
    spool: spool::Door,
}

impl Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl BlobWriter for Sending {
    fn commit(self: Box<Self>, name: Hash) -> Result<()> {
        self.file.commit(name)?;
        self.spool.put(&Op::Blob { name: Hex(name) })
    }
}
