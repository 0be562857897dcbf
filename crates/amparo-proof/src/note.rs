//! C2SP signed notes: a text, an empty line, and signature lines; Ed25519 and timestamped cosignatures.
//!
//! A key is known by its name and a short id together. Lines of keys that nobody asked for say nothing; a line of a
//! key that was asked for has to hold.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::Digest;

/// The most signature lines that are looked at; everybody must take sixteen.
const MAX_LINES: usize = 64;

/// How an office signs: it names itself, never a member.
pub fn signer(office: &crate::Id) -> String {
    format!("amparo/{}", crate::hex(office))
}

/// What a key's signatures say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Over the text as it is.
    Plain = 1,
    /// Of a witness, over the text and the time at which it saw no larger tree (C2SP tlog-cosignature).
    Cosignature = 4,
}

/// Somebody's public key, with the name it signs under.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    name: String,
    kind: Kind,
    public: [u8; 32],
}

impl Key {
    /// A name has no spaces and no plus.
    pub fn new(name: &str, kind: Kind, public: [u8; 32]) -> Option<Key> {
        is_name(name).then(|| Key { name: name.to_owned(), kind, public })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    pub fn id(&self) -> [u8; 4] {
        let hash: crate::Hash = sha2::Sha256::digest([self.name.as_bytes(), b"\n", &[self.kind as u8], &self.public].concat()).into();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// The key as people hand it around: `name+id+base64`.
    pub fn text(&self) -> String {
        format!("{}+{}+{}", self.name, crate::hex(&self.id()), STANDARD.encode([&[self.kind as u8], &self.public[..]].concat()))
    }

    /// Only the text that [`Key::text`] makes.
    pub fn parse(text: &str) -> Option<Key> {
        let (name, rest) = text.split_once('+')?;
        let (_, encoded) = rest.split_once('+')?;
        let bytes = STANDARD.decode(encoded).ok()?;
        let (kind, public) = bytes.split_first()?;
        let kind = [Kind::Plain, Kind::Cosignature].into_iter().find(|k| *k as u8 == *kind)?;
        Key::new(name, kind, public.try_into().ok()?).filter(|key| key.text() == text)
    }

    /// The line that this key's signature becomes under a note.
    pub fn line(&self, signature: &[u8; 64]) -> String {
        self.encoded(&[&self.id()[..], signature].concat())
    }

    /// The line of a witness that signed [`cosigned`] at this time.
    pub fn line_at(&self, at: u64, signature: &[u8; 64]) -> String {
        self.encoded(&[&self.id()[..], &at.to_be_bytes(), signature].concat())
    }

    fn encoded(&self, bytes: &[u8]) -> String {
        format!("\u{2014} {} {}\n", self.name, STANDARD.encode(bytes))
    }

    /// Reads a signature of this key over a text.
    fn check(&self, text: &str, signature: &[u8]) -> Signed {
        let holds = |message: &str, signature: &[u8]| {
            let (key, signature) = (VerifyingKey::from_bytes(&self.public), Signature::from_slice(signature));
            matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_strict(message.as_bytes(), &signature).is_ok())
        };
        match self.kind {
            Kind::Plain if holds(text, signature) => Signed::Well,
            Kind::Cosignature => match signature.split_first_chunk::<8>().map(|(at, signature)| (u64::from_be_bytes(*at), signature)) {
                Some((at, signature)) if at <= i64::MAX as u64 && holds(&cosigned(at, text), signature) => Signed::WellAt(at),
                _ => Signed::Badly,
            },
            Kind::Plain => Signed::Badly,
        }
    }
}

/// What a witness signs: the time, and the whole text of the checkpoint.
pub fn cosigned(at: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {at}\n{text}")
}

/// What a note says of one key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signed {
    /// No line under this name and id.
    Not,
    /// A line that does not hold, or more than one.
    Badly,
    Well,
    WellAt(u64),
}

/// A note that is well formed; nothing in it is true before a key was asked for.
#[derive(Clone, Debug)]
pub struct Note<'a> {
    text: &'a str,
    lines: Vec<(&'a str, Vec<u8>)>,
}

impl<'a> Note<'a> {
    pub fn parse(note: &'a [u8]) -> Option<Note<'a>> {
        let (text, signatures) = parts(note)?;
        if note.iter().any(|b| *b < 0x20 && *b != b'\n') || signatures.split('\n').count() > MAX_LINES + 1 {
            return None;
        }
        let lines: Option<_> = signatures.strip_suffix('\n')?.split('\n').map(signature).collect();
        Some(Note { text, lines: lines? })
    }

    /// What was signed, if anybody did.
    pub fn text(&self) -> &'a str {
        self.text
    }

