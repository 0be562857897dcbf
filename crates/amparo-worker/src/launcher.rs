//! The fork server: hears orders, starts one locked-in copy of itself for each, and tells how it ended.
//!
//! It has one thread, opens nothing, and never looks at a file's bytes. Closing the socket ends all it started, then it;
//! closing the far end of a job's ending pipe ends that job.

use crate::cage::{self, Bounds, Filters};
use crate::jobs::{Answer, Job};
use crate::machine_reading;
use crate::sys;
use amparo_model::wire::{FromWorker, Ready};
use amparo_model::wire_order::{Ended, How, MAX_DESCRIPTORS, ORDER_DESCRIPTORS, Order};
use rustix::event::{PollFd, PollFlags};
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags};
use rustix::process::{Pid, PidfdFlags, Signal};
use std::fs::File;
use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Jobs at once.
const MOST_JOBS: usize = 2;
/// What a job may be given at most, whatever the order says.
const MOST_MEMORY: u64 = 1 << 30;

struct Running {
    pid: i32,
    /// Readable when the process has ended.
    life: OwnedFd,
    ending: OwnedFd,
}

/// Serves orders from standard input's socket until it closes. `run` does the jobs, each in its own cage.
pub fn serve(run: fn(&mut Job)) {
    sys::say_why_on_abort();
    // Descriptors that the office did not mean to hand over.
    sys::close_all_but(&mut []);
    let filters = Filters::compile();
    let machine = machine_reading::start(filters.as_ref());
    crate::jobs::warm();
    let held = try_cage(filters.as_ref());
    cage::enter_launcher(filters.as_ref());
    let ready = Ready { cage: held.names, caged: held.caged, machine_reading: machine.is_some(), readers: readers() };
    let Ok(hello) = FromWorker::Ready(ready).encode() else { return };
    if rustix::net::send(sys::control(), &hello, SendFlags::NOSIGNAL).is_err() {
        return;
    }
    let mut jobs: Vec<Running> = Vec::new();
    loop {
        let mut watched = Vec::with_capacity(1 + 2 * MOST_JOBS);
        for job in &jobs {
            watched.push(PollFd::new(&job.life, PollFlags::IN));
            watched.push(PollFd::new(&job.ending, PollFlags::empty()));
        }
        if jobs.len() < MOST_JOBS {
            watched.push(PollFd::from_borrowed_fd(sys::control(), PollFlags::IN));
        } else {
            watched.push(PollFd::from_borrowed_fd(sys::control(), PollFlags::empty()));
        }
        match rustix::event::poll(&mut watched, None) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => break,
        }
        let seen: Vec<PollFlags> = watched.iter().map(PollFd::revents).collect();
        drop(watched);
        let orders = seen[seen.len() - 1];
        let mut index = 0;
        jobs.retain(|job| {
            let (ended, left) = (seen[2 * index], seen[2 * index + 1]);
            index += 1;
            if ended.is_empty() && !left.is_empty() {
                // Nobody waits for it any more: the end is seen in the next round.
                let _ = rustix::process::pidfd_send_signal(&job.life, Signal::KILL);
            }
            if ended.is_empty() {
                return true;
            }
            tell(&job.ending, ended_as(job.pid));
            false
        });
        if orders.contains(PollFlags::IN) {
            match receive() {
                Ok(Some((order, descriptors))) => jobs.extend(start(order, descriptors, filters.as_ref(), machine.as_ref(), run)),
                Ok(None) => {}
                Err(Gone) => break,
            }
        } else if orders.intersects(PollFlags::HUP | PollFlags::ERR) {
            break;
        }
    }
    // Each process waits for those it started: none is left behind, and the time of all of them is counted.
    for job in jobs {
        let _ = rustix::process::pidfd_send_signal(&job.life, Signal::KILL);
        tell(&job.ending, ended_as(job.pid));
    }
    if let Some(machine) = machine {
        machine.end();
    }
}

struct Gone;

/// The next order and its descriptors; nothing where the packet is not one.
fn receive() -> Result<Option<(Order, Vec<OwnedFd>)>, Gone> {
    let mut bytes = [0_u8; 64];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let got = match rustix::net::recvmsg(sys::control(), &mut [IoSliceMut::new(&mut bytes)], &mut control, RecvFlags::CMSG_CLOEXEC) {
        Ok(got) if got.bytes > 0 => got.bytes,
        Err(Errno::INTR) => return Ok(None),
        Ok(_) | Err(_) => return Err(Gone),
    };
    let mut descriptors = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            descriptors.extend(rights);
        }
    }
    Ok(Order::decode(&bytes[..got]).filter(|_| descriptors.len() >= ORDER_DESCRIPTORS).map(|order| (order, descriptors)))
}

