//! Random pods, judged by Seawall and by Kubernetes' own code.

use std::collections::{BTreeMap, BTreeSet};

use seawall_engine::Plan;
use seawall_finding::PssLevel;
use seawall_inventory::KubernetesVersion;
use seawall_rig::{PodSecurityOracle, PodSecurityQuestion, Random};
use serde_json::Value;

use crate::generator;
use crate::judge::{self, LEVELS, violated};
use crate::shrink::shrink;

const PODS: usize = 20_000;

/// `SEAWALL_SEED=N` judges other pods.
fn seed() -> u64 {
    std::env::var("SEAWALL_SEED").map_or(1, |seed| seed.parse().unwrap())
}

#[test]
fn random_pods_violate_what_kubernetes_says_they_violate() {
    let mut oracle = seawall_rig::pod_security_oracle().unwrap();
    let plans = plans();
    let mut random = Random::seeded(seed());
    // The latest versions demand more, and are what people ask for.
    let latest: Vec<&Judge> = plans.iter().filter(|judge| judge.version.as_minor() >= 35).collect();
    let all: Vec<&Judge> = plans.iter().collect();
    let cases: Vec<(&Judge, Value)> = (0..PODS)
        .map(|_| {
            let judge = if random.chance(40) { random.pick(&latest) } else { random.pick(&all) };
            (judge, generator::pod(&mut random))
        })
        .collect();
    let questions: Vec<PodSecurityQuestion> = cases.iter().map(|(judge, pod)| judge.question(pod)).collect();
    let answers = oracle.ask(&questions).unwrap();

    let mut seen = Seen::default();
    for ((judge, pod), answer) in cases.into_iter().zip(answers) {
        let expected: BTreeSet<String> =
            answer.unwrap_or_else(|error| panic!("{error}: {pod}")).into_iter().collect();
        if judge.agrees(&pod, &expected) {
            seen.count(expected);
        } else {
            let minimal = shrink(pod, &mut |pod| judge.disagrees(pod, &mut oracle));
            judge.explain(&minimal, &mut oracle);
        }
    }
    println!("seed {}: {PODS} pods agree", seed());
    seen.assert_not_vacuous();
}

/// A level and a version.
struct Judge {
    level: PssLevel,
    version: KubernetesVersion,
    plan: Plan,
}

fn plans() -> Vec<Judge> {
    let judge = |level, version| Judge { level, version, plan: judge::plan(level, version) };
    LEVELS.into_iter().flat_map(|level| judge::versions().map(move |version| judge(level, version))).collect()
}

impl Judge {
    fn question(&self, pod: &Value) -> PodSecurityQuestion {
        PodSecurityQuestion { level: self.level.name(), version: self.version.to_string(), pod: pod.clone() }
    }

    fn agrees(&self, pod: &Value, expected: &BTreeSet<String>) -> bool {
        violated(&self.plan, pod.to_string().as_bytes()).into_iter().eq(expected.iter().map(String::as_str))
    }

    fn disagrees(&self, pod: &Value, oracle: &mut PodSecurityOracle) -> bool {
        // What shrinking makes must still be a pod to both.
        let is_pod = pod["apiVersion"] == "v1" && pod["kind"] == "Pod" && pod["spec"].is_object();
        is_pod && self.ask(pod, oracle).is_some_and(|expected| !self.agrees(pod, &expected))
    }

    fn ask(&self, pod: &Value, oracle: &mut PodSecurityOracle) -> Option<BTreeSet<String>> {
        let answer = oracle.ask(&[self.question(pod)]).unwrap().remove(0);
        Some(answer.ok()?.into_iter().collect())
    }

    fn explain(&self, pod: &Value, oracle: &mut PodSecurityOracle) -> ! {
        panic!(
            "seed {}: {}:{}\n{}\nKubernetes: {:?}\nSeawall:    {:?}",
            seed(),
            self.level,
            self.version,
            serde_json::to_string_pretty(pod).unwrap(),
            self.ask(pod, oracle),
            violated(&self.plan, pod.to_string().as_bytes()),
        )
    }
}

/// What the random pods have exercised.
#[derive(Default)]
struct Seen {
    clean: usize,
    alone: BTreeMap<String, usize>,
}

impl Seen {
    fn count(&mut self, violated: BTreeSet<String>) {
        self.clean += usize::from(violated.is_empty());
        if violated.len() == 1 {
            violated.into_iter().for_each(|control| *self.alone.entry(control).or_default() += 1);
        }
    }

    /// A generator that never violates a control, or violates it only among others, would prove nothing about it.
    fn assert_not_vacuous(&self) {
        println!("{} violate nothing; one control alone: {:?}", self.clean, self.alone);
        assert!(self.clean > PODS / 20, "only {} pods violate nothing", self.clean);
        for control in seawall_checks::all().iter().filter_map(|check| check.meta.pss).map(|pss| pss.control)
        {
            let alone = self.alone.get(control).copied().unwrap_or_default();
            assert!(alone >= 10, "only {alone} pods violate {control} alone");
        }
    }
}
