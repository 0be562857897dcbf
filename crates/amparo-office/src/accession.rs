//! Receiving: a file is kept whatever it is, read as far as it can be, and written down in one entry.

use crate::problem::{Problem, Result};
use amparo_model::event::{Companion, Given, ReadingOf, What};
use amparo_model::ids::RunId;
use amparo_model::reading::Inside;
use amparo_model::wire::FromWorker;
use amparo_model::{Certainty, Draft, Giving, PartyId, Reject, Report, Sha256, State};
use amparo_vault::{Apart, Case, Now, Open, Segments, Where};
use std::collections::BTreeMap;
use std::io::Read;

/// Files inside an archive that an entry lists itself; longer lists lie in a segment.
const INSIDE_IN_ENTRY: usize = 200;
/// What a reading "assumed" where a representative gave the file as their decision.
const AS_SET: &str = "as-set";

/// Why a database's log is kept unread: the same database is held from before, without this log.
pub(crate) const HELD_WITHOUT_IT: &str = "database-held-without-it";

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
    /// A representative sets what the file says: an account given that way.
    pub set: bool,
}

/// How a file is read: says frames to the listener (which answers whether to go on) and ends with the
/// counts, or with the reason code of why it could not be read.
pub type ReadFile<'a> = dyn FnMut(&mut dyn FnMut(FromWorker) -> bool) -> std::result::Result<Report, String> + 'a;

/// Keeps and reads one file; the number of its entry. What cannot be read is kept all the same.
pub fn receive(case: &mut Case<Open>, incoming: Incoming<'_>, read: &mut ReadFile<'_>, clock: fn() -> Now) -> Result<u64> {
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
        let unassigned = earlier.subject.is_none();
        let held: Vec<Sha256> = earlier.given.companions.iter().map(|c| c.sha256).collect();
        case.discard(kept.blob)?;
        let again = case.append(drawer, What::Given(given(blob, Some(seq), vec![], reading)), &[], clock())?;
        if let (true, Some(party)) = (unassigned, incoming.subject) {
            case.assign(seq, "", Some(party), clock())?;
        }
        // What came beside it this time and not before is kept as a file of its own: nothing falls out.
        for (name, body) in incoming.companions {
            let kept = case.keep(body)?;
            if held.contains(&kept.sha256) || case.file().holds_bytes(&kept.sha256).is_some() {
                case.discard(kept.blob)?;
                continue;
            }
            let report = Report::unread("sqlite_wal", State::Unread, HELD_WITHOUT_IT);
            let apart = Given {
                blob: kept.blob,
                sha256: kept.sha256,
                bytes: kept.bytes,
                name,
                path: String::new(),
                run: incoming.run,
                from: incoming.from.clone(),
                subject: incoming.subject,
                companions: vec![],
                already: None,
                reading: ReadingOf { report, inside: vec![], segments: vec![] },
            };
            case.append(drawer, What::Given(apart), &[kept.blob], clock())?;
        }
        return Ok(again);
    }
    let mut companions = Vec::new();
    let mut keys = vec![kept.blob];
    for (name, body) in incoming.companions {
        let kept = case.keep(body)?;
        keys.push(kept.blob);
        companions.push(Companion { blob: kept.blob, sha256: kept.sha256, bytes: kept.bytes, name });
    }
    let (reading, segments) = take(case, read, incoming.set)?;
    keys.extend(segments);
    Ok(case.append(drawer, What::Given(given(kept.blob, None, companions, reading)), &keys, clock())?)
}

/// A file of an archive, kept and read on its own because another file of the archive is to be forgotten.
pub fn apart(case: &mut Case<Open>, path: &str, body: &mut dyn Read, read: &mut ReadFile<'_>) -> Result<Apart> {
    let kept = case.keep(body)?;
    let (reading, _) = take(case, read, false)?;
    Ok(Apart { path: path.to_owned(), kept, reading })
}

/// Runs a newer reader over what is held; the number of the new entry.
pub fn reread(case: &mut Case<Open>, of: u64, read: &mut ReadFile<'_>, clock: fn() -> Now) -> Result<u64> {
    let giving = case.file().givings.get(&of).ok_or_else(|| Problem::from(amparo_vault::VaultError::NoSuchEntry(of)))?;
    let drawer = giving.subject.map_or(Where::Unassigned, Where::Party);
    // What a representative set by a file stays set when the file is read again.
    let set = is_set(giving);
    let (reading, keys) = take(case, read, set)?;
    Ok(case.append(drawer, What::Reread { of, reading }, &keys, clock())?)
}

