//! USCIS case status: the answer of the agency's case status service, as saved; a unit is a case, its present status, or one of its past ones.
//!
//! A file is one answer, a list of answers, or one a line. The service answers with JSON that is not always JSON:
//! a description with a link in it carries bare quotes. Such an answer is read field by field, by the names of
//! its fields; an answer that is cut off gives what came before. A status is a `notice`: its `type` is what the agency
//! calls it, its `text` the agency's own words, English first and Spanish after. An answer that is an error is kept unread.
//!
//! The same status pasted or saved from the agency's page has a reader of its own, where a unit is a line: a heading,
//! and under it the sentence that names the day, the form and the receipt number.

use super::dates::{self, Manner};
use super::lines::{Line, entities};
use super::{Count, Found, around, confidence, fold, ordinal, slurp};
use crate::paper::typed::Form;
use crate::{File, Head, Reader, Sink, Stop, Sure, Tools};
use amparo_model::{Draft, Edtf, Kind, Place, ReceiptNumber, Report, State};

pub const READER: Reader = Reader { name: "uscis_status", version: 1, recognise, read };

pub const PAGE: Reader = Reader { name: "uscis_status_page", version: 1, recognise: is_page, read: read_page };

/// The status page as a PDF with a text of its own.
pub const FORM: Form = Form { name: "uscis_status", marks: &["Receipt", "Recibo"], machine_read: false, read: |sheet| super::page_drafts(sheet, statuses) };

/// The names of an answer's fields that are read; all that is looked for in a broken one.
const CASE_FIELDS: &[&str] = &[
    "receiptNumber",
    "formType",
    "submittedDate",
    "modifiedDate",
    "current_case_status_text_en",
    "current_case_status_desc_en",
    "current_case_status_text_es",
    "current_case_status_desc_es",
];
const PAST_FIELDS: &[&str] = &["date", "completed_text_en", "completed_text_es"];

fn recognise(head: &Head<'_>) -> Sure {
    let text = crate::phone::text::head(head.first);
    let text = text.trim_start();
    if !text.starts_with(['{', '[']) {
        return Sure::No;
    }
    let has = |name: &str| text.contains(&format!("\"{name}\""));
    if has("receiptNumber") && (has("case_status") || has("current_case_status_text_en") || has("hist_case_status")) {
        Sure::Yes
    } else if head.bytes <= 16 << 10 && error_answer(text).is_some() {
        Sure::Likely
    } else {
        Sure::No
    }
}

/// Which error of the service a small answer is.
fn error_answer(text: &str) -> Option<&'static str> {
    let has = |what: &str| text.contains(what);
    let plain = text.to_lowercase();
    let names = ["\"message\"", "\"error\"", "\"errors\"", "\"fault\"", "\"code\"", "\"status\"", "\"statusCode\""];
    let service = plain.contains("receipt") || plain.contains("case status") || plain.contains("case_status") || plain.contains("uscis") || has("\"faultstring\"");
    if !names.iter().any(|n| has(n)) || !service {
        return None;
    }
    if plain.contains("quota") || plain.contains("ratelimit") || plain.contains("too many requests") || code(&plain, "429") {
        Some("uscis-too-many-questions")
    } else if code(&plain, "422") || plain.contains("invalid receipt") || plain.contains("receipt number format") || plain.contains("unprocessable") {
        Some("uscis-number-refused")
    } else if code(&plain, "404") || plain.contains("not found") {
        Some("uscis-case-not-found")
    } else if ["400", "401", "403", "500", "502", "503"].iter().any(|c| code(&plain, c)) || plain.contains("unauthorized") || has("\"fault\"") || has("\"errors\"") {
        Some("uscis-error-answer")
    } else {
        None
    }
}

/// Whether a number of three figures stands as a value of its own.
fn code(text: &str, code: &str) -> bool {
    text.match_indices(code).any(|(at, _)| {
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
        edge(text[..at].chars().next_back()) && edge(text[at + code.len()..].chars().next())
    })
}

