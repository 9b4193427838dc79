use seawall_finding::Framework;
use seawall_inventory::Object;
use seawall_inventory::decode::StringMap;
use seawall_inventory::kinds::ServiceSpec;
use seawall_yaml::Path;

crate::check::check! {
    /// Load balancer of a cloud that serves HTTP in plaintext
    ///
    /// ## What it finds
    /// Services of type `LoadBalancer` whose annotations make the cloud's load balancer speak HTTP, without a certificate, or with one that none of the ports
    /// takes. A load balancer that passes on TCP is not asked: what is behind it may encrypt.
    ///
    /// ## Why it matters
    /// A load balancer that speaks HTTP reads each request. Passwords and tokens in it are read by whoever is between the visitor and the cloud.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: shop
    ///   annotations:
    ///     service.beta.kubernetes.io/aws-load-balancer-backend-protocol: http   # <- finding
    /// spec:
    ///   type: LoadBalancer
    ///   ports:
    ///   - port: 80
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: shop
    ///   annotations:
    ///     service.beta.kubernetes.io/aws-load-balancer-backend-protocol: http
    ///     service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn:aws:acm:eu-central-1:111122223333:certificate/1
    ///     service.beta.kubernetes.io/aws-load-balancer-ssl-ports: "443, https"   # <- finding
    /// spec:
    ///   type: LoadBalancer
    ///   ports:
    ///   - name: web
    ///     port: 80
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: shop
    ///   annotations:
    ///     service.beta.kubernetes.io/aws-load-balancer-backend-protocol: http
    ///     service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn:aws:acm:eu-central-1:111122223333:certificate/1
    ///     service.beta.kubernetes.io/aws-load-balancer-ssl-ports: https
    /// spec:
    ///   type: LoadBalancer
    ///   ports:
    ///   - name: https
    ///     port: 443
    /// ```
    /// ## How to fix
    /// Give the load balancer a certificate and the port that it is for.
    ///
    /// ## References
    /// - kubernetes/cloud-provider-aws docs/service_controller.md; digitalocean/digitalocean-cloud-controller-manager docs/controllers/services/annotations.md
    /// - linode/linode-cloud-controller-manager docs/configuration/annotations.md; oracle/oci-cloud-controller-manager docs/load-balancer-annotations.md
    id: "SW3011",
    name: "load-balancer-without-tls",
    severity: Medium,
    scope: Object,
    subjects: ["Service"],
    since: "0.1.0",
    profile: Default,
    frameworks: [Framework { name: "mitre", control: "T1040" }],
    peers: [
        kubescape("C-0231", Narrower, "a load balancer that passes on TCP may pass on what is encrypted"),
        kubescape("C-0245", Narrower, "load balancers of Azure pass on TCP, and their annotations say nothing of TLS"),
    ],
    fn run(object, out) {
        let Some(service) = object.body.service().filter(|service| service.type_ == "LoadBalancer") else {
            return out.not_applicable();
        };
        let annotations = &object.metadata.annotations;
        let speaks = |cloud: &&Cloud| {
            annotations.get(cloud.speaks).is_some_and(|value| {
                cloud.http.iter().any(|word| value.trim().eq_ignore_ascii_case(word))
            })
        };
        let Some(cloud) = CLOUDS.iter().find(speaks) else { return out.not_applicable() };
        let path = |key: &str| Path::root().field("metadata").field("annotations").key(key);
        if !cloud.encrypted_by.iter().any(|key| is_given(annotations, key)) {
            let message = format!("the load balancer of {} speaks HTTP and has no certificate", cloud.name);
            let spoken = annotations.get(cloud.speaks).unwrap_or_default();
            out.fail(path(cloud.speaks), message).value(spoken);
            return;
        }
        if let Some((key, ports)) = without_its_ports(object, service, cloud) {
            let message = format!("the certificate is for ports `{ports}`, none of which the Service has");
            out.fail(path(key), message).value(ports);
        }
    }
}

/// How a cloud is told what its load balancer speaks.
struct Cloud {
    name: &'static str,
    /// The annotation of the protocol.
    speaks: &'static str,
    /// Its values that mean HTTP towards visitors when there is no certificate.
    http: &'static [&'static str],
    /// Annotations that bring TLS.
    encrypted_by: &'static [&'static str],
    /// The annotation of the ports that the certificate is for, all when not given.
    ports: Option<&'static str>,
}

const CLOUDS: &[Cloud] = &[
    Cloud {
        name: "AWS",
        speaks: "service.beta.kubernetes.io/aws-load-balancer-backend-protocol",
        http: &["http"],
        encrypted_by: &["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"],
        ports: Some("service.beta.kubernetes.io/aws-load-balancer-ssl-ports"),
    },
    Cloud {
        name: "DigitalOcean",
        speaks: "service.beta.kubernetes.io/do-loadbalancer-protocol",
        http: &["http"],
        encrypted_by: &[
            "service.beta.kubernetes.io/do-loadbalancer-certificate-id",
            "service.beta.kubernetes.io/do-loadbalancer-certificate-name",
            "service.beta.kubernetes.io/do-loadbalancer-tls-ports",
            "service.beta.kubernetes.io/do-loadbalancer-http2-ports",
            "service.beta.kubernetes.io/do-loadbalancer-tls-passthrough",
        ],
        ports: None,
    },
    Cloud {
        name: "Linode",
        speaks: "service.beta.kubernetes.io/linode-loadbalancer-default-protocol",
        http: &["http"],
        // Others are told of each port by an annotation of its own, `port-443`.
        encrypted_by: &["service.beta.kubernetes.io/linode-loadbalancer-port-443"],
        ports: None,
    },
    Cloud {
        name: "Oracle Cloud",
        speaks: "service.beta.kubernetes.io/oci-load-balancer-backend-protocol",
        http: &["HTTP"],
        encrypted_by: &[
            "service.beta.kubernetes.io/oci-load-balancer-ssl-ports",
            "service.beta.kubernetes.io/oci-load-balancer-tls-secret",
        ],
        ports: None,
    },
];

fn is_given(annotations: &StringMap, key: &str) -> bool {
    annotations.get(key).is_some_and(|value| !value.trim().is_empty())
}

/// The ports that the certificate is said to be for, when the Service has none of them.
fn without_its_ports<'o>(object: &'o Object, service: &ServiceSpec, cloud: &Cloud) -> Option<(&'static str, &'o str)> {
    let key = cloud.ports?;
    let written = object.metadata.annotations.get(key)?;
    let is_one = |word: &str| {
        let is_port = |number: i64, name: &str| word == "*" || word == name || word == number.to_string();
        service.ports.iter().any(|port| is_port(port.port.unwrap_or_default(), &port.name))
    };
    (!written.split(',').map(str::trim).any(is_one)).then_some((key, written))
}
