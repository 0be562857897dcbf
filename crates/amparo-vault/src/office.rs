//! The office: who belongs to it, who may open what, and the cases there are.

use crate::forget;
use crate::heads;
use crate::journal::{Journal, Writing, Written};
use crate::lock::{self, Key};
use crate::problem::{Result, VaultError};
use crate::recovery;
use crate::ring::{self, person};
use crate::roster::{CaseInfo, Roster};
use crate::session::{self, Session};
use crate::{Now, stamp};
use amparo_model::event::{Drawer, Epoch, Genesis, Member};
use amparo_model::{JournalId, MemberId, OfficeId, Sha256, What};
use amparo_seal::words;
use amparo_store::{Store, WrapKey, WrapRow};
use std::sync::Arc;

/// How often an append is decided anew before somebody else's writing is called busy.
pub(crate) const TRIES: usize = 20;

/// An office, unlocked by one member.
pub struct Office {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) session: Arc<Session>,
    pub(crate) journal: Journal,
    pub(crate) roster: Arc<Roster>,
    pub(crate) head_key: Key,
}

/// What `init` is told.
pub struct Founding<'a> {
    pub passphrase: &'a str,
    pub member_name: &'a str,
    pub language: &'a str,
    pub office_name: &'a str,
    pub neutral_name: &'a str,
    pub zone: &'a str,
    /// How many sheets open the office's recovery, and how many there are; `None` for no recovery.
    pub recovery: Option<(u8, u8)>,
}

/// A new office, and what must be printed and then exists nowhere else.
pub struct Founded {
    pub office: Office,
    /// The first member's 24 words are made of it.
    pub words: Sheet,
    pub recovery: Vec<Sheet>,
}

/// The secret of a printed sheet.
pub struct Sheet(pub(crate) Key);

impl Sheet {
    /// The 24 words, in English or Spanish.
    pub fn words(&self, spanish: bool) -> Result<Vec<String>> {
        Ok(words::of_secret(&self.0, spanish)?)
    }

    /// The sheet as stock age takes it.
    pub fn identity(&self) -> lock::Secret<String> {
        lock::identity_text(&self.0)
    }

    /// The sheet that these typed words are of, in either language; also from the text of a whole printed sheet.
    pub fn parse(text: &str) -> Option<Sheet> {
        words::parse(text).or_else(|| words::parse(&numbered(text)?)).map(Sheet)
    }
}

