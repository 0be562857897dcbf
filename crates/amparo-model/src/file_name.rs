//! Whom a file's name tells of: telephones name an exported conversation after the other person.
//!
//! The reader takes the conversation's name from here; whoever shows a file's name hides that person with it.

use crate::numbers::mask_number;
use std::borrow::Cow;
use std::ops::Range;

/// What stands before the person, as the telephones of the languages write it.
const BEFORE: &[&str] = &[
    "WhatsApp Chat with ",
    "WhatsApp Chat - ",
    "Chat de WhatsApp con ",
    "Conversación de WhatsApp con ",
    "Conversacio\u{301}n de WhatsApp con ",
    "Conversa do WhatsApp com ",
    "Conversa de WhatsApp com ",
    "Discussion WhatsApp avec ",
    "WhatsApp Chat mit ",
    "WhatsApp-Chat mit ",
    "Chat WhatsApp con ",
    "WhatsApp-chat met ",
    "Chat de WhatsApp - ",
    "Conversa do WhatsApp - ",
];

/// What stands after the person, and before the time, in an archive of Google Voice.
const AFTER: &[&str] = &[" - Placed - ", " - Received - ", " - Missed - ", " - Voicemail - ", " - Recorded - ", " - Text - "];

const ENDINGS: &[&str] = &[".txt", ".zip", ".html", ".htm", ".csv", ".json", ".pdf"];

/// Where the other person stands in a file's or a folder's own name (no path), if it is named after one.
pub fn contact(name: &str) -> Option<Range<usize>> {
    if !may_tell(name) {
        return None;
    }
    let ending = ENDINGS.iter().find(|e| name.len() > e.len() && same(name.get(name.len() - e.len()..), e)).map_or(0, |e| e.len());
    let mut end = name.len() - ending;
    let begin = name.char_indices().find_map(|(at, _)| BEFORE.iter().find(|b| same(name.get(at..at + b.len()), b)).map(|b| at + b.len()));
    let found = if let Some(begin) = begin {
        // A second download of the same name: "Rosa (1)".
        let again = name.get(begin..end)?.strip_suffix(')').and_then(|t| t.rsplit_once(" (")).filter(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        if let Some((title, _)) = again {
            end = begin + title.len();
        }
        begin..end
    } else {
        let dated = |at: usize, mark: &str| name.get(at + mark.len()..)?.starts_with(|c: char| c.is_ascii_digit()).then_some(at);
        0..AFTER.iter().find_map(|mark| dated(name.rfind(mark)?, mark))?
    };
    name.get(found.clone()).is_some_and(|person| !person.trim().is_empty()).then_some(found)
}

/// Most names tell of nobody, and every record has one: this is quick.
fn may_tell(path: &str) -> bool {
    path.contains(" - ") || path.as_bytes().windows(8).any(|part| part.eq_ignore_ascii_case(b"whatsapp"))
}

/// Equal but for capitals; some programs write `_` for a space.
fn same(part: Option<&str>, wanted: &str) -> bool {
    part.is_some_and(|part| part.len() == wanted.len() && part.bytes().zip(wanted.bytes()).all(|(a, b)| a.eq_ignore_ascii_case(&b) || (a, b) == (b'_', b' ')))
}

/// A path or name with the other persons in it hidden: `papers/WhatsApp Chat with ....txt`.
pub fn masked(path: &str) -> Cow<'_, str> {
    if !may_tell(path) {
        return Cow::Borrowed(path);
    }
    let one = |name: &str| match contact(name) {
        None => name.to_owned(),
        Some(at) => {
            let person = &name[at.clone()];
            let number = person.bytes().filter(u8::is_ascii_digit).count() > 5 && !person.chars().any(char::is_alphabetic);
            let hidden = if number { mask_number(person) } else { "...".to_owned() };
            format!("{}{hidden}{}", &name[..at.start], &name[at.end..])
        }
    };
    Cow::Owned(path.split('/').map(one).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversations_file_does_not_tell_with_whom() {
        for (name, want) in [
            ("WhatsApp Chat with Rosa Peña.txt", "WhatsApp Chat with ....txt"),
            ("WhatsApp Chat with Rosa Peña (1).txt", "WhatsApp Chat with ... (1).txt"),
            ("papers/Copy of whatsapp_chat_with_Rosa.TXT", "papers/Copy of whatsapp_chat_with_....TXT"),
            ("WhatsApp Chat - Dr.Ana/_chat.txt", "WhatsApp Chat - .../_chat.txt"),
            ("Chat de WhatsApp con +52 55 1234 5678.txt", "Chat de WhatsApp con +52 55 ... 78.txt"),
            ("Conversación de WhatsApp con Rosa.zip", "Conversación de WhatsApp con ....zip"),
            ("Conversacio\u{301}n de WhatsApp con Rosa.zip", "Conversacio\u{301}n de WhatsApp con ....zip"),
            ("Rosa Peña - Placed - 2021-06-07T21_10_27Z.html", "... - Placed - 2021-06-07T21_10_27Z.html"),
            ("+14155552671 - Text - 2021-06-07T21_10_27Z.html", "+1 415 ... 71 - Text - 2021-06-07T21_10_27Z.html"),
            ("Bill - Text - notes.html", "Bill - Text - notes.html"),
            ("WhatsApp Chat with .txt", "WhatsApp Chat with .txt"),
            ("WhatsApp Chat.txt", "WhatsApp Chat.txt"),
            ("_chat.txt", "_chat.txt"),
            ("2021/enero.pdf", "2021/enero.pdf"),
            ("", ""),
        ] {
            assert_eq!(masked(name), want);
        }
    }
}
