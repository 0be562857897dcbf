//! Immigration history: travel, admissions, cases and travel documents, from what agencies and passports print.
//!
//! A pasted text, a saved web page and a page of a PDF all come down to lines with places
//! ([`lines::Line`]); what a line says is asked of it once, here, whatever it was written on. Pages come
//! through the list of [`crate::paper::typed`].

pub(crate) mod countries;
pub(crate) mod dates;
pub mod i94;
pub(crate) mod lines;
pub mod mrz;
pub(crate) mod ports;
pub mod uscis_status;

use crate::paper::sheet::Sheet;
use crate::{File, Head, Sink, Stop, Sure};
use amparo_model::{Covers, CoversWhy, Draft, Edtf, Place, Region, Reject, Report, State, Value};
use lines::Line;
use std::io::{Read, SeekFrom};

/// The readers of this floor.
pub const READERS: &[crate::Reader] = &[i94::HISTORY, i94::PAGE, mrz::READER, uscis_status::READER, uscis_status::PAGE];

/// Larger texts than this are nobody's travel history.
const MOST_BYTES: u64 = 16 << 20;
/// More lines of text than any of these sources has.
const MOST_LINES: usize = 200_000;
/// About how many drafts or rejects one batch holds.
const BATCH: usize = 1_000;

/// What was made of some lines: each line that is in none of these lists said nothing of its own.
#[derive(Default)]
pub(crate) struct Found {
    pub drafts: Vec<Draft>,
    /// Lines that became part of a record, by number.
    pub read: Vec<usize>,
    /// Lines that are headings of what was found.
    pub headings: Vec<usize>,
    pub rejects: Vec<(usize, &'static str)>,
}

impl Found {
    fn add(&mut self, other: Found) {
        self.drafts.extend(other.drafts);
        self.read.extend(other.read);
        self.headings.extend(other.headings);
        self.rejects.extend(other.rejects);
    }
}

/// Everything of this floor that some lines say.
pub(crate) fn found(lines: &[Line], machine_read: bool) -> Found {
    let mut all = i94::history(lines);
    all.add(i94::admission(lines));
    all.add(mrz::zones(lines, machine_read));
    all.add(uscis_status::statuses(lines));
    all
}

/// A page's lines: as they stand across the page, which is right for a form, or else in the order of reading.
fn page_drafts(sheet: &Sheet<'_>, ask: impl Fn(&[Line]) -> Found) -> Vec<Draft> {
    let across = ask(&lines::across(sheet)).drafts;
    let mut drafts = if across.is_empty() { ask(&lines::of_page(sheet.page)).drafts } else { across };
    for draft in &mut drafts {
        let confidence = draft.confidence.take().or(sheet.page.confidence()).unwrap_or(0);
        if sheet.page.machine_read {
            *draft = draft.clone().read_with(confidence);
        }
    }
    drafts
}

/// How much of a file's beginning each reader of lines claims: lines that count, of how many that are not blank.
struct Claim {
    found: Found,
    filled: usize,
}

/// What the first lines say; `None` where the file is no text.
fn claim(head: &Head<'_>) -> Option<Claim> {
    let text = crate::phone::text::head(head.first);
    if text.chars().take(4_096).any(|c| c.is_control() && !c.is_whitespace()) || text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let lines = lines::of_text(&text);
    let filled = lines.iter().filter(|l| !l.text.trim().is_empty()).count();
    Some(Claim { found: found(&lines, false), filled })
}

/// Yes where most of a file is of this kind, and not where a line of it is by chance.
fn share(lines: usize, filled: usize) -> Sure {
    match lines {
        0 => Sure::No,
        _ if lines * 2 >= filled => Sure::Yes,
        _ if lines * 5 >= filled => Sure::Likely,
        _ => Sure::Perhaps,
    }
}

/// A file of lines while it is counted. A unit is a line.
pub(crate) struct Count {
    pub report: Report,
    inside: String,
    drafts: Vec<Draft>,
    rejects: Vec<Reject>,
}

impl Count {
    pub fn new(reader: &crate::Reader, inside: &str) -> Count {
        let report = Report::reading(reader.name, &format!("{}@{}", reader.name, reader.version));
        Count { report, inside: inside.to_owned(), drafts: Vec::new(), rejects: Vec::new() }
    }

