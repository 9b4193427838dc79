//! Which objects of a Snapshot belong together.
//!
//! Objects are joined by namespace. Those whose namespace is not written stand with the others that the same chart or overlay
//! rendered, and apart from all else; those of files that are read as they stand are taken to go to one namespace. What
//! several overlays define is returned as often as it is defined: what they disagree about is unknown.
//!
//! A Namespace, given as the object that others stand beside, stands for itself: `quotas(namespace)` are its quotas.

use smol_str::SmolStr;

use crate::cluster_scoped::is_cluster_scoped;
use crate::coverage::Missing;
use crate::index::{Pod, Space, defined_namespace};
use crate::kinds::{LimitRangeItem, LimitRangeSpec, PodDisruptionBudgetSpec, ResourceQuotaSpec, ServiceSpec};
use crate::object::Object;
use crate::pod_view::PodView;
use crate::selector::Selector;
use crate::snapshot::Snapshot;
use crate::view::{View, What, Within};

impl<'s> View<'s> {
    /// All objects of a kind, in the order of objects.
    pub fn of_kind(self, group: &str, kind: &str) -> impl Iterator<Item = &'s Object> {
        self.numbered(group, kind).map(|(_, object)| object)
    }

    /// All objects of a kind with their numbers, in order.
    pub fn numbered(self, group: &str, kind: &str) -> impl Iterator<Item = (usize, &'s Object)> {
        self.note(group, kind, || Within::Everywhere, None);
        let numbers = self.snapshot.index.of_kind(group, kind);
        numbers.filter_map(move |number| Some((number, self.snapshot.objects.get(number)?)))
    }

    /// The same, of a kind that is about more than one namespace: where one namespace alone was to be read, there are none.
    pub fn numbered_in_scope(self, group: &str, kind: &str) -> impl Iterator<Item = (usize, &'s Object)> {
        let what = What::Kind { group: SmolStr::new(group), kind: SmolStr::new(kind) };
        let coverage = &self.snapshot.coverage;
        let gap = coverage.gap(&what, &Within::Everywhere, None).and_then(|number| coverage.gaps.get(number));
        match gap.is_some_and(|gap| matches!(gap.missing, Missing::Outside(_))) {
            true => self.follow(group, kind),
            false => self.note(group, kind, || Within::Everywhere, None),
        }
        let numbers = self.snapshot.index.of_kind(group, kind);
        numbers.filter_map(move |number| Some((number, self.snapshot.objects.get(number)?)))
    }

    /// The objects of a kind in the namespace of `object`. For a kind without a namespace, all of them.
    pub fn beside(self, object: &Object, group: &str, kind: &str) -> impl Iterator<Item = &'s Object> {
        self.numbered_beside(object, group, kind).map(|(_, object)| object)
    }

    /// The same, with their numbers.
    pub fn numbered_beside(
        self,
        object: &Object,
        group: &str,
        kind: &str,
    ) -> impl Iterator<Item = (usize, &'s Object)> {
        self.note(group, kind, || Within::beside(object, group, kind, self.snapshot), None);
        let unit = self.snapshot.unit_of(object);
        let space = self.snapshot.index.space_beside(group, kind, object, unit);
        let numbers = self.snapshot.index.at(group, kind, space);
        numbers.filter_map(move |number| Some((number, self.snapshot.objects.get(number)?)))
    }

    /// What a reference by `name` in `object` means: the objects of a kind and that name in its namespace, or in the cluster
    /// for a kind without a namespace. Several when several charts or overlays define it.
    pub fn named(
        self,
        object: &Object,
        group: &str,
        kind: &str,
        name: &str,
    ) -> impl Iterator<Item = &'s Object> {
        self.note(group, kind, || Within::beside(object, group, kind, self.snapshot), Some(name));
        let unit = self.snapshot.unit_of(object);
        let space = self.snapshot.index.space_beside(group, kind, object, unit);
        self.with_name(self.snapshot.index.named(group, kind, space, name), name)
    }

    /// The objects of a kind and name in the namespace that is written as `namespace`; it does not matter for a kind without
    /// one.
    pub fn find(
        self,
        group: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> impl Iterator<Item = &'s Object> {
        self.note(group, kind, || Within::namespace(namespace, group, kind), Some(name));
        let space = self.snapshot.index.space(group, kind, namespace);
        self.with_name(self.snapshot.index.named(group, kind, space, name), name)
    }

    /// The definitions of the namespace that `object` is written to stand in. None when its namespace is not written, and when
    /// nobody defines it.
    pub fn namespace_of(self, object: &Object) -> impl Iterator<Item = &'s Object> {
        let name = object.metadata.namespace.as_str();
        let written = (!name.is_empty()).then_some(name).into_iter();
        written.flat_map(move |name| self.find("", "Namespace", "", name))
    }

    /// Whether two objects stand in one namespace.
    pub fn share_namespace(self, a: &Object, b: &Object) -> bool {
        self.space_of(a).is_some_and(|space| self.space_of(b) == Some(space))
    }

    /// The LimitRanges of the namespace of `object`.
    pub fn limit_ranges(self, object: &Object) -> impl Iterator<Item = (&'s Object, &'s LimitRangeSpec)> {
        self.beside(object, "", "LimitRange").filter_map(|range| Some((range, range.body.limit_range()?)))
    }

    /// The limits for containers in the namespace of `object`, of every LimitRange that was read.
    pub fn container_limits(self, object: &Object) -> impl Iterator<Item = &'s LimitRangeItem> {
        self.limit_ranges(object)
            .flat_map(|(_, range)| &range.limits)
            .filter(|item| item.type_ == "Container")
    }

    /// The ResourceQuotas of the namespace of `object`.
    pub fn quotas(self, object: &Object) -> impl Iterator<Item = (&'s Object, &'s ResourceQuotaSpec)> {
        self.beside(object, "", "ResourceQuota")
            .filter_map(|quota| Some((quota, quota.body.resource_quota()?)))
    }

    /// The Services that send traffic to the pod.
    pub fn services_selecting(
        self,
        pod: &PodView<'s>,
    ) -> impl Iterator<Item = (&'s Object, &'s ServiceSpec)> {
        self.numbered_services_selecting(pod).map(|(_, object, service)| (object, service))
    }

    /// The same, with the numbers of the objects.
    pub fn numbered_services_selecting(
        self,
        pod: &PodView<'s>,
    ) -> impl Iterator<Item = (usize, &'s Object, &'s ServiceSpec)> {
        self.note("", "Service", || Within::around(pod.object, self.snapshot), None);
        self.selecting(pod).filter_map(|(number, object)| Some((number, object, object.body.service()?)))
    }

    /// The PodDisruptionBudgets that count the pod.
    pub fn budgets_selecting(
        self,
        pod: &PodView<'s>,
    ) -> impl Iterator<Item = (&'s Object, &'s PodDisruptionBudgetSpec)> {
        self.note("policy", "PodDisruptionBudget", || Within::around(pod.object, self.snapshot), None);
        self.selecting(pod).filter_map(|(_, object)| Some((object, object.body.disruption_budget()?)))
    }

    /// The HorizontalPodAutoscalers and ScaledObjects that scale `object`; [`Object::autoscaling`] says how far.
    pub fn autoscalers_of(self, object: &'s Object) -> impl Iterator<Item = &'s Object> {
        for (group, kind) in [("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject")] {
            self.note(group, kind, || Within::around(object, self.snapshot), None);
        }
        let found = self.snapshot.index.scaling(self.space_of(object), &object.metadata.name);
        found.filter_map(move |number| self.snapshot.objects.get(number)).filter(move |scaler| {
            scaler.autoscaling().is_some_and(|scaling| {
                scaling.group == object.group()
                    && scaling.kind == object.kind
                    && scaling.name == object.metadata.name
            })
        })
    }

    /// The pods in the namespace of `object` that `selector` selects, in the order of objects.
    pub fn pods_selected(self, object: &Object, selector: &Selector) -> Vec<PodView<'s>> {
        self.note_pods(|| Within::around(object, self.snapshot));
        let candidates = self.snapshot.index.selected(self.space_of(object), selector).into_iter();
        let pods = candidates.filter_map(|pod| self.pod(pod));
        pods.filter(|pod| selector.matches(&pod.template.labels)).collect()
    }

    /// The pods in the namespace of `object`, its own too, in the order of objects.
    pub fn pods_beside(self, object: &Object) -> impl Iterator<Item = PodView<'s>> {
        self.note_pods(|| Within::around(object, self.snapshot));
        self.snapshot.index.pods_at(self.space_of(object)).filter_map(move |pod| self.pod(pod))
    }

    /// The pods in the namespace of `claim`, a PersistentVolumeClaim, that have it as a volume.
    pub fn pods_claiming(self, claim: &'s Object) -> impl Iterator<Item = PodView<'s>> {
        self.note_pods(|| Within::around(claim, self.snapshot));
        let name = &claim.metadata.name;
        let claims = move |pod: &PodView<'_>| {
            let volumes =
                pod.spec().volumes.iter().filter_map(|volume| volume.persistent_volume_claim.as_ref());
            volumes.into_iter().any(|volume| volume.claim_name == *name)
        };
        let mut last = None;
        // A pod with two volumes of one claim is told once.
        let found = self.snapshot.index.claiming(self.space_of(claim), name);
        let once = found.filter(move |pod| last.replace(*pod) != Some(*pod));
        once.filter_map(move |pod| self.pod(pod)).filter(claims)
    }

    fn selecting(self, pod: &PodView<'s>) -> impl Iterator<Item = (usize, &'s Object)> {
        let labels = &pod.template.labels;
        let candidates = self.snapshot.index.selecting(self.space_of(pod.object), labels.iter());
        let selecting = candidates.filter(move |selects| selects.selector.matches(labels));
        let numbers = selecting.map(|selects| selects.object as usize);
        numbers.filter_map(move |number| Some((number, self.snapshot.objects.get(number)?)))
    }

    fn with_name(self, numbers: impl Iterator<Item = usize>, name: &str) -> impl Iterator<Item = &'s Object> {
        numbers
            .filter_map(move |number| self.snapshot.objects.get(number))
            .filter(move |object| object.metadata.name == name)
    }

    fn pod(self, pod: Pod) -> Option<PodView<'s>> {
        let object = self.snapshot.objects.get(pod.object as usize)?;
        Some(PodView { object, template: object.pods.get(pod.template as usize)? })
    }

    fn space_of(self, object: &Object) -> Option<Space> {
        self.snapshot.index.space_of(object, self.snapshot.unit_of(object))
    }
}

