//! The access log: who looked at a case, when, and for what purpose.
//!
//! A look is written before anything is shown, so the log can say too much but never too little.

use crate::Now;
use crate::case::{Case, Open, Where};
use crate::lock;
use crate::problem::{Result, VaultError};
use amparo_model::event::{LookEvent, Purpose};
use amparo_model::{JournalId, What};

/// Proof that a look is in the log, durably. Only [`Case::look`] makes one.
#[derive(Debug)]
pub struct Look {
    journal: JournalId,
    pub seq: u64,
    pub unmasked: bool,
}

impl Look {
    pub(crate) fn covers(&self, journal: JournalId) -> Result<()> {
        if self.journal == journal { Ok(()) } else { Err(VaultError::Refused("a look at another case")) }
    }
}

impl Case<Open> {
    /// Writes down that somebody looks: why, by which command or page, and at what (kinds, roles, givings'
    /// numbers; never a name or hash). Durable when this returns.
    pub fn look(&mut self, purpose: Purpose, via: &str, what: Vec<String>, unmasked: bool, now: Now) -> Result<Look> {
        let salt = lock::base64(&lock::random::<32>()?);
        let event = What::Look(LookEvent { purpose, via: via.to_owned(), what, unmasked, salt });
        let seq = self.append(Where::Case, event, &[], now)?;
        Ok(Look { journal: self.id(), seq, unmasked })
    }

    /// The free text of a look, as work product that names its entry.
    pub fn note(&mut self, about: u64, text: &str, now: Now) -> Result<u64> {
        self.append(Where::Work, What::Note { about, text: text.to_owned() }, &[], now)
    }
}
