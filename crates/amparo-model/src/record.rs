//! Records: what a paper says, typed, each pointing back at its place.
//!
//! The vocabulary is data ([`Kind::fields`]): one table that readers, printing, masking, correcting
//! and merging all ask, so that a field cannot mean two things in two rooms.

use crate::ids::short_hash;
use crate::{Edtf, Instant, PartyId, RecordId, Sha256};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::BTreeMap;
use std::fmt;

/// What a field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Text,
    /// A list of texts.
    Texts,
    Edtf,
    Instant,
    /// E.164.
    Phone,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number: a count, seconds, a year, or money in cents.
    Number,
    /// A number with two decimals, held as hundredths.
    Hundredths,
    Flag,
    /// ISO 3166-1 alpha-2.
    Country,
    /// A date, or the letters `D/S`.
    EdtfOrDs,
}

/// Whose privacy a field touches when the other person is not a party of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Veil {
    /// Shown to everybody who may see the record.
    None,
    /// A third person's number: shown as `number_masked`.
    Number,
    /// A third person's name, words or address: left out.
    Hidden,
    /// Hidden where the employer is a person (`household_employer`).
    Household,
}

/// One field of a kind.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    pub name: &'static str,
    pub ty: Type,
    pub veil: Veil,
}

const fn f(name: &'static str, ty: Type) -> FieldSpec {
    FieldSpec { name, ty, veil: Veil::None }
}
const fn veiled(name: &'static str, ty: Type, veil: Veil) -> FieldSpec {
    FieldSpec { name, ty, veil }
}

use crate::calls::{Direction, Outcome, Service};
const MESSAGE_SERVICES: &[&str] = &["sms", "mms", "whatsapp", "imessage", "google_voice", "telegram", "signal", "email", "other"];
const DOCUMENT_TYPES: &[&str] = &["passport", "visa", "ead", "green_card", "other"];
const IDENTITY_ROLES: &[&str] = &["client", "family", "other"];

macro_rules! kinds {
    ($($variant:ident = $text:literal => [$($field:expr),* $(,)?]),+ $(,)?) => {
        /// What a record is about (RECORDS.md names the kinds and their fields).
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Kind { $($variant),+ }
        impl Kind {
            pub const ALL: &'static [Kind] = &[$(Kind::$variant),+];
            pub fn as_str(self) -> &'static str { match self { $(Kind::$variant => $text),+ } }
            pub fn parse(text: &str) -> Option<Kind> { match text { $($text => Some(Kind::$variant),)+ _ => None } }
            /// The fields of this kind, in the order they are printed.
            pub fn fields(self) -> &'static [FieldSpec] {
                match self { $(Kind::$variant => { const F: &[FieldSpec] = &[$($field),*]; F }),+ }
            }
        }
    };
}

