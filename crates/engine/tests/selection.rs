//! Which checks a selection runs.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod catalogue;

use catalogue::CATALOGUE;
use seawall_engine::{Choice, Config, Selection, plan};
use seawall_finding::{Profile, PssLevel, Severity};
use seawall_inventory::{KubernetesVersion, Place};

fn words(flag: &'static str, words: &[&str]) -> Vec<Choice> {
    words.iter().flat_map(|word| Choice::of_flag(flag, word)).collect()
}

fn select(select: &[&str]) -> Selection {
    Selection { select: words("--select", select), ..Selection::default() }
}

fn ignore(ignore: &[&str]) -> Selection {
    Selection { ignore: words("--ignore", ignore), ..Selection::default() }
}

fn extend(extend: &[&str]) -> Selection {
    Selection { extend_select: words("--extend-select", extend), ..Selection::default() }
}

fn profile(profile: Profile) -> Selection {
    Selection { profile: Some(profile), ..Selection::default() }
}

fn pss(text: &str) -> Selection {
    Selection { pss: Some(text.parse().unwrap()), ..Selection::default() }
}

fn names(config: &Config, flags: &Selection) -> Vec<&'static str> {
    let plan = plan(config, flags, &CATALOGUE).unwrap_or_else(|problems| panic!("{problems:?}"));
    plan.checks.iter().map(|check| check.meta.name).collect()
}

fn configured(selection: Selection) -> Config {
    Config { selection, ..Config::default() }
}

const DEFAULT: [&str; 3] = ["privileged", "host-pid", "open-port"];
const STRICT: [&str; 5] = ["privileged", "escalation", "host-pid", "seccomp-unconfined", "open-port"];
const ALL: [&str; 7] = [
    "privileged",
    "escalation",
    "host-pid",
    "seccomp-unconfined",
    "seccomp-missing",
    "open-port",
    "undecided",
];

#[test]
fn flags_alone() {
    let both = |a: Selection, b: Selection| Selection {
        profile: a.profile.or(b.profile),
        select: [a.select, b.select].concat(),
        extend_select: [a.extend_select, b.extend_select].concat(),
        ignore: [a.ignore, b.ignore].concat(),
        ..Selection::default()
    };
    for (flags, expected) in [
        (Selection::default(), &DEFAULT[..]),
        (profile(Profile::Strict), &STRICT),
        (profile(Profile::All), &ALL),
        // Names mean a check whatever the profile.
        (select(&["SW1902"]), &["escalation"]),
        (select(&["escalation,undecided"]), &["escalation", "undecided"]),
        (select(&["all"]), &ALL),
        (select(&["profile=strict"]), &STRICT),
        // Groups choose within the profile.
        (select(&["workload"]), &["privileged", "host-pid"]),
        (select(&["SW1"]), &["privileged", "host-pid"]),
        (select(&["tag=escape"]), &["privileged"]),
        (both(profile(Profile::Strict), select(&["tag=escape"])), &["privileged", "escalation"]),
        (select(&["framework=nsa-1.2"]), &["privileged"]),
        (select(&["severity>=high"]), &["privileged", "host-pid"]),
        (select(&["severity>high"]), &["privileged"]),
        (select(&["severity=low"]), &["open-port"]),
        (select(&["severity<=low"]), &["open-port"]),
        // What is added comes from everywhere.
        (extend(&["undecided"]), &["privileged", "host-pid", "open-port", "undecided"]),
        (extend(&["tag=escape"]), &["privileged", "escalation", "host-pid", "open-port"]),
        (ignore(&["SW3901"]), &["privileged", "host-pid"]),
        (ignore(&["network", "severity=critical"]), &["host-pid"]),
        // The more exact word counts, whichever flag it stands in.
        (both(ignore(&["workload"]), extend(&["host-pid"])), &["host-pid", "open-port"]),
        (both(select(&["workload"]), ignore(&["host-pid"])), &["privileged"]),
        (both(select(&["host-pid"]), ignore(&["all"])), &["host-pid"]),
    ] {
        assert_eq!(names(&Config::default(), &flags), expected, "{flags:?}");
    }
}

