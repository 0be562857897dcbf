#![no_main]
amparo_fuzz::reader!("att_csv");
