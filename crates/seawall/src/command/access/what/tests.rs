//! What is written, and what is asked of authorizers.

use super::{What, WhatArgs};
use crate::args::ask::Asked;

fn parse(verb: &str, written: &str, name: &str, subresource: &str, asked: &Asked) -> Result<What, String> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let args = WhatArgs { name: given(name), subresource: given(subresource) };
    What::parse(verb, written, &args, asked).map_err(|error| error.to_string())
}

/// Verb, what is written, `--name`, `--subresource`; what is asked.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

#[test]
fn what_is_written_is_what_is_asked() {
    let rows: &[Row] = &[
        ("get", "pods", "", "", "get pods in shop"),
        ("get", "po", "", "", "get pods in shop"),
        ("get", "Pod", "", "", "get pods in shop"),
        ("create", "pods/exec", "", "", "create pods/exec in shop"),
        ("create", "pod/exec", "web", "", "create pods/exec in shop, named web"),
        ("get", "pods/web", "", "", "get pods in shop, named web"),
        ("get", "pods/web/log", "", "", "get pods/log in shop, named web"),
        ("get", "pods", "exec", "", "get pods in shop, named exec"),
        ("get", "pods", "", "log", "get pods/log in shop"),
        ("get", "deploy", "", "", "get deployments.apps in shop"),
        ("get", "deployments.apps", "", "", "get deployments.apps in shop"),
        ("get", "deployments.v1.apps", "", "", "get deployments.apps in shop"),
        ("get", "deployments.apps/scale", "", "", "get deployments.apps/scale in shop"),
        ("get", "events", "", "", "get events in shop"),
        ("get", "events.events.k8s.io", "", "", "get events.events.k8s.io in shop"),
        ("get", "nodes", "", "", "get nodes"),
        ("get", "nodes/metrics", "", "", "get nodes/metrics"),
        ("list", "namespaces", "", "", "list namespaces"),
        ("get", "ns/web", "", "", "get namespaces in web, named web"),
        ("update", "ns/web/finalize", "", "", "update namespaces/finalize in web, named web"),
        ("*", "*", "", "", "* *.* in shop"),
        ("get", "*.apps", "", "", "get *.apps in shop"),
        ("update", "*/scale", "", "", "update *.*/scale in shop"),
        ("get", "widgets.example.com", "", "", "get widgets.example.com in shop"),
        ("get", "widgets.example.com/status", "", "", "get widgets.example.com/status in shop"),
        ("get", "widgets", "", "", "get widgets in shop"),
        ("get", "rollouts", "", "", "get rollouts.argoproj.io in shop"),
        ("impersonate", "users", "jane", "", "impersonate users, named jane"),
        ("get", "/healthz", "", "", "get /healthz"),
        ("get", "/api/*", "", "", "get /api/*"),
    ];
    for (verb, written, name, subresource, expected) in rows {
        let what = parse(verb, written, name, subresource, &Asked::Namespace("shop".into())).unwrap();
        assert_eq!(what.attributes().to_string(), *expected, "{verb} {written}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    for (written, name, subresource, said) in [
        ("widgets.example.com/web", "", "", "is that a name, or a subresource?"),
        ("pods/web", "api", "", "say one of them"),
        ("pods/log", "", "exec", "say one of them"),
        ("/healthz", "x", "", "is a path"),
        ("pods//log", "", "", "is no resource"),
        ("a/b/c/d", "", "", "is no resource"),
        ("", "", "", "is no resource"),
    ] {
        let error = parse("get", written, name, subresource, &Asked::Default).unwrap_err();
        assert!(error.contains(said), "{written}: {error}");
    }
}

#[test]
fn what_is_taken_one_way_and_could_be_another_is_said() {
    for (verb, written, name, said) in [
        ("get", "pods/web", "", "`web` is taken for a name"),
        ("get", "events", "", "`events.events.k8s.io` is another resource"),
        ("gte", "pods", "", "did you mean `get`?"),
        ("GET", "pods", "", "`GET` is no verb"),
        ("list", "/healthz", "", "`list` is no verb on paths"),
        ("create", "secrets", "web", "carries no name"),
        ("get", "nodes", "", "stand in no namespace"),
    ] {
        let what = parse(verb, written, name, "", &Asked::Namespace("shop".into())).unwrap();
        assert!(what.notes.iter().any(|note| note.contains(said)), "{verb} {written}: {:?}", what.notes);
    }
    for (verb, written) in [("get", "pods"), ("create", "pods/exec"), ("impersonate:user-info", "users")] {
        let what = parse(verb, written, "", "", &Asked::Default).unwrap();
        assert!(what.notes.is_empty(), "{verb} {written}: {:?}", what.notes);
    }
}

#[test]
fn namespaces_are_asked_about_where_there_are_some() {
    for (written, asked, expected) in [
        ("pods", Asked::Default, "get pods in default"),
        ("pods", Asked::Everywhere, "get pods in all namespaces"),
        ("nodes", Asked::Everywhere, "get nodes"),
        ("/version", Asked::Everywhere, "get /version"),
    ] {
        assert_eq!(parse("get", written, "", "", &asked).unwrap().describe(), expected);
    }
}
