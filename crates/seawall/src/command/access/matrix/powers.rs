//! Powers that amount to more than they seem.

use super::cells::Column;
use crate::args::access::Asked;
use crate::command::access::what::{What, WhatArgs};

/// A power: what its column is called, and what who has it may do. Sources: "Role Based Access Control Good Practices" of the
/// Kubernetes documentation (privilege escalation risks), and for the first the meaning of `cluster-admin`.
type Power = (&'static str, &'static str, &'static str);

const POWERS: &[Power] = &[
    ("everything", "*", "*"),
    ("secrets", "get", "secrets"),
    ("exec", "create", "pods/exec"),
    ("pods", "create", "pods"),
    ("tokens", "create", "serviceaccounts/token"),
    ("impersonate", "impersonate", "users"),
    ("escalate", "escalate", "clusterroles"),
    ("bind", "bind", "clusterroles"),
    ("node proxy", "get", "nodes/proxy"),
    ("webhooks", "update", "mutatingwebhookconfigurations"),
    ("CSR approval", "update", "certificatesigningrequests/approval"),
    ("volumes", "create", "persistentvolumes"),
];

/// A column for each.
pub(super) fn columns(asked: &Asked) -> Vec<Column> {
    let column = |(title, verb, written): &Power| {
        let what = What::parse(verb, written, &WhatArgs::default(), asked).ok()?;
        Some(Column { title: (*title).to_owned(), asked: vec![what] })
    };
    POWERS.iter().filter_map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::{POWERS, columns};
    use crate::args::access::Asked;

    #[test]
    fn each_power_is_one_that_can_be_asked_for() {
        let columns = columns(&Asked::Default);
        assert_eq!(columns.len(), POWERS.len());
        for column in columns {
            assert!(column.asked[0].notes.is_empty(), "{:?}", column.asked);
        }
    }
}
