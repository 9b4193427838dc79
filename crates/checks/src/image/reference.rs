//! Images of containers, as checks of this folder look at them.

use seawall_inventory::ContainerView;
use seawall_inventory::image::ImageReference;

use crate::Out;

/// The image reference of `container`. `None` when there is none to judge; then the verdict is said:
/// a placeholder or an image that comes from elsewhere is unknown, a malformed one is `invalid-image-reference`'s matter.
pub(super) fn image_of<'s>(container: &ContainerView<'s>, out: &mut Out<'_>) -> Option<ImageReference<'s>> {
    let text = &container.container.image;
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
