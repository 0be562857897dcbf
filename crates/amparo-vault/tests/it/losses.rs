//! Entries were lost and no backup has them: members say so in the journal, and only then it goes on.

use crate::{NOW, PASSPHRASE, founding, given, store};
use amparo_model::JournalId;
use amparo_store::Store;
use amparo_vault::{Founding, Sheet, Standing, VaultError, init, let_in, unlock, unlock_to_recover, unlock_with_words};
use std::sync::Arc;

/// Takes the newest entries of a journal away, behind the vault's back; the head stays.
fn cut(shelf: &dyn Store, journal: JournalId, entries: usize) {
    let (mut all, rows, head) = (vec![], shelf.wraps(&journal.0, None).unwrap(), shelf.head(&journal.0).unwrap().unwrap());
    shelf
        .entries(&journal.0, 1, &mut |e| {
            all.push(e);
            true
        })
        .unwrap();
    all.truncate(all.len() - entries);
    let lost: Vec<_> = rows.iter().filter(|r| r.key.what == 3 && !all.iter().any(|e| r.key.id == e.hash)).map(|r| r.key.clone()).collect();
    shelf.delete_journal(&journal.0).unwrap();
    shelf.restore_journal(&all, &rows).unwrap();
    shelf.change_wraps(&[], &lost).unwrap();
    shelf.put_head(&journal.0, &head).unwrap();
}

#[test]
fn a_case_that_lost_its_end_goes_on_when_both_members_accept_it() {
    let dir = tempfile::tempdir().unwrap();
    let shelf = store(dir.path());
    let mut ana = init(shelf.clone(), &founding(), NOW).unwrap().office;
    let mut case = ana.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    let (member, sheet) = ana.member_invite("Beto", "admin", NOW).unwrap();
    ana.grant(case.id(), member, None, NOW).unwrap();
    given(&mut case, "uno");
    let kept = case.head().0;
    ["dos", "tres", "cuatro"].iter().for_each(|t| {
        given(&mut case, t);
    });
    ana.end_session(NOW).unwrap();
    let (id, old) = (case.id(), case.head());
    assert!(matches!(ana.accept_loss(id, NOW), Err(VaultError::ReadOnly(_, Standing::Whole))));
    cut(&*shelf, id, 3);
    let mut ana = unlock(shelf.clone(), PASSPHRASE).unwrap();
    assert!(matches!(ana.open_case(id, NOW).unwrap().standing(), Standing::Shorter { .. }));
    let first = ana.accept_loss(id, NOW).unwrap();
    assert_eq!((first.missing, first.goes_on), (Some((kept + 1, old.0)), false));
    // Saying it twice is not two members.
    assert!(!ana.accept_loss(id, NOW).unwrap().goes_on);
    assert!(matches!(ana.open_case(id, NOW).unwrap().add_party("child", None, NOW), Err(VaultError::ReadOnly(..))));
    let mut beto = unlock_with_words(shelf.clone(), &sheet.words(false).unwrap().join(" ")).unwrap();
    assert!(beto.accept_loss(id, NOW).unwrap().goes_on);
    ana.reload().unwrap();
    let mut case = ana.open_case(id, NOW).unwrap();
    assert_eq!((case.standing(), case.file().givings.len()), (&Standing::Whole, 1));
    given(&mut case, "cinco");
    assert!(ana.verify(true, NOW).unwrap().ok());
    // The old head stays written, and a head on paper from before still tells.
    assert!(!case.verify(Some(&amparo_vault::Since::Hash(old.1)), false).unwrap().ok());
}

