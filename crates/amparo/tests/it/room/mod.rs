//! The reading room: the real program listens, a real browser opens its pages, and whoever should not get in does not.

mod asking;
mod at_once;
mod axe;
mod driver;
mod forms;
mod gathering;
mod memory;
mod pages;
mod safety;
mod sheet;
mod speak;
mod story;
mod strings;
mod zone;

use crate::place::{PROGRAM, Place, beside, text};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

pub const PASSPHRASE: &str = "correct horse battery staple";

/// The name of the prepared case, and the persons of it: none of them is shown once the room is locked.
pub const NAMES: [&str; 3] = ["Quetzalcoatl y otros", "Ana Ruiz Benavides", "Luis Peña Zurita"];

/// `amparo serve`, ended when the test is.
pub struct Served {
    child: Child,
    /// The address that was printed.
    pub entrance: String,
    pub port: u16,
    errors: std::path::PathBuf,
}

impl Served {
    /// Opens the room with the passphrase in a file: unlocked where there is an office.
    pub fn open(place: &Place) -> Served {
        Served::open_with(place, "passphrase")
    }

    /// As [`Served::open`], with the passphrase of another member in a file of this machine.
    pub fn open_with(place: &Place, passphrase: &str) -> Served {
        let home = place.home();
        let passphrase = place.path(passphrase);
        let words = ["--home", home.to_str().expect("text"), "--passphrase-file", passphrase.to_str().expect("text")];
        Served::start(place, &words)
    }

    /// Opens the room before anybody has unlocked.
    pub fn locked(place: &Place) -> Served {
        Served::start(place, &[])
    }

    /// As [`Served::open`], where the machine lets a program hold few files open.
    pub fn with_few_descriptors(place: &Place, most: u32) -> Served {
        let mut command = Command::new("bash");
        place.around(&mut command);
        command.args(["-c", &format!("ulimit -n {most} && exec \"$0\" \"$@\""), PROGRAM, "serve", "--passphrase-file"]).arg(place.path("passphrase"));
        Served::started(place, command)
    }

    fn start(place: &Place, words: &[&str]) -> Served {
        let mut command = place.command();
        command.arg("serve").args(words);
        Served::started(place, command)
    }

    fn started(place: &Place, mut command: Command) -> Served {
        let errors = place.path(&format!("errors-{:?}", std::time::Instant::now()).replace([' ', ':', '{', '}'], ""));
        let file = std::fs::File::create(&errors).expect("a file");
        command.env_remove("AMPARO_PASSPHRASE_FILE").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file);
        let mut child = command.spawn().expect("the program starts");
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
        said.read_line(&mut line).expect("a line");
        let entrance = line.split_whitespace().find(|w| w.starts_with("http://127.0.0.1:")).map(str::to_owned);
        let entrance = entrance.unwrap_or_else(|| panic!("an address: {line}{}", std::fs::read_to_string(&errors).unwrap_or_default()));
        let port = entrance["http://127.0.0.1:".len()..].split('/').next().and_then(|p| p.parse().ok()).expect("a port");
        Served { child, entrance, port, errors }
    }

    pub fn child_lives(&self) -> bool {
        std::path::Path::new(&format!("/proc/{}", self.pid())).exists()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn token(&self) -> &str {
        self.entrance.rsplit('/').next().expect("a token")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let said = std::fs::read_to_string(&self.errors).unwrap_or_default();
        if !std::thread::panicking() {
            assert!(!said.contains("panicked"), "a page panicked:\n{said}");
        }
    }
}

/// A case with an invented family's papers in it.
pub struct Family {
    pub place: Place,
    pub case: String,
    /// A record of the client that can be corrected: a job.
    pub record: String,
    /// A call with a third person.
    pub call: String,
    /// That person's number, as it is shown with a reason.
    pub number: String,
    /// The address of the page about one number.
    pub key: String,
    /// A page of a paper.
    pub page: String,
    pub finding: String,
    /// The number of a file.
    pub file: String,
}

impl Family {
    pub fn gathered() -> Family {
        let place = Place::empty();
        place.run(&["init", "--unattended"]).done();
        place.run(&["unlock"]).done();
        let case = place.new_case(NAMES[0]);
        place.run_with(&["party", "add", &case, "-"], format!("client {}\n", NAMES[1]).as_bytes()).done();
        place.run_with(&["party", "add", &case, "-"], format!("spouse {}\n", NAMES[2]).as_bytes()).done();
        let out = place.path("family");
        let done = Command::new(beside("amparo-family")).args(["--seed", "7", "--out"]).arg(&out).stdout(Stdio::null()).status();
        assert!(done.expect("the family is written").success());
        for whose in ["client", "spouse"] {
            let folder = out.join("papers").join(whose);
            place.run(&["add", &case, folder.to_str().expect("text"), "--whose", whose, "--no-ocr"]).done();
        }
        let records = |more: &[&str]| place.run(&[&["records", &case, "--json"][..], more].concat()).done().lines();
        let id = |records: &[Value], fits: &dyn Fn(&Value) -> bool| text(records.iter().find(|r| fits(r)).expect("such a record"), "id");
        let jobs = records(&["--kind", "job", "--whose", "client"]);
        let record = id(&jobs, &|r| r.get("masked").is_none() && r["provenance"]["name"] == "account.jsonl");
        let pages = records(&["--kind", "page"]);
        let page = id(&pages, &|r| r["provenance"]["name"].as_str().is_some_and(|n| n.ends_with(".pdf")));
        let calls = records(&["--kind", "call", "--unmask", "--because", "review"]);
        let call = calls.iter().find(|r| r["masked"] == true || r["number"].as_str().is_some_and(|n| n.starts_with("+1"))).expect("a call");
        let (call, number) = (text(call, "id"), text(call, "number"));
        let findings = place.run(&["check", &case, "--json"]).done().lines();
        let finding = id(&findings, &|f| f["type"] == "contradiction");
        let file = place.file_of(&case, "account.jsonl");
        place.run(&["lock"]).done();
        let served = Served::open(&place);
        let key = pages::number_key(&speak::Visitor::enter(&served.entrance), &case);
        drop(served);
        Family { place, case, record, call, number, key, page, finding, file }
    }
}
