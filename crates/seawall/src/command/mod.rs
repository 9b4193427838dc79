//! One file per subcommand.

pub(crate) mod access;
pub(crate) mod baseline;
#[cfg(feature = "cluster")]
pub(crate) mod cluster;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod diff;
#[cfg(feature = "cluster")]
pub(crate) mod drift;
pub(crate) mod explain;
pub(crate) mod internal;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod reach;
pub(crate) mod scan;
pub(crate) mod schema;
pub(crate) mod snapshot;
pub(crate) mod version;
#[cfg(feature = "cluster")]
pub(crate) mod watch;

use anyhow::Result;

use crate::console::Console;
use crate::exit::Exit;

/// What to do next, for who types the name of the program alone.
pub(crate) fn welcome(console: &Console, program: &str) -> Result<Exit> {
    console.print(&format!(
        "\
Seawall finds what is weak in Kubernetes manifests, shows the line, and says how to fix it.

  {program} scan              scan the current folder
  {program} scan deploy/ -    scan a folder, and what is piped in
  {program} explain           browse what is checked, and why it matters
  {program} config init       write a commented seawall.yaml

  {program} --help            all commands
"
    ))?;
    Ok(Exit::Clean)
}
