//! Telephones' databases: one SQLite file, with the newest rows still in the `-wal` beside it. A unit is one row of the table read.
//!
//! The database is foreign bytes: it is opened in memory, its write-ahead log laid over it frame by
//! checked frame, and asked only for columns of plain tables. Nothing that its schema could make run is
//! allowed to run, and a database that keeps the machine busy for nothing is stopped.

use super::tally::Tally;
use crate::{File, Head, Reader, Sink, Source, Stop, Sure, Tools};
use amparo_model::{CoversWhy, Report, State};
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, MAIN_DB};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{Read, SeekFrom};

pub const READER: Reader = Reader { name: "sqlite", version: 1, recognise, read };

/// What one application keeps in one table.
pub(crate) struct Layout {
    pub name: &'static str,
    pub version: u32,
    pub table: &'static str,
    /// Without these columns the table is another's.
    pub needs: &'static [&'static str],
    pub read: fn(&Database, &mut Tally<'_>, &str) -> Result<(), Stop>,
}

/// The layouts known, the more particular first.
const LAYOUTS: &[&Layout] = &[
    &super::ios::CALL_HISTORY,
    &super::ios::MESSAGES,
    &super::whatsapp_db::MESSAGES,
    &super::whatsapp_db::CALLS,
    &super::whatsapp_db::CONTACTS,
    &super::address_book::CONTACTS,
    &super::address_book::VOICEMAIL,
    &super::android::CALLS,
    &super::android::MESSAGES,
];

const MAGIC: &[u8] = b"SQLite format 3\0";
/// A database is held in memory whole.
const LARGEST: u64 = 512 << 20;
/// One text, picture or row.
const LARGEST_VALUE: i32 = 32 << 20;
/// Steps of the database's machine between two looks at how many are left.
const STRIDE: u64 = 1_000;
/// Rows of a side table that are remembered while the main one is read.
const MOST_REMEMBERED: usize = 8 << 20;

fn recognise(head: &Head<'_>) -> Sure {
    if head.first.starts_with(MAGIC) {
        Sure::Likely
    } else if locked(head) {
        Sure::Perhaps
    } else {
        Sure::No
    }
}

/// A database by its name whose bytes say nothing: one under a key that is not here.
fn locked(head: &Head<'_>) -> bool {
    /// What iPhone backups call `sms.db`, `CallHistory.storedata`, `ChatStorage.sqlite` and `AddressBook.sqlitedb`.
    const BACKUP_NAMES: [&str; 4] = [
        "3d0d7e5fb2ce288813306e4d4636395e047a3d28",
        "5a4935c78a5255723f707230a451d79c540d2741",
        "7c7fba66680ef796b916b067077cc246adacf01d",
        "31bb7ba8914766d4ba40d6dfb6113c8b614be442",
    ];
    const ENDINGS: [&str; 6] = [".db", ".sqlite", ".sqlite3", ".sqlitedb", ".storedata", ".db3"];
    let name = head.name.to_lowercase();
    let encrypted_by_name = name.rsplit_once(".crypt").is_some_and(|(_, v)| v.len() <= 2 && v.bytes().all(|b| b.is_ascii_digit()));
    let named = encrypted_by_name || ENDINGS.iter().any(|e| name.ends_with(e)) || BACKUP_NAMES.contains(&name.as_str());
    named && without_pattern(head.first)
}

/// Whether bytes are as even as only encryption makes them.
fn without_pattern(bytes: &[u8]) -> bool {
    let mut counts = [0_usize; 256];
    for b in bytes {
        counts[usize::from(*b)] += 1;
    }
    let even = bytes.len() / 256;
    bytes.len() >= 512 && counts.iter().all(|n| *n <= even * 4 + 10)
}

fn read(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    let database = match Database::open(file) {
        Ok(database) => database,
        Err(why) => return Ok(Report::unread("sqlite", State::Unread, why)),
    };
    let Some(layout) = LAYOUTS.iter().find(|l| database.has(l.table, l.needs)) else {
        let mut report = Report::unread("sqlite", State::Unread, if database.wal == Wal::Damaged { "wal-damaged" } else { "database-layout-unknown" });
        report.assumed.extend((database.wal == Wal::LeftOut).then(|| "wal-left-out".to_owned()));
        return Ok(report);
    };
    let inside = if file.inside.is_empty() { layout.table.to_owned() } else { format!("{}/{}", file.inside, layout.table) };
    let mut tally = Tally::new(layout.name, layout.version, &inside, sink);
    match database.wal {
        Wal::Damaged => tally.partly("wal-damaged"),
        Wal::LeftOut => tally.assume("wal-left-out"),
        Wal::None | Wal::LaidOver => {}
    }
    if database.cut {
        tally.partly("truncated");
    }
    (layout.read)(&database, &mut tally, tools.region)?;
    tally.finish(CoversWhy::FirstRecord)
}

