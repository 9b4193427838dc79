//! Pod templates, wherever they stand in an object.
//!
//! Which kinds embed one, and where, is data: [`EMBEDDINGS`].

use std::sync::LazyLock;

use seawall_yaml::{Node, Path, Value};
use smol_str::SmolStr;

use crate::decode::{Decode, Decoding, Fields, StringMap};
use crate::encode::Encode;
use crate::kinds::{Container, ControllerSpec, Metadata, PodSpec};
use crate::tree::{Tree, give};

/// A pod template (or a pod) in an object.
#[derive(Clone, Debug, PartialEq)]
pub struct PodTemplate {
    /// Path of the pod spec from the object's root: `spec.template.spec`.
    pub spec_path: Path,
    /// Path of the pod's metadata: `spec.template.metadata`; for a Pod `metadata`.
    pub metadata_path: Path,
    /// Labels of the pods.
    pub labels: StringMap,
    /// Annotations of the pods.
    pub annotations: StringMap,
    /// The pod spec.
    pub spec: Box<PodSpec>,
    /// Where the containers stand, when not below `spec_path` under the names of `PodSpec`.
    pub containers_at: Option<Box<ContainerPaths>>,
    /// What manages the pods; none for a bare pod and for kinds of which it is not known.
    pub controller: Option<Box<Controller>>,
    /// `Some(why)` when the object holds only a part of the pod, and the rest is given elsewhere: then what is missing
    /// at the pod's level is unknown.
    pub partial: Option<&'static str>,
}

/// The spec that a pod template stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Controller {
    /// Its path from the object's root: `spec`, for a CronJob `spec.jobTemplate.spec`.
    pub path: Path,
    /// The spec.
    pub spec: ControllerSpec,
}

/// Paths of containers in document order, for kinds that do not use the names of `PodSpec`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerPaths {
    /// Of `spec.containers`, by index; empty when they stand at `spec_path.containers`.
    pub containers: Vec<Path>,
    /// Of `spec.init_containers`.
    pub init_containers: Vec<Path>,
}

/// A kind that embeds pod templates.
struct Embedding {
    group: &'static str,
    kind: &'static str,
    shape: Shape,
}

/// How a kind embeds them.
enum Shape {
    /// The object is a pod.
    Pod,
    /// A `PodTemplateSpec` at a path.
    Template(&'static [&'static str]),
    /// Containers under other names, spread over the object; see [`Parts`].
    Parts(Parts),
}

/// A pod whose containers stand under names of their own.
struct Parts {
    /// Path of what plays the part of the pod spec; `*` walks all items of a list, each a pod of its own.
    at: &'static [&'static str],
    /// Names of fields with a single container, or a list of them.
    containers: &'static [&'static str],
    /// Names of fields with containers that run before.
    init_containers: &'static [&'static str],
    /// Where pod-level fields come from.
    partial: &'static str,
}

const fn template(group: &'static str, kind: &'static str, path: &'static [&'static str]) -> Embedding {
    Embedding { group, kind, shape: Shape::Template(path) }
}

const TEKTON: &str = "the TaskRun or PipelineRun, and the installation's defaults, set the pod-level fields";
const ARGO: &str = "the workflow's own spec and the controller's workflowDefaults may set pod-level fields";

