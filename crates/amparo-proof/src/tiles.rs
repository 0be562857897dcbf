//! A log as files that never change (C2SP tlog-tiles), and what a stranger who fetches them believes.
//!
//! A tile holds 256 neighbouring hashes of every eighth level; a bundle holds 256 entries. Only the rightmost of
//! each row may hold fewer. From a signed checkpoint downwards each tile proves the next: the partial ones together
//! give the root, and each full one hashes to its place in the tile above it.

use crate::Hash;
use crate::checkpoint::{Checkpoint, decimal};
use crate::tree::{self, Nodes, leaf_hash, node_hash};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Hashes in a full tile, and entries in a full bundle.
pub const WIDTH: u16 = 256;
/// The longest entry: its length is written in two bytes.
pub const MAX_ENTRY: usize = u16::MAX as usize;
/// Levels of the tree between two rows of tiles.
const STEP: u32 = 8;
/// Rows that a tree of 64-bit size can have.
const ROWS: u8 = 8;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Row {
    /// Roots over 256^n entries each; 0 are the entries' own hashes.
    Hashes(u8),
    Entries,
}

/// One file of a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tile {
    pub row: Row,
    pub index: u64,
    /// 1 to 256.
    pub width: u16,
}

impl Tile {
    /// The tile at this place, as wide as a log of that size has it.
    pub fn at(row: Row, index: u64, size: u64) -> Option<Tile> {
        let width = u64::from(WIDTH).min(in_row(row, size).saturating_sub(index.checked_mul(u64::from(WIDTH))?));
        Some(Tile { row, index, width: width as u16 }).filter(|t| t.width > 0)
    }

    pub fn is_full(&self) -> bool {
        self.width == WIDTH
    }

    /// Where it lies below the log's address: `tile/<L>/<N>[.p/<W>]`.
    pub fn path(&self) -> String {
        let row = match self.row {
            Row::Hashes(level) => level.to_string(),
            Row::Entries => "entries".to_owned(),
        };
        let mut number = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            number = format!("x{:03}/{number}", rest % 1000);
            rest /= 1000;
        }
        if self.is_full() { format!("tile/{row}/{number}") } else { format!("tile/{row}/{number}.p/{}", self.width) }
    }

    /// Only a path that [`Tile::path`] makes.
    pub fn parse(path: &str) -> Option<Tile> {
        let (row, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let row = if row == "entries" { Row::Entries } else { Row::Hashes(decimal(row).filter(|n| *n < 64)? as u8) };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, decimal(width).filter(|w| (1..u64::from(WIDTH)).contains(w))? as u16),
            None => (rest, WIDTH),
        };
        let digits = number.replace(['x', '/'], "");
        Some(Tile { row, index: digits.parse().ok()?, width }).filter(|tile| tile.path() == path)
    }

    /// What the file holds, where it is a tile of hashes.
    pub fn bytes(&self, nodes: &Nodes) -> Option<Vec<u8>> {
        let Row::Hashes(row) = self.row else { return None };
        let first = self.index.checked_mul(u64::from(WIDTH))?;
        let hashes: Option<Vec<Hash>> = (first..first.checked_add(u64::from(self.width))?).map(|i| nodes(STEP * u32::from(row), i)).collect();
        Some(hashes?.concat())
    }

    /// The hashes of such a file: exactly as many as it is wide.
    pub fn hashes(&self, bytes: &[u8]) -> Option<Vec<Hash>> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && hashes.len() == usize::from(self.width)).then(|| hashes.to_vec())
    }

    /// The entries of a bundle: exactly as many as it is wide.
    pub fn entries<'a>(&self, mut bytes: &'a [u8]) -> Option<Vec<&'a [u8]>> {
        let mut out = vec![];
        while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
            let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            out.push(entry);
            bytes = rest;
        }
        (bytes.is_empty() && out.len() == usize::from(self.width)).then_some(out)
    }
}

/// A bundle's file; nothing where an entry is too long to stand in one.
pub fn bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let mut out = vec![];
    for entry in entries {
        out.extend_from_slice(&u16::try_from(entry.len()).ok()?.to_be_bytes());
        out.extend_from_slice(entry);
    }
    Some(out)
}

