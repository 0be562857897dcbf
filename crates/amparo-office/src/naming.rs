//! Naming by the beginning of an id: whoever types 32 signs will mistype one.

use crate::problem::{Exit, Problem, Result};
use std::fmt::Display;

/// The shortest beginning that names something.
const LEAST: usize = 6;
/// Candidates that are listed where a beginning names several.
const LISTED: usize = 10;

/// The beginning of an id as typed: six digits of hexadecimal or more, at most `most`, in small letters.
pub fn beginning(text: &str, most: usize) -> Option<String> {
    let small = text.trim().to_ascii_lowercase();
    let fits = (LEAST..=most).contains(&small.len()) && small.bytes().all(|b| b.is_ascii_hexdigit());
    fits.then_some(small)
}

/// The one thing whose id begins so; `None` where there is none. Where there are several, they are listed.
pub fn named<T: PartialEq>(all: impl Iterator<Item = T>, id: impl Fn(&T) -> String, begins: &str) -> Result<Option<T>> {
    let mut found: Vec<T> = Vec::new();
    for one in all {
        let text = id(&one);
        // A whole id names one thing, wherever else it stands.
        if text == begins {
            return Ok(Some(one));
        }
        if text.starts_with(begins) && !found.contains(&one) {
            found.push(one);
        }
    }
    if found.len() < 2 {
        return Ok(found.pop());
    }
    let mut listed: Vec<String> = found.iter().take(LISTED).map(id).collect();
    if found.len() > LISTED {
        listed.push("...".to_owned());
    }
    Err(several(begins, &listed.join(", ")))
}

fn several(value: impl Display, candidates: &str) -> Problem {
    Problem::new(Exit::Usage, "problem-several-begin-so").with("value", value).with("candidates", candidates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_names_one_thing_or_lists_those_it_may_be() {
        let ids = ["abcdef01", "abcdef02", "0123456f", "abcdef02"];
        let check = |begins: &str, expected: std::result::Result<Option<&str>, &str>| {
            let got = named(ids.iter().copied(), |id| (*id).to_owned(), begins);
            let got = got.map_err(|p| p.args.iter().find(|(name, _)| *name == "candidates").map(|(_, value)| value.clone()).unwrap_or_default());
            assert_eq!(got.as_ref().map(|one| *one).map_err(String::as_str), expected, "{begins}");
        };
        check("012345", Ok(Some("0123456f")));
        check("abcdef02", Ok(Some("abcdef02")));
        check("fffffff", Ok(None));
        check("abcdef", Err("abcdef01, abcdef02"));
    }

    #[test]
    fn what_is_too_short_or_no_id_is_no_beginning() {
        for (text, expected) in [("abcde", None), ("ABCDEF", Some("abcdef")), (" abcdef0 ", Some("abcdef0")), ("abcdeg", None), ("0123456789", None), ("", None)] {
            assert_eq!(beginning(text, 8).as_deref(), expected, "{text}");
        }
    }
}