/// What became of the newest rows, which a telephone keeps in a file beside the database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wal {
    /// The database keeps none.
    None,
    LaidOver,
    /// The database keeps one and it was not given.
    LeftOut,
    /// Its frames cannot be trusted from some point on: what was whole before it is laid over.
    Damaged,
}

/// How far a table could be walked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    Whole,
    Broken,
    /// It asked for more work than its size explains.
    TooMuchWork,
}

impl End {
    /// What the reader of a table's report is told.
    pub fn tell(self, tally: &mut Tally<'_>) {
        match self {
            End::Whole => {}
            End::Broken => tally.partly("database-broken"),
            End::TooMuchWork => tally.partly("database-too-much-work"),
        }
    }
}

/// A foreign database, open in memory, that can only be asked for columns of its plain tables.
pub(crate) struct Database {
    connection: Connection,
    /// Plain tables by their names in lower case: own name, and columns in lower case.
    tables: HashMap<String, (String, Vec<String>)>,
    wal: Wal,
    /// The file ends before its own header says.
    cut: bool,
    bytes_left: Cell<u64>,
}

impl Database {
    /// The database with its write-ahead log laid over it; the error is a reason code.
    pub fn open(file: &mut File<'_>) -> Result<Database, &'static str> {
        let mut image = Image::new(file)?;
        let size = image.size();
        if size > LARGEST {
            return Err("database-too-large");
        }
        let (wal, cut) = (image.wal, image.cut);
        let mut connection = Connection::open_in_memory().map_err(|_| "database-broken")?;
        let length = usize::try_from(size).map_err(|_| "database-too-large")?;
        connection.deserialize_read_exact(MAIN_DB, &mut image, length, true).map_err(|e| if no_memory(&e) { "database-too-large" } else { "cannot-read-bytes" })?;
        let scrambled = image.scrambled;
        let bytes_left = Cell::new(size * 4 + (64 << 20));
        let mut database = Database { connection, tables: HashMap::new(), wal, cut, bytes_left };
        database.disarm(size).map_err(|_| "database-broken")?;
        database.tables().map_err(|e| match e {
            _ if scrambled => "database-encrypted",
            e if no_memory(&e) => "database-too-large",
            _ => "database-broken",
        })?;
        Ok(database)
    }

    /// Takes from the schema whatever it could do: views, triggers, functions, writing, and endless work.
    fn disarm(&mut self, size: u64) -> rusqlite::Result<()> {
        let c = &mut self.connection;
        c.execute_batch("PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;")?;
        for (config, on) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
            (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        ] {
            c.set_db_config(config, on)?;
        }
        for (limit, most) in [
            (Limit::SQLITE_LIMIT_LENGTH, LARGEST_VALUE),
            (Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
            (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
            (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 10),
            (Limit::SQLITE_LIMIT_ATTACHED, 0),
            (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
        ] {
            c.set_limit(limit, most)?;
        }
        // A row of a hundred bytes costs some thirty steps.
        let mut left = (100_000_000 + size.saturating_mul(20)) / STRIDE;
        c.progress_handler(
            STRIDE as i32,
            Some(move || {
                left = left.saturating_sub(1);
                left == 0
            }),
        )?;
        c.authorizer(Some(|what: AuthContext<'_>| match what.action {
            AuthAction::Select | AuthAction::Read { .. } | AuthAction::Pragma { pragma_name: "table_xinfo", .. } => Authorization::Allow,
            _ => Authorization::Deny,
        }))
    }

    /// Learns the plain tables and their plain columns. A column that is computed when it is asked for is left out.
    fn tables(&mut self) -> rusqlite::Result<()> {
        let mut names = Vec::new();
        {
            let mut ask = self.connection.prepare("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'")?;
            let mut rows = ask.query([])?;
            while let Some(row) = rows.next()? {
                // Virtual tables have no pages of their own.
                if row.get::<_, i64>(1).is_ok_and(|root| root > 0)
                    && let Ok(name) = row.get::<_, String>(0)
                {
                    names.push(name);
                }
            }
        }
        for name in names {
            let mut ask = self.connection.prepare(&format!("PRAGMA table_xinfo({})", quoted(&name)))?;
            let columns = ask.query_map([], |row| Ok((row.get::<_, String>("name")?, row.get::<_, i64>("hidden")?)))?;
            let plain = columns.filter_map(|c| c.ok().filter(|(_, hidden)| *hidden == 0)).map(|(name, _)| name.to_ascii_lowercase()).collect();
            self.tables.insert(name.to_ascii_lowercase(), (name, plain));
        }
        Ok(())
    }

    /// Whether there is such a table with all these columns.
    pub fn has(&self, table: &str, columns: &[&str]) -> bool {
        self.columns(table).is_some_and(|have| columns.iter().all(|c| have.contains(&c.to_ascii_lowercase())))
    }

    /// A table's columns in lower case.
    pub fn columns(&self, table: &str) -> Option<&[String]> {
        self.tables.get(&table.to_ascii_lowercase()).map(|(_, columns)| columns.as_slice())
    }

    /// The plain tables' names in lower case.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// Walks a table in the order of its row numbers. Columns it does not have are null.
    ///
    /// Where a page in the middle is damaged, what lies behind it is walked from the end.
    pub fn walk<E>(&self, table: &str, columns: &[&str], mut each: impl FnMut(&Cells<'_>) -> Result<(), E>) -> Result<End, E> {
        let Some((name, have)) = self.tables.get(&table.to_ascii_lowercase()) else { return Ok(End::Whole) };
        let list: String = columns.iter().map(|c| if have.contains(&c.to_ascii_lowercase()) { format!(", {}", quoted(c)) } else { ", NULL".to_owned() }).collect();
        let forward = format!("SELECT rowid{list} FROM {} NOT INDEXED ORDER BY rowid", quoted(name));
        let mut last = i64::MIN;
        let end = self.steps(&forward, [], columns, &mut |cells| {
            // A damaged tree can lead back to where it has been.
            if last != i64::MIN && cells.rowid <= last {
                return Ok(false);
            }
            last = cells.rowid;
            each(cells).map(|()| true)
        })?;
        if end != End::Broken {
            return Ok(end);
        }
        let backward = format!("SELECT rowid{list} FROM {} NOT INDEXED WHERE rowid > ?1 ORDER BY rowid DESC", quoted(name));
        let mut before = i64::MAX;
        self.steps(&backward, [last], columns, &mut |cells| {
            if cells.rowid >= before || cells.rowid <= last {
                return Ok(false);
            }
            before = cells.rowid;
            each(cells).map(|()| true)
        })?;
        Ok(End::Broken)
    }

    /// Every row of the table that holds what is read, with its place in it; how it ended is told.
    pub fn each(&self, table: &str, columns: &[&str], tally: &mut Tally<'_>, mut each: impl FnMut(&Cells<'_>, u64, &mut Tally<'_>) -> Result<(), Stop>) -> Result<(), Stop> {
        let mut row = 0;
        let end = self.walk(table, columns, |cells| {
            row += 1;
            each(cells, row, tally)
        })?;
        end.tell(tally);
        Ok(())
    }

    /// A table beside it, by row number: of each row what is wanted of it; how it ended is told.
    pub fn beside<T>(&self, table: &str, columns: &[&str], tally: &mut Tally<'_>, wanted: impl Fn(&Cells<'_>) -> Option<T>) -> HashMap<i64, T> {
        let mut found = HashMap::new();
        let end = self.walk(table, columns, |cells| {
            if let Some(one) = wanted(cells) {
                found.insert(cells.rowid, one);
            }
            Ok::<(), Stop>(())
        });
        end.unwrap_or(End::Broken).tell(tally);
        found
    }

    /// Which row of one table goes with which of another, by two columns of a third; how it ended is told.
    pub fn joined(&self, table: &str, left: &str, right: &str, tally: &mut Tally<'_>) -> Vec<(i64, i64)> {
        let (pairs, end) = self.pairs(table, left, right);
        end.tell(tally);
        pairs
    }

    fn steps<E, P: rusqlite::Params>(&self, sql: &str, with: P, columns: &[&str], each: &mut dyn FnMut(&Cells<'_>) -> Result<bool, E>) -> Result<End, E> {
        let Ok(mut ask) = self.connection.prepare(sql) else { return Ok(End::Broken) };
        let mut rows = match ask.query(with) {
            Ok(rows) => rows,
            Err(why) => return Ok(end_of(&why)),
        };
        loop {
            match rows.next() {
                Ok(None) => return Ok(End::Whole),
                Err(why) => return Ok(end_of(&why)),
                Ok(Some(row)) => {
                    let Ok(rowid) = row.get(0) else { return Ok(End::Broken) };
                    let cells = Cells { rowid, row, columns, bytes: Cell::new(0) };
                    if !each(&cells)? {
                        return Ok(End::Broken);
                    }
                    let left = self.bytes_left.get().saturating_sub(cells.bytes.get());
                    self.bytes_left.set(left);
                    if left == 0 {
                        return Ok(End::TooMuchWork);
                    }
                }
            }
        }
    }

    /// Pairs of whole numbers from a side table, sorted; the first so many where there are too many.
    pub fn pairs(&self, table: &str, left: &str, right: &str) -> (Vec<(i64, i64)>, End) {
        let mut out = Vec::new();
        let end = self.walk(table, &[left, right], |cells| {
            if let (Some(a), Some(b)) = (cells.int(left), cells.int(right)) {
                out.push((a, b));
            }
            if out.len() < MOST_REMEMBERED { Ok(()) } else { Err(()) }
        });
        out.sort_unstable();
        (out, end.unwrap_or(End::TooMuchWork))
    }
}

/// The second halves of the pairs that begin with this number.
pub(crate) fn of(pairs: &[(i64, i64)], left: i64) -> impl Iterator<Item = i64> {
    let from = pairs.partition_point(|(a, _)| *a < left);
    pairs[from..].iter().take_while(move |(a, _)| *a == left).map(|(_, b)| *b)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn no_memory(why: &rusqlite::Error) -> bool {
    why.sqlite_error_code() == Some(ErrorCode::OutOfMemory)
}

fn end_of(why: &rusqlite::Error) -> End {
    if why.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) { End::TooMuchWork } else { End::Broken }
}

/// The asked columns of one row.
pub(crate) struct Cells<'a> {
    pub rowid: i64,
    row: &'a rusqlite::Row<'a>,
    columns: &'a [&'a str],
    bytes: Cell<u64>,
}

impl Cells<'_> {
    fn value(&self, column: &str) -> ValueRef<'_> {
        let at = self.columns.iter().position(|c| *c == column);
        let value = at.and_then(|i| self.row.get_ref(i + 1).ok()).unwrap_or(ValueRef::Null);
        if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = value {
            self.bytes.set(self.bytes.get() + bytes.len() as u64);
        }
        value
    }

