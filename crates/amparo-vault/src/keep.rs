//! Keeping and fetching: a file goes in sealed while it is read, and comes out only after a look was written.

use crate::lock::{self, Key};
use crate::problem::{Result, VaultError};
use amparo_model::Sha256;
use amparo_store::{BlobWriter, Bytes, Store};
use sha2::Digest;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

/// A sealed file that is durable and that no entry names yet. Its key is with the case until the append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The sealed file's name.
    pub blob: Sha256,
    /// Of the bytes as received.
    pub sha256: Sha256,
    pub bytes: u64,
}

struct Out {
    writer: Box<dyn BlobWriter>,
    hash: sha2::Sha256,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // All of it: the seal's header is written by code that takes a short write for an error.
        self.writer.write_all(bytes)?;
        self.hash.update(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A stream being sealed: hashed before and after, to an identity made for it alone.
pub(crate) struct Sealing {
    age: lock::StreamWriter<Out>,
    plain: sha2::Sha256,
    bytes: u64,
    secret: Key,
}

impl Sealing {
    pub fn begin(store: &dyn Store) -> Result<Sealing> {
        let secret = lock::new_key()?;
        let out = Out { writer: store.blob_begin()?, hash: sha2::Sha256::new() };
        Ok(Sealing { age: lock::age_writer(&lock::recipient_of(&secret), out)?, plain: sha2::Sha256::new(), bytes: 0, secret })
    }

    /// Ends the stream and gives it its name; durable when this returns.
    pub fn finish(self) -> Result<(Kept, Key)> {
        let out = self.age.finish()?;
        let blob: [u8; 32] = out.hash.finalize().into();
        out.writer.commit(blob)?;
        Ok((Kept { blob: Sha256(blob), sha256: Sha256(self.plain.finalize().into()), bytes: self.bytes }, self.secret))
    }
}

impl Write for Sealing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.age.write(bytes)?;
        self.plain.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The SHA-256 of a stream.
pub(crate) fn hash_of(from: &mut dyn Read) -> io::Result<Sha256> {
    let mut hash = sha2::Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(Sha256(hash.finalize().into())),
            Ok(n) => hash.update(&buffer[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// Seals a stream to its end.
pub(crate) fn seal_stream(store: &dyn Store, from: &mut dyn Read) -> Result<(Kept, Key)> {
    let mut sealing = Sealing::begin(store)?;
    let mut buffer = vec![0; 256 << 10];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return sealing.finish(),
            Ok(n) => sealing.write_all(&buffer[..n])?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e.into()),
        }
    }
}

/// A kept file in plain, readable and seekable. What is derived from it counts only when its end was seen.
pub struct Plain(lock::StreamReader<BufReader<Box<dyn Bytes>>>);

impl Plain {
    pub(crate) fn open(store: &dyn Store, blob: Sha256, secret: &Key) -> Result<Plain> {
        let sealed = BufReader::with_capacity(128 << 10, store.blob(&blob.0)?);
        lock::age_reader(secret, sealed).map(Plain).map_err(|_| VaultError::Altered(blob))
    }
}

impl Read for Plain {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}
impl Seek for Plain {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}
