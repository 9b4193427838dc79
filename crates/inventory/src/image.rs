//! Image references, as the kubelet and the container runtimes parse them.
//!
//! Source: github.com/distribution/reference v0.6.0 (`ParseNormalizedNamed`), which k8s.io/kubernetes pkg/util/parsers calls.

use std::borrow::Cow;
use std::fmt;

/// A parsed image reference: `registry.example:5000/team/app:1.2@sha256:…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageReference<'t> {
    /// Host, with the port when one is given. `docker.io` when the reference names none; empty in the odd case that
    /// what stands in its place looks like a host but cannot be one (`foo_bar.example/app`).
    pub registry: &'t str,
    /// Path in the registry. Docker Hub's own images are below `library/`.
    pub repository: Cow<'t, str>,
    /// The tag as written; a reference without tag and digest means `latest`.
    pub tag: Option<&'t str>,
    /// The digest: algorithm, `:`, hex. With it the tag no longer matters.
    pub digest: Option<&'t str>,
}

/// Why a text is no image reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnImage {
    /// 64 hex digits: the id of an image, not a name.
    Id,
    /// The name is longer than 255 bytes.
    TooLong,
    /// The name has upper-case letters.
    UpperCase,
    /// The name has characters that cannot be in it, or separators where none can be.
    Name,
    /// The tag has characters that cannot be in it, or is longer than 128 bytes.
    Tag,
    /// The digest is no digest of a known algorithm.
    Digest,
}

const DOCKER_HUB: &str = "docker.io";
/// The name Docker Hub had once.
const DOCKER_INDEX: &str = "index.docker.io";
const REPOSITORY_MAX: usize = 255;
const TAG_MAX: usize = 128;
/// Algorithms linked into Kubernetes (github.com/opencontainers/go-digest v1.0.0), with their length in hex digits.
const ALGORITHMS: [(&str, usize); 3] = [("sha256", 64), ("sha384", 96), ("sha512", 128)];

impl<'t> ImageReference<'t> {
    /// Parses a reference; what it leaves out is filled in.
    ///
    /// # Errors
    /// Kubernetes refuses it: the container stays in `InvalidImageName`.
    pub fn parse(text: &'t str) -> Result<Self, NotAnImage> {
        if text.len() == 64 && text.bytes().all(is_lower_hex) {
            return Err(NotAnImage::Id);
        }
        let (registry, remainder) = split_registry(text);
        let (name, tag, digest) = split_remainder(remainder);
        // What cannot be a host is the first part of the repository. No default registry takes its place.
        let (registry, prefix) =
            if is_host_and_port(registry) { (registry, None) } else { ("", Some(registry)) };
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(NotAnImage::UpperCase);
        }
        if !name.split('/').chain(prefix).all(is_path_component) {
            return Err(NotAnImage::Name);
        }
        let repository = match prefix {
            Some(prefix) => Cow::Owned(format!("{prefix}/{name}")),
            None if registry == DOCKER_HUB && !name.contains('/') => Cow::Owned(format!("library/{name}")),
            None => Cow::Borrowed(name),
        };
        if repository.len() > REPOSITORY_MAX {
            return Err(NotAnImage::TooLong);
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(NotAnImage::Tag);
        }
        if digest.is_some_and(|digest| !is_digest(digest)) {
            return Err(NotAnImage::Digest);
        }
        Ok(Self { registry, repository, tag, digest })
    }

    /// The tag in effect: none when there is a digest, `latest` when there is neither.
    pub fn effective_tag(&self) -> Option<&'t str> {
        match self.digest {
            Some(_) => None,
            None => Some(self.tag.unwrap_or("latest")),
        }
    }

    /// Registry and repository: what the image is, whichever version.
    pub fn name(&self) -> String {
        if self.registry.is_empty() {
            return self.repository.clone().into_owned();
        }
        format!("{}/{}", self.registry, self.repository)
    }

    /// Whether it is of a product, wherever it is kept: its repository ends with these parts, `calico/node`.
    pub fn is_of(&self, product: &str) -> bool {
        self.repository.strip_suffix(product).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    }

    /// The last part of the repository: `app` of `registry.example/team/app`.
    pub fn base_name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }
}

/// `splitDockerDomain`: what stands before the first `/` is a registry when it looks like one.
fn split_registry(text: &str) -> (&str, &str) {
    match text.split_once('/') {
        Some((DOCKER_INDEX, rest)) => (DOCKER_HUB, rest),
        Some((first, rest)) if looks_like_host(first) => (first, rest),
        _ => (DOCKER_HUB, text),
    }
}

fn looks_like_host(first: &str) -> bool {
    // Upper-case letters cannot be in a repository, so what has them is taken for a host.
    first == "localhost" || first.contains(['.', ':']) || first.chars().any(|c| !c.to_lowercase().eq([c]))
}

fn split_remainder(remainder: &str) -> (&str, Option<&str>, Option<&str>) {
    let (named, digest) = match remainder.split_once('@') {
        Some((named, digest)) => (named, Some(digest)),
        None => (remainder, None),
    };
    match named.split_once(':') {
        Some((name, tag)) => (name, Some(tag), digest),
        None => (named, None, digest),
    }
}

/// `domainAndPort`
fn is_host_and_port(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) => {
                let is_address = !address.is_empty()
                    && address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
                (is_address, port)
            }
            None => return false,
        },
        None => {
            let end = text.find(':').unwrap_or(text.len());
            let (name, port) = text.split_at_checked(end).unwrap_or((text, ""));
            (name.split('.').all(is_domain_component), port)
        }
    };
    let port = port.strip_prefix(':').map_or(port.is_empty(), |digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    host && port
}

fn is_domain_component(text: &str) -> bool {
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// Lower-case letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_path_component(text: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut rest = text.trim_start_matches(is_alphanumeric);
    if rest.len() == text.len() {
        return false;
    }
    while !rest.is_empty() {
        let after = match rest.strip_prefix("__").or_else(|| rest.strip_prefix(['.', '_'])) {
            Some(after) => after,
            None => rest.trim_start_matches('-'),
        };
        let next = after.trim_start_matches(is_alphanumeric);
        if after.len() == rest.len() || next.len() == after.len() {
            return false;
        }
        rest = next;
    }
    true
}

fn is_tag(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= TAG_MAX
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|byte| word(byte) || byte == b'.' || byte == b'-')
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        ALGORITHMS.iter().any(|(name, length)| *name == algorithm && hex.len() == *length)
            && hex.bytes().all(is_lower_hex)
    })
}

fn is_lower_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

impl fmt::Display for NotAnImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "64 hex digits are the id of an image, not a name",
            Self::TooLong => "the name is longer than 255 characters",
            Self::UpperCase => "the name has upper-case letters",
            Self::Name => "the name has characters or separators that cannot stand there",
            Self::Tag => "the tag has characters that cannot stand there, or is longer than 128",
            Self::Digest => {
                "the digest is not sha256:, sha384: or sha512: with its number of lower-case hex digits"
            }
        })
    }
}

impl std::error::Error for NotAnImage {}
