//! The chronology: a working paper for the representative, from the lead to the list of sources.
//!
//! It is privileged, says so on every page in both languages, and is never an exhibit. The node makes its
//! content and sends it as plain data; here it is only set and printed.

use crate::fonts::{Fonts, Letter};
use crate::heads::Heads;
use crate::page::RenderError;
use crate::sheet::{BOTTOM, HEIGHT, LEFT, Mark, RIGHT, ROOT, Role, Sheet};
use crate::table::{Table, column, numbers};
use crate::write::{About, pdf};
use amparo_chart::{Calls, Drawing, Fullness, Grid, Ink, Lanes, Size, Words, draw_calls, draw_coverage, draw_month_box, draw_timeline, pieces};
use amparo_lang::{Lang, fixed};
use serde::{Deserialize, Serialize};

/// Everything the paper says. Sentences, names and dates are in the reader's language already, and masked where
/// they must be. `references` are numbers of `sources`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Chronology {
    pub office: String,
    /// The case's handle.
    pub case: String,
    /// The day in words.
    pub made_on: String,
    pub head: Head,
    /// A sentence above everything; empty: made from the first grid's counts.
    pub lead: String,
    /// What the reader must know before using it (times and zones, what was left out), a sentence each.
    pub notes: Vec<String>,
    pub parties: Vec<PartyRow>,
    pub findings: Vec<FindingRow>,
    pub timeline: Vec<TimelineRow>,
    pub lanes: Vec<Lanes>,
    pub coverage: Vec<Grid>,
    pub ask: Vec<AskRow>,
    pub calls: Vec<Calls>,
    pub sources: Vec<SourceRow>,
}

