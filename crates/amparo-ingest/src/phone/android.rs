//! Android phones' own databases: the call log (`calls` in `contacts2.db` or `calllog.db`) and the messages (`mmssms.db`). A unit is one row of `calls`, `sms` or `pdu`.
//!
//! They say what the backup programs' XML says, with the same numbers for the same things. Multimedia
//! messages keep their time in seconds where all else is in milliseconds.

use super::clock;
use super::number::Numbers;
use super::sqlite::{Cells, Database, End, Layout};
use super::tally::Tally;
use crate::Stop;
use amparo_model::calls::Call;
use amparo_model::{Direction, Draft, Kind, Outcome, Service};
use std::collections::HashMap;

pub(crate) const CALLS: Layout = Layout { name: "android_calls", version: 1, table: "calls", needs: &["_id", "number", "date", "duration", "type"], read: read_calls };
pub(crate) const MESSAGES: Layout = Layout { name: "android_messages", version: 1, table: "sms", needs: &["_id", "address", "date", "type", "body"], read: read_messages };

/// Messages of more text than this are cut; the rest of the original is still there to be shown.
const LONGEST_TEXT: usize = 256 << 10;
/// Parts and addresses of multimedia messages that are remembered.
const MOST_PARTS: usize = 2 << 20;

// ---- calls ----

const CALL_COLUMNS: &[&str] =
    &["number", "date", "duration", "type", "name", "countryiso", "geocoded_location", "normalized_number", "presentation", "subscription_component_name"];

fn read_calls(database: &Database, tally: &mut Tally<'_>, region: &str) -> Result<(), Stop> {
    let mut numbers = Numbers::new(region);
    database.each("calls", CALL_COLUMNS, tally, |cells, row, tally| call(cells, row, tally, &mut numbers))
}

fn call(cells: &Cells<'_>, row: u64, tally: &mut Tally<'_>, numbers: &mut Numbers) -> Result<(), Stop> {
    let evidence = || evidence(cells, &["date", "type", "number", "duration"]);
    let Some(row) = cells.number() else {
        return tally.reject(row, "row-broken", &evidence());
    };
    let Some(at) = cells.int("date").and_then(clock::unix_ms) else {
        return tally.reject(row, "call-without-time", &evidence());
    };
    let duration = match cells.int("duration") {
        None if cells.is_null("duration") => None,
        Some(s) if (0..i64::from(u32::MAX)).contains(&s) => Some(s as u32),
        _ => return tally.reject(row, "duration-not-understood", &evidence()),
    };
    let (direction, outcome) = match cells.int("type") {
        Some(1 | 7) => (Direction::In, Outcome::Answered),
        Some(2) if duration.is_some_and(|d| d > 0) => (Direction::Out, Outcome::Answered),
        Some(2) => (Direction::Out, Outcome::Unknown),
        Some(3) => (Direction::In, Outcome::Missed),
        Some(4) => (Direction::In, Outcome::Voicemail),
        Some(5) => (Direction::In, Outcome::Rejected),
        Some(6) => (Direction::In, Outcome::Blocked),
        _ => (Direction::Unknown, Outcome::Unknown),
    };
    // Before Android 4.4 a number that was kept back was written -1, -2 or -3.
    let raw = cells.text("number").map(|n| n.trim().to_owned()).filter(|n| !matches!(n.as_str(), "-1" | "-2" | "-3"));
    // Android writes the same number again with the country it was dialled in.
    let normal = cells.text("normalized_number").filter(|n| n.starts_with('+')).and_then(|n| numbers.e164(&n));
    let number = normal.or_else(|| raw.as_deref().and_then(|r| numbers.e164(r)));
    tally.call(Call {
        row,
        at: Some(at),
        direction,
        outcome,
        service: service(cells),
        duration_s: duration,
        number: number.as_deref(),
        number_raw: raw.as_deref(),
        name: cells.text("name").as_deref().map(str::trim),
        line: None,
        place_raw: cells.text("geocoded_location").as_deref().map(str::trim),
        zone: None,
        zone_because: None,
    })
}

/// Which program took the call, where one other than the telephone did.
fn service(cells: &Cells<'_>) -> Service {
    let component = cells.text("subscription_component_name").map(|c| c.to_ascii_lowercase()).unwrap_or_default();
    match component.as_str() {
        c if c.contains("whatsapp") => Service::Whatsapp,
        c if c.contains("telegram") => Service::Telegram,
        c if c.contains("googlevoice") => Service::GoogleVoice,
        _ => Service::Voice,
    }
}

// ---- messages ----

const SMS_COLUMNS: &[&str] = &["address", "date", "type", "body", "subject"];
const MMS_COLUMNS: &[&str] = &["date", "msg_box", "sub", "m_type"];

/// What multimedia messages say and to whom, by their number.
#[derive(Default)]
struct Mms {
    text: String,
    attachments: i64,
    from: Option<String>,
    to: Vec<String>,
}

