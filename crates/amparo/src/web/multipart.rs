//! A form with files, taken apart as its bytes come (RFC 7578): heads and bytes of its parts, in order.
//!
//! A file's name is what somebody once typed, with whatever letters: it is taken as it is, and a strange one
//! costs neither the file nor the form.

/// More than a browser writes before a part.
const HEAD: usize = 16 << 10;
/// A boundary is shorter (RFC 2046, section 5.1.1).
const BOUNDARY: usize = 70;

/// What comes next.
#[derive(PartialEq, Eq, Debug)]
pub enum Next {
    /// Nothing without more bytes.
    Wait,
    /// A part begins: the field's name, and the file's where it is one.
    Part {
        field: String,
        file: Option<String>,
    },
    /// Bytes of the part that began last.
    Bytes(Vec<u8>),
    End,
    /// This is no such form; nothing of it can be told from here on.
    Broken,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    BeforeAll,
    Head,
    Inside,
    End,
    Broken,
}

pub struct Form {
    /// What stands between two parts.
    mark: Vec<u8>,
    held: Vec<u8>,
    at: At,
}

impl Form {
    /// By the form's `Content-Type`; `None` where it announces no parts.
    pub fn of(content_type: &str) -> Option<Form> {
        let (kind, rest) = content_type.split_once(';')?;
        if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?.trim_matches('"');
        let fits = (1..=BOUNDARY).contains(&boundary.len()) && boundary.bytes().all(|b| b.is_ascii_graphic());
        // The first mark has no line before it: one is put there.
        fits.then(|| Form { mark: [b"\r\n--", boundary.as_bytes()].concat(), held: b"\r\n".to_vec(), at: At::BeforeAll })
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    pub fn next(&mut self) -> Next {
        loop {
            match self.at {
                At::End => return Next::End,
                At::Broken => return Next::Broken,
                At::Head => return self.head(),
                At::BeforeAll | At::Inside => match self.inside() {
                    Some(bytes) if bytes.is_empty() => return Next::Wait,
                    Some(bytes) if self.at == At::Inside => return Next::Bytes(bytes),
                    Some(_) => {}
                    None => self.at = At::Head,
                },
            }
        }
    }

    /// Bytes before the next mark, none where more have to come first; `None` once the mark is passed.
    fn inside(&mut self) -> Option<Vec<u8>> {
        let free = match find(&self.held, &self.mark) {
            Some(0) => {
                self.held.drain(..self.mark.len());
                return None;
            }
            Some(at) => at,
            // What is left may be the beginning of a mark.
            None => self.held.len().saturating_sub(self.mark.len() - 1),
        };
        Some(self.held.drain(..free).collect())
    }

    /// What stands after a mark: the next part's head, or the end.
    fn head(&mut self) -> Next {
        if self.held.len() < 2 {
            return Next::Wait;
        }
        if self.held.starts_with(b"--") {
            self.at = At::End;
            return Next::End;
        }
        let next = match find(&self.held, b"\r\n\r\n") {
            _ if !self.held.starts_with(b"\r\n") => None,
            None if self.held.len() < HEAD => return Next::Wait,
            None => None,
            Some(end) => {
                let head: Vec<u8> = self.held.drain(..end + 4).collect();
                part(&head)
            }
        };
        self.at = if next.is_some() { At::Inside } else { At::Broken };
        next.unwrap_or(Next::Broken)
    }
}

fn find(held: &[u8], mark: &[u8]) -> Option<usize> {
    let (first, mut from) = (mark.first()?, 0);
    loop {
        from += held.get(from..)?.iter().position(|b| b == first)?;
        if held.get(from..)?.starts_with(mark) {
            return Some(from);
        }
        from += 1;
    }
}

/// A part by its head; `None` where that names no field.
fn part(head: &[u8]) -> Option<Next> {
    const DISPOSITION: &[u8] = b"content-disposition:";
    let mut lines = head.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let line = lines.find_map(|line| line.split_at_checked(DISPOSITION.len()).filter(|(name, _)| name.eq_ignore_ascii_case(DISPOSITION)))?.1;
    let said = |name: &str| quoted(line, name).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    Some(Next::Part { field: said("name")?, file: said("filename") })
}

/// What stands in quotes after `; name=`. Browsers write a quote within it as `%22`.
fn quoted<'l>(line: &'l [u8], name: &str) -> Option<&'l [u8]> {
    let mut rest = line;
    loop {
        rest = rest.get(rest.iter().position(|b| *b == b';')? + 1..)?.trim_ascii_start();
        let (key, value) = rest.split_at_checked(rest.iter().position(|b| *b == b'=')?)?;
        let value = value.strip_prefix(b"=\"")?;
        let end = value.iter().position(|b| *b == b'"')?;
        if key == name.as_bytes() {
            return value.get(..end);
        }
        rest = value.get(end + 1..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts as `field[=file]:bytes`, given in pieces of this size.
    fn read(form: &[u8], piece: usize) -> (Vec<String>, Next) {
        let mut reader = Form::of("multipart/form-data; boundary=xyz").expect("a form");
        let mut parts: Vec<String> = Vec::new();
        let mut pieces = form.chunks(piece);
        loop {
            match reader.next() {
                Next::Wait => match pieces.next() {
                    Some(piece) => reader.push(piece),
                    None => return (parts, Next::Wait),
                },
                Next::Part { field, file } => parts.push(format!("{field}{}:", file.map_or(String::new(), |f| format!("={f}")))),
                Next::Bytes(bytes) => *parts.last_mut().expect("a part") += &String::from_utf8_lossy(&bytes),
                end => return (parts, end),
            }
        }
    }

    #[track_caller]
    fn check(form: &[u8], parts: &[&str], end: &Next) {
        for piece in [1, 2, 3, 7, 64, form.len().max(1)] {
            let (found, ended) = read(form, piece);
            assert_eq!((found.iter().map(String::as_str).collect::<Vec<_>>(), &ended), (parts.to_vec(), end), "in pieces of {piece}");
        }
    }

    const FILE: &str = "--xyz\r\nContent-Disposition: form-data; name=\"files\"; filename=\"NAME\"\r\nContent-Type: text/plain\r\n\r\nBYTES\r\n";

    fn file(name: &[u8], bytes: &[u8]) -> Vec<u8> {
        let (before, rest) = FILE.split_once("NAME").expect("a name");
        let (between, after) = rest.split_once("BYTES").expect("bytes");
        [before.as_bytes(), name, between.as_bytes(), bytes, after.as_bytes()].concat()
    }

    #[test]
    fn parts_come_whole_however_they_are_cut() {
        let word = b"--xyz\r\ncontent-disposition: form-data; name=\"whose\"\r\n\r\nclient\r\n";
        check(b"--xyz--\r\n", &[], &Next::End);
        check(&[&word[..], b"--xyz--"].concat(), &["whose:client"], &Next::End);
        check(
            &[&word[..], &file(b"a.pdf", b"one"), &file(b"b/c.csv", b""), b"--xyz--\r\nwhat follows"].concat(),
            &["whose:client", "files=a.pdf:one", "files=b/c.csv:"],
            &Next::End,
        );
        // Almost a mark, more lines than one, and a form that ends in the midst of a file.
        check(&[&file(b"a", b"\r\n--xy\r\n\r\n--x\r\r\n--xY"), &b"--xyz--"[..]].concat(), &["files=a:\r\n--xy\r\n\r\n--x\r\r\n--xY"], &Next::End);
        // What could be the beginning of a mark is not given out.
        check(&[b"before all\r\n", &file(b"a", b"one")[..]].concat(), &["files=a:"], &Next::Wait);
    }

    #[test]
    fn names_are_taken_as_they_are() {
        for (name, taken) in [
            (&b"\x01\x1b[2J\x07.pdf"[..], "\u{1}\u{1b}[2J\u{7}.pdf"),
            (b"tab\there", "tab\there"),
            (b"\xff\xfe.txt", "\u{fffd}\u{fffd}.txt"),
            (b"a; filename=x", "a; filename=x"),
            (b"C:\\papers\\a.pdf", "C:\\papers\\a.pdf"),
            (b"quote %22.txt", "quote %22.txt"),
            ("Peña".as_bytes(), "Peña"),
            (b"", ""),
        ] {
            check(&[&file(name, b"x"), &file(b"next", b"y")[..], b"--xyz--"].concat(), &[&format!("files={taken}:x"), "files=next:y"], &Next::End);
        }
    }

    #[test]
    fn what_is_no_form_is_broken_and_stays_so() {
        check(b"--xyz\r\n\r\nno head\r\n--xyz--", &[], &Next::Broken);
        check(b"--xyz\r\nContent-Type: text/plain\r\n\r\nx\r\n--xyz--", &[], &Next::Broken);
        check(b"--xyz\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\nx\r\n--xyz--", &[], &Next::Broken);
        check(b"--xyzzy\r\n", &[], &Next::Broken);
        check(&[b"--xyz\r\nContent-Disposition: form-data; name=\"", &[b'n'; HEAD][..]].concat(), &[], &Next::Broken);
        for no_form in ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x", "multipart/form-data; boundary=a b"] {
            assert!(Form::of(no_form).is_none(), "{no_form}");
        }
        assert!(Form::of("Multipart/Form-Data; charset=utf-8; boundary=\"x\"").is_some());
    }
}