#[test]
fn an_office_that_lost_its_end_opens_only_to_accept_that() {
    let dir = tempfile::tempdir().unwrap();
    let shelf: Arc<dyn Store> = store(dir.path());
    let mut ana = init(shelf.clone(), &founding(), NOW).unwrap().office;
    let id = ana.create_case(Some("luna-mesa"), "x", None, NOW).unwrap().id();
    ana.end_session(NOW).unwrap();
    ana.settings("es", "Otra", "Otra", "America/Denver", NOW).unwrap();
    ana.end_session(NOW).unwrap();
    let office = ana.journal().id;
    drop(ana);
    cut(&*shelf, office, 1);
    assert!(matches!(unlock(shelf.clone(), PASSPHRASE), Err(VaultError::OfficeRolledBack { .. })));
    let mut ana = unlock_to_recover(shelf.clone(), PASSPHRASE).unwrap();
    assert!(matches!(ana.journal().standing, Standing::Shorter { .. }));
    assert!(matches!(ana.settings("es", "x", "x", "UTC", NOW), Err(VaultError::ReadOnly(..))));
    assert!(ana.accept_loss(office, NOW).unwrap().goes_on);
    let mut ana = unlock(shelf, PASSPHRASE).unwrap();
    assert_eq!((&ana.journal().standing, ana.roster().settings.name.as_str()), (&Standing::Whole, "Oficina"));
    ana.settings("es", "Nueva", "Nueva", "America/Denver", NOW).unwrap();
    given(&mut ana.open_case(id, NOW).unwrap(), "uno");
    assert!(ana.verify(true, NOW).unwrap().ok());
}

#[test]
fn the_offices_sheets_let_a_new_member_in_when_every_passphrase_is_lost() {
    for (k, n) in [(1, 1), (1, 3), (2, 2), (2, 4)] {
        let dir = tempfile::tempdir().unwrap();
        let mut founded = init(store(dir.path()), &Founding { recovery: Some((k, n)), ..founding() }, NOW).unwrap();
        let mut case = founded.office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
        given(&mut case, "uno");
        // Keys were renewed since: a member came and left again.
        let (guest, _) = founded.office.member_invite("Guest", "admin", NOW).unwrap();
        founded.office.grant(case.id(), guest, None, NOW).unwrap();
        founded.office.member_remove(guest, NOW).unwrap();
        founded.office.end_session(NOW).unwrap();
        let (file, old, id) = (founded.office.open_case(case.id(), NOW).unwrap().file().clone(), founded.office.member(), case.id());
        let sheets = founded.recovery;
        let own = founded.words;
        drop((founded.office, case));

        let of = |which: &[usize]| which.iter().map(|i| Sheet::parse(&sheets[*i].words(false).unwrap().join(" ")).unwrap()).collect::<Vec<_>>();
        let shelf = store(dir.path());
        // A member's own sheet is not the office's; one of two is not enough.
        assert!(matches!(let_in(shelf.clone(), &[own], "Eva", "eva has a passphrase", NOW), Err(VaultError::WrongWords)));
        if k == 2 {
            assert!(matches!(let_in(shelf.clone(), &of(&[1]), "Eva", "eva has a passphrase", NOW), Err(VaultError::WrongWords)));
        }
        let enough: &[usize] = if k == 1 { &[n as usize - 1] } else { &[n as usize - 1, 0] };
        let (mut office, words) = let_in(shelf.clone(), &of(enough), "Eva", "eva has a passphrase", NOW).unwrap();
        assert_ne!(office.member(), old);
        assert_eq!(office.open_case(id, NOW).unwrap().file(), &file);
        given(&mut office.open_case(id, NOW).unwrap(), "dos");
        office.end_session(NOW).unwrap();
        drop(office);

        // Both ways in are hers; the office says who came and how, and everything holds.
        let words = words.words(true).unwrap().join(" ");
        for mut office in [unlock(shelf.clone(), "eva has a passphrase").unwrap(), unlock_with_words(shelf.clone(), &words).unwrap()] {
            assert!(office.verify(true, NOW).unwrap().ok());
            let came = office.journal().entries.iter().find(|e| e.kind == "member" && e.author.is_some_and(|a| office.roster().is_recovery(a)));
            assert!(came.is_some());
            let role = office.me().unwrap().role.clone();
            assert_eq!((role.as_str(), office.open_case(id, NOW).unwrap().file().givings.len()), ("admin", 2));
            office.create_case(None, "another", None, NOW).unwrap();
        }
        // The one whose passphrase was lost is still a member until they are taken out.
        let mut office = unlock(shelf.clone(), "eva has a passphrase").unwrap();
        office.member_remove(old, NOW).unwrap();
        assert!(matches!(unlock(shelf, PASSPHRASE), Err(VaultError::WrongPassphrase)));
        assert!(office.verify(true, NOW).unwrap().ok());
    }
}
