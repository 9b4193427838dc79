//! What pods are besides programs that run: extensions of the API server.

use std::collections::BTreeSet;

use foldhash::HashSet;
use seawall_inventory::PodView;

use crate::out::Out;

/// The API group of webhook configurations, and their kinds.
const GROUP: &str = "admissionregistration.k8s.io";
const KINDS: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// The configuration of a webhook that the pod serves, the first by name. Where Services or webhooks were not all read, it is not
/// looked for: what the pod's account holds does not rest on it.
pub(super) fn webhook_served(pod: &PodView<'_>, out: &Out<'_>) -> Option<String> {
    let snapshot = out.snapshot();
    let are_read = KINDS.iter().all(|kind| snapshot.has_all_beside(pod.object, GROUP, kind))
        && snapshot.has_all_beside(pod.object, "", "Service");
    if snapshot.is_live() && !are_read {
        return None;
    }
    let services: HashSet<(&str, &str)> = snapshot
        .services_selecting(pod)
        .map(|(service, _)| (service.metadata.namespace.as_str(), service.metadata.name.as_str()))
        .collect();
    if services.is_empty() {
        return None;
    }
    let mut served = BTreeSet::new();
    for kind in KINDS {
        for configuration in snapshot.of_kind(GROUP, kind) {
            let webhooks = configuration.body.webhooks().map(|body| &body.webhooks);
            let mut clients =
                webhooks.into_iter().flatten().filter_map(|one| one.client_config.service.as_deref());
            if clients.any(|service| services.contains(&(service.namespace.as_str(), service.name.as_str())))
            {
                served.insert(format!("{kind} `{}`", configuration.metadata.name));
            }
        }
    }
    served.pop_first()
}
