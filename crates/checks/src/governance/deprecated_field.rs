use std::cell::LazyCell;
use std::collections::BTreeSet;

use seawall_finding::{Edit, Fix, Safety, Severity};
use seawall_inventory::kinds::{AppArmorProfile, NodeSelectorTerm};
use seawall_inventory::{ContainerView, Object, PodView};
use seawall_yaml::Path;

use super::deprecations::{
    APPARMOR_ANNOTATION, Deprecation, NODE_LABELS, POD_ANNOTATIONS, SERVICE_ANNOTATIONS, STORAGE_ANNOTATIONS, VOLUMES, find,
};
use crate::out::Out;

crate::check::check! {
    /// Deprecated field, annotation or node label
    ///
    /// ## What it finds
    /// What the API server itself warns of, when the object is applied: types of volumes that are deprecated or gone, annotations
    /// that fields have taken the place of, and node labels of old names in `nodeSelector`, node affinity and topology.
    /// Annotations for seccomp are told by `missing-seccomp-profile`.
    ///
    /// ## Why it matters
    /// What still works ends with a release; what has ended is ignored without an error. A pod with a volume type that is gone
    /// never starts.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   annotations:
    ///     scheduler.alpha.kubernetes.io/critical-pod: ""   # <- finding
    /// spec:
    ///   nodeSelector:
    ///     beta.kubernetes.io/arch: amd64   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///   volumes:
    ///   - name: data
    ///     glusterfs:   # <- finding: medium
    ///       endpoints: storage
    ///       path: data
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   priorityClassName: system-cluster-critical
    ///   nodeSelector:
    ///     kubernetes.io/arch: amd64
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///   volumes:
    ///   - name: data
    ///     persistentVolumeClaim:
    ///       claimName: data
    /// ```
    /// ## How to fix
    /// Use what the finding names. In place of in-tree volumes use a claim for a volume of a CSI driver; in place of `gitRepo` an
    /// `emptyDir` that an init container fills.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/api/pod/warnings.go: GetWarningsForPodTemplate
    /// - k8s.io/kubernetes v1.36.3 pkg/api/node/util.go, pkg/api/persistentvolume/util.go, pkg/api/service/warnings.go
    id: "SW9017",
    name: "deprecated-field",
    severity: Low,
    scope: Object,
    subjects: ["pods", "PersistentVolume", "PersistentVolumeClaim", "Service"],
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW1016"],
    fn run(object, out) {
        match (object.group(), object.kind.as_str()) {
            ("", "PersistentVolume" | "PersistentVolumeClaim") => {
                of_object(object, STORAGE_ANNOTATIONS, out);
                persistent_volume(object, out);
            }
            ("", "Service") => of_object(object, SERVICE_ANNOTATIONS, out),
            _ if object.pods.is_empty() => return out.not_applicable(),
            _ => {}
        }
        for template in &object.pods {
            let pod = PodView { object, template };
            annotations(&pod, out);
            volumes(&pod, out);
            node_labels(&pod, out);
        }
    }
}

fn of_object(object: &Object, table: &'static [Deprecation], out: &mut Out<'_>) {
    for (name, _) in object.metadata.annotations.iter() {
        if let Some(row) = find(table, name, out.version()) {
            let path = Path::root().field("metadata").field("annotations").key(name);
            let story = row.story(out.version());
            out.fail(path, format!("the annotation {story}")).value(name);
        }
    }
}

fn persistent_volume(object: &Object, out: &mut Out<'_>) {
    let Some(volume) = object.body.persistent_volume() else { return };
    let version = out.version();
    let spec = Path::root().field("spec");
    if let Some(row) = find(VOLUMES, &volume.source, version) {
        let severity = if row.is_over(version) { Severity::Medium } else { Severity::Low };
        let message = format!("the volume: {}", row.story(version));
        out.fail(spec.field(row.name), message).severity(severity).value(row.name);
    }
    if volume.settings.reclaim_policy == "Recycle" {
        let path = spec.field("persistentVolumeReclaimPolicy");
        out.fail(path, "the reclaim policy `Recycle` is deprecated; provision volumes dynamically").value("Recycle");
    }
    let required = volume.settings.node_affinity.as_ref().and_then(|affinity| affinity.required.as_ref());
    if let Some(required) = required {
        let place = spec.field("nodeAffinity").field("required").field("nodeSelectorTerms");
        for (index, term) in required.terms.iter().enumerate() {
            node_selector_term(term, &place.index(index), out);
        }
    }
}

