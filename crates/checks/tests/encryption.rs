//! SW4037 refuses the files of encryption at rest that the API server's own code refuses, for the same reasons at the same places.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod text;

use std::sync::LazyLock;

use seawall_checks::{Check, Outcome, Settings, Subject};
use seawall_finding::{Evidence, Verdict};
use seawall_rig::{Encryption, Random, encryption};
use serde_json::{Value, json};
use text::snapshot;

const RANDOM_FILES: usize = 6_000;

/// What SW4037 says of a file, and whether a field of it has a type that Kubernetes refuses.
fn judged(file: &str) -> (Outcome, bool) {
    let snapshot = snapshot(file);
    assert_eq!(snapshot.objects.len(), 1, "{file}");
    static CHECK: LazyLock<&Check> =
        LazyLock::new(|| seawall_checks::all().into_iter().find(|check| check.meta.id == "SW4037").unwrap());
    let outcome = CHECK.on_object(&Subject::new(&snapshot, 0).unwrap(), &Settings::default());
    (outcome, snapshot.objects[0].malformed)
}

/// Path and reason of each finding.
fn reasons(outcome: &Outcome) -> Vec<(String, String)> {
    let reason = |evidence: &Evidence| match evidence {
        Evidence::Derived(why) => why.to_string(),
        other => panic!("{other:?}"),
    };
    outcome.findings.iter().map(|found| (found.path.to_string(), reason(&found.evidence))).collect()
}

/// Ours for a reason of Kubernetes (validation_encryption.go v0.36.3).
fn ours(field: &str, detail: &str) -> String {
    let by_text = [
        ("more than one provider specified", "several providers stand in one element of the list"),
        ("does not contain any of the expected providers", "the element of the list is no provider"),
        ("unsupported scheme", "the endpoint is no `unix://` URL"),
        ("unsupported apiVersion", "KMS has the versions `v1` and `v2`"),
        ("invalid endpoint", "the endpoint is no URL"),
        ("name is a mandatory field for a key", "the key has no name"),
        ("secret is a mandatory field for a key", "the key is missing"),
        ("name is a mandatory field for a provider", "the plugin has no name"),
        ("endpoint is a mandatory field for a kms", "the plugin has no endpoint"),
        ("must be base64 encoded", "the key is not base64"),
        ("cachesize is not supported in v2", "KMS v2 has no cache"),
        ("cachesize should be a positive value", "the size is 0: a negative one turns the cache off"),
        ("timeout should be a positive value", "the timeout is not positive"),
        ("must not contain ':'", "a colon stands in the name of the plugin"),
        ("names must be unique", "another plugin has that name"),
        ("stored using the 'events' API group", "events are stored in the core group, as `events`"),
        ("'extensions' group has been removed", "the group `extensions` is gone"),
        ("use '*.' to encrypt", "a lone `*` is no wildcard: `*.` is the core group, `*.*` is everything"),
        ("using overlapping resources", "a wildcard of the list covers others of it"),
        ("do not have REST API", "what has no REST API cannot be encrypted"),
        ("should not contain capital letters", "the name of a resource has no capital letters"),
        ("the same resource across groups", "one resource of all groups cannot be chosen"),
        ("cannot be specified multiple times", "a resource stands twice in the list"),
    ];
    if let Some((_, ours)) = by_text.iter().find(|(text, _)| detail.contains(text)) {
        return (*ours).to_owned();
    }
    if let Some(length) = detail.strip_prefix("secret is not of the expected length, got ") {
        let (length, sizes) = length.split_once(", expected one of ").unwrap();
        let sizes = if sizes == "[32]" { "32" } else { "16, 24 or 32" };
        return format!("the key has {length} bytes, where {sizes} are wanted");
    }
    assert!(detail.starts_with("at least one "), "{field}: {detail}");
    match field.rsplit('.').next().unwrap() {
        "resources" if field == "resources" => "nothing stands under `resources`".to_owned(),
        "resources" => "the element names no resources".to_owned(),
        "providers" => "the element has no providers".to_owned(),
        _ => format!("`{}` has no keys", field.rsplit('.').nth(1).unwrap()),
    }
}

