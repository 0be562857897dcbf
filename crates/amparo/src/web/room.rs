//! The room's state: the office while it is open, the cases somebody looks at, and nothing once it is locked.

use super::answer::Asked;
use super::job::{Jobs, Order, Work};
use super::lock::LOCKED;
use crate::places::{Making, Places, system_ms};
use crate::reading::Workers;
use crate::seen::Seen;
use amparo_lang::Lang;
use amparo_model::event::Purpose;
use amparo_model::results::Month;
use amparo_model::{Instant, Kind, Place, Record, RecordId, Spot};
use amparo_office::load::Want;
use amparo_office::search::Searchable;
use amparo_office::{Desk, Exit, Look, OpenCase, Problem, Result, Store};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant as Moment};
use zeroize::Zeroizing;

/// Left alone for so long, the room locks itself.
const IDLE: Duration = Duration::from_secs(15 * 60);
/// Pages show the ten years that the longest claims need.
const MONTHS: i32 = 120;
/// Pictures that pages have offered and a browser may still ask for.
const PICTURES: usize = 4_000;

pub struct Room {
    pub home: PathBuf,
    pub places: Places,
    /// The language of a browser that asks for none.
    pub lang: Lang,
    host: String,
    token: Zeroizing<String>,
    session: Zeroizing<String>,
    /// In one place from its opening to its end, where its keys are wiped: what is moved leaves a copy behind.
    open: Mutex<Option<Box<Session>>>,
    /// A first run that waits for its words to be typed back.
    pub making: Mutex<Option<Making>>,
    /// Work that takes longer than a page may.
    pub jobs: Arc<Jobs>,
    workers: Mutex<Option<Arc<Workers>>>,
    used: Mutex<Moment>,
    unlocking: Mutex<()>,
}

/// The office while it is unlocked.
pub struct Session {
    pub desk: Desk,
    cases: HashMap<String, Opened>,
}

/// A case that somebody looks at.
pub struct Opened {
    pub case: OpenCase,
    pub purpose: Purpose,
    /// Third persons are shown: a reason was given.
    pub unmasked: bool,
    known: Option<Arc<Known>>,
    pictures: Vec<(String, Offered)>,
}

/// A picture that a page offered under a look.
#[derive(Clone)]
pub struct Offered {
    pub look: Arc<Look>,
    pub what: Pictured,
    pub width: u32,
}

#[derive(Clone)]
pub enum Pictured {
    /// The place of a record.
    Record(Box<Record>),
    /// The place of a record with the values of these fields marked.
    Disputed(Box<Record>, Vec<String>),
    /// A place of a paper.
    Place(u64, Place),
    /// The part of a page around the first of these words, folded; the place is the page.
    Words(u64, Place, Vec<String>),
}

/// What is known of a case, computed once for each state of it.
pub struct Known {
    pub seen: Seen,
    /// The newest entry that changed it.
    pub content: u64,
    pub unmasked: bool,
    searchable: OnceLock<Searchable>,
    pages: OnceLock<HashMap<(u64, String, u32), RecordId>>,
    /// The numbers of single calls that a page has listed.
    listed: Mutex<HashMap<RecordId, String>>,
}

impl Known {
    /// The case made ready for questions: once, when the first is asked.
    pub fn searchable(&self) -> &Searchable {
        self.searchable.get_or_init(|| Searchable::of(&self.seen.view, &self.seen.own))
    }

    /// Remembers whose calls these are: their own pages then read that number's calls only.
    pub fn list(&self, calls: impl Iterator<Item = RecordId>, number: &str) {
        let mut listed = held(&self.listed);
        if listed.len() > PICTURES {
            listed.clear();
        }
        listed.extend(calls.map(|id| (id, number.to_owned())));
    }

    pub fn number_of(&self, call: RecordId) -> Option<String> {
        held(&self.listed).get(&call).cloned()
    }

    /// The record of a page.
    pub fn page_record(&self, giving: u64, inside: &str, page: u32) -> Option<RecordId> {
        let all = self.pages.get_or_init(|| {
            let of = |r: &Record| match r.provenance.place.spot {
                Spot::Page { page, .. } if r.kind == Kind::Page => Some(((r.provenance.giving, r.provenance.place.inside.clone(), page), r.id)),
                _ => None,
            };
            self.seen.records.iter().filter_map(of).collect()
        });
        all.get(&(giving, inside.to_owned(), page)).copied()
    }
}

