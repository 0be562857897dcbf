//! One journal opened by replay: every frame, signature, grant and key is checked before it counts.

use crate::forget;
use crate::frame::{self, Header};
use crate::heads;
use crate::lock::{self, Key};
use crate::problem::{Broken, Result, Standing, VaultError};
use crate::ring::{self, Reach, Ring};
use crate::session::Session;
use crate::{Now, stamp};
use amparo_model::event::{Drawer, Epoch};
use amparo_model::{DrawerId, Event, JournalId, MemberId, OfficeId, Sha256, What};
use amparo_store::{Append, Appended, Entry, Store, Tip, WrapKey, WrapRow};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Who may sign in a journal, and when.
pub(crate) trait Authors {
    /// The member's public key.
    fn sign_key(&self, member: MemberId) -> Option<[u8; 32]>;
    /// Whether the member had this journal's grant when the office stood at this entry, and at this time.
    fn may(&self, journal: JournalId, member: MemberId, office: Option<(u64, Sha256)>, at: &str) -> std::result::Result<(), &'static str>;
    /// The office's own journal teaches as it is replayed.
    fn learn(&mut self, _seq: u64, _author: MemberId, _event: &Event) {}
    /// Every entry in the chain, opened or not.
    fn saw(&mut self, _hash: Sha256) {}
}

/// What became of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    Open,
    /// Its key was deleted, and a signed order says so.
    Forgotten {
        by: u64,
    },
    /// Its key is gone and nobody ordered it.
    KeyLost,
    /// In a drawer that this member cannot open.
    Walled,
    /// It does not hold.
    Broken,
}

/// What is known of an entry without showing it.
#[derive(Clone, Debug)]
pub struct EntryMeta {
    pub seq: u64,
    pub hash: Sha256,
    pub fate: Fate,
    pub author: Option<MemberId>,
    pub kind: &'static str,
    pub at: String,
    pub drawer: Option<DrawerId>,
    /// Sealed files that the entry names.
    pub blobs: Vec<Sha256>,
    /// The entry that this one tells more about.
    pub of: Option<u64>,
}

/// A journal as it was replayed.
pub struct Journal {
    pub id: JournalId,
    pub office: OfficeId,
    pub genesis: Sha256,
    pub tip: Tip,
    pub epoch: u32,
    /// Announced drawers with their newest epoch.
    pub drawers: BTreeMap<DrawerId, (Drawer, u32)>,
    pub(crate) ring: Ring,
    pub entries: Vec<EntryMeta>,
    pub broken: Vec<Broken>,
    pub standing: Standing,
    /// Orders that must not be obeyed: a hold covered them, or their author had no grant.
    pub refused_orders: Vec<u64>,
    announced_jk: BTreeMap<u32, String>,
    announced_dk: BTreeMap<(DrawerId, u32), Drawer>,
}

struct Read {
    meta: EntryMeta,
    opened: Option<(MemberId, Event)>,
    /// The drawer and epoch of the row that opened it.
    under: Option<(DrawerId, u32)>,
}

impl Journal {
    /// Opens every entry that this member's keys open and checks them all. Says each live event, in order,
    /// after obeying the orders to forget that the journal itself holds.
    pub(crate) fn replay(store: &dyn Store, session: &Session, id: JournalId, authors: &mut dyn Authors, each: &mut dyn FnMut(u64, Sha256, MemberId, &Event)) -> Result<Journal> {
        let ring = Ring::load(store, id, session)?;
        let mut frames = Vec::new();
        store.entries(&id.0, 1, &mut |entry| {
            frames.push(entry);
            true
        })?;
        let mut journal = Journal {
            id,
            office: session.office(),
            genesis: Sha256([0; 32]),
            tip: Tip { seq: 0, hash: [0; 32] },
            epoch: 0,
            drawers: BTreeMap::new(),
            ring,
            entries: vec![],
            broken: vec![],
            standing: Standing::Whole,
            refused_orders: vec![],
            announced_jk: BTreeMap::new(),
            announced_dk: BTreeMap::new(),
        };
        let mut read = Vec::with_capacity(frames.len());
        let mut floor = 0;
        for entry in &frames {
            if !journal.chain(entry) {
                break;
            }
            read.push(journal.read(entry, authors, &mut floor));
        }
        drop(frames);
        journal.orders(store, &mut read)?;
        for one in read {
            // An order that is not obeyed hides nothing either.
            let refused = journal.refused_orders.contains(&one.meta.seq);
            if let (Some((author, event)), Fate::Open, false) = (&one.opened, one.meta.fate, refused) {
                each(one.meta.seq, one.meta.hash, *author, event);
            }
            journal.entries.push(one.meta);
        }
        Ok(journal)
    }

