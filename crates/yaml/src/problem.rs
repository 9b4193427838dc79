//! What is wrong with an input, where, and what to do about it.

use std::borrow::Cow;

use crate::span::Span;

/// One thing wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// Where, in [`Stream::text`](crate::Stream::text).
    pub span: Span,
    /// The [`index`](crate::Document) of the document concerned; `None` when it concerns the whole input.
    pub document: Option<usize>,
}

/// How much a [`Problem`] costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Everything was read, but kubectl makes something of it that the reader of the text may not expect.
    Warning,
    /// kubectl refuses the document, or a bound stopped reading it: it is missing from what was read.
    Error,
}

/// What is wrong. Messages name keys and tags but never values, which may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The text is not YAML (as go-yaml v2, and so kubectl, understands YAML 1.1).
    #[error("{0}")]
    Syntax(Cow<'static, str>),
    /// The text is not JSON.
    #[error("{0}")]
    Json(Cow<'static, str>),
    /// A tab stands where only spaces may indent.
    #[error("{0}")]
    Tab(&'static str),
    /// A line starts with `---` and goes on with something other than a comment, which kubectl refuses.
    #[error("a document separator must stand alone on its line")]
    Separator,
    /// A byte order mark, a byte sequence or a control character that may not stand there.
    #[error("{0}")]
    Encoding(&'static str),
    /// Bytes that are not UTF-8 were replaced by U+FFFD, as kubectl does. Only the first place is reported.
    #[error("bytes that are not UTF-8 were read as U+FFFD")]
    Replaced,
    /// An alias names an anchor that does not come before it.
    #[error("no anchor named `{anchor}` comes before this alias")]
    UnknownAnchor {
        /// The name.
        anchor: String,
    },
    /// An alias stands within what it refers to.
    #[error("the value of anchor `{anchor}` contains itself")]
    AliasCycle {
        /// The name.
        anchor: String,
    },
    /// A `<<` whose value is neither a mapping nor a sequence of mappings.
    #[error("`<<` merges only a mapping or a sequence of mappings")]
    MergeValue,
    /// A key that cannot be the key of a JSON object.
    #[error("{0} cannot be a key")]
    Key(&'static str),
    /// A value does not have the form that its explicit tag demands.
    #[error("the value is not a valid {tag}")]
    TagMismatch {
        /// The tag, such as `!!int`.
        tag: String,
    },
    /// A number that JSON cannot hold: an infinity, not-a-number, or (in JSON input) one beyond the range of float64.
    #[error("the number cannot be held by JSON")]
    Number,
    /// A key occurs more than once in a mapping.
    #[error("key `{key}` is set more than once in this mapping")]
    DuplicateKey {
        /// The key, as a JSON key.
        key: String,
        /// Where it was set before.
        first: Span,
        /// The keys differ in type (`1` and `"1"`), so that kubectl picks one of them at random.
        ambiguous: bool,
    },
    /// A key is set before a `<<` that sets it too; kubectl lets the merged value win, other tools the written one.
    #[error("key `{key}` is overridden by the `<<` that follows it")]
    MergeOverride {
        /// The key.
        key: String,
        /// Where the `<<` stands.
        merge: Span,
    },
    /// Something follows the end of a document (`...`) without a `---`; kubectl never reads it.
    #[error("kubectl ignores everything from here to the next `---`")]
    Dropped,
    /// Nested deeper than [`Limits::max_depth`](crate::Limits::max_depth).
    #[error("nested deeper than the limit of {limit} levels (max_depth)")]
    DepthLimit {
        /// The limit.
        limit: usize,
    },
    /// Aliases expand to more than [`Limits::max_alias_expansion`](crate::Limits::max_alias_expansion) nodes, or to more
    /// than the share of a document that kubectl allows.
    #[error("aliases expand to more than {limit} nodes (max_alias_expansion)")]
    AliasLimit {
        /// The limit that applied.
        limit: usize,
    },
    /// Larger than [`Limits::max_bytes`](crate::Limits::max_bytes).
    #[error("{size} bytes are more than the limit of {limit} bytes (max_bytes)")]
    SizeLimit {
        /// The limit.
        limit: usize,
        /// The size of the input.
        size: usize,
    },
    /// More documents than [`Limits::max_documents`](crate::Limits::max_documents).
    #[error("more documents than the limit of {limit} (max_documents); the rest was not read")]
    DocumentLimit {
        /// The limit.
        limit: usize,
    },
    /// More problems than [`Limits::max_problems`](crate::Limits::max_problems).
    #[error("{dropped} more problems than the limit of {limit} (max_problems) are not shown")]
    ProblemLimit {
        /// The limit.
        limit: usize,
        /// How many problems are not shown.
        dropped: usize,
    },
}

impl Problem {
    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> String {
        self.kind.to_string()
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.kind.help()
    }

    /// How much it costs.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.kind.severity()
    }

    /// Whether a document, or part of the input, could not be read because of it.
    #[must_use]
    pub fn loses_document(&self) -> bool {
        self.severity() == Severity::Error
    }

    /// A stable name for machines, such as `duplicate-key`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }
}

impl ProblemKind {
    fn code(&self) -> &'static str {
        match self {
            ProblemKind::Syntax(_) => "yaml-syntax",
            ProblemKind::Json(_) => "json-syntax",
            ProblemKind::Tab(_) => "tab",
            ProblemKind::Separator => "separator",
            ProblemKind::Encoding(_) => "encoding",
            ProblemKind::Replaced => "replaced-bytes",
            ProblemKind::UnknownAnchor { .. } => "unknown-anchor",
            ProblemKind::AliasCycle { .. } => "alias-cycle",
            ProblemKind::MergeValue => "merge-value",
            ProblemKind::Key(_) => "invalid-key",
            ProblemKind::TagMismatch { .. } => "tag-mismatch",
            ProblemKind::Number => "number",
            ProblemKind::DuplicateKey { .. } => "duplicate-key",
            ProblemKind::MergeOverride { .. } => "merge-override",
            ProblemKind::Dropped => "dropped-document",
            ProblemKind::DepthLimit { .. } => "depth-limit",
            ProblemKind::AliasLimit { .. } => "alias-limit",
            ProblemKind::SizeLimit { .. } => "size-limit",
            ProblemKind::DocumentLimit { .. } => "document-limit",
            ProblemKind::ProblemLimit { .. } => "problem-limit",
        }
    }

    fn severity(&self) -> Severity {
        match self {
            ProblemKind::Replaced
            | ProblemKind::DuplicateKey { .. }
            | ProblemKind::MergeOverride { .. }
            | ProblemKind::Dropped => Severity::Warning,
            _ => Severity::Error,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            ProblemKind::Syntax(_) => {
                "correct the YAML; if this is a template, scan what it renders to (for a Helm chart, the chart's folder)"
            }
            ProblemKind::Json(_) => "correct the JSON; `jq . FILE` shows the place too",
            ProblemKind::Tab(_) => "indent with spaces",
            ProblemKind::Separator => "put what follows `---` on the next line",
            ProblemKind::Replaced => "save the file as UTF-8",
            ProblemKind::Encoding(_) => {
                "save the file as UTF-8 (or UTF-16 with a byte order mark) without control characters"
            }
            ProblemKind::UnknownAnchor { .. } => {
                "define the anchor (`&name`) earlier in the same document, or quote the value if `*` is meant literally"
            }
            ProblemKind::AliasCycle { .. } => "write out the value instead of referring to it from within",
            ProblemKind::MergeValue => "give `<<` an alias of a mapping, such as `<<: *defaults`",
            ProblemKind::Key(_) => "write the key as a string, in quotes",
            ProblemKind::TagMismatch { .. } => "correct the value, or remove the tag",
            ProblemKind::Number => "write a finite number, or a string in quotes",
            ProblemKind::DuplicateKey { ambiguous: false, .. } => {
                "keep one; kubectl takes the last, other readers the first, so a reviewer may see a value that does not apply"
            }
            ProblemKind::DuplicateKey { .. } => {
                "keep one; which of them kubectl takes differs from run to run"
            }
            ProblemKind::MergeOverride { .. } => "write `<<` first and then the keys that override it",
            ProblemKind::Dropped => "start the next document with `---`, or remove the text",
            ProblemKind::DepthLimit { .. } => "no Kubernetes object nests this deep; remove the nesting",
            ProblemKind::AliasLimit { .. } => "write out the values instead of referring to them by aliases",
            ProblemKind::SizeLimit { .. } => "split the input into smaller files",
            ProblemKind::DocumentLimit { .. } => "split the input into several files",
            ProblemKind::ProblemLimit { .. } => "correct the problems shown, then look again",
        }
    }
}

/// A problem within the document that is being read, before its index and the document's place are known.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: ProblemKind,
    /// Relative to the document.
    pub(crate) span: Span,
}

impl Fault {
    pub(crate) fn new(kind: ProblemKind, span: Span) -> Fault {
        Fault { kind, span }
    }
}
