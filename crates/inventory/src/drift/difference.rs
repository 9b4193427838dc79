//! How two objects differ.

use foldhash::{HashMap, HashSet};
use seawall_yaml::Path;
use smol_str::SmolStr;

use super::Difference;
use super::defaults::LIVE_ALONE;
use super::own;
use crate::object::Object;
use crate::quantity::Quantity;
use crate::tree::{Entries, Tree};

/// The fields that differ, in the order of the files. `made` is what the API server makes of what is written, where it said so:
/// then that is compared, and told under the places of the files.
pub(super) fn between(
    written: &Object,
    made: Option<&Object>,
    live: &Object,
    scaled: bool,
) -> Vec<Difference> {
    let (before, now) = (Tree::Map(own::without(made.unwrap_or(written))), Tree::Map(own::without(live)));
    let mut walk = Walk { kind: &live.kind, scaled, found: Vec::new() };
    let file = Tree::Map(if made.is_some() { own::without(written) } else { Vec::new() });
    let file = if made.is_some() { File::Other(Some(&file)) } else { File::Same };
    walk.value(&Path::root(), "", "", file, &before, &now);
    walk.found
}

struct Walk<'o> {
    kind: &'o str,
    /// Whether an autoscaler says how many pods there are.
    scaled: bool,
    found: Vec<Difference>,
}

/// What a file says where the walk is.
#[derive(Clone, Copy)]
enum File<'t> {
    /// What is compared.
    Same,
    /// This, of which the API server has made what is compared.
    Other(Option<&'t Tree>),
}

impl<'t> File<'t> {
    /// The fields of the map that stands there.
    fn fields(self) -> HashMap<&'t SmolStr, &'t Tree> {
        match self {
            Self::Other(Some(Tree::Map(entries))) => {
                entries.iter().map(|(key, value)| (key, value)).collect()
            }
            _ => HashMap::default(),
        }
    }

    /// The items of the list that stands there.
    fn items(self) -> &'t [Tree] {
        match self {
            Self::Other(Some(Tree::List(items))) => items,
            _ => &[],
        }
    }

    /// What stands below, which is this when it is something else than what is compared.
    fn below(self, below: Option<&'t Tree>) -> Self {
        match self {
            Self::Same => Self::Same,
            Self::Other(_) => Self::Other(below),
        }
    }

    /// Whether it is known not to say a field that the API server has filled in.
    fn leaves_open(self) -> bool {
        matches!(self, Self::Other(None))
    }
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

    fn map(&mut self, path: &Path, parent: &str, file: File<'_>, written: &Entries, live: &Entries) {
        let in_file = file.fields();
        // A ConfigMap may have thousands of keys.
        let known: HashMap<&SmolStr, &Tree> = live.iter().rev().map(|(key, value)| (key, value)).collect();
        let of = self.kind;
        let is_live_alone = |key: &SmolStr| {
            LIVE_ALONE.iter().any(|(kind, under, name)| {
                (kind.is_empty() || *kind == of) && *under == parent && name == key
            })
        };
        let counts = |key: &SmolStr| {
            parent != "annotations" || ANNOTATIONS.iter().any(|prefix| key.starts_with(prefix))
        };
        // What files need not say.
        let own = |key: &SmolStr| is_live_alone(key) || !counts(key);
        for (key, before) in written {
            let file = file.below(in_file.get(key).copied());
            // It is made anew for each object, and for each dry run: an address, a port.
            if file.leaves_open() && own(key) {
                continue;
            }
            match known.get(key) {
                Some(now) => self.value(&path.key(key.clone()), key, parent, file, before, now),
                None => self.one_sided(&path.key(key.clone()), key, file, Some(before), None),
            }
        }
        let known: HashSet<&SmolStr> = written.iter().map(|(key, _)| key).collect();
        for (key, now) in live {
            if !known.contains(key) && !own(key) {
                let file = file.below(in_file.get(key).copied());
                self.one_sided(&path.key(key.clone()), key, file, None, Some(now));
            }
        }
    }

    /// A field of one side alone. Labels and annotations are told one by one, and not all of them count.
    fn one_sided(
        &mut self,
        path: &Path,
        key: &str,
        file: File<'_>,
        written: Option<&Tree>,
        live: Option<&Tree>,
    ) {
        let entries = |side: Option<&Tree>| match side {
            Some(Tree::Map(entries)) => entries.clone(),
            _ => Vec::new(),
        };
        match key {
            "metadata" | "labels" | "annotations" => {
                self.map(path, key, file, &entries(written), &entries(live));
            }
            _ => self.differ(path, written, live),
        }
    }

    fn value(&mut self, path: &Path, key: &str, parent: &str, file: File<'_>, written: &Tree, live: &Tree) {
        match (written, live) {
            (Tree::Map(before), Tree::Map(now)) => self.map(path, key, file, before, now),
            (Tree::List(before), Tree::List(now)) => self.list(path, key, file, before, now),
            _ if written == live => {}
            (Tree::Text(before), Tree::Text(now)) if is_quantity(key, parent) && same(before, now) => {}
            _ if key == "replicas" && self.scaled => {}
            _ => self.differ(path, Some(written), Some(live)),
        }
    }

    fn list(&mut self, path: &Path, key: &str, file: File<'_>, written: &[Tree], live: &[Tree]) {
        let in_file = file.items();
        let mut keys = MERGE_KEYS
            .iter()
            .filter_map(|by| Some((by_key(by, written)?, by_key(by, live)?, by_key(by, in_file)?)));
        let Some((before_by, now_by, file_by)) = keys.next() else {
            let maps = written.iter().chain(live).all(|item| matches!(item, Tree::Map(_)));
            if maps && written.len() == live.len() {
                for (index, (before, now)) in written.iter().zip(live).enumerate() {
                    self.value(&path.index(index), key, "", file.below(in_file.get(index)), before, now);
                }
            } else if written != live {
                let list = |items: &[Tree]| Tree::List(items.to_vec());
                self.differ(path, Some(&list(written)), Some(&list(live)));
            }
            return;
        };
        for (index, (key_of, before)) in before_by.keys.iter().zip(written).enumerate() {
            let at = file_by.places.get(key_of).copied();
            let path = path.index(at.unwrap_or(index));
            match now_by.places.get(key_of).and_then(|at| live.get(*at)) {
                Some(now) => {
                    let file = file.below(at.and_then(|at| in_file.get(at)));
                    self.value(&path, key, "", file, before, now);
                }
                None => self.differ(&path, Some(before), None),
            }
        }
        for (index, (key_of, now)) in now_by.keys.iter().zip(live).enumerate() {
            if !before_by.places.contains_key(key_of) {
                self.differ(&path.index(index), None, Some(now));
            }
        }
    }
}

/// Items of a list by the value of one of their fields, as JSON.
struct ByKey {
    /// In the order of items.
    keys: Vec<String>,
    /// Where the item of a key stands.
    places: HashMap<String, usize>,
}

/// The items by `key`; `None` unless each has another value of it.
fn by_key(key: &str, items: &[Tree]) -> Option<ByKey> {
    let mut keys = Vec::with_capacity(items.len());
    for item in items {
        let mut text = String::new();
        item.get(key)?.write_json(&mut text);
        keys.push(text);
    }
    let places: HashMap<String, usize> = keys.iter().cloned().zip(0..).collect();
    (places.len() == keys.len()).then_some(ByKey { keys, places })
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
