//! Archives: what is inside a zip or gzip, each file read for itself under its path inside. A unit is one member.
//!
//! An archive is judged by its own list before anything is expanded; a name in it is a name and never
//! a path on a disk. What is too large, too deep or locked is named with its reason and left alone.

use crate::recognise::read as read_file;
use crate::{Companion, File, Head, Reader, Sink, Source, Stop, Sure, Tools};
use amparo_model::{Inside, Place, Reject, Report, Sha256, State};
use std::collections::{BTreeMap, HashSet};
use std::io::{Cursor, Read, SeekFrom};
use zip::ZipArchive;

pub const READERS: &[Reader] = &[Reader { name: "zip", version: 1, recognise: is_zip, read: read_zip }, Reader { name: "gzip", version: 1, recognise: is_gzip, read: read_gzip }];

/// An archive in an archive in an archive: deeper ones are kept unread.
const DEEPEST: usize = 3;
const MOST_MEMBERS: usize = 10_000;
/// What all members of one archive may hold together.
const MOST_BYTES: u64 = 1 << 30;
/// What one member may hold: it is held in memory while it is read.
const LARGEST_MEMBER: u64 = 512 << 20;
/// A deflated byte can stand for 1,032 at most, and only a bomb comes near.
const LARGEST_RATIO: u64 = 1_000;
/// Below this, a high ratio is a small file of zeros and nothing to fear.
const RATIO_FROM: u64 = 16 << 20;

fn is_zip(head: &Head<'_>) -> Sure {
    let marked = head.first.starts_with(b"PK\x03\x04") || head.first.starts_with(b"PK\x05\x06");
    // A spreadsheet or document is a zip, too: its own reader is surer than this one.
    if marked { Sure::Perhaps } else { Sure::No }
}

fn is_gzip(head: &Head<'_>) -> Sure {
    if head.first.starts_with(&[0x1f, 0x8b, 8]) { Sure::Perhaps } else { Sure::No }
}

/// Why a container is not opened, or a member of it is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused(pub &'static str);

/// The members of an archive that has passed every limit.
fn open<'a>(body: &'a mut dyn Source, bytes: u64) -> Result<ZipArchive<&'a mut dyn Source>, Refused> {
    body.seek(SeekFrom::Start(0)).map_err(|_| Refused("cannot-read-bytes"))?;
    let mut zip = ZipArchive::new(body).map_err(|_| Refused("broken"))?;
    if zip.len() > MOST_MEMBERS {
        return Err(Refused("too-many-members"));
    }
    let mut total = 0_u64;
    for i in 0..zip.len() {
        let member = zip.by_index_raw(i).map_err(|_| Refused("broken"))?;
        let (size, packed) = (member.size(), member.compressed_size());
        total = total.saturating_add(size);
        if total > MOST_BYTES || packed > bytes || (size > RATIO_FROM && size / packed.max(1) > LARGEST_RATIO) {
            return Err(Refused("bomb"));
        }
    }
    match zip.has_overlapping_files() {
        Ok(false) => Ok(zip),
        Ok(true) => Err(Refused("overlapping-members")),
        Err(_) => Err(Refused("broken")),
    }
}

/// The bytes of one member; never more than its own list entry says.
fn member(zip: &mut ZipArchive<&mut dyn Source>, index: usize) -> Result<Vec<u8>, Refused> {
    let mut member = match zip.by_index(index) {
        Ok(member) => member,
        Err(zip::result::ZipError::UnsupportedArchive(why)) if why.to_lowercase().contains("password") => return Err(Refused("encrypted")),
        Err(zip::result::ZipError::UnsupportedArchive(_)) => return Err(Refused("compression-unknown")),
        Err(_) => return Err(Refused("broken")),
    };
    if member.encrypted() {
        return Err(Refused("encrypted"));
    }
    let size = member.size();
    if size > LARGEST_MEMBER {
        return Err(Refused("member-too-large"));
    }
    let mut out = Vec::new();
    // One byte more than promised is enough to see a lie.
    (&mut member).take(size + 1).read_to_end(&mut out).map_err(|_| Refused("broken"))?;
    if out.len() as u64 != size { Err(Refused("bomb")) } else { Ok(out) }
}

