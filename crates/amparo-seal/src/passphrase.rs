//! Passphrases: prepared as people type them, stretched with Argon2id.

use crate::{Key, Result, SealError, Secret};
use zeroize::Zeroizing;

/// One final newline dropped, NFKD, combining marks dropped, lower case, runs of white space one space.
pub fn prepared(passphrase: &str) -> Secret<String> {
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

pub fn stretch(passphrase: &str, salt: &[u8; 16], m: u32, t: u32, p: u32) -> Result<Key> {
    let params = argon2::Params::new(m, t, p, Some(32)).map_err(|_| SealError::HostileWork)?;
    let mut out = Zeroizing::new([0; 32]);
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(prepared(passphrase).as_bytes(), salt, &mut out[..])
        .map_err(|_| SealError::NotOpened("argon2"))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_as_people_type_it() {
        assert_eq!(*prepared("  Café  CON\tleche\n"), *" cafe con leche");
        assert_ne!(*prepared("a b"), *prepared("ab"));
    }
}
