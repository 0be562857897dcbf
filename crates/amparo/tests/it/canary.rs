//! Forty random texts in contents, file names and case names: nowhere on the disk, whatever happens; forgotten where they were withdrawn.

use crate::papers::{self, Chance};
use crate::place::Place;
use base64::Engine;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// The texts, by where they are planted.
struct Canaries {
    /// Seven each: as it is, in UTF-16, in base64, packed in an archive.
    plain: Vec<String>,
    wide: Vec<String>,
    coded: Vec<String>,
    packed: Vec<String>,
    /// In the names of files and of folders.
    files: Vec<String>,
    /// Names of cases and persons.
    names: Vec<String>,
}

impl Canaries {
    fn new(seed: u64) -> Canaries {
        let mut chance = Chance(seed);
        let mut some = |n: usize| (0..n).map(|_| chance.word(18)).collect::<Vec<_>>();
        Canaries { plain: some(7), wide: some(7), coded: some(7), packed: some(7), files: some(6), names: some(6) }
    }

    fn all(&self) -> Vec<&String> {
        [&self.plain, &self.wide, &self.coded, &self.packed, &self.files, &self.names].into_iter().flatten().collect()
    }

    /// Papers that hold them, below this folder.
    fn plant(&self, place: &Place, folder: &str) {
        let account = |word: &str| format!("{{\"kind\": \"event\", \"on\": \"2020-02-02\", \"type\": \"moved\", \"text\": \"{word}\"}}\n");
        for (word, name) in self.plain.iter().zip(self.files.iter().cycle()) {
            place.write(&format!("{folder}/{name}/{name}-{}.jsonl", &word[..3]), account(word).as_bytes());
        }
        let sms: Vec<_> = self.plain.iter().map(|word| ("+14155550201", 60, word.as_str(), word.as_str())).collect();
        place.write(&format!("{folder}/sms.xml"), &papers::sms_xml(&sms));
        let broken = String::from_utf8(papers::sms_xml(&sms)).expect("text").replace("date=\"1", "date=\"x");
        place.write(&format!("{folder}/broken.xml"), broken.as_bytes());
        place.write(&format!("{folder}/wide.txt"), &[&[0xff, 0xfe][..], &wide(&self.wide.join("\n"))].concat());
        let coded: Vec<String> = self.coded.iter().map(|word| account(&base64::engine::general_purpose::STANDARD.encode(word))).collect();
        place.write(&format!("{folder}/coded.jsonl"), coded.concat().as_bytes());
        let inside: Vec<String> = self.packed.iter().map(|word| account(word)).collect();
        let members: Vec<(&str, &[u8])> = self.packed.iter().zip(&inside).map(|(word, text)| (&word[..9], text.as_bytes())).collect();
        place.write(&format!("{folder}/packed.zip"), &papers::zip(&members));
    }
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Every byte string that would show one of these texts, found by its first eight bytes.
struct Wanted(HashMap<[u8; 8], Vec<(Vec<u8>, String)>>);

impl Wanted {
    fn new(words: &[&String]) -> Wanted {
        let mut wanted = Wanted(HashMap::new());
        for word in words {
            let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
            let hex: String = word.bytes().map(|b| format!("{b:02x}")).collect();
            // In base64 a text looks otherwise by where it begins; its first and last signs depend on its neighbours.
            let coded = (0..3).map(|skip| engine.encode(&word.as_bytes()[skip..word.len() - word[skip..].len() % 3]).into_bytes());
            let big: Vec<u8> = word.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for bytes in [word.as_bytes().to_vec(), wide(word), big, hex.into_bytes()].into_iter().chain(coded) {
                let head = bytes[..8].try_into().expect("eight bytes");
                wanted.0.entry(head).or_default().push((bytes, (*word).clone()));
            }
        }
        wanted
    }

    fn search(&self, path: &Path, found: &mut Vec<String>) {
        let name = path.as_os_str().as_encoded_bytes();
        self.in_bytes(name, path, found);
        let Ok(meta) = fs::symlink_metadata(path) else { return }; // it went while we looked
        if meta.is_dir() {
            fs::read_dir(path).into_iter().flatten().flatten().for_each(|entry| self.search(&entry.path(), found));
        } else if meta.is_file() {
            self.in_bytes(&fs::read(path).unwrap_or_default(), path, found);
        }
    }

    fn in_bytes(&self, bytes: &[u8], path: &Path, found: &mut Vec<String>) {
        for (at, window) in bytes.windows(8).enumerate() {
            let Some(patterns) = self.0.get(window) else { continue };
            for (pattern, word) in patterns.iter().filter(|(pattern, _)| bytes[at..].starts_with(pattern)) {
                found.push(format!("{word} ({} bytes) at {at} of {}", pattern.len(), path.display()));
            }
        }
    }

