//! What is saved is what was read: an object that is written as a line and read again is the same to every check.

use seawall_inventory::saved::{Lines, object_line, objects};
use seawall_inventory::{Object, Place, Reading};
use seawall_rig::{corpus, files_below};
use serde_json::json;

use super::{pointers, read, samples, text};

/// What checks can see of an object. A box of rarely given fields that all say nothing is none.
fn known(object: &Object) -> String {
    let Object { api_version, kind, metadata, pods, body, origin, ignores, malformed } = object;
    let place = (origin.file, origin.document, &origin.path);
    without_empty_boxes(format!(
        "{api_version} {kind} {metadata:?} {pods:?} {body:?} {place:?} {ignores:?} {malformed}"
    ))
}

fn without_empty_boxes(mut debug: String) -> String {
    for name in [
        "RareHttpGetFields { host: \"\", scheme: \"\", http_headers: [] }",
        "RarePortFields { host_port: None, host_ip: \"\" }",
    ] {
        debug = debug.replace(&format!("rare: Some({name})"), "rare: None");
    }
    debug
}

/// Holds a text against itself, saved and read again; how many objects are in it.
pub fn hold(reading: &Reading) -> usize {
    let lines: String = reading.objects.iter().map(object_line).collect();
    if lines.is_empty() {
        return 0;
    }
    let Lines { objects: again, corrupt } = objects(&lines);
    assert_eq!(corrupt, None, "{}", reading.file.path.display());
    assert_eq!(again.len(), reading.objects.len());
    for ((before, after), line) in reading.objects.iter().zip(&again).zip(lines.lines()) {
        assert_eq!(known(before), known(after), "{}\n{line}", reading.file.path.display());
    }
    again.len()
}

#[test]
fn each_kind_with_any_values_comes_back() {
    let strange = [
        json!(null),
        json!(""),
        json!([]),
        json!([null, 1, "a", {}, [[]]]),
        json!({}),
        json!({"$seawall": "present"}),
    ];
    for sample in samples() {
        hold(&read(&text(&sample, &sample.fields)));
        for pointer in pointers(&sample.fields) {
            for value in &strange {
                let mut fields = sample.fields.clone();
                *fields.pointer_mut(&pointer).unwrap() = value.clone();
                hold(&read(&text(&sample, &fields)));
            }
        }
    }
}

#[test]
fn real_objects_come_back() {
    let mut held = 0;
    for folder in ["manifests", "charts", "pss"] {
        for path in files_below(&corpus().unwrap().join(folder), &["yaml", "yml"]).unwrap() {
            let text = std::fs::read_to_string(&path).unwrap();
            held += hold(&read(&text));
        }
    }
    assert!(held > 1000, "{held}");
}

/// What a value was judged for can be said in a saved Snapshot alone: a manifest that says so is refused, as by the API server.
#[test]
fn manifests_cannot_say_what_values_look_like() {
    let table = [
        json!({"apiVersion": "v1", "kind": "Secret", "data": {"a": {"$seawall": "encrypted 32-255"}}}),
        json!({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [
            {"env": [{"name": "PASSWORD", "value": {"$seawall": "ordinary 1-7"}}]}]}}),
        json!({"apiVersion": "v1", "kind": "Pod", "spec": {"nodeName": {"$seawall": "present"}}}),
    ];
    for object in table {
        let reading = read(&object.to_string());
        assert!(reading.objects[0].malformed, "{object}");
        assert!(
            matches!(reading.problems[..], [ref problem] if matches!(problem.place, Place::Span { .. })),
            "{object}"
        );
    }
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "spec": {"hostNetwork": true,
        "securityContext": {"$seawall": "present"}}});
    assert!(read(&pod.to_string()).objects[0].pods[0].spec.security_context.is_some());
}

#[test]
fn lines_that_were_not_written_here_are_told() {
    for line in [
        "",
        "kind: Pod",
        "[]",
        "{}",
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}",
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"$seawall\":1}",
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"$seawall\":{\"file\":-1}}",
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"$seawall\":{\"path\":\"a[\"}}",
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"spec\":1,\"$seawall\":{\"file\":0}}",
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"$seawall\":{\"file\":0}",
    ] {
        let lines = objects(line);
        assert!(lines.corrupt.is_some() && lines.objects.is_empty(), "{line}");
    }
    let right = objects("{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"$seawall\":{}}\n");
    assert!(right.corrupt.is_none() && right.objects.len() == 1);
}
