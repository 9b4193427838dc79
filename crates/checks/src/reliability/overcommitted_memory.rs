use seawall_inventory::kinds::LimitRangeItem;
use seawall_inventory::quantity::Quantity;

use super::resources::{applies, pod_resources};

crate::check::check! {
    /// Memory limit above the request
    ///
    /// ## What it finds
    /// Containers that may use more memory than they request, with the defaults of a LimitRange that is read. Pods with a memory limit of
    /// their own (since v1.34) are judged by it. A request that is not given is the limit. CPU is not asked: what one container does
    /// not use, another can without harm.
    ///
    /// ## Why it matters
    /// The scheduler fills nodes by requests. When the containers of a node use what their limits allow, it runs out of memory although
    /// each keeps its limit, and the kernel ends some of them. Many clusters do this on purpose, to use their nodes better.
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
    ///         memory: 128Mi
    ///       limits:
    ///         memory: 256Mi   # <- finding
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
    ///         memory: 0.25Gi
    ///       limits:
    ///         memory: 256Mi
    /// ```
    /// ## How to fix
    /// Request what the limit allows.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Quality of Service Classes; Node-pressure Eviction
    id: "SW6021",
    name: "overcommitted-memory",
    severity: Info,
    scope: Container,
    reads: ["LimitRange"],
    since: "0.1.0",
    profile: All,
    peers: [
        kube_score("container-memory-requests-equal-limits", Narrower, "memory only: a CPU that is not used can be shared without harm"),
        kube_score("container-resource-requests-equal-limits", Narrower, "memory only: a CPU that is not used can be shared without harm"),
    ],
    fn run(container, out) {
        if !applies(container) {
            return out.not_applicable();
        }
        let of_pod = pod_resources(&container.pod, "memory", out).filter(|own| own.limits.get("memory").is_some());
        let own = of_pod.or(container.container.resources.as_deref());
        let snapshot = out.snapshot();
        let by_range = |gives: fn(&LimitRangeItem) -> Option<&str>| {
            let mut items = snapshot.container_limits(container.pod.object).filter(|_| of_pod.is_none());
            items.find_map(gives)
        };
        let written = own.and_then(|own| own.limits.get("memory"));
        let Some(limit) = written.or_else(|| by_range(default_limit)) else { return out.not_applicable() };
        let request = own.and_then(|own| own.requests.get("memory")).or(written).or_else(|| by_range(default_request));
        let (Ok(most), Some(Ok(asked))) = (
            limit.trim().parse::<Quantity>(),
            request.map(|request| request.trim().parse::<Quantity>()),
        ) else {
            return out.unknown("a quantity of memory cannot be read");
        };
        if most > asked {
            let message =
                format!("container `{}` may use {limit} of memory and requests {asked}", container.name());
            let path = if of_pod.is_some() { container.pod.path("resources") } else { container.path("resources") };
            let draft = out.fail(path.key("limits").key("memory"), message);
            match written {
                Some(limit) => draft.value(limit),
                None => draft.missing("a LimitRange of the namespace gives it"),
            };
        }
    }
}

/// `SetDefaults_LimitRangeItem` of k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go.
fn default_limit(item: &LimitRangeItem) -> Option<&str> {
    item.default.get("memory").or(item.max.get("memory"))
}

fn default_request(item: &LimitRangeItem) -> Option<&str> {
    item.default_request.get("memory").or(default_limit(item)).or(item.min.get("memory"))
}