kinds! {
    Call = "call" => [f("at", Type::Instant), f("zone", Type::Text), f("zone_because", Type::Text),
        f("direction", Type::Choice(Direction::NAMES)), f("outcome", Type::Choice(Outcome::NAMES)), f("duration_s", Type::Number),
        veiled("number", Type::Phone, Veil::Number), veiled("number_raw", Type::Text, Veil::Number), veiled("name", Type::Text, Veil::Hidden),
        f("line", Type::Phone), f("service", Type::Choice(Service::NAMES)), f("place_raw", Type::Text)],
    Message = "message" => [f("at", Type::Instant), f("zone", Type::Text), f("zone_because", Type::Text),
        f("direction", Type::Choice(Direction::NAMES)),
        veiled("number", Type::Phone, Veil::Number), veiled("number_raw", Type::Text, Veil::Number), veiled("name", Type::Text, Veil::Hidden),
        veiled("participants", Type::Texts, Veil::Hidden), f("line", Type::Phone), f("service", Type::Choice(MESSAGE_SERVICES)),
        veiled("text", Type::Text, Veil::Hidden), f("attachments", Type::Number), veiled("thread", Type::Text, Veil::Hidden)],
    Contact = "contact" => [veiled("name", Type::Text, Veil::Hidden), veiled("numbers", Type::Texts, Veil::Hidden),
        veiled("emails", Type::Texts, Veil::Hidden), veiled("organization", Type::Text, Veil::Hidden)],
    Job = "job" => [veiled("employer", Type::Text, Veil::Household), f("role", Type::Text), f("start", Type::Edtf), f("end", Type::Edtf),
        f("place", Type::Text), f("household_employer", Type::Flag), f("authorized", Type::Flag)],
    Earnings = "earnings" => [veiled("employer", Type::Text, Veil::Household), f("employer_id", Type::Text), f("year", Type::Number), f("amount_cents", Type::Number),
        f("currency", Type::Text), f("basis", Type::Text)],
    Pay = "pay" => [veiled("employer", Type::Text, Veil::Household), f("period", Type::Edtf), f("paid_on", Type::Edtf), f("gross_cents", Type::Number),
        f("net_cents", Type::Number), f("currency", Type::Text), f("hours", Type::Hundredths)],
    Deposit = "deposit" => [f("at", Type::Edtf), f("amount_cents", Type::Number), f("currency", Type::Text),
        veiled("payer_raw", Type::Text, Veil::Hidden), f("account_last4", Type::Text)],
    Entry = "entry" => [f("on", Type::Edtf), f("port_raw", Type::Text), f("port", Type::Text), f("class", Type::Text),
        f("admit_until", Type::EdtfOrDs), f("i94_number", Type::Text)],
    Exit = "exit" => [f("on", Type::Edtf), f("port_raw", Type::Text), f("port", Type::Text)],
    Status = "status" => [f("class", Type::Text), f("start", Type::Edtf), f("end", Type::Edtf)],
    Filing = "filing" => [f("form", Type::Text), f("on", Type::Edtf), f("receipt_number", Type::Text), f("agency", Type::Text),
        f("principal", Type::Text), f("beneficiary", Type::Text)],
    Notice = "notice" => [f("form", Type::Text), f("type", Type::Text), f("on", Type::Edtf), f("receipt_number", Type::Text), f("text", Type::Text)],
    Hearing = "hearing" => [f("at", Type::Text), f("court", Type::Text), f("judge", Type::Text), f("type", Type::Text)],
    Order = "order" => [f("on", Type::Edtf), f("court", Type::Text), f("type", Type::Text), f("form", Type::Text), f("until", Type::Edtf), f("complete", Type::Flag)],
    Encounter = "encounter" => [f("on", Type::Edtf), f("place", Type::Text), f("agency", Type::Text)],
    TravelDocument = "travel_document" => [f("type", Type::Choice(DOCUMENT_TYPES)), f("number", Type::Text), f("issuer", Type::Country), f("issuer_raw", Type::Text),
        f("issued", Type::Edtf), f("expires", Type::Edtf), f("surname", Type::Text), f("given_names", Type::Text), f("nationality", Type::Country), f("nationality_raw", Type::Text),
        f("birth_date", Type::Edtf), f("sex", Type::Text), f("mrz_valid", Type::Flag)],
    Identity = "identity" => [f("name", Type::Text), f("surname", Type::Text), f("given_names", Type::Text), f("birth_date", Type::Edtf),
        f("birth_country", Type::Country), f("birth_country_raw", Type::Text), f("a_number", Type::Text), f("ssn_last4", Type::Text), f("role", Type::Choice(IDENTITY_ROLES))],
    Address = "address" => [f("text", Type::Text), f("lines", Type::Texts), f("city", Type::Text), f("region", Type::Text), f("postal_code", Type::Text),
        f("country", Type::Country), f("start", Type::Edtf), f("end", Type::Edtf)],
    Page = "page" => [f("text", Type::Text), f("words", Type::Number), f("machine_read", Type::Flag)],
    Event = "event" => [f("on", Type::Edtf), f("type", Type::Text), f("text", Type::Text)],
}

impl Kind {
    /// The field of this name, with its name as the program's own text.
    pub fn field(self, name: &str) -> Option<&'static FieldSpec> {
        self.fields().iter().find(|spec| spec.name == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}
impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Kind::parse(&String::deserialize(d)?).ok_or_else(|| de::Error::custom("not a kind of record"))
    }
}

/// The value of one field. Absent fields are left out of the map: there is no empty value.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    Text(String),
    Texts(Vec<String>),
    Number(i64),
    Hundredths(i64),
    Flag(bool),
    Edtf(Edtf),
    Instant(Instant),
}

// A log line or a panic message never shows what a paper says.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(…)")
    }
}

