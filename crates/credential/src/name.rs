//! Names of credentials.

/// Words that make a name that of a credential, without case and separators.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "credential",
    "pwd",
];

/// How names end that are about a credential and none themselves: `PASSWORD_FILE`, `TOKEN_URL`, `SECRET_NAME`.
const ABOUT: &[&str] = &[
    "file",
    "path",
    "dir",
    "name",
    "names",
    "namespace",
    "url",
    "uri",
    "endpoint",
    "host",
    "port",
    "id",
    "length",
    "ttl",
    "expiry",
    "expiration",
    "timeout",
    "enabled",
    "disabled",
    "type",
    "policy",
    "ref",
    "key",
    "header",
    "issuer",
    "audience",
    "provider",
    "mode",
    "class",
    "version",
    "count",
    "size",
    "hash",
    "algorithm",
    "prefix",
    "suffix",
    "interval",
    "store",
];

/// Passwords that anyone tries first.
const WEAK: &[&str] = &[
    "admin",
    "administrator",
    "changeit",
    "changeme",
    "default",
    "demo",
    "example",
    "guest",
    "letmein",
    "minioadmin",
    "password",
    "passw0rd",
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

/// Whether a key, a flag or an environment variable is named like one that holds a credential.
pub fn is_credential_name(name: &str) -> bool {
    let words: Vec<String> = words(name);
    let last = words.last().map_or("", String::as_str);
    let joined = words.concat();
    let about = ABOUT.contains(&last)
        && !["apikey", "accesskey", "privatekey", "secretkey"].iter().any(|key| joined.ends_with(key));
    !about && WORDS.iter().any(|word| joined.contains(word))
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

/// Whether a value under the name of a credential can be one: not a switch, a number, a path or a sentence.
pub(crate) fn could_be_a_password(text: &str) -> bool {
    let switch = ["true", "false", "yes", "no", "on", "off", "null", "none"];
    let is_switch = switch.iter().any(|word| text.eq_ignore_ascii_case(word));
    let is_number = text.len() < 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_path = text.starts_with(['/', '~', '.']) || text.contains("://");
    let is_sentence = text.contains(char::is_whitespace);
    !(is_switch || is_number || is_path || is_sentence)
}

/// Whether it is among the first that anyone tries: a known word, with digits behind it or not, or digits alone.
pub(crate) fn is_weak(text: &str) -> bool {
    let word = text.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '!');
    text.len() <= 20 && (word.is_empty() || WEAK.iter().any(|weak| word.eq_ignore_ascii_case(weak)))
}
