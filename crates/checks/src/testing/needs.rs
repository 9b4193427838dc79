//! What a check declares to need is what it touches.

use std::cell::RefCell;
use std::collections::BTreeSet;

use seawall_inventory::{Kind, Object, Read, What};

use crate::check::Check;

thread_local! {
    /// Kinds that the check at hand judged or asked for in its examples: tests of checks have a thread each.
    static TOUCHED: RefCell<BTreeSet<(bool, &'static Kind)>> = const { RefCell::new(BTreeSet::new()) };
}

/// Words that no example touches, and why not.
const UNTOUCHED: &[(&str, &str, &str)] = &[
    ("SW5009", "ConfigMap", "asked for where no policy names an image: tests/undecided.rs"),
    (
        "SW5011",
        "SealedSecret.bitnami.com",
        "asked for where the Secret itself is not read: tests/undecided.rs",
    ),
    (
        "SW5011",
        "ExternalSecret.external-secrets.io",
        "asked for where the Secret itself is not read: tests/undecided.rs",
    ),
    ("SW6022", "LimitRange", "asked for by quotas of a quality of service, which SW6026 shows"),
    (
        "SW6029",
        "ScaledObject.keda.sh",
        "its target and bounds are read as those of a HorizontalPodAutoscaler",
    ),
    (
        "SW9016",
        "NamespacedValidatingPolicy.policies.kyverno.io",
        "its actions are read as those of a binding",
    ),
    ("SW9016", "ValidatingPolicy.policies.kyverno.io", "its actions are read as those of a binding"),
    ("SW9026", "SecurityContextConstraints", "the name that it had before OpenShift had a group for it"),
];

/// Holds what a check judged and asked for against its declarations.
pub(super) fn hold(check: &Check, judged: Option<&Object>, reads: &BTreeSet<Read>) {
    let id = check.meta.id;
    let touch = |is_subject, kind| TOUCHED.with_borrow_mut(|touched| touched.insert((is_subject, kind)));
    for kind in Kind::ALL.iter().filter(|kind| judged.is_some_and(|one| kind.is(one.group(), &one.kind))) {
        assert!(check.judges(kind), "{id} judges {kind:?}, and `subjects` does not say so");
        touch(true, kind);
    }
    for read in reads {
        assert!(check.declares(read), "{id} asks for {read:?}, and `reads` does not say so");
        for kind in Kind::ALL {
            let is_asked = match &read.what {
                What::Pods => kind.embeds_pods(),
                What::Kind { group, kind: name } => kind.is(group, name),
            };
            if is_asked {
                touch(false, kind);
            }
        }
    }
}

/// Holds declarations against what was touched: of each group that is declared at least one kind, since kinds of one group are
/// declared together where they are decoded as one.
pub(super) fn hold_touched(check: &Check) {
    let touched = TOUCHED.take();
    for (is_subject, words) in [(true, check.subjects), (false, check.reads)] {
        for word in words {
            let excused = UNTOUCHED.iter().any(|(id, known, _)| (*id, known) == (check.meta.id, word));
            let meant = Kind::ALL.iter().filter(|kind| crate::needs::means(word, kind));
            let is_like = |kind: &&Kind| {
                touched.iter().any(|(role, one)| *role == is_subject && one.group == kind.group)
                    && !kind.group.is_empty()
                    || touched.contains(&(is_subject, *kind))
            };
            let in_files = meant.clone().all(|kind| kind.plural.is_empty());
            assert!(
                meant.clone().any(|kind| is_like(&kind)) || excused || in_files,
                "{}: nothing touches `{word}`",
                check.meta.id
            );
        }
    }
}
