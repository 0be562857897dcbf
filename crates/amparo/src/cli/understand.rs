//! What the papers say together: timeline, months, points to clarify, calls, search, and deciding on them.

use super::out::Out;
use super::{Cx, ask, usage};
use crate::lacking;
use crate::seen::{DOUBTFUL, people};
use crate::speech::{Speech, capital, plain};
use amparo_analysis::findings::ways;
use amparo_analysis::names::number_key;
use amparo_analysis::{CallTable, View, coverage, findings, merge, timeline};
use amparo_lang::{Lang, sentence};
use amparo_model::event::Resolution;
use amparo_model::results::{Best, Claim, Coverage, EvidenceId, Finding, Lack, Lacking, Month, Says, Strength};
use amparo_model::{CaseFile, Kind, Record};
use amparo_office::access::Own;
use amparo_office::contract::{self, Both, Names};
use amparo_office::load::{Loaded, Want};
use amparo_office::naming;
use amparo_office::search::{self, Hit, Question};
use amparo_office::{Exit, LogLine, Look, OpenCase, Problem, Result};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// How many months are asked about where nobody says from when: the ten years that the longest claims need.
const MONTHS: i32 = 120;

/// A sentence in both languages, third persons masked as this look shows them.
pub fn both(says: &Says, own: &Own) -> Both {
    let third = |text: &str| own.third(text);
    Both { en: sentence(says, Lang::En, &third), es: sentence(says, Lang::Es, &third) }
}

pub fn said(cx: &Cx, says: &Says, own: &Own) -> String {
    plain(&sentence(says, cx.lang, &|text: &str| own.third(text)))
}

/// The look, and what the analysis asks of the case.
fn facts(cx: &Cx, case: &mut OpenCase, what: &str, want: Want) -> Result<(Look, Loaded)> {
    let mut named = vec![what.to_owned()];
    named.extend(cx.parsed.flag("whose").map_err(usage)?.map(str::to_owned));
    let look = cx.look(case, named)?;
    let loaded = case.load(&look, want)?;
    Ok((look, loaded))
}

/// `--from` and `--to`, or the ten years that end now.
pub fn span(cx: &Cx, as_of: Date) -> Result<(Month, Month)> {
    let to = cx.month("to")?.unwrap_or(Month::of(as_of));
    let from = cx.month("from-month")?.unwrap_or(to.plus(1 - MONTHS));
    Ok((from, to))
}

pub fn timeline_of(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.in_case(|_, case| {
        let whose = cx.whose(case)?;
        let (from, to) = (cx.month("from-month")?, cx.month("to")?);
        let (look, loaded) = facts(cx, case, "timeline", Want::FACTS)?;
        let view = loaded.view();
        let own = OpenCase::own(&view, &look);
        let as_of = cx.as_of(&view.zone)?;
        let (records, calls) = (merge(&view), CallTable::build(&view));
        let tokens = case.tokens()?;
        let names = Names { token: &|text| tokens.of(text) };
        let mut rows = vec![["head-when", "head-lane", "head-whose", "head-what"].iter().map(|h| cx.word(h)).collect::<Vec<_>>()];
        for item in timeline(&view, &records, &calls).items {
            let (first, last) = (item.when.earliest(), item.when.latest().or(item.when.earliest()));
            let outside = from.is_some_and(|m| last.is_some_and(|d| Month::of(d) < m)) || first.is_some_and(|d| d > as_of || to.is_some_and(|m| Month::of(d) > m));
            if outside || whose.is_some_and(|w| item.subject != Some(w)) {
                continue;
            }
            match cx.json() {
                true => out.json(&contract::timeline(&item, &view.file, &names, &both(&item.says, &own))),
                false => rows.push(vec![
                    amparo_lang::date(&item.when, cx.lang),
                    cx.term("lane", item.lane.as_str()),
                    view.file.token_of(item.subject).unwrap_or("-").to_owned(),
                    said(cx, &item.says, &own),
                ]),
            }
        }
        if !cx.json() && rows.len() == 1 {
            out.line(cx.word("answer-nothing-found"));
        } else if !cx.json() {
            out.table(&rows);
        }
        Ok(0)
    })
}

