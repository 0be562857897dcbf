//! An iPhone's address book (`AddressBook.sqlitedb`) and its voicemail (`voicemail.db`). A unit is one row of `ABPerson` or `voicemail`.
//!
//! Of the address book only what names a person and reaches them is read. A voicemail is a call that
//! came in and was answered by the machine.

use super::clock;
use super::ios::Manners;
use super::sqlite::{Cells, Database, End, Layout};
use super::tally::Tally;
use crate::Stop;
use amparo_model::calls::Call;
use amparo_model::{Direction, Draft, Kind, Outcome, Service};
use std::collections::HashMap;

pub(crate) const CONTACTS: Layout = Layout { name: "ios_contacts", version: 1, table: "ABPerson", needs: &["First", "Last", "Organization"], read: read_contacts };
pub(crate) const VOICEMAIL: Layout = Layout { name: "ios_voicemail", version: 1, table: "voicemail", needs: &["date", "sender", "duration", "remote_uid"], read: read_voicemail };

/// Numbers and addresses of one person: more are somebody's list, not a person's.
const MOST_VALUES: usize = 1_000;
/// Numbers and addresses of all persons.
const MOST_ALL: usize = 2 << 20;

// ---- contacts ----

#[derive(Default)]
struct Reached {
    numbers: Vec<String>,
    emails: Vec<String>,
}

fn read_contacts(database: &Database, tally: &mut Tally<'_>, region: &str) -> Result<(), Stop> {
    let mut manners = Manners::new(region);
    let mut reached: HashMap<i64, Reached> = HashMap::new();
    let mut all = 0;
    let values_end = database.walk("ABMultiValue", &["record_id", "property", "value"], |cells| {
        all += 1;
        if all > MOST_ALL {
            return Err(());
        }
        if let (Some(person), Some(value)) = (cells.int("record_id"), cells.text("value")) {
            let their = reached.entry(person).or_default();
            // 3 is a number, 4 an e-mail address; the rest are pages, dates and relations.
            match cells.int("property") {
                Some(3) if their.numbers.len() < MOST_VALUES => their.numbers.push(manners.e164(value.trim(), None).unwrap_or_else(|| value.trim().to_owned())),
                Some(4) if their.emails.len() < MOST_VALUES => their.emails.push(value.trim().to_owned()),
                _ => {}
            }
        }
        Ok(())
    });
    values_end.unwrap_or(End::TooMuchWork).tell(tally);
    database.each("ABPerson", &["Prefix", "First", "Middle", "Last", "Suffix", "DisplayName", "Nickname", "Organization"], tally, |cells, row, tally| {
        contact(cells, row, reached.remove(&cells.rowid).unwrap_or_default(), tally)
    })
}

fn contact(cells: &Cells<'_>, row: u64, reached: Reached, tally: &mut Tally<'_>) -> Result<(), Stop> {
    let said = |column: &str| cells.text(column).map(|t| t.trim().to_owned());
    let names: Vec<String> = ["Prefix", "First", "Middle", "Last", "Suffix"].iter().filter_map(|c| said(c)).collect();
    let name = if names.is_empty() { said("DisplayName").or_else(|| said("Nickname")) } else { Some(names.join(" ")) };
    let Some(row) = cells.number() else {
        return tally.reject(row, "row-broken", &name.unwrap_or_default());
    };
    let draft =
        Draft::new(Kind::Contact, tally.place(row)).with("name", name).with("numbers", reached.numbers).with("emails", reached.emails).with("organization", said("Organization"));
    if draft.fields.is_empty() { tally.furniture() } else { tally.draft(draft) }
}

// ---- voicemail ----

fn read_voicemail(database: &Database, tally: &mut Tally<'_>, region: &str) -> Result<(), Stop> {
    let mut manners = Manners::new(region);
    let columns = ["date", "sender", "callback_num", "duration", "receiver"];
    database.each("voicemail", &columns, tally, |cells, row, tally| voicemail(cells, row, tally, &mut manners))
}

