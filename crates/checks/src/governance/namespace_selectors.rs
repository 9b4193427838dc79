//! Whether a selector of namespaces takes a namespace, as far as its labels are known.

use seawall_inventory::selector::LabelSelector;

/// The label with the namespace's own name, which the API server sets on every namespace since v1.21
/// (k8s.io/kubernetes pkg/apis/core/v1/defaults.go: SetDefaults_Namespace).
pub(super) const NAME: &str = "kubernetes.io/metadata.name";

/// Whether `selector` takes the namespace `name`; `None` when that depends on labels that were not read.
/// `label` gives the value of a label: `None` when the labels are not known.
pub(super) fn takes<'s>(
    selector: Option<&LabelSelector>,
    name: &str,
    label: impl Fn(&str) -> Option<Option<&'s str>>,
) -> Option<bool> {
    let Some(selector) = selector else { return Some(true) };
    let mut certain = true;
    let labels = selector.match_labels.iter().map(|(key, value)| {
        let found = if key == NAME { Some(Some(name)) } else { label(key) };
        found.map(|found| found == Some(value))
    });
    let expressions = selector.match_expressions.iter().map(|requirement| {
        let found = if requirement.key == NAME { Some(name) } else { label(&requirement.key)? };
        let is_listed = found.is_some_and(|found| requirement.values.iter().any(|value| value == found));
        match requirement.operator.as_str() {
            "In" => Some(is_listed),
            "NotIn" => Some(!is_listed),
            "Exists" => Some(found.is_some()),
            "DoesNotExist" => Some(found.is_none()),
            _ => None,
        }
    });
    for holds in labels.chain(expressions) {
        match holds {
            // All requirements must hold, whatever the others say.
            Some(false) => return Some(false),
            Some(true) => {}
            None => certain = false,
        }
    }
    certain.then_some(true)
}

#[cfg(test)]
mod tests {
    use seawall_inventory::selector::LabelSelector;

    use super::takes;

    fn selector(labels: &[(&str, &str)], expressions: &[(&str, &str, &[&str])]) -> LabelSelector {
        LabelSelector {
            match_labels: labels.iter().copied().collect(),
            match_expressions: expressions
                .iter()
                .map(|(key, operator, values)| seawall_inventory::selector::LabelSelectorRequirement {
                    key: (*key).into(),
                    operator: (*operator).into(),
                    values: values.iter().map(|value| (*value).into()).collect(),
                })
                .collect(),
        }
    }

    #[test]
    fn what_is_not_known_decides_nothing() {
        let name = "kubernetes.io/metadata.name";
        let table = [
            (selector(&[], &[]), Some(true), Some(true)),
            (selector(&[(name, "shop")], &[]), Some(true), Some(true)),
            (selector(&[(name, "other")], &[]), Some(false), Some(false)),
            (selector(&[], &[(name, "NotIn", &["kube-system"])]), Some(true), Some(true)),
            (selector(&[], &[(name, "NotIn", &["kube-system", "shop"])]), Some(false), Some(false)),
            (selector(&[("team", "a")], &[]), None, Some(true)),
            (selector(&[("team", "b")], &[]), None, Some(false)),
            (selector(&[("team", "b")], &[(name, "DoesNotExist", &[])]), Some(false), Some(false)),
            (selector(&[], &[("skip", "DoesNotExist", &[])]), None, Some(true)),
            (selector(&[], &[("team", "Exists", &[])]), None, Some(true)),
            (selector(&[], &[("team", "Gt", &["1"])]), None, None),
        ];
        for (selector, unread, read) in table {
            assert_eq!(takes(Some(&selector), "shop", |_| None), unread, "{selector:?}");
            let label = |key: &str| Some((key == "team").then_some("a"));
            assert_eq!(takes(Some(&selector), "shop", label), read, "{selector:?}");
        }
        assert_eq!(takes(None, "shop", |_| None), Some(true));
    }
}
