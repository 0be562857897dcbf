//! What the family's telephones and carriers write: backups, a carrier's usage file, a chat.

use crate::Paper;
use crate::chance::Chance;
use crate::story::Family;
use jiff::civil::{Date, DateTime};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// First and last month of the chat.
pub const CHAT: ((i16, i8), (i16, i8)) = ((2021, 1), (2023, 4));
/// First and last month of the texts.
pub const SMS: ((i16, i8), (i16, i8)) = ((2020, 2), (2020, 12));
/// Seconds that the family's clocks are behind UTC all year round in these files: Phoenix keeps no summer time.
const OFFSET_S: i64 = -7 * 3_600;

#[derive(Clone)]
struct Call {
    /// Local wall clock.
    at: DateTime,
    number: String,
    name: String,
    /// 1 in, 2 out, 3 missed.
    kind: u8,
    seconds: i64,
}

fn epoch_ms(at: DateTime) -> i64 {
    let days = (at.date() - Date::constant(1970, 1, 1)).get_days() as i64;
    let days = if days == 0 { at.date().duration_since(Date::constant(1970, 1, 1)).as_hours() / 24 } else { days };
    (days * 86_400 + i64::from(at.hour()) * 3_600 + i64::from(at.minute()) * 60 + i64::from(at.second()) - OFFSET_S) * 1_000
}

/// The calls of a line between two days, newest last; three to nine a week.
fn calls(chance: &mut Chance, from: Date, to: Date, people: &[(String, String)]) -> Vec<Call> {
    let mut out: Vec<Call> = Vec::new();
    let mut day = from;
    while day <= to {
        for _ in 0..chance.range(0, 3) {
            let (number, name) = chance.pick(people).clone();
            let kind = if chance.once_in(9) { 3 } else { chance.range(1, 3) as u8 };
            let at = day.at(chance.range(7, 22) as i8, chance.range(0, 60) as i8, chance.range(0, 60) as i8, 0);
            out.push(Call { at, number, name, kind, seconds: if kind == 3 { 0 } else { chance.range(5, 1_900) } });
        }
        day = day.tomorrow().unwrap_or(Date::MAX);
    }
    out.sort_by_key(|c| c.at);
    out.dedup_by(|a, b| (a.at.hour(), a.at.minute(), a.at.date()) == (b.at.hour(), b.at.minute(), b.at.date()));
    out
}

fn xml(calls: &[Call]) -> Vec<u8> {
    let mut out = String::from(
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<!--File Created By SMS Backup & Restore v10.05.602-->\n<?xml-stylesheet type=\"text/xsl\" href=\"calls.xsl\"?>\n",
    );
    let _ = writeln!(out, "<calls count=\"{}\" backup_set=\"6d1f\" backup_date=\"1656600000000\" type=\"full\">", calls.len());
    for c in calls {
        let _ = writeln!(
            out,
            "  <call number=\"{}\" duration=\"{}\" date=\"{}\" type=\"{}\" presentation=\"1\" subscription_id=\"1\" post_dial_digits=\"\" subscription_component_name=\"null\" readable_date=\"{}\" contact_name=\"{}\" />",
            c.number,
            c.seconds,
            epoch_ms(c.at),
            c.kind,
            c.at.strftime("%b %-d, %Y %H:%M:%S"),
            c.name
        );
    }
    out.push_str("</calls>\n");
    out.into_bytes()
}

fn paper(path: &str, kind: &'static str, subject: &'static str, units: usize, bytes: Vec<u8>) -> Paper {
    Paper { path: path.into(), kind, subject, units: units as u64, bytes }
}

