//! What checks declare to need holds for the whole corpus, and not for their own examples alone: a scan of a cluster reads no
//! kind that no chosen check declares, so that what is not declared would be found in files and missed in a cluster.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::OnceLock;

use seawall_checks::{Check, RightsSource, Run, Settings, Subject};
use seawall_finding::Verdict;
use seawall_inventory::{Coverage, Kind, Object, Recorder, Snapshot, View};
use seawall_rbac::Policy;
use seawall_rig::Tool;
use seawall_source::{Control, Input, Options, load};

#[test]
fn what_checks_judge_and_ask_for_is_declared() {
    let mut corpus = corpus();
    let mut undeclared = BTreeSet::new();
    let mut touched = BTreeSet::new();
    // In a cluster more is asked: what is not there is nowhere.
    for coverage in [Coverage::default(), Coverage::live(Vec::new())] {
        corpus.coverage = coverage;
        for check in seawall_checks::all() {
            hold(check, &corpus, &mut undeclared, &mut touched);
        }
    }
    assert!(undeclared.is_empty(), "{undeclared:#?}");
    let checks: BTreeSet<&str> = touched.iter().map(|(check, _)| *check).collect();
    assert!(touched.len() > 800 && checks.len() > 120, "{} of {} checks", touched.len(), checks.len());
}

/// All manifests, charts and overlays as one Snapshot, so that whatever is asked for beside an object is found.
fn corpus() -> Snapshot {
    let mut options = Options::default();
    options.helm.program = Some(seawall_rig::tool(Tool::Helm4).unwrap());
    options.kustomize.program = Some(seawall_rig::tool(Tool::Kubectl).unwrap());
    let input = Input::Folder { at: seawall_rig::corpus().unwrap(), shown_as: PathBuf::new() };
    let corpus = load(vec![input], &options, Control::default());
    assert!(corpus.objects.len() > 2_000, "{} objects", corpus.objects.len());
    corpus
}

/// Judges all of it by one check, and notes what is not declared, and what was touched at all.
fn hold(
    check: &'static Check,
    corpus: &Snapshot,
    undeclared: &mut BTreeSet<String>,
    touched: &mut BTreeSet<(&'static str, String)>,
) {
    let id = check.meta.id;
    let settings = Settings::default();
    let recorder = Recorder::default();
    let view = View::recorded(corpus, &recorder);
    let mut asked = |judged: Option<&Object>| {
        let is_kind = |kind: &&Kind| judged.is_some_and(|object| kind.is(object.group(), &object.kind));
        for kind in Kind::ALL.iter().filter(is_kind) {
            touched.insert((id, format!("judges {kind:?}")));
            if !check.judges(kind) {
                undeclared.insert(format!("{id} judges {kind:?}, and `subjects` does not say so"));
            }
        }
        for read in recorder.take() {
            touched.insert((id, format!("asks for {:?}", read.what)));
            if !check.declares(&read) {
                undeclared.insert(format!("{id} asks for {:?}, and `reads` does not say so", read.what));
            }
        }
    };
    if check.is_of_all() {
        match check.run {
            Run::Access(_) => {
                let (policy, cell) = (Policy::new(corpus), OnceLock::new());
                let rights = || policy.rights(settings.version);
                check.on_access(&policy, RightsSource::new(&cell, &rights), view, &settings)
            }
            _ => check.on_snapshot(view, &settings),
        };
        return asked(None);
    }
    for index in 0..corpus.objects.len() {
        let outcome = check.on_object(&Subject::new(view, index).unwrap(), &settings);
        asked((outcome.verdict != Verdict::NotApplicable).then(|| &corpus.objects[index]));
    }
}
