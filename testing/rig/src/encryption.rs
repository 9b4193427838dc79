//! What the API server makes of the file that it takes as `--encryption-provider-config`.

use anyhow::{Result, bail};
use serde::Deserialize;

use crate::process::Process;
use crate::tool::{Tool, tool};

/// What the API server makes of one file. Errors of the API server hold no keys.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    /// What is not valid in it; nothing when it cannot be decoded.
    pub errors: Vec<FieldError>,
    /// Why it cannot be decoded.
    pub decode: Option<String>,
    /// Why the API server does not start with it.
    pub load: Option<String>,
}

/// A field that is not valid.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct FieldError {
    /// Its path: `resources[0].providers[1].kms.endpoint`.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

/// The answers of the API server's own code (`testing/go/apiserver/cmd/encryption-oracle`) to `files`, in their order.
///
/// # Errors
/// As [`tool()`]; or the oracle does not answer every question.
pub fn encryption(files: &[String]) -> Result<Vec<Encryption>> {
    let mut process = Process::start(&tool(Tool::EncryptionOracle)?)?;
    let mut answers = Vec::with_capacity(files.len());
    if !process.ask(files, &mut answers)? {
        let asked = files.get(answers.len());
        bail!("the oracle died at file {}, {asked:?}: {}", answers.len(), process.last_words()?);
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{FieldError, encryption};

    #[test]
    fn the_api_server_decodes_and_validates_and_loads() {
        let secrets = json!({"resources": ["secrets"], "providers": [
            {"kms": {"apiVersion": "v2", "name": "a", "endpoint": "unix:///a"}}]});
        let everything = json!({"resources": ["*.*"], "providers": [{"identity": {}}]});
        let file = |elements: Value| {
            let version = "apiserver.config.k8s.io/v1";
            json!({"apiVersion": version, "kind": "EncryptionConfiguration", "resources": elements})
                .to_string()
        };
        let good = file(json!([secrets]));
        let files = [
            good.clone(),
            good.replace("unix", "tcp"),
            file(json!([{"resources": "secrets"}])),
            file(json!([everything, secrets])),
        ];
        let [good, other, no_list, masked] = encryption(&files).unwrap().try_into().unwrap();
        assert_eq!((&good.errors[..], &good.decode, &good.load), (&[][..], &None, &None));
        let detail = "unsupported scheme \"tcp\" for KMS provider, only unix is supported".to_owned();
        let field = "resources[0].providers[0].kms.endpoint".to_owned();
        assert_eq!(other.errors, [FieldError { field, detail }]);
        assert!(other.load.is_some() && other.decode.is_none());
        assert!(no_list.decode.is_some() && no_list.load.is_some());
        assert!(masked.errors.is_empty() && masked.load.is_some_and(|why| why.contains("masked")));
    }
}
