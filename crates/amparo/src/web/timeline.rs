//! One person's lanes, from ten years to the days of a month; every mark leads to its paper.

use super::answer::{Answer, Asked};
use super::parts::{Pages, Person, Pill, month, named, people, person, spoken};
use super::room::{Known, Room};
use super::shell::{Nobody, Shell};
use crate::lacking;
use crate::seen::{href, mark};
use crate::speech::{Speech, capital};
use amparo_analysis::timeline::{lane, when_in};
use amparo_chart::{Bar, DayLane, DayMark, Days, Dispute, Fill, Lanes, Links, Point, Size, Span, Words};
use amparo_model::results::{Claim, EvidenceId, Lane, Month, TimelineItem};
use amparo_model::{Certainty, Kind, PartyId, Record};
use amparo_office::Result;
use askama::Template;
use std::collections::BTreeMap;

/// Rows of the table on one page.
const ROWS: usize = 50;
/// Marks of a lane that one drawing holds; nearer ones are one mark that opens a shorter span.
const MARKS: i32 = 40;
/// Longer than a life: nobody asks for more.
const LONGEST: i32 = 1_200;

/// What the signs of the lanes mean.
pub const SIGNS: [(&str, &str); 9] = [
    ("m-entry", "draw-entry-or-trip"),
    ("m-paper", "draw-notice-or-filing"),
    ("m-met", "draw-encounter"),
    ("m-differ", "draw-papers-disagree"),
    ("b-none", "draw-ask"),
    ("b-reach", "draw-out-of-reach"),
    ("l-full", "draw-full-bar"),
    ("l-half", "draw-half-bar"),
    ("l-weak", "draw-weak-bar"),
];

#[derive(Template)]
#[template(path = "timeline.html")]
struct Page {
    shell: Shell,
    handle: String,
    token: String,
    who: String,
    months: String,
    persons: Vec<Pill>,
    spans: Vec<Pill>,
    parts: Vec<Pill>,
    heading: String,
    drawing: Drawn,
    rows: Vec<Row>,
    pages: Pages,
    open: bool,
}

/// The same lanes for a wide page, and in pieces for a phone and for paper.
pub struct Drawn {
    pub wide: String,
    pub pieces: Vec<String>,
}

struct Row {
    when: String,
    lane: String,
    what: String,
    href: String,
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "timeline", &named(asked, "timeline"), |visit| {
        let shell = Shell::of_case(visit, asked, "timeline")?;
        let (known, speech) = (visit.known()?, asked.speech);
        let handle = visit.opened.case.handle.clone();
        let Some(person) = person(&known, asked)? else { return Nobody::page(shell, "page-tab-timeline") };
        let ten = Span { from: known.seen.span.0, to: known.seen.span.1 };
        let span = span_of(month(asked, "from"), month(asked, "to"), ten);
        let address = address(&handle, &person.token, (span != ten).then_some(span));
        let items = items(&known, person.id, span);
        let pages = Pages::of(asked, items.len(), ROWS, &address);
        let rows = items.iter().skip(pages.skip()).take(pages.take()).map(|i| row(&known, &handle, &person.token, i, speech)).collect();
        let drawing = if span.from == span.to { draw_days(&known, &person, span.from, speech) } else { draw(&known, &person, span, true, speech) };
        Answer::page(&Page {
            months: proven(&known, person.id, speech),
            persons: people(&known, speech, person.id, |token| self::address(&handle, token, (span != ten).then_some(span))),
            spans: spans(&known, &handle, &person, span, ten, speech),
            parts: parts(&handle, &person, span, ten, speech),
            heading: capital(&spoken(span, speech)),
            drawing,
            rows,
            open: !pages.is_first() || span.from == span.to,
            pages,
            shell,
            handle,
            token: person.token,
            who: person.who,
        })
    })
}

fn address(handle: &str, token: &str, span: Option<Span>) -> String {
    let months = span.map_or(String::new(), |s| format!("&from={}&to={}", s.from, s.to));
    format!("/case/{handle}/timeline?who={token}{months}")
}

/// The months asked for, in order and of a length that can be drawn.
fn span_of(from: Option<Month>, to: Option<Month>, ten: Span) -> Span {
    let span = Span { from: from.unwrap_or(ten.from), to: to.unwrap_or(ten.to) };
    let span = if span.from <= span.to { span } else { Span { from: span.to, to: span.from } };
    Span { from: span.from.max(span.to.plus(1 - LONGEST)), to: span.to }
}

/// What is proven of the ten years' months.
fn proven(known: &Known, party: PartyId, speech: Speech) -> String {
    let grid = known.seen.coverage_of(party, Claim::Presence);
    grid.map_or(String::new(), |g| lacking::counts(g, speech))
}

