//! Names of credentials.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Input, MatchKind};

use crate::random;

/// Words that make a name that of a password, without case and separators. What stands there is one, however simple.
const PASSWORD: &[&str] = &["password", "passwd", "passphrase", "passwort", "pwd"];

/// Words that make a name that of a credential which a machine has drawn.
const DRAWN: &[&str] = &[
    "secret",
    "token",
    "apikey",
    "accesskey",
    "vaultkey",
    "masterkey",
    "privatekey",
    "credential",
    "authkey",
    "encryptionkey",
    "signingkey",
];

/// How names end that are about a credential and none themselves: `PASSWORD_FILE`, `TOKEN_URL`, `SECRET_NAME`.
const ABOUT: &[&str] = &[
    "account",
    "age",
    "algorithm",
    "annotations",
    "arn",
    "audience",
    "auth",
    "authentication",
    "authenticator",
    "backend",
    "cache",
    "cert",
    "certificate",
    "class",
    "claim",
    "count",
    "dir",
    "directory",
    "disabled",
    "domain",
    "driver",
    "duration",
    "enabled",
    "encoding",
    "encryption",
    "endpoint",
    "engine",
    "env",
    "expiration",
    "expires",
    "expiry",
    "field",
    "file",
    "filename",
    "folder",
    "format",
    "group",
    "hash",
    "header",
    "host",
    "id",
    "ids",
    "identifier",
    "image",
    "interval",
    "issuer",
    "key",
    "keys",
    "kind",
    "label",
    "length",
    "level",
    "lifetime",
    "limit",
    "location",
    "manager",
    "max",
    "method",
    "min",
    "mode",
    "mount",
    "name",
    "names",
    "namespace",
    "objects",
    "path",
    "paths",
    "period",
    "plugin",
    "policy",
    "port",
    "prefix",
    "property",
    "provider",
    "ref",
    "reference",
    "refresh",
    "region",
    "request",
    "required",
    "review",
    "role",
    "rotation",
    "scheme",
    "scope",
    "service",
    "size",
    "source",
    "store",
    "strategy",
    "suffix",
    "template",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
    "user",
    "username",
    "validity",
    "var",
    "variable",
    "version",
    "volume",
];

/// Words anywhere in a name that say that it is none: `checksum/secret`, `PUBLIC_KEY_TOKEN`.
const NEVER: &[&str] =
    &["checksum", "public", "sha256", "digest", "fingerprint", "existing", "tokenizer", "tokens"];

/// Passwords that anyone tries first.
const WEAK: &[&str] = &[
    "admin",
    "administrator",
    "changeit",
    "changeme",
    "change-me",
    "default",
    "demo",
    "example",
    "guest",
    "letmein",
    "minioadmin",
    "password",
    "passw0rd",
    "pass",
    "postgres",
    "mysql",
    "qwerty",
    "root",
    "secret",
    "test",
    "toor",
    "user",
    "welcome",
];

/// What a name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// A password.
    Password,
    /// A token or a key.
    Drawn,
    /// Something with such a word in it.
    Near,
}

/// Whether a key, a flag or an environment variable is named like one that holds a credential.
pub fn is_credential_name(name: &str) -> bool {
    named(name).is_some()
}

/// What `name` says of its value; `None` when it names no credential.
pub(crate) fn named(name: &str) -> Option<Named> {
    if !may_be_one(name) {
        return None;
    }
    let words: Vec<String> = words(name);
    let joined = words.concat();
    let is_never = words.iter().any(|word| NEVER.contains(&word.as_str()));
    let last = words.last().map_or("", |word| word.trim_end_matches(|letter: char| letter.is_ascii_digit()));
    let is_key = [
        "apikey",
        "accesskey",
        "vaultkey",
        "masterkey",
        "privatekey",
        "secretkey",
        "authkey",
        "encryptionkey",
        "signingkey",
    ]
    .iter()
    .any(|key| joined.ends_with(key));
    if is_never || (ABOUT.contains(&last) && !is_key) {
        return None;
    }
    let tail = joined.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let ends = |list: &[&str]| list.iter().any(|word| tail.ends_with(word));
    let has = |list: &[&str]| list.iter().any(|word| joined.contains(word));
    if ends(PASSWORD) || last == "pass" {
        Some(Named::Password)
    } else if ends(DRAWN) || is_key || tail.ends_with("credentials") {
        Some(Named::Drawn)
    } else {
        (has(PASSWORD) || has(DRAWN)).then_some(Named::Near)
    }
}

