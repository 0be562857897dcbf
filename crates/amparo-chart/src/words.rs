//! The labels of the charts, in the reader's language.

use amparo_lang::{Lang, fixed};
use amparo_model::results::Month;

/// The labels a chart needs. A caller may change any of them before drawing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Words {
    pub lang: Lang,
    /// January first, three or four letters.
    pub months: [&'static str; 12],
    pub months_long: [&'static str; 12],
    pub day: &'static str,
    pub month: &'static str,
    pub year: &'static str,
    pub proof: &'static str,
    pub papers: &'static str,
    pub strong: &'static str,
    pub fair: &'static str,
    pub weak: &'static str,
    pub ask: &'static str,
    pub out_of_reach: &'static str,
    pub outside: &'static str,
    pub work: &'static str,
    pub phone: &'static str,
    pub immigration: &'static str,
    pub home: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub lane: &'static str,
    pub what: &'static str,
    /// Before a month: "Aug 2019: ask".
    pub ask_mark: &'static str,
    pub calls_a_month_most: &'static str,
    pub no_source_reaches_these: &'static str,
    pub nothing_given: &'static str,
    pub number: &'static str,
    pub calls: &'static str,
    pub no_call: &'static str,
    pub or_more: &'static str,
    pub papers_disagree: &'static str,
    pub half_bar: &'static str,
    pub weak_bar: &'static str,
    pub full_bar: &'static str,
    pub entry_or_trip: &'static str,
    pub notice_or_filing: &'static str,
    pub encounter: &'static str,
}

impl Words {
    pub fn of(lang: Lang) -> Words {
        let text = |id| fixed(id, lang);
        Words {
            lang,
            months: SHORT.map(text),
            months_long: LONG.map(text),
            day: text("draw-day"),
            month: text("draw-month"),
            year: text("draw-year"),
            proof: text("draw-proof"),
            papers: text("draw-papers"),
            strong: text("draw-strong"),
            fair: text("draw-fair"),
            weak: text("draw-weak"),
            ask: text("draw-ask"),
            out_of_reach: text("draw-out-of-reach"),
            outside: text("draw-outside"),
            work: text("draw-work"),
            phone: text("draw-phone"),
            immigration: text("draw-immigration"),
            home: text("draw-home"),
            from: text("draw-from"),
            to: text("draw-to"),
            lane: text("draw-lane"),
            what: text("draw-what"),
            ask_mark: text("draw-ask-mark"),
            calls_a_month_most: text("draw-calls-a-month-most"),
            no_source_reaches_these: text("draw-no-source-reaches-these"),
            nothing_given: text("draw-nothing-given"),
            number: text("draw-number"),
            calls: text("draw-calls"),
            no_call: text("draw-no-call"),
            or_more: text("draw-or-more"),
            papers_disagree: text("draw-papers-disagree"),
            half_bar: text("draw-half-bar"),
            weak_bar: text("draw-weak-bar"),
            full_bar: text("draw-full-bar"),
            entry_or_trip: text("draw-entry-or-trip"),
            notice_or_filing: text("draw-notice-or-filing"),
            encounter: text("draw-encounter"),
        }
    }

    /// `Aug 2019`.
    pub fn short(&self, month: Month) -> String {
        format!("{} {}", self.months[index(month)], month.year)
    }

    /// `August 2019`, `agosto de 2019`.
    pub fn long(&self, month: Month) -> String {
        amparo_lang::month(month, self.lang)
    }
}

fn index(month: Month) -> usize {
    usize::try_from(month.month.clamp(1, 12)).unwrap_or(1) - 1
}

const SHORT: [&str; 12] = [
    "draw-month-1",
    "draw-month-2",
    "draw-month-3",
    "draw-month-4",
    "draw-month-5",
    "draw-month-6",
    "draw-month-7",
    "draw-month-8",
    "draw-month-9",
    "draw-month-10",
    "draw-month-11",
    "draw-month-12",
];
const LONG: [&str; 12] = ["month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9", "month-10", "month-11", "month-12"];
