//! Gathering papers: files are dropped here, read, counted, and said to be somebody's.

use super::answer::{Answer, Asked};
use super::job::{Dropped, Ended, Now, Work};
use super::parts::Pages;
use super::room::{Room, Visit};
use super::sheets::{self, Offer};
use super::shell::Shell;
use crate::gather;
use crate::speech::{Speech, capital, plain};
use amparo_lang::grouped;
use amparo_model::{CaseFile, Edtf, Giving, Inside, PartyId, Report, State};
use amparo_office::{Desk, OpenCase, Problem, Result};
use askama::Template;
use std::ops::Range;

/// Files inside one archive that the table lists; its own page lists all.
const INSIDE: usize = 20;
/// Lines of the table on one page. A file stands with the files inside it.
const LINES: usize = 25;
/// Files of the last work that are told one by one.
const TOLD: usize = 20;

#[derive(Template)]
#[template(path = "gather.html")]
struct Page {
    shell: Shell,
    handle: String,
    people: Vec<Person>,
    now: Option<Reading>,
    ended: Option<Became>,
    sums: Option<String>,
    rows: Vec<Row>,
    pages: Pages,
    unassigned: Option<String>,
    /// Where the first of them stands, when the table has several pages.
    first_unassigned: Option<u64>,
    not_yet: Vec<String>,
    sheets: Vec<Offer>,
}

/// A person of the case, to choose from.
#[derive(Clone)]
pub struct Person {
    pub token: String,
    pub who: String,
}

/// A file, or a file inside it, as a line of the table.
pub struct Row {
    pub seq: u64,
    pub name: String,
    pub href: String,
    pub kind: String,
    pub sign: &'static str,
    pub state: String,
    pub reason: String,
    pub whose: Whose,
    pub counts: Option<Counts>,
    pub reaches: String,
    pub reaches_how: String,
    /// Lies inside an archive, at this place of its list: it is assigned and withdrawn on its own.
    pub inside: Option<usize>,
    /// Files of this archive that the table does not list.
    pub more: usize,
}

pub struct Counts {
    pub units: String,
    pub records: String,
    pub furniture: String,
    pub rejects: String,
    pub unread: String,
}

/// Whose a file is, with the form that says or corrects it.
pub struct Whose {
    pub id: String,
    pub action: String,
    /// Which file inside the archive, by its place in the list: a path can name a person.
    pub inside: Option<usize>,
    /// Absent where nobody said it yet.
    pub token: Option<String>,
    pub who: String,
    pub people: Vec<Person>,
}

/// The form that says whose a file is; it stands on the list and on the file's own page.
#[derive(Template)]
#[template(path = "whose.html")]
struct WhoseForm<'a> {
    speech: Speech,
    handle: &'a str,
    name: &'a str,
    whose: &'a Whose,
}

impl Row {
    pub fn whose_form(&self, speech: &Speech, handle: &str) -> String {
        WhoseForm { speech: *speech, handle, name: &self.name, whose: &self.whose }.render().unwrap_or_default()
    }
}

/// Work that runs in this case.
struct Reading {
    name: String,
    value: u64,
    max: u64,
    file: usize,
    sentence: String,
    waits: String,
}

/// What the last work made of its files.
struct Became {
    files: Vec<String>,
    left: Option<String>,
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    room.visit(asked, "status", &["files"], |visit| {
        let mut shell = Shell::of_case(visit, asked, "gather")?;
        let speech = visit.speech(asked);
        let file = visit.opened.case.show_file(&visit.look)?;
        let handle = visit.opened.case.handle.clone();
        let (now, waits) = room.jobs.of(&handle);
        let now = now.map(|now| being_read(&now, waits, speech));
        // Each reading of this page is a look: the script asks for the numbers alone, and far more often.
        shell.again = now.is_some().then_some(15);
        let given: Vec<&Giving> = file.givings.values().filter(|g| !g.withdrawn).collect();
        let sizes: Vec<usize> = given.iter().map(|g| 1 + inside(g).len().min(INSIDE)).collect();
        let wanted = asked.choice("file").and_then(|seq| seq.parse::<u64>().ok()).and_then(|seq| given.iter().position(|g| g.seq == seq));
        let pages = Pages::of_whole(asked, &sizes, LINES, wanted, &format!("/case/{handle}/gather")).at("h-files");
        let shown = given.iter().skip(pages.skip()).take(pages.take());
        let rows = shown.flat_map(|g| rows(&file, g, &handle, speech, 0..INSIDE)).collect();
        let mut waiting = file.readable().filter(|g| g.subject.is_none()).map(|g| g.seq);
        let first_unassigned = waiting.next();
        let unassigned = first_unassigned.map_or(0, |_| 1 + waiting.count());
        Answer::page(&Page {
            first_unassigned: first_unassigned.filter(|_| !pages.sentence.is_empty()),
            pages,
            people: people(&file, speech),
            now,
            ended: room.jobs.ended(&handle).map(|e| became(&file, &e, speech)),
            sums: sums(&file, speech),
            rows,
            unassigned: (unassigned > 0).then(|| speech.say("page-needs-whose", &[("count", unassigned.to_string())])),
            not_yet: visit.desk.not_yet_forgotten().iter().map(|p| plain(p)).collect(),
            sheets: sheets::offers(speech),
            handle,
            shell,
        })
    })
}

