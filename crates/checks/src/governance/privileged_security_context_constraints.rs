use seawall_finding::Severity;
use seawall_inventory::kinds::SecurityContextConstraints;
use seawall_yaml::Path;

crate::check::check! {
    /// SecurityContextConstraints that give the node away
    ///
    /// ## What it finds
    /// SecurityContextConstraints of OpenShift that allow privileged containers, paths of the node, or all capabilities. It is
    /// worse when everybody who is logged in, or every service account, may use them. Those that OpenShift ships are not meant,
    /// as long as they are not opened so far.
    ///
    /// ## Why it matters
    /// Who may use the constraints runs a container that owns the node. Whoever is named in `users` or `groups` may, and those to whom
    /// a role gives the verb `use`.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: security.openshift.io/v1
    /// kind: SecurityContextConstraints
    /// metadata:
    ///   name: builds
    /// allowPrivilegedContainer: true   # <- finding
    /// allowHostDirVolumePlugin: false
    /// runAsUser: {type: RunAsAny}
    /// seLinuxContext: {type: RunAsAny}
    /// users: [system:serviceaccount:ci:builder]
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: security.openshift.io/v1
    /// kind: SecurityContextConstraints
    /// metadata:
    ///   name: builds
    /// allowPrivilegedContainer: false
    /// allowHostDirVolumePlugin: false
    /// allowedCapabilities: [SETUID, SETGID]
    /// runAsUser: {type: RunAsAny}
    /// seLinuxContext: {type: MustRunAs}
    /// users: [system:serviceaccount:ci:builder]
    /// ```
    /// ## How to fix
    /// Allow the one thing that the workload needs, and name its service account alone.
    ///
    /// ## References
    /// - openshift/api security/v1/types.go: SecurityContextConstraints
    /// - OpenShift documentation, Managing security context constraints
    id: "SW9026",
    name: "privileged-security-context-constraints",
    severity: Medium,
    scope: Object,
    subjects: ["SecurityContextConstraints.security.openshift.io", "SecurityContextConstraints"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kube_linter("scc-deny-privileged-container", Wider, "also hostPath, all capabilities, and whom it is open to"),
    ],
    fn run(object, out) {
        let Some(constraints) = object.body.security_context_constraints() else { return out.not_applicable() };
        let everybody = open_to(constraints);
        if everybody.is_none() && SHIPPED.contains(&object.metadata.name.as_str()) {
            return out.not_applicable();
        }
        let Some((field, what)) = gift(constraints) else { return };
        let (message, severity) = match everybody {
            Some(who) => (format!("the constraints allow {what} to `{who}`"), Severity::High),
            None => (format!("the constraints allow {what}"), Severity::Medium),
        };
        let value = if field == "allowedCapabilities" { "*" } else { "true" };
        out.fail(Path::root().field(field), message).severity(severity).value(value);
    }
}

/// What gives the node, and the field that allows it.
fn gift(constraints: &SecurityContextConstraints) -> Option<(&'static str, &'static str)> {
    if constraints.allow_privileged_container == Some(true) {
        Some(("allowPrivilegedContainer", "privileged containers"))
    } else if constraints.allow_host_dir_volume_plugin == Some(true) {
        Some(("allowHostDirVolumePlugin", "paths of the node"))
    } else if constraints.allowed_capabilities.iter().any(|capability| capability == "*") {
        Some(("allowedCapabilities", "all capabilities"))
    } else {
        None
    }
}

/// Groups that nearly everybody is in.
const EVERYBODY: [&str; 4] =
    ["system:authenticated", "system:authenticated:oauth", "system:unauthenticated", "system:serviceaccounts"];

fn open_to(constraints: &SecurityContextConstraints) -> Option<&str> {
    let groups = constraints.groups.iter().map(|group| group.as_str());
    groups.into_iter().find(|group| EVERYBODY.contains(group) || group.starts_with("system:serviceaccounts:"))
}

/// Constraints of every OpenShift cluster that are so by design.
const SHIPPED: [&str; 7] = [
    "hostaccess",
    "hostmount-anyuid",
    "hostmount-anyuid-v2",
    "hostnetwork",
    "hostnetwork-v2",
    "node-exporter",
    "privileged",
];
