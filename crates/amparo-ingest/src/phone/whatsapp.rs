//! WhatsApp conversations exported as text (`_chat.txt`, `WhatsApp Chat with ….txt`). A unit is one message: its first line with date, time and sender, and all lines that continue it.
//!
//! Every telephone writes the date in its own country's way and none says which: the file is read twice,
//! first to learn the way from all its dates, then to read. What WhatsApp itself writes between the
//! messages (somebody joined, messages are encrypted) is furniture. Times are the telephone's own clock,
//! without a zone. Who exported the file is not in it: a direction is said only where the file's name
//! tells who the other person is.

use super::number::Numbers;
use super::tally::Tally;
use super::whatsapp_line::{self as line, Header, Order, Shape};
use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::{CoversWhy, Direction, Draft, Instant, Kind, Report};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{BufRead, SeekFrom};

pub const READER: Reader = Reader { name: "whatsapp_text", version: 1, recognise, read };
/// Signal's exports look the same but for the kind of bracket they use.
const SIGNAL: (&str, u32) = ("signal_text", 1);

/// Messages of more text than this are cut; the rest of the original is still there to be shown.
const LONGEST_TEXT: usize = 256 << 10;
/// What is kept of one line: no telephone writes a longer message.
const LONGEST_LINE: usize = 1 << 20;
/// More people than this are a crowd, and are not listed with each message.
const MOST_PARTICIPANTS: usize = 64;
const MOST_SHAPES: usize = 16;
/// WhatsApp exports so many messages with media or without, and leaves out what is older.
const CAPS: [u64; 2] = [10_000, 40_000];

fn recognise(head: &Head<'_>) -> Sure {
    let text = super::text::head(head.first);
    let mut lines = text.lines().filter(|l| !line::bare(l).is_empty());
    let called = head.name.to_lowercase();
    let named = called.contains("whatsapp") || called.ends_with("_chat.txt");
    let Some(first) = lines.next().and_then(line::header) else {
        // Cut off at its beginning, in the middle of a message.
        let all = 1 + lines.clone().count();
        let certain = lines.filter_map(line::header).filter(|h| h.shape.is_certain()).count();
        return match (named, certain) {
            (true, 1..) => Sure::Likely,
            (false, 3..) if certain * 3 >= all => Sure::Perhaps,
            _ => Sure::No,
        };
    };
    match (first.shape.is_certain(), named) {
        (true, true) => Sure::Yes,
        (true, false) | (false, true) => Sure::Likely,
        (false, false) => Sure::Perhaps,
    }
}

fn read(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    let Some(first) = Survey::of(file) else {
        let mut tally = Tally::new(READER.name, READER.version, &file.inside, sink);
        tally.partly("cannot-read-bytes");
        return tally.finish(CoversWhy::FirstRecord);
    };
    let signal = first.ways.first().is_some_and(|w| w.shape.is_signals());
    let (name, version) = if signal { SIGNAL } else { (READER.name, READER.version) };
    let mut tally = Tally::new(name, version, &file.inside, sink);
    for code in first.assumed() {
        tally.assume(code);
    }
    let mut numbers = Numbers::new(tools.region);
    let around = Around::of(&first, &file.name, if signal { "signal" } else { "whatsapp" }, &mut numbers);
    let ended = second(file, &around, &mut tally, &mut numbers)?;
    if let Some(why) = ended {
        tally.partly(why);
    }
    let records = tally.report.records;
    let units = tally.report.units;
    let capped = !signal && CAPS.iter().any(|cap| [records, units].contains(cap));
    tally.finish(if capped { CoversWhy::CapSuspected } else { CoversWhy::FirstRecord })
}

// ---- lines ----

/// The lines of the file, each with whether it ended in CR LF; overlong ones are cut.
struct Lines<'a> {
    body: Box<dyn BufRead + 'a>,
    bytes: Vec<u8>,
    /// The last line read ended in CR LF.
    crlf: bool,
    number: u64,
    /// The file could not be read further, or ends within a character.
    trouble: Option<&'static str>,
}

