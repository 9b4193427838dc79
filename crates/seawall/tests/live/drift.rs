//! What differs between a cluster and the files that were applied to it.

use std::path::Path;

use serde_json::{Value, json};

use crate::{seawall, server, stderr, stdout};

/// Every kind whose fields the API server fills in, as briefly as it takes them.
pub const WRITTEN: &str = include_str!("written.yaml");

/// What `seawall drift` says, and its exit code.
fn drift(folder: &Path, kubeconfig: &Path) -> (Value, Option<i32>) {
    let output = seawall(folder, kubeconfig, &["drift", "deploy", "--cluster", "-o", "json", "--all"]);
    let text = stdout(&output);
    (
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", stderr(&output))),
        output.status.code(),
    )
}

pub fn names(list: &Value) -> Vec<String> {
    let name = |entry: &Value| {
        let object = if entry["object"].is_object() { &entry["object"] } else { entry };
        format!("{} {}", object["kind"].as_str().unwrap(), object["name"].as_str().unwrap())
    };
    list.as_array().unwrap().iter().map(name).collect()
}

/// Each field that differs, with the line of the file.
pub fn fields(found: &Value) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for changed in found["differs"].as_array().unwrap() {
        for field in changed["fields"].as_array().unwrap() {
            let [kind, name] = ["kind", "name"].map(|key| changed["object"][key].as_str().unwrap());
            let [path, file, cluster] = ["path", "file", "cluster"].map(|key| field[key].as_str().unwrap());
            let place = field["place"].as_str().unwrap();
            let line: usize = place.strip_prefix("deploy/all.yaml:").unwrap().parse().unwrap();
            let there = WRITTEN.lines().nth(line - 1).unwrap().trim();
            fields.push(format!("{kind} {name} {path}: {file} -> {cluster} at `{there}`"));
        }
    }
    fields.sort();
    fields
}

#[test]
fn what_is_applied_differs_in_nothing_and_what_is_changed_is_named() {
    let (server, kubeconfig) = server();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("deploy")).unwrap();
    std::fs::write(folder.path().join("deploy/all.yaml"), WRITTEN).unwrap();
    server.kubectl(&["apply", "-f", "-"], WRITTEN).unwrap();
    let (none, code) = drift(folder.path(), &kubeconfig);
    assert!(fields(&none).is_empty(), "{:#?}", fields(&none));
    assert_eq!((&none["inNoFile"], &none["notApplied"], code), (&json!([]), &json!([]), Some(0)));
    assert!(none["compared"].as_u64().unwrap() > 20, "{none}");
    assert!(names(&none["made"]).contains(&"Namespace kube-system".to_owned()), "{none}");

    // Of one namespace, whose Namespace is in the files.
    let output =
        seawall(folder.path(), &kubeconfig, &["drift", "deploy", "--cluster", "-n", "shop", "-o", "json"]);
    let of_shop: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((&of_shop["inNoFile"], &of_shop["notApplied"]), (&json!([]), &json!([])), "{of_shop}");
    assert_eq!(output.status.code(), Some(0), "{of_shop}");

    let kubectl = |arguments: &[&str]| server.kubectl(arguments, "").unwrap();
    kubectl(&["-n", "shop", "set", "image", "deployment/web", "app=registry.example/app:2"]);
    let privileged = r#"{"spec":{"template":{"spec":{"containers":[{"name":"helper","securityContext":{"privileged":true}}]}}}}"#;
    kubectl(&["-n", "shop", "patch", "deployment", "web", "-p", privileged]);
    kubectl(&[
        "-n",
        "shop",
        "patch",
        "secret",
        "keys",
        "-p",
        r#"{"stringData":{"added":"PLANTED-other-x9"}}"#,
    ]);
    kubectl(&["label", "namespace", "shop", "pod-security.kubernetes.io/enforce=baseline", "--overwrite"]);
    kubectl(&["-n", "shop", "delete", "configmap", "settings"]);
    kubectl(&["-n", "shop", "create", "serviceaccount", "intruder"]);
    let (found, code) = drift(folder.path(), &kubeconfig);
    assert_eq!(code, Some(1));
    assert_eq!(names(&found["inNoFile"]), ["ServiceAccount intruder"]);
    assert_eq!(names(&found["notApplied"]), ["ConfigMap settings"]);
    let containers = "Deployment web spec.template.spec.containers";
    let expected = [
        format!("{containers}[0].image: \"registry.example/app:1\" -> \"registry.example/app:2\" at `image: registry.example/app:1`"),
        format!("{containers}[1].securityContext: nothing -> {{\"privileged\":true}} at `- name: helper`"),
        "Namespace shop metadata.labels[\"pod-security.kubernetes.io/enforce\"]: \"privileged\" -> \"baseline\" \
         at `pod-security.kubernetes.io/enforce: privileged`"
            .to_owned(),
        "Secret keys data.added: nothing -> {\"$seawall\":\"ordinary 8-31\"} at `apiVersion: v1`".to_owned(),
    ];
    assert_eq!(fields(&found), expected);
    let text = stdout(&seawall(folder.path(), &kubeconfig, &["drift", "deploy", "--cluster"]));
    assert!(
        text.contains("differs  Deployment shop/web  deploy/all.yaml:") && !text.contains("PLANTED"),
        "{text}"
    );
}

