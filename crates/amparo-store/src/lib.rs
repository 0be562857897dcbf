//! Bytes by kind and id: the one room that touches the disk.
//!
//! It knows entries, rows of wrapped keys, sealed files and heads by their bytes and names, and nothing
//! of what they mean. An append counts only when it is durable; a failed sync makes the store read-only.

mod local;
mod memory;
mod place;
mod remote;
pub mod wire;

pub use local::{Local, private_file, private_folder};
pub use memory::{Fault, Memory};
pub use place::{Shared, shared_folder};
pub use remote::{HostAddress, Letter, Remote, Voice};

use std::fmt;
use std::io::{self, Read, Seek, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// A journal, member or other random id.
pub type Id = [u8; 16];
/// SHA-256.
pub type Hash = [u8; 32];

/// Something readable and seekable.
pub trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// A journal's newest entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tip {
    pub seq: u64,
    pub hash: Hash,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    pub journal: Id,
    pub seq: u64,
    pub hash: Hash,
    pub frame: Vec<u8>,
}

/// What names a row.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct WrapKey {
    pub journal: Id,
    pub what: u8,
    pub id: Vec<u8>,
    pub to: Vec<u8>,
}

/// One wrapped key (FORMATS: `wrap(journal, what, id, to, alg, lock, bytes, half)`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrapRow {
    pub key: WrapKey,
    pub alg: u8,
    pub lock: u8,
    pub bytes: Vec<u8>,
    pub half: Vec<u8>,
}

/// One entry with the rows that go with it: all of it or nothing.
#[derive(Clone, Debug)]
pub struct Append {
    pub entry: Entry,
    /// What the journal's newest entry must be; `None` for a first entry.
    pub after: Option<Tip>,
    pub put: Vec<WrapRow>,
    pub delete: Vec<WrapKey>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Appended {
    Done,
    /// The tip is another one: replay, decide anew, seal anew.
    Refused {
        tip: Option<Tip>,
    },
}

/// What a search for deleted rows' bytes found after they were deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purged {
    /// Neither the database nor its log holds any of them.
    Gone,
    /// A reader held the log open, or bytes were still found: not yet "forgotten here".
    Remains { found: usize },
}

/// What failed, and where.
#[derive(Debug)]
pub enum StoreError {
    Io {
        what: &'static str,
        path: PathBuf,
        error: io::Error,
    },
    Sql {
        what: &'static str,
        error: rusqlite::Error,
    },
    Full {
        path: PathBuf,
    },
    NotThere {
        what: &'static str,
    },
    /// A sync failed before: nothing is written until the program starts again.
    ReadOnly,
    /// The bytes are not those of their name.
    NotItself {
        name: Hash,
    },
    /// The host was not reached: what was to be sent waits.
    Away {
        why: String,
    },
    /// The host answered, and will not: a word of its own says why (`suspended`, `quota`).
    Host {
        status: u16,
        reason: String,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Io { what, path, error } => write!(f, "{what} {}: {error}", path.display()),
            StoreError::Sql { what, error } => write!(f, "{what}: {error}"),
            StoreError::Full { path } => write!(f, "{}: no space left", path.display()),
            StoreError::NotThere { what } => write!(f, "{what} is not there"),
            StoreError::ReadOnly => f.write_str("read-only after a failed sync"),
            StoreError::Away { why } => write!(f, "the host was not reached: {why}"),
            StoreError::Host { status, reason } => write!(f, "the host refused ({status}{}{reason})", if reason.is_empty() { "" } else { " " }),
            StoreError::NotItself { name } => write!(f, "a sealed file is not the one of its name ({:02x}{:02x}...)", name[0], name[1]),
        }
    }
}

/// What the host did that it must not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Seen {
    /// It no longer has entries that it had acknowledged.
    RolledBack { acknowledged: u64, there: u64 },
    /// Another entry stands where one stood, or what it sends does not hang together.
    Forked { seq: u64 },
    /// It no longer has a journal that it had.
    Gone,
}

impl Seen {
    fn text(&self) -> String {
        match self {
            Seen::RolledBack { acknowledged, there } => format!("back {acknowledged} {there}"),
            Seen::Forked { seq } => format!("fork {seq}"),
            Seen::Gone => "gone".to_owned(),
        }
    }

    fn parse(text: &str) -> Option<Seen> {
        let mut words = text.split(' ');
        let seen = words.next()?;
        let mut number = || words.next()?.parse().ok();
        Some(match seen {
            "back" => Seen::RolledBack { acknowledged: number()?, there: number()? },
            "fork" => Seen::Forked { seq: number()? },
            "gone" => Seen::Gone,
            _ => return None,
        })
    }
}