impl<'a> Lines<'a> {
    fn of(file: &'a mut File<'_>) -> Option<Lines<'a>> {
        std::io::Seek::seek(file.body, SeekFrom::Start(0)).ok()?;
        Some(Lines { body: super::text::open(&mut *file.body), bytes: Vec::new(), crlf: false, number: 0, trouble: None })
    }

    /// The next line without its end; `false` at the end of the file.
    fn next(&mut self) -> bool {
        self.bytes.clear();
        let mut any = false;
        let mut ended = false;
        while !ended {
            let part = match self.body.fill_buf() {
                Ok([]) => break,
                Ok(part) => part,
                Err(_) => {
                    self.trouble = Some("cannot-read-bytes");
                    break;
                }
            };
            any = true;
            let end = memchr::memchr(b'\n', part);
            let take = end.map_or(part.len(), |at| at + 1);
            let room = LONGEST_LINE.saturating_sub(self.bytes.len());
            self.bytes.extend(&part[..take.min(room)]);
            ended = end.is_some();
            self.body.consume(take);
        }
        if !any {
            return false;
        }
        if !ended && self.trouble.is_none() && std::str::from_utf8(&self.bytes).is_err_and(|e| e.error_len().is_none()) {
            self.trouble = Some("truncated");
        }
        self.number += 1;
        if self.bytes.last() == Some(&b'\n') {
            self.bytes.pop();
        }
        self.crlf = self.bytes.last() == Some(&b'\r');
        if self.crlf {
            self.bytes.pop();
        }
        true
    }

    fn text(&self) -> Cow<'_, str> {
        super::text::decode(&self.bytes)
    }
}

// ---- the first reading ----

/// One way in which first lines are written in this file, and what its dates say about their order.
struct Way {
    shape: Shape,
    count: u64,
    /// How many of them follow a line that ended in CR LF, and in LF alone.
    after: (u64, u64),
    order: line::Orders,
    senders: BTreeSet<String>,
}

impl Way {
    /// Its messages end in CR LF, and the lines within a message in LF alone, as iPhones write them.
    fn is_crlf(&self) -> bool {
        self.after.0 > self.after.1
    }
}

/// What the first reading learned.
struct Survey {
    /// The ways to be believed; the first message's is the first.
    ways: Vec<Way>,
    /// One more than are listed, at most.
    senders: Vec<String>,
}

impl Survey {
    fn of(file: &mut File<'_>) -> Option<Survey> {
        let mut lines = Lines::of(file)?;
        let mut ways: Vec<Way> = Vec::new();
        let mut before = None;
        while lines.next() {
            let text = lines.text();
            let last = before.replace(lines.crlf);
            if let Some(header) = line::header(&text) {
                let at = match ways.iter().position(|w| w.shape == header.shape) {
                    Some(at) => at,
                    None if ways.len() < MOST_SHAPES => {
                        ways.push(Way { shape: header.shape, count: 0, after: (0, 0), order: line::Orders::default(), senders: BTreeSet::new() });
                        ways.len() - 1
                    }
                    None => continue,
                };
                let way = &mut ways[at];
                match last {
                    Some(true) => way.after.0 += 1,
                    Some(false) => way.after.1 += 1,
                    None => {}
                }
                if last == Some(false) && way.is_crlf() {
                    continue;
                }
                way.count += 1;
                way.order.see(&header);
                if let Said::Message { sender, .. } = said(header.rest)
                    && way.senders.len() <= MOST_PARTICIPANTS
                {
                    way.senders.insert(sender.to_owned());
                }
            }
        }
        let all: u64 = ways.iter().map(|w| w.count).sum();
        // A conversation pasted into a message has another way of writing than the file it is in; two exports put together have two, each with many lines.
        let first = ways.first().map(|w| w.shape);
        ways.retain(|w| Some(w.shape) == first || (w.shape.is_certain() && w.count >= 20 && w.count * 20 >= all));
        let senders: BTreeSet<String> = ways.iter().flat_map(|w| w.senders.iter().cloned()).collect();
        Some(Survey { ways, senders: senders.into_iter().take(MOST_PARTICIPANTS + 1).collect() })
    }

    fn assumed(&self) -> impl Iterator<Item = &'static str> {
        self.ways.iter().flat_map(|w| w.order.decided().1)
    }
}

/// What does not change from message to message.
struct Around {
    /// Each way of writing, the order of its dates, and whether its messages end in CR LF.
    ways: Vec<(Shape, Order, bool)>,
    participants: Vec<String>,
    /// The other person of a conversation of two, where the file's name says who that is.
    other: Option<String>,
    thread: Option<String>,
    service: &'static str,
}

