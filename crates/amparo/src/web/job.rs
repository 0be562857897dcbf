//! Work that takes longer than a page may: files that were dropped, and reading again. One after the other, in a
//! thread of its own with a desk of its own, so that pages stay quick.

use crate::gather::{self, Taken, held};
use crate::reading::{Options, Workers};
use amparo_model::event::Purpose;
use amparo_model::ids::RunId;
use amparo_model::wire::FromWorker;
use amparo_model::{PartyId, Report};
use amparo_office::accession::Incoming;
use amparo_office::{Desk, OpenCase, Problem, Result};
use std::collections::{HashMap, VecDeque};
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// A file that a browser handed over, with what lies beside it; in memory only.
pub struct Dropped {
    pub taken: Taken,
    /// Below the folder that was dropped; empty for a file that was dropped itself.
    pub path: String,
    pub beside: Vec<Taken>,
}

impl Dropped {
    fn bytes(&self) -> u64 {
        self.taken.bytes + self.beside.iter().map(|t| t.bytes).sum::<u64>()
    }
}

pub enum Work {
    Add {
        files: VecDeque<Dropped>,
        whose: Option<PartyId>,
        run: RunId,
    },
    /// Givings to be read again, under a look of this purpose.
    Reread {
        files: VecDeque<u64>,
        purpose: Purpose,
    },
    /// One file of an archive is forgotten; the others are kept and read on their own first. Its path goes once it is done.
    WithdrawInside {
        of: u64,
        inside: Option<String>,
        purpose: Purpose,
    },
}

/// What is to be done in a case, with keys of its own that go when it is done.
pub struct Order {
    pub desk: Desk,
    pub case: OpenCase,
    pub workers: Arc<Workers>,
    pub work: Work,
}

impl Order {
    fn left(&self) -> usize {
        match &self.work {
            Work::Add { files, .. } => files.len(),
            Work::Reread { files, .. } => files.len(),
            Work::WithdrawInside { inside, .. } => usize::from(inside.is_some()),
        }
    }

    /// Files that nobody holds yet: what is read again is kept already.
    fn not_taken_in(&self) -> usize {
        if let Work::Add { files, .. } = &self.work { files.len() } else { 0 }
    }

    fn bytes(&self) -> u64 {
        match &self.work {
            Work::Add { files, .. } => files.iter().map(Dropped::bytes).sum(),
            Work::Reread { files, .. } => files.iter().filter_map(|seq| self.case.received(*seq)).map(|(g, _)| g.given.bytes).sum(),
            Work::WithdrawInside { of, .. } => self.case.received(*of).map_or(0, |(g, _)| g.given.bytes),
        }
    }
}

/// How far the running work is: numbers, and the name of the file that is read.
#[derive(Clone, Default)]
pub struct Now {
    pub handle: String,
    pub name: String,
    /// Which file of how many, counted from 1.
    pub file: usize,
    pub files: usize,
    /// Bytes of all files, of those that are done, and of the running one that were read.
    pub bytes: u64,
    before: u64,
    read: u64,
    pub records: u64,
}

impl Now {
    pub fn done(&self) -> u64 {
        (self.before + self.read).min(self.bytes)
    }

    fn hear(&mut self, frame: &FromWorker) {
        match frame {
            FromWorker::Progress { bytes, .. } => self.read = *bytes,
            FromWorker::Calls(calls) => self.records += calls.len() as u64,
            FromWorker::Drafts(drafts) => self.records += drafts.len() as u64,
            FromWorker::Pages(pages) => self.records += pages.len() as u64,
            _ => {}
        }
    }
}

/// What became of a case's last work.
#[derive(Clone, Default)]
pub struct Ended {
    /// The entries that were made, or read again.
    pub files: Vec<u64>,
    /// Files that were not taken in, and why.
    pub left: usize,
    pub problem: Option<Problem>,
    /// A file of an archive was withdrawn; whether it is gone from every backup place, too.
    pub withdrawn: Option<bool>,
}

#[derive(Default)]
pub struct Jobs {
    state: Mutex<State>,
    stop: Arc<AtomicBool>,
    stopping: Mutex<()>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Order>,
    now: Option<Now>,
    running: bool,
    thread: Option<JoinHandle<()>>,
    ended: HashMap<String, Ended>,
    not_taken_in: usize,
}

