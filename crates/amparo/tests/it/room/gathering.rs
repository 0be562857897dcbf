//! The list of papers: in pages that stay small, with one file of an archive taken out of it.

use super::Served;
use super::speak::Visitor;
use crate::papers;
use crate::place::{Place, text};
use std::collections::BTreeMap;

/// A page that a slow machine still shows at once.
const SMALL: usize = 100_000;

fn line(what: &str) -> String {
    format!("{{\"kind\": \"address\", \"text\": \"{what}\", \"start\": \"2019-01\", \"end\": \"2019-03\"}}\n")
}

fn address_lines(visitor: &Visitor, path: &str) -> (usize, Vec<String>) {
    let page = visitor.get(path);
    assert_eq!(page.status, 200, "{path}");
    let body = page.text();
    let names = body.split("<th scope=\"row\"><a href=\"").skip(1).filter_map(|rest| rest.split('>').nth(1)?.split('<').next().map(str::to_owned));
    (body.len(), names.collect())
}

#[test]
fn a_long_list_comes_in_small_pages_and_every_file_stands_on_one() {
    let (place, case) = Place::with_case();
    for role in ["spouse", "child", "petitioner"] {
        place.run_with(&["party", "add", &case, "-"], format!("{role} Persona de Nombre Bastante Largo\n").as_bytes()).done();
    }
    for i in 0..120 {
        place.write(&format!("papers/carta-{i:03}.jsonl"), line(&format!("Calle {i}")).as_bytes());
    }
    let inside: Vec<(String, String)> = (0..70).map(|i| (format!("dentro/carta-{i:03}.jsonl"), line(&format!("Avenida {i}")))).collect();
    place.write("papers/m.zip", &papers::zip(&inside.iter().map(|(n, b)| (n.as_str(), b.as_bytes())).collect::<Vec<_>>()));
    place.run(&["add", &case, "papers"]).done();
    let served = Served::open(&place);
    let visitor = Visitor::enter(&served.entrance);
    let list = format!("/case/{case}/gather");
    let first = visitor.get(&list).text();
    assert!(first.contains("1 to 25 of 121") && first.contains("121 files"), "{first}");

    let mut pages = Vec::new();
    let mut next = Some(list.clone());
    while let Some(path) = next {
        let page = visitor.get(&path).text();
        next = page.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split(['"', '#']).next()).map(|href| href.replace("&#38;", "&").replace("&amp;", "&"));
        pages.push(address_lines(&visitor, &path));
    }
    let large: Vec<usize> = pages.iter().map(|(bytes, _)| *bytes).filter(|bytes| *bytes > SMALL).collect();
    assert!(large.is_empty() && pages.len() >= 5, "{large:?} of {} pages", pages.len());
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    pages.iter().flat_map(|(_, names)| names).for_each(|name| *count.entry(name).or_default() += 1);
    // Every file once, and the first twenty of the archive.
    assert_eq!((count.len(), count.values().max()), (141, Some(&1)), "{count:?}");

    // A file is found again by its number; where files wait for somebody, the first of them is one step away.
    let files = place.files(&case);
    let (early, late) = (&files[3], files.iter().find(|f| f["name"] == "m.zip").expect("the archive"));
    for file in [early, late] {
        let (_, names) = address_lines(&visitor, &format!("{list}?file={}", file["file"]));
        assert!(names.contains(&text(file, "name")), "{names:?}");
    }
    assert!(first.contains(&format!("{list}?file={0}#f{0}", files[0]["file"])), "the first that waits");
    let said = visitor.post(&format!("/case/{case}/file/{}/whose", late["file"]), &[("whose", "client")]);
    let (_, names) = address_lines(&visitor, said.header("location").expect("back to the list").split('#').next().expect("a path"));
    assert!(names.contains(&"m.zip".to_owned()), "{names:?}");

    // The archive's own page lists all that is inside, in small pages as well.
    let archive = format!("/case/{case}/file/{}", late["file"]);
    let inner: Vec<(usize, Vec<String>)> = ["", "?page=2", "?page=3"].iter().map(|page| address_lines(&visitor, &format!("{archive}{page}"))).collect();
    assert_eq!(inner.iter().map(|(_, names)| names.len()).collect::<Vec<_>>(), [25, 25, 20]);
    assert!(inner.iter().all(|(bytes, _)| *bytes < SMALL), "{:?}", inner.iter().map(|(bytes, _)| bytes).collect::<Vec<_>>());
    let (_, one) = address_lines(&visitor, &format!("{archive}?inside=69"));
    assert!(one.is_empty() && visitor.get(&format!("{archive}?inside=69")).text().contains("dentro/carta-069.jsonl"));
    assert_eq!(visitor.get(&format!("{archive}?inside=70")).status, 404);
}

