//! The house as its plan says: which room knows which, what each may touch, and that the papers about it are true.
//!
//! The tables here are the plan of ARCHITECTURE.md as data. A new room, or a new door in a wall, is a line here
//! and a decision in docs/decisions.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each room, and the rooms it may know. What is not here does not exist.
const ROOMS: &[(&str, &[&str])] = &[
    ("amparo-model", &[]),
    ("amparo-seal", &[]),
    ("amparo-proof", &[]),
    // What a host sends is checked by the chain before it is kept.
    ("amparo-store", &["amparo-proof"]),
    ("amparo-host", &["amparo-lang", "amparo-proof", "amparo-store"]),
    ("amparo-family", &[]),
    ("amparo-lang", &["amparo-model"]),
    ("amparo-ingest", &["amparo-model"]),
    ("amparo-analysis", &["amparo-model"]),
    ("amparo-search", &["amparo-model"]),
    ("amparo-chart", &["amparo-model", "amparo-lang"]),
    ("amparo-render", &["amparo-model", "amparo-lang", "amparo-chart"]),
    ("amparo-vault", &["amparo-model", "amparo-seal", "amparo-proof", "amparo-store"]),
    ("amparo-office", &["amparo-model", "amparo-vault", "amparo-analysis", "amparo-search"]),
    ("amparo-worker", &["amparo-model", "amparo-lang", "amparo-ingest", "amparo-render"]),
    // The store only to compose it in main.rs; analysis for the types that the screens print.
    ("amparo", &["amparo-model", "amparo-lang", "amparo-chart", "amparo-analysis", "amparo-office", "amparo-store"]),
];

/// What must not be below a room, however far: the start of a package's name, or the whole of it where it ends with `$`.
const NEVER: &[(&str, &[&str])] = &[
    ("amparo-model", NETWORK),
    ("amparo-seal", &["serde_json$", "rusqlite$", "amparo-"]),
    ("amparo-proof", &["serde", "rusqlite$", "age$", "amparo-"]),
    ("amparo-store", &["amparo-model", "amparo-seal", "amparo-vault", "age$", "chacha20poly1305$"]),
    // The host can open nothing that an office sealed.
    ("amparo-host", &["amparo-seal", "amparo-vault", "amparo-office", "amparo-ingest", "amparo-render", "chacha20poly1305$", "argon2"]),
    ("amparo-analysis", &["rusqlite$", "age$"]),
    ("amparo-search", &["rusqlite$", "age$"]),
    ("amparo-office", &["axum", "clap", "tokio"]),
    ("amparo", FOREIGN),
    ("amparo-worker", KEYS),
    ("amparo-worker", NETWORK),
];

/// Parsers of what other people wrote: none of them in the process that has the keys.
const FOREIGN: &[&str] = &[
    "amparo-ingest",
    "amparo-render",
    "amparo-worker",
    "amparo-family",
    "calamine",
    "calcard",
    "csv$",
    "csv-core",
    "exif",
    "flate2",
    "hayro",
    "image",
    "kamadak",
    "krilla",
    "lopdf",
    "mail-parser",
    "miniz_oxide",
    "pdf",
    "plist",
    "png",
    "quick-xml",
    "rlibphonenumber",
    "rustybuzz",
    "tiff",
    "ttf-parser",
    "typst",
    "xml",
    "zip",
    "zune",
];

/// Keys and stores: none of them in the process that reads.
const KEYS: &[&str] = &[
    "aead",
    "aes",
    "age$",
    "age-core",
    "amparo-office",
    "amparo-proof",
    "amparo-seal",
    "amparo-store",
    "amparo-vault",
    "argon2",
    "bip39",
    "chacha20",
    "curve25519-dalek",
    "ed25519",
    "hkdf",
    "hpke",
    "poly1305",
    "rpassword",
    "scrypt",
    "secrecy",
    "x25519",
];

