//! Names of policies.

use foldhash::{HashSet, HashSetExt};

use crate::world::World;

/// The longest name that is given: that of a DNS label.
const LONGEST: usize = 63;

/// Names that are taken, by namespace.
pub(super) struct Names(HashSet<(usize, String)>);

impl Names {
    /// Those of the policies that are there.
    pub fn of(world: &World<'_>, namespaces: &[usize]) -> Self {
        let mut taken = HashSet::new();
        for (number, space) in namespaces.iter().filter_map(|number| Some((*number, world.space(*number)?))) {
            let objects = space.policies.iter();
            let objects = objects.filter_map(|policy| world.snapshot().objects.get(policy.object));
            taken.extend(objects.map(|object| (number, object.metadata.name.to_string())));
        }
        Self(taken)
    }

    /// A name like the one that is wished for, or that one with a number behind it when it is taken.
    pub fn take(&mut self, namespace: usize, wish: &str) -> String {
        let mut name = label(wish, LONGEST);
        let mut number = 2_u32;
        while !self.0.insert((namespace, name.clone())) {
            let end = format!("-{number}");
            name = label(wish, LONGEST - end.len()) + &end;
            number = number.saturating_add(1);
        }
        name
    }
}

/// A DNS label of a name (RFC 1123) that is no longer.
fn label(name: &str, longest: usize) -> String {
    let letter = |letter: char| match letter.to_ascii_lowercase() {
        letter if letter.is_ascii_alphanumeric() => letter,
        _ => '-',
    };
    let label: String = name.chars().map(letter).take(longest).collect();
    label.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Names, label};

    #[test]
    fn names_are_labels_of_dns_and_each_is_given_once() {
        for (name, expected) in [
            ("allow-web", "allow-web"),
            ("allow-web.v1", "allow-web-v1"),
            ("allow-job-*", "allow-job"),
            ("allow-Größe", "allow-gr--e"),
            (&"a".repeat(70), &"a".repeat(63)),
        ] {
            assert_eq!(label(name, 63), expected);
        }
        let mut names = Names(foldhash::HashSet::default());
        let long = "a".repeat(80);
        let given = [names.take(0, "a"), names.take(0, "a"), names.take(1, "a")];
        assert_eq!(given, ["a", "a-2", "a"]);
        let given = [names.take(0, &long), names.take(0, &long)];
        assert_eq!(given, ["a".repeat(63), format!("{}-2", "a".repeat(61))]);
    }
}
