//! Bindings to whom one should not bind.

use seawall_rbac::{GROUP, Policy, Subject};
use seawall_yaml::Path;

pub(super) use super::granted::ROLES;
use crate::out::Out;

/// Reports each subject of a binding that is meant; `whom` says who that is. What an API server binds when it starts is left out.
pub(super) fn report(
    policy: &Policy<'_>,
    out: &mut Out<'_>,
    is_meant: impl Fn(&Subject) -> bool,
    whom: &str,
) {
    let mut any = false;
    for kind in ["ClusterRoleBinding", "RoleBinding"] {
        for (number, binding) in out.snapshot().numbered(GROUP, kind) {
            any = true;
            let Some(body) = binding.body.role_binding() else { continue };
            let namespace = if kind == "RoleBinding" {
                policy.snapshot().identity(binding.reference()).namespace
            } else {
                Default::default()
            };
            for (index, written) in body.subjects.iter().enumerate() {
                let subject = Subject::of(written, &namespace).filter(&is_meant);
                if subject.is_none() || policy.is_made_at_start(number, out.version()) {
                    continue;
                }
                let role = &body.role_ref;
                let message = format!("{} `{}` is given to {whom}", role.kind, role.name);
                let path = Path::root().key("subjects").index(index).key("name");
                out.fail_on(number, path, message).value(&written.name).keyed(&written.name);
            }
        }
    }
    if !any {
        out.not_applicable();
    }
}
