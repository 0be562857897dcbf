//! The way to a host: HTTPS, each request signed for the office (RFC 9421, docs/formats/host.md).

use crate::wire::{self, Hex, WireAppend, WireBlobs, WireChange, WireEntries, WireJoining, WireJournal, WireJournals, WireNewKey, WirePurged, WireRefused, WireRows};
use crate::{Appended, Bytes, Entry, Hash, Id, Purged, Result, StoreError, Tip, WrapRow};
use amparo_proof::signed_request;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use ureq::http;

/// What the host answered, or why it did not.
pub(super) type Answer<T> = Result<T>;

/// Where a host is, and by what it is known; written when an office joins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HostAddress {
    /// `https://name:port`, without a path.
    pub url: String,
    /// The certificate in PEM that the host shows, where no public authority vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// The name of its public log.
    pub origin: String,
    /// The log's Ed25519 public key, in hex.
    pub log_key: String,
}

/// The invitation that a host's operator hands to an office: where the host is, and a ticket for one office.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Letter {
    #[serde(flatten)]
    pub address: HostAddress,
    pub ticket: Hex<32>,
}

const FILE: &str = "host.json";

impl HostAddress {
    /// The host that the office of this folder joined.
    pub fn of(home: &Path) -> Result<Option<HostAddress>> {
        let path = home.join(FILE);
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|e| StoreError::Io { what: "read", path, error: e.into() }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::Io { what: "read", path, error }),
        }
    }

    /// Remembers it, durably.
    pub fn keep(&self, home: &Path) -> Result<()> {
        let (path, new) = (home.join(FILE), home.join(format!("{FILE}.new")));
        let io = |what| {
            let path = path.clone();
            move |error| StoreError::Io { what, path, error }
        };
        let text = serde_json::to_vec_pretty(self).map_err(|e| StoreError::Io { what: "write", path: path.clone(), error: e.into() })?;
        match std::fs::remove_file(&new) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io("write")(e)),
            _ => {}
        }
        let mut file = crate::private_file(&new)?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(io("write"))?;
        std::fs::rename(&new, &path).map_err(io("write"))?;
        std::fs::File::open(home).and_then(|folder| folder.sync_all()).map_err(io("sync"))
    }
}

/// Who speaks for the office to its host. The key stays where it is.
pub trait Voice: Send + Sync {
    /// The office's id.
    fn office(&self) -> Id;
    /// The Ed25519 public key that signs.
    fn public(&self) -> [u8; 32];
    fn sign(&self, bytes: &[u8]) -> [u8; 64];
}

pub(super) struct Link {
    url: String,
    authority: String,
    agent: ureq::Agent,
    voice: RwLock<Option<Arc<dyn Voice>>>,
}

fn away(why: impl ToString) -> StoreError {
    StoreError::Away { why: why.to_string() }
}

/// What a host says that it should not: it is treated as one that does not answer.
fn nonsense(what: &'static str) -> StoreError {
    away(format!("its answer is not readable ({what})"))
}

impl Link {
    pub fn new(address: &HostAddress) -> Result<Link> {
        let url: http::Uri = address.url.parse().map_err(|_| StoreError::NotThere { what: "a usable address of the host" })?;
        let authority = url.authority().filter(|_| url.scheme_str() == Some("https")).ok_or(StoreError::NotThere { what: "an https address of the host" })?;
        let roots = match &address.certificate {
            Some(pem) => {
                let certificate = ureq::tls::Certificate::from_pem(pem.as_bytes()).map_err(|_| StoreError::NotThere { what: "the host's certificate" })?;
                ureq::tls::RootCerts::from(vec![certificate])
            }
            None => ureq::tls::RootCerts::WebPki,
        };
        let agent = ureq::Agent::config_builder()
            .tls_config(ureq::tls::TlsConfig::builder().root_certs(roots).build())
            .https_only(true)
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent("")
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_recv_response(Some(Duration::from_secs(90)))
            .build()
            .new_agent();
        Ok(Link { url: format!("https://{authority}"), authority: authority.to_string(), agent, voice: RwLock::new(None) })
    }

    pub fn address(&self) -> &str {
        &self.url
    }

    /// Whether this voice is new, and the one before it, where that had another key.
    pub fn speak_as(&self, voice: Arc<dyn Voice>) -> (bool, Option<Arc<dyn Voice>>) {
        let before = self.voice.write().unwrap_or_else(std::sync::PoisonError::into_inner).replace(voice.clone());
        let other = before.clone().filter(|before| before.public() != voice.public());
        (before.is_none() || other.is_some(), other)
    }

    /// Tells the host that the office's requests are signed by another key from now on; signed by the one before it.
    pub fn new_key(&self, before: &Arc<dyn Voice>, key: &[u8; 32]) -> Answer<()> {
        let body = serde_json::to_vec(&WireNewKey { key: Hex(*key) }).map_err(away)?;
        let request = self.signed_as(before, "POST", "/v1/office/key", "", &wire::sha256(&body))?.header("content-type", "application/json");
        self.done(self.agent.run(request.body(body).map_err(away)?).map_err(away)?)
    }

