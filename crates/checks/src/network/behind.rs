//! The pods behind a Service.

use seawall_inventory::kinds::ServiceSpec;
use seawall_inventory::selector::{LabelSelector, Requirement, Selector};
use seawall_inventory::{Object, PodView, View};

/// What a Service sends traffic to.
pub(super) enum Behind<'s> {
    /// Somebody else says what is behind it: it has no selector, or is a name for something outside.
    NotByLabels,
    /// These pods and templates, at least one.
    Pods(Vec<PodView<'s>>),
    /// Nothing; what is nearest to that, in words.
    Nothing(Option<String>),
    /// It cannot be said, and why.
    Unknown(String),
}

/// Labels that pods get when they run, and that no template has.
///
/// Sources: k8s.io/api v0.36.3 apps/v1 and batch/v1 types.go; argoproj/argo-rollouts v1.8 pkg/apis/rollouts/v1alpha1/types.go.
const GIVEN_LATER: &[&str] = &[
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "controller-uid",
    "job-name",
    "pod-template-hash",
    "rollouts-pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
];

/// Pods that are looked at for help.
const LOOKED_AT: usize = 1000;

impl<'s> Behind<'s> {
    /// What `service`, the spec of `object`, sends traffic to.
    pub(super) fn of(object: &Object, service: &ServiceSpec, snapshot: View<'s>) -> Self {
        if service.type_ == "ExternalName" || service.selector.is_empty() {
            return Self::NotByLabels;
        }
        let labels = LabelSelector { match_labels: service.selector.clone(), ..LabelSelector::default() };
        let Ok(selector) = Selector::of(Some(&labels)) else {
            return Self::Unknown("the selector of the Service is none that Kubernetes accepts".to_owned());
        };
        let pods = snapshot.pods_selected(object, &selector);
        if !pods.is_empty() {
            return Self::Pods(pods);
        }
        let nearest = nearest(object, &selector, snapshot);
        if !snapshot.has_all_pods_beside(object) {
            let but = nearest.map(|nearest| format!("; {nearest}")).unwrap_or_default();
            return Self::Unknown(format!("no pod that the Service selects is among the objects read{but}"));
        }
        let is_later = |(key, _): &(&str, &str)| GIVEN_LATER.contains(key);
        if service.selector.iter().any(|label| is_later(&label)) {
            let match_labels = service.selector.iter().filter(|label| !is_later(label)).collect();
            let labels = LabelSelector { match_labels, ..LabelSelector::default() };
            let is_any = Selector::of(Some(&labels))
                .is_ok_and(|selector| !snapshot.pods_selected(object, &selector).is_empty());
            if is_any {
                return Self::Unknown("the Service selects a label that pods get when they run".to_owned());
            }
        }
        Self::Nothing(nearest)
    }
}

/// The pods that lack one of the labels and have the others, or one that is spelled almost alike.
fn nearest(object: &Object, selector: &Selector, snapshot: View<'_>) -> Option<String> {
    let requirements = selector.requirements()?;
    snapshot.pods_beside(object).take(LOOKED_AT).find_map(|pod| {
        let mut lacking = requirements.iter().filter(|one| !one.matches(&pod.template.labels));
        let (Some(lacked), None) = (lacking.next(), lacking.next()) else { return None };
        let found = pod.template.labels.get(lacked.key());
        let is_near = requirements.len() > 1 || found.is_some_and(|value| is_spelled_like(value, lacked));
        let whose = format!("{} `{}`", pod.object.kind, pod.object.display_name());
        is_near.then(|| match found {
            Some(value) => format!("{whose} has `{}: {value}`", lacked.key()),
            None => format!("{whose} lacks `{}`", lacked.key()),
        })
    })
}

fn is_spelled_like(value: &str, wanted: &Requirement) -> bool {
    wanted.values().iter().any(|wanted| is_alike(value, wanted))
}

/// Whether a name is another one with a slip: a letter or two of some.
pub(super) fn is_alike(name: &str, other: &str) -> bool {
    let lengths = [name.len(), other.len()];
    let are_names = lengths.iter().all(|length| (3..=NAME_MAX).contains(length));
    are_names && name != other && strsim::osa_distance(name, other) <= 2
}

/// Names of objects are no longer than that (`DNS1123SubdomainMaxLength` of k8s.io/apimachinery); to compare longer texts takes long.
const NAME_MAX: usize = 253;

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use seawall_inventory::{Coverage, Provenance, Snapshot, View};
    use seawall_yaml::Limits;

    use super::{Behind, is_alike};

    /// What is said to be nearest to a Service that selects `selector`, where pods have `labels`.
    fn nearest(selector: &str, labels: &str) -> Option<String> {
        let text = format!(
            "{{apiVersion: v1, kind: Service, metadata: {{name: web, namespace: shop}}, spec: {{selector: {{{selector}}}}}}}\n---\n\
             {{apiVersion: v1, kind: Pod, metadata: {{name: one, namespace: shop, labels: {{{labels}}}}}, spec: {{containers: []}}}}\n"
        );
        let reading = seawall_inventory::read(
            PathBuf::from("a.yaml"),
            text.as_bytes(),
            Provenance::Verbatim,
            &Limits::default(),
        );
        let mut snapshot = Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new());
        snapshot.coverage = Coverage::live(Vec::new());
        let object = &snapshot.objects[0];
        match Behind::of(object, object.body.service().unwrap(), View::from(&snapshot)) {
            Behind::Nothing(nearest) => nearest,
            _ => panic!("{text}"),
        }
    }

    #[test]
    fn help_names_what_almost_matches() {
        let rows = [
            ("app: web, tier: front", "app: web, tier: back", Some("Pod `one` has `tier: back`")),
            ("app: web, tier: front", "app: web", Some("Pod `one` lacks `tier`")),
            ("app: web, tier: front", "app: other, tier: back", None),
            ("app: web", "app: wbe", Some("Pod `one` has `app: wbe`")),
            ("app: web", "app: store", None),
            ("app: web", "role: web", None),
        ];
        for (selector, labels, expected) in rows {
            assert_eq!(nearest(selector, labels).as_deref(), expected, "{selector} | {labels}");
        }
    }

    #[test]
    fn names_with_a_slip_are_alike() {
        assert!(is_alike("frontend", "fronted") && is_alike("web", "wbe"));
        assert!(!is_alike("web", "web") && !is_alike("db", "dc") && !is_alike("frontend", "backend"));
        let long = "a".repeat(1 << 20);
        assert!(!is_alike(&long, &format!("{long}b")), "names are shorter, and this would take an hour");
    }
}
