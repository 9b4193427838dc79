//! Which files a folder holds.
//!
//! As kubectl and Argo CD do, and unlike ripgrep, hidden files are listed: a manifest is applied whether or not its name
//! begins with a dot. As kubectl and git do, symbolic links to files are followed, those to folders are not.

use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use seawall_inventory::{Problem, Skipped};

use super::rules::Rules;
use crate::control::Control;
use crate::file::{self, Unreadable};
use crate::options::Options;
use crate::place::{Located, or_dot};
use crate::problem;

/// What folders hold.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Files to read, in no order.
    pub files: Vec<Located>,
    /// What is left out.
    pub skipped: Vec<Skipped>,
    /// What could not be listed.
    pub problems: Vec<Problem>,
}

/// Lists folders.
pub(crate) struct Walker<'a> {
    options: &'a Options,
    control: Control<'a>,
}

/// A folder still to be listed.
struct Folder {
    located: Located,
    rules: Arc<Rules>,
}

/// Data of version control systems; nothing in it is applied to a cluster.
const VERSION_CONTROL: [&str; 5] = [".git", ".hg", ".svn", ".jj", ".bzr"];

impl<'a> Walker<'a> {
    pub(crate) fn new(options: &'a Options, control: Control<'a>) -> Self {
        Self { options, control }
    }

    /// Lists everything below `root`, whose `at` is canonical. Level by level, so that depth costs no stack.
    pub(crate) fn list(&self, root: Located) -> Listing {
        let mut listing = Listing::default();
        let rules = if self.options.ignore_files {
            Rules::above(&root.at, &mut listing.problems)
        } else {
            Arc::default()
        };
        let mut level = vec![Folder { located: root.clone(), rules }];
        while !level.is_empty() {
            let contents: Vec<(Listing, Vec<Folder>)> =
                level.par_iter().map(|folder| self.folder(folder, &root)).collect();
            level.clear();
            for (part, folders) in contents {
                listing.files.extend(part.files);
                listing.skipped.extend(part.skipped);
                listing.problems.extend(part.problems);
                level.extend(folders);
            }
        }
        listing
    }

    fn folder(&self, folder: &Folder, root: &Located) -> (Listing, Vec<Folder>) {
        let mut found = Listing::default();
        let mut folders = Vec::new();
        if self.control.cancelled() {
            found.problems.push(problem::interrupted_listing(&folder.located.shown));
            return (found, folders);
        }
        let mut entries: Vec<(Located, FileType)> = Vec::new();
        match fs::read_dir(&folder.located.at) {
            Ok(listed) => {
                for entry in listed {
                    match entry
                        .and_then(|entry| Ok((folder.located.child(entry.file_name()), entry.file_type()?)))
                    {
                        Ok(entry) => entries.push(entry),
                        Err(error) => {
                            found.problems.push(problem::unreadable_folder(&folder.located.shown, &error));
                        }
                    }
                }
            }
            Err(error) => found.problems.push(problem::unreadable_folder(&folder.located.shown, &error)),
        }
        let rules = if self.options.ignore_files {
            let names = entries.iter().filter_map(|(entry, _)| entry.at.file_name());
            Rules::of(&folder.located, &folder.rules, names, &mut found.problems)
        } else {
            Arc::default()
        };
        for (entry, file_type) in entries {
            if let Some(reason) = self.left_out(&entry, file_type.is_dir(), root, &rules) {
                found.skipped.push(skipped(&entry, reason));
            } else if file_type.is_dir() {
                folders.push(Folder { located: entry, rules: Arc::clone(&rules) });
            } else {
                place(entry, file_type, &mut found);
            }
        }
        (found, folders)
    }

    fn left_out(
        &self,
        entry: &Located,
        is_folder: bool,
        root: &Located,
        rules: &Rules,
    ) -> Option<&'static str> {
        let name = entry.at.file_name().unwrap_or_default();
        // `.git` of a worktree or a submodule is a file.
        if VERSION_CONTROL.iter().any(|system| name == *system) {
            return Some("data of version control");
        }
        let below = entry.at.strip_prefix(&root.at).unwrap_or(&entry.at);
        if self.options.exclude.matches(&entry.shown, below, is_folder) {
            return Some("excluded");
        }
        rules.ignores(&entry.at, is_folder)
    }
}

/// Puts a file where it belongs: to be read, left out, or a problem.
fn place(entry: Located, file_type: FileType, found: &mut Listing) {
    let readable = is_read(&entry.at);
    // A link is what it leads to.
    let file_type = if file_type.is_symlink() {
        match fs::metadata(&entry.at) {
            Ok(metadata) if metadata.is_dir() => return link_to_folder(&entry, found),
            Ok(metadata) => metadata.file_type(),
            Err(error) if readable => {
                found.problems.push(problem::unreadable(&entry.shown, &Unreadable::Io(error)));
                return;
            }
            Err(_) => {
                found.skipped.push(skipped(&entry, "a symbolic link that leads nowhere"));
                return;
            }
        }
    } else {
        file_type
    };
    if !readable {
        found.skipped.push(skipped(&entry, why_not_read(&entry.at)));
    } else if file_type.is_file() {
        found.files.push(entry);
    } else {
        found.problems.push(problem::unreadable(&entry.shown, &Unreadable::NotAFile(file::kind(file_type))));
    }
}

fn link_to_folder(entry: &Located, found: &mut Listing) {
    match fs::canonicalize(&entry.at) {
        Ok(target) if entry.at.starts_with(&target) => found.problems.push(problem::link_loop(&entry.shown)),
        _ => found.skipped.push(skipped(entry, "a symbolic link to a folder")),
    }
}

/// The endings that `kubectl apply -f FOLDER` reads (`FileExtensions` of k8s.io/cli-runtime pkg/resource/builder.go), and
/// the one name without an ending that Kustomize knows.
pub(crate) fn is_read(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
        || path.file_name() == Some(OsStr::new("Kustomization"))
}

fn why_not_read(path: &Path) -> &'static str {
    match path.extension().and_then(OsStr::to_str) {
        Some("tgz") => "an archive; a packaged chart is read when it is named itself",
        _ => "neither .yaml, .yml nor .json",
    }
}

fn skipped(entry: &Located, reason: &'static str) -> Skipped {
    Skipped { path: or_dot(&entry.shown), document: None, reason }
}
