//! The vectors of docs/formats: what every version of this program, and any other reader, must open, and their
//! nearest invalid twins, which must be refused. `UPDATE=1` writes the files that are not there yet; what is
//! there is never written again, because somebody's papers are stored that way.

use crate::frame::{self, Header};
use crate::lock::{self, Key};
use crate::ring;
use crate::session;
use amparo_model::event::{Drawer, Member};
use amparo_model::{DrawerId, JournalId, MemberId, OfficeId, Sha256};
use amparo_proof::{Head, note};
use serde_json::{Value, json};
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats/vectors")
}

fn key(n: u8) -> Key {
    Key::new([n; 32])
}

fn bytes(value: &Value) -> Vec<u8> {
    lock::of_hex(value.as_str().expect("hex")).expect("hex")
}

fn fixed<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().expect("length")
}

fn key_in(value: &Value) -> Key {
    Key::new(fixed(value))
}

/// A case that must hold and, from the field that is named, twins that must not: a bit, a byte short, a byte more.
fn with_twins(case: Value, field: &str) -> Vec<Value> {
    let whole = bytes(&case[field]);
    let twin = |name: &str, bytes: Vec<u8>| {
        let mut twin = case.clone();
        twin["name"] = json!(format!("{}: {name}", case["name"].as_str().expect("a name")));
        twin["good"] = json!(false);
        twin[field] = json!(lock::hex(&bytes));
        twin
    };
    let flipped = |at: usize| {
        let mut bad = whole.clone();
        bad[at] ^= 1;
        bad
    };
    let mut out = vec![case.clone()];
    out.push(twin("its first bit", flipped(0)));
    out.push(twin("a bit in the middle", flipped(whole.len() / 2)));
    out.push(twin("its last bit", flipped(whole.len() - 1)));
    out.push(twin("a byte short", whole[..whole.len() - 1].to_vec()));
    out.push(twin("a byte more", [&whole[..], b"0"].concat()));
    out
}

/// The same case with fields changed so that it must be refused.
fn spoilt(case: &Value, name: &str, changes: &[(&str, Value)]) -> Value {
    let mut twin = case.clone();
    twin["name"] = json!(format!("{}: {name}", case["name"].as_str().expect("a name")));
    twin["good"] = json!(false);
    changes.iter().for_each(|(field, value)| twin[*field] = value.clone());
    twin
}

fn boxes() -> Vec<Value> {
    let k: Key = Key::new(std::array::from_fn(|i| i as u8));
    let salt = std::array::from_fn(|i| 0x40 + i as u8);
    let sealed = lock::box_seal_salted(&k, "test", b"ctx", b"hello", salt).expect("sealed");
    let case = json!({"name": "the first box", "kind": "box", "good": true, "key": lock::hex(&k[..]), "label": "test", "context": lock::hex(b"ctx"), "sealed": lock::hex(&sealed), "plain": lock::hex(b"hello")});
    let mut out = with_twins(case.clone(), "sealed");
    out.push(spoilt(&case, "wrong context", &[("context", json!(lock::hex(b"cty")))]));
    out.push(spoilt(&case, "wrong label", &[("label", json!("tesu"))]));
    out.push(spoilt(&case, "wrong key", &[("key", json!(lock::hex(&[9; 32])))]));
    let empty = lock::box_seal_salted(&k, "test", b"", b"", [7; 24]).expect("sealed");
    out.push(json!({"name": "nothing in it", "kind": "box", "good": true, "key": lock::hex(&k[..]), "label": "test", "context": "", "sealed": lock::hex(&empty), "plain": ""}));
    out
}

