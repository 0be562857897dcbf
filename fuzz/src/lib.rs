//! What every fuzz target does: hand a reader any bytes at all, and hold it to its counts.
//!
//! A reader is called directly, so that counts which do not add up are a crash here and are not put right on
//! their way out; the target `any` goes through recognition, as a file from a person does.

use amparo_ingest::recognise::readers;
use amparo_ingest::{File, Reader, Sink, Stop, Tools};
use amparo_model::reading::PageText;
use amparo_model::{CallColumns, Draft, Inside, Reject, Report};
use std::io::Cursor;

/// The fuzz target of the reader of this name.
#[macro_export]
macro_rules! reader {
    ($name:literal) => {
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::read($name, bytes));
    };
}

/// Hands these bytes to the reader of this name and checks all that it promises.
pub fn read(name: &str, bytes: &[u8]) {
    let reader = readers().find(|reader| reader.name == name).expect("a reader of this name");
    check(bytes, |file, heard| (reader.read)(file, &Tools::default(), heard));
}

/// Hands these bytes to whichever reader is surest of them.
pub fn read_any(bytes: &[u8]) {
    check(bytes, |file, heard| amparo_ingest::read(file, &Tools::default(), heard));
}

fn check(bytes: &[u8], read: impl FnOnce(&mut File<'_>, &mut Heard) -> Result<Report, Stop>) {
    let mut heard = Heard::default();
    let mut body = Cursor::new(bytes);
    let mut file = File { name: "fuzzed".to_owned(), bytes: bytes.len() as u64, body: &mut body, companions: Vec::new(), inside: String::new() };
    let report = read(&mut file, &mut heard).expect("this listener never stops a reading");
    heard.holds(&report);
}

/// Counts what is said, and checks each part of it.
#[derive(Default)]
struct Heard {
    records: u64,
    pages: u64,
    rejects: u64,
    /// What files inside account for themselves.
    inside: (u64, u64),
}

impl Heard {
    fn holds(&self, report: &Report) {
        assert!(report.adds_up(), "units are not what they are made of: {report:?}");
        assert!(report.pages_unread <= report.pages, "{report:?}");
        let (records, rejects) = self.inside;
        assert_eq!(report.rejects, self.rejects.saturating_sub(rejects), "rejects said and rejects sent: {report:?}");
        // A page's own record is counted or left to the listener; everything else is counted.
        let sent = self.records.saturating_sub(records);
        assert!((sent..=sent + self.pages).contains(&report.records), "records said and {sent} sent, {} pages: {report:?}", self.pages);
    }
}

impl Sink for Heard {
    fn calls(&mut self, batch: CallColumns) -> Result<(), Stop> {
        assert_eq!(batch.check(), Ok(()));
        self.records += batch.len() as u64;
        Ok(())
    }
    fn drafts(&mut self, batch: Vec<Draft>) -> Result<(), Stop> {
        for draft in &batch {
            assert_eq!(draft.check(), Ok(()));
        }
        self.records += batch.len() as u64;
        Ok(())
    }
    fn pages(&mut self, batch: Vec<PageText>) -> Result<(), Stop> {
        self.pages += batch.len() as u64;
        Ok(())
    }
    fn rejects(&mut self, batch: Vec<Reject>) -> Result<(), Stop> {
        self.rejects += batch.len() as u64;
        Ok(())
    }
    fn inside(&mut self, file: Inside) -> Result<(), Stop> {
        assert!(file.report.adds_up(), "{}", file.path);
        self.inside.0 += file.report.records;
        self.inside.1 += file.report.rejects;
        Ok(())
    }
    fn progress(&mut self, _: u64, _: u64) -> Result<(), Stop> {
        Ok(())
    }
}

/// The readers' names, for the script that runs each.
pub fn names() -> impl Iterator<Item = &'static str> {
    readers().map(|reader: &'static Reader| reader.name)
}
