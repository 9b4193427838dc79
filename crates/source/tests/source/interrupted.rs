//! Scans that are stopped, and files that do not stand still.

use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use seawall_source::{Control, Input, Options, Progress, load};

use crate::folder::{POD, account, folder, is_complete, scan, the_problem};

fn one_thread() -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap()
}

#[test]
fn what_a_stopped_scan_did_not_read_is_named() {
    let folder = folder(&[("a.yaml", POD), ("b.yaml", POD), ("c.yaml", POD)]);
    let cancel = AtomicBool::new(false);
    let stop = |_: Progress| cancel.store(true, Ordering::Relaxed);
    let input = Input::Folder { at: folder.path().into(), shown_as: "".into() };
    let snapshot = one_thread()
        .install(|| load(vec![input], &Options::default(), Control { cancel: &cancel, progress: &stop }));
    assert_eq!(
        account(&snapshot),
        [
            "a.yaml: 1 object",
            "b.yaml: - the scan was stopped before it",
            "b.yaml: [interrupted]",
            "c.yaml: - the scan was stopped before it",
        ]
    );
    let problem = the_problem(&snapshot, "interrupted");
    assert_eq!(problem.message, "the scan was stopped: 2 files were not read, beginning with this one");
    assert!(!is_complete(&snapshot));
}

#[test]
fn a_file_that_vanishes_is_a_problem() {
    let folder = folder(&[("a.yaml", POD), ("z.yaml", POD)]);
    let vanishing = folder.path().join("z.yaml");
    let vanish = |progress: Progress| {
        if progress.done == 1 {
            fs::remove_file(&vanishing).unwrap();
        }
    };
    let input = Input::Folder { at: folder.path().into(), shown_as: "".into() };
    let control = Control { progress: &vanish, ..Control::default() };
    let snapshot = one_thread().install(|| load(vec![input], &Options::default(), control));
    assert_eq!(account(&snapshot), ["a.yaml: 1 object", "z.yaml: [unreadable]"]);
}

#[test]
fn progress_counts_every_file() {
    let folder = folder(&[("a.yaml", POD), ("b.yaml", POD), ("c.json", "{}")]);
    let seen = Mutex::new(Vec::new());
    let progress = |progress: Progress| seen.lock().unwrap().push((progress.done, progress.total));
    let input = Input::Folder { at: folder.path().into(), shown_as: "".into() };
    load(vec![input], &Options::default(), Control { progress: &progress, ..Control::default() });
    let mut seen = seen.into_inner().unwrap();
    seen.sort_unstable();
    assert_eq!(seen, [(1, 3), (2, 3), (3, 3)]);
}

/// The same Snapshot from one thread and from many.
#[test]
fn threads_change_nothing() {
    let corpus = seawall_rig::corpus().unwrap().join("manifests/kubernetes-goat");
    let of = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut options = crate::folder::with_tools(seawall_rig::Tool::Helm4);
        options.helm.release_name = "goat".to_owned();
        format!("{:?}", pool.install(|| scan(&corpus, &options)))
    };
    let (one, many) = (of(1), of(8));
    assert!(one == many, "the Snapshots of one thread and of eight differ");
}
