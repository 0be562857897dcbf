//! The one door to the locks: which primitive each format uses (FORMATS.md section 0).
//!
//! Everything here is named by its label; the labels' common beginning is added here and nowhere else.

use crate::problem::{Result, VaultError};
use base64::Engine;
use bech32::Hrp;
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::str::FromStr;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// 32 secret bytes, wiped when dropped.
pub type Key = Zeroizing<[u8; 32]>;
/// Secret bytes, wiped when dropped.
pub type Secret<T> = Zeroizing<T>;

/// `L"amparo/v1/name"`.
pub(crate) fn label(name: &str) -> Vec<u8> {
    let mut out = b"amparo/v1/".to_vec();
    out.extend_from_slice(name.as_bytes());
    out.push(0);
    out
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut out = [0; N];
    getrandom::fill(&mut out).map_err(|_| VaultError::Seal("the system gave no randomness"))?;
    Ok(out)
}

pub(crate) fn new_key() -> Result<Key> {
    random().map(Zeroizing::new)
}

pub(crate) fn key_of(bytes: &[u8]) -> Option<Key> {
    <[u8; 32]>::try_from(bytes).ok().map(Zeroizing::new)
}

pub(crate) fn hash(name: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(label(name));
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// What announces a key, as hex.
pub(crate) fn check(key: &Key) -> String {
    hex(&hash("check", &[&key[..]]))
}

fn expand_into(key: &Key, info: &[&[u8]], out: &mut [u8]) -> Result<()> {
    let hkdf = hkdf::Hkdf::<Sha256>::from_prk(&key[..]).map_err(|_| VaultError::Seal("key length"))?;
    hkdf.expand_multi_info(info, out).map_err(|_| VaultError::Seal("expand"))
}

pub(crate) fn expand(key: &Key, name: &str, context: &[u8]) -> Result<Key> {
    let mut out = Zeroizing::new([0; 32]);
    expand_into(key, &[&label(name), context], &mut out[..])?;
    Ok(out)
}

const MAX_BOX: usize = 1 << 20;

fn box_keys(key: &Key, name: &str, salt: &[u8], context: &[u8]) -> Result<Zeroizing<[u8; 76]>> {
    let mut out = Zeroizing::new([0; 76]);
    expand_into(key, &[&label(name), salt, context], &mut out[..])?;
    Ok(out)
}

fn cipher(keys: &[u8; 76]) -> Result<(ChaCha20Poly1305, chacha20poly1305::Nonce)> {
    let cipher = ChaCha20Poly1305::new_from_slice(&keys[..32]).map_err(|_| VaultError::Seal("key length"))?;
    let nonce = <[u8; 12]>::try_from(&keys[32..44]).map_err(|_| VaultError::Seal("nonce length"))?;
    Ok((cipher, nonce.into()))
}

pub(crate) fn box_seal(key: &Key, name: &str, context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    box_seal_salted(key, name, context, plain, random()?)
}

fn box_seal_salted(key: &Key, name: &str, context: &[u8], plain: &[u8], salt: [u8; 24]) -> Result<Vec<u8>> {
    if plain.len() > MAX_BOX {
        return Err(VaultError::TooLong(plain.len()));
    }
    let keys = box_keys(key, name, &salt, context)?;
    let (cipher, nonce) = cipher(&keys)?;
    let mut sealed = plain.to_vec();
    cipher.encrypt_in_place(&nonce, b"", &mut sealed).map_err(|_| VaultError::Seal("seal"))?;
    let mut out = Vec::with_capacity(56 + sealed.len());
    out.extend_from_slice(&salt);
    out.extend_from_slice(&keys[44..]);
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// The commitment is compared before anything is decrypted.
pub(crate) fn box_open(key: &Key, name: &str, context: &[u8], sealed: &[u8]) -> Result<Secret<Vec<u8>>> {
    if sealed.len() < 72 || sealed.len() > MAX_BOX + 72 {
        return Err(VaultError::Seal("a box of a length that none has"));
    }
    let keys = box_keys(key, name, &sealed[..24], context)?;
    if !bool::from(keys[44..].ct_eq(&sealed[24..56])) {
        return Err(VaultError::Seal("another key or context"));
    }
    let (cipher, nonce) = cipher(&keys)?;
    let mut plain = Zeroizing::new(sealed[56..].to_vec());
    cipher.decrypt_in_place(&nonce, b"", &mut *plain).map_err(|_| VaultError::Seal("altered bytes"))?;
    Ok(plain)
}

// ---- signatures ----

pub(crate) fn public_of(seed: &Key) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

pub(crate) fn sign(seed: &Key, message: &[u8]) -> [u8; 64] {
    SigningKey::from_bytes(seed).sign(message).to_bytes()
}

pub(crate) fn verify(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(public).is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}

// ---- age ----

const HRP_SECRET: &str = "age-secret-key-";

/// `AGE-SECRET-KEY-1...`, as stock age takes it.
pub(crate) fn identity_text(secret: &Key) -> Secret<String> {
    let hrp = Hrp::parse_unchecked(HRP_SECRET);
    let lower = Zeroizing::new(bech32::encode::<bech32::Bech32>(hrp, &secret[..]).unwrap_or_default());
    Zeroizing::new(lower.to_uppercase())
}

pub(crate) fn identity_of_text(text: &str) -> Option<Key> {
    let (hrp, bytes) = bech32::decode(text).ok()?;
    let bytes = Zeroizing::new(bytes);
    if hrp != Hrp::parse_unchecked(HRP_SECRET) {
        return None;
    }
    key_of(&bytes)
}

fn identity(secret: &Key) -> Result<age::x25519::Identity> {
    age::x25519::Identity::from_str(&identity_text(secret)).map_err(|_| VaultError::Seal("identity"))
}

/// The recipient text of a secret; every 32 bytes are one.
pub(crate) fn recipient_of(secret: &Key) -> String {
    identity(secret).map(|i| i.to_public().to_string()).unwrap_or_default()
}

pub(crate) fn age_writer<W: Write>(recipient: &str, output: W) -> Result<age::stream::StreamWriter<W>> {
    let recipient = age::x25519::Recipient::from_str(recipient).map_err(|_| VaultError::Malformed("recipient"))?;
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).map_err(|_| VaultError::Seal("age"))?;
    Ok(encryptor.wrap_output(output)?)
}

pub(crate) fn age_reader<R: Read>(secret: &Key, input: R) -> Result<age::stream::StreamReader<R>> {
    let decryptor = age::Decryptor::new(input).map_err(|_| VaultError::Seal("not an age file"))?;
    let identity = identity(secret)?;
    decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(|_| VaultError::Seal("age file of another key, or altered"))
}

pub(crate) fn age_seal(recipient: &str, plain: &[u8]) -> Result<Vec<u8>> {
    let mut writer = age_writer(recipient, Vec::with_capacity(plain.len() + 300))?;
    writer.write_all(plain)?;
    Ok(writer.finish()?)
}

/// One small file to several recipients; any of them opens it.
pub(crate) fn age_seal_to(recipients: &[String], plain: &[u8]) -> Result<Vec<u8>> {
    let recipients: Vec<age::x25519::Recipient> = recipients.iter().map(|r| age::x25519::Recipient::from_str(r)).collect::<std::result::Result<_, _>>().map_err(|_| VaultError::Malformed("recipient"))?;
    let encryptor = age::Encryptor::with_recipients(recipients.iter().map(|r| r as &dyn age::Recipient)).map_err(|_| VaultError::Seal("age"))?;
    let mut writer = encryptor.wrap_output(Vec::with_capacity(plain.len() + 1_000))?;
    writer.write_all(plain)?;
    Ok(writer.finish()?)
}

pub(crate) fn age_open(secret: &Key, sealed: &[u8]) -> Result<Secret<Vec<u8>>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    age_reader(secret, sealed)?.read_to_end(&mut plain).map_err(|_| VaultError::Seal("altered bytes"))?;
    Ok(plain)
}

