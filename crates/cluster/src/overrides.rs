//! What flags say in place of a kubeconfig, with the meaning that they have for kubectl.

use std::fmt;
use std::path::{Path, PathBuf};

use kube::config::{Context, Kubeconfig, NamedAuthInfo, NamedCluster, NamedContext};

use crate::error::ClusterError;

/// What is to count in place of what the kubeconfig says of a context (`ConfigOverrides` of
/// k8s.io/client-go/tools/clientcmd, v0.36.3).
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// The user of the kubeconfig, in place of that of the context.
    pub user: Option<String>,
    /// Address of the API server.
    pub server: Option<String>,
    /// Bearer token.
    pub token: Option<Token>,
    /// File with the certificates of authorities that the API server is believed by.
    pub certificate_authority: Option<PathBuf>,
    /// File with the certificate of the client.
    pub client_certificate: Option<PathBuf>,
    /// File with its key.
    pub client_key: Option<PathBuf>,
    /// The name that the certificate of the API server is to hold.
    pub tls_server_name: Option<String>,
    /// Whether any certificate of an API server will do.
    pub insecure_skip_tls_verify: bool,
}

/// A bearer token, which is not to be shown.
#[derive(Clone)]
pub struct Token(pub String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl Overrides {
    /// Changes `kubeconfig` where the context stands that counts, the current one unless `context` names another, as
    /// `DirectClientConfig` of client-go does. A context is made when there is none and the flags say where the API server is.
    /// What else is missing is left for who reads the kubeconfig to say.
    ///
    /// # Errors
    /// The kubeconfig has no user of that name.
    pub(crate) fn apply(
        &self,
        kubeconfig: &mut Kubeconfig,
        context: Option<&str>,
    ) -> Result<(), ClusterError> {
        if self.server.is_some() && kubeconfig.contexts.is_empty() && context.is_none() {
            let name = kubeconfig.current_context.get_or_insert_default().clone();
            let made = Context { cluster: name.clone(), user: Some(name.clone()), ..Context::default() };
            kubeconfig.contexts.push(NamedContext { name, context: Some(made), ..NamedContext::default() });
        }
        let chosen = context.map(str::to_owned).or_else(|| kubeconfig.current_context.clone());
        let named = kubeconfig.contexts.iter_mut().find(|named| Some(&named.name) == chosen.as_ref());
        let Some(context) = named.and_then(|named| named.context.as_mut()) else { return Ok(()) };
        if let Some(user) = &self.user {
            if !kubeconfig.auth_infos.iter().any(|named| named.name == *user) {
                return Err(ClusterError::UnknownUser(user.clone()));
            }
            context.user = Some(user.clone());
        }
        let cluster = context.cluster.clone();
        let user = context.user.get_or_insert_default().clone();
        self.change_cluster(&mut kubeconfig.clusters, cluster);
        self.change_user(&mut kubeconfig.auth_infos, user);
        Ok(())
    }

    fn change_cluster(&self, clusters: &mut Vec<NamedCluster>, name: String) {
        if self.server.is_some() && !clusters.iter().any(|named| named.name == name) {
            clusters.push(NamedCluster { name: name.clone(), ..NamedCluster::default() });
        }
        let Some(named) = clusters.iter_mut().find(|named| named.name == name) else { return };
        let cluster = named.cluster.get_or_insert_default();
        if self.server.is_some() {
            cluster.server.clone_from(&self.server);
        }
        // What is said of trust is said as a whole.
        if self.certificate_authority.is_some() || self.insecure_skip_tls_verify {
            cluster.insecure_skip_tls_verify = Some(self.insecure_skip_tls_verify);
            cluster.certificate_authority = text(self.certificate_authority.as_deref());
            cluster.certificate_authority_data = None;
        }
        // The name that the file gives is that of another server.
        if self.tls_server_name.is_some() || self.server.is_some() {
            cluster.tls_server_name.clone_from(&self.tls_server_name);
        }
    }

    fn change_user(&self, users: &mut Vec<NamedAuthInfo>, name: String) {
        if self.token.is_none() && self.client_certificate.is_none() && self.client_key.is_none() {
            return;
        }
        if !users.iter().any(|named| named.name == name) {
            users.push(NamedAuthInfo { name: name.clone(), ..NamedAuthInfo::default() });
        }
        let Some(named) = users.iter_mut().find(|named| named.name == name) else { return };
        let user = named.auth_info.get_or_insert_default();
        if let Some(Token(token)) = &self.token {
            user.token = Some(token.clone().into());
            user.token_file = None;
        }
        if self.client_certificate.is_some() {
            user.client_certificate = text(self.client_certificate.as_deref());
            user.client_certificate_data = None;
        }
        if self.client_key.is_some() {
            user.client_key = text(self.client_key.as_deref());
            user.client_key_data = None;
        }
    }
}

fn text(path: Option<&Path>) -> Option<String> {
    path.map(|path| path.to_string_lossy().into_owned())
}
