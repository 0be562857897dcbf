//! How long a million calls take to merge and to count for one number.

use amparo_analysis::{CallBatch, CallTable, View, view::zone_named};
use amparo_model::calls::{BATCH_ROWS, Call};
use amparo_model::*;

fn main() {
    let numbers: Vec<String> = (0..400).map(|n| format!("+1415555{n:04}")).collect();
    let mut calls = Vec::new();
    for source in 0..16u8 {
        let mut columns = CallColumns::default();
        for row in 0..BATCH_ROWS.min(62_500) {
            let number = numbers.get(row * 7 % 400).map(String::as_str);
            columns.push(Call {
                row: row as u64 + 1,
                at: Some(Instant::utc(1_400_000_000_000 + i64::from(source) * 17_000 + row as i64 * 5_000_000)),
                direction: Direction::Out,
                outcome: Outcome::Answered,
                service: Service::Voice,
                duration_s: Some(row as u32 % 900),
                number,
                number_raw: number,
                name: None,
                line: Some("+14155550100"),
                place_raw: None,
                zone: None,
                zone_because: None,
            });
        }
        calls.push(CallBatch { giving: u64::from(source), original: Sha256([source; 32]), name: String::new(), reader: String::new(), subject: Some(PartyId([1; 16])), columns });
    }
    let file = CaseFile::default();
    let Some(zone) = zone_named("America/Los_Angeles") else { return };
    let view = View::new(std::sync::Arc::new(file.clone()), Vec::new(), calls, zone);
    let start = std::time::Instant::now();
    let table = CallTable::build(&view);
    println!("merged {} of {} in {:?}", table.merged(), table.unmerged(), start.elapsed());
    let start = std::time::Instant::now();
    let one = CallTable::build_of(&view, numbers.first().map(String::as_str));
    println!("one number alone: {} months in {:?}", one.summaries(None).len(), start.elapsed());
    let start = std::time::Instant::now();
    println!("{} months of one number in {:?}", table.summaries(numbers.first().map(String::as_str)).len(), start.elapsed());
}
