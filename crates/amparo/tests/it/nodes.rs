//! Two machines of one office and a host between them that cannot read what it keeps.

use crate::crash::words_of;
use crate::papers;
use crate::place::{Place, beside};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A host in a folder of its own.
struct Host {
    folder: tempfile::TempDir,
    program: Option<Child>,
}

impl Host {
    fn new() -> Host {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let mut host = Host { folder, program: None };
        let made = host.command("init").args([format!("127.0.0.1:{port}"), format!("https://localhost:{port}"), "host.example/amparo".to_owned()]).status();
        assert!(made.expect("init").success());
        host.start();
        host
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(beside("amparo-host"));
        command.arg(verb).arg(self.folder.path());
        command
    }

    fn start(&mut self) {
        let mut program = self.command("run").stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(program.stdout.take().expect("a pipe")).read_line(&mut line).expect("where it listens");
        assert!(line.starts_with("127.0.0.1:"), "it does not listen: {line}");
        self.program = Some(program);
    }

    /// As a loss of power.
    fn kill(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.kill().expect("killed");
            program.wait().expect("gone");
        }
    }

    fn letter(&self) -> PathBuf {
        let path = self.folder.path().join("letter.json");
        assert!(self.command("invite").arg(&path).status().expect("invite").success());
        path
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An office with a case on one machine, and the same office on a second one, both joined.
fn two_machines(host: &Host) -> (Place, Place, String) {
    let (one, case) = Place::with_case();
    one.write("calls.xml", &papers::many_calls("+14155550201", 0, 12));
    one.run(&["add", &case, "calls.xml", "--whose", "client"]).done();
    std::fs::create_dir(one.path("stick")).expect("a stick");
    one.run(&["backup", "stick"]).done();
    let letter = host.letter();
    one.run(&["host".as_ref(), "join".as_ref(), letter.as_os_str()]).done();
    let words = words_of(&std::fs::read_to_string(one.home().join("recovery-words.txt")).expect("the sheet"));
    let two = Place::empty();
    assert!(Command::new("cp").arg("-a").arg(one.path("stick")).arg(two.path("stick")).status().expect("cp runs").success());
    two.run_with(&["restore".as_ref(), "stick".as_ref(), "--host".as_ref(), letter.as_os_str()], words.as_bytes()).done();
    two.run(&["unlock"]).done();
    (one, two, case)
}

fn account(employer: &str) -> Vec<u8> {
    papers::ACCOUNT.replace("baker", employer).into_bytes()
}

/// Both show the same records, entries and head, and all of it holds.
fn agree(one: &Place, two: &Place, case: &str) {
    for place in [one, two, one] {
        assert_eq!(place.run(&["host", "sync", "--json"]).done().lines().last().map(|l| l["waiting"].clone()), Some(serde_json::json!(0)));
    }
    assert_eq!(one.records(case), two.records(case));
    assert_eq!(one.ids(case), two.ids(case));
    two.run(&["host", "sync"]).done();
    let head = |place: &Place| {
        let found = place.run(&["verify", "--json"]).done().one();
        assert_eq!((&found["ok"], &found["broken"]), (&serde_json::json!(true), &serde_json::json!([])), "{found}");
        found["journals"].clone()
    };
    one.run(&["host", "sync"]).done();
    assert_eq!(head(one), head(two));
}

#[test]
fn what_one_machine_gathers_the_other_sees() {
    let host = Host::new();
    let (one, two, case) = two_machines(&host);
    assert_eq!(one.records(&case), two.records(&case));
    two.write("account.jsonl", &account("cook"));
    two.run(&["add", &case, "account.jsonl", "--whose", "client"]).done();
    let here = one.records(&case);
    assert!(here.contains("cook"), "{here}");
    one.run_with(&["party", "add", &case, "-"], b"spouse Luis Ruiz\n").done();
    assert!(two.run(&["party", "list", &case]).done().out.contains("Luis Ruiz"));
    // A paper that was sealed elsewhere is fetched when it is opened.
    let file = one.file_of(&case, "account.jsonl");
    one.run(&["withdraw", &case, &file]).done();
    assert!(!two.records(&case).contains("cook"));
    agree(&one, &two, &case);
}

#[test]
fn with_the_cable_out_both_work_on_and_nothing_is_lost() {
    let mut host = Host::new();
    let (one, two, case) = two_machines(&host);
    host.kill();
    for (place, jobs) in [(&one, ["waiter", "driver"]), (&two, ["cook", "painter"])] {
        for job in jobs {
            place.write(&format!("{job}.jsonl"), &account(job));
            place.run(&["add", &case, &format!("{job}.jsonl")]).done();
        }
        let file = place.file_of(&case, &format!("{}.jsonl", jobs[0]));
        place.run(&["move", &case, &file, "--whose", "client"]).done();
        // What everybody must see at once waits for the host.
        place.run_with(&["case", "new", "-"], b"Other").failed(4);
        place.run(&["withdraw", &case, &file]).failed(4);
    }
    two.run_with(&["party", "add", &case, "-"], b"child Pepe Ruiz\n").done();
    host.start();
    agree(&one, &two, &case);
    let (records, files) = (one.records(&case), one.files(&case));
    for job in ["waiter", "driver", "cook", "painter"] {
        assert!(records.contains(job), "{job}");
        let file = files.iter().find(|f| f["name"] == format!("{job}.jsonl")).expect("there");
        assert_eq!(file["subject"].is_null(), ["driver", "painter"].contains(&job), "{file}");
    }
    assert!(one.run(&["party", "list", &case]).done().out.contains("Pepe Ruiz"));
}

#[test]
fn a_host_killed_again_and_again_loses_nothing_it_confirmed() {
    let mut host = Host::new();
    let (one, two, case) = two_machines(&host);
    let mut random = 7_u64;
    for n in 0..12 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (place, job) = ([&one, &two][n % 2], format!("job{n}"));
        place.write(&format!("{job}.jsonl"), &account(&job));
        let adding = {
            let mut command = place.command();
            command.args(["add", &case, &format!("{job}.jsonl"), "--whose", "client"]).stdout(Stdio::null()).stderr(Stdio::piped());
            command.spawn().expect("it starts")
        };
        std::thread::sleep(std::time::Duration::from_millis(random >> 56));
        host.kill();
        if n % 3 != 0 {
            host.start();
        }
        let added = adding.wait_with_output().expect("it ends");
        if n % 3 == 0 {
            host.start();
        }
        if !added.status.success() {
            // It needed what only the host has (papers that the other machine sealed), said so, and goes on when asked again.
            let said = String::from_utf8_lossy(&added.stderr);
            assert!(added.status.code() == Some(4) && said.contains("host"), "{n}: {:?} {said}", added.status);
            place.run(&["add", &case, &format!("{job}.jsonl"), "--whose", "client"]).done();
        }
    }
    agree(&one, &two, &case);
    let records = two.records(&case);
    assert!((0..12).all(|n| records.contains(&format!("job{n}"))), "{records}");
}

