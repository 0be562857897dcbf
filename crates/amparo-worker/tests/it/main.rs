//! The reading process as the office meets it: through the office's own client.

#[path = "../../../amparo/src/reading.rs"]
#[allow(dead_code)]
mod reading;

mod cage;
mod papers;
mod scans;

use amparo_model::wire::FromWorker;
use amparo_model::{Reject, Report};
use reading::{Limits, Options, ReadFailure, Workers};
use std::ops::ControlFlow;
use std::path::PathBuf;

fn shipped() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_amparo-worker"))
}

/// The taken-over reader, built beside the shipped one by `cargo test`.
fn attacker() -> PathBuf {
    shipped().with_file_name("examples").join("attacker")
}

fn start(program: PathBuf) -> Workers {
    Workers::start(&program).expect("the reading process starts")
}

/// Short bounds, so that a test of patience is short.
fn impatient(bytes: u64, ocr: bool) -> Limits {
    Limits { cpu: std::time::Duration::from_secs(2), wall: std::time::Duration::from_secs(4), answer: 8 << 20, memory: 256 << 20, ..Limits::for_file(bytes, ocr) }
}

struct Heard {
    frames: Vec<FromWorker>,
    report: Result<Report, ReadFailure>,
}

impl Heard {
    fn rejects(&self) -> Vec<&Reject> {
        self.frames.iter().filter_map(|f| if let FromWorker::Rejects(r) = f { Some(r) } else { None }).flatten().collect()
    }

    fn calls(&self) -> usize {
        self.frames.iter().map(|f| if let FromWorker::Calls(calls) = f { calls.len() } else { 0 }).sum()
    }

    fn reason(&self) -> &str {
        self.report.as_ref().err().map_or("read", ReadFailure::reason)
    }
}

fn read(workers: &Workers, name: &str, bytes: &[u8]) -> Heard {
    read_with(workers, name, bytes, &Options::default())
}

fn read_with(workers: &Workers, name: &str, bytes: &[u8], options: &Options) -> Heard {
    let file = reading::sealed(bytes).expect("a memory file");
    let mut frames = Vec::new();
    let report = workers.read(&file, name, bytes.len() as u64, &[], options, &mut |frame| {
        frames.push(frame);
        ControlFlow::Continue(())
    });
    Heard { frames, report }
}
