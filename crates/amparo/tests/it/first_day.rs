//! One first day in an office: what a person does, with what every command answers.

use crate::contract::{self, fits};
use crate::papers;
use crate::place::{Place, beside, text};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The papers of an invented family on this machine.
fn family(place: &Place, seed: &str) -> std::path::PathBuf {
    let out = place.path("family");
    let done = Command::new(beside("amparo-family")).args(["--seed", seed, "--out"]).arg(&out).stdout(Stdio::null()).status();
    assert!(done.expect("the family is written").success());
    out.join("papers")
}

/// A case with a family's papers in it, the client's and the spouse's.
fn with_family() -> (Place, String) {
    let (place, case) = Place::with_case();
    place.run_with(&["party", "add", &case, "-"], "spouse Luis Peña\n".as_bytes()).done();
    let papers = family(&place, "7");
    for whose in ["client", "spouse"] {
        let folder = papers.join(whose);
        place.run(&["add", &case, folder.to_str().expect("text"), "--whose", whose, "--no-ocr"]).done();
    }
    (place, case)
}

#[test]
fn a_family_is_gathered_and_every_command_answers_in_the_published_shapes() {
    let (place, case) = with_family();
    let lines = |words: &[&str]| place.run(words).done().lines();

    // What was handed in.
    let files = lines(&["status", &case, "--json"]);
    files.iter().for_each(contract::adds_up);
    assert!(files.iter().any(|f| f["subject"] == "spouse") && files.iter().any(|f| f["kind"] == "sms_backup_xml" && f["state"] == "read"));
    lines(&["status", &case, "--rejects", "--json"]).iter().for_each(|r| fits(r, &contract::REJECT));
    place.run(&["status", &case]).done();

    // What was read in it.
    for words in [&["records", &case, "--json"][..], &["records", &case, "--json", "--unmerged"], &["records", &case, "--json", "--unmask", "--because", "review"]] {
        let records = lines(words);
        assert!(records.len() > 1_000);
        records.iter().for_each(contract::record);
        contract::in_order(&records);
        assert_eq!(records.iter().any(|r| r.get("masked").is_some()), !words.contains(&"--unmask"));
        assert!(words.contains(&"--unmerged") || records.iter().any(|r| r.get("also").is_some()));
    }
    let spouse = lines(&["records", &case, "--json", "--whose", "spouse", "--kind", "call"]);
    assert!(!spouse.is_empty() && spouse.iter().all(|r| r["subject"] == "spouse" && r["kind"] == "call"));
    let sheet = place.run(&["records", &case, "--csv", "--kind", "job"]).done().out;
    let width = |line: &str| line.split(',').count();
    assert!(sheet.lines().next().is_some_and(|head| head.starts_with("id,kind,subject")) && sheet.lines().count() > 2);
    assert!(width(sheet.lines().next().unwrap_or_default()) > 60);

    // What it says together.
    let timeline = lines(&["timeline", &case, "--json"]);
    assert!(!timeline.is_empty());
    timeline.iter().for_each(|t| fits(t, &contract::TIMELINE));
    for claim in ["presence", "employment", "residence"] {
        let grids = lines(&["coverage", &case, "--claim", claim, "--from", "2018-01", "--to", "2022-12", "--as-of", "2023-01-15", "--json"]);
        assert_eq!(grids.len(), 2, "one grid a person");
        for grid in &grids {
            fits(grid, &contract::COVERAGE);
            let months = grid["months"].as_array().expect("months");
            assert_eq!((months.len(), text(&months[0], "month"), text(&months[59], "month")), (60, "2018-01".to_owned(), "2022-12".to_owned()));
            assert!(months.iter().all(|m| ["strong", "fair", "weak", "none", "out_of_reach"].contains(&m["best"].as_str().unwrap_or_default())));
        }
    }
    let findings = lines(&["check", &case, "--json"]);
    assert!(!findings.is_empty(), "a family has planted contradictions");
    findings.iter().for_each(|f| fits(f, &contract::FINDING));
    let calls = lines(&["calls", &case, "--json"]);
    assert!(!calls.is_empty());
    calls.iter().for_each(|c| fits(c, &contract::CALLS));
    let open = lines(&["calls", &case, "--json", "--unmask", "--because", "prepare-filing"]);
    assert_eq!(open.len(), calls.len());
    let number = open.iter().find_map(|c| c["number"].as_str().filter(|n| n.starts_with('+'))).expect("a number").to_owned();
    let one = place.run_with(&["calls", &case, "--number", "-", "--json", "--unmask", "--because", "review"], number.as_bytes()).done().lines();
    assert!(!one.is_empty() && one.iter().all(|c| c["number"] == number.as_str()));

    // As of another day, other things are computed; what is logged is the day it was.
    let early = lines(&["timeline", &case, "--json", "--as-of", "2016-06-30"]);
    assert!(!early.is_empty() && early.len() < timeline.len());
    place.run(&["check", &case, "--now", "2001-02-03T04:05:06Z"]).done();
    assert!(lines(&["log", &case, "--json"]).iter().all(|l| text(l, "at").as_str() > "2020"));

    // Looking for words.
    let hits = place.run_with(&["find", &case, "-", "--json"], b"baker\n").done().lines();
    let (last, hits) = hits.split_last().expect("a last line");
    fits(last, &contract::SEARCHED);
    assert_eq!(last["hits"], hits.len());
    hits.iter().for_each(|h| fits(h, &contract::HIT));
    place.run_with(&["find", "--all", "-"], "panadería".as_bytes()).done();

    // The page behind a record.
    let record = lines(&["records", &case, "--json", "--kind", "page"]).into_iter().next().expect("a page");
    let png = place.path("page.png");
    place.run(&["show", &case, &text(&record, "id"), "--out", png.to_str().expect("text")]).done();
    assert!(std::fs::read(&png).expect("a picture").starts_with(b"\x89PNG"));

    // Deciding.
    let point = text(&findings[0], "id");
    place.run(&["review", &case]).done();
    // An id is named by its beginning, too: the first six signs, as long as only one begins so.
    place.run(&["review", &case, "--settle", &point[..6], "--as", "explained"]).done();
    let settled = lines(&["check", &case, "--json"]).into_iter().find(|f| f["id"] == point.as_str()).expect("the point");
    assert_eq!(settled["resolution"], "explained");
    assert!(!lines(&["review", &case, "--json"]).iter().any(|f| f["id"] == point.as_str()));
    let said = lines(&["records", &case, "--json", "--kind", "job"]).into_iter().next().expect("a job");
    place.run_with(&["review", &case, "--record", &text(&said, "id")[..12], "--field", "role"], b"head baker\n").done();
    place.run(&["show", &case, &text(&said, "id")[..12], "--out", png.to_str().expect("text")]).done();
    let corrected = lines(&["records", &case, "--json", "--kind", "job"]).into_iter().find(|r| r["id"] == said["id"]).expect("the same id");
    assert_eq!(corrected["role"], "head baker");
    contract::record(&corrected);

    // Who looked, and that nothing changed.
    let log = lines(&["log", &case, "--json"]);
    log.iter().for_each(|l| fits(l, &contract::LOG));
    assert!(log.iter().any(|l| l["purpose"] == "prepare-filing" || l["purpose"] == "prepare_filing"), "a look says why");
    assert!(log.windows(2).all(|l| l[0]["seq"].as_u64() < l[1]["seq"].as_u64()));
    let found = place.run(&["verify", "--json"]).done().one();
    fits(&found, &contract::VERIFY);
    let entry = log.last().and_then(|l| l["seq"].as_u64()).expect("a number");
    let words = format!("{entry} {}", text(&found["head_words"], &case));
    let since = place.run(&["verify", &case, "--since", &words, "--json"]).done().one();
    assert_eq!((&since["ok"], &since["since"]), (&true.into(), &true.into()));
    let wrong = place.run(&["verify", &case, "--since", &format!("{entry} abandon ability able about"), "--json"]);
    assert_eq!((wrong.code, wrong.one()["since"].as_bool()), (Some(1), Some(false)));
    place.run(&["case", "show", &case]).done();
    place.run(&["case", "close", &case]).done();
}