    fn voice(&self) -> Option<Arc<dyn Voice>> {
        self.voice.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Before somebody unlocked the office nobody can sign.
    pub fn can_speak(&self) -> bool {
        self.voice().is_some()
    }

    /// Whether this is the office's own journal.
    pub fn is_office(&self, journal: &Id) -> bool {
        self.voice().is_some_and(|voice| voice.office() == *journal)
    }

    fn signed(&self, method: &str, path: &str, query: &str, digest: &Hash) -> Result<http::request::Builder> {
        let voice = self.voice().ok_or_else(|| away("nobody has unlocked the office"))?;
        self.signed_as(&voice, method, path, query, digest)
    }

    fn signed_as(&self, voice: &Arc<dyn Voice>, method: &str, path: &str, query: &str, digest: &Hash) -> Result<http::request::Builder> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(away)?;
        let created = SystemTime::now().duration_since(UNIX_EPOCH).map_err(away)?.as_secs();
        let request = signed_request::Request { method, authority: &self.authority, path, query: (!query.is_empty()).then_some(query) };
        let asker = signed_request::Asker { office: voice.office(), key: voice.public(), created, nonce };
        let base = signed_request::base(&request, &asker, digest).ok_or_else(|| away("the request cannot be signed"))?;
        let headers = signed_request::headers(&asker, digest, &voice.sign(base.as_bytes()));
        let question = if query.is_empty() { String::new() } else { format!("?{query}") };
        let builder = http::Request::builder().method(method).uri(format!("{}{path}{question}", self.url));
        let builder = builder.header("amparo-office", headers.office).header("content-digest", headers.digest);
        let builder = builder.header("signature-input", headers.input).header("signature", headers.signature);
        Ok(builder)
    }

    fn ask(&self, method: &str, path: &str, query: &str, body: Option<&[u8]>) -> Answer<http::Response<ureq::Body>> {
        let body = body.unwrap_or_default();
        let mut request = self.signed(method, path, query, &wire::sha256(body))?;
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        // A GET with a body is no GET: the agent sends none where there is none.
        let request = request.body(body.to_vec()).map_err(away)?;
        self.agent.run(request).map_err(away)
    }

    fn json<T: DeserializeOwned>(&self, answer: http::Response<ureq::Body>) -> Answer<T> {
        let answer = good(answer)?;
        let bytes = answer.into_body().into_with_config().limit(2 * wire::BODY as u64).read_to_vec().map_err(away)?;
        serde_json::from_slice(&bytes).map_err(|_| nonsense("JSON"))
    }

    fn done(&self, answer: http::Response<ureq::Body>) -> Answer<()> {
        good(answer).map(drop)
    }

    fn told<T: Serialize>(&self, method: &str, path: &str, body: &T) -> Answer<http::Response<ureq::Body>> {
        let body = serde_json::to_vec(body).map_err(away)?;
        self.ask(method, path, "", Some(&body))
    }

    pub fn join(&self, ticket: &[u8; 32]) -> Answer<()> {
        self.done(self.told("POST", "/v1/office", &WireJoining { ticket: Hex(*ticket) })?)
    }

    pub fn journals(&self) -> Answer<Vec<WireJournal>> {
        let all: WireJournals = self.json(self.ask("GET", "/v1/journals", "", None)?)?;
        Ok(all.journals)
    }

    pub fn append(&self, journal: &Id, append: &WireAppend) -> Answer<Appended> {
        let answer = self.told("POST", &format!("/v1/journals/{}/entries", wire::hex(journal)), append)?;
        if answer.status() == 409 {
            let bytes = answer.into_body().into_with_config().limit(1 << 16).read_to_vec().map_err(away)?;
            let refused: WireRefused = serde_json::from_slice(&bytes).map_err(|_| nonsense("a refusal"))?;
            return Ok(Appended::Refused { tip: refused.tip.map(Tip::from) });
        }
        self.done(answer).map(|()| Appended::Done)
    }

    /// Whether the host's journal, longer by now, holds this entry in its place.
    pub fn holds(&self, journal: &Id, tip: Option<Tip>, entry: &wire::WireEntry) -> Answer<bool> {
        if tip.is_none_or(|tip| tip.seq < entry.seq) {
            return Ok(false);
        }
        let page: WireEntries = self.json(self.ask("GET", &format!("/v1/journals/{}/entries", wire::hex(journal)), &format!("from={}&most=1", entry.seq), None)?)?;
        Ok(page.entries.first() == Some(entry))
    }

