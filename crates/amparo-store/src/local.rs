//! One folder, no server: SQLite for entries, rows and bundles, plain files for sealed papers and heads.

use crate::{Append, Appended, BlobWriter, Bytes, Entry, Hash, Id, Purged, Result, Store, StoreError, Tip, WrapKey, WrapRow};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS entry(journal BLOB, seq INTEGER, hash BLOB NOT NULL, frame BLOB NOT NULL, PRIMARY KEY(journal, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wrap(journal BLOB, what INTEGER, id BLOB, \"to\" BLOB, alg INTEGER NOT NULL, lock INTEGER NOT NULL, bytes BLOB NOT NULL, half BLOB NOT NULL, PRIMARY KEY(journal, what, id, \"to\")) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bundle(member BLOB PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;";

/// The lock of whoever writes.
pub(crate) const WRITER: &str = "writer";

/// Leftovers of interrupted work are kept this long.
const LITTER: Duration = Duration::from_secs(30 * 24 * 3_600);

/// An office's folder.
pub struct Local {
    root: PathBuf,
    db: Mutex<Connection>,
    /// This program's temporary folder; the lock in it says that somebody works there.
    session: PathBuf,
    _session_lock: File,
    broken: Arc<AtomicBool>,
    say_waiting: Option<Box<dyn Fn() + Send + Sync>>,
}

fn io_error(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { path },
        io::ErrorKind::NotFound => StoreError::NotThere { what },
        _ => StoreError::Io { what, path, error },
    }
}

pub(crate) fn sql(what: &'static str) -> impl FnOnce(rusqlite::Error) -> StoreError {
    move |error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => StoreError::Full { path: PathBuf::from("office.db") },
        _ => StoreError::Sql { what, error },
    }
}

/// Makes a folder that only its owner can enter, with those above it.
pub fn private_folder(path: &Path) -> Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io_error("make a folder", path))
}

/// A folder or file that was there before may have been open to others.
fn only_mine(path: &Path, mode: u32) -> Result<()> {
    let now = fs::metadata(path).map_err(io_error("look at", path))?.permissions().mode();
    if now & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(io_error("make private", path))
}

fn sync_folder(path: &Path) -> Result<()> {
    File::open(path).and_then(|f| f.sync_all()).map_err(io_error("sync a folder", path))
}

/// Makes a new file that only its owner can read; one that is there already is refused.
pub fn private_file(path: &Path) -> Result<File> {
    fs::OpenOptions::new().create_new(true).write(true).read(true).mode(0o600).open(path).map_err(io_error("create", path))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut out = [0; N];
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    for (i, o) in out.iter_mut().enumerate() {
        *o = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(out)
}

fn random_name() -> Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|e| StoreError::Io { what: "random bytes", path: PathBuf::new(), error: io::Error::other(e.to_string()) })?;
    Ok(hex(&bytes))
}

impl Local {
    /// Whether a folder holds an office.
    pub fn exists(root: &Path) -> bool {
        root.join("office.db").is_file()
    }

