//! The work of an office: one function a task.
//!
//! A [`Desk`] is an office unlocked by one member, an [`OpenCase`] a case this member opened at it. Each
//! task asks first whether they may, does it, writes it down, and answers with plain facts; the words
//! are found at the door.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_types))]

pub mod access;
pub mod accession;
pub mod contract;
pub mod desk;
pub mod load;
pub mod naming;
mod open_case;
mod problem;
pub mod search;

pub use desk::{Desk, Founded};
pub use open_case::{LogLine, OpenCase, ROLES};
pub use problem::{Exit, Problem, Result, why};

// What the doors see of custody: results, never keys.
pub use amparo_vault::are_listed;
pub use amparo_vault::{Anew, Peer, Seen, Voice};
pub use amparo_vault::{Apart, Exported, Imported as Handed, Made, Profile};
pub use amparo_vault::{BackedUp, CaseInfo, Forgotten, Founding, Look, MemberState, Now, Since, Standing, Store, StoreError, VaultError};
pub use amparo_vault::{Found, Report as Verified};