#[test]
fn flags_over_configuration() {
    for (config, flags, expected) in [
        (select(&["host-pid"]), Selection::default(), &["host-pid"][..]),
        (select(&["host-pid"]), select(&["open-port"]), &["open-port"]),
        // What the command line asks for by name runs, though the configuration ignores it.
        (ignore(&["host-pid"]), select(&["host-pid"]), &["host-pid"]),
        (ignore(&["host-pid"]), ignore(&["open-port"]), &["privileged"]),
        (
            ignore(&["host-pid"]),
            profile(Profile::Strict),
            &["privileged", "escalation", "seccomp-unconfined", "open-port"],
        ),
        (select(&["host-pid"]), profile(Profile::Default), &DEFAULT),
        (profile(Profile::All), profile(Profile::Default), &DEFAULT),
        (profile(Profile::Strict), select(&["tag=escape"]), &["privileged", "escalation"]),
        (extend(&["undecided"]), ignore(&["SW1"]), &["open-port", "undecided"]),
        (pss("baseline"), profile(Profile::Default), &DEFAULT),
    ] {
        assert_eq!(names(&configured(config.clone()), &flags), expected, "{config:?} {flags:?}");
    }
}

#[test]
fn a_standard_runs_its_controls_of_that_version() {
    for (level, expected) in [
        ("baseline", &["privileged", "host-pid", "seccomp-unconfined"][..]),
        ("baseline:v1.0", &["privileged", "host-pid", "seccomp-unconfined"]),
        // Restricted is baseline and more, without what it overrides, from the version on that has it.
        ("restricted", &["privileged", "escalation", "host-pid", "seccomp-missing"]),
        ("restricted:v1.19", &["privileged", "escalation", "host-pid", "seccomp-missing"]),
        ("restricted:v1.18", &["privileged", "escalation", "host-pid", "seccomp-unconfined"]),
        ("restricted:1.7", &["privileged", "host-pid", "seccomp-unconfined"]),
    ] {
        // What a configuration leaves out does not make a standard smaller.
        for config in
            [Selection::default(), ignore(&["host-pid"]), select(&["open-port"]), extend(&["open-port"])]
        {
            assert_eq!(names(&configured(config), &pss(level)), expected, "{level}");
        }
        assert_eq!(names(&configured(pss(level)), &Selection::default()), expected, "{level} configured");
    }
    let smaller = Selection { ignore: words("--ignore", &["host-pid"]), ..pss("baseline") };
    assert_eq!(names(&Config::default(), &smaller), ["privileged", "seccomp-unconfined"]);
}

#[test]
fn a_standard_is_judged_by_its_version_and_without_parameters() {
    let mut config = Config::default();
    config.params.insert(("SW1905".into(), "limit".into()), seawall_checks::ParamValue::Int(3));
    config.params.insert(("SW3901".into(), "x".into()), seawall_checks::ParamValue::Int(3));
    let flags = Selection { version: Some(KubernetesVersion::minor(30)), ..pss("restricted:v1.25") };
    let plan_of = |flags: &Selection| plan(&config, flags, &CATALOGUE).unwrap();
    let planned = plan_of(&flags);
    assert_eq!(planned.pss, Some(PssLevel::Restricted));
    assert_eq!(planned.settings.version, KubernetesVersion::minor(25));
    assert_eq!(planned.settings.params.len(), 1, "{:?}", planned.settings.params);
    let flags = Selection { version: Some(KubernetesVersion::minor(30)), ..pss("restricted") };
    assert_eq!(plan_of(&flags).settings.version, KubernetesVersion::minor(30));
    assert_eq!(plan_of(&Selection::default()).settings.params.len(), 2);
    assert_eq!(plan_of(&Selection::default()).pss, None);
}

