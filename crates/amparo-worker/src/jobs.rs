//! The jobs: reading a file, drawing a page, taking a file out of an archive, setting a document.
//!
//! Everything here runs in the cage, in a process that does one job and ends.

use crate::machine_reading::MachineReader;
use amparo_ingest::archive::Refused;
use amparo_ingest::{Companion, MachineReading, Pages, Picture, Sink, Stop, Tools};
use amparo_lang::Lang;
use amparo_model::reading::PageText;
use amparo_model::wire::{FromWorker, ToWorker};
use amparo_model::{CallColumns, Draft, Inside, Reject, Report};
use amparo_render::{Paper, Png, RenderError};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};

/// The longest job description that is read.
const MAX_JOB: u64 = 64 << 20;
/// The largest file that is taken whole into memory to draw a page of it.
const MAX_WHOLE: u64 = 512 << 20;
const CHUNK: usize = 1 << 20;
/// Lines shown before and after a row.
const AROUND: u64 = 12;

/// Why a job is not done, beside the reasons of the readers. Each has a sentence in every language.
pub const REASONS: &[&str] = &[
    "bad-order",
    "document-not-made",
    "machine-reading-failed",
    "no-machine-reading",
    "no-such-document",
    "no-such-language",
    "page-not-drawn",
    "page-too-large",
    "reader-crashed",
];

/// One job: what to do, the files, and where to answer.
pub struct Job {
    order: File,
    pub files: Vec<File>,
    pub answer: Answer,
    /// There where pages may be machine-read.
    pub machine: Option<MachineReader>,
    pub caged: bool,
}

impl Job {
    pub(crate) fn new(order: File, files: Vec<File>, answer: Answer, machine: Vec<File>, caged: bool) -> Job {
        Job { order, files, answer, machine: MachineReader::new(machine), caged }
    }

