//! The count of one file while it is read: what was made of each unit, and the batches on their way out.

use amparo_model::calls::{BATCH_ROWS, Call};
use amparo_model::{CallColumns, Column, Covers, CoversWhy, Draft, Edtf, Instant, Place, Reject, Report, State};
use std::collections::HashMap;

use crate::{Sink, Stop};

/// About how many bytes of drafts or rejects one batch holds.
const BATCH_BYTES: usize = 1 << 20;

pub(crate) struct Tally<'s> {
    pub report: Report,
    sink: &'s mut dyn Sink,
    inside: String,
    calls: CallColumns,
    dictionaries: [HashMap<String, u32>; 7],
    drafts: Vec<Draft>,
    draft_bytes: usize,
    rejects: Vec<Reject>,
    reject_bytes: usize,
    first: Option<jiff::civil::Date>,
    last: Option<jiff::civil::Date>,
    told: u64,
}

impl<'s> Tally<'s> {
    /// `name` as in `name@version`; every place begins with `inside`.
    pub fn new(kind: &str, version: u32, inside: &str, sink: &'s mut dyn Sink) -> Tally<'s> {
        Tally {
            report: Report::reading(kind, &format!("{kind}@{version}")),
            sink,
            inside: inside.to_owned(),
            calls: CallColumns { inside: inside.to_owned(), ..CallColumns::default() },
            dictionaries: Default::default(),
            drafts: Vec::new(),
            draft_bytes: 0,
            rejects: Vec::new(),
            reject_bytes: 0,
            first: None,
            last: None,
            told: 0,
        }
    }

    pub fn place(&self, row: u64) -> Place {
        Place::row(row).inside(&self.inside)
    }

    /// Goes on in the table beside this one: what follows is placed there.
    pub fn enter_beside(&mut self, from: &str, to: &str) -> Result<(), Stop> {
        self.flush_calls()?;
        self.inside = format!("{}{to}", self.inside.strip_suffix(from).unwrap_or_default());
        self.calls.inside = self.inside.clone();
        Ok(())
    }

    /// A unit that is a call.
    pub fn call(&mut self, call: Call<'_>) -> Result<(), Stop> {
        self.unit()?;
        self.report.units_read += 1;
        self.report.records += 1;
        self.seen(call.at);
        let n = self.calls.len();
        let c = &mut self.calls;
        let columns: [(&mut Column, Option<&str>); 7] = [
            (&mut c.number, call.number),
            (&mut c.number_raw, call.number_raw),
            (&mut c.name, call.name),
            (&mut c.line, call.line),
            (&mut c.place_raw, call.place_raw),
            (&mut c.zone, call.zone),
            (&mut c.zone_because, call.zone_because),
        ];
        for ((column, value), known) in columns.into_iter().zip(&mut self.dictionaries) {
            let code = value.filter(|v| !v.is_empty()).map(|v| match known.get(v) {
                Some(code) => *code,
                None => {
                    let code = column.values.push(v);
                    known.insert(v.to_owned(), code);
                    code
                }
            });
            column.push_code(n, code);
        }
        c.row.push(call.row);
        c.at_ms.push(call.at.map_or(CallColumns::NO_TIME, |at| at.ms));
        c.offset_min.push(call.at.and_then(|at| at.offset_min).unwrap_or(CallColumns::LOCAL));
        c.direction.push(call.direction as u8);
        c.outcome.push(call.outcome as u8);
        c.service.push(call.service as u8);
        c.duration_s.push(call.duration_s.unwrap_or(CallColumns::NO_DURATION));
        if self.calls.len() >= BATCH_ROWS { self.flush_calls() } else { Ok(()) }
    }

    /// A unit that is one other record.
    pub fn draft(&mut self, draft: Draft) -> Result<(), Stop> {
        self.unit()?;
        self.report.units_read += 1;
        self.report.records += 1;
        if let Some(amparo_model::Value::Instant(at)) = draft.fields.get("at") {
            self.seen(Some(*at));
        }
        self.draft_bytes += 200
            + draft
                .fields
                .values()
                .map(|v| match v {
                    amparo_model::Value::Text(t) => t.len(),
                    amparo_model::Value::Texts(ts) => ts.iter().map(String::len).sum(),
                    _ => 8,
                })
                .sum::<usize>();
        self.drafts.push(draft);
        if self.draft_bytes >= BATCH_BYTES { self.flush_drafts() } else { Ok(()) }
    }

    /// A unit that no record could be made of.
    pub fn reject(&mut self, row: u64, reason: &str, text: &str) -> Result<(), Stop> {
        self.unit()?;
        self.report.rejects += 1;
        let reject = Reject::new(self.place(row), reason, text);
        self.reject_bytes += 100 + reject.text.len();
        self.rejects.push(reject);
        if self.reject_bytes >= BATCH_BYTES { self.flush_rejects() } else { Ok(()) }
    }

    /// A unit that says nothing of its own: a heading, a total, a blank line.
    pub fn furniture(&mut self) -> Result<(), Stop> {
        self.unit()?;
        self.report.furniture += 1;
        Ok(())
    }

    fn unit(&mut self) -> Result<(), Stop> {
        self.report.units += 1;
        if self.report.units - self.told >= 50_000 {
            self.told = self.report.units;
            self.sink.progress(self.told, 0)?;
        }
        Ok(())
    }

    fn seen(&mut self, at: Option<Instant>) {
        if let Some(day) = at.map(Instant::date) {
            self.first = Some(self.first.map_or(day, |have| have.min(day)));
            self.last = Some(self.last.map_or(day, |have| have.max(day)));
        }
    }

    /// The file was read only so far, and why; the first reason stays.
    pub fn partly(&mut self, reason: &str) {
        self.report.state = State::PartlyRead;
        self.report.reason.get_or_insert_with(|| reason.to_owned());
    }

    pub fn assume(&mut self, what: &str) {
        if !self.report.assumed.iter().any(|have| have == what) {
            self.report.assumed.push(what.to_owned());
            self.report.assumed.sort();
        }
    }

    fn flush_calls(&mut self) -> Result<(), Stop> {
        let empty = CallColumns { inside: self.inside.clone(), ..CallColumns::default() };
        for known in &mut self.dictionaries {
            known.clear();
        }
        let full = std::mem::replace(&mut self.calls, empty);
        if full.is_empty() { Ok(()) } else { self.sink.calls(full) }
    }

    fn flush_drafts(&mut self) -> Result<(), Stop> {
        self.draft_bytes = 0;
        if self.drafts.is_empty() { Ok(()) } else { self.sink.drafts(std::mem::take(&mut self.drafts)) }
    }

    fn flush_rejects(&mut self) -> Result<(), Stop> {
        self.reject_bytes = 0;
        if self.rejects.is_empty() { Ok(()) } else { self.sink.rejects(std::mem::take(&mut self.rejects)) }
    }

    /// A whole batch made elsewhere; its rows are units read. The days are the first and last it saw.
    pub fn batch(&mut self, calls: CallColumns, days: Option<(i64, i64)>) -> Result<(), Stop> {
        self.flush_calls()?;
        let n = calls.len() as u64;
        self.report.units += n;
        self.report.units_read += n;
        self.report.records += n;
        if let Some((first, last)) = days {
            self.seen(Some(Instant { ms: first, offset_min: None }));
            self.seen(Some(Instant { ms: last, offset_min: None }));
        }
        self.sink.calls(calls)?;
        self.sink.progress(self.report.units, 0)
    }

    /// Hands over what is left. A file with rejects is partly read.
    pub fn finish(mut self, why: CoversWhy) -> Result<Report, Stop> {
        self.flush_calls()?;
        self.flush_drafts()?;
        self.flush_rejects()?;
        if self.report.rejects > 0 {
            self.partly("some-rows-rejected");
        }
        if let (Some(first), Some(last)) = (self.first, self.last) {
            self.report.covers = Some(Covers { from: Some(Edtf::day(first)), to: Some(Edtf::day(last)), why });
        }
        Ok(self.report)
    }
}