#[test]
fn severities_are_compared_as_configured() {
    let mut config = Config::default();
    config.severities.insert("SW3901", Severity::Critical);
    assert_eq!(names(&config, &select(&["severity=critical"])), ["privileged", "open-port"]);
}

#[test]
fn what_is_not_understood_is_an_error_that_helps() {
    for (word, message, help) in [
        ("priviledged", "no check, domain or group is called `priviledged`", "did you mean `privileged`?"),
        ("SW1909", "no check, domain or group is called `SW1909`", "did you mean `SW1901`?"),
        ("wrkload", "no check, domain or group is called `wrkload`", "did you mean `workload`?"),
        ("escape", "no check, domain or group is called `escape`", "write `tag=escape`"),
        ("strict", "no check, domain or group is called `strict`", "write `profile=strict`"),
        ("high", "no check, domain or group is called `high`", "write `severity>=high`"),
        ("nsa-1.2", "no check, domain or group is called `nsa-1.2`", "write `framework=nsa-1.2`"),
        ("tag=escpae", "`escpae` is not a tag of any check", "did you mean `escape`?"),
        (
            "severity>=hgih",
            "`hgih` is not a severity: info, low, medium, high or critical",
            "did you mean `high`?",
        ),
        (
            "severity>critical",
            "no severity is > critical",
            "severities are info, low, medium, high and critical",
        ),
        ("severty>=high", "checks are not selected by `severty`", "did you mean `severity`?"),
        (
            "tag>=escape",
            "`tag>=escape`: only severities are compared with `>=`",
            "write `tag=escape`, or `severity>=high`",
        ),
        (
            "qqqqqqqqqq",
            "no check, domain or group is called `qqqqqqqqqq`",
            "`seawall list checks` shows all checks",
        ),
    ] {
        let problems = plan(&Config::default(), &ignore(&[word]), &CATALOGUE).unwrap_err();
        let [problem] = &problems[..] else { panic!("{word}: {problems:?}") };
        assert_eq!((problem.code, problem.message.as_str()), ("unknown-check", message), "{word}");
        assert_eq!(problem.help, help, "{word}");
        assert_eq!(problem.place, Place::Flag("--ignore".into()));
    }
}

#[test]
fn every_wrong_word_is_named() {
    let problems = plan(&configured(select(&["aaaa"])), &ignore(&["bbbb,cccc"]), &CATALOGUE).unwrap_err();
    assert_eq!(problems.len(), 3, "{problems:?}");
}

#[test]
fn a_selection_without_checks_is_an_error() {
    for (flags, help) in [
        (ignore(&["all"]), "select more, or ignore less; `seawall list checks` shows all checks"),
        (select(&["node"]), "select more, or ignore less; `seawall list checks` shows all checks"),
        (select(&["data"]), "the checks it means run with `--profile all`"),
        (
            Selection { ignore: words("--ignore", &["all"]), ..pss("baseline") },
            "select more, or ignore less; `seawall list checks` shows all checks",
        ),
    ] {
        let problems = plan(&Config::default(), &flags, &CATALOGUE).unwrap_err();
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert_eq!((problem.code, problem.help.as_str()), ("nothing-selected", help), "{flags:?}");
    }
    assert!(plan(&Config::default(), &Selection::default(), &[]).is_err());
}

#[test]
fn a_standard_and_a_profile_are_not_run_at_once() {
    let flags = Selection { profile: Some(Profile::All), ..pss("baseline") };
    assert_eq!(plan(&Config::default(), &flags, &CATALOGUE).unwrap_err()[0].code, "conflict");
}

#[test]
fn levels_are_read_with_and_without_a_version() {
    for text in ["baseline", "restricted", "restricted:v1.29"] {
        assert_eq!(text.parse::<seawall_engine::PssProfile>().unwrap().to_string(), text);
    }
    for text in ["", "privileged", "restricted:", "restricted:v2", "restricted:v1.99", "Baseline"] {
        assert!(text.parse::<seawall_engine::PssProfile>().is_err(), "{text}");
    }
}
