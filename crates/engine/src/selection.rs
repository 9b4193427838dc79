//! From what people ask for to a plan.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use seawall_checks::{Check, Settings, Standard};
use seawall_finding::{Profile, PssLevel, Severity};
use seawall_inventory::{KubernetesVersion, Place, Problem, Weight};
use smol_str::SmolStr;

use crate::config::Config;
use crate::plan::Plan;
use crate::selector::{Exactness, NotASelector, Selector};

/// Which checks are asked for, in one place: the configuration, or the flags of the command line.
///
/// A run starts with the checks of the profile (or of the Pod Security Standards level). `select` replaces them:
/// names select any check, groups (domain, tag, framework, severity) select within the profile. `extend_select` adds, from
/// all checks; `ignore` takes away. Of two words that contradict each other in one place the more exact one counts: a
/// name beats a group, a group beats `all`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// How many checks run.
    pub profile: Option<Profile>,
    /// Run the Pod Security Standards in place of a profile.
    pub pss: Option<PssProfile>,
    /// The version of Kubernetes to judge by.
    pub version: Option<KubernetesVersion>,
    /// Run these alone.
    pub select: Vec<Choice>,
    /// Run these too.
    pub extend_select: Vec<Choice>,
    /// Do not run these.
    pub ignore: Vec<Choice>,
}

/// A word that selects checks, and where it stands. See [`Selector`] for what can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The word.
    pub word: SmolStr,
    /// Where it stands.
    pub place: Place,
}

impl Choice {
    /// The words of a flag, separated by commas.
    pub fn of_flag(flag: &'static str, words: &str) -> Vec<Self> {
        let words = words.split(',').map(str::trim).filter(|word| !word.is_empty());
        words
            .map(|word| Self { word: SmolStr::new(word), place: Place::Flag(SmolStr::new_static(flag)) })
            .collect()
    }
}

/// A level of the Pod Security Standards, and the version of them: `restricted:v1.29`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PssProfile {
    /// The level.
    pub level: PssLevel,
    /// The version; `None` for the version of Kubernetes that the run judges by.
    pub version: Option<KubernetesVersion>,
}

/// A text is not a level of the Pod Security Standards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAPssProfile(String);

impl fmt::Display for NotAPssProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a level of the Pod Security Standards: write baseline or restricted, with a version if need be: \
             restricted:v1.29",
            self.0
        )
    }
}

impl std::error::Error for NotAPssProfile {}

impl FromStr for PssProfile {
    type Err = NotAPssProfile;

