//! Points that a person has to look at: papers of one person that cannot all be right, or say nothing.

use crate::names::{may_be_same, plain};
use crate::view::{View, is_kind};
use amparo_model::results::{About, Arg, EvidenceId, Finding, FindingType, Says, Severity};
use amparo_model::{ANumber, Certainty, Edtf, JournalId, Kind, Record};
use std::collections::BTreeMap;

/// The findings of every party; unassigned records enter none, and no finding mixes two people.
pub fn findings(view: &View<'_>, case: JournalId, records: &[Record]) -> Vec<Finding> {
    let mut people: BTreeMap<_, Vec<&Record>> = BTreeMap::new();
    for r in records {
        if let Some(subject) = r.subject {
            people.entry(subject).or_default().push(r);
        }
    }
    let mut out = Vec::new();
    for (subject, own) in people {
        let mut push = |kind, severity, about, when: Option<Edtf>, what: &str, says, because: Vec<&Record>| {
            let because = because.into_iter().map(|r| EvidenceId::Record(r.id)).collect();
            out.extend(Finding::new(case, kind, severity, about, when, Some(subject), what, says, because));
        };
        let identity: Vec<&Record> = own.iter().copied().filter(|r| is_kind(r, &[Kind::Identity, Kind::TravelDocument])).collect();
        for field in ["birth_date", "a_number", "name"] {
            if let Some((a, b)) = differing(&identity, field) {
                let says = Says::new("finding-identity-differs").with("field", Arg::Term(format!("field-{field}")))
                    .with("one", Arg::Text(said(a, field).unwrap_or_default())).with("other", Arg::Text(said(b, field).unwrap_or_default()));
                let severity = if field == "name" { Severity::Medium } else { Severity::High };
                let because = identity.iter().copied().filter(|r| said(r, field).is_some()).collect();
                push(FindingType::Contradiction, severity, About::Identity, None, field, says, because);
            }
        }
        for r in &own {
            if let (Some(start), Some(end)) = (r.edtf("start"), r.edtf("end")) {
                if matches!((start.earliest(), end.latest()), (Some(a), Some(b)) if b < a) {
                    let about = if r.kind == Kind::Address { About::Address } else { About::Employment };
                    let says = Says::new("finding-end-before-start").with("start", Arg::When(start.clone())).with("end", Arg::When(end.clone()));
                    push(FindingType::Impossible, Severity::High, about, Some(start.clone()), "end", says, vec![r]);
                }
            }
            if let (Some(issued), Some(expires)) = (r.edtf("issued"), r.edtf("expires")) {
                if matches!((issued.earliest(), expires.latest()), (Some(a), Some(b)) if b < a) {
                    let says = Says::new("finding-expired-before-issued").with("issued", Arg::When(issued.clone())).with("expires", Arg::When(expires.clone()));
                    push(FindingType::Impossible, Severity::High, About::Travel, Some(issued.clone()), "expires", says, vec![r]);
                }
            }
        }
        let births: Vec<&Record> = identity.iter().copied().filter(|r| r.edtf("birth_date").is_some()).collect();
        for r in own.iter().filter(|r| is_kind(r, &[Kind::Entry, Kind::Exit, Kind::Job])) {
            let Some(on) = crate::timeline::when(r) else { continue };
            if let Some(birth) = births.iter().find(|b| matches!((b.edtf("birth_date").and_then(Edtf::earliest), on.latest()), (Some(b), Some(w)) if w < b)) {
                let date = birth.edtf("birth_date").cloned().unwrap_or_else(|| on.clone());
                let says = Says::new("finding-before-birth").with("when", Arg::When(on.clone())).with("birth", Arg::When(date));
                push(FindingType::Impossible, Severity::High, About::Identity, Some(on), r.kind.as_str(), says, vec![r, birth]);
            }
        }
        let work: Vec<&Record> = own.iter().copied().filter(|r| is_kind(r, &[Kind::Job, Kind::Pay, Kind::Earnings])).collect();
        for job in work.iter().filter(|r| r.kind == Kind::Job && r.certainty == Certainty::Said) {
            let Some(employer) = job.text("employer") else { continue };
            let supported = work.iter().any(|r| r.certainty != Certainty::Said && r.text("employer").is_some_and(|e| plain(e) == plain(employer)));
            if !supported {
                let name = if job.flag("household_employer") == Some(true) { Arg::Third(employer.to_owned()) } else { Arg::Text(employer.to_owned()) };
                let says = Says::new("finding-unsupported-job").with("employer", name);
                push(FindingType::Unsupported, Severity::Low, About::Employment, crate::timeline::when(job), &plain(employer), says, vec![job]);
            }
        }
        let mut spans: Vec<_> = work.iter().filter_map(|r| {
            let w = crate::timeline::when(r)?;
            Some((w.earliest()?, w.latest().unwrap_or(jiff::civil::Date::MAX), *r))
        }).collect();
        spans.sort_by_key(|(a, b, r)| (*a, *b, r.id));
        let mut reached: Option<(jiff::civil::Date, &Record)> = None;
        for (start, end, r) in spans {
            if let Some((last, before)) = reached {
                let months = (i32::from(start.year()) - i32::from(last.year())) * 12 + i32::from(start.month()) - i32::from(last.month()) - 1;
                if months > 3 {
                    let when = Edtf::parse(&format!("{last}/{start}"));
                    let says = Says::new("finding-gap").with("claim", Arg::Term("claim-employment".into())).with("from", Arg::When(Edtf::day(last))).with("to", Arg::When(Edtf::day(start)));
                    push(FindingType::Gap, Severity::Medium, About::Employment, when, "employment", says, vec![before, r]);
                }
            }
            if reached.is_none_or(|(last, _)| end > last) {
                reached = Some((end, r));
            }
        }
    }
    for f in &mut out {
        f.resolution = view.file.settled.get(&f.id()).map(|(_, r, _)| *r);
    }
    out.sort_by_key(|f| (f.severity, f.subject, f.id()));
    out.dedup_by_key(|f| f.id());
    out
}

fn said(r: &Record, field: &str) -> Option<String> {
    if field == "name" && r.text("name").is_none() {
        return Some(format!("{} {}", r.text("given_names")?, r.text("surname")?));
    }
    r.text(field).map(str::to_owned)
}

fn differing<'r>(records: &[&'r Record], field: &str) -> Option<(&'r Record, &'r Record)> {
    let known: Vec<(&'r Record, String)> = records.iter().filter_map(|r| Some((*r, said(r, field)?))).collect();
    known.iter().enumerate().find_map(|(i, (a, x))| {
        known[i + 1..].iter().find(|(b, y)| match field {
            "name" => !may_be_same(x, y),
            "birth_date" => {
                let of = |r: &Record| r.edtf(field).map(|e| (e.earliest(), e.latest()));
                matches!((of(a), of(b)), (Some((Some(a0), Some(a1))), Some((Some(b0), Some(b1)))) if a1 < b0 || b1 < a0)
            }
            _ => ANumber::parse(x).is_some() && ANumber::parse(y).is_some() && ANumber::parse(x) != ANumber::parse(y),
        }).map(|(b, _)| (*a, *b))
    })
}
