//! Light typed Kubernetes objects, where each came from, and the Snapshot that holds them.
