//! Random pods, biased to the fields that the standards read. Types are always those of Kubernetes, values are not.

use seawall_rig::Random;
use serde_json::{Map, Value, json};

/// A pod. Most fields hold what the restricted level wants, so that few controls are violated at once and each is
/// judged beside others that pass.
pub fn pod(random: &mut Random) -> Value {
    let mut spec = Object::default();
    spec.maybe(random, "hostNetwork", 6, |random| flag(random, 50));
    spec.maybe(random, "hostPID", 6, |random| flag(random, 50));
    spec.maybe(random, "hostIPC", 6, |random| flag(random, 50));
    spec.maybe(random, "hostUsers", 25, |random| flag(random, 40));
    spec.maybe(random, "os", 25, |random| {
        random.pick(&[
            json!({"name": "windows"}),
            json!({"name": "linux"}),
            json!({}),
            json!({"name": ""}),
            Value::Null,
        ])
    });
    spec.maybe(random, "securityContext", 85, |random| security_context(random, Owner::Pod));
    spec.maybe(random, "volumes", 40, |random| list(random, 3, volume));
    spec.maybe(random, "containers", 97, |random| list(random, 3, |random| container(random, "app")));
    spec.maybe(random, "initContainers", 30, |random| list(random, 2, |random| container(random, "init")));
    spec.maybe(random, "ephemeralContainers", 15, |random| {
        list(random, 2, |random| container(random, "debug"))
    });
    let mut metadata = Object::default();
    metadata.0.insert("name".into(), json!("pod"));
    metadata.maybe(random, "annotations", 25, annotations);
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata.0, "spec": spec.0})
}

/// An object that is being put together.
#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    /// Gives the field a value in `percent` of a hundred cases.
    fn maybe(
        &mut self,
        random: &mut Random,
        field: &str,
        percent: usize,
        value: impl Fn(&mut Random) -> Value,
    ) {
        if random.chance(percent) {
            // `null` is like nothing for Kubernetes' decoder.
            let value = if random.chance(3) { Value::Null } else { value(random) };
            self.0.insert(field.into(), value);
        }
    }

    /// The same for a field that most often holds one of `good`.
    fn mostly(&mut self, random: &mut Random, field: &str, percent: usize, good: &[Value], bad: &[Value]) {
        self.maybe(random, field, percent, |random| {
            if random.chance(85) { random.pick(good) } else { random.pick(bad) }
        });
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Owner {
    Pod,
    Container,
}

fn security_context(random: &mut Random, owner: Owner) -> Value {
    let mut context = Object::default();
    let at_container = owner == Owner::Container;
    // What is given at the pod need not be given at the container.
    let share = if at_container { 25 } else { 75 };
    context.mostly(random, "runAsNonRoot", share, &[json!(true)], &[json!(false)]);
    context.mostly(random, "runAsUser", 25, &[json!(1), json!(65534), json!(-1)], &[json!(0)]);
    context
        .maybe(random, "seccompProfile", share, |random| profile(random, &["RuntimeDefault", "Localhost"]));
    context.maybe(random, "appArmorProfile", 20, |random| profile(random, &["RuntimeDefault", "Localhost"]));
    context.maybe(random, "seLinuxOptions", 20, selinux);
    context.maybe(random, "windowsOptions", 15, |random| {
        let mut options = Object::default();
        options.mostly(random, "hostProcess", 70, &[json!(false)], &[json!(true)]);
        Value::Object(options.0)
    });
    if at_container {
        context.mostly(random, "privileged", 30, &[json!(false)], &[json!(true)]);
        context.mostly(random, "allowPrivilegeEscalation", 92, &[json!(false)], &[json!(true)]);
        context.maybe(random, "capabilities", 92, capabilities);
        context.mostly(random, "procMount", 40, &[json!("Default")], &[json!("Unmasked"), json!("")]);
    } else {
        context.maybe(random, "sysctls", 20, |random| list(random, 3, sysctl));
    }
    Value::Object(context.0)
}

fn profile(random: &mut Random, confining: &[&str]) -> Value {
    let mut profile = Object::default();
    let good: Vec<Value> = confining.iter().map(|name| json!(name)).collect();
    let bad = [json!("Unconfined"), json!(""), json!("runtime/default"), json!("runtimedefault")];
    profile.mostly(random, "type", 97, &good, &bad);
    profile.maybe(random, "localhostProfile", 20, |random| random.pick(&[json!("x.json"), json!("")]));
    Value::Object(profile.0)
}

fn selinux(random: &mut Random) -> Value {
    let mut options = Object::default();
    let types = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"]
        .map(|name| json!(name));
    options.mostly(random, "type", 60, &types, &[json!("spc_t"), json!("Container_t")]);
    options.mostly(random, "user", 20, &[json!("")], &[json!("system_u")]);
    options.mostly(random, "role", 20, &[json!("")], &[json!("system_r")]);
    options.maybe(random, "level", 30, |_| json!("s0:c1,c2"));
    Value::Object(options.0)
}

fn capabilities(random: &mut Random) -> Value {
    let mut capabilities = Object::default();
    capabilities.mostly(
        random,
        "drop",
        95,
        &[json!(["ALL"]), json!(["NET_RAW", "ALL"]), json!(["ALL", "ALL"])],
        &[json!([]), json!(["all"]), json!(["NET_RAW"]), json!(["CAP_ALL"]), json!([null])],
    );
    capabilities.maybe(random, "add", 30, |random| {
        list(random, 3, |random| {
            let restricted = ["NET_BIND_SERVICE"];
            let baseline = ["CHOWN", "AUDIT_WRITE", "KILL", "MKNOD", "SETUID", "SYS_CHROOT", "DAC_OVERRIDE"];
            let none = ["NET_RAW", "SYS_ADMIN", "ALL", "CAP_CHOWN", "net_bind_service", "", "NET_BIND"];
            match random.below(10) {
                0..=6 => json!(random.pick(&restricted)),
                7 | 8 => json!(random.pick(&baseline)),
                _ => json!(random.pick(&none)),
            }
        })
    });
    Value::Object(capabilities.0)
}

fn sysctl(random: &mut Random) -> Value {
    let names = [
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
        "net.ipv4.tcp_slow_start_after_idle",
        "net.ipv4.tcp_notsent_lowat",
        "net/ipv4/tcp_syncookies",
        "kernel.msgmax",
        "",
    ];
    json!({"name": random.pick(&names), "value": "1"})
}

fn container(random: &mut Random, prefix: &str) -> Value {
    let mut container = Object::default();
    let names = [format!("{prefix}1"), format!("{prefix}2"), "same".into(), String::new()];
    container.maybe(random, "name", 97, |random| json!(random.pick(&names)));
    container.maybe(random, "image", 90, |_| json!("registry.example/app:1.0"));
    container.maybe(random, "securityContext", 95, |random| security_context(random, Owner::Container));
    container.maybe(random, "ports", 20, |random| {
        list(random, 2, |random| {
            let mut port = Object::default();
            port.maybe(random, "containerPort", 90, |_| json!(8080));
            port.mostly(random, "hostPort", 40, &[json!(0)], &[json!(80), json!(-1)]);
            port.maybe(random, "hostIP", 20, |random| random.pick(&[json!("127.0.0.1"), json!("")]));
            Value::Object(port.0)
        })
    });
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        container.maybe(random, probe, 12, handler);
    }
    container.maybe(random, "lifecycle", 12, |random| {
        let mut lifecycle = Object::default();
        lifecycle.maybe(random, "postStart", 50, handler);
        lifecycle.maybe(random, "preStop", 50, handler);
        Value::Object(lifecycle.0)
    });
    if prefix == "init" {
        container.maybe(random, "restartPolicy", 30, |_| json!("Always"));
    }
    Value::Object(container.0)
}

