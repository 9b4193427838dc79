//! Whom a file is of.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::{Asker, certificate, kubeconfig, token};
use crate::file::reason;

/// A file of credentials is small.
const LARGEST: u64 = 4 << 20;

/// Whom a file is of: a certificate (PEM or DER), a kubeconfig, a token or the claims of one, by what is in it.
///
/// # Errors
/// It cannot be read, is none of them, or does not say who somebody is. Nothing of what it holds is told.
pub(super) fn read(path: &Path) -> Result<Asker> {
    let bytes = bytes(path)?;
    of_bytes(&bytes, path).with_context(|| format!("{}", path.display()))
}

/// The bytes of a file of credentials.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>> {
    let read = || {
        let length = std::fs::metadata(path)?.len();
        if length > LARGEST {
            return Err(std::io::Error::other("it is too large for a file of credentials"));
        }
        std::fs::read(path)
    };
    read().map_err(|error| anyhow!("cannot read {}: {}", path.display(), reason(&error)))
}

fn of_bytes(bytes: &[u8], path: &Path) -> Result<Asker> {
    if certificate::is_one(bytes) {
        return certificate::read(bytes);
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        bail!("this is no certificate, no kubeconfig and no token");
    };
    if token::is_one(text.trim()) {
        return token::read(text.trim());
    }
    if let Some(claims) = token::bare_claims(text) {
        return token::of_claims(&claims);
    }
    kubeconfig::read(text, path)
}
