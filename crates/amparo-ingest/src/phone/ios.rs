//! iPhones: the call history (`CallHistory.storedata`) and the messages (`sms.db`). A unit is one row of the table of calls or of messages.
//!
//! Both are databases that Apple has changed every year: a column that a version does not have is a
//! thing it does not say. Rows of a conversation that are no message (somebody joined, the name changed)
//! are furniture.

use super::clock;
use super::number::Numbers;
use super::sqlite::{Cells, Database, Layout, of};
use super::tally::Tally;
use crate::Stop;
use amparo_model::calls::Call;
use amparo_model::{Direction, Draft, Kind, Outcome, Service};
use std::collections::HashMap;

pub(crate) const CALL_HISTORY: Layout = Layout { name: "ios_call_history", version: 1, table: "ZCALLRECORD", needs: &["Z_PK", "ZDATE", "ZADDRESS"], read: read_calls };
pub(crate) const MESSAGES: Layout = Layout { name: "ios_messages", version: 1, table: "message", needs: &["date", "text", "is_from_me", "handle_id"], read: read_messages };

/// Messages of more text than this are cut; the rest of the original is still there to be shown.
const LONGEST_TEXT: usize = 256 << 10;
/// Countries whose manner of writing numbers is remembered.
const MOST_COUNTRIES: usize = 16;

/// Numbers read in the manner of the country that a row names, or else of the case.
pub(crate) struct Manners<'a> {
    region: &'a str,
    known: HashMap<String, Numbers>,
}