#[test]
fn papers_are_held_withdrawn_moved_and_read_again() {
    let (place, case) = Place::with_case();
    place.run_with(&["party", "add", &case, "-"], b"spouse\n").done();
    for i in 0..4_i64 {
        place.write(&format!("papers/calls-{i}.xml"), &papers::many_calls(&format!("+1415555020{i}"), i * 50, 20));
    }
    place.write("papers/inside.zip", &papers::zip(&[("a/one.jsonl", papers::ACCOUNT.as_bytes()), ("two.xml", &papers::many_calls("+14155550299", 400, 5))]));
    place.run(&["add", &case, "papers"]).done();
    let before = place.ids(&case);
    let file = |name: &str| place.file_of(&case, name);

    // Whose it is moves with the paper, and its records with it.
    place.run(&["move", &case, &file("calls-1.xml"), "--whose", "spouse"]).done();
    place.run(&["move", &case, &format!("{}:two.xml", file("inside.zip")), "--whose", "client"]).done();
    let subjects = place.run(&["records", &case, "--json", "--kind", "call"]).done().lines();
    let of = |subject: &str| subjects.iter().filter(|r| r["subject"] == subject).count();
    assert_eq!((of("spouse"), of("client")), (20, 5));
    assert_eq!(place.ids(&case), before, "ids do not depend on whose it is");
    place.run(&["move", &case, &file("calls-1.xml")]).failed(2);

    // A hold forbids.
    let second = file("calls-2.xml");
    // By its number, or by the beginning of its fingerprint.
    let print = place.files(&case).iter().find(|f| f["name"] == "calls-2.xml").map(|f| text(f, "original")).expect("a fingerprint");
    place.run(&["hold", &case, &print[..12]]).done();
    place.run(&["withdraw", &case, &second]).failed(3);
    place.run(&["hold", &case, "0123456789ab"]).failed(1);
    place.run(&["hold", &case, &second, "--release"]).done();
    place.run(&["withdraw", &case, &second]).done();
    assert_eq!(place.ids(&case).len(), before.len() - 20);
    place.verified();
    assert!(!place.files(&case).iter().any(|f| f["name"] == "calls-2.xml" && f["state"] != "withdrawn"));
    place.run(&["withdraw", &case, &second]).failed(1);

    // One file out of an archive goes; the others stay as papers of their own.
    let archive = file("inside.zip");
    place.run(&["withdraw", &case, &format!("{archive}:two.xml")]).done();
    let records = place.run(&["records", &case, "--json"]).done();
    assert!(records.out.contains("Sol Bakery") && records.lines().iter().filter(|r| r["kind"] == "call").count() == 60);
    place.verified();

    // Reading again changes no record and loses no decision.
    let was = place.records(&case);
    place.run(&["reread", &case]).done();
    assert_eq!(place.records(&case), was);
    place.verified();

    // To another case.
    let other = place.new_case("Other");
    place.run(&["move", &case, &file("calls-0.xml"), "--case", &other]).done();
    assert_eq!(place.files(&other).len(), 1);
    assert_eq!(place.ids(&other).len(), 20);
    assert!(place.ids(&other).iter().all(|id| before.contains(id)), "the same paper gives the same ids in any case");
    place.verified();
}