    /// The journal's entries from this number to this newest one.
    pub fn entries(&self, journal: &Id, from: u64, to: Tip) -> Answer<Vec<Entry>> {
        let mut all: Vec<Entry> = vec![];
        while all.last().map_or(from, |e| e.seq + 1) <= to.seq {
            let next = all.last().map_or(from, |e| e.seq + 1);
            let page: WireEntries = self.json(self.ask("GET", &format!("/v1/journals/{}/entries", wire::hex(journal)), &format!("from={next}"), None)?)?;
            if page.entries.is_empty() || page.entries.iter().zip(next..).any(|(e, n)| e.seq != n) {
                return Err(nonsense("entries out of order"));
            }
            all.extend(page.entries.into_iter().map(|e| e.of(*journal)).take_while(|e| e.seq <= to.seq));
        }
        Ok(all)
    }

    pub fn rows(&self, journal: &Id) -> Answer<Vec<WrapRow>> {
        let mut all: Vec<WrapRow> = vec![];
        loop {
            let page: WireRows = self.json(self.ask("GET", &format!("/v1/journals/{}/rows", wire::hex(journal)), &format!("skip={}", all.len()), None)?)?;
            let (rows, more) = (page.rows, page.more);
            if rows.is_empty() && more {
                return Err(nonsense("rows"));
            }
            all.extend(rows.into_iter().map(WrapRow::from));
            if !more {
                return if all.iter().all(|row| row.key.journal == *journal) { Ok(all) } else { Err(nonsense("rows of another journal")) };
            }
        }
    }

    pub fn change_rows(&self, journal: &Id, change: &WireChange) -> Answer<()> {
        self.done(self.told("POST", &format!("/v1/journals/{}/rows", wire::hex(journal)), change)?)
    }

    pub fn put_head(&self, journal: &Id, note: &[u8]) -> Answer<()> {
        self.done(self.ask("PUT", &format!("/v1/journals/{}/head", wire::hex(journal)), "", Some(note))?)
    }

    pub fn delete_journal(&self, journal: &Id) -> Answer<()> {
        self.done(self.ask("DELETE", &format!("/v1/journals/{}", wire::hex(journal)), "", None)?)
    }

    pub fn purge(&self) -> Answer<Purged> {
        let purged: WirePurged = self.json(self.ask("POST", "/v1/purge", "", None)?)?;
        Ok(purged.into())
    }

    pub fn blobs(&self) -> Answer<Vec<Hash>> {
        let mut all: Vec<Hash> = vec![];
        loop {
            let after = all.last().map(|name| format!("after={}", wire::hex(name))).unwrap_or_default();
            let page: WireBlobs = self.json(self.ask("GET", "/v1/blobs", &after, None)?)?;
            if page.more && page.blobs.is_empty() {
                return Err(nonsense("names"));
            }
            all.extend(page.blobs.into_iter().map(|Hex(name)| name));
            if !page.more {
                return Ok(all);
            }
        }
    }

    pub fn blob(&self, name: &Hash) -> Answer<impl Read + use<>> {
        let answer = good(self.ask("GET", &format!("/v1/blobs/{}", wire::hex(name)), "", None)?)?;
        Ok(answer.into_body().into_with_config().limit(u64::MAX).reader())
    }

    /// Sends a sealed file, going on where an interrupted sending ended.
    pub fn put_blob(&self, name: &Hash, file: &mut Box<dyn Bytes>) -> Answer<()> {
        let length = file.seek(SeekFrom::End(0)).map_err(away)?;
        let path = format!("/v1/blobs/{}", wire::hex(name));
        let had = self.ask("HEAD", &path, "", None)?;
        if had.status() == 200 {
            return Ok(());
        }
        let number = |name: &str| had.headers().get(name).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
        let mut at = number("upload-offset").filter(|at| *at <= length).unwrap_or(0);
        loop {
            let part = (length - at).min(PART);
            file.seek(SeekFrom::Start(at)).map_err(away)?;
            let mut bytes = vec![0; part as usize];
            file.read_exact(&mut bytes).map_err(away)?;
            let query = format!("offset={at}&length={length}");
            let request = self.signed("PUT", &path, &query, &wire::sha256(&bytes))?.header("content-type", "application/octet-stream");
            self.done(self.agent.run(request.body(bytes).map_err(away)?).map_err(away)?)?;
            at += part;
            if at >= length {
                return Ok(());
            }
        }
    }

    pub fn delete_blob(&self, name: &Hash) -> Answer<()> {
        self.done(self.ask("DELETE", &format!("/v1/blobs/{}", wire::hex(name)), "", None)?)
    }
}

/// A sealed file travels in parts of this size, each under its own signature.
const PART: u64 = 8 << 20;

/// The answer, where it is a yes.
fn good(answer: http::Response<ureq::Body>) -> Answer<http::Response<ureq::Body>> {
    let status = answer.status().as_u16();
    match status {
        200..=299 => Ok(answer),
        // It will be asked again: too much at once, or not itself just now.
        429 | 500..=599 => Err(away(format!("it answers {status}"))),
        _ => {
            let code = answer.headers().get("amparo-reason").and_then(|v| v.to_str().ok()).map(str::to_owned);
            Err(StoreError::Host { status, reason: code.unwrap_or_default() })
        }
    }
}
