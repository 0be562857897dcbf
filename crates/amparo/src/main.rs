//! amparo: the doors. The command line stands on the office's tasks; here it is put together.

mod account;
mod agent;
mod cli;
mod gather;
mod lacking;
mod picture;
mod places;
mod reading;
mod seen;
mod speech;
mod web;

use amparo_lang::Lang;
use amparo_office::{Exit, Problem, Result, Store, VaultError, Voice};
use amparo_store::{HostAddress, Letter, Local, Remote};
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Where offices lie on this machine: the drivers that this program composes.
const PLACES: places::Places = places::Places { exists: Local::exists, shared: |path| amparo_store::shared_folder(path).is_some(), open, join };

/// A folder, with the host behind it that its office joined.
fn open(home: &Path, lang: Lang) -> Result<Arc<dyn Store>> {
    let problem = |e| Problem::from(VaultError::Store(e));
    let local = Local::open(home).map_err(problem)?.when_waiting(move || cli::waiting(lang));
    match HostAddress::of(home).map_err(problem)? {
        Some(address) => Ok(Arc::new(Remote::new(local, &address).map_err(problem)?)),
        None => Ok(Arc::new(local)),
    }
}

fn join(home: &Path, letter: &[u8], voice: Arc<dyn Voice>) -> Result<String> {
    let problem = |e| Problem::from(VaultError::Store(e));
    let letter: Letter = serde_json::from_slice(letter).map_err(|_| Problem::new(Exit::No, "problem-host-letter"))?;
    let remote = Remote::new(Local::open(home).map_err(problem)?, &letter.address).map_err(problem)?;
    remote.join(voice, &letter.ticket.0).map_err(problem)?;
    remote.sync().map_err(problem)?;
    if remote.peer().map_err(problem)?.is_some_and(|peer| !peer.seen.is_empty()) {
        // The office's list was written here and at the host: neither can be placed behind the other.
        return Err(Problem::new(Exit::No, "problem-host-worked-before"));
    }
    letter.address.keep(home).map_err(problem)?;
    Ok(letter.address.url)
}

fn main() -> ExitCode {
    let mut words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if words.first().is_some_and(|w| w == agent::ARGUMENT) && words.len() == 2 {
        let done = words.pop().map(|socket| agent::run(Path::new(&socket)));
        return ExitCode::from(if matches!(done, Some(Ok(()))) { 0 } else { 4 });
    }
    ExitCode::from(cli::main(words, PLACES))
}
