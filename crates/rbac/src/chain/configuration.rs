//! From a file, or a flag, to the authorizers of an API server; and what an API server does not start with.
//!
//! Source: `LoadAndValidateData` of k8s.io/kubernetes pkg/kubeapiserver/authorizer/config.go, pkg/kubeapiserver/options/authorization.go
//! v1.36.3; `ValidateAuthorizationConfiguration` of k8s.io/apiserver pkg/apis/apiserver/validation/validation.go v0.36.3.

use std::collections::HashSet;

use seawall_inventory::duration::nanoseconds;
use seawall_inventory::selector::is_dns_subdomain;
use seawall_yaml::Node;
use smol_str::SmolStr;

use super::{Authorizer, Chain, Condition, Webhook};

const VERSIONS: &[&str] =
    &["apiserver.config.k8s.io/v1", "apiserver.config.k8s.io/v1beta1", "apiserver.config.k8s.io/v1alpha1"];

/// How long a webhook may take, in nanoseconds: 30 s.
const TIMEOUT: i64 = 30_000_000_000;

/// Conditions that a webhook has at most.
const CONDITIONS: usize = 64;

impl Chain {
    /// The authorizers that `--authorization-mode` names; `webhook` is what flags say of one. Without a mode all is allowed.
    ///
    /// # Errors
    /// What an API server does not start with: a mode that there is none of, or one twice.
    pub fn of_modes(modes: &str) -> Result<Self, String> {
        let mut seen = HashSet::new();
        let mut authorizers = Vec::new();
        for mode in modes.split(',').filter(|mode| !mode.is_empty()) {
            if !seen.insert(mode) {
                return Err(format!("the mode `{mode}` is named twice"));
            }
            let by_flags = || {
                let name = SmolStr::new_static("webhook");
                Authorizer::Webhook(Webhook { name, denies_on_failure: false, conditions: Vec::new() })
            };
            let known = if mode == "Webhook" { Some(by_flags()) } else { plain(mode) };
            authorizers.push(known.ok_or_else(|| format!("there is no mode `{mode}`"))?);
        }
        if authorizers.is_empty() {
            authorizers.push(Authorizer::AlwaysAllow);
        }
        Ok(Self { authorizers })
    }

    /// The authorizers of an AuthorizationConfiguration.
    ///
    /// # Errors
    /// Why an API server does not start with it, of what decides its meaning: the file of a webhook's connection is not looked
    /// for, and conditions that are not understood are not compiled.
    pub fn read(configuration: Node<'_>) -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let said = |field| text(configuration, field);
        if said("kind") != "AuthorizationConfiguration" || !VERSIONS.contains(&said("apiVersion")) {
            wrong.push("it is no AuthorizationConfiguration".to_owned());
        }
        strict(configuration, &["apiVersion", "kind", "authorizers"], &mut wrong);
        let (mut types, mut names) = (HashSet::new(), HashSet::new());
        let mut authorizers = Vec::new();
        for authorizer in configuration.get("authorizers").into_iter().flat_map(Node::items) {
            strict(authorizer, &["type", "name", "webhook"], &mut wrong);
            let (kind, name) = (text(authorizer, "type"), text(authorizer, "name"));
            let is_webhook = kind == "Webhook";
            let known = plain(kind);
            if !is_webhook && known.is_none() {
                wrong.push(format!("there is no authorizer of type `{kind}`"));
                continue;
            }
            if !types.insert(kind) && !is_webhook {
                wrong.push(format!("there are two authorizers of type `{kind}`"));
                continue;
            }
            if !is_dns_subdomain(name) {
                wrong.push(format!("`{name}` is no name of an authorizer"));
            } else if !names.insert(name) {
                wrong.push(format!("there are two authorizers of the name `{name}`"));
            } else if !is_webhook && name != kind.to_ascii_lowercase() {
                wrong.push(format!(
                    "the authorizer of type `{kind}` is not called `{}`",
                    kind.to_ascii_lowercase()
                ));
            }
            let webhook = authorizer.get("webhook").filter(|webhook| !webhook.is_null());
            match (known, webhook) {
                (Some(known), None) => authorizers.push(known),
                (Some(_), Some(_)) => wrong.push(format!("an authorizer of type `{kind}` has no webhook")),
                (None, None) => wrong.push(format!("the webhook `{name}` says nothing of it")),
                (None, Some(webhook)) => {
                    authorizers.push(Authorizer::Webhook(read_webhook(name, webhook, &mut wrong)));
                }
            }
        }
        if authorizers.is_empty() && wrong.is_empty() {
            wrong.push("there is no authorizer".to_owned());
        }
        if wrong.is_empty() { Ok(Self { authorizers }) } else { Err(wrong) }
    }
}

