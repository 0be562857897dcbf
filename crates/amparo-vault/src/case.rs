//! A case: sealed until a member with its grant opens it; written only by appending.

use crate::forget;
use crate::heads;
use crate::journal::{Journal, Writing, Written};
use crate::keep::{Kept, Plain, seal_stream};
use crate::lock::{self, Key};
use crate::look::Look;
use crate::office::{Office, TRIES, now_text, turn};
use crate::problem::{Result, Standing, VaultError};
use crate::ring::{self, Reach};
use crate::roster::Roster;
use crate::session::Session;
use crate::{Now, handles};
use amparo_model::event::Genesis;
use amparo_model::{CaseFile, DrawerId, JournalId, MemberId, PartyId, Sha256, What};
use amparo_store::{Store, WrapKey, WrapRow};
use std::collections::HashMap;
use std::sync::Arc;

/// Nobody has opened it: it has a name and nothing else.
pub struct Sealed;

/// Opened by a member: what its entries say, and the keys to add to them.
pub struct Open {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) session: Arc<Session>,
    pub(crate) roster: Arc<Roster>,
    pub(crate) known: (u64, Sha256),
    pub(crate) head_key: Key,
    pub(crate) journal: Journal,
    pub(crate) file: CaseFile,
    /// Keys of sealed files that no entry names yet; they die with the process.
    pub(crate) pending: HashMap<Sha256, Key>,
}

pub struct Case<S> {
    id: JournalId,
    pub(crate) state: S,
}

/// Which drawer an entry goes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Where {
    Case,
    Work,
    Unassigned,
    Party(PartyId),
}

impl Office {
    /// A case by its handle; it is opened next.
    pub fn case(&self, handle: &str) -> Result<Case<Sealed>> {
        self.roster.case_by_handle(handle).map(|c| Case { id: c.journal, state: Sealed }).ok_or(VaultError::NoSuchCase)
    }

    /// Opens a case by replaying its journal.
    pub fn open_case(&self, journal: JournalId, now: Now) -> Result<Case<Open>> {
        Case { id: journal, state: Sealed }.open(self, now)
    }

    /// Opens a case to give it new keys because these members lost their grant.
    pub(crate) fn rotate_case(&self, journal: JournalId, gone: Vec<MemberId>, now: Now) -> Result<()> {
        Case { id: journal, state: Sealed }.open_with(self, false, now)?.rotate(gone, now)
    }

    /// Starts a case: the grant, the journal's first entry, its pin in the office, its name and zone.
    pub fn create_case(&mut self, handle: Option<&str>, name: &str, zone: Option<(&str, &str)>, now: Now) -> Result<Case<Open>> {
        let handle = self.free_handle(handle)?;
        let id = JournalId(lock::random()?);
        let genesis = self.begin_case(id, now)?;
        self.append("common", What::Case { journal: id, genesis, handle }, now)?;
        let mut case = self.open_case(id, now)?;
        case.append(Where::Case, What::Named { name: name.to_owned() }, &[], now)?;
        if let Some((zone, because)) = zone {
            case.append(Where::Case, What::Zone { of: None, zone: zone.to_owned(), because: because.to_owned() }, &[], now)?;
        }
        Ok(case)
    }

    /// The handle asked for, or one drawn by chance; unique in the office.
    pub(crate) fn free_handle(&self, handle: Option<&str>) -> Result<String> {
        match handle {
            Some(handle) if self.roster.case_by_handle(handle).is_some() => Err(VaultError::Refused("the handle is taken")),
            Some(handle) => Ok(handle.to_owned()),
            None => handles::free(|h| self.roster.cases.values().any(|c| c.handle == h)),
        }
    }

    /// A case's journal with its first entry, whose hash is answered: no case until the office names it.
    pub(crate) fn begin_case(&mut self, id: JournalId, now: Now) -> Result<Sha256> {
        self.append("common", What::Granted { journal: id, member: self.member(), until: None }, now)?;
        let people = self.roster.people(id, &now_text(now));
        let people: Vec<&str> = people.iter().map(String::as_str).collect();
        let (mut journal, epoch, rows) = Journal::begin(id, self.session.office(), &[("case", false), ("work", false), ("unassigned", false)], &people)?;
        let drawer = journal.drawer_named("case")?;
        let genesis = What::Genesis(Genesis { office_id: self.session.office(), journal_kind: "case".to_owned(), epoch, first: None });
        let by = Writing { session: &self.session, now, office: Some(self.known()), head_key: &self.head_key };
        Ok(journal.append(&*self.store, &by, drawer, genesis, rows, vec![])?.ok_or(VaultError::Busy)?.hash)
    }
}

