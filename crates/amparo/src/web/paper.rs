//! One paper: what it is, what was read in it and what not, its pages; saying whose it is, moving and withdrawing it.

use super::answer::{Answer, Asked};
use super::gather::{self, Counts, Person, Row};
use super::job::Work;
use super::parts::Pages;
use super::room::{Opened, Pictured, Room, Visit};
use super::shell::Shell;
use crate::speech::{Speech, plain};
use amparo_model::{CaseFile, Giving, Place, Region, Report, Spot};
use amparo_office::access::{self, Action};
use amparo_office::{Desk, Exit, Look, OpenCase, Problem, Result};
use askama::Template;

/// Pages shown at once.
const PAGES: u32 = 10;
/// Pixels across a page in a list of pages.
const WIDTH: u32 = 900;
/// Rejected lines shown.
const REJECTS: usize = 200;
/// Files inside an archive on one page.
const INSIDE: usize = 25;

#[derive(Template)]
#[template(path = "paper.html")]
struct Page {
    shell: Shell,
    handle: String,
    own: Row,
    inner: Vec<Row>,
    inner_pages: Pages,
    counts: Option<Counts>,
    facts: Vec<(String, String)>,
    rejects: Vec<Reject>,
    more_rejects: Option<String>,
    hidden: bool,
    pages: Vec<Leaf>,
    leaves: Vec<(String, String, bool)>,
}

struct Reject {
    place: String,
    reason: String,
    text: String,
}

struct Leaf {
    picture: String,
    caption: String,
}

/// The file inside an archive that the address names by its place in the list.
fn inside_of(giving: &Giving, asked: &Asked) -> Result<Option<usize>> {
    let Some(text) = asked.choice("inside") else { return Ok(None) };
    let index = text.parse().ok().filter(|i| *i < giving.reading.inside.len());
    index.map(Some).ok_or_else(|| Problem::new(Exit::No, "problem-no-file").with("file", text))
}

pub fn page(room: &Room, asked: &Asked) -> Result<Answer> {
    let seq = &number(asked)?;
    room.visit(asked, "status", &[&format!("file {seq}"), "rejects"], |visit| {
        let shell = Shell::of_case(visit, asked, "gather")?;
        let speech = visit.speech(asked);
        let file = visit.opened.case.show_file(&visit.look)?;
        let giving = visit.giving(&file, seq)?;
        let handle = visit.opened.case.handle.clone();
        let inside = inside_of(&giving, asked)?;
        let inner_pages = Pages::of(asked, if inside.is_none() { gather::inside(&giving).len() } else { 0 }, INSIDE, &format!("/case/{handle}/file/{seq}")).at("inside");
        let these = inside.map_or(inner_pages.skip()..inner_pages.skip() + inner_pages.take(), |i| i..i + 1);
        let mut rows = gather::rows(&file, &giving, &handle, speech, these);
        let mut own = if inside.is_some() { rows.pop() } else { None }.unwrap_or_else(|| rows.remove(0));
        if inside.is_some() {
            rows.clear();
        }
        let report = inside.and_then(|i| giving.reading.inside.get(i)).map_or(&giving.reading.report, |i| &i.report);
        let path = inside.map(|i| path_inside(&visit.opened.case, &visit.look, giving.seq, i)).transpose()?;
        let (rejects, all) = rejects(visit, &file, &giving, path.as_deref(), asked)?;
        let (pages, leaves) = pages(visit, &giving, (inside, path.unwrap_or_default()), report, asked)?;
        Answer::page(&Page {
            facts: facts(visit, &giving, inside, report, asked)?,
            counts: own.counts.take(),
            more_rejects: (all > rejects.len()).then(|| speech.say("page-more-rejects", &[("count", (all - rejects.len()).to_string())])),
            rejects,
            hidden: !visit.look.unmasked && all > 0,
            pages,
            leaves,
            inner: rows,
            inner_pages,
            own,
            handle,
            shell,
        })
    })
}

