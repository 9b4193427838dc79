//! `seawall access graph`

mod dot;
mod fold;
mod html;
mod json;
mod layout;
mod model;
mod picture;
mod svg;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use self::model::{Model, Whose};
use self::picture::Picture;
use super::answer::Authorizers;
use super::can;
use super::kinds::needed;
use super::who::{FORMS, Who};
use crate::args::ask::AskArgs;
use crate::args::form::FormArgs;
use crate::console::Console;
use crate::exit::Exit;

/// A picture of who has which roles, and what these allow
///
/// Subjects, roles and rights that are alike are one, with how many they are. What does not fit is counted, and told of last.
#[derive(Debug, Args)]
#[command(after_help = format!("\
{FORMS}

Exit codes:
  0  drawn
  2  wrong arguments or configuration
  3  nothing was read
  4  there may be more: something is not known (--allow-incomplete: 0)

Examples:
  seawall access graph --all -o html --cluster > access.html
  seawall access graph sa:shop/web -o svg -- deploy/ > web.svg
  seawall access graph --all -o dot -- deploy/ | dot -Tpdf > access.pdf"))]
pub(super) struct Graph {
    /// Who: user:NAME, sa:NAMESPACE/NAME, … (see below), with what his groups have
    #[arg(value_name = "WHO", required_unless_present = "all", conflicts_with = "all")]
    who: Option<Who>,
    /// Everybody whom a binding names
    #[arg(long, help_heading = "Question")]
    all: bool,
    /// With what an API server binds when it starts
    #[arg(long, requires = "all", help_heading = "Question")]
    defaults: bool,
    /// A group that he is in besides; may be given several times
    #[arg(long, value_name = "NAME", conflicts_with = "all", help_heading = "Question")]
    group: Vec<String>,
    /// So many in each column; the others are counted
    #[arg(long, value_name = "NUMBER", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=200), help_heading = "Output")]
    most: u16,
    #[command(flatten)]
    output: FormArgs<Form>,
    /// Exit code 0, not 4, when there may be more
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    #[command(flatten)]
    access: AskArgs,
}

/// How a picture is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A page for browsers: the picture, and each hop in words with its place
    #[default]
    Html,
    /// The picture alone
    Svg,
    /// For Graphviz
    Dot,
    /// For programs
    Json,
}

impl Graph {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let (world, asker) = match &self.who {
            None => (self.access.read(&needed(false, &[]), console)?, None),
            Some(who) => {
                let (world, asker) = can::read(who, &self.group, &self.access, false, console)?;
                if asker.is_node() {
                    bail!("{} is allowed what it does by the node authorizer, and by no role", asker.called);
                }
                (world, Some(asker))
            }
        };
        let authorizers = Authorizers::of(&world);
        let whose = match &asker {
            Some(asker) => Whose::Of(asker),
            None if self.defaults => Whose::All,
            None => Whose::Added,
        };
        let model = Model::of(&authorizers.policy, world.version, whose);
        let unknowns = authorizers.reasons(&model.doubts);
        let picture = Picture::of(&model, &world.snapshot, whose, usize::from(self.most));
        console.print(&match self.output.form {
            Form::Html => html::page(&picture, &unknowns),
            Form::Svg => svg::file(&picture),
            Form::Dot => dot::graph(&picture),
            Form::Json => json::document(&picture, &unknowns, &world.snapshot)?,
        })?;
        Ok(if world.snapshot.objects.is_empty() {
            Exit::NothingScanned
        } else if !unknowns.is_empty() && !self.allow_incomplete {
            Exit::Incomplete
        } else {
            Exit::Clean
        })
    }
}
