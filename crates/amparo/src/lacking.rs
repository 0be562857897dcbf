//! What is missing: how many months are proven, why the others are not, and what to ask for next.
//!
//! The overview, the page of months, the sheet for the client, the report, the chronology and the command line
//! show these same groups with these same words and counts.

use crate::speech::{Speech, capital};
use amparo_chart::{Grid, MonthBox};
use amparo_model::CaseFile;
use amparo_model::results::{Claim, Coverage, Lack, Lacking, Month};

/// Months that lack proof for one reason, and the papers that would help.
pub struct Asked {
    pub lack: Lack,
    /// "31 months with only weak evidence"
    pub title: String,
    /// The months, run by run, the longest first: the first month of a run, and the run in words.
    pub runs: Vec<(Month, String)>,
    pub why: String,
    pub papers: Vec<String>,
}

impl Asked {
    /// The first runs in words, and how many more there are.
    pub fn named(&self, most: usize, speech: Speech) -> String {
        let mut named: Vec<String> = self.runs.iter().take(most).map(|(_, run)| run.clone()).collect();
        if self.runs.len() > most {
            named.push(speech.say("page-and-more", &[("count", (self.runs.len() - most).to_string())]));
        }
        capital(&named.join("; "))
    }
}

/// "120 months: 104 proven, 11 weak, 2 without evidence, 3 out of reach."
pub fn counts(grid: &Coverage, speech: Speech) -> String {
    let months = grid.months.iter().map(|m| MonthBox { month: m.month, best: m.best.into(), records: 0 }).collect();
    amparo_chart::counts(&Grid { months, ..Grid::default() }, speech.lang)
}

/// The long gaps told apart: "Gap: 8 months without evidence (March 2018 to October 2018)".
pub fn holes(grid: &Coverage, speech: Speech) -> Vec<String> {
    let hole = |l: Lacking| speech.say(gap_id(l.lack), &[("what", months(l.lack, l.months(), speech)), ("when", run(&l, speech))]);
    grid.holes().into_iter().map(hole).collect()
}

/// What to ask a person for, most useful first.
pub fn asked(grid: &Coverage, file: &CaseFile, speech: Speech) -> Vec<Asked> {
    let group = |lack: Lack| {
        let runs: Vec<&Lacking> = grid.ask.iter().filter(|l| l.lack == lack).collect();
        let count = runs.iter().map(|l| l.months()).sum();
        (!runs.is_empty()).then(|| Asked {
            lack,
            title: months(lack, count, speech),
            runs: runs.into_iter().map(|l| (l.from, run(l, speech))).collect(),
            why: speech.word(why_id(lack)),
            papers: papers(grid.claim, lack, file).into_iter().map(|id| speech.word(id)).collect(),
        })
    };
    Lack::ALL.into_iter().filter_map(group).collect()
}

/// One run with its papers, as a sentence of its own.
pub fn sentence(grid: &Coverage, of: &Lacking, file: &CaseFile, speech: Speech) -> String {
    let papers: Vec<String> = papers(grid.claim, of.lack, file).into_iter().map(|id| speech.word(id)).collect();
    format!("{}: {}. {} {}.", capital(&run(of, speech)), months(of.lack, of.months(), speech), speech.word(why_id(of.lack)), papers.join("; "))
}

fn months(lack: Lack, count: usize, speech: Speech) -> String {
    let id = match lack {
        Lack::Nothing => "lack-nothing",
        Lack::Weak => "lack-weak",
        Lack::OutOfReach => "lack-out-of-reach",
    };
    speech.say(id, &[("count", count.to_string())])
}

fn gap_id(lack: Lack) -> &'static str {
    match lack {
        Lack::Nothing => "gap-nothing",
        Lack::Weak => "gap-weak",
        Lack::OutOfReach => "gap-out-of-reach",
    }
}

fn why_id(lack: Lack) -> &'static str {
    match lack {
        Lack::Nothing | Lack::Weak => "ask-why-each",
        Lack::OutOfReach => "ask-why-beyond",
    }
}

fn run(of: &Lacking, speech: Speech) -> String {
    let month = |m| amparo_lang::month(m, speech.lang);
    if of.from == of.to { month(of.from) } else { speech.say("page-from-to", &[("from", month(of.from)), ("to", month(of.to))]) }
}

/// The kinds of papers that prove a claim and that people have.
fn papers(claim: Claim, lack: Lack, file: &CaseFile) -> Vec<&'static str> {
    let child = file.parties.iter().any(|p| p.token.starts_with("child"));
    match claim {
        Claim::Presence => vec![
            "ask-paper-rent",
            if child { "ask-paper-child" } else { "ask-paper-clinic" },
            "ask-paper-money",
            "ask-paper-pay",
            // From a time of which there is nothing, people have other things.
            if lack == Lack::OutOfReach { "ask-paper-ticket" } else { "ask-paper-letter" },
        ],
        Claim::Employment => vec!["ask-paper-stub", "ask-paper-deposit", "ask-paper-schedule", "ask-paper-employer"],
        Claim::Residence => vec!["ask-paper-lease", "ask-paper-bill", "ask-paper-mail", if child { "ask-paper-child" } else { "ask-paper-clinic" }],
    }
}