const fn tekton(kind: &'static str, at: &'static [&'static str]) -> Embedding {
    Embedding {
        group: "tekton.dev",
        kind,
        shape: Shape::Parts(Parts {
            at,
            containers: &["steps", "sidecars"],
            init_containers: &[],
            partial: TEKTON,
        }),
    }
}

const fn argo(kind: &'static str, at: &'static [&'static str]) -> Embedding {
    Embedding {
        group: "argoproj.io",
        kind,
        shape: Shape::Parts(Parts {
            at,
            containers: &["container", "script", "sidecars"],
            init_containers: &["initContainers"],
            partial: ARGO,
        }),
    }
}

/// Every kind that embeds a pod template. Sources: k8s.io/api v0.36 for the built-in kinds; the CRDs of argoproj/argo-rollouts,
/// knative/serving, openshift/api (apps/v1), tektoncd/pipeline (v1, v1beta1), argoproj/argo-workflows (v1alpha1),
/// kubernetes-sigs/agent-sandbox (v1alpha1).
const EMBEDDINGS: &[Embedding] = &[
    Embedding { group: "", kind: "Pod", shape: Shape::Pod },
    template("", "PodTemplate", &["template"]),
    template("", "ReplicationController", &["spec", "template"]),
    template("apps", "Deployment", &["spec", "template"]),
    template("apps", "StatefulSet", &["spec", "template"]),
    template("apps", "DaemonSet", &["spec", "template"]),
    template("apps", "ReplicaSet", &["spec", "template"]),
    // Served until v1.16; manifests of that age are still around, and say what would run.
    template("extensions", "Deployment", &["spec", "template"]),
    template("extensions", "DaemonSet", &["spec", "template"]),
    template("extensions", "ReplicaSet", &["spec", "template"]),
    template("batch", "Job", &["spec", "template"]),
    template("batch", "CronJob", &["spec", "jobTemplate", "spec", "template"]),
    template("argoproj.io", "Rollout", &["spec", "template"]),
    template("serving.knative.dev", "Service", &["spec", "template"]),
    template("serving.knative.dev", "Configuration", &["spec", "template"]),
    template("apps.openshift.io", "DeploymentConfig", &["spec", "template"]),
    template("agents.x-k8s.io", "Sandbox", &["spec", "podTemplate"]),
    template("extensions.agents.x-k8s.io", "SandboxTemplate", &["spec", "podTemplate"]),
    tekton("Task", &["spec"]),
    tekton("ClusterTask", &["spec"]),
    tekton("TaskRun", &["spec", "taskSpec"]),
    tekton("Pipeline", &["spec", "tasks", "*", "taskSpec"]),
    tekton("Pipeline", &["spec", "finally", "*", "taskSpec"]),
    tekton("PipelineRun", &["spec", "pipelineSpec", "tasks", "*", "taskSpec"]),
    tekton("PipelineRun", &["spec", "pipelineSpec", "finally", "*", "taskSpec"]),
    argo("Workflow", &["spec", "templates", "*"]),
    argo("WorkflowTemplate", &["spec", "templates", "*"]),
    argo("ClusterWorkflowTemplate", &["spec", "templates", "*"]),
    argo("CronWorkflow", &["spec", "workflowSpec", "templates", "*"]),
];

/// Whether objects of a kind embed pod templates, or are pods.
pub(crate) fn embeds_pods(group: &str, kind: &str) -> bool {
    EMBEDDINGS.iter().any(|embedding| embedding.group == group && embedding.kind == kind)
}

/// Group and kind of all that embed pod templates, or are pods.
#[cfg(test)]
pub(crate) fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    EMBEDDINGS.iter().map(|embedding| (embedding.group, embedding.kind))
}

/// The pod templates of an object of `group` and `kind` whose tree is `root`.
pub(crate) fn pod_templates(group: &str, kind: &str, root: Node<'_>, cx: &mut Decoding) -> Vec<PodTemplate> {
    let mut templates = Vec::new();
    let embeddings = EMBEDDINGS.iter().zip(&*PATHS);
    for (embedding, paths) in embeddings.filter(|(e, _)| e.group == group && e.kind == kind) {
        match &embedding.shape {
            Shape::Pod => templates.extend(whole(root, paths, cx)),
            Shape::Template(keys) => {
                if let Some(node) = descend(root, keys)
                    && let Some(template) = whole(node, paths, cx)
                {
                    templates.push(PodTemplate { controller: controller(root, keys, paths, cx), ..template });
                }
            }
            Shape::Parts(parts) => {
                each(root, Path::root(), parts.at, &mut |node, path| {
                    templates.extend(part(parts, node, path, cx))
                });
            }
        }
    }
    // A Vec begins with room for four; most objects have one template, and a large cluster has a hundred thousand of them.
    templates.shrink_to_fit();
    templates
}

impl PodTemplate {
    /// Writes it into the object that it stands in.
    pub(crate) fn give(&self, object: &mut Tree) {
        let Self {
            spec_path,
            metadata_path,
            labels,
            annotations,
            spec,
            containers_at,
            controller,
            // The kind says it.
            partial: _,
        } = self;
        if let Some(Controller { path, spec }) = controller.as_deref()
            && let Some(fields) = object.at(path)
        {
            spec.give(fields);
        }
        // The metadata of a pod that is an object is the object's.
        if metadata_path.len() > 1
            && !(labels.is_empty() && annotations.is_empty())
            && let Some(fields) = object.at(metadata_path)
        {
            give(fields, "labels", labels.field());
            give(fields, "annotations", annotations.field());
        }
        if let Some(fields) = object.at(spec_path) {
            spec.give(fields);
            if containers_at.is_some() {
                fields.retain(|(key, _)| key != "containers" && key != "initContainers");
            }
        }
        let at = containers_at.as_deref().into_iter();
        let lists = at.flat_map(|at| {
            [(&at.containers, &spec.containers), (&at.init_containers, &spec.init_containers)]
        });
        for (path, container) in lists.flat_map(|(paths, containers)| paths.iter().zip(containers)) {
            if let Some(fields) = object.at(path) {
                container.give(fields);
            }
        }
    }
}

/// Paths of what belongs to a template that stands at one place, shared by all objects of its kind.
struct TemplatePaths {
    controller: Path,
    spec: Path,
    metadata: Path,
}

/// Those of [`EMBEDDINGS`], in its order.
static PATHS: LazyLock<Vec<TemplatePaths>> =
    LazyLock::new(|| EMBEDDINGS.iter().map(TemplatePaths::of).collect());

impl TemplatePaths {
    fn of(embedding: &Embedding) -> Self {
        let keys = match &embedding.shape {
            Shape::Template(keys) => keys,
            Shape::Pod | Shape::Parts(_) => &[][..],
        };
        let path = |keys: &[&'static str]| keys.iter().fold(Path::root(), |path, key| path.field(key));
        let above = keys.split_last().map_or(&[][..], |(_, above)| above);
        let template = path(keys);
        Self { controller: path(above), spec: template.field("spec"), metadata: template.field("metadata") }
    }
}

fn descend<'t>(root: Node<'t>, keys: &[&str]) -> Option<Node<'t>> {
    keys.iter().try_fold(root, |node, key| node.get(key))
}