/// A case while one page of it is made; the look is written already.
pub struct Visit<'a> {
    pub desk: &'a mut Desk,
    pub opened: &'a mut Opened,
    pub look: Arc<Look>,
    pub at: Instant,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // A page that panicked left nothing half-done behind a lock: entries are whole or not there.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Room {
    pub fn new(home: PathBuf, places: Places, lang: Lang, port: u16) -> Result<Room> {
        Ok(Room {
            home,
            places,
            lang,
            host: format!("127.0.0.1:{port}"),
            token: secret()?,
            session: secret()?,
            open: Mutex::new(None),
            making: Mutex::new(None),
            jobs: Arc::default(),
            workers: Mutex::new(None),
            used: Mutex::new(Moment::now()),
            unlocking: Mutex::default(),
        })
    }

    // ---- the door ----

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.host)
    }

    /// The address to open, with this start's secret.
    pub fn entrance(&self) -> String {
        format!("http://{}/enter/{}", self.host, *self.token)
    }

    pub fn is_token(&self, token: &str) -> bool {
        same(&self.token, token)
    }

    pub fn knows(&self, value: &str) -> bool {
        same(&self.session, value)
    }

    pub fn session_value(&self) -> &str {
        &self.session
    }

    // ---- open and locked ----

    pub fn has_office(&self) -> bool {
        (self.places.exists)(&self.home)
    }

    pub fn store(&self) -> Result<Arc<dyn Store>> {
        (self.places.open)(&self.home, self.lang)
    }

    pub fn open(&self, desk: Desk) {
        *held(&self.open) = Some(Box::new(Session { desk, cases: HashMap::new() }));
        self.used();
    }

    pub fn unlocking(&self) -> MutexGuard<'_, ()> {
        held(&self.unlocking)
    }

    pub fn is_open(&self) -> bool {
        held(&self.open).is_some()
    }

    pub fn used(&self) {
        *held(&self.used) = Moment::now();
    }

    /// Ends the session: its keys are gone when this returns, and nothing that was read with them is kept.
    pub fn lock(&self) -> Result<()> {
        *held(&self.making) = None;
        // Work is ordered at an open desk only: once this one is taken, none begins that the stop would miss.
        let session = held(&self.open).take();
        self.jobs.stop();
        session.map_or(Ok(()), |mut session| session.desk.end())
    }

    pub fn lock_if_idle(&self) {
        if self.jobs.busy() {
            return self.used();
        }
        if held(&self.used).elapsed() > IDLE && self.is_open() {
            // What could not be written at the end of a session is written at the next one's; the keys are gone either way.
            let _ = self.lock();
        }
    }

    /// Works with the open office.
    pub fn with<T>(&self, work: impl FnOnce(&mut Session) -> Result<T>) -> Result<T> {
        let mut open = held(&self.open);
        let session = open.as_mut().ok_or_else(|| Problem::new(Exit::NotAllowed, LOCKED))?;
        // Another program changed the office (a member, a grant, where a case stands).
        if session.desk.refresh()? {
            session.open_anew();
        }
        work(session)
    }

    /// Makes a page of a case: writes the look down, then lets it be shown.
    pub fn visit<T>(&self, asked: &Asked, via: &str, what: &[&str], work: impl FnOnce(&mut Visit<'_>) -> Result<T>) -> Result<T> {
        self.visit_case(asked.part("case"), via, what, work)
    }

    pub fn visit_case<T>(&self, handle: &str, via: &str, what: &[&str], work: impl FnOnce(&mut Visit<'_>) -> Result<T>) -> Result<T> {
        self.with(|session| session.visit(handle, via, what, work))
    }

    /// Does something in a case that shows nothing of it.
    pub fn task<T>(&self, asked: &Asked, work: impl FnOnce(&mut Desk, &mut Opened) -> Result<T>) -> Result<T> {
        self.with(|session| {
            let Session { desk, cases } = session;
            work(desk, Opened::of(desk, cases, asked.part("case"))?)
        })
    }

    /// Orders work in a case; it has a desk of its own, so that pages do not wait for it.
    pub fn order(&self, desk: &Desk, handle: &str, work: Work) -> Result<()> {
        let desk = Desk::resume(self.store()?, &desk.secret()?, system_ms)?;
        let case = desk.open(handle)?;
        self.jobs.order(Order { desk, case, workers: self.workers()?, work });
        Ok(())
    }

    /// The reading process, started when it is first needed and again when it died.
    pub fn workers(&self) -> Result<Arc<Workers>> {
        let mut workers = held(&self.workers);
        if let Some(workers) = &*workers {
            return Ok(workers.clone());
        }
        let started = Arc::new(crate::gather::workers()?);
        *workers = Some(started.clone());
        Ok(started)
    }
}

impl Session {
    /// Opens each case again that is looked at, for the reason that was given; one that no longer opens is let go,
    /// and its reason with it.
    fn open_anew(&mut self) {
        let Session { desk, cases } = self;
        cases.retain(|handle, opened| match desk.open(handle) {
            Ok(case) => {
                opened.case = case;
                true
            }
            // Its next page opens it once more, and says why that cannot be.
            Err(_) => false,
        });
    }

    /// As [`Room::visit`].
    pub fn visit<T>(&mut self, handle: &str, via: &str, what: &[&str], work: impl FnOnce(&mut Visit<'_>) -> Result<T>) -> Result<T> {
        let Session { desk, cases, .. } = self;
        let opened = Opened::of(desk, cases, handle)?;
        let (purpose, unmasked) = (opened.purpose, opened.unmasked);
        let look = opened.case.look(purpose, via, what.iter().map(|w| (*w).to_owned()).collect(), unmasked, None)?;
        work(&mut Visit { desk, opened, look: Arc::new(look), at: Instant::utc(system_ms()) })
    }
}

impl Opened {
    fn of<'c>(desk: &Desk, cases: &'c mut HashMap<String, Opened>, handle: &str) -> Result<&'c mut Opened> {
        if !cases.contains_key(handle) {
            let case = desk.open(handle)?;
            cases.insert(handle.to_owned(), Opened { case, purpose: Purpose::Review, unmasked: false, known: None, pictures: Vec::new() });
        }
        cases.get_mut(handle).ok_or_else(|| Problem::new(Exit::No, "problem-no-case").with("handle", handle))
    }

    /// What the last page knew.
    pub fn known(&self) -> Option<Arc<Known>> {
        self.known.clone()
    }

    pub fn offered(&self, key: &str) -> Option<Offered> {
        self.pictures.iter().find(|(k, _)| k == key).map(|(_, p)| p.clone())
    }
}

