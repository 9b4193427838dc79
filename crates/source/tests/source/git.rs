//! Revisions of real repositories.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use seawall_source::git::{GitError, Repository, RevisionRange, Tree};
use seawall_source::{Control, Options};
use tempfile::TempDir;

use crate::folder::{POD, account, folder, scan, write};

/// Runs git with settings of nobody.
fn git(folder: &Path, arguments: &[&str]) -> String {
    git_with(folder, arguments, "")
}

fn git_with(folder: &Path, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git is needed: install it");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(folder: &Path, message: &str) -> String {
    git(folder, &["add", "--all", "--force"]);
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", message]);
    git(folder, &["rev-parse", "HEAD"])
}

fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = folder(files);
    git(folder.path(), &["init", "--quiet", "--initial-branch=main", "--template="]);
    commit(folder.path(), "first");
    folder
}

fn open(folder: &Path) -> Repository {
    Repository::containing(folder, Control::default()).unwrap()
}

fn checkout(repository: &TempDir, revision: &str) -> (TempDir, Tree) {
    let opened = open(repository.path());
    let commit = opened.commit(revision, Control::default()).unwrap();
    let target = tempfile::tempdir().unwrap();
    let tree = opened.write_tree(&commit, target.path(), Control::default()).unwrap();
    (target, tree)
}

#[test]
fn a_revision_is_what_was_committed_then() {
    let repository = repository(&[("deploy/pod.yaml", POD), ("deploy/ü b.yaml", POD), ("empty.yaml", "")]);
    write(repository.path(), "deploy/second.yaml", POD);
    fs::remove_file(repository.path().join("deploy/pod.yaml")).unwrap();
    commit(repository.path(), "second");
    write(repository.path(), "uncommitted.yaml", POD);
    let before = git(repository.path(), &["status", "--porcelain"]);

    let (first, tree) = checkout(&repository, "HEAD~1");
    assert_eq!((tree.files, tree.problems.len()), (3, 0));
    assert_eq!(
        account(&scan(first.path(), &Options::default())),
        ["deploy/pod.yaml: 1 object", "deploy/ü b.yaml: 1 object", "empty.yaml: - empty"]
    );
    let (second, _) = checkout(&repository, "main");
    assert_eq!(
        account(&scan(second.path(), &Options::default())),
        ["deploy/second.yaml: 1 object", "deploy/ü b.yaml: 1 object", "empty.yaml: - empty"]
    );
    assert_eq!(git(repository.path(), &["status", "--porcelain"]), before);
    // From a folder within, it is the same repository.
    let within = open(&repository.path().join("deploy"));
    assert_eq!(within.top(), repository.path().canonicalize().unwrap());
}

/// Attributes and configuration ask for programs to run and for contents to change; blobs stay as they are.
#[test]
fn neither_filters_nor_conversions_nor_hooks_run() {
    let repository = repository(&[
        ("pod.yaml", POD),
        (".gitattributes", "*.yaml text eol=crlf filter=evil ident export-ignore\n"),
    ]);
    let trace = tempfile::tempdir().unwrap();
    let touch = format!("touch {}/ran; cat", trace.path().display());
    git(repository.path(), &["config", "filter.evil.smudge", &touch]);
    git(repository.path(), &["config", "core.fsmonitor", &touch]);
    write(repository.path(), ".git/hooks/post-checkout", format!("#!/bin/sh\n{touch}\n"));
    let (tree, _) = checkout(&repository, "HEAD");
    assert_eq!(fs::read_to_string(tree.path().join("pod.yaml")).unwrap(), POD);
    assert!(!trace.path().join("ran").exists());
}

#[test]
fn revisions_are_names_and_not_flags() {
    let repository = repository(&[("pod.yaml", POD)]);
    let opened = open(repository.path());
    let head = git(repository.path(), &["rev-parse", "HEAD"]);
    for revision in ["main", "HEAD", &head, &head[..10], "HEAD^{commit}", ":/first"] {
        assert_eq!(opened.commit(revision, Control::default()).unwrap(), head, "{revision}");
    }
    for revision in
        ["", "gone", "--all", "--output=x", "-h", "HEAD:pod.yaml", "HEAD^{tree}", "main..HEAD", "--git-dir"]
    {
        let refused = opened.commit(revision, Control::default());
        assert!(matches!(refused, Err(GitError::NoSuchRevision(_))), "{revision}: {refused:?}");
    }
}

