use std::collections::HashMap;

use seawall_inventory::quantity::Quantity;

use super::resources::{applies, can_be_overcommitted, limit_by_range};

crate::check::check! {
    /// Request above the limit
    ///
    /// ## What it finds
    /// Containers that request more of a resource than its limit, and extended resources or huge pages whose request is not
    /// their limit or that have none. A default limit of a LimitRange that is read together with the workload counts.
    ///
    /// ## Why it matters
    /// The API server refuses the object: nothing of it runs.
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
    ///       requests:
    ///         memory: 1Gi   # <- finding
    ///       limits:
    ///         memory: 512M
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: render
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     resources:
    ///       requests:
    ///         example.com/gpu: 1   # <- finding
    ///         hugepages-2Mi: 64Mi   # <- finding
    ///       limits:
    ///         example.com/gpu: 2
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
    /// Raise the limit or lower the request. Of extended resources and huge pages give the limit alone: it is the request too.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: validateResourceRequirements
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/helper/helpers.go: IsOvercommitAllowed
    id: "SW6005",
    name: "request-over-limit",
    severity: Medium,
    scope: Container,
    reads: ["LimitRange"],
    since: "0.1.0",
    profile: Default,
    fn run(container, out) {
        if !applies(container) {
            return out.not_applicable();
        }
        let Some(resources) = &container.container.resources else { return };
        let limits: HashMap<&str, &str> = resources.limits.iter().collect();
        for (resource, request) in resources.requests.iter() {
            let Ok(requested) = request.trim().parse::<Quantity>() else { continue };
            let path = || container.path("resources").key("requests").key(resource);
            let name = container.name();
            let Some(text) = limits.get(resource) else {
                if !can_be_overcommitted(resource) && !limit_by_range(container, resource, out) {
                    let message =
                        format!("container `{name}` requests {request} of {resource} without a limit of as much");
                    out.fail(path(), message).value(request);
                }
                continue;
            };
            let Ok(limit) = text.trim().parse::<Quantity>() else { continue };
            if requested > limit {
                let message =
                    format!("container `{name}` requests {request} of {resource}, more than its limit of {text}");
                out.fail(path(), message).value(request);
            } else if requested < limit && !can_be_overcommitted(resource) {
                let message = format!(
                    "container `{name}` requests {request} of {resource}, which must be its limit of {text}"
                );
                out.fail(path(), message).value(request);
            }
        }
    }
}
