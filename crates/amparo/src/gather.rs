//! Gathering: what lies under the paths a person named, and each file held still while it is kept and read.
//!
//! Nothing is followed out of a named folder: a link inside it is listed and left alone. A database and
//! what lies beside it (`-wal`) are one giving.

use crate::reading::{self, Beside, Options, ReadFailure, Workers, sealed_by};
use amparo_model::Sha256;
use amparo_model::file_name;
use amparo_model::wire::{FromWorker, Ready};
use amparo_office::accession::{self, ReadFile};
use amparo_office::{Apart, Exit, Look, OpenCase, Problem, why};
use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// One file to give.
pub struct Found {
    pub path: PathBuf,
    /// Below what was named, folders and all; empty for a file that was named itself.
    pub below: String,
    pub companions: Vec<PathBuf>,
}

/// Something that cannot be given, and a reason code.
pub struct Left {
    pub path: PathBuf,
    pub reason: &'static str,
}

/// Everything under the named paths, in order of their names.
pub fn walk(named: &[PathBuf]) -> (Vec<Found>, Vec<Left>) {
    let (mut files, mut left) = (Vec::new(), Vec::new());
    for path in named {
        match std::fs::metadata(path) {
            Err(_) => left.push(Left { path: path.clone(), reason: "cannot-open" }),
            Ok(meta) if meta.is_dir() => folder(path, path, &mut files, &mut left, 0),
            Ok(meta) if meta.is_file() => files.push(Found { path: path.clone(), below: String::new(), companions: Vec::new() }),
            Ok(_) => left.push(Left { path: path.clone(), reason: "not-a-file" }),
        }
    }
    (with_companions(files), left)
}

/// Deeper folders than this are nobody's papers.
const DEEPEST: usize = 64;

fn folder(root: &Path, path: &Path, files: &mut Vec<Found>, left: &mut Vec<Left>, depth: usize) {
    let mut leave = |path: &Path, reason| left.push(Left { path: path.to_owned(), reason });
    if depth > DEEPEST {
        return leave(path, "folder-too-deep");
    }
    let Ok(entries) = std::fs::read_dir(path) else {
        return leave(path, "cannot-open");
    };
    let mut inside = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => inside.push(entry.path()),
            Err(_) => leave(path, "cannot-open"),
        }
    }
    inside.sort();
    for path in inside {
        match std::fs::symlink_metadata(&path) {
            Err(_) => left.push(Left { path, reason: "cannot-open" }),
            Ok(meta) if meta.is_symlink() => left.push(Left { path, reason: "symbolic-link" }),
            Ok(meta) if meta.is_dir() => folder(root, &path, files, left, depth + 1),
            Ok(meta) if meta.is_file() => {
                let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
                files.push(Found { path, below, companions: Vec::new() });
            }
            Ok(_) => left.push(Left { path, reason: "not-a-file" }),
        }
    }
}

/// Joins each database with its `-wal` and `-shm`, which are then no files of their own.
fn with_companions(files: Vec<Found>) -> Vec<Found> {
    let beside = |path: &Path, ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let mut taken: BTreeSet<PathBuf> = BTreeSet::new();
    let mut files = files;
    for file in &mut files {
        let name = file.path.to_string_lossy();
        if name.ends_with("-wal") || name.ends_with("-shm") {
            continue;
        }
        for ending in ["-wal", "-shm"] {
            let path = beside(&file.path, ending);
            if std::fs::symlink_metadata(&path).is_ok_and(|m| m.is_file()) {
                taken.insert(path.clone());
                file.companions.push(path);
            }
        }
    }
    files.retain(|f| !taken.contains(&f.path));
    files
}

