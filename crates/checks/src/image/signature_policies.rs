//! Whether a policy that verifies signatures stands before an image.

use seawall_inventory::image::ImageReference;
use seawall_inventory::kinds::{
    ClusterImagePolicySpec, KyvernoCelPolicySpec, KyvernoMatch, KyvernoPolicySpec, KyvernoRule,
};
use seawall_inventory::{Object, View};

use super::unenforced_image_signature::{admits_unverified, rule_admits_unverified};

/// Policies, rules and patterns that are compared with an image at most: no cluster has as many, and each image meets each.
const MOST: usize = 512;
/// Longer patterns match nothing: an image reference is shorter.
const LONGEST_PATTERN: usize = 1024;

/// Whether an image is verified before it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verified {
    No,
    /// And why that cannot be said.
    Maybe(&'static str),
    Yes,
}

/// The policies of a Snapshot, as they bear on one object.
pub(super) struct SignaturePolicies<'s> {
    snapshot: View<'s>,
    object: &'s Object,
    sigstore: Vec<&'s ClusterImagePolicySpec>,
    kyverno: Vec<&'s KyvernoPolicySpec>,
    kyverno_cel: Vec<&'s KyvernoCelPolicySpec>,
    too_many: bool,
}

impl<'s> SignaturePolicies<'s> {
    /// Those that bear on `object`; `None` when no policy about signatures was read at all.
    pub(super) fn for_object(snapshot: View<'s>, object: &'s Object) -> Option<Self> {
        let of = |group, kind| snapshot.of_kind(group, kind).take(MOST + 1);
        let beside = |group, kind| snapshot.beside(object, group, kind).take(MOST + 1);
        let sigstore: Vec<_> = of("policy.sigstore.dev", "ClusterImagePolicy")
            .filter_map(|policy| policy.body.cluster_image_policy())
            .collect();
        let mut kyverno: Vec<_> = of("kyverno.io", "ClusterPolicy")
            .chain(beside("kyverno.io", "Policy"))
            .filter_map(|policy| policy.body.kyverno_policy())
            .collect();
        let kyverno_cel: Vec<_> = of("policies.kyverno.io", "ImageValidatingPolicy")
            .chain(beside("policies.kyverno.io", "NamespacedImageValidatingPolicy"))
            .filter_map(|policy| policy.body.kyverno_cel_policy())
            .collect();
        let too_many = sigstore.len().max(kyverno.len()).max(kyverno_cel.len()) > MOST
            || kyverno.iter().any(|policy| policy.rules.len() > MOST);
        kyverno.retain(|policy| policy.rules.iter().take(MOST).any(|rule| !rule.verify_images.is_empty()));
        let any = !(sigstore.is_empty() && kyverno.is_empty() && kyverno_cel.is_empty());
        any.then_some(Self { snapshot, object, sigstore, kyverno, kyverno_cel, too_many })
    }

    /// Whether one of them stands before `image`, which is written as `text`.
    pub(super) fn verify(&self, image: &ImageReference<'_>, text: &str) -> Verified {
        if self.too_many || self.patterns() > MOST {
            return Verified::Maybe(
                "there are more policies of signatures than are compared with each image",
            );
        }
        self.by_sigstore(image, text).max(self.by_kyverno(image)).max(self.by_kyverno_cel(image))
    }

    fn patterns(&self) -> usize {
        let rules = self.kyverno.iter().flat_map(|policy| &policy.rules).flat_map(|rule| &rule.verify_images);
        self.sigstore.iter().map(|policy| policy.images.len()).sum::<usize>()
            + rules
                .map(|images| images.image_references.len() + images.skip_image_references.len() + 1)
                .take(MOST + 1)
                .sum::<usize>()
            + self.kyverno_cel.iter().map(|policy| policy.match_image_references.len()).sum::<usize>()
    }

