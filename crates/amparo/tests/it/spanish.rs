//! A Spanish run of every command and every error prints no English sentence.

use crate::crash::words_of;
use crate::papers;
use crate::place::{Place, Ran};
use std::collections::BTreeSet;
use std::path::Path;

/// Words that no Spanish sentence has.
const ENGLISH: &[&str] = &[
    "the", "and", "is", "not", "was", "of", "this", "that", "it", "with", "for", "are", "has", "have", "were", "been", "which", "from", "by", "or", "what", "who", "each", "every",
    "cannot", "be", "there", "its", "at", "on", "file", "failed", "error",
];

/// The words of all messages of a language.
fn vocabulary(lang: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../amparo-lang").join(lang);
    let mut words = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("messages") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("text");
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            words.extend(words_in(line.split_once('=').map_or(line, |(_, said)| said)));
        }
    }
    words
}

/// The words of a line, without what is typed: quoted commands, flags, paths, codes, placeholders.
fn words_in(line: &str) -> Vec<String> {
    let mut said = String::new();
    for (i, part) in line.split('"').enumerate() {
        if i % 2 == 0 {
            said += part;
            said.push(' ');
        }
    }
    let typed = |w: &&str| w.starts_with(['-', '$']) || w.contains(|c: char| c.is_ascii_digit()) || w.contains(['/', '_', '@', '.', '=', '-']);
    let words = said.split_whitespace().map(|w| w.trim_matches(['.', ',', ':', ';', '(', ')', '[', ']'])).filter(|w| !typed(w)).flat_map(|w| w.split(|c: char| !c.is_alphabetic()));
    words.filter(|w| w.chars().count() > 1).map(str::to_lowercase).collect()
}

struct Listener {
    english: BTreeSet<String>,
    found: Vec<String>,
}

impl Listener {
    fn new() -> Listener {
        let spanish = vocabulary("es");
        let english = vocabulary("en").into_iter().filter(|w| !spanish.contains(w)).collect();
        Listener { english, found: Vec::new() }
    }

    fn hear(&mut self, what: &str, text: &str) {
        for line in text.lines() {
            let words = words_in(line);
            let plain: Vec<&String> = words.iter().filter(|w| ENGLISH.contains(&w.as_str())).collect();
            let known: BTreeSet<&String> = words.iter().filter(|w| self.english.contains(*w)).collect();
            if !plain.is_empty() || known.len() > 1 {
                self.found.push(format!("{what}: {line}  <- {plain:?} {known:?}"));
            }
        }
    }

    fn hear_run(&mut self, what: &str, ran: &Ran) {
        self.hear(what, &ran.out);
        self.hear(what, &ran.err);
    }

    fn nothing(self) {
        assert!(self.found.is_empty(), "English in a Spanish run:\n{}", self.found.join("\n"));
    }
}

#[test]
fn no_message_is_the_same_sentence_in_both_languages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../amparo-lang");
    let messages = |lang: &str| {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(folder.join(lang)).expect("messages") {
            let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("text");
            all.extend(text.lines().filter_map(|l| l.split_once(" = ")).map(|(id, said)| (id.to_owned(), said.trim().to_owned())));
        }
        all.sort();
        all
    };
    let (english, spanish) = (messages("en"), messages("es"));
    // Formats and services are named as their makers name them.
    let same: Vec<&(String, String)> =
        english.iter().filter(|m| words_in(&m.1).len() > 1 && !m.0.starts_with("format-") && !m.0.starts_with("choice-") && spanish.contains(m)).collect();
    assert!(same.is_empty(), "{same:#?}");
}

/// Help without what is typed: the first column of its tables, and how a command is written.
fn meanings(help: &str) -> String {
    let said = help.lines().filter(|l| !l.starts_with("  amparo ")).map(|l| match l.strip_prefix("  ").and_then(|l| l.split_once("  ")) {
        Some((_, meaning)) => meaning,
        None => l,
    });
    said.map(|l| format!("{l}\n")).collect()
}