fn annotations(pod: &PodView<'_>, out: &mut Out<'_>) {
    let version = out.version();
    let without_profile: LazyCell<BTreeSet<&str>, _> =
        LazyCell::new(|| pod.containers().filter(|view| !has_profile(view)).map(|view| view.name()).collect());
    for (name, value) in pod.template.annotations.iter() {
        if let Some(row) = find(POD_ANNOTATIONS, name, version) {
            let message = format!("the annotation {}", row.story(version));
            out.fail(pod.annotation_path(name), message).value(name);
        } else if let Some(container) = name.strip_prefix(APPARMOR_ANNOTATION.name)
            && APPARMOR_ANNOTATION.since <= version
            && value != "unconfined"
            && without_profile.contains(container)
        {
            let message = format!("the AppArmor annotation of container `{container}` is deprecated since v1.30; use `appArmorProfile`");
            out.fail(pod.annotation_path(name), message).value(value);
        }
    }
}

/// Whether a field says what the annotation says; then the annotation is there for older clusters.
fn has_profile(container: &ContainerView<'_>) -> bool {
    let own = container.security_context().and_then(|own| own.app_armor_profile.as_deref());
    let pods = container.pod.security_context().and_then(|pod| pod.app_armor_profile.as_deref());
    own.or(pods).is_some_and(|profile: &AppArmorProfile| !profile.type_.is_empty())
}

fn volumes(pod: &PodView<'_>, out: &mut Out<'_>) {
    let version = out.version();
    for (index, volume) in pod.spec().volumes.iter().enumerate() {
        let Some(source) = volume.sources.first() else { continue };
        let Some(row) = find(VOLUMES, source, version) else { continue };
        let place = pod.path("volumes").index(index);
        let severity = if row.is_over(version) { Severity::Medium } else { Severity::Low };
        let message = format!("volume `{}`: {}", volume.name, row.story(version));
        out.fail(place.key(source.clone()), message).severity(severity).value(source).about(place);
    }
}

fn node_labels(pod: &PodView<'_>, out: &mut Out<'_>) {
    let version = out.version();
    let spec = pod.spec();
    for (label, value) in spec.node_selector.iter() {
        let Some(row) = find(NODE_LABELS, label, version) else { continue };
        let selector = pod.path("nodeSelector");
        let path = selector.key(label);
        let finding = out.fail(path.clone(), format!("the node label {}", row.story(version))).value(label);
        if let Some(instead) = row.instead.filter(|instead| spec.node_selector.get(instead).is_none()) {
            // Which nodes have the labels of the control plane depends on who set them up.
            let safety = if instead.starts_with("node-role.") { Safety::Review } else { Safety::Safe };
            finding.fix(Fix::set(selector.key(instead), value, safety).and(Edit::Remove { path }));
        }
    }
    if let Some(affinity) = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_deref()) {
        let place = pod.path("affinity").field("nodeAffinity");
        if let Some(required) = &affinity.required {
            let place = place.field("requiredDuringSchedulingIgnoredDuringExecution").field("nodeSelectorTerms");
            for (index, term) in required.terms.iter().enumerate() {
                node_selector_term(term, &place.index(index), out);
            }
        }
        let place = place.field("preferredDuringSchedulingIgnoredDuringExecution");
        for (index, preferred) in affinity.preferred.iter().enumerate() {
            node_selector_term(&preferred.preference, &place.index(index).field("preference"), out);
        }
    }
    for (index, constraint) in spec.topology_spread_constraints.iter().enumerate() {
        let Some(row) = find(NODE_LABELS, &constraint.topology_key, version) else { continue };
        let path = pod.path("topologySpreadConstraints").index(index).field("topologyKey");
        let finding = out
            .fail(path.clone(), format!("the node label {}", row.story(version)))
            .value(&constraint.topology_key);
        if let Some(instead) = row.instead {
            finding.fix(Fix::set(path, instead, Safety::Safe));
        }
    }
}

fn node_selector_term(term: &NodeSelectorTerm, place: &Path, out: &mut Out<'_>) {
    let version = out.version();
    for (index, requirement) in term.match_expressions.iter().enumerate() {
        let Some(row) = find(NODE_LABELS, &requirement.key, version) else { continue };
        let path = place.field("matchExpressions").index(index).field("key");
        let finding = out
            .fail(path.clone(), format!("the node label {}", row.story(version)))
            .value(&requirement.key)
            .keyed(&requirement.key);
        if let Some(instead) = row.instead.filter(|instead| !instead.starts_with("node-role.")) {
            finding.fix(Fix::set(path, instead, Safety::Safe));
        }
    }
}
