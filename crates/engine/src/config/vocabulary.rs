//! Everything that can be written in `seawall.yaml`.

use seawall_checks::Check;
use seawall_finding::{ParamDefault, Profile};

use super::shape::{Field, Record, Shape, Word};

/// Formats of reports.
pub const OUTPUT_FORMATS: [&str; 9] =
    ["terminal", "concise", "json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown"];

/// The configuration as a whole.
pub(crate) fn vocabulary(catalogue: &[&'static Check]) -> Record {
    let words = |word| list(Shape::Word(word));
    settings(vec![
        field(
            "profile",
            "How many checks run: `default` is what anyone would act on, `strict` what a hardened cluster wants, `all` \
             everything. Default: `default`.",
            Shape::Word(Word::Profile),
        ),
        field(
            "pss",
            "Run the Pod Security Standards in place of a profile: `baseline` or `restricted`, of the given version of \
             Kubernetes or of `kubernetes-version`.",
            Shape::Word(Word::Pss),
        ),
        field(
            "kubernetes-version",
            "The version of Kubernetes to judge by, such as \"1.30\" (in quotes: without, YAML reads 1.3). Default: `latest`.",
            Shape::Word(Word::Version),
        ),
        field(
            "select",
            "Run these checks alone: ids and names, or groups of the profile's checks (`workload`, `severity>=high`, \
             `tag=…`, `framework=…`, `profile=…`).",
            words(Word::Selector),
        ),
        field("extend-select", "Run these checks too.", words(Word::Selector)),
        field("ignore", "Do not run these checks.", words(Word::Selector)),
        field(
            "severity",
            "Severities in place of the checks' own, by id or name.",
            Shape::Record(severities(catalogue)),
        ),
        field("checks", "Parameters of checks, by id or name.", Shape::Record(parameters(catalogue))),
        field(
            "fail-on",
            "The mildest severity that makes the run fail (exit code 1), or `never`. Default: `high`.",
            Shape::Word(Word::FailOn),
        ),
        field(
            "exclude",
            "Files and folders that are not scanned: globs as in .gitignore, relative to this file.",
            words(Word::PathGlob),
        ),
        field(
            "inline-ignores",
            "Whether suppressions in scanned input (comments, annotations) count. Default: true.",
            Shape::Bool,
        ),
        field(
            "suppress",
            "Findings that are known and accepted. They do not count, and are shown with `--show-suppressed`.",
            list(Shape::Record(suppression())),
        ),
        field("helm", "How Helm charts are rendered.", Shape::Record(helm())),
        field("kustomize", "How Kustomize directories are rendered.", Shape::Record(kustomize())),
        field(
            "output",
            "Where reports go: a format for standard output, or `format=file`. Default: `terminal`.",
            words(Word::Output),
        ),
    ])
}

fn suppression() -> Record {
    let word = Shape::Word;
    let mut record = settings(vec![
        field(
            "checks",
            "The checks: ids, names or groups; `all` for every check.",
            Shape::OneOrMany(Box::new(word(Word::Selector))),
        ),
        field(
            "path",
            "Glob of the file's path, as in .gitignore, relative to this file. For what a chart or overlay renders: of the \
             template or resource file.",
            word(Word::PathGlob),
        ),
        field("kind", "Glob of the object's kind.", word(Word::NameGlob)),
        field("namespace", "Glob of the object's namespace, as the object gives it.", word(Word::NameGlob)),
        field("name", "Glob of the object's name.", word(Word::NameGlob)),
        field("container", "Glob of the container's name.", word(Word::NameGlob)),
        field("field", "The field, or one above it: `spec.template.spec.hostPID`.", word(Word::FieldPath)),
        field("reason", "Why this is accepted.", word(Word::Text)),
        field("expires", "The last day on which it holds, YYYY-MM-DD (UTC).", word(Word::Date)),
    ]);
    for field in &mut record.fields {
        field.required = matches!(field.name, "checks" | "reason");
    }
    record
}

fn helm() -> Record {
    let words = |word| list(Shape::Word(word));
    settings(vec![
        field(
            "values",
            "Files with values (`--values`), relative to this file; later ones win.",
            words(Word::Text),
        ),
        field("set", "Values as key=value (`--set`).", words(Word::Assignment)),
        field("set-string", "Values as key=value, always strings (`--set-string`).", words(Word::Assignment)),
        field("set-file", "Values from files, as key=path (`--set-file`).", words(Word::Assignment)),
        field(
            "kube-version",
            "The version of Kubernetes that templates see (`--kube-version`).",
            Shape::Word(Word::Text),
        ),
        field(
            "api-versions",
            "API versions that templates see as available (`--api-versions`).",
            words(Word::Text),
        ),
        field("release-name", "Name of the release.", Shape::Word(Word::Text)),
        field("namespace", "Namespace of the release.", Shape::Word(Word::Text)),
        field(
            "include-crds",
            "Whether the chart's custom resource definitions are scanned too (`--include-crds`).",
            Shape::Bool,
        ),
        field("timeout", "How long one chart may take: 90s, 5m.", Shape::Word(Word::Duration)),
    ])
}

fn kustomize() -> Record {
    settings(vec![field("timeout", "How long one directory may take: 90s, 5m.", Shape::Word(Word::Duration))])
}

fn severities(catalogue: &[&'static Check]) -> Record {
    by_check(catalogue, |check| {
        Some((
            format!("{} ({} by itself)", check.meta.title(), check.meta.severity),
            Shape::Word(Word::Severity),
        ))
    })
}

fn parameters(catalogue: &[&'static Check]) -> Record {
    by_check(catalogue, |check| {
        let fields = check.meta.params.iter().map(|param| {
            let (shape, default) = match param.default {
                ParamDefault::Bool(value) => (Shape::Bool, value.to_string()),
                ParamDefault::Int(value) => (Shape::Int, value.to_string()),
                ParamDefault::Strings(values) => {
                    (list(Shape::Word(Word::Text)), format!("[{}]", values.join(", ")))
                }
            };
            field(param.name, &format!("{} Default: {default}.", sentence(param.doc)), shape)
        });
        let record =
            Record { key: "parameter of this check", unknown: "unknown-parameter", fields: fields.collect() };
        (!record.fields.is_empty()).then(|| (check.meta.title().to_owned(), Shape::Record(record)))
    })
}

/// A mapping from ids and names of checks.
fn by_check(catalogue: &[&'static Check], value: impl Fn(&Check) -> Option<(String, Shape)>) -> Record {
    let mut fields = Vec::new();
    for check in catalogue {
        if let Some((doc, shape)) = value(check) {
            fields.extend([check.meta.name, check.meta.id].map(|name| field(name, &doc, shape.clone())));
        }
    }
    Record { key: "check", unknown: "unknown-check", fields }
}

fn settings(fields: Vec<Field>) -> Record {
    Record { key: "setting", unknown: "unknown-key", fields }
}

fn field(name: &'static str, doc: &str, shape: Shape) -> Field {
    Field { name, doc: doc.to_owned(), required: false, shape }
}

fn list(item: Shape) -> Shape {
    Shape::List(Box::new(item))
}

fn sentence(doc: &str) -> String {
    let doc = doc.trim();
    if doc.ends_with('.') { doc.to_owned() } else { format!("{doc}.") }
}

pub(crate) fn profile(name: &str) -> Option<Profile> {
    Profile::ALL.into_iter().find(|profile| profile.name() == name)
}

pub(crate) fn profile_names() -> [&'static str; 3] {
    Profile::ALL.map(Profile::name)
}
