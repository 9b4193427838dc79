//! The words of a rule by which it allows something.

use seawall_inventory::kinds::PolicyRule;
use seawall_rbac::{Attributes, Target, non_resource_url_matches, resource_matches};
use seawall_yaml::Path;
use smol_str::SmolStr;

/// The words of a rule that match, each with its place in the rule.
pub(in crate::command::access) fn elements(
    rule: &PolicyRule,
    asked: &Attributes<'_>,
) -> Vec<(Path, SmolStr)> {
    let is = |wanted: &str| {
        let wanted = wanted.to_owned();
        move |own: &SmolStr| own == "*" || *own == wanted
    };
    let mut found = matching("verbs", &rule.verbs, is(asked.verb));
    match asked.target {
        Target::Path(path) => {
            found.extend(matching("nonResourceURLs", &rule.non_resource_urls, |own| {
                let alone = PolicyRule { non_resource_urls: [own.clone()].into(), ..PolicyRule::default() };
                non_resource_url_matches(&alone, path)
            }));
        }
        Target::Resource(asked) => {
            found.extend(matching("apiGroups", &rule.api_groups, is(asked.group)));
            found.extend(matching("resources", &rule.resources, |own| {
                let alone = PolicyRule { resources: [own.clone()].into(), ..PolicyRule::default() };
                resource_matches(&alone, asked.resource, asked.subresource)
            }));
            // Of names there is no word for all.
            found.extend(matching("resourceNames", &rule.resource_names, |own| own == asked.name));
        }
    }
    found
}

fn matching(
    field: &'static str,
    words: &[SmolStr],
    matches: impl Fn(&SmolStr) -> bool,
) -> Vec<(Path, SmolStr)> {
    let words = words.iter().enumerate().filter(|(_, word)| matches(word));
    words.map(|(number, word)| (Path::root().field(field).index(number), word.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::{PolicyRule, elements};
    use seawall_rbac::{Attributes, Resource};

    #[test]
    fn words_that_match_are_told_and_no_others() {
        let list = |words: &[&str]| words.iter().map(|word| (*word).into()).collect();
        let rule = PolicyRule {
            verbs: list(&["list", "get", "*"]),
            api_groups: list(&["apps", ""]),
            resources: list(&["secrets", "pods/log", "*/log", "pods"]),
            resource_names: list(&["a", "b"]),
            ..PolicyRule::default()
        };
        let resource = Resource { resource: "pods", subresource: "log", name: "b", ..Resource::default() };
        let told: Vec<String> = elements(&rule, &Attributes::resource("get", resource))
            .into_iter()
            .map(|(path, word)| format!("{path}={word}"))
            .collect();
        assert_eq!(
            told,
            [
                "verbs[1]=get",
                "verbs[2]=*",
                "apiGroups[1]=",
                "resources[1]=pods/log",
                "resources[2]=*/log",
                "resourceNames[1]=b"
            ]
        );
    }
}
