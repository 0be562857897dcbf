//! Locks: every key has a type, and every sealed byte says what it was sealed for.
