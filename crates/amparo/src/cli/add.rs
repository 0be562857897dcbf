//! Giving papers: files and folders, the client's account, and reading again what is held.

use super::out::Out;
use super::{Cx, ask, papers, usage};
use crate::account::{FORM, hint};
use crate::gather::{self, Found, Left, Taken, held, newest, unmade, workers};
use crate::reading::{Options, Workers};
use crate::speech::plain;
use amparo_model::PartyId;
use amparo_model::file_name;
use amparo_model::ids::RunId;
use amparo_office::accession::Incoming;
use amparo_office::{Desk, Exit, OpenCase, Problem, Result, contract, why};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeSet;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

/// Everything that one run of adding works with.
struct Run<'a> {
    cx: &'a Cx,
    workers: Workers,
    options: Options,
    run: RunId,
    /// Givings of an interrupted run that this one goes on with; each answers for one file.
    earlier: BTreeSet<u64>,
    whose: Option<PartyId>,
    from: Option<String>,
    set: bool,
}

impl Run<'_> {
    /// Keeps and reads one file; the number of its entry, or why it could not be kept.
    fn give(&mut self, case: &mut OpenCase, found: &Found) -> Result<std::result::Result<u64, Left>> {
        let left = |path: &Path| Left { path: path.to_owned(), reason: "cannot-open" };
        let Ok(mut taken) = Taken::open(&found.path) else { return Ok(Err(left(&found.path))) };
        let mut earlier = case.given_in(self.run, &found.below, &taken.name, taken.bytes);
        earlier.retain(|(seq, _)| self.earlier.contains(seq));
        if !earlier.is_empty()
            && let Ok(now) = taken.sha256()
            && let Some((seq, _)) = earlier.iter().find(|(_, was)| *was == now)
        {
            self.earlier.remove(seq);
            return Ok(Ok(*seq));
        }
        let mut beside = Vec::new();
        for path in &found.companions {
            match Taken::open(path) {
                Ok(taken) => beside.push(taken),
                Err(_) => return Ok(Err(left(path))),
            }
        }
        self.receive(case, &found.below, &taken, &beside).map(Ok)
    }

    fn receive(&self, case: &mut OpenCase, below: &str, taken: &Taken, beside: &[Taken]) -> Result<u64> {
        let mut body = &taken.file;
        let mut bodies: Vec<(String, &std::fs::File)> = beside.iter().map(|t| (t.name.clone(), &t.file)).collect();
        let incoming = Incoming {
            name: taken.name.clone(),
            path: below.to_owned(),
            body: &mut body,
            companions: bodies.iter_mut().map(|(name, file)| (name.clone(), file as &mut dyn Read)).collect(),
            from: self.from.clone(),
            subject: self.whose,
            run: self.run,
            set: self.set,
        };
        case.receive(incoming, &mut *gather::reader(&self.workers, taken, beside, &self.options))
    }
}

fn begin<'a>(cx: &'a Cx, (run, earlier): (RunId, BTreeSet<u64>), case: &OpenCase, set: bool) -> Result<Run<'a>> {
    let from = match cx.parsed.flag("from").map_err(usage)? {
        None => None,
        Some("-") => Some(ask::line(cx, "ask-from")?).filter(|t| !t.trim().is_empty()),
        Some(_) => return Err(Problem::new(Exit::Usage, "usage-from-is-read")),
    };
    let options = Options { ocr: !cx.parsed.has("no-ocr"), ..Options::default() };
    Ok(Run { cx, workers: workers()?, options, run, earlier, whose: cx.whose(case)?, from, set })
}

pub fn add(cx: &Cx, out: &mut Out) -> Result<u8> {
    let named = cx.parsed.paths("path");
    cx.in_case(|desk, case| {
        let mut run = begin(cx, desk.begin_run(case)?, case, false)?;
        let (found, mut left) = gather::walk(&named);
        let mut progress = Progress::new(cx, &found);
        let mut given = Vec::with_capacity(found.len());
        for file in &found {
            progress.at(&file.path);
            match run.give(case, file)? {
                Ok(seq) => {
                    given.push(seq);
                    given.extend(case.beside(seq));
                }
                Err(not) => left.push(not),
            }
            progress.done(file, case, given.last().copied());
        }
        progress.end();
        report(cx, out, case, &given, &left, &named);
        // Only what was answered is over: a run that was stopped before its answer is gone on with.
        desk.end_run(case)?;
        let lost = left.iter().any(|l| l.reason == "cannot-open" || named.contains(&l.path));
        Ok(u8::from(lost))
    })
}

