//! Base64 as Go reads it.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// `base64.StdEncoding` of Go (encoding/base64): padding is needed, the bits behind the last byte may be anything.
const GO: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// The bytes that stand in base64, as the API server reads `data` of a Secret: line ends in it are skipped
/// (`base64.StdEncoding.DecodeString` of Go). `None` when it is not base64.
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    if memchr::memchr2(b'\r', b'\n', text.as_bytes()).is_none() {
        return GO.decode(text).ok();
    }
    let joined: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    GO.decode(joined).ok()
}
