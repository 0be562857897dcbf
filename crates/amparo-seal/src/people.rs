//! Seals to people and to single papers: stock age files with X25519 stanzas.

use crate::{Key, Result, SealError, Secret, key_of};
use bech32::Hrp;
use std::io::{Read, Write};
use std::str::FromStr;
use zeroize::Zeroizing;

const HRP_SECRET: &str = "age-secret-key-";

/// `AGE-SECRET-KEY-1...`, as stock age takes it.
pub fn identity_text(secret: &Key) -> Secret<String> {
    let hrp = Hrp::parse_unchecked(HRP_SECRET);
    let lower = Zeroizing::new(bech32::encode::<bech32::Bech32>(hrp, &secret[..]).unwrap_or_default());
    Zeroizing::new(lower.to_uppercase())
}

pub fn identity_of_text(text: &str) -> Option<Key> {
    let (hrp, bytes) = bech32::decode(text).ok()?;
    let bytes = Zeroizing::new(bytes);
    if hrp != Hrp::parse_unchecked(HRP_SECRET) {
        return None;
    }
    key_of(&bytes)
}

fn identity(secret: &Key) -> Result<age::x25519::Identity> {
    age::x25519::Identity::from_str(&identity_text(secret)).map_err(|_| SealError::NotOpened("identity"))
}

/// The recipient text of a secret; every 32 bytes are one.
pub fn recipient_of(secret: &Key) -> String {
    identity(secret).map(|i| i.to_public().to_string()).unwrap_or_default()
}

pub fn age_writer<W: Write>(recipient: &str, output: W) -> Result<age::stream::StreamWriter<W>> {
    let recipient = age::x25519::Recipient::from_str(recipient).map_err(|_| SealError::Malformed("recipient"))?;
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).map_err(|_| SealError::NotOpened("age"))?;
    Ok(encryptor.wrap_output(output)?)
}

pub fn age_reader<R: Read>(secret: &Key, input: R) -> Result<age::stream::StreamReader<R>> {
    let decryptor = age::Decryptor::new(input).map_err(|_| SealError::NotOpened("not an age file"))?;
    let identity = identity(secret)?;
    decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(|_| SealError::NotOpened("age file of another key, or altered"))
}

pub fn age_seal(recipient: &str, plain: &[u8]) -> Result<Vec<u8>> {
    let mut writer = age_writer(recipient, Vec::with_capacity(plain.len() + 300))?;
    writer.write_all(plain)?;
    Ok(writer.finish()?)
}

/// One small file to several recipients; any of them opens it.
pub fn age_seal_to(recipients: &[String], plain: &[u8]) -> Result<Vec<u8>> {
    let recipients: Vec<age::x25519::Recipient> =
        recipients.iter().map(|r| age::x25519::Recipient::from_str(r)).collect::<std::result::Result<_, _>>().map_err(|_| SealError::Malformed("recipient"))?;
    let encryptor = age::Encryptor::with_recipients(recipients.iter().map(|r| r as &dyn age::Recipient)).map_err(|_| SealError::NotOpened("age"))?;
    let mut writer = encryptor.wrap_output(Vec::with_capacity(plain.len() + 1_000))?;
    writer.write_all(plain)?;
    Ok(writer.finish()?)
}

pub fn age_open(secret: &Key, sealed: &[u8]) -> Result<Secret<Vec<u8>>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    age_reader(secret, sealed)?.read_to_end(&mut plain).map_err(|_| SealError::NotOpened("altered bytes"))?;
    Ok(plain)
}
