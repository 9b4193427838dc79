//! What API servers make at their start is what the table says, and what becomes of it is what is said of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

#[path = "support/bootstrap.rs"]
mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;

use seawall_inventory::{KubernetesVersion, Provenance, Snapshot};
use seawall_rbac::{Bootstrap, BootstrapDifference};
use seawall_rig::{ApiServer, Setup, Version};
use seawall_yaml::Limits;
use serde_json::{Value, json};

const ALL: &str = "clusterroles,clusterrolebindings,roles,rolebindings";
const SECRETS: &str =
    r#"[{"op":"add","path":"/rules/-","value":{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}}]"#;

#[test]
fn api_servers_make_what_the_table_says() {
    for (version, minor) in [(Version::Oldest, 26), (Version::Current, 36), (Version::Newest, 37)] {
        let server = ApiServer::start_with(Setup { version, ..Setup::default() }).unwrap();
        let minor = KubernetesVersion::minor(minor);
        let listed = listed(&server);
        let items = serde_json::from_str::<Value>(&listed).unwrap()["items"].as_array().unwrap().clone();
        let (made, expected) = (by_name(&items), by_name(&table::made_by(minor)));
        assert!(made.len() > 110, "{}", made.len());
        for (name, object) in &expected {
            assert_eq!(made.get(name), Some(object), "{minor}: {name:?}");
        }
        assert_eq!(made.len(), expected.len(), "{minor}");

        let (bootstrap, snapshot) = (Bootstrap::new(), read(&listed));
        assert_eq!(bootstrap.version_of(&snapshot.objects), Some(minor));
        for object in &snapshot.objects {
            let known = bootstrap.of(object).unwrap();
            assert!(known.difference(object, minor).is_same(), "{minor}: {object:?}");
            assert!(known.versions_of(object).contains(&minor) && Bootstrap::is_labelled(object));
        }
    }
}

