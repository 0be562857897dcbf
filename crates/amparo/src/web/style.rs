//! The parts that pages are made of, on one page: for whoever writes the next one.

use super::answer::{Answer, Asked};
use super::room::Room;
use super::shell::Shell;
use amparo_office::Result;
use askama::Template;

#[derive(Template)]
#[template(path = "styleguide.html")]
struct Page {
    shell: Shell,
    signs: Vec<(&'static str, String)>,
    inks: Vec<&'static str>,
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    const SIGNS: [(&str, &str); 9] = [
        ("b-strong", "page-proven"),
        ("b-fair", "page-proven-fair"),
        ("b-weak", "page-weak"),
        ("b-none", "page-ask-word"),
        ("b-reach", "page-out-of-reach"),
        ("g-differ", "page-sign-differ"),
        ("g-read", "page-sign-read"),
        ("g-part", "page-sign-part"),
        ("g-unread", "page-sign-unread"),
    ];
    let signs = SIGNS.iter().map(|(sign, word)| (*sign, asked.speech.word(word))).collect();
    let inks = vec!["ink", "ink2", "line", "proof", "weak", "reach", "alarm", "work", "phone", "immig"];
    Answer::page(&Page { shell: Shell::of(room, asked), signs, inks })
}
