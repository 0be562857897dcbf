#![no_main]
amparo_fuzz::reader!("call_detail_csv");
