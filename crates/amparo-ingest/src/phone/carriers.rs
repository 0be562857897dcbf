//! What carriers write of a line's use: T-Mobile's, AT&T's and Verizon's tables. A unit is one row; headings, totals and blank lines are furniture.
//!
//! They are call lists like others, with habits of their own: T-Mobile and Verizon print `Incoming` where
//! a destination would be; AT&T begins a section for each line and leaves a column out of its roaming
//! headings; all write the month first.

use super::generic::{Columns, Dialect, layout, read_table};
use super::table::Rows;
use super::words::plain;
use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::Report;
use std::io::Cursor;

pub const T_MOBILE: Reader = Reader { name: "tmobile_csv", version: 1, recognise: recognise_t_mobile, read: read_t_mobile };
pub const ATT: Reader = Reader { name: "att_csv", version: 1, recognise: recognise_att, read: read_att };
pub const VERIZON: Reader = Reader { name: "verizon_csv", version: 1, recognise: recognise_verizon, read: read_verizon };

const fn dialect(reader: &Reader) -> Dialect {
    Dialect { name: reader.name, version: reader.version, month_first: true, destination_tells: true, headings_name_the_line: true, no_minutes_no_calls: true }
}

fn read_t_mobile(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    read_table(&dialect(&T_MOBILE), file, tools, sink, true)
}

fn read_att(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    read_table(&dialect(&ATT), file, tools, sink, true)
}

fn read_verizon(file: &mut File<'_>, tools: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    read_table(&dialect(&VERIZON), file, tools, sink, true)
}

/// The first rows of a file, each as its cells in plain words; the heading of the call list is the last.
fn upper_rows(head: &Head<'_>) -> Vec<Vec<String>> {
    let Some(layout) = layout(head.first) else { return Vec::new() };
    let text = super::text::head(head.first);
    let Ok(mut rows) = Rows::new(Cursor::new(text.as_bytes()), layout.delimiter) else { return Vec::new() };
    let mut out = Vec::new();
    while rows.next().unwrap_or(false) {
        out.push(rows.row.iter().map(plain).collect());
        if rows.row.line >= layout.heading || Columns::of(&rows.row).is_some() {
            break;
        }
    }
    out
}

fn recognise_t_mobile(head: &Head<'_>) -> Sure {
    let rows = upper_rows(head);
    let Some(heading) = rows.last() else { return Sure::No };
    const HEADINGS: &[&[&str]] = &[
        &["date and time", "number", "destination", "minutes", "type"],
        &["date and time", "number", "destination", "direction", "type"],
        &["date", "time", "destination", "number", "minutes", "type"],
        &["date", "time", "destination", "number", "direction", "type"],
        &["date", "time", "number", "destination", "minutes", "type"],
        &["date", "time", "number", "destination", "direction", "type"],
    ];
    if HEADINGS.iter().any(|have| heading.iter().map(String::as_str).filter(|h| !h.is_empty()).eq(have.iter().copied())) { Sure::Yes } else { Sure::No }
}

fn recognise_att(head: &Head<'_>) -> Sure {
    let rows = upper_rows(head);
    let Some((heading, above)) = rows.split_last() else { return Sure::No };
    let has = |name: &str| heading.iter().any(|h| h == name);
    let own = heading.first().is_some_and(|h| h == "item") && (has("number called") || has("call to") || has("to from"));
    // `plain` makes `AT&T` two words.
    let named = above.iter().flatten().any(|cell| cell == "at t" || cell.starts_with("at t "));
    match (own, named) {
        (true, true) => Sure::Yes,
        (true, false) => Sure::Likely,
        _ => Sure::No,
    }
}

fn recognise_verizon(head: &Head<'_>) -> Sure {
    let rows = upper_rows(head);
    let Some((heading, above)) = rows.split_last() else { return Sure::No };
    let has = |name: &str| heading.iter().any(|h| h == name);
    let bill = has("date") && has("time") && has("number") && has("origination") && has("destination") && (has("min") || has("minutes"));
    let enterprise = has("wireless number") && (has("account number") || has("user name") || has("invoice number"));
    let named = above.iter().flatten().any(|cell| cell.starts_with("wireless usage detail") || cell.contains("verizon"));
    match (bill || enterprise, named) {
        (true, true) => Sure::Yes,
        (true, false) => Sure::Likely,
        _ => Sure::No,
    }
}

#[cfg(test)]
mod tests {
    use super::super::generic::said;
    use crate::testing::hear;
    use amparo_model::State;
    use proptest::prelude::*;

