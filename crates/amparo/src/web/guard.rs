//! Who may ask: this browser, these pages. The door has looked already whether it is this machine and this account.
//!
//! - `Host` must be the address that was printed: a name that was made to point here is refused.
//! - The address that is printed once holds a secret; it is exchanged for a cookie that no script sees.
//! - What changes anything must come from a page of this room (`Origin`), and nothing is answered to a page of another.

use super::answer::Answer;
use super::door::{By, Guest};
use super::room::Room;
use amparo_lang::Lang;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The name of the cookie: bound to this host and to no path, never sent by another site's page.
const COOKIE: &str = "__Host-amparo";

/// Asks every request who it is, and closes every answer.
pub async fn guard(State(room): State<Arc<Room>>, request: Request, next: Next) -> Response {
    // Its connection is not silent while it is answered.
    let guest = request.extensions().get::<ConnectInfo<By>>().map(|ConnectInfo(By(guest))| guest.clone());
    let _asking = guest.as_ref().map(Guest::asks);
    let mut response = match admit(&room, &request) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused,
    };
    close(response.headers_mut());
    response
}

fn admit(room: &Room, request: &Request) -> Result<(), Response> {
    let headers = request.headers();
    let said = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let once = |name: &str| headers.get_all(name).iter().count() <= 1;
    if said(header::HOST) != Some(room.host()) || !once("host") || request.uri().host().is_some() {
        return Err(refuse(StatusCode::MISDIRECTED_REQUEST, request, "page-refused-host"));
    }
    // One that cannot be read is not one that is absent.
    let site = headers.get("sec-fetch-site").map(|v| v.to_str().unwrap_or("?"));
    let entering = request.uri().path().strip_prefix("/enter/").is_some_and(|rest| !rest.contains('/'));
    if !once("sec-fetch-site") || (!matches!(site, None | Some("same-origin" | "none")) && !entering) {
        return Err(refuse(StatusCode::FORBIDDEN, request, "page-refused-site"));
    }
    match *request.method() {
        Method::GET | Method::HEAD => {}
        Method::POST if said(header::ORIGIN) == Some(&room.origin()) => {}
        Method::POST => return Err(refuse(StatusCode::FORBIDDEN, request, "page-refused-site")),
        _ => return Err(refuse(StatusCode::METHOD_NOT_ALLOWED, request, "page-refused-site")),
    }
    if entering || cookie(headers, COOKIE).is_some_and(|value| room.knows(value)) {
        return Ok(());
    }
    Err(refuse(StatusCode::FORBIDDEN, request, "page-refused-token"))
}

/// A refusal in both languages: it says what to do and nothing about the office.
fn refuse(status: StatusCode, _request: &Request, id: &str) -> Response {
    let text = format!("{}\n\n{}\n", amparo_lang::word(id, Lang::En), amparo_lang::word(id, Lang::Es));
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// The secret of the printed address, for the cookie.
pub fn enter(room: &Room, token: &str) -> Answer {
    match room.is_token(token) {
        true => Answer::Enter(format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Strict", room.session_value())),
        false => Answer::Refused("page-refused-token"),
    }
}

/// One cookie's value.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// What every answer says to the browser.
fn close(headers: &mut HeaderMap) {
    const ALWAYS: [(&str, &str); 9] = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        ),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()"),
        ("x-frame-options", "DENY"),
    ];
    for (name, value) in ALWAYS {
        // What is shipped with the program says nothing of anybody: it may stay in the browser's memory.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a__Host-amparo=1; __Host-amparo=2; language=es"));
        assert_eq!((cookie(&headers, COOKIE), cookie(&headers, "language"), cookie(&headers, "Host-amparo")), (Some("2"), Some("es"), None));
    }
}
