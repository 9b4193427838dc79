//! Which objects of a Snapshot belong together.
//!
//! Objects are joined by namespace. Those whose namespace is not written stand with the others that the same chart or overlay
//! rendered, and apart from all else; those of files that are read as they stand are taken to go to one namespace. What
//! several overlays define is returned as often as it is defined: what they disagree about is unknown.
//!
//! A Namespace, given as the object that others stand beside, stands for itself: `quotas(namespace)` are its quotas.

use smol_str::SmolStr;

use crate::index::Pod;
use crate::kinds::{LimitRangeItem, LimitRangeSpec, PodDisruptionBudgetSpec, ResourceQuotaSpec, ServiceSpec};
use crate::object::Object;
use crate::origin::{Provenance, UnitId};
use crate::pod_view::PodView;
use crate::selector::Selector;
use crate::snapshot::Snapshot;

impl Snapshot {
    /// All objects of a kind, in the order of objects.
    pub fn of_kind(&self, group: &str, kind: &str) -> impl Iterator<Item = &Object> {
        self.index.of_kind(group, kind).filter_map(|number| self.objects.get(number))
    }

    /// The objects of a kind in the namespace of `object`. For a kind without a namespace, all of them.
    pub fn beside(&self, object: &Object, group: &str, kind: &str) -> impl Iterator<Item = &Object> {
        let space = self.index.space_beside(group, kind, object, self.unit_of(object));
        self.index.at(group, kind, space).filter_map(|number| self.objects.get(number))
    }