impl Case<Sealed> {
    pub fn id(&self) -> JournalId {
        self.id
    }

    /// Replays the journal: every frame's chain, box, signature and grant, then the head beside it.
    pub fn open(self, office: &Office, now: Now) -> Result<Case<Open>> {
        if office.stale()? {
            // Another program wrote in the office: its entries are the authority over this case's newest.
            return self.open_with(&Office::load(office.store.clone(), office.session.clone())?, true, now);
        }
        self.open_with(office, true, now)
    }

    fn open_with(self, office: &Office, finish: bool, now: Now) -> Result<Case<Open>> {
        let info = office.roster.cases.get(&self.id).filter(|c| c.shredded.is_none()).ok_or(VaultError::NoSuchCase)?;
        if !office.roster.granted(self.id, office.member(), &now_text(now)) {
            return Err(VaultError::NoGrant(self.id));
        }
        let state = replay(&office.store, &office.session, &office.roster, &office.head_key, office.known(), self.id)?;
        if state.journal.genesis != info.genesis {
            return Err(VaultError::ReadOnly(self.id, Standing::Forked { seq: 1, head: info.genesis, found: state.journal.genesis }));
        }
        let mut case = Case { id: self.id, state };
        if finish && case.standing().writable() && case.rotation_due(now) {
            case.rotate(vec![], now)?; // a revocation was interrupted before the new keys were made, or a grant came to its end
        }
        Ok(case)
    }
}

fn replay(store: &Arc<dyn Store>, session: &Arc<Session>, roster: &Arc<Roster>, head_key: &Key, known: (u64, Sha256), id: JournalId) -> Result<Open> {
    // Rows, entries and head of one moment: read while somebody writes, the head could name an entry that was not there yet.
    let _reading = store.lock(&mut || store.waiting())?;
    let mut file = CaseFile { journal: Some(id), ..CaseFile::default() };
    let mut authority = (**roster).clone();
    let mut frozen = Frozen(&mut authority);
    let mut journal = Journal::replay(&**store, session, id, &mut frozen, &mut |seq, _, author, event| file.apply(seq, author, event))?;
    if journal.tip.seq == 0 || journal.ring.newest().is_none() {
        return Err(if journal.tip.seq == 0 { VaultError::NoSuchCase } else { VaultError::NoGrant(id) });
    }
    heads::judge(&**store, &mut journal, session.office(), head_key, &roster.head_keys, roster.heads.get(&id).copied())?;
    Ok(Open { store: store.clone(), session: session.clone(), roster: roster.clone(), known, head_key: head_key.clone(), journal, file, pending: HashMap::new() })
}

/// The office's roster as authority over a case: it learns nothing from the case.
pub(crate) struct Frozen<'a>(pub &'a mut Roster);

impl crate::journal::Authors for Frozen<'_> {
    fn sign_key(&self, member: MemberId) -> Option<[u8; 32]> {
        self.0.sign_key(member)
    }
    fn may(&self, journal: JournalId, member: MemberId, office: Option<(u64, Sha256)>, at: &str) -> std::result::Result<(), &'static str> {
        self.0.may(journal, member, office, at)
    }
}

impl Case<Open> {
    pub fn id(&self) -> JournalId {
        self.id
    }
    /// What the entries say together. Showing any of it needs a look written first.
    pub fn file(&self) -> &CaseFile {
        &self.state.file
    }
    pub fn journal(&self) -> &Journal {
        &self.state.journal
    }
    pub fn standing(&self) -> &Standing {
        &self.state.journal.standing
    }
    /// The newest entry's number and hash.
    pub fn head(&self) -> (u64, Sha256) {
        (self.state.journal.tip.seq, Sha256(self.state.journal.tip.hash))
    }
    /// The four words that a report prints beside the newest entry's number.
    pub fn head_words(&self, spanish: bool) -> Result<String> {
        let (seq, hash) = self.head();
        heads::words(self.id, seq, hash, spanish)
    }

    pub(crate) fn drawer(&self, place: Where) -> Result<DrawerId> {
        match place {
            Where::Case => self.state.journal.drawer_named("case"),
            Where::Work => self.state.journal.drawer_named("work"),
            Where::Unassigned => self.state.journal.drawer_named("unassigned"),
            Where::Party(party) => self.state.file.party(party).map(|p| p.drawer).ok_or(VaultError::NoSuchDrawer),
        }
    }

