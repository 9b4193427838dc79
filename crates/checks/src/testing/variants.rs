//! Other ways to say what an example says: spelling, order, company, kind of workload, kind of container.

use super::tree::{Spelling, Strings, Tree};

/// A variant of an example.
pub(super) struct Variant {
    pub name: String,
    pub text: String,
    /// Whether the pods stand in workloads of another kind, or the containers in another list.
    pub elsewhere: bool,
}

/// Every variant of `example`.
pub(super) fn variants(example: &str, documents: &[Tree]) -> Vec<Variant> {
    let mut variants = spellings(example, documents);
    variants.extend(company(documents));
    variants.extend(kinds(documents));
    variants.extend(classes(documents));
    variants
}

fn variant(name: impl Into<String>, text: String) -> Variant {
    Variant { name: name.into(), text, elsewhere: false }
}

/// The same objects in other letters.
fn spellings(example: &str, documents: &[Tree]) -> Vec<Variant> {
    let plain = Spelling { indent: 2, ..Spelling::default() };
    let styles = [
        ("double quotes", plain),
        ("single quotes", Spelling { strings: Strings::Single, ..plain }),
        ("literal blocks", Spelling { strings: Strings::Literal, ..plain }),
        ("tags", Spelling { strings: Strings::Tagged, ..plain }),
        ("yes and off", Spelling { old_booleans: true, ..plain }),
        ("integral floats", Spelling { floats: true, ..plain }),
        ("keys reversed", Spelling { reversed: true, ..plain }),
        ("merge keys", Spelling { merged: true, ..plain }),
        ("comments", Spelling { commented: true, ..plain }),
        ("wide indent", Spelling { indent: 7, ..plain }),
        (
            "all at once",
            Spelling {
                strings: Strings::Single,
                old_booleans: true,
                floats: true,
                reversed: true,
                commented: true,
                indent: 3,
                ..plain
            },
        ),
    ];
    let mut variants: Vec<Variant> =
        styles.into_iter().map(|(name, style)| variant(name, yaml(documents, style))).collect();
    let json = |pretty| documents.iter().map(|document| document.json(pretty)).collect::<Vec<_>>();
    variants.extend([
        variant("JSON", json(false).concat()),
        variant("JSON on lines", json(true).concat()),
        variant("flow style", json(false).iter().map(|document| format!("---\n{document}...\n")).collect()),
        variant("line endings of Windows", example.replace('\n', "\r\n")),
        variant("byte order mark", format!("\u{feff}{example}")),
    ]);
    variants
}

fn yaml(documents: &[Tree], spelling: Spelling) -> String {
    documents.iter().map(|document| format!("---\n{}", document.yaml(spelling))).collect()
}

/// The same objects in other company.
fn company(documents: &[Tree]) -> Vec<Variant> {
    let plain = Spelling::default();
    let stranger = |name: &str| {
        Tree::map([
            ("apiVersion", Tree::str("example.org/v1")),
            ("kind", Tree::str("Stranger")),
            ("metadata", Tree::map([("name", Tree::str(name)), ("namespace", Tree::str("elsewhere"))])),
            ("spec", Tree::map([("hostPID", Tree::Bool(true)), ("containers", Tree::Seq(vec![]))])),
        ])
    };
    let list = Tree::map([
        ("apiVersion", Tree::str("v1")),
        ("kind", Tree::str("List")),
        ("items", Tree::Seq(documents.to_vec())),
    ]);
    let around: Vec<Tree> =
        [stranger("a")].into_iter().chain(documents.iter().cloned()).chain([stranger("b")]).collect();
    let reversed: Vec<Tree> = documents.iter().rev().cloned().collect();
    let unknown: Vec<Tree> = documents
        .iter()
        .cloned()
        .map(|mut document| {
            // The API server reads the file that it is started with strictly.
            if document.get("kind") != Some(&Tree::str("EncryptionConfiguration")) {
                document.set("seawallUnknownField", Tree::map([("privileged", Tree::Bool(true))]));
            }
            if let Some(mut metadata) = document.take("metadata") {
                metadata
                    .set("managedFields", Tree::Seq(vec![Tree::map([("manager", Tree::str("kubectl"))])]));
                metadata.set("finalizers", Tree::Seq(vec![Tree::str("example.org/keep")]));
                document.set("metadata", metadata);
            }
            document
        })
        .collect();
    vec![
        variant("items of a List", yaml(std::slice::from_ref(&list), plain)),
        variant("items of a List in JSON", list.json(false)),
        variant("between others", yaml(&around, plain)),
        variant("documents reversed", yaml(&reversed, plain)),
        variant("irrelevant fields", yaml(&unknown, plain)),
        variant("empty documents", format!("---\n---\n# nothing\n{}---\n", yaml(documents, plain))),
    ]
}

/// Kinds that hold a pod template below `spec.template`, with their API version.
const CONTROLLERS: [(&str, &str); 7] = [
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "ReplicaSet"),
    ("v1", "ReplicationController"),
    ("batch/v1", "Job"),
    ("argoproj.io/v1alpha1", "Rollout"),
];