struct Entry {
    index: usize,
    name: String,
    symlink: bool,
}

/// Files by name in the archive's order, and how many entries are folders or a Mac's shadow files.
fn entries(zip: &mut ZipArchive<&mut dyn Source>) -> (Vec<Entry>, u64) {
    let mut files = Vec::new();
    let mut furniture = 0;
    for index in 0..zip.len() {
        let Ok(member) = zip.by_index_raw(index) else { continue };
        let raw = member.name_raw();
        let name = std::str::from_utf8(raw).map_or_else(|_| member.name().map(|n| n.into_owned()).unwrap_or_default(), str::to_owned);
        let name = name.replace('\\', "/");
        if member.is_dir() || name.ends_with('/') || name.starts_with("__MACOSX/") || name.contains("/__MACOSX/") || name.ends_with("/.DS_Store") || name == ".DS_Store" {
            furniture += 1;
        } else {
            files.push(Entry { index, name, symlink: member.is_symlink() });
        }
    }
    (files, furniture)
}

fn join(outer: &str, inner: &str) -> String {
    if outer.is_empty() { inner.to_owned() } else { format!("{outer}/{inner}") }
}

fn read_zip(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    if depth() > DEEPEST {
        return Ok(Report::unread("zip", State::Refused, "archive-too-deep"));
    }
    let inside = file.inside.clone();
    let mut zip = match open(file.body, file.bytes) {
        Ok(zip) => zip,
        Err(why) => return Ok(Report::unread("zip", State::Refused, why.0)),
    };
    let mut report = Report::reading("zip", "zip@1");
    let (files, furniture) = entries(&mut zip);
    (report.units, report.furniture) = (furniture, furniture);
    let by_name: BTreeMap<String, usize> = files.iter().map(|e| (e.name.clone(), e.index)).collect();
    let mut seen = HashSet::new();
    for entry in &files {
        report.units += 1;
        let path = join(&inside, &entry.name);
        let why = if !seen.insert(entry.name.as_str()) {
            Some("names-collide")
        } else if entry.symlink {
            Some("symbolic-link")
        } else {
            None
        };
        let bytes = match why {
            Some(why) => Err(Refused(why)),
            None => member(&mut zip, entry.index),
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(Refused(why)) => {
                report.rejects += 1;
                let mut place = Place::default().inside(&path);
                place.field = String::new();
                sink.rejects(vec![Reject::new(place, why, &entry.name)])?;
                report.state = State::PartlyRead;
                report.reason.get_or_insert_with(|| why.to_owned());
                continue;
            }
        };
        let companions = companions(&mut zip, &by_name, &entry.name);
        let inner = inside_file(&path, &entry.name, bytes, companions, tools, sink)?;
        sink.inside(inner)?;
        report.units_read += 1;
    }
    Ok(report)
}

/// What lies beside a database in the same folder: its write-ahead log.
fn companions(zip: &mut ZipArchive<&mut dyn Source>, by_name: &BTreeMap<String, usize>, name: &str) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for ending in ["-wal", "-shm"] {
        let beside = format!("{name}{ending}");
        if let Some(index) = by_name.get(&beside)
            && let Ok(bytes) = member(zip, *index)
        {
            out.push((beside, bytes));
        }
    }
    out
}

