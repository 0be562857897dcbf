//! Forms 1099 (NEC, MISC, K, G, R, INT, DIV): what a payer reported of a year.
//!
//! Each amount of a box that has one is a record of earnings whose basis names form and box, so that pay for
//! work (`1099_nec`) is never taken for interest (`1099_int_box1`). The recipient is a record of their own.

use super::boxes::{Boxes, Found, Label, addressed};
use super::money::{employer_id, ssn_last4};
use super::sheet::{Sheet, around, region};
use super::typed::Form;
use amparo_model::{Draft, Kind, Region};

pub const FORM: Form = Form { name: "1099", marks: &["1099", "form1099", "nonemployee", "1nonemployee", "payer", "filer"], machine_read: false, read };

/// One form of the family: the name on it, and its boxes of income with their basis.
struct Variant {
    /// As printed, letters and digits only.
    name: &'static str,
    /// The box by which the form is known; each copy has one.
    first: &'static str,
    income: &'static [(&'static str, &'static str)],
    labels: &'static [Label],
}

const VARIANTS: &[Variant] = &[
    Variant {
        name: "1099nec",
        first: "nec1",
        income: &[("nec1", "1099_nec")],
        labels: &[
            ("nec1", &["1nonemployeecompensation", "1nonemployee"]),
            ("2", &["2payermade"]),
            ("3", &["3excess"]),
            ("4", &["4federal"]),
            ("5", &["5statetax"]),
            ("6", &["6statepayer", "6state"]),
            ("7", &["7stateincome"]),
        ],
    },
    Variant {
        name: "1099misc",
        first: "misc1",
        income: &[
            ("misc1", "1099_misc_box1"),
            ("misc2", "1099_misc_box2"),
            ("misc3", "1099_misc_box3"),
            ("misc5", "1099_misc_box5"),
            ("misc6", "1099_misc_box6"),
            // Before 2020 pay of the self-employed stood here.
            ("misc7", "1099_misc_box7"),
        ],
        labels: &[
            ("misc1", &["1rents"]),
            ("misc2", &["2royalties"]),
            ("misc3", &["3otherincome"]),
            ("4", &["4federal"]),
            ("misc5", &["5fishing"]),
            ("misc6", &["6medical"]),
            ("misc7", &["7nonemployee"]),
            ("7", &["7payermade"]),
            ("8", &["8substitute"]),
            ("9", &["9crop", "9payermade"]),
            ("10", &["10gross", "10crop"]),
            ("11", &["11fish"]),
            ("12", &["12section"]),
            ("13", &["13excess", "13fatca"]),
            ("14", &["14nonqualified", "14gross", "14excess"]),
            ("15", &["15state", "15section", "15nonqualified"]),
            ("16", &["16state"]),
            ("17", &["17state"]),
            ("18", &["18state"]),
        ],
    },
    Variant {
        name: "1099k",
        first: "k1a",
        income: &[("k1a", "1099_k_box1a")],
        labels: &[
            ("k1a", &["1agrossamount", "1grossamount"]),
            ("1b", &["1bcard"]),
            ("2", &["2merchant"]),
            ("3", &["3number"]),
            ("4", &["4federal"]),
            ("5a", &["5ajanuary"]),
            ("5b", &["5bfebruary"]),
            ("5c", &["5cmarch"]),
            ("5d", &["5dapril"]),
            ("5e", &["5emay"]),
            ("5f", &["5fjune"]),
            ("6", &["6state"]),
            ("7", &["7state"]),
            ("8", &["8state"]),
        ],
    },
    Variant {
        name: "1099g",
        first: "g1",
        income: &[("g1", "1099_g_box1")],
        labels: &[
            ("g1", &["1unemployment"]),
            ("2", &["2stateorlocal"]),
            ("3", &["3box2"]),
            ("4", &["4federal"]),
            ("5", &["5rtaa"]),
            ("6", &["6taxable"]),
            ("7", &["7agriculture"]),
            ("8", &["8if", "8check"]),
            ("9", &["9market"]),
            ("10a", &["10astate"]),
            ("10b", &["10bstate"]),
            ("11", &["11state"]),
        ],
    },
    Variant {
        name: "1099r",
        first: "r1",
        income: &[("r1", "1099_r_box1")],
        labels: &[
            ("r1", &["1grossdistribution"]),
            ("2a", &["2ataxable"]),
            ("2b", &["2btaxable"]),
            ("3", &["3capital"]),
            ("4", &["4federal"]),
            ("5", &["5employee"]),
            ("6", &["6net"]),
            ("7", &["7distribution"]),
            ("8", &["8other"]),
            ("9a", &["9ayour"]),
            ("9b", &["9btotal"]),
            ("10", &["10amount"]),
            ("11", &["111styear", "11firstyear"]),
            ("12", &["12fatca"]),
            ("13", &["13date"]),
            ("14", &["14state"]),
            ("15", &["15state"]),
            ("16", &["16state"]),
            ("17", &["17local"]),
            ("18", &["18name"]),
            ("19", &["19local"]),
        ],
    },
    Variant {
        name: "1099int",
        first: "int1",
        income: &[("int1", "1099_int_box1")],
        labels: &[
            ("int1", &["1interest"]),
            ("2", &["2early"]),
            ("3", &["3interest"]),
            ("4", &["4federal"]),
            ("5", &["5investment"]),
            ("6", &["6foreign"]),
            ("8", &["8tax"]),
            ("7", &["7foreign"]),
            ("8b", &["8specified"]),
            ("9", &["9specified"]),
            ("10", &["10market"]),
            ("11", &["11bond"]),
            ("12", &["12bond"]),
            ("13", &["13bond"]),
            ("14", &["14tax"]),
            ("15", &["15state"]),
            ("16", &["16state"]),
            ("17", &["17state"]),
        ],
    },
    Variant {
        name: "1099div",
        first: "div1a",
        income: &[("div1a", "1099_div_box1a")],
        labels: &[
            ("div1a", &["1atotalordinary"]),
            ("1b", &["1bqualified"]),
            ("2a", &["2atotal"]),
            ("2b", &["2bunrecap"]),
            ("2c", &["2csection"]),
            ("2d", &["2dcollect"]),
            ("3", &["3nondividend"]),
            ("4", &["4federal"]),
            ("2e", &["2esection"]),
            ("2f", &["2fsection"]),
            ("5", &["5section"]),
            ("6", &["6investment"]),
            ("7", &["7foreign"]),
            ("8", &["8foreign"]),
            ("9", &["9cash"]),
            ("10", &["10noncash"]),
            ("11", &["11exempt", "11fatca"]),
            ("12", &["12specified", "12exempt"]),
            ("13", &["13state", "13specified"]),
            ("14", &["14state"]),
            ("15", &["15state"]),
        ],
    },
];

