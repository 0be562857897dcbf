//! Sheets for the client: US Letter, one side, in a language of their own, with the office's neutral name.
//!
//! The name of the person stands on a sheet only where somebody asked for it: a sheet that is lost should not
//! say whose it is.

use super::answer::{Answer, Asked};
use super::coverage::{self, Months, RUNS, sign_of};
use super::parts::{Person, Pill, named, person, spoken};
use super::room::{Known, Room, Visit};
use super::shell::{Nobody, Shell, clock};
use super::timeline::{self, Drawn};
use crate::lacking;
use crate::speech::{Speech, capital, plain};
use amparo_chart::Span;
use amparo_lang::Lang;
use amparo_model::results::{Claim, Lane};
use amparo_model::{Edtf, Instant};
use amparo_office::{Exit, LogLine, Problem, Result};
use askama::Template;

/// Gaps on a sheet.
const GAPS: usize = 8;
/// Lines of the chronology on a sheet.
const LINES: usize = 60;
/// Visits on a sheet.
const VISITS: usize = 300;

const SHEETS: [&str; 4] = ["ask", "timeline", "coverage", "looks"];

/// What stands on every sheet, in the sheet's language.
pub struct Sheet {
    speech: Speech,
    office: String,
    date: String,
    handle: String,
    name: Option<String>,
    who: String,
}

impl Sheet {
    pub fn t(&self, id: &str) -> String {
        self.speech.word(id)
    }

    pub fn lang(&self) -> &'static str {
        self.speech.lang.code()
    }
}

/// The choices above a sheet; they are not printed.
pub struct Choices {
    back: String,
    langs: Vec<Pill>,
    names: Vec<Pill>,
}

#[derive(Template)]
#[template(path = "print_ask.html")]
struct AskPage {
    shell: Shell,
    choices: Choices,
    sheet: Sheet,
    lead: String,
    blocks: Vec<Block>,
}

/// Months that lack proof for one reason, and the papers that would help.
struct Block {
    sign: &'static str,
    title: String,
    months: String,
    why: String,
    papers: Vec<String>,
}

#[derive(Template)]
#[template(path = "print_timeline.html")]
struct TimelinePage {
    shell: Shell,
    choices: Choices,
    sheet: Sheet,
    span: String,
    drawing: Drawn,
    rows: Vec<(String, String, String)>,
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "print_coverage.html")]
struct CoveragePage {
    shell: Shell,
    choices: Choices,
    sheet: Sheet,
    sentence: String,
    months: Months,
    gaps: Vec<String>,
}

#[derive(Template)]
#[template(path = "print_looks.html")]
struct LooksPage {
    shell: Shell,
    choices: Choices,
    sheet: Sheet,
    visits: Vec<(String, String)>,
    more: Option<String>,
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    let gone = || Problem::new(Exit::No, "problem-no-page");
    let sheet = SHEETS.into_iter().find(|s| *s == asked.part("sheet")).ok_or_else(gone)?;
    room.visit(asked, "print", &named(asked, sheet), |visit| {
        let tab = if sheet == "looks" {
            "log"
        } else if sheet == "timeline" {
            "timeline"
        } else {
            "coverage"
        };
        let shell = Shell::of_case(visit, asked, tab)?;
        let known = visit.known()?;
        let Some(person) = person(&known, asked)? else { return Nobody::page(shell, "page-print-sheet") };
        let lang = asked.choice("lang").and_then(Lang::parse).unwrap_or(asked.speech.lang);
        let speech = Speech { lang, unmasked: asked.speech.unmasked };
        let with_name = asked.choice("named") == Some("yes");
        let choices = choices(asked, sheet, &visit.opened.case.handle, &person, speech, with_name);
        let person = Person { who: known.seen.who_heading(speech, Some(person.id)), ..person };
        let head = head(visit, &known, &person, speech, with_name);
        match sheet {
            "ask" => ask(&known, &person, shell, choices, head),
            "timeline" => chronology(&known, &person, shell, choices, head),
            "coverage" => months(&known, &person, shell, choices, head),
            _ => looks(visit, shell, choices, head),
        }
    })
}