fn handler(random: &mut Random) -> Value {
    let mut handler = Object::default();
    for action in ["httpGet", "tcpSocket"] {
        handler.maybe(random, action, 45, |random| {
            let mut action = Object::default();
            action.mostly(random, "host", 50, &[json!("")], &[json!("127.0.0.1"), json!("example.com")]);
            action.maybe(random, "port", 90, |random| random.pick(&[json!(80), json!("http")]));
            Value::Object(action.0)
        });
    }
    handler.maybe(random, "exec", 20, |_| json!({"command": ["true"]}));
    Value::Object(handler.0)
}

fn volume(random: &mut Random) -> Value {
    let allowed = [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ];
    let others = [
        "hostPath",
        "gcePersistentDisk",
        "awsElasticBlockStore",
        "gitRepo",
        "nfs",
        "iscsi",
        "glusterfs",
        "rbd",
        "flexVolume",
        "cinder",
        "cephfs",
        "flocker",
        "fc",
        "azureFile",
        "vsphereVolume",
        "quobyte",
        "azureDisk",
        "photonPersistentDisk",
        "portworxVolume",
        "scaleIO",
        "storageos",
    ];
    let mut volume = Object::default();
    volume.maybe(random, "name", 97, |_| json!("data"));
    // One source most often; none and two now and then.
    for percent in [95, 6] {
        let source = if random.chance(85) { random.pick(&allowed) } else { random.pick(&others) };
        volume.maybe(random, source, percent, |_| json!({}));
    }
    Value::Object(volume.0)
}

fn annotations(random: &mut Random) -> Value {
    let keys = [
        "container.apparmor.security.beta.kubernetes.io/app1",
        "container.apparmor.security.beta.kubernetes.io/nobody",
        "container.apparmor.security.beta.kubernetes.io/",
        "container.apparmor.security.beta.kubernetes.io",
        "seccomp.security.alpha.kubernetes.io/pod",
        "container.seccomp.security.alpha.kubernetes.io/app1",
        "container.seccomp.security.alpha.kubernetes.io/init1",
        "container.seccomp.security.alpha.kubernetes.io/debug1",
        "container.seccomp.security.alpha.kubernetes.io/nobody",
        "container.seccomp.security.alpha.kubernetes.io/",
        "example.com/other",
    ];
    let values = [
        "runtime/default",
        "localhost/x",
        "localhost/",
        "docker/default",
        "",
        "unconfined",
        "localhost",
        "Runtime/default",
    ];
    let mut annotations = Object::default();
    for _ in 0..random.below(4) {
        let key = random.pick(&keys);
        annotations.maybe(random, key, 100, |random| {
            let count = if random.chance(80) { 2 } else { values.len() };
            json!(values[random.below(count)])
        });
    }
    Value::Object(annotations.0)
}

fn list(random: &mut Random, most: usize, item: impl Fn(&mut Random) -> Value) -> Value {
    (0..random.below(most + 1)).map(|_| if random.chance(1) { Value::Null } else { item(random) }).collect()
}

fn flag(random: &mut Random, percent: usize) -> Value {
    json!(random.chance(percent))
}
