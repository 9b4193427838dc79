//! What a binding lets somebody do that amounts to more than it seems.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashMapExt};

use seawall_finding::Severity;
use seawall_rbac::power::{
    CHANGE_PODS, EVERYTHING, EXECUTE, IMPERSONATE, MINT_TOKENS, REQUEST_TOKENS, RUN_PODS,
};
use seawall_rbac::{ANONYMOUS, Doubt, Grant, Holding, Policy, Power, Rights, Subject, group};
use seawall_yaml::Path;

use super::takeover::takeovers;
use crate::needs::KindWord;
use crate::out::Out;

/// What all decisions rest on.
pub(super) const ROLES: [KindWord; 4] = [
    "ClusterRole.rbac.authorization.k8s.io",
    "ClusterRoleBinding.rbac.authorization.k8s.io",
    "Role.rbac.authorization.k8s.io",
    "RoleBinding.rbac.authorization.k8s.io",
];

/// By these, whoever has them in a namespace is every service account of it.
const TAKING_ACCOUNTS: [&Power; 6] =
    [&RUN_PODS, &EXECUTE, &CHANGE_PODS, &REQUEST_TOKENS, &MINT_TOKENS, &IMPERSONATE];

/// Subjects that are told by name; the others are counted.
const NAMED: usize = 10;

/// Other bindings that give the same are counted so far.
const OTHERS: usize = 10;

/// Whoever is somebody, or nobody at all.
const ANYBODY: [&str; 4] = [group::UNAUTHENTICATED, group::AUTHENTICATED, group::SERVICE_ACCOUNTS, ANONYMOUS];

/// How bad it is to hold a power.
pub(super) struct Danger {
    /// In the whole cluster.
    pub everywhere: Severity,
    /// In one namespace.
    pub in_namespace: Severity,
}

/// A binding, by its number, and the namespace that its power is of.
type Place = (usize, Option<String>);

/// What is told of a binding.
struct Told<'a> {
    power: &'static Power,
    danger: &'a Danger,
    holders: Vec<Holding<'a>>,
    /// All subjects of the binding that they are.
    subjects: BTreeSet<usize>,
}

/// Bindings that give somebody a power, by where they do.
type Givers = HashMap<(&'static str, Subject), BTreeMap<Option<String>, BTreeSet<usize>>>;

/// Reports each binding that gives somebody one of these powers, worst first; who holds one that comes before is not told for
/// those behind it. What an API server binds when it starts is no finding, as long as it says what it did then.
pub(super) fn report(policy: &Policy<'_>, powers: &[(&'static Power, Danger)], out: &mut Out<'_>) {
    report_where(policy, powers, out, |_| true);
}

