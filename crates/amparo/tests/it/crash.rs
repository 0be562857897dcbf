//! The real program killed at its own writes: whatever was acknowledged is there, and running again completes the rest.
//!
//! `strace` ends the program with SIGKILL at the n-th call that changes the disk. A clean run is counted first;
//! then points are drawn from all of them, by a fixed seed. `AMPARO_CRASH_POINTS` says how many; `make crash` asks for 300.

use crate::papers::{self, Chance};
use crate::place::{Place, Ran, ran};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The calls that change what a disk holds. Not followed into the reading process: it has no disk.
const WRITES: &str =
    "write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,ftruncate,truncate,fallocate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,mkdirat,copy_file_range";

/// One task that is killed, on a store that was prepared for it.
struct Task {
    name: &'static str,
    /// The words after the program's name.
    words: Vec<String>,
    /// What must hold before, after, and after running it again.
    check: fn(&Prepared, &Moment),
    /// What the machine looks like where it is wrong to run the task again because it was done.
    done_says: i32,
}

/// When the store is looked at.
#[derive(PartialEq, Eq, Debug)]
enum Moment {
    /// The program was killed; `true` where it had already answered.
    Killed { answered: bool },
    /// It was run again to the end; `true` where it had answered before it was killed.
    Again { answered: bool },
}

/// A machine whose home, backup and new home are put back before each point.
struct Prepared {
    place: Place,
    case: String,
    member: String,
    /// Ids of all records before, and with the papers that `add` brings.
    before: BTreeSet<String>,
    after: BTreeSet<String>,
    /// What the withdrawn paper had.
    withdrawn: BTreeSet<String>,
    first: String,
}

const KEPT: &[&str] = &["home", "backup"];

fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to); // not there the first time
    if from.exists() {
        assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp runs").success());
    }
}

impl Prepared {
    fn new() -> Prepared {
        let (place, case) = Place::with_case();
        for i in 0..4_i64 {
            place.write(&format!("old/calls-{i}.xml"), &papers::many_calls(&format!("+1415555020{i}"), i * 30, 6));
            place.write(&format!("new/calls-{i}.xml"), &papers::many_calls(&format!("+1415555021{i}"), 500 + i * 30, 6));
        }
        place.write("new/account.jsonl", papers::ACCOUNT.as_bytes());
        place.run(&["add", &case, "old", "--whose", "client"]).done();
        let made = place.run_with(&["member", "add", "-", "--json"], b"Berta\n").done().one();
        let member = made["member"].as_str().expect("an id").to_owned();
        place.run(&["backup", "backup", "--new"]).done();
        // Something new since, so that the next backup has work to do.
        place.write("later.jsonl", papers::ACCOUNT.replace("baker", "cook").as_bytes());
        place.run(&["add", &case, "later.jsonl"]).done();
        let words = std::fs::read_to_string(place.home().join("recovery-words.txt")).expect("the sheet");
        place.write("words.txt", words_of(&words).as_bytes());
        let told = place.run(&["doctor"]).done().out;
        let own = told.split_whitespace().find(|word| word.starts_with("age1")).expect("the key to hand a case over to");
        place.run(&["export", &case, "--out", "handed", "--profile", "everything", "--to", own]).done();
        let ids = |case: &str| place.ids(case).into_iter().collect::<BTreeSet<_>>();
        let before = ids(&case);
        for name in KEPT {
            copy(&place.path(name), &place.path(&format!("kept-{name}")));
        }
        place.run(&["add", &case, "new", "--whose", "client"]).done();
        let after = ids(&case);
        let first = place.file_of(&case, "calls-1.xml");
        let withdrawn = place
            .run(&["records", &case, "--unmerged", "--json"])
            .done()
            .lines()
            .iter()
            .filter(|r| r["provenance"]["name"] == "calls-1.xml" && before.contains(r["id"].as_str().unwrap_or_default()))
            .map(|r| r["id"].as_str().unwrap_or_default().to_owned())
            .collect();
        Prepared { place, case, member, before, after, withdrawn, first }
    }

    fn put_back(&self) {
        for name in KEPT {
            copy(&self.place.path(&format!("kept-{name}")), &self.place.path(name));
        }
        for name in ["restored", "restored.restoring", "begun", "begun.making"] {
            let _ = std::fs::remove_dir_all(self.place.path(name)); // not there but for the task that makes it
        }
    }

    fn ids(&self) -> BTreeSet<String> {
        self.place.ids(&self.case).into_iter().collect()
    }

    /// The task under `strace`, with these options of it; `None` where a signal ended it.
    fn traced(&self, task: &Task, options: &[String]) -> Ran {
        let mut command = Command::new("strace");
        command.args(["-qq", "-o"]).arg(self.place.path("trace")).args(options).arg(crate::place::PROGRAM).args(&task.words);
        self.place.around(&mut command);
        ran(command, b"")
    }