/// What became of everything that was handed in.
fn report(cx: &Cx, out: &mut Out, case: &OpenCase, given: &[u64], left: &[Left], named: &[PathBuf]) {
    let copies: Vec<String> = named.iter().filter(|p| p.is_file() || p.is_dir()).map(|p| file_name::masked(&p.display().to_string()).into_owned()).collect();
    let givings: Vec<_> = given.iter().filter_map(|seq| case.received(*seq)).collect();
    let summary = contract::add_summary(&givings.iter().map(|(g, _)| g).collect::<Vec<_>>(), &copies);
    if cx.json() {
        for (giving, file) in &givings {
            contract::files(giving, file).iter().for_each(|line| out.json(line));
        }
        for left in left {
            out.json(&serde_json::json!({"name": file_name::masked(&left.path.to_string_lossy()), "state": "not_kept", "reason": left.reason}));
        }
        out.json(&summary);
        return;
    }
    if let Some((_, file)) = givings.first() {
        papers::table(cx, out, givings.iter().map(|(g, _)| g), file);
    }
    for left in left {
        let args = [("path", cx.speech().file_name(&left.path.to_string_lossy())), ("reason", cx.term("reason", left.reason))];
        out.line(cx.say("answer-not-kept", &args));
    }
    out.line(accounted(cx, &summary, given.len(), given.len() + left.len()));
    if !copies.is_empty() {
        out.line(cx.word("answer-copies"));
        copies.iter().for_each(|path| out.line(format!("  {}", plain(path))));
    }
}

/// "23 of 23 accounted for: ...", from the summary of the contract.
pub fn accounted(cx: &Cx, summary: &serde_json::Value, given: usize, all: usize) -> String {
    let count = |name: &str| summary.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0).to_string();
    let args = [
        ("accounted", given.to_string()),
        ("files", all.to_string()),
        ("read", count("read")),
        ("unread", count("unread")),
        ("refused", count("refused")),
        ("held", count("already_held")),
        ("records", count("records")),
    ];
    cx.say("answer-added", &args)
}

/// Files, bytes, records, rate and time left, on a terminal only.
struct Progress<'a> {
    bar: Option<ProgressBar>,
    cx: &'a Cx,
    files: usize,
    done: usize,
    records: u64,
}

