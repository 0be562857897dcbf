//! Calls as a stored table: Parquet, zstd, one column a field, one row group a batch (FORMATS.md section 3).
//!
//! Text columns are dictionary-encoded from the batch's own dictionaries; a row group holds one path inside.

use crate::calls_pages::{Pages, Present, Values, texts_page};
use crate::problem::{Result, VaultError};
use amparo_model::calls::BATCH_ROWS;
use amparo_model::{CallColumns, Column};
use parquet::basic::{Repetition, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnDescPtr, SchemaDescriptor, Type};
use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

const TEXTS: [&str; 8] = ["inside", "number", "number_raw", "name", "line", "place_raw", "zone", "zone_because"];

fn bad<E>(_: E) -> VaultError {
    VaultError::Malformed("calls")
}

fn field(name: &str, physical: Physical, repetition: Repetition) -> Result<Arc<Type>> {
    let mut builder = Type::primitive_type_builder(name, physical).with_repetition(repetition);
    if physical == Physical::BYTE_ARRAY {
        builder = builder.with_converted_type(parquet::basic::ConvertedType::UTF8);
    }
    builder.build().map(Arc::new).map_err(bad)
}

fn schema() -> Result<Arc<Type>> {
    let (must, may) = (Repetition::REQUIRED, Repetition::OPTIONAL);
    let mut fields = vec![
        field("row", Physical::INT64, must)?,
        field("at_ms", Physical::INT64, may)?,
        field("offset_min", Physical::INT32, may)?,
        field("direction", Physical::INT32, must)?,
        field("outcome", Physical::INT32, must)?,
        field("service", Physical::INT32, must)?,
        field("duration_s", Physical::INT64, may)?,
    ];
    for name in TEXTS {
        fields.push(field(name, Physical::BYTE_ARRAY, may)?);
    }
    Type::group_type_builder("call").with_fields(fields).build().map(Arc::new).map_err(bad)
}

fn properties() -> Result<WriterProperties> {
    // Codes are named in the file, so that a stranger reads it without this program.
    let names = |name: &str, list: &[&str]| parquet::file::metadata::KeyValue::new(name.to_owned(), list.join(","));
    let keys = vec![names("direction", amparo_model::Direction::NAMES), names("outcome", amparo_model::Outcome::NAMES), names("service", amparo_model::Service::NAMES)];
    Ok(WriterProperties::builder()
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_max_row_group_row_count(Some(BATCH_ROWS))
        .set_created_by("amparo".to_owned())
        .set_key_value_metadata(Some(keys))
        .build())
}

/// Durations up to this are coded by a table; no call lasts longer than eighteen hours in most files.
const TABLE_S: usize = 1 << 16;

/// Writes batches as row groups into any stream.
pub(crate) struct CallsOut<W: Write + Send> {
    file: SerializedFileWriter<W>,
    pub rows: u64,
    columns: Vec<ColumnDescPtr>,
    pages: Pages,
    numbers: Numbers,
    dictionary: Vec<u8>,
    longs: Vec<i64>,
    codes: Vec<u32>,
}

impl<W: Write + Send> CallsOut<W> {
    pub fn new(out: W) -> Result<Self> {
        let schema = schema()?;
        let columns = SchemaDescriptor::new(schema.clone()).columns().to_vec();
        let file = SerializedFileWriter::new(out, schema, Arc::new(properties()?)).map_err(bad)?;
        Ok(CallsOut { file, rows: 0, columns, pages: Pages::new()?, numbers: Numbers::default(), dictionary: vec![], longs: vec![], codes: vec![] })
    }

    pub fn bytes(&self) -> u64 {
        self.file.bytes_written() as u64
    }

