//! Why a cluster could not be read at all.

use kube::config::{InClusterError, KubeconfigError};

/// Why a cluster could not be read at all. What keeps a part of it from being read is a problem of the Snapshot.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// There is no kubeconfig, or it is wrong.
    #[error("the kubeconfig cannot be used")]
    Kubeconfig(#[source] KubeconfigError),
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
    /// What the API server serves cannot be asked.
    #[error("{cluster} does not answer")]
    Unreachable {
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
