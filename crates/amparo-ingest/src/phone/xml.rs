//! A lenient reader of tags and their attributes, for backups that no strict XML parser would read.
//!
//! Old backups hold surrogate halves as character references, raw control characters, and end where
//! the disk was full. Pictures stand in attributes of many megabytes: those are passed over, not held.

use std::io::BufRead;

/// The longest attribute that is kept; longer ones are cut.
const LONGEST: usize = 1 << 20;
const MOST_ATTRIBUTES: usize = 128;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    Open,
    Close,
    Empty,
}

#[derive(Debug)]
pub struct Tag {
    pub name: String,
    pub shape: Shape,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The attribute's text; `None` where it is absent, empty, or the word `null`.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(have, _)| have == name)?;
        (!value.is_empty() && value != "null").then_some(value.as_str())
    }
}

/// Why there are no more tags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Between two tags.
    Clean,
    /// Inside a tag.
    Cut,
    /// The source could not be read further.
    Unreadable,
}

pub struct Tags<R> {
    body: R,
}

impl<R: BufRead> Tags<R> {
    pub fn new(body: R) -> Self {
        Tags { body }
    }

    fn peek(&mut self) -> Result<u8, End> {
        match self.body.fill_buf() {
            Ok([]) => Err(End::Cut),
            Ok(bytes) => Ok(bytes[0]),
            Err(_) => Err(End::Unreadable),
        }
    }

    fn next(&mut self) -> Result<u8, End> {
        let b = self.peek()?;
        self.body.consume(1);
        Ok(b)
    }

    /// Takes bytes up to a mark, keeping at most `keep` of them; the mark is taken, too.
    fn until(&mut self, mark: u8, keep: usize, out: &mut Vec<u8>) -> Result<(), End> {
        loop {
            let bytes = match self.body.fill_buf() {
                Ok([]) => return Err(End::Cut),
                Ok(bytes) => bytes,
                Err(_) => return Err(End::Unreadable),
            };
            let at = memchr::memchr(mark, bytes);
            let n = at.unwrap_or(bytes.len());
            out.extend_from_slice(&bytes[..n.min(keep.saturating_sub(out.len()))]);
            let used = n + usize::from(at.is_some());
            self.body.consume(used);
            if at.is_some() {
                return Ok(());
            }
        }
    }

    /// The next tag; comments, instructions and text between tags are passed over.
    pub fn tag(&mut self) -> Result<Tag, End> {
        loop {
            match self.until(b'<', 0, &mut Vec::new()) {
                Err(End::Cut) => return Err(End::Clean),
                other => other?,
            }
            match self.peek()? {
                b'?' => self.until(b'>', 0, &mut Vec::new())?,
                b'!' => self.comment()?,
                b'/' => {
                    self.next()?;
                    let mut name = Vec::new();
                    self.until(b'>', 256, &mut name)?;
                    let name = String::from_utf8_lossy(&name).trim().to_owned();
                    return Ok(Tag { name, shape: Shape::Close, attributes: Vec::new() });
                }
                b if b.is_ascii_alphabetic() || b == b'_' => return self.open(),
                _ => {}
            }
        }
    }

    fn comment(&mut self) -> Result<(), End> {
        self.next()?;
        if self.peek()? != b'-' {
            return self.until(b'>', 0, &mut Vec::new());
        }
        self.next()?;
        let mut dashes = 0;
        loop {
            match self.next()? {
                b'-' => dashes += 1,
                b'>' if dashes >= 2 => return Ok(()),
                _ => dashes = 0,
            }
        }
    }

    fn open(&mut self) -> Result<Tag, End> {
        let name = self.name()?;
        let mut attributes = Vec::new();
        loop {
            match self.peek()? {
                b'>' => {
                    self.next()?;
                    return Ok(Tag { name, shape: Shape::Open, attributes });
                }
                b'/' => {
                    self.next()?;
                    if self.peek()? == b'>' {
                        self.next()?;
                        return Ok(Tag { name, shape: Shape::Empty, attributes });
                    }
                }
                b if b.is_ascii_whitespace() => {
                    self.next()?;
                }
                b if b.is_ascii_alphabetic() || b == b'_' => {
                    let (key, value) = self.attribute()?;
                    if attributes.len() < MOST_ATTRIBUTES {
                        attributes.push((key, value));
                    }
                }
                _ => {
                    self.next()?;
                }
            }
        }
    }