impl Around {
    fn of(first: &Survey, file_name: &str, service: &'static str, numbers: &mut Numbers) -> Around {
        let thread = line::title(file_name);
        let person = |name: &str, numbers: &mut Numbers| numbers.e164(name).unwrap_or_else(|| name.to_lowercase());
        let two = first.senders.len() <= 2;
        let other = match &thread {
            Some(title) if two => first.senders.iter().find(|s| person(s, numbers) == person(title, numbers)).cloned(),
            _ => None,
        };
        let many = (3..=MOST_PARTICIPANTS).contains(&first.senders.len());
        let participants = if many { first.senders.iter().map(|s| numbers.e164(s).unwrap_or_else(|| s.clone())).collect() } else { Vec::new() };
        Around { ways: first.ways.iter().map(|w| (w.shape, w.order.decided().0, w.is_crlf())).collect(), participants, other, thread, service }
    }
}

// ---- the second reading ----

/// A message while its lines are read.
struct Open {
    row: u64,
    at: Option<Instant>,
    sender: Option<String>,
    text: String,
    notice: bool,
}

/// Reads all; the reason where it was not to the end.
fn second(file: &mut File<'_>, around: &Around, tally: &mut Tally<'_>, numbers: &mut Numbers) -> Result<Option<&'static str>, Stop> {
    let Some(mut lines) = Lines::of(file) else { return Ok(Some("cannot-read-bytes")) };
    let mut open: Option<Open> = None;
    let mut begins = true;
    while lines.next() {
        let text = lines.text();
        let known = line::header(&text).and_then(|h| {
            let (_, order, crlf) = around.ways.iter().find(|(shape, ..)| *shape == h.shape)?;
            (begins || !crlf).then_some((h, *order))
        });
        begins = lines.crlf;
        match (known, &mut open) {
            (Some((header, order)), _) => {
                if let Some(whole) = open.replace(opened(&header, order, lines.number)) {
                    close(whole, around, tally, numbers)?;
                }
            }
            (None, Some(message)) => {
                if message.text.len() < LONGEST_TEXT {
                    message.text.push('\n');
                    message.text.push_str(&text);
                }
            }
            (None, None) if line::bare(&text).is_empty() => tally.furniture()?,
            (None, None) => tally.reject(lines.number, "not-a-message", &text)?,
        }
    }
    if let Some(whole) = open {
        close(whole, around, tally, numbers)?;
    }
    Ok(lines.trouble)
}

fn opened(header: &Header<'_>, order: Order, row: u64) -> Open {
    let at = header.at(order);
    match said(header.rest) {
        Said::Notice(text) => Open { row, at, sender: None, text: text.to_owned(), notice: true },
        Said::Message { sender, text } => Open { row, at, sender: Some(sender.to_owned()), text: text.to_owned(), notice: false },
    }
}

/// What follows date and time.
enum Said<'t> {
    Message {
        sender: &'t str,
        text: &'t str,
    },
    /// WhatsApp's own words.
    Notice(&'t str),
}

fn said(rest: &str) -> Said<'_> {
    let Some((sender, text)) = line::sender(rest) else { return Said::Notice(rest) };
    // Telephones of Apple put a name before WhatsApp's own words too, and a mark that nobody types.
    if line::is_notice(text) { Said::Notice(text) } else { Said::Message { sender, text } }
}

fn close(whole: Open, around: &Around, tally: &mut Tally<'_>, numbers: &mut Numbers) -> Result<(), Stop> {
    let Open { row, at, sender, mut text, notice } = whole;
    if notice {
        return tally.furniture();
    }
    let Some(at) = at else {
        return tally.reject(row, "date-not-understood", &text);
    };
    let attachments = line::attachments(&text);
    text.truncate(text.floor_char_boundary(LONGEST_TEXT));
    let sender = sender.unwrap_or_default();
    let direction = match &around.other {
        Some(other) if *other == sender => Direction::In,
        Some(_) => Direction::Out,
        None => Direction::Unknown,
    };
    // What the owner wrote was to the other person: number and name are always the other's, where that is known.
    let who = around.other.as_ref().filter(|_| direction == Direction::Out).unwrap_or(&sender);
    let number = numbers.e164(who);
    let is_number = number.is_some() || line::looks_like_number(who);
    let draft = Draft::new(Kind::Message, tally.place(row))
        .with("at", at)
        .with("direction", direction.as_str())
        .with("number", number)
        .with("number_raw", Some(who.as_str()).filter(|_| is_number))
        .with("name", Some(who.as_str()).filter(|_| !is_number))
        .with("participants", around.participants.clone())
        .with("service", around.service)
        .with("text", line::words(&text))
        .with("attachments", (attachments > 0).then_some(attachments))
        .with("thread", around.thread.clone());
    tally.draft(draft)
}

