//! SMS Backup & Restore: an Android phone's calls and messages as one XML file. A unit is one `call`, `sms` or `mms` element.
//!
//! The file is read leniently: a backup cut off by a full disk still holds whole messages. `date` is
//! milliseconds UTC; `readable_date` is the phone's own wording and is not used for time.

use super::number::Numbers;
use super::tally::Tally;
use super::xml::{End, Shape, Tag, Tags};
use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::calls::Call;
use amparo_model::{CoversWhy, Direction, Draft, Instant, Kind, Outcome, Report, Service};
use std::io::SeekFrom;

pub const READER: Reader = Reader { name: "sms_backup_xml", version: 1, recognise, read };

/// Messages of more text than this are cut; the rest of the original is still there to be shown.
const LONGEST_TEXT: usize = 256 << 10;

fn recognise(head: &Head<'_>) -> Sure {
    let text = super::text::head(head.first);
    let text = text.trim_start();
    if !text.starts_with('<') {
        return Sure::No;
    }
    let mut tags = Tags::new(text.as_bytes());
    match tags.tag() {
        Ok(tag) if tag.name == "smses" || tag.name == "calls" => Sure::Yes,
        _ => Sure::No,
    }
}

/// A multimedia message while its parts and addresses are read.
struct Mms {
    tag: Tag,
    text: String,
    attachments: i64,
    from: Option<String>,
}

fn read(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    let mut tally = Tally::new(READER.name, READER.version, &file.inside, sink);
    let mut numbers = Numbers::new(tools.region);
    if std::io::Seek::seek(file.body, SeekFrom::Start(0)).is_err() {
        tally.partly("cannot-read-bytes");
        return tally.finish(CoversWhy::FirstRecord);
    }
    let mut tags = Tags::new(super::text::open(&mut *file.body));
    let mut row = 0;
    let mut promised: Option<u64> = None;
    let mut closed = false;
    let mut mms: Option<Mms> = None;
    let end = loop {
        let tag = match tags.tag() {
            Ok(tag) => tag,
            Err(end) => break end,
        };
        match (tag.name.as_str(), tag.shape) {
            ("smses" | "calls", Shape::Close) => closed = true,
            ("smses" | "calls", shape) => {
                promised = tag.get("count").and_then(|c| c.parse().ok());
                closed = shape == Shape::Empty;
            }
            ("call", Shape::Open | Shape::Empty) => {
                row += 1;
                lost(&mut mms, &mut tally, row - 1)?;
                call(&tag, row, &mut tally, &mut numbers)?;
            }
            ("sms", Shape::Open | Shape::Empty) => {
                row += 1;
                lost(&mut mms, &mut tally, row - 1)?;
                let text = tag.get("body").unwrap_or("").to_owned();
                message(&tag, row, "sms", &text, None, None, &mut tally, &mut numbers)?;
            }
            ("mms", Shape::Close) => {
                if let Some(whole) = mms.take() {
                    finish_mms(whole, row, &mut tally, &mut numbers)?;
                }
            }
            ("mms", shape) => {
                row += 1;
                lost(&mut mms, &mut tally, row - 1)?;
                let new = Mms { tag, text: String::new(), attachments: 0, from: None };
                if shape == Shape::Empty { finish_mms(new, row, &mut tally, &mut numbers)? } else { mms = Some(new) }
            }
            ("part", Shape::Open | Shape::Empty) => {
                if let Some(mms) = &mut mms {
                    part(mms, &tag);
                }
            }
            ("addr", Shape::Open | Shape::Empty) => {
                if let (Some(mms), Some("137")) = (&mut mms, tag.get("type")) {
                    mms.from = tag.get("address").filter(|a| *a != "insert-address-token").map(str::to_owned);
                }
            }
            _ => {}
        }
    };
    if mms.is_some() {
        tally.reject(row, "truncated", "")?;
    }
    match end {
        End::Unreadable => tally.partly("cannot-read-bytes"),
        End::Cut | End::Clean if end == End::Cut || !closed => tally.partly("truncated"),
        _ => {}
    }
    if promised.is_some_and(|p| p != row) {
        tally.assume("count-disagrees");
    }
    tally.finish(CoversWhy::FirstRecord)
}

/// A multimedia message that never ended before the next element began.
fn lost(mms: &mut Option<Mms>, tally: &mut Tally<'_>, row: u64) -> Result<(), Stop> {
    match mms.take() {
        Some(_) => tally.reject(row, "broken", ""),
        None => Ok(()),
    }
}

