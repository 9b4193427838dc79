//! Building a program with the Go toolchain, from a pinned module.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::files::files_below;
use crate::tool::GoPackage;
use crate::workspace::workspace_root;

/// Everything that decides what the program will be: the recipe, the module's files, the compiler.
pub(crate) fn identity(package: &GoPackage) -> Result<Sha256> {
    let folder = module_folder(package);
    let mut hash = Sha256::new();
    for part in [package.package, package.link_flags, &toolchain(package)?] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    for file in files_below(&folder, &["go", "mod", "sum"])? {
        let content = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(file.strip_prefix(&folder)?.to_string_lossy().as_bytes());
        hash.update([0]);
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    Ok(hash)
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
