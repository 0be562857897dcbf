//! The office's side of the reading process: it hands over open files and believes nothing that comes back.
//!
//! No parser of foreign bytes runs in the office's own process. A reading that dies, runs too long, asks for too
//! much memory or answers nonsense costs one file, which stays kept and is listed as unread; the next one goes on.

use amparo_model::wire::{BadFrame, FromWorker, MAX_FRAME, Ready, ToWorker};
use amparo_model::wire_order::{Ended, How, MAX_DESCRIPTORS, ORDER_DESCRIPTORS, Order};
use amparo_model::{Region, Report};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{MemfdFlags, SealFlags};
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType};
use rustix::pipe::PipeFlags;
use std::io::{self, IoSlice, Write};
use std::mem::MaybeUninit;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Readings at once.
const SLOTS: usize = 2;
/// How long a fresh reading process may take to say that it is ready.
const START: Duration = Duration::from_secs(20);
/// How long the end of a job may take after its last word.
const ENDING: Duration = Duration::from_secs(10);
/// Bytes of an answer that are on their way at once.
const PIPE: usize = 512 << 10;
/// How long the reading process may take to leave.
const LEAVING: Duration = Duration::from_secs(1);

/// Why a file was not read. Each has a reason code; the file stays kept.
#[derive(Debug)]
#[allow(dead_code)] // the facts are for whoever prints it while looking for a mistake
pub enum ReadFailure {
    /// The process ended before it was done.
    Crashed(Option<Ended>),
    TimeOut,
    Memory,
    /// What it said is not an answer.
    BadAnswer(BadAnswer),
    /// It said so itself, with a code.
    Failed(String),
    /// No cage can be had here, and this is not plain text.
    NoSandbox,
    /// The listener had heard enough.
    Stopped,
    /// No reading process could be started, or the machine refused a pipe.
    NotStarted(io::Error),
}

/// What was wrong with an answer.
#[derive(Debug)]
#[allow(dead_code)] // as above
pub enum BadAnswer {
    Frame(BadFrame),
    /// More than this file can hold.
    TooMuch,
    /// A frame that has no place in this answer, or comes after the end.
    OutOfPlace,
    /// The counts do not add up, or are not those of what was sent.
    Counts,
    /// A name or code that is none.
    Code,
}

impl ReadFailure {
    /// The code under which the file is listed.
    pub fn reason(&self) -> &str {
        match self {
            ReadFailure::Crashed(_) => "reader-crashed",
            ReadFailure::TimeOut => "time-out",
            ReadFailure::Memory => "memory",
            ReadFailure::BadAnswer(_) => "bad-answer",
            ReadFailure::Failed(code) => code,
            ReadFailure::NoSandbox => "no-sandbox",
            ReadFailure::Stopped => "stopped",
            ReadFailure::NotStarted(_) => "no-reader-process",
        }
    }
}

/// How a file is to be read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether scanned pages are machine-read where the program for it is there.
    pub ocr: bool,
    /// The country in whose manner bare phone numbers are read; `US` where empty.
    pub region: String,
    /// Ends the reading soon after somebody sets it, also where the reader is silent.
    pub stop: Arc<AtomicBool>,
}

/// How often a silent reader is asked after, and the wish to stop with it.
const PATIENCE: Duration = Duration::from_millis(200);
/// For work that nobody stops.
static NEVER: AtomicBool = AtomicBool::new(false);

/// A file beside the one that is read (a database's `-wal`).
pub struct Beside<'a> {
    pub name: String,
    pub file: BorrowedFd<'a>,
}

/// What one job may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub cpu: Duration,
    /// Time spent waiting for it; the time the office itself takes is not counted.
    pub wall: Duration,
    pub memory: u64,
    /// Bytes of all its frames together.
    pub answer: u64,
    /// Records, rejects, pages and files inside together.
    pub items: u64,
}

