//! Light typed Kubernetes objects, where each came from, and the Snapshot that holds them.
//!
//! This crate knows nothing of disks and networks: texts come in, a [`Snapshot`] comes out. Reading never fails as a
//! whole: what is not understood is a [`Problem`] at its place.

mod api_resource;
mod body;
mod change;
mod cluster_scoped;
mod coverage;
pub mod decode;
pub mod drift;
pub mod duration;
pub mod encode;
mod ignore;
pub mod image;
mod index;
pub mod judged;
mod kind;
pub mod kinds;
mod live;
mod mark;
mod object;
mod origin;
mod owners;
mod pod_view;
mod port_name;
mod problem;
pub mod quantity;
mod read;
mod relations;
pub mod saved;
pub mod selector;
mod setting;
mod snapshot;
mod template;
mod text;
mod tree;
mod version;
mod view;
mod workload;

pub use api_resource::ApiResource;
pub use body::Body;
pub use change::{Change, Changed};
pub use coverage::{Coverage, Gap, Missing};
pub use index::Index;
pub use kind::{Kind, is_read};
pub use live::Listing;
pub use object::{Object, ObjectRef, has_content};
pub use origin::{FileId, Ignore, IgnoreForm, Origin, Provenance, SourceFile, Unit, UnitId, UnitKind};
pub use owners::{Chains, OwnerKind, unread_controller};
pub use pod_view::{ContainerClass, ContainerView, Effective, PodView};
pub use port_name::refused_port_name;
pub use problem::{Place, Problem, Weight};
pub use read::{Reading, read};
pub use relations::Autoscaling;
pub use setting::Setting;
pub use snapshot::{Skipped, Snapshot};
pub use template::{ContainerPaths, Controller, PodTemplate};
pub use text::Text;
pub use tree::{Entries, Tree};
pub use version::{KubernetesVersion, NotAVersion, VersionRange};
pub use view::{Read, Recorder, View, What, Within};
pub use workload::Workload;
