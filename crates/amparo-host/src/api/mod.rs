//! What offices ask of the host over HTTPS (docs/formats/host.md). No handler decides: each checks the form, asks the
//! ledger who is speaking and how they stand, and hands bytes to the office's own space.

mod asked;
mod blobs;
mod journals;
pub mod limits;
mod offices;

use crate::{Host, HostError};
use amparo_store::StoreError;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use serde::Serialize;
use std::sync::Arc;

/// What is answered instead of what was asked.
#[derive(Debug)]
pub enum Denied {
    /// Not signed, not by a tenant, or not rightly: one answer for all of it, and for what is not there.
    NotYours,
    NotThere,
    /// The request is not in the form that it must have.
    Form(&'static str),
    TooLarge,
    /// A conditional append found another entry.
    Conflict(Vec<u8>),
    /// A part of a file does not begin where the last one ended.
    Offset(u64),
    /// As things stand with this office.
    Standing(&'static str),
    Busy,
    Failed(String),
}

impl Denied {
    fn status(&self) -> StatusCode {
        match self {
            Denied::NotYours => StatusCode::UNAUTHORIZED,
            Denied::NotThere => StatusCode::NOT_FOUND,
            Denied::Form(_) => StatusCode::BAD_REQUEST,
            Denied::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Denied::Conflict(_) | Denied::Offset(_) => StatusCode::CONFLICT,
            Denied::Standing(_) => StatusCode::FORBIDDEN,
            Denied::Busy => StatusCode::TOO_MANY_REQUESTS,
            Denied::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word of its own, for programs.
    fn reason(&self) -> &'static str {
        match self {
            Denied::NotYours => "not-yours",
            Denied::NotThere => "not-there",
            Denied::Form(why) | Denied::Standing(why) => why,
            Denied::TooLarge => "too-large",
            Denied::Conflict(_) => "conflict",
            Denied::Offset(_) => "offset",
            Denied::Busy => "busy",
            Denied::Failed(_) => "failed",
        }
    }
}

/// A problem as RFC 9457 writes it.
#[derive(Serialize)]
struct Problem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let (status, reason) = (self.status(), self.reason());
        if let Denied::Failed(why) = &self {
            crate::serve::note(&[("failed", why)]);
        }
        let (kind, body) = match &self {
            Denied::Conflict(tip) => ("application/json", tip.clone()),
            _ => {
                let problem = Problem { r#type: "about:blank", title: reason, status: status.as_u16() };
                ("application/problem+json", serde_json::to_vec(&problem).unwrap_or_default())
            }
        };
        let mut answer = Response::builder().status(status).header(header::CONTENT_TYPE, kind).header("amparo-reason", reason);
        match self {
            Denied::Offset(at) => answer = answer.header("upload-offset", at),
            Denied::Busy => answer = answer.header(header::RETRY_AFTER, HeaderValue::from_static("2")),
            _ => {}
        }
        answer.body(Body::from(body)).unwrap_or_default()
    }
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Denied {
        match error {
            StoreError::NotThere { .. } => Denied::NotThere,
            StoreError::NotItself { .. } => Denied::Form("not-its-name"),
            other => Denied::Failed(other.to_string()),
        }
    }
}

impl From<HostError> for Denied {
    fn from(error: HostError) -> Denied {
        match error {
            HostError::Store(error) => error.into(),
            HostError::Refused("ticket") => Denied::NotYours,
            HostError::Refused(why) => Denied::Standing(why),
            HostError::Busy => Denied::Busy,
            other => Denied::Failed(other.to_string()),
        }
    }
}

/// JSON of a value, or nothing of it.
fn json<T: Serialize>(value: &T) -> Result<Response, Denied> {
    let body = serde_json::to_vec(value).map_err(|e| Denied::Failed(e.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// Every route there is.
pub fn routes(host: Arc<Host>) -> Router {
    Router::new()
        .route("/health", get(|| async { "ok\n" }))
        .route("/v1/office", post(offices::join))
        .route("/v1/office/key", post(offices::key))
        .route("/v1/journals", get(journals::list))
        .route("/v1/journals/{journal}", delete(journals::remove))
        .route("/v1/journals/{journal}/entries", get(journals::entries).post(journals::append))
        .route("/v1/journals/{journal}/rows", get(journals::rows).post(journals::change_rows))
        .route("/v1/journals/{journal}/head", put(journals::head))
        .route("/v1/purge", post(journals::purge))
        .route("/v1/blobs", get(blobs::list))
        .route("/v1/blobs/{name}", get(blobs::fetch).head(blobs::has).put(blobs::keep).delete(blobs::remove))
        .fallback(|| async { Denied::NotThere })
        .method_not_allowed_fallback(|| async { Denied::NotThere })
        .layer(axum::middleware::map_response(safe))
        .with_state(host)
}

/// What every answer says of itself: for programs, not to be kept, not to be shown in anybody's page.
async fn safe(mut answer: Response) -> Response {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        answer.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    answer
}