pub fn coverage_of(cx: &Cx, out: &mut Out) -> Result<u8> {
    let claim = cx.parsed.flag_as("claim", Claim::parse).map_err(usage)?.unwrap_or(Claim::Presence);
    cx.in_case(|_, case| {
        let whose = cx.whose(case)?;
        let (_, loaded) = facts(cx, case, "coverage", Want::FACTS)?;
        let view = loaded.view();
        let as_of = cx.as_of(&view.zone)?;
        let (from, to) = span(cx, as_of)?;
        let (records, calls) = (merge(&view), CallTable::build(&view));
        let tokens = case.tokens()?;
        let names = Names { token: &|text| tokens.of(text) };
        let people = people(&view, whose);
        if people.is_empty() && !cx.json() {
            out.line(cx.say("answer-no-parties", &[("handle", case.handle.clone())]));
        }
        for party in people {
            let grid = coverage(&view, &records, &calls, claim, party, from, to, as_of);
            if cx.json() {
                // What is weakly shown is named in `months`; `ask` keeps to what nothing shows.
                let said = |of: &Lacking| {
                    let [en, es] = [Lang::En, Lang::Es].map(|lang| lacking::sentence(&grid, of, &view.file, Speech { lang, ..cx.speech() }));
                    (of.from.to_string(), Both { en, es })
                };
                let ask: Vec<(String, Both)> = grid.ask.iter().filter(|l| l.lack != Lack::Weak).map(said).collect();
                out.json(&contract::coverage(&grid, &view.file, &names, &ask));
                continue;
            }
            print_coverage(cx, out, &grid, &view.file);
        }
        Ok(0)
    })
}

pub fn print_coverage(cx: &Cx, out: &mut Out, grid: &Coverage, file: &CaseFile) {
    let token = file.token_of(Some(grid.subject)).unwrap_or_default();
    out.line(cx.say("answer-coverage-of", &[("party", amparo_lang::party(token, cx.lang)), ("claim", cx.term("claim", grid.claim.as_str()))]));
    out.line(lacking::counts(grid, cx.speech()));
    let letters: Vec<String> = (1..=12).map(|m| cx.word(&format!("month-{m}")).chars().next().map(|c| c.to_uppercase().to_string()).unwrap_or_default()).collect();
    out.line(format!("      {}", letters.join(" ")));
    let mut year = None;
    let mut line = String::new();
    for month in &grid.months {
        if year != Some(month.month.year) {
            if year.is_some() {
                out.line(line.trim_end());
            }
            year = Some(month.month.year);
            line = format!("{}  {}", month.month.year, "  ".repeat(month.month.month as usize - 1));
        }
        line.push(match month.best {
            Best::Proven(Strength::Strong) => '#',
            Best::Proven(Strength::Fair) => '+',
            Best::Proven(Strength::Weak) => '.',
            Best::None => '?',
            Best::OutOfReach => '/',
        });
        line.push(' ');
    }
    out.line(line.trim_end());
    out.line(cx.word("legend-coverage"));
    lacking::holes(grid, cx.speech()).iter().for_each(|hole| out.line(hole));
    let asked = lacking::asked(grid, file, cx.speech());
    if !asked.is_empty() {
        out.line(format!("{}:", cx.word("page-what-to-ask")));
    }
    for group in asked {
        out.line(format!("  {}", group.title));
        group.runs.iter().for_each(|(_, run)| out.line(format!("    {}", capital(run))));
        out.line(format!("    {}", group.why));
        group.papers.iter().for_each(|paper| out.line(format!("    - {paper}")));
    }
    out.line("");
}