    /// The row's number, where it is one that a record can name.
    pub fn number(&self) -> Option<u64> {
        u64::try_from(self.rowid).ok().filter(|n| (1..1 << 53).contains(n))
    }

    pub fn int(&self, column: &str) -> Option<i64> {
        match self.value(column) {
            ValueRef::Integer(n) => Some(n),
            ValueRef::Real(n) if n.fract() == 0.0 && n.abs() < 9e15 => Some(n as i64),
            ValueRef::Text(t) => std::str::from_utf8(t).ok()?.trim().parse().ok(),
            _ => None,
        }
    }

    pub fn real(&self, column: &str) -> Option<f64> {
        let n = match self.value(column) {
            ValueRef::Integer(n) => n as f64,
            ValueRef::Real(n) => n,
            ValueRef::Text(t) => std::str::from_utf8(t).ok()?.trim().parse().ok()?,
            _ => return None,
        };
        n.is_finite().then_some(n)
    }

    /// What the column says as text, whether kept as text, as its bytes, or as a number; nothing where it is blank.
    pub fn text(&self, column: &str) -> Option<Cow<'_, str>> {
        let text = match self.value(column) {
            ValueRef::Text(t) | ValueRef::Blob(t) => String::from_utf8_lossy(t),
            ValueRef::Integer(n) => Cow::Owned(n.to_string()),
            ValueRef::Real(_) | ValueRef::Null => return None,
        };
        let blank = |c: char| c.is_whitespace() || c == '\0';
        (!text.chars().all(blank)).then(|| match text {
            Cow::Borrowed(t) => Cow::Borrowed(t.trim_matches('\0')),
            Cow::Owned(t) => Cow::Owned(t.trim_matches('\0').to_owned()),
        })
    }

    pub fn blob(&self, column: &str) -> Option<&[u8]> {
        match self.value(column) {
            ValueRef::Blob(b) => Some(b),
            _ => None,
        }
    }

    pub fn is_null(&self, column: &str) -> bool {
        matches!(self.value(column), ValueRef::Null)
    }
}

