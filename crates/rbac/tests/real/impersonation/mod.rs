//! Who may act as whom, and does what then, is what a real API server says to requests with `Impersonate-User`, from callers who
//! prove who they are.

mod cast;
mod scenario;

use std::collections::{BTreeMap, HashMap};

use seawall_inventory::KubernetesVersion;
use seawall_rbac::{Acting, Decision, Impersonated, Impersonation, ImpersonationMode, Lack, Policy, User};
use seawall_rig::{AuditEvent, Random, Setup, Version, fresh_seed};
use serde_json::Value;

use self::cast::{ACTORS, Actor, Cast};
use self::scenario::Case;
use super::client::{Ask, Said};
use super::live::Live;
use super::shrink::smaller;
use super::world::World;

const SCENARIOS: usize = 40;
const VARIANTS: usize = 12;

/// How the API server answered a request.
struct Answer {
    said: Said,
    event: AuditEvent,
}

#[test]
fn whoever_acts_as_somebody_else_is_whom_the_api_server_lets_him_be() {
    let told = compare(Version::Current, KubernetesVersion::minor(36), 12);
    println!("{told:?}");
    assert!(told.asked >= 4000, "{told:?}");
    assert!(told.by_mode.len() == 5 && told.by_mode.values().all(|count| *count > 50), "{told:?}");
    assert!(told.refused > 1000 && told.bad > 20, "{told:?}");
    assert!(told.done > 500 && told.not_done > 150 && told.remembered > 10, "{told:?}");
}

#[test]
fn modes_that_are_constrained_came_with_a_version() {
    let told = compare(Version::Oldest, KubernetesVersion::minor(26), 2);
    println!("1.26: {told:?}");
    assert!(told.by_mode.keys().eq(["legacy"].iter()) && told.refused > 100 && told.done > 30, "{told:?}");
    let told = compare(Version::Newest, KubernetesVersion::minor(37), 2);
    println!("1.37: {told:?}");
    assert!(told.by_mode.len() >= 3 && told.refused > 50 && told.done > 50, "{told:?}");
}

/// What was asked and answered.
#[derive(Debug, Default)]
struct Told {
    asked: usize,
    /// How often somebody was let by a mode.
    by_mode: BTreeMap<&'static str, usize>,
    /// How often by another mode than the first that lets him, since he had used it before.
    remembered: usize,
    refused: usize,
    /// Requests of nobody.
    bad: usize,
    done: usize,
    not_done: usize,
}

fn compare(version: Version, of: KubernetesVersion, worlds: u64) -> Told {
    let users = cast::users();
    let users: Vec<(&str, &[&str])> = users.iter().map(|(name, groups)| (name.as_str(), *groups)).collect();
    let mut live = Live::start_with(Setup { users: &users, version, ..Setup::default() });
    let mut cast = Cast::new(&live, version);
    let seed = fresh_seed();
    let mut told = Told::default();
    for number in 0..worlds {
        let mut random = Random::seeded(seed.wrapping_add(number));
        let (world, mut cases) = scenario::make(&mut random, SCENARIOS, VARIANTS);
        // In whose turn.
        cases.sort_by_key(|case| case.actor);
        if let Some((at, difference)) = play(&mut live, &mut cast, &world, &cases, of, &mut told) {
            // What somebody has done before matters only by the mode that he used.
            let alone = std::slice::from_ref(&cases[at]);
            let mut differs = |less: &World| {
                cast.is_left() && play(&mut live, &mut cast, less, alone, of, &mut Told::default()).is_some()
            };
            let world = if differs(&world) { smaller(&world, &mut differs) } else { world };
            let world: Vec<String> = world.objects.iter().map(Value::to_string).collect();
            panic!("seed {seed}: {difference}\nsmallest: {:?}\n{}", cases[at], world.join("\n"));
        }
    }
    told
}

/// Asks everything in a world. The first case that is answered otherwise than expected.
fn play(
    live: &mut Live,
    cast: &mut Cast,
    world: &World,
    cases: &[Case],
    version: KubernetesVersion,
    told: &mut Told,
) -> Option<(usize, String)> {
    let (mut filled, actors) = cast.play(live, world);
    live.fill(&mut filled);
    let snapshot = live.snapshot();
    let policy = Policy::new(&snapshot);
    let mut last: HashMap<usize, ImpersonationMode> = HashMap::new();
    let mut difference = None;
    for (at, (case, answer)) in cases.iter().zip(answers(live, cases, &actors)).enumerate() {
        let actor = &actors[case.actor];
        if let Err(why) = judge(&policy, actor, case, version, last.get(&case.actor).copied(), &answer, told)
        {
            let Answer { said, event } = answer;
            difference =
                Some((at, format!("{:?}: {case:?}: {why}; the API server: {said:?} {event:?}", actor.user)));
            break;
        }
        if let Some(impersonated) = &answer.event.impersonated {
            last.insert(case.actor, mode_of(&impersonated.constraint));
        }
    }
    live.clear(&filled);
    difference
}

fn answers(live: &Live, cases: &[Case], actors: &[Actor]) -> Vec<Answer> {
    let before = live.server.audit().unwrap().len();
    let id = |number: usize| format!("case-{before}-{number}");
    let mut groups: Vec<Vec<Ask>> = vec![Vec::new(); ACTORS];
    for (number, case) in cases.iter().enumerate() {
        groups[case.actor].push(case.ask(id(number), &actors[case.actor]));
    }
    let said = live.client.ask_groups(&groups).into_iter().flatten();
    let events = live.server.audit().unwrap().into_iter();
    let mut events: HashMap<String, AuditEvent> = events.map(|event| (event.id.clone(), event)).collect();
    said.enumerate()
        .map(|(number, said)| Answer { said, event: events.remove(&id(number)).unwrap() })
        .collect()
}

