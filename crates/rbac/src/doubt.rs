//! What is not known, so that an answer is not.

use seawall_inventory::Snapshot;

/// Something that is not known, by which somebody may be allowed what nothing that is known allows him.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// Bindings of a kind were not read: the number of the gap in [`Coverage::gaps`](seawall_inventory::Coverage::gaps).
    NotRead(usize),
    /// The role of a binding, the number of an object, is none of those that were read.
    RoleNotRead(usize),
    /// A field of an object, by its number, has a wrong type: what it will say when that is mended is not known.
    Malformed(usize),
    /// The API server refuses an object, by its number, so that it grants nothing until it is mended.
    Refused(usize),
    /// An object, by its number, is defined several times with different content, in several overlays for example.
    Contested(usize),
    /// ClusterRoles gather each other's rules; whether those that this one, an object by its number, gives itself survive
    /// depends on which of them the controller writes first.
    Circular(usize),
    /// An object, by its number, gathers more rules than are followed.
    TooLarge(usize),
}

impl Doubt {
    /// What is not known, as the reason of an answer.
    pub fn describe(self, snapshot: &Snapshot) -> String {
        let named = |number: usize| {
            let object = snapshot.objects.get(number);
            object.map(|object| snapshot.identity(object.reference()).to_string()).unwrap_or_default()
        };
        match self {
            Self::NotRead(gap) => {
                snapshot.coverage.gaps.get(gap).map(|gap| gap.reason.to_string()).unwrap_or_default()
            }
            Self::RoleNotRead(number) => {
                let binding = snapshot.objects.get(number).and_then(|object| object.body.role_binding());
                let role =
                    binding.map(|binding| format!("{} {}", binding.role_ref.kind, binding.role_ref.name));
                format!("{}, which {} binds, was not read", role.unwrap_or_default(), named(number))
            }
            Self::Malformed(number) => format!("{} has a field of a wrong type", named(number)),
            Self::Refused(number) => {
                let why = snapshot.objects.get(number).and_then(crate::validity::refusal);
                format!("{} is refused by the API server: {}", named(number), why.unwrap_or_default())
            }
            Self::Contested(number) => format!("{} is defined several times, differently", named(number)),
            Self::TooLarge(number) => format!("{} gathers more rules than are followed", named(number)),
            Self::Circular(number) => {
                format!("{} gathers the rules of ClusterRoles that gather its own", named(number))
            }
        }
    }
}
