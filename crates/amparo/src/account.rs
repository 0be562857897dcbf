//! What the client says, as a form: what is asked of each kind, at every door.

use amparo_model::Kind;
use amparo_model::record::Type;

/// The kinds that are asked about, and what is asked of each, in order.
pub const FORM: &[(Kind, &[&str])] = &[
    (Kind::Job, &["employer", "role", "start", "end", "place", "household_employer"]),
    (Kind::Address, &["text", "city", "region", "start", "end"]),
    (Kind::Entry, &["on", "port_raw", "class"]),
    (Kind::Exit, &["on", "port_raw"]),
    (Kind::Identity, &["name", "birth_date", "birth_country_raw", "role"]),
    (Kind::Event, &["on", "type", "text"]),
];

/// How an answer to this is written.
pub fn hint(ty: Type) -> &'static str {
    match ty {
        Type::Edtf | Type::EdtfOrDs => "hint-date",
        Type::Flag => "hint-yes-no",
        Type::Country => "hint-country",
        Type::Choice(_) => "hint-role",
        _ => "hint-text",
    }
}
