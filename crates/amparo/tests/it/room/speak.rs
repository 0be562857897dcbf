//! HTTP/1.1 as bytes on a socket: what a browser would never send can be sent, and what is answered is seen whole.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub struct Said {
    pub status: u16,
    pub head: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Said {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Everything of it, for what must stand nowhere.
    pub fn whole(&self) -> String {
        let head: String = self.head.iter().map(|(n, v)| format!("{n}: {v}\n")).collect();
        head + &self.text()
    }
}

/// Sends these bytes to this port; nothing where the connection was dropped unanswered.
pub fn send(port: u16, bytes: &[u8]) -> Option<Said> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(120))).expect("a time limit");
    stream.write_all(bytes).ok()?;
    let mut all = Vec::new();
    let mut some = [0; 65_536];
    // Whoever answers may keep the connection: its own words say where the answer ends.
    while !whole(&all) {
        match stream.read(&mut some) {
            Ok(0) | Err(_) => break,
            Ok(n) => all.extend_from_slice(&some[..n]),
        }
    }
    parse(&all)
}

fn split(all: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = all.windows(4).position(|w| w == b"\r\n\r\n")?;
    Some((&all[..at], &all[at + 4..]))
}

fn whole(all: &[u8]) -> bool {
    let Some((head, body)) = split(all) else { return false };
    let head = String::from_utf8_lossy(head).to_lowercase();
    let length = head.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    length.is_some_and(|n| body.len() >= n)
}

fn parse(all: &[u8]) -> Option<Said> {
    let (head, body) = split(all)?;
    let head = String::from_utf8_lossy(head).into_owned();
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let head = lines.filter_map(|l| l.split_once(':')).map(|(n, v)| (n.trim().to_lowercase(), v.trim().to_owned())).collect();
    Some(Said { status, head, body: body.to_vec() })
}

/// One request of a browser that is at this room.
pub fn ask(port: u16, method: &str, path: &str, head: &[(&str, &str)], body: &str) -> Option<Said> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    head.iter().for_each(|(name, value)| text += &format!("{name}: {value}\r\n"));
    if !body.is_empty() || method == "POST" {
        text += &format!("Content-Length: {}\r\n", body.len());
    }
    send(port, (text + "\r\n" + body).as_bytes())
}

/// A form's fields as a browser sends them.
pub fn form(fields: &[(&str, &str)]) -> String {
    let coded = |text: &str| -> String { text.bytes().map(|b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") }).collect() };
    fields.iter().map(|(n, v)| format!("{}={}", coded(n), coded(v))).collect::<Vec<_>>().join("&")
}

/// Somebody who holds a room's cookie.
pub struct Visitor {
    pub port: u16,
    pub cookie: String,
}

impl Visitor {
    /// Opens the printed address, as a browser does.
    pub fn enter(entrance: &str) -> Visitor {
        let rest = entrance.strip_prefix("http://").expect("an address");
        let (host, path) = rest.split_once('/').expect("a path");
        let port = host.rsplit(':').next().and_then(|p| p.parse().ok()).expect("a port");
        let said = ask(port, "GET", &format!("/{path}"), &[("Host", host)], "").expect("an answer");
        assert_eq!((said.status, said.header("location")), (303, Some("/")));
        let cookie = said.header("set-cookie").and_then(|c| c.split(';').next()).expect("a cookie").to_owned();
        Visitor { port, cookie }
    }

    pub fn get(&self, path: &str) -> Said {
        let host = format!("127.0.0.1:{}", self.port);
        ask(self.port, "GET", path, &[("Host", &host), ("Cookie", &self.cookie)], "").expect("an answer")
    }

    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Said {
        let host = format!("127.0.0.1:{}", self.port);
        let origin = format!("http://{host}");
        let head = [("Host", host.as_str()), ("Cookie", &self.cookie), ("Origin", &origin), ("Content-Type", "application/x-www-form-urlencoded")];
        ask(self.port, "POST", path, &head, &form(fields)).expect("an answer")
    }

    /// A form with files, as a browser sends it.
    pub fn post_files(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Said {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        for (name, bytes) in files {
            body.extend(file_part(name.as_bytes()));
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.post_body(path, &[], &body).expect("an answer")
    }

    /// A form with files whose bytes may be anything.
    pub fn post_body(&self, path: &str, more: &[(&str, &str)], body: &[u8]) -> Option<Said> {
        let host = format!("127.0.0.1:{}", self.port);
        let mut head = format!("POST {path} HTTP/1.1\r\nConnection: close\r\nHost: {host}\r\nCookie: {}\r\nOrigin: http://{host}\r\n", self.cookie);
        head += &format!("Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {}\r\n", body.len());
        more.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
        send(self.port, &[head.as_bytes(), b"\r\n", body].concat())
    }
}

pub const BOUNDARY: &str = "-------a-boundary-of-a-browser";

/// What stands before a file's bytes in a form.
pub fn file_part(name: &[u8]) -> Vec<u8> {
    let before = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"");
    [before.as_bytes(), name, b"\"\r\nContent-Type: application/octet-stream\r\n\r\n"].concat()
}

/// One question in JSON, as browsers' drivers are asked.
pub fn json(port: u16, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let host = format!("127.0.0.1:{port}");
    let text = if method == "POST" { body.to_string() } else { String::new() };
    let said = ask(port, method, path, &[("Host", &host), ("Content-Type", "application/json; charset=utf-8")], &text);
    let said = said.unwrap_or_else(|| panic!("the driver answers {method} {path}"));
    (said.status, serde_json::from_slice(&said.body).unwrap_or(Value::Null))
}
