//! The change that is told takes the power away, and brings none to light: in manifests of real projects, where it is made and everything
//! is asked anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};

use seawall_inventory::kinds::PolicyRule;
use seawall_inventory::{Body, KubernetesVersion, ObjectRef, Provenance, Snapshot};
use seawall_rbac::power::{EVERYTHING, POWERS};
use seawall_rbac::{Change, Less, Policy, default_roles};
use seawall_yaml::Limits;

const VERSION: KubernetesVersion = KubernetesVersion::LATEST;

const PROJECTS: [&str; 4] = ["argo-cd", "kube-prometheus", "kubernetes-goat", "microservices-demo"];

/// What a binding gives: its power, the binding, where, and to whom.
type Told = (&'static str, ObjectRef, Option<String>, String);

#[test]
fn changes_take_powers_away_in_real_projects() {
    let (mut of_rules, mut of_subjects) = (0, 0);
    for (project, snapshot) in PROJECTS.into_iter().flat_map(snapshots) {
        let before = told(&snapshot);
        for (change, gone) in changes(&snapshot) {
            match &change.0 {
                Change::Rules(_) => of_rules += 1,
                Change::Subjects(_) => of_subjects += 1,
            }
            let after = told(&apply(&snapshot, &change));
            let left: Vec<&Told> = after
                .iter()
                .filter(|told| (told.0, &told.1, &told.2) == (gone.0, &gone.1, &gone.2))
                .collect();
            assert!(left.is_empty(), "{project}: after `{}` {left:?} is left", change.0);
            let new: Vec<&Told> = after.difference(&before).collect();
            assert!(new.is_empty(), "{project}: `{}` brings {new:?}", change.0);
        }
    }
    println!("{of_rules} changes of rules, {of_subjects} of subjects");
    assert!(of_rules > 9 && of_subjects > 20, "{of_rules} {of_subjects}");
}

/// What is left out of rules, as it is told.
#[test]
fn the_smallest_change_is_told() {
    for (rules, told) in [
        (
            "{verbs: [get, list], apiGroups: [''], resources: [secrets, configmaps]}",
            "leave resources `secrets` out of rules[0] of ClusterRole r",
        ),
        (
            "{verbs: [get, list, create, update, delete], apiGroups: [''], resources: [secrets]}",
            "leave verbs `get`, `list` out of rules[0] of ClusterRole r",
        ),
        ("{verbs: [get], apiGroups: [''], resources: [secrets]}", "leave rules[0] of ClusterRole r out"),
        (
            "{verbs: ['*'], apiGroups: [''], resources: [secrets, pods]}",
            "leave resources `secrets` out of rules[0] of ClusterRole r",
        ),
        (
            "{verbs: [get, create], apiGroups: [''], resources: ['*']}",
            "leave verbs `get` out of rules[0] of ClusterRole r",
        ),
        (
            "{verbs: [delete, create], apiGroups: [''], resources: [pods]}, {verbs: ['*'], apiGroups: ['*'], resources: ['*']}",
            "leave rules[1] of ClusterRole r out",
        ),
    ] {
        let text = format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: r}}\nrules: [{rules}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {{name: b}}\nroleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}}\nsubjects: [{{kind: User, name: jane}}]\n"
        );
        let snapshot = of_texts(vec![("a.yaml".to_owned(), text.into_bytes())]);
        let policy = Policy::new(&snapshot);
        let power = POWERS.iter().find(|power| power.name == "read-secrets").unwrap();
        let change = policy.changes(vec![power], VERSION).smallest(1, None, vec![0]);
        assert_eq!(change.to_string(), told, "{rules}");
    }
    // What would still be held besides everything is not brought to light: then nobody has the role any more.
    let text = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}, {verbs: [get], apiGroups: [''], resources: [secrets]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}\nsubjects: [{kind: User, name: jane}]\n";
    let snapshot = of_texts(vec![("a.yaml".to_owned(), text.as_bytes().to_vec())]);
    let policy = Policy::new(&snapshot);
    let change = policy.changes(vec![&EVERYTHING], VERSION).smallest(1, None, vec![0]);
    assert_eq!(change.to_string(), "take subjects[0] out of this binding");
}

/// Each file of a project by itself, and all of them together, where they say several things of one role.
fn snapshots(project: &str) -> Vec<(String, Snapshot)> {
    let folder = seawall_rig::corpus().unwrap().join("manifests").join(project);
    let files = seawall_rig::files_below(&folder, &["yaml", "yml"]).unwrap();
    let texts = files.into_iter().map(|file| (file.display().to_string(), std::fs::read(&file).unwrap()));
    let texts: Vec<(String, Vec<u8>)> = texts.collect();
    let about_access =
        |(_, bytes): &&(String, Vec<u8>)| String::from_utf8_lossy(bytes).contains("RoleBinding");
    let alone = texts.iter().filter(about_access).map(|text| (text.0.clone(), of_texts(vec![text.clone()])));
    let mut snapshots: Vec<(String, Snapshot)> = alone.collect();
    snapshots.push((project.to_owned(), of_texts(texts)));
    snapshots
}

