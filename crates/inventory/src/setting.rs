//! Security settings where they are written, as opposed to [`crate::Effective`] ones: Pod Security Standards judge what is
//! written at the pod and at each container, even where the one overrides the other.

use std::fmt;

use seawall_yaml::Path;

use crate::kinds::{PodSecurityContext, SecurityContext};
use crate::pod_view::{ContainerView, PodView};

/// A field of a security context, with the value written there.
#[derive(Clone, Debug)]
pub struct Setting<'s, T> {
    /// The value.
    pub value: T,
    /// The container that sets it; `None`: the pod does.
    pub container: Option<ContainerView<'s>>,
    pod: PodView<'s>,
    field: &'static str,
}

impl<'s> PodView<'s> {
    /// Every place where `field` is written: the pod's security context first, then each container's.
    pub fn settings<T>(
        &self,
        field: &'static str,
        at_pod: impl FnOnce(&'s PodSecurityContext) -> Option<T>,
        at_container: impl Fn(&'s SecurityContext) -> Option<T>,
    ) -> impl Iterator<Item = Setting<'s, T>> {
        let pod = *self;
        let of_pod = self.security_context().and_then(at_pod).map(move |value| Setting {
            value,
            container: None,
            pod,
            field,
        });
        let of_containers = self.containers().filter_map(move |container| {
            let value = at_container(container.security_context()?)?;
            Some(Setting { value, container: Some(container), pod, field })
        });
        of_pod.into_iter().chain(of_containers)
    }
}

impl<T> Setting<'_, T> {
    /// Path of the field.
    pub fn path(&self) -> Path {
        match &self.container {
            Some(container) => container.security_path(self.field),
            None => self.pod.security_path(self.field),
        }
    }

    /// What the setting is about: the container, or at the pod the field itself.
    pub fn anchor(&self) -> Path {
        match &self.container {
            Some(container) => container.place(),
            None => self.path(),
        }
    }

    /// Who sets it, for messages: the container by name, or the pod.
    pub fn owner(&self) -> impl fmt::Display + use<'_, T> {
        fmt::from_fn(|f| match &self.container {
            Some(container) => write!(f, "container `{}`", container.name()),
            None => f.write_str("the pod"),
        })
    }
}
