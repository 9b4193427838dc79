//! The words by which checks are selected, in the configuration and on the command line.

use std::collections::BTreeSet;

use seawall_checks::Check;
use seawall_finding::{Domain, Profile, Severity};
use smol_str::SmolStr;

use crate::suggest::{did_you_mean, suggest};

/// Which checks a word means.
///
/// | written | means |
/// |---|---|
/// | `SW1001`, `privileged-container` | that check |
/// | `SW1`, `workload`, `domain=workload` | the checks of the domain |
/// | `tag=escape` | the checks with the tag |
/// | `framework=cis-1.12` | the checks that cover a control of the framework |
/// | `profile=strict` | the checks that the profile runs |
/// | `severity>=high` (`>`, `=`, `<`, `<=`) | the checks of these severities, as configured |
/// | `all` | every check |
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// One check, by its id.
    Check(&'static str),
    /// The checks of a domain.
    Domain(Domain),
    /// The checks with a tag.
    Tag(SmolStr),
    /// The checks that cover a control of a framework.
    Framework(SmolStr),
    /// The checks that a profile runs.
    Profile(Profile),
    /// The checks of some severities, mildest first.
    Severity(Vec<Severity>),
    /// Every check.
    All,
}

/// Why a word selects nothing, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotASelector {
    /// What is wrong with it: one line, no full stop.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Selector {
    /// Reads a word that is to select from `catalogue`.
    ///
    /// # Errors
    /// When it means no check there can be: a name that does not exist, or a comparison that is not understood.
    pub fn read(word: &str, catalogue: &[&'static Check]) -> Result<Self, NotASelector> {
        if word == "all" {
            return Ok(Self::All);
        }
        if let Some(check) = find_check(word, catalogue) {
            return Ok(Self::Check(check.meta.id));
        }
        if let Some(domain) = find_domain(word) {
            return Ok(Self::Domain(domain));
        }
        match word.find(['=', '<', '>']).and_then(|at| word.split_at_checked(at)) {
            Some((key, value)) => comparison(word, key, value, catalogue),
            None => Err(unknown(word, catalogue)),
        }
    }

    /// Whether it means `check`, which has `severity` by the configuration.
    pub(crate) fn matches(&self, check: &Check, severity: Severity) -> bool {
        let meta = &check.meta;
        match self {
            Self::Check(id) => meta.id == *id,
            Self::Domain(domain) => meta.domain() == *domain,
            Self::Tag(tag) => meta.tags.contains(&tag.as_str()),
            Self::Framework(name) => meta.frameworks.iter().any(|framework| framework.name == name),
            Self::Profile(profile) => meta.profile <= *profile,
            Self::Severity(severities) => severities.contains(&severity),
            Self::All => true,
        }
    }

    /// Whether it says what checks are about, and not which: then the profile still says how many of them.
    pub(crate) fn chooses_within_profile(&self) -> bool {
        matches!(self, Self::Domain(_) | Self::Tag(_) | Self::Framework(_) | Self::Severity(_))
    }

    /// How exactly it means its checks. Of two words that contradict each other, the more exact one counts.
    pub(crate) fn exactness(&self) -> Exactness {
        match self {
            Self::All => Exactness::All,
            Self::Check(_) => Exactness::Check,
            _ => Exactness::Group,
        }
    }

    /// Every word there is, comparisons of severity included; for completion and for the schema of the configuration.
    pub fn words(catalogue: &[&'static Check]) -> Vec<String> {
        let mut words = vec!["all".to_owned()];
        words.extend(
            catalogue.iter().flat_map(|check| [check.meta.id.to_owned(), check.meta.name.to_owned()]),
        );
        words.extend(Domain::ALL.into_iter().enumerate().flat_map(|(index, domain)| {
            [format!("SW{}", index + 1), domain.name().to_owned(), format!("domain={domain}")]
        }));
        words.extend(Profile::ALL.map(|profile| format!("profile={profile}")));
        words.extend(tags(catalogue).into_iter().map(|tag| format!("tag={tag}")));
        words.extend(frameworks(catalogue).into_iter().map(|name| format!("framework={name}")));
        for operator in OPERATORS {
            let comparisons = Severity::ALL.map(|severity| (operator, severity.name()));
            let comparisons =
                comparisons.into_iter().filter(|(operator, name)| severities(operator, name).is_ok());
            words.extend(comparisons.map(|(operator, name)| format!("severity{operator}{name}")));
        }
        words
    }
}

/// See [`Selector::exactness`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exactness {
    All,
    Group,
    Check,
}

impl Exactness {
    pub(crate) const ALL: [Self; 3] = [Self::All, Self::Group, Self::Check];
}

