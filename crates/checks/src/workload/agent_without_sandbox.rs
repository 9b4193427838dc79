use seawall_finding::{Param, ParamDefault};
use seawall_inventory::PodView;

use crate::Out;

/// Handlers of runtimes that keep a container from the node's kernel, or from being anyone on it: gVisor, Kata Containers, Sysbox.
const HANDLERS: &[&str] = &["runsc", "gvisor", "kata*", "sysbox-runc"];

crate::check::check! {
    /// Sandbox for agents that shares the node's kernel
    ///
    /// ## What it finds
    /// Pods of `Sandbox` and `SandboxTemplate` (agents.x-k8s.io) that run with the default runtime: without
    /// `runtimeClassName`, or with a RuntimeClass whose handler is none of the parameter `handlers`, and without a user
    /// namespace (`hostUsers: false`). Whether a RuntimeClass that is not among the objects read isolates is unknown. A policy
    /// of the cluster may set the class at admission: then suppress this finding with that reason.
    ///
    /// ## Why it matters
    /// Such a pod is there to run code that nobody has read, from a model or a user. In the default runtime a flaw in the
    /// node's kernel is all that is between that code and the node.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: agents.x-k8s.io/v1alpha1
    /// kind: Sandbox
    /// metadata:
    ///   name: agent
    /// spec:
    ///   podTemplate:
    ///     spec:   # <- finding
    ///       containers:
    ///       - name: python
    ///         image: registry.example/python:1.0
    /// ```
    /// ```yaml bad
    /// apiVersion: node.k8s.io/v1
    /// kind: RuntimeClass
    /// metadata:
    ///   name: fast
    /// handler: crun
    /// ---
    /// apiVersion: extensions.agents.x-k8s.io/v1alpha1
    /// kind: SandboxTemplate
    /// metadata:
    ///   name: agent
    /// spec:
    ///   podTemplate:
    ///     spec:
    ///       runtimeClassName: fast   # <- finding
    ///       containers:
    ///       - name: python
    ///         image: registry.example/python:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: node.k8s.io/v1
    /// kind: RuntimeClass
    /// metadata:
    ///   name: sandboxed
    /// handler: runsc
    /// ---
    /// apiVersion: agents.x-k8s.io/v1alpha1
    /// kind: Sandbox
    /// metadata:
    ///   name: agent
    /// spec:
    ///   podTemplate:
    ///     spec:
    ///       runtimeClassName: sandboxed
    ///       containers:
    ///       - name: python
    ///         image: registry.example/python:1.0
    /// ```
    /// ```yaml good
    /// apiVersion: agents.x-k8s.io/v1alpha1
    /// kind: Sandbox
    /// metadata:
    ///   name: agent
    /// spec:
    ///   podTemplate:
    ///     spec:
    ///       hostUsers: false
    ///       containers:
    ///       - name: python
    ///         image: registry.example/python:1.0
    /// ```
    /// ## How to fix
    /// Install gVisor or Kata Containers on the nodes for agents, and set `runtimeClassName` to their class; where that cannot
    /// be, set `hostUsers: false`.
    ///
    /// ## References
    /// - github.com/kubernetes-sigs/agent-sandbox
    /// - Kubernetes documentation: Runtime Class; KEP-127: user namespaces
    id: "SW1060",
    name: "agent-without-sandbox",
    severity: Medium,
    scope: Workload,
    reads: ["RuntimeClass.node.k8s.io"],
    since: "0.1.0",
    profile: Default,
    params: [Param {
        name: "handlers",
        doc: "Handlers of RuntimeClasses that isolate; `*` at the end stands for any end.",
        default: ParamDefault::Strings(HANDLERS),
    }],
    subsumes: ["SW1039"],
    peers: [
        kubescape("C-0297", Same, ""),
    ],
    fn run(pod, out) {
        let is_sandbox = matches!(
            (pod.object.group(), pod.object.kind.as_str()),
            ("agents.x-k8s.io", "Sandbox") | ("extensions.agents.x-k8s.io", "SandboxTemplate")
        );
        if !is_sandbox {
            return out.not_applicable();
        }
        if pod.has_user_namespace() {
            return;
        }
        let path = pod.path("runtimeClassName");
        // What a user namespace would give is a part of this.
        let about = pod.path("hostUsers");
        let Some(class) = pod.spec().rare().runtime_class_name.as_deref().filter(|class| !class.is_empty()) else {
            out.fail(path, "code of agents runs on the node's own kernel")
                .missing("the node's default runtime, which shares its kernel")
                .about(about);
            return;
        };
        match handler(pod, class, out) {
            Handler::Isolates => {}
            Handler::Shares(handler) => {
                let message = format!(
                    "code of agents runs on the node's own kernel: RuntimeClass `{class}` stands for `{handler}`"
                );
                out.fail(path, message).value(class).about(about);
            }
            Handler::Unknown => out.unknown("whether the RuntimeClass isolates is not among the objects read"),
        }
    }
}

enum Handler<'s> {
    Isolates,
    Shares(&'s str),
    Unknown,
}

/// What the definitions of a RuntimeClass agree about.
fn handler<'s>(pod: &PodView<'_>, class: &'s str, out: &Out<'s>) -> Handler<'s> {
    let isolating = out.param_strings("handlers");
    let isolates = |handler: &str| {
        isolating.iter().any(|known| match known.strip_suffix('*') {
            Some(beginning) => handler.starts_with(beginning),
            None => handler == *known,
        })
    };
    let classes = out.snapshot().named(pod.object, "node.k8s.io", "RuntimeClass", class);
    let mut handlers = classes.filter_map(|class| Some(class.body.runtime_class()?.handler.as_str()));
    let Some(first) = handlers.next() else { return Handler::Unknown };
    let first_isolates = isolates(first);
    if handlers.any(|other| isolates(other) != first_isolates) {
        return Handler::Unknown;
    }
    if first_isolates { Handler::Isolates } else { Handler::Shares(first) }
}
