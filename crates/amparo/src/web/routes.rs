//! Every address of the room, and what answers there.

use super::answer::{Answer, get, post};
use super::room::Room;
use super::{assets, calls, cases, coverage, first, guard, lock, overview, picture, print, timeline};
use amparo_lang::Lang;
use amparo_office::{Exit, Problem};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use std::sync::Arc;

/// A form holds words, not files.
const FORM: usize = 1 << 20;

pub fn routes(room: Arc<Room>) -> Router {
    Router::new()
        .route("/enter/{token}", get(|room, asked| Ok(guard::enter(room, asked.part("token")))))
        .route("/assets/{name}", get(assets::asset))
        .route("/language/{lang}", get(language))
        .route("/", get(cases::home))
        .route("/unlock", post(lock::unlock))
        .route("/lock", post(lock::lock))
        .route("/first", post(first::begin))
        .route("/first/words", post(first::typed_back))
        .route("/cases", post(cases::new))
        .route("/case/{case}", get(overview::page))
        .route("/case/{case}/reason", get(overview::reason).merge(post(overview::set_reason)))
        .route("/case/{case}/parties", post(overview::add_party))
        .route("/case/{case}/timeline", get(timeline::page))
        .route("/case/{case}/coverage", get(coverage::page))
        .route("/case/{case}/coverage/{month}", get(coverage::of_month))
        .route("/case/{case}/calls", get(calls::page))
        .route("/case/{case}/calls/{key}", get(calls::number))
        .route("/case/{case}/print/{sheet}", get(print::page))
        .route("/case/{case}/foot.css", get(print::foot))
        .route("/case/{case}/picture/{key}", get(picture::picture))
        .layer(DefaultBodyLimit::max(FORM))
        .fallback(get(|_, _| Err(Problem::new(Exit::No, "problem-no-page"))))
        .layer(middleware::from_fn_with_state(room.clone(), guard::guard))
        .with_state(room)
}

/// Chooses the language and comes back; only to a page of this room.
fn language(_: &Room, asked: &super::answer::Asked) -> amparo_office::Result<Answer> {
    let lang = Lang::parse(asked.part("lang")).unwrap_or_default();
    let back = asked.choice("back").filter(|b| b.starts_with('/') && !b.starts_with("//") && b.bytes().all(|c| c.is_ascii_graphic() && c != b'\\'));
    Ok(Answer::Language(lang, back.unwrap_or("/").to_owned()))
}
