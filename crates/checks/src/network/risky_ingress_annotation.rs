use seawall_finding::{Fix, Safety, Severity};
use seawall_inventory::Object;
use seawall_inventory::kinds::IngressSpec;
use seawall_yaml::Path;

crate::check::check! {
    /// Ingress annotation that opens the controller
    ///
    /// ## What it finds
    /// Annotations of Ingresses, for ingress-nginx, NGINX Ingress Controller, HAProxy and the AWS Load Balancer Controller:
    ///
    /// - pieces of the proxy's configuration (`configuration-snippet`, `server-snippets`, `backend-config-snippet` and others);
    /// - addresses and patterns with characters that end a directive of nginx, as in CVE-2025-24514, CVE-2025-1097 and CVE-2025-1098 (high);
    /// - client certificates that nobody checks, and visitors that are let in without a login;
    /// - lists of allowed addresses that allow all, and a switched-off redirect beside a certificate (low).
    ///
    /// The table is in the check.
    ///
    /// ## Why it matters
    /// A controller serves all namespaces and reads their certificates from Secrets. What an Ingress writes into its configuration runs as the controller: whoever
    /// may write one Ingress reads the Secrets of the cluster (CVE-2021-25742).
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// metadata:
    ///   name: shop
    ///   annotations:
    ///     nginx.ingress.kubernetes.io/configuration-snippet: add_header X-Frame-Options DENY;   # <- finding
    ///     nginx.ingress.kubernetes.io/auth-url: "http://a.example/#;load_module /proc/1/fd/9;"   # <- finding: high
    ///     nginx.ingress.kubernetes.io/auth-tls-verify-client: optional_no_ca   # <- finding
    ///     nginx.ingress.kubernetes.io/whitelist-source-range: 198.51.100.0/24, 0.0.0.0/0   # <- finding: low
    ///     nginx.ingress.kubernetes.io/ssl-redirect: "false"   # <- finding: low
    /// spec:
    ///   tls:
    ///   - hosts: [shop.example]
    ///     secretName: shop
    ///   rules:
    ///   - host: shop.example
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// metadata:
    ///   name: shop
    ///   annotations:
    ///     nginx.ingress.kubernetes.io/custom-headers: edge/headers
    ///     nginx.ingress.kubernetes.io/auth-url: https://$host/oauth2/auth
    ///     nginx.ingress.kubernetes.io/auth-tls-verify-client: "on"
    ///     nginx.ingress.kubernetes.io/whitelist-source-range: 198.51.100.0/24
    /// spec:
    ///   tls:
    ///   - hosts: [shop.example]
    ///     secretName: shop
    ///   rules:
    ///   - host: shop.example
    /// ```
    /// ## How to fix
    /// Say it by an annotation of its own (`custom-headers`, `enable-cors`, `permanent-redirect`, …), or in the controller's ConfigMap, which tenants do not
    /// write; and refuse snippets in the controller (`allow-snippet-annotations: "false"`).
    ///
    /// ## References
    /// - CVE-2021-25742, kubernetes/kubernetes issue 126811; CVE-2025-24514, CVE-2025-1097, CVE-2025-1098, kubernetes/kubernetes issues 131006 to 131008
    /// - kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations-risk.md
    /// - nginx/kubernetes-ingress documentation: Advanced configuration with snippets; haproxytech/kubernetes-ingress documentation/annotations.md
    id: "SW3018",
    name: "risky-ingress-annotation",
    severity: Medium,
    scope: Object,
    subjects: ["Ingress.networking.k8s.io", "Ingress.extensions"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0059", Wider, "other snippets and annotations, and other controllers"),
        trivy("KCV-0093", Wider, "the annotations, where the peer names the release of the controller"),
        checkov("CKV_K8S_152", Wider, "any snippet, whatever stands in it"),
        checkov("CKV_K8S_153", Wider, "other annotations and controllers too"),
        checkov("CKV_K8S_154", Wider, "any snippet, whatever stands in it"),
    ],
    fn run(object, out) {
        let Some(ingress) = object.body.ingress() else { return out.not_applicable() };
        for (key, value) in object.metadata.annotations.iter() {
            let risk = RISKS.iter().find(|risk| risk.is_of(key) && risk.when.holds(value, object, ingress));
            let Some(risk) = risk else { continue };
            let path = Path::root().field("metadata").field("annotations").key(key);
            let draft = out.fail(path.clone(), format!("`{key}` {}", risk.what)).severity(risk.severity);
            let draft = match risk.when {
                // They may hold a credential.
                When::Given | When::EndsDirective => draft.derived("what stands in it becomes configuration of the proxy"),
                _ => draft.value(value),
            };
            if let When::RedirectOff = risk.when {
                draft.fix(Fix::remove(path, Safety::Review));
            }
        }
    }
}

/// An annotation, and what it does.
struct Risk {
    /// What its name begins with, as the controller calls its annotations.
    prefixes: &'static [&'static str],
    /// The rest of its name.
    names: &'static [&'static str],
    /// With which values.
    when: When,
    severity: Severity,
    /// What it does, behind its name.
    what: &'static str,
}