#[test]
fn a_range_begins_where_git_says() {
    let repository = repository(&[("pod.yaml", POD)]);
    let path = repository.path();
    let fork = git(path, &["rev-parse", "HEAD"]);
    git(path, &["checkout", "--quiet", "-b", "feature"]);
    write(path, "b.yaml", POD);
    commit(path, "on feature");
    git(path, &["checkout", "--quiet", "main"]);
    write(path, "c.yaml", POD);
    let main = commit(path, "on main");
    git(path, &["checkout", "--quiet", "--orphan", "other"]);
    commit(path, "unrelated");
    let base = |range: &str| open(path).base_of(&RevisionRange::parse(range).unwrap(), Control::default());
    assert_eq!(base("main..feature").unwrap(), main);
    assert_eq!(base("main...feature").unwrap(), fork);
    assert!(matches!(base("main...other"), Err(GitError::NoMergeBase(..))));
    assert!(matches!(base("gone..other"), Err(GitError::NoSuchRevision(_))));
}

#[test]
fn no_repository_is_said_so() {
    let nowhere = folder(&[]);
    let error = Repository::containing(nowhere.path(), Control::default()).unwrap_err();
    assert!(matches!(error, GitError::NotARepository { .. }), "{error}");
    assert!(error.to_string().contains("not a git repository"), "{error}");
}

/// A tree, made by hand, that git itself would never write.
#[test]
fn nothing_leads_out_of_the_folder() {
    let repository = repository(&[("pod.yaml", POD)]);
    let path = repository.path();
    let blob = |content: &str| git_with(path, &["hash-object", "-w", "--stdin"], content);
    let tree = |lines: &[String]| git_with(path, &["mktree", "--missing"], &(lines.join("\n") + "\n"));
    let pod = blob(POD);
    let link = |target: &str, name: &str| format!("120000 blob {}\t{name}", blob(target));
    let inner = tree(&[format!("100644 blob {pod}\tpod.yaml"), link("../../../../up", "deep.yaml")]);
    // Two entries of one name: a file would be written through the link.
    let trap = tree(&[format!("100644 blob {pod}\ttrap.yaml")]);
    let lines = [
        format!("040000 tree {inner}\tinner"),
        format!("100644 blob {pod}\tpod.yaml"),
        format!("160000 commit {}\tsubmodule", "1".repeat(40)),
        format!("040000 tree {trap}\tetc"),
        link("/etc", "etc"),
        link("/etc/passwd", "passwd.yaml"),
        link("..", "up"),
        link("pod.yaml", "fine.yaml"),
        link("gone", "dangling.yaml"),
        link("inner/../../inner", "zigzag"),
    ];
    let root = tree(&lines);
    let commit = git(path, &["commit-tree", &root, "-m", "hostile"]);
    git(path, &["update-ref", "refs/heads/hostile", &commit]);
    let (written, tree) = checkout(&repository, "hostile");
    let mut problems: Vec<_> = tree.problems.iter().map(|problem| format!("{:?}", problem.place)).collect();
    problems.sort();
    assert_eq!(problems, ["Path(\"etc\")", "Path(\"inner/deep.yaml\")", "Path(\"passwd.yaml\")"]);
    let mut skipped: Vec<_> = tree.skipped.iter().map(|skipped| skipped.path.to_str().unwrap()).collect();
    skipped.sort_unstable();
    assert_eq!(skipped, ["submodule", "up", "zigzag"]);
    assert!(!Path::new("/etc/trap.yaml").exists());
    assert_eq!(
        account(&scan(written.path(), &Options::default())),
        [
            "dangling.yaml: [unreadable]",
            "etc/trap.yaml: 1 object",
            "fine.yaml: 1 object",
            "inner/pod.yaml: 1 object",
            "pod.yaml: 1 object",
        ]
    );
}

/// What a shallow or partial clone lacks is not fetched; it is an error.
#[test]
fn a_partial_clone_fetches_nothing() {
    let origin = repository(&[("pod.yaml", POD), ("large.yaml", &format!("# {}\n", "x".repeat(100_000)))]);
    git(origin.path(), &["config", "uploadpack.allowFilter", "true"]);
    let clone = folder(&[]);
    let url = format!("file://{}", origin.path().display());
    git(clone.path(), &["clone", "--quiet", "--no-checkout", "--filter=blob:limit=1k", &url, "."]);
    let opened = open(clone.path());
    let commit = opened.commit("HEAD", Control::default()).unwrap();
    let target = tempfile::tempdir().unwrap();
    let error = opened.write_tree(&commit, target.path(), Control::default()).unwrap_err();
    assert!(matches!(error, GitError::Failed(_)), "{error}");
}
