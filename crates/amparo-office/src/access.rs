//! Who may do what, and what of it is shown: third persons stay masked until somebody gives a reason.
//!
//! [`reduce`] is the only maker of [`Visible`]: what a door prints has passed through here.

use crate::problem::{Exit, Problem, Result};
use amparo_model::file_name;
use amparo_model::numbers::mask_number;
use amparo_model::record::{Fields, Veil};
use amparo_model::{Giving, Kind, Provenance, Record, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What a member is about to do. The key decides who can read; this decides who may.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Look at a case one has the grant of.
    Look,
    /// Take papers in, say whose they are, read them again.
    Receive,
    /// Settle a finding, correct a record, close or name a case.
    Decide,
    /// Set what only a representative sets: authorized, complete.
    Set,
    /// Open a new case.
    Begin,
    /// Withdraw a paper, ask for or carry out a shredding.
    Forget,
    /// Forbid forgetting, or allow it again.
    Hold,
    /// Hand a case over, or take one in.
    HandOver,
    /// Grant and revoke access to a case.
    Grant,
    /// Add and remove members.
    Manage,
    /// Write a backup.
    Backup,
}

/// Which roles may do what. An administrator of a small office is often its representative, so may do all.
const MAY: &[(&str, &[Action])] = {
    use Action::*;
    &[
        ("admin", &[Look, Receive, Decide, Set, Begin, Forget, Hold, HandOver, Grant, Manage, Backup]),
        ("representative", &[Look, Receive, Decide, Set, Begin, Forget, Hold, HandOver, Grant, Backup]),
        ("paralegal", &[Look, Receive, Decide, Begin, Forget, Hold, HandOver, Backup]),
        ("volunteer", &[Look, Receive]),
    ]
};

/// The roles a member can have.
pub fn roles() -> impl Iterator<Item = &'static str> {
    MAY.iter().map(|(role, _)| *role)
}

/// Whether a member of this role may do it.
pub fn decide(role: &str, action: Action) -> Result<()> {
    match MAY.iter().find(|(name, _)| *name == role).is_some_and(|(_, may)| may.contains(&action)) {
        true => Ok(()),
        false => Err(Problem::new(Exit::NotAllowed, "problem-not-allowed")),
    }
}

/// Something that may be shown as it is.
#[derive(Clone, Debug)]
pub struct Visible<T>(T);

impl<T> Visible<T> {
    pub fn get(&self) -> &T {
        &self.0
    }
}

/// What the case knows of its own people, for telling them from third persons.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// E.164 numbers of the parties' own lines.
    pub numbers: BTreeSet<String>,
    /// Employers that are persons, as written.
    pub household_employers: BTreeSet<String>,
    /// The reader gave a reason to see third persons.
    pub unmasked: bool,
}

impl Own {
    /// Whether a number belongs to nobody who must be hidden: a party's line, a service's short code, or no number at all.
    pub fn may_show(&self, number: Option<&str>, raw: Option<&str>) -> bool {
        if self.unmasked {
            return true;
        }
        match number {
            Some(number) => self.numbers.contains(number),
            None => raw.is_none_or(|raw| raw.chars().filter(char::is_ascii_digit).count() <= 6 && !raw.contains('@') && !raw.chars().any(char::is_alphabetic) || is_no_number(raw)),
        }
    }

    /// A third person's number or name as a sentence may show it.
    pub fn third(&self, text: &str) -> String {
        if self.unmasked || self.numbers.contains(text) {
            text.to_owned()
        } else if text.bytes().any(|b| b.is_ascii_digit()) {
            mask_number(text)
        } else {
            "...".to_owned()
        }
    }
}

/// Words that carriers and phones print where there is no number.
fn is_no_number(raw: &str) -> bool {
    matches!(
        raw.trim().to_lowercase().as_str(),
        "unavailable" | "unknown" | "private" | "restricted" | "blocked" | "anonymous" | "-1" | "-2" | "-3" | "incoming" | "voicemail" | "desconocido" | "privado"
    )
}

/// A record with what may be shown of it.
#[derive(Clone, Debug)]
pub struct Shown {
    pub record: Record,
    pub masked: bool,
    pub number_masked: Option<String>,
}

/// Hides what belongs to third persons.
pub fn reduce(record: &Record, own: &Own) -> Visible<Shown> {
    let mut shown = Shown { record: record.clone(), masked: false, number_masked: None };
    if !own.unmasked {
        nameless(&mut shown.record.provenance);
        shown.record.also.iter_mut().for_each(|(_, provenance)| nameless(provenance));
    }
    if own.unmasked || !hides(record, own) {
        return Visible(shown);
    }
    let mut kept = Fields::new();
    for (name, value) in &record.fields {
        let veil = record.kind.field(name).map_or(Veil::Hidden, |spec| spec.veil);
        match veil {
            Veil::None => {
                kept.insert(name, value.clone());
                continue;
            }
            Veil::Number => {
                // E.164 comes first in the map's order, so it wins over the raw text.
                shown.number_masked.get_or_insert_with(|| mask_number(&value.to_text()));
            }
            Veil::Hidden | Veil::Household => {}
        }
        shown.masked = true;
    }
    shown.record.fields = kept;
    Visible(shown)
}

/// A file that is named after a third person is shown without that name.
fn nameless(provenance: &mut Provenance) {
    hide(&mut provenance.name);
    hide(&mut provenance.place.inside);
}

