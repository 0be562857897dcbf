//! amparo: the doors. The command line stands on the office's tasks; here it is put together.

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
use amparo_office::{Problem, Result, Store, VaultError};
use amparo_store::Local;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Where offices lie on this machine: the one driver that this program composes.
const PLACES: places::Places = places::Places { exists: Local::exists, shared: |path| amparo_store::shared_folder(path).is_some(), open };

fn open(home: &Path, lang: Lang) -> Result<Arc<dyn Store>> {
    let local = Local::open(home).map_err(|e| Problem::from(VaultError::Store(e)))?;
    Ok(Arc::new(local.when_waiting(move || cli::waiting(lang))))
}

fn main() -> ExitCode {
    let mut words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if words.first().is_some_and(|w| w == agent::ARGUMENT) && words.len() == 2 {
        let done = words.pop().map(|socket| agent::run(Path::new(&socket)));
        return ExitCode::from(if matches!(done, Some(Ok(()))) { 0 } else { 4 });
    }
    ExitCode::from(cli::main(words, PLACES))
}
