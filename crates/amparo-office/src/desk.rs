//! The desk: an office unlocked by one member, and what is done with the office as a whole.

use crate::access::{Action, decide};
use crate::open_case::OpenCase;
use crate::problem::{Exit, Problem, Result};
use amparo_model::ids::RunId;
use amparo_model::{JournalId, MemberId, PartyId};
use amparo_vault::{
    Accepted, Anew, BackedUp, BackupChoices, CaseInfo, Forgotten, Founding, Imported, MemberState, Now, Office, Peer, Report as Verified, Roster, Secret, Sheet, Store, VaultError,
    Voice,
};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

pub struct Desk {
    pub(crate) office: Office,
    clock: fn() -> Now,
}

/// A new office with what is printed once: the member's words, and the recovery sheets.
pub struct Founded {
    pub desk: Desk,
    pub words: Vec<String>,
    pub sheets: Vec<Vec<String>>,
}

/// One line of the list of cases.
pub struct CaseLine {
    pub handle: String,
    pub opened_on: String,
    /// This member may open it.
    pub mine: bool,
}

/// A wish to destroy a case, and when it may be done.
pub struct Ripeness {
    pub ripe: bool,
    pub until: String,
}

impl Desk {
    /// Makes an office in an empty store.
    pub fn found(store: Arc<dyn Store>, founding: &Founding<'_>, clock: fn() -> Now) -> Result<Founded> {
        let founded = amparo_vault::init(store, founding, clock())?;
        let spanish = founding.language == "es";
        let words = founded.words.words(spanish)?;
        let sheets = founded.recovery.iter().map(|s| s.words(spanish)).collect::<std::result::Result<_, _>>()?;
        Ok(Founded { desk: Desk { office: founded.office, clock }, words, sheets })
    }

    pub fn unlock(store: Arc<dyn Store>, passphrase: &str, clock: fn() -> Now) -> Result<Desk> {
        Ok(Desk { office: amparo_vault::unlock(store, passphrase)?, clock })
    }

    /// Goes on with what [`Desk::secret`] handed to the agent.
    pub fn resume(store: Arc<dyn Store>, secret: &[u8], clock: fn() -> Now) -> Result<Desk> {
        Ok(Desk { office: amparo_vault::resume(store, secret)?, clock })
    }

    /// Opens an office whose newest entries are missing: to accept the loss, and for nothing else.
    pub fn to_recover(store: Arc<dyn Store>, passphrase: &str, clock: fn() -> Now) -> Result<Desk> {
        Ok(Desk { office: amparo_vault::unlock_to_recover(store, passphrase)?, clock })
    }

    /// Accepts that entries of a case, or of the office's own journal, are lost. Restore from a backup first, where there is one.
    pub fn accept_loss(&mut self, handle: Option<&str>) -> Result<Accepted> {
        self.may(Action::Forget)?;
        let journal = match handle {
            Some(handle) => self.journal_of(handle)?,
            None => self.office.journal().id,
        };
        Ok(self.office.accept_loss(journal, (self.clock)())?)
    }

    /// Opens the office with the 24 words of a member's sheet.
    pub fn with_words(store: Arc<dyn Store>, words: &str, clock: fn() -> Now) -> Result<Desk> {
        check_words(words)?;
        Ok(Desk { office: amparo_vault::unlock_with_words(store, words)?, clock })
    }

    /// Whether these sheets are the office's own, and enough of them.
    pub fn sheets_open(store: &dyn Store, sheets: &[String]) -> Result<bool> {
        Ok(amparo_vault::sheets_open(store, &parsed(sheets)?)?)
    }

    /// Lets somebody in with the office's own sheets, as a new member with a name, passphrase and sheet of their own, when
    /// those of every member are lost. Answers the words of their sheet.
    pub fn let_in(store: Arc<dyn Store>, sheets: &[String], name: &str, passphrase: &str, spanish: bool, clock: fn() -> Now) -> Result<(Desk, Vec<String>)> {
        let (office, sheet) = amparo_vault::let_in(store, &parsed(sheets)?, name, passphrase, clock())?;
        Ok((Desk { office, clock }, sheet.words(spanish)?))
    }

    /// Brings an office back into an empty store from a backup folder and a member's words.
    pub fn restore(folder: &Path, store: Arc<dyn Store>, words: &str, clock: fn() -> Now) -> Result<Desk> {
        check_words(words)?;
        Ok(Desk { office: amparo_vault::restore(folder, store, words)?, clock })
    }

