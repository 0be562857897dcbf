//! What is withdrawn has no key left anywhere.