    fn fault(&mut self, seq: u64, why: &'static str) {
        self.broken.push(Broken { journal: self.id, seq, why });
    }

    /// Whether the frame follows the one before it; the tip moves on if so.
    fn chain(&mut self, entry: &Entry) -> bool {
        let expected = Header { journal: self.id, seq: self.tip.seq + 1, prev: Sha256(self.tip.hash) };
        let hash = frame::hash(&entry.frame);
        let follows = Header::parse(&entry.frame) == Some(expected) && entry.seq == expected.seq;
        if !follows || hash.0 != entry.hash {
            self.fault(self.tip.seq + 1, "it does not follow the entry before it");
            return false;
        }
        if entry.seq == 1 {
            self.genesis = hash;
        }
        self.tip = Tip { seq: entry.seq, hash: hash.0 };
        true
    }

    fn read(&mut self, entry: &Entry, authors: &mut dyn Authors, floor: &mut u64) -> Read {
        let hash = Sha256(entry.hash);
        authors.saw(hash);
        let mut read = Read {
            meta: EntryMeta { seq: entry.seq, hash, fate: Fate::Broken, author: None, kind: "", at: String::new(), drawer: None, blobs: vec![], of: None },
            opened: None,
            under: None,
        };
        let (key, drawer, epoch) = match self.ring.reach(ring::ENTRY, &entry.hash) {
            Reach::Key { key, drawer, epoch } => (key, drawer, epoch),
            Reach::NoRow => {
                read.meta.fate = Fate::KeyLost; // until an order is found
                return read;
            }
            Reach::Walled { drawer, epoch } => {
                // Who has the journal's key has every drawer's but one that is apart.
                let apart = self.announced_dk.get(&(drawer, epoch)).is_some_and(|d| d.apart);
                let lost = !apart && self.ring.newest().is_some();
                read.meta.fate = if lost { Fate::KeyLost } else { Fate::Walled };
                return read;
            }
            Reach::Spoilt => {
                self.fault(entry.seq, "the row that holds its key does not open");
                return read;
            }
        };
        let opened = match frame::open(&entry.frame, &key) {
            Ok(opened) => opened,
            Err(why) => {
                self.fault(entry.seq, why);
                return read;
            }
        };
        read.meta.author = Some(opened.author);
        if let Err(why) = self.check(entry.seq, &opened, authors, floor) {
            self.fault(entry.seq, why);
            return read;
        }
        let event = opened.event;
        read.meta.kind = event.what.name();
        read.meta.at.clone_from(&event.at);
        read.meta.drawer = Some(drawer);
        read.meta.blobs = blobs_of(&event.what);
        read.meta.of = of(&event.what);
        read.meta.fate = Fate::Open;
        read.under = Some((drawer, epoch));
        read.opened = Some((opened.author, event));
        read
    }

