//! ClusterRoles that gather the rules of others, as a controller of Kubernetes fills them.
//!
//! What an API server said of such a role is what the controller made of it, and counts as it stands: the authorizer reads no
//! selector. In files the rules of such a role are those that the controller will write: of the ClusterRoles that a selector
//! selects, by selector and name, each rule once; its own only where nothing is gathered, since the controller then applies no
//! rules and leaves those of others (server-side apply).
//!
//! Roles that gather each other's rules come to hold what any of them gathers from outside of the circle. What they give
//! themselves may survive in the circle or not, depending on which of them the controller writes first; and so may what roles give
//! themselves that they gather from, until the controller has filled those.
//!
//! Source: k8s.io/kubernetes pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go v1.36.3.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use seawall_inventory::kinds::ClusterRole;
use seawall_inventory::selector::{LabelSelector, Operator, Selector};
use seawall_inventory::{Object, Provenance, Snapshot};

use crate::compile::number_of;
use crate::doubt::Doubt;
use crate::policy::{Policy, RoleId, RuleContent, RuleId};

/// What a role has gathered.
#[derive(Clone, Debug)]
pub(crate) struct Gathered {
    /// Rules of others, or its own where there are none.
    pub rules: Arc<[RuleId]>,
    /// Rules that it may have gathered besides, and why that is not known.
    pub doubtful: Arc<[(RuleId, Doubt)]>,
    /// Why it may have gathered rules that nobody knows.
    pub open: Option<Doubt>,
    /// Rules that it has until it is filled, or gathers until those that it gathers from are.
    lost: Arc<[RuleId]>,
}

/// Fills the roles of files that gather the rules of others.
pub(crate) fn aggregate(policy: &mut Policy<'_>) {
    let graph = Graph::new(policy);
    let mut left = MOST;
    for mut circle in graph.circles() {
        // In which order the rules of a circle come to stand is nobody's business, but always the same.
        circle.sort_by_key(|role| {
            let role = policy.role(*role);
            role.and_then(|role| policy.object(role.object))
                .map(|object| (&object.metadata.name, role.map(|role| role.object)))
        });
        graph.fill(&circle, policy, &mut left);
    }
}

/// Rules that all roles together gather at most; beyond, it is not known what a role gathers. The ClusterRoles of a cluster gather
/// some thousands; a chain of twenty thousand roles, each of which gathers from the one before, would gather two hundred millions.
const MOST: usize = 10_000_000;

/// Which ClusterRoles gather from which.
struct Graph {
    /// The roles that a role gathers from, in the order of its selectors, by name; `None` for a role that gathers nothing.
    sources: Vec<Option<Arc<[RoleId]>>>,
    /// A ClusterRole that may have any labels.
    unlabelled: Option<Doubt>,
}

impl Graph {
    fn new(policy: &Policy<'_>) -> Self {
        let snapshot = policy.snapshot;
        let candidates = cluster_roles(policy);
        let mut graph = Self { sources: vec![None; policy.roles.len()], unlabelled: None };
        graph.unlabelled = candidates.iter().find_map(|(id, object)| {
            let doubt = policy.role(*id).and_then(|role| role.standing.doubt)?;
            let labels = &object.metadata.labels;
            let is_lost =
                object.malformed && (labels.is_empty() || labels.iter().any(|(_, value)| value.is_empty()));
            is_lost.then_some(doubt)
        });
        graph.select(&candidates, |object| selectors(object, snapshot));
        graph
    }