#[test]
fn what_is_given_again_is_listed_once_and_two_papers_of_one_name_are_both_handed_over() {
    let (place, case) = Place::with_case();
    let (one, other) = (papers::many_calls("+14155550201", 0, 4), papers::many_calls("+14155550277", 90, 4));
    place.write("papers/a/calls.xml", &one);
    place.write("papers/b/calls.xml", &other);
    for _ in 0..3 {
        place.run(&["add", &case, "papers"]).done();
    }
    let list = place.run(&["status", &case]).done().out;
    assert_eq!(list.lines().filter(|l| l.contains("calls.xml")).count(), 2, "{list}");
    assert_eq!(list.matches("given again 2 times, last on ").count(), 2, "{list}");
    let again = place.run(&["add", &case, "papers/a"]).done().out;
    assert!(again.contains("already held since ") && again.contains(", as file "), "{again}");

    let said = place.run(&["export", &case, "--out", "given"]).done().out;
    assert!(said.contains("the names under which they came"), "{said}");
    let mut handed: Vec<(String, Vec<u8>)> = std::fs::read_dir(place.path("given/data/papers"))
        .expect("the papers")
        .map(|e| e.expect("a paper"))
        .map(|e| (e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path()).expect("its bytes")))
        .collect();
    handed.sort();
    let bytes: Vec<&Vec<u8>> = handed.iter().map(|(_, bytes)| bytes).collect();
    assert_eq!(bytes, [&one, &other], "nothing was overwritten: {:?}", handed.iter().map(|(name, _)| name).collect::<Vec<_>>());
    assert!(handed.iter().all(|(name, _)| name.ends_with("-calls.xml")));
}

#[test]
fn groups_of_commands_say_how_each_is_typed() {
    for (place, word) in [(Place::empty(), "Add a person"), (Place::empty().in_spanish(), "Agrega una persona")] {
        let help = place.run(&["help", "party"]).done().out;
        assert!(help.contains("amparo party ") && help.contains(word), "{help}");
        assert!(place.run(&["help", "case"]).done().out.contains("amparo case zone"));
        for words in [&["party"][..], &["party", "lima-tambor"]] {
            let said = place.run(words).failed(2).err;
            assert!(said.contains("amparo party ") && said.contains(" add") && said.contains(word), "{said}");
        }
    }
}

