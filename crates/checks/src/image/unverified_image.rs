use super::reference::images;
use super::signature_policies::{SignaturePolicies, Verified};

crate::check::check! {
    /// Image that no policy verifies
    ///
    /// ## What it finds
    /// Images that no policy of signatures among the objects read stands before, where there are such policies: of sigstore's
    /// policy-controller, in namespaces that are labelled `policy.sigstore.dev/include: "true"`, and of Kyverno. Policies that
    /// verify and refuse nothing do not count; they are told by `unenforced-image-signature`. Without any such policy the check
    /// says nothing. It is strict: only who verifies signatures at all wants to know which images are left out.
    ///
    /// ## Why it matters
    /// Whoever can push to the registry of that image chooses what runs, although signatures are verified elsewhere in the
    /// cluster.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: kyverno.io/v1
    /// kind: ClusterPolicy
    /// metadata:
    ///   name: signed
    /// spec:
    ///   validationFailureAction: Enforce
    ///   rules:
    ///   - name: by-us
    ///     match:
    ///       any:
    ///       - resources:
    ///           kinds: [Pod]
    ///     verifyImages:
    ///     - imageReferences: ["registry.example/*"]
    ///       attestors:
    ///       - entries:
    ///         - keys:
    ///             kms: azurekms://vault.example/key
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/team/app:1.0
    ///   - name: proxy
    ///     image: other.example/proxy:1.0   # <- finding
    /// ```
    /// ```yaml bad
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
    /// ---
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/team/app:1.0   # <- finding
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
    /// ---
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     policy.sigstore.dev/include: "true"
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/team/app:1.0
    /// ```
    /// ## How to fix
    /// Name the image in a policy that refuses what is not signed, or mirror and sign it; label the namespace for the
    /// policy-controller.
    ///
    /// ## References
    /// - github.com/sigstore/policy-controller v0.13.1 pkg/apis/glob/glob.go, pkg/config/store.go
    /// - Kyverno documentation: Verify Images Rules
    id: "SW5009",
    name: "unverified-image",
    severity: Low,
    scope: Workload,
    reads: [
        "ClusterImagePolicy.policy.sigstore.dev",
        "ClusterPolicy.kyverno.io",
        "Policy.kyverno.io",
        "ImageValidatingPolicy.policies.kyverno.io",
        "NamespacedImageValidatingPolicy.policies.kyverno.io",
        "Namespace",
        "ConfigMap",
    ],
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0236", Narrower, "whether a policy that is read covers the image; the signature itself needs the registry"),
        kubescape("C-0237", Narrower, "whether a policy that is read covers the image; the signature itself needs the registry"),
    ],
    fn run(pod, out) {
        let Some(policies) = SignaturePolicies::for_object(out.snapshot(), pod.object) else {
            return out.not_applicable();
        };
        let mut any = false;
        for pulled in images(pod) {
            any = true;
            let Some(image) = pulled.reference(out) else { continue };
            match policies.verify(&image, pulled.text()) {
                Verified::Yes => {}
                Verified::Maybe(why) => out.unknown(why),
                Verified::No => {
                    out.fail(pulled.path(), format!("no policy verifies the image of {pulled}"))
                        .value(pulled.text())
                        .about(pulled.place());
                }
            }
        }
        if !any {
            out.not_applicable();
        }
    }
}
