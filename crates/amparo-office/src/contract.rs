//! The JSON contract: what other programs read. Field names are the contract; absent means unknown.

use crate::access::{Shown, Visible};
use amparo_model::file_name;
use amparo_model::reading::{Covers, Report};
use amparo_model::record::Spot;
use amparo_model::results::{CallSummary, Coverage, EvidenceId, Finding, TimelineItem};
use amparo_model::{CaseFile, Giving, Place, Provenance, Reject, Sha256, State, Value};
use serde_json::{Map, Value as Json, json};

type Object = Map<String, Json>;

fn put(object: &mut Object, name: &str, value: Option<impl Into<Json>>) {
    if let Some(value) = value {
        object.insert(name.to_owned(), value.into());
    }
}

fn value(value: &Value) -> Json {
    match value {
        Value::Text(t) => t.as_str().into(),
        Value::Texts(ts) => ts.as_slice().into(),
        Value::Number(n) => (*n).into(),
        Value::Hundredths(n) => json!(*n as f64 / 100.0),
        Value::Flag(b) => (*b).into(),
        Value::Edtf(e) => e.as_str().into(),
        Value::Instant(i) => i.to_string().into(),
    }
}

fn place(object: &mut Object, place: &Place) {
    put(object, "inside", (!place.inside.is_empty()).then(|| place.inside.clone()));
    match place.spot {
        Spot::Whole => {}
        Spot::Row(row) => put(object, "row", Some(row)),
        Spot::Page { page, region } => {
            put(object, "page", Some(page));
            put(object, "region", Some(region.fractions().to_vec()));
        }
    }
}

/// `{original, name, inside, page, region, row, reader}`.
pub fn provenance(p: &Provenance) -> Json {
    let mut object = Object::new();
    put(&mut object, "original", Some(p.original.to_string()));
    put(&mut object, "name", Some(p.name.clone()));
    place(&mut object, &p.place);
    put(&mut object, "reader", Some(p.reader.clone()));
    Json::Object(object)
}

/// One record, as `records` prints it.
pub fn record(shown: &Visible<Shown>, case: &CaseFile) -> Json {
    let Shown { record, masked, number_masked } = shown.get();
    let mut object = Object::new();
    put(&mut object, "id", Some(record.id.to_string()));
    put(&mut object, "kind", Some(record.kind.as_str()));
    put(&mut object, "subject", case.token_of(record.subject));
    for (name, v) in &record.fields {
        put(&mut object, name, Some(value(v)));
    }
    put(&mut object, "number_masked", number_masked.clone());
    put(&mut object, "masked", masked.then_some(true));
    put(&mut object, "certainty", Some(record.certainty.as_str()));
    put(&mut object, "confidence", record.confidence.map(|c| f64::from(c) / 100.0));
    put(&mut object, "by", record.by.clone());
    let ids: Vec<String> = record.because.iter().map(ToString::to_string).collect();
    put(&mut object, "because", (!ids.is_empty()).then_some(ids));
    put(&mut object, "provenance", Some(provenance(&record.provenance)));
    let also: Vec<Json> = record.also.iter().map(|(id, p)| json!({"id": id.to_string(), "provenance": provenance(p)})).collect();
    put(&mut object, "also", (!also.is_empty()).then_some(also));
    Json::Object(object)
}

fn covers(covers: &Covers) -> Json {
    let mut object = Object::new();
    put(&mut object, "from", covers.from.as_ref().map(|e| e.as_str()));
    put(&mut object, "to", covers.to.as_ref().map(|e| e.as_str()));
    put(&mut object, "why", Some(covers.why.as_str()));
    Json::Object(object)
}

