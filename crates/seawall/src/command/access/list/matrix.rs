//! Rules as a matrix: resources, and the verbs on each.

use std::collections::{BTreeMap, BTreeSet};

use seawall_inventory::kinds::PolicyRule;
use smol_str::SmolStr;

/// Stands for all groups, resources or verbs.
const ALL: &str = "*";

/// What rules allow together. What a wider one makes moot is left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Matrix {
    /// Verbs on resources.
    pub resources: Vec<(Row, Vec<SmolStr>)>,
    /// Verbs on paths that are no resources.
    pub paths: Vec<(SmolStr, Vec<SmolStr>)>,
}

/// A resource, and the names of the objects that are meant; all of them when there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub group: SmolStr,
    pub resource: SmolStr,
    pub names: Vec<SmolStr>,
}

impl Row {
    /// `deployments.apps`
    pub(super) fn resource(&self) -> String {
        if self.group.is_empty() {
            self.resource.to_string()
        } else {
            format!("{}.{}", self.resource, self.group)
        }
    }
}

/// A resource of a group, and a name of an object; `None` for all of them.
type Cell = (SmolStr, SmolStr, Option<SmolStr>);
type Verbs = BTreeSet<SmolStr>;

impl Matrix {
    pub(super) fn of<'r>(rules: impl Iterator<Item = &'r PolicyRule>) -> Self {
        let mut cells: BTreeMap<Cell, Verbs> = BTreeMap::new();
        let mut paths: BTreeMap<SmolStr, Verbs> = BTreeMap::new();
        for rule in rules {
            for group in &rule.api_groups {
                for resource in &rule.resources {
                    let none = rule.resource_names.is_empty().then_some(None);
                    for name in none.into_iter().chain(rule.resource_names.iter().cloned().map(Some)) {
                        let verbs = cells.entry((group.clone(), resource.clone(), name)).or_default();
                        verbs.extend(rule.verbs.iter().cloned());
                    }
                }
            }
            for path in &rule.non_resource_urls {
                paths.entry(path.clone()).or_default().extend(rule.verbs.iter().cloned());
            }
        }
        Self {
            resources: rows(&cells),
            paths: paths.into_iter().map(|(path, verbs)| (path, left(verbs))).collect(),
        }
    }
}

/// Rows of cells that have the same verbs and differ in names alone.
fn rows(cells: &BTreeMap<Cell, Verbs>) -> Vec<(Row, Vec<SmolStr>)> {
    let mut rows: BTreeMap<(SmolStr, SmolStr, bool, Vec<SmolStr>), Vec<SmolStr>> = BTreeMap::new();
    for ((group, resource, name), verbs) in cells {
        let wider = wider(group, resource, name.as_ref());
        let wider: Vec<&Verbs> = wider.iter().filter_map(|cell| cells.get(cell)).collect();
        let is_moot = |verb: &SmolStr| wider.iter().any(|verbs| verbs.contains(verb) || verbs.contains(ALL));
        let verbs = left(verbs.iter().filter(|verb| !is_moot(verb)).cloned().collect());
        if !verbs.is_empty() {
            let row = rows.entry((group.clone(), resource.clone(), name.is_some(), verbs)).or_default();
            row.extend(name.clone());
        }
    }
    let row = |((group, resource, _, verbs), names)| (Row { group, resource, names }, verbs);
    rows.into_iter().map(row).collect()
}

/// The cells that hold all that a cell holds, but itself.
fn wider(group: &SmolStr, resource: &SmolStr, name: Option<&SmolStr>) -> Vec<Cell> {
    let all = SmolStr::new_static(ALL);
    let any_resource =
        resource.split_once('/').map(|(_, subresource)| SmolStr::new(format!("*/{subresource}")));
    let mut cells = Vec::new();
    for group in [group, &all] {
        for resource in [Some(resource), any_resource.as_ref(), Some(&all)].into_iter().flatten() {
            for name in [name.cloned(), None] {
                cells.push((group.clone(), resource.clone(), name));
            }
        }
    }
    cells.retain(|(own_group, own_resource, own_name)| {
        (own_group, own_resource, own_name.as_ref()) != (group, resource, name)
    });
    cells
}

/// All verbs, when that is among them, and else each.
fn left(verbs: Verbs) -> Vec<SmolStr> {
    if verbs.contains(ALL) { vec![SmolStr::new_static(ALL)] } else { verbs.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::Matrix;
    use seawall_inventory::kinds::PolicyRule;
    use smol_str::SmolStr;

    fn list(words: &str) -> Box<[SmolStr]> {
        words.split_whitespace().map(|word| if word == "core" { "".into() } else { word.into() }).collect()
    }

    fn rule(verbs: &str, groups: &str, resources: &str, names: &str) -> PolicyRule {
        PolicyRule {
            verbs: list(verbs),
            api_groups: list(groups),
            resources: list(resources),
            resource_names: list(names),
            ..PolicyRule::default()
        }
    }

    #[test]
    fn what_a_wider_rule_allows_is_told_once() {
        for (rules, expected) in [
            (
                vec![rule("get", "core", "pods", ""), rule("list", "core", "pods", "")],
                &["pods[]: get list"][..],
            ),
            (
                vec![rule("get list", "core", "pods", "a b"), rule("get", "core", "pods", "")],
                &["pods[]: get", "pods[a b]: list"],
            ),
            (vec![rule("get", "core", "pods", "a"), rule("*", "*", "*", "")], &["*.*[]: *"]),
            (vec![rule("* get", "core", "pods", "")], &["pods[]: *"]),
            (
                vec![rule("update", "apps", "deployments/scale", ""), rule("update", "apps", "*/scale", "")],
                &["*/scale.apps[]: update"],
            ),
            // What is wider in one way is narrower in another.
            (
                vec![rule("get", "core", "*", "a"), rule("get", "core", "pods", "")],
                &["*[a]: get", "pods[]: get"],
            ),
        ] {
            let matrix = Matrix::of(rules.iter());
            let told: Vec<String> = matrix
                .resources
                .iter()
                .map(|(row, verbs)| {
                    format!("{}[{}]: {}", row.resource(), row.names.join(" "), verbs.join(" "))
                })
                .collect();
            assert_eq!(told, expected, "{rules:?}");
        }
    }
}
