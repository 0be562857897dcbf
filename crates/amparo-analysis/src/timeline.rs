//! The timeline: what is dated, in four lanes; calls and messages are one line a month.

use crate::calls::CallTable;
use crate::says;
use crate::view::View;
use amparo_model::results::{Arg, EvidenceId, Lane, Month, Says, Timeline, TimelineItem};
use amparo_model::{Edtf, Kind, PartyId, Record};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The lane a record stands in; kinds without a date of their own stand in none.
pub fn lane(r: &Record) -> Option<Lane> {
    Some(match r.kind {
        Kind::Job | Kind::Earnings | Kind::Pay | Kind::Deposit => Lane::Work,
        Kind::Message => Lane::Phone,
        Kind::Address => Lane::Home,
        Kind::Event if !r.text("type").is_some_and(|t| t.starts_with("visa_") || t.starts_with("asylum_")) => Lane::Home,
        Kind::Call | Kind::Contact | Kind::Page | Kind::Identity => return None,
        _ => Lane::Immigration,
    })
}

/// When a record speaks of; `None` where it is undated. Instants count on their source's own clock.
pub fn when(r: &Record) -> Option<Edtf> {
    let at = r.instant("at").map(|at| at.date());
    dated(r, at)
}

/// As [`when`], instants counted where the person lived.
pub fn when_in(view: &View, r: &Record) -> Option<Edtf> {
    dated(r, r.instant("at").map(|at| view.day_of(at)))
}

fn dated(r: &Record, at: Option<Date>) -> Option<Edtf> {
    if let Some(start) = r.edtf("start") {
        let end = r.edtf("end").map_or("..", Edtf::as_str);
        return Edtf::parse(&format!("{start}/{end}")).or_else(|| Some(start.clone()));
    }
    if let Some(at) = at {
        return Some(Edtf::day(at));
    }
    ["on", "period", "paid_on", "issued", "expires"]
        .iter()
        .find_map(|f| r.edtf(f).cloned())
        .or_else(|| r.edtf("end").and_then(|end| Edtf::parse(&format!("../{end}"))))
        .or_else(|| Edtf::parse(r.text("at")?.get(..10)?))
        .or_else(|| Edtf::year(i16::try_from(r.number("year")?).ok()?))
}

/// Items of merged `records` and `calls`, by date, lane and person.
pub fn timeline(view: &View, records: &[Record], calls: &CallTable<'_>) -> Timeline {
    let mut items = Vec::new();
    let mut messages: BTreeMap<(Option<PartyId>, Edtf), Vec<EvidenceId>> = BTreeMap::new();
    for r in records {
        let (Some(lane), Some(when)) = (lane(r), when_in(view, r)) else { continue };
        if r.kind == Kind::Message {
            if let Some(month) = r.instant("at").map(|at| view.month_of(at)).and_then(|m| Edtf::month(m.year, m.month)) {
                messages.entry((r.subject, month)).or_default().push(EvidenceId::Record(r.id));
            }
            continue;
        }
        // One paper's figures of one year that are the same amount are one line: the boxes of a W-2, Social Security's
        // and Medicare's record.
        let mut ids = vec![EvidenceId::Record(r.id)];
        if r.kind == Kind::Earnings {
            let twins: Vec<&Record> = records.iter().filter(|o| same_year(o, r)).collect();
            if twins.iter().any(|o| rank(o) < rank(r)) {
                continue;
            }
            ids.extend(twins.iter().filter(|o| o.id != r.id).map(|o| EvidenceId::Record(o.id)));
        }
        let Some(says) = says::record(r) else { continue };
        items.push(TimelineItem { when, lane, subject: r.subject, records: ids, says });
    }
    for ((subject, when), records) in messages {
        let says = Says::new("timeline-messages").with("count", Arg::Number(records.len() as i64));
        items.push(TimelineItem { when, lane: Lane::Phone, subject, records, says });
    }
    #[derive(Default)]
    struct Calls {
        count: i64,
        days: BTreeSet<Date>,
        numbers: HashSet<u32>,
    }
    let mut months: HashMap<(Option<PartyId>, u32, Month), Calls> = HashMap::new();
    for call in calls.told() {
        let month = months.entry((call.subject, call.line, Month::of(call.day))).or_default();
        month.count += 1;
        month.days.insert(call.day);
        month.numbers.insert(call.number);
    }
    for ((subject, line, month), all) in months {
        let line = calls.text(line).unwrap_or_default();
        let Some(when) = Edtf::month(month.year, month.month) else { continue };
        let id = if line.is_empty() { "timeline-calls-no-line" } else { "timeline-calls" };
        let mut says = Says::new(id).with("count", Arg::Number(all.count)).with("days", Arg::Number(all.days.len() as i64));
        if !line.is_empty() {
            says = says.with("line", Arg::Third(line.to_owned()));
        }
        let mut numbers: Vec<&str> = all.numbers.iter().map(|n| calls.text(*n).unwrap_or_default()).collect();
        numbers.sort_unstable();
        let records = numbers.into_iter().map(|n| EvidenceId::Calls { line: line.to_owned(), number: n.to_owned(), month }).collect();
        items.push(TimelineItem { when, lane: Lane::Phone, subject, records, says });
    }
    items.sort_by(|a, b| (first(&a.when), &a.when, a.lane, a.subject, &a.records).cmp(&(first(&b.when), &b.when, b.lane, b.subject, &b.records)));
    Timeline { items }
}

/// Which of a paper's figures speaks for the others: the first by name (box 1 before 3, Social Security before Medicare).
fn rank(r: &Record) -> (Option<&str>, amparo_model::RecordId) {
    (r.text("basis"), r.id)
}

fn same_year(a: &Record, b: &Record) -> bool {
    a.kind == b.kind
        && a.subject == b.subject
        && a.provenance.original == b.provenance.original
        && ["employer", "year", "amount_cents"].iter().all(|f| a.fields.get(f) == b.fields.get(f))
}

/// The day by which an item is put in order: an open beginning stands at its end.
fn first(when: &Edtf) -> Option<Date> {
    when.earliest().or_else(|| when.latest())
}
