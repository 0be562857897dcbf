//! The work of an office: one function a task.

pub mod access;
pub mod contract;
mod problem;

pub use problem::{Exit, Problem, Result};
