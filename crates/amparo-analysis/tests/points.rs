//! Points to clarify, as cases: what one person's papers say, and what is found in them.

use amparo_analysis::view::{record_of, zone_named};
use amparo_analysis::{CallBatch, CallTable, View, findings, merge};
use amparo_model::calls::Call;
use amparo_model::case_file::ChangeKind;
use amparo_model::event::{At, Change, Judgement};
use amparo_model::record::Fields;
use amparo_model::*;
use jiff::civil::date;
use std::sync::Arc;

const CLIENT: PartyId = PartyId([1; 16]);
const SPOUSE: PartyId = PartyId([2; 16]);
const OTHER: &str = "+525512345678";

/// A paper's record: (source, kind, fields as typed).
type Said<'a> = (u8, Kind, &'a [(&'a str, &'a str)]);

fn record(n: usize, (source, kind, fields): Said<'_>, subject: Option<PartyId>, certainty: Certainty) -> Record {
    let mut draft = Draft::new(kind, Place::row(n as u64 + 1));
    draft.certainty = certainty;
    draft.fields = fields
        .iter()
        .map(|(name, text)| {
            let spec = kind.field(name).expect("a field of the kind");
            (spec.name, Value::parse(spec.ty, text).unwrap_or_else(|| panic!("{name} cannot be {text}")))
        })
        .collect::<Fields>();
    record_of(draft, Sha256([source; 32]), "paper", "test@1", u64::from(source), subject)
}

fn view(file: &CaseFile, records: Vec<Record>, calls: Vec<CallBatch>) -> View {
    View::new(Arc::new(file.clone()), records, calls, zone_named("America/Los_Angeles").unwrap())
}

