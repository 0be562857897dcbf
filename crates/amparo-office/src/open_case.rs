//! An open case: what one member does with it, one function a task.

use crate::access::{Action, Own, decide, without_names};
use crate::accession::{self, Incoming, ReadFile};
use crate::desk::Desk;
use crate::load::{self, Loaded, Want};
use crate::naming;
use crate::problem::{Exit, Problem, Result};
use amparo_analysis::View;
use amparo_model::event::{At, Change, Judgement, Purpose, Resolution, What};
use amparo_model::ids::{FindingId, RunId};
use amparo_model::{CaseFile, Giving, JournalId, Kind, PartyId, Record, Report, Sha256};
use amparo_vault::{Apart, Case, Exported, Forgotten, Found, Handing, Look, Made, Now, Open, Plain, Profile, Roster, Since, Tokens, Where};
use std::sync::Arc;

/// The roles that a person of a case can have.
pub const ROLES: &[&str] = &["client", "spouse", "child", "parent", "sibling", "petitioner", "other"];

pub struct OpenCase {
    case: Case<Open>,
    pub handle: String,
    roster: Arc<Roster>,
    /// The member at the desk.
    pub member: String,
    role: String,
    clock: fn() -> Now,
}

/// One line of the log, in facts.
pub struct LogLine {
    pub seq: u64,
    pub at: String,
    pub member: String,
    pub purpose: Option<Purpose>,
    /// The command or page, or the event's type.
    pub via: String,
    pub what: Vec<String>,
    pub unmasked: bool,
}

impl LogLine {
    /// The client reads who opened the case, when and why, and what was given and withdrawn: not the office's own work in it.
    pub fn is_for_client(&self) -> bool {
        self.purpose.is_some() || matches!(self.via.as_str(), "given" | "withdrawn")
    }
}

impl OpenCase {
    pub(crate) fn new(case: Case<Open>, handle: String, roster: Arc<Roster>, member: String, role: String, clock: fn() -> Now) -> OpenCase {
        OpenCase { case, handle, roster, member, role, clock }
    }

    fn may(&self, action: Action) -> Result<()> {
        decide(&self.role, action)
    }

    pub fn id(&self) -> JournalId {
        self.case.id()
    }

    pub fn now(&self) -> Now {
        (self.clock)()
    }

    /// The case file for the work itself; what is shown of it goes through a look.
    pub(crate) fn file(&self) -> &CaseFile {
        self.case.file()
    }

    pub fn head(&self) -> (u64, Sha256) {
        self.case.head()
    }

    pub fn head_words(&self, spanish: bool) -> Result<String> {
        Ok(self.case.head_words(spanish)?)
    }

    /// The newest entry that changes what is known, and its four words: what a printed report names, so that
    /// printing it twice, each time after a look, prints the same.
    pub fn content_head(&self, spanish: bool) -> Result<(u64, Sha256, String)> {
        let quiet = |event: &str| matches!(event, "look" | "produced" | "note");
        let seq = self.file().log.iter().rev().find(|l| !quiet(l.event)).map_or(1, |l| l.seq);
        let entry = self.case.journal().entry(seq).ok_or(amparo_vault::VaultError::NoSuchEntry(seq))?;
        Ok((seq, entry.hash, amparo_vault::heads::words(self.id(), seq, entry.hash, spanish)?))
    }

    /// Writes down that this member looks, why and at what, with the note on why kept apart; then things may be shown.
    pub fn look(&mut self, purpose: Purpose, via: &str, what: Vec<String>, unmasked: bool, note: Option<&str>) -> Result<Look> {
        self.may(Action::Look)?;
        let look = self.case.look(purpose, via, what, unmasked, (self.clock)())?;
        if let Some(note) = note.filter(|n| !n.trim().is_empty()) {
            self.case.note(look.seq, note, (self.clock)())?;
        }
        Ok(look)
    }

