//! Folders to scan, and what a scan says of them.

use std::fs;
use std::path::{Path, PathBuf};

use seawall_inventory::{Place, Problem, Provenance, Snapshot, Weight};
use seawall_rig::Tool;
use seawall_source::{Control, Input, Options, load};
use tempfile::TempDir;

pub const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n";

/// A temporary folder with these files.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        write(folder.path(), path, content);
    }
    folder
}

pub fn write(folder: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// Options with the real programs of the rig; nothing depends on what is on PATH.
pub fn with_tools(helm: Tool) -> Options {
    let mut options = Options::default();
    options.helm.program = Some(seawall_rig::tool(helm).unwrap());
    options.kustomize.program = Some(seawall_rig::tool(Tool::Kubectl).unwrap());
    options
}

/// Scans a folder, its paths being called by their way from it.
pub fn scan(folder: &Path, options: &Options) -> Snapshot {
    let input = Input::Folder { at: folder.to_path_buf(), shown_as: PathBuf::new() };
    load(vec![input], options, Control::default())
}

/// What became of every file, sorted: `path: 2 objects`, `path: rendered, 1 object`, `path: [code]`, `path: - reason`.
pub fn account(snapshot: &Snapshot) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, file) in snapshot.files.iter().enumerate() {
        let objects = snapshot.objects.iter().filter(|object| object.origin.file.0 as usize == index).count();
        let rendered = if file.provenance == Provenance::Verbatim { "" } else { "rendered, " };
        let plural = if objects == 1 { "" } else { "s" };
        lines.push(format!("{}: {rendered}{objects} object{plural}", file.path.display()));
    }
    for problem in &snapshot.problems {
        lines.push(format!("{}: [{}]", place(problem, snapshot).display(), problem.code));
    }
    for skipped in &snapshot.skipped {
        let document = skipped.document.map(|document| format!("#{document}")).unwrap_or_default();
        lines.push(format!("{}{document}: - {}", skipped.path.display(), skipped.reason));
    }
    lines.sort();
    lines
}

pub fn place(problem: &Problem, snapshot: &Snapshot) -> PathBuf {
    match &problem.place {
        Place::Path(path) => path.clone(),
        Place::Span { file, .. } => snapshot.file(*file).unwrap().path.clone(),
        Place::Aside { file, .. } => file.path.clone(),
        Place::Flag(_) => panic!("a source knows no flags: {problem:?}"),
    }
}

/// The one problem with this code, which has a remedy.
pub fn the_problem<'s>(snapshot: &'s Snapshot, code: &str) -> &'s Problem {
    let found: Vec<&Problem> = snapshot.problems.iter().filter(|problem| problem.code == code).collect();
    assert_eq!(found.len(), 1, "problems with code {code} among {:#?}", snapshot.problems);
    assert!(!found[0].message.is_empty() && !found[0].help.is_empty(), "{:?}", found[0]);
    found[0]
}

pub fn is_complete(snapshot: &Snapshot) -> bool {
    snapshot.problems.iter().all(|problem| problem.weight != Weight::Incomplete)
}
