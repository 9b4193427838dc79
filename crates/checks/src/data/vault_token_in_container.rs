use seawall_finding::{Fix, Safety};

use super::secret_store::is_true;

crate::check::check! {
    /// Token of Vault in the container
    ///
    /// ## What it finds
    /// Pods whose annotations have the injector of Vault put the agent's own token beside the secrets, as `/vault/secrets/token`.
    ///
    /// ## Why it matters
    /// The agent's token is good for all that its role may do in Vault, not for the secrets alone that were asked for, and it works from
    /// elsewhere. A flaw in the program then gives it away. It is in *strict*: a program that talks to Vault itself needs one.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: shop
    ///   annotations:
    ///     vault.hashicorp.com/agent-inject: "true"
    ///     vault.hashicorp.com/agent-inject-token: "true"   # <- finding
    ///     vault.hashicorp.com/role: shop
    /// spec:
    ///   containers:
    ///   - name: shop
    ///     image: registry.example/shop:1.2.3
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: shop
    ///   annotations:
    ///     vault.hashicorp.com/agent-inject: "true"
    ///     vault.hashicorp.com/agent-inject-secret-db: shop/db
    ///     vault.hashicorp.com/role: shop
    /// spec:
    ///   containers:
    ///   - name: shop
    ///     image: registry.example/shop:1.2.3
    /// ```
    /// ## How to fix
    /// Let the agent write what the program needs (`agent-inject-secret-NAME`, `agent-inject-template-NAME`). A program that talks to Vault
    /// can log in by itself with the token of its service account.
    ///
    /// ## References
    /// - hashicorp/vault v1.18.0 website/content/docs/platform/k8s/injector/annotations.mdx
    id: "SW4021",
    name: "vault-token-in-container",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    fn run(pod, out) {
        const INJECT: &str = "vault.hashicorp.com/agent-inject";
        const TOKEN: &str = "vault.hashicorp.com/agent-inject-token";
        let annotations = &pod.template.annotations;
        if !annotations.get(INJECT).is_some_and(is_true) {
            return out.not_applicable();
        }
        if let Some(token) = annotations.get(TOKEN).filter(|text| is_true(text)) {
            let path = pod.annotation_path(TOKEN);
            let fix = Fix::set(path.clone(), "false", Safety::Review);
            out.fail(path, "the agent's token for Vault is put into the containers").value(token).fix(fix);
        }
    }
}
