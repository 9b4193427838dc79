use seawall_finding::{Fix, Safety, Severity};
use seawall_inventory::kinds::{
    ClusterImagePolicySpec, ImageAuthority, KyvernoCelPolicySpec, KyvernoImages, KyvernoPolicySpec,
};
use seawall_yaml::Path;

use crate::Out;

crate::check::check! {
    /// Policy of image signatures that refuses nothing
    ///
    /// ## What it finds
    /// Policies that verify signatures of images and admit the image all the same: ClusterImagePolicies of sigstore in mode
    /// `warn`, or with an authority that passes everything; rules `verifyImages` of Kyverno that only audit, name nobody who
    /// must have signed, or do not require a verification; ImageValidatingPolicies of Kyverno without the action `Deny`;
    /// policies whose webhook is passed when it does not answer; and the setting `no-match-policy` of the policy-controller,
    /// when it admits images that no policy names. Conditions in CEL are not evaluated.
    ///
    /// ## Why it matters
    /// Somebody wrote the policy and believes that unsigned images are refused. They run.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: policy.sigstore.dev/v1beta1
    /// kind: ClusterImagePolicy
    /// metadata:
    ///   name: signed
    /// spec:
    ///   mode: warn   # <- finding
    ///   images:
    ///   - glob: registry.example/**
    ///   authorities:
    ///   - key:
    ///       kms: azurekms://vault.example/key
    /// ```
    /// ```yaml bad
    /// apiVersion: policy.sigstore.dev/v1beta1
    /// kind: ClusterImagePolicy
    /// metadata:
    ///   name: others
    /// spec:
    ///   images:
    ///   - glob: "**"
    ///   authorities:
    ///   - static:
    ///       action: pass   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: kyverno.io/v1
    /// kind: ClusterPolicy
    /// metadata:
    ///   name: signed
    /// spec:
    ///   rules:
    ///   - name: by-us
    ///     match:
    ///       any:
    ///       - resources:
    ///           kinds: [Pod]
    ///     verifyImages:
    ///     - imageReferences: ["registry.example/*"]
    ///       failureAction: Audit   # <- finding
    ///       attestors:
    ///       - entries:
    ///         - keys:
    ///             kms: azurekms://vault.example/key
    /// ```
    /// ```yaml bad
    /// apiVersion: policies.kyverno.io/v1
    /// kind: ImageValidatingPolicy
    /// metadata:
    ///   name: signed
    /// spec:
    ///   validationActions: [Audit]   # <- finding
    ///   matchImageReferences:
    ///   - glob: registry.example/*
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   name: config-policy-controller
    ///   namespace: cosign-system
    /// data:
    ///   no-match-policy: allow   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: policy.sigstore.dev/v1beta1
    /// kind: ClusterImagePolicy
    /// metadata:
    ///   name: signed
    /// spec:
    ///   images:
    ///   - glob: registry.example/**
    ///   authorities:
    ///   - key:
    ///       kms: azurekms://vault.example/key
    /// ```
    /// ```yaml good
    /// apiVersion: kyverno.io/v1
    /// kind: ClusterPolicy
    /// metadata:
    ///   name: signed
    /// spec:
    ///   rules:
    ///   - name: by-us
    ///     verifyImages:
    ///     - imageReferences: ["registry.example/*"]
    ///       failureAction: Enforce
    ///       attestors:
    ///       - entries:
    ///         - keys:
    ///             kms: azurekms://vault.example/key
    /// ```
    /// ```yaml good
    /// apiVersion: policies.kyverno.io/v1
    /// kind: ImageValidatingPolicy
    /// metadata:
    ///   name: signed
    /// spec:
    ///   validationActions: [Deny]
    ///   matchImageReferences:
    ///   - glob: registry.example/*
    /// ```
    /// ## How to fix
    /// When the reports of the audit show no image that must run, let the policy refuse: `mode: enforce`, `failureAction: Enforce`,
    /// `validationActions: [Deny]`, `no-match-policy: deny`.
    ///
    /// ## References
    /// - github.com/sigstore/policy-controller v0.13.1 pkg/apis/policy/v1beta1, pkg/webhook/validator.go, pkg/config/store.go
    /// - Kyverno documentation: Verify Images Rules (`failureAction`, by default `Audit`; `required`), ImageValidatingPolicy
    id: "SW5008",
    name: "unenforced-image-signature",
    severity: Medium,
    scope: Object,
    subjects: [
        "ClusterImagePolicy.policy.sigstore.dev",
        "ClusterPolicy.kyverno.io",
        "Policy.kyverno.io",
        "ImageValidatingPolicy.policies.kyverno.io",
        "NamespacedImageValidatingPolicy.policies.kyverno.io",
        "ConfigMap",
    ],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0236", Narrower, "what the objects show: policies that verify and do not refuse; the signature itself needs the registry"),
    ],
    fn run(object, out) {
        if let Some(policy) = object.body.cluster_image_policy() {
            of_sigstore(policy, out);
        } else if let Some(policy) = object.body.kyverno_policy() {
            of_kyverno(policy, out);
        } else if let Some(policy) = object.body.kyverno_cel_policy().filter(|_| object.kind.ends_with("ImageValidatingPolicy")) {
            of_image_validating_policy(policy, out);
        } else if let Some(config) = object.body.config_map().filter(|_| object.metadata.name == "config-policy-controller") {
            of_no_match_policy(config.no_match_policy.as_deref(), out);
        } else {
            out.not_applicable();
        }
    }
}

