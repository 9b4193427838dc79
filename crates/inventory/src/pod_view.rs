//! A pod template with the object it stands in, and what Kubernetes makes of its settings.

use std::cell::OnceCell;

use seawall_yaml::Path;
use smol_str::SmolStr;

use crate::kinds::{Container, PodSecurityContext, PodSpec, SeccompProfile, SecurityContext};
use crate::object::Object;
use crate::template::PodTemplate;

/// A pod template, wherever it stands.
#[derive(Clone, Copy, Debug)]
pub struct PodView<'s> {
    /// The object.
    pub object: &'s Object,
    /// The template in it.
    pub template: &'s PodTemplate,
}

/// A container of a pod, with its place and its kind.
#[derive(Clone, Debug)]
pub struct ContainerView<'s> {
    /// The pod.
    pub pod: PodView<'s>,
    /// The container.
    pub container: &'s Container,
    /// Which kind of container it is.
    pub class: ContainerClass,
    /// Its index in its list.
    pub index: usize,
    /// Its path, once someone has asked for it: most containers are fine.
    place: OnceCell<Path>,
}

/// The kinds of containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContainerClass {
    /// Runs to its end before the others start.
    Init,
    /// An init container with `restartPolicy: Always` (KEP-753): runs for the pod's life.
    Sidecar,
    /// Runs for the pod's life.
    Regular,
    /// Added to a running pod.
    Ephemeral,
}

/// A setting in effect and where it stands.
#[derive(Clone, Debug)]
pub struct Effective<'v, 's, T> {
    /// The value.
    pub value: T,
    /// The container it is in effect for.
    container: &'v ContainerView<'s>,
    /// Whether the container itself sets it; otherwise the pod does.
    own: bool,
    field: &'static str,
}

impl<T> Effective<'_, '_, T> {
    /// Where it stands: at the container or at the pod.
    pub fn path(&self) -> Path {
        if self.own {
            self.container.security_path(self.field)
        } else {
            self.container.pod.security_path(self.field)
        }
    }
}

impl<'s> PodView<'s> {
    /// The pod spec.
    pub fn spec(&self) -> &'s PodSpec {
        &self.template.spec
    }

    /// Path of a field of the pod spec.
    pub fn path(&self, field: &'static str) -> Path {
        self.template.spec_path.field(field)
    }

    /// Path of an annotation of the pod.
    pub fn annotation_path(&self, name: &str) -> Path {
        self.template.metadata_path.key("annotations").key(name)
    }

    /// The pod's security context; empty when there is none.
    pub fn security_context(&self) -> Option<&'s PodSecurityContext> {
        self.spec().security_context.as_deref()
    }

    /// Path of a field of the pod's security context.
    pub fn security_path(&self, field: &'static str) -> Path {
        self.path("securityContext").field(field)
    }

    /// All containers: init and sidecar, regular, ephemeral.
    pub fn containers(&self) -> impl Iterator<Item = ContainerView<'s>> + use<'s> {
        let pod = *self;
        let view = move |class: fn(&Container) -> ContainerClass| {
            move |(index, container): (usize, &'s Container)| ContainerView {
                pod,
                container,
                class: class(container),
                index,
                place: OnceCell::new(),
            }
        };
        let init = |container: &Container| match container.rare().restart_policy.as_deref() {
            Some("Always") => ContainerClass::Sidecar,
            _ => ContainerClass::Init,
        };
        let spec = self.spec();
        spec.init_containers
            .iter()
            .enumerate()
            .map(view(init))
            .chain(spec.containers.iter().enumerate().map(view(|_| ContainerClass::Regular)))
            .chain(spec.ephemeral_containers.iter().enumerate().map(view(|_| ContainerClass::Ephemeral)))
    }

    /// Whether the pod declares to run on Windows (`spec.os.name`).
    pub fn is_windows(&self) -> bool {
        self.spec().rare().os.as_ref().is_some_and(|os| os.name == "windows")
    }

    /// Whether the pod has a user namespace of its own (`hostUsers: false`, KEP-127).
    pub fn has_user_namespace(&self) -> bool {
        self.spec().host_users == Some(false)
    }

    /// The service account the pod runs as; `serviceAccount` is the deprecated name of the field.
    pub fn service_account(&self) -> &'s str {
        let spec = self.spec();
        [&spec.service_account_name, &spec.rare().service_account]
            .into_iter()
            .find(|name| !name.is_empty())
            .map_or("default", SmolStr::as_str)
    }
}

