//! The distributions that are told apart.

use super::Distribution;
use super::Sign::{Annotation, Group, Host, Label, Provider, System, Version};

/// What who rents a control plane does not see of it.
const MANAGED: &[&str] = &[
    "the control plane: its provider runs it elsewhere, without static pods in the cluster, and shows no flags of the API server",
    "etcd: who can read it, and whether Secrets are encrypted in it",
    "the audit policy: what is logged of requests is a setting of the provider",
];

/// What stands in files of the machines of a control plane that runs as static pods.
const STATIC_PODS: &[&str] = &[
    "files that the flags of the control plane name: encryption at rest, audit policy, admission, authentication",
    "files of the nodes: configuration of the kubelet, certificates, keys",
];

/// What stands in files of the machines of a control plane that is no pod.
const PROCESSES: &[&str] = &[
    "the control plane: it is processes of the machine and no pods, so that no flags of the API server are seen",
    "where its state is stored, and whether Secrets are encrypted there",
    "files of the nodes: configuration of the kubelet, certificates, keys",
];

/// In this order: what is built on another one, which would be told too, comes first.
pub(super) const DISTRIBUTIONS: &[Distribution] = &[
    Distribution {
        name: "OpenShift",
        // ClusterVersion, Infrastructure and others of github.com/openshift/api config/v1, which each cluster of version 4 serves.
        signs: &[Group("config.openshift.io")],
        unseen: &[
            "files that the operators of the control plane write: what ConfigMaps of `openshift-kube-apiserver` hold is not judged",
            "files of the nodes, which the Machine Config Operator writes",
        ],
    },
    Distribution {
        name: "Amazon EKS",
        signs: &[
            // `v1.29.4-eks-036c24b`: "Amazon EKS platform versions" of the EKS User Guide.
            Version("-eks-"),
            // "Managed node groups concepts" of the EKS User Guide.
            Label(&["eks.amazonaws.com/nodegroup"]),
            // `fargate`, `auto`: "AWS Fargate considerations" and "EKS Auto Mode" of the EKS User Guide.
            Label(&["eks.amazonaws.com/compute-type"]),
            // "Cluster API server endpoint" of the EKS User Guide.
            Host(".eks.amazonaws.com"),
        ],
        unseen: MANAGED,
    },
    Distribution {
        name: "Google GKE",
        signs: &[
            // `v1.29.6-gke.1326000`: "GKE versioning and support" of the GKE documentation.
            Version("-gke."),
            // "Labels that GKE adds" of the GKE documentation, "About node pools".
            Label(&["cloud.google.com/gke-nodepool"]),
        ],
        unseen: MANAGED,
    },
    Distribution {
        name: "Azure AKS",
        signs: &[
            // "Reserved system labels" of the AKS documentation, "Use labels in an AKS cluster".
            Label(&["kubernetes.azure.com/cluster"]),
            Label(&["kubernetes.azure.com/agentpool"]),
            // "Outbound network and FQDN rules for AKS clusters": `*.hcp.REGION.azmk8s.io`. Its versions have no suffix.
            Host(".azmk8s.io"),
        ],
        unseen: MANAGED,
    },
    Distribution {
        name: "DigitalOcean Kubernetes",
        signs: &[
            // "Automatic application of labels and taints to nodes" of the DOKS documentation.
            Label(&["doks.digitalocean.com/node-pool"]),
            // Kubeconfigs of DOKS.
            Host(".k8s.ondigitalocean.com"),
        ],
        unseen: MANAGED,
    },
    Distribution {
        name: "RKE2",
        signs: &[
            // `v1.29.4+rke2r1`: releases of github.com/rancher/rke2.
            Version("+rke2r"),
            // The name of its cloud provider, github.com/rancher/rke2 pkg/rke2; built on that of k3s.
            Provider("rke2://"),
        ],
        unseen: STATIC_PODS,
    },
    Distribution {
        name: "k3s",
        signs: &[
            // `v1.29.4+k3s1`: releases of github.com/k3s-io/k3s.
            Version("+k3s"),
            // `InstanceMetadata` of github.com/k3s-io/k3s pkg/cloudprovider/instances.go.
            Provider("k3s://"),
        ],
        unseen: PROCESSES,
    },
    Distribution {
        name: "k0s",
        // `v1.29.4+k0s`: releases of github.com/k0sproject/k0s.
        signs: &[Version("+k0s")],
        unseen: PROCESSES,
    },
    Distribution {
        name: "MicroK8s",
        // Label of each node: github.com/canonical/microk8s, "node labels" of its documentation.
        signs: &[Label(&["microk8s.io/cluster"])],
        unseen: PROCESSES,
    },
    Distribution {
        name: "kOps",
        // `NodeLabelInstanceGroup` of k8s.io/kops pkg/apis/kops/well_known_labels.go; its nodes have the labels of kubeadm, too.
        signs: &[Label(&["kops.k8s.io/instancegroup"])],
        unseen: STATIC_PODS,
    },
    Distribution {
        name: "Talos Linux",
        // `Talos (v1.7.6)`: PRETTY_NAME of its /etc/os-release, github.com/siderolabs/talos.
        signs: &[System("Talos")],
        unseen: STATIC_PODS,
    },
    Distribution {
        name: "kind",
        // `kind://docker/CLUSTER/NODE`: `provider-id` of github.com/kubernetes-sigs/kind pkg/cluster/internal/kubeadm/config.go.
        signs: &[Provider("kind://")],
        unseen: STATIC_PODS,
    },
    Distribution {
        name: "minikube",
        // `minikube.k8s.io/name`: github.com/kubernetes/minikube pkg/minikube/bootstrapper/kubeadm/kubeadm.go.
        signs: &[Label(&["minikube.k8s.io/name"])],
        unseen: STATIC_PODS,
    },
    Distribution {
        name: "kubeadm",
        signs: &[
            // `AnnotationKubeadmCRISocket` of k8s.io/kubernetes v1.36.3 cmd/kubeadm/app/constants/constants.go; up to v1.33
            // (`NodeLocalCRISocket`).
            Annotation("kubeadm.alpha.kubernetes.io/cri-socket"),
            // `labelsToAdd` of k8s.io/kubernetes v1.36.3 cmd/kubeadm/app/phases/markcontrolplane/markcontrolplane.go.
            Label(&[
                "node-role.kubernetes.io/control-plane",
                "node.kubernetes.io/exclude-from-external-load-balancers",
            ]),
        ],
        unseen: STATIC_PODS,
    },
];
