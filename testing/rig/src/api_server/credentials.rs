//! Keys, certificates, tokens and kubeconfigs: how an API server and its users know each other.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use rcgen::KeyPair;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::cache::hex;
use crate::certificate::{Authority, ClientCertificate};

/// What clients may call the API server: where it is, and its name in every cluster.
const SERVER_NAMES: [&str; 3] = ["127.0.0.1", "localhost", "kubernetes.default.svc"];

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
    signer: Authority,
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
        let signer = Authority::make().context("no certificate")?;
        let (server_certificate, server_key) =
            signer.server("kube-apiserver", &SERVER_NAMES).context("no certificate")?;
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
            authority: file("ca.crt", signer.certificate())?,
            server_certificate: file("server.crt", &server_certificate)?,
            server_key: file("server.key", &server_key)?,
            service_account_key: file("service-account.key", &service_account.serialize_pem())?,
            service_account_public_key: file("service-account.pub", &service_account.public_key_pem())?,
            tokens: file("tokens.csv", &lines)?,
            users: known,
            signer,
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

    /// The user's token; none when the API server does not know him.
    pub(super) fn token(&self, user: &str) -> Option<&str> {
        self.users.iter().find(|known| known.name == user).map(|known| known.token.as_str())
    }

    /// Makes a certificate for this user of this group, whoever he is.
    pub(super) fn client_certificate(&self, user: &str, group: &str) -> Result<ClientCertificate> {
        let (certificate, key) = self.signer.client(user, group).context("no certificate")?;
        let made = tempfile::Builder::new().prefix("client-").tempdir_in(&self.folder);
        // It goes with the folder that it is in.
        let folder = made.context("no folder for a certificate")?.keep();
        let files = ClientCertificate { certificate: folder.join("tls.crt"), key: folder.join("tls.key") };
        fs::write(&files.certificate, certificate).context("cannot write a certificate")?;
        fs::write(&files.key, key).context("cannot write a key")?;
        Ok(files)
    }

    /// Names of users may have what names of files may not.
    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("kubeconfig-{number}.json"))
    }
}