/// What the disk of the host holds of an office: nothing that can be read.
#[test]
fn the_hosts_disk_shows_no_name_and_no_word_of_a_paper() {
    let mut host = Host::new();
    let (one, _two, case) = two_machines(&host);
    one.write("account.jsonl", &account("zqxcanary"));
    one.run(&["add", &case, "account.jsonl", "--whose", "client"]).done();
    host.kill();
    let mut all = Vec::new();
    let mut folders = vec![host.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => all.extend(std::fs::read(path).expect("a file")),
            }
        }
    }
    assert!(all.len() > 100_000);
    for word in ["zqxcanary", "Ruiz", "4155550201", "account.jsonl", &case, "Administrator", "AGE-SECRET"] {
        assert!(!all.windows(word.len()).any(|w| w == word.as_bytes()), "{word}");
    }
}

#[test]
fn a_host_that_goes_back_is_noticed_and_named() {
    let mut host = Host::new();
    let (one, two, case) = two_machines(&host);
    let offices = host.folder.path().join("offices");
    let aside = host.folder.path().join("aside");
    let copy = |from: &PathBuf, to: &PathBuf| assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp runs").success());
    host.kill();
    copy(&offices, &aside);
    host.start();
    two.write("account.jsonl", &account("cook"));
    two.run(&["add", &case, "account.jsonl", "--whose", "client"]).done();
    one.run(&["host", "sync"]).done();
    host.kill();
    std::fs::remove_dir_all(&offices).expect("removed");
    copy(&aside, &offices);
    host.start();
    let said = one.run(&["host", "status"]);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(said.out.contains("THE HOST LOST ENTRIES") && said.out.contains(&case), "{}", said.out);
    // What was written on a machine stays there, and work goes on.
    assert!(two.records(&case).contains("cook"));
    two.run_with(&["party", "add", &case, "-"], b"child Pepe Ruiz\n").done();
}

/// A member leaves: the office has a new key, and the host hears of it from the machine that made it.
#[test]
fn a_member_leaves_and_the_host_refuses_the_old_key() {
    let host = Host::new();
    let (one, two, case) = two_machines(&host);
    let member = one.run_with(&["member", "add", "-", "--role", "volunteer", "--json"], b"Nora Vela\nsix words that nobody else knows").done().one()["member"].clone();
    one.run(&["member", "remove", member.as_str().expect("an id")]).done();
    one.write("account.jsonl", &account("cook"));
    one.run(&["add", &case, "account.jsonl", "--whose", "client"]).done();
    assert_eq!(one.run(&["host", "sync", "--json"]).done().one()["waiting"], 0);
    one.verified();
    // The other machine still opens what it has and can be worked on; the host does not take its word for the office's.
    assert!(two.run(&["party", "list", &case]).done().out.contains("Ana Ruiz"));
    assert!(two.run(&["host", "sync"]).failed(3).err.contains("does not know this office"));
}

/// A port that nobody is given by chance while the host is down: below those of outgoing connections.
fn free_port() -> u16 {
    let start = std::process::id().wrapping_mul(2_654_435_761) as u16;
    let ports = (0..10_000_u16).map(|n| 20_000 + start.wrapping_add(n.wrapping_mul(7)) % 10_000);
    static NEXT: std::sync::atomic::AtomicU16 = std::sync::atomic::AtomicU16::new(0);
    let skip = NEXT.fetch_add(1, std::sync::atomic::Ordering::SeqCst) as usize * 13;
    ports.skip(skip).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a port")
}