/// A giving as it may be shown: files that are named after a third person without that name.
pub fn without_names(giving: &mut Giving) {
    for name in [&mut giving.given.name, &mut giving.given.path].into_iter().chain(giving.given.companions.iter_mut().map(|c| &mut c.name)) {
        hide(name);
    }
    for inside in &mut giving.reading.inside {
        hide(&mut inside.path);
    }
    // Whose a file inside is stays found under the name that is shown.
    giving.inside_subjects = std::mem::take(&mut giving.inside_subjects)
        .into_iter()
        .map(|(mut path, subject)| {
            hide(&mut path);
            (path, subject)
        })
        .collect();
}

fn hide(name: &mut String) {
    if let Cow::Owned(masked) = file_name::masked(name) {
        *name = masked;
    }
}

fn hides(record: &Record, own: &Own) -> bool {
    match record.kind {
        Kind::Call => !own.may_show(record.text("number"), record.text("number_raw")),
        Kind::Message => match record.fields.get("participants") {
            Some(Value::Texts(all)) => !all.iter().all(|p| own.numbers.contains(p)),
            _ => {
                let nameless = record.text("number").is_none() && record.text("number_raw").is_none();
                (nameless && record.text("name").is_some()) || !own.may_show(record.text("number"), record.text("number_raw"))
            }
        },
        Kind::Contact => match record.fields.get("numbers") {
            Some(Value::Texts(all)) => !all.iter().any(|n| own.numbers.contains(n)),
            _ => true,
        },
        Kind::Job => record.flag("household_employer") == Some(true),
        Kind::Pay | Kind::Earnings => record.text("employer").is_some_and(|e| own.household_employers.contains(e)),
        Kind::Deposit => record.text("payer_raw").is_some_and(|payer| !looks_like_company(payer)),
        _ => false,
    }
}

/// A payer that is plainly not a natural person. What is not plain counts as one.
fn looks_like_company(payer: &str) -> bool {
    const MARKS: &[&str] =
        &["llc", "inc", "corp", "co", "ltd", "company", "bank", "payroll", "dept", "department", "treasury", "university", "county", "state", "city", "services", "sa"];
    payer.split(|c: char| !c.is_alphanumeric()).any(|word| MARKS.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::{Certainty, Draft, Place, Provenance, RecordId, Sha256};

    fn record(draft: Draft) -> Record {
        Record {
            id: RecordId([1; 16]),
            kind: draft.kind,
            subject: None,
            provenance: Provenance { original: Sha256([2; 32]), name: "x".into(), place: draft.place, reader: "r@1".into(), giving: 3 },
            also: vec![],
            certainty: Certainty::Stated,
            confidence: None,
            by: None,
            because: vec![],
            fields: draft.fields,
        }
    }

    fn own() -> Own {
        Own { numbers: BTreeSet::from(["+14155550001".to_owned()]), household_employers: BTreeSet::from(["Mrs. Alden".to_owned()]), unmasked: false }
    }

    fn fields(draft: Draft, own: &Own) -> (bool, Option<String>, Vec<&'static str>) {
        let shown = reduce(&record(draft), own);
        let names = shown.get().record.fields.keys().copied().collect();
        (shown.get().masked, shown.get().number_masked.clone(), names)
    }

    #[test]
    fn a_volunteer_takes_papers_in_and_forgets_nothing() {
        for (role, action, may) in [
            ("volunteer", Action::Receive, true),
            ("volunteer", Action::Forget, false),
            ("volunteer", Action::HandOver, false),
            ("paralegal", Action::Set, false),
            ("representative", Action::Set, true),
            ("representative", Action::Manage, false),
            ("admin", Action::Manage, true),
            ("nobody", Action::Look, false),
        ] {
            assert_eq!(decide(role, action).is_ok(), may, "{role} {action:?}");
        }
    }

    #[test]
    fn a_third_persons_call_shows_a_masked_number_only() {
        let call = Draft::new(Kind::Call, Place::row(1)).with("number", "+14155552671").with("number_raw", "415-555-2671").with("name", "Luz").with("duration_s", 60);
        assert_eq!(fields(call.clone(), &own()), (true, Some("+1 415 ... 71".into()), vec!["duration_s"]));
        let open = Own { unmasked: true, ..own() };
        assert_eq!(fields(call, &open).2.len(), 4);
    }

    #[test]
    fn a_partys_own_number_a_short_code_and_no_number_are_not_third_persons() {
        for call in [
            Draft::new(Kind::Call, Place::row(1)).with("number", "+14155550001"),
            Draft::new(Kind::Call, Place::row(1)).with("number_raw", "611"),
            Draft::new(Kind::Call, Place::row(1)).with("number_raw", "Unavailable"),
        ] {
            assert!(!fields(call, &own()).0);
        }
    }

    #[test]
    fn messages_groups_contacts_and_household_employers_are_veiled() {
        for draft in [
            Draft::new(Kind::Message, Place::row(1)).with("name", "Luz").with("text", "hola"),
            Draft::new(Kind::Message, Place::row(1)).with("participants", vec!["+14155550001".to_owned(), "+14155552671".to_owned()]).with("text", "hola"),
            Draft::new(Kind::Contact, Place::row(1)).with("name", "Luz"),
            Draft::new(Kind::Job, Place::row(1)).with("employer", "Mrs. Alden").with("household_employer", true),
            Draft::new(Kind::Pay, Place::row(1)).with("employer", "Mrs. Alden"),
            Draft::new(Kind::Deposit, Place::row(1)).with("payer_raw", "MARTHA ALDEN"),
        ] {
            let (masked, _, names) = fields(draft, &own());
            assert!(masked && !names.iter().any(|n| ["name", "text", "employer", "payer_raw", "participants"].contains(n)), "{names:?}");
        }
        assert!(!fields(Draft::new(Kind::Deposit, Place::row(1)).with("payer_raw", "SOL BAKERY LLC PAYROLL"), &own()).0);
    }
}
