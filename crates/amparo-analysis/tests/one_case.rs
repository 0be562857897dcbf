//! The same call, pay and paper from several sources, in whatever order they were added.

use amparo_analysis::view::{record_of, zone_named};
use amparo_analysis::{CallBatch, CallTable, View, coverage, findings, merge, timeline};
use amparo_model::calls::Call;
use amparo_model::results::{Best, Claim, Month, Strength};
use amparo_model::*;
use jiff::civil::date;
use proptest::prelude::*;
use std::sync::Arc;

const CLIENT: PartyId = PartyId([1; 16]);
const SPOUSE: PartyId = PartyId([2; 16]);

fn batch(source: u8, calls: &[(&str, &str, u32)]) -> CallBatch {
    let mut columns = CallColumns::default();
    for (i, (at, number, duration)) in calls.iter().enumerate() {
        columns.push(Call {
            row: i as u64 + 1,
            at: Instant::parse(at),
            direction: Direction::Out,
            outcome: Outcome::Answered,
            service: Service::Voice,
            duration_s: Some(*duration),
            number: Some(number),
            number_raw: Some(number),
            name: None,
            line: Some("+14155550100"),
            place_raw: None,
            zone: None,
            zone_because: None,
        });
    }
    CallBatch { giving: u64::from(source), original: Sha256([source; 32]), name: "bill.csv".into(), reader: "test@1".into(), subject: Some(CLIENT), columns }
}

fn record(source: u8, row: u64, subject: PartyId, draft: Draft) -> Record {
    let mut draft = draft;
    draft.place = Place::row(row);
    record_of(draft, Sha256([source; 32]), "paper", "test@1", u64::from(source), Some(subject))
}

fn draft(kind: Kind) -> Draft {
    Draft::new(kind, Place::default())
}

fn view(file: &CaseFile, records: Vec<Record>, calls: Vec<CallBatch>) -> View {
    View::new(Arc::new(file.clone()), records, calls, zone_named("America/Los_Angeles").unwrap())
}

const OTHER: &str = "+525512345678";

#[test]
fn calls_that_differ_by_rounding_or_zone_are_one() {
    let a = ("2020-03-10T10:00:40-07:00", OTHER, 61);
    for (b, merged, why) in [
        (("2020-03-10T17:00:40Z", OTHER, 61), 1, "another zone"),
        (("2020-03-10T10:00:00", OTHER, 120), 1, "local time, whole minutes, rounded up"),
        (("2020-03-10T10:00:43-07:00", OTHER, 61), 2, "three seconds, both exact"),
        (("2020-03-10T10:00:40-07:00", "+525512345679", 61), 2, "the same second, another number"),
        (("2020-03-10T10:00:40-07:00", OTHER, 300), 2, "another duration"),
    ] {
        let file = CaseFile::default();
        let v = view(&file, vec![], vec![batch(1, &[a]), batch(2, &[b])]);
        let table = CallTable::build(&v);
        assert_eq!(table.merged(), merged, "{why}");
        let counted: usize = table.records().map(|r| 1 + r.also.len()).sum();
        assert_eq!(counted, table.unmerged(), "{why}");
    }
}

#[test]
fn a_call_that_fits_two_stays_apart_and_is_listed() {
    let file = CaseFile::default();
    let two = [("2020-03-10T10:00:05-07:00", OTHER, 20), ("2020-03-10T10:00:40-07:00", OTHER, 20)];
    let minute = [("2020-03-10T10:00:00-07:00", OTHER, 60), ("2020-03-10T10:00:00-07:00", OTHER, 60)];
    let v = view(&file, vec![], vec![batch(1, &two), batch(2, &minute)]);
    let table = CallTable::build(&v);
    assert_eq!((table.merged(), table.ambiguous().is_empty()), (4, false));
}

#[test]
fn an_evening_call_counts_in_the_month_where_the_person_lived() {
    let file = CaseFile::default();
    let v = view(&file, vec![], vec![batch(1, &[("2020-04-01T03:00:00Z", OTHER, 90)])]);
    let sums = CallTable::build(&v).summaries(Some(OTHER));
    assert_eq!((sums.len(), sums[0].month, sums[0].outgoing, sums[0].minutes), (1, Month { year: 2020, month: 3 }, 1, 1));
}

