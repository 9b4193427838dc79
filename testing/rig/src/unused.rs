//! What nobody uses any more in the cache folder of built programs.
//!
//! The cache folder is shared by all checkouts of a user, and each may pin other versions and so want other builds of the
//! same tool. None can know what the others want, but every process that takes a build leaves the time: a build that
//! nobody has taken for [`UNUSED_DAYS`] is removed by the next build of the same tool. Whoever comes back to it later
//! builds it again.
//!
//! Taking, building and removing happen under the tool's lock, which all checkouts share: what a process has taken stays
//! for as many days, and what another removes is gone before a process looks for it. The locks themselves are not removed:
//! whoever waits for one would hold another than the next who comes.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

/// How long a build is kept after its last use, in days.
const UNUSED_DAYS: u64 = 30;

/// Notes that a build is used now, as the time of its file `stamp`.
pub(crate) fn mark_as_used(stamp: &Path) -> Result<()> {
    File::options()
        .write(true)
        .open(stamp)
        .and_then(|file| file.set_modified(SystemTime::now()))
        .with_context(|| format!("cannot mark {} as used", stamp.display()))
}

/// Removes the builds of the tool `name` that nobody has used for long from the folder `root`, except the folder
/// `wanted`. `stamp` is what [`mark_as_used`] was given, by its name in each. Whoever calls holds the tool's lock.
///
/// Says what was done, for the line about the build. A folder that cannot be removed is no reason to fail.
pub(crate) fn remove_unused(name: &str, wanted: &Path, stamp: &str, root: &Path) -> Vec<String> {
    let mut done = Vec::new();
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        let folder = entry.path();
        // A link is no folder of ours, wherever it leads.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let shown = entry.file_name().to_string_lossy().into_owned();
        if !is_folder || folder == wanted || !is_build_of(name, &shown) || !is_unused(&folder, stamp) {
            continue;
        }
        done.push(match fs::remove_dir_all(&folder) {
            Ok(()) => format!("removed {shown}, unused for {UNUSED_DAYS} days"),
            Err(error) => format!("cannot remove {shown}, unused for {UNUSED_DAYS} days: {error}"),
        });
    }
    done.sort();
    done
}

/// `kubectl-1.36.3-…` is a build of kubectl, `kubectl-yaml-oracle-1.36.3-…` is not.
fn is_build_of(name: &str, folder: &str) -> bool {
    let version = folder.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
    version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}

/// What cannot be dated is kept, and so is what bears a date to come.
fn is_unused(folder: &Path, stamp: &str) -> bool {
    let used = match fs::metadata(folder.join(stamp)) {
        // The rest of a build whose removal was cut short.
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::metadata(folder),
        other => other,
    };
    let age = used.and_then(|used| used.modified()).ok().and_then(|used| used.elapsed().ok());
    age.is_some_and(|age| age > Duration::from_hours(24 * UNUSED_DAYS))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    use super::{mark_as_used, remove_unused};

    const DAY: Duration = Duration::from_hours(24);

    fn left(root: &Path) -> Vec<String> {
        let entries =
            fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.collect();
        names.sort();
        names
    }

    /// A build whose stamp is as old as this many days.
    fn build(root: &Path, name: &str, days: u32) {
        fs::create_dir(root.join(name)).unwrap();
        fs::write(root.join(name).join("program"), "x").unwrap();
        let stamp = File::create(root.join(name).join("stamp")).unwrap();
        stamp.set_modified(SystemTime::now() - DAY * days).unwrap();
    }

    #[test]
    fn only_old_builds_of_the_same_tool_go() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for (name, days) in [
            ("kubectl-1.36.3-aaaaaaaaaaaaaaaa", 31),
            ("kubectl-1.36.3-bbbbbbbbbbbbbbbb", 29),
            ("kubectl-1.36.3-cccccccccccccccc", 31),
            ("kubectl-1.9.0", 400),
            ("kubectl-yaml-oracle-1.36.3-dddddddddddddddd", 400),
            ("kubectl", 400),
            ("helm3-3.22.0-eeeeeeeeeeeeeeee", 400),
        ] {
            build(root, name, days);
        }
        build(root, "kubectl-1.37.0-ffffffffffffffff", 0);
        let stamp =
            File::options().write(true).open(root.join("kubectl-1.37.0-ffffffffffffffff/stamp")).unwrap();
        stamp.set_modified(SystemTime::now() + DAY * 400).unwrap();
        fs::create_dir(root.join("kubectl-1.1.0")).unwrap();
        let file = File::create(root.join("kubectl-2.txt")).unwrap();
        file.set_modified(SystemTime::now() - DAY * 400).unwrap();

        let wanted = root.join("kubectl-1.36.3-cccccccccccccccc");
        let done = remove_unused("kubectl", &wanted, "stamp", root);
        let removed = ["kubectl-1.36.3-aaaaaaaaaaaaaaaa", "kubectl-1.9.0"];
        assert_eq!(done, removed.map(|name| format!("removed {name}, unused for 30 days")));
        let kept = [
            "helm3-3.22.0-eeeeeeeeeeeeeeee",
            "kubectl",
            "kubectl-1.1.0",
            "kubectl-1.36.3-bbbbbbbbbbbbbbbb",
            "kubectl-1.36.3-cccccccccccccccc",
            "kubectl-1.37.0-ffffffffffffffff",
            "kubectl-2.txt",
            "kubectl-yaml-oracle-1.36.3-dddddddddddddddd",
        ];
        assert_eq!(left(root), kept);
    }

    #[test]
    fn a_use_keeps_a_build() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        build(root, "helm4-4.3.1-aaaaaaaaaaaaaaaa", 31);
        mark_as_used(&root.join("helm4-4.3.1-aaaaaaaaaaaaaaaa/stamp")).unwrap();
        assert!(remove_unused("helm4", Path::new(""), "stamp", root).is_empty());
        assert_eq!(left(root), ["helm4-4.3.1-aaaaaaaaaaaaaaaa"]);
    }

    #[cfg(unix)]
    #[test]
    fn the_old_rest_of_a_build_goes_and_what_a_link_leads_to_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (root, elsewhere) = (folder.path().join("root"), folder.path().join("elsewhere"));
        build(folder.path(), "elsewhere", 31);
        fs::create_dir_all(root.join("helm3-3.1.0")).unwrap();
        File::open(root.join("helm3-3.1.0")).unwrap().set_modified(SystemTime::now() - DAY * 31).unwrap();
        std::os::unix::fs::symlink(&elsewhere, root.join("helm3-3.2.0")).unwrap();
        let done = remove_unused("helm3", Path::new(""), "stamp", &root);
        assert_eq!(done, ["removed helm3-3.1.0, unused for 30 days"]);
        assert_eq!(left(&root), ["helm3-3.2.0"]);
        assert_eq!(left(&elsewhere), ["program", "stamp"]);
    }
}
