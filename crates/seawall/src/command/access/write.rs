//! How answers are written, for people and for programs.

pub(super) mod json;
mod text;

use seawall_rbac::Dangling;
use serde_json::{Value, json};

use super::answer::{Answer, By, Verdict};
use super::chain::{Chain, chains, name};
use super::explain::{Removal, elements, fewest};
use super::what::What;
use super::who::Asker;
use crate::args::ask::World;
use crate::text::Text;
use seawall_report::plain;

/// Chains that are shown when not all are asked for: more tell nothing new to who wants to know whether.
const MOST: usize = 5;

/// The answer to a question.
pub(super) struct Said<'w> {
    pub world: &'w World,
    pub asker: &'w Asker,
    pub what: &'w What,
    pub answer: &'w Answer<'w>,
    /// Whether everything is told.
    pub in_full: bool,
}

impl Said<'_> {
    /// The answer in a sentence.
    pub(super) fn sentence(&self) -> String {
        let (who, what) = (&self.asker.called, self.what.describe());
        match &self.answer.verdict {
            Verdict::Allowed(_) => format!("yes: {who} may {what}"),
            Verdict::Denied => format!("no: nothing allows {who} to {what}"),
            Verdict::Unknown(_) => format!("unknown: whether {who} may {what}"),
        }
    }

    /// For people.
    pub(super) fn terminal(&self) -> String {
        let mut text = Text::default();
        text.heading(&self.sentence());
        match &self.answer.verdict {
            Verdict::Allowed(By::Privileged) => {
                text.paragraph("whoever is in Group system:masters may do everything: no authorizer is asked, and no binding takes it away");
            }
            Verdict::Allowed(By::Node) => {
                text.paragraph("the node authorizer allows it, which is asked before RBAC; admission (NodeRestriction) looks at what is written");
            }
            Verdict::Allowed(By::Always) => {
                text.paragraph("the authorizer AlwaysAllow lets everybody do everything, whatever roles and bindings say");
            }
            Verdict::Allowed(By::Rbac) | Verdict::Unknown(_) => {}
            Verdict::Denied => text.paragraph(&looked_at(self.world)),
        }
        let shown = if self.in_full { usize::MAX } else { MOST };
        let chains = chains(&self.world.snapshot, &self.answer.grants);
        if self.in_full {
            text.paragraph(&self.asked_as());
        }
        text.chains(chains.iter().take(shown).map(|chain| {
            let mut lines = Vec::from(lines(chain));
            lines.extend(self.in_full.then(|| (format!("  by     {}", self.words(chain)), String::new())));
            lines
        }));
        if let Some(more) = chains.len().checked_sub(shown).filter(|more| *more > 0) {
            text.paragraph(&format!("and {more} more: `seawall access explain` shows all"));
        }
        if self.in_full && matches!(self.answer.verdict, Verdict::Allowed(By::Rbac)) {
            text.placed_lines("nothing allows it any more without", &removals(&chains));
        }
        if let Verdict::Unknown(reasons) = &self.answer.verdict {
            text.reasons(reasons, &self.world.snapshot);
        }
        text.dangling(&self.answer.dangling, &self.world.snapshot);
        text.done()
    }

    /// As whom the API server is asked.
    fn asked_as(&self) -> String {
        let user = &self.asker.user;
        let name = if user.name.is_empty() { "whatever his name" } else { user.name.as_str() };
        format!("asked as {name}, in {}", json::texts(&user.groups).join(", "))
    }

    /// The words of a rule by which it allows it.
    fn words(&self, chain: &Chain<'_>) -> String {
        let words = elements(chain.grant.rule.rule, &self.what.attributes()).into_iter();
        let quoted = |word: &str| if word.is_empty() { "\"\"".to_owned() } else { word.to_owned() };
        let words = words.map(|(path, word)| format!("{path}: {}", quoted(&word)));
        words.collect::<Vec<_>>().join(", ")
    }

    /// For programs.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        let snapshot = &self.world.snapshot;
        let (answer, by, reasons) = match &self.answer.verdict {
            Verdict::Allowed(by) => ("allowed", Some(json::by(*by)), &[][..]),
            Verdict::Denied => ("denied", None, &[][..]),
            Verdict::Unknown(reasons) => ("unknown", None, reasons.as_slice()),
        };
        let chains = chains(snapshot, &self.answer.grants);
        let mut grants: Vec<Value> = chains.iter().map(|chain| json::chain(chain, snapshot)).collect();
        let mut removals = Value::Null;
        if self.in_full {
            for (grant, chain) in grants.iter_mut().zip(&chains) {
                let words = elements(chain.grant.rule.rule, &self.what.attributes()).into_iter();
                let words =
                    words.map(|(path, word)| json!({ "field": path.to_string(), "word": word.as_str() }));
                if let Value::Object(grant) = grant {
                    grant.insert("words".to_owned(), words.collect());
                }
            }
            removals =
                fewest(&chains).into_iter().filter_map(|removal| json::removal(removal, &chains)).collect();
        }
        let whole = json!({
            "formatVersion": json::FORMAT,
            "question": json::question(&self.what.attributes()),
            "user": json::user(self.asker),
            "answer": answer,
            "by": by,
            "grants": grants,
            "removals": removals,
            "unknowns": reasons.iter().map(|reason| json::reason(reason, snapshot)).collect::<Vec<_>>(),
            "dangling": json::dangling(&self.answer.dangling, snapshot),
        });
        json::written(&whole)
    }
}

