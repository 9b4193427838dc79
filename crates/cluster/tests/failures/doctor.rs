//! What is said of a cluster that cannot be asked, or answers in part.

use std::time::{Duration, SystemTime};

use seawall_cluster::doctor::{Answer, Diagnosis, Intent, Question, State, examine};
use seawall_cluster::{Patience, Target};
use seawall_inventory::KubernetesVersion;
use seawall_rig::{ApiServer, Asked, Fate, Proxy, Response};

use crate::{NEVER, kubeconfig, target};

fn asked(target: &Target) -> Diagnosis {
    let intent = Intent { watch: false, judged_by: KubernetesVersion::LATEST };
    examine(target, intent, &NEVER).unwrap()
}

fn answer(diagnosis: &Diagnosis, question: Question) -> &Answer {
    diagnosis.answers.iter().find(|answer| answer.question == question).unwrap()
}

/// How each question was answered, in order.
fn states(diagnosis: &Diagnosis) -> Vec<State> {
    let questions: Vec<Question> = diagnosis.answers.iter().map(|answer| answer.question).collect();
    assert_eq!(questions, Question::ALL);
    diagnosis.answers.iter().map(|answer| answer.state).collect()
}

#[test]
fn who_is_not_reached_is_told_so_and_all_else_is_unknown() {
    let server = ApiServer::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = server.url();
    let authority = format!("certificate-authority: '{}'", server.authority().display());
    let stranger = server.client_certificate("carol", "a").unwrap();
    let token = format!("token: {}", server.token("admin").unwrap());
    let mut unreached = [State::Unknown; 8];
    unreached[0] = State::Failed;
    for (cluster, message, help) in [
        (
            format!("server: '{url}', certificate-authority: '{}'", stranger.certificate.display()),
            "invalid peer certificate",
            "certificate-authority-data",
        ),
        (
            format!("server: '{url}', {authority}, tls-server-name: other.example"),
            "invalid peer certificate",
            "tls-server-name",
        ),
        ("server: 'http://127.0.0.1:9'".to_owned(), "tcp connect error", "kubectl version"),
        ("server: 'https://nobody:PLANTED@127.0.0.1:9'".to_owned(), "tcp connect error", "kubectl version"),
    ] {
        let diagnosis = asked(&target(kubeconfig(folder.path(), &cluster, &token)));
        assert_eq!(states(&diagnosis), unreached, "{diagnosis:?}");
        let reached = answer(&diagnosis, Question::Reachability);
        assert!(reached.message.contains(message) && reached.help.contains(help), "{reached:?}");
        assert!(!diagnosis.is_well() && !format!("{diagnosis:?}").contains("PLANTED"), "{diagnosis:?}");
    }

    // It accepts connections, and says nothing.
    server.pause().unwrap();
    let mut silent = target(kubeconfig(folder.path(), &format!("server: '{url}', {authority}"), &token));
    silent.patience.request = Some(Duration::from_secs(1));
    let diagnosis = asked(&silent);
    assert_eq!(states(&diagnosis), unreached, "{diagnosis:?}");
    assert!(answer(&diagnosis, Question::Reachability).message.ends_with("no whole answer within 1 s"));
    silent.patience =
        Patience { request: None, whole: Some(Duration::from_millis(500)), ..Patience::default() };
    let diagnosis = asked(&silent);
    assert_eq!(states(&diagnosis), [State::Unknown; 8], "{diagnosis:?}");
    assert!(!diagnosis.is_well());
    server.resume().unwrap();
}

#[test]
fn who_is_not_known_is_told_so() {
    let server = ApiServer::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cluster =
        format!("server: '{}', certificate-authority: '{}'", server.url(), server.authority().display());
    let ask = |user: &str| asked(&target(kubeconfig(folder.path(), &cluster, user)));

    let unknown = ask("token: PLANTEDexpired");
    let identity = answer(&unknown, Question::Identity);
    assert_eq!(identity.message, "the API server does not accept the credentials: Unauthorized");
    let mut expected = [State::Unknown; 8];
    (expected[0], expected[1], expected[6]) = (State::Ok, State::Failed, State::Ok);
    assert_eq!(states(&unknown), expected, "{unknown:?}");
    assert!(!unknown.is_well() && !format!("{unknown:?}").contains("PLANTED"));

    // Nobody in particular may ask for the version alone.
    let anonymous = ask("");
    assert_eq!(answer(&anonymous, Question::Identity).state, State::Warning);
    assert_eq!(answer(&anonymous, Question::Discovery).state, State::Failed);
    assert_eq!(answer(&anonymous, Question::Permissions).state, State::Unknown);
    assert_eq!(answer(&anonymous, Question::Version).state, State::Ok);
    assert!(!anonymous.is_well());
    // The same when he may ask as whom he is taken, and what he may do.
    for role in ["system:basic-user", "system:discovery"] {
        let bind = ["create", "clusterrolebinding", &role.replace(':', "-"), "--clusterrole", role];
        server.kubectl(&[&bind[..], &["--group=system:unauthenticated"]].concat(), "").unwrap();
    }
    let started = std::time::Instant::now();
    let anonymous = loop {
        let diagnosis = ask("");
        let known = answer(&diagnosis, Question::Permissions).state != State::Unknown;
        if known || started.elapsed() > Duration::from_secs(30) {
            break diagnosis;
        }
    };
    let identity = answer(&anonymous, Question::Identity);
    assert!(identity.state == State::Warning && identity.details.len() == 2, "{identity:?}");
    assert_eq!(answer(&anonymous, Question::Permissions).state, State::Failed);
}

