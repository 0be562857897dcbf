//! Typed records of a page's words and form fields: each recogniser knows one kind of paper.
//!
//! A page's text is kept whatever it is. Beside it, a page that one of [`FORMS`] knows gives typed records.
//! A recogniser is asked only where one of its marks stands on the page, so that a thousand pages of prose
//! cost next to nothing, and it gives nothing rather than a guess: a blank form, or a page that merely
//! speaks of such a form, has no records.

use super::sheet::{Field, Sheet};
use amparo_model::reading::PageText;
use amparo_model::record::Fields;
use amparo_model::{Draft, Kind};
use std::collections::HashMap;

/// A recogniser of one kind of paper.
///
/// To add one: a file with `pub const FORM: Form`, and a line in [`FORMS`].
pub struct Form {
    /// The paper's name, for tests and for the reader of this list.
    pub name: &'static str,
    /// A page is looked at where a word begins with one of these and no letter or digit follows, upper or lower case (ASCII).
    /// `<` stands for any word that holds two of that sign together. Whatever the marks, a page without any number
    /// of four digits or more (a year, an amount) is no form that was filled.
    pub marks: &'static [&'static str],
    /// Whether machine-read pages are looked at too. Only for papers that carry their own proof (check digits):
    /// elsewhere a misread digit would be a wrong record.
    pub machine_read: bool,
    /// What the page gives. Records stand in the rectangle of the words they came from ([`Sheet::draft`]).
    pub read: fn(&Sheet<'_>) -> Vec<Draft>,
}

/// Every recogniser, by name.
pub const FORMS: &[Form] =
    &[super::form_1099::FORM, crate::immigration::i94::FORM, crate::immigration::mrz::FORM, super::pay::FORM, crate::immigration::uscis_status::FORM, super::w2::FORM];

/// Records of one file that later ones are compared with.
const MOST_REMEMBERED: usize = 4_096;

/// The recognisers at work on the pages of one file, one page at a time and in order.
pub struct Typed {
    forms: &'static [Form],
    /// First letters of the marks, so that most words are passed over at a glance.
    first: [bool; 256],
    /// What earlier pages gave: copies of one statement in a file are one record, at the first copy's place.
    /// Bounded, so that a file of nothing but statements is compared with the first ones only.
    given: Vec<(Kind, Fields)>,
}

impl Typed {
    pub fn new() -> Typed {
        Typed::with(FORMS)
    }

    fn with(forms: &'static [Form]) -> Typed {
        let mut first = [false; 256];
        for byte in forms.iter().flat_map(|f| f.marks).filter_map(|m| m.bytes().next()) {
            first[usize::from(byte.to_ascii_lowercase())] = true;
            first[usize::from(byte.to_ascii_uppercase())] = true;
        }
        Typed { forms, first, given: Vec::new() }
    }

    /// The typed records of this page that no earlier page of the file gave.
    pub fn of(&mut self, page: &PageText, fields: &[Field]) -> Vec<Draft> {
        if !page.words.iter().any(|w| w.text.bytes().filter(u8::is_ascii_digit).count() >= 4) {
            return Vec::new();
        }
        let mut known = vec![false; self.forms.len()];
        for word in &page.words {
            let Some(letter) = word.text.bytes().next() else { continue };
            let arrow = self.first[usize::from(b'<')] && word.text.contains("<<");
            if !self.first[usize::from(letter)] && !arrow {
                continue;
            }
            for (form, known) in self.forms.iter().zip(&mut known) {
                *known = *known || form.marks.iter().any(|mark| if *mark == "<" { arrow } else { begins(&word.text, mark) });
            }
        }
        let mut drafts: Vec<Draft> = Vec::new();
        for (form, known) in self.forms.iter().zip(known) {
            if !known || (page.machine_read && !form.machine_read) {
                continue;
            }
            // A page that breaks a recogniser is still a page.
            let sheet = Sheet::new(page, fields);
            let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (form.read)(&sheet))).unwrap_or_default();
            drafts.extend(read.into_iter().filter(|draft| draft.check().is_ok() && !draft.fields.is_empty()));
        }
        self.without_copies(drafts)
    }

    /// Drafts that say no more than another one of the file are copies of it.
    fn without_copies(&mut self, drafts: Vec<Draft>) -> Vec<Draft> {
        let mut kept: Vec<Draft> = Vec::new();
        for draft in drafts {
            let earlier = self.given.iter().any(|(kind, fields)| *kind == draft.kind && within(&draft.fields, fields));
            if earlier || kept.iter().any(|k| k.kind == draft.kind && within(&draft.fields, &k.fields)) {
                continue;
            }
            kept.retain(|k| k.kind != draft.kind || !within(&k.fields, &draft.fields));
            kept.push(draft);
        }
        let mut times: HashMap<(Kind, String), u32> = HashMap::new();
        for draft in &mut kept {
            // One page, one kind, one field name: one record (its id is made of these).
            let times = times.entry((draft.kind, draft.place.field.clone())).or_default();
            *times += 1;
            if *times > 1 {
                draft.place.field = format!("{}#{times}", draft.place.field);
            }
            if self.given.len() < MOST_REMEMBERED {
                self.given.push((draft.kind, draft.fields.clone()));
            }
        }
        kept
    }
}

