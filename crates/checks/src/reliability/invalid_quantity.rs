use seawall_inventory::quantity::Quantity;
use seawall_yaml::Path;

use crate::Out;

crate::check::check! {
    /// Quantity that Kubernetes refuses
    ///
    /// ## What it finds
    /// Requests, limits and size limits of volumes that are no quantity (`1gb`, `512 Mi`), or are negative.
    ///
    /// ## Why it matters
    /// The API server refuses the object: nothing of it runs. Tools that skip what they cannot read take the limit for
    /// given.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     resources:
    ///       limits:
    ///         memory: 1GB   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     resources:
    ///       requests:
    ///         cpu: 100m
    ///         memory: 128Mi
    ///       limits:
    ///         memory: 256Mi
    ///         ephemeral-storage: 1Gi
    /// ```
    /// ## How to fix
    /// Write a number with one of the suffixes Ki, Mi, Gi, Ti (powers of 1024), k, M, G, T (powers of 1000) or m
    /// (thousandths).
    ///
    /// ## References
    /// - k8s.io/apimachinery v0.36.3 pkg/api/resource/quantity.go
    id: "SW6018",
    name: "invalid-quantity",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    fn run(pod, out) {
        for container in pod.containers() {
            let Some(resources) = &container.container.resources else { continue };
            for (field, map) in [("requests", &resources.requests), ("limits", &resources.limits)] {
                for (resource, text) in map.iter() {
                    judge(out, container.path("resources").key(field).key(resource), text);
                }
            }
        }
        for (index, volume) in pod.spec().volumes.iter().enumerate() {
            if let Some(limit) = volume.empty_dir.as_ref().and_then(|empty_dir| empty_dir.size_limit.as_ref())
            {
                judge(out, pod.path("volumes").index(index).key("emptyDir").key("sizeLimit"), &limit.0);
            }
        }
    }
}

/// White space around a quantity is trimmed when Kubernetes decodes an object.
fn judge(out: &mut Out<'_>, path: Path, text: &str) {
    let placeholder = text.contains('$') || text.contains("{{");
    match text.trim().parse::<Quantity>() {
        _ if placeholder => out.unknown("the quantity is a placeholder that is filled in before the object is applied"),
        Ok(quantity) if quantity.is_negative() => {
            out.fail(path, format!("`{text}` is negative")).value(text);
        }
        Ok(_) => {}
        Err(reason) => {
            out.fail(path, format!("`{text}` is not a quantity: {reason}")).value(text);
        }
    }
}