fn spec(field: &'static str) -> Path {
    Path::root().field("spec").field(field)
}

fn of_sigstore(policy: &ClusterImagePolicySpec, out: &mut Out<'_>) {
    if policy.mode == "warn" {
        let path = spec("mode");
        out.fail(path.clone(), "images without a valid signature are admitted with a warning")
            .value("warn")
            .fix(Fix::set(path, "enforce", Safety::Review));
        return;
    }
    // One authority that vouches is enough (ValidatePolicy of pkg/webhook/validator.go).
    let passes = |authority: &ImageAuthority| {
        authority.fixed.as_ref().is_some_and(|fixed| fixed.action == "pass")
    };
    let Some(index) = policy.authorities.iter().position(passes) else { return };
    let path = spec("authorities").index(index).key("static").key("action");
    if policy.authorities.len() > 1 {
        out.fail(path, "an authority that passes everything makes the others meaningless").value("pass");
    } else if policy.images.iter().any(|image| matches_all(&image.glob)) {
        out.fail(path, "images that no other policy names are admitted without a signature").value("pass");
    }
}

/// Whether a policy admits what it names without a valid signature.
pub(super) fn admits_unverified(policy: &ClusterImagePolicySpec) -> bool {
    policy.mode == "warn"
        || policy.authorities.iter().any(|authority| {
            authority.fixed.as_ref().is_some_and(|fixed| fixed.action == "pass")
        })
}

/// Whether a rule of Kyverno admits what it names without a valid signature.
pub(super) fn rule_admits_unverified(policy: &KyvernoPolicySpec, images: &KyvernoImages) -> bool {
    let action = images.failure_action.as_deref().or(policy.validation_failure_action.as_deref());
    names_nobody(images)
        || images.required == Some(false)
        || !action.is_some_and(|action| action.eq_ignore_ascii_case("enforce"))
}

fn names_nobody(images: &KyvernoImages) -> bool {
    images.attestors.is_empty()
        && images.attestations.is_empty()
        && images.key.is_none()
        && images.issuer.is_none()
}

/// Whether a glob of sigstore matches images of every registry: `**` crosses slashes, `*` does not, and alone means the official images
/// of Docker Hub (pkg/apis/glob/glob.go).
fn matches_all(glob: &str) -> bool {
    glob.contains("**") && glob.bytes().all(|byte| matches!(byte, b'*' | b'/'))
}