/// The database's bytes as they are with the write-ahead log laid over them, page by page, no longer asking for one.
struct Image<'a> {
    main: &'a mut dyn Source,
    log: Option<&'a mut dyn Source>,
    page_bytes: usize,
    pages: u64,
    main_pages: u64,
    /// Where in the log the newest committed copy of a page begins.
    newest: HashMap<u64, u64>,
    wal: Wal,
    cut: bool,
    /// The first page's content looks like no database's.
    scrambled: bool,
    next: u64,
    page: Vec<u8>,
    given: usize,
}

impl<'a> Image<'a> {
    fn new(file: &'a mut File<'_>) -> Result<Image<'a>, &'static str> {
        let bytes = file.bytes;
        let main: &mut dyn Source = file.body;
        let log = file.companions.iter_mut().find(|c| c.name.to_lowercase().ends_with("-wal")).map(|c| &mut *c.body as &mut dyn Source);
        let mut head = [0_u8; 100];
        main.seek(SeekFrom::Start(0)).map_err(|_| "cannot-read-bytes")?;
        if main.read_exact(&mut head).is_err() {
            return Err("database-broken");
        }
        if !head.starts_with(MAGIC) {
            return Err("database-encrypted");
        }
        let page_bytes = match u16::from_be_bytes([head[16], head[17]]) {
            1 => 65_536,
            n if n >= 512 && n.is_power_of_two() => usize::from(n),
            _ => return Err("database-broken"),
        };
        let size = page_bytes as u64;
        let main_pages = bytes.div_ceil(size);
        let mut image = Image {
            main,
            log,
            page_bytes,
            pages: main_pages,
            main_pages,
            newest: HashMap::new(),
            wal: Wal::None,
            cut: false,
            scrambled: false,
            next: 1,
            page: Vec::new(),
            given: 0,
        };
        let keeps_log = head[18] == 2 || head[19] == 2;
        image.lay_over(keeps_log)?;
        if image.newest.is_empty() {
            // The count of pages in the header holds where it was written with the last change.
            let promised = u64::from(number(&head[28..32]));
            image.cut = head[24..28] == head[92..96] && promised > bytes / size && promised * size <= LARGEST && promised > 0;
            image.pages = if image.cut { promised } else { main_pages };
        } else {
            image.cut = image.pages > main_pages && (main_pages + 1..=image.pages).any(|p| !image.newest.contains_key(&p));
        }
        Ok(image)
    }

