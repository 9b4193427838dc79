//! Which kinds a check needs to see.

use seawall_inventory::{Kind, Read, What};

use crate::check::Check;

/// Kinds as checks declare them: one as `Deployment.apps`, of the core group as `Secret`; `pods` for all that embed pods; `any` for
/// all that are read.
pub type KindWord = &'static str;

/// The kinds that some of `checks` judges or asks for, in the order of [`Kind::ALL`].
pub fn kinds(checks: &[&Check]) -> Vec<&'static Kind> {
    let needed = |kind: &&Kind| checks.iter().any(|check| check.judges(kind) || check.asks_for(kind));
    Kind::ALL.iter().filter(needed).collect()
}

impl Check {
    /// Whether it judges objects of the kind.
    pub fn judges(&self, kind: &Kind) -> bool {
        self.subjects.iter().any(|word| means(word, kind))
    }

    /// Whether it asks for objects of the kind.
    pub fn asks_for(&self, kind: &Kind) -> bool {
        self.reads.iter().any(|word| means(word, kind))
    }

    /// Whether it declares that it asks for what a query asked for. Of a kind that is never read nothing is declared.
    pub fn declares(&self, read: &Read) -> bool {
        match &read.what {
            What::Pods => self.reads.iter().any(|word| matches!(*word, "pods" | "any")),
            What::Kind { group, kind } => {
                Kind::ALL.iter().filter(|known| known.is(group, kind)).all(|known| self.asks_for(known))
            }
        }
    }
}

/// Whether `word` means `kind`.
pub(crate) fn means(word: &str, kind: &Kind) -> bool {
    match word {
        "any" => true,
        "pods" => kind.embeds_pods(),
        one => {
            let (name, group) = one.split_once('.').unwrap_or((one, ""));
            (kind.group, kind.kind) == (group, name)
        }
    }
}

#[cfg(test)]
mod tests {
    use seawall_inventory::Kind;

    use super::means;

    #[test]
    fn words_mean_kinds() {
        for check in crate::all() {
            for word in check.subjects.iter().chain(check.reads) {
                let of_all = Kind::ALL.iter().filter(|kind| means(word, kind)).count();
                assert!(of_all > 0, "{}: `{word}` is no kind that is read", check.meta.id);
                assert!(of_all == 1 || matches!(*word, "any" | "pods"), "{}: `{word}`", check.meta.id);
            }
        }
    }
}
