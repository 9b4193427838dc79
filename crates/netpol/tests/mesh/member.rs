//! Who is in a mesh.

use seawall_netpol::Member::{self, Maybe, No, Yes};
use seawall_netpol::Proxy::{Ambient, Gateway, Linkerd, Sidecar};
use seawall_netpol::{Enforcer, World};

use crate::text;

/// Something of each mesh, so that there is one.
const MESHES: &str = "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {namespace: x, name: x}\n---\n\
                      apiVersion: policy.linkerd.io/v1beta3\nkind: Server\nmetadata: {namespace: x, name: x}\n";

#[test]
fn by_labels_annotations_and_containers() {
    let table: &[(&str, &str, &str, Member)] = &[
        ("labels: {istio-injection: enabled}", "", "", Yes(Sidecar)),
        ("labels: {istio-injection: disabled}", "labels: {sidecar.istio.io/inject: 'true'}", "", No),
        ("labels: {istio-injection: enabled}", "labels: {sidecar.istio.io/inject: 'false'}", "", No),
        ("labels: {istio-injection: enabled}", "annotations: {sidecar.istio.io/inject: 'false'}", "", No),
        (
            "labels: {istio-injection: enabled}",
            "labels: {sidecar.istio.io/inject: 'true'}, annotations: {sidecar.istio.io/inject: 'false'}",
            "",
            Yes(Sidecar),
        ),
        ("labels: {istio.io/rev: canary}", "", "", Yes(Sidecar)),
        ("labels: {istio.io/rev: canary, istio-injection: disabled}", "", "", No),
        ("labels: {}", "labels: {istio.io/rev: canary}", "", Yes(Sidecar)),
        ("labels: {}", "labels: {sidecar.istio.io/inject: 'true'}", "", Yes(Sidecar)),
        ("labels: {}", "annotations: {sidecar.istio.io/inject: 'true'}", "", No),
        ("labels: {istio-injection: enabled}", "", "hostNetwork: true", No),
        ("", "", "", Maybe(Sidecar)),
        (
            "",
            "labels: {sidecar.istio.io/inject: 'false'}, annotations: {linkerd.io/inject: disabled}",
            "",
            Maybe(Ambient),
        ),
        ("labels: {istio.io/dataplane-mode: ambient}", "", "", Yes(Ambient)),
        ("labels: {istio.io/dataplane-mode: ambient}", "labels: {istio.io/dataplane-mode: none}", "", No),
        ("labels: {}", "labels: {istio.io/dataplane-mode: ambient}", "", Yes(Ambient)),
        ("annotations: {linkerd.io/inject: enabled}", "", "", Yes(Linkerd)),
        ("annotations: {linkerd.io/inject: enabled}", "annotations: {linkerd.io/inject: disabled}", "", No),
        ("annotations: {}", "annotations: {linkerd.io/inject: ingress}", "", Yes(Linkerd)),
        (
            "annotations: {}",
            "",
            "initContainers: [{name: linkerd-proxy, restartPolicy: Always}]",
            Yes(Linkerd),
        ),
        ("annotations: {}", "", "initContainers: [{name: istio-proxy, restartPolicy: Always}]", Yes(Sidecar)),
        ("annotations: {}", "", "initContainers: [{name: istio-proxy}]", No),
        (
            "labels: {}",
            "annotations: {inject.istio.io/templates: gateway}",
            "containers: [{name: istio-proxy, image: auto}]",
            Yes(Gateway),
        ),
    ];
    for (namespace, metadata, spec, expected) in table {
        let known = match namespace {
            &"" => String::new(),
            given => format!("---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, {given}}}\n"),
        };
        let metadata = if metadata.is_empty() { String::new() } else { format!(", {metadata}") };
        let containers = if spec.contains(" containers") || spec.starts_with("containers") {
            ""
        } else {
            ", containers: [{name: main}]"
        };
        let spec = if spec.is_empty() { "restartPolicy: Always" } else { spec };
        let text = format!(
            "{MESHES}{known}---\napiVersion: v1\nkind: Pod\nmetadata: {{namespace: shop, name: a{metadata}}}\nspec: {{{spec}{containers}}}\n"
        );
        let snapshot = text::snapshot(&text);
        let world = World::new(&snapshot, Enforcer::SPECIFICATION);
        assert_eq!(world.member(0), *expected, "{text}");
    }
}