fn read_messages(database: &Database, tally: &mut Tally<'_>, region: &str) -> Result<(), Stop> {
    let mut numbers = Numbers::new(region);
    database.each("sms", SMS_COLUMNS, tally, |cells, row, tally| sms(cells, row, tally, &mut numbers))?;
    if !database.has("pdu", &["_id", "date", "msg_box"]) {
        return Ok(());
    }
    tally.enter_beside("sms", "pdu")?;
    let mut parts = parts(database, tally);
    database.each("pdu", MMS_COLUMNS, tally, |cells, row, tally| {
        let whole = parts.remove(&cells.rowid).unwrap_or_default();
        mms(cells, row, whole, tally, &mut numbers)
    })
}

fn sms(cells: &Cells<'_>, row: u64, tally: &mut Tally<'_>, numbers: &mut Numbers) -> Result<(), Stop> {
    let Some(row) = cells.number() else {
        return tally.reject(row, "row-broken", &evidence(cells, SMS_COLUMNS));
    };
    let Some(at) = cells.int("date").and_then(clock::unix_ms) else {
        return tally.reject(row, "message-without-time", &evidence(cells, SMS_COLUMNS));
    };
    let raw = cells.text("address").map(|a| a.trim().to_owned());
    let text = cells.text("body").map(|b| shortened(b.into_owned()));
    let draft = Draft::new(Kind::Message, tally.place(row))
        .with("at", at)
        .with("direction", direction(cells.int("type")).as_str())
        .with("number", raw.as_deref().and_then(|r| numbers.e164(r)))
        .with("number_raw", raw)
        .with("service", "sms")
        .with("text", text);
    tally.draft(draft)
}

fn mms(cells: &Cells<'_>, row: u64, whole: Mms, tally: &mut Tally<'_>, numbers: &mut Numbers) -> Result<(), Stop> {
    let Some(row) = cells.number() else {
        return tally.reject(row, "row-broken", &evidence(cells, MMS_COLUMNS));
    };
    // Notices of delivery and of reading: 134, 135, 136 and their like say nothing of their own.
    if cells.int("m_type").is_some_and(|t| matches!(t, 129 | 131 | 133..=136)) {
        return tally.furniture();
    }
    let seconds = cells.int("date");
    let ms = seconds.and_then(|s| if s < 100_000_000_000 { s.checked_mul(1_000) } else { Some(s) });
    let Some(at) = ms.and_then(clock::unix_ms) else {
        return tally.reject(row, "message-without-time", &evidence(cells, MMS_COLUMNS));
    };
    let direction = direction(cells.int("msg_box"));
    let Mms { text, attachments, from, to } = whole;
    let text = match cells.text("sub") {
        Some(subject) if text.is_empty() => subject.into_owned(),
        Some(subject) => format!("{subject}\n{text}"),
        None => text,
    };
    // A received message lists the telephone itself among those it was sent to; alone, that is no group.
    let group = to.len() > 1;
    let raw = match direction {
        Direction::Out if group => None,
        Direction::Out => to.first().cloned(),
        _ => from.clone(),
    };
    let everybody = from.iter().chain(&to).map(|p| numbers.e164(p).unwrap_or_else(|| p.clone()));
    let participants: Vec<String> = if group { everybody.collect() } else { Vec::new() };
    let draft = Draft::new(Kind::Message, tally.place(row))
        .with("at", at)
        .with("direction", direction.as_str())
        .with("number", raw.as_deref().and_then(|r| numbers.e164(r)))
        .with("number_raw", raw)
        .with("participants", participants)
        .with("service", "mms")
        .with("text", shortened(text))
        .with("attachments", (attachments > 0).then_some(attachments));
    tally.draft(draft)
}

/// The texts, attachments and addresses of all multimedia messages.
fn parts(database: &Database, tally: &mut Tally<'_>) -> HashMap<i64, Mms> {
    let mut out: HashMap<i64, Mms> = HashMap::new();
    let mut count = 0;
    let mut more = || {
        count += 1;
        if count > MOST_PARTS { Err(()) } else { Ok(()) }
    };
    let parts_end = database.walk("part", &["mid", "ct", "text"], |cells| {
        let (Some(mid), Some(ct)) = (cells.int("mid"), cells.text("ct")) else { return more() };
        let mms = out.entry(mid).or_default();
        match ct.as_ref() {
            "application/smil" => {}
            ct if ct.starts_with("text/plain") => {
                if let Some(text) = cells.text("text") {
                    if !mms.text.is_empty() {
                        mms.text.push('\n');
                    }
                    mms.text.push_str(&text);
                    mms.text.truncate(mms.text.floor_char_boundary(LONGEST_TEXT));
                }
            }
            _ => mms.attachments += 1,
        }
        more()
    });
    let addresses_end = database.walk("addr", &["msg_id", "address", "type"], |cells| {
        let (Some(id), Some(address)) = (cells.int("msg_id"), cells.text("address")) else { return more() };
        if address != "insert-address-token" {
            let mms = out.entry(id).or_default();
            match cells.int("type") {
                Some(137) => mms.from = Some(address.trim().to_owned()),
                Some(129 | 130 | 151) => mms.to.push(address.trim().to_owned()),
                _ => {}
            }
        }
        more()
    });
    for end in [parts_end, addresses_end] {
        end.unwrap_or(End::TooMuchWork).tell(tally);
    }
    out
}

