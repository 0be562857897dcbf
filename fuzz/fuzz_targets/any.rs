#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| amparo_fuzz::read_any(bytes));