pub fn people(file: &CaseFile, speech: Speech) -> Vec<Person> {
    let who = |p: &amparo_model::Party| match &p.name {
        Some(name) => format!("{}: {}", capital(&amparo_lang::party(&p.token, speech.lang)), plain(name)),
        None => capital(&amparo_lang::party(&p.token, speech.lang)),
    };
    file.parties.iter().map(|p| Person { token: p.token.clone(), who: who(p) }).collect()
}

/// The files inside a giving; none where it is told that they are held already.
pub fn inside(giving: &Giving) -> &[Inside] {
    if giving.given.already.is_none() { &giving.reading.inside } else { &[] }
}

/// A giving's lines: its own, then one for each of these files inside it.
pub fn rows(file: &CaseFile, giving: &Giving, handle: &str, speech: Speech, these: Range<usize>) -> Vec<Row> {
    let given = &giving.given;
    let href = format!("/case/{handle}/file/{}", giving.seq);
    let name = if given.path.is_empty() { &given.name } else { &given.path };
    let mut own = row(file, giving, (speech.file_name(name), href.clone(), None), &giving.reading.report, speech);
    if let Some(earlier) = given.already {
        own.state = speech.already(file, giving, earlier);
        own.reason = String::new();
        own.counts = None;
    }
    let inside = inside(giving);
    own.more = inside.len().saturating_sub(these.len());
    let these = inside.iter().enumerate().skip(these.start).take(these.len());
    let inner = these.map(|(i, inner)| row(file, giving, (speech.file_name(&inner.path), format!("{href}?inside={i}"), Some(i)), &inner.report, speech));
    std::iter::once(own).chain(inner).collect()
}

fn row(file: &CaseFile, giving: &Giving, (name, href, inside): (String, String, Option<usize>), report: &Report, speech: Speech) -> Row {
    let subject = match inside.and_then(|i| giving.reading.inside.get(i)) {
        Some(inner) => giving.subject_of(&inner.path),
        None => giving.subject,
    };
    let (reaches, reaches_how) = reaches(report, speech);
    Row {
        seq: giving.seq,
        name,
        href,
        kind: speech.term("format", &report.kind),
        sign: sign(report.state),
        state: capital(&speech.term("state", report.state.as_str())),
        reason: reason(report, speech),
        whose: whose(file, giving.seq, inside, subject, speech),
        counts: Some(counts(report)),
        reaches,
        reaches_how,
        inside,
        more: 0,
    }
}

fn whose(file: &CaseFile, seq: u64, inside: Option<usize>, subject: Option<PartyId>, speech: Speech) -> Whose {
    let token = file.token_of(subject).map(str::to_owned);
    Whose {
        id: inside.map_or_else(|| format!("w{seq}"), |i| format!("w{seq}-{i}")),
        action: format!("file/{seq}/whose"),
        inside,
        who: capital(&token.as_deref().map_or_else(|| speech.word("party-none"), |t| amparo_lang::party(t, speech.lang))),
        token,
        people: people(file, speech),
    }
}

pub fn sign(state: State) -> &'static str {
    match state {
        State::Read => "g-read",
        State::PartlyRead => "g-part",
        State::Unread | State::Refused | State::Withdrawn => "g-unread",
    }
}

/// Why a file was not read whole, in words; empty where it was.
pub fn reason(report: &Report, speech: Speech) -> String {
    match report.reason.as_deref().filter(|_| report.state != State::Read) {
        None => String::new(),
        // The sentence of the command line names a command; here the number beside it is the way.
        Some("some-rows-rejected") => speech.word("page-some-rejected"),
        Some(reason) => speech.term("reason", reason),
    }
}

pub fn counts(report: &Report) -> Counts {
    let count = |n: u64| grouped(i64::try_from(n).unwrap_or(i64::MAX));
    Counts { units: count(report.units), records: count(report.records), furniture: count(report.furniture), rejects: count(report.rejects), unread: count(report.pages_unread) }
}

