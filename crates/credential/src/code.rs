//! Judgements as short texts, for files in which they stand in place of the values.

use std::fmt;

use crate::judged::{CredentialKind, Judged, Length, Look};
use crate::key::JudgedKey;

/// Every look, with the word for it.
const LOOKS: &[(Look, &str)] = &[
    (Look::Empty, "empty"),
    (Look::Ordinary, "ordinary"),
    (Look::Placeholder, "placeholder"),
    (Look::Reference, "reference"),
    (Look::Encrypted, "encrypted"),
    (Look::Binary, "binary"),
    (Look::Undecodable, "undecodable"),
    (Look::Credential(CredentialKind::PrivateKey), "private-key"),
    (Look::Credential(CredentialKind::JsonWebToken), "json-web-token"),
    (Look::Credential(CredentialKind::UrlPassword), "url-password"),
    (Look::Credential(CredentialKind::AwsAccessKey), "aws-access-key"),
    (Look::Credential(CredentialKind::GithubToken), "github-token"),
    (Look::Credential(CredentialKind::GitlabToken), "gitlab-token"),
    (Look::Credential(CredentialKind::SlackToken), "slack-token"),
    (Look::Credential(CredentialKind::StripeKey), "stripe-key"),
    (Look::Credential(CredentialKind::GoogleApiKey), "google-api-key"),
    (Look::Credential(CredentialKind::RegistryToken), "registry-token"),
    (Look::Credential(CredentialKind::CloudToken), "cloud-token"),
    (Look::Credential(CredentialKind::VaultToken), "vault-token"),
    (Look::Credential(CredentialKind::ServiceToken), "service-token"),
    (Look::Credential(CredentialKind::Authorization), "authorization"),
    (Look::Credential(CredentialKind::Named), "named-credential"),
    (Look::Credential(CredentialKind::WeakPassword), "weak-password"),
];

/// Every class of lengths, with the word for it.
const LENGTHS: &[(Length, &str)] = &[
    (Length::Empty, "0"),
    (Length::Short, "1-7"),
    (Length::Medium, "8-31"),
    (Length::Long, "32-255"),
    (Length::File, "256+"),
];

fn word<T: PartialEq>(table: &'static [(T, &'static str)], value: &T) -> &'static str {
    table.iter().find(|(known, _)| known == value).map_or("", |(_, word)| *word)
}

fn meaning<T: Copy>(table: &'static [(T, &'static str)], word: &str) -> Option<T> {
    table.iter().find(|(_, known)| *known == word).map(|(meaning, _)| *meaning)
}

/// `named-credential 8-31`: what it looks like, and of how many bytes it is.
impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", word(LOOKS, &self.look), word(LENGTHS, &self.length))
    }
}

impl Judged {
    /// Reads what [`Display`](fmt::Display) writes.
    pub fn from_code(code: &str) -> Option<Self> {
        let (look, length) = code.split_once(' ')?;
        Some(Self { look: meaning(LOOKS, look)?, length: meaning(LENGTHS, length)? })
    }
}

/// `key length=32 distinct=20 printable`.
impl fmt::Display for JudgedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { empty, placeholder, length, printable, distinct, published } = *self;
        f.write_str("key")?;
        if let Some(length) = length {
            write!(f, " length={length}")?;
        }
        if distinct > 0 {
            write!(f, " distinct={distinct}")?;
        }
        for (is, word) in [
            (empty, " empty"),
            (placeholder, " placeholder"),
            (printable, " printable"),
            (published, " published"),
        ] {
            if is {
                f.write_str(word)?;
            }
        }
        Ok(())
    }
}

impl JudgedKey {
    /// Reads what [`Display`](fmt::Display) writes.
    pub fn from_code(code: &str) -> Option<Self> {
        let mut key = Self::default();
        let mut words = code.split(' ');
        words.next().filter(|first| *first == "key")?;
        for word in words {
            match (word, word.split_once('=')) {
                ("empty", _) => key.empty = true,
                ("placeholder", _) => key.placeholder = true,
                ("printable", _) => key.printable = true,
                ("published", _) => key.published = true,
                (_, Some(("length", length))) => key.length = Some(length.parse().ok()?),
                (_, Some(("distinct", distinct))) => key.distinct = distinct.parse().ok()?,
                _ => return None,
            }
        }
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{judge, judge_base64, judge_key};

    #[test]
    fn every_look_and_every_length_has_its_word() {
        for (look, _) in LOOKS {
            for (length, _) in LENGTHS {
                let judged = Judged { look: *look, length: *length };
                assert_eq!(Judged::from_code(&judged.to_string()), Some(judged));
            }
        }
        // A kind that is added stands behind the last one or before it: both change one of these.
        let kinds = LOOKS.iter().filter(|(look, _)| matches!(look, Look::Credential(_))).count();
        assert_eq!(kinds, CredentialKind::WeakPassword as usize + 1);
        let others = LOOKS.len() - kinds;
        let all =
            ["", "a", "${A}", "$(A)", "ENC[AES256_GCM,data:a,type:str]"].map(|text| judge("A", text).look);
        let undecodable = ["\u{0}", "/w=="].map(|text| judge_base64("A", text).look);
        let seen: std::collections::HashSet<Look> = all.into_iter().chain(undecodable).collect();
        assert_eq!(seen.len(), others);
    }

    #[test]
    fn keys_come_back() {
        for text in ["", "c2VjcmV0IGlzIHNlY3VyZQ==", "${KEY}", "no base64", "AAAAAAAAAAAAAAAAAAAAAA=="] {
            let judged = judge_key(text);
            assert_eq!(JudgedKey::from_code(&judged.to_string()), Some(judged), "{judged}");
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for text in ["", "ordinary", "ordinary 3", "Ordinary 0", "ordinary 0 ", "key", "x 0"] {
            assert_eq!(Judged::from_code(text), None, "{text}");
        }
        for text in ["", "keys", "key x", "key length=-1", "key distinct=256", "key length"] {
            assert_eq!(JudgedKey::from_code(text), None, "{text}");
        }
    }
}