/// Files that came by name only, as [`with_companions`] joins files of this disk: each file's place in the list,
/// with the places of what lies beside it.
pub fn companions_by_name(names: &[&str]) -> Vec<(usize, Vec<usize>)> {
    let beside = |name: &str| ["-wal", "-shm"].into_iter().filter_map(|ending| names.iter().position(|other| other.strip_suffix(ending) == Some(name))).collect();
    let mut all: Vec<(usize, Vec<usize>)> = names.iter().enumerate().map(|(i, name)| (i, beside(name))).collect();
    let taken: BTreeSet<usize> = all.iter().flat_map(|(_, beside)| beside).copied().collect();
    all.retain(|(i, _)| !taken.contains(i));
    all
}

/// Files up to this size are held in memory while they are kept and read, so that both see the same bytes.
const HELD: u64 = 8 << 20;

/// An open file whose bytes do not change under the work, or whose change is noticed.
pub struct Taken {
    pub name: String,
    pub bytes: u64,
    pub file: File,
    /// A larger file stays where it is; how it looked when it was opened.
    before: Option<Metadata>,
}

impl Taken {
    pub fn open(path: &Path) -> io::Result<Taken> {
        // A pipe put in the file's place since it was listed must not hang the run.
        let mut file = std::fs::OpenOptions::new().read(true).custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32).open(path)?;
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if meta.len() > HELD {
            return Ok(Taken { name, bytes: meta.len(), file, before: Some(meta) });
        }
        let mut bytes = Vec::with_capacity(meta.len() as usize);
        (&mut file).take(HELD + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > HELD {
            let meta = file.metadata()?; // it grew while it was opened
            return Ok(Taken { name, bytes: meta.len(), file, before: Some(meta) });
        }
        Taken::of(name, &bytes)
    }

    /// Bytes that are no file of this disk, given under a name.
    pub fn of(name: String, bytes: &[u8]) -> io::Result<Taken> {
        Ok(Taken { name, bytes: bytes.len() as u64, file: File::from(reading::sealed(bytes)?), before: None })
    }

    /// A sealed descriptor that holds a kept paper in plain.
    pub fn held(name: String, bytes: u64, fd: std::os::fd::OwnedFd) -> Taken {
        Taken { name, bytes, file: File::from(fd), before: None }
    }

    /// Whether it is still what it was when it was opened.
    pub fn unchanged(&self) -> bool {
        let same = |now: &Metadata, was: &Metadata| now.len() == was.len() && now.mtime() == was.mtime() && now.mtime_nsec() == was.mtime_nsec();
        self.before.as_ref().is_none_or(|was| self.file.metadata().is_ok_and(|now| same(&now, was)))
    }

    pub fn sha256(&mut self) -> io::Result<Sha256> {
        let mut hash = amparo_model::ids::Hasher::default();
        self.file.seek(SeekFrom::Start(0))?;
        let mut buffer = vec![0; 256 << 10];
        loop {
            match self.file.read(&mut buffer)? {
                0 => break,
                n => hash.update(&buffer[..n]),
            }
        }
        self.file.seek(SeekFrom::Start(0))?;
        Ok(hash.finish())
    }
}

/// How a taken file is read by the reading process: the closure that the office calls.
pub fn reader<'a>(workers: &'a Workers, taken: &'a Taken, beside: &'a [Taken], options: &'a Options) -> Box<ReadFile<'a>> {
    Box::new(move |hear: &mut dyn FnMut(FromWorker) -> bool| {
        // The file's place is shared by whoever holds it open: a descriptor of its own for the reader.
        let file = taken.file.try_clone().map_err(|_| "cannot-open".to_owned())?;
        let others: Vec<Beside<'_>> = beside.iter().map(|t| Beside { name: t.name.clone(), file: t.file.as_fd() }).collect();
        let mut sink = |frame| if hear(frame) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        let report = workers.read(&file, &taken.name, taken.bytes, &others, options, &mut sink);
        if !taken.unchanged() || !beside.iter().all(Taken::unchanged) {
            return Err("file-changed".to_owned());
        }
        report.map_err(|e: ReadFailure| e.reason().to_owned())
    })
}