/// No room speaks to a network but the store, to the host that an office joined; the doors listen to this machine's browser.
const NETWORK: &[&str] = &["axum", "curl", "h2$", "hyper", "native-tls", "openssl", "reqwest", "rustls", "socket2", "tokio", "tungstenite", "ureq"];
/// Who speaks to a network, and to whom, stands in the manifests of two rooms.
const CALLERS: &[&str] = &["amparo-host", "amparo-store"];
const CALLING: &[&str] = &["tokio-rustls", "curl", "h2$", "hyper-rustls", "native-tls", "openssl", "reqwest", "rustls", "tungstenite", "ureq"];

/// What a room's own code may not call, and the rooms that may. Tests may do all of it.
const TOUCH: &[(&[&str], &[&str], &str)] = &[
    (
        &["std::fs", "File::open", "File::create", "OpenOptions"],
        &["amparo", "amparo-store", "amparo-family", "amparo-host", "amparo-vault", "amparo-worker"],
        "the store keeps, the doors open what a person named; custody writes only backup and hand-over folders; the worker wraps descriptors and can open nothing",
    ),
    (
        &["SystemTime", "Timestamp::now", "Zoned::now", "Instant::now"],
        &["amparo", "amparo-store", "amparo-family", "amparo-host"],
        "today is an argument; only the doors read the clock, and the store to tell how old litter is",
    ),
    (&["TcpStream::connect", "UdpSocket", "lookup_host", "to_socket_addrs"], &[], "nothing calls anybody"),
    (&["std::net", "TcpStream", "TcpListener"], &["amparo", "amparo-host"], "only the reading room listens, at 127.0.0.1, and the host, to offices"),
    (&["UnixStream", "UnixListener"], &["amparo"], "only the doors listen, on the agent's private socket"),
    (&["Command::new", "process::Command"], &["amparo", "amparo-worker"], "only the doors and the fork server start anything"),
    (&["std::env::args"], &["amparo", "amparo-family", "amparo-host", "amparo-worker"], "only programs hear what they are asked for"),
    (&["std::env::var", "std::env::current"], &["amparo", "amparo-family"], "settings are arguments; only the doors read the environment"),
    (&["println!", "eprintln!", "print!(", "dbg!("], &["amparo-family", "amparo-worker"], "rooms give values; the doors print through cli::out"),
    (&["todo!(", "unimplemented!("], &[], "what is not there yet does not exist"),
];

/// The files in which unsafe code is allowed.
const UNSAFE: &[&str] = &["crates/amparo-worker/src/sys.rs"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cargo(words: &[&str]) -> String {
    let done = Command::new(env!("CARGO")).args(words).args(["--locked", "--offline"]).current_dir(root()).output().expect("cargo runs");
    assert!(done.status.success(), "cargo {words:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("cargo writes UTF-8")
}

/// Each crate of the workspace with the workspace crates it imports outside of tests.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let plan: Value = serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).expect("cargo's plan");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = plan["packages"].as_array().expect("packages");
    let ours: BTreeSet<String> = packages.iter().map(|p| text(&p["name"])).collect();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let imported = dependencies.iter().filter(|d| d["kind"].as_str() != Some("dev")).map(|d| text(&d["name"])).filter(|n| ours.contains(n)).collect();
            (text(&package["name"]), imported)
        })
        .collect()
}

#[test]
fn rooms_know_only_the_rooms_of_the_plan() {
    let built = imports();
    let planned: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    let exist: BTreeSet<&str> = built.keys().map(String::as_str).collect();
    assert_eq!(exist, planned, "the crates that exist, and those of the plan");
    for (room, may) in ROOMS {
        let beyond: Vec<&String> = built[*room].iter().filter(|n| !may.contains(&n.as_str())).collect();
        assert!(beyond.is_empty(), "{room} imports {beyond:?}, which the plan does not allow");
    }
}

#[test]
fn only_the_store_and_the_host_speak_to_a_network() {
    let plan: Value = serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).expect("cargo's plan");
    for package in plan["packages"].as_array().expect("packages") {
        let room = package["name"].as_str().expect("a name");
        let named = package["dependencies"].as_array().expect("dependencies").iter().filter(|d| d["kind"].is_null()).filter_map(|d| d["name"].as_str());
        let calls: Vec<&str> = named.filter(|name| CALLING.contains(name)).collect();
        assert_eq!(calls.is_empty(), !CALLERS.contains(&room), "{room} names {calls:?}");
    }
}