fn papers() -> Vec<Record> {
    let pay = || draft(Kind::Pay).with("employer", "Panadería Sol").with("paid_on", Edtf::parse("2020-03-13")).with("gross_cents", 50_000);
    vec![
        record(1, 1, CLIENT, pay()),
        record(2, 1, CLIENT, pay().with("net_cents", 40_000)),
        record(3, 1, SPOUSE, pay()),
        record(1, 2, CLIENT, draft(Kind::Identity).with("name", "María López").with("birth_date", Edtf::parse("1990-01-02"))),
        record(2, 2, CLIENT, draft(Kind::Identity).with("name", "LOPEZ GARCIA, MARIA").with("birth_date", Edtf::parse("1990-02-01"))),
        record(3, 2, SPOUSE, draft(Kind::Identity).with("name", "Juan Cruz").with("birth_date", Edtf::parse("1985-01-01"))),
    ]
}

#[test]
fn one_pay_in_two_papers_is_one_and_people_are_never_mixed() {
    let file = CaseFile::default();
    let v = view(&file, papers(), vec![]);
    let merged = merge(&v);
    assert_eq!(merged.len(), 5);
    let pay = merged.iter().find(|r| r.kind == Kind::Pay && r.subject == Some(CLIENT)).unwrap();
    assert_eq!((pay.also.len(), pay.number("net_cents")), (1, Some(40_000)));
    let found = findings(&v, JournalId([9; 16]), &merged, &CallTable::build(&v), date(2026, 1, 1));
    let what: Vec<_> = found.iter().map(|f| (f.what.as_str(), f.subject)).collect();
    assert_eq!(what, [("birth_date", Some(CLIENT))]);
}

#[test]
fn months_are_strong_weak_or_out_of_reach() {
    let file = CaseFile::default();
    let v = view(&file, papers(), vec![batch(1, &[("2020-04-10T10:00:05-07:00", OTHER, 20)])]);
    let (merged, calls) = (merge(&v), CallTable::build(&v));
    let grid = coverage(&v, &merged, &calls, Claim::Presence, CLIENT, Month { year: 2020, month: 3 }, Month { year: 2020, month: 5 }, date(2026, 1, 1));
    let best: Vec<_> = grid.months.iter().map(|m| m.best).collect();
    assert_eq!(best, [Best::Proven(Strength::Strong), Best::Proven(Strength::Weak), Best::OutOfReach]);
    assert_eq!(grid.counts(), (1, 1, 1, 0));
    assert_eq!(timeline(&v, &merged, &calls).items.len(), 3);
}

#[test]
fn a_fact_is_one_where_its_papers_agree_on_what_names_it() {
    use Kind::{Entry, Exit, Identity, TravelDocument};
    type Fields = &'static [(&'static str, &'static str)];
    const CASES: &[(Kind, Fields, Fields, usize)] = &[
        // The admission's page writes the port's name, the history its code.
        (Entry, &[("on", "2019-07-15"), ("port", "Miami, FL"), ("port_raw", "MIAMI, FL")], &[("on", "2019-07-15"), ("port", "Miami, FL"), ("port_raw", "MIA")], 1),
        (Exit, &[("on", "2019-07-15"), ("port", "Miami, FL")], &[("on", "2019-07-15"), ("port", "Miami, FL"), ("port_raw", "MIA")], 1),
        (Entry, &[("on", "2019-07-15"), ("port", "Miami, FL")], &[("on", "2019-07-15"), ("port", "Nogales, AZ")], 2),
        (Entry, &[("on", "2019-07-15"), ("port", "Miami, FL")], &[("on", "2019-07-16"), ("port", "Miami, FL")], 2),
        (Entry, &[("on", "2019-07-15"), ("port", "Miami, FL"), ("port_raw", "MIA")], &[("on", "2019-07-15"), ("port_raw", "840")], 2),
        (Entry, &[("on", "2019-07-15"), ("port", "Miami, FL")], &[("on", "2019-07-15")], 2),
        (Entry, &[("on", "2019-07-15"), ("port_raw", "840")], &[("on", "2019-07-15"), ("port_raw", "840")], 1),
        // A name in one piece or in two; none, and the same A-number. A birthday alone is two people's.
        (Identity, &[("name", "Ana Ruiz"), ("birth_date", "1990-02-01")], &[("given_names", "ANA"), ("surname", "RUIZ"), ("birth_date", "1990-02-01")], 1),
        (Identity, &[("a_number", "A012345678")], &[("a_number", "A 012-345-678")], 1),
        (Identity, &[("birth_date", "1990-02-01")], &[("birth_date", "1990-02-01")], 2),
        (TravelDocument, &[("number", "L898902C3")], &[("number", "L898902C3")], 1),
        (TravelDocument, &[("number", "L898902C3"), ("issuer", "MX")], &[("number", "L898902C3"), ("issuer", "GT")], 2),
        (TravelDocument, &[("expires", "2030-01-01")], &[("expires", "2030-01-01")], 2),
    ];
    for (kind, one, other, merged) in CASES {
        let paper = |source, fields: Fields| {
            let filled = fields.iter().fold(draft(*kind), |d, (name, text)| d.with(name, Value::parse(kind.field(name).unwrap().ty, text)));
            record(source, 1, CLIENT, filled)
        };
        let file = CaseFile::default();
        let (a, b) = (paper(1, one), paper(2, other));
        for order in [vec![a.clone(), b.clone()], vec![b, a]] {
            let facts = merge(&view(&file, order, vec![]));
            assert_eq!((facts.len(), facts.iter().map(|f| 1 + f.also.len()).sum::<usize>()), (*merged, 2), "{kind} {one:?} {other:?}");
        }
    }
}

