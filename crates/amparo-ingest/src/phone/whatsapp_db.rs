//! WhatsApp's own databases on iPhones: messages (`ChatStorage.sqlite`), calls (`CallHistory.sqlite`), contacts (`ContactsV2.sqlite`). A unit is one row of `ZWAMESSAGE`, `ZWACDCALLEVENT` or `ZWAADDRESSBOOKCONTACT`.
//!
//! Everybody is named by an address made of the telephone number. Rows that tell of the group or of
//! encryption are furniture.

use super::clock;
use super::ios::Manners;
use super::sqlite::{Cells, Database, Layout, of};
use super::tally::Tally;
use crate::Stop;
use amparo_model::calls::Call;
use amparo_model::{Direction, Draft, Kind, Outcome, Service};
use std::collections::HashMap;

pub(crate) const MESSAGES: Layout =
    Layout { name: "whatsapp_ios_messages", version: 1, table: "ZWAMESSAGE", needs: &["Z_PK", "ZMESSAGEDATE", "ZISFROMME", "ZTEXT"], read: read_messages };
pub(crate) const CALLS: Layout = Layout { name: "whatsapp_ios_calls", version: 1, table: "ZWACDCALLEVENT", needs: &["Z_PK", "ZDATE", "ZDURATION"], read: read_calls };
pub(crate) const CONTACTS: Layout =
    Layout { name: "whatsapp_ios_contacts", version: 1, table: "ZWAADDRESSBOOKCONTACT", needs: &["Z_PK", "ZFULLNAME", "ZPHONENUMBER"], read: read_contacts };

/// Messages of more text than this are cut; the rest of the original is still there to be shown.
const LONGEST_TEXT: usize = 256 << 10;

fn said(cells: &Cells<'_>, column: &str) -> Option<String> {
    cells.text(column).map(|t| t.trim().to_owned())
}

fn evidence(cells: &Cells<'_>, columns: &[&str]) -> String {
    columns.iter().filter_map(|c| cells.text(c).map(|t| t.into_owned()).or_else(|| cells.real(c).map(|n| n.to_string())).map(|v| format!("{c}={v} "))).collect()
}

// ---- messages ----

const MESSAGE_COLUMNS: &[&str] = &["ZMESSAGEDATE", "ZISFROMME", "ZTEXT", "ZFROMJID", "ZTOJID", "ZMESSAGETYPE", "ZCHATSESSION", "ZGROUPMEMBER", "ZMEDIAITEM"];

struct Chat {
    address: Option<String>,
    name: Option<String>,
    group: bool,
}

/// Everything beside the messages.
struct Around {
    chats: HashMap<i64, Chat>,
    /// Members of groups: address, and name where one is known.
    members: HashMap<i64, (String, Option<String>)>,
    members_of: Vec<(i64, i64)>,
}

fn read_messages(database: &Database, tally: &mut Tally<'_>, region: &str) -> Result<(), Stop> {
    let mut manners = Manners::new(region);
    let around = around(database, tally);
    database.each("ZWAMESSAGE", MESSAGE_COLUMNS, tally, |cells, row, tally| message(cells, row, &around, tally, &mut manners))
}

fn around(database: &Database, tally: &mut Tally<'_>) -> Around {
    let chats = database.beside("ZWACHATSESSION", &["ZCONTACTJID", "ZPARTNERNAME", "ZSESSIONTYPE"], tally, |cells| {
        let address = said(cells, "ZCONTACTJID");
        let group = cells.int("ZSESSIONTYPE") == Some(1) || address.as_deref().is_some_and(|a| a.ends_with("@g.us"));
        Some(Chat { address, name: said(cells, "ZPARTNERNAME"), group })
    });
    let names = database.beside("ZWAPROFILEPUSHNAME", &["ZJID", "ZPUSHNAME"], tally, |cells| Some((said(cells, "ZJID")?, said(cells, "ZPUSHNAME")?)));
    let mut in_order: Vec<_> = names.into_iter().collect();
    in_order.sort_by_key(|(row, _)| *row);
    let names: HashMap<String, String> = in_order.into_iter().map(|(_, name)| name).collect();
    let members = database.beside("ZWAGROUPMEMBER", &["ZMEMBERJID", "ZCONTACTNAME"], tally, |cells| {
        let address = said(cells, "ZMEMBERJID")?;
        let name = said(cells, "ZCONTACTNAME").or_else(|| names.get(&address).cloned());
        Some((address, name))
    });
    let members_of = database.joined("ZWAGROUPMEMBER", "ZCHATSESSION", "Z_PK", tally);
    Around { chats, members, members_of }
}

