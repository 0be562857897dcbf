#![no_main]
amparo_fuzz::reader!("sqlite");
