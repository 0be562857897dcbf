//! Keeping and forgetting: whose a paper is, what is held, withdrawn and destroyed; the log, the check, the backup.

use super::cases::day;
use super::out::Out;
use super::{Cx, usage};
use crate::gather::{self, workers};
use crate::reading::Options;
use crate::speech::plain;
use amparo_model::Sha256;
use amparo_office::{Desk, Exit, Forgotten, Found, OpenCase, Problem, Result, Since, Standing};
use serde_json::json;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// The file that the command names, in this case.
fn file(cx: &Cx, case: &OpenCase) -> Result<(u64, String)> {
    case.file_named(cx.parsed.need("file").map_err(usage)?)
}

// ---- whose ----

pub fn assign(cx: &Cx, out: &mut Out) -> Result<u8> {
    if cx.parsed.has("case") {
        return elsewhere(cx, out);
    }
    cx.in_case(|_, case| {
        let (of, inside) = file(cx, case)?;
        let Some(party) = cx.whose(case)? else { return Err(Problem::new(Exit::Usage, "problem-move-where")) };
        case.assign(of, &inside, Some(party))?;
        let token = cx.parsed.flag("whose").map_err(usage)?.unwrap_or_default();
        out.line(cx.say("answer-moved", &[("file", cx.parsed.need("file").map_err(usage)?.to_owned()), ("party", amparo_lang::party(token, cx.lang))]));
        Ok(0)
    })
}

/// To another case: received there newly sealed, with its reading and corrections, then withdrawn here.
fn elsewhere(cx: &Cx, out: &mut Out) -> Result<u8> {
    let to = cx.parsed.flag("case").map_err(usage)?.unwrap_or_default().to_owned();
    cx.in_case(|desk, case| {
        let (of, inside) = file(cx, case)?;
        if !inside.is_empty() {
            return Err(Problem::new(Exit::Usage, "problem-move-whole"));
        }
        let mut other = desk.open(&to)?;
        let subject = cx.whose(&other)?;
        let forgotten = case.move_to(desk, &mut other, of, subject)?;
        out.line(cx.say("answer-moved-case", &[("file", of.to_string()), ("handle", to.clone())]));
        gone(cx, out, &forgotten);
        Ok(0)
    })
}

// ---- holding and forgetting ----

pub fn hold(cx: &Cx, out: &mut Out) -> Result<u8> {
    let release = cx.parsed.has("release");
    cx.in_case(|_, case| {
        let of = cx.parsed.arg("file").map_err(usage)?.map(|text| case.file_named(text)).transpose()?.map(|(of, _)| of);
        case.hold(of, release, cx.purpose()?.as_str())?;
        out.line(cx.word(if release { "answer-released" } else { "answer-held" }));
        Ok(0)
    })
}

pub fn withdraw(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.in_case(|desk, case| {
        let (of, inside) = file(cx, case)?;
        let purpose = cx.purpose()?.as_str();
        // Somebody at a terminal may have typed another number than they meant; a script knows what it names.
        if std::io::stdin().is_terminal() {
            let name = if inside.is_empty() { case.name_of(of) } else { inside.clone() };
            let shown = cx.speech().file_name(&name);
            let typed = super::ask::line_with(cx, "ask-withdraw", &[("name", shown.clone())])?;
            if typed.trim() != shown {
                return Err(Problem::new(Exit::Usage, "problem-not-confirmed"));
            }
        }
        let forgotten = match inside.is_empty() {
            true => case.withdraw(desk, of, purpose)?,
            false => {
                let look = cx.look(case, vec![format!("file {of}")])?;
                let options = Options { ocr: true, ..Options::default() };
                let others = gather::the_others(&workers()?, &options, (case, &look), of, &inside, &mut |_, _| ())?;
                case.withdraw_inside(desk, of, &inside, others, purpose)?
            }
        };
        gone(cx, out, &forgotten);
        Ok(0)
    })
}

