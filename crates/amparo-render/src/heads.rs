//! The chronology's own headings and fixed sentences, in the reader's language.

use amparo_chart::{Fullness, Grid, Words, counts};
use amparo_lang::{Lang, fixed, say};

pub(crate) struct Heads {
    lang: Lang,
    pub title: &'static str,
    pub made_on: &'static str,
    pub what_it_is: &'static str,
    pub entry: &'static str,
    pub entry_note: &'static str,
    pub parties: &'static str,
    pub who: &'static str,
    pub role: &'static str,
    pub detail: &'static str,
    pub findings: &'static str,
    pub findings_note: &'static str,
    pub finding: &'static str,
    pub settled: &'static str,
    pub open: &'static str,
    pub when: &'static str,
    pub whose: &'static str,
    pub lane: &'static str,
    pub what: &'static str,
    pub sources_short: &'static str,
    pub coverage: &'static str,
    pub coverage_note: &'static str,
    pub ask: &'static str,
    pub ask_note: &'static str,
    pub months: &'static str,
    pub what_to_ask: &'static str,
    pub timeline: &'static str,
    pub timeline_note: &'static str,
    pub calls: &'static str,
    pub calls_note: &'static str,
    pub all: &'static str,
    pub sources: &'static str,
    pub sources_note: &'static str,
    pub source: &'static str,
    pub reaches: &'static str,
    pub records: &'static str,
    pub furniture: &'static str,
    pub rejects: &'static str,
    pub unread: &'static str,
}

impl Heads {
    pub fn of(lang: Lang) -> Heads {
        let text = |id| fixed(id, lang);
        Heads {
            lang,
            title: text("print-title"),
            made_on: text("print-made-on"),
            what_it_is: text("print-what-it-is"),
            entry: text("print-entry"),
            entry_note: text("print-entry-note"),
            parties: text("print-parties"),
            who: text("print-who"),
            role: text("print-role"),
            detail: text("print-detail"),
            findings: text("print-findings"),
            findings_note: text("print-findings-note"),
            finding: text("print-finding"),
            settled: text("print-settled"),
            open: text("print-open"),
            when: text("print-when"),
            whose: text("print-whose"),
            lane: text("print-lane"),
            what: text("print-what"),
            sources_short: text("print-sources-short"),
            coverage: text("print-coverage"),
            coverage_note: text("print-coverage-note"),
            ask: text("print-ask"),
            ask_note: text("print-ask-note"),
            months: text("print-months"),
            what_to_ask: text("print-what-to-ask"),
            timeline: text("print-timeline"),
            timeline_note: text("print-timeline-note"),
            calls: text("print-calls"),
            calls_note: text("print-calls-note"),
            all: text("print-all"),
            sources: text("print-sources"),
            sources_note: text("print-sources-note"),
            source: text("print-source"),
            reaches: text("print-reaches"),
            records: text("print-records"),
            furniture: text("print-furniture"),
            rejects: text("print-rejects"),
            unread: text("print-unread"),
        }
    }

    /// "120 months: 104 proven, 11 weak, 2 without evidence, 3 out of reach."
    pub fn counts(&self, grid: &Grid) -> String {
        counts(grid, self.lang)
    }

    pub fn page(&self, page: usize, all: usize) -> String {
        say("print-page", &[("page", page.into()), ("all", all.into())], self.lang)
    }

    pub fn number(&self, n: u64) -> String {
        amparo_lang::grouped(i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// The grid as it is read aloud: every month that is not proven, by name.
    pub fn months_aloud(&self, grid: &Grid, words: &Words) -> String {
        let mut out = self.counts(grid);
        for best in [Fullness::Ask, Fullness::OutOfReach, Fullness::Weak] {
            let months: Vec<String> = grid.months.iter().filter(|m| m.best == best).map(|m| words.long(m.month)).collect();
            if !months.is_empty() {
                let word = best.word(words);
                out.push_str(&format!(" {}: {}.", word, months.join(", ")));
            }
        }
        out
    }
}