    fn by_sigstore(&self, image: &ImageReference<'_>, text: &str) -> Verified {
        if self.sigstore.is_empty() {
            return Verified::No;
        }
        match self.is_included() {
            Some(true) => {}
            Some(false) => return Verified::No,
            None => {
                return Verified::Maybe(
                    "whether the namespace asks for policies of signatures is not among the objects read",
                );
            }
        }
        let name = sigstore_name(image);
        let matching = |policy: &&&ClusterImagePolicySpec| {
            policy.images.iter().any(|pattern| {
                let glob = sigstore_glob(&pattern.glob);
                matches(glob, &name, false) || matches(glob, text, false)
            })
        };
        let mut matched = self.sigstore.iter().filter(matching).peekable();
        if matched.peek().is_none() {
            return self.without_match();
        }
        let judge = |policy: &&ClusterImagePolicySpec| match admits_unverified(policy) {
            true => Verified::No,
            false if policy.matches.is_empty() => Verified::Yes,
            false => Verified::Maybe("a policy of signatures is about some resources only"),
        };
        matched.map(judge).max().unwrap_or(Verified::No)
    }

    /// Whether the namespace is labelled for the policy-controller: by default it looks at no other (its chart, `namespaceSelector`).
    fn is_included(&self) -> Option<bool> {
        let mut said = self
            .snapshot
            .namespace_of(self.object)
            .map(|namespace| namespace.metadata.labels.get("policy.sigstore.dev/include") == Some("true"));
        let first = said.next()?;
        said.all(|other| other == first).then_some(first)
    }

    /// What the policy-controller does with an image that no policy names: refuse it, unless its ConfigMap says otherwise.
    fn without_match(&self) -> Verified {
        let configs = self.snapshot.find("", "ConfigMap", "cosign-system", "config-policy-controller");
        let said = configs.filter_map(|config| config.body.config_map());
        let admits = said.map(|config| matches!(config.no_match_policy.as_deref(), Some("allow" | "warn")));
        match admits.reduce(|one, other| one || other) {
            Some(true) => Verified::No,
            Some(false) => Verified::Yes,
            None => {
                Verified::Maybe("what is done with images that no policy names is not among the objects read")
            }
        }
    }

    fn by_kyverno(&self, image: &ImageReference<'_>) -> Verified {
        let mut best = Verified::No;
        for policy in &self.kyverno {
            for rule in &policy.rules {
                for images in
                    rule.verify_images.iter().filter(|images| !rule_admits_unverified(policy, images))
                {
                    let named =
                        any_matches(images.image_references.iter().map(|pattern| pattern.as_str()), image);
                    let left_out = any_matches(
                        images.skip_image_references.iter().map(|pattern| pattern.as_str()),
                        image,
                    );
                    if named && !left_out {
                        best = best.max(of_rule(rule));
                    }
                }
            }
        }
        best
    }

    fn by_kyverno_cel(&self, image: &ImageReference<'_>) -> Verified {
        let mut best = Verified::No;
        for policy in &self.kyverno_cel {
            let actions = &policy.validation_actions;
            if !actions.is_empty() && !actions.iter().any(|action| action == "Deny") {
                continue;
            }
            let by_condition =
                policy.match_image_references.iter().any(|reference| reference.expression.is_some());
            if by_condition
                || any_matches(
                    policy.match_image_references.iter().filter_map(|one| one.glob.as_deref()),
                    image,
                )
            {
                best = best.max(Verified::Maybe(
                    "an ImageValidatingPolicy decides by conditions that are not evaluated",
                ));
            }
        }
        best
    }
}

/// Whether a rule of Kyverno is about every pod.
fn of_rule(rule: &KyvernoRule) -> Verified {
    let KyvernoMatch { any, all, resources } = &rule.matches;
    let every_pod = |resources: &seawall_inventory::kinds::KyvernoResources| {
        resources.kinds.iter().any(|kind| matches!(kind.as_str(), "Pod" | "v1/Pod" | "*"))
            && resources.names.is_empty()
            && resources.namespaces.is_empty()
            && resources.selector.is_none()
            && resources.namespace_selector.is_none()
    };
    let simple = any.iter().any(|filter| {
        every_pod(&filter.resources)
            && filter.subjects.is_empty()
            && filter.roles.is_empty()
            && filter.cluster_roles.is_empty()
    }) || resources.as_deref().is_some_and(every_pod);
    if simple && all.is_empty() && rule.exclude.is_none() && rule.preconditions.is_none() {
        Verified::Yes
    } else {
        Verified::Maybe("a rule of signatures is about some pods only")
    }
}

