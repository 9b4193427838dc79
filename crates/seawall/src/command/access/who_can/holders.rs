//! Everybody who may do something, with each binding that says so.

use std::collections::{BTreeMap, BTreeSet};

use seawall_inventory::View;
use seawall_rbac::{Dangling, Grant, Subject};
use serde_json::{Value, json};

use super::super::answer::{Authorizers, Reason};
use super::super::chain::{Chain, Words, chains};
use super::super::what::What;
use super::super::write::json;
use crate::args::ask::World;
use crate::csv::Csv;
use crate::text::Text;

/// Columns of the table for spreadsheets.
pub(super) const COLUMNS: &[&str] =
    &["kind", "namespace", "name", "answer", "binding", "role", "rule", "location"];

/// Everybody who may do something.
pub(super) struct Holders<'w> {
    world: &'w World,
    what: &'w What,
    /// Why each may; nothing for who needs no reason.
    subjects: BTreeMap<Subject, Vec<Chain<'w>>>,
    /// Nodes whose kubelets may.
    nodes: Vec<String>,
    dangling: Vec<Dangling<'w>>,
    reasons: Vec<Reason<'w>>,
}

impl<'w> Holders<'w> {
    pub(super) fn of(
        authorizers: &Authorizers<'w>,
        world: &'w World,
        what: &'w What,
        with_nodes: bool,
    ) -> Self {
        let found = authorizers.policy.who_can(&what.attributes());
        let grants: Vec<Grant<'w>> = found.holders.iter().filter_map(|holder| holder.grant).collect();
        let mut located = chains(&world.snapshot, &grants).into_iter();
        let mut subjects: BTreeMap<Subject, Vec<Chain<'w>>> = BTreeMap::new();
        for holder in found.holders {
            let chain = holder.grant.and_then(|_| located.next());
            subjects.entry(holder.subject).or_default().extend(chain);
        }
        let names = if with_nodes { nodes(world) } else { BTreeSet::new() };
        let allowed = names.into_iter().filter(|name| authorizers.is_allowed_node(name, &what.attributes()));
        Self {
            world,
            what,
            subjects,
            nodes: allowed.collect(),
            reasons: authorizers.reasons(&found.doubts),
            dangling: found.dangling,
        }
    }

    pub(super) fn is_known(&self) -> bool {
        self.reasons.is_empty()
    }

    pub(super) fn terminal(&self) -> String {
        let mut text = Text::default();
        // They need no binding, and are always there.
        let bound = self.subjects.values().filter(|chains| !chains.is_empty()).count() + self.nodes.len();
        let what = self.what.describe();
        let besides = "Group system:masters, which may do everything";
        text.heading(&match bound {
            0 if !self.reasons.is_empty() => format!("unknown: who may {what}, besides {besides}"),
            0 => format!("nobody may {what}, besides {besides}"),
            1 => format!("1 subject may {what}, besides {besides}"),
            more => format!("{more} subjects may {what}, besides {besides}"),
        });
        text.held(self.subjects.iter().map(|(subject, chains)| (subject.to_string(), chains.as_slice())));
        for node in &self.nodes {
            text.paragraph(&format!("the kubelet of Node {node}, by the node authorizer"));
        }
        text.reasons(&self.reasons, &self.world.snapshot);
        text.dangling(&self.dangling, &self.world.snapshot);
        text.done()
    }

    pub(super) fn json(&self) -> serde_json::Result<String> {
        let snapshot = &self.world.snapshot;
        let holders: Vec<Value> = self
            .subjects
            .iter()
            .map(|(subject, chains)| {
                let grants: Vec<Value> = chains.iter().map(|chain| json::chain(chain, snapshot)).collect();
                json!({ "subject": json::subject(subject), "grants": grants })
            })
            .collect();
        let whole = json!({
            "formatVersion": json::FORMAT,
            "question": json::question(&self.what.attributes()),
            "holders": holders,
            "nodes": self.nodes,
            "unknowns": self.reasons.iter().map(|reason| json::reason(reason, snapshot)).collect::<Vec<_>>(),
            "dangling": json::dangling(&self.dangling, snapshot),
        });
        json::written(&whole)
    }

    pub(super) fn csv(&self) -> String {
        let mut csv = Csv::new(COLUMNS);
        for (subject, chains) in &self.subjects {
            if chains.is_empty() {
                csv.row(row(subject, "allowed", None));
            }
            for chain in chains {
                csv.row(row(subject, "allowed", Some(chain)));
            }
        }
        for node in &self.nodes {
            csv.row(["Node", "", node, "allowed", "", "", "", ""]);
        }
        csv.done()
    }
}

/// The names of nodes that are known: of Nodes, and of those that pods are on.
fn nodes(world: &World) -> BTreeSet<String> {
    let view = View::from(&world.snapshot);
    let own = view.of_kind("", "Node").map(|node| node.metadata.name.to_string());
    let of_pods = view
        .of_kind("", "Pod")
        .flat_map(|pod| view.pods_of(pod).collect::<Vec<_>>())
        .map(|pod| pod.template.spec.rare().node_name.to_string());
    own.chain(of_pods).filter(|name| !name.is_empty()).collect()
}

/// A row for spreadsheets: a subject, the answer, and the chain.
pub(in crate::command::access) fn row(
    subject: &Subject,
    answer: &str,
    chain: Option<&Chain<'_>>,
) -> [String; 8] {
    let (kind, namespace, name) = match subject {
        Subject::Group(name) => ("Group", "", name),
        Subject::User(name) => ("User", "", name),
        Subject::ServiceAccount(namespace, name) => ("ServiceAccount", namespace.as_str(), name),
    };
    let [binding, role, rule, location] = chain.map_or_else(Default::default, |chain| {
        let rule = Words(chain.grant.rule.rule).to_string();
        [chain.binding.name.clone(), chain.role.name.clone(), rule, chain.rule.place()]
    });
    [
        kind.to_owned(),
        namespace.to_owned(),
        name.to_string(),
        answer.to_owned(),
        binding,
        role,
        rule,
        location,
    ]
}
