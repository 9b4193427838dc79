//! Applies the corpus with kubectl.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use seawall_inventory::{ObjectRef, Snapshot};
use seawall_rig::ApiServer;
use seawall_source::{Control, Input, Options, load};
use tempfile::TempDir;

use crate::corpus::{Document, Project};

/// What the API server has taken, and what it has not.
pub struct Applied {
    pub projects: Vec<Taken>,
    /// What was made for the test: namespaces.
    pub made: BTreeSet<ObjectRef>,
    /// `refused`, the kind, and the API server's words.
    pub refused: Vec<String>,
}

/// The documents of a project that the API server has taken, as files.
pub struct Taken {
    namespace: String,
    folder: TempDir,
}

impl Taken {
    /// What a scan of the files reads.
    pub fn snapshot(&self) -> Snapshot {
        let mut options = Options::default();
        options.helm.namespace = Some(self.namespace.clone());
        let input = Input::Folder { at: self.folder.path().to_path_buf(), shown_as: PathBuf::new() };
        load(vec![input], &options, Control::default())
    }
}

/// In this order: what others need is there before them, and what refuses or changes others comes after them.
const STAGES: [&[&str]; 3] = [
    &[
        "Namespace",
        "CustomResourceDefinition",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ServiceAccount",
    ],
    &[],
    &[
        "APIService",
        "LimitRange",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "ResourceQuota",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    ],
];

fn stage(document: &Document) -> usize {
    let listed =
        STAGES.iter().position(|kinds| document.objects.iter().any(|object| kinds.contains(&&*object.kind)));
    listed.unwrap_or(1)
}

pub fn apply(server: &ApiServer, projects: &[Project]) -> Applied {
    let made = namespaces(server, projects);
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("kubeconfig");
    contexts(server, projects, &kubeconfig);
    let kubectl = Kubectl { server, kubeconfig: &kubeconfig };
    // They wait for the API server.
    let several = rayon::ThreadPoolBuilder::new().num_threads(6).build().unwrap();
    for (number, _) in STAGES.iter().enumerate() {
        let put = |project: &Project| {
            let documents: Vec<&Document> =
                project.documents.iter().filter(|document| stage(document) == number).collect();
            if !documents.is_empty() {
                let folder = folder.path().join(format!("{number}-{}", project.namespace));
                fs::create_dir(&folder).unwrap();
                for (number, document) in documents.iter().enumerate() {
                    fs::write(folder.join(format!("{number:04}.yaml")), &document.text).unwrap();
                }
                // What it refuses is asked for again, one by one.
                let _ = kubectl.put(&project.namespace, &folder);
            }
        };
        several.install(|| projects.par_iter().for_each(put));
        if number == 0 {
            server.wait_for_definitions().unwrap();
        }
    }
    let there = names(server);
    let results: Vec<(Taken, Vec<String>)> =
        several.install(|| projects.par_iter().map(|project| taken(kubectl, project, &there)).collect());
    let mut applied = Applied { projects: Vec::new(), made, refused: Vec::new() };
    for (taken, refused) in results {
        applied.projects.push(taken);
        applied.refused.extend(refused);
    }
    applied
}

/// The real kubectl, with a context for each project: its namespace is where goes what names none.
#[derive(Clone, Copy)]
struct Kubectl<'s> {
    server: &'s ApiServer,
    kubeconfig: &'s Path,
}

impl Kubectl<'_> {
    fn put(self, context: &str, path: &Path) -> anyhow::Result<String> {
        let (kubeconfig, path) = (self.kubeconfig.to_string_lossy(), path.to_string_lossy());
        let how = ["apply", "--server-side", "--force-conflicts", "--validate=false"];
        let what = ["--kubeconfig", &*kubeconfig, "--context", context, "-f", &*path];
        self.server.kubectl(&[&how[..], &what[..]].concat(), "")
    }
}

