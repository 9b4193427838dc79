use seawall_finding::Severity;
use seawall_inventory::Object;
use seawall_inventory::kinds::RbacSubject;
use seawall_inventory::selector::is_dns_subdomain;
use seawall_rbac::Bootstrap;
use seawall_yaml::Path;

use super::account::DEFAULT;
use super::alike::{has_unseen, looks_like};
use crate::out::Out;

crate::check::check! {
    /// Binding to nobody, or to somebody else than it seems
    ///
    /// ## What it finds
    /// Subjects of bindings that are nobody: a service account that is not there (known where the accounts of its namespace were read from a
    /// cluster; else it is unknown), one without a namespace in a ClusterRoleBinding, a kind or a name that nobody can have. And names
    /// that look like those that Kubernetes gives and are others: with letters of another script, of full width or of another case,
    /// with blanks around or with characters that have no shape.
    ///
    /// ## Why it matters
    /// A binding to nobody waits for somebody: whoever may make an account of that name gets the role. A name that looks like another one
    /// deceives whoever reads it: `system:masters` with one Cyrillic letter is a group that anybody may be in.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: readers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: ServiceAccount
    ///   name: default   # <- finding: low
    /// - kind: Robot
    ///   name: r2   # <- finding: low
    /// - kind: Group
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: system:mаsters   # <- finding
    /// - kind: Group
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: "developers "   # <- finding
    /// ```
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: shop
    ///   name: readers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: ServiceAccount
    ///   name: gone   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   namespace: shop
    ///   name: reader
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: readers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: shop
    ///   name: reader
    /// - kind: Group
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: developers
    /// ```
    /// ## How to fix
    /// Take the subject out, or write the name that is meant.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/registry/rbac/validation/rule.go: appliesTo
    /// - Unicode Technical Standard 39: Unicode Security Mechanisms, confusable detection
    id: "SW2029",
    name: "dangling-subject",
    severity: Medium,
    scope: Object,
    subjects: ["ClusterRoleBinding.rbac.authorization.k8s.io", "RoleBinding.rbac.authorization.k8s.io"],
    reads: ["ServiceAccount"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let Some(binding) = object.body.role_binding() else { return out.not_applicable() };
        for (index, subject) in binding.subjects.iter().enumerate() {
            let path = Path::root().key("subjects").index(index).key("name");
            let name = subject.name.as_str();
            let (message, severity) = match judge(subject, object, out) {
                Judged::Somebody => continue,
                Judged::Unknown(reason) => {
                    out.unknown(reason);
                    continue;
                }
                Judged::Nobody(why) => (format!("{} `{name}` is nobody: {why}", subject.kind), Severity::Low),
                Judged::Missing(namespace) => {
                    let message = format!("ServiceAccount `{namespace}/{name}` does not exist: whoever makes it gets the role");
                    (message, Severity::Medium)
                }
                Judged::Alike(like) => (format!("{} `{}` looks like `{like}` and is another one", subject.kind, name.escape_debug()), Severity::Medium),
                Judged::Unseen => {
                    (format!("{} `{}` has characters that nobody sees", subject.kind, name.escape_debug()), Severity::Medium)
                }
            };
            out.fail(path, message).severity(severity).value(name).keyed(format!("{} {} {name}", subject.kind, subject.namespace));
        }
    }
}

enum Judged<'s> {
    Somebody,
    Nobody(&'static str),
    /// An account that does not exist, and its namespace.
    Missing(&'s str),
    Alike(&'static str),
    Unseen,
    Unknown(&'static str),
}

fn judge<'s>(subject: &'s RbacSubject, binding: &'s Object, out: &Out<'_>) -> Judged<'s> {
    let name = subject.name.as_str();
    match subject.kind.as_str() {
        "ServiceAccount" => return of_account(subject, binding, out),
        "User" | "Group" => {}
        _ => return Judged::Nobody("subjects are users, groups and service accounts"),
    }
    if name.is_empty() {
        return Judged::Nobody("it has no name");
    }
    match looks_like(name) {
        Some(like) => Judged::Alike(like),
        None if has_unseen(name) => Judged::Unseen,
        None => Judged::Somebody,
    }
}

fn of_account<'s>(subject: &'s RbacSubject, binding: &'s Object, out: &Out<'_>) -> Judged<'s> {
    let name = subject.name.as_str();
    let snapshot = out.snapshot();
    let is_local = binding.kind == "RoleBinding" && subject.namespace.is_empty();
    let namespace = if is_local { &binding.metadata.namespace } else { &subject.namespace };
    if namespace.is_empty() && !is_local {
        return Judged::Nobody("in a ClusterRoleBinding it has no namespace");
    }
    if !is_dns_subdomain(name) {
        return Judged::Nobody("no service account can have that name");
    }
    // Those of controllers are made when these run for the first time.
    if name == DEFAULT || namespace == "kube-system" && Bootstrap::is_labelled(binding) {
        return Judged::Somebody;
    }
    let (is_there, has_all) = if is_local {
        (
            snapshot.named(binding, "", "ServiceAccount", name).next().is_some(),
            snapshot.has_all_beside(binding, "", "ServiceAccount"),
        )
    } else {
        (
            snapshot.find("", "ServiceAccount", namespace, name).next().is_some(),
            snapshot.has_all_in(namespace, "", "ServiceAccount"),
        )
    };
    match (is_there, has_all) {
        (true, _) => Judged::Somebody,
        (false, true) => Judged::Missing(namespace),
        (false, false) => Judged::Unknown("a service account is not among the objects read, and may be in the cluster"),
    }
}
