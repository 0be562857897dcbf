//! The few calls that safe code cannot make: to fork, to close what was inherited, and to say why memory ran out.
//!
//! Unsafe is allowed in this file alone. The process has one thread when it forks, always.
#![allow(unsafe_code)]

use rustix::fd::{BorrowedFd, RawFd};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

/// Starts a copy of this process: its id in the parent, `None` in the copy.
pub fn fork() -> std::io::Result<Option<i32>> {
    // SAFETY: this program never starts a thread, so that no lock can be held by another at this moment.
    match unsafe { libc::fork() } {
        -1 => Err(std::io::Error::last_os_error()),
        0 => Ok(None),
        pid => Ok(Some(pid)),
    }
}

/// Ends this process at once: nothing is flushed, dropped or written.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: _exit has no conditions.
    unsafe { libc::_exit(code) }
}

/// Closes every descriptor from 3 on that is not in the list.
pub fn close_all_but(keep: &mut [RawFd]) {
    keep.sort_unstable();
    let mut from = 3;
    for fd in keep.iter().copied().filter(|fd| *fd >= 3) {
        if from < fd {
            close_range(from, fd - 1);
        }
        from = from.max(fd + 1);
    }
    close_range(from, RawFd::MAX);
}

fn close_range(from: RawFd, to: RawFd) {
    // SAFETY: the callers are fresh copies that own no descriptor they will use or drop but those kept.
    let answer = unsafe { libc::syscall(libc::SYS_close_range, from, to, 0) };
    if answer != 0 {
        for fd in from..=to.min(4096) {
            // SAFETY: as above; closing a number that is not open answers EBADF.
            unsafe { libc::close(fd) };
        }
    }
}

/// Takes the office's socket away from a copy: its standard input is the same nothing as its output.
pub fn close_input() {
    // SAFETY: both are plain numbers; descriptor 0 stays open, as something else.
    unsafe { libc::dup2(1, 0) };
}

/// Standard input, where the office's orders arrive.
pub fn control() -> BorrowedFd<'static> {
    // SAFETY: descriptor 0 is never closed by this program.
    unsafe { BorrowedFd::borrow_raw(0) }
}

/// How a child ended, with its processor time in milliseconds and its peak memory in bytes.
pub fn reap(pid: i32) -> Option<(i32, u64, u64)> {
    let mut status = 0;
    // SAFETY: both pointers are to live, zeroed values of the right type.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        if libc::wait4(pid, &mut status, 0, &mut usage) != pid {
            return None;
        }
        let ms = |t: libc::timeval| (t.tv_sec as u64) * 1000 + (t.tv_usec as u64) / 1000;
        Some((status, ms(usage.ru_utime) + ms(usage.ru_stime), (usage.ru_maxrss as u64) * 1024))
    }
}

static REFUSED: AtomicBool = AtomicBool::new(false);

/// The system's allocator, which remembers that it had to refuse, so that the abort that follows can say why.
pub struct Remembering;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Remembering {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(unsafe { System.alloc(layout) })
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(unsafe { System.alloc_zeroed(layout) })
    }
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(unsafe { System.realloc(old, layout, size) })
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }
}

fn note(at: *mut u8) -> *mut u8 {
    if at.is_null() {
        REFUSED.store(true, Ordering::Relaxed);
    }
    at
}

extern "C" fn aborted(signal: libc::c_int) {
    exit_now(if REFUSED.load(Ordering::Relaxed) { amparo_model::wire_order::Ended::OUT_OF_MEMORY } else { 100 + signal });
}

/// From now on a crash after refused memory ends with the code that says so.
///
/// In the cage an abort cannot signal itself and ends as an illegal instruction or access, so those are heard too.
pub fn say_why_on_abort() {
    let handler: extern "C" fn(libc::c_int) = aborted;
    for signal in [libc::SIGABRT, libc::SIGSEGV, libc::SIGBUS, libc::SIGILL] {
        // SAFETY: the handler reads one atomic and exits; both are allowed in a signal handler. It runs on the
        // stack that the runtime set aside, so that an overflowing stack is heard as well.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handler as libc::sighandler_t;
            action.sa_flags = libc::SA_ONSTACK;
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    }
}
