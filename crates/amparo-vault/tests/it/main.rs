//! Custody as a whole, over a real store in a temporary folder.

use amparo_model::calls::Call;
use amparo_model::event::{Given, Purpose, ReadingOf, SegmentKind, What};
use amparo_model::ids::RunId;
use amparo_model::{CallColumns, Direction, Instant, Outcome, Place, Reject, Report, Service, Sha256};
use amparo_store::{Local, Store};
use amparo_vault::{Case, Fate, Founding, Office, Open, Segments, Standing, VaultError, Where, init, resume, unlock, unlock_with_words};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

mod canaries;
mod crash;
mod flips;
mod forgetting;
mod handing;
mod leaving;
mod losses;
mod reader;
mod releases;
mod tampering;

pub const NOW: i64 = 1_763_900_000_000;
pub const PASSPHRASE: &str = "seis palabras para una prueba nueva";

pub fn store(folder: &Path) -> Arc<dyn Store> {
    Arc::new(Local::open(folder).expect("a store"))
}

pub fn founding() -> Founding<'static> {
    Founding { passphrase: PASSPHRASE, member_name: "Ana", language: "es", office_name: "Oficina", neutral_name: "Oficina", zone: "America/Los_Angeles", recovery: None }
}

pub fn given(case: &mut Case<Open>, text: &str) -> u64 {
    given_as(case, text).unwrap()
}

/// A paper whose name and bytes are this text, read into a reject and three calls.
pub fn given_as(case: &mut Case<Open>, text: &str) -> amparo_vault::Result<u64> {
    let kept = case.keep(&mut text.as_bytes())?;
    let mut segments = Segments::new(case);
    segments.rejects(&[Reject::new(Place::row(1), "not-a-call", text)])?;
    segments.calls(&calls(3))?;
    let segments = segments.finish()?;
    let mut blobs = vec![kept.blob];
    blobs.extend(segments.iter().map(|s| s.blob));
    let reading = ReadingOf { report: Report::reading("text", "text@1"), inside: vec![], segments };
    let given = Given {
        blob: kept.blob,
        sha256: kept.sha256,
        bytes: kept.bytes,
        name: text.chars().take(40).collect(),
        path: String::new(),
        run: RunId([1; 16]),
        from: None,
        subject: None,
        companions: vec![],
        already: None,
        reading,
    };
    case.append(Where::Unassigned, What::Given(given), &blobs, NOW)
}

pub fn calls(n: u64) -> CallColumns {
    let mut batch = CallColumns { inside: "a/b".into(), ..CallColumns::default() };
    for row in 1..=n {
        batch.push(Call {
            row,
            at: Instant::parse(if row % 2 == 0 { "2019-07-12T10:00:00-07:00" } else { "2019-07-12T10:00:00" }).filter(|_| row % 5 != 0),
            direction: Direction::In,
            outcome: Outcome::Missed,
            service: Service::Voice,
            duration_s: (row % 3 == 0).then_some(row as u32),
            number: (row % 2 == 0).then_some("+14155552671"),
            number_raw: Some("415"),
            name: (row % 7 == 1).then_some("Luz"),
            line: None,
            place_raw: None,
            zone: None,
            zone_because: None,
        });
    }
    batch
}

