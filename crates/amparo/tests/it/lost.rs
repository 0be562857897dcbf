//! What is lost comes back by what was printed: a laptop, a passphrase; and what was never given stays shut.

use crate::crash::words_of;
use crate::papers;
use crate::place::{Place, text};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Stdio;

fn sheet(place: &Place) -> String {
    std::fs::read_to_string(place.home().join("recovery-words.txt")).expect("the sheet")
}

#[test]
fn a_lost_laptop_comes_back_from_the_backup_and_the_sheet_alone() {
    let (place, case) = Place::with_case();
    place.write("calls.xml", &papers::many_calls("+14155550201", 0, 12));
    place.write("account.jsonl", papers::ACCOUNT.as_bytes());
    place.run(&["add", &case, "calls.xml", "--whose", "client"]).done();
    place.run(&["backup", "stick", "--new"]).done();
    place.run(&["add", &case, "account.jsonl", "--whose", "client"]).done();
    place.run(&["withdraw", &case, &place.file_of(&case, "account.jsonl")]).done();
    place.write("more.jsonl", papers::ACCOUNT.replace("baker", "cook").as_bytes());
    place.run(&["add", &case, "more.jsonl", "--whose", "client"]).done();
    let done = place.run(&["backup", "stick", "--json"]).done().one();
    assert!(done["number"].as_u64().is_some_and(|n| n > 1), "{done}");
    let (records, words) = (place.records(&case), words_of(&sheet(&place)));

    // Another machine: nothing but the stick, and the words typed as they are printed.
    let other = Place::empty();
    assert!(std::process::Command::new("cp").arg("-a").arg(place.path("stick")).arg(other.path("stick")).status().expect("cp runs").success());
    other.write("passphrase", b"another passphrase on a new machine");
    let wrong = words.replacen(words.split(' ').next().expect("a word"), "zoo", 1);
    other.run_with(&["restore", "stick"], wrong.as_bytes()).failed(3);
    assert!(!other.home().join("office.db").exists() && !other.path("home.restoring").exists());
    let back = other.run_with(&["restore", "stick", "--json"], words.as_bytes()).done().one();
    assert_eq!(back["cases"], 1);
    assert_eq!(other.records(&case), records);
    other.verified();
    other.run_with(&["restore", "stick"], words.as_bytes()).failed(1);
    // The old passphrase never left the old machine.
    other.write("old", b"correct horse battery staple");
    other.run(&["case", "list", "--passphrase-file", "old"]).failed(3);
    // Work goes on there, and is backed up to the same stick.
    other.write("new.jsonl", papers::ACCOUNT.replace("baker", "driver").as_bytes());
    other.run(&["add", &case, "new.jsonl"]).done();
    other.run(&["backup", "stick"]).done();
    other.verified();
}

#[test]
fn a_backup_goes_only_where_it_was_meant() {
    let (place, _) = Place::with_case();
    let folder = |name: &str| std::fs::create_dir_all(place.path(name)).expect("a folder");
    // A mistyped name, a stick that is not plugged in, a folder of other things: nothing is written there.
    place.write("photos/beach.jpg", b"not a backup");
    place.write("file", b"not a folder");
    for name in ["stikc", "media/nobody/stick", "photos", "file"] {
        let said = place.run(&["backup", name]).failed(1).err;
        assert!(said.contains(name) && said.contains("--new") && said.contains("Nothing was written"), "{said}");
    }
    assert!(!place.path("stikc").exists() && !place.path("media").exists());
    assert_eq!(std::fs::read_dir(place.path("photos")).expect("a folder").count(), 1);
    // An empty stick, also one on which a system left its own; the same place again.
    folder("stick/lost+found");
    place.write("stick/.Trash-1000/x", b"");
    place.run(&["backup", "stick"]).done();
    place.run(&["backup", "stick"]).done();
    // A first run that was stopped left its folder and no label.
    folder("begun/bundles");
    place.run(&["backup", "begun"]).done();
    // Or where somebody says so.
    place.run(&["backup", "photos/amparo", "--new"]).done();
    place.run(&["backup", "photos", "--new"]).done();
    assert!(place.path("photos/beach.jpg").exists() && place.path("photos/amparo-backup.json").exists());
    place.run(&["backup", "photos"]).done();
}

