//! What variables of pods name. Values are not kept, so they are read once more from the texts that they stand in, and of each no more is
//! kept than the hosts that it names.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use seawall_credential::is_credential_name;
use seawall_inventory::{FileId, Object, PodView, Snapshot};
use seawall_yaml::{Document, Limits, Node, Path, Stream, parse};
use smol_str::SmolStr;

use super::declared::Lack;
use super::mention::{Mention, mentions_of};

/// Hosts by the names of variables, and where they stand.
pub(super) struct Named {
    pub variable: SmolStr,
    pub mentions: Vec<Mention>,
    /// The object that names them, and the field.
    pub at: (usize, Path),
}

/// ConfigMaps that pods take variables from, by namespace and name: their hosts by key.
type Maps = HashMap<(SmolStr, SmolStr), (usize, Vec<(SmolStr, Vec<Mention>)>)>;

/// What the values of variables name.
pub(super) struct Values<'s> {
    snapshot: &'s Snapshot,
    texts: Texts<'s>,
    maps: Maps,
}

impl<'s> Values<'s> {
    /// Reads the ConfigMaps that pods take variables from.
    pub fn new(snapshot: &'s Snapshot) -> Self {
        let mut texts = Texts { snapshot, file: None };
        let mut wanted: HashSet<(SmolStr, SmolStr)> = HashSet::new();
        for object in &snapshot.objects {
            let namespace = snapshot.identity(object.reference()).namespace;
            for pod in snapshot.pods_of(object) {
                wanted.extend(sources(pod).map(|name| (namespace.clone(), name.clone())));
            }
        }
        let mut maps = Maps::new();
        for (number, object) in snapshot.objects.iter().enumerate() {
            let reference = snapshot.identity(object.reference());
            let place = (reference.namespace, reference.name);
            if object.body.config_map().is_none() || !wanted.contains(&place) {
                continue;
            }
            let hosts = texts.at(object, &Path::root().field("data"), |data| {
                let pairs = data.entries().filter_map(|(key, _, value)| {
                    Some((SmolStr::new(key), mentions_of(key, value.as_str()?)))
                });
                pairs.collect()
            });
            if let Some(hosts) = hosts {
                maps.insert(place, (number, hosts));
            }
        }
        Self { snapshot, texts, maps }
    }

    /// What the variables of pods name, and what of them is not known.
    pub fn of(&mut self, number: usize, pod: PodView<'_>) -> (Vec<Named>, Vec<(Lack, Path)>) {
        let namespace = self.snapshot.identity(pod.object.reference()).namespace;
        let (mut found, mut lacking) = (Vec::new(), Vec::new());
        for view in pod.containers() {
            let env = view.path("env");
            let written: Option<Vec<Vec<Mention>>> = self.texts.at(pod.object, &env, |list| {
                let hosts = |item: Node<'_>| {
                    let text = |field| item.get(field).and_then(Node::as_str).unwrap_or_default();
                    mentions_of(text("name"), text("value"))
                };
                list.items().map(hosts).collect()
            });
            let has_values = view.container.env.iter().any(|variable| variable.value.is_some());
            if written.is_none() && has_values {
                lacking.push((Lack::Values, env.clone()));
            }
            let mut written = written.unwrap_or_default().into_iter();
            for (index, variable) in view.container.env.iter().enumerate() {
                let at = env.index(index);
                let own = written.next().unwrap_or_default();
                let name = || variable.name.clone();
                if !own.is_empty() {
                    found.push(Named { variable: name(), mentions: own, at: (number, at.clone()) });
                }
                let Some(source) = variable.value_from.as_deref() else { continue };
                if source.secret_key_ref.is_some() && !is_credential_name(&variable.name) {
                    lacking.push((Lack::Secret(name()), at.clone()));
                }
                if let Some(key) = &source.config_map_key_ref {
                    match self.maps.get(&(namespace.clone(), key.name.clone())) {
                        Some(map) => found.extend(named(map, |own| (*own == key.key).then(name))),
                        None => lacking.push((Lack::ConfigMap(key.name.clone()), at)),
                    }
                }
            }
            for (index, source) in view.container.env_from.iter().enumerate() {
                let at = || view.path("envFrom").index(index);
                if let Some(secret) = &source.secret_ref {
                    lacking.push((Lack::Secret(secret.name.clone()), at()));
                }
                if let Some(map) = &source.config_map_ref {
                    match self.maps.get(&(namespace.clone(), map.name.clone())) {
                        Some(map) => found.extend(named(map, |key| {
                            Some(smol_str::format_smolstr!("{}{key}", source.prefix))
                        })),
                        None => lacking.push((Lack::ConfigMap(map.name.clone()), at())),
                    }
                }
            }
        }
        (found, lacking)
    }
}

/// What keys of a ConfigMap name, as the variables that they become.
fn named(
    (number, hosts): &(usize, Vec<(SmolStr, Vec<Mention>)>),
    variable: impl Fn(&SmolStr) -> Option<SmolStr>,
) -> Vec<Named> {
    let named = hosts.iter().filter(|(_, mentions)| !mentions.is_empty()).filter_map(|(key, mentions)| {
        let at = (*number, Path::root().field("data").key(key.clone()));
        Some(Named { variable: variable(key)?, mentions: mentions.clone(), at })
    });
    named.collect()
}

/// The ConfigMaps that a pod takes variables from.
fn sources(pod: PodView<'_>) -> impl Iterator<Item = &SmolStr> {
    let containers = || pod.spec().containers.iter().chain(pod.spec().init_containers.iter());
    let keys = containers().flat_map(|container| &container.env);
    let keys =
        keys.filter_map(|variable| Some(&variable.value_from.as_deref()?.config_map_key_ref.as_ref()?.name));
    let whole = containers().flat_map(|container| &container.env_from);
    keys.chain(whole.filter_map(|source| Some(&source.config_map_ref.as_ref()?.name)))
}

/// Texts that are read once more, one file at a time: objects come in the order of files.
struct Texts<'s> {
    snapshot: &'s Snapshot,
    file: Option<(FileId, Stream)>,
}

impl Texts<'_> {
    /// What `take` makes of a field of an object; `None` when its text is not kept, or has no such field.
    fn at<T>(&mut self, object: &Object, field: &Path, take: impl FnOnce(Node<'_>) -> T) -> Option<T> {
        let file = self.snapshot.file(object.origin.file)?;
        if file.provenance.is_live() {
            return None;
        }
        let path = object.origin.path.join(field);
        if let Some(document) = file.text.document(object.origin.document) {
            return document.get(&path).map(take);
        }
        if self.file.as_ref().is_none_or(|(number, _)| *number != object.origin.file) {
            let stream = parse(file.text.get().as_bytes(), &Limits::default());
            self.file = Some((object.origin.file, stream));
        }
        let (_, stream) = self.file.as_ref()?;
        let is_it = |document: &&Document| document.index == object.origin.document;
        let document = stream.documents.iter().find(is_it)?;
        document.get(&path).map(take)
    }
}
