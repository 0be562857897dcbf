//! Custody: what is kept, who may open it, and how it is forgotten.
