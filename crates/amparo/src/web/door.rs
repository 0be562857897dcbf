//! The door: who may connect, how many at once, and how long one may stand in it without asking for anything.
//!
//! Browsers open connections ahead and keep them. When the hall is full, whoever has been silent longest makes room;
//! one whose question is being answered never does.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant as Moment};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Connections at once. A browser keeps six to one room.
const MOST: usize = 128;
/// From its beginning or from the last answer on, a connection has so long to ask something whole.
const PATIENCE: Duration = Duration::from_secs(60);

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is made in one step.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who is connected.
#[derive(Default)]
pub struct Hall {
    inside: Mutex<Vec<Arc<Guest>>>,
    /// Somebody left, or was answered.
    room: Notify,
}

impl Hall {
    /// Lets one more in, in the place of whoever is silent longest where the hall is full; `None` where all are being answered.
    fn let_in(self: &Arc<Hall>, now: Moment) -> Option<Arc<Guest>> {
        let mut inside = held(&self.inside);
        if inside.len() >= MOST {
            let (_, at) = inside.iter().enumerate().filter_map(|(at, guest)| Some((guest.silent_since()?, at))).min()?;
            inside.swap_remove(at).show_out();
        }
        let guest = Arc::new(Guest { hall: self.clone(), state: Mutex::new(State { asks: false, since: now, out: false, waker: None }) });
        inside.push(guest.clone());
        Some(guest)
    }

    /// Ends the connections that have been silent for too long.
    pub fn show_out_silent(&self, now: Moment) {
        held(&self.inside).retain(|guest| {
            let stays = guest.silent_since().is_none_or(|since| now.saturating_duration_since(since) <= PATIENCE);
            if !stays {
                guest.show_out();
            }
            stays
        });
    }

    fn left(&self, guest: &Arc<Guest>) {
        held(&self.inside).retain(|other| !Arc::ptr_eq(other, guest));
        self.room.notify_one();
    }
}

/// One connection.
pub struct Guest {
    hall: Arc<Hall>,
    state: Mutex<State>,
}

struct State {
    /// A question came whole and is being answered.
    asks: bool,
    since: Moment,
    out: bool,
    waker: Option<Waker>,
}

impl Guest {
    fn silent_since(&self) -> Option<Moment> {
        let state = held(&self.state);
        (!state.asks).then_some(state.since)
    }

    fn show_out(&self) {
        let mut state = held(&self.state);
        state.out = true;
        state.waker.take().map(Waker::wake);
    }