fn found(papers: &[Said<'_>]) -> Vec<(&'static str, &'static str, String, usize)> {
    let file = CaseFile::default();
    let records = papers.iter().enumerate().map(|(n, said)| record(n, *said, Some(CLIENT), Certainty::Stated)).collect();
    let view = view(&file, records, vec![]);
    let all = findings(&view, JournalId([9; 16]), &merge(&view), &CallTable::build(&view), date(2026, 1, 1));
    all.iter().map(|f| (f.kind.as_str(), f.about.as_str(), f.when.as_ref().map_or(String::new(), |w| w.to_string()), f.because().len())).collect()
}

#[test]
fn what_one_persons_papers_say_and_what_is_found() {
    use Kind::*;
    let job = |source, employer, start, end| -> (u8, Kind, [(&str, &str); 3]) { (source, Job, [("employer", employer), ("start", start), ("end", end)]) };
    let check = |papers: &[(u8, Kind, [(&str, &str); 3])], want: &[(&str, &str, &str, usize)]| {
        let papers: Vec<Said<'_>> = papers.iter().map(|(s, k, f)| (*s, *k, &f[..])).collect();
        let got = found(&papers);
        let got: Vec<_> = got.iter().map(|(a, b, c, n)| (*a, *b, c.as_str(), *n)).collect();
        assert_eq!(got, want, "{papers:?}");
    };
    // Work: a hole of more than three months, two jobs at once, one job that two papers date differently.
    check(&[job(1, "Sol LLC", "2015-01", "2016-03"), job(1, "Mar Inc", "2016-08", "2018-01")], &[("gap", "employment", "2016-04/2016-07", 2)]);
    check(&[job(1, "Sol LLC", "2015-01", "2016-03"), job(1, "Mar Inc", "2016-07", "2018-01")], &[]);
    check(&[job(1, "Sol LLC", "2015-01", "2016-03"), job(1, "Mar Inc", "2015-09", "2018-01")], &[("overlap", "employment", "2015-09/2016-03", 2)]);
    check(&[job(1, "Sol LLC", "2015-01", "2016-03"), job(1, "Mar Inc", "2016-03", "2018-01")], &[]);
    check(&[job(1, "Sol Bakery LLC", "2015-01", "2016-03"), job(2, "SOL BAKERY, L.L.C.", "2015-06", "2016-03")], &[("contradiction", "employment", "2015-01", 2)]);
    check(&[job(1, "Sol Bakery LLC", "2015-01", "2016-03"), job(1, "Sol Bakery", "2017-06", "2018-03")], &[("gap", "employment", "2016-04/2017-05", 2)]);
    check(&[job(1, "Sol", "2015-05", "2015-01")], &[("impossible", "employment", "2015-01", 1)]);
    // Earnings and pay: the same year and box, or the same day, with two amounts.
    let earned = |source, cents| (source, Earnings, [("year", "2019"), ("basis", "w2_box1"), ("amount_cents", cents)]);
    check(&[earned(1, "100"), earned(2, "200")], &[("contradiction", "employment", "2019", 2)]);
    check(&[earned(1, "100"), earned(2, "100")], &[]);
    let pay = |source, employer, day, cents| (source, Pay, [("employer", employer), ("paid_on", day), ("gross_cents", cents)]);
    check(&[pay(1, "Sol LLC", "2020-03-13", "100"), pay(2, "Sol", "2020-03-13", "200")], &[("contradiction", "employment", "2020-03-13", 2)]);
    check(&[job(1, "Sol Bakery", "2020-01", "2020-12"), pay(2, "Harbor Laundry", "2020-03-13", "100")], &[("contradiction", "employment", "2020-03-13", 2)]);
    check(&[job(1, "Sol Bakery", "2020-01", "2020-03"), pay(2, "Sol Bakery LLC", "2020-05-08", "100")], &[]);
    // Who the person is.
    let who = |source, name, born, a| (source, Identity, [("name", name), ("birth_date", born), ("a_number", a)]);
    check(&[who(1, "Ana Ruiz", "1990-02-01", "A012345678"), who(2, "RUIZ SOTO, Ana", "1990-02-01", "A 12 345 678")], &[]);
    check(
        &[who(1, "Ana Ruiz", "1990-02-01", "A012345678"), who(2, "Ana Ruiz", "1990-01-02", "A012345679")],
        &[("contradiction", "identity", "1990-01-02", 2), ("contradiction", "identity", "", 2)],
    );
    check(&[who(1, "Ana Ruiz", "1990-02", "A012345678"), who(2, "Ana Ruiz", "1990-02-14", "A012345678")], &[]);
    // Entries: two papers about one entry on two days; two arrivals of one paper are two.
    let entry = |source, day, class| (source, Entry, [("on", day), ("class", class), ("port_raw", "NOG")]);
    check(&[entry(1, "2016-11-04", "B2"), entry(2, "2016-12-18", "EWI")], &[("contradiction", "travel", "2016-11-04", 2)]);
    check(&[entry(1, "2016-11-04", "B2"), entry(1, "2016-12-18", "B2")], &[]);
    check(&[entry(1, "2016-11-04", "B2"), entry(2, "2016-11-04", "EWI")], &[("contradiction", "travel", "2016-11-04", 2)]);
    check(&[entry(1, "2016-11-04", "B2"), entry(2, "2019-12-18", "B2")], &[]);
    check(&[who(1, "Ana Ruiz", "1990-02-01", "A012345678"), entry(2, "1989-05-05", "B2")], &[("impossible", "identity", "1989-05-05", 2)]);
    // Homes.
    let home = |text, start, end| (1, Address, [("text", text), ("start", start), ("end", end)]);
    check(&[home("1 Oak St", "2015-01", "2015-12"), home("2 Elm St", "2016-05", "2017-01")], &[("gap", "address", "2016-01/2016-04", 2)]);
    check(&[home("1 Oak St", "2015-01", "2015-12"), home("2 Elm St", "2015-06", "2017-01")], &[("overlap", "address", "2015-06/2015-12", 2)]);
    check(&[home("1 Oak St, Apt 4", "2015-01", "2015-12"), home("1 Oak St Apt 4 Mesa", "2015-06", "2017-01")], &[]);
}

#[test]
fn papers_of_two_people_and_of_nobody_make_no_point() {
    let file = CaseFile::default();
    let born = |day: &'static str| [("name", "Ana Ruiz"), ("birth_date", day)];
    for subjects in [[Some(CLIENT), Some(SPOUSE)], [None, None], [Some(CLIENT), None]] {
        let records = vec![
            record(0, (1, Kind::Identity, &born("1990-02-01")), subjects[0], Certainty::Stated),
            record(1, (2, Kind::Identity, &born("1991-02-01")), subjects[1], Certainty::Stated),
        ];
        let view = view(&file, records, vec![]);
        assert!(findings(&view, JournalId([9; 16]), &merge(&view), &CallTable::build(&view), date(2026, 1, 1)).is_empty(), "{subjects:?}");
    }
}

#[test]
fn one_papers_equal_figures_of_a_year_are_one_line() {
    let file = CaseFile::default();
    let earned = |n, basis: &'static str, cents: &'static str| {
        record(n, (1, Kind::Earnings, &[("year", "2019"), ("basis", basis), ("amount_cents", cents)]), Some(CLIENT), Certainty::Stated)
    };
    let view = view(&file, vec![earned(0, "w2_box3", "100"), earned(1, "w2_box1", "100"), earned(2, "w2_box5", "120")], vec![]);
    let items = amparo_analysis::timeline(&view, &merge(&view), &CallTable::build(&view)).items;
    let lines: Vec<usize> = items.iter().map(|i| i.records.len()).collect();
    assert_eq!(lines.iter().sum::<usize>(), 3);
    assert_eq!(lines.len(), 2);
}

// ---- calls ----

fn batch(source: u8, subject: Option<PartyId>, line: Option<&str>, calls: &[(&str, Direction, &str, u32)]) -> CallBatch {
    let mut columns = CallColumns::default();
    for (i, (at, direction, number, duration)) in calls.iter().enumerate() {
        columns.push(Call {
            row: i as u64 + 1,
            at: Instant::parse(at),
            direction: *direction,
            outcome: Outcome::Answered,
            service: Service::Voice,
            duration_s: Some(*duration),
            number: Some(number),
            number_raw: Some(number),
            name: None,
            line,
            place_raw: None,
            zone: None,
            zone_because: None,
        });
    }
    CallBatch { giving: u64::from(source), original: Sha256([source; 32]), name: format!("file-{source}"), reader: "test@1".into(), subject, columns }
}

const OUT: Direction = Direction::Out;

#[test]
fn the_same_call_twice_in_each_of_two_files_is_two_calls() {
    let file = CaseFile::default();
    let twice = [("2020-03-10T10:00:40Z", OUT, OTHER, 61), ("2020-03-10T10:00:40Z", OUT, OTHER, 61)];
    let v = view(&file, vec![], vec![batch(1, Some(CLIENT), None, &twice), batch(2, Some(CLIENT), None, &twice)]);
    let table = CallTable::build(&v);
    assert_eq!((table.merged(), table.ambiguous().len()), (2, 0));
}

#[test]
fn a_member_joins_and_parts_calls() {
    let at = |source: u64| At::of(source, &Place::row(1), Kind::Call);
    let calls = |second: &'static str| vec![batch(1, Some(CLIENT), None, &[("2020-03-10T10:00:40Z", OUT, OTHER, 61)]), batch(2, Some(CLIENT), None, &[(second, OUT, OTHER, 61)])];
    for (second, judgement, merged) in [
        ("2020-03-10T10:00:40Z", None, 1),
        ("2020-03-10T10:00:40Z", Some(Judgement::Different), 2),
        ("2020-03-10T10:09:40Z", None, 2),
        ("2020-03-10T10:09:40Z", Some(Judgement::Same), 1),
        ("2020-03-10T10:09:40Z", Some(Judgement::Unsure), 2),
    ] {
        let mut file = CaseFile::default();
        file.judgements.extend(judgement.map(|j| (9, at(2), at(1), j)));
        let v = view(&file, vec![], calls(second));
        assert_eq!(CallTable::build(&v).merged(), merged, "{second} {judgement:?}");
    }
}

#[test]
fn a_corrected_call_counts_as_corrected_and_keeps_its_id() {
    let mut file = CaseFile::default();
    let change = Change { at: At::of(1, &Place::row(1), Kind::Call), field: "number".into(), from: None, to: Some("+14155552671".into()), by: "Ana".into(), why: None };
    file.changes.push((9, ChangeKind::Corrected, change));
    let calls = || vec![batch(1, Some(CLIENT), None, &[("2020-03-10T10:00:40Z", OUT, OTHER, 61)])];
    let v = view(&file, vec![], calls());
    let table = CallTable::build(&v);
    let set: Vec<Record> = table.records().collect();
    assert_eq!((set[0].text("number"), set[0].certainty, set[0].by.as_deref()), (Some("+14155552671"), Certainty::Set, Some("Ana")));
    assert_eq!(table.summaries(None)[0].number, "+14155552671");
    let plain = CaseFile::default();
    let v = view(&plain, vec![], calls());
    assert_eq!(CallTable::build(&v).records().next().map(|r| r.id), Some(set[0].id));
}

#[test]
fn local_times_are_placed_where_the_same_calls_are() {
    // The carrier writes Phoenix time; the case is counted in Los Angeles.
    let file = CaseFile::default();
    let days = || (1..9).map(|d| (if d % 2 == 0 { "01" } else { "07" }, d, d * 5));
    let phone: Vec<String> = days().map(|(month, d, minute)| format!("2020-{month}-{d:02}T17:{minute:02}:20Z")).collect();
    let bill: Vec<String> = days().map(|(month, d, minute)| format!("2020-{month}-{d:02}T10:{minute:02}:00")).collect();
    let rows = |all: &'static [String], seconds| all.iter().map(|at| (at.as_str(), OUT, OTHER, seconds)).collect::<Vec<_>>();
    let (phone, bill) = (rows(Box::leak(phone.into_boxed_slice()), 30), rows(Box::leak(bill.into_boxed_slice()), 60));
    let v = view(&file, vec![], vec![batch(1, Some(CLIENT), None, &phone), batch(2, Some(CLIENT), None, &bill)]);
    let table = CallTable::build(&v);
    assert_eq!((table.merged(), table.unmerged()), (8, 16));
    let placed = table.unmerged_records().find(|r| r.provenance.giving == 2).unwrap();
    assert_eq!((placed.text("zone"), placed.text("zone_because")), (Some("America/Phoenix"), Some("same-calls")));
    // A question about one number gives the same answer.
    assert_eq!(CallTable::build_of(&v, Some(OTHER)).summaries(None), table.summaries(Some(OTHER)));
}

#[test]
fn two_peoples_calls_with_each_other_tell_their_lines() {
    let file = CaseFile::default();
    let at: Vec<String> = (1..9).map(|d| format!("2020-07-{d:02}T17:{:02}:20Z", d * 5)).collect();
    let (hers, his) = ("+14155550110", "+14155550130");
    let client: Vec<_> = at.iter().map(|a| (a.as_str(), OUT, his, 30)).chain([("2020-09-01T10:00:00Z", OUT, OTHER, 5)]).collect();
    let spouse: Vec<_> = at.iter().map(|a| (a.as_str(), Direction::In, hers, 30)).collect();
    let v = view(&file, vec![], vec![batch(1, Some(CLIENT), None, &client), batch(2, Some(SPOUSE), None, &spouse)]);
    let lines: Vec<String> = v.party_lines().into_iter().collect();
    assert_eq!(lines, [hers, his]);
    // Their calls stay each person's own: two records of one call are not merged over two people.
    assert_eq!(CallTable::build(&v).merged(), 17);
}

#[test]
fn exports_of_one_line_that_disagree_are_a_point_and_others_are_not() {
    let day = |d: u8| -> &'static str { Box::leak(format!("2020-07-{d:02}T17:00:20Z").into_boxed_str()) };
    let all: Vec<_> = (1..20).map(|d| (day(d), OUT, OTHER, 30)).collect();
    let less: Vec<_> = all.iter().filter(|c| c.0 != day(9)).copied().collect();
    let strangers: Vec<_> = (1..20).map(|d| (day(d), OUT, "+14155550199", 45)).collect();
    let late: Vec<_> = all.iter().skip(12).copied().collect();
    for (name, two, line, want) in [
        ("one call is missing", &less, None, 1),
        ("another line", &less, Some("+14155550111"), 0),
        ("nothing in common, no line known", &strangers, None, 0),
        ("begins later", &late, None, 0),
        ("the same", &all, None, 0),
    ] {
        let file = CaseFile::default();
        let v = view(&file, vec![], vec![batch(1, Some(CLIENT), line.map(|_| "+14155550100"), &all), batch(2, Some(CLIENT), line, two)]);
        let found = findings(&v, JournalId([9; 16]), &[], &CallTable::build(&v), date(2026, 1, 1));
        assert_eq!(found.len(), want, "{name}");
        // The missing call, and the calls before and after it in the other file.
        assert!(found.iter().all(|f| f.because().len() == 3), "{name}");
    }
}

#[test]
fn what_a_finding_disputes_and_how_it_can_be_settled() {
    use amparo_analysis::findings::{disputed, ways};
    use amparo_model::results::EvidenceId;
    let check = |papers: &[Said<'_>], fields: &[&[&str]], other_person: bool| {
        let records: Vec<Record> = papers.iter().enumerate().map(|(n, said)| record(n, *said, Some(CLIENT), Certainty::Stated)).collect();
        let view = view(&CaseFile::default(), records.clone(), vec![]);
        let all = findings(&view, JournalId([9; 16]), &merge(&view), &CallTable::build(&view), date(2026, 1, 1));
        let [finding] = &all[..] else { panic!("one finding of {}", all.len()) };
        let behind: Vec<&Record> = records.iter().filter(|r| finding.because().contains(&EvidenceId::Record(r.id))).collect();
        let got: Vec<Vec<&str>> = behind.iter().map(|r| disputed(finding, r).into_iter().filter(|f| r.fields.contains_key(f)).collect()).collect();
        assert_eq!(got, fields, "{}", finding.says.id);
        assert_eq!(ways(finding).contains(&event::Resolution::NotSamePerson), other_person, "{}", finding.says.id);
        assert!(ways(finding).contains(&event::Resolution::Explained));
    };
    let job = |employer, start, end| -> [(&str, &str); 3] { [("employer", employer), ("start", start), ("end", end)] };
    check(&[(1, Kind::Job, &job("Sol LLC", "2015-01", "2016-03")), (1, Kind::Job, &job("Mar Inc", "2016-08", "2018-01"))], &[&["end"], &["start"]], false);
    check(&[(1, Kind::Job, &job("Sol LLC", "2016-03", "2015-01"))], &[&["start", "end"]], true);
    let born = |day| -> [(&str, &str); 2] { [("name", "Ana Ruiz"), ("birth_date", day)] };
    check(&[(1, Kind::Identity, &born("1989-02-13")), (2, Kind::Identity, &born("1988-02-13"))], &[&["birth_date"], &["birth_date"]], true);
    let pay = |gross| -> [(&str, &str); 3] { [("employer", "Sol LLC"), ("paid_on", "2019-05-03"), ("gross_cents", gross)] };
    check(&[(1, Kind::Pay, &pay("85800")), (2, Kind::Pay, &pay("85900"))], &[&["gross_cents"], &["gross_cents"]], true);
}
