//! The box: one key, one label, one context; opening compares a commitment before anything is decrypted.

use crate::{Key, Result, SealError, Secret, expand_into, label, random};
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The longest text of one box.
pub const MAX_BOX: usize = 1 << 20;

fn box_keys(key: &Key, name: &str, salt: &[u8], context: &[u8]) -> Result<Zeroizing<[u8; 76]>> {
    let mut out = Zeroizing::new([0; 76]);
    expand_into(key, &[&label(name), salt, context], &mut out[..])?;
    Ok(out)
}

fn cipher(keys: &[u8; 76]) -> Result<(ChaCha20Poly1305, chacha20poly1305::Nonce)> {
    let cipher = ChaCha20Poly1305::new_from_slice(&keys[..32]).map_err(|_| SealError::NotOpened("key length"))?;
    let nonce = <[u8; 12]>::try_from(&keys[32..44]).map_err(|_| SealError::NotOpened("nonce length"))?;
    Ok((cipher, nonce.into()))
}

pub fn box_seal(key: &Key, name: &str, context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    box_seal_salted(key, name, context, plain, random()?)
}

/// As [`box_seal`] with the salt given: for test vectors only, a salt is never used twice.
pub fn box_seal_salted(key: &Key, name: &str, context: &[u8], plain: &[u8], salt: [u8; 24]) -> Result<Vec<u8>> {
    if plain.len() > MAX_BOX {
        return Err(SealError::TooLong(plain.len()));
    }
    let keys = box_keys(key, name, &salt, context)?;
    let (cipher, nonce) = cipher(&keys)?;
    let mut sealed = plain.to_vec();
    cipher.encrypt_in_place(&nonce, b"", &mut sealed).map_err(|_| SealError::NotOpened("seal"))?;
    let mut out = Vec::with_capacity(56 + sealed.len());
    out.extend_from_slice(&salt);
    out.extend_from_slice(&keys[44..]);
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// The commitment is compared before anything is decrypted.
pub fn box_open(key: &Key, name: &str, context: &[u8], sealed: &[u8]) -> Result<Secret<Vec<u8>>> {
    if sealed.len() < 72 || sealed.len() > MAX_BOX + 72 {
        return Err(SealError::NotOpened("a box of a length that none has"));
    }
    let keys = box_keys(key, name, &sealed[..24], context)?;
    if !bool::from(keys[44..].ct_eq(&sealed[24..56])) {
        return Err(SealError::NotOpened("another key or context"));
    }
    let (cipher, nonce) = cipher(&keys)?;
    let mut plain = Zeroizing::new(sealed[56..].to_vec());
    cipher.decrypt_in_place(&nonce, b"", &mut *plain).map_err(|_| SealError::NotOpened("altered bytes"))?;
    Ok(plain)
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
}