impl State {
    fn has_work(&self, handle: &str) -> bool {
        self.now.as_ref().is_some_and(|now| now.handle == handle) || self.waiting.iter().any(|o| o.case.handle == handle)
    }
}

impl Jobs {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is made in one step: a thread that panicked left nothing half-done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts work in the queue; the thread begins where none runs.
    pub fn order(self: &Arc<Self>, order: Order) {
        let mut state = self.state();
        // What follows work that is not over is told together with it.
        if !state.has_work(&order.case.handle) {
            state.ended.remove(&order.case.handle);
        }
        state.waiting.push_back(order);
        if !state.running {
            state.running = true;
            let jobs = self.clone();
            state.thread = Some(std::thread::spawn(move || jobs.run()));
        }
    }

    pub fn busy(&self) -> bool {
        self.state().running
    }

    /// The work that runs in a case, and how many files wait behind it; files of other cases are counted only.
    pub fn of(&self, handle: &str) -> (Option<Now>, usize) {
        let state = self.state();
        let waits = state.waiting.iter().map(Order::left).sum();
        let here = || state.has_work(handle).then(Now::default);
        (state.now.clone().filter(|now| now.handle == handle).or_else(here), waits)
    }

    pub fn ended(&self, handle: &str) -> Option<Ended> {
        self.state().ended.get(handle).cloned()
    }

    /// Files that could not be taken in because the room was locked; said once.
    pub fn not_taken_in(&self) -> usize {
        std::mem::take(&mut self.state().not_taken_in)
    }

    /// Files that came while the room was locked.
    pub fn came_too_late(&self, files: usize) {
        self.state().not_taken_in += files;
    }

