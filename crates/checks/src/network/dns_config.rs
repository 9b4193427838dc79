use seawall_finding::{Fix, Param, ParamDefault, Safety, Severity};
use seawall_inventory::PodView;
use seawall_inventory::kinds::DnsConfig;

use crate::out::Out;

crate::check::check! {
    /// Pod that does not find Services by name
    ///
    /// ## What it finds
    /// - A `dnsPolicy` of `None` without name servers, and one that there is not: the API server refuses both.
    /// - Pods that ask the node for names (`dnsPolicy: Default`, or `ClusterFirst` with `hostNetwork`, which is the same), while arguments of
    ///   their containers name a Service as a server, by `.svc` (low).
    /// - With the parameter `options`: pods that do not set these options of the resolver (info).
    ///
    /// ## Why it matters
    /// The node's name servers do not know Services. They ask others for the name, up to those of the internet, who may answer.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: agent
    /// spec:
    ///   hostNetwork: true
    ///   dnsPolicy: ClusterFirst   # <- finding: low
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     args: ["--server=https://collector.monitoring.svc:8443"]
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: agent
    /// spec:   # <- finding
    ///   dnsPolicy: None
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ```yaml bad
    /// # with options: ndots=2
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: agent
    /// spec:
    ///   dnsConfig:
    ///     options:   # <- finding: info
    ///     - name: edns0
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with options: ndots=2
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: agent
    /// spec:
    ///   hostNetwork: true
    ///   dnsPolicy: ClusterFirstWithHostNet
    ///   dnsConfig:
    ///     options:
    ///     - name: ndots
    ///       value: "2"
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     args: ["--server=https://collector.monitoring.svc:8443"]
    /// ```
    /// ## How to fix
    /// `ClusterFirst`, or on the node's network `ClusterFirstWithHostNet`; with `None`, name servers in `dnsConfig`.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/kubelet/network/dns/dns.go: getPodDNSType
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: validateDNSPolicy, validatePodDNSConfig
    id: "SW3021",
    name: "dns-config",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    params: [Param {
        name: "options",
        doc: "Options of the resolver that pods must set, as `ndots=2`.",
        default: ParamDefault::Strings(&[]),
    }],
    peers: [
        kube_linter("dnsconfig-options", Narrower, "options are asked for by those who configure them"),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        if pod.template.partial.is_some() {
            return;
        }
        let rare = pod.spec().rare();
        let policy = rare.dns_policy.as_str();
        let config = rare.dns_config.as_deref();
        let has_servers = config.is_some_and(|config| !config.nameservers.is_empty());
        match policy {
            "" | "ClusterFirst" | "ClusterFirstWithHostNet" | "Default" => {}
            "None" if has_servers => {}
            "None" => {
                out.fail(
                    pod.path("dnsConfig").field("nameservers"),
                    "a `dnsPolicy` of `None` needs name servers",
                )
                .missing("the API server refuses the pod");
            }
            other if crate::placeholder::is_placeholder(other) => {
                return out.unknown("`dnsPolicy` is a placeholder that is filled in before the object is applied");
            }
            other => {
                out.fail(pod.path("dnsPolicy"), format!("`{other}` is no `dnsPolicy`")).value(other);
            }
        }
        let on_node = pod.spec().host_network == Some(true);
        let asks_node = policy == "Default" || on_node && matches!(policy, "" | "ClusterFirst");
        if let Some(service) = named_service(pod).filter(|_| asks_node && !has_servers) {
            let right = if on_node { "ClusterFirstWithHostNet" } else { "ClusterFirst" };
            let path = pod.path("dnsPolicy");
            let fix = Fix::set(path.clone(), right, Safety::Review);
            let message = format!("the pod asks its node for names, which does not know `{service}`");
            let draft = out.fail(path, message).severity(Severity::Low).fix(fix);
            if policy.is_empty() {
                draft.missing("on the node's network the default is the node's name servers");
            } else {
                draft.value(policy);
            }
        }
        options(pod, config, out);
    }
}

fn options(pod: &PodView<'_>, config: Option<&DnsConfig>, out: &mut Out<'_>) {
    for wanted in out.param_strings("options") {
        let (name, value) = wanted.split_once('=').unwrap_or((wanted, ""));
        let mut set = config.iter().flat_map(|config| config.options.iter());
        if !set.any(|option| option.name == name && option.value == value) {
            let path = pod.path("dnsConfig").field("options");
            out.fail(path, format!("the resolver of the pod does not have the option `{wanted}`"))
                .severity(Severity::Info)
                .derived("the configuration of this check wants it")
                .keyed(wanted);
        }
    }
}

/// A Service that containers are told to talk to: `collector.monitoring.svc`.
fn named_service<'s>(pod: &PodView<'s>) -> Option<&'s str> {
    pod.containers().find_map(|container| {
        let own = container.container;
        let mut flag = "";
        own.command.iter().chain(&own.args).find_map(|text| {
            let before = std::mem::replace(&mut flag, if text.starts_with('-') { text } else { "" });
            let is_only_name = is_of_name(text) || is_of_name(before) && !before.contains('=');
            (!is_only_name).then(|| service_in(text)).flatten()
        })
    })
}

/// What flags are called whose value is a name that is written somewhere, into tokens and certificates, and not looked up:
/// `--service-account-issuer` of the API server.
const NAMES: &[&str] = &["audience", "cert", "dns-name", "domain", "hostname", "issuer", "no-proxy", "no_proxy", "san"];

fn is_of_name(text: &str) -> bool {
    let flag = text.split('=').next().unwrap_or_default().to_ascii_lowercase();
    text.starts_with('-') && NAMES.iter().any(|word| flag.contains(word))
}

/// The name of a Service in a text, by its end, where it is that of a server: with a scheme before it, or a port behind.
fn service_in(text: &str) -> Option<&str> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let mut rest = text;
    let mut has_scheme = false;
    loop {
        let end = rest.find(|letter: char| !u8::try_from(letter).is_ok_and(is_part)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(end)?;
        let has_port = behind.strip_prefix(':').is_some_and(|port| port.starts_with(|c: char| c.is_ascii_digit()));
        let name = word.strip_suffix(".cluster.local").unwrap_or(word);
        let parts = name.strip_suffix(".svc").map(|name| name.split('.').filter(|part| !part.is_empty()).count());
        if parts == Some(2) && (has_scheme || has_port) {
            return Some(word);
        }
        has_scheme = behind.starts_with("://");
        let skipped = if has_scheme { "://".len() } else { behind.chars().next()?.len_utf8() };
        rest = behind.get(skipped..)?;
    }
}