    /// Where the case's months are counted.
    pub fn zone(&self) -> Result<jiff::tz::TimeZone> {
        load::zone_of(self.file(), &self.roster)
    }

    // ---- people ----

    pub fn add_party(&mut self, role: &str, name: Option<&str>) -> Result<String> {
        self.may(Action::Receive)?;
        if !ROLES.contains(&role) {
            return Err(Problem::new(Exit::Usage, "usage-bad-role").with("value", role));
        }
        let id = self.case.add_party(role, name, (self.clock)())?;
        Ok(self.file().token_of(Some(id)).unwrap_or(role).to_owned())
    }

    /// The party a person named by token.
    pub fn party(&self, token: &str) -> Result<PartyId> {
        self.file().party_by_token(token).map(|p| p.id).ok_or_else(|| Problem::new(Exit::Usage, "problem-no-party").with("party", token))
    }

    pub fn has_parties(&self) -> bool {
        !self.file().parties.is_empty()
    }

    /// Every name that the case holds of its people and papers: for looking whether any lies about in the clear.
    pub fn names(&self) -> Vec<String> {
        let file = self.file();
        let parties = file.parties.iter().filter_map(|p| p.name.clone());
        let papers = file.givings.values().flat_map(|g| [g.given.name.clone(), g.given.path.clone()]);
        let mut all: Vec<String> = parties.chain(papers).chain(file.name.clone()).filter(|n| n.len() > 3).collect();
        all.sort();
        all.dedup();
        all
    }

    pub fn rename(&mut self, name: &str) -> Result<()> {
        self.may(Action::Decide)?;
        self.case.append(Where::Case, What::Named { name: name.to_owned() }, &[], (self.clock)())?;
        Ok(())
    }

    pub fn close(&mut self) -> Result<()> {
        self.may(Action::Decide)?;
        self.case.append(Where::Case, What::Closed { because: "closed".to_owned() }, &[], (self.clock)())?;
        Ok(())
    }

    /// Says where months are counted: for the whole case, or for one source of local times.
    pub fn set_zone(&mut self, of: Option<u64>, zone: &str, because: &str) -> Result<()> {
        self.may(Action::Decide)?;
        let what = What::Zone { of, zone: zone.to_owned(), because: because.to_owned() };
        self.case.append(Where::Case, what, &[], (self.clock)())?;
        Ok(())
    }

    // ---- papers in ----

    /// Keeps and reads one file; the number of its entry.
    pub fn receive(&mut self, incoming: Incoming<'_>, read: &mut ReadFile<'_>) -> Result<u64> {
        self.may(if incoming.set { Action::Set } else { Action::Receive })?;
        accession::receive(&mut self.case, incoming, read, self.clock)
    }

    /// Files that came beside this giving and are kept on their own: they follow it in the journal.
    pub fn beside(&self, seq: u64) -> Vec<u64> {
        let apart = |n: &u64| self.file().givings.get(n).is_some_and(|g| g.reading.report.reason.as_deref() == Some(accession::HELD_WITHOUT_IT));
        (seq + 1..).take_while(apart).collect()
    }

    /// What became of a giving, for the line that answers to whoever gave it; no third person is named.
    pub fn received(&self, seq: u64) -> Option<(Giving, &CaseFile)> {
        let mut giving = self.file().givings.get(&seq)?.clone();
        without_names(&mut giving);
        Some((giving, self.file()))
    }

    /// The files inside a giving, by the paths that open them, with their sizes.
    pub fn paths_inside(&self, look: &Look, of: u64) -> Result<Vec<(String, u64)>> {
        load::paths_inside(&self.case, look, of)
    }

    /// The givings that a run made.
    pub(crate) fn givings_of(&self, run: RunId) -> std::collections::BTreeSet<u64> {
        self.file().givings.values().filter(|g| g.given.run == run).map(|g| g.seq).collect()
    }

