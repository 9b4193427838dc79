//! How much is found, and how much of what is found is one: 500 credentials and 5,000 harmless values that look like some,
//! drawn anew from a fixed seed.

use crate::judge;

/// xorshift64* (Vigna, 2016).
struct Draw(u64);

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const ALNUM: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const WORD: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
const BASE64: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";
const SYMBOLS: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!%^*+_-=";
const WORDS: &[&str] = &[
    "shop",
    "orders",
    "payment",
    "kubernetes",
    "controller",
    "manager",
    "database",
    "backend",
    "frontend",
    "metrics",
    "server",
    "proxy",
    "cache",
    "session",
    "admin",
    "cluster",
    "monitoring",
    "prometheus",
    "grafana",
    "ingress",
    "config",
    "default",
    "production",
    "staging",
    "storage",
    "registry",
    "certificate",
    "system",
    "network",
    "policy",
    "scheduler",
    "webhook",
    "service",
    "account",
];

impl Draw {
    fn number(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % below
    }

    fn text(&mut self, of: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(of[self.number(of.len())])).collect()
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.number(of.len())]
    }

    fn words(&mut self, separator: &str) -> String {
        let count = 2 + self.number(3);
        (0..count).map(|_| self.one(WORDS)).collect::<Vec<_>>().join(separator)
    }

    fn capitalized(&mut self) -> String {
        let word = self.one(WORDS);
        word[..1].to_uppercase() + &word[1..]
    }
}

/// A credential under a name, of the kind numbered `kind`.
fn credential(draw: &mut Draw, kind: usize) -> (String, String) {
    let any = ["VALUE", "CONFIG", "SETTING", "EXTRA"];
    let token = [
        "API_TOKEN",
        "clientSecret",
        "stripe.api-key",
        "SIGNING_KEY",
        "AUTH_TOKEN",
        "app-secret",
        "AWS_SECRET_ACCESS_KEY",
    ];
    let password =
        ["DB_PASSWORD", "adminPassword", "redis-password", "KEYSTORE_PASSPHRASE", "SMTP_PASS", "MYSQL_PWD"];
    let name = draw.one(&any).to_owned();
    let own = |name: &str, value: String| (name.to_owned(), value);
    match kind {
        0 => (name, format!("ghp_{}", draw.text(ALNUM, 36))),
        1 => (name, format!("github_pat_{}", draw.text(WORD, 82))),
        2 => (name, format!("glpat-{}", draw.text(WORD, 20))),
        3 => (name, format!("xoxb-{}-{}", draw.text(b"0123456789", 12), draw.text(ALNUM, 24))),
        4 => (name, format!("sk_live_{}", draw.text(ALNUM, 24))),
        5 => (name, format!("AKIA{}", draw.text(UPPER, 16))),
        6 => (name, format!("AIza{}", draw.text(WORD, 35))),
        7 => (name, format!("npm_{}", draw.text(ALNUM, 36))),
        8 => (name, format!("hvs.{}", draw.text(WORD, 90))),
        9 => (name, format!("SG.{}.{}", draw.text(WORD, 22), draw.text(WORD, 43))),
        10 => (name, format!("dop_v1_{}", draw.text(HEX, 64))),
        11 => (
            name,
            format!(
                "-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----",
                draw.text(BASE64, 64)
            ),
        ),
        12 => {
            let (header, payload) = (draw.text(WORD, 20), draw.text(WORD, 60));
            (name, format!("eyJ{header}.eyJ{payload}.{}", draw.text(WORD, 43)))
        }
        13 => {
            let scheme = draw.one(&["postgres", "amqp", "mongodb+srv", "https", "redis"]);
            (
                name,
                format!("{scheme}://{}:{}@{}:5432/x", draw.one(WORDS), draw.text(ALNUM, 14), draw.words(".")),
            )
        }
        14 => (name, format!("AccountName={};AccountKey={}==", draw.one(WORDS), draw.text(BASE64, 86))),
        15 => (name, format!("Authorization: Bearer {}", draw.text(ALNUM, 40))),
        16 => (name, format!("-Xmx512m -Ddb.password={} -server", draw.text(ALNUM, 16))),
        17 => (name, format!("{{\"level\":\"info\",\"password\":\"{}\"}}", draw.text(SYMBOLS, 16))),
        18 => (name, format!("level: info\ndb:\n  password: {}\n", draw.text(SYMBOLS, 16))),
        19 => own(draw.one(&token), draw.text(HEX, 32)),
        20 => own(draw.one(&token), draw.text(ALNUM, 40)),
        21 => own(draw.one(&token), draw.text(BASE64, 43) + "="),
        22 => own(draw.one(&password), draw.text(SYMBOLS, 12)),
        23 => own(
            draw.one(&password),
            draw.one(&["changeme", "admin123", "hunter2", "Winter2024!", "postgres"]).to_owned(),
        ),
        _ => own(draw.one(&password), draw.text(LOWER, 10)),
    }
}

