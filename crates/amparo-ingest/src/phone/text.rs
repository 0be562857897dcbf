//! Text as phones and carriers save it: UTF-8 mostly, UTF-16 from spreadsheets, Windows-1252 from old ones.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

/// Windows-1252's characters 0x80 to 0x9F (WHATWG index); the rest are Latin-1.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
    'ž', 'Ÿ',
];

/// The text of some bytes: UTF-8, or Windows-1252 where they are not.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|b| WINDOWS_1252.get(usize::from(b.wrapping_sub(0x80))).copied().filter(|_| *b >= 0x80).unwrap_or(*b as char)).collect()),
    }
}

/// Which half of a UTF-16 unit comes first, where bytes look like UTF-16.
fn utf16(first: &[u8]) -> Option<bool> {
    match first {
        [0xff, 0xfe, ..] => Some(true),
        [0xfe, 0xff, ..] => Some(false),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some(true),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some(false),
        _ => None,
    }
}

/// The first bytes as text, without a byte order mark, for recognition.
pub fn head(first: &[u8]) -> Cow<'_, str> {
    let text = match utf16(first) {
        None => match std::str::from_utf8(first) {
            // A character cut at the end is no sign of another encoding.
            Err(e) if e.error_len().is_none() => String::from_utf8_lossy(&first[..e.valid_up_to()]),
            _ => decode(first),
        },
        Some(_) => {
            let mut out = String::new();
            let _ = open(first).take(1 << 20).read_to_string(&mut out);
            Cow::Owned(out)
        }
    };
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Cow::Owned(rest.to_owned()),
        None => text,
    }
}

/// The source as a stream whose UTF-16, if it is that, is UTF-8. Other bytes pass as they are.
pub fn open<'a, R: Read + 'a>(body: R) -> Box<dyn BufRead + 'a> {
    let mut body = BufReader::with_capacity(1 << 18, body);
    let little = body.fill_buf().ok().and_then(utf16);
    match little {
        None => Box::new(body),
        Some(little) => Box::new(BufReader::with_capacity(1 << 16, Utf16 { body, little, high: None, out: Vec::new(), given: 0 })),
    }
}

struct Utf16<R> {
    body: R,
    little: bool,
    high: Option<u16>,
    out: Vec<u8>,
    given: usize,
}

impl<R: Read> Utf16<R> {
    fn fill(&mut self) -> std::io::Result<()> {
        let mut bytes = Vec::with_capacity(8_192);
        (&mut self.body).take(8_192).read_to_end(&mut bytes)?;
        self.out.clear();
        self.given = 0;
        let mut text = String::new();
        for pair in bytes.chunks(2) {
            let [a, b] = *pair else { break };
            let unit = if self.little { u16::from_le_bytes([a, b]) } else { u16::from_be_bytes([a, b]) };
            match (self.high.take(), unit) {
                (None, 0xd800..=0xdbff) => self.high = Some(unit),
                (Some(high), 0xdc00..=0xdfff) => {
                    let c = 0x1_0000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(unit) - 0xdc00);
                    text.push(char::from_u32(c).unwrap_or('\u{fffd}'));
                }
                (lost, _) => {
                    if lost.is_some() {
                        text.push('\u{fffd}');
                    }
                    match unit {
                        0xd800..=0xdbff => self.high = Some(unit),
                        _ => text.push(char::from_u32(u32::from(unit)).unwrap_or('\u{fffd}')),
                    }
                }
            }
        }
        self.out = text.into_bytes();
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        if self.given == self.out.len() {
            self.fill()?;
        }
        let n = buf.len().min(self.out.len() - self.given);
        buf[..n].copy_from_slice(&self.out[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_encodings_say_the_same() {
        let text = "Número;Dirección 😀\n";
        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let mut out = String::new();
        open(&utf16[..]).read_to_string(&mut out).unwrap();
        assert_eq!(out.trim_start_matches('\u{feff}'), text);
        assert_eq!(head(&utf16), text);
        assert_eq!(decode(b"N\xfamero\x80"), "Número€");
        assert_eq!(decode(text.as_bytes()), text);
    }
}