/// The words of a printed sheet, each behind its number, in the order of the numbers.
fn numbered(text: &str) -> Option<lock::Secret<String>> {
    let mut words = std::collections::BTreeMap::new();
    // A row of the sheet is numbers and words in turn; what stands around it is not.
    for row in text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()) {
        let pairs = row.chunks(2).map(|pair| match pair {
            [number, word] => number.trim_end_matches(['.', ')']).parse::<u8>().ok().filter(|n| (1..=24).contains(n)).map(|n| (n, *word)),
            _ => None,
        });
        if let Some(pairs) = pairs.collect::<Option<Vec<_>>>() {
            words.extend(pairs);
        }
    }
    (words.len() == 24).then(|| lock::Secret::new(words.into_values().collect::<Vec<_>>().join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_read_as_typed_and_as_printed() {
        let sheet = Sheet(lock::new_key().expect("a key"));
        for spanish in [false, true] {
            let words = sheet.words(spanish).expect("words");
            let cell = |n: usize| format!("{:>4} {:<12}", n + 1, words[n]);
            let printed: String = (0..8).map(|row| format!("{}{}{}\n", cell(row), cell(row + 8), cell(row + 16))).collect();
            let whole = format!("These 24 words open what Ana may open.\n\n{printed}\nIf the laptop is gone, type \"amparo restore\".\n");
            for text in [words.join(" "), whole] {
                assert_eq!(Sheet::parse(&text).expect("the sheet").0[..], sheet.0[..], "{text}");
            }
            assert!(Sheet::parse(&printed.replacen(&words[3], &words[4], 1)).is_none());
        }
    }
}

/// Makes an office in an empty store.
pub fn init(store: Arc<dyn Store>, founding: &Founding<'_>, now: Now) -> Result<Founded> {
    if !store.bundles()?.is_empty() || crate::restore::unfinished(&*store)? {
        return Err(VaultError::AlreadyAnOffice);
    }
    for left in store.journals()? {
        store.delete_journal(&left)?; // an interrupted `init`: nobody can open it
    }
    let office = OfficeId(lock::random()?);
    let id = JournalId(office.0);
    let (mut session, words) = Session::new(office)?;
    let mut sheets = Vec::new();
    let mut people = vec![session.recipient().to_owned()];
    let mut recovery_rows = Vec::new();
    let mut recovery_event = None;
    if let Some((k, n)) = founding.recovery {
        let made = recovery::make(office, k, n, &mut sheets)?;
        recovery_rows = made.rows;
        recovery_event = Some(What::Recovery { recipient: made.recipient.clone(), k, n, sign: Some(made.sign) });
        people.push(made.recipient);
    }
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let (mut journal, mut epoch, mut rows) = Journal::begin(id, office, &[("common", false), ("conflict", true)], &people)?;
    let (_, jk) = journal.ring.newest().ok_or(VaultError::NoGrant(id))?;
    let head_key = heads::key(jk, office)?;
    epoch.head = Some(lock::hex(&lock::public_of(&head_key)));
    rows.extend(recovery_rows);
    let common = journal.drawer_named("common")?;
    let first = session.public(founding.member_name, "admin");
    let genesis = What::Genesis(Genesis { office_id: office, journal_kind: "office".to_owned(), epoch, first: Some(first) });
    let by = Writing { session: &session, now, office: None, head_key: &head_key };
    let written = journal.append(&*store, &by, common, genesis, rows, vec![])?.ok_or(VaultError::Busy)?;
    session.genesis = written.hash;
    session.head = (written.seq, written.hash);
    store.put_bundle(&session.member().0, Some(&session.bundle(founding.passphrase)?))?;
    let mut office = Office::load(store, Arc::new(session))?;
    let settings = What::Settings {
        language: founding.language.to_owned(),
        name: founding.office_name.to_owned(),
        neutral_name: founding.neutral_name.to_owned(),
        zone: founding.zone.to_owned(),
    };
    office.append("common", settings, now)?;
    if let Some(event) = recovery_event {
        office.append("common", event, now)?;
    }
    Ok(Founded { office, words: Sheet(words), recovery: sheets.into_iter().map(Sheet).collect() })
}

/// Opens the office with a member's passphrase.
pub fn unlock(store: Arc<dyn Store>, passphrase: &str) -> Result<Office> {
    let bundles = store.bundles()?;
    if bundles.is_empty() || crate::restore::unfinished(&*store)? {
        return Err(VaultError::NoOffice);
    }
    for (_, bundle) in bundles {
        if let Some(session) = session::open_with_passphrase(&bundle, passphrase)? {
            return Office::load(store, Arc::new(session));
        }
    }
    Err(VaultError::WrongPassphrase)
}

/// Opens the office with a member's 24 words.
pub fn unlock_with_words(store: Arc<dyn Store>, words: &str) -> Result<Office> {
    let sheet = Sheet::parse(words).ok_or(VaultError::WrongWords)?;
    if crate::restore::unfinished(&*store)? {
        return Err(VaultError::NoOffice);
    }
    open_with_sheet(store, &sheet)
}

pub(crate) fn open_with_sheet(store: Arc<dyn Store>, sheet: &Sheet) -> Result<Office> {
    for (_, bundle) in store.bundles()? {
        if let Some(session) = session::open_with_words(&bundle, &sheet.0)? {
            return Office::load(store, Arc::new(session));
        }
    }
    Err(VaultError::WrongWords)
}

/// Opens the office with what an unlocked session handed over.
pub fn resume(store: Arc<dyn Store>, secret: &[u8]) -> Result<Office> {
    Office::load(store, Arc::new(Session::from_secret_bytes(secret)?))
}

/// Signs requests to the host: with the head key, which names the office and no member.
struct Voice {
    office: OfficeId,
    key: Key,
}

impl amparo_store::Voice for Voice {
    fn office(&self) -> amparo_store::Id {
        self.office.0
    }
    fn public(&self) -> [u8; 32] {
        lock::public_of(&self.key)
    }
    fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        lock::sign(&self.key, bytes)
    }
}