// ---- the span ----

/// Ten years, what lies before, and each year.
fn spans(known: &Known, handle: &str, person: &Person, span: Span, ten: Span, speech: Speech) -> Vec<Pill> {
    let pill = |text: String, s: Span| Pill { href: address(handle, &person.token, (s != ten).then_some(s)), text, now: s == span };
    let mut pills = vec![pill(speech.word("page-ten-years"), ten)];
    let first = known.seen.items.iter().filter(|i| i.subject == Some(person.id)).find_map(|i| i.when.earliest()).map(Month::of);
    if let Some(first) = first.filter(|m| *m < ten.from) {
        let before = Span { from: first.max(ten.from.plus(-LONGEST)), to: ten.from.plus(-1) };
        pills.push(pill(speech.say("page-before", &[("to", amparo_lang::month(before.to, speech.lang))]), before));
    }
    for year in ten.from.year..=ten.to.year {
        let of_year = year_of(year);
        let mut pill = pill(year.to_string(), of_year);
        pill.now = of_year.from <= span.from && span.to <= of_year.to;
        pills.push(pill);
    }
    pills
}

fn year_of(year: i16) -> Span {
    Span { from: Month { year, month: 1 }, to: Month { year, month: 12 } }
}

/// The months of the year that is looked at.
fn parts(handle: &str, person: &Person, span: Span, ten: Span, speech: Speech) -> Vec<Pill> {
    if span.from.year != span.to.year {
        return Vec::new();
    }
    let words = Words::of(speech.lang);
    let months = (0..12).map(|n| year_of(span.from.year).from.plus(n)).filter(|m| *m <= ten.to);
    months
        .map(|m| Pill {
            href: address(handle, &person.token, Some(Span { from: m, to: m })),
            text: words.months[usize::try_from(m.month - 1).unwrap_or(0)].to_owned(),
            now: span.from == m && span.to == m,
        })
        .collect()
}

// ---- the drawing ----

/// The lanes between two months; with links for a page, without for paper.
pub fn draw(known: &Known, person: &Person, span: Span, linked: bool, speech: Speech) -> Drawn {
    let words = Words::of(speech.lang);
    let Some(grid) = known.seen.coverage_of(person.id, Claim::Presence) else { return Drawn { wide: String::new(), pieces: Vec::new() } };
    let links = linked.then(|| Links { month: format!("coverage/{{}}?who={}", person.token), calls: format!("calls?who={}&month={{}}", person.token) });
    let lanes = gather(known.seen.lanes_in(speech, grid, span, links), &person.token, speech);
    let months = span.to.index() - span.from.index() + 1;
    let pieces = amparo_chart::pieces(&lanes, (months + 39) / 40);
    Drawn {
        wide: amparo_chart::draw_timeline(&lanes, &words, Size { width: 1120.0, text: 12.0 }).svg(),
        pieces: pieces
            .iter()
            .map(|p| Lanes { title: capital(&spoken(p.span, speech)), ..p.clone() })
            .map(|p| amparo_chart::draw_timeline(&p, &words, Size::NARROW).svg())
            .collect(),
    }
}

/// Marks that would lie on one another become one, with their number, that opens the months they lie in.
fn gather(mut lanes: Lanes, token: &str, speech: Speech) -> Lanes {
    let months = lanes.span.to.index() - lanes.span.from.index() + 1;
    let each = (months + MARKS - 1) / MARKS;
    let (from, last) = (lanes.span.from, lanes.span.to);
    let bucket = |m: Month| (m.index() - from.index()).div_euclid(each);
    let linked = lanes.links.is_some();
    let closer = |b: i32| linked.then(|| format!("timeline?who={token}&from={}&to={}", from.plus(b * each), from.plus((b + 1) * each - 1).min(last)));
    let mut points: BTreeMap<(i32, u8), Vec<Point>> = BTreeMap::new();
    for point in std::mem::take(&mut lanes.immigration) {
        points.entry((bucket(point.month), point.shape as u8)).or_default().push(point);
    }
    for ((b, _), group) in points {
        lanes.immigration.push(match <[Point; 1]>::try_from(group) {
            Ok([one]) => one,
            Err(many) => {
                let label = if many.iter().all(|p| p.label == many[0].label) { many[0].label.clone() } else { speech.word("page-papers-here") };
                Point { month: many[0].month, shape: many[0].shape, label: format!("{label} ({})", many.len()), href: closer(b) }
            }
        });
    }
    let mut disputes: BTreeMap<(i32, Lane), Vec<Dispute>> = BTreeMap::new();
    for dispute in std::mem::take(&mut lanes.disputes) {
        disputes.entry((bucket(dispute.month), dispute.lane)).or_default().push(dispute);
    }
    for ((b, _), group) in disputes {
        lanes.disputes.push(match <[Dispute; 1]>::try_from(group) {
            Ok([one]) => one,
            Err(many) => Dispute { month: many[0].month, lane: many[0].lane, label: format!("{} ({})", many[0].label, many.len()), href: closer(b) },
        });
    }
    lanes.disputes.sort_by_key(|d| d.month);
    (lanes.work, lanes.home) = (joined(lanes.work), joined(lanes.home));
    lanes
}