/// The spec around the template at `keys`. A PodTemplate object has none: it manages nothing.
fn controller(
    root: Node<'_>,
    keys: &[&str],
    paths: &TemplatePaths,
    cx: &mut Decoding,
) -> Option<Box<Controller>> {
    let (_, above) = keys.split_last()?;
    let node = descend(root, above).filter(|_| !above.is_empty())?;
    Some(Box::new(Controller { path: paths.controller.clone(), spec: ControllerSpec::decode(node, cx) }))
}

/// Calls `found` for every node that `keys` leads to, `*` being each item of a list.
fn each<'t>(node: Node<'t>, path: Path, keys: &[&str], found: &mut dyn FnMut(Node<'t>, Path)) {
    match keys.split_first() {
        None => found(node, path),
        Some((&"*", rest)) => {
            if let Value::Seq(items) = node.value() {
                for (index, item) in items.enumerate() {
                    each(item, path.index(index), rest, found);
                }
            }
        }
        Some((key, rest)) => {
            if let Some(child) = node.get(key) {
                each(child, path.key(*key), rest, found);
            }
        }
    }
}

fn whole(node: Node<'_>, paths: &TemplatePaths, cx: &mut Decoding) -> Option<PodTemplate> {
    let spec = node.get("spec")?;
    let metadata = node.get("metadata").map(|node| Metadata::decode(node, cx)).unwrap_or_default();
    Some(PodTemplate {
        spec_path: paths.spec.clone(),
        metadata_path: paths.metadata.clone(),
        labels: metadata.labels,
        annotations: metadata.annotations,
        spec: Decode::decode(spec, cx),
        containers_at: None,
        controller: None,
        partial: None,
    })
}

fn part(parts: &Parts, node: Node<'_>, path: Path, cx: &mut Decoding) -> Option<PodTemplate> {
    let mut spec: Box<PodSpec> = Decode::decode(node, cx);
    let mut at = ContainerPaths::default();
    // `containers` of a template that has them under other names is not the pod's list.
    spec.containers = gather(node, &path, parts.containers, &mut at.containers, cx).into();
    spec.init_containers = gather(node, &path, parts.init_containers, &mut at.init_containers, cx).into();
    if spec.containers.is_empty() && spec.init_containers.is_empty() {
        return None;
    }
    let metadata = node.get("metadata").map(|node| Metadata::decode(node, cx)).unwrap_or_default();
    Some(PodTemplate {
        metadata_path: path.key("metadata"),
        spec_path: path,
        labels: metadata.labels,
        annotations: metadata.annotations,
        spec,
        containers_at: Some(Box::new(at)),
        controller: None,
        partial: Some(parts.partial),
    })
}

fn gather(
    node: Node<'_>,
    path: &Path,
    names: &[&str],
    paths: &mut Vec<Path>,
    cx: &mut Decoding,
) -> Vec<Container> {
    let mut containers = Vec::new();
    for name in names {
        let Some(field) = node.get(name) else { continue };
        match field.value() {
            Value::Seq(items) => {
                for (index, item) in items.enumerate() {
                    containers.push(Container::decode(item, cx));
                    paths.push(path.key(*name).index(index));
                }
            }
            Value::Null => {}
            _ => {
                let mut container = Container::decode(field, cx);
                if container.name.is_empty() {
                    container.name = SmolStr::new(name);
                }
                containers.push(container);
                paths.push(path.key(*name));
            }
        }
    }
    containers
}

#[cfg(test)]
mod tests;