#[test]
fn help_speaks_spanish() {
    let place = Place::empty().in_spanish();
    let mut listener = Listener::new();
    let overview = place.run(&["help"]).done();
    listener.hear("help", &meanings(&overview.out));
    let commands: Vec<String> = overview
        .out
        .lines()
        .filter_map(|l| l.strip_prefix("  "))
        .filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|l| l.split("  ").next())
        .map(str::to_owned)
        .collect();
    assert!(commands.len() > 35, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = ["help"].into_iter().chain(command.split(' ')).collect();
        listener.hear(&command, &meanings(&place.run(&words).done().out));
        listener.hear(&command, &meanings(&place.run(&[&words[1..], &["--help"]].concat()).done().out));
    }
    for words in [
        &["case"][..],
        &["party"],
        &["member"],
        &["nonsense"],
        &["case", "split"],
        &["help", "nonsense"],
        &["add"],
        &["status", "x", "y"],
        &["status", "x", "--ftm"],
        &["status", "x", "--json=1"],
        &["calls", "x", "--number"],
        &["log", "x", "--lang", "fr"],
    ] {
        listener.hear(&words.join(" "), &meanings(&place.run(words).failed(2).err));
    }
    listener.nothing();
}

/// A case in Spanish whose papers are read, rejected, refused and unread.
fn with_papers() -> (Place, String) {
    let place = Place::empty().in_spanish();
    place.run(&["init", "--unattended"]).done();
    place.run(&["unlock"]).done();
    let case = place.new_case("Ruiz");
    place.run_with(&["party", "add", &case, "-"], b"client Ana Ruiz\n").done();
    place.run_with(&["party", "add", &case, "-"], "spouse Luis Peña\n".as_bytes()).done();
    place.write("papers/llamadas.xml", &papers::many_calls("+14155550201", 0, 400));
    place.write("papers/otras.xml", &papers::calls_xml(&[("+14155550201", 1, 1, 61, "Luz"), ("602-555-0388", 2, 3, 0, "")]));
    let broken = String::from_utf8(papers::calls_xml(&[("415-555-0277", 0, 1, 60, "Luz"), ("415-555-0277", 9, 1, 60, "Luz")]))
        .expect("text")
        .replace("date=\"1614600000000\"", "date=\"x\"");
    place.write("papers/rota.xml", broken.as_bytes());
    let account = papers::ACCOUNT.replace("Sol Bakery", "Panadería Sol").replace("baker", "panadera").replace("12 Elm St", "Calle Olmo 12");
    place.write("papers/cuenta.jsonl", (account.clone() + "{\"kind\": \"job\", \"employer\": \"Taller Luna\", \"start\": \"2020-01\", \"end\": \"2020-03\"}\n{\"kind\": \"x\"}\nnada\n{\"kind\": \"job\", \"employer\": \"Taller Luna\", \"authorized\": false}\n{\"kind\": \"identity\", \"name\": \"Ana Ruiz\", \"birth_date\": \"1990-01-02\"}\n{\"kind\": \"identity\", \"name\": \"Ana Ruiz\", \"birth_date\": \"1990-02-01\"}\n").as_bytes());
    place.write("papers/vacia.csv", b"");
    place.write("papers/ruido.bin", &[7; 3_000]);
    place.write("papers/bomba.zip", &papers::zip_that_says(&[("ceros", &[0; 400], 3_000_000_000)]));
    place.write("papers/cortado.zip", &papers::zip(&[("a.jsonl", account.as_bytes())])[..90]);
    place.write("papers/dentro.zip", &papers::zip(&[("a.jsonl", account.replace("panadera", "niñera").as_bytes()), ("b.bin", &[1; 900])]));
    std::os::unix::fs::symlink("/etc/hostname", place.path("papers/enlace")).expect("a link");
    (place, case)
}

