//! README's own commands, run as they are written, in a home of their own.
//!
//! What a person would type at a question is given on standard input; the handle that the README invents is
//! replaced by the one that was printed, and its stick by a folder.

use crate::crash::words_of;
use crate::place::{PROGRAM, Place, Ran, ran};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

/// The lines of the `sh` blocks, without their remarks.
fn commands(text: &str) -> Vec<String> {
    let (mut lines, mut inside) = (Vec::new(), false);
    for line in text.lines() {
        match line.trim_end() {
            "```sh" => inside = true,
            "```" => inside = false,
            line if inside => lines.push(line.split("  #").next().unwrap_or_default().trim().to_owned()),
            _ => {}
        }
    }
    lines.retain(|line| !line.is_empty() && !line.starts_with('#'));
    lines
}

/// The first run as a person has it: six answers, then the words of the sheet typed back.
fn first_run(place: &Place) {
    let mut child = home_of_its_own(place).arg("init").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut typed = child.stdin.take().expect("a pipe");
    typed.write_all("en\nLa Casa\n\nBerta Núñez\nno\n".as_bytes()).expect("six answers, the passphrase from its file");
    let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut sheet = String::new();
    // Three columns of eight.
    while sheet.lines().filter(|l| l.starts_with(' ')).count() < 8 {
        assert!(said.read_line(&mut sheet).expect("text") > 0, "{sheet}");
    }
    // A sheet that was typed wrong is not taken.
    writeln!(typed, "{}", words_of(&sheet).replacen(' ', " zoo ", 1)).expect("wrong words");
    writeln!(typed, "{}", words_of(&sheet)).expect("the words");
    drop(typed);
    std::io::Read::read_to_string(&mut said, &mut sheet).expect("text");
    assert!(child.wait().expect("it ends").success(), "{sheet}");
}

/// The room says where it is, and stays until it is ended.
fn reading_room(place: &Place) {
    let mut child = home_of_its_own(place).arg("serve").stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut said = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut said).expect("text");
    child.kill().expect("it is running");
    child.wait().expect("it ends");
    assert!(said.contains("http://127.0.0.1:"), "{said}");
}

fn home_of_its_own(place: &Place) -> std::process::Command {
    let mut command = place.command();
    command.env_remove("AMPARO_HOME");
    command
}

#[test]
fn the_commands_of_the_readme_work_as_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("README.md")).expect("the README");
    let makefile = std::fs::read_to_string(root.join("Makefile")).expect("the Makefile");
    let place = Place::empty();
    place.write("papers/client/calls.xml", &crate::papers::many_calls("+14155550201", 0, 9));
    place.write("papers/spouse/account.jsonl", crate::papers::ACCOUNT.as_bytes());
    place.write("papers/unsorted/calls.xml", &crate::papers::many_calls("+14155550277", 0, 9));
    // A stick that is plugged in, and empty.
    let stick = place.path("stick").display().to_string();
    std::fs::create_dir(&stick).expect("a folder");
    let (mut handle, mut run, mut last) = ("lima-tambor".to_owned(), 0, String::new());
    for line in commands(&text) {
        if let Some(target) = line.strip_prefix("make ") {
            assert!(makefile.lines().any(|l| l.starts_with(&format!("{target}:"))), "there is no `make {target}`");
            continue;
        }
        let Some(typed) = line.strip_prefix("amparo ") else {
            assert!(line.starts_with("export PATH="), "what is `{line}`?");
            continue;
        };
        run += 1;
        let typed = typed.replace("lima-tambor", &handle).replace("/media/stick", &stick).replace(" 12 ", &format!(" {last} "));
        if typed == "init" {
            first_run(&place);
            continue;
        }
        if typed == "serve" {
            reading_room(&place);
            continue;
        }
        let answer = match typed.split(' ').collect::<Vec<_>>()[..] {
            ["case", "new", ..] => "Ruiz\n",
            ["party", _, "add"] => "client\nAna Ruiz\n",
            ["party", _, "add", "--role", _] => "Luis Peña\n",
            ["find", _] => "bakery\n",
            _ => "",
        };
        let mut command = home_of_its_own(&place);
        command.args(typed.split(' '));
        let done: Ran = ran(command, answer.as_bytes());
        assert_eq!(done.code, Some(0), "`{line}` of the README does not work:\n{}{}", done.out, done.err);
        // The number of the last file that a list names.
        let row = |l: &str| Some((l.split_whitespace().next()?.to_owned(), l.split_whitespace().nth(1)?.contains('.')));
        if let Some((number, _)) = done.out.lines().filter_map(row).filter(|(_, file)| *file && typed.starts_with("add ")).last() {
            last = number;
        }
        if typed.starts_with("case new") {
            handle = done.out.split_whitespace().find(|w| w.contains('-')).expect("a handle").to_owned();
        }
    }
    assert!(!last.is_empty() && run > 8, "the README shows a first case");
    let mut lock = home_of_its_own(&place);
    lock.arg("lock");
    ran(lock, b"").done();
    assert!(Path::new(PROGRAM).is_file() && place.path("chronology.pdf").is_file());
}

#[test]
fn commands_are_found_in_their_blocks() {
    let text = "a\n```sh\none  # why\n\ntwo --x\n```\n```text\nno\n```\n```sh\nthree\n```\n";
    assert_eq!(commands(text), ["one", "two --x", "three"]);
}
