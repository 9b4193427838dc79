//! Every file of the corpus means to this reader what it means to kubectl.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod support;

use std::path::{Path, PathBuf};

use seawall_rig::{corpus, kubectl_oracle};

#[test]
fn the_corpus_means_what_kubectl_makes_of_it() {
    let mut files = Vec::new();
    collect(&corpus().unwrap(), &mut files);
    files.sort();
    assert!(files.len() > 1000, "only {} files", files.len());
    let mut differences = Vec::new();
    let mut oracle = kubectl_oracle().unwrap();
    for batch in files.chunks(200) {
        let inputs: Vec<Vec<u8>> = batch.iter().map(|path| std::fs::read(path).unwrap()).collect();
        for ((path, input), answer) in batch.iter().zip(&inputs).zip(oracle.ask(&inputs).unwrap()) {
            if let Some(mut difference) = support::difference(input, &answer) {
                difference.truncate(difference.floor_char_boundary(3000));
                differences.push(format!("{}\n{difference}", path.display()));
            }
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n\n"));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml" || extension == "json")
        {
            files.push(path);
        }
    }
}
