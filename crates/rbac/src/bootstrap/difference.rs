//! What has become of an object that an API server has made.
//!
//! Source: `computeReconciledRole`, `computeReconciledRoleBinding` of k8s.io/component-helpers auth/rbac/reconciliation v0.36.3.

use std::fmt;

use seawall_inventory::kinds::{PolicyRule, RbacSubject, RoleBinding, RoleRef};
use seawall_inventory::selector::LabelSelector;
use seawall_inventory::{KubernetesVersion, Object};
use smol_str::SmolStr;

use super::{AUTO_UPDATE, Bootstrap, BootstrapObject, LABELS, Part};
use crate::covers::{Atom, covers, uncovered};
use crate::standing::rules;
use crate::validity::GROUP;

/// How an object differs from what the API server of a version makes under its name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BootstrapDifference {
    /// What it lacks, and gets back when an API server starts, unless it is protected.
    pub missing: Vec<BootstrapPart>,
    /// What it has besides, and keeps until somebody takes it away.
    pub extra: Vec<BootstrapPart>,
    /// What it has besides, and an earlier version has made it with; the newest of them.
    pub left: Vec<(BootstrapPart, KubernetesVersion)>,
    /// Whether API servers are told to leave it as it is (`rbac.authorization.kubernetes.io/autoupdate: "false"`).
    pub is_protected: bool,
    /// Whether there is more than is named.
    pub is_cut: bool,
}

/// A part of a role or binding.
#[derive(Clone, Debug, PartialEq)]
pub enum BootstrapPart {
    /// A verb on something.
    Rule(Atom),
    /// The rules of other ClusterRoles.
    Gathers(LabelSelector),
    /// A label by which other ClusterRoles gather its rules: key and value.
    Label(SmolStr, SmolStr),
    /// The role of a binding.
    Role(RoleRef),
    /// A subject of a binding.
    Subject(RbacSubject),
}

/// Parts that are named; a single rule may have millions.
const MOST: usize = 100;

impl BootstrapDifference {
    /// Whether it is what an API server of the version makes of it, be it that earlier ones have made more.
    pub fn is_none(&self) -> bool {
        self.missing.is_empty() && self.extra.is_empty()
    }

    /// Whether it is what an API server of the version makes, and nothing more.
    pub fn is_same(&self) -> bool {
        self.is_none() && self.left.is_empty()
    }

    /// Adds a part, when there are not too many.
    fn add(&mut self, add: impl FnOnce(&mut Self)) {
        if self.missing.len() + self.extra.len() + self.left.len() < MOST {
            add(self);
        } else {
            self.is_cut = true;
        }
    }
}

impl BootstrapObject {
    /// How an object of its name differs from what an API server of a version makes.
    pub fn difference(&self, object: &Object, version: KubernetesVersion) -> BootstrapDifference {
        let is_protected = object.metadata.annotations.get(AUTO_UPDATE) == Some("false");
        let mut found = BootstrapDifference { is_protected, ..BootstrapDifference::default() };
        self.missing(object, version, &mut found);
        for part in self.present(object, version) {
            if self.may_have(&part, version) {
                continue;
            }
            let earlier =
                Bootstrap::versions().rev().find(|one| *one < version && self.may_have(&part, *one));
            match earlier {
                Some(earlier) => found.add(|difference| difference.left.push((part, earlier))),
                None => found.add(|difference| difference.extra.push(part)),
            }
            if found.is_cut {
                break;
            }
        }
        found
    }

    /// The versions whose API servers make exactly this object.
    pub fn versions_of(&self, object: &Object) -> Vec<KubernetesVersion> {
        let is_made = |version: &KubernetesVersion| self.may_be_made_by(*version);
        Bootstrap::versions()
            .filter(is_made)
            .filter(|version| self.difference(object, *version).is_same())
            .collect()
    }

    /// What an API server would add.
    fn missing(&self, object: &Object, version: KubernetesVersion, found: &mut BootstrapDifference) {
        let mut wanted: Vec<&PolicyRule> = Vec::new();
        for part in self.made_with(version) {
            let part = match part {
                Part::Rule(rule) => {
                    wanted.push(rule);
                    continue;
                }
                Part::Label(key, value) => {
                    if object.metadata.labels.get(key) == Some(value) {
                        continue;
                    }
                    BootstrapPart::Label(key.clone(), value.clone())
                }
                Part::Gathers(key, value) => {
                    if selectors(object).into_iter().flatten().any(|own| selects(own, key, value)) {
                        continue;
                    }
                    BootstrapPart::Gathers(LabelSelector {
                        match_labels: [(key.clone(), value.clone())].into_iter().collect(),
                        ..LabelSelector::default()
                    })
                }
                Part::Of(role) => {
                    if binding(object).is_some_and(|own| whole_role(&own.role_ref) == *role) {
                        continue;
                    }
                    BootstrapPart::Role(role.clone())
                }
                Part::To(subject) => {
                    if binding(object)
                        .is_some_and(|own| own.subjects.iter().any(|one| whole(one) == *subject))
                    {
                        continue;
                    }
                    BootstrapPart::Subject(subject.clone())
                }
            };
            found.add(|difference| difference.missing.push(part));
        }
        let own: Vec<&PolicyRule> = rules(object).iter().collect();
        for atom in uncovered(&own, &wanted).take(MOST) {
            found.add(|difference| difference.missing.push(BootstrapPart::Rule(atom)));
        }
    }

