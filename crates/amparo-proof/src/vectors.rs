//! The vectors of docs/formats/host.md: what every version of this program, and any other reader, must take, and
//! near twins that must be refused. `UPDATE=1` writes the files that are not there yet, and never one that is.

use crate::checkpoint::{self, Checkpoint, Log};
use crate::note::tests::key;
use crate::note::{Key, Kind, Note, cosigned, with_lines};
use crate::release::Release;
use crate::signed_request::{self, Asker, Headers, Request};
use crate::tiles::{Row, Tile};
use crate::tlog_proof::TlogProof;
use crate::tree::{Tree, leaf_hash};
use crate::{Hash, hex};
use serde_json::{Value, json};
use sha2::Digest;
use std::path::PathBuf;

const NOW: u64 = 1_790_000_000;
const ORIGIN: &str = "host.example/log";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats/vectors")
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap_or_else(|| panic!("{field} of {}", case["name"]))
}

fn number(case: &Value, field: &str) -> u64 {
    case[field].as_u64().unwrap_or_else(|| panic!("{field} of {}", case["name"]))
}

fn bytes(case: &Value, field: &str) -> Vec<u8> {
    of_hex(text(case, field))
}

fn of_hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
}

fn fixed<const N: usize>(case: &Value, field: &str) -> [u8; N] {
    bytes(case, field).try_into().expect("length")
}

/// The same case with one field changed, so that it must be refused.
fn twin(case: &Value, name: &str, field: &str, value: Value) -> Value {
    assert_ne!(case[field], value, "{name}");
    let mut twin = case.clone();
    twin["name"] = json!(format!("{}: {name}", text(case, "name")));
    twin["good"] = json!(false);
    twin[field] = value;
    twin
}

/// The same case with a part of a text changed.
fn respelt(case: &Value, name: &str, field: &str, from: &str, to: &str) -> Value {
    twin(case, name, field, json!(text(case, field).replacen(from, to, 1)))
}

