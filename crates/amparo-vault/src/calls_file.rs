//! Calls as a stored table: Parquet, zstd, one column a field, one row group a batch (FORMATS.md section 3).
//!
//! Text columns are dictionary-encoded from the batch's own dictionaries; a row group holds one path inside.

use crate::problem::{Result, VaultError};
use amparo_model::calls::BATCH_ROWS;
use amparo_model::{CallColumns, Column};
use parquet::basic::{Compression, Encoding, Repetition, Type as Physical, ZstdLevel};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type};
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
    let level = ZstdLevel::try_new(1).map_err(bad)?;
    let plain = |p: parquet::file::properties::WriterPropertiesBuilder, name: &str| {
        p.set_column_dictionary_enabled(ColumnPath::from(name), false).set_column_encoding(ColumnPath::from(name), Encoding::DELTA_BINARY_PACKED)
    };
    let builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_dictionary_page_size_limit(64 << 20)
        .set_data_page_row_count_limit(BATCH_ROWS)
        .set_write_batch_size(BATCH_ROWS)
        .set_max_row_group_row_count(Some(BATCH_ROWS))
        .set_created_by("amparo".to_owned());
    // Codes are named in the file, so that a stranger reads it without this program.
    let names = |name: &str, list: &[&str]| parquet::file::metadata::KeyValue::new(name.to_owned(), list.join(","));
    let keys = vec![
        names("direction", amparo_model::Direction::NAMES),
        names("outcome", amparo_model::Outcome::NAMES),
        names("service", amparo_model::Service::NAMES),
    ];
    Ok(plain(plain(builder, "row"), "at_ms").set_key_value_metadata(Some(keys)).build())
}

/// Writes batches as row groups into any stream.
pub(crate) struct CallsOut<W: Write + Send> {
    file: SerializedFileWriter<W>,
    pub rows: u64,
    levels: Vec<i16>,
    wide: Vec<i64>,
    narrow: Vec<i32>,
    texts: Vec<ByteArray>,
}

impl<W: Write + Send> CallsOut<W> {
    pub fn new(out: W) -> Result<Self> {
        let file = SerializedFileWriter::new(out, schema()?, Arc::new(properties()?)).map_err(bad)?;
        Ok(CallsOut { file, rows: 0, levels: vec![], wide: vec![], narrow: vec![], texts: vec![] })
    }

    pub fn bytes(&self) -> u64 {
        self.file.bytes_written() as u64
    }

    /// One row group.
    pub fn write(&mut self, batch: &CallColumns) -> Result<()> {
        let n = batch.len();
        let mut group = self.file.next_row_group().map_err(bad)?;
        self.wide.clear();
        self.wide.extend(batch.row.iter().map(|r| *r as i64));
        put::<Int64Type, _>(&mut group, &self.wide, None)?;
        self.levels.clear();
        self.levels.extend(batch.at_ms.iter().map(|at| i16::from(*at != CallColumns::NO_TIME)));
        self.wide.clear();
        self.wide.extend(batch.at_ms.iter().filter(|at| **at != CallColumns::NO_TIME));
        put::<Int64Type, _>(&mut group, &self.wide, Some(&self.levels))?;
        self.levels.clear();
        self.levels.extend(batch.offset_min.iter().map(|o| i16::from(*o != CallColumns::LOCAL)));
        self.narrow.clear();
        self.narrow.extend(batch.offset_min.iter().filter(|o| **o != CallColumns::LOCAL).map(|o| i32::from(*o)));
        put::<Int32Type, _>(&mut group, &self.narrow, Some(&self.levels))?;
        for codes in [&batch.direction, &batch.outcome, &batch.service] {
            self.narrow.clear();
            self.narrow.extend(codes.iter().map(|c| i32::from(*c)));
            put::<Int32Type, _>(&mut group, &self.narrow, None)?;
        }
        self.levels.clear();
        self.levels.extend(batch.duration_s.iter().map(|d| i16::from(*d != CallColumns::NO_DURATION)));
        self.wide.clear();
        self.wide.extend(batch.duration_s.iter().filter(|d| **d != CallColumns::NO_DURATION).map(|d| i64::from(*d)));
        put::<Int64Type, _>(&mut group, &self.wide, Some(&self.levels))?;
        let inside = Column { values: vec![batch.inside.clone()], index: if batch.inside.is_empty() { vec![] } else { vec![0; n] } };
        let columns = batch.texts();
        for column in std::iter::once(&inside).chain(columns.iter().map(|(_, c)| *c)) {
            let values: Vec<ByteArray> = column.values.iter().map(|v| ByteArray::from(v.as_str())).collect();
            self.levels.clear();
            self.texts.clear();
            for code in &column.index {
                let value = values.get(*code as usize);
                self.levels.push(i16::from(value.is_some()));
                self.texts.extend(value.cloned());
            }
            self.levels.resize(n, 0); // an index may stop before the last row: the rest is absent
            put::<ByteArrayType, _>(&mut group, &self.texts, Some(&self.levels))?;
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

fn put<T: DataType, W: Write + Send>(group: &mut SerializedRowGroupWriter<'_, W>, values: &[T::T], levels: Option<&[i16]>) -> Result<()> {
    let mut column = group.next_column().map_err(bad)?.ok_or(VaultError::Malformed("calls"))?;
    column.typed::<T>().write_batch(values, levels, None).map_err(bad)?;
    column.close().map_err(bad)
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
        batch.inside = texts(&*group, 7, n)?.values.into_iter().next().unwrap_or_default();
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
                    column.values.push(text.to_owned());
                    codes.insert(value.data().to_vec(), column.values.len() as u32 - 1);
                    column.values.len() as u32 - 1
                }
            }),
        };
        column.push_code(row, code);
    }
    Ok(column)
}
