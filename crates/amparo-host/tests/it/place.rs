//! A host's program, started in a folder of its own, and offices that join it.

use amparo_store::{HostAddress, Local, Remote, Store, StoreError, Voice};
use ed25519_dalek::{Signer, SigningKey};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

pub struct Place {
    pub folder: tempfile::TempDir,
    pub program: Option<Child>,
}

fn host(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amparo-host"));
    command.args(words);
    command
}

impl Place {
    pub fn start() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let place = folder.path().to_str().expect("text").to_owned();
        let made = host(&["init", &place, &format!("127.0.0.1:{port}"), &format!("https://localhost:{port}"), "host.example/amparo"]).status().expect("init");
        assert!(made.success());
        let mut place = Place { folder, program: None };
        place.run();
        place
    }

    fn path(&self) -> &str {
        self.folder.path().to_str().expect("text")
    }

    /// Starts it, and waits until it listens.
    pub fn run(&mut self) {
        let mut program = host(&["run", self.path()]).stdout(Stdio::piped()).spawn().expect("run");
        let mut line = String::new();
        BufReader::new(program.stdout.take().expect("stdout")).read_line(&mut line).expect("where it listens");
        assert!(line.starts_with("127.0.0.1:"), "{line}");
        self.program = Some(program);
    }

    /// Ends it as a loss of power would.
    pub fn kill(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.kill().expect("kill");
            program.wait().expect("gone");
        }
    }

    /// An invitation: the address, and a ticket.
    pub fn invite(&self) -> (HostAddress, [u8; 32]) {
        let out = host(&["invite", self.path()]).output().expect("invite");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let letter: serde_json::Value = serde_json::from_slice(&out.stdout).expect("a letter");
        let ticket = amparo_store::wire::Hex::<32>::parse(letter["ticket"].as_str().expect("a ticket")).expect("hex").0;
        (serde_json::from_slice(&out.stdout).expect("an address"), ticket)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An office's key, as a node that unlocked it would hold it.
pub struct Key {
    pub office: [u8; 16],
    pub key: SigningKey,
}

impl Key {
    /// A note signed as the office signs its heads.
    pub fn note(&self, text: &str) -> Vec<u8> {
        amparo_proof::note::of(text, &amparo_proof::note::signer(&self.office), &self.public(), &self.sign(text.as_bytes()))
    }
}

impl Voice for Key {
    fn office(&self) -> [u8; 16] {
        self.office
    }
    fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }
    fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).to_bytes()
    }
}

/// A node of an office that joined.
pub struct Node {
    pub folder: tempfile::TempDir,
    pub address: HostAddress,
    pub key: Arc<Key>,
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("random");
    bytes
}

impl Node {
    /// A new office, joined.
    pub fn join(place: &Place) -> Node {
        let (address, ticket) = place.invite();
        let key = Arc::new(Key { office: random(), key: SigningKey::from_bytes(&random()) });
        let node = Node { folder: tempfile::tempdir().expect("a folder"), address, key };
        let remote = node.remote();
        assert!(!remote.speak_as(node.key.clone()).expect("opens all the same"), "not a tenant yet");
        assert!(matches!(remote.can_lead(), Err(StoreError::Host { status: 401, .. })));
        remote.join(node.key.clone(), &ticket).expect("joined");
        node
    }

    /// As the program of a member who unlocked the office.
    pub fn open(&self) -> Remote {
        let remote = self.remote();
        remote.speak_as(self.key.clone()).expect("heard");
        remote
    }

    fn remote(&self) -> Remote {
        Remote::new(Local::open(self.folder.path()).expect("a folder"), &self.address).expect("an address")
    }
}

/// A port that nobody is given by chance while the host is down: below those of outgoing connections.
fn free_port() -> u16 {
    let start = std::process::id().wrapping_mul(2_654_435_761) as u16;
    let ports = (0..10_000_u16).map(|n| 20_000 + start.wrapping_add(n.wrapping_mul(7)) % 10_000);
    static NEXT: std::sync::atomic::AtomicU16 = std::sync::atomic::AtomicU16::new(0);
    let skip = NEXT.fetch_add(1, std::sync::atomic::Ordering::SeqCst) as usize * 13;
    ports.skip(skip).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a port")
}