impl Value {
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// The value as plain text, lists joined by `; `, dates as written.
    pub fn to_text(&self) -> String {
        match self {
            Value::Text(t) => t.clone(),
            Value::Texts(ts) => ts.join("; "),
            Value::Number(n) => n.to_string(),
            Value::Hundredths(n) => format!("{}{}.{:02}", if *n < 0 { "-" } else { "" }, n.unsigned_abs() / 100, n.unsigned_abs() % 100),
            Value::Flag(b) => b.to_string(),
            Value::Edtf(e) => e.to_string(),
            Value::Instant(i) => i.to_string(),
        }
    }

    /// The value of this type that a text says, as a correction typed by a person or a cell of a template.
    pub fn parse(ty: Type, text: &str) -> Option<Value> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let value = match ty {
            Type::Text | Type::Phone | Type::Choice(_) | Type::Country => Value::text(text),
            Type::Texts => Value::Texts(text.split(';').map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect()),
            Type::Edtf => Value::Edtf(Edtf::parse(text)?),
            Type::EdtfOrDs => Edtf::parse(text).map_or_else(|| Value::text(text), Value::Edtf),
            Type::Instant => Value::Instant(Instant::parse(text)?),
            Type::Number => Value::Number(text.parse().ok()?),
            Type::Hundredths => Value::Hundredths(hundredths(text)?),
            Type::Flag => Value::Flag(match text.to_lowercase().as_str() {
                "true" | "yes" | "sí" | "si" => true,
                "false" | "no" => false,
                _ => return None,
            }),
        };
        value.fits(ty).then_some(value)
    }

    /// Whether a field of this type may hold this value.
    pub fn fits(&self, ty: Type) -> bool {
        match (ty, self) {
            (Type::Text, Value::Text(t)) => !t.is_empty(),
            (Type::Texts, Value::Texts(ts)) => !ts.is_empty() && ts.iter().all(|t| !t.is_empty()),
            (Type::Edtf | Type::EdtfOrDs, Value::Edtf(_)) => true,
            (Type::EdtfOrDs, Value::Text(t)) => t == "D/S",
            (Type::Instant, Value::Instant(_)) => true,
            (Type::Phone, Value::Text(t)) => crate::PhoneNumber::parse(t).is_some(),
            (Type::Choice(names), Value::Text(t)) => names.contains(&t.as_str()),
            (Type::Number, Value::Number(n)) => n.unsigned_abs() < 1 << 53,
            (Type::Hundredths, Value::Hundredths(n)) => n.unsigned_abs() < 1 << 53,
            (Type::Flag, Value::Flag(_)) => true,
            (Type::Country, Value::Text(t)) => t.len() == 2 && t.bytes().all(|b| b.is_ascii_uppercase()),
            _ => false,
        }
    }
}

fn hundredths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 2 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(sign * part)
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}
impl From<i64> for Value {
    fn from(n: i64) -> Value {
        Value::Number(n)
    }
}
impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Value::Flag(b)
    }
}
impl From<Edtf> for Value {
    fn from(e: Edtf) -> Value {
        Value::Edtf(e)
    }
}
impl From<Instant> for Value {
    fn from(i: Instant) -> Value {
        Value::Instant(i)
    }
}
impl From<Vec<String>> for Value {
    fn from(ts: Vec<String>) -> Value {
        Value::Texts(ts)
    }
}

/// A rectangle on a page, in millionths of its width and height from the upper left corner.
///
/// Whole numbers, because what is signed and hashed holds no floats; printed as fractions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Region {
    pub x: u32,
    pub y: u32,
    pub w: u32,
    pub h: u32,
}

impl Region {
    pub const WHOLE: Region = Region { x: 0, y: 0, w: 1_000_000, h: 1_000_000 };

    /// From fractions of the page, clamped to it. Not-a-number counts as zero.
    pub fn of_fractions(x: f64, y: f64, w: f64, h: f64) -> Region {
        let part = |v: f64| (v.clamp(0.0, 1.0) * 1_000_000.0).round() as u32;
        let (x, y) = (part(x), part(y));
        Region { x, y, w: part(w).min(1_000_000 - x), h: part(h).min(1_000_000 - y) }
    }

    pub fn fractions(self) -> [f64; 4] {
        [self.x, self.y, self.w, self.h].map(|v| f64::from(v) / 1_000_000.0)
    }