fn wait(visitor: &Visitor, case: &str) {
    while !visitor.get(&format!("/case/{case}/gather/now")).text().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn one_file_of_an_archive_is_withdrawn_and_the_others_stay() {
    let (place, case) = Place::with_case();
    let inside = ["una.jsonl", "ajena.jsonl", "otra.jsonl"].map(|name| (format!("hojas/{name}"), line(name)));
    place.write("hojas.zip", &papers::zip(&inside.each_ref().map(|(n, b)| (n.as_str(), b.as_bytes()))));
    place.write("aparte.jsonl", line("aparte").as_bytes());
    for name in ["aparte.jsonl", "hojas.zip", "stay-1.jsonl", "stay-2.jsonl"] {
        if name.starts_with("stay") {
            place.write(name, line(name).as_bytes());
        }
        place.run(&["add", &case, name, "--whose", "client"]).done();
    }
    let archive = place.file_of(&case, "hojas.zip");
    let served = Served::open(&place);
    let visitor = Visitor::enter(&served.entrance);
    let page = format!("/case/{case}/file/{archive}/withdraw");
    let list = visitor.get(&format!("/case/{case}/gather")).text();
    assert!(list.contains(&format!("href=\"{page}?inside=1\"")), "the list leads there");
    let asks = visitor.get(&format!("{page}?inside=1")).text();
    assert!(asks.contains("hojas/ajena.jsonl") && asks.contains("The other 2 files in it are kept and read on their own first"), "{asks}");
    assert!(!visitor.get(&page).text().contains("amparo withdraw CASE"), "nobody is sent to a terminal");
    assert_eq!(visitor.get(&format!("{page}?inside=3")).status, 404);

    // What may not be done is refused before anything is read.
    place.run(&["hold", &case, &archive]).done();
    assert_eq!(visitor.post(&page, &[("inside", "1")]).status, 403);
    place.run(&["hold", &case, &archive, "--release"]).done();
    assert_eq!(visitor.post(&page, &[("inside", "9")]).status, 404);
    assert_eq!(place.files(&case).len(), 4);

    let said = visitor.post(&page, &[("inside", "1")]);
    assert_eq!((said.status, said.header("location")), (303, Some(format!("/case/{case}/gather?done=withdraw-begun#now").as_str())));
    wait(&visitor, &case);
    let ended = visitor.get(&format!("/case/{case}/gather")).text();
    for told in ["The paper was withdrawn. Nobody can open it any more.", "una.jsonl: read", "otra.jsonl: read"] {
        assert!(ended.contains(told), "{told}: {ended}");
    }
    assert!(!ended.contains("ajena.jsonl") && !ended.contains("hojas.zip"), "{ended}");
    let records = place.records(&case);
    let texts: Vec<bool> = ["una", "otra", "aparte", "stay-1", "stay-2", "ajena"].map(|name| records.contains(name)).into();
    assert_eq!(texts, [true, true, true, true, true, false]);
    assert_eq!(visitor.get(&format!("/case/{case}/file/{archive}")).status, 404);
    place.verified();

    // What is refused at the end says so, and nothing is lost: it would be the last paper of its case.
    let case = place.new_case("Otra");
    place.write("sola.zip", &papers::zip(&[("sola.jsonl", line("sola").as_bytes())]));
    place.run(&["add", &case, "sola.zip"]).done();
    let lone = format!("/case/{case}/file/{}/withdraw", place.file_of(&case, "sola.zip"));
    assert!(visitor.get(&format!("{lone}?inside=0")).text().contains("It is the only file of its archive, which goes with it."));
    assert_eq!(visitor.post(&lone, &[("inside", "0")]).status, 303);
    wait(&visitor, &case);
    let ended = visitor.get(&format!("/case/{case}/gather")).text();
    assert!(ended.contains("1 file was not done. This would forget the last paper") && ended.contains("sola.zip"), "{ended}");
    assert!(place.records(&case).contains("sola"));
    place.verified();
}
