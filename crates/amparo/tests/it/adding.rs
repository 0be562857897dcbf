//! Adding: interrupted and repeated, in any order, and whatever a folder really holds.

use crate::contract;
use crate::papers;
use crate::place::{Place, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How many sealed papers lie in the store.
fn blobs(home: &Path) -> usize {
    let folders = fs::read_dir(home.join("blobs")).into_iter().flatten().flatten();
    folders.map(|folder| fs::read_dir(folder.path()).map_or(0, Iterator::count)).sum()
}

/// Starts adding and kills it once so many sealed papers are there.
fn add_and_kill(place: &Place, words: &[&str], sealed: usize) {
    let mut child = place.command().args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let began = Instant::now();
    while blobs(&place.home()) < sealed && began.elapsed() < Duration::from_secs(60) {
        assert!(child.try_wait().expect("a state").is_none(), "it ended before it was killed");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
}

/// Thirty papers in three folders, with the same bytes under one name in two of them, and other bytes of one size under another.
fn thirty(place: &Place) {
    for i in 0..25_i64 {
        place.write(&format!("papers/{}/calls-{i}.xml", ["a", "b", "c"][i as usize % 3]), &papers::many_calls(&format!("+141555502{i:02}"), i * 40, 10));
    }
    for folder in ["a", "b"] {
        place.write(&format!("papers/{folder}/same.jsonl"), papers::ACCOUNT.as_bytes());
        place.write(&format!("papers/{folder}/as-long.jsonl"), papers::ACCOUNT.replace("baker", if folder == "a" { "mason" } else { "nanny" }).as_bytes());
    }
    place.write("papers/c/inside.zip", &papers::zip(&[("x.xml", &papers::many_calls("+14155550299", 5_000, 3))]));
}

fn add_all(case: &str) -> [&str; 7] {
    ["add", case, "papers/a", "papers/b", "papers/c", "--whose", "client"]
}

fn given(place: &Place, case: &str) -> Vec<String> {
    place.files(case).iter().map(|f| format!("{} {}", f["path"].as_str().unwrap_or(""), text(f, "name"))).collect()
}

#[test]
fn an_interrupted_run_goes_on_where_it_stopped() {
    let (place, case) = Place::with_case();
    thirty(&place);
    let (clean, clean_case) = Place::with_case();
    thirty(&clean);
    clean.run(&add_all(&clean_case)).done();
    for (day, sealed) in [(1, 3), (2, 17), (3, 40)] {
        add_and_kill(&place, &add_all(&case), sealed);
        place.verified();
        // What the client says may be written down in between; the interrupted run is still there to go on with.
        place.run_with(&["account", &case, "-"], format!("{{\"kind\": \"event\", \"on\": \"2020-01-0{day}\", \"type\": \"moved\"}}\n").as_bytes()).done();
    }
    let again = place.run(&add_all(&case)).done().out;
    assert!(again.contains("30 of 30 accounted for"), "{again}");
    let all = given(&place, &case);
    assert_eq!(all.len(), 30 + 3, "each paper is given once: {all:#?}");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 28 + 1);
    let ids = |p: &Place, c: &str| {
        p.run(&["records", c, "--unmerged", "--json"]).done().lines().into_iter().filter(|r| r["kind"] != "event").map(|r| text(&r, "id")).collect::<BTreeSet<_>>()
    };
    assert_eq!(ids(&place, &case), ids(&clean, &clean_case));
    place.verified();
    // After a run that ended, the same path is a new giving and no new record.
    place.run(&add_all(&case)).done();
    assert_eq!(given(&place, &case).len(), 30 + 3 + 30);
    assert_eq!(ids(&place, &case), ids(&clean, &clean_case));
}

#[test]
fn two_programs_at_once_wait_for_each_other() {
    let (place, case) = Place::with_case();
    for i in 0..12_i64 {
        place.write(&format!("{}/calls-{i}.xml", ["one", "two"][i as usize % 2]), &papers::many_calls(&format!("+141555502{i:02}"), i * 40, 10));
    }
    let run = |folder: &str| {
        place.command().args(["add", &case, folder, "--json"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    };
    let both = [run("one"), run("two")].map(|child| child.wait_with_output().expect("it ends"));
    for done in &both {
        assert!(done.status.success(), "{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    }
    assert_eq!(place.ids(&case).len(), 120);
    assert_eq!(given(&place, &case).iter().collect::<BTreeSet<_>>().len(), 12);
    place.verified();
}

#[test]
fn the_same_file_again_is_already_held() {
    let (place, case) = Place::with_case();
    place.write("one/calls.xml", &papers::many_calls("+14155550201", 0, 8));
    place.write("two/renamed.xml", &papers::many_calls("+14155550201", 0, 8));
    place.run(&["add", &case, "one/calls.xml"]).done();
    let before = place.records(&case);
    for path in ["one/calls.xml", "one", "two/renamed.xml"] {
        let lines = place.run(&["add", &case, path, "--json"]).done().lines();
        let (summary, file) = (&lines[1], &lines[0]);
        contract::fits(summary, &contract::ADDED);
        assert_eq!((summary["kept"].as_u64(), summary["already_held"].as_u64(), summary["records"].as_u64()), (Some(0), Some(1), Some(0)), "{path}");
        assert!(file["already_held"].is_u64());
        assert_eq!(place.records(&case), before, "{path}");
    }
    assert_eq!(place.files(&case).len(), 4, "each giving is written down");
    assert!(place.run(&["add", &case, "one/calls.xml"]).done().out.contains("already held since"));
    place.verified();
}

#[test]
fn the_order_of_adding_changes_no_record() {
    let (place, _) = Place::with_case();
    place.write("a.xml", &papers::calls_xml(&[("+14155550201", 0, 1, 61, "Luz"), ("+14155550201", 600, 2, 30, "Luz"), ("611", 900, 2, 10, "")]));
    // A second phone backup that holds the first's calls, rounded and renamed, and one more.
    place.write("b.xml", &papers::calls_xml(&[("(415) 555-0201", 1, 1, 61, "Luz M."), ("+14155550201", 600, 2, 30, "Luz"), ("+14155550203", 600, 2, 30, "Rosa")]));
    place.write("c.jsonl", papers::ACCOUNT.as_bytes());
    let mut seen: Vec<(String, Vec<String>, String)> = Vec::new();
    for order in [["a.xml", "b.xml", "c.jsonl"], ["c.jsonl", "b.xml", "a.xml"], ["b.xml", "c.jsonl", "a.xml"]] {
        let case = place.new_case("Again");
        place.run_with(&["party", "add", &case, "-"], b"client Ana Ruiz\n").done();
        order.iter().for_each(|name| {
            place.run(&["add", &case, name, "--whose", "client"]).done();
        });
        let timeline = place.run(&["timeline", &case, "--json"]).done().out;
        seen.push((place.records(&case), place.ids(&case), without_calls(&timeline)));
    }
    assert!(!seen[0].0.is_empty());
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
    let merged = seen[0].0.lines().filter(|l| l.contains("\"kind\":\"call\"")).count();
    assert_eq!(merged, 4, "two calls stand in both backups: {}", seen[0].0);
}

/// Evidence made of calls is named with tokens of the case, so that two cases cannot be joined by them.
fn without_calls(timeline: &str) -> String {
    timeline.split('"').filter(|part| !part.starts_with("calls:")).collect::<Vec<_>>().join("\"")
}

#[test]
fn whatever_a_folder_holds_is_accounted_for() {
    let (place, case) = Place::with_case();
    place.write("odd/empty.csv", b"");
    place.write("odd/line\nbreak \u{1b}[31mred.jsonl", papers::ACCOUNT.as_bytes());
    place.write("odd/\u{1f469}\u{200d}\u{1f373} recibos.jsonl", &papers::ACCOUNT.replace("baker", "cook").into_bytes());
    let strange = place.path("odd").join(OsStr::from_bytes(b"a\xff\xfe.jsonl"));
    fs::write(&strange, papers::ACCOUNT.replace("baker", "driver")).expect("a name that is no UTF-8");
    std::os::unix::fs::symlink("/etc/passwd", place.path("odd/link.txt")).expect("a link");
    let fifo = place.path("odd/pipe.csv");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs").success());
    place.write("odd/__MACOSX/._x.jsonl", b"\0\x05\x16\x07");
    place.write("odd/noise.bin", &[7; 3_000]);

    let ran = place.run(&["add", &case, "odd", "--json"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let lines = ran.lines();
    let state = |ending: &str| {
        lines
            .iter()
            .find(|l| l["name"].as_str().is_some_and(|n| n.ends_with(ending)))
            .map(|l| (text(l, "state"), l["reason"].as_str().unwrap_or("-").to_owned()))
            .unwrap_or_else(|| panic!("{ending} is listed"))
    };
    assert_eq!(state("empty.csv"), ("unread".to_owned(), "empty-file".to_owned()));
    assert_eq!(state("red.jsonl").0, "read");
    assert_eq!(state("recibos.jsonl").0, "read");
    assert_eq!(state("link.txt"), ("not_kept".to_owned(), "symbolic-link".to_owned()));
    assert_eq!(state("pipe.csv"), ("not_kept".to_owned(), "not-a-file".to_owned()));
    assert_eq!(state("noise.bin").0, "unread");
    assert!(lines.iter().any(|l| l["name"].as_str().is_some_and(|n| n.starts_with('a') && n.ends_with(".jsonl")) && l["state"] == "read"), "a name that is no UTF-8");
    // In words, no name drives the terminal.
    let status = place.run(&["status", &case]).done().out;
    assert!(!status.contains('\u{1b}') && status.lines().any(|l| l.contains("line break")), "{status}");
    assert!(!place.run(&["records", &case]).done().out.contains('\u{1b}'));
    // Named themselves, a link is followed and a pipe makes the answer no.
    assert_eq!(place.run(&["add", &case, "odd/pipe.csv"]).code, Some(1));
    place.write("real.jsonl", &papers::ACCOUNT.replace("baker", "painter").into_bytes());
    std::os::unix::fs::symlink(place.path("real.jsonl"), place.path("named.jsonl")).expect("a link");
    place.run(&["add", &case, "named.jsonl"]).done();
    place.verified();
}

#[test]
fn a_file_that_may_not_be_read_is_said_and_the_rest_is_kept() {
    use std::os::unix::fs::{PermissionsExt, chown};
    let (place, case) = Place::with_case();
    place.write("papers/fine.jsonl", papers::ACCOUNT.as_bytes());
    let secret = place.write("papers/secret.jsonl", papers::ACCOUNT.as_bytes());
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o0)).expect("locked");
    if fs::File::open(&secret).is_ok() {
        // Whoever runs this may read everything: the program is run as somebody who may not.
        use std::os::unix::process::CommandExt;
        let mut command = std::process::Command::new("true");
        if command.uid(65_534).status().is_err() {
            return;
        }
        fn give(path: &Path) {
            chown(path, Some(65_534), Some(65_534)).expect("given away");
            if path.is_dir() {
                fs::read_dir(path).expect("a folder").for_each(|e| give(&e.expect("an entry").path()));
            }
        }
        place.run(&["lock"]).done();
        for name in ["home", "run", "tmp", "user", "passphrase", "papers/fine.jsonl"] {
            give(&place.path(name));
        }
        fs::set_permissions(place.home().parent().expect("a folder"), fs::Permissions::from_mode(0o755)).expect("passable");
        let reachable = |uid: u32| std::process::Command::new(crate::place::PROGRAM).arg("--version").uid(uid).status().is_ok_and(|s| s.success());
        if !reachable(65_534) {
            return; // the program lies where nobody else may run it
        }
        let mut command = place.command();
        command.uid(65_534).gid(65_534).args(["add", &case, "papers", "--json"]);
        said_and_kept(&crate::place::ran(command, b""));
        return;
    }
    said_and_kept(&place.run(&["add", &case, "papers", "--json"]));
}

fn said_and_kept(ran: &crate::place::Ran) {
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{}", ran.out);
    let lines = ran.lines();
    assert!(lines.iter().any(|l| l["reason"] == "cannot-open" && l["state"] == "not_kept"), "{}", ran.out);
    assert_eq!(lines.last().map(|l| l["kept"].clone()), Some(1.into()));
}

#[test]
fn a_database_comes_with_its_newest_rows() {
    let (place, case) = Place::with_case();
    fs::create_dir(place.path("phone")).expect("a folder");
    let path = place.path("phone/calllog.db");
    let db = rusqlite::Connection::open(&path).expect("a database");
    db.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE calls (_id INTEGER PRIMARY KEY, number TEXT, date INTEGER, duration INTEGER, type INTEGER);",
    )
    .expect("a table");
    for i in 0..9_i64 {
        db.execute("INSERT INTO calls VALUES (?, '+14155550201', ?, 60, 1)", [i + 1, 1_614_600_000_000 + i * 60_000]).expect("a row");
        if i == 4 {
            db.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").expect("five rows lie in the database");
        }
    }
    let sizes = || ["", "-wal", "-shm"].map(|end| fs::read(format!("{}{end}", path.display())).expect("still there"));
    let before = sizes();
    let lines = place.run(&["add", &case, "phone", "--json"]).done().lines();
    assert_eq!((lines.len(), lines[0]["records"].as_u64()), (2, Some(9)), "{lines:#?}");
    assert_eq!(sizes(), before, "the originals are left as they were");
    drop(db);
    let ids = place.ids(&case);
    assert_eq!(ids.len(), 9);
    place.run(&["reread", &case]).done();
    assert_eq!(place.ids(&case), ids);
    // The same database with another log is the same paper; the log it brings is not lost.
    place.write("again/calllog.db", &before[0]);
    place.write("again/calllog.db-wal", b"another log than before");
    let lines = place.run(&["add", &case, "again", "--json"]).done().lines();
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert!(lines[0]["already_held"].is_u64());
    assert_eq!((lines[1]["name"].as_str(), lines[1]["state"].as_str(), lines[1]["reason"].as_str()), (Some("calllog.db-wal"), Some("unread"), Some("database-held-without-it")));
    let lines = place.run(&["add", &case, "again", "--json"]).done().lines();
    assert_eq!(lines.len(), 2, "the log is held now: {lines:#?}");
    assert_eq!(place.ids(&case), ids);
    place.verified();
}

#[test]
fn archives_are_opened_in_each_other_and_bombs_are_kept_shut() {
    let (place, case) = Place::with_case();
    let inner = papers::zip(&[("deep/account.jsonl", papers::ACCOUNT.as_bytes()), ("../../escape.jsonl", papers::ACCOUNT.replace("baker", "cook").as_bytes())]);
    let whole = papers::zip(&[("inner.zip", &inner), ("__MACOSX/._inner.zip", b"shadow"), ("calls.xml", &papers::many_calls("+14155550201", 0, 4))]);
    place.write("zips/nested.zip", &whole);
    place.write("zips/bomb.zip", &papers::zip_that_says(&[("zeros", &[0; 400], 3_000_000_000)]));
    place.write("zips/liar.zip", &papers::zip_that_says(&[("more.jsonl", papers::ACCOUNT.as_bytes(), 20)]));
    let cut = &whole[..whole.len() / 2];
    place.write("zips/cut.zip", cut);
    let lines = place.run(&["add", &case, "zips", "--json"]).done().lines();
    let (summary, files) = lines.split_last().expect("a summary");
    files.iter().for_each(contract::adds_up);
    let of =
        |name: &str, inside: Option<&str>| files.iter().find(|f| f["name"] == name && f["inside"].as_str() == inside).unwrap_or_else(|| panic!("{name} {inside:?}: {files:#?}"));
    assert_eq!((of("bomb.zip", None)["state"].as_str(), of("bomb.zip", None)["reason"].as_str()), (Some("refused"), Some("bomb")));
    assert_ne!(of("liar.zip", None)["state"], "read");
    assert_ne!(of("cut.zip", None)["state"], "read");
    assert_eq!(of("nested.zip", Some("calls.xml"))["records"], 4);
    assert_eq!(of("nested.zip", Some("inner.zip/deep/account.jsonl"))["records"], 4);
    assert_eq!(summary["kept"], 4, "what is refused is kept all the same");
    assert!(!place.path("escape.jsonl").exists() && !place.path("user/escape.jsonl").exists());
    place.verified();
}

#[test]
fn a_file_that_changes_while_it_is_read_is_not_taken_at_its_word() {
    let (place, case) = Place::with_case();
    // Larger than what is held in memory, so that it is read where it lies.
    let path = place.write("growing.xml", &papers::many_calls("+14155550201", 0, 90_000));
    assert!(path.metadata().expect("a size").len() > 8 << 20);
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let writer = std::thread::spawn({
        let path = path.clone();
        move || {
            while receiver.try_recv().is_err() {
                let file = fs::OpenOptions::new().append(true).open(&path).expect("open");
                std::io::Write::write_all(&mut &file, b" ").expect("a space more");
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    });
    let lines = place.run(&["add", &case, "growing.xml", "--json"]).done().lines();
    sender.send(()).expect("told");
    writer.join().expect("ended");
    let file: &Value = &lines[0];
    assert_eq!((file["state"].as_str(), file["reason"].as_str(), file["records"].as_u64()), (Some("unread"), Some("file-changed"), Some(0)));
    let again = place.run(&["add", &case, "growing.xml", "--json"]).done().lines();
    assert_eq!(again[0]["records"], 90_000);
    place.verified();
}
