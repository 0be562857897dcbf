//! Machine reading: a program of the system's, which gets one upright page's pixels on a pipe and answers words.
//!
//! It is started by a process of its own that was locked in before any foreign byte came near: it can run that
//! one program and read that program's own files. The readers can only hand it pixels.

use crate::cage::{self, Filters};
use crate::sys;
use amparo_ingest::{MachineReading, Picture};
use amparo_model::reading::Word;
use rustix::event::{PollFd, PollFlags};
use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType};
use std::cell::RefCell;
use std::fs::File;
use std::io::{IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The most pixels of one page.
const MAX_PIXELS: u64 = 48 << 20;
/// The most pages of one file at once: each takes a hundred megabytes and more.
const MOST_AT_ONCE: usize = 2;
const MAX_ANSWER: u32 = 8 << 20;
const MAX_WORDS: usize = 50_000;

/// The handle on the process that starts the program.
pub struct Helper {
    pid: i32,
    socket: OwnedFd,
    /// Pages of one file that are read at once: each is a program of its own on a processor of its own.
    at_once: usize,
}

/// Starts the helper where the program is installed and can be held; otherwise there is no machine reading.
pub fn start(filters: Option<&Filters>) -> Option<Helper> {
    let program = program()?;
    let data = Data::find()?;
    let at_once = std::thread::available_parallelism().map_or(1, |processors| processors.get().min(MOST_AT_ONCE));
    let (socket, far) = pair(SocketType::SEQPACKET)?;
    let (held, told) = rustix::pipe::pipe().ok()?;
    match sys::fork().ok()? {
        None => {
            sys::close_all_but(&mut [far.as_raw_fd(), told.as_raw_fd()]);
            let loaders: Vec<&Path> = LOADERS.iter().map(Path::new).filter(|path| path.exists()).collect();
            let read: Vec<&Path> = LIBRARIES.iter().map(Path::new).filter(|path| path.exists()).chain([data.folder.as_path()]).collect();
            if cage::enter_machine_reader(filters, program, &loaders, &read) {
                let _ = rustix::io::write(&told, b"y");
                drop(told);
                serve(&far, program, &data.languages);
            }
            sys::exit_now(0);
        }
        Some(pid) => {
            drop((far, told));
            let mut answer = [0];
            matches!(rustix::io::read(&held, &mut answer), Ok(1)).then_some(Helper { pid, socket, at_once })
        }
    }
}

/// What the program calls itself. Asking it takes longer than a small file's reading: only who wants to know asks.
pub fn version() -> Option<String> {
    let version = command(program()?).arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&version.stdout).lines().next()?.chars().take(60).collect())
}

fn program() -> Option<&'static Path> {
    ["/usr/bin/tesseract", "/usr/local/bin/tesseract"].iter().map(Path::new).find(|path| path.is_file())
}

const LOADERS: &[&str] = &["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];
const LIBRARIES: &[&str] = &["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"];

struct Data {
    folder: PathBuf,
    languages: String,
}

impl Data {
    /// The folder of trained data, and those of our languages that are there.
    fn find() -> Option<Data> {
        let roots = ["/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata"];
        roots.iter().find_map(|root| {
            let folder = PathBuf::from(root);
            let languages: Vec<&str> = ["eng", "spa"].into_iter().filter(|l| folder.join(format!("{l}.traineddata")).is_file()).collect();
            (!languages.is_empty()).then(|| Data { folder, languages: languages.join("+") })
        })
    }
}

fn pair(kind: SocketType) -> Option<(OwnedFd, OwnedFd)> {
    rustix::net::socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None).ok()
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("OMP_THREAD_LIMIT", "1").env("LC_ALL", "C");
    command.stdin(Stdio::null()).stderr(Stdio::null());
    command
}

impl Helper {
    /// Lines to the helper for one job, one for each page that is read at once. Nothing is started before a page comes.
    pub fn connect(&self) -> Vec<OwnedFd> {
        (0..self.at_once).filter_map(|_| self.line()).collect()
    }

    /// Ends the helper and waits for it.
    pub fn end(self) {
        drop(self.socket);
        sys::reap(self.pid);
    }

