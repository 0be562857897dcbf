//! Joining: a ticket becomes a tenant.

use super::Denied;
use super::asked::Asked;
use crate::Host;
use crate::HostError;
use crate::state::Act;
use amparo_store::wire::{Hex, WireJoining, WireNewKey, sha256};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The office named in the request, by the key that signed it, for a ticket that nobody used.
pub async fn join(State(host): State<Arc<Host>>, request: Request) -> Result<Response, Denied> {
    let asked = Asked::anybody(&host, request).await?;
    asked.only(&[])?;
    let ticket = sha256(&asked.json::<WireJoining>()?.ticket.0);
    let (office, key) = (asked.office(), asked.asker.key);
    let done = tokio::task::spawn_blocking(move || {
        if host.ledger.look(|state| state.join(office, key, ticket).map(|act| act.is_none()))?.map_err(Denied::from)? {
            return Ok(StatusCode::NO_CONTENT);
        }
        host.ledger.act(|state, _| state.join(office, key, ticket)?.ok_or(HostError::Refused("joined")))?;
        host.spaces.of(&office)?;
        Ok(StatusCode::CREATED)
    });
    done.await.unwrap_or_else(|_| Err(Denied::Failed("panic".to_owned()))).map(IntoResponse::into_response)
}

/// Another key signs from now on; the one that signed this is refused at once.
pub async fn key(State(host): State<Arc<Host>>, request: Request) -> Result<Response, Denied> {
    let asked = Asked::tenant(&host, request, 1 << 10).await?;
    asked.only(&[])?;
    let (office, old, new) = (asked.office(), asked.asker.key, asked.json::<WireNewKey>()?.key);
    let done = tokio::task::spawn_blocking(move || {
        host.ledger.act(|state, _| {
            let mine = state.tenants.get(&office).is_some_and(|tenant| tenant.key == old);
            if mine { Ok(Act::Key { office: Hex(office), key: new }) } else { Err(HostError::Refused("ticket")) }
        })
    });
    done.await.unwrap_or(Err(HostError::Busy))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