impl Office {
    pub(crate) fn load(store: Arc<dyn Store>, session: Arc<Session>) -> Result<Office> {
        let office = Office::load_as(store, session, false)?;
        // From here on the office can speak to its host, where it has one; what others wrote is read, too.
        match office.store.speak_as(office.voice())? {
            true => Office::load_as(office.store, office.session, false),
            false => Ok(office),
        }
    }

    /// `lost`: also where the office's newest entries, which this member remembers, are not there; to accept that.
    pub(crate) fn load_as(store: Arc<dyn Store>, session: Arc<Session>, lost: bool) -> Result<Office> {
        let id = JournalId(session.office().0);
        if store.tip(&id.0)?.is_none() {
            return Err(VaultError::NoOffice);
        }
        // Rows, entries and head of one moment: nobody writes in between.
        let reading = store.lock(&mut || store.waiting())?;
        let mut roster = Roster::default();
        let mut journal = Journal::replay(&*store, &session, id, &mut roster, &mut |_, _, _, _| {})?;
        let (_, jk) = journal.ring.newest().ok_or(VaultError::NoGrant(id))?;
        let head_key = heads::key(jk, session.office())?;
        let (seq, hash) = session.head;
        let remembered = roster.hash_of(seq) == Some(hash);
        let known = remembered || roster.lost(seq) || (lost && roster.hash_of(seq).is_none());
        if journal.genesis != session.genesis || !known {
            return Err(VaultError::OfficeRolledBack { remembered: session.head, tip: journal.tip.seq });
        }
        let named = (remembered || !roster.lost(seq)).then_some(session.head);
        heads::judge(&*store, &mut journal, session.office(), &head_key, &roster.head_keys, named)?;
        drop(reading);
        let office = Office { store, session, journal, roster: Arc::new(roster), head_key };
        if office.journal.standing.writable() {
            office.finish_forgetting()?;
        }
        Ok(office)
    }

    /// What signs the office's requests to a host.
    pub fn voice(&self) -> Arc<dyn amparo_store::Voice> {
        Arc::new(Voice { office: self.session.office(), key: self.head_key.clone() })
    }

    /// Whether somebody wrote in the office journal since this was opened.
    pub fn stale(&self) -> Result<bool> {
        Ok(self.store.tip(&self.journal.id.0)? != Some(self.journal.tip))
    }

    /// Replays the office journal anew.
    pub fn reload(&mut self) -> Result<()> {
        *self = Office::load(self.store.clone(), self.session.clone())?;
        Ok(())
    }

    pub fn session(&self) -> &Session {
        &self.session
    }
    pub fn member(&self) -> MemberId {
        self.session.member()
    }
    pub fn me(&self) -> Option<&Member> {
        self.roster.members.get(&self.member()).map(|m| &m.public)
    }
    pub fn roster(&self) -> &Roster {
        &self.roster
    }
    pub fn journal(&self) -> &Journal {
        &self.journal
    }
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The last entry this member knows: what a case's entries name.
    pub(crate) fn known(&self) -> (u64, Sha256) {
        (self.journal.tip.seq, Sha256(self.journal.tip.hash))
    }

    /// Cases that are not shredded; a case this member may not open is listed by its handle alone.
    pub fn cases(&self) -> impl Iterator<Item = &CaseInfo> {
        self.roster.cases.values().filter(|c| c.shredded.is_none())
    }

    pub(crate) fn append(&mut self, drawer: &str, what: What, now: Now) -> Result<u64> {
        self.append_with(drawer, what, vec![], vec![], now).map(|w| w.seq)
    }

