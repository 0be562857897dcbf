//! Many short texts in one piece of memory: a batch of calls names ten thousands of numbers, and each of them as a
//! text of its own would be asked for, copied and given back one by one.

use std::fmt;

/// Texts one behind the other, each known by its place.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Texts {
    all: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Texts {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn get(&self, i: usize) -> Option<&str> {
        let end = *self.ends.get(i)?;
        let start = i.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.all.get(start as usize..end as usize)
    }

    /// One text more, and its place. Together they are shorter than 4 GiB: batches are bounded.
    pub fn push(&mut self, text: &str) -> u32 {
        self.all.push_str(text);
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.ends.len() as u32 - 1
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| self.all.get(std::mem::replace(&mut start, *end) as usize..*end as usize).unwrap_or_default())
    }

    /// Where this text stands, looked for from the end.
    pub fn rposition(&self, text: &str) -> Option<usize> {
        (0..self.len()).rev().find(|i| self.get(*i) == Some(text))
    }

    /// The texts joined, and where each ends.
    pub fn parts(&self) -> (&str, &[u32]) {
        (&self.all, &self.ends)
    }

    /// As [`Texts::parts`] gave them; `None` where an end lies before the one before it, inside a letter, or the last is not the end.
    pub fn of_parts(all: String, ends: Vec<u32>) -> Option<Texts> {
        let whole = ends.last().map_or(0, |end| *end as usize) == all.len();
        let rising = ends.is_sorted() && (all.is_ascii() || ends.iter().all(|end| all.is_char_boundary(*end as usize)));
        (whole && rising).then_some(Texts { all, ends })
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a> FromIterator<&'a str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Texts {
        let mut out = Texts::default();
        for text in texts {
            out.push(text);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_places_and_foreign_parts_are_looked_at() {
        let want = ["", "ñ", "", "+14155552671"];
        let texts: Texts = want.into_iter().collect();
        assert!(texts.iter().eq(want));
        assert_eq!((0..5).map(|i| texts.get(i)).collect::<Vec<_>>(), [Some(""), Some("ñ"), Some(""), Some("+14155552671"), None]);
        assert_eq!((texts.rposition(""), texts.rposition("x")), (Some(2), None));
        let (all, ends) = texts.parts();
        assert_eq!(Texts::of_parts(all.to_owned(), ends.to_vec()), Some(texts.clone()));
        for bad in [vec![], vec![13], vec![1, 14], vec![2, 0, 14], vec![2, 15]] {
            assert_eq!(Texts::of_parts(all.to_owned(), bad), None);
        }
        assert_eq!(Texts::of_parts(String::new(), vec![0, 0]).map(|t| t.len()), Some(2));
    }
}