fn part(mms: &mut Mms, tag: &Tag) {
    match tag.get("ct") {
        Some("application/smil") => {}
        Some(ct) if ct.starts_with("text/plain") => {
            if let Some(text) = tag.get("text") {
                if !mms.text.is_empty() {
                    mms.text.push('\n');
                }
                mms.text.push_str(text);
                cut(&mut mms.text);
            }
        }
        _ => mms.attachments += 1,
    }
}

fn cut(text: &mut String) {
    if text.len() > LONGEST_TEXT {
        text.truncate(text.floor_char_boundary(LONGEST_TEXT));
    }
}

fn at(tag: &Tag) -> Option<Instant> {
    let ms: i64 = tag.get("date")?.trim().parse().ok()?;
    // Some programs write multimedia dates in seconds; no telephone kept messages in 1973.
    let ms = if ms < 100_000_000_000 { ms.checked_mul(1_000)? } else { ms };
    (1..=253_402_300_799_999).contains(&ms).then(|| Instant::utc(ms))
}

fn name(tag: &Tag) -> Option<&str> {
    tag.get("contact_name").filter(|n| *n != "(Unknown)")
}

fn evidence(tag: &Tag) -> String {
    ["date", "type", "msg_box", "number", "address", "duration"].iter().filter_map(|n| tag.get(n).map(|v| format!("{n}={v} "))).collect()
}

fn call(tag: &Tag, row: u64, tally: &mut Tally<'_>, numbers: &mut Numbers) -> Result<(), Stop> {
    let Some(at) = at(tag) else {
        return tally.reject(row, "call-without-time", &evidence(tag));
    };
    let duration: Option<u32> = match tag.get("duration") {
        None => None,
        Some(d) => match d.trim().parse() {
            Ok(d) if d < u32::MAX => Some(d),
            _ => return tally.reject(row, "duration-not-understood", &evidence(tag)),
        },
    };
    let (direction, outcome) = match tag.get("type") {
        Some("1" | "7") => (Direction::In, Outcome::Answered),
        Some("2") if duration.is_some_and(|d| d > 0) => (Direction::Out, Outcome::Answered),
        Some("2") => (Direction::Out, Outcome::Unknown),
        Some("3") => (Direction::In, Outcome::Missed),
        Some("4") => (Direction::In, Outcome::Voicemail),
        Some("5") => (Direction::In, Outcome::Rejected),
        Some("6") => (Direction::In, Outcome::Blocked),
        _ => (Direction::Unknown, Outcome::Unknown),
    };
    let raw = tag.get("number");
    let number = raw.and_then(|r| numbers.e164(r));
    tally.call(Call {
        row,
        at: Some(at),
        direction,
        outcome,
        service: Service::Voice,
        duration_s: duration,
        number: number.as_deref(),
        number_raw: raw,
        name: name(tag),
        line: None,
        place_raw: None,
        zone: None,
        zone_because: None,
    })
}

fn finish_mms(mms: Mms, row: u64, tally: &mut Tally<'_>, numbers: &mut Numbers) -> Result<(), Stop> {
    let Mms { tag, text, attachments, from } = mms;
    message(&tag, row, "mms", &text, from, (attachments > 0).then_some(attachments), tally, numbers)
}

#[expect(clippy::too_many_arguments, reason = "the parts of one message, each used once")]
fn message(tag: &Tag, row: u64, service: &str, text: &str, from: Option<String>, attachments: Option<i64>, tally: &mut Tally<'_>, numbers: &mut Numbers) -> Result<(), Stop> {
    let Some(at) = at(tag) else {
        return tally.reject(row, "message-without-time", &evidence(tag));
    };
    let direction = match tag.get("type").filter(|_| service == "sms").or(tag.get("msg_box")) {
        Some("1") => Direction::In,
        Some("2") => Direction::Out,
        _ => Direction::Unknown, // drafts, and what never left the phone
    };
    let address = tag.get("address").filter(|a| *a != "insert-address-token");
    let group: Vec<&str> = address.map(|a| a.split('~').filter(|p| !p.is_empty()).collect()).unwrap_or_default();
    let raw = match (group.len(), direction) {
        (0, _) => from,
        (1, _) => Some(group[0].to_owned()),
        (_, Direction::In) => from,
        _ => None,
    };
    let participants: Vec<String> = if group.len() > 1 { group.iter().map(|p| numbers.e164(p).unwrap_or_else(|| (*p).to_owned())).collect() } else { Vec::new() };
    let mut text = text.to_owned();
    cut(&mut text);
    let draft = Draft::new(Kind::Message, tally.place(row))
        .with("at", at)
        .with("direction", direction.as_str())
        .with("number", raw.as_deref().and_then(|r| numbers.e164(r)))
        .with("number_raw", raw)
        .with("name", name(tag))
        .with("participants", participants)
        .with("service", service)
        .with("text", text)
        .with("attachments", attachments)
        .with("thread", address.filter(|_| group.len() > 1));
    tally.draft(draft)
}

