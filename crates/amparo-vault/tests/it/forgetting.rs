//! What is withdrawn has no key left, and the case then is as if it had never been there but for the tombstone.

use crate::{NOW, founding, given, store};
use amparo_vault::{Fate, RIPE_MS, Standing, VaultError, init, unlock_with_words};

#[test]
fn a_withdrawn_paper_leaves_no_key_and_the_rest_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let mut office = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    let party = case.add_party("client", None, NOW).unwrap();
    for text in ["a", "b", "c", "d"] {
        given(&mut case, text);
    }
    let before = case.file().clone();
    let gone = given(&mut case, "por error");
    case.assign(gone, "", Some(party), NOW).unwrap();
    let blob = case.file().givings[&gone].given.blob;
    let rows: Vec<_> = store(dir.path()).wraps(&case.id().0, Some(4)).unwrap().into_iter().filter(|r| r.key.id == blob.0).collect();
    assert_eq!(rows.len(), 1, "assigning moves the key to another drawer");
    case.hold(Some(gone), "court", NOW).unwrap();
    assert!(matches!(case.withdraw(&mut office, &[gone], "wrong case", false, NOW), Err(VaultError::Held)));
    case.release(Some(gone), "over", NOW).unwrap();
    let report = case.withdraw(&mut office, &[gone], "wrong case", false, NOW).unwrap();
    assert!(report.gone_here && report.papers == 3, "{report:?}");
    let database: Vec<u8> = ["office.db", "office.db-wal"].iter().flat_map(|f| std::fs::read(dir.path().join(f)).unwrap_or_default()).collect();
    assert!(!database.windows(rows[0].bytes.len()).any(|w| w == rows[0].bytes));
    assert!(store(dir.path()).wraps(&case.id().0, Some(4)).unwrap().iter().all(|r| r.key.id != blob.0));
    let case = office.open_case(case.id(), NOW).unwrap();
    assert_eq!(case.standing(), &Standing::Whole);
    assert!(matches!(case.journal().entry(gone).unwrap().fate, Fate::Forgotten { .. }));
    let after = case.file();
    assert_eq!((&after.givings, &after.changes, &after.parties), (&before.givings, &before.changes, &before.parties));
    let found = case.verify(None, true).unwrap();
    assert!(found.ok() && !found.forgotten.is_empty() && found.key_lost.is_empty(), "{found:?}");
}

#[test]
fn a_key_that_nobody_ordered_away_is_lost_and_not_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let mut office = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    let seq = given(&mut case, "a");
    let hash = case.journal().entry(seq).unwrap().hash;
    let shelf = store(dir.path());
    let row = shelf.wraps(&case.id().0, Some(3)).unwrap().into_iter().find(|r| r.key.id == hash.0).unwrap();
    shelf.change_wraps(&[], &[row.key]).unwrap();
    let found = office.open_case(case.id(), NOW).unwrap().verify(None, false).unwrap();
    assert_eq!((found.key_lost, found.forgotten), (vec![seq], vec![]));
}

#[test]
fn a_case_is_shredded_after_another_member_agrees_or_seven_days() {
    let dir = tempfile::tempdir().unwrap();
    let mut ana = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let (_, sheet) = ana.member_invite("Beto", "admin", NOW).unwrap();
    let mut ids = Vec::new();
    for handle in ["luna-mesa", "sol-pan"] {
        let mut case = ana.create_case(Some(handle), "x", None, NOW).unwrap();
        let paper = given(&mut case, handle);
        assert!(matches!(case.withdraw(&mut ana, &[paper], "", false, NOW), Err(VaultError::AskFirst)));
        ids.push(case.id());
        ana.shred_ask(case.id(), "closed", NOW).unwrap();
        assert!(matches!(ana.shred_agree(case.id(), NOW), Err(VaultError::Refused(_))));
        assert!(matches!(ana.shred(case.id(), NOW), Err(VaultError::NotRipe { .. })));
    }
    let mut beto = unlock_with_words(store(dir.path()), &sheet.words(true).unwrap().join(" ")).unwrap();
    beto.shred_agree(ids[0], NOW).unwrap();
    ana.reload().unwrap();
    let report = ana.shred(ids[0], NOW).unwrap();
    assert!(report.gone_here, "{report:?}");
    assert!(ana.shred(ids[1], NOW + RIPE_MS).unwrap().gone_here);
    let shelf = store(dir.path());
    assert!(shelf.blob_names().unwrap().is_empty() && shelf.journals().unwrap().len() == 1);
    assert_eq!(ana.cases().count(), 0);
}
