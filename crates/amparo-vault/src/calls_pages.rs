//! The pages of a stored column as Parquet lays them out: levels, a dictionary, codes or differences, in one go.
//!
//! A batch of calls already names each different text once, so its columns are written as they are: nothing
//! is looked up again row by row. What is written here is read back by any Parquet reader.

use crate::problem::{Result, VaultError};
use amparo_model::Texts;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use std::io::Write;

/// How hard zstd tries.
pub(crate) const LEVEL: i32 = 1;

fn bad<E>(_: E) -> VaultError {
    VaultError::Malformed("calls")
}

/// Which rows have a value, and how many.
pub(crate) struct Present<'a> {
    pub count: usize,
    pub is: &'a dyn Fn(usize) -> bool,
}

/// What a column holds, where it holds something.
pub(crate) enum Values<'a> {
    /// Codes of a dictionary, which is given as its plain page.
    Codes { dictionary: &'a [u8], entries: usize, codes: &'a [u32] },
    /// Numbers that follow each other closely.
    Deltas(&'a [i64]),
}

/// Writes columns one after the other; what it needs for one serves for the next.
pub(crate) struct Pages {
    zstd: zstd::bulk::Compressor<'static>,
    plain: Vec<u8>,
}

impl Pages {
    pub fn new() -> Result<Pages> {
        Ok(Pages { zstd: zstd::bulk::Compressor::new(LEVEL)?, plain: Vec::new() })
    }

    /// The next column of a row group of `n` rows. `present` says which rows have a value, where some may not;
    /// `values` are those of the rows that do.
    pub fn put<W: Write + Send>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, W>,
        column: &ColumnDescPtr,
        n: usize,
        present: Option<Present<'_>>,
        values: &Values<'_>,
    ) -> Result<()> {
        self.plain.clear();
        if let Some(present) = present {
            put_levels(&mut self.plain, n, &present);
        }
        let mut dictionary = None;
        let encoding = match values {
            Values::Codes { codes: [], .. } => Encoding::PLAIN,
            Values::Codes { dictionary: plain, entries, codes } => {
                put_codes(&mut self.plain, codes, *entries);
                dictionary = Some((*plain, *entries));
                Encoding::RLE_DICTIONARY
            }
            Values::Deltas(numbers) => {
                put_deltas(&mut self.plain, numbers);
                Encoding::DELTA_BINARY_PACKED
            }
        };
        let mut sink = TrackedWrite::new(Vec::with_capacity(self.plain.len() / 2 + 1_024));
        let mut writer = SerializedPageWriter::new(&mut sink);
        let (mut plain_bytes, mut sealed_bytes) = (0, 0);
        if let Some((plain, entries)) = dictionary {
            let buf = Bytes::from(self.zstd.compress(plain)?);
            let page = Page::DictionaryPage { buf, num_values: entries as u32, encoding: Encoding::PLAIN, is_sorted: false };
            let spec = writer.write_page(CompressedPage::new(page, plain.len())).map_err(bad)?;
            (plain_bytes, sealed_bytes) = (spec.uncompressed_size as i64, spec.compressed_size as i64);
        }
        let data_at = sealed_bytes;
        let buf = Bytes::from(self.zstd.compress(&self.plain)?);
        let page = Page::DataPage { buf, num_values: n as u32, encoding, def_level_encoding: Encoding::RLE, rep_level_encoding: Encoding::RLE, statistics: None };
        let spec = writer.write_page(CompressedPage::new(page, self.plain.len())).map_err(bad)?;
        plain_bytes += spec.uncompressed_size as i64;
        sealed_bytes += spec.compressed_size as i64;
        let bytes = Bytes::from(sink.into_inner().map_err(bad)?);
        let metadata = ColumnChunkMetaData::builder(column.clone())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(LEVEL).map_err(bad)?))
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, encoding])
            .set_num_values(n as i64)
            .set_total_uncompressed_size(plain_bytes)
            .set_total_compressed_size(sealed_bytes)
            .set_data_page_offset(data_at)
            .set_dictionary_page_offset(dictionary.map(|_| 0))
            .build()
            .map_err(bad)?;
        let close = ColumnCloseResult { bytes_written: sealed_bytes as u64, rows_written: n as u64, metadata, bloom_filter: None, column_index: None, offset_index: None };
        group.append_column(&bytes, close).map_err(bad)
    }
}

/// A dictionary's plain page of texts: each with its length before it.
pub(crate) fn texts_page(out: &mut Vec<u8>, values: &Texts) {
    out.clear();
    out.reserve(values.parts().0.len() + values.len() * 4);
    for value in values.iter() {
        out.extend_from_slice(&(value.len() as u32).to_le_bytes());
        out.extend_from_slice(value.as_bytes());
    }
}

