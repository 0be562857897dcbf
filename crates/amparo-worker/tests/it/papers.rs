//! Ordinary papers through the shipped program, and what each job answers.

use crate::reading::{Beside, Limits, Options, Workers};
use crate::{read, shipped, start};
use amparo_model::wire::FromWorker;
use amparo_model::{Region, State};
use std::io::Write;
use std::ops::ControlFlow;
use std::os::fd::AsFd;

const BACKUP: &str = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<calls count=\"2\">\n\
    <call number=\"+14155552671\" duration=\"61\" date=\"1567359000000\" type=\"1\" />\n\
    <call number=\"+14155552672\" duration=\"0\" date=\"1567359600000\" type=\"3\" />\n</calls>\n";

#[test]
fn the_shipped_program_is_caged_and_knows_no_attack() {
    let workers = start(shipped());
    let ready = workers.ready().unwrap();
    assert!(ready.caged, "{ready:?}");
    for name in ["attack:escape", "attack:memory", "attack:loop"] {
        let heard = read(&workers, name, b"x");
        assert_eq!(heard.reason(), "read", "{name}");
        assert!(heard.rejects().iter().all(|r| r.reason != "got-out" && r.reason != "refused"));
    }
}

#[test]
fn a_phone_backup_is_read_in_the_cage() {
    let workers = start(shipped());
    let heard = read(&workers, "calls-20190901.xml", BACKUP.as_bytes());
    let report = heard.report.as_ref().unwrap();
    assert_eq!((report.kind.as_str(), report.state, report.records), ("sms_backup_xml", State::Read, 2), "{report:?}");
    assert_eq!(heard.calls(), 2);
}

/// Starting the program costs far more than reading a small file: one start serves them all.
#[test]
fn thousands_of_small_files_cost_one_start() {
    let files: u32 = std::env::var("AMPARO_SMALL_FILES").ok().and_then(|n| n.parse().ok()).unwrap_or(4_000);
    let workers = start(shipped());
    let before = crate::cage::children();
    assert!(!before.is_empty());
    let began = std::time::Instant::now();
    for n in 0..files {
        let heard = read(&workers, &format!("note-{n}.txt"), format!("Note {n}\n").as_bytes());
        assert_eq!(heard.reason(), "read", "file {n}");
    }
    let each = began.elapsed() / files;
    println!("{files} files, {each:?} each");
    assert_eq!(crate::cage::children(), before, "the reading process was started again");
}

/// A zip of these files, stored or deflated as the size asks.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_file_is_taken_out_of_an_archive_in_an_archive() {
    let workers = start(shipped());
    let inner = zip(&[("calls.xml", BACKUP.as_bytes()), ("note.txt", b"Hello.\n")]);
    let outer = zip(&[("phone/backup.zip", &inner), ("readme.txt", b"Read me.\n")]);
    let heard = read(&workers, "all.zip", &outer);
    let inside: Vec<&str> = heard.frames.iter().flat_map(|f| if let FromWorker::Inside(files) = f { files.as_slice() } else { &[] }).map(|f| f.path.as_str()).collect();
    assert_eq!(inside, ["phone/backup.zip/calls.xml", "phone/backup.zip/note.txt", "phone/backup.zip", "readme.txt"]);
    assert_eq!(heard.calls(), 2);
    for (path, want) in [("phone/backup.zip/calls.xml", BACKUP.as_bytes()), ("readme.txt", b"Read me.\n"), ("phone/backup.zip", &inner)] {
        assert_eq!(extract(&workers, &outer, path, 1 << 20).unwrap(), want, "{path}");
    }
    for (path, why) in [("phone/none.txt", "no-such-member"), ("readme.txt/x", "broken"), ("../etc/passwd", "no-such-member"), ("", "no-such-member")] {
        assert_eq!(extract(&workers, &outer, path, 1 << 20).unwrap_err(), why, "{path}");
    }
    assert_eq!(extract(&workers, &outer, "phone/backup.zip", 10).unwrap_err(), "bad-answer", "more than was wanted");
    assert_eq!(extract(&workers, b"not an archive", "x", 10).unwrap_err(), "broken");
}

