//! What only tests use: the real components that Seawall is judged by.
//!
//! - [`tool()`] gives the path of a real program (kubectl, helm 3 and 4), built from the pinned Go modules in
//!   `testing/go` and kept in the user's cache folder by version.
//! - [`kubectl_oracle`] asks kubectl's own code what it makes of any number of manifests.
//! - [`apimachinery()`] asks Kubernetes' own code about quantities, label selectors and image references.
//! - [`encryption()`] asks the API server's own code what it makes of its file of encryption at rest.
//! - [`admission()`] asks the API server's own code what LimitRanges and ResourceQuotas make of a pod.
//! - [`calico_selectors()`] asks Calico's own code whom its selectors mean.
//! - [`cyclonus()`] asks another evaluator of NetworkPolicies what they let pass.
//! - [`istio()`] asks Istio's own code what its policies make of connections.
//! - [`pod_security_oracle`] asks Kubernetes' own code which controls of the Pod Security Standards a pod violates, and
//!   [`pod_security_fixtures`] are the pods that Kubernetes tests this code with.
//! - [`ApiServer`] is a real API server with its etcd on loopback, fresh for each test program that wants one.
//! - [`Proxy`] stands before an API server and spoils some of what passes.
//! - [`Cluster`] is a whole real cluster of one node, in which pods run; tests share one by [`run_node_tests`].
//! - [`kubernetes_api_source`] is the source of Kubernetes' own API types.
//! - [`Random`] draws what tests vary, the same on every machine; by [`Digest`] it is known whether answers are still about it.
//! - [`corpus`] is the folder of real public manifests; [`files_below`] are the files of a folder.
//!
//! A component that is missing is an error that says how to get it, never a skipped test.

mod admission;
mod api_server;
mod apimachinery;
mod cache;
mod calico;
mod canonical;
mod certificate;
mod crates_io;
mod cyclonus;
mod daemon;
#[cfg(unix)]
mod debian;
mod digest;
mod encryption;
mod files;
mod go;
mod guard;
#[cfg(unix)]
mod image;
mod istio;
mod kubectl;
#[cfg(unix)]
mod node;
mod oracle;
#[cfg(target_os = "linux")]
pub mod packets;
mod pod_security;
mod process;
mod proxy;
mod random;
mod recipe;
mod tool;
mod unused;
mod workspace;

pub use admission::{Admission, AdmissionOracle, AdmissionQuestion, admission};
pub use api_server::{ApiServer, AuditEvent, Impersonated, Setup, Version};
pub use apimachinery::apimachinery;
pub use cache::root as cache_folder;
pub use calico::calico_selectors;
pub use canonical::canonical;
pub use certificate::ClientCertificate;
pub use cyclonus::{Cyclonus, CyclonusAnswer, CyclonusEnd, CyclonusPacket, CyclonusQuestion, cyclonus};
pub use digest::Digest;
pub use encryption::{Encryption, FieldError, encryption};
pub use files::files_below;
#[cfg(unix)]
pub use image::Image;
#[cfg(unix)]
pub use istio::{Istio, IstioAnswer, IstioConnection, IstioQuestion, istio};
pub use node::{Cluster, NodeTest, PROBE_IMAGE, run_node_tests, without_node};
pub use oracle::{Answer, Document, Oracle, kubectl_oracle};
pub use pod_security::{
    PodSecurityOracle, PodSecurityQuestion, kubernetes_api_source, pod_security_fixtures, pod_security_oracle,
};
pub use proxy::{Asked, Events, Fate, Proxy, Response, Upstream};
pub use random::{Random, fresh_seed};
pub use tool::{ALL, Built, NODE, Tool, build, tool};
pub use workspace::{corpus, workspace_root};
