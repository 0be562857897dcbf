//! What a store promises, asked of each driver. The suite is shared: whoever has a driver includes this file and
//! names its drivers in the module above.

use super::drivers;
use amparo_store::{Append, Appended, Entry, Purged, Store, StoreError, Tip, WrapKey, WrapRow};
use std::io::Read;

/// A driver, and how a later start of the program finds it.
pub trait Driver {
    fn open(&mut self) -> Box<dyn Store>;
    /// A head of this text as the driver's office signs it; what a folder keeps, nobody looks at.
    fn note(&self, text: &str) -> Vec<u8> {
        text.as_bytes().to_vec()
    }
    /// Whether others may work in it unseen.
    fn is_shared(&self) -> bool {
        false
    }
}

fn each(check: impl Fn(&mut dyn Driver)) {
    drivers().into_iter().for_each(|mut driver| check(&mut *driver));
}

const J: [u8; 16] = [1; 16];

/// A frame that hangs where it says, of zeros.
fn entry(journal: [u8; 16], seq: u64) -> Entry {
    let prev = if seq == 1 { [0; 32] } else { entry(journal, seq - 1).hash };
    let mut frame = amparo_proof::Link { journal, seq, prev }.bytes().to_vec();
    frame.resize(640, 0);
    Entry { journal, seq, hash: amparo_proof::frame_hash(&frame), frame }
}

fn row(journal: [u8; 16], n: u8) -> WrapRow {
    // Bytes that differ from row to row and look like nothing else.
    let mut random = u64::from(n) + 1;
    let mut byte = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 40) as u8
    };
    let bytes = (0..72).map(|_| byte()).collect();
    WrapRow { key: WrapKey { journal, what: 3, id: vec![n; 32], to: vec![9; 21] }, alg: 1, lock: 0, bytes, half: vec![] }
}

fn tip(seq: u64) -> Option<Tip> {
    Some(Tip { seq, hash: entry(J, seq).hash })
}

fn append(store: &dyn Store, seq: u64, after: Option<Tip>, put: Vec<WrapRow>, delete: Vec<WrapKey>) -> Appended {
    store.append(&Append { entry: entry(J, seq), after, put, delete }).expect("an answer")
}

#[test]
fn an_append_counts_only_after_exactly_the_tip_and_brings_all_its_rows_or_none() {
    each(|driver| {
        let store = driver.open();
        assert_eq!(append(&*store, 1, None, vec![row(J, 1)], vec![]), Appended::Done);
        assert_eq!(append(&*store, 1, None, vec![row(J, 2)], vec![]), Appended::Refused { tip: tip(1) });
        assert_eq!(append(&*store, 2, tip(7), vec![row(J, 2)], vec![row(J, 1).key]), Appended::Refused { tip: tip(1) });
        assert_eq!(store.wraps(&J, None).expect("rows"), [row(J, 1)]);
        let other = [2; 16];
        assert_eq!(append(&*store, 2, tip(1), vec![row(J, 2), row(other, 3)], vec![row(J, 1).key]), Appended::Done);
        drop(store);
        let again = driver.open();
        assert_eq!(again.tip(&J).expect("tip"), tip(2));
        assert_eq!(again.tip(&other).expect("tip"), None);
        assert_eq!(again.wraps(&J, Some(3)).expect("rows"), [row(J, 2)]);
        assert_eq!(again.wraps(&J, Some(4)).expect("rows"), []);
        assert_eq!(again.wraps(&other, None).expect("rows"), [row(other, 3)]);
        assert_eq!(again.journals().expect("journals"), [J]);
    });
}

#[test]
fn entries_come_in_order_from_where_they_were_asked_for_until_told_to_stop() {
    each(|driver| {
        let store = driver.open();
        (1..=12).for_each(|seq| assert_eq!(append(&*store, seq, if seq == 1 { None } else { tip(seq - 1) }, vec![], vec![]), Appended::Done));
        let mut seen = vec![];
        store
            .entries(&J, 5, &mut |e| {
                seen.push(e);
                seen.len() < 4
            })
            .expect("entries");
        assert_eq!(seen, (5..=8).map(|seq| entry(J, seq)).collect::<Vec<_>>());
    });
}

#[test]
fn rows_change_together_and_leave_no_bytes_once_purged() {
    each(|driver| {
        let store = driver.open();
        let rows: Vec<WrapRow> = (0..200).map(|n| row(J, n)).collect();
        store.change_wraps(&rows, &[]).expect("put");
        let gone: Vec<WrapKey> = rows[..100].iter().map(|r| r.key.clone()).collect();
        store.change_wraps(&rows[100..101], &gone).expect("delete");
        let bytes: Vec<Vec<u8>> = rows[..100].iter().map(|r| r.bytes.clone()).collect();
        assert_eq!(store.purge(&bytes).expect("purge"), Purged::Gone);
        assert_eq!(store.purge(&[]).expect("purge"), Purged::Gone);
        drop(store);
        assert_eq!(driver.open().wraps(&J, None).expect("rows"), rows[100..]);
    });
}