/// Whether the fuller record says all that the other one says.
fn within(fields: &Fields, fuller: &Fields) -> bool {
    fields.iter().all(|(name, value)| fuller.get(name) == Some(value))
}

impl Default for Typed {
    fn default() -> Typed {
        Typed::new()
    }
}

fn begins(word: &str, mark: &str) -> bool {
    word.as_bytes().get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark.as_bytes())) && !word.as_bytes().get(mark.len()).is_some_and(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::Region;
    use amparo_model::reading::Word;

    fn every_word_is_an_event(sheet: &Sheet<'_>) -> Vec<Draft> {
        sheet.page.words.iter().map(|w| sheet.draft(Kind::Event, Region::WHOLE, "").with("text", w.text.as_str())).collect()
    }
    const TEST: &[Form] = &[Form { name: "test", marks: &["w-2"], machine_read: false, read: every_word_is_an_event }];

    fn page(number: u32, text: &str) -> PageText {
        let words = text.split(' ').map(|t| Word { text: t.into(), at: [0, 0, 1, 1], confidence: None, line: false }).collect();
        PageText { inside: String::new(), page: number, machine_read: false, words }
    }

    #[test]
    fn copies_are_one_record_and_each_record_has_a_name_of_its_own() {
        let mut typed = Typed::with(TEST);
        assert!(typed.of(&page(1, "W2 forms 2019"), &[]).is_empty());
        let first = typed.of(&page(2, "Form W-2 2019"), &[]);
        assert_eq!(first.iter().map(|d| d.place.field.as_str()).collect::<Vec<_>>(), ["", "#2", "#3"]);
        assert!(typed.of(&page(3, "Form w-2 2019"), &[]).iter().all(|d| d.fields["text"].to_text() == "w-2"));
        let machine = PageText { machine_read: true, ..page(4, "W-2 new words 2019") };
        assert!(typed.of(&machine, &[]).is_empty());
    }

    /// Every paper of the fixtures gives exactly what stands beside it; `UPDATE=1` writes what it gives now.
    #[test]
    fn papers_give_what_is_expected_of_them() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let mut seen = 0;
        for kind in ["pay", "tax"] {
            let mut cases: Vec<_> = std::fs::read_dir(root.join(kind)).expect("fixtures").map(|e| e.expect("a case").path()).collect();
            cases.sort();
            for case in cases {
                let bytes = std::fs::read(case.join("input.pdf")).expect("a paper");
                let (report, heard) = crate::testing::hear("paper.pdf", &bytes);
                assert_eq!(report.records, (heard.drafts.len() + heard.pages.len()) as u64, "{case:?}");
                let got: String =
                    report.covers.iter().map(|c| format!("covers {:?} to {:?}\n", c.from, c.to)).chain(heard.drafts.iter().map(|d| format!("{}\n", line(d)))).collect();
                let expected = case.join("expected.txt");
                if std::env::var_os("UPDATE").is_some() {
                    std::fs::write(&expected, &got).expect("written");
                }
                assert_eq!(got, std::fs::read_to_string(&expected).unwrap_or_default(), "{case:?}");
                seen += 1;
            }
        }
        assert!(seen > 20);
    }

    fn line(draft: &Draft) -> String {
        let at = match draft.place.spot {
            amparo_model::Spot::Page { page, region } => format!("page {page} at {:?}", region.fractions().map(|f| (f * 100.0).round() as u32)),
            _ => "nowhere".into(),
        };
        let fields: Vec<String> = draft.fields.iter().map(|(n, v)| format!("{n}={}", v.to_text())).collect();
        format!("{} [{}] {at}: {}", draft.kind, draft.place.field, fields.join(" | "))
    }
}