    /// Nothing of it anywhere that the program writes.
    fn nowhere(&self, place: &Place, when: &str) {
        let mut found = Vec::new();
        for folder in ["home", "run", "tmp", "user", "stick", "home.restoring"] {
            self.search(&place.path(folder), &mut found);
        }
        assert!(found.is_empty(), "{when}: {found:#?}");
    }
}

#[test]
fn no_text_of_a_paper_a_name_or_a_case_lies_readable_on_the_disk() {
    let place = Place::open();
    let canaries = Canaries::new(0x00ca_4a41_e500);
    let phrase = "correct horse battery staple".to_owned();
    let wanted = Wanted::new(&canaries.all().into_iter().chain([&phrase]).collect::<Vec<_>>());
    assert_eq!(canaries.all().len(), 40);
    // The search does find what lies there.
    canaries.plant(&place, "papers");
    let mut there = Vec::new();
    wanted.search(&place.path("papers"), &mut there);
    assert!(canaries.plain.iter().chain(&canaries.wide).chain(&canaries.coded).chain(&canaries.files).all(|word| there.iter().any(|f| f.starts_with(word.as_str()))), "{there:#?}");
    assert!(!canaries.packed.iter().any(|word| there.iter().any(|f| f.starts_with(word.as_str()) && f.contains("packed.zip"))), "what is packed does not stand there as it is");

    let case = place.new_case(&canaries.names[0]);
    place.run_with(&["party", "add", &case, "-"], format!("client {}", canaries.names[1]).as_bytes()).done();
    place.run_with(&["member", "add", "-"], canaries.names[2].as_bytes()).done();

    // While it runs, and after it was killed.
    let mut child =
        place.command().args(["add", &case, "papers", "--whose", "client"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(30) && child.try_wait().expect("a state").is_none() {
        wanted.nowhere(&place, "while it runs");
        let sealed = fs::read_dir(place.home().join("blobs")).map_or(0, Iterator::count);
        if sealed > 12 {
            break;
        }
    }
    child.kill().expect("killed or ended");
    child.wait().expect("gone");
    wanted.nowhere(&place, "after a kill");

    place.run_with(&["add", &case, "papers", "--whose", "client", "--from", "-"], canaries.names[3].as_bytes()).done();
    for word in [&canaries.plain[0], &canaries.packed[0], &canaries.names[4]] {
        place.run_with(&["status", &case, "--because", "other", "--note", "-"], word.as_bytes()).done();
        place.run_with(&["find", &case, "-"], word.as_bytes()).done();
    }
    place.run_with(&["records", &case, "--note", "-"], canaries.names[5].as_bytes()).done();
    for words in [&["status", &case][..], &["timeline", &case], &["check", &case], &["calls", &case], &["verify", "--deep"], &["backup", "stick", "--new"], &["reread", &case]] {
        place.run(words).done();
    }
    let shown = place.run(&["records", &case, "--json", "--unmask", "--because", "review"]).done().out;
    assert!(canaries.plain.iter().chain(&canaries.packed).all(|word| shown.contains(word.as_str())), "they are all in the case");
    wanted.nowhere(&place, "after a day's work");
    assert_eq!(fs::read_dir(place.path("tmp")).expect("a folder").count() + fs::read_dir(place.path("user")).expect("a folder").count(), 0, "nothing lies about");
}

#[test]
fn what_was_withdrawn_opens_nowhere_and_in_no_later_backup() {
    let (place, case) = Place::with_case();
    let canaries = Canaries::new(0x0f02_6e77_e400);
    canaries.plant(&place, "papers");
    for i in 0..12 {
        place.write(&format!("others/{i}.jsonl"), papers::ACCOUNT.replace("baker", &format!("baker{i}")).as_bytes());
    }
    place.run(&["add", &case, "papers", "others", "--whose", "client"]).done();
    place.run(&["backup", "stick", "--new"]).done();
    let packed = place.file_of(&case, "packed.zip");
    let sealed = |home: &Path| {
        let mut names: Vec<String> = fs::read_dir(home.join("blobs"))
            .expect("a folder")
            .flatten()
            .flat_map(|f| fs::read_dir(f.path()).expect("a folder").flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>())
            .collect();
        names.sort();
        names
    };
    let before = sealed(&place.home());
    let said = place.run(&["withdraw", &case, &packed]).done().out;
    assert!(said.contains("stick"), "the place that still holds it is named: {said}");
    let after = sealed(&place.home());
    let gone: Vec<&String> = before.iter().filter(|name| !after.contains(name)).collect();
    assert!(gone.len() >= 2, "the paper and what was read in it");
    let never = Wanted::new(&canaries.packed.iter().collect::<Vec<_>>());
    never.nowhere(&place, "after a withdrawal");
    let shows = |home: &str| {
        let out = place.run(&["records", &case, "--json", "--unmerged", "--unmask", "--because", "review", "--home", home]).done().out;
        canaries.packed.iter().any(|word| out.contains(word.as_str()))
    };
    assert!(!shows(place.home().to_str().expect("text")));

    // The same place, brought up to date, and a new one.
    place.run(&["backup", "stick"]).done();
    place.run(&["backup", "new", "--new"]).done();
    let sheet = fs::read_to_string(place.home().join("recovery-words.txt")).expect("the sheet");
    place.write("words.txt", crate::crash::words_of(&sheet).as_bytes());
    for (folder, home) in [("stick", "from-stick"), ("new", "from-new")] {
        let home = place.path(home);
        let text = home.to_str().expect("text").to_owned();
        place.run(&["restore", folder, "--home", &text, "--words-file", "words.txt"]).done();
        assert!(!shows(&text), "{folder}");
        let there = sealed(&home);
        assert!(gone.iter().all(|name| !there.contains(name)), "{folder}: the sealed bytes went as well");
        assert_eq!(place.run(&["verify", "--deep", "--json", "--home", &text]).done().one()["ok"], true, "{folder}");
    }
    place.verified();
}
