//! All pods, namespaces and policies of a Snapshot, compiled for questions.

use core::net::IpAddr;
use std::sync::OnceLock;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use seawall_inventory::decode::StringMap;
use seawall_inventory::kinds::{Metadata, NetworkPolicySpec};
use seawall_inventory::{Object, ObjectRef, PodTemplate, Snapshot, What, Within};
use smol_str::SmolStr;

use crate::calico::{self, Calico};
use crate::doubt::Doubt;
use crate::endpoint::{self, Endpoint};
use crate::enforcer::{Enforcer, Open};
use crate::matching::{self, Match};
use crate::mesh::Mesh;
use crate::ordered::{self, Ordered};
use crate::policy::{Direction, Peer, Policy};
use crate::waiting::Waiting;

/// The group of NetworkPolicy.
pub(crate) const GROUP: &str = "networking.k8s.io";

/// Who can reach whom by the objects of a Snapshot.
#[derive(Debug)]
pub struct World<'s> {
    snapshot: &'s Snapshot,
    enforcer: Enforcer,
    namespaces: Vec<Namespace>,
    /// Numbers of namespaces by name.
    names: HashMap<SmolStr, usize>,
    endpoints: Vec<Endpoint<'s>>,
    /// Policies of the whole cluster, in the order in which they are asked.
    ordered: Vec<Ordered>,
    /// Policies of the whole cluster that whoever enforces policies does not read, by the numbers of their objects.
    not_read: Vec<usize>,
    /// Why some of them are missing from what was read.
    unread_ordered: Option<Doubt>,
    calico: Calico,
    /// A policy of Cilium for the whole cluster, by the number of its object.
    cilium: Option<usize>,
    nodes: Vec<Node<'s>>,
    /// The other objects that are looked at, in order; `None` for all.
    others: Option<Vec<usize>>,
    /// The objects of meshes, once somebody asks for them.
    mesh: OnceLock<Mesh>,
}

/// What of a world has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// NetworkPolicies of a namespace, by its number.
    Policies(usize),
    /// Labels of pods, by the number of their endpoint.
    Labels(usize),
    /// Labels of a namespace, by the numbers of it and of those whose policies it is another one for, in order.
    Namespace(Vec<usize>),
}

/// A node, as its pods tell of it.
#[derive(Clone, Debug)]
pub struct Node<'s> {
    /// Its name.
    pub name: &'s str,
    /// Where it is reached, in the cluster and from outside.
    pub addresses: Vec<IpAddr>,
}

/// A namespace, with the policies in it.
#[derive(Debug, Default)]
pub(crate) struct Namespace {
    pub name: SmolStr,
    /// With the label that says its name.
    pub labels: StringMap,
    /// Whether these are its labels: its Namespace was read.
    pub is_known: bool,
    pub policies: Vec<Policy>,
    /// The same by the labels of the pods that they are about.
    pub waiting: Waiting,
    /// Whether there are policies in it that were not read, and why.
    pub unread: Option<Doubt>,
    /// Policies of the whole cluster that may be about pods of it, by their numbers, in order.
    pub ordered: Vec<usize>,
    /// A policy of Cilium that may be about pods of it, by the number of its object.
    pub cilium: Option<usize>,
}

impl Namespace {
    /// The label with the name of a namespace, which the API server gives to each (k8s.io/kubernetes
    /// pkg/apis/core/v1/defaults.go v1.36.3).
    pub const NAME: &str = "kubernetes.io/metadata.name";

    /// The policies that may be about pods of it, in order.
    pub fn about(&self, endpoint: &Endpoint<'_>) -> impl Iterator<Item = &Policy> {
        self.waiting.about(endpoint).into_iter().filter_map(|number| self.policies.get(number))
    }

    /// Takes down what its object says of it.
    pub fn know(&mut self, metadata: &Metadata) {
        self.is_known = true;
        self.labels = labels(&metadata.name, &metadata.labels);
    }

    /// One of which only the name is known.
    pub fn unread(name: &str) -> Self {
        let name = SmolStr::new(name);
        Self { labels: labels(&name, &StringMap::default()), name, ..Self::default() }
    }
}

