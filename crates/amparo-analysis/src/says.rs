//! The sentences this room asks for, with what goes into each: the language room must hold all of them.
//!
//! A record's own sentence is chosen by what its paper says: the first of its kind in [`RECORDS`] whose
//! fields are all there.

use amparo_model::results::{Arg, Says};
use amparo_model::{Certainty, Edtf, Kind, Record, Value};

/// A sentence for a kind: (kind, message, the record's fields that go into it under their own names).
pub const RECORDS: &[(Kind, &str, &[&str])] = &[
    (Kind::Job, "timeline-job-role", &["employer", "role"]),
    (Kind::Job, "timeline-job", &["employer"]),
    (Kind::Job, "timeline-job-bare", &[]),
    (Kind::Pay, "timeline-pay", &["employer", "gross_cents"]),
    (Kind::Pay, "timeline-pay-net", &["employer", "net_cents"]),
    (Kind::Pay, "timeline-pay-employer", &["employer"]),
    (Kind::Pay, "timeline-pay-amount", &["gross_cents"]),
    (Kind::Pay, "timeline-pay-bare", &[]),
    (Kind::Earnings, "timeline-earnings-employer", &["year", "amount_cents", "employer", "basis"]),
    (Kind::Earnings, "timeline-earnings", &["year", "amount_cents", "basis"]),
    (Kind::Earnings, "timeline-earnings-bare", &[]),
    (Kind::Deposit, "timeline-deposit", &["amount_cents", "payer_raw"]),
    (Kind::Deposit, "timeline-deposit-amount", &["amount_cents"]),
    (Kind::Deposit, "timeline-deposit-bare", &[]),
    (Kind::Entry, "timeline-entry-class", &["port", "class"]),
    (Kind::Entry, "timeline-entry-class-code", &["port_code", "class"]),
    (Kind::Entry, "timeline-entry-class-only", &["class"]),
    (Kind::Entry, "timeline-entry", &["port"]),
    (Kind::Entry, "timeline-entry-code", &["port_code"]),
    (Kind::Entry, "timeline-entry-bare", &[]),
    (Kind::Exit, "timeline-exit", &["port"]),
    (Kind::Exit, "timeline-exit-code", &["port_code"]),
    (Kind::Exit, "timeline-exit-bare", &[]),
    (Kind::Status, "timeline-status", &["class"]),
    (Kind::Status, "timeline-status-bare", &[]),
    (Kind::Filing, "timeline-filing-receipt", &["form", "receipt_number"]),
    (Kind::Filing, "timeline-filing", &["form"]),
    (Kind::Filing, "timeline-filing-bare", &[]),
    (Kind::Notice, "timeline-notice-type", &["form", "type"]),
    (Kind::Notice, "timeline-notice", &["form"]),
    (Kind::Notice, "timeline-notice-only-type", &["type"]),
    (Kind::Notice, "timeline-notice-bare", &[]),
    (Kind::Hearing, "timeline-hearing-court", &["court"]),
    (Kind::Hearing, "timeline-hearing-bare", &[]),
    (Kind::Order, "timeline-order-form", &["type", "form"]),
    (Kind::Order, "timeline-order", &["type"]),
    (Kind::Order, "timeline-order-bare", &[]),
    (Kind::Encounter, "timeline-encounter-agency", &["place", "agency"]),
    (Kind::Encounter, "timeline-encounter", &["place"]),
    (Kind::Encounter, "timeline-encounter-bare", &[]),
    (Kind::TravelDocument, "timeline-document", &["type", "issued", "expires"]),
    (Kind::TravelDocument, "timeline-document-expires", &["type", "expires"]),
    (Kind::TravelDocument, "timeline-document-bare", &["type"]),
    (Kind::TravelDocument, "timeline-document-only", &[]),
    (Kind::Address, "timeline-address", &["text"]),
    (Kind::Address, "timeline-address-city", &["city"]),
    (Kind::Address, "timeline-address-bare", &[]),
    (Kind::Event, "timeline-event-text", &["type", "text"]),
    (Kind::Event, "timeline-event", &["type"]),
    (Kind::Event, "timeline-event-only-text", &["text"]),
    (Kind::Event, "timeline-event-bare", &[]),
];