    /// The givings of a path and so many bytes that an interrupted run already made: two folders can hold one name.
    pub fn given_in(&self, run: RunId, path: &str, name: &str, bytes: u64) -> Vec<(u64, Sha256)> {
        let same = |g: &&Giving| g.given.run == run && g.given.path == path && g.given.name == name && g.given.bytes == bytes;
        self.file().givings.values().filter(same).map(|g| (g.seq, g.given.sha256)).collect()
    }

    /// Files whose reading is older than these readers, or failed for a reason of the machine: (giving, name, reader).
    pub fn stale(&self, newest: &dyn Fn(&str) -> Option<u32>) -> Vec<u64> {
        let needs = |report: &Report| match report.reader.split_once('@') {
            None => true,
            Some((name, version)) => report.pages_unread > 0 || newest(name) > version.parse().ok(),
        };
        self.file().readable().filter(|g| needs(&g.reading.report) || g.reading.inside.iter().any(|i| needs(&i.report))).map(|g| g.seq).collect()
    }

    /// Runs a newer reader over a giving.
    pub fn reread(&mut self, of: u64, read: &mut ReadFile<'_>) -> Result<u64> {
        self.may(Action::Receive)?;
        accession::reread(&mut self.case, of, read, self.clock)
    }

    /// A kept file and its companions in plain, for the reading process; showing it needs the look.
    pub fn fetch(&self, look: &Look, of: u64) -> Result<(String, u64, Plain)> {
        let giving = self.giving(of)?;
        Ok((giving.given.name.clone(), giving.given.bytes, self.case.fetch(look, giving.given.blob)?))
    }

    pub fn fetch_companions(&self, look: &Look, of: u64) -> Result<Vec<(String, Plain)>> {
        let giving = self.giving(of)?;
        giving.given.companions.iter().map(|c| Ok((c.name.clone(), self.case.fetch(look, c.blob)?))).collect()
    }

    fn giving(&self, of: u64) -> Result<&Giving> {
        self.file().givings.get(&of).ok_or_else(|| Problem::new(Exit::No, "problem-no-file").with("file", of))
    }

    /// The giving (and path inside) that a person names: `12` or `12:path/inside`, or the beginning of the fingerprint.
    pub fn file_named(&self, text: &str) -> Result<(u64, String)> {
        let (typed, inside) = text.split_once(':').unwrap_or((text, ""));
        let none = || Problem::new(Exit::No, "problem-no-file").with("file", text);
        let numbered = typed.parse().ok().and_then(|seq: u64| self.file().givings.get(&seq));
        let giving = match (numbered, naming::beginning(typed, 64)) {
            (Some(giving), _) => Some(giving),
            // The same bytes given twice are one paper: the first giving stands for them.
            (None, Some(begins)) => {
                let firsts = self.file().givings.values().filter(|g| g.given.already.is_none());
                naming::named(firsts, |g| g.given.sha256.to_string(), &begins)?
            }
            (None, None) => None,
        };
        let giving = giving.ok_or_else(none)?;
        let seq = giving.seq;
        let listed_apart = giving.reading.inside.is_empty();
        match inside.is_empty() || listed_apart || giving.reading.inside.iter().any(|i| i.path == inside) {
            true => Ok((seq, inside.to_owned())),
            false => Err(none()),
        }
    }

    /// A paper's name as it was given: for asking whether it is the one that is meant.
    pub fn name_of(&self, of: u64) -> String {
        self.file().givings.get(&of).map(|g| g.given.name.clone()).unwrap_or_default()
    }

    /// Says whose a paper is.
    pub fn assign(&mut self, of: u64, inside: &str, party: Option<PartyId>) -> Result<()> {
        self.may(Action::Receive)?;
        self.case.assign(of, inside, party, (self.clock)())?;
        Ok(())
    }

    // ---- what is known ----

    /// The case file as it may be shown.
    pub fn show_file(&self, look: &Look) -> Result<CaseFile> {
        load::case_file(&self.case, look)
    }

