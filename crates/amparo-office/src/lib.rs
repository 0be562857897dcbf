//! The work of an office: one function a task.