    pub fn read(&mut self) {
        self.report.units += 1;
        self.report.units_read += 1;
    }

    pub fn furniture(&mut self) {
        self.report.units += 1;
        self.report.furniture += 1;
    }

    pub fn reject(&mut self, place: Place, reason: &str, text: &str) {
        self.report.units += 1;
        self.report.rejects += 1;
        self.rejects.push(Reject::new(place.inside(&self.inside), reason, text));
    }

    /// A record; its lines are counted by the other functions.
    pub fn record(&mut self, mut draft: Draft) {
        draft.place.inside.clone_from(&self.inside);
        self.report.records += 1;
        self.drafts.push(draft);
    }

    pub fn partly(&mut self, reason: &str) {
        self.report.state = State::PartlyRead;
        self.report.reason.get_or_insert_with(|| reason.to_owned());
    }

    /// The file reaches from the first to the last day that these fields say.
    pub fn covers(&mut self, field: &str) {
        let dates = || {
            self.drafts.iter().filter_map(|d| match d.fields.get(field) {
                Some(Value::Edtf(e)) => Some(e),
                _ => None,
            })
        };
        let from = dates().filter_map(Edtf::earliest).min().map(Edtf::day);
        let to = dates().filter_map(Edtf::latest).max().map(Edtf::day);
        if from.is_some() || to.is_some() {
            self.report.covers = Some(Covers { from, to, why: CoversWhy::FirstRecord });
        }
    }