    /// Signature, grant, announcements; learns what the event announces.
    fn check(&mut self, seq: u64, opened: &frame::Opened, authors: &mut dyn Authors, floor: &mut u64) -> std::result::Result<(), &'static str> {
        let event = &opened.event;
        let own = |first: Option<&amparo_model::event::Member>| first.filter(|m| m.member == opened.author).and_then(|m| lock::public_of_hex(&m.sign));
        let public = match &event.what {
            What::Genesis(genesis) if genesis.journal_kind == "office" => own(genesis.first.as_ref()),
            _ => authors.sign_key(opened.author),
        };
        let public = public.ok_or("its author is no member")?;
        if !opened.signed_by(&public) {
            return Err("its signature is not its author's");
        }
        if (seq == 1) != matches!(event.what, What::Genesis(_)) {
            return Err("a first entry in the wrong place");
        }
        authors.may(self.id, opened.author, event.office, &event.at)?;
        if let Some((office_seq, _)) = event.office {
            if office_seq < *floor {
                return Err("it knows less of the office than the entry before it");
            }
            *floor = office_seq;
        }
        match &event.what {
            What::Genesis(genesis) => {
                if genesis.office_id != self.office {
                    return Err("it belongs to another office");
                }
                self.announce(&genesis.epoch)?;
            }
            What::Epoch(epoch) => {
                if epoch.epoch != self.epoch + 1 {
                    return Err("an epoch out of order");
                }
                self.announce(epoch)?;
            }
            What::Party { party, new_drawer, check, .. } => {
                let drawer = Drawer { id: *new_drawer, kind: "party".to_owned(), party: Some(*party), apart: false, check: check.clone() };
                self.announce_drawer(drawer, self.epoch)?;
            }
            _ => {}
        }
        let (drawer, epoch) = frame::place_of(event);
        if !self.announced_dk.contains_key(&(drawer, epoch)) {
            return Err("its drawer was never announced");
        }
        authors.learn(seq, opened.author, event);
        Ok(())
    }

    fn announce(&mut self, epoch: &Epoch) -> std::result::Result<(), &'static str> {
        if let Some(jk) = self.ring.jk.get(&epoch.epoch)
            && lock::check(jk) != epoch.check
        {
            return Err("the journal key is not the one announced");
        }
        self.epoch = epoch.epoch;
        self.announced_jk.insert(epoch.epoch, epoch.check.clone());
        epoch.drawers.iter().try_for_each(|drawer| self.announce_drawer(drawer.clone(), epoch.epoch))
    }

    fn announce_drawer(&mut self, drawer: Drawer, epoch: u32) -> std::result::Result<(), &'static str> {
        if let Some(dk) = self.ring.dk.get(&(drawer.id, epoch)) {
            let check = if drawer.apart { lock::recipient_of(dk) } else { lock::check(dk) };
            if check != drawer.check {
                return Err("a drawer's key is not the one announced");
            }
        }
        self.announced_dk.insert((drawer.id, epoch), drawer.clone());
        self.drawers.insert(drawer.id, (drawer, epoch));
        Ok(())
    }

    /// Finds the orders to forget, deletes what they name wherever it still is, and says what became of the rest.
    fn orders(&mut self, store: &dyn Store, read: &mut [Read]) -> Result<()> {
        let mut ordered: HashMap<Sha256, u64> = HashMap::new();
        let mut blobs: BTreeSet<Sha256> = BTreeSet::new();
        let mut elsewhere: HashMap<u64, Vec<(DrawerId, Option<u32>)>> = HashMap::new();
        let mut holds: BTreeSet<Option<u64>> = BTreeSet::new();
        let mut refused = Vec::new();
        for one in read.iter() {
            let Some((_, event)) = &one.opened else { continue };
            match &event.what {
                What::Held { of, .. } => {
                    holds.insert(*of);
                }
                What::Released { of, .. } => {
                    holds.remove(of);
                }
                What::Withdrawn { entries, blobs: gone, .. } => {
                    let held = holds.contains(&None) || entries.iter().any(|(seq, _)| holds.contains(&Some(*seq)));
                    if let Some(why) = if held { Some("an order to forget what a hold covers") } else { refusal(read, one.meta.seq, entries) } {
                        refused.push((one.meta.seq, why));
                        continue;
                    }
                    entries.iter().for_each(|(_, hash)| {
                        ordered.insert(*hash, one.meta.seq);
                    });
                    blobs.extend(gone);
                }
                What::Moved { entries, to, to_epoch, .. } => {
                    entries.iter().for_each(|(seq, _)| elsewhere.entry(*seq).or_default().push((*to, Some(*to_epoch))));
                }
                What::Assigned { of, inside, .. } if inside.is_empty() => elsewhere.entry(*of).or_default().push((event.drawer, None)),
                _ => {}
            }
        }
        for (seq, why) in refused {
            self.refused_orders.push(seq);
            self.fault(seq, why);
        }
        // A sealed file that a staying entry names stays, whatever an order says.
        for one in read.iter().filter(|one| one.meta.fate == Fate::Open && !ordered.contains_key(&one.meta.hash)) {
            one.meta.blobs.iter().for_each(|blob| {
                blobs.remove(blob);
            });
        }
        let mut delete: Vec<WrapKey> = Vec::new();
        let mut bytes = Vec::new();
        for one in read.iter_mut() {
            if let Some(by) = ordered.get(&one.meta.hash) {
                collect(&self.ring, ring::ENTRY, &one.meta.hash, &mut delete, &mut bytes);
                one.meta.fate = Fate::Forgotten { by: *by };
                one.opened = None;
                continue;
            }
            if let (Some((_, event)), Some((drawer, epoch))) = (&one.opened, one.under) {
                let of = one.meta.of.unwrap_or(one.meta.seq);
                let moved = [one.meta.seq, of].iter().filter_map(|seq| elsewhere.get(seq)).flatten().any(|(d, e)| *d == drawer && e.is_none_or(|e| e <= epoch));
                if (event.drawer, event.epoch) != (drawer, epoch) && !moved {
                    self.broken.push(Broken { journal: self.id, seq: one.meta.seq, why: "its key lies in another drawer than the one signed" });
                }
            }
            if one.meta.fate == Fate::KeyLost {
                self.broken.push(Broken { journal: self.id, seq: one.meta.seq, why: KEY_LOST });
            }
        }
        self.stray(read, &elsewhere, &mut delete);
        for blob in &blobs {
            collect(&self.ring, ring::BLOB, blob, &mut delete, &mut bytes);
        }
        if !delete.is_empty() {
            // A restored or synced row that an order names: obeyed before anything opens.
            forget::due(store)?;
            store.change_wraps(&[], &delete)?;
        }
        if !delete.is_empty() || forget::is_due(store)? {
            // Cut off between the order and its end, a withdrawal is ended here.
            blobs.iter().try_for_each(|blob| store.blob_delete(&blob.0))?;
        }
        if !delete.is_empty() {
            forget::purge(store, &bytes)?;
            delete.iter().for_each(|key| self.ring.remove(key));
        }
        Ok(())
    }

    /// More than one row for one key: those in drawers that no signed entry names are deleted and reported.
    fn stray(&mut self, read: &[Read], elsewhere: &HashMap<u64, Vec<(DrawerId, Option<u32>)>>, delete: &mut Vec<WrapKey>) {
        let mut found = Vec::new();
        for one in read {
            let Some((_, event)) = &one.opened else { continue };
            let of = one.meta.of.unwrap_or(one.meta.seq);
            let signed = |to: &[u8]| {
                let (own, mut moved) = ((event.drawer, event.epoch), [one.meta.seq, of].into_iter().filter_map(|seq| elsewhere.get(&seq)).flatten());
                ring::drawer_of(to).is_some_and(|(drawer, epoch)| (drawer, epoch) == own || moved.any(|(d, e)| *d == drawer && e.is_none_or(|e| e <= epoch)))
            };
            let ids = std::iter::once((ring::ENTRY, one.meta.hash)).chain(one.meta.blobs.iter().map(|b| (ring::BLOB, *b)));
            for (what, id) in ids {
                let rows = self.ring.rows_of(what, &id.0);
                if rows.len() > 1 && rows.iter().any(|row| signed(&row.key.to)) {
                    found.extend(rows.iter().filter(|row| !signed(&row.key.to)).map(|row| (one.meta.seq, row.key.clone())));
                }
            }
        }
        for (seq, key) in found {
            self.fault(seq, "a key of it lay in another drawer too, and was deleted there");
            delete.push(key);
        }
    }

    /// The newest epoch of a drawer.
    pub fn drawer(&self, id: DrawerId) -> Option<(&Drawer, u32)> {
        self.drawers.get(&id).map(|(drawer, epoch)| (drawer, *epoch))
    }

    /// The drawer of this kind (`case`, `work`, `unassigned`, `common`, `conflict`).
    pub fn drawer_named(&self, kind: &str) -> Result<DrawerId> {
        self.drawers.values().find(|(d, _)| d.kind == kind).map(|(d, _)| d.id).ok_or(VaultError::NoSuchDrawer)
    }

    /// What is wrong with the rows of keys themselves, used by an entry or not yet.
    pub(crate) fn keys_at_fault(&self) -> Vec<Broken> {
        let fault = |why| Broken { journal: self.id, seq: self.tip.seq, why };
        let mut out = Vec::new();
        if self.ring.spoilt > 0 {
            out.push(fault("a row of keys that does not open"));
        }
        let has = |id: &DrawerId, epoch: u32| self.ring.dk.contains_key(&(*id, epoch));
        if self.ring.newest().is_some() && self.drawers.iter().any(|(id, (drawer, epoch))| !drawer.apart && !self.ended(*id) && !has(id, *epoch)) {
            out.push(fault("the key of a drawer is lost"));
        }
        out
    }

    /// A person's drawer that was shredded: an epoch may announce it, but its person is forgotten.
    fn ended(&self, drawer: DrawerId) -> bool {
        let shredded = self.drawers.get(&drawer).is_some_and(|(d, _)| d.kind == "party");
        shredded && !self.entries.iter().any(|e| e.drawer == Some(drawer) && e.fate == Fate::Open)
    }

    pub fn entry(&self, seq: u64) -> Option<&EntryMeta> {
        self.entries.get(usize::try_from(seq).ok()?.checked_sub(1)?)
    }

    pub(crate) fn must_write(&self) -> Result<()> {
        if self.standing.writable() { Ok(()) } else { Err(VaultError::ReadOnly(self.id, self.standing.clone())) }
    }
}

