use seawall_finding::Severity;
use seawall_inventory::image::ImageReference;

/// Settings that let people in without or against their own rights.
const OPEN: [&str; 3] = ["--enable-skip-login", "--enable-insecure-login", "--disable-settings-authorizer"];

crate::check::check! {
    /// Kubernetes Dashboard deployed
    ///
    /// ## What it finds
    /// Containers of the Kubernetes Dashboard's images. With `--enable-skip-login`, `--enable-insecure-login` or
    /// `--disable-settings-authorizer` the severity is high.
    ///
    /// ## Why it matters
    /// The dashboard acts in the cluster for whoever reaches it. It was the way into several well-known clusters whose
    /// owners had left it open, and since the project was archived in 2026 it gets no more fixes.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: dashboard
    ///     image: kubernetesui/dashboard:v2.7.0   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: headlamp
    ///     image: ghcr.io/headlamp-k8s/headlamp:v0.30.0
    /// ```
    /// ## How to fix
    /// Remove it. For people, kubectl, or an interface that each user runs himself (Headlamp, k9s) with his own rights; for
    /// all, one behind the cluster's identity provider.
    ///
    /// ## References
    /// - github.com/kubernetes/dashboard (archived)
    /// - Microsoft Threat Matrix for Kubernetes: Access the Kubernetes dashboard
    id: "SW1049",
    name: "kubernetes-dashboard",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0014", Narrower, "that it runs; who may use it comes with the access checks"),
        checkov("CKV_K8S_33", Narrower, "by image; a label makes no dashboard"),
    ],
    fn run(container, out) {
        let image = ImageReference::parse(&container.container.image);
        if !image.is_ok_and(|image| is_dashboard(&image)) {
            return;
        }
        let arguments = container.container.command.iter().chain(&container.container.args);
        let open =
            arguments.filter_map(|argument| argument.split('=').next()).find(|flag| OPEN.contains(flag));
        let message = match open {
            Some(flag) => {
                format!("container `{}` is the Kubernetes Dashboard, open by `{flag}`", container.name())
            }
            None => format!(
                "container `{}` is the Kubernetes Dashboard, which gets no more fixes",
                container.name()
            ),
        };
        let draft = out.fail(container.path("image"), message).value(&container.container.image);
        if open.is_some() {
            draft.severity(Severity::High);
        }
    }
}

fn is_dashboard(image: &ImageReference<'_>) -> bool {
    let repository: &str = &image.repository;
    matches!(repository, "kubernetesui/dashboard" | "kubernetesui/dashboard-web" | "kubernetesui/dashboard-api")
        || image.base_name().starts_with("kubernetes-dashboard")
}
