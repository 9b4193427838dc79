//! The cache folder of built programs: built once, verified before every use.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::recipe::{Recipe, Source};
use crate::tool::Built;
use crate::unused::{mark_as_used, remove_unused};
use crate::{crates_io, go};

/// Name of the file beside a program that holds its SHA-256, and whose time is that of the last use.
const CHECKSUM: &str = "sha256";

/// The folder in which built programs are kept: `seawall-rig` in the user's cache folder, which is `$XDG_CACHE_HOME`,
/// else `~/.cache`, else (Windows) `%LOCALAPPDATA%`.
///
/// # Errors
/// The environment names no such folder.
pub fn root() -> Result<PathBuf> {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = from("XDG_CACHE_HOME")
        .or_else(|| from("HOME").map(|home| home.join(".cache")))
        .or_else(|| from("LOCALAPPDATA"))
        .context("no cache folder: set XDG_CACHE_HOME or HOME to an absolute path")?;
    Ok(cache.join("seawall-rig"))
}

/// The program of the recipe from the folder `root`, or built into it.
///
/// Tests of several processes run at once: a lock lets one of them build while the others wait, and a rename makes the
/// result appear whole or not at all.
pub(crate) fn obtain(recipe: &Recipe, root: &Path) -> Result<Built> {
    fs::create_dir_all(root).with_context(|| format!("cannot make the cache folder {}", root.display()))?;
    let folder = root.join(folder_name(recipe)?);
    let lock_path = root.join(format!("{}.lock", recipe.name));
    let lock = File::create(&lock_path).with_context(|| format!("cannot open {}", lock_path.display()))?;
    lock.lock().with_context(|| format!("cannot lock {}", lock_path.display()))?;
    if let Ok(built) = verify(recipe, &folder) {
        mark_as_used(&folder.join(CHECKSUM))?;
        return Ok(built);
    }
    // The only word that the rig says by itself: a first test that is silent for minutes looks like one that hangs.
    let mut stderr = io::stderr();
    writeln!(stderr, "building {} {} from source, once for all later tests", recipe.name, recipe.version)?;
    let started = Instant::now();
    let leftover = build_into(recipe, &folder)?;
    let mut words =
        vec![format!("built {} {} in {:.0} s", recipe.name, recipe.version, started.elapsed().as_secs_f64())];
    words.extend(leftover.then(|| "removed what an interrupted build had left".to_owned()));
    words.extend(remove_unused(recipe.name, &folder, CHECKSUM, root));
    writeln!(stderr, "{}", words.join("; "))?;
    verify(recipe, &folder)
}

/// One folder for each thing that could be built: another version, source, lock file or compiler is another folder.
fn folder_name(recipe: &Recipe) -> Result<String> {
    let Recipe { name, version, .. } = recipe;
    Ok(match &recipe.source {
        Source::Go(package) => {
            let identity = hex(&go::identity(package)?.finalize());
            format!("{name}-{version}-{}", identity.get(..16).unwrap_or(&identity))
        }
        Source::Crate => format!("{name}-{version}"),
    })
}

/// Trusts nothing that lies in the cache: the content must have the stored SHA-256, and the program must answer with
/// its version.
fn verify(recipe: &Recipe, folder: &Path) -> Result<Built> {
    let path = folder.join(program_name(recipe));
    let stored = fs::read_to_string(folder.join(CHECKSUM))?;
    let sha256 = checksum(&path)?;
    ensure!(stored.trim() == sha256, "{} has changed since it was built", path.display());
    let version = recipe.ask_version(&path)?;
    Ok(Built { path, version, sha256 })
}

/// Builds the program, and says whether a build that was killed had left something, which is removed.
fn build_into(recipe: &Recipe, folder: &Path) -> Result<bool> {
    // The lock is held, so that whatever lies here is of a build that was killed.
    let unfinished = folder.with_file_name(format!("{}.unfinished", recipe.name));
    let leftover = unfinished.exists();
    remove(&unfinished)?;
    fs::create_dir_all(&unfinished).with_context(|| format!("cannot make {}", unfinished.display()))?;
    let program = unfinished.join(program_name(recipe));
    let built = match &recipe.source {
        Source::Go(package) => go::build(package, &program),
        Source::Crate => crates_io::build(recipe.name, recipe.version, &program),
    };
    let outcome = built
        .and_then(|()| Ok(fs::write(unfinished.join(CHECKSUM), checksum(&program)?)?))
        .and_then(|()| remove(folder))
        .and_then(|()| {
            fs::rename(&unfinished, folder).context("cannot move the built program into the cache")
        });
    if outcome.is_err() {
        remove(&unfinished)?;
    }
    outcome.map(|()| leftover)
}

/// Removes a folder, if there is one.
pub(crate) fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// SHA-256 of a file, in lower-case hex.
pub(crate) fn checksum(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut hash = Sha256::new();
    io::copy(&mut file, &mut hash).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(hex(&hash.finalize()))
}

fn program_name(recipe: &Recipe) -> String {
    format!("{}{}", recipe.name, std::env::consts::EXE_SUFFIX)
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File, OpenOptions};
    use std::io::Write;
    use std::thread;
    use std::time::{Duration, SystemTime};

    use super::{CHECKSUM, obtain};
    use crate::tool::Tool;

    #[test]
    fn builds_once_for_many_and_again_what_was_tampered_with() {
        let root = tempfile::tempdir().unwrap();
        let recipe = Tool::KubectlYamlOracle.recipe();
        let built = thread::scope(|scope| {
            let calls: Vec<_> =
                (0..3).map(|_| scope.spawn(|| obtain(&recipe, root.path()).unwrap())).collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect::<Vec<_>>()
        });
        let first = &built[0];
        let made = fs::metadata(&first.path).unwrap().modified().unwrap();
        assert!(built.iter().all(|other| other.path == first.path && other.sha256 == first.sha256));

        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        let stamp = first.path.with_file_name(CHECKSUM);
        OpenOptions::new().append(true).open(&stamp).unwrap().set_modified(long_ago).unwrap();
        assert_eq!(obtain(&recipe, root.path()).unwrap().sha256, first.sha256);
        assert_eq!(fs::metadata(&first.path).unwrap().modified().unwrap(), made, "taken from the cache");
        assert!(fs::metadata(&stamp).unwrap().modified().unwrap() >= made, "and the use is noted");

        // What the next build finds: another revision's build that nobody uses, and the rest of a build that was killed.
        for folder in ["kubectl-yaml-oracle-1.9.0", "kubectl-yaml-oracle.unfinished"] {
            fs::create_dir(root.path().join(folder)).unwrap();
            File::create(root.path().join(folder).join(CHECKSUM)).unwrap().set_modified(long_ago).unwrap();
        }
        OpenOptions::new().append(true).open(&first.path).unwrap().write_all(b"x").unwrap();
        assert_eq!(obtain(&recipe, root.path()).unwrap().sha256, first.sha256, "built again");

        // A checksum that fits does not make another program the right one.
        fs::copy(std::env::current_exe().unwrap(), &first.path).unwrap();
        let checksum = super::checksum(&first.path).unwrap();
        fs::write(first.path.with_file_name(CHECKSUM), checksum).unwrap();
        assert_eq!(obtain(&recipe, root.path()).unwrap().sha256, first.sha256, "built again");
        let left: Vec<_> =
            fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "one program and one lock: {left:?}");
    }
}
