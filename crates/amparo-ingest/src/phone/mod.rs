//! Phones: what telephones and carriers write about calls and messages.

pub(crate) mod address_book;
pub(crate) mod android;
pub(crate) mod carriers;
pub(crate) mod clock;
pub(crate) mod fast;
pub(crate) mod generic;
pub(crate) mod ios;
pub mod number;
pub mod sms_backup;
pub mod sqlite;
pub(crate) mod table;
pub(crate) mod tally;
pub mod text;
pub mod whatsapp;
pub(crate) mod whatsapp_db;
pub(crate) mod whatsapp_line;
pub(crate) mod when;
pub(crate) mod words;
pub mod xml;

/// The readers of this floor.
pub const READERS: &[crate::Reader] = &[sms_backup::READER, sqlite::READER, whatsapp::READER, carriers::T_MOBILE, carriers::ATT, carriers::VERIZON, generic::READER];
