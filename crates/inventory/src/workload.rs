//! Which workload an object is a part of: the pods of a Deployment are the Deployment's.

use smol_str::{SmolStr, format_smolstr};

use crate::cluster_scoped::is_cluster_scoped;
use crate::kinds::OwnerReference;
use crate::object::{Object, ObjectRef};
use crate::snapshot::Snapshot;
use crate::template::embeds_pods;

/// What an object is a part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// What it is called.
    pub reference: ObjectRef,
    /// Its number, when it was read.
    pub object: Option<usize>,
    /// What manages it, when that is known: the topmost owner.
    pub managed_by: Option<ObjectRef>,
}

/// The annotation of what the kubelet shows of a static pod (k8s.io/kubernetes v1.36.3 pkg/kubelet/types/pod_update.go).
const MIRROR: &str = "kubernetes.io/config.mirror";

/// A pod, its ReplicaSet, its Deployment, and what operators put above.
const LONGEST_CHAIN: usize = 8;

/// What is one revision or one run of its controller, which has made it: its name is another one each time, and of some there are
/// several.
fn is_made_by_its_controller(reference: &ObjectRef) -> bool {
    matches!(
        (&*reference.group, &*reference.kind),
        ("", "Pod" | "ReplicationController") | ("apps" | "extensions", "ReplicaSet") | ("batch", "Job")
    )
}

/// Where objects go whose namespace nobody said: what kubectl takes when the kubeconfig names none.
const DEFAULT_NAMESPACE: &str = "default";

impl Snapshot {
    /// The workload that a pod, or an object that embeds pods, is a part of; `None` when it is one by itself, and for other
    /// objects.
    ///
    /// That is the topmost of its controllers that embeds pods as well, be it read or only named by a reference. Where that is
    /// one that people do not write once it has a controller (a ReplicaSet, a Job, the pod itself), it is the topmost controller
    /// of all: the resource of an operator, as far as it is known. The mirrors of a static pod are one workload on all nodes, and
    /// objects that a cluster named from one `generateName` are one.
    pub fn workload_of(&self, number: usize) -> Option<Workload> {
        let object = self.objects.get(number).filter(|object| !object.pods.is_empty())?;
        let is_pod = object.kind == "Pod" && object.group().is_empty();
        if let Some(name) = is_pod.then(|| static_name(object)).flatten() {
            return Some(alone(object, name));
        }
        let owners = self.owners(object);
        let embeds = |owner: &&Owner| embeds_pods(&owner.reference.group, &owner.reference.kind);
        let topmost = owners.iter().rev().find(embeds);
        let own = object.reference();
        let is_made = is_made_by_its_controller(topmost.map_or(&own, |owner| &owner.reference));
        let found = if is_made { owners.last() } else { topmost };
        let Some(Owner { reference, object: found }) = found else {
            return generated_name(object).map(|name| alone(object, name));
        };
        let managed_by = owners.last().map(|top| &top.reference).filter(|top| *top != reference);
        Some(Workload { reference: reference.clone(), object: *found, managed_by: managed_by.cloned() })
    }

    /// What manages an object, when it is known: the topmost of its controllers.
    pub fn managed_by(&self, object: &Object) -> Option<ObjectRef> {
        self.owners(object).pop().map(|top| top.reference)
    }

    /// The identity of an object in its cluster: one whose namespace is not written stands where it will be applied. A cluster
    /// writes it, but for kinds that stand in none, of which some are not known here.
    pub fn identity(&self, mut reference: ObjectRef) -> ObjectRef {
        if is_cluster_scoped(&reference.group, &reference.kind) {
            reference.namespace = SmolStr::default();
        } else if reference.namespace.is_empty() && !self.coverage.live {
            reference.namespace = if self.namespace.is_empty() {
                SmolStr::new_static(DEFAULT_NAMESPACE)
            } else {
                self.namespace.clone()
            };
        }
        reference
    }

