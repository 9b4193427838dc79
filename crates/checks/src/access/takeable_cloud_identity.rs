use std::collections::BTreeSet;

use seawall_finding::Severity;
use seawall_rbac::{Subject, power};
use seawall_yaml::Path;

use super::account::DEFAULT;

crate::check::check! {
    /// Identity of the cloud that others can take
    ///
    /// ## What it finds
    /// Service accounts that are somebody in the cloud as well (annotations of EKS, GKE and Azure), where others than the program get at that:
    /// the account `default`, which every pod of the namespace has that names none; and accounts of a namespace in which a binding lets
    /// somebody run pods, or get tokens, as any of its accounts. Who may do that in all namespaces is told by the checks of
    /// these powers.
    ///
    /// ## Why it matters
    /// The cloud trusts whoever has a token of the account. A right to start a pod in this namespace is a right on buckets, keys and databases.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   namespace: shop
    ///   name: default
    ///   annotations:
    ///     eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/orders   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   namespace: shop
    ///   name: orders
    ///   annotations:
    ///     iam.gke.io/gcp-service-account: orders@example.iam.gserviceaccount.com   # <- finding
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: shop
    ///   name: developers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: edit
    /// subjects:
    /// - kind: Group
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: developers
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   namespace: shop
    ///   name: orders
    ///   annotations:
    ///     azure.workload.identity/client-id: 11111111-2222-3333-4444-555555555555
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: shop
    ///   name: developers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: Group
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: developers
    /// ```
    /// ## How to fix
    /// Give the program an account and a namespace of its own, in which only its pipeline may start pods.
    ///
    /// ## References
    /// - Amazon EKS documentation: IAM roles for service accounts
    /// - Google Kubernetes Engine documentation: Workload Identity Federation, identity sameness
    /// - Microsoft Entra Workload ID documentation: service account labels and annotations
    id: "SW2037",
    name: "takeable-cloud-identity",
    severity: Medium,
    scope: Object,
    subjects: ["ServiceAccount"],
    reads: super::granted::ROLES,
    since: "0.1.0",
    profile: Strict,
    fn run(object, out) {
        let annotations = &object.metadata.annotations;
        let named = ANNOTATIONS.into_iter().find_map(|key| Some((key, annotations.get(key).filter(|value| !value.is_empty())?)));
        let Some((key, value)) = named else { return out.not_applicable() };
        let path = Path::root().key("metadata").key("annotations").key(key);
        if object.metadata.name == DEFAULT {
            let message = "every pod of the namespace that names no account is somebody in the cloud";
            out.fail(path, message).value(value);
            return;
        }
        let Some(rights) = out.rights() else { return out.unknown("who holds what was not worked out") };
        let namespace = out.snapshot().identity(object).namespace;
        let itself = Subject::ServiceAccount(namespace.clone(), object.metadata.name.clone());
        let (holders, doubts) = rights.holders_in(&namespace, &POWERS.map(|power| power.name));
        let holders: BTreeSet<&Subject> = holders.into_iter().filter(|holder| **holder != itself).collect();
        if let Some(first) = holders.first() {
            let others = match holders.len() - 1 {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let message = format!("`{first}`{others} can be account `{}` in the cloud, by a pod or a token of it", object.metadata.name);
            out.fail(path, message).severity(Severity::Medium).value(value);
        } else if let Some(reason) = doubts.first() {
            out.unknown((*reason).to_owned());
        }
    }
}

/// By which an account is somebody in AWS, Google Cloud and Azure.
const ANNOTATIONS: [&str; 3] =
    ["eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "azure.workload.identity/client-id"];

/// By which somebody gets at a token of any account of a namespace.
const POWERS: [&seawall_rbac::Power; 3] = [&power::RUN_PODS, &power::REQUEST_TOKENS, &power::EXECUTE];
