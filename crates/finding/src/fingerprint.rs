//! The identity of a finding over time.

use std::fmt;
use std::str::FromStr;

use foldhash::{HashMap, HashMapExt};
use seawall_inventory::{Object, ObjectRef};
use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::stable_path::stable_path;

/// The identity of a finding over time: the same weakness of the same object has the same one after lines have moved,
/// files have been renamed, keys and items reordered; in a file and in a cluster.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text is not a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAFingerprint;

impl fmt::Display for NotAFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fingerprint is 32 digits from 0 to 9 and a to f")
    }
}

impl std::error::Error for NotAFingerprint {}

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let digit = |digit: u8| match digit {
            b'0'..=b'9' => Ok(digit - b'0'),
            b'a'..=b'f' => Ok(digit - b'a' + 10),
            _ => Err(NotAFingerprint),
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let mut bytes = [0; 16];
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return Err(NotAFingerprint);
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl Fingerprint {
    /// The fingerprint of `finding`, which is about `object`, called `reference`: made of what does not change when texts are
    /// edited, the check, the object, and the field with items of lists named by what identifies them.
    ///
    /// Several objects can have the same name (one Deployment in two overlays): see [`tell_apart`].
    pub fn of(finding: &Finding, object: Option<&Object>, reference: &ObjectRef) -> Self {
        let mut hash = Sha256::new();
        // Version of this scheme: a change of it is a change of every baseline.
        hash.update(b"seawall/1");
        let parts: [&str; 6] = [
            finding.check.id,
            &reference.group,
            &reference.kind,
            &reference.namespace,
            &reference.name,
            &stable_path(finding, object),
        ];
        for part in parts {
            // Lengths keep `a` + `bc` apart from `ab` + `c`.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(shortened(hash))
    }

    /// What the finding that comes as number `count` of equal ones has in its place, counted from 0.
    pub fn nth(self, count: u64) -> Self {
        if count == 0 {
            return self;
        }
        let mut hash = Sha256::new();
        hash.update(b"seawall/1 nth");
        hash.update(self.0);
        hash.update(count.to_le_bytes());
        Self(shortened(hash))
    }
}

/// Tells equal fingerprints apart by their number in the order given, which callers keep sorted by place.
pub fn tell_apart<'f>(fingerprints: impl IntoIterator<Item = &'f mut Fingerprint>) {
    let mut seen: HashMap<Fingerprint, u64> = HashMap::new();
    for fingerprint in fingerprints {
        let count = seen.entry(*fingerprint).or_insert(0);
        *fingerprint = fingerprint.nth(*count);
        *count += 1;
    }
}

/// The first half of the digest: 128 bits keep findings apart, and stay short enough to read out.
fn shortened(hash: Sha256) -> [u8; 16] {
    let full: [u8; 32] = hash.finalize().into();
    let mut short = [0; 16];
    short.iter_mut().zip(full).for_each(|(to, from)| *to = from);
    short
}
