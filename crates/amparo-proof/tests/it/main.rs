//! What somebody else's programs say of our logs and our witness (scripts/python.txt; docs/decisions/public-log.md).

use amparo_proof::checkpoint::{Checkpoint, Log};
use amparo_proof::note::{Key, Kind, cosigned, with_lines};
use amparo_proof::tiles::{Row, Tile, bundle, grown};
use amparo_proof::tlog_proof::TlogProof;
use amparo_proof::tree::{Tree, leaf_hash};
use amparo_proof::witness::{Answer, Known, Latest, Witness, request_body};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

const ORIGIN: &str = "host.example/log";
const WITNESS: &str = "witness.example/w";
const NOW: u64 = 1_790_000_000;

/// The Python that `scripts/setup test` made; says so where there is none, and insists where everything must be tested.
fn python() -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    let python = target.join("python/bin/python");
    if python.exists() {
        return Some(python);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there: scripts/setup test makes it", python.display());
    eprintln!("NOT TESTED: needs what scripts/python.txt lists (scripts/setup test installs it)");
    None
}

/// Hands a question to the program beside this file; it answers with nothing, or with what it disagrees about.
fn ask(what: &str, question: &Value) {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("question.json");
    std::fs::write(&file, question.to_string()).expect("written");
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/aics.py");
    let output = Command::new(python).arg("-B").arg(script).arg(what).arg(&file).current_dir(folder.path()).output().expect("Python runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    eprintln!("{what}: {text}");
}

fn key(name: &str, kind: Kind, seed: u8) -> (Key, SigningKey) {
    let secret = SigningKey::from_bytes(&[seed; 32]);
    (Key::new(name, kind, secret.verifying_key().to_bytes()).expect("a name"), secret)
}

fn signed(text: &str, seed: u8) -> String {
    let (key, secret) = key(ORIGIN, Kind::Plain, seed);
    key.line(&secret.sign(text.as_bytes()).to_bytes())
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
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
fn another_program_takes_every_checkpoint_and_proof_up_to_three_hundred_entries() {
    let entries: Vec<Vec<u8>> = (0..300).map(|i| format!("entry {i}").into_bytes()).collect();
    let tree = Tree::of(entries.iter().map(|e| leaf_hash(e)));
    let (witness, sign) = key(WITNESS, Kind::Cosignature, 2);
    let note = |size: u64| {
        let text = Checkpoint::new(ORIGIN, size, tree.root(size).expect("a root")).text();
        let at = NOW + size;
        let line = witness.line_at(at, &sign.sign(cosigned(at, &text).as_bytes()).to_bytes());
        String::from_utf8(with_lines(&text, &[signed(&text, 1), line])).expect("text")
    };
    let joined = |path: Option<Vec<[u8; 32]>>| base64(&path.expect("a proof").concat());
    let sizes: Vec<Value> = (0..=300u64)
        .map(|size| {
            let inclusion: Vec<String> = (0..size).map(|index| joined(tree.inclusion(index, size))).collect();
            let consistency: Vec<String> = (0..=size).map(|old| joined(tree.consistency(old, size))).collect();
            json!({"note": note(size), "inclusion": inclusion, "consistency": consistency})
        })
        .collect();
    let proof = TlogProof { extra: None, index: 123, path: tree.inclusion(123, 300).expect("a proof"), checkpoint: note(300).into_bytes() };
    let log = Log { origin: ORIGIN.into(), keys: vec![key(ORIGIN, Kind::Plain, 1).0] };
    assert_eq!(proof.verify(&entries[123], &log, &[witness.clone()], 1).map(|c| c.size), Ok(300));
    let question = json!({
        "origin": ORIGIN, "log": key(ORIGIN, Kind::Plain, 1).0.text(), "witness": witness.text(), "now": NOW,
        "seeds": [1, 2], "entries": entries.iter().map(|e| base64(e)).collect::<Vec<_>>(), "sizes": sizes,
    });
    ask("proofs", &question);
}

#[test]
fn another_program_reads_the_files_of_our_logs_and_writes_the_same() {
    let sizes = [0, 1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 66_000];
    let entries: Vec<Vec<u8>> = (0..66_000).map(|i| format!("entry {i}").into_bytes()).collect();
    let tree = Tree::of(entries.iter().map(|e| leaf_hash(e)));
    let bytes_of = |tile: Tile| match tile.row {
        Row::Hashes(_) => tile.bytes(&|level, index| tree.node(level, index)).expect("hashes"),
        Row::Entries => {
            let first = tile.index as usize * 256;
            bundle(entries[first..first + usize::from(tile.width)].iter().map(Vec::as_slice)).expect("short entries")
        }
    };
    // A log that grows step by step, all of whose files stay.
    let mut files = BTreeMap::new();
    for step in sizes.windows(2) {
        files.extend(grown(step[0], step[1]).into_iter().map(|tile| (tile.path(), base64(&bytes_of(tile)))));
    }
    let question = json!({
        "sizes": sizes.iter().map(|size| json!({"size": size, "root": base64(&tree.root(*size).expect("a root")),
            "paths": grown(0, *size).iter().map(Tile::path).collect::<Vec<_>>()})).collect::<Vec<_>>(),
        "files": files, "entries": entries.len(),
    });
    ask("files", &question);
}

/// A log that its witness may or may not believe: two histories that part somewhere.
struct Histories([Tree; 2]);

impl Histories {
    fn parting_at(fork: u64) -> Histories {
        let entry = |history: u64, i: u64| leaf_hash(format!("{} {i}", if i < fork { 0 } else { history }).as_bytes());
        Histories([0, 1].map(|history| Tree::of((0..200).map(|i| entry(history, i)))))
    }

    /// An `add-checkpoint` body: mostly right for a witness that cosigned this size last, and wrong in one of many ways.
    fn request(&self, last: u64, chance: &mut Chance) -> Vec<u8> {
        let tree = &self.0[usize::from(chance.below(4) == 0)];
        let old = match chance.below(5) {
            0 => chance.below(200),
            _ => last,
        };
        let new = (old + chance.below(8)).min(200);
        let mut proof = tree.consistency(old, new).expect("a proof");
        let mut checkpoint = Checkpoint::new(ORIGIN, new, tree.root(new).expect("a root"));
        match chance.below(16) {
            0 => drop(proof.pop()),
            1 => proof.push([7; 32]),
            2 => proof = vec![[0; 32]; 62 + chance.below(3) as usize],
            3 => checkpoint.root = [9; 32],
            4 => checkpoint.extensions.push("more".into()),
            5 => checkpoint.size = chance.below(200),
            6 => checkpoint.origin.push('x'),
            7 => proof.reverse(),
            _ => {}
        }
        let text = checkpoint.text();
        let mut lines = vec![signed(&text, 1)];
        match chance.below(16) {
            0 => lines = vec![signed(&text, 9)],
            1 => lines.insert(0, signed(&text, 9)),
            2 => lines = vec![signed("else\n", 1)],
            3 => lines.push(lines[0].clone()),
            4 => lines.push("\u{2014} somebody AAAAAAAA\n".to_owned()),
            5 => lines = vec![],
            _ => {}
        }
        let mut body = request_body(old, &proof, &with_lines(&text, &lines));
        if chance.below(4) == 0 {
            let at = chance.below(body.len() as u64) as usize;
            match chance.below(4) {
                0 => body[at] = b"\n \t\r0=+A\x00\xff"[chance.below(10) as usize],
                1 => body[at] ^= 1 << chance.below(7),
                2 => drop(body.remove(at)),
                _ => body.insert(at, body[at]),
            }
        }
        body
    }
}

#[test]
fn another_witness_answers_as_ours_does() {
    let mut chance = Chance(7);
    let (log_key, (public, sign)) = (key(ORIGIN, Kind::Plain, 1).0, key(WITNESS, Kind::Cosignature, 2));
    let witness = Witness::new(WITNESS, *public.public()).expect("a witness");
    let log = Log { origin: ORIGIN.into(), keys: vec![log_key.clone()] };
    let mut counts: BTreeMap<u16, u32> = BTreeMap::new();
    let mut days = vec![];
    for _ in 0..20 {
        let (histories, mut latest, mut now, mut asked) = (Histories::parting_at(chance.below(150)), None::<Latest>, NOW, vec![]);
        for _ in 0..100 {
            now += chance.below(3);
            let body = histories.request(latest.map_or(0, |l| l.size), &mut chance);
            let known = Known { log: log.clone(), latest };
            let answer = witness.add_checkpoint(&body, |origin| (origin == ORIGIN).then(|| known.clone()), now, |m| sign.sign(m).to_bytes());
            if let Answer::Cosigned { latest: new, .. } = answer {
                latest = Some(new);
            }
            *counts.entry(answer.status()).or_default() += 1;
            asked.push(json!({"now": now, "body": base64(&body), "status": answer.status(), "answer": answer.body(), "type": answer.content_type()}));
        }
        days.push(json!(asked));
    }
    // Every answer is among them, many times.
    assert!([200, 400, 403, 404, 409, 422].iter().all(|status| counts.get(status).is_some_and(|n| *n > 30)), "{counts:?}");
    ask("witness", &json!({"origin": ORIGIN, "log": log_key.text(), "witness": WITNESS, "seed": 2, "days": days}));
}
