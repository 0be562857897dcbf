//! Forms that do not arrive as they were sent, and files with names that nobody can type: each is answered in a sentence.

use super::speak::{BOUNDARY, Said, Visitor, file_part};
use super::{PASSPHRASE, Served};
use crate::place::{Place, text};

/// A sentence as it stands among the words.
fn sentence(id: &str, lang: &str) -> String {
    let path = format!("{}/../amparo-lang/{lang}/problems.ftl", env!("CARGO_MANIFEST_DIR"));
    let words = std::fs::read_to_string(path).expect("the words");
    words.lines().find_map(|line| line.strip_prefix(id)?.strip_prefix(" = ")).expect("the sentence").to_owned()
}

fn part(head: &str, bytes: &[u8]) -> Vec<u8> {
    [format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(), bytes, b"\r\n"].concat()
}

fn end() -> Vec<u8> {
    format!("--{BOUNDARY}--\r\n").into_bytes()
}

/// The page that answers: this sentence, in this language, and the way back to the form.
#[track_caller]
fn says(what: &str, said: &Said, status: u16, id: &str, lang: &str, back: &str) {
    let page = said.text().replace("&#34;", "\"").replace("&#39;", "'").replace("&quot;", "\"");
    assert_eq!(said.status, status, "{what}: {page}");
    assert!(page.contains(&sentence(id, lang)) && page.contains(&format!("lang=\"{lang}\"")), "{what} in {lang}: {page}");
    assert!(page.contains(&format!("href=\"{back}\"")), "{what}: no way back to {back}: {page}");
}

#[test]
fn a_form_that_breaks_is_answered_in_the_readers_language() {
    let (place, case) = Place::with_case();
    let served = Served::open(&place);
    let english = Visitor::enter(&served.entrance);
    let spanish = Visitor { port: english.port, cookie: format!("{}; language=es", english.cookie) };
    let (add, gather) = (format!("/case/{case}/add"), format!("/case/{case}/gather"));
    let referer = served.at(&gather);
    let file = [file_part(b"a.txt"), b"one\r\n".to_vec()].concat();
    let whole = [file.clone(), end()].concat();
    let forms: Vec<(&str, Vec<u8>)> = vec![
        ("cut off in a file", whole[..whole.len() - 20].to_vec()),
        ("cut off in a head", file[..60].to_vec()),
        ("nothing", Vec::new()),
        ("no form at all", b"whose=client".to_vec()),
        ("another boundary", String::from_utf8_lossy(&whole).replace(BOUNDARY, "other").into_bytes()),
        ("a part without a name", [part("filename=\"a.txt\"", b"one"), end()].concat()),
        ("a head without end", [file.clone(), part(&"x".repeat(40_000), b""), end()].concat()),
        ("more fields than the form has", [(0..17).flat_map(|i| part(&format!("name=\"f{i}\""), b"x")).collect(), file.clone(), end()].concat()),
        ("a word that is a book", [part("name=\"whose\"", &[b'x'; 5_000]), end()].concat()),
        ("a word that is no text", [part("name=\"whose\"", b"\xff\xfe"), end()].concat()),
    ];
    for (visitor, lang) in [(&english, "en"), (&spanish, "es")] {
        for (what, body) in &forms {
            let said = visitor.post_body(&add, &[("Referer", &referer)], body).unwrap_or_else(|| panic!("{what} is answered"));
            says(what, &said, 400, "problem-form-broken", lang, &gather);
        }
        // A form of words alone, that comes as something else.
        let said = visitor.post_body(&format!("/case/{case}/reason"), &[("Referer", &referer)], &whole).expect("an answer");
        says("words that are no words", &said, 400, "problem-form-unread", lang, &gather);
        let said = visitor.post_body(&add, &[("Referer", &referer)], &[part("name=\"whose\"", b"client"), end()].concat()).expect("an answer");
        says("no file chosen", &said, 400, "problem-nothing-dropped", lang, &gather);
        // Choices in an address that cannot be read are none.
        assert_eq!(visitor.get(&format!("{gather}?page=%ff&inside=%")).status, 200);
    }
    assert!(place.files(&case).is_empty(), "and none of the files was taken in");
    // A locked room says nothing of what came, and counts it.
    assert_eq!(english.post("/lock", &[]).status, 303);
    for body in [&forms[0].1, &whole] {
        let said = english.post_body(&add, &[], body).expect("an answer");
        assert_eq!((said.status, said.header("location")), (303, Some("/")));
    }
    assert_eq!(english.post("/unlock", &[("passphrase", PASSPHRASE)]).status, 303);
    assert!(english.get("/").text().contains("role=\"status\">1 "), "the one that came whole is said not to be taken in");
}

