#![no_main]
amparo_fuzz::reader!("verizon_csv");
