//! A log's checkpoint (C2SP tlog-checkpoint): how many entries there are and their root, signed by the log and by witnesses.

use crate::Hash;
use crate::note::{Key, Note, Signed};
use crate::tree::MAX_SIZE;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The head of a log at one size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// The log's name, for ever; no two logs have the same.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
    /// Lines that mean nothing to a stranger. Logs of ours write none.
    pub extensions: Vec<String>,
}

/// Why a note is no checkpoint of a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    Malformed,
    /// It names another log.
    OtherLog,
    /// None of the known keys signed it.
    Unsigned,
    /// A line under a known key's name and id does not hold.
    Forged,
}

impl Checkpoint {
    pub fn new(origin: &str, size: u64, root: Hash) -> Checkpoint {
        Checkpoint { origin: origin.to_owned(), size, root, extensions: vec![] }
    }

    /// The text that is signed.
    pub fn text(&self) -> String {
        let extensions: String = self.extensions.iter().map(|line| format!("{line}\n")).collect();
        format!("{}\n{}\n{}\n{extensions}", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Only the text that [`Checkpoint::text`] makes.
    pub fn parse(text: &str) -> Option<Checkpoint> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if origin.is_empty() || extensions.iter().any(String::is_empty) {
            return None;
        }
        let size = decimal(size).filter(|n| *n <= MAX_SIZE)?;
        Some(Checkpoint { origin: origin.to_owned(), size, root: hash_line(root)?, extensions })
    }

    /// What stands in a note, signed or not.
    pub fn of_note(note: &[u8]) -> Option<Checkpoint> {
        Checkpoint::parse(Note::parse(note)?.text())
    }
}

/// A log as its readers know it: its name, and the keys it signs with (two while one replaces the other).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Log {
    pub origin: String,
    pub keys: Vec<Key>,
}

impl Log {
    /// Reads a checkpoint of this log: at least one of its keys signed, and no line of its keys is wrong.
    pub fn open(&self, note: &[u8]) -> Result<Checkpoint, Refused> {
        let note = Note::parse(note).ok_or(Refused::Malformed)?;
        let checkpoint = Checkpoint::parse(note.text()).ok_or(Refused::Malformed)?;
        if checkpoint.origin != self.origin {
            return Err(Refused::OtherLog);
        }
        signers(&note, &self.keys)?;
        Ok(checkpoint)
    }
}

/// The keys of these that signed, with the times of those that are witnesses'; nobody is an error as well.
pub fn signers<'k>(note: &Note, keys: &'k [Key]) -> Result<Vec<(&'k Key, Option<u64>)>, Refused> {
    let mut out: Vec<(&Key, Option<u64>)> = vec![];
    for key in keys {
        match note.signed(key) {
            Signed::Not => {}
            Signed::Badly => return Err(Refused::Forged),
            // One key under two names is one witness.
            _ if out.iter().any(|(other, _)| other.public() == key.public()) => {}
            Signed::Well => out.push((key, None)),
            Signed::WellAt(at) => out.push((key, Some(at))),
        }
    }
    if out.is_empty() { Err(Refused::Unsigned) } else { Ok(out) }
}

/// A number as everybody writes it: digits, no sign, no zero before them.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|n: &u64| n.to_string() == text)
}

