//! Whether a generator still makes what answers were recorded of.

/// FNV-1a (Fowler, Noll, Vo; RFC 9923) of texts, each with an end that no text holds.
#[derive(Clone, Copy, Debug)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Digest {
    /// How many bytes there are of it.
    pub const LENGTH: usize = 8;

    /// Adds a text.
    pub fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0xFF]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    /// What it comes to.
    pub fn bytes(self) -> [u8; Self::LENGTH] {
        self.0.to_le_bytes()
    }
}
