//! Phones: what telephones and carriers write about calls and messages.

/// The readers of this floor.
pub const READERS: &[crate::Reader] = &[];
