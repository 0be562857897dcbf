//! Finding in a case: records, messages and pages by their words, and how much could be searched at all.

use crate::access::{Own, reduce};
use crate::problem::{Exit, Problem, Result};
use amparo_analysis::{CallTable, View, merge, timeline};
use amparo_model::results::EvidenceId;
use amparo_model::{Kind, PartyId, Record, Sha256, Spot, Value};
use amparo_search::{Ask, Entry, FindError, Index, Target, snippet};

/// How wide the shown part of a text is, in characters.
const SNIPPET: usize = 160;

/// Where a hit stands.
#[derive(Clone, PartialEq, Debug)]
pub enum Hit {
    Record {
        record: Box<Record>,
    },
    Page {
        original: Sha256,
        name: String,
        inside: String,
        page: u32,
        giving: u64,
    },
    /// The calls with one number in one month.
    Calls(EvidenceId),
}

pub struct Found {
    /// Best first: the place, the part of the text around the words, the score.
    pub hits: Vec<(Hit, String, f32)>,
    pub searched_pages: u64,
    pub pages: u64,
}

/// What to look for, and where.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub words: String,
    pub kind: Option<Kind>,
    pub party: Option<PartyId>,
    /// Days as `YYYYMMDD`, both included.
    pub from: Option<u32>,
    pub to: Option<u32>,
}

/// Looks for words in everything the case holds. What is hidden from this look is neither searched nor shown.
pub fn find(view: &View, own: &Own, question: &Question) -> Result<Found> {
    let (mut entries, mut hits) = (Vec::new(), Vec::new());
    for record in merge(view) {
        let shown = reduce(&record, own);
        let text = text_of(&shown.get().record);
        let day = timeline::when(&record).and_then(|w| w.earliest()).map_or(0, |d| d.year().max(0) as u32 * 10_000 + d.month() as u32 * 100 + d.day() as u32);
        let (target, hit) = match (record.kind, record.provenance.place.spot) {
            (Kind::Page, Spot::Page { page, .. }) => {
                let (p, said) = (&record.provenance, &shown.get().record.provenance);
                let hit = Hit::Page { original: p.original, name: said.name.clone(), inside: said.place.inside.clone(), page, giving: p.giving };
                (Target::Page { original: p.original, inside: p.place.inside.clone(), page }, hit)
            }
            _ => (Target::Record(record.id), Hit::Record { record: Box::new(shown.get().record.clone()) }),
        };
        entries.push(Entry { target, kind: record.kind, subject: record.subject, day, text });
        hits.push(hit);
    }
    let calls = CallTable::build(view);
    for summary in calls.summaries(None) {
        let shown = summary.of_party || own.unmasked || own.may_show(summary.e164.then_some(&summary.number), Some(&summary.number));
        let text = if shown { format!("{} {}", summary.number, summary.name.as_deref().unwrap_or_default()) } else { own.third(&summary.number) };
        let day = summary.month.year.max(0) as u32 * 10_000 + summary.month.month as u32 * 100 + 1;
        let id = EvidenceId::Calls { line: summary.line.clone().unwrap_or_default(), number: summary.number.clone(), month: summary.month };
        entries.push(Entry { target: Target::Record(amparo_model::RecordId([0; 16])), kind: Kind::Call, subject: summary.subject, day, text });
        hits.push(Hit::Calls(id));
    }
    let index = Index::build(&entries).map_err(problem)?;
    let ask = Ask { question: question.words.clone(), kind: question.kind, subject: question.party, from: question.from, to: question.to, most: 200 };
    let found = index.find(&ask).map_err(problem)?;
    let (searched_pages, pages) = view.file.pages();
    let hits = found.into_iter().filter_map(|hit| Some((hits.get(hit.entry)?.clone(), snippet(&entries.get(hit.entry)?.text, &question.words, SNIPPET), hit.score))).collect();
    Ok(Found { hits, searched_pages, pages })
}

fn problem(error: FindError) -> Problem {
    match error {
        FindError::NoWords => Problem::new(Exit::Usage, "problem-no-words"),
        FindError::Index(_) => Problem::new(Exit::Store, "problem-store").with("why", "index"),
    }
}

/// All words of a record, in the order of its fields.
fn text_of(record: &Record) -> String {
    let words = |v: &Value| match v {
        Value::Text(_) | Value::Texts(_) | Value::Edtf(_) => Some(v.to_text()),
        Value::Number(_) | Value::Hundredths(_) | Value::Flag(_) | Value::Instant(_) => None,
    };
    record.kind.fields().iter().filter_map(|spec| record.fields.get(spec.name).and_then(words)).collect::<Vec<_>>().join(" · ")
}
