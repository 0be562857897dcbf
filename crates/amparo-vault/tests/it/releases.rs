//! What every release wrote is read for ever: a backup of a small invented office for each, under fixtures/stores,
//! and a case handed over in each profile, with every kind of segment, under fixtures/exports.
//!
//! `UPDATE=1` writes the one of this release where it is not there yet; one that is there is never written again.

use crate::{NOW, founding, given, store};
use amparo_model::event::{At, Change, Given, Purpose, ReadingOf, SegmentKind};
use amparo_model::ids::RunId;
use amparo_model::reading::{Inside, PageText, Word};
use amparo_model::{Draft, Kind, Place, Reject, Report, Sha256, What};
use amparo_vault::{Case, Handing, Made, Open, Profile, Segments, Standing, Where, init, restore, unlock};
use std::path::{Path, PathBuf};

fn stores() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/stores")
}

fn exports() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/exports")
}

/// Every kind of entry that a case of this release holds.
fn write(folder: &Path) {
    let home = tempfile::tempdir().unwrap();
    let founded = init(store(home.path()), &founding(), NOW).unwrap();
    let mut office = founded.office;
    let mut case = office.create_case(Some("luna-mesa"), "Familia Invented", Some(("America/Denver", "office")), NOW).unwrap();
    let (client, child) = (case.add_party("client", Some("Luz"), NOW).unwrap(), case.add_party("child", None, NOW).unwrap());
    let papers: Vec<u64> = ["uno", "dos", "tres", "cuatro"].iter().map(|t| given(&mut case, t)).collect();
    case.assign(papers[0], "", Some(client), NOW).unwrap();
    case.assign(papers[1], "", Some(child), NOW).unwrap();
    let at = At { of: papers[0], inside: String::new(), place: "row:1".into(), kind: Kind::Job, ordinal: String::new() };
    let change = Change { at: at.clone(), field: "employer".into(), from: None, to: Some("Sol".into()), by: "Ana".into(), why: None };
    case.append(Where::Party(client), What::Corrected(change), &[], NOW).unwrap();
    case.append(Where::Work, What::Judged { left: at.clone(), right: At { of: papers[1], ..at }, judgement: amparo_model::event::Judgement::Different }, &[], NOW).unwrap();
    let look = case.look(Purpose::Review, "show", vec!["originals".into()], false, NOW).unwrap();
    case.note(look.seq, "duda", NOW).unwrap();
    case.withdraw(&mut office, &papers[3..], "wrong case", false, NOW).unwrap();
    let (member, _) = office.member_invite("Beto", "paralegal", NOW).unwrap();
    office.grant(case.id(), member, None, NOW).unwrap();
    office.revoke(case.id(), member, NOW).unwrap();
    let mut case = office.open_case(case.id(), NOW).unwrap();
    case.hold(Some(papers[2]), "court", NOW).unwrap();
    office.member_remove(member, NOW).unwrap();
    office.end_session(NOW).unwrap();
    std::fs::create_dir_all(folder).unwrap();
    office.backup(&folder.join("backup"), "stick", NOW).unwrap();
    std::fs::write(folder.join("words.txt"), founded.words.words(true).unwrap().join(" ")).unwrap();
}

#[test]
fn what_each_release_wrote_is_read() {
    let this = stores().join(env!("CARGO_PKG_VERSION"));
    if std::env::var_os("UPDATE").is_some() && !this.exists() {
        write(&this);
    }
    let mut read = 0;
    for release in std::fs::read_dir(stores()).unwrap() {
        let folder = release.unwrap().path();
        let words = std::fs::read_to_string(folder.join("words.txt")).unwrap();
        let home = tempfile::tempdir().unwrap();
        let office = restore(&folder.join("backup"), store(home.path()), &words).unwrap();
        let report = office.verify(true, NOW).unwrap();
        assert!(report.ok() && report.litter.is_empty(), "{folder:?}: {report:?}");
        let info = office.roster().case_by_handle("luna-mesa").unwrap().clone();
        let case = office.open_case(info.journal, NOW).unwrap();
        assert_eq!(case.standing(), &Standing::Whole);
        let file = case.file();
        assert_eq!((file.name.as_deref(), file.zone.as_ref().map(|z| z.0.as_str())), (Some("Familia Invented"), Some("America/Denver")));
        assert_eq!(file.parties.iter().map(|p| p.token.as_str()).collect::<Vec<_>>(), ["client", "child"]);
        let papers: Vec<(&str, Option<&str>)> = file.givings.values().map(|g| (g.given.name.as_str(), file.token_of(g.subject))).collect();
        assert_eq!(papers, [("uno", Some("client")), ("dos", Some("child")), ("tres", None)]);
        assert_eq!((file.changes.len(), file.judgements.len(), file.notes.len(), file.holds.len()), (1, 1, 1, 1));
        assert_eq!(case.journal().epoch, 2);
        assert!(case.verify(None, true).unwrap().forgotten.len() == 1);
        // And it goes on: a passphrase, and a paper more.
        office.change_passphrase("otra frase de paso nueva").unwrap();
        let office = unlock(store(home.path()), "otra frase de paso nueva").unwrap();
        let mut case = office.open_case(info.journal, NOW).unwrap();
        given(&mut case, "cinco");
        read += 1;
    }
    assert!(read > 0);
}

fn drafts() -> Vec<Draft> {
    vec![Draft::new(Kind::Job, Place::row(3)).with("employer", "Sol"), Draft::new(Kind::Job, Place::row(4)).with("employer", "Luna").read_with(87)]
}