fn facts(visit: &Visit<'_>, giving: &Giving, inside: Option<usize>, report: &Report, asked: &Asked) -> Result<Vec<(String, String)>> {
    let speech = visit.speech(asked);
    let given = &giving.given;
    let inner = inside.and_then(|i| giving.reading.inside.get(i));
    let (sha256, bytes) = inner.map_or((given.sha256, given.bytes), |i| (i.sha256, i.bytes));
    let mut facts = vec![(speech.word("page-given-on"), speech.day(&giving.at, &visit.opened.case.zone()?))];
    let mut fact = |id: &str, text: String| {
        if !text.is_empty() {
            facts.push((speech.word(id), text));
        }
    };
    if inner.is_some() {
        fact("page-inside-of", speech.file_name(&given.name));
    }
    fact("page-brought-by", given.from.as_deref().map(plain).unwrap_or_default());
    fact("page-bytes", amparo_lang::grouped(i64::try_from(bytes).unwrap_or(i64::MAX)));
    fact("page-beside", given.companions.iter().map(|c| speech.file_name(&c.name)).collect::<Vec<_>>().join(", "));
    fact("page-assumed", report.assumed.iter().map(|a| speech.term("reason", a)).collect::<Vec<_>>().join(" "));
    fact("page-reader", report.reader.clone());
    fact("page-sha256", sha256.to_string());
    Ok(facts)
}

/// The rejected lines of this file, and how many there are; the lines themselves only where third persons are shown.
fn rejects(visit: &Visit<'_>, file: &CaseFile, giving: &Giving, inside: Option<&str>, asked: &Asked) -> Result<(Vec<Reject>, usize)> {
    let (mut shown, mut all) = (Vec::new(), 0);
    let look = &visit.look;
    // Only this giving is asked: a case's rejects lie in a segment of each paper.
    let mut only = CaseFile { ..CaseFile::default() };
    only.givings.extend(file.givings.get(&giving.seq).cloned().map(|g| (g.seq, g)));
    visit.opened.case.rejects(look, &only, |_, reject| {
        if inside.is_some_and(|path| reject.place.inside != path) {
            return;
        }
        all += 1;
        if shown.len() < REJECTS {
            let place = if inside.is_some() { Place { inside: String::new(), ..reject.place.clone() } } else { reject.place.clone() };
            shown.push(Reject {
                place: visit.speech(asked).place(&place),
                reason: asked.speech.term("reason", &reject.reason),
                text: if look.unmasked { plain(&reject.text) } else { String::new() },
            });
        }
    })?;
    Ok((shown, all))
}

/// The first page of each ten.
fn tens(pages: u32) -> impl Iterator<Item = u32> {
    (1..=pages).step_by(PAGES as usize)
}

/// Ten pages as pictures, and the way to the others: address, words, whether it is this ten.
fn pages(visit: &mut Visit<'_>, giving: &Giving, (inside, path): (Option<usize>, String), report: &Report, asked: &Asked) -> Result<(Vec<Leaf>, Vec<(String, String, bool)>)> {
    let count = u32::try_from(report.pages).unwrap_or(u32::MAX);
    let wanted = asked.choice("page").and_then(|p| p.parse::<u32>().ok()).filter(|p| (1..=count).contains(p)).unwrap_or(1);
    let first = (wanted - 1) / PAGES * PAGES + 1;
    let mut leaves = Vec::new();
    for page in first..=count.min(first.saturating_add(PAGES - 1)) {
        let place = Place { inside: path.clone(), field: String::new(), spot: Spot::Page { page, region: Region::WHOLE } };
        let picture = visit.offer(Pictured::Place(giving.seq, place), WIDTH)?;
        leaves.push(Leaf { picture, caption: asked.speech.say("page-leaf", &[("page", page.to_string()), ("pages", count.to_string())]) });
    }
    let inside = inside.map_or(String::new(), |i| format!("inside={i}&"));
    let to = |from: u32| {
        let words = format!("{from}\u{2013}{}", count.min(from + PAGES - 1));
        (format!("/case/{}/file/{}?{inside}page={from}#pages", visit.opened.case.handle, giving.seq), words, from == first)
    };
    let ways = if count > PAGES { tens(count).map(to).collect() } else { Vec::new() };
    Ok((leaves, ways))
}