#[test]
fn a_lost_passphrase_comes_back_by_the_sheet() {
    let (place, case) = Place::with_case();
    place.write("account.jsonl", papers::ACCOUNT.as_bytes());
    place.run(&["add", &case, "account.jsonl"]).done();
    let (records, words) = (place.records(&case), words_of(&sheet(&place)));
    place.write("new", b"one that will be remembered");
    place.run_with(&["recover", "--new-passphrase-file", "new"], b"twelve words are not enough").failed(3);
    place.write("short", b"short");
    place.run_with(&["recover", "--new-passphrase-file", "short"], words.as_bytes()).failed(2);
    place.run(&["case", "list"]).done();
    // As the sheet prints them: numbers, capitals and lines do not matter.
    place.run_with(&["recover", "--new-passphrase-file", "new"], format!("{}\n", words.to_uppercase()).as_bytes()).done();
    place.run(&["case", "list"]).failed(3);
    place.write("passphrase", b"one that will be remembered");
    assert_eq!(place.records(&case), records);
    place.verified();
}

/// An office that chose so many sheets of its own; the words of its first member's sheet and of its own.
fn with_the_offices_sheets(place: &Place, count: usize) -> (String, Vec<String>) {
    let mut child = place.command().arg("init").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut typed = child.stdin.take().expect("a pipe");
    typed.write_all(format!("en\nLa Casa\n\nAna Paz\nyes\nmany\n{count}\n").as_bytes()).expect("the answers");
    let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut sheets = String::new();
    // Each sheet is three columns of eight.
    while sheets.lines().filter(|l| l.starts_with(' ')).count() < 8 * (1 + count) {
        assert!(said.read_line(&mut sheets).expect("text") > 0, "{sheets}");
    }
    let lines: Vec<String> = sheets.lines().filter(|l| l.starts_with(' ')).map(str::to_owned).collect();
    let mut all: Vec<String> = lines.chunks(8).map(|lines| words_of(&lines.join("\n"))).collect();
    // The words of another sheet are not taken for this one.
    write!(typed, "{}\n{}\n", all[1], all.join("\n")).expect("the words");
    let own = all.remove(0);
    drop(typed);
    said.read_to_string(&mut sheets).expect("text");
    assert!(child.wait().expect("it ends").success(), "{sheets}");
    // Each sheet says whose it is and what it opens; the office's never promises a backup.
    assert!(sheets.contains(&format!("sheet 1 of {} (Ana Paz)", 1 + count)) && sheets.contains(&format!("sheet 2 of {} (La Casa)", 1 + count)), "{sheets}");
    let texts: Vec<&str> = sheets.split("Recovery sheet: ").skip(1).collect();
    assert!(texts[0].contains("amparo restore") && texts[1..].iter().all(|t| t.contains("recover --office") && !t.contains("amparo restore")), "{sheets}");
    assert_eq!(sheets.contains("Together with a second sheet"), count > 1);
    (own, all)
}

#[test]
fn of_several_sheets_of_the_office_any_two_open_it_and_one_does_not() {
    let place = Place::empty();
    place.write("passphrase", b"correct horse battery staple");
    let (own, office) = with_the_offices_sheets(&place, 3);
    assert_eq!(office.len(), 3);
    place.write("eva", b"eva chose this passphrase");
    let recover = |typed: &str| place.run_with(&["recover", "--office", "--new-passphrase-file", "eva"], typed.as_bytes());
    recover(&format!("{}\n", office[0])).failed(3);
    recover(&format!("{}\n{own}\nEva Sol\n", office[0])).failed(3);
    recover(&format!("{}\n{}\nEva Sol\n", office[2], office[2])).failed(3);
    let said = recover(&format!("{}\n{}\nEva Sol\n", office[2], office[0])).done().out;
    assert!(said.contains("Eva Sol is a member now"), "{said}");
}

#[test]
fn when_every_passphrase_and_sheet_is_lost_the_offices_sheet_lets_somebody_in() {
    let place = Place::empty();
    place.write("passphrase", b"correct horse battery staple");
    let (own, office) = with_the_offices_sheets(&place, 1);
    let office = &office[0];
    let case = place.new_case("Luz");
    place.write("account.jsonl", papers::ACCOUNT.as_bytes());
    place.run(&["add", &case, "account.jsonl"]).done();
    let records = place.records(&case);
    place.run(&["lock"]).done();
    place.write("eva", b"eva chose this passphrase");
    let eva = |words: &[&str]| place.run(&[words, &["--passphrase-file", "eva"]].concat());

    let recover = |typed: &str| place.run_with(&["recover", "--office", "--new-passphrase-file", "eva"], typed.as_bytes());
    // A member's sheet is not the office's; with the office's somebody comes in under a name of their own.
    recover(&format!("{own}\n")).failed(3);
    recover("twelve words are not enough\n").failed(3);
    eva(&["case", "list"]).failed(3);
    let said = recover(&format!("{office}\nEva Sol\n")).done().out;
    assert!(said.contains("Eva Sol is a member now"), "{said}");
    assert_eq!(eva(&["records", &case, "--json"]).done().out, records);
    assert!(eva(&["log", &case]).done().out.contains("Eva Sol"));
    // The sheet printed for her opens it, too; the others come in as before until she takes them out.
    place.write("eva2", b"eva chose another passphrase");
    place.run_with(&["recover", "--new-passphrase-file", "eva2"], words_of(&said).as_bytes()).done();
    place.write("eva", b"eva chose another passphrase");
    let members = eva(&["member", "list", "--json"]).done().lines();
    let ana = members.iter().find(|m| m["name"] == "Ana Paz").map(|m| text(m, "member")).expect("the first member");
    eva(&["member", "remove", &ana]).done();
    place.run(&["case", "list"]).failed(3);
    assert_eq!(eva(&["records", &case, "--json"]).done().out, records);
    place.write("passphrase", b"eva chose another passphrase");
    place.verified();
    // The office's sheet is still good.
    place.write("third", b"a third one, chosen later");
    place.run_with(&["recover", "--office", "--new-passphrase-file", "third"], format!("{office}\nTeo\n").as_bytes()).done();
    assert_eq!(place.run(&["records", &case, "--json", "--passphrase-file", "third"]).done().out, records);
}

