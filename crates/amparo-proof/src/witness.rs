//! A witness's part (C2SP tlog-witness): it cosigns a log's checkpoint only if the log grew since the last one it cosigned.
//!
//! Follows version 1.1 of the specification, in its order of checks. Where 1.0 differs: there a checkpoint of the
//! same size with another root is answered with 409, here with 422.

use crate::Hash;
use crate::checkpoint::{self, Checkpoint, Log, Refused, decimal, hash_line};
use crate::note::{Key, Kind, Note, cosigned};
use crate::tree::{EMPTY, consistent};
use sha2::Digest;

/// More lines of proof than a tree can need.
const MAX_PROOF: usize = 63;

/// A witness by name and public key; what signs stays with the caller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
    key: Key,
}

/// What a witness knows of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    pub log: Log,
    /// The checkpoint it cosigned last, if ever.
    pub latest: Option<Latest>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Latest {
    pub size: u64,
    pub root: Hash,
    /// Seconds since 1970 at which it was cosigned.
    pub at: u64,
}

/// What `add-checkpoint` is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// 200. `latest` must be durable, in place of exactly what was known, before this is sent.
    Cosigned {
        latest: Latest,
        /// The witness's signature line.
        line: String,
        /// The checkpoint with the log's lines and the witness's, for whoever asks what the witness saw last.
        note: Vec<u8>,
    },
    /// 400: the body is not one, or its old size is above the checkpoint's.
    Malformed,
    /// 403: no key of the log signed, or a line of one of its keys does not hold.
    Unsigned,
    /// 404
    UnknownLog,
    /// 409: the witness cosigned this size last, not the old size that was named.
    Conflict { size: u64 },
    /// 422: the log signed it, and it does not follow from what was cosigned. Worth keeping as evidence.
    Inconsistent,
    /// 503: the witness's clock is behind what it signed before.
    Clock,
}

impl Answer {
    pub fn status(&self) -> u16 {
        match self {
            Answer::Cosigned { .. } => 200,
            Answer::Malformed => 400,
            Answer::Unsigned => 403,
            Answer::UnknownLog => 404,
            Answer::Conflict { .. } => 409,
            Answer::Inconsistent => 422,
            Answer::Clock => 503,
        }
    }

    pub fn content_type(&self) -> &'static str {
        if let Answer::Conflict { .. } = self { "text/x.tlog.size" } else { "text/plain; charset=utf-8" }
    }

    pub fn body(&self) -> String {
        match self {
            Answer::Cosigned { line, .. } => line.clone(),
            Answer::Conflict { size } => format!("{size}\n"),
            _ => String::new(),
        }
    }
}

impl Witness {
    pub fn new(name: &str, public: [u8; 32]) -> Option<Witness> {
        Some(Witness { key: Key::new(name, Kind::Cosignature, public)? })
    }

    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Answers the body of an `add-checkpoint` request.
    ///
    /// `find` gives what is known of a log; nobody else may change that until the answer's `latest` stands in its
    /// place: else an older request could take a newer one's place, and the log could be rolled back.
    pub fn add_checkpoint(&self, body: &[u8], find: impl Fn(&str) -> Option<Known>, now: u64, sign: impl Fn(&[u8]) -> [u8; 64]) -> Answer {
        let Some((old, proof, signed)) = request(body) else { return Answer::Malformed };
        let Some((note, checkpoint)) = Note::parse(signed).and_then(|note| Some((note.clone(), Checkpoint::parse(note.text())?))) else { return Answer::Malformed };
        let Some(Known { log, latest }) = find(&checkpoint.origin) else { return Answer::UnknownLog };
        let signers = match (checkpoint::signers(&note, &log.keys), log.open(signed)) {
            (Ok(signers), Ok(_)) => signers,
            // What was found under this name calls itself otherwise.
            (_, Err(Refused::OtherLog)) => return Answer::UnknownLog,
            _ => return Answer::Unsigned,
        };
        if old > checkpoint.size {
            return Answer::Malformed;
        }
        let (size, root) = latest.map_or((0, EMPTY), |l| (l.size, l.root));
        if old != size {
            return Answer::Conflict { size };
        }
        if !consistent(size, &root, checkpoint.size, &checkpoint.root, &proof) {
            return Answer::Inconsistent;
        }
        if now == 0 || now > i64::MAX as u64 || latest.is_some_and(|l| now < l.at) {
            return Answer::Clock;
        }
        let line = self.key.line_at(now, &sign(cosigned(now, note.text()).as_bytes()));
        let signers: Vec<&Key> = signers.iter().map(|(key, _)| *key).collect();
        let note = note.kept(&signers, std::slice::from_ref(&line));
        Answer::Cosigned { latest: Latest { size: checkpoint.size, root: checkpoint.root, at: now }, line, note }
    }
}