/// What was forgotten, and where it is not yet forgotten.
fn gone(cx: &Cx, out: &mut Out, forgotten: &Forgotten) {
    out.line(cx.say("answer-withdrawn", &[("count", forgotten.entries.to_string()), ("blobs", forgotten.papers.to_string())]));
    if !forgotten.gone_here {
        out.line(cx.word("answer-not-gone-here"));
    }
    match forgotten.not_yet.is_empty() {
        true => out.line(cx.word("answer-no-places")),
        false => {
            out.line(cx.word("answer-withdrawn-rest"));
            forgotten.not_yet.iter().for_each(|place| out.line(format!("  {}", plain(place))));
        }
    }
}

pub fn shred(cx: &Cx, out: &mut Out) -> Result<u8> {
    let handle = cx.parsed.need("case").map_err(usage)?.to_owned();
    cx.at_desk(|desk| {
        // One person's drawer is named as on the command line, so that what is said can be typed again.
        let token = cx.parsed.flag("party").map_err(usage)?;
        let party = token.map(|token| desk.open(&handle)?.party(token)).transpose()?;
        let what = token.map_or_else(|| handle.clone(), |token| format!("{handle} --party {token}"));
        if cx.parsed.has("cancel") {
            desk.shred_cancel(&handle, party)?;
            out.line(cx.word("answer-shred-cancelled"));
            return Ok(0);
        }
        if cx.parsed.has("agree") {
            desk.shred_agree(&handle, party)?;
        }
        let waiting = match desk.shred_waiting(&handle, party)? {
            Some(waiting) => waiting,
            None => desk.shred_ask(&handle, party, cx.purpose()?.as_str())?,
        };
        if !waiting.ripe {
            out.line(cx.say("answer-shred-asked", &[("on", day(&waiting.until)), ("handle", what)]));
            return Ok(0);
        }
        let forgotten = desk.shred(&handle, party)?;
        out.line(cx.say("answer-shredded", &[("handle", what)]));
        gone(cx, out, &forgotten);
        Ok(0)
    })
}

// ---- who looked ----

pub fn log(cx: &Cx, out: &mut Out) -> Result<u8> {
    let for_client = cx.parsed.has("for-client");
    cx.in_case(|_, case| {
        let mut rows = Vec::new();
        for line in case.log() {
            if for_client && !line.is_for_client() {
                continue;
            }
            let what = if line.what.is_empty() { line.via.clone() } else { format!("{}: {}", line.via, line.what.join(", ")) };
            if cx.json() {
                let mut object = json!({"seq": line.seq, "at": line.at, "member": line.member, "what": what});
                if let (Some(purpose), Some(object)) = (line.purpose, object.as_object_mut()) {
                    object.insert("purpose".to_owned(), purpose.as_str().into());
                }
                out.json(&object);
                continue;
            }
            let at = line.at.get(..16).unwrap_or(&line.at).replace('T', " ");
            let purpose = line.purpose.map_or_else(String::new, |p| cx.term("purpose", p.as_str()));
            let mut what = cx.term("via", &line.via.replace(' ', "-"));
            let seen: Vec<String> = line.what.iter().filter(|w| **w != line.via).map(|w| looked_at(cx, w)).collect();
            if !seen.is_empty() {
                what += &format!(" ({})", plain(&seen.join(", ")));
            }
            if line.unmasked {
                what += &format!(", {}", cx.word("log-unmasked"));
            }
            rows.push(vec![line.seq.to_string(), at, plain(&line.member), what, purpose]);
        }
        if !cx.json() {
            let mut table = vec![["head-entry", "head-when", "head-member", "head-what", "head-purpose"].iter().map(|h| cx.word(h)).collect::<Vec<_>>()];
            table.extend(rows);
            out.table(&table);
        }
        Ok(0)
    })
}

/// What a look names: a kind, a person's role, a file's number.
fn looked_at(cx: &Cx, what: &str) -> String {
    if let Some(number) = what.strip_prefix("file ") {
        return cx.say("what-file", &[("file", number.to_owned())]);
    }
    if amparo_model::Kind::parse(what).is_some() {
        return cx.term("kind", what);
    }
    let role = what.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    if amparo_lang::has(&format!("party-{role}"), cx.lang) { amparo_lang::party(what, cx.lang) } else { cx.term("what", what) }
}

// ---- the check ----