    fn name(&mut self) -> Result<String, End> {
        let mut name = String::new();
        loop {
            let b = self.peek()?;
            if b.is_ascii_whitespace() || matches!(b, b'=' | b'>' | b'/' | b'"' | b'\'' | b'<') {
                return Ok(name);
            }
            self.next()?;
            if name.len() < 256 {
                name.push(b as char);
            }
        }
    }

    fn attribute(&mut self) -> Result<(String, String), End> {
        let key = self.name()?;
        while self.peek()?.is_ascii_whitespace() {
            self.next()?;
        }
        if self.peek()? != b'=' {
            return Ok((key, String::new()));
        }
        self.next()?;
        while self.peek()?.is_ascii_whitespace() {
            self.next()?;
        }
        let mut value = Vec::new();
        match self.peek()? {
            quote @ (b'"' | b'\'') => {
                self.next()?;
                let keep = if key == "data" { 0 } else { LONGEST };
                self.until(quote, keep, &mut value)?;
            }
            _ => value = self.name()?.into_bytes(),
        }
        let text = unescape(&super::text::decode(&value));
        Ok((key, text))
    }
}

/// Character references and the five named entities; pairs of surrogate halves become one character.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut high: Option<u32> = None;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at(at);
        if !before.is_empty() && high.take().is_some() {
            out.push('\u{fffd}');
        }
        out.push_str(before);
        let code = tail[1..].find(';').filter(|n| *n <= 10).map(|n| (&tail[1..=n], &tail[n + 2..]));
        let Some((name, after)) = code else {
            out.push('&');
            rest = &tail[1..];
            continue;
        };
        let number = match name.strip_prefix('#') {
            Some(n) => match n.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => n.parse().ok(),
            },
            None => match name {
                "amp" => Some(u32::from('&')),
                "lt" => Some(u32::from('<')),
                "gt" => Some(u32::from('>')),
                "quot" => Some(u32::from('"')),
                "apos" => Some(u32::from('\'')),
                _ => None,
            },
        };
        let Some(number) = number else {
            out.push('&');
            rest = &tail[1..];
            continue;
        };
        rest = after;
        match (high.take(), number) {
            (Some(h), 0xdc00..=0xdfff) => out.push(char::from_u32(0x1_0000 + ((h - 0xd800) << 10) + (number - 0xdc00)).unwrap_or('\u{fffd}')),
            (lost, _) => {
                if lost.is_some() {
                    out.push('\u{fffd}');
                }
                match number {
                    0xd800..=0xdbff => high = Some(number),
                    0 => out.push('\u{fffd}'),
                    _ => out.push(char::from_u32(number).unwrap_or('\u{fffd}')),
                }
            }
        }
    }
    if high.is_some() {
        out.push('\u{fffd}');
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_references_as_old_backups_write_them() {
        for (text, want) in [
            ("&#55357;&#56832;", "😀"),
            ("a&amp;b &lt;3 &quot;x&quot; &#10;", "a&b <3 \"x\" \n"),
            ("&#55357;x", "\u{fffd}x"),
            ("&#56832;", "\u{fffd}"),
            ("&unknown; & &", "&unknown; & &"),
            ("&#x1F600;", "😀"),
            ("&#0;&#99999999;", "\u{fffd}\u{fffd}"),
            ("&ñ;&", "&ñ;&"),
        ] {
            assert_eq!(unescape(text), want, "{text}");
        }
    }

    #[test]
    fn tags_comments_and_ends() {
        let mut tags = Tags::new(&b"<?xml?><!-- <sms/> --><a x='1' y = \"2>\" data=\"zzz\"><b/></a>"[..]);
        let a = tags.tag().unwrap();
        assert_eq!((a.name.as_str(), a.shape, a.get("x"), a.get("y"), a.get("data")), ("a", Shape::Open, Some("1"), Some("2>"), None));
        assert_eq!(tags.tag().unwrap().shape, Shape::Empty);
        assert_eq!(tags.tag().unwrap().shape, Shape::Close);
        assert_eq!(tags.tag().unwrap_err(), End::Clean);
        assert_eq!(Tags::new(&b"<a x='1"[..]).tag().unwrap_err(), End::Cut);
    }
}
