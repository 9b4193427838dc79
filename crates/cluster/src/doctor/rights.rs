//! Whether what the checks read may be read.

use futures::stream::{self, StreamExt};

use super::{Answer, Detail, Question, State};
use crate::client::{Asker, Identity, Right};
use crate::failure::Failure;
use crate::list::Wanted;
use crate::problem::{help, said};
use crate::read::AT_ONCE;
use crate::stop::Stop;
use crate::target::Scope;

/// Asks for each list whether it may be read, and watched when it is to be.
///
/// One review for each right, not one of all rules (SelfSubjectRulesReview): rules are told of one namespace alone, and webhooks that
/// authorize do not tell theirs (`incomplete`; `RuleResolver` of k8s.io/apiserver v0.36.3 pkg/authorization/union).
pub(super) async fn answer(
    asker: &Asker,
    stop: &Stop<'_>,
    wanted: &[Wanted],
    watch: bool,
    scope: &Scope,
    who: Option<&Identity>,
) -> Answer {
    let rights: Vec<(&Wanted, Right)> = wanted
        .iter()
        .flat_map(|wanted| verbs(wanted, watch).iter().map(move |verb| (wanted, right(wanted, verb))))
        .collect();
    let total = rights.len();
    let reviews: Vec<(&Wanted, Right, Result<bool, Failure>)> = stream::iter(rights)
        .map(|(wanted, right)| async move {
            let may = stop.or(asker.may(&right)).await;
            (wanted, right, may)
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let (mut refused, mut unsaid) = (Vec::new(), Vec::new());
    for (wanted, right, may) in reviews {
        match may {
            Ok(true) => {}
            Ok(false) => refused.push(detail(wanted, &right)),
            Err(failure) => unsaid.push(failure),
        }
    }
    judged(total, refused, &unsaid, &role(scope, watch, who))
}

fn judged(total: usize, refused: Vec<Detail>, unsaid: &[Failure], role: &str) -> Answer {
    let question = Question::Permissions;
    match (refused.len(), unsaid) {
        (0, []) => {
            let message = match total {
                0 => "the cluster serves nothing that the checks read".to_owned(),
                total => format!("each of the {total} rights that the checks need is there"),
            };
            Answer::new(question, State::Ok, message)
        }
        (0, [failure, ..]) => {
            let message = format!(
                "of {} of {total} rights that the checks need the API server does not say whether they are there: {}",
                unsaid.len(),
                said(failure)
            );
            let help = match failure.code() {
                Some(403) => "everybody who has logged in may ask (ClusterRole `system:basic-user`)",
                _ => help(failure),
            };
            Answer::new(question, State::Unknown, message).with_help(help)
        }
        (count, unsaid) => {
            let more = match unsaid.len() {
                0 => String::new(),
                more => format!(", of {more} it is not known"),
            };
            let message = format!("{count} of {total} rights that the checks need are missing{more}");
            let help = format!("have applied what `{role}` prints, with the same flags for checks");
            Answer::new(question, State::Failed, message).with_help(help).with_details(refused)
        }
    }
}

fn verbs(wanted: &Wanted, watch: bool) -> &'static [&'static str] {
    match (wanted.single(), watch) {
        (Some(_), _) => &["get"],
        (None, false) => &["list"],
        (None, true) => &["list", "watch"],
    }
}

/// The attributes that the request will have.
fn right(wanted: &Wanted, verb: &'static str) -> Right {
    let resource = &wanted.resource;
    Right {
        verb,
        group: resource.group.clone(),
        version: resource.version.clone(),
        resource: resource.plural.clone(),
        namespace: wanted.namespace.clone().unwrap_or_default(),
        name: wanted.single().unwrap_or_default().to_owned(),
    }
}

fn detail(wanted: &Wanted, right: &Right) -> Detail {
    Detail::Refused {
        verb: right.verb,
        resource: wanted.resource.name(),
        namespace: wanted.namespace.clone(),
    }
}

/// The command that prints the role that is missing.
fn role(scope: &Scope, watch: bool, who: Option<&Identity>) -> String {
    let mut command = "seawall cluster rbac".to_owned();
    let mut say = |flag: &str, value: &str| {
        command.push_str(flag);
        command.push_str(&quoted(value));
    };
    match who.map(|who| &*who.username) {
        Some(name) if !name.is_empty() => match name.strip_prefix("system:serviceaccount:") {
            Some(account) => say(" --serviceaccount ", account),
            None => say(" --user ", name),
        },
        _ => {}
    }
    if let [namespace] = scope.namespaces.as_slice() {
        say(" -n ", namespace);
    }
    for (flag, is_said) in [(" --no-secrets", scope.no_secrets), (" --watch", watch)] {
        if is_said {
            command.push_str(flag);
        }
    }
    command
}

/// As a word of a shell.
fn quoted(word: &str) -> String {
    let plain =
        |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | ':' | '@' | '/');
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_for_who_asks_and_for_what_he_reads() {
        let who = |name: &str| Identity { username: name.to_owned(), groups: Vec::new() };
        let shop = Scope { namespaces: vec!["shop".into()], no_secrets: true, kinds: None };
        for (scope, watch, name, expected) in [
            (&Scope::default(), false, None, "seawall cluster rbac"),
            (&Scope::default(), true, Some("jane"), "seawall cluster rbac --user jane --watch"),
            (
                &shop,
                false,
                Some("system:serviceaccount:ci:scanner"),
                "seawall cluster rbac --serviceaccount ci:scanner -n shop --no-secrets",
            ),
            (&Scope::default(), false, Some("o'hara; rm"), r"seawall cluster rbac --user 'o'\''hara; rm'"),
        ] {
            assert_eq!(role(scope, watch, name.map(who).as_ref()), expected);
        }
    }
}