fn requests() -> Vec<Value> {
    let (office, sign) = key("office", Kind::Plain, 1);
    let case = |name: &str, request: &Request, body: &[u8], created: u64| {
        let asker = Asker { office: [0x66; 16], key: *office.public(), created, nonce: [0xfb; 16] };
        let digest = sha2::Sha256::digest(body).into();
        let base = signed_request::base(request, &asker, &digest).expect("can be signed");
        let headers = signed_request::headers(&asker, &digest, &sign(base.as_bytes()));
        json!({"name": name, "kind": "request", "good": true, "method": request.method, "authority": request.authority, "path": request.path, "query": request.query, "body": hex(body), "now": NOW, "key": hex(&asker.key), "base": base,
            "amparo-office": headers.office, "content-digest": headers.digest, "signature-input": headers.input, "signature": headers.signature})
    };
    let post = Request { method: "POST", authority: "host.example", path: "/v1/entries", query: Some("from=12&to=%20x") };
    let good = case("a request", &post, b"an entry", NOW);
    let get = Request { method: "GET", authority: "host.example:8443", path: "/v1/a%2Fb", query: None };
    let mut out = vec![
        good.clone(),
        case("without a body or a query", &get, b"", NOW),
        case("with an empty query", &Request { query: Some(""), ..get }, b"", NOW),
        case("to an address of its own", &Request { authority: "[::1]:8443", path: "/", ..get }, b"", NOW),
        case("five minutes old", &post, b"an entry", NOW - 300),
        case("five minutes ahead", &post, b"an entry", NOW + 300),
    ];
    for (name, created) in [("too old", NOW - 301), ("too far ahead", NOW + 301)] {
        out.push(
            Value::as_object(&case(name, &post, b"an entry", created))
                .map(|case| {
                    let mut case = case.clone();
                    case.insert("good".into(), json!(false));
                    json!(case)
                })
                .expect("a case"),
        );
    }
    for (name, field, value) in [
        ("another method", "method", json!("PUT")),
        ("a method in small letters", "method", json!("post")),
        ("another host", "authority", json!("host.example.org")),
        ("a host in capitals", "authority", json!("Host.example")),
        ("another path", "path", json!("/v1/entrie")),
        ("a line feed in the path", "path", json!("/v1/entries\n\"@query\": ?from=12&to=%20x")),
        ("a query in the path", "path", json!("/v1/entries?from=12&to=%20x")),
        ("another query", "query", json!("from=12&to=x")),
        ("no query", "query", Value::Null),
        ("another body", "body", json!(hex(b"an entrx"))),
        ("no body", "body", json!("")),
        ("another key than it was made with", "key", json!(hex(&[7; 32]))),
        ("another office", "amparo-office", json!(hex(&[0x67; 16]))),
        ("an office in capitals", "amparo-office", json!("6666666666666666666666666666666A")),
        ("no digest", "content-digest", json!("")),
        ("a digest of nothing", "content-digest", json!("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")),
    ] {
        out.push(twin(&good, name, field, value));
    }
    for (name, field, from, to) in [
        ("another hash's name", "content-digest", "sha-256", "sha-512"),
        ("a hash more", "content-digest", ":", ":AA==:, sha-512=:"),
        ("another label", "signature-input", "amparo", "sig1"),
        ("a label more", "signature-input", "amparo", "sig1=(), amparo"),
        ("a component less", "signature-input", " \"@query\"", ""),
        ("a component more", "signature-input", "office\"", "office\" \"date\""),
        ("components in another order", "signature-input", "\"@method\" \"@authority\"", "\"@authority\" \"@method\""),
        ("a component with a parameter", "signature-input", "\"@path\"", "\"@path\";req"),
        ("two spaces", "signature-input", "\" \"", "\"  \""),
        ("another time", "signature-input", "1790000000", "1790000001"),
        ("a zero before the time", "signature-input", "1790000000", "01790000000"),
        ("an end of validity", "signature-input", ";nonce", ";expires=1790000300;nonce"),
        ("a short nonce", "signature-input", "+/v7", ""),
        ("bits of the nonce that mean nothing", "signature-input", "+w==", "+x=="),
        ("another algorithm", "signature-input", "ed25519", "hmac-sha256"),
        ("no algorithm", "signature-input", ";alg=\"ed25519\"", ""),
        ("another tag", "signature-input", "amparo/v1", "amparo/v2"),
        ("a parameter more", "signature-input", "v1\"", "v1\";more=1"),
        ("a space at the end", "signature-input", "v1\"", "v1\" "),
        ("another label", "signature", "amparo", "sig1"),
        ("a signature more", "signature", "amparo", "sig1=:AA==:, amparo"),
        ("a byte short", "signature", "=:", "=:AAAA"),
    ] {
        out.push(respelt(&good, &format!("{name} ({field})"), field, from, to));
    }
    let signature = text(&good, "signature").to_owned();
    let letter = signature.chars().nth(20).expect("a letter");
    out.push(twin(&good, "a bit of the signature", "signature", json!(signature.replacen(letter, if letter == 'A' { "B" } else { "A" }, 1))));
    let mut weak = twin(&good, "a key of small order", "key", json!(hex(&[0; 32])));
    weak["signature-input"] = json!(text(&good, "signature-input").replace(text(&good, "key"), &hex(&[0; 32])));
    weak["signature"] = json!("amparo=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==:");
    out.push(weak);
    out
}

/// A log of nine releases, signed, and seen by two witnesses.
fn log_of_nine() -> (Vec<Release>, Tree, String) {
    let halves: [&[u8]; 2] = [b"half one", b"half two"];
    let releases: Vec<Release> = (0..9).map(|i| Release::of([i as u8; 32], [0x11; 16], [0x22; 32], NOW * 1000 + i, &halves).expect("few")).collect();
    let tree = Tree::of(releases.iter().map(|r| leaf_hash(&r.entry())));
    let text = Checkpoint::new(ORIGIN, 9, tree.root(9).expect("a root")).text();
    let (log, sign) = key(ORIGIN, Kind::Plain, 4);
    let mut lines = vec![log.line(&sign(text.as_bytes()))];
    for (name, seed) in [("one.example/w", 5), ("two.example/w", 6)] {
        let (witness, sign) = key(name, Kind::Cosignature, seed);
        lines.push(witness.line_at(NOW + u64::from(seed), &sign(cosigned(NOW + u64::from(seed), &text).as_bytes())));
    }
    let note = String::from_utf8(with_lines(&text, &lines)).expect("text");
    (releases, tree, note)
}

