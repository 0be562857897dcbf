//! The sentences this room asks for, with what goes into each: the language room must hold all of them.

/// (message, its arguments).
pub const ALL: &[(&str, &[&str])] = &[
    ("timeline-record", &["kind", "what"]),
    ("timeline-calls", &["count", "line"]),
    ("ask-month", &["month", "claim"]),
    ("finding-identity-differs", &["field", "one", "other"]),
    ("finding-gap", &["claim", "from", "to"]),
    ("finding-end-before-start", &["start", "end"]),
    ("finding-expired-before-issued", &["issued", "expires"]),
    ("finding-before-birth", &["when", "birth"]),
    ("finding-unsupported-job", &["employer"]),
];
