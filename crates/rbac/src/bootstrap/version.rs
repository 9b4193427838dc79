//! Which version a cluster is of, by what its API server has made.

use std::cmp::Reverse;

use foldhash::{HashSet, HashSetExt};
use seawall_inventory::{KubernetesVersion, Object};

use super::{Bootstrap, BootstrapObject};

impl Bootstrap {
    /// The version whose API server makes what is likest to these objects, of those that are alike the one that least is left for
    /// by earlier ones, then the newest. `None` when none of the objects is known.
    pub fn version_of<'o>(&self, objects: impl IntoIterator<Item = &'o Object>) -> Option<KubernetesVersion> {
        let known: Vec<(&BootstrapObject, &Object)> =
            objects.into_iter().filter_map(|object| Some((self.of(object)?, object))).collect();
        if known.is_empty() {
            return None;
        }
        let mut places = HashSet::new();
        let mut kinds = HashSet::new();
        for (made, _) in &known {
            places.insert(&made.place);
            kinds.insert(made.kind());
        }
        // Of kinds that could not be listed nothing is missing.
        let absent =
            |object: &&BootstrapObject| kinds.contains(object.kind()) && !places.contains(&object.place);
        let absent: Vec<&BootstrapObject> = self.objects.iter().filter(absent).collect();
        let wrong = |version: KubernetesVersion| {
            let (mut wrong, mut left) = (absent.iter().filter(|made| made.is_made_by(version)).count(), 0);
            for (made, object) in &known {
                let difference = made.difference(object, version);
                wrong += difference.missing.len() + difference.extra.len();
                wrong += usize::from(!made.may_be_made_by(version));
                left += difference.left.len();
            }
            (wrong, left)
        };
        Self::versions().min_by_key(|version| (wrong(*version), Reverse(*version)))
    }
}
