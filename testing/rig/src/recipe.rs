//! How each real program is built, and how it proves what it is.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::tool::Tool;

/// How a program is built and how it proves what it is.
pub(crate) struct Recipe {
    pub name: &'static str,
    pub version: &'static str,
    pub source: Source,
    pub version_arguments: &'static [&'static str],
    /// What the answer to `version_arguments` starts with.
    pub version_answer: &'static str,
}

/// Where a program comes from.
pub(crate) enum Source {
    Go(GoPackage),
    /// A crate of the recipe's name and version from crates.io.
    Crate,
}

/// A program of a pinned Go module.
pub(crate) struct GoPackage {
    /// Folder of the module under `testing/go`.
    pub module: &'static str,
    /// The package, as `go build` takes it.
    pub package: &'static str,
    /// What the program's own release build sets at link time.
    pub link_flags: &'static str,
}

pub(crate) const POD_SECURITY: GoPackage =
    GoPackage { module: "psa", package: "./cmd/pod-security-oracle", link_flags: "-s -w" };

impl Tool {
    pub(crate) fn recipe(self) -> Recipe {
        match self {
            Tool::Kubectl => Recipe {
                name: "kubectl",
                version: "1.36.3",
                source: Source::Go(GoPackage {
                    module: "kubectl",
                    package: "./cmd/kubectl",
                    link_flags: "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3",
                }),
                version_arguments: &["version", "--client"],
                version_answer: "Client Version: v1.36.3\n",
            },
            Tool::KubectlYamlOracle => Recipe {
                name: "kubectl-yaml-oracle",
                version: "1.36.3",
                source: Source::Go(GoPackage {
                    module: "kubectl",
                    package: "./cmd/kubectl-yaml-oracle",
                    link_flags: "-s -w",
                }),
                version_arguments: &["--version"],
                version_answer: "cli-runtime v0.36.3 apimachinery v0.36.3\n",
            },
            Tool::ApimachineryOracle => Recipe {
                name: "apimachinery-oracle",
                version: "0.36.3",
                source: Source::Go(GoPackage {
                    module: "apimachinery",
                    package: "./cmd/apimachinery-oracle",
                    link_flags: "-s -w",
                }),
                version_arguments: &["--version"],
                version_answer: "apimachinery v0.36.3 reference v0.6.0\n",
            },
            Tool::EncryptionOracle => Recipe {
                name: "encryption-oracle",
                version: "0.36.3",
                source: Source::Go(GoPackage {
                    module: "apiserver",
                    package: "./cmd/encryption-oracle",
                    link_flags: "-s -w",
                }),
                version_arguments: &["--version"],
                version_answer: "apiserver v0.36.3 kms v0.36.3\n",
            },
            Tool::AdmissionOracle => Recipe {
                name: "admission-oracle",
                version: "1.36.3",
                source: Source::Go(GoPackage {
                    module: "kubernetes",
                    package: "./cmd/admission-oracle",
                    link_flags: "-s -w",
                }),
                version_arguments: &["--version"],
                version_answer: "kubernetes v1.36.3\n",
            },
            Tool::PodSecurityOracle => Recipe {
                name: "pod-security-oracle",
                version: "1.37.2",
                source: Source::Go(POD_SECURITY),
                version_arguments: &["--version"],
                version_answer: "pod-security-admission v0.37.2\n",
            },
            Tool::Etcd => Recipe {
                name: "etcd",
                version: "3.6.8",
                // The version stands in its source (api/version); its build script sets but the commit.
                source: Source::Go(GoPackage {
                    module: "etcd",
                    package: "go.etcd.io/etcd/server/v3",
                    link_flags: "-s -w",
                }),
                version_arguments: &["--version"],
                version_answer: "etcd Version: 3.6.8\n",
            },
            Tool::KubeApiserver => kubernetes("kube-apiserver", API_SERVER),
            Tool::KubeApiserverNewest => Recipe {
                version: "1.37.1",
                source: Source::Go(GoPackage {
                    module: "controlplane-newest",
                    package: API_SERVER,
                    link_flags: "-s -w -X k8s.io/component-base/version.gitVersion=v1.37.1",
                }),
                version_answer: "Kubernetes v1.37.1\n",
                ..kubernetes("kube-apiserver", API_SERVER)
            },
            Tool::KubeControllerManager => {
                kubernetes("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager")
            }
            Tool::KubeScheduler => kubernetes("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
            Tool::Kubelet => kubernetes("kubelet", "k8s.io/kubernetes/cmd/kubelet"),
            Tool::KubeProxy => kubernetes("kube-proxy", "k8s.io/kubernetes/cmd/kube-proxy"),
            Tool::NetworkPolicy => Recipe {
                name: "network-policy",
                version: "1.6.1",
                source: Source::Go(GoPackage {
                    module: "controlplane",
                    package: "./cmd/network-policy",
                    link_flags: "-s -w",
                }),
                version_arguments: &["--version"],
                version_answer: "kube-router v1.6.1\n",
            },
            Tool::Probe => Recipe {
                name: "probe",
                version: "1",
                source: Source::Go(GoPackage { module: "probe", package: ".", link_flags: "-s -w" }),
                version_arguments: &["--version"],
                version_answer: "probe 1\n",
            },
            // Helm's Makefile sets the Kubernetes version that charts see from the client-go it is linked with
            // (v0.37.0); without it `helm template` renders for Kubernetes 1.20.
            Tool::Helm3 => Recipe {
                name: "helm3",
                version: "3.22.0",
                source: Source::Go(GoPackage {
                    module: "helm3",
                    package: "helm.sh/helm/v3/cmd/helm",
                    link_flags: "-s -w -X helm.sh/helm/v3/internal/version.version=v3.22.0 \
                         -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1 \
                         -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=37 \
                         -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 \
                         -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=37",
                }),
                version_arguments: &["version", "--template", "{{.Version}}\n"],
                version_answer: "v3.22.0\n",
            },
            // Helm 4 finds the version of client-go in its build information by itself.
            Tool::Helm4 => Recipe {
                name: "helm4",
                version: "4.3.1",
                source: Source::Go(GoPackage {
                    module: "helm4",
                    package: "helm.sh/helm/v4/cmd/helm",
                    link_flags: "-s -w -X helm.sh/helm/v4/internal/version.version=v4.3.1",
                }),
                version_arguments: &["version", "--template", "{{.Version}}\n"],
                version_answer: "v4.3.1\n",
            },
            Tool::CargoDeny => Recipe {
                name: "cargo-deny",
                version: "0.20.2",
                source: Source::Crate,
                version_arguments: &["--version"],
                version_answer: "cargo-deny 0.20.2\n",
            },
            Tool::CargoMutants => Recipe {
                name: "cargo-mutants",
                version: "27.1.0",
                source: Source::Crate,
                version_arguments: &["mutants", "--version"],
                version_answer: "cargo-mutants 27.1.0\n",
            },
        }
    }
}

const API_SERVER: &str = "k8s.io/kubernetes/cmd/kube-apiserver";

/// A program of Kubernetes itself. They share most of what they are compiled of.
const fn kubernetes(name: &'static str, package: &'static str) -> Recipe {
    Recipe {
        name,
        version: "1.36.3",
        source: Source::Go(GoPackage {
            module: "controlplane",
            package,
            link_flags: "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3",
        }),
        version_arguments: &["--version"],
        version_answer: "Kubernetes v1.36.3\n",
    }
}

impl Recipe {
    /// Runs the program and holds it to the version it must have.
    pub(crate) fn ask_version(&self, program: &PathBuf) -> Result<String> {
        let output = Command::new(program).args(self.version_arguments).output()?;
        let answer = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.success() && answer.starts_with(self.version_answer),
            "{} {} answers {:?} where {:?} is expected ({}): {}",
            self.name,
            self.version_arguments.join(" "),
            answer,
            self.version_answer,
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
        Ok(self.version_answer.trim().to_owned())
    }
}
