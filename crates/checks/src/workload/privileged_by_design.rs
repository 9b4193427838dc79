use seawall_inventory::{ContainerView, PodView};
use seawall_yaml::Path;

use super::capability::added;
use super::host_paths::{HostMount, HostVolume, host_volumes};
use super::node_role::{NodeRole, is_bidirectional, recognise};

crate::check::check! {
    /// Node agent that is privileged by design
    ///
    /// ## What it finds
    /// Pods of DaemonSets, and static pods, that are a part of the node: network plugins (CNI), volume drivers (CSI), device
    /// plugins, kube-proxy, the control plane, monitors of the node, log collectors. They are recognised by what they mount
    /// and do, not by a name. What such a pod needs for its work (its paths of the node, the node's network, capabilities,
    /// root) is told once, here, in place of a finding for each. What it asks for beyond that is a finding of its own as
    /// anywhere else, and named here as avoidable. A Deployment with the same mounts is no part of the node.
    ///
    /// ## Why it matters
    /// It cannot do without, and whoever runs code in it, or can change it, has what it has: the node and often, since it runs
    /// on every node, the cluster. So what counts is who may change it, who reaches it, and that it has no more than it needs.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: DaemonSet
    /// metadata:
    ///   name: network
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: network
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: network
    ///     spec:   # <- finding
    ///       hostNetwork: true
    ///       hostPID: true
    ///       containers:
    ///       - name: agent
    ///         image: registry.example/network:1.0
    ///         securityContext:
    ///           privileged: true
    ///         volumeMounts:
    ///         - name: programs
    ///           mountPath: /host/opt/cni/bin
    ///         - name: settings
    ///           mountPath: /host/etc/cni/net.d
    ///       volumes:
    ///       - name: programs
    ///         hostPath:
    ///           path: /opt/cni/bin
    ///       - name: settings
    ///         hostPath:
    ///           path: /etc/cni/net.d
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apps/v1
    /// kind: DaemonSet
    /// metadata:
    ///   name: cache
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: cache
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: cache
    ///     spec:
    ///       containers:
    ///       - name: app
    ///         image: registry.example/cache:1.0
    /// ```
    /// ## How to fix
    /// Take away what is named as avoidable. Keep the pod in a namespace of its own where nobody else may create or change pods,
    /// pin its image by digest, let a NetworkPolicy admit who must reach it. Then suppress this finding with that reason.
    ///
    /// ## References
    /// - Pod Security Standards, privileged: "aimed at system- and infrastructure-level workloads"
    /// - CNI specification 1.1.0; CSI specification 1.11.0, node plugins; Kubernetes documentation: Device Plugins
    /// - k8s.io/kubernetes v1.36.3 cmd/kubeadm/app/phases: what kubeadm's own static pods and kube-proxy mount
    id: "SW1061",
    name: "privileged-by-design",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    fn run(pod, out) {
        // Only these two kinds can be a part of the node, see `node_role`.
        if !matches!(pod.object.kind.as_str(), "DaemonSet" | "Pod") {
            return out.not_applicable();
        }
        let volumes = host_volumes(pod);
        let roles = recognise(pod, &volumes);
        let Some(severity) = roles.iter().map(|role| role.severity).max() else {
            if pod.object.kind == "Pod" || !volumes.is_empty() {
                out.not_applicable();
            }
            return;
        };
        let powers = Powers::of(pod, &volumes, &roles);
        if powers.needed.is_empty() {
            return;
        }
        let join = |part: fn(&NodeRole) -> &'static str| {
            roles.iter().map(|role| part(role)).collect::<Vec<_>>().join(" and ")
        };
        let message = format!("privileged by design: the pod is a {}; code in it {}", join(|role| role.name), join(|role| role.gains));
        let mut draft = out
            .fail(pod.template.spec_path.clone(), message)
            .derived(format!("it {}", join(|role| role.does)))
            .severity(severity)
            .covers(powers.needed);
        for (path, what) in powers.avoidable {
            draft = draft.related(path, format!("avoidable, not needed for that: {what}"));
        }
    }
}

