//! Reading a large cluster: a real API server that is full, against kubectl.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use seawall_rig::{ApiServer, Tool, tool};

use crate::bars::{MIB, Table, command, measure, mib, ms};
use crate::child::seawall;

/// Pods.
const PODS: usize = 10_000;

/// Roles, role bindings, cluster roles and cluster role bindings.
const RBAC: usize = 5_000;

/// ConfigMaps and Secrets, half each, and the bytes of the content of one: 200 MB in all.
const CONFIGURATIONS: usize = 20_000;
const CONTENT: usize = 10_000;

/// Objects that are written at once, and who writes at once.
const BATCH: usize = 250;
const WRITERS: usize = 4;

/// Most that the scan may take against kubectl, and at its peak.
const RATIO: f64 = 1.5;
const PEAK: u64 = 150 * MIB;

/// Fills an API server with `percent` of the objects and prints the table; whether every bar is met.
pub fn print(runs: usize, percent: usize, out: &mut dyn Write) -> anyhow::Result<bool> {
    let seawall = seawall()?;
    let server = ApiServer::start()?;
    fill(&server, percent)?;
    let kubeconfig = server.kubeconfig("admin")?.to_string_lossy().into_owned();
    let asked = listed(&server, &seawall, &kubeconfig)?;
    let kubectl = tool(Tool::Kubectl)?.to_string_lossy().into_owned();
    let get = |more: &[&str]| {
        let start = ["--kubeconfig", &kubeconfig, "get", &asked, "-A"];
        command(&kubectl, &[&start[..], more].concat())
    };
    let scan = ["scan", "-q", "--no-config", "--cluster", "--kubeconfig", &kubeconfig, "-o", "terminal"];
    let commands = [command(&seawall, &scan), get(&["-o", "json"]), get(&[])];
    let [scanned, json, table] = measure(commands, runs)?;
    let mut rows = Table { out, met: true };
    rows.row("kubectl get -o json", "wall", &ms(json.wall_ms), "the floor", json.code == 0)?;
    rows.row("kubectl get -o json", "peak memory", &mib(json.peak_bytes), "", true)?;
    rows.row("kubectl get (names and ages)", "wall", &ms(table.wall_ms), "", table.code == 0)?;
    let complete = matches!(scanned.code, 0 | 1);
    rows.row("scan --cluster", "wall", &ms(scanned.wall_ms), "", complete)?;
    rows.row("scan --cluster", "processor", &ms(scanned.cpu_ms), "", true)?;
    let ratio = scanned.wall_ms / json.wall_ms;
    rows.row("scan --cluster", "scan / get", &format!("{ratio:.2}"), "<= 1.50", ratio <= RATIO)?;
    let peak = scanned.peak_bytes;
    rows.row("scan --cluster", "peak memory", &mib(peak), "<= 150 MiB", peak <= PEAK)?;
    Ok(rows.met)
}

/// The resources that the program lists, as kubectl takes them.
fn listed(server: &ApiServer, seawall: &str, kubeconfig: &str) -> anyhow::Result<String> {
    let before = server.audit()?.len();
    let scan = ["scan", "-q", "--no-config", "--cluster", "--kubeconfig", kubeconfig];
    std::process::Command::new(seawall).args(scan).output()?;
    let mut resources: Vec<String> = Vec::new();
    for event in
        server.audit()?.into_iter().skip(before).filter(|event| event.verb == "list" && event.user == "admin")
    {
        let path = event.request_uri.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let name = match parts.as_slice() {
            ["api", _, plural] => (*plural).to_owned(),
            ["apis", group, version, plural] => format!("{plural}.{version}.{group}"),
            _ => continue,
        };
        if !resources.contains(&name) {
            resources.push(name);
        }
    }
    Ok(resources.join(","))
}

