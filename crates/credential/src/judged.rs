//! What is kept of a value.

/// What a value looks like. Never the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Judged {
    /// What it looks like.
    pub look: Look,
    /// How long it is, roughly.
    pub length: Length,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Look {
    /// Nothing, or white space.
    #[default]
    Empty,
    /// Nothing that is to be hidden.
    Ordinary,
    /// A credential.
    Credential(CredentialKind),
    /// Something is put in its place before it is used: `${PASSWORD}`, `{{ .Values.password }}`, `<password>`.
    Placeholder,
    /// It says where the value is: `$(VARIABLE)`, `vault:secret/data/shop#password`.
    Reference,
    /// It is encrypted: `ENC[AES256_GCM,…]`.
    Encrypted,
    /// Bytes that are no text.
    Binary,
    /// It should be base64 and is not.
    Undecodable,
}

/// What makes a value a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialKind {
    /// A private key in PEM.
    PrivateKey,
    /// A JSON Web Token with a signature.
    JsonWebToken,
    /// A password in a URL: `postgres://user:password@host`.
    UrlPassword,
    /// The id of an access key of AWS.
    AwsAccessKey,
    /// A token of GitHub.
    GithubToken,
    /// A token of GitLab.
    GitlabToken,
    /// A token of Slack.
    SlackToken,
    /// A secret key of Stripe.
    StripeKey,
    /// An API key of Google.
    GoogleApiKey,
    /// A token for a registry of packages or images.
    RegistryToken,
    /// A token or key of a cloud.
    CloudToken,
    /// A token of a store of secrets.
    VaultToken,
    /// A token of another service, with that service's prefix.
    ServiceToken,
    /// What the header `Authorization` holds: a user and a password, or a token.
    Authorization,
    /// Its name says so, and it is no word that names something else.
    Named,
    /// Its name says so, and it is among the first that anyone tries: `admin`, `changeme`.
    WeakPassword,
}

/// How long a value is, roughly: the exact length would tell something of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Length {
    /// No bytes.
    #[default]
    Empty,
    /// Fewer than 8 bytes.
    Short,
    /// 8 to 31 bytes.
    Medium,
    /// 32 to 255 bytes.
    Long,
    /// 256 bytes and more: a file.
    File,
}

impl Judged {
    /// Whether it is a credential.
    pub const fn is_credential(&self) -> bool {
        matches!(self.look, Look::Credential(_))
    }

    /// What makes it a credential.
    pub const fn credential(&self) -> Option<CredentialKind> {
        match self.look {
            Look::Credential(kind) => Some(kind),
            _ => None,
        }
    }
}

impl CredentialKind {
    /// What to call it, with its article.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PrivateKey => "a private key",
            Self::JsonWebToken => "a signed JSON Web Token",
            Self::UrlPassword => "a URL with a password",
            Self::AwsAccessKey => "an access key of AWS",
            Self::GithubToken => "a token of GitHub",
            Self::GitlabToken => "a token of GitLab",
            Self::SlackToken => "a token of Slack",
            Self::StripeKey => "a secret key of Stripe",
            Self::GoogleApiKey => "an API key of Google",
            Self::RegistryToken => "a token of a package or image registry",
            Self::CloudToken => "a token or key of a cloud",
            Self::VaultToken => "a token of a store of secrets",
            Self::ServiceToken => "a token of a service",
            Self::Authorization => "a user and a password, or a token, as in an `Authorization` header",
            Self::Named => "a value under the name of a credential",
            Self::WeakPassword => "a password that anyone guesses",
        }
    }

    /// Whether the value's own form shows it, whatever it is called.
    pub const fn by_format(self) -> bool {
        !matches!(self, Self::Named | Self::WeakPassword)
    }
}

impl Length {
    /// The class of a length in bytes.
    pub const fn of(bytes: usize) -> Self {
        match bytes {
            0 => Self::Empty,
            1..8 => Self::Short,
            8..32 => Self::Medium,
            32..256 => Self::Long,
            _ => Self::File,
        }
    }
}
