//! How a value may be written on a paper, and where on a page it stands: for marking what is disputed and nothing more.

use amparo_model::reading::Word;
use amparo_model::{Edtf, Region, Value};
use jiff::civil::Date;

const MONTHS: [[&str; 4]; 12] = [
    ["january", "jan", "enero", "ene"],
    ["february", "feb", "febrero", "feb"],
    ["march", "mar", "marzo", "mar"],
    ["april", "apr", "abril", "abr"],
    ["may", "may", "mayo", "may"],
    ["june", "jun", "junio", "jun"],
    ["july", "jul", "julio", "jul"],
    ["august", "aug", "agosto", "ago"],
    ["september", "sep", "septiembre", "sept"],
    ["october", "oct", "octubre", "oct"],
    ["november", "nov", "noviembre", "nov"],
    ["december", "dec", "diciembre", "dic"],
];

/// The ways a field's value may be written, likeliest first; a time has those of its beginning and those of its end.
pub fn written(field: &str, value: &Value) -> Vec<Vec<String>> {
    match value {
        Value::Edtf(when) => {
            let ends = when.as_str().split('/').filter_map(Edtf::parse);
            ends.map(|e| dates(&e)).filter(|forms| !forms.is_empty()).collect()
        }
        Value::Instant(at) => vec![dates(&Edtf::day(at.date()))],
        Value::Number(cents) if field.ends_with("_cents") => vec![amounts(*cents)],
        Value::Hundredths(n) => vec![amounts(*n)],
        Value::Texts(all) => all.iter().map(|t| vec![t.clone()]).collect(),
        Value::Flag(_) => Vec::new(),
        Value::Text(_) | Value::Number(_) => vec![vec![value.to_text()]],
    }
}

fn amounts(cents: i64) -> Vec<String> {
    let (whole, part) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let mut forms = vec![format!("{whole}.{part:02}")];
    if whole > 999 {
        forms.push(format!("{},{:03}.{part:02}", whole / 1_000, whole % 1_000));
    }
    if part == 0 {
        forms.push(whole.to_string());
    }
    forms
}

