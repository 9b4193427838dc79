//! Whom a token is of.

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use seawall_rbac::User;
use serde_json::Value;

use super::Asker;
use crate::run::seconds;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether a text may be a token: three parts of base64 (RFC 7519), or a bootstrap token.
pub(super) fn is_one(text: &str) -> bool {
    let is_part =
        |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte));
    let parts: Vec<&str> = text.split('.').collect();
    matches!(parts.as_slice(), [head, ..] if parts.len() == 3 && head.starts_with("eyJ") && parts.iter().all(|part| is_part(part)))
        || bootstrap_id(text).is_some()
}

/// Whom a token is of, by its claims. Nothing is verified.
///
/// # Errors
/// Its claims do not say it: what the API server makes of those of another issuer is a matter of its configuration.
pub(super) fn read(text: &str) -> Result<Asker> {
    if let Some(id) = bootstrap_id(text) {
        let note =
            "of a bootstrap token; groups that its Secret adds (`auth-extra-groups`) are given with --group";
        return Ok(Asker::of(User::bootstrap_token(id, [] as [&str; 0])).with_note(note.to_owned()));
    }
    of_claims(&claims(text)?)
}

/// The claims of a token that stand by themselves, as `kubectl create token … | jq -R 'split(".")[1] | @base64d | fromjson'` writes them.
pub(super) fn bare_claims(text: &str) -> Option<Value> {
    let claims: Value = serde_json::from_str(text).ok()?;
    ["sub", "iss"].into_iter().any(|name| claims.get(name).is_some()).then_some(claims)
}

/// Whom claims are of.
///
/// # Errors
/// As for [`read`].
pub(super) fn of_claims(claims: &Value) -> Result<Asker> {
    let Some((namespace, name)) = service_account(claims) else {
        let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or("nobody");
        bail!(
            "the token was issued by `{issuer}`, and which user the API server makes of it is configured there (`--oidc-username-claim`): write user:NAME, with --group for his groups"
        );
    };
    let mut asker = Asker::of(User::service_account(namespace, name));
    asker.notes.push("the claims of the token are read and not verified".to_owned());
    if claims.get("exp").and_then(Value::as_u64).is_some_and(|end| end < seconds()) {
        asker.notes.push("the token has expired".to_owned());
    }
    Ok(asker)
}

fn claims(text: &str) -> Result<Value> {
    let payload = text.split('.').nth(1).unwrap_or_default();
    let json = BASE64.decode(payload).ok().context("the claims of the token are no base64")?;
    // What is wrong with them would be told with a part of them.
    serde_json::from_slice(&json).ok().context("the claims of the token are no JSON")
}

/// The service account that a token is of, as today's tokens say it, or those that stand in Secrets (`privateClaims` and
/// `legacyPrivateClaims` of k8s.io/kubernetes pkg/serviceaccount v1.36.3).
fn service_account(claims: &Value) -> Option<(&str, &str)> {
    let bound = ["/kubernetes.io/namespace", "/kubernetes.io/serviceaccount/name"]
        .map(|path| claims.pointer(path).and_then(Value::as_str));
    let legacy =
        ["kubernetes.io/serviceaccount/namespace", "kubernetes.io/serviceaccount/service-account.name"]
            .map(|name| claims.get(name).and_then(Value::as_str));
    [bound, legacy].into_iter().find_map(|[namespace, name]| Some((namespace?, name?)))
}

/// The public half of a bootstrap token: `abcdef` of `abcdef.0123456789abcdef` (`BootstrapTokenPattern` of k8s.io/cluster-bootstrap
/// token/api v0.36.3).
fn bootstrap_id(text: &str) -> Option<&str> {
    let (id, secret) = text.split_once('.')?;
    let is_part = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    (id.len() == 6 && secret.len() == 16 && is_part(id) && is_part(secret)).then_some(id)
}
