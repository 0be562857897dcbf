//! Who a phone speaks with: by number and month, and the single calls with one number.

use super::answer::{Answer, Asked};
use super::parts::{Pages, Person, Pill, month, named, people, person};
use super::room::{Known, Room};
use super::shell::{Nobody, Shell, clock};
use crate::seen::{Number, calls_of};
use crate::speech::{Speech, capital};
use amparo_analysis::CallTable;
use amparo_chart::Size;
use amparo_model::results::{CallSummary, Month};
use amparo_model::{Edtf, Instant, Record};
use amparo_office::{Exit, OpenCase, Problem, Result};
use askama::Template;

/// Numbers on one page.
const NUMBERS: usize = 20;
/// Single calls on one page.
const CALLS: usize = 50;

#[derive(Template)]
#[template(path = "calls.html")]
struct Page {
    shell: Shell,
    handle: String,
    lead: String,
    before: String,
    persons: Vec<Pill>,
    month: Option<OneMonth>,
    axis: Axis,
    years: Vec<i16>,
    rows: Vec<Row>,
    pages: Pages,
    masked: bool,
}

/// The years above the strips, for a wide page and for a phone.
struct Axis {
    wide: String,
    narrow: String,
}

impl Axis {
    fn of(from: Month, to: Month) -> Axis {
        Axis { wide: amparo_chart::heat_axis(from, to, Size { width: 760.0, text: 12.0 }), narrow: amparo_chart::heat_axis(from, to, Size::NARROW) }
    }
}

struct Row {
    href: String,
    name: String,
    note: String,
    total: String,
    heat: String,
    years: Vec<String>,
}

struct OneMonth {
    title: String,
    sentence: String,
    all: String,
    rows: Vec<(String, String, String)>,
    pages: Pages,
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "calls", &named(asked, "calls"), |visit| {
        let shell = Shell::of_case(visit, asked, "calls")?;
        let (known, speech) = (visit.known()?, asked.speech);
        let case = &visit.opened.case;
        let handle = case.handle.clone();
        let Some(person) = person(&known, asked)? else { return Nobody::page(shell, "page-tab-calls") };
        let numbers: Vec<&Number> = known.seen.numbers.iter().filter(|n| n.subject == person.id).collect();
        let reach = known.seen.phone_reach(person.id, false);
        let (from, to) = reach.map_or(known.seen.span, |r| (r.from, r.to));
        let month = month(asked, "month");
        let here = address(&handle, &person.token, None);
        // Within a month the pages turn its own table.
        let pages = Pages::of(asked, if month.is_some() { 0 } else { numbers.len() }, NUMBERS, &here);
        let shown = numbers.iter().skip(pages.skip()).take(if month.is_some() { 0 } else { pages.take() });
        let rows = shown.map(|n| row(&known, case, &handle, &person, n, (from, to), speech)).collect::<Result<_>>()?;
        let say_month = |m| amparo_lang::month(m, speech.lang);
        let args = |r: &amparo_chart::Span| [("who", person.who.clone()), ("from", say_month(r.from)), ("to", say_month(r.to)), ("count", numbers.len().to_string())];
        Answer::page(&Page {
            lead: reach.as_ref().map_or_else(|| speech.say("page-calls-no-file", &[("who", person.who.clone())]), |r| speech.say("page-calls-reach", &args(r))),
            before: speech.word(if reach.is_some() { "page-calls-before" } else { "page-calls-none" }),
            persons: people(&known, speech, person.id, |token| address(&handle, token, month)),
            month: month.map(|m| one_month(&known, case, &handle, &person, asked, (&numbers, m))).transpose()?,
            axis: Axis::of(from, to),
            years: (from.year..=to.year).collect(),
            rows,
            pages,
            masked: !visit.opened.unmasked,
            shell,
            handle,
        })
    })
}

fn address(handle: &str, token: &str, month: Option<Month>) -> String {
    let month = month.map_or(String::new(), |m| format!("&month={m}"));
    format!("/case/{handle}/calls?who={token}{month}")
}

