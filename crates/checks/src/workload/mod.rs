//! Workloads: what a pod template asks of the node it runs on.

crate::check::checks! {
    privileged_container,
}
