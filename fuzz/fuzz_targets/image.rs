#![no_main]
amparo_fuzz::reader!("image");
