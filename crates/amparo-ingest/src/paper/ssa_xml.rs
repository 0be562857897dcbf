//! Social Security statement (XML from ssa.gov): earnings by year; unit = the person, and each yearly figure.
//!
//! A yearly figure is `FicaEarnings` or `MedicareEarnings`. `-1` means that the year is not recorded yet: no
//! record, counted as furniture. `0` means none: a record of zero. A figure for several years together is a
//! reject: it is nobody's pay of one year. Attributes without quotes are read too, as files of SSA's own are
//! said to have them. Document types are passed over; nothing is fetched. The source speaks of the years
//! that are recorded, from the first to the last.

use super::slurp;
use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::reading::{Covers, CoversWhy};
use amparo_model::{Draft, Edtf, Kind, Place, Reject, Report, State};
use quick_xml::events::Event;

pub const READER: Reader = Reader { name: "ssa_xml", version: 1, recognise, read };

const MOST_BYTES: u64 = 16 << 20;
/// SSA's files are five deep.
const DEEPEST: usize = 64;
const BATCH: usize = 1_000;

fn recognise(head: &Head<'_>) -> Sure {
    let mark = b"OnlineSocialSecurityStatementData";
    if head.first.windows(mark.len()).any(|w| w == mark) { Sure::Yes } else { Sure::No }
}

fn read(file: &mut File<'_>, _: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    let bytes = match slurp(file, MOST_BYTES) {
        Ok(bytes) => bytes,
        Err(reason) => return Ok(Report::unread("ssa_xml", State::Refused, reason)),
    };
    let mut statement = Statement { report: Report::reading("ssa_xml", "ssa_xml@1"), inside: file.inside.clone(), ..Statement::default() };
    statement.walk(&bytes, sink)?;
    let Statement { mut report, drafts, rejects, .. } = statement;
    hand_over(sink, drafts, rejects)?;
    if report.rejects > 0 && report.reason.is_none() {
        report.reason = Some("some-rows-rejected".to_owned());
        report.state = State::PartlyRead;
    }
    Ok(report)
}

fn hand_over(sink: &mut dyn Sink, drafts: Vec<Draft>, rejects: Vec<Reject>) -> Result<(), Stop> {
    if !drafts.is_empty() {
        sink.drafts(drafts)?;
    }
    if rejects.is_empty() { Ok(()) } else { sink.rejects(rejects) }
}

struct Statement {
    report: Report,
    inside: String,
    path: Vec<String>,
    /// The `Earnings` element being read, counted from 1, and its year where it says one.
    row: u64,
    year: Option<i64>,
    /// What an element of several years says of them.
    years: String,
    /// The first and last year that are recorded.
    recorded: Option<(i64, i64)>,
    text: String,
    name: String,
    born: Option<Edtf>,
    drafts: Vec<Draft>,
    rejects: Vec<Reject>,
}

impl Default for Statement {
    fn default() -> Statement {
        Statement {
            report: Report::reading("ssa_xml", "ssa_xml@1"),
            inside: String::new(),
            path: Vec::new(),
            row: 0,
            year: None,
            years: String::new(),
            recorded: None,
            text: String::new(),
            name: String::new(),
            born: None,
            drafts: Vec::new(),
            rejects: Vec::new(),
        }
    }
}