impl Within {
    /// Where an object stands.
    pub fn of(object: &Object, snapshot: &Snapshot) -> Self {
        Self::beside(object, object.group(), &object.kind, snapshot)
    }

    /// Where that stands which shares a namespace with `object`; a Namespace stands for what is in it.
    pub(crate) fn around(object: &Object, snapshot: &Snapshot) -> Self {
        match defined_namespace(object) {
            Some(name) => Self::Namespace(SmolStr::new(name)),
            None => Self::of(object, snapshot),
        }
    }

    /// Where a kind stands that is looked for beside `object`.
    pub(crate) fn beside(object: &Object, group: &str, kind: &str, snapshot: &Snapshot) -> Self {
        let name = defined_namespace(object).unwrap_or(&object.metadata.namespace);
        match snapshot.unit_of(object).filter(|_| name.is_empty() && !is_cluster_scoped(group, kind)) {
            Some(unit) => Self::Unit(unit),
            None => Self::namespace(name, group, kind),
        }
    }

    fn namespace(name: &str, group: &str, kind: &str) -> Self {
        if is_cluster_scoped(group, kind) { Self::Cluster } else { Self::Namespace(SmolStr::new(name)) }
    }
}

/// How far an autoscaler goes, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autoscaling<'s> {
    /// API group of what it scales.
    pub group: &'s str,
    /// Kind of what it scales.
    pub kind: &'s str,
    /// Name of what it scales, in its namespace.
    pub name: &'s str,
    /// At least so many pods.
    pub min: i64,
    /// At most so many; `None` when it must be given and is not.
    pub max: Option<i64>,
}

impl Object {
    /// What a HorizontalPodAutoscaler or ScaledObject does, with the defaults of its API; `None` for other objects.
    pub fn autoscaling(&self) -> Option<Autoscaling<'_>> {
        if let Some(spec) = self.body.autoscaler() {
            let target = &spec.target;
            return Some(Autoscaling {
                group: group(&target.api_version),
                kind: &target.kind,
                name: &target.name,
                min: spec.min_replicas.unwrap_or(1),
                max: spec.max_replicas,
            });
        }
        let spec = self.body.scaled_object()?;
        let target = &spec.target;
        // kedacore/keda v2.21 pkg/scaling/resolver, apis/keda/v1alpha1/scaledobject_types.go.
        let or = |text: &'static str, given: &'_ SmolStr| given.is_empty().then_some(text);
        Some(Autoscaling {
            group: or("apps", &target.api_version).unwrap_or_else(|| group(&target.api_version)),
            kind: or("Deployment", &target.kind).unwrap_or(&target.kind),
            name: &target.name,
            min: spec.min_replica_count.unwrap_or(0),
            max: Some(spec.max_replica_count.unwrap_or(100)),
        })
    }
}

fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}