fn plain(kind: &str) -> Option<Authorizer> {
    match kind {
        "Node" => Some(Authorizer::Node),
        "RBAC" => Some(Authorizer::Rbac),
        "AlwaysAllow" => Some(Authorizer::AlwaysAllow),
        "AlwaysDeny" => Some(Authorizer::AlwaysDeny),
        "ABAC" => Some(Authorizer::Abac),
        _ => None,
    }
}

/// Fields of `WebhookConfiguration`.
const FIELDS: &[&str] = &[
    "authorizedTTL",
    "cacheAuthorizedRequests",
    "unauthorizedTTL",
    "cacheUnauthorizedRequests",
    "timeout",
    "subjectAccessReviewVersion",
    "matchConditionSubjectAccessReviewVersion",
    "failurePolicy",
    "connectionInfo",
    "matchConditions",
];

/// `ValidateWebhookConfiguration`.
fn read_webhook(name: &str, webhook: Node<'_>, wrong: &mut Vec<String>) -> Webhook {
    strict(webhook, FIELDS, wrong);
    let said = |field| text(webhook, field);
    let mut one_of = |field: &str, known: &[&str]| {
        if !known.contains(&text(webhook, field)) {
            wrong.push(format!("`{field}` of the webhook `{name}` is none of {}", known.join(", ")));
        }
    };
    one_of("failurePolicy", &["NoOpinion", "Deny"]);
    one_of("subjectAccessReviewVersion", &["v1", "v1beta1"]);
    let texts = || {
        let conditions = webhook.get("matchConditions").into_iter().flat_map(Node::items);
        conditions.map(|condition| text(condition, "expression"))
    };
    let without: &[&str] = if texts().next().is_some() { &["v1"] } else { &["v1", ""] };
    one_of("matchConditionSubjectAccessReviewVersion", without);
    let timeout = nanoseconds(said("timeout"));
    if timeout.is_none_or(|timeout| timeout <= 0 || timeout > TIMEOUT) {
        wrong.push(format!("the webhook `{name}` has no timeout of at most 30 s"));
    }
    for field in ["authorizedTTL", "unauthorizedTTL"].iter().filter(|field| webhook.get(field).is_some()) {
        if nanoseconds(said(field)).is_none_or(|lifetime| lifetime < 0) {
            wrong.push(format!("`{field}` of the webhook `{name}` is no lifetime"));
        }
    }
    let connection = webhook.get("connectionInfo");
    let connects = |field| connection.map_or("", |connection| text(connection, field));
    if connects("type") != "KubeConfigFile" || !connects("kubeConfigFile").starts_with('/') {
        wrong.push(format!("the webhook `{name}` names no file by which it is reached"));
    }
    let mut seen = HashSet::new();
    for condition in texts() {
        if condition.trim().is_empty() || !seen.insert(condition) {
            wrong.push(format!("a condition of the webhook `{name}` is empty, or there twice"));
        }
    }
    if texts().count() > CONDITIONS {
        wrong.push(format!("the webhook `{name}` has more than {CONDITIONS} conditions"));
    }
    Webhook {
        name: SmolStr::new(name),
        denies_on_failure: said("failurePolicy") == "Deny",
        conditions: texts().map(Condition::new).collect(),
    }
}

/// Files are read strictly: a field that there is none of keeps an API server from starting.
fn strict(node: Node<'_>, known: &[&str], wrong: &mut Vec<String>) {
    let unknown = node.entries().map(|(key, ..)| key).filter(|key| !known.contains(key));
    wrong.extend(unknown.map(|key| format!("there is no field `{key}`")));
}

fn text<'n>(node: Node<'n>, field: &str) -> &'n str {
    node.get(field).and_then(Node::as_str).unwrap_or_default()
}