fn fill(server: &ApiServer, percent: usize) -> anyhow::Result<()> {
    let objects = [(PODS, pod as fn(usize, &mut String)), (RBAC, rights), (CONFIGURATIONS, configuration)];
    let mut batches = Vec::new();
    for (count, object) in objects {
        let count = count * percent / 100;
        batches.extend((0..count).step_by(BATCH).map(|first| (object, first..count.min(first + BATCH))));
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let write = || -> anyhow::Result<()> {
            while let Some((object, numbers)) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut text = String::new();
                numbers.clone().for_each(|number| object(number, &mut text));
                server.kubectl(&["create", "--validate=false", "-f", "-"], text)?;
            }
            Ok(())
        };
        let writers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(write)).collect();
        writers.into_iter().try_for_each(|writer| writer.join().ok().context("a writer panicked")?)
    })
}

/// A pod as a Deployment makes it.
fn pod(number: usize, text: &mut String) {
    let app = number / 10;
    let _ = write!(
        text,
        r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"namespace":"default","name":"app-{app}-5d4f8c7b9-{number:05}","labels":{{"app.kubernetes.io/name":"app-{app}","app.kubernetes.io/instance":"prod","pod-template-hash":"5d4f8c7b9"}},"annotations":{{"prometheus.io/scrape":"true","checksum/config":"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}}}},"spec":{{"serviceAccountName":"default","securityContext":{{"runAsNonRoot":true,"seccompProfile":{{"type":"RuntimeDefault"}}}},"containers":[{{"name":"app","image":"registry.example/shop/app-{app}@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae","ports":[{{"name":"http","containerPort":8080}}],"env":[{{"name":"LOG_LEVEL","value":"info"}},{{"name":"DATABASE","valueFrom":{{"secretKeyRef":{{"name":"db","key":"url"}}}}}}],"resources":{{"requests":{{"cpu":"100m","memory":"128Mi"}},"limits":{{"memory":"256Mi"}}}},"readinessProbe":{{"httpGet":{{"path":"/ready","port":"http"}}}},"livenessProbe":{{"httpGet":{{"path":"/live","port":"http"}}}},"securityContext":{{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{{"drop":["ALL"]}}}},"volumeMounts":[{{"name":"tmp","mountPath":"/tmp"}}]}},{{"name":"proxy","image":"registry.example/mesh/proxy:1.20","securityContext":{{"runAsUser":1337}}}}],"volumes":[{{"name":"tmp","emptyDir":{{}}}}]}}}}"#
    );
    text.push('\n');
}

fn rights(number: usize, text: &mut String) {
    let rules = r#""rules":[{"apiGroups":[""],"resources":["pods","services","configmaps"],"verbs":["get","list","watch"]},{"apiGroups":["apps"],"resources":["deployments"],"verbs":["get","patch"]}]"#;
    let reference = |kind: &str| {
        format!(
            r#""roleRef":{{"apiGroup":"rbac.authorization.k8s.io","kind":"{kind}","name":"view"}},"subjects":[{{"kind":"ServiceAccount","namespace":"default","name":"app-{number}"}}]"#
        )
    };
    let (kind, content) = match number % 4 {
        0 => ("Role", rules.to_owned()),
        1 => ("RoleBinding", reference("ClusterRole")),
        2 => ("ClusterRole", rules.to_owned()),
        _ => ("ClusterRoleBinding", reference("ClusterRole")),
    };
    let _ = writeln!(
        text,
        r#"{{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"{kind}","metadata":{{"name":"app-{number}"}},{content}}}"#
    );
}

/// A ConfigMap with a properties file, or a Secret with a certificate of this size.
fn configuration(number: usize, text: &mut String) {
    if number.is_multiple_of(2) {
        let line = "server.tomcat.max-threads=200 and something that people wrote to explain why it is so\\n";
        let content = line.repeat(CONTENT / line.len());
        let _ = writeln!(
            text,
            r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"namespace":"default","name":"c-{number}"}},"data":{{"application.properties":"{content}"}}}}"#
        );
    } else {
        // Base64 of what looks random.
        let mut state = number as u64;
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let content: String = (0..CONTENT / 4 * 4)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                char::from(alphabet.get((state >> 58) as usize).copied().unwrap_or(b'A'))
            })
            .collect();
        let _ = writeln!(
            text,
            r#"{{"apiVersion":"v1","kind":"Secret","metadata":{{"namespace":"default","name":"s-{number}"}},"data":{{"key.bin":"{content}"}}}}"#
        );
    }
}
