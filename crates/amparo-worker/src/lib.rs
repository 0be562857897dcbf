//! The reading process: foreign bytes are parsed here, in a cage, and nowhere else.
//!
//! A fork server is warmed up once; each file then gets a fresh copy of it that locks itself in before it
//! touches a byte, answers in bounded frames, and ends. It has no key, no store, no network and no files but
//! the descriptors it was handed.

pub mod cage;
pub mod jobs;
mod launcher;
mod machine_reading;
mod sys;

pub use launcher::serve;
pub use machine_reading::version as machine_reading_version;

/// Refused memory is remembered, so that the office can be told why a reading ended.
#[global_allocator]
static MEMORY: sys::Remembering = sys::Remembering;