/// Under which name a witness shows what it cosigned last: `<prefix>/<this>/checkpoint`.
pub fn origin_hash(origin: &str) -> String {
    crate::hex(&sha2::Sha256::digest(origin))
}

/// The body of an `add-checkpoint` request.
pub fn request_body(old: u64, proof: &[Hash], checkpoint: &[u8]) -> Vec<u8> {
    use base64::Engine;
    let proof: String = proof.iter().map(|hash| base64::engine::general_purpose::STANDARD.encode(hash) + "\n").collect();
    [format!("old {old}\n{proof}\n").as_bytes(), checkpoint].concat()
}

/// The old size, the proof and the checkpoint of a request.
fn request(body: &[u8]) -> Option<(u64, Vec<Hash>, &[u8])> {
    let end = body.windows(2).position(|pair| pair == b"\n\n")?;
    let mut lines = std::str::from_utf8(&body[..end]).ok()?.split('\n');
    let old = decimal(lines.next()?.strip_prefix("old ")?)?;
    let proof: Vec<Hash> = lines.map(hash_line).collect::<Option<_>>()?;
    (proof.len() <= MAX_PROOF).then_some((old, proof, &body[end + 2..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::tests::key;
    use crate::note::{Signed, with_lines};
    use crate::tree::{Tree, leaf_hash};
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    const ORIGIN: &str = "log.example/a";
    const NOW: u64 = 1_790_000_000;

    fn tree(size: u8) -> Tree {
        Tree::of((0..size).map(|i| leaf_hash(&[i])))
    }

    fn text(size: u64, root: Hash) -> String {
        Checkpoint::new(ORIGIN, size, root).text()
    }

    /// The log's signature over this text.
    fn line(text: &str) -> String {
        let (log, sign) = key(ORIGIN, Kind::Plain, 1);
        log.line(&sign(text.as_bytes()))
    }

    fn note(text: &str) -> Vec<u8> {
        with_lines(text, &[line(text)])
    }

    /// A witness that keeps what it cosigned, as its host does.
    struct Kept {
        logs: RefCell<BTreeMap<String, Known>>,
        now: u64,
    }

    impl Kept {
        fn at(size: u8) -> Kept {
            let latest = (size > 0).then(|| Latest { size: size.into(), root: tree(size).root(size.into()).expect("a root"), at: NOW });
            let log = Log { origin: ORIGIN.into(), keys: vec![key(ORIGIN, Kind::Plain, 1).0, key(ORIGIN, Kind::Plain, 2).0] };
            Kept { logs: RefCell::new(BTreeMap::from([(ORIGIN.to_owned(), Known { log, latest })])), now: NOW + 1 }
        }

        fn add(&self, body: &[u8]) -> Answer {
            let (public, sign) = key("w.example/w", Kind::Cosignature, 3);
            let witness = Witness::new("w.example/w", *public.public()).expect("a witness");
            let answer = witness.add_checkpoint(body, |origin| self.logs.borrow().get(origin).cloned(), self.now, sign);
            if let Answer::Cosigned { latest, .. } = &answer {
                self.logs.borrow_mut().get_mut(ORIGIN).expect("known").latest = Some(*latest);
            }
            answer
        }

        fn size(&self) -> u64 {
            self.logs.borrow()[ORIGIN].latest.map_or(0, |l| l.size)
        }
    }

    /// Every MUST that a witness has to keep, with what is asked of one that cosigned five entries.
    #[test]
    fn every_must_of_the_specification() {
        let t = tree(9);
        let root = |size| t.root(size).expect("a root");
        let proof = |old, new| t.consistency(old, new).expect("a proof");
        let nine = text(9, root(9));
        let good = String::from_utf8(request_body(5, &proof(5, 9), &note(&nine))).expect("text");
        let with = |from: &str, to: &str| {
            let body = good.replacen(from, to, 1);
            assert_ne!(body, good, "{from}");
            body.into_bytes()
        };
        let lines_under = |text: &str, lines: &[String]| request_body(5, &proof(5, 9), &with_lines(text, lines));
        let (stranger, sign_stranger) = key(ORIGIN, Kind::Plain, 9);
        let (second, sign_second) = key(ORIGIN, Kind::Plain, 2);
        let by_stranger = stranger.line(&sign_stranger(nine.as_bytes()));
        let by_second = second.line(&sign_second(nine.as_bytes()));
        let elsewhere = Checkpoint { origin: "log.example/b".into(), ..Checkpoint::new(ORIGIN, 9, root(9)) }.text();
        let first_line = |more: &str| with("\n\n", &format!("\n{more}\n\n"));
        let a_hash = format!("{}=", "A".repeat(43));
        let extended = format!("{nine}an extension\n");
        let mut forged = proof(5, 9);
        forged[0][0] ^= 1;
        for (must, body, status) in [
            ("the request body MUST be an old size line, proof lines, an empty line, a checkpoint", good.clone().into_bytes(), 200),
            ("the request body MUST begin with the old size", with("old 5\n", ""), 400),
            ("the request body MUST have an empty line before the checkpoint", with("\n\n", "\n"), 400),
            ("the request body MUST end with a checkpoint", good.split_inclusive("\n\n").next().expect("a head").as_bytes().to_vec(), 400),
            ("the checkpoint MUST be signed note", good.split('\u{2014}').next().expect("a head").as_bytes().to_vec(), 400),
            ("each line MUST terminate in a newline", good.trim_end().as_bytes().to_vec(), 400),
            ("each line MUST terminate in a newline and nothing more", good.replace('\n', "\r\n").into_bytes(), 400),
            ("the old size line MUST consist of `old`", with("old 5", "size 5"), 400),
            ("the old size line MUST have a single space", with("old 5", "old  5"), 400),
            ("the old size line MUST have a space", with("old 5", "old5"), 400),
            ("the old size line MUST have nothing more", with("old 5", "old 5 "), 400),
            ("the old size MUST be decimal", with("old 5", "old 0x5"), 400),
            ("the old size MUST have no leading zeroes", with("old 5", "old 05"), 400),
            ("the old size MUST have no sign", with("old 5", "old +5"), 400),
            ("the old size zero MUST be 0", with("old 5", "old 00"), 400),
            ("each consistency proof line MUST encode a single hash", first_line(&a_hash[4..]), 400),
            ("each consistency proof line MUST encode a single hash, not two", first_line(&a_hash.repeat(2)), 400),
            ("each consistency proof line MUST be in base64", first_line(&"ab".repeat(32)), 400),
            ("each consistency proof line MUST be in the one base64 of its hash", first_line(&format!("{}B=", "A".repeat(42))), 400),
            ("the client MUST NOT send more than 63 consistency proof lines", request_body(5, &[[0; 32]; 64], &note(&nine)), 400),
            ("63 lines are not more than 63", request_body(5, &[[0; 32]; 63], &note(&nine)), 422),
            ("the submitted checkpoint MAY include multiple signatures", lines_under(&nine, &[line(&nine), by_second.clone()]), 200),
            ("the witness MUST verify against the public keys it trusts", lines_under(&nine, &[by_second]), 200),
            ("the witness MUST ignore signatures from unknown keys", lines_under(&nine, &[by_stranger.clone(), line(&nine)]), 200),
            ("if the origin is unknown, the witness MUST respond 404", request_body(5, &proof(5, 9), &note(&elsewhere)), 404),
            ("if the origin is unknown, 404 comes before the old size", request_body(99, &[], &note(&elsewhere)), 404),
            ("if no signature verifies, the witness MUST respond 403", lines_under(&nine, &[by_stranger]), 403),
            ("if a trusted key's signature does not verify, the witness MUST respond 403", lines_under(&nine, &[line(&text(8, root(8)))]), 403),
            ("if a trusted key signed twice, the witness MUST respond 403", lines_under(&nine, &[line(&nine), line(&nine)]), 403),
            ("403 comes before the old size", request_body(99, &[], &with_lines(&nine, &[line("x\n")])), 403),
            ("the old size MUST be equal to or lower than the checkpoint size, else 400", request_body(10, &[], &note(&nine)), 400),
            ("the old size MUST match the latest cosigned, else 409", request_body(4, &proof(4, 9), &note(&nine)), 409),
            ("a client without information MAY ask with zero, and gets 409", request_body(0, &[], &note(&nine)), 409),
            ("409 comes before the proof", request_body(6, &[], &note(&nine)), 409),
            ("409 for a checkpoint that is older than the latest", request_body(3, &proof(3, 4), &note(&text(4, root(4)))), 409),
            ("the lines MUST encode a consistency proof, else 422", request_body(5, &forged, &note(&nine)), 422),
            ("the lines MUST be the whole proof", request_body(5, &proof(5, 9)[1..], &note(&nine)), 422),
            ("the lines MUST be the proof from the old size", request_body(5, &proof(4, 9), &note(&nine)), 422),
            ("the lines MUST be the proof and no more", first_line(&a_hash), 422),
            ("the proof MUST lead to the checkpoint's root", request_body(5, &proof(5, 9), &note(&text(9, root(8)))), 422),
            ("if the sizes are equal, the witness MUST check that the roots are identical, else 422", request_body(5, &[], &note(&text(5, root(4)))), 422),
            ("if the sizes are equal, no proof is needed", request_body(5, &[], &note(&text(5, root(5)))), 200),
            ("if the sizes are equal, the proof is empty", request_body(5, &[[0; 32]], &note(&text(5, root(5)))), 422),
            ("extension lines MAY be included and MUST be cosigned", lines_under(&extended, &[line(&extended)]), 200),
        ] {
            let kept = Kept::at(5);
            let answer = kept.add(&body);
            assert_eq!(answer.status(), status, "{must}");
            match &answer {
                Answer::Conflict { size } => {
                    assert_eq!((*size, answer.body().as_str()), (5, "5\n"), "the body MUST be the tree size, in decimal, and a newline: {must}");
                    assert_eq!(answer.content_type(), "text/x.tlog.size", "the response MUST have this content type: {must}");
                }
                Answer::Cosigned { latest, note, .. } => {
                    assert_eq!(kept.size(), latest.size, "the witness MUST update its record: {must}");
                    let line = answer.body();
                    assert!(line.starts_with("\u{2014} w.example/w ") && line.ends_with('\n') && line.matches('\n').count() == 1, "the body MUST be signature lines: {must}");
                    let (key, _) = key("w.example/w", Kind::Cosignature, 3);
                    // The client MAY concatenate it to the checkpoint.
                    let sent = request(&body).expect("a request").2;
                    for note in [note, &[sent, line.as_bytes()].concat()] {
                        assert_eq!(Note::parse(note).expect("a note").signed(&key), Signed::WellAt(NOW + 1), "the signatures MUST be cosignatures: {must}");
                    }
                }
                _ => assert!(kept.size() == 5 && answer.body().is_empty(), "the witness MUST NOT cosign: {must}"),
            }
        }
    }

    #[test]
    fn a_log_that_was_never_cosigned_begins_at_zero() {
        let t = tree(9);
        let root = |size| t.root(size).expect("a root");
        for (must, old, proof, size, root, status) in [
            ("zero if it never cosigned", 0, vec![], 9, root(9), 200),
            ("zero if it never cosigned, else 409", 5, t.consistency(5, 9).expect("a proof"), 9, root(9), 409),
            ("the proof MUST be empty if the old size is zero", 0, vec![[0; 32]], 9, root(9), 422),
            ("an empty tree MUST have the root of the empty tree", 0, vec![], 0, EMPTY, 200),
            ("an empty tree MUST have the root of the empty tree, else 422", 0, vec![], 0, root(1), 422),
        ] {
            let kept = Kept::at(0);
            let answer = kept.add(&request_body(old, &proof, &note(&text(size, root))));
            assert_eq!(answer.status(), status, "{must}");
            assert_eq!(answer.body() == "0\n", status == 409, "{must}");
        }
    }

    #[test]
    fn no_two_histories_are_cosigned_whatever_is_tried() {
        // Two histories that part after three entries; every pair of sizes is tried on every state.
        let one = tree(9);
        let two = Tree::of((0..9u8).map(|i| leaf_hash(&[if i < 3 { i } else { i + 100 }])));
        for start in 0..=9u64 {
            for (history, old, new) in [&one, &two].into_iter().flat_map(|t| (0..=9).flat_map(move |old| (old..=9).map(move |new| (t, old, new)))) {
                let kept = Kept::at(start as u8);
                let proof = history.consistency(old, new).expect("a proof");
                let answer = kept.add(&request_body(old, &proof, &note(&text(new, history.root(new).expect("a root")))));
                let grows = old == start && history.root(start) == one.root(start);
                assert_eq!(answer.status() == 200, grows, "from {start}, asked {old} to {new}: {answer:?}");
                assert_eq!(kept.size(), if grows { new } else { start });
            }
        }
    }

    #[test]
    fn a_witness_never_signs_an_earlier_time() {
        let t = tree(9);
        let body = request_body(5, &t.consistency(5, 9).expect("a proof"), &note(&text(9, t.root(9).expect("a root"))));
        for (now, status) in [(NOW - 1, 503), (NOW, 200), (0, 503), (i64::MAX as u64, 200), (u64::MAX, 503)] {
            let kept = Kept { now, ..Kept::at(5) };
            assert_eq!((kept.add(&body).status(), kept.size()), (status, if status == 200 { 9 } else { 5 }), "{now}");
        }
    }

    #[test]
    fn what_the_witness_shows_holds_the_logs_lines_and_its_own() {
        let (t, kept) = (tree(9), Kept::at(0));
        let nine = text(9, t.root(9).expect("a root"));
        let unknown = key("somebody", Kind::Plain, 9);
        let with_stranger = with_lines(&nine, &[unknown.0.line(&unknown.1(nine.as_bytes())), line(&nine)]);
        let Answer::Cosigned { note, line: own, .. } = kept.add(&request_body(0, &[], &with_stranger)) else { panic!("cosigned") };
        assert_eq!(note, with_lines(&nine, &[line(&nine), own]));
        assert_eq!(origin_hash("log.example/a"), crate::hex(&sha2::Sha256::digest(b"log.example/a")));
        assert_eq!(origin_hash("").len(), 64);
    }
}