/// What is printed below every page of a case: its handle, which tells nothing.
pub fn foot(_: &Room, asked: &Asked) -> Result<Answer> {
    let handle = asked.part("case");
    match handle.len() <= 64 && handle.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
        true => Ok(Answer::Style(format!("@page {{ @bottom-left {{ content: \"{handle}\"; font: 8.5pt Inter, sans-serif; color: #434a55; }} }}\n"))),
        false => Err(Problem::new(Exit::No, "problem-no-page")),
    }
}

fn head(visit: &Visit<'_>, known: &Known, person: &Person, speech: Speech, with_name: bool) -> Sheet {
    let settings = &visit.desk.roster().settings;
    let office = if settings.neutral_name.trim().is_empty() { &settings.name } else { &settings.neutral_name };
    let name = known.seen.view.file.party(person.id).and_then(|p| p.name.as_deref()).map(plain);
    Sheet {
        speech,
        office: plain(office),
        date: amparo_lang::date(&Edtf::day(known.seen.as_of), speech.lang),
        handle: visit.opened.case.handle.clone(),
        name: name.filter(|_| with_name),
        who: person.who.clone(),
    }
}

fn choices(asked: &Asked, sheet: &str, handle: &str, person: &Person, speech: Speech, with_name: bool) -> Choices {
    let address = |lang: Lang, named: bool| format!("/case/{handle}/print/{sheet}?who={}&lang={}{}", person.token, lang.code(), if named { "&named=yes" } else { "" });
    let back = match sheet {
        "timeline" => format!("/case/{handle}/timeline?who={}", person.token),
        "looks" => format!("/case/{handle}/log"),
        _ => format!("/case/{handle}/coverage?who={}", person.token),
    };
    let name = |yes: bool, id: &str| Pill { href: address(speech.lang, yes), text: asked.speech.word(id), now: yes == with_name };
    Choices {
        back,
        langs: Lang::ALL.into_iter().map(|l| Pill { href: address(l, with_name), text: amparo_lang::word("page-language-name", l), now: l == speech.lang }).collect(),
        names: vec![name(false, "page-print-no-name"), name(true, "page-print-name")],
    }
}

// ---- what to ask for ----

fn ask(known: &Known, person: &Person, shell: Shell, choices: Choices, sheet: Sheet) -> Result<Answer> {
    let speech = sheet.speech;
    let grid = known.seen.coverage_of(person.id, Claim::Presence).ok_or_else(|| Problem::new(Exit::No, "problem-no-page"))?;
    let block = |group: lacking::Asked| Block { sign: sign_of(group.lack), months: group.named(RUNS, speech), title: capital(&group.title), why: group.why, papers: group.papers };
    let blocks: Vec<Block> = lacking::asked(grid, &known.seen.view.file, speech).into_iter().map(block).collect();
    let (proven, ..) = grid.counts();
    let args = [("proven", proven.to_string()), ("all", grid.months.len().to_string())];
    let lead = speech.say(if blocks.is_empty() { "page-print-ask-none" } else { "page-print-ask-lead" }, &args);
    Answer::page(&AskPage { shell, choices, sheet, lead, blocks })
}

// ---- the chronology and the months ----

fn chronology(known: &Known, person: &Person, shell: Shell, choices: Choices, sheet: Sheet) -> Result<Answer> {
    let speech = sheet.speech;
    let span = Span { from: known.seen.span.0, to: known.seen.span.1 };
    // The drawing has the phone's months; a line each would fill the sheet.
    let items: Vec<_> = timeline::items(known, person.id, span).into_iter().filter(|i| i.lane != Lane::Phone).collect();
    let line = |i: &&amparo_model::results::TimelineItem| (amparo_lang::date(&i.when, speech.lang), speech.term("lane", i.lane.as_str()), known.seen.sentence(speech, &i.says));
    Answer::page(&TimelinePage {
        span: capital(&spoken(span, speech)),
        drawing: timeline::draw(known, person, span, false, speech),
        rows: items.iter().take(LINES).map(line).collect(),
        more: (items.len() > LINES).then(|| speech.say("page-print-lines-more", &[("count", (items.len() - LINES).to_string())])),
        shell,
        choices,
        sheet,
    })
}

