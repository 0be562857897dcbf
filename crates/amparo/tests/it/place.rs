//! A machine of its own for one test: a home, a temporary folder, a runtime folder and a passphrase, all thrown away after.

use serde_json::Value;
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_amparo");

/// Another program of the workspace, which the build laid beside the one under test.
pub fn beside(name: &str) -> PathBuf {
    let path = Path::new(PROGRAM).with_file_name(name);
    assert!(path.is_file(), "{} is not built: run `cargo build -p amparo-worker -p amparo-family` first, or `make test`", path.display());
    path
}

pub struct Place {
    folder: tempfile::TempDir,
    lang: &'static str,
}

impl Place {
    /// A machine without an office.
    pub fn empty() -> Place {
        beside("amparo-worker");
        let folder = tempfile::Builder::new().prefix("am").tempdir().expect("a temporary folder");
        let place = Place { folder, lang: "en" };
        for name in ["run", "tmp", "user"] {
            std::fs::create_dir(place.path(name)).expect("a folder");
        }
        std::fs::set_permissions(place.path("run"), std::fs::Permissions::from_mode(0o700)).expect("a private folder");
        place.write("passphrase", b"correct horse battery staple\n");
        place
    }

    /// A machine with an office, kept unlocked by the agent.
    pub fn open() -> Place {
        let place = Place::empty();
        place.run(&["init", "--unattended"]).done();
        place.run(&["unlock"]).done();
        place
    }

    /// An open office with one case that has a client; the case's handle.
    pub fn with_case() -> (Place, String) {
        let place = Place::open();
        let case = place.new_case("Ruiz");
        place.run_with(&["party", "add", &case, "-"], b"client Ana Ruiz\n").done();
        (place, case)
    }

    pub fn in_spanish(mut self) -> Place {
        self.lang = "es";
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// A file of this machine, with the folders above it; its path.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    pub fn new_case(&self, name: &str) -> String {
        let made = self.run_with(&["case", "new", "-", "--json"], name.as_bytes()).done();
        made.one()["case"].as_str().expect("a handle").to_owned()
    }

    /// The program with this machine around it and nothing of the one that runs the test.
    pub fn command(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        self.around(&mut command);
        command
    }

    pub fn around(&self, command: &mut Command) {
        command.env_clear().current_dir(self.folder.path());
        command.envs([
            ("HOME", self.path("user")),
            ("TMPDIR", self.path("tmp")),
            ("XDG_RUNTIME_DIR", self.path("run")),
            ("AMPARO_HOME", self.home()),
            ("AMPARO_PASSPHRASE_FILE", self.path("passphrase")),
        ]);
        command.env("AMPARO_LANG", self.lang).env("PATH", "/usr/local/bin:/usr/bin:/bin");
    }

    pub fn run<S: AsRef<OsStr>>(&self, words: &[S]) -> Ran {
        self.run_with(words, b"")
    }

    pub fn run_with<S: AsRef<OsStr>>(&self, words: &[S], typed: &[u8]) -> Ran {
        let mut command = self.command();
        command.args(words);
        ran(command, typed)
    }

    /// The whole output of `records CASE --json`, which is the same for the same records.
    pub fn records(&self, case: &str) -> String {
        self.run(&["records", case, "--json"]).done().out
    }

    /// Every id that `records --unmerged` prints, sorted.
    pub fn ids(&self, case: &str) -> Vec<String> {
        let mut ids: Vec<String> = self.run(&["records", case, "--unmerged", "--json"]).done().lines().iter().map(|r| text(r, "id")).collect();
        ids.sort();
        ids
    }

    /// The files of a case as `status --json` lists them, without those inside archives.
    pub fn files(&self, case: &str) -> Vec<Value> {
        self.run(&["status", case, "--json"]).done().lines().into_iter().filter(|f| f.get("inside").is_none()).collect()
    }

    /// The number of the file of this name.
    pub fn file_of(&self, case: &str, name: &str) -> String {
        let files = self.files(case);
        let file = files.iter().find(|f| f["name"] == name).unwrap_or_else(|| panic!("{name} is among the files"));
        file["file"].to_string()
    }

    /// Everything holds together: `verify` says so.
    pub fn verified(&self) {
        let found = self.run(&["verify", "--json"]).done().one();
        assert_eq!((&found["ok"], &found["broken"]), (&Value::Bool(true), &serde_json::json!([])));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // The agent would outlive the test by fifteen minutes; where there is no office there is none.
        let _ = self.command().arg("lock").stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// What a run of the program answered.
pub struct Ran {
    /// Exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
    what: String,
}

pub fn ran(mut command: Command, typed: &[u8]) -> Ran {
    let what = format!("{:?}", command.get_args().collect::<Vec<_>>());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    // A program that asks for nothing closes the pipe unread.
    let _ = pipe.write_all(typed);
    drop(pipe);
    let done = child.wait_with_output().expect("the program ends");
    let said = |bytes| String::from_utf8(bytes).expect("readable text");
    let (out, err) = (said(done.stdout), said(done.stderr));
    assert!(!err.contains("panicked") && !err.contains("RUST_BACKTRACE"), "{what} panicked:\n{err}");
    Ran { code: done.status.code(), out, err, what }
}

impl Ran {
    /// It ended well, and said nothing on the side.
    pub fn done(self) -> Ran {
        assert_eq!(self.code, Some(0), "{}:\n{}{}", self.what, self.out, self.err);
        assert_eq!(self.err, "", "{}", self.what);
        self
    }

    /// It ended with this code; a problem is said on standard error and nothing on standard output.
    pub fn failed(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{}:\n{}{}", self.what, self.out, self.err);
        assert!(self.out.is_empty() && !self.err.trim().is_empty(), "{}:\n{}{}", self.what, self.out, self.err);
        self
    }

    /// One JSON object a line.
    pub fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{}: {e}: {line}", self.what))).collect()
    }

    /// The only line's object.
    pub fn one(&self) -> Value {
        let lines = self.lines();
        assert_eq!(lines.len(), 1, "{}:\n{}", self.what, self.out);
        lines.into_iter().next().expect("a line")
    }
}

pub fn text(object: &Value, field: &str) -> String {
    object[field].as_str().unwrap_or_else(|| panic!("{field} is a text in {object}")).to_owned()
}
