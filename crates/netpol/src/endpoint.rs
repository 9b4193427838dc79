//! What traffic comes from and goes to.

use core::net::IpAddr;

use seawall_inventory::decode::StringMap;
use seawall_inventory::kinds::ContainerPort;
use seawall_inventory::{ContainerClass, Object, ObjectRef, PodTemplate, PodView, Snapshot};
use smol_str::SmolStr;

use crate::ports::Protocol;

/// Pods that are made of one template.
#[derive(Clone, Debug)]
pub struct Endpoint<'s> {
    /// Number of the object in the Snapshot.
    pub object: usize,
    /// The workload that they are of: the object itself, or what it is a part of.
    pub workload: ObjectRef,
    /// The template.
    pub template: &'s PodTemplate,
    /// Number of the namespace in the [`World`](crate::World).
    pub namespace: usize,
    /// Ports that have names: those of the containers that run for the pod's life.
    pub named_ports: Vec<(SmolStr, Protocol, u16)>,
    /// Whether they are on the network of their node.
    pub host_network: bool,
    /// The addresses of a pod that runs; none of a template.
    pub addresses: Vec<IpAddr>,
    /// Labels that its pods will have besides: what makes them gives each its own.
    later_labels: &'static [&'static str],
    /// Whether there is one of them on each node.
    pub is_on_every_node: bool,
    /// The node that they are on, when it is known.
    pub node: Option<&'s str>,
}

impl<'s> Endpoint<'s> {
    /// The labels that are written.
    pub fn labels(&self) -> &'s StringMap {
        &self.template.labels
    }

    /// The labels that tell its pods from those of other workloads, in order: those by which their controller knows them, where it says
    /// so, and those that stay the same from one edition to the next otherwise.
    pub fn workload_labels(&self, snapshot: &'s Snapshot) -> Vec<(&'s str, &'s str)> {
        let own = self.labels();
        let of_workload = || {
            let object = snapshot.workload_of(self.object)?.object?;
            snapshot.objects.get(object)?.pods.first()?.controller.as_deref()
        };
        let controller = self.template.controller.as_deref().or_else(of_workload);
        let selector = controller.and_then(|controller| controller.spec.selector.as_ref());
        let asked = selector.map(|selector| &selector.match_labels).filter(|asked| {
            let mut asked = asked.iter().peekable();
            asked.peek().is_some() && asked.all(|(key, value)| own.get(key) == Some(value))
        });
        let is_lasting = |key: &str| !OF_AN_EDITION.contains(&key);
        let mut found: Vec<_> = asked.unwrap_or(own).iter().filter(|(key, _)| is_lasting(key)).collect();
        found.sort_unstable();
        found
    }

    /// The name of the service account that they run as, which the API server gives to those that name none.
    pub(crate) fn account(&self) -> &'s str {
        let spec = &self.template.spec;
        let names = [spec.service_account_name.as_str(), spec.rare().service_account.as_str(), "default"];
        names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
    }

    /// Whether its pods get a label when they are made that is not written in the template.
    pub(crate) fn gets_later(&self, key: &str) -> bool {
        self.later().any(|later| later == key)
    }

    /// The keys of such labels.
    pub(crate) fn later(&self) -> impl Iterator<Item = &'static str> {
        let of_the_node = if self.is_template() { OF_THE_NODE } else { &[] };
        self.later_labels.iter().chain(of_the_node).copied()
    }

    /// The number of a port that has a name.
    pub(crate) fn port(&self, name: &str, protocol: Protocol) -> Option<u16> {
        let mut ports = self.named_ports.iter();
        ports.find(|(own, of, _)| own == name && *of == protocol).map(|(_, _, number)| *number)
    }

    /// The ports that the containers say they listen on, which need not be all: protocol, number, and the port that is taken for it on
    /// the node.
    pub fn ports(&self) -> impl Iterator<Item = (Protocol, u16, Option<u16>)> {
        let spec = &self.template.spec;
        let containers = spec.containers.iter().chain(spec.init_containers.iter());
        let number = |number: Option<i64>| {
            number.and_then(|number| u16::try_from(number).ok()).filter(|port| *port > 0)
        };
        let ports = containers.flat_map(|container| &container.ports);
        ports.filter_map(move |port| {
            Some((
                Protocol::named(&port.protocol)?,
                number(port.container_port)?,
                number(port.rare().host_port),
            ))
        })
    }

    fn is_template(&self) -> bool {
        self.addresses.is_empty()
    }
}

