//! Images: what runs, and whether it is what was meant.

mod reference;
mod signature_policies;

crate::check::checks! {
    mutable_image_tag,
    unpinned_image,
    stale_image,
    frozen_registry,
    unlisted_registry,
    invalid_image_reference,
    cached_image,
    unenforced_image_signature,
    unverified_image,
    ambiguous_registry_prefix,
    unusable_pull_secret,
}
