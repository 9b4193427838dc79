//! Keys, certificates, tokens and kubeconfigs: how an API server and its users know each other.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::cache::hex;

/// The files that the API server is started with, all in one folder. They are made anew for each, and are of worth to
/// nobody when it has ended.
pub(super) struct Credentials {
    /// The certificate of the authority that has signed the API server's own.
    pub authority: PathBuf,
    pub server_certificate: PathBuf,
    pub server_key: PathBuf,
    /// What tokens of service accounts are signed with.
    pub service_account_key: PathBuf,
    /// What tokens of service accounts are verified with.
    pub service_account_public_key: PathBuf,
    /// `--token-auth-file`.
    pub tokens: PathBuf,
    folder: PathBuf,
    users: Vec<User>,
}

/// Somebody who may speak with the API server.
struct User {
    name: String,
    token: String,
}

impl Credentials {
    /// Makes everything anew in the folder, for users of these names and groups.
    pub(super) fn make(folder: PathBuf, users: &[(&str, &[&str])]) -> Result<Credentials> {
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let file = |name: &str, content: &str| -> Result<PathBuf> {
            let path = folder.join(name);
            fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
            Ok(path)
        };
        let (authority, server_certificate, server_key) = certificates().context("no certificate")?;
        let service_account = KeyPair::generate().context("no key")?;
        // What nobody else knows is in a key that is used for nothing else.
        let secret = KeyPair::generate().context("no key")?.serialize_der();
        let mut lines = String::new();
        let mut known = Vec::new();
        for (name, groups) in users {
            let token = Sha256::new().chain_update(&secret).chain_update(name).finalize();
            let token = hex(&token);
            let groups = groups.join(",");
            // The name is the user's identity, too (`uid`).
            let line =
                [&token, *name, name, &groups].map(|field| format!("\"{}\"", field.replace('"', "\"\"")));
            lines.push_str(&line.join(","));
            lines.push('\n');
            known.push(User { name: (*name).to_owned(), token });
        }
        Ok(Credentials {
            authority: file("ca.crt", &authority)?,
            server_certificate: file("server.crt", &server_certificate)?,
            server_key: file("server.key", &server_key)?,
            service_account_key: file("service-account.key", &service_account.serialize_pem())?,
            service_account_public_key: file("service-account.pub", &service_account.public_key_pem())?,
            tokens: file("tokens.csv", &lines)?,
            users: known,
            folder,
        })
    }

    /// Writes a kubeconfig for each user, and gives that of the first.
    pub(super) fn write_kubeconfigs(&self, url: &str) -> Result<PathBuf> {
        for (number, User { name, token }) in self.users.iter().enumerate() {
            let config = json!({
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{
                    "name": "rig",
                    "cluster": {"server": url, "certificate-authority": self.authority},
                }],
                "users": [{"name": name, "user": {"token": token}}],
                "contexts": [{"name": name, "context": {"cluster": "rig", "user": name}}],
                "current-context": name,
            });
            let path = self.path(number);
            fs::write(&path, config.to_string())
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(self.path(0))
    }

    /// The kubeconfig of the user; none when the API server does not know him.
    pub(super) fn kubeconfig(&self, user: &str) -> Option<PathBuf> {
        self.users.iter().position(|known| known.name == user).map(|number| self.path(number))
    }

    /// Names of users may have what names of files may not.
    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("kubeconfig-{number}.json"))
    }
}

/// An authority's certificate, and the certificate and key of a server on loopback that it has signed, as PEM.
fn certificates() -> Result<(String, String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    authority.distinguished_name.push(DnType::CommonName, "seawall-rig");
    let certificate = authority.self_signed(&key)?.pem();
    let issuer = Issuer::new(authority, key);

    let server_key = KeyPair::generate()?;
    let mut server = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()])?;
    server.distinguished_name.push(DnType::CommonName, "kube-apiserver");
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let server_certificate = server.signed_by(&server_key, &issuer)?.pem();
    Ok((certificate, server_certificate, server_key.serialize_pem()))
}