    /// Opens the office's folder, making it where it is not there; empties what interrupted programs left.
    pub fn open(root: &Path) -> Result<Local> {
        for folder in ["", "heads", "blobs", "tmp", "litter"] {
            let folder = root.join(folder);
            private_folder(&folder)?;
            only_mine(&folder, 0o700)?;
        }
        let db = connect(&root.join("office.db"))?;
        only_mine(&root.join("office.db"), 0o600)?;
        db.execute_batch(SCHEMA).map_err(sql("make tables"))?;
        empty_left_sessions(&root.join("tmp"))?;
        let session = root.join("tmp").join(random_name()?);
        private_folder(&session)?;
        let lock_path = session.join("lock");
        let lock = private_file(&lock_path)?;
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive).map_err(|e| io_error("lock", &lock_path)(e.into()))?;
        Ok(Local { root: root.to_owned(), db: Mutex::new(db), session, _session_lock: lock, broken: Arc::default(), say_waiting: None })
    }

    /// What is said when another program is writing and this one waits.
    pub fn when_waiting(mut self, say: impl Fn() + Send + Sync + 'static) -> Local {
        self.say_waiting = Some(Box::new(say));
        self
    }

    /// A lock of this folder by its file's name, where nobody holds it.
    pub(crate) fn try_lock(&self, name: &str) -> Result<Option<File>> {
        let file = self.lock_file(name)?;
        Ok(rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_ok().then_some(file))
    }

    pub(crate) fn wait_lock(&self, name: &str) -> Result<File> {
        let file = self.lock_file(name)?;
        rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).map_err(|e| io_error("lock", &self.root.join(name))(e.into()))?;
        Ok(file)
    }

    fn lock_file(&self, name: &str) -> Result<File> {
        let path = self.root.join(name);
        File::options().create(true).truncate(false).write(true).mode(0o600).open(&path).map_err(io_error("lock", &path))
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn db(&self) -> MutexGuard<'_, Connection> {
        // A panic while the lock was held left a transaction that SQLite rolls back.
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn may_write(&self) -> Result<()> {
        if self.broken.load(Ordering::SeqCst) { Err(StoreError::ReadOnly) } else { Ok(()) }
    }

    /// Remembers a failed write: what the system then has is unknown until a new start.
    fn noting<T>(&self, result: Result<T>) -> Result<T> {
        if matches!(&result, Err(StoreError::Io { what, .. }) if what.starts_with("sync")) {
            self.broken.store(true, Ordering::SeqCst);
        }
        if matches!(&result, Err(StoreError::Sql { error, .. }) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::SystemIoFailure)) {
            self.broken.store(true, Ordering::SeqCst);
        }
        result
    }

    fn blob_path(&self, name: &Hash) -> PathBuf {
        let name = hex(name);
        self.root.join("blobs").join(&name[..2]).join(name)
    }

    pub(crate) fn write<T>(&self, what: &'static str, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T> {
        self.may_write()?;
        let mut db = self.db();
        let result = db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|tx| {
                let value = work(&tx)?;
                tx.commit()?;
                Ok(value)
            })
            .map_err(sql(what));
        self.noting(result)
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        // What stays behind is emptied by the next start.
        let _ = fs::remove_dir_all(&self.session);
    }
}

pub(crate) fn connect(path: &Path) -> Result<Connection> {
    if !path.exists() {
        private_file(path)?;
    }
    let db = Connection::open(path).map_err(sql("open office.db"))?;
    db.busy_timeout(Duration::from_secs(60)).map_err(sql("set a time-out"))?;
    // Closing must not fold the log into the database: where a flipped bit hid its tail, the log still holds it.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(sql("keep the log"))?;
    db.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;")
        .map_err(sql("set up office.db"))?;
    Ok(db)
}

fn empty_left_sessions(tmp: &Path) -> Result<()> {
    for entry in fs::read_dir(tmp).map_err(io_error("list", tmp))? {
        let path = entry.map_err(io_error("list", tmp))?.path();
        let young = || path.metadata().and_then(|m| m.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age < Duration::from_secs(60)));
        let lock = path.join("lock");
        // A folder without its lock belongs to a program that is about to make it.
        let free = if lock.exists() { !is_held(&lock) } else { !young() };
        if free {
            fs::remove_dir_all(&path).map_err(io_error("empty", &path))?;
        }
    }
    Ok(())
}

/// Whether a running program holds this lock. What cannot be tried counts as held.
fn is_held(lock: &Path) -> bool {
    match File::open(lock) {
        Ok(lock) => rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_err(),
        Err(e) => e.kind() != io::ErrorKind::NotFound,
    }
}

pub(crate) fn row_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<WrapRow> {
    Ok(WrapRow {
        key: WrapKey { journal: row.get(0)?, what: row.get(1)?, id: row.get(2)?, to: row.get(3)? },
        alg: row.get(4)?,
        lock: row.get(5)?,
        bytes: row.get(6)?,
        half: row.get(7)?,
    })
}

