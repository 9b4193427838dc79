use seawall_finding::Severity;
use seawall_rbac::group;
use seawall_yaml::Path;

use super::takeover::takeovers;

crate::check::check! {
    /// Role of the cloud that can do everything in the cluster
    ///
    /// ## What it finds
    /// Roles and users of AWS that the ConfigMap `aws-auth` of EKS puts into the group `system:masters`, or into a group to which a binding gives a
    /// power that takes the cluster.
    ///
    /// ## Why it matters
    /// Whoever may assume the role in AWS has the cluster, and nothing that is bound or unbound in it changes that: `system:masters` is asked for
    /// before any authorizer. Who may assume it is written elsewhere, and often many may.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   namespace: kube-system
    ///   name: aws-auth
    /// data:
    ///   mapRoles: |   # <- finding
    ///     - rolearn: arn:aws:iam::111122223333:role/ci
    ///       username: ci
    ///       groups:
    ///       - system:masters
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   namespace: kube-system
    ///   name: aws-auth
    /// data:
    ///   mapUsers: |   # <- finding: medium
    ///     - userarn: arn:aws:iam::111122223333:user/jane
    ///       username: jane
    ///       groups: [admins]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: admins
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: cluster-admin
    /// subjects:
    /// - kind: Group
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: admins
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   namespace: kube-system
    ///   name: aws-auth
    /// data:
    ///   mapRoles: |
    ///     - rolearn: arn:aws:iam::111122223333:role/nodes
    ///       username: system:node:{{EC2PrivateDNSName}}
    ///       groups:
    ///       - system:bootstrappers
    ///       - system:nodes
    /// ```
    /// ## How to fix
    /// Put it into a group of your own, bind to that what is needed, and move to access entries of EKS, which can be listed, audited and taken
    /// away by themselves.
    ///
    /// ## References
    /// - Amazon EKS documentation: Grant IAM users access to Kubernetes with a ConfigMap
    /// - Amazon EKS Best Practices Guide, security: identity and access management
    id: "SW2035",
    name: "aws-auth-mapped",
    severity: High,
    scope: Object,
    subjects: ["ConfigMap"],
    reads: super::granted::ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0232", Narrower, "what is mapped is told; how else people are let in is not written in objects"),
        kubescape("C-0285", Narrower, "what is mapped is told; how else people are let in is not written in objects"),
    ],
    fn run(object, out) {
        let is_it = object.metadata.name == "aws-auth" && object.metadata.namespace == "kube-system";
        let Some(config) = object.body.config_map().filter(|_| is_it) else { return out.not_applicable() };
        for mapping in &config.iam_mappings {
            let path = Path::root().key("data").key(mapping.key.clone());
            if mapping.groups.iter().any(|name| name == group::MASTERS) {
                let message = format!("`{}` is in the group `{}`, which can do everything", mapping.arn, group::MASTERS);
                out.fail(path, message).derived("no binding gives that, and none takes it away").keyed(&mapping.arn);
                continue;
            }
            let Some(rights) = out.rights().filter(|_| !mapping.groups.is_empty()) else { continue };
            let mut told = false;
            let mut doubt = None;
            for name in &mapping.groups {
                let held = rights.of_group(name);
                let found = takeovers(&held);
                if let Some(worst) = found.first().filter(|_| !told) {
                    told = true;
                    let message = format!("`{}` is in the group `{name}`, which can {}", mapping.arn, worst.can());
                    out.fail(path.clone(), message).severity(Severity::Medium).derived(worst.by()).keyed(&mapping.arn);
                }
                doubt = doubt.or(held.doubts.first().map(|reason| (*reason).to_owned()));
            }
            if let Some(reason) = doubt.filter(|_| !told) {
                out.unknown(reason);
            }
        }
    }
}
