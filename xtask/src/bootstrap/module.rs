//! One version of Kubernetes: what its API server makes with the feature gates of a release, and with all of them.
//!
//! With those of a release stands in files that Kubernetes' own tests hold its code against. With all of them its code is asked, in a
//! program in which every gate is on: the package that makes the roles is taken as it is, and what it asks for gates is another one.
//! To link the real ones would take most of Kubernetes, and ten minutes for each version.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

const PACKAGE: &str = "plugin/pkg/auth/authorizer/rbac/bootstrappolicy";

/// Files with what is made by default, in `testdata` of the package.
const DEFAULTS: &[&str] = &[
    "cluster-roles.yaml",
    "controller-roles.yaml",
    "cluster-role-bindings.yaml",
    "controller-role-bindings.yaml",
    "namespace-roles.yaml",
    "namespace-role-bindings.yaml",
];

const PROGRAM: &str = include_str!("main.go");

/// Packages that say which gates there are and whether they are on.
const GATES: &[&str] = &[
    "k8s.io/kubernetes/pkg/features",
    "k8s.io/apiserver/pkg/features",
    "k8s.io/apiserver/pkg/util/feature",
    "k8s.io/component-base/zpages/features",
];

/// A package of which a name is wanted, with clients of all APIs behind it.
const TRACKING: &str = "pkg/controlplane/controller/legacytokentracking";

/// The source of a version.
pub(super) struct Kubernetes<'v> {
    version: &'v str,
    folder: PathBuf,
}

impl<'v> Kubernetes<'v> {
    /// Has its source.
    pub(super) fn of(version: &'v str) -> Result<Self> {
        let module = format!("k8s.io/kubernetes@v{version}");
        let said: Value =
            serde_json::from_slice(&go(Path::new("/"), &["mod", "download", "-json", &module])?)?;
        let folder = said.get("Dir").and_then(Value::as_str).context("`go mod download` names no folder")?;
        Ok(Self { version, folder: folder.into() })
    }

    /// The objects that it makes with the feature gates of a release.
    pub(super) fn by_default(&self) -> Result<Vec<Value>> {
        let mut objects = Vec::new();
        for name in DEFAULTS {
            let path = self.folder.join(PACKAGE).join("testdata").join(name);
            let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let stream = seawall_yaml::parse(&text, &seawall_yaml::Limits::default());
            ensure!(stream.problems.is_empty(), "{}: {:?}", path.display(), stream.problems);
            let document = stream.documents.first().context("no document")?;
            let list: Value = seawall_yaml::de::from_node(document.root())?;
            objects.extend(list.get("items").and_then(Value::as_array).context("no list")?.iter().cloned());
        }
        Ok(objects)
    }

    /// The objects that it makes with all feature gates.
    pub(super) fn with_all(&self) -> Result<Vec<Value>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path();
        self.write_policy(path)?;
        fs::write(path.join("main.go"), PROGRAM)?;
        fs::write(path.join("go.mod"), self.go_mod()?)?;
        fs::write(path.join("go.sum"), fs::read(self.folder.join("go.sum"))?)?;
        go(path, &["build", "-mod=mod", "-trimpath", "-o", "program"])?;
        let output = Command::new(path.join("program")).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let made: Value = serde_json::from_slice(&output.stdout)?;
        let mut objects = Vec::new();
        for (kind, lists) in made.as_object().context("no object")? {
            match lists {
                Value::Array(list) => objects.extend(list.iter().map(|object| typed(object, kind, None))),
                lists => {
                    for (namespace, list) in lists.as_object().context("no lists by namespace")? {
                        let list = list.as_array().context("no list")?;
                        objects.extend(list.iter().map(|object| typed(object, kind, Some(namespace))));
                    }
                }
            }
        }
        Ok(objects)
    }

    /// Writes the package that makes the objects, and those that stand in for others.
    fn write_policy(&self, folder: &Path) -> Result<()> {
        let (policy, gates) = (folder.join("bootstrappolicy"), folder.join("features"));
        fs::create_dir(&policy)?;
        fs::create_dir(&gates)?;
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(self.folder.join(PACKAGE))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !name.ends_with(".go") || name.ends_with("_test.go") {
                continue;
            }
            let mut source = fs::read_to_string(&path)?;
            names.extend(named(&source, "eatures."));
            for gate in GATES {
                source = source.replace(&format!("\t\"{gate}\""), &format!("\tfeatures \"{gate}\""));
                source = source.replace(&format!("\"{gate}\""), "\"seawall.test/bootstrap/features\"");
            }
            for name in named(&source, "legacytokentracking.") {
                let value = self.constant(TRACKING, &name)?;
                source = source.replace(&format!("legacytokentracking.{name}"), &format!("\"{value}\""));
            }
            source = source.replace(&format!("\"k8s.io/kubernetes/{TRACKING}\""), "");
            fs::write(policy.join(name), source)?;
        }
        let mut text =
            "package features\n\ntype all struct{}\n\nfunc (all) Enabled(string) bool { return true }\n\n\
                        var DefaultFeatureGate all\n"
                .to_owned();
        for name in names {
            writeln!(text, "\nconst {name} = \"{name}\"")?;
        }
        fs::write(gates.join("features.go"), text)?;
        Ok(())
    }

    /// What a constant of a package is.
    fn constant(&self, package: &str, name: &str) -> Result<String> {
        for entry in fs::read_dir(self.folder.join(package))? {
            let source = fs::read_to_string(entry?.path())?;
            for line in source.lines() {
                let words: Vec<&str> = line.trim().trim_start_matches("const ").split_whitespace().collect();
                if let [first, "=", value] = *words
                    && first == name
                {
                    return Ok(value.trim_matches('"').to_owned());
                }
            }
        }
        anyhow::bail!("{package} has no constant {name}")
    }

    /// Kubernetes 1.N.P replaces the modules of its own repository by folders, whose releases are called v0.N.P.
    fn go_mod(&self) -> Result<String> {
        let own = fs::read_to_string(self.folder.join("go.mod"))?;
        let go = own.lines().find(|line| line.starts_with("go ")).context("go.mod has no `go` line")?;
        let staging = self.version.strip_prefix("1.").context("a version of Kubernetes begins with 1")?;
        let mut text =
            format!("module seawall.test/bootstrap\n\n{go}\n\nrequire k8s.io/kubernetes v{}\n", self.version);
        for line in own.lines() {
            if let Some((module, _)) = line.trim().split_once(" => ./staging/") {
                writeln!(text, "replace {module} => {module} v0.{staging}")?;
            }
        }
        Ok(text)
    }
}

/// An object of Go, which does not say its kind, nor that of a namespace its namespace.
fn typed(object: &Value, kind: &str, namespace: Option<&String>) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.insert("kind".to_owned(), json!(kind));
        if let (Some(namespace), Some(metadata)) =
            (namespace, fields.get_mut("metadata").and_then(Value::as_object_mut))
        {
            metadata.insert("namespace".to_owned(), json!(namespace));
        }
    }
    object
}

/// What is named of a package: `X` of `features.X`.
fn named(source: &str, package: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    source
        .split(package)
        .skip(1)
        .map(word)
        .filter(|word| word.starts_with(|first: char| first.is_ascii_uppercase()))
        .collect()
}

fn go(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = Command::new("go");
    command.args(arguments).current_dir(folder);
    command.env("CGO_ENABLED", "0").env("GOWORK", "off").env("GOFLAGS", "");
    let output = command.output().context("cannot run `go`")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`go {}` failed: {said}", arguments.join(" "));
    Ok(output.stdout)
}
