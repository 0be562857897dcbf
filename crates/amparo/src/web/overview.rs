//! A case at a glance: its months, what needs a person, its people, who looked.

use super::answer::{Answer, Asked};
use super::coverage::{RUNS, sign_of};
use super::parts::{zone_typed, zone_word, zones};
use super::room::{Known, Room, Visit};
use super::shell::{Shell, clock};
use crate::lacking;
use crate::seen::people;
use crate::speech::{Speech, capital, plain};
use amparo_chart::{Size, Words};
use amparo_model::Instant;
use amparo_model::event::Purpose;
use amparo_model::results::{Coverage, Finding, FindingType};
use amparo_office::access::{self, Action};
use amparo_office::{Exit, LogLine, Problem, Result};
use askama::Template;

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    shell: Shell,
    handle: String,
    name: String,
    months: Vec<Months>,
    needs: Vec<Need>,
    parties: Vec<Party>,
    roles: Vec<(&'static str, String)>,
    zone: String,
    zones: Vec<(String, String, bool)>,
    /// This member may decide on the case.
    may: bool,
    looks: Vec<String>,
}

/// A person's ten years in one sentence and one strip.
struct Months {
    id: String,
    sentence: String,
    asked: bool,
    note: String,
    wide: String,
    narrow: String,
}

struct Need {
    sign: &'static str,
    title: String,
    what: String,
    href: String,
    act: String,
}

struct Party {
    token: String,
    who: String,
    name: String,
    papers: u64,
    records: u64,
    reaches: String,
    months: String,
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "case show", &["overview"], |visit| {
        let shell = Shell::of_case(visit, asked, "overview")?;
        let known = visit.known()?;
        let speech = asked.speech;
        let handle = visit.opened.case.handle.clone();
        let page = Page {
            shell,
            name: plain(known.seen.view.file.name.as_deref().unwrap_or_default()),
            months: known.seen.grids.iter().filter(|g| claims(&known, g)).map(|g| months(&known, g, speech)).collect(),
            needs: needs(&known, &handle, speech),
            parties: parties(&known, speech),
            roles: amparo_office::ROLES.iter().map(|r| (*r, capital(&amparo_lang::party(r, speech.lang)))).collect(),
            zone: zone(&known, speech),
            zones: zones(known.seen.view.zone.iana_name().unwrap_or("UTC"), speech),
            may: access::decide(visit.desk.me().2, Action::Decide).is_ok(),
            looks: looks(visit, speech)?,
            handle,
        };
        Answer::page(&page)
    })
}

/// Months are counted for the client, and for whoever else has evidence of any.
fn claims(known: &Known, grid: &Coverage) -> bool {
    let (proven, weak, _, _) = grid.counts();
    known.seen.view.file.token_of(Some(grid.subject)) == Some("client") || proven + weak > 0
}

/// The person's token as a page's address and a chart's name hold it.
pub fn token(known: &Known, grid: &Coverage) -> String {
    known.seen.view.file.token_of(Some(grid.subject)).unwrap_or_default().to_owned()
}

fn months(known: &Known, grid: &Coverage, speech: Speech) -> Months {
    let words = Words::of(speech.lang);
    let chart = known.seen.grid(speech, grid);
    let (from, to) = known.seen.span;
    let month = |m| amparo_lang::month(m, speech.lang);
    Months {
        id: token(known, grid),
        sentence: lacking::counts(grid, speech),
        asked: !grid.ask.is_empty(),
        note: speech.say("page-months-note", &[("who", known.seen.who_heading(speech, Some(grid.subject))), ("from", month(from)), ("to", month(to))]),
        wide: amparo_chart::strip(&chart, &words, Size { width: 1184.0, text: 12.0 }).svg,
        narrow: amparo_chart::strip(&chart, &words, Size::NARROW).svg,
    }
}

/// What a finding is about, as a heading.
pub fn finding_title(known: &Known, finding: &Finding, speech: Speech) -> String {
    capital(&format!("{}: {}, {}", speech.term("type", finding.kind.as_str()), speech.term("about", finding.about.as_str()), known.seen.who(speech, finding.subject)))
}

fn needs(known: &Known, handle: &str, speech: Speech) -> Vec<Need> {
    let seen = &known.seen;
    let open = |f: &&Finding| f.resolution.is_none();
    let mut needs: Vec<Need> = seen
        .findings
        .iter()
        .filter(open)
        .map(|f| Need {
            sign: if f.kind == FindingType::Gap { "b-none" } else { "g-differ" },
            title: finding_title(known, f, speech),
            what: seen.sentence(speech, &f.says),
            href: format!("/case/{handle}/finding/{}", f.id()),
            act: speech.word("page-look-at-papers"),
        })
        .collect();
    for grid in seen.grids.iter().filter(|g| claims(known, g) && !g.ask.is_empty()) {
        let who = seen.who_heading(speech, Some(grid.subject));
        needs.extend(lacking::asked(grid, &seen.view.file, speech).into_iter().map(|group| Need {
            sign: sign_of(group.lack),
            title: format!("{who}: {}", group.title),
            what: group.named(RUNS, speech),
            href: format!("/case/{handle}/print/ask?who={}", token(known, grid)),
            act: speech.word("page-print-ask"),
        }));
    }
    let gather = format!("/case/{handle}/gather");
    let unassigned = seen.view.file.readable().filter(|g| g.subject.is_none()).count();
    if unassigned > 0 {
        needs.push(Need {
            sign: "g-paper",
            title: speech.say("page-needs-whose", &[("count", unassigned.to_string())]),
            what: speech.word("page-needs-whose-why"),
            href: gather.clone(),
            act: speech.word("page-say-whose"),
        });
    }
    let (read, pages) = seen.view.file.pages();
    if read < pages {
        needs.push(Need {
            sign: "g-paper",
            title: speech.say("page-needs-pages", &[("count", (pages - read).to_string())]),
            what: speech.word("page-needs-pages-why"),
            href: gather,
            act: speech.word("page-see-files"),
        });
    }
    needs
}