    pub(crate) fn append_with(&mut self, drawer: &str, what: What, put: Vec<WrapRow>, delete: Vec<WrapKey>, now: Now) -> Result<Written> {
        for _ in 0..TRIES {
            let id = self.journal.drawer_named(drawer)?;
            let by = Writing { session: &self.session, now, office: None, head_key: &self.head_key };
            if let Some(written) = self.journal.append(&*self.store, &by, id, what.clone(), put.clone(), delete.clone())? {
                let roster = Arc::make_mut(&mut self.roster);
                crate::journal::Authors::saw(roster, written.hash);
                crate::journal::Authors::learn(roster, written.seq, self.session.member(), &written.event);
                return Ok(written);
            }
            self.reload()?;
        }
        Err(VaultError::Busy)
    }

    /// Changes what the office calls itself and how it speaks.
    pub fn settings(&mut self, language: &str, name: &str, neutral_name: &str, zone: &str, now: Now) -> Result<u64> {
        let what = What::Settings { language: language.to_owned(), name: name.to_owned(), neutral_name: neutral_name.to_owned(), zone: zone.to_owned() };
        self.append("common", what, now)
    }

    /// A sheet was typed back.
    pub fn recovery_tested(&mut self, member: MemberId, now: Now) -> Result<u64> {
        self.append("common", What::RecoveryTested { member }, now)
    }

    /// Gives this member's bundle another passphrase; the words stay.
    pub fn change_passphrase(&self, passphrase: &str) -> Result<()> {
        let member = self.member();
        let bundle = self.store.bundle(&member.0)?.ok_or(VaultError::NoSuchMember(member))?;
        Ok(self.store.put_bundle(&member.0, Some(&self.session.with_passphrase(&bundle, passphrase)?))?)
    }

    /// Ends a session: names the heads that changed, and remembers where the office stands.
    pub fn end_session(&mut self, now: Now) -> Result<()> {
        let mut changed = Vec::new();
        for journal in self.store.journals()? {
            // What is not confirmed may get another number: it is named once it has one.
            let (id, Some(tip)) = (JournalId(journal), self.store.confirmed(&journal)?) else { continue };
            let now_at = (tip.seq, Sha256(tip.hash));
            let here = self.roster.cases.contains_key(&id);
            if here && self.roster.heads.get(&id).is_none_or(|(seq, _)| *seq < tip.seq) {
                changed.push((id, now_at.0, now_at.1));
            }
        }
        if !changed.is_empty() && self.journal.standing.writable() {
            match self.append("common", What::Heads { heads: changed }, now) {
                // With the cable out the office's journal is not written; the next session names them.
                Err(VaultError::Store(amparo_store::StoreError::Away { .. })) => {}
                done => done.map(drop)?,
            }
        }
        self.remember()
    }

    pub(crate) fn remember(&mut self) -> Result<()> {
        let member = self.member();
        let mut session = Session::from_secret_bytes(&self.session.to_secret_bytes()?)?;
        session.head = self.known();
        let bundle = self.store.bundle(&member.0)?.ok_or(VaultError::NoSuchMember(member))?;
        self.store.put_bundle(&member.0, Some(&session.renewed(&bundle)?))?;
        self.session = Arc::new(session);
        Ok(())
    }

    // ---- members and grants ----

    /// Makes a member who opens the office with the printed words and then sets a passphrase.
    pub fn member_invite(&mut self, name: &str, role: &str, now: Now) -> Result<(MemberId, Sheet)> {
        let (mut session, words) = Session::new(self.session.office())?;
        session.genesis = self.journal.genesis;
        session.head = self.known();
        let member = session.member();
        // The bundle first: a member whom the journal names must be able to come in.
        self.store.put_bundle(&member.0, Some(&session.invited()?))?;
        self.member_add(session.public(name, role), now)?;
        Ok((member, Sheet(words)))
    }

