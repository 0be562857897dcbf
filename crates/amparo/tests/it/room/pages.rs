//! The one list of the room's pages: what is tried on every page is tried on these.

use super::Family;

/// Pages to read. A new page is a line here.
pub const PAGES: &[&str] = &[
    "/",
    "/styleguide",
    "/case/{case}",
    "/case/{case}/reason",
    "/case/{case}/findings",
    "/case/{case}/finding/{finding}",
    "/case/{case}/record/{record}",
    "/case/{case}/record/{call}",
    "/case/{case}/record/{page}",
    "/case/{case}/find",
    "/case/{case}/account",
    "/case/{case}/log",
    "/case/{case}/gather",
    "/case/{case}/file/{file}",
    "/case/{case}/file/{file}/move",
    "/case/{case}/file/{file}/withdraw",
    "/case/{case}/timeline",
    "/case/{case}/timeline?from=2020-05&to=2020-05",
    "/case/{case}/coverage",
    "/case/{case}/coverage/2020-05",
    "/case/{case}/calls",
    "/case/{case}/print/ask",
    "/case/{case}/print/timeline",
    "/case/{case}/print/coverage",
    "/case/{case}/print/looks",
];

/// What forms send to, with enough fields to do something where it were allowed.
pub const FORMS: &[(&str, &[(&str, &str)])] = &[
    ("/unlock", &[("passphrase", super::PASSPHRASE)]),
    ("/lock", &[]),
    ("/first", &[("office", "Otra"), ("name", "Otro"), ("passphrase", super::PASSPHRASE), ("again", super::PASSPHRASE)]),
    ("/first/words", &[("words", "uno dos tres")]),
    ("/cases", &[("name", "Otro")]),
    ("/find", &[("words", "bakery")]),
    ("/case/{case}/reason", &[("purpose", "review"), ("unmask", "yes")]),
    ("/case/{case}/parties", &[("role", "other"), ("name", "Otro")]),
    ("/case/{case}/zone", &[("zone", "America/Phoenix"), ("because", "Otro")]),
    ("/case/{case}/finding/{finding}", &[("how", "explained")]),
    ("/case/{case}/record/{record}", &[("field", "employer"), ("value", "Otro")]),
    ("/case/{case}/find", &[("words", "bakery")]),
    ("/case/{case}/account", &[("who", "client"), ("job.0.employer", "Otro")]),
];

impl Family {
    /// A page of the list, of this case.
    pub fn path(&self, page: &str) -> String {
        let parts = [("{case}", &self.case), ("{record}", &self.record), ("{call}", &self.call), ("{page}", &self.page), ("{finding}", &self.finding), ("{file}", &self.file)];
        parts.iter().fold(page.to_owned(), |path, (part, value)| path.replace(part, value))
    }

    pub fn paths(&self) -> Vec<String> {
        PAGES.iter().map(|page| self.path(page)).collect()
    }
}