fn dates(when: &Edtf) -> Vec<String> {
    let exact = when.as_str().trim_end_matches(['~', '?', '%']);
    let (Some(first), parts) = (when.earliest(), exact.split('-').count()) else { return Vec::new() };
    let (y, m, d) = (first.year(), first.month(), first.day());
    let names = usize::try_from(m - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or_default();
    match parts {
        _ if when.earliest() == when.latest() => of_day(first, names),
        2 => {
            let mut forms = vec![format!("{y}-{m:02}"), format!("{m:02}/{y}"), format!("{m}/{y}")];
            forms.extend(names.iter().flat_map(|name| [format!("{name} {y}"), format!("{name} de {y}")]));
            forms
        }
        _ if d == 1 && m == 1 => vec![y.to_string()],
        _ => Vec::new(),
    }
}

fn of_day(day: Date, names: [&str; 4]) -> Vec<String> {
    let (y, m, d) = (day.year(), day.month(), day.day());
    let short = y.rem_euclid(100);
    let mut forms = vec![format!("{y}-{m:02}-{d:02}"), format!("{m:02}/{d:02}/{y}"), format!("{m}/{d}/{y}"), format!("{m:02}-{d:02}-{y}"), format!("{m:02}/{d:02}/{short:02}")];
    forms.extend(names.iter().flat_map(|name| {
        [
            format!("{name} {d} {y}"),
            format!("{name} {d:02} {y}"),
            format!("{d} {name} {y}"),
            format!("{d:02} {name} {y}"),
            format!("{d} de {name} de {y}"),
            format!("{y} {name} {d:02}"),
        ]
    }));
    forms.extend([format!("{d:02}/{m:02}/{y}"), format!("{d:02}.{m:02}.{y}"), format!("{y}{m:02}{d:02}"), format!("{short:02}{m:02}{d:02}")]);
    forms
}

/// A word for comparing: small letters, no signs of money or thousands, no punctuation around it.
fn folded(word: &str) -> String {
    let small: String = word.to_lowercase().chars().filter(|c| !matches!(c, '$' | ',')).collect();
    small.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// Where one of these forms stands among a page's words, within this region of it.
pub fn place_of(words: &[Word], within: Region, forms: &[String]) -> Option<Region> {
    let of = |w: &Word| Region { x: w.at[0], y: w.at[1], w: w.at[2], h: w.at[3] };
    let inside = |r: &Region| {
        let middle = |at: u32, size: u32| u64::from(at) + u64::from(size) / 2;
        let holds = |at: u32, size: u32, m: u64| (u64::from(at)..=u64::from(at) + u64::from(size)).contains(&m);
        holds(within.x, within.w, middle(r.x, r.w)) && holds(within.y, within.h, middle(r.y, r.h))
    };
    let there: Vec<(String, Region, &Word)> = words.iter().map(|w| (folded(&w.text), of(w), w)).filter(|(_, r, _)| inside(r)).collect();
    let whole = forms.iter().find_map(|form| {
        let wanted: Vec<String> = form.split_whitespace().map(folded).filter(|w| !w.is_empty()).collect();
        let at = (!wanted.is_empty()).then(|| there.windows(wanted.len()).position(|run| run.iter().map(|(text, ..)| text).eq(&wanted)))??;
        there[at..at + wanted.len()].iter().map(|(_, r, _)| *r).reduce(Region::around)
    });
    // Digits may be a part of a longer word: a number whose beginning is hidden, a machine-readable line.
    whole.or_else(|| {
        let digits = |form: &&String| form.len() >= 4 && form.bytes().all(|b| b.is_ascii_digit());
        forms.iter().filter(digits).find_map(|form| {
            let (_, r, word) = there.iter().find(|(_, _, w)| w.text.is_ascii() && w.text.contains(form.as_str()))?;
            let letter = |n: usize| (u64::from(r.w) * n as u64 / word.text.len().max(1) as u64) as u32;
            Some(Region { x: r.x + letter(word.text.find(form.as_str())?), w: letter(form.len()).max(1), ..*r })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<Word> {
        let word = |(n, text): (usize, &str)| Word { text: text.to_owned(), at: [n as u32 * 100_000, 500_000, 90_000, 20_000], line: n == 0, confidence: None };
        line.split(' ').enumerate().map(word).collect()
    }

    /// Which words of the line are marked, from 0.
    fn check(field: &str, value: Value, line: &str, expected: &[(u32, u32)]) {
        let page = words(line);
        let got: Vec<(u32, u32)> =
            written(field, &value).iter().filter_map(|forms| place_of(&page, Region::WHOLE, forms)).map(|r| (r.x / 100_000, (r.x + r.w) / 100_000)).collect();
        assert_eq!(got, expected, "{field} in {line}");
    }

    #[test]
    fn a_value_is_found_as_papers_write_it() {
        let date = |text: &str| Value::Edtf(Edtf::parse(text).expect("a date"));
        check("birth_date", date("1989-02-13"), "Date of birth: 02/13/1989 Sex: F", &[(3, 3)]);
        check("birth_date", date("1989-02-13"), "Born 13 FEB 1989 in Puebla", &[(1, 3)]);
        check("on", date("2019-07-12"), "Entered on July 12, 2019, at Nogales", &[(2, 4)]);
        check("on", date("2019-07-12"), "Entró el 12 de julio de 2019.", &[(2, 6)]);
        check("period", date("2019-07-01/2019-07-14"), "Pay period 07/01/2019 to 07/14/2019", &[(2, 2), (4, 4)]);
        check("start", date("2019-07"), "since July 2019 until now", &[(1, 2)]);
        check("year", Value::Number(2016), "Tax year 2016 wages", &[(2, 2)]);
        check("amount_cents", Value::Number(2_006_400), "Box 1 $20,064.00 and 20064", &[(2, 2)]);
        check("gross_cents", Value::Number(85_800), "Gross 858 Net 700", &[(1, 1)]);
        check("employer", Value::text("Sol Bakery LLC"), "Employer: SOL BAKERY, LLC 12 Main", &[(1, 3)]);
        check("birth_date", date("1989-02-13"), "Date of birth: 02/13/1988", &[]);
        check("start", date("2019-07/.."), "from 2019-07 on", &[(1, 1)]);
    }

    #[test]
    fn digits_within_a_longer_word_are_marked_alone() {
        let page = words("SSN XXX-XX-1234 x");
        let found = place_of(&page, Region::WHOLE, &["1234".to_owned()]).expect("it stands there");
        assert!(found.x > 150_000 && found.x + found.w <= 190_000, "{found:?}");
    }

    #[test]
    fn only_what_stands_in_the_region_is_looked_at() {
        let page = words("1990 and 1990");
        let right = Region { x: 150_000, y: 0, w: 850_000, h: 1_000_000 };
        assert_eq!(place_of(&page, right, &["1990".to_owned()]).map(|r| r.x), Some(200_000));
    }
}
