//! How two objects differ.

use seawall_yaml::Path;
use smol_str::SmolStr;

use super::Difference;
use super::defaults::LIVE_ALONE;
use super::own;
use crate::object::Object;
use crate::quantity::Quantity;
use crate::tree::{Entries, Tree};

/// The fields that differ, in the order of the files.
pub(super) fn between(written: &Object, live: &Object, scaled: bool) -> Vec<Difference> {
    let (before, now) = (own::without(written), own::without(live));
    let mut walk = Walk { kind: &live.kind, scaled, found: Vec::new() };
    walk.map(&Path::root(), "", &before, &now);
    walk.found
}

struct Walk<'o> {
    kind: &'o str,
    /// Whether an autoscaler says how many pods there are.
    scaled: bool,
    found: Vec<Difference>,
}

/// What identifies items of lists, in the order in which it is tried (patchMergeKey of k8s.io/api core/v1).
const MERGE_KEYS: &[&str] = &["name", "mountPath", "containerPort", "port", "topologyKey", "ip"];

/// Lists and maps of quantities.
const QUANTITIES: &[&str] = &[
    "limits",
    "requests",
    "capacity",
    "hard",
    "podFixed",
    "overhead",
    "default",
    "defaultRequest",
    "max",
    "min",
    "maxLimitRequestRatio",
];

/// Annotations that count though no file has them: what they begin with.
const ANNOTATIONS: &[&str] = &[
    "seawall.dev/",
    "container.apparmor.security.beta.kubernetes.io/",
    "container.seccomp.security.alpha.kubernetes.io/",
    "seccomp.security.alpha.kubernetes.io/",
    "vault.hashicorp.com/",
];

impl Walk<'_> {
    fn differ(&mut self, path: &Path, written: Option<&Tree>, live: Option<&Tree>) {
        let difference = Difference { path: path.clone(), written: written.cloned(), live: live.cloned() };
        self.found.push(difference);
    }

    fn map(&mut self, path: &Path, parent: &str, written: &Entries, live: &Entries) {
        for (key, before) in written {
            let now = live.iter().find(|(name, _)| name == key).map(|(_, value)| value);
            match now {
                Some(now) => self.value(&path.key(key.clone()), key, parent, before, now),
                None => self.one_sided(&path.key(key.clone()), key, Some(before), None),
            }
        }
        for (key, now) in live {
            let known = written.iter().any(|(name, _)| name == key);
            let own = LIVE_ALONE.iter().any(|(kind, under, name)| {
                (kind.is_empty() || *kind == self.kind) && *under == parent && name == key
            });
            let counts = parent != "annotations" || ANNOTATIONS.iter().any(|prefix| key.starts_with(prefix));
            if !known && !own && counts {
                self.one_sided(&path.key(key.clone()), key, None, Some(now));
            }
        }
    }

    /// A field of one side alone. Labels and annotations are told one by one, and not all of them count.
    fn one_sided(&mut self, path: &Path, key: &str, written: Option<&Tree>, live: Option<&Tree>) {
        let entries = |side: Option<&Tree>| match side {
            Some(Tree::Map(entries)) => entries.clone(),
            _ => Vec::new(),
        };
        match key {
            "metadata" | "labels" | "annotations" => self.map(path, key, &entries(written), &entries(live)),
            _ => self.differ(path, written, live),
        }
    }

    fn value(&mut self, path: &Path, key: &str, parent: &str, written: &Tree, live: &Tree) {
        match (written, live) {
            (Tree::Map(before), Tree::Map(now)) => self.map(path, key, before, now),
            (Tree::List(before), Tree::List(now)) => self.list(path, key, before, now),
            _ if written == live => {}
            (Tree::Text(before), Tree::Text(now)) if is_quantity(key, parent) && same(before, now) => {}
            _ if key == "replicas" && self.scaled => {}
            _ => self.differ(path, Some(written), Some(live)),
        }
    }

    fn list(&mut self, path: &Path, key: &str, written: &[Tree], live: &[Tree]) {
        let mut keys = MERGE_KEYS.iter().filter(|by| is_unique(by, written) && is_unique(by, live));
        let Some(by) = keys.next() else {
            let maps = written.iter().chain(live).all(|item| matches!(item, Tree::Map(_)));
            if maps && written.len() == live.len() {
                for (index, (before, now)) in written.iter().zip(live).enumerate() {
                    self.value(&path.index(index), key, "", before, now);
                }
            } else if written != live {
                let list = |items: &[Tree]| Tree::List(items.to_vec());
                self.differ(path, Some(&list(written)), Some(&list(live)));
            }
            return;
        };
        let find = |items: &[Tree], item: &Tree| items.iter().position(|other| other.get(by) == item.get(by));
        for (index, before) in written.iter().enumerate() {
            match find(live, before).and_then(|at| live.get(at)) {
                Some(now) => self.value(&path.index(index), key, "", before, now),
                None => self.differ(&path.index(index), Some(before), None),
            }
        }
        for (index, now) in live.iter().enumerate().filter(|(_, now)| find(written, now).is_none()) {
            self.differ(&path.index(index), None, Some(now));
        }
    }
}

/// Whether each item has another value of `key`.
fn is_unique(key: &str, items: &[Tree]) -> bool {
    let mut seen: Vec<&Tree> = Vec::with_capacity(items.len());
    for item in items {
        match item.get(key) {
            Some(value) => seen.push(value),
            None => return false,
        }
    }
    let texts = |tree: &&Tree| {
        let mut text = String::new();
        tree.write_json(&mut text);
        text
    };
    let mut written: Vec<String> = seen.iter().map(texts).collect();
    written.sort_unstable();
    let all = written.len();
    written.dedup();
    written.len() == all
}

fn is_quantity(key: &str, parent: &str) -> bool {
    QUANTITIES.contains(&parent) || key == "sizeLimit"
}

/// Whether two quantities are equal: the API server writes `0.5` as `500m`.
pub(super) fn same(one: &SmolStr, other: &SmolStr) -> bool {
    match (one.parse::<Quantity>(), other.parse::<Quantity>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