/// The same, of holdings that are meant.
pub(super) fn report_where(
    policy: &Policy<'_>,
    powers: &[(&'static Power, Danger)],
    out: &mut Out<'_>,
    is_meant: impl Fn(&Holding<'_>) -> bool,
) {
    if policy.is_empty() {
        return out.not_applicable();
    }
    let mut doubts: Vec<Doubt> = Vec::new();
    let mut told: BTreeMap<Place, Told<'_>> = BTreeMap::new();
    let mut givers = Givers::new();
    for (power, danger) in powers {
        let (held, more) = policy.holders_of(power, out.version());
        doubts.extend(more);
        for holding in held {
            let place = holding.namespace.as_ref().map(ToString::to_string);
            let Some(grant) = holding.grants.first().copied() else { continue };
            let giving = givers.entry((power.name, holding.subject.clone())).or_default();
            giving.entry(place).or_default().insert(grant.number);
            // Who can do everything can do this, and is told for that.
            let is_told = power.name != EVERYTHING.name && policy.gives_everything(&holding);
            if is_told || !is_meant(&holding) || policy.is_made_at_start(grant.number, out.version()) {
                continue;
            }
            let place = holding.namespace.as_ref().map(ToString::to_string);
            let told = told.entry((grant.number, place));
            let Told { power: known, holders, subjects, .. } = told.or_insert_with(|| Told {
                power,
                danger,
                holders: Vec::new(),
                subjects: BTreeSet::new(),
            });
            subjects.insert(grant.subject);
            if known.name == power.name && !holders.iter().any(|other| other.subject == holding.subject) {
                holders.push(holding);
            }
        }
    }
    let mut strong: BTreeMap<String, Vec<Strong>> = BTreeMap::new();
    let mut changes = policy.changes(powers.iter().map(|(power, _)| *power).collect(), out.version());
    for ((number, place), Told { power, danger, mut holders, subjects }) in told {
        holders.sort_by(|a, b| a.subject.cmp(&b.subject));
        let everywhere = match place.as_deref() {
            None if power.namespaced && power.only.is_none() => " in all namespaces".to_owned(),
            None => String::new(),
            Some(namespace) => format!(" in namespace `{namespace}`"),
        };
        let message = format!("{} can {}{everywhere}", names(&holders), power.can);
        let anybody = holders.iter().any(|holding| is_anybody(&holding.subject));
        let takes_accounts = TAKING_ACCOUNTS.iter().any(|taking| taking.name == power.name);
        let account = place.as_ref().filter(|_| takes_accounts).and_then(|namespace| {
            let rights = out.rights()?;
            let accounts =
                strong.entry(namespace.clone()).or_insert_with(|| strong_accounts(namespace, rights));
            taken_account(namespace, accounts, &holders)
        });
        let severity = match &place {
            _ if anybody => danger.everywhere.max(Severity::High),
            None => danger.everywhere,
            Some(namespace) if namespace == "kube-system" || account.is_some() => danger.everywhere,
            Some(_) => danger.in_namespace,
        };
        let others: BTreeSet<usize> =
            holders.iter().flat_map(|holding| others(holding, power, number, &givers)).collect();
        let way = match others.len() {
            0 => {
                let change = changes.smallest(number, place.as_deref(), subjects.into_iter().collect());
                format!("the smallest change that takes it away: {change}{}", elsewhere(&holders, power))
            }
            1 => "one more binding gives the same: no change of this one alone takes it away".to_owned(),
            more => format!(
                "{more}{} more bindings give the same: no change of this one alone takes it away",
                if more < OTHERS { "" } else { " or" }
            ),
        };
        let account = account.map(|account| format!("{account}; ")).unwrap_or_default();
        let story = format!("{}; {account}{way}", holders.first().map(story).unwrap_or_default());
        let mut finding =
            out.fail_on(number, Path::root().key("roleRef"), message).severity(severity).derived(story);
        if let Some(place) = &place {
            finding = finding.keyed(place);
        }
        let paths = holders.iter().filter_map(|holding| holding.grants.first()).take(NAMED);
        for grant in paths {
            let path = Path::root().key("subjects").index(grant.subject);
            finding = finding.related(path, "to whom it is granted");
        }
    }
    // In the order of words: numbers of objects are others when a cluster has been followed.
    let reasons: BTreeSet<String> = doubts.iter().map(|doubt| doubt.describe(policy.snapshot())).collect();
    if let Some(first) = reasons.first() {
        let others = reasons.len() - 1;
        let more = if others == 0 { String::new() } else { format!("; and {others} more like it") };
        out.unknown(format!("{first}{more}"));
    }
}

/// An account that takes the cluster: its name, and what it can.
type Strong = (String, String);

/// The accounts of a namespace that take the cluster by their own names.
fn strong_accounts(namespace: &str, rights: &Rights) -> Vec<Strong> {
    let accounts = rights.accounts_in(namespace).filter_map(|name| {
        let worst = takeovers(&rights.of_account(namespace, name)).into_iter().next()?.can();
        Some((name.to_owned(), worst))
    });
    accounts.collect()
}

/// The first of them that whoever has a power in the namespace becomes by it, if it is none of theirs.
fn taken_account(namespace: &str, strong: &[Strong], holders: &[Holding<'_>]) -> Option<String> {
    let own = |holding: &Holding<'_>| match &holding.subject {
        Subject::ServiceAccount(of, name) if of == namespace => Some(name.to_string()),
        _ => None,
    };
    let own: BTreeSet<String> = holders.iter().filter_map(own).collect();
    let (name, can) = strong.iter().find(|(name, _)| !own.contains(name))?;
    Some(format!("by it one gets to be ServiceAccount `{namespace}/{name}`, which can {can}"))
}

/// The other bindings by which somebody has a power where he has it by this one.
fn others<'g>(
    holding: &Holding<'_>,
    power: &Power,
    number: usize,
    givers: &'g Givers,
) -> impl Iterator<Item = usize> + use<'g> {
    let place = holding.namespace.as_ref().map(ToString::to_string);
    let giving = givers.get(&(power.name, holding.subject.clone()));
    let here = giving.and_then(|giving| giving.get(&place)).filter(|_| place.is_some());
    let all = giving.and_then(|giving| giving.get(&None)).into_iter().chain(here).flatten();
    all.copied().filter(move |binding| *binding != number).take(OTHERS)
}

/// The one namespace in which a RoleBinding would do, where pods alone have the power: those of an account run in its namespace.
fn elsewhere(holders: &[Holding<'_>], power: &Power) -> String {
    let mut namespaces = holders.iter().map(|holding| match &holding.subject {
        Subject::ServiceAccount(namespace, _) if holding.namespace.is_none() => Some(namespace),
        _ => None,
    });
    let first = namespaces.next().flatten().filter(|_| power.namespaced && power.only.is_none());
    match first {
        Some(namespace) if namespaces.all(|other| other == Some(namespace)) => {
            format!(
                "; a RoleBinding in namespace `{namespace}`, where its pods run, would leave it there alone"
            )
        }
        _ => String::new(),
    }
}

fn is_anybody(subject: &Subject) -> bool {
    match subject {
        Subject::Group(name) | Subject::User(name) => ANYBODY.contains(&name.as_str()),
        Subject::ServiceAccount(..) => false,
    }
}

fn names(holders: &[Holding<'_>]) -> String {
    let named: Vec<String> =
        holders.iter().take(NAMED).map(|holding| format!("`{}`", holding.subject)).collect();
    let others = holders.len() - named.len();
    let more = if others == 0 { String::new() } else { format!(" and {others} more") };
    match named.split_last() {
        Some((last, before)) if !before.is_empty() && others == 0 => {
            format!("{} and {last}", before.join(", "))
        }
        _ => format!("{}{more}", named.join(", ")),
    }
}

/// By what somebody holds it.
fn story(holding: &Holding<'_>) -> String {
    let mut words: Vec<String> = holding.grants.iter().map(by).collect();
    // One rule may give several things that it takes.
    words.dedup();
    words.join("; ")
}

fn by(grant: &Grant<'_>) -> String {
    let rule = grant.rule;
    let list =
        |texts: &[smol_str::SmolStr]| texts.iter().map(|text| text.as_str()).collect::<Vec<_>>().join(", ");
    let on = if rule.rule.resources.is_empty() { &rule.rule.non_resource_urls } else { &rule.rule.resources };
    let role = format!("{} {}", rule.role.kind, rule.role.metadata.name);
    format!("rules[{}] of {role} allows {} on {}", rule.index, list(&rule.rule.verbs), list(on))
}