    pub fn signed(&self, by: &Key) -> Signed {
        let id = by.id();
        let mut found = self.lines.iter().filter(|(name, bytes)| *name == by.name && bytes.starts_with(&id));
        match (found.next(), found.next()) {
            (None, _) => Signed::Not,
            (Some((_, bytes)), None) => by.check(self.text, &bytes[id.len()..]),
            // Two lines of one key are no note that anybody makes.
            _ => Signed::Badly,
        }
    }

    /// The note with the lines of these keys only, and with more lines under them.
    pub fn kept(&self, keys: &[&Key], more: &[String]) -> Vec<u8> {
        let of = |key: &&Key| self.lines.iter().find(|(name, bytes)| *name == key.name && bytes.starts_with(&key.id())).map(|(_, bytes)| key.encoded(bytes));
        let lines: Vec<String> = keys.iter().filter_map(of).chain(more.iter().cloned()).collect();
        with_lines(self.text, &lines)
    }
}

/// The note of a text, which ends in a line feed, and signature lines.
pub fn with_lines(text: &str, lines: &[String]) -> Vec<u8> {
    format!("{text}\n{}", lines.concat()).into_bytes()
}

/// The note of a text, which ends in a line feed, and a signature over it.
pub fn of(text: &str, name: &str, public: &[u8; 32], signature: &[u8; 64]) -> Vec<u8> {
    with_lines(text, &[Key { name: name.to_owned(), kind: Kind::Plain, public: *public }.line(signature)])
}

/// The signed text of a note, where this key signed it.
pub fn verify<'a>(note: &'a [u8], name: &str, public: &[u8; 32]) -> Option<&'a str> {
    let (note, key) = (Note::parse(note)?, Key::new(name, Kind::Plain, *public)?);
    (note.signed(&key) == Signed::Well).then_some(note.text)
}

/// A note's text, its signatures not looked at.
pub fn text(note: &[u8]) -> Option<&str> {
    parts(note).map(|(text, _)| text)
}

fn parts(note: &[u8]) -> Option<(&str, &str)> {
    let note = std::str::from_utf8(note).ok()?;
    let split = note.rfind("\n\n")?;
    Some((&note[..split + 1], &note[split + 2..]))
}

