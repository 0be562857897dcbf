//! Understanding: one timeline out of many papers, with its gaps and contradictions.
//!
//! Everything here is a pure function of a [`View`]: no file, no clock, no network. The same papers
//! give the same answer in whatever order they were added.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_types))]

pub mod calls;
pub mod coverage;
mod exports;
pub mod findings;
pub mod merge;
pub mod names;
mod pairing;
pub mod says;
pub mod timeline;
pub mod view;
pub mod written;

pub use calls::CallTable;
pub use coverage::coverage;
pub use findings::findings;
pub use merge::merge;
pub use timeline::timeline;
pub use view::{CallBatch, View};
