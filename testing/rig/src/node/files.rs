//! The files that the programs of a node are started with: certificates, kubeconfigs, configurations.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::KeyPair;
use serde_json::{Value, json};

use super::{API_SERVER, NODE, NODE_ADDRESS, PAUSE_IMAGE, PODS};
use crate::certificate::Authority;

/// What clients may call the API server. The second last is the Service `kubernetes`.
const API_SERVER_NAMES: [&str; 6] = [
    "127.0.0.1",
    "localhost",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "10.96.0.1",
    NODE_ADDRESS,
];

/// Who speaks with the API server, and of which group they are; users of RBAC's default bindings
/// (k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy) but for the admin and the last.
const CLIENTS: [(&str, &str, &str); 6] = [
    ("admin", "admin", "system:masters"),
    ("controller-manager", "system:kube-controller-manager", ""),
    ("scheduler", "system:kube-scheduler", ""),
    ("kubelet", "system:node:node", "system:nodes"),
    ("kube-proxy", "system:kube-proxy", ""),
    ("network-policy", "seawall:network-policy", ""),
];

/// The folder of the files; each is named by what it is for.
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    /// Writes all files, for a node of which `url` is where this process finds the API server.
    pub(super) fn write(node: &Path, url: &str) -> Result<Files> {
        let files = Files { folder: node.join("files") };
        fs::create_dir(&files.folder).context("cannot make the folder of the node's files")?;
        fs::create_dir(files.path("manifests")).context("cannot make the folder of static pods")?;
        let authority = Authority::make().context("no certificate")?;
        files.add("ca.crt", authority.certificate())?;
        for (name, subject, names) in [
            ("api-server", "kube-apiserver", &API_SERVER_NAMES[..]),
            ("kubelet-server", NODE, &[NODE, NODE_ADDRESS, "127.0.0.1"]),
        ] {
            files.pair(name, authority.server(subject, names).context("no certificate")?)?;
        }
        let client = authority.client("kube-apiserver-kubelet-client", "system:masters");
        files.pair("kubelet-client", client.context("no certificate")?)?;
        let key = KeyPair::generate().context("no key")?;
        files.add("service-account.key", &key.serialize_pem())?;
        files.add("service-account.pub", &key.public_key_pem())?;
        for (name, user, group) in CLIENTS {
            files.pair(name, authority.client(user, group).context("no certificate")?)?;
            // The admin is outside, all others are in the namespaces.
            let server = if name == "admin" { url } else { API_SERVER };
            files.add_json(&format!("{name}.kubeconfig"), &files.kubeconfig(name, server))?;
        }
        files.add("resolv.conf", "")?;
        files.add("containerd.toml", &containerd(node))?;
        files.add_json("kubelet.yaml", &files.kubelet(node))?;
        files.add_json("kube-proxy.yaml", &files.kube_proxy())?;
        let network = files.path("network");
        fs::create_dir(&network).context("cannot make the folder of networks")?;
        fs::write(network.join("10-bridge.conflist"), network_of_pods().to_string())
            .context("cannot write the network")?;
        Ok(files)
    }

    /// Where the file of this name is.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn add(&self, name: &str, content: &str) -> Result<()> {
        let path = self.path(name);
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))
    }

    /// JSON is YAML.
    fn add_json(&self, name: &str, content: &Value) -> Result<()> {
        self.add(name, &content.to_string())
    }

    fn pair(&self, name: &str, (certificate, key): (String, String)) -> Result<()> {
        self.add(&format!("{name}.crt"), &certificate)?;
        self.add(&format!("{name}.key"), &key)
    }

    fn kubeconfig(&self, name: &str, server: &str) -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{
                "name": "rig",
                "cluster": {"server": server, "certificate-authority": self.path("ca.crt")},
            }],
            "users": [{"name": name, "user": {
                "client-certificate": self.path(&format!("{name}.crt")),
                "client-key": self.path(&format!("{name}.key")),
            }}],
            "contexts": [{"name": "rig", "context": {"cluster": "rig", "user": name}}],
            "current-context": "rig",
        })
    }

    fn kubelet(&self, node: &Path) -> Value {
        json!({
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
            "cgroupDriver": "cgroupfs",
            // Else it refuses cgroups of version 1 (from 1.35 on).
            "failCgroupV1": false,
            "failSwapOn": false,
            "authentication": {
                "anonymous": {"enabled": false},
                "webhook": {"enabled": true},
                "x509": {"clientCAFile": self.path("ca.crt")},
            },
            "authorization": {"mode": "Webhook"},
            "tlsCertFile": self.path("kubelet-server.crt"),
            "tlsPrivateKeyFile": self.path("kubelet-server.key"),
            "clusterDomain": "cluster.local",
            "clusterDNS": ["10.96.0.10"],
            "resolvConf": self.path("resolv.conf"),
            "staticPodPath": self.path("manifests"),
            "volumePluginDir": node.join("volume-plugins"),
            // However full the disk of the machine is: nothing is evicted, and no image is removed.
            "imageGCHighThresholdPercent": 100,
            "evictionHard": {
                "memory.available": "50Mi",
                "nodefs.available": "0%",
                "nodefs.inodesFree": "0%",
                "imagefs.available": "0%",
                "imagefs.inodesFree": "0%",
            },
        })
    }

    fn kube_proxy(&self) -> Value {
        json!({
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "nftables",
            "clientConnection": {"kubeconfig": self.path("kube-proxy.kubeconfig")},
            "clusterCIDR": PODS,
            // That of the whole machine: not to be touched.
            "conntrack": {"maxPerCore": 0, "min": 0},
        })
    }
}

/// containerd 1.6 (docs/cri/config.md).
fn containerd(node: &Path) -> String {
    let root = node.join("containerd");
    let opt = node.join("opt");
    let network = node.join("files/network");
    format!(
        r#"
version = 2
root = {root:?}
state = "/run/containerd"
[grpc]
address = "/run/containerd/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
path = {opt:?}
[plugins."io.containerd.grpc.v1.cri"]
# Where root lacks CAP_SYS_RESOURCE no sandbox could be made without.
restrict_oom_score_adj = true
sandbox_image = {PAUSE_IMAGE:?}
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = {network:?}
"#
    )
}

/// CNI 1.0: a bridge, and addresses of pods.
fn network_of_pods() -> Value {
    json!({
        "cniVersion": "1.0.0",
        "name": "pods",
        "plugins": [
            {
                "type": "bridge",
                "bridge": "pods",
                "isGateway": true,
                "hairpinMode": true,
                "ipam": {"type": "host-local", "ranges": [[{"subnet": PODS}]], "routes": [{"dst": "0.0.0.0/0"}]},
            },
            {"type": "portmap", "capabilities": {"portMappings": true}},
        ],
    })
}