/// Bars of one name that touch are one bar, which opens the first paper.
fn joined(bars: Vec<Bar>) -> Vec<Bar> {
    let mut out: Vec<Bar> = Vec::new();
    for bar in bars {
        match out.iter_mut().find(|o| o.label == bar.label && o.fill == bar.fill && bar.span.from <= o.span.to.next() && o.span.from <= bar.span.to.next()) {
            Some(known) => known.span = Span { from: known.span.from.min(bar.span.from), to: known.span.to.max(bar.span.to) },
            None => out.push(bar),
        }
    }
    out.truncate(MARKS as usize);
    out
}

fn draw_days(known: &Known, person: &Person, month: Month, speech: Speech) -> Drawn {
    let words = Words::of(speech.lang);
    let days = days(known, person, month, speech, &words);
    let last = days_in(month);
    let piece = |a, b| amparo_chart::draw_days(&days, (a, b), &words, Size::NARROW).svg();
    Drawn {
        wide: amparo_chart::draw_days(&days, (1, last), &words, Size { width: 1120.0, text: 12.0 }).svg(),
        pieces: [(1, 10), (11, 20), (21, last)].into_iter().map(|(a, b)| piece(a, b)).collect(),
    }
}

fn days_in(month: Month) -> i8 {
    jiff::civil::Date::new(month.year, month.month, 1).map_or(31, |d| d.days_in_month())
}

/// What each day of a month has: its records, and how many calls and messages.
fn days(known: &Known, person: &Person, month: Month, speech: Speech, words: &Words) -> Days {
    let seen = &known.seen;
    let mine = || seen.records.iter().filter(|r| r.subject == Some(person.id));
    // Papers that say the same of the same days are one mark; the table has each.
    let marks = |wanted: Lane| {
        let mut marks: Vec<DayMark> = Vec::new();
        for mark in mine().filter(|r| r.kind != Kind::Message && lane(r) == Some(wanted)).filter_map(|r| day_mark(known, month, r, speech)) {
            if !marks.iter().any(|m| DayMark { href: mark.href.clone(), ..m.clone() } == mark) {
                marks.push(mark);
            }
        }
        marks
    };
    let mut counts: BTreeMap<i8, u64> = BTreeMap::new();
    let first = jiff::civil::Date::new(month.year, month.month, 1).unwrap_or_default();
    for ((_, day), count) in seen.days.range((person.id, first)..=(person.id, first.last_of_month())) {
        *counts.entry(day.day()).or_default() += count;
    }
    for at in mine().filter(|r| r.kind == Kind::Message).filter_map(|r| r.instant("at")).map(|at| seen.view.day_of(at)).filter(|d| Month::of(*d) == month) {
        *counts.entry(at.day()).or_default() += 1;
    }
    let reached = seen.phone_reach_in(person.id, true, Span { from: month, to: month }).is_some();
    let calls = format!("calls?who={}&month={month}", person.token);
    let lane = |name: &str, marks| DayLane { name: name.to_owned(), marks, note: words.nothing_given.to_owned(), ..DayLane::default() };
    let phone = DayLane {
        name: words.phone.to_owned(),
        out_of_reach: counts.is_empty() && !reached,
        note: if reached { words.no_call.to_owned() } else { words.no_source_reaches_these.to_owned() },
        counts: counts.into_iter().map(|(day, n)| (day, n, Some(calls.clone()))).collect(),
        marks: Vec::new(),
    };
    let mut lanes = vec![lane(words.work, marks(Lane::Work)), phone, lane(words.immigration, marks(Lane::Immigration))];
    lanes.extend(Some(lane(words.home, marks(Lane::Home))).filter(|l| !l.marks.is_empty()));
    Days { title: format!("{}, {}", person.who, words.long(month)), desc: String::new(), month, lanes }
}

