//! Whom a kubeconfig is of: the user of its current context.

use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use seawall_rbac::User;
use seawall_yaml::{Limits, de};
use serde::Deserialize;
use serde_json::Value;

use super::{Asker, certificate, file, token};

/// As much of a kubeconfig as says who somebody is (`Config` of k8s.io/client-go tools/clientcmd/api/v1 v0.36.3).
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Kubeconfig {
    #[serde(default)]
    current_context: String,
    #[serde(default)]
    contexts: Vec<NamedContext>,
    #[serde(default)]
    users: Vec<NamedUser>,
}

#[derive(Deserialize)]
struct NamedContext {
    name: String,
    context: Context_,
}

#[derive(Deserialize)]
struct Context_ {
    #[serde(default)]
    user: String,
}

#[derive(Deserialize)]
struct NamedUser {
    name: String,
    #[serde(default)]
    user: Credentials,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Credentials {
    client_certificate: Option<String>,
    client_certificate_data: Option<String>,
    token: Option<String>,
    // Not in kebab case, as the only one.
    #[serde(rename = "tokenFile")]
    token_file: Option<String>,
    #[serde(rename = "as")]
    impersonate: Option<String>,
    #[serde(default)]
    as_groups: Vec<String>,
    username: Option<String>,
    exec: Option<Value>,
    auth_provider: Option<Value>,
}

/// Whom a kubeconfig is of.
///
/// # Errors
/// It is none, or what it gives does not say who somebody is.
pub(super) fn read(text: &str, path: &Path) -> Result<Asker> {
    let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
    let document = stream.documents.first().context("this is no certificate, no kubeconfig and no token")?;
    // What is wrong with it would be told with a part of it.
    let Ok(config) = de::from_node::<Kubeconfig>(document.root()) else {
        bail!("this is no certificate, no kubeconfig and no token");
    };
    if config.contexts.is_empty() && config.users.is_empty() {
        bail!("this is no certificate, no kubeconfig and no token");
    }
    if config.current_context.is_empty() {
        bail!("the kubeconfig has no current context: `kubectl config use-context NAME` gives it one");
    }
    let context = config.contexts.into_iter().find(|context| context.name == config.current_context);
    let Some(NamedContext { context: Context_ { user: name }, .. }) = context else {
        bail!("the kubeconfig has no context `{}`, which is its current one", config.current_context);
    };
    let Some(user) = config.users.into_iter().find(|user| user.name == name) else {
        bail!("the kubeconfig has no user `{name}`, which its current context names");
    };
    of(&user.user, path.parent().unwrap_or(Path::new("")))
        .with_context(|| format!("user `{name}` of the kubeconfig"))
}

/// Whom credentials are of. A certificate is looked at before a token (`New` of k8s.io/kubernetes
/// pkg/kubeapiserver/authenticator/config.go v1.36.3).
fn of(given: &Credentials, folder: &Path) -> Result<Asker> {
    if let Some(name) = given.impersonate.as_deref().filter(|name| !name.is_empty()) {
        let mut asker = Asker::of(User::named(name)).also_in(&given.as_groups);
        asker.notes.push(format!("the kubeconfig has its user impersonate `{name}`"));
        return Ok(asker);
    }
    let is_given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    if is_given(&given.client_certificate_data) {
        let data = given.client_certificate_data.as_deref().unwrap_or_default();
        let bytes = STANDARD.decode(data.trim()).ok().context("its client certificate is no base64")?;
        return certificate::read(&bytes);
    }
    if let Some(path) = given.client_certificate.as_deref().filter(|path| !path.is_empty()) {
        return certificate::read(&file::bytes(&folder.join(path))?);
    }
    // A file counts before what stands beside it (`getUserIdentificationPartialConfig` of client-go).
    let by_file = given.token_file.as_deref().filter(|path| !path.is_empty());
    let by_file = by_file.map(|path| file::bytes(&folder.join(path))).transpose()?;
    let by_file = by_file.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if let Some(text) = by_file.or_else(|| given.token.clone()).filter(|text| !text.is_empty()) {
        if !token::is_one(text.trim()) {
            bail!(
                "its token says nothing about who it is of: ask the API server with `kubectl auth whoami`, and write user:NAME"
            );
        }
        return token::read(text.trim());
    }
    if let Some(exec) = &given.exec {
        let command = exec.get("command").and_then(Value::as_str).unwrap_or_default();
        bail!(
            "its credentials are given by a program, `{command}`, which is not run here: ask the API server with `kubectl auth whoami`, and write user:NAME, with --group for his groups"
        );
    }
    if given.auth_provider.is_some() || given.username.is_some() {
        bail!("it has credentials of a form that no API server takes any more");
    }
    bail!("it has no credentials: the API server takes it for nobody; write anonymous")
}