/// Whether one of Kyverno's patterns matches `image`. They are compared with the whole reference, the registry `docker.io` and the tag
/// `latest` added; official images stand there with and without `library/`, by version.
fn any_matches<'p>(mut patterns: impl Iterator<Item = &'p str>, image: &ImageReference<'_>) -> bool {
    let name = format!("{}{}", image.name(), version(image));
    let short = name.replacen("docker.io/library/", "docker.io/", 1);
    patterns.any(|pattern| matches(pattern, &name, true) || matches(pattern, &short, true))
}

fn version(image: &ImageReference<'_>) -> String {
    match (&image.digest, image.effective_tag()) {
        (Some(digest), _) => format!("@{digest}"),
        (None, Some(tag)) => format!(":{tag}"),
        (None, None) => String::new(),
    }
}

/// The name that go-containerregistry gives an image: Docker Hub is `index.docker.io`.
fn sigstore_name(image: &ImageReference<'_>) -> String {
    let name = image.name();
    match name.strip_prefix("docker.io/") {
        Some(rest) => format!("index.docker.io/{rest}{}", version(image)),
        None => format!("{name}{}", version(image)),
    }
}

/// What sigstore makes of two short globs (policy-controller v0.13.1 pkg/apis/glob/glob.go).
fn sigstore_glob(glob: &str) -> &str {
    match glob {
        "*" => "index.docker.io/library/*",
        "*/*" => "index.docker.io/*/*",
        glob => glob,
    }
}

/// Whether `pattern` matches the whole of `text`. `**` matches anything; `*` does when `crossing`, else anything without a slash.
fn matches(pattern: &str, text: &str, crossing: bool) -> bool {
    if pattern.len() > LONGEST_PATTERN || text.len() > LONGEST_PATTERN {
        return false;
    }
    let text = text.as_bytes();
    // Which beginnings of `text` the pattern so far matches.
    let mut reached = vec![false; text.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    let mut rest = pattern.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let mut next = vec![false; text.len() + 1];
        if *byte == b'*' {
            let mut all = crossing;
            while let Some((b'*', after)) = rest.split_first() {
                (all, rest) = (true, after);
            }
            let mut open = false;
            for (index, slot) in next.iter_mut().enumerate() {
                let before = index.checked_sub(1).and_then(|before| text.get(before));
                if !all && before == Some(&b'/') {
                    open = false;
                }
                open |= reached.get(index) == Some(&true);
                *slot = open;
            }
        } else {
            for (index, own) in text.iter().enumerate() {
                let one = own == byte || crossing && *byte == b'?';
                if one
                    && reached.get(index) == Some(&true)
                    && let Some(slot) = next.get_mut(index + 1)
                {
                    *slot = true;
                }
            }
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_PATTERN, matches};

    /// The cases of `*` and `**` are those of policy-controller v0.13.1 pkg/apis/glob/glob_test.go.
    #[test]
    fn stars_cross_slashes_or_do_not() {
        for (pattern, text, plain, crossing) in [
            ("a/*", "a/b", true, true),
            ("a/*", "a/b/c", false, true),
            ("a/**", "a/b/c", true, true),
            ("**", "a/b:c", true, true),
            ("a/**/c", "a/b/b/c", true, true),
            ("a/*/c", "a/b/b/c", false, true),
            ("a*", "a", true, true),
            ("a", "ab", false, false),
            ("", "", true, true),
            ("a?", "ab", false, true),
            ("*.example/*", "a.example/b", true, true),
            ("*b*", "a/b", false, true),
        ] {
            assert_eq!(matches(pattern, text, false), plain, "{pattern} {text}");
            assert_eq!(matches(pattern, text, true), crossing, "{pattern} {text}, crossing");
        }
    }

    #[test]
    fn what_is_longer_than_any_image_is_not_compared() {
        let [longest, longer] = [LONGEST_PATTERN, LONGEST_PATTERN + 1].map(|length| "a".repeat(length));
        assert!(matches(&longest, &longest, false) && matches("*", &longest, false));
        assert!(!matches(&longer, &longer, false) && !matches("*", &longer, false));
        assert!(!matches(&format!("{longest}*"), &longest, false));
    }
}
