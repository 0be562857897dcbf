//! Invented papers, small enough to read here.

use std::fmt::Write;

/// A backup of calls: number, seconds after 2021-03-01 12:00 UTC, 1 in / 2 out / 3 missed, seconds, name.
pub fn calls_xml(calls: &[(&str, i64, u8, u32, &str)]) -> Vec<u8> {
    let mut xml = format!("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<calls count=\"{}\">\n", calls.len());
    for (number, after, kind, seconds, name) in calls {
        let at = (1_614_600_000 + after) * 1_000;
        let _ = writeln!(xml, "  <call number=\"{number}\" duration=\"{seconds}\" date=\"{at}\" type=\"{kind}\" presentation=\"1\" contact_name=\"{}\" />", escaped(name));
    }
    (xml + "</calls>\n").into_bytes()
}

/// A backup of messages: number, seconds after 2021-03-01 12:00 UTC, text, name.
pub fn sms_xml(messages: &[(&str, i64, &str, &str)]) -> Vec<u8> {
    let mut xml = format!("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"{}\">\n", messages.len());
    for (number, after, text, name) in messages {
        let at = (1_614_600_000 + after) * 1_000;
        let _ = writeln!(
            xml,
            "  <sms protocol=\"0\" address=\"{number}\" date=\"{at}\" type=\"1\" subject=\"null\" body=\"{}\" read=\"1\" status=\"-1\" contact_name=\"{}\" />",
            escaped(text),
            escaped(name)
        );
    }
    (xml + "</smses>\n").into_bytes()
}

/// So many calls with one number, an hour apart, from this hour on.
pub fn many_calls(number: &str, from: i64, count: i64) -> Vec<u8> {
    let calls: Vec<_> = (from..from + count).map(|i| (number, i * 3_600, 1 + (i % 3) as u8, if i % 3 == 2 { 0 } else { 60 + i as u32 }, "Luz")).collect();
    calls_xml(&calls)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// What the client says: two jobs, an address, an entry.
pub const ACCOUNT: &str = r#"{"kind": "job", "employer": "Sol Bakery", "role": "baker", "start": "2019-02", "end": "2020-06", "place": "Tucson"}
{"kind": "job", "employer": "Doris Alden", "household_employer": true, "start": "2020-09", "end": ".."}
{"kind": "address", "text": "12 Elm St, Tucson AZ", "start": "2019-01", "end": "2021-05"}
{"kind": "entry", "on": "2018-11-03", "port_raw": "Nogales", "class": "B2"}
"#;

/// A zip archive. Each member is packed with the fixed codes of RFC 1951, so that its letters do not stand in it as they are.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip_that_says(&members.iter().map(|(name, bytes)| (*name, *bytes, bytes.len() as u32)).collect::<Vec<_>>())
}

/// A zip archive whose list says these sizes.
pub fn zip_that_says(members: &[(&str, &[u8], u32)]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for (name, bytes, size) in members {
        let (packed, at) = (deflated(bytes), out.len() as u32);
        let mut fields = Vec::new();
        fields.extend([20, 0, 0, 8, 8, 0, 0, 0, 33, 0]); // version 2.0, names in UTF-8, deflated, no time, 1 January 1980
        fields.extend(crc32(bytes).to_le_bytes());
        fields.extend((packed.len() as u32).to_le_bytes());
        fields.extend(size.to_le_bytes());
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(name.as_bytes());
        out.extend(packed);
        list.extend(b"PK\x01\x02\x14\x00");
        list.extend(&fields);
        list.extend([0; 10]); // no remark, first disk, no marks
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let (at, count) = (out.len() as u32, (members.len() as u16).to_le_bytes());
    out.extend(&list);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count);
    out.extend(count);
    out.extend((list.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// One block of literals (RFC 1951, section 3.2.6): eight or nine bits a byte, highest first.
pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let (mut out, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    let mut put = |value: u32, width: u32, reversed: bool| {
        for i in 0..width {
            let bit = if reversed { value >> (width - 1 - i) } else { value >> i } & 1;
            bits |= bit << count;
            count += 1;
            if count == 8 {
                out.push(bits as u8);
                (bits, count) = (0, 0);
            }
        }
    };
    put(0b011, 3, false); // the last block, of fixed codes
    for &byte in bytes {
        match byte {
            0..=143 => put(0x30 + u32::from(byte), 8, true),
            144.. => put(0x190 + u32::from(byte) - 144, 9, true),
        }
    }
    put(0, 7, true); // its end
    put(0, 7, false); // to a whole byte at least
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 }))
}

/// Random texts from a seed (xorshift), so that a failing run can be repeated.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// So many letters that no other text has by chance.
    pub fn word(&mut self, letters: usize) -> String {
        (0..letters).map(|_| (b'a' + (self.next() >> 24) as u8 % 26) as char).collect()
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() >> 16) as usize % n.max(1)
    }
}
