//! The timeline: what is dated, in four lanes; calls are one line a month.

use crate::calls::CallTable;
use crate::view::View;
use amparo_model::results::{Arg, EvidenceId, Lane, Month, Says, Timeline, TimelineItem};
use amparo_model::{Edtf, Kind, Record};
use std::collections::BTreeMap;

fn lane(kind: Kind) -> Option<Lane> {
    Some(match kind {
        Kind::Job | Kind::Earnings | Kind::Pay | Kind::Deposit => Lane::Work,
        Kind::Message => Lane::Phone,
        Kind::Address => Lane::Home,
        Kind::Call | Kind::Contact | Kind::Page | Kind::Identity => return None,
        _ => Lane::Immigration,
    })
}

/// When a record speaks of; `None` where it is undated.
pub fn when(r: &Record) -> Option<Edtf> {
    if let Some(start) = r.edtf("start") {
        let end = r.edtf("end").map_or("..", Edtf::as_str);
        return Edtf::parse(&format!("{start}/{end}")).or_else(|| Some(start.clone()));
    }
    if let Some(at) = r.instant("at") {
        return Some(Edtf::day(at.date()));
    }
    ["on", "period", "paid_on", "at", "issued", "expires", "end"].iter().find_map(|f| r.edtf(f).cloned())
        .or_else(|| Edtf::parse(r.text("at")?.get(..10)?))
        .or_else(|| Edtf::year(i16::try_from(r.number("year")?).ok()?))
}

/// Items of merged `records` and `calls`, by date, lane and person.
pub fn timeline(view: &View<'_>, records: &[Record], calls: &CallTable<'_>) -> Timeline {
    let mut items = Vec::new();
    let mut messages: BTreeMap<(Option<amparo_model::PartyId>, Edtf), Vec<EvidenceId>> = BTreeMap::new();
    for r in records {
        let (Some(lane), Some(when)) = (lane(r.kind), when(r)) else { continue };
        if r.kind == Kind::Message {
            if let Some(month) = r.instant("at").map(|at| view.month_of(at)).and_then(|m| Edtf::month(m.year, m.month)) {
                messages.entry((r.subject, month)).or_default().push(EvidenceId::Record(r.id));
            }
            continue;
        }
        let household = r.flag("household_employer") == Some(true);
        let what = ["employer", "form", "class", "type", "city", "port", "place"].iter().find_map(|f| r.text(f)).unwrap_or_default().to_owned();
        let what = if household && r.text("employer") == Some(&what) { Arg::Third(what) } else { Arg::Text(what) };
        let says = Says::new("timeline-record").with("kind", Arg::Term(format!("kind-{}", r.kind))).with("what", what);
        items.push(TimelineItem { when, lane, subject: r.subject, records: vec![EvidenceId::Record(r.id)], says });
    }
    for ((subject, when), records) in messages {
        let says = Says::new("timeline-record").with("kind", Arg::Term("kind-message".into())).with("what", Arg::Text(records.len().to_string()));
        items.push(TimelineItem { when, lane: Lane::Phone, subject, records, says });
    }
    let mut months: BTreeMap<_, BTreeMap<&str, i64>> = BTreeMap::new();
    for (subject, line, number, at) in calls.each() {
        let key: (Option<amparo_model::PartyId>, &str, Month) = (subject, line.unwrap_or_default(), view.month_of(at));
        *months.entry(key).or_default().entry(number.unwrap_or_default()).or_default() += 1;
    }
    for ((subject, line, month), numbers) in months {
        let Some(when) = Edtf::month(month.year, month.month) else { continue };
        let says = Says::new("timeline-calls").with("count", Arg::Number(numbers.values().sum())).with("line", Arg::Text(line.to_owned()));
        let records = numbers.keys().map(|n| EvidenceId::Calls { line: line.to_owned(), number: (*n).to_owned(), month }).collect();
        items.push(TimelineItem { when, lane: Lane::Phone, subject, records, says });
    }
    items.sort_by(|a, b| (a.when.earliest(), &a.when, a.lane, a.subject, &a.records).cmp(&(b.when.earliest(), &b.when, b.lane, b.subject, &b.records)));
    Timeline { items }
}