    /// One row group.
    pub fn write(&mut self, batch: &CallColumns) -> Result<()> {
        let CallsOut { file, columns, pages, numbers, dictionary, longs, codes, .. } = self;
        let n = batch.len();
        let mut group = file.next_row_group().map_err(bad)?;
        let mut columns = columns.iter();
        let mut column = || columns.next().ok_or(VaultError::Malformed("calls"));

        longs.clear();
        longs.extend(batch.row.iter().map(|r| *r as i64));
        pages.put(&mut group, column()?, n, None, &Values::Deltas(longs))?;

        let present = |i: usize| batch.at_ms.get(i).is_some_and(|at| *at != CallColumns::NO_TIME);
        longs.clear();
        longs.extend(batch.at_ms.iter().filter(|at| **at != CallColumns::NO_TIME));
        pages.put(&mut group, column()?, n, Some(Present { count: longs.len(), is: &present }), &Values::Deltas(longs))?;

        let present = |i: usize| batch.offset_min.get(i).is_some_and(|o| *o != CallColumns::LOCAL);
        let offsets = batch.offset_min.iter().filter(|o| **o != CallColumns::LOCAL);
        numbers.code(offsets.map(|o| i64::from(*o)), codes);
        numbers.page::<4>(dictionary);
        pages.put(&mut group, column()?, n, Some(Present { count: codes.len(), is: &present }), &Values::Codes { dictionary, entries: numbers.values.len(), codes })?;

        for small in [&batch.direction, &batch.outcome, &batch.service] {
            numbers.code(small.iter().map(|c| i64::from(*c)), codes);
            numbers.page::<4>(dictionary);
            pages.put(&mut group, column()?, n, None, &Values::Codes { dictionary, entries: numbers.values.len(), codes })?;
        }

        let present = |i: usize| batch.duration_s.get(i).is_some_and(|d| *d != CallColumns::NO_DURATION);
        let durations = batch.duration_s.iter().filter(|d| **d != CallColumns::NO_DURATION);
        numbers.code(durations.map(|d| i64::from(*d)), codes);
        numbers.page::<8>(dictionary);
        pages.put(&mut group, column()?, n, Some(Present { count: codes.len(), is: &present }), &Values::Codes { dictionary, entries: numbers.values.len(), codes })?;

        let inside = Column { values: std::iter::once(batch.inside.as_str()).collect(), index: if batch.inside.is_empty() { vec![] } else { vec![0; n] } };
        let texts = batch.texts();
        for text in std::iter::once(&inside).chain(texts.iter().map(|(_, c)| *c)) {
            // An index may stop before the last row: the rest is absent.
            let named = |code: u32| (code as usize) < text.values.len();
            let present = |i: usize| text.index.get(i).is_some_and(|c| named(*c));
            codes.clear();
            codes.extend(text.index.iter().copied().filter(|c| named(*c)));
            texts_page(dictionary, &text.values);
            pages.put(&mut group, column()?, n, Some(Present { count: codes.len(), is: &present }), &Values::Codes { dictionary, entries: text.values.len(), codes })?;
        }
        group.close().map_err(bad)?;
        self.rows += n as u64;
        Ok(())
    }

    /// The footer is written here.
    pub fn finish(self) -> Result<W> {
        self.file.into_inner().map_err(bad)
    }
}

/// Codes numbers by their first appearance: small ones by a table, others by a map.
#[derive(Default)]
struct Numbers {
    /// A code plus one, by value.
    table: Vec<u32>,
    others: HashMap<i64, u32>,
    values: Vec<i64>,
}

impl Numbers {
    fn code(&mut self, numbers: impl Iterator<Item = i64>, codes: &mut Vec<u32>) {
        self.table.resize(TABLE_S, 0);
        for value in self.values.drain(..) {
            if let Some(code) = usize::try_from(value).ok().and_then(|v| self.table.get_mut(v)) {
                *code = 0;
            }
        }
        self.others.clear();
        codes.clear();
        for number in numbers {
            let new = self.values.len() as u32;
            let code = match usize::try_from(number).ok().and_then(|v| self.table.get_mut(v)) {
                Some(code) if *code != 0 => *code - 1,
                Some(code) => {
                    *code = new + 1;
                    new
                }
                None => *self.others.entry(number).or_insert(new),
            };
            if code == new {
                self.values.push(number);
            }
            codes.push(code);
        }
    }

