//! What the store promises, and what it does when the disk does not.

mod conformance;
mod faults;

use amparo_store::{Local, Memory, Store};
use conformance::Driver;

struct OnDisk(tempfile::TempDir);
impl Driver for OnDisk {
    fn open(&mut self) -> Box<dyn Store> {
        Box::new(Local::open(self.0.path()).expect("a store"))
    }
}

struct InMemory(Memory);
impl Driver for InMemory {
    fn open(&mut self) -> Box<dyn Store> {
        self.0 = self.0.started_again(None);
        Box::new(self.0.clone())
    }
}

/// The drivers that the suite asks.
fn drivers() -> Vec<Box<dyn Driver>> {
    vec![Box::new(OnDisk(tempfile::tempdir().expect("a folder"))), Box::new(InMemory(Memory::new()))]
}
