//! What leaves the machine comes back the same, and only with a sheet.

use crate::{NOW, founding, given, store};
use amparo_vault::{Standing, VaultError, init, restore};

#[test]
fn a_backup_is_restored_with_the_words_alone() {
    let dir = tempfile::tempdir().unwrap();
    let backup = tempfile::tempdir().unwrap();
    let founded = init(store(dir.path()), &founding(), NOW).unwrap();
    let words = founded.words.words(true).unwrap().join(" ");
    let mut office = founded.office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    for text in ["a", "b", "c"] {
        given(&mut case, text);
    }
    let gone = given(&mut case, "d");
    office.backup(backup.path(), "stick", NOW).unwrap();
    let forgotten = case.withdraw(&mut office, &[gone], "wrong case", false, NOW).unwrap();
    assert_eq!(forgotten.not_yet, ["stick"]);
    office.backup(backup.path(), "stick", NOW).unwrap();
    assert!(office.not_yet().is_empty());
    let members = std::fs::read_to_string(backup.path().join("members.json")).unwrap();
    assert!(!members.contains("passphrase"));

    let new = tempfile::tempdir().unwrap();
    assert!(matches!(restore(backup.path(), store(new.path()), "no son palabras"), Err(VaultError::WrongWords)));
    let again = restore(backup.path(), store(new.path()), &words).unwrap();
    again.change_passphrase("otra frase de paso nueva").unwrap();
    let restored = again.open_case(case.id(), NOW).unwrap();
    assert_eq!(restored.standing(), &Standing::Whole);
    assert_eq!(restored.file(), case.file());
    assert!(restored.verify(None, true).unwrap().ok());
    assert!(matches!(restore(backup.path(), store(new.path()), &words), Err(VaultError::AlreadyAnOffice)));

    // One changed byte in the bundle is refused.
    let tar = std::fs::read_dir(backup.path().join("bundles")).unwrap().map(|e| e.unwrap().path());
    for path in tar {
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
    }
    let third = tempfile::tempdir().unwrap();
    assert!(restore(backup.path(), store(third.path()), &words).is_err());
}
