//! What can be checked without keys: heads, checkpoints and signatures.
