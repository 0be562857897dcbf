pub mod help;
pub mod parse;
pub mod spec;
