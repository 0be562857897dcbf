//! Entries, rows and heads of an office's journals.

use super::asked::{Asked, id, in_space, tenant_of};
use super::{Denied, json};
use crate::{Host, Id, random};
use amparo_proof::{Head, Link, frame_hash, note};
use amparo_store::wire::{self, B64, BODY, Hex, PAGE, WireAppend, WireChange, WireEntries, WireEntry, WireJournal, WireJournals, WirePurged, WireRefused, WireRows, WireTip};
use amparo_store::{Append, Appended, Store, WrapKey, WrapRow};
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Bounds of a row: an age file around a key, and the names it goes by (docs/formats/keys.md).
const ROW: usize = 16 << 10;
const NAME: usize = 64;

type Answer = Result<Response, Denied>;

fn rows_mark(journal: &Id) -> String {
    format!("rows/{}", wire::hex(journal))
}

/// How every journal stands.
pub async fn list(State(host): State<Arc<Host>>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, 0).await?;
    asked.only(&[])?;
    let journals = in_space(host, asked.office(), |space, _| {
        let mut all = vec![];
        for journal in space.journals()? {
            // The head before the entry: a head never names more than is there.
            let (head, rows) = (space.head(&journal)?, space.meta(&rows_mark(&journal))?);
            let Some(tip) = space.tip(&journal)? else { continue };
            all.push(WireJournal { journal: Hex(journal), seq: tip.seq, hash: Hex(tip.hash), rows: rows.map(|r| wire::hex(&r)).unwrap_or_default(), head: head.map(B64) });
        }
        Ok(all)
    });
    json(&WireJournals { journals: journals.await? })
}

/// A page of entries, in order.
pub async fn entries(State(host): State<Arc<Host>>, Path(journal): Path<String>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, 0).await?;
    asked.only(&["from", "most"])?;
    let (journal, from) = (id(&journal)?, asked.number("from")?.unwrap_or(1));
    let most = asked.number("most")?.map_or(PAGE, |n| (n as usize).clamp(1, PAGE));
    if i64::try_from(from).is_err() {
        return Err(Denied::Form("query"));
    }
    let page = in_space(host, asked.office(), move |space, _| {
        if space.tip(&journal)?.is_none() {
            return Err(Denied::NotThere);
        }
        let (mut entries, mut bytes, mut more) = (vec![], 0, false);
        space.entries(&journal, from, &mut |entry| {
            more = entries.len() == most || (bytes > 0 && bytes + entry.frame.len() > BODY / 2);
            if !more {
                bytes += entry.frame.len();
                entries.push(WireEntry::from(entry));
            }
            !more
        })?;
        Ok(WireEntries { entries, more })
    });
    json(&page.await?)
}

fn good_rows(put: &[WrapRow], delete: &[WrapKey]) -> bool {
    let good = |key: &WrapKey| key.id.len() <= NAME && key.to.len() <= NAME;
    put.iter().all(|row| good(&row.key) && row.bytes.len() <= ROW && row.half.len() <= ROW) && delete.iter().all(good)
}

/// Whether the entry is a frame that hangs where it says.
fn hangs(append: &Append) -> bool {
    let after = append.after.map_or((0, [0; 32]), |tip| (tip.seq, tip.hash));
    let link = Link { journal: append.entry.journal, seq: after.0.wrapping_add(1), prev: after.1 };
    Link::parse(&append.entry.frame) == Some(link) && append.entry.seq == link.seq && frame_hash(&append.entry.frame) == append.entry.hash
}