pub fn check(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.in_case(|_, case| {
        let whose = cx.whose(case)?;
        let (look, loaded) = facts(cx, case, "check", Want::FACTS)?;
        let view = loaded.view();
        let own = OpenCase::own(&view, &look);
        let (records, calls) = (merge(&view), CallTable::build(&view));
        let tokens = case.tokens()?;
        let names = Names { token: &|text| tokens.of(text) };
        let mut found = findings(&view, case.id(), &records, &calls, cx.as_of(&view.zone)?);
        found.retain(|f| whose.is_none_or(|w| f.subject == Some(w)));
        if cx.json() {
            found.iter().for_each(|f| out.json(&contract::finding(f, &view.file, &names, &both(&f.says, &own))));
            return Ok(0);
        }
        let behind: Vec<Record> = crate::seen::calls_behind(&calls, &records, &found).into_iter().chain(records).collect();
        print_findings(cx, out, &view, &behind, &found, &own, &case.log());
        if found.is_empty() {
            out.line(cx.word("answer-no-findings"));
        }
        let unassigned = view.file.readable().filter(|g| g.subject.is_none()).count();
        if unassigned > 0 {
            out.line(cx.say("answer-unassigned", &[("count", unassigned.to_string()), ("handle", case.handle.clone())]));
        }
        Ok(0)
    })
}

/// Each finding as a sentence, with its id and the papers it stands on.
fn print_findings(cx: &Cx, out: &mut Out, view: &View, records: &[Record], found: &[Finding], own: &Own, log: &[LogLine]) {
    for finding in found {
        let whose = view.file.token_of(finding.subject).map(|t| amparo_lang::party(t, cx.lang)).unwrap_or_default();
        let head = format!("{}  {}, {}", finding.id(), cx.term("type", finding.kind.as_str()), whose);
        out.line(head);
        out.line(format!("    {}", said(cx, &finding.says, own)));
        let sources: BTreeSet<String> = finding.because().iter().filter_map(|id| source_of(cx, records, id)).collect();
        sources.iter().for_each(|s| out.line(format!("    - {s}")));
        if let Some(settled) = crate::seen::settled(view, log, finding, cx.speech()) {
            out.line(format!("    {settled}"));
        }
    }
}

fn source_of(cx: &Cx, records: &[Record], id: &EvidenceId) -> Option<String> {
    match id {
        EvidenceId::Record(id) => records.iter().find(|r| r.id == *id || r.also.iter().any(|(a, _)| a == id)).map(|r| cx.speech().source(&r.provenance)),
        EvidenceId::Calls { month, .. } => Some(format!("{}, {}", cx.term("kind", Kind::Call.as_str()), amparo_lang::month(*month, cx.lang))),
    }
}

// ---- calls ----