fn extract(workers: &Workers, archive: &[u8], inside: &str, most: u64) -> Result<Vec<u8>, String> {
    let file = crate::reading::sealed(archive).unwrap();
    let mut out = Vec::new();
    workers.extract(&file, "all.zip", archive.len() as u64, inside, most, &mut out).map_err(|e| e.reason().to_owned())?;
    Ok(out)
}

#[test]
fn pages_rows_and_documents_are_made_in_the_cage() {
    let workers = start(shipped());
    let paper = workers.produce("chronology", "es", serde_json::json!({"office": "Oficina", "case": "lima-tambor"})).unwrap();
    assert!(paper.starts_with(b"%PDF-"));
    let archive = zip(&[("papers/page.pdf", &paper)]);
    for (name, bytes, inside) in [("page.pdf", &paper, ""), ("all.zip", &archive, "papers/page.pdf")] {
        let file = crate::reading::sealed(bytes).unwrap();
        let png = workers.page(&file, name, bytes.len() as u64, inside, 1, 400, &[Region::WHOLE], Region::WHOLE).unwrap();
        assert!(png.starts_with(b"\x89PNG"), "{name}");
        let none = workers.page(&file, name, bytes.len() as u64, inside, 99, 400, &[], Region::WHOLE);
        assert_eq!(none.unwrap_err().reason(), "page-not-drawn");
    }
    let calls = b"date,number\n2019-01-01,+14155552671\n";
    let file = crate::reading::sealed(calls).unwrap();
    assert!(workers.row(&file, "calls.csv", calls.len() as u64, "", 2, 600, &[]).unwrap().starts_with(b"\x89PNG"));
    for (what, language, why) in [("packet", "en", "no-such-document"), ("chronology", "fr", "no-such-language")] {
        assert_eq!(workers.produce(what, language, serde_json::json!({})).unwrap_err().reason(), why);
    }
    assert_eq!(workers.produce("chronology", "en", serde_json::json!([1])).unwrap_err().reason(), "document-not-made");
}

#[test]
fn a_database_is_read_with_what_lies_beside_it() {
    let workers = start(shipped());
    let database = crate::reading::sealed(b"SQLite format 3\0 and no more").unwrap();
    let wal = crate::reading::sealed(b"\x37\x7f\x06\x82").unwrap();
    let beside = [Beside { name: "CallHistory.storedata-wal".to_owned(), file: wal.as_fd() }];
    let report = workers.read(&database, "CallHistory.storedata", 28, &beside, &Options::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    assert!(report.adds_up());
    assert_ne!(report.state, State::Read);
}

/// What a person can be told: no code reaches the screen.
#[test]
fn every_reason_has_its_sentence() {
    use amparo_lang::Lang;
    let office = ["reader-crashed", "time-out", "memory", "bad-answer", "no-sandbox", "stopped", "no-reader-process"];
    let lists = [amparo_ingest::reasons::ALL, amparo_ingest::reasons::ASSUMED, amparo_ingest::paper::REASONS, amparo_worker::jobs::REASONS, &office];
    let unsaid: Vec<String> = lists
        .into_iter()
        .flatten()
        .flat_map(|code| Lang::ALL.iter().map(move |lang| (format!("reason-{code}"), *lang)))
        .filter(|(id, lang)| !amparo_lang::has(id, *lang))
        .map(|(id, lang)| format!("{} {id}", lang.code()))
        .collect();
    assert!(unsaid.is_empty(), "{unsaid:#?}");
}

#[test]
fn large_files_get_more_time_and_machine_reading_much_more() {
    let (small, large, scan) = (Limits::for_file(1_000, false), Limits::for_file(1 << 30, false), Limits::for_file(1 << 20, true));
    assert!(small.cpu < large.cpu && small.wall < large.wall && small.wall < scan.wall);
    assert!(small.memory == large.memory, "memory is bounded whatever the size");
}