    fn size(&self) -> u64 {
        self.pages * self.page_bytes as u64
    }

    /// Finds the newest committed copy of each page in the log.
    fn lay_over(&mut self, keeps_log: bool) -> Result<(), &'static str> {
        let Some(log) = self.log.as_mut() else {
            self.wal = if keeps_log { Wal::LeftOut } else { Wal::None };
            return Ok(());
        };
        let bytes = log.seek(SeekFrom::End(0)).map_err(|_| "cannot-read-bytes")?;
        if bytes == 0 {
            return Ok(());
        }
        if bytes > 4 * LARGEST {
            return Err("database-too-large");
        }
        log.seek(SeekFrom::Start(0)).map_err(|_| "cannot-read-bytes")?;
        let mut log = std::io::BufReader::with_capacity(1 << 16, log);
        let mut head = [0_u8; 32];
        let Some(mut sum) = log.read_exact(&mut head).ok().and_then(|()| Sum::of_header(&head)) else {
            self.wal = Wal::Damaged;
            return Ok(());
        };
        if number(&head[8..12]) as usize != self.page_bytes {
            self.wal = Wal::Damaged;
            return Ok(());
        }
        self.wal = Wal::LaidOver;
        let mut page = vec![0_u8; self.page_bytes];
        let mut frame = [0_u8; 24];
        let mut at = 32_u64;
        let mut open: Vec<(u64, u64)> = Vec::new();
        // SQLite writes a page anew in its frame while a change is unfinished, and its sums only at the end: frames that
        // do not hold are damage only where a finished change follows them.
        let mut unfinished = false;
        loop {
            let left = bytes.saturating_sub(at);
            if left == 0 {
                return Ok(());
            }
            if left < 24 + self.page_bytes as u64 {
                self.wal = Wal::Damaged;
                return Ok(());
            }
            log.read_exact(&mut frame).and_then(|()| log.read_exact(&mut page)).map_err(|_| "cannot-read-bytes")?;
            // Frames of an earlier round of the log follow those of this one: they are done with.
            if frame[8..16] != head[16..24] {
                return Ok(());
            }
            sum.add(&frame[..8]);
            sum.add(&page);
            let number_of_page = u64::from(number(&frame[..4]));
            let pages = u64::from(number(&frame[4..8]));
            unfinished |= !sum.is(&frame[16..24]);
            if (unfinished && pages > 0) || !(1..=LARGEST / self.page_bytes as u64).contains(&number_of_page) {
                self.wal = Wal::Damaged;
                return Ok(());
            }
            open.push((number_of_page, at + 24));
            if pages > 0 {
                if pages * self.page_bytes as u64 > LARGEST {
                    return Err("database-too-large");
                }
                self.newest.extend(open.drain(..));
                self.pages = pages;
            }
            at += 24 + self.page_bytes as u64;
        }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        let n = self.next;
        self.next += 1;
        self.given = 0;
        self.page.clear();
        self.page.resize(self.page_bytes, 0);
        let size = self.page_bytes as u64;
        match (self.newest.get(&n), &mut self.log) {
            (Some(at), Some(log)) => {
                log.seek(SeekFrom::Start(*at))?;
                log.read_exact(&mut self.page)?;
            }
            _ if n <= self.main_pages => {
                self.main.seek(SeekFrom::Start((n - 1) * size))?;
                let mut have = 0;
                // The last page of a cut file is short: the rest stays zero.
                while have < self.page.len() {
                    match self.main.read(&mut self.page[have..])? {
                        0 => break,
                        more => have += more,
                    }
                }
            }
            _ => {}
        }
        if n == 1 {
            self.scrambled = without_pattern(self.page.get(100..).unwrap_or_default());
            // Laid over already: the database need not look for a log.
            for version in [18, 19] {
                if self.page[version] == 2 {
                    self.page[version] = 1;
                }
            }
        }
        Ok(())
    }
}

