//! The reading room: the office in the browser of this machine, and of no other.
//!
//! Pages are written here, complete, in the reader's language; they work without a script. Each task is
//! the office's, the same that the command line asks for, and leaves the same look in the log before
//! anything is shown. The program listens at 127.0.0.1, to the account that started it.

mod account;
mod answer;
mod apart;
mod assets;
mod calls;
mod cases;
mod coverage;
mod door;
mod dropped;
mod find;
mod findings;
mod first;
mod gather;
mod guard;
mod job;
mod lock;
mod log;
mod multipart;
mod overview;
mod paper;
mod parts;
mod picture;
mod print;
mod record;
mod room;
mod routes;
mod sheets;
mod shell;
mod style;
mod timeline;

use crate::agent;
use crate::cli::Cx;
use crate::cli::out::Out;
use crate::places::system_ms;
use amparo_office::{Desk, Exit, Problem, Result, why};
use room::Room;
use std::sync::Arc;
use std::time::Duration;

/// `amparo serve`: opens the reading room and stays until it is told to end.
pub fn serve(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.refuse_shared()?;
    room_for_files();
    let port = cx.parsed.flag_as("port", |t| t.parse::<u16>().ok()).map_err(crate::cli::usage)?.unwrap_or(0);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|e| Problem::new(Exit::Store, "problem-serve").with("why", why(&e)))?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await;
        let listener = listener.map_err(|e| Problem::new(Exit::Store, "problem-serve").with("why", why(&e)))?;
        let port = listener.local_addr().map_err(|e| Problem::new(Exit::Store, "problem-serve").with("why", why(&e)))?.port();
        let room = Arc::new(Room::new(cx.home.clone(), cx.places, cx.lang, port)?);
        let opened = apart::apart_now(|| opened(cx).map(|desk| desk.into_iter().for_each(|desk| room.open(desk))));
        opened.unwrap_or_else(|| Err(Problem::new(Exit::Store, "problem-store").with("why", "panic")))?;
        out.line(cx.say("answer-serve", &[("address", room.entrance())]));
        out.aside(cx.word("answer-serve-how"));
        let hall = Arc::new(door::Hall::default());
        let (watched, doorway) = (room.clone(), hall.clone());
        tokio::spawn(async move {
            let mut every = tokio::time::interval(Duration::from_secs(5));
            loop {
                every.tick().await;
                doorway.show_out_silent(std::time::Instant::now());
                let watched = watched.clone();
                // A lock that waits for a page being written waits on a thread of its own.
                let _ = apart::apart(move || watched.lock_if_idle()).await;
            }
        });
        let pages = routes::routes(room).into_make_service_with_connect_info::<door::By>();
        axum::serve(door::Door::new(listener, hall), pages).await.map_err(|e| Problem::new(Exit::Store, "problem-serve").with("why", why(&e)))
    })?;
    Ok(0)
}

/// Each file that is dropped is held open until it is read: as many as the machine allows. No core is left of what is held.
fn room_for_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let most = getrlimit(Resource::Nofile).maximum;
    // Where the machine refuses, the ordinary bounds stay.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: most.map(|m| m.min(65_536)).or(Some(65_536)), maximum: most });
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// The office, where its keys are at hand already: held by the agent, or by a file that was named.
fn opened(cx: &Cx) -> Result<Option<Desk>> {
    if !(cx.places.exists)(&cx.home) {
        return Ok(None);
    }
    let store = cx.store()?;
    if let Some(secret) = agent::secret(&cx.home) {
        return Ok(Desk::resume(store, &secret, system_ms).ok());
    }
    match cx.passphrase_at_hand()? {
        Some(passphrase) => Desk::unlock(store, &passphrase, system_ms).map(Some),
        None => Ok(None),
    }
}
