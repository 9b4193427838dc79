//! Images that a pod pulls, as checks of this folder look at them.

use std::fmt;

use seawall_inventory::image::ImageReference;
use seawall_inventory::kinds::{ImageVolume, Volume};
use seawall_inventory::{ContainerView, PodView};
use seawall_yaml::Path;

use crate::Out;

/// An image that a pod pulls: what a container runs, or what a volume holds (KEP-4639).
#[derive(Debug)]
pub(super) enum PulledImage<'s> {
    Container(ContainerView<'s>),
    Volume { pod: PodView<'s>, index: usize, name: &'s str, image: &'s ImageVolume },
}

/// The images of `pod`.
pub(super) fn images<'s>(pod: &PodView<'s>) -> impl Iterator<Item = PulledImage<'s>> {
    let pod = *pod;
    let of_volume = move |(index, volume): (usize, &'s Volume)| {
        let image = volume.image.as_deref()?;
        Some(PulledImage::Volume { pod, index, name: &volume.name, image })
    };
    let volumes = pod.spec().volumes.iter().enumerate().filter_map(of_volume);
    pod.containers().map(PulledImage::Container).chain(volumes)
}

impl<'s> PulledImage<'s> {
    /// The reference, as written.
    pub(super) fn text(&self) -> &'s str {
        match self {
            Self::Container(container) => &container.container.image,
            Self::Volume { image, .. } => &image.reference,
        }
    }

    /// When it is pulled, as written.
    pub(super) fn pull_policy(&self) -> Option<&'s str> {
        match self {
            Self::Container(container) => container.container.image_pull_policy.as_deref(),
            Self::Volume { image, .. } => image.pull_policy.as_deref(),
        }
    }

    /// Path of the container or volume: what findings about the image are about.
    pub(super) fn place(&self) -> Path {
        match self {
            Self::Container(container) => container.place(),
            Self::Volume { pod, index, .. } => pod.path("volumes").index(*index),
        }
    }

    /// Path of the reference.
    pub(super) fn path(&self) -> Path {
        match self {
            Self::Container(container) => container.path("image"),
            Self::Volume { .. } => self.place().field("image").field("reference"),
        }
    }

    /// Path of the pull policy.
    pub(super) fn policy_path(&self) -> Path {
        match self {
            Self::Container(container) => container.path("imagePullPolicy"),
            Self::Volume { .. } => self.place().field("image").field("pullPolicy"),
        }
    }

    /// What is done with the image, behind the name of who does it.
    pub(super) fn uses(&self) -> &'static str {
        match self {
            Self::Container(_) => "runs",
            Self::Volume { .. } => "holds",
        }
    }

    /// The reference, read. `None` when there is none to judge; then the verdict is said: a placeholder or an image that comes
    /// from elsewhere is unknown, a malformed one is `invalid-image-reference`'s matter.
    pub(super) fn reference(&self, out: &mut Out<'_>) -> Option<ImageReference<'s>> {
        reference(self.text(), out)
    }
}

/// Whose image it is.
impl fmt::Display for PulledImage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Container(container) => write!(f, "container `{}`", container.name()),
            Self::Volume { name, .. } => write!(f, "volume `{name}`"),
        }
    }
}

/// The image reference of `container`, as [`PulledImage::reference`] has it.
pub(super) fn image_of<'s>(container: &ContainerView<'s>, out: &mut Out<'_>) -> Option<ImageReference<'s>> {
    reference(&container.container.image, out)
}

fn reference<'s>(text: &'s str, out: &mut Out<'_>) -> Option<ImageReference<'s>> {
    if text.is_empty() {
        out.unknown("the image is not given here: something else fills it in");
        return None;
    }
    if is_placeholder(text) {
        out.unknown("the image is a placeholder that is filled in before the object is applied");
        return None;
    }
    let image = ImageReference::parse(text);
    if image.is_err() {
        out.not_applicable();
    }
    image.ok()
}

/// Whether a text has a part that a tool or Kubernetes-like controller fills in: `${IMAGE}`, `$(params.image)`, `{{ .image }}`,
/// `<image>`. None of these characters can stand in an image reference.
pub(super) fn is_placeholder(text: &str) -> bool {
    ["$", "{{", "<", "%"].iter().any(|mark| text.contains(mark))
}

/// Whether an image of this name (`registry/repository`) is the repository `place`, or stands below it. Parts of a path count as a whole.
pub(super) fn is_below(name: &str, place: &str) -> bool {
    let place = place.strip_suffix('/').unwrap_or(place);
    name.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
