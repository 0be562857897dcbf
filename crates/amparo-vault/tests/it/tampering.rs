//! What was changed behind the vault's back is noticed, or makes no difference.

use crate::{NOW, PASSPHRASE, founding, given, store};
use amparo_vault::{Standing, VaultError, init, unlock};

#[test]
fn a_paper_kept_and_never_named_leaves_no_key() {
    let dir = tempfile::tempdir().unwrap();
    let mut office = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    let kept = case.keep(&mut &b"cut short"[..]).unwrap();
    let id = case.id();
    drop(case); // the process ends here
    let case = office.open_case(id, NOW).unwrap();
    assert!(matches!(case.fetch_pending(kept.blob), Err(VaultError::KeyGone(_))));
    assert!(store(dir.path()).wraps(&id.0, Some(4)).unwrap().is_empty());
}

#[test]
fn an_older_database_is_noticed_by_its_head() {
    let dir = tempfile::tempdir().unwrap();
    let mut office = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    let id = case.id();
    let old_head = store(dir.path()).head(&id.0).unwrap().unwrap();
    let before = case.head().0;
    given(&mut case, "hola");
    drop(case);
    // An older head alone: the journal's later entry is mine, so the head is written anew.
    let shelf = store(dir.path());
    shelf.put_head(&id.0, &old_head).unwrap();
    assert_eq!(office.open_case(id, NOW).unwrap().standing(), &Standing::AfterCrash { from: before + 1, to: before + 1 });
    // The last entry is gone.
    let db = dir.path().join("office.db");
    drop((office, shelf));
    let mut entries = Vec::new();
    let shelf = store(dir.path());
    shelf.entries(&id.0, 1, &mut |e| {
        entries.push(e);
        true
    })
    .unwrap();
    let rows = shelf.wraps(&id.0, None).unwrap();
    let head = shelf.head(&id.0).unwrap().unwrap();
    entries.pop();
    shelf.delete_journal(&id.0).unwrap();
    shelf.restore_journal(&entries, &rows).unwrap();
    shelf.put_head(&id.0, &head).unwrap();
    assert!(db.exists());
    let office = unlock(shelf.clone(), PASSPHRASE).unwrap();
    let mut case = office.open_case(id, NOW).unwrap();
    assert!(matches!(case.standing(), Standing::Shorter { .. }));
    assert!(matches!(case.add_party("client", None, NOW), Err(VaultError::ReadOnly(..))));
    // A head that nobody signed.
    let mut bad = head.clone();
    bad[20] ^= 1;
    shelf.put_head(&id.0, &bad).unwrap();
    assert_eq!(office.open_case(id, NOW).unwrap().standing(), &Standing::HeadBadlySigned);
}

#[test]
fn no_bit_of_an_entry_or_row_can_be_changed_unnoticed() {
    let dir = tempfile::tempdir().unwrap();
    let mut office = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    given(&mut case, "hola");
    let (id, want) = (case.id(), case.file().clone());
    let shelf = store(dir.path());
    let mut entries = Vec::new();
    shelf.entries(&id.0, 1, &mut |e| {
        entries.push(e);
        true
    })
    .unwrap();
    let rows = shelf.wraps(&id.0, None).unwrap();
    let head = shelf.head(&id.0).unwrap().unwrap();
    let check = |entries: &[amparo_store::Entry], rows: &[amparo_store::WrapRow], name: String| {
        shelf.delete_journal(&id.0).unwrap();
        shelf.restore_journal(entries, rows).unwrap();
        shelf.put_head(&id.0, &head).unwrap();
        match office.open_case(id, NOW) {
            Err(_) => {}
            Ok(case) => assert!(!case.standing().writable() || !case.journal().broken.is_empty() || *case.file() == want, "{name}"),
        }
    };
    for e in 0..entries.len() {
        for i in (0..entries[e].frame.len()).step_by(97) {
            let mut bad = entries.clone();
            bad[e].frame[i] ^= 4;
            check(&bad, &rows, format!("entry {e} byte {i}"));
        }
    }
    for r in 0..rows.len() {
        for i in (0..rows[r].bytes.len()).step_by(41) {
            let mut bad = rows.clone();
            bad[r].bytes[i] ^= 4;
            check(&entries, &bad, format!("row {r} byte {i}"));
        }
    }
}

#[test]
fn two_members_write_in_turn_and_each_follows_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let mut ana = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let mut hers = ana.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    let (member, sheet) = ana.member_invite("Beto", "paralegal", NOW).unwrap();
    ana.grant(hers.id(), member, None, NOW).unwrap();
    let beto = amparo_vault::unlock_with_words(store(dir.path()), &sheet.words(false).unwrap().join(" ")).unwrap();
    let mut his = beto.open_case(hers.id(), NOW).unwrap();
    given(&mut his, "uno");
    given(&mut hers, "dos"); // refused once, replayed with the office as it is now, decided anew
    given(&mut his, "tres");
    hers.reload().unwrap();
    assert_eq!(hers.file().givings.len(), 3);
    assert_eq!(hers.standing(), &Standing::Whole);
    assert!(hers.verify(None, true).unwrap().ok());
}