impl Read for Image<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        if self.given == self.page.len() {
            if self.next > self.pages {
                return Ok(0);
            }
            self.fill()?;
        }
        let n = buf.len().min(self.page.len() - self.given);
        buf[..n].copy_from_slice(&self.page[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |n, b| n << 8 | u32::from(*b))
}

/// The running checksum of a write-ahead log (sqlite.org/fileformat2.html section 4.2).
struct Sum {
    a: u32,
    b: u32,
    big: bool,
}

impl Sum {
    /// The checksum after a log's header; `None` where the header is not one.
    fn of_header(head: &[u8; 32]) -> Option<Sum> {
        let big = match number(&head[..4]) {
            0x377f_0682 => false,
            0x377f_0683 => true,
            _ => return None,
        };
        let mut sum = Sum { a: 0, b: 0, big };
        sum.add(&head[..24]);
        (number(&head[4..8]) == 3_007_000 && sum.is(&head[24..32])).then_some(sum)
    }

    fn add(&mut self, bytes: &[u8]) {
        for pair in bytes.chunks_exact(8) {
            let [p, q] = [&pair[..4], &pair[4..]].map(|half| {
                let n = number(half);
                if self.big { n } else { n.swap_bytes() }
            });
            self.a = self.a.wrapping_add(p).wrapping_add(self.b);
            self.b = self.b.wrapping_add(q).wrapping_add(self.a);
        }
    }