/// What the case's journal was when this was made.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Head {
    pub entry: u64,
    /// Four words.
    pub words: String,
    /// The whole hash in hexadecimal.
    pub digits: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PartyRow {
    pub who: String,
    pub role: String,
    pub detail: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FindingRow {
    pub when: String,
    pub whose: String,
    /// Contradiction, overlap, ...: the word.
    pub kind: String,
    pub sentence: String,
    /// How it was settled; empty: open.
    pub settled: String,
    pub references: Vec<u32>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TimelineRow {
    pub when: String,
    pub lane: String,
    pub whose: String,
    pub sentence: String,
    pub references: Vec<u32>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AskRow {
    pub whose: String,
    /// How many months, and what they lack.
    pub title: String,
    /// Each run of months in words.
    pub months: Vec<String>,
    pub why: String,
    pub papers: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceRow {
    pub number: u32,
    pub name: String,
    pub kind: String,
    pub whose: String,
    /// What months it reaches, in words.
    pub reaches: String,
    /// Read, partly read, kept and not read: the word.
    pub state: String,
    pub records: u64,
    pub furniture: u64,
    pub rejects: u64,
    pub unread: u64,
}

/// Prints the chronology as a tagged PDF on Letter paper. The same input gives the same bytes.
pub fn chronology(data: &Chronology, lang: Lang) -> Result<Vec<u8>, RenderError> {
    let fonts = Fonts::load().ok_or_else(|| RenderError::Broken("the built-in fonts".to_owned()))?;
    let heads = Heads::of(lang);
    let sheet = lay_out(&fonts, data, lang, &heads);
    pdf(&sheet, &About::letter(&title(data, &heads), lang.code(), &data.office))
}

fn title(data: &Chronology, heads: &Heads) -> String {
    if data.case.is_empty() { heads.title.to_owned() } else { format!("{}: {}", heads.title, data.case) }
}

pub(crate) fn lay_out<'f>(fonts: &'f Fonts, data: &Chronology, lang: Lang, heads: &Heads) -> Sheet<'f> {
    let words = Words::of(lang);
    let mut sheet = Sheet::new(fonts);
    // What is printed on every page is read aloud once, first of all.
    let aloud = stamps(lang).map(|(code, _)| sheet.node(ROOT, Role::Paragraph(Some(code))));
    front(&mut sheet, data, heads);
    if !data.findings.is_empty() {
        let section = section(&mut sheet, heads.findings, heads.findings_note, 90.0);
        let columns = [column(heads.when, 1.5), column(heads.whose, 1.2), column(heads.finding, 4.6), column(heads.settled, 1.4), column(heads.sources_short, 1.0)];
        let rows = data
            .findings
            .iter()
            .map(|f| {
                let sentence = if f.kind.is_empty() { f.sentence.clone() } else { format!("{}. {}", capital(&f.kind), f.sentence) };
                let settled = if f.settled.is_empty() { heads.open.to_owned() } else { f.settled.clone() };
                vec![dash(&f.when), dash(&f.whose), sentence, settled, references(&f.references)]
            })
            .collect();
        sheet.table(section, &Table { columns: &columns, row_headings: true, rows });
    }
    if !data.coverage.is_empty() {
        let section = section(&mut sheet, heads.coverage, heads.coverage_note, 260.0);
        for grid in &data.coverage {
            coverage(&mut sheet, section, grid, heads, &words);
        }
    }
    if !data.ask.is_empty() {
        ask(&mut sheet, data, heads);
    }
    if !data.lanes.is_empty() || !data.timeline.is_empty() {
        let section = section(&mut sheet, heads.timeline, heads.timeline_note, 200.0);
        for lanes in &data.lanes {
            let size = Size { width: RIGHT - LEFT, text: 8.0 };
            let months = lanes.span.to.index() - lanes.span.from.index() + 1;
            chart_title(&mut sheet, section, &lanes.title, &lanes.desc, 160.0);
            for piece in pieces(lanes, (months + 71) / 72) {
                sheet.figure(section, &draw_timeline(&piece, &words, size));
                sheet.space(8.0);
            }
        }
        if !data.timeline.is_empty() {
            sheet.space(4.0);
            let columns = [column(heads.when, 1.7), column(heads.lane, 1.1), column(heads.whose, 1.2), column(heads.what, 4.8), column(heads.sources_short, 1.0)];
            let rows = data.timeline.iter().map(|t| vec![dash(&t.when), dash(&t.lane), dash(&t.whose), t.sentence.clone(), references(&t.references)]).collect();
            sheet.table(section, &Table { columns: &columns, row_headings: true, rows });
        }
    }
    if !data.calls.is_empty() {
        calls(&mut sheet, data, heads, &words);
    }
    if !data.sources.is_empty() {
        sources(&mut sheet, data, heads);
    }
    frame(&mut sheet, data, lang, heads, aloud);
    sheet
}

/// The first page: whose it is, what it says in one sentence, who is in the case, and what it does not say.
fn front(sheet: &mut Sheet<'_>, data: &Chronology, heads: &Heads) {
    if !data.office.is_empty() {
        sheet.note(ROOT, &data.office);
    }
    sheet.heading(ROOT, 1, &title(data, heads), 0.0);
    if !data.made_on.is_empty() {
        sheet.note(ROOT, &format!("{} {}", heads.made_on, data.made_on));
    }
    sheet.space(6.0);
    let lead = if data.lead.is_empty() { data.coverage.first().map(|grid| heads.counts(grid)) } else { Some(data.lead.clone()) };
    if let Some(lead) = lead {
        sheet.paragraph(ROOT, &lead, Letter::Serif, 14.0);
        sheet.space(4.0);
    }
    for note in std::iter::once(heads.what_it_is).chain(data.notes.iter().map(String::as_str)) {
        sheet.note(ROOT, note);
        sheet.space(2.0);
    }
    if !data.head.words.is_empty() || !data.head.digits.is_empty() {
        sheet.space(2.0);
        let node = sheet.node(ROOT, Role::Paragraph(None));
        let line = format!("{} {} · {}", heads.entry, data.head.entry, data.head.words);
        sheet.lines(Some(node), &line, Letter::Mono, 8.5, 12.2, Ink::Ink.rgb());
        sheet.lines(Some(node), &data.head.digits, Letter::Mono, 6.8, 10.0, Ink::Soft.rgb());
        sheet.note(ROOT, heads.entry_note);
    }
    sheet.space(12.0);
    if !data.parties.is_empty() {
        let section = section(sheet, heads.parties, "", 60.0);
        let columns = [column(heads.who, 2.2), column(heads.role, 1.6), column(heads.detail, 4.0)];
        let rows = data.parties.iter().map(|p| vec![p.who.clone(), dash(&p.role), dash(&p.detail)]).collect();
        sheet.table(section, &Table { columns: &columns, row_headings: true, rows });
    }
}

fn section(sheet: &mut Sheet<'_>, title: &str, note: &str, keep: f32) -> usize {
    sheet.space(14.0);
    let section = sheet.node(ROOT, Role::Section);
    sheet.heading(section, 2, title, keep);
    if !note.is_empty() {
        sheet.note(section, note);
        sheet.space(6.0);
    }
    section
}

fn chart_title(sheet: &mut Sheet<'_>, section: usize, title: &str, desc: &str, keep: f32) {
    sheet.need(keep);
    let node = sheet.node(section, Role::Paragraph(None));
    sheet.lines(Some(node), title, Letter::SansBold, 10.0, 14.0, Ink::Ink.rgb());
    if !desc.is_empty() {
        sheet.note(section, desc);
    }
    sheet.space(5.0);
}

fn coverage(sheet: &mut Sheet<'_>, section: usize, grid: &Grid, heads: &Heads, words: &Words) {
    let drawing = draw_coverage(grid, words, Size { width: RIGHT - LEFT, text: 8.0 });
    chart_title(sheet, section, &grid.title, &grid.desc, (drawing.height + 90.0 + 12.6 * grid.holes.len() as f32).min(BOTTOM - 120.0));
    let counts = sheet.node(section, Role::Paragraph(None));
    sheet.lines(Some(counts), &heads.counts(grid), Letter::Serif, 11.0, 15.6, Ink::Ink.rgb());
    for hole in &grid.holes {
        let node = sheet.node(section, Role::Paragraph(None));
        sheet.lines(Some(node), hole, Letter::Sans, 9.0, 12.6, Ink::Ink.rgb());
    }
    sheet.space(5.0);
    let spoken = heads.months_aloud(grid, words);
    sheet.figure(section, &Drawing { desc: spoken, ..drawing });
    sheet.space(8.0);
    legend(sheet, section, words);
    sheet.space(14.0);
}

/// The five boxes and their words. The words are read; the boxes only decorate them.
fn legend(sheet: &mut Sheet<'_>, section: usize, words: &Words) {
    let node = sheet.node(section, Role::Paragraph(None));
    let mut x = LEFT;
    sheet.need(14.0);
    for best in Fullness::ALL {
        let run = sheet.fonts.run(&sheet.fonts.writable(best.word(words), Letter::Sans), Letter::Sans, 8.0);
        if x + run.width + 14.0 > RIGHT {
            x = LEFT;
            sheet.space(13.0);
            sheet.need(14.0);
        }
        let mut small = Drawing::new(9.0, 9.0, "", "");
        draw_month_box(&mut small, best, 0.0, 0.0, 9.0);
        sheet.ornament(&small, x, sheet.y);
        let wide = run.width;
        sheet.put(Some(node), Mark::Text { x: x + 13.0, y: sheet.y + 7.6, run, colour: Ink::Ink.rgb() });
        x += wide + 27.0;
    }
    sheet.space(13.0);
}

fn ask(sheet: &mut Sheet<'_>, data: &Chronology, heads: &Heads) {
    let section = section(sheet, heads.ask, heads.ask_note, 80.0);
    let columns = [column(heads.whose, 1.3), column(heads.months, 3.2), column(heads.what_to_ask, 3.6)];
    let row = |a: &AskRow| vec![dash(&a.whose), format!("{}: {}", a.title, a.months.join("; ")), format!("{} {}.", a.why, a.papers.join("; "))];
    sheet.table(section, &Table { columns: &columns, row_headings: true, rows: data.ask.iter().map(row).collect() });
}

fn calls(sheet: &mut Sheet<'_>, data: &Chronology, heads: &Heads, words: &Words) {
    let section = section(sheet, heads.calls, heads.calls_note, 160.0);
    for calls in &data.calls {
        chart_title(sheet, section, &calls.title, &calls.desc, 120.0);
        // A long list of numbers is drawn in pieces that fit a page.
        for rows in calls.rows.chunks(18) {
            let piece = Calls { rows: rows.to_vec(), ..calls.clone() };
            sheet.figure(section, &draw_calls(&piece, words, Size { width: RIGHT - LEFT, text: 8.0 }));
            sheet.space(8.0);
        }
        let years: Vec<i16> = (calls.from.year..=calls.to.year).rev().take(8).collect::<Vec<_>>().into_iter().rev().collect();
        let names: Vec<String> = years.iter().map(i16::to_string).collect();
        let mut columns = vec![column(words.number, 3.0)];
        columns.extend(names.iter().map(|y| numbers(y, 0.8)));
        columns.push(numbers(heads.all, 0.9));
        let rows = calls
            .rows
            .iter()
            .map(|row| {
                let name = if row.note.is_empty() { row.name.clone() } else { format!("{} ({})", row.name, row.note) };
                let of = |year: &i16| heads.number(row.months.iter().filter(|m| m.month.year == *year).map(|m| m.count).sum());
                std::iter::once(name).chain(years.iter().map(of)).chain([heads.number(row.total())]).collect()
            })
            .collect();
        sheet.table(section, &Table { columns: &columns, row_headings: true, rows });
        sheet.space(10.0);
    }
}

fn sources(sheet: &mut Sheet<'_>, data: &Chronology, heads: &Heads) {
    let section = section(sheet, heads.sources, heads.sources_note, 90.0);
    let columns = [
        column("", 0.55),
        column(heads.source, 3.0),
        column(heads.whose, 1.3),
        column(heads.reaches, 2.0),
        numbers(heads.records, 1.15),
        numbers(heads.furniture, 1.1),
        numbers(heads.rejects, 1.1),
        numbers(heads.unread, 1.1),
    ];
    let rows = data
        .sources
        .iter()
        .map(|s| {
            let detail: Vec<&str> = [s.kind.as_str(), s.state.as_str()].into_iter().filter(|t| !t.is_empty()).collect();
            vec![
                format!("[{}]", s.number),
                format!("{}\n{}", s.name, detail.join(", ")),
                dash(&s.whose),
                dash(&s.reaches),
                heads.number(s.records),
                heads.number(s.furniture),
                heads.number(s.rejects),
                heads.number(s.unread),
            ]
        })
        .collect();
    sheet.table(section, &Table { columns: &columns, row_headings: true, rows });
}

/// Stamped on every page in both languages, the reader's first: (language, words).
pub fn stamps(lang: Lang) -> [(&'static str, &'static str); 2] {
    let other = if lang == Lang::En { Lang::Es } else { Lang::En };
    [lang, other].map(|l| (l.code(), fixed("print-stamp", l)))
}

/// What stands on every page: the stamp above, case and page below.
fn frame(sheet: &mut Sheet<'_>, data: &Chronology, lang: Lang, heads: &Heads, aloud: [usize; 2]) {
    let (all, ink) = (sheet.pages.len(), Ink::Ink.rgb());
    for page in 0..all {
        sheet.put_on(page, None, Mark::Box { x: LEFT, y: 34.0, w: RIGHT - LEFT, h: 32.0, fill: None, line: Some((ink, 1.0)) });
        for (i, (_, stamp)) in stamps(lang).into_iter().enumerate() {
            let letter = if i == 0 { Letter::SansBold } else { Letter::Sans };
            let run = sheet.fonts.run(stamp, letter, 8.6);
            let x = LEFT + (RIGHT - LEFT - run.width) / 2.0;
            let node = (page == 0).then_some(aloud[i]);
            sheet.put_on(page, node, Mark::Text { x, y: 47.0 + 12.0 * i as f32, run, colour: ink });
        }
        let y = HEIGHT - 32.0;
        sheet.put_on(page, None, Mark::Line { from: (LEFT, y - 13.0), to: (RIGHT, y - 13.0), colour: Ink::Line.rgb(), width: 0.6 });
        let case = sheet.fonts.run(&sheet.fonts.writable(&data.case, Letter::Mono), Letter::Mono, 8.5);
        sheet.put_on(page, None, Mark::Text { x: LEFT, y, run: case, colour: ink });
        let number = sheet.fonts.run(&heads.page(page + 1, all), Letter::Sans, 8.5);
        let x = RIGHT - number.width;
        sheet.put_on(page, None, Mark::Text { x, y, run: number, colour: ink });
    }
}

/// A sentence's beginning.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}

fn references(numbers: &[u32]) -> String {
    if numbers.is_empty() { "–".to_owned() } else { numbers.iter().map(|n| format!("[{n}]")).collect::<Vec<_>>().join(" ") }
}

fn dash(text: &str) -> String {
    if text.is_empty() { "–".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::accessible;
    use amparo_chart::MonthBox;
    use amparo_model::results::Month;

    fn sample() -> Chronology {
        let month = Month { year: 2019, month: 7 };
        let months = (0..24).map(|n| MonthBox { month: month.plus(n), best: Fullness::ALL[n as usize % 5], records: 3 }).collect();
        Chronology {
            office: "Oficina".into(),
            case: "lima-tambor".into(),
            made_on: "24 de noviembre de 2026".into(),
            parties: vec![PartyRow { who: "Rosa Núñez".into(), role: "el cliente".into(), detail: String::new() }],
            findings: vec![FindingRow { when: "1989".into(), sentence: "Dos papeles no coinciden.".into(), references: vec![1], ..FindingRow::default() }],
            timeline: (0..90).map(|n| TimelineRow { when: format!("{n}"), sentence: "Pagado por Sol".into(), references: vec![1], ..TimelineRow::default() }).collect(),
            coverage: vec![Grid { title: "Presencia".into(), desc: "Mes por mes".into(), months, holes: vec!["Hueco: 4 meses sin prueba".into()] }],
            sources: vec![SourceRow { number: 1, name: "a.pdf".into(), records: 4, ..SourceRow::default() }],
            ..Chronology::default()
        }
    }

    #[test]
    fn the_paper_is_one_that_a_screen_reader_can_read_and_says_the_same_twice() {
        let fonts = Fonts::load().expect("built in");
        let data = sample();
        for lang in Lang::ALL {
            let heads = Heads::of(lang);
            let sheet = lay_out(&fonts, &data, lang, &heads);
            assert_eq!(accessible(&sheet, &About::letter(&title(&data, &heads), lang.code(), &data.office)), Ok(()));
            assert_eq!(chronology(&data, lang).ok(), chronology(&data, lang).ok());
        }
    }
}
