//! Checks of other scanners that no check here stands for, and why.

use crate::peer::Tool;

/// Checks of another scanner that no check here stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// The scanner.
    pub tool: Tool,
    /// Why.
    pub why: &'static str,
    /// Its ids.
    pub ids: &'static [&'static str],
}

const fn none(tool: Tool, why: &'static str, ids: &'static [&'static str]) -> Uncovered {
    Uncovered { tool, why, ids }
}

/// All of them, by scanner.
pub const UNCOVERED: &[Uncovered] = &[
    none(Tool::Kubescape, "that there is a CronJob is no weakness", &["C-0026"]),
    none(
        Tool::Kubescape,
        "known vulnerabilities of versions, which Seawall does not check yet",
        &["C-0058", "C-0079", "C-0081", "C-0087", "C-0089", "C-0090", "C-0091"],
    ),
    none(
        Tool::Kubescape,
        "a flag of the control plane, which Seawall does not check yet",
        &["C-0068", "C-0121", "C-0122", "C-0123", "C-0124", "C-0125", "C-0126", "C-0127"],
    ),
    none(
        Tool::Kubescape,
        "known vulnerabilities and who reaches them, which Seawall does not check yet",
        &["C-0083", "C-0084", "C-0085"],
    ),
    none(
        Tool::Kubescape,
        "settings of a cloud provider, which Seawall does not read yet",
        &["C-0221", "C-0222", "C-0223", "C-0243", "C-0250", "C-0251", "C-0308"],
    ),
    none(
        Tool::Kubescape,
        "a fact for attack paths and no weakness by itself",
        &["C-0255", "C-0257", "C-0258"],
    ),
    none(Tool::Kubescape, "the version of a running cluster, which Seawall does not read yet", &["C-0273"]),
    none(Tool::Kubescape, "it takes requests to the service, which Seawall never sends", &["C-0274"]),
    none(Tool::Kubescape, "what a sandbox may reach, which Seawall does not check yet", &["C-0301"]),
    none(
        Tool::Trivy,
        "a flag of the control plane, which Seawall does not check yet",
        &["KCV-0010", "KCV-0011", "KCV-0012", "KCV-0013", "KCV-0014", "KCV-0015", "KCV-0016"],
    ),
    none(
        Tool::Trivy,
        "a securityContext that is there decides nothing; each field is a check of its own",
        &["KSV-0118"],
    ),
    none(
        Tool::Checkov,
        "a securityContext that is there decides nothing; each field is a check of its own",
        &["CKV_K8S_29", "CKV_K8S_30"],
    ),
    none(
        Tool::Checkov,
        "a flag of the control plane, which Seawall does not check yet",
        &[
            "CKV_K8S_78",
            "CKV_K8S_79",
            "CKV_K8S_80",
            "CKV_K8S_81",
            "CKV_K8S_82",
            "CKV_K8S_83",
            "CKV_K8S_84",
            "CKV_K8S_85",
        ],
    ),
    none(Tool::KubeLinter, "no workload needs node affinity as such", &["no-node-affinity"]),
    none(
        Tool::KubeLinter,
        "wrong types are problems of reading; names of fields are not held against a schema yet",
        &["schema-validation"],
    ),
    none(Tool::KubeLinter, "the order of keys has no effect", &["sorted-keys"]),
    none(
        Tool::KubeLinter,
        "a template without a default: a policy of one's own, which Seawall does not offer yet",
        &["statefulset-volumeclaimtemplate-annotation"],
    ),
    none(
        Tool::Polaris,
        "`app.kubernetes.io/instance` names the release, whatever its name",
        &["metadataAndInstanceMismatched"],
    ),
    none(
        Tool::KubeScore,
        "processor time that is not used can be shared without harm",
        &["container-cpu-requests-equal-limits"],
    ),
    none(
        Tool::KubeScore,
        "a request that is not given is the limit",
        &["container-ephemeral-storage-request-equals-limit"],
    ),
    none(
        Tool::Popeye,
        "the state of a running cluster, which Seawall does not read yet",
        &[
            "POP-1000", "POP-1001", "POP-1002", "POP-1003", "POP-1004", "POP-109", "POP-110", "POP-111",
            "POP-112", "POP-1120", "POP-1500", "POP-1501", "POP-1502", "POP-1503", "POP-200", "POP-201",
            "POP-202", "POP-203", "POP-204", "POP-205", "POP-207", "POP-402", "POP-405", "POP-406",
            "POP-500", "POP-501", "POP-502", "POP-503", "POP-504", "POP-505", "POP-506", "POP-508",
            "POP-602", "POP-603", "POP-604", "POP-605", "POP-666", "POP-700", "POP-701", "POP-702",
            "POP-703", "POP-704", "POP-705", "POP-706", "POP-707", "POP-708", "POP-709", "POP-710",
            "POP-711", "POP-712", "POP-800",
        ],
    ),
    none(Tool::Popeye, "a port need not be named or declared", &["POP-105", "POP-108"]),
    none(Tool::Popeye, "no weakness", &["POP-400", "POP-401"]),
    none(Tool::Popeye, "it reports failures of the scanner itself", &["POP-404"]),
];
