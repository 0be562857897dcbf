//! Papers made visible: a page as a picture with its place marked, and the working papers that are printed.
//!
//! Everything here takes bytes or plain data and gives bytes: no file is opened, no clock is read, fonts are
//! built in, and the same input gives the same bytes. It runs in the locked-down worker, because pages are
//! foreign bytes.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_types))]

mod chronology;
mod fonts;
mod heads;
mod mark;
mod page;
mod pdf_page;
mod picture;
mod sheet;
mod table;
mod text_page;
mod write;

pub use chronology::{AskRow, Chronology, FindingRow, Head, PartyRow, SourceRow, TimelineRow, chronology, stamps};
pub use page::{Grey, Paper, Png, RenderError, page, pages};
pub use text_page::{lines_around, text_page};
