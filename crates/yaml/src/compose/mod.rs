//! Events → tree, with kubectl's meaning: scalars resolved, keys made strings, merges applied, duplicates found
//! (`decode.go` of go.yaml.in/yaml/v2@v2.4.3 and `convertToJSONableObject` of sigs.k8s.io/yaml@v1.6.0).

mod alias;
mod builder;
mod json_bounds;
mod keys;
mod yaml;

pub(crate) use builder::Builder;
pub(crate) use yaml::{Composed, compose_yaml};
