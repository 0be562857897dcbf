//! A stranger's reader (docs/formats/reader.py) opens what this program wrote, with Python and stock age alone.

use crate::{NOW, founding, given, store};
use amparo_model::event::Purpose;
use amparo_vault::{BackupChoices, Handing, Profile, init};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn formats() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats")
}

/// A Python that has what the reader needs; says what is missing where there is none.
fn python() -> Option<&'static str> {
    let runs = |program: &str, args: &[&str]| Command::new(program).args(args).output().is_ok_and(|o| o.status.success());
    let python = ["python3", "/usr/bin/python3"].into_iter().find(|p| runs(p, &["-c", "import cryptography"]));
    if python.is_none() || !has_age() {
        eprintln!("NOT TESTED: needs python3-cryptography and age (scripts/setup test installs them)");
        return None;
    }
    python
}

fn has_age() -> bool {
    let there = Command::new("age").arg("--version").output().is_ok_and(|o| o.status.success());
    if !there {
        eprintln!("NOT TESTED: needs age (scripts/setup test installs it)");
    }
    there
}

fn read(python: &str, args: &[&Path], what: &str) -> Output {
    Command::new(python).arg("-B").arg(formats().join("reader.py")).arg(what).args(args).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_python_reader_agrees_on_every_vector() {
    let Some(python) = python() else { return };
    let output = read(python, &[&formats().join("vectors")], "vectors");
    assert!(output.status.success() && text(&output).ends_with(" vectors\n"), "{}", text(&output));
}

#[test]
fn the_python_reader_opens_an_exported_case_and_a_backup() {
    let Some(python) = python() else { return };
    let (home, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let founded = init(store(home.path()), &founding(), NOW).unwrap();
    let mut office = founded.office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    let party = case.add_party("client", Some("Luz"), NOW).unwrap();
    let papers: Vec<u64> = ["uno", "dos", "tres"].iter().map(|t| given(&mut case, t)).collect();
    case.assign(papers[0], "", Some(party), NOW).unwrap();
    let gone = given(&mut case, "cuatro");
    case.withdraw(&mut office, &[gone], "wrong case", false, NOW).unwrap();
    let look = case.look(Purpose::Other, "export", vec![], false, NOW).unwrap();

    // Export: to an identity of stock age.
    let identity = out.path().join("identity");
    assert!(Command::new("age-keygen").arg("-o").arg(&identity).output().unwrap().status.success());
    let recipient = Command::new("age-keygen").arg("-y").arg(&identity).output().unwrap();
    let recipient = String::from_utf8(recipient.stdout).unwrap();
    let secret = std::fs::read_to_string(&identity).unwrap();
    std::fs::write(&identity, secret.lines().find(|l| l.starts_with("AGE-SECRET")).unwrap()).unwrap();
    for (profile, without) in [(Profile::Everything, 1), (Profile::Successor, 2)] {
        let bag = out.path().join(profile.as_str());
        case.export(&look, &bag, Handing { profile, to: Some(recipient.trim()), whose: None, made: vec![] }, NOW).unwrap();
        let output = read(python, &[&bag, &identity], "export");
        let said = text(&output);
        assert!(output.status.success(), "{said}");
        assert_eq!(said.matches(" given Ana").count(), 3, "{said}");
        assert_eq!(said.matches("without a key").count(), without, "{said}");
        assert!(said.contains("  a.txt") || said.contains("  uno: 3 bytes"), "{said}");
        // One byte of any file changed: refused.
        for name in ["data/journal.frames", "data/keys.age", "data/export.json"] {
            let path = bag.join(name);
            let whole = std::fs::read(&path).unwrap();
            let mut bad = whole.clone();
            let at = bad.len() / 2;
            bad[at] ^= 1;
            std::fs::write(&path, bad).unwrap();
            assert!(!read(python, &[&bag, &identity], "export").status.success(), "{name}");
            std::fs::write(&path, whole).unwrap();
        }
    }

    // Backup: with the words of the sheet, over two runs with parts.
    let place = out.path().join("stick");
    let choices = BackupChoices { bundle_bytes: 16 << 10, ..BackupChoices::default() };
    office.backup_with(&place, "stick", choices, NOW).unwrap();
    let long: String = (0..9_000).map(|n| format!("{n}\n")).collect();
    given(&mut case, &long);
    office.backup_with(&place, "stick", choices, NOW).unwrap();
    let words = out.path().join("words");
    std::fs::write(&words, founded.words.words(true).unwrap().join(" ")).unwrap();
    let output = read(python, &[&place, &words], "backup");
    let said = text(&output);
    assert!(output.status.success(), "{said}");
    assert_eq!(said.matches(" given Ana").count(), 4, "{said}");
    assert!(said.contains(&format!(": {} bytes, {}", long.len(), amparo_model::Sha256::of(long.as_bytes()))), "{said}");
    std::fs::write(&words, founding().passphrase).unwrap();
    assert!(!read(python, &[&place, &words], "backup").status.success());
}

/// `age -d` with this identity over these bytes.
fn age(identity: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("identity");
    std::fs::write(&path, identity).unwrap();
    let mut child = Command::new("age").args(["-d", "-i"]).arg(&path).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // A file that is not to this identity is refused before it is read to its end.
    let _ = child.stdin.take().unwrap().write_all(sealed);
    let output = child.wait_with_output().unwrap();
    output.status.success().then_some(output.stdout)
}

#[test]
fn stock_age_opens_the_paper_that_was_handed_out_and_nothing_else() {
    if !has_age() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let mut office = init(store(home.path()), &founding(), NOW).unwrap().office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    let papers: Vec<u64> = ["uno", "dos"].iter().map(|t| given(&mut case, t)).collect();
    let look = case.look(Purpose::ClientAsked, "hand out", vec![], false, NOW).unwrap();
    let blob = case.file().givings[&papers[0]].given.blob;
    let identity = case.hand_out(&look, blob).unwrap();
    let shelf = store(home.path());
    let mut opened = 0;
    for name in shelf.blob_names().unwrap() {
        let mut sealed = vec![];
        shelf.blob(&name).unwrap().read_to_end(&mut sealed).unwrap();
        match age(&identity, &sealed) {
            Some(plain) => {
                assert_eq!((name, plain), (blob.0, b"uno".to_vec()));
                opened += 1;
            }
            None => assert_ne!(name, blob.0),
        }
    }
    assert_eq!(opened, 1);
    // Nor any row of keys.
    for journal in shelf.journals().unwrap() {
        for row in shelf.wraps(&journal, None).unwrap().iter().filter(|r| r.alg == 2) {
            assert!(age(&identity, &row.bytes).is_none());
        }
    }
}

#[test]
fn the_sheets_of_the_office_open_its_recovery_with_stock_age() {
    if !has_age() {
        return;
    }
    for (k, n, files) in [(1, 2, 2), (2, 3, 3)] {
        let home = tempfile::tempdir().unwrap();
        let founded = init(store(home.path()), &amparo_vault::Founding { recovery: Some((k, n)), ..founding() }, NOW).unwrap();
        let office = founded.office;
        let rows = store(home.path()).wraps(&office.journal().id.0, Some(5)).unwrap();
        assert_eq!(rows.len(), files);
        let sheets: Vec<String> = founded.recovery.iter().map(|s| s.identity().to_string()).collect();
        let recipient = office.roster().recovery.clone().unwrap().0;
        let mut came = 0;
        for row in &rows {
            for first in &sheets {
                let Some(plain) = age(first, &row.bytes) else { continue };
                if k == 1 {
                    came += usize::from(said(&plain, &recipient));
                    continue;
                }
                // One sheet alone gives no identity: a second one is needed.
                assert!(!plain.starts_with(b"AGE-SECRET-KEY"));
                came += sheets.iter().filter(|s| *s != first).filter_map(|second| age(second, &plain)).filter(|plain| said(plain, &recipient)).count();
            }
        }
        assert_eq!(came, files);
    }
}

fn said(identity: &[u8], recipient: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("identity");
    std::fs::write(&path, identity).unwrap();
    let output = Command::new("age-keygen").arg("-y").arg(&path).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim() == recipient
}
