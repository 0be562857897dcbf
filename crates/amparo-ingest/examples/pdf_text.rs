//! Reads one PDF and says how many pages and words it has and how much CPU time that took: `pdf_text FILE`.

use amparo_ingest::{File, Sink, Stop, Tools};
use amparo_model::reading::PageText;
use amparo_model::{CallColumns, Draft, Inside, Reject};

#[derive(Default)]
struct Counts {
    words: u64,
    print: bool,
}

impl Sink for Counts {
    fn calls(&mut self, _: CallColumns) -> Result<(), Stop> {
        Ok(())
    }
    fn drafts(&mut self, batch: Vec<Draft>) -> Result<(), Stop> {
        if self.print {
            for draft in &batch {
                let fields: Vec<String> = draft.fields.iter().map(|(n, v)| format!("{n}={}", v.to_text())).collect();
                eprintln!("{} {}", draft.kind, fields.join(" "));
            }
        }
        Ok(())
    }
    fn pages(&mut self, batch: Vec<PageText>) -> Result<(), Stop> {
        for page in batch {
            self.words += page.words.len() as u64;
            if self.print {
                println!("{}\u{c}", page.text());
            }
        }
        Ok(())
    }
    fn rejects(&mut self, _: Vec<Reject>) -> Result<(), Stop> {
        Ok(())
    }
    fn inside(&mut self, _: Inside) -> Result<(), Stop> {
        Ok(())
    }
    fn progress(&mut self, _: u64, _: u64) -> Result<(), Stop> {
        Ok(())
    }
}

/// User and system time of this process in seconds (Linux; zero elsewhere).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or("");
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<f64>().ok()).sum();
    ticks / 100.0
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(name) = arguments.next() else {
        eprintln!("pdf_text FILE [print]");
        return Ok(());
    };
    let mut body = std::fs::File::open(&name)?;
    let bytes = body.metadata()?.len();
    let mut counts = Counts { print: arguments.next().is_some(), ..Counts::default() };
    let mut file = File { name, bytes, body: &mut body, companions: Vec::new(), inside: String::new() };
    let before = cpu_seconds();
    if let Ok(report) = amparo_ingest::read(&mut file, &Tools::default(), &mut counts) {
        eprintln!("{report:?}");
        eprintln!("pages {} words {} cpu {:.2} s", report.pages, counts.words, cpu_seconds() - before);
    }
    Ok(())
}
