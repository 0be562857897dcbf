//! A request, and the office that it is signed for.

use super::Denied;
use crate::state::Tenant;
use crate::{Host, Id, clock};
use amparo_proof::signed_request::{self, Asker, Headers, Request as Signed};
use amparo_store::{Store, wire};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// A request whose signature holds.
pub struct Asked {
    pub asker: Asker,
    pub body: Bytes,
    pub query: BTreeMap<String, String>,
    /// Held until the request is answered.
    _turn: OwnedSemaphorePermit,
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    // A header that is there twice is not in the profile.
    let mut all = headers.get_all(name).iter();
    let value = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(value)
}

/// `a=1&b=2`, each once, without anything that needs decoding.
fn query(text: &str) -> Option<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for pair in text.split('&').filter(|p| !p.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let plain = |t: &str| t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !plain(name) || !plain(value) || all.insert(name.to_owned(), value.to_owned()).is_some() {
            return None;
        }
    }
    Some(all)
}

/// The whole body, up to a bound and in bounded time.
pub async fn body(host: &Host, body: Body, most: usize) -> Result<Bytes, Denied> {
    let patience = Duration::from_secs(host.config.limits.body_seconds);
    match tokio::time::timeout(patience, axum::body::to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(Denied::TooLarge),
        Err(_) => Err(Denied::Form("too-slow")),
    }
}

impl Asked {
    /// Checks who asks, before and after the body is read. `known` says whether this key may speak for this office.
    async fn new(host: &Host, request: Request, most: usize, known: impl Fn(&crate::state::State, &Id, &[u8; 32]) -> bool) -> Result<Asked, Denied> {
        let (parts, sent) = request.into_parts();
        let find = |name| header(&parts.headers, name).map(str::to_owned);
        let (Some(digest), Some(named), Some(input), Some(signature)) = (find("content-digest"), find("amparo-office"), find("signature-input"), find("signature")) else {
            return Err(Denied::NotYours);
        };
        let office: Id = wire::Hex::parse(&named).ok_or(Denied::NotYours)?.0;
        let headers = Headers { office: named, digest, input, signature };
        let key = signed_request::claimed(&headers).map_err(|_| Denied::NotYours)?;
        // Of a stranger no body is read.
        if !host.ledger.look(|state| known(state, &office, &key))? {
            return Err(Denied::NotYours);
        }
        let signed = Signed { method: parts.method.as_str(), authority: host.config.authority(), path: parts.uri.path(), query: parts.uri.query() };
        let now = clock() / 1_000;
        let unread = signed_request::verify(&signed, &headers, now, &key).map_err(|_| Denied::NotYours)?;
        let turn = host.limits.turn(&office).await.ok_or(Denied::Busy)?;
        let bytes = body(host, sent, most).await?;
        let asker = unread.with_body(&wire::sha256(&bytes)).map_err(|_| Denied::NotYours)?;
        if !host.limits.is_new(asker.nonce, now) {
            return Err(Denied::NotYours);
        }
        let query = query(parts.uri.query().unwrap_or_default()).ok_or(Denied::Form("query"))?;
        Ok(Asked { asker, body: bytes, query, _turn: turn })
    }

    /// A request of a tenant.
    pub async fn tenant(host: &Host, request: Request, most: usize) -> Result<Asked, Denied> {
        Asked::new(host, request, most, |state, office, key| state.tenants.get(office).is_some_and(|t| t.key == *key)).await
    }

    /// A request of whoever holds the key it names: an office that is about to join.
    pub async fn anybody(host: &Host, request: Request) -> Result<Asked, Denied> {
        Asked::new(host, request, 1 << 16, |_, _, _| true).await
    }

    /// The office that asks.
    pub fn office(&self) -> Id {
        self.asker.office
    }

    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Denied> {
        serde_json::from_slice(&self.body).map_err(|_| Denied::Form("json"))
    }

    pub fn number(&self, name: &str) -> Result<Option<u64>, Denied> {
        self.query.get(name).map(|text| text.parse().map_err(|_| Denied::Form("query"))).transpose()
    }

    /// Only these questions may be asked.
    pub fn only(&self, names: &[&str]) -> Result<(), Denied> {
        if self.query.keys().all(|name| names.contains(&name.as_str())) { Ok(()) } else { Err(Denied::Form("query")) }
    }
}

/// An id in an address; what is not one is not there.
pub fn id<const N: usize>(text: &str) -> Result<[u8; N], Denied> {
    wire::Hex::parse(text).map(|hex| hex.0).ok_or(Denied::NotThere)
}

/// Works in the office's space, on a thread where waiting is allowed.
pub async fn in_space<T: Send + 'static>(host: Arc<Host>, office: Id, work: impl FnOnce(&dyn Store, &Host) -> Result<T, Denied> + Send + 'static) -> Result<T, Denied> {
    let done = tokio::task::spawn_blocking(move || {
        let space = host.spaces.of(&office)?;
        work(&*space, &host)
    });
    done.await.unwrap_or_else(|_| Err(Denied::Failed("panic".to_owned())))
}

/// How the office stands, for what it wants to do.
pub fn tenant_of(host: &Host, office: &Id) -> Result<Tenant, Denied> {
    host.ledger.look(|state| state.tenants.get(office).cloned())?.ok_or(Denied::NotYours)
}
