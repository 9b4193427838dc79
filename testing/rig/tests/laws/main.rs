//! The laws of ARCHITECTURE.md that the compiler does not keep by itself.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod crates;
mod product;

use std::fs;
use std::path::{Path, PathBuf};

use crates::{Graph, Kind};
use product::Product;
use seawall_rig::{files_below, workspace_root};

/// The crates in the order in which data flows through them: each may depend on those before it.
const ORDER: &[&str] = &[
    "yaml",
    "credential",
    "inventory",
    "finding",
    "rbac",
    "audit",
    "netpol",
    "paths",
    "checks",
    "engine",
    "source",
    "cluster",
    "node",
    "report",
    "seawall",
];

/// Crates that do no I/O and know no clock, environment or global state.
const PURE: &[&str] =
    &["yaml", "credential", "inventory", "finding", "rbac", "netpol", "paths", "checks", "engine"];

/// Crates that the pure ones may not have anywhere among their dependencies: they read files, sockets, clocks, the
/// environment or randomness.
const IMPURE_DEPENDENCIES: &[&str] = &[
    "async-std",
    "chrono",
    "ctrlc",
    "curl",
    "dirs",
    "fastrand",
    "getrandom",
    "home",
    "hyper",
    "iana-time-zone",
    "ignore",
    "indicatif",
    "jiff",
    "kube",
    "kube-client",
    "kube-core",
    "kube-runtime",
    "memmap2",
    "mio",
    "nix",
    "notify",
    "rand",
    "reqwest",
    "rustls",
    "rustix",
    "smol",
    "socket2",
    "tempfile",
    "time",
    "tokio",
    "tzdb",
    "ureq",
    "walkdir",
    "wasi",
    "which",
];

/// What the pure crates may not name of the standard library.
const IMPURE_MODULES: &[&str] = &["env", "fs", "io", "net", "os", "process"];

/// Types with which a pure crate would read a clock, or keep something from one call to the next.
const IMPURE_NAMES: &[&str] = &["Instant", "SystemTime", "thread_local"];

/// What a `static` may not hold: it would be global state.
const MUTABLE: &[&str] = &["mut", "Cell", "RefCell", "OnceCell", "OnceLock", "Mutex", "RwLock"];

/// Lints that no product code may lift for itself: what they deny would let input from outside end the process.
const FIRM_LINTS: &[&str] = &[
    "dbg_macro",
    "exit",
    "expect_used",
    "indexing_slicing",
    "panic",
    "print_stderr",
    "print_stdout",
    "todo",
    "unimplemented",
    "unreachable",
    "unsafe_code",
    "unwrap_used",
];

/// Where product code may lift one of them: what is denied cannot happen there because of input.
const LIFTED: &[(&str, &str)] = &[
    // The user presses Ctrl-C for the second time.
    ("crates/seawall/src/interrupt.rs", "exit"),
    // A table that is computed when compiling.
    ("crates/yaml/src/scanner/chars.rs", "indexing_slicing"),
];

/// Names that say nothing of what is in a file.
const EMPTY_NAMES: &[&str] = &["common", "helper", "helpers", "misc", "shared", "util", "utils", "utilities"];

/// A file is one concept; this many lines (tests not counted) is more than one.
const MOST_LINES: usize = 450;