    /// Replays the journal; sealed files that no entry names yet keep their keys.
    pub fn reload(&mut self) -> Result<()> {
        let office = Office::load(self.state.store.clone(), self.state.session.clone())?;
        let mut state = replay(&office.store, &office.session, &office.roster, &office.head_key, office.known(), self.id)?;
        state.pending = std::mem::take(&mut self.state.pending);
        self.state = state;
        Ok(())
    }

    /// Writes one entry, with the keys of the sealed files it names. Durable, with its head, when this returns.
    pub fn append(&mut self, place: Where, what: What, blobs: &[Sha256], now: Now) -> Result<u64> {
        self.decide(now, blobs, |case| Ok((case.drawer(place)?, what.clone()))).map(|w| w.seq)
    }

    /// As [`Case::append`]; where somebody else wrote in between, the case is replayed and this decided anew.
    pub fn append_deciding(&mut self, blobs: &[Sha256], now: Now, mut decide: impl FnMut(&CaseFile) -> Result<(Where, What)>) -> Result<u64> {
        self.decide(now, blobs, |case| decide(case.file()).and_then(|(place, what)| Ok((case.drawer(place)?, what)))).map(|w| w.seq)
    }

    fn decide(&mut self, now: Now, blobs: &[Sha256], mut decide: impl FnMut(&Self) -> Result<(DrawerId, What)>) -> Result<Written> {
        for _ in 0..TRIES {
            let (drawer, what) = decide(self)?;
            let mut put = Vec::new();
            let (announced, epoch) = self.state.journal.drawer(drawer).map(|(d, e)| (d.clone(), e)).ok_or(VaultError::NoSuchDrawer)?;
            for blob in blobs {
                let key = self.state.pending.get(blob).ok_or(VaultError::KeyGone(*blob))?;
                put.push(self.state.journal.ring.wrap(ring::BLOB, &blob.0, &announced, epoch, key)?);
            }
            if let Some(written) = self.try_append(drawer, what, put, vec![], now)? {
                blobs.iter().for_each(|blob| {
                    self.state.pending.remove(blob);
                });
                return Ok(written);
            }
            self.reload()?;
        }
        Err(VaultError::Busy)
    }

    /// One try; `None` where the tip is another one.
    pub(crate) fn try_append(&mut self, drawer: DrawerId, what: What, put: Vec<WrapRow>, delete: Vec<WrapKey>, now: Now) -> Result<Option<Written>> {
        let s = &mut self.state;
        let by = Writing { session: &s.session, now, office: Some(s.known), head_key: &s.head_key };
        let written = s.journal.append(&*s.store, &by, drawer, what, put, delete)?;
        if let Some(w) = &written {
            s.file.apply(w.seq, s.session.member(), &w.event);
        }
        Ok(written)
    }

    /// Adds a person to the case, with a drawer of their own.
    pub fn add_party(&mut self, role: &str, name: Option<&str>, now: Now) -> Result<PartyId> {
        let (party, drawer, dk) = (PartyId(lock::random()?), DrawerId(lock::random()?), lock::new_key()?);
        let what = What::Party { party, role: role.to_owned(), name: name.map(str::to_owned), new_drawer: drawer, check: lock::check(&dk) };
        for _ in 0..TRIES {
            let (epoch, jk) = self.state.journal.ring.newest().ok_or(VaultError::NoGrant(self.id))?;
            let row = ring::wrap_under(jk, self.id, ring::DRAWER_KEY, &ring::drawer_id(drawer, epoch), ring::to_journal(epoch), &dk)?;
            let case = self.drawer(Where::Case)?;
            if self.try_append(case, what.clone(), vec![row], vec![], now)?.is_some() {
                self.state.journal.ring.dk.insert((drawer, epoch), dk);
                return Ok(party);
            }
            self.reload()?;
        }
        Err(VaultError::Busy)
    }

    /// Names for texts that hold within this case and tell nothing to whoever has no key of it.
    ///
    /// Keyed by the first entry's own key, which stays through every rotation; never stored.
    pub fn tokens(&self) -> Result<Tokens> {
        match self.state.journal.ring.reach(ring::ENTRY, &self.state.journal.genesis.0) {
            Reach::Key { key, .. } => Ok(Tokens(key)),
            Reach::NoRow | Reach::Spoilt | Reach::Walled { .. } => Err(VaultError::NoGrant(self.id)),
        }
    }

