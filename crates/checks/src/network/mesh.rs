//! What checks of meshes share.

use seawall_inventory::kinds::{PeerAuthenticationSpec, WorkloadSelector};
use seawall_inventory::selector::{LabelSelector, Selector};
use seawall_inventory::{Object, View};

/// Where Istio's root namespace is as it is installed.
pub(super) const ROOT: &str = "istio-system";

/// Labels as a selector; `None` when they mean all pods, or the API server refuses them.
pub(super) fn labels(selector: Option<&WorkloadSelector>) -> Option<Selector> {
    let match_labels = selector.map(|selector| selector.match_labels.clone()).unwrap_or_default();
    let selector = Selector::of(Some(&LabelSelector { match_labels, ..LabelSelector::default() })).ok()?;
    (!selector.is_everything()).then_some(selector)
}

/// Whether only what the mesh encrypts is let in to all pods of the namespace of `object`; `None` when nothing that was read says it.
pub(super) fn is_strict(object: &Object, view: View<'_>) -> Option<bool> {
    let own = view.identity(object).namespace;
    let all: Vec<(&Object, &PeerAuthenticationSpec)> = view
        .of_kind("security.istio.io", "PeerAuthentication")
        .filter_map(|peer| Some((peer, peer.body.peer_authentication()?)))
        .collect();
    let whole = |namespace: &str| {
        let here = all.iter().filter(|(peer, spec)| {
            view.identity(peer).namespace == namespace && labels(spec.selector.as_ref()).is_none()
        });
        let mut modes = here.filter_map(|(_, spec)| spec.mtls.as_ref().map(|mtls| mtls.mode.as_str()));
        modes.find(|mode| !matches!(*mode, "" | "UNSET"))
    };
    let relaxes = |spec: &PeerAuthenticationSpec| {
        let own = spec.mtls.iter().chain(spec.port_level_mtls.iter().map(|(_, mtls)| mtls));
        own.into_iter().any(|mtls| matches!(mtls.mode.as_str(), "DISABLE" | "PERMISSIVE"))
    };
    let mode = whole(&own).or_else(|| whole(ROOT))?;
    let is_relaxed = all.iter().any(|(peer, spec)| {
        view.identity(peer).namespace == own && labels(spec.selector.as_ref()).is_some() && relaxes(spec)
    });
    Some(mode == "STRICT" && !is_relaxed)
}
