#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

use crate::CredentialKind as Kind;
use crate::{Look, decode_base64, is_credential_name, judge, judge_base64, judge_key, judge_text};

#[test]
fn values_look_like_what_they_are() {
    let github = format!("ghp_{}", "a1B2".repeat(9));
    let jwt = format!("eyJ{0}.eyJ{0}.{0}", "hbGciOiJIUzI1NiJ9");
    let table: &[(&str, &str, Look)] = &[
        ("A", "", Look::Empty),
        ("A", "  \n", Look::Empty),
        ("LOG_LEVEL", "debug", Look::Ordinary),
        ("URL", "https://shop.example/path", Look::Ordinary),
        ("URL", "https://user@shop.example/path", Look::Ordinary),
        ("URL", "https://shop.example/a:b@c", Look::Ordinary),
        ("URL", "postgres://shop:Xk39vQ2nL@db/orders", Look::Credential(Kind::UrlPassword)),
        ("URL", "postgres://shop:$(PASSWORD)@db/orders", Look::Ordinary),
        ("URL", "postgres://shop:${PASSWORD}@db/orders", Look::Placeholder),
        ("ANY", &github, Look::Credential(Kind::GithubToken)),
        ("ANY", "ghp_short", Look::Ordinary),
        ("ANY", &jwt, Look::Credential(Kind::JsonWebToken)),
        ("ANY", "AKIAIOSFODNN7ABCDEFG", Look::Credential(Kind::AwsAccessKey)),
        ("ANY", "AKIAIOSFODNN7EXAMPLE", Look::Ordinary),
        ("ANY", "XAKIAIOSFODNN7ABCDEFG", Look::Ordinary),
        ("ANY", "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END", Look::Credential(Kind::PrivateKey)),
        ("ANY", "-----BEGIN CERTIFICATE-----\nMII\n-----END", Look::Ordinary),
        ("DB_PASSWORD", "Xk39vQ2nL", Look::Credential(Kind::Named)),
        ("DB_PASSWORD", "changeme", Look::Credential(Kind::WeakPassword)),
        ("DB_PASSWORD", "Admin123!", Look::Credential(Kind::WeakPassword)),
        ("DB_PASSWORD", "true", Look::Ordinary),
        ("DB_PASSWORD", "/run/secrets/db", Look::Ordinary),
        ("DB_PASSWORD_FILE", "db-password", Look::Ordinary),
        ("DB_PASSWORD", "$(OTHER)", Look::Reference),
        ("DB_PASSWORD", "$OTHER", Look::Placeholder),
        ("DB_PASSWORD", "{{ .Values.password }}", Look::Placeholder),
        ("DB_PASSWORD", "<password>", Look::Placeholder),
        ("DB_PASSWORD", "********", Look::Placeholder),
        ("DB_PASSWORD", "vault:secret/data/shop#password", Look::Reference),
        ("DB_PASSWORD", "<path:secret/data/shop#password>", Look::Reference),
        ("DB_PASSWORD", "ENC[AES256_GCM,data:x]", Look::Encrypted),
    ];
    for (name, value, expected) in table {
        assert_eq!(judge(name, value).look, *expected, "{name}={value}");
    }
}

#[test]
fn names_of_credentials() {
    for name in [
        "password",
        "DB_PASSWORD",
        "dbPassword",
        "--db-password",
        "api_key",
        "AWS_SECRET_ACCESS_KEY",
        "authToken",
    ] {
        assert!(is_credential_name(name), "{name}");
    }
    for name in
        ["", "PASSWORD_FILE", "tokenUrl", "secretName", "secret-key-id", "TOKEN_TTL", "LOG_LEVEL", "host"]
    {
        assert!(!is_credential_name(name), "{name}");
    }
}

#[test]
fn lines_of_a_file_are_judged_by_their_names() {
    let table = [
        ("level=debug\npassword=Xk39vQ2nL\n", Some(Kind::Named)),
        ("level: debug\n  \"password\": \"Xk39vQ2nL\",\n", Some(Kind::Named)),
        ("# password=Xk39vQ2nL\nlevel=debug\n", None),
        ("level=debug\npassword=${PASSWORD}\n", None),
    ];
    for (text, expected) in table {
        assert_eq!(judge_text("app.conf", text).credential(), expected, "{text}");
    }
}

/// What Go's `base64.StdEncoding.DecodeString` says of each.
#[test]
fn base64_is_that_of_go() {
    let table: &[(&str, Option<&[u8]>)] = &[
        ("", Some(b"")),
        ("YQ==", Some(b"a")),
        ("YR==", Some(b"a")),
        ("Y\nQ=\r\n=", Some(b"a")),
        ("YQ", None),
        ("YQ=", None),
        ("YQ== ", None),
        ("YQ==YQ==", None),
        ("_-==", None),
    ];
    for (text, expected) in table {
        assert_eq!(decode_base64(text).as_deref(), *expected, "{text:?}");
    }
    assert_eq!(judge_base64("a", "no base64").look, Look::Undecodable);
    assert_eq!(judge_base64("a", "/////w==").look, Look::Binary);
    assert_eq!(judge_base64("password", "WGszOXZRMm5M").look, Look::Credential(Kind::Named));
    assert_eq!(judge_base64("password", "${PASSWORD}").look, Look::Placeholder);
}

#[test]
fn keys_are_judged_and_not_kept() {
    let published = judge_key("c2VjcmV0IGlzIHNlY3VyZQ==");
    assert_eq!((published.length, published.printable, published.published), (Some(16), true, true));
    let zeros = judge_key("AAAAAAAAAAAAAAAAAAAAAA==");
    assert_eq!((zeros.length, zeros.printable, zeros.distinct, zeros.published), (Some(16), false, 1, false));
    assert_eq!(judge_key("not base64").length, None);
    assert!(judge_key("").empty && judge_key("${KEY}").placeholder);
    assert_eq!(published, judge_key("c2VjcmV0IGlzIHNlY3Vy\nZQ=="));
}

#[test]
fn what_is_kept_is_small() {
    assert!(size_of::<Option<crate::Judged>>() <= 4);
}