impl Statement {
    fn walk(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Stop> {
        let text = String::from_utf8_lossy(bytes);
        let mut reader = quick_xml::Reader::from_str(&text);
        reader.config_mut().check_end_names = false;
        let mut cut_off = false;
        loop {
            match reader.read_event() {
                Ok(Event::Start(tag)) => {
                    if self.path.len() >= DEEPEST {
                        self.partly("too-deep");
                        break;
                    }
                    let name = local(tag.name().as_ref()).to_owned();
                    if name == "Earnings" {
                        self.row += 1;
                        (self.year, self.years) = (attribute(&tag, "startYear").and_then(year), String::new());
                        let end = attribute(&tag, "endYear").and_then(year);
                        if end.is_some() && end != self.year {
                            let text = |y: Option<i64>| y.map(|y| y.to_string()).unwrap_or_default();
                            (self.years, self.year) = (format!("{}-{}: ", text(self.year), text(end)), None);
                        }
                    }
                    self.path.push(name);
                    self.text.clear();
                }
                Ok(Event::Text(text)) => self.text.push_str(&text),
                Ok(Event::CData(text)) => self.text.push_str(&text),
                // A letter written as a reference: `O&apos;Brien`.
                Ok(Event::GeneralRef(name)) => self.text.push_str(referred(&name)),
                Ok(Event::Empty(tag)) => match local(tag.name().as_ref()) {
                    "FicaEarnings" if self.path.iter().any(|p| p == "Earnings") => self.figure("ssa_fica", ""),
                    "MedicareEarnings" if self.path.iter().any(|p| p == "Earnings") => self.figure("ssa_medicare", ""),
                    _ => {}
                },
                Ok(Event::End(_)) => {
                    self.closed();
                    self.path.pop();
                    self.text.clear();
                    if self.drafts.len() + self.rejects.len() >= BATCH {
                        hand_over(sink, std::mem::take(&mut self.drafts), std::mem::take(&mut self.rejects))?;
                    }
                }
                Ok(Event::Eof) => {
                    cut_off = !self.path.is_empty();
                    break;
                }
                Ok(_) => {}
                Err(_) => {
                    cut_off = true;
                    break;
                }
            }
        }
        if cut_off {
            self.partly("truncated");
        }
        self.person();
        self.covers();
        Ok(())
    }

    fn partly(&mut self, reason: &str) {
        self.report.state = State::PartlyRead;
        self.report.reason = Some(reason.to_owned());
    }

    fn closed(&mut self) {
        let within = |above: &str| self.path.iter().any(|p| p == above);
        let text = self.text.trim().to_owned();
        match self.path.last().map(String::as_str) {
            Some("Name") if within("UserInformation") => self.name = text,
            Some("DateOfBirth") if within("UserInformation") => self.born = Edtf::parse(text.get(..10).unwrap_or(&text)).or_else(|| Edtf::parse(&text)),
            Some("FicaEarnings") if within("Earnings") => self.figure("ssa_fica", &text),
            Some("MedicareEarnings") if within("Earnings") => self.figure("ssa_medicare", &text),
            _ => {}
        }
    }

    fn figure(&mut self, basis: &'static str, text: &str) {
        self.report.units += 1;
        if text == "-1" {
            self.report.furniture += 1;
            return;
        }
        let place = Place::row(self.row).inside(&self.inside).field(basis);
        let dollars = text.replace(',', "").parse::<i64>().ok().filter(|d| (0..100_000_000).contains(d));
        let reason = match (self.year, dollars) {
            (Some(year), Some(dollars)) => {
                self.report.units_read += 1;
                self.report.records += 1;
                self.recorded = Some(self.recorded.map_or((year, year), |(first, last)| (first.min(year), last.max(year))));
                self.drafts.push(Draft::new(Kind::Earnings, place).with("year", year).with("amount_cents", dollars * 100).with("currency", "USD").with("basis", basis));
                return;
            }
            (None, _) => "year-not-understood",
            (_, None) => "amount-not-understood",
        };
        self.report.rejects += 1;
        self.rejects.push(Reject::new(place, reason, &format!("{}{text}", self.years)));
    }

    /// What the statement speaks of: the years that are recorded, those without pay among them.
    fn covers(&mut self) {
        let edtf = |year: i64| i16::try_from(year).ok().and_then(Edtf::year);
        self.report.covers = self.recorded.map(|(first, last)| Covers { from: edtf(first), to: edtf(last), why: CoversWhy::Stated });
    }

    fn person(&mut self) {
        if self.name.is_empty() && self.born.is_none() {
            return;
        }
        self.report.units += 1;
        self.report.units_read += 1;
        self.report.records += 1;
        let draft = Draft::new(Kind::Identity, Place::default().inside(&self.inside)).with("name", self.name.as_str()).with("birth_date", self.born.take());
        self.drafts.push(draft);
    }
}

fn referred(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "apos" => "'",
        "quot" => "\"",
        _ => "\u{fffd}",
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn year(text: &str) -> Option<i64> {
    text.parse().ok().filter(|y| (1900..=2200).contains(y))
}

/// The value of an attribute, quoted or not.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let at = tag.match_indices(name).map(|(at, _)| at).find(|at| tag[..*at].ends_with(char::is_whitespace))?;
    let rest = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    for quote in ['"', '\''] {
        if let Some(inner) = rest.strip_prefix(quote) {
            return inner.split(quote).next();
        }
    }
    rest.split(char::is_whitespace).next()
}

#[cfg(test)]
mod tests {
    use crate::testing::hear;
    use amparo_model::{Kind, State};

