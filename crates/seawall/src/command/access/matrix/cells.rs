//! What a subject may of a column, and where.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use seawall_inventory::{KubernetesVersion, Snapshot};
use seawall_rbac::power::Ask;
use seawall_rbac::{Power, Subject, User};
use serde_json::{Value, json};
use smol_str::SmolStr;

use crate::args::ask::Asked;
use crate::command::access::answer::{Authorizers, Reason, Verdict};
use crate::command::access::bound::{bindings, namespaces};
use crate::command::access::chain::name;
use crate::command::access::what::{What, WhatArgs};

/// Verbs that are shown of a resource.
const VERBS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/// What is asked of every subject: a power, or the verbs on a resource.
pub(super) struct Column {
    pub title: String,
    pub things: Vec<Thing>,
}

/// Something that somebody may or may not.
pub(super) struct Thing {
    /// One of each of these makes it.
    needs: Vec<Vec<What>>,
    /// Whether it can be had in one namespace.
    is_in_namespace: bool,
    /// The one namespace that it is of, when it is not of all.
    only: Option<&'static str>,
}

impl Column {
    pub(super) fn of_resource(written: &str, asked: &Asked) -> Result<Self> {
        let thing = |verb: &&str| {
            let what = What::parse(verb, written, &WhatArgs::default(), asked)?;
            let is_in_namespace = !what.namespace.is_empty();
            Ok(Thing { needs: vec![vec![what]], is_in_namespace, only: None })
        };
        let things = VERBS.iter().map(thing).collect::<Result<_>>()?;
        Ok(Self { title: written.to_owned(), things })
    }

    pub(super) fn of_power(power: &Power, version: KubernetesVersion, asked: &Asked) -> Self {
        let is_in_namespace = power.namespaced || power.only.is_some();
        let namespace = if is_in_namespace { asked.namespace() } else { "" };
        let what = |ask: &Ask| What::of(&ask.attributes()).in_namespace(namespace);
        let asks = |asks: &&[Ask]| {
            asks.iter().filter(|ask| ask.versions.contains(version)).map(what).collect::<Vec<_>>()
        };
        let needs = power.needs.iter().map(asks).collect();
        let things = vec![Thing { needs, is_in_namespace, only: power.only }];
        Self { title: power.name.to_owned(), things }
    }

    /// All that is asked.
    pub(super) fn asked(&self) -> impl Iterator<Item = &What> {
        self.things.iter().flat_map(|thing| thing.needs.iter().flatten())
    }
}

/// Where it is asked about.
pub(super) enum Extent {
    /// In the place that was said.
    Said,
    /// In all namespaces at once, and where it is not allowed there, in each that may matter.
    Anywhere {
        /// Where RoleBindings name each subject.
        bound: BTreeMap<Subject, BTreeSet<SmolStr>>,
        /// Where somebody whom none names may be allowed something, too: a binding there says more than is understood.
        open: BTreeSet<SmolStr>,
    },
}

impl Extent {
    pub(super) fn of(
        asked: &Asked,
        snapshot: &Snapshot,
        columns: &[Column],
        authorizers: &Authorizers<'_>,
    ) -> Self {
        if *asked != Asked::Default {
            return Self::Said;
        }
        let bound = namespaces(snapshot);
        let stranger = User::default();
        let is_open = |namespace: &&SmolStr| {
            let mut asked = columns.iter().flat_map(Column::asked);
            asked.any(|what| {
                matches!(authorizers.verdict(&stranger, &what.attributes_in(namespace)), Verdict::Unknown(_))
            })
        };
        // Of a binding with a mistake in it nobody may be named.
        let all = bindings(snapshot).map(|binding| name(snapshot, binding).namespace);
        let all: BTreeSet<SmolStr> = all.filter(|namespace| !namespace.is_empty()).collect();
        let open = all.iter().filter(is_open).cloned().collect();
        Self::Anywhere { bound, open }
    }

    /// The namespaces that may matter for somebody.
    fn namespaces(&self, user: &User) -> BTreeSet<&SmolStr> {
        let Self::Anywhere { bound, open } = self else { return BTreeSet::new() };
        let account = user.as_service_account();
        let account = account.map(|(namespace, name)| Subject::ServiceAccount(namespace.into(), name.into()));
        let groups = user.groups.iter().cloned().map(Subject::Group);
        let subjects = groups.chain([Subject::User(user.name.clone())]).chain(account);
        let named = subjects.filter_map(|subject| bound.get(&subject)).flatten();
        named.chain(open).collect()
    }
}

/// What a subject may of a column: for each thing, where.
pub(super) struct Cell(Vec<Place>);