#[test]
fn a_file_with_a_strange_name_costs_neither_itself_nor_the_others() {
    let (place, case) = Place::with_case();
    let served = Served::open(&place);
    let visitor = Visitor::enter(&served.entrance);
    let line = |i: usize| format!("{{\"kind\": \"address\", \"text\": \"Calle {i}\", \"start\": \"2019-01\"}}\n").into_bytes();
    let names: [(&[u8], &str); 7] = [
        (b"plain.jsonl", "plain.jsonl"),
        (b"\x01\x02bell\x07.jsonl", "\u{1}\u{2}bell\u{7}.jsonl"),
        (b"\x1b[2J\x1b]0;x\x07.jsonl", "\u{1b}[2J\u{1b}]0;x\u{7}.jsonl"),
        (b"tab\there.jsonl", "tab\there.jsonl"),
        (b"\xff\xfe.jsonl", "\u{fffd}\u{fffd}.jsonl"),
        (b"line%0D%0Abreak.jsonl", "line%0D%0Abreak.jsonl"),
        ("\u{202e}lnosj.txt".as_bytes(), "\u{202e}lnosj.txt"),
    ];
    let mut body = part("name=\"whose\"", b"client");
    for (i, (name, _)) in names.iter().enumerate() {
        body.extend([file_part(name), line(i), b"\r\n".to_vec()].concat());
    }
    body.extend(end());
    assert_eq!(visitor.post_body(&format!("/case/{case}/add"), &[], &body).expect("an answer").status, 303);
    while !visitor.get(&format!("/case/{case}/gather/now")).text().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let files = place.files(&case);
    let kept: Vec<(String, u64)> = files.iter().map(|f| (text(f, "name"), f["records"].as_u64().expect("a count"))).collect();
    let sent: Vec<(String, u64)> = names.iter().map(|(_, name)| ((*name).to_owned(), 1)).collect();
    assert_eq!(kept, sent);
    let page = visitor.get(&format!("/case/{case}/gather"));
    let strange = page.text().chars().find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
    assert!(page.status == 200 && strange.is_none(), "{strange:?} stands on the page");
}

/// Every dropped file is held open until it is read: where the machine allows no more, that is said, and the room goes on.
#[test]
fn more_files_than_can_be_held_open_are_refused_in_words() {
    let (place, case) = Place::with_case();
    let served = Served::with_few_descriptors(&place, 96);
    let visitor = Visitor::enter(&served.entrance);
    let names: Vec<String> = (0..120).map(|i| format!("{i}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), n.as_bytes())).collect();
    let (add, gather) = (format!("/case/{case}/add"), format!("/case/{case}/gather"));
    for (visitor, lang) in [(&visitor, "en"), (&Visitor { port: visitor.port, cookie: format!("{}; language=es", visitor.cookie) }, "es")] {
        let said = visitor.post_files(&add, &[("whose", "client")], &files);
        says("too many", &said, 500, "problem-dropped-too-many", lang, "/");
    }
    assert!(place.files(&case).is_empty());
    assert_eq!(visitor.post_files(&add, &[("whose", "client")], &files[..3]).status, 303, "fewer are taken");
    while !visitor.get(&format!("{gather}/now")).text().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(place.files(&case).len(), 3);
}