/// One case as the service tells it; empty fields are not there.
#[derive(Default, Debug, PartialEq)]
struct Case {
    fields: Vec<(&'static str, String)>,
    past: Vec<Vec<(&'static str, String)>>,
    /// The text of the answer, for a reject.
    text: String,
}

fn field<'f>(fields: &'f [(&'static str, String)], name: &str) -> Option<&'f str> {
    fields.iter().find(|(have, _)| *have == name).map(|(_, value)| value.trim()).filter(|v| !v.is_empty())
}

fn read(file: &mut File<'_>, _: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    let bytes = match slurp(file) {
        Ok(bytes) => bytes,
        Err(reason) => return Ok(Report::unread(READER.name, State::Unread, reason)),
    };
    let mut raw = Vec::new();
    // A stream over bytes in memory does not fail.
    let _ = std::io::Read::read_to_end(&mut crate::phone::text::open(&bytes[..]), &mut raw);
    let text = crate::phone::text::decode(&raw);
    let text = text.trim_start_matches('\u{feff}').trim();
    let (cases, cut) = cases(text);
    if cases.is_empty() {
        return Ok(Report::unread(READER.name, State::Unread, error_answer(text).unwrap_or("uscis-error-answer")));
    }
    let mut count = Count::new(&READER, &file.inside);
    let mut row = 0;
    for case in &cases {
        tell(case, &mut row, &mut count);
    }
    if cut {
        count.partly("truncated");
    }
    count.covers("on");
    count.finish(sink)
}

fn tell(case: &Case, row: &mut u64, count: &mut Count) {
    let mut place = || {
        *row += 1;
        Place::row(*row)
    };
    let receipt = field(&case.fields, "receiptNumber").and_then(|r| ReceiptNumber::parse(&r.replace('*', ""))).map(|r| r.to_string());
    let Some(receipt) = receipt else {
        count.reject(place(), "uscis-no-receipt-number", &case.text);
        return;
    };
    let get = |name| field(&case.fields, name);
    let filing = Draft::new(Kind::Filing, place())
        .with("form", get("formType").map(form))
        .with("on", get("submittedDate").and_then(day))
        .with("receipt_number", receipt.as_str())
        .with("agency", "USCIS");
    count.read();
    count.record(filing);
    let present = (get("current_case_status_text_en"), get("current_case_status_text_es"));
    if present != (None, None) || get("current_case_status_desc_en").is_some() {
        let text = words(&[get("current_case_status_desc_en"), present.1.filter(|_| present.0.is_some()), get("current_case_status_desc_es")]);
        let draft = notice(place(), &receipt, present, get("modifiedDate").and_then(day), text);
        count.read();
        count.record(draft);
    }
    for past in &case.past {
        let get = |name| field(past, name);
        let both = (get("completed_text_en"), get("completed_text_es"));
        let on = get("date").and_then(day);
        if on.is_none() && both == (None, None) {
            let text: Vec<String> = past.iter().map(|(name, value)| format!("{name}={value}")).collect();
            count.reject(place(), "uscis-status-empty", &text.join(" "));
            continue;
        }
        let text = words(&[both.1.filter(|_| both.0.is_some())]);
        let draft = notice(place(), &receipt, both, on, text);
        count.read();
        count.record(draft);
    }
}

fn notice(place: Place, receipt: &str, (en, es): (Option<&str>, Option<&str>), on: Option<Edtf>, text: String) -> Draft {
    let named = en.or(es).map(|t| plain_text(t));
    Draft::new(Kind::Notice, place).with("type", named).with("on", on).with("receipt_number", receipt).with("text", text)
}

/// The agency's words one under the other, without the marks of a web page.
fn words(parts: &[Option<&str>]) -> String {
    parts.iter().flatten().map(|t| plain_text(t)).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("\n")
}

fn plain_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        match tag.find('>') {
            Some(end) if tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') => rest = &tag[end + 1..],
            _ => {
                out.push('<');
                rest = &tag[1..];
            }
        }
    }
    out.push_str(rest);
    entities(&out).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `I-130`, also from `I130`.
fn form(text: &str) -> String {
    let text = text.trim().to_uppercase();
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let bare = (1..=2).contains(&letters) && text[letters..].starts_with(|c: char| c.is_ascii_digit());
    if bare { format!("{}-{}", &text[..letters], &text[letters..]) } else { text }
}

/// `09-05-2023 14:28:46`: the agency writes the month first.
fn day(text: &str) -> Option<Edtf> {
    dates::day(text, Manner::default()).map(Edtf::day)
}

// ---- the agency's page ----

/// The sentence of a status is no longer than this many lines, however narrow the window was.
const LONGEST_SENTENCE: usize = 24;

fn is_page(head: &Head<'_>) -> Sure {
    let Some(claim) = super::claim(head) else { return Sure::No };
    match claim.found.drafts.iter().any(|d| d.kind == Kind::Notice) {
        // The page has its menus and its addresses, and no more than that.
        true if claim.filled <= 120 => Sure::Yes,
        true => Sure::Perhaps,
        false => Sure::No,
    }
}

fn read_page(file: &mut File<'_>, _: &Tools<'_>, sink: &mut dyn Sink) -> Result<Report, Stop> {
    super::read_lines(&PAGE, file, sink)
}

/// The statuses among these lines: a paragraph that opens with its day and names form and receipt number.
pub(super) fn statuses(lines: &[Line]) -> Found {
    let mut found = Found::default();
    let mut nth = 0;
    let mut at = 0;
    while at < lines.len() {
        let Some((on, sentence, end)) = status_at(lines, at) else {
            at += 1;
            continue;
        };
        let title = (0..at).rev().find(|n| !lines[*n].text.trim().is_empty()).filter(|n| is_title(&lines[*n].text) && !found.read.contains(n));
        let own: Vec<usize> = title.into_iter().chain(at..end).collect();
        let stands: Vec<&Line> = own.iter().filter_map(|n| lines.get(*n)).collect();
        let place = ordinal(around(&stands), "status", nth);
        let receipt = receipt_in(&sentence).unwrap_or_default();
        let mut drafts = [
            Draft::new(Kind::Filing, place.clone()).with("form", form_in(&sentence)).with("receipt_number", receipt.as_str()).with("agency", "USCIS"),
            Draft::new(Kind::Notice, place)
                .with("type", title.map(|n| lines[n].text.trim()))
                .with("on", on)
                .with("receipt_number", receipt.as_str())
                .with("text", sentence.as_str()),
        ];
        for draft in &mut drafts {
            draft.confidence = confidence(&stands);
        }
        found.drafts.extend(drafts);
        found.read.extend(own);
        nth += 1;
        at = end;
    }
    found
}

/// The day, the words and the end of the status that begins with this line.
fn status_at(lines: &[Line], at: usize) -> Option<(Edtf, String, usize)> {
    let first = lines.get(at)?.text.trim();
    let rest = ["On ", "As of ", "El ", "A partir del "].iter().find_map(|opening| first.strip_prefix(opening))?;
    let mut words = Vec::new();
    for (n, line) in lines.iter().enumerate().skip(at).take(LONGEST_SENTENCE) {
        let text = line.text.trim();
        if text.is_empty() {
            break;
        }
        words.push(text);
        let sentence = words.join(" ");
        // The paragraph ends at a blank line, at the end, or with the last line that closes a sentence.
        let closed = text.ends_with(['.', '!', '?']) && lines.get(n + 1).is_none_or(|next| next.text.trim().is_empty() || is_title(&next.text));
        if closed || lines.get(n + 1).is_none_or(|next| next.text.trim().is_empty()) {
            let on = opening_day(rest.chars().chain([' ']).chain(sentence.chars().skip(first.chars().count())).collect::<String>().as_str())?;
            let named = receipt_in(&sentence).is_some() && form_in(&sentence).is_some();
            return named.then_some((on, sentence, n + 1));
        }
    }
    None
}

/// The day that a sentence opens with: its longest beginning that is one.
fn opening_day(text: &str) -> Option<Edtf> {
    let ends = text.char_indices().filter(|(at, c)| *at <= 40 && matches!(c, ',' | ' ')).map(|(at, _)| at);
    ends.filter_map(|end| day(&text[..end])).last()
}

fn is_title(text: &str) -> bool {
    let text = text.trim();
    (4..=90).contains(&text.len()) && text.starts_with(char::is_uppercase) && !text.ends_with(['.', ':', '?']) && !text.bytes().any(|b| b.is_ascii_digit())
}

/// The receipt number that the words name as such.
fn receipt_in(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')')).filter(|w| !w.is_empty()).collect();
    let named = |n: usize| {
        let before = words[n.saturating_sub(4)..n].iter().map(|w| fold(w)).collect::<Vec<_>>().join(" ");
        ["receipt number", "receipt", "numero de recibo"].iter().any(|name| before.ends_with(name))
    };
    (0..words.len()).filter(|n| named(*n)).find_map(|n| ReceiptNumber::parse(words[n].trim_end_matches('.'))).map(|r| r.to_string())
}