#[test]
fn a_paper_kept_today_is_there_tomorrow_and_only_after_a_look() {
    let dir = tempfile::tempdir().unwrap();
    let founded = init(store(dir.path()), &founding(), NOW).unwrap();
    let words = founded.words.words(true).unwrap().join(" ");
    let mut office = founded.office;
    let mut case = office.create_case(None, "Familia L\u{f3}pez", Some(("America/Los_Angeles", "office")), NOW).unwrap();
    let client = case.add_party("client", Some("Luz"), NOW).unwrap();
    let giving = given(&mut case, "hola");
    case.append(Where::Party(client), What::Note { about: giving, text: "x".into() }, &[], NOW).unwrap();
    let (head, handle) = (case.head(), office.cases().next().unwrap().handle.clone());
    office.end_session(NOW).unwrap();
    drop((case, office));

    assert!(matches!(unlock(store(dir.path()), "otra"), Err(VaultError::WrongPassphrase)));
    let office = unlock_with_words(store(dir.path()), &words).unwrap();
    office.change_passphrase("una nueva frase de paso").unwrap();
    let office = unlock(store(dir.path()), "Una nueva  FRASE de paso\n").unwrap();
    let office = resume(store(dir.path()), &office.session().to_secret_bytes().unwrap()).unwrap();
    let mut case = office.case(&handle).unwrap().open(&office, NOW).unwrap();
    assert_eq!(case.standing(), &Standing::Whole);
    assert_eq!(case.head(), head);
    assert_eq!(case.file().name.as_deref(), Some("Familia L\u{f3}pez"));
    let look = case.look(Purpose::Review, "show", vec!["originals".into()], false, NOW).unwrap();
    let giving = case.file().givings[&giving].clone();
    let mut text = String::new();
    case.fetch(&look, giving.given.blob).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "hola");
    let of = |kind| giving.reading.segments.iter().find(|s| s.kind == kind).unwrap();
    let batches: Vec<_> = case.calls(&look, of(SegmentKind::Calls)).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(batches, [calls(3)]);
    let rejects: Vec<_> = case.rejects(&look, of(SegmentKind::Rejects)).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(rejects, [Reject::new(Place::row(1), "not-a-call", "hola")]);
    assert_eq!(case.file().holds_bytes(&Sha256::of(b"hola")).map(|g| g.seq), Some(giving.seq));
}

#[test]
fn batches_of_calls_come_back_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let mut office = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    let (big, small) = (calls(65_536), CallColumns { inside: String::new(), ..calls(10) });
    let mut segments = Segments::new(&mut case);
    segments.calls(&big).unwrap();
    segments.calls(&small).unwrap();
    let segment = segments.finish().unwrap().remove(0);
    assert_eq!(segment.rows, 65_546);
    let look = case.look(Purpose::Review, "test", vec![], false, NOW).unwrap();
    let back: Vec<_> = case.calls(&look, &segment).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(back == [big, small]);
}

#[test]
fn a_member_without_a_grant_holds_no_key_that_opens_the_case() {
    let dir = tempfile::tempdir().unwrap();
    let mut ana = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let case = ana.create_case(Some("luna-mesa"), "x", None, NOW).unwrap().id();
    let (member, sheet) = ana.member_invite("Beto", "volunteer", NOW).unwrap();
    let words = sheet.words(false).unwrap().join(" ");
    let beto = || -> Office { unlock_with_words(store(dir.path()), &words).unwrap() };
    assert!(matches!(beto().open_case(case, NOW), Err(VaultError::NoGrant(_))));
    // On bytes: no row of the case is to this member.
    let rows = store(dir.path()).wraps(&case.0, Some(1)).unwrap();
    assert_eq!(rows.len(), 1);

    ana.grant(case, member, None, NOW).unwrap();
    let mut theirs = beto().open_case(case, NOW).unwrap();
    let before = given(&mut theirs, "de Beto");
    ana.reload().unwrap();
    assert_eq!(ana.open_case(case, NOW).unwrap().journal().entry(before).unwrap().author, Some(member));
    ana.revoke(case, member, NOW).unwrap();
    assert!(matches!(beto().open_case(case, NOW), Err(VaultError::NoGrant(_))));
    let mut mine = ana.open_case(case, NOW).unwrap();
    assert_eq!(mine.standing(), &Standing::Whole);
    assert_eq!(mine.journal().epoch, 2);
    // Every key is under the new journal key, and that one is to those who stay: nothing is left of the old one.
    let rows = store(dir.path()).wraps(&case.0, None).unwrap();
    assert!(rows.iter().filter(|r| r.key.what == 2).all(|r| r.key.to == [b'K', 0, 0, 0, 2]));
    assert!(rows.iter().filter(|r| r.key.what == 1).map(|r| &r.key.id[..]).eq([[0, 0, 0, 2]]));
    assert!(mine.journal().entries.iter().all(|e| e.fate == Fate::Open));
    let look = mine.look(Purpose::Review, "show", vec![], false, NOW).unwrap();
    let blob = mine.file().givings[&before].given.blob;
    let mut text = String::new();
    mine.fetch(&look, blob).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "de Beto");

    assert_eq!(ana.member_remove(member, NOW).unwrap(), []);
    assert!(unlock_with_words(store(dir.path()), &words).is_err());
    assert_eq!(ana.open_case(case, NOW).unwrap().standing(), &Standing::Whole);
}
