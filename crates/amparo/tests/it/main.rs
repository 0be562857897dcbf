//! The real program and its reading process, driven as a person drives them: words in, lines and exit codes out.
//!
//! `make test` builds the workspace first; by hand it is `cargo build -p amparo-worker -p amparo-family`, then
//! `cargo test -p amparo --test it`.

mod adding;
mod canary;
mod contract;
mod crash;
mod first_day;
mod lost;
mod masking;
mod nodes;
mod papers;
mod place;
mod readme;
mod room;
mod spanish;
