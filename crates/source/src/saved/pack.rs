//! Packing.

use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// `text` as a frame of its own, with a checksum. Frames one after another are one file (RFC 8878 §3.1).
pub(super) fn frame(text: &[u8]) -> Vec<u8> {
    compress_to_vec(text, CompressionLevel::Fastest)
}