/// Drafts, and what never left the phone, have no direction.
fn direction(kind: Option<i64>) -> Direction {
    match kind {
        Some(1) => Direction::In,
        Some(2) => Direction::Out,
        _ => Direction::Unknown,
    }
}

fn shortened(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(LONGEST_TEXT));
    text
}

fn evidence(cells: &Cells<'_>, columns: &[&str]) -> String {
    columns.iter().filter_map(|c| cells.text(c).map(|v| format!("{c}={v} "))).collect()
}

#[cfg(test)]
mod tests {
    use crate::phone::sqlite::tests::made;
    use crate::testing::hear;

    #[test]
    fn a_real_call_log_reads_in_full() {
        let (report, heard) = hear("contacts2.db", include_bytes!("../../fixtures/android/contacts2.db"));
        // `sqlite3 contacts2.db "SELECT count(*) FROM calls"` says three.
        assert_eq!((report.kind.as_str(), report.units, report.records), ("android_calls", 3, 3));
        let said: Vec<String> =
            heard.calls[0].iter().map(|c| format!("{} {} {} {} {:?} {:?} {:?}", c.row, c.at.unwrap(), c.direction, c.outcome, c.duration_s, c.number, c.name)).collect();
        assert_eq!(
            said,
            [
                r#"714 2013-11-06T21:17:16.690Z in missed Some(0) Some("+15404561685") Some("Barney")"#,
                r#"715 2013-11-06T21:18:53.283Z out answered Some(126) Some("+15404561685") Some("Barney")"#,
                r#"717 2013-11-07T00:03:36.690Z in answered Some(639) Some("+15404561685") Some("Barney")"#,
            ]
        );
    }

    #[test]
    fn short_and_multimedia_messages() {
        let (main, _) = made(
            "CREATE TABLE sms (_id INTEGER PRIMARY KEY, thread_id INTEGER, address TEXT, person INTEGER, date INTEGER, date_sent INTEGER, type INTEGER, body TEXT);
             CREATE TABLE pdu (_id INTEGER PRIMARY KEY, thread_id INTEGER, date INTEGER, msg_box INTEGER, sub TEXT, m_type INTEGER);
             CREATE TABLE part (_id INTEGER PRIMARY KEY, mid INTEGER, ct TEXT, text TEXT);
             CREATE TABLE addr (_id INTEGER PRIMARY KEY, msg_id INTEGER, address TEXT, type INTEGER);
             INSERT INTO sms VALUES (1, 1, '4155550101', NULL, 1600000000000, 0, 1, 'Hola'), (2, 1, '4155550101', NULL, 1600000001000, 0, 2, 'Sí'), (3, 2, '611', NULL, 'x', 0, 1, 'lost');
             INSERT INTO pdu VALUES (1, 1, 1600000002, 1, NULL, 132), (2, 3, 1600000003, 2, 'Foto', 128), (3, 3, 1600000004, 1, NULL, 134);
             INSERT INTO part VALUES (1, 1, 'application/smil', '<smil/>'), (2, 1, 'text/plain', 'mira'), (3, 1, 'image/jpeg', NULL), (4, 2, 'image/png', NULL);
             INSERT INTO addr VALUES (1, 1, '+14155550101', 137), (2, 1, '+14155550199', 151), (3, 2, 'insert-address-token', 137), (4, 2, '+14155550101', 151), (5, 2, '+14155550102', 151);",
            "",
        );
        let (report, heard) = hear("mmssms.db", &main);
        assert_eq!((report.kind.as_str(), report.units, report.records, report.furniture, report.rejects), ("android_messages", 6, 4, 1, 1));
        let said: Vec<String> = heard
            .drafts
            .iter()
            .map(|d| {
                let columns = ["at", "direction", "number", "participants", "service", "text", "attachments"];
                let fields = columns.iter().map(|c| d.fields.get(c).map_or("-".to_owned(), |v| v.to_text())).collect::<Vec<_>>().join(" | ");
                format!("{}:{} {fields}", d.place.inside, d.place.spot_text())
            })
            .collect();
        assert_eq!(
            said,
            [
                "sms:row:1 2020-09-13T12:26:40Z | in | +14155550101 | - | sms | Hola | -",
                "sms:row:2 2020-09-13T12:26:41Z | out | +14155550101 | - | sms | Sí | -",
                "pdu:row:1 2020-09-13T12:26:42Z | in | +14155550101 | - | mms | mira | 1",
                "pdu:row:2 2020-09-13T12:26:43Z | out | - | +14155550101; +14155550102 | mms | Foto | 1",
            ]
        );
    }
}