/// The file's number as the address has it: a number and nothing else, since it is written into the log.
fn number(asked: &Asked) -> Result<String> {
    asked.part("seq").parse::<u64>().map(|n| n.to_string()).map_err(|_| Problem::new(Exit::No, "problem-no-page"))
}

// ---- whose ----

pub fn whose(room: &Room, asked: &Asked) -> Result<Answer> {
    room.task(asked, |_, opened| {
        let (seq, _) = opened.case.file_named(asked.part("seq"))?;
        let index = asked.typed("inside").parse::<usize>().ok();
        let path = match index {
            None => String::new(),
            Some(index) => {
                let look = opened.case.look(opened.purpose, "move", vec![format!("file {seq}")], opened.unmasked, None)?;
                path_inside(&opened.case, &look, seq, index)?
            }
        };
        let party = gather::chosen(&opened.case, asked.typed("whose"))?;
        opened.case.assign(seq, &path, party)?;
        let (handle, done) = (&opened.case.handle, if party.is_some() { "whose" } else { "nobody" });
        Answer::go(match asked.path.contains("/file/") {
            true => format!("/case/{handle}/file/{seq}?inside={}&done={done}", index.map_or(String::new(), |i| i.to_string())),
            false => format!("/case/{handle}/gather?done={done}&file={seq}#f{seq}"),
        })
    })
}

/// The path that opens a file inside an archive: what is shown of it may leave a name out.
fn path_inside(case: &OpenCase, look: &Look, seq: u64, index: usize) -> Result<String> {
    let paths = case.paths_inside(look, seq)?;
    paths.into_iter().nth(index).map(|(path, _)| path).ok_or_else(|| Problem::new(Exit::No, "problem-no-file").with("file", format!("{seq}:{index}")))
}

pub fn reread(room: &Room, asked: &Asked) -> Result<Answer> {
    room.task(asked, |desk, opened| {
        let (seq, _) = opened.case.file_named(asked.part("seq"))?;
        gather::read_again(room, desk, (&opened.case, opened.purpose), vec![seq])
    })
}

// ---- moving ----

#[derive(Template)]
#[template(path = "move.html")]
struct MovePage {
    shell: Shell,
    handle: String,
    seq: u64,
    name: String,
    people: Vec<Person>,
    token: Option<String>,
    cases: Vec<String>,
    others: Vec<String>,
}

pub fn ask_move(room: &Room, asked: &Asked) -> Result<Answer> {
    let seq = &number(asked)?;
    room.visit(asked, "status", &[&format!("file {seq}")], |visit| {
        let shell = Shell::of_case(visit, asked, "gather")?;
        let speech = visit.speech(asked);
        let file = visit.opened.case.show_file(&visit.look)?;
        let giving = visit.giving(&file, seq)?;
        let handle = visit.opened.case.handle.clone();
        Answer::page(&MovePage {
            seq: giving.seq,
            name: speech.file_name(&giving.given.name),
            people: gather::people(&file, speech),
            token: file.token_of(giving.subject).map(str::to_owned),
            cases: visit.desk.cases().into_iter().filter(|c| c.mine && c.handle != handle).map(|c| c.handle).collect(),
            others: same_bytes(&file, &giving, speech),
            handle,
            shell,
        })
    })
}

/// To another case: received there newly sealed, then withdrawn here.
pub fn move_to(room: &Room, asked: &Asked) -> Result<Answer> {
    room.task(asked, |desk, opened| {
        let (seq, _) = opened.case.file_named(asked.part("seq"))?;
        let mut other = desk.open(asked.typed("case"))?;
        let forgotten = opened.case.move_to(desk, &mut other, seq, None)?;
        Answer::go(format!("/case/{}/gather?done={}", opened.case.handle, if forgotten.not_yet.is_empty() { "moved" } else { "moved-rest" }))
    })
}