impl Visit<'_> {
    /// Everything the case says, as it may be shown to this look; computed anew only where something changed.
    pub fn known(&mut self) -> Result<Arc<Known>> {
        let (content, _, _) = self.opened.case.content_head(false)?;
        let as_of = self.today()?;
        if let Some(known) = &self.opened.known
            && known.content == content
            && known.unmasked == self.opened.unmasked
            && known.seen.as_of == as_of
        {
            return Ok(known.clone());
        }
        self.opened.known = None;
        let view = self.opened.case.load(&self.look, Want::ALL)?.view();
        let own = OpenCase::own(&view, &self.look);
        let to = Month::of(as_of);
        let seen = Seen::of(self.opened.case.id(), view, own, None, as_of, (to.plus(1 - MONTHS), to));
        let known = Arc::new(Known { seen, content, unmasked: self.opened.unmasked, searchable: OnceLock::new(), pages: OnceLock::new(), listed: Mutex::default() });
        self.opened.known = Some(known.clone());
        Ok(known)
    }

    /// Today where the case's months are counted.
    fn today(&self) -> Result<jiff::civil::Date> {
        let zone = self.opened.case.zone()?;
        Ok(jiff::Timestamp::from_millisecond(self.at.ms).map_or(self.at.date(), |t| zone.to_datetime(t).date()))
    }

    /// Offers a picture under this page's look; the address says nothing.
    pub fn offer(&mut self, what: Pictured, width: u32) -> Result<String> {
        let key = secret()?.get(..32).unwrap_or_default().to_owned();
        let pictures = &mut self.opened.pictures;
        if pictures.len() >= PICTURES {
            pictures.drain(..PICTURES / 2);
        }
        pictures.push((key.clone(), Offered { look: self.look.clone(), what, width }));
        Ok(format!("/case/{}/picture/{key}", self.opened.case.handle))
    }
}

/// 256 random bits in hexadecimal digits.
fn secret() -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(64));
    let mut bytes = Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut bytes[..]).map_err(|e| Problem::new(Exit::Store, "problem-store").with("why", e))?;
    bytes.iter().for_each(|b| text.push_str(&format!("{b:02x}")));
    Ok(text)
}

/// Compares two secrets in a time that tells nothing of where they differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_office::Founding;

    const PLACES: Places = Places { exists: amparo_store::Local::exists, shared: |_| false, open, join: |_, _, _| Err(Problem::new(Exit::Usage, "problem-host-letter")) };

    fn open(home: &std::path::Path, _: Lang) -> Result<Arc<dyn Store>> {
        Ok(Arc::new(amparo_store::Local::open(home).expect("a folder")))
    }

    #[test]
    fn left_alone_it_locks_itself_and_not_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let founding = Founding {
            passphrase: "six words that nobody knows",
            member_name: "A. R.",
            language: "en",
            office_name: "Office",
            neutral_name: "Office",
            zone: "UTC",
            recovery: None,
        };
        let desk = Desk::found(open(folder.path(), Lang::En).expect("a store"), &founding, system_ms).expect("an office").desk;
        let room = Room::new(folder.path().to_owned(), PLACES, Lang::En, 0).expect("a room");
        room.open(desk);
        for (idle, locked) in [(IDLE - Duration::from_secs(60), false), (IDLE + Duration::from_secs(1), true)] {
            *held(&room.used) = Moment::now().checked_sub(idle).expect("this machine runs longer than that");
            room.lock_if_idle();
            assert_eq!(room.is_open(), !locked, "{idle:?}");
        }
    }
}
