//! The host: sealed cases for many offices, none of which it can read.
//!
//! It keeps entries, wrapped keys and sealed files, each office apart, and knows ids, sizes and times. What it does to
//! an office is an act in a public ledger, and what stands in the ledger is what holds: tenants, terms, measures are
//! views of it, so that any number of host processes agree.

pub mod api;
pub mod config;
pub mod keys;
pub mod ledger;
pub mod letter;
pub mod serve;
pub mod spaces;
pub mod state;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An office's or journal's id.
pub type Id = [u8; 16];
/// SHA-256.
pub type Hash = [u8; 32];

/// What went wrong, for whoever runs the host.
#[derive(Debug)]
pub enum HostError {
    Config {
        what: String,
    },
    File {
        what: &'static str,
        path: PathBuf,
        error: std::io::Error,
    },
    Store(amparo_store::StoreError),
    /// Another process wrote in the ledger again and again.
    Busy,
    /// The ledger holds something this version does not understand, or that does not hang together.
    Ledger {
        seq: u64,
        why: String,
    },
    /// What was asked is not possible as things stand.
    Refused(&'static str),
    Tls {
        what: String,
    },
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostError::Config { what } => write!(f, "configuration: {what}"),
            HostError::File { what, path, error } => write!(f, "{what} {}: {error}", path.display()),
            HostError::Store(error) => write!(f, "store: {error}"),
            HostError::Busy => f.write_str("the ledger is busy"),
            HostError::Ledger { seq, why } => write!(f, "ledger entry {seq}: {why}"),
            HostError::Refused(why) => f.write_str(why),
            HostError::Tls { what } => write!(f, "TLS: {what}"),
        }
    }
}

impl From<amparo_store::StoreError> for HostError {
    fn from(error: amparo_store::StoreError) -> HostError {
        HostError::Store(error)
    }
}

pub type Result<T> = std::result::Result<T, HostError>;

pub(crate) fn file(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> HostError {
    let path = path.to_owned();
    move |error| HostError::File { what, path, error }
}

/// The moment, in milliseconds since 1970.
pub fn clock() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64)
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| HostError::Config { what: format!("no random bytes: {e}") })?;
    Ok(bytes)
}

/// One host: its settings, its ledger and the offices' spaces.
pub struct Host {
    pub config: config::Config,
    pub keys: keys::Keys,
    pub ledger: ledger::Ledger,
    pub spaces: spaces::Spaces,
    pub(crate) limits: api::limits::Limits,
}

impl Host {
    /// Opens the host of a folder.
    pub fn open(folder: &Path) -> Result<Arc<Host>> {
        let config = config::Config::read(folder)?;
        let keys = keys::Keys::read(&config)?;
        let spaces = spaces::Spaces::open(&config)?;
        let ledger = ledger::Ledger::open(spaces.own()?)?;
        Ok(Arc::new(Host { limits: api::limits::Limits::new(&config), config, keys, ledger, spaces }))
    }
}
