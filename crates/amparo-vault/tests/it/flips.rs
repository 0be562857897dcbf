//! Every byte of a small office's files, flipped: it is noticed and named, or it makes no difference.
//!
//! `AMPARO_ALL_BYTES=1` flips each byte: 194,000 flips, under an hour where the test is built with
//! `CARGO_PROFILE_DEV_OPT_LEVEL=2`. Otherwise a sample, another one in each file. What makes no difference
//! is proven to: everything the office says is the same, it verifies, and the next entry can be written. Such
//! bytes are SQLite's: pages that a newer copy in the log replaces, frames of the log that a later one replaces,
//! space not in use, counters of its header; and in `meta`, where a backup's series stands (a new one begins).

use crate::{NOW, PASSPHRASE, founding, given, store};
use amparo_model::{CaseFile, JournalId};
use amparo_vault::{Office, Result, Since, init, unlock, unlock_with_words};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

fn files(root: &Path) -> Vec<PathBuf> {
    let mut all = vec![];
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("office.db-shm") && !path.ends_with("writer") && path.file_name().unwrap() != "lock" {
                all.push(path.strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    all.sort();
    all
}

/// Everything the office says, as far as this member can open it.
#[derive(PartialEq)]
struct All {
    cases: BTreeMap<JournalId, CaseFile>,
    office: String,
}

fn all(office: &Office) -> Result<All> {
    let mut cases = BTreeMap::new();
    for info in office.cases() {
        cases.insert(info.journal, office.open_case(info.journal, NOW)?.file().clone());
    }
    let r = office.roster();
    Ok(All { cases, office: format!("{:?} {:?} {:?} {:?} {:?}", r.members.keys(), r.grants, r.cases, r.settings.name, r.tombstones) })
}

enum Answer {
    Named,
    Same,
}

/// Opens the folder, checks it to its end, and writes one entry more.
fn ask(root: &Path, words: &str, want: &All, heads: &[(JournalId, amparo_model::Sha256)], bundle: bool) -> Answer {
    let answer = || -> Result<bool> {
        let shelf: std::sync::Arc<dyn amparo_store::Store> = std::sync::Arc::new(amparo_store::Local::open(root)?);
        let office = unlock_with_words(shelf.clone(), words)?;
        let report = office.verify(true, NOW)?;
        if !report.ok() || !report.litter.is_empty() {
            return Ok(false);
        }
        for (journal, hash) in heads {
            if !office.open_case(*journal, NOW)?.verify(Some(&Since::Hash(*hash)), false)?.ok() {
                return Ok(false);
            }
        }
        if all(&office)? != *want {
            panic!("something else is said, and nobody noticed");
        }
        let mut case = office.open_case(heads[0].0, NOW)?;
        case.hold(None, "x", NOW)?;
        if bundle {
            unlock(shelf, PASSPHRASE)?;
        }
        Ok(true)
    };
    match answer() {
        Ok(true) => Answer::Same,
        Ok(false) | Err(_) => Answer::Named,
    }
}

#[test]
fn every_flipped_byte_is_named_or_makes_no_difference() {
    let dir = tempfile::tempdir().unwrap();
    let founded = init(store(dir.path()), &founding(), NOW).unwrap();
    let words = founded.words.words(false).unwrap().join(" ");
    let mut office = founded.office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    case.add_party("client", Some("Luz"), NOW).unwrap();
    given(&mut case, "uno");
    let gone = given(&mut case, "dos");
    given(&mut case, "tres");
    case.withdraw(&mut office, &[gone], "wrong case", false, NOW).unwrap();
    given(&mut case, "cuatro");
    office.end_session(NOW).unwrap();
    let heads = [(case.id(), case.head().1)];
    let bundle = office.store().bundle(&office.member().0).unwrap().unwrap();
    let want = all(&office).unwrap();
    drop((office, case));

    let (mut named, mut same) = (BTreeMap::new(), BTreeMap::new());
    let all_bytes = std::env::var_os("AMPARO_ALL_BYTES").is_some();
    let whole = read_all(dir.path());
    assert!(whole.iter().any(|(p, bytes)| p.ends_with("office.db-wal") && bytes.len() > 4_096));
    let mut check = |whole: &Files, path: &Path, bytes: &[u8], kind: &str| {
        let here: Vec<usize> = bytes.windows(bundle.len()).enumerate().filter(|(_, w)| *w == bundle).map(|(at, _)| at).collect();
        let sample = if kind.starts_with("office.db") { 50 } else { 8 };
        let step = if all_bytes { 1 } else { (bytes.len() / sample).max(1) };
        let places: Vec<usize> = (step / 3..bytes.len()).step_by(step).collect();
        let next = AtomicUsize::new(0);
        // Each worker takes the next place; what it found, by whether it was named.
        let work = || {
            let mut found = [0, 0];
            while let Some(at) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
                let root = flipped(whole, path, *at);
                let in_bundle = here.iter().any(|start| (*start..start + bundle.len()).contains(at));
                found[usize::from(matches!(ask(root.path(), &words, &want, &heads, in_bundle), Answer::Same))] += 1;
            }
            found
        };
        let began = std::time::Instant::now();
        let workers = std::thread::available_parallelism().map_or(1, |n| n.get());
        let found: Vec<[usize; 2]> = std::thread::scope(|scope| {
            let started: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            started.into_iter().map(|worker| worker.join().expect("no flip goes unnoticed")).collect()
        });
        for [noticed, inert] in found {
            for (count, n) in [(&mut named, noticed), (&mut same, inert)] as [(&mut BTreeMap<String, usize>, usize); 2] {
                if n > 0 {
                    *count.entry(kind.to_owned()).or_insert(0) += n;
                }
            }
        }
        if all_bytes {
            eprintln!("{}: {} bytes, {} s", path.display(), places.len(), began.elapsed().as_secs());
        }
    };
    for (path, bytes) in &whole {
        let kind = if path.starts_with("blobs") {
            "sealed files".to_owned()
        } else if path.starts_with("heads") {
            "heads".to_owned()
        } else {
            path.display().to_string()
        };
        check(&whole, path, bytes, &kind);
    }
    // The same with the log folded into the database.
    store(dir.path()).purge(&[]).unwrap();
    let folded = read_all(dir.path());
    for (path, bytes) in folded.iter().filter(|(p, _)| p.ends_with("office.db")) {
        check(&folded, path, bytes, "office.db, folded");
    }
    eprintln!("named: {named:?}\nno difference: {same:?}");
    // Nothing of these is anybody's but ours: no byte of them may change unnoticed.
    assert_eq!((same.get("sealed files"), same.get("heads")), (None, None));
    assert!(named["office.db-wal"] > 0 && named["office.db, folded"] > 0);
}

type Files = Vec<(PathBuf, Vec<u8>)>;

fn read_all(root: &Path) -> Files {
    files(root).into_iter().map(|path| (path.clone(), std::fs::read(root.join(path)).unwrap())).collect()
}

/// The office with one bit of one file flipped.
fn flipped(whole: &Files, path: &Path, at: usize) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (other, bytes) in whole {
        let place = root.path().join(other);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        let mut bytes = bytes.clone();
        if other == path {
            bytes[at] ^= 1 << (at % 8);
        }
        std::fs::write(place, bytes).unwrap();
    }
    root
}

#[test]
fn yesterdays_folder_is_noticed_by_the_words_on_paper() {
    let (dir, yesterday) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let founded = init(store(dir.path()), &founding(), NOW).unwrap();
    let words = founded.words.words(false).unwrap().join(" ");
    let mut office = founded.office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    given(&mut case, "uno");
    let old = Since::Words { seq: case.head().0, words: case.head_words(true).unwrap() };
    office.end_session(NOW).unwrap();
    for path in files(dir.path()) {
        let place = yesterday.path().join(&path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::copy(dir.path().join(&path), place).unwrap();
    }
    given(&mut case, "dos");
    let printed = [Since::Words { seq: case.head().0, words: case.head_words(false).unwrap() }, Since::Hash(case.head().1)];
    let ok = |folder: &Path, since: &Since| {
        let office = unlock_with_words(store(folder), &words).unwrap();
        office.open_case(case.id(), NOW).unwrap().verify(Some(since), true).unwrap().ok()
    };
    assert!(ok(dir.path(), &old) && ok(yesterday.path(), &old));
    for since in &printed {
        assert!(ok(dir.path(), since) && !ok(yesterday.path(), since));
    }
}
