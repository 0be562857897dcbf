#![no_main]
amparo_fuzz::reader!("whatsapp_text");
