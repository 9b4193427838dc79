//! Tokens of the pod's service account that projected volumes hold.

use seawall_inventory::PodView;
use seawall_inventory::kinds::{ServiceAccountTokenProjection, Volume};
use seawall_yaml::Path;

/// A `serviceAccountToken` source of a projected volume.
pub(crate) struct ProjectedToken<'s> {
    pod: PodView<'s>,
    volume_index: usize,
    source_index: usize,
    /// The volume.
    pub volume: &'s Volume,
    /// The source.
    pub source: &'s ServiceAccountTokenProjection,
}

impl ProjectedToken<'_> {
    /// Path of the volume.
    pub(crate) fn place(&self) -> Path {
        self.pod.path("volumes").index(self.volume_index)
    }

    /// Path of the source.
    pub(crate) fn path(&self) -> Path {
        self.place().field("projected").field("sources").index(self.source_index).field("serviceAccountToken")
    }
}

/// All of them, in the order written.
pub(crate) fn projected_tokens<'s>(pod: &PodView<'s>) -> impl Iterator<Item = ProjectedToken<'s>> + use<'s> {
    let pod = *pod;
    pod.spec().volumes.iter().enumerate().flat_map(move |(volume_index, volume)| {
        let sources = volume.projected.iter().flat_map(|projected| projected.sources.iter().enumerate());
        sources.filter_map(move |(source_index, source)| {
            let source = source.service_account_token.as_deref()?;
            Some(ProjectedToken { pod, volume_index, source_index, volume, source })
        })
    })
}