pub(crate) fn put_row(tx: &Transaction<'_>, row: &WrapRow) -> rusqlite::Result<usize> {
    tx.prepare_cached("INSERT OR REPLACE INTO wrap VALUES(?,?,?,?,?,?,?,?)")?.execute(params![
        row.key.journal,
        row.key.what,
        row.key.id,
        row.key.to,
        row.alg,
        row.lock,
        row.bytes,
        row.half
    ])
}

pub(crate) fn delete_row(tx: &Transaction<'_>, key: &WrapKey) -> rusqlite::Result<usize> {
    tx.prepare_cached("DELETE FROM wrap WHERE journal=? AND what=? AND id=? AND \"to\"=?")?.execute(params![key.journal, key.what, key.id, key.to])
}

pub(crate) fn put_entry(tx: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<usize> {
    tx.prepare_cached("INSERT INTO entry VALUES(?,?,?,?)")?.execute(params![entry.journal, entry.seq as i64, entry.hash, entry.frame])
}

pub(crate) fn tip_of(db: &Connection, journal: &Id) -> rusqlite::Result<Option<Tip>> {
    db.prepare_cached("SELECT seq, hash FROM entry WHERE journal=? ORDER BY seq DESC LIMIT 1")?
        .query_row(params![journal], |row| Ok(Tip { seq: row.get::<_, i64>(0)? as u64, hash: row.get(1)? }))
        .optional()
}

impl Store for Local {
    fn journals(&self) -> Result<Vec<Id>> {
        let db = self.db();
        let mut statement = db.prepare_cached("SELECT DISTINCT journal FROM entry ORDER BY journal").map_err(sql("list journals"))?;
        let rows = statement.query_map([], |row| row.get(0)).map_err(sql("list journals"))?;
        rows.collect::<rusqlite::Result<_>>().map_err(sql("list journals"))
    }

    fn tip(&self, journal: &Id) -> Result<Option<Tip>> {
        tip_of(&self.db(), journal).map_err(sql("read the newest entry"))
    }

    fn entries(&self, journal: &Id, from: u64, visit: &mut dyn FnMut(Entry) -> bool) -> Result<()> {
        let db = self.db();
        let mut statement = db.prepare_cached("SELECT seq, hash, frame FROM entry WHERE journal=? AND seq>=? ORDER BY seq").map_err(sql("read entries"))?;
        let mut rows = statement.query(params![journal, from as i64]).map_err(sql("read entries"))?;
        while let Some(row) = rows.next().map_err(sql("read entries"))? {
            let read = || -> rusqlite::Result<Entry> { Ok(Entry { journal: *journal, seq: row.get::<_, i64>(0)? as u64, hash: row.get(1)?, frame: row.get(2)? }) };
            if !visit(read().map_err(sql("read entries"))?) {
                break;
            }
        }
        Ok(())
    }

    fn append(&self, append: &Append) -> Result<Appended> {
        self.write("append", |tx| {
            let tip = tip_of(tx, &append.entry.journal)?;
            if tip != append.after {
                return Ok(Appended::Refused { tip });
            }
            put_entry(tx, &append.entry)?;
            for key in &append.delete {
                delete_row(tx, key)?;
            }
            for row in &append.put {
                put_row(tx, row)?;
            }
            Ok(Appended::Done)
        })
    }

    fn wraps(&self, journal: &Id, what: Option<u8>) -> Result<Vec<WrapRow>> {
        let db = self.db();
        let mut statement = db
            .prepare_cached("SELECT journal, what, id, \"to\", alg, lock, bytes, half FROM wrap WHERE journal=?1 AND (?2 IS NULL OR what=?2) ORDER BY what, id, \"to\"")
            .map_err(sql("read rows"))?;
        let rows = statement.query_map(params![journal, what], row_of).map_err(sql("read rows"))?;
        rows.collect::<rusqlite::Result<_>>().map_err(sql("read rows"))
    }

    fn change_wraps(&self, put: &[WrapRow], delete: &[WrapKey]) -> Result<()> {
        self.write("change rows", |tx| {
            delete.iter().try_for_each(|key| delete_row(tx, key).map(|_| ()))?;
            put.iter().try_for_each(|row| put_row(tx, row).map(|_| ()))
        })
    }

    fn purge(&self, bytes: &[Vec<u8>]) -> Result<Purged> {
        self.may_write()?;
        let db = self.db();
        let truncate = || -> Result<bool> {
            for _ in 0..50 {
                let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(sql("empty the log"))?;
                if busy == 0 {
                    return Ok(true);
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            Ok(false)
        };
        let left = || -> Result<usize> {
            let mut found = 0;
            for name in ["office.db", "office.db-wal"] {
                let path = self.root.join(name);
                match fs::read(&path) {
                    Ok(all) => found += count_of(&all, bytes),
                    Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                    Err(e) => return Err(io_error("search", &path)(e)),
                }
            }
            Ok(found)
        };
        if !truncate()? {
            return Ok(Purged::Remains { found: 0 });
        }
        if bytes.is_empty() || left()? > 0 {
            // Balancing a tree leaves a copy of a row in a page's gap now and then; rewriting the file does not.
            match db.execute_batch("VACUUM") {
                Err(e) if matches!(e.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)) => {
                    return Ok(Purged::Remains { found: 0 });
                }
                done => done.map_err(sql("rewrite office.db"))?,
            }
            if !truncate()? {
                return Ok(Purged::Remains { found: 0 });
            }
        }
        Ok(match left()? {
            0 => Purged::Gone,
            found => Purged::Remains { found },
        })
    }

    fn delete_journal(&self, journal: &Id) -> Result<()> {
        self.write("delete a journal", |tx| {
            tx.execute("DELETE FROM entry WHERE journal=?", params![journal])?;
            tx.execute("DELETE FROM wrap WHERE journal=?", params![journal]).map(|_| ())
        })?;
        remove(&self.root.join("heads").join(hex(journal)))
    }

    fn restore_journal(&self, entries: &[Entry], rows: &[WrapRow]) -> Result<()> {
        self.write("restore", |tx| {
            for entry in entries {
                put_entry(tx, entry)?;
            }
            rows.iter().try_for_each(|row| put_row(tx, row).map(|_| ()))
        })
    }

    fn bundle(&self, member: &Id) -> Result<Option<Vec<u8>>> {
        self.db().query_row("SELECT bytes FROM bundle WHERE member=?", params![member], |row| row.get(0)).optional().map_err(sql("read a bundle"))
    }

    fn bundles(&self) -> Result<Vec<(Id, Vec<u8>)>> {
        let db = self.db();
        let mut statement = db.prepare_cached("SELECT member, bytes FROM bundle ORDER BY member").map_err(sql("read bundles"))?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(sql("read bundles"))?;
        rows.collect::<rusqlite::Result<_>>().map_err(sql("read bundles"))
    }

    fn put_bundle(&self, member: &Id, bundle: Option<&[u8]>) -> Result<()> {
        self.write("write a bundle", |tx| match bundle {
            Some(bytes) => tx.execute("INSERT OR REPLACE INTO bundle VALUES(?,?)", params![member, bytes]),
            None => tx.execute("DELETE FROM bundle WHERE member=?", params![member]),
        })
        .map(|_| ())
    }

    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.db().query_row("SELECT value FROM meta WHERE name=?", params![name], |row| row.get(0)).optional().map_err(sql("read meta"))
    }

    fn put_meta(&self, name: &str, value: &[u8]) -> Result<()> {
        self.write("write meta", |tx| tx.execute("INSERT OR REPLACE INTO meta VALUES(?,?)", params![name, value])).map(|_| ())
    }

    fn head(&self, journal: &Id) -> Result<Option<Vec<u8>>> {
        let path = self.root.join("heads").join(hex(journal));
        match fs::read(&path) {
            Ok(note) => Ok(Some(note)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(io_error("read a head", &path)(e)),
        }
    }

    fn put_head(&self, journal: &Id, note: &[u8]) -> Result<()> {
        self.may_write()?;
        let folder = self.root.join("heads");
        let new = self.session.join(format!("head-{}", random_name()?));
        let work = || -> Result<()> {
            let mut file = private_file(&new)?;
            file.write_all(note).map_err(io_error("write a head", &new))?;
            file.sync_all().map_err(io_error("sync a head", &new))?;
            fs::rename(&new, folder.join(hex(journal))).map_err(io_error("name a head", &new))?;
            sync_folder(&folder)
        };
        self.noting(work())
    }

    fn blob_begin(&self) -> Result<Box<dyn BlobWriter>> {
        self.may_write()?;
        let path = self.session.join(random_name()?);
        Ok(Box::new(Writing { file: private_file(&path)?, path, root: self.root.clone(), broken: self.broken.clone(), done: false }))
    }

    fn blob(&self, name: &Hash) -> Result<Box<dyn Bytes>> {
        let path = self.blob_path(name);
        Ok(Box::new(File::open(&path).map_err(io_error("open a sealed file", &path))?))
    }

    fn blob_names(&self) -> Result<Vec<Hash>> {
        names(&self.root.join("blobs"), true)
    }

    fn blob_delete(&self, name: &Hash) -> Result<()> {
        self.may_write()?;
        remove(&self.blob_path(name))
    }

    fn blob_litter(&self, name: &Hash) -> Result<()> {
        self.may_write()?;
        let from = self.blob_path(name);
        let to = self.root.join("litter").join(hex(name));
        fs::rename(&from, &to).map_err(io_error("set aside", &from))?;
        // Its age counts from now.
        File::options().write(true).open(&to).and_then(|f| f.set_modified(SystemTime::now())).map_err(io_error("set aside", &to))
    }

    fn litter(&self) -> Result<Vec<Hash>> {
        let folder = self.root.join("litter");
        let mut kept = Vec::new();
        for name in names(&folder, false)? {
            let path = folder.join(hex(&name));
            let old = path.metadata().and_then(|m| m.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age > LITTER));
            if old && !self.broken.load(Ordering::SeqCst) { remove(&path)? } else { kept.push(name) }
        }
        Ok(kept)
    }

    fn lock(&self, waiting: &mut dyn FnMut()) -> Result<Box<dyn Send>> {
        if let Some(held) = self.try_lock(WRITER)? {
            return Ok(Box::new(held));
        }
        waiting();
        Ok(Box::new(self.wait_lock(WRITER)?))
    }

    fn waiting(&self) {
        if let Some(say) = &self.say_waiting {
            say();
        }
    }

    fn alone(&self) -> Result<bool> {
        let tmp = self.root.join("tmp");
        for entry in fs::read_dir(&tmp).map_err(io_error("list", &tmp))? {
            let path = entry.map_err(io_error("list", &tmp))?.path();
            if path != self.session && is_held(&path.join("lock")) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn set_aside(&self) -> Result<PathBuf> {
        let folder = self.root.join(format!("aside-{}", random_name()?));
        private_folder(&folder)?;
        let _db = self.db();
        for name in ["office.db", "office.db-wal"] {
            let from = self.root.join(name);
            if from.exists() {
                fs::copy(&from, folder.join(name)).map_err(io_error("set aside", &from))?;
            }
        }
        sync_folder(&folder)?;
        Ok(folder)
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(io_error("delete", path)(e)),
        _ => Ok(()),
    }
}

fn names(folder: &Path, nested: bool) -> Result<Vec<Hash>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).map_err(io_error("list", folder))? {
        let path = entry.map_err(io_error("list", folder))?.path();
        match path.file_name().and_then(|n| n.to_str()) {
            Some(_) if nested && path.is_dir() => all.extend(names(&path, false)?),
            Some(name) => all.extend(unhex::<32>(name)),
            None => {}
        }
    }
    all.sort();
    Ok(all)
}

/// How many of the needles stand somewhere in the bytes. Each is looked for by its first eight bytes.
fn count_of(all: &[u8], needles: &[Vec<u8>]) -> usize {
    use std::collections::HashMap;
    let mut by_start: HashMap<&[u8], Vec<&Vec<u8>>> = HashMap::new();
    for needle in needles.iter().filter(|n| n.len() >= 8) {
        by_start.entry(&needle[..8]).or_default().push(needle);
    }
    if by_start.is_empty() {
        return 0;
    }
    // A part of a row is as bad as the whole: 24 bytes of it count.
    let hit = |at: usize, needle: &Vec<u8>| all[at..].starts_with(&needle[..needle.len().min(24)]);
    (0..all.len().saturating_sub(7)).filter(|at| by_start.get(&all[*at..at + 8]).is_some_and(|ns| ns.iter().any(|n| hit(*at, n)))).count()
}

struct Writing {
    file: File,
    path: PathBuf,
    root: PathBuf,
    broken: Arc<AtomicBool>,
    done: bool,
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl BlobWriter for Writing {
    fn commit(mut self: Box<Self>, name: Hash) -> Result<()> {
        if let Err(error) = self.file.sync_all() {
            self.broken.store(true, Ordering::SeqCst);
            return Err(io_error("sync a sealed file", &self.path)(error));
        }
        let name = hex(&name);
        let folder = self.root.join("blobs").join(&name[..2]);
        if !folder.is_dir() {
            private_folder(&folder)?;
            sync_folder(&self.root.join("blobs"))?;
        }
        fs::rename(&self.path, folder.join(&name)).map_err(io_error("name a sealed file", &self.path))?;
        self.done = true;
        sync_folder(&folder).inspect_err(|_| self.broken.store(true, Ordering::SeqCst))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if !self.done {
            // The session's folder is emptied at its end as well.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: u8) -> WrapRow {
        let mut bytes = [0; 72];
        getrandom::fill(&mut bytes).expect("random");
        WrapRow { key: WrapKey { journal: [1; 16], what: 3, id: vec![n; 32], to: vec![9; 21] }, alg: 1, lock: 0, bytes: bytes.to_vec(), half: vec![] }
    }

    #[test]
    fn deleted_rows_leave_no_bytes_in_the_database_or_its_log() {
        let home = tempfile::tempdir().expect("a folder");
        let store = Local::open(home.path()).expect("a store");
        let rows: Vec<WrapRow> = (0..200).map(row).collect();
        store.change_wraps(&rows, &[]).expect("put");
        let gone: Vec<WrapKey> = rows[..100].iter().map(|r| r.key.clone()).collect();
        let bytes: Vec<Vec<u8>> = rows[..100].iter().map(|r| r.bytes.clone()).collect();
        store.change_wraps(&[], &gone).expect("delete");
        assert_eq!(store.purge(&bytes).expect("purge"), Purged::Gone);
        for name in ["office.db", "office.db-wal"] {
            let all = fs::read(home.path().join(name)).unwrap_or_default();
            assert_eq!(count_of(&all, &bytes), 0, "{name}");
        }
        let kept: Vec<Vec<u8>> = rows[100..].iter().map(|r| r.bytes.clone()).collect();
        assert!(count_of(&fs::read(home.path().join("office.db")).expect("db"), &kept) >= 100);
    }

    #[test]
    fn a_sealed_file_has_a_name_only_when_it_is_whole_and_leftovers_are_emptied() {
        let home = tempfile::tempdir().expect("a folder");
        let store = Local::open(home.path()).expect("a store");
        let mut kept = store.blob_begin().expect("begin");
        kept.write_all(b"sealed").expect("write");
        kept.commit([7; 32]).expect("commit");
        let mut dropped = store.blob_begin().expect("begin");
        dropped.write_all(b"half").expect("write");
        std::mem::forget(dropped); // as a killed program would
        assert_eq!(store.blob_names().expect("names"), [[7; 32]]);
        let session = store.session.clone();
        std::mem::forget(store);
        // The lock of a program that still runs protects its folder.
        let second = Local::open(home.path()).expect("a store");
        assert!(session.exists());
        drop(second);
    }
}
