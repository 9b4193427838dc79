//! `seawall can WHO --list`: everything that somebody may do in a namespace.

mod matrix;

use anyhow::{Context, Result};
use seawall_inventory::Object;
use seawall_rbac::{Grant, Rules, group};
use serde_json::{Value, json};

use self::matrix::Matrix;
use super::answer::{Authorizers, Reason};
use super::chain::chains;
use super::who::Asker;
use super::write::json;
use crate::args::ask::World;
use crate::args::form::ListForm;
use crate::console::Console;
use crate::csv::Csv;
use crate::exit::Exit;
use crate::table::{Table, cut};
use crate::text::Text;
use seawall_report::plain;

/// Verbs that have a column of their own.
const COLUMNS: [&str; 8] =
    ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/// Names of resources are shorter; what is longer is no resource.
const WIDEST: usize = 60;

/// Everything that somebody may do in a namespace.
pub(super) struct List<'w> {
    world: &'w World,
    asker: &'w Asker,
    namespace: &'w str,
    rules: Rules<'w>,
    /// Why there may be more.
    reasons: Vec<Reason<'w>>,
}

impl<'w> List<'w> {
    /// What somebody may do in a namespace; in all of them at once when it is empty.
    pub(super) fn of(world: &'w World, asker: &'w Asker, namespace: &'w str) -> Self {
        let authorizers = Authorizers::of(world);
        let rules = authorizers.policy.rules_for(&asker.user, namespace);
        let reasons = authorizers.reasons(&rules.doubts);
        Self { world, asker, namespace, rules, reasons }
    }

    fn is_everything(&self) -> bool {
        self.asker.user.is_in(group::MASTERS)
    }

    pub(super) fn exit(&self, allow_incomplete: bool) -> Exit {
        if !self.reasons.is_empty() && !allow_incomplete {
            Exit::Incomplete
        } else if self.world.snapshot.objects.is_empty() {
            Exit::NothingScanned
        } else {
            Exit::Clean
        }
    }

    pub(super) fn write(&self, form: ListForm, console: &Console) -> Result<()> {
        match form {
            ListForm::Table => console.print(&self.terminal(console.width)),
            ListForm::Json => console.print(&self.json().context("cannot write JSON")?),
            ListForm::Csv => console.print(&self.csv()),
        }
    }

    fn terminal(&self, width: usize) -> String {
        let mut text = Text::default();
        let matrix = self.matrix();
        let place =
            if self.namespace.is_empty() { "all namespaces".to_owned() } else { self.namespace.to_owned() };
        let is_nothing = matrix.resources.is_empty() && matrix.paths.is_empty() && !self.is_everything();
        let sentence = if is_nothing && self.reasons.is_empty() {
            format!("{} may do nothing in {place}", self.asker.called)
        } else if is_nothing {
            format!("{}: nothing is known that he may do in {place}", self.asker.called)
        } else {
            format!("{} may in {place}", self.asker.called)
        };
        text.heading(&sentence);
        if self.is_everything() {
            text.paragraph("everything: whoever is in Group system:masters needs no binding");
        }
        if self.asker.is_node() {
            text.paragraph(
                "and what the node authorizer allows, by the pods on the node: ask about one thing at a time",
            );
        }
        if !matrix.resources.is_empty() {
            text.gap();
            text.table(&self.resources(&matrix).render(width));
        }
        if !matrix.paths.is_empty() {
            text.gap();
            let mut table = Table::new(["PATH", "VERBS"]);
            for (path, verbs) in &matrix.paths {
                table.row([&cut(&plain(path), WIDEST), &plain(&joined(verbs))]);
            }
            text.table(&table.render(width));
        }
        text.reasons(&self.reasons, &self.world.snapshot);
        text.dangling(&self.rules.dangling, &self.world.snapshot);
        text.done()
    }

    fn resources(&self, matrix: &Matrix) -> Table {
        let mut heading = ["RESOURCE", "", "", "", "", "", "", "", "", "OTHER VERBS", "NAMES"];
        for (cell, verb) in heading.iter_mut().skip(1).zip(COLUMNS) {
            *cell = if verb == "deletecollection" { "delete all" } else { verb };
        }
        let mut table = Table::new(heading);
        for (row, verbs) in &matrix.resources {
            let has = |verb: &str| if verbs.iter().any(|own| own == verb || own == "*") { "x" } else { "" };
            let others = verbs.iter().filter(|own| !COLUMNS.contains(&own.as_str()));
            let others = others.map(ToString::to_string).collect::<Vec<_>>().join(" ");
            let [a, b, c, d, e, f, g, h] = COLUMNS.map(has);
            let names = row.names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let name = cut(&plain(&row.resource()), WIDEST);
            table.row([&name, a, b, c, d, e, f, g, h, &cut(&plain(&others), WIDEST), &plain(&names)]);
        }
        table
    }

    fn matrix(&self) -> Matrix {
        Matrix::of(self.counting().map(|grant| grant.rule.rule))
    }

    /// The rules that allow something: those about paths do so in ClusterRoleBindings alone.
    fn counting(&self) -> impl Iterator<Item = &Grant<'w>> {
        let is_cluster = |binding: &Object| binding.kind == "ClusterRoleBinding";
        let rules = self.rules.grants.iter();
        rules.filter(move |grant| grant.rule.rule.non_resource_urls.is_empty() || is_cluster(grant.binding))
    }

    fn json(&self) -> serde_json::Result<String> {
        let snapshot = &self.world.snapshot;
        let chains = chains(snapshot, &self.rules.grants);
        let rules: Vec<Value> = chains
            .iter()
            .map(|chain| {
                json!({
                    "rule": json::policy_rule(chain.grant.rule.rule),
                    "by": json::chain(chain, snapshot),
                })
            })
            .collect();
        let whole = json!({
            "formatVersion": json::FORMAT,
            "user": json::user(self.asker),
            "namespace": self.namespace,
            "everything": self.is_everything(),
            "rules": rules,
            "unknowns": self.reasons.iter().map(|reason| json::reason(reason, snapshot)).collect::<Vec<_>>(),
            "dangling": json::dangling(&self.rules.dangling, snapshot),
        });
        json::written(&whole)
    }

    fn csv(&self) -> String {
        let matrix = self.matrix();
        let mut csv = Csv::new(&["namespace", "group", "resource", "names", "path", "verbs"]);
        for (row, verbs) in &matrix.resources {
            let names = row.names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            csv.row([self.namespace, &row.group, &row.resource, &names, "", &joined(verbs)]);
        }
        for (path, verbs) in &matrix.paths {
            csv.row([self.namespace, "", "", "", path, &joined(verbs)]);
        }
        csv.done()
    }
}

fn joined(verbs: &[smol_str::SmolStr]) -> String {
    verbs.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
