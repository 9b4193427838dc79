use seawall_inventory::ContainerView;
use seawall_inventory::image::ImageReference;
use seawall_yaml::Path;

use crate::Out;

const FLAGS: [&str; 5] = ["git", "exechook-command", "git-config", "sync-hook-command", "askpass"];
const VARIABLES: [&str; 7] = [
    "GITSYNC_GIT",
    "GITSYNC_EXECHOOK_COMMAND",
    "GITSYNC_GIT_CONFIG",
    "GIT_SYNC_GIT",
    "GIT_SYNC_EXECHOOK_COMMAND",
    "GIT_SYNC_HOOK_COMMAND",
    "GIT_SYNC_GIT_CONFIG",
];

crate::check::check! {
    /// git-sync that runs other programs
    ///
    /// ## What it finds
    /// Containers of the image `git-sync` with a setting that makes it run another program: `--git`, `--exechook-command`,
    /// `--git-config`, or the environment variables `GITSYNC_GIT`, `GITSYNC_EXECHOOK_COMMAND`, `GITSYNC_GIT_CONFIG` (and
    /// their older names).
    ///
    /// ## Why it matters
    /// The settings are a way to run code in an image that looks like a harmless sidecar: rights to edit a Deployment that
    /// reviewers grant because "it only syncs a repository" become rights to run any program with the sidecar's
    /// credentials.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: sync
    ///     image: registry.k8s.io/git-sync/git-sync:v4.4.0
    ///     args:
    ///     - --repo=https://git.example/shop
    ///     - --exechook-command=/git/repo/hook.sh   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: sync
    ///     image: registry.k8s.io/git-sync/git-sync:v4.4.0
    ///     args:
    ///     - --repo=https://git.example/shop
    /// ```
    /// ## How to fix
    /// Remove the setting. Where a program must hear of new content, let it watch the link that git-sync switches, or use
    /// `--webhook-url`.
    ///
    /// ## References
    /// - git-sync v4 manual: --git, --exechook-command, --git-config
    /// - Akamai, 2024: git-sync, a feature that lets code be injected
    id: "SW1048",
    name: "git-sync-hook",
    severity: Low,
    scope: Container,
    since: "0.1.0",
    profile: Strict,
    peers: [
        checkov("CKV_K8S_159", Wider, "the other settings that run a program, as flags too; only for git-sync's image"),
    ],
    fn run(container, out) {
        let image = ImageReference::parse(&container.container.image);
        if !image.is_ok_and(|image| image.base_name() == "git-sync") {
            return out.not_applicable();
        }
        let own = container.container;
        for (field, list) in [("command", &own.command), ("args", &own.args)] {
            for (index, argument) in list.iter().enumerate() {
                let flag = argument.split('=').next().unwrap_or_default();
                let name = flag.trim_start_matches('-');
                if name.len() < flag.len() && FLAGS.contains(&name) {
                    report(container, out, container.path(field).index(index), flag);
                }
            }
        }
        for (index, variable) in
            own.env.iter().enumerate().filter(|(_, env)| VARIABLES.contains(&env.name.as_str()))
        {
            report(container, out, container.path("env").index(index), &variable.name);
        }
    }
}

/// The value is left out: it may hold a credential.
fn report(container: &ContainerView<'_>, out: &mut Out<'_>, path: Path, setting: &str) {
    let message = format!("git-sync in container `{}` runs another program: `{setting}`", container.name());
    out.fail(path, message).value(setting);
}
