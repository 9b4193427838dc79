use seawall_inventory::decode::StringMap;
use seawall_inventory::selector::{is_label_key, is_label_value};
use seawall_yaml::Path;

use crate::placeholder::is_placeholder;
use crate::Out;

crate::check::check! {
    /// Label or annotation that Kubernetes refuses
    ///
    /// ## What it finds
    /// Labels of objects and pod templates whose key or value cannot be one: a value is empty or up to 63 letters, digits, `-`, `_`
    /// and `.`, with a letter or digit at both ends; a key is such a text that is not empty, with a DNS name and `/` before it
    /// if need be. Annotations whose key cannot be one, and annotations of more than 256 KiB in all.
    ///
    /// ## Why it matters
    /// The API server refuses the object. A version with a `+`, a name with a space or an address is enough.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   name: web
    ///   labels:
    ///     app.kubernetes.io/version: 1.4.2+build7   # <- finding
    ///   annotations:
    ///     build note: made by hand   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///         -owner: shop   # <- finding
    ///     spec:
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    ///   labels:
    ///     app.kubernetes.io/version: 1.4.2_build7
    ///   annotations:
    ///     Example.org/build-note: made by hand, on a Friday
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///         owner: ""
    ///     spec:
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Put what is no label into an annotation, whose value may be any text; or replace the characters.
    ///
    /// ## References
    /// - k8s.io/apimachinery v0.36.3 pkg/apis/meta/v1/validation/validation.go: ValidateLabels
    /// - k8s.io/apimachinery v0.36.3 pkg/api/validation/objectmeta.go: ValidateAnnotations
    id: "SW6039",
    name: "invalid-label",
    severity: Medium,
    scope: Object,
    subjects: ["any"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kube_score("label-values", Wider, "keys and annotations too"),
    ],
    fn run(object, out) {
        let metadata = Path::root().field("metadata");
        judge(&metadata, &object.metadata.labels, &object.metadata.annotations, out);
        for template in &object.pods {
            // The metadata of a Pod are those of the object.
            if template.metadata_path != metadata {
                judge(&template.metadata_path, &template.labels, &template.annotations, out);
            }
        }
    }
}

/// Most bytes of all annotations of an object, keys and values (`TotalAnnotationSizeLimitB`).
const ANNOTATIONS_MAX: usize = 256 * 1024;

fn judge(metadata: &Path, labels: &StringMap, annotations: &StringMap, out: &mut Out<'_>) {
    for (key, value) in labels.iter() {
        let path = || metadata.field("labels").key(key);
        if is_placeholder(key) || is_placeholder(value) {
            out.unknown("a label holds a placeholder that is filled in before the object is applied");
        } else if !is_label_key(key) {
            out.fail(path(), format!("`{key}` cannot be the key of a label")).value(key);
        } else if !is_label_value(value) {
            out.fail(path(), format!("`{value}` cannot be the value of a label")).value(value);
        }
    }
    let mut size = 0;
    for (key, value) in annotations.iter() {
        size += key.len() + value.len();
        // The letters of an annotation's key may be capitals, in its DNS name too.
        if is_label_key(key) || is_label_key(&key.to_lowercase()) {
            continue;
        }
        if is_placeholder(key) {
            out.unknown("an annotation holds a placeholder that is filled in before the object is applied");
        } else {
            let path = metadata.field("annotations").key(key);
            out.fail(path, format!("`{key}` cannot be the key of an annotation")).value(key);
        }
    }
    if size > ANNOTATIONS_MAX {
        out.fail(metadata.field("annotations"), format!("the annotations are {size} bytes in all"))
            .derived("the API server takes 262144 bytes");
    }
}
