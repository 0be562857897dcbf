//! What can go wrong in custody: each case with the facts a person needs, the words come later.

use amparo_model::{JournalId, MemberId, Sha256};
use std::fmt;

/// Why something was not done. Nothing is half done: what is refused leaves the store as it was.
#[derive(Debug)]
pub enum VaultError {
    /// The disk or database refused.
    Store(amparo_store::StoreError),
    /// Reading or writing a stream failed.
    Io(std::io::Error),
    /// A seal did not open: wrong key, or altered bytes. Says which.
    Seal(&'static str),
    /// There is an office in this folder already.
    AlreadyAnOffice,
    /// There is none.
    NoOffice,
    WrongPassphrase,
    /// The passphrase slot asks for an amount of work outside the limits.
    HostileSlot,
    /// The words open no member of this office.
    WrongWords,
    /// The office journal does not pass through what this member's bundle remembers.
    OfficeRolledBack {
        remembered: (u64, Sha256),
        tip: u64,
    },
    NoSuchMember(MemberId),
    NoSuchCase,
    /// The member has no key that opens this journal.
    NoGrant(JournalId),
    /// The journal can be read and not written.
    ReadOnly(JournalId, Standing),
    /// An entry does not hold.
    Broken(Broken),
    /// Somebody else wrote in between, many times.
    Busy,
    /// No key for this paper: withdrawn, or lost.
    KeyGone(Sha256),
    /// The stored bytes are not what the entry names.
    Altered(Sha256),
    /// A hold forbids forgetting.
    Held,
    NoSuchEntry(u64),
    NoSuchDrawer,
    /// The rule of shredding applies: the last paper, or more than half in seven days.
    AskFirst,
    NotRipe {
        until: String,
    },
    /// A single entry or list is longer than a frame may be.
    TooLong(usize),
    /// Bytes from outside do not have the form they should; says which.
    Malformed(&'static str),
    /// Not written, because the other side refused it or a person must decide.
    Refused(&'static str),
}

/// Something in a journal that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub journal: JournalId,
    pub seq: u64,
    pub why: &'static str,
}

/// How a journal stands beside its signed head (FORMATS.md section 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Whole,
    /// The last entry was durable and its head was not: the head was written anew.
    AfterCrash {
        from: u64,
        to: u64,
    },
    /// Entries are missing from the end.
    Shorter {
        head: u64,
        hash: Sha256,
        tip: u64,
    },
    /// Another history stands under the head's number.
    Forked {
        seq: u64,
        head: Sha256,
        found: Sha256,
    },
    HeadMissing,
    HeadBadlySigned,
    /// Entries after the head that do not open or are unsigned: never adopted.
    ForeignTail {
        from: u64,
    },
    /// An entry before the head does not hold.
    Broken(Broken),
    /// A type of entry that this version does not know.
    UnknownEvent {
        seq: u64,
    },
}

impl Standing {
    pub fn writable(&self) -> bool {
        matches!(self, Standing::Whole | Standing::AfterCrash { .. })
    }
}

pub type Result<T> = std::result::Result<T, VaultError>;

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
impl std::error::Error for VaultError {}

impl From<amparo_store::StoreError> for VaultError {
    fn from(e: amparo_store::StoreError) -> VaultError {
        VaultError::Store(e)
    }
}
impl From<amparo_seal::SealError> for VaultError {
    fn from(e: amparo_seal::SealError) -> VaultError {
        use amparo_seal::SealError;
        match e {
            SealError::NotOpened(what) => VaultError::Seal(what),
            SealError::Malformed(what) => VaultError::Malformed(what),
            SealError::TooLong(length) => VaultError::TooLong(length),
            SealError::HostileWork => VaultError::HostileSlot,
            SealError::Io(e) => VaultError::Io(e),
        }
    }
}
impl From<std::io::Error> for VaultError {
    fn from(e: std::io::Error) -> VaultError {
        VaultError::Io(e)
    }
}
