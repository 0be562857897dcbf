//! The words: what a case file is made of, and nothing that can fail for a reason outside it.
//!
//! Every other room speaks in these types. Nothing here reads a clock, a disk or a random number, so
//! the same entries always make the same case file, in a test, in court, and next year.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_types))]

pub mod calls;
pub mod case_file;
pub mod edtf;
pub mod event;
pub mod file_name;
pub mod ids;
pub mod instant;
pub mod numbers;
pub mod reading;
pub mod record;
pub mod results;
pub mod wire;
pub mod wire_order;

pub use calls::{CallColumns, Column, Direction, Outcome, Service};
pub use case_file::{CaseFile, Giving, Party};
pub use edtf::Edtf;
pub use event::{Event, What};
pub use ids::{DrawerId, JournalId, MemberId, OfficeId, PartyId, RecordId, Sha256};
pub use instant::Instant;
pub use numbers::{ANumber, PhoneNumber, ReceiptNumber};
pub use reading::{Covers, CoversWhy, Inside, Reject, Report, State};
pub use record::{Certainty, Draft, Kind, Place, Provenance, Record, Region, Spot, Value};
