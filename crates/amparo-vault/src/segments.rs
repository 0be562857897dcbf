//! Segments: the bulk output of a reader, sealed as it comes and named in the entry that gives the file.

use crate::calls_file::{CallsIn, CallsOut};
use crate::case::{Case, Open};
use crate::keep::Sealing;
use crate::look::Look;
use crate::problem::{Result, VaultError};
use amparo_model::event::{Segment, SegmentKind};
use amparo_model::reading::{Inside, PageText, PlainPage, Reject};
use amparo_model::{CallColumns, Draft, Sha256, wire};
use sha2::Digest;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::marker::PhantomData;

/// The longest plain form of one segment.
pub const MAX_SEGMENT: u64 = 64 << 20;
/// Room for the footer and the last row group.
const MARGIN: u64 = 6 << 20;
/// The longest line of a JSON Lines segment that is read back.
const MAX_LINE: u64 = 32 << 20;

struct Lines {
    out: zstd::Encoder<'static, Sealing>,
    rows: u64,
    plain: u64,
}

/// Takes what a reader says, in bounded batches, and seals it; memory holds about one batch.
pub struct Segments<'a> {
    case: &'a mut Case<Open>,
    calls: Option<CallsOut<Sealing>>,
    lines: BTreeMap<SegmentKind, Lines>,
    done: Vec<Segment>,
}

impl<'a> Segments<'a> {
    pub fn new(case: &'a mut Case<Open>) -> Segments<'a> {
        Segments { case, calls: None, lines: BTreeMap::new(), done: vec![] }
    }

    /// One batch is one row group.
    pub fn calls(&mut self, batch: &CallColumns) -> Result<()> {
        batch.check().map_err(|e| VaultError::Malformed(e.0))?;
        if batch.is_empty() {
            return Ok(());
        }
        if self.calls.as_ref().is_some_and(|c| c.bytes() > MAX_SEGMENT - MARGIN) {
            self.end_calls()?;
        }
        let out = match &mut self.calls {
            Some(out) => out,
            None => self.calls.insert(CallsOut::new(Sealing::begin(&*self.case.state.store)?)?),
        };
        out.write(batch)
    }

    pub fn drafts(&mut self, drafts: &[Draft]) -> Result<()> {
        drafts.iter().try_for_each(|d| {
            d.check().map_err(|_| VaultError::Malformed("record outside the vocabulary"))?;
            self.line(SegmentKind::Records, &serde_json::to_vec(d).map_err(|_| VaultError::Malformed("record"))?)
        })
    }

    pub fn pages(&mut self, pages: &[PageText]) -> Result<()> {
        pages.iter().try_for_each(|p| self.line(SegmentKind::Pages, &serde_json::to_vec(p).map_err(|_| VaultError::Malformed("page"))?))
    }

    pub fn rejects(&mut self, rejects: &[Reject]) -> Result<()> {
        rejects.iter().try_for_each(|r| self.line(SegmentKind::Rejects, wire::reject_to_json(r).map_err(|_| VaultError::Malformed("reject"))?.as_bytes()))
    }

    /// The list of an archive's files, where it is too long for the entry.
    pub fn inside(&mut self, files: &[Inside]) -> Result<()> {
        files.iter().try_for_each(|f| self.line(SegmentKind::Inside, &serde_json::to_vec(f).map_err(|_| VaultError::Malformed("inside"))?))
    }

    fn line(&mut self, kind: SegmentKind, json: &[u8]) -> Result<()> {
        if json.len() as u64 > MAX_LINE {
            return Err(VaultError::TooLong(json.len()));
        }
        if self.lines.get(&kind).is_some_and(|l| l.plain + json.len() as u64 + 1 > MAX_SEGMENT) {
            self.end_lines(kind)?;
        }
        let lines = match self.lines.entry(kind) {
            std::collections::btree_map::Entry::Occupied(have) => have.into_mut(),
            std::collections::btree_map::Entry::Vacant(none) => {
                let out = zstd::Encoder::new(Sealing::begin(&*self.case.state.store)?, 3)?;
                none.insert(Lines { out, rows: 0, plain: 0 })
            }
        };
        lines.out.write_all(json)?;
        lines.out.write_all(b"\n")?;
        lines.rows += 1;
        lines.plain += json.len() as u64 + 1;
        Ok(())
    }

    fn end(&mut self, sealing: Sealing, kind: SegmentKind, format: &str, rows: u64) -> Result<()> {
        let (kept, key) = sealing.finish()?;
        self.case.state.pending.insert(kept.blob, key);
        self.done.push(Segment { blob: kept.blob, sha256: kept.sha256, bytes: kept.bytes, kind, format: format.to_owned(), schema: 1, rows });
        Ok(())
    }

    fn end_calls(&mut self) -> Result<()> {
        let Some(calls) = self.calls.take() else { return Ok(()) };
        let rows = calls.rows;
        let sealing = calls.finish()?;
        self.end(sealing, SegmentKind::Calls, "parquet", rows)
    }

    fn end_lines(&mut self, kind: SegmentKind) -> Result<()> {
        let Some(lines) = self.lines.remove(&kind) else { return Ok(()) };
        let sealing = lines.out.finish()?;
        self.end(sealing, kind, "jsonl.zst", lines.rows)
    }

    /// The segments, durable; their keys wait with the case for the entry that names them.
    pub fn finish(mut self) -> Result<Vec<Segment>> {
        self.end_calls()?;
        for kind in self.lines.keys().copied().collect::<Vec<_>>() {
            self.end_lines(kind)?;
        }
        Ok(self.done)
    }

    /// The reading failed: nothing of it stays.
    pub fn drop_all(mut self) -> Result<()> {
        let done = std::mem::take(&mut self.done);
        done.iter().try_for_each(|segment| self.case.discard(segment.blob))
    }
}

// ---- reading back ----

/// The lines of a JSON Lines segment, each as its type; the count and the hash are checked at the end.
pub struct LinesIn<T> {
    lines: Box<dyn BufRead + Send>,
    rows: u64,
    left: bool,
    parse: fn(&str) -> Option<T>,
    _of: PhantomData<T>,
}

impl<T> Iterator for LinesIn<T> {
    type Item = Result<T>;
    fn next(&mut self) -> Option<Self::Item> {
        if !self.left {
            return None;
        }
        let mut line = String::new();
        match (&mut self.lines).take(MAX_LINE + 1).read_line(&mut line) {
            Err(e) => {
                self.left = false;
                Some(Err(e.into()))
            }
            Ok(0) => {
                self.left = false;
                (self.rows != 0).then_some(Err(VaultError::Malformed("a segment with another count than its entry says")))
            }
            Ok(_) => {
                self.rows = self.rows.wrapping_sub(1);
                let parsed = line.strip_suffix('\n').and_then(self.parse);
                self.left = parsed.is_some();
                Some(parsed.ok_or(VaultError::Malformed("a line of a segment")))
            }
        }
    }
}

impl Case<Open> {
    /// The whole plain of a segment, its hash and length checked: a segment is at most 64 MiB.
    pub(crate) fn segment_bytes(&self, segment: &Segment) -> Result<Vec<u8>> {
        if segment.schema != 1 || segment.bytes > MAX_SEGMENT + MARGIN {
            return Err(VaultError::Malformed("a segment of another version"));
        }
        let mut bytes = Vec::with_capacity(segment.bytes as usize);
        self.open_blob(segment.blob)?.take(segment.bytes + 1).read_to_end(&mut bytes).map_err(|_| VaultError::Altered(segment.blob))?;
        let hash: [u8; 32] = sha2::Sha256::digest(&bytes).into();
        if bytes.len() as u64 != segment.bytes || Sha256(hash) != segment.sha256 {
            return Err(VaultError::Altered(segment.blob));
        }
        Ok(bytes)
    }

