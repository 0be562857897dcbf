//! Writes the invented family's charts as SVG into a folder: `charts DIR`.
mod morales;

use amparo_chart::{Size, Words, calls, coverage, pieces, strip, timeline};
use amparo_lang::Lang;

fn main() -> std::io::Result<()> {
    let dir = std::env::args().nth(1).unwrap_or_else(|| ".".into());
    for lang in Lang::ALL {
        let words = Words::of(lang);
        for (name, size) in [("wide", Size::WIDE), ("narrow", Size::NARROW)] {
            let write = |what: &str, svg: String| std::fs::write(format!("{dir}/{what}-{name}-{}.svg", lang.code()), svg);
            write("coverage", coverage(&morales::grid(lang), &words, size).svg)?;
            write("strip", strip(&morales::grid(lang), &words, size).svg)?;
            write("timeline", timeline(&morales::lanes(lang), &words, size).svg)?;
            write("calls", calls(&morales::calls(lang), &words, size).svg)?;
            for (i, piece) in pieces(&morales::lanes(lang), 3).iter().enumerate() {
                write(&format!("timeline{i}"), timeline(piece, &words, size).svg)?;
            }
        }
    }
    Ok(())
}