/// A hash as it stands on a line of its own.
pub(crate) fn hash_line(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Kind;
    use crate::note::tests::key;
    use crate::note::with_lines;

    const TEXT: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn a_checkpoint_comes_back_and_its_near_twins_do_not() {
        let checkpoint = Checkpoint::parse(TEXT).expect("a checkpoint");
        assert_eq!((checkpoint.size, checkpoint.text().as_str()), (20852163, TEXT));
        let extended = format!("{TEXT}more\nand more\n");
        assert_eq!(Checkpoint::parse(&extended).map(|c| (c.text(), c.extensions.len())), Some((extended, 2)));
        assert_eq!(Checkpoint::parse("o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), Some(Checkpoint::new("o", 0, crate::tree::EMPTY)));
        for (name, bad) in [
            ("no origin", TEXT.replacen("example.com/behind-the-sofa", "", 1)),
            ("a zero before", TEXT.replace("208", "0208")),
            ("a sign", TEXT.replace("208", "+208")),
            ("a space", TEXT.replace("208", " 208")),
            ("a point", TEXT.replace("163", "163.")),
            ("nothing for a number", TEXT.replace("20852163", "")),
            ("too many entries for some", TEXT.replace("20852163", "9223372036854775808")),
            ("too many entries for all", TEXT.replace("20852163", "18446744073709551616")),
            ("Arabic digits", TEXT.replace("20852163", "\u{661}")),
            ("a short root", TEXT.replace("CsUY", "")),
            ("a long root", TEXT.replace("CsUY", "CsUYCsUY")),
            ("hex for a root", TEXT.replace("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", &"0a".repeat(32))),
            ("no padding", TEXT.replace("2I=", "2I")),
            ("bits that mean nothing", TEXT.replace("2I=", "2J=")),
            ("another alphabet", TEXT.replace('/', "_")),
            ("an empty line at the end", format!("{TEXT}\n")),
            ("an empty line between", format!("{TEXT}\nmore\n")),
            ("no line feed at the end", TEXT.trim_end().to_owned()),
            ("carriage returns", TEXT.replace('\n', "\r\n")),
            ("two lines", "a\n1\n".to_owned()),
        ] {
            assert_eq!(Checkpoint::parse(&bad), None, "{name}");
        }
    }

    #[test]
    fn a_log_is_believed_by_its_name_and_its_keys() {
        let (old, sign_old) = key("log.example/a", Kind::Plain, 1);
        let (new, sign_new) = key("log.example/a", Kind::Plain, 2);
        let (stranger, sign_stranger) = key("log.example/a", Kind::Plain, 3);
        let log = Log { origin: "log.example/a".into(), keys: vec![old.clone(), new.clone()] };
        let text = Checkpoint::new("log.example/a", 3, [7; 32]).text();
        let other = Checkpoint::new("log.example/b", 3, [7; 32]).text();
        let (by_old, by_new) = (old.line(&sign_old(text.as_bytes())), new.line(&sign_new(text.as_bytes())));
        let by_stranger = stranger.line(&sign_stranger(text.as_bytes()));
        for (name, text, lines, is) in [
            ("the old key", &text, vec![&by_old], Ok(3)),
            ("the new key", &text, vec![&by_new], Ok(3)),
            ("both", &text, vec![&by_new, &by_old], Ok(3)),
            ("a stranger beside", &text, vec![&by_stranger, &by_new], Ok(3)),
            ("a stranger", &text, vec![&by_stranger], Err(Refused::Unsigned)),
            ("twice", &text, vec![&by_new, &by_new], Err(Refused::Forged)),
            ("another log", &other, vec![&by_new], Err(Refused::OtherLog)),
        ] {
            let note = with_lines(text, &lines.into_iter().cloned().collect::<Vec<_>>());
            assert_eq!(log.open(&note).map(|c| c.size), is, "{name}");
        }
        let forged = with_lines(&Checkpoint::new("log.example/a", 4, [7; 32]).text(), &[by_new]);
        assert_eq!(log.open(&forged), Err(Refused::Forged));
        assert_eq!(log.open(text.as_bytes()), Err(Refused::Malformed));
    }

    #[test]
    fn witnesses_are_counted_by_key() {
        let text = Checkpoint::new("log.example/a", 3, [7; 32]).text();
        let (one, sign_one) = key("w.example/1", Kind::Cosignature, 1);
        let (again, _) = key("w.example/again", Kind::Cosignature, 1);
        let (two, sign_two) = key("w.example/2", Kind::Cosignature, 2);
        let at = |key: &Key, sign: &dyn Fn(&[u8]) -> [u8; 64], at: u64| key.line_at(at, &sign(crate::note::cosigned(at, &text).as_bytes()));
        let note = with_lines(&text, &[at(&one, &sign_one, 10), at(&again, &sign_one, 11), at(&two, &sign_two, 12)]);
        let note = Note::parse(&note).expect("a note");
        let times = |keys: &[Key]| signers(&note, keys).map(|found| found.iter().map(|(_, at)| at.expect("a time")).collect::<Vec<_>>());
        assert_eq!(times(&[one.clone(), again, two.clone()]), Ok(vec![10, 12]));
        assert_eq!(times(std::slice::from_ref(&two)), Ok(vec![12]));
        assert_eq!(times(&[key("w.example/3", Kind::Cosignature, 3).0]), Err(Refused::Unsigned));
        assert_eq!(times(&[one, Key::new("w.example/2", Kind::Plain, *two.public()).expect("a key")]), Ok(vec![10]));
    }
}
