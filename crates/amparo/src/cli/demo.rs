//! The demonstration: an invented family's papers, gathered before your eyes into an office of their own.
//!
//! Nothing of it enters the office of this machine: it works in a folder that is removed at the end, and
//! leaves one HTML report and one PDF.

use super::add;
use super::out::Out;
use super::produce::{self, Around};
use super::{Cx, ask, understand, usage};
use crate::gather::workers;
use crate::gather::{self, Taken};
use crate::places::system_ms;
use crate::reading::{Options, Workers};
use crate::seen::Seen;
use crate::speech::plain;
use amparo_chart::Thief;
use amparo_model::PartyId;
use amparo_office::accession::Incoming;
use amparo_office::load::Want;
use amparo_office::{Desk, Exit, Founding, OpenCase, Problem, Result, contract};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub fn demo(cx: &Cx, out: &mut Out) -> Result<u8> {
    let seed = cx.parsed.flag_as("seed", |t| t.parse::<u64>().ok()).map_err(usage)?.unwrap_or(1);
    let folder = cx.parsed.flag_path("out").unwrap_or_else(|| PathBuf::from("demo"));
    let cannot = |path: &Path| Problem::new(Exit::Store, "problem-cannot-write").with("path", path.display());
    fs::create_dir_all(&folder).map_err(|_| cannot(&folder))?;
    let work = folder.join(".working");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(|_| cannot(&work))?;
    }
    let show = Show { cx, pauses: !cx.parsed.has("unattended") && std::io::stdin().is_terminal() };
    let done = show.run(out, seed, &folder, &work);
    fs::remove_dir_all(&work).map_err(|_| cannot(&work))?;
    done
}

struct Show<'a> {
    cx: &'a Cx,
    pauses: bool,
}