fn day_mark(known: &Known, month: Month, record: &Record, speech: Speech) -> Option<DayMark> {
    let when = when_in(&known.seen.view, record)?;
    let from = when.earliest()?;
    let to = when.latest().unwrap_or(if when.is_open_ended() { known.seen.as_of } else { from });
    if Month::of(from) > month || Month::of(to) < month {
        return None;
    }
    Some(DayMark {
        from: if Month::of(from) < month { 1 } else { from.day() },
        to: if Month::of(to) > month { days_in(month) } else { to.day() },
        shape: mark(speech, record).map(|(shape, _)| shape).filter(|_| from == to),
        fill: match record.certainty {
            Certainty::Said => Fill::Weak,
            _ if !when.is_interval() && from != to => Fill::Half,
            _ => Fill::Full,
        },
        label: known.seen.label(speech, record),
        href: Some(href(record)),
    })
}

// ---- the table ----

/// The person's lines that touch these months.
pub fn items(known: &Known, party: PartyId, span: Span) -> Vec<&TimelineItem> {
    let within = |i: &&TimelineItem| {
        let (first, last) = (i.when.earliest(), i.when.latest().or(if i.when.is_open_ended() { Some(known.seen.as_of) } else { i.when.earliest() }));
        i.subject == Some(party) && first.is_none_or(|d| Month::of(d) <= span.to) && last.is_none_or(|d| Month::of(d) >= span.from)
    };
    known.seen.items.iter().filter(within).collect()
}

fn row(known: &Known, handle: &str, token: &str, item: &TimelineItem, speech: Speech) -> Row {
    Row {
        when: amparo_lang::date(&item.when, speech.lang),
        lane: speech.term("lane", item.lane.as_str()),
        what: known.seen.sentence(speech, &item.says),
        href: match item.records.first() {
            Some(EvidenceId::Record(id)) => format!("/case/{handle}/record/{id}"),
            Some(EvidenceId::Calls { month, .. }) => format!("/case/{handle}/calls?who={token}&month={month}"),
            None => String::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_chart::PointShape;
    use amparo_lang::Lang;

    fn m(text: &str) -> Month {
        Month::parse(text).expect("a month")
    }

    fn span(from: &str, to: &str) -> Span {
        Span { from: m(from), to: m(to) }
    }

    #[test]
    fn spans_that_are_asked_for() {
        let ten = span("2016-12", "2026-11");
        for (from, to, expected) in [
            (None, None, ten),
            (Some("2019-01"), Some("2019-12"), span("2019-01", "2019-12")),
            (Some("2019-12"), Some("2019-01"), span("2019-01", "2019-12")),
            (Some("2019-08"), None, span("2019-08", "2026-11")),
            (Some("0001-01"), None, Span { from: m("2026-11").plus(-1_199), to: m("2026-11") }),
        ] {
            assert_eq!(span_of(from.map(m), to.map(m), ten), expected);
        }
    }

    #[test]
    fn marks_that_would_cover_each_other_are_one_and_open_their_months() {
        let point = |month: &str, label: &str| Point { month: m(month), shape: PointShape::Square, label: label.to_owned(), href: Some(format!("record/{label}")) };
        let lanes = Lanes {
            title: String::new(),
            desc: String::new(),
            span: span("2017-01", "2026-12"),
            work: Vec::new(),
            home: Vec::new(),
            phone: Vec::new(),
            phone_reach: None,
            phone_note: String::new(),
            immigration: vec![point("2017-01", "a"), point("2017-03", "b"), point("2017-04", "c")],
            gaps: Vec::new(),
            out_of_reach: Vec::new(),
            disputes: Vec::new(),
            links: Some(Links { month: String::new(), calls: String::new() }),
        };
        let speech = Speech { lang: Lang::En, unmasked: false };
        let got: Vec<(String, String)> = gather(lanes.clone(), "client", speech).immigration.into_iter().map(|p| (p.label, p.href.unwrap_or_default())).collect();
        let expected = [("papers (2)", "timeline?who=client&from=2017-01&to=2017-03"), ("c", "record/c")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(got, expected);
        // A year has room for a mark each month.
        let year = Lanes { span: span("2017-01", "2017-12"), ..lanes };
        assert_eq!(gather(year, "client", speech).immigration.len(), 3);
    }

    #[test]
    fn bars_of_one_name_that_touch_are_one() {
        let bar = |from: &str, to: &str, label: &str| Bar { span: span(from, to), label: label.to_owned(), fill: Fill::Full, href: None };
        let got = joined(vec![
            bar("2017-01", "2017-06", "a"),
            bar("2017-05", "2018-01", "a"),
            bar("2018-02", "2018-03", "a"),
            bar("2019-01", "2019-02", "a"),
            bar("2018-01", "2018-02", "b"),
        ]);
        assert_eq!(got, vec![bar("2017-01", "2018-03", "a"), bar("2019-01", "2019-02", "a"), bar("2018-01", "2018-02", "b")]);
    }
}