/// The other sentences: (message, its arguments).
pub const OTHERS: &[(&str, &[&str])] = &[
    ("timeline-earnings-none", &["year", "basis", "how"]),
    ("timeline-calls", &["count", "days", "line"]),
    ("timeline-calls-no-line", &["count", "days"]),
    ("timeline-messages", &["count"]),
    ("finding-identity-differs", &["field", "one", "other"]),
    ("finding-employment-gap", &["from", "to", "months", "beyond"]),
    ("finding-address-gap", &["from", "to", "months", "beyond"]),
    ("finding-employment-overlap", &["one", "other", "from", "to"]),
    ("finding-address-overlap", &["one", "other", "from", "to"]),
    ("finding-employer-differs", &["paper", "said", "when"]),
    ("finding-job-date-differs", &["employer", "field", "one", "other"]),
    ("finding-earnings-differ", &["year", "basis", "one", "other"]),
    ("finding-pay-differs", &["employer", "when", "one", "other"]),
    ("finding-entry-differs", &["one", "other"]),
    ("finding-entry-class-differs", &["when", "one", "other"]),
    ("finding-exports-differ", &["count", "when", "one", "other"]),
    ("finding-end-before-start", &["kind", "start", "end"]),
    ("finding-expired-before-issued", &["issued", "expires"]),
    ("finding-paid-before-period", &["paid", "period"]),
    ("finding-before-birth", &["kind", "when", "birth"]),
    ("finding-in-the-future", &["kind", "when", "given"]),
];

/// Every message and the arguments it is given; `how` says where the paper is not a paper: the client's account.
pub fn all() -> Vec<(&'static str, Vec<&'static str>)> {
    let records = RECORDS.iter().map(|(_, id, fields)| (*id, fields.iter().copied().chain(["how"]).collect()));
    records.chain(OTHERS.iter().map(|(id, args)| (*id, args.to_vec()))).collect()
}

/// Codes that stand in a sentence as words: each has a message `PREFIX-CODE`, or is printed as it is.
pub const HOW: &[&str] = &["how-set", "how-stated", "how-read", "how-said", "how-derived"];

/// What a record says, in one sentence.
pub fn record(r: &Record) -> Option<Says> {
    if r.kind == Kind::Earnings
        && r.number("amount_cents") == Some(0)
        && let (Some(year), Some(basis)) = (arg(r, "year"), arg(r, "basis"))
    {
        return Some(Says::new("timeline-earnings-none").with("year", year).with("basis", basis).with("how", how(r.certainty)));
    }
    let (_, id, fields) = RECORDS.iter().find(|(kind, _, fields)| *kind == r.kind && fields.iter().all(|f| arg(r, f).is_some()))?;
    let mut says = Says::new(id);
    for field in *fields {
        says = says.with(field, arg(r, field)?);
    }
    Some(says.with("how", how(r.certainty)))
}

/// Whose word it is.
pub fn how(certainty: Certainty) -> Arg {
    Arg::Term(format!("how-{}", certainty.as_str()))
}

/// One field of a record as a sentence shows it.
pub fn arg(r: &Record, field: &'static str) -> Option<Arg> {
    if matches!(r.kind, Kind::Entry | Kind::Exit) && matches!(field, "port" | "port_code") {
        return port(r, field == "port_code");
    }
    let value = r.fields.get(field)?;
    let third = match (r.kind, field) {
        (_, "employer") => r.flag("household_employer") == Some(true),
        (Kind::Deposit, "payer_raw") => true,
        _ => false,
    };
    Some(match value {
        Value::Text(t) if third => Arg::Third(t.clone()),
        Value::Text(t) => match field {
            "type" | "basis" | "class" => Arg::Term(format!("{field}-{t}")),
            _ => Arg::Text(t.clone()),
        },
        Value::Edtf(e) => Arg::When(e.clone()),
        Value::Instant(i) => Arg::When(Edtf::day(i.date())),
        Value::Number(n) if field.ends_with("_cents") => Arg::Cents(*n),
        // A year is a name, not a count: it is not grouped.
        Value::Number(n) if field == "year" => Arg::Text(n.to_string()),
        Value::Number(n) => Arg::Number(*n),
        other => Arg::Text(other.to_text()),
    })
}

/// Where somebody came in or went out: the port's name where it is known, else the paper's word for it. A bare number
/// is a code (`840`) and is called one; "Unavailable" names no place.
fn port(r: &Record, code: bool) -> Option<Arg> {
    let known = r.text("port").map(|name| (name, false));
    let written = || r.text("port_raw").map(str::trim).filter(|raw| !raw.eq_ignore_ascii_case("unavailable"));
    let (text, is_code) = known.or_else(|| written().map(|raw| (raw, raw.bytes().all(|b| b.is_ascii_digit()))))?;
    (!text.is_empty() && is_code == code).then(|| Arg::Text(text.to_owned()))
}
