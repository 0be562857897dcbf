//! An invented family: files of real formats about people who do not exist, and the truth beside them.
//!
//! The product does not link this. The same seed gives the same bytes; another seed gives another
//! family with the same kinds of papers and the same kinds of planted gaps and contradictions.

mod chance;
mod papers;
mod phones;
mod photo;
mod story;

pub use story::{Family, Planted, Told};

/// One file of the family.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Path below the folder, `client/pay-2019-03.pdf`.
    pub path: String,
    /// What a reader should recognise it as.
    pub kind: &'static str,
    /// The party's token.
    pub subject: &'static str,
    /// Elements, lines, rows or pages an independent counter finds.
    pub units: u64,
    pub bytes: Vec<u8>,
}

/// All the files of the family of this seed, and `truth.json`.
pub fn family(seed: u64) -> (Vec<Paper>, serde_json::Value) {
    told(seed, true)
}

/// The same without the photographs, which take the longest to make.
pub fn written(seed: u64) -> (Vec<Paper>, serde_json::Value) {
    told(seed, false)
}

fn told(seed: u64, photographs: bool) -> (Vec<Paper>, serde_json::Value) {
    let family = Family::of(seed);
    let told = family.told(photographs);
    let truth = family.truth(&told);
    (told.papers, truth)
}
