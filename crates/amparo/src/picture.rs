//! The picture behind a record: its page with the rectangle, drawn in the reading process.

use crate::gather::{Taken, held};
use crate::reading::Workers;
use crate::speech::Speech;
use amparo_analysis::written;
use amparo_model::{Kind, Place, Record, Region, Spot};
use amparo_office::access::{Shown, Visible};
use amparo_office::{Exit, Look, OpenCase, Problem, Result, why};

/// Pixels across a shown page: Letter at 150 dots an inch.
pub const WIDTH: u32 = 1_275;

/// What is to be drawn: fetched under the look, drawn when nobody else waits for the case.
pub struct Picture {
    /// The paper itself; absent where only what was read may be shown.
    paper: Option<(Taken, Place)>,
    /// What was read and may be shown, line by line, and the line that is framed.
    facts: String,
    line: u64,
    /// What is marked of a page, in place of the whole place.
    marks: Vec<Region>,
    /// What is marked of a line: of each list, the first that stands there.
    values: Vec<Vec<String>>,
    /// The part of the page that is kept.
    part: Region,
}

impl Picture {
    /// The place a record comes from.
    pub fn of(case: &OpenCase, look: &Look, record: &Record, shown: &Visible<Shown>, speech: Speech) -> Result<Picture> {
        let facts = fields_as_lines(speech, shown);
        // A line of a telephone's file stands among other people's lines: without a reason only what may be shown is drawn.
        let among_others = matches!(record.kind, Kind::Call | Kind::Message | Kind::Contact | Kind::Deposit);
        if !look.unmasked && (shown.get().masked || among_others) {
            return Ok(Picture { paper: None, facts, line: 1, marks: Vec::new(), values: Vec::new(), part: Region::WHOLE });
        }
        let mut picture = Picture::of_page(case, look, record.provenance.giving, &record.provenance.place)?;
        picture.facts = facts;
        Ok(picture)
    }

    /// A place of a paper, whatever was read there.
    pub fn of_page(case: &OpenCase, look: &Look, giving: u64, place: &Place) -> Result<Picture> {
        let (name, _, mut body) = case.fetch(look, giving)?;
        let paper = Some((held(name, &mut body)?, place.clone()));
        Ok(Picture { paper, facts: String::new(), line: 1, marks: Vec::new(), values: Vec::new(), part: Region::WHOLE })
    }

    /// The values of these fields marked, where they can be found; else the place they stand at stays marked.
    pub fn marking(mut self, case: &OpenCase, look: &Look, record: &Record, fields: &[&str], speech: Speech) -> Result<Picture> {
        let disputed = || record.kind.fields().iter().filter(|s| fields.contains(&s.name));
        self.values = disputed().filter_map(|s| Some(written::written(s.name, record.fields.get(s.name)?))).flatten().collect();
        if let Some(spec) = disputed().find(|s| record.fields.contains_key(s.name)) {
            let named = format!("{}: ", speech.term("field", spec.name));
            self.line = self.facts.lines().zip(1..).find(|(line, _)| line.starts_with(&named)).map_or(1, |(_, n)| n);
        }
        if let (Some((_, place)), Spot::Page { page, region }) = (&self.paper, record.provenance.place.spot) {
            let text = case.page_text(look, record.provenance.giving, &place.inside, page)?;
            let words = text.map(|t| t.words).unwrap_or_default();
            self.marks = self.values.iter().filter_map(|forms| written::place_of(&words, region, forms)).collect();
        }
        Ok(self)
    }

    /// This part of the page only.
    pub fn cut(mut self, part: Region) -> Picture {
        self.part = part;
        self
    }

    /// As PNG: the page with the rectangle, the line framed, or what was read where neither can be drawn.
    pub fn draw(&self, workers: &Workers, width: u32, speech: Speech) -> Result<Vec<u8>> {
        let Some((paper, Place { inside, spot, .. })) = &self.paper else { return self.draw_facts(workers, width, speech) };
        let drawn = match spot {
            Spot::Page { page, region } => {
                let place = if *region == Region::WHOLE { vec![] } else { vec![*region] };
                let marks = if self.marks.is_empty() { place } else { self.marks.clone() };
                workers.page(&paper.file, &paper.name, paper.bytes, inside, *page, width, &marks, self.part)
            }
            Spot::Row(row) => workers.row(&paper.file, &paper.name, paper.bytes, inside, *row, width, &self.values),
            Spot::Whole => workers.page(&paper.file, &paper.name, paper.bytes, inside, 1, width, &[], self.part),
        };
        // A row of a database has no page: what was read stands on one.
        drawn.or_else(|_| self.draw_facts(workers, width, speech))
    }

    fn draw_facts(&self, workers: &Workers, width: u32, speech: Speech) -> Result<Vec<u8>> {
        let made = Taken::of("record.txt".to_owned(), self.facts.as_bytes()).map_err(|e| Problem::new(Exit::Store, "problem-store").with("why", why(&e)))?;
        workers
            .row(&made.file, &made.name, made.bytes, "", self.line, width, &[])
            .map_err(|e| Problem::new(Exit::No, "problem-page").with("why", speech.term("reason", e.reason())))
    }
}

fn fields_as_lines(speech: Speech, shown: &Visible<Shown>) -> String {
    let Shown { record, number_masked, .. } = shown.get();
    let mut lines = vec![format!("{}: {}", speech.term("kind", record.kind.as_str()), speech.source(&record.provenance))];
    let fields = record.kind.fields().iter().filter_map(|s| record.fields.get(s.name).map(|v| format!("{}: {}", speech.term("field", s.name), speech.value(s, v))));
    lines.extend(fields);
    lines.extend(number_masked.as_ref().map(|n| format!("{}: {n}", speech.term("field", "number"))));
    lines.join("\n")
}
