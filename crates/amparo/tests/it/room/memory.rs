//! What the program still holds once it is locked, looked for in its memory: no key, no passphrase.

use super::speak::Visitor;
use super::{Family, PASSPHRASE, Served};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::net::UnixStream;

/// Every place in the memory of a process where one of these stands, by its name.
pub fn standing(pid: u32, wanted: &[(String, Vec<u8>)]) -> Vec<(String, usize)> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("its regions");
    let mut memory = std::fs::File::open(format!("/proc/{pid}/mem")).expect("its memory");
    let mut counts = vec![0; wanted.len()];
    let mut by_head: std::collections::HashMap<[u8; 4], Vec<usize>> = std::collections::HashMap::new();
    for (at, (_, bytes)) in wanted.iter().enumerate() {
        by_head.entry(bytes[..4].try_into().expect("four bytes")).or_default().push(at);
    }
    let (mut heads, mut seen) = (vec![false; 1 << 16], 0_u64);
    by_head.keys().for_each(|h| heads[usize::from(u16::from_le_bytes([h[0], h[1]]))] = true);
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.nth(3).unwrap_or_default());
        // What can be written is where something can be left; the rest is the program's own file, which has none of it.
        if !rights.starts_with("rw") || name.starts_with("[vvar") {
            continue;
        }
        let Some((from, to)) = range.split_once('-').and_then(|(a, b)| Some((u64::from_str_radix(a, 16).ok()?, u64::from_str_radix(b, 16).ok()?))) else { continue };
        let mut bytes = Vec::new();
        if memory.seek(SeekFrom::Start(from)).is_err() || (&memory).take(to - from).read_to_end(&mut bytes).is_err() {
            continue;
        }
        seen += bytes.len() as u64;
        for (at, pair) in bytes.windows(4).enumerate() {
            if heads[usize::from(u16::from_le_bytes([pair[0], pair[1]]))]
                && let Some(those) = by_head.get(pair)
            {
                for i in those.iter().filter(|i| bytes[at..].starts_with(&wanted[**i].1)) {
                    counts[*i] += 1;
                }
            }
        }
    }
    assert!(seen > 1 << 20, "its memory was read: {seen} bytes");
    wanted.iter().zip(counts).filter(|(_, n)| *n > 0).map(|((name, _), n)| (name.clone(), n)).collect()
}

/// What the agent keeps for this member: the program's own way to be told.
fn session_secret(family: &Family) -> Vec<u8> {
    family.place.run(&["unlock"]).done();
    let folder = std::fs::read_dir(family.place.path("run")).expect("a folder").flatten().next().expect("the agent's folder").path();
    let mut stream = UnixStream::connect(folder.join("agent")).expect("the agent listens");
    stream.write_all(b"?").expect("it hears");
    let mut secret = Vec::new();
    stream.read_to_end(&mut secret).expect("it answers");
    family.place.run(&["lock"]).done();
    secret
}