fn counts(object: &mut Object, report: &Report) {
    put(object, "kind", Some(report.kind.clone()));
    put(object, "state", Some(report.state.as_str()));
    put(object, "reason", report.reason.clone());
    put(object, "units", Some(report.units));
    put(object, "units_read", Some(report.units_read));
    put(object, "records", Some(report.records));
    put(object, "furniture", Some(report.furniture));
    put(object, "rejects", Some(report.rejects));
    put(object, "pages", Some(report.pages));
    put(object, "pages_unread", Some(report.pages_unread));
    put(object, "covers", report.covers.as_ref().map(covers));
    put(object, "assumed", (!report.assumed.is_empty()).then(|| report.assumed.clone()));
    put(object, "reader", (!report.reader.is_empty()).then(|| report.reader.clone()));
}

/// One line a file, and one for each file inside it, as `status` and `add` print them.
pub fn files(giving: &Giving, case: &CaseFile) -> Vec<Json> {
    let mut lines = Vec::new();
    let head = |original: &Sha256, name: &str, inside: Option<&str>| {
        let mut object = Object::new();
        put(&mut object, "file", Some(giving.seq));
        put(&mut object, "original", Some(original.to_string()));
        put(&mut object, "name", Some(name));
        put(&mut object, "inside", inside);
        put(&mut object, "subject", case.token_of(giving.subject_of(inside.unwrap_or(""))));
        object
    };
    let mut own = head(&giving.given.sha256, &giving.given.name, None);
    put(&mut own, "path", (!giving.given.path.is_empty()).then(|| giving.given.path.clone()));
    put(&mut own, "already_held", giving.given.already);
    let companions: Vec<&str> = giving.given.companions.iter().map(|c| c.name.as_str()).collect();
    put(&mut own, "companions", (!companions.is_empty()).then_some(companions));
    counts(&mut own, &giving.reading.report);
    lines.push(Json::Object(own));
    for inner in &giving.reading.inside {
        let mut object = head(&inner.sha256, &giving.given.name, Some(&inner.path));
        counts(&mut object, &inner.report);
        lines.push(Json::Object(object));
    }
    lines
}

/// One reject, as `status --rejects` prints it. Its text may name a third person as any line does, so it is hidden like one.
pub fn reject(reject: &Reject, giving: &Giving, open: bool) -> Json {
    let mut object = Object::new();
    put(&mut object, "original", Some(giving.given.sha256.to_string()));
    put(&mut object, "name", Some(giving.given.name.clone()));
    let inside = &reject.place.inside;
    put(&mut object, "inside", (!inside.is_empty()).then(|| if open { inside.clone() } else { file_name::masked(inside).into_owned() }));
    match reject.place.spot {
        Spot::Whole => {}
        Spot::Row(row) => put(&mut object, "row", Some(row)),
        Spot::Page { page, .. } => put(&mut object, "page", Some(page)),
    }
    put(&mut object, "reason", Some(reject.reason.clone()));
    put(&mut object, "text", (open && !reject.text.is_empty()).then(|| reject.text.clone()));
    put(&mut object, "masked", (!open && !reject.text.is_empty()).then_some(true));
    Json::Object(object)
}

/// How evidence is named: a record's id, or the calls of a month under keyed tokens.
pub struct Names<'a> {
    /// A token for a line or number, keyed by the case.
    pub token: &'a dyn Fn(&str) -> String,
}

impl Names<'_> {
    pub fn evidence(&self, id: &EvidenceId) -> String {
        match id {
            EvidenceId::Record(id) => id.to_string(),
            EvidenceId::Calls { line, number, month } => format!("calls:{}:{}:{month}", (self.token)(line), (self.token)(number)),
        }
    }
}

/// A sentence in both languages.
pub struct Both {
    pub en: String,
    pub es: String,
}

impl Both {
    fn json(&self) -> Json {
        json!({"en": self.en, "es": self.es})
    }
}

pub fn timeline(item: &TimelineItem, case: &CaseFile, names: &Names<'_>, says: &Both) -> Json {
    let mut object = Object::new();
    put(&mut object, "when", Some(item.when.as_str()));
    put(&mut object, "lane", Some(item.lane.as_str()));
    put(&mut object, "subject", case.token_of(item.subject));
    put(&mut object, "records", Some(item.records.iter().map(|id| names.evidence(id)).collect::<Vec<_>>()));
    put(&mut object, "says", Some(says.json()));
    Json::Object(object)
}