/// The files, and on how many days of each month the client's phone was used by anybody's account.
pub fn papers(family: &Family, chance: &mut Chance) -> (Vec<Paper>, BTreeMap<(i16, i8), usize>) {
    let d = Date::constant;
    let mut people: Vec<(String, String)> = family.others.clone();
    people.truncate(8);
    people.push((format!("+1{}", family.spouse.line), family.spouse.given.clone()));
    people.push((format!("+1{}", family.spouse.line), family.spouse.given.clone()));
    let all = calls(chance, d(2019, 3, 4), d(2022, 6, 18), &people);

    // Two backups of one phone that overlap from January to August 2020.
    let early: Vec<Call> = all.iter().filter(|c| c.at.date() <= d(2020, 8, 31)).cloned().collect();
    let late: Vec<Call> = all.iter().filter(|c| c.at.date() >= d(2020, 1, 1)).cloned().collect();

    // The carrier's file of May to October 2020: minutes rounded up, its own spelling, no seconds; two
    // answered calls of July are in it that neither backup has.
    let mut billed: Vec<Call> = all.iter().filter(|c| (d(2020, 5, 1)..=d(2020, 10, 31)).contains(&c.at.date()) && c.kind != 3).cloned().collect();
    for day in [11, 23] {
        let (number, name) = people[day as usize % 5].clone();
        billed.push(Call { at: d(2020, 7, day).at(5, 40, 0, 0), number, name, kind: 2, seconds: 1_260 });
    }
    billed.sort_by_key(|c| c.at);
    let mut csv = String::from("Date and time,Number,\"Destination\",Minutes,Type\n");
    for c in &billed {
        let digits: String = c.number.trim_start_matches("+1").into();
        let shown = format!("({}) {}-{}", &digits[..3], &digits[3..6], &digits[6..]);
        let destination = if c.kind == 1 { "Incoming" } else { "\"PHOENIX, AZ\"" };
        let _ = writeln!(csv, "{},{shown},{destination},{} Min,--", c.at.strftime("%m/%d/%Y %I:%M %p"), (c.seconds + 59) / 60);
    }

    // The spouse's own phone: every call between the two is in it too, seen from the other side.
    let mut theirs: Vec<Call> = all
        .iter()
        .filter(|c| c.number.ends_with(&family.spouse.line) && c.at.date() >= d(2020, 2, 1))
        .map(|c| Call {
            number: format!("+1{}", family.client.line),
            name: family.client.given.clone(),
            kind: match c.kind {
                1 => 2,
                2 => 1,
                _ => 2,
            },
            ..c.clone()
        })
        .collect();
    let own: Vec<(String, String)> = family.others[5..].to_vec();
    theirs.extend(calls(chance, d(2020, 2, 1), d(2021, 1, 31), &own).into_iter().filter(|c| c.at.hour() > 7));
    theirs.sort_by_key(|c| c.at);

    let used: BTreeSet<Date> = all.iter().chain(&billed).map(|c| c.at.date()).collect();
    let mut days: BTreeMap<(i16, i8), usize> = BTreeMap::new();
    for day in used {
        *days.entry((day.year(), day.month())).or_default() += 1;
    }
    let (chat, lines) = chat(family, chance);
    let (sms, texts) = sms(family, chance, &people);
    let papers = vec![
        paper("client/calls-2020.xml", "sms_backup_xml", "client", early.len(), xml(&early)),
        paper("client/calls-2021.xml", "sms_backup_xml", "client", late.len(), xml(&late)),
        paper("client/sms-2020.xml", "sms_backup_xml", "client", texts, sms),
        paper("client/tmobile-2020.csv", "tmobile_csv", "client", billed.len() + 1, csv.into_bytes()),
        paper("client/WhatsApp Chat.txt", "whatsapp_text", "client", lines, chat),
        paper("spouse/calls-2021.xml", "sms_backup_xml", "spouse", theirs.len(), xml(&theirs)),
    ];
    (papers, days)
}

const LINES: &[&str] = &[
    "Ya salí del trabajo",
    "¿Compras pan?",
    "Llego a las 7",
    "Te llamo al rato",
    "El niño ya comió",
    "Mañana hay junta en la escuela",
    "Bueno",
    "Sí, gracias",
    "¿Pagaste la luz?",
    "Ya casi llego",
];

fn chat(family: &Family, chance: &mut Chance) -> (Vec<u8>, usize) {
    let mut out = String::from("1/3/21, 7:02\u{202f}a. m. - Los mensajes y las llamadas están cifrados de extremo a extremo.\n");
    let mut lines = 1;
    let mut day = Date::constant(2021, 1, 3);
    while day <= Date::constant(2023, 4, 20) {
        for _ in 0..chance.range(1, 3) {
            let who = if chance.once_in(2) { &family.client.given } else { &family.spouse.given };
            let (hour, minute) = (chance.range(1, 12), chance.range(0, 60));
            let text = *chance.pick(LINES);
            let _ = writeln!(out, "{}/{}/{:02}, {hour}:{minute:02}\u{202f}p. m. - {who}: {text}", day.month(), day.day(), day.year() % 100);
            lines += 1;
        }
        for _ in 0..chance.range(2, 5) {
            day = day.tomorrow().unwrap_or(Date::MAX);
        }
    }
    (out.into_bytes(), lines)
}

fn sms(family: &Family, chance: &mut Chance, people: &[(String, String)]) -> (Vec<u8>, usize) {
    let _ = family;
    let mut body = String::new();
    let mut count = 0;
    let mut day = Date::constant(2020, 2, 2);
    while day <= Date::constant(2020, 12, 20) {
        let (number, name) = chance.pick(people).clone();
        let at = day.at(chance.range(8, 21) as i8, chance.range(0, 60) as i8, chance.range(0, 60) as i8, 0);
        let kind = chance.range(1, 3);
        let text = *chance.pick(LINES);
        let _ = writeln!(
            body,
            "  <sms protocol=\"0\" address=\"{number}\" date=\"{}\" type=\"{kind}\" subject=\"null\" body=\"{text}\" toa=\"null\" sc_toa=\"null\" service_center=\"null\" read=\"1\" status=\"-1\" locked=\"0\" date_sent=\"0\" sub_id=\"1\" readable_date=\"{}\" contact_name=\"{name}\" />",
            epoch_ms(at),
            at.strftime("%b %-d, %Y %H:%M:%S")
        );
        count += 1;
        for _ in 0..chance.range(3, 9) {
            day = day.tomorrow().unwrap_or(Date::MAX);
        }
    }
    let head = format!("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"{count}\" backup_set=\"6d20\" backup_date=\"1609000000000\" type=\"full\">\n");
    ((head + &body + "</smses>\n").into_bytes(), count)
}