/// The name and bytes of a signature line. One line that is no signature spoils the note.
fn signature(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, bytes) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    Some((name, STANDARD.decode(bytes).ok()?)).filter(|(name, bytes)| is_name(name) && bytes.len() > 4)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c < ' ' || c == '+')
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};

    /// A key for tests, and what signs with it.
    pub(crate) fn key(name: &str, kind: Kind, seed: u8) -> (Key, impl Fn(&[u8]) -> [u8; 64]) {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        (Key::new(name, kind, secret.verifying_key().to_bytes()).expect("a name"), move |message: &[u8]| secret.sign(message).to_bytes())
    }

    #[test]
    fn the_note_that_others_publish() {
        // From the documentation of golang.org/x/mod/sumdb/note.
        let key = Key::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").expect("a key");
        let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        assert_eq!(Note::parse(note.as_bytes()).expect("a note").signed(&key), Signed::Well);
        assert_eq!(Note::parse(note.replace("know", "knew").as_bytes()).expect("a note").signed(&key), Signed::Badly);
    }

    #[test]
    fn near_twins_of_a_note_are_refused() {
        let (log, sign) = key("log.example/a", Kind::Plain, 1);
        let text = "log.example/a\n\nmás\n";
        let note = String::from_utf8(with_lines(text, &[log.line(&sign(text.as_bytes()))])).expect("text");
        let parsed = Note::parse(note.as_bytes()).expect("a note");
        assert_eq!((parsed.text(), parsed.signed(&log)), (text, Signed::Well));
        let line = &note[text.len() + 1..];
        for (name, bad) in [
            ("no empty line", note.replacen("\n\n\u{2014}", "\n\u{2014}", 1)),
            ("no line feed at the end", note.trim_end().to_owned()),
            ("an empty line more", format!("{note}\n")),
            ("no signature", format!("{text}\n")),
            ("a hyphen for the dash", note.replace('\u{2014}', "-")),
            ("two spaces", note.replace("\u{2014} ", "\u{2014}  ")),
            ("a space at the end", format!("{}\u{20}\n", note.trim_end())),
            ("a tab in the text", note.replace("más", "m\tás")),
            ("a carriage return", note.replace('\n', "\r\n")),
            ("base64 without its end", note.replace("=\n", "\n")),
            ("a plus in the name", note.replacen("\u{2014} log", "\u{2014} l+g", 1)),
            ("a wide space in the name", note.replacen("\u{2014} log", "\u{2014} l\u{2003}g", 1)),
            ("a signature as short as its id", note.replace(line, "\u{2014} log.example/a AAAAAA==\n")),
            ("a byte-order mark before the dash", note.replace("\u{2014}", "\u{feff}\u{2014}")),
            ("too many lines", format!("{text}\n{}", line.repeat(65))),
        ] {
            assert!(Note::parse(bad.as_bytes()).is_none(), "{name}");
        }
        assert!(Note::parse(b"a\n\n\xe2\x80\x94 \xff AAAAAAA=\n").is_none(), "not UTF-8");
        // Two spellings of the last bits of base64: only one is right.
        let mut twin = note.clone().into_bytes();
        let last = twin.len() - 3;
        assert_eq!(twin[last + 1], b'=');
        twin[last] += 1;
        assert!(Note::parse(&twin).is_none(), "bits that mean nothing");
    }

    #[test]
    fn only_lines_of_known_keys_count_and_those_must_hold() {
        let (log, sign) = key("log.example/a", Kind::Plain, 1);
        let (other, sign_other) = key("log.example/a", Kind::Plain, 2);
        let text = "one\n";
        let (good, by_other) = (log.line(&sign(text.as_bytes())), other.line(&sign_other(text.as_bytes())));
        let bad = log.line(&sign(b"two\n"));
        let unknown = format!("\u{2014} somebody {}\n", STANDARD.encode([0; 100]));
        let odd = good.replacen("log", "l\u{7f}g", 1);
        for (name, lines, says) in [
            ("alone", vec![&good], Signed::Well),
            ("after a stranger", vec![&unknown, &good], Signed::Well),
            ("beside another key of that name", vec![&by_other, &good], Signed::Well),
            ("sixteen lines", vec![&unknown; 15].into_iter().chain([&good]).collect(), Signed::Well),
            ("another key of that name alone", vec![&by_other], Signed::Not),
            ("a stranger alone", vec![&unknown], Signed::Not),
            ("over another text", vec![&bad], Signed::Badly),
            ("once good and once bad", vec![&good, &bad], Signed::Badly),
            ("twice", vec![&good, &good], Signed::Badly),
            ("beside an odd name", vec![&odd, &good], Signed::Well),
        ] {
            let note = with_lines(text, &lines.into_iter().cloned().collect::<Vec<_>>());
            assert_eq!(Note::parse(&note).expect("a note").signed(&log), says, "{name}");
        }
    }

    #[test]
    fn a_cosignature_is_over_its_time_and_the_text() {
        let (witness, sign) = key("witness.example/w", Kind::Cosignature, 3);
        let text = "log.example/a\n5\nqqqq\n";
        assert_eq!(cosigned(1679315147, text), "cosignature/v1\ntime 1679315147\nlog.example/a\n5\nqqqq\n");
        let signed = |at: u64, under: u64| {
            let note = with_lines(text, &[witness.line_at(under, &sign(cosigned(at, text).as_bytes()))]);
            Note::parse(&note).expect("a note").signed(&witness)
        };
        assert_eq!(signed(1679315147, 1679315147), Signed::WellAt(1679315147));
        assert_eq!(signed(1679315147, 1679315148), Signed::Badly);
        assert_eq!(signed(1 << 63, 1 << 63), Signed::Badly);
        let plain = Key::new(witness.name(), Kind::Plain, *witness.public()).expect("a key");
        let of = |line: String, key: &Key| Note::parse(&with_lines(text, &[line])).expect("a note").signed(key);
        assert_eq!(of(witness.line(&sign(text.as_bytes())), &witness), Signed::Badly, "a plain signature under a witness's id");
        assert_eq!(of(plain.line(&sign(text.as_bytes())), &witness), Signed::Not, "the same key as another kind");
    }

    #[test]
    fn a_key_comes_back_from_its_text_and_near_twins_do_not() {
        for (key, kind) in [(key("log.example/a", Kind::Plain, 1).0, 1), (key("w.example/b", Kind::Cosignature, 1).0, 4)] {
            let text = key.text();
            assert_eq!(Key::parse(&text), Some(key.clone()));
            assert_eq!(key.kind() as u8, kind);
            let id = crate::hex(&key.id());
            for bad in [
                text.replace(&id, "00000000"),
                text.replace(&id, &id.to_uppercase()),
                text.replace(&id, &id[1..]),
                text.replacen(".example", ".exampl", 1),
                text.replacen('+', "", 1),
                text.replacen(&key.name, "", 1),
                text.replacen(&key.name, "a b", 1),
                format!("{text}="),
                text[..text.len() - 4].to_owned(),
            ] {
                assert_eq!(Key::parse(&bad), None, "{bad}");
            }
        }
        // An ECDSA key, and bytes that are no kind.
        assert_eq!(Key::parse("rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABA=="), None);
    }
}
