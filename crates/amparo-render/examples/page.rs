//! Draws one page of a paper: `page IN PAGE WIDTH OUT.png [x,y,w,h in millionths]...`
use amparo_model::Region;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, page, width, out, marks @ ..] = &args[..] else { return Err("page IN PAGE WIDTH OUT.png [x,y,w,h]...".into()) };
    let marks: Vec<Region> = marks
        .iter()
        .filter_map(|m| {
            let n: Vec<u32> = m.split(',').filter_map(|n| n.parse().ok()).collect();
            let [x, y, w, h] = n[..] else { return None };
            Some(Region { x, y, w, h })
        })
        .collect();
    let png = amparo_render::page(&std::fs::read(input)?, page.parse()?, width.parse()?, &marks, amparo_model::Region::WHOLE)?;
    std::fs::write(out, &png.bytes)?;
    println!("{png:?}");
    Ok(())
}