    /// What an object has that may be extra: of rules what the version's own do not cover.
    fn present(&self, object: &Object, version: KubernetesVersion) -> Vec<BootstrapPart> {
        let mut parts = Vec::new();
        let labels = object.metadata.labels.iter().filter(|(key, _)| key.starts_with(LABELS));
        parts.extend(labels.map(|(key, value)| BootstrapPart::Label(key.into(), value.into())));
        parts.extend(selectors(object).into_iter().flatten().cloned().map(BootstrapPart::Gathers));
        if let Some(binding) = binding(object) {
            parts.push(BootstrapPart::Role(whole_role(&binding.role_ref)));
            parts.extend(binding.subjects.iter().map(|one| BootstrapPart::Subject(whole(one))));
        }
        let gathers = self.may_be_made_with(version).any(|part| matches!(part, Part::Gathers(..)));
        // What a controller fills in is not its own.
        if !(gathers && selectors(object).is_some()) {
            let (own, made): (Vec<&PolicyRule>, _) = (rules(object).iter().collect(), self.rules_of(version));
            parts.extend(uncovered(&made, &own).take(MOST + 1).map(BootstrapPart::Rule));
        }
        parts
    }

    /// The rules of a version, whatever the feature gates.
    fn rules_of(&self, version: KubernetesVersion) -> Vec<&PolicyRule> {
        let rules = self.may_be_made_with(version).filter_map(|part| match part {
            Part::Rule(rule) => Some(rule),
            _ => None,
        });
        rules.collect()
    }

    /// Whether an API server of a version may make it with this part.
    fn may_have(&self, part: &BootstrapPart, version: KubernetesVersion) -> bool {
        self.may_be_made_with(version).any(|own| match (own, part) {
            (Part::Rule(rule), BootstrapPart::Rule(atom)) => covers(rule, atom),
            (Part::Gathers(key, value), BootstrapPart::Gathers(selector)) => selects(selector, key, value),
            (Part::Label(key, value), BootstrapPart::Label(own, of)) => key == own && value == of,
            (Part::Of(role), BootstrapPart::Role(own)) => role == own,
            (Part::To(subject), BootstrapPart::Subject(own)) => subject == own,
            _ => false,
        })
    }
}

/// What a ClusterRole selects whose rules it gathers; `None` when it gathers none.
fn selectors(object: &Object) -> Option<&[LabelSelector]> {
    let aggregation = object.body.cluster_role()?.aggregation_rule.as_ref()?;
    Some(&aggregation.cluster_role_selectors)
}

/// Whether a selector asks for this label, and nothing else.
fn selects(selector: &LabelSelector, key: &str, value: &str) -> bool {
    selector.match_expressions.is_empty()
        && selector.match_labels.iter().count() == 1
        && selector.match_labels.get(key) == Some(value)
}

fn binding(object: &Object) -> Option<&RoleBinding> {
    object.body.role_binding()
}

/// With the group that is filled in (`SetDefaults_Subject` of k8s.io/kubernetes pkg/apis/rbac/v1/defaults.go v1.36.3).
fn whole(subject: &RbacSubject) -> RbacSubject {
    let mut subject = subject.clone();
    if subject.api_group.is_empty() && subject.kind != "ServiceAccount" {
        subject.api_group = GROUP.into();
    }
    subject
}

/// With the group that is filled in (`SetDefaults_RoleBinding` there).
fn whole_role(role: &RoleRef) -> RoleRef {
    let mut role = role.clone();
    if role.api_group.is_empty() {
        role.api_group = GROUP.into();
    }
    role
}

impl fmt::Display for BootstrapPart {
    /// `get secrets`, `Group system:authenticated`, `ClusterRole cluster-admin`, `label a=b`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(atom) => atom.fmt(f),
            Self::Label(key, value) => write!(f, "label {key}={value}"),
            Self::Role(role) => write!(f, "{} {}", role.kind, role.name),
            Self::Subject(subject) if subject.namespace.is_empty() => {
                write!(f, "{} {}", subject.kind, subject.name)
            }
            Self::Subject(subject) => write!(f, "{} {}/{}", subject.kind, subject.namespace, subject.name),
            Self::Gathers(selector) => {
                f.write_str("the rules of ClusterRoles with")?;
                for (key, value) in selector.match_labels.iter() {
                    write!(f, " {key}={value}")?;
                }
                for one in &selector.match_expressions {
                    write!(f, " {} {} {}", one.key, one.operator, one.values.join(","))?;
                }
                Ok(())
            }
        }
    }
}
