//! Workloads that are generated, and written in several ways that mean the same.
#![allow(dead_code, reason = "not every test binary uses all of it")]

use std::fmt::Write;

use proptest::prelude::*;
use seawall_inventory::{Provenance, Snapshot, read};
use seawall_yaml::Limits;

/// A Snapshot of files, given as path and text.
pub fn snapshot(files: &[(&str, &str)]) -> Snapshot {
    let limits = Limits::default();
    let read =
        |(path, text): &(&str, &str)| read(path.into(), text.as_bytes(), Provenance::Verbatim, &limits);
    Snapshot::assemble(files.iter().map(read).collect(), Vec::new(), Vec::new(), Vec::new())
}

/// A workload with weaknesses.
#[derive(Clone, Debug)]
pub struct Workload {
    pub kind: &'static str,
    pub namespace: String,
    pub name: String,
    pub host_pid: bool,
    pub containers: Vec<Container>,
}

/// A container of a [`Workload`].
#[derive(Clone, Debug)]
pub struct Container {
    pub name: String,
    pub init: bool,
    pub privileged: bool,
    pub seccomp: bool,
    /// Names; a name may occur twice, the later value counts.
    pub env: Vec<String>,
    pub ports: Vec<u16>,
    pub mounts: Vec<String>,
}

/// How a workload is written: nothing of it changes what it means.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub reverse_keys: bool,
    pub reverse_lists: bool,
    pub rotate_containers: usize,
    pub comments: bool,
    pub flow: bool,
}

impl Workload {
    /// As a manifest.
    pub fn text(&self) -> String {
        self.written(&Layout::default())
    }

    /// As a manifest, written that way.
    pub fn written(&self, layout: &Layout) -> String {
        let list = |init| {
            let mut items: Vec<Value> =
                self.containers.iter().filter(|c| c.init == init).map(|c| c.value(layout)).collect();
            if !items.is_empty() {
                let by = layout.rotate_containers % items.len();
                items.rotate_left(by);
            }
            Value::List(items)
        };
        let spec = Value::map([
            ("hostPID", Value::Bool(self.host_pid)),
            ("initContainers", list(true)),
            ("containers", list(false)),
        ]);
        let (api, spec) = match self.kind {
            "Pod" => ("v1", spec),
            "CronJob" => (
                "batch/v1",
                Value::map([(
                    "jobTemplate",
                    Value::map([("spec", Value::map([("template", Value::map([("spec", spec)]))]))]),
                )]),
            ),
            _ => ("apps/v1", Value::map([("template", Value::map([("spec", spec)]))])),
        };
        let object = Value::map([
            ("apiVersion", Value::text(api)),
            ("kind", Value::text(self.kind)),
            (
                "metadata",
                Value::map([("name", Value::text(&self.name)), ("namespace", Value::text(&self.namespace))]),
            ),
            ("spec", spec),
        ]);
        let mut text = String::new();
        if layout.comments {
            text.push_str("# moved\n\n\n");
        }
        object.write(&mut text, 0, layout);
        text
    }
}

impl Container {
    fn value(&self, layout: &Layout) -> Value {
        let names = |key, names: &[String]| {
            let items =
                names.iter().map(|name| Value::map([(key, Value::text(name)), ("value", Value::text("v"))]));
            Value::List(items.collect())
        };
        let ports = self.ports.iter().map(|port| Value::map([("containerPort", Value::Int(*port))]));
        let mut lists = [
            ("env", names("name", &self.env)),
            ("ports", Value::List(ports.collect())),
            ("volumeMounts", names("mountPath", &self.mounts)),
        ];
        if layout.reverse_lists {
            for (_, list) in &mut lists {
                if let Value::List(items) = list {
                    items.reverse();
                }
            }
        }
        let mut security = vec![("privileged", Value::Bool(self.privileged))];
        if self.seccomp {
            security.push(("seccompProfile", Value::map([("type", Value::text("RuntimeDefault"))])));
        }
        let mut entries = vec![("name", Value::text(&self.name)), ("securityContext", Value::Map(security))];
        entries.extend(lists);
        Value::Map(entries)
    }
}

