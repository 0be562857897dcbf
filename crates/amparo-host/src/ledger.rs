//! The host's acts, in the order in which they were done: the one thing that is true. Each is a JSON text in a journal
//! of the host's own store; its hash is its leaf in the public log.

use crate::state::{Act, State};
use crate::{HostError, Id, Result, clock};
use amparo_proof::tree::leaf_hash;
use amparo_store::{Append, Appended, Entry, Store, Tip};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, RwLock};

/// The journal of the acts.
const ACTS: Id = *b"amparo/host/acts";

/// How often an act is decided anew before the ledger is called busy.
const TRIES: usize = 50;

/// An act as it stands in the ledger.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Acted {
    pub v: u8,
    /// Milliseconds since 1970, by the host's clock.
    pub at: u64,
    #[serde(flatten)]
    pub act: Act,
}

/// The acts, and what they say together.
pub struct Ledger {
    store: Arc<dyn Store>,
    view: RwLock<View>,
}

#[derive(Clone, Default)]
struct View {
    tip: Option<Tip>,
    state: State,
}

impl Ledger {
    pub fn open(store: Arc<dyn Store>) -> Result<Ledger> {
        let ledger = Ledger { store, view: RwLock::default() };
        ledger.refresh()?;
        Ok(ledger)
    }

    /// Takes in what other processes of this host did.
    fn refresh(&self) -> Result<()> {
        let tip = self.store.tip(&ACTS)?;
        if self.view.read().unwrap_or_else(std::sync::PoisonError::into_inner).tip == tip {
            return Ok(());
        }
        let mut view = self.view.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let from = view.tip.map_or(1, |tip| tip.seq + 1);
        let mut wrong = None;
        self.store.entries(&ACTS, from, &mut |entry| {
            let seq = entry.seq;
            let applied = if leaf_hash(&entry.frame) == entry.hash { Ok(()) } else { Err("it is not the one that was written".to_owned()) };
            let applied = applied.and_then(|()| serde_json::from_slice::<Acted>(&entry.frame).map_err(|e| e.to_string()));
            match applied {
                Ok(acted) => {
                    view.state.apply(seq, acted.at, &acted.act);
                    view.tip = Some(Tip { seq, hash: entry.hash });
                    true
                }
                Err(why) => {
                    wrong = Some(HostError::Ledger { seq, why });
                    false
                }
            }
        })?;
        wrong.map_or(Ok(()), Err)
    }

    /// What the acts say, as of now.
    pub fn look<T>(&self, see: impl FnOnce(&State) -> T) -> Result<T> {
        self.refresh()?;
        let view = self.view.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(see(&view.state))
    }

    /// Does what is decided from how things stand; decided anew where another process acted in between. Durable when
    /// this returns; answers the act's number.
    pub fn act(&self, mut decide: impl FnMut(&State, u64) -> Result<Act>) -> Result<u64> {
        for _ in 0..TRIES {
            self.refresh()?;
            let (after, act, at) = {
                let view = self.view.read().unwrap_or_else(std::sync::PoisonError::into_inner);
                let at = clock().max(view.state.newest);
                (view.tip, decide(&view.state, at)?, at)
            };
            let frame = serde_json::to_vec(&Acted { v: 1, at, act }).map_err(|e| HostError::Config { what: e.to_string() })?;
            let seq = after.map_or(1, |tip| tip.seq + 1);
            let entry = Entry { journal: ACTS, seq, hash: leaf_hash(&frame), frame };
            if self.store.append(&Append { entry, after, put: vec![], delete: vec![] })? == Appended::Done {
                self.refresh()?;
                return Ok(seq);
            }
        }
        Err(HostError::Busy)
    }
}
