//! Papers: what employers, agencies and consulates write.

/// The readers of this floor.
pub const READERS: &[crate::Reader] = &[];