    /// The values as a dictionary's plain page, so many bytes each.
    fn page<const W: usize>(&self, out: &mut Vec<u8>) {
        out.clear();
        for value in &self.values {
            out.extend(value.to_le_bytes().iter().take(W));
        }
    }
}

/// The batches of a stored table, one a row group, each checked as if it came from outside.
pub(crate) struct CallsIn {
    file: Box<dyn FileReader + Send>,
    next: usize,
}

impl CallsIn {
    pub fn new<R: ChunkReader + 'static>(bytes: R) -> Result<CallsIn> {
        Ok(CallsIn { file: Box::new(SerializedFileReader::new(bytes).map_err(bad)?), next: 0 })
    }

    fn group(&self, i: usize) -> Result<CallColumns> {
        let group = self.file.get_row_group(i).map_err(bad)?;
        let n = usize::try_from(group.metadata().num_rows()).map_err(bad)?;
        if n > BATCH_ROWS || group.num_columns() != 7 + TEXTS.len() {
            return Err(VaultError::Malformed("calls"));
        }
        let mut batch = CallColumns { row: longs(&*group, 0, n)?.into_iter().map(|v| v.unwrap_or(0) as u64).collect(), ..CallColumns::default() };
        batch.at_ms = longs(&*group, 1, n)?.into_iter().map(|v| v.unwrap_or(CallColumns::NO_TIME)).collect();
        batch.offset_min = ints(&*group, 2, n)?.into_iter().map(|v| v.map_or(Ok(CallColumns::LOCAL), i16::try_from)).collect::<std::result::Result<_, _>>().map_err(bad)?;
        let codes = |i| -> Result<Vec<u8>> { ints(&*group, i, n)?.into_iter().map(|v| u8::try_from(v.unwrap_or(0)).map_err(bad)).collect() };
        (batch.direction, batch.outcome, batch.service) = (codes(3)?, codes(4)?, codes(5)?);
        batch.duration_s = longs(&*group, 6, n)?.into_iter().map(|v| v.map_or(Ok(CallColumns::NO_DURATION), u32::try_from)).collect::<std::result::Result<_, _>>().map_err(bad)?;
        batch.inside = texts(&*group, 7, n)?.values.get(0).unwrap_or_default().to_owned();
        let text = |i: usize| texts(&*group, 8 + i, n);
        (batch.number, batch.number_raw, batch.name, batch.line) = (text(0)?, text(1)?, text(2)?, text(3)?);
        (batch.place_raw, batch.zone, batch.zone_because) = (text(4)?, text(5)?, text(6)?);
        batch.check().map_err(|e| VaultError::Malformed(e.0))?;
        Ok(batch)
    }
}

impl Iterator for CallsIn {
    type Item = Result<CallColumns>;
    fn next(&mut self) -> Option<Self::Item> {
        (self.next < self.file.num_row_groups()).then(|| {
            self.next += 1;
            self.group(self.next - 1)
        })
    }
}

macro_rules! read_column {
    ($group:expr, $i:expr, $n:expr, $variant:ident) => {{
        let ColumnReader::$variant(mut column) = $group.get_column_reader($i).map_err(bad)? else { return Err(VaultError::Malformed("calls")) };
        let (mut levels, mut values) = (Vec::with_capacity($n), Vec::with_capacity($n));
        while levels.len().max(values.len()) < $n {
            let (records, ..) = column.read_records($n - levels.len().max(values.len()), Some(&mut levels), None, &mut values).map_err(bad)?;
            if records == 0 {
                return Err(VaultError::Malformed("calls"));
            }
        }
        (levels, values)
    }};
}

fn spread<T>(levels: &[i16], values: Vec<T>) -> Vec<Option<T>> {
    if levels.is_empty() {
        return values.into_iter().map(Some).collect();
    }
    let mut values = values.into_iter();
    levels.iter().map(|l| if *l == 0 { None } else { values.next() }).collect()
}

fn longs(group: &dyn RowGroupReader, i: usize, n: usize) -> Result<Vec<Option<i64>>> {
    let (levels, values) = read_column!(group, i, n, Int64ColumnReader);
    Ok(spread(&levels, values))
}