    fn lines<T>(&self, look: &Look, segment: &Segment, kind: SegmentKind, parse: fn(&str) -> Option<T>) -> Result<LinesIn<T>> {
        look.covers(self.id())?;
        if segment.kind != kind || segment.format != "jsonl.zst" {
            return Err(VaultError::Malformed("a segment of another kind"));
        }
        let plain = std::io::Cursor::new(self.segment_bytes(segment)?);
        let lines = Box::new(BufReader::with_capacity(64 << 10, zstd::Decoder::new(plain)?));
        Ok(LinesIn { lines, rows: segment.rows, left: true, parse, _of: PhantomData })
    }

    /// A stored table of calls, batch by batch.
    pub fn calls(&self, look: &Look, segment: &Segment) -> Result<impl Iterator<Item = Result<CallColumns>> + use<>> {
        look.covers(self.id())?;
        if segment.kind != SegmentKind::Calls || segment.format != "parquet" {
            return Err(VaultError::Malformed("a segment of another kind"));
        }
        CallsIn::new(bytes::Bytes::from(self.segment_bytes(segment)?))
    }

    pub fn records(&self, look: &Look, segment: &Segment) -> Result<LinesIn<Draft>> {
        self.lines(look, segment, SegmentKind::Records, |line| serde_json::from_str(line).ok())
    }

    pub fn pages(&self, look: &Look, segment: &Segment) -> Result<LinesIn<PageText>> {
        self.lines(look, segment, SegmentKind::Pages, |line| serde_json::from_str(line).ok())
    }

    /// The pages without the places of their words.
    pub fn plain_pages(&self, look: &Look, segment: &Segment) -> Result<LinesIn<PlainPage>> {
        self.lines(look, segment, SegmentKind::Pages, |line| serde_json::from_str(line).ok())
    }

    pub fn rejects(&self, look: &Look, segment: &Segment) -> Result<LinesIn<Reject>> {
        self.lines(look, segment, SegmentKind::Rejects, |line| wire::reject_of_json(line).ok())
    }

    pub fn inside(&self, look: &Look, segment: &Segment) -> Result<LinesIn<Inside>> {
        self.lines(look, segment, SegmentKind::Inside, |line| serde_json::from_str(line).ok())
    }
}