pub fn calls(cx: &Cx, out: &mut Out) -> Result<u8> {
    let asked = match cx.parsed.flag("number").map_err(usage)? {
        None => None,
        Some("-") => Some(ask::line(cx, "ask-number")?),
        Some(_) => return Err(Problem::new(Exit::Usage, "usage-number-is-read")),
    };
    cx.in_case(|_, case| {
        let whose = cx.whose(case)?;
        let (from, to) = (cx.month("from-month")?, cx.month("to")?);
        let want = Want { calls: true, records: true, pages: false };
        let (look, loaded) = facts(cx, case, "calls", want)?;
        let view = loaded.view();
        let own = OpenCase::own(&view, &look);
        // A question about one number reads that number's calls only.
        let tables: Vec<CallTable<'_>> = match &asked {
            None => vec![CallTable::build(&view)],
            Some(typed) => numbers_like(&view, typed).iter().map(|n| CallTable::build_of(&view, Some(n))).collect(),
        };
        let summaries = tables.iter().flat_map(|t| t.summaries(None));
        let mut rows = vec![
            ["head-number", "head-name", "head-month", "head-in", "head-out", "head-missed", "head-minutes", "head-first", "head-last"]
                .iter()
                .map(|h| cx.word(h))
                .collect::<Vec<_>>(),
        ];
        for s in summaries {
            if whose.is_some_and(|w| s.subject != Some(w)) || from.is_some_and(|m| s.month < m) || to.is_some_and(|m| s.month > m) {
                continue;
            }
            let open = s.of_party || own.may_show(s.e164.then_some(s.number.as_str()), Some(&s.number));
            let masked = (!open).then(|| amparo_model::numbers::mask_number(&s.number));
            if cx.json() {
                out.json(&contract::call_summary(&s, &view.file, masked));
                continue;
            }
            let name = if masked.is_none() { s.name.clone().unwrap_or_default() } else { String::new() };
            let at = |i: amparo_model::Instant| i.to_string().get(..16).unwrap_or_default().replace('T', " ");
            rows.push(vec![
                plain(masked.as_ref().unwrap_or(&s.number)),
                plain(&name),
                s.month.to_string(),
                s.incoming.to_string(),
                s.outgoing.to_string(),
                s.missed.to_string(),
                s.minutes.to_string(),
                at(s.first),
                at(s.last),
            ]);
        }
        if !cx.json() && rows.len() == 1 {
            out.line(cx.word("answer-nothing-found"));
        } else if !cx.json() {
            out.table(&rows);
            let apart: usize = tables.iter().map(|t| t.ambiguous().len()).sum();
            if apart > 0 {
                out.line(cx.say("answer-ambiguous", &[("count", apart.to_string())]));
            }
        }
        Ok(0)
    })
}

/// The numbers of the case that a person may mean: the same digits, or those of it that were typed from its end.
fn numbers_like(view: &View, typed: &str) -> Vec<String> {
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    let wanted = digits(typed);
    let fits = |number: &str| {
        let have = digits(number);
        number == typed.trim() || (!wanted.is_empty() && (have == wanted || (wanted.len() >= 7 && (have.ends_with(&wanted) || wanted.ends_with(&have) && have.len() >= 10))))
    };
    let all = view.calls.iter().flat_map(|b| b.columns.number.values.iter().chain(b.columns.number_raw.values.iter()));
    let found: BTreeSet<String> = all.filter(|n| fits(n)).map(|n| number_key(n).into_owned()).collect();
    found.into_iter().collect()
}

// ---- search ----

pub fn find(cx: &Cx, out: &mut Out) -> Result<u8> {
    let all = cx.parsed.has("all");
    if !all && cx.parsed.arg("case").map_err(usage)?.is_none() {
        return Err(Problem::new(Exit::Usage, "usage-missing").with("what", cx.word("arg-case")));
    }
    let kind = cx.parsed.flag_as("kind", Kind::parse).map_err(usage)?;
    let words = if cx.parsed.arg("dash").map_err(usage)?.is_some() { ask::all(cx, "ask-question")? } else { ask::line(cx, "ask-question")? };
    let first = |m: Option<Month>| m.map(|m| day_number(m, 1));
    let last = |m: Option<Month>| m.map(|m| day_number(m, 31));
    let question = Question { words, kind, party: None, from: first(cx.month("from-month")?), to: last(cx.month("to")?) };
    cx.at_desk(|desk| {
        let handles: Vec<String> = match cx.parsed.arg("case").map_err(usage)? {
            Some(handle) if !all => vec![handle.to_owned()],
            _ => desk.cases().into_iter().filter(|c| c.mine).map(|c| c.handle).collect(),
        };
        for handle in handles {
            let mut case = desk.open(&handle)?;
            let question = Question { party: cx.whose(&case)?, ..question.clone() };
            find_in(cx, out, &mut case, &question, all)?;
        }
        Ok(0)
    })
}

fn day_number(month: Month, day: u32) -> u32 {
    month.year.max(0) as u32 * 10_000 + month.month as u32 * 100 + day
}

