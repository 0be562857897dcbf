//! Scans and photographs through the shipped program and the system's Tesseract.

use crate::reading::Options;
use crate::{Heard, read_with, shipped, start};
use amparo_model::reading::PageText;
use amparo_model::wire::FromWorker;
use amparo_model::{Region, State};

fn pages(heard: &Heard) -> Vec<&PageText> {
    heard.frames.iter().flat_map(|f| if let FromWorker::Pages(pages) = f { pages.as_slice() } else { &[] }).collect()
}

#[test]
fn a_picture_of_a_page_is_machine_read_with_places_and_confidence() {
    let workers = start(shipped());
    let paper = workers.produce("chronology", "en", serde_json::json!({"office": "Legal Aid Office", "case": "lima-tambor"})).unwrap();
    let file = crate::reading::sealed(&paper).unwrap();
    let scan = workers.page(&file, "page.pdf", paper.len() as u64, "", 1, 2_000, &[], Region::WHOLE).unwrap();
    let heard = read_with(&workers, "scan.png", &scan, &Options { ocr: true, ..Options::default() });
    let report = heard.report.as_ref().unwrap();
    assert!(report.adds_up());
    assert_eq!((report.kind.as_str(), report.units, report.pages), ("image", 1, 1));
    if !workers.ready().unwrap().machine_reading {
        assert_eq!((report.state, report.pages_unread, report.reason.as_deref()), (State::Unread, 1, Some("no-machine-reading")));
        return;
    }
    assert_eq!((report.state, report.pages_unread), (State::Read, 0), "{report:?}");
    let read = pages(&heard);
    let [page] = read[..] else { panic!("one page") };
    assert!(page.machine_read && page.confidence().is_some_and(|c| c > 60), "{:?}", page.confidence());
    let text = page.text().to_lowercase();
    assert!(text.contains("privileged") && text.contains("legal aid office"), "{text}");
    let word = page.words.iter().find(|w| w.text.to_lowercase().contains("privileged")).unwrap();
    assert!(word.at[2] > 0 && word.at[3] > 0 && word.at[1] < 1_000_000 && word.confidence.is_some());

    // Without machine reading the page is kept and counted, and said to be unread.
    let unread = read_with(&workers, "scan.png", &scan, &Options::default());
    let report = unread.report.unwrap();
    assert_eq!((report.state, report.pages_unread, report.reason.as_deref()), (State::Unread, 1, Some("no-machine-reading")));
}

/// For a look at one's own scans: `AMPARO_SCANS=folder cargo test -p amparo-worker --test it scans -- --nocapture`.
#[test]
fn scans_of_a_folder_add_up() {
    let Some(folder) = std::env::var_os("AMPARO_SCANS") else { return };
    let workers = start(shipped());
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_file()).collect();
    files.sort();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let began = std::time::Instant::now();
        let heard = read_with(&workers, &name, &std::fs::read(&path).unwrap(), &Options { ocr: true, ..Options::default() });
        let words: usize = pages(&heard).iter().map(|p| p.words.len()).sum();
        let confidence: Vec<_> = pages(&heard).iter().map(|p| p.confidence()).take(4).collect();
        match &heard.report {
            Ok(report) => {
                assert!(report.adds_up());
                println!(
                    "{name}: {} pages, {} unread, {words} words, {confidence:?}, {:?} {:?}, {:.1?}",
                    report.pages,
                    report.pages_unread,
                    report.state,
                    report.reason,
                    began.elapsed()
                );
            }
            Err(why) => println!("{name}: {why:?} after {:.1?}", began.elapsed()),
        }
    }
}
