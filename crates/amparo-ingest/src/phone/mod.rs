//! Phones: what telephones and carriers write about calls and messages.

//carriers
//clock
//fast
//generic
//ios
pub mod number;
pub mod sms_backup;
//sqlite
//table
pub(crate) mod tally;
pub mod text;
//whatsapp
pub mod xml;

/// The readers of this floor.
pub const READERS: &[crate::Reader] = &[
    sms_backup::READER,
    //ios::CALL_HISTORY,
    //ios::SMS_DB,
    //whatsapp::READER,
    //carriers::T_MOBILE,
    //carriers::ATT,
    //carriers::VERIZON,
    //generic::READER,
];
