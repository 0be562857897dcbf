//! Receiving: a file is kept whatever it is, read as far as it can be, and written down in one entry.

use crate::custody::{Case, Segments, Where};
use crate::problem::Result;
use amparo_model::event::{Companion, Given, ReadingOf, What};
use amparo_model::ids::RunId;
use amparo_model::reading::Inside;
use amparo_model::wire::FromWorker;
use amparo_model::{Certainty, PartyId, Report, State};
use std::collections::BTreeMap;
use std::io::Read;

/// One file as it comes in.
pub struct Incoming<'a> {
    pub name: String,
    /// Below what was named on the command line.
    pub path: String,
    pub body: &'a mut dyn Read,
    pub companions: Vec<(String, &'a mut dyn Read)>,
    /// Who brought it, in words.
    pub from: Option<String>,
    pub subject: Option<PartyId>,
    pub run: RunId,
    /// The representative who sets what the file says, where it is an account given that way.
    pub set_by: Option<String>,
}

/// How a file is read: says frames to the listener (which answers whether to go on) and ends with the
/// counts, or with the reason code of why it could not be read.
pub type ReadFile<'a> = dyn FnMut(&mut dyn FnMut(FromWorker) -> bool) -> std::result::Result<Report, String> + 'a;

/// Keeps and reads one file; the number of its entry. What cannot be read is kept all the same.
pub fn receive(case: &mut Case, incoming: Incoming<'_>, read: &mut ReadFile<'_>) -> Result<u64> {
    let kept = case.keep(incoming.body)?;
    let drawer = incoming.subject.map_or(Where::Unassigned, Where::Party);
    let given = |blob, already, companions, reading| Given {
        blob,
        sha256: kept.sha256,
        bytes: kept.bytes,
        name: incoming.name.clone(),
        path: incoming.path.clone(),
        run: incoming.run,
        from: incoming.from.clone(),
        subject: incoming.subject,
        companions,
        already,
        reading,
    };
    if let Some(earlier) = case.file().holds_bytes(&kept.sha256) {
        let (seq, blob) = (earlier.seq, earlier.given.blob);
        let reading = ReadingOf { report: earlier.reading.report.clone(), inside: vec![], segments: vec![] };
        case.discard(kept.blob)?;
        return case.append(drawer, What::Given(given(blob, Some(seq), vec![], reading)), vec![]);
    }
    let mut companions = Vec::new();
    let mut keys = vec![kept.blob];
    for (name, body) in incoming.companions {
        let kept = case.keep(body)?;
        keys.push(kept.blob);
        companions.push(Companion { blob: kept.blob, sha256: kept.sha256, bytes: kept.bytes, name });
    }
    let (reading, segments) = take(case, read, incoming.set_by.is_some())?;
    keys.extend(segments);
    case.append(drawer, What::Given(given(kept.blob, None, companions, reading)), keys)
}

/// Runs a newer reader over what is held; the number of the new entry.
pub fn reread(case: &mut Case, of: u64, drawer: Where, read: &mut ReadFile<'_>) -> Result<u64> {
    let (reading, keys) = take(case, read, false)?;
    case.append(drawer, What::Reread { of, reading }, keys)
}

/// Listens to a reading and seals what it says as it comes.
fn take(case: &mut Case, read: &mut ReadFile<'_>, set: bool) -> Result<(ReadingOf, Vec<amparo_model::Sha256>)> {
    let mut segments = Segments::new(case);
    let mut heard = Heard::default();
    let mut failed = None;
    let answer = read(&mut |frame| match heard.hear(&mut segments, frame, set) {
        Ok(()) => true,
        Err(problem) => {
            failed = Some(problem);
            false
        }
    });
    if let Some(problem) = failed {
        return Err(problem);
    }
    match answer {
        Ok(report) => {
            let segments = segments.finish()?;
            let keys = segments.iter().map(|s| s.blob).collect();
            Ok((heard.reading(report, segments), keys))
        }
        Err(reason) => {
            segments.drop_all()?;
            let report = Report::unread("unknown", State::Unread, &reason);
            Ok((ReadingOf { report, inside: vec![], segments: vec![] }, vec![]))
        }
    }
}

#[derive(Default)]
struct Heard {
    /// Records by path inside.
    records: BTreeMap<String, u64>,
    inside: Vec<Inside>,
}

impl Heard {
    fn hear(&mut self, segments: &mut Segments<'_>, frame: FromWorker, set: bool) -> Result<()> {
        match frame {
            FromWorker::Calls(batch) => {
                *self.records.entry(batch.inside.clone()).or_default() += batch.len() as u64;
                segments.calls(&batch)
            }
            FromWorker::Drafts(mut batch) => {
                for draft in &mut batch {
                    *self.records.entry(draft.place.inside.clone()).or_default() += 1;
                    if set && draft.certainty == Certainty::Said {
                        draft.certainty = Certainty::Set;
                    }
                }
                segments.drafts(&batch)
            }
            FromWorker::Pages(batch) => {
                for page in &batch {
                    *self.records.entry(page.inside.clone()).or_default() += 1;
                }
                segments.pages(&batch)
            }
            FromWorker::Rejects(batch) => segments.rejects(&batch),
            FromWorker::Inside(files) => {
                self.inside.extend(files);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The counts with the records that were really heard: the reading process is not believed.
    fn reading(self, mut report: Report, segments: Vec<amparo_model::event::Segment>) -> ReadingOf {
        let all: u64 = self.records.values().sum();
        let mut inside = self.inside;
        let mut within = 0;
        for file in &mut inside {
            // A table of a database inside an archive is named below the file's own path.
            let own: u64 = self.records.iter().filter(|(path, _)| **path == file.path || path.strip_prefix(&file.path).is_some_and(|r| r.starts_with('/'))).map(|(_, n)| n).sum();
            file.report.records = own;
            within += own;
        }
        report.records = all.saturating_sub(within);
        if !report.adds_up() {
            report.state = State::PartlyRead;
            report.reason = Some("counts-disagree".to_owned());
            report.units = report.units_read + report.furniture + report.rejects + report.pages_unread;
        }
        ReadingOf { report, inside, segments }
    }
}