impl<'s> World<'s> {
    /// Compiles what is in a Snapshot.
    pub fn new(snapshot: &'s Snapshot, enforcer: Enforcer) -> Self {
        let mut world = Self {
            snapshot,
            enforcer,
            namespaces: Vec::new(),
            names: HashMap::new(),
            endpoints: Vec::new(),
            ordered: Vec::new(),
            not_read: Vec::new(),
            unread_ordered: unread_ordered(snapshot),
            calico: Calico::default(),
            cilium: None,
            nodes: nodes(snapshot),
            others: None,
            mesh: OnceLock::new(),
        };
        let stands_for_others = stand_for_others(snapshot);
        for (number, object) in snapshot.objects.iter().enumerate().filter(|(_, object)| !object.is_vacant())
        {
            match (object.group(), object.kind.as_str()) {
                ("", "Namespace") => {
                    let namespace = world.enter(&object.metadata.name);
                    if let Some(namespace) =
                        world.namespaces.get_mut(namespace).filter(|known| !known.is_known)
                    {
                        namespace.know(&object.metadata);
                    }
                }
                (GROUP | "extensions", "NetworkPolicy") => {
                    let namespace = world.enter(&snapshot.identity(object.reference()).namespace);
                    if let (Some(spec), Some(namespace)) =
                        (object.body.network_policy(), world.namespaces.get_mut(namespace))
                    {
                        namespace.policies.push(Policy::new(number, spec, object.malformed));
                    }
                }
                ("cilium.io", _) => world.read_cilium(number, object),
                (ordered::GROUP, _) => {
                    if let Some(spec) = object.body.cluster_network_policy() {
                        world.ordered.push(Ordered::new(number, object, spec, &world.enforcer));
                    }
                }
                (group, _) if calico::GROUPS.contains(&group) => {
                    let name = snapshot.identity(object.reference()).namespace;
                    let mut calico = core::mem::take(&mut world.calico);
                    calico.read(number, object, &name, || Some(world.enter(&name)));
                    world.calico = calico;
                }
                _ if stands_for_others.contains(&number) => {}
                _ => {
                    let found = endpoint::endpoints(snapshot, number, |name| world.enter(name));
                    world.endpoints.extend(found);
                }
            }
        }
        for namespace in &mut world.namespaces {
            namespace.waiting = Waiting::of(&namespace.policies);
        }
        let not_read =
            world.ordered.extract_if(.., |policy| policy.is_read == Open::No && world.enforcer.enforces);
        world.not_read = not_read.map(|policy| policy.object).collect();
        world.wait();
        world.read_calico();
        world
    }

    /// Puts policies of Calico in order, and finds the sets of addresses that they mean.
    fn read_calico(&mut self) {
        let mut calico = core::mem::take(&mut self.calico);
        calico.finish(self.snapshot);
        let mut tiers = core::mem::take(&mut calico.tiers);
        self.calico = calico;
        for whom in tiers.iter_mut().flat_map(calico::Tier::whom_mut) {
            whom.sets = self.calico_sets(whom);
        }
        self.calico.tiers = tiers;
    }

    /// Takes down that there is a policy of Cilium, where it may be Cilium that enforces policies.
    fn read_cilium(&mut self, number: usize, object: &Object) {
        let is_read = self.enforcer == Enforcer::SPECIFICATION || self.enforcer.name == "cilium";
        let is_about_pods = object.body.cilium_policy().is_some_and(|spec| spec.node_selector.is_none());
        if !is_read || !is_about_pods {
            return;
        }
        if object.kind == "CiliumClusterwideNetworkPolicy" {
            self.cilium.get_or_insert(number);
            return;
        }
        let namespace = self.enter(&self.snapshot.identity(object.reference()).namespace);
        if let Some(namespace) = self.namespaces.get_mut(namespace) {
            namespace.cilium.get_or_insert(number);
        }
    }

    /// Why it is not known what policies say of pods of a namespace, whatever these say: Cilium's may deny what they allow, and the other
    /// way round.
    pub(crate) fn unread_cilium(&self, space: &Namespace) -> Option<Doubt> {
        self.cilium.or(space.cilium).map(Doubt::Cilium)
    }

    /// What is of Calico.
    pub(crate) fn calico(&self) -> &Calico {
        &self.calico
    }

    /// Puts a NetworkPolicy in the place of that of the same object, if there was one; without one, that is taken away. `None` where the
    /// namespace is not known: the world is to be compiled anew.
    pub fn put_policy(
        &mut self,
        object: usize,
        namespace: &str,
        spec: Option<&NetworkPolicySpec>,
    ) -> Option<Changed> {
        let number = self.number_of(namespace)?;
        let space = self.namespaces.get_mut(number)?;
        space.policies.retain(|policy| policy.object != object);
        if let Some(spec) = spec {
            let place = space.policies.partition_point(|policy| policy.object < object);
            space.policies.insert(place, Policy::new(object, spec, false));
        }
        space.waiting = Waiting::of(&space.policies);
        Some(Changed::Policies(number))
    }