    fn select<'o>(
        &mut self,
        candidates: &[(RoleId, &'o Object)],
        selectors: impl Fn(&'o Object) -> Option<&'o [LabelSelector]>,
    ) {
        let labelled = Labelled::new(candidates);
        // Charts repeat selectors, and an empty one selects everything.
        let mut selected: HashMap<String, Arc<[RoleId]>> = HashMap::new();
        for (id, object) in candidates {
            let Some(selectors) = selectors(object) else { continue };
            let roles =
                selected.entry(format!("{selectors:?}")).or_insert_with(|| labelled.select(selectors));
            if let Some(sources) = self.sources.get_mut(*id as usize) {
                *sources = Some(roles.clone());
            }
        }
    }

    fn sources(&self, role: RoleId) -> &[RoleId] {
        self.sources.get(role as usize).and_then(Option::as_deref).unwrap_or_default()
    }

    fn gathers(&self, role: RoleId) -> bool {
        self.sources.get(role as usize).is_some_and(Option::is_some)
    }

    /// The strongly connected components of roles that gather, each after those that it gathers from (Tarjan 1972), without
    /// recursion: a chain may be as long as a file.
    fn circles(&self) -> Vec<Vec<RoleId>> {
        const NEW: u32 = u32::MAX;
        let count = self.sources.len();
        let mut order = vec![NEW; count];
        let mut low = vec![NEW; count];
        let mut on_stack = vec![false; count];
        let (mut stack, mut circles, mut next) = (Vec::new(), Vec::new(), 0);
        for start in (0..number_of(count)).filter(|role| self.gathers(*role)) {
            if at(&order, start) != NEW {
                continue;
            }
            let mut path: Vec<(RoleId, usize)> = vec![(start, 0)];
            while let Some((role, edge)) = path.last_mut() {
                let role = *role;
                if *edge == 0 && at(&order, role) == NEW {
                    set(&mut order, role, next);
                    set(&mut low, role, next);
                    set(&mut on_stack, role, true);
                    stack.push(role);
                    next += 1;
                }
                if let Some(source) = self.sources(role).get(*edge).copied() {
                    *edge += 1;
                    if !self.gathers(source) {
                        continue;
                    }
                    if at(&order, source) == NEW {
                        path.push((source, 0));
                    } else if on_stack.get(source as usize) == Some(&true) {
                        let lower = at(&low, role).min(at(&order, source));
                        set(&mut low, role, lower);
                    }
                    continue;
                }
                path.pop();
                if let Some((parent, _)) = path.last() {
                    let lower = at(&low, *parent).min(at(&low, role));
                    set(&mut low, *parent, lower);
                }
                if at(&low, role) == at(&order, role) {
                    let mut circle = Vec::new();
                    while let Some(member) = stack.pop() {
                        set(&mut on_stack, member, false);
                        circle.push(member);
                        if member == role {
                            break;
                        }
                    }
                    circles.push(circle);
                }
            }
        }
        circles
    }

    /// Fills the roles of a circle, when those that it gathers from are.
    fn fill(&self, circle: &[RoleId], policy: &mut Policy<'_>, left: &mut usize) {
        let members: HashSet<RoleId> = circle.iter().copied().collect();
        let mut found = Found { open: self.unlabelled, ..Found::default() };
        let mut seen = HashSet::new();
        for member in circle {
            for source in self.sources(*member) {
                if !members.contains(source) && seen.insert(*source) {
                    found.take(*source, policy);
                }
            }
        }
        let own = |role: &RoleId| policy.role(*role).map(|role| (role.object, role.own.clone()));
        let mut lost: Vec<RuleId> = found.lost.iter().copied().collect();
        lost.sort_unstable();
        if circle.len() > 1 {
            for (object, rules) in circle.iter().filter_map(own) {
                found
                    .doubtful
                    .extend(lost.drain(..).chain(rules).map(|rule| (rule, Doubt::Circular(object))));
            }
        } else if found.rules.is_empty() {
            for (_, rules) in circle.iter().filter_map(own) {
                // With something that may be gathered it is not known whether they stay.
                let doubt = found.open.or(found.doubtful.first().map(|(_, doubt)| *doubt));
                match doubt {
                    Some(doubt) => found.doubtful.extend(rules.map(|rule| (rule, doubt))),
                    None => found.rules.extend(rules),
                }
            }
        } else {
            lost.extend(circle.iter().filter_map(own).flat_map(|(_, rules)| rules));
        }
        let count = found.rules.len() + found.doubtful.len() + lost.len();
        match left.checked_sub(count) {
            Some(less) => *left = less,
            None => {
                let object = circle.first().and_then(|role| policy.role(*role)).map(|role| role.object);
                lost.clear();
                found = Found { open: object.map(Doubt::TooLarge), ..Found::default() };
            }
        }
        let gathered = Gathered {
            rules: found.rules.into(),
            doubtful: found.doubtful.into(),
            open: found.open,
            lost: lost.into(),
        };
        for member in circle {
            if let Some(role) = policy.roles.get_mut(*member as usize) {
                role.gathered = Some(gathered.clone());
            }
        }
    }
}

/// What is gathered so far.
#[derive(Default)]
struct Found {
    rules: Vec<RuleId>,
    contents: HashSet<RuleContent>,
    doubtful: Vec<(RuleId, Doubt)>,
    open: Option<Doubt>,
    lost: HashSet<RuleId>,
}

impl Found {
    fn take(&mut self, source: RoleId, policy: &Policy<'_>) {
        let Some(role) = policy.role(source) else { return };
        let contested = role.is_contested.then_some(Doubt::Contested(role.object));
        let doubt = role.standing.doubt.or(contested);
        self.open = self.open.or(role.standing.doubt.filter(|_| role.standing.is_open));
        for id in policy.rules_of(role) {
            match (doubt, policy.rule(id)) {
                (Some(doubt), _) => self.doubtful.push((id, doubt)),
                (None, Some(rule)) if self.contents.insert(rule.content) => self.rules.push(id),
                _ => {}
            }
        }
        if let Some(gathered) = &role.gathered {
            self.open = self.open.or(gathered.open);
            self.doubtful.extend(gathered.doubtful.iter().copied());
            self.lost.extend(gathered.lost.iter().copied());
        }
    }
}

/// The roles that each role gathers from, be it filled or not: in a cluster a controller has done that.
pub(crate) fn every_source(policy: &Policy<'_>) -> Vec<Option<Arc<[RoleId]>>> {
    let mut graph = Graph { sources: vec![None; policy.roles.len()], unlabelled: None };
    graph.select(&cluster_roles(policy), written_selectors);
    graph.sources
}

/// All ClusterRoles, by name.
fn cluster_roles<'s>(policy: &Policy<'s>) -> Vec<(RoleId, &'s Object)> {
    let mut roles: Vec<(RoleId, &Object)> = Vec::new();
    for (id, role) in policy.roles.iter().enumerate() {
        let object = policy.object(role.object);
        roles.extend(object.filter(|object| object.kind == "ClusterRole").map(|one| (number_of(id), one)));
    }
    roles.sort_by(|(_, a), (_, b)| a.metadata.name.cmp(&b.metadata.name));
    roles
}

/// What a ClusterRole of a file selects.
fn selectors<'s>(object: &'s Object, snapshot: &Snapshot) -> Option<&'s [LabelSelector]> {
    let is_live = snapshot.file(object.origin.file).is_some_and(|file| file.provenance == Provenance::Live);
    written_selectors(object).filter(|_| !is_live)
}

