//! Credentials that their own form shows.

use memchr::memmem;

use crate::encoding::decode_base64;
use crate::judged::CredentialKind as Kind;
use crate::random;

/// What tokens begin with, of which characters they are made behind that, and how many of these there are at least.
///
/// Sources: the token formats that the makers document. They chose prefixes that nothing else begins with, so that scanners
/// find them; what has no such prefix is found by its name alone.
const TOKENS: &[(&str, Charset, usize, Kind)] = &[
    ("AKIA", Charset::Upper, 16, Kind::AwsAccessKey),
    ("ASIA", Charset::Upper, 16, Kind::AwsAccessKey),
    ("AGE-SECRET-KEY-1", Charset::Upper, 58, Kind::PrivateKey),
    ("AIza", Charset::Word, 35, Kind::GoogleApiKey),
    ("GOCSPX-", Charset::Word, 28, Kind::GoogleApiKey),
    ("NRAK-", Charset::Upper, 27, Kind::ServiceToken),
    ("SG.", Charset::Dotted, 66, Kind::ServiceToken),
    ("dapi", Charset::Hexadecimal, 32, Kind::ServiceToken),
    ("dckr_pat_", Charset::Word, 27, Kind::RegistryToken),
    ("dop_v1_", Charset::Hexadecimal, 64, Kind::CloudToken),
    ("doo_v1_", Charset::Hexadecimal, 64, Kind::CloudToken),
    ("dor_v1_", Charset::Hexadecimal, 64, Kind::CloudToken),
    ("dp.pt.", Charset::Alphanumeric, 40, Kind::VaultToken),
    ("dp.st.", Charset::Dotted, 40, Kind::VaultToken),
    ("ghp_", Charset::Alphanumeric, 36, Kind::GithubToken),
    ("gho_", Charset::Alphanumeric, 36, Kind::GithubToken),
    ("ghu_", Charset::Alphanumeric, 36, Kind::GithubToken),
    ("ghs_", Charset::Alphanumeric, 36, Kind::GithubToken),
    ("ghr_", Charset::Alphanumeric, 36, Kind::GithubToken),
    ("github_pat_", Charset::Word, 82, Kind::GithubToken),
    ("glpat-", Charset::Word, 20, Kind::GitlabToken),
    ("gldt-", Charset::Word, 20, Kind::GitlabToken),
    ("glrt-", Charset::Word, 20, Kind::GitlabToken),
    ("glsa_", Charset::Word, 41, Kind::ServiceToken),
    ("hf_", Charset::Alphanumeric, 34, Kind::ServiceToken),
    ("hvb.", Charset::Word, 80, Kind::VaultToken),
    ("hvs.", Charset::Word, 24, Kind::VaultToken),
    ("lin_api_", Charset::Alphanumeric, 40, Kind::ServiceToken),
    ("npm_", Charset::Alphanumeric, 36, Kind::RegistryToken),
    ("pypi-AgE", Charset::Word, 50, Kind::RegistryToken),
    ("rk_live_", Charset::Alphanumeric, 24, Kind::StripeKey),
    ("shpat_", Charset::Hexadecimal, 32, Kind::ServiceToken),
    ("shpss_", Charset::Hexadecimal, 32, Kind::ServiceToken),
    ("sk-ant-", Charset::Word, 80, Kind::ServiceToken),
    ("sk-proj-", Charset::Word, 40, Kind::ServiceToken),
    ("sk_live_", Charset::Alphanumeric, 24, Kind::StripeKey),
    ("sntrys_", Charset::Word, 60, Kind::ServiceToken),
    ("xapp-", Charset::Word, 20, Kind::SlackToken),
    ("xoxb-", Charset::Word, 20, Kind::SlackToken),
    ("xoxp-", Charset::Word, 20, Kind::SlackToken),
];

#[derive(Clone, Copy)]
enum Charset {
    Upper,
    Hexadecimal,
    Alphanumeric,
    /// Letters, digits, `_` and `-`.
    Word,
    /// And `.`.
    Dotted,
}

/// The first credential in `text`.
pub(crate) fn find(text: &str) -> Option<Kind> {
    // A searcher costs more to make than most values to read: what a form cannot do without is looked for first.
    let has = |byte: u8| memchr::memchr(byte, text.as_bytes()).is_some();
    let least = |length: usize| text.len() >= length;
    if least(32) && has(b'-') && is_private_key(text) {
        return Some(Kind::PrivateKey);
    }
    token(text)
        .or_else(|| (least(32) && has(b'.') && has_jwt(text)).then_some(Kind::JsonWebToken))
        .or_else(|| (has(b'@') && has_url_password(text)).then_some(Kind::UrlPassword))
        .or_else(|| (least(32) && has(b'=') && has_account_key(text)).then_some(Kind::CloudToken))
        .or_else(|| (has(b' ') && has_authorization(text)).then_some(Kind::Authorization))
}

/// `-----BEGIN … PRIVATE KEY-----` (RFC 7468 and its forerunners).
fn is_private_key(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), b"-----BEGIN ").any(|at| {
        // What is longer is no label.
        let rest = text.as_bytes().get(at + 11..).unwrap_or_default();
        let rest = rest.get(..rest.len().min(72)).unwrap_or_default();
        let label = memmem::find(rest, b"-----").and_then(|end| rest.get(..end)).unwrap_or_default();
        label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK")
    })
}