    const SMALL: &str = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>
<osss:OnlineSocialSecurityStatementData xmlns:osss=http://ssa.gov/osss/schemas/2.0>
<osss:UserInformation><osss:Name>Ana Sol</osss:Name><osss:DateOfBirth>1980-02-03</osss:DateOfBirth></osss:UserInformation>
<osss:EarningsRecord>
<osss:Earnings startYear="2019" endYear="2019"><osss:FicaEarnings>12345</osss:FicaEarnings><osss:MedicareEarnings>0</osss:MedicareEarnings></osss:Earnings>
<osss:Earnings startYear=2020 endYear=2020><osss:FicaEarnings>-1</osss:FicaEarnings><osss:MedicareEarnings>much</osss:MedicareEarnings></osss:Earnings>
</osss:EarningsRecord></osss:OnlineSocialSecurityStatementData>"#;

    #[test]
    fn not_yet_recorded_is_no_record_and_none_is_zero() {
        let (report, heard) = hear("statement.xml", SMALL.as_bytes());
        assert_eq!((report.units, report.units_read, report.furniture, report.rejects), (5, 3, 1, 1));
        let amounts: Vec<_> = heard.drafts.iter().filter(|d| d.kind == Kind::Earnings).map(|d| d.fields["amount_cents"].to_text()).collect();
        assert_eq!(amounts, ["1234500", "0"]);
        let person = heard.drafts.iter().find(|d| d.kind == Kind::Identity).expect("a person");
        assert_eq!(person.fields["birth_date"].to_text(), "1980-02-03");
    }

    #[test]
    fn a_statement_cut_off_is_partly_read() {
        for end in 0..SMALL.len() {
            let (report, _) = hear("statement.xml", &SMALL.as_bytes()[..end]);
            assert!(report.kind != "ssa_xml" || report.state == State::PartlyRead, "{end}");
        }
    }

    #[test]
    fn a_figure_of_several_years_or_of_nothing_is_a_reject_and_the_years_are_said() {
        let text = SMALL
            .replace("Ana Sol", "Ana O&apos;Sol")
            .replace("startYear=2020 endYear=2020", "startYear=2018 endYear=2020")
            .replace("<osss:FicaEarnings>-1</osss:FicaEarnings>", "<osss:FicaEarnings/>");
        let (report, heard) = hear("statement.xml", text.as_bytes());
        assert_eq!((report.units, report.units_read, report.furniture, report.rejects), (5, 3, 0, 2));
        assert!(heard.rejects.iter().all(|r| r.reason == "year-not-understood" && r.text.starts_with("2018-2020: ")));
        assert!(heard.drafts.iter().any(|d| d.fields.get("name").is_some_and(|n| n.to_text() == "Ana O'Sol")));
        let covers = report.covers.expect("years");
        assert_eq!((covers.from.map(|e| e.to_string()), covers.to.map(|e| e.to_string())), (Some("2019".into()), Some("2019".into())));
    }

    /// The expected numbers are counted in the text, not by the reader.
    #[test]
    fn statements_as_ssa_writes_them_are_accounted_for() {
        for name in ["osss__delayed_retirement.xml", "osss__full_retirement.xml"] {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ssa").join(name);
            let text = std::fs::read_to_string(path).expect("a statement");
            let (report, heard) = hear(name, text.as_bytes());
            let figures = text.matches("</osss:FicaEarnings>").count() + text.matches("</osss:MedicareEarnings>").count();
            let open = text.matches("Earnings>-1</").count();
            assert!(figures > 20, "{name}");
            assert_eq!((report.units, report.furniture, report.rejects), (figures as u64 + 1, open as u64, 0), "{name}");
            assert_eq!(heard.drafts.len(), figures - open + 1, "{name}");
            assert_eq!(report.state, State::Read);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_damaged_statement_still_adds_up(cut in 0..SMALL.len(), at in 0..SMALL.len(), byte in 0_u8..=255) {
            let mut bytes = SMALL.as_bytes().to_vec();
            bytes[at] = byte;
            hear("statement.xml", &bytes);
            hear("statement.xml", &bytes[..cut]);
            bytes.drain(cut.min(at)..cut.max(at));
            hear("statement.xml", &bytes);
        }
    }
}