/// The fault of a live entry without its row; never called forgotten.
pub(crate) const KEY_LOST: &str = "its key is lost";

/// Why an order is not obeyed: it names what is not there, or what tells of more than a paper.
fn refusal(read: &[Read], by: u64, entries: &[(u64, Sha256)]) -> Option<&'static str> {
    for (seq, hash) in entries {
        let named = seq.checked_sub(1).and_then(|i| read.get(usize::try_from(i).ok()?)).filter(|one| one.meta.hash == *hash && *seq < by);
        let Some(one) = named else { return Some("an order that names an entry that is not there") };
        if matches!(one.meta.kind, "look" | "genesis" | "epoch" | "withdrawn" | "moved" | "held" | "released" | "loss") {
            return Some("an order to forget what is never forgotten");
        }
    }
    None
}

fn collect(ring: &Ring, what: u8, id: &Sha256, delete: &mut Vec<WrapKey>, bytes: &mut Vec<Vec<u8>>) {
    for row in ring.rows_of(what, &id.0) {
        delete.push(row.key.clone());
        bytes.push(ring::needle(row));
        if !row.half.is_empty() {
            bytes.push(row.half.clone());
        }
    }
}

/// The sealed files that an event names.
pub(crate) fn blobs_of(what: &What) -> Vec<Sha256> {
    match what {
        What::Given(given) => {
            let mut blobs = if given.already.is_some() { vec![] } else { vec![given.blob] };
            blobs.extend(given.companions.iter().map(|c| c.blob));
            blobs.extend(given.reading.segments.iter().map(|s| s.blob));
            blobs
        }
        What::Reread { reading, .. } => reading.segments.iter().map(|s| s.blob).collect(),
        What::Said(said) => said.segment.iter().map(|s| s.blob).collect(),
        _ => vec![],
    }
}

