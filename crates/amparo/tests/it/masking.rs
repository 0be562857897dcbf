//! Third persons stay hidden in every output until somebody gives a reason; then it is logged as such.

use crate::papers;
use crate::place::Place;
use std::process::Command;

const NAMES: &[&str] = &["Ximena", "Quiroga", "Alden", "Wenceslao"];
const TEXTS: &[&str] = &["zarzamora", "guayabera"];
const NUMBERS: &[&str] = &["4155550277", "415-555-0277", "(415) 555-0277", "5550277", "6025550388", "602-555-0388"];

/// A case whose papers name third persons in every way that the readers know.
fn with_third_persons() -> (Place, String) {
    let (place, case) = Place::with_case();
    place.write(
        "calls.xml",
        &papers::calls_xml(&[("+14155550277", 0, 1, 60, "Ximena Quiroga"), ("(415) 555-0277", 90_000, 2, 61, "Ximena Quiroga"), ("602-555-0388", 180_000, 3, 0, "Wenceslao")]),
    );
    // A line that cannot be read, with a name and a number in it.
    let broken = String::from_utf8(papers::calls_xml(&[("415-555-0277", 0, 1, 60, "Ximena Quiroga")])).expect("text").replace("date=\"1614600000000\"", "date=\"never\"");
    place.write("broken.xml", broken.as_bytes());
    place.write("sms.xml", &papers::sms_xml(&[("+14155550277", 10, "llevo zarzamora a las ocho", "Ximena Quiroga"), ("602-555-0388", 20, "tu guayabera está lista", "Wenceslao")]));
    place.write(
        "WhatsApp Chat with Ximena Quiroga.txt",
        "[3/1/21, 10:00:00 AM] Ximena Quiroga: traigo zarzamora\n[3/1/21, 10:01:00 AM] Ana Ruiz: gracias\n[3/14/21, 10:01:00 AM] Ximena Quiroga: una guayabera\n".as_bytes(),
    );
    place.write("account.jsonl", papers::ACCOUNT.as_bytes());
    let chat = "[3/2/21, 10:00:00 AM] Wenceslao: otra guayabera\nno es un mensaje\n";
    place.write(
        "inside.zip",
        &papers::zip(&[("sms.xml", &papers::sms_xml(&[("+14155550277", 99, "más zarzamora", "Ximena Quiroga")])), ("Chat de WhatsApp con Wenceslao.txt", chat.as_bytes())]),
    );
    let ran = place.run(&["add", &case, "calls.xml", "broken.xml", "sms.xml", "WhatsApp Chat with Ximena Quiroga.txt", "account.jsonl", "inside.zip", "--whose", "client"]).done();
    hidden("add", &ran.out);
    assert!(ran.out.contains("WhatsApp Chat with ....txt") && ran.out.contains("Chat de WhatsApp con ....txt"), "{}", ran.out);
    (place, case)
}

fn hidden(what: &str, out: &str) {
    for secret in NAMES.iter().chain(TEXTS).chain(NUMBERS) {
        let line = out.lines().find(|l| l.to_lowercase().contains(&secret.to_lowercase()));
        assert!(line.is_none(), "{what} shows {secret}: {}", line.unwrap_or_default());
    }
}

#[test]
fn no_command_shows_a_third_person_unasked() {
    let (place, case) = with_third_persons();
    for words in [
        &["status", &case][..],
        &["status", &case, "--json"],
        &["status", &case, "--rejects"],
        &["status", &case, "--rejects", "--json"],
        &["records", &case],
        &["records", &case, "--json"],
        &["records", &case, "--csv"],
        &["records", &case, "--unmerged", "--json"],
        &["records", &case, "--because", "review", "--json"],
        &["timeline", &case],
        &["timeline", &case, "--json"],
        &["coverage", &case, "--claim", "employment"],
        &["coverage", &case, "--claim", "employment", "--json"],
        &["coverage", &case, "--json"],
        &["check", &case],
        &["check", &case, "--json"],
        &["calls", &case],
        &["calls", &case, "--json"],
        &["review", &case],
        &["review", &case, "--json"],
        &["log", &case],
        &["log", &case, "--json", "--for-client"],
        &["case", "show", &case],
        &["reread", &case],
    ] {
        hidden(&words.join(" "), &place.run(words).done().out);
    }
    // Neither do the words of a search, whatever is asked.
    for question in ["zarzamora", "guayabera", "ximena", "quiroga", "alden", "4155550277", "llevo", "gracias", "baker", "lista"] {
        for json in [&["--json"][..], &[]] {
            let ran = place.run_with(&[&["find", &case, "-"][..], json].concat(), question.as_bytes()).done();
            let shown: String = ran.out.lines().filter(|l| !l.contains("\"hits\"")).collect::<Vec<_>>().join("\n");
            hidden(&format!("find {question}"), &shown);
        }
    }
    let number = place.run_with(&["calls", &case, "--number", "-"], b"4155550277").done().out;
    hidden("calls --number", &number);
    assert!(number.contains("+1 415 ... 77"), "the masked number stands there: {number}");
    place.run(&["chronology", &case, "--out", "chronology.pdf"]).done();
    if let Ok(text) = Command::new("pdftotext").arg(place.path("chronology.pdf")).arg("-").output() {
        let text = String::from_utf8_lossy(&text.stdout);
        assert!(text.contains("Sol Bakery"), "{text}");
        hidden("chronology", &text);
    }
    let shown = place.run(&["records", &case, "--json", "--kind", "call"]).done().lines().into_iter().find(|r| r["masked"] == true).expect("a masked call");
    let said = place.run(&["show", &case, shown["id"].as_str().expect("an id"), "--out", "page.png"]).done().out;
    hidden("show", &said);
}

#[test]
fn with_a_reason_they_are_shown_and_the_log_says_so() {
    let (place, case) = with_third_persons();
    place.run(&["records", &case, "--unmask"]).failed(2);
    for (words, shows) in [
        (&["records", &case, "--json"][..], "Ximena Quiroga"),
        (&["records", &case, "--csv"], "zarzamora"),
        (&["calls", &case], "Ximena"),
        (&["timeline", &case], "Doris Alden"),
        (&["status", &case], "WhatsApp Chat with Ximena"),
        (&["status", &case, "--json"], "Chat de WhatsApp con Wenceslao.txt"),
        (&["status", &case, "--rejects"], "415-555-0277"),
        (&["status", &case, "--rejects", "--json"], "415-555-0277"),
    ] {
        let out = place.run(&[words, &["--unmask", "--because", "prepare-filing"]].concat()).done().out;
        assert!(out.contains(shows), "{words:?}: {out}");
    }
    let found = place.run_with(&["find", &case, "-", "--unmask", "--because", "supervise"], b"zarzamora").done().out;
    assert!(found.contains("zarzamora"), "{found}");
    let log = place.run(&["log", &case]).done().out;
    assert_eq!(log.lines().filter(|l| l.contains("third persons shown")).count(), 9, "{log}");
}