/// One conditional append: on it goes, or the tip that stands there is answered.
pub async fn append(State(host): State<Arc<Host>>, Path(journal): Path<String>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, BODY).await?;
    asked.only(&[])?;
    may_write(&host, &asked.office())?;
    let append = asked.json::<WireAppend>()?.of(id(&journal)?);
    if !hangs(&append) || !good_rows(&append.put, &append.delete) {
        return Err(Denied::Form("frame"));
    }
    let done = in_space(host, asked.office(), move |space, _| {
        // Rows of other journals change without an entry of theirs.
        let own = append.entry.journal;
        let others: std::collections::BTreeSet<Id> = append.put.iter().map(|r| r.key.journal).chain(append.delete.iter().map(|k| k.journal)).filter(|j| *j != own).collect();
        let mark = |space: &dyn Store| others.iter().try_for_each(|j| mark_rows(space, j));
        mark(space)?;
        let done = space.append(&append)?;
        mark(space)?;
        Ok(done)
    });
    match done.await? {
        Appended::Done => Ok(StatusCode::CREATED.into_response()),
        Appended::Refused { tip } => {
            let body = serde_json::to_vec(&WireRefused { tip: tip.map(WireTip::from) });
            Err(Denied::Conflict(body.map_err(|e| Denied::Failed(e.to_string()))?))
        }
    }
}

/// Rows changed without an entry: whoever has the older ones learns it by this mark.
fn mark_rows(space: &dyn Store, journal: &Id) -> Result<(), Denied> {
    Ok(space.put_meta(&rows_mark(journal), &random::<8>()?)?)
}

fn may_write(host: &Host, office: &Id) -> Result<(), Denied> {
    tenant_of(host, office).map(drop)
}

/// Rows in one answer.
const ROWS: usize = 2_048;

pub async fn rows(State(host): State<Arc<Host>>, Path(journal): Path<String>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, 0).await?;
    asked.only(&["skip"])?;
    let (journal, skip) = (id(&journal)?, asked.number("skip")?.unwrap_or(0) as usize);
    let page = in_space(host, asked.office(), move |space, _| {
        let all = space.wraps(&journal, None)?;
        let page: Vec<_> = all.iter().skip(skip).take(ROWS).map(wire::WireRow::from).collect();
        Ok(WireRows { more: skip.saturating_add(page.len()) < all.len(), rows: page })
    });
    json(&page.await?)
}

/// Rows put and deleted together, without an entry.
pub async fn change_rows(State(host): State<Arc<Host>>, Path(journal): Path<String>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, BODY).await?;
    asked.only(&[])?;
    may_write(&host, &asked.office())?;
    let journal = id(&journal)?;
    let (put, delete) = asked.json::<WireChange>()?.of();
    let mine = put.iter().map(|r| &r.key).chain(&delete).all(|key| key.journal == journal);
    if !mine || !good_rows(&put, &delete) {
        return Err(Denied::Form("rows"));
    }
    in_space(host, asked.office(), move |space, _| {
        // Before and after: a picture of the rows that is taken in between is taken again.
        mark_rows(space, &journal)?;
        space.change_wraps(&put, &delete)?;
        mark_rows(space, &journal)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The signed head of a journal; one that is not signed by the office is refused.
pub async fn head(State(host): State<Arc<Host>>, Path(journal): Path<String>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, 4_096).await?;
    asked.only(&[])?;
    may_write(&host, &asked.office())?;
    let journal: Id = id(&journal)?;
    let signed = note::verify(&asked.body, &note::signer(&asked.office()), &asked.asker.key).is_some();
    let head = Head::parse(&asked.body).filter(|head| signed && head.journal == journal).ok_or(Denied::Form("head"))?;
    in_space(host, asked.office(), move |space, _| match space.tip(&journal)? {
        Some(tip) if head.seq <= tip.seq => Ok(space.put_head(&journal, &asked.body)?),
        _ => Err(Denied::Form("head")),
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Deletes a journal: entries, rows and head.
pub async fn remove(State(host): State<Arc<Host>>, Path(journal): Path<String>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, 0).await?;
    asked.only(&[])?;
    let journal: Id = id(&journal)?;
    in_space(host, asked.office(), move |space, _| {
        space.delete_journal(&journal)?;
        Ok(space.put_meta(&rows_mark(&journal), b"")?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Makes sure that nothing of what was deleted is found here any more.
pub async fn purge(State(host): State<Arc<Host>>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, 0).await?;
    asked.only(&[])?;
    let purged = in_space(host, asked.office(), move |space, _| Ok(space.purge(&[])?)).await?;
    json(&WirePurged::from(purged))
}