thread_local! {
    static DEPTH: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many archives are open around this one.
fn depth() -> usize {
    DEPTH.with(std::cell::Cell::get)
}

struct Deeper;
impl Deeper {
    fn new() -> Deeper {
        DEPTH.with(|d| d.set(d.get() + 1));
        Deeper
    }
}
impl Drop for Deeper {
    fn drop(&mut self) {
        DEPTH.with(|d| d.set(d.get().saturating_sub(1)));
    }
}

fn inside_file(path: &str, name: &str, bytes: Vec<u8>, beside: Vec<(String, Vec<u8>)>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Inside, Stop> {
    let sha256 = Sha256::of(&bytes);
    let len = bytes.len() as u64;
    let report = if name.ends_with("-shm") || name.ends_with("-wal") {
        Report::unread("sqlite_wal", State::Unread, "read-with-its-database")
    } else {
        let mut body = Cursor::new(bytes);
        let mut beside: Vec<(String, Cursor<Vec<u8>>)> = beside.into_iter().map(|(n, b)| (n, Cursor::new(b))).collect();
        let companions = beside.iter_mut().map(|(n, b)| Companion { name: n.clone(), body: b }).collect();
        let short = name.rsplit('/').next().unwrap_or(name).to_owned();
        let _deeper = Deeper::new();
        read_file(&mut File { name: short, bytes: len, body: &mut body, companions, inside: path.to_owned() }, tools, sink)?
    };
    Ok(Inside { path: path.to_owned(), sha256, bytes: len, report })
}

fn read_gzip(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    if depth() > DEEPEST {
        return Ok(Report::unread("gzip", State::Refused, "archive-too-deep"));
    }
    let bytes = match gunzip(file.body) {
        Ok(bytes) => bytes,
        Err(why) => return Ok(Report::unread("gzip", State::Refused, why.0)),
    };
    let name = gzip_name(&file.name);
    let inner = inside_file(&join(&file.inside, &name), &name, bytes, Vec::new(), tools, sink)?;
    sink.inside(inner)?;
    Ok(Report { units: 1, units_read: 1, ..Report::reading("gzip", "gzip@1") })
}

fn gzip_name(outer: &str) -> String {
    let lower = outer.to_ascii_lowercase();
    match (lower.strip_suffix(".gz"), lower.strip_suffix(".tgz")) {
        (Some(rest), _) if !rest.is_empty() => outer[..rest.len()].to_owned(),
        (_, Some(rest)) if !rest.is_empty() => format!("{}.tar", &outer[..rest.len()]),
        _ => "content".to_owned(),
    }
}

fn gunzip(body: &mut dyn Source) -> Result<Vec<u8>, Refused> {
    body.seek(SeekFrom::Start(0)).map_err(|_| Refused("cannot-read-bytes"))?;
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(body).take(LARGEST_MEMBER + 1).read_to_end(&mut out).map_err(|_| Refused("broken"))?;
    if out.len() as u64 > LARGEST_MEMBER { Err(Refused("bomb")) } else { Ok(out) }
}

/// The bytes of one file inside an archive, by the path its report named, for showing it.
pub fn extract(file: &mut File<'_>, inside: &str) -> Result<Box<dyn Read + Send>, Refused> {
    let mut first = [0_u8; 4];
    file.body.seek(SeekFrom::Start(0)).and_then(|_| file.body.read_exact(&mut first)).map_err(|_| Refused("cannot-read-bytes"))?;
    let (bytes, rest) = if first.starts_with(&[0x1f, 0x8b]) {
        let name = gzip_name(&file.name);
        (gunzip(file.body)?, inside.strip_prefix(name.as_str()).ok_or(Refused("no-such-member"))?.to_owned())
    } else {
        let mut zip = open(file.body, file.bytes)?;
        let (files, _) = entries(&mut zip);
        let best = files.iter().filter(|e| inside == e.name || inside.strip_prefix(e.name.as_str()).is_some_and(|r| r.starts_with('/'))).max_by_key(|e| e.name.len());
        let entry = best.ok_or(Refused("no-such-member"))?;
        // Of members with one name only the first was read.
        let index = files.iter().find(|e| e.name == entry.name).map_or(entry.index, |e| e.index);
        (member(&mut zip, index)?, inside[entry.name.len()..].to_owned())
    };
    match rest.strip_prefix('/') {
        None if rest.is_empty() => Ok(Box::new(Cursor::new(bytes))),
        None => Err(Refused("no-such-member")),
        Some(deeper) => {
            let name = inside[..inside.len() - rest.len()].rsplit('/').next().unwrap_or("").to_owned();
            let len = bytes.len() as u64;
            extract(&mut File { name, bytes: len, body: &mut Cursor::new(bytes), companions: Vec::new(), inside: String::new() }, deeper)
        }
    }
}