#[test]
fn what_must_never_be_below_a_room_is_not() {
    for (room, never) in NEVER {
        let tree = cargo(&["tree", "--edges", "normal", "--package", room, "--prefix", "none", "--format", "{p}"]);
        let below: BTreeSet<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).filter(|name| name != room).collect();
        assert!(!below.is_empty() || room == &"amparo-model", "cargo told nothing of {room}");
        let is = |name: &str, rule: &str| rule.strip_suffix('$').map_or_else(|| name.starts_with(rule), |whole| name == whole);
        let found: Vec<&&str> = below.iter().filter(|name| never.iter().any(|rule| is(name, rule))).collect();
        assert!(found.is_empty(), "below {room}: {found:?}");
    }
}

/// Every source file of every room, without its tests, as (room, path, text).
fn sources() -> Vec<(String, String, String)> {
    let mut out: Vec<(String, String, String)> = Vec::new();
    for (room, _) in ROOMS {
        // Files that exist for tests alone, as the module above them says.
        let mut tests = BTreeSet::new();
        let first = out.len();
        let mut folders = vec![root().join("crates").join(room).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a room has a src folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "rs") {
                    let text = std::fs::read_to_string(&path).expect("source is UTF-8");
                    let declared = text.split("#[cfg(test)]\n").skip(1).filter_map(|rest| rest.lines().next()?.strip_suffix(';')?.rsplit_once("mod "));
                    tests.extend(declared.map(|(_, module)| format!("/{module}.rs")));
                    let code = without_tests(&text).to_owned();
                    let name = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned();
                    out.push(((*room).to_owned(), name, code));
                }
            }
        }
        let room = out.split_off(first);
        out.extend(room.into_iter().filter(|(_, name, _)| !tests.iter().any(|test| name.ends_with(test.as_str()))));
    }
    out
}

/// A file up to its module of tests, which comes last.
fn without_tests(text: &str) -> &str {
    let module = text.match_indices("#[cfg(test)]\n").find(|(at, mark)| text[at + mark.len()..].lines().next().is_some_and(|line| line.contains("mod ")));
    module.map_or(text, |(at, _)| &text[..at])
}

