//! Files that a browser hands over: written into memory as they come, never to the disk in plain.

use super::job::Dropped;
use super::multipart::{Form, Next};
use crate::gather::{Taken, companions_by_name};
use crate::reading;
use amparo_office::{Exit, Problem, Result, why};
use axum::body::{Body, Bytes, HttpBody};
use std::io::{self, Write};
use std::pin::Pin;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// What is held in memory at once. Larger files are given by their path, on the command line.
const FILE: u64 = 1 << 30;
const ALL: u64 = 2 << 30;
/// A word of the form beside the files.
const WORD: usize = 4 << 10;
/// Fields of the form beside the files.
const WORDS: usize = 16;

/// A browser of this machine does not pause for so long within a form.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// The largest form comes in less, from the slowest stick.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// A form with its files. What cannot be taken is a problem to be said, and then none of the files is kept.
pub struct Brought {
    pub fields: Vec<(String, String)>,
    pub files: Result<Vec<Dropped>>,
}

/// Counts bytes as they come.
#[derive(Default)]
struct Weight {
    file: u64,
    all: u64,
}

impl Weight {
    fn next_file(&mut self) {
        self.file = 0;
    }

    /// Whether so many more still fit.
    fn add(&mut self, bytes: u64) -> bool {
        self.file += bytes;
        self.all += bytes;
        self.file <= FILE && self.all <= ALL
    }
}

/// Reads the form to its end, whatever it holds: a browser that is cut off shows no sentence.
pub async fn brought(content_type: &str, mut body: Body) -> Brought {
    let mut taking = Taking { part: Part::None, fields: Vec::new(), files: Vec::new(), weight: Weight::default() };
    let mut form = Form::of(content_type);
    let mut done = form.as_ref().map(|_| ()).ok_or_else(broken);
    let mut ended = false;
    let began = Instant::now();
    loop {
        while let (Ok(()), Some(form)) = (&done, &mut form) {
            done = match form.next() {
                Next::Wait => break,
                Next::Part { field, file } => taking.begin(field, file),
                Next::Bytes(bytes) => taking.more(&bytes),
                Next::End if ended => break,
                Next::End => {
                    ended = true;
                    taking.end()
                }
                Next::Broken => Err(broken()),
            };
        }
        if done.is_err() {
            // What follows is read and let go, and so is what came before.
            (taking.part, taking.files) = (Part::None, Vec::new());
        }
        match (timeout(PATIENCE, some(&mut body)).await, &mut form) {
            (Ok(Some(Ok(_))), _) if began.elapsed() > LONGEST => break,
            (Ok(Some(Ok(bytes))), Some(form)) if done.is_ok() => form.push(&bytes),
            (Ok(Some(Ok(_))), _) => {}
            // All of it came, or nothing more will.
            (Ok(None | Some(Err(_))) | Err(_), _) => break,
        }
    }
    if done.is_ok() && !ended {
        done = Err(broken());
    }
    Brought { fields: taking.fields, files: done.map(|()| givings(taking.files)) }
}

fn broken() -> Problem {
    Problem::new(Exit::Usage, "problem-form-broken")
}

/// What a file of a form could not be held for.
fn not_held(error: &io::Error) -> Problem {
    use rustix::io::Errno;
    let full = [Errno::MFILE, Errno::NFILE].iter().any(|e| error.raw_os_error() == Some(e.raw_os_error()));
    if full { Problem::new(Exit::Store, "problem-dropped-too-many") } else { Problem::new(Exit::Store, "problem-store").with("why", why(error)) }
}

/// The next bytes of a body.
async fn some(body: &mut Body) -> Option<std::result::Result<Bytes, axum::Error>> {
    loop {
        match std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await? {
            Ok(frame) => match frame.into_data() {
                Ok(bytes) => return Some(Ok(bytes)),
                // What may follow a body says nothing here.
                Err(_) => continue,
            },
            Err(error) => return Some(Err(error)),
        }
    }
}

/// A form while it comes.
struct Taking {
    part: Part,
    fields: Vec<(String, String)>,
    files: Vec<(String, Taken)>,
    weight: Weight,
}

enum Part {
    None,
    Word(String, Vec<u8>),
    File(String, std::fs::File),
}

