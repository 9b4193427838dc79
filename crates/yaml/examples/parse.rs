//! Parses every YAML and JSON file under the given paths and prints how much that was and how long it took.
//!
//! `cargo run --release -p seawall-yaml --example parse -- PATH…`
#![allow(clippy::print_stdout, reason = "an example shows something")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use seawall_yaml::{Limits, parse};

fn main() -> std::io::Result<()> {
    let mut files = Vec::new();
    for argument in std::env::args_os().skip(1) {
        collect(Path::new(&argument), &mut files)?;
    }
    files.sort();
    let limits = Limits::default();
    let mut time = Duration::ZERO;
    let (mut bytes, mut documents, mut problems, mut tree_bytes) = (0, 0, 0, 0);
    for file in &files {
        let content = std::fs::read(file)?;
        let start = Instant::now();
        let stream = parse(&content, &limits);
        time += start.elapsed();
        bytes += content.len();
        documents += stream.documents.len();
        problems += stream.problems.len();
        tree_bytes += stream.documents.iter().map(seawall_yaml::Document::tree_bytes).sum::<usize>();
    }
    println!(
        "{} files, {bytes} bytes, {documents} documents, {problems} problems, trees of {tree_bytes} bytes, {:.3} seconds",
        files.len(),
        time.as_secs_f64()
    );
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() && !path.is_symlink() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml" || end == "json")
        && path.is_file()
    {
        files.push(path.to_owned());
    }
    Ok(())
}
