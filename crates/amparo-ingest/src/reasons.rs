//! Every code that says why something was not read, or what was assumed.
//!
//! Each has a sentence `reason-CODE` in every language; a test there asks this list.

/// Reasons of files, members and rows, in alphabetical order. Readers of papers keep theirs in `paper`.
pub const ALL: &[&str] = &[
    "account-date-two-ways",
    "account-date-unfit",
    "account-field-unknown",
    "account-kind-unknown",
    "account-line-empty",
    "account-line-not-json",
    "account-other-person",
    "account-row-broken",
    "account-value-unfit",
    "archive-too-deep",
    "bomb",
    "broken",
    "call-without-direction",
    "call-without-number",
    "call-without-time",
    "cannot-read-bytes",
    "compression-unknown",
    "count-disagrees",
    "counts-do-not-add-up",
    "damaged-text",
    "data-usage",
    "database-broken",
    "database-encrypted",
    "database-layout-unknown",
    "database-too-large",
    "database-too-much-work",
    "date-not-understood",
    "duration-not-understood",
    "empty-file",
    "encrypted",
    "file-too-large",
    "i94-date-not-understood",
    "i94-type-not-understood",
    "i94-value-not-understood",
    "line-not-understood",
    "member-too-large",
    "message-without-time",
    "mrz-damaged",
    "mrz-date-impossible",
    "names-collide",
    "no-reader-yet",
    "no-such-member",
    "not-a-call",
    "not-a-message",
    "overlapping-members",
    "read-with-its-database",
    "reader-crashed",
    "row-broken",
    "row-too-long",
    "some-rows-rejected",
    "symbolic-link",
    "too-many-members",
    "truncated",
    "uscis-case-not-found",
    "uscis-error-answer",
    "uscis-no-receipt-number",
    "uscis-number-refused",
    "uscis-status-empty",
    "uscis-too-many-questions",
    "wal-damaged",
];

/// What a reader assumed for a whole file.
pub const ASSUMED: &[&str] = &["count-disagrees", "day-first", "month-first", "order-from-gaps", "order-undecided", "wal-left-out", "year-first"];

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_lower_case_words_joined_by_dashes_once_each_in_order() {
        for list in [super::ALL, super::ASSUMED] {
            assert!(list.windows(2).all(|w| w[0] < w[1]));
            assert!(list.iter().all(|c| c.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
        }
    }
}
