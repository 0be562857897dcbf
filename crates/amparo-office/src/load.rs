//! Fetching what the segments hold: records, calls, pages and rejects of a case, after a look was written.

use crate::access::without_names;
use crate::accession::is_below;
use crate::problem::{Exit, Problem, Result};
use amparo_analysis::{CallBatch, View, view};
use amparo_model::event::SegmentKind;
use amparo_model::reading::PageText;
use amparo_model::{CaseFile, Certainty, Draft, Giving, Inside, MemberId, PartyId, Record, Reject, wire};
use amparo_vault::{Case, Look, Open, Roster};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What of a case is wanted: a question about calls need not read the pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Want {
    pub calls: bool,
    pub records: bool,
    /// The pages' own records, with their text.
    pub pages: bool,
}

impl Want {
    pub const ALL: Want = Want { calls: true, records: true, pages: true };
    /// What the analysis asks: everything dated.
    pub const FACTS: Want = Want { calls: true, records: true, pages: false };
}

/// The case's contents, one entry a source, nothing merged.
pub struct Loaded {
    pub file: Arc<CaseFile>,
    records: Vec<Record>,
    calls: Vec<CallBatch>,
    zone: TimeZone,
}

impl Loaded {
    /// What the analysis works on, with members' decisions applied.
    pub fn view(self) -> View {
        View::new(self.file, self.records, self.calls, self.zone)
    }
}

/// The case file with the lists of long archives in place, as this look may show it.
pub fn case_file(case: &Case<Open>, look: &Look) -> Result<CaseFile> {
    Ok(as_shown(whole(case, look)?, look))
}

/// Files that are named after third persons lose that name unless this look shows third persons.
fn as_shown(mut file: CaseFile, look: &Look) -> CaseFile {
    if !look.unmasked {
        file.givings.values_mut().for_each(without_names);
    }
    file
}

fn whole(case: &Case<Open>, look: &Look) -> Result<CaseFile> {
    let mut file = case.file().clone();
    for giving in file.givings.values_mut() {
        for segment in giving.reading.segments.iter().filter(|s| s.kind == SegmentKind::Inside) {
            for inside in case.inside(look, segment)? {
                giving.reading.inside.push(inside?);
            }
        }
    }
    Ok(file)
}

/// Fetches what is wanted of every paper.
pub fn load(case: &Case<Open>, look: &Look, roster: &Roster, want: Want) -> Result<Loaded> {
    let file = whole(case, look)?;
    let (mut records, mut calls) = (Vec::new(), Vec::new());
    let authors: BTreeMap<u64, MemberId> = file.log.iter().map(|l| (l.seq, l.author)).collect();
    for giving in file.readable() {
        let by = authors.get(&giving.seq).and_then(|author| roster.name_of(*author)).map(str::to_owned);
        // Records of one file inside come one after the other: it is looked up once.
        let mut last: Option<(String, Option<&Inside>)> = None;
        let mut take = |draft: Draft| {
            let known = last.take().filter(|(path, _)| *path == draft.place.inside);
            let (path, inside) = known.unwrap_or_else(|| (draft.place.inside.clone(), inside_of(giving, &draft.place.inside)));
            records.push(record(draft, giving, inside, by.as_deref()));
            last = Some((path, inside));
        };
        for segment in &giving.reading.segments {
            match segment.kind {
                SegmentKind::Records if want.records => {
                    for draft in case.records(look, segment)? {
                        take(draft?);
                    }
                }
                SegmentKind::Pages if want.pages => {
                    for page in case.plain_pages(look, segment)? {
                        take(wire::page_draft(page?));
                    }
                }
                SegmentKind::Calls if want.calls => {
                    for batch in case.calls(look, segment)? {
                        let columns = batch?;
                        let inside = inside_of(giving, &columns.inside);
                        calls.push(CallBatch {
                            giving: giving.seq,
                            original: giving.given.sha256,
                            name: giving.given.name.clone(),
                            reader: reader_of(giving, inside).to_owned(),
                            subject: subject_of(giving, inside),
                            columns,
                        });
                    }
                }
                _ => {}
            }
        }
    }
    let zone = zone_of(&file, roster)?;
    Ok(Loaded { file: Arc::new(as_shown(file, look)), records, calls, zone })
}

/// The files inside a giving, by the paths that open them, with their sizes.
pub fn paths_inside(case: &Case<Open>, look: &Look, of: u64) -> Result<Vec<(String, u64)>> {
    let file = whole(case, look)?;
    let giving = file.givings.get(&of).ok_or_else(|| Problem::new(Exit::No, "problem-no-file").with("file", of))?;
    Ok(giving.reading.inside.iter().map(|i| (i.path.clone(), i.bytes)).collect())
}

/// The words of one page, with their places.
pub fn page_text(case: &Case<Open>, look: &Look, giving: &Giving, inside: &str, page: u32) -> Result<Option<PageText>> {
    for segment in giving.reading.segments.iter().filter(|s| s.kind == SegmentKind::Pages) {
        for found in case.pages(look, segment)? {
            let found = found?;
            if found.page == page && found.inside == inside {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// Every line that could not be read, with its file.
pub fn rejects(case: &Case<Open>, look: &Look, file: &CaseFile, mut visit: impl FnMut(&Giving, &Reject)) -> Result<()> {
    for giving in file.readable() {
        for segment in giving.reading.segments.iter().filter(|s| s.kind == SegmentKind::Rejects) {
            for reject in case.rejects(look, segment)? {
                visit(giving, &reject?);
            }
        }
    }
    Ok(())
}

pub(crate) fn zone_of(file: &CaseFile, roster: &Roster) -> Result<TimeZone> {
    let name = file.zone.as_ref().map_or(roster.settings.zone.as_str(), |(zone, _)| zone.as_str());
    view::zone_named(name).ok_or_else(|| Problem::new(Exit::Usage, "usage-bad-zone").with("value", name))
}

fn record(draft: Draft, giving: &Giving, inside: Option<&Inside>, by: Option<&str>) -> Record {
    let mut record = view::record_of(draft, giving.given.sha256, &giving.given.name, "", giving.seq, subject_of(giving, inside));
    record.provenance.reader = reader_of(giving, inside).to_owned();
    if record.certainty == Certainty::Set {
        record.by = by.map(str::to_owned);
    }
    record
}

/// The file inside an archive that a place belongs to: a database's table lies below its file.
fn inside_of<'a>(giving: &'a Giving, path: &str) -> Option<&'a Inside> {
    giving.reading.inside.iter().filter(|f| is_below(path, &f.path)).max_by_key(|f| f.path.len())
}

fn reader_of<'a>(giving: &'a Giving, inside: Option<&'a Inside>) -> &'a str {
    inside.map_or(giving.reading.report.reader.as_str(), |f| f.report.reader.as_str())
}

fn subject_of(giving: &Giving, inside: Option<&Inside>) -> Option<PartyId> {
    inside.map_or(giving.subject, |f| giving.subject_of(&f.path))
}