/// A second member with a passphrase of their own; their id.
pub fn member(place: &Place, role: &str) -> String {
    let made = place.run_with(&["member", "add", "-", "--role", role, "--json"], "Berta Núñez\n".as_bytes()).done().one();
    place.write("berta", b"the passphrase of berta alone");
    place.run_with(&["recover", "--new-passphrase-file", "berta"], text(&made, "words").as_bytes()).done();
    text(&made, "member")
}

#[test]
fn a_member_opens_what_was_granted_and_nothing_else() {
    let (place, case) = Place::with_case();
    place.write("account.jsonl", papers::ACCOUNT.as_bytes());
    place.run(&["add", &case, "account.jsonl"]).done();
    let records = place.records(&case);
    let berta = member(&place, "paralegal");
    place.run(&["lock"]).done();
    let as_berta = |words: &[&str]| place.run(&[words, &["--passphrase-file", "berta"]].concat());
    // No grant, no key: neither records nor log, nor anything that is done to the case.
    for words in [
        &["records", &case][..],
        &["status", &case],
        &["log", &case],
        &["verify", &case],
        &["add", &case, "account.jsonl"],
        &["withdraw", &case, "4"],
        &["case", "show", &case],
        &["grant", &case, &berta],
    ] {
        as_berta(words).failed(3);
    }
    assert_eq!(as_berta(&["case", "list", "--json"]).done().lines()[0]["may_open"], false);
    as_berta(&["member", "remove", &berta]).failed(3);
    place.run(&["grant", &case, &berta]).done();
    assert_eq!(as_berta(&["records", &case, "--json"]).done().out, records);
    let looks = place.run(&["log", &case, "--json"]).done().lines();
    assert!(looks.iter().any(|l| l["member"] == "Berta Núñez"), "their look is written down");
    place.run(&["revoke", &case, &berta]).done();
    as_berta(&["records", &case]).failed(3);
    place.write("later.jsonl", papers::ACCOUNT.replace("baker", "cook").as_bytes());
    place.run(&["add", &case, "later.jsonl"]).done();
    as_berta(&["records", &case]).failed(3);
    place.verified();
    // A case of theirs is theirs.
    let made = place.run_with(&["case", "new", "-", "--json", "--passphrase-file", "berta"], b"Theirs").done().one();
    as_berta(&["records", &text(&made, "case")]).done();
    place.run(&["records", &text(&made, "case")]).failed(3);
    // Access ends even where whoever ends it has no key to renew, and that is what is said.
    let theirs = text(&made, "case");
    let said = place.run(&["revoke", &theirs, &berta]).done().out;
    assert!(said.contains("may no longer open") && said.contains("has no new key yet. You cannot open this case yourself."), "{said}");
    as_berta(&["records", &theirs]).failed(3);
    place.run(&["member", "remove", &berta]).done();
    as_berta(&["case", "list"]).failed(3);
    assert!(!place.run(&["member", "list"]).done().out.contains("Berta"));
    place.run(&["case", "list"]).done();
}