    /// What keeps this member's session open; held by the agent in memory only.
    pub fn secret(&self) -> Result<Secret<Vec<u8>>> {
        Ok(self.office.session().to_secret_bytes()?)
    }

    /// Ends a session: the heads that changed are named in the office's journal.
    pub fn end(&mut self) -> Result<()> {
        Ok(self.office.end_session((self.clock)())?)
    }

    pub fn now(&self) -> Now {
        (self.clock)()
    }

    /// Reads the office's journal again where another program wrote in it; whether it did.
    pub fn refresh(&mut self) -> Result<bool> {
        let stale = self.office.stale()?;
        if stale {
            self.office.reload()?;
        }
        Ok(stale)
    }

    /// What signs this office's requests to a host.
    pub fn voice(&self) -> Arc<dyn Voice> {
        self.office.voice()
    }

    /// How it stands with the host; `None` where the office joined none.
    pub fn peer(&self) -> Result<Option<Peer>> {
        Ok(self.office.store().peer().map_err(VaultError::Store)?)
    }

    /// Sends what waits for the host, takes in what others wrote, and seals anew what the host could not take.
    pub fn sync(&mut self) -> Result<Vec<Anew>> {
        self.office.store().sync().map_err(VaultError::Store)?;
        self.refresh()?;
        Ok(self.office.seal_anew((self.clock)())?)
    }

    pub fn roster(&self) -> &Roster {
        self.office.roster()
    }

    /// This member's name and role.
    pub fn me(&self) -> (MemberId, &str, &str) {
        self.office.me().map_or((self.office.member(), "", ""), |m| (m.member, m.name.as_str(), m.role.as_str()))
    }

    pub(crate) fn may(&self, action: Action) -> Result<()> {
        decide(self.me().2, action)
    }

    // ---- cases ----

    pub fn cases(&self) -> Vec<CaseLine> {
        let (me, now) = (self.office.member(), amparo_vault::stamp((self.clock)()));
        let line = |c: &CaseInfo| CaseLine { handle: c.handle.clone(), opened_on: c.at.clone(), mine: self.roster().granted(c.journal, me, &now) };
        let mut all: Vec<(String, CaseLine)> = self.office.cases().map(|c| (c.at.clone(), line(c))).collect();
        all.sort_by(|a, b| (&a.0, &a.1.handle).cmp(&(&b.0, &b.1.handle)));
        all.into_iter().map(|(_, line)| line).collect()
    }

    /// Opens a new case; its handle is drawn by chance. The months are counted in `zone` and why.
    pub fn new_case(&mut self, name: &str, zone: Option<(&str, &str)>) -> Result<OpenCase> {
        self.may(Action::Begin)?;
        let case = self.office.create_case(None, name, zone, (self.clock)())?;
        self.office.reload()?;
        self.opened(case)
    }

    pub fn open(&self, handle: &str) -> Result<OpenCase> {
        self.may(Action::Look)?;
        let journal = self.journal_of(handle)?;
        self.office.seal_anew_in(journal, (self.clock)())?;
        self.opened(self.office.open_case(journal, (self.clock)())?)
    }

    fn opened(&self, case: amparo_vault::Case<amparo_vault::Open>) -> Result<OpenCase> {
        let handle = self.office.roster().cases.get(&case.id()).map(|c| c.handle.clone()).unwrap_or_default();
        let (_, name, role) = self.me();
        Ok(OpenCase::new(case, handle, Arc::new(self.roster().clone()), name.to_owned(), role.to_owned(), self.clock))
    }

    fn journal_of(&self, handle: &str) -> Result<JournalId> {
        let info = self.roster().case_by_handle(handle);
        info.map(|c| c.journal).ok_or_else(|| Problem::new(Exit::No, "problem-no-case").with("handle", handle))
    }

    /// Asks that a case, or one person's drawer in it, be destroyed; done after seven days, or once another member agrees.
    pub fn shred_ask(&mut self, handle: &str, party: Option<PartyId>, because: &str) -> Result<Ripeness> {
        self.may(Action::Forget)?;
        let (journal, now) = (self.journal_of(handle)?, (self.clock)());
        match party {
            None => self.office.shred_ask(journal, because, now)?,
            Some(party) => self.office.shred_ask_party(journal, party, because, now)?,
        };
        self.ripeness(journal, party)
    }

