//! Drawings: timeline, coverage and calls, each with its table twin.
//!
//! A chart is laid out once, as a [`Drawing`] of plain shapes; here it becomes SVG for the screen, and the
//! render room draws the same shapes on paper. No fact is told by colour alone: fullness, hatch and shape
//! say it first, so that a grey copier loses nothing.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_types))]

mod calls;
mod coverage;
mod days;
mod drawing;
mod html;
mod report;
mod timeline;
mod words;

pub use calls::{CallRow, Calls, calls, draw_calls, heat, heat_axis};
pub use coverage::{Fullness, Grid, MonthBox, coverage, draw_coverage, draw_month_box, draw_strip, strip};
pub use days::{DayLane, DayMark, Days, draw_days};
pub use drawing::{Anchor, Drawing, Ink, Shape, hatch_lines};
pub use html::escape;
pub use report::{FileState, Report, ReportAsk, ReportFile, ReportFinding, ReportPaper, Thief, counts, report_html};
pub use timeline::{Bar, Dispute, Fill, Lanes, Links, MonthCount, Point, PointShape, Span, draw_timeline, pieces, timeline};
pub use words::Words;

/// A chart for a page: the picture, and the same facts as an HTML table.
#[derive(Clone, PartialEq, Debug)]
pub struct Chart {
    pub svg: String,
    pub table: String,
}

/// How wide a chart is drawn and how large its letters are, in the units of its page (px, pt).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Size {
    pub width: f32,
    pub text: f32,
}

impl Size {
    /// A desktop window.
    pub const WIDE: Size = Size { width: 960.0, text: 12.0 };
    /// A phone: 360 pixels less the page's edges.
    pub const NARROW: Size = Size { width: 328.0, text: 12.0 };
}

/// Months in data, written `2019-08`.
pub mod month_text {
    use amparo_model::results::Month;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(month: &Month, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(month)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Month, D::Error> {
        let text = String::deserialize(d)?;
        Month::parse(&text).ok_or_else(|| D::Error::custom("not a month"))
    }
}