#[test]
fn a_journal_goes_and_comes_back_as_a_whole() {
    each(|driver| {
        let store = driver.open();
        let (entries, rows): (Vec<Entry>, Vec<WrapRow>) = ((1..=3).map(|seq| entry(J, seq)).collect(), (0..5).map(|n| row(J, n)).collect());
        store.restore_journal(&entries, &rows).expect("restore");
        store.tip(&J).expect("tip");
        let note = driver.note(&amparo_proof::Head { journal: J, seq: 3, hash: entry(J, 3).hash }.text());
        store.put_head(&J, &note).expect("head");
        store.change_wraps(&[row([2; 16], 9)], &[]).expect("another journal's");
        drop(store);
        let store = driver.open();
        assert_eq!((store.tip(&J).expect("tip"), store.wraps(&J, None).expect("rows"), store.head(&J).expect("head")), (tip(3), rows, Some(note)));
        store.delete_journal(&J).expect("delete");
        assert_eq!((store.tip(&J).expect("tip"), store.wraps(&J, None).expect("rows").len(), store.head(&J).expect("head")), (None, 0, None));
        assert_eq!(store.wraps(&[2; 16], None).expect("rows").len(), 1);
    });
}

#[test]
fn bundles_notes_and_heads_are_what_was_written_last() {
    each(|driver| {
        let store = driver.open();
        let mut heads = vec![];
        for (seq, text) in [(1, &b"one"[..]), (2, b"two")] {
            store.put_bundle(&J, Some(text)).expect("bundle");
            store.put_meta("name", text).expect("meta");
            append(&*store, seq, if seq == 1 { None } else { tip(seq - 1) }, vec![], vec![]);
            heads.push(driver.note(&amparo_proof::Head { journal: J, seq, hash: entry(J, seq).hash }.text()));
            store.put_head(&J, &heads[seq as usize - 1]).expect("head");
        }
        store.put_bundle(&[2; 16], Some(b"x")).expect("bundle");
        store.put_bundle(&[2; 16], None).expect("bundle");
        drop(store);
        let store = driver.open();
        assert_eq!(store.bundles().expect("bundles"), [(J, b"two".to_vec())]);
        assert_eq!((store.bundle(&J).expect("bundle"), store.bundle(&[2; 16]).expect("bundle")), (Some(b"two".to_vec()), None));
        assert_eq!((store.meta("name").expect("meta"), store.meta("none").expect("meta")), (Some(b"two".to_vec()), None));
        assert_eq!(store.head(&J).expect("head"), heads.pop());
    });
}

#[test]
fn a_sealed_file_has_a_name_only_when_it_is_whole() {
    each(|driver| {
        let store = driver.open();
        let bytes: Vec<u8> = (0..100_000_u32).map(|i| i as u8).collect();
        let mut kept = store.blob_begin().expect("begin");
        kept.write_all(&bytes).expect("write");
        let name = amparo_store::wire::sha256(&bytes);
        kept.commit(name).expect("commit");
        let mut dropped = store.blob_begin().expect("begin");
        dropped.write_all(b"half").expect("write");
        drop(dropped);
        assert!(matches!(store.blob(&[8; 32]), Err(StoreError::NotThere { .. })));
        drop(store);
        let store = driver.open();
        assert_eq!(store.blob_names().expect("names"), [name]);
        let mut back = vec![];
        store.blob(&name).expect("there").read_to_end(&mut back).expect("read");
        assert_eq!(back, bytes);
        // The same name twice keeps one; set aside, it is listed and no longer there; deleting what is gone is no error.
        let mut again = store.blob_begin().expect("begin");
        again.write_all(&bytes).expect("write");
        again.commit(name).expect("commit");
        store.blob_litter(&name).expect("litter");
        assert_eq!((store.litter().expect("litter"), store.blob_names().expect("names")), (vec![name], vec![]));
        store.blob_delete(&name).expect("delete");
    });
}

#[test]
fn a_second_writer_waits_and_is_told_so() {
    each(|driver| {
        let store = driver.open();
        assert_eq!(store.alone().expect("alone"), !driver.is_shared());
        let held = store.lock(&mut || panic!("nobody else writes")).expect("lock");
        std::thread::scope(|scope| {
            let (sent, told) = std::sync::mpsc::channel();
            let store = &store;
            let other = scope.spawn(move || store.lock(&mut || sent.send(()).expect("told")).is_ok());
            told.recv().expect("the second one waits");
            drop(held);
            assert!(other.join().expect("joined"));
        });
    });
}
