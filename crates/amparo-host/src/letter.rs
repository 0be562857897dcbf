//! The invitation that an operator hands to an office: where the host is, by what it is known, and a ticket for one
//! office. A small JSON file, to be read by `amparo host join`.

use crate::state::Act;
use crate::{Host, HostError, Result, random};
use amparo_store::wire::{Hex, sha256};
use amparo_store::{HostAddress, Letter};

impl Host {
    pub fn address(&self) -> HostAddress {
        HostAddress {
            url: self.config.url.clone(),
            certificate: self.keys.own.then(|| self.keys.certificate.clone()),
            origin: self.config.origin.clone(),
            log_key: amparo_store::wire::hex(&self.keys.log.verifying_key().to_bytes()),
        }
    }

    /// A new invitation. The ledger keeps the ticket's hash only.
    pub fn invite(&self, bytes: Option<u64>) -> Result<String> {
        let ticket = random::<32>()?;
        let bytes = bytes.unwrap_or(self.config.limits.bytes);
        self.ledger.act(|_, _| Ok(Act::Invited { ticket: Hex(sha256(&ticket)), bytes }))?;
        let letter = Letter { address: self.address(), ticket: Hex(ticket) };
        serde_json::to_string_pretty(&letter).map_err(|e| HostError::Config { what: e.to_string() })
    }
}