    /// Gives pods the labels of another template, which is like theirs otherwise. `None` where there are no such pods.
    pub fn put_labels(&mut self, endpoint: usize, template: &'s PodTemplate) -> Option<Changed> {
        self.endpoints.get_mut(endpoint)?.template = template;
        Some(Changed::Labels(endpoint))
    }

    /// Gives a namespace the labels that its object has now. `None` where it is not known: the world is to be compiled anew.
    pub fn put_namespace(&mut self, metadata: &Metadata) -> Option<Changed> {
        let number = self.number_of(&metadata.name)?;
        let mut now = Namespace::unread(&metadata.name);
        now.know(metadata);
        let was = self.namespaces.get(number)?;
        let differs = |peer: &Peer| match peer {
            Peer::PodsIn { namespaces, .. } => {
                matching::namespace(namespaces, number, was) != matching::namespace(namespaces, number, &now)
            }
            Peer::Pods(_) | Peer::Block { .. } | Peer::Nodes(_) | Peer::Names => false,
        };
        let ways = [Direction::Ingress, Direction::Egress];
        let is_other = |space: &Namespace| {
            let own = space.policies.iter().flat_map(|policy| ways.map(|way| policy.rules(way)));
            let own = own.flatten();
            let in_order = self.ordered_of(space).flat_map(|policy| ways.map(|way| policy.rulings(way)));
            let in_order = in_order.flatten().map(|ruling| &ruling.rule);
            own.flatten().chain(in_order).any(|rule| rule.peers.iter().any(differs))
        };
        let spaces = self.namespaces.iter().enumerate();
        let touched = spaces.filter(|(other, space)| *other == number || is_other(space));
        let touched = touched.map(|(other, _)| other).collect();
        self.namespaces.get_mut(number)?.know(metadata);
        self.wait();
        Some(Changed::Namespace(touched))
    }

    /// Orders the policies of the whole cluster, and tells namespaces of those that may be about them.
    fn wait(&mut self) {
        self.ordered.sort_by_key(|policy| (policy.tier, policy.priority));
        let Self { namespaces, ordered, .. } = self;
        for (number, namespace) in namespaces.iter_mut().enumerate() {
            let may_be = |policy: &Ordered| {
                policy.is_refused || matching::namespace(&policy.namespaces, number, namespace) != Match::No
            };
            let about = ordered.iter().enumerate().filter(|(_, policy)| may_be(policy));
            namespace.ordered = about.map(|(number, _)| number).collect();
        }
    }

    /// The policies of the whole cluster that may be about pods of a namespace, in order.
    pub(crate) fn ordered_of<'w>(&'w self, space: &'w Namespace) -> impl Iterator<Item = &'w Ordered> {
        space.ordered.iter().filter_map(|number| self.ordered.get(*number))
    }

    /// The policies of the whole cluster, in the order in which they are asked.
    pub(crate) fn ordered(&self) -> &[Ordered] {
        &self.ordered
    }

    /// Those that whoever enforces policies does not read, by the numbers of their objects.
    pub(crate) fn not_read(&self) -> &[usize] {
        &self.not_read
    }

    /// Why some of them are missing from what was read.
    pub(crate) fn unread_ordered(&self) -> Option<Doubt> {
        self.unread_ordered
    }

    /// The number of a namespace, which is made known.
    fn enter(&mut self, name: &SmolStr) -> usize {
        if let Some(number) = self.names.get(name) {
            return *number;
        }
        let number = self.namespaces.len();
        self.names.insert(name.clone(), number);
        let what =
            What::Kind { group: SmolStr::new_static(GROUP), kind: SmolStr::new_static("NetworkPolicy") };
        let gap = self.snapshot.coverage.gap(&what, &Within::Namespace(name.clone()), None);
        self.namespaces.push(Namespace { unread: gap.map(Doubt::Unread), ..Namespace::unread(name) });
        number
    }