/// Of how much a refusal is said.
fn looked_at(world: &World) -> String {
    let of = |kinds: [&str; 2]| {
        let snapshot = &world.snapshot;
        let is_one = |object: &&seawall_inventory::Object| {
            object.group() == "rbac.authorization.k8s.io" && kinds.contains(&&*object.kind)
        };
        snapshot.objects.iter().filter(is_one).count()
    };
    let bindings = of(["RoleBinding", "ClusterRoleBinding"]);
    let roles = of(["Role", "ClusterRole"]);
    let counted = format!(
        "looked at: {bindings} {}, {roles} {}",
        if bindings == 1 { "binding" } else { "bindings" },
        if roles == 1 { "role" } else { "roles" }
    );
    if world.snapshot.coverage.live {
        counted
    } else {
        format!("{counted}; a cluster may hold more than these files")
    }
}

/// A binding of a role that does not exist, in a sentence.
pub(super) fn of_dangling(dangling: &Dangling<'_>, world: &seawall_inventory::Snapshot) -> String {
    let role = dangling.binding.body.role_binding().map(|binding| &binding.role_ref);
    let role = role.map(|role| format!("{} {}", role.kind, role.name)).unwrap_or_default();
    format!(
        "{} binds {role}, which does not exist: whoever may create it decides what that allows",
        name(world, dangling.binding)
    )
}

/// A text from outside, safe to show.
fn safe(text: &str) -> String {
    plain(text).into_owned()
}

/// The parts of a chain as lines: what it is, and where.
fn lines(chain: &Chain<'_>) -> [(String, String); 4] {
    let rule = super::chain::Words(chain.grant.rule.rule).to_string();
    let gathered = if std::ptr::eq(chain.grant.rule.role, chain.grant.role) {
        rule
    } else {
        format!("{rule} (from {})", chain.rule.name)
    };
    [
        (chain.binding.name.clone(), chain.binding.place()),
        (format!("  to     {}", chain.subject.name), chain.subject.place()),
        (format!("  gives  {}", chain.role.name), chain.role.place()),
        (format!("  rule   {gathered}"), chain.rule.place()),
    ]
}

/// What would have to go, in sentences, and where it stands.
fn removals(chains: &[Chain<'_>]) -> Vec<(String, String)> {
    let one = |removal: &Removal| match *removal {
        Removal::Subject(number) => chains.get(number).map(|chain| {
            (format!("{} in {}", chain.subject.name, chain.binding.name), chain.subject.place())
        }),
        Removal::Rule(number) => chains.get(number).map(|chain| {
            let (rule, index) = (&chain.rule.name, chain.grant.rule.index);
            (format!("rules[{index}] of {rule}, for all who have it"), chain.rule.place())
        }),
    };
    fewest(chains).iter().filter_map(one).collect()
}