fn written_selectors(object: &Object) -> Option<&[LabelSelector]> {
    let role: &ClusterRole = object.body.cluster_role()?;
    role.aggregation_rule.as_ref().map(|rule| rule.cluster_role_selectors.as_ref())
}

/// ClusterRoles by name, and where their labels are: of selectors there are as many as roles.
struct Labelled<'o> {
    roles: &'o [(RoleId, &'o Object)],
    by_label: HashMap<(&'o str, &'o str), Vec<usize>>,
}

impl<'o> Labelled<'o> {
    fn new(roles: &'o [(RoleId, &'o Object)]) -> Self {
        let mut by_label: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for (place, (_, object)) in roles.iter().enumerate() {
            for label in object.metadata.labels.iter() {
                by_label.entry(label).or_default().push(place);
            }
        }
        Self { roles, by_label }
    }

    /// The roles that selectors select, selector by selector and by name, each where it is first.
    fn select(&self, selectors: &[LabelSelector]) -> Arc<[RoleId]> {
        let mut roles = Vec::new();
        let mut seen = HashSet::new();
        for selector in selectors.iter().filter_map(|selector| Selector::of(Some(selector)).ok()) {
            let places = self.candidates(&selector);
            let candidates = places.iter().filter_map(|place| self.roles.get(*place));
            let selected = candidates.filter(|(_, object)| selector.matches(&object.metadata.labels));
            roles.extend(selected.map(|(id, _)| *id).filter(|id| seen.insert(*id)));
        }
        roles.into()
    }

    /// Those that one of the requirements may accept, in order.
    fn candidates(&self, selector: &Selector) -> Vec<usize> {
        let requirements = selector.requirements().unwrap_or_default();
        let Some(one) = requirements.iter().find(|one| one.operator() == Operator::In) else {
            return (0..self.roles.len()).collect();
        };
        let lists = one.values().iter().filter_map(|value| self.by_label.get(&(one.key(), value.as_str())));
        let mut places: Vec<usize> = lists.flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

fn at(numbers: &[u32], role: RoleId) -> u32 {
    numbers.get(role as usize).copied().unwrap_or_default()
}

fn set<T>(values: &mut [T], role: RoleId, value: T) {
    if let Some(place) = values.get_mut(role as usize) {
        *place = value;
    }
}