#[test]
fn two_members_destroy_a_case_at_once_and_one_must_wait() {
    let (place, case) = Place::with_case();
    place.write("account.jsonl", papers::ACCOUNT.as_bytes());
    place.run(&["add", &case, "account.jsonl"]).done();
    let berta = member(&place, "representative");
    place.run(&["grant", &case, &berta]).done();
    place.run(&["shred", &case]).done();
    place.run(&["shred", &case, "--agree"]).failed(1);
    place.run(&["records", &case]).done();
    place.run(&["shred", &case, "--cancel"]).done();
    place.run(&["shred", &case, "--cancel"]).failed(1);
    place.run(&["shred", &case]).done();
    place.run(&["lock"]).done();
    place.run(&["hold", &case]).done();
    place.run(&["shred", &case, "--agree", "--passphrase-file", "berta"]).failed(3);
    place.run(&["hold", &case, "--release"]).done();
    place.run(&["shred", &case, "--agree", "--passphrase-file", "berta"]).done();
    place.run(&["records", &case]).failed(1);
    assert!(place.run(&["case", "list", "--json"]).done().lines().is_empty());
    place.verified();
    // No sealed file of it is left.
    let left: usize = std::fs::read_dir(place.home().join("blobs")).expect("a folder").map(|f| files_in(&f.expect("an entry").path())).sum();
    assert_eq!(left, 0);
}

#[test]
fn one_persons_drawer_is_destroyed_and_the_rest_stays() {
    let (place, case) = Place::with_case();
    place.run_with(&["party", "add", &case, "-"], b"spouse Luis\n").done();
    place.write("hers.jsonl", papers::ACCOUNT.as_bytes());
    place.write("his.jsonl", papers::ACCOUNT.replace("baker", "driver").as_bytes());
    place.run(&["add", &case, "hers.jsonl", "--whose", "client"]).done();
    let hers = place.records(&case);
    place.run(&["add", &case, "his.jsonl", "--whose", "spouse"]).done();
    let berta = member(&place, "representative");
    place.run(&["grant", &case, &berta]).done();
    place.run(&["shred", &case, "--party", "uncle"]).failed(2);
    let asked = place.run(&["shred", &case, "--party", "spouse"]).done().out;
    assert!(asked.contains("--party spouse --cancel"), "what takes it back can be typed as it stands: {asked}");
    place.run(&["shred", &case, "--cancel"]).failed(1);
    place.run(&["lock"]).done();
    place.run(&["shred", &case, "--party", "spouse", "--agree", "--passphrase-file", "berta"]).done();
    assert_eq!(place.records(&case), hers);
    assert_eq!(place.run(&["case", "list", "--json"]).done().lines().len(), 1);
    place.verified();
}

fn files_in(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[test]
fn an_older_folder_that_was_put_back_is_noticed() {
    let (place, case) = Place::with_case();
    place.write("account.jsonl", papers::ACCOUNT.as_bytes());
    place.run(&["lock"]).done();
    let yesterday = place.path("yesterday");
    assert!(std::process::Command::new("cp").arg("-a").arg(place.home()).arg(&yesterday).status().expect("cp runs").success());
    place.run(&["add", &case, "account.jsonl"]).done();
    let head = place.run(&["verify", "--json"]).done().one();
    let log = place.run(&["log", &case, "--json"]).done().lines();
    let words = format!("{} {}", log.last().expect("an entry")["seq"], text(&head["head_words"], &case));
    std::fs::remove_dir_all(place.home()).expect("gone");
    std::fs::rename(&yesterday, place.home()).expect("put back");
    let found = place.run(&["verify", &case, "--since", &words, "--json"]);
    assert_eq!((found.code, found.one()["since"].as_bool()), (Some(1), Some(false)));
}

#[test]
fn a_lost_tail_is_accepted_only_where_it_is_asked_for_and_stays_written() {
    let (place, case) = Place::with_case();
    place.write("account.jsonl", papers::ACCOUNT.as_bytes());
    place.run(&["lock"]).done();
    let yesterday = place.path("yesterday");
    assert!(std::process::Command::new("cp").arg("-a").arg(place.home()).arg(&yesterday).status().expect("cp runs").success());
    place.run(&["add", &case, "account.jsonl"]).done();
    // The database of yesterday with the heads of today: entries are missing.
    for name in ["office.db", "office.db-wal", "office.db-shm"] {
        std::fs::copy(yesterday.join(name), place.home().join(name)).expect("put back");
    }
    let found = place.run(&["verify", "--json"]);
    assert_ne!(found.code, Some(0), "{}{}", found.out, found.err);
    assert_ne!(place.run(&["add", &case, "account.jsonl"]).code, Some(0), "nothing is written over a loss");
    place.run(&["recover", "--accept-loss", "--case", "no-such"]).failed(1);
    let ran = place.run(&["recover", "--accept-loss"]);
    assert!(matches!(ran.code, Some(0 | 1)), "{}{}", ran.out, ran.err);
    let ran = place.run(&["recover", "--accept-loss", "--case", &case]);
    assert!(matches!(ran.code, Some(0 | 1)), "{}{}", ran.out, ran.err);
    place.run(&["add", &case, "account.jsonl"]).done();
    place.verified();
}
