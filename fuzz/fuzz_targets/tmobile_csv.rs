#![no_main]
amparo_fuzz::reader!("tmobile_csv");
