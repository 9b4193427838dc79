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
    GoPackage { module: "psa", package: "./cmd/pod-security-oracle", link_flags: STRIPPED };

/// Without what only a debugger reads.
const STRIPPED: &str = "-s -w";

/// A program of Kubernetes itself, from the module `testing/go/$module`. Those of one version share most of what they are
/// compiled of.
macro_rules! kubernetes {
    ($name:literal, $version:literal, $module:literal) => {
        Recipe::go(
            $name,
            $version,
            ($module, concat!("k8s.io/kubernetes/cmd/", $name)),
            concat!("Kubernetes v", $version, "\n"),
        )
        .linked_with(concat!("-s -w -X k8s.io/component-base/version.gitVersion=v", $version))
    };
}

impl Tool {
    pub(crate) fn recipe(self) -> Recipe {
        match self {
            Tool::Kubectl => {
                let package = ("kubectl", "./cmd/kubectl");
                Recipe::go("kubectl", "1.36.3", package, "Client Version: v1.36.3\n")
                    .linked_with("-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3")
                    .asked_with(&["version", "--client"])
            }
            Tool::KubectlYamlOracle => {
                let package = ("kubectl", "./cmd/kubectl-yaml-oracle");
                let answer = "cli-runtime v0.36.3 apimachinery v0.36.3\n";
                Recipe::go("kubectl-yaml-oracle", "1.36.3", package, answer)
            }
            Tool::ApimachineryOracle => {
                let package = ("apimachinery", "./cmd/apimachinery-oracle");
                let answer = "apimachinery v0.36.3 reference v0.6.0\n";
                Recipe::go("apimachinery-oracle", "0.36.3", package, answer)
            }
            Tool::EncryptionOracle => {
                let package = ("apiserver", "./cmd/encryption-oracle");
                Recipe::go("encryption-oracle", "0.36.3", package, "apiserver v0.36.3 kms v0.36.3\n")
            }
            Tool::AdmissionOracle => {
                let package = ("kubernetes", "./cmd/admission-oracle");
                Recipe::go("admission-oracle", "1.36.3", package, "kubernetes v1.36.3\n")
            }
            Tool::Cyclonus => {
                let package = ("cyclonus", "./cmd/network-policy-oracle");
                Recipe::go("cyclonus", "0.5.6", package, "cyclonus v0.5.6\n")
            }
            // The version is that of the commit, whose release notes say 3.28.5.
            Tool::CalicoSelectors => {
                let package = ("calico", "./cmd/calico-selectors");
                let answer = "calico v1.11.0-cni-plugin.0.20250813170300-a0db560f0520\n";
                Recipe::go("calico-selectors", "3.28.5", package, answer)
            }
            Tool::IstioOracle => {
                // The module has no released versions; this is of the branch of 1.31.
                let package = ("istio", "./cmd/istio-oracle");
                Recipe::go("istio-oracle", "1.31", package, "istio v0.0.0-20260827124520-eed52ebb66ad\n")
            }
            Tool::PodSecurityOracle => {
                let package = (POD_SECURITY.module, POD_SECURITY.package);
                Recipe::go("pod-security-oracle", "1.37.2", package, "pod-security-admission v0.37.2\n")
            }
            // The version stands in its source (api/version); its build script sets but the commit.
            Tool::Etcd => {
                let package = ("etcd", "go.etcd.io/etcd/server/v3");
                Recipe::go("etcd", "3.6.8", package, "etcd Version: 3.6.8\n")
            }
            Tool::KubeApiserver => kubernetes!("kube-apiserver", "1.36.3", "controlplane"),
            Tool::KubeApiserverNewest => kubernetes!("kube-apiserver", "1.37.1", "controlplane-newest"),
            // What it says of itself at /version is the aggregator's, which takes it from client-go (`Complete` of
            // k8s.io/kube-aggregator v0.26.13 pkg/apiserver/apiserver.go).
            Tool::KubeApiserverOldest => kubernetes!("kube-apiserver", "1.26.13", "controlplane-oldest")
                .linked_with(
                    "-s -w -X k8s.io/component-base/version.gitVersion=v1.26.13 \
                         -X k8s.io/client-go/pkg/version.gitVersion=v1.26.13",
                ),
            Tool::KubeControllerManager => kubernetes!("kube-controller-manager", "1.36.3", "controlplane"),
            Tool::KubeScheduler => kubernetes!("kube-scheduler", "1.36.3", "controlplane"),
            Tool::Kubelet => kubernetes!("kubelet", "1.36.3", "controlplane"),
            Tool::KubeProxy => kubernetes!("kube-proxy", "1.36.3", "controlplane"),
            Tool::NetworkPolicy => {
                let package = ("controlplane", "./cmd/network-policy");
                Recipe::go("network-policy", "1.6.1", package, "kube-router v1.6.1\n")
            }
            Tool::Probe => Recipe::go("probe", "1", ("probe", "."), "probe 1\n"),
            // Helm's Makefile sets the Kubernetes version that charts see from the client-go it is linked with
            // (v0.37.0); without it `helm template` renders for Kubernetes 1.20.
            Tool::Helm3 => Recipe::go("helm3", "3.22.0", ("helm3", "helm.sh/helm/v3/cmd/helm"), "v3.22.0\n")
                .linked_with(
                    "-s -w -X helm.sh/helm/v3/internal/version.version=v3.22.0 \
                         -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1 \
                         -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=37 \
                         -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 \
                         -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=37",
                )
                .asked_with(HELM_VERSION),
            // Helm 4 finds the version of client-go in its build information by itself.
            Tool::Helm4 => Recipe::go("helm4", "4.3.1", ("helm4", "helm.sh/helm/v4/cmd/helm"), "v4.3.1\n")
                .linked_with("-s -w -X helm.sh/helm/v4/internal/version.version=v4.3.1")
                .asked_with(HELM_VERSION),
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

const HELM_VERSION: &[&str] = &["version", "--template", "{{.Version}}\n"];

impl Recipe {
    /// A program of a package of a Go module, and what it answers to `--version`.
    fn go(
        name: &'static str,
        version: &'static str,
        (module, package): (&'static str, &'static str),
        version_answer: &'static str,
    ) -> Self {
        let package = GoPackage { module, package, link_flags: STRIPPED };
        Self { name, version, source: Source::Go(package), version_arguments: &["--version"], version_answer }
    }

    /// With what its own release build sets at link time.
    fn linked_with(self, link_flags: &'static str) -> Self {
        let source = match self.source {
            Source::Go(package) => Source::Go(GoPackage { link_flags, ..package }),
            source @ Source::Crate => source,
        };
        Self { source, ..self }
    }

    /// Asked for its version like this.
    fn asked_with(self, version_arguments: &'static [&'static str]) -> Self {
        Self { version_arguments, ..self }
    }

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