#[test]
fn what_was_typed_wrong_ends_with_two_and_what_is_not_there_with_one() {
    let (place, case) = Place::with_case();
    for (code, words) in [
        (2, &["clocks", &case][..]),
        (2, &["case"]),
        (2, &["status"]),
        (2, &["status", &case, "--ftm"]),
        (2, &["records", &case, "--unmask"]),
        (2, &["records", &case, "--kind", "nonsense"]),
        (2, &["records", &case, "--whose", "uncle"]),
        (2, &["timeline", &case, "--from", "July"]),
        (2, &["coverage", &case, "--claim", "virtue"]),
        (2, &["show", &case, "not-an-id"]),
        (2, &["review", &case, "--settle", "00", "--as", "explained"]),
        (2, &["show", &case, "00000"]),
        (1, &["show", &case, "000000"]),
        (2, &["review", &case, "--settle", "000000", "--as", "explained"]),
        (2, &["verify", &case, "--since", "nothing"]),
        (2, &["verify", "--since", "1 abandon ability able about"]),
        (2, &["log", &case, "--because", "curiosity"]),
        (2, &["log", &case, "--lang", "fr"]),
        (2, &["case", "zone", &case, "Mars/Olympus"]),
        (2, &["party", "add", &case, "--role", "uncle", "-"]),
        (2, &["case", "new"]),
        (2, &["find", &case, "-"]),
        (1, &["status", "no-such"]),
        (1, &["show", &case, "00000000000000000000000000000000"]),
        (1, &["withdraw", &case, "77"]),
        (1, &["init", "--unattended"]),
        (1, &["restore", "nowhere"]),
        (1, &["grant", "no-such", "00000000000000000000000000000000"]),
    ] {
        place.run(words).failed(code);
    }
    // A file that was named and is not there makes the answer no; the others are kept.
    place.write("here.jsonl", papers::ACCOUNT.as_bytes());
    let ran = place.run(&["add", &case, "here.jsonl", "not-here.csv", "--json"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert_eq!(ran.lines().last().expect("a line")["kept"], 1);
    // Nothing found is an answer.
    place.run_with(&["find", &case, "-"], b"zeppelin").done();
    place.run(&["calls", &case]).done();
}

#[test]
fn an_office_that_is_locked_asks_and_a_wrong_passphrase_is_not_allowed() {
    let place = Place::open();
    place.run(&["lock"]).done();
    place.write("wrong", b"incorrect horse battery staple");
    place.run(&["case", "list", "--passphrase-file", "wrong"]).failed(3);
    place.run(&["case", "list", "--passphrase-file", "missing"]).failed(1);
    let mut command = place.command();
    command.env_remove("AMPARO_PASSPHRASE_FILE").args(["case", "list"]);
    crate::place::ran(command, b"").failed(2);
    place.run(&["case", "list"]).done();
    // The agent answers for its own office only, and ends when told.
    place.run(&["unlock"]).done();
    place.run(&["case", "list", "--passphrase-file", "missing"]).done();
    place.run(&["lock"]).done();
    place.run(&["case", "list", "--passphrase-file", "missing"]).failed(1);
    place.run(&["case", "list", "--home", "elsewhere"]).failed(1);
    assert!(!place.path("elsewhere").exists(), "looking for an office makes none");
}

#[test]
fn a_store_that_cannot_be_used_ends_with_four() {
    let place = Place::open();
    let db = place.home().join("office.db");
    std::fs::remove_file(place.home().join("office.db-wal")).expect("the log goes");
    std::fs::write(&db, b"not a database at all, though it is long enough to look at").expect("damage");
    place.run(&["case", "list"]).failed(4);
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_program_quietly() {
    let (place, case) = Place::with_case();
    place.write("calls.xml", &papers::many_calls("+14155550201", 0, 4_000));
    place.run(&["add", &case, "calls.xml"]).done();
    for words in
        [&["records", &case, "--json"][..], &["records", &case], &["records", &case, "--csv"], &["timeline", &case], &["help"], &["status", &case, "--json"], &["log", &case]]
    {
        let mut command = place.command();
        let mut child = command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("a line");
        let done = child.wait_with_output().expect("the program ends");
        assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stderr).as_ref()), (Some(0), ""), "{words:?}");
        assert!(!first.is_empty());
    }
}

#[test]
fn what_is_written_is_for_its_owner_only() {
    let (place, case) = Place::with_case();
    place.write("a.jsonl", papers::ACCOUNT.as_bytes());
    place.run(&["add", &case, "a.jsonl"]).done();
    fn walk(path: &Path, bad: &mut Vec<String>) {
        let meta = std::fs::symlink_metadata(path).expect("there");
        if meta.permissions().mode() & 0o077 != 0 && !meta.file_type().is_symlink() {
            bad.push(path.display().to_string());
        }
        if meta.is_dir() {
            std::fs::read_dir(path).expect("a folder").for_each(|e| walk(&e.expect("an entry").path(), bad));
        }
    }
    let mut bad = Vec::new();
    walk(&place.home(), &mut bad);
    walk(&place.path("run"), &mut bad);
    assert!(bad.is_empty(), "others may look at {bad:?}");
    assert_eq!(std::fs::read_dir(place.path("tmp")).expect("a folder").count(), 0, "nothing stays in the temporary folder");
}
