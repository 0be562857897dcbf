//! Sentences: everything the program says to a person, in English and Spanish.