fn form_in(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let after = words.windows(2).find(|pair| matches!(fold(pair[0]).as_str(), "form" | "formulario") && pair[1].bytes().any(|b| b.is_ascii_digit()))?;
    Some(form(after[1].trim_matches(|c: char| !c.is_ascii_alphanumeric())))
}

// ---- JSON, and what is nearly JSON ----

/// The cases of a text, and whether it ends in the middle.
fn cases(text: &str) -> (Vec<Case>, bool) {
    let mut found = Vec::new();
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    loop {
        match stream.next() {
            None => return (found, false),
            Some(Ok(value)) => walk(&value, 0, &mut found),
            Some(Err(_)) => {
                // From the answer that is no JSON on, all are read by the names of their fields.
                let rest = text.get(stream.byte_offset()..).unwrap_or("");
                let (mut salvaged, cut) = salvage(rest);
                found.append(&mut salvaged);
                return (found, cut);
            }
        }
    }
}

/// Every object that carries a receipt number, wherever it lies.
fn walk(value: &serde_json::Value, depth: u32, found: &mut Vec<Case>) {
    if depth > 32 {
        return;
    }
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(|item| walk(item, depth + 1, found)),
        serde_json::Value::Object(object) if object.contains_key("receiptNumber") => {
            let texts = |object: &serde_json::Map<String, serde_json::Value>, names: &[&'static str]| -> Vec<(&'static str, String)> {
                names.iter().filter_map(|name| object.get(*name).and_then(text_of).map(|text| (*name, text))).collect()
            };
            let past = match object.get("hist_case_status") {
                Some(serde_json::Value::Array(items)) => items.iter().map(|item| item.as_object().map_or_else(Vec::new, |item| texts(item, PAST_FIELDS))).collect(),
                _ => Vec::new(),
            };
            found.push(Case { fields: texts(object, CASE_FIELDS), past, text: value.to_string() });
        }
        serde_json::Value::Object(object) => object.values().for_each(|item| walk(item, depth + 1, found)),
        _ => {}
    }
}

