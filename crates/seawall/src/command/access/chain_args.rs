//! Which authorizers an API server has, and in which order.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueHint};
use seawall_rbac::Chain;
use seawall_report::plain;
use seawall_yaml::{Limits, LineIndex};

// Which authorizers an API server has, as it is told. A doc comment would be the help of whatever command has these arguments.
#[derive(Debug, Args)]
#[command(next_help_heading = "Question")]
pub(super) struct ChainArgs {
    /// The API server's file of --authorization-config; without, its authorizers are Node and RBAC
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    authorization_config: Option<PathBuf>,
    /// The API server's --authorization-mode, as in Node,RBAC,Webhook
    #[arg(long, value_name = "MODES", conflicts_with = "authorization_config")]
    authorization_mode: Option<String>,
}

impl ChainArgs {
    /// The authorizers in their order.
    ///
    /// # Errors
    /// The file cannot be read; an API server would not start with them.
    pub(super) fn chain(&self) -> Result<Chain> {
        if let Some(modes) = &self.authorization_mode {
            let chain = Chain::of_modes(modes).map_err(anyhow::Error::msg);
            return chain.context("no API server starts with this --authorization-mode");
        }
        let Some(path) = &self.authorization_config else { return Ok(Chain::default()) };
        let called = plain(&path.to_string_lossy()).into_owned();
        let text = std::fs::read(path).with_context(|| format!("cannot read {called}"))?;
        let stream = seawall_yaml::parse(&text, &Limits::default());
        if let Some(problem) = stream.problems.first() {
            let at = LineIndex::new(&stream.text).position(&stream.text, problem.span.start);
            bail!("{called}:{at}: {}", problem.kind);
        }
        let document = stream.documents.first().with_context(|| format!("{called} is empty"))?;
        match Chain::read(document.root()) {
            Ok(chain) => Ok(chain),
            Err(wrong) => bail!("no API server starts with {called}: {}", plain(&wrong.join("; "))),
        }
    }
}
