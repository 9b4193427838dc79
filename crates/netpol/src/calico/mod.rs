//! Policies of Calico, in their tiers.
//!
//! Sources: github.com/projectcalico/calico v3.28.5 and github.com/projectcalico/api, by file where something follows from it; Calico's
//! documentation of tiers, of policies and of rules (v3.30).

mod asked;
mod decide;
mod means;
mod policy;
mod selector;
mod token;

use foldhash::{HashMap, HashSet};
use ipnet::IpNet;
use seawall_inventory::decode::StringMap;
use seawall_inventory::{Object, Snapshot, What, Within};
use smol_str::SmolStr;

use crate::doubt::Doubt;
pub(crate) use policy::{Policy, Rule};
use policy::{Whom, net, order};
pub use selector::{Expression, Test};

/// The groups of its kinds: what is kept, and what its own API server makes of it.
pub(crate) const GROUPS: &[&str] = &["crd.projectcalico.org", "projectcalico.org"];

/// Its kinds that enforce something, or say how.
const KINDS: &[&str] = &["GlobalNetworkPolicy", "GlobalNetworkSet", "NetworkPolicy", "NetworkSet", "Tier"];

/// The tier of NetworkPolicies, of which policies are that name none.
pub(crate) const DEFAULT: &str = "default";
/// Where it stands.
const DEFAULT_ORDER: f64 = 1_000_000.0;
/// Where policies of the whole cluster stand that come before those of namespaces, or after them: in tiers of their own.
const ADMIN_ORDER: f64 = 1_000.0;
const BASELINE_ORDER: f64 = 10_000_000.0;
/// The order that a NetworkPolicy has in its tier (`K8sNetworkPolicyToCalico` of libcalico-go/lib/backend/k8s/conversion), and what
/// stands before its name.
const KUBERNETES_ORDER: f64 = 1_000.0;
const KUBERNETES_NAME: &str = "knp.default.";

/// All that is of Calico.
#[derive(Debug, Default)]
pub(crate) struct Calico {
    /// In the order in which they are asked.
    pub tiers: Vec<Tier>,
    pub sets: Vec<Set>,
    /// Labels of service accounts, by namespace and name.
    accounts: HashMap<(SmolStr, SmolStr), StringMap>,
    /// Policies that are staged, by the numbers of their objects.
    pub staged: Vec<usize>,
    /// Why some are missing from what was read.
    pub unread: Option<Doubt>,
    policies: Vec<Policy>,
    /// What was read, since there are two ways to read the same.
    known: HashSet<(SmolStr, SmolStr)>,
}

/// Policies that are asked one after the other; what none of them decides, nor passes on, ends here when some is about a pod.
#[derive(Debug)]
pub(crate) struct Tier {
    pub name: SmolStr,
    order: f64,
    /// Whether what nothing in it decides is denied, and not left to the next one.
    pub denies: bool,
    pub stage: Stage,
    /// In order.
    pub policies: Vec<Policy>,
    /// Whether it was not read, or Calico refuses it.
    pub is_unknown: bool,
}

/// What besides policies of Calico is in a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing.
    Own,
    /// NetworkPolicies.
    Namespaced,
    /// Policies of the whole cluster that come before NetworkPolicies.
    Admin,
    /// Policies of the whole cluster that come after them.
    Baseline,
}

/// Addresses that have labels.
#[derive(Debug)]
pub(crate) struct Set {
    pub object: usize,
    /// The number of its namespace.
    pub namespace: Option<usize>,
    pub labels: StringMap,
    pub nets: Vec<IpNet>,
    pub has_domains: bool,
    pub is_refused: bool,
}

impl Tier {
    fn new(name: &str, order: f64, denies: bool, stage: Stage) -> Self {
        let name = SmolStr::new(name);
        Self { name, order, denies, stage, policies: Vec::new(), is_unknown: false }
    }

    /// Whom its rules ask for.
    pub fn whom_mut(&mut self) -> impl Iterator<Item = &mut Whom> {
        self.policies.iter_mut().flat_map(Policy::whom_mut)
    }

    /// How many of its policies come before NetworkPolicies of a namespace.
    pub fn before_namespaced(&self, namespace: &str) -> usize {
        let is_before = |policy: &Policy| match policy.order.total_cmp(&KUBERNETES_ORDER) {
            core::cmp::Ordering::Equal => {
                let theirs = namespace.bytes().chain([b'/']).chain(KUBERNETES_NAME.bytes());
                policy.name.bytes().lt(theirs)
            }
            other => other.is_lt(),
        };
        self.policies.partition_point(is_before)
    }
}