/// What a log writes when it grows, lowest row first: every tile and bundle that the smaller one did not have.
pub fn grown(old: u64, new: u64) -> Vec<Tile> {
    let row = |row: Row| {
        let (before, after) = (in_row(row, old), in_row(row, new));
        let range = if before < after { before / u64::from(WIDTH)..after.div_ceil(u64::from(WIDTH)) } else { 0..0 };
        range.filter_map(move |index| Tile::at(row, index, new))
    };
    row(Row::Entries).chain((0..ROWS).flat_map(|level| row(Row::Hashes(level)))).collect()
}

/// How many hashes or entries stand in a row.
fn in_row(row: Row, size: u64) -> u64 {
    match row {
        Row::Entries => size,
        Row::Hashes(level) => size.checked_shr(STEP * u32::from(level)).unwrap_or(0),
    }
}

/// What a reader saw that should not be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    /// Two checkpoints of different logs.
    OtherLog,
    /// The log has fewer entries than it had.
    RolledBack { known: u64, size: u64 },
    /// The first `size` entries are others than they were.
    Forked { size: u64 },
    /// A file that has to be there was not given.
    Missing(Tile),
    /// A file that does not belong to the checkpoint.
    Altered(Tile),
    /// The partial tiles together give another root than the checkpoint says.
    OtherRoot,
}

/// Fetches a file of a log by its place; nothing where there is none.
pub type Fetch<'a> = dyn Fn(Tile) -> Option<Vec<u8>> + 'a;

/// Whether a log only grew since an older checkpoint. Both must have been opened: their signatures are not looked at here.
pub fn follow(old: &Checkpoint, new: &Checkpoint, fetch: &Fetch) -> Result<(), Seen> {
    if old.origin != new.origin {
        return Err(Seen::OtherLog);
    }
    if new.size < old.size {
        return Err(Seen::RolledBack { known: old.size, size: new.size });
    }
    let now = if old.size == new.size { new.root } else { Reader::open(new, fetch)?.root(old.size)? };
    if now == old.root { Ok(()) } else { Err(Seen::Forked { size: old.size }) }
}

/// A log read from its files: whatever it answers belongs to the checkpoint it was opened with.
pub struct Reader<'a> {
    size: u64,
    fetch: &'a Fetch<'a>,
    /// Tiles that are proven, by row and index.
    proven: RefCell<BTreeMap<(u8, u64), Rc<[Hash]>>>,
    seen: RefCell<Option<Seen>>,
}