enum Value {
    Bool(bool),
    Int(u16),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(&'static str, Value)>),
}

impl Value {
    fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    fn map<const N: usize>(entries: [(&'static str, Self); N]) -> Self {
        Self::Map(entries.into_iter().collect())
    }

    /// Writes the value from a fresh line on.
    fn write(&self, text: &mut String, indent: usize, layout: &Layout) {
        let margin = " ".repeat(indent);
        match self {
            Self::Map(entries) => {
                let mut entries: Vec<_> = entries.iter().collect();
                if layout.reverse_keys {
                    entries.reverse();
                }
                for (key, value) in entries {
                    if layout.comments {
                        writeln!(text, "{margin}# about {key}").unwrap();
                    }
                    write!(text, "{margin}{key}:").unwrap();
                    value.write_behind(text, indent + 2, layout);
                }
            }
            Self::List(items) => {
                for item in items {
                    write!(text, "{margin}-").unwrap();
                    item.write_behind(text, indent + 2, layout);
                }
            }
            _ => panic!("scalars stand behind something"),
        }
    }

    fn write_behind(&self, text: &mut String, indent: usize, layout: &Layout) {
        let nested = match self {
            Self::Map(entries) => !entries.is_empty(),
            Self::List(items) => !items.is_empty(),
            _ => false,
        };
        if nested && !layout.flow {
            text.push('\n');
            self.write(text, indent, layout);
        } else {
            text.push(' ');
            self.write_flow(text);
            text.push('\n');
        }
    }

    fn write_flow(&self, text: &mut String) {
        match self {
            Self::Bool(value) => write!(text, "{value}").unwrap(),
            Self::Int(value) => write!(text, "{value}").unwrap(),
            Self::Text(value) => write!(text, "\"{value}\"").unwrap(),
            Self::List(items) => {
                text.push('[');
                for item in items {
                    item.write_flow(text);
                    text.push(',');
                }
                text.push(']');
            }
            Self::Map(entries) => {
                text.push('{');
                for (key, value) in entries {
                    write!(text, "{key}: ").unwrap();
                    value.write_flow(text);
                    text.push(',');
                }
                text.push('}');
            }
        }
    }
}

/// Some workloads; objects may share their identity, as in two overlays.
pub fn workloads() -> impl Strategy<Value = Vec<Workload>> {
    prop::collection::vec(workload(), 0..12)
}

/// A workload. Names of containers are unique, as Kubernetes demands.
pub fn workload() -> impl Strategy<Value = Workload> {
    let kind = prop::sample::select(vec!["Pod", "Deployment", "StatefulSet", "CronJob"]);
    let containers = prop::collection::btree_map("[a-c]", container(), 1..4);
    (kind, "[xy]?", "[a-c]", any::<bool>(), containers).prop_map(
        |(kind, namespace, name, host_pid, containers)| {
            let containers = containers.into_iter().map(|(name, container)| Container { name, ..container });
            Workload { kind, namespace, name, host_pid, containers: containers.collect() }
        },
    )
}

fn container() -> impl Strategy<Value = Container> {
    (
        any::<[bool; 3]>(),
        prop::collection::vec("[A-D]", 0..4),
        prop::collection::btree_set(1u16.., 0..3),
        prop::collection::btree_set("/[a-d]{1,2}", 0..3),
    )
        .prop_map(|([init, privileged, seccomp], env, ports, mounts)| Container {
            name: String::new(),
            init,
            privileged,
            seccomp,
            env,
            ports: ports.into_iter().collect(),
            mounts: mounts.into_iter().collect(),
        })
}

/// A way to write a workload.
pub fn layout() -> impl Strategy<Value = Layout> {
    (any::<[bool; 4]>(), 0..4usize).prop_map(
        |([reverse_keys, reverse_lists, comments, flow], rotate_containers)| Layout {
            reverse_keys,
            reverse_lists,
            rotate_containers,
            comments,
            flow,
        },
    )
}