/// The same pods in workloads of other kinds.
fn kinds(documents: &[Tree]) -> Vec<Variant> {
    let mut variants = Vec::new();
    for (api_version, kind) in CONTROLLERS.into_iter().chain([("batch/v1", "CronJob"), ("v1", "Pod")]) {
        let change = |document: &Tree| rewrapped(document, api_version, kind);
        variants.extend(changed(format!("as {kind}"), documents, change));
    }
    variants
}

/// The documents with those changed that `change` changes; nothing when it changes none.
fn changed(name: String, documents: &[Tree], change: impl Fn(&Tree) -> Option<Tree>) -> Option<Variant> {
    let others: Vec<Option<Tree>> = documents.iter().map(change).collect();
    others.iter().any(Option::is_some).then(|| {
        let kept = others.into_iter().zip(documents).map(|(other, own)| other.unwrap_or_else(|| own.clone()));
        let text = yaml(&kept.collect::<Vec<_>>(), Spelling::default());
        Variant { name, text, elsewhere: true }
    })
}

/// The pod of a workload in one of another kind.
fn rewrapped(document: &Tree, api_version: &str, kind: &str) -> Option<Tree> {
    if document.text("kind") == kind {
        return None;
    }
    let metadata = document.get("metadata").cloned().unwrap_or(Tree::Map(Vec::new()));
    let (pod_metadata, spec) = pod_of(document)?;
    let mut labels = pod_metadata.get("labels").cloned().unwrap_or(Tree::Map(Vec::new()));
    if labels == Tree::Map(Vec::new()) {
        labels.set("app", Tree::str("example"));
    }
    let head = |spec: Tree, metadata: Tree| {
        Tree::map([
            ("apiVersion", Tree::str(api_version)),
            ("kind", Tree::str(kind)),
            ("metadata", metadata),
            ("spec", spec),
        ])
    };
    let mut template_metadata = pod_metadata;
    template_metadata.take("name");
    template_metadata.take("namespace");
    template_metadata.set("labels", labels.clone());
    if kind == "Pod" {
        let mut own = metadata;
        for field in ["labels", "annotations"] {
            if let Some(value) = template_metadata.take(field) {
                own.set(field, value);
            }
        }
        return Some(head(spec, own));
    }
    let template = Tree::map([("metadata", template_metadata), ("spec", spec)]);
    let spec = match kind {
        "CronJob" => Tree::map([
            ("schedule", Tree::str("0 3 * * *")),
            ("jobTemplate", Tree::map([("spec", Tree::map([("template", template)]))])),
        ]),
        "Job" => Tree::map([("template", template)]),
        "ReplicationController" => Tree::map([("selector", labels), ("template", template)]),
        _ => Tree::map([("selector", Tree::map([("matchLabels", labels)])), ("template", template)]),
    };
    Some(head(spec, metadata))
}

/// Metadata and spec of the pod in a workload of the built-in kinds.
fn pod_of(document: &Tree) -> Option<(Tree, Tree)> {
    let spec = document.get("spec")?;
    let empty = || Tree::Map(Vec::new());
    let of_template = |template: &Tree| {
        Some((template.get("metadata").cloned().unwrap_or_else(empty), template.get("spec")?.clone()))
    };
    match (document.text("apiVersion"), document.text("kind")) {
        ("v1", "Pod") => Some((document.get("metadata").cloned().unwrap_or_else(empty), spec.clone())),
        ("batch/v1", "CronJob") => of_template(spec.get("jobTemplate")?.get("spec")?.get("template")?),
        (api_version, kind) if CONTROLLERS.contains(&(api_version, kind)) => {
            of_template(spec.get("template")?)
        }
        _ => None,
    }
}

/// The same containers as init containers, sidecars and ephemeral ones of a pod.
fn classes(documents: &[Tree]) -> Vec<Variant> {
    let classes = [("initContainers", false), ("initContainers", true), ("ephemeralContainers", false)];
    let mut variants = Vec::new();
    for (list, sidecar) in classes {
        let name = format!("in {list}{}", if sidecar { " as sidecars" } else { "" });
        variants.extend(changed(name, documents, |document| moved(document, list, sidecar)));
    }
    variants
}

/// A bare pod with its containers in another list. It has no regular containers then: what these would do is not the question.
fn moved(document: &Tree, list: &str, sidecar: bool) -> Option<Tree> {
    let mut pod = match document.text("kind") {
        "Pod" => document.clone(),
        _ => rewrapped(document, "v1", "Pod")?,
    };
    let mut spec = pod.take("spec")?;
    let Tree::Seq(mut containers) = spec.take("containers")? else { return None };
    if spec.get("initContainers").is_some() || spec.get("ephemeralContainers").is_some() {
        return None;
    }
    if sidecar {
        containers.iter_mut().for_each(|container| container.set("restartPolicy", Tree::str("Always")));
    }
    spec.set(list, Tree::Seq(containers));
    spec.set("containers", Tree::Seq(Vec::new()));
    pod.set("spec", spec);
    Some(pod)
}