/// The months a source reaches, and how that is known.
pub fn reaches(report: &Report, speech: Speech) -> (String, String) {
    let Some(covers) = &report.covers else { return (String::new(), String::new()) };
    // A source speaks about months: the day is left out where there is one.
    let month = |e: &Edtf| e.as_str().get(..7).and_then(Edtf::parse).unwrap_or_else(|| e.clone());
    let word = |e: &Option<Edtf>| e.as_ref().map(|e| amparo_lang::date(&month(e), speech.lang));
    let months = match (word(&covers.from), word(&covers.to)) {
        (Some(from), Some(to)) if from == to => from,
        (Some(from), Some(to)) => speech.say("page-from-to", &[("from", from), ("to", to)]),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => String::new(),
    };
    (months, speech.term("covers", covers.why.as_str()))
}

/// What was handed in, in one sum that adds up.
#[derive(Default, PartialEq, Eq, Debug)]
struct Sums {
    units: u64,
    read: u64,
    furniture: u64,
    rejects: u64,
    unread: u64,
    records: u64,
}

impl Sums {
    fn of<'r>(reports: impl Iterator<Item = &'r Report>) -> Sums {
        reports.filter(|r| r.state != State::Withdrawn).fold(Sums::default(), |s, r| Sums {
            units: s.units + r.units,
            read: s.read + r.units_read,
            furniture: s.furniture + r.furniture,
            rejects: s.rejects + r.rejects,
            unread: s.unread + r.pages_unread,
            records: s.records + r.records,
        })
    }
}

fn sums(file: &CaseFile, speech: Speech) -> Option<String> {
    let files = file.readable().count();
    let sums = Sums::of(file.readable().flat_map(|g| std::iter::once(&g.reading.report).chain(g.reading.inside.iter().map(|i| &i.report))));
    let count = |n: u64| grouped(i64::try_from(n).unwrap_or(i64::MAX));
    let args = [
        ("count", files.to_string()),
        ("units", count(sums.units)),
        ("read", count(sums.read)),
        ("furniture", count(sums.furniture)),
        ("rejects", count(sums.rejects)),
        ("unread", count(sums.unread)),
        ("records", count(sums.records)),
    ];
    (files > 0).then(|| speech.say("page-sums", &args))
}

// ---- reading now ----

fn being_read(now: &Now, waits: usize, speech: Speech) -> Reading {
    let waits = match waits {
        0 => speech.word("page-waits-none"),
        n => speech.say("page-waits", &[("count", n.to_string())]),
    };
    let max = now.bytes.max(1);
    Reading { name: speech.file_name(&now.name), value: now.done(), max, file: now.file, sentence: progress(now, speech), waits }
}

/// Numbers only: they are asked for once a second, and no look is written for them.
fn progress(now: &Now, speech: Speech) -> String {
    if now.files == 0 {
        return speech.word("page-reading-waits");
    }
    let args = [
        ("file", now.file.to_string()),
        ("files", now.files.to_string()),
        ("done", megabytes(now.done())),
        ("all", megabytes(now.bytes)),
        ("records", grouped(i64::try_from(now.records).unwrap_or(i64::MAX))),
    ];
    speech.say("page-reading-at", &args)
}

/// Megabytes with one digit after the point.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{}", grouped((tenths / 10) as i64), tenths % 10)
}

/// What the script asks while work runs: value, whole and file's number, then two sentences. Nothing once it has ended.
pub fn now(room: &Room, asked: &Asked) -> Result<Answer> {
    room.task(asked, |_, opened| {
        let (now, waits) = room.jobs.of(&opened.case.handle);
        let lines = now.map(|now| being_read(&now, waits, asked.speech)).map(|r| format!("{} {} {}\n{}\n{}", r.value, r.max, r.file, r.sentence, r.waits));
        Ok(Answer::Text(lines.unwrap_or_default()))
    })
}