    /// The smallest rectangle around both.
    pub fn around(self, other: Region) -> Region {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.w).max(other.x + other.w);
        let bottom = (self.y + self.h).max(other.y + other.h);
        Region { x, y, w: right - x, h: bottom - y }
    }
}

/// Where in its original something stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub enum Spot {
    /// The file as a whole.
    #[default]
    Whole,
    /// A line, element or table row, counted from 1 as the reader counts.
    Row(u64),
    /// A page, counted from 1, and the rectangle on it.
    Page { page: u32, region: Region },
}

/// Where a record stands: path inside, spot, and a field or ordinal where one spot gives several of a kind.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Place {
    /// Path inside an archive, or table inside a database; empty otherwise.
    pub inside: String,
    pub spot: Spot,
    /// Empty where the spot gives only one record of its kind.
    pub field: String,
}

impl Place {
    pub fn row(row: u64) -> Place {
        Place { spot: Spot::Row(row), ..Place::default() }
    }

    pub fn page(page: u32, region: Region) -> Place {
        Place { spot: Spot::Page { page, region }, ..Place::default() }
    }

    pub fn inside(mut self, path: &str) -> Place {
        self.inside = path.to_owned();
        self
    }

    pub fn field(mut self, field: impl Into<String>) -> Place {
        self.field = field.into();
        self
    }

    /// The text that is hashed into the record's id: `row:12`, `page:3`, or empty.
    ///
    /// The rectangle is left out: a newer reader that draws it a hair differently must not rename the record.
    pub fn spot_text(&self) -> String {
        match self.spot {
            Spot::Whole => String::new(),
            Spot::Row(row) => format!("row:{row}"),
            Spot::Page { page, .. } => format!("page:{page}"),
        }
    }
}

impl RecordId {
    /// The id of what stands at this place of this original (FORMATS.md section 4).
    pub fn of(original: &Sha256, place: &Place, kind: Kind) -> RecordId {
        let spot = place.spot_text();
        RecordId(short_hash("amparo/v1/record", &original.0, &[&place.inside, &spot, kind.as_str(), &place.field]))
    }
}

/// How a record came to be known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Decided by a member.
    Set,
    /// The source says so.
    Stated,
    /// Machine-read from an image.
    Read,
    /// The client's account.
    Said,
    /// Computed by the program from other records.
    Derived,
}

impl Certainty {
    pub fn as_str(self) -> &'static str {
        match self {
            Certainty::Set => "set",
            Certainty::Stated => "stated",
            Certainty::Read => "read",
            Certainty::Said => "said",
            Certainty::Derived => "derived",
        }
    }
}

/// The named fields of a record.
pub type Fields = BTreeMap<&'static str, Value>;

/// A record as a reader wrote it: not yet anybody's, not yet merged.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    pub kind: Kind,
    pub place: Place,
    pub fields: Fields,
    pub certainty: Certainty,
    /// Hundredths, 0 to 100, for what was machine-read.
    pub confidence: Option<u8>,
}

/// Why a draft breaks the vocabulary: the kind has no such field, or the field may not hold such a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadField {
    pub kind: Kind,
    pub field: String,
}

impl Draft {
    pub fn new(kind: Kind, place: Place) -> Draft {
        Draft { kind, place, fields: Fields::new(), certainty: Certainty::Stated, confidence: None }
    }

    /// Sets a field where there is a value; empty texts and lists count as absent.
    pub fn with<V: Into<Value>>(mut self, name: &'static str, value: impl IntoOption<V>) -> Draft {
        if let Some(value) = value.into_option().map(Into::into) {
            let empty = matches!(&value, Value::Text(t) if t.is_empty()) || matches!(&value, Value::Texts(t) if t.is_empty());
            if !empty {
                self.fields.insert(name, value);
            }
        }
        self
    }

    /// Machine-read, with the reader's confidence in hundredths.
    pub fn read_with(mut self, confidence: u8) -> Draft {
        self.certainty = Certainty::Read;
        self.confidence = Some(confidence.min(100));
        self
    }

    /// Whether every field is one of the kind's and holds what it may.
    pub fn check(&self) -> Result<(), BadField> {
        for (name, value) in &self.fields {
            let ok = self.kind.field(name).is_some_and(|spec| value.fits(spec.ty));
            if !ok {
                return Err(BadField { kind: self.kind, field: (*name).to_owned() });
            }
        }
        Ok(())
    }
}