fn hashes() -> Vec<Value> {
    let k = key(3);
    let recipient = lock::recipient_of(&key(5));
    let check = json!({"name": "check of a key", "kind": "check", "good": true, "key": lock::hex(&k[..]), "check": lock::check(&k)});
    let to = json!({"name": "how a person stands in rows", "kind": "person", "good": true, "recipient": recipient, "journal": lock::hex(&[0x11; 16]), "to": lock::hex(&ring::person(&recipient, JournalId([0x11; 16])))});
    let leaf = json!({"name": "a look's leaf", "kind": "leaf", "good": true, "body": lock::hex(b"{\"v\":1}"), "leaf": lock::hex(&amparo_proof::leaf(b"{\"v\":1}"))});
    let member = Member {
        member: MemberId([0x22; 16]),
        name: "Ana".into(),
        role: "admin".into(),
        sign: lock::hex(&lock::public_of(&key(7))),
        recipient: recipient.clone(),
        words: lock::recipient_of(&key(6)),
    };
    let join = |spanish| crate::join_words(&lock::check(&k), &member, spanish).expect("words");
    let join = json!({"name": "what an invited member compares aloud", "kind": "join", "good": true, "check": lock::check(&k), "member": lock::hex(&member.member.0), "sign": member.sign, "recipient": member.recipient, "words_recipient": member.words, "english": join(false), "spanish": join(true)});
    let hash: Sha256 = "3902295b2377d5f28784d2909401a2f04a1225512ec1ea3c82a91930ca657db6".parse().expect("a hash");
    let words = |spanish| crate::heads::words(JournalId([0x11; 16]), 1, hash, spanish).expect("words");
    let head = json!({"name": "head words", "kind": "head-words", "good": true, "journal": lock::hex(&[0x11; 16]), "seq": 1, "hash": hash.to_string(), "english": words(false), "spanish": words(true)});
    let place = amparo_model::Place { field: "employer".into(), ..amparo_model::Place::row(12).inside("a/b.csv") };
    let id = amparo_model::RecordId::of(&Sha256([8; 32]), &place, amparo_model::Kind::Job).to_string();
    let record = json!({"name": "a record's id", "kind": "record-id", "good": true, "sha256": lock::hex(&[8; 32]), "inside": "a/b.csv", "place": "row:12", "record_kind": "job", "field": "employer", "id": id});
    let mut out = vec![];
    for (case, field, other) in [
        (check, "key", json!(lock::hex(&[4; 32]))),
        (to, "journal", json!(lock::hex(&[0x12; 16]))),
        (leaf, "body", json!("7b7d")),
        (join, "member", json!(lock::hex(&[0x23; 16]))),
        (head, "seq", json!(2)),
        (record, "place", json!("row:1")),
    ] {
        out.push(case.clone());
        out.push(spoilt(&case, "of something else", &[(field, other)]));
    }
    out
}

fn words() -> Vec<Value> {
    let secret: Key = Key::new(std::array::from_fn(|i| (i as u8).wrapping_mul(37) ^ 0x5a));
    let mut out = vec![];
    for (language, spanish) in [("english", false), ("spanish", true)] {
        let words = lock::words::of_secret(&secret, spanish).expect("words");
        let case = json!({"name": format!("24 words, {language}"), "kind": "words", "good": true, "words": words.join(" "), "secret": lock::hex(&secret[..]), "recipient": lock::recipient_of(&secret)});
        let short: Vec<String> = words.iter().map(|w| w.chars().take(4).collect()).collect();
        out.push(json!({"name": format!("four letters of each, {language}"), "kind": "words", "good": true, "words": short.join(" ").to_uppercase(), "secret": lock::hex(&secret[..]), "recipient": lock::recipient_of(&secret)}));
        let mut swapped = words.clone();
        swapped.swap(0, 1);
        out.push(spoilt(&case, "two words swapped", &[("words", json!(swapped.join(" ")))]));
        out.push(spoilt(&case, "a word short", &[("words", json!(words[..23].join(" ")))]));
        out.push(case);
    }
    out
}

