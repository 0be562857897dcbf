//! What one office may take at once, and what was seen already.

use crate::Id;
use crate::config::Config;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub struct Limits {
    at_once: usize,
    offices: Mutex<HashMap<Id, Arc<Semaphore>>>,
    /// Nonces of the last minutes, in two generations.
    seen: Mutex<(u64, [std::collections::HashSet<[u8; 16]>; 2])>,
}

impl Limits {
    pub fn new(config: &Config) -> Limits {
        Limits { at_once: config.limits.at_once, offices: Mutex::default(), seen: Mutex::default() }
    }

    /// A turn for this office; who floods waits for their own requests, not others for theirs. `None` where too many wait.
    pub async fn turn(&self, office: &Id) -> Option<OwnedSemaphorePermit> {
        let turns = {
            let mut offices = self.offices.lock().unwrap_or_else(PoisonError::into_inner);
            if offices.len() > 10_000 {
                offices.retain(|_, turns| turns.available_permits() < self.at_once);
            }
            offices.entry(*office).or_insert_with(|| Arc::new(Semaphore::new(self.at_once))).clone()
        };
        // A node asks a handful of things at once: whoever holds hundreds in the queue is told to come back.
        if Arc::strong_count(&turns) > 64 * self.at_once {
            return None;
        }
        turns.acquire_owned().await.ok()
    }

    /// Whether this nonce is new; a signature is good for some minutes, and so long it is remembered.
    pub fn is_new(&self, nonce: [u8; 16], now: u64) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = now / (2 * amparo_proof::signed_request::PATIENCE);
        if generation != seen.0 {
            let next = seen.0 + 1 == generation;
            let [newer, _] = std::mem::take(&mut seen.1);
            seen.1 = [Default::default(), if next { newer } else { Default::default() }];
            seen.0 = generation;
        }
        !seen.1[1].contains(&nonce) && seen.1[0].insert(nonce)
    }
}