    fn line(&self) -> Option<OwnedFd> {
        let (ours, theirs) = pair(SocketType::STREAM)?;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let rights = [theirs.as_fd()];
        control.push(SendAncillaryMessage::ScmRights(&rights));
        // A helper that does not listen is no reason to wait: the job goes on without it.
        rustix::net::sendmsg(&self.socket, &[IoSlice::new(b"l")], &mut control, SendFlags::NOSIGNAL | SendFlags::DONTWAIT).ok()?;
        Some(ours)
    }
}

/// Waits for lines; the first byte on one starts a copy that serves it until it closes. Ends when the copies have.
fn serve(socket: &OwnedFd, program: &Path, languages: &str) {
    serve_lines(socket, program, languages);
    while !matches!(rustix::process::wait(rustix::process::WaitOptions::empty()), Err(Errno::CHILD)) {}
}

fn serve_lines(socket: &OwnedFd, program: &Path, languages: &str) {
    let mut lines: Vec<OwnedFd> = Vec::new();
    loop {
        let mut watched: Vec<PollFd<'_>> = vec![PollFd::new(socket, PollFlags::IN)];
        watched.extend(lines.iter().map(|line| PollFd::new(line, PollFlags::IN)));
        match rustix::event::poll(&mut watched, None) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return,
        }
        let seen: Vec<PollFlags> = watched.iter().map(PollFd::revents).collect();
        drop(watched);
        // Copies that have ended.
        while let Ok(Some(_)) = rustix::process::wait(rustix::process::WaitOptions::NOHANG) {}
        let mut kept = Vec::new();
        for (line, flags) in lines.drain(..).zip(&seen[1..]) {
            if flags.is_empty() {
                kept.push(line);
            } else if flags.contains(PollFlags::IN) && !flags.contains(PollFlags::HUP) && matches!(sys::fork(), Ok(None)) {
                sys::close_all_but(&mut [line.as_raw_fd()]);
                serve_line(File::from(line), program, languages);
                sys::exit_now(0);
            }
        }
        lines = kept;
        if seen[0].contains(PollFlags::IN) {
            let mut byte = [0];
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            match rustix::net::recvmsg(socket, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::CMSG_CLOEXEC) {
                Ok(got) if got.bytes > 0 => {}
                Err(Errno::INTR) => continue,
                Ok(_) | Err(_) => return,
            }
            for message in control.drain() {
                if let RecvAncillaryMessage::ScmRights(rights) = message {
                    lines.extend(rights);
                }
            }
        } else if !seen[0].is_empty() {
            return;
        }
    }
}

fn serve_line(mut line: File, program: &Path, languages: &str) {
    let mut head = [0; 12];
    while line.read_exact(&mut head).is_ok() {
        let [width, height, dpi] = numbers(&head);
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 || pixels > MAX_PIXELS {
            return;
        }
        let mut grey = vec![0; pixels as usize];
        if line.read_exact(&mut grey).is_err() {
            return;
        }
        let answer = read_page(program, languages, width, height, dpi, &grey).filter(|a| a.len() <= MAX_ANSWER as usize);
        let length = answer.as_ref().map_or(u32::MAX, |a| a.len() as u32);
        if line.write_all(&length.to_le_bytes()).is_err() || line.write_all(answer.as_deref().unwrap_or_default()).is_err() {
            return;
        }
    }
}

fn numbers(head: &[u8; 12]) -> [u32; 3] {
    let mut out = [0; 3];
    for (number, bytes) in out.iter_mut().zip(head.as_chunks::<4>().0) {
        *number = u32::from_le_bytes(*bytes);
    }
    out
}

