use seawall_inventory::kinds::ClaimSpec;
use seawall_inventory::quantity::Quantity;
use seawall_yaml::Path;

use crate::placeholder::is_placeholder;
use crate::Out;

crate::check::check! {
    /// Volume claim that Kubernetes refuses
    ///
    /// ## What it finds
    /// PersistentVolumeClaims, `volumeClaimTemplates` of StatefulSets and claims of `ephemeral` volumes without an access mode or
    /// with one that does not exist, with `ReadWriteOncePod` beside others, without a request of storage or with one that is not
    /// above zero, and with a `volumeMode` that does not exist.
    ///
    /// ## Why it matters
    /// The API server refuses the claim. Before v1.36 it takes the StatefulSet around it, whose pods then never come.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata:
    ///   name: data
    /// spec:
    ///   accessModes: [ReadWriteOnce, ReadWriteOncePod]   # <- finding
    ///   resources:
    ///     requests: {}   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: StatefulSet
    /// metadata:
    ///   name: store
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: store
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: store
    ///     spec:
    ///       containers:
    ///       - name: store
    ///         image: registry.example/store:1.0
    ///       volumes:
    ///       - name: scratch
    ///         ephemeral:
    ///           volumeClaimTemplate:
    ///             spec:
    ///               accessModes: [ReadWriteOnce]
    ///               resources:
    ///                 requests:
    ///                   storage: 0   # <- finding
    ///   volumeClaimTemplates:
    ///   - metadata:
    ///       name: data
    ///     spec:   # <- finding
    ///       resources:
    ///         requests:
    ///           storage: 1Gi
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata:
    ///   name: data
    /// spec:
    ///   accessModes: [ReadWriteOncePod]
    ///   resources:
    ///     requests:
    ///       storage: 1Gi
    /// ```
    /// ## How to fix
    /// Write an access mode (`ReadWriteOncePod` where one pod uses the volume) and `resources.requests.storage`.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: ValidatePersistentVolumeClaimSpec
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/apps/validation/validation.go: ValidateStatefulSetSpec
    id: "SW6023",
    name: "invalid-volume-claim",
    severity: Medium,
    scope: Object,
    subjects: ["pods", "PersistentVolumeClaim"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubesec("VolumeClaimAccessModeReadWriteOnce", Narrower, "an access mode must be there; which one is the program's need"),
        kubesec("VolumeClaimRequestsStorage", Wider, "all that the API server refuses in a claim, for every kind that has one"),
    ],
    fn run(object, out) {
        if object.malformed {
            // What has a wrong type is told by the reader, and looks as if it were not given.
            return out.unknown("a field of the object has a type that Kubernetes refuses");
        }
        let mut claims = false;
        if let Some(claim) = object.body.claim() {
            claims = true;
            judge(claim, &|| Path::root().field("spec"), out);
        }
        for pod in out.snapshot().pods_of(object) {
            if let Some(controller) = pod.template.controller.as_deref() {
                for (index, template) in controller.spec.rare().volume_claim_templates.iter().enumerate() {
                    claims = true;
                    let at = || controller.path.key("volumeClaimTemplates").index(index).field("spec");
                    judge_template(template.spec.as_deref(), &at, out);
                }
            }
            for (index, volume) in pod.spec().volumes.iter().enumerate() {
                let Some(ephemeral) = &volume.ephemeral else { continue };
                let Some(template) = ephemeral.volume_claim_template.as_deref() else { continue };
                claims = true;
                let at = || {
                    let volume = pod.path("volumes").index(index);
                    volume.field("ephemeral").field("volumeClaimTemplate").field("spec")
                };
                judge_template(template.spec.as_deref(), &at, out);
            }
        }
        if !claims {
            out.not_applicable();
        }
    }
}

/// A template without a spec is a claim without anything.
fn judge_template(claim: Option<&ClaimSpec>, at: &dyn Fn() -> Path, out: &mut Out<'_>) {
    match claim {
        Some(claim) => judge(claim, at, out),
        None => judge(&ClaimSpec::default(), at, out),
    }
}

const MODES: [&str; 4] = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];

fn judge(claim: &ClaimSpec, at: &dyn Fn() -> Path, out: &mut Out<'_>) {
    let refused = "the API server refuses the claim";
    let modes = || at().field("accessModes");
    if claim.access_modes.is_empty() {
        out.fail(modes(), "the claim has no access mode").missing(refused);
    }
    for (index, mode) in claim.access_modes.iter().enumerate() {
        if is_placeholder(mode) {
            out.unknown("an access mode is a placeholder that is filled in before the object is applied");
        } else if !MODES.contains(&mode.as_str()) {
            out.fail(modes().index(index), format!("`{mode}` is not an access mode")).value(mode);
        }
    }
    let alone = |mode: &str| mode == "ReadWriteOncePod";
    if claim.access_modes.iter().any(|mode| alone(mode))
        && claim.access_modes.iter().any(|mode| !alone(mode) && MODES.contains(&mode.as_str()))
    {
        out.fail(modes(), "`ReadWriteOncePod` excludes other access modes").derived(refused);
    }
    let storage = || at().field("resources").field("requests").field("storage");
    match claim.resources.requests.get("storage") {
        None => {
            out.fail(storage(), "the claim requests no storage").missing(refused);
        }
        Some(text) if is_placeholder(text) => {
            out.unknown("the request of storage is a placeholder that is filled in before the object is applied");
        }
        Some(text) => {
            let valid = text.trim().parse::<Quantity>();
            if !valid.is_ok_and(|quantity| !quantity.is_negative() && !quantity.is_zero()) {
                out.fail(storage(), format!("`{text}` is not a size above zero")).value(text);
            }
        }
    }
    if let Some(mode) = claim.volume_mode.as_deref()
        && !matches!(mode, "Filesystem" | "Block")
        && !is_placeholder(mode)
    {
        out.fail(at().field("volumeMode"), format!("`{mode}` is not a volume mode")).value(mode);
    }
}