    struct Case {
        name: &'static str,
        text: &'static str,
        kind: &'static str,
        furniture: u64,
        rejects: &'static [&'static str],
        said: &'static [&'static str],
    }

    const CASES: &[Case] = &[
        Case {
            name: "T-Mobile, calls, as now",
            text: include_str!("../../fixtures/carriers/tmobile_calls.csv"),
            kind: "tmobile_csv",
            furniture: 1,
            rejects: &[],
            said: &[
                "call 2022-02-18T09:47:00 out answered 60 +18085550197 (808) 555-0197 - HILO, HI",
                "call 2022-02-18T12:05:00 in answered 720 +16025550142 (602) 555-0142 - -",
                "call 2022-03-01T00:10:00 out answered 3600 +525512345678 011-52-55-1234-5678 - MEXICO",
                "call 2022-03-02T23:59:00 in answered 60 - Unavailable - -",
            ],
        },
        Case {
            name: "T-Mobile, texts, as now",
            text: include_str!("../../fixtures/carriers/tmobile_messages.csv"),
            kind: "tmobile_csv",
            furniture: 1,
            rejects: &[],
            said: &[
                "message 2022-02-18T09:47:00 out sms +18085550197 (808) 555-0197 -",
                "message 2022-02-18T09:49:00 in mms +18085550197 (808) 555-0197 -",
                "message 2022-02-19T07:00:00 in sms - 88811 -",
            ],
        },
        Case {
            name: "T-Mobile, calls, as before",
            text: include_str!("../../fixtures/carriers/tmobile_old.csv"),
            kind: "tmobile_csv",
            furniture: 3,
            rejects: &["row:5 row-broken"],
            said: &[
                "call 2014-12-31T23:58:00 in answered 120 +16025550142 602-555-0142 - -",
                "call 2015-01-01T08:03:00 out answered 180 +16025550142 602-555-0142 - PHOENIX, AZ",
                "call 2015-01-01T09:00:00 out answered 60 +16025550199 602-555-0199 - VMAIL, AZ",
            ],
        },
        Case {
            name: "AT&T, two lines, voice, roaming, data",
            text: include_str!("../../fixtures/carriers/att.csv"),
            kind: "att_csv",
            furniture: 23,
            rejects: &["row:21 data-usage"],
            said: &[
                "call 2016-05-07T10:15:00 out answered 180 +16025550142 602-555-0142 +14155550100 PHOENIX AZ",
                "call 2016-05-07T11:20:00 in answered 60 +16025550142 602-555-0142 +14155550100 -",
                "call 2016-05-09T21:30:00 out answered 120 +16025550143 602-555-0143 +14155550100 TUCSON AZ",
                "call 2016-05-10T08:00:00 in answered 60 - - +14155550100 -",
                "message 2016-05-07T12:00:00 out sms +16025550142 602-555-0142 +14155550100",
                "message 2016-05-07T12:01:00 in mms +16025550142 602-555-0142 +14155550100",
                "call 2016-05-08T09:15:00 out answered 240 +16025550150 602-555-0150 +14155550101 MESA AZ",
                "message 2016-05-08T09:45:00 in sms +16025550150 602-555-0150 +14155550101",
            ],
        },
        Case {
            name: "Verizon, a bill's calls",
            text: include_str!("../../fixtures/carriers/verizon.csv"),
            kind: "verizon_csv",
            furniture: 2,
            rejects: &[],
            said: &[
                "call 2018-06-03T13:01:00 out answered 180 +16025550142 602-555-0142 - Mesa, AZ / Phoenix, AZ",
                "call 2018-06-03T13:09:00 in answered 60 +16025550142 602-555-0142 - Mesa, AZ",
                "call 2018-06-13T00:30:00 out answered 420 +16025550199 602-555-0199 - Mesa, AZ / Voice Mail, CL",
            ],
        },
        Case {
            name: "Verizon, an office's lines",
            text: include_str!("../../fixtures/carriers/verizon_usage.tsv"),
            kind: "verizon_csv",
            furniture: 4,
            rejects: &[],
            said: &[
                "call 2018-06-03T13:01:00 out answered 180 +16025550142 6025550142 +14805550100 Mesa, AZ / Phoenix, AZ",
                "call 2018-06-03T14:01:00 in answered 60 +16025550142 6025550142 +14805550101 Mesa, AZ",
            ],
        },
    ];

    #[test]
    fn each_layout_is_read_in_full() {
        for case in CASES {
            let (report, heard) = hear("usage.csv", case.text.as_bytes());
            assert_eq!(report.kind, case.kind, "{}", case.name);
            assert_eq!(said(&heard, true), case.said, "{}", case.name);
            let rejects: Vec<String> = heard.rejects.iter().map(|r| format!("{} {}", r.place.spot_text(), r.reason)).collect();
            assert_eq!(rejects, case.rejects, "{}", case.name);
            assert_eq!(report.units, case.text.split_inclusive('\n').count() as u64, "{}", case.name);
            assert_eq!(report.furniture, case.furniture, "{}", case.name);
            assert_eq!(report.state, if rejects.is_empty() { State::Read } else { State::PartlyRead }, "{}", case.name);
            assert_eq!(report.assumed, ["month-first"], "{}", case.name);
        }
    }

    #[test]
    fn a_carriers_file_saved_again_with_the_day_first_is_not_read_wrongly() {
        let text = "Date and time;Number;Destination;Minutes;Type\r\n18/02/2022 09:47;(808) 555-0197;HILO, HI;1 Min;--\r\n03/03/2022 09:47;(808) 555-0197;Incoming;1 Min;--\r\n";
        let (report, heard) = hear("usage.csv", text.as_bytes());
        assert_eq!((report.kind.as_str(), report.records, report.assumed.clone()), ("tmobile_csv", 2, vec!["day-first".to_owned()]));
        assert_eq!(heard.calls[0].get(0).at.map(|a| a.to_string()).as_deref(), Some("2022-02-18T09:47:00"));
    }

    proptest! {
        #[test]
        fn counts_add_up_whatever_happens_to_the_file(which in 0..6_usize, at in 0..4_000_usize, with in proptest::collection::vec(any::<u8>(), 0..4), cut in 0..4_000_usize) {
            let mut bytes = CASES[which].text.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes.splice(at..(at + with.len()).min(bytes.len()), with);
            bytes.truncate(cut.max(1));
            let (report, heard) = hear("usage.csv", &bytes);
            prop_assert_eq!(report.records, heard.all().len() as u64);
        }
    }
}