fn message(cells: &Cells<'_>, row: u64, around: &Around, tally: &mut Tally<'_>, manners: &mut Manners<'_>) -> Result<(), Stop> {
    let evidence = || evidence(cells, &["ZMESSAGEDATE", "ZISFROMME", "ZFROMJID", "ZTOJID", "ZTEXT"]);
    let Some(row) = cells.number() else {
        return tally.reject(row, "row-broken", &evidence());
    };
    let kind = cells.int("ZMESSAGETYPE");
    // Somebody joined or left; messages are encrypted, a number changed.
    if matches!(kind, Some(6 | 10)) {
        return tally.furniture();
    }
    let Some(at) = cells.real("ZMESSAGEDATE").and_then(clock::apple) else {
        return tally.reject(row, "message-without-time", &evidence());
    };
    let direction = match cells.int("ZISFROMME") {
        Some(1) => Direction::Out,
        Some(0) => Direction::In,
        _ => Direction::Unknown,
    };
    let session = cells.int("ZCHATSESSION");
    let chat = session.and_then(|s| around.chats.get(&s));
    let group = chat.is_some_and(|c| c.group);
    let sender = cells.int("ZGROUPMEMBER").and_then(|m| around.members.get(&m)).filter(|_| direction != Direction::Out);
    let (raw, name) = match (group, chat) {
        (true, _) => (sender.map(|(address, _)| address.clone()), sender.and_then(|(_, name)| name.clone())),
        (false, Some(chat)) => (chat.address.clone(), chat.name.clone()),
        (false, None) => (said(cells, if direction == Direction::Out { "ZTOJID" } else { "ZFROMJID" }), None),
    };
    let members = session.filter(|_| group).map(|s| of(&around.members_of, s)).into_iter().flatten().filter_map(|m| around.members.get(&m));
    let participants: Vec<String> = members.map(|(address, _)| manners.e164(address, None).unwrap_or_else(|| address.clone())).collect();
    let mut text = cells.text("ZTEXT").map(|t| t.into_owned()).unwrap_or_default();
    text.truncate(text.floor_char_boundary(LONGEST_TEXT));
    // Pictures, videos, voices, contacts, documents, moving pictures and stickers.
    let attached = matches!(kind, Some(1..=4 | 8 | 11 | 15 | 38 | 39)) || (kind.is_none() && cells.int("ZMEDIAITEM").is_some());
    let draft = Draft::new(Kind::Message, tally.place(row))
        .with("at", at)
        .with("direction", direction.as_str())
        .with("number", raw.as_deref().and_then(|r| manners.e164(r, None)))
        .with("number_raw", raw)
        .with("name", name)
        .with("participants", participants)
        .with("service", "whatsapp")
        .with("text", text)
        .with("attachments", attached.then_some(1))
        .with("thread", chat.filter(|_| group).and_then(|c| c.name.clone().or_else(|| c.address.clone())));
    tally.draft(draft)
}

// ---- calls ----

fn read_calls(database: &Database, tally: &mut Tally<'_>, region: &str) -> Result<(), Stop> {
    let mut manners = Manners::new(region);
    let find = |table: &str, ending: &str| {
        let column = database.columns(table).unwrap_or_default().iter().find(|c| c.ends_with(ending) && c.as_bytes().get(1).is_some_and(u8::is_ascii_digit));
        column.cloned().unwrap_or_default()
    };
    let to_aggregate = find("ZWACDCALLEVENT", "callevents");
    let to_call = find("ZWACDCALLEVENTPARTICIPANT", "participants");
    let joined = database.joined("ZWACDCALLEVENTPARTICIPANT", &to_call, "Z_PK", tally);
    let addresses = database.beside("ZWACDCALLEVENTPARTICIPANT", &["ZJIDSTRING"], tally, |cells| said(cells, "ZJIDSTRING"));
    let incoming = database.joined("ZWAAGGREGATECALLEVENT", "Z_PK", "ZINCOMING", tally);
    let columns = ["ZDATE", "ZDURATION", "ZOUTCOME", "ZGROUPCALLCREATORUSERJIDSTRING", "ZGROUPJIDSTRING", to_aggregate.as_str()];
    database.each("ZWACDCALLEVENT", &columns, tally, |cells, row, tally| {
        let with: Vec<&str> = of(&joined, cells.rowid).filter_map(|p| addresses.get(&p)).map(String::as_str).collect();
        let incoming = cells.int(&to_aggregate).and_then(|a| of(&incoming, a).next());
        call(cells, row, &with, incoming, tally, &mut manners)
    })
}