    fn from_str(text: &str) -> Result<Self, NotAPssProfile> {
        let wrong = || NotAPssProfile(text.chars().take(60).collect());
        let (level, version) = match text.split_once(':') {
            Some((level, version)) => (level, Some(version.parse().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let level = [PssLevel::Baseline, PssLevel::Restricted]
            .into_iter()
            .find(|known| known.name() == level)
            .ok_or_else(wrong)?;
        Ok(Self { level, version })
    }
}

impl fmt::Display for PssProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.version {
            Some(version) => write!(f, "{}:{version}", self.level),
            None => write!(f, "{}", self.level),
        }
    }
}

/// What to run: the selection of the configuration, changed by that of the flags, out of `catalogue`.
///
/// Flags win: `--select` replaces the configuration's `select`, `--profile` replaces profile, level and `select`;
/// `--ignore` and `--extend-select` come on top of the configuration's. `--pss` on the command line runs exactly the
/// controls of the standard: the configuration's selection and the parameters of these checks do not change what a
/// standard says.
///
/// # Errors
/// One problem for each word that is not understood, each at its place; or one when nothing is left to run.
pub fn plan(config: &Config, flags: &Selection, catalogue: &[&'static Check]) -> Result<Plan, Vec<Problem>> {
    if flags.profile.is_some() && flags.pss.is_some() {
        return Err(vec![problem(
            "conflict",
            Place::Flag(SmolStr::new_static("--pss")),
            "`--pss` runs a standard, `--profile` a profile: not both",
            "leave one of the two away; `--extend-select` adds checks to a standard",
        )]);
    }
    let base = Base::of(&config.selection, flags, catalogue);
    let severity =
        |check: &Check| config.severities.get(check.meta.id).copied().unwrap_or(check.meta.severity);
    let of_config = resolve(&config.selection, catalogue);
    let of_flags = resolve(flags, catalogue);
    let (mut of_config, of_flags) = match (of_config, of_flags) {
        (Ok(of_config), Ok(of_flags)) => (of_config, of_flags),
        (of_config, of_flags) => {
            return Err([of_config.err(), of_flags.err()].into_iter().flatten().flatten().collect());
        }
    };
    if flags.profile.is_some() {
        of_config.select.clear();
    }
    if flags.pss.is_some() {
        of_config = Words::default();
    }
    let start: Vec<bool> = catalogue.iter().map(|check| base.runs(check)).collect();
    let mut chosen = start.clone();
    for words in [&of_config, &of_flags] {
        words.apply(&mut chosen, &start, catalogue, severity);
    }
    let picked = catalogue.iter().zip(&chosen).filter(|(_, chosen)| **chosen).map(|(check, _)| *check);
    let mut checks: Vec<&'static Check> = picked.collect();
    checks.sort_by_key(|check| check.meta.id);
    if checks.is_empty() {
        return Err(vec![nothing_left(&base, config, flags, &[&of_config, &of_flags], catalogue)]);
    }
    let mut params = config.params.clone();
    if flags.pss.is_some() {
        params.retain(|(id, _), _| !catalogue.iter().any(|check| check.meta.id == id && base.runs(check)));
    }
    let severities: BTreeMap<&'static str, Severity> = config.severities.clone();
    Ok(Plan {
        checks,
        severities,
        settings: Settings { version: base.version, params },
        pss: base.pss.map(|standard| standard.level),
    })
}

/// Where a selection starts from.
struct Base {
    profile: Profile,
    pss: Option<Standard>,
    version: KubernetesVersion,
}

impl Base {
    fn of(config: &Selection, flags: &Selection, catalogue: &[&'static Check]) -> Self {
        let pss = flags.pss.or(config.pss.filter(|_| flags.profile.is_none()));
        let version =
            pss.and_then(|pss| pss.version).or(flags.version).or(config.version).unwrap_or_default();
        Self {
            profile: flags.profile.or(config.profile).unwrap_or(Profile::Default),
            pss: pss.map(|pss| Standard::new(pss.level, version, catalogue)),
            version,
        }
    }

    /// Whether the profile, or the level of the Pod Security Standards, has `check`.
    fn runs(&self, check: &Check) -> bool {
        match &self.pss {
            None => check.meta.profile <= self.profile,
            Some(standard) => standard.demands(check),
        }
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.pss {
            None => write!(f, "profile `{}`", self.profile),
            Some(Standard { level, version, .. }) => write!(f, "Pod Security Standards `{level}:{version}`"),
        }
    }
}

/// A [`Selection`] whose words are understood.
#[derive(Clone, Debug, Default)]
struct Words {
    select: Vec<Selector>,
    extend_select: Vec<Selector>,
    ignore: Vec<Selector>,
}

fn resolve(selection: &Selection, catalogue: &[&'static Check]) -> Result<Words, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut read = |choices: &[Choice]| -> Vec<Selector> {
        let mut understood = Vec::new();
        for choice in choices {
            match Selector::read(&choice.word, catalogue) {
                Ok(selector) => understood.push(selector),
                Err(NotASelector { message, help }) => {
                    problems.push(problem("unknown-check", choice.place.clone(), message, help));
                }
            }
        }
        understood
    };
    let words = Words {
        select: read(&selection.select),
        extend_select: read(&selection.extend_select),
        ignore: read(&selection.ignore),
    };
    if problems.is_empty() { Ok(words) } else { Err(problems) }
}

impl Words {
    /// Changes `chosen`, by position in `catalogue`. Groups of `select` choose from what the run `start`s with.
    fn apply(
        &self,
        chosen: &mut [bool],
        start: &[bool],
        catalogue: &[&'static Check],
        severity: impl Fn(&Check) -> Severity,
    ) {
        if !self.select.is_empty() {
            chosen.fill(false);
        }
        for exactness in Exactness::ALL {
            for ((check, chosen), start) in catalogue.iter().zip(chosen.iter_mut()).zip(start) {
                let means = |selectors: &[Selector], within: bool| {
                    selectors
                        .iter()
                        .filter(|selector| selector.exactness() == exactness)
                        .filter(|selector| within || !selector.chooses_within_profile())
                        .any(|selector| selector.matches(check, severity(check)))
                };
                *chosen |= means(&self.select, *start) || means(&self.extend_select, true);
                *chosen &= !means(&self.ignore, true);
            }
        }
    }
}

/// A run of no checks finds nothing, and that must not look like a clean result.
fn nothing_left(
    base: &Base,
    config: &Config,
    flags: &Selection,
    words: &[&Words],
    catalogue: &[&'static Check],
) -> Problem {
    let asked = [&flags.select, &config.selection.select, &flags.ignore, &config.selection.ignore];
    let place =
        asked.into_iter().flatten().next().map(|choice| choice.place.clone()).unwrap_or(Place::Flag(
            SmolStr::new_static(if base.pss.is_some() { "--pss" } else { "--profile" }),
        ));
    let elsewhere = catalogue.iter().filter(|check| {
        let mut selected = words.iter().flat_map(|words| &words.select);
        selected.any(|selector| selector.matches(check, check.meta.severity))
    });
    let milder: Option<Profile> = elsewhere.map(|check| check.meta.profile).min();
    let help = match milder {
        Some(profile) if base.pss.is_none() && profile > base.profile => {
            format!("the checks it means run with `--profile {profile}`")
        }
        _ => "select more, or ignore less; `seawall list checks` shows all checks".to_owned(),
    };
    problem("nothing-selected", place, format!("this selection leaves no check of {base} to run"), help)
}

fn problem(code: &'static str, place: Place, message: impl Into<String>, help: impl Into<String>) -> Problem {
    Problem { code, weight: Weight::Incomplete, place, message: message.into(), help: help.into() }
}