impl Show<'_> {
    fn run(&self, out: &mut Out, seed: u64, folder: &Path, work: &Path) -> Result<u8> {
        let cx = self.cx;
        // 1. The papers, as a family would bring them.
        self.step(out, "demo-papers", &[])?;
        let family = write_family(seed, work)?;
        // 2. An office of their own, and the case.
        let home = work.join("office");
        let store = (cx.places.open)(&home, cx.lang)?;
        let founding = Founding {
            passphrase: "an invented passphrase for an invented office",
            member_name: &cx.word("demo-member"),
            language: cx.lang.code(),
            office_name: &cx.word("demo-office"),
            neutral_name: &cx.word("demo-office"),
            zone: "America/Chicago",
            recovery: None,
        };
        let mut desk = Desk::found(store, &founding, system_ms)?.desk;
        let mut case = desk.new_case(&cx.word("demo-family"), None)?;
        // 3. Gathering, person by person.
        self.step(out, "demo-gather", &[])?;
        let workers = workers()?;
        self.gather(out, &desk, &mut case, &family, &workers)?;
        // 4. What it says.
        self.understand(out, &mut case)?;
        // 5. What a thief sees, and what a flipped byte does.
        let thief = self.thief(out, &home, &case)?;
        self.flip(out, &home, work, &founding)?;
        // 6. What is left: a report and a PDF.
        let around = Around { office: cx.word("demo-office"), title: cx.word("demo-family"), notice: cx.word("demo-notice"), thief, foot: vec![cx.word("demo-foot")] };
        let html = produce::report(cx, &mut case, around)?;
        let pdf = produce::chronology_pdf(cx, &mut case, &cx.word("demo-office"), &workers)?;
        let (report, paper) = (folder.join("report.html"), folder.join("chronology.pdf"));
        produce::write(&report, html.as_bytes())?;
        produce::write(&paper, &pdf)?;
        desk.end()?;
        out.line("");
        out.line(cx.say("demo-left", &[("report", report.display().to_string()), ("paper", paper.display().to_string())]));
        Ok(0)
    }

    /// A heading, and a pause where somebody watches.
    fn step(&self, out: &mut Out, id: &str, args: &[(&str, String)]) -> Result<()> {
        if self.pauses {
            ask::line(self.cx, "demo-go-on")?;
        }
        out.line("");
        out.line(self.cx.say(id, args));
        Ok(())
    }

    fn gather(&self, out: &mut Out, desk: &Desk, case: &mut OpenCase, family: &Path, workers: &Workers) -> Result<()> {
        let cx = self.cx;
        let (run, _) = desk.begin_run(case)?;
        let options = Options { ocr: true, ..Options::default() };
        let mut given = Vec::new();
        let names = names(family)?;
        for person in folders(family)? {
            let token = person.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let role = token.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-').to_owned();
            case.add_party(&role, names.get(&token).map(String::as_str))?;
            let party = case.party(&token)?;
            let (found, _) = gather::walk(std::slice::from_ref(&person));
            for file in found {
                let seq = give(case, &file, party, run, workers, &options)?;
                given.push(seq);
                if let Some((giving, _)) = case.received(seq) {
                    let report = &giving.reading.report;
                    let records = report.records + giving.reading.inside.iter().map(|i| i.report.records).sum::<u64>();
                    let args = [
                        ("file", format!("{token}/{}", plain(&giving.given.name))),
                        ("kind", cx.term("format", &report.kind)),
                        ("state", cx.speech().state(report)),
                        ("records", records.to_string()),
                    ];
                    out.line(cx.say("demo-file", &args));
                }
            }
        }
        desk.end_run(case)?;
        let givings: Vec<_> = given.iter().filter_map(|s| case.received(*s)).map(|(g, _)| g).collect();
        let summary = contract::add_summary(&givings.iter().collect::<Vec<_>>(), &[]);
        out.line(add::accounted(self.cx, &summary, givings.len(), given.len()));
        Ok(())
    }

    fn understand(&self, out: &mut Out, case: &mut OpenCase) -> Result<()> {
        let cx = self.cx;
        let look = cx.look(case, vec!["check".to_owned()])?;
        let loaded = case.load(&look, Want::FACTS)?;
        let view = loaded.view();
        let own = OpenCase::own(&view, &look);
        let as_of = cx.as_of(&view.zone)?;
        let seen = Seen::of(case.id(), view, own, None, as_of, understand::span(cx, as_of)?);
        self.step(out, "demo-months", &[])?;
        for grid in &seen.grids {
            understand::print_coverage(cx, out, grid, &seen.view.file);
        }
        self.step(out, "demo-findings", &[])?;
        for finding in &seen.findings {
            out.line(format!("  {}: {}", seen.who_heading(cx.speech(), finding.subject), seen.sentence(cx.speech(), &finding.says)));
            for (what, values) in seen.differs(cx.speech(), finding) {
                out.line(format!("      {what}: {}", values.iter().map(|v| plain(v)).collect::<Vec<_>>().join("  |  ")));
            }
            let sources: Vec<String> = seen.because(finding).iter().take(2).map(|r| cx.speech().source(&r.provenance)).collect();
            out.line(format!("      {}", sources.join("  |  ")));
        }
        Ok(())
    }

    /// The folder as somebody sees it who has the laptop and not the passphrase.
    fn thief(&self, out: &mut Out, home: &Path, case: &OpenCase) -> Result<Thief> {
        let cx = self.cx;
        self.step(out, "demo-thief", &[])?;
        let files = all_files(home)?;
        let names: Vec<String> = case.names();
        let (mut found, mut listing) = (0, Vec::new());
        for path in &files {
            let bytes = fs::read(path).map_err(|_| ask::not_found(path))?;
            found += names.iter().filter(|n| contains(&bytes, n.as_bytes())).count();
            let first: Vec<String> = bytes.iter().take(8).map(|b| format!("{b:02x}")).collect();
            let short = path.strip_prefix(home).unwrap_or(path).to_string_lossy().into_owned();
            listing.push(format!("{short:.32}  {:>9}  {}", bytes.len(), first.join(" ")));
        }
        listing.sort();
        let shown: Vec<String> = listing.iter().take(6).cloned().collect();
        shown.iter().for_each(|line| out.line(format!("  {line}")));
        let sentence = cx.say("demo-thief-count", &[("files", files.len().to_string()), ("searched", names.len().to_string()), ("found", found.to_string())]);
        out.line(&sentence);
        Ok(Thief { sentence, listing: shown.join("\n") })
    }

    /// One byte of a copy is flipped; the check names what does not hold.
    fn flip(&self, out: &mut Out, home: &Path, work: &Path, founding: &Founding<'_>) -> Result<()> {
        let cx = self.cx;
        self.step(out, "demo-flip", &[])?;
        let copy = work.join("flipped");
        copy_folder(home, &copy)?;
        let Some(paper) = all_files(&copy)?.into_iter().filter(|p| p.components().any(|c| c.as_os_str() == "blobs")).max() else { return Ok(()) };
        let store = |e: std::io::Error| Problem::new(Exit::Store, "problem-store").with("why", e);
        let mut file = fs::OpenOptions::new().read(true).write(true).open(&paper).map_err(store)?;
        let middle = file.metadata().map_err(store)?.len() / 2;
        let mut byte = [0];
        file.seek(SeekFrom::Start(middle)).and_then(|_| file.read_exact(&mut byte)).map_err(store)?;
        file.seek(SeekFrom::Start(middle)).and_then(|_| file.write_all(&[byte[0] ^ 1])).map_err(store)?;
        drop(file);
        let desk = Desk::unlock((cx.places.open)(&copy, cx.lang)?, founding.passphrase, system_ms)?;
        let report = desk.verify(true)?;
        let altered: Vec<String> = report.journals.iter().flat_map(|f| f.altered.iter()).map(|b| b.to_string().chars().take(12).collect()).collect();
        let named = altered.first().cloned().unwrap_or_default();
        match report.ok() {
            true => Err(Problem::new(Exit::No, "problem-flip-unnoticed")),
            false => {
                out.line(cx.say("demo-flip-named", &[("paper", named), ("byte", middle.to_string())]));
                Ok(())
            }
        }
    }
}