/// What somebody kept on paper: `1204 word word word word`, or the long number.
fn since(text: &str) -> Option<Since> {
    let text = text.trim();
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if let Ok(hash) = digits.to_lowercase().parse::<Sha256>() {
        return Some(Since::Hash(hash));
    }
    let seq: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let after = text.find(&seq).map(|at| &text[at + seq.len()..])?;
    let words: Vec<&str> = after.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).collect();
    // A word that is on no list is a slip of the pen, and not another history.
    (words.len() == 4 && amparo_office::are_listed(&words)).then_some(Since::Words { seq: seq.parse().ok()?, words: words.join(" ") })
}

pub fn verify(cx: &Cx, out: &mut Out) -> Result<u8> {
    let asked = cx.parsed.flag_as("since", since).map_err(usage)?;
    let deep = cx.parsed.has("deep");
    match cx.parsed.arg("case").map_err(usage)? {
        Some(handle) => {
            let handle = handle.to_owned();
            cx.at_desk(|desk| {
                let case = desk.open(&handle)?;
                let found = case.verify(asked.as_ref(), deep)?;
                print_found(cx, out, desk, &[&found], &[])
            })
        }
        None if asked.is_some() => Err(Problem::new(Exit::Usage, "problem-since-needs-case")),
        None => cx.at_desk(|desk| {
            let report = desk.verify(deep)?;
            let journals: Vec<&Found> = report.journals.iter().collect();
            print_found(cx, out, desk, &journals, &report.litter)
        }),
    }
}

fn print_found(cx: &Cx, out: &mut Out, desk: &Desk, journals: &[&Found], litter: &[Sha256]) -> Result<u8> {
    let ok = journals.iter().all(|f| f.ok());
    let mut broken = Vec::new();
    let mut words = serde_json::Map::new();
    for found in journals {
        let name = desk.handle_of(found.journal).map_or_else(|| cx.word("the-office"), str::to_owned);
        let mut bad = |what: String| broken.push(format!("{name}: {what}"));
        found.broken.iter().for_each(|b| bad(cx.say("verify-entry", &[("seq", b.seq.to_string())])));
        found.key_lost.iter().for_each(|seq| bad(cx.say("verify-key-lost", &[("seq", seq.to_string())])));
        found.altered.iter().for_each(|blob| bad(cx.say("verify-paper", &[("paper", blob.to_string().chars().take(12).collect())])));
        if let Some(standing) = found.standing.as_ref().filter(|s| !s.writable()) {
            bad(standing_in_words(cx, standing));
        }
        if found.since == Some(false) {
            bad(cx.word("answer-since-bad"));
        }
        if let Some(head) = found.head {
            words.insert(desk.handle_of(found.journal).unwrap_or("office").to_owned(), desk.head_words(found.journal, head, cx.spanish())?.into());
        }
    }
    if cx.json() {
        let litter: Vec<String> = litter.iter().map(ToString::to_string).collect();
        let mut object = json!({"ok": ok, "broken": broken, "litter": litter, "head_words": words});
        let since: Vec<bool> = journals.iter().filter_map(|f| f.since).collect();
        if let (Some(since), Some(object)) = (since.first(), object.as_object_mut()) {
            object.insert("since".to_owned(), (*since).into());
        }
        out.json(&object);
        return Ok(u8::from(!ok));
    }
    let sum = |of: &dyn Fn(&Found) -> u64| journals.iter().map(|f| of(f)).sum::<u64>().to_string();
    let counts = [("entries", sum(&|f| f.entries)), ("papers", sum(&|f| f.papers)), ("forgotten", sum(&|f| f.forgotten.len() as u64))];
    if ok {
        out.line(cx.say("answer-verify-ok", &counts));
    } else {
        out.line(cx.word("answer-verify-bad"));
        broken.iter().for_each(|line| out.line(format!("  {line}")));
    }
    if journals.iter().any(|f| f.since == Some(true)) {
        out.line(cx.word("answer-since-ok"));
    }
    if !litter.is_empty() {
        out.line(cx.say("answer-verify-litter", &[("count", litter.len().to_string())]));
    }
    for (name, four) in &words {
        let head = journals.iter().find(|f| desk.handle_of(f.journal).unwrap_or("office") == name).and_then(|f| f.head);
        if let (Some((seq, hash)), Some(four)) = (head, four.as_str()) {
            let name = if name == "office" { cx.word("the-office") } else { name.clone() };
            out.line(format!("  {name}: {}", cx.say("answer-head", &[("seq", seq.to_string()), ("words", four.to_owned())])));
            out.line(format!("    {hash}"));
        }
    }
    out.line(cx.word("answer-verify-limits"));
    Ok(u8::from(!ok))
}

