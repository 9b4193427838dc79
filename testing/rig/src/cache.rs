//! The cache folder of built programs: built once, verified before every use.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::go;
use crate::tool::{Built, Recipe};

/// Name of the file beside a program that holds its SHA-256.
const CHECKSUM: &str = "sha256";

/// The program of the recipe from the cache folder, or built into it.
///
/// Tests of several processes run at once: a lock lets one of them build while the others wait, and a rename makes the
/// result appear whole or not at all.
pub(crate) fn obtain(recipe: &Recipe) -> Result<Built> {
    let root = cache_folder()?.join("seawall-rig");
    fs::create_dir_all(&root).with_context(|| format!("cannot make the cache folder {}", root.display()))?;
    let identity = go::identity(recipe)?;
    let short = identity.get(..16).unwrap_or(&identity);
    let folder = root.join(format!("{}-{}-{short}", recipe.name, recipe.version));

    let lock_path = root.join(format!("{}.lock", recipe.name));
    let lock = File::create(&lock_path).with_context(|| format!("cannot open {}", lock_path.display()))?;
    lock.lock().with_context(|| format!("cannot lock {}", lock_path.display()))?;
    if let Ok(built) = verify(recipe, &folder) {
        return Ok(built);
    }
    build_into(recipe, &folder)?;
    verify(recipe, &folder)
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

fn build_into(recipe: &Recipe, folder: &Path) -> Result<()> {
    let unfinished = folder.with_extension(format!("{}.unfinished", std::process::id()));
    remove(&unfinished)?;
    fs::create_dir_all(&unfinished).with_context(|| format!("cannot make {}", unfinished.display()))?;
    let program = unfinished.join(program_name(recipe));
    let outcome = go::build(recipe, &program)
        .and_then(|()| Ok(fs::write(unfinished.join(CHECKSUM), checksum(&program)?)?))
        .and_then(|()| remove(folder))
        .and_then(|()| {
            fs::rename(&unfinished, folder).context("cannot move the built program into the cache")
        });
    if outcome.is_err() {
        remove(&unfinished)?;
    }
    outcome
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn checksum(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut hash = Sha256::new();
    io::copy(&mut file, &mut hash).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(go::hex(&hash.finalize()))
}

fn program_name(recipe: &Recipe) -> String {
    format!("{}{}", recipe.name, std::env::consts::EXE_SUFFIX)
}

/// The user's cache folder: `$XDG_CACHE_HOME`, else `~/.cache`, else (Windows) `%LOCALAPPDATA%`.
fn cache_folder() -> Result<PathBuf> {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    from("XDG_CACHE_HOME")
        .or_else(|| from("HOME").map(|home| home.join(".cache")))
        .or_else(|| from("LOCALAPPDATA"))
        .context("no cache folder: set XDG_CACHE_HOME or HOME to an absolute path")
}
