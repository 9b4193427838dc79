//! Building a program with the Go toolchain, from a pinned module.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::files::files_below;
use crate::recipe::GoPackage;
use crate::workspace::workspace_root;

/// Everything that decides what the program will be: the recipe, the files of the project that are built in, the compiler.
pub(crate) fn identity(package: &GoPackage) -> Result<Sha256> {
    let mut hash = Sha256::new();
    for part in [package.package, package.link_flags, &toolchain(package)?] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    for (name, file) in files(package)? {
        let content = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(name.to_string_lossy().as_bytes());
        hash.update([0]);
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    Ok(hash)
}

/// The files of the module, and those of the modules beside it that its go.mod puts in place of others, each with its path
/// from the module's folder. All other modules are pinned by go.sum, which is one of the files.
fn files(package: &GoPackage) -> Result<Vec<(PathBuf, PathBuf)>> {
    let module = module_folder(package);
    let mut files = Vec::new();
    for beside in [String::new()].into_iter().chain(replaced_by_folders(package)?) {
        let folder = module.join(&beside);
        for file in files_below(&folder, &["go", "mod", "sum"])? {
            files.push((Path::new(&beside).join(file.strip_prefix(&folder)?), file));
        }
    }
    Ok(files)
}

/// The folders, from that of the module, which its go.mod names by `replace`.
fn replaced_by_folders(package: &GoPackage) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct GoMod {
        replace: Option<Vec<Replace>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Replace {
        new: Module,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Module {
        path: String,
        /// None for a folder.
        version: Option<String>,
    }
    let output = run(package, go(package).args(["mod", "edit", "-json"]))?;
    ensure!(output.status.success(), "`go mod edit` failed: {}", last_lines(&output.stderr, 5));
    let go_mod: GoMod = serde_json::from_slice(&output.stdout).context("`go mod edit` gave no JSON")?;
    let replaced = go_mod.replace.unwrap_or_default().into_iter().map(|replace| replace.new);
    Ok(replaced.filter(|module| module.version.is_none()).map(|module| module.path).collect())
}

/// Builds the program to `target`.
pub(crate) fn build(package: &GoPackage, target: &Path) -> Result<()> {
    let mut command = go(package);
    command.args([
        "build",
        "-trimpath",
        "-buildvcs=false",
        "-mod=readonly",
        "-ldflags",
        package.link_flags,
        "-o",
    ]);
    let output = run(package, command.arg(target).arg(package.package))?;
    ensure!(
        output.status.success(),
        "`go build {}` in testing/go/{} failed ({}). It needs Go {} or newer (or GOTOOLCHAIN=auto) and, the first \
         time, the Go module proxy (GOPROXY).\n{}",
        package.package,
        package.module,
        output.status,
        required_go(package)?,
        last_lines(&output.stderr, 20)
    );
    Ok(())
}

/// The folder that holds the source of the module `path`, at the version that the package's module pins; downloaded when
/// it is not there yet, and verified by go.sum.
pub(crate) fn source_of(path: &str, package: &GoPackage) -> Result<PathBuf> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Download {
        dir: PathBuf,
    }
    let output = run(package, go(package).args(["mod", "download", "-json", path]))?;
    ensure!(
        output.status.success(),
        "`go mod download {path}` in testing/go/{} failed; it needs the Go module proxy (GOPROXY) once: {}{}",
        package.module,
        String::from_utf8_lossy(&output.stdout),
        last_lines(&output.stderr, 5)
    );
    let download: Download =
        serde_json::from_slice(&output.stdout).context("`go mod download` gave no JSON")?;
    Ok(download.dir)
}

/// What `go version` says inside the module, where GOTOOLCHAIN may choose another toolchain than the installed one.
fn toolchain(package: &GoPackage) -> Result<String> {
    let output = run(package, go(package).arg("version"))?;
    ensure!(output.status.success(), "`go version` failed: {}", last_lines(&output.stderr, 5));
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// `go`, freed from settings of the user that would change what is built; GOPROXY, GOTOOLCHAIN and the caches stay.
fn go(package: &GoPackage) -> Command {
    let mut command = Command::new("go");
    // Without cgo no C compiler is needed; the released kubectl and helm are built so, too.
    command
        .current_dir(module_folder(package))
        .env("CGO_ENABLED", "0")
        .env("GOWORK", "off")
        .env("GOFLAGS", "");
    for other_target in ["GOOS", "GOARCH"] {
        command.env_remove(other_target);
    }
    command
}

fn run(package: &GoPackage, command: &mut Command) -> Result<Output> {
    match command.output() {
        Ok(output) => Ok(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
            "there is no `go` on PATH. What Seawall is tested against is built from source: install Go {} or newer \
             (https://go.dev/dl, or the package of your system; an older Go from 1.21 on fetches it by itself unless \
             GOTOOLCHAIN=local)",
            required_go(package)?
        ),
        Err(error) => Err(error).context("cannot run `go`"),
    }
}

/// The Go version that the module's go.mod asks for.
fn required_go(package: &GoPackage) -> Result<String> {
    let path = module_folder(package).join("go.mod");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let version = text.lines().find_map(|line| line.strip_prefix("go "));
    Ok(version.context("go.mod has no `go` line")?.trim().to_owned())
}

fn module_folder(package: &GoPackage) -> PathBuf {
    workspace_root().join("testing/go").join(package.module)
}

/// The last lines of what a build wrote: the reason of a failure stands there.
pub(crate) fn last_lines(text: &[u8], count: usize) -> String {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::{files, go, run};
    use crate::recipe::Source;
    use crate::tool::{ALL, NODE};
    use crate::workspace::workspace_root;

    /// Go itself says which files it builds a program from.
    #[test]
    fn every_file_of_the_project_that_is_built_in_decides_the_identity() {
        const FILES: &str = "{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}\n{{end}}\
                             {{range .EmbedFiles}}{{$dir}}/{{.}}\n{{end}}";
        let root = workspace_root().canonicalize().unwrap();
        let frames = root.join("testing/go/oracle/oracle.go");
        let mut sharing = Vec::new();
        for recipe in ALL.into_iter().chain(NODE).map(crate::Tool::recipe) {
            let Source::Go(package) = &recipe.source else { continue };
            let asked = run(package, go(package).args(["list", "-deps", "-f", FILES, package.package]));
            let listed = asked.unwrap();
            assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
            let listed = String::from_utf8(listed.stdout).unwrap();
            let built_in: BTreeSet<PathBuf> =
                listed.lines().map(PathBuf::from).filter(|file| file.starts_with(&root)).collect();

            let known = files(package).unwrap();
            let names: BTreeSet<&PathBuf> = known.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), known.len(), "each file has a name of its own: {names:?}");
            assert!(names.contains(&PathBuf::from("go.sum")), "{}: {names:?}", recipe.name);
            let known: BTreeSet<PathBuf> =
                known.iter().map(|(_, file)| file.canonicalize().unwrap()).collect();
            let unknown: Vec<&PathBuf> = built_in.difference(&known).collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", recipe.name);
            if built_in.contains(&frames) {
                sharing.push(recipe.name);
            }
        }
        assert_eq!(
            sharing,
            [
                "admission-oracle",
                "apimachinery-oracle",
                "calico-selectors",
                "cyclonus",
                "encryption-oracle",
                "istio-oracle",
                "kubectl-yaml-oracle",
                "pod-security-oracle"
            ]
        );
    }
}