fn standing_in_words(cx: &Cx, standing: &Standing) -> String {
    match standing {
        Standing::Shorter { head, tip, .. } => cx.say("problem-tail-missing", &[("from", (tip + 1).to_string()), ("to", head.to_string())]),
        Standing::Forked { seq, .. } => cx.say("problem-forked", &[("seq", seq.to_string())]),
        Standing::ForeignTail { from } => cx.say("problem-foreign-tail", &[("seq", from.to_string())]),
        Standing::UnknownEvent { seq } => cx.say("problem-newer-version", &[("seq", seq.to_string())]),
        Standing::Broken(broken) => cx.say("verify-entry", &[("seq", broken.seq.to_string())]),
        Standing::HeadMissing | Standing::HeadBadlySigned => cx.word("problem-head-missing"),
        Standing::Whole | Standing::AfterCrash { .. } => String::new(),
    }
}

// ---- the backup ----

/// What systems leave on a stick by themselves.
const LITTER: [&str; 3] = ["lost+found", "System Volume Information", "$RECYCLE.BIN"];

/// Whether a folder is one to back up to: a mistyped name, or a stick that is not plugged in, must not become a folder on
/// the laptop's own disk, and a folder of other things no heap of sealed files.
fn is_meant(folder: &Path) -> Result<()> {
    let problem = |id| Err(Problem::new(Exit::No, id).with("path", folder.display()));
    let Ok(entries) = std::fs::read_dir(folder) else { return problem("problem-backup-no-folder") };
    let names: Vec<String> = entries.filter_map(|e| Some(e.ok()?.file_name().to_string_lossy().into_owned())).collect();
    let empty = names.iter().all(|n| n.starts_with('.') || LITTER.contains(&n.as_str()));
    // A first run that was interrupted leaves its folder of bundles, and no label yet.
    let begun = names.iter().any(|n| n == "amparo-backup.json") || names.iter().all(|n| n == "bundles" || n.starts_with('.'));
    if empty || begun { Ok(()) } else { problem("problem-backup-not-empty") }
}

pub fn backup(cx: &Cx, out: &mut Out) -> Result<u8> {
    let folder = PathBuf::from(cx.parsed.need("folder").map_err(usage)?);
    let label = folder.file_name().map_or_else(|| folder.display().to_string(), |n| n.to_string_lossy().into_owned());
    if !cx.parsed.has("new") {
        is_meant(&folder)?;
    }
    std::fs::create_dir_all(&folder).map_err(|_| Problem::new(Exit::Store, "problem-cannot-write").with("path", folder.display()))?;
    cx.at_desk(|desk| {
        let done = desk.backup(&folder, &label, cx.parsed.has("full"))?;
        if cx.json() {
            out.json(&json!({"series": done.series, "number": done.number, "entries": done.entries, "papers": done.papers}));
            return Ok(0);
        }
        out.line(cx.say("answer-backup", &[("number", done.number.to_string()), ("entries", done.entries.to_string()), ("blobs", done.papers.to_string())]));
        Ok(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_as_people_copy_them_from_paper() {
        for (text, want) in [
            ("1204 digital approve game crawl", true),
            ("entry 1204 · digital approve game crawl", true),
            ("entrada 7 · cupón alzar fumar circo", true),
            ("1204 digital approve", false),
            ("1204 digital approve game crowl", true),
            ("1204 digital approve game xrawl", false),
            ("digital approve game crawl", false),
            ("", false),
        ] {
            assert_eq!(since(text).is_some(), want, "{text}");
        }
        let hash = "39 02295b2377d5f28784d2909401a2f04a1225512ec1ea3c82a91930ca657db6";
        assert!(matches!(since(hash), Some(Since::Hash(_))));
    }
}