/// A number's own page: its address tells nothing to who has no key of the case.
fn number_address(case: &OpenCase, handle: &str, person: &Person, number: &str, month: Option<Month>) -> Result<String> {
    let month = month.map_or(String::new(), |m| format!("&month={m}"));
    Ok(format!("/case/{handle}/calls/{}?who={}{month}", case.tokens()?.of(number), person.token))
}

fn row(known: &Known, case: &OpenCase, handle: &str, person: &Person, n: &Number, (from, to): (Month, Month), speech: Speech) -> Result<Row> {
    let (name, note) = known.seen.number_named(speech, n);
    let counts = n.counts();
    let of_year = |year: i16| counts.iter().filter(|m| m.month.year == year).map(|m| m.count).sum::<u64>();
    Ok(Row {
        href: number_address(case, handle, person, &n.number, None)?,
        name,
        note,
        total: speech.say("page-calls-count", &[("count", n.total().to_string())]),
        heat: amparo_chart::heat(&counts, from, to),
        years: (from.year..=to.year).map(|y| grouped(of_year(y))).collect(),
    })
}

fn grouped(n: u64) -> String {
    amparo_lang::grouped(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The numbers of one month, those most spoken with first.
fn one_month(known: &Known, case: &OpenCase, handle: &str, person: &Person, asked: &Asked, (numbers, month): (&[&Number], Month)) -> Result<OneMonth> {
    let speech = asked.speech;
    let mut of: Vec<(&Number, u64)> = numbers.iter().filter_map(|n| n.months.iter().find(|s| s.month == month).map(|s| (*n, calls_of(s)))).collect();
    of.sort_by(|a, b| (b.1, &a.0.number).cmp(&(a.1, &b.0.number)));
    let pages = Pages::of(asked, of.len(), CALLS, &address(handle, &person.token, Some(month)));
    let shown = of.iter().skip(pages.skip()).take(pages.take());
    let line = |(n, count): &(&Number, u64)| Ok((number_address(case, handle, person, &n.number, Some(month))?, known.seen.number_named(speech, n).0, grouped(*count)));
    let days = known.seen.days.range((person.id, first_of(month))..=(person.id, first_of(month).last_of_month())).count();
    let all: u64 = of.iter().map(|(_, n)| n).sum();
    let count = |id: &str, n: u64| speech.say(id, &[("count", n.to_string())]);
    Ok(OneMonth {
        title: capital(&amparo_lang::month(month, speech.lang)),
        sentence: speech.say(
            "page-calls-of-month",
            &[("calls", count("page-calls-count", all)), ("days", count("page-days-count", days as u64)), ("numbers", count("page-numbers-count", of.len() as u64))],
        ),
        all: address(handle, &person.token, None),
        rows: shown.map(line).collect::<Result<_>>()?,
        pages,
    })
}

fn first_of(month: Month) -> jiff::civil::Date {
    jiff::civil::Date::new(month.year, month.month, 1).unwrap_or_default()
}

// ---- one number ----

#[derive(Template)]
#[template(path = "calls_number.html")]
struct NumberPage {
    shell: Shell,
    handle: String,
    name: String,
    note: String,
    lead: String,
    back: String,
    axis: Axis,
    heat: String,
    months: Vec<MonthRow>,
    all: Option<String>,
    heading: String,
    rows: Vec<CallLine>,
    pages: Pages,
}

struct MonthRow {
    href: String,
    month: String,
    cells: [String; 5],
    now: bool,
}

struct CallLine {
    href: String,
    when: String,
    direction: String,
    outcome: String,
    lasted: String,
    source: String,
}

pub fn number(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "calls", &named(asked, "calls"), |visit| {
        let shell = Shell::of_case(visit, asked, "calls")?;
        let (known, speech) = (visit.known()?, asked.speech);
        let case = &visit.opened.case;
        let handle = case.handle.clone();
        let gone = || Problem::new(Exit::No, "problem-no-page");
        let person = person(&known, asked)?.ok_or_else(gone)?;
        let (tokens, key) = (case.tokens()?, asked.part("key"));
        let number = known.seen.numbers.iter().filter(|n| n.subject == person.id).find(|n| tokens.of(&n.number) == key).ok_or_else(gone)?;
        let month = month(asked, "month");
        let (from, to) = known.seen.phone_reach(person.id, false).map_or(known.seen.span, |r| (r.from, r.to));
        // Only this number's calls are read.
        let table = CallTable::build_of(&known.seen.view, Some(&number.number));
        let here = number_address(case, &handle, &person, &number.number, month)?;
        let all: u64 = number.months.iter().filter(|s| month.is_none_or(|m| m == s.month)).map(calls_of).sum();
        let pages = Pages::of(asked, usize::try_from(all).unwrap_or(usize::MAX), CALLS, &here);
        let (_, calls) = table.some(person.id, month, pages.skip(), pages.take());
        known.list(calls.iter().map(|r| r.id), &number.number);
        let (name, note) = known.seen.number_named(speech, number);
        let month_row = |s: &CallSummary| {
            let href = number_address(case, &handle, &person, &number.number, Some(s.month))?;
            let cells = [grouped(calls_of(s)), s.incoming.to_string(), s.outgoing.to_string(), s.missed.to_string(), s.minutes.to_string()];
            Ok(MonthRow { href, month: amparo_lang::month(s.month, speech.lang), cells, now: Some(s.month) == month })
        };
        let spoken = |m: &CallSummary| amparo_lang::month(m.month, speech.lang);
        let ends = [("who", person.who.clone()), ("from", number.months.first().map(spoken).unwrap_or_default()), ("to", number.months.last().map(spoken).unwrap_or_default())];
        let sums = [("count", number.total().to_string())];
        Answer::page(&NumberPage {
            lead: speech.say("page-number-lead", &ends.into_iter().chain(sums).collect::<Vec<_>>()),
            name,
            note,
            back: address(&handle, &person.token, None),
            axis: Axis::of(from, to),
            heat: amparo_chart::heat(&number.counts(), from, to),
            months: number.months.iter().map(month_row).collect::<Result<_>>()?,
            all: month.map(|_| number_address(case, &handle, &person, &number.number, None)).transpose()?,
            heading: month.map_or_else(|| speech.word("page-single-calls"), |m| capital(&amparo_lang::month(m, speech.lang))),
            rows: calls.iter().map(|r| call_line(&known, &handle, r, speech)).collect(),
            pages,
            shell,
            handle,
        })
    })
}

fn call_line(known: &Known, handle: &str, record: &Record, speech: Speech) -> CallLine {
    let term = |field: &str| record.text(field).map(|code| speech.term("choice", code)).unwrap_or_default();
    CallLine {
        href: format!("/case/{handle}/record/{}", record.id),
        when: record.instant("at").map(|at| when(known, at, speech)).unwrap_or_default(),
        direction: term("direction"),
        outcome: term("outcome"),
        lasted: record.number("duration_s").map(|s| lasted(s, speech)).unwrap_or_default(),
        source: speech.source(&record.provenance),
    }
}

/// Day and minute where the person lived; a local time on its own clock.
fn when(known: &Known, at: Instant, speech: Speech) -> String {
    let day = amparo_lang::date(&Edtf::day(known.seen.view.day_of(at)), speech.lang);
    let minute = match at.offset_min {
        Some(_) => clock(at, &known.seen.view.zone),
        None => at.civil().strftime("%H:%M").to_string(),
    };
    format!("{day}, {minute}")
}

fn lasted(seconds: i64, speech: Speech) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    match minutes {
        0 => speech.say("page-seconds", &[("seconds", rest.to_string())]),
        _ => speech.say("page-minutes", &[("minutes", minutes.to_string()), ("seconds", format!("{rest:02}"))]),
    }
}