/// One thing that is otherwise, and what is said of it.
struct Case {
    name: &'static str,
    judge: fn(&Asked) -> Option<Response>,
    question: Question,
    state: State,
    says: &'static str,
    is_well: bool,
}

fn only(asked: &Asked, path: &str, said: Response) -> Option<Response> {
    asked.target.split('?').next().unwrap().ends_with(path).then_some(said)
}

fn json(body: &str) -> Response {
    Response {
        status: 200,
        headers: "Content-Type: application/json\r\n".to_owned(),
        body: body.as_bytes().to_vec(),
    }
}

const CASES: &[Case] = &[
    Case {
        name: "nothing",
        judge: |_| None,
        question: Question::Permissions,
        state: State::Ok,
        says: "rights that the checks need is there",
        is_well: true,
    },
    Case {
        name: "before v1.28",
        judge: |asked| only(asked, "/selfsubjectreviews", Response::status(404, "not found")),
        question: Question::Identity,
        state: State::Unknown,
        says: "before v1.28",
        is_well: true,
    },
    Case {
        name: "reviews are forbidden",
        judge: |asked| only(asked, "/selfsubjectaccessreviews", Response::status(403, "no reviews")),
        question: Question::Permissions,
        state: State::Unknown,
        says: "does not say whether they are there: no reviews",
        is_well: false,
    },
    Case {
        name: "another answer than one about rights",
        judge: |asked| only(asked, "/selfsubjectaccessreviews", json("{}")),
        question: Question::Permissions,
        state: State::Unknown,
        says: "the answer cannot be read",
        is_well: false,
    },
    Case {
        name: "a version that is too old",
        judge: |asked| only(asked, "/version", json(r#"{"gitVersion":"v1.25.16-eks-1"}"#)),
        question: Question::Version,
        state: State::Warning,
        says: "older than v1.26",
        is_well: true,
    },
    Case {
        name: "a version that is hidden",
        judge: |asked| only(asked, "/version", Response::status(403, "hidden")),
        question: Question::Version,
        state: State::Unknown,
        says: "hidden",
        is_well: true,
    },
    Case {
        name: "no API server",
        judge: |_| Some(json("<!doctype html><title>Log in</title>")),
        question: Question::Reachability,
        state: State::Failed,
        says: "it is not JSON",
        is_well: false,
    },
    Case {
        name: "a distribution that its version tells",
        judge: |asked| only(asked, "/version", json(r#"{"gitVersion":"v1.36.2+k3s1"}"#)),
        question: Question::Distribution,
        state: State::Ok,
        says: "k3s",
        is_well: true,
    },
    Case {
        name: "nodes that cannot be read",
        judge: |asked| only(asked, "/nodes", json(r#"{"kind":"NodeList","items":[{"metadata":7}]}"#)),
        question: Question::Kubelets,
        state: State::Unknown,
        says: "nodes cannot be listed: the answer cannot be read",
        is_well: true,
    },
    Case {
        name: "without discovery",
        judge: |asked| only(asked, "/apis", Response::status(500, "etcd")),
        question: Question::Discovery,
        state: State::Failed,
        says: "etcd",
        is_well: false,
    },
];

#[test]
fn each_answer_stands_for_itself() {
    let server = ApiServer::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let user = format!("token: {}", server.token("admin").unwrap());
    for Case { name, judge, question, state, says, is_well } in CASES {
        let proxy =
            Proxy::start(&server, |asked, _| judge(asked).map_or(Fate::Pass, Fate::Replaced)).unwrap();
        let diagnosis =
            asked(&target(kubeconfig(folder.path(), &format!("server: '{}'", proxy.url()), &user)));
        let answer = answer(&diagnosis, *question);
        assert!(answer.state == *state && answer.message.contains(says), "{name}: {answer:?}");
        assert_eq!(diagnosis.is_well(), *is_well, "{name}: {diagnosis:?}");
    }
}

#[test]
fn an_api_server_with_another_clock_is_told() {
    let server = ApiServer::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let user = format!("token: {}", server.token("admin").unwrap());
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    for (by, state, says) in [
        (0, State::Ok, "is the one here"),
        (30, State::Ok, "s ahead of the one here"),
        (3_600, State::Warning, "s ahead of the one here"),
        (-3_600, State::Warning, "s behind the one here"),
    ] {
        let proxy = Proxy::start(&server, move |asked, upstream| {
            let date = http_date(now().checked_add_signed(by).unwrap());
            Fate::Replaced(upstream.ask(asked).dated(Some(&date)))
        })
        .unwrap();
        let diagnosis =
            asked(&target(kubeconfig(folder.path(), &format!("server: '{}'", proxy.url()), &user)));
        let clock = answer(&diagnosis, Question::Clock);
        assert!(clock.state == state && clock.message.contains(says), "{by}: {clock:?}");
        assert!(diagnosis.is_well(), "{diagnosis:?}");
    }
    let proxy =
        Proxy::start(&server, |asked, upstream| Fate::Replaced(upstream.ask(asked).dated(None))).unwrap();
    let diagnosis = asked(&target(kubeconfig(folder.path(), &format!("server: '{}'", proxy.url()), &user)));
    assert_eq!(answer(&diagnosis, Question::Clock).state, State::Unknown);
}

/// `Mon, 30 Nov 2026 12:00:00 GMT`
fn http_date(second: u64) -> String {
    let time = jiff::Timestamp::from_second(i64::try_from(second).unwrap()).unwrap();
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap()
}