impl Limits {
    /// Thirty seconds for any file, more for a large one, and much more where pages are machine-read.
    pub fn for_file(bytes: u64, ocr: bool) -> Limits {
        // A scanned page may weigh five thousand bytes and take seconds to draw and many more to machine-read.
        let cpu = if ocr { 120 + bytes / (8 << 10) } else { 30 + bytes / (512 << 10) };
        let wall = if ocr { 600 + bytes / 512 } else { 60 + bytes / (128 << 10) };
        Limits {
            cpu: Duration::from_secs(cpu.min(24 * 3600)),
            wall: Duration::from_secs(wall.min(48 * 3600)),
            memory: 1 << 30,
            answer: (1_u64 << 30).saturating_add(bytes.saturating_mul(64)),
            items: 4_000_000_u64.saturating_add(bytes),
        }
    }
}

/// The reading process and the places for jobs in it. Usable from several threads at once.
pub struct Workers {
    program: PathBuf,
    server: Mutex<Option<Server>>,
    free: Mutex<usize>,
    freed: Condvar,
    limits: fn(u64, bool) -> Limits,
}

struct Server {
    process: Child,
    control: OwnedFd,
    ready: Ready,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It hears the end of its socket, and waits for what it started; one that does not is killed, and its copies with it.
        let _ = rustix::net::shutdown(&self.control, rustix::net::Shutdown::Both);
        let until = Instant::now() + LEAVING;
        while matches!(self.process.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Workers {
    /// Starts the reading process and waits until it is ready.
    pub fn start(program: &Path) -> Result<Workers, ReadFailure> {
        Workers::start_with(program, Limits::for_file)
    }

    /// As [`Workers::start`], with bounds of the caller's choosing.
    pub fn start_with(program: &Path, limits: fn(u64, bool) -> Limits) -> Result<Workers, ReadFailure> {
        let server = Server::start(program)?;
        Ok(Workers { program: program.to_owned(), server: Mutex::new(Some(server)), free: Mutex::new(SLOTS), freed: Condvar::new(), limits })
    }

    /// The reading process beside this program.
    pub fn beside() -> io::Result<PathBuf> {
        Ok(std::env::current_exe()?.with_file_name(format!("amparo-worker{}", std::env::consts::EXE_SUFFIX)))
    }

    /// What the cage holds, and whether machine reading is there.
    pub fn ready(&self) -> Result<Ready, ReadFailure> {
        Ok(self.server()?.1)
    }

    /// What does the machine reading: its name and version.
    pub fn machine_reader(&self) -> Result<String, ReadFailure> {
        let said = self.bytes(&ToWorker::MachineReader, &[], 1 << 20, PLAIN, 1 << 10)?;
        String::from_utf8(said).map_err(|_| ReadFailure::BadAnswer(BadAnswer::OutOfPlace))
    }

    /// Reads a file. What is said goes to `sink` as it comes, checked; the report comes last and adds up.
    pub fn read(
        &self,
        file: impl AsFd,
        name: &str,
        bytes: u64,
        beside: &[Beside<'_>],
        options: &Options,
        sink: &mut dyn FnMut(FromWorker) -> ControlFlow<()>,
    ) -> Result<Report, ReadFailure> {
        let order = ToWorker::Read { name: name.to_owned(), bytes, companions: beside.iter().map(|b| b.name.clone()).collect(), ocr: options.ocr, region: options.region.clone() };
        let mut files = vec![file.as_fd()];
        files.extend(beside.iter().map(|b| b.file));
        let all = bytes.saturating_add(beside.iter().map(|b| rustix::fs::fstat(b.file).map_or(0, |s| s.st_size.max(0) as u64)).sum());
        let limits = (self.limits)(all, options.ocr);
        let mut counts = Counts::default();
        let report = self.job(&order, &files, limits, name, &options.stop, &mut |frame| {
            if matches!(frame, FromWorker::Bytes(_)) {
                return Err(ReadFailure::BadAnswer(BadAnswer::OutOfPlace));
            }
            counts.add(&frame, limits.items).map_err(ReadFailure::BadAnswer)?;
            match sink(frame) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(ReadFailure::Stopped),
            }
        })?;
        check(&report).map_err(ReadFailure::BadAnswer)?;
        Ok(report)
    }

    /// A page (counted from 1) as PNG, at most so many pixels wide, with these places marked; of the page, this part is kept.
    pub fn page(&self, file: impl AsFd, name: &str, bytes: u64, inside: &str, page: u32, width: u32, mark: &[Region], part: Region) -> Result<Vec<u8>, ReadFailure> {
        let order = ToWorker::Page { name: name.to_owned(), bytes, inside: inside.to_owned(), page, width, mark: mark.to_vec(), part };
        self.bytes(&order, &[file.as_fd()], bytes, name, 256 << 20)
    }

    /// The lines of a text file around a row as PNG; in it, of each list the first text that stands there is framed, else the row.
    #[allow(clippy::too_many_arguments)] // the file, where in it, and what to mark
    pub fn row(&self, file: impl AsFd, name: &str, bytes: u64, inside: &str, row: u64, width: u32, mark: &[Vec<String>]) -> Result<Vec<u8>, ReadFailure> {
        let order = ToWorker::Row { name: name.to_owned(), bytes, inside: inside.to_owned(), row, width, mark: mark.to_vec() };
        self.bytes(&order, &[file.as_fd()], bytes, name, 64 << 20)
    }

    /// Writes one file out of an archive to `out`, at most `most` bytes; says how many.
    pub fn extract(&self, file: impl AsFd, name: &str, bytes: u64, inside: &str, most: u64, out: &mut dyn Write) -> Result<u64, ReadFailure> {
        let order = ToWorker::Extract { name: name.to_owned(), bytes, inside: inside.to_owned() };
        self.stream(&order, &[file.as_fd()], bytes, name, most, out)
    }

    /// A document as PDF: `what` names it, `json` is its data.
    pub fn produce(&self, what: &str, language: &str, json: serde_json::Value) -> Result<Vec<u8>, ReadFailure> {
        let order = ToWorker::Produce { what: what.to_owned(), language: language.to_owned(), data: json };
        self.bytes(&order, &[], 64 << 20, PLAIN, 512 << 20)
    }

    fn bytes(&self, order: &ToWorker, files: &[BorrowedFd<'_>], size: u64, name: &str, most: u64) -> Result<Vec<u8>, ReadFailure> {
        let mut out = Vec::new();
        self.stream(order, files, size, name, most, &mut out)?;
        Ok(out)
    }

    fn stream(&self, order: &ToWorker, files: &[BorrowedFd<'_>], size: u64, name: &str, most: u64, out: &mut dyn Write) -> Result<u64, ReadFailure> {
        let limits = Limits { answer: most.saturating_add(most / 64).saturating_add(1 << 20), ..(self.limits)(size, false) };
        let mut got = 0;
        self.job(order, files, limits, name, &NEVER, &mut |frame| {
            let FromWorker::Bytes(part) = frame else { return Err(ReadFailure::BadAnswer(BadAnswer::OutOfPlace)) };
            got += part.len() as u64;
            if got > most {
                return Err(ReadFailure::BadAnswer(BadAnswer::TooMuch));
            }
            out.write_all(&part).map_err(ReadFailure::NotStarted)
        })?;
        Ok(got)
    }

    /// Does one job: orders it, hears it out, and learns how it ended.
    fn job(
        &self,
        order: &ToWorker,
        files: &[BorrowedFd<'_>],
        limits: Limits,
        name: &str,
        stop: &AtomicBool,
        hear: &mut dyn FnMut(FromWorker) -> Result<(), ReadFailure>,
    ) -> Result<Report, ReadFailure> {
        let _slot = self.slot();
        let mut again = true;
        loop {
            let (answers, ending) = self.order(order, files, limits, name)?;
            let mut line = Line { answers: &answers, ending: &ending, left: limits.wall, bytes: limits.answer, stop };
            let mut heard = false;
            let report = hear_out(&mut line, &mut |frame| {
                heard = true;
                hear(frame)
            });
            let Err(ReadFailure::Crashed(_)) = report else { return report };
            // The pipe ended before the job was done: its parent knows how. A parent that is gone too took the
            // order with it, and nothing was said yet: the order is given once more.
            let ended = line.ended();
            if ended.is_none() && !heard && again {
                again = false;
                continue;
            }
            return Err(why(ended, limits));
            // Dropping `ending` tells the parent to kill whatever is left of the job.
        }
    }

    fn slot(&self) -> Slot<'_> {
        let mut free = lock(&self.free);
        while *free == 0 {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Slot(self)
    }

    /// The reading process, started anew where the last one is gone.
    fn server(&self) -> Result<(MutexGuard<'_, Option<Server>>, Ready), ReadFailure> {
        let mut server = lock(&self.server);
        if !server.as_mut().is_some_and(|s| matches!(s.process.try_wait(), Ok(None))) {
            *server = None;
            *server = Some(Server::start(&self.program)?);
        }
        let ready = server.as_ref().map(|s| s.ready.clone()).ok_or_else(|| ReadFailure::NotStarted(io::Error::from(io::ErrorKind::NotFound)))?;
        Ok((server, ready))
    }

    fn order(&self, order: &ToWorker, files: &[BorrowedFd<'_>], limits: Limits, name: &str) -> Result<(OwnedFd, OwnedFd), ReadFailure> {
        let not_started = |e: Errno| ReadFailure::NotStarted(e.into());
        if files.len() + ORDER_DESCRIPTORS > MAX_DESCRIPTORS {
            return Err(ReadFailure::NotStarted(io::Error::from(io::ErrorKind::InvalidInput)));
        }
        for file in files {
            // The descriptor's place is shared with the reader: it begins at the beginning.
            rustix::fs::seek(file, rustix::fs::SeekFrom::Start(0)).map_err(not_started)?;
        }
        let job = sealed(&serde_json::to_vec(order).map_err(|e| ReadFailure::NotStarted(e.into()))?).map_err(ReadFailure::NotStarted)?;
        let packet = Order {
            memory: limits.memory,
            cpu_seconds: limits.cpu.as_secs().clamp(1, u32::MAX.into()) as u32,
            ocr: matches!(order, ToWorker::Read { ocr: true, .. } | ToWorker::MachineReader),
        };
        // A process that died since its last job shows itself here: one fresh start, then it is an error.
        for attempt in 0..2 {
            let (mut guard, ready) = self.server()?;
            if !ready.caged && !files.iter().all(|file| plain_text(name, *file)) {
                return Err(ReadFailure::NoSandbox);
            }
            let (answers, said) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC).map_err(not_started)?;
            // Room for a good part of a batch, so that the two sides do not wait for each other; less does too.
            let _ = rustix::pipe::fcntl_setpipe_size(&said, PIPE);
            let (ending, told) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC).map_err(not_started)?;
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
            let mut control = SendAncillaryBuffer::new(&mut space);
            let mut rights = vec![job.as_fd(), said.as_fd(), told.as_fd()];
            rights.extend(files);
            control.push(SendAncillaryMessage::ScmRights(&rights));
            let Some(server) = guard.as_ref() else { continue };
            let sent = rustix::net::sendmsg(&server.control, &[IoSlice::new(&packet.encode())], &mut control, SendFlags::NOSIGNAL);
            match sent {
                Ok(_) => return Ok((answers, ending)),
                Err(e) if attempt > 0 => return Err(not_started(e)),
                Err(_) => *guard = None,
            }
        }
        Err(ReadFailure::NotStarted(io::Error::from(io::ErrorKind::BrokenPipe)))
    }
}

/// What needs no file to be judged by.
const PLAIN: &str = "";

struct Slot<'a>(&'a Workers);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *lock(&self.0.free) += 1;
        self.0.freed.notify_one();
    }
}

// A thread that panicked held nothing half-done: each value behind these locks is changed in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    fn start(program: &Path) -> Result<Server, ReadFailure> {
        let not_started = |e: Errno| ReadFailure::NotStarted(e.into());
        let (control, far) = rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).map_err(not_started)?;
        let process =
            Command::new(program).env_clear().current_dir("/").stdin(Stdio::from(far)).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(ReadFailure::NotStarted)?;
        let mut server = Server { process, control, ready: Ready { cage: Vec::new(), caged: false, machine_reading: false, readers: Vec::new() } };
        let mut hello = vec![0; 8 << 10];
        if !readable(&[&server.control], START).map_err(ReadFailure::NotStarted)? {
            return Err(ReadFailure::NotStarted(io::Error::from(io::ErrorKind::TimedOut)));
        }
        let (got, _) = rustix::net::recv(&server.control, &mut hello, RecvFlags::empty()).map_err(not_started)?;
        server.ready = match hello[..got].split_at_checked(5).map(|(head, rest)| FromWorker::decode(head[4], rest)) {
            Some(Ok(FromWorker::Ready(ready))) => ready,
            Some(Err(bad)) => return Err(ReadFailure::BadAnswer(BadAnswer::Frame(bad))),
            Some(Ok(_)) => return Err(ReadFailure::BadAnswer(BadAnswer::OutOfPlace)),
            None => return Err(ReadFailure::Crashed(None)),
        };
        Ok(server)
    }
}