impl Taking {
    fn begin(&mut self, field: String, file: Option<String>) -> Result<()> {
        self.end()?;
        self.part = match file {
            None => Part::Word(field, Vec::new()),
            Some(path) => {
                self.weight.next_file();
                Part::File(path, reading::in_memory().map_err(|e| not_held(&e))?)
            }
        };
        Ok(())
    }

    fn more(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.part {
            Part::None => Err(broken()),
            Part::Word(_, word) if word.len() + bytes.len() > WORD => Err(broken()),
            Part::Word(_, word) => {
                word.extend_from_slice(bytes);
                Ok(())
            }
            Part::File(..) if !self.weight.add(bytes.len() as u64) => Err(Problem::new(Exit::Usage, "problem-dropped-too-large")),
            Part::File(_, file) => file.write_all(bytes).map_err(|e| not_held(&e)),
        }
    }

    /// The part that began last is whole.
    fn end(&mut self) -> Result<()> {
        match std::mem::replace(&mut self.part, Part::None) {
            Part::None => {}
            Part::Word(field, word) => {
                let word = String::from_utf8(word).map_err(|_| broken())?;
                if self.fields.len() == WORDS {
                    return Err(broken());
                }
                self.fields.push((field, word));
            }
            // A field for files in which none was chosen.
            Part::File(path, _) if path.is_empty() && self.weight.file == 0 => {}
            Part::File(path, file) => {
                let sealed = reading::seal(file).map_err(|e| not_held(&e))?;
                self.files.push((path.clone(), Taken::held(last(&path).to_owned(), self.weight.file, sealed)));
            }
        }
        Ok(())
    }
}

/// The name of a file without the folders before it.
fn last(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A database and what lies beside it are one giving.
fn givings(files: Vec<(String, Taken)>) -> Vec<Dropped> {
    let names: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut files: Vec<Option<(String, Taken)>> = files.into_iter().map(Some).collect();
    let mut take = |i: usize| files.get_mut(i).and_then(Option::take);
    let joined = companions_by_name(&names).into_iter().filter_map(|(i, beside)| {
        let (path, taken) = take(i)?;
        let beside = beside.into_iter().filter_map(|i| take(i).map(|(_, taken)| taken)).collect();
        let path = if path.contains('/') { path } else { String::new() };
        Some(Dropped { taken, path, beside })
    });
    joined.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gibibyte_a_file_and_two_at_once() {
        #[track_caller]
        fn check(files: &[u64], fits: bool) {
            let mut weight = Weight::default();
            let all = files.iter().all(|bytes| {
                weight.next_file();
                weight.add(*bytes)
            });
            assert_eq!(all, fits, "{files:?}");
        }
        check(&[], true);
        check(&[0, 1], true);
        check(&[1 << 30], true);
        check(&[(1 << 30) + 1], false);
        check(&[1 << 30, 1 << 30], true);
        check(&[1 << 30, 1 << 30, 1], false);
        check(&[800 << 20, 800 << 20, 800 << 20], false);
    }

    #[test]
    fn dropped_names_and_folders() {
        #[track_caller]
        fn check(names: &[&str], expected: &[(&str, &str, &[&str])]) {
            let files = names.iter().map(|n| ((*n).to_owned(), Taken::of(last(n).to_owned(), b"x").expect("memory"))).collect();
            let found: Vec<_> = givings(files).into_iter().map(|d| (d.taken.name, d.path, d.beside.into_iter().map(|t| t.name).collect::<Vec<_>>())).collect();
            let expected: Vec<_> = expected.iter().map(|(n, p, b)| ((*n).to_owned(), (*p).to_owned(), b.iter().map(|b| (*b).to_owned()).collect::<Vec<_>>())).collect();
            assert_eq!(found, expected);
        }
        check(&["calls.xml", "sms.db", "sms.db-wal"], &[("calls.xml", "", &[]), ("sms.db", "", &["sms.db-wal"])]);
        check(&["stick/one/a.csv", "stick/sms.db-wal", "stick/sms.db"], &[("a.csv", "stick/one/a.csv", &[]), ("sms.db", "stick/sms.db", &["sms.db-wal"])]);
        check(&["C:\\papers\\a.pdf"], &[("a.pdf", "", &[])]);
    }
}
