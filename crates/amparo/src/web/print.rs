//! Sheets for the client: US Letter, one side, in a language of their own, with the office's neutral name.
//!
//! The name of the person stands on a sheet only where somebody asked for it: a sheet that is lost should not
//! say whose it is.

use super::answer::{Answer, Asked};
use super::coverage::{self, Months};
use super::parts::{Person, Pill, named, person, spoken};
use super::room::{Known, Room, Visit};
use super::shell::{Nobody, Shell, clock};
use super::timeline::{self, Drawn};
use crate::speech::{Speech, capital, plain};
use amparo_chart::Span;
use amparo_lang::Lang;
use amparo_model::results::{Best, Claim, Coverage, CoverageMonth, Lane, Month, Strength};
use amparo_model::{Edtf, Instant};
use amparo_office::{Exit, LogLine, Problem, Result};
use askama::Template;

/// Runs of months that fit on one page.
const ASKED: usize = 3;
/// Months and lines that are named after those.
const NAMED: usize = 4;
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
    rest: Option<String>,
}

/// A month, or months in a row, and the papers that would help.
struct Block {
    sign: &'static str,
    title: String,
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
    let (chosen, rest) = chosen(grid);
    let (proven, .., missing) = grid.counts();
    let args = [("proven", proven.to_string()), ("all", grid.months.len().to_string()), ("count", missing.to_string())];
    let named: Vec<String> = rest.iter().take(NAMED).map(|(span, _)| spoken(*span, speech)).collect();
    let more = rest.len().saturating_sub(NAMED);
    let rest = (!named.is_empty()).then(|| {
        let more = if more > 0 { format!("; {}", speech.say("page-and-more", &[("count", more.to_string())])) } else { String::new() };
        speech.say("page-print-later", &[("months", format!("{}{more}", named.join("; ")))])
    });
    let block = |(span, best): &(Span, Best)| {
        let one = span.from == span.to;
        let (sign, why) = match (best, one) {
            (Best::None, true) => ("b-none", "page-print-one-month"),
            (Best::None, false) => ("b-none", "page-print-each-month"),
            _ => ("b-reach", "page-print-beyond"),
        };
        Block { sign, title: capital(&spoken(*span, speech)), why: speech.word(why), papers: papers(known, person, *span, *best).into_iter().map(|id| speech.word(id)).collect() }
    };
    let mut blocks: Vec<Block> = chosen.iter().map(block).collect();
    let weak = weak_runs(grid);
    if !weak.is_empty() {
        let mut named: Vec<String> = weak.iter().take(NAMED).map(|span| spoken(*span, speech)).collect();
        if weak.len() > NAMED {
            named.push(speech.say("page-and-more", &[("count", (weak.len() - NAMED).to_string())]));
        }
        let papers = weak.first().map(|span| papers(known, person, *span, Best::None)).unwrap_or_default();
        blocks.push(Block {
            sign: "b-weak",
            title: capital(&named.join("; ")),
            why: speech.word("page-print-weak"),
            papers: papers.into_iter().map(|id| speech.word(id)).collect(),
        });
    }
    let lead = speech.say(if blocks.is_empty() { "page-print-ask-none" } else { "page-print-ask-lead" }, &args);
    Answer::page(&AskPage { shell, choices, sheet, lead, blocks, rest })
}

/// The runs of months to ask for, those that fit on the sheet and the others: the most useful first, what no source reaches last.
fn chosen(grid: &Coverage) -> (Vec<(Span, Best)>, Vec<(Span, Best)>) {
    let run = |first: Month| {
        let at = grid.months.iter().position(|m| m.month == first)?;
        let best = grid.months[at].best;
        let last = grid.months[at..].iter().take_while(|m| m.best == best).last()?.month;
        Some((Span { from: first, to: last }, best))
    };
    let (reached, beyond): (Vec<_>, Vec<_>) = grid.ask.iter().filter_map(|(m, _)| run(*m)).partition(|(_, best)| *best == Best::None);
    // One place is kept for what no source reaches: there the client alone can help.
    let places = ASKED - beyond.len().min(1);
    let (mut chosen, mut rest) = (reached, beyond);
    let left = chosen.split_off(chosen.len().min(places));
    let more = rest.len().min(ASKED - chosen.len());
    chosen.extend(rest.drain(..more));
    rest.splice(0..0, left);
    (chosen, rest)
}

