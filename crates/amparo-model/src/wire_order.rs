//! The few fixed bytes by which the office starts a reading and learns how it ended.
//!
//! An order travels with its descriptors: the job as JSON in a sealed memory file, where to answer, where to
//! say how it ended, then the file and its companions. Closing the last-but-one's other end calls it off.

/// Descriptors that come before the file's own: job, answers, ending.
pub const ORDER_DESCRIPTORS: usize = 3;
/// The most descriptors one order carries.
pub const MAX_DESCRIPTORS: usize = 32;

/// How much one job may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Order {
    /// Address space in bytes.
    pub memory: u64,
    pub cpu_seconds: u32,
    /// Whether pages may be handed to machine reading.
    pub ocr: bool,
}

impl Order {
    pub const BYTES: usize = 16;

    pub fn encode(&self) -> [u8; Order::BYTES] {
        let mut out = [0; Order::BYTES];
        out[..8].copy_from_slice(&self.memory.to_le_bytes());
        out[8..12].copy_from_slice(&self.cpu_seconds.to_le_bytes());
        out[12] = u8::from(self.ocr);
        out
    }

    pub fn decode(bytes: &[u8]) -> Option<Order> {
        let (memory, rest) = bytes.split_first_chunk::<8>()?;
        let (cpu, rest) = rest.split_first_chunk::<4>()?;
        (rest.len() == 4).then(|| Order { memory: u64::from_le_bytes(*memory), cpu_seconds: u32::from_le_bytes(*cpu), ocr: rest[0] == 1 })
    }
}

/// How a job's process ended, as its parent saw it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ended {
    pub how: How,
    pub cpu_ms: u64,
    /// The most memory it held at once.
    pub peak_bytes: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    Exit(i32),
    Signal(i32),
    /// It could not be started.
    NotStarted,
}

impl Ended {
    pub const BYTES: usize = 24;
    /// The exit code of a job that asked for more memory than it may have.
    pub const OUT_OF_MEMORY: i32 = 77;

    pub fn encode(&self) -> [u8; Ended::BYTES] {
        let mut out = [0; Ended::BYTES];
        let (tag, code) = match self.how {
            How::Exit(code) => (0, code),
            How::Signal(signal) => (1, signal),
            How::NotStarted => (2, 0),
        };
        out[0] = tag;
        out[4..8].copy_from_slice(&code.to_le_bytes());
        out[8..16].copy_from_slice(&self.cpu_ms.to_le_bytes());
        out[16..].copy_from_slice(&self.peak_bytes.to_le_bytes());
        out
    }

    pub fn decode(bytes: &[u8; Ended::BYTES]) -> Option<Ended> {
        let (head, rest) = bytes.split_first_chunk::<4>()?;
        let (code, rest) = rest.split_first_chunk::<4>()?;
        let (cpu, rest) = rest.split_first_chunk::<8>()?;
        let (peak, _) = rest.split_first_chunk::<8>()?;
        let code = i32::from_le_bytes(*code);
        let how = match head[0] {
            0 => How::Exit(code),
            1 => How::Signal(code),
            2 => How::NotStarted,
            _ => return None,
        };
        Some(Ended { how, cpu_ms: u64::from_le_bytes(*cpu), peak_bytes: u64::from_le_bytes(*peak) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_endings_come_back_the_same() {
        let order = Order { memory: 1 << 30, cpu_seconds: 30, ocr: true };
        assert_eq!(Order::decode(&order.encode()), Some(order));
        assert_eq!(Order::decode(&[0; 15]), None);
        for how in [How::Exit(3), How::Signal(9), How::NotStarted] {
            let ended = Ended { how, cpu_ms: 5, peak_bytes: 7 };
            assert_eq!(Ended::decode(&ended.encode()), Some(ended));
        }
    }
}
