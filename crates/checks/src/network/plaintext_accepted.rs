use seawall_finding::{Fix, Safety, Severity};
use seawall_inventory::kinds::MutualTls;
use seawall_yaml::Path;

use crate::out::Out;

crate::check::check! {
    /// Mesh that lets in what it has not encrypted
    ///
    /// ## What it finds
    /// PeerAuthentications of Istio that say `PERMISSIVE` or `DISABLE`, for a mesh, a namespace, some pods or a port of them. Where nothing is said, Istio
    /// takes `PERMISSIVE`; that is not told here, since another object may say more.
    ///
    /// ## Why it matters
    /// With `PERMISSIVE` whoever is not in the mesh connects without a certificate, reads and changes what goes by on the network, and is nobody to rules
    /// that name identities. With `DISABLE` that is so for everybody.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: security.istio.io/v1
    /// kind: PeerAuthentication
    /// metadata:
    ///   namespace: shop
    ///   name: default
    /// spec:
    ///   mtls:
    ///     mode: PERMISSIVE   # <- finding
    /// ---
    /// apiVersion: security.istio.io/v1
    /// kind: PeerAuthentication
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   mtls:
    ///     mode: STRICT
    ///   portLevelMtls:
    ///     8080:
    ///       mode: DISABLE   # <- finding: medium
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: security.istio.io/v1
    /// kind: PeerAuthentication
    /// metadata:
    ///   namespace: istio-system
    ///   name: default
    /// spec:
    ///   mtls:
    ///     mode: STRICT
    /// ```
    /// ## How to fix
    /// Bring all clients into the mesh, then say `STRICT`. Ports that something outside must reach, as a webhook, are named by `portLevelMtls`.
    ///
    /// ## References
    /// - istio.io/api v1.32.0 security/v1beta1 peer_authentication.proto
    id: "SW3023",
    name: "plaintext-accepted",
    severity: Low,
    scope: Object,
    subjects: ["PeerAuthentication.security.istio.io"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let Some(peer) = object.body.peer_authentication() else { return out.not_applicable() };
        let spec = Path::root().field("spec");
        if let Some(mtls) = &peer.mtls {
            judge(mtls, spec.clone().field("mtls"), out);
        }
        for (port, mtls) in peer.port_level_mtls.iter() {
            judge(mtls, spec.clone().field("portLevelMtls").key(port), out);
        }
    }
}

fn judge(mtls: &MutualTls, at: Path, out: &mut Out<'_>) {
    let (message, severity) = match mtls.mode.as_str() {
        "PERMISSIVE" => ("what the mesh has not encrypted is let in, too", Severity::Low),
        "DISABLE" => ("the mesh encrypts nothing that comes in", Severity::Medium),
        _ => return,
    };
    let at = at.field("mode");
    let fix = Fix::set(at.clone(), "STRICT", Safety::Review);
    out.fail(at, message).value(&mtls.mode).severity(severity).fix(fix);
}