#[test]
fn a_days_work_speaks_spanish() {
    let (place, case) = with_papers();
    let mut listener = Listener::new();
    let mut hear = |words: &[&str], typed: &str| {
        let ran = place.run_with(words, typed.as_bytes());
        assert!(matches!(ran.code, Some(0 | 1)), "{words:?}: {:?} {}{}", ran.code, ran.out, ran.err);
        listener.hear_run(&words.join(" "), &ran);
        ran.out
    };
    hear(&["doctor"], "");
    hear(&["add", &case, "papers", "--whose", "client", "--from", "-"], "Ana");
    hear(&["add", &case, "papers"], "");
    hear(&["account", &case, "-", "--whose", "client"], "{\"kind\": \"entry\", \"on\": \"2018-11-03\"}\n{\"kind\": \"exit\", \"on\": \"2018-10-03\"}\n");
    hear(&["account", &case, "-", "--as-set"], "{\"kind\": \"job\", \"employer\": \"Taller Luna\", \"authorized\": false}\n");
    hear(&["account", &case, "-"], "esto no dice nada\n");
    let jsonl = hear(&["account", &case, "--template", "jsonl"], "");
    assert!(!jsonl.is_empty());
    for words in [
        &["case", "list"][..],
        &["case", "show", &case],
        &["case", "zone", &case, "America/Phoenix"],
        &["party", "list", &case],
        &["status", &case],
        &["status", &case, "--rejects"],
        &["status", &case, "--rejects", "--unmask", "--because", "review"],
        &["records", &case],
        &["records", &case, "--unmask", "--because", "client-asked"],
        &["timeline", &case],
        &["coverage", &case, "--claim", "presence"],
        &["coverage", &case, "--claim", "employment"],
        &["coverage", &case, "--claim", "residence"],
        &["check", &case],
        &["calls", &case],
        &["review", &case],
        &["log", &case],
        &["log", &case, "--for-client"],
        &["verify"],
        &["verify", &case, "--deep"],
        &["verify", &case, "--since", "1 cupón alzar fumar circo"],
        &["backup", "copia", "--new"],
        &["backup", "copia"],
        &["member", "list"],
        &["reread", &case],
        &["reread", &case],
        &["chronology", &case, "--out", "cronologia.pdf"],
        &["chronology", &case, "--out", "cronologia.pdf", "--unmask", "--because", "prepare-filing"],
        &["export", &case, "--out", "entrega"],
        &["export", &case, "--out", "entrega-todo", "--profile", "everything"],
        &["export", &case, "--out", "entrega-otra", "--profile", "successor"],
        &["import", "entrega-todo"],
    ] {
        hear(words, "");
    }
    if let Ok(text) = std::process::Command::new("pdftotext").arg(place.path("cronologia.pdf")).arg("-").output() {
        // Every page is stamped in both languages.
        let text = String::from_utf8_lossy(&text.stdout);
        let said: Vec<&str> = text.lines().filter(|l| !l.starts_with("Privileged and confidential:")).collect();
        listener.hear("chronology", &said.join("\n"));
    }
    let mut hear = |words: &[&str], typed: &str| {
        let ran = place.run_with(words, typed.as_bytes());
        assert_eq!(ran.code, Some(0), "{words:?}: {}{}", ran.out, ran.err);
        listener.hear_run(&words.join(" "), &ran);
    };
    hear(&["find", &case, "-"], "panadería");
    hear(&["find", &case, "-"], "zepelín");
    hear(&["find", "--all", "-"], "panadería");
    hear(&["calls", &case, "--number", "-"], "4155550201");
    let id = place.ids(&case)[0].clone();
    hear(&["show", &case, &id, "--out", "pagina.png"], "");
    let point = place.run(&["check", &case, "--json"]).done().lines();
    for point in &point {
        listener.hear("check --json", point["says"]["es"].as_str().unwrap_or_default());
    }
    let mut hear = |words: &[&str], typed: &str| {
        let ran = place.run_with(words, typed.as_bytes());
        assert_eq!(ran.code, Some(0), "{words:?}: {}{}", ran.out, ran.err);
        listener.hear_run(&words.join(" "), &ran);
        ran.out
    };
    hear(&["review", &case, "--settle", point[0]["id"].as_str().expect("an id"), "--as", "not_same_person"], "");
    let job = place.run(&["records", &case, "--kind", "job", "--json"]).done().lines();
    hear(&["review", &case, "--record", job[0]["id"].as_str().expect("an id"), "--field", "role"], "cocinera");
    let file = |name: &str| place.file_of(&case, name);
    hear(&["move", &case, &file("otras.xml"), "--whose", "spouse"], "");
    hear(&["hold", &case], "");
    hear(&["hold", &case, "--release"], "");
    hear(&["withdraw", &case, &file("otras.xml")], "");
    hear(&["withdraw", &case, &format!("{}:a.jsonl", file("dentro.zip"))], "");
    let other = place.new_case("Otro");
    hear(&["move", &case, &file("llamadas.xml"), "--case", &other], "");
    let made = hear(&["member", "add", "-", "--role", "volunteer"], "Berta");
    let words = words_of(&made);
    let member = place.run(&["member", "list", "--json"]).done().lines().into_iter().find(|m| m["name"] == "Berta").expect("Berta")["member"].as_str().expect("an id").to_owned();
    hear(&["grant", &case, &member], "");
    place.write("berta", b"la frase secreta de berta");
    hear(&["recover", "--new-passphrase-file", "berta"], &words);
    hear(&["revoke", &case, &member], "");
    hear(&["shred", &other], "");
    hear(&["shred", &other, "--cancel"], "");
    hear(&["member", "remove", &member], "");
    hear(&["case", "close", &case], "");
    hear(&["case", "show", &case], "");
    hear(&["log", &case], "");
    crate::place::beside("amparo-family");
    hear(&["demo", "--unattended", "--seed", "5", "--out", "muestra"], "");
    hear(&["lock"], "");
    hear(&["lock"], "");
    hear(&["unlock"], "");
    let sheet = std::fs::read_to_string(place.home().join("recovery-words.txt")).expect("the sheet");
    hear(&["restore", "copia", "--home", "otra"], &words_of(&sheet));
    // The sheet is spoken to a person, too: its words are of the list, so that only its sentences are heard.
    let listed = words_of(&sheet);
    let sentences: String = sheet.lines().filter(|l| !l.split_whitespace().any(|w| listed.split(' ').any(|word| word == w))).map(|l| format!("{l}\n")).collect();
    listener.hear("sheet", &sentences);
    listener.nothing();
}

