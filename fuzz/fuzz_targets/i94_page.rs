#![no_main]
amparo_fuzz::reader!("i94_page");
