//! Credentials that their own form shows.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use memchr::memmem;

use crate::encoding::decode_base64;
use crate::judged::CredentialKind as Kind;
use crate::random;

/// What tokens begin with, of which characters they are made behind that, and how many of these there are at least.
///
/// Sources: the token formats that the makers document. They chose prefixes that nothing else begins with, so that scanners
/// find them; what has no such prefix is found by its name alone.
const TOKENS: &[Token] = &[
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

type Token = (&'static str, Charset, usize, Kind);

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

/// What the other forms cannot do without.
const MARKS: &[(&str, Mark)] = &[
    ("-----BEGIN ", Mark::Label),
    ("eyJ", Mark::Header),
    ("://", Mark::Scheme),
    ("AccountKey=", Mark::AccountKey),
    ("SharedAccessKey=", Mark::AccountKey),
    ("Bearer ", Mark::Bearer),
    ("Basic ", Mark::Basic),
];

#[derive(Clone, Copy)]
enum Mark {
    Label,
    Header,
    Scheme,
    AccountKey,
    Bearer,
    Basic,
}

/// Where in a text a credential can be: what begins tokens, then the marks of the other forms. Texts may be files, so that one
/// pass has to do.
static STARTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let starts = TOKENS.iter().map(|token| token.0).chain(MARKS.iter().map(|mark| mark.0));
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(starts).ok()
});

/// The credential in `text`. Of several it is the one whose form says the most, and of these the first.
pub(crate) fn find(text: &str) -> Option<Kind> {
    let bytes = text.as_bytes();
    // Without a place for a password in it, what is shorter than any token is nothing; most values are.
    if bytes.len() < 20 && memchr::memchr2(b'@', b' ', bytes).is_none() {
        return None;
    }
    let starts = STARTS.as_ref()?;
    let mut best: Option<(u8, Kind)> = None;
    let mut from = 0;
    // Where the last run that may be a web token ends: a later start in it would end at the same place.
    let mut run = 0;
    while let Some(found) = starts.find(Input::new(bytes).range(from..)) {
        let at = found.start();
        from = at + 1;
        let number = found.pattern().as_usize();
        let judged = match number.checked_sub(TOKENS.len()) {
            None => TOKENS.get(number).filter(|token| is_token(bytes, at, token)).map(|token| (1, token.3)),
            Some(number) => MARKS.get(number).and_then(|(mark, of)| {
                let rest = text.get(at + mark.len()..)?;
                match of {
                    Mark::Label => is_private_key(rest.as_bytes()).then_some((0, Kind::PrivateKey)),
                    Mark::Header if at < run => None,
                    Mark::Header => {
                        run = end_of_word(bytes, at);
                        is_jwt(bytes, at).then_some((2, Kind::JsonWebToken))
                    }
                    Mark::Scheme => has_password(rest).then_some((3, Kind::UrlPassword)),
                    Mark::AccountKey => is_account_key(rest.as_bytes()).then_some((4, Kind::CloudToken)),
                    Mark::Bearer => is_bearer(rest).then_some((5, Kind::Authorization)),
                    Mark::Basic => is_user_and_password(token68(rest)).then_some((5, Kind::Authorization)),
                }
            }),
        };
        best = match (best, judged) {
            (Some(best), Some(judged)) if judged.0 < best.0 => Some(judged),
            (None, judged) => judged,
            (best, _) => best,
        };
        if best.is_some_and(|(rank, _)| rank == 0) {
            break;
        }
    }
    best.map(|(_, kind)| kind)
}

/// What stands behind `-----BEGIN `: `… PRIVATE KEY-----` (RFC 7468 and its forerunners).
fn is_private_key(rest: &[u8]) -> bool {
    // What is longer is no label.
    let rest = rest.get(..rest.len().min(72)).unwrap_or_default();
    let label = memmem::find(rest, b"-----").and_then(|end| rest.get(..end)).unwrap_or_default();
    label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK")
}

