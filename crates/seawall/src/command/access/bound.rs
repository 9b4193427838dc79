//! Whom bindings name, and where they stand.

use std::collections::{BTreeMap, BTreeSet};

use seawall_inventory::{Object, Snapshot, View};
use seawall_rbac::Subject;
use smol_str::SmolStr;

use super::chain::name;

/// All bindings.
pub(super) fn bindings(snapshot: &Snapshot) -> impl Iterator<Item = &Object> {
    let of_kind = |kind| View::from(snapshot).of_kind("rbac.authorization.k8s.io", kind);
    of_kind("ClusterRoleBinding").chain(of_kind("RoleBinding"))
}

/// The subjects of all bindings, each once.
pub(super) fn subjects(snapshot: &Snapshot) -> BTreeSet<Subject> {
    bindings(snapshot)
        .flat_map(|binding| {
            let namespace = name(snapshot, binding).namespace;
            let subjects = binding.body.role_binding().into_iter().flat_map(|body| body.subjects.iter());
            subjects.filter_map(move |subject| Subject::of(subject, &namespace)).collect::<Vec<_>>()
        })
        .collect()
}

/// The namespaces of the RoleBindings that name each subject.
pub(super) fn namespaces(snapshot: &Snapshot) -> BTreeMap<Subject, BTreeSet<SmolStr>> {
    let mut found: BTreeMap<Subject, BTreeSet<SmolStr>> = BTreeMap::new();
    for binding in View::from(snapshot).of_kind("rbac.authorization.k8s.io", "RoleBinding") {
        let namespace = name(snapshot, binding).namespace;
        for subject in binding.body.role_binding().into_iter().flat_map(|body| body.subjects.iter()) {
            if let Some(subject) = Subject::of(subject, &namespace) {
                found.entry(subject).or_default().insert(namespace.clone());
            }
        }
    }
    found
}
