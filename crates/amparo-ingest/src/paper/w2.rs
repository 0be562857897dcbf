//! Form W-2, Wage and Tax Statement: what an employer reported of a year.
//!
//! Boxes 1, 3 and 5 are records of earnings; the employee's name, last four digits and address are records
//! of their own. A page often holds two or four copies: they are one statement. A blank form has no amount,
//! so it gives nothing. Box 7 and the boxes of withheld tax are in the page's text.

use super::boxes::{Addressed, Boxes, Found, Label, addressed};
use super::money::{employer_id, ssn_last4};
use super::sheet::{Row, Sheet, around, region};
use super::typed::Form;
use amparo_model::{Draft, Kind, Region};

pub const FORM: Form = Form { name: "w2", marks: &["w-2", "formw-2", "wages", "1wages"], machine_read: false, read };

const LABELS: &[Label] = &[
    ("ssn", &["aemployee", "aemployeessocialsecurity", "employeessocialsecurity", "employeessocsec", "employeesssn", "employeessn", "asocialsecuritynumber"]),
    ("ein", &["bemployer", "employeridentificationnumber", "employersidentificationnumber", "employersfedid", "employersfederalid", "employeridnumber", "employersidnumber"]),
    ("employer", &["cemployer", "employersnameaddress", "employersname"]),
    ("control", &["dcontrol", "controlnumber"]),
    ("employee", &["eemployee", "efemployee", "employeesnameaddress", "employeesname", "employeesfirstname"]),
    ("last_name", &["lastname"]),
    ("suffix", &["suff"]),
    ("address", &["femployee", "employeesaddress"]),
    ("1", &["1wagestips", "1wages"]),
    ("2", &["2federal", "2fedincome", "2fed"]),
    ("3", &["3socialsecuritywages", "3socialsecurity", "3socsec", "3sswages"]),
    ("4", &["4socialsecurity", "4socsec", "4sstax"]),
    ("5", &["5medicare"]),
    ("6", &["6medicare"]),
    ("7", &["7socialsecurity", "7socsec", "7sstips"]),
    ("8", &["8allocated"]),
    ("9", &["9verification", "9advance"]),
    ("10", &["10dependent"]),
    ("11", &["11nonqualified"]),
    ("12", &["12a", "12asee", "12see", "12b", "12c", "12d"]),
    ("13", &["13statutory", "13stat", "13retirement"]),
    ("14", &["14other", "14"]),
    ("15", &["15state"]),
    ("16", &["16state"]),
    ("17", &["17state"]),
    ("18", &["18local"]),
    ("19", &["19local"]),
    ("20", &["20locality"]),
];

/// Rows of long labels that go on below their first line.
const PASSED: &[&str] = &["andzipcode", "addressandzipcode", "nameaddressandzipcode", "zipcode", "lastname", "lastnamesuff"];
const TITLES: &[&str] = &["w2", "wageandtaxstatement", "wageandtax"];

fn read(sheet: &Sheet<'_>) -> Vec<Draft> {
    let boxes = Boxes::new(sheet, &[LABELS]);
    let anchors = boxes.all("1");
    (0..anchors.len().min(8)).flat_map(|copy| statement(&boxes, &anchors, copy)).collect()
}

fn statement(boxes: &Boxes<'_, '_>, anchors: &[Found], copy: usize) -> Vec<Draft> {
    let label = |key: &str| boxes.of_copy(key, anchors, copy);
    let amounts: Vec<(&'static str, i64, Region)> = [("1", "w2_box1"), ("3", "w2_box3"), ("5", "w2_box5")]
        .into_iter()
        .filter_map(|(key, basis)| label(key).and_then(|l| boxes.amount(l)).map(|(cents, at)| (basis, cents, at)))
        .filter(|(_, cents, _)| *cents >= 0)
        .collect();
    // A form that bears no other of the W-2's boxes is another paper that has "1 Wages".
    let known = ["ein", "ssn", "2", "3", "4", "5", "6"].iter().filter(|key| label(key).is_some()).count();
    if amounts.is_empty() || known < 3 {
        return Vec::new();
    }
    let whole = ["ssn", "ein", "employer", "1", "3", "5", "15"].iter().filter_map(|key| label(key)).map(|l| l.at).reduce(Region::around).unwrap_or(Region::WHOLE);
    let year = boxes.year(whole, TITLES);
    let ein = label("ein").and_then(|l| boxes.word(l, employer_id));
    let employer = label("employer").map(|l| addressed(&boxes.cell(l), PASSED)).unwrap_or_default();
    let mut out = Vec::new();
    for (basis, cents, at) in amounts {
        let at = [ein.as_ref().map(|e| e.1), year.map(|y| y.1)].into_iter().flatten().fold(at, Region::around);
        let at = employer.name_words.iter().map(|w| region(w)).fold(at, Region::around);
        out.push(
            boxes
                .draft(Kind::Earnings, at, basis)
                .with("employer", employer.name.as_str())
                .with("employer_id", ein.as_ref().map(|e| e.0.clone()))
                .with("year", year.map(|y| y.0))
                .with("amount_cents", cents)
                .with("currency", "USD")
                .with("basis", basis),
        );
    }
    out.extend(person(boxes, &label));
    out
}

fn person(boxes: &Boxes<'_, '_>, label: &dyn Fn(&str) -> Option<Found>) -> Vec<Draft> {
    let ssn = label("ssn").and_then(|l| boxes.word(l, ssn_last4));
    let Some(at) = label("employee") else { return Vec::new() };
    let rows = boxes.cell_wide(at, &["last_name", "suffix", "address"]);
    let rows: Vec<Row<'_>> = rows.into_iter().filter(|r| r.words.iter().any(|w| w.at[1] + w.at[3] / 2 >= at.at.y + at.at.h)).collect();
    let Addressed { name, lines, name_words, address_words } = addressed(&rows, PASSED);
    if !name.chars().any(char::is_alphabetic) {
        return Vec::new();
    }
    let split = label("last_name").map(|l| l.at.x.saturating_sub(15_000));
    let (given, family): (Vec<_>, Vec<_>) = name_words.iter().partition(|w| split.is_none_or(|x| w.at[0] < x));
    let text = |words: &[&&amparo_model::reading::Word]| words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    let (given, family) = (text(&given), text(&family));
    let parted = !given.is_empty() && !family.is_empty();
    let stands = ssn.as_ref().map_or(around(name_words.iter().copied()), |s| around(name_words.iter().copied()).around(s.1));
    let identity = boxes
        .draft(Kind::Identity, stands, "")
        .with("name", name.as_str())
        .with("given_names", if parted { given.as_str() } else { "" })
        .with("surname", if parted { family.as_str() } else { "" })
        .with("ssn_last4", ssn.map(|s| s.0));
    let lived = Addressed { name, lines, name_words, address_words };
    [Some(identity), lived.address(boxes, "")].into_iter().flatten().collect()
}