    /// Ends everything: when this returns no work runs and its keys are gone.
    pub fn stop(&self) {
        // One at a time: a second lock waits until the first has seen the work end, and finds nothing to do.
        let _one = self.stopping.lock().unwrap_or_else(PoisonError::into_inner);
        self.stop.store(true, Ordering::SeqCst);
        let thread = self.state().thread.take();
        // A thread that panicked has ended, too.
        thread.map(JoinHandle::join);
        let mut state = self.state();
        let waiting: Vec<Order> = state.waiting.drain(..).collect();
        state.not_taken_in += waiting.iter().map(Order::not_taken_in).sum::<usize>();
        state.ended.clear();
        self.stop.store(false, Ordering::SeqCst);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    fn run(&self) {
        let _end = AtEnd(self);
        loop {
            let mut order = {
                let mut state = self.state();
                let next = if self.stopped() { None } else { state.waiting.pop_front() };
                let Some(order) = next else {
                    // Whoever orders from here on starts another thread.
                    state.running = false;
                    return;
                };
                state.now = Some(Now { handle: order.case.handle.clone(), files: order.left(), bytes: order.bytes(), ..Now::default() });
                order
            };
            let mut ended = Ended::default();
            if let Err(problem) = self.carry_out(&mut order, &mut ended) {
                ended.problem = Some(problem);
            }
            let mut state = self.state();
            state.now = None;
            match self.stopped() {
                true => state.not_taken_in += order.not_taken_in(),
                false => {
                    let told = state.ended.entry(order.case.handle.clone()).or_default();
                    told.files.append(&mut ended.files);
                    told.left += order.left();
                    told.problem = ended.problem.or(told.problem.take());
                    told.withdrawn = ended.withdrawn.or(told.withdrawn);
                }
            }
        }
    }

    fn carry_out(&self, order: &mut Order, ended: &mut Ended) -> Result<()> {
        let options = Options { ocr: true, stop: self.stop.clone(), ..Options::default() };
        let Order { desk, case, workers, work } = order;
        let made = &mut ended.files;
        match work {
            Work::Add { files, whose, run } => {
                while let Some(file) = files.front().filter(|_| !self.stopped()) {
                    self.begins(&file.taken.name);
                    match self.receive(case, workers, &options, file, *whose, *run) {
                        Ok(seq) => {
                            made.push(seq);
                            made.extend(case.beside(seq));
                        }
                        // Not taken in: the room was locked while the file was sealed.
                        Err(_) if self.stopped() => return Ok(()),
                        Err(problem) => return Err(problem),
                    }
                    self.ends(file.bytes());
                    files.pop_front();
                }
            }
            Work::Reread { files, purpose } => {
                let look = case.look(*purpose, "reread", vec!["reread".to_owned()], false, None)?;
                while let Some(seq) = files.front().copied().filter(|_| !self.stopped()) {
                    let (name, bytes, mut body) = case.fetch(&look, seq)?;
                    self.begins(&name);
                    let taken = held(name, &mut body)?;
                    let mut beside = Vec::new();
                    for (name, mut body) in case.fetch_companions(&look, seq)? {
                        beside.push(held(name, &mut body)?);
                    }
                    self.heard(gather::reader(workers, &taken, &beside, &options), |read| case.reread(seq, read))?;
                    made.push(seq);
                    self.ends(bytes);
                    files.pop_front();
                }
            }
            Work::WithdrawInside { of, inside, purpose } => {
                let Some(path) = inside.clone() else { return Ok(()) };
                let look = case.look(*purpose, "withdraw", vec![format!("file {of}")], false, None)?;
                let mut begins = |name: &str, all: usize| {
                    self.begins(name);
                    self.files(all);
                };
                let others = gather::the_others(workers, &options, (case, &look), *of, &path, &mut begins);
                // What was read until here is forgotten with the keys of this work.
                if self.stopped() {
                    return Ok(());
                }
                let before = case.head().0;
                let forgotten = case.withdraw_inside(desk, *of, &path, others?, purpose.as_str())?;
                made.extend((before + 1..=case.head().0).filter(|seq| case.received(*seq).is_some()));
                ended.withdrawn = Some(forgotten.not_yet.is_empty());
                *inside = None;
            }
        }
        Ok(())
    }

    fn receive(&self, case: &mut OpenCase, workers: &Workers, options: &Options, file: &Dropped, whose: Option<PartyId>, run: RunId) -> Result<u64> {
        let mut body = self.stoppable(&file.taken);
        let mut bodies: Vec<(String, Stoppable<'_>)> = file.beside.iter().map(|t| (t.name.clone(), self.stoppable(t))).collect();
        let incoming = Incoming {
            name: file.taken.name.clone(),
            path: file.path.clone(),
            body: &mut body,
            companions: bodies.iter_mut().map(|(name, body)| (name.clone(), body as &mut dyn Read)).collect(),
            from: None,
            subject: whose,
            run,
            set: false,
        };
        self.heard(gather::reader(workers, &file.taken, &file.beside, options), |read| case.receive(incoming, read))
    }

    /// Does something with a reading whose progress is heard here as well.
    fn heard<T>(&self, mut read: Box<amparo_office::accession::ReadFile<'_>>, work: impl FnOnce(&mut amparo_office::accession::ReadFile<'_>) -> T) -> T {
        work(&mut |hear: &mut dyn FnMut(FromWorker) -> bool| -> std::result::Result<Report, String> {
            read(&mut |frame| {
                if let Some(now) = &mut self.state().now {
                    now.hear(&frame);
                }
                hear(frame)
            })
        })
    }

    fn stoppable<'t>(&'t self, taken: &'t Taken) -> Stoppable<'t> {
        Stoppable { body: &taken.file, stop: &self.stop }
    }

    fn begins(&self, name: &str) {
        if let Some(now) = &mut self.state().now {
            now.file += 1;
            now.name = name.to_owned();
        }
    }

    fn files(&self, all: usize) {
        if let Some(now) = &mut self.state().now {
            now.files = all;
        }
    }

    fn ends(&self, bytes: u64) {
        if let Some(now) = &mut self.state().now {
            (now.before, now.read) = (now.before + bytes, 0);
        }
    }
}

/// However the thread ends, the next order starts another.
struct AtEnd<'a>(&'a Jobs);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut state = self.0.state();
            (state.running, state.now) = (false, None);
        }
    }
}

/// A body that ends with an error once the work is to stop: sealing a large file does not hold up the lock.
struct Stoppable<'a> {
    body: &'a std::fs::File,
    stop: &'a AtomicBool,
}

impl Read for Stoppable<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.stop.load(Ordering::SeqCst) {
            true => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
            false => self.body.read(into),
        }
    }
}