/// The family's files, written by a program of its own that the product does not contain.
fn write_family(seed: u64, work: &Path) -> Result<PathBuf> {
    let missing = |why: String| Problem::new(Exit::Store, "problem-no-family").with("why", why);
    let program = Workers::beside().map_err(|e| missing(e.to_string()))?.with_file_name(format!("amparo-family{}", std::env::consts::EXE_SUFFIX));
    let status = Command::new(&program).arg("--seed").arg(seed.to_string()).arg("--out").arg(work).stdout(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(work.join("papers")),
        Ok(status) => Err(missing(status.to_string())),
        Err(e) => Err(missing(format!("{}: {e}", program.display()))),
    }
}

/// What the family calls itself, from the list beside its papers: a client tells it when the case is opened.
fn names(family: &Path) -> Result<BTreeMap<String, String>> {
    let path = family.with_file_name("truth.json");
    let text = fs::read(&path).map_err(|_| ask::not_found(&path))?;
    let truth: serde_json::Value = serde_json::from_slice(&text).map_err(|_| ask::not_found(&path))?;
    let text = |party: &serde_json::Value, field: &str| party.get(field).and_then(|v| v.as_str()).map(str::to_owned);
    let parties = truth.get("parties").and_then(|p| p.as_array()).into_iter().flatten();
    Ok(parties.filter_map(|p| Some((text(p, "party").or_else(|| text(p, "token"))?, text(p, "name")?))).collect())
}

fn give(case: &mut OpenCase, found: &gather::Found, party: PartyId, run: amparo_model::ids::RunId, workers: &Workers, options: &Options) -> Result<u64> {
    let taken = Taken::open(&found.path).map_err(|_| ask::not_found(&found.path))?;
    let beside = found.companions.iter().map(|p| Taken::open(p).map_err(|_| ask::not_found(p))).collect::<Result<Vec<_>>>()?;
    let mut bodies: Vec<(String, &File)> = beside.iter().map(|t| (t.name.clone(), &t.file)).collect();
    let incoming = Incoming {
        name: taken.name.clone(),
        path: found.below.clone(),
        body: &mut &taken.file,
        companions: bodies.iter_mut().map(|(name, file)| (name.clone(), file as &mut dyn Read)).collect(),
        from: None,
        subject: Some(party),
        run,
        set: false,
    };
    case.receive(incoming, &mut *gather::reader(workers, &taken, &beside, options))
}

fn folders(family: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(family).map_err(|_| ask::not_found(family))?;
    let mut all: Vec<PathBuf> = entries.filter_map(|e| e.ok()).map(|e| e.path()).filter(|p| p.is_dir()).collect();
    // The client first, as in a case.
    all.sort_by_key(|p| (p.file_name().is_none_or(|n| n != "client"), p.clone()));
    Ok(all)
}

fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let (found, _) = gather::walk(&[folder.to_owned()]);
    Ok(found.into_iter().flat_map(|f| std::iter::once(f.path).chain(f.companions)).collect())
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && bytes.windows(needle.len()).any(|w| w == needle)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for path in all_files(from)? {
        let target = to.join(path.strip_prefix(from).unwrap_or(&path));
        let done = target.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::copy(&path, &target).map(|_| ()));
        done.map_err(|_| Problem::new(Exit::Store, "problem-cannot-write").with("path", target.display()))?;
    }
    Ok(())
}