#[test]
fn what_the_api_server_makes_at_its_start_is_known_by_what_it_says() {
    let (server, kubeconfig) = server();
    let folder = tempfile::tempdir().unwrap();
    let written = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
    std::fs::create_dir(folder.path().join("deploy")).unwrap();
    std::fs::write(folder.path().join("deploy/all.yaml"), written).unwrap();
    server.kubectl(&["apply", "-f", "-"], written).unwrap();
    let (none, code) = drift(folder.path(), &kubeconfig);
    assert_eq!((&none["changed"], &none["inNoFile"], code), (&json!([]), &json!([]), Some(0)));
    let made = names(&none["made"]);
    for name in [
        "ClusterRole cluster-admin",
        "ClusterRoleBinding system:basic-user",
        "Role system:controller:token-cleaner",
    ] {
        assert!(made.contains(&name.to_owned()), "{made:?}");
    }

    let kubectl = |arguments: &[&str]| server.kubectl(arguments, "").unwrap();
    let dev = r#"[{"op":"add","path":"/subjects/-","value":{"kind":"Group","apiGroup":"rbac.authorization.k8s.io","name":"dev"}}]"#;
    kubectl(&["patch", "clusterrolebinding", "cluster-admin", "--type=json", "-p", dev]);
    let secrets = r#"[{"op":"replace","path":"/rules","value":[{"verbs":["list"],"apiGroups":[""],"resources":["secrets"]}]}]"#;
    kubectl(&[
        "-n",
        "kube-system",
        "patch",
        "role",
        "system:controller:cloud-provider",
        "--type=json",
        "-p",
        secrets,
    ]);
    // By name and label alone it would be one.
    kubectl(&["create", "clusterrole", "system:intruder", "--verb=get", "--resource=secrets"]);
    kubectl(&["label", "clusterrole", "system:intruder", "kubernetes.io/bootstrapping=rbac-defaults"]);
    let (found, code) = drift(folder.path(), &kubeconfig);
    assert_eq!(code, Some(1));
    assert_eq!(names(&found["inNoFile"]), ["ClusterRole system:intruder"]);
    assert_eq!(
        names(&found["changed"]),
        ["ClusterRoleBinding cluster-admin", "Role system:controller:cloud-provider"]
    );
    assert_eq!(found["changed"][0]["how"], json!(["has besides: Group dev"]));
    let lost = ["get", "list", "watch", "create"].map(|verb| format!("lacks: {verb} configmaps"));
    let mut how: Vec<&str> =
        found["changed"][1]["how"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(how.remove(0), "has besides: list secrets");
    how.sort_unstable();
    let mut lost: Vec<&str> = lost.iter().map(String::as_str).collect();
    lost.sort_unstable();
    assert_eq!(how, lost);
    let text = stdout(&seawall(folder.path(), &kubeconfig, &["drift", "deploy", "--cluster"]));
    let expected =
        "changed  ClusterRoleBinding cluster-admin  made by the API server\n  has besides: Group dev\n";
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("2 changed since the cluster made them, 1 in no file"), "{text}");
}