fn voicemail(cells: &Cells<'_>, row: u64, tally: &mut Tally<'_>, manners: &mut Manners<'_>) -> Result<(), Stop> {
    let evidence = || ["date", "sender", "duration"].iter().filter_map(|c| cells.text(c).map(|v| format!("{c}={v} "))).collect::<String>();
    let Some(row) = cells.number() else {
        return tally.reject(row, "row-broken", &evidence());
    };
    let Some(at) = cells.int("date").and_then(|s| s.checked_mul(1_000)).and_then(clock::unix_ms) else {
        return tally.reject(row, "call-without-time", &evidence());
    };
    let duration = cells.int("duration").and_then(|s| u32::try_from(s).ok()).filter(|s| *s < u32::MAX);
    let raw = cells.text("sender").or_else(|| cells.text("callback_num")).map(|n| n.trim().to_owned());
    let number = raw.as_deref().and_then(|r| manners.e164(r, None));
    let line = cells.text("receiver").and_then(|n| manners.e164(n.trim(), None));
    tally.call(Call {
        row,
        at: Some(at),
        direction: Direction::In,
        outcome: Outcome::Voicemail,
        service: Service::Voice,
        duration_s: duration,
        number: number.as_deref(),
        number_raw: raw.as_deref(),
        name: None,
        line: line.as_deref(),
        place_raw: None,
        zone: None,
        zone_because: None,
    })
}

#[cfg(test)]
mod tests {
    use crate::phone::sqlite::tests::made;
    use crate::testing::{hear, hear_beside};

    #[test]
    fn an_address_book_that_is_only_in_its_log() {
        let (main, wal) = made(
            "",
            "CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, First TEXT, Last TEXT, Middle TEXT, Organization TEXT, Prefix TEXT, Suffix TEXT, DisplayName TEXT, guid TEXT DEFAULT 'x');
             CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER, identifier INTEGER, label INTEGER, value TEXT);
             CREATE VIRTUAL TABLE ABPersonSearch USING fts4(words);
             INSERT INTO ABPerson (ROWID, First, Last, Organization) VALUES (1, 'Rosa', 'Pérez Díaz', NULL), (2, NULL, NULL, 'Panadería Sol'), (3, NULL, NULL, NULL);
             INSERT INTO ABMultiValue VALUES (1, 1, 3, 0, 1, '(415) 555-0101'), (2, 1, 3, 0, 1, '1-800-PAN-SOL'), (3, 1, 4, 0, 2, 'rosa@example.org'), (4, 2, 22, 0, 2, 'https://example.org');",
        );
        assert!(main.len() <= 4_096);
        let (report, heard) = hear_beside("AddressBook.sqlitedb", &main, &[("AddressBook.sqlitedb-wal", &wal)]);
        assert_eq!((report.kind.as_str(), report.units, report.records, report.furniture), ("ios_contacts", 3, 2, 1));
        let said: Vec<String> =
            heard.drafts.iter().map(|d| ["name", "numbers", "emails", "organization"].map(|n| d.fields.get(n).map_or("-".to_owned(), |v| v.to_text())).join(" | ")).collect();
        assert_eq!(said, ["Rosa Pérez Díaz | +14155550101; 1-800-PAN-SOL | rosa@example.org | -", "- | - | - | Panadería Sol"]);
    }

    #[test]
    fn a_voicemail_is_a_call_that_came_in() {
        let (main, _) = made(
            "CREATE TABLE voicemail (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, remote_uid INTEGER, date INTEGER, token TEXT, sender TEXT, callback_num TEXT, duration INTEGER, expiration INTEGER, trashed_date INTEGER, flags INTEGER, receiver TEXT);
             INSERT INTO voicemail (date, sender, duration, receiver) VALUES (1600000000, '+14155550101', 20, '+14155550199'), (0, '+14155550101', 20, NULL);",
            "",
        );
        let (report, heard) = hear("voicemail.db", &main);
        assert_eq!((report.kind.as_str(), report.units, report.records, report.rejects), ("ios_voicemail", 2, 1, 1));
        let call = heard.calls[0].get(0);
        assert_eq!(
            (call.direction.as_str(), call.outcome.as_str(), call.duration_s, call.number, call.line),
            ("in", "voicemail", Some(20), Some("+14155550101"), Some("+14155550199"))
        );
    }
}
