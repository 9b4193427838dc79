//! What is applied: the documents of the corpus as a scan reads and renders them, each object once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use seawall_inventory::{FileId, ObjectRef, Snapshot};
use seawall_rig::{Tool, corpus, tool};
use seawall_source::{Control, Input, Options, load};

/// A part of the corpus, which is applied to a namespace of its own where it names none.
pub struct Project {
    pub namespace: String,
    pub documents: Vec<Document>,
    /// What is not applied, and why: `left out`, the kinds, the first object, and whether it has no name or another document
    /// has it.
    pub left_out: Vec<String>,
}

/// A document, with what it defines.
#[derive(Clone)]
pub struct Document {
    pub text: String,
    pub objects: Vec<ObjectRef>,
}

/// Everything in `manifests` and `charts`. What two parts of it define under one name, in a cluster or in a namespace that they
/// name, one cluster can have only once: it is applied as the first part has it.
pub fn projects() -> Vec<Project> {
    let root = corpus().unwrap();
    let read: Vec<(String, Snapshot)> = folders(&root)
        .into_par_iter()
        .map(|(namespace, folder)| (namespace.clone(), rendered(&folder, &namespace)))
        .collect();
    let mut seen = BTreeSet::new();
    read.into_iter()
        .map(|(namespace, snapshot)| {
            let mut left_out = Vec::new();
            let documents = documents(&snapshot, &mut seen, &mut left_out);
            Project { namespace, documents, left_out }
        })
        .filter(|project| !project.documents.is_empty())
        .collect()
}

/// Folders of the corpus that belong together: each example, chart and project by itself.
fn folders(root: &Path) -> Vec<(String, PathBuf)> {
    let below = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let mut folders = Vec::new();
    for project in [
        "argo-cd",
        "badPods",
        "kube-prometheus",
        "kubernetes-goat",
        "microservices-demo",
        "network-policy-recipes",
    ] {
        folders.push(root.join("manifests").join(project));
    }
    folders.extend(
        below("manifests/kubernetes-examples").into_iter().filter(|path| !path.ends_with("_archived")),
    );
    folders.extend(below("manifests/kubernetes-examples/_archived"));
    for charts in ["charts/argo-helm/charts", "charts/ingress-nginx/charts", "charts/podinfo/charts"] {
        folders.extend(below(charts));
    }
    folders.push(root.join("charts/podinfo/deploy"));
    folders.push(root.join("charts/podinfo/kustomize"));
    folders.sort();
    let name = |path: &PathBuf| {
        let path = path.strip_prefix(root).unwrap().to_string_lossy().to_lowercase();
        let letters = path.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' });
        letters
            .collect::<String>()
            .replace("manifests-", "")
            .replace("kubernetes-examples", "examples")
            .replace("--", "-")
    };
    folders.into_iter().map(|folder| (name(&folder), folder)).collect()
}

fn rendered(folder: &Path, namespace: &str) -> Snapshot {
    let mut options = Options::default();
    options.helm.program = Some(tool(Tool::Helm4).unwrap());
    options.helm.namespace = Some(namespace.to_owned());
    options.kustomize.program = Some(tool(Tool::Kubectl).unwrap());
    load(
        vec![Input::Folder { at: folder.to_path_buf(), shown_as: PathBuf::new() }],
        &options,
        Control::default(),
    )
}

fn documents(
    snapshot: &Snapshot,
    seen: &mut BTreeSet<ObjectRef>,
    left_out: &mut Vec<String>,
) -> Vec<Document> {
    let mut documents: Vec<(FileId, usize, Document)> = Vec::new();
    for object in &snapshot.objects {
        let (file, number) = (object.origin.file, object.origin.document);
        let identity = snapshot.identity(object.reference());
        match documents.last_mut() {
            Some((at, known, document)) if (*at, *known) == (file, number) => document.objects.push(identity),
            _ => {
                let text = snapshot.file(file).unwrap().text.get();
                let text = object.origin.span.slice(&text).to_owned();
                documents.push((file, number, Document { text, objects: vec![identity] }));
            }
        }
    }
    let mut kept = Vec::new();
    for (_, _, document) in documents {
        let nameless =
            document.objects.iter().any(|object| object.name.is_empty() || object.name.ends_with('*'));
        if !nameless && document.objects.iter().all(|object| !seen.contains(object)) {
            seen.extend(document.objects.iter().cloned());
            kept.push(document);
        } else {
            let kinds: Vec<&str> = document.objects.iter().map(|object| &*object.kind).collect();
            let why = if nameless { "nameless" } else { "defined twice" };
            left_out.push(format!("left out\t{}\t{}\t\t{why}", kinds.join(","), document.objects[0]));
        }
    }
    kept
}