    pub fn shred_cancel(&mut self, handle: &str, party: Option<PartyId>) -> Result<()> {
        self.may(Action::Forget)?;
        let (journal, now) = (self.journal_of(handle)?, (self.clock)());
        match party {
            None => self.office.shred_cancel(journal, now)?,
            Some(party) => self.office.shred_cancel_party(journal, party, now)?,
        };
        Ok(())
    }

    pub fn shred_agree(&mut self, handle: &str, party: Option<PartyId>) -> Result<()> {
        self.may(Action::Forget)?;
        let (journal, now) = (self.journal_of(handle)?, (self.clock)());
        match party {
            None => self.office.shred_agree(journal, now)?,
            Some(party) => self.office.shred_agree_party(journal, party, now)?,
        };
        Ok(())
    }

    /// The wish that waits for this case or this person's drawer, if somebody asked.
    pub fn shred_waiting(&self, handle: &str, party: Option<PartyId>) -> Result<Option<Ripeness>> {
        let journal = self.journal_of(handle)?;
        let asked = self.roster().shreds.iter().any(|s| s.journal == journal && s.party == party && !s.cancelled);
        if asked { self.ripeness(journal, party).map(Some) } else { Ok(None) }
    }

    fn ripeness(&self, journal: JournalId, party: Option<PartyId>) -> Result<Ripeness> {
        let now = (self.clock)();
        let (ripe, until) = match party {
            None => self.office.shred_ripe(journal, now)?,
            Some(party) => self.office.shred_ripe_party(journal, party, now)?,
        };
        Ok(Ripeness { ripe, until })
    }

    /// Destroys a case, or one person's drawer in it, for good, once the wish is ripe.
    pub fn shred(&mut self, handle: &str, party: Option<PartyId>) -> Result<Forgotten> {
        self.may(Action::Forget)?;
        let (journal, now) = (self.journal_of(handle)?, (self.clock)());
        Ok(match party {
            None => self.office.shred(journal, now)?,
            Some(party) => self.office.shred_party(journal, party, now)?,
        })
    }

    // ---- runs of adding ----

    /// The run that was interrupted in this case, with what it gave, or a new one.
    pub fn begin_run(&self, case: &OpenCase) -> Result<(RunId, BTreeSet<u64>)> {
        let store = self.office.store();
        let name = run_name(case.id());
        let left = store.meta(&name).map_err(amparo_vault::VaultError::from)?;
        if let Some(run) = left.and_then(|bytes| bytes.try_into().ok()).map(RunId) {
            return Ok((run, case.givings_of(run)));
        }
        let run = Desk::lone_run()?;
        store.put_meta(&name, &run.0).map_err(amparo_vault::VaultError::from)?;
        Ok((run, BTreeSet::new()))
    }

    /// The run of a task that nobody goes on with: a run of adding that was interrupted waits on.
    pub fn lone_run() -> Result<RunId> {
        Ok(RunId(amparo_vault::random_id()?))
    }

    /// Everything was given: the same paths named again are a new giving.
    pub fn end_run(&self, case: &OpenCase) -> Result<()> {
        Ok(self.office.store().put_meta(&run_name(case.id()), &[]).map_err(amparo_vault::VaultError::from)?)
    }

    // ---- members ----

    pub fn members(&self) -> impl Iterator<Item = &MemberState> {
        self.roster().live()
    }

    /// Makes a member, who comes in with the words printed now and then chooses a passphrase.
    pub fn member_add(&mut self, name: &str, role: &str, spanish: bool) -> Result<(MemberId, Vec<String>)> {
        self.may(Action::Manage)?;
        let (member, sheet): (MemberId, Sheet) = self.office.member_invite(name, role, (self.clock)())?;
        Ok((member, sheet.words(spanish)?))
    }

    /// Removes a member; the cases of theirs that this member cannot renew the keys of.
    pub fn member_remove(&mut self, member: MemberId) -> Result<(String, usize, Vec<String>)> {
        self.may(Action::Manage)?;
        let name = self.roster().name_of(member).unwrap_or_default().to_owned();
        let theirs = self.roster().grants.iter().filter(|g| g.member == member && g.to.is_none()).count();
        let left = self.office.member_remove(member, (self.clock)())?;
        let left: Vec<String> = left.iter().filter_map(|j| self.roster().cases.get(j)).map(|c| c.handle.clone()).collect();
        Ok((name, theirs - left.len().min(theirs), left))
    }

