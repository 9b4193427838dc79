//! Containers.

use seawall_credential::{Judged, judge};
use seawall_yaml::{Node, Value};
use smol_str::{SmolStr, ToSmolStr};

use super::{Lifecycle, Probe, SecurityContext};
use crate::decode::{Decode, Decoding, Present, record};
use crate::encode::{Encode, map};
use crate::mark;
use crate::tree::{Tree, give};

record! {
    /// `Container`, and `EphemeralContainer` which has the same fields here.
    Container {
        /// Name, unique in the pod.
        name: SmolStr = "name",
        /// Image reference.
        image: SmolStr = "image",
        /// `Always`, `IfNotPresent` or `Never`; defaulted from the tag when not given.
        image_pull_policy: Option<SmolStr> = "imagePullPolicy",
        /// Program; over the image's ENTRYPOINT.
        command: Box<[SmolStr]> = "command",
        /// Arguments; over the image's CMD.
        args: Box<[SmolStr]> = "args",
        /// Ports listened on.
        ports: Box<[ContainerPort]> = "ports",
        /// Environment.
        env: Box<[EnvVar]> = "env",
        /// Environment taken whole from an object.
        env_from: Box<[EnvFromSource]> = "envFrom",
        /// Requests and limits.
        resources: Option<Box<ResourceRequirements>> = "resources",
        /// Mounted volumes.
        volume_mounts: Box<[VolumeMount]> = "volumeMounts",
        /// Restart when it fails.
        liveness_probe: Option<Box<Probe>> = "livenessProbe",
        /// Take out of Services when it fails.
        readiness_probe: Option<Box<Probe>> = "readinessProbe",
        /// Hold the others back until it succeeds.
        startup_probe: Option<Box<Probe>> = "startupProbe",
        /// Security settings; over the pod's.
        security_context: Option<Box<SecurityContext>> = "securityContext";
        /// What few containers say.
        rare: RareContainerFields
    }

    /// Fields of `Container` that few give.
    RareContainerFields {
        /// Hooks.
        lifecycle: Option<Box<Lifecycle>> = "lifecycle",
        /// `Always` makes an init container a sidecar.
        restart_policy: Option<SmolStr> = "restartPolicy",
        /// Block devices.
        volume_devices: Option<Present> = "volumeDevices",
        /// What happens when its resources are changed in place (KEP-1287).
        resize_policy: Option<Present> = "resizePolicy",
        /// Restart by exit code (KEP-5307).
        restart_policy_rules: Option<Present> = "restartPolicyRules",
    }

    /// `Capabilities`, without the `CAP_` prefix.
    Capabilities {
        /// Added to the runtime's default set.
        add: Box<[SmolStr]> = "add",
        /// Taken from the runtime's default set; `ALL` for every one.
        drop: Box<[SmolStr]> = "drop",
    }

    /// `ContainerPort`.
    ContainerPort {
        /// Name.
        name: SmolStr = "name",
        /// Port in the container.
        container_port: Option<i64> = "containerPort",
        /// `TCP`, `UDP` or `SCTP`; TCP when empty.
        protocol: SmolStr = "protocol";
        /// What few ports say.
        rare: RarePortFields
    }

    /// Fields of `ContainerPort` that few give.
    RarePortFields {
        /// Port on the node; 0 or none when not wanted.
        host_port: Option<i64> = "hostPort",
        /// Address on the node.
        host_ip: SmolStr = "hostIP",
    }

    /// `EnvVarSource`.
    EnvVarSource {
        /// Key of a Secret.
        secret_key_ref: Option<KeySelector> = "secretKeyRef",
        /// Key of a ConfigMap.
        config_map_key_ref: Option<KeySelector> = "configMapKeyRef",
        /// Field of the pod.
        field_ref: Option<Present> = "fieldRef",
        /// Resource of a container.
        resource_field_ref: Option<Present> = "resourceFieldRef",
        /// Key of a file in a volume (KEP-3721).
        file_key_ref: Option<Present> = "fileKeyRef",
    }

    /// `SecretKeySelector`, `ConfigMapKeySelector`.
    KeySelector {
        /// Name of the object.
        name: SmolStr = "name",
        /// Key in it.
        key: SmolStr = "key",
        /// Whether it may be missing.
        optional: Option<bool> = "optional",
    }

    /// `EnvFromSource`.
    EnvFromSource {
        /// Put before each name.
        prefix: SmolStr = "prefix",
        /// A whole Secret.
        secret_ref: Option<NamedSource> = "secretRef",
        /// A whole ConfigMap.
        config_map_ref: Option<NamedSource> = "configMapRef",
    }

