//! The lock screen: it shows no name of any case, and says what to do when the passphrase is gone.

use super::answer::{Answer, Asked};
use super::room::Room;
use super::shell::Shell;
use crate::places::system_ms;
use crate::speech::plain;
use amparo_office::{Desk, Exit, Result};
use askama::Template;

/// The problem that means: somebody has to unlock first.
pub const LOCKED: &str = "problem-locked";

#[derive(Template)]
#[template(path = "lock.html")]
struct Page {
    shell: Shell,
    wrong: Option<String>,
}

pub fn page(room: &Room, asked: &Asked, wrong: Option<String>) -> Result<Answer> {
    Answer::page(&Page { shell: Shell::of(room, asked), wrong })
}

pub fn unlock(room: &Room, asked: &Asked) -> Result<Answer> {
    // Each try costs much memory on purpose: one at a time.
    let _one = room.unlocking();
    match Desk::unlock(room.store()?, asked.exactly("passphrase"), system_ms) {
        Ok(desk) => {
            room.open(desk);
            Answer::go("/")
        }
        Err(problem) if problem.exit == Exit::NotAllowed => page(room, asked, Some(plain(&crate::speech::sentence(&problem, asked.speech.lang)))),
        Err(problem) => Err(problem),
    }
}

pub fn lock(room: &Room, _: &Asked) -> Result<Answer> {
    room.lock()?;
    Answer::go("/")
}