fn rows() -> Vec<Value> {
    let (journal, member) = (JournalId([0x11; 16]), key(21));
    let drawer = DrawerId([0x33; 16]);
    let recipient = lock::recipient_of(&member);
    let mut out = vec![];
    let mut row = |name: &str, outer: &Key, row: amparo_store::WrapRow, key: &Key| {
        let case = json!({"name": name, "kind": "row", "good": true, "outer": lock::hex(&outer[..]), "journal": lock::hex(&journal.0), "what": row.key.what, "id": lock::hex(&row.key.id), "to": lock::hex(&row.key.to), "alg": row.alg, "lock": row.lock, "bytes": lock::hex(&row.bytes), "half": "", "key": lock::hex(&key[..])});
        let twins = with_twins(case.clone(), "bytes");
        // A stock age header may hold bytes that mean nothing: a flipped bit there is refused all the same, by its MAC.
        out.extend(twins);
        let mut other = row.key.id.clone();
        other[0] ^= 1;
        out.push(spoilt(&case, "moved to another id", &[("id", json!(lock::hex(&other)))]));
        out.push(spoilt(&case, "moved to another journal", &[("journal", json!(lock::hex(&[0x12; 16])))]));
        out.push(spoilt(&case, "as another kind", &[("what", json!(row.key.what + 1))]));
        out.push(spoilt(&case, "an algorithm that is none", &[("alg", json!(9))]));
    };
    let jk = ring::wrap_to(&recipient, journal, ring::JOURNAL_KEY, &1_u32.to_be_bytes(), ring::person(&recipient, journal), &key(1)).expect("a row");
    row("journal key to a person", &member, jk, &key(1));
    let dk = ring::wrap_under(&key(1), journal, ring::DRAWER_KEY, &ring::drawer_id(drawer, 1), ring::to_journal(1), &key(2)).expect("a row");
    row("drawer key under the journal key", &key(1), dk, &key(2));
    let rotated = ring::wrap_under(&key(11), journal, ring::DRAWER_KEY, &ring::drawer_id(drawer, 1), ring::to_journal(2), &key(2)).expect("a row");
    row("the same drawer key after a rotation", &key(11), rotated, &key(2));
    let entry = ring::wrap_under(&key(2), journal, ring::ENTRY, &[0x44; 32], ring::to_drawer(drawer, 1), &key(3)).expect("a row");
    row("entry key under its drawer", &key(2), entry, &key(3));
    let blob = ring::wrap_under(&key(2), journal, ring::BLOB, &[0x55; 32], ring::to_drawer(drawer, 1), &key(4)).expect("a row");
    row("a sealed file's key under its drawer", &key(2), blob, &key(4));
    let apart = ring::wrap_to(&lock::recipient_of(&key(22)), journal, ring::ENTRY, &[0x44; 32], ring::to_drawer(drawer, 1), &key(3)).expect("a row");
    row("entry key to a drawer that is apart", &key(22), apart, &key(3));
    out
}

