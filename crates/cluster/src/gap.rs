//! What was not read, for checks that ask for it.

use seawall_inventory::{Gap, Kind, Missing};
use smol_str::{SmolStr, format_smolstr};

use crate::list::Wanted;
use crate::target::Scope;

/// A cluster that does not say what it serves.
pub(crate) fn everything(problem: usize) -> Gap {
    let reason = SmolStr::new_static("the API server did not say what it serves");
    Gap { group: None, kind: None, missing: Missing::Everywhere, reason, problem: Some(problem) }
}

/// A group, with its version, whose extension of the API does not answer.
pub(crate) fn silent(version: &str, problem: usize) -> Gap {
    let group = version.split('/').next().unwrap_or_default();
    let reason = format_smolstr!("the API server did not say what `{version}` holds");
    let group = Some(SmolStr::new(group));
    Gap { group, kind: None, missing: Missing::Everywhere, reason, problem: Some(problem) }
}

/// A list, or a Namespace, that was refused, failed or was not asked for in time.
pub(crate) fn unlisted(wanted: &Wanted, refused: bool, problem: Option<usize>) -> Gap {
    let resource = wanted.resource.name();
    let why = if refused { "may not be" } else { "could not be" };
    let within = |name: &String| Missing::Within(vec![name.into()]);
    let missing = wanted.namespace.as_ref().map_or(Missing::Everywhere, within);
    let reason = match (wanted.single(), &wanted.namespace) {
        (Some(name), _) => format_smolstr!("namespace `{name}` {why} read"),
        (None, Some(name)) => format_smolstr!("{resource} {why} listed in namespace `{name}`"),
        (None, None) => format_smolstr!("{resource} {why} listed"),
    };
    Gap {
        group: Some(SmolStr::new(&wanted.resource.group)),
        kind: Some(SmolStr::new(&wanted.resource.kind)),
        missing,
        reason,
        problem,
    }
}

/// What was asked not to be read.
pub(crate) fn of_scope(scope: &Scope) -> Vec<Gap> {
    let outside = (!scope.namespaces.is_empty()).then(|| outside(&scope.namespaces));
    let secrets =
        || left_out("", Some("Secret"), SmolStr::new_static("Secrets were left out (--no-secrets)"));
    outside.into_iter().chain(not_asked_for(scope)).chain(scope.no_secrets.then(secrets)).collect()
}

/// What stands in no namespace, or in others than those that were asked for.
fn outside(namespaces: &[String]) -> Gap {
    Gap {
        group: None,
        kind: None,
        missing: Missing::Outside(namespaces.iter().map(SmolStr::new).collect()),
        reason: format_smolstr!("nothing was read outside of namespace `{}`", namespaces.join("`, `")),
        problem: None,
    }
}

/// Kinds that no chosen check declares to need. One that asks for them all the same is not told that there are none.
fn not_asked_for(scope: &Scope) -> impl Iterator<Item = Gap> {
    let others = Kind::ALL.iter().filter(|kind| !scope.reads(kind.group, kind.kind));
    others.filter(|kind| !kind.plural.is_empty()).map(|kind| {
        let name = Some(kind.kind).filter(|name| *name != "*");
        left_out(kind.group, name, format_smolstr!("{} were not asked for", kind.resource()))
    })
}

fn left_out(group: &str, kind: Option<&str>, reason: SmolStr) -> Gap {
    let (group, kind) = (Some(SmolStr::new(group)), kind.map(SmolStr::new));
    Gap { group, kind, missing: Missing::Everywhere, reason, problem: None }
}