/// What the API server refuses only when it builds what the file describes.
fn is_found_in_building(why: &str) -> bool {
    why.starts_with("a wildcard of `resources[") || why == "no connection can be made of the endpoint's path"
}

fn compare(file: &str, answer: &Encryption) -> Result<(), String> {
    let (outcome, malformed) = judged(file);
    let found = reasons(&outcome);
    if answer.decode.is_some() {
        return if malformed || !found.is_empty() { Ok(()) } else { Err("it cannot be decoded".to_owned()) };
    }
    if malformed {
        return Err("it can be decoded".to_owned());
    }
    let (built, mut valid): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(_, why)| is_found_in_building(why));
    let mut expected: Vec<(String, String)> =
        answer.errors.iter().map(|error| (error.field.clone(), ours(&error.field, &error.detail))).collect();
    valid.sort();
    expected.sort();
    if valid != expected {
        return Err(format!("expected {expected:#?}\nfound {valid:#?}"));
    }
    if expected.is_empty() && answer.load.is_some() == built.is_empty() {
        return Err(format!("found {built:#?}"));
    }
    Ok(())
}

fn hold(files: &[String]) -> usize {
    let answers = encryption(files).unwrap();
    for (file, answer) in files.iter().zip(&answers) {
        if let Err(why) = compare(file, answer) {
            panic!("{file}\n{answer:#?}\n{why}");
        }
    }
    answers.iter().filter(|answer| answer.load.is_some()).count()
}

fn file(elements: Value) -> String {
    json!({"apiVersion": "apiserver.config.k8s.io/v1", "kind": "EncryptionConfiguration", "resources": elements})
        .to_string()
}

/// An element for Secrets with these providers.
fn secrets(providers: Value) -> String {
    file(json!([{"resources": ["secrets"], "providers": providers}]))
}

/// An element with these resources, which are encrypted.
fn named(resources: Value) -> String {
    file(json!([{"resources": resources, "providers": [{"identity": {}}]}]))
}

fn plugin(fields: Value) -> Value {
    let mut kms = json!({"apiVersion": "v2", "name": "a", "endpoint": "unix:///a"});
    for (name, value) in fields.as_object().unwrap() {
        kms[name] = value.clone();
    }
    json!({"kms": kms})
}

const KEY: &str = "1kmiPYQPoRMtk4RRyhMJvlZ+4GHGJXbh8NxzMEYRMNY=";

fn key(secret: Value) -> Value {
    json!({"keys": [{"name": "a", "secret": secret}]})
}

