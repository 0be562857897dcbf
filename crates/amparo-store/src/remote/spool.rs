//! What the host must still be told, kept in the folder's database: in the transaction of the change itself.

use crate::local::{delete_row, put_entry, put_row, row_of, sql, tip_of};
use crate::wire::{B64, Hex, WireAppend, WireChange};
use crate::{Append, Appended, Diverged, Entry, Hash, Id, Local, Result, Seen, StoreError, Tip, WrapKey, WrapRow};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS spool(n INTEGER PRIMARY KEY AUTOINCREMENT, journal BLOB, op TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS apart(n INTEGER PRIMARY KEY, journal BLOB NOT NULL, base INTEGER NOT NULL, op TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS host(journal BLOB PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL, rows TEXT NOT NULL, seen TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS there(name BLOB PRIMARY KEY) WITHOUT ROWID;";

/// One thing the host must be told.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "op")]
pub(super) enum Op {
    Append { journal: Hex<16>, append: WireAppend },
    Rows { journal: Hex<16>, change: WireChange },
    Purge,
    Head { journal: Hex<16>, note: B64 },
    Blob { name: Hex<32> },
    BlobGone { name: Hex<32> },
    JournalGone { journal: Hex<16> },
}

impl Op {
    /// The journal whose order it keeps.
    fn journal(&self) -> Option<Id> {
        match self {
            Op::Append { journal, .. } | Op::Rows { journal, .. } | Op::Head { journal, .. } => Some(journal.0),
            Op::Purge | Op::Blob { .. } | Op::BlobGone { .. } | Op::JournalGone { .. } => None,
        }
    }
}

/// Where the host stood when it last acknowledged something, or was last read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct At {
    pub tip: Tip,
    pub rows: String,
}

fn text(op: &Op) -> Result<String> {
    serde_json::to_string(op).map_err(|_| StoreError::NotThere { what: "the text of what waits" })
}

fn parsed(op: &str) -> Result<Op> {
    serde_json::from_str(op).map_err(|_| StoreError::NotThere { what: "what waits for the host, in a form this version reads" })
}

fn put_op(tx: &Transaction<'_>, op: &Op, text: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT INTO spool(journal, op) VALUES(?,?)")?.execute(params![op.journal(), text]).map(|_| ())
}

fn set_at(tx: &Transaction<'_>, journal: &Id, at: &At) -> rusqlite::Result<()> {
    let sql = "INSERT INTO host(journal, seq, hash, rows) VALUES(?1,?2,?3,?4) ON CONFLICT(journal) DO UPDATE SET seq=?2, hash=?3, rows=?4, seen=NULL";
    tx.prepare_cached(sql)?.execute(params![journal, at.tip.seq as i64, at.tip.hash, at.rows]).map(|_| ())
}

/// As [`set_at`], the rows' mark left as it was.
fn set_tip(tx: &Transaction<'_>, journal: &Id, tip: Tip) -> rusqlite::Result<()> {
    let sql = "INSERT INTO host(journal, seq, hash, rows) VALUES(?1,?2,?3,'') ON CONFLICT(journal) DO UPDATE SET seq=?2, hash=?3";
    tx.prepare_cached(sql)?.execute(params![journal, tip.seq as i64, tip.hash]).map(|_| ())
}

fn append_in(tx: &Transaction<'_>, append: &Append) -> rusqlite::Result<Option<Appended>> {
    let tip = tip_of(tx, &append.entry.journal)?;
    if tip != append.after {
        return Ok(Some(Appended::Refused { tip }));
    }
    put_entry(tx, &append.entry)?;
    append.delete.iter().try_for_each(|key| delete_row(tx, key).map(|_| ()))?;
    append.put.iter().try_for_each(|row| put_row(tx, row).map(|_| ()))?;
    Ok(None)
}

/// One journal as the host holds it.
pub(super) struct Taken {
    pub id: Id,
    /// The last number on which both agree.
    pub after: u64,
    pub entries: Vec<Entry>,
    pub rows: Vec<WrapRow>,
    pub at: At,
}

fn adopt_one(tx: &Transaction<'_>, taken: &Taken) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM entry WHERE journal=? AND seq>?", params![taken.id, taken.after as i64])?;
    taken.entries.iter().try_for_each(|entry| put_entry(tx, entry).map(|_| ()))?;
    let here: Vec<WrapRow> = tx
        .prepare_cached("SELECT journal, what, id, \"to\", alg, lock, bytes, half FROM wrap WHERE journal=? ORDER BY what, id, \"to\"")?
        .query_map(params![taken.id], row_of)?
        .collect::<rusqlite::Result<_>>()?;
    let there: std::collections::HashMap<&WrapKey, &WrapRow> = taken.rows.iter().map(|row| (&row.key, row)).collect();
    for row in here.iter().filter(|row| !there.contains_key(&row.key)) {
        delete_row(tx, &row.key)?;
    }
    let here: std::collections::HashMap<&WrapKey, &WrapRow> = here.iter().map(|row| (&row.key, row)).collect();
    for row in taken.rows.iter().filter(|row| here.get(&row.key) != Some(row)) {
        put_row(tx, row)?;
    }
    set_at(tx, &taken.id, &taken.at)
}

impl Local {
    pub(super) fn spool_tables(&self) -> Result<()> {
        self.db().execute_batch(TABLES).map_err(sql("make the spool's tables"))
    }

    pub(super) fn spool_first(&self) -> Result<Option<(i64, Op)>> {
        let first: Option<(i64, String)> = self
            .db()
            .query_row("SELECT n, op FROM spool WHERE journal IS NULL OR journal NOT IN (SELECT journal FROM host WHERE seen IS NOT NULL) ORDER BY n LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
            .map_err(sql("read what waits for the host"))?;
        first.map(|(n, op)| Ok((n, parsed(&op)?))).transpose()
    }

    pub(super) fn spool_count(&self) -> Result<usize> {
        self.db().query_row("SELECT count(*) FROM spool", [], |row| row.get::<_, i64>(0)).map(|n| n as usize).map_err(sql("count what waits for the host"))
    }

    pub(super) fn spool(&self, op: &Op) -> Result<()> {
        let text = text(op)?;
        self.write("remember what the host must be told", |tx| put_op(tx, op, &text))
    }

    pub(super) fn append_spooled(&self, append: &Append, op: &Op) -> Result<Appended> {
        let text = text(op)?;
        self.write("append", |tx| match append_in(tx, append)? {
            Some(refused) => Ok(refused),
            None => put_op(tx, op, &text).map(|()| Appended::Done),
        })
    }

    /// What the host took, taken here.
    pub(super) fn append_acknowledged(&self, append: &Append) -> Result<Appended> {
        let tip = Tip { seq: append.entry.seq, hash: append.entry.hash };
        self.write("append", |tx| match append_in(tx, append)? {
            Some(refused) => Ok(refused),
            None => set_tip(tx, &append.entry.journal, tip).map(|()| Appended::Done),
        })
    }

    pub(super) fn change_wraps_spooled(&self, put: &[WrapRow], delete: &[WrapKey], op: &Op) -> Result<()> {
        let text = text(op)?;
        self.write("change rows", |tx| {
            delete.iter().try_for_each(|key| delete_row(tx, key).map(|_| ()))?;
            put.iter().try_for_each(|row| put_row(tx, row).map(|_| ()))?;
            put_op(tx, op, &text)
        })
    }

    pub(super) fn spool_taken(&self, n: i64, at: Option<(Id, Tip)>) -> Result<()> {
        self.write("strike off what the host took", |tx| {
            tx.execute("DELETE FROM spool WHERE n=?", params![n])?;
            at.map_or(Ok(()), |(journal, tip)| set_tip(tx, &journal, tip))
        })
    }

    pub(super) fn host_at(&self, journal: &Id) -> Result<Option<At>> {
        let at = |row: &rusqlite::Row<'_>| Ok(At { tip: Tip { seq: row.get::<_, i64>(0)? as u64, hash: row.get(1)? }, rows: row.get(2)? });
        self.db().query_row("SELECT seq, hash, rows FROM host WHERE journal=? AND seq>0", params![journal], at).optional().map_err(sql("read where the host stood"))
    }

    pub(super) fn set_host_at(&self, journal: &Id, at: &At) -> Result<()> {
        self.write("remember where the host stands", |tx| set_at(tx, journal, at))
    }

    pub(super) fn forget_host_at(&self, journal: &Id) -> Result<()> {
        self.write("forget where the host stood", |tx| {
            tx.execute("DELETE FROM spool WHERE journal=?", params![journal])?;
            tx.execute("DELETE FROM apart WHERE journal=?", params![journal])?;
            tx.execute("DELETE FROM host WHERE journal=?", params![journal]).map(|_| ())
        })
    }

    pub(super) fn hash_at(&self, journal: &Id, seq: u64) -> Result<Option<Hash>> {
        let query = "SELECT hash FROM entry WHERE journal=? AND seq=?";
        self.db().query_row(query, params![journal, seq as i64], |row| row.get(0)).optional().map_err(sql("read an entry's hash"))
    }

    /// Sets apart all that waits of this journal: the host holds other entries in its place.
    pub(super) fn set_apart(&self, journal: &Id) -> Result<()> {
        let waiting: Vec<(i64, String)> = {
            let db = self.db();
            let mut statement = db.prepare_cached("SELECT n, op FROM spool WHERE journal=? ORDER BY n").map_err(sql("read what waits"))?;
            let rows = statement.query_map(params![journal], |row| Ok((row.get(0)?, row.get(1)?))).map_err(sql("read what waits"))?;
            rows.collect::<rusqlite::Result<_>>().map_err(sql("read what waits"))?
        };
        let mut appends = vec![];
        for (n, op) in &waiting {
            if matches!(parsed(op)?, Op::Append { .. }) {
                appends.push((*n, op));
            }
        }
        // Numbers up to here mean what they mean at the host; those behind are of entries that were not taken.
        let base = self.host_at(journal)?.map_or(0, |at| at.tip.seq);
        self.write("set apart what must be sealed anew", |tx| {
            for (n, op) in &appends {
                tx.execute("INSERT OR REPLACE INTO apart VALUES(?,?,?,?)", params![n, journal, base as i64, op])?;
            }
            // Rows and heads that waited belong to the entries that were not taken.
            tx.execute("DELETE FROM spool WHERE journal=?", params![journal]).map(|_| ())
        })
    }

    pub(super) fn apart_journals(&self) -> Result<Vec<Id>> {
        let db = self.db();
        let mut statement = db.prepare_cached("SELECT DISTINCT journal FROM apart ORDER BY journal").map_err(sql("read what is set apart"))?;
        let rows = statement.query_map([], |row| row.get(0)).map_err(sql("read what is set apart"))?;
        rows.collect::<rusqlite::Result<_>>().map_err(sql("read what is set apart"))
    }

    /// What is set apart of a journal; nothing as long as it still stands in the folder, in the places of entries of the
    /// host's that were not taken in yet: sealed anew now, it would be lost with them.
    pub(super) fn diverged(&self, journal: &Id) -> Result<Option<Diverged>> {
        let mut diverged = Diverged::default();
        for (_, base, append) in self.apart(journal)? {
            if self.hash_at(journal, append.entry.seq)? == Some(append.entry.hash) {
                return Ok(None);
            }
            diverged.entries.push((base, append.entry));
            diverged.rows.extend(append.put);
        }
        Ok((!diverged.entries.is_empty()).then_some(diverged))
    }

    fn apart(&self, journal: &Id) -> Result<Vec<(i64, u64, Append)>> {
        let ops: Vec<(i64, i64, String)> = {
            let db = self.db();
            let mut statement = db.prepare_cached("SELECT n, base, op FROM apart WHERE journal=? ORDER BY n").map_err(sql("read what is set apart"))?;
            let rows = statement.query_map(params![journal], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(sql("read what is set apart"))?;
            rows.collect::<rusqlite::Result<_>>().map_err(sql("read what is set apart"))?
        };
        let mut all = Vec::new();
        for (n, base, op) in ops {
            if let Op::Append { append, .. } = parsed(&op)? {
                all.push((n, base as u64, append.of(*journal)));
            }
        }
        Ok(all)
    }

    pub(super) fn settle_diverged(&self, journal: &Id, entry: &Hash) -> Result<()> {
        let done: Vec<i64> = self.apart(journal)?.into_iter().filter(|(_, _, append)| append.entry.hash == *entry).map(|(n, ..)| n).collect();
        self.write("strike off what was sealed anew", |tx| done.iter().try_for_each(|n| tx.execute("DELETE FROM apart WHERE n=?", params![n]).map(|_| ())))
    }

    /// Takes in what the host holds of journals, all of it or nothing: its entries after what was acknowledged, in the
    /// place of what was not, and its rows in the place of those here.
    pub(super) fn adopt(&self, all: &[Taken]) -> Result<()> {
        if all.is_empty() {
            return Ok(());
        }
        self.write("take in what the host holds", |tx| all.iter().try_for_each(|taken| adopt_one(tx, taken)))
    }

    pub(super) fn note_seen(&self, journal: &Id, seen: &Seen) -> Result<()> {
        let text = seen.text();
        self.write("note what was seen at the host", |tx| {
            let sql = "INSERT INTO host(journal, seq, hash, rows, seen) VALUES(?1,0,x'','',?2) ON CONFLICT(journal) DO UPDATE SET seen=?2";
            tx.prepare_cached(sql)?.execute(params![journal, text]).map(|_| ())
        })
    }

    pub(super) fn unsee(&self, journal: &Id) -> Result<()> {
        self.write("note that the host keeps its word", |tx| tx.execute("UPDATE host SET seen=NULL WHERE journal=?", params![journal]).map(|_| ()))
    }

    pub(super) fn seen(&self) -> Result<Vec<(Id, Seen)>> {
        let db = self.db();
        let mut statement = db.prepare_cached("SELECT journal, seen FROM host WHERE seen IS NOT NULL ORDER BY journal").map_err(sql("read what was seen"))?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, Id>(0)?, row.get::<_, String>(1)?))).map_err(sql("read what was seen"))?;
        let rows: Vec<(Id, String)> = rows.collect::<rusqlite::Result<_>>().map_err(sql("read what was seen"))?;
        Ok(rows.into_iter().filter_map(|(id, text)| Seen::parse(&text).map(|seen| (id, seen))).collect())
    }

    /// The sealed files that the host was last known to have.
    pub(super) fn remember_blobs(&self, names: &[Hash]) -> Result<()> {
        self.write("remember what the host has", |tx| {
            tx.execute("DELETE FROM there", [])?;
            names.iter().try_for_each(|name| tx.prepare_cached("INSERT OR IGNORE INTO there VALUES(?)")?.execute(params![name]).map(|_| ()))
        })
    }

    pub(super) fn remembered_blobs(&self) -> Result<Vec<Hash>> {
        let db = self.db();
        let mut statement = db.prepare_cached("SELECT name FROM there").map_err(sql("read what the host has"))?;
        let rows = statement.query_map([], |row| row.get(0)).map_err(sql("read what the host has"))?;
        rows.collect::<rusqlite::Result<_>>().map_err(sql("read what the host has"))
    }

    /// A way to the spool that a file being written can keep.
    pub(super) fn spool_door(&self) -> Result<Door> {
        Ok(Door { path: self.root().join("office.db"), db: Mutex::new(None) })
    }
}

/// The spool, for whoever outlives the call that asked for it.
pub(super) struct Door {
    path: PathBuf,
    db: Mutex<Option<Connection>>,
}

impl Door {
    pub fn put(&self, op: &Op) -> Result<()> {
        let text = text(op)?;
        let mut held = self.db.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let db = match held.take() {
            Some(db) => db,
            None => crate::local::connect(Path::new(&self.path))?,
        };
        let db = held.insert(db);
        let tx = db.transaction().map_err(sql("remember a sealed file"))?;
        put_op(&tx, op, &text).map_err(sql("remember a sealed file"))?;
        tx.commit().map_err(sql("remember a sealed file"))
    }
}
