//! Which pods are in a mesh, and by which proxy.

use seawall_inventory::decode::StringMap;
use smol_str::SmolStr;

use crate::endpoint::Endpoint;
use crate::world::World;

/// Whether pods are in a mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// No.
    No,
    /// Their namespace decides it, and no Namespace of its name was read.
    Maybe(Proxy),
    /// By such a proxy.
    Yes(Proxy),
}

/// What takes the traffic of pods in a mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// A container of Istio beside the others.
    Sidecar,
    /// A proxy of Istio that is alone in its pods: a gateway.
    Gateway,
    /// Istio's proxy of the node, ztunnel.
    Ambient,
    /// A container of Linkerd beside the others.
    Linkerd,
}

/// Namespaces in which Istio injects nothing (`IgnoredNamespaces` of pkg/kube/inject/inject.go).
const NEVER: [&str; 4] = ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"];

/// What a namespace says of meshes.
struct Home<'w> {
    labels: &'w StringMap,
    annotations: &'w StringMap,
}

/// Whether pods are in a mesh: those that run by what they have, and templates by what will be injected.
pub(crate) fn of(world: &World<'_>, pods: &Endpoint<'_>) -> Member {
    // Neither is injected there, and nothing is taken from a node's own network.
    if pods.host_network {
        return Member::No;
    }
    if let Some(proxy) = has_proxy(pods) {
        return Member::Yes(proxy);
    }
    let snapshot = world.snapshot();
    let object = snapshot.objects.get(pods.object);
    let is_running = snapshot.coverage.live
        && object.is_some_and(|object| object.group().is_empty() && object.kind == "Pod");
    let annotations = &pods.template.annotations;
    if annotations.get("ambient.istio.io/redirection") == Some("enabled") {
        return Member::Yes(Proxy::Ambient);
    }
    if is_running {
        return Member::No;
    }
    let name = world.namespace(pods.namespace).unwrap_or_default();
    let home = world.mesh().at(name).and_then(|space| snapshot.objects.get(space.namespace?));
    let home =
        home.map(|home| Home { labels: &home.metadata.labels, annotations: &home.metadata.annotations });
    let found =
        [sidecar(pods, name, home.as_ref()), ambient(pods, home.as_ref()), linkerd(pods, home.as_ref())];
    // Of a mesh of which nothing was read nobody is taken to be.
    let may_be = |proxy| world.mesh().has(proxy);
    let yes = found.iter().find(|member| matches!(member, Member::Yes(_)));
    let maybe = || found.iter().find(|member| matches!(member, Member::Maybe(proxy) if may_be(*proxy)));
    yes.or_else(maybe).copied().unwrap_or(Member::No)
}

/// A proxy that is there.
fn has_proxy(pods: &Endpoint<'_>) -> Option<Proxy> {
    let spec = &pods.template.spec;
    let lasting =
        spec.init_containers.iter().filter(|one| one.rare().restart_policy.as_deref() == Some("Always"));
    let mut all = spec.containers.iter().chain(lasting);
    let proxy = all.find_map(|container| match container.name.as_str() {
        "istio-proxy" => Some(Proxy::Sidecar),
        "linkerd-proxy" => Some(Proxy::Linkerd),
        _ => None,
    })?;
    let alone: Vec<&SmolStr> = spec.containers.iter().map(|container| &container.name).collect();
    let is_alone = alone == ["istio-proxy"];
    let by_template = pods.template.annotations.get("inject.istio.io/templates") == Some("gateway");
    Some(if proxy == Proxy::Sidecar && (is_alone || by_template) { Proxy::Gateway } else { proxy })
}

/// Whether Istio's webhook is called, and injects: manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml,
/// `injectRequired` of pkg/kube/inject/inject.go.
fn sidecar(pods: &Endpoint<'_>, namespace: &str, home: Option<&Home<'_>>) -> Member {
    if NEVER.contains(&namespace) {
        return Member::No;
    }
    let label = pods.labels().get("sidecar.istio.io/inject");
    let annotation = pods.template.annotations.get("sidecar.istio.io/inject");
    // The label is preferred, also one that says nothing.
    if label.or(annotation) == Some("false") {
        return Member::No;
    }
    let Some(home) = home else { return Member::Maybe(Proxy::Sidecar) };
    let has_revision = pods.labels().get("istio.io/rev").is_some();
    let is_called = match (home.labels.get("istio-injection"), home.labels.get("istio.io/rev")) {
        (Some(injection), _) => injection == "enabled",
        (None, Some(_)) => true,
        (None, None) => has_revision || label == Some("true"),
    };
    if is_called { Member::Yes(Proxy::Sidecar) } else { Member::No }
}

/// Whether a node's ztunnel takes them: `ambient.enablementSelectors` of manifests/charts/istio-cni/values.yaml.
fn ambient(pods: &Endpoint<'_>, home: Option<&Home<'_>>) -> Member {
    const MODE: &str = "istio.io/dataplane-mode";
    if pods.template.annotations.get("sidecar.istio.io/status").is_some() {
        return Member::No;
    }
    match (pods.labels().get(MODE), home) {
        (Some("ambient"), _) => Member::Yes(Proxy::Ambient),
        (Some("none"), _) => Member::No,
        (_, Some(home)) if home.labels.get(MODE) == Some("ambient") => Member::Yes(Proxy::Ambient),
        (_, Some(_)) => Member::No,
        (_, None) => Member::Maybe(Proxy::Ambient),
    }
}

/// Whether Linkerd's webhook injects: the annotation of the pods counts before that of their namespace.
fn linkerd(pods: &Endpoint<'_>, home: Option<&Home<'_>>) -> Member {
    const INJECT: &str = "linkerd.io/inject";
    let asked = pods.template.annotations.get(INJECT).or_else(|| home?.annotations.get(INJECT));
    match (asked, home) {
        // A proxy needs a token of its own to have an identity.
        (Some("enabled" | "ingress"), _)
            if pods.template.spec.automount_service_account_token == Some(false) =>
        {
            Member::Maybe(Proxy::Linkerd)
        }
        (Some("enabled" | "ingress"), _) => Member::Yes(Proxy::Linkerd),
        (Some(_), _) | (None, Some(_)) => Member::No,
        (None, None) => Member::Maybe(Proxy::Linkerd),
    }
}