    /// Takes in a member whose keys were made elsewhere; compare [`join_words`] aloud before.
    pub fn member_add(&mut self, member: Member, now: Now) -> Result<()> {
        let id = self.journal.id;
        let to = person(&member.recipient, id);
        let mut rows = Vec::new();
        for (epoch, jk) in &self.journal.ring.jk {
            rows.push(ring::wrap_to(&member.recipient, id, ring::JOURNAL_KEY, &epoch.to_be_bytes(), to.clone(), jk)?);
        }
        if member.role == "admin" {
            for (drawer, epoch) in self.journal.drawers.values().filter(|(d, _)| d.apart) {
                for ((_, e), dk) in self.journal.ring.dk.range((drawer.id, 0)..=(drawer.id, *epoch)) {
                    rows.push(ring::wrap_to(&member.recipient, id, ring::DRAWER_KEY, &ring::drawer_id(drawer.id, *e), to.clone(), dk)?);
                }
            }
        }
        self.append_with("common", What::Member(member), rows, vec![], now).map(|_| ())
    }

    /// Lets a member open a case, from now until a time or for good.
    pub fn grant(&mut self, journal: JournalId, member: MemberId, until: Option<String>, now: Now) -> Result<u64> {
        let state = self.roster.members.get(&member).filter(|m| m.removed.is_none()).ok_or(VaultError::NoSuchMember(member))?;
        let ring = ring::Ring::load(&*self.store, journal, &self.session)?;
        let (epoch, jk) = ring.newest().ok_or(VaultError::NoGrant(journal))?;
        let recipient = state.public.recipient.clone();
        let row = ring::wrap_to(&recipient, journal, ring::JOURNAL_KEY, &epoch.to_be_bytes(), person(&recipient, journal), jk)?;
        self.append_with("common", What::Granted { journal, member, until }, vec![row], vec![], now).map(|w| w.seq)
    }

    /// Takes a member's access to a case away: new keys from here on, old keys wrapped to those who stay. Answers
    /// why the new keys wait, where they could not be made now: access has ended all the same, and whoever opens the
    /// case next makes them.
    pub fn revoke(&mut self, journal: JournalId, member: MemberId, now: Now) -> Result<Option<VaultError>> {
        self.append("common", What::Revoked { journal, member }, now)?;
        Ok(self.rotate_case(journal, vec![member], now).err())
    }

    /// Removes a member: new office keys, and new keys for every case they could open. Answers the cases whose new
    /// keys could not be made now; somebody with their grant must.
    pub fn member_remove(&mut self, member: MemberId, now: Now) -> Result<Vec<JournalId>> {
        if member == self.member() || self.roster.members.get(&member).is_none_or(|m| m.removed.is_some()) {
            return Err(VaultError::NoSuchMember(member));
        }
        let theirs: Vec<JournalId> = self.roster.grants.iter().filter(|g| g.member == member && g.to.is_none()).map(|g| g.journal).collect();
        self.append("common", What::Removed { member }, now)?;
        self.rotate(vec![member], now)?;
        self.store.put_bundle(&member.0, None)?;
        // They are a member no longer, whatever becomes of one case's keys.
        Ok(theirs.into_iter().filter(|journal| self.rotate_case(*journal, vec![member], now).is_err()).collect())
    }

    /// The office's own rotation, tried anew where somebody else wrote in between.
    fn rotate(&mut self, gone: Vec<MemberId>, now: Now) -> Result<()> {
        for _ in 0..TRIES {
            if self.try_rotate(gone.clone(), now)? {
                return Ok(());
            }
        }
        Err(VaultError::Busy)
    }

