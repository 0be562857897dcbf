//! What is handed over opens for the receiver and holds what was said to be given; what is moved is gone here.

use crate::{NOW, founding, given, store};
use amparo_model::event::{At, What};
use amparo_model::event::{Change, Given, Purpose, ReadingOf};
use amparo_model::ids::RunId;
use amparo_model::reading::Inside;
use amparo_model::{Kind, Report, Sha256};
use amparo_vault::{Apart, Case, Handing, Made, Manifest, Office, Open, Profile, Standing, VaultError, Where, init};
use std::io::Read;
use std::path::Path;

fn handing(profile: Profile, to: Option<&str>) -> Handing<'_> {
    Handing { profile, to, whose: None, made: vec![] }
}

fn manifest(folder: &Path) -> Manifest {
    serde_json::from_slice(&std::fs::read(folder.join("data/export.json")).unwrap()).unwrap()
}

fn corrected(case: &mut Case<Open>, of: u64) {
    let at = At { of, inside: String::new(), place: "row:1".into(), kind: Kind::Job, ordinal: String::new() };
    let change = Change { at, field: "employer".into(), from: None, to: Some("Sol".into()), by: "Ana".into(), why: None };
    case.append(Where::Unassigned, What::Corrected(change), &[], NOW).unwrap();
}

fn a_case(office: &mut Office) -> (Case<Open>, Vec<u64>) {
    let mut case = office.create_case(Some("luna-mesa"), "Familia", Some(("America/Denver", "office")), NOW).unwrap();
    let party = case.add_party("client", Some("Luz"), NOW).unwrap();
    let papers: Vec<u64> = ["uno", "dos", "tres"].iter().map(|t| given(&mut case, t)).collect();
    case.assign(papers[0], "", Some(party), NOW).unwrap();
    corrected(&mut case, papers[1]);
    case.append(Where::Work, What::Note { about: papers[0], text: "duda".into() }, &[], NOW).unwrap();
    (case, papers)
}