fn ints(group: &dyn RowGroupReader, i: usize, n: usize) -> Result<Vec<Option<i32>>> {
    let (levels, values) = read_column!(group, i, n, Int32ColumnReader);
    Ok(spread(&levels, values))
}

fn texts(group: &dyn RowGroupReader, i: usize, n: usize) -> Result<Column> {
    let (levels, values) = read_column!(group, i, n, ByteArrayColumnReader);
    let mut column = Column::default();
    let mut codes: std::collections::HashMap<Vec<u8>, u32> = std::collections::HashMap::new();
    for (row, value) in spread(&levels, values).into_iter().enumerate() {
        let code = match value {
            None => None,
            Some(value) => Some(match codes.get(value.data()) {
                Some(code) => *code,
                None => {
                    let text = std::str::from_utf8(value.data()).map_err(bad)?;
                    let code = column.values.push(text);
                    codes.insert(value.data().to_vec(), code);
                    code
                }
            }),
        };
        column.push_code(row, code);
    }
    Ok(column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::calls::Call;
    use amparo_model::{Direction, Instant, Outcome, Service};
    use proptest::prelude::*;

    fn round(batches: &[CallColumns]) {
        let mut out = CallsOut::new(Vec::new()).unwrap();
        batches.iter().for_each(|b| out.write(b).unwrap());
        let bytes = bytes::Bytes::from(out.finish().unwrap());
        let back: Vec<CallColumns> = CallsIn::new(bytes).unwrap().map(|b| b.unwrap()).collect();
        assert_eq!(back.len(), batches.len());
        for (want, got) in batches.iter().zip(&back) {
            assert_eq!((&want.inside, want.len()), (&got.inside, got.len()));
            for i in 0..want.len() {
                // Drafts hold the fields by name: dictionaries may differ in order.
                assert_eq!(want.draft(i), got.draft(i));
            }
        }
    }

    /// A batch whose values come from a few small numbers.
    fn batch(rows: &[(u8, u32, u16, i64)], inside: &str) -> CallColumns {
        let mut out = CallColumns { inside: inside.to_owned(), ..CallColumns::default() };
        let text = |n: u32| format!("+1415{:07}", n % 10_000_000);
        for (i, (flags, who, duration, at)) in rows.iter().enumerate() {
            let has = |bit: u8| flags >> bit & 1 == 1;
            let number = text(*who);
            let place = format!("place {duration}");
            out.push(Call {
                row: i as u64 * u64::from(flags & 1) + *who as u64,
                at: has(0).then_some(Instant { ms: *at, offset_min: has(1).then_some(*duration as i16 % 1_000) }),
                direction: Direction::ALL[*flags as usize % 3],
                outcome: Outcome::ALL[*flags as usize % 6],
                service: Service::Voice,
                duration_s: has(2).then_some(u32::from(*duration) * u32::from(flags / 32)),
                number: has(3).then_some(number.as_str()),
                number_raw: Some(number.as_str()),
                name: has(4).then_some(place.as_str()),
                line: None,
                place_raw: has(5).then_some(place.as_str()),
                zone: None,
                zone_because: None,
            });
        }
        out
    }

    #[test]
    fn long_batches_come_back_the_same() {
        let rows: Vec<(u8, u32, u16, i64)> = (0..5_000_u32).map(|i| ((i * 37) as u8, i * 7_919 % 3_000, (i * 13) as u16, i64::from(i) * 26_000)).collect();
        round(&[batch(&rows, ""), batch(&rows[..1], "a.zip/b.csv"), batch(&rows[..129], "")]);
    }

    proptest! {
        #[test]
        fn any_batch_comes_back_the_same(rows in proptest::collection::vec((any::<u8>(), 0..40_u32, any::<u16>(), -4_000_000_000_000..9_000_000_000_000_i64), 1..300), inside in "[a-z/]{0,6}") {
            round(&[batch(&rows, &inside)]);
        }
    }
}