    /// Whether an object that is a part of `workload` has nothing that runs, and will have nothing that its owner does not say:
    /// an old revision, a job that is done, a pod that has ended.
    pub fn is_past(&self, object: &Object, workload: &Workload) -> bool {
        let is_known = workload
            .object
            .and_then(|number| self.objects.get(number))
            .is_some_and(|owner| !owner.pods.is_empty());
        let scaled_to_nothing = || {
            let mut pods = object.pods.iter().filter_map(|pod| pod.controller.as_ref());
            pods.any(|controller| controller.spec.replicas == Some(0))
        };
        is_known
            && (object.body.pod_status().is_some_and(|status| status.has_ended())
                || object.body.job_status().is_some_and(|status| status.has_ended())
                || scaled_to_nothing())
    }

    /// The controller of an object, the controller of that, and so on as far as it is known. A circle has no top: it ends
    /// where it is entered.
    fn owners(&self, object: &Object) -> Vec<Owner> {
        let mut owners: Vec<Owner> = Vec::new();
        let mut at = object;
        while owners.len() < LONGEST_CHAIN
            && let Some(owner) = at.metadata.controller().and_then(|owner| self.owner(at, owner))
        {
            let next = owner.object.and_then(|number| self.objects.get(number));
            if next.is_some_and(|next| std::ptr::eq(next, object)) {
                return Vec::new();
            }
            if next.is_some()
                && let Some(entered) = owners.iter().position(|known| known.object == owner.object)
            {
                owners.truncate(entered + 1);
                break;
            }
            owners.push(owner);
            let Some(next) = next else { break };
            at = next;
        }
        owners
    }

    /// What a reference in `object` means; `None` when another object has that name now.
    fn owner(&self, object: &Object, owner: &OwnerReference) -> Option<Owner> {
        let (group, kind, name) = (owner.group(), &owner.kind, &owner.name);
        let beside = self.index.space_beside(group, kind, object, self.unit_of(object));
        // Of a kind that is not known here it is not known either that it stands in no namespace.
        let nowhere = self.index.space(group, kind, "").filter(|space| Some(*space) != beside);
        let numbers = [beside, nowhere].into_iter().flatten();
        let mut named = numbers
            .flat_map(|space| self.index.named(group, kind, Some(space), name))
            .filter_map(|number| Some((number, self.objects.get(number)?)))
            .filter(|(_, found)| found.metadata.name == *name)
            .peekable();
        if named.peek().is_none() {
            let namespace = object.metadata.namespace.clone();
            let reference =
                ObjectRef { group: group.into(), kind: kind.clone(), namespace, name: name.clone() };
            return Some(Owner { reference, object: None });
        }
        let is_it = |found: &Object| match found.metadata.uid() {
            Some(uid) => owner.uid.is_empty() || uid == owner.uid,
            None => true,
        };
        let (number, found) = named.find(|(_, found)| is_it(found))?;
        Some(Owner { reference: found.reference(), object: Some(number) })
    }
}

/// A controller.
struct Owner {
    reference: ObjectRef,
    /// Its number, when it was read.
    object: Option<usize>,
}

fn alone(object: &Object, name: SmolStr) -> Workload {
    let reference = ObjectRef { name, ..object.reference() };
    Workload { reference, object: None, managed_by: None }
}

/// The name of the file's pod, of which the object is the mirror on one node: the kubelet appends the node's name
/// (`generatePodName` of k8s.io/kubernetes v1.36.3 pkg/kubelet/config/common.go).
fn static_name(object: &Object) -> Option<SmolStr> {
    object.metadata.annotations.get(MIRROR)?;
    let node = object.pods.first()?.spec.rare().node_name.to_lowercase();
    let name = object.metadata.name.strip_suffix(&*node)?.strip_suffix('-')?;
    (!node.is_empty() && !name.is_empty()).then(|| SmolStr::new(name))
}

/// The name that a file gives an object whose name the cluster has made.
fn generated_name(object: &Object) -> Option<SmolStr> {
    let prefix = object.metadata.generate_name();
    let is_made =
        !prefix.is_empty() && object.metadata.name.strip_prefix(prefix).is_some_and(|made| !made.is_empty());
    is_made.then(|| format_smolstr!("{prefix}*"))
}
