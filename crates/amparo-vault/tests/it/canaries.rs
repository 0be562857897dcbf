//! Words that must be nowhere but under a seal, and keys that must be nowhere at all.

use crate::{NOW, founding, given, store};
use amparo_seal as seal;
use amparo_vault::{RIPE_MS, init};
use std::path::Path;

const CANARY: &str = "Guacamaya Xochitl 7731";

fn bytes_of(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = vec![];
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_of(&path));
        } else {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    all
}

fn found(root: &Path, needle: &[u8]) -> Vec<String> {
    bytes_of(root)
        .into_iter()
        .filter(|(path, bytes)| bytes.windows(needle.len()).any(|w| w == needle) || path.as_bytes().windows(needle.len()).any(|w| w == needle))
        .map(|(path, _)| path)
        .collect()
}

#[test]
fn nothing_that_was_given_or_named_stands_readable_in_the_office_or_its_backup() {
    let (home, stick) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut office = init(store(home.path()), &founding(), NOW).unwrap().office;
    let mut case = office.create_case(None, CANARY, None, NOW).unwrap();
    case.add_party("client", Some(CANARY), NOW).unwrap();
    let seq = given(&mut case, CANARY);
    case.hold(Some(seq), CANARY, NOW).unwrap();
    case.note(seq, CANARY, NOW).unwrap();
    office.member_invite(CANARY, "volunteer", NOW).unwrap();
    office.backup(stick.path(), CANARY, NOW).unwrap();
    let utf16: Vec<u8> = CANARY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    // Three ways base64 may fall on it.
    let mut needles = vec![CANARY.as_bytes().to_vec(), utf16, CANARY.to_lowercase().into_bytes(), seal::hex(CANARY.as_bytes()).into_bytes()];
    needles.extend((0..3).map(|cut| seal::base64(&CANARY.as_bytes()[cut..21]).trim_end_matches('=').as_bytes()[..20].to_vec()));
    for needle in needles {
        for root in [home.path(), stick.path()] {
            assert_eq!(found(root, &needle), Vec::<String>::new());
        }
    }
}

/// The rows of a backup's keystores, as somebody with the words reads them.
fn keystores(stick: &Path, words: &str) -> String {
    let secret = seal::words::parse(words).unwrap();
    let mut all = String::new();
    for (path, bytes) in bytes_of(stick) {
        if path.contains("keystore-") {
            all.push_str(std::str::from_utf8(&seal::age_open(&secret, &bytes).unwrap()).unwrap());
        }
    }
    all
}

#[test]
fn after_withdraw_and_shred_no_key_of_it_is_left_here_or_in_the_next_backup() {
    let (home, stick) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let founded = init(store(home.path()), &founding(), NOW).unwrap();
    let words = founded.words.words(false).unwrap().join(" ");
    let mut office = founded.office;
    let shelf = store(home.path());
    let mut case = office.create_case(None, "x", None, NOW).unwrap();
    ["a", "b", "c", "d"].iter().for_each(|t| {
        given(&mut case, t);
    });
    let party = case.add_party("spouse", Some("Eva"), NOW).unwrap();
    let (withdrawn, hers) = (given(&mut case, "e"), given(&mut case, "f"));
    case.assign(hers, "", Some(party), NOW).unwrap();
    let (kept, other) = (case.id(), office.create_case(None, "y", None, NOW).unwrap());
    let mut other = other;
    given(&mut other, "g");
    // What must go: rows by what they are of, and their bytes.
    let gone_ids: Vec<Vec<u8>> = {
        let entries = &case.journal().entries;
        let tells = |seq: u64| {
            entries.iter().filter(move |e| e.seq == seq || e.of == Some(seq)).flat_map(|e| std::iter::once(e.hash.0.to_vec()).chain(e.blobs.iter().map(|b| b.0.to_vec())))
        };
        tells(withdrawn).chain(tells(hers)).collect()
    };
    let rows: Vec<_> = shelf.wraps(&kept.0, None).unwrap().into_iter().filter(|r| gone_ids.contains(&r.key.id)).chain(shelf.wraps(&other.id().0, None).unwrap()).collect();
    assert!(rows.len() >= 8 + 5);
    office.backup(stick.path(), "stick", NOW).unwrap();
    let row_text = |row: &amparo_store::WrapRow| seal::base64(&row.bytes);
    assert!(rows.iter().all(|row| keystores(stick.path(), &words).contains(&row_text(row))));

    case.withdraw(&mut office, &[withdrawn], "wrong case", false, NOW).unwrap();
    office.shred_ask_party(kept, party, "left the case", NOW).unwrap();
    assert!(office.shred_party(kept, party, NOW).is_err());
    assert!(office.shred_party(kept, party, NOW + RIPE_MS).unwrap().gone_here);
    office.shred_ask(other.id(), "closed", NOW).unwrap();
    assert!(office.shred(other.id(), NOW + RIPE_MS).unwrap().gone_here);
    assert_eq!(office.not_yet(), ["stick"]);
    office.backup(stick.path(), "stick", NOW).unwrap();
    let text = keystores(stick.path(), &words);
    let files: Vec<u8> = bytes_of(home.path()).into_iter().filter(|(p, _)| p.contains("office.db")).flat_map(|(_, b)| b).collect();
    for row in &rows {
        assert!(!text.contains(&row_text(row)), "a key is left in the backup");
        // An age file begins as all of them do: the part that is its own is looked for.
        let own = &row.bytes[if row.alg == 1 { 0 } else { 60 }..];
        assert!(!files.windows(own.len()).any(|w| w == own), "a key is left here");
    }
    for id in &gone_ids {
        assert!(!text.contains(&seal::hex(id)), "a row of it is left");
    }
    let case = office.open_case(kept, NOW).unwrap();
    assert!(case.file().parties.is_empty());
    assert_eq!(case.file().givings.len(), 4);
    let report = office.verify(true, NOW).unwrap();
    assert!(report.ok(), "{report:?}");
    let found = &report.journals[1];
    assert!(found.key_lost.is_empty() && found.forgotten.len() >= 4, "{found:?}");
}

#[test]
fn an_order_that_names_looks_or_that_nobody_agreed_to_is_not_obeyed() {
    let home = tempfile::tempdir().unwrap();
    let mut office = init(store(home.path()), &founding(), NOW).unwrap().office;
    let mut case = office.create_case(None, "x", None, NOW).unwrap();
    let look = case.look(amparo_model::event::Purpose::Review, "show", vec![], false, NOW).unwrap();
    let entry = case.journal().entry(look.seq).unwrap().hash;
    // A member who would like their look forgotten.
    let order = amparo_model::What::Withdrawn { entries: vec![(look.seq, entry)], blobs: vec![], purpose: "x".into() };
    case.append(amparo_vault::Where::Case, order, &[], NOW).unwrap();
    // One who would like a paper gone that a court wants kept.
    let paper = given(&mut case, "a");
    case.hold(Some(paper), "court", NOW).unwrap();
    let (entry, blob) = (case.journal().entry(paper).unwrap().hash, case.file().givings[&paper].given.blob);
    let order = amparo_model::What::Withdrawn { entries: vec![(paper, entry)], blobs: vec![blob], purpose: "x".into() };
    case.append(amparo_vault::Where::Case, order, &[], NOW).unwrap();
    let case = office.open_case(case.id(), NOW).unwrap();
    assert_eq!(case.file().log.iter().filter(|l| l.look.is_some()).count(), 1);
    assert_eq!(case.journal().refused_orders.len(), 2);
    assert!(case.file().givings.contains_key(&paper));
    assert!(!case.verify(None, false).unwrap().ok());
}