/// Where something is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Where it was asked about.
    Allowed,
    /// In all namespaces.
    Everywhere,
    /// In these namespaces.
    In(BTreeSet<SmolStr>),
    Unknown,
    Nowhere,
}

impl Cell {
    pub(super) fn of<'w>(
        column: &Column,
        user: &User,
        extent: &Extent,
        authorizers: &Authorizers<'w>,
        doubts: &mut BTreeMap<String, Reason<'w>>,
    ) -> Self {
        Self(column.things.iter().map(|thing| thing.place(user, extent, authorizers, doubts)).collect())
    }

    /// Whether nothing of it is allowed, for certain.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|place| *place == Place::Nowhere)
    }

    /// In a few words: where one thing is allowed, or which verbs are.
    pub(super) fn text(&self, column: &Column) -> String {
        if let [place] = self.0.as_slice() {
            return match place {
                Place::Allowed => "yes".to_owned(),
                Place::Everywhere => "all".to_owned(),
                Place::In(namespaces) if namespaces.len() == 1 => {
                    namespaces.iter().map(SmolStr::as_str).collect()
                }
                Place::In(namespaces) => format!("{} namespaces", namespaces.len()),
                Place::Unknown => "?".to_owned(),
                Place::Nowhere => String::new(),
            };
        }
        if self.0.iter().all(|place| matches!(place, Place::Allowed | Place::Everywhere)) {
            return "*".to_owned();
        }
        if self.0.iter().all(|place| *place == Place::Unknown) {
            return "?".to_owned();
        }
        let verbs = self.0.iter().zip(column.asked()).filter(|(place, _)| **place != Place::Nowhere);
        let verbs = verbs.map(|(place, what)| match place {
            Place::Unknown => format!("{}?", what.verb),
            _ => what.verb.clone(),
        });
        verbs.collect::<Vec<_>>().join(" ")
    }

    /// For programs: an answer for each thing that is asked.
    pub(super) fn json(&self) -> Value {
        let places = self.0.iter().map(|place| match place {
            Place::Allowed | Place::Everywhere => json!({ "answer": "allowed", "namespaces": null }),
            Place::In(namespaces) => {
                let namespaces: Vec<&str> = namespaces.iter().map(SmolStr::as_str).collect();
                json!({ "answer": "allowed", "namespaces": namespaces })
            }
            Place::Unknown => json!({ "answer": "unknown", "namespaces": null }),
            Place::Nowhere => json!({ "answer": "denied", "namespaces": null }),
        });
        places.collect()
    }
}

impl Thing {
    fn place<'w>(
        &self,
        user: &User,
        extent: &Extent,
        authorizers: &Authorizers<'w>,
        doubts: &mut BTreeMap<String, Reason<'w>>,
    ) -> Place {
        let mut ask = |namespace: Option<&str>| {
            let one = |what: &What| match namespace {
                Some(namespace) => authorizers.verdict(user, &what.attributes_in(namespace)),
                None => authorizers.verdict(user, &what.attributes()),
            };
            let mut all = Place::Allowed;
            for needs in &self.needs {
                let mut unknown = Vec::new();
                let is_allowed = needs.iter().any(|what| match one(what) {
                    Verdict::Allowed(_) => true,
                    Verdict::Denied => false,
                    Verdict::Unknown(reasons) => {
                        unknown.extend(reasons);
                        false
                    }
                });
                match (is_allowed, unknown.is_empty()) {
                    (true, _) => {}
                    (false, true) => return Place::Nowhere,
                    (false, false) => {
                        doubts.extend(unknown.into_iter().map(|reason| (reason.message.clone(), reason)));
                        all = Place::Unknown;
                    }
                }
            }
            all
        };
        let is_of = |namespace: &str| self.only.is_none_or(|only| only == namespace);
        if matches!(extent, Extent::Said) {
            let said = self.needs.iter().flatten().next().map_or("", |what| &what.namespace);
            return if said.is_empty() || is_of(said) { ask(None) } else { Place::Nowhere };
        }
        let everywhere = ask(Some(""));
        if !self.is_in_namespace {
            return everywhere;
        }
        if everywhere == Place::Allowed {
            return Place::Everywhere;
        }
        let (mut allowed, mut is_unknown) = (BTreeSet::new(), everywhere == Place::Unknown);
        for namespace in extent.namespaces(user).into_iter().filter(|namespace| is_of(namespace)) {
            match ask(Some(namespace)) {
                Place::Allowed => drop(allowed.insert(namespace.clone())),
                Place::Unknown => is_unknown = true,
                Place::In(_) | Place::Everywhere | Place::Nowhere => {}
            }
        }
        match (allowed.is_empty(), is_unknown) {
            (false, _) => Place::In(allowed),
            (true, true) => Place::Unknown,
            (true, false) => Place::Nowhere,
        }
    }
}