/// What a pod asks of its node.
#[derive(Debug, Default)]
struct Powers {
    /// What its roles need: checks, and the places at which they tell it.
    needed: Vec<(&'static str, Path)>,
    /// What they do not, in words.
    avoidable: Vec<(Path, &'static str)>,
}

/// Checks that tell that a container is root, or may be.
const ROOT: [&str; 3] = ["SW1018", "SW1019", "SW1090"];
/// Checks that tell that AppArmor or SELinux does not confine a container, which what changes the node could not work with.
const UNCONFINED: [&str; 2] = ["SW1009", "SW1010"];
const UNCONFINED_FIELDS: [&str; 2] = ["appArmorProfile", "seLinuxOptions"];
/// Checks that tell of a `hostPath` volume. Sockets of container runtimes and credentials of the cloud are no role's need.
const HOST_PATHS: [&str; 3] = ["SW1005", "SW1016", "SW1032"];

impl Powers {
    fn of(pod: &PodView<'_>, volumes: &[HostVolume<'_>], roles: &[&NodeRole]) -> Self {
        let mut powers = Self::default();
        powers.of_namespaces(pod, roles);
        powers.of_volumes(volumes, roles);
        let mut mounts: Vec<Vec<&HostMount<'_>>> = Vec::new();
        let containers: Vec<ContainerView<'_>> = pod.containers().collect();
        mounts.resize_with(containers.len(), Vec::new);
        for mount in volumes.iter().flat_map(|volume| &volume.mounts) {
            if let Some(of_container) = mounts.get_mut(mount.container_number) {
                of_container.push(mount);
            }
        }
        let mut all_as_root = !containers.is_empty();
        let mut all_unconfined = all_as_root;
        for (container, mounts) in containers.iter().zip(&mounts) {
            let acting: Vec<&NodeRole> = roles.iter().filter(|role| role.acts_in(mounts)).copied().collect();
            all_as_root &= acting.iter().any(|role| role.root);
            all_unconfined &= acting.iter().any(|role| role.needs_privileged(mounts));
            powers.of_container(container, mounts, &acting);
        }
        if all_as_root {
            let at_pod = ["runAsNonRoot", "runAsUser"].map(|field| pod.security_path(field));
            powers.need(&ROOT, &at_pod);
        }
        if all_unconfined {
            powers.need(&UNCONFINED, &UNCONFINED_FIELDS.map(|field| pod.security_path(field)));
        }
        if !powers.needed.is_empty() && pod.object.metadata.namespace == "kube-system" {
            // A part of the node belongs there, if anything does.
            powers.need(&["SW1046"], &[Path::root().key("metadata").key("namespace")]);
        }
        powers
    }

    fn need(&mut self, checks: &[&'static str], places: &[Path]) {
        for place in places {
            self.needed.extend(checks.iter().map(|check| (*check, place.clone())));
        }
    }

    fn of_namespaces(&mut self, pod: &PodView<'_>, roles: &[&NodeRole]) {
        let spec = pod.spec();
        let host = [
            (spec.host_network, "hostNetwork", "SW1002", roles.iter().any(|role| role.network), "the node's network"),
            (spec.host_pid, "hostPID", "SW1003", roles.iter().any(|role| role.processes), "the node's processes"),
            (spec.host_ipc, "hostIPC", "SW1004", false, "the node's shared memory"),
        ];
        for (set, field, check, needed, what) in host {
            match (set, needed) {
                (Some(true), true) => self.need(&[check], &[pod.path(field)]),
                (Some(true), false) => self.avoidable.push((pod.path(field), what)),
                _ => {}
            }
        }
    }

    fn of_volumes(&mut self, volumes: &[HostVolume<'_>], roles: &[&NodeRole]) {
        for volume in volumes {
            let mut all = true;
            for mount in &volume.mounts {
                if roles.iter().any(|role| role.explains(mount)) {
                    self.need(&["SW1033"], std::slice::from_ref(&mount.place));
                } else {
                    all = false;
                    let what = if mount.is_writable() { "this path, or writing to it" } else { "this path" };
                    self.avoidable.push((mount.place.clone(), what));
                }
            }
            if all {
                self.need(&HOST_PATHS, std::slice::from_ref(&volume.place));
            }
        }
    }

    /// `acting` are the roles that need one of the container's `mounts`.
    fn of_container(&mut self, container: &ContainerView<'_>, mounts: &[&HostMount<'_>], acting: &[&NodeRole]) {
        if acting.iter().any(|role| role.root) {
            self.need(&ROOT, &[container.place()]);
        }
        if acting.iter().any(|role| role.network) {
            self.need(&["SW1006"], &[container.path("ports")]);
        }
        if acting.iter().any(|role| role.needs_privileged(mounts)) {
            self.need(&["SW1001"], &[container.security_path("privileged")]);
            self.need(&UNCONFINED, &UNCONFINED_FIELDS.map(|field| container.security_path(field)));
            for mount in mounts.iter().filter(|mount| is_bidirectional(mount)) {
                if acting.iter().any(|role| role.explains(mount)) {
                    self.need(&["SW1047"], std::slice::from_ref(&mount.place));
                }
            }
        } else if container.is_privileged() {
            self.avoidable.push((container.security_path("privileged"), "all powers of the node"));
        }
        for capability in added(container) {
            if acting.iter().any(|role| role.capabilities.contains(&capability.name)) {
                self.need(&["SW1008", "SW1022"], &[capability.path()]);
                if capability.name == "SYS_ADMIN" {
                    // The API refuses it without (ValidateSecurityContext of k8s.io/kubernetes pkg/apis/core/validation).
                    self.need(&["SW1017"], &[container.security_path("allowPrivilegeEscalation")]);
                }
            } else if !container.is_privileged() {
                self.avoidable.push((capability.path(), "this capability"));
            }
        }
    }
}
