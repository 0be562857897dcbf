//! What tests share: a listener that keeps everything and checks what it is handed.

use crate::{Companion, File, Sink, Stop, Tools};
use amparo_model::reading::PageText;
use amparo_model::{CallColumns, Draft, Inside, Reject, Report};
use std::io::Cursor;

#[derive(Default)]
pub struct Heard {
    pub calls: Vec<CallColumns>,
    pub drafts: Vec<Draft>,
    pub pages: Vec<PageText>,
    pub rejects: Vec<Reject>,
    pub inside: Vec<Inside>,
}

impl Heard {
    /// All records, calls as drafts, in the order they came.
    pub fn all(&self) -> Vec<Draft> {
        self.calls.iter().flat_map(|b| (0..b.len()).map(|i| b.draft(i))).chain(self.drafts.iter().cloned()).collect()
    }

    /// What the records say, one line each: place, kind and every field by its name.
    pub fn told(&self) -> Vec<String> {
        let line = |d: &Draft| {
            let fields: Vec<String> = d.fields.iter().map(|(name, value)| format!("{name}={}", value.to_text())).collect();
            format!("{} {} {}", d.place.spot_text(), d.kind, fields.join(" "))
        };
        self.drafts.iter().map(line).collect()
    }

    /// Each reject's place and reason.
    pub fn reasons(&self) -> Vec<String> {
        self.rejects.iter().map(|r| format!("{} {}", r.place.spot_text(), r.reason)).collect()
    }
}

impl Sink for Heard {
    fn calls(&mut self, batch: CallColumns) -> Result<(), Stop> {
        assert_eq!(batch.check(), Ok(()));
        self.calls.push(batch);
        Ok(())
    }
    fn drafts(&mut self, batch: Vec<Draft>) -> Result<(), Stop> {
        for draft in &batch {
            assert_eq!(draft.check(), Ok(()));
        }
        self.drafts.extend(batch);
        Ok(())
    }
    fn pages(&mut self, batch: Vec<PageText>) -> Result<(), Stop> {
        self.pages.extend(batch);
        Ok(())
    }
    fn rejects(&mut self, batch: Vec<Reject>) -> Result<(), Stop> {
        self.rejects.extend(batch);
        Ok(())
    }
    fn inside(&mut self, file: Inside) -> Result<(), Stop> {
        assert!(file.report.adds_up(), "{}", file.path);
        self.inside.push(file);
        Ok(())
    }
    fn progress(&mut self, _: u64, _: u64) -> Result<(), Stop> {
        Ok(())
    }
}

/// Reads these bytes as a file of this name.
pub fn hear(name: &str, bytes: &[u8]) -> (Report, Heard) {
    hear_beside(name, bytes, &[])
}

/// The same with what came beside it.
pub fn hear_beside(name: &str, bytes: &[u8], beside: &[(&str, &[u8])]) -> (Report, Heard) {
    let mut heard = Heard::default();
    let mut body = Cursor::new(bytes.to_vec());
    let mut others: Vec<(String, Cursor<Vec<u8>>)> = beside.iter().map(|(n, b)| ((*n).to_owned(), Cursor::new(b.to_vec()))).collect();
    let companions = others.iter_mut().map(|(name, body)| Companion { name: name.clone(), body }).collect();
    let mut file = File { name: name.to_owned(), bytes: bytes.len() as u64, body: &mut body, companions, inside: String::new() };
    let report = crate::read(&mut file, &Tools::default(), &mut heard).expect("this listener never stops");
    assert!(report.adds_up());
    (report, heard)
}