fn of_texts(texts: Vec<(String, Vec<u8>)>) -> Snapshot {
    let readings = texts.into_iter().map(|(path, bytes)| {
        seawall_inventory::read(path.into(), &bytes, Provenance::Verbatim, &Limits::default())
    });
    Snapshot::assemble(readings.collect(), Vec::new(), Vec::new(), Vec::new())
}

/// Everything that is told of bindings.
fn told(snapshot: &Snapshot) -> BTreeSet<Told> {
    let assumed = default_roles(VERSION);
    let policy = Policy::assuming(snapshot, &assumed);
    let mut told = BTreeSet::new();
    for power in POWERS {
        for holding in policy.holders_of(power, VERSION).0 {
            let Some(grant) = holding.grants.first() else { continue };
            if power.name != EVERYTHING.name && policy.gives_everything(&holding) {
                continue;
            }
            let place = holding.namespace.as_ref().map(ToString::to_string);
            told.insert((power.name, grant.binding.reference(), place, holding.subject.to_string()));
        }
    }
    told
}

/// A change, and the binding that it is about.
type Made<'s> = (Change<'s>, ObjectRef);

/// What it takes away: a power, of a binding, in a place.
type Gone = (&'static str, ObjectRef, Option<String>);

/// The change of each of these, and what it takes away.
fn changes(snapshot: &Snapshot) -> Vec<(Made<'_>, Gone)> {
    let assumed = default_roles(VERSION);
    let assumed: &'static [_] = Box::leak(assumed.into_boxed_slice());
    let policy = Policy::assuming(snapshot, assumed);
    let mut all = Vec::new();
    for power in POWERS {
        let mut bindings: BTreeMap<(usize, Option<String>), BTreeSet<usize>> = BTreeMap::new();
        for holding in policy.holders_of(power, VERSION).0 {
            let Some(grant) = holding.grants.first() else { continue };
            if power.name != EVERYTHING.name && policy.gives_everything(&holding) {
                continue;
            }
            let place = holding.namespace.as_ref().map(ToString::to_string);
            bindings.entry((grant.number, place)).or_default().insert(grant.subject);
        }
        let mut finder = policy.changes(vec![power], VERSION);
        for ((number, place), subjects) in bindings {
            let change = finder.smallest(number, place.as_deref(), subjects.into_iter().collect());
            let binding = snapshot.objects[number].reference();
            all.push(((change, binding.clone()), (power.name, binding, place)));
        }
    }
    all
}

/// The objects with a change made in all definitions of what it is about.
fn apply(snapshot: &Snapshot, (change, binding): &Made<'_>) -> Snapshot {
    let mut objects = snapshot.objects.clone();
    for object in &mut objects {
        let reference = object.reference();
        match (change, &mut object.body) {
            (Change::Rules(changes), Body::ClusterRole(role)) => {
                for change in changes.iter().filter(|change| change.role.reference() == reference) {
                    leave_out(&mut role.rules, change.index, &change.less);
                }
                role.rules = kept(&role.rules);
            }
            (Change::Rules(changes), Body::Role(role)) => {
                for change in changes.iter().filter(|change| change.role.reference() == reference) {
                    leave_out(&mut role.rules, change.index, &change.less);
                }
                role.rules = kept(&role.rules);
            }
            (Change::Subjects(subjects), Body::RoleBinding(own)) if reference == *binding => {
                let left = own.subjects.iter().enumerate().filter(|(index, _)| !subjects.contains(index));
                own.subjects = left.map(|(_, subject)| subject.clone()).collect();
            }
            _ => {}
        }
    }
    let path = std::path::PathBuf::from("changed.yaml");
    let empty = seawall_inventory::read(path, b"", Provenance::Verbatim, &Limits::default());
    let reading = seawall_inventory::Reading { objects, ..empty };
    Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new())
}

/// A rule that is left out is empty until all are, so that the others keep their numbers.
fn leave_out(rules: &mut [PolicyRule], index: usize, less: &Less) {
    rules[index] = less.of(&rules[index]).unwrap_or_default();
}

fn kept(rules: &[PolicyRule]) -> Box<[PolicyRule]> {
    rules.iter().filter(|rule| **rule != PolicyRule::default()).cloned().collect()
}
