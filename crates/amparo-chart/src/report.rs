//! The report: one HTML file with everything in it, for somebody who has only a browser.
//!
//! It asks nothing of the network and runs nothing: letters and pictures are inside, and its own rules forbid
//! scripts. The order is the reader's: what it says in one sentence, what needs a person, then the proof.

use crate::html::escape;
use crate::{Calls, Chart, Drawing, Fullness, Grid, Ink, Lanes, PointShape, Shape, Size, Words, calls, coverage, draw_month_box, draw_timeline, pieces, strip, timeline};
use amparo_lang::{Lang, fixed, say};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;

/// Everything the report says. All text is in the reader's language, and masked where it must be.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Report {
    pub lang: Lang,
    pub office: String,
    /// The case's handle.
    pub case: String,
    pub title: String,
    /// Stands in a frame under the title: that the people are invented, or what else must be known first.
    pub notice: String,
    /// The day in words.
    pub made_on: String,
    /// Empty: made from the first grid's counts.
    pub lead: String,
    pub findings: Vec<ReportFinding>,
    pub coverage: Vec<Grid>,
    pub lanes: Vec<Lanes>,
    pub calls: Vec<Calls>,
    pub ask: Vec<ReportAsk>,
    pub files: Vec<ReportFile>,
    pub thief: Thief,
    /// Entry, words and digits of the journal's head, and what else belongs at the foot.
    pub foot: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReportFinding {
    pub title: String,
    pub sentence: String,
    /// What differs, and what each paper says of it, in the order of `papers`.
    pub differs: Vec<(String, Vec<String>)>,
    pub papers: Vec<ReportPaper>,
}

/// A page with its place marked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReportPaper {
    pub name: String,
    pub caption: String,
    pub png: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReportAsk {
    /// Whose months, how many, and what they lack.
    pub title: String,
    /// The months in words.
    pub months: String,
    pub why: String,
    pub papers: Vec<String>,
}

/// How a file was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FileState {
    #[default]
    Read,
    Partly,
    /// Kept, and not read.
    Unread,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReportFile {
    pub name: String,
    pub kind: String,
    pub state: FileState,
    /// The state in words, with its reason.
    pub state_text: String,
    pub whose: String,
    pub reaches: String,
    pub records: u64,
    pub furniture: u64,
    pub rejects: u64,
    pub unread: u64,
}

/// What somebody finds who has the folder and not the passphrase.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Thief {
    pub sentence: String,
    /// File names and first bytes as they lie on the disk.
    pub listing: String,
}