#[test]
fn every_crate_has_its_place_in_the_order_and_depends_only_on_those_before_it() {
    let graph = Graph::load();
    let mut broken = Vec::new();
    for crate_name in graph.product_crates() {
        let Some(place) = ORDER.iter().position(|other| *other == crate_name) else {
            broken.push(format!("{crate_name} has no place in the order"));
            continue;
        };
        for dependency in graph.direct(&crate_name, &[Kind::Normal, Kind::Build]) {
            match graph.short_name(&dependency) {
                Some(name)
                    if ORDER.iter().position(|other| *other == name).is_none_or(|other| other >= place) =>
                {
                    broken.push(format!("{crate_name} depends on {name}"));
                }
                _ => {}
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn pure_crates_depend_on_nothing_that_does_io() {
    let graph = Graph::load();
    let mut broken = Vec::new();
    for crate_name in graph.product_crates().into_iter().filter(|name| PURE.contains(&name.as_str())) {
        for (dependency, way) in graph.reachable(&crate_name) {
            if IMPURE_DEPENDENCIES.contains(&dependency.as_str()) {
                broken.push(way.join(" -> "));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn only_cluster_server_and_the_binary_name_kube_or_tokio() {
    let graph = Graph::load();
    let mut broken = Vec::new();
    for crate_name in graph.product_crates() {
        if ["cluster", "server", "seawall"].contains(&crate_name.as_str()) {
            continue;
        }
        for dependency in graph.direct(&crate_name, &[Kind::Normal, Kind::Build]) {
            if dependency == "tokio" || dependency == "kube" || dependency.starts_with("kube-") {
                broken.push(format!("{crate_name} depends on {dependency}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// How the crate that speaks to API servers makes requests: nothing but GET, reviews of who asks, and dry runs.
const REQUESTS: &[(&str, &str)] = &[
    ("crates/cluster/src/client.rs", "get"),
    ("crates/cluster/src/client/review.rs", "post"),
    ("crates/cluster/src/dry_run/runner.rs", "post"),
];

/// Other ways of the client to make requests, and the methods of those that change something.
const OTHER_REQUESTS: &[&str] = &["Api", "Method", "PUT", "PATCH", "DELETE", "POST", "RequestBuilder"];

#[test]
fn the_client_of_clusters_reads_and_asks_what_would_be_and_does_nothing_else() {
    let (mut made, mut broken) = (Vec::new(), Vec::new());
    for product in Product::of_crate("cluster") {
        let path = shown(&product.path);
        broken.extend(product.names(OTHER_REQUESTS));
        // Named without a method it is a type, which makes nothing; under another name it could.
        let makes = product.associated("Request").into_iter().map(|method| (path.clone(), method.to_owned()));
        made.extend(makes);
        if !product.names(&["Request"]).is_empty() && !REQUESTS.iter().any(|(known, _)| *known == path) {
            broken.push(format!("{path} names Request"));
        }
    }
    made.sort();
    let made: Vec<(&str, &str)> = made.iter().map(|(path, method)| (&**path, &**method)).collect();
    assert_eq!(made, REQUESTS);
    assert!(broken.is_empty(), "{broken:#?}");

    // A review is of who asks: no path can be formed but those of an enumeration.
    let review = fs::read_to_string(workspace_root().join("crates/cluster/src/client/review.rs")).unwrap();
    let paths: Vec<&str> = review.split('"').filter(|text| text.starts_with("/api")).collect();
    let reviews = paths.iter().filter(|path| path.contains("/selfsubject") && path.ends_with("reviews"));
    assert!(!paths.is_empty() && reviews.count() == paths.len(), "{paths:?}");
    assert_eq!(review.matches("Request::post(about.path())").count(), 1);

    // A dry run is one: its own test holds that this path says so.
    let run = fs::read_to_string(workspace_root().join("crates/cluster/src/dry_run/runner.rs")).unwrap();
    assert_eq!(run.matches("Request::post(Self::path(resource, namespace))").count(), 1);
}

#[test]
fn pure_crates_name_no_io_clock_environment_or_global_state() {
    let mut broken = Vec::new();
    for crate_name in PURE {
        for product in Product::of_crate(crate_name) {
            broken.extend(product.names_std_modules(IMPURE_MODULES));
            broken.extend(product.names(IMPURE_NAMES));
            broken.extend(product.statics_with(MUTABLE, "Atomic"));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_crate_keeps_the_lints_and_no_product_code_lifts_them() {
    let graph = Graph::load();
    let mut broken = Vec::new();
    for manifest in graph.manifests() {
        let text = fs::read_to_string(&manifest).unwrap();
        let lints = text.split("\n[").find_map(|section| section.strip_prefix("lints]"));
        if lints.map(str::trim) != Some("workspace = true") {
            broken.push(format!("{}: [lints] is not `workspace = true`", shown(&manifest)));
        }
    }
    let mut unused = LIFTED.to_vec();
    for product in graph.product_crates().iter().flat_map(|name| Product::of_crate(name)) {
        for (lint, place) in product.lifts_lints(FIRM_LINTS) {
            let path = shown(&product.path);
            let exception = LIFTED.iter().find(|exception| **exception == (path.as_str(), lint.as_str()));
            match exception {
                Some(exception) => unused.retain(|other| other != exception),
                None => broken.push(place),
            }
        }
    }
    assert!(broken.is_empty() && unused.is_empty(), "{broken:#?}, exceptions without use: {unused:?}");
}

#[test]
fn files_are_one_concept_and_named_after_it() {
    let mut broken = Vec::new();
    for room in ["crates", "testing/rig", "xtask"] {
        for path in rust_files(&workspace_root().join(room)) {
            let names = path.strip_prefix(workspace_root()).unwrap().with_extension("");
            for name in names.iter().filter(|name| EMPTY_NAMES.iter().any(|empty| name == empty)) {
                broken.push(format!("{}: {} says nothing", shown(&path), name.display()));
            }
        }
    }
    for crate_name in Graph::load().product_crates() {
        for product in Product::of_crate(&crate_name) {
            if product.lines() > MOST_LINES {
                broken.push(format!(
                    "{}: {} lines, {MOST_LINES} at most",
                    shown(&product.path),
                    product.lines()
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    files_below(folder, &["rs"]).unwrap()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(workspace_root()).unwrap_or(path).display().to_string()
}