// ---- withdrawing ----

#[derive(Template)]
#[template(path = "withdraw.html")]
struct WithdrawPage {
    shell: Shell,
    handle: String,
    seq: u64,
    name: String,
    held: bool,
    others: Vec<String>,
    /// The one file of the archive that is to go, by its place in the list.
    apart: Option<usize>,
    /// Files inside, or those that are kept.
    inside: usize,
    not_yet: Vec<String>,
}

/// The other givings of the same bytes: they go with this one.
fn same_bytes(file: &CaseFile, giving: &Giving, speech: Speech) -> Vec<String> {
    let same = file.givings.values().filter(|g| g.seq != giving.seq && !g.withdrawn && g.given.sha256 == giving.given.sha256);
    same.map(|g| format!("{}: {}", g.seq, speech.file_name(&g.given.name))).collect()
}

pub fn ask_withdraw(room: &Room, asked: &Asked) -> Result<Answer> {
    let seq = &number(asked)?;
    room.visit(asked, "status", &[&format!("file {seq}")], |visit| {
        let shell = Shell::of_case(visit, asked, "gather")?;
        let speech = visit.speech(asked);
        let file = visit.opened.case.show_file(&visit.look)?;
        let giving = visit.giving(&file, seq)?;
        let held = file.held(Some(giving.seq));
        let apart = inside_of(&giving, asked)?;
        let name = apart.and_then(|i| giving.reading.inside.get(i)).map_or(&giving.given.name, |inner| &inner.path);
        Answer::page(&WithdrawPage {
            handle: visit.opened.case.handle.clone(),
            seq: giving.seq,
            name: speech.file_name(name),
            held,
            others: same_bytes(&file, &giving, speech),
            apart,
            inside: giving.reading.inside.len() - usize::from(apart.is_some()),
            not_yet: visit.desk.roster().places.iter().map(|p| plain(&p.label)).collect(),
            shell,
        })
    })
}

pub fn withdraw(room: &Room, asked: &Asked) -> Result<Answer> {
    room.task(asked, |desk, opened| {
        let (seq, _) = opened.case.file_named(asked.part("seq"))?;
        if let Ok(at) = asked.typed("inside").parse() {
            return withdraw_inside(room, desk, opened, seq, at);
        }
        let purpose = opened.purpose.as_str();
        let forgotten = opened.case.withdraw(desk, seq, purpose)?;
        Answer::go(format!("/case/{}/gather?done={}", opened.case.handle, if forgotten.not_yet.is_empty() { "withdrawn" } else { "withdrawn-rest" }))
    })
}

/// The others of its archive are read first, which takes longer than a page may.
fn withdraw_inside(room: &Room, desk: &Desk, opened: &mut Opened, seq: u64, at: usize) -> Result<Answer> {
    // What would end in a refusal is refused before anything is read.
    access::decide(desk.me().2, Action::Forget)?;
    if opened.case.received(seq).is_some_and(|(_, file)| file.held(Some(seq))) {
        return Err(Problem::new(Exit::NotAllowed, "problem-held"));
    }
    let look = opened.case.look(opened.purpose, "withdraw", vec![format!("file {seq}")], opened.unmasked, None)?;
    let inside = path_inside(&opened.case, &look, seq, at)?;
    let handle = opened.case.handle.clone();
    room.order(desk, &handle, Work::WithdrawInside { of: seq, inside: Some(inside), purpose: opened.purpose })?;
    Answer::go(format!("/case/{handle}/gather?done=withdraw-begun#now"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn pages_come_in_tens() {
        let check = |pages: u32, expected: &[u32]| assert_eq!(super::tens(pages).collect::<Vec<_>>(), expected, "{pages}");
        check(0, &[]);
        check(10, &[1]);
        check(11, &[1, 11]);
        check(218, &[1, 11, 21, 31, 41, 51, 61, 71, 81, 91, 101, 111, 121, 131, 141, 151, 161, 171, 181, 191, 201, 211]);
    }
}