#[test]
fn every_error_speaks_spanish() {
    let (place, case) = with_papers();
    place.run(&["add", &case, "papers", "--whose", "client"]);
    place.run(&["backup", "copia", "--new"]).done();
    let made = place.run_with(&["member", "add", "-", "--role", "volunteer", "--json"], b"Berta").done().one();
    let member = made["member"].as_str().expect("an id").to_owned();
    place.write("berta", b"la frase secreta de berta");
    place.run_with(&["recover", "--new-passphrase-file", "berta"], made["words"].as_str().expect("words").as_bytes()).done();
    place.write("corta", b"corta");
    place.write("falsa", b"esta no es la frase secreta");
    place.write("home-otra/algo", b"x");
    let sheet = words_of(&std::fs::read_to_string(place.home().join("recovery-words.txt")).expect("the sheet"));
    let file = place.file_of(&case, "cuenta.jsonl");
    let mut listener = Listener::new();
    let zero = "0".repeat(32);
    let ids = place.ids(&case);
    let id = &ids[0];
    let mut hear = |words: &[&str], typed: &str| {
        let ran = place.run_with(words, typed.as_bytes());
        assert!(ran.code.is_some_and(|c| c > 0), "{words:?} is an error: {}{}", ran.out, ran.err);
        listener.hear_run(&words.join(" "), &ran);
    };
    place.run(&["hold", &case, &file]).done();
    hear(&["withdraw", &case, &file], "");
    place.run(&["hold", &case, &file, "--release"]).done();
    for (words, typed) in [
        (&["init", "--unattended"][..], ""),
        (&["init", "--unattended", "--home", "nueva", "--passphrase-file", "corta"], ""),
        (&["case", "list", "--home", "ninguna"], ""),
        (&["case", "list", "--home", "Dropbox"], ""),
        (&["unlock", "--passphrase-file", "falsa"], ""),
        (&["unlock", "--passphrase-file", "no-esta"], ""),
        (&["status", "no-hay"], ""),
        (&["case", "new"], ""),
        (&["case", "new", "-", "--zone", "Marte/Olimpo"], "x"),
        (&["case", "zone", &case, "Marte/Olimpo"], ""),
        (&["party", "add", &case, "-"], "tio Ana"),
        (&["party", "add", &case, "--role", "tio", "-"], "Ana"),
        (&["add", &case, "no-esta.csv"], ""),
        (&["add", &case, "papers", "--from", "Ana"], ""),
        (&["add", &case, "papers", "--whose", "tio"], ""),
        (&["account", &case, "--template", "doc"], ""),
        (&["account", &case, "no-esta.csv"], ""),
        (&["account", &case, "-"], "nada de nada"),
        (&["records", &case, "--kind", "nada"], ""),
        (&["records", &case, "--unmask"], ""),
        (&["records", &case, "--because", "curiosidad"], ""),
        (&["records", &case, "--note", "texto"], ""),
        (&["records", &case, "--now", "ayer"], ""),
        (&["show", &case, "nada"], ""),
        (&["show", &case, &zero], ""),
        (&["show", &case, id, "--out", "no/hay/carpeta.png"], ""),
        (&["timeline", &case, "--from", "julio"], ""),
        (&["timeline", &case, "--to", "julio"], ""),
        (&["timeline", &case, "--as-of", "ayer"], ""),
        (&["coverage", &case, "--claim", "virtud"], ""),
        (&["calls", &case, "--number", "5"], ""),
        (&["find", &case, "-"], ""),
        (&["find", &case, "-"], "¿?"),
        (&["find", "-"], "x"),
        (&["review", &case, "--settle", &zero, "--as", "explained"], ""),
        (&["review", &case, "--settle", &zero], ""),
        (&["review", &case, "--settle", &zero, "--as", "nada"], ""),
        (&["review", &case, "--record", &zero, "--field", "role"], "x"),
        (&["review", &case, "--record", id], "x"),
        (&["review", &case, "--record", id, "--field", "nada"], "x"),
        (&["withdraw", &case, "99"], ""),
        (&["withdraw", &case, "nada"], ""),
        (&["move", &case, &file], ""),
        (&["move", &case, &file, "--whose", "tio"], ""),
        (&["move", &case, &file, "--case", "no-hay"], ""),
        (&["hold", &case, "99"], ""),
        (&["shred", "no-hay"], ""),
        (&["shred", &case, "--cancel"], ""),
        (&["shred", &case, "--agree"], ""),
        (&["verify", &case, "--since", "nada"], ""),
        (&["verify", "--since", "1 cupón alzar fumar circo"], ""),
        (&["backup", "/proc/no-se-puede", "--new"], ""),
        (&["backup", "no-hay"], ""),
        (&["backup", "papers"], ""),
        (&["chronology", &case, "--out", "no/hay/cronologia.pdf"], ""),
        (&["chronology", &case, "--as-of", "ayer"], ""),
        (&["export", &case], ""),
        (&["export", &case, "--out", "papers"], ""),
        (&["export", &case, "--out", "entrega", "--profile", "nada"], ""),
        (&["export", &case, "--out", "entrega", "--to", "nadie"], ""),
        (&["import", "no-hay"], ""),
        (&["import", "papers"], ""),
        (&["demo", "--unattended", "--seed", "siete"], ""),
        (&["restore", "no-hay"], ""),
        (&["restore", "no-hay", "--home", "home-otra"], ""),
        (&["restore", "copia", "--home", "nueva2"], "pocas palabras"),
        (&["restore", "copia", "--home", "nueva2"], &sheet.replacen(sheet.split(' ').next().unwrap_or_default(), "zzz", 1)),
        (&["recover", "--new-passphrase-file", "corta"], &sheet),
        (&["recover", "--words-file", "no-esta"], ""),
        (&["member", "add", "-"], ""),
        (&["member", "add", "-", "--role", "jefa"], "Ana"),
        (&["member", "remove", "nadie"], ""),
        (&["grant", &case, "nadie"], ""),
        (&["grant", &case, &zero], ""),
        (&["grant", "no-hay", &member], ""),
        (&["revoke", &case, &zero], ""),
    ] {
        hear(words, typed);
    }
    place.run(&["lock"]).done();
    for words in [&["records", &case][..], &["case", "new", "-"], &["member", "add", "-"], &["backup", "otra", "--new"], &["shred", &case], &["grant", &case, &member]] {
        hear(&[words, &["--passphrase-file", "berta"]].concat(), "x");
    }
    // A damaged store.
    let broken = place.path("rota");
    assert!(std::process::Command::new("cp").arg("-a").arg(place.home()).arg(&broken).status().expect("cp runs").success());
    for (name, bytes) in [("office.db-wal", &b""[..]), ("office.db", b"esto no es una base de datos, aunque es bastante larga")] {
        std::fs::write(broken.join(name), bytes).expect("damage");
        hear(&["case", "list", "--home", "rota"], "");
    }
    listener.nothing();
}
