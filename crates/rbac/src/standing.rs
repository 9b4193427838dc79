//! How far an object can be taken at its word.

use seawall_inventory::{Object, Provenance, Snapshot};

use crate::doubt::Doubt;
use crate::validity::{of_role_ref, of_rule, of_subject, refusal};

/// How far a role or a binding can be taken at its word. What an API server said can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Why it may not do what it says; it does nothing that is certain then.
    pub doubt: Option<Doubt>,
    /// Whether it may do more than it says: of a role whatever there is, of a binding give its role to anybody.
    pub is_open: bool,
    /// Of a binding: whether it may bind any role.
    pub any_role: bool,
    /// Whether it may stand in any namespace.
    pub any_namespace: bool,
}

impl Standing {
    /// That of the object at `number`.
    pub fn of(object: &Object, number: usize, snapshot: &Snapshot) -> Self {
        let file = snapshot.file(object.origin.file);
        if file.is_some_and(|file| file.provenance == Provenance::Live) {
            return Self::default();
        }
        if object.malformed {
            return Self { doubt: Some(Doubt::Malformed(number)), ..Self::malformed(object) };
        }
        Self { doubt: refusal(object).map(|_| Doubt::Refused(number)), ..Self::mended(object) }
    }

    /// A field of a wrong type is decoded as an empty one, so that what is empty or not valid may say anything when it is mended,
    /// and all else says what it says.
    fn malformed(object: &Object) -> Self {
        let any_namespace = object.kind == "RoleBinding" && object.metadata.namespace.is_empty();
        if let Some(binding) = object.body.role_binding() {
            let subjects = &binding.subjects;
            return Self {
                any_namespace,
                is_open: subjects.is_empty()
                    || subjects.iter().any(|subject| of_subject(subject, false).is_some()),
                ..Self::mended(object)
            };
        }
        let rules = rules(object);
        let is_whole = |text: &smol_str::SmolStr| !text.is_empty();
        let is_open = rules.is_empty()
            || rules.iter().any(|rule| {
                // Of groups the empty one is the core group: it cannot be told from what is no text.
                let groups = &rule.api_groups;
                of_rule(rule, false).is_some()
                    || groups.iter().any(|group| group.is_empty())
                    || ![&rule.verbs, &rule.resources, &rule.non_resource_urls]
                        .iter()
                        .all(|list| list.iter().all(is_whole))
            });
        Self { is_open, ..Self::default() }
    }

    /// What may become of it when what the API server refuses is mended.
    fn mended(object: &Object) -> Self {
        let Some(binding) = object.body.role_binding() else {
            return Self { is_open: refusal(object).is_some(), ..Self::default() };
        };
        let is_namespaced = object.kind == "RoleBinding";
        Self {
            any_role: of_role_ref(&binding.role_ref, is_namespaced).is_some(),
            is_open: binding.subjects.iter().any(|subject| of_subject(subject, is_namespaced).is_some()),
            ..Self::default()
        }
    }
}

/// The rules that a role gives itself.
pub(crate) fn rules(object: &Object) -> &[seawall_inventory::kinds::PolicyRule] {
    match (object.body.role(), object.body.cluster_role()) {
        (Some(role), _) => &role.rules,
        (_, Some(role)) => &role.rules,
        _ => &[],
    }
}
