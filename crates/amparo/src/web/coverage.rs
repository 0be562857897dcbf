//! Month by month, what is proven of a claim; and the evidence behind one month.

use super::answer::{Answer, Asked};
use super::parts::{Pages, Person, Pill, named, people, person, spoken};
use super::room::{Known, Room};
use super::shell::{Nobody, Shell};
use crate::lacking;
use crate::speech::{Speech, capital, plain};
use amparo_chart::{Fullness, Span, Words};
use amparo_model::Giving;
use amparo_model::results::{Claim, Coverage, CoverageMonth, Evidence, EvidenceId, Lack, Month};
use amparo_office::{Exit, OpenCase, Problem, Result};
use askama::Template;

const CLAIMS: [Claim; 3] = [Claim::Presence, Claim::Employment, Claim::Residence];
/// Evidence on one page.
const ROWS: usize = 50;
/// Runs of months that are named where there is little room.
pub const RUNS: usize = 6;
/// Sources named below a month.
const SOURCES: usize = 12;

#[derive(Template)]
#[template(path = "coverage.html")]
struct Page {
    shell: Shell,
    handle: String,
    token: String,
    sentence: String,
    note: String,
    persons: Vec<Pill>,
    claims: Vec<Pill>,
    months: Months,
    ask_any: bool,
    gaps: Vec<String>,
    asked: Vec<Asking>,
}

/// What to ask for, for one reason.
struct Asking {
    sign: &'static str,
    title: String,
    /// Each run of months, and its page.
    runs: Vec<(String, String)>,
    why: String,
    papers: Vec<String>,
}

/// The months as a table: years down, months across.
pub struct Months {
    pub caption: String,
    /// One letter, three or four, the whole word.
    pub heads: Vec<(String, &'static str, &'static str)>,
    pub years: Vec<Year>,
    /// Sign, word and meaning.
    pub signs: Vec<(&'static str, String, String)>,
}

pub struct Year {
    pub year: i16,
    /// A dot where the month is outside.
    pub months: Vec<Option<Cell>>,
}

pub struct Cell {
    pub href: String,
    pub sign: &'static str,
    pub count: String,
    pub name: String,
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "coverage", &named(asked, "coverage"), |visit| {
        let shell = Shell::of_case(visit, asked, "coverage")?;
        let (known, speech) = (visit.known()?, asked.speech);
        let handle = visit.opened.case.handle.clone();
        let Some(person) = person(&known, asked)? else { return Nobody::page(shell, "page-tab-coverage") };
        let claim = claim(asked)?;
        let grid = known.seen.coverage_of(person.id, claim).ok_or_else(|| Problem::new(Exit::No, "problem-no-page"))?;
        let month = |m| amparo_lang::month(m, speech.lang);
        let asking = |group: lacking::Asked| Asking {
            sign: sign_of(group.lack),
            title: group.title,
            runs: group.runs.into_iter().map(|(first, run)| (address(&handle, &person.token, claim, Some(first)), capital(&run))).collect(),
            why: group.why,
            papers: group.papers,
        };
        let asked = lacking::asked(grid, &known.seen.view.file, speech).into_iter().map(asking).collect();
        let (from, to) = known.seen.span;
        Answer::page(&Page {
            sentence: lacking::counts(grid, speech),
            note: speech.say("page-months-for", &[("who", person.who.clone()), ("claim", speech.term("claim", claim.as_str())), ("from", month(from)), ("to", month(to))]),
            persons: people(&known, speech, person.id, |token| address(&handle, token, claim, None)),
            claims: CLAIMS.iter().map(|c| Pill { href: address(&handle, &person.token, *c, None), text: capital(&speech.term("claim", c.as_str())), now: *c == claim }).collect(),
            months: months(&person, grid, speech, &|m| address(&handle, &person.token, claim, Some(m))),
            ask_any: claim == Claim::Presence && !grid.ask.is_empty(),
            gaps: lacking::holes(grid, speech),
            asked,
            shell,
            handle,
            token: person.token.clone(),
        })
    })
}

fn claim(asked: &Asked) -> Result<Claim> {
    asked.choice("claim").map_or(Ok(Claim::Presence), |c| Claim::parse(c).ok_or_else(|| Problem::new(Exit::No, "problem-no-page")))
}