fn parties(known: &Known, speech: Speech) -> Vec<Party> {
    let seen = &known.seen;
    let of = |id| {
        let papers: Vec<_> = seen.view.file.readable().filter(|g| g.subject == Some(id)).collect();
        let records = papers.iter().map(|g| g.reading.report.records + g.reading.inside.iter().map(|i| i.report.records).sum::<u64>()).sum();
        let grid = seen.grids.iter().find(|g| g.subject == id);
        let months = grid.filter(|g| claims(known, g)).map(|g| {
            let (proven, ..) = g.counts();
            speech.say("page-months-proven", &[("proven", proven.to_string()), ("all", g.months.len().to_string())])
        });
        let reach = seen.phone_reach(id, true).map(|r| {
            let month = |m| amparo_lang::month(m, speech.lang);
            speech.say("page-from-to", &[("from", month(r.from)), ("to", month(r.to))])
        });
        let party = seen.view.file.party(id);
        Party {
            token: party.map(|p| p.token.clone()).unwrap_or_default(),
            who: seen.who_heading(speech, Some(id)),
            name: plain(party.and_then(|p| p.name.as_deref()).unwrap_or_default()),
            papers: papers.len() as u64,
            records,
            reaches: reach.unwrap_or_else(|| speech.word("page-no-phone")),
            months: months.unwrap_or_else(|| speech.word("page-no-claim")),
        }
    };
    people(&seen.view, None).into_iter().map(of).collect()
}

/// Where the months are counted, and why there where somebody said so.
fn zone(known: &Known, speech: Speech) -> String {
    let name = zone_word(known.seen.view.zone.iana_name().unwrap_or("UTC"), speech);
    match known.seen.view.file.zone.as_ref().filter(|(_, because)| because != "chosen") {
        Some((_, because)) => speech.say("page-zone-is-because", &[("zone", name), ("because", plain(because))]),
        None => speech.say("page-zone-is", &[("zone", name)]),
    }
}

/// The last looks of others and of this member, newest first.
fn looks(visit: &Visit<'_>, speech: Speech) -> Result<Vec<String>> {
    let zone = visit.opened.case.zone()?;
    let lines = visit.opened.case.log();
    Ok(lines.iter().rev().filter(|l| l.purpose.is_some()).take(3).map(|l| look_in_words(l, &zone, speech)).collect())
}

pub fn look_in_words(line: &LogLine, zone: &jiff::tz::TimeZone, speech: Speech) -> String {
    let at = Instant::parse(&line.at);
    let args = [
        ("on", speech.day(&line.at, zone)),
        ("at", at.map(|at| clock(at, zone)).unwrap_or_default()),
        ("member", plain(&line.member)),
        ("purpose", line.purpose.map(|p| speech.term("purpose", p.as_str())).unwrap_or_default()),
        ("via", speech.term("via", &line.via.replace(' ', "-"))),
    ];
    speech.say("page-look-line", &args)
}

// ---- the people of the case ----

pub fn add_party(room: &Room, asked: &Asked) -> Result<Answer> {
    room.task(asked, |_, opened| {
        let name = asked.typed("name");
        opened.case.add_party(asked.typed("role"), Some(name).filter(|n| !n.is_empty()))?;
        Answer::go(format!("/case/{}?done=party", opened.case.handle))
    })
}

/// Counts the months elsewhere; why is written down with it.
pub fn set_zone(room: &Room, asked: &Asked) -> Result<Answer> {
    let missing = || Problem::new(Exit::Usage, "problem-answer-missing");
    let zone = zone_typed(asked)?.ok_or_else(missing)?;
    let because = Some(asked.typed("because").trim()).filter(|b| !b.is_empty()).ok_or_else(missing)?;
    room.task(asked, |_, opened| {
        opened.case.set_zone(None, zone, because)?;
        Answer::go(format!("/case/{}?done=zone", opened.case.handle))
    })
}

// ---- the reason for looking ----

#[derive(Template)]
#[template(path = "reason.html")]
struct ReasonPage {
    shell: Shell,
    handle: String,
    purposes: Vec<(&'static str, String, bool)>,
    unmasked: bool,
}

pub fn reason(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "case show", &["reason"], |visit| {
        let shell = Shell::of_case(visit, asked, "")?;
        let chosen = visit.opened.purpose;
        let purposes = Purpose::ALL.iter().map(|(name, p)| (*name, capital(&asked.speech.term("purpose", name)), *p == chosen)).collect();
        Answer::page(&ReasonPage { shell, handle: visit.opened.case.handle.clone(), purposes, unmasked: visit.opened.unmasked })
    })
}

/// From the next page on, this is the reason that is written down; third persons are shown only where it is asked for with one.
pub fn set_reason(room: &Room, asked: &Asked) -> Result<Answer> {
    room.task(asked, |_, opened| {
        opened.purpose = Purpose::parse(asked.typed("purpose")).ok_or_else(|| Problem::new(Exit::Usage, "problem-needs-reason"))?;
        opened.unmasked = asked.typed("unmask") == "yes";
        let note = asked.typed("note");
        opened.case.look(opened.purpose, "case show", vec!["reason".to_owned()], opened.unmasked, Some(note))?;
        Answer::go(format!("/case/{}?done=reason", opened.case.handle))
    })
}