/// Makes the one file.
pub fn report_html(report: &Report) -> String {
    let words = Words::of(report.lang);
    let heads = &Heads::of(report.lang);
    let mut out = String::with_capacity(600_000);
    head(&mut out, report);
    out.push_str("<main>\n");
    let _ = write!(out, r#"<div class="head"><div><span class="handle">{}</span><h1>{}</h1></div>"#, escape(&report.case), escape(&report.title));
    let by: Vec<&str> = [report.office.as_str(), report.made_on.as_str()].into_iter().filter(|t| !t.is_empty()).collect();
    let _ = writeln!(out, r#"<p class="note">{}</p></div>"#, escape(&by.join(" · ")));
    if !report.notice.is_empty() {
        let _ = writeln!(out, r#"<p class="invented">{}</p>"#, escape(&report.notice));
    }
    lead(&mut out, report, &words);
    findings(&mut out, report, heads);
    grids(&mut out, report, heads, &words);
    ask(&mut out, report, heads);
    lanes(&mut out, report, heads, &words);
    call_charts(&mut out, report, heads, &words);
    files(&mut out, report, heads);
    if !report.thief.sentence.is_empty() {
        part(&mut out, heads.thief, heads.thief_note, false);
        let _ = write!(out, r#"<div class="stack"><p>{}</p>"#, escape(&report.thief.sentence));
        if !report.thief.listing.is_empty() {
            let _ = write!(out, r#"<pre class="thief" tabindex="0" role="region" aria-label="{}">{}</pre>"#, escape(heads.thief), escape(&report.thief.listing));
        }
        out.push_str("</div></section>\n");
    }
    out.push_str("</main>\n<footer class=\"foot\">");
    for line in &report.foot {
        let _ = write!(out, "<span>{}</span>", escape(line));
    }
    out.push_str("</footer>\n</body>\n</html>\n");
    out
}

fn head(out: &mut String, report: &Report) {
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'\">\n<title>amparo, {}</title>\n<style>\n",
        report.lang.code(),
        escape(&report.case)
    );
    let faces: [(&str, &str, &[u8]); 3] = [
        ("Vollkorn", "400", include_bytes!("../fonts/vollkorn-regular.woff2")),
        ("Vollkorn", "600", include_bytes!("../fonts/vollkorn-semibold.woff2")),
        ("Inter", "100 900", include_bytes!("../fonts/inter.woff2")),
    ];
    for (family, weight, bytes) in faces {
        let _ = writeln!(out, "@font-face {{ font-family: {family}; font-weight: {weight}; src: url(data:font/woff2;base64,{}) format(\"woff2\"); }}", STANDARD.encode(bytes));
    }
    out.push_str(include_str!("report.css"));
    out.push_str("</style>\n</head>\n<body>\n");
}

fn part(out: &mut String, title: &str, note: &str, wide: bool) {
    let class = if wide { "part wide" } else { "part" };
    let _ = write!(out, "<section class=\"{class}\"><header><h2>{}</h2>", escape(title));
    if !note.is_empty() {
        let _ = write!(out, "<p class=\"note\">{}</p>", escape(note));
    }
    out.push_str("</header>\n");
}

/// One drawing for a window, pieces for a phone and for paper; the style sheet shows one of them.
fn both(out: &mut String, wide: &str, narrow: &[String]) {
    let _ = writeln!(out, "<div class=\"box\"><div class=\"broad\">{wide}</div><div class=\"narrow\">{}</div></div>", narrow.concat());
}

fn twin(out: &mut String, heads: &Heads, chart: &Chart) {
    let _ = writeln!(out, "<details><summary>{}</summary>{}</details>", escape(heads.as_table), chart.table);
}

fn lead(out: &mut String, report: &Report, words: &Words) {
    let made = report.coverage.first().map(|grid| counts(grid, report.lang));
    let sentence = if report.lead.is_empty() { made } else { Some(report.lead.clone()) };
    if let Some(sentence) = sentence {
        // The part before the colon is what the rest counts.
        let html = match sentence.split_once(':') {
            Some((first, rest)) => format!("<b>{}:</b>{}", escape(first), escape(rest)),
            None => escape(&sentence),
        };
        let _ = writeln!(out, "<p class=\"lead\">{html}</p>");
    }
    if let Some(grid) = report.coverage.first() {
        let wide = strip(grid, words, Size { width: 1_180.0, text: 13.0 });
        let narrow = strip(grid, words, Size::NARROW);
        let _ = writeln!(out, "<div class=\"broad\">{}</div><div class=\"narrow\">{}</div>", wide.svg, narrow.svg);
    }
}

/// "120 months: 104 proven, 11 weak, 2 without evidence, 3 out of reach."
pub fn counts(grid: &Grid, lang: Lang) -> String {
    let (months, [proven, weak, out, ask]) = grid.counts();
    say("print-counts", &[("months", months.into()), ("proven", proven.into()), ("weak", weak.into()), ("out", out.into()), ("ask", ask.into())], lang)
}

fn findings(out: &mut String, report: &Report, heads: &Heads) {
    if report.findings.is_empty() {
        return;
    }
    part(out, heads.findings, heads.findings_note, true);
    out.push_str("<div>");
    for finding in &report.findings {
        // Two sheets where papers stand against each other; a question where there is none.
        let mark = if finding.papers.is_empty() && finding.differs.is_empty() { Sign::Ask } else { Sign::Differ };
        let _ = write!(out, "<article class=\"finding\"><h3>{}{}</h3><p>{}</p>", sign(mark), escape(&finding.title), escape(&finding.sentence));
        if !finding.differs.is_empty() {
            let _ = write!(out, "<table class=\"fold\"><thead><tr><th scope=\"col\">{}</th>", escape(heads.what));
            for paper in &finding.papers {
                let _ = write!(out, "<th scope=\"col\">{}</th>", escape(&paper.name));
            }
            out.push_str("</tr></thead><tbody>");
            for (what, says) in &finding.differs {
                let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(what));
                for (i, text) in says.iter().enumerate() {
                    let name = finding.papers.get(i).map_or("", |p| p.name.as_str());
                    let _ = write!(out, "<td data-l=\"{}\">{}</td>", escape(name), escape(text));
                }
                out.push_str("</tr>");
            }
            out.push_str("</tbody></table>");
        }
        if !finding.papers.is_empty() {
            out.push_str("<div class=\"two\">");
            for paper in &finding.papers {
                let _ = write!(
                    out,
                    "<figure><div class=\"sheet\"><img alt=\"{}\" width=\"{}\" height=\"{}\" src=\"data:image/png;base64,{}\"></div><figcaption><b>{}</b> {}</figcaption></figure>",
                    escape(&format!("{}: {}", heads.page_of, paper.name)),
                    paper.width,
                    paper.height,
                    STANDARD.encode(&paper.png),
                    escape(&paper.name),
                    escape(&paper.caption)
                );
            }
            out.push_str("</div>");
        }
        out.push_str("</article>\n");
    }
    let _ = writeln!(out, "<p class=\"note\">{}</p></div></section>", escape(heads.decides));
}

fn grids(out: &mut String, report: &Report, heads: &Heads, words: &Words) {
    if report.coverage.is_empty() {
        return;
    }
    part(out, heads.coverage, heads.coverage_note, true);
    out.push_str("<div class=\"stack\">");
    for grid in &report.coverage {
        let _ = write!(out, "<h3>{}</h3><p class=\"note\">{}</p><p>{}</p>", escape(&grid.title), escape(&grid.desc), escape(&counts(grid, report.lang)));
        list(out, &grid.holes);
        let wide = coverage(grid, words, Size { width: 1_130.0, text: 13.0 });
        both(out, &wide.svg, &[coverage(grid, words, Size::NARROW).svg]);
        let boxes: Vec<(String, &str)> = Fullness::ALL
            .iter()
            .map(|best| {
                let mut d = Drawing::new(18.0, 18.0, "", "");
                draw_month_box(&mut d, *best, 1.0, 1.0, 16.0);
                (picture(&d), best.word(words))
            })
            .collect();
        legend(out, &boxes);
        twin(out, heads, &wide);
    }
    out.push_str("</div></section>\n");
}

fn list(out: &mut String, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    out.push_str("<ul class=\"plain\">");
    lines.iter().for_each(|line| out.push_str(&format!("<li>{}</li>", escape(line))));
    out.push_str("</ul>");
}

fn ask(out: &mut String, report: &Report, heads: &Heads) {
    if report.ask.is_empty() {
        return;
    }
    part(out, heads.ask, heads.ask_note, false);
    out.push_str("<ul class=\"plain\">");
    for item in &report.ask {
        let _ = write!(out, "<li><b>{}</b><br>{}<br>{}<ul>", escape(&item.title), escape(&item.months), escape(&item.why));
        for paper in &item.papers {
            let _ = write!(out, "<li>{}</li>", escape(paper));
        }
        out.push_str("</ul></li>");
    }
    out.push_str("</ul></section>\n");
}

fn lanes(out: &mut String, report: &Report, heads: &Heads, words: &Words) {
    if report.lanes.is_empty() {
        return;
    }
    part(out, heads.timeline, heads.timeline_note, true);
    out.push_str("<div class=\"stack\">");
    let mark = |shape: PointShape| {
        let mut d = Drawing::new(18.0, 18.0, "", "");
        match shape {
            PointShape::Square => d.fill(3.5, 3.5, 11.0, 11.0, Ink::Immigration),
            PointShape::Diamond => d.shapes.push(Shape::Polygon { points: vec![(9.0, 1.5), (16.5, 9.0), (9.0, 16.5), (1.5, 9.0)], ink: Ink::Immigration }),
            PointShape::Triangle => d.shapes.push(Shape::Polygon { points: vec![(9.0, 2.0), (16.5, 16.0), (1.5, 16.0)], ink: Ink::Immigration }),
        }
        picture(&d)
    };
    let boxed = |best: Fullness| {
        let mut d = Drawing::new(18.0, 18.0, "", "");
        draw_month_box(&mut d, best, 1.0, 1.0, 16.0);
        picture(&d)
    };
    let mut ring = Drawing::new(18.0, 18.0, "", "");
    ring.shapes.push(Shape::Ring { x: 9.0, y: 9.0, r: 7.0, ink: Ink::Alarm, width: 2.0 });
    ring.text(9.0, 13.0, 11.0, crate::Anchor::Middle, true, Ink::Alarm, "!");
    let mut full = Drawing::new(18.0, 18.0, "", "");
    full.fill(1.0, 4.0, 16.0, 10.0, Ink::Work);
    let mut half = Drawing::new(18.0, 18.0, "", "");
    half.frame([1.0, 4.0, 16.0, 10.0], Some(Ink::Sheet), Ink::Work, 1.2);
    half.fill(1.0, 9.0, 16.0, 5.0, Ink::Work);
    let mut weak = Drawing::new(18.0, 18.0, "", "");
    weak.frame([1.0, 4.0, 16.0, 10.0], Some(Ink::Sheet), Ink::Weak, 1.2);
    weak.fill(1.0, 12.0, 16.0, 2.0, Ink::Weak);
    legend(
        out,
        &[
            (mark(PointShape::Diamond), words.entry_or_trip),
            (mark(PointShape::Square), words.notice_or_filing),
            (mark(PointShape::Triangle), words.encounter),
            (picture(&ring), words.papers_disagree),
            (boxed(Fullness::Ask), words.ask),
            (boxed(Fullness::OutOfReach), words.out_of_reach),
            (picture(&full), words.full_bar),
            (picture(&half), words.half_bar),
            (picture(&weak), words.weak_bar),
        ],
    );
    for lanes in &report.lanes {
        let _ = write!(out, "<h3>{}</h3><p class=\"note\">{}</p>", escape(&lanes.title), escape(&lanes.desc));
        let wide = timeline(lanes, words, Size { width: 1_130.0, text: 12.5 });
        let narrow: Vec<String> = pieces(lanes, 3).iter().map(|piece| draw_timeline(piece, words, Size::NARROW).svg()).collect();
        both(out, &wide.svg, &narrow);
        twin(out, heads, &wide);
    }
    out.push_str("</div></section>\n");
}

fn call_charts(out: &mut String, report: &Report, heads: &Heads, words: &Words) {
    if report.calls.is_empty() {
        return;
    }
    part(out, heads.calls, heads.calls_note, true);
    out.push_str("<div class=\"stack\">");
    for one in &report.calls {
        let _ = write!(out, "<h3>{}</h3><p class=\"note\">{}</p>", escape(&one.title), escape(&one.desc));
        let wide = calls(one, words, Size { width: 1_130.0, text: 13.0 });
        both(out, &wide.svg, &[calls(one, words, Size::NARROW).svg]);
        twin(out, heads, &wide);
    }
    out.push_str("</div></section>\n");
}

fn files(out: &mut String, report: &Report, heads: &Heads) {
    if report.files.is_empty() {
        return;
    }
    part(out, heads.files, heads.files_note, true);
    let all = report.files.len();
    let _ = write!(out, "<div class=\"stack\"><p class=\"lead\"><b>{}</b></p>", escape(&say("page-accounted", &[("n", all.into())], report.lang)));
    out.push_str("<table class=\"fold files\"><thead><tr>");
    let columns = [heads.file, heads.state, heads.whose, heads.reaches, heads.records, heads.furniture, heads.rejects, heads.unread];
    for (i, name) in columns.iter().enumerate() {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", if i > 3 { " class=\"num\"" } else { "" }, escape(name));
    }
    out.push_str("</tr></thead><tbody>");
    for file in &report.files {
        let mark = match file.state {
            FileState::Read => Sign::Read,
            FileState::Partly => Sign::Partly,
            FileState::Unread => Sign::Unread,
        };
        let _ = write!(
            out,
            "<tr><th scope=\"row\"><span class=\"mono\">{}</span><br><span class=\"note\">{}</span></th><td data-l=\"{}\"><span class=\"state\">{}</span>{}</td>",
            escape(&file.name),
            escape(&file.kind),
            escape(heads.state),
            sign(mark),
            escape(&file.state_text)
        );
        for (name, text) in [(heads.whose, &file.whose), (heads.reaches, &file.reaches)] {
            let _ = write!(out, "<td data-l=\"{}\">{}</td>", escape(name), if text.is_empty() { "–".to_owned() } else { escape(text) });
        }
        for (name, n) in [(heads.records, file.records), (heads.furniture, file.furniture), (heads.rejects, file.rejects), (heads.unread, file.unread)] {
            let _ = write!(out, "<td class=\"num\" data-l=\"{}\">{}</td>", escape(name), crate::calls::group(n));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div></section>\n");
}

fn legend(out: &mut String, items: &[(String, &str)]) {
    out.push_str("<ul class=\"legend\">");
    for (picture, word) in items {
        let _ = write!(out, "<li>{picture}{}</li>", escape(word));
    }
    out.push_str("</ul>");
}

/// A small picture beside its word: not read aloud.
fn picture(d: &Drawing) -> String {
    d.svg().replacen("role=\"img\"", "aria-hidden=\"true\"", 1).replacen("<title></title><desc></desc>", "", 1).replacen("class=\"chart\" ", "", 1)
}

enum Sign {
    Differ,
    Ask,
    Read,
    Partly,
    Unread,
}

fn sign(sign: Sign) -> &'static str {
    match sign {
        Sign::Differ => {
            r#"<svg aria-hidden="true" viewBox="0 0 24 24"><rect class="i-sheet s-i-alarm" stroke-width="2.4" x="2" y="6" width="12" height="15"/><rect class="i-sheet s-i-alarm" stroke-width="2.4" x="10" y="2.5" width="12" height="15"/><path class="s-i-alarm" stroke-width="2.4" d="M13 8h6M13 12h6"/></svg>"#
        }
        Sign::Ask => {
            r#"<svg aria-hidden="true" viewBox="0 0 24 24"><rect class="i-sheet s-i-alarm" stroke-width="3" x="2" y="2" width="20" height="20"/><path class="f-none s-i-alarm" stroke-width="2.6" d="M9 9.6c0-4.6 6.4-4.4 6.2-.3-.1 2.3-3.1 2.4-3.1 5"/><circle class="i-alarm" cx="12.1" cy="18" r="1.7"/></svg>"#
        }
        Sign::Read => r#"<svg aria-hidden="true" viewBox="0 0 24 24"><path class="f-none s-i-ink" stroke-width="3" d="M4 13l5.5 6L20 5"/></svg>"#,
        Sign::Partly => {
            r#"<svg aria-hidden="true" viewBox="0 0 24 24"><circle class="i-sheet s-i-ink" stroke-width="2.2" cx="12" cy="12" r="9.5"/><path class="i-ink" d="M12 2.5a9.5 9.5 0 0 0 0 19z"/></svg>"#
        }
        Sign::Unread => {
            r#"<svg aria-hidden="true" viewBox="0 0 24 24"><circle class="i-sheet s-i-alarm" stroke-width="2.6" cx="12" cy="12" r="9.5"/><path class="s-i-alarm" stroke-width="2.6" d="M5.5 18.5l13-13"/></svg>"#
        }
    }
}

struct Heads {
    findings: &'static str,
    findings_note: &'static str,
    decides: &'static str,
    what: &'static str,
    page_of: &'static str,
    coverage: &'static str,
    coverage_note: &'static str,
    as_table: &'static str,
    ask: &'static str,
    ask_note: &'static str,
    timeline: &'static str,
    timeline_note: &'static str,
    calls: &'static str,
    calls_note: &'static str,
    files: &'static str,
    files_note: &'static str,
    file: &'static str,
    state: &'static str,
    whose: &'static str,
    reaches: &'static str,
    records: &'static str,
    furniture: &'static str,
    rejects: &'static str,
    unread: &'static str,
    thief: &'static str,
    thief_note: &'static str,
}

impl Heads {
    fn of(lang: Lang) -> Heads {
        let text = |id| fixed(id, lang);
        Heads {
            findings: text("page-findings"),
            findings_note: text("page-findings-note"),
            decides: text("page-decides"),
            what: text("page-what"),
            page_of: text("page-page-of"),
            coverage: text("page-coverage"),
            coverage_note: text("page-coverage-note"),
            as_table: text("page-as-table"),
            ask: text("page-ask"),
            ask_note: text("page-ask-note"),
            timeline: text("page-timeline"),
            timeline_note: text("page-timeline-note"),
            calls: text("page-calls"),
            calls_note: text("page-calls-note"),
            files: text("page-files"),
            files_note: text("page-files-note"),
            file: text("page-file"),
            state: text("page-state"),
            whose: text("page-whose"),
            reaches: text("page-reaches"),
            records: text("page-records"),
            furniture: text("page-furniture"),
            rejects: text("page-rejects"),
            unread: text("page-unread"),
            thief: text("page-thief"),
            thief_note: text("page-thief-note"),
        }
    }
}