/// Listens to a reading and seals what it says as it comes.
fn take(case: &mut Case<Open>, read: &mut ReadFile<'_>, set: bool) -> Result<(ReadingOf, Vec<Sha256>)> {
    let mut segments = Segments::new(case);
    let mut heard = Heard { set, ..Heard::default() };
    let mut failed = None;
    let answer = read(&mut |frame| match heard.hear(&mut segments, frame) {
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
            let (report, inside) = heard.counts(report);
            let listed_apart = inside.len() > INSIDE_IN_ENTRY;
            if listed_apart {
                segments.inside(&inside)?;
            }
            let segments = segments.finish()?;
            let keys = segments.iter().map(|s| s.blob).collect();
            Ok((ReadingOf { report, inside: if listed_apart { vec![] } else { inside }, segments }, keys))
        }
        Err(reason) => {
            segments.drop_all()?;
            let report = Report::unread("unknown", State::Unread, &reason);
            Ok((ReadingOf { report, inside: vec![], segments: vec![] }, vec![]))
        }
    }
}

/// What only a representative sets (RECORDS.md): a file that says it without being given that way is not taken at its word.
pub const ONLY_SET: &[&str] = &["authorized", "complete"];

#[derive(Default)]
struct Heard {
    set: bool,
    /// Records by path inside.
    records: BTreeMap<String, u64>,
    inside: Vec<Inside>,
    /// Rows of an account that said what only a representative may.
    refused: u64,
}

impl Heard {
    fn hear(&mut self, segments: &mut Segments<'_>, frame: FromWorker) -> Result<()> {
        match frame {
            FromWorker::Calls(batch) => {
                *self.records.entry(batch.inside.clone()).or_default() += batch.len() as u64;
                segments.calls(&batch)?;
            }
            FromWorker::Drafts(batch) => {
                let (batch, refused): (Vec<_>, Vec<_>) = batch.into_iter().partition(|d| self.set || !d.fields.keys().any(|f| ONLY_SET.contains(f)));
                self.refused += refused.len() as u64;
                let rejects: Vec<Reject> = refused.iter().map(|d| Reject::new(d.place.clone(), "only-a-representative-sets", "")).collect();
                segments.rejects(&rejects)?;
                let batch: Vec<_> = batch.into_iter().map(|draft| self.weigh(draft)).collect();
                segments.drafts(&batch)?;
            }
            FromWorker::Pages(batch) => {
                for page in &batch {
                    *self.records.entry(page.inside.clone()).or_default() += 1;
                }
                segments.pages(&batch)?;
            }
            FromWorker::Rejects(batch) => segments.rejects(&batch)?,
            FromWorker::Inside(files) => self.inside.extend(files),
            _ => {}
        }
        Ok(())
    }

    fn weigh(&mut self, mut draft: Draft) -> Draft {
        *self.records.entry(draft.place.inside.clone()).or_default() += 1;
        if self.set && draft.certainty == Certainty::Said {
            draft.certainty = Certainty::Set;
        }
        draft
    }

    /// The counts with the records that were really heard: the reading process is not believed.
    fn counts(self, mut report: Report) -> (Report, Vec<Inside>) {
        let mut inside = self.inside;
        inside.iter_mut().for_each(|file| file.report.records = 0);
        report.records = 0;
        for (path, n) in &self.records {
            // A table of a database inside an archive is named below the file's own path.
            let holder = inside.iter_mut().filter(|f| is_below(path, &f.path)).max_by_key(|f| f.path.len());
            *holder.map_or(&mut report.records, |f| &mut f.report.records) += n;
        }
        let refused = self.refused.min(report.units_read);
        report.units_read -= refused;
        report.rejects += refused;
        if refused > 0 && report.state == State::Read {
            report.state = State::PartlyRead;
            report.reason = Some("some-rows-rejected".to_owned());
        }
        if self.set {
            report.assumed.push(AS_SET.to_owned());
        }
        (report, inside)
    }
}

/// Whether a record's path inside is this file's or lies below it.
pub(crate) fn is_below(path: &str, file: &str) -> bool {
    path.strip_prefix(file).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a representative gave this file as their own decision.
pub fn is_set(giving: &Giving) -> bool {
    giving.given.reading.report.assumed.iter().any(|a| a == AS_SET)
}

/// What of an archive's files must be kept on its own when one goes: everything that is neither that file
/// nor holds it, each once (an inner archive that stays whole is kept whole).
pub fn others_in(paths: &[String], going: &str) -> Vec<String> {
    let stays = |p: &str| p != going && !is_below(going, p) && !is_below(p, going);
    let whole = |p: &str| !paths.iter().any(|q| q != p && is_below(p, q) && stays(q));
    paths.iter().filter(|p| stays(p) && whole(p)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_others_of_an_archive_are_kept_once_each() {
        let paths: Vec<String> = ["a.zip", "a.zip/x.csv", "a.zip/y.csv", "b.zip", "b.zip/z.csv", "c.txt", "c.txt.bak"].map(str::to_owned).to_vec();
        assert_eq!(others_in(&paths, "a.zip/x.csv"), ["a.zip/y.csv", "b.zip", "c.txt", "c.txt.bak"]);
        assert_eq!(others_in(&paths, "c.txt"), ["a.zip", "b.zip", "c.txt.bak"]);
        assert_eq!(others_in(&paths, "b.zip"), ["a.zip", "c.txt", "c.txt.bak"]);
    }
}