#[rustfmt::skip]
fn awkward() -> Vec<String> {
    let empty = json!({});
    let identity = json!({"identity": {}});
    let mut files = vec![
        // What is no file of encryption, or an empty one.
        json!({"apiVersion": "apiserver.config.k8s.io/v1", "kind": "EncryptionConfiguration"}).to_string(),
        json!({"apiVersion": "v1", "kind": "EncryptionConfig", "resources": []}).to_string(),
        json!({"apiVersion": "v1", "kind": "EncryptionConfiguration", "resources": [{"resources": ["secrets"], "providers": [identity]}]}).to_string(),
        json!({"apiVersion": "apiserver.config.k8s.io/v1beta1", "kind": "EncryptionConfiguration", "resources": [{"resources": ["secrets"], "providers": [identity]}]}).to_string(),
        json!({"apiVersion": "v1", "kind": "EncryptionConfig", "resources": [{"resources": ["secrets"], "providers": [identity]}]}).to_string(),
        file(Value::Null), file(json!({})), file(json!([null])), file(json!([{}])), file(json!(["secrets"])),
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers: [{identity: {}}]\nunknown: 1\n".to_owned(),
        "# a comment\napiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets, '*.apps']\n  providers:\n  - identity: {}\n".to_owned(),
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [1, yes]\n  providers: [{identity: {}}]\n".to_owned(),
        // Fields that there are none of.
        file(json!([{"resources": ["secrets"], "providers": [identity], "provider": null}])),
        secrets(json!([{"identity": {"a": 1}}])), secrets(json!([{"AESCBC": key(json!(KEY))}])), secrets(json!([plugin(json!({"cacheSize": 1}))])),
        secrets(json!([{"secretbox": {"keys": [{"name": "a", "secret": KEY, "value": ""}]}}])), secrets(json!([{"secretbox": {"keys": [{"name": "a", "Secret": KEY}]}}])),
        // Resources.
        named(json!([])), named(Value::Null), named(json!("secrets")), named(json!([null])), named(json!([""])),
        named(json!(["secrets", "secrets"])), named(json!(["secrets", "secrets."])), named(json!(["secrets", "configmaps"])),
        named(json!(["*.", "secrets"])), named(json!(["secrets", "*."])), named(json!(["*.", "*."])), named(json!(["*.*", "*.*"])),
        named(json!(["*.*"])), named(json!(["*.*", "a.b"])), named(json!(["*.apps", "deployments.apps"])), named(json!(["*.apps", "secrets"])),
        named(json!(["*.apps", "*.batch", "*."])), named(json!(["*"])), named(json!(["*", "secrets"])), named(json!(["*", "*."])),
        named(json!(["Secrets"])), named(json!(["secrets.Apps"])), named(json!(["straße"])), named(json!(["\u{1c5}"])), named(json!(["\u{130}"])),
        named(json!(["apiserveripinfo", "serviceipallocations", "servicenodeportallocations"])), named(json!(["apiserveripinfo."])),
        named(json!(["events"])), named(json!(["events.events.k8s.io"])), named(json!(["*.events.k8s.io"])), named(json!(["events.k8s.io"])),
        named(json!(["deployments.extensions"])), named(json!(["*.extensions"])), named(json!(["extensions"])),
        named(json!(["pods.*"])), named(json!(["pods.*", "*.*"])), named(json!([".*"])), named(json!(["*.*.example"])), named(json!(["..", "."])),
        // Elements that cover others.
        file(json!([{"resources": ["*."], "providers": [identity]}, {"resources": ["secrets"], "providers": [identity]}])),
        file(json!([{"resources": ["secrets"], "providers": [identity]}, {"resources": ["*."], "providers": [identity]}])),
        file(json!([{"resources": ["secrets"], "providers": [identity]}, {"resources": ["secrets"], "providers": [identity]}])),
        file(json!([{"resources": ["*.apps"], "providers": [identity]}, {"resources": ["*.apps"], "providers": [identity]}])),
        file(json!([{"resources": ["*.*"], "providers": [identity]}, {"resources": ["a.b", "*."], "providers": [identity]}])),
        file(json!([{"resources": ["*.apps"], "providers": [identity]}, {"resources": ["*.*"], "providers": [identity]}, {"resources": ["*.*"], "providers": [identity]}])),
        // Providers.
        secrets(json!([])), secrets(Value::Null), secrets(json!([null])), secrets(json!([empty])), secrets(json!([{"other": {}}])),
        secrets(json!([{"identity": null}])), secrets(json!([{"identity": []}])), secrets(json!([{"identity": ""}])), secrets(json!([identity, identity])),
        secrets(json!([{"identity": {}, "aescbc": key(json!(KEY))}])), secrets(json!([{"aesgcm": {}, "secretbox": {}, "aescbc": {}}])),
        secrets(json!([{"secretbox": {}, "aescbc": key(json!("?"))}])), secrets(json!([{"kms": {}, "aesgcm": {}}])),
        // Keys.
        secrets(json!([{"aescbc": {}}])), secrets(json!([{"aesgcm": {"keys": []}}])), secrets(json!([{"secretbox": {"keys": [null]}}])),
        secrets(json!([{"secretbox": key(json!("AAAAAAAAAAAAAAAAAAAAAA=="))}])), secrets(json!([{"aescbc": key(json!("AAAAAAAAAAAAAAAAAAAAAA=="))}])),
        secrets(json!([{"aesgcm": {"keys": [{"name": "a", "secret": KEY}, {"name": "a", "secret": KEY}]}}])),
        secrets(json!([{"aesgcm": {"keys": [{"secret": KEY}, {"name": "", "secret": ""}]}}])), secrets(json!([{"aesgcm": {"keys": [{"name": 1, "secret": KEY}]}}])),
    ];
    // Base64 of lengths that fit and that do not, of other alphabets, with line ends and without padding.
    for secret in [
        KEY, "", " ", "\n", "=", "AAAA", "c2VjcmV0IGlzIHNlY3VyZQ==", "c2VjcmV0IGlzIHNlY3VyZQ", "c2VjcmV0IGlzIHNlY3VyZQ=", "c2VjcmV0IGlzIHNlY3VyZR==",
        "c2VjcmV0IGlzIHNlY3VyZSwgb3IgaXMgaXQ/Cg==", "c2VjcmV0IGlzIHNlY3VyZSwgSSB0aGluaw==", "c2Vjcm\nV0IGlzIHNlY3VyZQ==\n", "c2VjcmV0IGlzIHNlY3VyZQ= =",
        "c2VjcmV0IGlzIHNlY3VyZQ==x", "-kmiPYQPoRMtk4RRyhMJvlZ_4GHGJXbh8NxzMEYRMNY=", "WmBXoyrHmV1SXqyXdNyXJvq3UkNbQqLg", "WmBXoyrHmV1SXqyXdNyXJvq3UkNbQqLgAA==",
    ] {
        for provider in ["aescbc", "aesgcm", "secretbox"] {
            files.push(secrets(json!([{provider: key(json!(secret))}])));
        }
    }
    for fields in [
        json!({}), json!({"apiVersion": ""}), json!({"apiVersion": null}), json!({"apiVersion": "v1"}), json!({"apiVersion": "v3"}), json!({"apiVersion": "V2"}),
        json!({"apiVersion": "v3", "cachesize": 1, "name": "a:b"}), json!({"cachesize": 1}), json!({"cachesize": 0}), json!({"apiVersion": "v1", "cachesize": 0}),
        json!({"apiVersion": "v1", "cachesize": -1}), json!({"apiVersion": "v1", "cachesize": 2147483648_i64}), json!({"apiVersion": "v1", "cachesize": "1"}),
        json!({"name": ""}), json!({"name": null}), json!({"name": "a:b"}), json!({"apiVersion": "v1", "name": "a:b"}), json!({"name": ":"}),
        json!({"timeout": "0s"}), json!({"timeout": "-1s"}), json!({"timeout": "1"}), json!({"timeout": ""}), json!({"timeout": null}), json!({"timeout": 3}),
        json!({"timeout": "3000000h"}), json!({"timeout": "0.1ns"}), json!({"timeout": "1ns"}), json!({"timeout": "1d"}), json!({"timeout": "1µs"}),
    ] {
        files.push(secrets(json!([plugin(fields)])));
    }
    for endpoint in [
        "", "unix", "unix:", "unix:/", "unix://", "unix:///", "unix:a", "unix:a:b%zz", "UNIX:///a", "unix:///@a", "unix:///@", "/run/a.sock", "//run/a.sock", "run/a.sock", "a:b", ":a",
        "tcp://a:1", "http://a", "http://[", "1nix:///a", "un ix:///a", " unix:///a", "unix:///a b", "unix:///a\tb", "unix:///a#\t", "unix:///%", "unix:///%4", "unix:///%41", "unix:///%zz",
        "unix:///a?%zz", "unix:///a?\n", "unix:///a?b?c", "unix:///a#%zz", "unix:///a#b#%41", "unix:///%25zz", "unix:///%2541", "unix:///%0a", "unix:///%7f", "unix:///a%23%25", "unix:///a%3f%25", "unix:///a%3f%0a", "unix:///%ff",
        "unix://a/b", "unix://a:1/b", "unix://a:x/b", "unix://a:1:2/b", "unix://a:b:2/b", "unix://a b/c", "unix://a^b/c", "unix://a@b/c", "unix://a@b@c/d", "unix://a:%zz@b/c", "unix://a^@b/c", "unix://a%41/b", "unix://a%ff/b", "unix://a%25/b",
        "unix://[::1]/a", "unix://[::1/a", "unix://[::1]:1/a", "unix://[::1]x/a", "unix://[::1%25a]/b", "unix://[::1%25]/b", "unix://[::1%25%5e]/b", "unix://[::1%25%41]/b", "unix://[1.2.3.4]/a", "unix://[::ffff:1.2.3.4]/a", "unix://[a]/b", "unix://a[::1]/b", "unix://[]/a", "unix://[::1]]/a",
        "*", "?", "#", "a?:b", "unix+x:///a", "unix:///ä", "unix://ä/a",
    ] {
        files.push(secrets(json!([plugin(json!({"endpoint": endpoint}))])));
    }
    // Names of plugins, in one element and over several.
    for (first, second) in [("v2", "v2"), ("v1", "v1"), ("v1", "v2"), ("v2", "v1"), ("v3", "v2")] {
        let (first, second) = (plugin(json!({"apiVersion": first})), plugin(json!({"apiVersion": second})));
        files.push(secrets(json!([first, second])));
        files.push(file(json!([{"resources": ["secrets"], "providers": [first]}, {"resources": ["a"], "providers": [second]}])));
    }
    files.push(secrets(json!([plugin(json!({"name": ""})), plugin(json!({"name": ""}))])));
    files
}