fn start(order: Order, mut descriptors: Vec<OwnedFd>, filters: Option<&Filters>, machine: Option<&machine_reading::Helper>, run: fn(&mut Job)) -> Option<Running> {
    let files = descriptors.split_off(ORDER_DESCRIPTORS);
    let (Some(ending), Some(answers), Some(job)) = (descriptors.pop(), descriptors.pop(), descriptors.pop()) else { return None };
    let machine = machine.filter(|_| order.ocr).map(machine_reading::Helper::connect).unwrap_or_default();
    let parent = rustix::process::getpid();
    match sys::fork() {
        Ok(None) => {
            // A copy never goes back to being the server, whatever happens in it.
            let done = catch_unwind(AssertUnwindSafe(move || {
                let mut keep: Vec<_> = files.iter().map(AsRawFd::as_raw_fd).collect();
                keep.extend([job.as_raw_fd(), answers.as_raw_fd()]);
                keep.extend(machine.iter().map(AsRawFd::as_raw_fd));
                sys::close_all_but(&mut keep);
                sys::close_input();
                cage::end_with_parent();
                if rustix::process::getppid() != Some(parent) {
                    return;
                }
                let held = cage::enter_reader(filters, Bounds { memory: order.memory.min(MOST_MEMORY), cpu_seconds: u64::from(order.cpu_seconds) });
                let files = files.into_iter().map(File::from).collect();
                run(&mut Job::new(File::from(job), files, Answer::new(File::from(answers)), machine.into_iter().map(File::from).collect(), held.caged));
            }));
            sys::exit_now(if done.is_ok() { 0 } else { 101 });
        }
        Ok(Some(pid)) => match Pid::from_raw(pid).map(|pid| rustix::process::pidfd_open(pid, PidfdFlags::empty())) {
            Some(Ok(life)) => Some(Running { pid, life, ending }),
            _ => {
                // Without a handle its end could not be seen: end it now, and say so.
                if let Some(pid) = Pid::from_raw(pid) {
                    let _ = rustix::process::kill_process(pid, Signal::KILL);
                }
                sys::reap(pid);
                tell(&ending, Ended { how: How::NotStarted, cpu_ms: 0, peak_bytes: 0 });
                None
            }
        },
        Err(_) => {
            tell(&ending, Ended { how: How::NotStarted, cpu_ms: 0, peak_bytes: 0 });
            None
        }
    }
}

fn ended_as(pid: i32) -> Ended {
    let Some((status, cpu_ms, peak_bytes)) = sys::reap(pid) else { return Ended { how: How::NotStarted, cpu_ms: 0, peak_bytes: 0 } };
    let how = if libc::WIFEXITED(status) { How::Exit(libc::WEXITSTATUS(status)) } else { How::Signal(libc::WTERMSIG(status)) };
    Ended { how, cpu_ms, peak_bytes }
}

/// Twenty-four bytes into an empty pipe: this never waits. Whoever closed it does not want to know.
fn tell(ending: &OwnedFd, ended: Ended) {
    let _ = rustix::io::write(ending, &ended.encode());
}

/// Whether a cage can be had here, tried by a copy that does nothing else.
fn try_cage(filters: Option<&Filters>) -> cage::Held {
    let Ok((read, write)) = rustix::pipe::pipe() else { return cage::Held::default() };
    match sys::fork() {
        Ok(None) => {
            let held = cage::enter_reader(filters, Bounds { memory: MOST_MEMORY, cpu_seconds: 5 });
            let _ = rustix::io::write(&write, held.names.join(" ").as_bytes());
            sys::exit_now(0);
        }
        Ok(Some(pid)) => {
            drop(write);
            let mut said = [0; 256];
            let mut length = 0;
            while length < said.len() {
                match rustix::io::read(&read, &mut said[length..]) {
                    Ok(0) => break,
                    Ok(n) => length += n,
                    Err(Errno::INTR) => {}
                    Err(_) => break,
                }
            }
            sys::reap(pid);
            let names: Vec<String> = String::from_utf8_lossy(&said[..length]).split_whitespace().map(str::to_owned).collect();
            let caged = ["seccomp", "rlimits", "no-new-privs"].iter().all(|needed| names.iter().any(|name| name == needed));
            cage::Held { names, caged }
        }
        Err(_) => cage::Held::default(),
    }
}

fn readers() -> Vec<String> {
    amparo_ingest::recognise::readers().map(|r| format!("{}@{}", r.name, r.version)).collect()
}