/// The two pipes of one job, with what is left of its time and its room.
struct Line<'a> {
    answers: &'a OwnedFd,
    ending: &'a OwnedFd,
    left: Duration,
    bytes: u64,
    stop: &'a AtomicBool,
}

impl Line<'_> {
    /// Fills the buffer; `false` where the pipe ended.
    fn fill(&mut self, into: &mut [u8]) -> Result<bool, ReadFailure> {
        let mut at = 0;
        while at < into.len() {
            let began = Instant::now();
            let there = readable(&[self.answers], self.left.min(PATIENCE)).map_err(ReadFailure::NotStarted)?;
            self.left = self.left.saturating_sub(began.elapsed());
            if self.stop.load(Ordering::Relaxed) {
                return Err(ReadFailure::Stopped);
            }
            match there {
                true => {}
                false if self.left.is_zero() => return Err(ReadFailure::TimeOut),
                false => continue,
            }
            match rustix::io::read(self.answers, &mut into[at..]) {
                Ok(0) => return Ok(false),
                Ok(n) => at += n,
                Err(Errno::INTR) => {}
                Err(e) => return Err(ReadFailure::NotStarted(e.into())),
            }
        }
        Ok(true)
    }

    /// The next frame; `None` where the pipe ended.
    fn frame(&mut self) -> Result<Option<FromWorker>, ReadFailure> {
        let mut head = [0; 5];
        if !self.fill(&mut head)? {
            return Ok(None);
        }
        let [a, b, c, d, tag] = head;
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        let bad = |b| Err(ReadFailure::BadAnswer(b));
        if length > MAX_FRAME {
            return bad(BadAnswer::Frame(BadFrame::TooLong(length as u64)));
        }
        let Some(rest) = length.checked_sub(1) else { return bad(BadAnswer::Frame(BadFrame::Short)) };
        if self.bytes < length as u64 + 4 {
            return bad(BadAnswer::TooMuch);
        }
        self.bytes -= length as u64 + 4;
        // The buffer grows with what has come, not with what was announced.
        let mut payload = Vec::new();
        while payload.len() < rest {
            let from = payload.len();
            payload.resize(rest.min(from + (1 << 20)), 0);
            if !self.fill(&mut payload[from..])? {
                return Ok(None);
            }
        }
        FromWorker::decode(tag, &payload).map(Some).or_else(|e| bad(BadAnswer::Frame(e)))
    }

    fn ended(&mut self) -> Option<Ended> {
        let mut bytes = [0; Ended::BYTES];
        if !readable(&[self.ending], ENDING).ok()? {
            return None;
        }
        match rustix::io::read(self.ending, &mut bytes) {
            Ok(Ended::BYTES) => Ended::decode(&bytes),
            Ok(_) | Err(_) => None,
        }
    }
}