fn text_of(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The cases of a text that is no JSON: each known name, its colon, and what stands until the value must end.
fn salvage(text: &str) -> (Vec<Case>, bool) {
    let mut found: Vec<Case> = Vec::new();
    let mut cut = false;
    let mut at = 0;
    while let Some((name, after)) = next_name(text, at) {
        let (value, end, whole) = value_at(text, after);
        cut |= !whole;
        let case_field = CASE_FIELDS.iter().find(|known| **known == name);
        let past_field = PAST_FIELDS.iter().find(|known| **known == name);
        match (case_field, past_field, value) {
            (Some(name), _, Some(value)) => {
                if *name == "receiptNumber" || found.is_empty() {
                    found.push(Case::default());
                }
                if let Some(case) = found.last_mut() {
                    case.fields.push((name, value));
                    case.text = text[..text.floor_char_boundary(2_000)].to_owned();
                }
            }
            (_, Some(name), Some(value)) => {
                if let Some(case) = found.last_mut() {
                    match case.past.last_mut() {
                        Some(past) if !past.iter().any(|(have, _)| have == name) => past.push((name, value)),
                        _ => case.past.push(vec![(name, value)]),
                    }
                }
            }
            _ => {}
        }
        at = end.max(after);
    }
    found.retain(|case| field(&case.fields, "receiptNumber").is_some() || case.fields.len() > 2);
    let open = text.matches('{').count() > text.matches('}').count();
    (found, cut || open)
}

/// The next `"name":` of the text from here on, and where its value begins.
fn next_name(text: &str, from: usize) -> Option<(&str, usize)> {
    let mut at = from;
    while let Some(quote) = text.get(at..)?.find('"') {
        let start = at + quote + 1;
        if let Some((name, after)) = name_at(text, start) {
            return Some((name, after));
        }
        at = start;
    }
    None
}

/// A name that begins here, its quote and its colon.
fn name_at(text: &str, start: usize) -> Option<(&str, usize)> {
    let rest = text.get(start..)?;
    let end = rest.bytes().position(|b| !(b.is_ascii_alphanumeric() || b == b'_'))?;
    let after = rest.get(end..)?.strip_prefix('"')?;
    let value = after.trim_start().strip_prefix(':')?;
    (end > 0).then_some((&rest[..end], text.len() - value.len()))
}

/// The text that stands here as a value, where it ends, and whether it ends at all.
///
/// A quote ends a text only where another name, or the end of the object, follows it.
fn value_at(text: &str, from: usize) -> (Option<String>, usize, bool) {
    let rest = &text[from..];
    let body = rest.trim_start();
    let start = from + (rest.len() - body.len());
    let Some(inner) = body.strip_prefix('"') else {
        let end = body.find([',', '}', ']', '{', '[']).unwrap_or(body.len());
        let number = body[..end].trim();
        let value = (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then(|| number.to_owned());
        return (value, start, true);
    };
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' if ends_here(&inner[at + 1..]) => return (Some(unescaped(&inner[..at])), start + 1 + at + 1, true),
            _ => {}
        }
    }
    (Some(unescaped(inner)), text.len(), false)
}

