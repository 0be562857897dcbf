//! The doors.
mod agent;
mod cli;
fn main() {}