fn find_in(cx: &Cx, out: &mut Out, case: &mut OpenCase, question: &Question, named: bool) -> Result<()> {
    let (look, loaded) = facts(cx, case, "find", Want::ALL)?;
    let view = loaded.view();
    let own = OpenCase::own(&view, &look);
    let found = search::find(&view, &own, question)?;
    let tokens = case.tokens()?;
    if named && !cx.json() {
        out.line(&case.handle);
    }
    for (hit, snippet, score) in &found.hits {
        let score = f64::from((score * 1000.0).round()) / 1000.0;
        if cx.json() {
            let mut object = match hit {
                Hit::Record { record } => serde_json::json!({"record": record.id.to_string(), "snippet": snippet, "score": score}),
                Hit::Page { original, page, inside, .. } if inside.is_empty() => {
                    serde_json::json!({"original": original.to_string(), "page": page, "snippet": snippet, "score": score})
                }
                Hit::Page { original, page, inside, .. } => {
                    serde_json::json!({"original": original.to_string(), "inside": inside, "page": page, "snippet": snippet, "score": score})
                }
                Hit::Calls(id) => serde_json::json!({"record": Names { token: &|t| tokens.of(t) }.evidence(id), "snippet": snippet, "score": score}),
            };
            if let (true, Some(object)) = (named, object.as_object_mut()) {
                object.insert("case".to_owned(), case.handle.as_str().into());
            }
            out.json(&object);
            continue;
        }
        let place = match hit {
            Hit::Record { record } => format!("{}  {}, {}", record.id, cx.term("kind", record.kind.as_str()), cx.speech().source(&record.provenance)),
            Hit::Page { name, page, inside, .. } => {
                let name = if inside.is_empty() { name.clone() } else { format!("{name}/{inside}") };
                format!("{}, {}", plain(&name), cx.say("place-page", &[("page", page.to_string())]))
            }
            Hit::Calls(EvidenceId::Calls { month, .. }) => format!("{}, {}", cx.term("kind", Kind::Call.as_str()), amparo_lang::month(*month, cx.lang)),
            Hit::Calls(EvidenceId::Record(id)) => id.to_string(),
        };
        out.line(place);
        out.line(format!("    {}", plain(snippet)));
    }
    if cx.json() {
        let mut object = serde_json::json!({"searched_pages": found.searched_pages, "pages": found.pages, "hits": found.hits.len()});
        if let (true, Some(object)) = (named, object.as_object_mut()) {
            object.insert("case".to_owned(), case.handle.as_str().into());
        }
        out.json(&object);
        return Ok(());
    }
    let pages = [("read", found.searched_pages.to_string()), ("pages", found.pages.to_string()), ("unread", (found.pages - found.searched_pages.min(found.pages)).to_string())];
    // Never a bare zero: what could not be searched is said.
    out.line(match (found.hits.is_empty(), found.searched_pages < found.pages) {
        (true, true) => cx.say("answer-nothing-found-unread", &pages),
        (true, false) => cx.word("answer-nothing-found"),
        (false, _) => cx.say("answer-searched", &pages),
    });
    Ok(())
}

// ---- deciding ----

