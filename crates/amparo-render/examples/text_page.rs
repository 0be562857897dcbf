//! Draws the lines around a row of a text file: `text_page IN ROW WIDTH OUT.png`.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, row, width, out] = &args[..] else { return Err("text_page IN ROW WIDTH OUT.png".into()) };
    let row = row.parse()?;
    let png = amparo_render::text_page(&amparo_render::lines_around(&std::fs::read(input)?, row, 8), row, &[], width.parse()?)?;
    std::fs::write(out, &png.bytes)?;
    println!("{png:?}");
    Ok(())
}