#[test]
fn where_somebody_came_in_is_said_by_its_name() {
    let said = |kind, fields: &[(&'static str, &str)]| {
        let filled = fields.iter().fold(draft(kind), |d, (name, text)| d.with(name, *text));
        let says = amparo_analysis::says::record(&record(1, 1, CLIENT, filled)).unwrap();
        amparo_lang::sentence(&says, amparo_lang::Lang::En, &|third| third.to_owned())
    };
    for (kind, fields, want) in [
        (Kind::Exit, &[("port_raw", "Unavailable")][..], "Left, port not stated"),
        (Kind::Exit, &[], "Left, port not stated"),
        (Kind::Exit, &[("port_raw", "840")], "Left, port code 840"),
        (Kind::Exit, &[("port_raw", "PHX")], "Left at PHX"),
        (Kind::Entry, &[("port_raw", "NOG"), ("port", "Nogales, AZ")], "Entered at Nogales, AZ"),
        (Kind::Entry, &[("port_raw", "NOG"), ("port", "Nogales, AZ"), ("class", "B2")], "Entered at Nogales, AZ, class B2"),
        (Kind::Entry, &[("port_raw", "813"), ("class", "B2")], "Entered, port code 813, class B2"),
        (Kind::Entry, &[("class", "B2")], "Entered, port not stated, class B2"),
    ] {
        assert_eq!(said(kind, fields), want);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_order_of_adding_changes_nothing(order in Just((0..6usize).collect::<Vec<_>>()).prop_shuffle(), calls in Just((0..3usize).collect::<Vec<_>>()).prop_shuffle()) {
        let file = CaseFile::default();
        let sources = [
            batch(1, &[("2020-03-10T10:00:40-07:00", OTHER, 61), ("2020-03-11T10:00:40-07:00", OTHER, 5)]),
            batch(2, &[("2020-03-10T10:00:00", OTHER, 120), ("2020-03-12T09:00:00", OTHER, 60)]),
            batch(3, &[("2020-03-10T17:00:40Z", OTHER, 61)]),
        ];
        let all = papers();
        let first = view(&file, all.clone(), sources.to_vec());
        let other = view(&file, order.iter().map(|i| all[*i].clone()).collect(), calls.iter().map(|i| sources[*i].clone()).collect());
        let (a, b) = (merge(&first), merge(&other));
        prop_assert_eq!(&a, &b);
        prop_assert_eq!(a.iter().map(|r| 1 + r.also.len()).sum::<usize>(), all.len());
        let of = |v: &View| CallTable::build(v).records().collect::<Vec<_>>();
        prop_assert_eq!(of(&first), of(&other));
    }
}
