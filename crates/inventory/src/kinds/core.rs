//! Objects of the core group that pods refer to: Secrets, ConfigMaps, service accounts, Services.

use seawall_credential::judge_base64;
use seawall_yaml::{Node, Value};
use smol_str::SmolStr;

use super::{IamMapping, ImagePullSecret, iam};
use crate::decode::{Decode, Decoding, IntOrString, Present, StringMap, record};
use crate::encode::Encode;
use crate::judged::JudgedMap;
use crate::tree::{Tree, give};

/// `Secret`. Of its values nothing is kept but what they look like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Secret {
    /// `Opaque` when empty.
    pub type_: SmolStr,
    /// Whether it cannot be changed.
    pub immutable: Option<bool>,
    /// Values in base64.
    pub data: JudgedMap,
    /// Values as text; over those of `data`.
    pub string_data: JudgedMap,
    /// That SOPS encrypted it: its metadata stands at the top of the object.
    pub sops: Option<Present>,
}

impl Decode for Secret {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        let mut secret = Self::default();
        for (key, value) in fields(node, cx) {
            match key {
                "type" => secret.type_ = Decode::decode(value, cx),
                "immutable" => secret.immutable = Decode::decode(value, cx),
                "data" => secret.data = JudgedMap::decode_with(value, cx, judge_base64),
                "stringData" => secret.string_data = Decode::decode(value, cx),
                "sops" => secret.sops = Decode::decode(value, cx),
                _ => {}
            }
        }
        secret
    }
}

impl Encode for Secret {
    fn encode(&self) -> Tree {
        let Self { type_, immutable, data, string_data, sops } = self;
        let mut fields = Vec::new();
        give(&mut fields, "type", type_.field());
        give(&mut fields, "immutable", immutable.field());
        give(&mut fields, "data", data.field());
        give(&mut fields, "stringData", string_data.field());
        give(&mut fields, "sops", sops.field());
        Tree::Map(fields)
    }
}

/// `ConfigMap`. Of its values nothing is kept but what they look like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfigMap {
    /// Values as text.
    pub data: JudgedMap,
    /// Values in base64.
    pub binary_data: JudgedMap,
    /// Whether it cannot be changed.
    pub immutable: Option<bool>,
    /// The text of the key `no-match-policy`, which says what the sigstore policy-controller does with images that no
    /// policy matches (sigstore/policy-controller v0.13.1 pkg/config/store.go).
    pub no_match_policy: Option<SmolStr>,
    /// Whom of a cloud the keys `mapRoles` and `mapUsers` make whom of the cluster, as in `aws-auth` of EKS.
    pub iam_mappings: Box<[IamMapping]>,
}

impl Decode for ConfigMap {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        let mut config = Self::default();
        for (key, value) in fields(node, cx) {
            match key {
                "data" => {
                    let policy = value.get(NO_MATCH_POLICY).and_then(Node::as_str);
                    config.no_match_policy = policy.map(SmolStr::new);
                    config.iam_mappings = iam::mappings(value);
                    config.data = JudgedMap::decode_with(value, cx, |key, text| {
                        iam::judge_as_written(&config.iam_mappings, key, text)
                    });
                }
                "binaryData" => config.binary_data = JudgedMap::decode_with(value, cx, judge_base64),
                "immutable" => config.immutable = Decode::decode(value, cx),
                _ => {}
            }
        }
        config
    }
}

/// See [`ConfigMap::no_match_policy`].
const NO_MATCH_POLICY: &str = "no-match-policy";

impl Encode for ConfigMap {
    fn encode(&self) -> Tree {
        let Self { data, binary_data, immutable, no_match_policy, iam_mappings } = self;
        let mut values = data.encode();
        if let (Tree::Map(entries), Some(policy)) = (&mut values, no_match_policy) {
            for (_, value) in entries.iter_mut().filter(|(key, _)| key == NO_MATCH_POLICY) {
                *value = Tree::Text(policy.clone());
            }
        }
        if let Tree::Map(entries) = &mut values {
            iam::write(iam_mappings, data, entries);
        }
        let mut fields = Vec::new();
        give(&mut fields, "data", Some(values).filter(|tree| !tree.is_nothing()));
        give(&mut fields, "binaryData", binary_data.field());
        give(&mut fields, "immutable", immutable.field());
        Tree::Map(fields)
    }
}

/// The fields of an object; what is none is wrong, and has none.
fn fields<'t>(node: Node<'t>, cx: &mut Decoding) -> impl Iterator<Item = (&'t str, Node<'t>)> + use<'t> {
    let entries = match node.value() {
        Value::Map(entries) => Some(entries),
        Value::Null => None,
        _ => {
            cx.wrong_type(node, "object");
            None
        }
    };
    entries.into_iter().flatten().map(|(key, _, value)| (key, value))
}

record! {
    /// `ServiceAccount`.
    ServiceAccount {
        /// Pull credentials of pods that name none.
        image_pull_secrets: Box<[ImagePullSecret]> = "imagePullSecrets",
        /// Secrets that pods of the account may mount; before v1.24 also its token.
        secrets: Box<[ObjectName]> = "secrets",
        /// Whether pods that do not say so get a token of the account; true when not given.
        automount_service_account_token: Option<bool> = "automountServiceAccountToken",
    }

    /// A reference to an object, of which the namespace and the name are read.
    ObjectName {
        /// Namespace of the object, where the reference may name another one.
        namespace: SmolStr = "namespace",
        /// Name of the object.
        name: SmolStr = "name",
    }

    /// `ServiceSpec`.
    ServiceSpec {
        /// `ClusterIP` when empty.
        type_: SmolStr = "type",
        /// `None` for a headless Service.
        cluster_ip: SmolStr = "clusterIP",
        /// Labels of the pods behind it; none when empty.
        selector: StringMap = "selector",
        /// Ports.
        ports: Box<[ServicePort]> = "ports",
        /// Addresses outside of the cluster that it answers on.
        external_ips: Box<[SmolStr]> = "externalIPs",
        /// The DNS name that an `ExternalName` Service stands for.
        external_name: SmolStr = "externalName",
        /// Whether a `LoadBalancer` takes node ports; true when not given.
        allocate_load_balancer_node_ports: Option<bool> = "allocateLoadBalancerNodePorts",
        /// Addresses from which a `LoadBalancer` takes traffic; all when empty.
        load_balancer_source_ranges: Box<[SmolStr]> = "loadBalancerSourceRanges",
        /// `Local` when nodes send what comes from outside to their own pods alone, `Cluster` when empty.
        external_traffic_policy: SmolStr = "externalTrafficPolicy",
    }

    /// `ServicePort`.
    ServicePort {
        /// Name; needed when there are several.
        name: SmolStr = "name",
        /// `TCP`, `UDP` or `SCTP`; TCP when empty.
        protocol: SmolStr = "protocol",
        /// Port of the Service.
        port: Option<i64> = "port",
        /// Port of the pods, by number or name; the Service's when not given.
        target_port: Option<IntOrString> = "targetPort",
        /// Port on every node.
        node_port: Option<i64> = "nodePort",
    }
}
