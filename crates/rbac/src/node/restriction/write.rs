//! What somebody writes, as admission sees it.

use seawall_yaml::Node;

/// What somebody writes, as admission sees it (`admission.Attributes` of k8s.io/apiserver pkg/admission).
#[derive(Clone, Copy, Debug)]
pub struct NodeWrite<'a> {
    /// What is done.
    pub operation: Operation,
    /// API group, empty for the core group.
    pub group: &'a str,
    /// The resource as paths name it: `pods`.
    pub resource: &'a str,
    /// `status` of `pods/status`; empty for the objects themselves.
    pub subresource: &'a str,
    /// Namespace; empty for what stands in none.
    pub namespace: &'a str,
    /// Name; of what is made that which the object says.
    pub name: &'a str,
    /// The object as it is to be: for a patch, what comes of it. Nothing where it is deleted.
    pub object: Option<Node<'a>>,
    /// The object as it is. Nothing where it is made.
    pub old: Option<Node<'a>>,
    /// Of a CertificateSigningRequest: the common name of the request that stands in it.
    pub common_name: Option<&'a str>,
}

/// What is done with an object. A patch is an update, and of all objects of a collection each is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It is deleted.
    Delete,
}