fn became(file: &CaseFile, ended: &Ended, speech: Speech) -> Became {
    let line = |giving: &Giving| {
        let given = &giving.given;
        let state = match given.already {
            Some(earlier) => speech.already(file, giving, earlier),
            None => speech.state(&giving.reading.report),
        };
        let records = giving.reading.report.records + giving.reading.inside.iter().map(|i| i.report.records).sum::<u64>();
        let records = if given.already.is_some() { 0 } else { records };
        let args = [("name", speech.file_name(&given.name)), ("state", state.trim_end_matches('.').to_owned()), ("count", records.to_string())];
        speech.say("page-became", &args)
    };
    let problem = |p: &Problem| plain(&crate::speech::sentence(p, speech.lang));
    let gone = ended.withdrawn.map(|everywhere| speech.word(if everywhere { "page-done-withdrawn" } else { "page-done-withdrawn-rest" }));
    let told = ended.files.iter().take(TOLD).filter_map(|seq| file.givings.get(seq)).map(line);
    let more = Some(ended.files.len().saturating_sub(TOLD)).filter(|n| *n > 0).map(|n| speech.say("page-and-more", &[("count", n.to_string())]));
    Became {
        files: gone.into_iter().chain(told).chain(more).collect(),
        left: ended.problem.as_ref().map(|p| speech.say("page-not-done", &[("count", ended.left.to_string()), ("why", problem(p))])),
    }
}

// ---- giving ----

pub fn add(room: &Room, asked: &Asked, files: Result<Vec<Dropped>>) -> Result<Answer> {
    let count = files.as_ref().map_or(0, Vec::len);
    let ordered = room.task(asked, |desk, opened| {
        let files = files?;
        if files.is_empty() {
            return Err(Problem::new(amparo_office::Exit::Usage, "problem-nothing-dropped"));
        }
        let handle = opened.case.handle.clone();
        let whose = chosen(&opened.case, asked.typed("whose"))?;
        room.order(desk, &handle, Work::Add { files: files.into(), whose, run: Desk::lone_run()? })?;
        Answer::go(format!("/case/{handle}/gather?done=added#now"))
    });
    if ordered.as_ref().is_err_and(|p| p.id == super::lock::LOCKED) {
        room.jobs.came_too_late(count);
    }
    ordered
}

/// The person that a form names; nobody yet where it is empty.
pub fn chosen(case: &OpenCase, token: &str) -> Result<Option<PartyId>> {
    if token.is_empty() { Ok(None) } else { case.party(token).map(Some) }
}

/// Reads again what newer readers may read, or what was not read before.
pub fn reread(room: &Room, asked: &Asked) -> Result<Answer> {
    let ready = room.workers()?.ready().map_err(gather::unmade)?;
    room.task(asked, |desk, opened| {
        let stale = opened.case.stale(&|name| gather::newest(&ready, name));
        read_again(room, desk, (&opened.case, opened.purpose), stale)
    })
}

pub fn read_again(room: &Room, desk: &Desk, (case, purpose): (&OpenCase, amparo_model::event::Purpose), files: Vec<u64>) -> Result<Answer> {
    let handle = &case.handle;
    if files.is_empty() {
        return Answer::go(format!("/case/{handle}/gather?done=reread-none"));
    }
    room.order(desk, handle, Work::Reread { files: files.into(), purpose })?;
    Answer::go(format!("/case/{handle}/gather?done=reread#now"))
}

impl Visit<'_> {
    /// What is said on a page of this case: names of third persons only where this look shows them.
    pub fn speech(&self, asked: &Asked) -> Speech {
        Speech { unmasked: self.look.unmasked, ..asked.speech }
    }

    /// A giving as it may be shown.
    pub fn giving(&self, file: &CaseFile, seq: &str) -> Result<Giving> {
        let none = || Problem::new(amparo_office::Exit::No, "problem-no-file").with("file", seq);
        let giving = seq.parse::<u64>().ok().and_then(|seq| file.givings.get(&seq)).filter(|g| !g.withdrawn);
        giving.cloned().ok_or_else(none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(units_read: u64, furniture: u64, rejects: u64, pages_unread: u64) -> Report {
        let units = units_read + furniture + rejects + pages_unread;
        Report { units, units_read, furniture, rejects, pages_unread, records: units_read, ..Report::reading("csv", "csv@1") }
    }

    #[test]
    fn the_sum_of_a_case_adds_up_without_what_was_withdrawn() {
        let withdrawn = Report { state: State::Withdrawn, ..report(100, 0, 0, 0) };
        let all = [report(10, 2, 1, 0), report(0, 0, 0, 3), withdrawn];
        let sums = Sums::of(all.iter());
        assert_eq!(sums, Sums { units: 16, read: 10, furniture: 2, rejects: 1, unread: 3, records: 10 });
        assert_eq!(sums.units, sums.read + sums.furniture + sums.rejects + sums.unread);
    }

    #[test]
    fn megabytes_are_never_less_than_the_bytes() {
        for (bytes, said) in [(0, "0.0"), (1, "0.1"), (100_000, "0.1"), (100_001, "0.2"), (41_250_000, "41.3"), (1 << 30, "1,073.8")] {
            assert_eq!(megabytes(bytes), said, "{bytes}");
        }
    }
}