/// Whether a token begins at `at`, where its prefix stands.
fn is_token(text: &[u8], at: usize, (prefix, charset, least, kind): &Token) -> bool {
    if at.checked_sub(1).and_then(|before| text.get(before)).is_some_and(u8::is_ascii_alphanumeric) {
        return false;
    }
    let body = text.get(at + prefix.len()..).unwrap_or_default();
    let length = body.iter().take(*least).take_while(|byte| charset.has(**byte)).count();
    let ends = body.get(*least).is_none_or(|next| !charset.has(*next));
    let body = body.get(..*least).unwrap_or_default();
    // Documentation of AWS writes its ids with `EXAMPLE` at the end; `ghp_xxxx…` is anyone's way to write a placeholder.
    let is_example = *kind == Kind::AwsAccessKey && (body.ends_with(b"EXAMPLE") || !ends);
    length == *least && !is_example && random::is_varied(body)
}

/// Where the word that begins at `at` ends.
fn end_of_word(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| Charset::Word.has(**byte)).count()
}

/// Header, payload and signature (RFC 7515): a header in base64 begins with `eyJ`, as `{"` does.
fn is_jwt(text: &[u8], at: usize) -> bool {
    // The end of a part that begins at `from`, has some length, and is followed by a point.
    let part = |from: usize| {
        let end = end_of_word(text, from);
        let begins = text.get(from..end).is_some_and(|part| part.starts_with(b"eyJ") && part.len() >= 10);
        (begins && text.get(end) == Some(&b'.')).then_some(end)
    };
    let signature = part(at).and_then(|end| part(end + 1)).map(|end| end + 1);
    signature.is_some_and(|signature| end_of_word(text, signature) - signature >= 16)
}

/// Whether what stands behind `://` is `user:password@host` (RFC 3986).
fn has_password(rest: &str) -> bool {
    let ends = |byte: &u8| {
        matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b' ' | b'\t' | b'\n' | b',' | b'`' | b'(' | b'\\')
    };
    let end = rest.bytes().position(|byte| ends(&byte)).unwrap_or(rest.len());
    let Some((userinfo, host)) = rest.get(..end).and_then(|authority| authority.rsplit_once('@')) else {
        return false;
    };
    let password = userinfo.split_once(':').map_or("", |(_, password)| password);
    !password.is_empty() && !host.is_empty() && !is_stand_in(password)
}

/// Whether what stands for a password in a URL is none: a variable, or the word itself as documentation writes it.
fn is_stand_in(password: &str) -> bool {
    crate::placeholder::find(password).is_some()
        || password.starts_with(['$', '%', '{', '<', '['])
        || ["password", "pass", "pwd", "passwd", "secret", "token"]
            .iter()
            .any(|word| password.eq_ignore_ascii_case(word))
}

/// What stands behind `AccountKey=` and `SharedAccessKey=` in a connection string of Azure: 64 or 32 bytes in base64.
fn is_account_key(key: &[u8]) -> bool {
    let base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let length = key.iter().take(86).take_while(base64).count();
    length >= 43 && random::is_varied(key.get(..length).unwrap_or_default())
}

/// What stands behind `Bearer `, as in the header `Authorization` (RFC 6750).
fn is_bearer(rest: &str) -> bool {
    let token = token68(rest);
    token.len() >= 16 && random::looks_random(token)
}

/// The token at the start of `rest` (RFC 7235 §2.1); what is longer than a header is cut.
fn token68(rest: &str) -> &str {
    let end = rest.bytes().take(4096).take_while(|byte| is_token68(*byte)).count();
    rest.get(..end).unwrap_or_default()
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
    use super::{MARKS, TOKENS};

    /// Else the one that is found would hide the other.
    #[test]
    fn no_start_begins_with_another() {
        let starts: Vec<&str> =
            TOKENS.iter().map(|token| token.0).chain(MARKS.iter().map(|mark| mark.0)).collect();
        for (at, start) in starts.iter().enumerate() {
            let mut others = starts.iter().enumerate().filter(|(other, _)| *other != at);
            assert!(others.all(|(_, other)| !start.starts_with(other)), "{start}");
        }
    }
}
