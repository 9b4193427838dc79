use std::collections::HashMap;

use seawall_finding::{Param, ParamDefault};
use seawall_inventory::PodView;
use seawall_yaml::Path;

use super::projected_tokens::{ProjectedToken, projected_tokens};

/// Where client libraries look for the token that is for the API server (client-go v0.36.3 rest/config.go), and what `/var/run` is a
/// link to in most images.
const FOR_THE_API_SERVER: [&str; 2] =
    ["/var/run/secrets/kubernetes.io/serviceaccount", "/run/secrets/kubernetes.io/serviceaccount"];

crate::check::check! {
    /// Projected token without an audience
    ///
    /// ## What it finds
    /// `serviceAccountToken` sources of projected volumes without `audience`, which makes the API server the audience, that a container mounts
    /// elsewhere than at `/var/run/secrets/kubernetes.io/serviceaccount`. There a client of the API server looks for it: a volume that stands in for the
    /// automatic one is right as it is. Audiences of the API server (parameter `audiences`) are found too.
    ///
    /// ## Why it matters
    /// A token at another place is mostly for another service: a vault, a cloud, a neighbour. Whoever gets it there, or breaks into that
    /// service, can use it against the API server with all rights of the service account. With an audience it opens nothing else. It is in
    /// `strict`: what the account may do is not read here, and may be nothing.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///     volumeMounts:
    ///     - name: tokens
    ///       mountPath: /run/tokens
    ///   volumes:
    ///   - name: tokens
    ///     projected:
    ///       sources:
    ///       - serviceAccountToken:   # <- finding
    ///           path: vault
    /// ```
    /// ```yaml bad
    /// # with audiences: https://kubernetes.default.svc
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///     volumeMounts:
    ///     - name: tokens
    ///       mountPath: /var/run/secrets/kubernetes.io/serviceaccount
    ///     - name: tokens
    ///       mountPath: /vault/token
    ///       subPath: vault
    ///   volumes:
    ///   - name: tokens
    ///     projected:
    ///       sources:
    ///       - serviceAccountToken:
    ///           path: vault
    ///           audience: https://kubernetes.default.svc   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   automountServiceAccountToken: false
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///     volumeMounts:
    ///     - name: tokens
    ///       mountPath: /run/tokens
    ///     - name: api
    ///       mountPath: /var/run/secrets/kubernetes.io/serviceaccount/
    ///     - name: nested
    ///       mountPath: /run/secrets
    ///     - name: file
    ///       mountPath: /var/run/secrets/kubernetes.io/serviceaccount/token
    ///       subPath: token
    ///   volumes:
    ///   - name: tokens
    ///     projected:
    ///       sources:
    ///       - serviceAccountToken:
    ///           path: vault
    ///           audience: vault
    ///   - name: api
    ///     projected:
    ///       sources:
    ///       - serviceAccountToken:
    ///           path: token
    ///   - name: nested
    ///     projected:
    ///       sources:
    ///       - serviceAccountToken:
    ///           path: kubernetes.io/serviceaccount/token
    ///   - name: file
    ///     projected:
    ///       sources:
    ///       - serviceAccountToken:
    ///           path: token
    /// ```
    /// ## How to fix
    /// Name the service that is to accept the token in `audience`, and have it check that name. Leave it as it is where the program talks
    /// to the API server with that file.
    ///
    /// ## References
    /// - k8s.io/api v0.36.3 core/v1/types.go: ServiceAccountTokenProjection
    /// - k8s.io/kubernetes v1.36.3 pkg/registry/core/serviceaccount/storage/token.go
    /// - KEP-1205: Bound service account tokens
    id: "SW4009",
    name: "token-without-audience",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    params: [Param {
        name: "audiences",
        doc: "Further names of the API server, as in `--api-audiences`.",
        default: ParamDefault::Strings(&[]),
    }],
    fn run(pod, out) {
        let mut tokens = projected_tokens(pod).peekable();
        if tokens.peek().is_none() {
            return out.not_applicable();
        }
        let names = out.param_strings("audiences");
        let mut opens_api = tokens
            .filter(|token| token.source.audience.is_empty() || names.contains(&token.source.audience.as_str()))
            .peekable();
        if opens_api.peek().is_none() {
            return;
        }
        let mounts = mounts(pod);
        for token in opens_api {
            let Some(mounts) = mounts.get(token.volume.name.as_str()) else { continue };
            let Some(elsewhere) = first_elsewhere(&token, mounts) else {
                if mounts.len() == MOUNTS {
                    out.unknown("a volume is mounted too often to look at each");
                }
                continue;
            };
            let path = token.path().field("audience");
            let message = format!("a token in volume `{}` opens the API server to whoever gets it", token.volume.name);
            let finding = out.fail(path, message).related(elsewhere, "mounted here").about(token.place());
            if token.source.audience.is_empty() {
                finding.missing("the audience is the API server");
            } else {
                finding.value(&token.source.audience);
            }
        }
    }
}

/// Mounts of one volume that are looked at; beyond, somebody wants to keep the scanner busy.
const MOUNTS: usize = 256;

/// A mount of a volume.
struct Mount<'s> {
    at: &'s str,
    /// The file or folder of the volume that is mounted; empty for all of it.
    part: &'s str,
    path: Path,
}

/// The mounts of all containers, by volume.
fn mounts<'s>(pod: &PodView<'s>) -> HashMap<&'s str, Vec<Mount<'s>>> {
    let mut mounts: HashMap<&str, Vec<Mount<'_>>> = HashMap::new();
    for container in pod.containers() {
        for (index, mount) in container.container.volume_mounts.iter().enumerate() {
            let of_volume = mounts.entry(mount.name.as_str()).or_default();
            if of_volume.len() < MOUNTS {
                let path = container.path("volumeMounts").index(index);
                of_volume.push(Mount { at: &mount.mount_path, part: &mount.sub_path, path });
            }
        }
    }
    mounts
}

/// The first mount that shows the token elsewhere than where clients of the API server look for it.
fn first_elsewhere(token: &ProjectedToken<'_>, mounts: &[Mount<'_>]) -> Option<Path> {
    let elsewhere = |mount: &&Mount<'_>| {
        let inside = if mount.part.is_empty() {
            Some(token.source.path.as_str())
        } else {
            below(&token.source.path, mount.part)
        };
        inside.is_some_and(|inside| !is_for_the_api_server(mount.at.trim_end_matches('/'), inside))
    };
    mounts.iter().find(elsewhere).map(|mount| mount.path.clone())
}

/// Whether a file `inside` what is mounted at `at` lies where clients of the API server look.
fn is_for_the_api_server(at: &str, inside: &str) -> bool {
    FOR_THE_API_SERVER.iter().any(|folder| match below(at, folder) {
        Some(_) => true,
        // The folder may lie in what is mounted.
        None => below(folder, at).is_some_and(|rest| below(inside, rest).is_some()),
    })
}

/// What is left of `path` below `folder`; nothing left when they are the same.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}
