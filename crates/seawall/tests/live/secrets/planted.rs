//! Values that are nowhere else, and objects that hold them.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use seawall_rig::Random;

/// Values to plant.
pub struct Planted {
    /// What stands in for `SECRET-N` in manifests: in Secrets.
    secret: Vec<String>,
    /// What stands in for `OTHER-N`: elsewhere.
    other: Vec<String>,
}

/// Each place where values stand, with what stands for them: in all types of Secrets, by `stringData` and by `data`.
pub const MANIFESTS: &str = r#"
apiVersion: v1
kind: Secret
metadata: {name: planted-opaque, namespace: default}
stringData: {planted-short-key: SECRET-SHORT, planted-long-key: SECRET-LONG, password: SECRET-0}
data: {planted-data-key: BASE64-1}
---
apiVersion: v1
kind: Secret
metadata: {name: planted-basic, namespace: default}
type: kubernetes.io/basic-auth
stringData: {username: admin, password: SECRET-2}
---
apiVersion: v1
kind: Secret
metadata: {name: planted-docker, namespace: default}
type: kubernetes.io/dockerconfigjson
stringData: {.dockerconfigjson: '{"auths":{"registry.example":{"username":"a","password":"SECRET-3","auth":"BASE64-4"}}}'}
---
apiVersion: v1
kind: Secret
metadata: {name: planted-ssh, namespace: default}
type: kubernetes.io/ssh-auth
stringData: {ssh-privatekey: "-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET-5\n-----END OPENSSH PRIVATE KEY-----\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: planted-tls, namespace: default}
type: kubernetes.io/tls
stringData: {tls.crt: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", tls.key: "-----BEGIN PRIVATE KEY-----\nSECRET-6\n-----END PRIVATE KEY-----\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: planted-helm, namespace: default}
type: helm.sh/release.v1
stringData: {release: SECRET-7}
---
apiVersion: v1
kind: Secret
metadata: {name: planted-annotated, namespace: default, annotations: {kapp.k14s.io/original: '{"stringData":{"a":"SECRET-8"}}'}}
immutable: true
stringData: {a: SECRET-9}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: planted-settings, namespace: default}
data: {password: OTHER-0, app.yaml: "database:\n  password: OTHER-1\n"}
---
apiVersion: v1
kind: Pod
metadata: {name: planted-pod, namespace: default}
spec:
  initContainers:
  - {name: first, image: 'registry.example/a:1', env: [{name: API_KEY, value: OTHER-2}]}
  containers:
  - name: app
    image: registry.example/a:1
    env:
    - {name: DB_PASSWORD, value: OTHER-3}
    - {name: DATABASE_URL, value: 'postgres://admin:OTHER-4@db.example/shop'}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: planted-web, namespace: default}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: 'registry.example/a:1', env: [{name: TOKEN, value: OTHER-5}]}
"#;

/// How long what stands for `SECRET-LONG` is: more than one TLS record, which holds 16 KiB.
const LONG: usize = 40_000;

impl Planted {
    pub fn new() -> Self {
        Self {
            secret: (0..10).map(|_| unlike_any_other(24)).collect(),
            other: (0..6).map(|_| unlike_any_other(24)).collect(),
        }
    }

    /// The manifests with the values.
    pub fn fill(&self, manifests: &str) -> String {
        let mut filled =
            manifests.replace("SECRET-SHORT", &self.short()).replace("SECRET-LONG", &self.long());
        for (number, value) in self.secret.iter().enumerate() {
            filled = filled.replace(&format!("BASE64-{number}"), &STANDARD.encode(value));
            filled = filled.replace(&format!("SECRET-{number}"), value);
        }
        for (number, value) in self.other.iter().enumerate() {
            filled = filled.replace(&format!("OTHER-{number}"), value);
        }
        filled
    }

    /// What is searched for of Secrets: values as they are and in base64, the long one in pieces.
    pub fn of_secrets(&self) -> Vec<String> {
        let mut searched: Vec<String> = Vec::new();
        for value in self.secret.iter().chain([&self.short(), &self.long()]) {
            for text in [value.clone(), STANDARD.encode(value)] {
                // A piece of a value is one, too: what is left of a buffer may begin anywhere.
                let pieces = text.as_bytes().chunks_exact(12).step_by(text.len().div_ceil(12 * 50));
                searched.extend(pieces.map(|piece| String::from_utf8(piece.to_vec()).unwrap()));
            }
        }
        searched
    }

    /// What is searched for of all values, as they are and in base64 behind any number of bytes.
    pub fn all(&self) -> Vec<String> {
        let mut searched = self.of_secrets();
        searched.extend(self.other.iter().flat_map(|value| [value.clone(), STANDARD.encode(value)]));
        searched
    }

    /// As short as passwords are: shorter than what strings keep beside themselves.
    fn short(&self) -> String {
        self.secret[0].chars().rev().take(14).collect()
    }

    /// Letters that repeat nowhere.
    fn long(&self) -> String {
        let seed = self.secret[1].bytes().fold(7_u64, |state, byte| state * 31 % 1_000_003 + u64::from(byte));
        letters(LONG, &mut Random::seeded(seed))
    }
}

/// Letters and digits that are in no other value, of this run or of another one.
fn unlike_any_other(length: usize) -> String {
    thread_local! {
        static RANDOM: RefCell<Random> = RefCell::new(Random::seeded(now()));
    }
    RANDOM.with_borrow_mut(|random| letters(length, random))
}

/// Nanoseconds, of which the highest bits do not fit.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    u64::try_from(now % u128::from(u64::MAX)).unwrap()
}

fn letters(length: usize, random: &mut Random) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    (0..length).map(|_| char::from(random.pick(LETTERS))).collect()
}
