//! Encryption keys, judged without being kept.

use crate::encoding::decode_base64;
use crate::placeholder;

/// What an encryption key in base64 looks like. Holds nothing of the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JudgedKey {
    /// Whether nothing stands there.
    pub empty: bool,
    /// Whether something is put in its place before it is used.
    pub placeholder: bool,
    /// Its length in bytes; `None` when it is not base64.
    pub length: Option<u32>,
    /// Whether all its bytes are printable ASCII: then a person wrote it.
    pub printable: bool,
    /// How many different bytes it is made of, 255 at most.
    pub distinct: u8,
    /// Whether it stands in public documentation.
    pub published: bool,
}

/// Keys that documentation shows: those of <https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/> in its
/// versions, and of the tests of k8s.io/apiserver.
const PUBLISHED: &[&[u8]] = &[
    b"secret is secure",
    b"this is password",
    b"abcdefghijklmnopqrstuvwxyz123456",
    b"abcdefghijklmnopqrstuvwxyz012345",
    b"01234567890123456789012345678901",
    b"0123456789abcdef",
    b"0123456789abcdef0123456789abcdef",
];

/// Judges the key that stands in base64 in `text`.
pub fn judge_key(text: &str) -> JudgedKey {
    let trimmed = text.trim();
    let mut judged = JudgedKey {
        empty: text.is_empty(),
        placeholder: placeholder::find(trimmed).is_some(),
        ..JudgedKey::default()
    };
    let Some(bytes) = decode_base64(text) else { return judged };
    let mut seen = [false; 256];
    for byte in &bytes {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    judged.length = Some(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    judged.printable = !bytes.is_empty() && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    judged.distinct = u8::try_from(seen.iter().filter(|seen| **seen).count()).unwrap_or(u8::MAX);
    judged.published = PUBLISHED.contains(&bytes.as_slice());
    judged
}
