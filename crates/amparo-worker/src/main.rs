//! The reading process.
fn main() {}