impl<'a> Reader<'a> {
    /// Fetches the partial tiles, which together must give the root.
    pub fn open(checkpoint: &Checkpoint, fetch: &'a Fetch<'a>) -> Result<Reader<'a>, Seen> {
        let reader = Reader { size: checkpoint.size, fetch, proven: RefCell::default(), seen: RefCell::default() };
        let row = |level| Tile::at(Row::Hashes(level), in_row(Row::Hashes(level), checkpoint.size) / u64::from(WIDTH), checkpoint.size);
        for (level, tile) in (0..ROWS).filter_map(|level| Some((level, row(level)?))) {
            let hashes = reader.fetched(tile)?;
            reader.proven.borrow_mut().insert((level, tile.index), hashes);
        }
        // The root is made of the partial tiles alone, and of every hash in them.
        if reader.root(checkpoint.size)? == checkpoint.root { Ok(reader) } else { Err(Seen::OtherRoot) }
    }

    /// The root that the log had at a smaller size.
    pub fn root(&self, size: u64) -> Result<Hash, Seen> {
        self.within(size)?;
        self.proving(|nodes| tree::root(size, nodes))
    }

    /// The hash of an entry as it stands in the tree.
    pub fn leaf(&self, index: u64) -> Result<Hash, Seen> {
        self.within(index.saturating_add(1))?;
        self.proving(|nodes| nodes(0, index))
    }

    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, Seen> {
        self.within(size.max(index.saturating_add(1)))?;
        self.proving(|nodes| tree::inclusion(index, size, nodes))
    }

    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, Seen> {
        self.within(old.max(new))?;
        self.proving(|nodes| tree::consistency(old, new, nodes))
    }

    /// The entries of one bundle, each as its hash says.
    pub fn entries(&self, index: u64) -> Result<Vec<Vec<u8>>, Seen> {
        let first = index.saturating_mul(u64::from(WIDTH));
        self.within(first.saturating_add(1))?;
        let tile = Tile::at(Row::Entries, index, self.size).ok_or(Seen::RolledBack { known: first, size: self.size })?;
        let whole = Tile { width: WIDTH, ..tile };
        let bytes = (self.fetch)(tile).map(|bytes| (tile, bytes)).or_else(|| Some((whole, (self.fetch)(whole)?)));
        let (given, bytes) = bytes.ok_or(Seen::Missing(tile))?;
        let entries = given.entries(&bytes).ok_or(Seen::Altered(tile))?;
        for (at, entry) in (first..).zip(&entries[..usize::from(tile.width)]) {
            if leaf_hash(entry) != self.leaf(at)? {
                return Err(Seen::Altered(tile));
            }
        }
        Ok(entries[..usize::from(tile.width)].iter().map(|entry| entry.to_vec()).collect())
    }

    fn within(&self, size: u64) -> Result<(), Seen> {
        if size > self.size { Err(Seen::RolledBack { known: size, size: self.size }) } else { Ok(()) }
    }

    /// Computes from proven nodes; where one cannot be had, the reason is remembered beside it.
    fn proving<T>(&self, compute: impl Fn(&Nodes) -> Option<T>) -> Result<T, Seen> {
        let nodes = |level: u32, index: u64| match self.node(level, index) {
            Ok(hash) => Some(hash),
            Err(seen) => {
                *self.seen.borrow_mut() = Some(seen);
                None
            }
        };
        compute(&nodes).ok_or_else(|| self.seen.take().unwrap_or(Seen::OtherRoot))
    }

    /// A node of the tree, hashed up from the tile below it.
    fn node(&self, level: u32, index: u64) -> Result<Hash, Seen> {
        let (row, up) = ((level / STEP) as u8, level % STEP);
        let first = index << up;
        let hashes = self.tile(row, first / u64::from(WIDTH))?;
        let from = (first % u64::from(WIDTH)) as usize;
        let below = hashes.get(from..from + (1 << up)).ok_or(Seen::RolledBack { known: first + 1, size: self.size })?;
        Ok(whole(below))
    }

    /// A tile whose hashes are proven: partial ones by the root, full ones by the tile above them.
    fn tile(&self, row: u8, index: u64) -> Result<Rc<[Hash]>, Seen> {
        if let Some(known) = self.proven.borrow().get(&(row, index)) {
            return Ok(Rc::clone(known));
        }
        let tile = Tile::at(Row::Hashes(row), index, self.size).ok_or(Seen::RolledBack { known: self.size + 1, size: self.size })?;
        let hashes = self.fetched(tile)?;
        let above = self.tile(row + 1, index / u64::from(WIDTH))?;
        if above.get((index % u64::from(WIDTH)) as usize) != Some(&whole(&hashes)) {
            return Err(Seen::Altered(tile));
        }
        self.proven.borrow_mut().insert((row, index), Rc::clone(&hashes));
        Ok(hashes)
    }

    /// The hashes of a tile as given. A log may have dropped a partial tile once the full one was there.
    fn fetched(&self, tile: Tile) -> Result<Rc<[Hash]>, Seen> {
        let full = Tile { width: WIDTH, ..tile };
        let read = |tile: Tile| (self.fetch)(tile).map(|bytes| tile.hashes(&bytes));
        let mut hashes = read(tile).or_else(|| read(full)).ok_or(Seen::Missing(tile))?.ok_or(Seen::Altered(tile))?;
        hashes.truncate(usize::from(tile.width));
        Ok(hashes.into())
    }
}

