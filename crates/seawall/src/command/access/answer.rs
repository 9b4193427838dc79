//! What the API server would answer: the authorizers of a cluster, in their order, and what is not known.

use seawall_inventory::{Object, Snapshot};
use seawall_rbac::{
    Attributes, Authorizer, Chain, ChainDecision, ChainDoubt, Dangling, Decision, Doubt, Grant,
    NodeAuthorizer, NodeDecision, Policy, User,
};

use crate::args::ask::{Unread, World};

/// The authorizers of an API server: without more said, Node and RBAC.
pub(super) struct Authorizers<'w> {
    /// RBAC.
    pub policy: Policy<'w>,
    nodes: NodeAuthorizer<'w>,
    chain: Chain,
    world: &'w World,
}

/// What the API server would answer.
pub(super) struct Answer<'w> {
    pub verdict: Verdict<'w>,
    /// All by which RBAC allows it, in its order, whoever else does.
    pub grants: Vec<Grant<'w>>,
    /// Bindings that are about him, of roles that do not exist.
    pub dangling: Vec<Dangling<'w>>,
}

/// Whether he may.
pub(super) enum Verdict<'w> {
    Allowed(By),
    /// No authorizer allows it.
    Denied,
    /// Nothing that is known allows it, and this is not known.
    Unknown(Vec<Reason<'w>>),
}

/// Who allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Nobody is asked: he is in `system:masters`.
    Privileged,
    /// The node authorizer.
    Node,
    /// RBAC.
    Rbac,
    /// An authorizer that allows everything (`AlwaysAllow`).
    Always,
}

/// Why something is not known.
#[derive(Clone)]
pub(super) struct Reason<'w> {
    /// Stable kebab-case name of the kind of reason.
    pub code: &'static str,
    /// What is not known.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The object that it is about.
    pub object: Option<&'w Object>,
}

impl<'w> Authorizers<'w> {
    /// Those of what was read.
    pub(super) fn of(world: &'w World) -> Self {
        let snapshot = &world.snapshot;
        let nodes = NodeAuthorizer::new(snapshot, world.version);
        Self { policy: Policy::assuming(snapshot, &world.made), nodes, chain: Chain::default(), world }
    }

    /// In this order.
    pub(super) fn in_order(self, chain: Chain) -> Self {
        Self { chain, ..self }
    }

    /// What the API server would answer.
    pub(super) fn decide(&self, user: &User, attributes: &Attributes<'_>) -> Answer<'w> {
        let grants: Vec<Grant<'w>> = self.policy.grants(user, attributes).collect();
        let dangling = match self.policy.decide(user, attributes) {
            Decision::NoOpinion(denied) => denied.dangling,
            Decision::Allowed(_) | Decision::Unknown(_) => Vec::new(),
        };
        Answer { verdict: self.verdict(user, attributes), grants, dangling }
    }

    /// Whether he may, and nothing of why.
    pub(super) fn verdict(&self, user: &User, attributes: &Attributes<'_>) -> Verdict<'w> {
        match self.chain.decide(user, attributes, &self.policy, &self.nodes) {
            ChainDecision::Allowed(None, _) => Verdict::Allowed(By::Privileged),
            ChainDecision::Allowed(Some(number), _) => {
                Verdict::Allowed(match self.chain.authorizers().get(number) {
                    Some(Authorizer::Node) => By::Node,
                    Some(Authorizer::Rbac) => By::Rbac,
                    _ => By::Always,
                })
            }
            ChainDecision::Denied(_) | ChainDecision::NoOpinion => self.without(Vec::new(), Vec::new()),
            ChainDecision::Unknown(doubts) => {
                let of_objects = |doubt: &ChainDoubt| match doubt {
                    ChainDoubt::Objects(doubt) => Some(*doubt),
                    _ => None,
                };
                let objects = doubts.iter().filter_map(of_objects).collect();
                self.without(doubts.iter().filter_map(Reason::of_chain).collect(), objects)
            }
        }
    }

    /// Whether the node authorizer allows the kubelet of a node something.
    pub(super) fn is_allowed_node(&self, name: &str, attributes: &Attributes<'_>) -> bool {
        self.nodes.decide(&User::node(name), attributes) == NodeDecision::Allowed
    }

    /// The answer when nothing that is known allows it.
    fn without(&self, mut reasons: Vec<Reason<'w>>, mut doubts: Vec<Doubt>) -> Verdict<'w> {
        doubts.sort_unstable();
        doubts.dedup();
        reasons.extend(self.reasons(&doubts));
        if reasons.is_empty() { Verdict::Denied } else { Verdict::Unknown(reasons) }
    }

    /// What is not known: what was not read, too.
    pub(super) fn reasons(&self, doubts: &[Doubt]) -> Vec<Reason<'w>> {
        let snapshot = &self.world.snapshot;
        let of_doubts = doubts.iter().map(|doubt| Reason::of(*doubt, snapshot));
        of_doubts.chain(self.world.unread.iter().map(Reason::unread)).collect()
    }
}

impl<'w> Reason<'w> {
    fn of(doubt: Doubt, snapshot: &'w Snapshot) -> Self {
        let (code, help, number) = match doubt {
            Doubt::NotRead(gap) => ("not-read", of_gap(gap, snapshot), None),
            Doubt::RoleNotRead(number) => (
                "role-not-read",
                "read also the file that defines the role, or the cluster that has it".to_owned(),
                Some(number),
            ),
            Doubt::Malformed(number) => (
                "malformed",
                "correct the field: the API server refuses the object as it is".to_owned(),
                Some(number),
            ),
            Doubt::Refused(number) => {
                ("refused", "correct the object: as it is it grants nothing".to_owned(), Some(number))
            }
            Doubt::Contested(number) => (
                "contested",
                "ask about one of them alone, as in `-- overlays/prod`".to_owned(),
                Some(number),
            ),
            Doubt::Circular(number) => {
                ("circular", "let none of them gather what gathers it".to_owned(), Some(number))
            }
            Doubt::TooLarge(number) => ("too-large", "let it gather fewer rules".to_owned(), Some(number)),
        };
        let object = number.and_then(|number| snapshot.objects.get(number));
        Self { code, message: doubt.describe(snapshot), help, object }
    }

    /// What is not known of an authorizer besides objects.
    fn of_chain(doubt: &ChainDoubt) -> Option<Self> {
        let message = match doubt {
            ChainDoubt::Objects(_) => return None,
            ChainDoubt::WebhookAsked(name) => {
                format!("the webhook `{name}` is asked, which may say anything")
            }
            ChainDoubt::Condition(name, condition) => {
                format!(
                    "whether the webhook `{name}` is asked depends on `{condition}`, which is not decided here"
                )
            }
            ChainDoubt::Abac => "the policies of ABAC are not read".to_owned(),
        };
        let help = "ask the API server itself: `kubectl auth can-i`".to_owned();
        Some(Self { code: "authorizer", message, help, object: None })
    }

    fn unread(unread: &Unread) -> Self {
        let Unread { reason, help } = unread.clone();
        Self { code: "not-read", message: reason, help, object: None }
    }
}

/// What to do about what was not read of a cluster.
fn of_gap(gap: usize, snapshot: &Snapshot) -> String {
    let problem = snapshot.coverage.gaps.get(gap).and_then(|gap| gap.problem);
    match problem.and_then(|problem| snapshot.problems.get(problem)) {
        Some(problem) => problem.help.clone(),
        None => "ask about a whole cluster, or a Snapshot that was saved of all of it".to_owned(),
    }
}
