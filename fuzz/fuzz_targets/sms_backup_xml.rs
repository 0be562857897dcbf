#![no_main]
amparo_fuzz::reader!("sms_backup_xml");
