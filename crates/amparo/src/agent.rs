//! The agent: a small process that keeps the office unlocked for fifteen idle minutes.
//!
//! It holds the session's secret in memory only, answers nobody but its own user over a socket in a
//! private folder, and ends by itself. Without it every command asks for the passphrase.

use rustix::process::DumpableBehavior;
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long the agent keeps the secret without being asked for it.
pub const IDLE: Duration = Duration::from_secs(15 * 60);

/// The hidden first argument under which the program is its own agent.
pub const ARGUMENT: &str = "--agent";

const ASK: u8 = b'?';
const END: u8 = b'!';
/// More than a session's secret ever needs.
const MOST: u64 = 64 << 10;

/// The longest name that a socket can have on every system.
const LONGEST: usize = 100;

/// Where the agent of an office listens: the user's runtime folder, or the office's own where there is none;
/// where that lies too deep for a socket's name, a private folder among the temporary ones.
pub fn socket(home: &Path) -> PathBuf {
    let name = home.canonicalize().unwrap_or_else(|_| home.to_owned());
    let tag = amparo_model::Sha256::of(name.as_os_str().as_encoded_bytes()).to_string();
    let folder = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|p| p.is_dir());
    let place = |folder: PathBuf| folder.join(format!("amparo-{}", &tag[..16])).join("agent");
    let near = place(folder.unwrap_or_else(|| name.join("run")));
    if near.as_os_str().len() <= LONGEST { near } else { place(std::env::temp_dir()) }
}

/// Starts an agent that holds this secret, ending the one that was there.
pub fn start(home: &Path, secret: &[u8]) -> io::Result<()> {
    let socket = socket(home);
    stop(home);
    if let Some(folder) = socket.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    let mut child =
        Command::new(std::env::current_exe()?).arg(ARGUMENT).arg(&socket).env_clear().stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/").spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(secret)?;
    }
    // It listens within moments; a command that comes sooner asks for the passphrase.
    for _ in 0..100 {
        if UnixStream::connect(&socket).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "agent"))
}

/// The secret, where an agent holds it.
pub fn secret(home: &Path) -> Option<Zeroizing<Vec<u8>>> {
    let mut stream = connect(home)?;
    stream.write_all(&[ASK]).ok()?;
    let mut secret = Zeroizing::new(Vec::new());
    stream.take(MOST).read_to_end(&mut secret).ok()?;
    (!secret.is_empty()).then_some(secret)
}

/// Ends the agent; `false` where there was none.
pub fn stop(home: &Path) -> bool {
    let Some(mut stream) = connect(home) else {
        return false;
    };
    let told = stream.write_all(&[END]).is_ok();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest); // waits until it has gone; what it says last does not matter
    told
}

fn connect(home: &Path) -> Option<UnixStream> {
    let stream = UnixStream::connect(socket(home)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    same_user(&stream).then_some(stream)
}

fn same_user(stream: &UnixStream) -> bool {
    rustix::net::sockopt::socket_peercred(stream).is_ok_and(|peer| peer.uid == rustix::process::getuid())
}

/// The agent's own work: reads the secret from standard input, then answers until it is idle or told to end.
pub fn run(socket: &Path) -> io::Result<()> {
    // Another program of this user must not read the secret out of this process's memory or its core.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    let _ = rustix::process::setsid(); // already leading a session is as good
    let mut secret = Zeroizing::new(Vec::new());
    io::stdin().take(MOST).read_to_end(&mut secret)?;
    match std::fs::remove_file(socket) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let listener = UnixListener::bind(socket)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))?;
    listener.set_nonblocking(true)?;
    let mut last = Instant::now();
    while last.elapsed() < IDLE {
        match listener.accept() {
            Ok((stream, _)) if same_user(&stream) => match answer(stream, &secret) {
                Ok(true) => last = Instant::now(),
                Ok(false) => break,
                Err(_) => {} // the asker has gone; the next one is answered
            },
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(50)),
            Err(e) => return Err(e),
        }
    }
    match std::fs::remove_file(socket) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// `true` while the agent should go on.
fn answer(mut stream: UnixStream, secret: &[u8]) -> io::Result<bool> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    let mut word = [0];
    if stream.read(&mut word)? == 0 {
        return Ok(true);
    }
    match word[0] {
        ASK => stream.write_all(secret).map(|()| true),
        END => Ok(false),
        _ => Ok(true),
    }
}