/// A kept paper in plain as a descriptor that lives in memory only.
pub fn held(name: String, plain: &mut dyn Read) -> amparo_office::Result<Taken> {
    let store = |e: std::io::Error| Problem::new(Exit::Store, "problem-store").with("why", why(&e));
    let mut bytes = 0;
    let fd = sealed_by(|file| {
        bytes = std::io::copy(plain, file)?;
        file.flush()
    })
    .map_err(store)?;
    Ok(Taken::held(name, bytes, fd))
}

/// The reading process that lies beside this program, started.
pub fn workers() -> amparo_office::Result<Workers> {
    let problem = |why: String| Problem::new(Exit::Store, "problem-worker").with("why", why);
    let program = Workers::beside().map_err(|e| problem(why(&e)))?;
    Workers::start(&program).map_err(|e| match e {
        ReadFailure::NotStarted(e) => problem(why(&e)),
        other => problem(other.reason().to_owned()),
    })
}

/// What the reading process could not make.
pub fn unmade(failure: ReadFailure) -> Problem {
    Problem::new(Exit::Store, "problem-worker").with("why", failure.reason())
}

/// The version of a reader that would read now.
pub fn newest(ready: &Ready, reader: &str) -> Option<u32> {
    ready.readers.iter().filter_map(|r| r.split_once('@')).find(|(name, _)| *name == reader)?.1.parse().ok()
}

/// Keeps and reads an archive's other files on their own, before one of them goes with it; `begins` hears each
/// name and how many there are.
pub fn the_others(
    workers: &Workers,
    options: &Options,
    (case, look): (&mut OpenCase, &Look),
    of: u64,
    inside: &str,
    begins: &mut dyn FnMut(&str, usize),
) -> amparo_office::Result<Vec<Apart>> {
    let inner = case.paths_inside(look, of)?;
    let paths: Vec<String> = inner.iter().map(|(path, _)| path.clone()).collect();
    let (name, _, mut body) = case.fetch(look, of)?;
    let archive = held(name, &mut body)?;
    let wanted = accession::others_in(&paths, inside);
    let all = wanted.len();
    let mut others = Vec::new();
    for path in wanted {
        let short = path.rsplit('/').next().unwrap_or(&path).to_owned();
        begins(&short, all);
        let bytes = inner.iter().find(|(p, _)| *p == path).map_or(0, |(_, bytes)| *bytes);
        let mut failed = None;
        let fd = sealed_by(|out| match workers.extract(&archive.file, &archive.name, archive.bytes, &path, bytes, out) {
            Ok(_) => Ok(()),
            Err(failure) => {
                failed = Some(failure.reason().to_owned());
                Err(io::Error::other("not taken out"))
            }
        });
        let fd = fd.map_err(|e| {
            let why = failed.take().unwrap_or_else(|| why(&e));
            Problem::new(Exit::No, "problem-not-extracted").with("path", file_name::masked(&path)).with("why", why)
        })?;
        let taken = Taken::held(short, bytes, fd);
        others.push(case.keep_apart(&path, &mut &taken.file, &mut *reader(workers, &taken, &[], options))?);
        if options.stop.load(Ordering::SeqCst) {
            break;
        }
    }
    Ok(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_and_what_lies_beside_it_are_one_giving() {
        #[track_caller]
        fn check(names: &[&str], expected: &[(usize, &[usize])]) {
            let found = companions_by_name(names);
            let found: Vec<(usize, &[usize])> = found.iter().map(|(i, beside)| (*i, beside.as_slice())).collect();
            assert_eq!(found, expected, "{names:?}");
        }
        check(&["a.xml", "b.csv"], &[(0, &[]), (1, &[])]);
        check(&["sms.db-wal", "sms.db", "sms.db-shm"], &[(1, &[0, 2])]);
        check(&["sms.db-wal"], &[(0, &[])]);
        check(&["one/sms.db", "two/sms.db-wal"], &[(0, &[]), (1, &[])]);
        check(&["one/sms.db", "two/sms.db", "two/sms.db-wal"], &[(0, &[]), (1, &[2])]);
    }
}
