//! What went wrong, with its facts; the words are found at the door, in the reader's language.

/// What a program that called this one may conclude.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// The answer is no: verify failed, a named file was not kept.
    No = 1,
    Usage = 2,
    NotAllowed = 3,
    /// The store or the disk failed.
    Store = 4,
}

/// A message's id, what goes into it, and how the program ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub id: &'static str,
    pub args: Vec<(&'static str, String)>,
    pub exit: Exit,
}

impl Problem {
    pub fn new(exit: Exit, id: &'static str) -> Problem {
        Problem { id, args: Vec::new(), exit }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Problem {
        self.args.push((name, value.to_string()));
        self
    }
}

pub type Result<T> = std::result::Result<T, Problem>;
