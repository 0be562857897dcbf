//! What the acts of the ledger say together: who is a tenant, by which key, and how each stands.

use crate::{Hash, HostError, Id, Result};
use amparo_store::wire::Hex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something the host did.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Act {
    /// A ticket was handed out; whoever holds it may join once.
    #[serde(rename = "invited")]
    Invited { ticket: Hex<32>, bytes: u64 },
    /// An office joined: requests signed by this key are its own.
    #[serde(rename = "joined")]
    Joined { office: Hex<16>, key: Hex<32>, ticket: Hex<32> },
    /// Its requests are signed by another key from now on; the old one is refused.
    #[serde(rename = "key")]
    Key { office: Hex<16>, key: Hex<32> },
}

/// An office that joined.
#[derive(Clone, PartialEq, Debug)]
pub struct Tenant {
    pub key: [u8; 32],
    pub joined: u64,
    /// The longest sealed file it may keep.
    pub bytes: u64,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct State {
    pub tenants: BTreeMap<Id, Tenant>,
    /// Tickets that nobody used yet, by their hash, with the bytes they allow.
    pub invitations: BTreeMap<Hash, u64>,
    /// The newest act's time.
    pub newest: u64,
}

impl State {
    pub fn apply(&mut self, _seq: u64, at: u64, act: &Act) {
        self.newest = self.newest.max(at);
        match act {
            Act::Invited { ticket, bytes } => {
                self.invitations.insert(ticket.0, *bytes);
            }
            Act::Joined { office, key, ticket } => {
                let bytes = self.invitations.remove(&ticket.0).unwrap_or_default();
                self.tenants.insert(office.0, Tenant { key: key.0, joined: at, bytes });
            }
            Act::Key { office, key } => {
                if let Some(tenant) = self.tenants.get_mut(&office.0) {
                    tenant.key = key.0;
                }
            }
        }
    }

    /// An office joins with a ticket. The same office with the same key again is no error: its first answer was lost.
    pub fn join(&self, office: Id, key: [u8; 32], ticket: Hash) -> Result<Option<Act>> {
        match self.tenants.get(&office) {
            Some(tenant) if tenant.key == key => Ok(None),
            Some(_) => Err(HostError::Refused("ticket")),
            None if self.invitations.contains_key(&ticket) => Ok(Some(Act::Joined { office: Hex(office), key: Hex(key), ticket: Hex(ticket) })),
            None => Err(HostError::Refused("ticket")),
        }
    }
}
