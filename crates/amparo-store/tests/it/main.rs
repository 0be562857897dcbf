//! One suite for every driver: what custody relies on.

mod conformance;
mod faults;