    /// `SecretEnvSource`, `ConfigMapEnvSource`.
    NamedSource {
        /// Name of the object.
        name: SmolStr = "name",
        /// Whether it may be missing.
        optional: Option<bool> = "optional",
    }

    /// `ResourceRequirements`.
    ResourceRequirements {
        /// Upper bounds.
        limits: ResourceMap = "limits",
        /// What the scheduler reserves; a limit without a request is the request too.
        requests: ResourceMap = "requests",
        /// Devices of the pod's claims.
        claims: Option<Present> = "claims",
    }

    /// `VolumeMount`.
    VolumeMount {
        /// Name of the volume.
        name: SmolStr = "name",
        /// Path in the container.
        mount_path: SmolStr = "mountPath",
        /// Part of the volume that is mounted.
        sub_path: SmolStr = "subPath",
        /// Whether it is mounted read-only.
        read_only: Option<bool> = "readOnly",
        /// `None`, `HostToContainer` or `Bidirectional`.
        mount_propagation: Option<SmolStr> = "mountPropagation",
        /// Whether mounts below it are read-only too (KEP-3857).
        recursive_read_only: Option<Present> = "recursiveReadOnly",
        /// Part of the volume that is mounted, named by variables.
        sub_path_expr: Option<Present> = "subPathExpr",
    }
}

/// `EnvVar`. The value is not kept: it may be a credential.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnvVar {
    /// Name.
    pub name: SmolStr,
    /// What the literal value looks like.
    pub value: Option<Judged>,
    /// Where the value is taken from.
    pub value_from: Option<Box<EnvVarSource>>,
}

impl Decode for EnvVar {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        let mut variable = Self::default();
        let mut literal = None;
        match node.value() {
            Value::Null => {}
            Value::Map(entries) => {
                for (key, _, value) in entries {
                    match key {
                        "name" => variable.name = Decode::decode(value, cx),
                        "value" => literal = Some(value),
                        "valueFrom" => variable.value_from = Decode::decode(value, cx),
                        _ => {}
                    }
                }
            }
            _ => cx.wrong_type(node, "object"),
        }
        variable.value = literal.and_then(|literal| judged_as(literal, &variable.name, cx));
        variable
    }
}

impl Encode for EnvVar {
    fn encode(&self) -> Tree {
        let Self { name, value, value_from } = self;
        let mut fields = Vec::new();
        give(&mut fields, "name", name.field());
        give(&mut fields, "value", value.field());
        give(&mut fields, "valueFrom", value_from.field());
        Tree::Map(fields)
    }
}

/// What a value of this name looks like; `None` when there is none.
pub(super) fn judged_as(node: Node<'_>, name: &str, cx: &mut Decoding) -> Option<Judged> {
    match node.value() {
        Value::Null => None,
        Value::Str(text) => Some(judge(name, text)),
        _ if let Some(judged) = mark::of(node, cx).and_then(Judged::from_code) => Some(judged),
        _ => {
            cx.wrong_type(node, "string");
            None
        }
    }
}

/// `ResourceList`: quantities by resource name, as written; see [`crate::quantity::Quantity`] for their meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceMap(Box<[(SmolStr, QuantityText)]>);

impl ResourceMap {
    /// The quantity of `resource`: `cpu`, `memory`, `ephemeral-storage`, …
    pub fn get(&self, resource: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == resource).map(|(_, text)| text.0.as_str())
    }

    /// All quantities, in the order written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.0.as_str()))
    }
}

impl Decode for ResourceMap {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        match node.value() {
            Value::Null => Self::default(),
            Value::Map(entries) => {
                let pairs = entries.filter(|(_, _, value)| !value.is_null());
                Self(pairs.map(|(key, _, value)| (SmolStr::new(key), Decode::decode(value, cx))).collect())
            }
            _ => {
                cx.wrong_type(node, "map of quantities");
                Self::default()
            }
        }
    }
}

impl Encode for ResourceMap {
    fn encode(&self) -> Tree {
        map(&self.0)
    }
}

/// A quantity as written: a string, or a bare number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuantityText(pub SmolStr);

impl Decode for QuantityText {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        Self(match node.value() {
            Value::Null => SmolStr::default(),
            Value::Str(text) => SmolStr::new(text),
            Value::Int(number) => number.to_smolstr(),
            Value::Float(number) => number.to_smolstr(),
            _ => {
                cx.wrong_type(node, "quantity");
                SmolStr::default()
            }
        })
    }
}

impl Encode for QuantityText {
    fn encode(&self) -> Tree {
        Tree::Text(self.0.clone())
    }
}
