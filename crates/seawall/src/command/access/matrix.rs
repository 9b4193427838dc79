//! `seawall access matrix`

mod cells;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};

use self::cells::{Cell, Column, Extent};
use super::answer::{Authorizers, Reason};
use super::bound::subjects;
use super::kinds::needed;
use super::who::Asker;
use super::write::json;
use crate::args::ask::{AskArgs, Asked, World};
use crate::args::form::{FormArgs, ListForm};
use crate::console::Console;
use crate::csv::Csv;
use crate::exit::Exit;
use crate::table::{Table, cut};
use crate::text::Text;
use seawall_rbac::Subject;
use seawall_rbac::power::POWERS;
use seawall_report::plain;

/// Names of subjects are shorter, and what is longer is cut.
const WIDEST: usize = 60;

/// Subjects and what they may, at a glance
///
/// A row for each user, group and service account that a binding names. Without --resources the columns are powers that amount to
/// more than they seem; with it, the verbs on each resource. Without -n and -A it is told where: `all` namespaces, or in which.
#[derive(Debug, Args)]
#[command(after_help = "\
A `?` is what is not known: nothing that is known allows it.

Exit codes:
  0  answered
  2  wrong arguments or configuration
  3  nothing was read
  4  something is not known (--allow-incomplete: 0)

Examples:
  seawall access matrix -- deploy/
  seawall access matrix --cluster -o csv
  seawall access matrix -n shop --resources secrets,configmaps,pods/exec --cluster")]
pub(super) struct Matrix {
    /// Resources to show, in place of powers
    #[arg(long, value_name = "WHAT", value_delimiter = ',', help_heading = "Question")]
    resources: Vec<String>,
    /// Subjects, too, that may none of it
    #[arg(long, help_heading = "Output")]
    all: bool,
    #[command(flatten)]
    output: FormArgs<ListForm>,
    /// Exit code 0, not 4, when something is not known
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    #[command(flatten)]
    access: AskArgs,
}

impl Matrix {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let asked = self.access.asked();
        let columns = self.resources.iter().map(|written| Column::of_resource(written, &asked));
        let mut columns: Vec<Column> = columns.collect::<Result<_>>()?;
        let world = self.access.read(&needed(false, &[]), console)?;
        for what in columns.iter().filter_map(|column| column.asked().next()) {
            what.say(&world.snapshot, console);
        }
        if columns.is_empty() {
            columns.extend(POWERS.iter().map(|power| Column::of_power(power, world.version, &asked)));
        }
        let grid =
            Grid { is_of_powers: self.resources.is_empty(), ..Grid::of(&world, &columns, &asked, self.all) };
        let text = match self.output.form {
            ListForm::Table => grid.terminal(console.width),
            ListForm::Json => grid.json().context("cannot write JSON")?,
            ListForm::Csv => grid.csv(),
        };
        console.print(&text)?;
        Ok(if !grid.reasons.is_empty() && !self.allow_incomplete {
            Exit::Incomplete
        } else if world.snapshot.objects.is_empty() {
            Exit::NothingScanned
        } else {
            Exit::Clean
        })
    }
}

/// Subjects, and a cell for each column.
struct Grid<'w> {
    world: &'w World,
    columns: &'w [Column],
    is_of_powers: bool,
    rows: Vec<(Subject, Vec<Cell>)>,
    /// Subjects that may none of it.
    left_out: usize,
    reasons: Vec<Reason<'w>>,
}

impl<'w> Grid<'w> {
    fn of(world: &'w World, columns: &'w [Column], asked: &Asked, all: bool) -> Self {
        let authorizers = Authorizers::of(world);
        let extent = &Extent::of(asked, &world.snapshot, columns, &authorizers);
        let (mut rows, mut left_out) = (Vec::new(), 0);
        let mut doubts = std::collections::BTreeMap::new();
        for subject in subjects(&world.snapshot) {
            let user = Asker::of_subject(&subject).user;
            let cells: Vec<Cell> = columns
                .iter()
                .map(|column| Cell::of(column, &user, extent, &authorizers, &mut doubts))
                .collect();
            if all || cells.iter().any(|cell| !cell.is_empty()) {
                rows.push((subject, cells));
            } else {
                left_out += 1;
            }
        }
        Self { world, columns, is_of_powers: false, rows, left_out, reasons: doubts.into_values().collect() }
    }

    fn terminal(&self, width: usize) -> String {
        let mut text = Text::default();
        // What nobody may takes the room of what somebody may.
        let is_shown =
            |at: usize| self.rows.iter().any(|(_, cells)| cells.get(at).is_some_and(|cell| !cell.is_empty()));
        let shown: Vec<bool> = (0..self.columns.len()).map(|at| !self.is_of_powers || is_shown(at)).collect();
        let columns = || self.columns.iter().zip(&shown);
        let mut heading = vec!["SUBJECT".to_owned()];
        heading.extend(
            columns().filter(|(_, shown)| **shown).map(|(column, _)| plain(&column.title).into_owned()),
        );
        let mut table = Table::of(heading);
        for (subject, cells) in &self.rows {
            let mut row = vec![cut(&plain(&subject.to_string()), WIDEST)];
            let cells = cells.iter().zip(columns()).filter(|(_, (_, shown))| **shown);
            row.extend(cells.map(|(cell, (column, _))| plain(&cell.text(column)).into_owned()));
            table.add(row);
        }
        text.table(&table.render(width.max(200)));
        if self.left_out > 0 {
            let subjects = if self.left_out == 1 { "subject" } else { "subjects" };
            text.paragraph(&format!("{} {subjects} may none of it; --all shows them", self.left_out));
        }
        text.reasons(&self.reasons, &self.world.snapshot);
        text.done()
    }

    fn csv(&self) -> String {
        let heading: Vec<&str> = ["kind", "namespace", "name"]
            .into_iter()
            .chain(self.columns.iter().map(|column| column.title.as_str()))
            .collect();
        let mut csv = Csv::new(&heading);
        for (subject, cells) in &self.rows {
            let [kind, namespace, name, ..] = super::who_can::row(subject, "", None);
            let cells = cells.iter().zip(self.columns).map(|(cell, column)| cell.text(column));
            csv.row([kind, namespace, name].into_iter().chain(cells));
        }
        csv.done()
    }

    fn json(&self) -> serde_json::Result<String> {
        let snapshot = &self.world.snapshot;
        let columns: Vec<Value> = self
            .columns
            .iter()
            .map(|column| {
                let asked: Vec<Value> =
                    column.asked().map(|what| json::question(&what.attributes())).collect();
                json!({ "title": column.title, "asked": asked })
            })
            .collect();
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|(subject, cells)| {
                let cells: Vec<Value> = cells.iter().map(Cell::json).collect();
                json!({ "subject": json::subject(subject), "cells": cells })
            })
            .collect();
        let whole = json!({
            "formatVersion": json::FORMAT,
            "columns": columns,
            "rows": rows,
            "unknowns": self.reasons.iter().map(|reason| json::reason(reason, snapshot)).collect::<Vec<_>>(),
        });
        json::written(&whole)
    }
}