enum When {
    /// Any.
    Given,
    /// Characters that end a directive of nginx and begin another.
    EndsDirective,
    /// One of these words.
    Says(&'static [&'static str]),
    /// A list of networks in which one is all addresses.
    AllAddresses,
    /// `false`, beside a certificate and without another annotation that redirects all the same.
    RedirectOff,
}

/// kubernetes/ingress-nginx, and its annotations until 0.9.
const NGINX: &[&str] = &["nginx.ingress.kubernetes.io/", "ingress.kubernetes.io/"];
/// nginx/kubernetes-ingress.
const NGINX_INC: &[&str] = &["nginx.org/"];
/// haproxytech/kubernetes-ingress.
const HAPROXY: &[&str] = &["haproxy.org/"];
/// jcmoraisjr/haproxy-ingress.
const HAPROXY_INGRESS: &[&str] = &["haproxy-ingress.github.io/", "ingress.kubernetes.io/"];
/// kubernetes-sigs/aws-load-balancer-controller.
const ALB: &[&str] = &["alb.ingress.kubernetes.io/"];

const CONFIGURES: &str = "writes configuration of the proxy, which runs as the controller and reads what it may read";

const RISKS: &[Risk] = &[
    Risk {
        prefixes: NGINX,
        // docs/user-guide/nginx-configuration/annotations-risk.md of controller-v1.13: critical.
        names: &["configuration-snippet", "server-snippet", "auth-snippet", "stream-snippet", "modsecurity-snippet"],
        when: When::Given,
        severity: Severity::Medium,
        what: CONFIGURES,
    },
    Risk {
        prefixes: NGINX_INC,
        names: &["server-snippets", "location-snippets"],
        when: When::Given,
        severity: Severity::Medium,
        what: CONFIGURES,
    },
    Risk {
        prefixes: HAPROXY,
        names: &["backend-config-snippet", "frontend-config-snippet", "global-config-snippet", "stats-config-snippet"],
        when: When::Given,
        severity: Severity::Medium,
        what: CONFIGURES,
    },
    Risk {
        prefixes: HAPROXY_INGRESS,
        // haproxy-ingress.github.io/docs/configuration/keys: configuration snippet.
        names: &["config-backend", "config-backend-early", "config-backend-late"],
        when: When::Given,
        severity: Severity::Medium,
        what: CONFIGURES,
    },
    Risk {
        prefixes: NGINX,
        // CVE-2025-24514, CVE-2025-1097, CVE-2025-1098.
        names: &["auth-url", "auth-signin", "auth-tls-match-cn", "mirror-target", "mirror-host"],
        when: When::EndsDirective,
        severity: Severity::High,
        what: "ends the directive that it is written into and begins another one: that runs code in the controller",
    },
    Risk {
        prefixes: NGINX,
        names: &["auth-tls-verify-client"],
        when: When::Says(&["off", "optional_no_ca"]),
        severity: Severity::Medium,
        what: "lets in who has a certificate of any issuer, or none",
    },
    Risk {
        prefixes: ALB,
        names: &["auth-on-unauthenticated-request"],
        when: When::Says(&["allow"]),
        severity: Severity::Medium,
        what: "lets in who has not logged in",
    },
    Risk {
        prefixes: NGINX,
        names: &["whitelist-source-range", "allowlist-source-range"],
        when: When::AllAddresses,
        severity: Severity::Low,
        what: "looks like a bound and lets all addresses in",
    },
    Risk {
        prefixes: HAPROXY,
        names: &["allow-list", "whitelist"],
        when: When::AllAddresses,
        severity: Severity::Low,
        what: "looks like a bound and lets all addresses in",
    },
    Risk {
        prefixes: NGINX,
        names: &["ssl-redirect"],
        when: When::RedirectOff,
        severity: Severity::Low,
        what: "serves in plaintext, too, what the certificate is for",
    },
    Risk {
        prefixes: HAPROXY,
        names: &["ssl-redirect"],
        when: When::RedirectOff,
        severity: Severity::Low,
        what: "serves in plaintext, too, what the certificate is for",
    },
];

impl Risk {
    fn is_of(&self, key: &str) -> bool {
        self.prefixes.iter().any(|prefix| key.strip_prefix(prefix).is_some_and(|name| self.names.contains(&name)))
    }
}

impl When {
    fn holds(&self, value: &str, object: &Object, ingress: &IngressSpec) -> bool {
        let value = value.trim();
        match self {
            Self::Given => !value.is_empty(),
            // What a template fills in has braces, too.
            Self::EndsDirective => {
                let is_filled_in = value.contains("{{") || value.contains("${");
                value.contains(['\n', ';']) || !is_filled_in && value.contains(['{', '}'])
            }
            Self::Says(words) => words.iter().any(|word| value.eq_ignore_ascii_case(word)),
            Self::AllAddresses => {
                value.split([',', ' ', '\n']).any(|range| matches!(range.trim(), "0.0.0.0/0" | "::/0"))
            }
            Self::RedirectOff => {
                let annotations = &object.metadata.annotations;
                let forces =
                    |prefix: &&str| annotations.get(&format!("{prefix}force-ssl-redirect")) == Some("true");
                let is_off = value.eq_ignore_ascii_case("false") && !NGINX.iter().any(forces);
                is_off && !ingress.tls.is_empty()
            }
        }
    }
}