    // ---- papers ----

    /// Seals a file as it is read; durable when this returns. It counts only when an entry names it.
    pub fn keep(&mut self, from: &mut dyn std::io::Read) -> Result<Kept> {
        self.state.journal.must_write()?;
        let (kept, key) = seal_stream(&*self.state.store, from)?;
        self.state.pending.insert(kept.blob, key);
        Ok(kept)
    }

    /// Drops a kept file that no entry will name; its key dies here.
    pub fn discard(&mut self, blob: Sha256) -> Result<()> {
        if self.state.pending.remove(&blob).is_some() {
            self.state.store.blob_delete(&blob.0)?;
        }
        Ok(())
    }

    pub(crate) fn blob_key(&self, blob: Sha256) -> Result<Key> {
        if let Some(key) = self.state.pending.get(&blob) {
            return Ok(key.clone());
        }
        match self.state.journal.ring.reach(ring::BLOB, &blob.0) {
            Reach::Key { key, .. } => Ok(key),
            Reach::NoRow | Reach::Spoilt => Err(VaultError::KeyGone(blob)),
            Reach::Walled { .. } => Err(VaultError::NoGrant(self.id)),
        }
    }

    /// A kept file in plain. The look proves that the log already says so.
    pub fn fetch(&self, look: &Look, blob: Sha256) -> Result<Plain> {
        look.covers(self.id)?;
        self.open_blob(blob)
    }

    /// A file that was kept just now and is to be read by the reader; nothing of it is shown.
    pub fn fetch_pending(&self, blob: Sha256) -> Result<Plain> {
        match self.state.pending.contains_key(&blob) {
            true => self.open_blob(blob),
            false => Err(VaultError::KeyGone(blob)),
        }
    }

    pub(crate) fn open_blob(&self, blob: Sha256) -> Result<Plain> {
        Plain::open(&*self.state.store, blob, &self.blob_key(blob)?)
    }

    /// The age identity that opens this one paper and nothing else.
    pub fn hand_out(&self, look: &Look, blob: Sha256) -> Result<lock::Secret<String>> {
        look.covers(self.id)?;
        Ok(lock::identity_text(&self.blob_key(blob)?))
    }

    /// Whether somebody without the grant still holds the newest journal key.
    fn rotation_due(&self, now: Now) -> bool {
        let people: Vec<Vec<u8>> = self.state.roster.people(self.id, &now_text(now)).iter().map(|r| ring::person(r, self.id)).collect();
        self.state.journal.ring.rows().any(|row| row.key.what == ring::JOURNAL_KEY && !people.contains(&row.key.to))
    }

    /// New keys for those who have the grant now; whoever is gone opens nothing written from here on.
    pub(crate) fn rotate(&mut self, gone_members: Vec<MemberId>, now: Now) -> Result<()> {
        let people = self.state.roster.people(self.id, &now_text(now));
        for _ in 0..TRIES {
            let (mut epoch, rows, delete, bytes) = turn(&mut self.state.journal, &people, &[])?;
            epoch.gone.clone_from(&gone_members);
            let case = self.drawer(Where::Case)?;
            forget::due(&*self.state.store)?;
            let done = self.try_append(case, What::Epoch(epoch), rows, delete, now)?.is_some();
            self.reload()?;
            if done {
                forget::purge(&*self.state.store, &bytes)?;
                return Ok(());
            }
        }
        Err(VaultError::Busy)
    }

    /// Reads one entry for the log itself; it can show nothing of a paper.
    pub fn errand(&self) -> Errand<'_> {
        Errand { case: self }
    }
}

/// Makes a case's names for lines and numbers; see [`Case::tokens`].
pub struct Tokens(Key);

impl Tokens {
    pub fn of(&self, text: &str) -> String {
        lock::hex(&lock::hash("token", &[&self.0[..], text.as_bytes()])[..8])
    }
}

/// The log's own view: who looked when, and how the journal stands. It opens no paper.
pub struct Errand<'a> {
    case: &'a Case<Open>,
}

impl Errand<'_> {
    pub fn log(&self) -> &[amparo_model::case_file::LogLine] {
        &self.case.state.file.log
    }
    pub fn head(&self) -> (u64, Sha256) {
        self.case.head()
    }
}
