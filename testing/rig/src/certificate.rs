//! Certificates, made by an authority that is made for one API server.

use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, Error, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

/// The files of a certificate by which an API server knows a user, and of its key, as PEM.
#[derive(Clone, Debug)]
pub struct ClientCertificate {
    /// `client-certificate` of a kubeconfig.
    pub certificate: PathBuf,
    /// `client-key` of a kubeconfig.
    pub key: PathBuf,
}

/// Who signs the certificates of an API server and of its users.
pub(crate) struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn make() -> Result<Authority, Error> {
        let key = KeyPair::generate()?;
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        authority.distinguished_name.push(DnType::CommonName, "seawall-rig");
        let certificate = authority.self_signed(&key)?.pem();
        Ok(Authority { certificate, issuer: Issuer::new(authority, key) })
    }

    /// Its own certificate, as PEM.
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The certificate and the key, as PEM, of a server that has these names and addresses, and calls itself so.
    pub(crate) fn server(&self, name: &str, names: &[&str]) -> Result<(String, String), Error> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut server = CertificateParams::new(names)?;
        server.distinguished_name.push(DnType::CommonName, name);
        self.sign(server, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// The certificate and the key, as PEM, of a user: his name is the common name, and his group the organization.
    pub(crate) fn client(&self, user: &str, group: &str) -> Result<(String, String), Error> {
        let mut client = CertificateParams::default();
        client.distinguished_name.push(DnType::CommonName, user);
        client.distinguished_name.push(DnType::OrganizationName, group);
        self.sign(client, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn sign(
        &self,
        mut certificate: CertificateParams,
        usage: ExtendedKeyUsagePurpose,
    ) -> Result<(String, String), Error> {
        let key = KeyPair::generate()?;
        certificate.extended_key_usages = vec![usage];
        Ok((certificate.signed_by(&key, &self.issuer)?.pem(), key.serialize_pem()))
    }
}