#[cfg(test)]
mod tests {
    use crate::testing::hear;
    use amparo_model::{CoversWhy, Draft, State};
    use proptest::prelude::*;

    fn field(draft: &Draft, name: &str) -> String {
        draft.fields.get(name).map_or("-".to_owned(), |v| v.to_text())
    }

    fn fields(draft: &Draft, names: &[&str]) -> String {
        names.iter().map(|n| field(draft, n)).collect::<Vec<_>>().join(" | ")
    }

    /// First lines counted by the look of their first characters alone: three numbers, then a time.
    fn counted(text: &str) -> u64 {
        let begins = |l: &&str| {
            let l = l.trim_start_matches(['\u{feff}', '\u{200e}', '[']);
            let numbers: Vec<&str> = l.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).take(5).collect();
            l.starts_with(|c: char| c.is_ascii_digit())
                && numbers.len() == 5
                && numbers.iter().all(|n| n.len() <= 4)
                && l.chars().take(12).filter(|c| "/.-".contains(*c)).count() >= 2
        };
        text.lines().filter(begins).count() as u64
    }

    #[test]
    fn twelve_ways_of_telephones_around_the_world() {
        let want: serde_json::Value = serde_json::from_str(include_str!("../../fixtures/whatsapp/expected.json")).unwrap();
        for (name, text) in [
            ("format01.txt", include_str!("../../fixtures/whatsapp/format01.txt")),
            ("format03.txt", include_str!("../../fixtures/whatsapp/format03.txt")),
            ("format05.txt", include_str!("../../fixtures/whatsapp/format05.txt")),
            ("format07.txt", include_str!("../../fixtures/whatsapp/format07.txt")),
            ("format09.txt", include_str!("../../fixtures/whatsapp/format09.txt")),
            ("format12.txt", include_str!("../../fixtures/whatsapp/format12.txt")),
            ("format02.txt", "03-06-2018, 01.55 PM - a: m"),
            ("format02.txt", "06-13-2018, 09.25.15 PM - a: m"),
            ("format04.txt", "[06.13.18 21:25:15] a: m"),
            ("format06.txt", "13. 6. 2018. 21:25:15 a: m"),
            ("format08.txt", "\u{200e}[3/6/18 1:55:00 p.\u{a0}m.] a: m"),
            ("format10.txt", "[06/2018/13, 21:25:15] a: m"),
            ("format11.txt", "3/6/18, 13.55 - a: m"),
        ] {
            let (report, heard) = hear(name, text.as_bytes());
            assert_eq!((report.kind.as_str(), report.units, report.records), ("whatsapp_text", 1, 1), "{text}");
            let got = &heard.drafts[0];
            let second = text.starts_with("06-13") || !name.contains("02");
            let want = if second && name.contains("02") {
                "2018-06-13T21:25:15"
            } else if name.contains("02") {
                "2018-06-03T13:55"
            } else {
                want[name].as_str().unwrap()
            };
            assert!(field(got, "at").starts_with(want), "{text}: {}", field(got, "at"));
            assert_eq!(fields(got, &["direction", "name", "text", "service"]), "unknown | a | m | whatsapp", "{text}");
        }
    }

    #[test]
    fn ninety_six_ways_of_writing_a_year_of_messages() {
        let day = jiff::civil::date(2019, 8, 3).at(0, 7, 41, 0);
        for (separator, order, bracket, seconds, halves) in (0..96).map(|i| (["-", "/", "."][i % 3], i / 3 % 4, i / 12 % 2 == 1, i / 24 % 2 == 1, i / 48 == 1)) {
            let mut text = String::new();
            let mut want = Vec::new();
            for n in 0..200_i64 {
                let at = day + jiff::Span::new().hours(n * 43).minutes(n * 7);
                let (y, m, d) = (at.year() % 100, at.month(), at.day());
                let date = [[d as i16, m as i16, y], [m as i16, d as i16, y], [y, m as i16, d as i16], [y, d as i16, m as i16]][order].map(|p| format!("{p:02}")).join(separator);
                let hour = if halves { format!("{:02}", (at.hour() + 11) % 12 + 1) } else { format!("{:02}", at.hour()) };
                let second = if seconds { format!(":{:02}", at.second()) } else { String::new() };
                let half = match (halves, at.hour() < 12) {
                    (false, _) => "",
                    (true, true) => " AM",
                    (true, false) => " PM",
                };
                let time = format!("{hour}:{:02}{second}{half}", at.minute());
                text += &if bracket { format!("[{date} {time}] Ana: {n}\n") } else { format!("{date}, {time} - Ana: {n}\n") };
                want.push(if seconds { at } else { at.with().second(0).build().unwrap() }.to_string());
            }
            let (_, heard) = hear("_chat.txt", text.as_bytes());
            let got: Vec<String> = heard.drafts.iter().map(|d| field(d, "at")).collect();
            assert_eq!(got, want, "{}", text.lines().next().unwrap_or_default());
        }
    }

    #[test]
    fn more_countries() {
        for (text, want) in [
            ("2018년 6월 13일 오후 9:25, a : m\n2018년 6월 14일 오전 9:25, a : m", "2018-06-13T21:25:00"),
            ("2018/6/13 下午9:25 - a: m", "2018-06-13T21:25:00"),
            ("[2018/6/13 下午9:25:15] a: m", "2018-06-13T21:25:15"),
            ("2018-06-13 21 h 25 - a: m", "2018-06-13T21:25:00"),
            ("[2018-06-13 21 h 25 min 15 s] a: m", "2018-06-13T21:25:15"),
            ("13.06.18 um 21:25:15: a: m", "2018-06-13T21:25:15"),
            ("13/6/18 12:05 a. m. - a: m", "2018-06-13T00:05:00"),
            ("13/6/18 12:05\u{202f}p.\u{a0}m. - a: m", "2018-06-13T12:05:00"),
            ("[١٣/٦/٢٠١٨، ٩:٢٥:١٥ م] a: m", "2018-06-13T21:25:15"),
            ("[21:25, 13/6/2018] a: m", "2018-06-13T21:25:00"),
            ("21:25, 13/06/2018 - a: m", "2018-06-13T21:25:00"),
            ("13.06.18 г., 21:25 ч. - a: m", "2018-06-13T21:25:00"),
            ("2018. 06. 13. 21:25 - a: m", "2018-06-13T21:25:00"),
            ("13.06.18, 21:25 Uhr - a: m", "2018-06-13T21:25:00"),
            ("13/6/2561 21:25 - a: m", "2018-06-13T21:25:00"),
            ("13.6.18, 9:25 e pasdites - a: m", "2018-06-13T21:25:00"),
            ("18/06/30, 21:25 - a: m\n18/07/02, 21:25 - a: m", "2018-06-30T21:25:00"),
            ("18-30-06, 21:25 - a: m\n18-02-07, 21:25 - a: m", "2018-06-30T21:25:00"),
        ] {
            let (report, heard) = hear("_chat.txt", text.as_bytes());
            assert_eq!((report.kind.as_str(), report.state), ("whatsapp_text", State::Read), "{text}");
            assert_eq!(fields(&heard.drafts[0], &["at", "name", "text"]), format!("{want} | a | m"), "{text}");
        }
    }

    #[test]
    fn exports_of_a_group_as_another_program_reads_them() {
        let want: Vec<serde_json::Value> = serde_json::from_str(include_str!("../../fixtures/whatsapp/chat_miner_target.json")).unwrap();
        for text in [
            include_str!("../../fixtures/whatsapp/bracket_mmddyy.txt"),
            include_str!("../../fixtures/whatsapp/mmddyy.txt"),
            include_str!("../../fixtures/whatsapp/mmddyyyy_12h.txt"),
        ] {
            let (report, heard) = hear("chat.txt", text.as_bytes());
            assert_eq!(report.units, counted(text));
            assert_eq!((report.records, report.furniture, report.rejects), (6, 3, 0));
            assert_eq!(report.assumed, ["month-first"]);
            let flat = |t: &str| t.replace('\n', " ");
            let got: Vec<String> = heard.drafts.iter().rev().map(|d| flat(&fields(d, &["at", "name", "text"]))).collect();
            let want: Vec<String> = want.iter().map(|w| ["timestamp", "author", "message"].map(|k| w[k].as_str().unwrap()).join(" | ")).collect();
            assert_eq!(got, want);
            assert_eq!(field(&heard.drafts[0], "participants"), "Jahn Doe; John Doe; John Doe 🤓; John-John Doe; 🤓");
        }
    }

    #[test]
    fn which_number_is_the_day() {
        let days = |lines: &[&str]| lines.iter().map(|d| format!("{d}, 10:00 - a: m\n")).collect::<String>();
        for (lines, assumed, first) in [
            (&["3/6/18", "13/6/18"][..], &["day-first"][..], "2018-06-03"),
            (&["3/6/18", "3/13/18"], &["month-first"], "2018-03-06"),
            // Under the other order they would run backward.
            (&["5/6/18", "1/7/18"], &["day-first"], "2018-06-05"),
            (&["6/5/18", "7/1/18"], &["month-first"], "2018-06-05"),
            (&["3/6/18", "3/6/18"], &["order-undecided"], "2018-06-03"),
            (&["3/6/18", "3/7/18", "3/8/18", "3/9/18"], &["month-first", "order-from-gaps"], "2018-03-06"),
            (&["2018/3/6", "2018/3/7"], &["year-first"], "2018-03-06"),
            (&["06-03-05", "07-03-05"], &["order-undecided"], "2005-03-06"),
        ] {
            let (report, heard) = hear("_chat.txt", days(lines).as_bytes());
            assert_eq!(report.assumed, assumed, "{lines:?}");
            assert!(field(&heard.drafts[0], "at").starts_with(first), "{lines:?} {}", field(&heard.drafts[0], "at"));
        }
        // A date that the file's own order does not allow is no message's.
        let (report, heard) = hear("_chat.txt", days(&["13/6/18", "14/6/18", "6/15/18"]).as_bytes());
        assert_eq!((report.units, report.records, report.rejects), (3, 2, 1));
        assert_eq!((heard.rejects[0].reason.as_str(), heard.rejects[0].place.spot_text().as_str()), ("date-not-understood", "row:3"));
    }

    #[test]
    fn an_iphones_export_with_everything_in_it() {
        let text = concat!(
            "\u{feff}[12/3/25, 2:32:11\u{202f}p.\u{a0}m.] Rosa Pérez: \u{200e}Los mensajes y las llamadas están cifrados de extremo a extremo. Solo las personas en este chat pueden leerlos.\r\n",
            "[12/3/25, 2:33:00\u{202f}p.\u{a0}m.] Rosa Pérez: Hola: ¿cómo está?\n[1/2/24, 1:00:00\u{202f}p.\u{a0}m.] Juan: copiado de otro chat\nfin\r\n",
            "\u{200e}[12/3/25, 2:34:00\u{202f}p.\u{a0}m.] Juan: \u{200e}imagen omitida\r\n",
            "\u{200e}[13/3/25, 2:35:00\u{202f}p.\u{a0}m.] Juan: \u{200e}<adjunto: 00000042-PHOTO-2025-03-13.jpg>\r\n",
            "\u{200e}[13/3/25, 2:36:00\u{202f}p.\u{a0}m.] Juan: contrato.pdf • \u{200e}2 páginas \u{200e}documento omitido\r\n",
            "\u{200e}[13/3/25, 2:37:00\u{202f}p.\u{a0}m.] \u{202a}+52\u{a0}1\u{a0}55\u{a0}1234\u{a0}5678\u{202c}: \u{200e}Llamada de voz perdida\r\n",
            "\u{200e}[13/3/25, 2:38:00\u{202f}p.\u{a0}m.] ~\u{a0}Tío Beto: ENCUESTA:\n¿Cuándo?\nOPCIÓN: lunes (1 voto)\r\n",
            "[13/3/25, 2:39:00\u{202f}p.\u{a0}m.] Juan: \r\n",
        );
        let (report, heard) = hear("_chat.txt", text.as_bytes());
        assert_eq!((report.units, report.records, report.furniture, report.rejects), (8, 7, 1, 0));
        assert_eq!(report.assumed, ["day-first"]);
        let said: Vec<String> = heard.drafts.iter().map(|d| format!("{} {}", d.place.spot_text(), fields(d, &["at", "number", "name", "text", "attachments"]))).collect();
        assert_eq!(
            said,
            [
                "row:2 2025-03-12T14:33:00 | - | Rosa Pérez | Hola: ¿cómo está?\n[1/2/24, 1:00:00\u{202f}p.\u{a0}m.] Juan: copiado de otro chat\nfin | -",
                "row:5 2025-03-12T14:34:00 | - | Juan | imagen omitida | 1",
                "row:6 2025-03-13T14:35:00 | - | Juan | <adjunto: 00000042-PHOTO-2025-03-13.jpg> | 1",
                "row:7 2025-03-13T14:36:00 | - | Juan | contrato.pdf • \u{200e}2 páginas \u{200e}documento omitido | 1",
                "row:8 2025-03-13T14:37:00 | +525512345678 | - | Llamada de voz perdida | -",
                "row:9 2025-03-13T14:38:00 | - | Tío Beto | ENCUESTA:\n¿Cuándo?\nOPCIÓN: lunes (1 voto) | -",
                "row:12 2025-03-13T14:39:00 | - | Juan | - | -",
            ]
        );
        assert_eq!(field(&heard.drafts[0], "participants"), "+525512345678; Juan; Rosa Pérez; Tío Beto");
    }

    #[test]
    fn an_androids_export_names_the_other_person_in_the_files_name() {
        let text = "12/31/24, 11:59 PM - Messages and calls are end-to-end encrypted. Tap to learn more.\n12/31/24, 11:59 PM - Ana: IMG-20241231-WA0001.jpg (file attached)\nMira\n1/1/25, 12:01 AM - Me Myself: <Media omitted>\n1/1/25, 12:02 AM - Ana changed the subject from \"a: b\" to \"c: d\"\n";
        let (report, heard) = hear("WhatsApp Chat with Ana (2).txt", text.as_bytes());
        assert_eq!((report.units, report.records, report.furniture), (4, 2, 2));
        let names = ["at", "direction", "name", "text", "attachments", "participants", "thread"];
        let said: Vec<String> = heard.drafts.iter().map(|d| fields(d, &names)).collect();
        assert_eq!(
            said,
            ["2024-12-31T23:59:00 | in | Ana | IMG-20241231-WA0001.jpg (file attached)\nMira | 1 | - | Ana", "2025-01-01T00:01:00 | out | Ana | <Media omitted> | 1 | - | Ana"]
        );
        let (_, unknown) = hear("export.txt", text.as_bytes());
        assert_eq!(fields(&unknown.drafts[1], &["direction", "name", "thread"]), "unknown | Me Myself | -");
    }

    #[test]
    fn words_for_attachments_and_words_that_only_look_like_them() {
        for (text, want) in [
            ("< attached: 00000042-PHOTO.jpg >", 1),
            ("IMG-1.jpg <\u{200e}attached>", 1),
            ("IMG-1.jpg (Datei angehängt)", 1),
            ("\u{200e}PTT-1.opus (archivo adjunto)", 1),
            ("<Multimedia omitido>", 1),
            ("<Archivo omitido>", 1),
            ("<Mídia oculta>", 1),
            ("<Médias omis>", 1),
            ("<Medien ausgeschlossen>", 1),
            ("<Media omessi>", 1),
            ("\u{200e}GIF omitido", 1),
            ("\u{200e}sticker omitted", 1),
            ("\u{200e}imagem ocultada", 1),
            ("\u{200e}Cartão do contato omitido", 1),
            ("a.jpg (file attached)\nb.jpg (file attached)", 2),
            ("<3", 0),
            ("el dinero oculto", 0),
            ("see foo.com (my site)", 0),
            ("me siento omitida", 0),
            ("a < b > c", 0),
            ("", 0),
        ] {
            assert_eq!(super::line::attachments(text), want, "{text}");
        }
    }

    #[test]
    fn a_conversation_cut_at_whatsapps_limit_says_so() {
        let many = |n: usize| (0..n).map(|i| format!("{}/{}/2020, 10:{:02} - a: m {i}\n", i / 2_000 + 1, i / 300 % 12 + 1, i % 60)).collect::<String>();
        for (n, why) in [(10_000, CoversWhy::CapSuspected), (9_999, CoversWhy::FirstRecord), (40_000, CoversWhy::CapSuspected)] {
            let text = many(n);
            let (report, _) = hear("_chat.txt", text.as_bytes());
            assert_eq!((report.units, report.covers.map(|c| c.why)), (n as u64, Some(why)));
        }
    }

    #[test]
    fn lines_before_the_first_message_and_other_texts() {
        let (report, heard) = hear("WhatsApp.txt", "13/6/18, 10:00 - a: m\n".as_bytes());
        assert_eq!((report.units, heard.drafts.len()), (1, 1));
        for text in
            ["Hello.\n13/6/18, 10:00 - a: m\n", "a,b\n1,2\n", "13/6/18 I was at home: yes\n", "45/45/45, 10:00 - a: m\n", "1234567\n", "[12] x: y\n", "2018-06-13;10:00;a: m\n"]
        {
            let (report, _) = hear("x.txt", text.as_bytes());
            assert_ne!(report.kind, "whatsapp_text", "{text}");
        }
        let (report, heard) = hear("_chat.txt", "y adiós\n\n13/6/18, 10:00 - a: m\n".as_bytes());
        assert_eq!((report.units, report.records, report.furniture, report.rejects), (3, 1, 1, 1));
        assert_eq!(heard.rejects[0].reason, "not-a-message");
        let (signal, heard) = hear("export.txt", include_bytes!("../../fixtures/whatsapp/signal.txt"));
        assert_eq!((signal.kind.as_str(), signal.units, signal.records), ("signal_text", 2, 2));
        assert_eq!(fields(&heard.drafts[1], &["at", "name", "service", "text"]), "2020-01-17T21:49:00 | John Doe | signal | Hello\nJane!");
    }

    #[test]
    fn two_exports_put_together_and_a_conversation_quoted() {
        let android: String = (1..29).map(|d| format!("{d}/6/18, 10:00 - a: uno\n")).collect();
        let apple: String = (1..29).map(|d| format!("[6/{d}/19, 10:00:00] b: dos\n")).collect();
        let (report, _) = hear("_chat.txt", format!("{android}{apple}").as_bytes());
        assert_eq!((report.units, report.records, report.rejects), (56, 56, 0));
        assert_eq!(report.assumed, ["day-first", "month-first"]);
        let (report, _) = hear("_chat.txt", format!("{android}[6/3/19, 10:00:00] b: quoted\n").as_bytes());
        assert_eq!((report.units, report.records), (28, 28));
    }

    #[test]
    fn a_conversation_in_a_zip_is_found_by_what_it_says() {
        use std::io::Write;
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for (name, bytes) in [("_chat.txt", &b"[20.06.19, 15:58:47] Loris: hi\r\n"[..]), ("00000001-PHOTO.jpg", b"\xff\xd8\xff\xe0"), ("__MACOSX/._chat.txt", b"\0\x05\x16\x07")] {
            zip.start_file(name, stored).unwrap();
            zip.write_all(bytes).unwrap();
        }
        let (report, heard) = hear("WhatsApp Chat - Loris.zip", &zip.finish().unwrap().into_inner());
        assert_eq!((report.units, report.units_read, report.furniture), (3, 2, 1));
        assert_eq!((heard.inside[0].report.kind.as_str(), heard.inside[0].report.records), ("whatsapp_text", 1));
        assert_eq!(heard.drafts[0].place.inside, "_chat.txt");
    }

    const SAMPLE: &str =
        "\u{200e}[13/6/18, 9:25:15 p. m.] Ana: \u{200e}imagen omitida\r\n[13/6/18, 9:26:15 p. m.] Beto: hola\ny adiós\r\n[14/6/18, 9:26:15 a. m.] Ana: <adjunto: a.jpg>\r\n";

    proptest! {
        #[test]
        fn any_damage_still_adds_up(edits in prop::collection::vec((any::<u16>(), any::<u8>()), 0..12), cut in any::<u16>()) {
            let mut bytes = SAMPLE.repeat(4).into_bytes();
            for (at, to) in edits {
                let at = usize::from(at) % bytes.len();
                bytes[at] = to;
            }
            bytes.truncate(usize::from(cut) % (bytes.len() + 1));
            let (report, heard) = hear("_chat.txt", &bytes);
            prop_assert!(report.adds_up());
            prop_assert_eq!(report.records, heard.all().len() as u64);
            prop_assert!(report.reason.as_deref() != Some("counts-do-not-add-up"));
        }

        #[test]
        fn any_text_is_no_harm(text in "[\\[\\]0-9/:.,apm \\-\u{200e}\u{202f}a-c\r\n]{0,200}") {
            let (report, _) = hear("_chat.txt", format!("13/6/18, 10:00 - a: m\n{text}").as_bytes());
            prop_assert!(report.adds_up() && report.units >= 1);
        }

        #[test]
        fn any_bytes_are_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let (report, _) = hear("_chat.txt", &[b"13/6/18, 10:00 - a: m\n", &bytes[..]].concat());
            prop_assert!(report.adds_up() && report.units >= 1);
        }
    }
}