    /// The calls of a clean run that change the disk, each with which one of its name it is: `strace` counts by name.
    fn calls(&self, task: &Task) -> Vec<(String, usize)> {
        self.put_back();
        self.traced(task, &["-e".to_owned(), format!("trace={WRITES}"), "-e".to_owned(), "signal=none".to_owned()]).done();
        let trace = std::fs::read_to_string(self.place.path("trace")).expect("a trace");
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let named = trace.lines().filter_map(|line| line.split_once('(')).map(|(name, _)| name.trim().to_owned());
        let numbered = named.map(|name| {
            let n = counts.entry(name.clone()).or_default();
            *n += 1;
            (name, *n)
        });
        numbered.collect()
    }
}

/// The 24 words of a sheet as they are typed: in the order of their numbers.
pub fn words_of(sheet: &str) -> String {
    // The numbered columns are set in; the sentences around them are not.
    let parts: Vec<&str> = sheet.lines().filter(|l| l.starts_with(' ')).flat_map(str::split_whitespace).collect();
    let mut words: Vec<(u32, &str)> = parts
        .windows(2)
        .filter_map(|pair| Some((pair[0].parse::<u32>().ok()?, pair[1])))
        .filter(|(n, word)| (1..=24).contains(n) && word.chars().all(char::is_alphabetic))
        .collect();
    words.sort_by_key(|(n, _)| *n);
    words.dedup_by_key(|(n, _)| *n);
    assert_eq!(words.len(), 24, "a sheet has 24 words: {sheet}");
    words.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

fn adding(p: &Prepared, moment: &Moment) {
    let ids = p.ids();
    assert!(ids.is_superset(&p.before), "what was there is there");
    assert!(ids.is_subset(&p.after), "nothing that was never given");
    if *moment != (Moment::Killed { answered: false }) {
        assert_eq!(ids, p.after);
    }
    // A run that had answered was over: the same paths named again are a new giving of what is already held.
    if *moment == (Moment::Again { answered: false }) {
        assert_eq!(p.place.files(&p.case).len(), 10, "nothing twice");
    }
}

fn withdrawing(p: &Prepared, moment: &Moment) {
    let ids = p.ids();
    let without: BTreeSet<String> = p.before.difference(&p.withdrawn).cloned().collect();
    match moment {
        Moment::Killed { answered: false } => assert!(ids == p.before || ids == without, "all of the paper or nothing of it"),
        _ => assert_eq!(ids, without),
    }
}

fn granting(p: &Prepared, _: &Moment) {
    assert_eq!(p.ids(), p.before);
}

fn backing_up(p: &Prepared, moment: &Moment) {
    assert_eq!(p.ids(), p.before);
    // The backup of before, or the new one, opens with the sheet alone.
    let elsewhere = p.place.path("from-backup");
    let _ = std::fs::remove_dir_all(&elsewhere);
    let home = elsewhere.to_str().expect("text");
    p.place.run(&["restore", "backup", "--home", home, "--words-file", "words.txt"]).done();
    let ids: BTreeSet<String> =
        p.place.run(&["records", &p.case, "--unmerged", "--json", "--home", home]).done().lines().iter().map(|r| r["id"].as_str().unwrap_or_default().to_owned()).collect();
    let old: BTreeSet<String> = p.before.iter().filter(|id| ids.contains(*id)).cloned().collect();
    assert_eq!(old, ids);
    match moment {
        Moment::Killed { answered: false } => assert!(ids.len() >= 24),
        _ => assert_eq!(ids, p.before),
    }
    let found = p.place.run(&["verify", "--json", "--home", home]).done().one();
    assert_eq!(found["ok"], true);
}

/// The case that was handed over is there whole, or it is not there. Run again after it was there, it comes once more.
fn importing(p: &Prepared, moment: &Moment) {
    assert_eq!(p.ids(), p.before);
    let cases = p.place.run(&["case", "list", "--json"]).done().lines();
    let received: Vec<String> = cases.iter().map(|c| crate::place::text(c, "case")).filter(|c| *c != p.case).collect();
    for case in &received {
        let ids: BTreeSet<String> = p.place.ids(case).into_iter().collect();
        assert!(ids.is_superset(&p.before), "all of it");
    }
    match moment {
        Moment::Killed { answered: false } => assert!(received.len() <= 1),
        Moment::Killed { answered: true } => assert_eq!(received.len(), 1),
        Moment::Again { .. } => assert!((1..=2).contains(&received.len())),
    }
}

fn restoring(p: &Prepared, moment: &Moment) {
    assert_eq!(p.ids(), p.before);
    let home = p.place.path("restored");
    if home.join("office.db").exists() || *moment != (Moment::Killed { answered: false }) {
        let home = home.to_str().expect("text");
        let ids = p.place.run(&["records", &p.case, "--unmerged", "--json", "--home", home]).done().lines().len();
        assert!(ids >= 24);
        assert_eq!(p.place.run(&["verify", "--json", "--home", home]).done().one()["ok"], true);
    }
}

/// An office has its words and verifies, or it is not there.
fn beginning(p: &Prepared, moment: &Moment) {
    let home = p.place.path("begun");
    if home.exists() || *moment != (Moment::Killed { answered: false }) {
        words_of(&std::fs::read_to_string(home.join("recovery-words.txt")).expect("the sheet"));
        assert_eq!(p.place.run(&["verify", "--json", "--home", home.to_str().expect("text")]).done().one()["ok"], true);
    }
}

fn tasks(p: &Prepared) -> Vec<Task> {
    let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect();
    let (restored, begun) = (p.place.path("restored"), p.place.path("begun"));
    vec![
        Task { name: "add", words: words(&["add", &p.case, "new", "--whose", "client"]), check: adding, done_says: 0 },
        Task { name: "withdraw", words: words(&["withdraw", &p.case, &p.first]), check: withdrawing, done_says: 1 },
        Task { name: "grant", words: words(&["grant", &p.case, &p.member]), check: granting, done_says: 0 },
        Task { name: "backup", words: words(&["backup", "backup"]), check: backing_up, done_says: 0 },
        Task { name: "import", words: words(&["import", "handed"]), check: importing, done_says: 0 },
        Task { name: "restore", words: words(&["restore", "backup", "--home", restored.to_str().expect("text"), "--words-file", "words.txt"]), check: restoring, done_says: 1 },
        Task { name: "init", words: words(&["init", "--unattended", "--home", begun.to_str().expect("text")]), check: beginning, done_says: 1 },
    ]
}

#[test]
fn crash_at_sampled_writes_loses_nothing_that_was_acknowledged() {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        eprintln!("strace is not installed: the program cannot be killed at its writes, so that nothing is shown here");
        return;
    }
    let points: usize = std::env::var("AMPARO_CRASH_POINTS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let p = Prepared::new();
    let tasks = tasks(&p);
    let mut all: Vec<(usize, String, usize)> = Vec::new();
    for (i, task) in tasks.iter().enumerate() {
        let calls = p.calls(task);
        eprintln!("{}: {} calls that change the disk", task.name, calls.len());
        assert!(calls.len() > 5, "{} changes the disk", task.name);
        all.extend(calls.into_iter().map(|(name, n)| (i, name, n)));
    }
    let mut chance = Chance(0x005e_edc4_a5e5);
    for i in (1..all.len()).rev() {
        all.swap(i, chance.below(i + 1));
    }
    for (i, call, n) in all.into_iter().take(points) {
        let task = &tasks[i];
        let at = format!("{} killed at {call} {n}", task.name);
        eprintln!("{at}");
        p.put_back();
        let killed = p.traced(task, &["-e".to_owned(), format!("trace={call}"), "-e".to_owned(), format!("inject={call}:signal=KILL:when={n}")]);
        let whole = killed.code == Some(0);
        assert!(whole || killed.code.is_none() || killed.code == Some(128 + 9), "{at}: {:?}\n{}", killed.code, killed.err);
        // An answer on standard output is an acknowledgement; `restore` speaks once before it is done.
        let answered = !killed.out.is_empty() && (task.name != "restore" || killed.out.lines().count() > 1);
        let found = p.place.run(&["verify", "--deep", "--json"]);
        assert_eq!((found.code, found.err.as_str()), (Some(0), ""), "{at}: {}", found.out);
        (task.check)(&p, &Moment::Killed { answered });
        let again = p.place.run(&task.words);
        assert!(again.code == Some(0) || again.code == Some(task.done_says), "{at}, and again: {:?}\n{}{}", again.code, again.out, again.err);
        (task.check)(&p, &Moment::Again { answered });
        p.place.verified();
    }
}

/// The kill lands where it is aimed: without this, a wrong name in the list of calls would show nothing.
#[test]
fn crash_points_do_kill() {
    let Ok(done) =
        Command::new("strace").args(["-qq", "-o", "/dev/null", "-e", "inject=write,pwrite64:signal=KILL:when=1", crate::place::PROGRAM, "help"]).stdout(Stdio::null()).status()
    else {
        return;
    };
    assert!(done.signal() == Some(9) || done.code() == Some(128 + 9), "{done:?}");
}
