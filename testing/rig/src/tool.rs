//! The real programs: which there are, at which version, and how to have them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Context, Result};

use crate::cache;

/// A real program that tests compare Seawall with, or let it drive, or that judges the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tool {
    /// kubectl 1.36.3, with `kubectl kustomize` (Kustomize 5.8.1) in it.
    Kubectl,
    /// kubectl's own reading of manifests, asked many times in one process; use [`crate::kubectl_oracle`].
    KubectlYamlOracle,
    /// What Kubernetes makes of quantities, label selectors and image references; use [`crate::apimachinery()`].
    ApimachineryOracle,
    /// What the API server makes of its file of encryption at rest; use [`crate::encryption()`].
    EncryptionOracle,
    /// What the API server's admission makes of the resources of a pod; use [`crate::admission()`].
    AdmissionOracle,
    /// The matcher of NetworkPolicies of cyclonus 0.5.6; use [`crate::cyclonus()`].
    Cyclonus,
    /// Calico's reading of its selectors, 3.28.5; use [`crate::calico_selectors`].
    CalicoSelectors,
    /// What Istio's control plane makes of its policies, of the source of 1.31; use [`crate::istio()`].
    IstioOracle,
    /// The checks of Kubernetes' PodSecurity admission, v1.37; use [`crate::pod_security_oracle`].
    PodSecurityOracle,
    /// etcd 3.6.8, in which the API server keeps its objects; use [`crate::ApiServer`].
    Etcd,
    /// kube-apiserver 1.36.3; use [`crate::ApiServer`].
    KubeApiserver,
    /// kube-apiserver 1.37.1, the newest; use [`crate::ApiServer`].
    KubeApiserverNewest,
    /// kube-apiserver 1.26.13, the oldest of which all modules can be had; use [`crate::ApiServer`].
    KubeApiserverOldest,
    /// kube-controller-manager 1.36.3; use [`crate::ApiServer::start_controllers`], or [`crate::Cluster`].
    KubeControllerManager,
    /// kube-scheduler 1.36.3; use [`crate::Cluster`], as for all that follow.
    KubeScheduler,
    /// kubelet 1.36.3.
    Kubelet,
    /// kube-proxy 1.36.3.
    KubeProxy,
    /// The network policy controller of kube-router 1.6.1.
    NetworkPolicy,
    /// What runs in the pods of the rig (`testing/go/probe`).
    Probe,
    /// Helm 3.22.0.
    Helm3,
    /// Helm 4.3.1.
    Helm4,
    /// cargo-deny 0.20.2: no component of Kubernetes, but the judge of our own dependencies (`deny.toml`).
    CargoDeny,
    /// cargo-mutants 27.1.0: the judge of the tests of our checks (`.cargo/mutants.toml`).
    CargoMutants,
}

/// What [`crate::Cluster`] needs besides, on Linux.
pub const NODE: [Tool; 5] =
    [Tool::KubeProxy, Tool::KubeScheduler, Tool::Kubelet, Tool::NetworkPolicy, Tool::Probe];

/// Every tool that `cargo xtask test` needs, but for those of [`NODE`].
pub const ALL: [Tool; 17] = [
    Tool::AdmissionOracle,
    Tool::ApimachineryOracle,
    Tool::CalicoSelectors,
    Tool::Cyclonus,
    Tool::EncryptionOracle,
    Tool::Etcd,
    Tool::IstioOracle,
    Tool::KubeApiserver,
    Tool::KubeApiserverNewest,
    Tool::KubeApiserverOldest,
    Tool::KubeControllerManager,
    Tool::Kubectl,
    Tool::KubectlYamlOracle,
    Tool::PodSecurityOracle,
    Tool::Helm3,
    Tool::Helm4,
    Tool::CargoDeny,
];

/// A program that has been built, and verified just now.
#[derive(Clone, Debug)]
pub struct Built {
    /// Where the program stands in the cache folder.
    pub path: PathBuf,
    /// What the program answers when asked for its version.
    pub version: String,
    /// SHA-256 of the program, in lower-case hex.
    pub sha256: String,
}

/// The path of a real program, built when the cache folder does not hold it yet.
///
/// # Errors
/// There is no Go toolchain, the build fails (on the first run: no network to the Go module proxy or to crates.io), or
/// the program does not answer with the pinned version.
pub fn tool(tool: Tool) -> Result<PathBuf> {
    Ok(build(tool)?.path)
}

/// Like [`tool()`], with the version and the SHA-256 of the program.
///
/// The program is verified once per process: reading 80 MB for each of a thousand calls would be waste.
///
/// # Errors
/// As [`tool()`].
pub fn build(tool: Tool) -> Result<Built> {
    static VERIFIED: OnceLock<Mutex<HashMap<Tool, Built>>> = OnceLock::new();
    let verified = VERIFIED.get_or_init(Mutex::default);
    let mut verified = verified.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(built) = verified.get(&tool) {
        return Ok(built.clone());
    }
    let recipe = tool.recipe();
    let built = cache::root()
        .and_then(|root| cache::obtain(&recipe, &root))
        .with_context(|| format!("cannot provide the real {}", recipe.name))?;
    verified.insert(tool, built.clone());
    Ok(built)
}
