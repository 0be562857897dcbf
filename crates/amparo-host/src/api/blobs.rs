//! Sealed files: kept only under the name that their bytes have, sent and fetched in pieces.

use super::asked::{Asked, id, in_space, tenant_of};
use super::{Denied, json};
use crate::{Hash, Host, Id, file};
use amparo_store::wire::{Hex, PAGE, WireBlobs};
use amparo_store::{Store, StoreError};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

/// The longest part of a file in one request.
const PART: usize = 16 << 20;

type Answer = Result<Response, Denied>;

/// Names of sealed files, in their order, after one.
pub async fn list(State(host): State<Arc<Host>>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, 0).await?;
    asked.only(&["after"])?;
    let after = asked.query.get("after").map(|text| id::<32>(text)).transpose()?;
    let page = in_space(host, asked.office(), move |space, _| {
        let mut names = space.blob_names()?;
        names.sort_unstable();
        let from = after.map_or(0, |after| names.partition_point(|name| *name <= after));
        let page: Vec<Hex<32>> = names[from..].iter().take(16 * PAGE).map(|name| Hex(*name)).collect();
        Ok(WireBlobs { more: from + page.len() < names.len(), blobs: page })
    });
    json(&page.await?)
}

/// Whether a file is there whole; else how much of it came so far.
pub async fn has(State(host): State<Arc<Host>>, Path(name): Path<String>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, 0).await?;
    asked.only(&[])?;
    let name: Hash = id(&name)?;
    in_space(host, asked.office(), move |space, host| match space.blob(&name) {
        Ok(mut file) => {
            let length = file.seek(SeekFrom::End(0)).map_err(|e| Denied::Failed(e.to_string()))?;
            Ok(([(header::CONTENT_LENGTH, length.to_string())], ()).into_response())
        }
        Err(StoreError::NotThere { .. }) => {
            let came = std::fs::metadata(host.spaces.upload(&asked.office(), &name)).map_or(0, |m| m.len());
            Ok((StatusCode::NOT_FOUND, [("upload-offset", came.to_string())]).into_response())
        }
        Err(e) => Err(e.into()),
    })
    .await
}

/// A file as it was kept, in pieces.
pub async fn fetch(State(host): State<Arc<Host>>, Path(name): Path<String>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, 0).await?;
    asked.only(&[])?;
    let name: Hash = id(&name)?;
    let (mut file, length) = in_space(host, asked.office(), move |space, _| {
        let mut file = space.blob(&name)?;
        let length = file.seek(SeekFrom::End(0)).and_then(|length| file.rewind().map(|()| length));
        Ok((file, length.map_err(|e| Denied::Failed(e.to_string()))?))
    })
    .await?;
    let (to, pieces) = tokio::sync::mpsc::channel::<std::io::Result<Bytes>>(4);
    tokio::task::spawn_blocking(move || {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let piece = file.read(&mut buffer).map(|n| Bytes::copy_from_slice(&buffer[..n]));
            let last = !matches!(&piece, Ok(bytes) if !bytes.is_empty());
            // Whoever asked may have gone.
            if matches!(&piece, Ok(bytes) if bytes.is_empty()) || to.blocking_send(piece).is_err() || last {
                return;
            }
        }
    });
    let body = Body::from_stream(ReceiverStream::new(pieces).map(|piece| piece));
    Ok(([(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_LENGTH, length.to_string())], body).into_response())
}

/// A part of a file; with the last one it gets its name, if it is the one of that name.
pub async fn keep(State(host): State<Arc<Host>>, Path(name): Path<String>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, PART).await?;
    asked.only(&["offset", "length"])?;
    let tenant = tenant_of(&host, &asked.office())?;
    let name: Hash = id(&name)?;
    let (Some(offset), Some(length)) = (asked.number("offset")?, asked.number("length")?) else { return Err(Denied::Form("query")) };
    let end = offset.checked_add(asked.body.len() as u64).ok_or(Denied::Form("query"))?;
    if end > length || (asked.body.is_empty() && length > 0) {
        return Err(Denied::Form("part"));
    }
    if length > tenant.bytes {
        return Err(Denied::Standing("quota"));
    }
    in_space(host, asked.office(), move |space, host| {
        if space.blob(&name).is_ok() {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        if offset == 0 && end == length {
            return whole(space, &name, &mut &asked.body[..]).map(|()| StatusCode::CREATED.into_response());
        }
        part(host, space, &asked.office(), &name, offset, length, &asked.body)
    })
    .await
}

/// Keeps a file under its name, if that is its name.
fn whole(space: &dyn Store, name: &Hash, from: &mut dyn Read) -> Result<(), Denied> {
    let failed = |e: std::io::Error| Denied::Failed(e.to_string());
    let (mut kept, mut hash, mut buffer) = (space.blob_begin()?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        let n = from.read(&mut buffer).map_err(failed)?;
        if n == 0 {
            break;
        }
        hash.update(&buffer[..n]);
        kept.write_all(&buffer[..n]).map_err(failed)?;
    }
    if Hash::from(hash.finalize()) != *name {
        return Err(Denied::Form("not-its-name"));
    }
    Ok(kept.commit(*name)?)
}

fn part(host: &Host, space: &dyn Store, office: &Id, name: &Hash, offset: u64, length: u64, bytes: &[u8]) -> Answer {
    amparo_store::private_folder(&host.spaces.uploads())?;
    let path = host.spaces.upload(office, name);
    let failed = |e: crate::HostError| Denied::from(e);
    let mut partial = File::options().create(true).truncate(false).read(true).write(true).open(&path).map_err(file("write", &path)).map_err(failed)?;
    let came = partial.seek(SeekFrom::End(0)).map_err(file("look at", &path)).map_err(failed)?;
    if offset > came {
        return Err(Denied::Offset(came));
    }
    // What came before and comes again is written again.
    let written = partial.seek(SeekFrom::Start(offset)).and_then(|_| partial.write_all(bytes)).and_then(|()| partial.set_len(offset + bytes.len() as u64));
    written.map_err(file("write", &path)).map_err(failed)?;
    if offset + (bytes.len() as u64) < length {
        return Ok((StatusCode::ACCEPTED, [("upload-offset", (offset + bytes.len() as u64).to_string())]).into_response());
    }
    let kept = partial.rewind().map_err(file("read", &path)).map_err(failed).and_then(|()| whole(space, name, &mut partial));
    std::fs::remove_file(&path).map_err(file("delete", &path)).map_err(failed)?;
    kept.map(|()| StatusCode::CREATED.into_response())
}

/// Deletes a file; that it is not there is no error.
pub async fn remove(State(host): State<Arc<Host>>, Path(name): Path<String>, request: Request) -> Answer {
    let asked = Asked::tenant(&host, request, 0).await?;
    asked.only(&[])?;
    let name: Hash = id(&name)?;
    in_space(host, asked.office(), move |space, _| Ok(space.blob_delete(&name)?)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