/// Lets [`Draft::with`] take a value or an option of one.
pub trait IntoOption<V> {
    fn into_option(self) -> Option<V>;
}
impl<V> IntoOption<V> for Option<V> {
    fn into_option(self) -> Option<V> {
        self
    }
}
macro_rules! plain_values { ($($t:ty),*) => { $(impl IntoOption<$t> for $t { fn into_option(self) -> Option<$t> { Some(self) } })* } }
plain_values!(Value, String, i64, bool, Edtf, Instant, Vec<String>);
impl<'a> IntoOption<&'a str> for &'a str {
    fn into_option(self) -> Option<&'a str> {
        Some(self)
    }
}

/// Where a record comes from, as printed beside it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Provenance {
    pub original: Sha256,
    /// The file's name as received.
    pub name: String,
    pub place: Place,
    /// `name@version` of the reader.
    pub reader: String,
    /// The entry that told of the file: how events name it.
    pub giving: u64,
}

/// A record of the case: somebody's (or not yet assigned), perhaps seen in several sources.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    pub id: RecordId,
    pub kind: Kind,
    /// The party it is about; `None` while not assigned: then it enters no clock and no finding about a person.
    pub subject: Option<PartyId>,
    pub provenance: Provenance,
    /// Other sources that hold the same; their ids stay valid.
    pub also: Vec<(RecordId, Provenance)>,
    pub certainty: Certainty,
    pub confidence: Option<u8>,
    /// Who decided, where `certainty` is set.
    pub by: Option<String>,
    /// What it was computed from, where derived.
    pub because: Vec<RecordId>,
    pub fields: Fields,
}

impl Record {
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.fields.get(name) {
            Some(Value::Text(t)) => Some(t),
            Some(Value::Edtf(e)) => Some(e.as_str()),
            _ => None,
        }
    }

    pub fn edtf(&self, name: &str) -> Option<&Edtf> {
        match self.fields.get(name) {
            Some(Value::Edtf(e)) => Some(e),
            _ => None,
        }
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        match self.fields.get(name) {
            Some(Value::Number(n)) => Some(*n),
            _ => None,
        }
    }

    pub fn instant(&self, name: &str) -> Option<Instant> {
        match self.fields.get(name) {
            Some(Value::Instant(i)) => Some(*i),
            _ => None,
        }
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.fields.get(name) {
            Some(Value::Flag(b)) => Some(*b),
            _ => None,
        }
    }
}

// ---- the stored form: one JSON object a draft, whole numbers only ----

#[derive(Serialize, Deserialize)]
struct Stored {
    kind: Kind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    inside: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    field: String,
    certainty: Certainty,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence: Option<u8>,
    fields: BTreeMap<String, serde_json::Value>,
}

fn value_to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(t) => t.as_str().into(),
        Value::Texts(ts) => ts.as_slice().into(),
        Value::Number(n) | Value::Hundredths(n) => (*n).into(),
        Value::Flag(b) => (*b).into(),
        Value::Edtf(e) => e.as_str().into(),
        Value::Instant(i) => i.to_string().into(),
    }
}

fn value_of_json(ty: Type, json: &serde_json::Value) -> Option<Value> {
    use serde_json::Value as J;
    let value = match (ty, json) {
        (Type::Edtf, J::String(t)) => Value::Edtf(Edtf::parse(t)?),
        (Type::EdtfOrDs, J::String(t)) => Edtf::parse(t).map_or_else(|| Value::text(t.as_str()), Value::Edtf),
        (Type::Instant, J::String(t)) => Value::Instant(Instant::parse(t)?),
        (_, J::String(t)) => Value::text(t.as_str()),
        (Type::Hundredths, J::Number(n)) => Value::Hundredths(n.as_i64()?),
        (_, J::Number(n)) => Value::Number(n.as_i64()?),
        (_, J::Bool(b)) => Value::Flag(*b),
        (_, J::Array(items)) => Value::Texts(items.iter().map(|i| i.as_str().map(str::to_owned)).collect::<Option<_>>()?),
        _ => return None,
    };
    value.fits(ty).then_some(value)
}