impl<'a> Manners<'a> {
    pub fn new(region: &'a str) -> Manners<'a> {
        Manners { region, known: HashMap::new() }
    }

    pub fn e164(&mut self, raw: &str, country: Option<&str>) -> Option<String> {
        let country = country.map(str::trim).filter(|c| c.len() == 2 && c.bytes().all(|b| b.is_ascii_alphabetic()));
        let country = country.map_or_else(|| self.region.to_owned(), str::to_ascii_uppercase);
        if self.known.len() >= MOST_COUNTRIES && !self.known.contains_key(&country) {
            self.known.clear();
        }
        self.known.entry(country).or_insert_with_key(|c| Numbers::new(c)).e164(&plain(raw))
    }
}

/// WhatsApp and others write a number before an `@`.
fn plain(raw: &str) -> String {
    match raw.split_once("@s.whatsapp.net") {
        Some((number, "")) if number.bytes().all(|b| b.is_ascii_digit()) => format!("+{number}"),
        _ => raw.to_owned(),
    }
}

// ---- calls ----

const CALL_COLUMNS: &[&str] = &["ZDATE", "ZDURATION", "ZADDRESS", "ZNAME", "ZORIGINATED", "ZANSWERED", "ZCALLTYPE", "ZSERVICE_PROVIDER", "ZISO_COUNTRY_CODE", "ZLOCATION"];

fn read_calls(database: &Database, tally: &mut Tally<'_>, region: &str) -> Result<(), Stop> {
    let mut manners = Manners::new(region);
    let (handles, joined) = remote_participants(database, tally);
    database.each("ZCALLRECORD", CALL_COLUMNS, tally, |cells, row, tally| {
        let also: Vec<&str> = of(&joined, cells.rowid).filter_map(|h| handles.get(&h)).map(String::as_str).collect();
        call(cells, row, &also, tally, &mut manners)
    })
}

/// Whom group calls were with: what each handle says, and which call has which handles.
fn remote_participants(database: &Database, tally: &mut Tally<'_>) -> (HashMap<i64, String>, Vec<(i64, i64)>) {
    let handles = database
        .beside("ZHANDLE", &["ZVALUE", "ZNORMALIZEDVALUE"], tally, |cells| cells.text("ZVALUE").or_else(|| cells.text("ZNORMALIZEDVALUE")).map(|value| value.trim().to_owned()));
    // The numbers in the side table's name and columns are those of the schema's version.
    let joins = database.names().filter(|n| n.starts_with("z_") && n.ends_with("remoteparticipanthandles")).min();
    let Some(table) = joins else { return (handles, Vec::new()) };
    let columns = database.columns(table).unwrap_or_default();
    let find = |what: &str| columns.iter().find(|c| c.ends_with(what)).cloned();
    let (Some(calls), Some(theirs)) = (find("calls"), find("handles")) else { return (handles, Vec::new()) };
    (handles, database.joined(table, &calls, &theirs, tally))
}

fn call(cells: &Cells<'_>, row: u64, also: &[&str], tally: &mut Tally<'_>, manners: &mut Manners<'_>) -> Result<(), Stop> {
    let Some(row) = cells.number() else {
        return tally.reject(row, "row-broken", &call_evidence(cells));
    };
    let Some(at) = cells.real("ZDATE").and_then(clock::apple) else {
        return tally.reject(row, "call-without-time", &call_evidence(cells));
    };
    let duration = match cells.real("ZDURATION") {
        None if cells.is_null("ZDURATION") => None,
        // Whole seconds, as telephones show them.
        Some(s) if (0.0..4e9).contains(&s) => Some(s as u32),
        _ => return tally.reject(row, "duration-not-understood", &call_evidence(cells)),
    };
    let direction = match cells.int("ZORIGINATED") {
        Some(1) => Direction::Out,
        Some(0) => Direction::In,
        _ => Direction::Unknown,
    };
    let long = cells.real("ZDURATION").is_some_and(|s| s > 0.0);
    let outcome = match (direction, cells.int("ZANSWERED")) {
        (_, Some(1)) => Outcome::Answered,
        (Direction::In, Some(0)) if !long => Outcome::Missed,
        // Whether the other side took an outgoing call is told by its length alone.
        (Direction::Out, _) | (Direction::In, None) if long => Outcome::Answered,
        _ => Outcome::Unknown,
    };
    let country = cells.text("ZISO_COUNTRY_CODE");
    let address = cells.text("ZADDRESS").map(|a| a.trim().to_owned());
    let raw = match also {
        [] | [_] => address.or_else(|| also.first().map(|a| (*a).to_owned())),
        several => Some(several.join("; ")),
    };
    let number = raw.as_deref().filter(|_| also.len() < 2).and_then(|r| manners.e164(r, country.as_deref()));
    tally.call(Call {
        row,
        at: Some(at),
        direction,
        outcome,
        service: service(cells),
        duration_s: duration,
        number: number.as_deref(),
        number_raw: raw.as_deref(),
        name: cells.text("ZNAME").as_deref().map(str::trim),
        line: None,
        place_raw: cells.text("ZLOCATION").as_deref().filter(|l| *l != "<<RecentsNumberLocationNotFound>>"),
        zone: None,
        zone_because: None,
    })
}

/// Which program carried the call: named since iOS 10, before that only told from its type.
fn service(cells: &Cells<'_>) -> Service {
    let provider = cells.text("ZSERVICE_PROVIDER").map(|p| p.to_ascii_lowercase()).unwrap_or_default();
    match (provider.as_str(), cells.int("ZCALLTYPE")) {
        ("" | "com.apple.telephony" | "com.apple.facetime", Some(8)) => Service::FacetimeVideo,
        ("" | "com.apple.telephony" | "com.apple.facetime", Some(16)) => Service::FacetimeAudio,
        ("com.apple.telephony", _) | ("", Some(1)) => Service::Voice,
        (p, _) if p.contains("whatsapp") => Service::Whatsapp,
        (p, _) if p.contains("telegra") => Service::Telegram,
        (p, _) if p.contains("googlevoice") || p.contains("google.voice") => Service::GoogleVoice,
        _ => Service::Other,
    }
}

fn call_evidence(cells: &Cells<'_>) -> String {
    ["ZDATE", "ZDURATION", "ZADDRESS", "ZORIGINATED", "ZCALLTYPE"].iter().filter_map(|c| shown(cells, c)).collect()
}

fn shown(cells: &Cells<'_>, column: &str) -> Option<String> {
    let text = cells.text(column).map(|t| t.into_owned()).or_else(|| cells.real(column).map(|n| n.to_string()))?;
    Some(format!("{column}={text} "))
}

// ---- messages ----

const MESSAGE_COLUMNS: &[&str] =
    &["text", "attributedBody", "subject", "handle_id", "service", "account", "date", "is_from_me", "item_type", "cache_has_attachments", "destination_caller_id"];

struct Handle {
    id: String,
    country: Option<String>,
}

struct Chat {
    /// What the application calls it: the other person's address, or a made-up word for a group.
    identifier: Option<String>,
    title: Option<String>,
    group: bool,
}

/// Everything beside the messages: who, in which conversations, with what attached.
struct Around {
    handles: HashMap<i64, Handle>,
    chats: HashMap<i64, Chat>,
    members: Vec<(i64, i64)>,
    chat_of: Vec<(i64, i64)>,
    attached: Vec<(i64, i64)>,
}

fn read_messages(database: &Database, tally: &mut Tally<'_>, region: &str) -> Result<(), Stop> {
    let mut manners = Manners::new(region);
    let around = around(database, tally);
    database.each("message", MESSAGE_COLUMNS, tally, |cells, row, tally| message(cells, row, &around, tally, &mut manners))
}

fn around(database: &Database, tally: &mut Tally<'_>) -> Around {
    let said = |cells: &Cells<'_>, column: &str| cells.text(column).map(|t| t.trim().to_owned());
    let handles = database.beside("handle", &["id", "country", "uncanonicalized_id"], tally, |cells| {
        let id = said(cells, "id").or_else(|| said(cells, "uncanonicalized_id"))?;
        Some(Handle { id, country: said(cells, "country") })
    });
    let chats = database.beside("chat", &["style", "chat_identifier", "display_name", "room_name"], tally, |cells| {
        // 43 is a group, 45 a conversation of two.
        let group = cells.int("style") == Some(43) || cells.int("style") != Some(45) && said(cells, "room_name").is_some();
        Some(Chat { identifier: said(cells, "chat_identifier"), title: said(cells, "display_name"), group })
    });
    let members = database.joined("chat_handle_join", "chat_id", "handle_id", tally);
    let chat_of = database.joined("chat_message_join", "message_id", "chat_id", tally);
    let attached = database.joined("message_attachment_join", "message_id", "attachment_id", tally);
    Around { handles, chats, members, chat_of, attached }
}

fn message(cells: &Cells<'_>, row: u64, around: &Around, tally: &mut Tally<'_>, manners: &mut Manners<'_>) -> Result<(), Stop> {
    let Some(row) = cells.number() else {
        return tally.reject(row, "row-broken", &message_evidence(cells));
    };
    if cells.int("item_type").is_some_and(|t| t != 0) {
        return tally.furniture();
    }
    let Some(at) = cells.real("date").and_then(clock::apple) else {
        return tally.reject(row, "message-without-time", &message_evidence(cells));
    };
    let direction = match cells.int("is_from_me") {
        Some(1) => Direction::Out,
        Some(0) => Direction::In,
        _ => Direction::Unknown,
    };
    let chat_id = of(&around.chat_of, cells.rowid).next();
    let chat = chat_id.and_then(|id| around.chats.get(&id));
    let members: Vec<&Handle> = chat_id.map(|id| of(&around.members, id).filter_map(|h| around.handles.get(&h)).collect()).unwrap_or_default();
    let group = chat.is_some_and(|c| c.group) || members.len() > 1;
    let handle = cells.int("handle_id").and_then(|id| around.handles.get(&id));
    let (raw, country) = match (handle, group) {
        // In a group, one's own message is to all of them.
        (_, true) if direction == Direction::Out => (None, None),
        (Some(h), _) => (Some(h.id.as_str()), h.country.as_deref()),
        (None, true) => (None, None),
        (None, false) => match members.first() {
            Some(h) => (Some(h.id.as_str()), h.country.as_deref()),
            None => (chat.and_then(|c| c.identifier.as_deref()), None),
        },
    };
    let participants: Vec<String> = if group { members.iter().map(|h| manners.e164(&h.id, h.country.as_deref()).unwrap_or_else(|| h.id.clone())).collect() } else { Vec::new() };
    let line = cells.text("destination_caller_id").and_then(|n| manners.e164(&n, None));
    let line = line.or_else(|| cells.text("account").and_then(|a| manners.e164(a.strip_prefix("P:").or(a.strip_prefix("p:"))?, None)));
    let attached = of(&around.attached, cells.rowid).count() as i64;
    let attached = if attached == 0 && cells.int("cache_has_attachments") == Some(1) { 1 } else { attached };
    let draft = Draft::new(Kind::Message, tally.place(row))
        .with("at", at)
        .with("direction", direction.as_str())
        .with("number", raw.and_then(|r| manners.e164(r, country)))
        .with("number_raw", raw)
        .with("participants", participants)
        .with("line", line)
        .with("service", message_service(cells))
        .with("text", message_text(cells))
        .with("attachments", (attached > 0).then_some(attached))
        .with("thread", chat.filter(|_| group).and_then(|c| c.title.clone().or_else(|| c.identifier.clone())));
    tally.draft(draft)
}

fn message_service(cells: &Cells<'_>) -> Option<&'static str> {
    let service = cells.text("service")?.to_ascii_lowercase();
    Some(match service.as_str() {
        "imessage" | "imessagelite" | "madrid" => "imessage",
        "sms" | "satellitesms" => "sms",
        "mms" => "mms",
        _ => "other",
    })
}

/// The message's words: the plain column, or since iOS 16 often only the styled one.
fn message_text(cells: &Cells<'_>) -> Option<String> {
    let plain = cells.text("text").map(|t| t.into_owned());
    let text = plain.or_else(|| cells.blob("attributedBody").and_then(styled_text));
    // U+FFFC stands where an attachment was: alone, it says nothing.
    let mut text = text.filter(|t| !t.chars().all(|c| c == '\u{fffc}' || c.is_whitespace()));
    if let Some(subject) = cells.text("subject") {
        text = Some(text.map_or_else(|| subject.to_string(), |t| format!("{subject}\n{t}")));
    }
    text.map(|mut t| {
        t.truncate(t.floor_char_boundary(LONGEST_TEXT));
        t
    })
}

/// The string in an archived attributed string (a NeXT typed stream): the first value of type `+` behind its class.
fn styled_text(blob: &[u8]) -> Option<String> {
    if !blob.get(2..).is_some_and(|b| b.starts_with(b"streamtyped")) {
        return None;
    }
    let class = find(blob, b"NSString")? + b"NSString".len();
    // Version, the end of the class chain, then the one-letter type of what follows.
    let typed = find(blob.get(class..(class + 16).min(blob.len()))?, b"\x84\x01+")? + class + 3;
    let rest = blob.get(typed..)?;
    let (length, text) = match *rest.first()? {
        0x81 => (usize::from(u16::from_le_bytes([*rest.get(1)?, *rest.get(2)?])), rest.get(3..)?),
        0x82 => (u32::from_le_bytes([*rest.get(1)?, *rest.get(2)?, *rest.get(3)?, *rest.get(4)?]) as usize, rest.get(5..)?),
        n if n < 0x80 => (usize::from(n), rest.get(1..)?),
        _ => return None,
    };
    let text = std::str::from_utf8(text.get(..length)?).ok()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, what)
}

fn message_evidence(cells: &Cells<'_>) -> String {
    ["date", "is_from_me", "service", "handle_id", "text"].iter().filter_map(|c| shown(cells, c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::sqlite::tests::made;
    use crate::testing::{hear, hear_beside};
    use amparo_model::State;

    /// As iOS 17 makes it, shortened to what matters and a few columns that do not.
    const CALLS_NEW: &str = "
        CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZANSWERED INTEGER, ZCALLTYPE INTEGER, ZDISCONNECTED_CAUSE INTEGER, ZFACE_TIME_DATA INTEGER,
            ZJUNKCONFIDENCE INTEGER, ZORIGINATED INTEGER, ZREAD INTEGER, ZDATE TIMESTAMP, ZDURATION FLOAT, ZADDRESS VARCHAR, ZISO_COUNTRY_CODE VARCHAR, ZLOCATION VARCHAR, ZNAME VARCHAR,
            ZSERVICE_PROVIDER VARCHAR, ZUNIQUE_ID VARCHAR, ZPARTICIPANTGROUPUUID BLOB);
        CREATE TABLE ZHANDLE (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZTYPE INTEGER, ZNORMALIZEDVALUE VARCHAR, ZVALUE VARCHAR);
        CREATE TABLE Z_2REMOTEPARTICIPANTHANDLES (Z_2REMOTEPARTICIPANTCALLS INTEGER, Z_4REMOTEPARTICIPANTHANDLES INTEGER, PRIMARY KEY (Z_2REMOTEPARTICIPANTCALLS, Z_4REMOTEPARTICIPANTHANDLES));
        CREATE INDEX ZCALLRECORD_ZDATE_INDEX ON ZCALLRECORD (ZDATE);";

    const CALLS_NEW_ROWS: &str = "
        INSERT INTO ZHANDLE (Z_PK, ZVALUE) VALUES (1, '+14155550101'), (2, '+14155550102'), (3, 'rosa@example.org');
        INSERT INTO ZCALLRECORD (Z_PK, ZDATE, ZDURATION, ZADDRESS, ZORIGINATED, ZANSWERED, ZCALLTYPE, ZSERVICE_PROVIDER, ZISO_COUNTRY_CODE, ZLOCATION, ZNAME) VALUES
            (1, 703272609.25, 61.6, CAST('+14155550101' AS BLOB), 1, 0, 1, 'com.apple.Telephony', 'us', 'San Francisco, CA', NULL),
            (2, 703272700, 0.0, '(415) 555-0102', 0, 0, 1, 'com.apple.Telephony', 'us', NULL, 'Mamá'),
            (3, 703272800, 12, '55 1234 5678', 0, 1, 1, 'com.apple.Telephony', 'mx', NULL, NULL),
            (4, 703272900, 300, 'rosa@example.org', 1, 1, 8, 'com.apple.FaceTime', NULL, NULL, NULL),
            (5, 703273000, 300, '14155550103@s.whatsapp.net', 0, 1, 0, 'net.whatsapp.WhatsApp', NULL, NULL, 'Rosa'),
            (6, 703273100, 900, NULL, 0, 1, 16, 'com.apple.FaceTime', NULL, NULL, NULL),
            (7, 703273200, 0, NULL, 0, 0, 1, 'com.apple.Telephony', NULL, NULL, NULL),
            (9, NULL, 5, '+14155550101', 1, 1, 1, 'com.apple.Telephony', NULL, NULL, NULL),
            (10, 703273300, -4, '+14155550101', 1, 1, 1, 'com.apple.Telephony', NULL, NULL, NULL),
            (11, 703273400, 0, '+14155550101', 1, 0, 1, 'com.apple.Telephony', NULL, NULL, NULL);
        INSERT INTO Z_2REMOTEPARTICIPANTHANDLES VALUES (1, 1), (6, 1), (6, 2), (6, 3);";

    fn table(calls: &[amparo_model::CallColumns]) -> Vec<String> {
        let or = |t: Option<&str>| t.unwrap_or("-").to_owned();
        let all = calls.iter().flat_map(|b| b.iter());
        all.map(|c| {
            format!(
                "{} {} {} {} {} {} {} {}",
                c.row,
                c.direction,
                c.outcome,
                c.service,
                c.duration_s.map_or("-".to_owned(), |d| d.to_string()),
                or(c.number),
                or(c.number_raw),
                or(c.name)
            )
        })
        .collect()
    }

    #[test]
    fn calls_of_every_kind() {
        // Half of the rows are only in the log beside the database.
        let (main, wal) = made(CALLS_NEW, CALLS_NEW_ROWS);
        let (report, heard) = hear_beside("CallHistory.storedata", &main, &[("CallHistory.storedata-wal", &wal)]);
        assert_eq!((report.kind.as_str(), report.units, report.records, report.rejects), ("ios_call_history", 10, 8, 2));
        assert_eq!(
            table(&heard.calls),
            [
                "1 out answered voice 61 +14155550101 +14155550101 -",
                "2 in missed voice 0 +14155550102 (415) 555-0102 Mamá",
                "3 in answered voice 12 +525512345678 55 1234 5678 -",
                "4 out answered facetime_video 300 - rosa@example.org -",
                "5 in answered whatsapp 300 +14155550103 14155550103@s.whatsapp.net Rosa",
                "6 in answered facetime_audio 900 - +14155550101; +14155550102; rosa@example.org -",
                "7 in missed voice 0 - - -",
                "11 out unknown voice 0 +14155550101 +14155550101 -",
            ]
        );
        let first = heard.calls[0].get(0);
        assert_eq!((first.at.map(|a| a.to_string()).as_deref(), first.place_raw), (Some("2023-04-15T17:30:09.250Z"), Some("San Francisco, CA")));
        let why: Vec<&str> = heard.rejects.iter().map(|r| r.reason.as_str()).collect();
        assert_eq!(why, ["call-without-time", "duration-not-understood"]);
        assert_eq!(heard.rejects[0].place.inside, "ZCALLRECORD");
    }

    #[test]
    fn an_old_schema_says_less_and_nothing_wrong() {
        let (main, _) = made(
            "CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, ZANSWERED INTEGER, ZCALLTYPE INTEGER, ZORIGINATED INTEGER, ZDATE TIMESTAMP, ZDURATION FLOAT, ZADDRESS BLOB);
             INSERT INTO ZCALLRECORD VALUES (1, 1, 1, 0, 460000000, 30, x'2b3134313535353530313031'), (2, NULL, 16, NULL, 460000100, NULL, NULL);",
            "",
        );
        let (report, heard) = hear("5a4935c78a5255723f707230a451d79c540d2741", &main);
        assert_eq!((report.kind.as_str(), report.state), ("ios_call_history", State::Read));
        assert_eq!(table(&heard.calls), ["1 in answered voice 30 +14155550101 +14155550101 -", "2 unknown unknown facetime_audio - - - -"]);
        assert_eq!(report.covers.and_then(|c| c.from).map(|d| d.to_string()).as_deref(), Some("2015-07-31"));
    }

    /// As iOS 16 makes it, shortened.
    const SMS: &str = "
        CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT, handle_id INTEGER DEFAULT 0, subject TEXT, attributedBody BLOB, service TEXT, account TEXT,
            date INTEGER, date_read INTEGER, is_from_me INTEGER DEFAULT 0, cache_has_attachments INTEGER DEFAULT 0, item_type INTEGER DEFAULT 0, group_title TEXT, destination_caller_id TEXT);
        CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT, service TEXT NOT NULL, uncanonicalized_id TEXT);
        CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT, style INTEGER, chat_identifier TEXT, room_name TEXT, display_name TEXT);
        CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER, UNIQUE (chat_id, handle_id));
        CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, message_date INTEGER DEFAULT 0, PRIMARY KEY (chat_id, message_id));
        CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER, UNIQUE (message_id, attachment_id));
        CREATE TRIGGER before_delete BEFORE DELETE ON message BEGIN SELECT unknown_function(OLD.ROWID); END;
        INSERT INTO handle VALUES (1, '+14155550101', 'us', 'iMessage', NULL), (2, '88811', 'us', 'SMS', NULL), (3, 'rosa@example.org', NULL, 'iMessage', NULL);
        INSERT INTO chat VALUES (1, 'iMessage;-;+14155550101', 45, '+14155550101', NULL, ''), (2, 'SMS;-;88811', 45, '88811', NULL, NULL), (3, 'iMessage;+;chat77', 43, 'chat77', 'chat77', 'Familia');
        INSERT INTO chat_handle_join VALUES (1, 1), (2, 2), (3, 1), (3, 3);";

    /// An archived string as Apple's typed streams hold it, with its length written in this way.
    fn styled(length: &[u8], text: &str) -> String {
        let mut bytes =
            b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x12NSAttributedString\0\x84\x84\x08NSObject\0\x85\x92\x84\x84\x84\x08NSString\x01\x94\x84\x01+".to_vec();
        bytes.extend(length);
        bytes.extend(text.as_bytes());
        bytes.extend(b"\x86\x84\x02iI\x01\x05\x92\x84\x84\x84\x0cNSDictionary\0");
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn messages_of_two_and_of_many() {
        let long = "ñ".repeat(150);
        let rows = format!(
            "INSERT INTO message (ROWID, guid, text, handle_id, attributedBody, service, account, date, is_from_me, cache_has_attachments, item_type, destination_caller_id, subject) VALUES
            (1, 'a', 'Hola', 1, NULL, 'iMessage', 'P:+14155550199', 703272609000000000, 0, 0, 0, NULL, NULL),
            (2, 'b', NULL, 0, x'{}', 'iMessage', 'E:', 703272610000000000, 1, 0, 0, '+14155550199', NULL),
            (3, 'c', 'Your code is 1', 2, NULL, 'SMS', NULL, 703272611, 0, 0, 0, NULL, NULL),
            (4, 'd', char(0xfffc), 3, NULL, 'iMessage', NULL, 703272612000000000, 0, 1, 0, NULL, NULL),
            (5, 'e', NULL, 0, x'{}', 'RCS', NULL, 703272613000000000, 1, 0, 0, NULL, 'Re'),
            (6, 'f', NULL, 3, NULL, 'iMessage', NULL, 703272614000000000, 0, 0, 2, NULL, NULL),
            (7, 'g', 'when?', 1, NULL, 'iMessage', NULL, 0, 0, 0, 0, NULL, NULL);
            INSERT INTO chat_message_join (chat_id, message_id) VALUES (1, 1), (1, 2), (2, 3), (3, 4), (3, 5), (3, 6);
            INSERT INTO message_attachment_join VALUES (4, 1), (4, 2);",
            styled(&[5], "Adiós!".get(..5).unwrap()),
            styled(&[0x81, 0x2c, 0x01], &long),
        );
        let (main, wal) = made(SMS, &rows);
        let (report, heard) = hear_beside("sms.db", &main, &[("sms.db-wal", &wal)]);
        assert_eq!((report.kind.as_str(), report.units, report.records, report.furniture, report.rejects), ("ios_messages", 7, 5, 1, 1));
        let said: Vec<String> = heard
            .drafts
            .iter()
            .map(|d| {
                let columns = ["at", "direction", "number", "number_raw", "participants", "line", "service", "text", "attachments", "thread"];
                columns.iter().map(|c| d.fields.get(c).map_or("-".to_owned(), |v| v.to_text())).collect::<Vec<_>>().join(" | ")
            })
            .collect();
        assert_eq!(
            said,
            [
                "2023-04-15T17:30:09Z | in | +14155550101 | +14155550101 | - | +14155550199 | imessage | Hola | - | -".to_owned(),
                "2023-04-15T17:30:10Z | out | +14155550101 | +14155550101 | - | +14155550199 | imessage | Adió | - | -".to_owned(),
                "2023-04-15T17:30:11Z | in | - | 88811 | - | - | sms | Your code is 1 | - | -".to_owned(),
                "2023-04-15T17:30:12Z | in | - | rosa@example.org | +14155550101; rosa@example.org | - | imessage | - | 2 | Familia".to_owned(),
                format!("2023-04-15T17:30:13Z | out | - | - | +14155550101; rosa@example.org | - | other | Re\n{long} | - | Familia"),
            ]
        );
        assert_eq!(heard.rejects[0].reason, "message-without-time");
    }

    #[test]
    fn styled_text_that_is_none() {
        let bytes = |hex: &str| (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[i * 2..i * 2 + 2], 16).unwrap()).collect::<Vec<u8>>();
        let whole = bytes(&styled(&[4], "Hola"));
        assert_eq!(styled_text(&whole).as_deref(), Some("Hola"));
        for n in 0..whole.len() - 28 {
            assert_eq!(styled_text(&whole[..n.min(92)]), None, "{n}");
        }
        assert_eq!(styled_text(&bytes(&styled(&[0x81, 0xff, 0xff], "Hola"))), None);
        assert_eq!(styled_text(&bytes(&styled(&[0x83], "Hola"))), None);
        assert_eq!(styled_text(b""), None);
    }

    #[test]
    fn whom_a_number_belongs_to_depends_on_the_country() {
        let mut manners = Manners::new("");
        assert_eq!(manners.e164("55 1234 5678", Some("mx")).as_deref(), Some("+525512345678"));
        assert_eq!(manners.e164("415 555 2671", None).as_deref(), Some("+14155552671"));
        assert_eq!(manners.e164("415 555 2671", Some("zz")), None);
        assert_eq!(manners.e164("5215512345678@s.whatsapp.net", None).as_deref(), Some("+525512345678"));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

        #[test]
        fn any_damage_to_a_history_or_to_messages_still_adds_up(flips in proptest::collection::vec((proptest::prelude::any::<u32>(), proptest::prelude::any::<u8>()), 0..60)) {
            static MADE: std::sync::OnceLock<[Vec<u8>; 2]> = std::sync::OnceLock::new();
            let made = MADE.get_or_init(|| {
                let messages = "INSERT INTO message (guid, text, handle_id, date, is_from_me) SELECT value, 'hola ' || value, 1 + value % 3, 703272609000000000 + value, value % 2 FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 200) SELECT value FROM n);
                    INSERT INTO chat_message_join (chat_id, message_id) SELECT 1 + ROWID % 3, ROWID FROM message;";
                [made(&format!("PRAGMA page_size = 512; {CALLS_NEW} {CALLS_NEW_ROWS}"), "").0, made(&format!("PRAGMA page_size = 512; {SMS} {messages}"), "").0]
            });
            for main in made {
                let mut main = main.clone();
                for (at, to) in &flips {
                    let at = *at as usize % main.len();
                    main[at] = *to;
                }
                let (report, heard) = hear("a.db", &main);
                proptest::prop_assert!(report.adds_up());
                proptest::prop_assert_eq!(report.records, heard.all().len() as u64);
                proptest::prop_assert!(report.reason.as_deref() != Some("counts-do-not-add-up"));
            }
        }
    }
}
