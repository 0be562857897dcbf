//! C2SP signed notes: a text, an empty line, and signature lines; Ed25519 only.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::Digest;

/// How an office signs: it names itself, never a member.
pub fn signer(office: &crate::Id) -> String {
    format!("amparo/{}", crate::hex(office))
}

fn key_id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let hash: crate::Hash = sha2::Sha256::digest([name.as_bytes(), b"\n\x01", public].concat()).into();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// The note of a text, which ends in a line feed, and a signature over it.
pub fn of(text: &str, name: &str, public: &[u8; 32], signature: &[u8; 64]) -> Vec<u8> {
    let line = [&key_id(name, public)[..], signature].concat();
    format!("{text}\n\u{2014} {name} {}\n", STANDARD.encode(line)).into_bytes()
}

/// The signed text of a note, where one of its signatures is by this key.
pub fn verify<'a>(note: &'a [u8], name: &str, public: &[u8; 32]) -> Option<&'a str> {
    let (text, signatures) = parts(note)?;
    let id = key_id(name, public);
    let key = VerifyingKey::from_bytes(public).ok()?;
    let lines: Option<Vec<(&str, Vec<u8>)>> = signatures.strip_suffix('\n')?.split('\n').map(signature).collect();
    // One line that is no signature spoils the note; a signature by somebody else does not.
    let good = lines?.iter().any(|(by, bytes)| match bytes.split_at_checked(4) {
        Some((k, signature)) if k == id && *by == name => Signature::from_slice(signature).is_ok_and(|s| key.verify_strict(text.as_bytes(), &s).is_ok()),
        _ => false,
    });
    good.then_some(text)
}

/// The name and bytes of a signature line.
fn signature(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, bytes) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    Some((name, STANDARD.decode(bytes).ok()?)).filter(|(name, bytes)| !name.is_empty() && bytes.len() > 4)
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
