//! Every address of the room, and what answers there.

use super::answer::{Answer, get, post, post_files};
use super::room::Room;
use super::{account, assets, calls, cases, coverage, find, findings, first, gather, guard, lock, log, overview, paper, picture, print, record, sheets, style, timeline};
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
        .route("/case/{case}/zone", post(overview::set_zone))
        .route("/case/{case}/gather", get(gather::page))
        .route("/case/{case}/gather/now", get(gather::now))
        .route("/case/{case}/add", post_files(gather::add))
        .route("/case/{case}/reread", post(gather::reread))
        .route("/case/{case}/file/{seq}", get(paper::page))
        .route("/case/{case}/file/{seq}/whose", post(paper::whose))
        .route("/case/{case}/file/{seq}/reread", post(paper::reread))
        .route("/case/{case}/file/{seq}/move", get(paper::ask_move).merge(post(paper::move_to)))
        .route("/case/{case}/file/{seq}/withdraw", get(paper::ask_withdraw).merge(post(paper::withdraw)))
        .route("/sheet/{source}/{lang}", get(sheets::page))
        .route("/case/{case}/findings", get(findings::list))
        .route("/case/{case}/finding/{finding}", get(findings::page).merge(post(findings::settle)))
        .route("/case/{case}/record/{record}", get(record::page).merge(post(record::correct)))
        .route("/case/{case}/find", get(find::form).merge(post(find::find)))
        .route("/find", post(find::everywhere))
        .route("/case/{case}/account", get(account::form).merge(post(account::write)))
        .route("/case/{case}/log", get(log::page))
        .route("/styleguide", get(style::page))
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