fn contexts(server: &ApiServer, projects: &[Project], kubeconfig: &Path) {
    let config = server.kubectl(&["config", "view", "--raw", "-o", "json"], "").unwrap();
    let mut config: serde_json::Value = serde_json::from_str(&config).unwrap();
    let context = config["contexts"][0]["context"].clone();
    let of = |project: &Project| {
        let mut context = context.clone();
        context["namespace"] = project.namespace.as_str().into();
        serde_json::json!({"name": project.namespace, "context": context})
    };
    config["contexts"] = projects.iter().map(of).collect();
    fs::write(kubeconfig, config.to_string()).unwrap();
}

/// Makes the namespaces that nobody defines.
fn namespaces(server: &ApiServer, projects: &[Project]) -> BTreeSet<ObjectRef> {
    let namespace =
        |name: &str| ObjectRef { kind: "Namespace".into(), name: name.into(), ..ObjectRef::default() };
    let objects =
        || projects.iter().flat_map(|project| &project.documents).flat_map(|document| &document.objects);
    let defined: BTreeSet<&ObjectRef> = objects().filter(|object| object.kind == "Namespace").collect();
    let mut wanted: BTreeSet<ObjectRef> =
        projects.iter().map(|project| namespace(&project.namespace)).collect();
    wanted.extend(
        objects().filter(|object| !object.namespace.is_empty()).map(|object| namespace(&object.namespace)),
    );
    wanted.retain(|object| !defined.contains(object));
    let line = |object: &ObjectRef| {
        format!("{{apiVersion: v1, kind: Namespace, metadata: {{name: {}}}}}", object.name)
    };
    let text: Vec<String> = wanted.iter().map(line).collect();
    server.kubectl(&["apply", "--server-side", "-f", "-"], text.join("\n---\n")).unwrap();
    wanted
}

/// Everything that is there: group, kind, namespace and name.
fn names(server: &ApiServer) -> BTreeSet<ObjectRef> {
    let resources = server.kubectl(&["api-resources", "--verbs=list", "-o", "name"], "").unwrap();
    let resources: Vec<&str> = resources.lines().filter(|name| !name.starts_with("events")).collect();
    let columns = "A:.apiVersion,K:.kind,NS:.metadata.namespace,N:.metadata.name";
    let arguments =
        ["get", &resources.join(","), "-A", "--no-headers", "-o", &format!("custom-columns={columns}")];
    let table = server.kubectl(&arguments, "").unwrap();
    let object = |line: &str| {
        let [api_version, kind, namespace, name] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let namespace = if namespace == "<none>" { "" } else { namespace };
        ObjectRef { group: group.into(), kind: kind.into(), namespace: namespace.into(), name: name.into() }
    };
    table.lines().map(object).collect()
}

/// Splits the documents of a project into those whose objects are there, as files, and the words with which the others are
/// refused.
fn taken(kubectl: Kubectl<'_>, project: &Project, there: &BTreeSet<ObjectRef>) -> (Taken, Vec<String>) {
    let taken = Taken { namespace: project.namespace.clone(), folder: tempfile::tempdir().unwrap() };
    let again = tempfile::tempdir().unwrap();
    let mut refused = Vec::new();
    for (number, document) in project.documents.iter().enumerate() {
        let write = |folder: &TempDir| {
            let path = folder.path().join(format!("{number:04}.yaml"));
            fs::write(&path, &document.text).unwrap();
            path
        };
        // What stands in no namespace is the same one whatever namespace is written in it; of kinds that are not known here
        // the API server knows.
        let is_there = |object: &ObjectRef| {
            let nowhere = ObjectRef { namespace: Default::default(), ..object.clone() };
            there.contains(object) || there.contains(&nowhere)
        };
        if document.objects.iter().all(is_there) {
            write(&taken.folder);
        } else if let Err(words) = kubectl.put(&project.namespace, &write(&again)) {
            let kinds: Vec<&str> = document.objects.iter().map(|object| &*object.kind).collect();
            let words = format!("{words:#}").split_whitespace().collect::<Vec<_>>().join(" ");
            refused.push(format!("refused\t{}\t{}\t\t{words}", kinds.join(","), document.objects[0]));
        } else {
            write(&taken.folder);
        }
    }
    (taken, refused)
}