    pub fn load(&self, look: &Look, want: Want) -> Result<Loaded> {
        load::load(&self.case, look, &self.roster, want)
    }

    /// What tells the case's own people from third persons.
    pub fn own(view: &View, look: &Look) -> Own {
        let household = |r: &&Record| r.kind == Kind::Job && r.flag("household_employer") == Some(true);
        Own {
            numbers: view.party_lines(),
            household_employers: view.records.iter().filter(household).filter_map(|r| r.text("employer")).map(str::to_owned).collect(),
            unmasked: look.unmasked,
        }
    }

    /// Names for lines and numbers, keyed by the case: the same in one case, unlinkable between two.
    pub fn tokens(&self) -> Result<Tokens> {
        Ok(self.case.tokens()?)
    }

    pub fn rejects(&self, look: &Look, file: &CaseFile, visit: impl FnMut(&Giving, &amparo_model::Reject)) -> Result<()> {
        load::rejects(&self.case, look, file, visit)
    }

    /// One page's words, for showing the places of a record.
    pub fn page_text(&self, look: &Look, of: u64, inside: &str, page: u32) -> Result<Option<amparo_model::reading::PageText>> {
        load::page_text(&self.case, look, self.giving(of)?, inside, page)
    }

    // ---- decisions ----

    /// Settles a finding.
    pub fn settle(&mut self, finding: FindingId, resolution: Resolution, because: Vec<At>, why: Option<&str>) -> Result<()> {
        self.may(Action::Decide)?;
        let what = What::Settled { finding, resolution, because, why: why.map(str::to_owned) };
        self.case.append(Where::Work, what, &[], (self.clock)())?;
        Ok(())
    }

    /// Corrects one field of a record; `None` takes the value away. The source still says what it said.
    pub fn correct(&mut self, record: &Record, field: &str, to: Option<&str>) -> Result<()> {
        self.may(Action::Decide)?;
        let spec = record.kind.field(field).ok_or_else(|| Problem::new(Exit::Usage, "usage-bad-field").with("value", field))?;
        let only_set = matches!(spec.name, "authorized" | "complete");
        if only_set {
            self.may(Action::Set)?;
        }
        if to.is_some_and(|t| amparo_model::Value::parse(spec.ty, t).is_none_or(|v| !v.fits(spec.ty))) {
            return Err(Problem::new(Exit::Usage, "usage-bad-field").with("value", to.unwrap_or_default()));
        }
        let change = Change {
            at: At::of(record.provenance.giving, &record.provenance.place, record.kind),
            field: spec.name.to_owned(),
            from: record.fields.get(spec.name).map(amparo_model::Value::to_text),
            to: to.map(str::to_owned),
            by: self.member.clone(),
            why: None,
        };
        let place = record.subject.map_or(Where::Unassigned, Where::Party);
        let what = if only_set { What::Set(change) } else { What::Corrected(change) };
        self.case.append(place, what, &[], (self.clock)())?;
        Ok(())
    }

    /// Judges whether two records are one fact.
    pub fn judge(&mut self, left: &Record, right: &Record, judgement: Judgement) -> Result<()> {
        self.may(Action::Decide)?;
        let at = |r: &Record| At::of(r.provenance.giving, &r.provenance.place, r.kind);
        self.case.append(Where::Work, What::Judged { left: at(left), right: at(right), judgement }, &[], (self.clock)())?;
        Ok(())
    }

    /// Writes down that a document was made.
    pub fn produced(&mut self, what: &str, bytes: &[u8], language: &str) -> Result<()> {
        let from = self.file().readable().map(|g| g.seq).collect();
        let what = What::Produced { what: what.to_owned(), sha256: Sha256::of(bytes), bytes: bytes.len() as u64, language: language.to_owned(), from, profile: None };
        self.case.append(Where::Work, what, &[], (self.clock)())?;
        Ok(())
    }