// ---- passphrase ----

/// One final newline dropped, NFKD, combining marks dropped, lower case, runs of white space one space.
fn prepared(passphrase: &str) -> Secret<String> {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    let passphrase = passphrase.strip_suffix('\n').map_or(passphrase, |p| p.strip_suffix('\r').unwrap_or(p));
    let folded: Zeroizing<String> = Zeroizing::new(passphrase.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect());
    let mut out = Zeroizing::new(String::with_capacity(folded.len()));
    for c in folded.chars() {
        match c {
            c if c.is_whitespace() && out.ends_with(' ') => {}
            c if c.is_whitespace() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

pub(crate) fn stretch(passphrase: &str, salt: &[u8; 16], m: u32, t: u32, p: u32) -> Result<Key> {
    let params = argon2::Params::new(m, t, p, Some(32)).map_err(|_| VaultError::HostileSlot)?;
    let mut out = Zeroizing::new([0; 32]);
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(prepared(passphrase).as_bytes(), salt, &mut out[..])
        .map_err(|_| VaultError::Seal("argon2"))?;
    Ok(out)
}

// ---- texts ----

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub(crate) fn of_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| (b as char).to_digit(16).filter(|_| !b.is_ascii_uppercase());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|p| Some((digit(*p.first()?)? << 4 | digit(*p.get(1)?)?) as u8)).collect()
}

pub(crate) fn key_of_hex(text: &str) -> Option<Key> {
    text.parse::<amparo_model::Sha256>().ok().map(|k| Zeroizing::new(k.0))
}

pub(crate) fn public_of_hex(text: &str) -> Option<[u8; 32]> {
    text.parse::<amparo_model::Sha256>().ok().map(|k| k.0)
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

pub(crate) fn of_base64(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

pub(crate) fn wipe(text: &mut String) {
    text.zeroize();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
    }

    #[test]
    fn the_first_vector_of_a_box() {
        let key: Key = Zeroizing::new(std::array::from_fn(|i| i as u8));
        let salt = std::array::from_fn(|i| 0x40 + i as u8);
        let sealed = box_seal_salted(&key, "test", b"ctx", b"hello", salt).unwrap();
        let want = "404142434445464748494a4b4c4d4e4f50515253545556575db5d587431aceb7f5aa1f3d040391cb61f3255b93d35ca86fc21dbedfbd54a21777da7c178d84c2f8b4146589ca0dcd1d9cde473e";
        assert_eq!(sealed, unhex(want));
        assert_eq!(&box_open(&key, "test", b"ctx", &sealed).unwrap()[..], b"hello");
        assert!(box_open(&key, "test", b"cty", &sealed).is_err());
        for i in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[i] ^= 1;
            assert!(box_open(&key, "test", b"ctx", &bad).is_err(), "{i}");
        }
    }

    #[test]
    fn a_passphrase_as_people_type_it() {
        assert_eq!(*prepared("  Café  CON\tleche\n"), *" cafe con leche");
        assert_ne!(*prepared("a b"), *prepared("ab"));
    }
}
