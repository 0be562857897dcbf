//! What each driver does when the disk does not.

use amparo_store::{Append, Entry, Fault, Local, Memory, Store, StoreError, WrapKey, WrapRow};
use std::os::unix::fs::PermissionsExt;

const J: [u8; 16] = [1; 16];

fn appended(store: &dyn Store) -> Result<(), StoreError> {
    let entry = Entry { journal: J, seq: 1, hash: [1; 32], frame: vec![1; 600] };
    let row = WrapRow { key: WrapKey { journal: J, what: 3, id: vec![1; 32], to: vec![9; 21] }, alg: 1, lock: 0, bytes: vec![5; 72], half: vec![] };
    store.append(&Append { entry, after: None, put: vec![row], delete: vec![] })?;
    store.put_head(&J, b"head")
}

#[test]
fn an_entry_and_its_rows_survive_together_and_before_the_head() {
    let mut seen = std::collections::BTreeSet::new();
    for at in 1.. {
        let mut struck = false;
        for seed in 0..20 {
            let store = Memory::new().started_again(Some((at, Fault::PowerLoss { seed })));
            let done = appended(&store);
            struck |= store.struck();
            assert_eq!(done.is_err(), store.struck());
            let later = store.started_again(None);
            let (tip, rows, head) = (later.tip(&J).unwrap().is_some(), later.wraps(&J, None).unwrap().len(), later.head(&J).unwrap().is_some());
            assert_eq!(usize::from(tip), rows);
            assert!(tip || !head);
            seen.insert((tip, head));
        }
        if !struck {
            break;
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(false, false), (true, false), (true, true)]);
}

#[test]
fn a_failed_sync_leaves_the_store_read_only_until_it_is_opened_again() {
    let store = Memory::new().started_again(Some((2, Fault::Once)));
    assert!(appended(&store).is_err());
    assert!(matches!(store.put_meta("x", b"y"), Err(StoreError::ReadOnly)));
    assert!(store.started_again(None).put_meta("x", b"y").is_ok());
}

#[test]
fn no_space_is_said_and_the_next_try_works() {
    let store = Memory::new().started_again(Some((1, Fault::Full)));
    assert!(matches!(appended(&store), Err(StoreError::Full { .. })));
    assert!(appended(&store).is_ok());
}

#[test]
fn what_was_open_to_others_is_made_private_and_what_is_made_is() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("office");
    std::fs::create_dir(&root).unwrap();
    std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o755)).unwrap();
    let store = Local::open(&root).unwrap();
    appended(&store).unwrap();
    let mut blob = store.blob_begin().unwrap();
    blob.write_all(b"sealed").unwrap();
    blob.commit([7; 32]).unwrap();
    let mut all = vec![root];
    while let Some(path) = all.pop() {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            all.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        }
        assert_eq!(mode & 0o077, 0, "{path:?} {mode:o}");
    }
}

#[test]
fn a_program_that_still_runs_keeps_its_folder_and_is_seen() {
    let home = tempfile::tempdir().unwrap();
    let first = Local::open(home.path()).unwrap();
    let mut half = first.blob_begin().unwrap();
    half.write_all(b"half").unwrap();
    let second = Local::open(home.path()).unwrap();
    assert!(!second.alone().unwrap());
    half.commit([7; 32]).unwrap();
    assert_eq!(second.blob_names().unwrap(), [[7; 32]]);
    drop(first);
    assert!(second.alone().unwrap());
}