/// The giving that an event tells more about.
pub(crate) fn of(what: &What) -> Option<u64> {
    match what {
        What::Reread { of, .. } | What::Assigned { of, .. } => Some(*of),
        What::Set(change) | What::Corrected(change) | What::Confirmed(change) => Some(change.at.of),
        What::Note { about, .. } => Some(*about),
        What::Zone { of, .. } => *of,
        _ => None,
    }
}

/// One entry about to be written.
pub(crate) struct Writing<'a> {
    pub session: &'a Session,
    pub now: Now,
    /// The last office entry known; `None` in the office's own journal.
    pub office: Option<(u64, Sha256)>,
    pub head_key: &'a Key,
}

/// What was written.
pub(crate) struct Written {
    pub seq: u64,
    pub hash: Sha256,
    pub event: Event,
}

impl Journal {
    /// One conditional append, then the signed head; only then it is said to be written. Refused where the
    /// tip is another one: the caller replays and decides anew.
    pub(crate) fn append(&mut self, store: &dyn Store, by: &Writing<'_>, drawer: DrawerId, what: What, put: Vec<WrapRow>, delete: Vec<WrapKey>) -> Result<Option<Written>> {
        self.must_write()?;
        self.append_under(store, by, drawer, what, put, delete, true)
    }

    /// As [`Journal::append`], whatever the standing; without a head the journal stands as before.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn append_under(
        &mut self,
        store: &dyn Store,
        by: &Writing<'_>,
        drawer: DrawerId,
        what: What,
        mut put: Vec<WrapRow>,
        delete: Vec<WrapKey>,
        head: bool,
    ) -> Result<Option<Written>> {
        let (announced, epoch) = self.drawer(drawer).map(|(d, e)| (d.clone(), e)).ok_or(VaultError::NoSuchDrawer)?;
        let event = Event { v: 1, at: stamp(by.now), drawer, epoch, office: by.office, what };
        let header = Header { journal: self.id, seq: self.tip.seq + 1, prev: Sha256(self.tip.hash) };
        let key = lock::new_key()?;
        let bytes = frame::seal(header, by.session.member(), by.session.sign_seed(), &event, &key)?;
        let hash = frame::hash(&bytes);
        put.push(self.ring.wrap(ring::ENTRY, &hash.0, &announced, epoch, &key)?);
        let after = (header.seq > 1).then_some(self.tip);
        // Held until the head has its name: a backup reads entry, rows and head of one moment.
        let _writing = store.lock(&mut || store.waiting())?;
        let append = Append { entry: Entry { journal: self.id.0, seq: header.seq, hash: hash.0, frame: bytes }, after, put, delete };
        match store.append(&append) {
            Ok(Appended::Done) => {}
            Ok(Appended::Refused { .. }) => return Ok(None),
            // No answer: the same hash means it was mine.
            Err(e) => match store.tip(&self.id.0) {
                Ok(Some(tip)) if tip.hash == hash.0 => {}
                _ => return Err(e.into()),
            },
        }
        self.tip = Tip { seq: header.seq, hash: hash.0 };
        if header.seq == 1 {
            self.genesis = hash;
        }
        append.put.into_iter().filter(|row| row.key.journal == self.id.0).for_each(|row| self.ring.put(row));
        append.delete.iter().for_each(|key| self.ring.remove(key));
        if let What::Party { party, new_drawer, check, .. } = &event.what {
            let drawer = Drawer { id: *new_drawer, kind: "party".to_owned(), party: Some(*party), apart: false, check: check.clone() };
            self.announced_dk.insert((*new_drawer, epoch), drawer.clone());
            self.drawers.insert(*new_drawer, (drawer, self.epoch));
        }
        self.entries.push(EntryMeta {
            seq: header.seq,
            hash,
            fate: Fate::Open,
            author: Some(by.session.member()),
            kind: event.what.name(),
            at: event.at.clone(),
            drawer: Some(drawer),
            blobs: blobs_of(&event.what),
            of: of(&event.what),
        });
        if head {
            heads::write(store, self.office, by.head_key, self.id, self.tip)?;
        }
        Ok(Some(Written { seq: header.seq, hash, event }))
    }

    /// Makes a journal's keys, drawers and first entry; nothing is stored yet.
    pub(crate) fn begin(id: JournalId, office: OfficeId, drawers: &[(&str, bool)], people: &[&str]) -> Result<(Journal, Epoch, Vec<WrapRow>)> {
        let mut journal = Journal {
            id,
            office,
            genesis: Sha256([0; 32]),
            tip: Tip { seq: 0, hash: [0; 32] },
            epoch: 0,
            drawers: BTreeMap::new(),
            ring: Ring::empty(id),
            entries: vec![],
            broken: vec![],
            standing: Standing::Whole,
            refused_orders: vec![],
            announced_jk: BTreeMap::new(),
            announced_dk: BTreeMap::new(),
        };
        let mut list = Vec::new();
        for (kind, apart) in drawers {
            list.push(Drawer { id: DrawerId(lock::random()?), kind: (*kind).to_owned(), party: None, apart: *apart, check: String::new() });
        }
        let (epoch, rows) = journal.turn(list, people, people)?;
        Ok((journal, epoch, rows))
    }

    /// New keys for the next epoch: the journal key to these people, each drawer's newest key under it
    /// (one that is apart: to the officers), older drawer keys wrapped again. The rows to delete are all
    /// of and under the epoch before.
    pub(crate) fn turn(&mut self, mut drawers: Vec<Drawer>, people: &[&str], officers: &[&str]) -> Result<(Epoch, Vec<WrapRow>)> {
        let epoch = self.epoch + 1;
        let jk = lock::new_key()?;
        let mut rows = Vec::new();
        for recipient in people {
            rows.push(ring::wrap_to(recipient, self.id, ring::JOURNAL_KEY, &epoch.to_be_bytes(), ring::person(recipient, self.id), &jk)?);
        }
        for ((drawer, old), dk) in &self.ring.dk {
            let apart = self.announced_dk.get(&(*drawer, *old)).is_some_and(|d| d.apart);
            if apart {
                for recipient in officers {
                    rows.push(ring::wrap_to(recipient, self.id, ring::DRAWER_KEY, &ring::drawer_id(*drawer, *old), ring::person(recipient, self.id), dk)?);
                }
            } else {
                rows.push(ring::wrap_under(&jk, self.id, ring::DRAWER_KEY, &ring::drawer_id(*drawer, *old), ring::to_journal(epoch), dk)?);
            }
        }
        let mut fresh = Vec::new();
        for drawer in &mut drawers {
            let dk = lock::new_key()?;
            let id = ring::drawer_id(drawer.id, epoch);
            if drawer.apart {
                drawer.check = lock::recipient_of(&dk);
                for recipient in officers {
                    rows.push(ring::wrap_to(recipient, self.id, ring::DRAWER_KEY, &id, ring::person(recipient, self.id), &dk)?);
                }
            } else {
                drawer.check = lock::check(&dk);
                rows.push(ring::wrap_under(&jk, self.id, ring::DRAWER_KEY, &id, ring::to_journal(epoch), &dk)?);
            }
            fresh.push(((drawer.id, epoch), dk));
        }
        self.ring.dk.extend(fresh);
        let check = lock::check(&jk);
        self.ring.jk.insert(epoch, jk);
        self.epoch = epoch;
        self.announced_jk.insert(epoch, check.clone());
        for drawer in &drawers {
            self.announced_dk.insert((drawer.id, epoch), drawer.clone());
            self.drawers.insert(drawer.id, (drawer.clone(), epoch));
        }
        Ok((Epoch { epoch, check, drawers, gone: vec![], head: None, heads: vec![] }, rows))
    }
}
