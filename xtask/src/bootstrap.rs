//! `cargo xtask bootstrap`: the roles and bindings that Kubernetes makes at its start, by version, as a table of the product.
//!
//! It is done by hand when there is a new version, and takes the Go module proxy and some minutes. What real API servers serve is held
//! against the table by `cargo test --workspace --test bootstrap`.

mod module;
mod table;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};

use anyhow::{Context, Result};

use self::module::Kubernetes;
use self::table::Table;

/// The last patch of each minor version that can be had, or that the real API servers of tests are of.
const VERSIONS: &[&str] = &[
    "1.26.13", "1.27.16", "1.28.15", "1.29.15", "1.30.14", "1.31.14", "1.32.13", "1.33.13", "1.34.4",
    "1.35.4", "1.36.3", "1.37.1",
];

/// Where the table is.
const TABLE: &str = "crates/rbac/src/bootstrap/defaults.txt";

/// Writes the table.
///
/// # Errors
/// A version cannot be had or built, or makes something that the table cannot hold.
pub(crate) fn run() -> Result<()> {
    let mut table = Table::default();
    for version in VERSIONS {
        writeln!(io::stdout(), "{version}")?;
        let kubernetes = Kubernetes::of(version)?;
        let minor = version.split('.').nth(1).context("a version without a minor")?.parse()?;
        let by_default = table::objects(&kubernetes.by_default()?)?;
        let with_all = table::objects(&kubernetes.with_all()?)?;
        table.add(minor, &by_default, with_all)?;
    }
    let path = seawall_rig::workspace_root().join(TABLE);
    let text = format!("{}{}", header(), table.text());
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(writeln!(io::stdout(), "{TABLE}")?)
}

fn header() -> String {
    format!(
        "# What API servers make at their start, by `cargo xtask bootstrap` from plugin/pkg/auth/authorizer/rbac/bootstrappolicy of\n\
         # k8s.io/kubernetes {}.\n\
         # `@29-31` says of which minor versions something is by default, `?26-28` of which with a feature gate that is off by default;\n\
         # without either: of all, or of those of the object.\n",
        VERSIONS.join(", ")
    )
}

/// What an object says, part by part.
type Objects = BTreeMap<table::Name, Vec<String>>;
