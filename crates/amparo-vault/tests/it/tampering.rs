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
    shelf
        .entries(&id.0, 1, &mut |e| {
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
    shelf
        .entries(&id.0, 1, &mut |e| {
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

#[test]
fn a_key_that_was_also_laid_in_another_drawer_is_deleted_there_and_reported() {
    let dir = tempfile::tempdir().unwrap();
    let mut office = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    let party = case.add_party("client", None, NOW).unwrap();
    let seq = given(&mut case, "hola");
    let (hash, shelf) = (case.journal().entry(seq).unwrap().hash, store(dir.path()));
    let here = |shelf: &dyn amparo_store::Store| shelf.wraps(&case.id().0, Some(3)).unwrap().into_iter().filter(|r| r.key.id == hash.0).collect::<Vec<_>>();
    let row = here(&*shelf).remove(0);
    // Laid into the client's drawer without a word in the log.
    let drawer = case.file().party(party).unwrap().drawer;
    let to = [&b"D"[..], &drawer.0, &[0, 0, 0, 1]].concat();
    let stray = amparo_store::WrapRow { key: amparo_store::WrapKey { to, ..row.key.clone() }, ..row.clone() };
    shelf.change_wraps(&[stray], &[]).unwrap();
    let again = office.open_case(case.id(), NOW).unwrap();
    assert!(again.journal().broken.iter().any(|b| b.seq == seq && b.why.contains("another drawer")), "{:?}", again.journal().broken);
    assert_eq!(here(&*shelf), [row]);
    // Reported once, gone for good.
    assert!(office.open_case(case.id(), NOW).unwrap().verify(None, true).unwrap().ok());
}

#[test]
fn a_grant_that_came_to_its_end_opens_nothing_and_its_keys_are_turned() {
    let dir = tempfile::tempdir().unwrap();
    let mut ana = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let case = ana.create_case(Some("luna-mesa"), "x", None, NOW).unwrap().id();
    let (member, sheet) = ana.member_invite("Beto", "volunteer", NOW).unwrap();
    let evening = NOW + 8 * 3_600_000;
    ana.grant(case, member, Some(amparo_vault::stamp(evening)), NOW).unwrap();
    let words = sheet.words(false).unwrap().join(" ");
    let beto = || amparo_vault::unlock_with_words(store(dir.path()), &words).unwrap();
    given(&mut beto().open_case(case, NOW).unwrap(), "de Beto");
    let rows = |n: usize| assert_eq!(store(dir.path()).wraps(&case.0, Some(1)).unwrap().len(), n);
    rows(2);
    assert!(matches!(beto().open_case(case, evening), Err(VaultError::NoGrant(_))));
    let mine = ana.open_case(case, evening).unwrap();
    assert_eq!((mine.standing(), mine.journal().epoch, mine.file().givings.len()), (&Standing::Whole, 2, 1));
    rows(1);
}

#[test]
fn a_member_who_lost_passphrase_and_sheet_begins_anew_with_the_same_cases() {
    let dir = tempfile::tempdir().unwrap();
    let mut ana = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let case = ana.create_case(Some("luna-mesa"), "x", None, NOW).unwrap().id();
    let (beto, _) = ana.member_invite("Beto", "paralegal", NOW).unwrap();
    ana.grant(case, beto, None, NOW).unwrap();
    let (new, sheet, left) = ana.member_renew(beto, NOW).unwrap();
    assert!(new != beto && left.is_empty());
    let again = amparo_vault::unlock_with_words(store(dir.path()), &sheet.words(true).unwrap().join(" ")).unwrap();
    assert_eq!(again.me().unwrap().name, "Beto");
    assert!(again.open_case(case, NOW).unwrap().verify(None, true).unwrap().ok());
    assert_eq!(again.roster().live().count(), 2);
}

#[test]
fn a_second_writer_waits_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut office = init(store(dir.path()), &founding(), NOW).unwrap().office;
    let id = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap().id();
    let secret = office.session().to_secret_bytes().unwrap();
    let (sent, told) = std::sync::mpsc::channel();
    let waits = amparo_store::Local::open(dir.path()).unwrap().when_waiting(move || sent.send(()).unwrap());
    let second = amparo_vault::resume(std::sync::Arc::new(waits), &secret).unwrap();
    let held = office.store().lock(&mut || panic!("nobody else writes")).unwrap();
    let other = std::thread::spawn(move || given(&mut second.open_case(id, NOW).unwrap(), "uno"));
    told.recv().unwrap();
    drop(held);
    other.join().unwrap();
    office.reload().unwrap();
    assert_eq!(office.open_case(id, NOW).unwrap().file().givings.len(), 1);
}