    /// What a connection does that has nothing to do: it waits, unless it was shown out.
    fn waits<T>(&self, cx: &Context<'_>) -> Poll<io::Result<T>> {
        let mut state = held(&self.state);
        if state.out && !state.asks {
            return Poll::Ready(Err(io::Error::from(io::ErrorKind::TimedOut)));
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    /// From here to the end of what is returned, its question is being answered.
    pub fn asks(self: &Arc<Guest>) -> Asking {
        held(&self.state).asks = true;
        Asking(self.clone())
    }
}

pub struct Asking(Arc<Guest>);

impl Drop for Asking {
    fn drop(&mut self) {
        let mut state = held(&self.0.state);
        (state.asks, state.since) = (false, Moment::now());
        // Shown out just as it asked: it leaves now.
        if state.out {
            state.waker.take().map(Waker::wake);
        }
        drop(state);
        self.0.hall.room.notify_one();
    }
}

/// A listener that hears one account of the machine only.
pub struct Door {
    listener: TcpListener,
    hall: Arc<Hall>,
}

impl Door {
    pub fn new(listener: TcpListener, hall: Arc<Hall>) -> Door {
        Door { listener, hall }
    }
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            let (stream, peer) = Listener::accept(&mut self.listener).await;
            // A stranger's connection is dropped unanswered.
            if !stream.local_addr().is_ok_and(|here| is_mine(peer, here)) {
                continue;
            }
            loop {
                match self.hall.let_in(Moment::now()) {
                    Some(guest) => return (Connection { stream, guest }, peer),
                    None => self.hall.room.notified().await,
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Whether the other end of a connection of this machine belongs to this account (proc_pid_net(5), "tcp").
fn is_mine(peer: SocketAddr, here: SocketAddr) -> bool {
    let (SocketAddr::V4(peer), SocketAddr::V4(here)) = (peer, here) else { return false };
    let hex = |a: std::net::SocketAddrV4| format!("{:08X}:{:04X}", u32::from_le_bytes(a.ip().octets()), a.port());
    let (local, remote) = (hex(peer), hex(here));
    let Ok(table) = std::fs::read_to_string("/proc/net/tcp") else { return false };
    let me = rustix::process::getuid().as_raw().to_string();
    table.lines().skip(1).any(|line| {
        let mut columns = line.split_ascii_whitespace();
        columns.nth(1) == Some(&local) && columns.next() == Some(&remote) && columns.nth(4) == Some(&me)
    })
}

/// A connection that ends when its guest is shown out.
pub struct Connection {
    stream: TcpStream,
    guest: Arc<Guest>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.guest.hall.left(&self.guest);
    }
}

impl Connection {
    fn wait<T>(&self, cx: &Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_pending() { self.guest.waits(cx) } else { done }
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_read(cx, into);
        self.wait(cx, done)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wait(cx, done)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.wait(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Whose connection a request came by.
#[derive(Clone)]
pub struct By(pub Arc<Guest>);

impl Connected<IncomingStream<'_, Door>> for By {
    fn connect_info(stream: IncomingStream<'_, Door>) -> By {
        By(stream.io().guest.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_out(guest: &Guest) -> bool {
        held(&guest.state).out
    }

    #[test]
    fn a_full_hall_makes_room_where_nobody_asks_and_waits_where_all_do() {
        let (hall, now) = (Arc::new(Hall::default()), Moment::now());
        let guests: Vec<Arc<Guest>> = (0..MOST).map(|i| hall.let_in(now + Duration::from_millis(i as u64)).expect("room")).collect();
        let first = guests[0].asks();
        assert!(!guests.iter().any(|g| is_out(g)));
        // The longest silent goes; the first asks something.
        let late = hall.let_in(now + Duration::from_secs(1)).expect("room is made");
        assert!(is_out(&guests[1]) && guests.iter().filter(|g| is_out(g)).count() == 1);
        let _all: Vec<Asking> = guests.iter().chain([&late]).map(Guest::asks).collect();
        assert!(hall.let_in(now).is_none(), "all are being answered");
        drop(first);
        assert!(hall.let_in(now).is_some() && is_out(&guests[0]), "one was answered");
        hall.left(&guests[2]);
        assert!(hall.let_in(now).is_some(), "one left");
    }

    #[test]
    fn whoever_stands_in_the_door_is_shown_out_and_whoever_is_answered_is_not() {
        let (hall, now) = (Arc::new(Hall::default()), Moment::now());
        let (silent, asking) = (hall.let_in(now).expect("room"), hall.let_in(now).expect("room"));
        let question = asking.asks();
        hall.show_out_silent(now + PATIENCE);
        assert!(!is_out(&silent));
        hall.show_out_silent(now + PATIENCE + Duration::from_millis(1));
        assert!(is_out(&silent) && !is_out(&asking));
        drop(question);
        hall.show_out_silent(Moment::now());
        assert!(!is_out(&asking), "its time begins anew with the answer");
        assert_eq!(held(&hall.inside).len(), 1);
    }

    #[test]
    fn a_connection_of_this_account_is_known_and_any_other_pair_is_not() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let here = listener.local_addr().expect("its address");
        let stream = std::net::TcpStream::connect(here).expect("a connection");
        let peer = stream.local_addr().expect("its address");
        assert!(is_mine(peer, here));
        let other = SocketAddr::new(peer.ip(), peer.port().wrapping_add(1));
        assert!(!is_mine(other, here));
    }
}
