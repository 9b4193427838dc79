//! How the programs of a node are started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::files::Files;
use super::namespaces::Namespaces;
use super::{API_SERVER_ADDRESS, NODE, NODE_ADDRESS, PODS, SERVICES};
use crate::tool::{Tool, tool};

/// The programs that are built; containerd and its like are in the namespaces.
pub(super) struct Programs {
    etcd: PathBuf,
    api_server: PathBuf,
    controller_manager: PathBuf,
    scheduler: PathBuf,
    kubelet: PathBuf,
    kube_proxy: PathBuf,
    network_policy: PathBuf,
    /// What is in the image of the rig.
    pub probe: PathBuf,
}

impl Programs {
    pub(super) fn provide() -> Result<Programs> {
        Ok(Programs {
            etcd: tool(Tool::Etcd)?,
            api_server: tool(Tool::KubeApiserver)?,
            controller_manager: tool(Tool::KubeControllerManager)?,
            scheduler: tool(Tool::KubeScheduler)?,
            kubelet: tool(Tool::Kubelet)?,
            kube_proxy: tool(Tool::KubeProxy)?,
            network_policy: tool(Tool::NetworkPolicy)?,
            probe: tool(Tool::Probe)?,
        })
    }

    /// etcd, at a socket in the folder.
    pub(super) fn etcd(&self, folder: &Path, node: &Namespaces) -> Command {
        let mut command = node.command(&self.etcd);
        command
            .args(["--unsafe-no-fsync", "--advertise-client-urls=http://localhost:2379"])
            .arg(option("--data-dir=", folder.join("etcd")))
            .arg(option("--listen-client-urls=unix://", folder.join("etcd.sock")))
            .arg(option("--listen-peer-urls=unix://", folder.join("peer.sock")));
        command
    }

    pub(super) fn api_server(&self, folder: &Path, files: &Files, node: &Namespaces) -> Command {
        let mut command = node.command(&self.api_server);
        command
            .args([
                "--bind-address=0.0.0.0",
                "--secure-port=6443",
                "--authorization-mode=Node,RBAC",
                "--enable-admission-plugins=NodeRestriction",
                "--allow-privileged=true",
                "--kubelet-preferred-address-types=InternalIP",
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            ])
            .arg(format!("--advertise-address={NODE_ADDRESS}"))
            .arg(format!("--service-cluster-ip-range={SERVICES}"))
            .arg(option("--etcd-servers=unix://", folder.join("etcd.sock")));
        for (name, file) in [
            ("--tls-cert-file=", "api-server.crt"),
            ("--tls-private-key-file=", "api-server.key"),
            ("--client-ca-file=", "ca.crt"),
            ("--service-account-key-file=", "service-account.pub"),
            ("--service-account-signing-key-file=", "service-account.key"),
            ("--kubelet-certificate-authority=", "ca.crt"),
            ("--kubelet-client-certificate=", "kubelet-client.crt"),
            ("--kubelet-client-key=", "kubelet-client.key"),
        ] {
            command.arg(option(name, files.path(file)));
        }
        command
    }

    pub(super) fn controller_manager(&self, files: &Files, node: &Namespaces) -> Command {
        let mut command = node.command(&self.controller_manager);
        command
            .args([
                "--bind-address=127.0.0.1",
                "--leader-elect=false",
                "--use-service-account-credentials=true",
            ])
            .args(["--controllers=*", "--allocate-node-cidrs=true"])
            .arg(format!("--cluster-cidr={PODS}"))
            .arg(format!("--service-cluster-ip-range={SERVICES}"))
            .arg(option("--service-account-private-key-file=", files.path("service-account.key")))
            .arg(option("--root-ca-file=", files.path("ca.crt")))
            .arg(option("--kubeconfig=", files.path("controller-manager.kubeconfig")));
        command
    }

    pub(super) fn scheduler(&self, files: &Files, node: &Namespaces) -> Command {
        let mut command = node.command(&self.scheduler);
        command
            .args(["--bind-address=127.0.0.1", "--leader-elect=false"])
            .arg(option("--kubeconfig=", files.path("scheduler.kubeconfig")));
        command
    }

    pub(super) fn kubelet(&self, folder: &Path, files: &Files, node: &Namespaces) -> Command {
        let mut command = node.command(&self.kubelet);
        command
            .arg(format!("--hostname-override={NODE}"))
            .arg(format!("--node-ip={NODE_ADDRESS}"))
            .arg(option("--cert-dir=", folder.join("kubelet")))
            .arg(option("--config=", files.path("kubelet.yaml")))
            .arg(option("--kubeconfig=", files.path("kubelet.kubeconfig")));
        command
    }

    pub(super) fn kube_proxy(&self, files: &Files, node: &Namespaces) -> Command {
        let mut command = node.command(&self.kube_proxy);
        command
            .arg(format!("--hostname-override={NODE}"))
            .arg(option("--config=", files.path("kube-proxy.yaml")));
        command
    }

    pub(super) fn network_policy(&self, files: &Files, node: &Namespaces) -> Command {
        let mut command = node.command(&self.network_policy);
        command
            .arg(format!("--node={NODE}"))
            .arg(format!("--service-cluster-ip-range={SERVICES}"))
            .arg(option("--kubeconfig=", files.path("network-policy.kubeconfig")));
        command
    }

    /// containerd, which finds what it runs in the namespaces.
    pub(super) fn containerd(files: &Files, node: &Namespaces) -> Command {
        let mut command = node.command("/usr/bin/containerd");
        command.arg(option("--config=", files.path("containerd.toml")));
        command
    }

    /// Carries connections from a listener of this process to the API server in the namespaces.
    pub(super) fn relay(&self, node: &Namespaces) -> Command {
        let mut command = node.command(&self.probe);
        command.args(["relay", &format!("tcp:{API_SERVER_ADDRESS}")]);
        command
    }
}

/// A path as it need not be text.
fn option(name: &str, path: PathBuf) -> OsString {
    let mut option = OsString::from(name);
    option.push(path);
    option
}
