//! Prints the invented family's chronology in both languages into a folder: `chronology DIR`.
mod papers;

use amparo_lang::Lang;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args().nth(1).unwrap_or_else(|| ".".into());
    for lang in Lang::ALL {
        let data = papers::chronology(lang);
        std::fs::write(format!("{dir}/chronology-{}.pdf", lang.code()), amparo_render::chronology(&data, lang)?)?;
    }
    Ok(())
}