#[test]
fn awkward_files_are_refused_where_and_why_the_api_server_refuses_them() {
    let files = awkward();
    assert!(files.len() > 200, "{}", files.len());
    let refused = hold(&files);
    assert!(refused * 4 > files.len() && refused * 8 < files.len() * 7, "{refused} of {}", files.len());
}

/// What files are drawn from.
struct Draw(Random);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound)
    }

    /// Mostly one of the first `good`, so that half of the files hold.
    fn mostly(&mut self, good: usize, from: &[Value]) -> Value {
        if self.below(80) == 0 {
            from[self.below(from.len())].clone()
        } else {
            from[self.below(good)].clone()
        }
    }

    fn list(&mut self, most: usize, draw: impl Fn(&mut Self) -> Value) -> Value {
        let least = usize::from(self.below(200) > 0);
        let count = least + self.below(most);
        (0..count).map(|_| draw(self)).collect()
    }

    fn mutate(&mut self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        let alphabet: Vec<char> = "ux:/@#?%[]1a^ \n=.*~ä".chars().collect();
        for _ in 0..self.below(4) / 2 {
            let at = self.below(characters.len() + 1);
            let other = alphabet[self.below(alphabet.len())];
            match self.below(3) {
                0 if at < characters.len() => characters[at] = other,
                1 if at < characters.len() => drop(characters.remove(at)),
                _ => characters.insert(at, other),
            }
        }
        characters.into_iter().collect()
    }

    fn resource(&mut self) -> Value {
        let names = json!([
            "secrets",
            "configmaps",
            "deployments.apps",
            "a.b.c",
            "jobs.batch",
            "*.apps",
            "*.b.c",
            "*.",
            "*.*",
            "*",
            "secrets.",
            "events",
            "*.events.k8s.io",
            "a.extensions",
            "pods.*",
            "Secrets",
            "",
            "apiserveripinfo",
            null,
            1
        ]);
        let name = self.mostly(7, names.as_array().unwrap());
        match name.as_str() {
            Some(text) if self.below(80) == 0 => json!(self.mutate(text)),
            _ => name,
        }
    }

    fn provider(&mut self) -> Value {
        let mut provider = self.single();
        if self.below(100) == 0 {
            for (name, value) in self.single().as_object().cloned().unwrap_or_default() {
                provider[name] = value;
            }
        }
        provider
    }

    fn single(&mut self) -> Value {
        match self.below(100) {
            0 => json!({}),
            1 => json!({"identity": null}),
            2..22 => json!({"identity": {}}),
            22..40 => json!({"aescbc": {"keys": self.list(3, Self::key)}}),
            40..56 => json!({"aesgcm": {"keys": self.list(3, Self::key)}}),
            56..68 => json!({"secretbox": {"keys": self.list(2, Self::key)}}),
            _ => json!({"kms": self.plugin()}),
        }
    }

    fn key(&mut self) -> Value {
        let names = json!(["a", "b", "c", "", null]);
        let secrets = json!([
            KEY,
            KEY,
            KEY,
            "c2VjcmV0IGlzIHNlY3VyZQ==",
            "WmBXoyrHmV1SXqyXdNyXJvq3UkNbQqLg",
            "",
            null,
            "AAAA",
            "c2VjcmV0IGlzIHNlY3VyZQ"
        ]);
        let secret = self.mostly(4, secrets.as_array().unwrap());
        let secret = match secret.as_str() {
            Some(text) if self.below(80) == 0 => json!(self.mutate(text)),
            _ => secret,
        };
        json!({"name": self.mostly(3, names.as_array().unwrap()), "secret": secret})
    }

    fn plugin(&mut self) -> Value {
        let versions = json!(["v2", "v2", "v1", "", null, "v3", 2]);
        let names = json!(["a", "b", "c", "d", "e", "f", "g", "h", "a:b", "", null]);
        let endpoints = json!([
            "unix:///run/a.sock",
            "unix:///@a",
            "unix://a/b.sock",
            "unix:///a%20b",
            "unix:a",
            "tcp://a:1",
            "",
            null
        ]);
        let timeouts = json!(["3s", "1m0.5s", null, "0s", "-1s", "1", "1d", 3]);
        let sizes = json!([null, null, 1000, -1, 0, 5_000_000_000_i64, "1"]);
        let version = self.mostly(4, versions.as_array().unwrap());
        let endpoint = self.mostly(4, endpoints.as_array().unwrap());
        let endpoint = match endpoint.as_str() {
            Some(text) if self.below(4) == 0 => json!(self.mutate(text)),
            _ => endpoint,
        };
        let good_sizes = if version == "v1" { 4 } else { 2 };
        json!({
            "apiVersion": version,
            "name": self.mostly(8, names.as_array().unwrap()),
            "endpoint": endpoint,
            "timeout": self.mostly(3, timeouts.as_array().unwrap()),
            "cachesize": self.mostly(good_sizes, sizes.as_array().unwrap()),
        })
    }

    fn file(&mut self) -> String {
        let element = |random: &mut Self| {
            let resources = random.list(3, Self::resource);
            json!({"resources": resources, "providers": random.list(3, Self::provider)})
        };
        file(self.list(3, element))
    }
}

