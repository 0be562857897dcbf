//! Reading: from the bytes a person hands in to typed records that point back at their place.
//!
//! A reader gets one open source and says what it found in bounded batches. It opens nothing, starts
//! nothing, and trusts nothing: a line that is not what it should be is a reject with its place.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_types))]

pub mod account;
pub mod archive;
pub mod immigration;
pub mod paper;
pub mod phone;
pub mod reasons;
pub mod recognise;
#[cfg(test)]
pub(crate) mod testing;

pub use archive::extract;
pub use recognise::{read, recognise};

use amparo_model::reading::{PageText, Word};
use amparo_model::{CallColumns, Draft, Inside, Reject, Report};
use std::io::{Read, Seek};

/// An open source: readable and seekable, never a path.
pub trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// One file as received, with what came beside it (a database's `-wal`).
pub struct File<'a> {
    pub name: String,
    pub bytes: u64,
    pub body: &'a mut dyn Source,
    pub companions: Vec<Companion<'a>>,
    /// Path inside the archive this file was found in; empty at the top. Every place a reader writes begins with it.
    pub inside: String,
}

pub struct Companion<'a> {
    pub name: String,
    pub body: &'a mut dyn Source,
}

/// Whoever listens has gone, or has heard enough: reading stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop;

/// Where a reader says what it found. Batches are bounded: at most 65,536 calls, or about a mebibyte of the others.
pub trait Sink {
    fn calls(&mut self, batch: CallColumns) -> Result<(), Stop>;
    fn drafts(&mut self, batch: Vec<Draft>) -> Result<(), Stop>;
    fn pages(&mut self, batch: Vec<PageText>) -> Result<(), Stop>;
    fn rejects(&mut self, batch: Vec<Reject>) -> Result<(), Stop>;
    fn inside(&mut self, file: Inside) -> Result<(), Stop>;
    fn progress(&mut self, units: u64, bytes: u64) -> Result<(), Stop>;
}

/// An upright page as grey pixels, row by row, for machine reading.
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub grey: Vec<u8>,
    /// Dots per inch, where known.
    pub dpi: u32,
}

/// Draws the pages (counted from 1) of one PDF or picture; `None` where it cannot.
pub type Pages<'b> = Box<dyn Fn(u32) -> Option<Picture> + 'b>;

/// Machine reading, which may have several pages before it at once, each at a place of its own.
pub trait MachineReading {
    /// How many places there are.
    fn places(&self) -> usize;
    /// Puts an upright page on a place that is free. The error is a reason code; the place is then free still.
    fn put(&self, place: usize, page: &Picture) -> Result<(), String>;
    /// The words of the page on this place, in reading order with boxes in millionths; waits for them and frees the place.
    fn words(&self, place: usize) -> Result<Vec<Word>, String>;
}

/// What readers may use and cannot start themselves: the worker hands it in.
#[derive(Clone, Copy, Default)]
pub struct Tools<'a> {
    /// Opens a PDF or picture whose pages are to be drawn.
    pub pages: Option<&'a dyn for<'b> Fn(&'b [u8]) -> Pages<'b>>,
    pub machine: Option<&'a dyn MachineReading>,
    /// ISO 3166-1 alpha-2 country in whose manner bare phone numbers are read; `US` where empty.
    pub region: &'a str,
}

/// What recognition looks at: the name, the size, and the first and last bytes.
pub struct Head<'a> {
    pub name: &'a str,
    pub bytes: u64,
    /// At most 64 KiB.
    pub first: &'a [u8],
    /// At most 4 KiB.
    pub last: &'a [u8],
    pub companions: Vec<&'a str>,
}

/// How sure a reader is that a source is its own; the surest reads it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sure {
    No,
    /// Could be: a generic reader's answer.
    Perhaps,
    /// The shape fits.
    Likely,
    /// A mark that only this format carries.
    Yes,
}

/// One format: its name, its version, how it is recognised and how it is read.
pub struct Reader {
    /// The kind printed by `status`, and with `@version` the record's reader.
    pub name: &'static str,
    pub version: u32,
    pub recognise: fn(&Head<'_>) -> Sure,
    /// The report adds up, always; `Err` only where the listener has gone.
    pub read: fn(&mut File<'_>, &Tools<'_>, &mut dyn Sink) -> Result<Report, Stop>,
}