fn text(case: &mut Case<Open>, seq: u64) -> String {
    let look = case.look(Purpose::Review, "test", vec![], false, NOW).unwrap();
    let mut text = String::new();
    case.fetch(&look, case.file().givings[&seq].given.blob).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn another_office_receives_a_case_under_its_own_keys() {
    let (here, there, bags) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut office = init(store(here.path()), &founding(), NOW).unwrap().office;
    let mut other = init(store(there.path()), &founding(), NOW).unwrap().office;
    let (mut case, papers) = a_case(&mut office);
    let look = case.look(Purpose::Other, "export", vec![], false, NOW).unwrap();
    let refused = case.export(&look, &bags.path().join("x"), handing(Profile::Everything, None), NOW);
    assert!(matches!(refused, Err(VaultError::Refused(_))));
    let bag = bags.path().join("all");
    let done = case.export(&look, &bag, handing(Profile::Everything, Some(other.recipient())), NOW).unwrap();
    assert!(done.left_out.is_empty() && done.papers == 9, "{done:?}");
    assert!(matches!(case.export(&look, &bag, handing(Profile::Everything, Some(other.recipient())), NOW), Err(VaultError::Refused(_))));

    // The giver's own key does not open what was handed to somebody else.
    assert!(office.import(&bag, None, None, NOW).is_err());
    let received = other.import(&bag, None, None, NOW).unwrap();
    assert_eq!((received.papers, received.closed, received.head), (3, 0, case.head()));
    let mut new = other.open_case(received.case, NOW).unwrap();
    assert_eq!(new.standing(), &Standing::Whole);
    assert!(new.verify(None, true).unwrap().ok());
    let (old_file, file) = (case.file().clone(), new.file().clone());
    assert_eq!((&file.name, &file.zone), (&old_file.name, &old_file.zone));
    assert_eq!(file.parties.iter().map(|p| (&p.role, &p.name)).collect::<Vec<_>>(), old_file.parties.iter().map(|p| (&p.role, &p.name)).collect::<Vec<_>>());
    assert_eq!(file.changes.len(), 1);
    let came = |sha: Sha256| file.givings.values().find(|g| g.given.sha256 == sha).unwrap().clone();
    for old in papers.iter().map(|seq| &old_file.givings[seq]) {
        let now = came(old.given.sha256);
        assert_eq!((now.reading.report.clone(), now.subject.is_some()), (old.reading.report.clone(), old.subject.is_some()));
        assert!(now.given.from.as_deref().unwrap().contains(&case.head().1.to_string()));
        assert_ne!(now.given.blob, old.given.blob);
    }
    let uno = came(Sha256::of(b"uno")).seq;
    assert_eq!(text(&mut new, uno), "uno");
    // The old frames are kept as they were.
    let frames = std::fs::read(bag.join("data/journal.frames")).unwrap();
    assert_eq!(file.holds_bytes(&Sha256::of(&frames)).map(|g| g.given.name.as_str()), Some("journal.frames"));

    // One changed byte anywhere in what was handed over is refused, and nothing of it is kept.
    let cases = other.cases().count();
    let mut files = vec![];
    for entry in ["data", "data/blobs"].iter().flat_map(|d| std::fs::read_dir(bag.join(d)).unwrap()) {
        let path = entry.unwrap().path();
        if path.is_file() {
            files.push(path);
        }
    }
    assert!(files.len() >= 12);
    for path in files {
        let whole = std::fs::read(&path).unwrap();
        let mut bad = whole.clone();
        let at = bad.len() / 2;
        bad[at] ^= 1;
        std::fs::write(&path, bad).unwrap();
        assert!(other.import(&bag, None, None, NOW).is_err(), "{path:?}");
        std::fs::write(&path, whole).unwrap();
    }
    assert_eq!(other.cases().count(), cases);
}

#[test]
fn a_successor_gets_no_key_of_looks_and_notes() {
    let (here, there, bags) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut office = init(store(here.path()), &founding(), NOW).unwrap().office;
    let mut other = init(store(there.path()), &founding(), NOW).unwrap().office;
    let (mut case, papers) = a_case(&mut office);
    case.withdraw(&mut office, &papers[2..], "wrong case", false, NOW).unwrap();
    let look = case.look(Purpose::Other, "export", vec![], false, NOW).unwrap();
    let bag = bags.path().join("successor");
    let done = case.export(&look, &bag, handing(Profile::Successor, Some(other.recipient())), NOW).unwrap();
    let left: Vec<(&str, &str, u64)> = done.left_out.iter().map(|l| (l.drawer.as_str(), l.kind.as_str(), l.count)).collect();
    assert_eq!(left, [("", "forgotten", 1), ("case", "look", 1), ("work", "note", 1)]);
    assert_eq!(manifest(&bag).left_out, done.left_out);
    let received = other.import(&bag, None, None, NOW).unwrap();
    assert_eq!((received.papers, received.closed), (2, 3));
    assert!(other.open_case(received.case, NOW).unwrap().file().notes.is_empty());
}

#[test]
fn the_person_gets_papers_in_plain_and_nothing_of_the_work_product() {
    let (here, bags) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut office = init(store(here.path()), &founding(), NOW).unwrap().office;
    let (mut case, _) = a_case(&mut office);
    let look = case.look(Purpose::ClientAsked, "export", vec![], false, NOW).unwrap();
    let bag = bags.path().join("client");
    let mut records = &b"{}\n"[..];
    let made = vec![Made { name: "records.jsonl", bytes: &mut records }];
    let done = case.export(&look, &bag, Handing { made, ..handing(Profile::ClientFile, None) }, NOW).unwrap();
    let list = manifest(&bag);
    assert_eq!(list.papers.len(), 3);
    let first = std::fs::read_to_string(bag.join("data").join(&list.papers[0].file)).unwrap();
    assert_eq!((first.as_str(), list.papers[0].subject.as_deref()), ("uno", Some("client")));
    assert_eq!(std::fs::read(bag.join("data/records.jsonl")).unwrap(), b"{}\n");
    assert!(!bag.join("data/keys.age").exists() && !bag.join("data/journal.frames").exists());
    assert!(done.left_out.iter().any(|l| l.drawer == "work" && l.kind == "note"));
    assert!(done.left_out.iter().any(|l| l.kind == "look"));
    // Whose papers: only that person's.
    let whose = case.file().parties[0].id;
    let one = bags.path().join("one");
    case.export(&look, &one, Handing { whose: Some(whose), ..handing(Profile::ClientFile, None) }, NOW).unwrap();
    assert_eq!(manifest(&one).papers.len(), 1);
    // Sealed to a recipient, no paper is in plain.
    let sealed = bags.path().join("sealed");
    case.export(&look, &sealed, handing(Profile::ClientFile, Some(office.recipient())), NOW).unwrap();
    for paper in manifest(&sealed).papers {
        assert!(std::fs::read(sealed.join("data").join(paper.file)).unwrap().starts_with(b"age-encryption.org/v1\n"));
    }
}

#[test]
fn a_paper_moved_to_another_case_is_sealed_anew_there_and_forgotten_here() {
    let here = tempfile::tempdir().unwrap();
    let mut office = init(store(here.path()), &founding(), NOW).unwrap().office;
    let (mut case, papers) = a_case(&mut office);
    given(&mut case, "cuatro");
    let mut to = office.create_case(Some("sol-pan"), "Otra", None, NOW).unwrap();
    let old = case.file().givings[&papers[1]].clone();
    let moved = case.move_to(&mut office, &mut to, papers[1], None, false, NOW).unwrap();
    assert!(moved.forgotten.gone_here);
    let new = &to.file().givings[&moved.seq];
    assert_eq!((new.given.sha256, new.reading.report.clone()), (old.given.sha256, old.reading.report.clone()));
    assert_ne!(new.given.blob, old.given.blob);
    assert_eq!(to.file().changes.len(), 1);
    assert!(!case.file().givings.contains_key(&papers[1]) && case.file().changes.is_empty());
    assert_eq!(text(&mut to, moved.seq), "dos");
    assert!(office.verify(true, NOW).unwrap().ok());
}

#[test]
fn one_file_of_an_archive_goes_and_the_others_stay_as_originals() {
    let here = tempfile::tempdir().unwrap();
    let mut office = init(store(here.path()), &founding(), NOW).unwrap().office;
    let (mut case, _) = a_case(&mut office);
    let kept = case.keep(&mut &b"zip of a, b, n.zip"[..]).unwrap();
    let inside = |path: &str, text: &str| Inside { path: path.into(), sha256: Sha256::of(text.as_bytes()), bytes: text.len() as u64, report: Report::reading("text", "text@1") };
    let list = vec![inside("a.txt", "a"), inside("d/b.txt", "b"), inside("n.zip", "n"), inside("n.zip/c.txt", "c")];
    let reading = ReadingOf { report: Report::reading("zip", "zip@1"), inside: list, segments: vec![] };
    let event = Given {
        blob: kept.blob,
        sha256: kept.sha256,
        bytes: kept.bytes,
        name: "x.zip".into(),
        path: String::new(),
        run: RunId([2; 16]),
        from: None,
        subject: None,
        companions: vec![],
        already: None,
        reading,
    };
    let of = case.append(Where::Unassigned, What::Given(event), &[kept.blob], NOW).unwrap();
    let apart = |case: &mut Case<Open>, path: &str, text: &str| {
        let kept = case.keep(&mut text.as_bytes()).unwrap();
        Apart { path: path.into(), kept, reading: ReadingOf { report: Report::reading("text", "text@1"), inside: vec![], segments: vec![] } }
    };
    let gone = vec!["n.zip/c.txt".to_owned()];
    // One missing, one altered, one that holds the withdrawn file: refused, and nothing happened.
    for others in [vec![("a.txt", "a")], vec![("a.txt", "a"), ("d/b.txt", "B")], vec![("a.txt", "a"), ("d/b.txt", "b"), ("n.zip", "n")]] {
        let others = others.into_iter().map(|(p, t)| apart(&mut case, p, t)).collect();
        assert!(matches!(case.withdraw_inside(&mut office, of, &gone, others, "wrong", false, NOW), Err(VaultError::Refused(_))));
    }
    let others = vec![apart(&mut case, "a.txt", "a"), apart(&mut case, "d/b.txt", "b")];
    case.withdraw_inside(&mut office, of, &gone, others, "wrong", false, NOW).unwrap();
    let names: Vec<&str> = case.file().givings.values().map(|g| g.given.path.as_str()).filter(|p| !p.is_empty()).collect();
    assert_eq!(names, ["a.txt", "d/b.txt"]);
    assert!(!case.file().givings.contains_key(&of));
}
