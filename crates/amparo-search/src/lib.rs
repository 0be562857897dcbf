//! Finding: full text over records, messages and pages, in English and Spanish.