/// Who paid and who was paid, and what else ends their boxes.
const PEOPLE: &[Label] = &[
    ("payer", &["payersname", "filersname"]),
    ("payer_tin", &["payerstin", "payersfederal", "filerstin", "filersfederal", "payersidentification"]),
    ("recipient_tin", &["recipientstin", "recipientsidentification", "payeestin", "payeestaxpayer", "payeesidentification"]),
    ("recipient", &["recipientsname", "payeesname"]),
    ("street", &["streetaddress"]),
    ("town", &["cityortown"]),
    ("account", &["accountnumber"]),
    ("rtn", &["payersrtn"]),
    ("fatca", &["fatcafiling", "fatca"]),
    ("omb", &["ombno"]),
];

/// Rows of long labels that go on below their first line.
const PASSED: &[&str] =
    &["orforeignpostalcode", "andtelephoneno", "telephoneno", "foreignpostalcode", "countryzip", "zipcodeandtelephoneno", "provincecountryzip", "requirement", "zip"];

fn read(sheet: &Sheet<'_>) -> Vec<Draft> {
    let names: Vec<String> = sheet.page.words.iter().map(|w| super::boxes::letters(&w.text)).collect();
    // `1099-NEC` may be one word or two.
    let named = |name: &str| {
        names.iter().any(|n| n.ends_with(name) && n.len() <= name.len() + 10)
            || names.windows(2).any(|two| two[0].ends_with("1099") && name.strip_prefix("1099") == Some(two[1].as_str()))
    };
    VARIANTS.iter().filter(|v| named(v.name)).flat_map(|v| statements(sheet, v)).collect()
}

