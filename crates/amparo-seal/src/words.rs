//! Words: 11 bits each, from the BIP-39 lists in English and Spanish (FORMATS.md sections 1 and 5).
//!
//! No BIP-39 seed is made: the 24 words are 32 bytes and the first byte of their SHA-256.

use crate::{Key, Result, SealError};
use bip39::Language;
use sha2::{Digest, Sha256};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use zeroize::Zeroizing;

const COUNT: usize = 24;

fn list(spanish: bool) -> &'static [&'static str; 2048] {
    if spanish { Language::Spanish.word_list() } else { Language::English.word_list() }
}

/// The word of these 11 bits.
pub fn word(index: u16, spanish: bool) -> Option<&'static str> {
    list(spanish).get(usize::from(index)).copied()
}

/// The first bits of these bytes as words, for comparing aloud.
pub fn first(bytes: &[u8], count: usize, spanish: bool) -> Option<String> {
    let bit = |i: usize| bytes.get(i / 8).map(|byte| u16::from(byte >> (7 - i % 8) & 1));
    let words: Option<Vec<&str>> = (0..count).map(|w| (0..11).try_fold(0_u16, |n, b| Some(n << 1 | bit(w * 11 + b)?)).and_then(|index| word(index, spanish))).collect();
    words.map(|w| w.join(" ").nfc().collect())
}

/// The 24 words of a secret; Spanish ones composed, as people write them.
pub fn of_secret(secret: &Key, spanish: bool) -> Result<Vec<String>> {
    let check = Sha256::digest(&secret[..])[0];
    let bits = |i: usize| -> u8 {
        let byte = if i < 256 { secret[i / 8] } else { check };
        byte >> (7 - i % 8) & 1
    };
    (0..COUNT)
        .map(|w| {
            let index = (0..11).fold(0_u16, |n, b| n << 1 | u16::from(bits(w * 11 + b)));
            word(index, spanish).map(|w| w.nfc().collect()).ok_or(SealError::Malformed("word list"))
        })
        .collect()
}

fn plain(word: &str) -> String {
    word.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// A typed word's place: exact before a four-letter prefix, accents ignored.
fn place(typed: &str, spanish: bool) -> Option<u16> {
    let list = list(spanish);
    let exact = list.iter().position(|w| plain(w) == typed);
    let prefix = || (typed.chars().count() >= 4).then(|| list.iter().position(|w| plain(w).chars().take(4).eq(typed.chars().take(4)))).flatten();
    exact.or_else(prefix).map(|i| i as u16)
}

/// Whether every one of these typed words is on one list, so that a slip of the pen is told from another history.
pub fn are_listed(words: &[&str]) -> bool {
    [false, true].into_iter().any(|spanish| words.iter().all(|word| place(&plain(word), spanish).is_some()))
}

/// The secret of 24 typed words, in the language whose checksum fits.
pub fn parse(text: &str) -> Option<Key> {
    let typed: Vec<String> = text.split(|c: char| !c.is_alphabetic() && !is_combining_mark(c)).filter(|w| !w.is_empty()).map(plain).collect();
    if typed.len() != COUNT {
        return None;
    }
    [false, true].into_iter().find_map(|spanish| {
        let mut secret = Zeroizing::new([0; 32]);
        let mut check = 0_u8;
        for (w, typed) in typed.iter().enumerate() {
            let index = place(typed, spanish)?;
            for b in 0..11 {
                let (i, bit) = (w * 11 + b, (index >> (10 - b) & 1) as u8);
                let byte = if i < 256 { &mut secret[i / 8] } else { &mut check };
                *byte |= bit << (7 - i % 8);
            }
        }
        (Sha256::digest(&secret[..])[0] == check).then_some(secret)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_the_ones_that_sheets_were_printed_with() {
        for (spanish, want) in [(false, "2f5eed53"), (true, "46846a5a")] {
            let file: String = list(spanish).iter().map(|w| format!("{}\n", w.nfkd().collect::<String>())).collect();
            assert_eq!(&crate::hex(&Sha256::digest(file.as_bytes()))[..8], want);
        }
    }

    #[test]
    fn words_of_one_list() {
        for (words, want) in
            [("digital approve game crawl", true), ("cupón alzar fumar circo", true), ("CUPON alzar fumar circo", true), ("digital alzar fumar xyz", false), ("a b c d", false)]
        {
            assert_eq!(are_listed(&words.split(' ').collect::<Vec<_>>()), want, "{words}");
        }
    }

    #[test]
    fn typed_words_open_the_same_secret_in_both_languages() {
        for seed in 0..8_u8 {
            let secret: Key = Zeroizing::new(std::array::from_fn(|i| (i as u8).wrapping_mul(37) ^ seed.wrapping_mul(91)));
            for spanish in [false, true] {
                let words = of_secret(&secret, spanish).unwrap();
                assert_eq!(parse(&words.join(" ")), Some(secret.clone()));
                let short: Vec<String> = words.iter().map(|w| plain(w).to_uppercase()).collect();
                assert_eq!(parse(&short.join("\n")), Some(secret.clone()));
                let mut bad = words.clone();
                bad.swap(0, 1);
                assert!(words[0] == words[1] || parse(&bad.join(" ")) != Some(secret.clone()));
            }
        }
        assert_eq!(parse("digital approve game crawl"), None);
    }
}