/// The runs of months, within the gaps, that only a weak paper shows.
fn weak_runs(grid: &Coverage) -> Vec<Span> {
    let weak = |m: &CoverageMonth| m.best == Best::Proven(Strength::Weak) && grid.gaps.iter().any(|g| (g.from..=g.to).contains(&m.month));
    grid.months.chunk_by(|a, b| weak(a) == weak(b)).filter(|run| weak(&run[0])).map(|run| Span { from: run[0].month, to: run[run.len() - 1].month }).collect()
}

/// The kinds of papers that a month lacks and that people have.
fn papers(known: &Known, person: &Person, span: Span, best: Best) -> Vec<&'static str> {
    // Before everything else that is known, people have other papers.
    if best != Best::None && span.from == known.seen.span.0 {
        return vec!["page-print-paper-lease", "page-print-paper-ticket"];
    }
    let lacks = |claim: Claim| {
        let grid = known.seen.coverage_of(person.id, claim);
        grid.is_none_or(|g| g.months.iter().filter(|m| (span.from..=span.to).contains(&m.month)).any(|m| !matches!(m.best, Best::Proven(_))))
    };
    let child = known.seen.view.file.parties.iter().any(|p| p.token.starts_with("child"));
    let mut papers = Vec::new();
    if lacks(Claim::Residence) {
        papers.push("page-print-paper-rent");
    }
    papers.push(if child { "page-print-paper-child" } else { "page-print-paper-clinic" });
    papers.push("page-print-paper-money");
    if lacks(Claim::Employment) {
        papers.push("page-print-paper-pay");
    }
    papers.push("page-print-paper-letter");
    papers.truncate(4);
    papers
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
    let month = |m| amparo_lang::month(m, speech.lang);
    let gap = |g: &amparo_model::results::Gap| speech.say("answer-gap", &[("from", month(g.from)), ("to", month(g.to)), ("months", g.months.to_string())]);
    Answer::page(&CoveragePage {
        sentence: amparo_chart::counts(&known.seen.grid(speech, grid), speech.lang),
        months: coverage::months(person, grid, speech, &|_| String::new()),
        gaps: grid.gaps.iter().take(2 * NAMED).map(gap).collect(),
        shell,
        choices,
        sheet,
    })
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
    use amparo_model::PartyId;
    use amparo_model::event::Purpose;
    use amparo_model::results::Says;

    #[test]
    fn the_sheet_asks_for_what_fits_and_names_the_rest() {
        // One letter a month: proven, empty, out of reach.
        let check = |months: &str, ask: &[i32], chosen_first: &[&str], rest: usize| {
            let start = Month { year: 2020, month: 1 };
            let best = |c| match c {
                'p' => Best::Proven(Strength::Strong),
                'e' => Best::None,
                _ => Best::OutOfReach,
            };
            let months = months.chars().zip(0..).map(|(c, n)| CoverageMonth { month: start.plus(n), evidence: Vec::new(), best: best(c) }).collect();
            let ask = ask.iter().map(|n| (start.plus(*n), Says::new("ask-presence"))).collect();
            let grid = Coverage { claim: Claim::Presence, subject: PartyId([1; 16]), months, gaps: Vec::new(), ask };
            let (chosen, left) = chosen(&grid);
            let got: Vec<String> = chosen.iter().map(|(s, _)| format!("{} {}", s.from, s.to)).collect();
            assert_eq!((got.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), left.len()), (chosen_first, rest));
        };
        check("pppp", &[], &[], 0);
        check("peep", &[1], &["2020-02 2020-03"], 0);
        check("oopeepepepe", &[3, 6, 8, 10, 0], &["2020-04 2020-05", "2020-07 2020-07", "2020-01 2020-02"], 2);
        check("peepepepepe", &[1, 4, 6, 8, 10], &["2020-02 2020-03", "2020-05 2020-05", "2020-07 2020-07"], 2);
        check("opopoppe", &[7, 0, 2, 4], &["2020-08 2020-08", "2020-01 2020-01", "2020-03 2020-03"], 1);
    }

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
