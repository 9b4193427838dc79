use seawall_credential::judge;
use seawall_finding::Severity;
use seawall_inventory::decode::StringMap;
use seawall_inventory::kinds::LAST_APPLIED;
use seawall_yaml::Path;

use crate::Out;

crate::check::check! {
    /// Credential in an annotation
    ///
    /// ## What it finds
    /// Annotations and labels, of objects and of pod templates, whose value is a credential by its own form; and the annotation of
    /// `kubectl apply` on a Secret, which is a copy of all its values. Names say nothing here: annotations are full of checksums.
    ///
    /// ## Why it matters
    /// Metadata is copied to events, logs, metrics and to what controllers make of the object, it is read by more subjects than any Secret,
    /// and encryption at rest covers it only where the kind of the object is named.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    ///   annotations:
    ///     dashboard.example/url: https://ops:Xk39vQ2nL@dashboard.example   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    ///   annotations:
    ///     dashboard.example/url: https://dashboard.example
    ///     checksum/secret: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    /// ```
    /// ## How to fix
    /// Replace the credential first: it is known. Name a Secret in the annotation instead, if the program that reads it can. Where
    /// `kubectl apply` left a copy of a Secret, apply it with `--server-side`, and remove the annotation.
    ///
    /// ## References
    /// - Kubernetes documentation, Annotations
    /// - k8s.io/api v0.36.3 core/v1/annotation_key_constants.go: LastAppliedConfigAnnotation
    id: "SW4004",
    name: "credential-in-annotation",
    severity: High,
    scope: Object,
    subjects: ["any"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let own = &object.metadata;
        metadata([&own.annotations, &own.labels], out, || Path::root().field("metadata"));
        for pod in out.snapshot().pods_of(object) {
            let template = pod.template;
            // The metadata of a bare pod is that of the object.
            if template.metadata_path.len() > 1 {
                metadata([&template.annotations, &template.labels], out, || template.metadata_path.clone());
            }
        }
        let copy = own.last_applied.filter(|copy| copy.holds_data && object.body.secret().is_some());
        if copy.is_some() {
            let path = Path::root().field("metadata").field("annotations").field(LAST_APPLIED);
            let message = format!("the annotation `{LAST_APPLIED}` holds the values of the Secret");
            out.fail(path, message).derived("the value is not shown").severity(Severity::Medium);
        }
    }
}

fn metadata([annotations, labels]: [&StringMap; 2], out: &mut Out<'_>, path: impl Fn() -> Path) {
    for (field, map) in [("annotations", annotations), ("labels", labels)] {
        for (key, value) in map.iter() {
            let Some(kind) = judge("", value).credential().filter(|kind| kind.by_format()) else { continue };
            let message = format!("`{key}` in the {field} holds {}", kind.name());
            out.fail(path().field(field).key(key), message).derived("the value is not shown");
        }
    }
}