fn logs() -> Vec<Value> {
    let (releases, tree, note) = log_of_nine();
    let witnesses = [key("one.example/w", Kind::Cosignature, 5).0.text(), key("two.example/w", Kind::Cosignature, 6).0.text()];
    let host = key(ORIGIN, Kind::Plain, 4).0;
    let stranger = key(ORIGIN, Kind::Plain, 7).0.text();
    let root = tree.root(9).expect("a root");
    let signed = json!({"name": "a checkpoint", "kind": "checkpoint", "good": true, "note": note, "origin": ORIGIN, "keys": [host.text()], "witnesses": witnesses, "size": 9, "root": hex(&root), "times": [NOW + 5, NOW + 6]});
    let mut out = vec![signed.clone()];
    let mut alone = signed.clone();
    alone["name"] = json!("a checkpoint whose witnesses are not known");
    alone["witnesses"] = json!([]);
    alone["times"] = json!([]);
    out.push(alone);
    for (name, from, to) in [
        ("another size", "\n9\n", "\n8\n"),
        ("a zero before the size", "\n9\n", "\n09\n"),
        ("another log", "host.example/log\n", "host.example/lag\n"),
        ("a line more", "\n\n", "\nmore\n\n"),
        ("a hyphen for the dash", "\u{2014}", "-"),
        ("two spaces", "\u{2014} ", "\u{2014}  "),
        ("another name in a line", "\u{2014} host", "\u{2014} hust"),
        ("no empty line", "\n\n", "\n"),
        ("a carriage return", "\n\n", "\r\n\r\n"),
    ] {
        out.push(respelt(&signed, name, "note", from, to));
    }
    out.push(twin(&signed, "another key", "keys", json!([stranger])));
    out.push(twin(&signed, "another time of a witness", "times", json!([NOW + 5, NOW + 7])));
    out.push(twin(&signed, "an empty line more", "note", json!(format!("{note}\n"))));
    out.push(twin(&signed, "no line feed at the end", "note", json!(note.trim_end())));
    let first = note.lines().find(|l| l.starts_with('\u{2014}')).expect("a line");
    out.push(twin(&signed, "a line twice", "note", json!(format!("{note}{first}\n"))));
    out.push(twin(&signed, "a witness's line cut", "note", json!(format!("{}A==\n", &note[..note.len() - 8]))));

    let release = releases[6];
    let proof = TlogProof { extra: Some(release.record()), index: 6, path: tree.inclusion(6, 9).expect("a proof"), checkpoint: note.clone().into_bytes() };
    let proof_text = String::from_utf8(proof.text()).expect("text");
    let proven = json!({"name": "a proof", "kind": "proof", "good": true, "proof": proof_text, "entry": hex(&release.entry()), "record": hex(&release.record()), "index": 6, "size": 9, "origin": ORIGIN, "keys": [host.text()], "witnesses": witnesses, "quorum": 2});
    out.push(proven.clone());
    for (name, from, to) in [
        ("another version", "@v1", "@v2"),
        ("another place", "index 6", "index 5"),
        ("a place beyond the end", "index 6", "index 9"),
        ("a zero before the place", "index 6", "index 06"),
        ("an empty extra", "extra ", "extra \nextra "),
        ("a step less", &proof_text[proof_text.find("index 6\n").expect("there") + 8..][..45], ""),
        ("a short hash", "index 6\n", "index 6\nAAAA\n"),
        ("an empty line more", "\n\n", "\n\n\n"),
        ("a checkpoint of another size", "\n9\n", "\n10\n"),
    ] {
        out.push(respelt(&proven, name, "proof", from, to));
    }
    out.push(twin(&proven, "another entry", "entry", json!(hex(&releases[5].entry()))));
    out.push(twin(&proven, "another record", "record", json!(hex(&releases[5].record()))));
    out.push(twin(&proven, "too few witnesses", "quorum", json!(3)));

    let sign = key(ORIGIN, Kind::Plain, 4).1;
    let released = json!({"name": "a release", "kind": "release", "good": true, "leaf": hex(&release.leaf), "journal": hex(&release.journal), "key": hex(&release.key), "at": release.at, "halves": [hex(b"half one"), hex(b"half two")],
        "record": hex(&release.record()), "entry": hex(&release.entry()), "index": 6, "host": hex(host.public()), "signature": hex(&sign(&release.signed(6)))});
    out.push(released.clone());
    for (name, field, value) in [
        ("another place", "index", json!(5)),
        ("another look", "leaf", json!(hex(&[7; 32]))),
        ("another case", "journal", json!(hex(&[0x12; 16]))),
        ("another asker", "key", json!(hex(&[0x23; 32]))),
        ("another time", "at", json!(release.at + 1)),
        ("a half less", "halves", json!([hex(b"half one")])),
        ("halves in another order", "halves", json!([hex(b"half two"), hex(b"half one")])),
        ("a byte short", "record", json!(hex(&release.record()[1..]))),
        ("another entry", "entry", json!(hex(&release.leaf))),
        ("another host", "host", json!(hex(&[0; 32]))),
        ("no signature", "signature", json!(hex(&[0; 64]))),
    ] {
        out.push(twin(&released, name, field, value));
    }

    for (path, row, index, width) in [("tile/0/000", "0", 0u64, 256), ("tile/1/x001/x234/067.p/8", "1", 1_234_067, 8), ("tile/entries/273.p/112", "entries", 273, 112)] {
        out.push(json!({"name": path, "kind": "tile", "good": true, "path": path, "row": row, "index": index, "width": width}));
    }
    for path in [
        "tile/0/1",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/00/000",
        "tile/64/000",
        "tile/0/000.p/256",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/001/000",
        "tile/0/../000",
        "/tile/0/000",
    ] {
        out.push(json!({"name": path, "kind": "tile", "good": false, "path": path, "row": "0", "index": 0, "width": 256}));
    }
    out
}