impl<'a> Progress<'a> {
    fn new(cx: &'a Cx, found: &[Found]) -> Progress<'a> {
        let bytes = found.iter().filter_map(|f| f.path.metadata().ok()).map(|m| m.len()).sum();
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(bytes);
            // A template that does not parse leaves the plain bar.
            if let Ok(style) = ProgressStyle::with_template("{msg}\n{bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}") {
                bar.set_style(style);
            }
            bar
        });
        Progress { bar, cx, files: found.len(), done: 0, records: 0 }
    }

    fn at(&self, path: &Path) {
        if let Some(bar) = &self.bar {
            let args = [("done", self.done.to_string()), ("files", self.files.to_string()), ("records", self.records.to_string())];
            let name = self.cx.speech().file_name(&path.file_name().unwrap_or_default().to_string_lossy());
            bar.set_message(format!("{}  {name}", self.cx.say("answer-progress", &args)));
        }
    }

    fn done(&mut self, file: &Found, case: &OpenCase, seq: Option<u64>) {
        self.done += 1;
        let report = seq.and_then(|s| case.received(s)).map(|(g, _)| g.reading);
        self.records += report.map_or(0, |r| r.report.records + r.inside.iter().map(|i| i.report.records).sum::<u64>());
        if let Some(bar) = &self.bar {
            bar.inc(file.path.metadata().map_or(0, |m| m.len()));
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

// ---- what the client says ----

pub fn account(cx: &Cx, out: &mut Out) -> Result<u8> {
    if let Some(form) = cx.parsed.flag_as("template", |t| ["csv", "jsonl"].contains(&t).then(|| t.to_owned())).map_err(usage)? {
        let csv = form == "csv";
        let bytes = workers()?.produce("account-template", cx.lang.code(), serde_json::json!({ "csv": csv })).map_err(unmade)?;
        out.line(String::from_utf8_lossy(&bytes).trim_end());
        return Ok(0);
    }
    let set = cx.parsed.has("as-set");
    let taken = match cx.parsed.arg("file").map_err(usage)? {
        None => filled_form(cx)?,
        Some("-") => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().take(64 << 20).read_to_end(&mut bytes).map_err(|_| ask::not_asked())?;
            in_memory("account", &bytes)?
        }
        Some(path) => Taken::open(Path::new(path)).map_err(|_| ask::not_found(Path::new(path)))?,
    };
    cx.in_case(|_, case| {
        let run = begin(cx, (Desk::lone_run()?, BTreeSet::new()), case, set)?;
        let seq = run.receive(case, "", &taken, &[])?;
        report(run.cx, out, case, &[seq], &[], &[]);
        let read = case.received(seq).is_some_and(|(g, _)| g.reading.report.kind == "account");
        if !read {
            out.aside(cx.word("answer-not-an-account"));
        }
        Ok(u8::from(!read))
    })
}

fn in_memory(name: &str, bytes: &[u8]) -> Result<Taken> {
    Taken::of(name.to_owned(), bytes).map_err(|e| Problem::new(Exit::Store, "problem-store").with("why", why(&e)))
}

/// The form, one line a question; an empty kind ends it.
fn filled_form(cx: &Cx) -> Result<Taken> {
    let mut lines = String::new();
    let kinds: Vec<String> = FORM.iter().enumerate().map(|(i, (kind, _))| format!("{} {}", i + 1, cx.term("kind", kind.as_str()))).collect();
    loop {
        let typed = ask::line_with(cx, "ask-account-kind", &[("kinds", kinds.join(", "))])?;
        if typed.trim().is_empty() {
            break;
        }
        let chosen = typed.trim().parse::<usize>().ok().and_then(|n| FORM.get(n.checked_sub(1)?));
        let Some((kind, fields)) = chosen else {
            ask::again(cx, "usage-bad-choice", &typed)?;
            continue;
        };
        let mut object = serde_json::Map::from_iter([("kind".to_owned(), kind.as_str().into())]);
        for field in *fields {
            let Some(spec) = kind.field(field) else { continue };
            loop {
                let typed = ask::line_with(cx, "ask-account-field", &[("field", cx.term("field", field)), ("hint", cx.word(hint(spec.ty)))])?;
                match (typed.trim().is_empty(), amparo_model::Value::parse(spec.ty, &typed)) {
                    (true, _) => break,
                    (false, Some(value)) => {
                        object.insert((*field).to_owned(), value.to_text().into());
                        break;
                    }
                    (false, None) => ask::again(cx, "usage-bad-answer", &typed)?,
                }
            }
        }
        lines += &format!("{}\n", serde_json::Value::Object(object));
    }
    if lines.is_empty() {
        return Err(ask::not_asked());
    }
    in_memory("account.jsonl", lines.as_bytes())
}

// ---- reading again ----

/// Runs newer readers over what is held; what was unread for lack of a reader is tried too.
pub fn reread(cx: &Cx, out: &mut Out) -> Result<u8> {
    cx.in_case(|_, case| {
        let workers = workers()?;
        let options = Options { ocr: true, ..Options::default() };
        let look = cx.look(case, vec!["reread".to_owned()])?;
        let ready = workers.ready().map_err(unmade)?;
        let all = case.stale(&|name| newest(&ready, name));
        let mut done = Vec::new();
        for seq in all {
            let (name, _, mut body) = case.fetch(&look, seq)?;
            let taken = held(name, &mut body)?;
            let mut beside = Vec::new();
            for (name, mut body) in case.fetch_companions(&look, seq)? {
                beside.push(held(name, &mut body)?);
            }
            case.reread(seq, &mut *gather::reader(&workers, &taken, &beside, &options))?;
            done.push(seq);
        }
        if !cx.json() {
            out.line(match done.len() {
                0 => cx.word("answer-reread-none"),
                n => cx.say("answer-reread", &[("count", n.to_string())]),
            });
        }
        let givings: Vec<_> = done.iter().filter_map(|seq| case.received(*seq)).collect();
        match (cx.json(), givings.first()) {
            (true, _) => givings.iter().for_each(|(g, f)| contract::files(g, f).iter().for_each(|line| out.json(line))),
            (false, Some((_, file))) => papers::table(cx, out, givings.iter().map(|(g, _)| g), file),
            (false, None) => {}
        }
        Ok(0)
    })
}
