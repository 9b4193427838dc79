use seawall_inventory::Object;
use seawall_inventory::kinds::NetworkPolicyPeer;
use seawall_inventory::selector::Selector;
use seawall_yaml::Path;

use crate::out::Out;

crate::check::check! {
    /// Peer of a network policy that is nobody
    ///
    /// ## What it finds
    /// Peers of NetworkPolicies that mean no pod: none with these labels, in the policy's own namespace or in those that are selected, or no namespace
    /// with these labels. When all of a cluster was read; in files that is unknown.
    ///
    /// ## Why it matters
    /// Who is meant to be let in is not, or will be whoever takes the labels first. Often the labels of a namespace are meant that it
    /// does not have: each has `kubernetes.io/metadata.name`.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels: {kubernetes.io/metadata.name: shop}
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   template:
    ///     metadata:
    ///       labels: {app: web}
    ///     spec:
    ///       containers:
    ///       - name: web
    ///         image: registry.example/web:1
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   podSelector: {}
    ///   ingress:
    ///   - from:
    ///     - podSelector:   # <- finding
    ///         matchLabels: {app: wbe}
    ///     - namespaceSelector:   # <- finding
    ///         matchLabels: {name: shop}
    ///     - podSelector:
    ///         matchLabels: {app: web}
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with cluster: all
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels: {kubernetes.io/metadata.name: shop}
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   template:
    ///     metadata:
    ///       labels: {app: web}
    ///     spec:
    ///       containers:
    ///       - name: web
    ///         image: registry.example/web:1
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   podSelector: {}
    ///   ingress:
    ///   - from:
    ///     - namespaceSelector:
    ///         matchLabels: {kubernetes.io/metadata.name: shop}
    ///       podSelector:
    ///         matchLabels: {app: web}
    /// ```
    /// ## How to fix
    /// Write the labels that the pods and namespaces have, or remove the peer.
    ///
    /// ## References
    /// - k8s.io/api networking/v1 types.go v0.36.3: NetworkPolicyPeer
    id: "SW3006",
    name: "peer-selects-nothing",
    severity: Low,
    scope: Object,
    subjects: ["NetworkPolicy.networking.k8s.io"],
    reads: ["pods", "Namespace"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0299", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        kube_linter("dangling-networkpolicypeer-podselector", Wider, "selectors of namespaces too"),
        popeye("POP-1201", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        popeye("POP-1202", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        popeye("POP-1207", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        popeye("POP-1208", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
    ],
    fn run(object, out) {
        let Some(policy) = object.body.network_policy() else { return out.not_applicable() };
        let spec = Path::root().field("spec");
        let ingress = policy.ingress.iter().map(|rule| &rule.from).enumerate();
        let ingress = ingress.map(|(rule, peers)| (spec.field("ingress").index(rule).field("from"), peers));
        let egress = policy.egress.iter().map(|rule| &rule.to).enumerate();
        let egress = egress.map(|(rule, peers)| (spec.field("egress").index(rule).field("to"), peers));
        for (list, peers) in ingress.chain(egress) {
            for (index, peer) in peers.iter().enumerate() {
                let at = |field: &'static str| list.index(index).field(field);
                match judge(peer, object, out) {
                    Judged::Somebody => {}
                    Judged::Unknown => out.unknown("nobody that a peer of the policy means is among the objects read"),
                    Judged::NoPods => {
                        out.fail(at("podSelector"), "no pod and no template that is meant has these labels")
                            .derived("the peer means nobody");
                    }
                    Judged::NoNamespace => {
                        out.fail(at("namespaceSelector"), "no namespace has these labels").derived("the peer means nobody");
                    }
                }
            }
        }
    }
}

enum Judged {
    Somebody,
    NoPods,
    NoNamespace,
    Unknown,
}

fn judge(peer: &NetworkPolicyPeer, policy: &Object, out: &Out<'_>) -> Judged {
    let view = out.snapshot();
    let written = |selector: Option<_>| selector.map(|selector| Selector::of(Some(selector)));
    let (pods, namespaces) = (written(peer.pod_selector.as_ref()), written(peer.namespace_selector.as_ref()));
    match (pods, namespaces) {
        (Some(Ok(pods)), None) if pods.is_everything() => Judged::Somebody,
        (Some(Ok(pods)), None) => match (view.pods_selected(policy, &pods).is_empty(), view.has_all_pods_beside(policy)) {
            (false, _) => Judged::Somebody,
            (true, true) => Judged::NoPods,
            (true, false) => Judged::Unknown,
        },
        (None | Some(Ok(_)), Some(Ok(namespaces))) if namespaces.is_everything() => Judged::Somebody,
        (pods @ (None | Some(Ok(_))), Some(Ok(namespaces))) => {
            let all = view.of_kind("", "Namespace");
            let meant: Vec<&Object> = all.filter(|namespace| namespaces.matches(&namespace.metadata.labels)).collect();
            let is_all = view.has_all_beside(policy, "", "Namespace");
            if meant.is_empty() {
                return if is_all { Judged::NoNamespace } else { Judged::Unknown };
            }
            let Some(Ok(pods)) = pods.filter(|pods| pods.as_ref().is_ok_and(|pods| !pods.is_everything())) else {
                return Judged::Somebody;
            };
            match meant.iter().all(|namespace| view.pods_selected(namespace, &pods).is_empty()) {
                false => Judged::Somebody,
                true if is_all && meant.iter().all(|namespace| view.has_all_pods_beside(namespace)) => Judged::NoPods,
                true => Judged::Unknown,
            }
        }
        // Addresses; and what the API server refuses.
        _ => Judged::Somebody,
    }
}
