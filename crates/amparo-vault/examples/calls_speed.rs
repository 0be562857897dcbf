//! Pushes ten million invented calls through the writer that seals them, and says what it cost.
//!
//! `cargo run --release -p amparo-vault --example calls_speed [ROWS]`

use amparo_model::calls::BATCH_ROWS;
use amparo_model::{CallColumns, Column};
use amparo_store::Local;
use amparo_vault::{Founding, Segments, init};
use std::sync::Arc;
use std::time::Instant;

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|k| k.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn batch(first: u64, n: usize, state: &mut u64) -> CallColumns {
    let mut next = || {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    };
    let mut names = std::collections::HashMap::new();
    let (mut number, mut raw) = (Column::default(), Column::default());
    let mut out = CallColumns::default();
    for i in 0..n {
        let r = next();
        // A few numbers are called often, most seldom.
        let who = (((r & 0xffff_ffff) as f64 / 4_294_967_296.0).powi(4) * 50_000.0) as u32;
        let code = *names.entry(who).or_insert_with(|| {
            number.values.push(&format!("+1415{:07}", 2_000_000 + who * 7));
            raw.values.push(&format!("(415) {:03}-{:04}", who % 1000, who / 10))
        });
        number.index.push(code);
        raw.index.push(code);
        out.row.push(first + i as u64);
        out.at_ms.push(1_300_000_000_000 + (first as i64 + i as i64) * 31_000 + (r >> 40) as i64 % 30_000 / 1_000 * 1_000);
        out.offset_min.push(CallColumns::LOCAL);
        out.direction.push((r >> 33 & 1) as u8);
        out.outcome.push((r >> 34 & 1) as u8);
        out.service.push(0);
        out.duration_s.push((r >> 36) as u32 % 1_800);
    }
    (out.number, out.number_raw) = (number, raw);
    out
}

fn main() -> amparo_vault::Result<()> {
    let rows: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(10_000_000);
    let folder = std::env::temp_dir().join(format!("amparo-calls-speed-{}", std::process::id()));
    let store = Arc::new(Local::open(&folder)?);
    let founding = Founding { passphrase: "una frase para medir", member_name: "Ana", language: "es", office_name: "x", neutral_name: "x", zone: "UTC", recovery: None };
    let mut office = init(store, &founding, 0)?.office;
    let mut case = office.create_case(None, "x", None, 0)?;
    let mut segments = Segments::new(&mut case);
    let (mut making, mut state, mut done) = (0.0, 88_172_645_463_325_252, 0);
    let (cpu, wall) = (cpu_seconds(), Instant::now());
    while done < rows {
        let n = BATCH_ROWS.min((rows - done) as usize);
        let before = Instant::now();
        let batch = batch(done + 1, n, &mut state);
        making += before.elapsed().as_secs_f64();
        segments.calls(&batch)?;
        done += n as u64;
    }
    let list = segments.finish()?;
    let bytes: u64 = list.iter().map(|s| s.bytes).sum();
    println!(
        "{rows} rows, {} segments, {bytes} bytes; {:.2} CPU-s in all, of which making the rows {making:.2} s wall; {:.2} s wall; peak {} MiB",
        list.len(),
        cpu_seconds() - cpu,
        wall.elapsed().as_secs_f64(),
        peak_mib()
    );
    drop((case, office));
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
