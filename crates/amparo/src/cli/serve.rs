//! `serve`: opens the reading room.

use super::out::Out;
use super::{Cx, usage};
use crate::agent;
use crate::places::system_ms;
use crate::web::{self, Opening};
use amparo_office::{Desk, Result};

pub fn serve(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.refuse_shared()?;
    let port = cx.parsed.flag_as("port", |t| t.parse::<u16>().ok()).map_err(usage)?.unwrap_or(0);
    let opening = Opening { home: cx.home.clone(), places: cx.places, lang: cx.lang, port };
    web::serve(
        opening,
        || opened(cx),
        |address| {
            out.line(cx.say("answer-serve", &[("address", address.to_owned())]));
            out.aside(cx.word("answer-serve-how"));
        },
    )?;
    Ok(0)
}

/// The office, where its keys are at hand already: held by the agent, or by a file that was named.
fn opened(cx: &Cx) -> Result<Option<Desk>> {
    if !(cx.places.exists)(&cx.home) {
        return Ok(None);
    }
    let store = cx.store()?;
    if let Some(secret) = agent::secret(&cx.home) {
        return Ok(Desk::resume(store, &secret, system_ms).ok());
    }
    match cx.passphrase_at_hand()? {
        Some(passphrase) => Desk::unlock(store, &passphrase, system_ms).map(Some),
        None => Ok(None),
    }
}