fn pages() -> Vec<PageText> {
    let word = |text: &str, x: u32, line: bool| Word { text: text.into(), at: [x, 100_000, 50_000, 12_000], confidence: Some(91), line };
    vec![PageText { inside: String::new(), page: 1, machine_read: true, words: vec![word("Carta", 100_000, true), word("de", 160_000, false), word("Luz", 100_000, true)] }]
}

fn inside() -> Vec<Inside> {
    vec![Inside { path: "a/b.txt".into(), sha256: Sha256::of(b"b"), bytes: 1, report: Report::reading("text", "text@1") }]
}

/// A paper with a segment of every kind.
fn read_in_full(case: &mut Case<Open>) {
    let kept = case.keep(&mut &b"entero"[..]).unwrap();
    let mut segments = Segments::new(case);
    segments.calls(&crate::calls(7)).unwrap();
    segments.drafts(&drafts()).unwrap();
    segments.pages(&pages()).unwrap();
    segments.rejects(&[Reject::new(Place::row(9), "not-a-call", "x")]).unwrap();
    segments.inside(&inside()).unwrap();
    let segments = segments.finish().unwrap();
    assert_eq!(segments.len(), 5);
    let mut blobs = vec![kept.blob];
    blobs.extend(segments.iter().map(|s| s.blob));
    let reading = ReadingOf { report: Report::reading("text", "text@1"), inside: vec![], segments };
    let given = Given {
        blob: kept.blob,
        sha256: kept.sha256,
        bytes: kept.bytes,
        name: "entero".into(),
        path: "d/entero".into(),
        run: RunId([3; 16]),
        from: Some("Luz".into()),
        subject: None,
        companions: vec![],
        already: None,
        reading,
    };
    case.append(Where::Unassigned, What::Given(given), &blobs, NOW).unwrap();
}

fn hand_over(folder: &Path) {
    let (home, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut office = init(store(home.path()), &founding(), NOW).unwrap().office;
    // The receiver's identity is that of a sheet: stock age takes it, and so does import.
    let receiver = init(store(there.path()), &founding(), NOW).unwrap().words;
    let recipient = amparo_seal::recipient_of(&amparo_seal::identity_of_text(&receiver.identity()).unwrap());
    let mut case = office.create_case(Some("luna-mesa"), "Familia Invented", Some(("America/Denver", "office")), NOW).unwrap();
    let client = case.add_party("client", Some("Luz"), NOW).unwrap();
    let uno = given(&mut case, "uno");
    case.assign(uno, "", Some(client), NOW).unwrap();
    read_in_full(&mut case);
    let look = case.look(Purpose::Other, "export", vec![], false, NOW).unwrap();
    case.note(look.seq, "duda", NOW).unwrap();
    std::fs::create_dir_all(folder).unwrap();
    for (name, profile) in Profile::ALL {
        let mut records = &b"{}\n"[..];
        let made = if *profile == Profile::ClientFile { vec![Made { name: "records.jsonl", bytes: &mut records }] } else { vec![] };
        let to = (*profile != Profile::ClientFile).then_some(recipient.as_str());
        case.export(&look, &folder.join(name), Handing { profile: *profile, to, whose: None, made }, NOW).unwrap();
    }
    std::fs::write(folder.join("identity.txt"), receiver.identity().as_bytes()).unwrap();
}

#[test]
fn what_each_release_handed_over_is_received() {
    let this = exports().join(env!("CARGO_PKG_VERSION"));
    if std::env::var_os("UPDATE").is_some() && !this.exists() {
        hand_over(&this);
    }
    let mut read = 0;
    for release in std::fs::read_dir(exports()).unwrap() {
        let folder = release.unwrap().path();
        let identity = std::fs::read_to_string(folder.join("identity.txt")).unwrap();
        let home = tempfile::tempdir().unwrap();
        let mut office = init(store(home.path()), &founding(), NOW).unwrap().office;
        for (profile, closed) in [("successor", 2), ("everything", 0)] {
            let received = office.import(&folder.join(profile), Some(&identity), None, NOW).unwrap();
            assert_eq!((received.papers, received.closed), (2, closed));
            let mut case = office.open_case(received.case, NOW).unwrap();
            assert!(case.verify(None, true).unwrap().ok());
            let look = case.look(Purpose::Review, "test", vec![], false, NOW).unwrap();
            let giving = case.file().holds_bytes(&Sha256::of(b"entero")).unwrap().clone();
            let of = |kind| giving.reading.segments.iter().find(|s| s.kind == kind).unwrap();
            assert_eq!(case.calls(&look, of(SegmentKind::Calls)).unwrap().collect::<Result<Vec<_>, _>>().unwrap(), [crate::calls(7)]);
            assert_eq!(case.records(&look, of(SegmentKind::Records)).unwrap().collect::<Result<Vec<_>, _>>().unwrap(), drafts());
            assert_eq!(case.pages(&look, of(SegmentKind::Pages)).unwrap().collect::<Result<Vec<_>, _>>().unwrap(), pages());
            assert_eq!(case.rejects(&look, of(SegmentKind::Rejects)).unwrap().count(), 1);
            assert_eq!(case.inside(&look, of(SegmentKind::Inside)).unwrap().collect::<Result<Vec<_>, _>>().unwrap(), inside());
        }
        let client: amparo_vault::Manifest = serde_json::from_slice(&std::fs::read(folder.join("client-file/data/export.json")).unwrap()).unwrap();
        assert_eq!(client.papers.iter().map(|p| (p.name.as_str(), p.subject.as_deref())).collect::<Vec<_>>(), [("uno", Some("client")), ("entero", None)]);
        read += 1;
    }
    assert!(read > 0);
}
