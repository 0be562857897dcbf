//! Writes the invented family's report in both languages: `report DIR [PAGE.png WIDTH HEIGHT]...`.
mod morales;

use amparo_lang::Lang;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let dir = args.first().map_or(".", String::as_str);
    let mut pages = Vec::new();
    for page in args.get(1..).unwrap_or(&[]).chunks(3) {
        if let [file, width, height] = page {
            pages.push((std::fs::read(file)?, width.parse()?, height.parse()?));
        }
    }
    for lang in Lang::ALL {
        std::fs::write(format!("{dir}/report-{}.html", lang.code()), amparo_chart::report_html(&morales::report(lang, &pages)))?;
    }
    Ok(())
}