    // ---- forgetting and holding ----

    /// Withdraws a paper with every giving of the same bytes.
    pub fn withdraw(&mut self, desk: &mut Desk, of: u64, purpose: &str) -> Result<Forgotten> {
        self.may(Action::Forget)?;
        let sha256 = self.giving(of)?.given.sha256;
        let all: Vec<u64> = self.file().givings.values().filter(|g| g.given.sha256 == sha256).map(|g| g.seq).collect();
        let agreed = desk.shred_waiting(&self.handle, None)?.is_some_and(|w| w.ripe);
        Ok(self.case.withdraw(&mut desk.office, &all, purpose, agreed, (self.clock)())?)
    }

    /// Keeps and reads one of an archive's other files on its own, before the archive goes.
    pub fn keep_apart(&mut self, path: &str, body: &mut dyn std::io::Read, read: &mut ReadFile<'_>) -> Result<Apart> {
        self.may(Action::Forget)?;
        accession::apart(&mut self.case, path, body, read)
    }

    /// Withdraws one file of an archive; the others were kept apart.
    pub fn withdraw_inside(&mut self, desk: &mut Desk, of: u64, inside: &str, others: Vec<Apart>, purpose: &str) -> Result<Forgotten> {
        self.may(Action::Forget)?;
        let agreed = desk.shred_waiting(&self.handle, None)?.is_some_and(|w| w.ripe);
        Ok(self.case.withdraw_inside(&mut desk.office, of, &[inside.to_owned()], others, purpose, agreed, (self.clock)())?)
    }

    /// Moves a paper to another case, with its reading and the corrections made to it; forgotten here.
    pub fn move_to(&mut self, desk: &mut Desk, to: &mut OpenCase, of: u64, subject: Option<PartyId>) -> Result<Forgotten> {
        self.may(Action::Forget)?;
        to.may(Action::Receive)?;
        let agreed = desk.shred_waiting(&self.handle, None)?.is_some_and(|w| w.ripe);
        Ok(self.case.move_to(&mut desk.office, &mut to.case, of, subject, agreed, (self.clock)())?.forgotten)
    }

    /// Hands the case over into a new folder; `made` are files of the office's own making.
    pub fn export<'a>(&self, look: &Look, folder: &std::path::Path, profile: Profile, to: Option<&'a str>, made: Vec<Made<'a>>) -> Result<Exported> {
        self.may(Action::HandOver)?;
        Ok(self.case.export(look, folder, Handing { profile, to, whose: None, made }, (self.clock)())?)
    }

    pub fn hold(&mut self, of: Option<u64>, release: bool, because: &str) -> Result<()> {
        self.may(Action::Hold)?;
        if let Some(of) = of {
            self.giving(of)?;
        }
        match release {
            true => self.case.release(of, because, (self.clock)())?,
            false => self.case.hold(of, because, (self.clock)())?,
        };
        Ok(())
    }

    // ---- the log ----

    /// Who did what, oldest first: looks with their purpose, other entries by their type. It shows no paper.
    pub fn log(&self) -> Vec<LogLine> {
        let lines = self.case.errand().log().to_vec();
        let line = |l: &amparo_model::case_file::LogLine| LogLine {
            seq: l.seq,
            at: l.at.clone(),
            member: self.roster.name_of(l.author).unwrap_or("-").to_owned(),
            purpose: l.look.as_ref().map(|k| k.purpose),
            via: l.look.as_ref().map_or_else(|| l.event.to_owned(), |k| k.via.clone()),
            what: l.look.as_ref().map(|k| k.what.clone()).unwrap_or_default(),
            unmasked: l.look.as_ref().is_some_and(|k| k.unmasked),
        };
        lines.iter().map(line).collect()
    }

    pub fn verify(&self, since: Option<&Since>, deep: bool) -> Result<Found> {
        Ok(self.case.verify(since, deep)?)
    }
}
