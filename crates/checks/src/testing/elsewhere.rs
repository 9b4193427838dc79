//! What checks say of the same pod in a workload of another kind, and of the same containers in another list.

use seawall_finding::Verdict;

/// What a check says elsewhere.
enum Elsewhere {
    /// Nothing is wrong in these variants; the same in all others.
    Exempt(&'static [&'static str]),
    /// The same, or nothing: what it reads stands at the controller, or is there for one kind of it.
    SameOrSilent,
    /// Anything.
    Otherwise,
}

/// Whether `again`, said of the variant `name` of an example, fits `said` of the example itself.
pub(super) fn fits(id: &str, name: &str, said: &(Verdict, usize), again: &(Verdict, usize)) -> bool {
    match ELSEWHERE.iter().find(|(own, ..)| *own == id) {
        Some((_, Elsewhere::Exempt(variants), _)) if variants.contains(&name) => again.0 != Verdict::Fail,
        None | Some((_, Elsewhere::Exempt(_), _)) => again == said,
        Some((_, Elsewhere::SameOrSilent, _)) => {
            again == said || matches!(again.0, Verdict::NotApplicable | Verdict::Unknown(_))
        }
        Some((_, Elsewhere::Otherwise, _)) => true,
    }
}

const EPHEMERAL: &str = "in ephemeralContainers";
const JOB: &str = "as Job";
const CRON_JOB: &str = "as CronJob";
const CONTROLLERS: &[&str] = &[
    "as Deployment",
    "as StatefulSet",
    "as DaemonSet",
    "as ReplicaSet",
    "as ReplicationController",
    "as Rollout",
    JOB,
    CRON_JOB,
];
/// Lists whose containers run before or beside what serves.
const NOT_SERVING: &[&str] = &[JOB, CRON_JOB, EPHEMERAL, "in initContainers"];

use Elsewhere::{Exempt, Otherwise, SameOrSilent};

/// Checks that do not say the same everywhere, and why. All others do.
const ELSEWHERE: &[(&str, Elsewhere, &str)] = &[
    ("SW1030", Exempt(&[EPHEMERAL]), "who debugs wants to write"),
    ("SW1044", Exempt(CONTROLLERS), "what has a controller is not naked"),
    ("SW1055", Otherwise, "an ephemeral container is what the check is about"),
    ("SW1061", SameOrSilent, "agents run on every node, as DaemonSets or static pods"),
    ("SW3004", SameOrSilent, "a plugin runs on every node, as a DaemonSet"),
    ("SW3014", Otherwise, "a proxy serves from a regular container"),
    ("SW3017", Otherwise, "init and ephemeral containers serve no port of a Service"),
    ("SW4013", Otherwise, "claims of a StatefulSet are made by no other controller"),
    ("SW6001", Exempt(&[EPHEMERAL]), "resources are not allowed for ephemeral containers"),
    ("SW6002", Exempt(&[EPHEMERAL]), "resources are not allowed for ephemeral containers"),
    ("SW6003", Exempt(&[EPHEMERAL]), "resources are not allowed for ephemeral containers"),
    ("SW6004", Exempt(&[EPHEMERAL]), "resources are not allowed for ephemeral containers"),
    ("SW6005", Exempt(&[EPHEMERAL]), "resources are not allowed for ephemeral containers"),
    ("SW6006", Exempt(&[EPHEMERAL]), "resources are not allowed for ephemeral containers"),
    (
        "SW6007",
        Exempt(&[EPHEMERAL]),
        "limits of regular containers bound the volume; ephemeral ones have none",
    ),
    ("SW6008", Exempt(NOT_SERVING), "what ends is not asked whether it is ready"),
    ("SW6009", Exempt(NOT_SERVING), "what ends is not asked whether it is alive"),
    ("SW6013", SameOrSilent, "replicas stand at the controller"),
    ("SW6014", Exempt(&[JOB, CRON_JOB]), "what runs once may wait"),
    ("SW6016", Otherwise, "the deadline stands at the job, around the template"),
    ("SW6017", SameOrSilent, "the strategy stands at the Deployment"),
    ("SW6019", Otherwise, "the selector stands at the controller, around the template"),
    ("SW6021", Exempt(&[EPHEMERAL]), "resources are not allowed for ephemeral containers"),
    ("SW6023", Otherwise, "claims of a StatefulSet are made by no other controller"),
    ("SW6024", SameOrSilent, "the time to live stands at the Job"),
    ("SW6025", Exempt(&[EPHEMERAL]), "quotas do not count ephemeral containers"),
    ("SW6026", Otherwise, "how many pods there are depends on their controller"),
    ("SW6027", Exempt(&[EPHEMERAL]), "LimitRanges do not bound ephemeral containers"),
    ("SW6029", Otherwise, "the target is named by its kind"),
    ("SW6030", Otherwise, "the target is named by its kind"),
    ("SW6031", SameOrSilent, "replicas stand at the controller"),
    ("SW6032", Otherwise, "how many pods there are depends on their controller"),
    ("SW6035", SameOrSilent, "replicas stand at the controller"),
    (
        "SW6037",
        Otherwise,
        "how pods are replaced stands at the controller, under a name that depends on its kind",
    ),
    ("SW6038", SameOrSilent, "the Service is named by the StatefulSet"),
    ("SW6040", Otherwise, "each controller takes other policies"),
    ("SW6041", SameOrSilent, "the deadline stands at the CronJob"),
    ("SW6042", Otherwise, "agents run on every node, as DaemonSets"),
    ("SW6043", Otherwise, "how many pods there are, and how they are replaced, depends on their controller"),
    ("SW9002", SameOrSilent, "the API version is that of the kind"),
    ("SW9019", Exempt(&["as DaemonSet"]), "agents run on every node"),
];