fn statements(sheet: &Sheet<'_>, variant: &'static Variant) -> Vec<Draft> {
    let boxes = Boxes::new(sheet, &[PEOPLE, variant.labels]);
    let anchors = boxes.all(variant.first);
    (0..anchors.len().min(8)).flat_map(|copy| statement(&boxes, variant, &anchors, copy)).collect()
}

fn statement(boxes: &Boxes<'_, '_>, variant: &Variant, anchors: &[Found], copy: usize) -> Vec<Draft> {
    let label = |key: &str| boxes.of_copy(key, anchors, copy);
    let amounts: Vec<(&'static str, i64, Region)> = variant
        .income
        .iter()
        .filter_map(|(key, basis)| label(key).and_then(|l| boxes.amount(l)).map(|(cents, at)| (*basis, cents, at)))
        .filter(|(_, cents, _)| *cents >= 0)
        .collect();
    let people = ["payer", "payer_tin", "recipient_tin", "recipient"].iter().filter(|key| label(key).is_some()).count();
    if amounts.is_empty() || people < 2 {
        return Vec::new();
    }
    let whole = ["payer", "recipient", variant.first, "account", "4"].iter().filter_map(|key| label(key)).map(|l| l.at).reduce(Region::around).unwrap_or(Region::WHOLE);
    let year = boxes.year(whole, &[variant.name]);
    let payer = label("payer").map(|l| addressed(&boxes.cell(l), PASSED)).unwrap_or_default();
    let payer_tin = label("payer_tin").and_then(|l| boxes.word(l, employer_id));
    let mut out = Vec::new();
    for (basis, cents, at) in amounts {
        let at = [payer_tin.as_ref().map(|t| t.1), year.map(|y| y.1)].into_iter().flatten().fold(at, Region::around);
        let at = payer.name_words.iter().map(|w| region(w)).fold(at, Region::around);
        out.push(
            boxes
                .draft(Kind::Earnings, at, basis)
                .with("employer", payer.name.as_str())
                .with("employer_id", payer_tin.as_ref().map(|t| t.0.clone()))
                .with("year", year.map(|y| y.0))
                .with("amount_cents", cents)
                .with("currency", "USD")
                .with("basis", basis),
        );
    }
    out.extend(recipient(boxes, &label));
    out
}

fn recipient(boxes: &Boxes<'_, '_>, label: &dyn Fn(&str) -> Option<Found>) -> Vec<Draft> {
    let Some(at) = label("recipient") else { return Vec::new() };
    let named = addressed(&boxes.cell(at), PASSED);
    if !named.name.chars().any(char::is_alphabetic) {
        return Vec::new();
    }
    let ssn = label("recipient_tin").and_then(|l| boxes.word(l, ssn_last4));
    let stands = around(named.name_words.iter().copied());
    let stands = ssn.as_ref().map_or(stands, |s| stands.around(s.1));
    // Street and town have boxes of their own; older forms and payroll programs print all of it under the name.
    let mut lived = super::boxes::Addressed::default();
    for key in ["street", "town"] {
        for row in label(key).map(|l| boxes.cell(l)).unwrap_or_default() {
            let plain = super::boxes::letters(&row.text());
            if plain.len() > 2 && !PASSED.iter().any(|p| plain.ends_with(p)) {
                lived.lines.push(row.text());
                lived.address_words.extend(&row.words);
            }
        }
    }
    let address = lived.address(boxes, "").or_else(|| named.address(boxes, ""));
    let identity = boxes.draft(Kind::Identity, stands, "").with("name", named.name.as_str()).with("ssn_last4", ssn.map(|s| s.0));
    [Some(identity), address].into_iter().flatten().collect()
}
