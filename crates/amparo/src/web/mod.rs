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

use crate::places::Places;
use amparo_lang::Lang;
use amparo_office::{Desk, Exit, Problem, Result, why};
use room::Room;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Where the room is opened, and for whom.
pub struct Opening {
    pub home: PathBuf,
    pub places: Places,
    /// The language of a browser that asks for none.
    pub lang: Lang,
    /// Any free one where it is 0.
    pub port: u16,
}

/// Opens the reading room and stays until it is told to end. `desk` is the office, where its keys are at hand
/// already; `ready` hears the address once it may be opened.
pub fn serve(opening: Opening, desk: impl FnOnce() -> Result<Option<Desk>> + Send, ready: impl FnOnce(&str)) -> Result<()> {
    room_for_files();
    let failed = |e: std::io::Error| Problem::new(Exit::Store, "problem-serve").with("why", why(&e));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", opening.port)).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let room = Arc::new(Room::new(opening.home, opening.places, opening.lang, port)?);
        let opened = apart::apart_now(|| desk().map(|desk| desk.into_iter().for_each(|desk| room.open(desk))));
        opened.unwrap_or_else(|| Err(Problem::new(Exit::Store, "problem-store").with("why", "panic")))?;
        ready(&room.entrance());
        let hall = Arc::new(door::Hall::default());
        tokio::spawn(watch(room.clone(), hall.clone()));
        let pages = routes::routes(room).into_make_service_with_connect_info::<door::By>();
        axum::serve(door::Door::new(listener, hall), pages).await.map_err(failed)
    })
}

/// Locks a room that is left alone, and ends connections that ask nothing.
async fn watch(room: Arc<Room>, hall: Arc<door::Hall>) {
    let mut every = tokio::time::interval(Duration::from_secs(5));
    loop {
        every.tick().await;
        hall.show_out_silent(std::time::Instant::now());
        let room = room.clone();
        // A lock that waits for a page being written waits on a thread of its own.
        let _ = apart::apart(move || room.lock_if_idle()).await;
    }
}

/// Each file that is dropped is held open until it is read: as many as the machine allows. No core is left of what is held.
fn room_for_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let most = getrlimit(Resource::Nofile).maximum;
    // Where the machine refuses, the ordinary bounds stay.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: most.map(|m| m.min(65_536)).or(Some(65_536)), maximum: most });
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}
