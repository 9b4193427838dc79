//! Who reaches whom in a cluster is who does by the files that were applied to it.

use std::path::Path;

use serde_json::Value;

use super::{seawall, server, stderr, stdout};

#[test]
fn a_cluster_and_its_files_have_the_same_map() {
    let (server, kubeconfig) = server();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli/reach.in");
    for file in ["deploy/shop.yaml", "deploy/policies.yaml"] {
        server.kubectl(&["apply", "-f", folder.join(file).to_str().unwrap()], "").unwrap();
    }
    let answer = |arguments: &[&str]| -> Value {
        let output = seawall(&folder, &kubeconfig, &[&["reach"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
        serde_json::from_str(&stdout(&output)).unwrap()
    };
    let of_files = answer(&["map", "--no-config", "-o", "json", "--", "deploy"]);
    let of_cluster = answer(&["map", "--no-config", "-o", "json", "--cluster"]);
    assert_eq!(of_files["pairs"], of_cluster["pairs"]);
    assert!(of_files["pairs"].as_array().unwrap().len() > 1, "{of_files:#}");

    // Where it stands is the object, and no line of a file.
    let asked = ["deploy/shop/web", "svc/shop/db", "--no-config", "-o", "json", "--cluster"];
    let told = &answer(&asked)["answers"][0]["ingress"]["allowedBy"][0]["rule"];
    assert_eq!(told["object"]["name"], "db");
    assert_eq!(
        (&told["location"]["line"], &told["location"]["field"]),
        (&Value::Null, &"spec.ingress[0]".into())
    );
}
