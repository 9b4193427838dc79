//! A small catalogue of made-up checks, so that tests of the engine do not depend on what the real ones say.
#![allow(dead_code, reason = "not every test binary uses all of it")]

use seawall_checks::{Check, Out, Run};
use seawall_finding::{Framework, Meta, Param, ParamDefault, Profile, Pss, PssLevel, Scope, Severity};
use seawall_inventory::{ContainerView, Object, PodView, VersionRange};

const META: Meta = Meta {
    id: "SW1901",
    name: "x",
    severity: Severity::High,
    scope: Scope::Container,
    since: "0.1.0",
    profile: Profile::Default,
    pss: None,
    tags: &[],
    frameworks: &[],
    params: &[],
    subsumes: &[],
    peers: &[],
    doc: "A check\n",
};

const fn pss(level: PssLevel, control: &'static str, versions: VersionRange) -> Option<Pss> {
    Some(Pss { level, control, versions, overrides: &[] })
}

/// A container is privileged.
pub static PRIVILEGED: Check = Check {
    meta: Meta {
        id: "SW1901",
        name: "privileged",
        severity: Severity::Critical,
        pss: pss(PssLevel::Baseline, "privileged", VersionRange::ALWAYS),
        tags: &["escape"],
        frameworks: &[Framework { name: "nsa-1.2", control: "1" }],
        // Who is privileged can escalate.
        subsumes: &["SW1902"],
        ..META
    },
    subjects: &["pods"],
    reads: &[],
    run: Run::Container(|container: &ContainerView<'_>, out: &mut Out<'_>| {
        if container.is_privileged() {
            out.fail(container.security_path("privileged"), "privileged").value("true");
        }
    }),
};

/// Escalation is not forbidden.
pub static ESCALATION: Check = Check {
    meta: Meta {
        id: "SW1902",
        name: "escalation",
        severity: Severity::Medium,
        profile: Profile::Strict,
        pss: pss(PssLevel::Restricted, "allowPrivilegeEscalation", VersionRange::since(8)),
        tags: &["escape"],
        ..META
    },
    subjects: &["pods"],
    reads: &[],
    run: Run::Container(|container: &ContainerView<'_>, out: &mut Out<'_>| {
        let own = container.security_context();
        if own.and_then(|own| own.allow_privilege_escalation) != Some(false) {
            out.fail(container.security_path("allowPrivilegeEscalation"), "can escalate")
                .missing("defaults to true");
        }
    }),
};

/// The pod shares the node's process ids.
pub static HOST_PID: Check = Check {
    meta: Meta {
        id: "SW1903",
        name: "host-pid",
        scope: Scope::Workload,
        pss: pss(PssLevel::Baseline, "hostNamespaces", VersionRange::ALWAYS),
        ..META
    },
    subjects: &["pods"],
    reads: &[],
    run: Run::Workload(|pod: &PodView<'_>, out: &mut Out<'_>| {
        if pod.spec().host_pid == Some(true) {
            out.fail(pod.path("hostPID"), "shares process ids").value("true");
        }
    }),
};

/// Baseline's seccomp control, until restricted's takes its place.
pub static SECCOMP_BASELINE: Check = Check {
    meta: Meta {
        id: "SW1904",
        name: "seccomp-unconfined",
        profile: Profile::Strict,
        pss: pss(PssLevel::Baseline, "seccompProfile_baseline", VersionRange::ALWAYS),
        ..META
    },
    subjects: &["pods"],
    reads: &[],
    run: Run::Container(|container: &ContainerView<'_>, out: &mut Out<'_>| {
        if container.seccomp_profile().is_none() {
            out.fail(container.security_path("seccompProfile"), "unconfined").missing("unconfined");
        }
    }),
};

/// Restricted's seccomp control.
pub static SECCOMP_RESTRICTED: Check = Check {
    meta: Meta {
        id: "SW1905",
        name: "seccomp-missing",
        severity: Severity::Low,
        profile: Profile::All,
        pss: Some(Pss {
            level: PssLevel::Restricted,
            control: "seccompProfile_restricted",
            versions: VersionRange::since(19),
            overrides: &["seccompProfile_baseline"],
        }),
        params: &[
            Param { name: "strict", doc: "A switch", default: ParamDefault::Bool(false) },
            Param { name: "limit", doc: "A number", default: ParamDefault::Int(10) },
            Param { name: "allowed", doc: "Names", default: ParamDefault::Strings(&["a"]) },
        ],
        ..META
    },
    subjects: &["any"],
    reads: &[],
    run: Run::Object(|_: &Object, _: &mut Out<'_>| {}),
};

/// A port is open. Points at items of lists that are known by number, by name and by path.
pub static OPEN_PORT: Check = Check {
    meta: Meta { id: "SW3901", name: "open-port", severity: Severity::Low, ..META },
    subjects: &["pods"],
    reads: &[],
    run: Run::Container(|container: &ContainerView<'_>, out: &mut Out<'_>| {
        for index in 0..container.container.ports.len() {
            out.fail(container.path("ports").index(index), "open").value("port");
        }
        for index in 0..container.container.env.len() {
            out.fail(container.path("env").index(index).key("value"), "variable").value("env");
        }
        for index in 0..container.container.volume_mounts.len() {
            out.fail(container.path("volumeMounts").index(index), "mount").value("mount");
        }
    }),
};

/// Cannot be decided for Secrets.
pub static UNDECIDED: Check = Check {
    meta: Meta {
        id: "SW4901",
        name: "undecided",
        severity: Severity::Info,
        profile: Profile::All,
        scope: Scope::Object,
        ..META
    },
    subjects: &["any"],
    reads: &[],
    run: Run::Object(|object: &Object, out: &mut Out<'_>| {
        if object.kind == "Secret" {
            out.unknown("a file does not say who reads it");
        }
    }),
};

/// All of them, in the order of ids.
pub static CATALOGUE: [&Check; 7] =
    [&PRIVILEGED, &ESCALATION, &HOST_PID, &SECCOMP_BASELINE, &SECCOMP_RESTRICTED, &OPEN_PORT, &UNDECIDED];
