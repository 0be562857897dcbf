//! What leaves the machine comes back the same, and only with a sheet.

use crate::{NOW, founding, given, store};
use amparo_vault::{BackupChoices, Standing, VaultError, init, restore};
use std::path::Path;

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

fn listed(folder: &Path, sub: &str, part: &str) -> Vec<String> {
    let mut all: Vec<String> = std::fs::read_dir(folder.join(sub)).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).filter(|n| n.contains(part)).collect();
    all.sort();
    all
}

#[test]
fn a_second_run_takes_what_is_new_and_a_cut_off_bundle_is_left_out() {
    let (dir, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let founded = init(store(dir.path()), &founding(), NOW).unwrap();
    let words = founded.words.words(false).unwrap().join(" ");
    let mut office = founded.office;
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    let big: String = (0..9_000).map(|n| format!("line {n}\n")).collect();
    let first = given(&mut case, &big);
    // Bundles of at most 32 KiB: the big paper travels in parts.
    let choices = BackupChoices { bundle_bytes: 32 << 10, ..BackupChoices::default() };
    let one = office.backup_with(backup.path(), "stick", choices, NOW).unwrap();
    assert!(one.number > 3 && one.papers == 3, "{one:?}");
    for name in listed(backup.path(), "bundles", ".tar") {
        assert!(std::fs::metadata(backup.path().join("bundles").join(name)).unwrap().len() <= 40 << 10);
    }
    given(&mut case, "b");
    let two = office.backup_with(backup.path(), "stick", choices, NOW).unwrap();
    assert_eq!((two.series.clone(), two.number, two.papers), (one.series.clone(), one.number + 1, 3));
    assert!(two.entries >= 2 && two.entries <= 4);
    assert_eq!(listed(backup.path(), "", "keystore-").len(), 2);
    given(&mut case, "c");
    let three = office.backup(backup.path(), "stick", NOW).unwrap();
    assert_eq!(three.number, two.number + 1);

    let restored = |folder: &Path| {
        let new = tempfile::tempdir().unwrap();
        let office = restore(folder, store(new.path()), &words)?;
        let case = office.open_case(case.id(), NOW)?;
        assert!(case.verify(None, true)?.ok());
        Ok::<_, VaultError>((case.file().clone(), new, office))
    };
    let (file, new, mut again) = restored(backup.path()).unwrap();
    assert_eq!(file, *case.file());
    assert!(file.givings.contains_key(&first));
    // A store that was restored begins a series of its own.
    let other = again.backup(backup.path(), "stick", NOW).unwrap();
    assert_eq!(other.number, 1);
    assert_ne!(other.series, three.series);
    assert_eq!(restored(backup.path()).unwrap().0, file);
    drop(new);

    // The newest bundle was cut off on its way: the one before it, with its own keys, still opens.
    let cut = tempfile::tempdir().unwrap();
    office.backup_with(cut.path(), "stick", choices, NOW).unwrap();
    let before = case.file().clone();
    given(&mut case, "d");
    let last = office.backup_with(cut.path(), "stick", choices, NOW).unwrap();
    let name = cut.path().join("bundles").join(format!("{}-{:06}.tar", last.series, last.number));
    let whole = std::fs::read(&name).unwrap();
    std::fs::write(&name, &whole[..whole.len() - 3_000]).unwrap();
    assert_eq!(restored_file(cut.path(), &words, case.id()), before);
    // The same after an order to forget: no older keys are left to open what was withdrawn.
    std::fs::write(&name, &whole).unwrap();
    let gone = given(&mut case, "e");
    office.backup_with(cut.path(), "stick", choices, NOW).unwrap();
    case.withdraw(&mut office, &[gone], "wrong case", false, NOW).unwrap();
    office.backup_with(cut.path(), "stick", choices, NOW).unwrap();
    assert_eq!(listed(cut.path(), "", "keystore-").len(), 1);
    assert_eq!(restored_file(cut.path(), &words, case.id()), *case.file());
    // Other names of a sync program are ignored.
    std::fs::write(cut.path().join("bundles").join(format!("{}-000001 (1).tar", last.series)), "x").unwrap();
    std::fs::create_dir(cut.path().join(format!("keystore-{}-000009 (1)", last.series))).unwrap();
    assert_eq!(restored_file(cut.path(), &words, case.id()), *case.file());
}

fn restored_file(folder: &Path, words: &str, case: amparo_model::JournalId) -> amparo_model::CaseFile {
    let new = tempfile::tempdir().unwrap();
    let office = restore(folder, store(new.path()), words).unwrap();
    let case = office.open_case(case, NOW).unwrap();
    assert!(case.verify(None, true).unwrap().ok());
    case.file().clone()
}