    /// What it was made of.
    pub fn snapshot(&self) -> &'s Snapshot {
        self.snapshot
    }

    /// Who enforces policies.
    pub fn enforcer(&self) -> &Enforcer {
        &self.enforcer
    }

    /// Pods by template, in the order of objects.
    pub fn endpoints(&self) -> &[Endpoint<'s>] {
        &self.endpoints
    }

    /// The pods of a number.
    pub fn endpoint(&self, number: usize) -> Option<&Endpoint<'s>> {
        self.endpoints.get(number)
    }

    /// The nodes on which pods run, in the order of objects.
    pub fn nodes(&self) -> &[Node<'s>] {
        &self.nodes
    }

    /// The name of the namespace of a number.
    pub fn namespace(&self, number: usize) -> Option<&str> {
        self.namespaces.get(number).map(|namespace| namespace.name.as_str())
    }

    /// The number of the namespace of a name.
    pub fn number_of(&self, namespace: &str) -> Option<usize> {
        self.names.get(namespace).copied()
    }

    /// A world of these pods, in a namespace, and of these other objects.
    pub(crate) fn small(
        snapshot: &'s Snapshot,
        namespace: Namespace,
        ordered: Vec<Ordered>,
        endpoint: Endpoint<'s>,
        others: Vec<usize>,
    ) -> Self {
        let mut world = Self {
            snapshot,
            enforcer: Enforcer::SPECIFICATION,
            names: [(namespace.name.clone(), 0)].into_iter().collect(),
            namespaces: vec![namespace],
            endpoints: vec![endpoint],
            ordered,
            not_read: Vec::new(),
            unread_ordered: None,
            calico: Calico::default(),
            cilium: None,
            nodes: Vec::new(),
            others: Some(others),
            mesh: OnceLock::new(),
        };
        world.wait();
        world
    }

    /// The objects that Services and ways into the cluster are looked for among.
    pub(crate) fn objects(&self) -> impl Iterator<Item = (usize, &'s Object)> {
        let snapshot = self.snapshot;
        let all = self.others.is_none().then_some(0..snapshot.objects.len());
        let numbers = all.into_iter().flatten().chain(self.others.iter().flatten().copied());
        numbers
            .filter_map(|number| Some((number, snapshot.objects.get(number)?)))
            .filter(|(_, object)| !object.is_vacant())
    }

    /// The objects of meshes.
    pub(crate) fn mesh(&self) -> &Mesh {
        self.mesh.get_or_init(|| Mesh::of(self.snapshot, self.objects()))
    }

    pub(crate) fn space(&self, number: usize) -> Option<&Namespace> {
        self.namespaces.get(number)
    }
}

/// Why there are policies of the whole cluster that were not read.
fn unread_ordered(snapshot: &Snapshot) -> Option<Doubt> {
    let mut kinds = ordered::KINDS.iter().map(|kind| What::Kind {
        group: SmolStr::new_static(ordered::GROUP),
        kind: SmolStr::new_static(kind),
    });
    kinds.find_map(|kind| snapshot.coverage.gap(&kind, &Within::Cluster, None)).map(Doubt::Unread)
}

/// The objects of a cluster whose pods run, and stand for themselves.
fn stand_for_others(snapshot: &Snapshot) -> HashSet<usize> {
    if !snapshot.coverage.live {
        return HashSet::new();
    }
    let objects = || snapshot.objects.iter().enumerate().filter(|(_, object)| !object.pods.is_empty());
    let workload = |(number, object): (usize, &Object)| {
        let workload = snapshot.workload_of(number);
        snapshot.identity(workload.map_or_else(|| object.reference(), |workload| workload.reference))
    };
    let is_pod = |object: &Object| object.group().is_empty() && object.kind == "Pod";
    let running: HashSet<ObjectRef> = objects().filter(|(_, object)| is_pod(object)).map(workload).collect();
    let stands = objects().filter(|(_, object)| !is_pod(object)).filter(|(number, object)| {
        let workload = workload((*number, object));
        workload != snapshot.identity(object.reference()) || running.contains(&workload)
    });
    stands.map(|(number, _)| number).collect()
}

/// The nodes on which pods run.
fn nodes(snapshot: &Snapshot) -> Vec<Node<'_>> {
    let (mut found, mut known) = (Vec::new(), HashSet::new());
    for object in &snapshot.objects {
        let Some(status) = object.body.pod_status() else { continue };
        for name in object.pods.iter().map(|pod| pod.spec.rare().node_name.as_str()) {
            let addresses = status.node_addresses();
            if !name.is_empty() && !addresses.is_empty() && known.insert(name) {
                found.push(Node { name, addresses });
            }
        }
    }
    found
}

/// Labels of a namespace, with that of its name.
fn labels(name: &SmolStr, written: &StringMap) -> StringMap {
    let others = written.iter().filter(|(key, _)| *key != Namespace::NAME);
    others.chain([(Namespace::NAME, name.as_str())]).collect()
}