fn address(handle: &str, token: &str, claim: Claim, month: Option<Month>) -> String {
    let month = month.map_or(String::new(), |m| format!("/{m}"));
    let claim = if claim == Claim::Presence { String::new() } else { format!("&claim={}", claim.as_str()) };
    format!("/case/{handle}/coverage{month}?who={token}{claim}")
}

/// The sign of a month's best.
fn sign(best: Fullness) -> &'static str {
    match best {
        Fullness::Strong => "b-strong",
        Fullness::Fair => "b-fair",
        Fullness::Weak => "b-weak",
        Fullness::Ask => "b-none",
        Fullness::OutOfReach => "b-reach",
    }
}

/// The sign of months that are not proven.
pub fn sign_of(lack: Lack) -> &'static str {
    match lack {
        Lack::Nothing => sign(Fullness::Ask),
        Lack::Weak => sign(Fullness::Weak),
        Lack::OutOfReach => sign(Fullness::OutOfReach),
    }
}

/// Every sign of a month, its word, and which papers give it for this claim.
fn signs(claim: Claim, speech: Speech) -> Vec<(&'static str, String, String)> {
    let of = |best, word: &str, means: String| (sign(best), speech.word(word), means);
    let by_claim = |strength: &str| speech.word(&format!("page-sign-{strength}-{}", claim.as_str()));
    vec![
        of(Fullness::Strong, "draw-strong", by_claim("strong")),
        of(Fullness::Fair, "draw-fair", by_claim("fair")),
        of(Fullness::Weak, "page-weak", by_claim("weak")),
        of(Fullness::Ask, "page-ask-word", speech.word("page-sign-ask")),
        of(Fullness::OutOfReach, "page-out-of-reach", speech.word("page-sign-reach")),
    ]
}

pub fn months(person: &Person, grid: &Coverage, speech: Speech, href: &dyn Fn(Month) -> String) -> Months {
    let words = Words::of(speech.lang);
    let cell = |m: &CoverageMonth| {
        let best = Fullness::from(m.best);
        let records: u64 = m.evidence.iter().map(|e| e.count).sum();
        let mut name = format!("{}: {}", amparo_lang::month(m.month, speech.lang), best.word(&words));
        if records > 0 {
            name += &format!(", {}", speech.say("page-records-count", &[("count", records.to_string())]));
        }
        let count = if records > 999 { "999+".to_owned() } else { Some(records).filter(|n| *n > 0).map(|n| n.to_string()).unwrap_or_default() };
        Cell { href: href(m.month), sign: sign(best), count, name }
    };
    let at = |month: Month| grid.months.iter().find(|m| m.month == month).map(cell);
    let (first, last) = (grid.months.first().map_or(0, |m| m.month.year), grid.months.last().map_or(-1, |m| m.month.year));
    Months {
        caption: speech.say("page-months-caption", &[("who", person.who.clone())]),
        heads: words.months.iter().zip(words.months_long).map(|(short, long)| (short.chars().take(1).collect::<String>().to_uppercase(), *short, long)).collect(),
        signs: signs(grid.claim, speech),
        years: (first..=last).map(|year| Year { year, months: (1..=12).map(|month| at(Month { year, month })).collect() }).collect(),
    }
}

// ---- one month ----

#[derive(Template)]
#[template(path = "coverage_month.html")]
struct MonthPage {
    shell: Shell,
    handle: String,
    token: String,
    title: String,
    back: String,
    before: Option<String>,
    after: Option<String>,
    sign: &'static str,
    word: String,
    what: String,
    rows: Vec<Row>,
    pages: Pages,
    reach: Vec<String>,
    reach_none: Vec<String>,
    ask: Option<String>,
    days: String,
}

struct Row {
    what: String,
    strength: String,
    source: String,
    href: String,
}

