//! Kubernetes minor versions, and ranges of them for facts that vary.

use std::fmt;
use std::str::FromStr;

/// A Kubernetes minor version, `v1.N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion(u16);

impl KubernetesVersion {
    /// The newest minor version that the tables of facts cover. It stands for "latest".
    pub const LATEST: Self = Self(37);

    /// `v1.minor`.
    pub const fn minor(minor: u16) -> Self {
        Self(minor)
    }

    /// The `N` of `v1.N`.
    pub const fn as_minor(self) -> u16 {
        self.0
    }
}

impl Default for KubernetesVersion {
    fn default() -> Self {
        Self::LATEST
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v1.{}", self.0)
    }
}

/// A version was not `v1.N`, `1.N`, `v1.N.PATCH` or `latest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAVersion(String);

impl fmt::Display for NotAVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a Kubernetes version: write v1.N (up to {}) or latest",
            self.0,
            KubernetesVersion::LATEST
        )
    }
}

impl std::error::Error for NotAVersion {}

impl FromStr for KubernetesVersion {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        if text == "latest" {
            return Ok(Self::LATEST);
        }
        let wrong = || NotAVersion(text.to_owned());
        let numbers = text.strip_prefix('v').unwrap_or(text);
        let rest = numbers.strip_prefix("1.").ok_or_else(wrong)?;
        // Distributions append a patch and a suffix (`1.29.4-eks-036c24b`); only the minor decides behaviour.
        let minor = rest.split(['.', '-', '+']).next().unwrap_or(rest);
        if minor.is_empty() || !minor.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        match minor.parse() {
            Ok(minor) if minor <= Self::LATEST.0 => Ok(Self(minor)),
            _ => Err(wrong()),
        }
    }
}

/// The versions for which a fact holds: from `since` on, up to but without `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionRange {
    /// First version for which it holds.
    pub since: KubernetesVersion,
    /// First version for which it no longer holds; `None` while it still does.
    pub until: Option<KubernetesVersion>,
}

impl VersionRange {
    /// All versions.
    pub const ALWAYS: Self = Self::since(0);

    /// From `v1.minor` on.
    pub const fn since(minor: u16) -> Self {
        Self { since: KubernetesVersion::minor(minor), until: None }
    }

    /// From `v1.since` on, no longer in `v1.until`.
    pub const fn between(since: u16, until: u16) -> Self {
        Self { since: KubernetesVersion::minor(since), until: Some(KubernetesVersion::minor(until)) }
    }

    /// Whether the fact holds for `version`.
    pub fn contains(&self, version: KubernetesVersion) -> bool {
        self.since <= version && self.until.is_none_or(|until| version < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_and_distributions_write() {
        for (text, minor) in
            [("1.29", 29), ("v1.0", 0), ("v1.29.4-eks-036c24b", 29), ("1.30+", 30), ("latest", 37)]
        {
            assert_eq!(text.parse(), Ok(KubernetesVersion::minor(minor)), "{text}");
        }
        for text in ["", "1", "2.1", "v1.", "1.x", "1.-3", "1.99999", "1.38"] {
            assert!(text.parse::<KubernetesVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_range_ends_before_its_until() {
        let range = VersionRange::between(19, 25);
        let holds: Vec<bool> = [18, 19, 24, 25].map(|n| range.contains(KubernetesVersion::minor(n))).into();
        assert_eq!(holds, [false, true, true, false]);
    }
}
