//! What is shipped with the pages: one style sheet, one script, two families of letters. Nothing comes from elsewhere.

use super::answer::{Answer, Asked};
use super::room::Room;
use amparo_office::{Exit, Problem, Result};

const CSS: &str = "text/css; charset=utf-8";
const FONT: &str = "font/woff2";

pub fn asset(_: &Room, asked: &Asked) -> Result<Answer> {
    macro_rules! file {
        ($name:literal) => {
            include_bytes!(concat!("../../assets/", $name))
        };
    }
    Ok(match asked.part("name") {
        "style.css" => Answer::Asset(file!("style.css"), CSS),
        "page.js" => Answer::Asset(file!("page.js"), "text/javascript; charset=utf-8"),
        "mark.svg" => Answer::Asset(file!("mark.svg"), "image/svg+xml"),
        "inter.woff2" => Answer::Asset(file!("fonts/inter.woff2"), FONT),
        "vollkorn-regular.woff2" => Answer::Asset(file!("fonts/vollkorn-regular.woff2"), FONT),
        "vollkorn-semibold.woff2" => Answer::Asset(file!("fonts/vollkorn-semibold.woff2"), FONT),
        "vollkorn-italic.woff2" => Answer::Asset(file!("fonts/vollkorn-italic.woff2"), FONT),
        _ => return Err(Problem::new(Exit::No, "problem-no-page")),
    })
}