    fn is(&self, bytes: &[u8]) -> bool {
        number(&bytes[..4]) == self.a && number(&bytes[4..8]) == self.b
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::{hear, hear_beside};
    use proptest::prelude::*;

    /// A database as this SQL leaves it: its file and its write-ahead log, copied while it is open.
    pub(crate) fn made(before: &str, after: &str) -> (Vec<u8>, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made.db");
        let made = Connection::open(&path).unwrap();
        made.execute_batch(before).unwrap();
        if !after.is_empty() {
            made.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;").unwrap();
            made.execute_batch(after).unwrap();
        }
        let wal = std::fs::read(folder.path().join("made.db-wal")).unwrap_or_default();
        (std::fs::read(&path).unwrap(), wal)
    }

    const TABLE: &str = "CREATE TABLE calls (_id INTEGER PRIMARY KEY, number TEXT, date INTEGER, duration INTEGER, type INTEGER);";

    fn rows(from: u32, to: u32) -> String {
        let all: String = (from..to).map(|i| format!("INSERT INTO calls VALUES ({i}, '415555{i:04}', {}, 60, 1);", 1_600_000_000_000_i64 + i64::from(i))).collect();
        format!("BEGIN; {all} COMMIT;")
    }

    #[test]
    fn rows_that_are_only_in_the_log_are_read() {
        let (main, wal) = made("", &format!("{TABLE}{}", rows(1, 301)));
        assert!(main.len() <= 4_096 && wal.len() > 4_096);
        let (report, heard) = hear_beside("calllog.db", &main, &[("calllog.db-shm", b"x"), ("calllog.db-wal", &wal)]);
        assert_eq!((report.kind.as_str(), report.units, report.records, report.state), ("android_calls", 300, 300, State::Read));
        assert_eq!(heard.calls[0].inside, "calls");
        assert_eq!(report.assumed, Vec::<String>::new());
        let (alone, _) = hear("calllog.db", &main);
        assert_eq!((alone.state, alone.reason.as_deref()), (State::Unread, Some("database-layout-unknown")));
        assert_eq!(alone.assumed, ["wal-left-out"]);
    }

    #[test]
    fn a_log_counts_as_far_as_its_last_whole_commit() {
        let (main, wal) = made(&format!("{TABLE}{}", rows(1, 101)), &format!("{}{}", rows(101, 201), rows(201, 301)));
        let read = |wal: &[u8]| hear_beside("calllog.db", &main, &[("calllog.db-wal", wal)]).0;
        assert_eq!((read(&wal).units, read(&wal).state), (300, State::Read));
        assert_eq!((read(&[]).units, read(&[]).state), (100, State::Read));
        let cut = read(&wal[..wal.len() - 1_000]);
        assert_eq!((cut.units, cut.reason.as_deref()), (200, Some("wal-damaged")));
        let mut flipped = wal.clone();
        let last = flipped.len() - 2_000;
        flipped[last] ^= 1;
        assert_eq!((read(&flipped).units, read(&flipped).reason.as_deref()), (200, Some("wal-damaged")));
        let mut headless = wal.clone();
        headless[0] ^= 1;
        assert_eq!((read(&headless).units, read(&headless).reason.as_deref()), (100, Some("wal-damaged")));
        // An earlier round's frames behind this round's are no damage.
        let mut stale = wal.clone();
        let old: Vec<u8> = stale[32..].iter().map(|b| b ^ 0x55).collect();
        stale.extend(old);
        assert_eq!((read(&stale).units, read(&stale).state), (300, State::Read));
    }

    #[test]
    fn what_is_no_readable_database_says_which_kind() {
        let (main, _) = made(&format!("{TABLE}{}", rows(1, 101)), "");
        let noise: Vec<u8> = (0..8_192_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8 ^ (i >> 3) as u8).collect();
        let mut half_hidden = main.clone();
        half_hidden[100..4_096].copy_from_slice(&noise[100..4_096]);
        let (other, _) = made("CREATE TABLE notes (id INTEGER PRIMARY KEY, words TEXT);", "");
        for (name, bytes, why) in [
            ("calllog.db", &half_hidden[..], "database-encrypted"),
            ("msgstore.db.crypt15", &noise[..], "database-encrypted"),
            ("3d0d7e5fb2ce288813306e4d4636395e047a3d28", &noise[..], "database-encrypted"),
            ("a.db", &main[..60], "database-broken"),
            ("notes.db", &other[..], "database-layout-unknown"),
        ] {
            let (report, _) = hear(name, bytes);
            assert_eq!((report.state, report.reason.as_deref()), (State::Unread, Some(why)), "{name}");
        }
    }

    #[test]
    fn a_cut_or_holed_database_gives_what_is_left() {
        let (main, _) = made(&format!("PRAGMA page_size = 1024;{TABLE}{}", rows(1, 2_001)), "");
        let (cut, heard) = hear("calllog.db", &main[..main.len() * 2 / 3]);
        assert_eq!((cut.state, cut.reason.as_deref()), (State::PartlyRead, Some("truncated")));
        assert!(cut.units > 1_000 && cut.units < 2_000, "{}", cut.units);
        assert_eq!(heard.all().len() as u64, cut.units);
        let mut holed = main.clone();
        let hole = main.len() / 2 / 1_024 * 1_024;
        holed[hole..hole + 1_024].fill(0);
        let (report, heard) = hear("calllog.db", &holed);
        assert_eq!((report.state, report.reason.as_deref()), (State::PartlyRead, Some("database-broken")));
        assert!(report.units > 1_900 && report.units < 2_000, "{}", report.units);
        let mut rows: Vec<u64> = heard.calls.iter().flat_map(|c| c.row.clone()).collect();
        rows.dedup();
        assert_eq!(rows.len() as u64, report.units);
    }

    #[test]
    fn a_schema_that_would_run_something_is_not_asked() {
        for hostile in [
            "CREATE VIEW calls AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS _id, i AS number, i AS date, i AS duration, i AS type FROM n;",
            "CREATE TABLE calls (_id INTEGER PRIMARY KEY, number TEXT, date INTEGER, duration INTEGER AS (length(hex(zeroblob(99999999)))), type INTEGER); INSERT INTO calls (number, date) VALUES ('1', 2);",
            "CREATE VIRTUAL TABLE calls USING fts5(_id, number, date, duration, type);",
        ] {
            let (main, _) = made(hostile, "");
            let (report, _) = hear("calllog.db", &main);
            assert_eq!((report.state, report.reason.as_deref()), (State::Unread, Some("database-layout-unknown")), "{hostile}");
        }
    }

    #[test]
    fn a_database_that_asks_for_endless_work_is_stopped() {
        let (main, _) = made(&format!("{TABLE}{}", rows(1, 20_001)), "");
        let mut body = std::io::Cursor::new(main.clone());
        let mut file = File { name: "a.db".to_owned(), bytes: main.len() as u64, body: &mut body, companions: vec![], inside: String::new() };
        let mut database = Database::open(&mut file).unwrap();
        let mut left = 3;
        database
            .connection
            .progress_handler(
                STRIDE as i32,
                Some(move || {
                    left -= 1;
                    left <= 0
                }),
            )
            .unwrap();
        let mut seen = 0;
        let end = database.walk("calls", &["number"], |_| {
            seen += 1;
            Ok::<(), ()>(())
        });
        assert_eq!(end, Ok(End::TooMuchWork));
        assert!(seen < 20_000);
        database.connection.progress_handler(0, None::<fn() -> bool>).unwrap();
        database.bytes_left.set(1_000);
        assert_eq!(
            database.walk("calls", &["number"], |c| {
                c.text("number");
                Ok::<(), ()>(())
            }),
            Ok(End::TooMuchWork)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_damage_still_adds_up(flips in prop::collection::vec((any::<u32>(), any::<u8>()), 0..40), cut in any::<u32>(), wal_cut in any::<u32>()) {
            let (mut main, mut wal) = sample();
            for (at, to) in &flips {
                let all = main.len() + wal.len();
                let at = *at as usize % all;
                if at < main.len() { main[at] = *to } else { wal[at - main.len()] = *to }
            }
            if cut % 3 == 0 { main.truncate(cut as usize % main.len()) }
            if wal_cut % 3 == 0 { wal.truncate(wal_cut as usize % wal.len()) }
            let (report, heard) = hear_beside("calllog.db", &main, &[("calllog.db-wal", &wal)]);
            prop_assert!(report.adds_up());
            prop_assert_eq!(report.records, heard.all().len() as u64);
        }

        #[test]
        fn rows_are_those_that_sqlite_itself_sees(page_size in prop::sample::select(vec![512, 1024, 4096, 65_536]), steps in prop::collection::vec((0..6_u8, 1..400_u32), 1..20)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("made.db");
            let made = Connection::open(&path).unwrap();
            made.execute_batch(&format!("PRAGMA page_size = {page_size}; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; {TABLE}")).unwrap();
            let mut next = 1;
            for (what, n) in steps {
                let sql = match what {
                    0 | 1 => {
                        let sql = rows(next, next + n);
                        next += n;
                        sql
                    }
                    2 => format!("DELETE FROM calls WHERE _id % 7 = {} OR _id > {};", n % 7, next.saturating_sub(n / 4)),
                    3 => format!("UPDATE calls SET number = '{}' WHERE _id % 5 = {};", "7".repeat((n % 9 + 7) as usize), n % 5),
                    4 => "PRAGMA wal_checkpoint(PASSIVE);".to_owned(),
                    _ => "PRAGMA wal_checkpoint(RESTART);".to_owned(),
                };
                made.execute_batch(&sql).unwrap();
            }
            // What an unfinished change has already written into the log is nobody's.
            made.execute_batch("PRAGMA cache_size = 1; BEGIN; UPDATE calls SET duration = 1, number = '4155550000'; INSERT INTO calls (number, date, duration, type) VALUES ('x', 5, 5, 1);").unwrap();
            let (main, wal) = (std::fs::read(&path).unwrap(), std::fs::read(folder.path().join("made.db-wal")).unwrap());
            made.execute_batch("ROLLBACK;").unwrap();
            let mut ask = made.prepare("SELECT _id, number, duration FROM calls ORDER BY _id").unwrap();
            let want: Vec<(u64, String, u32)> = ask.query_map([], |r| Ok((r.get::<_, i64>(0)? as u64, r.get(1)?, r.get(2)?))).unwrap().map(Result::unwrap).collect();
            let (report, heard) = hear_beside("calllog.db", &main, &[("calllog.db-wal", &wal)]);
            prop_assert_eq!((report.units, report.state), (want.len() as u64, State::Read));
            let got: Vec<(u64, String, u32)> = heard.calls.iter().flat_map(|c| c.iter()).map(|c| (c.row, c.number_raw.unwrap_or_default().to_owned(), c.duration_s.unwrap_or(9))).collect();
            prop_assert_eq!(got, want);
        }

        #[test]
        fn any_bytes_behind_the_mark_are_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..4_096)) {
            let (report, _) = hear("a.db", &[MAGIC, &bytes].concat());
            prop_assert!(report.adds_up());
        }
    }

    fn sample() -> (Vec<u8>, Vec<u8>) {
        static SAMPLE: std::sync::OnceLock<(Vec<u8>, Vec<u8>)> = std::sync::OnceLock::new();
        SAMPLE.get_or_init(|| made(&format!("PRAGMA page_size = 512;{TABLE}{}", rows(1, 201)), &rows(201, 301))).clone()
    }
}