impl Serialize for Draft {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let (row, page, region) = match self.place.spot {
            Spot::Whole => (None, None, None),
            Spot::Row(row) => (Some(row), None, None),
            Spot::Page { page, region } => (None, Some(page), Some(region)),
        };
        Stored {
            kind: self.kind,
            inside: self.place.inside.clone(),
            row,
            page,
            region,
            field: self.place.field.clone(),
            certainty: self.certainty,
            confidence: self.confidence,
            fields: self.fields.iter().map(|(name, value)| ((*name).to_owned(), value_to_json(value))).collect(),
        }
        .serialize(s)
    }
}

impl<'de> Deserialize<'de> for Draft {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(d)?;
        let spot = match (stored.row, stored.page) {
            (Some(row), None) => Spot::Row(row),
            (None, Some(page)) => Spot::Page { page, region: stored.region.unwrap_or(Region::WHOLE) },
            (None, None) => Spot::Whole,
            _ => return Err(de::Error::custom("a record stands in a row or on a page, not both")),
        };
        let mut fields = Fields::new();
        for (name, json) in &stored.fields {
            let spec = stored.kind.field(name).ok_or_else(|| de::Error::custom(format!("{} has no field {name}", stored.kind)))?;
            let value = value_of_json(spec.ty, json).ok_or_else(|| de::Error::custom(format!("{name} holds what it may not")))?;
            fields.insert(spec.name, value);
        }
        Ok(Draft { kind: stored.kind, place: Place { inside: stored.inside, spot, field: stored.field }, fields, certainty: stored.certainty, confidence: stored.confidence })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_draft_comes_back_the_same() {
        let draft = Draft::new(Kind::Pay, Place::page(2, Region::of_fractions(0.1, 0.2, 0.3, 0.05)).inside("a/b.pdf").field("1"))
            .with("employer", "Panadería Sol")
            .with("paid_on", Edtf::parse("2020-03-13"))
            .with("gross_cents", 123_456)
            .with("hours", Value::Hundredths(8_050))
            .with("currency", "")
            .read_with(93);
        assert_eq!(draft.check(), Ok(()));
        let json = serde_json::to_string(&draft).unwrap();
        assert!(!json.contains("currency") && !json.contains('.') || json.contains("b.pdf"), "{json}");
        assert_eq!(serde_json::from_str::<Draft>(&json).unwrap(), draft);
    }

    #[test]
    fn a_draft_outside_the_vocabulary_is_refused() {
        let bad = Draft::new(Kind::Call, Place::row(1)).with("number", "415 555 2671");
        assert!(bad.check().is_err());
        for bad in [
            r#"{"kind":"call","row":1,"certainty":"stated","fields":{"salary":1}}"#,
            r#"{"kind":"call","row":1,"page":2,"certainty":"stated","fields":{}}"#,
            r#"{"kind":"pay","row":1,"certainty":"stated","fields":{"hours":1.5}}"#,
            r#"{"kind":"entry","row":1,"certainty":"stated","fields":{"on":"07/12/2019"}}"#,
        ] {
            assert!(serde_json::from_str::<Draft>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_id_depends_on_the_place_and_not_on_the_rectangle() {
        let original = Sha256([7; 32]);
        let id = |place: Place| RecordId::of(&original, &place, Kind::Earnings);
        let a = Place::page(1, Region::of_fractions(0.1, 0.1, 0.1, 0.1)).field("w2_box1");
        let b = Place::page(1, Region::of_fractions(0.2, 0.1, 0.1, 0.1)).field("w2_box1");
        assert_eq!(id(a.clone()), id(b));
        assert_ne!(id(a.clone()), id(a.field("w2_box3")));
        assert_ne!(id(Place::row(12)), id(Place::row(12).inside("x")));
    }

    #[test]
    fn values_as_people_type_them() {
        assert_eq!(Value::parse(Type::Hundredths, "80.5"), Some(Value::Hundredths(8_050)));
        assert_eq!(Value::parse(Type::Hundredths, "-0.25").map(|v| v.to_text()), Some("-0.25".into()).filter(|_| true));
        assert_eq!(Value::parse(Type::Flag, "Sí"), Some(Value::Flag(true)));
        assert_eq!(Value::parse(Type::Country, "Mexico"), None);
        assert_eq!(Value::parse(Type::EdtfOrDs, "D/S"), Some(Value::text("D/S")));
    }
}
