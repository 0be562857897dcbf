//! What happens at the same time as something else: two locks, a lock while files are read, another program that writes.

use super::memory::{keys, standing};
use super::speak::Visitor;
use super::{Family, PASSPHRASE, Served};
use crate::lost::member;
use crate::papers;

/// Files that take long enough to be read that a lock comes between them.
const FILES: usize = 6;

/// Gives files to the case and waits until the first is being read.
fn give_many(visitor: &Visitor, family: &Family) {
    let files: Vec<(String, Vec<u8>)> = (0..FILES).map(|i| (format!("calls-{i}.xml"), papers::many_calls(&format!("+1415555{:04}", 100 + i), 0, 15_000))).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    assert_eq!(visitor.post_files(&family.path("/case/{case}/add"), &[("whose", "client")], &files).status, 303);
    while !visitor.get(&family.path("/case/{case}/gather/now")).text().starts_with(|c: char| c.is_ascii_digit() && c != '0') {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// Two windows lock at once while files are read: each answer means that the work has ended and its keys are gone.
#[test]
fn two_locks_at_once_end_the_work_and_lose_no_file_unsaid() {
    let family = Family::gathered();
    let secrets = keys(&family);
    let before = family.place.files(&family.case).len();
    let served = Served::open(&family.place);
    let visitor = Visitor::enter(&served.entrance);
    give_many(&visitor, &family);
    let lock = || {
        let said = visitor.post("/lock", &[]);
        // The work does not go on behind the answer: nothing is answered of it, and no key of it is left.
        (said.status, visitor.get(&family.path("/case/{case}/gather/now")).status, standing(served.pid(), &secrets))
    };
    let answers = std::thread::scope(|all| [all.spawn(lock), all.spawn(lock)].map(|one| one.join().expect("an answer")));
    for (locked, after, left) in answers {
        assert_eq!((locked, after), (303, 303));
        assert!(left.is_empty(), "left in memory: {left:?}");
    }
    let taken_in = family.place.files(&family.case).len() - before;
    assert!(taken_in < FILES, "the work was stopped, not waited for");
    // What was not taken in is said to whoever unlocks, once.
    assert_eq!(visitor.post("/unlock", &[("passphrase", PASSPHRASE)]).status, 303);
    let said = visitor.get("/").text();
    let said = said.split("role=\"status\">").nth(1).and_then(|rest| rest.split('<').next()).expect("it is said").to_owned();
    assert!(said.starts_with(&format!("{} ", FILES - taken_in)), "{said}; {taken_in} were taken in");
    assert!(!visitor.get("/").text().contains("role=\"status\""), "once");
    // And the room works as before: the same files come whole, those that are held are said to be held.
    give_many(&visitor, &family);
    while !visitor.get(&family.path("/case/{case}/gather/now")).text().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(family.place.files(&family.case).len(), before + taken_in + FILES);
    family.place.verified();
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A reason holds while other programs work in the office, and not longer than the access itself.
#[test]
fn a_reason_outlasts_what_other_programs_write_and_not_the_access() {
    let family = Family::gathered();
    let place = &family.place;
    let berta = member(place, "paralegal");
    place.run(&["grant", &family.case, &berta]).done();
    let served = Served::open_with(place, "berta");
    let visitor = Visitor::enter(&served.entrance);
    let number = digits(&family.number);
    let tail = &number[number.len() - 10..];
    let stands = |what: &str, shown: bool| {
        let call = visitor.get(&family.path("/case/{case}/record/{call}"));
        assert_eq!(call.status, 200, "{what}: {}", call.text());
        assert_eq!(digits(&call.text()).contains(tail), shown, "{what}: the third person");
        let reason = visitor.get(&family.path("/case/{case}/reason")).text();
        let chosen = |id: &str| reason.split("<input").any(|field| field.contains(&format!("id=\"{id}\"")) && field.split('>').next().is_some_and(|tag| tag.contains("checked")));
        assert_eq!((chosen("p-prepare-filing"), chosen("p-review")), (shown, !shown), "{what}: the reason");
    };
    stands("at first", false);
    assert_eq!(visitor.post(&family.path("/case/{case}/reason"), &[("purpose", "prepare-filing"), ("unmask", "yes")]).status, 303);
    stands("with a reason", true);
    place.write("later.jsonl", papers::ACCOUNT.as_bytes());
    place.run(&["add", &family.case, "later.jsonl", "--whose", "client"]).done();
    stands("another program added a paper", true);
    let later = place.file_of(&family.case, "later.jsonl");
    assert!(visitor.get(&family.path(&format!("/case/{{case}}/gather?file={later}"))).text().contains("later.jsonl"), "and the paper is there");
    place.new_case("Otra");
    stands("another program began a case", true);

    place.run(&["revoke", &family.case, &berta]).done();
    for path in family.paths().iter().filter(|path| path.starts_with("/case/")) {
        let said = visitor.get(path);
        assert_eq!(said.status, 403, "{path}");
        assert!(!super::NAMES.iter().any(|name| said.text().contains(name)), "{path} names somebody once access has ended");
    }
    place.run(&["grant", &family.case, &berta]).done();
    stands("granted again", false);
}

/// Access that ends while that member's files are being read ends; whoever ended it is told so.
#[test]
fn access_that_ends_while_files_are_read_ends_and_is_said_to() {
    let family = Family::gathered();
    let place = &family.place;
    let berta = member(place, "paralegal");
    place.run(&["grant", &family.case, &berta]).done();
    let served = Served::open_with(place, "berta");
    let visitor = Visitor::enter(&served.entrance);
    give_many(&visitor, &family);
    // With new keys, or where the room wrote too fast for that, said to be without; never "nothing was changed".
    let said = place.run(&["revoke", &family.case, &berta]).done().out;
    assert!(said.contains("Berta Núñez may no longer open") && (said.contains("it has a new key") || said.contains("has no new key yet")), "{said}");
    assert_eq!(visitor.get(&family.path("/case/{case}/gather")).status, 403);
    let at_the_end = place.files(&family.case).len();
    // The reading ends by itself: what it would go on writing with is not the case's key any more.
    visitor.post("/lock", &[]);
    assert_eq!(visitor.post("/unlock", &[("passphrase", "the passphrase of berta alone")]).status, 303);
    assert_eq!(place.files(&family.case).len(), at_the_end);
    assert_eq!(visitor.get(&family.path("/case/{case}")).status, 403);
    place.verified();
}
