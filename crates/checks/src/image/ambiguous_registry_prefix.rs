use seawall_finding::{Fix, Safety, Severity};
use seawall_inventory::Object;
use seawall_yaml::Path;
use smol_str::SmolStr;

use super::reference::is_placeholder;

/// Registries in which anyone may open an account and push.
const PUBLIC: &[&str] =
    &["docker.io", "index.docker.io", "registry-1.docker.io", "quay.io", "ghcr.io", "registry.gitlab.com", "public.ecr.aws"];

crate::check::check! {
    /// Allow list of registries that lets others through
    ///
    /// ## What it finds
    /// Entries of the Gatekeeper constraints `K8sAllowedRepos` and `K8sAllowedReposv2` that allow more than they seem to. An
    /// entry is the beginning of an image's text: `registry.example` is also the beginning of `registry.example.evil.test/app`,
    /// `registry.example/team` of `registry.example/team-of-others/app`. Entries that are a registry in which anyone may push,
    /// such as `docker.io/`, allow everyone. Entries of `K8sAllowedReposv2` are exact unless they end with `*`.
    ///
    /// ## Why it matters
    /// The rule looks strict, and an attacker who registers the right name passes it with an image of his own.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: constraints.gatekeeper.sh/v1beta1
    /// kind: K8sAllowedRepos
    /// metadata:
    ///   name: repositories
    /// spec:
    ///   match:
    ///     kinds:
    ///     - apiGroups: [""]
    ///       kinds: [Pod]
    ///   parameters:
    ///     repos:
    ///     - registry.example   # <- finding
    ///     - mirror.example/team   # <- finding: low
    ///     - other.example/
    /// ```
    /// ```yaml bad
    /// apiVersion: constraints.gatekeeper.sh/v1beta1
    /// kind: K8sAllowedReposv2
    /// metadata:
    ///   name: repositories
    /// spec:
    ///   parameters:
    ///     allowedImages:
    ///     - registry.example*   # <- finding
    ///     - docker.io/*   # <- finding
    ///     - mirror.example/app
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: constraints.gatekeeper.sh/v1beta1
    /// kind: K8sAllowedRepos
    /// metadata:
    ///   name: repositories
    /// spec:
    ///   parameters:
    ///     repos:
    ///     - registry.example/
    ///     - docker.io/library/
    ///     - mirror.example/app:1.0
    /// ```
    /// ## How to fix
    /// End each entry with a slash: `registry.example/`, `registry.example/team/`. Of a registry that is open to all, name the
    /// accounts: `docker.io/library/`. An image that is written without its registry (`nginx`) never begins with `docker.io/`:
    /// Gatekeeper compares the text as it is.
    ///
    /// ## References
    /// - github.com/open-policy-agent/gatekeeper-library library/general/allowedrepos and allowedreposv2 (src.rego)
    id: "SW5010",
    name: "ambiguous-registry-prefix",
    severity: Medium,
    scope: Object,
    subjects: ["*.constraints.gatekeeper.sh"],
    since: "0.1.0",
    profile: Default,
    peers: [
        trivy("KSV-0124", Wider, "a path without its last slash is a prefix of other repositories too"),
    ],
    fn run(object, out) {
        let Some((entries, field, style)) = entries_of(object) else { return out.not_applicable() };
        for (index, entry) in entries.iter().enumerate() {
            if is_placeholder(entry) {
                out.unknown("an entry is a placeholder that is filled in before the object is applied");
                continue;
            }
            let prefix = match style {
                Style::Prefixes => entry.as_str(),
                Style::Wildcards => match entry.strip_suffix('*') {
                    Some(prefix) => prefix,
                    None => continue,
                },
            };
            let Some(gap) = gap(prefix) else { continue };
            let path = Path::root().field("spec").field("parameters").field(field).index(index);
            let draft = out
                .fail(path.clone(), format!("`{entry}` allows {}", gap.allows()))
                .value(entry)
                .keyed(entry)
                .severity(gap.severity());
            if matches!(gap, Gap::Host | Gap::Sibling) {
                let star = if matches!(style, Style::Wildcards) { "*" } else { "" };
                let closed = format!("{prefix}/{star}");
                draft.fix(Fix::set(path, closed.as_str(), Safety::Review));
            }
        }
    }
}

/// How entries are compared with images.
#[derive(Clone, Copy)]
enum Style {
    /// As their beginning.
    Prefixes,
    /// As a whole, or as their beginning before a last `*`.
    Wildcards,
}

/// The entries of a constraint about images, and the parameter they stand in.
fn entries_of(object: &Object) -> Option<(&[SmolStr], &'static str, Style)> {
    let parameters = &object.body.constraint()?.parameters.as_deref()?.0;
    match object.kind.as_str() {
        "K8sAllowedRepos" => Some((&parameters.repos, "repos", Style::Prefixes)),
        "K8sAllowedReposv2" => Some((&parameters.allowed_images, "allowedImages", Style::Wildcards)),
        _ => None,
    }
}

/// What a beginning of image names lets through beyond what it seems to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// It is empty.
    Everything,
    /// A registry without its slash.
    Host,
    /// A registry that is open to all.
    Public,
    /// A path without its last slash.
    Sibling,
}

impl Gap {
    fn allows(self) -> &'static str {
        match self {
            Self::Everything => "every image",
            Self::Host => "every registry whose name begins so: it does not end with a slash",
            Self::Public => "a registry in which anyone may push",
            Self::Sibling => "every repository whose name begins so: it does not end with a slash",
        }
    }

    fn severity(self) -> Severity {
        match self {
            Self::Sibling => Severity::Low,
            Self::Everything | Self::Host | Self::Public => Severity::Medium,
        }
    }
}

fn gap(prefix: &str) -> Option<Gap> {
    if prefix.is_empty() {
        return Some(Gap::Everything);
    }
    if PUBLIC.contains(&prefix.trim_end_matches('/')) {
        return Some(Gap::Public);
    }
    let last = prefix.rsplit('/').next().unwrap_or_default();
    match (prefix.contains('/'), last) {
        (_, "") => None,
        // A tag, a digest, or a port: what can follow is another version, or another port of the same host.
        (_, last) if last.contains([':', '@']) => None,
        (false, _) => Some(Gap::Host),
        (true, _) => Some(Gap::Sibling),
    }
}

#[cfg(test)]
mod tests {
    use super::{Gap, gap};

    #[test]
    fn a_prefix_is_closed_by_a_slash_a_tag_or_a_digest() {
        for (prefix, expected) in [
            ("", Some(Gap::Everything)),
            ("registry.example", Some(Gap::Host)),
            ("registry.example/", None),
            ("registry.example:5000", None),
            ("registry.example:5000/", None),
            ("registry.example:5000/team", Some(Gap::Sibling)),
            ("registry.example/team", Some(Gap::Sibling)),
            ("registry.example/team/", None),
            ("registry.example/team/app:1", None),
            ("registry.example/team/app@sha256:0", None),
            ("docker.io", Some(Gap::Public)),
            ("docker.io/", Some(Gap::Public)),
            ("docker.io/library", Some(Gap::Sibling)),
            ("docker.io/library/", None),
            ("nginx", Some(Gap::Host)),
        ] {
            assert_eq!(gap(prefix), expected, "{prefix}");
        }
    }
}
