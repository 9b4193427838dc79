//! `metav1.ObjectMeta`.

use smol_str::SmolStr;

use crate::decode::{StringMap, record};

record! {
    /// `metav1.ObjectMeta` of k8s.io/apimachinery.
    Metadata {
        /// Empty in a template, or when `generateName` is used.
        name: SmolStr = "name",
        /// Prefix of a generated name.
        generate_name: SmolStr = "generateName",
        /// Empty when not given: then it is decided by who applies the object.
        namespace: SmolStr = "namespace",
        /// Labels.
        labels: StringMap = "labels",
        /// Annotations.
        annotations: StringMap = "annotations",
        /// Owners; one of them may be the controller.
        owner_references: Box<[OwnerReference]> = "ownerReferences",
    }

    /// `metav1.OwnerReference`.
    OwnerReference {
        /// API version of the owner.
        api_version: SmolStr = "apiVersion",
        /// Kind of the owner.
        kind: SmolStr = "kind",
        /// Name of the owner, in the same namespace or cluster-scoped.
        name: SmolStr = "name",
        /// Whether it manages the object.
        controller: Option<bool> = "controller",
    }
}
