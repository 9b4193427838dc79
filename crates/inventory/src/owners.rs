//! What is above pods and what embeds them, as far as it is of kinds that no check reads.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashSet};
use smol_str::SmolStr;

use crate::kind::is_read;
use crate::object::{Object, ObjectRef};

/// The controllers above pods and what embeds them, as far as they are of kinds that no check reads: custom resources of
/// operators mostly. They are looked for kind by kind, as each may have a controller of yet another kind.
#[derive(Debug, Default)]
pub struct Chains {
    /// The controllers that objects name, as if these stood in their namespace.
    named: HashSet<ObjectRef>,
    /// Of each owner that was read, the controller that it names.
    above: HashMap<ObjectRef, Option<ObjectRef>>,
}

/// Group and kind.
pub type OwnerKind = (SmolStr, SmolStr);

impl Chains {
    /// Those that begin at the pods, and at what embeds pods, among `objects`.
    pub fn of<'o>(objects: impl IntoIterator<Item = &'o Object>) -> Self {
        let embedding = objects.into_iter().filter(|object| !object.pods.is_empty());
        Self { named: embedding.filter_map(controller).collect(), above: HashMap::default() }
    }

    /// Adds what was read for what it owns.
    pub fn add<'o>(&mut self, owners: impl IntoIterator<Item = &'o Object>) {
        self.above.extend(owners.into_iter().map(|owner| (owner.reference(), controller(owner))));
    }

    /// The kinds of the controllers at which they end, for not having been read.
    pub fn ends(&self) -> BTreeSet<OwnerKind> {
        self.walk().1
    }

    /// The owners among those that were read that are above something.
    pub fn reached(&self) -> HashSet<ObjectRef> {
        self.walk().0
    }

    fn walk(&self) -> (HashSet<ObjectRef>, BTreeSet<OwnerKind>) {
        let (mut reached, mut ends) = (HashSet::default(), BTreeSet::new());
        let mut next: Vec<ObjectRef> = self.named.iter().cloned().collect();
        while let Some(beside) = next.pop() {
            let nowhere = ObjectRef { namespace: SmolStr::default(), ..beside.clone() };
            let owner = [&beside, &nowhere].into_iter().find(|reference| self.above.contains_key(*reference));
            match owner {
                None => {
                    ends.insert((beside.group, beside.kind));
                }
                // What was met before is not gone through again, so that a circle ends.
                Some(owner) if reached.insert(owner.clone()) => {
                    next.extend(self.above.get(owner).cloned().flatten())
                }
                Some(_) => {}
            }
        }
        (reached, ends)
    }
}

/// The kind of the controller of an object, if it is one that no check reads.
pub fn unread_controller(object: &Object) -> Option<OwnerKind> {
    let reference = controller(object)?;
    Some((reference.group, reference.kind))
}

fn controller(object: &Object) -> Option<ObjectRef> {
    let owner = object.metadata.controller().filter(|owner| !is_read(owner.group(), &owner.kind))?;
    Some(ObjectRef {
        group: SmolStr::new(owner.group()),
        kind: owner.kind.clone(),
        namespace: object.metadata.namespace.clone(),
        name: owner.name.clone(),
    })
}

#[cfg(test)]
mod tests {
    use seawall_yaml::Limits;

    use super::Chains;
    use crate::live::Listing;
    use crate::object::Object;

    /// Objects of a kind: each a name, and behind it its controller as `group/kind/name`, if it has one.
    fn list(api_version: &str, kind: &str, objects: &[&str]) -> Vec<Object> {
        let mut listing = Listing::new("list".into(), api_version, kind);
        for object in objects {
            let (name, owner) = object.split_once(' ').unwrap_or((object, ""));
            let owners = match owner.split('/').collect::<Vec<_>>()[..] {
                [group, kind, name] => format!(
                    r#"[{{"apiVersion":"{group}/v1","kind":"{kind}","name":"{name}","uid":"u","controller":true}}]"#
                ),
                _ => "[]".to_owned(),
            };
            let namespace = if kind == "World" { "" } else { r#""namespace":"shop","# };
            listing.take(
                &format!(r#"{{"metadata":{{{namespace}"name":"{name}","ownerReferences":{owners}}},"spec":{{"template":{{"spec":{{}}}}}}}}"#),
                &Limits::default(),
            );
        }
        listing.finish().objects
    }

    #[test]
    fn chains_are_followed_to_what_was_not_read() {
        let mut objects = list("v1", "Pod", &["web a.io/Set/web", "alone", "made apps/ReplicaSet/made"]);
        objects.extend(list("apps/v1", "ReplicaSet", &["old b.io/Roll/out"]));
        // It has no pods: nothing is told with what owns it.
        objects.extend(list("v1", "Secret", &["keys c.io/Vault/keys"]));
        let mut chains = Chains::of(&objects);
        let ends = |chains: &Chains| -> Vec<String> {
            chains.ends().into_iter().map(|(group, kind)| format!("{group}/{kind}")).collect()
        };
        let reached = |chains: &Chains| {
            let mut reached: Vec<String> = chains.reached().iter().map(ToString::to_string).collect();
            reached.sort();
            reached
        };
        assert_eq!(ends(&chains), ["a.io/Set", "b.io/Roll"]);
        chains.add(&list("a.io/v1", "Set", &["web d.io/World/all", "other e.io/Other/other"]));
        assert_eq!(ends(&chains), ["b.io/Roll", "d.io/World"]);
        chains.add(&list("d.io/v1", "World", &["all"]));
        chains.add(&list("b.io/v1", "Roll", &["out b.io/Turn/turn"]));
        assert_eq!(ends(&chains), ["b.io/Turn"]);
        // In a circle.
        chains.add(&list("b.io/v1", "Turn", &["turn b.io/Roll/out"]));
        assert_eq!(ends(&chains), Vec::<String>::new());
        assert_eq!(reached(&chains), ["Roll shop/out", "Set shop/web", "Turn shop/turn", "World all"]);
    }
}