fn call(cells: &Cells<'_>, row: u64, with: &[&str], incoming: Option<i64>, tally: &mut Tally<'_>, manners: &mut Manners<'_>) -> Result<(), Stop> {
    let evidence = || format!("{}{}", evidence(cells, &["ZDATE", "ZDURATION", "ZOUTCOME"]), with.join(" "));
    let Some(row) = cells.number() else {
        return tally.reject(row, "row-broken", &evidence());
    };
    let Some(at) = cells.real("ZDATE").and_then(clock::apple) else {
        return tally.reject(row, "call-without-time", &evidence());
    };
    let duration = match cells.real("ZDURATION") {
        None if cells.is_null("ZDURATION") => None,
        // Whole seconds, as telephones show them.
        Some(s) if (0.0..4e9).contains(&s) => Some(s as u32),
        _ => return tally.reject(row, "duration-not-understood", &evidence()),
    };
    let creator = said(cells, "ZGROUPCALLCREATORUSERJIDSTRING");
    let direction = match (creator.as_deref(), incoming) {
        (Some(creator), _) if with.contains(&creator) => Direction::In,
        (Some(_), _) if !with.is_empty() => Direction::Out,
        (_, Some(1)) => Direction::In,
        (_, Some(0)) => Direction::Out,
        _ => Direction::Unknown,
    };
    let outcome = match (cells.real("ZDURATION"), cells.int("ZOUTCOME"), direction) {
        (Some(s), ..) if s > 0.0 => Outcome::Answered,
        (_, Some(1), Direction::In) => Outcome::Missed,
        (_, Some(4), Direction::In) => Outcome::Rejected,
        _ => Outcome::Unknown,
    };
    let raw = match with {
        [] => said(cells, "ZGROUPJIDSTRING"),
        several => Some(several.join("; ")),
    };
    let number = raw.as_deref().filter(|_| with.len() == 1).and_then(|r| manners.e164(r, None));
    tally.call(Call {
        row,
        at: Some(at),
        direction,
        outcome,
        service: Service::Whatsapp,
        duration_s: duration,
        number: number.as_deref(),
        number_raw: raw.as_deref(),
        name: None,
        line: None,
        place_raw: None,
        zone: None,
        zone_because: None,
    })
}

// ---- contacts ----

fn read_contacts(database: &Database, tally: &mut Tally<'_>, region: &str) -> Result<(), Stop> {
    let mut manners = Manners::new(region);
    database.each("ZWAADDRESSBOOKCONTACT", &["ZFULLNAME", "ZPHONENUMBER", "ZWHATSAPPID"], tally, |cells, row, tally| {
        let Some(number) = cells.number() else {
            return tally.reject(row, "row-broken", &evidence(cells, &["ZFULLNAME", "ZPHONENUMBER"]));
        };
        // The address is made of the number as WhatsApp dials it, and says the country.
        let address = said(cells, "ZWHATSAPPID").and_then(|a| manners.e164(&a, None));
        let written = said(cells, "ZPHONENUMBER");
        let numbers: Vec<String> = written.and_then(|w| manners.e164(&w, None).or(address.clone()).or(Some(w))).or(address).into_iter().collect();
        let draft = Draft::new(Kind::Contact, tally.place(number)).with("name", said(cells, "ZFULLNAME")).with("numbers", numbers);
        if draft.fields.is_empty() { tally.furniture() } else { tally.draft(draft) }
    })
}