/// What an ending means for the file.
fn why(ended: Option<Ended>, limits: Limits) -> ReadFailure {
    const SIGKILL: i32 = 9;
    const SIGXCPU: i32 = 24;
    let out_of_time = ended.is_some_and(|e| Duration::from_millis(e.cpu_ms + 1_000) >= limits.cpu);
    match ended.map(|e| e.how) {
        Some(How::Exit(Ended::OUT_OF_MEMORY)) => ReadFailure::Memory,
        Some(How::Signal(SIGXCPU)) => ReadFailure::TimeOut,
        Some(How::Signal(SIGKILL)) if out_of_time => ReadFailure::TimeOut,
        Some(How::NotStarted) => ReadFailure::NotStarted(io::Error::from(io::ErrorKind::OutOfMemory)),
        Some(How::Exit(_) | How::Signal(_)) | None => ReadFailure::Crashed(ended),
    }
}

fn hear_out(line: &mut Line<'_>, hear: &mut dyn FnMut(FromWorker) -> Result<(), ReadFailure>) -> Result<Report, ReadFailure> {
    let report = loop {
        match line.frame()? {
            None => return Err(ReadFailure::Crashed(None)),
            Some(FromWorker::Done(report)) => break report,
            Some(FromWorker::Failed(code)) => return Err(if is_code(&code) { ReadFailure::Failed(code) } else { ReadFailure::BadAnswer(BadAnswer::Code) }),
            Some(FromWorker::Ready(_)) => return Err(ReadFailure::BadAnswer(BadAnswer::OutOfPlace)),
            Some(frame) => hear(frame)?,
        }
    };
    // Nothing follows the end.
    line.left = line.left.min(ENDING);
    match line.fill(&mut [0]) {
        Ok(false) => Ok(report),
        Ok(true) => Err(ReadFailure::BadAnswer(BadAnswer::OutOfPlace)),
        Err(other) => Err(other),
    }
}

