//! Where offices lie on this machine, and how a new one is put there.

use amparo_lang::Lang;
use amparo_office::{Desk, Exit, Founding, Problem, Result, Store, Voice};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How this program finds the offices of this machine; put together in `main`.
#[derive(Clone, Copy)]
pub struct Places {
    pub exists: fn(&Path) -> bool,
    /// A synced or network folder, where a live office would be damaged.
    pub shared: fn(&Path) -> bool,
    /// Opens or makes it; the language is for saying that another program is writing.
    pub open: fn(&Path, Lang) -> Result<Arc<dyn Store>>,
    /// Joins a host with its letter, for the office of this folder; answers the host's address.
    pub join: fn(&Path, &[u8], Arc<dyn Voice>) -> Result<String>,
}

/// The system's clock, in milliseconds since 1970: what entries are stamped with.
pub fn system_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The six answers, or the defaults.
pub struct Answers {
    pub language: String,
    pub office: String,
    pub neutral: String,
    pub name: String,
    /// The office's own sheets, where it wants them: how many are needed, of how many.
    pub recovery: Option<(u8, u8)>,
}

/// A passphrase that can be guessed is refused before anything is made with it.
pub fn long_enough(passphrase: &str) -> Result<()> {
    match passphrase.trim().chars().count() < 15 {
        true => Err(Problem::new(Exit::Usage, "problem-passphrase-short")),
        false => Ok(()),
    }
}

/// An office being made in a folder beside its own: an interrupted first run leaves no office without its words.
pub struct Making {
    pub desk: Desk,
    pub words: Vec<String>,
    /// The office's own recovery sheets, where they were asked for.
    pub sheets: Vec<Vec<String>>,
    pub folder: PathBuf,
    home: PathBuf,
}

impl Making {
    pub fn begin(places: Places, home: &Path, lang: Lang, answers: &Answers, passphrase: &str) -> Result<Making> {
        if (places.exists)(home) {
            return Err(Problem::new(Exit::No, "problem-office-exists").with("home", home.display()));
        }
        not_filled(home)?;
        let zone = machine_zone();
        let founding = Founding {
            passphrase,
            member_name: &answers.name,
            language: &answers.language,
            office_name: &answers.office,
            neutral_name: &answers.neutral,
            zone: &zone,
            recovery: answers.recovery,
        };
        let folder = beside(home, ".making")?;
        let founded = Desk::found((places.open)(&folder, lang)?, &founding, system_ms)?;
        Ok(Making { desk: founded.desk, words: founded.words, sheets: founded.sheets, folder, home: home.to_owned() })
    }

    /// The office gets its name and place.
    pub fn finish(mut self) -> Result<()> {
        self.desk.end()?;
        drop(self.desk);
        put_in_place(&self.folder, &self.home)
    }
}

/// So many sheets of the office as were asked for: one opens alone, of several any two together; at most five.
pub fn office_sheets(count: &str) -> Option<(u8, u8)> {
    let count: u8 = count.trim().parse().ok().filter(|n| (1..=5).contains(n))?;
    Some((count.min(2), count))
}

/// The zone of this machine, by its IANA name.
pub fn machine_zone() -> String {
    let zone = jiff::tz::TimeZone::system();
    let name = zone.iana_name().filter(|name| amparo_analysis::view::zone_named(name).is_some());
    name.unwrap_or("UTC").to_owned()
}

pub fn cannot_write(path: &Path) -> Problem {
    Problem::new(Exit::Store, "problem-cannot-write").with("path", path.display())
}

/// Refuses a folder that holds something already.
pub fn not_filled(home: &Path) -> Result<()> {
    match fs::read_dir(home).is_ok_and(|mut entries| entries.next().is_some()) {
        true => Err(Problem::new(Exit::No, "problem-not-empty").with("path", home.display())),
        false => Ok(()),
    }
}

/// The folder beside the office's in which it is made, empty.
pub fn beside(home: &Path, ending: &str) -> Result<PathBuf> {
    let mut name = home.file_name().ok_or_else(|| cannot_write(home))?.to_owned();
    name.push(ending);
    let beside = home.with_file_name(name);
    match fs::remove_dir_all(&beside) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(cannot_write(&beside)),
        _ => Ok(beside),
    }
}

/// Gives a whole office its name; what was said to be there is there after a loss of power, too.
pub fn put_in_place(made: &Path, home: &Path) -> Result<()> {
    let named = || -> std::io::Result<()> {
        if home.exists() {
            fs::remove_dir(home)?;
        }
        fs::rename(made, home)?;
        let parent = home.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(parent)?.sync_all()
    };
    named().map_err(|_| cannot_write(home))
}

pub fn default_home() -> PathBuf {
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".local/share"));
    data.or_else(home).unwrap_or_else(|| PathBuf::from(".")).join("amparo")
}