    pub fn grant(&mut self, handle: &str, member: MemberId) -> Result<String> {
        self.may(Action::Grant)?;
        let journal = self.journal_of(handle)?;
        self.office.grant(journal, member, None, (self.clock)())?;
        Ok(self.roster().name_of(member).unwrap_or_default().to_owned())
    }

    /// Ends a member's access to a case; their name, and why the case has no new keys yet where it has none.
    pub fn revoke(&mut self, handle: &str, member: MemberId) -> Result<(String, Option<Problem>)> {
        self.may(Action::Grant)?;
        let journal = self.journal_of(handle)?;
        let name = self.roster().name_of(member).map(str::to_owned).ok_or_else(|| Problem::new(Exit::No, "problem-no-member").with("member", member))?;
        let waits = self.office.revoke(journal, member, (self.clock)())?;
        Ok((name, waits.map(Problem::from)))
    }

    pub fn change_passphrase(&self, passphrase: &str) -> Result<()> {
        Ok(self.office.change_passphrase(passphrase)?)
    }

    /// The sheet was typed back: recovery is known to work.
    pub fn recovery_tested(&mut self) -> Result<()> {
        let me = self.office.member();
        self.office.recovery_tested(me, (self.clock)())?;
        Ok(())
    }

    // ---- the whole ----

    /// Adds what is new to a backup folder; `full` begins a new series with everything.
    pub fn backup(&mut self, folder: &Path, label: &str, full: bool) -> Result<BackedUp> {
        self.may(Action::Backup)?;
        self.office.tidy((self.clock)())?; // what interrupted work left need not travel
        Ok(self.office.backup_with(folder, label, BackupChoices { full, ..BackupChoices::default() }, (self.clock)())?)
    }

    /// Receives a case that another office handed over, into a new case.
    pub fn import(&mut self, folder: &Path, identity: Option<&str>) -> Result<Imported> {
        self.may(Action::HandOver)?;
        Ok(self.office.import(folder, identity, None, (self.clock)())?)
    }

    /// What another office needs to hand a case over to this member.
    pub fn recipient(&self) -> &str {
        self.office.recipient()
    }

    /// Places whose next backup has yet to bring an order to forget.
    pub fn not_yet_forgotten(&self) -> Vec<String> {
        self.office.not_yet()
    }

    /// Checks the office and every case. It shows no paper and needs no look.
    pub fn verify(&self, deep: bool) -> Result<Verified> {
        Ok(self.office.verify(deep, (self.clock)())?)
    }

    /// The handle of a case by its journal, for reports.
    pub fn handle_of(&self, journal: JournalId) -> Option<&str> {
        self.roster().cases.get(&journal).map(|c| c.handle.as_str())
    }

    /// The four words of any journal's head.
    pub fn head_words(&self, journal: JournalId, head: (u64, amparo_model::Sha256), spanish: bool) -> Result<String> {
        Ok(amparo_vault::heads::words(journal, head.0, head.1, spanish)?)
    }
}

/// Where the store remembers that a run of adding has not ended: its random id and nothing else.
fn run_name(case: JournalId) -> String {
    format!("run/{case}")
}

fn parsed(sheets: &[String]) -> Result<Vec<Sheet>> {
    sheets.iter().try_for_each(|words| check_words(words))?;
    Ok(sheets.iter().filter_map(|words| Sheet::parse(words)).collect())
}

/// Says what is wrong with typed words before they are tried.
pub fn check_words(text: &str) -> Result<()> {
    if Sheet::parse(text).is_some() {
        return Ok(());
    }
    let count = text.split_whitespace().count();
    let problem = |id| Problem::new(Exit::NotAllowed, id);
    Err(if count != 24 { problem("problem-words-not-24").with("count", count) } else { problem("problem-words-do-not-fit") })
}

/// Whether typed words are those of a sheet, accents and endings aside.
pub fn same_words(typed: &str, sheet: &str) -> bool {
    let words = |text: &str| Sheet::parse(text).and_then(|s| s.words(false).ok());
    words(typed).is_some_and(|w| Some(w) == words(sheet))
}