pub fn of_month(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "coverage", &named(asked, "coverage"), |visit| {
        let shell = Shell::of_case(visit, asked, "coverage")?;
        let (known, speech) = (visit.known()?, asked.speech);
        let handle = visit.opened.case.handle.clone();
        let gone = || Problem::new(Exit::No, "problem-no-page");
        let Some(person) = person(&known, asked)? else { return Nobody::page(shell, "page-tab-coverage") };
        let claim = claim(asked)?;
        let month = Month::parse(asked.part("month")).ok_or_else(gone)?;
        let grid = known.seen.coverage_of(person.id, claim).ok_or_else(gone)?;
        let at = grid.months.iter().position(|m| m.month == month).ok_or_else(gone)?;
        let of = &grid.months[at];
        let best = Fullness::from(of.best);
        let here = address(&handle, &person.token, claim, Some(month));
        let pages = Pages::of(asked, of.evidence.len(), ROWS, &here);
        let rows = of.evidence.iter().skip(pages.skip()).take(pages.take());
        let rows = rows.map(|e| row(&known, &visit.opened.case, &handle, &person, e, speech)).collect::<Result<_>>()?;
        let beside = |m: Option<&CoverageMonth>| m.map(|m| address(&handle, &person.token, claim, Some(m.month)));
        let (reach, reach_none) = reach(&known, &person, month, speech);
        Answer::page(&MonthPage {
            title: capital(&amparo_lang::month(month, speech.lang)),
            back: address(&handle, &person.token, claim, None),
            before: beside(at.checked_sub(1).and_then(|i| grid.months.get(i))),
            after: beside(grid.months.get(at + 1)),
            sign: sign(best),
            word: capital(best.word(&Words::of(speech.lang))),
            what: format!("{}: {}", person.who, speech.term("claim", claim.as_str())),
            rows,
            pages,
            reach,
            reach_none,
            ask: asked_of(&known, grid, month, speech),
            days: format!("/case/{handle}/timeline?who={}&from={month}&to={month}", person.token),
            shell,
            handle,
            token: person.token,
        })
    })
}

fn row(known: &Known, case: &OpenCase, handle: &str, person: &Person, evidence: &Evidence, speech: Speech) -> Result<Row> {
    let strength = speech.term("page-strength", evidence.strength.as_str());
    let row = match &evidence.id {
        EvidenceId::Record(id) => {
            let record = known.seen.record(id);
            Row {
                what: record.map_or_else(|| id.to_string(), |r| known.seen.says(speech, r)),
                source: record.map(|r| speech.source(&r.provenance)).unwrap_or_default(),
                strength,
                href: format!("/case/{handle}/record/{id}"),
            }
        }
        EvidenceId::Calls { number, month, .. } => {
            let named = known.seen.numbers.iter().find(|n| n.subject == person.id && n.number == *number).map(|n| known.seen.number_named(speech, n).0);
            let name = named.unwrap_or_else(|| plain(&known.seen.own.third(number)));
            Row {
                what: speech.say("page-calls-with", &[("count", evidence.count.to_string()), ("number", name)]),
                source: speech.word("page-phone-file"),
                strength,
                href: format!("/case/{handle}/calls/{}?who={}&month={month}", case.tokens()?.of(number), person.token),
            }
        }
    };
    Ok(row)
}

/// The person's papers that reach a month, and those that say between which months they reach and leave it out.
fn reach(known: &Known, person: &Person, month: Month, speech: Speech) -> (Vec<String>, Vec<String>) {
    let range = |g: &Giving| {
        let covers = g.reading.report.covers.as_ref()?;
        Some((Month::of(covers.from.as_ref()?.earliest()?), Month::of(covers.to.as_ref()?.latest()?)))
    };
    let mine = known.seen.view.file.readable().filter(|g| g.subject == Some(person.id)).filter_map(|g| range(g).map(|r| (g, r)));
    let (reach, mut beyond): (Vec<_>, Vec<_>) = mine.partition(|(_, (from, to))| *from <= month && month <= *to);
    // A paper of one month was never expected to speak of another.
    beyond.retain(|(_, (from, to))| from != to);
    let said = |(g, (from, to)): &(&Giving, (Month, Month))| format!("{}: {}", plain(&g.given.name), spoken(Span { from: *from, to: *to }, speech));
    let named = |all: &[(&Giving, (Month, Month))]| {
        let mut lines: Vec<String> = all.iter().take(SOURCES).map(said).collect();
        if all.len() > SOURCES {
            lines.push(speech.say("page-and-more", &[("count", (all.len() - SOURCES).to_string())]));
        }
        lines
    };
    (named(&reach), named(&beyond))
}

/// What would help for a month: the line of the run it lies in.
fn asked_of(known: &Known, grid: &Coverage, month: Month, speech: Speech) -> Option<String> {
    let of = grid.ask.iter().find(|l| (l.from..=l.to).contains(&month))?;
    Some(lacking::sentence(grid, of, &known.seen.view.file, speech))
}
