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
    /// The client cannot be made: a certificate cannot be read, for example.
    #[error("no client can be made for {cluster}")]
    Client {
        /// The cluster, as people call it.
        cluster: String,
        /// Why.
        #[source]
        cause: Box<kube::Error>,
    },
    /// The system gives no thread or no network.
    #[error("the client cannot be started")]
    Runtime(#[source] std::io::Error),
}