fn months(known: &Known, person: &Person, shell: Shell, choices: Choices, sheet: Sheet) -> Result<Answer> {
    let speech = sheet.speech;
    let grid = known.seen.coverage_of(person.id, Claim::Presence).ok_or_else(|| Problem::new(Exit::No, "problem-no-page"))?;
    let mut gaps = lacking::holes(grid, speech);
    let more = gaps.len().saturating_sub(GAPS);
    gaps.truncate(GAPS);
    gaps.extend((more > 0).then(|| capital(&speech.say("page-and-more", &[("count", more.to_string())]))));
    Answer::page(&CoveragePage { sentence: lacking::counts(grid, speech), months: coverage::months(person, grid, speech, &|_| String::new()), gaps, shell, choices, sheet })
}

// ---- who looked ----

fn looks(visit: &Visit<'_>, shell: Shell, choices: Choices, sheet: Sheet) -> Result<Answer> {
    let zone = visit.opened.case.zone()?;
    let lines: Vec<LogLine> = visit.opened.case.log().into_iter().filter(LogLine::is_for_client).collect();
    let mut visits = visits(&lines, &zone, sheet.speech);
    visits.reverse();
    let more = visits.len().saturating_sub(VISITS);
    visits.truncate(VISITS);
    let more = (more > 0).then(|| sheet.speech.say("page-print-lines-more", &[("count", more.to_string())]));
    Answer::page(&LooksPage { shell, choices, sheet, visits, more })
}

/// Lines of one day, member and reason that follow each other are one visit: when, and who did what and why.
fn visits(lines: &[LogLine], zone: &jiff::tz::TimeZone, speech: Speech) -> Vec<(String, String)> {
    let at = |l: &LogLine| Instant::parse(&l.at).and_then(|at| jiff::Timestamp::from_millisecond(at.ms).ok().map(|t| (zone.to_datetime(t).date(), clock(at, zone))));
    let same = |a: &LogLine, b: &LogLine| a.member == b.member && a.purpose == b.purpose && at(a).map(|t| t.0) == at(b).map(|t| t.0);
    let visit = |run: &[LogLine]| {
        let (first, last) = (&run[0], &run[run.len() - 1]);
        let day = at(first).map_or_else(|| first.at.clone(), |(day, _)| amparo_lang::date(&Edtf::day(day), speech.lang));
        let minute = |l| at(l).map(|(_, minute)| minute).unwrap_or_default();
        let when = if minute(first) == minute(last) { minute(first) } else { speech.say("page-from-to-time", &[("from", minute(first)), ("to", minute(last))]) };
        let mut what: Vec<String> = Vec::new();
        for line in run {
            let mut word = speech.term("via", &line.via.replace(' ', "-"));
            if line.unmasked {
                word = format!("{word}, {}", speech.word("log-unmasked"));
            }
            if !what.contains(&word) {
                what.push(word);
            }
        }
        let args = [("member", plain(&first.member)), ("what", what.join("; ")), ("purpose", first.purpose.map(|p| speech.term("purpose", p.as_str())).unwrap_or_default())];
        (format!("{day}, {when}"), speech.say(if first.purpose.is_some() { "page-print-visit" } else { "page-print-done" }, &args))
    };
    lines.chunk_by(same).map(visit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::event::Purpose;

    #[test]
    fn a_visit_is_told_once() {
        let line = |at: &str, member: &str, purpose, via: &str| LogLine {
            seq: 0,
            at: at.to_owned(),
            member: member.to_owned(),
            purpose,
            via: via.to_owned(),
            what: Vec::new(),
            unmasked: false,
        };
        let lines = [
            line("2026-11-25T10:00:00Z", "Ana", Some(Purpose::Review), "timeline"),
            line("2026-11-25T10:05:00Z", "Ana", Some(Purpose::Review), "calls"),
            line("2026-11-25T10:09:00Z", "Ana", Some(Purpose::Review), "timeline"),
            line("2026-11-25T11:00:00Z", "Ana", None, "given"),
            line("2026-11-26T11:00:00Z", "Ana", Some(Purpose::Review), "find"),
        ];
        let got = visits(&lines, &jiff::tz::TimeZone::UTC, Speech { lang: Lang::En, unmasked: false });
        assert_eq!(got.len(), 3);
        assert_eq!(got[0].0, "November 25, 2026, 10:00 to 10:09");
        assert!(got[0].1.contains("Ana") && got[0].1.matches("timeline").count() == 1 && got[0].1.contains("calls"), "{:?}", got[0]);
        assert!(got[1].1.contains("paper given"), "{:?}", got[1]);
    }
}