#[cfg(test)]
mod tests {
    use crate::phone::sqlite::tests::made;
    use crate::testing::{Heard, hear_beside};
    use amparo_model::Report;

    fn heard(schema: &str, rows: &str) -> (Report, Heard) {
        let (main, wal) = made(schema, rows);
        hear_beside("a.sqlite", &main, &[("a.sqlite-wal", &wal)])
    }

    fn fields(heard: &Heard, names: &[&str]) -> Vec<String> {
        heard.all().iter().map(|d| names.iter().map(|n| d.fields.get(n).map_or("-".to_owned(), |v| v.to_text())).collect::<Vec<_>>().join(" | ")).collect()
    }

    #[test]
    fn messages_of_two_and_of_a_group() {
        let (report, heard) = heard(
            "CREATE TABLE ZWAMESSAGE (Z_PK INTEGER PRIMARY KEY, ZGROUPEVENTTYPE INTEGER, ZISFROMME INTEGER, ZMESSAGETYPE INTEGER, ZCHATSESSION INTEGER, ZGROUPMEMBER INTEGER, ZMEDIAITEM INTEGER, ZMESSAGEDATE TIMESTAMP,
                ZFROMJID VARCHAR, ZTOJID VARCHAR, ZTEXT VARCHAR);
             CREATE TABLE ZWACHATSESSION (Z_PK INTEGER PRIMARY KEY, ZSESSIONTYPE INTEGER, ZCONTACTJID VARCHAR, ZPARTNERNAME VARCHAR);
             CREATE TABLE ZWAGROUPMEMBER (Z_PK INTEGER PRIMARY KEY, ZCHATSESSION INTEGER, ZCONTACTNAME VARCHAR, ZMEMBERJID VARCHAR);
             CREATE TABLE ZWAPROFILEPUSHNAME (Z_PK INTEGER PRIMARY KEY, ZJID VARCHAR, ZPUSHNAME VARCHAR);",
            "INSERT INTO ZWACHATSESSION VALUES (1, 0, '5215512345678@s.whatsapp.net', 'Mamá'), (2, 1, '14155550101-1600000000@g.us', 'Familia');
             INSERT INTO ZWAGROUPMEMBER VALUES (1, 2, NULL, '14155550101@s.whatsapp.net'), (2, 2, 'Beto', '77777@lid');
             INSERT INTO ZWAPROFILEPUSHNAME VALUES (1, '14155550101@s.whatsapp.net', 'Rosa');
             INSERT INTO ZWAMESSAGE VALUES
                (1, 0, 0, 10, 1, NULL, NULL, 703272600, '5215512345678@s.whatsapp.net', NULL, NULL),
                (2, 0, 0, 0, 1, NULL, NULL, 703272609.5, '5215512345678@s.whatsapp.net', NULL, 'Hola'),
                (3, 0, 1, 1, 1, NULL, 4, 703272610, NULL, '5215512345678@s.whatsapp.net', NULL),
                (4, 0, 0, 0, 2, 1, NULL, 703272611, '14155550101-1600000000@g.us', NULL, '¿Vienen?'),
                (5, 0, 1, 0, 2, NULL, NULL, 703272612, NULL, '14155550101-1600000000@g.us', 'Sí'),
                (6, 2, 0, 6, 2, 1, NULL, 703272613, '14155550101-1600000000@g.us', NULL, '14155550101@s.whatsapp.net'),
                (7, 0, 0, 0, 2, 2, NULL, NULL, '14155550101-1600000000@g.us', NULL, 'when');",
        );
        assert_eq!((report.kind.as_str(), report.units, report.records, report.furniture, report.rejects), ("whatsapp_ios_messages", 7, 4, 2, 1));
        assert_eq!(
            fields(&heard, &["at", "direction", "number", "name", "participants", "text", "attachments", "thread"]),
            [
                "2023-04-15T17:30:09.500Z | in | +525512345678 | Mamá | - | Hola | - | -",
                "2023-04-15T17:30:10Z | out | +525512345678 | Mamá | - | - | 1 | -",
                "2023-04-15T17:30:11Z | in | +14155550101 | Rosa | +14155550101; 77777@lid | ¿Vienen? | - | Familia",
                "2023-04-15T17:30:12Z | out | - | - | +14155550101; 77777@lid | Sí | - | Familia",
            ]
        );
    }

    #[test]
    fn calls_and_who_began_them() {
        let (report, heard) = heard(
            "CREATE TABLE ZWACDCALLEVENT (Z_PK INTEGER PRIMARY KEY, ZOUTCOME INTEGER, Z1CALLEVENTS INTEGER, Z_FOK_1CALLEVENTS INTEGER, ZDATE TIMESTAMP, ZDURATION FLOAT, ZGROUPCALLCREATORUSERJIDSTRING VARCHAR);
             CREATE TABLE ZWACDCALLEVENTPARTICIPANT (Z_PK INTEGER PRIMARY KEY, Z1PARTICIPANTS INTEGER, Z_FOK_1PARTICIPANTS INTEGER, ZJIDSTRING VARCHAR);
             CREATE TABLE ZWAAGGREGATECALLEVENT (Z_PK INTEGER PRIMARY KEY, ZINCOMING INTEGER, ZMISSED INTEGER, ZVIDEO INTEGER);",
            "INSERT INTO ZWACDCALLEVENT VALUES (1, 0, 1, 2048, 704736730.07, 95.1, '14155550199@s.whatsapp.net'), (2, 0, 2, 2048, 704736906, 100.9, '14155550101@s.whatsapp.net'),
                (3, 1, 3, 2048, 704737245, 0, NULL), (4, 0, 3, 4096, 704737461, 10, NULL), (5, 0, 9, 0, NULL, 1, NULL);
             INSERT INTO ZWACDCALLEVENTPARTICIPANT VALUES (1, 1, 2048, '14155550101@s.whatsapp.net'), (2, 2, 2048, '14155550101@s.whatsapp.net'), (3, 3, 2048, '14155550102@s.whatsapp.net'),
                (4, 4, 2048, '14155550102@s.whatsapp.net'), (5, 4, 4096, '14155550103@s.whatsapp.net');
             INSERT INTO ZWAAGGREGATECALLEVENT VALUES (1, 0, 0, 0), (2, 1, 0, 0), (3, 1, 1, 1);",
        );
        assert_eq!((report.kind.as_str(), report.units, report.records, report.rejects), ("whatsapp_ios_calls", 5, 4, 1));
        assert_eq!(
            fields(&heard, &["at", "direction", "outcome", "duration_s", "number", "number_raw", "service"]),
            [
                "2023-05-02T16:12:10.070Z | out | answered | 95 | +14155550101 | 14155550101@s.whatsapp.net | whatsapp",
                "2023-05-02T16:15:06Z | in | answered | 100 | +14155550101 | 14155550101@s.whatsapp.net | whatsapp",
                "2023-05-02T16:20:45Z | in | missed | 0 | +14155550102 | 14155550102@s.whatsapp.net | whatsapp",
                "2023-05-02T16:24:21Z | in | answered | 10 | - | 14155550102@s.whatsapp.net; 14155550103@s.whatsapp.net | whatsapp",
            ]
        );
    }

    #[test]
    fn contacts_with_the_country_that_the_address_says() {
        let (report, heard) = heard(
            "CREATE TABLE ZWAADDRESSBOOKCONTACT (Z_PK INTEGER PRIMARY KEY, ZFULLNAME VARCHAR, ZPHONENUMBER VARCHAR, ZWHATSAPPID VARCHAR);",
            "INSERT INTO ZWAADDRESSBOOKCONTACT VALUES (1, 'Rosa', '(415) 555-0101', '14155550101@s.whatsapp.net'), (2, 'Tía', '044 1234', '5215512345678@s.whatsapp.net'), (3, 'Empresa', '1-800-FLOWERS', '11800@s.whatsapp.net'), (4, NULL, NULL, NULL);",
        );
        assert_eq!((report.kind.as_str(), report.units, report.records, report.furniture), ("whatsapp_ios_contacts", 4, 3, 1));
        assert_eq!(fields(&heard, &["name", "numbers"]), ["Rosa | +14155550101", "Tía | +525512345678", "Empresa | 1-800-FLOWERS"]);
    }
}
