use std::collections::HashMap;

use seawall_inventory::quantity::Quantity;

crate::check::check! {
    /// Request above the limit
    ///
    /// ## What it finds
    /// Containers that request more of a resource than its limit, and extended resources or huge pages whose request is not
    /// their limit.
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
    /// Raise the limit or lower the request.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: validateContainerResourceRequirements
    id: "SW6005",
    name: "request-over-limit",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    fn run(container, out) {
        let Some(resources) = &container.container.resources else { return };
        let limits: HashMap<&str, &str> = resources.limits.iter().collect();
        for (resource, request) in resources.requests.iter() {
            let (Some(limit), Ok(requested)) = (limits.get(resource), request.trim().parse::<Quantity>())
            else {
                continue;
            };
            if limit.trim().parse::<Quantity>().is_ok_and(|limit| requested > limit) {
                let path = container.path("resources").key("requests").key(resource);
                let message = format!(
                    "container `{}` requests {request} of {resource}, more than its limit of {limit}",
                    container.name()
                );
                out.fail(path, message).value(request);
            }
        }
    }
}
