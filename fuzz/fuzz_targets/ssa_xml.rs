#![no_main]
amparo_fuzz::reader!("ssa_xml");