/// What looks like one and is none, of the kind numbered `kind`.
fn harmless(draw: &mut Draw, kind: usize) -> (String, String) {
    let own = |name: &str, value: String| (name.to_owned(), value);
    let about = [
        "PASSWORD_FILE",
        "TOKEN_PATH",
        "passwordSecretName",
        "existingSecret",
        "API_KEY_SECRET_REF",
        "TOKEN_ISSUER",
        "secretName",
    ];
    let secret = ["PASSWORD", "API_TOKEN", "clientSecret", "db-password", "ACCESS_KEY"];
    match kind {
        0 => own("checksum/secret", draw.text(HEX, 64)),
        1 => own("GIT_COMMIT", draw.text(HEX, 40)),
        2 => {
            let (repository, digest) = (draw.words("/"), draw.text(HEX, 64));
            own("IMAGE", format!("registry.example/{repository}@sha256:{digest}"))
        }
        3 => {
            let parts: Vec<String> = [8, 4, 4, 4, 12].iter().map(|length| draw.text(HEX, *length)).collect();
            own(draw.one(&["REQUEST_ID", "clientId", "TENANT_ID"]), parts.join("-"))
        }
        4 => own(
            draw.one(&["CONFIG", "HOME", "tokenPath", "PASSWORD_FILE"]),
            format!("/var/{}", draw.words("/")),
        ),
        5 => own(draw.one(&about), draw.words("-")),
        6 => {
            use base64::Engine as _;
            own("DESCRIPTION", base64::engine::general_purpose::STANDARD.encode(draw.words(" ")))
        }
        7 => own(
            "ca.crt",
            format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----", draw.text(BASE64, 64)),
        ),
        8 => own(
            "authorized_keys",
            format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA{} shop@host", draw.text(BASE64, 44)),
        ),
        9 => own("SHA256SUMS", format!("{}  {}.tar.gz", draw.text(HEX, 64), draw.words("-"))),
        10 => own(draw.one(&secret), format!("$({})", draw.words("_").to_uppercase())),
        11 => own(draw.one(&secret), format!("${{{}}}", draw.words("_").to_uppercase())),
        12 => own(draw.one(&secret), format!("{{{{ .Values.{} }}}}", draw.words("."))),
        13 => own(draw.one(&secret), format!("<{}>", draw.words("-"))),
        14 => {
            let (flag, value) = (draw.words("-"), draw.words("-"));
            own(
                "ARGS",
                format!(
                    "--{flag}={value} --token-ttl=3600s --password-file=/run/{value} --secret-name={value}"
                ),
            )
        }
        15 => own(
            "PUBLIC_KEY",
            format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", draw.text(BASE64, 64)),
        ),
        16 => {
            let class: String = (0..4).map(|_| draw.capitalized()).collect();
            own("TOKEN_PROVIDER_CLASS", format!("com.example.{class}"))
        }
        17 => own(
            "API_URL",
            format!("https://{}/{}?page={}", draw.words("."), draw.words("/"), draw.number(1000)),
        ),
        18 => own(
            "app.yaml",
            format!("auth:\n  secretName: {}\n  tokenTTL: 24h\n  passwordPolicy: strict\n", draw.words("-")),
        ),
        19 => own(
            "app.py",
            format!(
                "password = os.environ[\"{}\"]\ntoken = get_token({})\n",
                draw.words("_"),
                draw.one(WORDS)
            ),
        ),
        20 => own(
            "schema.json",
            format!("{{\"password\": {{\"type\": \"string\", \"description\": \"{}\"}}}}", draw.words(" ")),
        ),
        21 => own(
            "README.md",
            format!("The password: it is kept by {}.\nToken: see {}.\n", draw.words(" "), draw.words(" ")),
        ),
        22 => own(draw.one(&["API_TOKEN", "clientSecret", "APP_SECRET"]), draw.words("-")),
        23 => own(draw.one(&secret), format!("vault:secret/data/{}#password", draw.words("/"))),
        24 => own(
            draw.one(&secret),
            draw.one(&[
                "true",
                "false",
                "none",
                "",
                "********",
                "xxxxxxxx",
                "REDACTED",
                "your-password-here",
            ])
            .to_owned(),
        ),
        25 => own("cookie", draw.text(WORD, 32)),
        26 => own("etag", format!("\"{}\"", draw.text(ALNUM, 27))),
        27 => own(
            "spec.json",
            format!("{{\"uid\":\"{}\",\"hash\":\"{}\"}}", draw.text(ALNUM, 9), draw.text(HEX, 32)),
        ),
        28 => own(
            "run.sh",
            format!("PASSWORD=\"$({})\"\nTOKEN=$1\nSECRET=\"${{{}}}\"\n", draw.words("-"), draw.words("_")),
        ),
        29 => own("password", format!("$2y$10${}", draw.text(ALNUM, 53))),
        30 => own(
            "pg_hba",
            format!("password_encryption = scram-sha-256\nmax_tokens: {}\n", draw.number(100_000)),
        ),
        _ => own(draw.one(&["sessionAffinity", "pod-template-hash", "controller-uid"]), draw.text(ALNUM, 10)),
    }
}

