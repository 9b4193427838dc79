//! Tokens of service accounts, as the API server signs them.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::KeyPair;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

/// The issuer of tokens, and for whom they are (`--service-account-issuer`).
pub(super) const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";

/// A service account of a cluster.
pub(super) struct Account<'a> {
    pub namespace: &'a str,
    pub name: &'a str,
    pub uid: &'a str,
}

/// A token of the account that was issued and ends at these times, signed with the key of this file: the claims of a projected
/// token (`privateClaims` of k8s.io/kubernetes pkg/serviceaccount/claims.go, v1.36.3).
pub(super) fn sign(account: &Account, issued: SystemTime, ends: SystemTime, key: &Path) -> Result<String> {
    let Account { namespace, name, uid } = account;
    let since = |time: SystemTime| Ok::<_, anyhow::Error>(time.duration_since(UNIX_EPOCH)?.as_secs());
    let claims = json!({
        "iss": ISSUER,
        "aud": [ISSUER],
        "sub": format!("system:serviceaccount:{namespace}:{name}"),
        "iat": since(issued)?,
        "nbf": since(issued)?,
        "exp": since(ends)?,
        "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": name, "uid": uid}},
    });
    let encode = |part: Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(json!({"alg": "ES256", "typ": "JWT"})), encode(claims));
    let pem = fs::read_to_string(key).with_context(|| format!("cannot read {}", key.display()))?;
    let pkcs8 = KeyPair::from_pem(&pem)?.serialize_der();
    let random = SystemRandom::new();
    let unusable = |_| anyhow!("the key of service accounts cannot sign");
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &random)
        .map_err(|why| anyhow!("the key of service accounts is none: {why}"))?;
    let signature = key.sign(&random, signed.as_bytes()).map_err(unusable)?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