#[cfg(test)]
mod tests {
    use crate::testing::hear;
    use amparo_model::{State, Value};

    /// Elements counted by their opening text alone.
    fn counted(text: &str) -> u64 {
        ["<call ", "<sms ", "<mms "].iter().map(|t| text.matches(t).count() as u64).sum()
    }

    #[test]
    fn real_backups_read_in_full_as_an_independent_count_says() {
        for (name, text, state, rejects) in [
            ("calls.xml", include_str!("../../fixtures/sms_backup/calls.xml"), State::Read, 0),
            ("sms_small.xml", include_str!("../../fixtures/sms_backup/sms_small.xml"), State::Read, 0),
            ("sms_and_mms.xml", include_str!("../../fixtures/sms_backup/sms_and_mms.xml"), State::PartlyRead, 1),
            ("sample_mms.xml", include_str!("../../fixtures/sms_backup/sample_mms.xml"), State::Read, 0),
            ("empty.xml", include_str!("../../fixtures/sms_backup/empty.xml"), State::Read, 0),
        ] {
            let (report, heard) = hear(name, text.as_bytes());
            assert_eq!(report.kind, "sms_backup_xml", "{name}");
            assert_eq!(report.units, counted(text), "{name}");
            assert_eq!((report.state, report.rejects), (state, rejects), "{name}");
            assert_eq!(heard.all().len() as u64, report.units - rejects, "{name}");
        }
    }

    #[test]
    fn quirks_of_old_and_broken_backups() {
        let text = r#"<smses count="9"><sms address="+15555550013~88811" date="1512226167463" type="2" subject="null" body="&#55357;&#56832; a&amp;b" contact_name="(Unknown)"/>
            <sms address="null" date="nonsense" type="1" body="x"/>
            <mms date="1721161764000" msg_box="1" address="5555550001~5555550002"><parts><part ct="application/smil" text="null"/><part ct="text/plain" text="hola"/>
            <part ct="image/png" data="AAAA"/></parts><addrs><addr address="5555550002" type="137"/></addrs></mms></smses>"#;
        let (report, heard) = hear("sms.xml", text.as_bytes());
        assert_eq!((report.units, report.records, report.rejects), (3, 2, 1));
        assert_eq!(report.assumed, ["count-disagrees"]);
        assert_eq!(heard.rejects[0].reason, "message-without-time");
        assert_eq!(heard.rejects[0].place.spot_text(), "row:2");
        let (a, b) = (&heard.drafts[0], &heard.drafts[1]);
        assert_eq!(a.fields["text"], Value::text("😀 a&b"));
        assert_eq!(a.fields["participants"].to_text(), "+15555550013; 88811");
        assert!(!a.fields.contains_key("name") && !a.fields.contains_key("number"));
        assert_eq!(b.fields["number"], Value::text("+15555550002"));
        assert_eq!((b.fields["text"].to_text(), b.fields["attachments"].to_text()), ("hola".into(), "1".into()));
    }

    #[test]
    fn calls_keep_the_instant_and_not_the_phones_wording_of_it() {
        let (report, heard) = hear("calls.xml", include_bytes!("../../fixtures/sms_backup/calls.xml"));
        let first = heard.calls[0].get(0);
        assert_eq!(first.at.map(|a| a.to_string()).as_deref(), Some("2014-09-16T15:31:45.425Z"));
        assert_eq!((first.number, first.number_raw, first.name), (Some("+15555550000"), Some("5555550000"), None));
        assert_eq!((first.direction.as_str(), first.outcome.as_str()), ("in", "missed"));
        assert_eq!(report.covers.and_then(|c| c.from).map(|d| d.to_string()).as_deref(), Some("2014-09-16"));
    }
}