/// The check that `word` names by id or by name.
pub fn find_check(word: &str, catalogue: &[&'static Check]) -> Option<&'static Check> {
    catalogue.iter().copied().find(|check| check.meta.id == word || check.meta.name == word)
}

/// What to say about a `word` that should name a check of `catalogue` but does not: "did you mean …?".
pub fn unknown_check_help(word: &str, catalogue: &[&'static Check]) -> String {
    let names: Vec<&str> = catalogue.iter().flat_map(|check| [check.meta.name, check.meta.id]).collect();
    did_you_mean(word, &names, "`seawall list checks` shows all checks")
}

/// Longer operators first, so that `>=` is not read as `>`.
const OPERATORS: [&str; 5] = [">=", "<=", ">", "<", "="];

fn find_domain(word: &str) -> Option<Domain> {
    let by_number = word.strip_prefix("SW").filter(|digits| digits.len() == 1).and_then(|_| Domain::of(word));
    by_number.or_else(|| Domain::ALL.into_iter().find(|domain| domain.name() == word))
}

fn comparison(
    word: &str,
    key: &str,
    comparison: &str,
    catalogue: &[&'static Check],
) -> Result<Selector, NotASelector> {
    let parts = OPERATORS.iter().find_map(|sign| Some((*sign, comparison.strip_prefix(sign)?)));
    let Some((operator, value)) = parts else { return Err(unknown(word, catalogue)) };
    if key == "severity" {
        return severities(operator, value);
    }
    let keys = ["severity", "domain", "profile", "tag", "framework"];
    if !keys.contains(&key) {
        return Err(NotASelector {
            message: format!("checks are not selected by `{key}`"),
            help: did_you_mean(key, &keys, ""),
        });
    }
    if operator != "=" {
        return Err(NotASelector {
            message: format!("`{word}`: only severities are compared with `{operator}`"),
            help: format!("write `{key}={value}`, or `severity{operator}high`"),
        });
    }
    let none = |what: &str, all: Vec<&str>| NotASelector {
        message: format!("`{value}` is not a {what}"),
        help: did_you_mean(value, &all, "`seawall list checks` shows all checks with what they belong to"),
    };
    match key {
        "domain" => Domain::ALL
            .into_iter()
            .find(|domain| domain.name() == value)
            .map(Selector::Domain)
            .ok_or_else(|| none("domain", Domain::ALL.map(Domain::name).to_vec())),
        "profile" => Profile::ALL
            .into_iter()
            .find(|profile| profile.name() == value)
            .map(Selector::Profile)
            .ok_or_else(|| none("profile", Profile::ALL.map(Profile::name).to_vec())),
        "tag" if tags(catalogue).contains(value) => Ok(Selector::Tag(SmolStr::new(value))),
        "tag" => Err(none("tag of any check", tags(catalogue).into_iter().collect())),
        "framework" if frameworks(catalogue).contains(value) => Ok(Selector::Framework(SmolStr::new(value))),
        _ => Err(none("framework that any check covers", frameworks(catalogue).into_iter().collect())),
    }
}

fn severities(operator: &str, value: &str) -> Result<Selector, NotASelector> {
    let bound: Severity = value.parse().map_err(|error: seawall_finding::UnknownSeverity| NotASelector {
        message: error.to_string(),
        help: did_you_mean(value, &Severity::ALL.map(Severity::name), ""),
    })?;
    let holds = |severity: &Severity| match operator {
        ">=" => *severity >= bound,
        "<=" => *severity <= bound,
        ">" => *severity > bound,
        "<" => *severity < bound,
        _ => *severity == bound,
    };
    let severities: Vec<Severity> = Severity::ALL.into_iter().filter(holds).collect();
    if severities.is_empty() {
        return Err(NotASelector {
            message: format!("no severity is {operator} {value}"),
            help: "severities are info, low, medium, high and critical".to_owned(),
        });
    }
    Ok(Selector::Severity(severities))
}

/// A word that is nothing: perhaps misspelt, perhaps the value of a comparison.
fn unknown(word: &str, catalogue: &[&'static Check]) -> NotASelector {
    let message = format!("no check, domain or group is called `{word}`");
    let written_out = if tags(catalogue).contains(word) {
        Some(format!("tag={word}"))
    } else if frameworks(catalogue).contains(word) {
        Some(format!("framework={word}"))
    } else if Profile::ALL.iter().any(|profile| profile.name() == word) {
        Some(format!("profile={word}"))
    } else if Severity::ALL.iter().any(|severity| severity.name() == word) {
        Some(format!("severity>={word}"))
    } else {
        None
    };
    let help = match written_out {
        Some(instead) => format!("write `{instead}`"),
        None => {
            let words = Selector::words(catalogue);
            suggest(word, words.iter().map(String::as_str))
                .map(|candidate| format!("did you mean `{candidate}`?"))
                .unwrap_or_else(|| "`seawall list checks` shows all checks".to_owned())
        }
    };
    NotASelector { message, help }
}

fn tags(catalogue: &[&'static Check]) -> BTreeSet<&'static str> {
    catalogue.iter().flat_map(|check| check.meta.tags).copied().collect()
}

fn frameworks(catalogue: &[&'static Check]) -> BTreeSet<&'static str> {
    catalogue.iter().flat_map(|check| check.meta.frameworks).map(|framework| framework.name).collect()
}
