//! Work with keys, on a thread of its own: what it leaves on its stack goes back to the system when it ends.
//!
//! A key that is handed on is copied, and the place that it was copied from is not wiped. Threads that are kept
//! for the next page would keep such places for as long as the program runs.

use std::hint::black_box;
use std::thread::{Builder, scope};

/// The C library keeps the first pages of an ended thread's stack; work stands below them.
const KEPT: usize = 64 << 10;
const STACK: usize = 4 << 20;

/// Does this on a thread of its own; nothing where it panicked.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, waiting) = tokio::sync::oneshot::channel();
    let thread = Builder::new().stack_size(STACK).spawn(move || {
        // Whoever asked may have gone.
        let _ = done.send(below(work));
    });
    thread.ok()?;
    waiting.await.ok()
}

/// As [`apart`], waiting for its end.
pub fn apart_now<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    scope(|all| Builder::new().stack_size(STACK).spawn_scoped(all, || below(work)).ok()?.join().ok())
}

#[inline(never)]
fn below<T>(work: impl FnOnce() -> T) -> T {
    let above = [0_u8; KEPT];
    black_box(&above);
    let done = there(work);
    black_box(&above);
    done
}

#[inline(never)]
fn there<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[cfg(test)]
mod tests {
    #[test]
    fn work_stands_below_what_is_kept() {
        let here = || {
            let mark = 0_u8;
            std::ptr::from_ref(&mark).addr()
        };
        let (first, deep) = super::apart_now(|| (here(), super::below(here))).expect("it is done");
        assert!(first - deep > super::KEPT);
    }
}
