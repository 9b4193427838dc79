//! What extends the API and does not work.

use std::time::{Duration, Instant};

use seawall_cluster::{Scope, Target};
use seawall_rig::ApiServer;

use crate::{read_now, target, told};

/// A definition that checks read, in two versions of which the other one is converted by nobody.
const UNCONVERTED: &str = r#"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: scaledobjects.keda.sh}
spec:
  group: keda.sh
  scope: Namespaced
  names: {plural: scaledobjects, singular: scaledobject, kind: ScaledObject}
  versions:
  - name: v1
    served: true
    storage: false
    schema: &any {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
  - name: v1alpha1
    served: true
    storage: true
    schema: *any
  conversion:
    strategy: Webhook
    webhook:
      conversionReviewVersions: [v1]
      clientConfig: {url: 'https://127.0.0.1:9/convert'}
"#;

const EXTENSION: &str = "
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.apps.openshift.io}
spec:
  group: apps.openshift.io
  version: v1
  groupPriorityMinimum: 1000
  versionPriority: 10
  insecureSkipTLSVerify: true
  service: {namespace: default, name: gone}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec:
  group: metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 1000
  versionPriority: 10
  insecureSkipTLSVerify: true
  service: {namespace: default, name: gone}
";

#[test]
fn what_extends_the_api_and_does_not_work_is_named() {
    let server = ApiServer::start().unwrap();
    server.kubectl(&["create", "-f", "-"], UNCONVERTED).unwrap();
    server.wait_for_definitions().unwrap();
    server.kubectl(&["create", "-f", "-"], EXTENSION).unwrap();
    let object = "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: web}, spec: {scaleTargetRef: {name: web}}}";
    let target = target(server.kubeconfig("admin").unwrap());
    let started = Instant::now();
    let patience = Duration::from_secs(60);
    while let Err(error) = server.kubectl(&["create", "-f", "-"], object) {
        // The new kind is served a moment later.
        assert!(started.elapsed() < patience, "{error}");
    }
    let problems = loop {
        let problems = told(&read_now(&target));
        if problems.len() >= 2 || started.elapsed() > patience {
            break problems;
        }
    };
    assert_eq!(problems.len(), 2, "metrics are not read: {problems:?}");
    let expected = "extension-silent admin/apps.openshift.io/v1: nobody says what apps.openshift.io/v1 holds: the server that extends";
    assert!(problems[0].starts_with(expected), "{problems:?}");
    let expected = "list-failed admin/apis/keda.sh/v1/scaledobjects: scaledobjects.keda.sh cannot be listed: conversion webhook for \
                    keda.sh/v1alpha1, Kind=ScaledObject failed: Post \"https://127.0.0.1:9/convert";
    assert!(problems[1].starts_with(expected), "{problems:?}");
    // The same without the objects in a namespace of their own.
    let scope = Scope { namespaces: vec!["kube-system".to_owned()], no_secrets: false, kinds: None };
    let elsewhere = told(&read_now(&Target { scope, ..target }));
    assert_eq!(elsewhere.len(), 1, "{elsewhere:?}");
}
