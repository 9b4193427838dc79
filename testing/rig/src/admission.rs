//! What the API server's admission makes of the resources of a pod or a claim.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::process::Process;
use crate::tool::{Tool, tool};

/// Starts the oracle, which is built first when the cache folder does not hold it yet.
///
/// # Errors
/// As [`tool()`].
pub fn admission() -> Result<AdmissionOracle> {
    Ok(AdmissionOracle { process: Process::start(&tool(Tool::AdmissionOracle)?)? })
}

/// The API server's own code in one long-lived process (`testing/go/kubernetes/cmd/admission-oracle`).
pub struct AdmissionOracle {
    process: Process,
}

/// An object and what its namespace holds it to.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AdmissionQuestion {
    /// A Pod or a PersistentVolumeClaim of v1.
    pub object: Value,
    /// The LimitRanges, in the order in which the admission plugin lists them, which is none that one could know.
    pub limit_ranges: Vec<Value>,
    /// A ResourceQuota, or null.
    pub quota: Value,
}

/// What Kubernetes makes of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Admission {
    /// Why something of the question cannot be decoded.
    pub error: Option<String>,
    /// What is not valid in the LimitRanges, the quota, and the pod as it is written.
    pub invalid: String,
    /// Why the LimitRanges refuse the object, or why it is not valid with what they have given it; empty when it is admitted.
    pub limits: String,
    /// Whether the quota counts the pod.
    pub counted: bool,
    /// What the pod must say of its resources for the quota to admit it; empty when it says that.
    pub missing: String,
    /// How much of each key of the quota the pod takes.
    pub usage: Option<BTreeMap<String, String>>,
}

impl AdmissionOracle {
    /// The answers, in the order of the questions. Thousands are given in a second.
    ///
    /// # Errors
    /// The oracle has died, or does not keep to its protocol.
    pub fn ask(&mut self, questions: &[AdmissionQuestion]) -> Result<Vec<Admission>> {
        let inputs: Vec<Vec<u8>> = questions.iter().map(serde_json::to_vec).collect::<Result<_, _>>()?;
        let mut answers = Vec::with_capacity(inputs.len());
        let alive = self.process.ask(&inputs, &mut answers)?;
        ensure!(alive, "the oracle died at question {}: {:?}", answers.len(), questions.get(answers.len()));
        Ok(answers)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{AdmissionQuestion, admission};

    #[test]
    fn the_api_server_fills_in_and_refuses_and_counts() {
        let of_kind = |kind: &str, spec: Value| json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "a", "namespace": "n"}, "spec": spec});
        let pod = |resources: Value| {
            let container = json!({"name": "a", "image": "a", "terminationMessagePolicy": "File", "resources": resources});
            of_kind("Pod", json!({"containers": [container]}))
        };
        let limits = |max: &str| {
            let item = json!({"type": "Container", "max": {"memory": max}, "default": {"memory": "1Gi"}});
            of_kind("LimitRange", json!({"limits": [item]}))
        };
        let quota = of_kind(
            "ResourceQuota",
            json!({"hard": {"limits.memory": "9Gi", "requests.cpu": "1", "secrets": "1"}}),
        );
        let ask = |resources, max| AdmissionQuestion {
            object: pod(resources),
            limit_ranges: vec![limits(max)],
            quota: quota.clone(),
        };
        let questions = [
            ask(json!({}), "2Gi"),
            ask(json!({"limits": {"memory": "3Gi", "cpu": "0.5"}}), "2Gi"),
            ask(json!({"requests": {"cpu": "x"}}), "2Gi"),
            ask(json!({"limits": {"cpu": "1"}}), "512Mi"),
        ];
        let [bare, large, none, invalid] = admission().unwrap().ask(&questions).unwrap().try_into().unwrap();
        assert_eq!((&*bare.invalid, &*bare.limits, bare.counted), ("", "", true));
        assert_eq!(bare.missing, "must specify requests.cpu for: a");
        assert_eq!(bare.usage.unwrap(), [("limits.memory".to_owned(), "1Gi".to_owned())].into());
        assert_eq!(large.limits, "maximum memory usage per Container is 2Gi, but limit is 3Gi");
        assert_eq!((&*large.missing, &*large.usage.unwrap()["requests.cpu"]), ("", "500m"));
        assert!(none.error.is_some_and(|why| why.starts_with("not an object")));
        assert!(
            invalid.invalid.contains("default value 1Gi is greater than max value 512Mi"),
            "{}",
            invalid.invalid
        );
    }
}
