//! Where each office's bytes lie: a folder an office, and one for the host's own ledger.

use crate::config::Config;
use crate::{Hash, Id, Result};
use amparo_store::{Local, Store, wire};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// How many offices' spaces stay open at once; the rest are opened when they are asked for.
const OPEN: usize = 64;

pub struct Spaces {
    root: PathBuf,
    open: Mutex<(u64, HashMap<Id, (u64, Arc<dyn Store>)>)>,
}

impl Spaces {
    pub fn open(config: &Config) -> Result<Spaces> {
        Ok(Spaces { root: config.folder.clone(), open: Mutex::default() })
    }

    /// The host's own: its ledger.
    pub fn own(&self) -> Result<Arc<dyn Store>> {
        Ok(Arc::new(Local::open(&self.root.join("ledger"))?))
    }

    fn folder(&self, office: &Id) -> PathBuf {
        self.root.join("offices").join(wire::hex(office))
    }

    /// An office's space, made where it is not there yet. Whether the office is a tenant was asked before.
    pub fn of(&self, office: &Id) -> Result<Arc<dyn Store>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.0 += 1;
        let now = open.0;
        if let Some((used, store)) = open.1.get_mut(office) {
            *used = now;
            return Ok(store.clone());
        }
        if open.1.len() >= OPEN {
            // The one that was not asked for the longest; who works in it still holds it.
            let oldest = open.1.iter().min_by_key(|(_, (used, _))| *used).map(|(id, _)| *id);
            oldest.and_then(|id| open.1.remove(&id));
        }
        let store: Arc<dyn Store> = Arc::new(Local::open(&self.folder(office))?);
        open.1.insert(*office, (now, store.clone()));
        Ok(store)
    }

    /// A file that is being sent in parts.
    pub fn upload(&self, office: &Id, name: &Hash) -> PathBuf {
        self.root.join("uploads").join(format!("{}-{}", wire::hex(office), wire::hex(name)))
    }

    pub fn uploads(&self) -> PathBuf {
        self.root.join("uploads")
    }
}