#[test]
fn what_is_changed_is_named_and_comes_back_or_stays_as_it_is_said() {
    let server = ApiServer::start().unwrap();
    let kubectl = |arguments: &[&str]| server.kubectl(arguments, "").unwrap();
    let patch = |kind: &str, name: &str, change: &str| {
        kubectl(&["patch", kind, name, "--type=json", "--patch", change]);
    };
    let protect = ["annotate", "--overwrite", "clusterrole", "system:heapster"];
    kubectl(&[&protect[..], &["rbac.authorization.kubernetes.io/autoupdate=false"]].concat());
    patch("clusterrole", "system:heapster", r#"[{"op":"remove","path":"/rules/0"}]"#);
    patch("clusterrole", "system:discovery", SECRETS);
    patch("clusterrole", "system:basic-user", r#"[{"op":"remove","path":"/rules/0"}]"#);
    patch(
        "clusterrolebinding",
        "system:basic-user",
        r#"[{"op":"add","path":"/subjects/-","value":{"kind":"Group","apiGroup":"rbac.authorization.k8s.io","name":"system:unauthenticated"}}]"#,
    );
    patch("clusterrolebinding", "system:node-proxier", r#"[{"op":"remove","path":"/subjects"}]"#);
    kubectl(&["label", "clusterrole", "cluster-admin", "rbac.authorization.k8s.io/aggregate-to-view=true"]);
    patch(
        "clusterrole",
        "edit",
        r#"[{"op":"add","path":"/aggregationRule/clusterRoleSelectors/-","value":{"matchLabels":{"a":"b"}}}]"#,
    );
    patch("clusterrole", "view", r#"[{"op":"remove","path":"/aggregationRule"}]"#);
    kubectl(&["delete", "clusterrolebinding", "system:public-info-viewer"]);
    let other = "--clusterrole=cluster-admin";
    kubectl(&["create", "clusterrolebinding", "system:public-info-viewer", other, "--group=dev"]);
    kubectl(&[
        "-n",
        "kube-system",
        "patch",
        "role",
        "system:controller:cloud-provider",
        "--type=json",
        "-p",
        SECRETS,
    ]);

    let gathered = "the rules of ClusterRoles with rbac.authorization.k8s.io/aggregate-to-view=true";
    let reviews = "create selfsubjectaccessreviews.authorization.k8s.io";
    let rules = "create selfsubjectrulesreviews.authorization.k8s.io";
    let heapster = ["get", "list", "watch"].iter().flat_map(|verb| {
        ["events", "namespaces", "nodes", "pods"].map(|resource| format!("{verb} {resource}"))
    });
    let heapster: Vec<String> = heapster.collect();
    let heapster: Vec<&str> = heapster.iter().map(String::as_str).collect();
    let before: &[Changed<'_>] = &[
        ("ClusterRole cluster-admin", &[], &["label rbac.authorization.k8s.io/aggregate-to-view=true"]),
        ("ClusterRole edit", &[], &["the rules of ClusterRoles with a=b"]),
        ("ClusterRole system:basic-user", &[reviews, rules], &[]),
        ("ClusterRole system:discovery", &[], &["get secrets"]),
        ("ClusterRole system:heapster", &heapster, &[]),
        ("ClusterRole view", &[gathered], &[]),
        ("ClusterRoleBinding system:basic-user", &[], &["Group system:unauthenticated"]),
        ("ClusterRoleBinding system:node-proxier", &["User system:kube-proxy"], &[]),
        (
            "ClusterRoleBinding system:public-info-viewer",
            &[
                "ClusterRole system:public-info-viewer",
                "Group system:authenticated",
                "Group system:unauthenticated",
            ],
            &["ClusterRole cluster-admin", "Group dev"],
        ),
        ("Role system:controller:cloud-provider", &[], &["get secrets"]),
    ];
    assert_eq!(changed(&server), owned(before));

    // It adds what is missing of those that are not protected, replaces what has another role, and takes nothing else away.
    server.restart().unwrap();
    let after: Vec<Changed<'_>> = before
        .iter()
        .filter(|(name, ..)| *name != "ClusterRoleBinding system:public-info-viewer")
        .map(|(name, missing, extra)| {
            let is_protected = *name == "ClusterRole system:heapster";
            (*name, if is_protected { *missing } else { &[] }, *extra)
        })
        .filter(|(_, missing, extra)| !missing.is_empty() || !extra.is_empty())
        .collect();
    assert_eq!(changed(&server), owned(&after));
}

/// An object, what it lacks, and what it has besides.
type Changed<'c> = (&'c str, &'c [&'c str], &'c [&'c str]);

fn owned(changed: &[Changed<'_>]) -> Vec<(String, Vec<String>, Vec<String>)> {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    changed.iter().map(|(name, missing, extra)| ((*name).to_owned(), texts(missing), texts(extra))).collect()
}

/// What is changed on an API server of the current version.
fn changed(server: &ApiServer) -> Vec<(String, Vec<String>, Vec<String>)> {
    let (bootstrap, snapshot) = (Bootstrap::new(), read(&listed(server)));
    let version = bootstrap.version_of(&snapshot.objects).unwrap();
    assert_eq!(version, KubernetesVersion::minor(36));
    let mut changed = Vec::new();
    for object in &snapshot.objects {
        let difference = bootstrap.of(object).unwrap().difference(object, version);
        assert_eq!(difference.is_protected, object.metadata.name == "system:heapster");
        assert!(difference.left.is_empty() && !difference.is_cut);
        if !difference.is_none() {
            let BootstrapDifference { missing, extra, .. } = difference;
            let texts = |parts: Vec<_>| {
                let mut texts: Vec<String> = parts.iter().map(ToString::to_string).collect();
                texts.sort();
                texts
            };
            changed.push((format!("{} {}", object.kind, object.metadata.name), texts(missing), texts(extra)));
        }
    }
    changed.sort();
    changed
}

/// What a newer API server has not taken away of what an older one has made is no change, and somebody's change is one whatever the
/// version.
#[test]
fn what_earlier_versions_have_made_may_stay() {
    let bootstrap = Bootstrap::new();
    let [old, new] = [26, 36].map(|minor| table::made_by(KubernetesVersion::minor(minor)));
    let old = by_place(&old);
    let mut upgraded = new.clone();
    for object in &mut upgraded {
        let Some(before) = old.get(&place(object)) else { continue };
        for list in ["rules", "subjects"] {
            let more = before[list].as_array().into_iter().flatten();
            let more: Vec<Value> =
                more.filter(|one| !object[list].as_array().unwrap().contains(one)).cloned().collect();
            if !more.is_empty() {
                object[list].as_array_mut().unwrap().extend(more);
            }
        }
    }
    let snapshot = read(&json!({"apiVersion": "v1", "kind": "List", "items": upgraded}).to_string());
    let version = bootstrap.version_of(&snapshot.objects).unwrap();
    assert_eq!(version, KubernetesVersion::minor(36));
    let mut left = 0;
    for object in &snapshot.objects {
        let difference = bootstrap.of(object).unwrap().difference(object, version);
        assert!(difference.is_none(), "{}: {difference:?}", object.metadata.name);
        assert!(difference.left.iter().all(|(_, earlier)| (26..36).contains(&earlier.as_minor())));
        left += difference.left.len();
    }
    assert!(left > 10, "{left}");
}

#[test]
fn what_is_added_is_named_up_to_a_bound_and_of_other_names_nothing_is() {
    let bootstrap = Bootstrap::new();
    let version = KubernetesVersion::minor(36);
    let words: Vec<String> = (0..1000).map(|number| format!("w{number}")).collect();
    let role = |name: &str, kind: &str, group: &str| {
        let rules = json!([{"verbs": words, "apiGroups": words, "resources": words}]);
        let metadata = json!({"name": name, "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}});
        let object =
            json!({"apiVersion": format!("{group}/v1"), "kind": kind, "metadata": metadata, "rules": rules});
        read(&object.to_string()).objects.remove(0)
    };
    let group = "rbac.authorization.k8s.io";
    let object = role("system:discovery", "ClusterRole", group);
    let difference = bootstrap.of(&object).unwrap().difference(&object, version);
    assert!(difference.is_cut && !difference.is_none());
    assert!(difference.missing.len() + difference.extra.len() <= 100);
    assert!(bootstrap.of(&object).unwrap().versions_of(&object).is_empty());
    for (name, kind, group) in [
        ("system:discovery", "Role", group),
        ("system:intruder", "ClusterRole", group),
        ("system:discovery", "ClusterRole", "authorization.openshift.io"),
    ] {
        assert!(bootstrap.of(&role(name, kind, group)).is_none(), "{name}");
    }
    assert_eq!(bootstrap.version_of(&[]), None);
}

fn listed(server: &ApiServer) -> String {
    server.kubectl(&["get", ALL, "--all-namespaces", "--output=json"], "").unwrap()
}

fn read(list: &str) -> Snapshot {
    let reading = seawall_inventory::read(
        PathBuf::from("list.json"),
        list.as_bytes(),
        Provenance::Live,
        &Limits::default(),
    );
    Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new())
}

fn place(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = &object["metadata"];
    format!("{} {}/{}", text(&object["kind"]), text(&metadata["namespace"]), text(&metadata["name"]))
}

fn by_place(objects: &[Value]) -> BTreeMap<String, &Value> {
    objects.iter().map(|object| (place(object), object)).collect()
}

/// Objects without what is of this cluster alone, their lists in order.
fn by_name(objects: &[Value]) -> BTreeMap<String, Value> {
    let plain = |object: &Value| {
        let mut object = object.clone();
        let metadata = object["metadata"].as_object_mut().unwrap();
        metadata.retain(|field, _| ["name", "namespace", "labels", "annotations"].contains(&field.as_str()));
        for list in ["rules", "subjects"] {
            if let Some(items) = object[list].as_array_mut() {
                items.sort_by_key(Value::to_string);
                items.dedup();
            }
        }
        // Of an aggregated one there are none until a controller has filled it.
        let fields = object.as_object_mut().unwrap();
        fields.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()));
        object
    };
    objects.iter().map(|object| (place(object), plain(object))).collect()
}
