//! Finding in a case: records, messages and pages by their words, and how much could be searched at all.

use crate::access::{Own, reduce};
use crate::problem::{Exit, Problem, Result};
use amparo_analysis::{CallTable, View, merge, timeline};
use amparo_model::results::EvidenceId;
use amparo_model::{Kind, PartyId, Record, Sha256, Spot, Value};
use amparo_search::{Ask, Entry, Index, NoWords, Target, snippet};
use std::collections::HashMap;

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
    Searchable::of(view, own).find(view, question)
}

/// A case made ready for questions, in memory, as one look may see it. A door that stays open keeps it and lets it
/// follow the case.
#[derive(Default)]
pub struct Searchable {
    index: Index,
    entries: Vec<Entry>,
    hits: Vec<Hit>,
}

impl Searchable {
    pub fn of(view: &View, own: &Own) -> Searchable {
        let (entries, hits) = contents(view, own).unzip();
        Searchable { index: Index::build(&entries), entries, hits }
    }

    /// Brings it to what the case holds now. What is new is added; where something is gone or says other words, all is
    /// made anew, so that nothing of a withdrawn paper stays.
    pub fn follow(&mut self, view: &View, own: &Own) {
        // Two entries may be the same in all we know of them.
        let mut known: HashMap<&Entry, Vec<usize>> = HashMap::new();
        self.entries.iter().enumerate().rev().for_each(|(i, entry)| known.entry(entry).or_default().push(i));
        let (mut new, mut kept) = (Vec::new(), 0);
        for (entry, hit) in contents(view, own) {
            match known.get_mut(&entry).and_then(Vec::pop).and_then(|i| self.hits.get_mut(i)) {
                Some(place) => {
                    *place = hit;
                    kept += 1;
                }
                None => new.push((entry, hit)),
            }
        }
        if kept < self.entries.len() {
            *self = Searchable::of(view, own);
            return;
        }
        for (entry, hit) in new {
            self.index.add(&entry);
            self.entries.push(entry);
            self.hits.push(hit);
        }
    }

    pub fn find(&self, view: &View, question: &Question) -> Result<Found> {
        let ask = Ask { question: question.words.clone(), kind: question.kind, subject: question.party, from: question.from, to: question.to, most: 200 };
        let found = self.index.find(&ask).map_err(|NoWords| Problem::new(Exit::Usage, "problem-no-words"))?;
        let (searched_pages, pages) = view.file.pages();
        let shown = |hit: amparo_search::Hit| Some((self.hits.get(hit.entry)?.clone(), snippet(&self.entries.get(hit.entry)?.text, &question.words, SNIPPET), hit.score));
        Ok(Found { hits: found.into_iter().filter_map(shown).collect(), searched_pages, pages })
    }
}

/// Everything that can be found, and where it stands.
fn contents(view: &View, own: &Own) -> impl Iterator<Item = (Entry, Hit)> {
    let records = merge(view).into_iter().map(|record| {
        let subject = record.subject;
        let day = timeline::when(&record).and_then(|w| w.earliest()).map_or(0, |d| d.year().max(0) as u32 * 10_000 + d.month() as u32 * 100 + d.day() as u32);
        let shown = reduce(&record, own);
        let inside = record.provenance.place.inside;
        let record = &shown.get().record;
        let p = &record.provenance;
        let (target, hit) = match (record.kind, p.place.spot) {
            (Kind::Page, Spot::Page { page, .. }) => (
                Target::Page { original: p.original, inside, page },
                Hit::Page { original: p.original, name: p.name.clone(), inside: p.place.inside.clone(), page, giving: p.giving },
            ),
            _ => (Target::Record(record.id), Hit::Record { record: Box::new(record.clone()) }),
        };
        (Entry { target, kind: record.kind, subject, day, text: text_of(record) }, hit)
    });
    let calls = CallTable::build(view).summaries(None).into_iter().map(|summary| {
        let shown = summary.of_party || own.unmasked || own.may_show(summary.e164.then_some(&summary.number), Some(&summary.number));
        let text = if shown { format!("{} {}", summary.number, summary.name.as_deref().unwrap_or_default()) } else { own.third(&summary.number) };
        let day = summary.month.year.max(0) as u32 * 10_000 + summary.month.month as u32 * 100 + 1;
        let id = EvidenceId::Calls { line: summary.line.clone().unwrap_or_default(), number: summary.number.clone(), month: summary.month };
        (Entry { target: Target::Record(amparo_model::RecordId([0; 16])), kind: Kind::Call, subject: summary.subject, day, text }, Hit::Calls(id))
    });
    records.chain(calls)
}

/// All words of a record, in the order of its fields.
fn text_of(record: &Record) -> String {
    let words = |v: &Value| match v {
        Value::Text(_) | Value::Texts(_) | Value::Edtf(_) => Some(v.to_text()),
        Value::Number(_) | Value::Hundredths(_) | Value::Flag(_) | Value::Instant(_) => None,
    };
    record.kind.fields().iter().filter_map(|spec| record.fields.get(spec.name).and_then(words)).collect::<Vec<_>>().join(" · ")
}
