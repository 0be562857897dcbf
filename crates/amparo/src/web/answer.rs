//! What is asked and what is answered: plain values, so that a page is a function and nothing else.

use super::dropped;
use super::job::Dropped;
use super::room::Room;
use super::shell::Shell;
use super::{apart, guard, lock};
use crate::speech::{Speech, plain};
use amparo_lang::Lang;
use amparo_office::{Exit, Problem, Result};
use askama::Template;
use axum::extract::{DefaultBodyLimit, Form, FromRequest, Query, RawPathParams, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use std::sync::Arc;
use tokio::time::timeout;
use zeroize::Zeroize;

/// One question of the browser.
pub struct Asked {
    pub speech: Speech,
    /// The path, to come back to; for what a form asks, the page that holds the form.
    pub path: String,
    posted: bool,
    parts: Vec<(String, String)>,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
}

impl Drop for Asked {
    /// A passphrase or a name that was typed does not outlast the answer.
    fn drop(&mut self) {
        self.form.iter_mut().for_each(|(_, value)| value.zeroize());
    }
}

impl Asked {
    /// A question with these choices, for tests.
    #[cfg(test)]
    pub fn of(speech: Speech, query: &[(&str, &str)]) -> Asked {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Asked { speech, path: "/".to_owned(), posted: false, parts: Vec::new(), query, form: Vec::new() }
    }

    /// A named part of the path.
    pub fn part(&self, name: &str) -> &str {
        find(&self.parts, name).unwrap_or_default()
    }

    /// A choice in the address: never a name, a number or a word somebody typed.
    pub fn choice(&self, name: &str) -> Option<&str> {
        find(&self.query, name).filter(|v| !v.is_empty())
    }

    /// What was typed or chosen in the form, without the blanks around it; empty where nothing was.
    pub fn typed(&self, name: &str) -> &str {
        find(&self.form, name).unwrap_or_default().trim()
    }

    /// As [`Asked::typed`], letter by letter: passphrases.
    pub fn exactly(&self, name: &str) -> &str {
        find(&self.form, name).unwrap_or_default()
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.form.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

/// What the browser gets.
pub enum Answer {
    Page(String),
    /// Lines for the pages' own script.
    Text(String),
    /// Done: the page to read next.
    Go(String),
    Picture(Vec<u8>),
    Asset(&'static [u8], &'static str),
    /// A style of one case.
    Style(String),
    /// The cookie, and on to the first page.
    Enter(String),
    /// The language, and back.
    Language(Lang, String),
    Refused(&'static str),
}

impl Answer {
    pub fn page(template: &impl Template) -> Result<Answer> {
        template.render().map(Answer::Page).map_err(|e| Problem::new(Exit::Store, "problem-store").with("why", e))
    }

    pub fn go(path: impl Into<String>) -> Result<Answer> {
        Ok(Answer::Go(path.into()))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Answer::Page(html) => (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
            Answer::Text(text) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response(),
            Answer::Go(path) => (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response(),
            Answer::Picture(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
            Answer::Asset(bytes, kind) => ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, max-age=3600")], bytes).into_response(),
            Answer::Style(css) => ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], css).into_response(),
            Answer::Enter(cookie) => (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, "/".to_owned())]).into_response(),
            Answer::Language(lang, back) => {
                let cookie = format!("language={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict", lang.code());
                (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, back)]).into_response()
            }
            Answer::Refused(id) => {
                let text = format!("{}\n\n{}\n", amparo_lang::word(id, Lang::En), amparo_lang::word(id, Lang::Es));
                (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
            }
        }
    }
}

/// A page or a task: what is asked, answered with the room's office.
pub type Act = fn(&Room, &Asked) -> Result<Answer>;

pub fn get(act: Act) -> MethodRouter<Arc<Room>> {
    axum::routing::get(move |room: State<Arc<Room>>, parts: RawPathParams, request: Request| answer(room, parts, request, act))
}

pub fn post(act: Act) -> MethodRouter<Arc<Room>> {
    axum::routing::post(move |room: State<Arc<Room>>, parts: RawPathParams, request: Request| answer(room, parts, request, act))
}

/// A form that brings files: they are in memory when it is answered, or why they are not.
pub fn post_files(act: fn(&Room, &Asked, Result<Vec<Dropped>>) -> Result<Answer>) -> MethodRouter<Arc<Room>> {
    let take = move |State(room): State<Arc<Room>>, parts: RawPathParams, request: Request| async move {
        let mut asked = asked(&room, &parts, &request);
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let brought = dropped::brought(&content_type, request.into_body()).await;
        asked.form = brought.fields;
        carry_out(room, asked, move |room, asked| act(room, asked, brought.files)).await
    };
    // What comes is counted as it comes.
    axum::routing::post(take).layer(DefaultBodyLimit::disable())
}

async fn answer(State(room): State<Arc<Room>>, parts: RawPathParams, request: Request, act: Act) -> Response {
    let mut asked = asked(&room, &parts, &request);
    if request.method() == axum::http::Method::POST {
        // Words come at once, or do not come.
        match timeout(dropped::PATIENCE, Form::<Vec<(String, String)>>::from_request(request, &room)).await {
            Ok(Ok(Form(form))) => asked.form = form,
            Err(_) | Ok(Err(_)) => return carry_out(room, asked, |_, _| Err(Problem::new(Exit::Usage, "problem-form-unread"))).await,
        }
    }
    carry_out(room, asked, act).await
}

async fn carry_out(room: Arc<Room>, asked: Asked, act: impl FnOnce(&Room, &Asked) -> Result<Answer> + Send + 'static) -> Response {
    if !asked.path.starts_with("/enter/") {
        room.used();
    }
    let (again, here) = (room.clone(), Asked { speech: asked.speech, path: asked.path.clone(), posted: asked.posted, parts: Vec::new(), query: Vec::new(), form: Vec::new() });
    let work = apart::apart(move || {
        let done = act(&room, &asked);
        done.map_or_else(|problem| problem_page(&room, &asked, problem), IntoResponse::into_response)
    });
    // A page that panicked says nothing of what it held.
    work.await.unwrap_or_else(|| problem_page(&again, &here, Problem::new(Exit::Store, "problem-page-failed")))
}

/// What is asked, before the form is read.
fn asked(room: &Room, parts: &RawPathParams, request: &Request) -> Asked {
    let speech = Speech { lang: language(room, request.headers()), unmasked: false };
    let parts = parts.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let posted = request.method() == axum::http::Method::POST;
    let own = || request.uri().path_and_query().map_or("/", |p| p.as_str());
    let from = || request.headers().get(header::REFERER)?.to_str().ok()?.strip_prefix(&room.origin()).filter(|p| p.starts_with('/'));
    let path = if posted { from().unwrap_or("/") } else { own() }.to_owned();
    // Choices that cannot be read are choices that were not made.
    let query = Query::<Vec<(String, String)>>::try_from_uri(request.uri()).map_or_else(|_| Vec::new(), |query| query.0);
    Asked { speech, path, posted, parts, query, form: Vec::new() }
}

/// The language that was chosen here, else the browser's, else the office's.
pub fn language(room: &Room, headers: &header::HeaderMap) -> Lang {
    let chosen = guard::cookie(headers, "language").and_then(Lang::parse);
    let browser = || headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok())?.split([',', ';']).find_map(|l| Lang::parse(l.trim()));
    chosen.or_else(browser).unwrap_or(room.lang)
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    shell: Shell,
    sentence: String,
    back: String,
}

/// A problem in words, with the way back. One that means "locked" leads to the lock screen.
pub fn problem_page(room: &Room, asked: &Asked, problem: Problem) -> Response {
    if problem.id == lock::LOCKED {
        return Answer::Go("/".to_owned()).into_response();
    }
    let status = match problem.exit {
        Exit::Usage => StatusCode::BAD_REQUEST,
        Exit::No => StatusCode::NOT_FOUND,
        Exit::NotAllowed => StatusCode::FORBIDDEN,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let sentence = crate::speech::sentence(&problem, asked.speech.lang);
    let back = if asked.posted { asked.path.clone() } else { "/".to_owned() };
    let page = ProblemPage { shell: Shell::of(room, asked), sentence: plain(&sentence), back };
    let mut response = Answer::page(&page).map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), IntoResponse::into_response);
    *response.status_mut() = status;
    response
}