pub fn review(cx: &Cx, out: &mut Out) -> Result<u8> {
    if let Some(begins) = cx.parsed.flag_as("settle", |t| naming::beginning(t, 32)).map_err(usage)? {
        return settle(cx, out, &begins);
    }
    if cx.parsed.has("record") {
        return correct(cx, out);
    }
    cx.in_case(|_, case| {
        let (look, loaded) = facts(cx, case, "review", Want::FACTS)?;
        let view = loaded.view();
        let own = OpenCase::own(&view, &look);
        let records = merge(&view);
        let table = CallTable::build(&view);
        let mut waiting = findings(&view, case.id(), &records, &table, cx.as_of(&view.zone)?);
        waiting.retain(|f| f.resolution.is_none());
        let doubtful: Vec<&Record> = records.iter().filter(|r| r.confidence.is_some_and(|c| c < DOUBTFUL)).collect();
        if cx.json() {
            let tokens = case.tokens()?;
            let names = Names { token: &|text| tokens.of(text) };
            waiting.iter().for_each(|f| out.json(&contract::finding(f, &view.file, &names, &both(&f.says, &own))));
            doubtful.iter().for_each(|r| out.json(&contract::record(&amparo_office::access::reduce(r, &own), &view.file)));
            return Ok(0);
        }
        let behind: Vec<Record> = crate::seen::calls_behind(&table, &records, &waiting).into_iter().chain(records.iter().cloned()).collect();
        print_findings(cx, out, &view, &behind, &waiting, &own, &[]);
        for record in &doubtful {
            out.line(format!("{}  {}, {}: {}", record.id, cx.term("kind", record.kind.as_str()), cx.speech().source(&record.provenance), cx.word("review-doubtful")));
        }
        for (a, b) in table.ambiguous() {
            out.line(cx.say("review-ambiguous", &[("one", a.to_string()), ("other", b.to_string())]));
        }
        match waiting.is_empty() && doubtful.is_empty() && table.ambiguous().is_empty() {
            true => out.line(cx.word("answer-review-none")),
            false => out.line(cx.say("answer-review-how", &[("handle", case.handle.clone())])),
        }
        Ok(0)
    })
}

fn resolution(text: &str) -> Option<Resolution> {
    [Resolution::Explained, Resolution::Corrected, Resolution::Superseded, Resolution::NotSamePerson].into_iter().find(|r| r.as_str() == text)
}

fn settle(cx: &Cx, out: &mut Out, begins: &str) -> Result<u8> {
    let how = cx.parsed.flag_as("as", resolution).map_err(usage)?.ok_or_else(|| Problem::new(Exit::Usage, "usage-missing").with("what", "--as"))?;
    cx.in_case(|_, case| {
        let (_, loaded) = facts(cx, case, "review", Want::FACTS)?;
        let view = loaded.view();
        let records = merge(&view);
        let found = findings(&view, case.id(), &records, &CallTable::build(&view), cx.as_of(&view.zone)?);
        let finding = naming::named(found.iter(), |f| f.id().to_string(), begins)?;
        let finding = finding.ok_or_else(|| Problem::new(Exit::Usage, "usage-bad-settle").with("value", begins))?;
        let id = finding.id();
        let fitting = ways(finding);
        if !fitting.contains(&how) {
            let ways: Vec<&str> = fitting.iter().map(|r| r.as_str()).collect();
            return Err(Problem::new(Exit::Usage, "usage-way-unfit").with("value", how.as_str()).with("ways", ways.join(", ")));
        }
        let because = crate::seen::places_behind(&view, finding);
        drop(view);
        case.settle(id, how, because, None)?;
        out.line(cx.say("answer-settled", &[("how", cx.term("resolution", how.as_str()))]));
        Ok(0)
    })
}

fn correct(cx: &Cx, out: &mut Out) -> Result<u8> {
    let begins = cx.parsed.flag("record").map_err(usage)?.map(super::papers::record_begins).transpose()?;
    let begins = begins.ok_or_else(|| Problem::new(Exit::Usage, "usage-missing").with("what", cx.word("arg-record")))?;
    let field = cx.parsed.flag("field").map_err(usage)?.ok_or_else(|| Problem::new(Exit::Usage, "usage-missing").with("what", "--field"))?.to_owned();
    let value = ask::line(cx, "ask-value")?;
    cx.in_case(|_, case| {
        let (_, loaded) = facts(cx, case, "review", Want::FACTS)?;
        let view = loaded.view();
        let record = naming::named(view.records.iter(), |r| r.id.to_string(), &begins)?;
        let record = record.cloned().ok_or_else(|| Problem::new(Exit::No, "problem-no-record").with("record", &begins))?;
        drop(view);
        case.correct(&record, &field, Some(value.trim()).filter(|v| !v.is_empty()))?;
        out.line(cx.word("answer-corrected"));
        Ok(0)
    })
}
