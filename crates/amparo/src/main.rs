//! The doors.
mod cli;
fn main() {}
