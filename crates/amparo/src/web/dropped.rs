//! Files that a browser hands over: written into memory as they come, never to the disk in plain.

use super::job::Dropped;
use crate::gather::{Taken, companions_by_name};
use crate::reading;
use amparo_office::{Exit, Problem, Result, why};
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use std::io::Write;

/// What is held in memory at once. Larger files are given by their path, on the command line.
const FILE: u64 = 1 << 30;
const ALL: u64 = 2 << 30;
/// A word of the form beside the files.
const WORD: usize = 4 << 10;
/// Fields of the form beside the files.
const WORDS: usize = 16;

/// A form with its files; those that are too large are a problem to be said, and none of them is kept.
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
pub async fn brought(mut form: Multipart) -> std::result::Result<Brought, StatusCode> {
    let broken = |_: MultipartError| StatusCode::BAD_REQUEST;
    let mut fields = Vec::new();
    let mut taken: Result<Vec<(String, Taken)>> = Ok(Vec::new());
    let mut weight = Weight::default();
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(path) = field.file_name().map(str::to_owned) else {
            if fields.len() == WORDS {
                return Err(StatusCode::BAD_REQUEST);
            }
            fields.push((name, word(&mut field).await?));
            continue;
        };
        let mut file = match &taken {
            Ok(_) => Some(reading::in_memory().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?),
            Err(_) => None,
        };
        weight.next_file();
        while let Some(part) = field.chunk().await.map_err(broken)? {
            let kept = match (weight.add(part.len() as u64), &mut file) {
                (_, None) => Ok(()),
                (true, Some(file)) => file.write_all(&part).map_err(|e| Problem::new(Exit::Store, "problem-store").with("why", why(&e))),
                (false, Some(_)) => Err(Problem::new(Exit::Usage, "problem-dropped-too-large")),
            };
            if let Err(problem) = kept {
                (taken, file) = (Err(problem), None);
            }
        }
        let (Some(file), Ok(taken)) = (file, &mut taken) else { continue };
        // A field for files in which none was chosen.
        if path.is_empty() && weight.file == 0 {
            continue;
        }
        let sealed = reading::seal(file).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        taken.push((path.clone(), Taken::held(last(&path).to_owned(), weight.file, sealed)));
    }
    Ok(Brought { fields, files: taken.map(givings) })
}

async fn word(field: &mut Field<'_>) -> std::result::Result<String, StatusCode> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|_| StatusCode::BAD_REQUEST)? {
        bytes.extend_from_slice(&part);
        if bytes.len() > WORD {
            return Err(StatusCode::BAD_REQUEST);
        }
    }
    String::from_utf8(bytes).map_err(|_| StatusCode::BAD_REQUEST)
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