/// The member's secrets and every journal's and drawer's key, opened as docs/formats/keys.md says.
pub fn keys(family: &Family) -> Vec<(String, Vec<u8>)> {
    let secret = session_secret(family);
    let secrets: serde_json::Value = serde_json::from_slice(&secret[48..]).expect("the member's secrets");
    let age = amparo_seal::identity_of_text(secrets["age"].as_str().expect("an identity")).expect("an identity");
    let sign = amparo_seal::of_hex(secrets["sign"].as_str().expect("a seed")).expect("a seed");
    let mut keys = vec![
        ("the member's MSK".to_owned(), secret[16..48].to_vec()),
        ("the member's identity".to_owned(), age.to_vec()),
        ("the member's identity as text".to_owned(), secrets["age"].as_str().unwrap_or_default().as_bytes().to_vec()),
        ("the member's seed".to_owned(), sign.clone()),
        ("the member's seed as text".to_owned(), secrets["sign"].as_str().unwrap_or_default().as_bytes().to_vec()),
    ];
    let db = std::fs::read_dir(family.place.home())
        .expect("an office")
        .flatten()
        .map(|e| e.path())
        .find(|p| p.is_file() && std::fs::read(p).is_ok_and(|b| b.starts_with(b"SQLite format 3")));
    let db = rusqlite::Connection::open_with_flags(db.expect("its rows"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).expect("its rows");
    let mut rows = db.prepare("SELECT journal, what, id, \"to\", alg, bytes FROM wrap ORDER BY what").expect("rows");
    type Row = (Vec<u8>, i64, Vec<u8>, Vec<u8>, i64, Vec<u8>);
    let rows: Vec<Row> = rows.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?))).expect("rows").map(|r| r.expect("a row")).collect();
    let mut journals = std::collections::HashMap::new();
    for (journal, _, id, _, alg, bytes) in rows.iter().filter(|r| r.1 == 1) {
        assert_eq!(*alg, 2);
        if let Ok(plain) = amparo_seal::age_open(&age, bytes) {
            let key = plain[plain.len() - 32..].to_vec();
            keys.push((format!("a journal's key ({})", journals.len()), key.clone()));
            journals.insert((journal.clone(), id.clone()), key);
        }
    }
    let mut drawers = 0;
    for (journal, what, id, to, alg, bytes) in rows.iter().filter(|r| r.1 == 2 && r.4 == 1) {
        let Some(outer) = journals.get(&(journal.clone(), to[1..].to_vec())) else { continue };
        let outer = amparo_seal::key_of(outer).expect("a key");
        let context = [&journal[..], &[*what as u8, id.len() as u8], id].concat();
        assert_eq!(*alg, 1);
        let key = amparo_seal::box_open(&outer, "wrap", &context, bytes).expect("a drawer's key opens");
        keys.push((format!("a drawer's key ({drawers})"), key.to_vec()));
        drawers += 1;
    }
    assert!(journals.len() >= 2 && drawers >= 4, "{} journals, {drawers} drawers", journals.len());
    keys
}

#[test]
fn once_locked_no_key_is_left_in_memory() {
    let family = Family::gathered();
    let mut secrets = keys(&family);
    secrets.push(("the passphrase".to_owned(), PASSPHRASE.as_bytes().to_vec()));
    let served = Served::locked(&family.place);
    let visitor = Visitor::enter(&served.entrance);
    let work = || {
        assert_eq!(visitor.post("/unlock", &[("passphrase", PASSPHRASE)]).status, 303);
        for path in family.paths() {
            assert_eq!(visitor.get(&path).status, 200, "{path}");
        }
        // Another program writes in the office: what is open is opened anew.
        family.place.new_case("Otra");
        let found = visitor.post(&family.path("/case/{case}/find"), &[("words", "bakery")]);
        assert!(found.text().contains("class=\"hit\""));
    };
    work();
    let open = standing(served.pid(), &secrets);
    // The scan can fail: while it is open, keys are there, and the names of the case.
    let names: Vec<(String, Vec<u8>)> = super::NAMES.iter().map(|n| ((*n).to_owned(), n.as_bytes().to_vec())).collect();
    assert_eq!(standing(served.pid(), &names).len(), names.len());
    for held in ["the member's MSK", "the member's identity", "the member's seed", "a journal's key (0)", "a journal's key (1)"] {
        assert!(open.iter().any(|(name, _)| name == held), "{held} is not found while it is open: {open:?}");
    }
    assert_eq!(visitor.post("/lock", &[]).status, 303);
    let mut left = standing(served.pid(), &secrets);
    // A second day in the same process leaves nothing either.
    work();
    assert_eq!(visitor.post("/lock", &[]).status, 303);
    left.extend(standing(served.pid(), &secrets));
    println!("names that lie in freed memory: {:?}", standing(served.pid(), &names));
    assert!(left.is_empty(), "left in memory: {left:?}; while open: {open:?}");
}
