//! One case, judged by both.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::text::snapshot;
use seawall_checks::{Check, Outcome, Settings, Subject};
use seawall_finding::{Evidence, Verdict};
use seawall_inventory::Snapshot;
use seawall_inventory::quantity::Quantity;
use seawall_rig::{Admission, AdmissionOracle, AdmissionQuestion};
use serde_json::{Value, json};

/// What Kubernetes made of the cases that were compared.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub compared: usize,
    /// Those of them whose pod says something for all its containers.
    pub with_pod_level: usize,
    pub invalid: usize,
    pub refused: BTreeMap<String, usize>,
    pub admitted: usize,
    pub depends_on_order: usize,
    pub missing: usize,
    pub counted: usize,
    pub not_counted: usize,
    pub summed: BTreeMap<String, usize>,
    pub unknown: BTreeMap<String, usize>,
}

/// A case is `{pod, ranges, quota}`: the spec of a Pod, those of LimitRanges, and that of a ResourceQuota or null.
pub fn questions(case: &Value) -> Vec<AdmissionQuestion> {
    let ranges = objects(case, "LimitRange", "ranges");
    let orders = orders(ranges);
    let question = |limit_ranges| AdmissionQuestion {
        object: object("Pod", "p", &case["pod"]),
        limit_ranges,
        quota: if case["quota"].is_null() {
            Value::Null
        } else {
            object("ResourceQuota", "q", &case["quota"])
        },
    };
    orders.into_iter().map(question).collect()
}

fn object(kind: &str, name: &str, spec: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "n"}, "spec": spec})
}

fn objects(case: &Value, kind: &str, field: &str) -> Vec<Value> {
    let specs = case[field].as_array().into_iter().flatten().enumerate();
    specs.map(|(number, spec)| object(kind, &format!("r{number}"), spec)).collect()
}

/// All orders: which one the API server takes is not known.
fn orders(of: Vec<Value>) -> Vec<Vec<Value>> {
    if of.len() < 2 {
        return vec![of];
    }
    let mut all = Vec::new();
    for first in 0..of.len() {
        let mut rest = of.clone();
        let first = rest.remove(first);
        for mut order in orders(rest) {
            order.insert(0, first.clone());
            all.push(order);
        }
    }
    all
}

/// Judges the case by both, given the answers to its [`questions`].
pub fn compare(case: &Value, answers: &[Admission], seen: &mut Seen) -> Result<(), String> {
    if let Some(error) = answers.iter().find_map(|answer| answer.error.as_ref()) {
        return Err(format!("no question: {error}"));
    }
    if answers.iter().any(|answer| !answer.invalid.is_empty()) {
        seen.invalid += 1;
        return Ok(());
    }
    seen.compared += 1;
    let own = &case["pod"]["resources"];
    seen.with_pod_level += usize::from(
        ["requests", "limits"].iter().any(|field| own[field].as_object().is_some_and(|map| !map.is_empty())),
    );
    let ours = Ours::of(case);
    let allowed = allowed_unknowns(case);

    let refused: BTreeSet<bool> = answers.iter().map(|answer| !answer.limits.is_empty()).collect();
    for answer in answers.iter().take(1) {
        let reason = ["minimum", "maximum", "ratio", "pod-level", "must be"];
        let reason = reason.iter().find(|reason| answer.limits.contains(**reason)).unwrap_or(&"other");
        let whose = if answer.limits.contains("per Pod") { "Pod" } else { "Container" };
        match answer.limits.is_empty() {
            true => seen.admitted += 1,
            false => *seen.refused.entry(format!("{whose} {reason}")).or_default() += 1,
        }
    }
    seen.depends_on_order += usize::from(refused.len() > 1);
    holds("SW6027", &ours.limits, &refused, &allowed, seen)?;

    if case["quota"].is_null() {
        return Ok(());
    }
    let missing: BTreeSet<bool> =
        answers.iter().map(|answer| answer.counted && !answer.missing.is_empty()).collect();
    seen.missing += usize::from(missing.contains(&true));
    if answers[0].counted {
        seen.counted += 1;
    } else {
        seen.not_counted += 1;
    }
    holds("SW6025", &ours.missing, &missing, &allowed, seen)?;
    if let Verdict::Unknown(reason) = &ours.sums.verdict {
        return is_allowed("SW6026", reason, &allowed, seen);
    }
    let least = least(answers);
    for key in least.keys() {
        *seen.summed.entry(key.clone()).or_default() += 1;
    }
    let found = sums(&ours.sums);
    if found == least { Ok(()) } else { Err(format!("SW6026 sums {found:?}, Kubernetes {least:?}")) }
}

fn holds(
    check: &str,
    ours: &Outcome,
    theirs: &BTreeSet<bool>,
    allowed: &[&str],
    seen: &mut Seen,
) -> Result<(), String> {
    let fails = match &ours.verdict {
        Verdict::Unknown(reason) => return is_allowed(check, reason, allowed, seen),
        Verdict::Fail => true,
        Verdict::Pass | Verdict::NotApplicable => false,
    };
    if *theirs == BTreeSet::from([fails]) {
        return Ok(());
    }
    let messages: Vec<&str> = ours.findings.iter().map(|finding| &*finding.message).collect();
    Err(format!("{check} says {:?} {messages:?}, Kubernetes refuses: {theirs:?}", ours.verdict))
}