fn mode_of(constraint: &str) -> ImpersonationMode {
    let modes = ImpersonationMode::of(KubernetesVersion::LATEST);
    let found = modes.into_iter().find(|mode| mode.verb() == constraint);
    found.unwrap_or(ImpersonationMode::Legacy)
}

/// Holds an answer against what is expected of an API server that tries first the mode which the caller has used `last`.
fn judge(
    policy: &Policy<'_>,
    Actor { user, .. }: &Actor,
    Case { wanted, request, .. }: &Case,
    version: KubernetesVersion,
    last: Option<ImpersonationMode>,
    Answer { said, event }: &Answer,
    told: &mut Told,
) -> Result<(), String> {
    told.asked += 1;
    let attributes = request.attributes();
    let first = policy.may_impersonate(user, wanted, &attributes, version);
    let acting = policy.may_act(user, wanted, &attributes, version);
    let check = |is_right: bool, what: &str| {
        if is_right { Ok(()) } else { Err(format!("{what}: {first:?}, {acting:?}")) }
    };
    if wanted.name.is_empty() {
        let is_bad = *wanted != User::default();
        told.bad += usize::from(is_bad);
        let is_told = matches!((&first, &acting), (Impersonation::NoName, Acting::NoName));
        return check(
            is_told && is_bad == matches!(said.status, 400 | 500) && event.impersonated.is_none(),
            "no name",
        );
    }
    let modes = last.into_iter().chain(ImpersonationMode::of(version).filter(|mode| Some(*mode) != last));
    let tried: Vec<Impersonation<'_>> = modes
        .filter_map(|mode| policy.may_impersonate_by(mode, user, wanted, &attributes, version))
        .collect();
    let mut lacks = Vec::new();
    for answer in tried {
        match answer {
            Impersonation::Allowed(impersonated) => {
                check(is_identity(&impersonated, event), "another identity")?;
                let Impersonation::Allowed(best) = &first else { return check(false, "refused") };
                told.remembered += usize::from(best.mode != impersonated.mode);
                *told.by_mode.entry(impersonated.mode.name()).or_default() += 1;
                let decision = policy.decide(&impersonated.user, &attributes);
                let is_done = event.is_authorized == Some(true);
                if is_done {
                    told.done += 1
                } else {
                    told.not_done += 1
                }
                check(
                    !matches!(decision, Decision::Unknown(_)) && decision.is_allowed() == is_done,
                    "the request",
                )?;
                let acts = match &acting {
                    Acting::Allowed(..) => Some(true),
                    Acting::NoOpinion(..) => Some(false),
                    _ => None,
                };
                return check(best.user != impersonated.user || acts == Some(is_done), "the whole");
            }
            Impersonation::Refused(more) => lacks.extend(more),
            Impersonation::NoName | Impersonation::Unknown(_) => return check(false, "unknown"),
        }
    }
    told.refused += 1;
    check(said.status == 403 && event.impersonated.is_none(), "allowed")?;
    check(matches!((&first, &acting), (Impersonation::Refused(_), Acting::Refused(_))), "refused")?;
    // Of several extras no order is kept.
    let is_told = wanted.extra.len() > 1 || lacks.first().is_some_and(|lack| tells(said, user, lack));
    check(is_told, &format!("another reason than {lacks:?}"))
}

fn is_identity(expected: &Impersonated<'_>, event: &AuditEvent) -> bool {
    let Some(is) = &event.impersonated else { return false };
    let extra =
        expected.user.extra.iter().map(|(key, values)| {
            (key.to_string(), values.iter().map(ToString::to_string).collect::<Vec<_>>())
        });
    mode_of(&is.constraint) == expected.mode
        && is.username == expected.user.name
        && is.uid == expected.user.uid
        && is.groups == expected.user.groups
        && is.extra == extra.collect::<BTreeMap<_, _>>()
}

/// Whether the API server names the same as what somebody lacks (`forbiddenMessage` of k8s.io/apiserver
/// pkg/endpoints/handlers/responsewriters/errors.go).
fn tells(said: &Said, user: &User, lack: &Lack) -> bool {
    let message = said.json()["message"].as_str().unwrap_or_default().to_owned();
    let required = &lack.required;
    let (who, verb) = (&user.name, &required.verb);
    let start = format!("User {who:?} cannot {verb} ");
    let rest = if required.resource.is_empty() {
        format!("path {:?}", required.path)
    } else {
        let slash = if required.subresource.is_empty() { "" } else { "/" };
        let resource = format!("{}{slash}{}", required.resource, required.subresource);
        let place = match required.namespace.as_str() {
            "" => "at the cluster scope".to_owned(),
            namespace => format!("in the namespace {namespace:?}"),
        };
        format!("resource {resource:?} in API group {:?} {place}", required.group)
    };
    let name =
        if required.name.is_empty() { String::new() } else { format!(" {:?} is forbidden", required.name) };
    message.contains(&(start + &rest))
        && message.contains(&name)
        && lack.never.is_none() != message.contains("not allowed")
}