fn read_page(program: &Path, languages: &str, width: u32, height: u32, dpi: u32, grey: &[u8]) -> Option<Vec<u8>> {
    let dpi = if (70..=2400).contains(&dpi) { dpi } else { 300 };
    let mut started = command(program)
        .args(["stdin", "stdout", "-l", languages, "--dpi", &dpi.to_string(), "-c", "tessedit_create_tsv=1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    // The program reads the whole page before it writes a word, so that this cannot wait for itself.
    let sent = started.stdin.take().map(|mut page| page.write_all(format!("P5\n{width} {height}\n255\n").as_bytes()).and_then(|()| page.write_all(grey)));
    let mut out = Vec::new();
    let got = started.stdout.take().map(|words| words.take(u64::from(MAX_ANSWER) + 1).read_to_end(&mut out));
    if out.len() > MAX_ANSWER as usize {
        let _ = started.kill();
    }
    let status = started.wait().ok()?;
    let whole = matches!(sent, Some(Ok(()))) && matches!(got, Some(Ok(_)));
    (whole && status.success()).then_some(out)
}

/// The reader's side of the lines to the helper, with the size of the page that lies on each.
pub struct MachineReader(Vec<RefCell<(File, u32, u32)>>);

impl MachineReader {
    /// `None` where there is no line.
    pub(crate) fn new(lines: Vec<File>) -> Option<MachineReader> {
        (!lines.is_empty()).then(|| MachineReader(lines.into_iter().map(|line| RefCell::new((line, 0, 0))).collect()))
    }
}

impl MachineReading for MachineReader {
    fn places(&self) -> usize {
        self.0.len()
    }

    fn put(&self, place: usize, page: &Picture) -> Result<(), String> {
        let pixels = u64::from(page.width) * u64::from(page.height);
        if pixels == 0 || pixels > MAX_PIXELS || page.grey.len() as u64 != pixels {
            return Err("page-too-large".to_owned());
        }
        let mut line = self.0.get(place).ok_or("machine-reading-failed")?.borrow_mut();
        (line.1, line.2) = (page.width, page.height);
        let head: Vec<u8> = [page.width, page.height, page.dpi].into_iter().flat_map(u32::to_le_bytes).collect();
        // The far end takes the whole page before it answers, so that this cannot wait for itself.
        line.0.write_all(&head).and_then(|()| line.0.write_all(&page.grey)).map_err(|_| "machine-reading-failed".to_owned())
    }

    fn words(&self, place: usize) -> Result<Vec<Word>, String> {
        let mut line = self.0.get(place).ok_or("machine-reading-failed")?.borrow_mut();
        let (line, width, height) = &mut *line;
        let table = table(line).map_err(|_| "machine-reading-failed")?;
        Ok(words(&String::from_utf8_lossy(&table), *width, *height))
    }
}

fn table(line: &mut File) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    line.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > MAX_ANSWER {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    let mut table = vec![0; length as usize];
    line.read_exact(&mut table)?;
    Ok(table)
}

/// The words of Tesseract's table, in its order: level 5 rows hold a word, its box in pixels and its confidence.
fn words(table: &str, width: u32, height: u32) -> Vec<Word> {
    let mut out = Vec::new();
    let mut line = None;
    for row in table.lines() {
        let cells: Vec<&str> = row.split('\t').collect();
        let [level, page, block, paragraph, of, _, x, y, w, h, confidence, text] = cells[..] else { continue };
        if level != "5" || text.trim().is_empty() || out.len() >= MAX_WORDS {
            continue;
        }
        let (Ok(x), Ok(y), Ok(w), Ok(h)) = (x.parse::<u32>(), y.parse::<u32>(), w.parse::<u32>(), h.parse::<u32>()) else { continue };
        let part = |n: u32, of: u32| (u64::from(n.min(of)) * 1_000_000 / u64::from(of.max(1))) as u32;
        let (left, top) = (part(x, width), part(y, height));
        let here = Some((page, block, paragraph, of));
        out.push(Word {
            text: text.trim().to_owned(),
            at: [left, top, part(w, width).min(1_000_000 - left), part(h, height).min(1_000_000 - top)],
            confidence: confidence.parse::<f32>().ok().map(|c| c.clamp(0.0, 100.0) as u8),
            line: here != line,
        });
        line = here;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_place_and_their_line() {
        let table = "level\tpage_num\t...\n5\t1\t1\t1\t1\t1\t10\t20\t30\t10\t96.4\tPay\n5\t1\t1\t1\t1\t2\t50\t20\t30\t10\t90\tdate\n5\t1\t1\t1\t2\t1\t10\t40\t900\t10\t-1\tGross\n5\t1\t1\t1\t2\t2\tx\t40\t9\t10\t5\tlost\n";
        let words = words(table, 100, 100);
        let short: Vec<_> = words.iter().map(|w| (w.text.as_str(), w.at, w.confidence, w.line)).collect();
        assert_eq!(
            short,
            [
                ("Pay", [100_000, 200_000, 300_000, 100_000], Some(96), true),
                ("date", [500_000, 200_000, 300_000, 100_000], Some(90), false),
                ("Gross", [100_000, 400_000, 900_000, 100_000], Some(0), true),
            ]
        );
    }
}
