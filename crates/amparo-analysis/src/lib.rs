//! Understanding: one timeline out of many papers, with its gaps and contradictions.