impl Calico {
    /// Takes an object down; `enter` gives a number to its namespace, whose name is `namespace`.
    pub fn read(
        &mut self,
        number: usize,
        object: &Object,
        namespace: &SmolStr,
        enter: impl FnOnce() -> Option<usize>,
    ) {
        let own = Some(namespace.as_str()).filter(|_| !object.kind.starts_with("Global"));
        if let Some(spec) = object.body.calico_policy() {
            if object.kind.starts_with("Staged") {
                self.staged.push(number);
                return;
            }
            let policy = Policy::new(number, own, object, spec);
            if self.known.insert((object.kind.clone(), policy.name.clone())) {
                self.policies.push(policy);
            }
        }
        if let Some(spec) = object.body.calico_tier()
            && self.known.insert((object.kind.clone(), object.metadata.name.clone()))
        {
            let order = order(spec.order.as_ref());
            let denies = match spec.default_action.as_str() {
                "" | "Deny" => Some(true),
                "Pass" => Some(false),
                _ => None,
            };
            let is_unknown = order.is_none() || denies.is_none() || object.malformed;
            let (order, denies) = (order.unwrap_or(f64::INFINITY), denies.unwrap_or(true));
            let tier = Tier::new(&object.metadata.name, order, denies, Stage::Own);
            self.tiers.push(Tier { is_unknown, ..tier });
        }
        if let Some(spec) = object.body.calico_network_set() {
            let name = own.map_or_else(SmolStr::default, SmolStr::new);
            let name = smol_str::format_smolstr!("{name}/{}", object.metadata.name);
            if !self.known.insert((object.kind.clone(), name)) {
                return;
            }
            let nets: Option<Vec<IpNet>> = spec.nets.iter().map(net).collect();
            self.sets.push(Set {
                object: number,
                namespace: own.and_then(|_| enter()),
                labels: object.metadata.labels.clone(),
                is_refused: nets.is_none() || object.malformed,
                nets: nets.unwrap_or_default(),
                has_domains: !spec.domains.is_empty(),
            });
        }
    }

    /// Puts policies into their tiers, in order.
    pub fn finish(&mut self, snapshot: &Snapshot) {
        let gaps = GROUPS.iter().flat_map(|group| KINDS.iter().map(move |kind| (group, kind)));
        let mut kinds = gaps.map(|(group, kind)| What::Kind {
            group: SmolStr::new_static(group),
            kind: SmolStr::new_static(kind),
        });
        let gap = kinds.find_map(|kind| snapshot.coverage.gap(&kind, &Within::Cluster, None));
        self.unread = gap.map(Doubt::Unread);
        if self.policies.is_empty() && self.unread.is_none() {
            self.tiers.clear();
            return;
        }
        for object in snapshot.objects.iter().filter(|object| !object.is_vacant()) {
            if object.group().is_empty() && object.kind == "ServiceAccount" {
                let namespace = snapshot.identity(object.reference()).namespace;
                let name = object.metadata.name.clone();
                self.accounts.entry((namespace, name)).or_insert_with(|| object.metadata.labels.clone());
            }
        }
        // What the other tiers are, Calico says itself.
        const ITS_OWN: &[(&str, f64, bool, Stage)] = &[
            (DEFAULT, DEFAULT_ORDER, true, Stage::Namespaced),
            ("adminnetworkpolicy", ADMIN_ORDER, false, Stage::Admin),
            ("baselineadminnetworkpolicy", BASELINE_ORDER, false, Stage::Baseline),
        ];
        self.tiers.retain(|tier| ITS_OWN.iter().all(|(own, ..)| tier.name != *own));
        self.tiers.extend(
            ITS_OWN.iter().map(|(name, order, denies, stage)| Tier::new(name, *order, *denies, *stage)),
        );
        let mut numbers: HashMap<SmolStr, usize> =
            self.tiers.iter().enumerate().map(|(number, tier)| (tier.name.clone(), number)).collect();
        for policy in core::mem::take(&mut self.policies) {
            let number = *numbers.entry(policy.tier.clone()).or_insert_with(|| {
                let tier = Tier::new(&policy.tier, f64::INFINITY, true, Stage::Own);
                self.tiers.push(Tier { is_unknown: true, ..tier });
                self.tiers.len() - 1
            });
            if let Some(tier) = self.tiers.get_mut(number) {
                tier.policies.push(policy);
            }
        }
        for tier in &mut self.tiers {
            tier.policies.sort_by(|a, b| a.order.total_cmp(&b.order).then_with(|| a.name.cmp(&b.name)));
        }
        self.tiers.sort_by(|a, b| a.order.total_cmp(&b.order).then_with(|| a.name.cmp(&b.name)));
    }

    /// All its policies, in the order in which they are asked.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.tiers.iter().flat_map(|tier| &tier.policies)
    }
}
