//! Globs of paths and names, as `.gitignore` and the shell have them.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// A glob: `*` and `?` within one part of a path, `**` across parts, `[a-z]`, `{a,b}`.
#[derive(Clone, Debug)]
pub struct Glob(GlobSet);

/// A text is not a glob, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAGlob(String);

impl std::fmt::Display for NotAGlob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotAGlob {}

impl Glob {
    /// A glob of paths, read as `.gitignore` reads it: without a `/` (but at its end) it matches in every folder, else
    /// from the top; what matches a folder matches all that is in it.
    ///
    /// # Errors
    /// When it is not a glob: an unclosed bracket, for example.
    pub fn of_path(pattern: &str) -> Result<Self, NotAGlob> {
        let folder = pattern.trim_end_matches('/');
        let anchored = folder.contains('/');
        let from_top = folder.trim_start_matches('/');
        let mut globs = Vec::new();
        for prefix in ["", "**/"].into_iter().take(if anchored { 1 } else { 2 }) {
            if folder.len() == pattern.len() {
                globs.push(format!("{prefix}{from_top}"));
            }
            globs.push(format!("{prefix}{from_top}/**"));
        }
        Self::build(&globs)
    }

    /// A glob of a name.
    ///
    /// # Errors
    /// When it is not a glob.
    pub fn of_name(pattern: &str) -> Result<Self, NotAGlob> {
        Self::build(&[pattern.to_owned()])
    }

    fn build(patterns: &[String]) -> Result<Self, NotAGlob> {
        let wrong = |error: globset::Error| NotAGlob(error.kind().to_string());
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            set.add(GlobBuilder::new(pattern).literal_separator(true).build().map_err(wrong)?);
        }
        set.build().map(Self).map_err(wrong)
    }

    /// Whether it matches `text`, parts of which `/` separates.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_of_paths_are_read_as_in_a_gitignore() {
        for (pattern, matching, other) in [
            ("*.yaml", &["a.yaml", "k8s/a.yaml"][..], &["a.yml", "a.yaml.txt"][..]),
            ("charts", &["charts/a.yaml", "deep/charts/x/a.yaml"], &["charts2/a.yaml"]),
            ("charts/", &["charts/a.yaml", "deep/charts/a.yaml"], &["charts"]),
            ("/charts", &["charts/a.yaml"], &["deep/charts/a.yaml"]),
            ("k8s/*.yaml", &["k8s/a.yaml"], &["k8s/deep/a.yaml", "deep/k8s/a.yaml"]),
            ("k8s/**", &["k8s/a.yaml", "k8s/deep/a.yaml"], &["deep/k8s/a.yaml"]),
            ("**/test/**", &["test/a.yaml", "x/test/y/a.yaml"], &["tests/a.yaml"]),
            ("{dev,test}/*", &["dev/a.yaml", "test/a.yaml"], &["prod/a.yaml"]),
        ] {
            let glob = Glob::of_path(pattern).unwrap();
            for path in matching {
                assert!(glob.matches(path), "{pattern} matches {path}");
            }
            for path in other {
                assert!(!glob.matches(path), "{pattern} does not match {path}");
            }
        }
        assert!(Glob::of_path("a[").is_err());
    }

    #[test]
    fn globs_of_names_match_the_whole_name() {
        let glob = Glob::of_name("web-*").unwrap();
        assert!(glob.matches("web-1") && !glob.matches("my-web-1") && !glob.matches("web"));
    }
}