/// The first token of [`TOKENS`]: in one pass, since texts may be files.
fn token(text: &str) -> Option<Kind> {
    let bytes = text.as_bytes();
    let mut after_word = false;
    for (at, byte) in bytes.iter().enumerate() {
        let starts = !after_word;
        after_word = byte.is_ascii_alphanumeric();
        if !starts {
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        if !may_begin(rest) {
            continue;
        }
        let found = TOKENS.iter().find(|(prefix, charset, least, kind)| {
            rest.starts_with(prefix.as_bytes()) && is_token(rest, prefix.len(), *charset, *least, *kind)
        });
        if let Some((_, _, _, kind)) = found {
            return Some(*kind);
        }
    }
    None
}

/// Whether a token of [`TOKENS`] can begin so: most words of a file cannot.
fn may_begin(text: &[u8]) -> bool {
    matches!(
        text,
        [b'A', b'K' | b'S' | b'G' | b'I', ..]
            | [b'G', b'O', ..]
            | [b'N', b'R', ..]
            | [b'S', b'G', ..]
            | [b'd', b'a' | b'c' | b'o' | b'p', ..]
            | [b'g', b'h' | b'i' | b'l', ..]
            | [b'h', b'f' | b'v', ..]
            | [b'l', b'i', ..]
            | [b'n', b'p', ..]
            | [b'p', b'y', ..]
            | [b'r', b'k', ..]
            | [b's', b'h' | b'k' | b'n', ..]
            | [b'x', b'a' | b'o', ..]
    )
}

fn is_token(rest: &[u8], prefix: usize, charset: Charset, least: usize, kind: Kind) -> bool {
    let body = rest.get(prefix..).unwrap_or_default();
    let length = body.iter().take(least).take_while(|byte| charset.has(**byte)).count();
    let ends = body.get(least).is_none_or(|next| !charset.has(*next));
    let body = body.get(..least).unwrap_or_default();
    // Documentation of AWS writes its ids with `EXAMPLE` at the end; `ghp_xxxx…` is anyone's way to write a placeholder.
    let is_example = kind == Kind::AwsAccessKey && (body.ends_with(b"EXAMPLE") || !ends);
    length == least && !is_example && random::is_varied(body)
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
        let end =
            rest.find(['/', '?', '#', '"', '\'', ' ', '\t', '\n', ',', '`', '(', '\\']).unwrap_or(rest.len());
        let Some((userinfo, host)) = rest.get(..end).and_then(|authority| authority.rsplit_once('@')) else {
            return false;
        };
        let password = userinfo.split_once(':').map_or("", |(_, password)| password);
        !password.is_empty() && !host.is_empty() && !is_stand_in(password)
    })
}

/// Whether what stands for a password in a URL is none: a variable, or the word itself as documentation writes it.
fn is_stand_in(password: &str) -> bool {
    crate::placeholder::find(password).is_some()
        || password.starts_with(['$', '%', '{', '<', '['])
        || ["password", "pass", "pwd", "passwd", "secret", "token"]
            .iter()
            .any(|word| password.eq_ignore_ascii_case(word))
}

/// `AccountKey=…` and `SharedAccessKey=…` of a connection string of Azure: 64 or 32 bytes in base64.
fn has_account_key(text: &str) -> bool {
    [&b"AccountKey="[..], b"SharedAccessKey="].iter().any(|name| {
        memmem::find_iter(text.as_bytes(), name).any(|at| {
            let key = text.as_bytes().get(at + name.len()..).unwrap_or_default();
            let base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
            let length = key.iter().take(86).take_while(base64).count();
            length >= 43 && random::is_varied(key.get(..length).unwrap_or_default())
        })
    })
}

/// `Basic …` and `Bearer …`, as in the header `Authorization` (RFC 7617, RFC 6750).
fn has_authorization(text: &str) -> bool {
    let after = |scheme: &'static str| {
        memmem::find_iter(text.as_bytes(), scheme.as_bytes()).filter_map(move |at| {
            let rest = text.get(at + scheme.len()..)?;
            let end = rest.bytes().take(4096).take_while(|byte| is_token68(*byte)).count();
            rest.get(..end)
        })
    };
    after("Bearer ").any(|token| token.len() >= 16 && random::looks_random(token))
        || after("Basic ").any(is_user_and_password)
}

/// Whether it is `user:password` in base64.
pub(crate) fn is_user_and_password(encoded: &str) -> bool {
    let decoded = if encoded.len() < 8 { None } else { decode_base64(encoded) };
    decoded.is_some_and(|bytes| {
        let colon = bytes.iter().position(|byte| *byte == b':');
        bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) && colon.is_some_and(|at| at + 1 < bytes.len())
    })
}

/// RFC 7235 §2.1.
const fn is_token68(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
}

impl Charset {
    const fn has(self, byte: u8) -> bool {
        match self {
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hexadecimal => byte.is_ascii_hexdigit(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Word => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TOKENS, may_begin};

    #[test]
    fn every_token_may_begin_as_it_does() {
        for (prefix, ..) in TOKENS {
            assert!(may_begin(prefix.as_bytes()), "{prefix}");
        }
    }
}
