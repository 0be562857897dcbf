//! Pages and documents: a page as a picture, and the working chronology.
