//! What went wrong, with its facts; the words are found at the door, in the reader's language.

use amparo_vault::{Standing, VaultError};

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

/// The facts of a vault's error, under the message that tells what it means and what to do.
impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Problem {
        use amparo_vault::StoreError;
        let new = Problem::new;
        match error {
            VaultError::Store(amparo_vault::StoreError::Away { .. }) => new(Exit::Store, "problem-host-away"),
            VaultError::Store(amparo_vault::StoreError::Host { status: 401, .. }) => new(Exit::NotAllowed, "problem-host-stranger"),
            VaultError::Store(amparo_vault::StoreError::Host { reason, status }) => {
                new(Exit::NotAllowed, "problem-host-refused").with("why", if reason.is_empty() { status.to_string() } else { reason })
            }
            VaultError::Store(StoreError::Full { .. }) => new(Exit::Store, "problem-disk-full"),
            VaultError::Store(StoreError::NotItself { .. }) => new(Exit::Store, "problem-altered"),
            VaultError::Store(e) => new(Exit::Store, "problem-store").with("why", why_store(&e)),
            VaultError::Io(e) if matches!(e.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) => new(Exit::Store, "problem-disk-full"),
            VaultError::Io(e) => new(Exit::Store, "problem-store").with("why", why(&e)),
            VaultError::AlreadyAnOffice => new(Exit::No, "problem-office-there"),
            VaultError::NoOffice => new(Exit::No, "problem-office-none"),
            VaultError::WrongPassphrase => new(Exit::NotAllowed, "problem-bad-passphrase"),
            VaultError::WrongWords => new(Exit::NotAllowed, "problem-words-open-nothing"),
            VaultError::HostileSlot => new(Exit::Store, "problem-hostile-slot"),
            VaultError::OfficeRolledBack { remembered, tip } => new(Exit::Store, "problem-office-rolled-back").with("remembered", remembered.0).with("found", tip),
            VaultError::NoSuchMember(member) => new(Exit::No, "problem-no-member").with("member", member),
            VaultError::NoSuchCase => new(Exit::No, "problem-case-none"),
            VaultError::NoGrant(_) => new(Exit::NotAllowed, "problem-not-allowed"),
            VaultError::ReadOnly(_, standing) => read_only(&standing),
            VaultError::Broken(broken) => new(Exit::Store, "problem-entry-broken").with("seq", broken.seq),
            VaultError::Busy => new(Exit::Store, "problem-busy"),
            VaultError::KeyGone(_) => new(Exit::No, "problem-key-gone"),
            VaultError::Altered(_) => new(Exit::Store, "problem-altered"),
            VaultError::Held => new(Exit::NotAllowed, "problem-held"),
            VaultError::NoSuchEntry(seq) => new(Exit::No, "problem-no-file").with("file", seq),
            VaultError::NoSuchDrawer => new(Exit::NotAllowed, "problem-not-allowed"),
            VaultError::AskFirst => new(Exit::NotAllowed, "problem-needs-shred"),
            VaultError::NotRipe { until } => new(Exit::NotAllowed, "problem-not-ripe").with("until", until),
            VaultError::TooLong(bytes) => new(Exit::No, "problem-too-long").with("bytes", bytes),
            VaultError::Seal(what) | VaultError::Malformed(what) => new(Exit::Store, "problem-broken").with("why", format!("part:{what}")),
            VaultError::Refused(what) => new(Exit::No, refused(what)),
        }
    }
}

/// What the system said, as a code of the words `why-CODE`, with a detail after a colon: its own sentence knows one language.
pub fn why(error: &std::io::Error) -> String {
    use std::io::ErrorKind::*;
    match (error.kind(), error.raw_os_error()) {
        (NotFound, _) => "not-there".to_owned(),
        (PermissionDenied, _) => "no-permission".to_owned(),
        (ReadOnlyFilesystem, _) => "read-only".to_owned(),
        (TimedOut, _) => "too-slow".to_owned(),
        (_, Some(number)) => format!("system:{number}"),
        (_, None) => "system".to_owned(),
    }
}

fn why_store(error: &amparo_vault::StoreError) -> String {
    use amparo_vault::StoreError;
    match error {
        StoreError::Io { path, error, .. } => {
            let why = why(error);
            let (code, number) = why.split_once(':').map_or((why.as_str(), String::new()), |(code, number)| (code, format!("{number}, ")));
            format!("{code}:{number}{}", path.display())
        }
        StoreError::Sql { .. } => "database".to_owned(),
        StoreError::NotThere { .. } => "not-there".to_owned(),
        StoreError::ReadOnly => "failed-sync".to_owned(),
        StoreError::Full { path } => format!("full:{}", path.display()),
        StoreError::NotItself { .. } => "database".to_owned(),
        // Each has a problem of its own.
        StoreError::Away { .. } | StoreError::Host { .. } => "system".to_owned(),
    }
}

fn read_only(standing: &Standing) -> Problem {
    let new = |id| Problem::new(Exit::Store, id);
    match standing {
        Standing::Shorter { head, tip, .. } => new("problem-tail-missing").with("from", tip + 1).with("to", head),
        Standing::Forked { seq, .. } => new("problem-forked").with("seq", seq),
        Standing::ForeignTail { from } => new("problem-foreign-tail").with("from", from),
        Standing::UnknownEvent { seq } => new("problem-newer-version").with("seq", seq),
        Standing::Broken(broken) => new("problem-entry-broken").with("seq", broken.seq),
        Standing::HeadMissing | Standing::HeadBadlySigned => new("problem-head-missing"),
        Standing::Whole | Standing::AfterCrash { .. } => new("problem-busy"),
    }
}

/// The vault's short refusals that a person can meet.
fn refused(what: &str) -> &'static str {
    match what {
        "the handle is taken" => "problem-handle-taken",
        "the office never announced this sheet" => "problem-sheet-not-announced",
        "nobody asked" => "problem-nothing-asked",
        "the member who asked cannot agree" => "problem-needs-second",
        "the folder is not empty" => "problem-folder-not-empty",
        "keys are handed over only to a receiver's recipient" => "problem-needs-recipient",
        "it was handed over to somebody else" => "problem-handed-to-another",
        "its head is not the one that was signed" | "a file that the bag's list does not name" => "problem-hand-over-not-whole",
        "the same case" => "problem-same-case",
        "another office's backup" => "problem-backup-other-office",
        "the bundle is not the one that was written" | "the bundle is not signed by this office" | "the keystore did not read back" => "problem-backup-not-whole",
        _ => "problem-refused",
    }
}
