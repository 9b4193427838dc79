//! Credentials that their own form shows.

use memchr::memmem;

use crate::judged::CredentialKind;

/// What tokens begin with, of which characters they are made behind that, and how many of these there are at least.
///
/// Sources: the token formats that GitHub, GitLab, Slack, Stripe, AWS (IAM identifiers) and Google document.
const TOKENS: &[(&str, Charset, usize, CredentialKind)] = &[
    ("ghp_", Charset::Alphanumeric, 36, CredentialKind::GithubToken),
    ("gho_", Charset::Alphanumeric, 36, CredentialKind::GithubToken),
    ("ghu_", Charset::Alphanumeric, 36, CredentialKind::GithubToken),
    ("ghs_", Charset::Alphanumeric, 36, CredentialKind::GithubToken),
    ("ghr_", Charset::Alphanumeric, 36, CredentialKind::GithubToken),
    ("github_pat_", Charset::Word, 82, CredentialKind::GithubToken),
    ("glpat-", Charset::Word, 20, CredentialKind::GitlabToken),
    ("xoxb-", Charset::Word, 20, CredentialKind::SlackToken),
    ("xoxp-", Charset::Word, 20, CredentialKind::SlackToken),
    ("xapp-", Charset::Word, 20, CredentialKind::SlackToken),
    ("sk_live_", Charset::Alphanumeric, 24, CredentialKind::StripeKey),
    ("rk_live_", Charset::Alphanumeric, 24, CredentialKind::StripeKey),
    ("AKIA", Charset::Upper, 16, CredentialKind::AwsAccessKey),
    ("ASIA", Charset::Upper, 16, CredentialKind::AwsAccessKey),
    ("AIza", Charset::Word, 35, CredentialKind::GoogleApiKey),
];

#[derive(Clone, Copy)]
enum Charset {
    Upper,
    Alphanumeric,
    /// Letters, digits, `_` and `-`.
    Word,
}

/// The first credential in `text`.
pub(crate) fn find(text: &str) -> Option<CredentialKind> {
    if is_private_key(text) {
        return Some(CredentialKind::PrivateKey);
    }
    TOKENS
        .iter()
        .find(|(prefix, charset, least, _)| has_token(text, prefix, *charset, *least))
        .map(|(_, _, _, kind)| *kind)
        .or_else(|| has_jwt(text).then_some(CredentialKind::JsonWebToken))
        .or_else(|| has_url_password(text).then_some(CredentialKind::UrlPassword))
}

/// `-----BEGIN … PRIVATE KEY-----` (RFC 7468 and its forerunners).
fn is_private_key(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), b"-----BEGIN ").any(|at| {
        let label = text.get(at + 11..).and_then(|rest| rest.get(..rest.find("-----")?));
        label.is_some_and(|label| {
            label.len() < 64 && (label.ends_with("PRIVATE KEY") || label.ends_with("PRIVATE KEY BLOCK"))
        })
    })
}

fn has_token(text: &str, prefix: &str, charset: Charset, least: usize) -> bool {
    memmem::find_iter(text.as_bytes(), prefix.as_bytes()).any(|at| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let rest = text.get(at + prefix.len()..).unwrap_or_default();
        let length = rest.bytes().take(least).take_while(|byte| charset.has(*byte)).count();
        before.is_none_or(|before| !before.is_ascii_alphanumeric()) && length == least
    })
}

/// Header, payload and signature (RFC 7515): a header in base64 begins with `eyJ`, as `{"` does.
fn has_jwt(text: &str) -> bool {
    let bytes = text.as_bytes();
    let run = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| Charset::Word.has(**byte)).count()
    };
    // The end of a part that begins at `from`, has some length, and is followed by a point.
    let part = |from: usize| {
        let end = run(from);
        let begins = bytes.get(from..end).is_some_and(|part| part.starts_with(b"eyJ") && part.len() >= 10);
        (begins && bytes.get(end) == Some(&b'.')).then_some(end)
    };
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| memmem::find(rest, b"eyJ")) {
        let start = from + at;
        let signature = part(start).and_then(|end| part(end + 1)).map(|end| end + 1);
        if signature.is_some_and(|signature| run(signature) - signature >= 16) {
            return true;
        }
        // A later start in the same run would end at the same place.
        from = run(start);
    }
    false
}

/// `scheme://user:password@host` (RFC 3986).
fn has_url_password(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), b"://").any(|at| {
        let rest = text.get(at + 3..).unwrap_or_default();
        let end = rest.find(['/', '?', '#', '"', '\'', ' ', '\t', '\n', ',']).unwrap_or(rest.len());
        let Some((userinfo, host)) = rest.get(..end).and_then(|authority| authority.rsplit_once('@')) else {
            return false;
        };
        let password = userinfo.split_once(':').map_or("", |(_, password)| password);
        !password.is_empty() && !host.is_empty() && crate::placeholder::find(password).is_none()
    })
}

impl Charset {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Word => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
        }
    }
}
