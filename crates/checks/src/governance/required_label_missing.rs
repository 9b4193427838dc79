use seawall_finding::{Param, ParamDefault};
use seawall_inventory::Object;
use seawall_inventory::decode::StringMap;
use seawall_yaml::Path;

use super::wildcard::matches;
use crate::out::Out;

crate::check::check! {
    /// Label or annotation that is required is missing
    ///
    /// ## What it finds
    /// Objects without the labels and annotations that the parameters ask for, or with annotations that they forbid. A word is a
    /// name, or a name and a value (`team=shop`), in which `*` stands for any text. Without parameters the check says nothing.
    ///
    /// It is about workloads, unless the parameter `kinds` names others. Pods that a controller made are left out.
    ///
    /// ## Why it matters
    /// Whom to call when it breaks, what it costs, and which policies are meant for it: that is what labels tell. What has none is
    /// nobody's.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with labels: team, tier=web*
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   labels:
    ///     team: shop
    ///     tier: database   # <- finding
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with labels: team, tier=web*
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   labels:
    ///     team: shop
    ///     tier: web-public
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Add the label to the object's `metadata`.
    ///
    /// ## References
    /// - Kubernetes documentation, Recommended Labels
    id: "SW9025",
    name: "required-label-missing",
    severity: Low,
    scope: Object,
    subjects: ["any"],
    since: "0.1.0",
    profile: Default,
    params: [
        Param {
            name: "labels",
            doc: "Labels that each object must have: `NAME`, or `NAME=VALUE` with `*` for any text.",
            default: ParamDefault::Strings(&[]),
        },
        Param {
            name: "annotations",
            doc: "Annotations that each object must have, written as `labels` are.",
            default: ParamDefault::Strings(&[]),
        },
        Param {
            name: "forbidden-annotations",
            doc: "Annotations that no object may have, written as `labels` are.",
            default: ParamDefault::Strings(&[]),
        },
        Param {
            name: "kinds",
            doc: "Kinds of objects that it is asked of; workloads when empty.",
            default: ParamDefault::Strings(&[]),
        },
    ],
    peers: [
        kubescape("C-0076", Narrower, "nothing is asked until labels are configured"),
        kubescape("C-0077", Narrower, "nothing is asked until labels are configured"),
        kube_linter("forbidden-annotation", Same, ""),
        kube_linter("required-annotation-email", Narrower, "nothing is asked until labels are configured"),
        kube_linter("required-label-owner", Narrower, "nothing is asked until labels are configured"),
    ],
    fn run(object, out) {
        let lists = ["labels", "annotations", "forbidden-annotations"].map(|name| out.param_strings(name));
        let kinds = out.param_strings("kinds");
        if lists.iter().all(Vec::is_empty) || !is_meant(object, &kinds) {
            return out.not_applicable();
        }
        let [labels, annotations, forbidden] = lists;
        require("label", &labels, &object.metadata.labels, "labels", out);
        require("annotation", &annotations, &object.metadata.annotations, "annotations", out);
        for word in forbidden {
            let (name, pattern) = parts(word);
            let value = object.metadata.annotations.get(name);
            if value.is_some_and(|value| pattern.is_none_or(|pattern| matches(pattern, value))) {
                let path = Path::root().field("metadata").field("annotations").key(name);
                out.fail(path, format!("the annotation `{name}` is forbidden")).value(word);
            }
        }
    }
}

fn is_meant(object: &Object, kinds: &[&str]) -> bool {
    let is_made = object.metadata.owner_references.iter().any(|owner| owner.controller == Some(true));
    let is_named = if kinds.is_empty() { !object.pods.is_empty() } else { kinds.contains(&object.kind.as_str()) };
    is_named && !is_made
}

fn require(what: &str, words: &[&str], found: &StringMap, field: &'static str, out: &mut Out<'_>) {
    for word in words {
        let (name, pattern) = parts(word);
        let path = || Path::root().field("metadata").field(field).key(name);
        match (found.get(name), pattern) {
            (None, _) => {
                out.fail(path(), format!("the {what} `{word}` is required"))
                    .missing(format!("the {what} is not given"))
                    .keyed(name);
            }
            (Some(value), Some(pattern)) if !matches(pattern, value) => {
                out.fail(path(), format!("the {what} `{name}` must be `{pattern}`"))
                    .derived(format!("the value of the {what} is another"))
                    .keyed(name);
            }
            _ => {}
        }
    }
}

/// `NAME`, or `NAME=VALUE`.
fn parts(word: &str) -> (&str, Option<&str>) {
    word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)))
}
