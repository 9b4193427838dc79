//! What Linkerd's objects say of who may connect to pods.
//!
//! Source of names and types: the definitions of policy.linkerd.io in linkerd/linkerd2 charts/linkerd-crds (Server v1beta1 to
//! v1beta3, ServerAuthorization v1beta1, the others v1alpha1), and Linkerd's reference of authorization policy.

use smol_str::SmolStr;

use super::istio::PolicyTarget;
use crate::decode::{IntOrString, Present, record};
use crate::selector::LabelSelector;

record! {
    /// `Server`: a port of pods.
    ServerSpec {
        /// The pods of its namespace.
        pod_selector: Option<LabelSelector> = "podSelector",
        /// What is outside of the cluster, instead of pods.
        external_workload_selector: Option<Present> = "externalWorkloadSelector",
        /// The port, by number or name.
        port: Option<IntOrString> = "port",
        /// Who may connect besides those who are authorized; nobody when empty.
        access_policy: SmolStr = "accessPolicy",
    }

    /// `ServerAuthorization`.
    ServerAuthorizationSpec {
        /// The Servers of its namespace that it is for.
        server: ServerChoice = "server",
        /// Who may connect.
        client: ServerClient = "client",
    }

    /// One Server, or some.
    ServerChoice {
        /// By name.
        name: Option<SmolStr> = "name",
        /// By labels.
        selector: Option<LabelSelector> = "selector",
    }

    /// Who may connect.
    ServerClient {
        /// From where; from everywhere when empty.
        networks: Box<[Network]> = "networks",
        /// Whether without an identity.
        unauthenticated: Option<bool> = "unauthenticated",
        /// With which identities.
        mesh_tls: Option<Box<MeshTls>> = "meshTLS",
    }

    /// Addresses.
    Network {
        /// Of addresses: `10.0.0.0/8`.
        cidr: SmolStr = "cidr",
        /// Parts of it that are not meant.
        except: Box<[SmolStr]> = "except",
    }

    /// Identities.
    MeshTls {
        /// Whether encrypted is enough.
        unauthenticated: Option<bool> = "unauthenticatedTLS",
        /// By name: `web.shop.serviceaccount.identity.linkerd.cluster.local`, `*`.
        identities: Box<[SmolStr]> = "identities",
        /// Those of service accounts.
        service_accounts: Box<[MeshAccount]> = "serviceAccounts",
    }

    /// A service account.
    MeshAccount {
        /// Name.
        name: SmolStr = "name",
        /// Namespace; the object's own when empty.
        namespace: SmolStr = "namespace",
    }

    /// `AuthorizationPolicy` of policy.linkerd.io.
    LinkerdAuthorizationSpec {
        /// A Server, the routes of one, or a namespace.
        target_ref: PolicyTarget = "targetRef",
        /// What a client must be; all of them.
        required: Box<[PolicyTarget]> = "requiredAuthenticationRefs",
    }

    /// `MeshTLSAuthentication`.
    MeshTlsAuthenticationSpec {
        /// By name: `web.shop.serviceaccount.identity.linkerd.cluster.local`, `*`.
        identities: Box<[SmolStr]> = "identities",
        /// Those of service accounts, or of all in a namespace.
        identity_refs: Box<[PolicyTarget]> = "identityRefs",
    }

    /// `NetworkAuthentication`.
    NetworkAuthenticationSpec {
        /// From where.
        networks: Box<[Network]> = "networks",
    }
}