    /// What a reference by `name` in `object` means: the objects of a kind and that name in its namespace, or in the cluster
    /// for a kind without a namespace. Several when several charts or overlays define it.
    pub fn named<'s>(
        &'s self,
        object: &Object,
        group: &str,
        kind: &str,
        name: &'s str,
    ) -> impl Iterator<Item = &'s Object> {
        let space = self.index.space_beside(group, kind, object, self.unit_of(object));
        self.with_name(self.index.named(group, kind, space, name), name)
    }

    /// The objects of a kind and name in the namespace that is written as `namespace`; it does not matter for a kind without
    /// one.
    pub fn find<'s>(
        &'s self,
        group: &str,
        kind: &str,
        namespace: &str,
        name: &'s str,
    ) -> impl Iterator<Item = &'s Object> {
        let space = self.index.space(group, kind, namespace);
        self.with_name(self.index.named(group, kind, space, name), name)
    }

    /// The definitions of the namespace that `object` is written to stand in. None when its namespace is not written, and when
    /// nobody defines it.
    pub fn namespace_of<'s>(&'s self, object: &'s Object) -> impl Iterator<Item = &'s Object> {
        let name = object.metadata.namespace.as_str();
        self.find("", "Namespace", "", name).filter(|_| !name.is_empty())
    }

    /// Whether two objects stand in one namespace.
    pub fn share_namespace(&self, a: &Object, b: &Object) -> bool {
        let place = |object: &Object| self.index.space_of(object, self.unit_of(object));
        place(a).is_some_and(|space| place(b) == Some(space))
    }

    /// The LimitRanges of the namespace of `object`.
    pub fn limit_ranges(&self, object: &Object) -> impl Iterator<Item = (&Object, &LimitRangeSpec)> {
        self.beside(object, "", "LimitRange").filter_map(|range| Some((range, range.body.limit_range()?)))
    }

    /// The limits for containers in the namespace of `object`, of every LimitRange that was read.
    pub fn container_limits(&self, object: &Object) -> impl Iterator<Item = &LimitRangeItem> {
        self.limit_ranges(object)
            .flat_map(|(_, range)| &range.limits)
            .filter(|item| item.type_ == "Container")
    }

    /// The ResourceQuotas of the namespace of `object`.
    pub fn quotas(&self, object: &Object) -> impl Iterator<Item = (&Object, &ResourceQuotaSpec)> {
        self.beside(object, "", "ResourceQuota")
            .filter_map(|quota| Some((quota, quota.body.resource_quota()?)))
    }

    /// The Services that send traffic to the pod.
    pub fn services_selecting<'s>(
        &'s self,
        pod: &PodView<'s>,
    ) -> impl Iterator<Item = (&'s Object, &'s ServiceSpec)> {
        self.selecting(pod).filter_map(|object| Some((object, object.body.service()?)))
    }

    /// The PodDisruptionBudgets that count the pod.
    pub fn budgets_selecting<'s>(
        &'s self,
        pod: &PodView<'s>,
    ) -> impl Iterator<Item = (&'s Object, &'s PodDisruptionBudgetSpec)> {
        self.selecting(pod).filter_map(|object| Some((object, object.body.disruption_budget()?)))
    }

    /// The HorizontalPodAutoscalers and ScaledObjects that scale `object`; [`Object::autoscaling`] says how far.
    pub fn autoscalers_of<'s>(&'s self, object: &'s Object) -> impl Iterator<Item = &'s Object> {
        let space = self.index.space_of(object, self.unit_of(object));
        let found = self.index.scaling(space, &object.metadata.name);
        found.filter_map(|number| self.objects.get(number)).filter(move |scaler| {
            scaler.autoscaling().is_some_and(|scaling| {
                scaling.group == object.group()
                    && scaling.kind == object.kind
                    && scaling.name == object.metadata.name
            })
        })
    }

    /// The pods in the namespace of `object` that `selector` selects, in the order of objects.
    pub fn pods_selected(&self, object: &Object, selector: &Selector) -> Vec<PodView<'_>> {
        let space = self.index.space_of(object, self.unit_of(object));
        let candidates = self.index.selected(space, selector).into_iter().filter_map(|pod| self.pod(pod));
        candidates.filter(|pod| selector.matches(&pod.template.labels)).collect()
    }

    /// The pods in the namespace of `object`, its own too, in the order of objects.
    pub fn pods_beside(&self, object: &Object) -> impl Iterator<Item = PodView<'_>> {
        let space = self.index.space_of(object, self.unit_of(object));
        self.index.pods_at(space).filter_map(|pod| self.pod(pod))
    }

    /// The pods in the namespace of `claim`, a PersistentVolumeClaim, that have it as a volume.
    pub fn pods_claiming<'s>(&'s self, claim: &'s Object) -> impl Iterator<Item = PodView<'s>> {
        let space = self.index.space_of(claim, self.unit_of(claim));
        let name = &claim.metadata.name;
        let claims = move |pod: &PodView<'_>| {
            let volumes =
                pod.spec().volumes.iter().filter_map(|volume| volume.persistent_volume_claim.as_ref());
            volumes.into_iter().any(|volume| volume.claim_name == *name)
        };
        let mut last = None;
        // A pod with two volumes of one claim is told once.
        let once = self.index.claiming(space, name).filter(move |pod| last.replace(*pod) != Some(*pod));
        once.filter_map(|pod| self.pod(pod)).filter(claims)
    }

    /// The chart or overlay that rendered an object.
    pub fn unit_of(&self, object: &Object) -> Option<UnitId> {
        match self.file(object.origin.file)?.provenance {
            Provenance::Verbatim | Provenance::Live => None,
            Provenance::Rendered { unit, .. } => Some(unit),
        }
    }

    fn selecting<'s>(&'s self, pod: &PodView<'s>) -> impl Iterator<Item = &'s Object> {
        let labels = &pod.template.labels;
        let space = self.index.space_of(pod.object, self.unit_of(pod.object));
        let candidates = self.index.selecting(space, labels.iter());
        let selecting = candidates.filter(move |selects| selects.selector.matches(labels));
        selecting.filter_map(|selects| self.objects.get(selects.object as usize))
    }

    fn with_name<'s>(
        &'s self,
        numbers: impl Iterator<Item = usize>,
        name: &'s str,
    ) -> impl Iterator<Item = &'s Object> {
        numbers
            .filter_map(|number| self.objects.get(number))
            .filter(move |object| object.metadata.name == name)
    }

    fn pod(&self, pod: Pod) -> Option<PodView<'_>> {
        let object = self.objects.get(pod.object as usize)?;
        Some(PodView { object, template: object.pods.get(pod.template as usize)? })
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
