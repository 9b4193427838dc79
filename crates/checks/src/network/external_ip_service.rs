use seawall_finding::{Fix, Framework, Safety};
use seawall_yaml::Path;

crate::check::check! {
    /// Service that takes addresses outside of the cluster
    ///
    /// ## What it finds
    /// `externalIPs` of Services. Headless ones and those of type `ExternalName` are not asked: there Kubernetes does not read it.
    ///
    /// ## Why it matters
    /// Nothing checks whose address it is. What pods and nodes send to it, anywhere in the cluster, goes to the pods of this Service: with
    /// the address of a resolver, of a registry or of the cloud's metadata, whoever may write Services of one namespace reads what all others send
    /// (CVE-2020-8554, which is not mended). Kubernetes v1.36 deprecates the field.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: dns
    /// spec:
    ///   externalIPs:   # <- finding
    ///   - 203.0.113.53
    ///   ports:
    ///   - port: 53
    ///     protocol: UDP
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: dns
    /// spec:
    ///   type: LoadBalancer
    ///   ports:
    ///   - port: 53
    ///     protocol: UDP
    /// ```
    /// ## How to fix
    /// Let a load balancer give the address, and let no one else take any: the admission plugin `DenyServiceExternalIPs` refuses the field.
    ///
    /// ## References
    /// - CVE-2020-8554; kubernetes/kubernetes issue 97076
    /// - k8s.io/kubernetes v1.36.3 pkg/api/service/warnings.go, plugin/pkg/admission/network/denyserviceexternalips
    id: "SW3015",
    name: "external-ip-service",
    severity: Medium,
    scope: Object,
    subjects: ["Service"],
    since: "0.1.0",
    profile: Default,
    frameworks: [Framework { name: "mitre", control: "T1557" }],
    peers: [
        trivy("KSV-0108", Same, ""),
    ],
    fn run(object, out) {
        let Some(service) = object.body.service() else { return out.not_applicable() };
        if service.type_ == "ExternalName" || service.cluster_ip == "None" {
            return out.not_applicable();
        }
        if service.external_ips.is_empty() {
            return;
        }
        let path = Path::root().field("spec").field("externalIPs");
        let addresses = service.external_ips.join("`, `");
        let message = format!(
            "what the cluster sends to `{addresses}` goes to the pods of this Service: who may write it can read that"
        );
        let fix = Fix::remove(path.clone(), Safety::Review);
        out.fail(path, message).derived("whose address it is, is not checked").fix(fix);
    }
}