    /// All heads are signed anew under the new head key; whether nobody wrote in between.
    fn try_rotate(&mut self, gone: Vec<MemberId>, now: Now) -> Result<bool> {
        let mut people: Vec<String> = self.roster.live().map(|m| m.public.recipient.clone()).collect();
        let mut officers: Vec<String> = self.roster.live().filter(|m| m.public.role == "admin").map(|m| m.public.recipient.clone()).collect();
        let recovery: Vec<String> = self.roster.recovery.iter().map(|(r, ..)| r.clone()).collect();
        people.extend(recovery.iter().cloned());
        officers.extend(recovery);
        let mut heads = Vec::new();
        for journal in self.roster.cases.values().filter(|c| c.shredded.is_none()).map(|c| c.journal) {
            if let Some(tip) = self.store.tip(&journal.0)? {
                heads.push((journal, tip.seq, Sha256(tip.hash)));
            }
        }
        let office = self.session.office();
        let (mut epoch, rows, delete, bytes) = turn(&mut self.journal, &people, &officers)?;
        let (_, jk) = self.journal.ring.newest().ok_or(VaultError::NoGrant(self.journal.id))?;
        self.head_key = heads::key(jk, office)?;
        epoch.gone = gone;
        epoch.head = Some(lock::hex(&lock::public_of(&self.head_key)));
        epoch.heads.clone_from(&heads);
        let common = self.journal.drawer_named("common")?;
        let by = Writing { session: &self.session, now, office: None, head_key: &self.head_key };
        forget::due(&*self.store)?;
        let done = self.journal.append(&*self.store, &by, common, What::Epoch(epoch), rows, delete)?;
        self.reload()?;
        if done.is_none() {
            return Ok(false);
        }
        for (journal, seq, hash) in heads {
            heads::write(&*self.store, office, &self.head_key, journal, amparo_store::Tip { seq, hash: hash.0 })?;
        }
        forget::purge(&*self.store, &bytes)?;
        Ok(true)
    }

    /// A member who lost passphrase and sheet begins anew under the same name: new keys, the same cases as far
    /// as this member can open them, and the old keys open nothing written from here on. Answers the cases left out.
    pub fn member_renew(&mut self, old: MemberId, now: Now) -> Result<(MemberId, Sheet, Vec<JournalId>)> {
        let state = self.roster.members.get(&old).filter(|m| m.removed.is_none() && old != self.member()).ok_or(VaultError::NoSuchMember(old))?.clone();
        let theirs: Vec<(JournalId, Option<String>)> = self.roster.grants.iter().filter(|g| g.member == old && g.to.is_none()).map(|g| (g.journal, g.until.clone())).collect();
        let (new, sheet) = self.member_invite(&state.public.name, &state.public.role, now)?;
        let mut left = Vec::new();
        for (journal, until) in theirs {
            match self.grant(journal, new, until, now) {
                Ok(_) => {}
                Err(VaultError::NoGrant(_)) => left.push(journal),
                Err(e) => return Err(e),
            }
        }
        self.member_remove(old, now)?;
        Ok((new, sheet, left))
    }
}

/// The six words that an invited member and the inviter compare aloud: 66 bits of what both must hold.
pub fn join_words(office_check: &str, member: &Member, spanish: bool) -> Result<String> {
    let check = lock::key_of_hex(office_check).ok_or(VaultError::Malformed("check"))?;
    let sign = lock::public_of_hex(&member.sign).ok_or(VaultError::Malformed("member"))?;
    let length = |t: &str| (t.len() as u32).to_be_bytes();
    let parts: [&[u8]; 7] = [&check[..], &member.member.0, &sign, &length(&member.recipient), member.recipient.as_bytes(), &length(&member.words), member.words.as_bytes()];
    let hash = lock::hash("join", &parts);
    words::first(&hash, 6, spanish).ok_or(VaultError::Malformed("word list"))
}

type Turn = (Epoch, Vec<WrapRow>, Vec<WrapKey>, Vec<Vec<u8>>);

/// A rotation's rows: what to put, what to delete, and the deleted bytes to search for afterwards.
pub(crate) fn turn(journal: &mut Journal, people: &[String], officers: &[String]) -> Result<Turn> {
    let old: Vec<WrapRow> = journal.ring.rows().filter(|r| matches!(r.key.what, ring::JOURNAL_KEY | ring::DRAWER_KEY)).cloned().collect();
    let drawers: Vec<Drawer> = journal.drawers.values().map(|(d, _)| d.clone()).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let officers: Vec<&str> = officers.iter().map(String::as_str).collect();
    let (epoch, rows) = journal.turn(drawers, &people, &officers)?;
    let delete = old.iter().map(|r| r.key.clone()).collect();
    Ok((epoch, rows, delete, old.iter().map(ring::needle).collect()))
}

/// The time now as entries write it; for comparing with their times.
pub(crate) fn now_text(now: Now) -> String {
    stamp(now)
}