fn keys(case: &Value, field: &str) -> Vec<Key> {
    case[field].as_array().expect("keys").iter().map(|k| Key::parse(k.as_str().expect("text")).expect("a key")).collect()
}

fn log(case: &Value) -> Log {
    Log { origin: text(case, "origin").to_owned(), keys: keys(case, "keys") }
}

/// Whether a case holds, with everything it says.
fn holds(case: &Value) -> bool {
    match text(case, "kind") {
        "request" => {
            let request = Request { method: text(case, "method"), authority: text(case, "authority"), path: text(case, "path"), query: case["query"].as_str() };
            let [office, digest, input, signature] = ["amparo-office", "content-digest", "signature-input", "signature"].map(|f| text(case, f).to_owned());
            let body: Hash = sha2::Sha256::digest(bytes(case, "body")).into();
            let asker = signed_request::verify(&request, &Headers { office, digest, input, signature }, number(case, "now"), &fixed(case, "key"))
                .and_then(|unread| unread.with_body(&body));
            asker.is_ok_and(|asker| signed_request::base(&request, &asker, &body).as_deref() == Some(text(case, "base")))
        }
        "checkpoint" => {
            let note = text(case, "note").as_bytes();
            let opened = log(case).open(note).is_ok_and(|c| (c.size, hex(&c.root)) == (number(case, "size"), text(case, "root").to_owned()));
            let witnesses = keys(case, "witnesses");
            let times = match Note::parse(note).map(|note| checkpoint::signers(&note, &witnesses)) {
                Some(Ok(found)) => found.iter().map(|(_, at)| json!(at)).collect(),
                _ => vec![],
            };
            opened && json!(times) == case["times"]
        }
        "proof" => TlogProof::parse(text(case, "proof").as_bytes()).is_some_and(|proof| {
            let (log, witnesses, quorum) = (log(case), keys(case, "witnesses"), number(case, "quorum") as usize);
            let checkpoint = proof.verify(&bytes(case, "entry"), &log, &witnesses, quorum);
            let carried = Release::proven(&proof, &log, &witnesses, quorum);
            checkpoint.is_ok_and(|c| c.size == number(case, "size"))
                && proof.index == number(case, "index")
                && carried.is_some_and(|(release, _)| release.record() == bytes(case, "record"))
        }),
        "release" => {
            let halves: Vec<Vec<u8>> = case["halves"].as_array().expect("halves").iter().map(|h| of_hex(h.as_str().expect("hex"))).collect();
            let halves: Vec<&[u8]> = halves.iter().map(Vec::as_slice).collect();
            let release = Release::of(fixed(case, "leaf"), fixed(case, "journal"), fixed(case, "key"), number(case, "at"), &halves).expect("few");
            Release::parse(&bytes(case, "record")) == Some(release)
                && release.entry().to_vec() == bytes(case, "entry")
                && release.promised(number(case, "index"), &fixed(case, "host"), &fixed(case, "signature"))
        }
        "tile" => {
            let row = text(case, "row").parse().map_or(Row::Entries, Row::Hashes);
            Tile::parse(text(case, "path")) == Some(Tile { row, index: number(case, "index"), width: number(case, "width") as u16 })
        }
        other => panic!("a kind of vector that is not known: {other}"),
    }
}

#[test]
fn every_vector_holds_and_every_twin_is_refused() {
    let made: [(&str, fn() -> Vec<Value>); 2] = [("request", requests), ("log", logs)];
    for (name, make) in made {
        let path = folder().join(format!("{name}.json"));
        if std::env::var_os("UPDATE").is_some() && !path.exists() {
            let text = make().iter().map(Value::to_string).collect::<Vec<_>>().join(",\n");
            std::fs::write(&path, format!("[\n{text}\n]\n")).expect("written");
        }
        let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(&path).expect("read")).expect("JSON");
        for case in &cases {
            assert_eq!(holds(case), case["good"].as_bool().expect("good"), "{name}.json: {}", case["name"]);
        }
        // What is written today is what was written then.
        assert_eq!(make(), cases, "{name}.json");
    }
}