/// What one of [`PASSWORD`], [`DRAWN`] and `pass` begins with, or has in it: in every spelling, so that SIMD finds it.
static PARTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let spellings = ["pas", "sec", "tok", "key", "pwd", "cre"].iter().flat_map(|part| {
        (0..1 << part.len()).map(move |capitals: u32| -> Vec<u8> {
            let letters = part.bytes().enumerate();
            letters
                .map(|(at, byte)| if capitals >> at & 1 == 1 { byte.to_ascii_uppercase() } else { byte })
                .collect()
        })
    });
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(spellings).ok()
});

/// Where in `text`, from an offset on, something stands that may be part of the name of a credential: most texts have none.
pub(crate) fn place(text: &str, from: usize) -> Option<usize> {
    let found = PARTS.as_ref()?.find(Input::new(text.as_bytes()).range(from..))?;
    Some(found.start())
}

/// What most names are not, found without making anything of them.
pub(crate) fn may_be_one(name: &str) -> bool {
    place(name.get(..name.floor_char_boundary(MOST)).unwrap_or_default(), 0).is_some()
}

/// The words of a name in lower case: `dbPassword`, `DB_PASSWORD`, `--db-password` and `db.password` are the same two.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut new = true;
    let mut lower = false;
    for letter in name.chars().take(MOST) {
        if !letter.is_alphanumeric() {
            new = true;
            continue;
        }
        if new || (letter.is_uppercase() && lower) {
            words.push(String::new());
        }
        new = false;
        lower = letter.is_lowercase();
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

/// How much of a name is read.
const MOST: usize = 256;

/// Whether a value under such a name is one.
pub(crate) fn is_credential(named: Named, text: &str) -> bool {
    if is_harmless(text) {
        return false;
    }
    match named {
        Named::Password => text.len() <= LONGEST_PASSWORD,
        Named::Drawn => random::looks_random(text) || is_weak(text),
        Named::Near => text.len() >= 12 && random::looks_random(text),
    }
}

/// What is longer is a file.
const LONGEST_PASSWORD: usize = 256;

/// What stands under names of credentials and is none: a switch, a number, a path, a sentence, the name of something else.
fn is_harmless(text: &str) -> bool {
    let word = [
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "null",
        "none",
        "nil",
        "string",
        "str",
        "bytes",
        "object",
        "required",
        "optional",
        "auto",
        "random",
        "always",
        "never",
        "hidden",
        "unset",
        "undefined",
        "empty",
        "env",
        "file",
    ];
    let is_switch = word.iter().any(|word| text.eq_ignore_ascii_case(word));
    let is_number = text.len() < 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_path = text.starts_with(['/', '~', '.', '@', '-'])
        || text.contains("://")
        || text.contains("${")
        || text.contains("$(");
    let is_sentence = text.contains(char::is_whitespace);
    // Hashes of passwords (crypt(5)) and of contents.
    let is_hash = [
        "$2a$", "$2b$", "$2y$", "$1$", "$5$", "$6$", "$argon2", "$apr1$", "{SHA", "{SSHA", "sha256:",
        "sha512:", "sha256-", "sha512-",
    ]
    .iter()
    .any(|start| text.starts_with(start));
    let is_material = text.starts_with("-----BEGIN ")
        || text.starts_with("ssh-")
        || text.starts_with("LS0tLS1CRUdJTiBDRVJU");
    let is_secret_name =
        ["-secret", "-secrets", "-credentials", "-creds", "-token"].iter().any(|end| text.ends_with(end))
            && random::is_words(text.as_bytes());
    let is_dotted = text.contains('.')
        && text
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_'));
    let is_vault_path = text.contains('/') && random::is_words(text.as_bytes());
    is_switch
        || is_number
        || is_path
        || is_sentence
        || is_hash
        || is_material
        || is_secret_name
        || is_dotted
        || is_vault_path
}

/// Whether it is among the first that anyone tries: a known word, with digits behind it or not, or digits alone.
pub(crate) fn is_weak(text: &str) -> bool {
    let word = text.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '!');
    text.len() <= 20 && (word.is_empty() || WEAK.iter().any(|weak| word.eq_ignore_ascii_case(weak)))
}