/// Labels that say which of the pods of a workload it is, or which edition: no rule asks for them.
const OF_AN_EDITION: &[&str] = &[
    "app.kubernetes.io/version",
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "controller-uid",
    "helm.sh/chart",
    "job-name",
    "pod-template-generation",
    "pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
];

/// Labels that pods get from their node (`PodTopologyLabels` of k8s.io/kubernetes plugin/pkg/admission/podtopologylabels v1.36.3).
const OF_THE_NODE: &[&str] = &["topology.kubernetes.io/region", "topology.kubernetes.io/zone"];

/// Labels that the controllers of k8s.io/kubernetes v1.36.3 (pkg/controller/…) give to the pods that they make.
fn later_labels(object: &Object) -> &'static [&'static str] {
    match (object.group(), object.kind.as_str()) {
        ("apps" | "extensions", "Deployment" | "ReplicaSet") => &["pod-template-hash"],
        ("apps", "StatefulSet") => &[
            "statefulset.kubernetes.io/pod-name",
            "apps.kubernetes.io/pod-index",
            "controller-revision-hash",
        ],
        ("apps" | "extensions", "DaemonSet") => &["controller-revision-hash", "pod-template-generation"],
        ("batch", "Job" | "CronJob") => &[
            "batch.kubernetes.io/controller-uid",
            "batch.kubernetes.io/job-completion-index",
            "batch.kubernetes.io/job-name",
            "controller-uid",
            "job-name",
        ],
        _ => &[],
    }
}

/// The pods of an object that run, or will; `namespace` gives numbers to names.
pub(crate) fn endpoints<'s>(
    snapshot: &'s Snapshot,
    number: usize,
    mut namespace: impl FnMut(&SmolStr) -> usize,
) -> Vec<Endpoint<'s>> {
    let Some(object) = snapshot.objects.get(number) else { return Vec::new() };
    // Its address is another pod's by now.
    if object.body.pod_status().is_some_and(|status| status.has_ended()) || object.pods.is_empty() {
        return Vec::new();
    }
    let own = snapshot.identity(object.reference());
    let workload = snapshot.workload_of(number).map(|workload| snapshot.identity(workload.reference));
    let workload = workload.unwrap_or_else(|| own.clone());
    let addresses: Vec<IpAddr> =
        object.body.pod_status().map(|status| status.addresses()).unwrap_or_default();
    let is_on_every_node = object.kind == "DaemonSet" || workload.kind == "DaemonSet";
    let templates = object.pods.iter().map(|template| Endpoint {
        object: number,
        workload: workload.clone(),
        template,
        namespace: namespace(&own.namespace),
        named_ports: named_ports(PodView { object, template }),
        host_network: template.spec.host_network == Some(true),
        addresses: addresses.clone(),
        later_labels: later_labels(object),
        is_on_every_node,
        node: Some(template.spec.rare().node_name.as_str()).filter(|name| !name.is_empty()),
    });
    templates.collect()
}

/// Ports by name of the containers that run for the pod's life; of one name the first counts (`FindPort` of k8s.io/kubernetes
/// pkg/api/v1/pod/util.go v1.36.3).
fn named_ports(pod: PodView<'_>) -> Vec<(SmolStr, Protocol, u16)> {
    let of = |class| pod.containers().filter(move |view| view.class == class).map(|view| view.container);
    let containers = of(ContainerClass::Regular).chain(of(ContainerClass::Sidecar));
    let named = |port: &ContainerPort| {
        let number = port.container_port.and_then(|number| u16::try_from(number).ok())?;
        let protocol = Protocol::named(&port.protocol)?;
        (!port.name.is_empty()).then(|| (port.name.clone(), protocol, number))
    };
    containers.flat_map(|container| container.ports.iter().filter_map(named)).collect()
}
