//! `.gitignore` and `.seawallignore`, the former judged by git itself.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use seawall_source::Options;

use crate::folder::{POD, account, folder, scan, write};
use crate::random::Random;

#[test]
fn seawallignore_has_the_last_word() {
    let folder = folder(&[
        (".gitignore", "generated/\n*.tmp.yaml\n"),
        (".seawallignore", "!generated/\nfixtures\n"),
        ("generated/pod.yaml", POD),
        ("fixtures/pod.yaml", POD),
        ("a.tmp.yaml", POD),
        ("pod.yaml", POD),
    ]);
    let found = account(&scan(folder.path(), &Options::default()));
    let of_yaml: Vec<_> =
        found.iter().filter(|line| !line.starts_with(".git") && !line.starts_with(".sea")).collect();
    assert_eq!(
        of_yaml,
        [
            "a.tmp.yaml: - ignored by .gitignore",
            "fixtures: - ignored by .seawallignore",
            "generated/pod.yaml: 1 object",
            "pod.yaml: 1 object",
        ]
    );
    let all = Options { ignore_files: false, ..Options::default() };
    assert_eq!(scan(folder.path(), &all).objects.len(), 4);
}

#[test]
fn rules_above_hold_up_to_the_root_of_the_repository() {
    let folder = folder(&[
        (".gitignore", "*.yaml"),
        ("repo/.git/HEAD", ""),
        ("repo/.gitignore", "/deploy/b.yaml\n"),
        ("repo/deploy/a.yaml", POD),
        ("repo/deploy/b.yaml", POD),
        ("loose/deploy/a.yaml", POD),
    ]);
    let in_repository = scan(&folder.path().join("repo/deploy"), &Options::default());
    assert_eq!(account(&in_repository), ["a.yaml: 1 object", "b.yaml: - ignored by .gitignore"]);
    // Outside a repository nothing above has a say.
    let loose = scan(&folder.path().join("loose/deploy"), &Options::default());
    assert_eq!(account(&loose), ["a.yaml: 1 object"]);
}

#[test]
fn a_bad_line_is_named_and_the_others_hold() {
    let folder =
        folder(&[(".seawallignore", "fine.yaml\n\na[z-a].yaml\n"), ("fine.yaml", POD), ("b.yaml", POD)]);
    let snapshot = scan(folder.path(), &Options::default());
    let problem = crate::folder::the_problem(&snapshot, "ignore-file");
    assert!(problem.message.starts_with("line 3 is not a pattern"), "{}", problem.message);
    assert_eq!(snapshot.files.len(), 1);
}

#[test]
fn version_control_data_is_not_walked() {
    let folder = folder(&[(".git/pod.yaml", POD), ("sub/.git", "gitdir: x"), ("sub/pod.yaml", POD)]);
    assert_eq!(
        account(&scan(folder.path(), &Options::default())),
        [".git: - data of version control", "sub/.git: - data of version control", "sub/pod.yaml: 1 object"]
    );
}

/// Random trees with random rules: git lists the same files.
#[test]
fn gitignore_means_what_git_makes_of_it() {
    let mut random = Random::new(0x5ea_0a11);
    let git = Git::new();
    for case in 0..300 {
        let folder = folder(&[]);
        for _ in 0..12 {
            write(folder.path(), &random.path(), POD);
        }
        let mut rules = Vec::new();
        for place in ["", "a/", "b/", "a/b/"] {
            if place.is_empty() || random.below(3) == 0 {
                let lines: Vec<String> = (0..=random.below(3)).map(|_| random.pattern()).collect();
                let name = format!("{place}.gitignore");
                // A name may be taken by a file.
                if folder.path().join(place).is_dir() || place.is_empty() {
                    write(folder.path(), &name, lines.join("\n"));
                    rules.push((name, lines));
                }
            }
        }
        let ours: BTreeSet<String> = scan(folder.path(), &Options::default())
            .files
            .iter()
            .map(|file| file.path.to_str().unwrap().to_owned())
            .collect();
        assert_eq!(ours, git.lists(folder.path()), "case {case}: {rules:#?}");
    }
}

/// An empty repository, lent to one work tree after the other.
struct Git(tempfile::TempDir);

impl Git {
    fn new() -> Self {
        let git = Self(tempfile::tempdir().unwrap());
        git.run(git.0.path(), &["init", "--quiet", "--template="]);
        git
    }

    fn lists(&self, folder: &Path) -> BTreeSet<String> {
        let listed = self.run(folder, &["ls-files", "--others", "--exclude-standard", "-z"]);
        listed.split('\0').filter(|path| path.ends_with(".yaml")).map(str::to_owned).collect()
    }

    fn run(&self, folder: &Path, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(folder)
            .args(["-c", "core.excludesFile=/dev/null"])
            .args(arguments)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_DIR", self.0.path().join(".git"))
            .env("GIT_WORK_TREE", folder)
            .env("HOME", self.0.path())
            .output()
            .expect("git is needed to judge the rules of .gitignore: install it");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

trait Names {
    fn path(&mut self) -> String;
    fn pattern(&mut self) -> String;
}

impl Names for Random {
    fn path(&mut self) -> String {
        let folders: String = (0..self.below(4)).map(|_| format!("{}/", self.of(&["a", "b", "c"]))).collect();
        format!("{folders}{}.yaml", self.of(&["a", "b", "c", "x", "a b", "{a,b}"]))
    }

    fn pattern(&mut self) -> String {
        let choices = [
            "a", "b", "c", "*", "**", "a*", "?", "[ab]", "[!a]", "{a,b}", "\\a", "x.yaml", "*.yaml",
            "a.yaml", "b.*",
        ];
        let parts: Vec<&str> = (0..=self.below(3)).map(|_| *self.of(&choices)).collect();
        let (not, root, end) =
            (self.of(&["", "", "", "!"]), self.of(&["", "", "/"]), self.of(&["", "", "/", "  "]));
        format!("{not}{root}{}{end}", parts.join("/"))
    }
}