fn is_allowed(check: &str, reason: &str, allowed: &[&str], seen: &mut Seen) -> Result<(), String> {
    if !allowed.contains(&reason) {
        return Err(format!("{check} does not know: {reason}"));
    }
    *seen.unknown.entry(format!("{check}: {reason}")).or_default() += 1;
    Ok(())
}

/// What a check may not know of a case.
fn allowed_unknowns(case: &Value) -> Vec<&'static str> {
    let mut allowed = Vec::new();
    if case["ranges"].as_array().is_some_and(|ranges| ranges.len() > 1) {
        allowed.push("several LimitRanges of the namespace give different defaults");
    }
    if case["pod"]["priorityClassName"].as_str().is_none_or(str::is_empty) {
        allowed.push("a quota asks for the priority class, and the cluster's default class is not known");
    }
    allowed
}

/// The least that the pod takes in any order of LimitRanges, where it takes any.
fn least(answers: &[Admission]) -> BTreeMap<String, Quantity> {
    let mut least: BTreeMap<String, Quantity> = BTreeMap::new();
    for (number, answer) in answers.iter().enumerate() {
        let usage = answer.usage.clone().unwrap_or_default();
        assert!(number == 0 || usage.len() >= least.len() || !answer.counted, "{answers:?}");
        for (key, text) in usage {
            let quantity: Quantity = text.parse().unwrap();
            least
                .entry(key)
                .and_modify(|least| *least = least.clone().min(quantity.clone()))
                .or_insert(quantity);
        }
    }
    least.retain(|_, quantity| !quantity.is_zero());
    least
}

fn sums(outcome: &Outcome) -> BTreeMap<String, Quantity> {
    let sum = |finding: &seawall_finding::Finding| {
        let Evidence::Derived(sum) = &finding.evidence else { panic!("{finding:?}") };
        let quantity = sum.rsplit_once(" = ").unwrap().1.parse().unwrap();
        let key = finding.message.split_once(" of ").unwrap().1.split_once(", ").unwrap().0;
        (key.to_owned(), quantity)
    };
    outcome.findings.iter().map(sum).collect()
}

/// What Seawall says of a case.
struct Ours {
    limits: Outcome,
    missing: Outcome,
    sums: Outcome,
}

impl Ours {
    fn of(case: &Value) -> Self {
        let mut documents = vec![object("Pod", "p", &case["pod"])];
        if !case["quota"].is_null() {
            documents.push(object("ResourceQuota", "q", &case["quota"]));
        }
        documents.extend(objects(case, "LimitRange", "ranges"));
        let snapshot = read(&documents);
        let last = usize::from(!case["quota"].is_null());
        Self {
            limits: judge("SW6027", &snapshot, 0),
            missing: judge("SW6025", &snapshot, 0),
            sums: judge("SW6026", &snapshot, last),
        }
    }
}

pub fn read(documents: &[Value]) -> Snapshot {
    let text: Vec<String> = documents.iter().map(Value::to_string).collect();
    let text = text.join("\n---\n");
    let snapshot = snapshot(&text);
    assert_eq!(snapshot.objects.len(), documents.len(), "{text}");
    assert!(snapshot.problems.is_empty(), "{text}");
    snapshot
}

pub fn judge(id: &str, snapshot: &Snapshot, object: usize) -> Outcome {
    static CHECKS: LazyLock<Vec<&Check>> = LazyLock::new(seawall_checks::all);
    let check = CHECKS.iter().find(|check| check.meta.id == id).unwrap();
    check.on_object(&Subject::new(snapshot, object).unwrap(), &Settings::default())
}

/// Judges all cases; the first that is judged differently is made small and shown.
pub fn hold(cases: &[Value], oracle: &mut AdmissionOracle) -> Seen {
    let mut seen = Seen::default();
    let asked: Vec<Vec<AdmissionQuestion>> = cases.iter().map(questions).collect();
    let answers = oracle.ask(&asked.concat()).unwrap();
    let mut answers = answers.as_slice();
    for (case, asked) in cases.iter().zip(asked) {
        let (these, rest) = answers.split_at(asked.len());
        answers = rest;
        if compare(case, these, &mut seen).is_err() {
            let judged = |case: &Value, oracle: &mut AdmissionOracle| {
                let answers = oracle.ask(&questions(case)).unwrap();
                (compare(case, &answers, &mut Seen::default()), answers)
            };
            let disagrees = |case: &Value, oracle: &mut AdmissionOracle| {
                // What shrinking makes must still be a case.
                let (outcome, answers) = judged(case, oracle);
                answers.iter().all(|answer| answer.error.is_none()) && outcome.is_err()
            };
            let is_case = |case: &Value| case["pod"].is_object() && case.get("quota").is_some();
            let minimal = match disagrees(case, oracle) {
                true => {
                    crate::shrink::shrink(case.clone(), &mut |case| is_case(case) && disagrees(case, oracle))
                }
                false => case.clone(),
            };
            let (outcome, answers) = judged(&minimal, oracle);
            panic!(
                "{}\n{}\n{answers:#?}",
                serde_json::to_string_pretty(&minimal).unwrap(),
                outcome.unwrap_err()
            );
        }
    }
    seen
}