/// The root over a power of two of hashes.
fn whole(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => tree::EMPTY,
        [one] => *one,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&whole(left), &whole(right))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;

    const ORIGIN: &str = "log.example/a";

    /// A log with all its files.
    #[derive(Clone, Default)]
    struct Written {
        tree: Tree,
        entries: Vec<Vec<u8>>,
        files: BTreeMap<String, Vec<u8>>,
    }

    impl Written {
        fn of(entries: impl IntoIterator<Item = Vec<u8>>) -> Written {
            let mut log = Written::default();
            log.append(entries);
            log
        }

        fn append(&mut self, entries: impl IntoIterator<Item = Vec<u8>>) {
            let before = self.tree.size();
            for entry in entries {
                self.tree.append(leaf_hash(&entry));
                self.entries.push(entry);
            }
            for tile in grown(before, self.tree.size()) {
                let first = tile.index as usize * 256;
                let bytes = match tile.row {
                    Row::Entries => bundle(self.entries[first..first + tile.width as usize].iter().map(Vec::as_slice)).expect("short entries"),
                    Row::Hashes(_) => tile.bytes(&|level, index| self.tree.node(level, index)).expect("hashes"),
                };
                assert!(self.files.insert(tile.path(), bytes).is_none(), "{} is written twice", tile.path());
            }
        }

        fn at(&self, size: u64) -> Checkpoint {
            Checkpoint::new(ORIGIN, size, self.tree.root(size).expect("a root"))
        }

        fn head(&self) -> Checkpoint {
            self.at(self.tree.size())
        }

        fn fetch(&self) -> impl Fn(Tile) -> Option<Vec<u8>> + '_ {
            |tile| self.files.get(&tile.path()).cloned()
        }
    }

    fn entries(range: std::ops::Range<u64>) -> impl Iterator<Item = Vec<u8>> {
        range.map(|i| format!("entry {i}").into_bytes())
    }

    /// Numbers that only look like chance, so that a failure comes back.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, n: u64) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut x = self.0;
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (x ^ (x >> 31)) % n
        }
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        use Row::{Entries, Hashes};
        for (row, index, width, path) in [
            (Hashes(0), 0, 256, "tile/0/000"),
            (Hashes(0), 1234067, 256, "tile/0/x001/x234/067"),
            (Hashes(1), 999, 1, "tile/1/999.p/1"),
            (Hashes(2), 1000, 255, "tile/2/x001/000.p/255"),
            (Entries, 273, 112, "tile/entries/273.p/112"),
            (Entries, 1_000_000, 256, "tile/entries/x001/x000/000"),
            (Hashes(63), u64::MAX, 256, "tile/63/x018/x446/x744/x073/x709/x551/615"),
        ] {
            let tile = Tile { row, index, width };
            assert_eq!((tile.path().as_str(), Tile::parse(path)), (path, Some(tile)));
        }
        let beyond = Tile { row: Row::Hashes(63), index: u64::MAX, width: 256 };
        assert_eq!((beyond.bytes(&|_, _| Some([0; 32])), Tile::at(beyond.row, beyond.index, u64::MAX)), (None, None));
        for bad in [
            "tile/0/1",
            "tile/0/0001",
            "tile/0/1000",
            "tile/0/001/000",
            "tile/0/x000/001",
            "tile/0/x001",
            "tile/0/x001/x000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000.p",
            "tile/0/000/p/1",
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/+1/000",
            "tile/data/000",
            "tile/0/",
            "tile/0",
            "/tile/0/000",
            "tile/0/000/",
            "tile/0/../000",
            "tile/0/00\u{660}",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tiles/0/000",
            "checkpoint",
            "",
        ] {
            assert_eq!(Tile::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_log_of_seventy_thousand_has_the_files_that_the_specification_counts() {
        let all = grown(0, 70_000);
        let count = |row, full| all.iter().filter(|t| t.row == row && t.is_full() == full).count();
        let partial = |row| all.iter().filter(|t| t.row == row && !t.is_full()).map(|t| t.width).collect::<Vec<_>>();
        assert_eq!([count(Row::Hashes(0), true), count(Row::Hashes(1), true), count(Row::Hashes(2), true)], [273, 1, 0]);
        assert_eq!([partial(Row::Hashes(0)), partial(Row::Hashes(1)), partial(Row::Hashes(2)), partial(Row::Hashes(3))], [vec![112], vec![17], vec![1], vec![]]);
        assert_eq!((count(Row::Entries, true), partial(Row::Entries)), (273, vec![112]));
        let at_256: Vec<String> = grown(0, 256).iter().map(Tile::path).collect();
        assert_eq!(at_256, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(grown(256, 256), []);
        assert_eq!(grown(255, 257).iter().map(Tile::path).collect::<Vec<_>>(), ["tile/entries/000", "tile/entries/001.p/1", "tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
    }

    #[test]
    fn near_twins_of_files_are_refused() {
        let three = Tile { row: Row::Hashes(0), index: 0, width: 3 };
        assert_eq!(three.hashes(&[7; 96]).map(|h| h.len()), Some(3));
        for length in [0, 64, 95, 97, 128] {
            assert_eq!(three.hashes(&vec![7; length]), None, "{length} bytes");
        }
        let two = Tile { row: Row::Entries, index: 0, width: 2 };
        let longest = vec![1; MAX_ENTRY];
        assert_eq!(two.entries(&bundle([&longest[..], b""]).expect("fits")), Some(vec![&longest[..], b""]));
        assert_eq!(bundle([&[1; MAX_ENTRY + 1][..]]), None);
        for bad in [&b""[..], b"\0\x01a", b"\0\x01a\0", b"\0\x01a\0\x02b", b"\0\x01a\0\x01bc", b"\0\x01a\0\x01b\0\x01c", b"\0\x01a\0\x01b\0"] {
            assert_eq!(two.entries(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn whatever_is_read_from_files_is_what_the_tree_says() {
        let mut log = Written::default();
        for end in [1, 2, 255, 256, 257, 600, 1024, 65_536, 65_537, 66_000] {
            let from = log.tree.size();
            log.append(entries(from..end));
            let (head, fetch) = (log.head(), log.fetch());
            let reader = Reader::open(&head, &fetch).expect("opens");
            let mut chance = Chance(end);
            for _ in 0..60 {
                let size = chance.below(end) + 1;
                let (index, old) = (chance.below(size), chance.below(size + 1));
                assert_eq!(reader.root(size).ok(), log.tree.root(size), "the root of {size}, from the files of {end}");
                assert_eq!(reader.inclusion(index, size).ok(), log.tree.inclusion(index, size), "{index} in {size}, from the files of {end}");
                assert_eq!(reader.consistency(old, size).ok(), log.tree.consistency(old, size), "{old} before {size}, from the files of {end}");
                assert_eq!(follow(&log.at(old), &head, &fetch), Ok(()));
                let bundle = reader.entries(index / 256).expect("entries");
                assert_eq!(bundle[(index % 256) as usize], log.entries[index as usize]);
                assert_eq!(reader.leaf(index), Ok(leaf_hash(&log.entries[index as usize])));
            }
            assert_eq!(reader.leaf(end), Err(Seen::RolledBack { known: end + 1, size: end }));
            assert_eq!(reader.entries(end.div_ceil(256)), Err(Seen::RolledBack { known: end.div_ceil(256) * 256 + 1, size: end }));
            assert_eq!(reader.root(u64::MAX), Err(Seen::RolledBack { known: u64::MAX, size: end }));
        }
        // A partial tile may be gone once the full one is there.
        let (early, whole) = (log.at(300), log.files.clone());
        log.files.retain(|path, _| path.split_once(".p/").is_none_or(|(full, _)| !whole.contains_key(full)));
        assert!(log.files.len() < whole.len());
        assert_eq!(Reader::open(&early, &log.fetch()).and_then(|r| Ok((r.root(299)?, r.entries(1)?.len()))), Ok((log.at(299).root, 44)));
        assert_eq!(follow(&early, &log.head(), &log.fetch()), Ok(()));
        log.files.remove("tile/entries/001");
        assert_eq!(Reader::open(&early, &log.fetch()).and_then(|r| r.entries(1)), Err(Seen::Missing(Tile { row: Row::Entries, index: 1, width: 44 })));
    }

    #[test]
    fn an_empty_log_has_one_root() {
        let (empty, log) = (Written::default(), Written::of(entries(0..5)));
        assert_eq!(follow(&empty.head(), &empty.head(), &empty.fetch()), Ok(()));
        assert_eq!(follow(&empty.head(), &log.head(), &log.fetch()), Ok(()));
        assert_eq!(follow(&Checkpoint::new(ORIGIN, 0, [0; 32]), &log.head(), &log.fetch()), Err(Seen::Forked { size: 0 }));
        let odd = Checkpoint::new(ORIGIN, 0, [0; 32]);
        assert_eq!(Reader::open(&odd, &empty.fetch()).map(|_| ()), Err(Seen::OtherRoot));
        assert_eq!(follow(&log.head(), &empty.head(), &empty.fetch()), Err(Seen::RolledBack { known: 5, size: 0 }));
        assert_eq!(follow(&Checkpoint { origin: "other".into(), ..log.head() }, &log.head(), &log.fetch()), Err(Seen::OtherLog));
    }

    /// What a log that is not honest gives a client which knows an older checkpoint.
    #[derive(Clone, Copy, Debug)]
    enum Deed {
        /// An entry is another one from some point on.
        Fork,
        /// The log is shorter than it was, and signed so.
        RollBack,
        /// The log was cut, and grew again.
        CutAndGrow,
        /// An entry is taken out; what came after moves up.
        Delete,
        /// Two entries change places.
        Swap,
        /// A tile that the client needs is gone.
        DropTile,
        /// A tile that the client needs is another, with the parents left as they were.
        AlterTile,
        /// The old tree's files are served under a fork's checkpoint.
        OldFiles,
    }

    #[test]
    fn a_thousand_random_forks_rollbacks_and_deletions_are_all_seen() {
        use Deed::{AlterTile, CutAndGrow, Delete, DropTile, Fork, OldFiles, RollBack, Swap};
        let mut chance = Chance(1);
        for deed in [Fork, RollBack, CutAndGrow, Delete, Swap, DropTile, AlterTile, OldFiles] {
            for round in 0..1000 {
                let known = 2 + chance.below(if round % 50 == 0 { 1500 } else { 150 });
                let honest: Vec<Vec<u8>> = entries(0..known + 1 + chance.below(150)).collect();
                let (old, at) = (Written::of(honest[..known as usize].to_vec()).head(), chance.below(known));
                let mut changed = honest.clone();
                match deed {
                    Fork | OldFiles => changed[at as usize] = b"another".to_vec(),
                    RollBack => changed.truncate(at as usize),
                    CutAndGrow => {
                        changed.truncate(at as usize);
                        changed.extend(entries(10_000..10_001 + known));
                    }
                    Delete => {
                        changed.remove(at as usize);
                    }
                    Swap => changed.swap(at as usize, ((at + 1) % known) as usize),
                    DropTile | AlterTile => {}
                }
                let mut log = Written::of(changed);
                let (new, used) = (log.head(), RefCell::new(vec![]));
                match deed {
                    OldFiles => log.files = Written::of(honest).files,
                    DropTile | AlterTile => {
                        let fetch = |tile: Tile| {
                            used.borrow_mut().push(tile.path());
                            log.fetch()(tile)
                        };
                        assert_eq!(follow(&old, &new, &fetch), Ok(()));
                        let used = used.take();
                        let path = &used[chance.below(used.len() as u64) as usize];
                        if let AlterTile = deed {
                            let file = log.files.get_mut(path).expect("was read");
                            let at = chance.below(file.len() as u64) as usize;
                            file[at] ^= 1 << chance.below(8);
                        } else {
                            log.files.remove(path);
                        }
                    }
                    _ => {}
                }
                let seen = follow(&old, &new, &log.fetch());
                let named = match deed {
                    Fork | CutAndGrow | Swap => matches!(seen, Err(Seen::Forked { size }) if size == known),
                    Delete if new.size < known => matches!(seen, Err(Seen::RolledBack { .. })),
                    Delete => matches!(seen, Err(Seen::Forked { size }) if size == known),
                    RollBack => matches!(seen, Err(Seen::RolledBack { known: k, size }) if k == known && size == new.size),
                    DropTile => matches!(seen, Err(Seen::Missing(_))),
                    AlterTile => matches!(seen, Err(Seen::Altered(_) | Seen::OtherRoot)),
                    OldFiles => matches!(seen, Err(Seen::OtherRoot | Seen::Altered(_))),
                };
                assert!(named, "{deed:?} {round}: known {known}, now {}, at {at}: {seen:?}", new.size);
            }
        }
    }

    #[test]
    fn a_flipped_bit_in_any_file_is_seen_by_who_reads_everything() {
        let log = Written::of(entries(0..600));
        let (head, before) = (log.head(), log.at(300));
        let read_all = |files: &BTreeMap<String, Vec<u8>>| -> Result<(), Seen> {
            let fetch = |tile: Tile| files.get(&tile.path()).cloned();
            follow(&before, &head, &fetch)?;
            let reader = Reader::open(&head, &fetch)?;
            (0..3).try_for_each(|bundle| reader.entries(bundle).map(|_| ()))
        };
        assert_eq!(read_all(&log.files), Ok(()));
        for (path, bytes) in &log.files {
            for at in (0..bytes.len()).step_by(389).chain([bytes.len() - 1]) {
                let mut files = log.files.clone();
                files.get_mut(path).expect("a file")[at] ^= 0x10;
                assert!(matches!(read_all(&files), Err(Seen::Altered(_) | Seen::OtherRoot)), "byte {at} of {path}");
            }
            for change in [bytes[..bytes.len() - 1].to_vec(), [&bytes[..], b"0"].concat(), vec![]] {
                let mut files = log.files.clone();
                files.insert(path.clone(), change);
                assert!(matches!(read_all(&files), Err(Seen::Altered(_))), "another length of {path}");
            }
            let mut files = log.files.clone();
            files.remove(path);
            assert!(matches!(read_all(&files), Err(Seen::Missing(_))), "without {path}");
        }
    }
}