fn frames() -> Vec<Value> {
    let (journal, author, seed, entry_key) = (JournalId([0x11; 16]), MemberId([0x22; 16]), key(7), key(9));
    let salt: [u8; 24] = std::array::from_fn(|i| 0x40 + i as u8);
    let public = lock::hex(&lock::public_of(&seed));
    let frame_of = |seq: u64, prev: Sha256, body: &[u8]| frame::seal_body(Header { journal, seq, prev }, author, &seed, body, &entry_key, salt).expect("a frame");
    let case = |name: &str, seq: u64, prev: Sha256, body: &[u8], frame: &[u8]| json!({"name": name, "kind": "frame", "good": true, "journal": lock::hex(&journal.0), "seq": seq, "prev": prev.to_string(), "author": lock::hex(&author.0), "public": public, "key": lock::hex(&entry_key[..]), "frame": lock::hex(frame), "hash": frame::hash(frame).to_string(), "body": String::from_utf8(body.to_vec()).expect("text")});
    let zeros = Sha256([0; 32]);
    let body = br#"{"v":1,"type":"genesis","at":"2026-11-23T18:00:00.000Z","office":1}"#;
    let first = frame_of(1, zeros, body);
    assert_eq!(frame::hash(&first).to_string(), "3902295b2377d5f28784d2909401a2f04a1225512ec1ea3c82a91930ca657db6");
    let one = case("frame 1", 1, zeros, body, &first);
    let mut out = with_twins(one.clone(), "frame");
    out.push(spoilt(&one, "another number than asked for", &[("seq", json!(2))]));
    out.push(spoilt(&one, "another entry before it", &[("prev", json!(lock::hex(&[1; 32])))]));
    out.push(spoilt(&one, "another author's key", &[("public", json!(lock::hex(&lock::public_of(&key(8)))))]));
    out.push(spoilt(&one, "another entry's key", &[("key", json!(lock::hex(&[8; 32])))]));
    let second = br#"{"v":1,"type":"note","at":"2026-11-23T18:00:01.000Z","text":"x"}"#;
    let prev = frame::hash(&first);
    out.push(case("frame 2", 2, prev, second, &frame_of(2, prev, second)));
    for length in [428, 429] {
        let mut body = br#"{"v":1,"type":"note","text":""#.to_vec();
        body.resize(length - 2, b'x');
        body.extend_from_slice(b"\"}");
        out.push(case(&format!("a body of {length} bytes"), 2, prev, &body, &frame_of(2, prev, &body)));
    }
    let header = Header { journal, seq: 2, prev };
    let plain_of = |frame: &[u8]| lock::box_open(&entry_key, "entry", &frame[..frame::HEADER], &frame[frame::HEADER..]).expect("opens").to_vec();
    let sealed = |plain: &[u8]| frame::seal_plain(header, plain, &entry_key, salt).expect("a frame");
    let good = plain_of(&frame_of(2, prev, second));
    let mut bad = |name: &str, plain: Vec<u8>| {
        let frame = sealed(&plain);
        let mut twin = case(name, 2, prev, second, &frame);
        twin["good"] = json!(false);
        out.push(twin);
    };
    let mut longer = good.clone();
    longer.resize(good.len() + 512, 0);
    bad("padding that is not minimal", longer);
    let mut dirty = good.clone();
    *dirty.last_mut().expect("bytes") = 1;
    bad("padding that is not zero", dirty);
    let mut signature = good.clone();
    signature[20] ^= 1;
    bad("a bad signature", signature);
    let mut other = good.clone();
    other[0] ^= 1;
    bad("another author than signed", other);
    let mut length = good.clone();
    length[80] = 0xff;
    bad("a length beyond its end", length);
    for (name, body) in [
        ("a key twice", &br#"{"v":1,"type":"note","type":"note"}"#[..]),
        ("a float", br#"{"v":1,"type":"note","n":1.0}"#),
        ("an integer above 2^53-1", br#"{"v":1,"type":"note","n":9007199254740992}"#),
        ("a byte-order mark", b"\xef\xbb\xbf{\"v\":1}"),
        ("bytes after its end", br#"{"v":1} {}"#),
    ] {
        let frame = frame_of(2, prev, body);
        let mut twin = case(name, 2, prev, b"{}", &frame);
        twin["good"] = json!(false);
        out.push(twin);
    }
    out
}

fn heads() -> Vec<Value> {
    let (office, seed) = (OfficeId([0x66; 16]), lock::expand(&key(1), "head-key", &[0x66; 16]).expect("a key"));
    let head = Head { journal: [0x11; 16], seq: 1204, hash: [0x77; 32] };
    let of = |text: &str| lock::hex(&crate::heads::sign_note(text, office, &seed));
    let case = json!({"name": "a head", "kind": "head", "good": true, "office": lock::hex(&office.0), "office_key": lock::hex(&[1; 32]), "public": lock::hex(&lock::public_of(&seed)), "note": of(&head.text()), "journal": lock::hex(&head.journal), "seq": head.seq, "hash": lock::hex(&head.hash)});
    let mut out = with_twins(case.clone(), "note");
    for (name, from, to) in [
        ("a number with a zero before it", "\n1204\n", "\n01204\n"),
        ("another version", "head/v1", "head/v2"),
        ("a line more", "d3c=\n", "d3c=\nx\n"),
        ("upper-case digits", "1111\n", "111A\n"),
    ] {
        out.push(spoilt(&case, name, &[("note", json!(of(&head.text().replacen(from, to, 1))))]));
    }
    out.push(spoilt(&case, "another office", &[("office", json!(lock::hex(&[0x67; 16])))]));
    out.push(spoilt(&case, "another key", &[("public", json!(lock::hex(&lock::public_of(&key(2)))))]));
    out.push(spoilt(&case, "another journal", &[("journal", json!(lock::hex(&[0x12; 16])))]));
    out
}

fn people() -> Vec<Value> {
    let mut out = vec![];
    let plain = b"Soy una carta.\n";
    let sealed = lock::age_seal(&lock::recipient_of(&key(4)), plain).expect("sealed");
    let blob = json!({"name": "a sealed file and the identity made for it alone", "kind": "blob", "good": true, "identity": lock::identity_text(&key(4)).to_string(), "age": lock::hex(&sealed), "blob": Sha256::of(&sealed).to_string(), "sha256": Sha256::of(plain).to_string(), "bytes": plain.len()});
    let again = |age: &[u8]| [("age", json!(lock::hex(age))), ("blob", json!(Sha256::of(age).to_string()))];
    let mut cut = sealed.clone();
    cut.pop();
    let mut flipped = sealed.clone();
    *flipped.last_mut().expect("bytes") ^= 1;
    out.push(spoilt(&blob, "another identity", &[("identity", json!(lock::identity_text(&key(5)).to_string()))]));
    out.push(spoilt(&blob, "cut off, under its own name", &again(&cut)));
    out.push(spoilt(&blob, "a bit, under its own name", &again(&flipped)));
    out.push(spoilt(&blob, "a bit", &again(&flipped)[..1]));
    out.push(spoilt(&blob, "another length", &[("bytes", json!(plain.len() + 1))]));
    out.push(blob);

    let text = lock::identity_text(&key(31));
    let inner = lock::age_seal(&lock::recipient_of(&key(32)), text.as_bytes()).expect("sealed");
    let nested = lock::age_seal(&lock::recipient_of(&key(33)), &inner).expect("sealed");
    for (name, file, first, second) in [("office recovery, one of n", &inner, &key(32), None), ("office recovery, two of n", &nested, &key(33), Some(key(32)))] {
        let second = second.map_or(Value::Null, |s| json!(lock::identity_text(&s).to_string()));
        let case = json!({"name": name, "kind": "recovery", "good": true, "age": lock::hex(file), "first": lock::identity_text(first).to_string(), "second": second, "identity": text.to_string()});
        out.extend(with_twins(case.clone(), "age"));
        out.push(spoilt(&case, "one wrong sheet", &[("first", json!(lock::identity_text(&key(34)).to_string()))]));
    }
    out
}

fn bundles() -> Vec<Value> {
    let (mut session, words) = session::Session::new(OfficeId([0x66; 16])).expect("a session");
    session.genesis = Sha256([1; 32]);
    session.head = (3, Sha256([2; 32]));
    let bundle = session.bundle("Café con leche y pan").expect("a bundle");
    let parsed: Value = serde_json::from_slice(&bundle).expect("JSON");
    let secret = session.to_secret_bytes().expect("secret");
    let case = |name: &str, phrase: &str, bundle: &Value| json!({"name": name, "kind": "bundle", "good": true, "bundle": bundle, "passphrase": phrase, "words": lock::words::of_secret(&words, false).expect("words").join(" "), "msk": lock::hex(&secret[16..48]), "secrets": String::from_utf8(secret[48..].to_vec()).expect("text")});
    let good = case("a bundle", "Café con leche y pan", &parsed);
    let mut out = vec![case("a bundle, its passphrase as people type it", "  CAFE\u{301} con\tleche  y pan\n".trim_start(), &parsed)];
    out.push(spoilt(
        &good,
        "another passphrase and other words",
        &[("passphrase", json!("cafe con leche y paz")), ("words", json!(lock::words::of_secret(&key(1), false).expect("words").join(" ")))],
    ));
    for (name, field, value) in [
        ("too little memory", "m", 65_535),
        ("too much memory", "m", 1_048_577),
        ("too few passes", "t", 2),
        ("too many passes", "t", 17),
        ("no lanes", "p", 0),
        ("too many lanes", "p", 17),
    ] {
        let mut hostile = parsed.clone();
        hostile["slots"][0][field] = json!(value);
        out.push(spoilt(&good, name, &[("bundle", hostile), ("words", Value::Null)]));
    }
    let mut other = parsed.clone();
    other["member"] = json!(lock::hex(&[9; 16]));
    out.push(spoilt(&good, "another member", &[("bundle", other)]));
    let mut version = parsed.clone();
    version["v"] = json!(2);
    out.push(spoilt(&good, "another version", &[("bundle", version)]));
    out.push(good);
    out
}

fn apart_is_announced() {
    // A drawer that is apart announces its recipient, not a check: the shapes of keys.md.
    let drawer = Drawer { id: DrawerId([1; 16]), kind: "conflict".into(), party: None, apart: true, check: lock::recipient_of(&key(22)) };
    assert!(serde_json::to_string(&drawer).expect("JSON").contains("age1"));
}

/// Whether a case holds, with everything it says.
fn holds(case: &Value) -> bool {
    let text = |field: &str| case[field].as_str().expect("text").to_owned();
    match case["kind"].as_str().expect("a kind") {
        "box" => lock::box_open(&key_in(&case["key"]), &text("label"), &bytes(&case["context"]), &bytes(&case["sealed"])).is_ok_and(|plain| *plain == bytes(&case["plain"])),
        "check" => lock::check(&key_in(&case["key"])) == text("check"),
        "person" => ring::person(&text("recipient"), JournalId(fixed(&case["journal"]))) == bytes(&case["to"]),
        "leaf" => amparo_proof::leaf(&bytes(&case["body"])).to_vec() == bytes(&case["leaf"]),
        "join" => {
            let member = Member {
                member: MemberId(fixed(&case["member"])),
                name: String::new(),
                role: String::new(),
                sign: text("sign"),
                recipient: text("recipient"),
                words: text("words_recipient"),
            };
            [("english", false), ("spanish", true)].iter().all(|(field, spanish)| crate::join_words(&text("check"), &member, *spanish).is_ok_and(|w| w == text(field)))
        }
        "head-words" => {
            let (journal, seq, hash) = (JournalId(fixed(&case["journal"])), case["seq"].as_u64().expect("a number"), Sha256(fixed(&case["hash"])));
            [("english", false), ("spanish", true)].iter().all(|(field, spanish)| crate::heads::words(journal, seq, hash, *spanish).is_ok_and(|w| w == text(field)))
        }
        "record-id" => {
            let row: u64 = text("place").trim_start_matches("row:").parse().expect("a row");
            let place = amparo_model::Place { field: text("field"), ..amparo_model::Place::row(row).inside(&text("inside")) };
            amparo_model::RecordId::of(&Sha256(fixed(&case["sha256"])), &place, amparo_model::Kind::Job).to_string() == text("id")
        }
        "words" => lock::words::parse(&text("words")).is_some_and(|s| s[..] == bytes(&case["secret"])[..] && lock::recipient_of(&s) == text("recipient")),
        "row" => {
            let wrap =
                amparo_store::WrapKey { journal: fixed(&case["journal"]), what: case["what"].as_u64().expect("a number") as u8, id: bytes(&case["id"]), to: bytes(&case["to"]) };
            let row = amparo_store::WrapRow {
                key: wrap,
                alg: case["alg"].as_u64().expect("a number") as u8,
                lock: case["lock"].as_u64().expect("a number") as u8,
                bytes: bytes(&case["bytes"]),
                half: bytes(&case["half"]),
            };
            ring::unwrap(&key_in(&case["outer"]), &row).is_some_and(|k| k[..] == bytes(&case["key"])[..])
        }
        "frame" => {
            let frame = bytes(&case["frame"]);
            let header = Header { journal: JournalId(fixed(&case["journal"])), seq: case["seq"].as_u64().expect("a number"), prev: Sha256(fixed(&case["prev"])) };
            let Ok(raw) = frame::open_raw(&frame, &key_in(&case["key"])) else { return false };
            Header::parse(&frame) == Some(header)
                && frame::hash(&frame).to_string() == text("hash")
                && *raw.body == text("body").into_bytes()
                && raw.author.0 == fixed(&case["author"])
                && lock::verify(&fixed(&case["public"]), &raw.signed, &raw.signature)
        }
        "head" => {
            let (note, office) = (bytes(&case["note"]), fixed(&case["office"]));
            let want = Head { journal: fixed(&case["journal"]), seq: case["seq"].as_u64().expect("a number"), hash: fixed(&case["hash"]) };
            let seed = lock::expand(&key_in(&case["office_key"]), "head-key", &[0x66; 16]).expect("a key");
            let public: [u8; 32] = fixed(&case["public"]);
            lock::public_of(&seed) == public && note::verify(&note, &note::signer(&office), &public).is_some() && Head::parse(&note) == Some(want)
        }
        "blob" => {
            let age = bytes(&case["age"]);
            let identity = lock::identity_of_text(&text("identity")).expect("an identity");
            Sha256::of(&age).to_string() == text("blob")
                && lock::age_open(&identity, &age).is_ok_and(|plain| Sha256::of(&plain).to_string() == text("sha256") && plain.len() as u64 == case["bytes"])
        }
        "recovery" => {
            let identity = |field: &str| case[field].as_str().and_then(lock::identity_of_text);
            let opened = lock::age_open(&identity("first").expect("an identity"), &bytes(&case["age"])).ok();
            let opened = match identity("second") {
                Some(second) => opened.and_then(|file| lock::age_open(&second, &file).ok()),
                None => opened,
            };
            opened.is_some_and(|plain| *plain == text("identity").into_bytes())
        }
        "bundle" => {
            let bundle = serde_json::to_vec(&case["bundle"]).expect("JSON");
            let want = [bytes(&case["msk"]), text("secrets").into_bytes()].concat();
            let same = |s: Option<session::Session>| s.and_then(|s| s.to_secret_bytes().ok()).is_some_and(|b| b[16..] == want[..]);
            let by_words = case["words"].as_str().and_then(lock::words::parse).is_some_and(|w| same(session::open_with_words(&bundle, &w).ok().flatten()));
            let by_phrase = same(session::open_with_passphrase(&bundle, &text("passphrase")).ok().flatten());
            by_words || by_phrase
        }
        other => panic!("a kind of vector that is not known: {other}"),
    }
}

#[test]
fn every_vector_holds_and_every_twin_is_refused() {
    apart_is_announced();
    let made: [(&str, fn() -> Vec<Value>); 8] =
        [("box", boxes), ("hash", hashes), ("words", words), ("row", rows), ("frame", frames), ("head", heads), ("age", people), ("bundle", bundles)];
    for (name, make) in made {
        let path = folder().join(format!("{name}.json"));
        if std::env::var_os("UPDATE").is_some() && !path.exists() {
            std::fs::create_dir_all(folder()).expect("a folder");
            let text = make().iter().map(Value::to_string).collect::<Vec<_>>().join(",\n");
            std::fs::write(&path, format!("[\n{text}\n]\n")).expect("written");
        }
    }
    let mut checked = 0;
    for (name, _) in made {
        let path = folder().join(format!("{name}.json"));
        let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(&path).expect("read")).expect("JSON");
        for case in cases {
            assert_eq!(holds(&case), case["good"].as_bool().expect("good"), "{}: {}", path.display(), case["name"]);
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn word_lists_beside_the_vectors_are_the_ones_in_use() {
    for (name, spanish) in [("english", false), ("spanish", true)] {
        let path = folder().join(format!("{name}.txt"));
        let list: String = (0..2048).map(|i| format!("{}\n", lock::words::word(i, spanish).expect("a word"))).collect();
        if std::env::var_os("UPDATE").is_some() && !path.exists() {
            std::fs::write(&path, &list).expect("written");
        }
        assert_eq!(std::fs::read_to_string(&path).expect("a list"), list);
    }
}