#[test]
fn recall_and_precision() {
    let mut draw = Draw(0x5EA_3A11);
    let (mut missed, mut wrong) = ([0_usize; 25], [0_usize; 32]);
    for number in 0..500 {
        let (name, value) = credential(&mut draw, number % 25);
        missed[number % 25] += usize::from(!judge(&name, &value).is_credential());
    }
    for number in 0..5_000 {
        let (name, value) = harmless(&mut draw, number % 32);
        wrong[number % 32] += usize::from(judge(&name, &value).is_credential());
    }
    let found = 500 - missed.iter().sum::<usize>();
    let false_alarms = wrong.iter().sum::<usize>();
    assert!(found * 100 >= 500 * 98, "recall: of each kind missed: {missed:?}");
    assert!(found * 100 >= (found + false_alarms) * 95, "precision: of each kind wrong: {wrong:?}");
}

/// Time must grow with the length of a text and not with its square: the square of these would never end.
#[test]
fn hostile_texts_are_judged() {
    for part in [
        ":",
        "=",
        "a=",
        "pwd=",
        "password:",
        "<pwd>",
        "eyJ",
        "eyJaaaaaaa.",
        "://",
        "://a:b@",
        "-----BEGIN ",
        "Basic ",
        "Bearer aB3",
        "AKIA",
        "$",
        "{{",
        "\\\"pwd\\\":\\\"",
        "é:",
    ] {
        let text = part.repeat((1 << 17) / part.len());
        let judged = judge("password", &text);
        assert_eq!(judged.length, crate::Length::File, "{part}");
    }
}
