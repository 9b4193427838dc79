//! Reads files, folders, standard input, Helm charts and Kustomize directories into a Snapshot.
