//! Whom a certificate is of.

use anyhow::{Result, anyhow, bail};
use seawall_rbac::User;
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::Asker;
use crate::run::seconds;

const PEM: &str = "-----BEGIN CERTIFICATE-----";

/// Whether a file may be a certificate.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    // Of a file with a key before it, too. DER begins with a sequence of a length that takes two bytes.
    bytes.windows(PEM.len()).any(|window| window == PEM.as_bytes()) || bytes.starts_with(&[0x30, 0x82])
}

/// Whom a certificate is of: its common name, in its organizations (`CommonNameUserConversion` of k8s.io/apiserver
/// pkg/authentication/request/x509/x509.go v0.36.3). Nothing is verified.
///
/// # Errors
/// It is none, or it has no common name.
pub(super) fn read(bytes: &[u8]) -> Result<Asker> {
    let pem = Pem::iter_from_buffer(bytes).filter_map(Result::ok).find(|block| block.label == "CERTIFICATE");
    let der = pem.as_ref().map_or(bytes, |block| &block.contents);
    let (_, certificate) =
        X509Certificate::from_der(der).map_err(|_| anyhow!("what it holds is no certificate"))?;
    let subject = certificate.subject();
    // Of several the last one counts (`FillFromRDNSequence` of Go's crypto/x509/pkix).
    let Some(name) = subject.iter_common_name().last().and_then(|name| name.as_str().ok()) else {
        bail!("the certificate has no common name (CN): the API server takes it for nobody");
    };
    if name.is_empty() {
        bail!("the certificate has an empty common name (CN): the API server takes it for nobody");
    }
    let groups: Vec<&str> =
        subject.iter_organization().filter_map(|organization| organization.as_str().ok()).collect();
    let mut asker = Asker::of(User::authenticated(name, groups));
    asker.notes.push("the certificate is read and not verified".to_owned());
    let validity = certificate.validity();
    let now = i64::try_from(seconds()).unwrap_or(i64::MAX);
    if validity.not_after.timestamp() < now {
        asker.notes.push(format!("the certificate has expired: it was valid until {}", validity.not_after));
    } else if validity.not_before.timestamp() > now {
        asker.notes.push(format!("the certificate is not valid before {}", validity.not_before));
    }
    Ok(asker)
}