fn readable(fds: &[&OwnedFd], within: Duration) -> io::Result<bool> {
    let until = Instant::now() + within;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
        let mut watched: Vec<PollFd<'_>> = fds.iter().map(|fd| PollFd::new(fd, PollFlags::IN)).collect();
        match rustix::event::poll(&mut watched, Some(&left)) {
            Ok(n) => return Ok(n > 0),
            Err(Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
    }
}

#[derive(Default)]
struct Counts {
    items: u64,
}

impl Counts {
    fn add(&mut self, frame: &FromWorker, most: u64) -> Result<(), BadAnswer> {
        let n = match frame {
            FromWorker::Calls(calls) => calls.len(),
            FromWorker::Drafts(drafts) => drafts.len(),
            FromWorker::Pages(pages) => pages.len(),
            FromWorker::Rejects(rejects) => {
                if !rejects.iter().all(|r| is_code(&r.reason)) {
                    return Err(BadAnswer::Code);
                }
                rejects.len()
            }
            FromWorker::Inside(inside) => {
                inside.iter().try_for_each(|file| check(&file.report))?;
                inside.len()
            }
            _ => 0,
        };
        self.items = self.items.saturating_add(n as u64);
        if self.items > most { Err(BadAnswer::TooMuch) } else { Ok(()) }
    }
}

/// A report that can be believed as far as arithmetic goes.
fn check(report: &Report) -> Result<(), BadAnswer> {
    if !report.adds_up() {
        return Err(BadAnswer::Counts);
    }
    let codes = [report.kind.as_str()].into_iter().chain(report.reason.as_deref()).chain(report.assumed.iter().map(String::as_str));
    let reader = report.reader.is_empty() || report.reader.split_once('@').is_some_and(|(name, version)| is_code(name) && version.parse::<u32>().is_ok());
    if reader && codes.into_iter().all(is_code) { Ok(()) } else { Err(BadAnswer::Code) }
}

/// Lower-case words: nothing that could be a sentence or a mark-up.
fn is_code(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:/+".contains(&b))
}

/// Whether a file can be read without a cage: its name and its beginning are plain text's.
fn plain_text(name: &str, file: BorrowedFd<'_>) -> bool {
    let plain = [".csv", ".tsv", ".txt"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    let mut head = [0; 16 << 10];
    let Ok(got) = rustix::io::pread(file, &mut head[..], 0) else { return false };
    let head = &head[..got];
    plain && !head.contains(&0) && ![b"%PDF".as_slice(), b"PK", b"<", b"\x1f\x8b", b"{\\rtf"].iter().any(|mark| head.starts_with(mark))
}

/// Plaintext that is nobody's file on this disk, as a sealed descriptor that lives in memory only.
pub fn sealed(bytes: &[u8]) -> io::Result<OwnedFd> {
    sealed_by(|file| file.write_all(bytes))
}

/// As [`sealed`], from a stream that is written by `fill`.
pub fn sealed_by(fill: impl FnOnce(&mut std::fs::File) -> io::Result<()>) -> io::Result<OwnedFd> {
    let mut file = in_memory()?;
    fill(&mut file)?;
    seal(file)
}

/// An empty file that lives in memory only, to be written and then sealed.
pub fn in_memory() -> io::Result<std::fs::File> {
    Ok(std::fs::File::from(rustix::fs::memfd_create("amparo", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?))
}

/// Nothing can change it from here on.
pub fn seal(mut file: std::fs::File) -> io::Result<OwnedFd> {
    use std::io::Seek;
    file.rewind()?;
    rustix::fs::fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
    Ok(OwnedFd::from(file))
}
