#![no_main]
amparo_fuzz::reader!("uscis_status_page");