#[test]
fn random_files_are_refused_where_and_why_the_api_server_refuses_them() {
    let mut random = Draw(Random::seeded(4037));
    let files: Vec<String> = (0..RANDOM_FILES).map(|_| random.file()).collect();
    let refused = hold(&files);
    assert!((RANDOM_FILES / 4..RANDOM_FILES * 3 / 4).contains(&refused), "{refused} of {RANDOM_FILES}");
}

#[test]
fn what_is_put_in_before_the_file_is_used_is_not_judged() {
    for (file, expected) in [
        (secrets(json!([{"aescbc": key(json!("${KEY}"))}])), None),
        (secrets(json!([{"secretbox": key(json!("<BASE 64 ENCODED SECRET>"))}])), None),
        (secrets(json!([plugin(json!({"endpoint": "{{ .Values.socket }}"}))])), None),
        (secrets(json!([plugin(json!({"endpoint": "${SOCKET}", "timeout": "0s"}))])), Some(1)),
        (secrets(json!([{"aescbc": key(json!("key"))}])), Some(1)),
    ] {
        let (outcome, _) = judged(&file);
        match expected {
            None => assert!(matches!(outcome.verdict, Verdict::Unknown(_)), "{file}: {outcome:?}"),
            Some(count) => assert_eq!(outcome.findings.len(), count, "{file}: {outcome:?}"),
        }
    }
}