fn ends_here(after: &str) -> bool {
    let after = after.trim_start();
    match after.strip_prefix(',') {
        Some(next) => {
            let next = next.trim_start();
            next.starts_with('}') || next.strip_prefix('"').is_some_and(|_| name_at(next, 1).is_some())
        }
        None => {
            after.starts_with(['}', ']']) && {
                let rest = after.trim_start_matches(|c: char| matches!(c, '}' | ']') || c.is_whitespace());
                rest.is_empty() || rest.starts_with([',', '{', '['])
            }
        }
    }
}

fn unescaped(text: &str) -> String {
    // Inside its own quotes the text is JSON once the bare quotes are marked as such.
    let mut marked = String::with_capacity(text.len() + 8);
    let mut escaped = false;
    for c in text.chars() {
        match c {
            '"' if !escaped => marked.push_str("\\\""),
            '\n' => marked.push_str("\\n"),
            '\r' => {}
            '\t' => marked.push_str("\\t"),
            _ => marked.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    serde_json::from_str(&format!("\"{marked}\"")).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hear;
    use proptest::prelude::*;

    const WHOLE: &str = include_str!("../../fixtures/immigration/status.json");

    #[test]
    fn an_answer_is_a_filing_its_status_and_its_past() {
        let (report, heard) = hear("status.json", WHOLE.as_bytes());
        // The units by the names of their fields alone.
        let units = ["\"receiptNumber\"", "\"current_case_status_text_en\"", "\"completed_text_en\""].map(|n| WHOLE.matches(n).count() as u64).iter().sum::<u64>();
        assert_eq!((report.kind.as_str(), report.units, report.units_read, report.state), ("uscis_status", units, units, State::Read));
        assert_eq!(
            heard.told(),
            [
                "row:1 filing agency=USCIS form=I-130 on=2023-09-05 receipt_number=EAC9999103999",
                "row:2 notice on=2023-11-20 receipt_number=EAC9999103999 text=On November 20, 2023, we approved your Form I-130, Receipt Number EAC9999103999. Go to our page & see \"next steps\".\nCaso Aprobado\nEl 20 de noviembre de 2023 aprobamos su Formulario I-130. type=Case Was Approved",
                "row:3 notice on=2023-03-20 receipt_number=EAC9999103999 text=Recibimos su caso. type=Case Was Received",
                "row:4 notice on=2023-09-15 receipt_number=EAC9999103999 text=Su caso se está revisando. type=Case Is Being Actively Reviewed",
            ]
        );
        assert_eq!(report.covers.and_then(|c| c.from).map(|d| d.to_string()).as_deref(), Some("2023-03-20"));
    }

    #[test]
    fn an_answer_that_is_no_json_says_the_same() {
        let (_, want) = hear("status.json", WHOLE.as_bytes());
        let broken = WHOLE.replace("\\\"", "\"");
        assert!(serde_json::from_str::<serde_json::Value>(&broken).is_err());
        let (report, heard) = hear("status.json", broken.as_bytes());
        assert_eq!(heard.told(), want.told());
        assert_eq!((report.units, report.state), (4, State::Read));
        // Several answers, one a line, the second of them broken.
        let line = |t: &str| t.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        let (report, heard) = hear("all.jsonl", format!("{}\n{}\n{}\n", line(WHOLE), line(&broken), line(WHOLE)).as_bytes());
        assert_eq!((report.units, report.state), (12, State::Read));
        assert_eq!(heard.drafts.iter().filter(|d| d.kind == Kind::Filing).count(), 3);
    }

    #[test]
    fn no_past_and_no_dates() {
        let text = r#"{"case_status":{"receiptNumber":"IOE0912345678","formType":"N400","current_case_status_text_en":"Case Was Received","current_case_status_desc_en":"We received it.","hist_case_status":null},"message":"Query was successful"}"#;
        let (report, heard) = hear("status.json", text.as_bytes());
        assert_eq!(
            heard.told(),
            ["row:1 filing agency=USCIS form=N-400 receipt_number=IOE0912345678", "row:2 notice receipt_number=IOE0912345678 text=We received it. type=Case Was Received"]
        );
        assert_eq!((report.units, report.covers), (2, None));
        let list = format!("[{text},{}]", text.replace("IOE0912345678", "IOE091"));
        let (report, heard) = hear("status.json", list.as_bytes());
        assert_eq!((report.units, report.rejects, heard.rejects[0].reason.as_str()), (3, 1, "uscis-no-receipt-number"));
    }

    #[test]
    fn an_answer_cut_off_is_partly_read() {
        for end in (0..WHOLE.len()).filter(|at| WHOLE.is_char_boundary(*at)) {
            let (report, _) = hear("status.json", &WHOLE.as_bytes()[..end]);
            assert!(report.kind != "uscis_status" || report.state != State::Read || WHOLE[end..].trim().is_empty(), "{end}");
        }
    }

    #[test]
    fn the_agencys_page_as_pasted_saved_and_in_spanish() {
        let want = "filing agency=USCIS form=I-130 receipt_number=EAC9999103999; notice on=2023-11-20 receipt_number=EAC9999103999 text=On November 20, 2023, we approved your Form I-130, Petition for Alien Relative, Receipt Number EAC9999103999. We sent you a notice. type=Case Was Approved";
        let sentence = "On November 20, 2023, we approved your Form I-130, Petition for Alien Relative, Receipt Number EAC9999103999. We sent you a notice.";
        for text in [
            format!("Case Was Approved\n{sentence}\n"),
            format!("Check Case Status\n\nCase Was Approved\n\n{sentence}\n\nEnter another receipt number\n"),
            format!("Case Was Approved\n{}\n\nFeedback\n", sentence.replace("Form ", "Form\n").replace("you a", "you\na")),
            format!("<!DOCTYPE html><html><body><nav><a>Menu</a></nav><div><h1>Case Was Approved</h1><p>{}</p></div></body></html>", sentence.replace("notice", "<b>notice</b>")),
        ] {
            let (report, heard) = hear("status", text.as_bytes());
            let got: Vec<String> = heard.told().into_iter().map(|t| t.split_once(' ').map(|(_, rest)| rest.to_owned()).unwrap_or_default()).collect();
            assert_eq!(got.join("; "), want, "{text}");
            assert_eq!((report.kind.as_str(), report.rejects), ("uscis_status_page", 0), "{text}");
        }
        let spanish = "Caso aprobado\nEl 20 de noviembre de 2023, aprobamos su Formulario I-130, Petición de Familiar Extranjero, Número de Recibo EAC9999103999.\n";
        let (_, heard) = hear("status", spanish.as_bytes());
        assert_eq!(
            heard.told()[1],
            "row:1 notice on=2023-11-20 receipt_number=EAC9999103999 text=El 20 de noviembre de 2023, aprobamos su Formulario I-130, Petición de Familiar Extranjero, Número de Recibo EAC9999103999. type=Caso aprobado"
        );
        for text in ["On Monday we met.\n", "On November 20, 2023, we talked about your Form I-130.\n", "Receipt Number EAC9999103999\n"] {
            assert_ne!(hear("x", text.as_bytes()).0.kind, "uscis_status_page", "{text}");
        }
    }

    #[test]
    fn errors_of_the_service_are_kept_unread_with_the_reason() {
        for (text, reason) in [
            (r#"{"message":"Case not found for receipt number EAC9999999999","status":404}"#, "uscis-case-not-found"),
            (r#"{"errors":[{"code":"404","message":"The receipt number was not found"}]}"#, "uscis-case-not-found"),
            (r#"{"errors":[{"code":"422","message":"Invalid receipt number"}]}"#, "uscis-number-refused"),
            (
                r#"{"fault":{"faultstring":"Rate limit quota violation. Quota limit exceeded.","detail":{"errorcode":"policies.ratelimit.QuotaViolation"}}}"#,
                "uscis-too-many-questions",
            ),
            (r#"{"code":"401","message":"Unauthorized request to USCIS"}"#, "uscis-error-answer"),
        ] {
            let (report, heard) = hear("answer.json", text.as_bytes());
            assert_eq!((report.kind.as_str(), report.state, report.reason.as_deref(), heard.drafts.len()), ("uscis_status", State::Unread, Some(reason), 0), "{text}");
        }
        for text in [r#"{"message": "hello"}"#, r#"{"a": 1}"#, "[1, 2]"] {
            assert_ne!(hear("x.json", text.as_bytes()).0.kind, "uscis_status", "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_damage_is_no_fall(at in 0_usize..1_500, with in "[\\\\\"{}\\[\\],:a-z<é]{0,6}") {
            let mut text = WHOLE.to_owned();
            let at = text.floor_char_boundary(at.min(text.len()));
            text.insert_str(at, &with);
            hear("status.json", text.as_bytes());
            let _ = salvage(&text);
        }
    }
}