    pub fn finish(mut self, sink: &mut dyn Sink) -> Result<Report, Stop> {
        if self.report.rejects > 0 {
            self.partly("some-rows-rejected");
        }
        let (drafts, rejects) = (&mut self.drafts, &mut self.rejects);
        while !drafts.is_empty() {
            sink.drafts(drafts.drain(..drafts.len().min(BATCH)).collect())?;
        }
        while !rejects.is_empty() {
            sink.rejects(rejects.drain(..rejects.len().min(BATCH)).collect())?;
        }
        Ok(self.report)
    }
}

/// Reads a file of lines for whichever reader claimed it: what else stands in it is read too.
fn read_lines(reader: &crate::Reader, file: &mut File<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    let bytes = match slurp(file) {
        Ok(bytes) => bytes,
        Err(reason) => return Ok(Report::unread(reader.name, State::Unread, reason)),
    };
    let lines = lines::of_bytes(&bytes);
    if lines.len() > MOST_LINES {
        return Ok(Report::unread(reader.name, State::Unread, "file-too-large"));
    }
    let found = found(&lines, false);
    let mut count = Count::new(reader, &file.inside);
    let mut state: Vec<Option<&str>> = vec![None; lines.len()];
    for n in found.read.iter().chain(&found.headings) {
        state[*n] = Some("");
    }
    for (n, reason) in &found.rejects {
        state[*n] = Some(reason);
    }
    let headings = &found.headings;
    for (n, line) in lines.iter().enumerate() {
        match state[n] {
            Some("") if headings.contains(&n) => count.furniture(),
            Some("") => count.read(),
            Some(reason) => count.reject(line.place.clone(), reason, &line.text),
            None if is_furniture(&line.text) => count.furniture(),
            None => count.reject(line.place.clone(), "line-not-understood", &line.text),
        }
    }
    for draft in found.drafts {
        count.record(draft);
    }
    count.covers("on");
    count.finish(sink)
}

fn slurp(file: &mut File<'_>) -> Result<Vec<u8>, &'static str> {
    if file.bytes > MOST_BYTES {
        return Err("file-too-large");
    }
    let mut bytes = Vec::new();
    file.body.seek(SeekFrom::Start(0)).map_err(|_| "cannot-read-bytes")?;
    (&mut *file.body).take(MOST_BYTES).read_to_end(&mut bytes).map_err(|_| "cannot-read-bytes")?;
    Ok(bytes)
}

/// A blank line, a rule, or a short line without a figure: a heading.
fn is_furniture(text: &str) -> bool {
    // The form's own number is a word.
    let figures = fold(text).replace("i 94", "").replace("i94", "").replace("i 95", "").chars().any(|c| c.is_ascii_digit());
    !text.chars().any(char::is_alphanumeric) || (!figures && text.trim().chars().count() <= 80) || i94::is_boilerplate(text)
}

/// The rectangle around several lines of a page; in a text, the first line's row.
fn around(lines: &[&Line]) -> Place {
    let mut place = lines.first().map(|l| l.place.clone()).unwrap_or_default();
    if let amparo_model::record::Spot::Page { page, region } = place.spot {
        let all = lines.iter().filter_map(|l| match l.place.spot {
            amparo_model::record::Spot::Page { region, .. } => Some(region),
            _ => None,
        });
        place.spot = amparo_model::record::Spot::Page { page, region: all.fold(region, Region::around) };
    }
    place
}

/// On a page, `name`, `name_2`, ...; in a text every record has a row of its own.
fn ordinal(place: Place, name: &str, nth: usize) -> Place {
    match place.spot {
        amparo_model::record::Spot::Page { .. } if nth == 0 => place.field(name),
        amparo_model::record::Spot::Page { .. } => place.field(format!("{name}_{}", nth + 1)),
        _ => place,
    }
}

/// The mean confidence of machine-read lines.
fn confidence(lines: &[&Line]) -> Option<u8> {
    let known: Vec<u64> = lines.iter().filter_map(|l| l.confidence).map(u64::from).collect();
    (!known.is_empty()).then(|| (known.iter().sum::<u64>() / known.len() as u64) as u8)
}

/// A letter or figure in lower case without its accent; `None` for everything else.
fn plain(c: char) -> Option<char> {
    Some(match c {
        'a'..='z' | '0'..='9' => c,
        'A'..='Z' => c.to_ascii_lowercase(),
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'Í' | 'Ì' | 'Î' | 'Ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'Ú' | 'Ù' | 'Û' | 'Ü' => 'u',
        'ñ' | 'Ñ' => 'n',
        'ç' | 'Ç' => 'c',
        _ => return None,
    })
}

/// Plain lower-case words: how labels, columns and names of countries are compared.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match plain(c) {
            Some(c) => out.push(c),
            // A combining accent belongs to the letter before it.
            None if ('\u{300}'..='\u{36f}').contains(&c) => {}
            None if !out.is_empty() && !out.ends_with(' ') => out.push(' '),
            None => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hear;
    use proptest::prelude::*;

    #[test]
    fn words_are_compared_without_case_accents_and_signs() {
        assert_eq!(fold("  Número de Registro (I-94): "), "numero de registro i 94");
        assert_eq!(fold("Admisio\u{301}n"), "admision");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_fall(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            hear("x", &bytes);
        }

        #[test]
        fn lines_of_these_formats_shuffled_and_cut_still_add_up(lines in proptest::collection::vec(prop_oneof![
            Just("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"), Just("L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
            Just("1\t2019-07-15\tArrival\tMIA"), Just("2019-02-30 Departure 840"), Just("Admission (I-94) Record Number: 99900012300"),
            Just("Class of Admission:"), Just("B2"), Just(""), Just("<tr><td>July 15, 2019</td><td>Arrival</td><td>NOG</td></tr>"), Just("Admit Until Date: D/S"), Just("words 12"),
        ], 0..12), cut in 0_usize..40) {
            let text = lines.join("\n");
            let text = &text[..text.len().saturating_sub(cut)];
            let (report, heard) = hear("x.txt", text.as_bytes());
            prop_assert_eq!(heard.drafts.len() as u64, report.records);
            prop_assert_eq!(heard.rejects.len() as u64, report.rejects);
        }
    }
}
