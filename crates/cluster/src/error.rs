//! Why a cluster cannot be asked.

use kube::config::{InClusterError, KubeconfigError};

/// Why a cluster cannot be asked: the configuration is wrong. That it does not answer, or not all, is a problem of the Snapshot.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// There is no kubeconfig, or it is wrong.
    #[error("the kubeconfig cannot be used")]
    Kubeconfig(#[source] KubeconfigError),
    /// The kubeconfig has no such user.
    #[error("the kubeconfig has no user `{0}`: `kubectl config get-users` lists those that it has")]
    UnknownUser(String),
    /// The pod that this runs in gives no access.
    #[error("the service account of this pod cannot be used")]
    InCluster(#[source] InClusterError),
    /// The kubeconfig gives no credentials.
    #[error("there are no credentials for {cluster}: {why}")]
    Credentials {
        /// The cluster, as people call it.
        cluster: String,
        /// Why.
        why: String,
    },
    /// The client cannot be made: a certificate cannot be read, for example.
    #[error("no client can be made for {cluster}")]
    Client {
        /// The cluster, as people call it.
        cluster: String,
        /// Why.
        #[source]
        cause: Box<kube::Error>,
    },
    /// What was given as a namespace is no name of one.
    #[error("`{0}` is not the name of a namespace: lower-case letters, digits and `-`, at most 63")]
    Namespace(String),
    /// The thread that was to read it has ended in a panic.
    #[error("reading it has failed: this is a mistake of Seawall")]
    Thread,
    /// The system gives no thread or no network.
    #[error("the client cannot be started")]
    Runtime(#[source] std::io::Error),
}