    /// What is asked for. The descriptor may have been read before: it is taken from its start.
    pub fn order(&mut self) -> Option<ToWorker> {
        let mut text = Vec::new();
        self.order.seek(SeekFrom::Start(0)).ok()?;
        (&mut self.order).take(MAX_JOB).read_to_end(&mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

/// Where frames go. A listener that has gone stops the reading.
pub struct Answer(File);

impl Answer {
    pub(crate) fn new(file: File) -> Answer {
        Answer(file)
    }

    pub fn send(&mut self, frame: &FromWorker) -> Result<(), Stop> {
        let bytes = frame.encode().map_err(|_| Stop)?;
        self.raw(&bytes)
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.0.write_all(bytes).map_err(|_| Stop)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        bytes.chunks(CHUNK).try_for_each(|part| self.send(&FromWorker::Bytes(part.to_vec())))?;
        self.send(&FromWorker::Done(Report::reading("bytes", "")))
    }

    fn failed(&mut self, code: &str) -> Result<(), Stop> {
        self.send(&FromWorker::Failed(code.to_owned()))
    }
}

impl Sink for Answer {
    fn calls(&mut self, batch: CallColumns) -> Result<(), Stop> {
        self.send(&FromWorker::Calls(batch))
    }
    fn drafts(&mut self, batch: Vec<Draft>) -> Result<(), Stop> {
        self.send(&FromWorker::Drafts(batch))
    }
    fn pages(&mut self, batch: Vec<PageText>) -> Result<(), Stop> {
        self.send(&FromWorker::Pages(batch))
    }
    fn rejects(&mut self, batch: Vec<Reject>) -> Result<(), Stop> {
        self.send(&FromWorker::Rejects(batch))
    }
    fn inside(&mut self, file: Inside) -> Result<(), Stop> {
        self.send(&FromWorker::Inside(vec![file]))
    }
    fn progress(&mut self, units: u64, bytes: u64) -> Result<(), Stop> {
        self.send(&FromWorker::Progress { units, bytes })
    }
}

/// Loads once what every copy then shares: which telephone numbers can exist.
pub fn warm() {
    let _ = amparo_ingest::phone::number::Numbers::new("").find("+1 415 555 2671");
}

/// Does the job that was ordered and answers. A panic is an answer too.
pub fn run(job: &mut Job) {
    let Some(order) = job.order() else {
        let _ = job.answer.failed("bad-order");
        return;
    };
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| perform(job, order)));
    if done.is_err() {
        let _ = job.answer.failed("reader-crashed");
    }
}

fn perform(job: &mut Job, order: ToWorker) -> Result<(), Stop> {
    match order {
        ToWorker::Read { name, bytes, companions, ocr, region } => read(job, &name, bytes, &companions, ocr, &region),
        ToWorker::Page { name, bytes, inside, page, width, mark, part } => draw(job, &name, bytes, &inside, |whole| amparo_render::page(whole, page, width, &mark, part)),
        ToWorker::Row { name, bytes, inside, row, width, mark } => {
            draw(job, &name, bytes, &inside, |whole| amparo_render::text_page(&amparo_render::lines_around(whole, row, AROUND), row, &mark, width))
        }
        ToWorker::Extract { name, bytes, inside } => extract(job, &name, bytes, &inside),
        ToWorker::Produce { what, language, data } => produce(job, &what, &language, data),
        ToWorker::MachineReader => match job.machine.as_ref().and_then(MachineReader::version) {
            Some(version) => job.answer.bytes(version.as_bytes()),
            None => job.answer.failed("no-machine-reading"),
        },
        ToWorker::Stop => Ok(()),
    }
}

fn draw(job: &mut Job, name: &str, bytes: u64, inside: &str, drawn: impl FnOnce(&[u8]) -> Result<Png, RenderError>) -> Result<(), Stop> {
    let whole = if inside.is_empty() { whole(job, bytes) } else { taken_out(job, name, bytes, inside).ok() };
    match whole.map(|whole| drawn(&whole)) {
        Some(Ok(png)) => job.answer.bytes(&png.bytes),
        Some(Err(_)) | None => job.answer.failed("page-not-drawn"),
    }
}

fn produce(job: &mut Job, what: &str, language: &str, data: serde_json::Value) -> Result<(), Stop> {
    let Some(lang) = Lang::parse(language) else { return job.answer.failed("no-such-language") };
    match what {
        "chronology" => {}
        "account-template" => {
            let csv = data.get("csv").and_then(serde_json::Value::as_bool).unwrap_or(true);
            return job.answer.bytes(amparo_ingest::account::template(csv, lang == Lang::Es).as_bytes());
        }
        _ => return job.answer.failed("no-such-document"),
    }
    match serde_json::from_value::<amparo_render::Chronology>(data).ok().and_then(|data| amparo_render::chronology(&data, lang).ok()) {
        Some(pdf) => job.answer.bytes(&pdf),
        None => job.answer.failed("document-not-made"),
    }
}

fn whole(job: &mut Job, bytes: u64) -> Option<Vec<u8>> {
    if bytes > MAX_WHOLE {
        return None;
    }
    let mut out = Vec::new();
    job.files.first_mut()?.take(MAX_WHOLE).read_to_end(&mut out).ok()?;
    Some(out)
}

/// One file of an archive, whole: the archive room bounds what a member may hold. The error is a reason code.
fn taken_out(job: &mut Job, name: &str, bytes: u64, inside: &str) -> Result<Vec<u8>, &'static str> {
    let body = job.files.first_mut().ok_or("cannot-read-bytes")?;
    let mut file = amparo_ingest::File { name: name.to_owned(), bytes, body, companions: Vec::new(), inside: String::new() };
    let member = amparo_ingest::extract(&mut file, inside).map_err(|Refused(why)| why)?;
    let mut out = Vec::new();
    member.take(MAX_WHOLE).read_to_end(&mut out).map_err(|_| "broken")?;
    Ok(out)
}

fn extract(job: &mut Job, name: &str, bytes: u64, inside: &str) -> Result<(), Stop> {
    match taken_out(job, name, bytes, inside) {
        Ok(bytes) => job.answer.bytes(&bytes),
        Err(why) => job.answer.failed(why),
    }
}

fn read(job: &mut Job, name: &str, bytes: u64, names: &[String], ocr: bool, region: &str) -> Result<(), Stop> {
    let Job { files, answer, machine, .. } = job;
    let mut files = files.iter_mut().map(BufReader::new);
    let Some(mut body) = files.next() else { return answer.failed("bad-order") };
    let mut beside: Vec<_> = files.collect();
    let companions = names.iter().zip(&mut beside).map(|(name, body)| Companion { name: name.clone(), body }).collect();
    fn pages(whole: &[u8]) -> Pages<'_> {
        let paper = Paper::open(whole);
        Box::new(move |page| {
            let grey = paper.grey(page, 300).ok()?;
            Some(Picture { width: grey.width, height: grey.height, dpi: grey.dpi, grey: grey.pixels })
        })
    }
    let machine = machine.as_ref().filter(|_| ocr).map(|machine| machine as &dyn MachineReading);
    let tools = Tools { pages: Some(&pages), machine, region };
    let mut file = amparo_ingest::File { name: name.to_owned(), bytes, body: &mut body, companions, inside: String::new() };
    let report = amparo_ingest::read(&mut file, &tools, answer)?;
    answer.send(&FromWorker::Done(report))
}