impl<'s> ContainerView<'s> {
    /// Path of the container.
    pub fn place(&self) -> Path {
        self.place.get_or_init(|| self.find_place()).clone()
    }

    fn find_place(&self) -> Path {
        let at = self.pod.template.containers_at.as_deref();
        let (list, field) = match self.class {
            ContainerClass::Init | ContainerClass::Sidecar => {
                (at.map(|at| at.init_containers.as_slice()), "initContainers")
            }
            ContainerClass::Regular => (at.map(|at| at.containers.as_slice()), "containers"),
            ContainerClass::Ephemeral => (None, "ephemeralContainers"),
        };
        list.and_then(|list| list.get(self.index))
            .cloned()
            .unwrap_or_else(|| self.pod.path(field).index(self.index))
    }

    /// Path of a field of the container.
    pub fn path(&self, field: &'static str) -> Path {
        self.place().field(field)
    }

    /// Path of a field of the container's security context.
    pub fn security_path(&self, field: &'static str) -> Path {
        self.path("securityContext").field(field)
    }

    /// The container's own security context.
    pub fn security_context(&self) -> Option<&'s SecurityContext> {
        self.container.security_context.as_deref()
    }

    /// The name, for messages.
    pub fn name(&self) -> &'s str {
        &self.container.name
    }

    /// Whether the container runs for as long as the pod does.
    pub fn is_long_running(&self) -> bool {
        matches!(self.class, ContainerClass::Regular | ContainerClass::Sidecar)
    }

    /// The container's setting, else the pod's: how the kubelet decides (`DetermineEffectiveSecurityContext` of
    /// k8s.io/kubernetes pkg/securitycontext/util.go).
    fn over_pod<T>(
        &self,
        field: &'static str,
        own: impl FnOnce(&'s SecurityContext) -> Option<T>,
        pods: impl FnOnce(&'s PodSecurityContext) -> Option<T>,
    ) -> Option<Effective<'_, 's, T>> {
        let found = |value, own| Effective { value, container: self, own, field };
        match self.security_context().and_then(own) {
            Some(value) => Some(found(value, true)),
            None => Some(found(self.pod.security_context().and_then(pods)?, false)),
        }
    }

    /// `runAsNonRoot` in effect.
    pub fn run_as_non_root(&self) -> Option<Effective<'_, 's, bool>> {
        self.over_pod("runAsNonRoot", |own| own.run_as_non_root, |pod| pod.run_as_non_root)
    }

    /// `runAsUser` in effect.
    pub fn run_as_user(&self) -> Option<Effective<'_, 's, i64>> {
        self.over_pod("runAsUser", |own| own.run_as_user, |pod| pod.run_as_user)
    }

    /// `runAsGroup` in effect.
    pub fn run_as_group(&self) -> Option<Effective<'_, 's, i64>> {
        self.over_pod("runAsGroup", |own| own.run_as_group, |pod| pod.run_as_group)
    }

    /// `seccompProfile` in effect.
    pub fn seccomp_profile(&self) -> Option<Effective<'_, 's, &'s SeccompProfile>> {
        self.over_pod(
            "seccompProfile",
            |own| own.seccomp_profile.as_deref(),
            |pod| pod.seccomp_profile.as_deref(),
        )
    }

    /// Whether the container is privileged.
    pub fn is_privileged(&self) -> bool {
        self.security_context().and_then(|own| own.privileged) == Some(true)
    }
}