#[test]
fn rooms_touch_only_what_they_may() {
    let mut found = Vec::new();
    for (room, path, code) in sources() {
        for (number, line) in code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for (words, may, why) in TOUCH {
                if !may.contains(&room.as_str())
                    && let Some(word) = words.iter().find(|word| line.contains(**word))
                {
                    found.push(format!("{path}:{}: {word} ({why})", number + 1));
                }
            }
        }
        if code.contains("allow(unsafe_code)") && !UNSAFE.contains(&path.as_str()) {
            found.push(format!("{path}: unsafe code"));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// The two doors stand on the same tasks and do not know each other; one command opens the room.
#[test]
fn pages_know_no_command_and_commands_no_page() {
    let doors: Vec<(String, String)> = sources().into_iter().filter(|(room, ..)| room == "amparo").map(|(_, path, code)| (path, code)).collect();
    assert!(doors.iter().filter(|(path, _)| path.contains("/src/web/")).count() > 20, "the pages are there");
    let names = |path: &str, code: &str, door: &str, may: &[&str]| {
        let known = code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(&format!("{door}::")));
        known && !may.iter().any(|place| path.contains(place))
    };
    let found: Vec<&String> = doors
        .iter()
        .filter(|(path, code)| names(path, code, "cli", &["/src/cli/", "/src/main.rs"]) || names(path, code, "web", &["/src/web/", "/src/cli/serve.rs"]))
        .map(|(path, _)| path)
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

/// What `--json` prints is put together field by field: no stored type is printed as it lies on the disk.
#[test]
fn printed_shapes_are_written_by_hand() {
    let contract = std::fs::read_to_string(root().join("crates/amparo-office/src/contract.rs")).expect("the contract");
    for shortcut in ["to_value(", "serde_json::to_string(", "Serialize"] {
        assert!(!without_tests(&contract).contains(shortcut), "office::contract prints a stored type by {shortcut}");
    }
    let printed = sources().into_iter().filter(|(room, path, _)| room == "amparo" && path.contains("/cli/"));
    let shortcuts: Vec<String> = printed.filter(|(_, _, code)| code.contains("serde_json::to_value(") || code.contains("derive(Serialize")).map(|(_, path, _)| path).collect();
    assert!(shortcuts.is_empty(), "{shortcuts:?} print stored types");
}

/// Rooms that may touch nothing are bound by clippy.toml as well.
#[test]
fn rooms_deny_what_clippy_toml_lists() {
    const FREE: &[&str] = &["amparo", "amparo-family", "amparo-host", "amparo-store", "amparo-vault", "amparo-worker"];
    for (room, _) in ROOMS.iter().filter(|(room, _)| !FREE.contains(room)) {
        let lib = paper(&format!("crates/{room}/src/lib.rs"));
        assert!(lib.contains("deny(clippy::disallowed_methods, clippy::disallowed_types)"), "{room} does not deny what clippy.toml lists");
    }
}

// ---- the papers about the house ----

fn paper(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn architecture_lists_exactly_the_rooms_and_doors_that_exist() {
    let text = paper("ARCHITECTURE.md");
    let listed = |mark: &str| -> BTreeSet<String> {
        let rows = text.lines().filter_map(|line| line.strip_prefix(mark));
        rows.filter_map(|row| row.split(['*', '`']).next()).map(str::to_owned).collect()
    };
    let rooms: BTreeSet<String> = imports().into_keys().collect();
    assert_eq!(listed("| **"), rooms, "rooms in ARCHITECTURE.md, and crates");
    let source = root().join("crates/amparo/src");
    let in_folder = |folder: &str| -> Vec<String> {
        let entries = std::fs::read_dir(source.join(folder)).expect("the doors").flatten().map(|e| e.path()).filter(|p| p.is_file());
        entries.map(|p| p.strip_prefix(&source).expect("below the source").to_string_lossy().into_owned()).collect()
    };
    let doors: BTreeSet<String> = ["", "cli", "web"].into_iter().flat_map(in_folder).filter(|name| name != "main.rs").collect();
    assert_eq!(listed("| `"), doors, "doors in ARCHITECTURE.md, and files");
}

#[test]
fn each_invariant_names_a_test_that_exists() {
    let text = paper("ARCHITECTURE.md");
    let invariants = text.split("\n## ").find(|part| part.starts_with("Invariants")).expect("the chapter of invariants");
    let mut held = 0;
    for name in invariants.split('`').skip(1).step_by(2).filter(|name| name.starts_with("crates/") && name.contains("::")) {
        let (file, function) = name.rsplit_once("::").expect("a file and a test");
        let code = paper(file);
        assert!(code.contains(&format!("fn {function}(")), "ARCHITECTURE.md names {name}, which does not exist");
        held += 1;
    }
    let numbered = invariants.lines().filter(|line| line.split_once(". ").is_some_and(|(n, _)| n.parse::<u32>().is_ok())).count();
    assert_eq!(numbered, 12, "twelve invariants");
    assert!(held >= numbered, "each with at least one test");
}

/// Links between the papers lead somewhere.
#[test]
fn links_lead_to_files_that_exist() {
    let mut papers = vec!["README.md".to_owned(), "ARCHITECTURE.md".to_owned(), "CONTRIBUTING.md".to_owned(), "SECURITY.md".to_owned(), "CHANGELOG.md".to_owned()];
    for folder in ["docs", "docs/decisions", "docs/formats"] {
        let files = std::fs::read_dir(root().join(folder)).expect("the papers").flatten();
        papers.extend(files.map(|e| format!("{folder}/{}", e.file_name().to_string_lossy())).filter(|name| name.ends_with(".md")));
    }
    let mut lost = Vec::new();
    for name in papers {
        let beside = root().join(&name);
        let folder = beside.parent().map(Path::to_path_buf).unwrap_or_default();
        for target in paper(&name).split("](").skip(1).filter_map(|rest| rest.split(')').next().map(str::to_owned)) {
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains("://") && !folder.join(file).exists() {
                lost.push(format!("{name}: {target}"));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}
