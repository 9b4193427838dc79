//! The whole corpus: nothing is lost, and what is read is what kubectl reads.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use seawall_inventory::{Place, Provenance, Snapshot, Weight};
use seawall_rig::{Tool, corpus, kubectl_oracle};

use crate::folder::{place, scan, with_tools};

/// One scan for all tests.
fn snapshot() -> &'static Snapshot {
    static SNAPSHOT: LazyLock<Snapshot> =
        LazyLock::new(|| scan(&corpus().unwrap(), &with_tools(Tool::Helm4)));
    &SNAPSHOT
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() { &mut folders } else { &mut files }.push(entry.path());
        }
    }
    files.sort();
    files
}

/// Each file is scanned, or in a problem, or left out with a reason.
#[test]
fn every_file_is_accounted_for() {
    let corpus = corpus().unwrap();
    let snapshot = snapshot();
    let mut known: BTreeSet<PathBuf> = snapshot.files.iter().map(|file| file.path.clone()).collect();
    known.extend(snapshot.problems.iter().map(|problem| place(problem, snapshot)));
    // A folder that is left out is left out with all that is in it.
    let skipped: BTreeSet<&PathBuf> = snapshot.skipped.iter().map(|skipped| &skipped.path).collect();
    let unknown: Vec<PathBuf> = files(&corpus)
        .into_iter()
        .map(|file| file.strip_prefix(&corpus).unwrap().to_path_buf())
        .filter(|file| {
            !known.contains(file) && !file.ancestors().any(|part| skipped.contains(&part.to_path_buf()))
        })
        .collect();
    assert_eq!(unknown, Vec::<PathBuf>::new());
    assert!(snapshot.objects.len() > 4800, "{}", snapshot.objects.len());
}

/// Of each file that is read as it stands, the objects are as many as kubectl finds in it.
#[test]
fn objects_are_as_many_as_kubectl_finds() {
    let corpus = corpus().unwrap();
    let snapshot = snapshot();
    let verbatim: Vec<(usize, &PathBuf)> = snapshot
        .files
        .iter()
        .enumerate()
        .filter(|(_, file)| file.provenance == Provenance::Verbatim)
        .map(|(number, file)| (number, &file.path))
        .collect();
    let inputs: Vec<Vec<u8>> =
        verbatim.iter().map(|(_, path)| fs::read(corpus.join(path)).unwrap()).collect();
    let answers = kubectl_oracle().unwrap().ask(&inputs).unwrap();
    let mut counts = vec![0; snapshot.files.len()];
    for object in &snapshot.objects {
        counts[object.origin.file.0 as usize] += 1;
    }
    let mut incomplete = vec![false; snapshot.files.len()];
    for problem in snapshot.problems.iter().filter(|problem| problem.weight == Weight::Incomplete) {
        if let Place::Span { file, .. } = &problem.place {
            incomplete[file.0 as usize] = true;
        }
    }
    for ((number, path), answer) in verbatim.into_iter().zip(answers) {
        let path = path.display();
        if answer.object_errors.is_none() && answer.crash.is_none() {
            assert_eq!(counts[number], answer.objects.len(), "{path}");
        } else {
            // kubectl stops at what it refuses; here it is a problem, and the rest is read.
            assert!(incomplete[number], "{path}: kubectl says {:?}", answer.object_errors);
            assert!(counts[number] >= answer.objects.len(), "{path}");
        }
    }
}

/// Of each file that is left out, kubectl makes no object either.
#[test]
fn what_is_left_out_is_nothing_to_kubectl() {
    let corpus = corpus().unwrap();
    let snapshot = snapshot();
    let reasons =
        ["no Kubernetes object in it", "empty", "not YAML, and nothing in it looks like Kubernetes"];
    let left_out: Vec<&PathBuf> = snapshot
        .skipped
        .iter()
        .filter(|skipped| skipped.document.is_none() && reasons.contains(&skipped.reason))
        .map(|skipped| &skipped.path)
        .collect();
    assert!(left_out.len() > 40, "{}", left_out.len());
    let inputs: Vec<Vec<u8>> = left_out.iter().map(|path| fs::read(corpus.join(path)).unwrap()).collect();
    for (path, answer) in left_out.into_iter().zip(kubectl_oracle().unwrap().ask(&inputs).unwrap()) {
        assert_eq!(answer.objects, Vec::<String>::new(), "{}", path.display());
    }
}