pub fn finding(finding: &Finding, case: &CaseFile, names: &Names<'_>, says: &Both) -> Json {
    let mut object = Object::new();
    put(&mut object, "id", Some(finding.id().to_string()));
    put(&mut object, "type", Some(finding.kind.as_str()));
    put(&mut object, "severity", Some(finding.severity.as_str()));
    put(&mut object, "about", Some(finding.about.as_str()));
    put(&mut object, "when", finding.when.as_ref().map(|w| w.as_str()));
    put(&mut object, "subject", case.token_of(finding.subject));
    put(&mut object, "says", Some(says.json()));
    put(&mut object, "because", Some(finding.because().iter().map(|id| names.evidence(id)).collect::<Vec<_>>()));
    put(&mut object, "resolution", finding.resolution.map(|r| r.as_str()));
    Json::Object(object)
}

pub fn coverage(coverage: &Coverage, case: &CaseFile, names: &Names<'_>, ask: &[(String, Both)]) -> Json {
    let months: Vec<Json> = coverage
        .months
        .iter()
        .map(|m| {
            let evidence: Vec<Json> = m.evidence.iter().map(|e| json!({"id": names.evidence(&e.id), "strength": e.strength.as_str()})).collect();
            json!({"month": m.month.to_string(), "evidence": evidence, "best": m.best.as_str()})
        })
        .collect();
    let gaps: Vec<Json> = coverage.gaps.iter().map(|g| json!({"from": g.from.to_string(), "to": g.to.to_string(), "months": g.months})).collect();
    let ask: Vec<Json> = ask.iter().map(|(month, says)| json!({"month": month, "says": says.json()})).collect();
    let mut object = Object::new();
    put(&mut object, "claim", Some(coverage.claim.as_str()));
    put(&mut object, "subject", case.token_of(Some(coverage.subject)));
    put(&mut object, "months", Some(months));
    put(&mut object, "gaps", Some(gaps));
    put(&mut object, "ask", Some(ask));
    Json::Object(object)
}

/// One number's calls in one month; the number masked unless it may be shown.
pub fn call_summary(summary: &CallSummary, case: &CaseFile, masked: Option<String>) -> Json {
    let mut object = Object::new();
    match masked {
        Some(masked) => put(&mut object, "number_masked", Some(masked)),
        None => {
            put(&mut object, "number", Some(summary.number.clone()));
            put(&mut object, "name", summary.name.clone());
        }
    }
    put(&mut object, "subject", case.token_of(summary.subject));
    put(&mut object, "line", summary.line.clone());
    put(&mut object, "month", Some(summary.month.to_string()));
    put(&mut object, "in", Some(summary.incoming));
    put(&mut object, "out", Some(summary.outgoing));
    put(&mut object, "missed", Some(summary.missed));
    put(&mut object, "minutes", Some(summary.minutes));
    put(&mut object, "first", Some(summary.first.to_string()));
    put(&mut object, "last", Some(summary.last.to_string()));
    Json::Object(object)
}

/// The last line of `add`: what became of everything that was handed in.
pub fn add_summary(givings: &[&Giving], readable_copies: &[String]) -> Json {
    let is = |s: &[State]| givings.iter().filter(|g| s.contains(&g.reading.report.state)).count();
    let records: u64 =
        givings.iter().filter(|g| g.given.already.is_none()).map(|g| g.reading.report.records + g.reading.inside.iter().map(|i| i.report.records).sum::<u64>()).sum();
    json!({
        "files": givings.len(),
        "kept": givings.iter().filter(|g| g.given.already.is_none()).count(),
        "already_held": givings.iter().filter(|g| g.given.already.is_some()).count(),
        "read": is(&[State::Read, State::PartlyRead]),
        "unread": is(&[State::Unread]),
        "refused": is(&[State::Refused]),
        "records": records,
        "readable_copies": readable_copies,
    })
}
