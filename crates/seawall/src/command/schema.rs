//! `seawall schema`

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::console::Console;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
An editor with the YAML language server takes the first line of seawall.yaml for the schema to use:
  # yaml-language-server: $schema=seawall-config.schema.json

Examples:
  seawall schema config > seawall-config.schema.json")]
pub(crate) struct Schema {
    /// Of what
    #[arg(value_enum, value_name = "WHAT")]
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Of seawall.yaml
    Config,
    /// Of a report in JSON
    Report,
    /// Of the lines of seawall watch -o jsonl
    Watch,
    /// Of answers of seawall can, who-can and access in JSON
    Access,
    /// Of answers of seawall reach in JSON
    Reach,
}

const REPORT: &str = include_str!("../../../../docs/schema/seawall-report.schema.json");
const WATCH: &str = include_str!("../../../../docs/schema/seawall-watch.schema.json");
const ACCESS: &str = include_str!("../../../../docs/schema/seawall-access.schema.json");
const REACH: &str = include_str!("../../../../docs/schema/seawall-reach.schema.json");

impl Schema {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let text = match self.what {
            What::Config => seawall_engine::config::config_schema_text(&seawall_checks::all()),
            What::Report => REPORT.to_owned(),
            What::Watch => WATCH.to_owned(),
            What::Access => ACCESS.to_owned(),
            What::Reach => REACH.to_owned(),
        };
        console.write(|out| out.write_all(text.as_bytes()))?;
        Ok(Exit::Clean)
    }
}