fn of_kyverno(policy: &KyvernoPolicySpec, out: &mut Out<'_>) {
    let mut verifies = false;
    let mut failed = false;
    for (rule_index, rule) in policy.rules.iter().enumerate() {
        for (index, images) in rule.verify_images.iter().enumerate() {
            verifies = true;
            let place = spec("rules").index(rule_index).key("verifyImages").index(index);
            failed |= of_kyverno_rule(policy, images, place, &rule.name, out);
        }
    }
    if !verifies {
        return out.not_applicable();
    }
    let webhook = policy.webhook_configuration.as_deref().and_then(|webhook| webhook.failure_policy.as_deref());
    if failed {
        return;
    }
    match (webhook, policy.failure_policy.as_deref()) {
        (Some("Ignore"), _) => passes_without_answer(spec("webhookConfiguration").field("failurePolicy"), out),
        (None, Some("Ignore")) => passes_without_answer(spec("failurePolicy"), out),
        _ => {}
    }
}

fn of_kyverno_rule(
    policy: &KyvernoPolicySpec,
    images: &KyvernoImages,
    place: Path,
    rule: &str,
    out: &mut Out<'_>,
) -> bool {
    if names_nobody(images) {
        out.fail(place.field("attestors"), format!("rule `{rule}` names nobody who must have signed the images"))
            .missing("no signature is verified")
            .about(place);
        return true;
    }
    let enforces = |action: &str| action.eq_ignore_ascii_case("enforce");
    let own = images.failure_action.as_deref();
    let of_policy = policy.validation_failure_action.as_deref();
    if !own.or(of_policy).is_some_and(enforces) {
        if own.is_none() && !policy.validation_failure_action_overrides.is_empty() {
            out.unknown("validationFailureActionOverrides sets another action for some namespaces");
            return false;
        }
        let path = place.field("failureAction");
        let message = format!("rule `{rule}` reports images without a valid signature and admits them");
        let draft = out.fail(path.clone(), message);
        let draft = match (own, of_policy) {
            (Some(action), _) => draft.value(action),
            (None, Some(_)) => draft.derived("`validationFailureAction` of the policy is not `Enforce`"),
            (None, None) => draft.missing("defaults to `Audit`"),
        };
        draft.about(place).fix(Fix::set(path, "Enforce", Safety::Review));
        return true;
    }
    if images.required == Some(false) {
        let path = place.field("required");
        out.fail(path.clone(), format!("rule `{rule}` admits images that were not verified"))
            .value("false")
            .about(place)
            .fix(Fix::set(path, true, Safety::Review));
        return true;
    }
    false
}

fn of_image_validating_policy(policy: &KyvernoCelPolicySpec, out: &mut Out<'_>) {
    let actions = &policy.validation_actions;
    if !actions.is_empty() && !actions.iter().any(|action| action == "Deny") {
        out.fail(spec("validationActions"), "images without a valid signature are reported and admitted")
            .value(actions.join(", "));
    } else if policy.failure_policy.as_deref() == Some("Ignore") {
        passes_without_answer(spec("failurePolicy"), out);
    }
}

fn passes_without_answer(path: Path, out: &mut Out<'_>) {
    out.fail(path.clone(), "images are admitted unverified while the policy engine does not answer")
        .value("Ignore")
        .severity(Severity::Low)
        .fix(Fix::set(path, "Fail", Safety::Review));
}

fn of_no_match_policy(policy: Option<&str>, out: &mut Out<'_>) {
    if let Some(action @ ("allow" | "warn")) = policy {
        let path = Path::root().field("data").field("no-match-policy");
        out.fail(path.clone(), "images that no policy names are admitted without a signature")
            .value(action)
            .fix(Fix::set(path, "deny", Safety::Review));
    }
}

#[cfg(test)]
mod tests {
    use super::matches_all;

    #[test]
    fn two_stars_match_every_image() {
        for (glob, expected) in [
            ("**", true),
            ("**/**", true),
            ("*/**", true),
            ("*", false),
            ("*/*", false),
            ("registry.example/**", false),
            ("", false),
        ] {
            assert_eq!(matches_all(glob), expected, "{glob}");
        }
    }
}