fn put_varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn put_zigzag(out: &mut Vec<u8>, n: i64) {
    put_varint(out, (n << 1 ^ n >> 63) as u64);
}

/// Definition levels of a column without nesting: one bit a row, with their length before them.
fn put_levels(out: &mut Vec<u8>, n: usize, present: &Present<'_>) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    if present.count == n || present.count == 0 {
        put_run(out, n, u32::from(present.count == n), 1);
    } else {
        put_varint(out, (n.div_ceil(8) as u64) << 1 | 1);
        pack(out, (0..n).map(|i| u64::from((present.is)(i))), 1);
    }
    let length = (out.len() - start - 4) as u32;
    if let Some(place) = out.get_mut(start..start + 4) {
        place.copy_from_slice(&length.to_le_bytes());
    }
}

/// The same value so many times.
fn put_run(out: &mut Vec<u8>, n: usize, value: u32, width: usize) {
    put_varint(out, (n as u64) << 1);
    out.extend(value.to_le_bytes().iter().take(width.div_ceil(8)));
}

/// Codes with their width before them; one run where all are the same.
fn put_codes(out: &mut Vec<u8>, codes: &[u32], entries: usize) {
    let width = width_of(entries);
    out.push(width as u8);
    match codes.first() {
        Some(first) if codes.iter().all(|c| c == first) => put_run(out, codes.len(), *first, width),
        _ => {
            put_varint(out, (codes.len().div_ceil(8) as u64) << 1 | 1);
            if width == 16 {
                out.extend(codes.iter().flat_map(|c| (*c as u16).to_le_bytes()));
                out.resize(out.len() + (codes.len().next_multiple_of(8) - codes.len()) * 2, 0);
            } else {
                pack(out, codes.iter().map(|c| u64::from(*c)), width);
            }
        }
    }
}

/// Bits a code needs. Long dictionaries get whole bytes: the frequent codes are the low ones, and zstd sees it.
fn width_of(entries: usize) -> usize {
    let bits = (usize::BITS - entries.saturating_sub(1).leading_zeros()).max(1) as usize;
    if (11..16).contains(&bits) { 16 } else { bits }
}

/// Bit after bit, the lowest first, the last group of eight filled with zeros.
fn pack(out: &mut Vec<u8>, values: impl Iterator<Item = u64>, width: usize) {
    let (mut held, mut bits, mut n) = (0_u128, 0, 0_usize);
    for value in values {
        held |= u128::from(value) << bits;
        bits += width;
        n += 1;
        while bits >= 64 {
            out.extend_from_slice(&(held as u64).to_le_bytes());
            held >>= 64;
            bits -= 64;
        }
    }
    bits += (n.next_multiple_of(8) - n) * width;
    while bits > 0 {
        out.push(held as u8);
        held >>= 8;
        bits = bits.saturating_sub(8);
    }
}

const BLOCK: usize = 128;
const MINI: usize = 32;

/// Differences of neighbours, in blocks of 128: the smallest of each block, and how far the others are above it.
fn put_deltas(out: &mut Vec<u8>, numbers: &[i64]) {
    put_varint(out, BLOCK as u64);
    put_varint(out, (BLOCK / MINI) as u64);
    put_varint(out, numbers.len() as u64);
    let Some(first) = numbers.first() else { return put_zigzag(out, 0) };
    put_zigzag(out, *first);
    let mut deltas = [0_i64; BLOCK];
    let mut last = *first;
    for block in numbers.get(1..).unwrap_or_default().chunks(BLOCK) {
        for (delta, number) in deltas.iter_mut().zip(block) {
            *delta = number.wrapping_sub(last);
            last = *number;
        }
        let used = deltas.get(..block.len()).unwrap_or_default();
        let least = used.iter().copied().min().unwrap_or(0);
        put_zigzag(out, least);
        let above = |d: &i64| d.wrapping_sub(least) as u64;
        let minis = || used.chunks(MINI);
        let width = |mini: &[i64]| (u64::BITS - mini.iter().map(above).fold(0, |a, b| a | b).leading_zeros()) as usize;
        let mut widths = [0_u8; BLOCK / MINI];
        widths.iter_mut().zip(minis()).for_each(|(w, mini)| *w = width(mini) as u8);
        out.extend_from_slice(&widths);
        for (mini, w) in minis().zip(widths) {
            let filled = mini.iter().map(above).chain(std::iter::repeat_n(0, MINI - mini.len()));
            pack(out, filled, usize::from(w));
        }
    }
}
