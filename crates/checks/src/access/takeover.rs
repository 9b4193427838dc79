//! Powers by which whoever has them takes the cluster, or comes close to it.

use std::cmp::Reverse;

use seawall_finding::Severity;
use seawall_rbac::{HeldRights, Power, Right, power};

/// The namespace of the control plane: who has it has the cluster.
const CONTROL_PLANE: &str = "kube-system";

/// How bad it is to hold a power in the whole cluster, or in the namespace of the control plane: critical where the cluster falls by
/// this alone, high where one more thing is needed.
const POWERS: &[(&Power, Severity)] = &[
    (&power::EVERYTHING, Severity::Critical),
    (&power::BIND_CLUSTER, Severity::Critical),
    (&power::ESCALATE_CLUSTER, Severity::Critical),
    (&power::IMPERSONATE_USERS, Severity::Critical),
    (&power::READ_SECRETS, Severity::Critical),
    (&power::RUN_PODS, Severity::Critical),
    (&power::REQUEST_TOKENS, Severity::Critical),
    (&power::MINT_TOKENS, Severity::Critical),
    (&power::IMPERSONATE, Severity::Critical),
    (&power::BIND, Severity::Critical),
    (&power::ESCALATE, Severity::Critical),
    (&power::EXECUTE, Severity::Critical),
    (&power::CHANGE_PODS, Severity::Critical),
    (&power::NODES_PROXY, Severity::Critical),
    (&power::APPROVE_CERTIFICATES, Severity::Critical),
    (&power::EDIT_WEBHOOKS, Severity::Critical),
    (&power::CREATE_VOLUMES, Severity::High),
    (&power::EDIT_NODES, Severity::High),
    (&power::EDIT_DNS, Severity::High),
];

/// A power that takes the cluster, and how bad that is.
pub(super) struct Takeover<'r> {
    pub right: &'r Right,
    pub severity: Severity,
}

/// What takes the cluster of what somebody holds: each power once, the worst first. Who can do everything is told for that alone.
pub(super) fn takeovers<'r>(held: &HeldRights<'r>) -> Vec<Takeover<'r>> {
    let mut found: Vec<Takeover<'r>> = Vec::new();
    for right in &held.powers {
        let known = POWERS.iter().find(|(power, _)| power.name == right.power.name);
        let is_wide = right.namespace.as_deref().is_none_or(|namespace| namespace == CONTROL_PLANE);
        let is_told = found.iter().any(|one| one.right.power.name == right.power.name);
        if let Some((_, severity)) = known.filter(|_| is_wide && !is_told) {
            found.push(Takeover { right, severity: *severity });
        }
    }
    if let Some(all) = found.iter().position(|one| one.right.power.name == power::EVERYTHING.name) {
        found = vec![found.swap_remove(all)];
    }
    // Stable: within a severity in the order of powers.
    found.sort_by_key(|one| Reverse(one.severity));
    found
}

impl Takeover<'_> {
    /// What can be done by it, behind "can".
    pub fn can(&self) -> String {
        match &self.right.namespace {
            Some(namespace) => format!("{} in namespace `{namespace}`", self.right.power.can),
            None => self.right.power.can.to_owned(),
        }
    }

    /// By what.
    pub fn by(&self) -> String {
        let Right { binding, role, rule, .. } = self.right;
        format!("{binding} gives it, by rules[{rule}] of {role}")
    }
}
