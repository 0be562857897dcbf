//! The work of an office: one function a task.

pub mod access;
pub mod contract;
