//! Custody: what is kept, who may open it, and how it is forgotten.
//!
//! Originals and entries are sealed before they leave this process; every look is written before anything
//! is shown; forgetting is deleting keys. FORMATS.md is this room's law.

mod anew;
mod backup;
mod bag;
mod bundle;
mod calls_file;
mod calls_pages;
mod case;
mod export;
mod forget;
mod frame;
mod handles;
mod handover;
pub mod heads;
mod import;
mod journal;
mod keep;
mod look;
mod loss;
mod office;
mod problem;
mod recovery;
mod restore;
mod ring;
mod roster;
mod segments;
mod session;
#[cfg(test)]
mod vectors;
mod verify;

pub(crate) use amparo_seal as lock;

pub use amparo_seal::Secret;
pub use amparo_seal::words::are_listed;
pub use amparo_store::{Peer, Seen, Store, StoreError, Voice};
pub use anew::Anew;
pub use backup::{BackedUp, BackupChoices};
pub use case::{Case, Errand, Open, Sealed, Tokens, Where};
pub use export::{Exported, Handing, LeftOut, Made, Manifest, PaperLine, Profile};
pub use forget::{Forgotten, RIPE_MS, Withdrawal};
pub use frame::{MAX_BODY, MAX_FRAME};
pub use handover::{Apart, Moved};
pub use import::Imported;
pub use journal::{EntryMeta, Fate, Journal};
pub use keep::{Kept, Plain};
pub use look::Look;
pub use loss::{Accepted, unlock_to_recover};
pub use office::{Founded, Founding, Office, Sheet, init, join_words, resume, unlock, unlock_with_words};
pub use problem::{Broken, Result, Standing, VaultError};
pub use recovery::{let_in, sheets_open};
pub use restore::restore;
pub use roster::{CaseInfo, Grant, MemberState, Place, Roster, Settings, ShredWish, Tombstone};
pub use segments::{LinesIn, MAX_SEGMENT, Segments};
pub use session::Session;
pub use verify::{Found, Report, Since, verify_blobs, verify_chain};

/// The system clock's milliseconds since 1970, UTC; passed in, never read here.
pub type Now = i64;

/// Sixteen random bytes, for ids that no person wrote.
pub fn random_id() -> Result<[u8; 16]> {
    Ok(lock::random()?)
}

/// RFC 3339 UTC with milliseconds, as every entry writes it.
pub fn stamp(now: Now) -> String {
    let text = amparo_model::Instant::utc(now).to_string();
    match text.strip_suffix('Z') {
        Some(clock) if !clock.contains('.') => format!("{clock}.000Z"),
        _ => text,
    }
}
