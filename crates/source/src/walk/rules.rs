//! `.gitignore` and `.seawallignore`.
//!
//! Patterns mean what git makes of them. Unlike git, only files in the tree decide, never `.git/info/exclude` or the
//! settings of a user: the same tree gives the same scan on every machine. `.seawallignore` has the last word, so that
//! `!generated/` in it brings back what `.gitignore` leaves out.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use seawall_inventory::Problem;

use crate::file;
use crate::place::Located;
use crate::problem;

const GIT_IGNORE: &str = ".gitignore";
const SEAWALL_IGNORE: &str = ".seawallignore";

/// A list of patterns is written by people; a larger one is an accident or an attack.
const MAX_IGNORE_FILE: u64 = 1 << 20;

/// The rules that hold in a folder.
#[derive(Debug, Default)]
pub(super) struct Rules {
    parent: Option<Arc<Self>>,
    git: Option<Gitignore>,
    seawall: Option<Gitignore>,
    /// A repository begins here: `.gitignore` of folders above belong to another one.
    repository: bool,
}

impl Rules {
    /// The rules of folders above `folder`, which is absolute, up to the root of its repository. Without a repository
    /// there are none: `/home/.gitignore` has nothing to say.
    pub(super) fn above(folder: &Path, problems: &mut Vec<Problem>) -> Arc<Self> {
        let mut chain: Vec<&Path> = Vec::new();
        for above in folder.ancestors().skip(1) {
            chain.push(above);
            if is_repository(above) {
                return chain.iter().rev().fold(Arc::default(), |parent, above| {
                    let above = Located { shown: above.to_path_buf(), at: above.to_path_buf() };
                    let names = [GIT_IGNORE, SEAWALL_IGNORE, ".git"];
                    let present = names.into_iter().filter(|name| above.at.join(name).exists());
                    Self::of(&above, &parent, present.map(OsStr::new), problems)
                });
            }
        }
        Arc::default()
    }

    /// The rules of a folder that holds `names`.
    pub(super) fn of<'n>(
        folder: &Located,
        parent: &Arc<Self>,
        names: impl Iterator<Item = &'n OsStr>,
        problems: &mut Vec<Problem>,
    ) -> Arc<Self> {
        let mut own = Self::default();
        for name in names {
            if name == GIT_IGNORE {
                own.git = patterns(folder, GIT_IGNORE, problems);
            } else if name == SEAWALL_IGNORE {
                own.seawall = patterns(folder, SEAWALL_IGNORE, problems);
            } else if name == ".git" {
                own.repository = true;
            }
        }
        if own.git.is_none() && own.seawall.is_none() && !own.repository {
            return Arc::clone(parent);
        }
        own.parent = Some(Arc::clone(parent));
        Arc::new(own)
    }

    /// Why the file or folder at `path` is left out, if it is.
    pub(super) fn ignores(&self, path: &Path, is_folder: bool) -> Option<&'static str> {
        let decide = |matcher: &Option<Gitignore>| match matcher.as_ref()?.matched(path, is_folder) {
            Match::None => None,
            Match::Ignore(_) => Some(true),
            Match::Whitelist(_) => Some(false),
        };
        if let Some(ignored) = self.up().find_map(|rules| decide(&rules.seawall)) {
            return ignored.then_some("ignored by .seawallignore");
        }
        for rules in self.up() {
            if let Some(ignored) = decide(&rules.git) {
                return ignored.then_some("ignored by .gitignore");
            }
            if rules.repository {
                break;
            }
        }
        None
    }

    fn up(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |rules| rules.parent.as_deref())
    }
}

fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
}

fn patterns(folder: &Located, name: &str, problems: &mut Vec<Problem>) -> Option<Gitignore> {
    let at = folder.child(name);
    let bytes = match file::read(&at.at, MAX_IGNORE_FILE) {
        Ok(bytes) => bytes,
        Err(cause) => {
            let mut problem = problem::unreadable(&at.shown, &cause);
            problem.help = "until it can be read, it leaves nothing out".to_owned();
            problems.push(problem);
            return None;
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut builder = GitignoreBuilder::new(&folder.at);
    for (index, line) in text.lines().enumerate() {
        if let Err(error) = builder.add_line(None, &literal_braces(line)) {
            problems.push(problem::bad_ignore_line(&at.shown, index + 1, &error.to_string()));
        }
    }
    match builder.build() {
        Ok(matcher) => Some(matcher),
        Err(error) => {
            problems.push(problem::bad_ignore_line(&at.shown, 0, &error.to_string()));
            None
        }
    }
}

/// Braces mean nothing to git, but alternatives to the matcher: `*.{yaml,json}` would leave out what git keeps.
fn literal_braces(line: &str) -> Cow<'_, str> {
    if !line.contains(['{', '}']) {
        return Cow::Borrowed(line);
    }
    let mut literal = String::with_capacity(line.len() + 2);
    let (mut escaped, mut in_class) = (false, false);
    for letter in line.chars() {
        match letter {
            '{' | '}' if !escaped && !in_class => literal.push('\\'),
            '[' if !escaped => in_class = true,
            ']' if !escaped => in_class = false,
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
        literal.push(letter);
    }
    Cow::Owned(literal)
}