/// How it stands with the host behind a store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Peer {
    pub address: String,
    /// Whether it answered when it was last asked.
    pub reached: bool,
    /// Why not.
    pub why: Option<String>,
    /// How much waits to be sent.
    pub waiting: usize,
    /// Breaches, by journal.
    pub seen: Vec<(Id, Seen)>,
    /// Journals of which something written here must be sealed anew.
    pub diverged: Vec<Id>,
}

/// Entries written here that the host could not take, because others stand in their places, with the rows that open them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Diverged {
    /// Each with the number up to which the host agreed when it was refused.
    pub entries: Vec<(u64, Entry)>,
    pub rows: Vec<WrapRow>,
}

pub type Result<T> = std::result::Result<T, StoreError>;

/// A sealed file being written; it has no name until it is committed.
pub trait BlobWriter: Write + Send {
    /// Syncs the bytes and gives them their name; the same name twice keeps one.
    fn commit(self: Box<Self>, name: Hash) -> Result<()>;
}

/// Bytes by kind and id. Every change is durable when the call returns.
pub trait Store: Send + Sync {
    fn journals(&self) -> Result<Vec<Id>>;
    fn tip(&self, journal: &Id) -> Result<Option<Tip>>;
    /// Entries from this number on, in order.
    fn entries(&self, journal: &Id, from: u64, visit: &mut dyn FnMut(Entry) -> bool) -> Result<()>;
    fn append(&self, append: &Append) -> Result<Appended>;
    /// All rows of a journal, or those of one kind, ordered by key.
    fn wraps(&self, journal: &Id, what: Option<u8>) -> Result<Vec<WrapRow>>;
    fn change_wraps(&self, put: &[WrapRow], delete: &[WrapKey]) -> Result<()>;
    /// Makes sure that none of these byte strings is left in the database or its log; with none named, that
    /// nothing is left of whatever was deleted before.
    fn purge(&self, bytes: &[Vec<u8>]) -> Result<Purged>;
    /// Deletes a journal: entries, rows and head. Its sealed files are deleted by name.
    fn delete_journal(&self, journal: &Id) -> Result<()>;
    /// Puts whole entries and rows of a journal that is not there yet.
    fn restore_journal(&self, entries: &[Entry], rows: &[WrapRow]) -> Result<()>;

    fn bundle(&self, member: &Id) -> Result<Option<Vec<u8>>>;
    fn bundles(&self) -> Result<Vec<(Id, Vec<u8>)>>;
    fn put_bundle(&self, member: &Id, bundle: Option<&[u8]>) -> Result<()>;
    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>>;
    fn put_meta(&self, name: &str, value: &[u8]) -> Result<()>;

    fn head(&self, journal: &Id) -> Result<Option<Vec<u8>>>;
    fn put_head(&self, journal: &Id, note: &[u8]) -> Result<()>;

    fn blob_begin(&self) -> Result<Box<dyn BlobWriter>>;
    fn blob(&self, name: &Hash) -> Result<Box<dyn Bytes>>;
    fn blob_names(&self) -> Result<Vec<Hash>>;
    fn blob_delete(&self, name: &Hash) -> Result<()>;
    /// Sets a file aside that no entry names; it is removed 30 days after it was set aside.
    fn blob_litter(&self, name: &Hash) -> Result<()>;
    fn litter(&self) -> Result<Vec<Hash>>;

    /// Holds the right to write until dropped; waits while another program has it, saying so first.
    fn lock(&self, waiting: &mut dyn FnMut()) -> Result<Box<dyn Send>>;
    /// Tells the person at the door that another program is writing; called by whoever must wait for the lock.
    fn waiting(&self) {}
    /// Whether no other program works in this store now: what no entry names then is no one's.
    fn alone(&self) -> Result<bool>;
    /// Copies database and log aside before the first write to a store whose tail is missing.
    fn set_aside(&self) -> Result<PathBuf>;

    /// Who speaks for the office to its host, once somebody unlocked it; whether something newer came from there.
    fn speak_as(&self, _voice: Arc<dyn Voice>) -> Result<bool> {
        Ok(false)
    }
    /// The newest entry of a journal that will keep its place: with a host, the one it acknowledged last.
    fn confirmed(&self, journal: &Id) -> Result<Option<Tip>> {
        self.tip(journal)
    }
    /// Whether the office's own journal may be written now: with a host, only while it answers.
    fn can_lead(&self) -> Result<()> {
        Ok(())
    }
    /// Sends and takes in all there is; whether something newer came.
    fn sync(&self) -> Result<bool> {
        Ok(false)
    }
    /// How it stands with the host; `None` where there is none.
    fn peer(&self) -> Result<Option<Peer>> {
        Ok(None)
    }
    /// What must be sealed anew in this journal.
    fn diverged(&self, _journal: &Id) -> Result<Option<Diverged>> {
        Ok(None)
    }
    /// Strikes off one entry of [`Store::diverged`]: it was sealed anew, or is no longer wanted.
    fn settle_diverged(&self, _journal: &Id, _entry: &Hash) -> Result<()> {
        Ok(())
    }
}
